import {
  MonitoringNotificationChannel,
  type MonitoringNotificationChannelConfig,
} from "@cdktf/provider-google/lib/monitoring-notification-channel";
import { PubsubTopicIamMember } from "@cdktf/provider-google/lib/pubsub-topic-iam-member";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed } from "../core/checks";
import { idPart } from "../core/spelled";
import { channelId, emailAddress, slackChannel, topicId, webhookUrl } from "../google/monitoring";
import { Grants } from "../project/grants";
import { projectNumber } from "../project/project-number";
import { ProjectServices } from "../project/project-services";
import type { ISecret } from "../project/secret";
import { secretValue } from "../project/secret-value";

type ChannelConfig = Pick<MonitoringNotificationChannelConfig, "type" | "labels" | "sensitiveLabels">;

interface Channel {
  /** What it is, as part of the construct ID: equal ones are one channel. */
  readonly id: string;
  /** The address that incidents are sent to, for humans. */
  readonly name: string;
  /** Budgets mail to channels, and notify them in no other way. */
  readonly isEmail?: boolean;
  render(where: Construct): ChannelConfig;
}

/**
 * Who is told of an incident.
 *
 * Keys and tokens come from Secret Manager; Terraform reads them when planning, so the state
 * contains them, marked sensitive.
 */
@checked
export class Notify {
  /** @param address `oncall@example.com`. */
  public static email(address: string): Notify {
    return new Notify({
      id: `email ${address}`,
      name: address,
      isEmail: true,
      render: (where) => {
        checkAllowed(where, "address", address, emailAddress);
        return { type: "email", labels: { email_address: address } };
      },
    });
  }

  /** @param serviceKey Integration key of a PagerDuty service with the Google Cloud integration. */
  public static pagerDuty(serviceKey: ISecret): Notify {
    return new Notify({
      id: `pagerduty ${serviceKey.secretId}`,
      name: "PagerDuty",
      render: (where) => ({
        type: "pagerduty",
        sensitiveLabels: { serviceKey: secretValue(where, "Secret", serviceKey) },
      }),
    });
  }

  /**
   * @param channel `#oncall`.
   * @param token OAuth token of the Google Cloud Monitoring app in the workspace.
   */
  public static slack(channel: string, token: ISecret): Notify {
    return new Notify({
      id: `slack ${channel}`,
      name: channel,
      render: (where) => {
        checkAllowed(where, "channel", channel, slackChannel);
        return {
          type: "slack",
          labels: { channel_name: channel },
          sensitiveLabels: { authToken: secretValue(where, "Secret", token) },
        };
      },
    });
  }

  /** @param url Receives a POST per incident: `https://hooks.example.com/monitoring`. */
  public static webhook(url: string): Notify {
    return new Notify({
      id: `webhook ${url}`,
      name: url,
      render: (where) => {
        checkAllowed(where, "url", url, webhookUrl);
        return { type: "webhook_tokenauth", labels: { url } };
      },
    });
  }

  /**
   * Publishes incidents, and grants Monitoring's service agent `roles/pubsub.publisher`.
   *
   * @param topic `projects/PROJECT/topics/TOPIC`.
   */
  public static pubSub(topic: string): Notify {
    return new Notify({
      id: `pubsub ${topic}`,
      name: "Pub/Sub",
      render: (where) => {
        checkAllowed(where, "topic", topic, topicId);
        grantPublish(where, topic);
        return { type: "pubsub", labels: { topic } };
      },
    });
  }

  /** @param channel `projects/PROJECT/notificationChannels/CHANNEL`. */
  public static existing(channel: string): Notify {
    return new Notify(undefined, channel);
  }

  /** @internal */
  public readonly _isEmail: boolean;

  private constructor(
    private readonly channel?: Channel,
    private readonly existing = "",
  ) {
    this._isEmail = channel?.isEmail === true;
  }

  /**
   * The id of the channel, which is created unless it exists.
   *
   * @internal
   */
  public _bind(scope: Construct): string {
    const { channel, existing } = this;
    if (!channel) {
      checkAllowed(scope, "channel", existing, channelId);
      return existing;
    }
    const id = idPart(scope, channel.id);
    const own = scope.node.tryFindChild(id) ?? createChannel(scope, id, channel);
    return (own.node.findChild("Resource") as MonitoringNotificationChannel).name;
  }
}

function createChannel(scope: Construct, id: string, channel: Channel): Construct {
  const own = new Construct(scope, id);
  new MonitoringNotificationChannel(own, "Resource", {
    displayName: channel.name,
    ...channel.render(own),
    dependsOn: ProjectServices.of(own).require("monitoring.googleapis.com"),
    // Then a removed channel is deleted after the policies have let go of it: Monitoring refuses
    // to delete one in use.
    lifecycle: { createBeforeDestroy: true },
  });
  return own;
}

/** Monitoring publishes as a service agent of the project that the channel is in. */
function grantPublish(where: Construct, topic: string): void {
  const member = `serviceAccount:service-${projectNumber(where)}@gcp-sa-monitoring-notification.iam.gserviceaccount.com`;
  const role = "roles/pubsub.publisher";
  Grants.of(where).once(
    topic,
    role,
    "Monitoring service agent",
    (scope, id) => new PubsubTopicIamMember(scope, id, { topic, role, member }),
  );
}
