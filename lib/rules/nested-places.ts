import { type Block, isBlock, type Resource } from "../topology/document";
import type { Topology } from "../topology/topology";

/** A block that a rule looks at, and where in its resource it stands. */
export interface Place {
  readonly resource: Resource;
  /** Path of the block; empty for the whole resource. */
  readonly at: string;
  readonly block: Block;
}

const OF_TYPES = new WeakMap<Topology, Map<string, readonly Place[]>>();

/** The resources of some types (separated by `|`) as places, made once: hundreds of rules ask for them. */
export function placesOfTypes(topology: Topology, types: string): readonly Place[] {
  let byTypes = OF_TYPES.get(topology);
  if (!byTypes) {
    byTypes = new Map();
    OF_TYPES.set(topology, byTypes);
  }
  let places = byTypes.get(types);
  if (!places) {
    places = types
      .split("|")
      .flatMap((type) => topology.document.ofType(type))
      .map((resource) => ({ resource, at: "", block: resource.values }));
    byTypes.set(types, places);
  }
  return places;
}

const NESTED = new WeakMap<readonly Place[], Map<string, readonly Place[]>>();

/** The blocks at a path within these, made once for each path: most rules look into blocks that others look into, too, or that nobody has. */
export function nestedPlaces(places: readonly Place[], path: string): readonly Place[] {
  if (path === "" || places.length === 0) return places;
  let byPath = NESTED.get(places);
  if (!byPath) {
    byPath = new Map();
    NESTED.set(places, byPath);
  }
  let nested = byPath.get(path);
  if (!nested) {
    const end = path.lastIndexOf(".");
    nested = inside(nestedPlaces(places, path.slice(0, Math.max(end, 0))), path.slice(end + 1));
    byPath.set(path, nested);
  }
  return nested;
}

function inside(places: readonly Place[], name: string): Place[] {
  const found: Place[] = [];
  for (const { resource, at, block } of places) {
    const value = block[name];
    if (value === undefined) continue;
    const here = at === "" ? name : `${at}.${name}`;
    if (Array.isArray(value)) {
      value.filter(isBlock).forEach((each, index) => {
        found.push({ resource, at: `${here}.${index}`, block: each });
      });
    } else if (isBlock(value)) found.push({ resource, at: here, block: value });
  }
  return found;
}
