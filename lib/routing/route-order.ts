import { createHash } from "node:crypto";
import { type CheckedRoute, FIRST_AUTOMATIC_PRIORITY, type PathPattern } from "./checked-route";
import { literalLength } from "./path-template";
import { conditionCount, conditionKey } from "./route-match";

/** One route rule: a path with its route's conditions, or a whole route with its own priority. */
export interface Entry {
  /** Equal for entries that match the same requests. */
  readonly key: string;
  readonly patterns: readonly PathPattern[];
  readonly route: CheckedRoute;
}

export interface RankedEntry extends Entry {
  readonly priority: number;
}

/** Priority bands, from `FIRST_AUTOMATIC_PRIORITY` to 2025800000 of Google Cloud's 2147483647. */
const CONDITIONS = 8;
const EXACT_SLOTS = 125_000_000;
const SLOTS = 100_000;
const TEMPLATE_LENGTHS = 256;
const PREFIX_LENGTHS = 1024;
const FIRST_TEMPLATE = FIRST_AUTOMATIC_PRIORITY + CONDITIONS * EXACT_SLOTS;
const FIRST_PREFIX = FIRST_TEMPLATE + TEMPLATE_LENGTHS * CONDITIONS * SLOTS;

export function entriesOf(route: CheckedRoute): Entry[] {
  const { priority } = route.props;
  if (priority !== undefined) return [{ key: priorityKey(priority), patterns: route.patterns, route }];
  return route.patterns.map((pattern) => entryOf([pattern], route));
}

/** The entry of a route for some of its patterns; with a priority, beside that of the priority. */
export function entryOf(patterns: readonly PathPattern[], route: CheckedRoute): Entry {
  const { priority } = route.props;
  const [{ text, isTemplate }] = patterns as [PathPattern];
  const path = priority === undefined ? `${isTemplate ? "template " : ""}${text}` : priorityKey(priority);
  const conditions = conditionKey(route);
  return { key: `${path}${conditions && ` with ${conditions}`}`, patterns, route };
}

function priorityKey(priority: number): string {
  return `priority ${priority}`;
}

/**
 * The entries in the order in which they are tried, with ascending priorities: explicit ones first,
 * then exact paths, templates and prefixes, longer ones first, and those with more conditions
 * first.
 *
 * The priority of an entry depends on what it matches, not on its position. So adding or removing a
 * route does not change other rules, and a plan shows only real changes: consecutive numbers would
 * shift every later rule. Only if two hashes collide (less than once in 500 for 20 prefixes of one
 * length) is the later one increased by 1.
 */
export function ranked(entries: readonly Entry[]): RankedEntry[] {
  const sorted = entries
    .map((entry) => ({ ...entry, priority: wanted(entry) }))
    .sort(
      (a, b) =>
        a.priority - b.priority || conditionCount(b.route) - conditionCount(a.route) || (a.key < b.key ? -1 : 1),
    );
  let last = -1;
  return sorted.map((entry) => {
    last = Math.max(entry.priority, last + 1);
    return { ...entry, priority: last };
  });
}

function wanted({ key, patterns, route }: Entry): number {
  if (route.props.priority !== undefined) return route.props.priority;
  const { text, isTemplate } = patterns[0]!;
  const conditions = CONDITIONS - 1 - Math.min(conditionCount(route), CONDITIONS - 1);
  if (isTemplate) return band(FIRST_TEMPLATE, TEMPLATE_LENGTHS - 1 - literalLength(text), conditions, key);
  if (text.endsWith("*")) return band(FIRST_PREFIX, PREFIX_LENGTHS - (text.length - 1), conditions, key);
  return FIRST_AUTOMATIC_PRIORITY + conditions * EXACT_SLOTS + slot(key, EXACT_SLOTS);
}

function band(first: number, length: number, conditions: number, key: string): number {
  return first + (length * CONDITIONS + conditions) * SLOTS + slot(key, SLOTS);
}

function slot(key: string, slots: number): number {
  return createHash("sha256").update(key).digest().readUInt32BE() % slots;
}
