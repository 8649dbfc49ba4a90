import { ipv4Range, isAddressRange, overlap } from "../language/ip-range";
import { computeName } from "./formats";
import { at, distinct, fulfilling, integer, items, Limit, type Limits, matching, not, number, oneOf, set, unset } from "./limit";
import { atMostOne, exactlyOne, notEmpty, order, resourceType, when } from "./resource-type";
import { api, provider, unconfirmed } from "./source";

const compute = api("Compute API v1");
const SUBNETS = unconfirmed("docs.cloud.google.com/vpc/docs/subnets");
const PROXY_ONLY = unconfirmed("docs.cloud.google.com/load-balancing/docs/proxy-only-subnets");
const FIREWALL_QUOTA = unconfirmed("docs.cloud.google.com/vpc/docs/quota");

/** Purposes of subnetworks for the proxies of load balancers. */
export const PROXY_PURPOSES = ["REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER"];

const OTHER_PURPOSES = ["PRIVATE", "PRIVATE_SERVICE_CONNECT", "PRIVATE_RFC_1918", "PRIVATE_NAT", "PEER_MIGRATION", "AGGREGATE"];

const RESERVED = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "199.36.153.4/30", "199.36.153.8/30", "224.0.0.0/4", "255.255.255.255/32"];
const overlaps = (value: unknown, ranges: readonly string[]) => {
  const range = ipv4Range(String(value));
  return range !== undefined && ranges.some((each) => overlap(ipv4Range(each)!, range));
};

/** The smallest subnetwork, and the smallest proxy-only one, as lengths of prefixes. */
export const MAX_SUBNET_PREFIX = 29;
export const MAX_PROXY_PREFIX = 26;

const isSubnet = (value: unknown) => {
  const range = ipv4Range(String(value));
  return range?.aligned === true && String(value).includes("/") && range.prefix >= 4 && range.prefix <= MAX_SUBNET_PREFIX;
};
const subnetRange = fulfilling('an IPv4 network from /4 to /29 that begins with its first address, such as "10.0.0.0/24"', isSubnet).fix("write zeros after the prefix: 10.0.0.0/24", SUBNETS);
const reservedRange = fulfilling("outside reserved ranges", (value) => !overlaps(value, RESERVED))
  .named("reserved")
  .fix("choose a range of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16", SUBNETS);
const proxyRange = fulfilling("a /26 or larger in a proxy-only subnetwork", (value) => (ipv4Range(String(value))?.prefix ?? 0) <= MAX_PROXY_PREFIX)
  .named("proxy")
  .fix("use a /26, or the recommended /23", PROXY_ONLY);
/** The bridge of Docker's own network. */
export const DOCKER = "172.17.0.0/16";
const dockerRange = fulfilling(`outside ${DOCKER}, which Docker's bridge uses`, (value) => !overlaps(value, [DOCKER]))
  .named("docker")
  .advice("A machine that runs Docker sends answers to 172.17.0.0/16 to its own containers: it cannot talk to machines or proxies with these addresses.")
  .fix("choose a range outside 172.17.0.0/16", SUBNETS);
const ranges = [subnetRange, reservedRange, dockerRange];

export const networkMtu = integer(1300, 8896).fix("leave it out for 1460 bytes", compute("Network.mtu"));
export const firewallPriority = integer(0, 65535).fix("give a priority", compute("Firewall.priority"));

const network = resourceType("google_compute_network", {
  group: "network",
  name: { format: computeName, uniqueIn: [] },
  replacedBy: ["name", "auto_create_subnetworks", "description", "internal_ipv6_range", "network_profile", "params"],
  keptWhenUnset: ["mtu", "routing_mode"],
  limits: {
    mtu: networkMtu,
    internal_ipv6_range: matching(/^fd20:.*\/48$/i, "a /48 range within fd20::/20").fix("give a /48 that begins with fd20:", compute("Network.internalIpv6Range")),
    auto_create_subnetworks: set()
      .opinion("By default there is a subnetwork in every region, whose ranges collide with those of other networks.")
      .fix("set auto_create_subnetworks = false", compute("Network.autoCreateSubnetworks")),
  },
});

export const WITH_IPV6 = ["IPV4_IPV6", "IPV6_ONLY"];
const NOT_CUSTOM = { metadata: not("CUSTOM_METADATA") };

