import type { ComputeBackendServiceLogConfig } from "@cdktf/provider-google/lib/compute-backend-service";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkAllowed } from "../core/checks";
import { ValidationError } from "../core/errors";
import { logSampleRate } from "../google/backend-service";
import { LogFields } from "./log-fields";

/** Always writes the mode: Terraform keeps the old one if it is left out. */
export function renderLogging(
  where: IConstruct,
  sampleRate: number = 1,
  fields?: LogFields,
): ComputeBackendServiceLogConfig {
  const isLate = Token.isUnresolved(sampleRate);
  checkAllowed(where, "logSampleRate", sampleRate, logSampleRate);
  if (!isLate && sampleRate === 0) {
    if (fields) {
      throw new ValidationError(where, {
        what: "logFields",
        got: "logFields with logSampleRate 0",
        allowed: "none where nothing is logged",
        fix: "remove logFields, or raise logSampleRate",
      });
    }
    return { enable: false };
  }
  return { enable: true, sampleRate, ...(fields ?? LogFields.none())._render(where) };
}
