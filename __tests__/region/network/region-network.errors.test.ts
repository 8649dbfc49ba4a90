import { Token } from "cdktf";
import { NetworkEgress, RegionNetwork, type RegionNetworkProps } from "../../../lib";
import { testStack } from "../../support";

const BELGIUM = "europe-west1";
const SERVING = { sourceRanges: ["35.191.0.0/16"], ports: [8080], targetTag: "model" };
const EXISTING = {
  network: "projects/host/global/networks/main",
  subnetworks: { [BELGIUM]: `projects/host/regions/${BELGIUM}/subnetworks/machines` },
};
const build = (props: RegionNetworkProps) => () => new RegionNetwork(testStack(), "Network", props);
const subnet = (range: string): RegionNetworkProps => ({ subnetRanges: { [BELGIUM]: range } });
const proxies = (range: string): RegionNetworkProps => ({ proxyOnlyRanges: { [BELGIUM]: range } });
const nat = (options: Parameters<typeof NetworkEgress.cloudNat>[0]): RegionNetworkProps => ({
  egress: NetworkEgress.cloudNat(options),
});

test.each<[string, RegionNetworkProps, string]>([
  [
    "a range that is none",
    subnet("10.0.0.0"),
    'subnetRanges["europe-west1"]: got "10.0.0.0", allowed is an IPv4 range',
  ],
  ["an octet too large", subnet("10.0.256.0/20"), "allowed is an IPv4 range in CIDR notation"],
  ["an IPv6 range", subnet("fd20::/48"), "allowed is an IPv4 range in CIDR notation"],
  ["a range known only at apply", subnet(Token.asString({ ref: 1 })), "allowed is a literal known at synth"],
  ["bits set after the prefix", subnet("10.0.5.0/20"), 'did you mean "10.0.0.0/20"?'],
  ["a subnet too small", subnet("10.0.0.0/30"), "allowed is a range from /8 to /29; choose a larger one"],
  ["a subnet too large", subnet("0.0.0.0/0"), "allowed is a range from /8 to /29; choose a smaller one"],
  ["a proxy-only subnet too small", proxies("10.0.0.0/27"), "allowed is a range from /8 to /26; choose a larger one"],
  ["a pool too small for all regions", { ipv4Range: "10.0.0.0/18" }, "allowed is a range from /8 to /17"],
  ["public addresses", subnet("8.8.0.0/20"), "allowed is a range within 10.0.0.0/8, 172.16.0.0/12"],
  ["link-local addresses", subnet("169.254.0.0/20"), "Google Cloud rejects reserved ranges"],
  ["the address for broadcasts", subnet("255.255.255.0/24"), "Google Cloud rejects reserved ranges"],
  ["the addresses of Private Google Access", proxies("199.36.153.0/24"), "Google Cloud rejects reserved"],
  ["Docker's addresses", subnet("172.17.16.0/20"), "allowed is a range that does not overlap 172.17.0.0/16"],
  [
    "a pool with Docker's addresses",
    { ipv4Range: "172.16.0.0/12" },
    "allowed is a range that does not overlap 172.17.0.0/16",
  ],
  [
    "a range in another region's place",
    subnet("10.64.0.0/20"),
    "a range outside 10.64.0.0/12, or within 10.68.64.0/18, which is reserved for europe-west1",
  ],
  ["a range around the pool", subnet("10.0.0.0/8"), "a range outside 10.64.0.0/12"],
  [
    "a range extended over the planned proxies",
    subnet("10.68.64.0/18"),
    'range of the proxy-only subnet of europe-west1: got "10.68.96.0/23", allowed is a range that does not overlap 10.68.64.0/18, the subnet of europe-west1',
  ],
  [
    "proxies in the range of machines",
    { ...subnet("10.0.0.0/20"), ...proxies("10.0.2.0/23") },
    "allowed is a range that does not overlap 10.0.0.0/20, the subnet of europe-west1",
  ],
  [
    "ranges of two regions that overlap",
    { subnetRanges: { [BELGIUM]: "10.0.0.0/16", "us-central1": "10.0.16.0/20" } },
    "range of the subnet of us-central1",
  ],
  [
    "a backup that overlaps what it backs up",
    { backupProxyOnlyRanges: { [BELGIUM]: "10.68.96.0/24" } },
    "range of the backup proxy-only subnet of europe-west1",
  ],
  ["an unknown region", { regions: ["europe-west11"] }, 'did you mean "europe-west1"?'],
  ["a range for an unknown region", { subnetRanges: { "us-centrall": "10.0.0.0/20" } }, 'did you mean "us-central1"?'],
  ["a region twice", { regions: [BELGIUM, BELGIUM] }, "regions: got"],
  ["a percentage of flow logs", { flowLogSampleRate: 50 }, "give a fraction, not a percentage"],
  ["an odd interval", { flowLogIntervalSeconds: 10 }, "allowed is 5, 30, 60, 300, 600, 900"],
  ["a packet too large", { mtuBytes: 9000 }, "mtuBytes: got 9000"],
  ["no static address", nat({ staticAddresses: 0 }), "leave it out to have Google assign addresses"],
  ["ports that are no power of two", nat({ minPortsPerMachine: 100 }), "a power of two from 32 to 32768"],
  [
    "fewer ports at most than at least",
    nat({ minPortsPerMachine: 256, maxPortsPerMachine: 256 }),
    "a power of two from 512 to 65536",
  ],
  [
    "ports at most without dynamic ports",
    nat({ dynamicPorts: false, maxPortsPerMachine: 64 }),
    "egress.maxPortsPerMachine: got 64, allowed is unset without dynamicPorts",
  ],
  ["one port per machine", nat({ dynamicPorts: false, minPortsPerMachine: 1 }), "a whole number from 2 to 65536"],
])("fails with %s", (_title, props, message) => expect(build(props)).toThrow(message));

