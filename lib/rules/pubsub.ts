import { api, page, provider, unconfirmed } from "../google/source";
import { isExpression } from "../language/reference";
import type { Resource } from "../topology/document";
import { blockOf } from "../topology/document";
import { booleanOf, isSet, isUnset, numberOf, secondsOf, textOf } from "../topology/value";
import { serviceIn } from "./pipelines/invocation";
import { agentMay } from "./pipelines/pubsub-grants";
import { blocks, type Rule, rule } from "./rule";

const pubsub = api("Pub/Sub API v1");
const TOPIC = "google_pubsub_topic";
const topics = blocks(TOPIC);
const subscriptions = blocks("google_pubsub_subscription");
const transforms = blocks(`${TOPIC}|google_pubsub_subscription`, "message_transforms");

/** The deadline that a subscription will have; undefined where Terraform computes it. */
function deadlineOf({ values }: Resource): number | undefined {
  return isUnset(values, "ack_deadline_seconds") ? 10 : numberOf(values.ack_deadline_seconds) || undefined;
}

const delivery: readonly Rule[] = [
  rule("pubsub-ordering-push", subscriptions, {
    title: "a push subscription with few ordering keys must not wait for a slow model",
    advice: true,
    why: "Each message of a key waits for the answer to the one before: with few keys and a slow model the backlog grows.",
    fix: "remove enable_message_ordering, or use many ordering keys",
    source: unconfirmed("docs.cloud.google.com/pubsub/docs/ordering"),
    judge({ block }, blame) {
      if (booleanOf(block.enable_message_ordering) && blockOf(block.push_config))
        blame("enable_message_ordering", true);
    },
  }),
  rule("pubsub-storage-deadline", subscriptions, {
    title: "ack_deadline_seconds must be at least max_duration of cloud_storage_config",
    why: "The API rejects a max_duration (300 s unless set) beyond the deadline (10 s unless set).",
    fix: "set ack_deadline_seconds to at least max_duration",
    source: pubsub("CloudStorageConfig.maxDuration"),
    judge({ resource, block }, blame) {
      const config = blockOf(block.cloud_storage_config);
      if (!config || !isSet(block.ack_deadline_seconds)) return;
      const duration = secondsOf(config.max_duration ?? "300s");
      const deadline = deadlineOf(resource);
      if (duration !== undefined && deadline !== undefined && duration > deadline)
        blame("cloud_storage_config.max_duration", config.max_duration, `deadline ${deadline} s`);
    },
  }),
];

export const pubsubRules: readonly Rule[] = [...delivery];
void [topics, transforms, provider, page, isExpression, textOf, serviceIn, agentMay];
