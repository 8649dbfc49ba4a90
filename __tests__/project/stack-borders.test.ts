import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import * as L from "../../lib";

const IMAGE = L.ContainerImage.fromReference("europe-docker.pkg.dev/my-project/models/chat:1.0");
const REGIONS = ["europe-west1", "us-central1"];

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "borders-"));
});
afterEach(() => rmSync(outdir, { recursive: true }));

/** What two stacks of one app synthesize to, the second using constructs of the first. */
function twoStacks(build: (shared: TerraformStack, app: TerraformStack) => void): { shared: string; app: string } {
  const root = new App({ outdir });
  const [shared, app] = ["shared", "app"].map((id) => {
    const stack = new TerraformStack(root, id);
    new GoogleProvider(stack, "Google", { project: "my-project" });
    new LocalBackend(stack, { path: `${id}.tfstate` });
    return stack;
  }) as [TerraformStack, TerraformStack];
  build(shared, app);
  root.synth();
  const json = (id: string) => readFileSync(join(outdir, "stacks", id, "cdk.tf.json"), "utf8");
  return { shared: json("shared"), app: json("app") };
}

function dependencies(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, nested]) =>
    key === "depends_on" ? (nested as string[]) : dependencies(nested),
  );
}

const api = (app: TerraformStack, props: Partial<L.GlobalAiApiProps> = {}) =>
  new L.GlobalAiApi(app, "api", {
    image: IMAGE,
    regions: REGIONS,
    tls: L.Tls.managed(["chat.example.com"]),
    ...props,
  });

const instances = (scope: TerraformStack, props: Partial<L.MultiRegionInstancesProps> = {}) =>
  new L.MultiRegionInstances(scope, "gpus", { image: IMAGE, regions: REGIONS, machineType: "n2-standard-4", ...props });

const group = (scope: TerraformStack, network: L.IRegionNetwork) =>
  new L.InstanceGroupRegion(scope, "group", {
    image: IMAGE,
    region: "europe-west1",
    machineType: "n2-standard-4",
    network,
  });

const endpoint = (scope: TerraformStack, network: L.IRegionNetwork, target: L.RegionBackendTarget) =>
  new L.RegionalEndpoint(scope, "eu", {
    region: "europe-west1",
    network,
    target,
    tls: L.Tls.managed(["eu.example.com"]),
  });

