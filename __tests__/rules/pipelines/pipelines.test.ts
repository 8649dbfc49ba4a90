import { pubsubFilterProblem } from "../../../lib/language/pubsub-filter";
import { pipelineRules } from "../../../lib/rules/pipelines/pipelines";
import { changed, describeRules, ids, type Json, on, resourceAt } from "../rule-support";
import { KEY, pipelinesDocument } from "./pipelines-document";

const TOPIC = "google_pubsub_topic.work";
const PUSH = "google_pubsub_subscription.push";
const TABLE = "google_pubsub_subscription.table";
const FILES = "google_pubsub_subscription.files";
const CALL = "google_cloud_scheduler_job.call";
const PUBLISH = "google_cloud_scheduler_job.publish";
const QUEUE = "google_cloud_tasks_queue.work";
const UPLOADS = "google_eventarc_trigger.uploads";
const SERVICE = "google_cloud_run_v2_service.worker";

function resources(document: Json): Json {
  return document.resource as Json;
}

describeRules(pipelineRules, pipelinesDocument, [
  ...on(
    TOPIC,
    ["pubsub-topic-retention", "message_retention_duration", "60s"],
    ["pubsub-topic-regions", "message_storage_policy.allowed_persistence_regions", []],
    ["pubsub-topic-region", "message_storage_policy.allowed_persistence_regions", ["EU"]],
    ["pubsub-topic-key", "kms_key_name", `${KEY}/cryptoKeyVersions/1`],
    ["pubsub-schema-encoding", "schema_settings.encoding", "AVRO"],
    ["pubsub-schema-name", "schema_settings.schema", "work"],
    ["pubsub-topic-transforms", "message_transforms", Array.from({ length: 6 }, () => ({}))],
    ["pubsub-transform-function", "message_transforms.0.javascript_udf.function_name", "my-function"],
    ["pubsub-transform-code", "message_transforms.0.javascript_udf.code", "return mark;"],
    ["pubsub-transform-named", "message_transforms.0.javascript_udf.function_name", "other"],
    ["pubsub-topic-sources", "ingestion_data_source_settings", { aws_msk: {}, cloud_storage: {} }],
  ),
  ...on(
    PUSH,
    ["pubsub-ack-deadline", "ack_deadline_seconds", 601],
    ["pubsub-ack-deadline", "ack_deadline_seconds", 5],
    ["pubsub-retention", "message_retention_duration", "7d"],
    ["pubsub-expiration", "expiration_policy.ttl", "3600s"],
    ["pubsub-dead-letter-attempts", "dead_letter_policy.max_delivery_attempts", 3],
    ["pubsub-dead-letter-topic", "dead_letter_policy.dead_letter_topic", "dead"],
    ["pubsub-backoff", "retry_policy.minimum_backoff", "1000s"],
    ["pubsub-backoff-maximum", "retry_policy.maximum_backoff", "10m"],
    ["pubsub-filter-length", "filter", `attributes.kind = "${"x".repeat(300)}"`],
    ["pubsub-filter-syntax", "filter", 'attributes.kind == "image"'],
    ["pubsub-push-endpoint", "push_config.push_endpoint", "http://example.com/push"],
    ["pubsub-push-version", "push_config.attributes.x-goog-version", "v2"],
    ["pubsub-push-attributes", "push_config.attributes.kind", "image"],
    ["pubsub-push-account", "push_config.oidc_token.service_account_email", "serviceAccount:a@b.iam"],
    ["pubsub-subscription-transforms", "message_transforms", Array.from({ length: 6 }, () => ({}))],
    ["pubsub-one-delivery", "bigquery_config", { table: "a.b.c" }],
    ["pubsub-exactly-once-pull", "enable_exactly_once_delivery", true],
    ["pubsub-ordering-push", "enable_message_ordering", true],
    ["pubsub-backoff-order", "retry_policy", { minimum_backoff: "60s", maximum_backoff: "20s" }],
    ["pubsub-backoff-order", "retry_policy", { maximum_backoff: "5s" }],
    ["pubsub-push-deadline", "ack_deadline_seconds", undefined],
    ["pubsub-expiration-set", "expiration_policy", undefined],
    ["pubsub-expiration-retention", "expiration_policy.ttl", "86400s"],
    ["pubsub-dead-letter-missing", "dead_letter_policy", undefined],
    ["pubsub-dead-letter-set", "dead_letter_policy.dead_letter_topic", undefined],
    ["pubsub-dead-letter-loop", "dead_letter_policy.dead_letter_topic", "${google_pubsub_topic.work.id}"],
    ["pipelines-invoke-token", "push_config.oidc_token", undefined],
    ["pipelines-invoker", "push_config.oidc_token.service_account_email", "other@my-project.iam.gserviceaccount.com"],
  ),
  changed("pubsub-dead-letter-read", PUSH, (document) => {
    delete (resources(document).google_pubsub_subscription as Json).dead;
  }),
  changed("pubsub-dead-letter-publisher", PUSH, (document) => {
    delete resources(document).google_pubsub_topic_iam_member;
  }),
  changed("pubsub-dead-letter-subscriber", PUSH, (document) => {
    delete resources(document).google_pubsub_subscription_iam_member;
  }),
  changed("pipelines-invoker", PUSH, (document) => {
    delete resources(document).google_cloud_run_v2_service_iam_member;
  }),
  changed("pipelines-invoker", UPLOADS, (document) => {
    delete resources(document).google_cloud_run_v2_service_iam_member;
  }),
  changed("pipelines-uri-disabled", PUSH, (document) => {
    resourceAt(document, SERVICE).default_uri_disabled = true;
  }),
  ...on(
    TABLE,
    ["pubsub-bigquery-table", "bigquery_config.table", "my-project/logs/work"],
    ["pubsub-bigquery-schema", "bigquery_config.use_table_schema", true],
    ["pubsub-bigquery-drop", "bigquery_config.use_topic_schema", false],
    ["pubsub-bigquery-topic-schema", "topic", "${google_pubsub_topic.dead.id}"],
  ),
  ...on(
    FILES,
    ["pubsub-storage-bucket", "cloud_storage_config.bucket", "gs://my-project-archive"],
    ["pubsub-storage-suffix", "cloud_storage_config.filename_suffix", "files/"],
    ["pubsub-storage-bytes", "cloud_storage_config.max_bytes", 10],
    ["pubsub-storage-duration", "cloud_storage_config.max_duration", "30s"],
    ["pubsub-storage-messages", "cloud_storage_config.max_messages", 10],
    ["pubsub-storage-formats", "cloud_storage_config.text_config", {}],
    ["pubsub-storage-deadline", "ack_deadline_seconds", 60],
  ).map((mutation) =>
    mutation.rule === "pubsub-storage-formats"
      ? changed(mutation.rule, FILES, (document) => {
          (resourceAt(document, FILES).cloud_storage_config as Json).text_config = [{ state: "on" }];
        })
      : mutation,
  ),
  ...on(
    CALL,
    ["scheduler-schedule-set", "schedule", undefined],
    ["scheduler-schedule", "schedule", "61 * * * *"],
    ["scheduler-schedule", "schedule", "* * * *"],
    ["scheduler-schedule", "schedule", "0 0 31 FOO *"],
    ["scheduler-time-zone", "time_zone", "Berlin"],
    ["scheduler-description", "description", "x".repeat(501)],
    ["scheduler-name", "name", "call the worker"],
    ["scheduler-retries", "retry_config.retry_count", 6],
    ["scheduler-max-retry-duration", "retry_config.max_retry_duration", "1h"],
    ["scheduler-min-backoff-duration", "retry_config.min_backoff_duration", "5"],
    ["scheduler-max-backoff-duration", "retry_config.max_backoff_duration", "1m"],
    ["scheduler-doublings", "retry_config.max_doublings", -1],
    ["scheduler-uri", "http_target.uri", "example.com/tick"],
    ["scheduler-method", "http_target.http_method", "post"],
    ["scheduler-body-method", "http_target.http_method", "GET"],
    ["scheduler-body-base64", "http_target.body", "{}"],
    ["scheduler-headers", "http_target.headers", { "X-Google-Id": "1" }],
    ["scheduler-account", "http_target.oidc_token.service_account_email", "caller"],
    ["scheduler-target", "pubsub_target", { topic_name: "projects/p/topics/t", data: "e30=" }],
    ["scheduler-target", "http_target", undefined],
    ["scheduler-deadline", "attempt_deadline", "3600s"],
    ["scheduler-deadline", "attempt_deadline", "10m"],
    ["scheduler-backoff-order", "retry_config.min_backoff_duration", "90s"],
    ["scheduler-token", "http_target.oauth_token", { service_account_email: "a@p.iam.gserviceaccount.com" }],
    ["scheduler-token-kind", "http_target.uri", "https://run.googleapis.com/v2/projects/p/locations/l/jobs/j:run"],
    ["scheduler-retry-deadline", "retry_config", undefined],
    ["pipelines-invoke-token", "http_target.oidc_token", undefined],
  ),
  ...on(
    PUBLISH,
    ["scheduler-data-base64", "pubsub_target.data", "hello!"],
    ["scheduler-topic", "pubsub_target.topic_name", "work"],
    ["scheduler-message", "pubsub_target.data", undefined],
    ["scheduler-topic-reference", "pubsub_target.topic_name", "${google_pubsub_topic.work.name}"],
  ),
  ...on(
    QUEUE,
    ["tasks-name", "name", "work_queue"],
    ["tasks-rate", "rate_limits.max_dispatches_per_second", 600],
    ["tasks-concurrency", "rate_limits.max_concurrent_dispatches", 6000],
    ["tasks-attempts", "retry_config.max_attempts", -2],
    ["tasks-attempts-zero", "retry_config.max_attempts", 0],
    ["tasks-max-retry-duration", "retry_config.max_retry_duration", "1h"],
    ["tasks-min-backoff", "retry_config.min_backoff", "1"],
    ["tasks-max-backoff", "retry_config.max_backoff", "1m"],
    ["tasks-log-sampling", "stackdriver_logging_config.sampling_ratio", 50],
    ["tasks-state", "desired_state", "STOPPED"],
    ["tasks-backoff-order", "retry_config.min_backoff", "120s"],
  ),
  changed("tasks-token", QUEUE, (document) => {
    const token = { service_account_email: "a@p.iam.gserviceaccount.com" };
    resourceAt(document, QUEUE).http_target = { oauth_token: token, oidc_token: token };
  }),
  ...on(
    UPLOADS,
    ["eventarc-operator", "matching_criteria.0.operator", "prefix"],
    ["eventarc-content-type", "event_data_content_type", "text/plain"],
    ["eventarc-attempts", "retry_policy", { max_attempts: 5 }],
    ["eventarc-criteria", "matching_criteria", []],
    ["eventarc-type", "matching_criteria.0.attribute", "kind"],
    ["eventarc-type", "matching_criteria.1.attribute", "type"],
    ["eventarc-storage-bucket", "matching_criteria.1.attribute", "object"],
    ["eventarc-storage-location", "location", "us-central1"],
    ["eventarc-audit-log", "matching_criteria.0.value", "google.cloud.audit.log.v1.written"],
    ["eventarc-transport", "transport", { pubsub: { topic: "projects/p/topics/t" } }],
    ["eventarc-destination", "destination.workflow", "projects/p/locations/l/workflows/w"],
    ["eventarc-destination", "destination.network_config", { network_attachment: "n" }],
    ["eventarc-account", "service_account", undefined],
    ["eventarc-service-region", "destination.cloud_run_service.region", "us-central1"],
  ),
  changed("eventarc-retry", UPLOADS, (document) =>
    Object.assign(resourceAt(document, UPLOADS), {
      retry_policy: { max_attempts: 1 },
      destination: { workflow: "projects/p/locations/l/workflows/w" },
    }),
  ),
]);

