import { factsOf } from "../lib/google/all-types";
import { EVERYTHING } from "../lib/google/resource-type";
import { contains, ipv4Range, overlap } from "../lib/language/ip-range";
import type { Resource, TerraformDocument } from "../lib/topology/document";
import { attributes } from "./support";

/** What a change of the configuration does to the resources; construct paths without stack and `Resource`, sorted. */
export interface Transition {
  readonly added: string[];
  readonly removed: string[];
  /** In place. */
  readonly changed: string[];
  readonly replaced: string[];
}

/** Whether clients outside Terraform hold on to it. */
function isIdentity({ type }: Resource): boolean {
  return factsOf(type)?.isIdentity ?? false;
}

export function transition(before: TerraformDocument, after: TerraformDocument): Transition {
  const replaced = replacedIn(before, after);
  // A data source is read, not created.
  const labels = (resources: readonly Resource[]) =>
    resources
      .filter(({ isData }) => !isData)
      .map(label)
      .sort();
  return {
    added: labels(after.resources.filter(({ address }) => !before.at(address))),
    removed: labels(before.resources.filter(({ address }) => !after.at(address))),
    changed: labels(
      after.resources.filter(({ address }) => {
        const old = before.at(address);
        return old && !replaced.has(address) && differs(old, after.at(address)!, EVERYTHING);
      }),
    ),
    replaced: labels([...replaced].map((address) => after.at(address)!)),
  };
}

/** Why a change would not apply in one go, or would interrupt the service. */
export function obstacles(before: TerraformDocument, after: TerraformDocument): string[] {
  const replaced = replacedIn(before, after);
  const gone = before.resources.filter(({ address }) => !after.at(address));
  const found: string[] = [];
  const check = (document: TerraformDocument, resources: readonly Resource[], what: string) => {
    const first = createdFirst(document);
    for (const resource of resources) {
      const old = before.at(resource.address)!;
      const { prevent_destroy } = (old.values.lifecycle ?? {}) as { prevent_destroy?: boolean };
      if (prevent_destroy || old.values.deletion_protection) found.push(`${label(resource)} is protected, but ${what}`);
      const users = usersOf(document, resource.address).filter(({ address }) => after.at(address));
      if (!first.has(resource.address) && users.length > 0)
        found.push(`${label(resource)} is ${what} while ${label(users[0]!)} still refers to it`);
    }
  };
  check(before, gone, "removed");
  check(
    after,
    [...replaced].map((address) => after.at(address)!),
    "replaced",
  );
  for (const address of replaced) {
    const [old, now] = [before.at(address)!, after.at(address)!];
    if (isIdentity(now)) found.push(`${label(now)} is replaced, but clients hold on to it`);
    const sameName =
      nameOf(old) === nameOf(now) && !after.references(nameOf(now)).some((each) => replaced.has(each.address));
    if (sameName && createdFirst(after).has(address))
      found.push(`${label(now)} is created beside a predecessor of the same name`);
    const ranges = [old, now].map(({ values }) => ipv4Range(String(values.ip_cidr_range)));
    if (createdFirst(after).has(address) && ranges[0] && ranges[1] && overlap(ranges[0], ranges[1]))
      found.push(`${label(now)} is created beside a predecessor of overlapping range`);
  }
  for (const now of after.resources) {
    const old = replaced.has(now.address) ? undefined : before.at(now.address);
    for (const path of old ? keptWhenLeftOut(old, now) : [])
      found.push(`${label(now)} leaves out ${path}, which then stays as it was`);
  }
  for (const address of createdFirst(after)) {
    // A NAT holds on to its addresses by their ids, and nothing that changes replaces them.
    const ofNat = usersOf(after, address).some(({ type }) => type === "google_compute_router_nat");
    if (isIdentity(after.at(address)!) && !ofNat)
      found.push(`${label(after.at(address)!)} would be created beside its predecessor`);
  }
  return found;
}

