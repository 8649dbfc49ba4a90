import type { TerraformDocument } from "../lib/topology/document";
import { extrasOf, type ManagedGroup, readInstanceGroups } from "../lib/topology/instance-groups";
import { readRegionWorkloads } from "../lib/topology/region-workloads";
import { Topology } from "../lib/topology/topology";

/** A managed instance group of one region. */
export interface MachineGroup {
  readonly region: string;
  /**
   * Listed by load balancers, but everywhere with capacity 0; or listed by none, although others
   * are.
   */
  readonly draining: boolean;
  /**
   * The machines and how many, without name and region, which differ for the same thing in another
   * region.
   */
  readonly description: string;
}

/** Global ones first. */
export const BACKEND_SERVICES = ["google_compute_backend_service", "google_compute_region_backend_service"];

/** The regional managed instance groups of a document. */
export function machineGroups(document: TerraformDocument): MachineGroup[] {
  const topology = Topology.of(document);
  const draining = new Map(
    topology.once(readRegionWorkloads).map(({ resource, isDraining }) => [resource, isDraining]),
  );
  return topology
    .once(readInstanceGroups)
    .filter(({ isRegional }) => isRegional)
    .map((group) => ({
      region: text(group.resource.values.region),
      draining: draining.get(group.resource) ?? false,
      description: `${describeTemplate(group)}; ${count(group)}`,
    }));
}

function describeTemplate({ templates: [template] }: ManagedGroup): string {
  if (!template) return "machines of a template elsewhere";
  return [text(template.values.machine_type), ...extrasOf(template.values)].join(", ");
}

function count({ scaling, resource }: ManagedGroup): string {
  if (!scaling) return `${text(resource.values.target_size)} instances`;
  return `${text(scaling.min_replicas)} to ${text(scaling.max_replicas)} instances`;
}

function text(value: unknown): string {
  return value === undefined ? "?" : String(value);
}
