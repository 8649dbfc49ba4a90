import { instanceServingPath } from "./instance-serving-path";
import { changed, describeGroup, ids, type Json, type Mutation, on, resourceAt } from "./rule-support";

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

const FIREWALL_MORE: Readonly<Record<string, Partial<Mutation>>> = {
  "firewall-ports-protocol": { at: "allow.0.ports" },
  "firewall-source-service-accounts": { also: ["firewall-target-tags-accounts"] },
  "firewall-target-service-accounts": { also: ["firewall-target-tags-accounts"] },
  "firewall-target-tags": { also: ["firewall-health-checks"] },
  "firewall-source": { also: ["firewall-health-checks"] },
  "firewall-egress-source": { at: "source_ranges", also: ["firewall-health-checks"] },
  "firewall-source-ranges-versions": { also: ["firewall-health-checks"] },
};
const PROBED = { also: ["firewall-health-checks"] };
const many = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(index));

describeGroup(
  "network",
  instanceServingPath,
  on(
    NETWORK,
    ["network-routing-mode", "routing_mode", "global"],
    ["network-network-firewall-policy-enforcement-order", "network_firewall_policy_enforcement_order", "FIRST"],
    ["network-internal-ipv6-range", "internal_ipv6_range", "fd00::/48"],
    ["network-auto-create-subnetworks", "auto_create_subnetworks", undefined],
  ),
  ["network-auto-create-subnetworks"],
);

describeGroup(
  "subnet",
  instanceServingPath,
  [
    ...on(
      SUBNET,
      ["subnet-purpose", "purpose", "PROXY"],
      ["subnet-role", "role", "MAIN"],
      ["subnet-stack-type", "stack_type", "DUAL"],
      ["subnet-ipv6-access-type", "ipv6_access_type", "PUBLIC"],
      ["subnet-log-config-aggregation-interval", "log_config.aggregation_interval", "5s"],
      ["subnet-log-config-metadata-fields", "log_config.metadata_fields", ["src_instance"]],
      ["subnet-enable-flow-logs", "enable_flow_logs", true],
      ["subnet-ip-cidr-range", "ip_cidr_range", "10.0.0.1/20"],
      ["subnet-ip-cidr-range", "ip_cidr_range", "10.0.0.0/30"],
      ["subnet-ip-cidr-range", "secondary_ip_range.0.ip_cidr_range", "10.1.0.0"],
      ["subnet-ip-cidr-range-reserved", "ip_cidr_range", "169.254.0.0/20"],
      ["subnet-ip-cidr-range-docker", "ip_cidr_range", "172.16.0.0/15"],
      ["subnet-ip-cidr-range-docker", "secondary_ip_range.0.ip_cidr_range", "172.17.8.0/24"],
      ["subnet-overlap", "secondary_ip_range.0.ip_cidr_range", "10.0.8.0/24"],
      ["subnet-ipv6-access-type-set", "stack_type", "IPV4_IPV6"],
    ).map((mutation) =>
      mutation.set![0] === "stack_type" && mutation.set![1] === "IPV4_IPV6"
        ? { ...mutation, at: "ipv6_access_type" }
        : mutation,
    ),
    changed("subnet-secondary-ip-range-names", SUBNET, (document) => {
      (resourceAt(document, SUBNET).secondary_ip_range as Json[])[1] = {
        range_name: "pods",
        ip_cidr_range: "10.9.0.0/20",
      };
    }),
    changed("subnet-auto-mode", SUBNET, (document) => {
      resourceAt(document, NETWORK).auto_create_subnetworks = true;
      resourceAt(document, SUBNET).ip_cidr_range = "10.200.0.0/20";
    }),
    changed("subnet-overlap", SUBNET, (document) => {
      resourceAt(document, SUBNET).ip_cidr_range = "10.2.1.0/24";
    }),
    changed("subnet-ipv6-internal", SUBNET, (document) =>
      Object.assign(resourceAt(document, SUBNET), { stack_type: "IPV4_IPV6", ipv6_access_type: "INTERNAL" }),
    ),
    ...on(
      PROXIES,
      ["subnet-ip-cidr-range-proxy", "ip_cidr_range", "10.2.0.0/28"],
      ["subnet-role-proxy", "role", undefined],
      ["subnet-proxy-plain", "log_config", { flow_sampling: 1 }],
    ),
    changed("subnet-proxy-one", "google_compute_subnetwork.more", (document) => {
      const subnets = (document.resource as Json).google_compute_subnetwork as Json;
      subnets.more = { ...(subnets.proxies as Json), name: "more", ip_cidr_range: "10.3.0.0/23" };
    }),
  ],
  [
    "subnet-auto-mode",
    "subnet-ip-cidr-range",
    "subnet-ip-cidr-range-docker",
    "subnet-ip-cidr-range-proxy",
    "subnet-ip-cidr-range-reserved",
    "subnet-proxy-one",
    "subnet-proxy-plain",
    "subnet-role-proxy",
  ],
);