test.each([
  "",
  'attributes.kind = "image"',
  'attributes:kind AND NOT attributes.size = "large"',
  '(attributes.a = "1" OR attributes.a = "2") AND hasPrefix(attributes.path, "models/")',
  '-attributes:kind OR attributes."my key" != "x"',
])("reads the filter %s", (filter) => {
  expect(pubsubFilterProblem(filter)).toBeUndefined();
});

test.each([
  "kind = 'image'",
  'attributes.kind = "a" AND attributes.b = "c" OR attributes:d',
  "attributes.kind = image",
  'data.kind = "a"',
  'attributes.kind > "a"',
  'hasPrefix(attributes.path "x")',
  "attributes:",
  '(attributes.kind = "a"',
])("fails the filter %s", (filter) => {
  expect(pubsubFilterProblem(filter)).toBeDefined();
});

test("says nothing of pushes whose service is public, or whose grants are not known", () => {
  const open = pipelinesDocument();
  resourceAt(open, SERVICE).invoker_iam_disabled = true;
  delete resources(open).google_cloud_run_v2_service_iam_member;
  delete (resourceAt(open, PUSH).push_config as Json).oidc_token;
  expect(ids(open).filter((id) => id.startsWith("pipelines-"))).toEqual([]);

  const computed = pipelinesDocument();
  (resources(computed).google_cloud_run_v2_service_iam_member as Json).caller = {
    name: "${google_cloud_run_v2_service.worker.name}",
    location: "europe-west1",
    role: "roles/run.invoker",
    member: "${var.caller}",
  };
  expect(ids(computed)).toEqual([]);

  const byProject = pipelinesDocument();
  delete resources(byProject).google_cloud_run_v2_service_iam_member;
  resources(byProject).google_project_iam_member = {
    caller: { project: "my-project", role: "roles/run.invoker", member: "${google_service_account.caller.member}" },
  };
  expect(ids(byProject).filter((id) => id.startsWith("pipelines-"))).toEqual([]);
});

test("says nothing of what is computed, or of topics and services elsewhere", () => {
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
      },
      google_cloud_scheduler_job: {
        call: {
          name: "${var.name}",
          schedule: "${var.schedule}",
          time_zone: "${var.zone}",
          http_target: { uri: "${var.base}/tick", oidc_token: { service_account_email: "${var.account}" } },
          retry_config: "${var.retry}",
        },
      },
      google_eventarc_trigger: {
        any: {
          name: "any",
          location: "${var.location}",
          service_account: "${var.account}",
          dynamic: { matching_criteria: { for_each: "${var.criteria}", content: {} } },
          destination: { cloud_run_service: { service: "${var.service}", region: "${var.location}" } },
        },
      },
    },
  };
  expect(ids(document)).toEqual([]);
});
