import { only } from "../support";
import { expectTransition } from "../transition-support";
import { observed } from "./observability-support";

const BUCKET = "google_logging_project_bucket_config";
const SINK = "google_logging_project_sink";

it("keeps the logs of the load balancer and its services, and no others", () => {
  const document = observed({ logRetentionDays: 90, logLocation: "eu" });
  const bucket = only(document, BUCKET);
  expect(bucket.values).toMatchObject({ project: "test-project", location: "eu", retention_days: 90 });
  const map = only(document, "google_compute_url_map", "Routing/Resource").values.name;
  const service = only(document, "google_cloud_run_v2_service", "Service/europe-west1/Resource").values.name;
  expect(only(document, SINK).values).toMatchObject({
    destination: `logging.googleapis.com/\${${bucket.address}.id}`,
    filter: `(resource.type="http_load_balancer" AND resource.labels.url_map_name="${map}") OR (resource.type="cloud_run_revision" AND resource.labels.service_name=("${service}"))`,
  });
});

it("keeps nothing of its own by default", () => {
  expect(observed().ofType(BUCKET)).toEqual([]);
});

it("changes how long in place", () => {
  expectTransition(observed({ logRetentionDays: 90 }), observed({ logRetentionDays: 30 }), {
    changed: ["chat/Observability/Logs"],
  });
});

it.each([
  ["more than ten years", { logRetentionDays: 4000 }, /1 to 3650/],
  ["a place without a time", { logLocation: "eu" }, /say how long/],
])("fails for %s", (_, options, message) => {
  expect(() => observed(options)).toThrow(message);
});
