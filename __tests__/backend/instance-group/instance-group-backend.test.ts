import {
  Access,
  BackendProtocol,
  Balancing,
  Cdn,
  HeaderMatch,
  HealthCheck,
  type IInstanceGroupTarget,
  InstanceGroupBackend,
  type InstanceGroupBackendProps,
  LocalityPolicy,
  ServerlessBackend,
  ServerlessNeg,
  ServerVerification,
  SessionAffinity,
  UrlRouting,
} from "../../../lib";
import type { TerraformDocument } from "../../../lib/topology/document";
import { findingsOf } from "../../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../../support";
import { FakeTarget } from "./group-targets";

const SERVICE = "google_compute_backend_service";
const CHECK = "google_compute_health_check";
const CONFIG = "google_network_security_backend_authentication_config";

type Setup = Omit<Partial<InstanceGroupBackendProps>, "targets" | "overrides"> & {
  readonly overrides?: (targets: FakeTarget[]) => InstanceGroupBackendProps["overrides"];
};

/** A backend over a standard and a spot group in Belgium and a group in Iowa. */
function build({ overrides, ...options }: Setup = {}): TerraformDocument {
  const stack = testStack();
  const targets = [
    new FakeTarget(stack, "europe-west1", "belgium"),
    new FakeTarget(stack, "europe-west1", "spot"),
    new FakeTarget(stack, "us-central1", "iowa"),
  ];
  new InstanceGroupBackend(stack, "Backend", { targets, overrides: overrides?.(targets), ...options });
  return synth(stack);
}

const service = (setup?: Setup) => only(build(setup), SERVICE).values;
const groups = (setup?: Setup) => service(setup).backend as Record<string, unknown>[];

/** What the rules say of the backend and what belongs to it. */
function findings(document: TerraformDocument): string[] {
  return findingsOf(document.json as never)
    .filter(({ path }) => path?.includes("Backend"))
    .map(({ rule, attribute }) => `${rule} ${attribute}`);
}

describe("by default", () => {
  const document = build();
  const resource = only(document, SERVICE);

  test("sends requests to every group, which is full at 80 % of its CPUs", () => {
    const backend = resource.values.backend as { group: string }[];
    expect(backend.map(({ group }) => document.target(group)?.path)).toEqual([
      "test/belgium",
      "test/spot",
      "test/iowa",
    ]);
    for (const { group: _group, ...rest } of backend) {
      expect(rest).toEqual({ balancing_mode: "UTILIZATION", max_utilization: 0.8, capacity_scaler: 1 });
    }
  });

  test("speaks HTTP to the named port, for as long as an answer takes, to the machine with the fewest requests", () => {
    expect(attributes(resource)).toEqual({
      name: expect.stringMatching(/^test-backend-[a-z0-9]{6}$/),
      load_balancing_scheme: "EXTERNAL_MANAGED",
      protocol: "HTTP",
      port_name: "http",
      timeout_sec: 3600,
      health_checks: [expect.stringMatching(/google_compute_health_check\.\S+\.id/)],
      backend: expect.any(Array),
      session_affinity: "NONE",
      locality_lb_policy: "LEAST_REQUEST",
      enable_cdn: false,
      iap: { enabled: false },
      log_config: { enable: true, optional_mode: "EXCLUDE_ALL_OPTIONAL", sample_rate: 1 },
    });
  });

  test("asks whether the port is open", () => {
    expect(only(document, CHECK).values).toMatchObject({
      name: expect.stringMatching(/^test-backend-[a-z0-9]{6}$/),
      tcp_health_check: { port: 8080, port_specification: "USE_FIXED_PORT" },
      check_interval_sec: 10,
      unhealthy_threshold: 3,
    });
  });

  test("comes after its groups and its API, and before a predecessor goes", () => {
    expect(dependsOn(resource)).toEqual([
      expect.stringMatching(/^google_project_service\.ProjectServices_compute_/),
      ...["belgium", "spot", "iowa"].map((id) => `google_compute_region_instance_group_manager.${id}`),
    ]);
    expect(resource.values.lifecycle).toEqual({ create_before_destroy: true });
    expect(only(document, CHECK).values.lifecycle).toEqual({ create_before_destroy: true });
  });

  test("the rules have nothing to say", () => {
    expect(findings(document)).toEqual([]);
  });
});

