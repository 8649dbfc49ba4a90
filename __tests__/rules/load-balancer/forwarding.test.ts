import {
  adding,
  changed,
  describeGroup,
  findingsOf,
  ids,
  type Json,
  type Mutation,
  on,
  resourceAt,
} from "../rule-support";
import { servingPath } from "../serving-path";

const V4 = "google_compute_global_forwarding_rule.v4";
const V6 = "google_compute_global_forwarding_rule.v6";
const PROXY = "google_compute_target_https_proxy.main";
const A4 = "google_compute_global_address.v4";
const BACKEND = "google_compute_backend_service.api";
const RULE = "google_compute_forwarding_rule.x";
const ADDRESS = "google_compute_address.x";
const REGION_PROXY = "google_compute_region_target_https_proxy.x";
const REGION_MAP = "google_compute_region_url_map.x";
const SSL = "google_compute_target_ssl_proxy.m";
const STREAM = "google_compute_backend_service.m";
const CHECK = "google_compute_health_check.m";

/** A global load balancer, a regional external one, and an SSL proxy with the PROXY protocol before machines on port 9000. */
function valid(): Json {
  const document = servingPath();
  Object.assign(resourceAt(document, PROXY), {
    http_keep_alive_timeout_sec: 620,
    quic_override: "ENABLE",
    tls_early_data: "DISABLED",
  });
  resourceAt(document, V4).network_tier = "PREMIUM";
  const region = "europe-west1";
  const lifecycle = { create_before_destroy: true };
  const log_config = { enable: true, sample_rate: 1 };
  const load_balancing_scheme = "EXTERNAL_MANAGED";
  const capacity = { balancing_mode: "UTILIZATION", capacity_scaler: 1 };
  adding({
    "google_compute_network.main": { name: "main", auto_create_subnetworks: false },
    "google_compute_subnetwork.proxies": {
      name: "proxies",
      network: "${google_compute_network.main.id}",
      region,
      purpose: "REGIONAL_MANAGED_PROXY",
      role: "ACTIVE",
      ip_cidr_range: "10.1.0.0/24",
    },
    "google_compute_region_backend_service.x": {
      name: "x-1a2b3c",
      region,
      load_balancing_scheme,
      protocol: "HTTPS",
      backend: [{ group: "${google_compute_region_network_endpoint_group.eu.id}", ...capacity }],
      log_config,
      lifecycle,
    },
    [REGION_MAP]: {
      name: "x",
      region,
      default_service: "${google_compute_region_backend_service.x.id}",
      lifecycle,
    },
    "google_compute_region_ssl_policy.x": {
      name: "x",
      region,
      min_tls_version: "TLS_1_2",
      profile: "MODERN",
      lifecycle,
    },
    [REGION_PROXY]: {
      name: "x-1a2b3c",
      region,
      url_map: "${google_compute_region_url_map.x.id}",
      http_keep_alive_timeout_sec: 600,
      ssl_policy: "${google_compute_region_ssl_policy.x.id}",
      certificate_manager_certificates: [`projects/p/locations/${region}/certificates/x`],
      lifecycle,
    },
    [ADDRESS]: { name: "x", region, network_tier: "STANDARD", lifecycle: { prevent_destroy: true } },
    [RULE]: {
      name: "x",
      region,
      load_balancing_scheme,
      network_tier: "STANDARD",
      ip_address: "${google_compute_address.x.address}",
      port_range: "443",
      network: "${google_compute_network.main.id}",
      target: "${google_compute_region_target_https_proxy.x.id}",
      depends_on: ["google_compute_subnetwork.proxies"],
    },
    "google_compute_region_instance_group_manager.m": {
      name: "m",
      base_instance_name: "m",
      region,
      target_size: 3,
      version: { instance_template: "${var.template}" },
      update_policy: { type: "OPPORTUNISTIC", minimal_action: "REPLACE" },
      named_port: [{ name: "model", port: 9000 }],
    },
    [CHECK]: { name: "m", ssl_health_check: { port: 9000, proxy_header: "PROXY_V1" }, lifecycle },
    [STREAM]: {
      name: "m",
      load_balancing_scheme,
      protocol: "SSL",
      port_name: "model",
      backend: [{ group: "${google_compute_region_instance_group_manager.m.instance_group}", ...capacity }],
      health_checks: ["${google_compute_health_check.m.id}"],
      log_config,
      lifecycle,
    },
    [SSL]: {
      name: "m",
      backend_service: "${google_compute_backend_service.m.id}",
      proxy_header: "PROXY_V1",
      ssl_policy: "${google_compute_ssl_policy.main.id}",
      certificate_map: "//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m",
      lifecycle,
    },
  })(document);
  return document;
}

