import { allTypes, factsOf } from "../google/all-types";
import type { Fact } from "../google/fact";
import { type Conditions, isOneOf, Limit, type Scalar } from "../google/limit";
import { Alternatives, Order, type ResourceType, type Row, Together, Unique } from "../google/resource-type";
import { isConfirmed } from "../google/source";
import { isExpression, soleReference } from "../language/reference";
import { type Block, blocksOf, isBlock, type Resource } from "../topology/document";
import { append } from "../topology/group-by";
import { nestedPlaces, type Place } from "../topology/place";
import type { Topology } from "../topology/topology";
import { isComputed, isKnown, isSet, isUnset, textOf } from "../topology/value";
import { type Blame, type Report, type RuleFacts, within } from "./rule";

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
export function rowsOf(type: ResourceType): readonly Fact[] {
  return [...limitsOf(type).map(({ limit }) => limit), ...relationsOf(type)];
}

function limitsOf({ limits = {} }: ResourceType): { readonly path: string; readonly limit: Limit }[] {
  return Object.entries(limits).flatMap(([path, rows]) =>
    [rows].flat().map((limit) => ({ path, limit: limit.at(path) })),
  );
}

function relationsOf({ alternatives = [], together = [], unique = [], order = [] }: ResourceType): readonly Row[] {
  return [...alternatives, ...together, ...unique, ...order];
}

/** Judges the resources of a document by the tables of their types. */
export function judgeTables(topology: Topology, report: TableReport): void {
  const { types } = topology.document;
  // What has no table of its own, such as grants, comes last.
  const all = new Set([...allTypes.filter(({ type }) => types.has(type)), ...[...types].map(factsOf)]);
  for (const type of all) if (type) judgeType(type, topology, report);
}

export function judgeType(type: ResourceType, topology: Topology, report: TableReport): void {
  const { limits, relations } = compiled(type);
  // Many regions are alike: one of them is judged for all that have what a row depends on.
  const found = new Map<Resource, Parameters<TableReport>[]>();
  for (const { node, names } of limits) {
    for (const alike of topology.alike(type.type, names)) {
      judgeLimits(node, alike[0]!, alike[0]!.values, "", topology, (rule, _, ...rest) => {
        for (const resource of alike) append(found, resource, [rule, resource, ...rest]);
      });
    }
  }
  for (const resource of found.size > 0 ? topology.document.ofType(type.type) : [])
    for (const finding of found.get(resource) ?? []) report(...finding);
  for (const { row, steps, conditions, needed, names, first, firstNames } of relations) {
    const isMet = ([resource]: readonly Resource[]) =>
      holdAll({ resource: resource!, block: resource!.values }, first) === true;
    if (!topology.alike(type.type, firstNames).some(isMet)) continue;
    for (const alike of topology.alike(type.type, names)) {
      const resource = alike[0]!;
      const places = steps.reduce(nestedPlaces, [{ resource, at: "", block: resource.values }]);
      for (const place of places) {
        if (holdAll(place, conditions) !== true) continue;
        findProblems(row, needed, place, type, topology, (name, value, detail) => {
          for (const each of alike) report(ruleOf(type.group, row), each, within(place.at, name), value, detail);
        });
      }
    }
  }
}

function namesOf(row: Row): readonly string[] {
  if (row instanceof Alternatives) return row.names;
  if (row instanceof Order) return [row.less, row.more];
  return row instanceof Unique ? [row.block] : [];
}

/** Where a row does not hold within a block. */
function findProblems(
  row: Row,
  needed: readonly Condition[],
  place: Place,
  type: ResourceType,
  topology: Topology,
  blame: Blame,
): void {
  const { block } = place;
  if (row instanceof Alternatives) {
    const [first, second] = row.names.filter((name) => isPresent(block, name) === true);
    if (second !== undefined && row.max === 1) blame(second, lookUp(block, second).value, `beside ${first}`);
    if (row.min === 1 && row.names.every((name) => isPresent(block, name) === false))
      blame(row.names[0]!, undefined, "none is set");
  } else if (row instanceof Together) {
    const wrong = needed.find((each) => holdsAt(place, each) === false);
    if (wrong !== undefined) blame(wrong.name, lookUp(block, wrong.name).value ?? undefined);
  } else if (row instanceof Unique) {
    const seen = new Set<string>();
    for (const { at, block } of nestedPlaces([{ ...place, at: "" }], row.block)) {
      for (const value of [block[row.attribute]].flat()) {
        const given = typeof value === "number" ? String(value) : topology.document.identity(value);
        if (given === undefined) continue;
        if (seen.has(row.normalized(given))) blame(within(at, row.attribute), value);
        seen.add(row.normalized(given));
      }
    }
  } else if (row instanceof Order) {
    const values = [row.less, row.more].map((name) => {
      const { value, isMissing } = lookUp(block, name);
      return isMissing ? type.defaults?.[within(row.place, name)] : value;
    });
    const [less, more] = values.map(magnitude);
    if (less !== undefined && more !== undefined && (less > more || (less === more && row.isStrict)))
      blame(row.less, lookUp(block, row.less).value, `${row.more} ${values[1]}`);
  }
}

