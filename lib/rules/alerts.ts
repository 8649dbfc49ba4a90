import { CHANNEL_SECRETS } from "../google/monitoring";
import { api, provider, unconfirmed } from "../google/source";
import { blockOf, blocksOf } from "../topology/document";
import type { Place } from "../topology/place";
import { isProduction } from "../topology/protection";
import { booleanOf, isComputed, isSet, isUnset, secondsOf, textOf } from "../topology/value";
import { blocks, type Rule, type RuleProps, rule } from "./rule";

const monitoring = api("Cloud Monitoring API v3");
const ALERT = "google_monitoring_alert_policy";
const policies = blocks(ALERT);
const channels = blocks("google_monitoring_notification_channel");

/** Kinds of conditions that must be the only one of their policy. */
const ALONE = ["condition_matched_log", "condition_monitoring_query_language", "condition_sql"];

/** Secrets in the labels of a channel, by whether they are among its sensitive labels, too. */
const secret = (id: string, isTwice: boolean, about: Omit<RuleProps<Place>, "judge">) =>
  rule(id, channels, {
    ...about,
    judge({ block }, blame) {
      const [labels, secrets] = [block.labels, block.sensitive_labels].map(blockOf);
      for (const name of CHANNEL_SECRETS)
        if (isSet(labels?.[name]) && isSet(secrets?.[name]) === isTwice) blame(`labels.${name}`, "…");
    },
  });

/** Alert policies, notification channels, and what else notifies them. */
export const alertRules: readonly Rule[] = [
  rule("alert-condition-alone", policies, {
    title: "a log, MQL or SQL condition must be the only one of its policy",
    fix: "make a policy for each",
    source: monitoring("AlertPolicy.conditions"),
    judge({ block }, blame) {
      const conditions = blocksOf(block.conditions);
      for (const [index, condition] of conditions.entries()) {
        const kind = ALONE.find((name) => isSet(condition[name]));
        if (kind && conditions.length > 1) blame(`conditions.${index}.${kind}`, conditions.length);
      }
    },
  }),
  rule("alert-log-rate-limit", policies, {
    title: "a policy on log entries, and only such a policy, must limit its notifications",
    fix: 'set alert_strategy.notification_rate_limit.period, such as "300s", on a log condition only',
    source: monitoring("AlertStrategy.notificationRateLimit"),
    judge({ block }, blame) {
      const conditions = blocksOf(block.conditions);
      if (conditions.length === 0 || ["conditions", "alert_strategy"].some((name) => isComputed(block, name))) return;
      const strategy = blockOf(block.alert_strategy) ?? {};
      const { notification_rate_limit: limit } = strategy;
      const isLog = conditions.some((condition) => isSet(condition.condition_matched_log));
      if (isLog ? isUnset(strategy, "notification_rate_limit") : isSet(limit))
        blame("alert_strategy.notification_rate_limit", limit);
    },
  }),
  rule("alert-ratio", blocks(ALERT, "conditions.condition_threshold"), {
    title: "both sides of a ratio must be aligned over the same period",
    fix: "set the same alignment_period in aggregations and denominator_aggregations",
    source: monitoring("MetricThreshold.denominatorAggregations"),
    judge({ block }, blame) {
      const [above, below] = [block.aggregations, block.denominator_aggregations].map((each) =>
        secondsOf(blockOf(each)?.alignment_period),
      );
      if (isSet(block.denominator_filter) && above !== undefined && below !== undefined && above !== below)
        blame("denominator_aggregations.alignment_period", `${below}s`, `${above}s above`);
    },
  }),
  rule("alert-notification-channels-missing", policies, {
    title: "where something is protected from deletion, an alert policy must have a notification channel",
    advice: true,
    why: "Incidents are seen only by those who look. The channels may be managed elsewhere.",
    fix: "add notification channels",
    source: monitoring("AlertPolicy.notificationChannels"),
    judge({ block }, blame, topology) {
      if (isUnset(block, "notification_channels") && isProduction(topology))
        blame("notification_channels", block.notification_channels);
    },
  }),
  rule("alert-strategy-channel", blocks(ALERT, "alert_strategy.notification_channel_strategy"), {
    title: "a channel strategy must be for channels of the policy",
    advice: true,
    why: "It has no effect on others.",
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
  secret("channel-secret-twice", true, {
    title: "a secret of a channel must be given once",
    fix: "keep it in sensitive_labels",
    source: provider("google_monitoring_notification_channel 7.45.0", "plan"),
  }),
  secret("channel-secret-plain", false, {
    title: "the secrets of a channel must be in sensitive_labels",
    advice: true,
    why: "In labels they are shown in every plan.",
    fix: "move it to sensitive_labels",
    source: provider("google_monitoring_notification_channel 7.45.0"),
  }),
  rule("channel-enabled", channels, {
    title: "a channel that an alert policy notifies must be enabled",
    advice: true,
    why: "A disabled channel delivers nothing. It may be disabled for a while on purpose.",
    fix: "set enabled = true",
    source: monitoring("NotificationChannel.enabled"),
    judge({ resource, block }, blame, topology) {
      const policy = topology.referrers(resource.address).find(({ type }) => type === ALERT);
      if (booleanOf(block.enabled) === false && policy) blame("enabled", false, policy.address);
    },
  }),
  rule("budget-email-channel", blocks("google_billing_budget", "all_updates_rule"), {
    title: "a budget must mail to its channels",
    advice: true,
    why: "Budgets notify Cloud Monitoring's channels of the type email only. Google may have added others.",
    fix: "use a channel of the type email, or all_updates_rule.pubsub_topic",
    source: unconfirmed("docs.cloud.google.com/billing/docs/how-to/budgets-notification-recipients"),
    judge({ block }, blame, { document }) {
      [block.monitoring_notification_channels].flat().forEach((channel, index) => {
        const type = textOf(document.target(channel)?.values.type);
        if (type !== undefined && type !== "email") blame(`monitoring_notification_channels.${index}`, channel, type);
      });
    },
  }),
  rule("uptime-alerted", blocks("google_monitoring_uptime_check_config"), {
    title: "somebody must be told when an uptime check fails",
    advice: true,
    why: "A check only records. The alert policy may be in another stack.",
    fix: "add a google_monitoring_alert_policy on monitoring.googleapis.com/uptime_check/check_passed of this check",
    source: unconfirmed("docs.cloud.google.com/monitoring/uptime-checks/uptime-alerting-policies"),
    judge({ resource, block }, blame, topology) {
      const isTold = topology.referrers(resource.address).some(({ type }) => type === ALERT);
      const isGeneral = policies(topology).some((policy) =>
        /uptime_check|\$\{/.test(JSON.stringify(policy.block.conditions ?? "")),
      );
      if (!isTold && !isGeneral) blame("display_name", block.display_name);
    },
  }),
];
