import { blocksOf } from "../../topology/document";
import { booleanOf, isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import { integer, items, limit, matching, number, oneOf, seconds } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet, limitAt } from "../places";
import { resourceRule } from "../resource-rule";
import { monitoring, SLO, secondsOf, USER_LABELS } from "./monitoring-support";

const SERVICES = "google_monitoring_service|google_monitoring_custom_service";
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";
const GOAL =
  "google_monitoring_slo, provider code 7.45.0, validateMonitoringSloGoal; checked here before Terraform runs";
const ID = matching(/^[a-zA-Z0-9\-_:.]+$/, "letters, digits, dashes, underscores, colons and dots");
const INDICATORS = ["basic_sli", "request_based_sli", "windows_based_sli"];
const RATIOS = [
  "request_based_sli.good_total_ratio",
  "windows_based_sli.good_total_ratio_threshold.performance.good_total_ratio",
];
const CUTS = [
  "request_based_sli.distribution_cut",
  "windows_based_sli.good_total_ratio_threshold.performance.distribution_cut",
];
const BASIC = ["basic_sli", "windows_based_sli.good_total_ratio_threshold.basic_sli_performance"];
const RANGES = [...CUTS, "windows_based_sli.metric_mean_in_range", "windows_based_sli.metric_sum_in_range"];
/** Labels that a service of a type is found by. */
const SERVICE_LABELS: Readonly<Record<string, readonly string[]>> = {
  CLOUD_RUN: ["service_name", "location"],
  APP_ENGINE: ["module_id"],
  CLOUD_ENDPOINTS: ["service"],
};

