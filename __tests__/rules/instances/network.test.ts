import { networkRules } from "../../../lib/rules/instances/network";
import { changed, describeRules, ids, type Json, on, resourceAt } from "../rule-support";
import { instanceServingPath } from "./instance-serving-path";

const NETWORK = "google_compute_network.main";
const SUBNET = "google_compute_subnetwork.eu";
const PROXIES = "google_compute_subnetwork.proxies";
const FIREWALL = "google_compute_firewall.probes";
const ROUTER = "google_compute_router.eu";
const NAT = "google_compute_router_nat.eu";
const TEMPLATE = "google_compute_region_instance_template.model";
const GROUP = "google_compute_region_instance_group_manager.model";

function removed(document: Json, ...types: string[]): Json {
  for (const type of types) delete (document.resource as Json)[type];
  return document;
}

describeRules(networkRules, instanceServingPath, [
  ...on(
    NETWORK,
    ["network-mtu", "mtu", 1200],
    ["network-routing-mode", "routing_mode", "global"],
    ["network-enforcement-order", "network_firewall_policy_enforcement_order", "FIRST"],
    ["network-ula-range", "internal_ipv6_range", "fd00::/48"],
    ["network-auto-subnetworks", "auto_create_subnetworks", undefined],
  ),
  ...on(
    SUBNET,
    ["subnet-purpose", "purpose", "PROXY"],
    ["subnet-role", "role", "MAIN"],
    ["subnet-stack-type", "stack_type", "DUAL"],
    ["subnet-ipv6-access", "ipv6_access_type", "PUBLIC"],
    ["subnet-flow-sampling", "log_config.flow_sampling", 50],
    ["subnet-flow-interval", "log_config.aggregation_interval", "5s"],
    ["subnet-flow-fields", "log_config.metadata_fields", ["src_instance"]],
    ["subnet-flow-logs", "enable_flow_logs", true],
    ["subnet-range", "ip_cidr_range", "10.0.0.1/20"],
    ["subnet-range", "ip_cidr_range", "10.0.0.0/30"],
    ["subnet-range", "secondary_ip_range.0.ip_cidr_range", "10.1.0.0"],
    ["subnet-reserved-range", "ip_cidr_range", "169.254.0.0/20"],
    ["subnet-docker-range", "ip_cidr_range", "172.16.0.0/15"],
    ["subnet-docker-range", "secondary_ip_range.0.ip_cidr_range", "172.17.8.0/24"],
    ["subnet-overlap", "secondary_ip_range.0.ip_cidr_range", "10.0.8.0/24"],
    ["subnet-secondary-names", "secondary_ip_range.1", { range_name: "pods", ip_cidr_range: "10.9.0.0/20" }],
    ["subnet-proxy-role", "role", "ACTIVE"],
    ["subnet-ipv6", "stack_type", "IPV4_IPV6"],
  ),
  changed("subnet-auto-mode", SUBNET, (document) => {
    resourceAt(document, NETWORK).auto_create_subnetworks = true;
    resourceAt(document, SUBNET).ip_cidr_range = "10.200.0.0/20";
  }),
  changed("subnet-overlap", SUBNET, (document) => {
    resourceAt(document, SUBNET).ip_cidr_range = "10.2.1.0/24";
  }),
  changed("subnet-ipv6", SUBNET, (document) =>
    Object.assign(resourceAt(document, SUBNET), { stack_type: "IPV4_IPV6", ipv6_access_type: "INTERNAL" }),
  ),
  ...on(
    PROXIES,
    ["subnet-proxy-size", "ip_cidr_range", "10.2.0.0/28"],
    ["subnet-proxy-role", "role", undefined],
    ["subnet-proxy-plain", "log_config", { flow_sampling: 1 }],
  ),
  changed("subnet-proxy-one", "google_compute_subnetwork.more", (document) => {
    const subnets = (document.resource as Json).google_compute_subnetwork as Json;
    subnets.more = { ...(subnets.proxies as Json), ip_cidr_range: "10.3.0.0/23" };
  }),
  ...on(
    FIREWALL,
    ["firewall-priority", "priority", 70000],
    ["firewall-direction", "direction", "IN"],
    ["firewall-ports", "allow.0.ports", ["8080-80"]],
    ["firewall-ports", "allow.0.ports", ["http"]],
    ["firewall-protocol", "allow.0.protocol", "http"],
    ["firewall-source-range", "source_ranges.0", "35.191.0.0/33"],
    ["firewall-destination-range", "destination_ranges", ["ten"]],
    ["firewall-source-accounts", "source_service_accounts", Array.from({ length: 11 }, (_, i) => `a${i}@p.iam`)],
    ["firewall-target-accounts", "target_service_accounts", Array.from({ length: 11 }, (_, i) => `a${i}@p.iam`)],
    ["firewall-source-tags", "source_tags", Array.from({ length: 31 }, (_, i) => `t${i}`)],
    ["firewall-target-tags", "target_tags", Array.from({ length: 71 }, (_, i) => `t${i}`)],
    ["firewall-log-metadata", "log_config.metadata", "ALL"],
    ["firewall-allow-deny", "deny", [{ protocol: "udp" }]],
    ["firewall-allow-deny", "allow", undefined],
    ["firewall-port-protocol", "allow.0.protocol", "all"],
    ["firewall-tags-accounts", "target_service_accounts", ["a@p.iam.gserviceaccount.com"]],
    ["firewall-source", "source_ranges", undefined],
    ["firewall-source", "direction", "EGRESS"],
    ["firewall-ip-versions", "source_ranges", ["35.191.0.0/16", "2600:2d00:1:b029::/64"]],
    ["firewall-open-admin", "source_ranges", ["0.0.0.0/0"]],
  ).map((mutation) =>
    mutation.rule === "firewall-open-admin"
      ? changed(mutation.rule, FIREWALL, (document) =>
          Object.assign(resourceAt(document, FIREWALL), {
            source_ranges: ["0.0.0.0/0"],
            allow: { protocol: "tcp", ports: ["20-30"] },
          }),
        )
      : mutation,
  ),
  ...(
    [
      ["source_ranges", ["35.191.0.0/16"]],
      ["allow", [{ protocol: "tcp", ports: ["443"] }]],
      ["target_tags", ["other"]],
      ["disabled", true],
    ] as const
  ).map(([name, value]) =>
    changed("firewall-health-checks", GROUP, (document) => {
      resourceAt(document, FIREWALL)[name] = value;
    }),
  ),
  changed("firewall-proxy-subnet", GROUP, (document) => {
    const resources = document.resource as Json;
    resources.google_compute_region_backend_service = {
      model: {
        ...((resources.google_compute_backend_service as Json).model as Json),
        region: "europe-west4",
        name: "model-eu",
      },
    };
    delete (resources.google_compute_firewall as Json).proxies;
  }),
  ...on(
    ROUTER,
    ["router-asn", "bgp.asn", 15169],
    ["router-keepalive", "bgp.keepalive_interval", 5],
    ["router-advertised", "bgp.advertised_groups", ["ALL_SUBNETS"]],
  ),
  ...on(
    NAT,
    ["nat-allocation", "nat_ip_allocate_option", "AUTO"],
    ["nat-ranges", "source_subnetwork_ip_ranges_to_nat", "ALL"],
    ["nat-type", "type", "public"],
    ["nat-log-filter", "log_config.filter", "ERRORS"],
    ["nat-min-ports", "min_ports_per_vm", 1],
    ["nat-max-ports", "max_ports_per_vm", 1000],
    ["nat-dynamic-min-ports", "min_ports_per_vm", 50],
    ["nat-icmp-idle", "icmp_idle_timeout_sec", 0],
    ["nat-tcp-established-idle", "tcp_established_idle_timeout_sec", 0],
    ["nat-tcp-time-wait", "tcp_time_wait_timeout_sec", 0],
    ["nat-tcp-transitory-idle", "tcp_transitory_idle_timeout_sec", 0],
    ["nat-udp-idle", "udp_idle_timeout_sec", 0],
    ["nat-addresses", "nat_ips", undefined],
    ["nat-addresses", "nat_ip_allocate_option", "AUTO_ONLY"],
    ["nat-allocation-set", "nat_ip_allocate_option", undefined],
    ["nat-subnetworks", "subnetwork", undefined],
    ["nat-subnetworks", "source_subnetwork_ip_ranges_to_nat", "ALL_SUBNETWORKS_ALL_IP_RANGES"],
    ["nat-secondary-ranges", "subnetwork.0.source_ip_ranges_to_nat", ["LIST_OF_SECONDARY_IP_RANGES"]],
    ["nat-dynamic-mapping", "enable_endpoint_independent_mapping", true],
    ["nat-port-order", "max_ports_per_vm", 64],
    ["nat-port-order", "enable_dynamic_port_allocation", false],
    ["nat-router-region", "region", "us-central1"],
    ["nat-address-kind", "region", "us-central1"],
  ),
  changed("nat-address-removal", "google_compute_address.nat", (document) => {
    delete resourceAt(document, NAT).lifecycle;
  }),
  changed("nat-one-for-all", "google_compute_router_nat.more", (document) => {
    const nats = (document.resource as Json).google_compute_router_nat as Json;
    nats.more = { ...(nats.eu as Json), source_subnetwork_ip_ranges_to_nat: "ALL_SUBNETWORKS_ALL_IP_RANGES" };
  }),
  ...on(
    TEMPLATE,
    ["template-network-interface", "network_interface", undefined],
    ["template-subnetwork", "network_interface.0", { network: "${google_compute_network.main.id}" }],
    ["template-subnetwork-purpose", "network_interface.0.subnetwork", "${google_compute_subnetwork.proxies.id}"],
    ["template-subnetwork-region", "region", "us-central1"],
    ["template-external-address", "network_interface.0.access_config", [{ network_tier: "PREMIUM" }]],
  ),
  ...["docker.io/acme/model:1", "https://huggingface.co/acme/model"].map((source) =>
    changed("template-outside-images", TEMPLATE, (document) => {
      removed(document, "google_compute_router_nat");
      resourceAt(document, TEMPLATE).metadata = { "user-data": `#cloud-config\nruncmd:\n- fetch ${source}\n` };
    }),
  ),
  changed("template-outside-images", TEMPLATE, (document) => {
    resourceAt(document, NAT).region = resourceAt(document, ROUTER).region = "us-central1";
    resourceAt(document, TEMPLATE).metadata = {
      "user-data": "#cloud-config\nruncmd:\n- docker run ghcr.io/acme/model\n",
    };
  }),
  changed("subnet-private-access", SUBNET, (document) => {
    removed(document, "google_compute_router_nat");
    resourceAt(document, SUBNET).private_ip_google_access = false;
  }),
]);

