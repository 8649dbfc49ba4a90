import { createHash } from "node:crypto";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { RFC1035 } from "../google/formats";
import { checkPattern } from "./checks";
import { ValidationError } from "./errors";

/** Limits and alphabets of the names that Google Cloud checks only at apply. */
export interface NameRule {
  readonly kind: string;
  readonly maxLength: number;
  readonly pattern: RegExp;
  readonly allowed: string;
}

/** RFC 1035: Compute Engine, Certificate Manager, Artifact Registry (read 2026-11-22). */
export const COMPUTE_NAME: NameRule = {
  kind: "name",
  maxLength: 63,
  pattern: RFC1035.pattern,
  allowed: RFC1035.text,
};

/** Cloud Run services: 49 characters, because the revision suffix must fit in 63. */
export const CLOUD_RUN_NAME: NameRule = {
  kind: "service name",
  maxLength: 49,
  pattern: /^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$/,
  allowed: "1 to 49 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen",
};

/** Service accounts: the part before the `@`. */
export const SERVICE_ACCOUNT_NAME: NameRule = {
  kind: "account ID",
  maxLength: 30,
  pattern: /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/,
  allowed: "6 to 30 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen",
};

const HASH_LENGTH = 6;

/**
 * A name that is the same on every machine and unique per construct path: the readable path,
 * truncated if too long, and a hash of the whole path and of `forcedInputs`, the inputs whose
 * change forces replacement.
 *
 * With `create_before_destroy` the old and new object exist side by side, so the name must change
 * with those inputs and no others.
 */
export function generatedName(
  construct: IConstruct,
  rule: Pick<NameRule, "maxLength">,
  forcedInputs: readonly string[] = [],
): string {
  for (const input of forcedInputs) {
    if (Token.isUnresolved(input)) {
      throw new ValidationError(construct, {
        what: "name",
        got: input,
        allowed: "literal inputs, because the name contains their hash",
        fix: "pass the literal value instead of a reference to another resource's attribute",
      });
    }
  }
  const segments = construct.node.path.split("/").filter((segment) => segment !== "Resource" && segment !== "");
  return hashedSlug(segments.join("-"), rule.maxLength, [construct.node.path, ...forcedInputs]);
}

/** The letters and digits of a text, truncated if too long, and a hash that keeps names unique. */
export function hashedSlug(text: string, maxLength: number, hashed: readonly string[] = [text]): string {
  const readable = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, maxLength - HASH_LENGTH - 1)
    .replace(/-+$/, "");
  return `${readable || "x"}-${hash(hashed)}`;
}

/** The user's own name, checked, or a generated one. */
export function chosenName(construct: IConstruct, rule: NameRule, given: string | undefined): string {
  if (given === undefined) return generatedName(construct, rule);
  checkPattern(
    construct,
    rule.kind,
    given,
    rule.pattern,
    rule.allowed,
    "shorten or respell it, or leave it out to have one generated",
  );
  return given;
}

function hash(parts: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest();
  return [...digest.subarray(0, HASH_LENGTH)].map((byte) => (byte % 36).toString(36)).join("");
}
