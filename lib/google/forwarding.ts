import { computeName, RFC1035 } from "./formats";
import { fulfilling, integer, items, type Limits, not, number, oneOf, reference, set, unset } from "./limit";
import { atMostOne, exactlyOne, type NameFacts, type ResourceFacts, resourceType, when } from "./resource-type";
import { api, provider, unconfirmed } from "./source";

const compute = api("Compute API v1");
const globalName: NameFacts = { format: computeName, uniqueIn: [] };
const regionalName: NameFacts = { format: computeName, uniqueIn: ["region"] };

const addresses: ResourceFacts = {
  group: "address",
  labels: "labels",
  isIdentity: true,
  defaults: { address_type: "EXTERNAL", ip_version: "IPV4" },
  limits: {
    address: ["IPV4", "IPV6"].map((version) =>
      fulfilling(`an ${version === "IPV4" ? "IPv4" : "IPv6"} address`, (value) => String(value).includes(":") === (version === "IPV6"))
        .named("version")
        .when({ ip_version: version })
        .fix("set ip_version = IPV6 for an IPv6 address, and only there", compute("Address.ipVersion")),
    ),
  },
  together: [
    when({ address_type: "EXTERNAL" }, { purpose: not("VPC_PEERING", "PRIVATE_SERVICE_CONNECT", "SHARED_LOADBALANCER_VIP", "IPSEC_INTERCONNECT", "DNS_RESOLVER") }, { id: "purpose" }).fix(
      "remove purpose, or set address_type = INTERNAL",
      compute("Address.purpose"),
    ),
  ],
};

export const globalAddress = resourceType("google_compute_global_address", {
  ...addresses,
  name: globalName,
  replacedBy: ["name", "address", "address_type", "description", "ip_version", "network", "prefix_length", "purpose"],
  together: [
    ...addresses.together!,
    when({ address_type: "EXTERNAL" }, { network: unset() }, { id: "global-network" }).fix("remove network, or set address_type = INTERNAL", compute("Address.network")),
  ],
});

export const regionalAddress = resourceType("google_compute_address", {
  ...addresses,
  name: regionalName,
  replacedBy: ["name", "address", "address_type", "description", "ip_version", "network", "network_tier", "prefix_length", "purpose", "region", "subnetwork"],
  keptWhenUnset: ["network_tier"],
});

export const port = integer(1, 65535).fix("name a port");

