import {
  Access,
  Cdn,
  ContainerImage,
  Gpu,
  MultiRegionService,
  type MultiRegionServiceProps,
  Probe,
  RemovalPolicy,
  ServiceAccount,
} from "../../lib";
import { blockOf, type Resource, type TerraformDocument } from "../../lib/topology/document";
import { attributes, dependsOn, only, synth, testStack } from "../support";

const SERVICE = "google_cloud_run_v2_service";
const NEG = "google_compute_region_network_endpoint_group";
const BACKEND = "google_compute_backend_service";
const ACCOUNT = "google_service_account";
const INVOKER = "google_cloud_run_v2_service_iam_member";

const [BELGIUM, IOWA, SINGAPORE] = ["europe-west1", "us-central1", "asia-southeast1"];
const IMAGE = ContainerImage.fromReference("docker.io/acme/chat:1");

function build(options: Partial<MultiRegionServiceProps> = {}, then?: (service: MultiRegionService) => void) {
  const stack = testStack();
  const service = new MultiRegionService(stack, "Chat", { image: IMAGE, regions: [BELGIUM, IOWA], ...options });
  then?.(service);
  return synth(stack);
}

const inRegion = (document: TerraformDocument, region: string) => only(document, SERVICE, `/${region}/Resource`);
const container = (resource: Resource) => blockOf(blockOf(resource.values.template)?.containers)!;

/** Regions whose NEGs a backend service sends requests to, in order. */
function served(document: TerraformDocument, backend = only(document, BACKEND)): unknown[] {
  return (backend.values.backend as { group: string }[]).map(({ group }) => document.target(group)?.values.region);
}

test("runs the same service, under one name and as one account, in every region", () => {
  const document = build();
  const account = only(document, ACCOUNT, "Chat/ServiceAccount/Resource");
  const services = [inRegion(document, BELGIUM), inRegion(document, IOWA)];
  expect(document.ofType(SERVICE)).toEqual(services);
  expect(services.map(({ values }) => values.location)).toEqual([BELGIUM, IOWA]);
  expect(new Set(services.map(({ values }) => values.name)).size).toBe(1);
  for (const service of services) {
    expect(blockOf(service.values.template)?.service_account).toBe(`\${${account.address}.email}`);
    expect(container(service).image).toBe("docker.io/acme/chat:1");
  }
});

test("sends requests to the NEG of every region, each over its own service", () => {
  const document = build();
  expect(served(document)).toEqual([BELGIUM, IOWA]);
  for (const neg of document.ofType(NEG)) {
    const service = inRegion(document, String(neg.values.region));
    expect(neg.values.cloud_run).toEqual({ service: service.values.name });
    expect(dependsOn(neg)).toContain(service.address);
  }
});

test("gives the backend's options to the backend service", () => {
  const { values } = only(
    build({ cdn: Cdn.originHeaders(), logSampleRate: 0.5, requestHeaders: { "X-A": "1" }, compression: true }),
    BACKEND,
  );
  expect(values).toMatchObject({
    enable_cdn: true,
    log_config: { enable: true, sample_rate: 0.5 },
    custom_request_headers: ["X-A:1"],
    compression_mode: "AUTOMATIC",
  });
});

test("a further backend shares the regions that receive requests", () => {
  const document = build({ drainingRegions: [IOWA] }, (service) =>
    service.addBackend("Cached", { cdn: Cdn.originHeaders() }),
  );
  const cached = only(document, BACKEND, "Cached/Resource");
  expect(served(document, cached)).toEqual([BELGIUM]);
  expect(cached.values.enable_cdn).toBe(true);
  expect(only(document, BACKEND, "Backend/Resource").values.enable_cdn).toBe(false);
  expect(document.ofType(NEG)).toHaveLength(2);
});

test("takes the name, the account and the access that it is given", () => {
  const stack = testStack();
  const serviceAccount = ServiceAccount.fromEmail(stack, "Account", "chat@acme.iam.gserviceaccount.com");
  const access = Access.members(["group:staff@acme.example"]);
  new MultiRegionService(stack, "Chat", {
    image: IMAGE,
    regions: [BELGIUM, IOWA],
    serviceName: "chat",
    serviceAccount,
    access,
  });
  const document = synth(stack);
  expect(document.ofType(ACCOUNT)).toEqual([]);
  for (const { values } of document.ofType(SERVICE)) {
    expect(values).toMatchObject({ name: "chat", invoker_iam_disabled: false });
    expect(blockOf(values.template)?.service_account).toBe("chat@acme.iam.gserviceaccount.com");
  }
  expect(document.ofType(INVOKER).map(({ values }) => values.member)).toEqual(
    Array(2).fill("group:staff@acme.example"),
  );
});

test("lets a member call it in every region, the draining ones too, before requests arrive", () => {
  const member = "serviceAccount:caller@acme.iam.gserviceaccount.com";
  const document = build({ drainingRegions: [IOWA] }, (service) => service.grantInvoke(member));
  expect(document.ofType(INVOKER).map(({ values }) => document.target(values.name)?.values.location)).toEqual([
    BELGIUM,
    IOWA,
  ]);
  for (const invoker of document.ofType(INVOKER)) {
    expect(invoker.values).toMatchObject({ role: "roles/run.invoker", member });
    const region = document.target(invoker.values.name)?.values.location;
    const neg = document.ofType(NEG).find(({ values }) => values.region === region)!;
    expect(dependsOn(neg)).toContain(invoker.address);
  }
});

