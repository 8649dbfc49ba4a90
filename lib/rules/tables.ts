import { allTypes, factsOf } from "../google/all-types";
import type { Fact } from "../google/fact";
import { type Conditions, Limit, type Limits } from "../google/limit";
import type { ResourceType, Unique } from "../google/resource-type";
import { isConfirmed } from "../google/source";
import { isExpression, soleReference } from "../language/reference";
import { type Block, blocksOf, isBlock, type Resource } from "../topology/document";
import { nestedPlaces, type Place } from "../topology/place";
import type { Topology } from "../topology/topology";
import { isComputed, isKnown, isSet, isUnset, textOf } from "../topology/value";
import { type Report, type RuleFacts, within } from "./rule";

/** Reports that a row of a table does not hold. */
export type TableReport = (rule: RuleFacts, ...place: Parameters<Report>) => void;

/** The rule that a row is: the same for every type and place that share the row. */
export function ruleOf(group: string, row: Fact): RuleFacts {
  const { source } = row;
  const id = `${group}-${row.key}`;
  if (source === undefined) throw new Error(`${id} has no source`);
  const isAdvice = row.isAdvice || !isConfirmed(source);
  const why =
    row.isAdvice || isConfirmed(source) ? row.reason : `${row.reason} Not an error, because no source confirms it.`;
  const { title, fixText: fix, isOnce: once } = row;
  return { id, title, severity: isAdvice ? "warning" : "error", why, fix, source, once };
}

/** All rows of a table. */
export function rowsOf({
  limits = {},
  alternatives = [],
  together = [],
  order = [],
  unique = [],
}: ResourceType): readonly Fact[] {
  return [...rowsOfLimits(limits).map(({ limit }) => limit), ...alternatives, ...together, ...order, ...unique];
}

function rowsOfLimits(limits: Limits): { readonly path: string; readonly limit: Limit }[] {
  return Object.entries(limits).flatMap(([path, rows]) =>
    [rows].flat().map((limit) => ({ path, limit: limit.at(path) })),
  );
}

/** Judges the resources of a document by the tables of their types. */
export function judgeTables(topology: Topology, report: TableReport): void {
  const { types } = topology.document;
  // What has no table of its own, such as grants, comes last.
  const all = new Set([...allTypes.filter(({ type }) => types.has(type)), ...[...types].map(factsOf)]);
  for (const type of all) if (type) judgeType(type, topology, report);
}

export function judgeType(type: ResourceType, topology: Topology, report: TableReport): void {
  const { root, rules } = compiled(type);
  for (const resource of topology.document.ofType(type.type))
    judgeLimits(root, resource, resource.values, "", type, topology, report);
  for (const row of type.alternatives ?? []) {
    for (const { resource, at, block } of topology.places(type.type, row.place)) {
      if (holdAll(resource, block, row.conditions, type, row.place) !== true) continue;
      const given = row.names.filter((name) => isGiven(block, name));
      const blame = (name: string, value: unknown, detail: string) =>
        report(rules.get(row)!, resource, within(at, name), value, detail);
      if (given.length > 1 && !row.isAny) blame(given[1]!, valueAt(block, given[1]!), `beside ${given[0]}`);
      if (row.least === 1 && row.names.every((name) => isAbsent(block, name)))
        blame(row.names[0]!, undefined, "none is set");
    }
  }
  for (const row of type.together ?? []) {
    for (const { resource, at, block } of topology.places(type.type, row.place)) {
      const truth = (conditions: Conditions) => holdAll(resource, block, conditions, type, row.place);
      if (truth(row.conditions) !== true) continue;
      const wrong = Object.keys(row.needed).find((name) => truth({ [name]: row.needed[name]! }) === false);
      if (wrong !== undefined) report(rules.get(row)!, resource, within(at, wrong), valueAt(block, wrong) ?? undefined);
    }
  }
  for (const row of type.unique ?? []) {
    for (const place of topology.places(type.type, row.place))
      judgeUnique(row, place, topology, (at, value) => report(rules.get(row)!, place.resource, at, value));
  }
  for (const row of type.order ?? []) {
    for (const { resource, at, block } of topology.places(type.type, row.place)) {
      if (holdAll(resource, block, row.conditions, type, row.place) !== true) continue;
      const [less, more] = [row.less, row.more].map((name) => magnitude(block, name, type, row.place));
      if (less === undefined || more === undefined || less < more || (less === more && !row.isStrict)) continue;
      report(
        rules.get(row)!,
        resource,
        within(at, row.less),
        valueAt(block, row.less),
        `${row.more} ${valueAt(block, row.more) ?? more}`,
      );
    }
  }
}

