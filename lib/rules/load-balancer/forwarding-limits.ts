import { textOf } from "../../topology/value";
import { integer, items, limit, matching, number, oneOf, set, unset } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isSet, limitAt } from "../places";

const GLOBAL = "google_compute_global_forwarding_rule";
const REGIONAL = "google_compute_forwarding_rule";
const RULES = `${GLOBAL}|${REGIONAL}`;
const HTTPS = "google_compute_target_https_proxy|google_compute_region_target_https_proxy";
const HTTP = "google_compute_target_http_proxy|google_compute_region_target_http_proxy";
const ADDRESSES = "google_compute_global_address|google_compute_address";
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

/** `443`, or `8000-8100`, the lower one first. */
function isPortRange(value: unknown): boolean {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value));
  if (!match) return false;
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
  return from >= 1 && to <= 65535 && from <= to;
}

/** Limits of single attributes of forwarding rules, target proxies and addresses. */
export const forwardingLimits: readonly Rule[] = [
  limit("forwarding-target", GLOBAL, "target", set(), "name the target proxy", api("ForwardingRule.target")),
  limit(
    "forwarding-scheme",
    GLOBAL,
    "load_balancing_scheme",
    oneOf("EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED", ""),
    "use EXTERNAL_MANAGED for the global external Application Load Balancer",
    PROVIDER,
  ),
  limit(
    "forwarding-scheme-set",
    GLOBAL,
    "load_balancing_scheme",
    set(),
    "set load_balancing_scheme = EXTERNAL_MANAGED, here and on the backend services",
    "provider documentation of google_compute_global_forwarding_rule 7.45.0",
    {
      severity: "warning",
      why: "The default is EXTERNAL, the classic load balancer, until provider 8.0 changes it; it has to be the backend services' scheme.",
    },
  ),
  limit(
    "forwarding-region-scheme",
    REGIONAL,
    "load_balancing_scheme",
    oneOf("EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL", "INTERNAL_MANAGED", ""),
    "use EXTERNAL_MANAGED or INTERNAL_MANAGED for a regional Application Load Balancer",
    PROVIDER,
  ),
  limit(
    "forwarding-port-range",
    RULES,
    "port_range",
    { text: 'a port from 1 to 65535, or two joined by "-", the lower one first', holds: isPortRange },
    'write it like "443" or "8000-8100"',
    api("ForwardingRule.portRange"),
  ),
  limit(
    "forwarding-ports",
    REGIONAL,
    "ports[]",
    { text: "a port from 1 to 65535, or a range", holds: isPortRange },
    'write each port like "443"',
    api("ForwardingRule.ports"),
  ),
  limit(
    "forwarding-ports-count",
    REGIONAL,
    "ports",
    items(1, 5),
    "keep at most five ports, or set all_ports = true",
    api("ForwardingRule.ports"),
  ),
  limit(
    "forwarding-protocol",
    RULES,
    "ip_protocol",
    oneOf("TCP", "UDP", "ESP", "AH", "SCTP", "ICMP", "L3_DEFAULT"),
    "use TCP in front of a target proxy",
    PROVIDER,
  ),
  limit("forwarding-ip-version", RULES, "ip_version", oneOf("IPV4", "IPV6", ""), "use IPV4 or IPV6", PROVIDER),
  limit(
    "forwarding-global-tier",
    GLOBAL,
    "network_tier",
    oneOf("PREMIUM"),
    "set network_tier = PREMIUM: anycast is Premium Tier",
    api("ForwardingRule.networkTier"),
  ),
  limit(
    "forwarding-region-tier",
    REGIONAL,
    "network_tier",
    oneOf("PREMIUM", "STANDARD"),
    "use PREMIUM or STANDARD",
    api("ForwardingRule.networkTier"),
  ),
  limit(
    "forwarding-source-ranges",
    RULES,
    "source_ip_ranges",
    items(0, 64),
    "keep at most 64 ranges; filter the others with Cloud Armor",
    api("ForwardingRule.sourceIpRanges"),
  ),
  limit(
    "forwarding-source-ranges-scheme",
    REGIONAL,
    "source_ip_ranges",
    unset(),
    "filter clients with a Cloud Armor policy on the backend service",
    api("ForwardingRule.sourceIpRanges"),
    {
      why: "Source ranges are for regional rules of scheme EXTERNAL only; the API rejects them elsewhere.",
      when: ({ load_balancing_scheme: scheme }) => isSet(scheme) && (textOf(scheme) ?? "EXTERNAL") !== "EXTERNAL",
    },
  ),
  limit(
    "forwarding-global-access",
    REGIONAL,
    "allow_global_access",
    { text: "not true on an external rule", holds: (value) => value !== true && value !== "true" },
    "take allow_global_access away: an external address is reachable from everywhere",
    api("ForwardingRule.allowGlobalAccess"),
    { when: ({ load_balancing_scheme: scheme }) => !isSet(scheme) || /^EXTERNAL/.test(textOf(scheme) ?? "") },
  ),
  limit(
    "forwarding-mirroring",
    REGIONAL,
    "is_mirroring_collector",
    { text: "true only with scheme INTERNAL", holds: (value) => value !== true && value !== "true" },
    "set load_balancing_scheme = INTERNAL, or take is_mirroring_collector away",
    api("ForwardingRule.isMirroringCollector"),
    { when: ({ load_balancing_scheme: scheme }) => !isSet(scheme) || (textOf(scheme) ?? "INTERNAL") !== "INTERNAL" },
  ),
  limit(
    "forwarding-service-label",
    REGIONAL,
    "service_label",
    matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "1 to 63 lower-case letters, digits and dashes, a letter first"),
    "rename the label",
    api("ForwardingRule.serviceLabel"),
  ),
  limit(
    "forwarding-metadata-filters",
    GLOBAL,
    "metadata_filters",
    unset(),
    "take metadata_filters away: they are for scheme INTERNAL_SELF_MANAGED",
    api("ForwardingRule.metadataFilters"),
    {
      when: ({ load_balancing_scheme: scheme }) =>
        !isSet(scheme) || (textOf(scheme) ?? "INTERNAL_SELF_MANAGED") !== "INTERNAL_SELF_MANAGED",
    },
  ),
  limit(
    "forwarding-migration-percentage",
    GLOBAL,
    "external_managed_backend_bucket_migration_testing_percentage",
    number(0, 100),
    "set a percentage from 0 to 100",
    api("ForwardingRule.externalManagedBackendBucketMigrationTestingPercentage"),
  ),
  limitAt(
    "proxy-url-map",
    `${HTTP}|${HTTPS}`,
    [""],
    "url_map",
    set(),
    "name the URL map",
    api("TargetHttpProxy.urlMap"),
  ),
  limit(
    "proxy-backend-service",
    "google_compute_target_tcp_proxy|google_compute_target_ssl_proxy|google_compute_region_target_tcp_proxy",
    "backend_service",
    set(),
    "name the backend service",
    api("TargetTcpProxy.service"),
  ),
  limit(
    "proxy-keep-alive",
    "google_compute_target_http_proxy|google_compute_target_https_proxy",
    "http_keep_alive_timeout_sec",
    integer(5, 1200),
    "set 5 to 1200 seconds; the default is 610",
    api("TargetHttpsProxy.httpKeepAliveTimeoutSec"),
  ),
  limit(
    "proxy-region-keep-alive",
    "google_compute_region_target_http_proxy|google_compute_region_target_https_proxy",
    "http_keep_alive_timeout_sec",
    integer(5, 600),
    "set 5 to 600 seconds; the default is 600",
    "provider documentation of google_compute_region_target_https_proxy 7.45.0",
  ),
  limit(
    "proxy-quic",
    "google_compute_target_https_proxy",
    "quic_override",
    oneOf("NONE", "ENABLE", "DISABLE"),
    "use ENABLE for HTTP/3",
    PROVIDER,
  ),
  limit(
    "proxy-early-data",
    "google_compute_target_https_proxy",
    "tls_early_data",
    oneOf("STRICT", "PERMISSIVE", "UNRESTRICTED", "DISABLED"),
    "use DISABLED or STRICT",
    PROVIDER,
  ),
  limit(
    "proxy-early-data-replay",
    "google_compute_target_https_proxy",
    "tls_early_data",
    { text: "not UNRESTRICTED", holds: (value) => value !== "UNRESTRICTED" },
    "set tls_early_data = STRICT or DISABLED",
    api("TargetHttpsProxy.tlsEarlyData"),
    {
      severity: "warning",
      why: "Early data can be replayed by an attacker, with UNRESTRICTED a POST too: each replay is a paid inference. An API may be proof against it.",
    },
  ),
  limit(
    "proxy-header",
    "google_compute_target_tcp_proxy|google_compute_target_ssl_proxy|google_compute_region_target_tcp_proxy",
    "proxy_header",
    oneOf("NONE", "PROXY_V1"),
    "use NONE or PROXY_V1",
    PROVIDER,
  ),
  limit(
    "address-type",
    ADDRESSES,
    "address_type",
    oneOf("EXTERNAL", "INTERNAL", ""),
    "use EXTERNAL or INTERNAL",
    PROVIDER,
  ),
  limit("address-ip-version", ADDRESSES, "ip_version", oneOf("IPV4", "IPV6", ""), "use IPV4 or IPV6", PROVIDER),
  limit(
    "address-tier",
    "google_compute_address",
    "network_tier",
    oneOf("PREMIUM", "STANDARD"),
    "use PREMIUM or STANDARD",
    PROVIDER,
  ),
  limit(
    "address-purpose",
    ADDRESSES,
    "purpose",
    unset(),
    "take purpose away, or set address_type = INTERNAL",
    api("Address.purpose"),
    {
      when: ({ address_type: type, purpose }) =>
        (!isSet(type) || type === "EXTERNAL") &&
        [
          "VPC_PEERING",
          "PRIVATE_SERVICE_CONNECT",
          "SHARED_LOADBALANCER_VIP",
          "IPSEC_INTERCONNECT",
          "DNS_RESOLVER",
        ].includes(textOf(purpose) ?? ""),
    },
  ),
  limit(
    "address-global-network",
    "google_compute_global_address",
    "network",
    unset(),
    "take network away, or set address_type = INTERNAL",
    api("Address.network"),
    { when: ({ address_type: type }) => !isSet(type) || type === "EXTERNAL" },
  ),
];
