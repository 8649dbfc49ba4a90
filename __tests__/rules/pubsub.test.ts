import { KEY, pipelinesDocument } from "./pipelines";
import { changed, describeGroup, findingsOf, ids, type Json, on, resourceAt } from "./rule-support";

const TOPIC = "google_pubsub_topic.work";
const PUSH = "google_pubsub_subscription.push";
const TABLE = "google_pubsub_subscription.table";
const FILES = "google_pubsub_subscription.files";
const UDF = "message_transforms.0.javascript_udf";

function without(type: string, name?: string): (document: Json) => void {
  return ({ resource }) => {
    const types = resource as Record<string, Json>;
    if (name === undefined) delete types[type];
    else delete types[type]![name];
  };
}

describeGroup(
  "pubsub",
  pipelinesDocument,
  [
    ...on(
      TOPIC,
      ["pubsub-name", "name", "google-work"],
      [
        "pubsub-message-storage-policy-allowed-persistence-regions",
        "message_storage_policy.allowed_persistence_regions",
        [],
      ],
      [
        "pubsub-message-storage-policy-allowed-persistence-regions-item",
        "message_storage_policy.allowed_persistence_regions",
        ["EU"],
      ],
      ["pubsub-kms-key-name", "kms_key_name", `${KEY}/cryptoKeyVersions/1`],
      ["pubsub-schema-settings-encoding", "schema_settings.encoding", "AVRO"],
      ["pubsub-schema-settings-schema", "schema_settings.schema", "work"],
      ["pubsub-message-transforms", "message_transforms", Array.from({ length: 6 }, () => ({}))],
      ["pubsub-message-transforms-javascript-udf-function-name", `${UDF}.function_name`, "my-function"],
      ["pubsub-transform-code", `${UDF}.code`, "return mark;"],
      ["pubsub-transform-code", `${UDF}.function_name`, "other"],
      [
        "pubsub-topic-sources",
        "ingestion_data_source_settings",
        { aws_msk: {}, cloud_storage: {} },
        "ingestion_data_source_settings.cloud_storage",
      ],
    ),
    ...on(
      PUSH,
      ["pubsub-message-retention-duration", "message_retention_duration", "7d"],
      ["pubsub-dead-letter-policy-dead-letter-topic", "dead_letter_policy.dead_letter_topic", "dead"],
      [
        "pubsub-dead-letter-policy-dead-letter-topic",
        "dead_letter_policy.dead_letter_topic",
        "${google_pubsub_topic.dead.name}",
      ],
      ["pubsub-dead-letter-policy-dead-letter-topic", "dead_letter_policy.dead_letter_topic", undefined],
      ["pubsub-maximum-backoff", "retry_policy.maximum_backoff", "10m"],
      ["pubsub-filter-length", "filter", `attributes.kind = "${"x".repeat(300)}"`],
      ["pubsub-filter-syntax", "filter", 'attributes.kind == "image"'],
      ["pubsub-push-config-push-endpoint", "push_config.push_endpoint", "http://example.com/push"],
      ["pubsub-push-config-push-endpoint", "push_config.push_endpoint", "http://${var.host}/push"],
      ["pubsub-push-config-attributes-x-goog-version", "push_config.attributes.x-goog-version", "v2"],
      ["pubsub-push-config-attributes", "push_config.attributes.kind", "image", "push_config.attributes"],
      [
        "pubsub-push-config-oidc-token-service-account-email",
        "push_config.oidc_token.service_account_email",
        "serviceAccount:a@b.iam",
      ],
      ["pubsub-message-transforms", "message_transforms", Array.from({ length: 6 }, () => ({}))],
      ["pubsub-one-delivery", "bigquery_config", { table: "a.b.c" }],
      ["pubsub-exactly-once-pull", "enable_exactly_once_delivery", true, "push_config"],
      ["pubsub-enable-message-ordering", "enable_message_ordering", true],
      [
        "pubsub-backoff-order",
        "retry_policy",
        { minimum_backoff: "60s", maximum_backoff: "20s" },
        "retry_policy.minimum_backoff",
      ],
      ["pubsub-backoff-order", "retry_policy", { maximum_backoff: "5s" }, "retry_policy.minimum_backoff"],
      ["pubsub-push-deadline", "ack_deadline_seconds", undefined],
      ["pubsub-expiration-policy", "expiration_policy", undefined],
      ["pubsub-expiration-retention", "expiration_policy.ttl", "86400s", "message_retention_duration"],
      ["pubsub-dead-letter-missing", "dead_letter_policy", undefined],
      ["pubsub-dead-letter-loop", "dead_letter_policy.dead_letter_topic", "${google_pubsub_topic.work.id}"],
    ).map((mutation) =>
      mutation.rule === "pubsub-dead-letter-loop" ? { ...mutation, also: ["pubsub-dead-letter-grant"] } : mutation,
    ),
    changed("pubsub-dead-letter-read", PUSH, without("google_pubsub_subscription", "dead"), {
      at: "dead_letter_policy.dead_letter_topic",
    }),
    changed("pubsub-dead-letter-grant", PUSH, without("google_pubsub_topic_iam_member"), {
      at: "dead_letter_policy.dead_letter_topic",
    }),
    changed("pubsub-dead-letter-grant", PUSH, without("google_pubsub_subscription_iam_member"), {
      at: "dead_letter_policy",
    }),
    ...on(
      TABLE,
      ["pubsub-bigquery-config-table", "bigquery_config.table", "my-project/logs/work"],
      ["pubsub-bigquery-schema", "bigquery_config.use_table_schema", true],
      ["pubsub-bigquery-drop", "bigquery_config.use_topic_schema", false, "bigquery_config.drop_unknown_fields"],
      ["pubsub-bigquery-topic-schema", "topic", "${google_pubsub_topic.dead.id}"],
    ),
    ...on(
      FILES,
      ["pubsub-bucket", "cloud_storage_config.bucket", "gs://my-project-archive"],
      ["pubsub-filename-suffix", "cloud_storage_config.filename_suffix", "files/"],
      ["pubsub-storage-deadline", "ack_deadline_seconds", 60, "cloud_storage_config.max_duration"],
      [
        "pubsub-storage-formats",
        "cloud_storage_config.text_config",
        [{ state: "on" }],
        "cloud_storage_config.avro_config",
      ],
    ),
  ],
  [
    "pubsub-dead-letter-loop",
    "pubsub-dead-letter-missing",
    "pubsub-enable-message-ordering",
    "pubsub-dead-letter-grant",
    "pubsub-dead-letter-read",
    "pubsub-expiration-policy",
    "pubsub-expiration-retention",
    "pubsub-filter-syntax",
    "pubsub-message-transforms",
    "pubsub-push-deadline",
  ],
);

