import { type Block, blockOf, blocksOf, type Resource, type TerraformDocument } from "../lib/topology/document";
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

const AUTOSCALER = "google_compute_region_autoscaler";
/** Global ones first. */
export const BACKEND_SERVICES = ["google_compute_backend_service", "google_compute_region_backend_service"];

/** The regional managed instance groups of a document. */
export function machineGroups(document: TerraformDocument): MachineGroup[] {
  const draining = new Map(
    readRegionWorkloads(Topology.of(document)).map(({ resource, isDraining }) => [resource, isDraining]),
  );
  const autoscalers = new Map(
    document.ofType(AUTOSCALER).map((each) => [document.target(each.values.target)?.address, each]),
  );
  return document.ofType("google_compute_region_instance_group_manager").map((group) => {
    return {
      region: text(group.values.region),
      draining: draining.get(group) ?? false,
      description: `${describeTemplate(document, group)}; ${count(group, autoscalers.get(group.address))}`,
    };
  });
}

function describeTemplate(document: TerraformDocument, group: Resource): string {
  const template = document.target(blocksOf(group.values.version)[0]?.instance_template)?.values;
  if (!template) return "machines of a template elsewhere";
  const attached = blocksOf(template.guest_accelerator).map(({ type, count: many }) => `${many} × ${type}`);
  const isSpot = blockOf(template.scheduling)?.provisioning_model === "SPOT";
  return [text(template.machine_type), ...attached, ...(isSpot ? ["Spot"] : [])].join(", ");
}

function count(group: Resource, autoscaler: Resource | undefined): string {
  const policy: Block | undefined = blockOf(autoscaler?.values.autoscaling_policy);
  if (!policy) return `${text(group.values.target_size)} instances`;
  return `${text(policy.min_replicas)} to ${text(policy.max_replicas)} instances`;
}

function text(value: unknown): string {
  return value === undefined ? "?" : String(value);
}
