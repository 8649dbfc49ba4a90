import {
  AnycastAddress,
  Balancing,
  DnsZone,
  HealthCheck,
  IpVersion,
  ProxyFrontend,
  type ProxyFrontendProps,
  RemovalPolicy,
  SessionAffinity,
  StreamBackend,
  type StreamBackendProps,
  Tls,
  TlsProfile,
} from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { FakeTarget } from "../backend/instance-group/group-targets";
import { findingsOf } from "../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";

const RULE = "google_compute_global_forwarding_rule";
const TCP = "google_compute_target_tcp_proxy";
const SSL = "google_compute_target_ssl_proxy";
const SERVICE = "google_compute_backend_service";

type Setup = Omit<Partial<ProxyFrontendProps>, "backend"> & { readonly backend?: Partial<StreamBackendProps> };

function build({ backend = {}, ...options }: Setup = {}) {
  const stack = testStack();
  const targets = [new FakeTarget(stack, "europe-west1"), new FakeTarget(stack, "us-central1")];
  const frontend = new ProxyFrontend(stack, "Stream", {
    backend: new StreamBackend(stack, "Backend", { targets, ...backend }),
    ports: [9000],
    tls: Tls.none(),
    ...options,
  });
  return { frontend, document: synth(stack) };
}

/** Errors and warnings on what the two constructs made. */
const findings = (document: TerraformDocument) =>
  findingsOf(document.json as never)
    .filter(({ path }) => /Stream|Backend/.test(path ?? ""))
    .map(({ rule, severity }) => `${severity} ${rule}`);

/** Address version, port and target of each rule. */
const listeners = (document: TerraformDocument) =>
  document.ofType(RULE).map(({ values }) => {
    const version = document.target(values.ip_address)?.values.ip_version;
    return `${version} ${values.port_range} ${document.target(values.target)?.type}`;
  });

describe("without TLS", () => {
  const { frontend, document } = build({ ports: [9000, 9001] });

  test("listens on each port of an anycast address per IP version", () => {
    expect(listeners(document)).toEqual([
      `IPV4 9000 ${TCP}`,
      `IPV6 9000 ${TCP}`,
      `IPV4 9001 ${TCP}`,
      `IPV6 9001 ${TCP}`,
    ]);
    for (const { values } of document.ofType(RULE)) {
      expect(values).toMatchObject({
        load_balancing_scheme: "EXTERNAL_MANAGED",
        network_tier: "PREMIUM",
        ip_protocol: "TCP",
      });
      const isIpv6 = document.target(values.ip_address)?.values.ip_version === "IPV6";
      expect(values.ip_version).toBe(isIpv6 ? "IPV6" : undefined);
      expect(values).not.toHaveProperty("lifecycle");
    }
    expect(new Set(document.ofType(RULE).map(({ values }) => values.name)).size).toBe(4);
  });

  test("passes the bytes on to the backend service, as they are", () => {
    expect(attributes(only(document, TCP))).toEqual({
      name: expect.stringMatching(/^test-stream-[a-z0-9]{6}$/),
      backend_service: `\${${only(document, SERVICE).address}.id}`,
      proxy_header: "NONE",
    });
    expect(only(document, TCP).values.lifecycle).toEqual({ create_before_destroy: true });
    expect(document.ofType(SSL)).toEqual([]);
    expect([frontend.sslProxy, frontend.sslPolicy, frontend.dnsRecords]).toEqual([undefined, undefined, []]);
  });

  test("the backend service balances by CPU, closes idle connections and asks for the open port", () => {
    expect(attributes(only(document, SERVICE))).toEqual({
      name: expect.stringMatching(/^test-backend-[a-z0-9]{6}$/),
      load_balancing_scheme: "EXTERNAL_MANAGED",
      protocol: "TCP",
      port_name: "http",
      timeout_sec: 600,
      session_affinity: "NONE",
      health_checks: [expect.any(String)],
      backend: ["europe-west1", "us-central1"].map((id) => ({
        group: `\${google_compute_region_instance_group_manager.${id}.instance_group}`,
        balancing_mode: "UTILIZATION",
        max_utilization: 0.8,
        capacity_scaler: 1,
      })),
      enable_cdn: false,
      log_config: { enable: true, optional_mode: "EXCLUDE_ALL_OPTIONAL", sample_rate: 1 },
    });
    expect(dependsOn(only(document, SERVICE))).toHaveLength(3);
  });

  test("protects its addresses", () => {
    const lifecycles = (setup?: Setup) =>
      build(setup)
        .document.ofType("google_compute_global_address")
        .map(({ values }) => values.lifecycle);
    expect(lifecycles()).toEqual([{ prevent_destroy: true }, { prevent_destroy: true }]);
    expect(lifecycles({ removalPolicy: RemovalPolicy.DESTROY })).toEqual([
      { prevent_destroy: false },
      { prevent_destroy: false },
    ]);
  });

  test("the rules have nothing to say", () => {
    expect(findings(document)).toEqual([]);
  });
});

