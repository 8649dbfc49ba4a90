import { cronProblem, isTimeZone } from "../language/cron";
import { isExpression } from "../language/reference";
import { accountEmail, blocksIn, RFC1035, topicId } from "./formats";
import { at, fulfilling, integer, type Limits, length, matching, not, number, oneOf, seconds, set, unset } from "./limit";
import { atLeastOne, atMostOne, exactlyOne, notEmpty, order, resourceType, unique, when } from "./resource-type";
import { api, provider, type Source, unconfirmed } from "./source";

const scheduler = api("Cloud Scheduler API v1");
const tasks = api("Cloud Tasks API v2");
const eventarc = api("Eventarc API v1");
const jobDocs = provider("google_cloud_scheduler_job 7.45.0");
const jobValidation = provider("google_cloud_scheduler_job 7.45.0", "validate");
const triggerDocs = provider("google_eventarc_trigger 7.45.0");

const ENGLISH = /^(every|\d+(st|nd|rd|th)|first|second|third|fourth|fifth)\b/i;

const base64 = matching(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, "base64").fix("write it as base64encode(…)", jobValidation);
const duration = seconds(0).fix("write seconds with an s at the end");

const BODYLESS = ["GET", "HEAD", "DELETE", "OPTIONS"];
const noBody = unset().named("method").when({ http_method: BODYLESS }).fix("use POST, PUT or PATCH, or remove body", scheduler("HttpTarget.body"));
const hasOwnHeaders = (map: unknown) => !Object.keys(Object(map)).some((name) => /^(Content-Length$|X-Google-|X-AppEngine-)/.test(name));
const tokenAccount = (source: Source): Limits => at(["http_target.oidc_token", "http_target.oauth_token"], { service_account_email: accountEmail.from(source) });
const oneToken = (source: Source) => atMostOne("oidc_token oauth_token", { in: "http_target", id: "token" }).fix("keep oidc_token for Cloud Run, oauth_token for Google APIs", source);

export const jobSchedule = fulfilling(
  "a crontab schedule of five fields, or an English one such as every 5 minutes",
  (value) => ENGLISH.test(String(value)) || cronProblem(String(value)) === undefined,
)
  .trying({ allowed: ["every 5 minutes", "0 8 * * MON"], refused: ["61 * * * *"] })
  .fix("give minute, hour, day of month, month and day of week", scheduler("Job.schedule"));
export const timeZoneName = fulfilling("a name of the tz database", (value) => isTimeZone(String(value)), { refused: ["Berlin"] }).fix("give a name such as Europe/Berlin", scheduler("Job.timeZone"));

const schedulerJob = resourceType("google_cloud_scheduler_job", {
  group: "scheduler",
  name: { format: matching(/^[\w-]{1,500}$/, "1 to 500 letters, digits, hyphens and underscores").fix("rename the job", scheduler("Job.name")), uniqueIn: ["region"] },
  replacedBy: ["name", "region"],
  keptWhenUnset: ["paused"],
  defaults: { "retry_config.min_backoff_duration": "5s", "retry_config.max_backoff_duration": "3600s" },
  limits: {
    schedule: jobSchedule.required(),
    time_zone: timeZoneName,
    description: length(0, 500).fix("shorten it", scheduler("Job.description")),
    attempt_deadline: [
      seconds(15, 1800).when({ http_target: set() }).fix("give 15s to 1800s; for longer work start a Cloud Run job", scheduler("Job.attemptDeadline")),
      seconds(15, 86400).named("app-engine").when({ app_engine_http_target: set() }).fix("give 15s to 86400s", scheduler("Job.attemptDeadline")),
      matching(/^180s$/, "left out, or its default of 180s")
        .named("publishing")
        .when({ pubsub_target: set(), http_target: unset() })
        .why("Jobs that publish ignore it, and every plan shows it as a change.")
        .fix("remove attempt_deadline", jobDocs),
    ],
    ...at("retry_config", {
      retry_count: integer(0, 5).fix("retry at most 5 times", scheduler("RetryConfig.retryCount")),
      ...Object.fromEntries(["max_retry_duration", "min_backoff_duration", "max_backoff_duration"].map((name) => [name, duration.from(scheduler("RetryConfig"))])),
      max_doublings: integer(0).fix("give a whole number", scheduler("RetryConfig.maxDoublings")),
    }),
    "http_target.uri": matching(/^https?:\/\/\S{1,2075}$/, "an address that begins with http:// or https://").fix("begin the address with https://", scheduler("HttpTarget.uri")),
    ...at(["http_target", "app_engine_http_target"], {
      http_method: oneOf("POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS").fix("use an upper-case HTTP method", scheduler("HttpTarget.httpMethod")),
      body: [base64, noBody],
      headers: fulfilling("without Content-Length, X-Google- and X-AppEngine- headers", hasOwnHeaders, { shape: true, refused: [{ "X-Google-Id": "1" }] }).fix("remove these headers", jobValidation),
    }),
    ...tokenAccount(scheduler("OidcToken.serviceAccountEmail")),
    "pubsub_target.data": base64,
    "pubsub_target.topic_name": topicId.from(scheduler("PubsubTarget.topicName")),
  },
  alternatives: [
    exactlyOne("http_target pubsub_target app_engine_http_target", { id: "target" }).fix("keep one target", jobValidation),
    oneToken(provider("google_cloud_scheduler_job 7.45.0", "plan")),
    atLeastOne("data attributes", { in: "pubsub_target", id: "message" }).fix("set data = base64encode(…), or attributes", scheduler("PubsubTarget.data")),
  ],
  together: [
    ...notEmpty("app_engine_http_target.app_engine_routing retry_config", provider("google_cloud_scheduler_job 7.45.0", "validate")),
    when({ http_target: set() }, { "retry_config.retry_count": set() }, { id: "retries" })
      .advice("After a failure the job waits for its next time, which may be soon enough.")
      .fix("set retry_config.retry_count", scheduler("RetryConfig.retryCount")),
  ],
  order: [order("min_backoff_duration", "max_backoff_duration", { in: "retry_config", id: "backoff-order" }).fix("raise max_backoff_duration", scheduler("RetryConfig.minBackoffDuration"))],
});

