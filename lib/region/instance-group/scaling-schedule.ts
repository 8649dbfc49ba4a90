import type { ComputeRegionAutoscalerAutoscalingPolicyScalingSchedules } from "@cdktf/provider-google/lib/compute-region-autoscaler";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkInteger, checkPattern } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME } from "../../core/naming";
import { autoscaling } from "../../google/instance-group";
import { cronProblem, isTimeZone } from "../../language/cron";
import type { ScalingSchedule } from "./instance-group-options";

/** A schedule of the autoscaler's policy, checked. */
export function renderSchedule(
  where: IConstruct,
  schedule: ScalingSchedule,
  maxInstances: number,
): ComputeRegionAutoscalerAutoscalingPolicyScalingSchedules {
  const { name, cron, timeZone = "UTC", durationSeconds, minInstances, description, disabled = false } = schedule;
  const what = (field: string) => `scalingSchedules.${name}.${field}`;
  checkPattern(where, "scalingSchedules.name", name, COMPUTE_NAME.pattern, COMPUTE_NAME.allowed, "rename the schedule");
  const problem = Token.isUnresolved(cron) ? undefined : cronProblem(cron, true);
  if (problem !== undefined) {
    throw new ValidationError(where, {
      what: what("cron"),
      got: cron,
      allowed: `minute, hour, day of month, month, day of week and, optionally, year (${problem})`,
      fix: 'write for example "30 7 * * Mon-Fri"',
    });
  }
  if (!Token.isUnresolved(timeZone) && !isTimeZone(timeZone)) {
    throw new ValidationError(where, {
      what: what("timeZone"),
      got: timeZone,
      allowed: "a tz database name",
      fix: "use a name such as Europe/Berlin, not an offset such as +01:00",
    });
  }
  checkInteger(
    where,
    what("durationSeconds"),
    durationSeconds,
    autoscaling.scheduleDuration.min,
    365 * 86400,
    "give at least five minutes",
  );
  checkInteger(where, what("minInstances"), minInstances, 0, maxInstances, "raise maxInstances: it stays the limit");
  return {
    name,
    schedule: cron,
    timeZone,
    durationSec: durationSeconds,
    minRequiredReplicas: minInstances,
    description,
    disabled,
  };
}
