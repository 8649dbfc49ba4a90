import { pipelinesDocument } from "./pipelines";
import { changed, describeGroup, findingsOf, ids, type Json, on, resourceAt } from "./rule-support";

const CALL = "google_cloud_scheduler_job.call";
const PUBLISH = "google_cloud_scheduler_job.publish";
const QUEUE = "google_cloud_tasks_queue.work";
const UPLOADS = "google_eventarc_trigger.uploads";
const TOKEN = { service_account_email: "a@p.iam.gserviceaccount.com" };
const WORKFLOW = "projects/p/locations/l/workflows/w";

describeGroup(
  "scheduler",
  pipelinesDocument,
  [
    ...on(
      CALL,
      ["scheduler-schedule", "schedule", undefined],
      ["scheduler-schedule", "schedule", "61 * * * *"],
      ["scheduler-schedule", "schedule", "* * * *"],
      ["scheduler-schedule", "schedule", "0 0 31 FOO *"],
      ["scheduler-name", "name", "call the worker"],
      ["scheduler-max-retry-duration", "retry_config.max_retry_duration", "1h"],
      ["scheduler-min-backoff-duration", "retry_config.min_backoff_duration", "5"],
      ["scheduler-max-backoff-duration", "retry_config.max_backoff_duration", "1m"],
      ["scheduler-http-target-uri", "http_target.uri", "example.com/tick"],
      ["scheduler-http-method", "http_target.http_method", "post"],
      ["scheduler-body-method", "http_target.http_method", "GET", "http_target.body"],
      ["scheduler-body", "http_target.body", "{}"],
      ["scheduler-headers", "http_target.headers", { "X-Google-Id": "1" }],
      ["scheduler-service-account-email", "http_target.oidc_token.service_account_email", "caller"],
      ["scheduler-target", "pubsub_target", { topic_name: "projects/p/topics/t", data: "e30=" }],
      ["scheduler-target", "http_target", undefined],
      ["scheduler-attempt-deadline", "attempt_deadline", "3600s"],
      ["scheduler-attempt-deadline", "attempt_deadline", "10m"],
      ["scheduler-deadline-timeout", "attempt_deadline", undefined],
      ["scheduler-deadline-timeout", "attempt_deadline", "599s"],
      ["scheduler-backoff-order", "retry_config.min_backoff_duration", "90s"],
      ["scheduler-token", "http_target.oauth_token", TOKEN],
      [
        "scheduler-token-kind",
        "http_target.uri",
        "https://run.googleapis.com/v2/projects/p/jobs/j:run",
        "http_target.oidc_token",
      ],
      [
        "scheduler-token-kind",
        "http_target.uri",
        "https://run.googleapis.com/v2/projects/${var.p}/jobs/j:run",
        "http_target.oidc_token",
      ],
      ["scheduler-retries", "retry_config", undefined, "retry_config.retry_count"],
    ),
    ...on(
      PUBLISH,
      ["scheduler-pubsub-target-data", "pubsub_target.data", "hello!"],
      ["scheduler-pubsub-target-topic-name", "pubsub_target.topic_name", "work"],
      ["scheduler-message", "pubsub_target.data", undefined],
      ["scheduler-pubsub-target-topic-name", "pubsub_target.topic_name", "${google_pubsub_topic.work.name}"],
      ["scheduler-attempt-deadline-publishing", "attempt_deadline", "60s"],
    ),
  ],
  ["scheduler-deadline-timeout", "scheduler-retries"],
);

test("a deadline may be short where nothing is tried again, or the timeout is not known", () => {
  const once = pipelinesDocument();
  Object.assign(resourceAt(once, CALL), { attempt_deadline: "60s", retry_config: { retry_count: 0 } });
  const computed = pipelinesDocument();
  resourceAt(computed, CALL).attempt_deadline = "60s";
  (resourceAt(computed, "google_cloud_run_v2_service.worker").template as Json).timeout = "${var.timeout}";
  for (const document of [once, computed]) expect(ids(document)).not.toContain("scheduler-deadline-timeout");
});