test("says nothing of missing firewall rules where a policy or another stack may have them", () => {
  const withPolicy = removed(instanceServingPath(), "google_compute_firewall");
  (withPolicy.resource as Json).google_compute_network_firewall_policy = { main: { name: "main" } };
  expect(ids(withPolicy)).toEqual([]);

  const shared = removed(
    instanceServingPath(),
    "google_compute_firewall",
    "google_compute_network",
    "google_compute_subnetwork",
  );
  resourceAt(shared, TEMPLATE).network_interface = { subnetwork: "projects/host/regions/europe-west4/subnetworks/eu" };
  resourceAt(shared, ROUTER).network = "projects/host/global/networks/main";
  resourceAt(shared, NAT).subnetwork = {
    name: "projects/host/regions/europe-west4/subnetworks/eu",
    source_ip_ranges_to_nat: ["ALL_IP_RANGES"],
  };
  expect(ids(shared)).toEqual([]);
});

test("says nothing of images from outside where there may be a way, or of those from Google", () => {
  const document = instanceServingPath();
  const pull = (image: string) => {
    resourceAt(document, TEMPLATE).metadata = { "user-data": `#cloud-config\nruncmd:\n- docker run ${image}\n` };
    return ids(document).includes("template-outside-images");
  };
  expect(pull("docker.io/acme/model")).toBe(false);
  removed(document, "google_compute_router_nat");
  expect(pull("docker.io/acme/model")).toBe(true);
  expect(pull("europe-docker.pkg.dev/p/docker.io/acme/model")).toBe(false);
  (document.resource as Json).google_compute_route = { out: { name: "out", dest_range: "0.0.0.0/0" } };
  expect(pull("docker.io/acme/model")).toBe(false);
});

test("addresses of a NAT may be created before their predecessors are destroyed", () => {
  const document = instanceServingPath();
  delete resourceAt(document, NAT).lifecycle;
  resourceAt(document, "google_compute_address.nat").lifecycle = { create_before_destroy: true };
  expect(ids(document)).toEqual([]);
});

test("says nothing of ranges that are computed, or of one subnetwork in many regions", () => {
  const document = instanceServingPath();
  Object.assign(resourceAt(document, SUBNET), {
    for_each: "${var.regions}",
    region: "${each.key}",
    ip_cidr_range: '${cidrsubnet("10.0.0.0/8", 12, each.value)}',
    secondary_ip_range: [],
  });
  Object.assign(resourceAt(document, FIREWALL), { source_ranges: "${var.ranges}" });
  expect(ids(document)).toEqual([]);
});
