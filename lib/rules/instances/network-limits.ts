import { isAddressRange } from "../../language/cidr";
import type { Resource } from "../../topology/document";
import { textOf } from "../../topology/value";
import { type Allowed, integer, items, limit, matching, number, oneOf, unset } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isSet, limitAt } from "../places";
import { natLimits } from "./nat-limits";

export const NETWORK = "google_compute_network";
export const SUBNET = "google_compute_subnetwork";
export const FIREWALL = "google_compute_firewall";
const PROXY_PURPOSES = ["REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER"];
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";
const RANGE: Allowed = {
  text: "an IP address or a range such as 10.0.0.0/8",
  holds: (value) => typeof value === "string" && isAddressRange(value),
};
const PORTS: Allowed = {
  text: 'a port such as "443", or a range such as "8000-8080"',
  holds: (value) => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value));
    return match !== null && Number(match[1]) <= Number(match[2] ?? match[1]) && Number(match[2] ?? match[1]) <= 65535;
  },
};
const PROTOCOL = matching(
  /^(tcp|udp|icmp|esp|ah|ipip|sctp|all|\d{1,3})$/i,
  "tcp, udp, icmp, esp, ah, ipip, sctp, all or a protocol number",
);

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

/** Whether a subnetwork is for the proxies of load balancers. */
export function isProxyOnly(subnet: Resource): boolean {
  return PROXY_PURPOSES.includes(textOf(subnet.values.purpose) ?? "");
}

const networkLimits: readonly Rule[] = [
  limit("network-mtu", NETWORK, "mtu", integer(1300, 8896), "give 1300 to 8896 bytes", api("Network.mtu")),
  limit(
    "network-routing-mode",
    NETWORK,
    "routing_mode",
    oneOf("REGIONAL", "GLOBAL"),
    "use REGIONAL or GLOBAL",
    PROVIDER,
  ),
  limit(
    "network-enforcement-order",
    NETWORK,
    "network_firewall_policy_enforcement_order",
    oneOf("BEFORE_CLASSIC_FIREWALL", "AFTER_CLASSIC_FIREWALL", ""),
    "use AFTER_CLASSIC_FIREWALL or BEFORE_CLASSIC_FIREWALL",
    PROVIDER,
  ),
  limit(
    "network-ula-range",
    NETWORK,
    "internal_ipv6_range",
    matching(/^fd20:.*\/48$/i, "a /48 range within fd20::/20"),
    "give a /48 that begins with fd20:, or leave it out",
    api("Network.internalIpv6Range"),
  ),
  limit(
    "subnet-purpose",
    SUBNET,
    "purpose",
    oneOf(
      "PRIVATE",
      "REGIONAL_MANAGED_PROXY",
      "GLOBAL_MANAGED_PROXY",
      "INTERNAL_HTTPS_LOAD_BALANCER",
      "PRIVATE_SERVICE_CONNECT",
      "PRIVATE_RFC_1918",
      "PRIVATE_NAT",
      "PEER_MIGRATION",
      "AGGREGATE",
    ),
    "use PRIVATE, or REGIONAL_MANAGED_PROXY for a proxy-only subnet",
    api("Subnetwork.purpose"),
  ),
  limit("subnet-role", SUBNET, "role", oneOf("ACTIVE", "BACKUP", ""), "use ACTIVE or BACKUP", PROVIDER),
  limit(
    "subnet-stack-type",
    SUBNET,
    "stack_type",
    oneOf("IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY", ""),
    "use IPV4_ONLY or IPV4_IPV6",
    PROVIDER,
  ),
  limit(
    "subnet-ipv6-access",
    SUBNET,
    "ipv6_access_type",
    oneOf("EXTERNAL", "INTERNAL", ""),
    "use EXTERNAL or INTERNAL",
    PROVIDER,
  ),
  limit(
    "subnet-flow-sampling",
    SUBNET,
    "log_config.flow_sampling",
    number(0, 1),
    "give a share from 0 to 1",
    api("SubnetworkLogConfig.flowSampling"),
  ),
  limit(
    "subnet-flow-interval",
    SUBNET,
    "log_config.aggregation_interval",
    oneOf(
      "INTERVAL_5_SEC",
      "INTERVAL_30_SEC",
      "INTERVAL_1_MIN",
      "INTERVAL_5_MIN",
      "INTERVAL_10_MIN",
      "INTERVAL_15_MIN",
      "",
    ),
    "use INTERVAL_5_SEC to INTERVAL_15_MIN",
    PROVIDER,
  ),
  limit(
    "subnet-flow-fields",
    SUBNET,
    "log_config.metadata_fields",
    unset(),
    'set metadata = "CUSTOM_METADATA", or take metadata_fields away',
    api("SubnetworkLogConfig.metadataFields"),
    {
      when: ({ metadata }) => !isSet(metadata) || (typeof metadata === "string" && /^(EX|IN)CLUDE_ALL/.test(metadata)),
    },
  ),
  limit(
    "subnet-flow-logs",
    SUBNET,
    "enable_flow_logs",
    unset(),
    "use the log_config block",
    "provider documentation of google_compute_subnetwork 7.45.0 (the attribute is gone since 7.0)",
    { why: "Provider 7 does not know the attribute; older ones ignore it." },
  ),
];