/**
 * How the limits of a type lie in its blocks, so that each block is visited once for all of them.
 */
interface Node {
  readonly path: string;
  readonly attributes: {
    readonly name: string;
    readonly each: boolean;
    readonly limit: Limit;
    readonly group: string;
    readonly conditions: readonly Condition[];
  }[];
  readonly blocks: Map<string, Node>;
}

/** A table as it is judged; each part with the attributes of the resource that it depends on. */
interface Compiled {
  /** The limits of one attribute or block of the resource. */
  readonly limits: readonly { readonly node: Node; readonly names: readonly string[] }[];
  readonly relations: readonly {
    readonly row: Row;
    /** Names of the blocks that lead to its place. */
    readonly steps: readonly string[];
    readonly conditions: readonly Condition[];
    /** Of a row that says what goes only together. */
    readonly needed: readonly Condition[];
    readonly names: readonly string[];
    /** What of the resource must be so; where it is in none, the rest need not be looked at. */
    readonly first: readonly Condition[];
    readonly firstNames: readonly string[];
  }[];
}

/** One of the conditions of a row, with what the attribute is when it is left out. */
interface Condition {
  readonly name: string;
  /** Whether the name began with `/`: it is an attribute of the resource, not of the block. */
  readonly isOfResource: boolean;
  readonly limit?: Limit;
  readonly values: readonly Scalar[];
  readonly fallback: unknown;
}

function prepared(conditions: Conditions, type: ResourceType, place: string): Condition[] {
  return Object.entries(conditions).map(([path, condition]) => {
    const isOfResource = path.startsWith("/");
    const name = isOfResource ? path.slice(1) : path;
    const fallback = type.defaults?.[isOfResource ? name : within(place, name)];
    return {
      name,
      isOfResource,
      fallback,
      ...(condition instanceof Limit ? { limit: condition, values: [] } : { values: [condition as Scalar].flat() }),
    };
  });
}

const COMPILED = new WeakMap<ResourceType, Compiled>();

function compiled(type: ResourceType): Compiled {
  const known = COMPILED.get(type);
  if (known) return known;
  const root: Node = { path: "", attributes: [], blocks: new Map() };
  const limits: Compiled["limits"][number][] = [];
  const inside = new Map<string, Condition[]>();
  for (const { path, limit } of limitsOf(type)) {
    const steps = path.replace("[]", "").split(".");
    const name = steps.pop()!;
    let node = root;
    for (const step of steps) {
      const next = node.blocks.get(step) ?? { path: within(node.path, step), attributes: [], blocks: new Map() };
      node.blocks.set(step, next);
      node = next;
    }
    const conditions = prepared(limit.conditions ?? {}, type, node.path);
    const attribute = { name, each: path.endsWith("[]"), limit, group: type.group, conditions };
    if (node !== root) {
      node.attributes.push(attribute);
      inside.set(steps[0]!, [...(inside.get(steps[0]!) ?? []), ...conditions]);
    } else {
      const node: Node = { path: "", attributes: [attribute], blocks: new Map() };
      limits.push({ node, names: basis("", [name], conditions) });
    }
  }
  for (const [name, node] of root.blocks)
    limits.push({ node: { ...root, blocks: new Map([[name, node]]) }, names: basis(name, [], inside.get(name)!) });
  const relations = relationsOf(type).map((row) => {
    const conditions = prepared(row.conditions, type, row.place);
    const needed = row instanceof Together ? prepared(row.needed, type, row.place) : [];
    const steps = row.place === "" ? [] : row.place.split(".");
    const names = basis(row.place, namesOf(row), [...conditions, ...needed]);
    const first = conditions.filter(({ isOfResource }) => row.place === "" || isOfResource);
    return { row, steps, conditions, needed, names, first, firstNames: basis("", [], first) };
  });
  const result = { limits, relations };
  COMPILED.set(type, result);
  return result;
}

