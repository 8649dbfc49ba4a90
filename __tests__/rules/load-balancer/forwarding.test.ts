import { forwardingRules } from "../../../lib/rules/load-balancer/forwarding";
import { adding, describeRules, findingsOf, type Json, type Mutation, resourceAt } from "../rule-support";
import { servingPath } from "../serving-path";

const V4 = "google_compute_global_forwarding_rule.v4";
const V6 = "google_compute_global_forwarding_rule.v6";
const PROXY = "google_compute_target_https_proxy.main";
const A4 = "google_compute_global_address.v4";
const BACKEND = "google_compute_backend_service.api";
const RULE = "google_compute_forwarding_rule.x";
const ADDRESS = "google_compute_address.x";

function valid(): Json {
  const document = servingPath();
  Object.assign(resourceAt(document, PROXY), {
    http_keep_alive_timeout_sec: 620,
    quic_override: "ENABLE",
    tls_early_data: "DISABLED",
  });
  resourceAt(document, V4).network_tier = "PREMIUM";
  return document;
}

/** A regional external load balancer: proxy, address, network and proxy-only subnet. */
function regional(rule: Json = {}, others: Record<string, Json> = {}): (document: Json) => void {
  return adding({
    "google_compute_network.main": { name: "main", auto_create_subnetworks: false },
    "google_compute_subnetwork.proxies": {
      network: "${google_compute_network.main.id}",
      region: "europe-west1",
      purpose: "REGIONAL_MANAGED_PROXY",
      role: "ACTIVE",
      ip_cidr_range: "10.1.0.0/24",
    },
    "google_compute_region_backend_service.x": { region: "europe-west1", load_balancing_scheme: "EXTERNAL_MANAGED" },
    "google_compute_region_url_map.x": {
      region: "europe-west1",
      default_service: "${google_compute_region_backend_service.x.id}",
    },
    "google_compute_region_target_http_proxy.x": {
      region: "europe-west1",
      url_map: "${google_compute_region_url_map.x.id}",
      http_keep_alive_timeout_sec: 600,
    },
    [ADDRESS]: { region: "europe-west1", network_tier: "STANDARD" },
    [RULE]: {
      region: "europe-west1",
      load_balancing_scheme: "EXTERNAL_MANAGED",
      network_tier: "STANDARD",
      ip_address: "${google_compute_address.x.address}",
      port_range: "80",
      network: "${google_compute_network.main.id}",
      target: "${google_compute_region_target_http_proxy.x.id}",
      depends_on: ["google_compute_subnetwork.proxies"],
      ...rule,
    },
    ...others,
  });
}

function onRegional(rule: string, values: Json, others: Record<string, Json> = {}, address = RULE): Mutation {
  return { rule, address, change: regional(values, others) };
}

const tcp = {
  "google_compute_target_tcp_proxy.x": {
    backend_service: "${google_compute_backend_service.api.id}",
    proxy_header: "V2",
  },
};

/** An SSL proxy with the PROXY protocol before machines that serve on port 9000. */
function stream(backend: Json = {}, check: Json = {}): (document: Json) => void {
  return adding({
    "google_compute_region_instance_group_manager.m": {
      region: "europe-west1",
      named_port: [{ name: "model", port: 9000 }],
    },
    "google_compute_health_check.m": {
      name: "m",
      ssl_health_check: { port: 9000, proxy_header: "PROXY_V1" },
      ...check,
    },
    "google_compute_backend_service.m": {
      name: "m",
      load_balancing_scheme: "EXTERNAL_MANAGED",
      protocol: "SSL",
      port_name: "model",
      backend: [{ group: "${google_compute_region_instance_group_manager.m.instance_group}" }],
      health_checks: ["${google_compute_health_check.m.id}"],
      ...backend,
    },
    "google_compute_target_ssl_proxy.m": {
      name: "m",
      backend_service: "${google_compute_backend_service.m.id}",
      proxy_header: "PROXY_V1",
      certificate_map: "//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m",
    },
  });
}