/** Each prop that names a thing, the thing being in the other stack. */
const PROPS: Record<string, (shared: TerraformStack, app: TerraformStack) => void> = {
  "image of an ImageRegistry": (shared, app) => {
    const registry = new L.ImageRegistry(shared, "Models", { location: "europe" });
    api(app, { image: L.ContainerImage.fromRegistry(registry, "chat", "1.0") });
  },
  "image of a MultiRegionRegistry, on machines": (shared, app) => {
    const registry = new L.MultiRegionRegistry(shared, "Models");
    instances(app, { image: L.ContainerImage.fromRegistry(registry, "chat", "1.0") });
  },
  "image of a RemoteRegistry": (shared, app) => {
    const registry = new L.RemoteRegistry(shared, "Cache", { upstream: L.Upstream.dockerHub() });
    api(app, { image: L.ContainerImage.fromRegistry(registry, "ollama/ollama", "0.12.3") });
  },
  "results of a pipeline": (shared, app) => {
    const results = new L.ResultStore(shared, "Results", { location: L.StoreLocation.multiRegion("EU") });
    api(app).addPipeline("Docs", { image: IMAGE, results });
  },
  "who uploads, reads results and dead letters of a pipeline": (shared, app) => {
    const results = new L.ResultStore(shared, "Results", { location: L.StoreLocation.multiRegion("EU") });
    const pipeline = new L.ProcessingPipeline(shared, "Docs", { image: IMAGE, regions: REGIONS, results });
    const reader = new L.ServiceAccount(app, "Reader");
    results.grantRead(reader);
    pipeline.grantUpload(reader);
    pipeline.grantReadDeadLetters(reader);
  },
  "image of a worker pool": (shared, app) => {
    const registry = new L.ImageRegistry(shared, "Workers", { location: "europe" });
    const image = L.ContainerImage.fromRegistry(registry, "worker", "1.0");
    new L.WorkerPoolRegion(app, "Pool", { region: "europe-west1", image });
  },
  "password of a RemoteRegistry": (shared, app) => {
    const password = new L.Secret(shared, "Password");
    new L.RemoteRegistry(app, "Cache", { upstream: L.Upstream.dockerHub(), username: "acme", password });
  },
  serviceAccount: (shared, app) => {
    const secretEnv = { KEY: new L.Secret(app, "Key") };
    api(app, { serviceAccount: new L.ServiceAccount(shared, "Runtime"), secretEnv });
  },
  "serviceAccount that reads a bucket of the other stack": (shared, app) => {
    const bucket = new L.BucketBackend(app, "Files", { bucket: L.ContentBucket.create({ location: "EU" }) });
    const volumes = [L.Volume.gcs("/models", bucket.bucketName)];
    api(app, { serviceAccount: new L.ServiceAccount(shared, "Runtime"), volumes });
  },
  "serviceAccount of machines": (shared, app) =>
    instances(app, { serviceAccount: new L.ServiceAccount(shared, "Runtime") }),
  "secretEnv and Volume.secret of a new secret": (shared, app) => {
    const secret = new L.Secret(shared, "Key");
    api(app, { secretEnv: { KEY: secret }, volumes: [L.Volume.secret("/secrets", "key", secret)] });
  },
  "secretEnv of an existing secret": (shared, app) =>
    api(app, { secretEnv: { KEY: L.Secret.fromName(shared, "Key", "key") } }),
  "secretEnv of machines": (shared, app) => instances(app, { secretEnv: { KEY: new L.Secret(shared, "Key") } }),
  "secret of an OAuth client": (shared, app) =>
    api(app, {
      access: L.Access.iap(["group:staff@example.com"], {
        oauthClientId: "1.apps.googleusercontent.com",
        oauthClientSecretFrom: new L.Secret(shared, "Client"),
      }),
    }),
  "member of Access": (shared, app) =>
    api(app, { access: L.Access.members([new L.ServiceAccount(shared, "Caller").iamMember]) }),
  imagePolicy: (shared, app) =>
    api(app, { imagePolicy: new L.ImagePolicy(shared, "Policy", { patterns: ["docker.io/acme/*"] }) }),
  "attestors of an ImagePolicy": (shared, app) => {
    const keyVersions = ["projects/p/locations/europe/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"];
    new L.ImagePolicy(app, "Policy", { attestors: [new L.ImageAttestor(shared, "Attestor", { keyVersions })] });
  },
  "network of machines": (shared, app) => instances(app, { network: new L.RegionNetwork(shared, "Network") }),
  "network of an API with regional endpoints": (shared, app) =>
    api(app, {
      network: new L.RegionNetwork(shared, "Network"),
      residency: { "europe-west1": { tls: L.Tls.managed(["eu.example.com"]) } },
    }).addInstances("Gpus", { image: IMAGE, machineType: "n2-standard-4", paths: ["/gpu"] }),
  "targets of a ServerlessBackend": (shared, app) => {
    const run = new L.CloudRunRegion(shared, "Run", { image: IMAGE, region: "europe-west1" });
    new L.ServerlessBackend(app, "Backend", { targets: [run] });
  },
  "targets of an InstanceGroupBackend and a StreamBackend": (shared, app) => {
    const targets = [group(shared, new L.RegionNetwork(shared, "Network"))];
    new L.InstanceGroupBackend(app, "Backend", { targets });
    new L.StreamBackend(app, "Stream", { targets });
  },
  "target of a RegionalEndpoint: machines": (shared, app) => {
    const network = new L.RegionNetwork(shared, "Network");
    endpoint(app, network, L.RegionBackendTarget.instances([group(shared, network)]));
  },
  "backend of a regional URL map": (shared, app) => {
    const network = new L.RegionNetwork(shared, "Network");
    const target = L.RegionBackendTarget.instances([group(shared, network)]);
    const policy = new L.RegionEdgeSecurity(shared, "Policy", { region: "europe-west1" });
    const defaultBackend = new L.RegionBackendService(shared, "Backend", { target, securityPolicyId: policy.policyId });
    new L.RegionUrlRouting(app, "Routing", { region: "europe-west1", defaultBackend });
  },
  "backends of a URL map, and its frontend": (shared, app) => {
    const { backend } = new L.MultiRegionService(shared, "Chat", { image: IMAGE, regions: REGIONS });
    const routing = new L.UrlRouting(shared, "Routing", { defaultBackend: backend });
    new L.AnycastFrontend(app, "Frontend", { urlMap: routing, tls: L.Tls.managed(["chat.example.com"]) });
    new L.UrlRouting(app, "Other", { defaultBackend: backend });
  },
  "addresses, zone and edge security": (shared, app) =>
    api(app, {
      ipv4Address: new L.AnycastAddress(shared, "V4", { ipVersion: L.IpVersion.IPV4 }),
      ipv6: false,
      dnsZone: new L.DnsZone(shared, "Zone", { dnsName: "example.com" }),
      securityPolicyId: new L.EdgeSecurity(shared, "Edge").policyId,
    }),
  "certificates by map": (shared, app) => {
    const { map } = new L.ManagedCertificates(shared, "Certificates", { domains: ["chat.example.com"] });
    api(app, { tls: L.Tls.certificateMap(map.id, ["chat.example.com"]) });
  },
  "secrets of self-managed certificates": (shared, app) => {
    const [certificateSecret, privateKeySecret] = ["Chain", "Key"].map((id) => new L.Secret(shared, id));
    api(app, { tls: L.Tls.selfManaged([{ domains: ["chat.example.com"], certificateSecret, privateKeySecret }]) });
  },
  "backend of a signed URL key": (shared, app) => {
    const backend = new L.BucketBackend(shared, "Files", {
      bucket: L.ContentBucket.create({ location: "EU" }),
      readers: L.BucketReaders.SIGNED_URLS,
      cdn: L.Cdn.originHeaders(),
    });
    const value = L.SignedUrlKeyValue.fromSecret(L.Secret.fromName(shared, "Key", "key", { version: "1" }));
    new L.CdnSignedUrlKey(app, "Key", { backend, value });
  },
};