test("names lead to it by records of their own", () => {
  const stack = testStack();
  const dnsZone = DnsZone.fromName(stack, "Zone", "zone", "example.com");
  const backend = new StreamBackend(stack, "Backend", { targets: [new FakeTarget(stack, "us-central1")] });
  const { url, host, recordSets, recordsToSet } = new ProxyFrontend(stack, "Stream", {
    backend,
    ports: [9000],
    tls: Tls.none(),
    domains: ["Stream.example.com", "stream.example.org"],
    dnsZone,
  });
  expect([url, host]).toEqual(["tcp://stream.example.com:9000", "stream.example.com"]);
  expect(recordSets).toHaveLength(2);
  expect(recordsToSet.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "stream.example.org. A",
    "stream.example.org. AAAA",
  ]);
  const [a] = synth(stack).ofType("google_dns_record_set");
  expect(dependsOn(a!).filter((each) => each.startsWith(RULE))).toHaveLength(1);
});

describe("with certificates", () => {
  const { frontend, document } = build({
    tls: Tls.managed(["stream.example.com"], { profile: TlsProfile.RESTRICTED }),
    ports: [443],
    proxyProtocol: true,
    backend: {
      encrypted: true,
      sessionAffinity: SessionAffinity.clientIp(),
      balancing: Balancing.connections({ maxConnectionsPerInstance: 500 }),
      healthCheck: HealthCheck.ssl({ proxyProtocol: true }),
      idleTimeoutSeconds: 86400,
      connectionDrainingSeconds: 3600,
      securityPolicyId: "projects/p/global/securityPolicies/armor",
      logSampleRate: 0.5,
      drainingRegions: ["us-central1"],
    },
  });

  test("ends TLS at the load balancer, with the certificates of a map", () => {
    expect(listeners(document)).toEqual([`IPV4 443 ${SSL}`, `IPV6 443 ${SSL}`]);
    expect(attributes(only(document, SSL))).toEqual({
      name: expect.stringMatching(/^test-stream-[a-z0-9]{6}$/),
      backend_service: `\${${only(document, SERVICE).address}.id}`,
      proxy_header: "PROXY_V1",
      certificate_map: `//certificatemanager.googleapis.com/\${${only(document, "google_certificate_manager_certificate_map").address}.id}`,
      ssl_policy: `\${${only(document, "google_compute_ssl_policy").address}.id}`,
    });
    expect(dependsOn(only(document, SSL))).toEqual([expect.stringContaining("certificate_map_entry")]);
    expect(only(document, "google_compute_ssl_policy").values).toMatchObject({ profile: "RESTRICTED" });
    expect(frontend.url).toBe("tls://stream.example.com:443");
    expect(frontend.dnsRecords.map(({ type }) => type).slice(0, 2)).toEqual(["A", "AAAA"]);
    expect(frontend.dnsRecords).toHaveLength(3);
  });

  test("the backend service takes every option", () => {
    expect(only(document, SERVICE).values).toMatchObject({
      protocol: "SSL",
      session_affinity: "CLIENT_IP",
      timeout_sec: 86400,
      connection_draining_timeout_sec: 3600,
      security_policy: "projects/p/global/securityPolicies/armor",
      log_config: { sample_rate: 0.5 },
      backend: [
        { balancing_mode: "CONNECTION", max_connections_per_instance: 500, capacity_scaler: 1 },
        { balancing_mode: "CONNECTION", max_connections_per_instance: 500, capacity_scaler: 0 },
      ],
    });
    expect(findings(document)).toEqual([]);
  });

  test("of a map that exists waits for no entry", () => {
    const map = "projects/p/locations/global/certificateMaps/ours";
    const proxy = only(build({ tls: Tls.certificateMap(map, ["a.example.com"]) }).document, SSL);
    expect(proxy.values.certificate_map).toBe(`//certificatemanager.googleapis.com/${map}`);
    expect(dependsOn(proxy)).toEqual([]);
  });
});

