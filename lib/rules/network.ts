import { WITH_IPV6 } from "../google/network";
import { api, provider, unconfirmed } from "../google/source";
import { contains, ipv4Range } from "../language/ip-range";
import { listed } from "../topology/place";
import { isProxyOnly, networkKey, overlappingRanges, publicNats, rangesOf } from "../topology/subnetworks";
import type { Topology } from "../topology/topology";
import { booleanOf, isUnset, textOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const compute = api("Compute API v1");
const SUBNET = "google_compute_subnetwork";
const NAT = "google_compute_router_nat";
const NAT_7 = provider(`${NAT} 7.45.0`);
const AUTO_RANGE = ipv4Range("10.128.0.0/9")!;

const nats = blocks(NAT);

/** Subnetworks with their network, where this document has it. */
const owned = (topology: Topology) =>
  topology.places(SUBNET).flatMap((place) => {
    const network = topology.document.target(place.block.network);
    return network?.type === "google_compute_network" && !network.isData ? [{ ...place, network: network.values }] : [];
  });

const ofSubnets: readonly Rule[] = [
  rule("subnet-overlap", (topology) => topology.once(overlappingRanges), {
    title: "the ranges of a network's subnetworks must not overlap",
    fix: "give each subnetwork a range of its own",
    source: compute("Subnetwork.ipCidrRange"),
    judge: ({ text, other }, blame) => blame("", text, `${other.text} of ${other.resource.address}`),
  }),
  rule("subnet-auto-mode", owned, {
    title: "subnetworks of an auto mode network must be outside 10.128.0.0/9",
    fix: "set auto_create_subnetworks = false on the network, or choose a range outside 10.128.0.0/9",
    source: unconfirmed("docs.cloud.google.com/vpc/docs/subnets"),
    judge({ resource, network }, blame) {
      const isAuto = isUnset(network, "auto_create_subnetworks") || booleanOf(network.auto_create_subnetworks);
      for (const { at, text, range } of isAuto ? rangesOf(resource) : [])
        if (contains(AUTO_RANGE, range)) blame(at, text);
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
      fix: 'set role = "BACKUP" on the second one',
      source: unconfirmed("docs.cloud.google.com/load-balancing/docs/proxy-only-subnets"),
      judge: ({ resource, other }, blame) => blame("role", resource.values.role, `also ${other.address}`),
    },
  ),
  rule("subnet-ipv6-internal", owned, {
    title: "a subnetwork with internal IPv6 must be in a network with a ULA range",
    fix: "set enable_ula_internal_ipv6 = true on the network",
    source: compute("Network.enableUlaInternalIpv6"),
    judge({ block, network }, blame) {
      const hasIpv6 = WITH_IPV6.includes(textOf(block.stack_type) ?? "") && isUnset(block, "ip_collection");
      const { enable_ula_internal_ipv6: ula } = network;
      if (hasIpv6 && block.ipv6_access_type === "INTERNAL" && booleanOf(ula ?? false) === false)
        blame("ipv6_access_type", block.ipv6_access_type);
    },
  }),
];

const ofNats: readonly Rule[] = [
  rule("nat-router-region", nats, {
    title: "a NAT must be in the region of its router",
    fix: "set region to the router's",
    source: NAT_7,
    judge({ block }, blame, { document }) {
      const [own, other] = [textOf(block.region), textOf(document.target(block.router)?.values.region)];
      if (own !== undefined && other !== undefined && own !== other) blame("region", own, `router in ${other}`);
    },
  }),
  rule("nat-address-kind", nats, {
    title: "a NAT's addresses must be external regional addresses of its region",
    fix: "use google_compute_address of type EXTERNAL in the NAT's region",
    source: compute("RouterNat.natIps"),
    judge({ block }, blame, { document }) {
      const own = textOf(block.region);
      for (const { at, target } of listed(document, block, "nat_ips")) {
        const region = textOf(target.values.region);
        const isElsewhere = region !== undefined && own !== undefined && region !== own;
        const isGlobal = target.type === "google_compute_global_address";
        if (isGlobal || target.values.address_type === "INTERNAL" || isElsewhere) blame(at, target.address, region);
      }
    },
  }),
  rule(
    "nat-address-removal",
    ({ document }) =>
      document.ofType(NAT).flatMap((nat) =>
        document
          .references(nat.values.nat_ips)
          .map(({ address }) => ({ resource: document.at(address)!, nat }))
          .filter(({ resource: { type, isData } }) => type === "google_compute_address" && !isData),
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
      fix: "list the subnetworks of each NAT",
      source: compute("RouterNat.sourceSubnetworkIpRangesToNat"),
      judge: ({ ranges, other }, blame) =>
        blame("source_subnetwork_ip_ranges_to_nat", ranges, `also ${other.resource.address}`),
    },
  ),
];

/** Subnetworks and Cloud NAT. */
export const networkRules: readonly Rule[] = [...ofSubnets, ...ofNats];
