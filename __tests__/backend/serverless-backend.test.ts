import { Fn, TerraformOutput, TerraformVariable, Token } from "cdktf";
import {
  Cdn,
  ClientHeaders,
  Failover,
  LogFields,
  ServerlessBackend,
  type ServerlessBackendProps,
  ServerlessNeg,
} from "../../lib";
import { attributes, dependsOn, only, synth, testStack } from "../support";

function neg(stack: ReturnType<typeof testStack>, region: string, http2?: boolean): ServerlessNeg {
  return new ServerlessNeg(stack, region, { region, serviceName: "chat", http2 });
}

const LOGGED = { enable: true, optional_mode: "EXCLUDE_ALL_OPTIONAL", sample_rate: 1 };

/** A backend service over Belgium and Iowa, in a stack of its own. */
function backend(options: Partial<ServerlessBackendProps> = {}) {
  const stack = testStack();
  const targets = ["europe-west1", "us-central1"].map((region) => neg(stack, region));
  new ServerlessBackend(stack, "Backend", { targets, ...options });
  return only(synth(stack), "google_compute_backend_service");
}

test("sends requests to the NEG of every region, through the global external load balancer", () => {
  const stack = testStack();
  const targets = [neg(stack, "europe-west1"), neg(stack, "us-central1")];
  const { backendId } = new ServerlessBackend(stack, "Backend", { targets });
  new TerraformOutput(stack, "Id", { value: backendId });
  const document = synth(stack);
  const resource = only(document, "google_compute_backend_service");
  expect(resource.values.load_balancing_scheme).toBe("EXTERNAL_MANAGED");
  const groups = (resource.values.backend as { group: string }[]).map(({ group }) => document.target(group)?.path);
  expect(groups).toEqual(["test/europe-west1/Resource", "test/us-central1/Resource"]);
  expect(document.outputs.Id).toEqual({ value: `\${${resource.address}.id}` });
});

test("sets nothing that serverless backends refuse", () => {
  const { values } = backend({ logSampleRate: 0.5, cdn: Cdn.originHeaders() });
  for (const refused of ["timeout_sec", "port_name", "health_checks", "session_affinity", "locality_lb_policy"]) {
    expect(values).not.toHaveProperty(refused);
  }
  for (const each of values.backend as object[]) expect(Object.keys(each)).toEqual(["group"]);
});

test("is created before a predecessor is destroyed, and after its API is enabled", () => {
  const resource = backend();
  expect(resource.values.lifecycle).toEqual({ create_before_destroy: true });
  expect(dependsOn(resource)).toEqual([expect.stringMatching(/^google_project_service\.ProjectServices_compute_/)]);
});

test("keeps its name whatever changes, since everything but the name changes in place", () => {
  const { name } = backend().values;
  expect(name).toMatch(/^test-backend-[a-z0-9]{6}$/);
  const stack = testStack();
  new ServerlessBackend(stack, "Backend", {
    targets: [neg(stack, "asia-southeast1")],
    cdn: Cdn.originHeaders(),
    failover: Failover.none(),
    requestHeaders: { "X-A": "1" },
    compression: true,
    logSampleRate: 0,
  });
  expect(only(synth(stack), "google_compute_backend_service").values.name).toBe(name);
});

test("several backends share the NEGs: one cached, one not", () => {
  const stack = testStack();
  const targets = [neg(stack, "europe-west1"), neg(stack, "us-central1")];
  new ServerlessBackend(stack, "Plain", { targets });
  new ServerlessBackend(stack, "Cached", { targets, cdn: Cdn.originHeaders() });
  const document = synth(stack);
  const plain = only(document, "google_compute_backend_service", "Plain/Resource").values;
  const cached = only(document, "google_compute_backend_service", "Cached/Resource").values;
  expect(document.ofType("google_compute_region_network_endpoint_group")).toHaveLength(2);
  expect(cached.backend).toEqual(plain.backend);
  expect(cached.name).not.toBe(plain.name);
  expect([plain.enable_cdn, cached.enable_cdn]).toEqual([false, true]);
  expect(plain).not.toHaveProperty("cdn_policy");
});

test.each([
  [[false, false], "HTTPS"],
  [[true, false], "HTTPS"],
  [[true, true], "HTTP2"],
])("speaks to containers with h2c %j by %s", (http2, protocol) => {
  const stack = testStack();
  const targets = ["europe-west1", "us-central1"].map((region, i) => neg(stack, region, http2[i]));
  new ServerlessBackend(stack, "Backend", { targets });
  expect(only(synth(stack), "google_compute_backend_service").values.protocol).toBe(protocol);
});

test("logs every request, a share, or none", () => {
  expect(backend().values.log_config).toEqual(LOGGED);
  expect(backend({ logSampleRate: 0.01 }).values.log_config).toEqual({ ...LOGGED, sample_rate: 0.01 });
  expect(backend({ logSampleRate: 0 }).values.log_config).toEqual({ enable: false });
});

test("takes a sample rate known only at apply", () => {
  const stack = testStack();
  const rate = new TerraformVariable(stack, "rate", { type: "number" });
  const targets = [neg(stack, "europe-west1")];
  new ServerlessBackend(stack, "Backend", { targets, logSampleRate: Token.asNumber(rate.value) });
  expect(only(synth(stack), "google_compute_backend_service").values.log_config).toEqual({
    ...LOGGED,
    sample_rate: `\${var.rate}`,
  });
});

