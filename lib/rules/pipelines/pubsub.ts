import { type Block, blockOf, blocksOf, type Resource } from "../../topology/document";
import { booleanOf, isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { serviceIn } from "./invocation";
import { SUBSCRIPTION, TOPIC } from "./pubsub-limits";

const DELIVERIES = ["push_config", "bigquery_config", "cloud_storage_config"];
const EXACTLY_ONCE = "docs.cloud.google.com/pubsub/docs/exactly-once-delivery, from general knowledge, 2026-11";

function api(field: string): string {
  return `Pub/Sub API v1, ${field}, read 2026-11-22`;
}

function secondsOf(value: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)s$/.exec(textOf(value) ?? "");
  return match ? Number(match[1]) : undefined;
}

/** The push block, when messages are pushed. */
function pushOf(subscription: Resource): Block | undefined {
  return blockOf(subscription.values.push_config);
}

/** The deadline that a subscription will have; undefined where Terraform computes it. */
function deadlineOf(subscription: Resource): number | undefined {
  const deadline = subscription.values.ack_deadline_seconds;
  return isSet(deadline) ? numberOf(deadline) || (numberOf(deadline) === 0 ? 10 : undefined) : 10;
}

const deliveryRules: readonly Rule[] = [
  resourceRule(
    {
      id: "pubsub-one-delivery",
      title: "a subscription is delivered in one way",
      why: "The provider refuses two of push_config, bigquery_config and cloud_storage_config.",
      fix: "make a second subscription for the second way",
      source: api("Subscription"),
    },
    SUBSCRIPTION,
    ({ values }, blame) => {
      const given = DELIVERIES.filter((name) => isSet(values[name]));
      if (given.length > 1) blame(given[1]!, values[given[1]!], `beside ${given[0]}`);
    },
  ),
  resourceRule(
    {
      id: "pubsub-exactly-once-pull",
      title: "exactly-once delivery is for pull subscriptions",
      why: "The API rejects it for push and export subscriptions.",
      fix: "take enable_exactly_once_delivery away, or pull",
      source: EXACTLY_ONCE,
    },
    SUBSCRIPTION,
    ({ values }, blame) => {
      const other = DELIVERIES.find((name) => isSet(values[name]));
      if (booleanOf(values.enable_exactly_once_delivery) === true && other)
        blame("enable_exactly_once_delivery", true, other);
    },
  ),
  resourceRule(
    {
      id: "pubsub-ordering-push",
      title: "an ordered push subscription sends one message of a key at a time",
      severity: "warning",
      why: "Each waits for the answer to the one before: with few keys and a slow model the backlog grows. Not an error, because it may be meant.",
      fix: "take enable_message_ordering away, or use many ordering keys",
      source: "docs.cloud.google.com/pubsub/docs/ordering, from general knowledge, 2026-11",
    },
    SUBSCRIPTION,
    (subscription, blame) => {
      if (booleanOf(subscription.values.enable_message_ordering) === true && pushOf(subscription))
        blame("enable_message_ordering", true);
    },
  ),
  blockRule(
    {
      id: "pubsub-backoff-order",
      title: "the minimum backoff is at most the maximum",
      why: "The API rejects it. Without them the limits are 10 and 600 seconds.",
      fix: "raise maximum_backoff or lower minimum_backoff",
      source: api("RetryPolicy"),
    },
    SUBSCRIPTION,
    ["retry_policy"],
    ({ minimum_backoff: least, maximum_backoff: most }, blame) => {
      if (!isKnown([least, most])) return;
      if ((secondsOf(least ?? "10s") ?? 0) > (secondsOf(most ?? "600s") ?? Number.POSITIVE_INFINITY))
        blame("minimum_backoff", least, `maximum ${most ?? "600s"}`);
    },
  ),
  resourceRule(
    {
      id: "pubsub-storage-deadline",
      title: "files are closed within the acknowledgement deadline",
      why: "The API rejects a max_duration (300 s unless set) beyond the deadline (10 s unless set).",
      fix: "set ack_deadline_seconds to at least max_duration",
      source: api("CloudStorageConfig.maxDuration"),
    },
    SUBSCRIPTION,
    (subscription, blame) => {
      const config = blockOf(subscription.values.cloud_storage_config);
      if (!config || !isSet(subscription.values.ack_deadline_seconds)) return;
      const duration = secondsOf(config.max_duration ?? "300s");
      const deadline = deadlineOf(subscription);
      if (duration !== undefined && deadline !== undefined && duration > deadline)
        blame("cloud_storage_config.max_duration", config.max_duration, `deadline ${deadline} s`);
    },
  ),
  blockRule(
    {
      id: "pubsub-bigquery-drop",
      title: "unknown fields are dropped only where a schema says what is known",
      why: "drop_unknown_fields has no effect without use_topic_schema or use_table_schema.",
      fix: "set use_table_schema or use_topic_schema",
      source: api("BigQueryConfig.dropUnknownFields"),
    },
    SUBSCRIPTION,
    ["bigquery_config"],
    (config, blame) => {
      const schemas = [config.use_topic_schema, config.use_table_schema];
      if (
        booleanOf(config.drop_unknown_fields) === true &&
        isKnown(schemas) &&
        !schemas.some((each) => booleanOf(each))
      )
        blame("drop_unknown_fields", true);
    },
  ),
  resourceRule(
    {
      id: "pubsub-bigquery-topic-schema",
      title: "a topic whose schema is used has one",
      why: "The API rejects use_topic_schema on a topic without a schema.",
      fix: "set schema_settings on the topic, or use_table_schema",
      source: api("BigQueryConfig.useTopicSchema"),
    },
    SUBSCRIPTION,
    (subscription, blame, { document }) => {
      const uses =
        booleanOf(blockOf(subscription.values.bigquery_config)?.use_topic_schema) ??
        booleanOf(blockOf(blockOf(subscription.values.cloud_storage_config)?.avro_config)?.use_topic_schema);
      const topic = document.target(subscription.values.topic);
      if (uses !== true || topic?.type !== TOPIC || topic.isData || isComputed(topic.values, "schema_settings")) return;
      if (!isSet(topic.values.schema_settings)) blame("topic", topic.address);
    },
  ),
  blockRule(
    {
      id: "pubsub-transform-named",
      title: "a transform's code declares the function that it names",
      why: "The API rejects code without it.",
      fix: "declare a function of that name in code",
      source: api("JavaScriptUDF.functionName"),
    },
    `${TOPIC}|${SUBSCRIPTION}`,
    ["message_transforms.javascript_udf"],
    ({ code, function_name: name }, blame) => {
      const text = textOf(code);
      const wanted = textOf(name);
      if (text !== undefined && wanted !== undefined && !text.includes(wanted)) blame("function_name", name);
    },
  ),
  resourceRule(
    {
      id: "pubsub-push-deadline",
      title: "the deadline of a push subscription covers the time that its Cloud Run service takes",
      severity: "warning",
      why: "The acknowledgement deadline, 10 seconds unless set, is the time-out of a push: a slower answer counts as failed, and the message comes again. Not an error, because answers may be quicker than the service's time-out.",
      fix: "set ack_deadline_seconds to the service's time-out, at most 600",
      source: api("Subscription.ackDeadlineSeconds"),
    },
    SUBSCRIPTION,
    (subscription, blame, topology) => {
      const service = serviceIn(topology, pushOf(subscription)?.push_endpoint);
      const timeout = service && blockOf(service.values.template)?.timeout;
      const needed = service && (timeout === undefined ? 300 : secondsOf(timeout));
      const deadline = deadlineOf(subscription);
      if (needed !== undefined && deadline !== undefined && deadline < Math.min(needed, 600))
        blame(
          "ack_deadline_seconds",
          subscription.values.ack_deadline_seconds,
          `${service!.address} may take ${needed} s`,
        );
    },
  ),
];

