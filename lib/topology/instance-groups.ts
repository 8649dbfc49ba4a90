import { builtInGpus, gpuMachineSize } from "../google/machine-types";
import { gpuZones } from "../google/regions";
import { type Backend, type Group, protocolOf } from "./backends";
import { type Block, blockOf, blocksOf, type Resource } from "./document";
import { append } from "./group-by";
import type { Topology } from "./topology";
import { isComputed, isSet, isUnset, numberOf, textOf } from "./value";

const MANAGERS = "google_compute_region_instance_group_manager|google_compute_instance_group_manager";
export const AUTOSCALERS = "google_compute_region_autoscaler|google_compute_autoscaler";
export const TEMPLATES = "google_compute_instance_template|google_compute_region_instance_template";

/** A managed instance group and what belongs to it. */
export interface ManagedGroup {
  /** The group manager. */
  readonly resource: Resource;
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

/** All managed instance groups: `topology.once(readInstanceGroups)`. */
export function readInstanceGroups(topology: Topology): readonly ManagedGroup[] {
  const { document } = topology;
  const managers = topology.places(MANAGERS);
  if (managers.length === 0) return [];
  const autoscalers = new Map<string, Resource>();
  for (const { resource } of topology.places(AUTOSCALERS)) {
    const target = document.target(resource.values.target);
    if (target) autoscalers.set(target.address, resource);
  }
  const backends = new Map<string, { backend: Backend; group: Group }[]>();
  for (const backend of topology.backends) {
    for (const group of backend.groups) {
      if (group.kind === "instanceGroup" && group.resource)
        append(backends, group.resource.address, { backend, group });
    }
  }
  return managers.map(({ resource, block }) => {
    const autoscaler = autoscalers.get(resource.address);
    const isRegional = resource.type === "google_compute_region_instance_group_manager";
    return {
      resource,
      isRegional,
      templates: blocksOf(block.version).flatMap(({ instance_template }) => document.target(instance_template) ?? []),
      autoscaler,
      scaling: blockOf(autoscaler?.values.autoscaling_policy),
      update: blockOf(block.update_policy),
      zones: isRegional ? zonesOf(block) : 1,
      region: textOf(block.region) ?? textOf(block.zone)?.replace(/-[a-z]$/, ""),
      backends: backends.get(resource.address) ?? [],
    };
  });
}

/** A regional group spreads over three zones unless it is told which. */
function zonesOf(manager: Block): number | undefined {
  const zones = manager.distribution_policy_zones;
  if (isUnset(manager, "distribution_policy_zones")) return 3;
  return Array.isArray(zones) ? zones.length : undefined;
}

/** The named ports of a group; undefined where they are not all known. */
function namedPorts(
  topology: Topology,
  { resource }: ManagedGroup,
): ReadonlyMap<string, number | undefined> | undefined {
  if (isComputed(resource.values, "named_port")) return undefined;
  const elsewhere = topology.referrers(resource.address);
  if (elsewhere.some(({ type }) => type === "google_compute_instance_group_named_port")) return undefined;
  const ports = new Map<string, number | undefined>();
  for (const { name, port } of blocksOf(resource.values.named_port)) {
    const known = textOf(name);
    if (known === undefined) return undefined;
    ports.set(known, numberOf(port));
  }
  return ports;
}

/**
 * Whether Google Cloud may reclaim the instances of a template at any time; undefined where that is
 * not known.
 */
export function isSpot({ values }: Resource): boolean | undefined {
  const scheduling = blockOf(values.scheduling);
  if (!scheduling) return isComputed(values, "scheduling") ? undefined : false;
  const { provisioning_model: model, preemptible } = scheduling;
  if (model === "SPOT" || preemptible === true || preemptible === "true") return true;
  const isKnownModel = isUnset(scheduling, "provisioning_model") || textOf(model) !== undefined;
  const isKnownPreemptible = isUnset(scheduling, "preemptible") || preemptible === false || preemptible === "false";
  return isKnownModel && isKnownPreemptible ? false : undefined;
}

/** What a template adds to its machine type: accelerators, and that it is for Spot VMs. */
export function extrasOf(template: Block): string[] {
  const attached = blocksOf(template.guest_accelerator).map(({ type, count }) => `${count} × ${type}`);
  return [...attached, ...(blockOf(template.scheduling)?.provisioning_model === "SPOT" ? ["Spot"] : [])];
}

/** The image of the boot disk, as far as it is known. */
export function bootImageOf(template: Resource): string {
  return textOf(blocksOf(template.values.disk)[0]?.source_image) ?? "";
}

/** Groups that heal themselves, with the health check of this document. */
export function readHealing(topology: Topology): { readonly resource: Resource; readonly check: Resource }[] {
  return topology.once(readInstanceGroups).flatMap(({ resource }) =>
    blocksOf(resource.values.auto_healing_policies).flatMap(({ health_check }) => {
      const check = topology.document.target(health_check);
      return check && !check.isData ? [{ resource, check }] : [];
    }),
  );
}

/**
 * Groups that the load balancer scales, with no other signal. A schedule is none: it follows the
 * clock. What is blamed is the autoscaler.
 */
export function readScaledByLoad(topology: Topology): readonly ManagedGroup[] {
  return topology.once(readInstanceGroups).flatMap((group) => {
    const { autoscaler, scaling, backends } = group;
    if (!autoscaler || !scaling || backends.length === 0 || !isSet(scaling.load_balancing_utilization)) return [];
    const isAlone = isUnset(scaling, "cpu_utilization") && isUnset(scaling, "metric");
    return isAlone ? [{ ...group, resource: autoscaler }] : [];
  });
}

/** Autoscalers of a group that surely has another one already. */
export function readSecondAutoscalers(topology: Topology): { readonly resource: Resource }[] {
  const seen = new Set<string>();
  return topology.places(AUTOSCALERS).filter(({ block }) => {
    const target = topology.document.identity(block.target)?.replace(/\.(id|self_link)$/, "");
    if (target === undefined || !isUnset(block, "count") || !isUnset(block, "for_each")) return false;
    return seen.size === seen.add(target).size;
  });
}

export interface ServedCheck {
  /** The health check. */
  readonly resource: Resource;
  readonly backend: Backend;
  /** The group manager. */
  readonly group: Resource;
  /** The port that requests go to; undefined where it is not known. */
  readonly port?: number;
}

/** Health checks of backend services with instance groups: each once for a service and a port. */
export function readServedChecks(topology: Topology): readonly ServedCheck[] {
  const checks = new Map<string, ServedCheck>();
  for (const group of topology.once(readInstanceGroups)) {
    const ports = group.backends.length > 0 ? namedPorts(topology, group) : undefined;
    if (!ports) continue;
    for (const { backend } of group.backends) {
      const { health_checks: listed, port_name: name } = backend.resource.values;
      const check = topology.document.target(Array.isArray(listed) ? listed[0] : listed);
      if (!check || check.isData) continue;
      const port = ports.get((name ? textOf(name) : protocolOf(backend) === "HTTP" ? "http" : undefined) ?? "");
      const served = { resource: check, backend, group: group.resource, port };
      const key = `${check.address} ${backend.resource.address} ${port}`;
      if (!checks.has(key)) checks.set(key, served);
    }
  }
  return [...checks.values()];
}

/** Why an instance has a GPU; undefined where it has none for sure, or may have none. */
export function gpuOf({ values }: Resource): string | undefined {
  const attached = blocksOf(values.guest_accelerator).find(({ count }) => (numberOf(count) ?? 0) > 0);
  if (attached) return textOf(attached.type) ?? "guest_accelerator";
  return builtInGpus(textOf(values.machine_type) ?? "")?.type;
}

/** The machine type of a template and what is attached to it, as the catalogue names them. */
export function gpuMachineOf({ values }: Resource): { readonly type: string; readonly attached?: string } | undefined {
  const type = textOf(values.machine_type);
  if (type === undefined || isComputed(values, "guest_accelerator")) return undefined;
  if (gpuMachineSize(type)) return { type };
  const attached = textOf(blocksOf(values.guest_accelerator)[0]?.type)?.split("/").at(-1);
  return attached === undefined ? undefined : { type, attached: attached.replace(/-vws$/, "") };
}

/**
 * The zones of the region that have the machines' GPU; undefined where they are not known, and
 * without GPU.
 */
export function zonesWithGpu(template: Resource, region: string | undefined): string[] | undefined {
  const machine = gpuMachineOf(template);
  return machine && region !== undefined ? gpuZones(machine.type, region, machine.attached) : undefined;
}