describeRules(forwardingRules, valid, [
  ...(
    [
      ["forwarding-target", V4, "target", undefined],
      ["forwarding-scheme", V4, "load_balancing_scheme", "INTERNAL"],
      ["forwarding-scheme-set", V4, "load_balancing_scheme", undefined],
      ["forwarding-port-range", V4, "port_range", "https"],
      ["forwarding-port-range", V4, "port_range", "70000"],
      ["forwarding-port-range", V4, "port_range", "443-80"],
      ["forwarding-protocol", V4, "ip_protocol", "HTTPS"],
      ["forwarding-ip-version", V4, "ip_version", "v4"],
      ["forwarding-global-tier", V4, "network_tier", "STANDARD"],
      ["forwarding-source-ranges", V4, "source_ip_ranges", Array.from({ length: 65 }, (_, i) => `10.0.0.${i}`)],
      ["forwarding-metadata-filters", V4, "metadata_filters", [{ filter_match_criteria: "MATCH_ANY" }]],
      ["forwarding-migration-percentage", V4, "external_managed_backend_bucket_migration_testing_percentage", 101],
      ["forwarding-port-missing", V4, "port_range", undefined],
      ["forwarding-port-single", V4, "port_range", "443-444"],
      ["forwarding-proxy-protocol", V4, "ip_protocol", "UDP"],
      ["forwarding-address-version", V4, "ip_version", "IPV6"],
      ["forwarding-address-version", A4.replace("address", "forwarding_rule"), "ip_address", "2600:1901::1"],
      ["forwarding-ipv6-version", V6, "ip_version", undefined],
      ["forwarding-ephemeral", V4, "ip_address", undefined],
      ["forwarding-duplicate", V6, "ip_address", "${google_compute_global_address.v4.address}"],
      ["forwarding-address-type", V4, "load_balancing_scheme", "INTERNAL_MANAGED"],
      ["forwarding-internal-network", V4, "load_balancing_scheme", "INTERNAL_MANAGED"],
      ["forwarding-backend-scheme", V4, "load_balancing_scheme", "INTERNAL_MANAGED"],
      ["forwarding-backend-scheme", BACKEND, "load_balancing_scheme", "EXTERNAL"],
      ["proxy-url-map", PROXY, "url_map", undefined],
      ["proxy-keep-alive", PROXY, "http_keep_alive_timeout_sec", 1201],
      ["proxy-quic", PROXY, "quic_override", "ON"],
      ["proxy-early-data", PROXY, "tls_early_data", "ENABLED"],
      ["proxy-early-data-replay", PROXY, "tls_early_data", "UNRESTRICTED"],
      ["proxy-certificates", PROXY, "certificate_map", undefined],
      ["proxy-bind", PROXY, "proxy_bind", true],
      ["address-type", A4, "address_type", "PUBLIC"],
      ["address-ip-version", A4, "ip_version", "4"],
      ["address-purpose", A4, "purpose", "VPC_PEERING"],
      ["address-global-network", A4, "network", "default"],
      ["address-literal-version", A4, "address", "2600:1901::1"],
    ] as const
  ).map(([rule, address, path, value]): Mutation => {
    const own =
      address === "google_compute_global_forwarding_rule.v4" &&
      rule === "forwarding-address-version" &&
      path === "ip_address";
    return own
      ? {
          rule,
          address,
          change: (document) =>
            void Object.assign(resourceAt(document, address), { ip_address: value, ip_version: "IPV4" }),
        }
      : { rule, address, set: [path, value] };
  }),
  {
    rule: "proxy-keep-alive-classic",
    address: PROXY,
    change: (document) => {
      for (const address of [V4, V6, BACKEND]) resourceAt(document, address).load_balancing_scheme = "EXTERNAL";
    },
  },
  { rule: "proxy-header", address: "google_compute_target_tcp_proxy.x", change: adding(tcp) },
  { rule: "proxy-backend-protocol", address: "google_compute_target_tcp_proxy.x", change: adding(tcp) },
  {
    rule: "proxy-backend-service",
    address: "google_compute_target_ssl_proxy.x",
    change: adding({ "google_compute_target_ssl_proxy.x": { name: "x" } }),
  },
  onRegional("forwarding-region-scheme", { load_balancing_scheme: "INTERNAL_SELF_MANAGED" }),
  onRegional("forwarding-ports", { ports: ["0"] }),
  onRegional("forwarding-ports-count", { ports: ["1", "2", "3", "4", "5", "6"] }),
  onRegional("forwarding-region-tier", { network_tier: "BASIC" }),
  onRegional("forwarding-source-ranges-scheme", { source_ip_ranges: ["10.0.0.0/8"] }),
  onRegional("forwarding-global-access", { allow_global_access: true }),
  onRegional("forwarding-mirroring", { is_mirroring_collector: true }),
  onRegional("forwarding-service-label", { service_label: "My_Label" }),
  onRegional("forwarding-port-kinds", { ports: ["80"] }),
  onRegional("forwarding-all-ports", { ip_protocol: "L3_DEFAULT" }),
  onRegional("forwarding-one-target", { target: undefined }),
  onRegional("forwarding-one-target", { backend_service: "${google_compute_region_backend_service.x.id}" }),
  onRegional("forwarding-proxy-scope", { target: "${google_compute_target_https_proxy.main.id}" }),
  onRegional("forwarding-proxy-scope", { region: "us-central1" }),
  onRegional("forwarding-address-scope", { ip_address: "${google_compute_global_address.v4.address}" }),
  onRegional("forwarding-address-scope", { region: "us-central1" }),
  onRegional("forwarding-address-tier", { network_tier: undefined }),
  onRegional("forwarding-external-network", { network: undefined }),
  onRegional("forwarding-regional-ipv6", { ip_version: "IPV6" }),
  onRegional("forwarding-proxy-subnet", { region: "us-central1" }),
  onRegional("forwarding-proxy-subnet-order", { depends_on: undefined }),
  onRegional(
    "proxy-region-keep-alive",
    {},
    { "google_compute_region_target_http_proxy.x": { region: "europe-west1", http_keep_alive_timeout_sec: 601 } },
    "google_compute_region_target_http_proxy.x",
  ),
  onRegional(
    "proxy-url-map-scope",
    {},
    { "google_compute_region_target_http_proxy.x": { url_map: "${google_compute_url_map.main.id}" } },
    "google_compute_region_target_http_proxy.x",
  ),
  onRegional("address-tier", {}, { [ADDRESS]: { region: "europe-west1", network_tier: "BASIC" } }, ADDRESS),
]);

