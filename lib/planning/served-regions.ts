import { findRegion } from "../google/regions";
import type { Topology } from "../topology/topology";
import { RegionPlan } from "./region-plan";

/**
 * The modelled latency of all internet users, served by the regions behind the load balancers of a
 * document; undefined where there is none.
 */
export function planOf(topology: Topology): RegionPlan | undefined {
  return topology.once(readPlan);
}

function readPlan({ backends }: Topology): RegionPlan | undefined {
  const all = backends.flatMap(({ groups }) => groups.flatMap(({ region }) => region ?? []));
  const regions = [...new Set(all)].filter((name) => findRegion(name) !== undefined);
  return regions.length === 0 ? undefined : RegionPlan.of(regions, { count: regions.length });
}
