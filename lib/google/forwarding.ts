import { certificateLists, proxyCertificates } from "./certificates";
import { computeName, RFC1035 } from "./formats";
import { fulfilling, integer, items, type Limits, not, number, oneOf, reference, set, unset } from "./limit";
import { atMostOne, exactlyOne, type NameFacts, type ResourceFacts, resourceType, when } from "./resource-type";
import { api, provider, unconfirmed } from "./source";

const compute = api("Compute API v1");
const INTERNAL = "remove it, or set address_type = INTERNAL";
const globalName: NameFacts = { format: computeName, uniqueIn: [] };
const regionalName: NameFacts = { format: computeName, uniqueIn: ["region"] };

const addresses: ResourceFacts = {
  group: "address",
  labels: "labels",
  isIdentity: true,
  defaults: { address_type: "EXTERNAL", ip_version: "IPV4" },
  limits: {
    address: ["IPV4", "IPV6"].map((version) =>
      fulfilling(`an ${version.replace("V", "v")} address`, (value) => String(value).includes(":") === (version === "IPV6"))
        .named("version")
        .when({ ip_version: version })
        .fix("set ip_version = IPV6 for an IPv6 address, and only there", compute("Address.ipVersion")),
    ),
    purpose: not("VPC_PEERING", "PRIVATE_SERVICE_CONNECT", "SHARED_LOADBALANCER_VIP", "IPSEC_INTERCONNECT", "DNS_RESOLVER")
      .when({ address_type: "EXTERNAL" })
      .fix(INTERNAL, compute("Address.purpose")),
  },
};
const addressReplacedBy = "name address address_type description ip_version network prefix_length purpose";

const globalAddress = resourceType("google_compute_global_address", {
  ...addresses,
  name: globalName,
  replacedBy: addressReplacedBy.split(" "),
  limits: { ...addresses.limits, network: unset().when({ address_type: "EXTERNAL" }).fix(INTERNAL, compute("Address.network")) },
});

const regionalAddress = resourceType("google_compute_address", {
  ...addresses,
  name: regionalName,
  replacedBy: `${addressReplacedBy} ip_collection ipv6_endpoint_type network_tier region subnetwork`.split(" "),
  keptWhenUnset: ["network_tier"],
});

export const port = integer(1, 65535).fix("name a port");

/** A port, or a range of ports. */
const portRange = fulfilling('a port from 1 to 65535, or two joined by "-", the lower one first', (value) => {
  const [from, to = from] = (/^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value)) ?? []).slice(1).map((port) => (port === undefined ? undefined : Number(port)));
  return from !== undefined && from >= 1 && to! <= 65535 && from <= to!;
}).fix('write it like "443" or "8000-8100"');

/** How a forwarding rule refers to target proxies, those of its own scope only. */
const targets = (isGlobal: boolean, other = "") =>
  Object.fromEntries(
    ["http", "https", "tcp", "ssl", "grpc"].flatMap((kind) => [
      [`google_compute_target_${kind}_proxy`, isGlobal ? "id self_link" : other],
      [`google_compute_region_target_${kind}_proxy`, isGlobal ? other : "id self_link"],
    ]),
  );

const address = (type: string, other: string) =>
  reference("an address of the rule's own scope", { [type]: "address id name self_link", [other]: "" }).fix(
    "use google_compute_global_address with global rules, google_compute_address of the same region with regional ones",
    rule("IPAddress"),
  );

const rule = (field: string) => compute(`ForwardingRule.${field}`);
const ruleReplacedBy =
  "name description ip_address ip_protocol ip_version load_balancing_scheme network network_tier no_automate_dns_zone port_range service_directory_registrations source_ip_ranges subnetwork";

const forwardingRule: ResourceFacts = {
  group: "forwarding",
  labels: "labels",
  isIdentity: true,
  defaults: { load_balancing_scheme: "EXTERNAL" },
  limits: {
    port_range: portRange.from(rule("portRange")),
    source_ip_ranges: items(0, 64).fix("keep at most 64 ranges; filter the others with Cloud Armor", rule("sourceIpRanges")),
  },
  together: [
    when({ load_balancing_scheme: "INTERNAL_MANAGED", network: unset() }, { subnetwork: set() }, { id: "internal-network" })
      .fix("set network and subnetwork", rule("network"))
      .advice("Without them the default network is used, which many projects do not have."),
  ],
};