/** A port, or a range of ports. */
export const portRange = fulfilling('a port from 1 to 65535, or two joined by "-", the lower one first', (value) => {
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
    compute("ForwardingRule.IPAddress"),
  );

const forwardingRule: ResourceFacts = {
  group: "forwarding",
  labels: "labels",
  isIdentity: true,
  defaults: { load_balancing_scheme: "EXTERNAL" },
  limits: {
    port_range: portRange.from(compute("ForwardingRule.portRange")),
    source_ip_ranges: items(0, 64).fix("keep at most 64 ranges; filter the others with Cloud Armor", compute("ForwardingRule.sourceIpRanges")),
  },
  together: [
    when({ load_balancing_scheme: "INTERNAL_MANAGED", network: unset() }, { subnetwork: set() }, { id: "internal-network" })
      .fix("set network and subnetwork", compute("ForwardingRule.network"))
      .advice("Without them the default network is used, which many projects do not have."),
  ],
};

export const globalForwardingRule = resourceType("google_compute_global_forwarding_rule", {
  ...forwardingRule,
  name: globalName,
  replacedBy: "name description ip_address ip_protocol ip_version load_balancing_scheme metadata_filters network network_tier port_range source_ip_ranges subnetwork".split(" "),
  limits: {
    ...forwardingRule.limits,
    ip_address: address("google_compute_global_address", "google_compute_address"),
    target: reference("the id of a global proxy", targets(true))
      .required()
      .fix("refer to a google_compute_target_ resource by its id", provider("google_compute_global_forwarding_rule 7.45.0", "validate")),
    network_tier: oneOf("PREMIUM").fix("set network_tier = PREMIUM: anycast is Premium Tier", compute("ForwardingRule.networkTier")),
    external_managed_backend_bucket_migration_testing_percentage: number(0, 100).fix(
      "set a percentage from 0 to 100",
      compute("ForwardingRule.externalManagedBackendBucketMigrationTestingPercentage"),
    ),
  },
  together: [
    ...forwardingRule.together!,
    when({ load_balancing_scheme: ["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED"] }, { metadata_filters: unset() }, { id: "metadata-filters" }).fix(
      "remove metadata_filters: they are for scheme INTERNAL_SELF_MANAGED",
      compute("ForwardingRule.metadataFilters"),
    ),
  ],
});

export const regionalForwardingRule = resourceType("google_compute_forwarding_rule", {
  ...forwardingRule,
  name: regionalName,
  replacedBy:
    "name all_ports backend_service description ip_address ip_collection ip_protocol ip_version is_mirroring_collector load_balancing_scheme network network_tier port_range ports region service_label source_ip_ranges subnetwork".split(
      " ",
    ),
  limits: {
    ...forwardingRule.limits,
    ip_address: address("google_compute_address", "google_compute_global_address"),
    // A classic external rule in Standard Tier is regional and leads to a global proxy.
    target: ["EXTERNAL", ["EXTERNAL_MANAGED", "INTERNAL", "INTERNAL_MANAGED"]].map((scheme) =>
      reference("the id of a regional proxy", targets(false, scheme === "EXTERNAL" ? "id self_link" : ""))
        .when({ load_balancing_scheme: scheme })
        .fix("refer to a google_compute_region_target_ resource by its id", compute("ForwardingRule.target")),
    ),
    ports: items(1, 5).fix("keep at most five ports, or set all_ports = true", compute("ForwardingRule.ports")),
    "ports[]": portRange.named("item").from(compute("ForwardingRule.ports")),
    allow_global_access: oneOf(false)
      .when({ load_balancing_scheme: ["EXTERNAL", "EXTERNAL_MANAGED"] })
      .fix("remove allow_global_access: an external address is reachable from everywhere", compute("ForwardingRule.allowGlobalAccess")),
    is_mirroring_collector: oneOf(false)
      .when({ load_balancing_scheme: ["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED"] })
      .fix("set load_balancing_scheme = INTERNAL, or remove is_mirroring_collector", compute("ForwardingRule.isMirroringCollector")),
    service_label: RFC1035.fix("rename the label", compute("ForwardingRule.serviceLabel")),
  },
  alternatives: [
    atMostOne("port_range ports all_ports", { id: "port-kinds" }).fix("keep port_range for proxies, ports or all_ports for passthrough load balancers", compute("ForwardingRule.portRange")),
    exactlyOne("target backend_service", { id: "one-target" }).fix("set target to the proxy, or backend_service to the backend service", compute("ForwardingRule.backendService")),
  ],
  together: [
    ...forwardingRule.together!,
    when({ ip_protocol: "L3_DEFAULT" }, { all_ports: true }, { id: "all-ports" }).fix("set all_ports = true", compute("ForwardingRule.allPorts")),
    when({ load_balancing_scheme: ["EXTERNAL_MANAGED", "INTERNAL", "INTERNAL_MANAGED"] }, { source_ip_ranges: unset() }, { id: "source-ranges-scheme" }).fix(
      "filter clients with a Cloud Armor policy on the backend service",
      compute("ForwardingRule.sourceIpRanges"),
    ),
    when({ load_balancing_scheme: "EXTERNAL_MANAGED" }, { network: set() }, { id: "external-network" })
      .fix("set network to the one that has the proxy-only subnet", provider("google_compute_forwarding_rule 6.50.0, its regional external example"))
      .advice("Its proxies take their addresses from the proxy-only subnet of that network; without it the default network is used, which many projects do not have."),
    when({ load_balancing_scheme: "EXTERNAL_MANAGED" }, { ip_version: not("IPV6") }, { id: "regional-ipv6" }).fix(
      "set ip_version = IPV4, or leave it out; serve IPv6 by a global address",
      unconfirmed("docs.cloud.google.com/load-balancing/docs/ipv6"),
    ),
  ],
});

/** How long a proxy keeps a connection of a client open that sends nothing. */
export const keepAlive = integer(5, 1200).fix("set 5 to 1200 seconds; the default is 610", compute("TargetHttpsProxy.httpKeepAliveTimeoutSec"));

export const regionalKeepAlive = integer(5, 600).fix("set 5 to 600 seconds; the default is 600", provider("google_compute_region_target_https_proxy 7.45.0"));

const urlMap = (scope: "" | "region_") =>
  reference(`a ${scope === "" ? "global" : "regional"} URL map`, { [`google_compute_${scope}url_map`]: "id self_link name" })
    .only()
    .required()
    .fix(`name the URL map, a google_compute_${scope}url_map`, compute("TargetHttpProxy.urlMap"));

const backendService = (scope: "" | "region_") =>
  reference(`a ${scope === "" ? "global" : "regional"} backend service`, { [`google_compute_${scope}backend_service`]: "id self_link name" })
    .only()
    .required()
    .fix(`name the backend service, a google_compute_${scope}backend_service`, compute("TargetTcpProxy.service"));

/** Optional in google-beta, beside its load_balancing_scheme. */
const streamLimits = (scope: "" | "region_"): Limits => ({ backend_service: backendService(scope).when({ load_balancing_scheme: unset() }) });

const globalProxy = { group: "proxy", name: globalName };
const regionalProxy = { group: "proxy", name: regionalName };

export const httpProxy = resourceType("google_compute_target_http_proxy", {
  ...globalProxy,
  replacedBy: ["name", "description", "http_keep_alive_timeout_sec", "proxy_bind"],
  limits: { url_map: urlMap(""), http_keep_alive_timeout_sec: keepAlive },
});

const sslPolicy = set()
  .advice("Without an SSL policy the load balancer speaks TLS 1.0 and old cipher suites.")
  .fix("make a google_compute_ssl_policy with TLS_1_2 and MODERN, and set ssl_policy", compute("TargetHttpsProxy.sslPolicy"));

export const httpsProxy = resourceType("google_compute_target_https_proxy", {
  ...globalProxy,
  replacedBy: ["name", "description", "http_keep_alive_timeout_sec", "proxy_bind", "tls_early_data"],
  keptWhenUnset: ["proxy_bind", "tls_early_data"],
  limits: {
    url_map: urlMap(""),
    ssl_policy: sslPolicy,
    http_keep_alive_timeout_sec: keepAlive,
    tls_early_data: not("UNRESTRICTED")
      .named("replay")
      .advice("An attacker can replay early data, with UNRESTRICTED a POST too: each replay is a paid inference. An API may be proof against it.")
      .fix("set tls_early_data = STRICT or DISABLED", compute("TargetHttpsProxy.tlsEarlyData")),
  },
});

const regionalReplacedBy = ["name", "description", "http_keep_alive_timeout_sec", "region"];
const regionalLimits: Limits = { url_map: urlMap("region_"), http_keep_alive_timeout_sec: regionalKeepAlive };

export const forwardingTypes = [
  globalAddress,
  regionalAddress,
  globalForwardingRule,
  regionalForwardingRule,
  httpProxy,
  httpsProxy,
  resourceType("google_compute_target_tcp_proxy", { ...globalProxy, replacedBy: ["name", "description", "proxy_bind"], limits: streamLimits("") }),
  resourceType("google_compute_target_ssl_proxy", { ...globalProxy, replacedBy: ["name", "description"], limits: { backend_service: backendService("") } }),
  resourceType("google_compute_target_grpc_proxy", { ...globalProxy, replacedBy: ["name", "validate_for_proxyless"] }),
  resourceType("google_compute_region_target_http_proxy", { ...regionalProxy, replacedBy: regionalReplacedBy, limits: regionalLimits }),
  resourceType("google_compute_region_target_https_proxy", { ...regionalProxy, replacedBy: regionalReplacedBy, limits: { ...regionalLimits, ssl_policy: sslPolicy } }),
  resourceType("google_compute_region_target_tcp_proxy", {
    ...regionalProxy,
    replacedBy: ["name", "backend_service", "description", "proxy_bind", "proxy_header", "region"],
    limits: streamLimits("region_"),
  }),
];
