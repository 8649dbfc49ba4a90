import { TerraformOutput } from "cdktf";
import {
  BackendProtocol,
  Balancing,
  GoogleProviderVersion,
  HealthCheck,
  LocalityPolicy,
  RegionBackendService,
  type RegionBackendServiceProps,
  RegionBackendTarget,
  type RegionInstancesOptions,
  RegionNetwork,
  ServerlessBackend,
  ServerVerification,
  SessionAffinity,
} from "../../lib";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { cloudRun, FakeGroup } from "../regional-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { FakeTarget } from "./instance-group/group-targets";

const BELGIUM = "europe-west1";
const TYPE = "google_compute_region_backend_service";
const READY = HealthCheck.http("/readyz");

function overCloudRun(options: Partial<RegionBackendServiceProps> = {}) {
  const stack = testStack();
  const target = RegionBackendTarget.cloudRun(cloudRun(stack, BELGIUM));
  const backend = new RegionBackendService(stack, "Backend", { target, ...options });
  return { stack, backend };
}

function overMachines(options: Partial<RegionInstancesOptions> = {}, ...more: [region?: string, port?: string][]) {
  const stack = testStack();
  const network = new RegionNetwork(stack, "Network");
  const groups = [[BELGIUM], ...more].map(
    ([region, port], index) => new FakeGroup(stack, `Group${index}`, region!, network, port),
  );
  const target = RegionBackendTarget.instances(groups, { healthCheck: READY, ...options });
  const backend = new RegionBackendService(stack, "Backend", { target });
  return { stack, backend };
}

test("waits for what machines need before requests come: their firewall rules", () => {
  const stack = testStack();
  const target = RegionBackendTarget.instances([new FakeTarget(stack, BELGIUM, "gpu")], { healthCheck: READY });
  new RegionBackendService(stack, "Backend", { target });
  const document = synth(stack);
  const manager = only(document, "google_compute_region_instance_group_manager").address;
  expect(dependsOn(only(document, TYPE))).toContain(manager);
});

test("sends requests to Cloud Run in its region, with nothing that serverless NEGs refuse", () => {
  const { stack, backend } = overCloudRun();
  new TerraformOutput(stack, "Link", { value: backend.selfLink });
  const document = synth(stack);
  const resource = only(document, TYPE);
  expect(attributes(resource)).toEqual({
    name: expect.stringMatching(/^test-backend-[a-z0-9]{6}$/),
    region: BELGIUM,
    load_balancing_scheme: "EXTERNAL_MANAGED",
    protocol: "HTTPS",
    backend: [{ group: expect.any(String), capacity_scaler: 1 }],
    log_config: { enable: true, sample_rate: 1, optional_mode: "EXCLUDE_ALL_OPTIONAL" },
  });
  expect(document.target((resource.values.backend as { group: string }[])[0]!.group)?.path).toBe(
    `test/${BELGIUM}/Resource`,
  );
  expect(resource.values.lifecycle).toEqual({ create_before_destroy: true });
  expect(document.outputs.Link).toEqual({ value: `\${${resource.address}.self_link}` });
  expect([backend.region, backend.healthCheck]).toEqual([BELGIUM, undefined]);
  expect(evaluate(document, allRules).findings.filter(({ severity }) => severity === "error")).toEqual([]);
});

test("shares the NEG with the global backend service", () => {
  const stack = testStack();
  const neg = cloudRun(stack, BELGIUM, true);
  new ServerlessBackend(stack, "Global", { targets: [neg] });
  new RegionBackendService(stack, "Regional", { target: RegionBackendTarget.cloudRun(neg), logSampleRate: 0 });
  const document = synth(stack);
  const { values } = only(document, TYPE);
  expect(document.ofType("google_compute_region_network_endpoint_group")).toHaveLength(1);
  expect([values.protocol, values.log_config]).toEqual(["HTTP2", { enable: false }]);
});

test("spreads requests over machines with a regional health check, by CPU or by rate", () => {
  const { stack, backend } = overMachines({ timeoutSeconds: 600 }, [BELGIUM]);
  const document = synth(stack);
  const resource = only(document, TYPE);
  const group = (index: number) => ({
    group: `https://www.googleapis.com/compute/v1/projects/test-project/regions/${BELGIUM}/instanceGroups/group${index}`,
    capacity_scaler: 1,
    balancing_mode: "UTILIZATION",
    max_utilization: 0.8,
  });
  expect(resource.values).toMatchObject({
    protocol: "HTTP",
    backend: [group(0), group(1)],
    port_name: "api",
    timeout_sec: 600,
    connection_draining_timeout_sec: 300,
    session_affinity: "NONE",
    locality_lb_policy: "LEAST_REQUEST",
  });
  const check = only(document, "google_compute_region_health_check");
  expect(document.target((resource.values.health_checks as string[])[0])).toBe(check);
  expect(check.values).toMatchObject({ region: BELGIUM, http_health_check: { port: 8080, request_path: "/readyz" } });
  expect(check.values.lifecycle).toEqual({ create_before_destroy: true });
  expect(backend.healthCheck).toBeDefined();
  expect(evaluate(document, allRules).findings.filter(({ severity }) => severity === "error")).toEqual([]);

  const byRate = overMachines({
    healthCheck: undefined,
    balancing: Balancing.rate({ maxRatePerInstance: 4 }),
    protocol: BackendProtocol.http2(),
    sessionAffinity: SessionAffinity.header("X-Session-Id"),
    localityPolicy: LocalityPolicy.ringHash({ minimumRingSize: 99 }),
    connectionDrainingSeconds: 0,
  });
  const other = synth(byRate.stack);
  expect(only(other, TYPE).values).toMatchObject({
    protocol: "HTTP2",
    backend: [{ balancing_mode: "RATE", max_rate_per_instance: 4, capacity_scaler: 1 }],
    timeout_sec: 3600,
    connection_draining_timeout_sec: 0,
    session_affinity: "HEADER_FIELD",
    locality_lb_policy: "RING_HASH",
    consistent_hash: { http_header_name: "X-Session-Id", minimum_ring_size: 99 },
  });
  expect(only(other, "google_compute_region_health_check").values.tcp_health_check).toMatchObject({ port: 8080 });
  expect(evaluate(other, allRules).findings.filter(({ severity }) => severity === "error")).toEqual([]);
});