const globalForwardingRule = resourceType("google_compute_global_forwarding_rule", {
  ...forwardingRule,
  name: globalName,
  // Its scheme may change between EXTERNAL and EXTERNAL_MANAGED in place, in the steps of a
  // migration only.
  replacedBy: `${ruleReplacedBy} metadata_filters`.split(" "),
  limits: {
    ...forwardingRule.limits,
    ip_address: address("google_compute_global_address", "google_compute_address"),
    target: reference("the id of a global proxy", targets(true))
      .required()
      .fix("refer to a google_compute_target_ resource by its id", provider("google_compute_global_forwarding_rule 7.45.0", "validate")),
    network_tier: oneOf("PREMIUM").fix("set network_tier = PREMIUM: anycast is Premium Tier", rule("networkTier")),
    external_managed_backend_bucket_migration_testing_percentage: number(0, 100).fix("set 0 to 100", rule("externalManagedBackendBucketMigrationTestingPercentage")),
    metadata_filters: unset()
      .when({ load_balancing_scheme: not("INTERNAL_SELF_MANAGED") })
      .fix("remove them, or set scheme INTERNAL_SELF_MANAGED", rule("metadataFilters")),
  },
});

const EXTERNAL = ["EXTERNAL", "EXTERNAL_MANAGED"];

const regionalForwardingRule = resourceType("google_compute_forwarding_rule", {
  ...forwardingRule,
  name: regionalName,
  replacedBy: `${ruleReplacedBy} all_ports backend_service ip_collection is_mirroring_collector ports region service_label`.split(" "),
  limits: {
    ...forwardingRule.limits,
    ip_address: address("google_compute_address", "google_compute_global_address"),
    // A classic external rule in Standard Tier is regional and leads to a global proxy.
    target: ["EXTERNAL", ["EXTERNAL_MANAGED", "INTERNAL", "INTERNAL_MANAGED"]].map((scheme) =>
      reference("the id of a regional proxy", targets(false, scheme === "EXTERNAL" ? "id self_link" : ""))
        .when({ load_balancing_scheme: scheme })
        .fix("refer to a google_compute_region_target_ resource by its id", rule("target")),
    ),
    ports: items(1, 5).fix("keep at most five ports, or set all_ports = true", rule("ports")),
    "ports[]": portRange.named("item").from(rule("ports")),
    allow_global_access: oneOf(false).when({ load_balancing_scheme: EXTERNAL }).fix("remove it: an external address is reachable from everywhere", rule("allowGlobalAccess")),
    is_mirroring_collector: oneOf(false)
      .when({ load_balancing_scheme: [...EXTERNAL, "INTERNAL_MANAGED"] })
      .fix("set load_balancing_scheme = INTERNAL, or remove is_mirroring_collector", rule("isMirroringCollector")),
    service_label: RFC1035.fix("rename the label", rule("serviceLabel")),
    all_ports: oneOf(true).required().when({ ip_protocol: "L3_DEFAULT" }).fix("set all_ports = true", rule("allPorts")),
    source_ip_ranges: [
      [forwardingRule.limits!.source_ip_ranges!].flat()[0]!,
      unset()
        .named("scheme")
        .when({ load_balancing_scheme: ["EXTERNAL_MANAGED", "INTERNAL", "INTERNAL_MANAGED"] })
        .fix("filter clients with a Cloud Armor policy on the backend service", rule("sourceIpRanges")),
    ],
    network: set()
      .when({ load_balancing_scheme: "EXTERNAL_MANAGED" })
      .fix("set network to the one that has the proxy-only subnet", provider("google_compute_forwarding_rule 6.50.0, its regional external example"))
      .advice("Without it the default network is used, which many projects do not have."),
    ip_version: not("IPV6")
      .named("regional")
      .when({ load_balancing_scheme: "EXTERNAL_MANAGED" })
      .fix("set ip_version = IPV4; serve IPv6 by a global address", unconfirmed("docs.cloud.google.com/load-balancing/docs/ipv6")),
  },
  alternatives: [
    atMostOne("port_range ports all_ports", { id: "port-kinds" }).fix("keep port_range for proxies, ports or all_ports for passthrough load balancers", rule("portRange")),
    exactlyOne("target backend_service", { id: "one-target" }).fix("set target to the proxy, or backend_service to the backend service", rule("backendService")),
  ],
});