/** The attributes of a resource that decide whether rows at a place hold, each by its first step. */
function basis(place: string, names: readonly string[], conditions: readonly Condition[]): readonly string[] {
  const outer = conditions.filter(({ isOfResource }) => place === "" || isOfResource).map(({ name }) => name);
  // Terraform may still make the blocks among them.
  const all = [...(place === "" ? names : [place]), ...outer, "dynamic"];
  return [...new Set(all.map((name) => name.split(".")[0]!))];
}

function judgeLimits(
  node: Node,
  resource: Resource,
  block: Block,
  at: string,
  topology: Topology,
  report: TableReport,
): void {
  for (const { name, each, limit, group, conditions } of node.attributes) {
    const value = block[name];
    const isMissing = value === undefined || value === null || value === "";
    if (isMissing && !(limit.isRequired && isUnset(block, name))) continue;
    if (conditions.length > 0 && holdAll({ resource, block }, conditions) !== true) continue;
    if (limit.options.shape && !limit.presence && !isMissing && isComputed(block, name)) continue;
    const items = each && Array.isArray(value) ? value : undefined;
    for (let index = 0; index < (items?.length ?? 1); index++) {
      const item = items ? items[index] : value;
      const detail = isMissing ? "" : problem(limit, item, topology);
      if (detail === undefined) continue;
      const attribute = within(at, items ? `${name}.${index}` : name);
      report(ruleOf(group, limit), resource, attribute, item ?? undefined, detail || undefined);
    }
  }
  for (const [name, next] of node.blocks) {
    const value = block[name];
    const here = within(at, name);
    if (isBlock(value)) judgeLimits(next, resource, value, here, topology, report);
    for (const [index, each] of Array.isArray(value) ? value.entries() : [])
      if (isBlock(each)) judgeLimits(next, resource, each, `${here}.${index}`, topology, report);
  }
}

/**
 * What is wrong with a value that is set, in a few words or none; undefined where it is allowed or
 * not known.
 */
function problem(limit: Limit, value: unknown, topology: Topology): string | undefined {
  if (limit.presence === "unset") return isSet(value) && !limit.holds(value) ? "" : undefined;
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

/**
 * Whether all conditions hold for a block; undefined where that depends on what Terraform computes.
 */
function holdAll(place: Pick<Place, "resource" | "block">, conditions: readonly Condition[]): boolean | undefined {
  let truth: boolean | undefined = true;
  for (const condition of conditions) {
    const holds = holdsAt(place, condition);
    if (holds === false) return false;
    if (holds === undefined) truth = undefined;
  }
  return truth;
}

function holdsAt(
  { resource, block: here }: Pick<Place, "resource" | "block">,
  { name, isOfResource, limit, values, fallback }: Condition,
): boolean | undefined {
  const block = isOfResource ? resource.values : here;
  if (limit?.presence !== undefined) {
    const present = isPresent(block, name);
    return present === undefined ? undefined : present === (limit.presence === "set");
  }
  const { value, isMissing, isOpen } = lookUp(block, name);
  const isShape = limit?.options.shape ?? false;
  if (!isMissing && (value === undefined || isOpen || !(isShape || isKnown(value)))) return undefined;
  const given = isMissing ? fallback : value;
  return limit ? limit.holds(given ?? (isShape ? [] : undefined)) : isOneOf(values, given);
}

/** What is at a path of blocks, of each the first. */
interface Found {
  readonly value?: unknown;
  readonly isMissing: boolean;
  /** Whether Terraform has yet to compute what is there. */
  readonly isOpen?: boolean;
}

const MISSING: Found = { isMissing: true };
const OPEN: Found = { isMissing: false, isOpen: true };

function lookUp(block: Block, path: string): Found {
  let parent = block;
  let start = 0;
  for (let end = path.indexOf("."); end >= 0; end = path.indexOf(".", start)) {
    const step = path.slice(start, end);
    if (isComputed(parent, step)) return OPEN;
    const next = blocksOf(parent[step])[0];
    if (!next) return MISSING;
    parent = next;
    start = end + 1;
  }
  const name = start === 0 ? path : path.slice(start);
  const value = parent[name];
  // Most attributes of most rows are not there.
  if (value === undefined && parent.dynamic === undefined) return MISSING;
  return { value, isMissing: isUnset(parent, name), isOpen: isComputed(parent, name) };
}

/** Whether something is set, other than a literal false; undefined where that is not known. */
function isPresent(block: Block, path: string): boolean | undefined {
  const { value, isMissing } = lookUp(block, path);
  if (isMissing || value === false) return false;
  return isSet(value) ? true : undefined;
}

/** A number, or the seconds of a duration. */
function magnitude(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const match = /^(-?\d+(?:\.\d+)?)s?$/.exec(textOf(value) ?? "");
  return match ? Number(match[1]) : undefined;
}
