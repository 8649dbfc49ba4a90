import { type Block, isBlock, type Resource } from "../topology/document";
import { isExpression } from "../topology/reference";
import type { Topology } from "../topology/topology";
import { find, isComputed, isKnown, numberOf } from "../topology/value";
import type { Rule, Severity } from "./rule";

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

/** A block that a rule looks at, and where in its resource it stands. */
export interface Place {
  readonly resource: Resource;
  /** Path of the block; empty for the whole resource. */
  readonly at: string;
  readonly block: Block;
}

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
  const typeList = types.split("|");
  const places = (topology: Topology) => {
    const [first, ...others] = typeList.map((type) => placesOfType(topology, type));
    return others.length === 0 ? first! : first!.concat(...others);
  };
  const what = typeList.map((type) => type.replace(/^google_/, "")).join(", ");
  return limitIn(id, what, places, attribute, allowed, fix, source, options);
}

const PLACES = new WeakMap<Topology, Map<string, readonly Place[]>>();

/** The resources of a type as places, made once: hundreds of rules ask for them. */
function placesOfType(topology: Topology, type: string): readonly Place[] {
  let byType = PLACES.get(topology);
  if (!byType) {
    byType = new Map();
    PLACES.set(topology, byType);
  }
  let places = byType.get(type);
  if (!places) {
    places = topology.document.ofType(type).map((resource) => ({ resource, at: "", block: resource.values }));
    byType.set(type, places);
  }
  return places;
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
  const segments = attribute.replace(/\[\]$/, "").split(".");
  const last = segments.at(-1)!;
  const allows = (value: unknown) => !isKnown(value) || allowed.holds(value);
  const isWrong = (value: unknown, parent: Block) => {
    if (options.when && !options.when(parent)) return false;
    if (value === undefined || value === null) return allowed.required === true && !isComputed(parent, last);
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
      for (const { resource, at: prefix, block } of places(topology)) {
        if (!anywhere(block, segments, 0, isWrong)) continue;
        for (const { at: within, value, parent } of find(block, segments)) {
          if (!isWrong(value, parent)) continue;
          const at = prefix === "" ? within : `${prefix}.${within}`;
          if (!eachItem || !Array.isArray(value)) {
            report(resource, at, value ?? undefined);
            continue;
          }
          for (const [index, item] of value.entries()) {
            if (!allows(item)) report(resource, `${at}.${index}`, item);
          }
        }
      }
    },
  };
}

/** Whether a value at an attribute path is wrong: what `find` would find, without noting where. */
function anywhere(
  block: Block,
  segments: readonly string[],
  index: number,
  isWrong: (value: unknown, parent: Block) => boolean,
): boolean {
  const value = block[segments[index]!];
  if (index === segments.length - 1) return isWrong(value, block);
  if (value === undefined) return false;
  if (Array.isArray(value)) return value.some((each) => isBlock(each) && anywhere(each, segments, index + 1, isWrong));
  return isBlock(value) && anywhere(value, segments, index + 1, isWrong);
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
