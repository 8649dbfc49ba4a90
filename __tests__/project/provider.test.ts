import { ComputeNetwork } from "@cdktf/provider-google/lib/compute-network";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { TerraformProvider, TerraformStack } from "cdktf";
import * as L from "../../lib";
import type { Resource, TerraformDocument } from "../../lib/topology/document";
import { findingsOf, type Json } from "../rules/rule-support";
import { only, synth, testStack } from "../support";

const IMAGE = L.ContainerImage.fromReference("europe-docker.pkg.dev/test-project/models/chat:1.0");
const REGIONS = ["europe-west1", "us-central1"];

/** A stack with a default provider and one for the project `serving`. */
function twoProjects() {
  const stack = testStack();
  const serving = new GoogleProvider(stack, "Serving", { alias: "serving", project: "serving" });
  return { stack, serving };
}

const googleOf = (document: TerraformDocument, prefix: string) =>
  document.resources.filter(({ type, path }) => type.startsWith("google_") && path?.startsWith(`test/${prefix}`));

const providersOf = (resources: readonly Resource[]) => [...new Set(resources.map(({ values }) => values.provider))];

const services = (document: TerraformDocument, set: string) =>
  googleOf(document, `${set}/`)
    .map(({ values }) => values.service)
    .sort();

test("two APIs of one stack in two projects: each has its resources, APIs, grants and data in its own", () => {
  const { stack, serving } = twoProjects();
  const props = {
    image: IMAGE,
    regions: REGIONS,
    removalPolicy: L.RemovalPolicy.DESTROY,
    access: L.Access.iap(["group:staff@example.com"]),
    residency: { "europe-west1": { tls: L.Tls.none() } },
  };
  for (const [id, provider] of [
    ["one", undefined],
    ["two", serving],
  ] as const) {
    const secretEnv = { KEY: new L.Secret(stack, `Key of ${id}`, { provider }) };
    const api = new L.GlobalAiApi(stack, id, {
      ...props,
      access: undefined,
      tls: L.Tls.managed([`${id}.example.com`]),
      outputPrefix: `${id}_`,
      secretEnv,
      provider,
    });
    api.addInstances("Gpus", { image: IMAGE, machineType: "n2-standard-4", paths: ["/gpu"] });
    const { residency: _residency, ...service } = props;
    api.addService("Staff", { ...service, hosts: [`${id}.example.com`] });
  }
  const document = synth(stack);
  expect(providersOf(googleOf(document, "one/"))).toEqual([undefined]);
  expect(providersOf(googleOf(document, "two/"))).toEqual(["google.serving"]);
  for (const kind of ["ProjectServices", "Iam"]) {
    const [standard, other] = [googleOf(document, `${kind}/`), googleOf(document, `${kind} serving/`)];
    expect(providersOf(standard)).toEqual([undefined]);
    expect(providersOf(other)).toEqual(["google.serving"]);
    expect(other).toHaveLength(standard.length);
    const own = new Set(other.map(({ address }) => address));
    const users = googleOf(document, "two/").flatMap(({ values }) => document.references(values));
    expect(users.some(({ address }) => own.has(address))).toBe(true);
    expect(users.filter(({ address }) => standard.some((each) => each.address === address))).toEqual([]);
  }
  expect(services(document, "ProjectServices serving")).toEqual(services(document, "ProjectServices"));
  const errors = findingsOf(stack.toTerraform() as Json).filter(({ severity }) => severity === "error");
  expect(errors).toEqual([]);
});

test("a construct hands its provider down, to the user's own resources too; a nearer one wins", () => {
  const { stack, serving } = twoProjects();
  const host = new GoogleProvider(stack, "Host", { alias: "host", project: "host" });
  const api = new L.MultiRegionService(stack, "api", { image: IMAGE, regions: REGIONS, provider: serving });
  new ComputeNetwork(api, "Own", { name: "own" });
  new ComputeNetwork(api, "OwnHost", { name: "own-host", provider: host });
  new L.RegionNetwork(api, "Network", { regions: ["europe-west1"], provider: host });
  const document = synth(stack);
  const providerOf = (path: string) =>
    document.resources.find((each) => each.path === `test/api/${path}`)?.values.provider;
  expect(providerOf("Own")).toBe("google.serving");
  expect(providerOf("OwnHost")).toBe("google.host");
  expect(providersOf(googleOf(document, "api/Network"))).toEqual(["google.host"]);
  expect(services(document, "ProjectServices host")).toEqual(["compute.googleapis.com"]);
});

