import { type TerraformStack, TerraformVariable } from "cdktf";
import fc from "fast-check";
import {
  Access,
  ContainerImage,
  DnsAuthorizationType,
  DnsZone,
  GlobalAiApi,
  HealthCheck,
  type IRegionNetwork,
  NetworkTier,
  PlainHttp,
  Probe,
  Redirect,
  RegionalAddress,
  RegionalEndpoint,
  type RegionalEndpointProps,
  RegionBackendService,
  RegionBackendTarget,
  RegionEdgeSecurity,
  RegionNetwork,
  RemovalPolicy,
  ServerlessBackend,
  ServerlessNeg,
  Tls,
  TlsProfile,
  TlsVersion,
} from "../../lib";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import type { TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { cloudRun, FakeGroup } from "../regional-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { CERTIFICATE_PEM } from "./certificate-pem";

const BELGIUM = "europe-west1";
const DOMAIN = "eu.api.example.com";

interface Setup extends Partial<RegionalEndpointProps> {
  readonly stack?: TerraformStack;
}

/** An endpoint over Cloud Run in Belgium. */
function build({ stack = testStack(), ...options }: Setup = {}) {
  const endpoint = new RegionalEndpoint(stack, "eu", {
    region: BELGIUM,
    tls: Tls.managed([DOMAIN]),
    target: RegionBackendTarget.cloudRun(cloudRun(stack, BELGIUM)),
    network: options.network ?? new RegionNetwork(stack, "Network"),
    ...options,
  });
  return { stack, endpoint, document: () => synth(stack) };
}

const values = (document: TerraformDocument, type: string, pathEnd?: string) =>
  attributes(only(document, `google_${type}`, pathEnd));

test("a whole regional load balancer, from address to NEG, without a finding", () => {
  const stack = testStack();
  const dnsZone = new DnsZone(stack, "Zone", { dnsName: "example.com" });
  const api = new GlobalAiApi(stack, "chat", {
    dnsZone,
    image: ContainerImage.fromReference(`europe-docker.pkg.dev/p/models/chat@sha256:${"0123456789abcdef".repeat(4)}`),
    regions: [BELGIUM, "asia-northeast1"],
    tls: Tls.managed(["api.example.com"]),
    minInstances: 1,
    readinessProbe: Probe.http("/ready"),
  });
  const network = new RegionNetwork(stack, "Network");
  const endpoints = api.service.regions.map(
    (target, index) =>
      new RegionalEndpoint(stack, target.region, {
        region: target.region,
        tls: Tls.managed([`${["eu", "asia"][index]}.api.example.com`]),
        target: RegionBackendTarget.cloudRun(target),
        network,
        dnsZone,
      }),
  );
  const document = synth(stack);
  expect(endpoints.map(({ url }) => url)).toEqual(["https://eu.api.example.com", "https://asia.api.example.com"]);
  expect(evaluate(document, allRules).findings).toEqual([]);

  const at = `${BELGIUM}/HttpsForwardingRule`;
  expect(values(document, "compute_forwarding_rule", at)).toEqual({
    name: expect.stringMatching(/^test-europe-west1-[a-z0-9]{6}$/),
    region: BELGIUM,
    load_balancing_scheme: "EXTERNAL_MANAGED",
    network: expect.stringMatching(/google_compute_network\.Network_.*\.id/),
    network_tier: "PREMIUM",
    ip_address: expect.stringMatching(/google_compute_address\..*\.address/),
    ip_protocol: "TCP",
    port_range: "443",
    target: expect.stringMatching(/google_compute_region_target_https_proxy\..*\.id/),
  });
  expect(dependsOn(only(document, "google_compute_forwarding_rule", at))).toEqual([
    document
      .ofType("google_compute_subnetwork")
      .find(({ values: { purpose, region } }) => purpose === "REGIONAL_MANAGED_PROXY" && region === BELGIUM)!.address,
  ]);
  expect(values(document, "compute_region_ssl_policy", `${BELGIUM}/SslPolicy`)).toMatchObject({
    min_tls_version: "TLS_1_2",
    profile: "MODERN",
    region: BELGIUM,
  });
  expect(values(document, "compute_region_url_map", `${BELGIUM}/HttpRedirect`).default_url_redirect).toEqual({
    https_redirect: true,
    redirect_response_code: "PERMANENT_REDIRECT",
    strip_query: false,
  });

  // The request's path, as reports and rules see it: the region's own service and no other.
  const topology = new Topology(document);
  const front = topology.frontends.find(({ rule }) => rule.path?.endsWith(at))!;
  const [route] = topology.routesOf(front.urlMap);
  const backend = topology.backendOf(route?.targets[0]?.backend)!;
  expect([front.isGlobal, front.protocol, front.certifiedHosts]).toEqual([false, "HTTPS", [DOMAIN]]);
  expect(backend.groups.map(({ kind, region }) => [kind, region])).toEqual([["serverlessNeg", BELGIUM]]);
  expect(topology.cloudRunBehind(backend.groups[0]!.resource!)?.region).toBe(BELGIUM);
});

test("certificates are the region's own, with one DNS authorization for a domain and its wildcard", () => {
  const { endpoint, document } = build({ tls: Tls.managed([DOMAIN, `*.${DOMAIN}`]) });
  const json = document();
  const [plain, wildcard] = json.ofType("google_certificate_manager_certificate");
  const authorization = only(json, "google_certificate_manager_dns_authorization");
  expect(attributes(authorization)).toMatchObject({ location: BELGIUM, type: "PER_PROJECT_RECORD", domain: DOMAIN });
  for (const [certificate, domain] of [
    [plain!, DOMAIN],
    [wildcard!, `*.${DOMAIN}`],
  ] as const) {
    expect(attributes(certificate)).toMatchObject({
      location: BELGIUM,
      managed: { domains: [domain], dns_authorizations: [`\${${authorization.address}.id}`] },
    });
  }
  expect(values(json, "compute_region_target_https_proxy").certificate_manager_certificates).toEqual(
    [plain!, wildcard!].map(({ address }) => `\${${address}.id}`),
  );
  expect(endpoint.dnsRecords).toHaveLength(3);
  expect(endpoint.dnsRecords.slice(0, 2)).toEqual(
    [DOMAIN, `*.${DOMAIN}`].map((domain) => ({ name: `${domain}.`, type: "A", data: endpoint.address })),
  );
  expect(endpoint.recordsToSet).toEqual(endpoint.dnsRecords);
});

test("takes certificates of one's own, in the region", () => {
  const stack = testStack();
  const privateKeyPem = new TerraformVariable(stack, "key", { type: "string", sensitive: true }).stringValue;
  const { endpoint } = build({
    stack,
    tls: Tls.selfManaged([
      { domains: ["api.example.com", "a.models.example.com"], certificatePem: CERTIFICATE_PEM, privateKeyPem },
    ]),
  });
  const certificate = only(synth(stack), "google_certificate_manager_certificate");
  expect(certificate.values).toMatchObject({ location: BELGIUM, self_managed: { pem_certificate: CERTIFICATE_PEM } });
  expect(certificate.values.lifecycle).toEqual({ create_before_destroy: true });
  expect(endpoint.dnsRecords.map(({ name }) => name)).toEqual(["api.example.com.", "a.models.example.com."]);
});

test("takes certificates of the region that exist", () => {
  const certificateId = `projects/p/locations/${BELGIUM}/certificates/api`;
  const document = build({ tls: Tls.existingCertificates([{ certificateId, domains: [DOMAIN] }]) }).document();
  expect(values(document, "compute_region_target_https_proxy").certificate_manager_certificates).toEqual([
    certificateId,
  ]);
  expect(document.ofType("google_certificate_manager_certificate")).toHaveLength(0);
});

test("TLS options that a regional proxy has", () => {
  const tls = Tls.managed([DOMAIN], {
    profile: TlsProfile.COMPATIBLE,
    minVersion: TlsVersion.TLS_1_0,
    keepAliveSeconds: 600,
    quic: false,
  });
  const document = build({ tls }).document();
  expect(values(document, "compute_region_ssl_policy")).toMatchObject({
    min_tls_version: "TLS_1_0",
    profile: "COMPATIBLE",
  });
  expect(values(document, "compute_region_target_https_proxy").http_keep_alive_timeout_sec).toBe(600);
});

test("without TLS the API is on port 80, at its address", () => {
  const { endpoint, document } = build({ tls: Tls.none() });
  const json = document();
  expect(endpoint.url).toBe(`http://${endpoint.address}`);
  expect(json.ofType("google_compute_forwarding_rule").map(({ values: { port_range } }) => port_range)).toEqual(["80"]);
  expect(json.target(values(json, "compute_region_target_http_proxy").url_map)?.path).toBe("test/eu/Routing/Resource");
});

test("records are created in a zone, the address ones after the listener, and none too many", () => {
  const stack = testStack();
  const dnsZone = new DnsZone(stack, "Zone", { dnsName: "example.com" });
  const { endpoint } = build({ stack, dnsZone, dnsTtlSeconds: 60 });
  const document = synth(stack);
  const address = only(document, "google_dns_record_set", `${DOMAIN} A`);
  expect(address.values).toMatchObject({ name: `${DOMAIN}.`, ttl: 60, type: "A" });
  expect(dependsOn(address)).toContain(only(document, "google_compute_forwarding_rule", "HttpsForwardingRule").address);
  expect(only(document, "google_dns_record_set", `${DOMAIN} CNAME`).values.type).toBe("CNAME");
  expect([endpoint.recordSets.length, endpoint.recordsToSet]).toEqual([2, []]);

  const later = testStack();
  const zone = new DnsZone(later, "Zone", { dnsName: "example.com" });
  build({ stack: later, dnsZone: zone, dnsAddressRecords: false });
  expect(
    synth(later)
      .ofType("google_dns_record_set")
      .map(({ values: { type } }) => type),
  ).toEqual(["CNAME"]);
});

test("routes lead to other backends of the region, whose machines let the proxies in first", () => {
  const stack = testStack();
  const network = new RegionNetwork(stack, "Network");
  const { endpoint } = build({ stack, network });
  const target = RegionBackendTarget.instances([new FakeGroup(stack, "Gpu", BELGIUM, network)], {
    healthCheck: HealthCheck.http("/readyz"),
  });
  const own = endpoint.addBackend("Gpu", { target });
  const other = new RegionBackendService(stack, "Other", { target });
  endpoint.addRoute({ paths: ["/v1/images/*"], backend: own });
  endpoint.addRoute({ hosts: [DOMAIN], paths: ["/v1/*"], methods: ["POST"], backend: other, mirrorTo: own });
  endpoint.addRoute({
    paths: ["/v1/models"],
    weightedBackends: [
      { backend: endpoint.backend, weight: 95 },
      { backend: own, weight: 5 },
    ],
  });
  const document = synth(stack);
  const urlMap = values(document, "compute_region_url_map", "Routing/Resource");
  expect(urlMap.region).toBe(BELGIUM);
  expect((urlMap.host_rule as { hosts: string[] }[]).map(({ hosts }) => hosts)).toEqual([["*"], [DOMAIN]]);
  const firewall = only(document, "google_compute_firewall");
  expect(firewall.values.source_ranges).toEqual([network.proxyOnlySubnetwork(BELGIUM).ipCidrRange]);
  for (const path of ["Gpu/Resource", "Other/Resource"]) {
    expect(dependsOn(only(document, "google_compute_region_backend_service", path))).toContain(firewall.address);
  }
  const errors = evaluate(document, allRules).findings.filter(({ severity }) => severity === "error");
  expect(errors).toEqual([]);
});

test("zone, address, tier and port 80 can be chosen", () => {
  const { endpoint, document } = build({
    address: RegionalAddress.fromAddress("192.0.2.1", BELGIUM, NetworkTier.STANDARD),
    plainHttp: PlainHttp.OFF,
    logSampleRate: 0,
  });
  const json = document();
  expect(json.ofType("google_compute_address")).toHaveLength(0);
  expect(json.ofType("google_compute_region_target_http_proxy")).toHaveLength(0);
  expect(values(json, "compute_forwarding_rule")).toMatchObject({ ip_address: "192.0.2.1", network_tier: "STANDARD" });
  expect(values(json, "compute_region_backend_service").log_config).toEqual({ enable: false });
  expect([endpoint.address, endpoint.httpProxy]).toEqual(["192.0.2.1", undefined]);

  const standard = build({ networkTier: NetworkTier.STANDARD, removalPolicy: RemovalPolicy.DESTROY }).document();
  const address = only(standard, "google_compute_address");
  expect(attributes(address)).toMatchObject({ address_type: "EXTERNAL", network_tier: "STANDARD", region: BELGIUM });
  expect(address.values.lifecycle).toEqual({ prevent_destroy: false });
  expect(values(standard, "compute_forwarding_rule", "HttpForwardingRule").network_tier).toBe("STANDARD");
});

test("the URL map waits until the policy of each of its backends is attached", () => {
  const stack = testStack();
  const security = RegionEdgeSecurity.forAiApi(stack, "Armor", { region: BELGIUM });
  const { endpoint } = build({ stack, securityPolicyId: security.policyId });
  const target = RegionBackendTarget.cloudRun(new ServerlessNeg(stack, "Other", { region: BELGIUM, serviceName: "b" }));
  const other = endpoint.addBackend("Other", { target, securityPolicyId: security.policyId });
  endpoint.addRoute({ paths: ["/a"], backend: other });
  endpoint.addRoute({ paths: ["/b"], backend: other });
  const document = synth(stack);
  const checks = document.resources.filter(({ isData, type }) => isData && type.endsWith("region_backend_service"));
  expect(checks.map(({ path }) => path)).toEqual(["test/eu/Backend/PolicyCheck", "test/eu/Other/PolicyCheck"]);
  const map = only(document, "google_compute_region_url_map", "Routing/Resource");
  expect(dependsOn(map)).toEqual(checks.map(({ address }) => address));
  for (const check of checks) {
    const service = document.target(check.values.name)!;
    expect(dependsOn(check)).toEqual([service.address]);
    expect(check.values.lifecycle).toMatchObject({
      postcondition: [{ condition: '${self.security_policy != null && self.security_policy != ""}' }],
    });
  }
  expect(evaluate(document, allRules).findings).toEqual([]);
});

test("the address is protected by default", () => {
  const { lifecycle } = only(build().document(), "google_compute_address").values;
  expect(lifecycle).toEqual({ prevent_destroy: true });
});

test("random options never give an error, nor a reference to nothing", () => {
  const options = fc.record(
    {
      tls: fc.constantFrom(Tls.managed([DOMAIN, "*.example.com"]), Tls.managed([DOMAIN], { keepAliveSeconds: 5 })),
      networkTier: fc.constantFrom(NetworkTier.PREMIUM, NetworkTier.STANDARD),
      plainHttp: fc.constantFrom(PlainHttp.REDIRECT, PlainHttp.SERVE, PlainHttp.OFF),
      logSampleRate: fc.double({ min: 0, max: 1, noNaN: true }),
      dnsAddressRecords: fc.boolean(),
      urlMapTests: fc.boolean(),
      removalPolicy: fc.constantFrom(RemovalPolicy.DESTROY, RemovalPolicy.PROTECT),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(options, fc.boolean(), (chosen, onMachines) => {
      const stack = testStack();
      const network = new RegionNetwork(stack, "Network");
      const groups = [new FakeGroup(stack, "Gpu", BELGIUM, network)];
      const target = onMachines ? { target: RegionBackendTarget.instances(groups) } : {};
      build({ stack, network, ...target, ...chosen }).endpoint.addRoute({
        paths: ["/v1/*"],
        methods: ["GET"],
        redirect: Redirect.toPrefix("/v2/"),
      });
      const document = synth(stack);
      expect(evaluate(document, allRules).findings.filter(({ severity }) => severity === "error")).toEqual([]);
      const references = [...JSON.stringify(document.json).matchAll(/\$\{(google_\w+\.[\w-]+)\./g)];
      expect(references.filter(([, address]) => !document.at(address!))).toEqual([]);
    }),
    { numRuns: 12 },
  );
});

test.each<[string, Setup]>([
  ["europe-west7", { region: "europe-west7" }],
  ['target: got "a target in europe-west1", allowed is a target in us-east1', { region: "us-east1" }],
  [
    "Tls.existingCertificates with certificates of the region",
    { tls: Tls.certificateMap("projects/p/locations/global/certificateMaps/m", [DOMAIN]) },
  ],
  [
    'dnsAuthorization: got "FIXED_RECORD", allowed is PER_PROJECT_RECORD in a region',
    { tls: Tls.managed([DOMAIN], { dnsAuthorization: DnsAuthorizationType.FIXED_RECORD }) },
  ],
  ["regional load balancers have no HTTP/3", { tls: Tls.managed([DOMAIN], { quic: true }) }],
  ["keepAliveSeconds: got 601", { tls: Tls.managed([DOMAIN], { keepAliveSeconds: 601 }) }],
  [
    "global ones cannot be used there",
    {
      tls: Tls.existingCertificates([
        { certificateId: "projects/p/locations/global/certificates/c", domains: [DOMAIN] },
      ]),
    },
  ],
  ["an address of us-east1", { address: RegionalAddress.fromAddress("192.0.2.1", "us-east1") }],
  [
    "PREMIUM, the tier of the address",
    { address: RegionalAddress.fromAddress("192.0.2.1", BELGIUM), networkTier: NetworkTier.STANDARD },
  ],
  ['"serve" with Tls.none()', { tls: Tls.none(), plainHttp: PlainHttp.OFF }],
  ["Access.public() or Access.members(…)", { access: Access.iap(["user:a@example.com"]) }],
  ["at most 64 characters", { tls: Tls.managed([`${"a".repeat(60)}.example.com`]) }],
  ["at most 100 certificates", { tls: Tls.managed(Array.from({ length: 101 }, (_, i) => `a${i}.example.com`)) }],
])("fails: %s", (message, options) => {
  expect(() => build(options)).toThrow(message);
});

test("fails with a network that has no proxy-only subnet", () => {
  const stack = testStack();
  expect(() =>
    build({
      stack,
      network: RegionNetwork.fromExisting(stack, "Network", {
        network: "projects/p/global/networks/net",
        subnetworks: {},
      }),
    }),
  ).toThrow('proxyOnlyRanges: got "nothing for europe-west1"');
});

test("fails with machines in another network", () => {
  const stack = testStack();
  const network = new RegionNetwork(stack, "Network");
  const { endpoint } = build({ stack, network });
  const over = (id: string, other: IRegionNetwork) => {
    const groups = [new FakeGroup(stack, id, BELGIUM, other)];
    const target = RegionBackendTarget.instances(groups, { healthCheck: HealthCheck.tcp() });
    return () => endpoint.addBackend(`Over ${id}`, { target });
  };
  const existing = RegionNetwork.fromExisting(stack, "Existing", {
    network: "projects/p/global/networks/other",
    subnetworks: { [BELGIUM]: `projects/p/regions/${BELGIUM}/subnetworks/other` },
  });
  expect(over("A", new RegionNetwork(stack, "Other"))).toThrow("the network that the machines are in");
  expect(over("B", existing)).not.toThrow();
});

test("fails with an address that is none", () => {
  expect(() => RegionalAddress.fromAddress("2001:db8::1", BELGIUM)).toThrow("an IPv4 address");
});

test("fails with routes that the region cannot serve", () => {
  const stack = testStack();
  const { endpoint } = build({ stack, tls: Tls.managed([DOMAIN, "*.models.example.com"]) });
  const global = new ServerlessBackend(stack, "Global", { targets: [cloudRun(stack, "us-east1")] });
  const route = (props: Parameters<RegionalEndpoint["addRoute"]>[0]) => () => endpoint.addRoute(props);
  const { backend } = endpoint;
  expect(route({ hosts: ["api.example.com"], backend })).toThrow(
    "hosts that the endpoint has a certificate for: eu.api.example.com, *.models.example.com",
  );
  expect(route({ hosts: ["a.b.models.example.com"], backend })).toThrow("add the domain to tls");
  expect(route({ hosts: ["a.models.example.com", "*"], backend })).not.toThrow();
  expect(route({ paths: ["/a"], backend: global })).toThrow('got "a global backend"');
  const target = RegionBackendTarget.cloudRun(cloudRun(stack, "asia-northeast1"));
  const asia = new RegionBackendService(stack, "Asia", { target });
  expect(route({ paths: ["/b"], weightedBackends: [{ backend: asia, weight: 1 }] })).toThrow('got "asia-northeast1"');
  expect(route({ paths: ["/c"], backend, mirrorTo: backend })).toThrow("a backend service without serverless NEGs");
  expect(() => endpoint.addBackend("Asia", { target })).toThrow("a target in asia-northeast1");
});
