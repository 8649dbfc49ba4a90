import fc from "fast-check";
import {
  Access,
  Cdn,
  ContainerImage,
  Failover,
  GlobalAiApi,
  type GlobalAiApiProps,
  Gpu,
  HeaderMatch,
  PlainHttp,
  Probe,
  type RegionOverrides,
  RemovalPolicy,
  type ServerlessBackendOptions,
  Tls,
} from "../../lib";
import { REGIONS } from "../../lib/google/regions";
import { referencesIn } from "../../lib/language/reference";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate, formatFinding } from "../../lib/rules/evaluate";
import type { Resource, TerraformDocument } from "../../lib/topology/document";
import { synth, testStack } from "../support";
import { createdFirst, obstacles } from "../transition-support";

const IMAGE = ContainerImage.fromReference("docker.io/acme/chat:1");
const DOMAINS = ["api.example.com", "*.example.com", "example.com", "München.example", "*.eu.example.com"];
const HOSTS = ["*", ...DOMAINS, "x.eu.example.com"];
const PATHS = ["/*", "/v1/*", "/v1/models", "/v1/chat/completions", "/health"];

interface Part {
  readonly kind: "service" | "cached backend";
  readonly hosts: string[];
  readonly paths: string[];
  readonly fewerRegions: boolean;
}

interface Api {
  readonly props: Omit<GlobalAiApiProps, "image">;
  readonly parts: Part[];
  readonly canary?: { readonly percent: number; readonly isTested: boolean };
}

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const someOf = (values: readonly string[], minLength: number, maxLength = values.length) =>
  fc.shuffledSubarray([...values], { minLength, maxLength });

const backendOptions: fc.Arbitrary<ServerlessBackendOptions> = fc.record({
  cdn: optional(fc.constantFrom(Cdn.originHeaders(), Cdn.originHeaders({ serveWhileStaleSeconds: 60 }))),
  failover: optional(fc.constantFrom(Failover.automatic(), Failover.none())),
  logSampleRate: optional(fc.double({ min: 0, max: 1, noNaN: true })),
  requestHeaders: optional(fc.constant({ "X-Client-Region": "{client_region}" })),
  compression: optional(fc.boolean()),
});

const tls = fc.oneof(
  fc.constant(Tls.none()),
  fc
    .tuple(someOf(DOMAINS, 1), optional(fc.integer({ min: 5, max: 1200 })), fc.boolean())
    .map(([domains, keepAliveSeconds, quic]) => Tls.managed(domains, { keepAliveSeconds, quic })),
  someOf(DOMAINS, 1).map((domains) => Tls.certificateMap("projects/p/locations/global/certificateMaps/m", domains)),
);

const parts: fc.Arbitrary<Part[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom("service" as const, "cached backend" as const),
      hosts: someOf(HOSTS, 1, 2),
      paths: someOf(PATHS, 1, 2),
      fewerRegions: fc.boolean(),
    }),
    { maxLength: 3 },
  )
  .map((all) => {
    const taken = new Set<string>();
    return all.filter(({ hosts, paths }) => {
      const routes = hosts.flatMap((host) => paths.map((path) => host + path));
      if (routes.some((route) => taken.has(route))) return false;
      for (const route of routes) taken.add(route);
      return true;
    });
  });

const overrides = fc.record({
  minInstances: optional(fc.integer({ min: 0, max: 2 })),
  maxInstances: optional(fc.integer({ min: 2, max: 50 })),
  timeoutSeconds: optional(fc.integer({ min: 1, max: 3600 })),
  env: optional(fc.constant({ REGION: "here" })),
});

