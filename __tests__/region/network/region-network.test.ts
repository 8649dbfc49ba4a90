import { ComputeRegionInstanceTemplate } from "@cdktf/provider-google/lib/compute-region-instance-template";
import { ComputeSubnetwork } from "@cdktf/provider-google/lib/compute-subnetwork";
import type { TerraformStack } from "cdktf";
import * as fc from "fast-check";
import {
  type IRegionNetwork,
  NatLogging,
  NetworkEgress,
  RegionNetwork,
  type RegionNetworkProps,
  RemovalPolicy,
} from "../../../lib";
import { REGIONS } from "../../../lib/google/regions";
import { contains, ipv4Range, overlap } from "../../../lib/language/ip-range";
import { allRules } from "../../../lib/rules/all-rules";
import { evaluate } from "../../../lib/rules/evaluate";
import type { TerraformDocument } from "../../../lib/topology/document";
import { attributes, dependsOn, only, synth, testStack } from "../../support";
import { expectTransition, obstacles, type Transition, transition } from "../../transition-support";

const NETWORK = "google_compute_network";
const SUBNET = "google_compute_subnetwork";
const NAT = "google_compute_router_nat";
const FIREWALL = "google_compute_firewall";
const [BELGIUM, IOWA, TOKYO] = ["europe-west1", "us-central1", "asia-northeast1"];
const PROBES = ["35.191.0.0/16", "130.211.0.0/22"];
const SERVING = { sourceRanges: PROBES, ports: [8080], targetTag: "model" };

function build(
  props: RegionNetworkProps = {},
  use: (network: RegionNetwork, stack: TerraformStack) => void = () => {},
) {
  const stack = testStack();
  use(new RegionNetwork(stack, "Network", props), stack);
  return synth(stack);
}

const rangesOf = (document: TerraformDocument) =>
  document.ofType(SUBNET).map(({ values }) => String(values.ip_cidr_range));

test("a custom mode network with a subnet, a router and a NAT in each region", () => {
  const document = build({ regions: [BELGIUM] });
  const network = only(document, NETWORK);
  expect(attributes(network)).toEqual({
    name: expect.stringMatching(/^test-network-[a-z0-9]{6}$/),
    auto_create_subnetworks: false,
    routing_mode: "REGIONAL",
    mtu: 1460,
  });
  expect(dependsOn(network)).toEqual([only(document, "google_project_service").address]);
  expect(attributes(only(document, SUBNET))).toEqual({
    name: expect.stringMatching(/^test-network-europe-west1-subnetwork-[a-z0-9]{6}$/),
    region: BELGIUM,
    network: `\${${network.address}.id}`,
    ip_cidr_range: "10.68.64.0/20",
    purpose: "PRIVATE",
    stack_type: "IPV4_ONLY",
    private_ip_google_access: true,
  });
  expect(attributes(only(document, "google_compute_router"))).toMatchObject({
    region: BELGIUM,
    network: `\${${network.address}.id}`,
  });
  expect(attributes(only(document, NAT))).toEqual({
    name: expect.stringMatching(/^test-network-europe-west1-nat-[a-z0-9]{6}$/),
    region: BELGIUM,
    router: `\${${only(document, "google_compute_router").address}.name}`,
    nat_ip_allocate_option: "AUTO_ONLY",
    // Left out, the provider would keep addresses of before, which could not be deleted then.
    nat_ips: [],
    source_subnetwork_ip_ranges_to_nat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
    enable_dynamic_port_allocation: true,
    enable_endpoint_independent_mapping: false,
    min_ports_per_vm: 64,
    max_ports_per_vm: 4096,
    log_config: { enable: true, filter: "ERRORS_ONLY" },
  });
});

test("nothing but the network until machines are put somewhere", () => {
  expect(build().resources.map(({ type }) => type)).toEqual([NETWORK, "google_project_service"]);
});

