import type { IConstruct } from "constructs";
import { checkPattern } from "../../core/checks";

/** Throws for what is no name of a custom metric (Compute API v1, BackendCustomMetric.name, read 2026-11-22). */
export function checkMetricName(where: IConstruct, name: string): void {
  checkPattern(
    where,
    "custom metric",
    name,
    /^[a-z]([-_.a-z0-9]{0,62}[a-z0-9])?$/,
    "1 to 64 lower-case letters, digits, dashes, dots and underscores, a letter first, no sign last",
    "rename the metric",
  );
}
