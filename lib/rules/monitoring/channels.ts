import { type Block, blockOf, isBlock } from "../../topology/document";
import { booleanOf, isComputed, textOf } from "../../topology/value";
import { length, limit, matching, oneOf } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { CHANNEL, monitoring, USER_LABELS } from "./monitoring-support";

const KINDS =
  "docs.cloud.google.com/monitoring/support/notification-options, channel descriptors, from general knowledge, 2026-11";
/** Labels that a kind of channel needs; those in the second list are secret, and may be in sensitive_labels. */
const NEEDED: Readonly<Record<string, readonly [labels: readonly string[], secrets: readonly string[]]>> = {
  email: [["email_address"], []],
  sms: [["number"], []],
  pubsub: [["topic"], []],
  google_chat: [["space"], []],
  slack: [["channel_name"], ["auth_token"]],
  pagerduty: [[], ["service_key"]],
  webhook_tokenauth: [["url"], []],
  webhook_basicauth: [["url", "username"], ["password"]],
};

/** Notification channels. */
export const channelRules: readonly Rule[] = [
  limit(
    "channel-name",
    CHANNEL,
    "display_name",
    length(0, 512),
    "shorten it",
    monitoring("NotificationChannel.displayName"),
  ),
  limit(
    "channel-description",
    CHANNEL,
    "description",
    length(0, 1024),
    "shorten it",
    monitoring("NotificationChannel.description"),
  ),
  limit(
    "channel-labels",
    CHANNEL,
    "user_labels",
    USER_LABELS,
    "use lower-case labels",
    monitoring("NotificationChannel.userLabels"),
  ),
  limit(
    "channel-type",
    CHANNEL,
    "type",
    oneOf(...Object.keys(NEEDED), "campfire", "hipchat", "cloud_console", "cloud_mobile_app"),
    "use email, pubsub, slack, pagerduty or webhook_tokenauth",
    KINDS,
    { severity: "warning", why: "The API rejects an unknown type. Not an error, because Google may have added one." },
  ),
  limit(
    "channel-email",
    CHANNEL,
    "labels.email_address",
    matching(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an email address"),
    "correct the address",
    KINDS,
  ),
  limit(
    "channel-topic",
    CHANNEL,
    "labels.topic",
    matching(/^projects\/[^/]+\/topics\/[^/]+$/, "projects/PROJECT/topics/TOPIC"),
    "use google_pubsub_topic.NAME.id",
    KINDS,
  ),
  resourceRule(
    {
      id: "channel-needs",
      title: "a notification channel has the labels of its type",
      why: "The API rejects it without.",
      fix: "set labels.email_address for email, labels.topic for pubsub, sensitive_labels.service_key for pagerduty",
      source: KINDS,
    },
    CHANNEL,
    ({ values }, blame) => {
      const needed = NEEDED[textOf(values.type) ?? ""];
      if (!needed || typeof values.labels === "string" || isComputed(values, "sensitive_labels")) return;
      const labels = mapOf(values.labels);
      const secrets = blockOf(values.sensitive_labels) ?? {};
      for (const name of needed[0]) if (!isSet(labels[name])) blame(`labels.${name}`, undefined);
      for (const name of needed[1])
        if (!isSet(labels[name]) && !isSet(secrets[name]) && !isSet(secrets[`${name}_wo`]))
          blame(`sensitive_labels.${name}`, undefined);
    },
  ),
  resourceRule(
    {
      id: "channel-secret-twice",
      title: "a secret of a channel is given once",
      why: "The provider's plan fails when it is in labels and in sensitive_labels.",
      fix: "keep it in sensitive_labels",
      source:
        "google_monitoring_notification_channel, provider code 7.45.0, sensitiveLabelCustomizeDiff; checked here before Terraform runs",
    },
    CHANNEL,
    ({ values }, blame) => {
      const secrets = blockOf(values.sensitive_labels) ?? {};
      for (const name of ["auth_token", "service_key", "password"])
        if (isSet(mapOf(values.labels)[name]) && isSet(secrets[name])) blame(`labels.${name}`, "…");
    },
  ),
  resourceRule(
    {
      id: "channel-secret-plain",
      title: "the secrets of a channel are in sensitive_labels",
      severity: "warning",
      why: "In labels they are shown in every plan. Not an error, because it works.",
      fix: "move it to sensitive_labels",
      source: "provider documentation of google_monitoring_notification_channel 7.45.0",
    },
    CHANNEL,
    ({ values }, blame) => {
      for (const name of ["auth_token", "service_key", "password"])
        if (isSet(mapOf(values.labels)[name])) blame(`labels.${name}`, "…");
    },
  ),
  resourceRule(
    {
      id: "channel-enabled",
      title: "a channel that an alert policy notifies is enabled",
      severity: "warning",
      why: "A disabled channel delivers nothing. Not an error, because it may be for a while.",
      fix: "set enabled = true",
      source: monitoring("NotificationChannel.enabled"),
    },
    CHANNEL,
    (channel, blame, topology) => {
      if (booleanOf(channel.values.enabled) !== false) return;
      const policy = topology.referrers(channel.address).find(({ type }) => type === "google_monitoring_alert_policy");
      if (policy) blame("enabled", false, policy.address);
    },
  ),
];

function mapOf(value: unknown): Block {
  return isBlock(value) ? value : {};
}
