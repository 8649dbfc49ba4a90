import type { MonitoringAlertPolicyConditions } from "@cdktf/provider-google/lib/monitoring-alert-policy";
import { Lazy } from "cdktf";
import { rounded, type Slo, type SloPlace } from "./slo";

/**
 * The windows that page, of a budget for 30 days: 2 % of it burned in an hour, 5 % in six. The
 * short window, a twelfth of the long, ends the alert soon after the trouble ends
 * (sre.google/workbook/alerting-on-slos, multiwindow alerts; quoted on 2026-11-28).
 */
const WINDOWS = [
  { speed: "fast", long: "1h", short: "5m", rate: 14.4 },
  { speed: "slow", long: "6h", short: "30m", rate: 6 },
];

/** A lax goal leaves so much budget that no share of failures would burn it at the rate above. */
const HIGHEST_SHARE = 0.9;

/** One condition for each window. */
export function burnConditions(slo: Slo, place: SloPlace): MonitoringAlertPolicyConditions[] {
  const { goal, isAbove, isEnough } = slo._indicator;
  return WINDOWS.map(({ speed, long, short, rate }) => {
    const share = rounded(Math.min(rate * (1 - goal), HIGHEST_SHARE));
    const queries = () => [isAbove(share, place, long), isAbove(share, place, short), isEnough(place, long)];
    // Which services there are is known at the end.
    const produce = () =>
      queries()
        .map((each) => `(${each})`)
        .join(" and ");
    return {
      displayName: `${speed} burn: ${rate} times the budget over ${long} and ${short}`,
      conditionPrometheusQueryLanguage: {
        query: Lazy.stringValue({ produce }),
        duration: "0s",
        evaluationInterval: "60s",
        // A new project has no requests yet, and Monitoring would refuse the policy.
        disableMetricValidation: true,
      },
    };
  });
}