describe("balancing", () => {
  test("by rate, by utilization with a rate, and by metrics of the machines", () => {
    const [rate] = groups({ balancing: Balancing.rate({ maxRatePerInstance: 0.5 }) });
    expect(rate).toMatchObject({ balancing_mode: "RATE", max_rate_per_instance: 0.5 });
    expect(rate).not.toHaveProperty("max_utilization");
    const [both] = groups({ balancing: Balancing.utilization({ maxUtilization: 0.6, maxRatePerInstance: 3 }) });
    expect(both).toMatchObject({ balancing_mode: "UTILIZATION", max_utilization: 0.6, max_rate_per_instance: 3 });
    const metrics = build({
      balancing: Balancing.customMetrics([{ name: "named_metrics.queue" }, { name: "cpu", dryRun: true }]),
    });
    expect((only(metrics, SERVICE).values.backend as object[])[0]).toMatchObject({
      balancing_mode: "CUSTOM_METRICS",
      custom_metrics: [
        { name: "named_metrics.queue", max_utilization: 0.8, dry_run: false },
        { name: "cpu", max_utilization: 0.8, dry_run: true },
      ],
    });
    expect(findings(metrics)).toEqual([]);
  });

  test("differs by region and by group, the group's own word counting most", () => {
    const document = build({
      overrides: ([belgium]) => [
        { region: "europe-west1", balancing: Balancing.rate({ maxRatePerInstance: 4 }), capacity: 0.5 },
        { target: belgium, capacity: 1, preferred: true },
      ],
    });
    expect(only(document, SERVICE).values.backend).toMatchObject([
      { balancing_mode: "RATE", capacity_scaler: 1, preference: "PREFERRED" },
      { balancing_mode: "RATE", capacity_scaler: 0.5, preference: "DEFAULT" },
      { balancing_mode: "UTILIZATION", capacity_scaler: 1, preference: "DEFAULT" },
    ]);
    expect(findings(document)).toEqual([]);
  });

  test("gives a draining region no capacity, whatever its overrides say", () => {
    const drained = groups({
      drainingRegions: ["europe-west1"],
      overrides: ([belgium]) => [{ target: belgium, capacity: 1 }],
    });
    expect(drained.map(({ capacity_scaler }) => capacity_scaler)).toEqual([0, 0, 1]);
  });

  test.each<[string, Setup, string]>([
    [
      "connections",
      { balancing: Balancing.connections({ maxConnectionsPerInstance: 9 }) },
      '[test/Backend] balancing: got "CONNECTION"',
    ],
    [
      "a rate of 0",
      { balancing: Balancing.rate({ maxRatePerInstance: 0 }) },
      "maxRatePerInstance: got 0, allowed is a number of requests per second, more than 0",
    ],
    [
      "a percentage",
      { balancing: Balancing.utilization({ maxUtilization: 80 }) },
      "maxUtilization: got 80, allowed is more than 0, at most 1; give the share, not the percentage: 0.8",
    ],
    ["no metric", { balancing: Balancing.customMetrics([]) }, 'balancing: got "no metric"'],
    ["dry runs only", { balancing: Balancing.customMetrics([{ name: "a", dryRun: true }]) }, "metrics in dry run only"],
    ["a metric twice", { balancing: Balancing.customMetrics([{ name: "a" }, { name: "a" }]) }, "name each metric once"],
    ["a metric's name", { balancing: Balancing.customMetrics([{ name: "GPU" }]) }, 'custom metric: got "GPU"'],
    [
      "a capacity of 5 %",
      { overrides: () => [{ region: "us-central1", capacity: 0.05 }] },
      "capacity: got 0.05, allowed is 0, or 0.1 to 1",
    ],
    [
      "an override of nothing",
      { overrides: () => [{ capacity: 1 }] },
      "overrides: got {}, allowed is for each either one of the targets or a region",
    ],
    ["an override of both", { overrides: ([target]) => [{ target, region: "europe-west1" }] }, "overrides: got"],
    [
      "another region",
      { overrides: () => [{ region: "asia-east1" }] },
      'overrides: got "asia-east1", allowed is regions of the targets: europe-west1, us-central1',
    ],
    [
      "a region twice",
      {
        overrides: () => [
          { region: "us-central1", capacity: 0.5 },
          { region: "us-central1", preferred: true },
        ],
      },
      'overrides: got "us-central1", allowed is each value once; put what is different',
    ],
    ["draining another region", { drainingRegions: ["asia-east1"] }, 'drainingRegions: got "asia-east1"'],
    [
      "draining all",
      { drainingRegions: ["europe-west1", "us-central1"] },
      'drainingRegions: got "capacity 0 in europe-west1, us-central1", allowed is at least one group that serves',
    ],
  ])("fails for %s", (_name, setup, message) => {
    expect(() => build(setup)).toThrow(message);
  });

  test("fails for an override of a group that is not a target", () => {
    const other = new FakeTarget(testStack("other"), "us-central1");
    expect(() => build({ overrides: () => [{ target: other }] })).toThrow(
      "a group of us-central1 that is not a target",
    );
  });
});

