import { textOf } from "../../topology/value";
import type { Allowed } from "../limit";

export const UPTIME = "google_monitoring_uptime_check_config";
export const ALERT = "google_monitoring_alert_policy";
export const SLO = "google_monitoring_slo";
export const CHANNEL = "google_monitoring_notification_channel";
export const DASHBOARD = "google_monitoring_dashboard";
export const LOG_METRIC = "google_logging_metric";
export const SINK = "google_logging_project_sink";

export function monitoring(field: string): string {
  return `Cloud Monitoring API v3, ${field}, read 2026-11-22`;
}

export function logging(field: string): string {
  return `Cloud Logging API v2, ${field}, read 2026-11-22`;
}

/** The seconds of a text like `60s`. */
export function secondsOf(value: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)s$/.exec(textOf(value) ?? "");
  return match ? Number(match[1]) : undefined;
}

/** A duration that is a multiple of something. */
export function multipleOf(step: number, min: number, max = Number.MAX_VALUE): Allowed {
  return {
    text: `a multiple of ${step} seconds from ${min}, written like "${Math.max(min, step)}s"`,
    holds: (value) => {
      const given = secondsOf(value);
      return given !== undefined && given >= min && given <= max && given % step === 0;
    },
  };
}

/** Labels as Cloud Monitoring wants them: at most 64, lower case. */
export const USER_LABELS: Allowed = {
  text: "at most 64 entries of lower-case letters, digits, dashes and underscores, up to 63 characters, keys with a letter first",
  shape: true,
  holds: (value) =>
    typeof value !== "object" ||
    value === null ||
    (Object.keys(value).length <= 64 &&
      Object.entries(value).every(([key, text]) => {
        const known = textOf(text);
        return (
          /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\d_-]{0,62}$/u.test(key) &&
          (known === undefined || /^[\p{Ll}\p{Lo}\d_-]{0,63}$/u.test(known))
        );
      })),
};

/** A text whose encoding is limited. */
export function bytes(max: number): Allowed {
  return { text: `at most ${max} bytes`, holds: (value) => Buffer.byteLength(String(value)) <= max };
}