function judgeUnique(
  row: Unique,
  place: Place,
  topology: Topology,
  report: (at: string, value: unknown) => void,
): void {
  const seen = new Set<string>();
  for (const { at, block } of nestedPlaces([place], row.block)) {
    for (const value of [block[row.attribute]].flat()) {
      const given = typeof value === "number" ? String(value) : topology.document.identity(value);
      if (given === undefined) continue;
      const same = row.normalized(given);
      if (seen.has(same)) report(within(at, row.attribute), value);
      seen.add(same);
    }
  }
}

/** How the limits of a type lie in its blocks, so that each block is visited once for all of them. */
interface Node {
  readonly attributes: {
    readonly name: string;
    readonly each: boolean;
    readonly limit: Limit;
    readonly rule: RuleFacts;
  }[];
  readonly blocks: Map<string, Node>;
  readonly path: string;
}

interface Compiled {
  readonly root: Node;
  readonly rules: ReadonlyMap<Fact, RuleFacts>;
}

const COMPILED = new WeakMap<ResourceType, Compiled>();

function compiled(type: ResourceType): Compiled {
  const known = COMPILED.get(type);
  if (known) return known;
  const root: Node = { attributes: [], blocks: new Map(), path: "" };
  for (const { path, limit } of rowsOfLimits(type.limits ?? {})) {
    const steps = path.replace("[]", "").split(".");
    const name = steps.pop()!;
    let node = root;
    for (const step of steps) {
      const next = node.blocks.get(step) ?? { attributes: [], blocks: new Map(), path: within(node.path, step) };
      node.blocks.set(step, next);
      node = next;
    }
    node.attributes.push({ name, each: path.endsWith("[]"), limit, rule: ruleOf(type.group, limit) });
  }
  const rules = new Map<Fact, RuleFacts>();
  for (const row of rowsOf({ ...type, limits: {} })) rules.set(row, ruleOf(type.group, row));
  const result = { root, rules };
  COMPILED.set(type, result);
  return result;
}

function judgeLimits(
  node: Node,
  resource: Resource,
  block: Block,
  at: string,
  type: ResourceType,
  topology: Topology,
  report: TableReport,
): void {
  for (const { name, each, limit, rule } of node.attributes) {
    const value = block[name];
    const isMissing = value === undefined || value === null || value === "";
    if (isMissing && !(limit.isRequired && isUnset(block, name))) continue;
    if (limit.conditions && holdAll(resource, block, limit.conditions, type, node.path) !== true) continue;
    if (limit.options.shape && !isMissing && isComputed(block, name)) continue;
    if (isMissing) report(rule, resource, within(at, name), value ?? undefined);
    else if (each && Array.isArray(value)) {
      value.forEach((item, index) => {
        const detail = problem(limit, item, topology);
        if (detail !== undefined) report(rule, resource, within(at, `${name}.${index}`), item, detail || undefined);
      });
    } else {
      const detail = problem(limit, value, topology);
      if (detail !== undefined) report(rule, resource, within(at, name), value, detail || undefined);
    }
  }
  for (const [name, next] of node.blocks) {
    const value = block[name];
    if (value === undefined) continue;
    const here = within(at, name);
    if (!Array.isArray(value)) {
      if (isBlock(value)) judgeLimits(next, resource, value, here, type, topology, report);
      continue;
    }
    for (const [index, each] of value.entries())
      if (isBlock(each)) judgeLimits(next, resource, each, `${here}.${index}`, type, topology, report);
  }
}

