import { numberOf, textOf } from "../../topology/value";
import { integer, items, limit, matching, oneOf, set, unset } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";

export const BUCKET = "google_storage_bucket";
export const NOTIFICATION = "google_storage_notification";
const DOCS = "provider documentation of google_storage_bucket 7.45.0";
const NOTIFICATION_DOCS = "provider documentation of google_storage_notification 7.45.0";
const CLASSES = oneOf("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL");
const DATE = matching(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "a date such as 2026-01-31");
const DAYS = ["age", "days_since_custom_time", "days_since_noncurrent_time", "num_newer_versions"];
const DATES = ["created_before", "custom_time_before", "noncurrent_time_before"];

function api(field: string): string {
  return `Cloud Storage API v1, ${field}, read 2026-11-22`;
}

function dashed(name: string): string {
  return name.replaceAll("_", "-");
}

/** What single attributes of buckets and notifications may be. */
export const storageLimitRules: readonly Rule[] = [
  limit("storage-class", BUCKET, "storage_class", CLASSES, "use STANDARD, NEARLINE, COLDLINE or ARCHIVE", DOCS),
  limit(
    "storage-public-access-prevention",
    BUCKET,
    "public_access_prevention",
    oneOf("inherited", "enforced"),
    'use "enforced" or "inherited"',
    DOCS,
  ),
  limit("storage-rpo", BUCKET, "rpo", oneOf("DEFAULT", "ASYNC_TURBO"), "use DEFAULT or ASYNC_TURBO", DOCS),
  limit(
    "storage-lifecycle-rules",
    BUCKET,
    "lifecycle_rule",
    items(0, 100),
    "keep at most 100 rules",
    "google_storage_bucket, provider code 7.45.0 (MaxItems); checked here before Terraform runs",
  ),
  limit(
    "storage-lifecycle-action",
    BUCKET,
    "lifecycle_rule.action.type",
    oneOf("Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"),
    "use Delete, SetStorageClass or AbortIncompleteMultipartUpload",
    DOCS,
  ),
  limit(
    "storage-lifecycle-class",
    BUCKET,
    "lifecycle_rule.action.storage_class",
    CLASSES,
    "use NEARLINE, COLDLINE or ARCHIVE",
    DOCS,
  ),
  limit(
    "storage-lifecycle-class-missing",
    BUCKET,
    "lifecycle_rule.action.storage_class",
    set(),
    "name the class to change to",
    DOCS,
    { when: ({ type }) => type === "SetStorageClass" },
  ),
  limit(
    "storage-lifecycle-class-unused",
    BUCKET,
    "lifecycle_rule.action.storage_class",
    unset(),
    "take storage_class away, or use SetStorageClass",
    DOCS,
    {
      severity: "warning",
      why: "It has no effect on other actions. Not an error, because it was not tried whether the API rejects it.",
      when: ({ type }) => type === "Delete" || type === "AbortIncompleteMultipartUpload",
    },
  ),
  limit(
    "storage-lifecycle-state",
    BUCKET,
    "lifecycle_rule.condition.with_state",
    oneOf("LIVE", "ARCHIVED", "ANY", ""),
    "use LIVE, ARCHIVED or ANY",
    DOCS,
  ),
  limit(
    "storage-lifecycle-matches-class",
    BUCKET,
    "lifecycle_rule.condition.matches_storage_class[]",
    oneOf("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL", "DURABLE_REDUCED_AVAILABILITY"),
    "use the name of a storage class",
    DOCS,
  ),
  ...DAYS.map((name) =>
    limit(
      `storage-lifecycle-${dashed(name)}`,
      BUCKET,
      `lifecycle_rule.condition.${name}`,
      integer(0),
      "give a whole number",
      api(`Bucket.lifecycle.rule.condition.${name}`),
    ),
  ),
  ...DAYS.map((name) =>
    limit(
      `storage-lifecycle-zero-${dashed(name)}`,
      BUCKET,
      `lifecycle_rule.condition.${name}`,
      { text: `above 0, unless send_${name}_if_zero is true`, holds: (value) => numberOf(value) !== 0 },
      `set send_${name}_if_zero = true`,
      DOCS,
      {
        why: "The provider does not send 0 otherwise: the condition is missing, and the rule is rejected or applies to more than it says.",
        when: (condition) => {
          const send = condition[`send_${name}_if_zero`];
          return !isSet(send) || send === false || send === "false";
        },
      },
    ),
  ),
  ...DATES.map((name) =>
    limit(
      `storage-lifecycle-${dashed(name)}`,
      BUCKET,
      `lifecycle_rule.condition.${name}`,
      DATE,
      "write year-month-day",
      DOCS,
    ),
  ),
  limit(
    "storage-terminal-class",
    BUCKET,
    "autoclass.terminal_storage_class",
    oneOf("NEARLINE", "ARCHIVE"),
    "use NEARLINE or ARCHIVE",
    DOCS,
  ),
  limit(
    "storage-retention-period",
    BUCKET,
    "retention_policy.retention_period",
    integer(1, 3155759999),
    "give seconds, less than 100 years",
    DOCS,
  ),
  limit(
    "storage-soft-delete",
    BUCKET,
    "soft_delete_policy.retention_duration_seconds",
    {
      text: "0, or 7 to 90 days in seconds",
      holds: (value) => Number(value) === 0 || (Number(value) >= 604800 && Number(value) <= 7776000),
    },
    "give 0 to switch it off, else 604800 to 7776000",
    DOCS,
  ),
  limit(
    "storage-cors-method",
    BUCKET,
    "cors.method[]",
    oneOf("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "*"),
    "use upper-case HTTP methods",
    DOCS,
  ),
  limit(
    "storage-cors-origin",
    BUCKET,
    "cors.origin[]",
    matching(/^(\*|[a-z][a-z0-9+.-]*:\/\/[^/]+)$/i, "*, or a scheme and host without path"),
    "write an origin such as https://example.com, without a slash at the end",
    DOCS,
    { why: "Browsers send origins without a path: another never matches." },
  ),
  limit("storage-cors-age", BUCKET, "cors.max_age_seconds", integer(0), "give seconds", DOCS),
  limit(
    "storage-placement",
    BUCKET,
    "custom_placement_config.data_locations",
    items(2, 2),
    "name exactly two regions",
    "docs.cloud.google.com/storage/docs/locations, dual-regions, from general knowledge, 2026-11",
  ),
  limit(
    "storage-log-bucket",
    BUCKET,
    "logging.log_bucket",
    matching(/^(?!gs:\/\/)[^/]+$/, "the name of a bucket"),
    "give the bucket's name without gs://",
    DOCS,
  ),
  limit(
    "storage-key-name",
    BUCKET,
    "encryption.default_kms_key_name",
    matching(
      /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/,
      "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY",
    ),
    "use google_kms_crypto_key.NAME.id, without a version",
    DOCS,
  ),
  limit("storage-filter-mode", BUCKET, "ip_filter.mode", oneOf("Enabled", "Disabled"), "use Enabled or Disabled", DOCS),
  limit(
    "storage-filter-agents",
    BUCKET,
    "ip_filter.allow_all_service_agent_access",
    set(),
    "say whether service agents get in",
    DOCS,
    { when: ({ mode }) => mode === "Enabled" },
  ),
  limit(
    "storage-notification-payload",
    NOTIFICATION,
    "payload_format",
    oneOf("JSON_API_V1", "NONE"),
    "use JSON_API_V1 or NONE",
    NOTIFICATION_DOCS,
  ),
  limit(
    "storage-notification-events",
    NOTIFICATION,
    "event_types[]",
    oneOf("OBJECT_FINALIZE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE"),
    "use OBJECT_FINALIZE, OBJECT_DELETE, OBJECT_ARCHIVE or OBJECT_METADATA_UPDATE",
    NOTIFICATION_DOCS,
  ),
  limit(
    "storage-notification-topic",
    NOTIFICATION,
    "topic",
    matching(/^projects\/[^/]+\/topics\/[^/]+$/, "projects/PROJECT/topics/TOPIC"),
    "use google_pubsub_topic.NAME.id",
    "hashicorp/google upgrade guide to 7.0, google_storage_notification, read 2026-11-22",
    { why: "Provider 7 refuses other forms. Not an error, because 6 accepts them.", severity: "warning" },
  ),
  limit(
    "storage-notification-bucket",
    NOTIFICATION,
    "bucket",
    matching(/^(?!gs:\/\/)[^/]+$/, "the name of a bucket"),
    "give the bucket's name without gs://",
    NOTIFICATION_DOCS,
  ),
  limit(
    "storage-website-file",
    BUCKET,
    "website.main_page_suffix",
    {
      text: "the name of an object, without a slash",
      holds: (value) => !(textOf(value) ?? "").includes("/"),
    },
    "give a name such as index.html",
    "docs.cloud.google.com/storage/docs/static-website, from general knowledge, 2026-11",
    { severity: "warning", why: "It is appended to each folder. Not an error, because it was not tried." },
  ),
];