/** Service level objectives, and the services they are for. */
export const sloRules: readonly Rule[] = [
  limit("slo-goal", SLO, "goal", number(Number.MIN_VALUE, 0.9999), "give a share such as 0.999, at most 0.9999", GOAL),
  limit(
    "slo-calendar",
    SLO,
    "calendar_period",
    oneOf("DAY", "WEEK", "FORTNIGHT", "MONTH", ""),
    "use DAY, WEEK, FORTNIGHT or MONTH",
    monitoring("ServiceLevelObjective.calendarPeriod"),
  ),
  limit(
    "slo-rolling",
    SLO,
    "rolling_period_days",
    integer(1, 30),
    "give 1 to 30 days",
    monitoring("ServiceLevelObjective.rollingPeriod"),
  ),
  limit("slo-id", SLO, "slo_id", ID, "rename it", PROVIDER),
  limit("slo-service-id", SERVICES, "service_id", ID, "rename it", PROVIDER),
  limit(
    "slo-labels",
    `${SLO}|${SERVICES}`,
    "user_labels",
    USER_LABELS,
    "use lower-case labels",
    monitoring("ServiceLevelObjective.userLabels"),
  ),
  limit(
    "slo-window",
    SLO,
    "windows_based_sli.window_period",
    {
      text: "at least 60 seconds, and a whole fraction of a day",
      holds: (value) => {
        const window = secondsOf(value);
        return window !== undefined && window >= 60 && 86400 % window === 0;
      },
    },
    'give a fraction of a day such as "300s"',
    monitoring("WindowsBasedSli.windowPeriod"),
  ),
  limit(
    "slo-window-threshold",
    SLO,
    "windows_based_sli.good_total_ratio_threshold.threshold",
    number(0, 1),
    "give a share from 0 to 1",
    "Cloud Monitoring API v3, PerformanceThreshold.threshold, read 2026-11-22",
  ),
  limitAt(
    "slo-latency",
    SLO,
    BASIC.map((place) => `${place}.latency`),
    "threshold",
    seconds(Number.MIN_VALUE, Number.MAX_VALUE),
    "write seconds with an s at the end",
    "Cloud Monitoring API v3, LatencyCriteria.threshold, read 2026-11-22",
  ),
  limitAt(
    "slo-availability",
    SLO,
    BASIC.map((place) => `${place}.availability`),
    "enabled",
    oneOf(true, "true"),
    "set it to true, or use latency",
    "google_monitoring_slo, provider code 7.45.0, validateAvailabilitySli; checked here before Terraform runs",
  ),
  limit("slo-basic-blocks", SLO, "basic_sli", items(0, 1), "keep one basic_sli", PROVIDER),
  resourceRule(
    {
      id: "slo-period",
      title: "an objective is for a calendar period or a rolling one",
      why: "The provider refuses none and two.",
      fix: "keep rolling_period_days or calendar_period",
      source: monitoring("ServiceLevelObjective.rollingPeriod"),
    },
    SLO,
    ({ values }, blame) => {
      if (isSet(values.calendar_period) === isSet(values.rolling_period_days))
        blame("rolling_period_days", values.rolling_period_days);
    },
  ),
  resourceRule(
    {
      id: "slo-indicator",
      title: "an objective has one indicator",
      why: "The provider refuses none and two.",
      fix: "keep one of basic_sli, request_based_sli, windows_based_sli",
      source: monitoring("ServiceLevelObjective.serviceLevelIndicator"),
    },
    SLO,
    ({ values }, blame) => {
      if (INDICATORS.some((name) => isComputed(values, name))) return;
      const given = INDICATORS.filter((name) => isSet(values[name]));
      if (given.length !== 1) blame(given[1] ?? "request_based_sli", given);
    },
  ),
  blockRule(
    {
      id: "slo-ratio",
      title: "a ratio has exactly two of good, bad and total",
      why: "The API works out the third, and rejects one or three.",
      fix: "give good_service_filter and total_service_filter",
      source: monitoring("TimeSeriesRatio"),
    },
    SLO,
    RATIOS,
    (ratio, blame) => {
      const names = ["good_service_filter", "bad_service_filter", "total_service_filter"];
      const given = names.filter((name) => isSet(ratio[name]));
      if (given.length !== 2) blame(given.length === 3 ? "bad_service_filter" : "total_service_filter", given);
    },
  ),
  blockRule(
    {
      id: "slo-filters",
      title: "the filters of an indicator name a metric",
      why: "The API rejects a filter without metric.type.",
      fix: 'add metric.type = "…" to the filter',
      source: monitoring("TimeSeriesRatio.goodServiceFilter"),
    },
    SLO,
    [...RATIOS, ...CUTS],
    (block, blame) => {
      for (const name of ["good_service_filter", "bad_service_filter", "total_service_filter", "distribution_filter"]) {
        const filter = textOf(block[name]);
        if (filter !== undefined && filter !== "" && !/\bmetric\.type\b/.test(filter)) blame(name, filter);
      }
    },
  ),
  blockRule(
    {
      id: "slo-range",
      title: "a range begins below its end",
      why: "Nothing is in it otherwise, and the objective is never met.",
      fix: "make range.min less than range.max",
      source: "Cloud Monitoring API v3, GoogleMonitoringV3Range, read 2026-11-22",
    },
    SLO,
    RANGES,
    (block, blame) => {
      for (const range of blocksOf(block.range)) {
        const [min, max] = [numberOf(range.min), numberOf(range.max)];
        if (min !== undefined && max !== undefined && min >= max) blame("range.min", min, `max ${max}`);
        if (!isSet(range.min) && !isSet(range.max)) blame("range", range);
      }
    },
  ),
  blockRule(
    {
      id: "slo-basic",
      title: "a basic indicator is of availability or of latency",
      why: "The provider refuses none and two.",
      fix: "keep availability or latency",
      source: PROVIDER,
    },
    SLO,
    BASIC,
    (basic, blame) => {
      if (isComputed(basic, "latency") || isComputed(basic, "availability")) return;
      if (isSet(basic.availability) === isSet(basic.latency)) blame("latency", basic.latency);
    },
  ),
  resourceRule(
    {
      id: "slo-basic-service",
      title: "a basic indicator is of a service that Google knows",
      why: "A custom service has no metrics of its own: the API rejects basic_sli.",
      fix: "use request_based_sli, or google_monitoring_service with basic_service",
      source: monitoring("BasicSli"),
    },
    SLO,
    ({ values }, blame, { document }) => {
      const service = document.target(values.service);
      if (isSet(values.basic_sli) && service?.type === "google_monitoring_custom_service" && !service.isData)
        blame("basic_sli", service.address);
    },
  ),
  resourceRule(
    {
      id: "slo-service-labels",
      title: "a basic service has the labels of its type",
      why: "The API finds the service by them, and rejects it without.",
      fix: "for CLOUD_RUN set service_labels.service_name and service_labels.location",
      source: "docs.cloud.google.com/stackdriver/docs/solutions/slo-monitoring/api/api-structures, as of 2026-11",
    },
    "google_monitoring_service",
    ({ values }, blame) => {
      for (const basic of blocksOf(values.basic_service)) {
        const labels = basic.service_labels;
        const needed = SERVICE_LABELS[textOf(basic.service_type) ?? ""];
        if (!needed || !isKnown(typeof labels === "string" ? labels : "")) continue;
        const given = Object.keys(typeof labels === "object" && labels !== null ? labels : {});
        const missing = needed.filter((name) => !given.includes(name));
        if (missing.length > 0) blame(`basic_service.service_labels.${missing[0]}`, undefined);
      }
    },
  ),
  blockRule(
    {
      id: "slo-window-kind",
      title: "a window is judged in one way",
      why: "The provider refuses none and two.",
      fix: "keep one of good_bad_metric_filter, good_total_ratio_threshold, metric_mean_in_range, metric_sum_in_range",
      source: PROVIDER,
    },
    SLO,
    ["windows_based_sli"],
    (windows, blame) => {
      const names = [
        "good_bad_metric_filter",
        "good_total_ratio_threshold",
        "metric_mean_in_range",
        "metric_sum_in_range",
      ];
      if (names.some((name) => isComputed(windows, name)) || booleanOf(windows.enabled) === false) return;
      const given = names.filter((name) => isSet(windows[name]));
      if (given.length !== 1) blame(given[1] ?? names[0]!, given);
    },
  ),
];