test("regions come on first use, and the order of calls leaves no trace", () => {
  const uses: ((network: RegionNetwork) => void)[] = [
    (network) => network.subnetworkId(BELGIUM!),
    (network) => network.proxyOnlySubnetwork(IOWA!),
    (network) => network.addRegion(IOWA!),
    (network) => network.egressDependables(TOKYO!),
    (network) => network.admit("Serving", SERVING),
    (network) => network.proxyOnlySubnetwork(BELGIUM!),
    (network) => network.admit("Serving", { ...SERVING, sourceRanges: PROBES.toReversed() }),
  ];
  const all = (order: typeof uses, props?: RegionNetworkProps) =>
    build(props, (network) => {
      for (const use of [...order, ...order]) use(network);
    }).json.resource;
  const once = all(uses);
  expect(Object.keys((once as Record<string, object>)[SUBNET]!)).toHaveLength(5);
  expect(all(uses.toReversed())).toEqual(once);
  expect(all(uses, { regions: [TOKYO!, BELGIUM!, IOWA!] })).toEqual(once);
});

test("flow logs, routing, packets and firewall logs are what they are set to", () => {
  const document = build(
    {
      regions: [BELGIUM!],
      flowLogSampleRate: 0.25,
      flowLogIntervalSeconds: 60,
      globalRouting: true,
      mtuBytes: 8896,
      firewallLogging: true,
    },
    (network) => {
      network.admit("Serving", { ...SERVING, description: "Serves", priority: 900 });
      network.admit("Quiet", { ...SERVING, logging: false });
      network.proxyOnlySubnetwork(BELGIUM!);
    },
  );
  expect(only(document, NETWORK).values).toMatchObject({ routing_mode: "GLOBAL", mtu: 8896 });
  expect(only(document, SUBNET, "Subnetwork").values.log_config).toEqual({
    aggregation_interval: "INTERVAL_1_MIN",
    flow_sampling: 0.25,
    metadata: "INCLUDE_ALL_METADATA",
    filter_expr: "true",
  });
  expect(only(document, SUBNET, "23").values.log_config).toBeUndefined();
  expect(attributes(only(document, FIREWALL, "Serving"))).toEqual({
    name: expect.stringMatching(/^test-network-firewall-serving-[a-z0-9]{6}$/),
    network: `\${${only(document, NETWORK).address}.id}`,
    direction: "INGRESS",
    priority: 900,
    description: "Serves",
    allow: [{ protocol: "tcp", ports: ["8080"] }],
    source_ranges: PROBES.toSorted(),
    target_tags: ["model"],
    log_config: { metadata: "INCLUDE_ALL_METADATA" },
  });
  expect(only(document, FIREWALL, "Quiet").values.log_config).toBeUndefined();
});

test("egress to Google's APIs only has neither router nor NAT, and nothing to wait for", () => {
  const document = build({ egress: NetworkEgress.googleApisOnly() }, (network) => {
    expect(network.egressDependables(BELGIUM!)).toEqual([]);
  });
  expect(document.resources.map(({ type }) => type)).toEqual([NETWORK, SUBNET, "google_project_service"]);
  expect(only(document, SUBNET).values.private_ip_google_access).toBe(true);
});

test("a NAT with static addresses, ports by hand and full logs", () => {
  const stack = testStack();
  const network = new RegionNetwork(stack, "Network", {
    egress: NetworkEgress.cloudNat({
      staticAddresses: 2,
      dynamicPorts: false,
      minPortsPerMachine: 1000,
      logging: NatLogging.ALL,
    }),
  });
  const { nat, natAddresses } = network.addRegion(BELGIUM!);
  expect(network.egressDependables(BELGIUM!)).toEqual([nat]);
  expect(natAddresses).toHaveLength(2);
  const document = synth(stack);
  const addresses = document.ofType("google_compute_address");
  expect(addresses[0]!.values).toMatchObject({
    region: BELGIUM,
    address_type: "EXTERNAL",
    lifecycle: { prevent_destroy: true },
  });
  expect(only(document, NAT).values).toMatchObject({
    nat_ip_allocate_option: "MANUAL_ONLY",
    nat_ips: addresses.map(({ address }) => `\${${address}.id}`),
    enable_dynamic_port_allocation: false,
    min_ports_per_vm: 1000,
    log_config: { enable: true, filter: "ALL" },
  });
  expect(only(document, NAT).values.max_ports_per_vm).toBeUndefined();
  const quiet = build({ regions: [BELGIUM!], egress: NetworkEgress.cloudNat({ logging: NatLogging.NONE }) });
  expect(only(quiet, NAT).values.log_config).toEqual({ enable: false, filter: "ERRORS_ONLY" });
});

