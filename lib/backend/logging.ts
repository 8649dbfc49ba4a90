import type { ComputeBackendServiceLogConfig } from "@cdktf/provider-google/lib/compute-backend-service";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import { LogFields } from "./log-fields";

/** The logging of a backend service. The mode is always written out: Terraform keeps the old one when it is left out. */
export function renderLogging(
  where: IConstruct,
  sampleRate: number = 1,
  fields?: LogFields,
): ComputeBackendServiceLogConfig {
  const isLate = Token.isUnresolved(sampleRate);
  if (!isLate && !(sampleRate >= 0 && sampleRate <= 1)) {
    throw new ValidationError(where, {
      what: "logSampleRate",
      got: sampleRate,
      allowed: "0 to 1",
      fix: "give the share, not the percentage",
    });
  }
  if (!isLate && sampleRate === 0) {
    if (fields) {
      throw new ValidationError(where, {
        what: "logFields",
        got: "logFields with logSampleRate 0",
        allowed: "none where nothing is logged",
        fix: "take logFields away, or raise logSampleRate",
      });
    }
    return { enable: false };
  }
  return { enable: true, sampleRate, ...(fields ?? LogFields.none())._render(where) };
}
