import {
  HealthCheck,
  NetworkEgress,
  NetworkTier,
  PlainHttp,
  RegionalEndpoint,
  type RegionalEndpointProps,
  RegionBackendTarget,
  RegionNetwork,
  type RegionNetworkProps,
  RemovalPolicy,
  Tls,
  TlsProfile,
} from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { cloudRun, FakeGroup } from "../regional-support";
import { synth, testStack } from "../support";
import { createdFirst, expectTransition, obstacles, type Transition } from "../transition-support";

const BELGIUM = "europe-west1";
const TOKYO = "asia-northeast1";
const DOMAIN = "eu.api.example.com";

const OLD_RANGE = "10.199.0.0/23";
const NEW_RANGE = "10.200.0.0/23";
const actives = (range: string): RegionNetworkProps => ({ proxyOnlyRanges: { [BELGIUM]: range } });
const backups = (range: string): RegionNetworkProps => ({ backupProxyOnlyRanges: { [BELGIUM]: range } });

/** Their region is part of what they are to the provider: another one replaces them. */
const FIXED = /^google_compute_(address|forwarding_rule) /;

interface Setup extends Partial<RegionalEndpointProps> {
  readonly asia?: boolean;
  readonly machines?: boolean;
  readonly route?: boolean;
  readonly ranges?: RegionNetworkProps;
}

function build({ asia = false, machines = false, route = false, ranges, ...options }: Setup = {}): TerraformDocument {
  const stack = testStack();
  const network = new RegionNetwork(stack, "net", {
    regions: [BELGIUM, TOKYO],
    egress: NetworkEgress.googleApisOnly(),
    ...actives(OLD_RANGE),
    ...ranges,
  });
  network.proxyOnlySubnetwork(TOKYO);
  const group = new FakeGroup(stack, "gpu", BELGIUM, network);
  const gpu = RegionBackendTarget.instances([group], { healthCheck: HealthCheck.http("/readyz") });
  const services = [BELGIUM, TOKYO].map((region) => RegionBackendTarget.cloudRun(cloudRun(stack, region)));
  const common = { network, removalPolicy: RemovalPolicy.DESTROY };
  const eu = new RegionalEndpoint(stack, "eu", {
    ...common,
    region: BELGIUM,
    tls: Tls.managed([DOMAIN]),
    target: machines ? gpu : services[0]!,
    ...options,
  });
  if (route) eu.addRoute({ paths: ["/v1/images"], backend: eu.addBackend("Images", { target: gpu }) });
  if (asia) {
    const tls = Tls.managed(["asia.api.example.com"]);
    new RegionalEndpoint(stack, "asia", { ...common, region: TOKYO, tls, target: services[1]! });
  }
  return synth(stack);
}

const MACHINES: Setup = { machines: true };
const ofDomain = (endpoint: string, domain: string) => [
  `${endpoint}/Certificates/DnsAuthorization ${domain}`,
  `${endpoint}/Certificates/${domain}/Certificate`,
];
const ASIA = [
  ...["Address", "Backend", "HttpForwardingRule", "HttpProxy", "HttpRedirect"],
  ...["HttpsForwardingRule", "HttpsProxy", "Routing", "SslPolicy"],
].map((id) => `asia/${id}`);
const FIREWALL = "net/Firewall/gpu RegionalProxies";
const tls = (options: Parameters<typeof Tls.managed>[1]) => ({ tls: Tls.managed([DOMAIN], options) });