const subnetwork = resourceType("google_compute_subnetwork", {
  group: "subnet",
  name: { format: computeName, uniqueIn: ["region"] },
  replacedBy: "name network description external_ipv6_prefix internal_ipv6_prefix params region reserved_internal_range resolve_subnet_mask".split(" "),
  keptWhenUnset: ["private_ip_google_access", "secondary_ip_range", "stack_type"],
  limits: {
    ip_cidr_range: [...ranges, proxyRange.when({ purpose: PROXY_PURPOSES })],
    ...at("secondary_ip_range", { ip_cidr_range: ranges }),
    secondary_ip_range: distinct("range_name").named("names").fix("rename one of them", compute("SubnetworkSecondaryRange.rangeName")),
    purpose: oneOf(...PROXY_PURPOSES, ...OTHER_PURPOSES).fix("use PRIVATE, or REGIONAL_MANAGED_PROXY for a proxy-only subnetwork", compute("Subnetwork.purpose")),
    role: set().named("proxy").when({ purpose: PROXY_PURPOSES }).fix('set role = "ACTIVE" on the proxy-only subnetwork', PROXY_ONLY),
    ipv6_access_type: set().named("set").when({ stack_type: WITH_IPV6 }).fix("set ipv6_access_type", compute("Subnetwork.ipv6AccessType")),
    "log_config.flow_sampling": number(0, 1).fix("give a share from 0 to 1", compute("SubnetworkLogConfig.flowSampling")),
    "log_config.metadata_fields": unset().when(NOT_CUSTOM).fix('set metadata = "CUSTOM_METADATA", or remove them', compute("SubnetworkLogConfig.metadataFields")),
    enable_flow_logs: unset().why("Provider 7 does not know the attribute; older ones ignore it.").fix("use the log_config block", provider("google_compute_subnetwork 7.45.0")),
  },
  together: [
    ...notEmpty("log_config", provider("google_compute_subnetwork 7.45.0", "validate")),
    when({ purpose: PROXY_PURPOSES }, { log_config: unset(), secondary_ip_range: unset() }, { id: "proxy-plain" }).fix("remove log_config and secondary_ip_range", PROXY_ONLY),
  ],
});

const PORTS = fulfilling('a port such as "443", or a range such as "8000-8080"', (value) => {
  const [first = "", last = first, ...more] = String(value).split("-");
  return more.length === 0 && /^\d{1,5}$/.test(first) && /^\d{1,5}$/.test(last) && Number(first) <= Number(last) && Number(last) <= 65535;
});
const PORTLESS = new Limit("one without ports", (value) => /^(icmp|esp|ah|ipip|all|(?!(6|17|132)$)\d{1,3})$/i.test(String(value)), { allowed: ["icmp"] });
const allowed = compute("Firewall.allowed");
const rules: Limits = {
  "ports[]": PORTS.fix("write a port or a range as text", allowed),
  ports: unset().named("protocol").when({ protocol: PORTLESS }).fix("remove ports, or name tcp, udp or sctp", allowed),
  protocol: matching(/^(tcp|udp|icmp|esp|ah|ipip|sctp|all|\d{1,3})$/i, "tcp, udp, icmp, esp, ah, ipip, sctp, all or a protocol number").fix("use the protocol's number", allowed),
};
const ipRange = fulfilling("an IP address or a range", (value) => isAddressRange(String(value))).fix("write a range such as 10.0.0.0/8", compute("Firewall.sourceRanges, destinationRanges"));
const isOneVersion = (value: unknown) => new Set([value].flat().map((each) => String(each).includes(":"))).size < 2;
const oneVersion = fulfilling("all IPv4 or all IPv6", isOneVersion).named("versions").fix("make one rule for each IP version", unconfirmed("docs.cloud.google.com/firewall/docs/firewalls"));
const FIREWALL_7 = provider("google_compute_firewall 7.45.0", "validate");
/** One limit of several attributes. */
const forEach = (names: readonly string[], limit: Limit): Limits => Object.fromEntries(names.map((name) => [name, limit]));
const noSource = { source_ranges: unset(), source_tags: unset(), source_service_accounts: unset() };
const noAccounts = { source_service_accounts: unset(), target_service_accounts: unset() };

const firewall = resourceType("google_compute_firewall", {
  group: "firewall",
  name: { format: computeName, uniqueIn: [] },
  replacedBy: ["name", "direction", "params"],
  defaults: { direction: "INGRESS" },
  limits: {
    priority: firewallPriority,
    ...at(["allow", "deny"], rules),
    ...forEach(["source_ranges[]", "destination_ranges[]"], ipRange),
    ...forEach(["source_ranges", "destination_ranges"], oneVersion),
    ...forEach(["source_service_accounts", "target_service_accounts"], items(0, 10).fix("name at most 10 accounts", FIREWALL_7)),
    source_tags: items(0, 30).fix("name at most 30 tags", FIREWALL_QUOTA),
    target_tags: items(0, 70).fix("name at most 70 tags", FIREWALL_QUOTA),
  },
  alternatives: [exactlyOne("allow deny", { id: "allow-deny" }).fix("make a second rule for the other", FIREWALL_7)],
  together: [
    when({ direction: "EGRESS" }, noSource, { id: "egress-source" }).fix("use destination_ranges on an egress rule", compute("Firewall.direction")),
    when({ source_tags: set() }, noAccounts, { id: "source-tags-accounts" }).fix("keep tags or service accounts", compute("Firewall.sourceServiceAccounts")),
    when({ target_tags: set(), source_tags: unset() }, noAccounts, { id: "target-tags-accounts" }).fix("keep tags or service accounts", compute("Firewall.targetServiceAccounts")),
  ],
});