const lifetimeRules: readonly Rule[] = [
  resourceRule(
    {
      id: "pubsub-expiration-set",
      title: "a subscription says when it expires",
      severity: "warning",
      why: "By default it is deleted after 31 days without traffic, with all that is sent later. Not an error, because there may always be traffic.",
      fix: 'set expiration_policy.ttl = ""',
      source: api("Subscription.expirationPolicy"),
    },
    SUBSCRIPTION,
    ({ values }, blame) => {
      if (!isSet(values.expiration_policy) && !isComputed(values, "expiration_policy"))
        blame("expiration_policy", undefined);
    },
  ),
  resourceRule(
    {
      id: "pubsub-expiration-retention",
      title: "a subscription keeps messages for less time than it takes to expire",
      severity: "warning",
      why: "It would be deleted with messages that it still has to keep. Not an error, because the number that the API rejects was not tried.",
      fix: 'set expiration_policy.ttl = "", or above message_retention_duration',
      source: "docs.cloud.google.com/pubsub/docs/subscription-properties, from general knowledge, 2026-11",
    },
    SUBSCRIPTION,
    ({ values }, blame) => {
      const ttl = secondsOf(blockOf(values.expiration_policy)?.ttl);
      const { message_retention_duration: retention } = values;
      const kept = secondsOf(isSet(retention) ? retention : "604800s");
      if (ttl !== undefined && kept !== undefined && ttl < kept)
        blame("expiration_policy.ttl", `${ttl}s`, `messages are kept for ${kept} s`);
    },
  ),
];

const schemaRules: readonly Rule[] = [
  resourceRule(
    {
      id: "pubsub-topic-sources",
      title: "a topic ingests from one source",
      why: "The API rejects two.",
      fix: "make a topic for each source",
      source: api("IngestionDataSourceSettings"),
    },
    TOPIC,
    ({ values }, blame) => {
      for (const settings of blocksOf(values.ingestion_data_source_settings)) {
        const sources = ["aws_kinesis", "aws_msk", "azure_event_hubs", "cloud_storage", "confluent_cloud"];
        const given = sources.filter((name) => isSet(settings[name]));
        if (given.length > 1) blame(`ingestion_data_source_settings.${given[1]}`, settings[given[1]!]);
      }
    },
  ),
];

/** Topics, and how subscriptions deliver and keep messages. */
export const pubsubRules: readonly Rule[] = [...deliveryRules, ...lifetimeRules, ...schemaRules];
