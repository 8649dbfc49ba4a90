import { changed, describeGroup, findingsOf, ids, type Json, type Mutation, on, resourceAt } from "./rule-support";
import { storageDocument } from "./storage-document";

const BUCKET = "google_storage_bucket.models";
const LOGS = "google_storage_bucket.logs";
const NOTIFICATION = "google_storage_notification.uploads";

const CONDITION = "lifecycle_rule.0.condition";
const COUNTERS = ["age", "days_since_custom_time", "days_since_noncurrent_time", "num_newer_versions"];
const DATES = ["created_before", "custom_time_before", "noncurrent_time_before"];

const WARNINGS = `
  acl-uniform autoclass custom-placement-config-data-locations grant hierarchical
  lifecycle-rule-action-storage-class-unused lifecycle-uploads lifecycle-versions location name
  notification-topic placement placement-location retention-policy-is-locked
  storage-class-multi-regional storage-class-regional uniform-bucket-level-access versions-kept
  website-main-page-suffix`
  .trim()
  .split(/\s+/)
  .map((each) => `storage-${each}`);

/** What is wrong elsewhere in the bucket after an attribute is set. */
const elsewhere = (rule: string, path: string, value: unknown, at: string): Mutation => ({
  rule,
  address: BUCKET,
  set: [path, value],
  at,
});

describeGroup(
  "storage",
  storageDocument,
  [
    ...on(
      BUCKET,
      ["storage-storage-class", "storage_class", "HOT"],
      ["storage-public-access-prevention", "public_access_prevention", "on"],
      ["storage-rpo", "rpo", "TURBO"],
      ["storage-lifecycle-rule-action-type", "lifecycle_rule.0.action.type", "delete"],
      ["storage-lifecycle-rule-action-storage-class", "lifecycle_rule.1.action.storage_class", "COLD"],
      ["storage-lifecycle-rule-action-storage-class-missing", "lifecycle_rule.1.action.storage_class", undefined],
      ["storage-lifecycle-rule-action-storage-class-unused", "lifecycle_rule.0.action.storage_class", "NEARLINE"],
      ["storage-with-state", `${CONDITION}.with_state`, "OLD"],
      ["storage-matches-storage-class", "lifecycle_rule.1.condition.matches_storage_class", ["HOT"]],
      ...COUNTERS.map((name) => [`storage-${name.replaceAll("_", "-")}-zero`, `${CONDITION}.${name}`, 0] as const),
      ...DATES.map((name) => [`storage-${name.replaceAll("_", "-")}`, `${CONDITION}.${name}`, "31.1.2027"] as const),
      ["storage-autoclass-terminal-storage-class", "autoclass.terminal_storage_class", "COLDLINE"],
      ["storage-cors-method", "cors.0.method", ["get"]],
      ["storage-cors-origin", "cors.0.origin", ["https://example.com/"]],
      ["storage-logging-log-bucket", "logging.log_bucket", "gs://my-project-logs"],
      [
        "storage-encryption-default-kms-key-name",
        "encryption.default_kms_key_name",
        "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
      ],
      ["storage-ip-filter-mode", "ip_filter.mode", "enabled"],
      ["storage-website-main-page-suffix", "website.main_page_suffix", "/index.html"],
      ["storage-location", "location", "europe"],
      ["storage-rpo-location", "rpo", "DEFAULT"],
      ["storage-storage-class-multi-regional", "storage_class", "MULTI_REGIONAL"],
      ["storage-lifecycle-rule-condition", CONDITION, undefined],
      ["storage-lifecycle-rule-condition", CONDITION, {}],
      ["storage-lifecycle-uploads", "lifecycle_rule.2.condition.matches_storage_class", ["STANDARD"]],
      ["storage-versions-kept", "lifecycle_rule", undefined],
      ["storage-uniform-bucket-level-access", "uniform_bucket_level_access", undefined],

      ["storage-name", "name", "a..b"],
      ["storage-grant", "depends_on", undefined],
      ["storage-retention-policy-is-locked", "retention_policy.is_locked", true],
    ),
    ...on(
      LOGS,
      ["storage-placement", "custom_placement_config.data_locations", ["EUROPE-WEST1"]],
      [
        "storage-custom-placement-config-data-locations",
        "custom_placement_config.data_locations",
        ["EUROPE-WEST1", "europe-west1"],
      ],
      ["storage-storage-class-regional", "storage_class", "REGIONAL"],
    ),
    elsewhere(
      "storage-placement-location",
      "custom_placement_config",
      { data_locations: ["EUROPE-WEST1", "EUROPE-WEST4"] },
      "location",
    ),
    elsewhere(
      "storage-ip-filter-allow-all-service-agent-access",
      "ip_filter",
      { mode: "Enabled" },
      "ip_filter.allow_all_service_agent_access",
    ),
    elsewhere("storage-hierarchical", "hierarchical_namespace", { enabled: true }, "versioning.enabled"),
    elsewhere("storage-autoclass", "autoclass", { enabled: true }, "lifecycle_rule.1.action.type"),
    elsewhere("storage-lifecycle-versions", "versioning", undefined, "lifecycle_rule.0.condition.with_state"),
    {
      ...elsewhere("kms-location", "location", "US", "encryption.default_kms_key_name"),
      also: ["anywhere-cache-location"],
    },
    changed("storage-rpo-turbo", LOGS, (document) =>
      Object.assign(resourceAt(document, LOGS), { rpo: "ASYNC_TURBO", custom_placement_config: undefined }),
    ),
    changed("storage-grant", BUCKET, (document) => {
      delete (document.resource as Json).google_kms_crypto_key_iam_member;
      delete resourceAt(document, BUCKET).depends_on;
    }),
    changed("storage-acl-uniform", "google_storage_bucket_acl.models", (document) => {
      (document.resource as Json).google_storage_bucket_acl = {
        models: { bucket: "${google_storage_bucket.models.name}", role_entity: ["READER:user-a@example.com"] },
      };
    }),
    ...on(
      NOTIFICATION,
      ["storage-notification-payload-format", "payload_format", "JSON"],
      ["storage-notification-event-types", "event_types", ["FINALIZE"]],
      ["storage-notification-topic", "topic", "uploads"],
      ["storage-notification-bucket", "bucket", "gs://my-project-models"],
      ["storage-notification-topic", "topic", "${google_pubsub_topic.uploads.name}"],
      ["storage-grant", "depends_on", undefined],
    ),
    changed("storage-grant", NOTIFICATION, (document) => {
      delete (document.resource as Json).google_pubsub_topic_iam_member;
      delete resourceAt(document, NOTIFICATION).depends_on;
    }),
  ],
  WARNINGS,
);