const also = (mutation: Mutation, ...ids: string[]): Mutation => ({ ...mutation, also: ids });
const one = (rule: string, address: string, path: string, value: unknown, ...others: string[]): Mutation => ({
  rule,
  address,
  set: [path, value],
  also: others,
});
/** A change of several attributes of one resource. */
const several = (rule: string, address: string, values: Json, ...others: string[]): Mutation =>
  also(
    changed(rule, address, (document) => void Object.assign(resourceAt(document, address), values)),
    ...others,
  );
const tcp = (values: Json) =>
  adding({
    "google_compute_target_tcp_proxy.x": {
      name: "x",
      backend_service: "${google_compute_backend_service.m.id}",
      ...values,
    },
  });

describeGroup(
  "forwarding",
  valid,
  [
    ...on(
      V4,
      ["forwarding-target", "target", undefined],
      ["forwarding-target", "target", "${google_compute_target_https_proxy.main.name}"],
      ["forwarding-scheme-set", "load_balancing_scheme", null],
      ["forwarding-port-range", "port_range", "https"],
      ["forwarding-port-range", "port_range", "70000"],
      ["forwarding-port-range", "port_range", "443-80"],
      ["forwarding-ip-protocol", "ip_protocol", "HTTPS"],
      ["forwarding-ip-version", "ip_version", "v4"],
      ["forwarding-network-tier", "network_tier", "STANDARD"],
      ["forwarding-source-ip-ranges", "source_ip_ranges", Array.from({ length: 65 }, (_, i) => `10.0.0.${i}`)],
      ["forwarding-metadata-filters", "metadata_filters", [{ filter_match_criteria: "MATCH_ANY" }]],
      ["forwarding-proxy-port", "port_range", undefined],
      ["forwarding-proxy-port", "port_range", "443-444"],
      ["forwarding-proxy-protocol", "ip_protocol", "UDP"],
      ["forwarding-address-version", "ip_version", "IPV6"],
      ["forwarding-address-reserved", "ip_address", undefined],
    ).map((mutation) =>
      mutation.rule === "forwarding-scheme-set" ? also(mutation, "proxy-keep-alive-classic") : mutation,
    ),
    one("forwarding-load-balancing-scheme", V4, "load_balancing_scheme", "INTERNAL", "forwarding-address-type"),
    several("forwarding-address-version", V4, { ip_address: "2600:1901::1", ip_version: "IPV4" }),
    one("forwarding-ipv6-version", V6, "ip_version", undefined),
    several("forwarding-duplicate", V6, { ip_address: "${google_compute_global_address.v4.id}", ip_version: "IPV4" }),
    ...["forwarding-address-type", "forwarding-internal-network", "forwarding-backend-scheme"].map((id, _index, ids) =>
      several(id, V4, { load_balancing_scheme: "INTERNAL_MANAGED" }, ...ids.filter((other) => other !== id)),
    ),
    one("forwarding-backend-scheme", BACKEND, "load_balancing_scheme", "EXTERNAL"),
    ...on(
      RULE,
      ["forwarding-target", "target", "${google_compute_region_target_https_proxy.x.name}"],
      ["forwarding-network-tier", "network_tier", "BASIC"],
      ["forwarding-source-ip-ranges-scheme", "source_ip_ranges", ["10.0.0.0/8"]],
      [
        "forwarding-source-ip-ranges-scheme",
        "source_ip_ranges",
        ["${google_compute_subnetwork.proxies.ip_cidr_range}"],
      ],
      ["forwarding-allow-global-access", "allow_global_access", true],
      ["forwarding-is-mirroring-collector", "is_mirroring_collector", true],
      ["forwarding-service-label", "service_label", "My_Label"],
      ["forwarding-port-kinds", "ports", ["80"]],
      ["forwarding-one-target", "target", undefined],
      ["forwarding-target", "target", "${google_compute_target_https_proxy.main.id}"],
      ["forwarding-address-tier", "network_tier", undefined],
      ["forwarding-network", "network", undefined],
      ["forwarding-proxy-subnet-order", "depends_on", undefined],
    ),
    one("forwarding-ip-version-regional", RULE, "ip_version", "IPV6", "forwarding-address-version"),
    one(
      "forwarding-ip-address",
      RULE,
      "ip_address",
      "${google_compute_global_address.v4.address}",
      "forwarding-duplicate",
    ),
    one("forwarding-ip-address", V4, "ip_address", "${google_compute_address.x.id}", "forwarding-duplicate"),
    changed("forwarding-same-region", REGION_PROXY, (document) => {
      resourceAt(document, REGION_MAP).region = "us-central1";
    }),
    several("forwarding-ports-item", RULE, { port_range: undefined, ports: ["0"] }),
    several("forwarding-ports", RULE, { port_range: undefined, ports: ["1", "2", "3", "4", "5", "6"] }),
    several("forwarding-all-ports", RULE, { ip_protocol: "L3_DEFAULT" }, "forwarding-proxy-protocol"),
    one(
      "forwarding-load-balancing-scheme",
      RULE,
      "load_balancing_scheme",
      "INTERNAL_SELF_MANAGED",
      "forwarding-address-type",
    ),
    also(
      changed(
        "forwarding-one-target",
        RULE,
        (document) =>
          void Object.assign(resourceAt(document, RULE), {
            backend_service: "${google_compute_region_backend_service.x.id}",
          }),
        { at: "backend_service" },
      ),
    ),
    ...["forwarding-same-region", "forwarding-proxy-subnet"].map((id, _index, ids) =>
      several(id, RULE, { region: "us-central1" }, ...ids.filter((other) => other !== id)),
    ),
  ],
  [
    "forwarding-address-reserved",
    "forwarding-network",
    "forwarding-internal-network",
    "forwarding-ipv6-version",
    "forwarding-proxy-subnet",
    "forwarding-proxy-subnet-order",
    "forwarding-ip-version-regional",
    "forwarding-scheme-set",
  ],
);