test("files in a bucket may have the schema of a topic that has none", () => {
  const document = pipelinesDocument();
  const archive = resourceAt(document, FILES);
  archive.topic = "${google_pubsub_topic.dead.id}";
  (archive.cloud_storage_config as Json).avro_config = { write_metadata: true, use_topic_schema: true };
  expect(findingsOf(document)).toEqual([]);
});

test("the code of a transform that is disabled, or may be, is not judged", () => {
  const document = pipelinesDocument();
  const udf = { function_name: "notYet", code: "..." };
  resourceAt(document, TOPIC).message_transforms = [
    { disabled: true, javascript_udf: udf },
    { disabled: "${var.disabled}", javascript_udf: udf },
  ];
  expect(findingsOf(document)).toEqual([]);
});

test("dead letters of one instance may go to another instance of the same topic", () => {
  const document = pipelinesDocument();
  const push = resourceAt(document, PUSH);
  push.topic = '${google_pubsub_topic.dead["eu"].id}';
  (push.dead_letter_policy as Json).dead_letter_topic = '${google_pubsub_topic.dead["us"].id}';
  expect(findingsOf(document)).toEqual([]);
});

test("says nothing of what is computed, or of topics elsewhere", () => {
  const document: Json = {
    data: { google_pubsub_topic: { dead: { name: "dead" } } },
    resource: {
      google_pubsub_subscription: {
        push: {
          name: "push",
          topic: "${var.topic}",
          ack_deadline_seconds: "60",
          expiration_policy: "${var.expiration}",
          push_config: { push_endpoint: "${var.endpoint}", oidc_token: { service_account_email: "${var.account}" } },
          dynamic: { dead_letter_policy: { for_each: "${var.dead}", content: {} } },
          filter: "${var.filter}",
        },
        export: {
          name: "export",
          topic: "${google_pubsub_topic.work.id}",
          expiration_policy: { ttl: "" },
          enable_exactly_once_delivery: "${var.once}",
          bigquery_config: { table: "${var.table}", use_topic_schema: "${var.schema}", drop_unknown_fields: true },
        },
      },
      google_pubsub_topic: { work: { name: "work" } },
    },
  };
  expect(ids(document)).toEqual([]);
});