/** Addresses of what Terraform creates before it destroys a predecessor: so marked, or used by what is. */
export function createdFirst(document: TerraformDocument): Set<string> {
  const marked = document.resources.filter(
    ({ values }) => (values.lifecycle as { create_before_destroy?: boolean } | undefined)?.create_before_destroy,
  );
  const found = new Set<string>();
  const pending = marked.map(({ address }) => address);
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    if (found.has(address)) continue;
    found.add(address);
    pending.push(...document.references(document.at(address)?.values).map((reference) => reference.address));
  }
  return found;
}

/** Addresses of the resources whose replacement is forced by their own attributes, or by a forced one that refers to such a resource. */
function replacedIn(before: TerraformDocument, after: TerraformDocument): Set<string> {
  const replaced = new Set<string>();
  const isReplaced = (resource: Resource) => {
    const old = before.at(resource.address);
    if (!old || resource.isData) return false;
    const forced = forceNew(resource.type);
    if (differs(old, resource, forced) || isMoved(old, resource)) return true;
    return Object.entries(attributes(resource)).some(
      ([name, value]) =>
        (forced === EVERYTHING || forced.includes(name)) &&
        after.references(value).some(({ address }) => replaced.has(address)),
    );
  };
  for (let size = -1; size < replaced.size; ) {
    size = replaced.size;
    for (const resource of after.resources) if (isReplaced(resource)) replaced.add(resource.address);
  }
  return replaced;
}

/** Whether a subnet loses addresses; one that only gains some is extended in place. */
function isMoved(before: Resource, after: Resource): boolean {
  const [old, now] = [before, after].map(({ values }) => ipv4Range(String(values.ip_cidr_range)));
  return old !== undefined && now !== undefined && !contains(now, old);
}

function forceNew(type: string): readonly string[] | typeof EVERYTHING {
  const forced = factsOf(type)?.replacedBy;
  if (!forced) throw new Error(`say in replacedBy of its table what replaces a ${type}`);
  return forced === EVERYTHING ? forced : [...forced, "project"];
}

/** What a change in place leaves out, and the cloud therefore keeps. */
function keptWhenLeftOut(old: Resource, now: Resource): readonly string[] {
  const at = ({ values }: Resource, path: string) =>
    path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], values);
  const kept = factsOf(now.type)?.keptWhenUnset ?? [];
  return kept.filter((path) => at(old, path) !== undefined && at(now, path) === undefined);
}

function differs(before: Resource, after: Resource, names: readonly string[] | typeof EVERYTHING): boolean {
  const [old, now] = [attributes(before), attributes(after)];
  const compared = names === EVERYTHING ? [...new Set([...Object.keys(old), ...Object.keys(now)])] : names;
  return compared.some((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
}

function usersOf(document: TerraformDocument, address: string): Resource[] {
  return document.resources.filter(
    (resource) =>
      resource.address !== address &&
      document.references(resource.values).some((reference) => reference.address === address),
  );
}

/** What tells it from others of its type; a binding's is that of the service that it refers to. */
function nameOf({ values }: Resource): unknown {
  return values.name ?? values.target_image ?? values.account_id ?? values.repository_id ?? values.service;
}

function label(resource: Resource): string {
  return (resource.path ?? resource.address).replace(/^[^/]+\//, "").replace(/\/Resource$/, "");
}

/** Expects exactly these resources to be touched, what is left out being none, and nothing to stand in the way of one deploy. */
export function expectTransition(
  before: TerraformDocument,
  after: TerraformDocument,
  { added = [], removed = [], changed = [], replaced = [] }: Partial<Transition>,
): void {
  expect(transition(before, after)).toEqual({
    added: added.toSorted(),
    removed: removed.toSorted(),
    changed: changed.toSorted(),
    replaced: replaced.toSorted(),
  });
  expect(obstacles(before, after)).toEqual([]);
}
