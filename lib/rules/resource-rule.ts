import type { Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import type { OldRule as Rule } from "./old-rule";
import { type About, type Blame, blockRule } from "./places";

/** A rule on each resource of some types (separated by `|`), judged with the whole document at hand. */
export function resourceRule(
  about: About,
  types: string,
  judge: (resource: Resource, blame: Blame, topology: Topology) => void,
): Rule {
  return blockRule(about, types, [""], (_block, blame, resource, topology) => judge(resource, blame, topology));
}
