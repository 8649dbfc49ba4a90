import { nestedPlaces as nestedOnce, type Place } from "../topology/place";
import type { Topology } from "../topology/topology";

export type { Place } from "../topology/place";

/** The resources of some types (separated by `|`) as places. */
export function placesOfTypes(topology: Topology, types: string): readonly Place[] {
  return topology.places(types);
}

/** The blocks at a path within these. */
export function nestedPlaces(places: readonly Place[], path: string): readonly Place[] {
  return path === "" ? places : path.split(".").reduce<readonly Place[]>(nestedOnce, places);
}
