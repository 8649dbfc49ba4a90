import type { Block, Resource } from "./document";
import type { Topology } from "./topology";
import { isUnset } from "./value";

export const TEMPLATES = "google_compute_instance_template|google_compute_region_instance_template";

/** A network interface of an instance template. */
export interface Interface {
  readonly resource: Resource;
  readonly at: string;
  readonly block: Block;
  /** The subnetwork, where this document has it. */
  readonly subnet?: Resource;
  /** The network that is named instead of a subnetwork, where this document has it. */
  readonly network?: Resource;
  /** Whether it has, or may have, an external address. */
  readonly isPublic: boolean;
}

export function interfaces(topology: Topology): readonly Interface[] {
  const own = (value: unknown) => {
    const target = topology.document.target(value);
    return target?.isData ? undefined : target;
  };
  return topology.places(TEMPLATES, "network_interface").map(({ resource, at, block }) => ({
    resource,
    at,
    block,
    subnet: own(block.subnetwork),
    network: isUnset(block, "subnetwork") ? own(block.network) : undefined,
    isPublic: !isUnset(block, "access_config"),
  }));
}

/** The network of this document in which a template's instances are. */
export function networkOf({ document }: Topology, template: Resource): Resource | undefined {
  const nic = [template.values.network_interface].flat()[0] as Block | undefined;
  const subnet = document.target(nic?.subnetwork);
  const network = subnet ? document.target(subnet.values.network) : document.target(nic?.network);
  return network?.type === "google_compute_network" && !network.isData ? network : undefined;
}