test("its name follows region and kind of target, and nothing else", () => {
  const name = ({ stack }: { stack: ReturnType<typeof testStack> }) => only(synth(stack), TYPE).values.name;
  const first = name(overCloudRun());
  expect(name(overCloudRun({ logSampleRate: 0.5 }))).toBe(first);
  const tokyo = testStack();
  new RegionBackendService(tokyo, "Backend", {
    target: RegionBackendTarget.cloudRun(cloudRun(tokyo, "asia-northeast1")),
  });
  const all = [first, name({ stack: tokyo }), name(overMachines())];
  expect(new Set(all).size).toBe(3);
  expect(name(overMachines({ timeoutSeconds: 9 }))).toBe(all[2]);
});

test("a Cloud Armor policy of the region raises the provider's version", () => {
  const policy = `projects/p/regions/${BELGIUM}/securityPolicies/api`;
  const { stack } = overCloudRun({ securityPolicyId: policy });
  const document = synth(stack);
  expect(only(document, TYPE).values.security_policy).toBe(policy);
  expect(JSON.stringify(document.json.terraform)).toContain('"version":">= 7.8.0, < 8.0.0"');
});

test("lets proxies reach its machines before they get requests", () => {
  const { stack, backend } = overMachines();
  backend._admitProxies("Proxies", "10.129.0.0/23");
  backend._admitProxies("Proxies", "10.129.0.0/23");
  const document = synth(stack);
  const firewall = only(document, "google_compute_firewall");
  expect(firewall.values.source_ranges).toEqual(["10.129.0.0/23"]);
  const waits = only(document, TYPE).values.depends_on as string[];
  expect(waits.filter((address) => address === firewall.address)).toHaveLength(1);
});

test("fails with a provider that cannot attach the policy", () => {
  const stack = testStack();
  GoogleProviderVersion.of(stack).pin("6.50.0");
  const target = RegionBackendTarget.cloudRun(cloudRun(stack, BELGIUM));
  const securityPolicyId = `projects/p/regions/${BELGIUM}/securityPolicies/api`;
  expect(() => new RegionBackendService(stack, "Backend", { target, securityPolicyId })).toThrow(
    "7.8.0 or later, because of google_compute_region_backend_service.security_policy",
  );
});

test.each(["projects/p/global/securityPolicies/api", "projects/p/regions/us-east1/securityPolicies/api", "api"])(
  "fails with %s as policy",
  (securityPolicyId) => {
    expect(() => overCloudRun({ securityPolicyId })).toThrow("use a policy of the region");
  },
);

test("fails in a region that does not exist", () => {
  const stack = testStack();
  const target = RegionBackendTarget.cloudRun({
    region: "europe-west7",
    negId: "x",
    reportsHealth: false,
    http2: false,
  });
  expect(() => new RegionBackendService(stack, "Backend", { target })).toThrow("europe-west7");
});

test.each<[string, Partial<RegionInstancesOptions>]>([
  ["the firewall admits health checks to: 8080", { healthCheck: HealthCheck.http("/", { port: 9000 }) }],
  ["timeoutSeconds: got 0", { timeoutSeconds: 0 }],
  ["connectionDrainingSeconds: got 3601", { connectionDrainingSeconds: 3601 }],
  ["maxRatePerInstance: got 0", { balancing: Balancing.rate({ maxRatePerInstance: 0 }) }],
  ["connections are not balanced by HTTP", { balancing: Balancing.connections({ maxConnectionsPerInstance: 1 }) }],
  ["the default fits the affinity", { localityPolicy: LocalityPolicy.maglev() }],
  [
    "leave the verification out",
    { protocol: BackendProtocol.https(ServerVerification.publicRoots("api.example.com")) },
  ],
])("fails with machines: %s", (message, options) => {
  expect(() => overMachines(options)).toThrow(message);
});

test("fails with groups that do not go together", () => {
  expect(() => overMachines({}, ["us-east1"])).toThrow('got "us-east1 beside europe-west1"');
  expect(() => overMachines({}, [BELGIUM, "other"])).toThrow('got "other beside api"');
  expect(() => RegionBackendTarget.instances([], { healthCheck: READY })).toThrow("at least one group");
  const stack = testStack();
  const group = new FakeGroup(stack, "Group", BELGIUM, new RegionNetwork(stack, "Network"));
  const target = RegionBackendTarget.instances([group, group], { healthCheck: READY });
  expect(() => new RegionBackendService(testStack(), "Backend", { target })).toThrow("name each group once");
});
