import { findRegion } from "../google/regions";
import { type Backend, schemeOf } from "../topology/backends";
import { regionsOf } from "../topology/region-workloads";
import type { Topology } from "../topology/topology";
import { RegionPlan } from "./region-plan";

/**
 * The modelled latency of all internet users, served by the regions behind the external load
 * balancers of a document; undefined where there is none. Regional load balancers count where there
 * is no global one and all are in one region: nothing else says who asks which of them.
 */
export function planOf(topology: Topology): RegionPlan | undefined {
  return topology.once(readPlan);
}

function readPlan({ backends }: Topology): RegionPlan | undefined {
  const external = backends.filter((each) => /^EXTERNAL/.test(schemeOf(each) ?? ""));
  const [everywhere, regional] = [true, false].map((is) =>
    placed(external.filter(({ isGlobal }) => isGlobal === is)),
  ) as [string[], string[]];
  const regions = everywhere.length > 0 ? everywhere : regional.length === 1 ? regional : [];
  return regions.length === 0 ? undefined : RegionPlan.of(regions, { count: regions.length });
}

function placed(backends: readonly Backend[]): string[] {
  return [...new Set(backends.flatMap(regionsOf))].filter((name) => findRegion(name) !== undefined);
}