const isPrivateAsn = (asn: number) => asn === 16550 || (asn >= 64512 && asn <= 65534) || (asn >= 4200000000 && asn <= 4294967294);

const router = resourceType("google_compute_router", {
  group: "router",
  name: { format: computeName, uniqueIn: ["region"] },
  replacedBy: ["name", "network", "region", "encrypted_interconnect_router", "ncc_gateway", "params"],
  alternatives: [atMostOne("network ncc_gateway", { id: "network-or-gateway" }).fix("keep network", provider("google_compute_router 7.45.0", "validate"))],
  defaults: { "bgp.advertise_mode": "DEFAULT" },
  limits: {
    "bgp.asn": fulfilling("a private ASN: 64512 to 65534, or 4200000000 to 4294967294", (value) => isPrivateAsn(Number(value))).fix("give a private ASN", compute("RouterBgp.asn")),
    "bgp.keepalive_interval": integer(20, 60).fix("give 20 to 60 seconds", compute("RouterBgp.keepaliveInterval")),
    "bgp.advertised_groups": unset().when({ advertise_mode: "DEFAULT" }).fix('set advertise_mode = "CUSTOM", or remove advertised_groups', compute("RouterBgp.advertisedGroups")),
  },
});

const nat = (field: string) => compute(`RouterNat.${field}`);

/** The most ports of one machine. */
export const MAX_NAT_PORTS = 65536;

export function powerOfTwo(min: number, max: number): Limit {
  const holds = (value: unknown) => Number(value) >= min && Number(value) <= max && Number.isInteger(Math.log2(Number(value)));
  return new Limit(`a power of two from ${min} to ${max}`, holds, { min, max, allowed: [min, max], refused: [min / 2, min + 1, max * 2] }).fix(`give a power of two from ${min} to ${max}`);
}

/** Ports of a machine, without and with dynamic port allocation. */
export const natPorts = integer(2, MAX_NAT_PORTS).fix("give a number of ports", nat("minPortsPerVm"));
export const natDynamicMinPorts = powerOfTwo(32, 32768);

const lists = (value: unknown) => Array.isArray(value) && value.includes("LIST_OF_SECONDARY_IP_RANGES");
const LISTED = fulfilling("a list with LIST_OF_SECONDARY_IP_RANGES", lists);
const UNLISTED = fulfilling("a list without LIST_OF_SECONDARY_IP_RANGES", (value) => Array.isArray(value) && !lists(value));
const NAT_TIMEOUTS = ["icmp_idle", "tcp_established_idle", "tcp_time_wait", "tcp_transitory_idle", "udp_idle"].map((name) => `${name}_timeout_sec`);
const ALL_SUBNETWORKS = ["ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES"];
const DYNAMIC = { enable_dynamic_port_allocation: true };
const ALLOCATE = nat("natIpAllocateOption");
const SECONDARY = compute("RouterNatSubnetworkToNat.secondaryIpRangeNames");

const NAT_7 = provider("google_compute_router_nat 7.45.0", "validate");