test("a proxy-only subnet has its purpose, its role and the region's second half; it brings nothing for machines", () => {
  const document = build({}, (network) => {
    const { ipCidrRange, dependables } = network.proxyOnlySubnetwork(BELGIUM!);
    expect(ipCidrRange).toBe("10.68.96.0/23");
    expect(dependables).toEqual([network.regions[0]!.proxyOnlySubnetwork]);
    expect(network.regions[0]!.subnetwork).toBeUndefined();
  });
  expect(document.resources.map(({ type }) => type)).toEqual([NETWORK, SUBNET, "google_project_service"]);
  expect(attributes(only(document, SUBNET, "23"))).toEqual({
    name: expect.stringMatching(/^test-network-europe-west1-proxy-only-[a-z0-9]{6}$/),
    region: BELGIUM,
    network: `\${${only(document, NETWORK).address}.id}`,
    ip_cidr_range: "10.68.96.0/23",
    purpose: "REGIONAL_MANAGED_PROXY",
    role: "ACTIVE",
  });
});

test("every region has a place of its own, for ever the same", () => {
  const names = REGIONS.map(({ name }) => name);
  const document = build({}, (network) => {
    for (const name of names) {
      network.subnetworkId(name);
      network.proxyOnlySubnetwork(name);
    }
  });
  const ranges = rangesOf(document).map((text) => ipv4Range(text)!);
  expect(ranges).toHaveLength(2 * names.length);
  const pool = ipv4Range("10.64.0.0/12")!;
  expect(ranges.every((range) => contains(pool, range))).toBe(true);
  const sorted = ranges.toSorted((a, b) => a.first - b.first);
  expect(sorted.some((range, index) => index > 0 && overlap(sorted[index - 1]!, range))).toBe(false);
  const planned = Object.fromEntries(
    document.ofType(SUBNET).map(({ values }) => [`${values.region} ${values.purpose}`, values.ip_cidr_range]),
  );
  expect(planned).toMatchSnapshot();
});

test("the sizes follow the pool; ranges given take the place of planned ones", () => {
  const rangesIn = (props: RegionNetworkProps) =>
    rangesOf(
      build({ ...props, regions: ["africa-south1"] }, (network) => network.proxyOnlySubnetwork("africa-south1")),
    );
  expect(rangesIn({ ipv4Range: "10.0.0.0/8" })).toEqual(["10.0.0.0/16", "10.2.0.0/23"]);
  expect(rangesIn({ ipv4Range: "192.168.0.0/16" })).toEqual(["192.168.0.0/24", "192.168.2.0/25"]);
  expect(rangesIn({ ipv4Range: "100.64.0.0/17" })).toEqual(["100.64.0.0/25", "100.64.1.0/26"]);
  expect(
    rangesIn({
      subnetRanges: { "africa-south1": "172.20.0.0/16" },
      proxyOnlyRanges: { "africa-south1": "10.64.63.0/24" },
    }),
  ).toEqual(["172.20.0.0/16", "10.64.63.0/24"]);
});