test("shares the addresses of another frontend, and does without IPv6", () => {
  const ipv4Address = AnycastAddress.fromAddress("203.0.113.7", IpVersion.IPV4);
  const { document } = build({ ipv4Address, ipv6: false });
  expect(document.ofType(RULE).map(({ values }) => values.ip_address)).toEqual(["203.0.113.7"]);
  expect(document.ofType("google_compute_global_address")).toEqual([]);
});

test.each<[string, Setup, string]>([
  ["no port", { ports: [] }, "[test/Stream] ports: got [], allowed is at least one port"],
  ["port 0", { ports: [0] }, "[test/Stream] ports: got 0, allowed is a whole number from 1 to 65535"],
  ["a port twice", { ports: [80, 80] }, '[test/Stream] ports: got "80", allowed is each value once'],
  [
    "an encrypted backend behind a TCP proxy",
    { backend: { encrypted: true } },
    '[test/Stream] backend: got "a backend of protocol SSL behind a TCP proxy", allowed is protocol TCP with Tls.none()',
  ],
  [
    "HTTP/3",
    { tls: Tls.managed(["a.example.com"], { quic: false }) },
    '[test/Stream] tls: got "quic", allowed is minVersion and profile',
  ],
  [
    "an HTTP keep-alive",
    { tls: Tls.managed(["a.example.com"], { keepAliveSeconds: 60 }) },
    '[test/Stream] tls: got "keepAliveSeconds"',
  ],
  [
    "domains beside certificates",
    { tls: Tls.managed(["a.example.com"]), domains: ["b.example.com"] },
    '[test/Stream] domains: got ["b.example.com"], allowed is none beside certificates',
  ],
  ["a domain with a path", { domains: ["a.example.com/x"] }, '[test/Stream] domain: got "a.example.com/x"'],
  [
    "an IPv6 address with ipv6: false",
    { ipv6: false, ipv6Address: AnycastAddress.fromAddress("2600:1901::1", IpVersion.IPV6) },
    "[test/Stream] ipv6Address: got",
  ],
  [
    "a rate of requests",
    { backend: { balancing: Balancing.rate({ maxRatePerInstance: 1 }) } },
    '[test/Backend] balancing: got "RATE", allowed is Balancing.connections or Balancing.utilization without a rate',
  ],
  [
    "utilization with a rate",
    { backend: { balancing: Balancing.utilization({ maxRatePerInstance: 1 }) } },
    '[test/Backend] balancing: got "UTILIZATION"',
  ],
  [
    "no connections",
    { backend: { balancing: Balancing.connections({ maxConnectionsPerInstance: 0 }) } },
    "[test/Backend] maxConnectionsPerInstance: got 0",
  ],
  [
    "an affinity by header",
    { backend: { sessionAffinity: SessionAffinity.header("X-Session-Id") } },
    '[test/Backend] sessionAffinity: got "HEADER_FIELD", allowed is SessionAffinity.none() or SessionAffinity.clientIp()',
  ],
  ["an idle timeout of 0", { backend: { idleTimeoutSeconds: 0 } }, "[test/Backend] idleTimeoutSeconds: got 0"],
  ["no targets", { backend: { targets: [] } }, "[test/Backend] targets: got []"],
  [
    "a health check that the firewall does not admit",
    { backend: { healthCheck: HealthCheck.tcp({ port: 22 }) } },
    "[test/Backend] healthCheck.port: got 22",
  ],
])("fails for %s", (_name, setup, message) => {
  expect(() => build(setup)).toThrow(message);
});