describeGroup(
  "proxy",
  valid,
  [
    ...on(
      PROXY,
      ["proxy-url-map", "url_map", undefined],
      ["proxy-url-map", "url_map", "${google_compute_url_map.main.map_id}"],
      ["proxy-http-keep-alive-timeout-sec", "http_keep_alive_timeout_sec", 1201],
      ["proxy-quic-override", "quic_override", "ON"],
      ["proxy-ssl-policy", "ssl_policy", undefined],
      ["proxy-tls-early-data", "tls_early_data", "ENABLED"],
      ["proxy-tls-early-data-replay", "tls_early_data", "UNRESTRICTED"],
      ["proxy-bind", "proxy_bind", true],
    ),
    {
      ...one("proxy-certificates", PROXY, "certificate_map", undefined, "tls-proxy-certificate"),
      at: "ssl_certificates",
    },
    {
      ...one("proxy-certificate-lists", REGION_PROXY, "ssl_certificates", ["projects/p/regions/r/sslCertificates/c"]),
      at: "certificate_manager_certificates",
    },
    changed("proxy-keep-alive-classic", PROXY, (document) => {
      for (const address of [V4, V6, BACKEND]) resourceAt(document, address).load_balancing_scheme = "EXTERNAL";
    }),
    one("proxy-http-keep-alive-timeout-sec", REGION_PROXY, "http_keep_alive_timeout_sec", 601),
    one("proxy-url-map", REGION_PROXY, "url_map", "${google_compute_url_map.main.id}"),
    one("proxy-proxy-header", SSL, "proxy_header", "V2"),
    also(one("proxy-backend-service", SSL, "backend_service", undefined), "reach-backend-routed"),
    changed("proxy-backend-service", "google_compute_target_tcp_proxy.x", tcp({ backend_service: undefined })),
    changed("proxy-backend-protocol", "google_compute_target_tcp_proxy.x", tcp({})),
    also(
      changed("proxy-proxy-header", "google_compute_target_tcp_proxy.x", tcp({ proxy_header: "V2" })),
      "proxy-backend-protocol",
    ),
    one("proxy-header-health-check", CHECK, "ssl_health_check.proxy_header", undefined),
    several(
      "proxy-header-health-check",
      CHECK,
      {
        ssl_health_check: undefined,
        http_health_check: { port_specification: "USE_SERVING_PORT", proxy_header: "NONE" },
      },
      "health-check-tls",
    ),
  ],
  ["proxy-header-health-check", "proxy-ssl-policy", "proxy-tls-early-data-replay"],
);