const firewallLimits: readonly Rule[] = [
  limit("firewall-priority", FIREWALL, "priority", integer(0, 65535), "give 0 to 65535", api("Firewall.priority")),
  limit("firewall-direction", FIREWALL, "direction", oneOf("INGRESS", "EGRESS", ""), "use INGRESS or EGRESS", PROVIDER),
  limitAt(
    "firewall-ports",
    FIREWALL,
    ["allow", "deny"],
    "ports[]",
    PORTS,
    "write a port or a range as text",
    api("Firewall.allowed"),
  ),
  limitAt(
    "firewall-protocol",
    FIREWALL,
    ["allow", "deny"],
    "protocol",
    PROTOCOL,
    "use a known name, or the number of the protocol",
    api("Firewall.allowed"),
  ),
  limit(
    "firewall-source-range",
    FIREWALL,
    "source_ranges[]",
    RANGE,
    "write a range such as 10.0.0.0/8",
    api("Firewall.sourceRanges"),
  ),
  limit(
    "firewall-destination-range",
    FIREWALL,
    "destination_ranges[]",
    RANGE,
    "write a range such as 10.0.0.0/8",
    api("Firewall.destinationRanges"),
  ),
  limit(
    "firewall-source-accounts",
    FIREWALL,
    "source_service_accounts",
    items(0, 10),
    "name at most 10 accounts",
    PROVIDER,
  ),
  limit(
    "firewall-target-accounts",
    FIREWALL,
    "target_service_accounts",
    items(0, 10),
    "name at most 10 accounts",
    PROVIDER,
  ),
  limit(
    "firewall-source-tags",
    FIREWALL,
    "source_tags",
    items(0, 30),
    "name at most 30 tags",
    "docs.cloud.google.com/vpc/docs/quota, from general knowledge, 2026-11",
  ),
  limit(
    "firewall-target-tags",
    FIREWALL,
    "target_tags",
    items(0, 70),
    "name at most 70 tags",
    "docs.cloud.google.com/vpc/docs/quota, from general knowledge, 2026-11",
  ),
  limit(
    "firewall-log-metadata",
    FIREWALL,
    "log_config.metadata",
    oneOf("EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA"),
    "use EXCLUDE_ALL_METADATA or INCLUDE_ALL_METADATA",
    PROVIDER,
  ),
];

/** What single attributes of networks, firewalls, routers and NAT may be. */
export const networkLimitRules: readonly Rule[] = [...networkLimits, ...firewallLimits, ...natLimits];