describe("targets", () => {
  const over = (...targets: IInstanceGroupTarget[]) => new InstanceGroupBackend(testStack(), "Backend", { targets });
  const target = (values: Partial<IInstanceGroupTarget> = {}): IInstanceGroupTarget => ({
    region: "europe-west1",
    instanceGroupUrl: "projects/p/regions/europe-west1/instanceGroups/g",
    portName: "http",
    port: 8080,
    admittedPorts: [8080],
    networkId: "n",
    dependables: [],
    admit: () => [],
    ...values,
  });

  test("fails for none, the same twice, different ports and different port names", () => {
    expect(() => over()).toThrow("[test/Backend] targets: got [], allowed is at least one group of machines");
    expect(() => over(target(), target())).toThrow("a backend service lists a group once");
    expect(() => over(target(), target({ instanceGroupUrl: "b", region: "us-east1", port: 80 }))).toThrow(
      '[test/Backend] targets: got "http: 80 in us-east1 beside http: 8080 in europe-west1", allowed is one port name and port for all groups',
    );
    expect(() => over(target(), target({ instanceGroupUrl: "b", portName: "grpc" }))).toThrow("grpc: 8080");
  });

  test("fails for a health check that the firewall of one group does not admit", () => {
    const targets = [target({ admittedPorts: [8080, 9000] }), target({ instanceGroupUrl: "b" })];
    const healthCheck = HealthCheck.http("/ready", { port: 9000 });
    expect(() => new InstanceGroupBackend(testStack(), "Backend", { targets, healthCheck })).toThrow(
      "[test/Backend] healthCheck.port: got 9000, allowed is a port that the firewall admits health checks to: 8080",
    );
    const [both] = targets;
    expect(
      new InstanceGroupBackend(testStack(), "Backend", { targets: [both!], healthCheck }).healthCheck,
    ).toBeDefined();
  });
});

