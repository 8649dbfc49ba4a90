import { Testing } from "cdktf";
import { ContainerImage, Delivery, ProcessingPipeline, ResultStore, StoreLocation } from "../../lib";
import { testStack } from "../support";
import { adding, changed, describeGroup, ids, type Json, resourceAt } from "./rule-support";

const [BELGIUM, IOWA] = ["europe-west1", "us-central1"];
const image = ContainerImage.fromReference(`europe-docker.pkg.dev/p/models/w@sha256:${"0".repeat(64)}`);

/** A pipeline that pushes in one region and pulls in another, nothing leaving either. */
function document(): Json {
  const stack = testStack();
  const regions = [BELGIUM!, IOWA!];
  const results = new ResultStore(stack, "Results", { location: StoreLocation.regions(regions) });
  const regionOverrides = { [IOWA!]: { delivery: Delivery.pull() } };
  new ProcessingPipeline(stack, "Docs", { image, regions, results, residency: true, regionOverrides });
  return JSON.parse(Testing.synth(stack)) as Json;
}

/** Address of the one resource of a type whose name starts like this. */
function address(type: string, start: string): string {
  const all = Object.keys((document().resource as Record<string, Json>)[type]!);
  const found = all.filter((name) => name.startsWith(start));
  if (found.length !== 1) throw new Error(`${found.length} of ${type} at ${start}: ${all.join(", ")}`);
  return `${type}.${found[0]}`;
}

const INGEST = address("google_storage_bucket", `Docs_${BELGIUM}_Ingest`);
const RESULTS = address("google_storage_bucket", `Results_${BELGIUM}`);
const NOTIFICATION = address("google_storage_notification", `Docs_${BELGIUM}`);
const PUSH = address("google_pubsub_subscription", `Docs_${BELGIUM}_Subscription`);
const PULL = address("google_pubsub_subscription", `Docs_${IOWA}_Subscription`);
const ACCOUNT = address("google_service_account", `Docs_${BELGIUM}_Account`);
const PULLING = address("google_service_account", `Docs_${IOWA}_Account`);
const TOPIC = address("google_pubsub_topic", `Docs_${BELGIUM}_Topic`);

const writer = (bucket: string, account: string, role = "roles/storage.objectAdmin") => ({
  bucket: `\${${bucket}.name}`,
  role,
  member: `\${${account}.member}`,
});
const IOWA_INGEST = address("google_storage_bucket", `Docs_${IOWA}_Ingest`);
/** Each region writes into what the other processes. */
const circle = adding({
  "google_storage_bucket_iam_member.there": writer(IOWA_INGEST, ACCOUNT),
  "google_storage_bucket_iam_member.back": writer(INGEST, PULLING),
});

function moveResults(json: Json): void {
  resourceAt(json, RESULTS).location = "EU";
}

describeGroup(
  "pipeline",
  document,
  [
    changed(
      "pipeline-loop",
      NOTIFICATION,
      adding({ "google_storage_bucket_iam_member.loop": writer(INGEST, ACCOUNT) }),
      { at: "bucket" },
    ),
    changed("pipeline-loop", NOTIFICATION, circle, { at: "bucket", also: ["pipeline-residency"] }),
    changed("pipeline-residency", PUSH, moveResults, { at: "topic" }),
    changed(
      "pipeline-residency",
      PULL,
      adding({
        "google_storage_bucket_iam_member.away": writer(RESULTS, PULLING),
      }),
      { at: "topic" },
    ),
  ],
  ["pipeline-loop", "pipeline-residency"],
);

test("a prefix keeps results apart from what is processed", () => {
  const json = document();
  adding({ "google_storage_bucket_iam_member.loop": writer(INGEST, ACCOUNT) })(json);
  resourceAt(json, NOTIFICATION).object_name_prefix = "in/";
  expect(ids(json)).toEqual([]);
});

test("who may only read the bucket, or is told of deletions only, is no loop", () => {
  const json = document();
  adding({ "google_storage_bucket_iam_member.read": writer(INGEST, ACCOUNT, "roles/storage.objectViewer") })(json);
  expect(ids(json)).not.toContain("pipeline-loop");
  const other = document();
  adding({ "google_storage_bucket_iam_member.loop": writer(INGEST, ACCOUNT) })(other);
  resourceAt(other, NOTIFICATION).event_types = ["OBJECT_DELETE"];
  expect(ids(other)).toEqual([]);
});

test("a topic that only stores in its region may have its results elsewhere", () => {
  const json = document();
  resourceAt(json, RESULTS).location = "EU";
  resourceAt(json, TOPIC).message_storage_policy = { allowed_persistence_regions: [BELGIUM] };
  expect(ids(json)).toEqual([]);
});

test("regions that a variable names are unknown", () => {
  const json = document();
  resourceAt(json, RESULTS).location = "EU";
  resourceAt(json, TOPIC).message_storage_policy = {
    allowed_persistence_regions: [BELGIUM, "${var.more}"],
    enforce_in_transit: true,
  };
  expect(ids(json)).toEqual([]);
});
