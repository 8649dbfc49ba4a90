import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { Limit, Limits } from "../google/limit";
import { ValidationError } from "./errors";

/** Throws unless `value` is an integer within the limits; unset and unresolved values pass. */
export function checkInteger(
  where: IConstruct,
  what: string,
  value: number | undefined,
  min: number,
  max: number,
  fix: string,
): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ValidationError(where, { what, got: value, allowed: `a whole number from ${min} to ${max}`, fix });
  }
}

/** Throws unless a number is within a Google Cloud limit; unset and unresolved values pass. */
export function checkWithin(
  where: IConstruct,
  what: string,
  value: number | undefined,
  limit: Limit,
  fix = limit.fixText,
): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (value >= limit.min && value <= limit.max && (limit.holds(value) || limit.holds(`${value}s`))) return;
  throw new ValidationError(where, { what, got: value, allowed: limit.text.replace(/, written like .*/, ""), fix });
}

/** Throws unless Google Cloud allows the value; unset and unresolved values pass. */
export function checkAllowed(where: IConstruct, what: string, value: unknown, limit: Limit, fix = limit.fixText): void {
  if (value === undefined || Token.isUnresolved(value) || limit.holds(value)) return;
  throw new ValidationError(where, { what, got: value, allowed: limit.text, fix });
}

/** Throws unless every value of a Terraform block is within the unconditional limits of a table. */
export function checkLimits(where: IConstruct, what: string, block: unknown, limits: Limits): void {
  for (const [path, rows] of Object.entries(limits)) {
    for (const limit of [rows].flat().filter(({ conditions }) => !conditions)) {
      const each = path.endsWith("[]");
      for (const { at, value } of valuesAt(block, path.replace("[]", "").split("."), each))
        if (value !== "") checkAllowed(where, `${what}, ${at}`, value, limit);
    }
  }
}

/** The values at a path, across repeated blocks; for a list, each item. */
function valuesAt(block: unknown, steps: readonly string[], each: boolean, at = ""): { at: string; value: unknown }[] {
  if (block === undefined || block === null || Token.isUnresolved(block)) return [];
  const here = (index: string | number) => (at === "" ? `${index}` : `${at}.${index}`);
  if (Array.isArray(block) && (steps.length > 0 || each))
    return block.flatMap((item, index) => valuesAt(item, steps, steps.length > 0 && each, here(index)));
  const [name, ...more] = steps;
  if (name === undefined) return [{ at, value: block }];
  return valuesAt((block as Readonly<Record<string, unknown>>)[name], more, each, here(name));
}

/** Throws unless `value` matches; unset and unresolved values pass. */
export function checkPattern(
  where: IConstruct,
  what: string,
  value: string | undefined,
  pattern: RegExp,
  allowed: string,
  fix: string,
): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (!pattern.test(value)) throw new ValidationError(where, { what, got: value, allowed, fix });
}

/** Throws unless the value is literal: tokens cannot be hashed, compared or calculated with. */
export function checkLiteral(where: IConstruct, what: string, value: string | number | undefined): void {
  if (Token.isUnresolved(value)) {
    throw new ValidationError(where, {
      what,
      got: value,
      allowed: "a literal known at synth",
      fix: "pass the literal value instead of a reference: other values are derived from it",
    });
  }
}

/** Throws when a list contains a value twice. */
export function checkUnique(where: IConstruct, what: string, values: readonly string[], fix: string): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw new ValidationError(where, { what, got: twice, allowed: "each value once", fix });
}
