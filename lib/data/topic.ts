import type { PubsubTopicConfig } from "@cdktf/provider-google/lib/pubsub-topic";
import type { IConstruct } from "constructs";
import { RemovalPolicy } from "../core/removal-policy";
import { grantKeyUse } from "../project/encryption-key";
import { ProjectServices } from "../project/project-services";
import { pubsubAgent } from "../project/service-agents";
import type { DeadLettersProps } from "./dead-letters";

export const LONGEST_PUBSUB_NAME = { maxLength: 255 };

/**
 * All but the name of a topic whose messages are stored in one region. The policy is always written,
 * because the provider keeps one that is left out.
 */
export function renderTopic(where: IConstruct, options: DeadLettersProps): Omit<PubsubTopicConfig, "name"> {
  const { region, residency, encryptionKey: key, removalPolicy } = options;
  return {
    messageStoragePolicy: { allowedPersistenceRegions: [region], enforceInTransit: residency },
    kmsKeyName: key,
    lifecycle: { preventDestroy: removalPolicy !== RemovalPolicy.DESTROY },
    dependsOn: [
      ...ProjectServices.of(where).require("pubsub.googleapis.com"),
      ...(key === undefined ? [] : [grantKeyUse(where, key, pubsubAgent(where))]),
    ],
  };
}