describeGroup(
  "tasks",
  pipelinesDocument,
  [
    ...on(
      QUEUE,
      ["tasks-name", "name", "work_queue"],
      ["tasks-max-attempts-zero", "retry_config.max_attempts", 0],
      ["tasks-max-retry-duration", "retry_config.max_retry_duration", "1h"],
      ["tasks-min-backoff", "retry_config.min_backoff", "1"],
      ["tasks-max-backoff", "retry_config.max_backoff", "1m"],
      ["tasks-desired-state", "desired_state", "STOPPED"],
      ["tasks-backoff-order", "retry_config.min_backoff", "120s"],
      ["tasks-token", "http_target", { oauth_token: TOKEN, oidc_token: TOKEN }, "http_target.oauth_token"],
      [
        "tasks-service-account-email",
        "http_target",
        { oauth_token: { service_account_email: "a" } },
        "http_target.oauth_token.service_account_email",
      ],
    ),
  ],
  ["tasks-max-concurrent-dispatches-zero", "tasks-max-dispatches-per-second-zero", "tasks-max-attempts-zero"],
);

describeGroup(
  "eventarc",
  pipelinesDocument,
  [
    ...on(
      UPLOADS,
      ["eventarc-name", "name", "Uploads"],
      ["eventarc-matching-criteria-operator", "matching_criteria.0.operator", "prefix"],
      ["eventarc-event-data-content-type", "event_data_content_type", "text/plain"],
      ["eventarc-retry-policy-max-attempts", "retry_policy", { max_attempts: 5 }, "retry_policy.max_attempts"],
      ["eventarc-matching-criteria", "matching_criteria", []],
      ["eventarc-matching-criteria", "matching_criteria.0.attribute", "kind", "matching_criteria"],
      ["eventarc-attribute-unique", "matching_criteria.1.attribute", "type"],
      ["eventarc-criteria", "matching_criteria.1.attribute", "object", "matching_criteria"],
      ["eventarc-storage-location", "location", "us-central1"],
      ["eventarc-criteria", "matching_criteria.0.value", "google.cloud.audit.log.v1.written", "matching_criteria"],
      ["eventarc-transport", "transport", { pubsub: { topic: "projects/p/topics/t" } }, "transport.pubsub.topic"],
      ["eventarc-destination", "destination.workflow", WORKFLOW],
      ["eventarc-destination-network-config", "destination.network_config", { network_attachment: "n" }],
      ["eventarc-account", "service_account", undefined],
      ["eventarc-service-region", "destination.cloud_run_service.region", "us-central1"],
    ).map((mutation) =>
      mutation.rule === "eventarc-attribute-unique" ? { ...mutation, also: ["eventarc-criteria"] } : mutation,
    ),
    changed(
      "eventarc-retry-policy",
      UPLOADS,
      (document) =>
        Object.assign(resourceAt(document, UPLOADS), {
          retry_policy: { max_attempts: 1 },
          destination: { workflow: WORKFLOW },
        }),
      { at: "retry_policy" },
    ),
  ],
  ["eventarc-account", "eventarc-criteria", "eventarc-name"],
);

test("an App Engine job may take a day, and one that publishes may have the default deadline", () => {
  const document = pipelinesDocument();
  resourceAt(document, PUBLISH).attempt_deadline = "180s";
  (document.resource as Record<string, Json>).google_cloud_scheduler_job!.day = {
    name: "day",
    region: "europe-west1",
    schedule: "0 3 * * *",
    attempt_deadline: "86400s",
    app_engine_http_target: { relative_uri: "/night" },
  };
  expect(findingsOf(document)).toEqual([]);
});

test("says nothing of what is computed", () => {
  const document: Json = {
    resource: {
      google_cloud_scheduler_job: {
        call: {
          name: "${var.name}",
          schedule: "${var.schedule}",
          time_zone: "${var.zone}",
          attempt_deadline: "${var.deadline}",
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