test("each part of a stack that takes a provider uses it, its APIs too", () => {
  const { stack, serving: provider } = twoProjects();
  new L.ImageRegistry(stack, "Registry", { location: "europe", provider });
  new L.MultiRegionRegistry(stack, "Registries", { provider });
  new L.RemoteRegistry(stack, "Cache", { upstream: L.Upstream.dockerHub(), provider });
  new L.ServiceAccount(stack, "Account", { provider }).grantProjectRole("roles/logging.logWriter");
  new L.Secret(stack, "Secret", { provider });
  new L.DnsZone(stack, "Zone", { dnsName: "example.com", provider });
  new L.EdgeSecurity(stack, "Edge", { provider });
  new L.EdgePolicy(stack, "Policy", { provider });
  new L.RegionEdgeSecurity(stack, "RegionEdge", { region: "europe-west1", provider });
  new L.AnycastAddress(stack, "Address", { ipVersion: L.IpVersion.IPV4, provider });
  new L.ManagedCertificates(stack, "Certificates", { domains: ["a.example.com"], provider });
  new L.BucketBackend(stack, "Files", { bucket: L.ContentBucket.create({ location: "EU" }), provider });
  new L.ImagePolicy(stack, "Images", { patterns: ["docker.io/acme/*"], provider });
  new L.MultiRegionInstances(stack, "Gpus", {
    image: IMAGE,
    regions: ["europe-west1"],
    machineType: "n2-standard-4",
    provider,
  });
  const document = synth(stack);
  const google = document.resources.filter(({ type }) => type.startsWith("google_"));
  expect(providersOf(google)).toEqual(["google.serving"]);
  expect(only(document, "google_storage_bucket").values.name).toMatch(/^serving-/);
});

test("a provider of another kind is handed down without an alias too", () => {
  const stack = testStack();
  const settings = { terraformResourceType: "google-beta", terraformProviderSource: "hashicorp/google-beta" };
  const provider = new (class extends TerraformProvider {})(stack, "Beta", settings);
  new L.Secret(stack, "Key", { provider });
  const document = synth(stack);
  expect(only(document, "google_secret_manager_secret").values.provider).toBe("google-beta");
  expect(services(document, "ProjectServices google-beta")).toEqual(["secretmanager.googleapis.com"]);
});

test("the default provider may be named: nothing changes", () => {
  const json = (given: boolean) => {
    const stack = new TerraformStack(testStack().node.root as never, "main");
    const provider = new GoogleProvider(stack, "Google", { project: "p" });
    new L.MultiRegionService(stack, "api", { image: IMAGE, regions: REGIONS, provider: given ? provider : undefined });
    return synth(stack).resources;
  };
  expect(json(true)).toEqual(json(false));
});

test("a secret of another project is named with it, by services, machines and grants alike", () => {
  const { stack, serving } = twoProjects();
  const key = new L.Secret(stack, "Key", { secretId: "key" });
  const existing = L.Secret.fromName(stack, "Existing", "existing");
  const near = L.Secret.fromName(stack, "Near", "near", { provider: serving });
  new L.CloudRunRegion(stack, "Run", {
    image: IMAGE,
    region: "europe-west1",
    secretEnv: { KEY: key, EXISTING: existing, NEAR: near },
    provider: serving,
  });
  const document = synth(stack);
  const text = JSON.stringify(only(document, "google_cloud_run_v2_service").values.template);
  const { address } = only(document, "google_secret_manager_secret");
  expect(text).toContain(`"secret":"projects/test-project/secrets/\${${address}.secret_id}"`);
  expect(text).toContain('"secret":"projects/test-project/secrets/existing"');
  expect(text).toContain('"secret":"near"');
  const grants = document.ofType("google_secret_manager_secret_iam_member");
  expect(grants.map(({ values }) => [values.secret_id, values.provider])).toEqual([
    [`\${${address}.secret_id}`, undefined],
    ["existing", undefined],
    ["near", "google.serving"],
  ]);
});

