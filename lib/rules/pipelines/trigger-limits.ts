import { cronProblem, isTimeZone } from "../../language/cron";
import { integer, items, length, limit, matching, number, oneOf, seconds, set, unset } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isSet, limitAt } from "../places";

export const JOB = "google_cloud_scheduler_job";
export const QUEUE = "google_cloud_tasks_queue";
export const TRIGGER = "google_eventarc_trigger";
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";
const ENGLISH = /^(every|\d+(st|nd|rd|th)|first|second|third|fourth|fifth)\b/i;
const DURATION = seconds(0, Number.MAX_VALUE);
const EMAIL = matching(/^[^@\s:]+@[^@\s]+$/, "the email of a service account");

function scheduler(field: string): string {
  return `Cloud Scheduler API v1, ${field}, read 2026-11-22`;
}

function tasks(field: string): string {
  return `Cloud Tasks API v2, ${field}, read 2026-11-22`;
}

function eventarc(field: string): string {
  return `Eventarc API v1, ${field}, read 2026-11-22`;
}

const schedulerLimits: readonly Rule[] = [
  limit("scheduler-schedule-set", JOB, "schedule", set(), "set schedule", scheduler("Job.schedule")),
  limit(
    "scheduler-schedule",
    JOB,
    "schedule",
    {
      text: "a crontab schedule of five fields, or an English one such as every 5 minutes",
      holds: (value) => ENGLISH.test(String(value)) || cronProblem(String(value)) === undefined,
    },
    "give minute, hour, day of month, month and day of week",
    scheduler("Job.schedule"),
  ),
  limit(
    "scheduler-time-zone",
    JOB,
    "time_zone",
    { text: "a name of the tz database", holds: (value) => isTimeZone(String(value)) },
    "give a name such as Europe/Berlin",
    scheduler("Job.timeZone"),
  ),
  limit("scheduler-description", JOB, "description", length(0, 500), "shorten it", scheduler("Job.description")),
  limit(
    "scheduler-name",
    JOB,
    "name",
    matching(/^[\w-]{1,500}$/, "1 to 500 letters, digits, dashes and underscores"),
    "rename the job",
    scheduler("Job.name"),
  ),
  limit(
    "scheduler-retries",
    JOB,
    "retry_config.retry_count",
    integer(0, 5),
    "retry at most 5 times",
    scheduler("RetryConfig.retryCount"),
  ),
  ...["max_retry_duration", "min_backoff_duration", "max_backoff_duration"].map((name) =>
    limit(
      `scheduler-${name.replaceAll("_", "-")}`,
      JOB,
      `retry_config.${name}`,
      DURATION,
      "write seconds with an s at the end",
      scheduler(`RetryConfig, ${name}`),
    ),
  ),
  limit(
    "scheduler-doublings",
    JOB,
    "retry_config.max_doublings",
    integer(0),
    "give a whole number",
    scheduler("RetryConfig.maxDoublings"),
  ),
  limit(
    "scheduler-uri",
    JOB,
    "http_target.uri",
    matching(/^https?:\/\/\S{1,2075}$/, "an address that begins with http:// or https://"),
    "begin the address with https://",
    scheduler("HttpTarget.uri"),
  ),
  limitAt(
    "scheduler-method",
    JOB,
    ["http_target", "app_engine_http_target"],
    "http_method",
    oneOf("POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"),
    "use an upper-case HTTP method",
    scheduler("HttpTarget.httpMethod"),
  ),
  limitAt(
    "scheduler-body-method",
    JOB,
    ["http_target", "app_engine_http_target"],
    "body",
    unset(),
    "use POST, PUT or PATCH, or take body away",
    scheduler("HttpTarget.body"),
    { when: ({ http_method: method }) => ["GET", "HEAD", "DELETE", "OPTIONS"].includes(String(method)) },
  ),
  limitAt(
    "scheduler-body-base64",
    JOB,
    ["http_target", "app_engine_http_target"],
    "body",
    matching(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, "base64"),
    "write the body as base64encode(…)",
    PROVIDER,
  ),
  limit(
    "scheduler-data-base64",
    JOB,
    "pubsub_target.data",
    matching(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, "base64"),
    "write the data as base64encode(…)",
    PROVIDER,
  ),
  limitAt(
    "scheduler-headers",
    JOB,
    ["http_target", "app_engine_http_target"],
    "headers",
    {
      text: "without Content-Length, X-Google- and X-AppEngine- headers",
      shape: true,
      holds: (value) =>
        typeof value !== "object" ||
        value === null ||
        !Object.keys(value).some((key) => /^(Content-Length$|X-Google-|X-AppEngine-)/.test(key)),
    },
    "take these headers away; Cloud Scheduler sets them",
    PROVIDER,
  ),
  limit(
    "scheduler-topic",
    JOB,
    "pubsub_target.topic_name",
    matching(/^projects\/[^/]+\/topics\/[^/]+$/, "projects/PROJECT/topics/TOPIC"),
    "use google_pubsub_topic.NAME.id",
    scheduler("PubsubTarget.topicName"),
  ),
  limitAt(
    "scheduler-account",
    JOB,
    ["http_target.oidc_token", "http_target.oauth_token"],
    "service_account_email",
    EMAIL,
    "use google_service_account.NAME.email",
    scheduler("OidcToken.serviceAccountEmail"),
  ),
];

