import { pubsubFilterProblem } from "../language/pubsub-filter";
import { accountEmail, cryptoKey, regionName } from "./formats";
import { fulfilling, integer, items, type Limits, matching, oneOf, seconds, unset } from "./limit";
import { atMostOne, EVERYTHING, order, resourceType, when } from "./resource-type";
import { api, page, provider, unconfirmed } from "./source";

const pubsub = api("Pub/Sub API v1");

const name = matching(
  /^(projects\/[^/]+\/(topics|subscriptions|schemas|snapshots)\/)?(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/,
  "3 to 255 letters, digits and -_.~+%, starting with a letter and not with goog",
).fix("shorten or respell the name", pubsub("Topic.name"));

const retention = seconds(600, 2678400).fix("give 10 minutes to 31 days, in seconds");

const transforms: Limits = {
  message_transforms: items(0, 5).fix("keep at most 5 transforms", unconfirmed("docs.cloud.google.com/pubsub/docs/smts/smts-overview")),
  "message_transforms.javascript_udf.function_name": matching(/^[A-Za-z_$][\w$]*$/, "the name of a JavaScript function").fix(
    "name the function that code declares",
    pubsub("JavaScriptUDF.functionName"),
  ),
};

export const pubsubTopic = resourceType("google_pubsub_topic", {
  group: "pubsub",
  name: { format: name, uniqueIn: [] },
  labels: "labels",
  replacedBy: ["name"],
  keptWhenUnset: ["message_storage_policy"],
  limits: {
    ...transforms,
    message_retention_duration: retention.named("topic").from(pubsub("Topic.messageRetentionDuration")),
    "message_storage_policy.allowed_persistence_regions": items(1).fix("name a region, or remove message_storage_policy", pubsub("MessageStoragePolicy.allowedPersistenceRegions")),
    "message_storage_policy.allowed_persistence_regions[]": regionName
      .named("item")
      .fix("give a region such as europe-west1, not a multi-region or a zone", pubsub("MessageStoragePolicy.allowedPersistenceRegions")),
    kms_key_name: cryptoKey.from(pubsub("Topic.kmsKeyName")),
    "schema_settings.encoding": oneOf("JSON", "BINARY", "ENCODING_UNSPECIFIED").fix("use JSON or BINARY", provider("google_pubsub_topic 7.45.0", "validate")),
    "schema_settings.schema": matching(/^projects\/[^/]+\/schemas\/[^/]+$/, "projects/PROJECT/schemas/SCHEMA")
      .refs({ google_pubsub_schema: "id" })
      .fix("use google_pubsub_schema.NAME.id", pubsub("SchemaSettings.schema")),
  },
  alternatives: [
    atMostOne("aws_kinesis aws_msk azure_event_hubs cloud_storage confluent_cloud", { in: "ingestion_data_source_settings", id: "topic-sources" }).fix(
      "make a topic for each source",
      pubsub("IngestionDataSourceSettings"),
    ),
  ],
});

export const pubsubSubscription = resourceType("google_pubsub_subscription", {
  group: "pubsub",
  name: { format: name, uniqueIn: [] },
  labels: "labels",
  replacedBy: ["name", "topic", "filter", "enable_message_ordering", "message_transforms"],
  keptWhenUnset: ["ack_deadline_seconds", "expiration_policy"],
  defaults: { "retry_policy.minimum_backoff": "10s", "retry_policy.maximum_backoff": "600s" },
  limits: {
    ...transforms,
    ack_deadline_seconds: integer(10, 600).or(0).fix("give 10 to 600 seconds", pubsub("Subscription.ackDeadlineSeconds")),
    message_retention_duration: retention.from(pubsub("Subscription.messageRetentionDuration")),
    "expiration_policy.ttl": seconds(86400).fix('set ttl = "" for never', pubsub("Subscription.expirationPolicy")),
    "dead_letter_policy.max_delivery_attempts": integer(5, 100).or(0).fix("give 5 to 100", pubsub("DeadLetterPolicy.maxDeliveryAttempts")),
    "dead_letter_policy.dead_letter_topic": matching(/^projects\/[^/]+\/topics\/[^/]+$/, "projects/PROJECT/topics/TOPIC")
      .required()
      .refs({ google_pubsub_topic: "id" })
      .fix("use google_pubsub_topic.NAME.id", pubsub("DeadLetterPolicy.deadLetterTopic")),
    "retry_policy.minimum_backoff": seconds(0, 600).fix("give 0 to 600 seconds", pubsub("RetryPolicy.minimumBackoff")),
    "retry_policy.maximum_backoff": seconds(0, 600).fix("give 0 to 600 seconds", pubsub("RetryPolicy.maximumBackoff")),
    filter: [
      fulfilling("at most 256 bytes", (value) => Buffer.byteLength(String(value)) <= 256)
        .named("length")
        .fix("shorten the filter, or set an attribute for it on publishing", provider("google_pubsub_subscription 7.45.0")),
      fulfilling("a Pub/Sub filter over attributes", (value) => pubsubFilterProblem(String(value)) === undefined)
        .named("syntax")
        .fix(
          'write attributes.NAME = "VALUE", attributes:NAME or hasPrefix(attributes.NAME, "VALUE"), joined by AND or OR but not both without parentheses',
          unconfirmed("docs.cloud.google.com/pubsub/docs/subscription-message-filter"),
        ),
    ],
    "push_config.push_endpoint": matching(/^https:\/\/[^/\s]+(\/\S*)?$/, "an HTTPS address").fix("begin the address with https://", page("pubsub/docs/create-push-subscription")),
    "push_config.attributes.x-goog-version": oneOf("v1beta1", "v1", "v1beta2").fix('use "v1"', pubsub("PushConfig.attributes")),
    "push_config.attributes": fulfilling("x-goog-version only", (value) => Object.keys(value as object).every((key) => key === "x-goog-version")).fix(
      "remove the other attributes; they do not reach the endpoint",
      pubsub("PushConfig.attributes"),
    ),
    "push_config.oidc_token.service_account_email": accountEmail.from(pubsub("OidcToken.serviceAccountEmail")),
    "bigquery_config.table": matching(/^[^.:\s]+(:[^.\s]+)?\.[^.\s]+\.[^.\s]+$/, "PROJECT.DATASET.TABLE").fix("join project, dataset and table by dots", pubsub("BigQueryConfig.table")),
    "cloud_storage_config.bucket": matching(/^(?!gs:\/\/)[^/\s]+$/, "the name of a bucket")
      .refs({ google_storage_bucket: "name id" })
      .fix("give the bucket's name without gs://", pubsub("CloudStorageConfig.bucket")),
    "cloud_storage_config.filename_suffix": matching(/[^/]$/, "a text without / at the end").fix("remove the slash at the end", pubsub("CloudStorageConfig.filenameSuffix")),
    "cloud_storage_config.max_bytes": integer(1000, 10737418240).fix("give 1 KB to 10 GiB", pubsub("CloudStorageConfig.maxBytes")),
    "cloud_storage_config.max_duration": seconds(60, 600).fix("give 1 to 10 minutes, in seconds", pubsub("CloudStorageConfig.maxDuration")),
    "cloud_storage_config.max_messages": integer(1000).fix("give at least 1000", pubsub("CloudStorageConfig.maxMessages")),
  },
  alternatives: [
    atMostOne("push_config bigquery_config cloud_storage_config", { id: "one-delivery" }).fix(
      "make a second subscription for the second way of delivery",
      provider("google_pubsub_subscription 7.45.0", "validate"),
    ),
    atMostOne("use_topic_schema use_table_schema", { in: "bigquery_config", id: "bigquery-schema" }).fix("keep use_topic_schema or use_table_schema", pubsub("BigQueryConfig.useTableSchema")),
    atMostOne("text_config avro_config", { in: "cloud_storage_config", id: "storage-formats" }).fix("keep text_config or avro_config", pubsub("CloudStorageConfig.avroConfig")),
  ],
  together: [
    when({ enable_exactly_once_delivery: true }, { push_config: unset(), bigquery_config: unset(), cloud_storage_config: unset() }, { id: "exactly-once-pull" }).fix(
      "remove enable_exactly_once_delivery, or pull",
      page("pubsub/docs/exactly-once-delivery"),
    ),
  ],
  order: [order("minimum_backoff", "maximum_backoff", { in: "retry_policy", id: "backoff-order" }).fix("raise maximum_backoff or lower minimum_backoff", pubsub("RetryPolicy"))],
});

export const pubsubSchema = resourceType("google_pubsub_schema", {
  group: "pubsub",
  name: { format: name, uniqueIn: [] },
  replacedBy: ["name"],
});

const iamMember = (kind: string) => resourceType(`google_pubsub_${kind}_iam_member`, { group: "pubsub", replacedBy: EVERYTHING });

export const pubsubTypes = [pubsubTopic, pubsubSubscription, pubsubSchema, iamMember("topic"), iamMember("subscription")];