describe("regionOverrides", () => {
  test("replace options in their region only, and add to env", () => {
    const document = build({
      maxInstances: 5,
      env: { MODEL: "small", LOG: "info" },
      regionOverrides: {
        [IOWA]: {
          maxInstances: 20,
          env: { LOG: "debug", REGION: "us" },
          image: ContainerImage.fromReference("docker.io/acme/chat:us"),
        },
      },
    });
    const facts = (region: string) => {
      const resource = inRegion(document, region);
      const { image, env } = container(resource) as { image: string; env: { name: string; value: string }[] };
      const scaling = blockOf(blockOf(resource.values.template)?.scaling);
      return { image, env: Object.fromEntries(env.map((each) => [each.name, each.value])), scaling };
    };
    expect(facts(BELGIUM)).toEqual({
      image: "docker.io/acme/chat:1",
      env: { MODEL: "small", LOG: "info" },
      scaling: { min_instance_count: 0, max_instance_count: 5 },
    });
    expect(facts(IOWA)).toEqual({
      image: "docker.io/acme/chat:us",
      env: { MODEL: "small", LOG: "debug", REGION: "us" },
      scaling: { min_instance_count: 0, max_instance_count: 20 },
    });
  });

  test("one region serves on CPU what the others serve on GPU", () => {
    const frankfurt = "europe-west3";
    const document = build({
      regions: [BELGIUM, frankfurt],
      gpu: Gpu.l4(),
      env: { DEVICE: "cuda", MODEL: "m" },
      regionOverrides: { [frankfurt]: { gpu: Gpu.none(), cpu: 8, memoryMiB: 16384, env: { DEVICE: "cpu" } } },
    });
    const [gpu, cpu] = [inRegion(document, BELGIUM), inRegion(document, frankfurt)];
    expect(blockOf(gpu.values.template)?.node_selector).toEqual({ accelerator: "nvidia-l4" });
    expect(container(gpu).resources).toMatchObject({
      limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" },
      cpu_idle: false,
    });
    expect(cpu.values.template).not.toHaveProperty("node_selector");
    expect(cpu.values.template).not.toHaveProperty("gpu_zonal_redundancy_disabled");
    expect(container(cpu).resources).toMatchObject({ limits: { cpu: "8", memory: "16Gi" }, cpu_idle: true });
    expect(blockOf(container(cpu).resources)?.limits).not.toHaveProperty("nvidia.com/gpu");
    expect(container(cpu).env).toEqual([
      { name: "DEVICE", value: "cpu" },
      { name: "MODEL", value: "m" },
    ]);
    expect(served(document)).toEqual([BELGIUM, frankfurt]);
  });

  test("an option left undefined hides nothing", () => {
    const options = { maxInstances: 5, timeoutSeconds: 60 };
    const unset = { maxInstances: undefined, timeoutSeconds: undefined, env: undefined, image: undefined };
    expect(build({ ...options, regionOverrides: { [IOWA]: unset } }).json).toEqual(build(options).json);
  });

  test("their order leaves no trace", () => {
    const one = { [BELGIUM]: { maxInstances: 2 }, [IOWA]: { maxInstances: 3 } };
    const other = { [IOWA]: { maxInstances: 3 }, [BELGIUM]: { maxInstances: 2 } };
    expect(JSON.stringify(build({ regionOverrides: other }).json)).toBe(
      JSON.stringify(build({ regionOverrides: one }).json),
    );
  });
});

describe("drainingRegions", () => {
  const all = { regions: [BELGIUM, IOWA, SINGAPORE] };
  const draining = { ...all, drainingRegions: [IOWA] };

  test("keep their service and NEG, and leave the backend", () => {
    const [before, after] = [build(all), build(draining)];
    expect(served(before)).toEqual([BELGIUM, IOWA, SINGAPORE]);
    expect(served(after)).toEqual([BELGIUM, SINGAPORE]);
    expect(after.ofType(NEG)).toEqual(before.ofType(NEG));
    expect(after.resources.map(({ address }) => address)).toEqual(before.resources.map(({ address }) => address));
  });

  test("lose their deletion protection and nothing else, and the others keep theirs", () => {
    const [before, after] = [build(all), build(draining)];
    expect(attributes(inRegion(after, IOWA))).toEqual({
      ...attributes(inRegion(before, IOWA)),
      deletion_protection: false,
    });
    for (const region of [BELGIUM, SINGAPORE]) {
      expect(inRegion(after, region)).toEqual(inRegion(before, region));
      expect(inRegion(after, region).values.deletion_protection).toBe(true);
    }
  });

  test("have no say in how the others fail over", () => {
    const healthy = { minInstances: 1, readinessProbe: Probe.http("/ready") };
    const silent = { [IOWA]: { minInstances: 0 } };
    const failover = (options: Partial<MultiRegionServiceProps>) =>
      only(build({ ...healthy, regionOverrides: silent, ...options }), BACKEND).values.outlier_detection;
    expect(failover(all)).toBeDefined();
    expect(failover(draining)).toBeUndefined();
  });
});

test("nothing is protected with RemovalPolicy.DESTROY", () => {
  const protection = build({ removalPolicy: RemovalPolicy.DESTROY }).ofType(SERVICE);
  expect(protection.map(({ values }) => values.deletion_protection)).toEqual([false, false]);
});

test("the order of regions leaves no trace but the order of the backend's groups, which is a set", () => {
  const [one, other] = [build({ regions: [BELGIUM, IOWA] }), build({ regions: [IOWA, BELGIUM] })];
  const groups = (document: TerraformDocument) => [...(only(document, BACKEND).values.backend as object[])];
  expect(groups(other).toReversed()).toEqual(groups(one));
  for (const resource of one.resources) {
    expect({ ...other.at(resource.address)?.values, backend: [] }).toEqual({ ...resource.values, backend: [] });
  }
});

test("as a whole", () => {
  expect(
    build({ drainingRegions: [IOWA] }).resources.map((each) => ({ path: each.path, ...attributes(each) })),
  ).toMatchSnapshot();
});
