import { pubsubFilterProblem } from "../../language/pubsub-filter";
import { numberOf, textOf } from "../../topology/value";
import { type Allowed, integer, items, limit, matching, oneOf, seconds, unset } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isSet, limitAt } from "../places";

export const TOPIC = "google_pubsub_topic";
export const SUBSCRIPTION = "google_pubsub_subscription";
const DOCS = "provider documentation of google_pubsub_subscription 7.45.0";
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";
const RETENTION = seconds(600, 2678400);

function api(field: string): string {
  return `Pub/Sub API v1, ${field}, read 2026-11-22`;
}

function zeroOr(allowed: Allowed): Allowed {
  return { text: `0, or ${allowed.text}`, holds: (value) => numberOf(value) === 0 || allowed.holds(value) };
}

/** What single attributes of topics and subscriptions may be. */
export const pubsubLimits: readonly Rule[] = [
  limit(
    "pubsub-topic-retention",
    TOPIC,
    "message_retention_duration",
    RETENTION,
    "give 10 minutes to 31 days, in seconds",
    api("Topic.messageRetentionDuration"),
  ),
  limit(
    "pubsub-topic-regions",
    TOPIC,
    "message_storage_policy.allowed_persistence_regions",
    items(1),
    "name a region, or take message_storage_policy away",
    api("MessageStoragePolicy.allowedPersistenceRegions"),
  ),
  limit(
    "pubsub-topic-region",
    TOPIC,
    "message_storage_policy.allowed_persistence_regions[]",
    matching(/^[a-z]+(-[a-z]+)+\d+$/, "the name of a region"),
    "give a region such as europe-west1, not a multi-region or a zone",
    api("MessageStoragePolicy.allowedPersistenceRegions"),
  ),
  limit(
    "pubsub-topic-key",
    TOPIC,
    "kms_key_name",
    matching(
      /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/,
      "the id of a key, without a version",
    ),
    "use google_kms_crypto_key.NAME.id",
    api("Topic.kmsKeyName"),
  ),
  limit(
    "pubsub-schema-encoding",
    TOPIC,
    "schema_settings.encoding",
    oneOf("JSON", "BINARY", "ENCODING_UNSPECIFIED", ""),
    "use JSON or BINARY",
    PROVIDER,
  ),
  limit(
    "pubsub-schema-name",
    TOPIC,
    "schema_settings.schema",
    matching(/^projects\/[^/]+\/schemas\/[^/]+$/, "projects/PROJECT/schemas/SCHEMA"),
    "use google_pubsub_schema.NAME.id",
    api("SchemaSettings.schema"),
  ),
  limit(
    "pubsub-ack-deadline",
    SUBSCRIPTION,
    "ack_deadline_seconds",
    zeroOr(integer(10, 600)),
    "give 10 to 600 seconds",
    api("Subscription.ackDeadlineSeconds"),
  ),
  limit(
    "pubsub-retention",
    SUBSCRIPTION,
    "message_retention_duration",
    RETENTION,
    "give 10 minutes to 31 days, in seconds",
    api("Subscription.messageRetentionDuration"),
  ),
  limit(
    "pubsub-expiration",
    SUBSCRIPTION,
    "expiration_policy.ttl",
    {
      text: 'empty for never, or at least a day, written like "86400s"',
      holds: (value) => value === "" || seconds(86400, Number.MAX_VALUE).holds(value),
    },
    'set ttl = "" for never',
    api("Subscription.expirationPolicy"),
  ),
  limit(
    "pubsub-dead-letter-attempts",
    SUBSCRIPTION,
    "dead_letter_policy.max_delivery_attempts",
    zeroOr(integer(5, 100)),
    "give 5 to 100",
    api("DeadLetterPolicy.maxDeliveryAttempts"),
  ),
  limit(
    "pubsub-dead-letter-topic",
    SUBSCRIPTION,
    "dead_letter_policy.dead_letter_topic",
    matching(/^projects\/[^/]+\/topics\/[^/]+$/, "projects/PROJECT/topics/TOPIC"),
    "use google_pubsub_topic.NAME.id",
    api("DeadLetterPolicy.deadLetterTopic"),
  ),
  limitAt(
    "pubsub-backoff",
    SUBSCRIPTION,
    ["retry_policy"],
    "minimum_backoff",
    seconds(0, 600),
    "give 0 to 600 seconds",
    api("RetryPolicy.minimumBackoff"),
  ),
  limitAt(
    "pubsub-backoff-maximum",
    SUBSCRIPTION,
    ["retry_policy"],
    "maximum_backoff",
    seconds(0, 600),
    "give 0 to 600 seconds",
    api("RetryPolicy.maximumBackoff"),
  ),
  limit(
    "pubsub-filter-length",
    SUBSCRIPTION,
    "filter",
    { text: "at most 256 bytes", holds: (value) => Buffer.byteLength(String(value)) <= 256 },
    "shorten the filter, or set an attribute for it on publishing",
    DOCS,
  ),
  limit(
    "pubsub-filter-syntax",
    SUBSCRIPTION,
    "filter",
    { text: "a Pub/Sub filter over attributes", holds: (value) => pubsubFilterProblem(String(value)) === undefined },
    'write attributes.NAME = "VALUE", attributes:NAME or hasPrefix(attributes.NAME, "VALUE"), joined by AND or OR but not both without parentheses',
    "docs.cloud.google.com/pubsub/docs/subscription-message-filter, from general knowledge, 2026-11",
  ),
  limit(
    "pubsub-push-endpoint",
    SUBSCRIPTION,
    "push_config.push_endpoint",
    matching(/^https:\/\/[^/\s]+(\/\S*)?$/, "an HTTPS address"),
    "begin the address with https://",
    "docs.cloud.google.com/pubsub/docs/create-push-subscription, endpoint, read 2026-11-22",
  ),
  limit(
    "pubsub-push-version",
    SUBSCRIPTION,
    "push_config.attributes.x-goog-version",
    oneOf("v1beta1", "v1", "v1beta2"),
    'use "v1"',
    api("PushConfig.attributes"),
  ),
  limit(
    "pubsub-push-attributes",
    SUBSCRIPTION,
    "push_config.attributes",
    {
      text: "x-goog-version only",
      shape: true,
      holds: (value) =>
        typeof value !== "object" || value === null || Object.keys(value).every((key) => key === "x-goog-version"),
    },
    "take other attributes away; they do not reach the endpoint",
    api("PushConfig.attributes"),
  ),
  limit(
    "pubsub-push-account",
    SUBSCRIPTION,
    "push_config.oidc_token.service_account_email",
    matching(/^[^@\s:]+@[^@\s]+$/, "the email of a service account"),
    "use google_service_account.NAME.email",
    api("OidcToken.serviceAccountEmail"),
  ),
  limit(
    "pubsub-bigquery-table",
    SUBSCRIPTION,
    "bigquery_config.table",
    matching(/^[^.:\s]+(:[^.\s]+)?\.[^.\s]+\.[^.\s]+$/, "PROJECT.DATASET.TABLE"),
    "join project, dataset and table by dots",
    api("BigQueryConfig.table"),
  ),
  limit(
    "pubsub-bigquery-schema",
    SUBSCRIPTION,
    "bigquery_config.use_table_schema",
    { text: "not true beside use_topic_schema", holds: (value) => value !== true && value !== "true" },
    "keep use_topic_schema or use_table_schema",
    api("BigQueryConfig.useTableSchema"),
    { when: ({ use_topic_schema: topic }) => topic === true || topic === "true" },
  ),
  limit(
    "pubsub-storage-bucket",
    SUBSCRIPTION,
    "cloud_storage_config.bucket",
    matching(/^(?!gs:\/\/)[^/\s]+$/, "the name of a bucket"),
    "give the bucket's name without gs://",
    api("CloudStorageConfig.bucket"),
  ),
  limit(
    "pubsub-storage-suffix",
    SUBSCRIPTION,
    "cloud_storage_config.filename_suffix",
    matching(/(^|[^/])$/, "a text without / at the end"),
    "take the slash at the end away",
    api("CloudStorageConfig.filenameSuffix"),
  ),
  limit(
    "pubsub-storage-bytes",
    SUBSCRIPTION,
    "cloud_storage_config.max_bytes",
    integer(1000, 10737418240),
    "give 1 KB to 10 GiB",
    api("CloudStorageConfig.maxBytes"),
  ),
  limit(
    "pubsub-storage-duration",
    SUBSCRIPTION,
    "cloud_storage_config.max_duration",
    seconds(60, 600),
    "give 1 to 10 minutes, in seconds",
    api("CloudStorageConfig.maxDuration"),
  ),
  limit(
    "pubsub-storage-messages",
    SUBSCRIPTION,
    "cloud_storage_config.max_messages",
    integer(1000),
    "give at least 1000",
    api("CloudStorageConfig.maxMessages"),
  ),
  limit(
    "pubsub-storage-formats",
    SUBSCRIPTION,
    "cloud_storage_config.avro_config",
    unset(),
    "keep text_config or avro_config",
    api("CloudStorageConfig.avroConfig"),
    { when: ({ text_config: text }) => isSet(text) },
  ),
  ...[TOPIC, SUBSCRIPTION].map((type) =>
    limit(
      `pubsub-${type === TOPIC ? "topic" : "subscription"}-transforms`,
      type,
      "message_transforms",
      items(0, 5),
      "keep at most 5 transforms",
      "docs.cloud.google.com/pubsub/docs/smts/smts-overview, from general knowledge, 2026-11",
      { severity: "warning", why: "More are said to be rejected; the API's description gives no number." },
    ),
  ),
  limitAt(
    "pubsub-transform-function",
    `${TOPIC}|${SUBSCRIPTION}`,
    ["message_transforms.javascript_udf"],
    "function_name",
    matching(/^[A-Za-z_$][\w$]*$/, "the name of a JavaScript function"),
    "name the function that code declares",
    api("JavaScriptUDF.functionName"),
  ),
  limitAt(
    "pubsub-transform-code",
    `${TOPIC}|${SUBSCRIPTION}`,
    ["message_transforms.javascript_udf"],
    "code",
    { text: "code that declares a function", holds: (value) => /\bfunction\b|=>/.test(textOf(value) ?? "function") },
    "declare function NAME(message, metadata) in code",
    api("JavaScriptUDF.code"),
  ),
];
