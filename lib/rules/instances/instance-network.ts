import { blocksOf, isBlock, type Resource } from "../../topology/document";
import { readInstanceGroups } from "../../topology/instance-groups";
import type { Topology } from "../../topology/topology";
import { booleanOf, isComputed, isKnown, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { isProxyOnly, NETWORK } from "./network-limits";

const PROXY_ONLY = "docs.cloud.google.com/load-balancing/docs/proxy-only-subnets, from general knowledge, 2026-11";

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

/** The subnetwork of the first interface of each instance template, where this document has it. */
function interfaces(
  topology: Topology,
): { template: Resource; at: string; subnet?: Resource; network?: Resource; isPublic: boolean }[] {
  const { document } = topology;
  return ["google_compute_instance_template", "google_compute_region_instance_template"]
    .flatMap((type) => document.ofType(type))
    .flatMap((template) =>
      blocksOf(template.values.network_interface).map((nic, index) => ({
        template,
        at: `network_interface.${index}`,
        subnet: document.target(nic.subnetwork),
        network: isSet(nic.subnetwork) ? undefined : document.target(nic.network),
        isPublic: isSet(nic.access_config) || isComputed(nic, "access_config"),
      })),
    );
}

/** Registries and model hosts that Private Google Access does not lead to. */
const OUTSIDE =
  /(?<![\w.-]|[^/]\/)((?:registry-1\.)?docker\.io|ghcr\.io|quay\.io|nvcr\.io|public\.ecr\.aws|huggingface\.co)\//;

/** The first host outside Google that the instances' metadata names. */
function outsideHost(template: Resource): string | undefined {
  const metadata = template.values.metadata;
  const texts = isBlock(metadata) ? Object.values(metadata).map(String) : [];
  return texts.flatMap((text) => OUTSIDE.exec(text)?.[1] ?? [])[0];
}

/** Whether instances of a network and region may reach the internet, as far as that is known. */
function mayLeave({ document }: Topology, network: Resource, region: string | undefined): boolean {
  const nats = document.ofType("google_compute_router_nat").some((nat) => {
    const router = document.target(nat.values.router);
    const other = document.target(router?.values.network);
    const place = textOf(nat.values.region) ?? textOf(router?.values.region);
    return !other || (other === network && (place === undefined || region === undefined || place === region));
  });
  return nats || document.ofType("google_compute_route").length > 0;
}

/** Where instances stand in the network. */
export const instanceNetworkRules: readonly Rule[] = [
  resourceRule(
    {
      id: "template-network-interface",
      title: "instances have a network interface, in a network that is named",
      why: "The API rejects a template without an interface. One without network and subnetwork goes to the network default, which new projects often lack.",
      fix: "set network_interface.subnetwork",
      source: api("NetworkInterface.network"),
    },
    "google_compute_instance_template|google_compute_region_instance_template",
    (template, blame) => {
      if (isComputed(template.values, "network_interface")) return;
      if (!isSet(template.values.network_interface)) blame("network_interface", undefined);
    },
  ),
  {
    id: "template-subnetwork",
    title: "instances in a custom mode network name their subnetwork",
    severity: "error",
    why: "The API cannot choose one: no instance is created.",
    fix: "set network_interface.subnetwork",
    source: api("NetworkInterface.subnetwork"),
    check(topology, report) {
      for (const { template, at, network } of interfaces(topology)) {
        if (network?.type === NETWORK && !network.isData && booleanOf(network.values.auto_create_subnetworks) === false)
          report(template, `${at}.subnetwork`, undefined, network.address);
      }
    },
  },
  {
    id: "template-subnetwork-purpose",
    title: "instances are not in a proxy-only or Private Service Connect subnetwork",
    severity: "error",
    why: "The API allows no instances there.",
    fix: "use a subnetwork of purpose PRIVATE",
    source: PROXY_ONLY,
    check(topology, report) {
      for (const { template, at, subnet } of interfaces(topology)) {
        const purpose = textOf(subnet?.values.purpose) ?? "PRIVATE";
        if (isProxyOnly(subnet ?? template) || purpose === "PRIVATE_SERVICE_CONNECT")
          report(template, `${at}.subnetwork`, subnet!.address, purpose);
      }
    },
  },
  {
    id: "template-subnetwork-region",
    title: "a regional instance template is in the region of its subnetwork",
    severity: "error",
    why: "No instance can be created.",
    fix: "use a subnetwork of the template's region",
    source: api("NetworkInterface.subnetwork"),
    check(topology, report) {
      for (const { template, at, subnet } of interfaces(topology)) {
        const own = textOf(template.values.region);
        const other = textOf(subnet?.values.region);
        if (own !== undefined && other !== undefined && own !== other)
          report(template, `${at}.subnetwork`, subnet!.address, `${other}, the template is in ${own}`);
      }
    },
  },
  {
    id: "subnet-private-access",
    title: "instances without an external address reach Google's APIs",
    severity: "warning",
    why: "Without Private Google Access and without Cloud NAT they cannot pull images, read models or write logs. Not an error, because a NAT or a route may exist elsewhere.",
    fix: "set private_ip_google_access = true on the subnetwork, or add a google_compute_router_nat",
    source: api("Subnetwork.privateIpGoogleAccess"),
    check(topology, report) {
      if (topology.document.ofType("google_compute_router_nat").length > 0) return;
      const told = new Set<string>();
      for (const { template, subnet, isPublic } of interfaces(topology)) {
        if (isPublic || !subnet || subnet.isData || told.has(subnet.address)) continue;
        const access = subnet.values.private_ip_google_access;
        if (!isKnown(access) || booleanOf(access) === true) continue;
        told.add(subnet.address);
        report(subnet, "private_ip_google_access", access, template.address);
      }
    },
  },
  {
    id: "template-outside-images",
    title: "instances that pull from outside Google can reach the internet",
    severity: "warning",
    why: "Private Google Access leads to Google's APIs only: the image is never pulled, and no instance becomes healthy. Not an error, because a NAT or a proxy may exist elsewhere.",
    fix: "add a google_compute_router_nat in the region, or pull from Artifact Registry, by a remote repository too",
    source: "docs.cloud.google.com/vpc/docs/private-google-access, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { template, subnet, isPublic } of interfaces(topology)) {
        const network = topology.document.target(subnet?.values.network);
        const host = isPublic || network?.type !== NETWORK || network.isData ? undefined : outsideHost(template);
        if (host !== undefined && !mayLeave(topology, network!, textOf(subnet!.values.region)))
          report(template, "metadata", host, subnet!.address);
      }
    },
  },
  {
    id: "template-external-address",
    title: "instances behind a load balancer have no external address",
    severity: "warning",
    why: "They can be reached past the load balancer and its security policy, as far as firewall rules let. Not an error, because it may be meant.",
    fix: "take access_config away; use Private Google Access or Cloud NAT to get out",
    source: api("NetworkInterface.accessConfigs"),
    check(topology, report) {
      const serving = new Set(
        topology.once(readInstanceGroups).flatMap(({ backends, templates }) => (backends.length > 0 ? templates : [])),
      );
      for (const { template, at } of interfaces(topology)) {
        if (!serving.has(template)) continue;
        const nic = blocksOf(template.values.network_interface)[Number(at.split(".")[1])];
        if (isSet(nic?.access_config)) report(template, `${at}.access_config`, nic!.access_config);
      }
    },
  },
];
