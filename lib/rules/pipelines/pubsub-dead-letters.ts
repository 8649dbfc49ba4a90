import { isExpression } from "../../language/reference";
import { blockOf } from "../../topology/document";
import { isComputed, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { agentMay } from "./pubsub-grants";
import { SUBSCRIPTION, TOPIC } from "./pubsub-limits";

const DEAD_LETTERS = "docs.cloud.google.com/pubsub/docs/dead-letter-topics, from general knowledge, 2026-11";
function api(field: string): string {
  return `Pub/Sub API v1, ${field}, read 2026-11-22`;
}

/** Dead letters: where they go, and what Pub/Sub needs to send them there. */
export const deadLetterRules: readonly Rule[] = [
  resourceRule(
    {
      id: "pubsub-dead-letter-missing",
      title: "a push subscription has a dead letter topic",
      severity: "warning",
      why: "A message that can never be processed is sent again until its retention ends, seven days by default. Not an error, because it may be meant.",
      fix: "set dead_letter_policy, and grant the service agent what it needs",
      source: api("Subscription.deadLetterPolicy"),
    },
    SUBSCRIPTION,
    (subscription, blame) => {
      const { values } = subscription;
      if (blockOf(values.push_config) && !isSet(values.dead_letter_policy) && !isComputed(values, "dead_letter_policy"))
        blame("dead_letter_policy", undefined);
    },
  ),
  resourceRule(
    {
      id: "pubsub-dead-letter-set",
      title: "a dead letter policy names its topic",
      why: "Without a topic there is no dead lettering: the API rejects the policy.",
      fix: "set dead_letter_topic to google_pubsub_topic.NAME.id",
      source: api("DeadLetterPolicy.deadLetterTopic"),
    },
    SUBSCRIPTION,
    ({ values }, blame) => {
      const policy = blockOf(values.dead_letter_policy);
      if (policy && !isSet(policy.dead_letter_topic)) blame("dead_letter_policy.dead_letter_topic", undefined);
    },
  ),
  resourceRule(
    {
      id: "pubsub-dead-letter-loop",
      title: "dead letters go to another topic",
      why: "They would come back to the subscription that could not process them, for ever.",
      fix: "make a topic for the dead letters",
      source: DEAD_LETTERS,
    },
    SUBSCRIPTION,
    ({ values }, blame, { document }) => {
      const dead = blockOf(values.dead_letter_policy)?.dead_letter_topic;
      const topic = document.target(dead);
      const literal = textOf(dead);
      if ((topic && topic === document.target(values.topic)) || (literal !== undefined && literal === values.topic))
        blame("dead_letter_policy.dead_letter_topic", dead);
    },
  ),
  {
    id: "pubsub-dead-letter-read",
    title: "a dead letter topic has a subscription",
    severity: "warning",
    why: "What is published to a topic without subscriptions is lost. Not an error, because the subscription may be in another stack.",
    fix: "add a google_pubsub_subscription to the dead letter topic",
    source: api("DeadLetterPolicy.deadLetterTopic"),
    check({ document }, report) {
      const subscriptions = document.ofType(SUBSCRIPTION);
      const topics = subscriptions.map(({ values }) => document.target(values.topic));
      if (subscriptions.some(({ values }, index) => isExpression(values.topic) && !topics[index])) return;
      const read = new Set(topics);
      for (const subscription of subscriptions) {
        const topic = document.target(blockOf(subscription.values.dead_letter_policy)?.dead_letter_topic);
        if (topic?.type === TOPIC && !topic.isData && !read.has(topic))
          report(subscription, "dead_letter_policy.dead_letter_topic", topic.address);
      }
    },
  },
  resourceRule(
    {
      id: "pubsub-dead-letter-publisher",
      title: "Pub/Sub's service agent may publish to the dead letter topic",
      severity: "warning",
      why: "Without roles/pubsub.publisher nothing is dead-lettered: messages are sent again until they expire. Not an error, because the grant may be in another stack.",
      fix: "grant roles/pubsub.publisher on the topic to service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com",
      source: api("DeadLetterPolicy.deadLetterTopic"),
    },
    SUBSCRIPTION,
    (subscription, blame, topology) => {
      const topic = topology.document.target(blockOf(subscription.values.dead_letter_policy)?.dead_letter_topic);
      if (topic?.type !== TOPIC || topic.isData) return;
      if (!agentMay(topology, "publish", topic)) blame("dead_letter_policy.dead_letter_topic", topic.address);
    },
  ),
  resourceRule(
    {
      id: "pubsub-dead-letter-subscriber",
      title: "Pub/Sub's service agent may take messages from a subscription with dead letters",
      severity: "warning",
      why: "Without roles/pubsub.subscriber it cannot acknowledge what it has dead-lettered: the message stays. Not an error, because the grant may be in another stack.",
      fix: "grant roles/pubsub.subscriber on the subscription to service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com",
      source: api("Subscription.deadLetterPolicy"),
    },
    SUBSCRIPTION,
    (subscription, blame, topology) => {
      if (!blockOf(subscription.values.dead_letter_policy)) return;
      if (!agentMay(topology, "subscribe", subscription))
        blame("dead_letter_policy", subscription.address, "no grant on the subscription");
    },
  ),
];
