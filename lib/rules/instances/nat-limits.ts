import { numberOf } from "../../topology/value";
import { type Allowed, integer, limit, oneOf, unset } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isSet, limitAt } from "../places";

const ROUTER = "google_compute_router";
export const NAT = "google_compute_router_nat";
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";
const NAT_TIMEOUTS = [
  "icmp_idle_timeout_sec",
  "tcp_established_idle_timeout_sec",
  "tcp_time_wait_timeout_sec",
  "tcp_transitory_idle_timeout_sec",
  "udp_idle_timeout_sec",
];

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

function powerOfTwo(min: number, max: number): Allowed {
  return {
    text: `a power of two from ${min} to ${max}`,
    holds: (value) => {
      const count = numberOf(value) ?? 0;
      return count >= min && count <= max && Number.isInteger(Math.log2(count));
    },
  };
}

/** What single attributes of routers and NAT may be. */
export const natLimits: readonly Rule[] = [
  limit(
    "router-asn",
    ROUTER,
    "bgp.asn",
    {
      text: "a private ASN: 64512 to 65534, or 4200000000 to 4294967294",
      holds: (value) => {
        const asn = numberOf(value) ?? 0;
        return asn === 16550 || (asn >= 64512 && asn <= 65534) || (asn >= 4200000000 && asn <= 4294967294);
      },
    },
    "give a private ASN",
    api("RouterBgp.asn"),
  ),
  limit(
    "router-keepalive",
    ROUTER,
    "bgp.keepalive_interval",
    integer(20, 60),
    "give 20 to 60 seconds",
    api("RouterBgp.keepaliveInterval"),
  ),
  limitAt(
    "router-advertised",
    ROUTER,
    ["bgp"],
    "advertised_groups",
    unset(),
    'set advertise_mode = "CUSTOM", or take advertised_groups away',
    api("RouterBgp.advertisedGroups"),
    { when: ({ advertise_mode: mode }) => !isSet(mode) || mode === "DEFAULT" },
  ),
  limit(
    "nat-allocation",
    NAT,
    "nat_ip_allocate_option",
    oneOf("MANUAL_ONLY", "AUTO_ONLY", ""),
    "use AUTO_ONLY or MANUAL_ONLY",
    PROVIDER,
  ),
  limit(
    "nat-ranges",
    NAT,
    "source_subnetwork_ip_ranges_to_nat",
    oneOf("ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", "LIST_OF_SUBNETWORKS"),
    "use ALL_SUBNETWORKS_ALL_IP_RANGES, or list the subnetworks",
    PROVIDER,
  ),
  limit("nat-type", NAT, "type", oneOf("PUBLIC", "PRIVATE", ""), "use PUBLIC or PRIVATE", PROVIDER),
  limit(
    "nat-log-filter",
    NAT,
    "log_config.filter",
    oneOf("ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"),
    "use ERRORS_ONLY, TRANSLATIONS_ONLY or ALL",
    PROVIDER,
  ),
  limit(
    "nat-min-ports",
    NAT,
    "min_ports_per_vm",
    integer(2, 65536),
    "give at least 2 ports",
    api("RouterNat.minPortsPerVm"),
  ),
  limit(
    "nat-max-ports",
    NAT,
    "max_ports_per_vm",
    powerOfTwo(64, 65536),
    "give a power of two from 64 to 65536",
    api("RouterNat.maxPortsPerVm"),
  ),
  limit(
    "nat-dynamic-min-ports",
    NAT,
    "min_ports_per_vm",
    powerOfTwo(32, 32768),
    "give a power of two of at least 32",
    api("RouterNat.enableDynamicPortAllocation"),
    { when: ({ enable_dynamic_port_allocation: dynamic }) => dynamic === true || dynamic === "true" },
  ),
  ...NAT_TIMEOUTS.map((name) =>
    limit(
      `nat-${name.replace(/_timeout_sec$/, "").replaceAll("_", "-")}`,
      NAT,
      name,
      integer(1),
      "give at least 1 second",
      `Compute API v1, RouterNat, ${name}, read 2026-11-22`,
    ),
  ),
];
