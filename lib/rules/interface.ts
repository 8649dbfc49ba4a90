import { api, unconfirmed } from "../google/source";
import { isBlock, type Resource } from "../topology/document";
import { readInstanceGroups } from "../topology/instance-groups";
import { interfaces, TEMPLATES } from "../topology/interfaces";
import { isProxyOnly } from "../topology/subnetworks";
import type { Topology } from "../topology/topology";
import { booleanOf, isSet, isUnset, textOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const compute = api("Compute API v1");
const over = (topology: Topology) => topology.once(interfaces);

/** Registries and model hosts that Private Google Access does not lead to. */
const OUTSIDE =
  /(?<![\w.-]|[^/]\/)((?:registry-1\.)?docker\.io|ghcr\.io|quay\.io|nvcr\.io|public\.ecr\.aws|huggingface\.co)\//;

/** Whether instances of a network and region may reach the internet, as far as that is known. */
function mayLeave({ document }: Topology, network: Resource, region: string | undefined): boolean {
  if (document.ofType("google_compute_route").length > 0) return true;
  return document.ofType("google_compute_router_nat").some(({ values }) => {
    const router = document.target(values.router);
    const other = document.target(router?.values.network);
    const place = textOf(values.region) ?? textOf(router?.values.region);
    return !other || (other === network && (place === undefined || region === undefined || place === region));
  });
}

/** Templates of groups behind load balancers. */
const serving = (topology: Topology): readonly Resource[] =>
  topology.once(readInstanceGroups).flatMap(({ backends, templates }) => (backends.length > 0 ? templates : []));

/**
 * Subnetworks that have instances without an external address and no Cloud NAT, each with its first
 * template.
 */
function closed(topology: Topology) {
  if (topology.document.ofType("google_compute_router_nat").length > 0) return [];
  const inside = [...over(topology)].reverse().filter(({ isPublic }) => !isPublic);
  const bySubnet = new Map(inside.map(({ resource, subnet }) => [subnet, resource]));
  return [...bySubnet].flatMap(([resource, template]) => (resource ? [{ resource, template }] : []));
}

/** Where instances are in the network. */
export const interfaceRules: readonly Rule[] = [
  rule("interface-missing", blocks(TEMPLATES), {
    title: "an instance template must have a network interface",
    fix: "set network_interface.subnetwork",
    source: compute("InstanceProperties.networkInterfaces"),
    judge({ block }, blame) {
      if (isUnset(block, "network_interface")) blame("network_interface", undefined);
    },
  }),
  rule("interface-subnetwork", over, {
    title: "instances in a custom mode network must name their subnetwork",
    fix: "set network_interface.subnetwork",
    source: compute("NetworkInterface.subnetwork"),
    judge({ network }, blame) {
      if (network && booleanOf(network.values.auto_create_subnetworks) === false)
        blame("subnetwork", undefined, network.address);
    },
  }),
  rule("interface-purpose", over, {
    title: "instances must not be in a proxy-only or Private Service Connect subnetwork",
    fix: "use a subnetwork of purpose PRIVATE",
    source: unconfirmed("docs.cloud.google.com/load-balancing/docs/proxy-only-subnets"),
    judge({ subnet }, blame) {
      if (subnet && (isProxyOnly(subnet) || subnet.values.purpose === "PRIVATE_SERVICE_CONNECT"))
        blame("subnetwork", subnet.address, String(subnet.values.purpose));
    },
  }),
  rule("interface-region", over, {
    title: "a regional instance template must be in the region of its subnetwork",
    why: "No instance can be created.",
    fix: "use a subnetwork of the template's region",
    source: compute("NetworkInterface.subnetwork"),
    judge({ resource, subnet }, blame) {
      const [own, other] = [textOf(resource.values.region), textOf(subnet?.values.region)];
      if (own !== undefined && other !== undefined && own !== other)
        blame("subnetwork", subnet!.address, `${other}, the template is in ${own}`);
    },
  }),
  rule("interface-google-access", closed, {
    title: "instances without an external address must be able to reach Google's APIs",
    advice: true,
    why: "Otherwise they cannot pull images, read models or write logs. A NAT or a route may exist elsewhere.",
    fix: "set private_ip_google_access = true on the subnetwork, or add a google_compute_router_nat",
    source: compute("Subnetwork.privateIpGoogleAccess"),
    judge({ resource: { values }, template }, blame) {
      const { private_ip_google_access: access } = values;
      if (booleanOf(access ?? false) === false) blame("private_ip_google_access", access, template.address);
    },
  }),
  rule("interface-outside-images", (topology) => over(topology).map((each) => ({ ...each, at: "" })), {
    title: "instances that pull from outside Google must be able to reach the internet",
    advice: true,
    why: "Private Google Access leads to Google's APIs only: the image is never pulled. A NAT or a proxy may exist elsewhere.",
    fix: "add a google_compute_router_nat in the region, or pull through a remote repository of Artifact Registry",
    source: unconfirmed("docs.cloud.google.com/vpc/docs/private-google-access"),
    judge({ resource, subnet, isPublic }, blame, topology) {
      const network = topology.document.target(subnet?.values.network);
      if (isPublic || network?.type !== "google_compute_network" || network.isData) return;
      const { metadata } = resource.values;
      const texts = isBlock(metadata) ? Object.values(metadata) : [];
      const host = texts.map((text) => OUTSIDE.exec(String(text))?.[1]).find(Boolean);
      if (host !== undefined && !mayLeave(topology, network, textOf(subnet!.values.region)))
        blame("metadata", host, subnet!.address);
    },
  }),
  rule("interface-external-address", over, {
    title: "instances behind a load balancer must have no external address",
    advice: true,
    why: "They can be reached past the load balancer and its security policy, as far as firewall rules allow.",
    fix: "remove access_config; use Private Google Access or Cloud NAT for outgoing traffic",
    source: compute("NetworkInterface.accessConfigs"),
    judge({ resource, block }, blame, topology) {
      if (isSet(block.access_config) && topology.once(serving).includes(resource))
        blame("access_config", block.access_config);
    },
  }),
];