test("whatever the options, the rules find nothing and no two ranges overlap", () => {
  const region = fc.constantFrom(...REGIONS.map(({ name }) => name));
  const options = fc.record({
    ipv4Range: fc.constantFrom(undefined, "10.0.0.0/8", "192.168.0.0/16", "172.24.0.0/13", "10.128.0.0/17"),
    regions: fc.uniqueArray(region, { maxLength: 4 }),
    proxies: fc.uniqueArray(region, { maxLength: 3 }),
    staticAddresses: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    ports: fc.integer({ min: 5, max: 15 }),
    flowLogSampleRate: fc.double({ min: 0, max: 1, noNaN: true }),
    internet: fc.boolean(),
  });
  fc.assert(
    fc.property(options, ({ proxies, staticAddresses, ports, internet, ...props }) => {
      const egress = internet
        ? NetworkEgress.cloudNat({ staticAddresses, minPortsPerMachine: 2 ** ports })
        : NetworkEgress.googleApisOnly();
      const document = build({ ...props, egress, removalPolicy: RemovalPolicy.DESTROY }, (network) => {
        for (const name of proxies) {
          const { ipCidrRange } = network.proxyOnlySubnetwork(name);
          network.admit(name, { ...SERVING, sourceRanges: [ipCidrRange] });
        }
      });
      expect(evaluate(document, allRules).findings).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

describe("an existing network", () => {
  const EXISTING = {
    network: "projects/host/global/networks/main",
    subnetworks: { [BELGIUM!]: `projects/host/regions/${BELGIUM}/subnetworks/machines` },
    proxyOnlyRanges: { [BELGIUM!]: "10.129.0.0/23" },
  };

  test("is used as it is; firewall rules belong to its project", () => {
    const stack = testStack();
    const network: IRegionNetwork = RegionNetwork.fromExisting(stack, "Network", EXISTING);
    expect(network.networkId).toBe(EXISTING.network);
    expect(network.subnetworkId(BELGIUM!)).toBe(EXISTING.subnetworks[BELGIUM!]);
    expect(network.egressDependables(BELGIUM!)).toEqual([]);
    expect(network.proxyOnlySubnetwork(BELGIUM!)).toEqual({ ipCidrRange: "10.129.0.0/23", dependables: [] });
    expect(network.admit("Serving", SERVING)).toEqual(network.admit("Serving", SERVING));
    const document = synth(stack);
    expect(document.resources.map(({ type }) => type)).toEqual([FIREWALL, "google_project_service"]);
    expect(only(document, FIREWALL).values).toMatchObject({ network: EXISTING.network, project: "host" });
  });

  test("may be given by reference, and have its firewall rules elsewhere", () => {
    const stack = testStack();
    const own = new RegionNetwork(stack, "Own", { egress: NetworkEgress.googleApisOnly() });
    const subnet = new ComputeSubnetwork(stack, "Subnet", {
      name: "machines",
      region: BELGIUM,
      network: own.networkId,
      ipCidrRange: "10.0.0.0/24",
      privateIpGoogleAccess: true,
    });
    const id = subnet.id;
    const network = RegionNetwork.fromExisting(stack, "Network", {
      network: own.networkId,
      subnetworks: { [BELGIUM!]: id },
      firewall: false,
    });
    expect(network.subnetworkId(BELGIUM!)).toBe(id);
    expect(network.admit("Serving", SERVING)).toEqual([]);
    const shared = RegionNetwork.fromExisting(stack, "Shared", {
      network: own.networkId,
      subnetworks: {},
      hostProject: "host",
    });
    for (let time = 0; time < 2; time++)
      shared.admit("Serving", { ...SERVING, sourceRanges: [subnet.ipCidrRange, "10.0.0.0/8"] });
    expect(only(synth(stack), FIREWALL).values).toMatchObject({
      project: "host",
      source_ranges: [expect.stringMatching(/ip_cidr_range}$/), "10.0.0.0/8"],
    });
  });
});

describe("transitions", () => {
  const withMachines = (props: RegionNetworkProps = {}, regions = [BELGIUM!]) =>
    build(props, (network, stack) => {
      for (const region of regions) {
        const subnetwork = network.subnetworkId(region);
        new ComputeRegionInstanceTemplate(stack, `Template ${region}`, {
          name: `model-\${substr(sha256(${subnetwork}), 0, 8)}`,
          region,
          machineType: "e2-standard-4",
          disk: [{ boot: true, sourceImage: "projects/cos-cloud/global/images/family/cos-stable" }],
          networkInterface: [{ subnetwork }],
          tags: ["model"],
          dependsOn: [...network.egressDependables(region), ...network.admit("Serving", SERVING)],
          lifecycle: { createBeforeDestroy: true },
        });
      }
    });
  const at = (region: string) => [
    `Network/${region}/Subnetwork`,
    `Network/${region}/Router`,
    `Network/${region}/Nat`,
    `Template ${region}`,
  ];
  const nat = (staticAddresses?: number) => ({
    egress: NetworkEgress.cloudNat({ staticAddresses }),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const range = (text: string) => ({ subnetRanges: { [BELGIUM!]: text } });
  const CHANGES: [string, TerraformDocument, TerraformDocument, Partial<Transition>][] = [
    ["add a region", withMachines(), withMachines({}, [BELGIUM!, TOKYO!]), { added: at(TOKYO!) }],
    ["remove a region", withMachines({}, [BELGIUM!, TOKYO!]), withMachines(), { removed: at(TOKYO!) }],
    ["extend a range", withMachines(), withMachines(range("10.68.64.0/19")), { changed: [at(BELGIUM!)[0]!] }],
    [
      "move a range",
      withMachines(),
      withMachines(range("10.0.0.0/20")),
      { replaced: [at(BELGIUM!)[0]!, at(BELGIUM!)[3]!] },
    ],
    [
      "another pool",
      withMachines(),
      withMachines({ ipv4Range: "10.0.0.0/12" }),
      { replaced: [at(BELGIUM!)[0]!, at(BELGIUM!)[3]!] },
    ],
    [
      "close the way to the internet",
      withMachines(),
      withMachines({ egress: NetworkEgress.googleApisOnly() }),
      { removed: at(BELGIUM!).slice(1, 3) },
    ],
    [
      "no static addresses any more",
      withMachines(nat(2)),
      withMachines(nat()),
      {
        removed: [`Network/${BELGIUM}/NatAddress 1`, `Network/${BELGIUM}/NatAddress 2`],
        changed: [`Network/${BELGIUM}/Nat`],
      },
    ],
    [
      "static addresses for a NAT",
      withMachines(nat()),
      withMachines(nat(2)),
      {
        added: [`Network/${BELGIUM}/NatAddress 1`, `Network/${BELGIUM}/NatAddress 2`],
        changed: [`Network/${BELGIUM}/Nat`],
      },
    ],
    [
      "fewer static addresses",
      withMachines(nat(2)),
      withMachines(nat(1)),
      { removed: [`Network/${BELGIUM}/NatAddress 2`], changed: [`Network/${BELGIUM}/Nat`] },
    ],
    [
      "ports, flow logs, routing and packets",
      withMachines(),
      withMachines({
        egress: NetworkEgress.cloudNat({ minPortsPerMachine: 256 }),
        flowLogSampleRate: 0.5,
        globalRouting: true,
        mtuBytes: 8896,
      }),
      { changed: ["Network", ...at(BELGIUM!).slice(0, 1), `Network/${BELGIUM}/Nat`] },
    ],
  ];

  test.each(CHANGES)("%s", (_title, before, after, expected) => expectTransition(before, after, expected));

  test("addresses that are only left out stay in use", () => {
    const after = withMachines(nat());
    Reflect.deleteProperty(only(after, NAT).values, "nat_ips");
    expect(obstacles(withMachines(nat(2)), after)).toContain(`kept: Network/${BELGIUM}/Nat`);
  });

  test("a range that is shrunk under machines is in the way of its successor: the guide says to move it", () => {
    const [before, after] = [withMachines(), withMachines(range("10.68.64.0/21"))];
    expect(transition(before, after).replaced).toContain("Network/europe-west1/Subnetwork");
    expect(obstacles(before, after)).toContain("range-collision: Network/europe-west1/Subnetwork");
  });

  test("proxies move to another range: a backup, the roles exchanged, the former one gone", () => {
    const [OLD, NEW] = ["10.68.96.0/23", "10.68.98.0/23"];
    const proxies = (active: string, backup?: string) =>
      build(
        {
          proxyOnlyRanges: { [BELGIUM!]: active },
          backupProxyOnlyRanges: backup === undefined ? undefined : { [BELGIUM!]: backup },
        },
        (network) => {
          const { ipCidrRange } = network.proxyOnlySubnetwork(BELGIUM!);
          network.admit("Proxies", { ...SERVING, sourceRanges: [ipCidrRange] });
          network.admit("Serving", SERVING);
        },
      );
    const path = (range: string) => `Network/${BELGIUM}/ProxyOnly ${range.replace("/", "-")}`;
    const rule = "Network/Firewall/Proxies";
    const steps = [proxies(OLD), proxies(OLD, NEW), proxies(NEW, OLD), proxies(NEW)] as const;
    expectTransition(steps[0], steps[1], { added: [path(NEW)], changed: [rule] });
    expectTransition(steps[1], steps[2], { changed: [path(OLD), path(NEW)] });
    expectTransition(steps[2], steps[3], { removed: [path(OLD)], changed: [rule] });
    expect(only(steps[1], FIREWALL, "Proxies").values.source_ranges).toEqual([OLD, NEW]);
    expect(only(steps[2], SUBNET, path(OLD)).values.role).toBe("BACKUP");
    expect(dependsOn(only(steps[2], SUBNET, path(OLD)))).toEqual([only(steps[2], SUBNET, path(NEW)).address]);
    expect(evaluate(steps[2], allRules).findings).toEqual([]);
  });
});
