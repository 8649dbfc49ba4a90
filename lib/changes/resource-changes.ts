import { factsOf } from "../google/all-types";
import { EVERYTHING } from "../google/resource-type";
import { contains, ipv4Range } from "../language/ip-range";
import { type Block, blockOf, blocksOf, isBlock, type Resource, type TerraformDocument } from "../topology/document";
import type { Topology } from "../topology/topology";
import { booleanOf, textOf } from "../topology/value";

/** What Terraform does to one resource. */
export interface ResourceChange {
  /** `forgotten`: no longer managed, and left in the cloud. */
  readonly kind: "added" | "changed" | "replaced" | "removed" | "forgotten";
  /** As it will be; as it was, where it will not be. */
  readonly resource: Resource;
  /** As it was; undefined for what is new. */
  readonly old?: Resource;
  readonly differences: readonly Difference[];
  /** Why it is replaced: attributes that force it, or what they refer to and is replaced. */
  readonly because: readonly string[];
  /** Whether Terraform creates the new one before it destroys the old one. */
  readonly createdFirst: boolean;
}

/** An attribute whose value changes; undefined where it is not set. */
export interface Difference {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What a deploy of the second document does to the resources that the first one made. */
export function resourceChanges({ document: before }: Topology, after: Topology): ResourceChange[] {
  const moved = new Map(blocksOf(after.document.json.moved).map(({ from, to }) => [String(to), String(from)]));
  const pairs = after.document.resources
    .filter(({ isData }) => !isData)
    .map((resource) => ({ resource, old: before.at(moved.get(resource.address) ?? resource.address) }));
  const differences = new Map(
    pairs.flatMap(({ resource, old }) => {
      const found = old ? differencesOf(settings(before, old), settings(after.document, resource)) : [];
      return found.length > 0 ? [[resource.address, found] as const] : [];
    }),
  );
  const replaced = replacements(pairs, differences, after);
  const kept = new Set(pairs.map(({ old }) => old?.address));
  return [
    ...pairs.flatMap(({ resource, old }): ResourceChange[] => {
      const createdFirst = after.createdBeforeDestroy.has(resource.address);
      const common = { resource, old, differences: differences.get(resource.address) ?? [], createdFirst };
      const because = replaced.get(resource.address);
      if (!old) return [{ ...common, kind: "added", because: [] }];
      if (because) return [{ ...common, kind: "replaced", because }];
      return common.differences.length > 0 ? [{ ...common, kind: "changed", because: [] }] : [];
    }),
    ...before.resources
      .filter(({ address, isData }) => !isData && !kept.has(address))
      .map((old): ResourceChange => {
        const kind = isForgotten(after.document, old) ? "forgotten" : "removed";
        return { kind, resource: old, old, differences: [], because: [], createdFirst: false };
      }),
  ];
}

interface Pair {
  readonly resource: Resource;
  readonly old?: Resource;
}

/** What is replaced, and why: a forcing attribute differs, or it refers to what is replaced. */
function replacements(
  pairs: readonly Pair[],
  differences: ReadonlyMap<string, readonly Difference[]>,
  after: Topology,
): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const queue: Resource[] = [];
  const existed = new Set(pairs.flatMap(({ resource, old }) => (old ? [resource.address] : [])));
  const add = (resource: Resource, because: readonly string[]) => {
    if (because.length === 0) return;
    found.set(resource.address, because);
    queue.push(resource);
  };
  for (const { resource, old } of pairs) {
    if (old) add(resource, forcing(old, resource, differences.get(resource.address) ?? []));
  }
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { address } = next;
    for (const user of after.referrers(address)) {
      if (user.isData || found.has(user.address) || !existed.has(user.address)) continue;
      const by = Object.entries(configured(user)).find(
        ([name, value]) =>
          isForced(user, name) && after.document.references(value).some((reference) => reference.address === address),
      );
      if (by) add(user, [`${by[0]}, which refers to ${labelOf(next)}`]);
    }
  }
  return found;
}

function forcing(old: Resource, now: Resource, differences: readonly Difference[]): string[] {
  const names = differences.flatMap(({ path }) => (isForced(now, path) ? [path] : []));
  return losesAddresses(old, now) ? [...names, "ip_cidr_range"] : names;
}

/** Of a type without a table, only the project is known to force replacement. */
function isForced({ type }: Resource, path: string): boolean {
  const forced = factsOf(type)?.replacedBy ?? [];
  const plain = withoutIndices(path);
  return forced === EVERYTHING || [...forced, "project"].some((each) => plain === each || plain.startsWith(`${each}.`));
}

/** Whether a subnet loses addresses; one that only gains some is extended in place. */
function losesAddresses(old: Resource, now: Resource): boolean {
  const [before, after] = [old, now].map(({ values }) => ipv4Range(String(values.ip_cidr_range)));
  return before !== undefined && after !== undefined && !contains(after, before);
}

/** What the provider sees of a resource, with what its configuration adds. */
function settings(document: TerraformDocument, resource: Resource): Block {
  const labels =
    factsOf(resource.type)?.labels === "labels" ? document.providerOf(resource)?.default_labels : undefined;
  const project = document.projectOf(resource);
  return {
    ...configured(resource),
    ...(project !== undefined && { project }),
    ...(isBlock(labels) && { labels: { ...labels, ...blockOf(resource.values.labels) } }),
  };
}

function configured({ values }: Resource): Block {
  const { "//": _comment, lifecycle: _lifecycle, depends_on: _dependsOn, provider: _provider, ...rest } = values;
  return rest;
}

/** A `removed` block with `destroy = false`. */
function isForgotten({ json }: TerraformDocument, { address }: Resource): boolean {
  return blocksOf(json.removed).some(
    ({ from, lifecycle }) => textOf(from) === address && booleanOf(blockOf(lifecycle)?.destroy) === false,
  );
}

/** Where two values differ; a list whose length differs is named as a whole. */
function differencesOf(from: unknown, to: unknown, path = ""): Difference[] {
  if (from === to) return [];
  const within = (name: string | number) => (path === "" ? String(name) : `${path}.${name}`);
  if (isBlock(from) && isBlock(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return names.flatMap((name) => differencesOf(from[name], to[name], within(name)));
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length)
    return to.flatMap((each, index) => differencesOf(from[index], each, within(index)));
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }];
}

/** The path of an attribute as the tables have it. */
export function withoutIndices(path: string): string {
  return path.replaceAll(/\.\d+(?=\.|$)/g, "");
}

export function isDestroyed({ kind }: Pick<ResourceChange, "kind">): boolean {
  return kind === "removed" || kind === "replaced";
}

/** Construct path without the stack, or the address. */
export function labelOf({ path, address }: Resource): string {
  return path === undefined ? address : path.replace(/^[^/]+\//, "").replace(/\/Resource$/, "");
}
