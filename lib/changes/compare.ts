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
export function compare(...documents: [before: TerraformDocument, after: TerraformDocument]): Changes {
  const [before, after] = documents.map((document) => new Topology(document)) as [Topology, Topology];
  const changes = resourceChanges(before, after);
  const destroyed = new Set(changes.filter(isDestroyed).map(({ resource }) => resource.address));
  return { documents, changes, remarks: remarksOn({ before, after, changes, destroyed }) };
}