test("a service that pulls from another project's registry: its service agent is granted that first", () => {
  const { stack, serving } = twoProjects();
  const registry = new L.ImageRegistry(stack, "Models", { location: "europe" });
  const image = L.ContainerImage.fromRegistry(registry, "chat", "1.0");
  new L.MultiRegionService(stack, "same", { image, regions: REGIONS });
  new L.MultiRegionService(stack, "other", { image, regions: REGIONS, provider: serving });
  const document = synth(stack);
  const grant = only(document, "google_artifact_registry_repository_iam_member");
  const project = document.resources.find(({ isData, path }) => isData && path === "test/Iam serving/Project")!;
  expect(grant.values).toMatchObject({
    role: "roles/artifactregistry.reader",
    member: `serviceAccount:service-\${${project.address}.number}@serverless-robot-prod.iam.gserviceaccount.com`,
  });
  const waiting = document
    .ofType("google_cloud_run_v2_service")
    .filter(({ values }) => (values.depends_on as string[]).includes(grant.address));
  expect(waiting.map(({ values }) => values.provider)).toEqual(["google.serving", "google.serving"]);
});

test("records in a zone of another project are created there", () => {
  const { stack, serving } = twoProjects();
  const dnsZone = new L.DnsZone(stack, "Zone", { dnsName: "example.com" });
  new L.GlobalAiApi(stack, "api", {
    image: IMAGE,
    regions: REGIONS,
    tls: L.Tls.managed(["api.example.com"]),
    dnsZone,
    provider: serving,
  });
  const projects = synth(stack)
    .ofType("google_dns_record_set")
    .map(({ values }) => values.project);
  expect([...new Set(projects)]).toEqual(["test-project"]);
});

test("Docker logs in with the provider of the image that needs it first", () => {
  const { stack, serving: provider } = twoProjects();
  const service = new L.MultiRegionService(stack, "api", { image: IMAGE, regions: REGIONS, provider });
  L.DockerEngine.of(service);
  const token = synth(stack).resources.find(({ type }) => type === "google_client_config");
  expect(token!.values.provider).toBe("google.serving");
});

test("each project may have a Binary Authorization policy", () => {
  const { stack, serving: provider } = twoProjects();
  new L.ImagePolicy(stack, "One", { patterns: ["docker.io/acme/*"] });
  new L.ImagePolicy(stack, "Two", { patterns: ["docker.io/acme/*"], provider });
  expect(() => new L.ImagePolicy(stack, "Three", { patterns: ["docker.io/acme/*"], provider })).toThrow(
    'got "a second one beside test/Two", allowed is one for each project',
  );
});

test("enabling APIs elsewhere counts for the API's own project only", () => {
  const { stack, serving: provider } = twoProjects();
  const props = { image: IMAGE, regions: REGIONS, tls: L.Tls.none() };
  new L.GlobalAiApi(stack, "one", { ...props, outputPrefix: "one_" });
  new L.GlobalAiApi(stack, "two", { ...props, outputPrefix: "two_", provider, enableApis: false });
  const document = synth(stack);
  expect(providersOf(document.ofType("google_project_service"))).toEqual([undefined]);
});

test("fails for a provider of another stack", () => {
  const provider = new GoogleProvider(testStack("other"), "Serving", { alias: "serving", project: "serving" });
  expect(() => new L.Secret(testStack(), "Key", { provider })).toThrow(
    '[test/Key] provider: got "other/Serving", allowed is a provider of the construct\'s own stack',
  );
});

test("fails for what is not a google provider", () => {
  const provider = "google.serving" as never;
  expect(() => new L.Secret(testStack(), "Key", { provider })).toThrow(
    '[test/Key] provider: got "google.serving", allowed is a TerraformProvider; pass a TerraformProvider',
  );
});
