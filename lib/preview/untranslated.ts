import type { Topology } from "../topology/topology";

/** A sentence for each thing of a document that the preview leaves out, or does in another way. */
export function untranslated(topology: Topology): readonly string[] {
  return topology.frontends
    .filter(({ protocol }) => protocol === "TCP" || protocol === "SSL")
    .map(({ rule, protocol }) => `${rule.address}: a front end of a ${protocol} proxy is not previewed.`);
}
