import { pubsubFilterProblem } from "../language/pubsub-filter";
import { accountEmail, bytes, cryptoKey, regionName, topicId } from "./formats";
import { at, fulfilling, integer, items, type Limits, matching, not, oneOf, seconds, set, unset } from "./limit";
import { atMostOne, order, resourceType, when } from "./resource-type";
import { api, page, provider, unconfirmed } from "./source";

const pubsub = api("Pub/Sub API v1");

const name = matching(
  /^(projects\/[^/]+\/(topics|subscriptions|schemas|snapshots)\/)?(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/,
  "3 to 255 letters, digits and -_.~+%, starting with a letter and not with goog",
).fix("shorten or respell the name", pubsub("Topic.name"));

const subscriptionDocs = provider("google_pubsub_subscription 7.45.0");

/** Of a topic or a subscription. */
export const messageRetention = seconds(600, 2678400).fix("give 10 minutes to 31 days, in seconds", pubsub("Topic.messageRetentionDuration"));

export const retryBackoff = seconds(0, 600).fix("give 0 to 600 seconds", pubsub("RetryPolicy"));
export const ackDeadline = integer(10, 600).fix("give 10 to 600 seconds", pubsub("Subscription.ackDeadlineSeconds"));
export const deliveryAttempts = integer(5, 100).fix("give 5 to 100", pubsub("DeadLetterPolicy.maxDeliveryAttempts"));
const INGESTION = "ingestion_data_source_settings";
const STORAGE_REGIONS = pubsub("MessageStoragePolicy.allowedPersistenceRegions");

const transforms: Limits = {
  message_transforms: items(0, 5).fix("keep at most 5 transforms", unconfirmed("docs.cloud.google.com/pubsub/docs/smts/smts-overview")),
  "message_transforms.javascript_udf.function_name": matching(/^[A-Za-z_$][\w$]*$/, "the name of a JavaScript function").fix("name a function", pubsub("JavaScriptUDF.functionName")),
};

const pubsubTopic = resourceType("google_pubsub_topic", {
  group: "pubsub",
  name: { format: name, uniqueIn: [] },
  labels: "labels",
  replacedBy: ["name"],
  keptWhenUnset: ["message_storage_policy"],
  limits: {
    ...transforms,
    message_retention_duration: messageRetention,
    "message_storage_policy.allowed_persistence_regions": items(1).fix("name a region", STORAGE_REGIONS),
    "message_storage_policy.allowed_persistence_regions[]": regionName.named("item").fix("give a region such as europe-west1, not a multi-region or a zone", STORAGE_REGIONS),
    kms_key_name: cryptoKey.from(pubsub("Topic.kmsKeyName")),
    "schema_settings.schema": matching(/^projects\/[^/]+\/schemas\/[^/]+$/, "projects/PROJECT/schemas/SCHEMA")
      .refs({ google_pubsub_schema: "id" })
      .fix("use google_pubsub_schema.NAME.id", pubsub("SchemaSettings.schema")),
  },
  alternatives: [
    atMostOne("aws_kinesis aws_msk azure_event_hubs cloud_storage confluent_cloud", { in: INGESTION, id: "topic-sources" }).fix("make a topic for each", pubsub("IngestionDataSourceSettings")),
  ],
});

const hasOnlyVersion = (attributes: unknown) => Object.keys(Object(attributes)).every((key) => key === "x-goog-version");

const pubsubSubscription = resourceType("google_pubsub_subscription", {
  group: "pubsub",
  holds: "messages that nobody has acknowledged",
  name: { format: name, uniqueIn: [] },
  labels: "labels",
  replacedBy: ["name", "topic", "filter", "enable_message_ordering"],
  keptWhenUnset: ["ack_deadline_seconds", "expiration_policy"],
  defaults: { message_retention_duration: "604800s", "retry_policy.minimum_backoff": "10s", "retry_policy.maximum_backoff": "600s" },
  limits: {
    ...transforms,
    ack_deadline_seconds: ackDeadline.or(0),
    message_retention_duration: messageRetention,
    expiration_policy: set().advice("By default a subscription is deleted after 31 days without traffic.").fix('set expiration_policy.ttl = ""', pubsub("Subscription.expirationPolicy")),
    enable_message_ordering: not(true)
      .when({ push_config: set() })
      .advice("Each push of a key waits for the answer to the one before: with few keys the backlog grows.")
      .fix("remove enable_message_ordering, or use many ordering keys", unconfirmed("docs.cloud.google.com/pubsub/docs/ordering")),
    "expiration_policy.ttl": seconds(86400).fix('set ttl = "" for never', pubsub("Subscription.expirationPolicy")),
    "dead_letter_policy.max_delivery_attempts": deliveryAttempts.or(0),
    "dead_letter_policy.dead_letter_topic": topicId.required().from(pubsub("DeadLetterPolicy.deadLetterTopic")),
    ...at("retry_policy", { minimum_backoff: retryBackoff, maximum_backoff: retryBackoff }),
    filter: [
      bytes(256).named("length").fix("shorten the filter", subscriptionDocs),
      fulfilling("a Pub/Sub filter over attributes", (value) => pubsubFilterProblem(String(value)) === undefined, { refused: ['attributes.kind == "image"'] })
        .named("syntax")
        .fix('write attributes.NAME = "VALUE", joined by AND or OR', unconfirmed("docs.cloud.google.com/pubsub/docs/subscription-message-filter")),
    ],
    "push_config.push_endpoint": matching(/^https:\/\/[^/\s]+(\/\S*)?$/, "an HTTPS address")
      .refusing(/^http:\/\//)
      .fix("begin the address with https://", page("pubsub/docs/create-push-subscription")),
    "push_config.attributes.x-goog-version": oneOf("v1beta1", "v1", "v1beta2").fix('use "v1"', pubsub("PushConfig.attributes")),
    "push_config.attributes": fulfilling("x-goog-version only", hasOnlyVersion, { shape: true, refused: [{ kind: "image" }] }).fix("remove the other attributes", pubsub("PushConfig.attributes")),
    "push_config.oidc_token.service_account_email": accountEmail.from(pubsub("OidcToken.serviceAccountEmail")),
    "bigquery_config.table": matching(/^[^.:\s]+(:[^.\s]+)?\.[^.\s]+\.[^.\s]+$/, "PROJECT.DATASET.TABLE").fix("join project, dataset and table by dots", pubsub("BigQueryConfig.table")),
    ...at("cloud_storage_config", {
      bucket: matching(/^(?!gs:\/\/)[^/\s]+$/, "the name of a bucket")
        .fix("give the bucket's name without gs://", pubsub("CloudStorageConfig.bucket"))
        .refs({ google_storage_bucket: "name id" }),
      filename_suffix: matching(/[^/]$/, "a text without / at the end").fix("remove the slash at the end", pubsub("CloudStorageConfig.filenameSuffix")),
      max_bytes: integer(1000, 10737418240).fix("give 1 KB to 10 GiB", pubsub("CloudStorageConfig.maxBytes")),
      max_duration: seconds(60, 600).fix("give 1 to 10 minutes, in seconds", pubsub("CloudStorageConfig.maxDuration")),
      max_messages: integer(1000).fix("give at least 1000", pubsub("CloudStorageConfig.maxMessages")),
    }),
  },
  alternatives: [
    atMostOne("push_config bigquery_config cloud_storage_config", { id: "one-delivery" }).fix("make a subscription for each", provider("google_pubsub_subscription 7.45.0", "validate")),
    atMostOne("use_topic_schema use_table_schema", { in: "bigquery_config", id: "bigquery-schema" }).fix("keep use_topic_schema or use_table_schema", pubsub("BigQueryConfig.useTableSchema")),
    atMostOne("text_config avro_config", { in: "cloud_storage_config", id: "storage-formats" }).fix("keep text_config or avro_config", pubsub("CloudStorageConfig.avroConfig")),
  ],
  together: [
    when({ push_config: set() }, { dead_letter_policy: set() }, { id: "dead-letter-missing" })
      .advice("A message that can never be processed is sent again for seven days. It may be meant.")
      .fix("set dead_letter_policy, and grant the service agent what it needs", pubsub("Subscription.deadLetterPolicy")),
    when({ use_topic_schema: false, use_table_schema: false }, { drop_unknown_fields: false }, { in: "bigquery_config", id: "bigquery-drop" })
      .why("Without a schema no field is unknown: Google Cloud accepts drop_unknown_fields, but it has no effect.")
      .fix("set use_table_schema or use_topic_schema", pubsub("BigQueryConfig.dropUnknownFields")),
    when(
      { enable_exactly_once_delivery: true },
      { push_config: unset(), bigquery_config: unset(), cloud_storage_config: unset() },
      { id: "exactly-once-pull", title: "a subscription that pushes or exports must not have enable_exactly_once_delivery" },
    )
      .why("Only pull subscriptions support it: others are rejected, or deliver messages twice all the same.")
      .fix("remove enable_exactly_once_delivery, or pull", page("pubsub/docs/exactly-once-delivery")),
  ],
  order: [
    order("message_retention_duration", "expiration_policy.ttl", { id: "expiration-retention" })
      .why("The subscription would be deleted with messages that it still has to keep.")
      .fix('set expiration_policy.ttl = "", or above message_retention_duration', unconfirmed("docs.cloud.google.com/pubsub/docs/subscription-properties")),
    order("minimum_backoff", "maximum_backoff", { in: "retry_policy", id: "backoff-order" }).fix("raise maximum_backoff or lower minimum_backoff", pubsub("RetryPolicy")),
  ],
});

const pubsubSchema = resourceType("google_pubsub_schema", {
  group: "pubsub",
  name: { format: name, uniqueIn: [] },
  replacedBy: ["name"],
});

export const pubsubTypes = [pubsubTopic, pubsubSubscription, pubsubSchema];