describeGroup("address", valid, [
  one("address-address-type", A4, "address_type", "PUBLIC", "forwarding-address-type"),
  one("address-ip-version", A4, "ip_version", "4"),
  one("address-purpose", A4, "purpose", "VPC_PEERING"),
  one("address-network", A4, "network", "default"),
  one("address-network", A4, "network", "${google_compute_network.main.id}"),
  one("address-address-version", A4, "address", "2600:1901::1"),
  one("address-network-tier", ADDRESS, "network_tier", "BASIC", "forwarding-address-tier"),
]);

test("blames the backend service where two rules agree with each other, the rule where it is alone", () => {
  const document = valid();
  resourceAt(document, BACKEND).load_balancing_scheme = "EXTERNAL";
  const culprits = (json: Json) =>
    findingsOf(json).flatMap(({ rule, address }) => (rule === "forwarding-backend-scheme" ? [address] : []));
  expect(culprits(document)).toEqual([BACKEND]);
  const other = valid();
  resourceAt(other, V6).load_balancing_scheme = "INTERNAL_SELF_MANAGED";
  expect(culprits(other)).toEqual([V6]);
});

test("says nothing of managed backend services behind classic rules", () => {
  const document = valid();
  for (const address of [V4, V6]) resourceAt(document, address).load_balancing_scheme = "EXTERNAL";
  delete resourceAt(document, PROXY).http_keep_alive_timeout_sec;
  expect(ids(document)).toEqual([]);
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
    "google_compute_forwarding_rule.maybe": {
      region: "europe-west1",
      load_balancing_scheme: "${var.x}",
      target: "${var.is_proxy ? var.target : null}",
      backend_service: "${var.is_proxy ? null : var.backend}",
    },
    // google-beta: a proxy of its own scheme needs no backend service.
    "google_compute_target_tcp_proxy.beta": { name: "beta", load_balancing_scheme: "INTERNAL_MANAGED" },
  })(document);
  expect(ids(document)).toEqual([]);
});

test("takes instances of one resource, outputs of another state and numbers in other networks for different addresses", () => {
  const pair = (first: string, second: string, values: Json = {}) => {
    const document = valid();
    const rule = { load_balancing_scheme: "EXTERNAL", port_range: "443", target: "${var.proxy}", ...values };
    adding({
      "google_compute_address.ips": { name: "ips-${count.index}", count: 2, lifecycle: { prevent_destroy: true } },
      "google_compute_forwarding_rule.a": { ...rule, name: "a", ip_address: first },
      "google_compute_forwarding_rule.b": { ...rule, name: "b", ip_address: second },
    })(document);
    return ids(document);
  };
  expect(pair("${google_compute_address.ips[0].address}", "${google_compute_address.ips[0].address}")).toEqual([
    "forwarding-duplicate",
  ]);
  expect(pair("203.0.113.7", "203.0.113.7")).toEqual(["forwarding-duplicate"]);
  expect(pair("${google_compute_address.ips[0].address}", "${google_compute_address.ips[1].address}")).toEqual([]);
  const data = "data.google_compute_address.ip";
  expect(pair(`\${${data}["a"].address}`, `\${${data}["b"].address}`)).toEqual([]);
  const state = "data.terraform_remote_state.net.outputs";
  expect(pair(`\${${state}.a}`, `\${${state}.b}`)).toEqual([]);
  const internal = { load_balancing_scheme: "INTERNAL", network: "${var.network}" };
  expect(pair("10.0.0.5", "10.0.0.5", internal)).toEqual([]);
});

test("says nothing of streams as machines take them: the PROXY line in checks, or checks that read nothing", () => {
  for (const check of [
    { ssl_health_check: undefined, tcp_health_check: { port: 9000 } },
    { ssl_health_check: { port: 9001 } },
    { ssl_health_check: { port: 9000, proxy_header: "${var.x}" } },
  ]) {
    const document = valid();
    resourceAt(document, STREAM).compression_mode = "DISABLED";
    Object.assign(resourceAt(document, CHECK), check);
    expect(ids(document).filter((id) => /^(proxy|backend-stream)-/.test(id))).toEqual([]);
  }
});