const tasksLimits: readonly Rule[] = [
  limit(
    "tasks-name",
    QUEUE,
    "name",
    matching(/^[A-Za-z0-9-]{1,100}$/, "1 to 100 letters, digits and dashes"),
    "rename the queue",
    tasks("Queue.name"),
  ),
  limit(
    "tasks-rate",
    QUEUE,
    "rate_limits.max_dispatches_per_second",
    number(Number.MIN_VALUE, 500),
    "give at most 500 per second",
    tasks("RateLimits.maxDispatchesPerSecond"),
  ),
  limit(
    "tasks-concurrency",
    QUEUE,
    "rate_limits.max_concurrent_dispatches",
    integer(1, 5000),
    "give at most 5000",
    tasks("RateLimits.maxConcurrentDispatches"),
  ),
  limit(
    "tasks-attempts",
    QUEUE,
    "retry_config.max_attempts",
    integer(-1),
    "give -1 for no limit, else at least 1",
    tasks("RetryConfig.maxAttempts"),
  ),
  ...["max_retry_duration", "min_backoff", "max_backoff"].map((name) =>
    limit(
      `tasks-${name.replaceAll("_", "-")}`,
      QUEUE,
      `retry_config.${name}`,
      DURATION,
      "write seconds with an s at the end",
      tasks(`RetryConfig, ${name}`),
    ),
  ),
  limit(
    "tasks-log-sampling",
    QUEUE,
    "stackdriver_logging_config.sampling_ratio",
    number(0, 1),
    "give a share from 0 to 1",
    tasks("StackdriverLoggingConfig.samplingRatio"),
  ),
  limit("tasks-state", QUEUE, "desired_state", oneOf("RUNNING", "PAUSED", ""), "use RUNNING or PAUSED", PROVIDER),
  limit(
    "tasks-token",
    QUEUE,
    "http_target.oauth_token",
    unset(),
    "keep oidc_token for Cloud Run, oauth_token for Google APIs",
    "provider documentation of google_cloud_tasks_queue 7.45.0",
    { when: ({ oidc_token: oidc }) => isSet(oidc) },
  ),
];

const eventarcLimits: readonly Rule[] = [
  limit(
    "eventarc-operator",
    TRIGGER,
    "matching_criteria.operator",
    oneOf("match-path-pattern", "path_pattern", ""),
    "take operator away, or use match-path-pattern",
    eventarc("EventFilter.operator"),
  ),
  limit(
    "eventarc-content-type",
    TRIGGER,
    "event_data_content_type",
    oneOf("application/json", "application/protobuf"),
    "use application/json or application/protobuf",
    eventarc("Trigger.eventDataContentType"),
  ),
  limit(
    "eventarc-attempts",
    TRIGGER,
    "retry_policy.max_attempts",
    oneOf(1, "1"),
    "set 1, or take retry_policy away",
    "provider documentation of google_eventarc_trigger 7.45.0, retry_policy",
  ),
  limit(
    "eventarc-criteria",
    TRIGGER,
    "matching_criteria",
    items(1),
    "add the criterion type",
    eventarc("Trigger.eventFilters"),
  ),
];

/** What single attributes of jobs, queues and triggers may be. */
export const triggerLimits: readonly Rule[] = [...schedulerLimits, ...tasksLimits, ...eventarcLimits];
