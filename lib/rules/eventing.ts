import { api, page, provider, unconfirmed } from "../google/source";
import { blockOf, blocksOf } from "../topology/document";
import { callsOf } from "../topology/invocation";
import type { Topology } from "../topology/topology";
import { isComputed, isKnown, isSet, isUnset, numberOf, textOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const MESSAGES = "google.cloud.pubsub.topic.v1.messagePublished";

/** What a trigger must filter by, besides the type, for some types of event. */
const NEEDED: readonly (readonly [type: RegExp, attributes: readonly string[]])[] = [
  [/^google\.cloud\.storage\.object\./, ["bucket"]],
  [/^google\.cloud\.audit\.log\.v1\.written$/, ["serviceName", "methodName"]],
];

/**
 * Triggers with the type of event and the bucket, where they are known, and whether they surely
 * have no criterion of some name.
 */
function readTriggers({ document }: Topology) {
  return document.ofType("google_eventarc_trigger").map((resource) => {
    const criteria = blocksOf(resource.values.matching_criteria);
    const given = (attribute: string) => criteria.find((each) => each.attribute === attribute)?.value;
    const isWhole =
      !isComputed(resource.values, "matching_criteria") && criteria.every((each) => isKnown(each.attribute));
    const lacks = (attribute: string) => isWhole && criteria.every((each) => each.attribute !== attribute);
    return { resource, type: textOf(given("type")), bucket: document.target(given("bucket")), lacks };
  });
}

/** Of a duration as Google's APIs write it, `3.5s`. */
function secondsOf(value: unknown): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(textOf(value) ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Calls of Cloud Run services by Cloud Scheduler, with the timeout of the service where it is set. */
function scheduledCalls(topology: Topology) {
  return callsOf(topology).flatMap(({ resource, service }) => {
    const timeout = secondsOf(blockOf(service.values.template)?.timeout);
    return resource.type === "google_cloud_scheduler_job" && timeout !== undefined ? [{ resource, timeout }] : [];
  });
}

const triggers = (topology: Topology) => topology.once(readTriggers);

/**
 * Cloud Scheduler jobs and Eventarc triggers; what single attributes may be stands in
 * `google/eventing.ts`.
 */
export const eventingRules: readonly Rule[] = [
  rule("scheduler-token-kind", blocks("google_cloud_scheduler_job", "http_target"), {
    title: "calls of Google APIs must have OAuth tokens, calls of Cloud Run OIDC tokens",
    why: "Each answers 401 to the other kind.",
    fix: "use oauth_token for addresses under googleapis.com, oidc_token for others",
    source: api("Cloud Scheduler API v1")("HttpTarget.oauthToken"),
    judge({ block: { uri, oidc_token: oidc, oauth_token: oauth } }, blame) {
      const host = /^https:\/\/([^/$]+)(\/|$)/.exec(String(uri))?.[1] ?? "";
      if (host.endsWith(".googleapis.com") && isSet(oidc)) blame("oidc_token", oidc, host);
      if (host.endsWith(".run.app") && isSet(oauth)) blame("oauth_token", oauth, host);
    },
  }),
  rule("scheduler-deadline-timeout", scheduledCalls, {
    title: "a job that is tried again must wait as long as the Cloud Run service it calls may take",
    advice: true,
    why: "Cloud Scheduler gives up at attempt_deadline and calls again, while the first request still runs.",
    fix: "raise attempt_deadline (at most 1800s) or lower the timeout of the service; start longer work as a Cloud Run job",
    source: api("Cloud Scheduler API v1")("Job.attemptDeadline"),
    judge({ resource: { values }, timeout }, blame) {
      const deadline = isUnset(values, "attempt_deadline") ? 180 : secondsOf(values.attempt_deadline);
      const retries = numberOf(blockOf(values.retry_config)?.retry_count) ?? 0;
      if (deadline !== undefined && retries > 0 && timeout > deadline)
        blame("attempt_deadline", values.attempt_deadline, `the service answers within ${timeout} s`);
    },
  }),
  rule("eventarc-criteria", triggers, {
    title: "a trigger for objects must name their bucket, one for audit logs the service and the method",
    fix: "add matching_criteria for what is missing",
    source: unconfirmed("docs.cloud.google.com/eventarc/docs/run/route-trigger-cloud-storage and …-cloud-audit-logs"),
    judge({ type = "", lacks }, blame) {
      const missing = NEEDED.flatMap(([types, names]) => (types.test(type) ? names : [])).filter(lacks);
      if (missing.length > 0) blame("matching_criteria", type, `no ${missing.join(", ")}`);
    },
  }),
  rule("eventarc-storage-location", triggers, {
    title: "a trigger for objects must be in the location of their bucket",
    fix: "set location to the bucket's, in lower case",
    source: page("eventarc/docs/understand-locations"),
    judge({ resource, type, bucket }, blame) {
      if (!type?.startsWith("google.cloud.storage.object.") || bucket?.type !== "google_storage_bucket") return;
      const location = textOf(resource.values.location);
      const place = bucket.isData ? undefined : textOf(bucket.values.location)?.toLowerCase();
      if (location !== undefined && place !== undefined && location !== place)
        blame("location", location, `bucket in ${place}`);
    },
  }),
  rule("eventarc-transport", triggers, {
    title: "only a trigger for published messages must bring a topic of its own",
    fix: `remove transport, or use ${MESSAGES}`,
    source: provider("google_eventarc_trigger 7.45.0"),
    judge({ resource, type }, blame) {
      const topic = blockOf(blockOf(resource.values.transport)?.pubsub)?.topic;
      if (type !== undefined && type !== MESSAGES && isSet(topic)) blame("transport.pubsub.topic", topic, type);
    },
  }),
  rule("eventarc-service-region", blocks("google_eventarc_trigger", "destination.cloud_run_service"), {
    title: "a trigger must name the region of its Cloud Run service",
    why: "No event arrives: there is no such service in the other region.",
    fix: "set destination.cloud_run_service.region to the service's location",
    source: api("Eventarc API v1")("CloudRun.region"),
    judge({ block: { service, region } }, blame, { document }) {
      const location = textOf(document.target(service)?.values.location);
      const given = textOf(region);
      if (location !== undefined && location !== "global" && given !== undefined && given !== location)
        blame("region", given, `service in ${location}`);
    },
  }),
];
