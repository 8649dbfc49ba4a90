import type { OldRule as Rule } from "../old-rule";
import { eventarcRules } from "./eventarc";
import { invocationRules } from "./invocation-rules";
import { pubsubRules } from "./pubsub";
import { deadLetterRules } from "./pubsub-dead-letters";
import { pubsubLimits } from "./pubsub-limits";
import { triggerLimits } from "./trigger-limits";
import { triggerRules } from "./triggers";

/** Pub/Sub, Eventarc, Cloud Scheduler and Cloud Tasks. */
export const pipelineRules: readonly Rule[] = [
  ...pubsubLimits,
  ...pubsubRules,
  ...deadLetterRules,
  ...triggerLimits,
  ...triggerRules,
  ...eventarcRules,
  ...invocationRules,
];
