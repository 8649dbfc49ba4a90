import type { TerraformDocument } from "../topology/document";
import { Topology } from "../topology/topology";
import { type Remark, remarksOn } from "./remarks";
import { isDestroyed, type ResourceChange, resourceChanges } from "./resource-changes";

/** What a deploy of one document does to what another one has made. */
export interface Changes {
  readonly documents: readonly [before: TerraformDocument, after: TerraformDocument];
  readonly changes: readonly ResourceChange[];
  readonly remarks: readonly Remark[];
}

/** Compares two synthesized stacks, the deployed one first. */
export function compare(before: TerraformDocument, after: TerraformDocument): Changes {
  return comparison(Topology.of(before), Topology.of(after));
}

/** The same of topologies. */
export function comparison(before: Topology, after: Topology): Changes {
  const changes = resourceChanges(before, after);
  const destroyed = new Set(changes.filter(isDestroyed).map(({ resource }) => resource.address));
  return {
    documents: [before.document, after.document],
    changes,
    remarks: remarksOn({ before, after, changes, destroyed }),
  };
}
