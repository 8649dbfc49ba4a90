import { PubsubSubscription } from "@cdktf/provider-google/lib/pubsub-subscription";
import { PubsubSubscriptionIamMember } from "@cdktf/provider-google/lib/pubsub-subscription-iam-member";
import { PubsubTopic } from "@cdktf/provider-google/lib/pubsub-topic";
import { PubsubTopicIamMember } from "@cdktf/provider-google/lib/pubsub-topic-iam-member";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { generatedName } from "../core/naming";
import { RemovalPolicy } from "../core/removal-policy";
import type { IGrantee } from "../project/grantee";
import { Grants } from "../project/grants";
import { pubsubAgent } from "../project/service-agents";
import { LONGEST_PUBSUB_NAME, renderTopic } from "./topic";

/** The longest that Pub/Sub keeps messages (Pub/Sub API v1, read 2026-11-28). */
const LONGEST_RETENTION = "2678400s";

export interface DeadLettersProps {
  /** Where they are stored. */
  readonly region: string;
  /** Refuses requests of other regions, too. */
  readonly residency: boolean;
  /** Pub/Sub's service agent is granted its use. @default Google's keys */
  readonly encryptionKey?: string;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Where messages go that could not be processed: a topic, and a subscription that keeps them for 31
 * days until somebody looks.
 */
@checked
export class DeadLetters extends Construct {
  public readonly topic: PubsubTopic;
  public readonly subscription: PubsubSubscription;
  /** Without it, Pub/Sub cannot move messages here. @internal */
  public readonly _publisher: ITerraformDependable;

  public constructor(scope: Construct, id: string, props: DeadLettersProps) {
    super(scope, id);
    const name = generatedName(this, LONGEST_PUBSUB_NAME);
    this.topic = new PubsubTopic(this, "Topic", { name, ...renderTopic(this, props) });
    this.subscription = new PubsubSubscription(this, "Subscription", {
      name,
      topic: this.topic.id,
      ackDeadlineSeconds: 60,
      messageRetentionDuration: LONGEST_RETENTION,
      expirationPolicy: { ttl: "" },
      lifecycle: { preventDestroy: props.removalPolicy !== RemovalPolicy.DESTROY },
    });
    this._publisher = new PubsubTopicIamMember(this, "Publisher", {
      topic: this.topic.name,
      role: "roles/pubsub.publisher",
      member: pubsubAgent(this).member,
    });
  }

  /** Lets an account read dead letters and take them away. */
  public grantRead(grantee: IGrantee): ITerraformDependable {
    const role = "roles/pubsub.subscriber";
    return Grants.of(this, grantee).once(
      `subscription ${this.node.path}`,
      role,
      grantee.grantKey,
      (scope, id) =>
        new PubsubSubscriptionIamMember(scope, id, {
          subscription: this.subscription.name,
          role,
          member: grantee.iamMember,
        }),
    );
  }
}
