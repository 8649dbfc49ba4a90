import type { OldRule as Rule } from "../old-rule";
import { alertLimits } from "./alert-limits";
import { alertNoticeLimits } from "./alert-notice-limits";
import { alertRules } from "./alerts";
import { channelRules } from "./channels";
import { dashboardRules } from "./dashboard";
import { logRules } from "./logs";
import { sloRules } from "./slo";
import { uptimeRules } from "./uptime";

/** Uptime checks, alert policies, notification channels, objectives, dashboards, log metrics and sinks. */
export const monitoringRules: readonly Rule[] = [
  ...uptimeRules,
  ...alertLimits,
  ...alertNoticeLimits,
  ...alertRules,
  ...channelRules,
  ...sloRules,
  ...dashboardRules,
  ...logRules,
];