describeGroup(
  "firewall",
  instanceServingPath,
  [
    ...on(
      FIREWALL,
      ["firewall-direction", "direction", "IN"],
      ["firewall-ports", "allow.0.ports", ["8080-80"]],
      ["firewall-ports", "allow.0.ports", ["http"]],
      ["firewall-protocol", "allow.0.protocol", "http"],
      ["firewall-source-ranges", "source_ranges.0", "35.191.0.0/33"],
      ["firewall-destination-ranges", "destination_ranges", ["ten"]],
      ["firewall-source-service-accounts", "source_service_accounts", many(11, (i) => `a${i}@p.iam`)],
      ["firewall-target-service-accounts", "target_service_accounts", many(11, (i) => `a${i}@p.iam`)],
      ["firewall-source-tags", "source_tags", many(31, (i) => `t${i}`)],
      ["firewall-target-tags", "target_tags", many(71, (i) => `t${i}`)],
      ["firewall-log-config-metadata", "log_config.metadata", "ALL"],
      ["firewall-allow-deny", "deny", [{ protocol: "udp" }]],
      ["firewall-allow-deny", "allow", undefined],
      ["firewall-ports-protocol", "allow.0.protocol", "all"],
      ["firewall-target-tags-accounts", "target_service_accounts", ["a@p.iam.gserviceaccount.com"]],
      ["firewall-source", "source_ranges", undefined],
      ["firewall-egress-source", "direction", "EGRESS"],
      ["firewall-source-ranges-versions", "source_ranges", ["35.191.0.0/16", "2600:2d00:1:b029::/64"]],
      ["firewall-destination-ranges-versions", "destination_ranges", ["10.0.0.0/8", "2600:2d00:1:b029::/64"]],
    ).map((mutation) => ({ ...mutation, ...FIREWALL_MORE[mutation.rule] })),
    changed("firewall-source-tags-accounts", FIREWALL, (document) =>
      Object.assign(resourceAt(document, FIREWALL), {
        source_tags: ["a"],
        target_tags: [],
        source_service_accounts: ["a@p.iam.gserviceaccount.com"],
      }),
    ),
    changed(
      "firewall-open-admin",
      FIREWALL,
      (document) =>
        Object.assign(resourceAt(document, FIREWALL), {
          source_ranges: ["0.0.0.0/0"],
          allow: { protocol: "tcp", ports: ["20-30"] },
        }),
      PROBED,
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
    changed(
      "firewall-proxy-subnet",
      GROUP,
      (document) => {
        const resources = document.resource as Json;
        resources.google_compute_region_backend_service = {
          model: {
            ...((resources.google_compute_backend_service as Json).model as Json),
            region: "europe-west4",
            name: "model-eu-1a2b3c",
          },
        };
        delete (resources.google_compute_firewall as Json).proxies;
      },
      { also: ["backend-health-checks-regional"] },
    ),
  ],
  [
    "firewall-destination-ranges-versions",
    "firewall-health-checks",
    "firewall-open-admin",
    "firewall-proxy-subnet",
    "firewall-source-ranges-versions",
    "firewall-source-tags",
    "firewall-target-tags",
  ],
);

describeGroup(
  "router",
  instanceServingPath,
  on(
    ROUTER,
    ["router-bgp-asn", "bgp.asn", 15169],
    ["router-bgp-advertised-groups", "bgp.advertised_groups", ["ALL_SUBNETS"]],
    ["router-bgp-advertise-mode", "bgp.advertise_mode", "ALL"],
  ),
);

describeGroup(
  "nat",
  instanceServingPath,
  [
    ...on(
      NAT,
      ["nat-nat-ip-allocate-option", "nat_ip_allocate_option", "AUTO"],
      ["nat-source-subnetwork-ip-ranges-to-nat", "source_subnetwork_ip_ranges_to_nat", "ALL"],
      ["nat-type", "type", "public"],
      ["nat-log-config-filter", "log_config.filter", "ERRORS"],
      ["nat-max-ports-per-vm", "max_ports_per_vm", 1000],
      ["nat-min-ports-per-vm-dynamic", "min_ports_per_vm", 50],
      ["nat-manual-addresses", "nat_ips", undefined],
      ["nat-public-allocation", "nat_ip_allocate_option", undefined],
      ["nat-subnetworks", "subnetwork", undefined],
      ["nat-no-secondary-ranges", "subnetwork.0.secondary_ip_range_names", ["pods"]],
      ["nat-dynamic-mapping", "enable_endpoint_independent_mapping", true],
    ),
    ...(
      [
        ["nat-auto-addresses", "nat_ip_allocate_option", "AUTO_ONLY", "nat_ips"],
        ["nat-private-allocation", "type", "PRIVATE", "nat_ip_allocate_option"],
        ["nat-all-subnetworks", "source_subnetwork_ip_ranges_to_nat", "ALL_SUBNETWORKS_ALL_IP_RANGES", "subnetwork"],
        ["nat-port-order", "max_ports_per_vm", 64, "min_ports_per_vm"],
        [
          "nat-secondary-ranges",
          "subnetwork.0.source_ip_ranges_to_nat",
          ["LIST_OF_SECONDARY_IP_RANGES"],
          "subnetwork.secondary_ip_range_names",
        ],
        ["nat-static-max-ports", "enable_dynamic_port_allocation", false, "max_ports_per_vm"],
      ] as const
    ).map(([rule, path, value, at]) => ({ rule, address: NAT, set: [path, value] as const, at })),
    ...["nat-router-region", "nat-address-kind"].map((rule, index, both) => ({
      rule,
      address: NAT,
      set: ["region", "us-central1"] as const,
      at: ["region", "nat_ips"][index],
      also: both.filter((each) => each !== rule),
    })),
    changed("nat-address-removal", "google_compute_address.nat", (document) => {
      delete resourceAt(document, NAT).lifecycle;
    }),
    changed("nat-one-for-all", "google_compute_router_nat.more", (document) => {
      const nats = (document.resource as Json).google_compute_router_nat as Json;
      const { subnetwork: _, ...rest } = nats.eu as Json;
      nats.more = { ...rest, name: "more-1a2b3c", source_subnetwork_ip_ranges_to_nat: "ALL_SUBNETWORKS_ALL_IP_RANGES" };
    }),
  ],
  ["nat-address-removal"],
);

describeGroup(
  "interface",
  instanceServingPath,
  [
    ...on(
      TEMPLATE,
      ["interface-missing", "network_interface", undefined],
      ["interface-purpose", "network_interface.0.subnetwork", "${google_compute_subnetwork.proxies.id}"],
      ["interface-external-address", "network_interface.0.access_config", [{ network_tier: "PREMIUM" }]],
    ),
    changed("interface-subnetwork", TEMPLATE, (document) => {
      resourceAt(document, TEMPLATE).network_interface = [{ network: "${google_compute_network.main.id}" }];
    }),
    changed(
      "interface-region",
      TEMPLATE,
      (document) => {
        resourceAt(document, TEMPLATE).region = "us-central1";
      },
      { also: ["group-template-region"] },
    ),
    ...["docker.io/acme/model:1", "https://huggingface.co/acme/model"].map((source) =>
      changed(
        "interface-outside-images",
        TEMPLATE,
        (document) => {
          removed(document, "google_compute_router_nat");
          resourceAt(document, TEMPLATE).metadata = { "user-data": `#cloud-config\nruncmd:\n- fetch ${source}\n` };
        },
        { also: ["template-cos-gpu-driver"] },
      ),
    ),
    changed(
      "interface-outside-images",
      TEMPLATE,
      (document) => {
        resourceAt(document, NAT).region = resourceAt(document, ROUTER).region = "us-central1";
        resourceAt(document, TEMPLATE).metadata = {
          "user-data": "#cloud-config\nruncmd:\n- docker run ghcr.io/acme/model\n",
        };
      },
      { also: ["nat-address-kind", "template-cos-gpu-driver"] },
    ),
    changed("interface-google-access", SUBNET, (document) => {
      removed(document, "google_compute_router_nat");
      resourceAt(document, SUBNET).private_ip_google_access = false;
    }),
  ],
  ["interface-external-address", "interface-google-access", "interface-outside-images", "interface-purpose"],
);

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
    return ids(document).includes("interface-outside-images");
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

test("says nothing of internal IPv6 from a delegated prefix, or of a role on another subnetwork", () => {
  const document = instanceServingPath();
  Object.assign(resourceAt(document, SUBNET), {
    stack_type: "IPV4_IPV6",
    ipv6_access_type: "INTERNAL",
    ip_collection: "projects/p/regions/europe-west4/publicDelegatedPrefixes/inner-six",
    role: "ACTIVE",
  });
  expect(ids(document)).toEqual([]);
});

test("says nothing of tags and accounts of which one may be null", () => {
  const document = instanceServingPath();
  Object.assign(resourceAt(document, FIREWALL), {
    target_tags: "${length(var.tags) > 0 ? var.tags : null}",
    target_service_accounts: "${length(var.accounts) > 0 ? var.accounts : null}",
  });
  expect(ids(document)).toEqual([]);
});
