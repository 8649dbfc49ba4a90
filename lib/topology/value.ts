import { isExpression } from "../language/reference";
import { type Block, blocksOf, isBlock } from "./document";

/**
 * A value found at an attribute path.
 *
 * `value` is undefined when the attribute is not set. Whoever judges it has to ask `isKnown` first: an expression's value is
 * Terraform's to compute.
 */
export interface Found {
  /** With indexes: `template.0.containers.0.image`. */
  readonly at: string;
  readonly value: unknown;
  /** The block that the attribute stands in. */
  readonly parent: Block;
}

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

/** Whether a block says by `dynamic` or by an expression that its nested blocks of this name are computed. */
export function isComputed(parent: Block, name: string): boolean {
  return isExpression(parent[name]) || blocksOf(parent.dynamic).some((dynamic) => name in dynamic);
}

/**
 * All values at an attribute path. Blocks on the way may be objects or lists, and each instance is visited; an attribute that is not set is
 * found with the value undefined, in each block that could have it.
 */
export function find(values: Block, segments: readonly string[]): Found[] {
  let level: { at: string; block: Block }[] = [{ at: "", block: values }];
  for (const segment of segments.slice(0, -1)) {
    level = level.flatMap(({ at, block }) =>
      blocksOf(block[segment]).map((nested, index) => ({
        at: join(at, Array.isArray(block[segment]) ? `${segment}.${index}` : segment),
        block: nested,
      })),
    );
  }
  const last = segments.at(-1)!;
  return level.map(({ at, block }) => ({ at: join(at, last), value: block[last], parent: block }));
}

function join(a: string, b: string): string {
  return a === "" ? b : `${a}.${b}`;
}