describe("session affinity and locality policy", () => {
  test.each<[string, SessionAffinity, object]>([
    ["client address", SessionAffinity.clientIp(), { session_affinity: "CLIENT_IP" }],
    [
      "generated cookie",
      SessionAffinity.generatedCookie({ ttlSeconds: 60 }),
      { session_affinity: "GENERATED_COOKIE", affinity_cookie_ttl_sec: 60 },
    ],
    [
      "header",
      SessionAffinity.header("X-Session-Id"),
      { session_affinity: "HEADER_FIELD", consistent_hash: { http_header_name: "X-Session-Id" } },
    ],
    [
      "cookie",
      SessionAffinity.httpCookie("sid", { path: "/v1", ttlSeconds: 5 }),
      {
        session_affinity: "HTTP_COOKIE",
        consistent_hash: { http_cookie: { name: "sid", path: "/v1", ttl: { seconds: 5 } } },
      },
    ],
  ])("by %s hashes", (_name, sessionAffinity, expected) => {
    const document = build({ sessionAffinity });
    expect(only(document, SERVICE).values).toMatchObject({ ...expected, locality_lb_policy: "MAGLEV" });
    expect(findings(document)).toEqual([]);
    const ring = build({ sessionAffinity, localityPolicy: LocalityPolicy.ringHash({ minimumRingSize: 2048 }) });
    expect(only(ring, SERVICE).values).toMatchObject({
      locality_lb_policy: "RING_HASH",
      consistent_hash: { minimum_ring_size: 2048 },
    });
    expect(findings(ring)).toEqual([]);
  });

  test("by strong cookie hashes nothing, so the policy stays free", () => {
    const document = build({
      sessionAffinity: SessionAffinity.strongCookie("sid", { ttlSeconds: 3600 }),
      localityPolicy: LocalityPolicy.roundRobin(),
    });
    expect(only(document, SERVICE).values).toMatchObject({
      session_affinity: "STRONG_COOKIE_AFFINITY",
      strong_session_affinity_cookie: { name: "sid", ttl: { seconds: 3600 } },
      locality_lb_policy: "ROUND_ROBIN",
    });
    expect(findings(document)).toEqual([]);
  });

  test("weighs by metrics of the machines", () => {
    const document = build({ localityPolicy: LocalityPolicy.weightedRoundRobin(["named_metrics.free_slots"]) });
    expect(only(document, SERVICE).values).toMatchObject({
      locality_lb_policy: "WEIGHTED_ROUND_ROBIN",
      custom_metrics: [{ name: "named_metrics.free_slots", dry_run: false }],
    });
    expect(findings(document)).toEqual([]);
    expect(service({ localityPolicy: LocalityPolicy.random() }).locality_lb_policy).toBe("RANDOM");
  });

  test.each<[string, Setup, string]>([
    [
      "an affinity that the policy ignores",
      { sessionAffinity: SessionAffinity.clientIp(), localityPolicy: LocalityPolicy.leastRequest() },
      'localityPolicy: got "LEAST_REQUEST with a session affinity", allowed is ringHash() or maglev()',
    ],
    ["a hash of nothing", { localityPolicy: LocalityPolicy.maglev() }, 'got "MAGLEV with nothing to hash"'],
    [
      "a strong cookie with a hash",
      { sessionAffinity: SessionAffinity.strongCookie("a"), localityPolicy: LocalityPolicy.ringHash() },
      'got "RING_HASH with nothing to hash"',
    ],
    [
      "weights of nothing",
      { localityPolicy: LocalityPolicy.weightedRoundRobin([]) },
      'localityPolicy: got "no metric"',
    ],
    [
      "an empty ring",
      { sessionAffinity: SessionAffinity.clientIp(), localityPolicy: LocalityPolicy.ringHash({ minimumRingSize: 0 }) },
      "minimumRingSize: got 0",
    ],
    ["a header's name", { sessionAffinity: SessionAffinity.header("a b") }, 'sessionAffinity.name: got "a b"'],
    [
      "a cookie for three weeks",
      { sessionAffinity: SessionAffinity.generatedCookie({ ttlSeconds: 1_814_400 }) },
      "sessionAffinity.ttlSeconds: got 1814400, allowed is a whole number from 0 to 1209600",
    ],
    [
      "a cookie's path",
      { sessionAffinity: SessionAffinity.httpCookie("a", { path: "v1" }) },
      'sessionAffinity.path: got "v1"',
    ],
  ])("fails for %s", (_name, setup, message) => {
    expect(() => build(setup)).toThrow(message);
  });
});

