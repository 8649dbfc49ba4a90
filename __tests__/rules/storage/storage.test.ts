import { storageRules } from "../../../lib/rules/storage/storage";
import { changed, describeRules, ids, type Json, on, resourceAt } from "../rule-support";
import { storageDocument } from "./storage-document";

const BUCKET = "google_storage_bucket.models";
const LOGS = "google_storage_bucket.logs";
const NOTIFICATION = "google_storage_notification.uploads";

const CONDITION = "lifecycle_rule.0.condition";
const COUNTERS = ["age", "days_since_custom_time", "days_since_noncurrent_time", "num_newer_versions"];
const DATES = ["created_before", "custom_time_before", "noncurrent_time_before"];

describeRules(storageRules, storageDocument, [
  ...on(
    BUCKET,
    ["storage-class", "storage_class", "HOT"],
    ["storage-public-access-prevention", "public_access_prevention", "on"],
    ["storage-rpo", "rpo", "TURBO"],
    ["storage-lifecycle-rules", "lifecycle_rule", Array.from({ length: 101 }, () => ({}))],
    ["storage-lifecycle-action", "lifecycle_rule.0.action.type", "delete"],
    ["storage-lifecycle-class", "lifecycle_rule.1.action.storage_class", "COLD"],
    ["storage-lifecycle-class-missing", "lifecycle_rule.1.action.storage_class", undefined],
    ["storage-lifecycle-class-unused", "lifecycle_rule.0.action.storage_class", "NEARLINE"],
    ["storage-lifecycle-state", `${CONDITION}.with_state`, "OLD"],
    ["storage-lifecycle-matches-class", "lifecycle_rule.1.condition.matches_storage_class", ["HOT"]],
    ...COUNTERS.map((name) => [`storage-lifecycle-${name.replaceAll("_", "-")}`, `${CONDITION}.${name}`, -1] as const),
    ...COUNTERS.map(
      (name) => [`storage-lifecycle-zero-${name.replaceAll("_", "-")}`, `${CONDITION}.${name}`, 0] as const,
    ),
    ...DATES.map(
      (name) => [`storage-lifecycle-${name.replaceAll("_", "-")}`, `${CONDITION}.${name}`, "31.1.2027"] as const,
    ),
    ["storage-terminal-class", "autoclass", { enabled: false, terminal_storage_class: "COLDLINE" }],
    ["storage-retention-period", "retention_policy.retention_period", "3155760000"],
    ["storage-soft-delete", "soft_delete_policy.retention_duration_seconds", 86400],
    ["storage-cors-method", "cors.0.method", ["get"]],
    ["storage-cors-origin", "cors.0.origin", ["https://example.com/"]],
    ["storage-cors-age", "cors.0.max_age_seconds", -1],
    ["storage-log-bucket", "logging.log_bucket", "gs://my-project-logs"],
    [
      "storage-key-name",
      "encryption.default_kms_key_name",
      "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
    ],
    ["storage-filter-mode", "ip_filter", { mode: "enabled" }],
    ["storage-filter-agents", "ip_filter", { mode: "Enabled" }],
    ["storage-website-file", "website.main_page_suffix", "/index.html"],
    ["storage-location", "location", "europe"],
    ["storage-placement-location", "custom_placement_config", { data_locations: ["EUROPE-WEST1", "EUROPE-WEST4"] }],
    ["storage-rpo-location", "rpo", "DEFAULT"],
    ["storage-legacy-class", "storage_class", "MULTI_REGIONAL"],
    ["storage-autoclass", "autoclass", { enabled: true }],
    ["storage-lifecycle-condition", CONDITION, undefined],
    ["storage-lifecycle-condition", CONDITION, {}],
    ["storage-lifecycle-uploads", "lifecycle_rule.2.condition.matches_storage_class", ["STANDARD"]],
    ["storage-lifecycle-versions", "versioning", undefined],
    ["storage-versions-kept", "lifecycle_rule", undefined],
    ["storage-uniform-access", "uniform_bucket_level_access", undefined],
    ["storage-hierarchical", "hierarchical_namespace", { enabled: true }],
    ["storage-key-location", "location", "US"],
    ["storage-key-grant", "depends_on", undefined],
    ["storage-retention-locked", "retention_policy.is_locked", true],
    ["storage-log-self", "logging.log_bucket", "my-project-models"],
  ),
  ...on(
    LOGS,
    ["storage-placement", "custom_placement_config.data_locations", ["EUROPE-WEST1"]],
    ["storage-placement-location", "custom_placement_config.data_locations", ["EUROPE-WEST1", "europe-west1"]],
    ["storage-legacy-class", "storage_class", "REGIONAL"],
  ),
  changed("storage-rpo-location", LOGS, (document) =>
    Object.assign(resourceAt(document, LOGS), { rpo: "ASYNC_TURBO", custom_placement_config: undefined }),
  ),
  changed("storage-key-grant", BUCKET, (document) => {
    delete (document.resource as Json).google_kms_crypto_key_iam_member;
    delete resourceAt(document, BUCKET).depends_on;
  }),
  changed("storage-acl-uniform", "google_storage_bucket_acl.models", (document) => {
    (document.resource as Json).google_storage_bucket_acl = {
      models: { bucket: "${google_storage_bucket.models.name}", role_entity: ["READER:allUsers"] },
    };
  }),
  ...on(
    NOTIFICATION,
    ["storage-notification-payload", "payload_format", "JSON"],
    ["storage-notification-events", "event_types", ["FINALIZE"]],
    ["storage-notification-topic", "topic", "uploads"],
    ["storage-notification-bucket", "bucket", "gs://my-project-models"],
    ["storage-notification-reference", "topic", "${google_pubsub_topic.uploads.name}"],
    ["storage-notification-grant", "depends_on", undefined],
  ),
  changed("storage-notification-grant", NOTIFICATION, (document) => {
    delete (document.resource as Json).google_pubsub_topic_iam_member;
    delete resourceAt(document, NOTIFICATION).depends_on;
  }),
]);

test("says nothing of buckets whose settings are computed", () => {
  const document: Json = {
    resource: {
      google_storage_bucket: {
        models: {
          name: "models-${var.suffix}",
          location: "${var.location}",
          uniform_bucket_level_access: "${var.uniform}",
          storage_class: "${var.class}",
          versioning: { enabled: "${var.versions}" },
          rpo: "${var.rpo}",
          dynamic: { lifecycle_rule: { for_each: "${var.rules}", content: {} } },
          encryption: { default_kms_key_name: "${data.google_kms_crypto_key.key.id}" },
        },
      },
      google_storage_notification: {
        uploads: { bucket: "${var.bucket}", topic: "${data.google_pubsub_topic.uploads.id}", payload_format: "NONE" },
      },
    },
    data: { google_kms_crypto_key: { key: {} }, google_pubsub_topic: { uploads: { name: "uploads" } } },
  };
  expect(ids(document)).toEqual([]);
});

test("lets a zero through that is sent", () => {
  const document = storageDocument();
  (resourceAt(document, BUCKET).lifecycle_rule as Json[])[2]!.condition = { age: 0, send_age_if_zero: true };
  expect(ids(document)).toEqual([]);
});