/** What is wrong with a value that is set, in a few words or none; undefined where it is allowed or not known. */
function problem(limit: Limit, value: unknown, topology: Topology): string | undefined {
  if (limit.presence === "unset") return isSet(value) ? "" : undefined;
  if (isExpression(value)) {
    if (limit.literal?.test(String(value))) return "";
    const reference = soleReference(value);
    const type = reference && topology.document.target(value)?.type;
    if (type === undefined) return undefined;
    const right = limit.references[type] ?? (limit.isExclusive ? [] : undefined);
    if (right === undefined || right.includes(reference!.attribute)) return undefined;
    return right.length === 0 ? `it is a ${type}` : `use its ${right.join(" or ")}`;
  }
  return (limit.options.shape || isKnown(value)) && !limit.holds(value) ? "" : undefined;
}

/** Whether all conditions hold for a block; undefined where that depends on what Terraform computes. */
function holdAll(
  { values }: Resource,
  block: Block,
  conditions: Conditions,
  type: ResourceType,
  place: string,
): boolean | undefined {
  let truth: boolean | undefined = true;
  for (const [name, condition] of Object.entries(conditions)) {
    const holds = name.startsWith("/")
      ? holdsAt(values, name.slice(1), condition, type.defaults?.[name.slice(1)])
      : holdsAt(block, name, condition, type.defaults?.[within(place, name)]);
    if (holds === false) return false;
    if (holds === undefined) truth = undefined;
  }
  return truth;
}

function holdsAt(block: Block, name: string, condition: Conditions[string], fallback: unknown): boolean | undefined {
  const presence = condition instanceof Limit ? condition.presence : undefined;
  if (presence !== undefined) {
    if (isGiven(block, name)) return presence === "set";
    return isAbsent(block, name) ? presence === "unset" : undefined;
  }
  const missing = isMissing(block, name);
  const value = missing ? fallback : valueAt(block, name);
  const { parent, name: last } = parentOf(block, name);
  if (!missing && (value === undefined || !parent || isComputed(parent, last))) return undefined;
  if (!(condition instanceof Limit && condition.options.shape) && !missing && !isKnown(value)) return undefined;
  if (condition instanceof Limit) return condition.holds(value ?? (condition.options.shape ? [] : undefined));
  return [condition]
    .flat()
    .some((each) => each === value || String(each) === value || (each === false && value === undefined));
}

/** Follows a path of blocks, of each the first. */
function parentOf(
  block: Block,
  path: string,
): { readonly parent?: Block; readonly name: string; readonly isComputed: boolean } {
  const steps = path.split(".");
  const name = steps.pop()!;
  let parent: Block | undefined = block;
  for (const step of steps) {
    if (isComputed(parent, step)) return { name, isComputed: true };
    parent = blocksOf(parent[step])[0];
    if (!parent) return { name, isComputed: false };
  }
  return { parent, name, isComputed: false };
}

function valueAt(block: Block, path: string): unknown {
  const { parent, name } = parentOf(block, path);
  return parent?.[name];
}

function isGiven(block: Block, path: string): boolean {
  const value = valueAt(block, path);
  return isSet(value) && value !== false;
}

function isMissing(block: Block, path: string): boolean {
  const found = parentOf(block, path);
  if (found.isComputed) return false;
  return !found.parent || isUnset(found.parent, found.name);
}

/** Missing, or a literal false: nothing that counts as set. */
function isAbsent(block: Block, path: string): boolean {
  return valueAt(block, path) === false || isMissing(block, path);
}

/** A number, or the seconds of a duration; the default where nothing is set. */
function magnitude(block: Block, name: string, type: ResourceType, place: string): number | undefined {
  const value = isMissing(block, name) ? type.defaults?.[within(place, name)] : valueAt(block, name);
  if (typeof value === "number") return value;
  const match = /^(-?\d+(?:\.\d+)?)s?$/.exec(textOf(value) ?? "");
  return match ? Number(match[1]) : undefined;
}
