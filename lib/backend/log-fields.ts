import type { ComputeBackendServiceLogConfig } from "@cdktf/provider-google/lib/compute-backend-service";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";

const FIELD = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/**
 * Optional fields of the load balancer's request logs; required ones are always present
 * (docs.cloud.google.com/load-balancing/docs/https/https-logging-monitoring, read 2026-11-22). More
 * fields increase the log volume.
 */
@checked
export class LogFields {
  /** Every optional field, including those that Google adds later. */
  public static all(): LogFields {
    return new LogFields("INCLUDE_ALL_OPTIONAL");
  }

  /** No optional field. */
  public static none(): LogFields {
    return new LogFields("EXCLUDE_ALL_OPTIONAL");
  }

  /** These optional fields: `["tls.protocol", "tls.cipher"]`. */
  public static listed(fields: string[]): LogFields {
    return new LogFields("CUSTOM", fields);
  }

  private constructor(
    private readonly mode: "INCLUDE_ALL_OPTIONAL" | "EXCLUDE_ALL_OPTIONAL" | "CUSTOM",
    private readonly fields?: string[],
  ) {}

  /** @internal */
  public _render(where: IConstruct): Pick<ComputeBackendServiceLogConfig, "optionalMode" | "optionalFields"> {
    if (this.fields) {
      const wrong = this.fields.find((field) => !Token.isUnresolved(field) && !FIELD.test(field));
      if (this.fields.length === 0 || wrong !== undefined) {
        throw new ValidationError(where, {
          what: "logFields",
          got: wrong ?? [],
          allowed: "at least one field name such as tls.protocol",
          fix: "use LogFields.none() for no optional field, LogFields.all() for all",
        });
      }
      checkUnique(where, "logFields", this.fields, "name each field once");
    }
    return { optionalMode: this.mode, optionalFields: this.fields };
  }
}
