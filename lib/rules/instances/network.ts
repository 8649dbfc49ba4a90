import { contains, type Ipv4Range, ipv4Range, overlap } from "../../language/ipv4-range";
import { blocksOf, type Resource, type TerraformDocument } from "../../topology/document";
import { booleanOf, isKnown, textOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { firewallRules } from "./firewall";
import { instanceNetworkRules } from "./instance-network";
import { natRules } from "./nat";
import { isProxyOnly, NETWORK, networkLimitRules, SUBNET } from "./network-limits";

const RANGES = "docs.cloud.google.com/vpc/docs/subnets, from general knowledge, 2026-11";
const PROXY_ONLY = "docs.cloud.google.com/load-balancing/docs/proxy-only-subnets, from general knowledge, 2026-11";
const PROHIBITED = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "199.36.153.4/30",
  "199.36.153.8/30",
  "224.0.0.0/4",
  "255.255.255.255/32",
].map((text) => ({ text, range: ipv4Range(text)! }));
/** The bridge of Docker's own network. */
const DOCKER = { text: "172.17.0.0/16", range: ipv4Range("172.17.0.0/16")! };
const AUTO_RANGE = ipv4Range("10.128.0.0/9")!;

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

interface SubnetRange {
  readonly subnet: Resource;
  readonly at: string;
  readonly text: string;
  readonly range?: Ipv4Range;
}

/** The known ranges of a subnetwork, the primary one first. */
function rangesOf(subnet: Resource): SubnetRange[] {
  const { ip_cidr_range: primary, secondary_ip_range: secondary } = subnet.values;
  const all = [
    { at: "ip_cidr_range", text: textOf(primary) },
    ...blocksOf(secondary).map(({ ip_cidr_range: range }, index) => ({
      at: `secondary_ip_range.${index}.ip_cidr_range`,
      text: textOf(range),
    })),
  ];
  return all.flatMap(({ at, text }) =>
    text === undefined || text === "" ? [] : [{ subnet, at, text, range: ipv4Range(text) }],
  );
}

/** What a network is called by those that refer to it; undefined where that is not known. */
function networkKey(document: TerraformDocument, subnet: Resource): string | undefined {
  return document.target(subnet.values.network)?.address ?? textOf(subnet.values.network);
}

