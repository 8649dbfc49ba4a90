import { blockOf, blocksOf, type Resource } from "../../topology/document";
import { isComputed, isKnown, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { TRIGGER } from "./trigger-limits";

const DESTINATIONS = ["cloud_run_service", "gke", "workflow", "http_endpoint"];
const TRIGGER_DOCS = "provider documentation of google_eventarc_trigger 7.45.0";

/** The value of an event criterion; undefined where it is missing or not known. */
function criterion(trigger: Resource, attribute: string): string | undefined {
  const criteria = blocksOf(trigger.values.matching_criteria);
  return textOf(criteria.find((each) => each.attribute === attribute)?.value);
}

/** Whether a trigger has no such criterion for sure. */
function lacks(trigger: Resource, attribute: string): boolean {
  if (isComputed(trigger.values, "matching_criteria")) return false;
  const criteria = blocksOf(trigger.values.matching_criteria);
  return criteria.every((each) => isKnown(each.attribute) && each.attribute !== attribute);
}

/** Eventarc triggers. */
export const eventarcRules: readonly Rule[] = [
  resourceRule(
    {
      id: "eventarc-type",
      title: "a trigger says which type of event it is for, once for each attribute",
      why: "The API rejects a trigger without a type, and an attribute twice.",
      fix: 'add matching_criteria with attribute = "type"',
      source: "Eventarc API v1, EventFilter.attribute, read 2026-11-22",
    },
    TRIGGER,
    (trigger, blame) => {
      if (lacks(trigger, "type")) blame("matching_criteria", trigger.values.matching_criteria);
      const names = blocksOf(trigger.values.matching_criteria).flatMap(({ attribute }) => textOf(attribute) ?? []);
      const twice = names.find((name, index) => names.indexOf(name) < index);
      if (twice) blame("matching_criteria.attribute", twice);
    },
  ),
  resourceRule(
    {
      id: "eventarc-storage-bucket",
      title: "a trigger for objects names its bucket",
      why: "The API rejects it without the criterion bucket.",
      fix: 'add matching_criteria with attribute = "bucket"',
      source: "docs.cloud.google.com/eventarc/docs/run/route-trigger-cloud-storage, from general knowledge, 2026-11",
    },
    TRIGGER,
    (trigger, blame) => {
      const type = criterion(trigger, "type");
      if (type?.startsWith("google.cloud.storage.object.") && lacks(trigger, "bucket"))
        blame("matching_criteria", type, "no bucket");
    },
  ),
  resourceRule(
    {
      id: "eventarc-storage-location",
      title: "a trigger for objects is in the location of its bucket",
      why: "The API rejects it elsewhere: events are found where the bucket is.",
      fix: "set location to the bucket's, in lower case",
      source: "docs.cloud.google.com/eventarc/docs/run/route-trigger-cloud-storage, from general knowledge, 2026-11",
    },
    TRIGGER,
    (trigger, blame, { document }) => {
      const criteria = blocksOf(trigger.values.matching_criteria);
      const bucket = document.target(criteria.find(({ attribute }) => attribute === "bucket")?.value);
      if (bucket?.type !== "google_storage_bucket" || bucket.isData) return;
      const own = textOf(trigger.values.location);
      const place = textOf(bucket.values.location)?.toLowerCase();
      if (own !== undefined && place !== undefined && own !== place) blame("location", own, `bucket in ${place}`);
    },
  ),
  resourceRule(
    {
      id: "eventarc-audit-log",
      title: "a trigger for audit logs names the service and the method",
      why: "The API rejects it without the criteria serviceName and methodName.",
      fix: "add matching_criteria for serviceName and methodName",
      source: "docs.cloud.google.com/eventarc/docs/run/route-trigger-cloud-audit-logs, from general knowledge, 2026-11",
    },
    TRIGGER,
    (trigger, blame) => {
      const type = criterion(trigger, "type");
      if (type !== "google.cloud.audit.log.v1.written") return;
      const missing = ["serviceName", "methodName"].filter((name) => lacks(trigger, name));
      if (missing.length > 0) blame("matching_criteria", type, `no ${missing.join(", ")}`);
    },
  ),
  resourceRule(
    {
      id: "eventarc-transport",
      title: "only triggers for published messages bring a topic of their own",
      why: "The API rejects transport.pubsub.topic for other types of event.",
      fix: "take transport away, or use google.cloud.pubsub.topic.v1.messagePublished",
      source: `${TRIGGER_DOCS}, transport`,
    },
    TRIGGER,
    (trigger, blame) => {
      const type = criterion(trigger, "type");
      const topic = blockOf(blockOf(trigger.values.transport)?.pubsub)?.topic;
      if (type !== undefined && type !== "google.cloud.pubsub.topic.v1.messagePublished" && isSet(topic))
        blame("transport.pubsub.topic", topic, type);
    },
  ),
  resourceRule(
    {
      id: "eventarc-destination",
      title: "a trigger has exactly one destination",
      why: "The API rejects none and two; network_config is for http_endpoint only.",
      fix: "keep one of cloud_run_service, gke, workflow, http_endpoint",
      source: "Eventarc API v1, Destination, read 2026-11-22",
    },
    TRIGGER,
    (trigger, blame) => {
      const destination = blockOf(trigger.values.destination);
      if (!destination || DESTINATIONS.some((name) => isComputed(destination, name))) return;
      const given = DESTINATIONS.filter((name) => isSet(destination[name]));
      if (given.length !== 1) blame(`destination.${given[1] ?? "cloud_run_service"}`, given);
      if (isSet(destination.network_config) && !isSet(destination.http_endpoint))
        blame("destination.network_config", destination.network_config);
    },
  ),
  resourceRule(
    {
      id: "eventarc-retry",
      title: "a retry policy is for Cloud Run destinations",
      why: "The API rejects it elsewhere.",
      fix: "take retry_policy away",
      source: `${TRIGGER_DOCS}, retry_policy`,
    },
    TRIGGER,
    (trigger, blame) => {
      const destination = blockOf(trigger.values.destination);
      if (destination && isSet(trigger.values.retry_policy) && !isSet(destination.cloud_run_service))
        blame("retry_policy", trigger.values.retry_policy);
    },
  ),
  resourceRule(
    {
      id: "eventarc-account",
      title: "a trigger to Cloud Run or a workflow has a service account",
      severity: "warning",
      why: "The default compute account is used otherwise, which often may edit the whole project or does not exist. Not an error, because it may work.",
      fix: "set service_account to an account with roles/run.invoker and roles/eventarc.eventReceiver",
      source: `${TRIGGER_DOCS}, service_account`,
    },
    TRIGGER,
    (trigger, blame) => {
      const destination = blockOf(trigger.values.destination);
      if (!isSet(destination?.cloud_run_service) && !isSet(destination?.workflow)) return;
      if (!isSet(trigger.values.service_account)) blame("service_account", undefined);
    },
  ),
  resourceRule(
    {
      id: "eventarc-service-region",
      title: "a trigger names the region where its Cloud Run service is",
      why: "No event arrives: there is no such service in the other region.",
      fix: "set destination.cloud_run_service.region to the service's location",
      source: "Eventarc API v1, CloudRun.region, read 2026-11-22",
    },
    TRIGGER,
    (trigger, blame, { document }) => {
      const run = blockOf(blockOf(trigger.values.destination)?.cloud_run_service);
      const place = textOf(document.target(run?.service)?.values.location);
      const region = textOf(run?.region);
      if (place !== undefined && place !== "global" && region !== undefined && region !== place)
        blame("destination.cloud_run_service.region", region, `service in ${place}`);
    },
  ),
];