describe("protocols", () => {
  test.each([
    [BackendProtocol.http(), "HTTP"],
    [BackendProtocol.h2c(), "H2C"],
    [BackendProtocol.https(), "HTTPS"],
    [BackendProtocol.http2(), "HTTP2"],
  ])("speaks %#", (protocol, expected) => {
    const document = build({ protocol });
    expect(only(document, SERVICE).values.protocol).toBe(expected);
    expect(only(document, SERVICE).values).not.toHaveProperty("tls_settings");
    expect(findings(document)).toEqual([]);
  });

  test("verifies certificates by public roots", () => {
    const document = build({ protocol: BackendProtocol.http2(ServerVerification.publicRoots("model.example.com")) });
    const config = only(document, CONFIG);
    expect(config.values).toMatchObject({
      location: "global",
      well_known_roots: "PUBLIC_ROOTS",
      lifecycle: { create_before_destroy: true },
      depends_on: [expect.stringContaining("networksecurity")],
    });
    expect(only(document, SERVICE).values.tls_settings).toEqual({
      authentication_config: `//networksecurity.googleapis.com/\${${config.address}.id}`,
      sni: "model.example.com",
    });
    expect(findings(document)).toEqual([]);
  });

  test("verifies certificates by an own authority, and shows its own", () => {
    const trust = "projects/p/locations/global/trustConfigs/ours";
    const clientCertificateId = "projects/p/locations/global/certificates/lb";
    const verify = (id: string) =>
      build({
        protocol: BackendProtocol.https(
          ServerVerification.trustConfig(id, {
            subjectAltNames: ["model.internal"],
            subjectAltUris: ["spiffe://acme/model"],
            clientCertificateId,
          }),
        ),
      });
    const document = verify(trust);
    expect(only(document, CONFIG).values).toMatchObject({
      trust_config: trust,
      well_known_roots: "NONE",
      client_certificate: clientCertificateId,
    });
    expect(only(document, SERVICE).values.tls_settings).toMatchObject({
      subject_alt_names: [{ dns_name: "model.internal" }, { uniform_resource_identifier: "spiffe://acme/model" }],
    });
    // Another authority replaces the configuration, so its name has to differ.
    expect(only(verify(`${trust}-2`), CONFIG).values.name).not.toBe(only(document, CONFIG).values.name);
  });

  test("verifies by a configuration that exists", () => {
    const id = "projects/p/locations/global/backendAuthenticationConfigs/ours";
    const document = build({ protocol: BackendProtocol.https(ServerVerification.existing(id)) });
    expect(document.ofType(CONFIG)).toEqual([]);
    expect(only(document, SERVICE).values.tls_settings).toEqual({
      authentication_config: `//networksecurity.googleapis.com/${id}`,
    });
  });

  test.each<[string, ServerVerification, string]>([
    ["a trust configuration's name", ServerVerification.trustConfig("ours"), 'trustConfigId: got "ours"'],
    ["a trust configuration by reference", ServerVerification.trustConfig("${a.b.id}"), "trustConfigId: got"],
    ["an upper-case server name", ServerVerification.publicRoots("Model"), 'server name: got "Model"'],
    [
      "a client certificate's name",
      ServerVerification.publicRoots("a", { clientCertificateId: "b" }),
      'clientCertificateId: got "b"',
    ],
    ["a configuration's name", ServerVerification.existing("ours"), 'authenticationConfigId: got "ours"'],
    [
      "six names",
      ServerVerification.publicRoots("a", { subjectAltNames: [..."bcdefg"] }),
      'subjectAltNames: got "6 names and URIs", allowed is at most 5 together',
    ],
  ])("fails for %s", (_name, verification, message) => {
    expect(() => build({ protocol: BackendProtocol.https(verification) })).toThrow(message);
  });
});

