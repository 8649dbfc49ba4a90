import type { Backend, Group } from "../../topology/backends";
import { type Block, blockOf, blocksOf, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { isComputed, textOf } from "../../topology/value";
import { AUTOSCALERS } from "./autoscaler-limits";
import { MANAGERS, REGIONAL_MANAGER } from "./instance-group-limits";

/** A managed instance group and what belongs to it. */
export interface ManagedGroup {
  readonly manager: Resource;
  readonly isRegional: boolean;
  /** Templates of this document, of all versions. */
  readonly templates: readonly Resource[];
  readonly autoscaler?: Resource;
  /** The autoscaler's policy. */
  readonly scaling?: Block;
  readonly update?: Block;
  /** How many zones it spreads over; undefined where that is not known. */
  readonly zones?: number;
  readonly region?: string;
  /** Backend services that list it. */
  readonly backends: readonly { readonly backend: Backend; readonly group: Group }[];
}

const CACHE = new WeakMap<Topology, readonly ManagedGroup[]>();

/** All managed instance groups of a document, read once. */
export function groupsOf(topology: Topology): readonly ManagedGroup[] {
  const known = CACHE.get(topology);
  if (known) return known;
  const { document } = topology;
  const autoscalers = new Map<string, Resource>();
  for (const autoscaler of AUTOSCALERS.split("|").flatMap((type) => document.ofType(type))) {
    const target = document.target(autoscaler.values.target);
    if (target) autoscalers.set(target.address, autoscaler);
  }
  const backends = new Map<string, { backend: Backend; group: Group }[]>();
  const managers = MANAGERS.split("|").flatMap((type) => document.ofType(type));
  if (managers.length > 0) {
    for (const backend of topology.backends) {
      for (const group of backend.groups) {
        if (group.kind !== "instanceGroup" || !group.resource) continue;
        const same = backends.get(group.resource.address);
        if (same) same.push({ backend, group });
        else backends.set(group.resource.address, [{ backend, group }]);
      }
    }
  }
  const groups = managers.map((manager) => {
    const autoscaler = autoscalers.get(manager.address);
    const isRegional = manager.type === REGIONAL_MANAGER;
    return {
      manager,
      isRegional,
      templates: blocksOf(manager.values.version).flatMap(
        (version) => document.target(version.instance_template) ?? [],
      ),
      autoscaler,
      scaling: blockOf(autoscaler?.values.autoscaling_policy),
      update: blockOf(manager.values.update_policy),
      zones: isRegional ? zonesOf(manager) : 1,
      region: textOf(manager.values.region) ?? textOf(manager.values.zone)?.replace(/-[a-z]$/, ""),
      backends: backends.get(manager.address) ?? [],
    };
  });
  CACHE.set(topology, groups);
  return groups;
}

/** A regional group spreads over three zones unless it is told which. */
function zonesOf(manager: Resource): number | undefined {
  const zones = manager.values.distribution_policy_zones;
  if (zones === undefined) return isComputed(manager.values, "distribution_policy_zones") ? undefined : 3;
  return Array.isArray(zones) && zones.length > 0 ? zones.length : undefined;
}