/** Any valid API over up to four regions; those that do not sell the GPU serve on CPU. */
const apis: fc.Arbitrary<Api> = someOf(
  REGIONS.map(({ name }) => name),
  1,
  4,
).chain((regions) =>
  fc
    .record({
      gpu: fc.constantFrom("none", "l4", "rtxPro6000"),
      overrides: fc.array(overrides, { minLength: regions.length, maxLength: regions.length }),
      draining: someOf(regions, 0, regions.length - 1),
      warm: fc.boolean(),
      access: fc.constantFrom(Access.public(), Access.members(["group:staff@acme.example", "user:a@acme.example"])),
      switches: fc.record({ ipv6: fc.boolean(), enableApis: fc.boolean() }),
      plainHttp: optional(fc.constantFrom(...Object.values(PlainHttp))),
      serviceName: optional(fc.constantFrom("chat", "other")),
      tls,
      backendOptions,
      parts,
      canary: optional(fc.record({ percent: fc.integer({ min: 0, max: 100 }), isTested: fc.boolean() })),
    })
    .map((some) => ({
      props: {
        ...some.backendOptions,
        ...some.switches,
        regions,
        tls: some.tls,
        plainHttp: some.tls.isNone ? undefined : some.plainHttp,
        access: some.access,
        serviceName: some.serviceName,
        drainingRegions: some.draining,
        gpu: gpuOf(some.gpu),
        readinessProbe: some.warm ? Probe.http("/ready") : undefined,
        minInstances: some.warm ? 1 : undefined,
        removalPolicy: RemovalPolicy.DESTROY,
        regionOverrides: Object.fromEntries(
          regions.map((region, i): [string, RegionOverrides] => [
            region,
            { ...some.overrides[i], ...(!sells(region, some.gpu) && { gpu: Gpu.none() }) },
          ]),
        ),
      },
      parts: some.parts,
      canary: some.canary,
    })),
);

function gpuOf(name: string): Gpu {
  if (name === "l4") return Gpu.l4();
  return name === "rtxPro6000" ? Gpu.rtxPro6000() : Gpu.none();
}

function sells(region: string, gpu: string): boolean {
  const { gpus } = REGIONS.find(({ name }) => name === region)!;
  return gpu === "none" || gpus[gpu as keyof typeof gpus] !== undefined;
}

function build({ props, parts, canary }: Api): TerraformDocument {
  const stack = testStack();
  const api = new GlobalAiApi(stack, "chat", { image: IMAGE, ...props, rules: false });
  parts.forEach(({ kind, fewerRegions, ...route }, i) => {
    if (kind === "service") {
      const serving = props.regions.find((region) => !props.drainingRegions?.includes(region))!;
      const { removalPolicy } = props;
      api.addService(`s${i}`, { image: IMAGE, removalPolicy, regions: fewerRegions ? [serving] : undefined, ...route });
    } else {
      api.addRoute({ backend: api.service.addBackend(`b${i}`, { cdn: Cdn.originHeaders() }), ...route });
    }
  });
  if (canary) {
    const headers = canary.isTested ? [HeaderMatch.exact("x-canary", "1")] : undefined;
    api.addCanary("canary", { image: IMAGE, percent: canary.percent, headers });
  }
  return synth(stack);
}

const LIMITS: Readonly<Record<string, RegExp>> = {
  google_cloud_run_v2_service: /^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$/,
  google_service_account: /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/,
};
const COMPUTE_NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

const nameOf = ({ values }: Resource) => (values.name ?? values.account_id) as string | undefined;
const identity = (resource: Resource) =>
  [resource.type, resource.values.location ?? resource.values.region, nameOf(resource)].join(" ");
/** The resources with a name of their own: that of a binding is its service's. */
const named = (document: TerraformDocument) =>
  document.resources.filter((each) => nameOf(each) !== undefined && !each.type.endsWith("_iam_member"));

/** Addresses of all that a resource waits for, itself included. */
function waitsFor(document: TerraformDocument, resource: Resource): Set<string> {
  const found = new Set<string>();
  const pending = [resource.address];
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    if (found.has(address)) continue;
    found.add(address);
    pending.push(...document.references(document.at(address)?.values).map((reference) => reference.address));
  }
  return found;
}

