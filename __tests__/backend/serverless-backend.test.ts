import { TerraformOutput, TerraformVariable, Token } from "cdktf";
import { Cdn, Failover, ServerlessBackend, type ServerlessBackendProps, ServerlessNeg } from "../../lib";
import { attributes, dependsOn, only, synth, testStack } from "../support";

function neg(stack: ReturnType<typeof testStack>, region: string, http2?: boolean): ServerlessNeg {
  return new ServerlessNeg(stack, region, { region, serviceName: "chat", http2 });
}

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
  expect(backend().values.log_config).toEqual({ enable: true, sample_rate: 1 });
  expect(backend({ logSampleRate: 0.01 }).values.log_config).toEqual({ enable: true, sample_rate: 0.01 });
  expect(backend({ logSampleRate: 0 }).values.log_config).toEqual({ enable: false });
});

test("takes a sample rate known only at apply", () => {
  const stack = testStack();
  const rate = new TerraformVariable(stack, "rate", { type: "number" });
  const targets = [neg(stack, "europe-west1")];
  new ServerlessBackend(stack, "Backend", { targets, logSampleRate: Token.asNumber(rate.value) });
  expect(only(synth(stack), "google_compute_backend_service").values.log_config).toEqual({
    enable: true,
    sample_rate: `\${var.rate}`,
  });
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

test.each([2, -0.1, Number.NaN])("fails for a log sample rate of %d", (logSampleRate) => {
  expect(() => backend({ logSampleRate })).toThrow(
    `[test/Backend] logSampleRate: got ${logSampleRate}, allowed is 0 to 1; give the share, not the percentage`,
  );
});

test.each(["requestHeaders", "responseHeaders"] as const)("fails for a forbidden header in %s", (what) => {
  expect(() => backend({ [what]: { "X-Google-Secret": "1" } })).toThrow(
    `[test/Backend] ${what}: got "X-Google-Secret", allowed is an HTTP header name`,
  );
});
