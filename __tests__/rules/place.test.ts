import { adding, changed, describeGroup, ids, type Json, on, resourceAt } from "./rule-support";
import { EU, US, wholeDocument } from "./whole-document";

const MODELS = "google_storage_bucket.models";
const TOPIC = "google_pubsub_topic.work";

/** Services that mount a bucket of their region, and publish to a topic that stays in their regions. */
function valid(): Json {
  const document = wholeDocument();
  adding({
    "google_service_account.runner": { account_id: "chat-runner", display_name: "Runs the API" },
    [MODELS]: {
      name: "my-project-models",
      location: "EUROPE-WEST1",
      uniform_bucket_level_access: true,
      public_access_prevention: "enforced",
    },
    "google_storage_bucket_iam_member.models": {
      bucket: "${google_storage_bucket.models.name}",
      role: "roles/storage.objectViewer",
      member: "serviceAccount:${google_service_account.runner.email}",
    },
    [TOPIC]: {
      name: "work",
      message_storage_policy: {
        allowed_persistence_regions: ["europe-west1", "us-central1"],
        enforce_in_transit: true,
      },
    },
    "google_pubsub_topic_iam_member.work": {
      topic: "${google_pubsub_topic.work.id}",
      role: "roles/pubsub.publisher",
      member: "${google_service_account.runner.member}",
    },
  })(document);
  for (const service of [EU, US])
    (resourceAt(document, service).template as Json).service_account = "${google_service_account.runner.email}";
  mount(EU)(document);
  return document;
}

function mount(service: string): (document: Json) => void {
  return (document) => {
    const template = resourceAt(document, service).template as Json;
    template.volumes = [{ name: "models", gcs: { bucket: "${google_storage_bucket.models.name}", read_only: true } }];
    (template.containers as Json[])[0]!.volume_mounts = [{ name: "models", mount_path: "/models" }];
  };
}

describeGroup(
  "place",
  valid,
  [
    ...on(TOPIC, ["place-publisher", "message_storage_policy.allowed_persistence_regions", ["europe-west1"]]),
    changed("place-mounted-bucket", MODELS, mount(US), { at: "location" }),
  ],
  ["place-mounted-bucket", "place-publisher"],
);

test("says nothing of places that include the reader, or that are not enforced or known", () => {
  const changes: readonly ((document: Json) => void)[] = [
    (document) => {
      mount(US)(document);
      resourceAt(document, MODELS).location = "EU";
    },
    (document) => {
      mount(US)(document);
      resourceAt(document, MODELS).location = "${var.location}";
    },
    (document) => {
      resourceAt(document, TOPIC).message_storage_policy = { allowed_persistence_regions: ["europe-west1"] };
    },
    (document) => {
      const policy = { allowed_persistence_regions: ["europe-west1"], enforce_in_transit: true };
      resourceAt(document, TOPIC).message_storage_policy = policy;
      resourceAt(document, "google_pubsub_topic_iam_member.work").role = "roles/pubsub.subscriber";
    },
  ];
  for (const change of changes) {
    const document = valid();
    change(document);
    expect(ids(document)).toEqual([]);
  }
});
