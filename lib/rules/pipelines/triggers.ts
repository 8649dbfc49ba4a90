import { soleReference } from "../../language/reference";
import { blockOf } from "../../topology/document";
import { isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { JOB, QUEUE } from "./trigger-limits";

const TARGETS = ["http_target", "pubsub_target", "app_engine_http_target"];

function scheduler(field: string): string {
  return `Cloud Scheduler API v1, ${field}, read 2026-11-22`;
}

function secondsOf(value: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)s$/.exec(textOf(value) ?? "");
  return match ? Number(match[1]) : undefined;
}

const schedulerRules: readonly Rule[] = [
  resourceRule(
    {
      id: "scheduler-target",
      title: "a job has exactly one target",
      why: "The provider refuses none and two.",
      fix: "keep one of http_target, pubsub_target, app_engine_http_target",
      source: "google_cloud_scheduler_job, provider code 7.45.0 (ExactlyOneOf); checked here before Terraform runs",
    },
    JOB,
    ({ values }, blame) => {
      if (TARGETS.some((name) => isComputed(values, name))) return;
      const given = TARGETS.filter((name) => isSet(values[name]));
      if (given.length !== 1) blame(given[1] ?? "http_target", given);
    },
  ),
  resourceRule(
    {
      id: "scheduler-deadline",
      title: "an attempt has 15 seconds to 30 minutes, or 24 hours on App Engine",
      why: "The API rejects other deadlines.",
      fix: "give 15s to 1800s; for longer work start a Cloud Run job",
      source: scheduler("Job.attemptDeadline"),
    },
    JOB,
    ({ values }, blame) => {
      const deadline = values.attempt_deadline;
      if (!isSet(deadline) || !isKnown(deadline) || TARGETS.every((name) => !isSet(values[name]))) return;
      const given = secondsOf(deadline);
      const most = isSet(values.app_engine_http_target) ? 86400 : 1800;
      if (given === undefined || given < 15 || given > most) blame("attempt_deadline", deadline);
    },
  ),
  blockRule(
    {
      id: "scheduler-backoff-order",
      title: "the minimum backoff is at most the maximum",
      why: "The API rejects it. Without them the limits are 5 seconds and an hour.",
      fix: "raise max_backoff_duration or lower min_backoff_duration",
      source: scheduler("RetryConfig.minBackoffDuration"),
    },
    JOB,
    ["retry_config"],
    ({ min_backoff_duration: least, max_backoff_duration: most }, blame) => {
      if (!isKnown([least, most])) return;
      if ((secondsOf(least ?? "5s") ?? 0) > (secondsOf(most ?? "3600s") ?? Number.POSITIVE_INFINITY))
        blame("min_backoff_duration", least, `maximum ${most ?? "3600s"}`);
    },
  ),
  blockRule(
    {
      id: "scheduler-message",
      title: "a job that publishes has data or an attribute",
      why: "Pub/Sub has no empty messages: the API rejects the job.",
      fix: "set data = base64encode(…), or attributes",
      source: scheduler("PubsubTarget.data"),
    },
    JOB,
    ["pubsub_target"],
    (target, blame) => {
      if (!isSet(target.data) && !isSet(target.attributes)) blame("data", undefined);
    },
  ),
  blockRule(
    {
      id: "scheduler-topic-reference",
      title: "a job refers to its topic by id",
      why: "The API wants projects/PROJECT/topics/TOPIC; the name is only the last part.",
      fix: "use google_pubsub_topic.NAME.id",
      source: scheduler("PubsubTarget.topicName"),
    },
    JOB,
    ["pubsub_target"],
    (target, blame) => {
      const reference = soleReference(target.topic_name);
      if (reference?.address.startsWith("google_pubsub_topic.") && reference.attribute === "name")
        blame("topic_name", target.topic_name);
    },
  ),
  blockRule(
    {
      id: "scheduler-token",
      title: "a job sends an OIDC token or an OAuth token",
      why: "The provider refuses both.",
      fix: "keep oidc_token for Cloud Run, oauth_token for Google APIs",
      source:
        "google_cloud_scheduler_job, provider code 7.45.0, validateAuthHeaders; checked here before Terraform runs",
    },
    JOB,
    ["http_target"],
    (target, blame) => {
      if (isSet(target.oidc_token) && isSet(target.oauth_token)) blame("oauth_token", target.oauth_token);
    },
  ),
  blockRule(
    {
      id: "scheduler-token-kind",
      title: "Google APIs get OAuth tokens, Cloud Run gets OIDC tokens",
      why: "Each answers 401 to the other kind.",
      fix: "use oauth_token for addresses under googleapis.com, oidc_token for others",
      source: scheduler("HttpTarget.oauthToken"),
    },
    JOB,
    ["http_target"],
    (target, blame) => {
      const host = /^https:\/\/([^/$]+)(\/|$)/.exec(typeof target.uri === "string" ? target.uri : "")?.[1];
      if (host === undefined) return;
      if (host.endsWith(".googleapis.com") && isSet(target.oidc_token)) blame("oidc_token", target.oidc_token, host);
      if (host.endsWith(".run.app") && isSet(target.oauth_token)) blame("oauth_token", target.oauth_token, host);
    },
  ),
  resourceRule(
    {
      id: "scheduler-retry-deadline",
      title: "a job that may fail is tried again",
      severity: "warning",
      why: "retry_count is 0 by default: after a failure the job waits for its next time. Not an error, because that may be soon enough.",
      fix: "set retry_config.retry_count",
      source: scheduler("RetryConfig.retryCount"),
    },
    JOB,
    ({ values }, blame) => {
      if (!isSet(values.http_target) || isComputed(values, "retry_config")) return;
      const retry = blockOf(values.retry_config);
      if (!isSet(retry?.retry_count)) blame("retry_config.retry_count", undefined);
    },
  ),
];

const tasksRules: readonly Rule[] = [
  blockRule(
    {
      id: "tasks-backoff-order",
      title: "the minimum backoff of a queue is at most its maximum",
      why: "The API rejects it.",
      fix: "raise max_backoff or lower min_backoff",
      source: "Cloud Tasks API v2, RetryConfig.minBackoff, read 2026-11-22",
    },
    QUEUE,
    ["retry_config"],
    ({ min_backoff: least, max_backoff: most }, blame) => {
      if ((secondsOf(least) ?? 0) > (secondsOf(most) ?? Number.POSITIVE_INFINITY))
        blame("min_backoff", least, `maximum ${most}`);
    },
  ),
  blockRule(
    {
      id: "tasks-attempts-zero",
      title: "a queue tries each task at least once",
      severity: "warning",
      why: "0 is not sent and means Cloud Tasks' own default; -1 is no limit. Not an error, because the default may be meant.",
      fix: "set max_attempts = -1, or at least 1",
      source: "Cloud Tasks API v2, RetryConfig.maxAttempts, read 2026-11-22; from general knowledge",
    },
    QUEUE,
    ["retry_config"],
    ({ max_attempts: attempts }, blame) => {
      if (numberOf(attempts) === 0) blame("max_attempts", attempts);
    },
  ),
];

/** Cloud Scheduler jobs and Cloud Tasks queues. */
export const triggerRules: readonly Rule[] = [...schedulerRules, ...tasksRules];