test.each<[string, Setup, Setup, Partial<Transition>]>([
  ["an endpoint is added", {}, { asia: true }, { added: [...ASIA, ...ofDomain("asia", "asia.api.example.com")] }],
  ["an endpoint is removed", { asia: true }, {}, { removed: [...ASIA, ...ofDomain("asia", "asia.api.example.com")] }],
  [
    "a domain is added",
    {},
    { tls: Tls.managed([DOMAIN, "b.example.com"]) },
    { added: ofDomain("eu", "b.example.com"), changed: ["eu/HttpsProxy"] },
  ],
  [
    "the first domain of two is removed",
    { tls: Tls.managed(["b.example.com", DOMAIN]) },
    {},
    { removed: ofDomain("eu", "b.example.com"), changed: ["eu/HttpsProxy"] },
  ],
  [
    "Cloud Run gives way to machines",
    {},
    { machines: true },
    { added: ["eu/Backend/HealthCheck", FIREWALL], replaced: ["eu/Backend"] },
  ],
  [
    "machines give way to Cloud Run",
    { machines: true },
    {},
    { removed: ["eu/Backend/HealthCheck", FIREWALL], replaced: ["eu/Backend"] },
  ],
  [
    "a route to machines is added",
    {},
    { route: true },
    { added: ["eu/Images", "eu/Images/HealthCheck", FIREWALL], changed: ["eu/Routing"] },
  ],
  [
    "a route to machines is removed",
    { route: true },
    {},
    { removed: ["eu/Images", "eu/Images/HealthCheck", FIREWALL], changed: ["eu/Routing"] },
  ],
  ["logging changes", {}, { logSampleRate: 0 }, { changed: ["eu/Backend"] }],
  [
    "a policy is attached",
    {},
    { securityPolicyId: `projects/p/regions/${BELGIUM}/securityPolicies/api` },
    { changed: ["eu/Backend"] },
  ],
  ["the TLS profile changes", {}, tls({ profile: TlsProfile.COMPATIBLE }), { changed: ["eu/SslPolicy"] }],
  ["the keep-alive time changes", {}, tls({ keepAliveSeconds: 60 }), { replaced: ["eu/HttpsProxy"] }],
  [
    "port 80 is closed",
    {},
    { plainHttp: PlainHttp.OFF },
    { removed: ["eu/HttpForwardingRule", "eu/HttpProxy", "eu/HttpRedirect"] },
  ],
  ["port 80 serves", {}, { plainHttp: PlainHttp.SERVE }, { changed: ["eu/HttpProxy"], removed: ["eu/HttpRedirect"] }],
  [
    "a second proxy-only range stands by",
    MACHINES,
    { ...MACHINES, ranges: backups(NEW_RANGE) },
    { added: [`net/${BELGIUM}/ProxyOnly 10.200.0.0-23`], changed: [FIREWALL] },
  ],
  [
    "it becomes the active one",
    { ...MACHINES, ranges: backups(NEW_RANGE) },
    { ...MACHINES, ranges: { ...actives(NEW_RANGE), ...backups(OLD_RANGE) } },
    {
      changed: ["10.199.0.0-23", "10.200.0.0-23"].map((range) => `net/${BELGIUM}/ProxyOnly ${range}`),
    },
  ],
  [
    "the former one goes",
    { ...MACHINES, ranges: { ...actives(NEW_RANGE), ...backups(OLD_RANGE) } },
    { ...MACHINES, ranges: actives(NEW_RANGE) },
    { removed: [`net/${BELGIUM}/ProxyOnly 10.199.0.0-23`], changed: [FIREWALL] },
  ],
])("%s", (_, before, after, expected) => {
  expectTransition(build(before), build(after), expected);
});

test("another region or tier would replace what clients hold on to", () => {
  const replacedBy = (options: Setup) => obstacles(build(), build(options)).join();
  for (const options of [
    { networkTier: NetworkTier.STANDARD },
    { region: TOKYO, target: RegionBackendTarget.cloudRun(cloudRun(testStack(), TOKYO)) },
  ]) {
    expect(replacedBy(options)).toContain("address-lost: eu/Address");
  }
});

test("what the rules' targets lead to is created before its predecessor is destroyed, the rules never", () => {
  const document = build({ machines: true });
  const first = createdFirst(document);
  const types = (isFirst: boolean) =>
    new Set(document.resources.filter(({ address }) => first.has(address) === isFirst).map(({ type }) => type));
  expect([...types(false)].filter((type) => /forwarding_rule|address/.test(type)).sort()).toEqual([
    "google_compute_address",
    "google_compute_forwarding_rule",
  ]);
  for (const kind of ["backend_service", "health_check", "ssl_policy", "target_https_proxy", "url_map"]) {
    expect(types(true)).toContain(`google_compute_region_${kind}`);
  }
});

test("in another region nothing keeps the name that it had in the first", () => {
  const names = (region: string, target: RegionalEndpointProps["target"] | undefined) => {
    const document = build({ region, ...(target && { target }), machines: false });
    const own = document.resources.filter(
      ({ path, values }) => path?.startsWith("test/eu/") && values.region === region,
    );
    return own.map(({ type, values }) => `${type} ${values.name}`).filter((each) => !FIXED.test(each));
  };
  const tokyo = RegionBackendTarget.cloudRun(cloudRun(testStack(), TOKYO));
  const [before, after] = [names(BELGIUM, undefined), names(TOKYO, tokyo)];
  expect(before).toHaveLength(6);
  expect(after).toHaveLength(6);
  expect(after.filter((each) => before.includes(each))).toEqual([]);
});
