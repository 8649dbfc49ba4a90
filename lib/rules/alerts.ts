import { CHANNEL_SECRETS } from "../google/monitoring";
import { api, provider, unconfirmed } from "../google/source";
import { blockOf, blocksOf } from "../topology/document";
import { booleanOf, isComputed, isSet, isUnset, secondsOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const monitoring = api("Cloud Monitoring API v3");
const ALERT = "google_monitoring_alert_policy";
const policies = blocks(ALERT);
const channels = blocks("google_monitoring_notification_channel");

/** Kinds of conditions that must be the only one of their policy. */
const ALONE = ["condition_matched_log", "condition_monitoring_query_language", "condition_sql"];

/** Alert policies and notification channels. */
export const alertRules: readonly Rule[] = [
  rule("alert-condition-alone", policies, {
    title: "a log, MQL or SQL condition must be the only one of its policy",
    why: "The API rejects others beside it.",
    fix: "make a policy for each",
    source: monitoring("AlertPolicy.conditions"),
    judge({ block }, blame) {
      const conditions = blocksOf(block.conditions);
      conditions.forEach((condition, index) => {
        const kind = ALONE.find((name) => isSet(condition[name]));
        if (kind && conditions.length > 1) blame(`conditions.${index}.${kind}`, conditions.length);
      });
    },
  }),
  rule("alert-log-rate-limit", policies, {
    title: "a policy on log entries, and only such a policy, must limit its notifications",
    why: "The API rejects a log condition without notification_rate_limit, and the limit on other policies.",
    fix: 'set alert_strategy.notification_rate_limit.period, such as "300s", on a log condition only',
    source: monitoring("AlertStrategy.notificationRateLimit"),
    judge({ block }, blame) {
      const conditions = blocksOf(block.conditions);
      const strategy = blockOf(block.alert_strategy) ?? {};
      if (conditions.length === 0 || isComputed(block, "conditions") || isComputed(block, "alert_strategy")) return;
      const limit = strategy.notification_rate_limit;
      const isLog = conditions.some((condition) => isSet(condition.condition_matched_log));
      if (isLog ? isUnset(strategy, "notification_rate_limit") : isSet(limit))
        blame("alert_strategy.notification_rate_limit", limit);
    },
  }),
  rule("alert-ratio", blocks(ALERT, "conditions.condition_threshold"), {
    title: "both sides of a ratio must be aligned over the same period",
    why: "The API rejects a ratio of different periods.",
    fix: "set the same alignment_period in aggregations and denominator_aggregations",
    source: monitoring("MetricThreshold.denominatorAggregations"),
    judge({ block }, blame) {
      const above = secondsOf(blockOf(block.aggregations)?.alignment_period);
      const below = secondsOf(blockOf(block.denominator_aggregations)?.alignment_period);
      if (isSet(block.denominator_filter) && above !== undefined && below !== undefined && above !== below)
        blame("denominator_aggregations.alignment_period", `${below}s`, `${above}s above`);
    },
  }),
  rule("alert-strategy-channel", blocks(ALERT, "alert_strategy.notification_channel_strategy"), {
    title: "a channel strategy must be for channels of the policy",
    advice: true,
    why: "It has no effect on others. Not an error, because it was not tried.",
    fix: "add the channel to notification_channels",
    source: monitoring("NotificationChannelStrategy.notificationChannelNames"),
    judge({ resource, block }, blame, { document }) {
      const key = (value: unknown) => document.target(value)?.address ?? document.identity(value);
      const [known, wanted] = [resource.values.notification_channels, block.notification_channel_names].map((list) =>
        Array.isArray(list) ? list.map(key) : [undefined],
      );
      if (known!.includes(undefined)) return;
      wanted!.forEach((each, index) => {
        if (each !== undefined && !known!.includes(each)) blame(`notification_channel_names.${index}`, each);
      });
    },
  }),
  rule("channel-secret-twice", channels, {
    title: "a secret of a channel must be given once",
    why: "The provider's plan fails when it is in labels and in sensitive_labels.",
    fix: "keep it in sensitive_labels",
    source: provider("google_monitoring_notification_channel 7.45.0, sensitiveLabelCustomizeDiff", "plan"),
    judge({ block }, blame) {
      const [labels, secrets] = [block.labels, block.sensitive_labels].map(blockOf);
      for (const name of CHANNEL_SECRETS)
        if (isSet(labels?.[name]) && isSet(secrets?.[name])) blame(`labels.${name}`, "…");
    },
  }),
  rule("channel-secret-plain", channels, {
    title: "the secrets of a channel should be in sensitive_labels",
    advice: true,
    why: "In labels they are shown in every plan. Not an error, because it works.",
    fix: "move it to sensitive_labels",
    source: provider("google_monitoring_notification_channel 7.45.0"),
    judge({ block }, blame) {
      const [labels, secrets] = [block.labels, block.sensitive_labels].map(blockOf);
      for (const name of CHANNEL_SECRETS)
        if (isSet(labels?.[name]) && !isSet(secrets?.[name])) blame(`labels.${name}`, "…");
    },
  }),
  rule("channel-enabled", channels, {
    title: "a channel that an alert policy notifies must be enabled",
    advice: true,
    why: "A disabled channel delivers nothing. Not an error, because it may be for a while.",
    fix: "set enabled = true",
    source: monitoring("NotificationChannel.enabled"),
    judge({ resource, block }, blame, topology) {
      const policy = topology.referrers(resource.address).find(({ type }) => type === ALERT);
      if (booleanOf(block.enabled) === false && policy) blame("enabled", false, policy.address);
    },
  }),
  rule("uptime-alerted", blocks("google_monitoring_uptime_check_config"), {
    title: "somebody must be told when an uptime check fails",
    advice: true,
    why: "A check only records. Not an error, because the alert policy may be in another stack.",
    fix: "add a google_monitoring_alert_policy on monitoring.googleapis.com/uptime_check/check_passed of this check",
    source: unconfirmed("docs.cloud.google.com/monitoring/uptime-checks/uptime-alerting-policies"),
    judge({ resource, block }, blame, topology) {
      const isTold = topology.referrers(resource.address).some(({ type }) => type === ALERT);
      const isGeneral = policies(topology).some((policy) =>
        blocksOf(policy.block.conditions).some((each) => /uptime_check|\$\{/.test(JSON.stringify(each))),
      );
      if (!isTold && !isGeneral) blame("display_name", block.display_name);
    },
  }),
];
