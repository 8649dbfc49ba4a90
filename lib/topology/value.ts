import { isExpression, soleReference } from "../language/reference";
import { type Block, blocksOf, isBlock } from "./document";

/** Whether nothing of the value has to be computed by Terraform. */
export function isKnown(value: unknown): boolean {
  if (typeof value === "string") return !isExpression(value);
  if (Array.isArray(value)) return value.every(isKnown);
  if (isBlock(value)) return Object.values(value).every(isKnown);
  return true;
}

/** The text, when it is set and known. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !isExpression(value) ? value : undefined;
}

/** The text; the default where nothing is set; undefined where Terraform computes it. */
export function textOrDefault(value: unknown, fallback: string): string | undefined {
  return value === undefined || value === null ? fallback : textOf(value);
}

/** The number, when it is set and known; Terraform JSON may write it as text. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const text = textOf(value);
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** The truth value, when it is set and known. */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  return value === "true" ? true : value === "false" ? false : undefined;
}

/** The items that are known texts; empty when the list itself is an expression. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((item) => textOf(item) ?? []) : [];
}

/**
 * Whether a block says by `dynamic` or by an expression that its nested blocks of this name are
 * computed.
 */
export function isComputed(parent: Block, name: string): boolean {
  if (isExpression(parent[name])) return true;
  return parent.dynamic !== undefined && blocksOf(parent.dynamic).some((dynamic) => name in dynamic);
}

/**
 * Whether an attribute or a nested block is surely set. An expression that may be null, such as a
 * variable or a condition, is neither set nor unset: ask `isUnset`, too.
 */
export function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isExpression(value) || !mayBeNull(value as string);
}

/**
 * Whether an attribute or nested block of a block is surely not set: empty text is unset for the
 * provider, `dynamic` may set it.
 */
export function isUnset(block: Block, name: string): boolean {
  const value = block[name];
  const isEmpty = value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  return isEmpty && !isComputed(block, name);
}

/**
 * An expression with text around it is a text, and what another resource exports is there; anything
 * else may be null.
 */
function mayBeNull(expression: string): boolean {
  const reference = soleReference(expression);
  if (reference) return !/^(data\.)?(google|docker)_/.test(reference.address);
  return expression.startsWith("${") && expression.endsWith("}");
}

/** The seconds of a duration as Google's APIs write it (`3.5s`), when it is set and known. */
export function secondsOf(value: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)s$/.exec(textOf(value) ?? "");
  return match ? Number(match[1]) : undefined;
}
