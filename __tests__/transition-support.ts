import { compare } from "../lib/changes/compare";
import { labelOf, type ResourceChange } from "../lib/changes/resource-changes";
import { factsOf } from "../lib/google/all-types";
import type { TerraformDocument } from "../lib/topology/document";
import { Topology } from "../lib/topology/topology";

/** What a change of the configuration does to the resources; construct paths without stack and `Resource`, sorted. */
export interface Transition {
  readonly added: string[];
  readonly removed: string[];
  /** In place. */
  readonly changed: string[];
  readonly replaced: string[];
}

export function transition(before: TerraformDocument, after: TerraformDocument): Transition {
  const { changes } = compare(before, after);
  const labels = (kind: ResourceChange["kind"]) =>
    changes
      .filter((change) => change.kind === kind)
      .map(({ resource }) => labelOf(resource))
      .sort();
  return {
    added: labels("added"),
    removed: labels("removed"),
    changed: labels("changed"),
    replaced: labels("replaced"),
  };
}

/** Why a change would not apply in one go, or would interrupt the service: `in-use: chat/Routing`. */
export function obstacles(before: TerraformDocument, after: TerraformDocument): string[] {
  const dangers = compare(before, after).remarks.filter(({ level }) => level === "danger");
  return [
    ...dangers.map(({ id, resource }) => (resource ? `${id}: ${labelOf(resource)}` : id)),
    ...identitiesCreatedFirst(after).map((label) => `created beside its predecessor: ${label}`),
  ];
}

/** Addresses of what Terraform creates before it destroys a predecessor: so marked, or used by what is. */
export function createdFirst(document: TerraformDocument): ReadonlySet<string> {
  return new Topology(document).createdBeforeDestroy;
}

/** What clients hold on to, and Terraform would create beside its predecessor all the same. */
function identitiesCreatedFirst(document: TerraformDocument): string[] {
  const topology = new Topology(document);
  // A NAT holds on to its addresses by their ids, and nothing that changes replaces them.
  const isOfNat = (address: string) =>
    topology.referrers(address).some(({ type }) => type === "google_compute_router_nat");
  return [...topology.createdBeforeDestroy]
    .filter((address) => factsOf(document.at(address)!.type)?.isIdentity === true && !isOfNat(address))
    .map((address) => labelOf(document.at(address)!));
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
