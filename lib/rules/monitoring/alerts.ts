import { blockOf, blocksOf } from "../../topology/document";
import { isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { AGGREGATIONS } from "./alert-limits";
import { ALERT, monitoring, secondsOf } from "./monitoring-support";

const KINDS = [
  "condition_threshold",
  "condition_absent",
  "condition_matched_log",
  "condition_monitoring_query_language",
  "condition_prometheus_query_language",
  "condition_sql",
];
const ALONE = ["condition_matched_log", "condition_monitoring_query_language", "condition_sql"];

/** Alert policies. */
export const alertRules: readonly Rule[] = [
  blockRule(
    {
      id: "alert-condition-kind",
      title: "a condition is of exactly one kind",
      why: "The API rejects none and two.",
      fix: "keep one of condition_threshold, condition_absent, condition_matched_log, condition_prometheus_query_language",
      source: monitoring("Condition"),
    },
    ALERT,
    ["conditions"],
    (condition, blame) => {
      if (KINDS.some((kind) => isComputed(condition, kind))) return;
      const given = KINDS.filter((kind) => isSet(condition[kind]));
      if (given.length !== 1) blame(given[1] ?? "condition_threshold", given);
    },
  ),
  resourceRule(
    {
      id: "alert-condition-alone",
      title: "a log, MQL or SQL condition is the only one of its policy",
      why: "The API rejects others beside it.",
      fix: "make a policy for each",
      source: monitoring("AlertPolicy.conditions"),
    },
    ALERT,
    ({ values }, blame) => {
      const conditions = blocksOf(values.conditions);
      conditions.forEach((condition, index) => {
        const kind = ALONE.find((name) => isSet(condition[name]));
        if (kind && conditions.length > 1) blame(`conditions.${index}.${kind}`, conditions.length);
      });
    },
  ),
  resourceRule(
    {
      id: "alert-log-rate-limit",
      title: "a policy on log entries, and only such a policy, limits its notifications",
      why: "The API rejects a log condition without notification_rate_limit, and the limit on other policies.",
      fix: 'set alert_strategy.notification_rate_limit.period, such as "300s", on a log condition only',
      source: monitoring("AlertStrategy.notificationRateLimit"),
    },
    ALERT,
    ({ values }, blame) => {
      const conditions = blocksOf(values.conditions);
      const strategy = blockOf(values.alert_strategy);
      if (conditions.length === 0 || isComputed(values, "conditions") || isComputed(values, "alert_strategy")) return;
      if (strategy && isComputed(strategy, "notification_rate_limit")) return;
      const log = conditions.some((condition) => isSet(condition.condition_matched_log));
      if (log !== isSet(strategy?.notification_rate_limit))
        blame("alert_strategy.notification_rate_limit", strategy?.notification_rate_limit);
    },
  ),
  blockRule(
    {
      id: "alert-trigger",
      title: "a trigger is a count or a percentage",
      why: "The API takes one of the two.",
      fix: "keep count or percent",
      source: monitoring("Trigger"),
    },
    ALERT,
    ["conditions.condition_threshold.trigger", "conditions.condition_absent.trigger"],
    (trigger, blame) => {
      if ((numberOf(trigger.count) ?? 0) > 0 && (numberOf(trigger.percent) ?? 0) > 0) blame("percent", trigger.percent);
    },
  ),
  blockRule(
    {
      id: "alert-aligner",
      title: "a series is aligned before it is reduced, over a period",
      why: "The API rejects a cross_series_reducer without per_series_aligner, and an aligner without alignment_period.",
      fix: "set per_series_aligner and alignment_period",
      source: monitoring("Aggregation.crossSeriesReducer"),
    },
    ALERT,
    AGGREGATIONS,
    (aggregation, blame) => {
      const { cross_series_reducer: reducer, per_series_aligner: aligner, alignment_period: period } = aggregation;
      const reduces = isSet(reducer) && isKnown(reducer) && reducer !== "REDUCE_NONE";
      const aligns = isSet(aligner) && aligner !== "ALIGN_NONE";
      if (reduces && !aligns) blame("per_series_aligner", aligner, textOf(reducer));
      if (aligns && isKnown(aligner) && !isSet(period)) blame("alignment_period", undefined, textOf(aligner));
    },
  ),
  blockRule(
    {
      id: "alert-group-by",
      title: "group_by_fields go with a reducer",
      why: "They are ignored without cross_series_reducer.",
      fix: "set cross_series_reducer, or take group_by_fields away",
      source: monitoring("Aggregation.groupByFields"),
    },
    ALERT,
    AGGREGATIONS,
    (aggregation, blame) => {
      const reducer = aggregation.cross_series_reducer;
      if (isSet(aggregation.group_by_fields) && (!isSet(reducer) || reducer === "REDUCE_NONE"))
        blame("group_by_fields", aggregation.group_by_fields);
    },
  ),
  blockRule(
    {
      id: "alert-ratio",
      title: "both sides of a ratio are aligned over the same period",
      why: "The API rejects a ratio of different periods.",
      fix: "set the same alignment_period in aggregations and denominator_aggregations",
      source: monitoring("MetricThreshold.denominatorAggregations"),
    },
    ALERT,
    ["conditions.condition_threshold"],
    (condition, blame) => {
      if (!isSet(condition.denominator_filter)) {
        if (isSet(condition.denominator_aggregations) && !isComputed(condition, "denominator_filter"))
          blame("denominator_filter", undefined, "denominator_aggregations without a filter");
        return;
      }
      const above = secondsOf(blockOf(condition.aggregations)?.alignment_period);
      const below = secondsOf(blockOf(condition.denominator_aggregations)?.alignment_period);
      if (above !== undefined && below !== undefined && above !== below)
        blame("denominator_aggregations.alignment_period", `${below}s`, `${above}s above`);
    },
  ),
  resourceRule(
    {
      id: "alert-notifies",
      title: "an alert policy notifies somebody",
      severity: "warning",
      why: "Without notification_channels incidents are seen by those only who look. Not an error, because that may be enough.",
      fix: "add google_monitoring_notification_channel resources to notification_channels",
      source: monitoring("AlertPolicy.notificationChannels"),
    },
    ALERT,
    ({ values }, blame) => {
      if (!isSet(values.notification_channels)) blame("notification_channels", values.notification_channels);
    },
  ),
  resourceRule(
    {
      id: "alert-strategy-channel",
      title: "a channel strategy is for channels of the policy",
      severity: "warning",
      why: "It has no effect on others. Not an error, because it was not tried.",
      fix: "add the channel to notification_channels",
      source: monitoring("NotificationChannelStrategy.notificationChannelNames"),
    },
    ALERT,
    ({ values }, blame, { document }) => {
      const channels = values.notification_channels;
      if (!Array.isArray(channels)) return;
      const key = (value: unknown) => document.target(value)?.address ?? textOf(value);
      const known = channels.map(key);
      if (known.includes(undefined)) return;
      for (const strategy of blocksOf(blockOf(values.alert_strategy)?.notification_channel_strategy)) {
        const names = strategy.notification_channel_names;
        for (const name of Array.isArray(names) ? names : []) {
          const wanted = key(name);
          if (wanted !== undefined && !known.includes(wanted))
            blame("alert_strategy.notification_channel_strategy.notification_channel_names", name);
        }
      }
    },
  ),
];