describe("other options", () => {
  test("are those of every backend service, and its own", () => {
    const document = build({
      cdn: Cdn.originHeaders(),
      requestHeaders: { "X-A": "1" },
      connectionDrainingSeconds: 900,
      securityPolicyId: "projects/p/global/securityPolicies/armor",
      logSampleRate: 0.1,
      timeoutSeconds: 120,
      outlierDetection: { consecutiveErrors: 7, maxEjectionPercent: 20 },
      serviceLbPolicyId: "projects/p/locations/global/serviceLbPolicies/drain",
      healthCheck: HealthCheck.http("/ready"),
    });
    expect(only(document, SERVICE).values).toMatchObject({
      enable_cdn: true,
      custom_request_headers: ["X-A:1"],
      connection_draining_timeout_sec: 900,
      security_policy: "projects/p/global/securityPolicies/armor",
      timeout_sec: 120,
      outlier_detection: { consecutive_errors: 7, enforcing_consecutive_errors: 100, max_ejection_percent: 20 },
      service_lb_policy: "//networkservices.googleapis.com/projects/p/locations/global/serviceLbPolicies/drain",
    });
    expect(only(document, CHECK).values.http_health_check).toMatchObject({ port: 8080, request_path: "/ready" });
    expect(findings(document)).toEqual([]);
  });

  test("signs people in before the machines", () => {
    const document = build({ access: Access.iap(["group:staff@acme.example"]) });
    expect(only(document, SERVICE).values.iap).toEqual({ enabled: true });
    expect(document.ofType("google_iap_web_backend_service_iam_member")).toHaveLength(1);
    expect(findings(document)).toEqual([]);
  });

  test("takes keys for signed URLs with a CDN", () => {
    const stack = testStack();
    const targets = [new FakeTarget(stack, "us-central1")];
    const backend = new InstanceGroupBackend(stack, "Backend", { targets, cdn: Cdn.originHeaders() });
    expect(backend._signingTarget()).toMatchObject({ kind: "service", cdn: true });
  });

  test.each<[string, Setup, string]>([
    ["members of Cloud Run", { access: Access.members(["user:a@b.example"]) }, 'access: got "Access.members()"'],
    ["a timeout of 0", { timeoutSeconds: 0 }, "timeoutSeconds: got 0"],
    ["a policy's name", { serviceLbPolicyId: "drain" }, 'serviceLbPolicyId: got "drain"'],
    [
      "an ejection of everybody and more",
      { outlierDetection: { maxEjectionPercent: 101 } },
      "maxEjectionPercent: got 101",
    ],
    ["a CDN with sign-in", { cdn: Cdn.originHeaders(), access: Access.iap(["user:a@b.example"]) }, "cdn: got"],
  ])("fails for %s", (_name, setup, message) => {
    expect(() => build(setup)).toThrow(message);
  });
});

test("stands beside Cloud Run by path, header and weight", () => {
  const stack = testStack();
  const machines = new InstanceGroupBackend(stack, "Machines", { targets: [new FakeTarget(stack, "us-central1")] });
  const neg = new ServerlessNeg(stack, "neg", { region: "us-central1", serviceName: "chat" });
  const serverless = new ServerlessBackend(stack, "Serverless", { targets: [neg] });
  const routing = new UrlRouting(stack, "Routing", { defaultBackend: serverless });
  routing.addRoute({ paths: ["/v1/large/*"], backend: machines });
  routing.addRoute({ paths: ["/v1/*"], headers: [HeaderMatch.exact("X-Tier", "gpu")], backend: machines });
  routing.addRoute({
    paths: ["/v1/chat"],
    weightedBackends: [
      { backend: machines, weight: 90 },
      { backend: serverless, weight: 10 },
    ],
  });
  const document = synth(stack);
  const errors = findingsOf(document.json as never).filter(({ severity }) => severity === "error");
  expect(errors.filter(({ address }) => !address.includes("instance_group_manager"))).toEqual([]);
  const mapped = JSON.stringify(only(document, "google_compute_url_map").values);
  expect(mapped).toContain("google_compute_backend_service.Machines");
  expect(mapped).toContain('"weight":90');
  expect(mapped).toContain('"header_name":"X-Tier"');
});