function expectReferencesToLeadSomewhere(document: TerraformDocument): void {
  const { resource, output } = document.json;
  const references = referencesIn([resource, output]);
  expect(references.length).toBeGreaterThan(0);
  expect(references.filter(({ address }) => !document.at(address))).toEqual([]);
}

function expectNamesToFit(document: TerraformDocument): void {
  for (const resource of named(document)) expect(nameOf(resource)).toMatch(LIMITS[resource.type] ?? COMPUTE_NAME);
  const keys = named(document).map(identity);
  expect(keys.toSorted()).toEqual([...new Set(keys)].sort());
}

/** Each backend service has one NEG for each region that receives requests, all of one service, and nothing that serverless refuses. */
function expectBackendsToServe(document: TerraformDocument, { props }: Api): void {
  const serving = props.regions.filter((region) => !props.drainingRegions?.includes(region));
  for (const backend of document.ofType("google_compute_backend_service")) {
    const groups = (backend.values.backend as { group: string }[]).map(({ group }) => document.target(group)!);
    const regions = groups.map(({ values }) => values.region as string);
    const mayServeFewer = backend.path?.startsWith("test/chat/s");
    expect(regions).toEqual(mayServeFewer && regions.length === 1 ? serving.slice(0, 1) : serving);
    expect(new Set(groups.map(({ values }) => JSON.stringify(values.cloud_run))).size).toBe(1);
    for (const refused of ["timeout_sec", "port_name", "health_checks"])
      expect(backend.values).not.toHaveProperty(refused);
  }
}

function expectToWaitForApis(document: TerraformDocument, { props }: Api): void {
  const services = document.ofType("google_project_service");
  if (!props.enableApis) {
    expect(services).toEqual([]);
    return;
  }
  for (const resource of document.resources) {
    const [, kind] = /^google_(compute|certificate_manager|cloud_run|service_account)/.exec(resource.type) ?? [];
    if (!kind) continue;
    const name = { cloud_run: "run", service_account: "iam" }[kind] ?? kind.replace("_", "");
    const service = services.find(({ values }) => values.service === `${name}.googleapis.com`);
    expect([...waitsFor(document, resource)]).toContain(service?.address);
  }
}

/** What the constructs accept, the rulebook does not reject. Hosts of routes are drawn here without regard to the domains. */
function expectNoError(document: TerraformDocument): void {
  const errors = evaluate(document, allRules).findings.filter(({ severity }) => severity === "error");
  expect(errors.filter(({ rule }) => rule !== "tls-host-covered").map(formatFinding)).toEqual([]);
}

test("any valid API synthesizes: references lead somewhere, names fit and are unique, backends serve, all waits for its API, no rule rejects it", () => {
  fc.assert(
    fc.property(apis, (api) => {
      const document = build(api);
      expectReferencesToLeadSomewhere(document);
      expectNamesToFit(document);
      expectBackendsToServe(document, api);
      expectToWaitForApis(document, api);
      expectNoError(document);
    }),
    { numRuns: 40 },
  );
});

test("any valid API of an unprotected environment is changed into any other in one deploy, but that a public one refuses everybody for a moment when it is closed", () => {
  fc.assert(
    fc.property(apis, apis, (from, to) => {
      const [before, after] = [build(from), build(to)];
      expect(obstacles(before, after).filter((each) => !each.startsWith("callers-refused: "))).toEqual([]);
      const never = [...createdFirst(after)].filter((address) => /_global_(address|forwarding_rule)\./.test(address));
      expect(never).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test("two APIs in one stack share no name", () => {
  fc.assert(
    fc.property(apis, (api) => {
      const stack = testStack();
      const props = { image: IMAGE, ...api.props, serviceName: undefined, rules: false };
      new GlobalAiApi(stack, "chat", props);
      new GlobalAiApi(stack, "chat-b", { ...props, outputPrefix: "b_" });
      const keys = named(synth(stack)).map(identity);
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: 10 },
  );
});
