import { isExpression } from "../language/reference";
import type { Block } from "../topology/document";
import type { Topology } from "../topology/topology";
import { isComputed, isKnown, numberOf } from "../topology/value";
import { nestedPlaces, type Place, placesOfTypes } from "./nested-places";
import type { OldRule as Rule } from "./old-rule";
import type { Severity } from "./rule";

/** What a single attribute may be. */
export interface Allowed {
  /** In words: `a whole number from 1 to 3600`. */
  readonly text: string;
  /** Whether a value is allowed. Asked only of what is set and known. */
  readonly holds: (value: unknown) => boolean;
  /** Whether it has to be set. */
  readonly required?: boolean;
  /** Whether only the shape matters (number of items, presence), so that expressions inside do not. */
  readonly shape?: boolean;
}

export interface LimitOptions {
  /** @default "error" */
  readonly severity?: Severity;
  /** @default that Google Cloud rejects it at apply */
  readonly why?: string;
  /** Only where the block that the attribute stands in is like this. */
  readonly when?: (parent: Readonly<Record<string, unknown>>) => boolean;
}

const REJECTED = "Google Cloud rejects it at apply, half-way through the deploy.";

/**
 * A rule on one attribute: one line of a table.
 *
 * @param types Resource types, separated by `|`.
 * @param attribute Dotted path; every instance of a repeated block is visited. With `[]` at the end, each item of a list is judged.
 */
export function limit(
  id: string,
  types: string,
  attribute: string,
  allowed: Allowed,
  fix: string,
  source: string,
  options: LimitOptions = {},
): Rule {
  const what = types.replaceAll("google_", "").replaceAll("|", ", ");
  const places = (topology: Topology) => placesOfTypes(topology, types);
  return limitIn(id, what, places, attribute, allowed, fix, source, options);
}

/** The same for blocks that several resource types have in different places. */
export function limitIn(
  id: string,
  what: string,
  places: (topology: Topology) => readonly Place[],
  attribute: string,
  allowed: Allowed,
  fix: string,
  source: string,
  options: LimitOptions = {},
): Rule {
  const eachItem = attribute.endsWith("[]");
  const path = attribute.replace(/\[\]$/, "");
  const end = path.lastIndexOf(".");
  const blockPath = path.slice(0, Math.max(end, 0));
  const name = path.slice(end + 1);
  const allows = (value: unknown) => !isKnown(value) || allowed.holds(value);
  const applies = (parent: Block) => options.when === undefined || options.when(parent);
  const isWrong = (value: unknown, parent: Block) => {
    if (value === undefined || value === null)
      return allowed.required === true && applies(parent) && !isComputed(parent, name);
    if (!applies(parent)) return false;
    if (eachItem && Array.isArray(value)) return !value.every(allows);
    return !isExpression(value) && (allowed.shape || isKnown(value)) && !allowed.holds(value);
  };
  return {
    id,
    title: `${what}: ${attribute} is ${allowed.text}`,
    severity: options.severity ?? "error",
    why: options.why ?? REJECTED,
    fix,
    source,
    check(topology, report) {
      for (const { resource, at: within, block } of nestedPlaces(places(topology), blockPath)) {
        const value = block[name];
        if (!isWrong(value, block)) continue;
        const at = within === "" ? name : `${within}.${name}`;
        if (!eachItem || !Array.isArray(value)) {
          report(resource, at, value ?? undefined);
          continue;
        }
        for (const [index, item] of value.entries()) {
          if (!allows(item)) report(resource, `${at}.${index}`, item);
        }
      }
    },
  };
}

/** A whole number within limits. */
export function integer(min: number, max = Number.POSITIVE_INFINITY): Allowed {
  return {
    text: max === Number.POSITIVE_INFINITY ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`,
    holds: (value) => within(numberOf(value), min, max) && Number.isInteger(numberOf(value)),
  };
}

/** A number within limits. */
export function number(min: number, max: number): Allowed {
  return { text: `a number from ${min} to ${max}`, holds: (value) => within(numberOf(value), min, max) };
}

/** A duration as Google's APIs write it, `3.5s`, within limits. */
export function seconds(min: number, max: number): Allowed {
  return {
    text: `${min} to ${max} seconds, written like "${min}s"`,
    holds: (value) =>
      typeof value === "string" && /^\d+(\.\d{1,9})?s$/.test(value) && within(Number(value.slice(0, -1)), min, max),
  };
}

/** One of some values. */
export function oneOf(...values: readonly (string | number | boolean)[]): Allowed {
  return {
    text: values.map((value) => JSON.stringify(value)).join(", "),
    holds: (value) => values.includes(value as string),
  };
}

/** A text that matches. */
export function matching(pattern: RegExp, text: string): Allowed {
  return { text, holds: (value) => typeof value === "string" && pattern.test(value) };
}

/** A text of limited length. */
export function length(min: number, max: number): Allowed {
  return {
    text: `${min} to ${max} characters`,
    holds: (value) => typeof value === "string" && value.length >= min && value.length <= max,
  };
}

/** A list, or a repeated block, of limited size. Its items may be expressions. */
export function items(min: number, max = Number.POSITIVE_INFINITY): Allowed {
  return {
    text:
      max === Number.POSITIVE_INFINITY
        ? `at least ${min} items`
        : min === 0
          ? `at most ${max} items`
          : `${min} to ${max} items`,
    holds: (value) => within(Array.isArray(value) ? value.length : 1, min, max),
    shape: true,
  };
}

/** A map with a limited number of entries. */
export function entries(max: number): Allowed {
  return {
    text: `at most ${max} entries`,
    holds: (value) => typeof value !== "object" || value === null || Object.keys(value).length <= max,
    shape: true,
  };
}

/** It has to be set, to whatever. */
export function set(): Allowed {
  return { text: "set", holds: () => true, required: true };
}

/** It may not be set. */
export function unset(): Allowed {
  return { text: "not set", holds: (value) => Array.isArray(value) && value.length === 0, shape: true };
}

function within(value: number | undefined, min: number, max: number): boolean {
  return value !== undefined && value >= min && value <= max;
}
