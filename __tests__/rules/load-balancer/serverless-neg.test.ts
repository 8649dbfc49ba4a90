import { serverlessNegRules } from "../../../lib/rules/load-balancer/serverless-neg";
import { adding, describeRules, findingsOf, type Json, resourceAt } from "../rule-support";

const NEG = "google_compute_region_network_endpoint_group.eu";
const BACKEND = "google_compute_backend_service.api";

function valid(): Json {
  return {
    resource: {
      google_compute_region_network_endpoint_group: {
        eu: {
          name: "eu",
          region: "europe-west1",
          network_endpoint_type: "SERVERLESS",
          cloud_run: { service: "chat" },
          lifecycle: { create_before_destroy: true },
        },
      },
      google_compute_backend_service: {
        api: {
          name: "api",
          load_balancing_scheme: "EXTERNAL_MANAGED",
          log_config: { enable: true, sample_rate: 1 },
          backend: [{ group: "${google_compute_region_network_endpoint_group.eu.id}" }],
          lifecycle: { create_before_destroy: true },
        },
      },
    },
  };
}

describeRules(serverlessNegRules, valid, [
  { rule: "neg-type", address: NEG, set: ["network_endpoint_type", "SERVERLES"] },
  { rule: "neg-target", address: NEG, set: ["cloud_run", undefined] },
  { rule: "neg-target", address: NEG, set: ["app_engine", { service: "default" }] },
  {
    rule: "neg-one-per-region",
    address: BACKEND,
    change: (document) => {
      const backend = resourceAt(document, BACKEND).backend as Json[];
      backend.push({ ...backend[0] });
    },
  },
  { rule: "neg-url-mask-tag", address: NEG, set: ["cloud_run", { url_mask: "/<service>", tag: "canary" }] },
  { rule: "neg-region", address: NEG, set: ["region", undefined] },
  { rule: "neg-service-or-mask", address: NEG, set: ["cloud_run", { tag: "canary" }] },
  { rule: "neg-mask-service", address: NEG, set: ["cloud_run", { url_mask: "/v1" }] },
  { rule: "neg-service-name", address: NEG, set: ["cloud_run", { service: "projects/p/locations/l/services/chat" }] },
  { rule: "neg-tag-name", address: NEG, set: ["cloud_run", { service: "chat", tag: "Canary_1" }] },
  { rule: "neg-function-name", address: NEG, set: ["cloud_function", { function: "f".repeat(64) }] },
  { rule: "neg-app-version", address: NEG, set: ["app_engine", { version: "v1" }] },
  { rule: "neg-psc", address: NEG, set: ["psc_target_service", "europe-west1-cloudkms.googleapis.com"] },
  { rule: "neg-psc", address: NEG, set: ["network_endpoint_type", "PRIVATE_SERVICE_CONNECT"] },
  { rule: "neg-serverless-network", address: NEG, set: ["subnetwork", "default"] },
  { rule: "neg-service-region", address: NEG, change: overService({ location: "us-central1" }) },
  { rule: "neg-service-project", address: NEG, change: overService({ location: "europe-west1", project: "other" }) },
]);

/** Has the NEG lead to a Cloud Run service of the document. */
function overService(values: Json): (document: Json) => void {
  return (document) => {
    adding({ "google_cloud_run_v2_service.chat": { name: "chat", ...values } })(document);
    Object.assign(resourceAt(document, NEG), {
      project: "mine",
      cloud_run: { service: "${google_cloud_run_v2_service.chat.name}" },
    });
  };
}

test("says nothing of NEGs of other kinds, and of what Terraform computes", () => {
  const document = valid();
  const negs = (document.resource as Record<string, Json>).google_compute_region_network_endpoint_group!;
  negs.psc = {
    name: "psc",
    region: "europe-west1",
    network_endpoint_type: "PRIVATE_SERVICE_CONNECT",
    psc_target_service: "europe-west1-cloudkms.googleapis.com",
    network: "n",
    subnetwork: "s",
  };
  negs.unknown = {
    name: "unknown",
    region: "${var.region}",
    network_endpoint_type: "${var.type}",
    psc_target_service: "${var.x}",
    network: "n",
  };
  negs.mask = { name: "mask", region: "europe-west1", cloud_run: { url_mask: "<tag>.example.com/<service>" } };
  const own = findingsOf(document).filter(({ rule }) => serverlessNegRules.some(({ id }) => id === rule));
  expect(own).toEqual([]);
});