const subnetRules: readonly Rule[] = [
  resourceRule(
    {
      id: "subnet-range",
      title: "the ranges of a subnetwork are IPv4 networks from /4 to /29, written by their first address",
      why: "The API rejects other ranges.",
      fix: "write a range such as 10.0.0.0/24, with zeros after the prefix",
      source: `${api("Subnetwork.ipCidrRange")}; ${RANGES}`,
    },
    SUBNET,
    (subnet, blame) => {
      for (const { at, text, range } of rangesOf(subnet)) {
        if (!range?.aligned || !text.includes("/") || range.prefix < 4 || range.prefix > 29) blame(at, text);
      }
    },
  ),
  resourceRule(
    {
      id: "subnet-reserved-range",
      title: "the ranges of a subnetwork are not reserved ones",
      why: "The API rejects loopback, link-local and multicast addresses, and those of Private Google Access.",
      fix: "take a range of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
      source: RANGES,
    },
    SUBNET,
    (subnet, blame) => {
      for (const { at, text, range } of rangesOf(subnet)) {
        const hit = range && PROHIBITED.find((each) => overlap(each.range, range));
        if (hit) blame(at, text, hit.text);
      }
    },
  ),
  resourceRule(
    {
      id: "subnet-docker-range",
      title: "the ranges of a subnetwork are not those of Docker's bridge",
      severity: "warning",
      why: "On a machine that runs Docker, answers to 172.17.0.0/16 go to its own containers: it cannot talk to machines, or to proxies of load balancers, with these addresses. Not an error, because no machine may run Docker.",
      fix: "take a range outside 172.17.0.0/16",
      source: RANGES,
    },
    SUBNET,
    (subnet, blame) => {
      for (const { at, text, range } of rangesOf(subnet))
        if (range && overlap(DOCKER.range, range)) blame(at, text, DOCKER.text);
    },
  ),
  {
    id: "subnet-overlap",
    title: "the ranges of a network's subnetworks do not overlap",
    severity: "error",
    why: "The API rejects the second one.",
    fix: "give each subnetwork a range of its own",
    source: api("Subnetwork.ipCidrRange"),
    check(topology, report) {
      const byNetwork = new Map<string, SubnetRange[]>();
      for (const subnet of topology.document.ofType(SUBNET)) {
        const network = networkKey(topology.document, subnet);
        if (network === undefined || isSet(subnet.values.for_each) || isSet(subnet.values.count)) continue;
        byNetwork.set(network, [...(byNetwork.get(network) ?? []), ...rangesOf(subnet)]);
      }
      for (const ranges of byNetwork.values()) {
        const sorted = ranges.filter(({ range }) => range).sort((a, b) => a.range!.first - b.range!.first);
        let widest = sorted[0];
        for (const each of sorted.slice(1)) {
          if (overlap(widest!.range!, each.range!))
            report(each.subnet, each.at, each.text, `${widest!.text} of ${widest!.subnet.address}`);
          if (each.range!.last > widest!.range!.last) widest = each;
        }
      }
    },
  },
  {
    id: "subnet-auto-mode",
    title: "subnetworks of an auto mode network are outside 10.128.0.0/9",
    severity: "error",
    why: "Auto mode takes that range for its own subnetworks: the API rejects another one in it.",
    fix: "set auto_create_subnetworks = false on the network, or take a range outside 10.128.0.0/9",
    source: "docs.cloud.google.com/vpc/docs/subnets, auto mode ranges, from general knowledge, 2026-11",
    check(topology, report) {
      for (const subnet of topology.document.ofType(SUBNET)) {
        const network = topology.document.target(subnet.values.network);
        if (network?.type !== NETWORK || network.isData) continue;
        const auto = network.values.auto_create_subnetworks;
        if (!isKnown(auto) || booleanOf(auto) === false) continue;
        for (const { at, text, range } of rangesOf(subnet))
          if (range && contains(AUTO_RANGE, range)) report(subnet, at, text, network.address);
      }
    },
  },
  resourceRule(
    {
      id: "network-auto-subnetworks",
      title: "a network says whether it makes subnetworks by itself",
      severity: "warning",
      why: "auto_create_subnetworks is true by default: a subnetwork in every region, whose ranges collide with those of other networks. Not an error, because it works.",
      fix: "set auto_create_subnetworks = false and make the subnetworks that are needed",
      source: api("Network.autoCreateSubnetworks"),
    },
    NETWORK,
    (network, blame) => {
      if (!isSet(network.values.auto_create_subnetworks)) blame("auto_create_subnetworks", undefined);
    },
  ),
  resourceRule(
    {
      id: "subnet-secondary-names",
      title: "the secondary ranges of a subnetwork differ by name",
      why: "The API rejects the second range of a name.",
      fix: "rename one of them",
      source: "Compute API v1, SubnetworkSecondaryRange.rangeName, read 2026-11-22",
    },
    SUBNET,
    (subnet, blame) => {
      const seen = new Set<string>();
      blocksOf(subnet.values.secondary_ip_range).forEach(({ range_name: name }, index) => {
        const text = textOf(name);
        if (text === undefined) return;
        if (seen.has(text)) blame(`secondary_ip_range.${index}.range_name`, text);
        seen.add(text);
      });
    },
  ),
  resourceRule(
    {
      id: "subnet-proxy-size",
      title: "a proxy-only subnetwork is /26 or larger",
      why: "The API rejects a smaller one: a load balancer needs at least 64 proxy addresses.",
      fix: "take a /26, or the recommended /23",
      source: PROXY_ONLY,
    },
    SUBNET,
    (subnet, blame) => {
      const range = ipv4Range(textOf(subnet.values.ip_cidr_range) ?? "");
      if (isProxyOnly(subnet) && range && range.prefix > 26) blame("ip_cidr_range", subnet.values.ip_cidr_range);
    },
  ),
  resourceRule(
    {
      id: "subnet-proxy-role",
      title: "proxy-only subnetworks, and only they, have a role",
      why: "The API rejects a proxy-only subnetwork without ACTIVE or BACKUP, and a role on others.",
      fix: 'set role = "ACTIVE" on the proxy-only subnetwork',
      source: `${api("Subnetwork.role")}; ${PROXY_ONLY}`,
    },
    SUBNET,
    (subnet, blame) => {
      const purpose = textOrDefault(subnet.values.purpose, "PRIVATE");
      if (purpose === undefined) return;
      const { role } = subnet.values;
      if (isProxyOnly(subnet) !== (isSet(role) && role !== "")) blame("role", role, purpose);
    },
  ),
  resourceRule(
    {
      id: "subnet-proxy-plain",
      title: "a proxy-only subnetwork has no flow logs and no secondary ranges",
      why: "It has no instances: the API rejects them there.",
      fix: "take log_config and secondary_ip_range away",
      source: `${api("SubnetworkLogConfig.enable")}; ${PROXY_ONLY}`,
    },
    SUBNET,
    (subnet, blame) => {
      if (!isProxyOnly(subnet)) return;
      for (const name of ["log_config", "secondary_ip_range"])
        if (isSet(subnet.values[name])) blame(name, subnet.values[name]);
    },
  ),
  {
    id: "subnet-proxy-one",
    title: "a network has one active proxy-only subnetwork per region and purpose",
    severity: "error",
    why: "The API rejects the second one.",
    fix: 'set role = "BACKUP" on the second one',
    source: PROXY_ONLY,
    check(topology, report) {
      const seen = new Map<string, string>();
      for (const subnet of topology.document.ofType(SUBNET)) {
        const { purpose, role } = subnet.values;
        const region = textOf(subnet.values.region);
        const network = networkKey(topology.document, subnet);
        if (!isProxyOnly(subnet) || role !== "ACTIVE" || region === undefined || network === undefined) continue;
        const key = `${network} ${region} ${String(purpose)}`;
        if (seen.has(key)) report(subnet, "role", role, `also ${seen.get(key)}`);
        seen.set(key, subnet.address);
      }
    },
  },
  {
    id: "subnet-ipv6",
    title: "a subnetwork with IPv6 has an access type, and INTERNAL needs a network with a ULA range",
    severity: "error",
    why: "The API rejects it.",
    fix: "set ipv6_access_type; for INTERNAL set enable_ula_internal_ipv6 = true on the network",
    source: `${api("Subnetwork.ipv6AccessType")}; Network.enableUlaInternalIpv6`,
    check(topology, report) {
      for (const subnet of topology.document.ofType(SUBNET)) {
        const stack = textOf(subnet.values.stack_type);
        if (stack !== "IPV4_IPV6" && stack !== "IPV6_ONLY") continue;
        const access = subnet.values.ipv6_access_type;
        if (!isSet(access)) report(subnet, "ipv6_access_type", undefined, stack);
        const network = topology.document.target(subnet.values.network);
        const ula = network?.values.enable_ula_internal_ipv6;
        if (access === "INTERNAL" && network && !network.isData && isKnown(ula) && booleanOf(ula) !== true)
          report(subnet, "ipv6_access_type", access, network.address);
      }
    },
  },
];

/** Networks, subnetworks, firewalls, routers and NAT. */
export const networkRules: readonly Rule[] = [
  ...networkLimitRules,
  ...subnetRules,
  ...firewallRules,
  ...natRules,
  ...instanceNetworkRules,
];
