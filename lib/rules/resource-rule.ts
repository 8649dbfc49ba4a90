import type { Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import type { About, Blame } from "./places";
import type { Rule } from "./rule";

/** A rule on each resource of some types (separated by `|`), judged with the whole document at hand. */
export function resourceRule(
  about: About,
  types: string,
  judge: (resource: Resource, blame: Blame, topology: Topology) => void,
): Rule {
  const typeList = types.split("|");
  return {
    ...about,
    severity: about.severity ?? "error",
    check(topology, report) {
      for (const type of typeList) {
        for (const resource of topology.document.ofType(type)) {
          judge(resource, (attribute, value, detail) => report(resource, attribute, value, detail), topology);
        }
      }
    },
  };
}