/** How long a proxy keeps a connection of a client open that sends nothing. */
export const keepAlive = integer(5, 1200).fix("set 5 to 1200 seconds; the default is 610", compute("TargetHttpsProxy.httpKeepAliveTimeoutSec"));

export const regionalKeepAlive = integer(5, 600).fix("set 5 to 600 seconds; the default is 600", provider("google_compute_region_target_https_proxy 7.45.0"));

/** What a proxy leads to, of its own scope. */
const leadsTo = (scope: "" | "region_", kind: string, field: string) =>
  reference(`a ${scope === "" ? "global" : "regional"} ${kind.replace("_", " ").replace("url", "URL")}`, { [`google_compute_${scope}${kind}`]: "id self_link name" })
    .only()
    .required()
    .fix(`refer to a google_compute_${scope}${kind} by its id`, compute(field));
const urlMap = (scope: "" | "region_") => leadsTo(scope, "url_map", "TargetHttpProxy.urlMap");
const backendService = (scope: "" | "region_") => leadsTo(scope, "backend_service", "TargetTcpProxy.service");

/** Optional in google-beta, beside its load_balancing_scheme. */
const streamLimits = (scope: "" | "region_"): Limits => ({ backend_service: backendService(scope).when({ load_balancing_scheme: unset() }) });

const globalLimits = { url_map: urlMap(""), http_keep_alive_timeout_sec: keepAlive };
const globalProxy = { group: "proxy", name: globalName };
const regionalProxy = { group: "proxy", name: regionalName };

const httpProxy = resourceType("google_compute_target_http_proxy", {
  ...globalProxy,
  replacedBy: ["name", "description", "http_keep_alive_timeout_sec", "proxy_bind"],
  limits: globalLimits,
});

const sslPolicy = set()
  .advice("Without an SSL policy the load balancer speaks TLS 1.0 and old cipher suites.")
  .fix("make a google_compute_ssl_policy with TLS_1_2 and MODERN, and set ssl_policy", compute("TargetHttpsProxy.sslPolicy"));

const httpsProxy = resourceType("google_compute_target_https_proxy", {
  ...globalProxy,
  replacedBy: ["name", "description", "http_keep_alive_timeout_sec", "proxy_bind", "tls_early_data"],
  keptWhenUnset: ["proxy_bind", "tls_early_data"],
  alternatives: [certificateLists],
  limits: {
    ...globalLimits,
    ssl_policy: sslPolicy,
    ssl_certificates: proxyCertificates,
    tls_early_data: not("UNRESTRICTED")
      .named("replay")
      .advice("An attacker can replay early data, with UNRESTRICTED a POST too: each replay is a paid inference.")
      .fix("set tls_early_data = STRICT or DISABLED", compute("TargetHttpsProxy.tlsEarlyData")),
  },
});

const regionalReplacedBy = ["name", "description", "http_keep_alive_timeout_sec", "region"];
const regionalLimits = { url_map: urlMap("region_"), http_keep_alive_timeout_sec: regionalKeepAlive };
const globalTcp = { replacedBy: ["name", "description", "proxy_bind"], limits: streamLimits("") };
const regionalTcp = { replacedBy: ["name", "backend_service", "description", "proxy_bind", "proxy_header", "region"], limits: streamLimits("region_") };

export const forwardingTypes = [
  globalAddress,
  regionalAddress,
  globalForwardingRule,
  regionalForwardingRule,
  httpProxy,
  httpsProxy,
  resourceType("google_compute_target_tcp_proxy", { ...globalProxy, ...globalTcp }),
  resourceType("google_compute_target_ssl_proxy", { ...globalProxy, replacedBy: ["name", "description"], limits: { backend_service: backendService(""), ssl_certificates: proxyCertificates } }),
  resourceType("google_compute_target_grpc_proxy", { ...globalProxy, replacedBy: ["name", "url_map", "validate_for_proxyless"] }),
  resourceType("google_compute_region_target_http_proxy", { ...regionalProxy, replacedBy: regionalReplacedBy, limits: regionalLimits }),
  resourceType("google_compute_region_target_https_proxy", {
    ...regionalProxy,
    replacedBy: regionalReplacedBy,
    alternatives: [certificateLists],
    limits: { ...regionalLimits, ssl_policy: sslPolicy, ssl_certificates: proxyCertificates },
  }),
  resourceType("google_compute_region_target_tcp_proxy", { ...regionalProxy, ...regionalTcp }),
];