/** Findings of this group. */
function own(document: Json): string[] {
  return findingsOf(document).flatMap(({ rule, address }) =>
    forwardingRules.some(({ id }) => id === rule) ? [`${rule} ${address}`] : [],
  );
}

test("says nothing of a regional load balancer as Google wants it", () => {
  const document = valid();
  regional()(document);
  expect(own(document)).toEqual([]);
});

test("blames the backend service where two rules agree with each other, the rule where it is alone", () => {
  const document = valid();
  resourceAt(document, BACKEND).load_balancing_scheme = "EXTERNAL";
  expect(own(document)).toEqual([`forwarding-backend-scheme ${BACKEND}`]);
  const other = valid();
  resourceAt(other, V6).load_balancing_scheme = "INTERNAL_SELF_MANAGED";
  expect(own(other).filter((finding) => finding.startsWith("forwarding-backend"))).toEqual([
    `forwarding-backend-scheme ${V6}`,
  ]);
});

test("says nothing of managed backend services behind classic rules", () => {
  const document = valid();
  for (const address of [V4, V6]) resourceAt(document, address).load_balancing_scheme = "EXTERNAL";
  delete resourceAt(document, PROXY).http_keep_alive_timeout_sec;
  expect(own(document)).toEqual([]);
});

test("says nothing of what Terraform computes, of other kinds of rules, and of two ports on one address", () => {
  const document = valid();
  Object.assign(resourceAt(document, V4), {
    load_balancing_scheme: "${var.x}",
    ip_address: "${data.google_compute_global_address.old.address}",
    ip_version: "${var.x}",
    port_range: "${var.x}",
    target: "${var.x}",
  });
  adding({
    "google_compute_global_forwarding_rule.http": {
      load_balancing_scheme: "EXTERNAL_MANAGED",
      ip_address: "${google_compute_global_address.v6.address}",
      ip_version: "IPV6",
      port_range: 80,
      target: "projects/p/global/targetHttpProxies/old",
    },
    "google_compute_global_address.psc": { address_type: "INTERNAL", purpose: "PRIVATE_SERVICE_CONNECT", network: "n" },
    "google_compute_global_forwarding_rule.psc": {
      load_balancing_scheme: "",
      ip_address: "${google_compute_global_address.psc.id}",
      network: "n",
      target: "all-apis",
    },
  })(document);
  expect(own(document)).toEqual([]);
});

test("says nothing of streams as machines take them: the PROXY line in checks, or checks that read nothing", () => {
  for (const check of [
    {},
    { ssl_health_check: undefined, tcp_health_check: { port: 9000 } },
    { ssl_health_check: { port: 9001 } },
    { ssl_health_check: { port: 9000, proxy_header: "${var.x}" } },
  ]) {
    const document = valid();
    stream({ compression_mode: "DISABLED" }, check)(document);
    expect(own(document)).toEqual([]);
  }
});
