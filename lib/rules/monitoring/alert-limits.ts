import { numberOf } from "../../topology/value";
import { type Allowed, integer, items, length, limit, matching, number, oneOf, seconds } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isSet, limitAt } from "../places";
import { ALERT, monitoring, multipleOf, USER_LABELS } from "./monitoring-support";

const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";
export const METRIC_CONDITIONS = ["conditions.condition_threshold", "conditions.condition_absent"];
export const AGGREGATIONS = [
  ...METRIC_CONDITIONS.map((place) => `${place}.aggregations`),
  "conditions.condition_threshold.denominator_aggregations",
];
const TRIGGERS = [...METRIC_CONDITIONS, "conditions.condition_monitoring_query_language"].map((at) => `${at}.trigger`);
const NOT_SLO = /^\s*select_slo_/;

const METRIC_FILTER: Allowed = {
  text: "a filter that names metric.type and resource.type",
  holds: (value) => {
    const filter = String(value);
    return NOT_SLO.test(filter) || (/\bmetric\.type\b/.test(filter) && /\b(resource\.type|group\.id)\b/.test(filter));
  },
};

/** What single attributes of alert policies may be. */
export const alertLimits: readonly Rule[] = [
  limit(
    "alert-name",
    ALERT,
    "display_name",
    length(1, 512),
    "give at most 512 characters",
    monitoring("AlertPolicy.displayName"),
  ),
  limit(
    "alert-conditions",
    ALERT,
    "conditions",
    items(1, 6),
    "give 1 to 6 conditions",
    monitoring("AlertPolicy.conditions"),
  ),
  limit(
    "alert-combiner",
    ALERT,
    "combiner",
    oneOf("AND", "OR", "AND_WITH_MATCHING_RESOURCE"),
    "use OR or AND",
    PROVIDER,
  ),
  limit(
    "alert-severity",
    ALERT,
    "severity",
    oneOf("CRITICAL", "ERROR", "WARNING", ""),
    "use CRITICAL, ERROR or WARNING",
    PROVIDER,
  ),
  limit(
    "alert-labels",
    ALERT,
    "user_labels",
    USER_LABELS,
    "use lower-case labels",
    monitoring("AlertPolicy.userLabels"),
  ),
  limit(
    "alert-threshold-duration",
    ALERT,
    "conditions.condition_threshold.duration",
    multipleOf(60, 0),
    "give whole minutes in seconds",
    monitoring("MetricThreshold.duration"),
  ),
  limit(
    "alert-query-duration",
    ALERT,
    "conditions.condition_monitoring_query_language.duration",
    multipleOf(60, 0),
    "give whole minutes in seconds",
    monitoring("MonitoringQueryLanguageCondition.duration"),
  ),
  limit(
    "alert-absence-duration",
    ALERT,
    "conditions.condition_absent.duration",
    multipleOf(60, 120),
    "give at least 120s, in whole minutes",
    monitoring("MetricAbsence.duration"),
  ),
  limit(
    "alert-comparison",
    ALERT,
    "conditions.condition_threshold.comparison",
    oneOf("COMPARISON_GT", "COMPARISON_LT"),
    "use COMPARISON_GT or COMPARISON_LT",
    monitoring("MetricThreshold.comparison"),
  ),
  limitAt(
    "alert-filter",
    ALERT,
    METRIC_CONDITIONS,
    "filter",
    METRIC_FILTER,
    'add resource.type = "…" and metric.type = "…" to the filter',
    monitoring("MetricThreshold.filter"),
  ),
  limitAt(
    "alert-filter-length",
    ALERT,
    METRIC_CONDITIONS,
    "filter",
    length(1, 2048),
    "shorten the filter",
    monitoring("MetricThreshold.filter"),
  ),
  limit(
    "alert-denominator-filter",
    ALERT,
    "conditions.condition_threshold.denominator_filter",
    {
      text: "a filter of at most 2048 characters that names metric.type",
      holds: (value) => String(value).length <= 2048 && /\bmetric\.type\b/.test(String(value)),
    },
    'add metric.type = "…" to the filter',
    monitoring("MetricThreshold.denominatorFilter"),
  ),
  limitAt(
    "alert-alignment",
    ALERT,
    AGGREGATIONS,
    "alignment_period",
    seconds(60, 90000),
    "give 60 seconds to 25 hours",
    monitoring("Aggregation.alignmentPeriod"),
  ),
  limitAt(
    "alert-trigger-percent",
    ALERT,
    TRIGGERS,
    "percent",
    number(0, 100),
    "give 0 to 100",
    monitoring("Trigger.percent"),
  ),
  limitAt("alert-trigger-count", ALERT, TRIGGERS, "count", integer(1), "give at least 1", monitoring("Trigger.count")),
  limit(
    "alert-forecast",
    ALERT,
    "conditions.condition_threshold.forecast_options.forecast_horizon",
    seconds(3600, 216000),
    "give 1 to 60 hours, in seconds",
    monitoring("ForecastOptions.forecastHorizon"),
  ),
  limit(
    "alert-prometheus-interval",
    ALERT,
    "conditions.condition_prometheus_query_language.evaluation_interval",
    multipleOf(30, 30),
    "give a multiple of 30 seconds",
    monitoring("PrometheusQueryLanguageCondition.evaluationInterval"),
  ),
  limit(
    "alert-prometheus-duration",
    ALERT,
    "conditions.condition_prometheus_query_language.duration",
    seconds(0, Number.MAX_VALUE),
    "write seconds with an s at the end",
    monitoring("PrometheusQueryLanguageCondition.duration"),
  ),
  limit(
    "alert-prometheus-query",
    ALERT,
    "conditions.condition_prometheus_query_language.query",
    matching(/\S/, "a PromQL expression"),
    "write the query",
    monitoring("PrometheusQueryLanguageCondition.query"),
  ),
  limit(
    "alert-sql-minutes",
    ALERT,
    "conditions.condition_sql.minutes.periodicity",
    integer(5, 1440),
    "give 5 to 1440 minutes",
    monitoring("Minutes.periodicity"),
  ),
  limit(
    "alert-sql-hours",
    ALERT,
    "conditions.condition_sql.hourly.periodicity",
    integer(1, 48),
    "give 1 to 48 hours",
    monitoring("Hourly.periodicity"),
  ),
  limit(
    "alert-sql-offset",
    ALERT,
    "conditions.condition_sql.hourly.minute_offset",
    integer(0, 59),
    "give 0 to 59 minutes",
    monitoring("Hourly.minuteOffset"),
  ),
  limit(
    "alert-sql-days",
    ALERT,
    "conditions.condition_sql.daily.periodicity",
    integer(1, 31),
    "give 1 to 31 days",
    monitoring("Daily.periodicity"),
  ),
  limit(
    "alert-missing-data",
    ALERT,
    "conditions.condition_threshold.duration",
    {
      text: "at least 60s with evaluation_missing_data",
      holds: (value) => (numberOf(String(value).replace(/s$/, "")) ?? 60) >= 60,
    },
    "set duration to 60s or more, or take evaluation_missing_data away",
    monitoring("MetricThreshold.evaluationMissingData"),
    { when: ({ evaluation_missing_data: missing }) => isSet(missing) && missing !== "" },
  ),
];
