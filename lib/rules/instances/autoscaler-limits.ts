import { cronProblem, isTimeZone } from "../../language/cron";
import { numberOf } from "../../topology/value";
import { type Allowed, integer, items, limit, number, oneOf } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { limitAt } from "../places";

export const AUTOSCALERS = "google_compute_region_autoscaler|google_compute_autoscaler";
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";
const SHARE: Allowed = {
  text: "above 0 and at most 1",
  holds: (value) => (numberOf(value) ?? 0) > 0 && (numberOf(value) ?? 2) <= 1,
};

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

const POLICY = "autoscaling_policy";

/** What single attributes of autoscalers may be. */
export const autoscalerLimits: readonly Rule[] = [
  limit(
    "autoscaler-max",
    AUTOSCALERS,
    `${POLICY}.max_replicas`,
    integer(1),
    "give at least 1",
    api("AutoscalingPolicy.maxNumReplicas"),
  ),
  limit(
    "autoscaler-min",
    AUTOSCALERS,
    `${POLICY}.min_replicas`,
    integer(0),
    "give at least 0",
    api("AutoscalingPolicy.minNumReplicas"),
  ),
  limit(
    "autoscaler-cooldown",
    AUTOSCALERS,
    `${POLICY}.cooldown_period`,
    integer(0),
    "give the seconds that an instance takes until it serves",
    api("AutoscalingPolicy.coolDownPeriodSec"),
  ),
  limit(
    "autoscaler-mode",
    AUTOSCALERS,
    `${POLICY}.mode`,
    oneOf("ON", "OFF", "ONLY_UP", "ONLY_SCALE_OUT"),
    "use ON, ONLY_SCALE_OUT or OFF",
    api("AutoscalingPolicy.mode"),
  ),
  limitAt(
    "autoscaler-utilization",
    AUTOSCALERS,
    [`${POLICY}.cpu_utilization`],
    "target",
    SHARE,
    "give a share such as 0.6",
    api("AutoscalingPolicyCpuUtilization.utilizationTarget"),
  ),
  limitAt(
    "autoscaler-load",
    AUTOSCALERS,
    [`${POLICY}.load_balancing_utilization`],
    "target",
    number(Number.MIN_VALUE, Number.MAX_VALUE),
    "give a share of the backend's capacity, such as 0.8",
    "Compute API v1, AutoscalingPolicyLoadBalancingUtilization.utilizationTarget, read 2026-11-22",
  ),
  limit(
    "autoscaler-predictive",
    AUTOSCALERS,
    `${POLICY}.cpu_utilization.predictive_method`,
    oneOf("NONE", "OPTIMIZE_AVAILABILITY"),
    "use NONE or OPTIMIZE_AVAILABILITY",
    api("AutoscalingPolicyCpuUtilization.predictiveMethod"),
  ),
  limit(
    "autoscaler-metric-target",
    AUTOSCALERS,
    `${POLICY}.metric.target`,
    number(Number.MIN_VALUE, Number.MAX_VALUE),
    "give a target above 0",
    api("AutoscalingPolicyCustomMetricUtilization.utilizationTarget"),
  ),
  limit(
    "autoscaler-metric-type",
    AUTOSCALERS,
    `${POLICY}.metric.type`,
    oneOf("GAUGE", "DELTA_PER_SECOND", "DELTA_PER_MINUTE", ""),
    "use GAUGE, DELTA_PER_SECOND or DELTA_PER_MINUTE",
    PROVIDER,
  ),
  limit(
    "autoscaler-metric-filter",
    AUTOSCALERS,
    `${POLICY}.metric.filter`,
    {
      text: "selectors joined by AND, each compared by =",
      holds: (value) => {
        const bare = String(value).replace(/"(\\.|[^"\\])*"/g, '""');
        return !/\bOR\b|\bNOT\b|!=|<|>|:|\bhas_|\bstarts_with|\bends_with|\bone_of|\bmonitoring\./.test(bare);
      },
    },
    "compare by = only and join by AND",
    api("AutoscalingPolicyCustomMetricUtilization.filter"),
  ),
  limit(
    "autoscaler-scale-in-percent",
    AUTOSCALERS,
    `${POLICY}.scale_in_control.max_scaled_in_replicas.percent`,
    integer(0, 100),
    "give 0 to 100",
    api("AutoscalingPolicyScaleInControl.maxScaledInReplicas"),
  ),
  limit(
    "autoscaler-scale-in-window",
    AUTOSCALERS,
    `${POLICY}.scale_in_control.time_window_sec`,
    integer(60, 3600),
    "give 60 to 3600 seconds",
    "docs.cloud.google.com/compute/docs/autoscaler/understanding-autoscaler-decisions, from general knowledge, 2026-11",
    { severity: "warning", why: "The window is said to be at most an hour; the API's description gives no number." },
  ),
  limit(
    "autoscaler-schedules",
    AUTOSCALERS,
    `${POLICY}.scaling_schedules`,
    items(0, 128),
    "keep at most 128 schedules",
    api("AutoscalingPolicy.scalingSchedules"),
  ),
  limit(
    "autoscaler-schedule-duration",
    AUTOSCALERS,
    `${POLICY}.scaling_schedules.duration_sec`,
    integer(300),
    "let the schedule last at least 300 seconds",
    api("AutoscalingPolicyScalingSchedule.durationSec"),
  ),
  limit(
    "autoscaler-schedule-cron",
    AUTOSCALERS,
    `${POLICY}.scaling_schedules.schedule`,
    {
      text: "a crontab schedule, with an optional year",
      holds: (value) => cronProblem(String(value), true) === undefined,
    },
    "give minute, hour, day of month, month and day of week",
    api("AutoscalingPolicyScalingSchedule.schedule"),
  ),
  limit(
    "autoscaler-schedule-zone",
    AUTOSCALERS,
    `${POLICY}.scaling_schedules.time_zone`,
    { text: "a name of the tz database", holds: (value) => isTimeZone(String(value)) },
    "give a name such as Europe/Berlin",
    api("AutoscalingPolicyScalingSchedule.timeZone"),
  ),
];
