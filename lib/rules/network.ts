import { api, provider, unconfirmed } from "../google/source";
import { contains, ipv4Range, overlap } from "../language/ip-range";
import type { Resource } from "../topology/document";
import { isProxyOnly, networkKey, rangesOf, type SubnetRange } from "../topology/subnetworks";
import type { Topology } from "../topology/topology";
import { booleanOf, isUnset, textOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const compute = api("Compute API v1");
const SUBNET = "google_compute_subnetwork";
const NAT = "google_compute_router_nat";
const NAT_7 = provider(`${NAT} 7.45.0`);
const AUTO_RANGE = ipv4Range("10.128.0.0/9")!;

const subnets = blocks(SUBNET);
const nats = blocks(NAT);

/** The network of this document that a subnetwork is in. */
function networkOf({ document }: Topology, { values }: Resource): Resource | undefined {
  const network = document.target(values.network);
  return network?.type === "google_compute_network" && !network.isData ? network : undefined;
}

/** Ranges that overlap with another one of their network. */
function overlapping({ document }: Topology): readonly (SubnetRange & { readonly other: SubnetRange })[] {
  const byNetwork = new Map<string, SubnetRange[]>();
  for (const subnet of document.ofType(SUBNET)) {
    const network = networkKey(document, subnet);
    if (network === undefined || subnet.values.for_each !== undefined || subnet.values.count !== undefined) continue;
    byNetwork.set(network, [...(byNetwork.get(network) ?? []), ...rangesOf(subnet)]);
  }
  return [...byNetwork.values()].flatMap((ranges) => {
    const sorted = ranges.sort((a, b) => a.range.first - b.range.first);
    let widest = sorted[0]!;
    return sorted.slice(1).flatMap((each) => {
      const other = widest;
      if (each.range.last > widest.range.last) widest = each;
      return overlap(other.range, each.range) ? [{ ...each, other }] : [];
    });
  });
}

const ofSubnets: readonly Rule[] = [
  rule("subnet-overlap", (topology) => topology.once(overlapping).map((each) => ({ ...each, at: "", path: each.at })), {
    title: "the ranges of a network's subnetworks must not overlap",
    why: "Google Cloud rejects the second one.",
    fix: "give each subnetwork a range of its own",
    source: compute("Subnetwork.ipCidrRange"),
    judge: ({ path, text, other }, blame) => blame(path, text, `${other.text} of ${other.resource.address}`),
  }),
  rule("subnet-auto-mode", subnets, {
    title: "subnetworks of an auto mode network must be outside 10.128.0.0/9",
    why: "Auto mode uses that range for its own subnetworks: Google Cloud rejects another one in it.",
    fix: "set auto_create_subnetworks = false on the network, or choose a range outside 10.128.0.0/9",
    source: unconfirmed("docs.cloud.google.com/vpc/docs/subnets"),
    judge({ resource }, blame, topology) {
      const network = networkOf(topology, resource);
      if (!network) return;
      const isAuto = isUnset(network.values, "auto_create_subnetworks");
      if (!isAuto && booleanOf(network.values.auto_create_subnetworks) !== true) return;
      for (const { at, text, range } of rangesOf(resource))
        if (contains(AUTO_RANGE, range)) blame(at, text, network.address);
    },
  }),
  rule(
    "subnet-proxy-one",
    ({ document }) => {
      const active = document.ofType(SUBNET).flatMap((resource) => {
        const { purpose, role, region } = resource.values;
        const [network, place] = [networkKey(document, resource), textOf(region)];
        if (!isProxyOnly(resource) || role !== "ACTIVE" || network === undefined || place === undefined) return [];
        return [{ resource, key: `${network} ${place} ${String(purpose)}` }];
      });
      return active.flatMap((each, index) => {
        const first = active.findIndex(({ key }) => key === each.key);
        return first < index ? [{ ...each, other: active[first]!.resource }] : [];
      });
    },
    {
      title: "a network must have one active proxy-only subnetwork per region and purpose",
      why: "Google Cloud rejects the second one.",
      fix: 'set role = "BACKUP" on the second one',
      source: unconfirmed("docs.cloud.google.com/load-balancing/docs/proxy-only-subnets"),
      judge: ({ resource, other }, blame) => blame("role", resource.values.role, `also ${other.address}`),
    },
  ),
  rule("subnet-ipv6-internal", subnets, {
    title: "a subnetwork with internal IPv6 must be in a network with a ULA range",
    why: "Google Cloud rejects it, unless ip_collection gives the addresses.",
    fix: "set enable_ula_internal_ipv6 = true on the network",
    source: compute("Network.enableUlaInternalIpv6"),
    judge({ resource, block }, blame, topology) {
      const network = networkOf(topology, resource);
      const hasIpv6 = ["IPV4_IPV6", "IPV6_ONLY"].includes(textOf(block.stack_type) ?? "");
      if (!network || !hasIpv6 || block.ipv6_access_type !== "INTERNAL" || !isUnset(block, "ip_collection")) return;
      const { enable_ula_internal_ipv6: ula } = network.values;
      if (isUnset(network.values, "enable_ula_internal_ipv6") || booleanOf(ula) === false)
        blame("ipv6_access_type", block.ipv6_access_type, network.address);
    },
  }),
];

/** Public NAT gateways by network and region, as far as both are known. */
function publicNats({ document }: Topology) {
  return document.ofType(NAT).flatMap((resource) => {
    const { router: reference, region, type, source_subnetwork_ip_ranges_to_nat: ranges } = resource.values;
    const router = document.target(reference);
    const network = router && networkKey(document, router);
    const place = textOf(region) ?? textOf(router?.values.region);
    const isOne = resource.values.for_each === undefined && resource.values.count === undefined;
    if (network === undefined || place === undefined || (type ?? "PUBLIC") !== "PUBLIC" || !isOne) return [];
    return [{ resource, key: `${network} ${place}`, ranges, isAll: ranges === "ALL_SUBNETWORKS_ALL_IP_RANGES" }];
  });
}

const ofNats: readonly Rule[] = [
  rule("nat-router-region", nats, {
    title: "a NAT must be in the region of its router",
    why: "Google Cloud looks for the router in the NAT's region.",
    fix: "set region to the router's",
    source: NAT_7,
    judge({ block }, blame, { document }) {
      const [own, other] = [textOf(block.region), textOf(document.target(block.router)?.values.region)];
      if (own !== undefined && other !== undefined && own !== other) blame("region", own, `router in ${other}`);
    },
  }),
  rule("nat-address-kind", nats, {
    title: "a NAT's addresses must be external regional addresses of its region",
    why: "Google Cloud rejects internal addresses, global ones and those of other regions.",
    fix: "use google_compute_address of type EXTERNAL in the NAT's region",
    source: compute("RouterNat.natIps"),
    judge({ block }, blame, { document }) {
      const own = textOf(block.region);
      for (const [index, item] of (Array.isArray(block.nat_ips) ? block.nat_ips : []).entries()) {
        const address = document.target(item);
        if (!address || address.isData) continue;
        const region = textOf(address.values.region);
        const isElsewhere = region !== undefined && own !== undefined && region !== own;
        const isGlobal = address.type === "google_compute_global_address";
        if (isGlobal || address.values.address_type === "INTERNAL" || isElsewhere)
          blame(`nat_ips.${index}`, address.address, region);
      }
    },
  }),
  rule(
    "nat-address-removal",
    ({ document }) =>
      document.ofType(NAT).flatMap((nat) =>
        document.references(nat.values.nat_ips).flatMap(({ address }) => {
          const resource = document.at(address)!;
          return resource.type === "google_compute_address" && !resource.isData ? [{ resource, nat }] : [];
        }),
      ),
    {
      title: "a NAT's addresses must be destroyed after the NAT has released them",
      advice: true,
      why: "Terraform destroys a removed address before it changes the NAT: 400 resourceInUseByAnotherResource.",
      fix: "set lifecycle.create_before_destroy on the NAT, which its addresses inherit",
      source: NAT_7,
      judge({ resource, nat }, blame, { createdBeforeDestroy }) {
        if (!createdBeforeDestroy.has(resource.address))
          blame("lifecycle.create_before_destroy", undefined, nat.address);
      },
    },
  ),
  rule(
    "nat-one-for-all",
    (topology) => {
      const all = topology.once(publicNats);
      return all.flatMap((each, index) => {
        const other = all.slice(0, index).find(({ key, isAll }) => key === each.key && (isAll || each.isAll));
        return other ? [{ ...each, other }] : [];
      });
    },
    {
      title: "a NAT for all subnetworks must be the only one of its network and region",
      why: "Google Cloud rejects a second NAT beside ALL_SUBNETWORKS_ALL_IP_RANGES.",
      fix: "list the subnetworks of each NAT",
      source: compute("RouterNat.sourceSubnetworkIpRangesToNat"),
      judge: ({ ranges, other }, blame) =>
        blame("source_subnetwork_ip_ranges_to_nat", ranges, `also ${other.resource.address}`),
    },
  ),
];

/** Subnetworks and Cloud NAT. */
export const networkRules: readonly Rule[] = [...ofSubnets, ...ofNats];