const notZero = not(0).named("zero").advice("0 is not sent: it means Cloud Tasks' own default, which may be meant.").fix("give at least 1, or remove it");

const tasksQueue = resourceType("google_cloud_tasks_queue", {
  group: "tasks",
  holds: "tasks",
  name: { format: matching(/^[A-Za-z0-9-]{1,100}$/, "1 to 100 letters, digits and hyphens").fix("rename the queue", tasks("Queue.name")), uniqueIn: ["location"] },
  replacedBy: ["name", "location"],
  keptWhenUnset: ["rate_limits", "retry_config"],
  limits: {
    ...at("rate_limits", {
      max_dispatches_per_second: [number(0, 500).fix("give at most 500 per second", tasks("RateLimits.maxDispatchesPerSecond")), notZero.from(tasks("RateLimits.maxDispatchesPerSecond"))],
      max_concurrent_dispatches: [integer(0, 5000).fix("give at most 5000", tasks("RateLimits.maxConcurrentDispatches")), notZero.from(tasks("RateLimits.maxConcurrentDispatches"))],
    }),
    ...at("retry_config", {
      max_attempts: [integer(-1).fix("give -1 for no limit, or at least 1", tasks("RetryConfig.maxAttempts")), notZero.from(tasks("RetryConfig.maxAttempts"))],
      ...Object.fromEntries(["max_retry_duration", "min_backoff", "max_backoff"].map((name) => [name, duration.from(tasks("RetryConfig"))])),
    }),
    "stackdriver_logging_config.sampling_ratio": number(0, 1).fix("give a share from 0 to 1", tasks("StackdriverLoggingConfig.samplingRatio")),
    desired_state: oneOf("RUNNING", "PAUSED").fix("use RUNNING or PAUSED", provider("google_cloud_tasks_queue 7.45.0", "validate")),
    ...tokenAccount(tasks("OidcToken.serviceAccountEmail")),
  },
  alternatives: [oneToken(provider("google_cloud_tasks_queue 7.45.0"))],
  order: [order("min_backoff", "max_backoff", { in: "retry_config", id: "backoff-order" }).fix("raise max_backoff or lower min_backoff", tasks("RetryConfig.minBackoff"))],
});

const triggerPattern = new RegExp(`^(projects/[^/]+/locations/[^/]+/triggers/)?${RFC1035.pattern.source.slice(1)}`);
const triggerName = matching(triggerPattern, RFC1035.text).fix(RFC1035.fixText, unconfirmed("docs.cloud.google.com/eventarc"));

const saysType = (criteria: unknown) => blocksIn(criteria).some(({ attribute }) => attribute === "type" || isExpression(attribute));

const eventarcTrigger = resourceType("google_eventarc_trigger", {
  group: "eventarc",
  name: { format: triggerName, uniqueIn: ["location"] },
  labels: "labels",
  replacedBy: ["name", "location", "channel", "transport", "matching_criteria.attribute", "matching_criteria.value"],
  keptWhenUnset: ["event_data_content_type", "transport"],
  limits: {
    matching_criteria: fulfilling('a list of blocks of which one has attribute = "type"', saysType, { shape: true, refused: [[{ attribute: "bucket" }]] })
      .required()
      .fix('add matching_criteria with attribute = "type"', eventarc("EventFilter.attribute")),
    "matching_criteria.operator": oneOf("match-path-pattern", "path_pattern").fix("remove operator, or use match-path-pattern", eventarc("EventFilter.operator")),
    event_data_content_type: oneOf("application/json", "application/protobuf").fix("use application/json or application/protobuf", eventarc("Trigger.eventDataContentType")),
    "destination.network_config": unset().when({ http_endpoint: unset() }).fix("remove network_config, or call an http_endpoint", eventarc("Destination.networkConfig")),
    retry_policy: unset().when({ "destination.cloud_run_service": unset() }).fix("remove retry_policy", triggerDocs),
    "retry_policy.max_attempts": oneOf(1).fix("set 1, or remove retry_policy", triggerDocs),
  },
  alternatives: [
    exactlyOne("cloud_run_service gke workflow http_endpoint", { in: "destination", id: "destination" }).fix("keep one of cloud_run_service, gke, workflow, http_endpoint", eventarc("Destination")),
  ],
  together: [
    when({ "destination.gke": unset(), "destination.http_endpoint": unset() }, { service_account: set() }, { id: "account", title: "a trigger to Cloud Run or a workflow must have a service_account" })
      .advice("Otherwise it is the default compute account, which often may edit the whole project, or does not exist.")
      .fix("set service_account to an account with roles/run.invoker and roles/eventarc.eventReceiver", triggerDocs),
  ],
  unique: [unique("matching_criteria.attribute", { id: "attribute-unique" }).fix("keep one criterion for each attribute", eventarc("EventFilter.attribute"))],
});

/** What starts work by the clock, from a queue or on an event. */
export const eventingTypes = [schedulerJob, tasksQueue, eventarcTrigger];