const routerNat = resourceType("google_compute_router_nat", {
  group: "nat",
  name: { format: computeName, uniqueIn: ["region", "router"] },
  replacedBy: ["name", "router", "region", "type", "endpoint_types", "initial_nat_ips"],
  keptWhenUnset: ["nat_ips", "enable_dynamic_port_allocation", "enable_endpoint_independent_mapping", "min_ports_per_vm"],
  defaults: { type: "PUBLIC", min_ports_per_vm: 32 },
  limits: {
    ...forEach(NAT_TIMEOUTS, integer(1).fix("give at least 1 second", nat("udpIdleTimeoutSec and the other timeouts"))),
    min_ports_per_vm: [natPorts.when({ enable_dynamic_port_allocation: not(true) }), natDynamicMinPorts.named("dynamic").when(DYNAMIC).from(nat("enableDynamicPortAllocation"))],
    max_ports_per_vm: powerOfTwo(64, MAX_NAT_PORTS).from(nat("maxPortsPerVm")),
  },
  together: [
    when({ nat_ip_allocate_option: "MANUAL_ONLY", initial_nat_ips: unset() }, { nat_ips: set() }, { id: "manual-addresses" }).fix("name addresses in nat_ips, or use AUTO_ONLY", ALLOCATE),
    when({ nat_ip_allocate_option: "AUTO_ONLY" }, { nat_ips: unset(), initial_nat_ips: unset() }, { id: "auto-addresses" }).fix("remove nat_ips, or use MANUAL_ONLY", ALLOCATE),
    when({ type: "PUBLIC" }, { nat_ip_allocate_option: set() }, { id: "public-allocation" }).fix("set nat_ip_allocate_option = AUTO_ONLY", ALLOCATE),
    when({ type: "PRIVATE" }, { nat_ip_allocate_option: unset() }, { id: "private-allocation" }).fix("remove it: a private NAT has no external address", ALLOCATE),
    when({ source_subnetwork_ip_ranges_to_nat: "LIST_OF_SUBNETWORKS" }, { subnetwork: set() }, { id: "subnetworks" }).fix("add subnetwork blocks", nat("subnetworks")),
    when({ source_subnetwork_ip_ranges_to_nat: ALL_SUBNETWORKS }, { subnetwork: unset() }, { id: "all-subnetworks" }).fix("remove the subnetwork blocks", nat("subnetworks")),
    when({ source_ip_ranges_to_nat: LISTED }, { secondary_ip_range_names: set() }, { in: "subnetwork", id: "secondary-ranges" }).fix("set secondary_ip_range_names", SECONDARY),
    when({ source_ip_ranges_to_nat: UNLISTED }, { secondary_ip_range_names: unset() }, { in: "subnetwork", id: "no-secondary-ranges" }).fix("remove secondary_ip_range_names", SECONDARY),
    when(DYNAMIC, { enable_endpoint_independent_mapping: not(true) }, { id: "dynamic-mapping" }).fix("set enable_endpoint_independent_mapping = false", nat("enableDynamicPortAllocation")),
    when({ enable_dynamic_port_allocation: not(true) }, { max_ports_per_vm: unset() }, { id: "static-max-ports" })
      .why("Google Cloud accepts it, but it has no effect without dynamic port allocation.")
      .fix("set enable_dynamic_port_allocation = true, or remove max_ports_per_vm", nat("maxPortsPerVm")),
  ],
  alternatives: [atMostOne("initial_nat_ips nat_ips", { id: "initial-addresses" }).fix("keep nat_ips, or initial_nat_ips and google_compute_router_nat_address", NAT_7)],
  order: [order("min_ports_per_vm", "max_ports_per_vm", { strictly: true, id: "port-order" }).fix("raise max_ports_per_vm", nat("maxPortsPerVm"))],
});

const route = resourceType("google_compute_route", {
  group: "route",
  name: { format: computeName, uniqueIn: [] },
  replacedBy: ["name", "description", "dest_range", "network", "params", "priority", ...["gateway", "ilb", "instance", "instance_zone", "ip", "vpn_tunnel"].map((hop) => `next_hop_${hop}`)],
  alternatives: [
    exactlyOne("next_hop_gateway next_hop_instance next_hop_ip next_hop_vpn_tunnel next_hop_ilb", { id: "next-hop" }).fix(
      'keep one next hop, such as next_hop_gateway = "default-internet-gateway"',
      provider("google_compute_route 7.45.0", "validate"),
    ),
  ],
});

const networkPeering = resourceType("google_compute_network_peering", {
  group: "network",
  name: { format: computeName, uniqueIn: ["network"] },
  replacedBy: ["name", "network", "peer_network", "export_subnet_routes_with_public_ip", "import_subnet_routes_with_public_ip"],
});

const CONNECTOR_7 = provider("google_vpc_access_connector 7.45.0", "validate");
const CONNECTOR_NAME = matching(/^[a-z][-a-z0-9]{0,23}[a-z0-9]$/, "2 to 25 lower-case letters, digits and hyphens, starting with a letter");

const vpcConnector = resourceType("google_vpc_access_connector", {
  group: "connector",
  name: { format: CONNECTOR_NAME.fix("shorten or respell the name", provider("google_vpc_access_connector 7.45.0")), uniqueIn: ["region"] },
  replacedBy: ["name", "ip_cidr_range", "max_throughput", "min_throughput", "network", "region", "subnet"],
  alternatives: [
    exactlyOne("network subnet.name", { id: "network" }).fix("set subnet.name, or network with ip_cidr_range", CONNECTOR_7),
    ...["min", "max"].map((end) => atMostOne(`${end}_instances ${end}_throughput`, { id: "size" }).fix(`keep ${end}_instances`, CONNECTOR_7)),
  ],
  together: [when({ ip_cidr_range: set() }, { network: set() }, { id: "range-network" }).fix("set network, or use subnet.name without a range", CONNECTOR_7)],
});

export const networkTypes = [network, subnetwork, firewall, router, routerNat, route, networkPeering, vpcConnector];
