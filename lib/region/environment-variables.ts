import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkAllowed, checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { environmentValue, portableName } from "../google/cloud-run";
import type { ISecret } from "../project/secret";

/** What a platform reserves, and the alternatives. */
export interface EnvironmentLimits {
  readonly reserved: readonly string[];
  /** Ends the sentence `any except PORT, …`. */
  readonly because: string;
  /** The fix for a value that is too long. */
  readonly tooLong: string;
}

/** Throws for environment variables that would not reach the container unchanged. */
export function checkEnvironmentVariables(
  where: IConstruct,
  props: { readonly env?: { [name: string]: string }; readonly secretEnv?: { [name: string]: ISecret } },
  limits: EnvironmentLimits,
): void {
  const plain = Object.keys(props.env ?? {});
  const secret = Object.keys(props.secretEnv ?? {});
  for (const name of [...plain, ...secret]) {
    checkAllowed(where, "environment variable", name, portableName, "rename it");
    if (limits.reserved.includes(name)) {
      throw new ValidationError(where, {
        what: "environment variable",
        got: name,
        allowed: `any except ${limits.reserved.join(", ")}, ${limits.because}`,
        fix: name === "PORT" ? "set the prop `port` instead" : "rename it",
      });
    }
  }
  checkUnique(where, "environment variable", [...plain, ...secret], "set it in env or in secretEnv, not in both");
  for (const [name, value] of Object.entries(props.env ?? {})) {
    if (!Token.isUnresolved(value) && !environmentValue.holds(value)) {
      throw new ValidationError(where, {
        what: `environment variable ${name}`,
        got: `${Buffer.byteLength(value)} bytes`,
        allowed: environmentValue.text,
        fix: limits.tooLong,
      });
    }
  }
}