test("logs no optional field, all of them, or those that are listed", () => {
  const logged = (logFields?: LogFields) => backend({ logFields }).values.log_config;
  expect(logged()).toEqual(LOGGED);
  expect(logged(LogFields.none())).toEqual(LOGGED);
  expect(logged(LogFields.all())).toEqual({ ...LOGGED, optional_mode: "INCLUDE_ALL_OPTIONAL" });
  expect(logged(LogFields.listed(["tls.protocol", "orca_load_report.cpu_utilization"]))).toEqual({
    ...LOGGED,
    optional_mode: "CUSTOM",
    optional_fields: ["tls.protocol", "orca_load_report.cpu_utilization"],
  });
});

test.each([0, 3600])("drains connections for %d seconds", (connectionDrainingSeconds) => {
  expect(backend({ connectionDrainingSeconds }).values.connection_draining_timeout_sec).toBe(connectionDrainingSeconds);
});

test("names the security policies, by id, self link or reference", () => {
  const id = "projects/test-project/global/securityPolicies/armor";
  const edge = "https://www.googleapis.com/compute/v1/projects/test-project/global/securityPolicies/edge";
  const { values } = backend({ securityPolicyId: id, edgeSecurityPolicyId: edge });
  expect([values.security_policy, values.edge_security_policy]).toEqual([id, edge]);
  const late = backend({ securityPolicyId: Fn.trimspace(id) }).values.security_policy;
  expect(late).toBe(`\${trimspace("${id}")}`);
  expect(backend().values).not.toHaveProperty("security_policy");
  expect(backend().values).not.toHaveProperty("edge_security_policy");
});

test("tells the service about the client", () => {
  expect(backend({ requestHeaders: ClientHeaders.all() }).values.custom_request_headers).toEqual([
    "X-Client-Region:{client_region}",
    "X-Client-Region-Subdivision:{client_region_subdivision}",
    "X-Client-Rtt-Msec:{client_rtt_msec}",
    "X-Client-Tls-Version:{tls_version}",
    "X-Client-Tls-Cipher:{tls_cipher_suite}",
  ]);
  expect(Object.keys(ClientHeaders.latency())).toEqual(["X-Client-Rtt-Msec"]);
});

test("adds headers to requests and to responses", () => {
  const { values } = backend({
    requestHeaders: { "X-Client-Region": "{client_region}" },
    responseHeaders: { "X-Cache": "{cdn_cache_status}" },
  });
  expect(values.custom_request_headers).toEqual(["X-Client-Region:{client_region}"]);
  expect(values.custom_response_headers).toEqual(["X-Cache:{cdn_cache_status}"]);
});

test("compresses on demand only", () => {
  expect(backend().values).not.toHaveProperty("compression_mode");
  expect(backend({ compression: true }).values.compression_mode).toBe("AUTOMATIC");
});

test("as a whole", () => {
  expect(attributes(backend({ cdn: Cdn.originHeaders({ serveWhileStaleSeconds: 60 }) }))).toMatchSnapshot();
});

test("fails without targets", () => {
  expect(() => backend({ targets: [] })).toThrow(
    "[test/Backend] targets: got [], allowed is at least one region; pass a CloudRunRegion or a ServerlessNeg",
  );
});

test("fails for two targets of one region", () => {
  const stack = testStack();
  const targets = ["chat", "embeddings"].map(
    (serviceName) => new ServerlessNeg(stack, serviceName, { region: "europe-west1", serviceName }),
  );
  expect(() => new ServerlessBackend(stack, "Backend", { targets })).toThrow(
    '[test/Backend] targets: got "europe-west1", allowed is each value once; a backend service takes one serverless NEG of a region: ' +
      "give the second service a backend and a route of its own",
  );
});

test.each([2, -0.1])("fails for a log sample rate of %d", (logSampleRate) => {
  expect(() => backend({ logSampleRate })).toThrow(
    `[test/Backend] logSampleRate: got ${logSampleRate}, allowed is a number from 0 to 1; give the share, not the percentage`,
  );
});

test.each(["requestHeaders", "responseHeaders"] as const)("fails for a forbidden header in %s", (what) => {
  expect(() => backend({ [what]: { "X-Google-Secret": "1" } })).toThrow(
    `[test/Backend] ${what}: got "X-Google-Secret", allowed is an HTTP header name`,
  );
});

test.each([
  [[], "[]"],
  [["tls protocol"], '"tls protocol"'],
  [["tls."], '"tls."'],
])("fails for the optional log fields %j", (fields, got) => {
  expect(() => backend({ logFields: LogFields.listed(fields) })).toThrow(
    `[test/Backend] logFields: got ${got}, allowed is at least one field name such as tls.protocol; use LogFields.none() for no optional field`,
  );
});

test("fails for a log field that stands twice", () => {
  expect(() => backend({ logFields: LogFields.listed(["tls.cipher", "tls.cipher"]) })).toThrow(
    '[test/Backend] logFields: got "tls.cipher", allowed is each value once; name each field once',
  );
});

test("fails for log fields where nothing is logged", () => {
  expect(() => backend({ logSampleRate: 0, logFields: LogFields.all() })).toThrow(
    '[test/Backend] logFields: got "logFields with logSampleRate 0", allowed is none where nothing is logged',
  );
});

test.each([-1, 3601, 1.5])("fails for draining connections for %d seconds", (connectionDrainingSeconds) => {
  expect(() => backend({ connectionDrainingSeconds })).toThrow(
    `[test/Backend] connectionDrainingSeconds: got ${connectionDrainingSeconds}, allowed is a whole number from 0 to 3600`,
  );
});

test.each(["securityPolicyId", "edgeSecurityPolicyId"] as const)("fails for a name as %s", (what) => {
  for (const id of ["armor", "projects/p/regions/europe-west1/securityPolicies/armor", ""]) {
    expect(() => backend({ [what]: id })).toThrow(
      `[test/Backend] ${what}: got ${JSON.stringify(id)}, allowed is projects/PROJECT/global/securityPolicies/NAME, or a reference to a policy's id`,
    );
  }
});