test("fails on use of an unknown region, from the network's path", () => {
  const network = build({})();
  for (const use of [
    () => network.subnetworkId("tokyo"),
    () => network.egressDependables("tokyo"),
    () => network.proxyOnlySubnetwork("asia-northeast4"),
  ])
    expect(use).toThrow("[test/Network] region: got");
});

test.each([
  ["another rule under the same id", { ports: [9090] }, "the same rule as before under the same id"],
  ["another source under the same id", { sourceRanges: ["10.0.0.0/8"] }, "use another id"],
])("fails with %s", (_title, change, message) => {
  const network = build({})();
  network.admit("Serving", SERVING);
  expect(() => network.admit("Serving", { ...SERVING, ...change })).toThrow(message);
});

test.each([
  ["no source", { sourceRanges: [] }, 'admit("Serving").sourceRanges: got [], allowed is at least one'],
  ["no port", { ports: [] }, 'admit("Serving").ports: got [], allowed is at least one'],
  ["a source that is no range", { sourceRanges: ["35.191.0.0"] }, "an IPv4 range in CIDR notation"],
  ["a source with bits after its prefix", { sourceRanges: ["35.191.1.0/16"] }, 'did you mean "35.191.0.0/16"?'],
  ["a port out of range", { ports: [70000] }, "a whole number from 1 to 65535"],
  ["a tag in capitals", { targetTag: "Model" }, "name a network tag of the machines"],
  ["a priority out of range", { priority: 70000 }, "a whole number from 0 to 65535"],
  ["a long description", { description: "x".repeat(2049) }, "at most 2048 characters"],
  [
    "SSH from everywhere",
    { sourceRanges: ["0.0.0.0/0"], ports: [22] },
    "admit 35.235.240.0/20 and connect by IAP: gcloud compute ssh --tunnel-through-iap",
  ],
])("fails to admit %s", (_title, change, message) => {
  expect(() => build({})().admit("Serving", { ...SERVING, ...change })).toThrow(message);
});

test.each([
  ["its bare name", { network: "main" }, "pass the network's id or self link, not its name"],
  [
    "a subnet of another region",
    { subnetworks: { "us-central1": EXISTING.subnetworks[BELGIUM]! } },
    'subnetworks["us-central1"]: got "projects/host/regions/europe-west1/subnetworks/machines"',
  ],
  ["a subnet of an unknown region", { subnetworks: { mars: "x" } }, "region: got"],
  ["another project", { hostProject: "other" }, "allowed is host, the project of the network"],
  ["proxies that are too few", { proxyOnlyRanges: { [BELGIUM]: "10.0.0.0/28" } }, "a range from /8 to /26"],
])("fails for an existing network with %s", (_title, change, message) => {
  expect(() => RegionNetwork.fromExisting(testStack(), "Network", { ...EXISTING, ...change })).toThrow(message);
});

test("fails where an existing network lacks what is asked for, and names what to add", () => {
  const network = RegionNetwork.fromExisting(testStack(), "Network", EXISTING);
  expect(() => network.subnetworkId("us-central1")).toThrow(
    '[test/Network] subnetworks: got "nothing for us-central1", allowed is a subnet of each region that has machines; there are europe-west1; add "us-central1": "projects/PROJECT/regions/us-central1/subnetworks/NAME"',
  );
  expect(() => network.proxyOnlySubnetwork(BELGIUM)).toThrow(
    "create a subnet of purpose REGIONAL_MANAGED_PROXY and role ACTIVE in europe-west1 where the network is managed",
  );
});
