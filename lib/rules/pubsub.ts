import { api, unconfirmed } from "../google/source";
import { isExpression, soleReference } from "../language/reference";
import { blockOf } from "../topology/document";
import { serviceIn } from "../topology/invocation";
import { agentMayPublish, agentMaySubscribe } from "../topology/pubsub-grants";
import type { Topology } from "../topology/topology";
import { booleanOf, isSet, isUnset, numberOf, secondsOf, textOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const pubsub = api("Pub/Sub API v1");
const TOPIC = "google_pubsub_topic";
const SUBSCRIPTION = "google_pubsub_subscription";
const subscriptions = blocks(SUBSCRIPTION);

/** Subscriptions with a dead letter policy, with its topic where this document makes it. */
function readDeadLettering({ document }: Topology) {
  const read = document
    .ofType(SUBSCRIPTION)
    .map(({ values: { topic } }) => document.target(topic) ?? isExpression(topic));
  const mayBeRead = new Set(read);
  return document.ofType(SUBSCRIPTION).flatMap((resource) => {
    const policy = blockOf(resource.values.dead_letter_policy);
    if (!policy) return [];
    const target = document.target(policy.dead_letter_topic);
    const topic = target?.type === TOPIC && !target.isData ? target : undefined;
    const isRead = topic === undefined || mayBeRead.has(topic) || mayBeRead.has(true);
    return [{ resource, at: "dead_letter_policy", name: policy.dead_letter_topic, topic, isRead }];
  });
}

const deadLettering = (topology: Topology) => topology.once(readDeadLettering);

/**
 * Subscriptions and what they depend on; what single attributes may be stands in
 * `google/pubsub.ts`.
 */
export const pubsubRules: readonly Rule[] = [
  rule("pubsub-storage-deadline", blocks(SUBSCRIPTION, "cloud_storage_config"), {
    title: "ack_deadline_seconds must be at least max_duration of cloud_storage_config (300 s by default)",
    fix: "set ack_deadline_seconds to at least max_duration",
    source: pubsub("CloudStorageConfig.maxDuration"),
    judge({ resource, block }, blame) {
      const duration = isUnset(block, "max_duration") ? 300 : secondsOf(block.max_duration);
      const deadline = numberOf(resource.values.ack_deadline_seconds) || undefined;
      if (duration !== undefined && deadline !== undefined && duration > deadline)
        blame("max_duration", block.max_duration, `deadline ${deadline} s`);
    },
  }),
  rule("pubsub-bigquery-topic-schema", subscriptions, {
    title: "a topic whose schema is written to BigQuery must have one",
    fix: "set schema_settings on the topic, or use_table_schema",
    source: pubsub("BigQueryConfig.useTopicSchema"),
    judge({ block }, blame, { document }) {
      const topic = document.target(block.topic);
      if (booleanOf(blockOf(block.bigquery_config)?.use_topic_schema) !== true || topic?.type !== TOPIC) return;
      if (!topic.isData && isUnset(topic.values, "schema_settings")) blame("topic", topic.address);
    },
  }),
  rule("pubsub-transform-code", blocks(`${TOPIC}|${SUBSCRIPTION}`, "message_transforms"), {
    title: "the code of a transform must declare the function that function_name names",
    fix: "declare function NAME(message, metadata) in code",
    source: pubsub("JavaScriptUDF.code"),
    judge({ block }, blame) {
      const udf = blockOf(block.javascript_udf);
      const code = textOf(udf?.code);
      const name = textOf(udf?.function_name);
      if (code === undefined || !(isUnset(block, "disabled") || booleanOf(block.disabled) === false)) return;
      if (!/\bfunction\b|=>/.test(code)) blame("javascript_udf.code", code, "it declares no function");
      else if (name !== undefined && !code.includes(name)) blame("javascript_udf.function_name", name);
    },
  }),
  rule("pubsub-push-deadline", subscriptions, {
    title: "the deadline of a push subscription must cover the time that its Cloud Run service may take",
    advice: true,
    why: "A push that is answered later, by default after 10 seconds, counts as failed and comes again. Answers may be quicker.",
    fix: "set ack_deadline_seconds to the service's time-out, at most 600",
    source: pubsub("Subscription.ackDeadlineSeconds"),
    judge({ block }, blame, topology) {
      const service = serviceIn(topology, blockOf(block.push_config)?.push_endpoint);
      const template = service && blockOf(service.values.template);
      if (!template) return;
      const needed = isUnset(template, "timeout") ? 300 : secondsOf(template.timeout);
      const given = isUnset(block, "ack_deadline_seconds") ? 0 : numberOf(block.ack_deadline_seconds);
      if (needed !== undefined && given !== undefined && (given || 10) < Math.min(needed, 600))
        blame("ack_deadline_seconds", block.ack_deadline_seconds, `${service.address} may take ${needed} s`);
    },
  }),
  rule("pubsub-dead-letter-loop", deadLettering, {
    title: "dead letters must go to another topic",
    why: "They would come back to the subscription that could not process them, for ever.",
    fix: "make a topic for the dead letters",
    source: unconfirmed("docs.cloud.google.com/pubsub/docs/dead-letter-topics"),
    judge({ resource: { values }, name, topic }, blame, { document }) {
      const isSame = topic && topic === document.target(values.topic);
      const keys = [name, values.topic].map((each) => soleReference(each)?.key);
      if (isSame ? keys[0] === keys[1] : isSet(textOf(name)) && name === values.topic) blame("dead_letter_topic", name);
    },
  }),
  rule("pubsub-dead-letter-read", deadLettering, {
    title: "a dead letter topic must have a subscription",
    advice: true,
    why: "What is published to a topic without subscriptions is lost. The subscription may be in another stack.",
    fix: "add a google_pubsub_subscription to the dead letter topic",
    source: pubsub("DeadLetterPolicy.deadLetterTopic"),
    judge({ topic, isRead }, blame) {
      if (!isRead) blame("dead_letter_topic", topic?.address);
    },
  }),
  rule("pubsub-dead-letter-grant", deadLettering, {
    title: "Pub/Sub's service agent must be allowed to publish dead letters, and to take them from the subscription",
    advice: true,
    why: "Without roles/pubsub.publisher nothing is dead-lettered, without roles/pubsub.subscriber the message stays. The grants may be in another stack.",
    fix: "grant service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com roles/pubsub.publisher on the topic, roles/pubsub.subscriber on the subscription",
    source: pubsub("Subscription.deadLetterPolicy"),
    judge({ resource, topic }, blame, topology) {
      if (topic && !agentMayPublish(topology, topic)) blame("dead_letter_topic", topic.address, "no grant on it");
      if (!agentMaySubscribe(topology, resource)) blame("", resource.address, "no grant on the subscription");
    },
  }),
];