const MODELS = "google_storage_anywhere_cache.models";

describeGroup(
  "anywhere-cache",
  storageDocument,
  [
    ...on(
      MODELS,
      ["anywhere-cache-zone", "zone", "europe-west4"],
      ["anywhere-cache-location", "zone", "europe-west1-b"],
      ["anywhere-cache-admission-policy", "admission_policy", "admit-on-second-miss"],
    ),
    changed("anywhere-cache-bucket", MODELS, (document) => {
      resourceAt(document, MODELS).bucket = undefined;
    }),
  ],
  ["anywhere-cache-admission-policy"],
);

test("a cache may be in any region of its bucket's location, and where that is not known", () => {
  const cached = (location: string, zone: string, rest: Json = {}): Json => ({
    resource: {
      google_storage_bucket: { b: { name: "b-1", location, uniform_bucket_level_access: true, ...rest } },
      google_storage_anywhere_cache: { c: { bucket: "${google_storage_bucket.b.name}", zone } },
    },
  });
  const placed = { custom_placement_config: { data_locations: ["US-CENTRAL1", "US-EAST4"] } };
  const allowed: [string, string, Json?][] = [
    ["EU", "europe-west1-b"],
    ["us", "us-central1-f"],
    ["EUR4", "europe-north1-a"],
    ["${var.location}", "us-central1-a"],
    ["EU", "${var.zone}"],
    ["US", "us-east4-a", placed],
  ];
  for (const each of allowed) expect(ids(cached(...each))).toEqual([]);
  for (const [location, zone] of [
    ["EUR4", "europe-west1-b"],
    ["ASIA", "us-central1-a"],
  ] as const)
    expect(ids(cached(location, zone))).toEqual(["anywhere-cache-location"]);
});

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

test("lets a zonal bucket of class RAPID through", () => {
  const hot = {
    name: "acme-hot-checkpoints",
    location: "EUROPE-WEST4",
    uniform_bucket_level_access: true,
    storage_class: "RAPID",
    custom_placement_config: { data_locations: ["EUROPE-WEST4-A"] },
    hierarchical_namespace: { enabled: true },
  };
  expect(ids({ resource: { google_storage_bucket: { hot } } })).toEqual([]);
});

test("a CORS method that Cloud Storage does not answer is accepted, but has no effect", () => {
  const files = { name: "files", location: "EU", uniform_bucket_level_access: true, cors: { method: ["PURGE"] } };
  const [finding, ...others] = findingsOf({ resource: { google_storage_bucket: { files } } });
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ rule: "storage-cors-method", attribute: "cors.method.0" });
  expect(finding!.message).toMatch(/accepts any text/);
});

test("says opinions on buckets once", () => {
  const logs = { name: "logs-1", location: "EU" };
  const found = findingsOf({ resource: { google_storage_bucket: { logs, more: { ...logs, name: "logs-2" } } } });
  expect(found.map(({ rule, more }) => [rule, more])).toEqual([["storage-uniform-bucket-level-access", 1]]);
});