test.each(Object.entries(PROPS))("%s may be in another stack: a value, never a depends_on", (_prop, build) => {
  const { shared, app } = twoStacks(build);
  expect(dependencies(JSON.parse(app)).filter((each) => each.startsWith("data.terraform_remote_state."))).toEqual([]);
  expect(shared).not.toContain("terraform_remote_state");
});

test("a grant by hand is bound in the stack of who gets it, which may need the other stack already", () => {
  const keyVersions = ["projects/p/locations/europe/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"];
  const { shared, app } = twoStacks((first, second) => {
    const account = new L.ServiceAccount(second, "Build");
    new L.Secret(first, "Key").grantAccess(account);
    new L.ImageRegistry(first, "Models", { location: "europe" }).grantPush(account);
    new L.ImageAttestor(first, "Attestor", { keyVersions }).grantAttest(account);
  });
  expect(dependencies(JSON.parse(app)).filter((each) => each.startsWith("data."))).toEqual([]);
  expect(shared).not.toContain("terraform_remote_state");
  const bindings = Object.entries(JSON.parse(app).resource).filter(([type]) => type.endsWith("_iam_member"));
  expect(bindings.map(([type, each]) => [type, Object.keys(each as object).length])).toEqual([
    ["google_artifact_registry_repository_iam_member", 1],
    ["google_binary_authorization_attestor_iam_member", 1],
    ["google_container_analysis_note_iam_member", 1],
    ["google_kms_crypto_key_iam_member", 1],
    ["google_project_iam_member", 1],
    ["google_secret_manager_secret_iam_member", 1],
  ]);
});

test("a stack is deployed after one that it only waits for", () => {
  twoStacks(PROPS.imagePolicy!);
  const { stacks } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8"));
  expect(stacks.app.dependencies).toEqual(["shared"]);
});

test("who reads a secret of another stack is granted it in the reader's own stack, before it starts", () => {
  const { shared, app } = twoStacks((first, second) => {
    const secret = new L.Secret(first, "Key");
    new L.CloudRunRegion(second, "Run", { image: IMAGE, region: "europe-west1", secretEnv: { KEY: secret } });
  });
  expect(shared).not.toContain("google_secret_manager_secret_iam_member");
  const { resource } = JSON.parse(app);
  const [grant] = Object.keys(resource.google_secret_manager_secret_iam_member);
  const [service] = Object.values(resource.google_cloud_run_v2_service) as { depends_on: string[] }[];
  expect(service!.depends_on).toContain(`google_secret_manager_secret_iam_member.${grant}`);
});

test("a pull from a registry of another stack names the registry's project", () => {
  const { app } = twoStacks((first, second) => {
    const registry = new L.ImageRegistry(first, "Models", { location: "europe" });
    instances(second, { image: L.ContainerImage.fromRegistry(registry, "chat", "1.0") });
  });
  const [grant] = Object.values(JSON.parse(app).resource.google_artifact_registry_repository_iam_member);
  expect(grant).toMatchObject({
    project: expect.stringContaining("terraform_remote_state"),
    location: expect.stringContaining("terraform_remote_state"),
  });
});
