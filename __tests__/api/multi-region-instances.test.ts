import {
  Access,
  AutoHealing,
  Balancing,
  Cdn,
  ContainerImage,
  HealthCheck,
  MultiRegionInstances,
  type MultiRegionInstancesProps,
  RegionNetwork,
  RemovalPolicy,
  ScalingMode,
  ServiceAccount,
} from "../../lib";
import { blocksOf, type TerraformDocument } from "../../lib/topology/document";
import { only, synth, testStack } from "../support";
import { expectTransition, transition } from "../transition-support";

const GROUP = "google_compute_region_instance_group_manager";
const TEMPLATE = "google_compute_region_instance_template";
const BACKEND = "google_compute_backend_service";
const [BELGIUM, SAO_PAULO, TOKYO] = ["europe-west1", "southamerica-east1", "asia-northeast1"];

function build(
  options: Partial<MultiRegionInstancesProps> = {},
  then?: (instances: MultiRegionInstances) => void,
): TerraformDocument {
  const stack = testStack();
  const instances = new MultiRegionInstances(stack, "Chat", {
    image: ContainerImage.fromReference("docker.io/acme/chat:1"),
    regions: [BELGIUM, SAO_PAULO],
    machineType: "n2-standard-4",
    ...options,
  });
  then?.(instances);
  return synth(stack);
}

const inRegion = (document: TerraformDocument, type: string, region: string) =>
  document.ofType(type).find(({ values }) => values.region === region)!;

/** Regions and capacities of a backend service. */
const served = (document: TerraformDocument, pathEnd = "Backend/Resource") =>
  blocksOf(only(document, BACKEND, pathEnd).values.backend).map(({ group, capacity_scaler }) => [
    document.target(group)?.values.region,
    capacity_scaler,
  ]);

test("the same machines in every region, in one network and as one account, behind one backend service", () => {
  const document = build();
  expect(served(document)).toEqual([
    [BELGIUM, 1],
    [SAO_PAULO, 1],
  ]);
  expect(document.ofType("google_compute_network")).toHaveLength(1);
  const account = only(document, "google_service_account");
  const subnets = document.ofType(TEMPLATE).map(({ values }) => {
    expect(values.service_account).toMatchObject({ email: `\${${account.address}.email}` });
    return document.target(blocksOf(values.network_interface)[0]?.subnetwork)?.values.region;
  });
  expect(subnets).toEqual([BELGIUM, SAO_PAULO]);
});

test("network, account, checks, balancing and access are passed on", () => {
  const stack = testStack();
  const ready = HealthCheck.http("/readyz");
  const instances = new MultiRegionInstances(stack, "Chat", {
    image: ContainerImage.fromReference("docker.io/acme/chat:1"),
    regions: [BELGIUM],
    machineType: "g2-standard-8",
    network: new RegionNetwork(stack, "Network"),
    serviceAccount: new ServiceAccount(stack, "Account"),
    healthCheck: ready,
    autoHealing: AutoHealing.by(ready),
    balancing: Balancing.rate({ maxRatePerInstance: 4 }),
    timeoutSeconds: 900,
    access: Access.iap(["group:team@example.com"]),
  });
  instances.addBackend("Other", { timeoutSeconds: 60 });
  const document = synth(stack);
  expect(document.ofType("google_compute_network").map(({ path }) => path)).toEqual(["test/Network/Resource"]);
  expect(document.ofType("google_service_account").map(({ path }) => path)).toEqual(["test/Account/Resource"]);
  for (const [path, timeout] of [
    ["Chat/Backend/Resource", 900],
    ["Chat/Other/Resource", 60],
  ] as const) {
    const { values } = only(document, BACKEND, path);
    expect(values).toMatchObject({ timeout_sec: timeout, iap: { enabled: true } });
    expect(blocksOf(values.backend)).toMatchObject([{ balancing_mode: "RATE", max_rate_per_instance: 4 }]);
    const check = document.target((values.health_checks as string[])[0]);
    expect(check?.values.http_health_check).toMatchObject({ request_path: "/readyz" });
  }
});

test("one region may differ; common variables stay beside its own", () => {
  const env = (document: TerraformDocument, region: string) => {
    const { metadata } = inRegion(document, TEMPLATE, region).values as { metadata: Record<string, string> };
    return ["COMMON", "OWN"].filter((name) => metadata["user-data"]?.includes(`/etc/serving/env/${name}"`));
  };
  const document = build({
    env: { COMMON: "1" },
    balancing: Balancing.rate({ maxRatePerInstance: 4 }),
    regionOverrides: {
      [SAO_PAULO]: {
        machineType: "n2-standard-8",
        env: { OWN: "1" },
        maxInstances: undefined,
        balancing: Balancing.rate({ maxRatePerInstance: 8 }),
      },
    },
  });
  expect([BELGIUM, SAO_PAULO].map((region) => inRegion(document, TEMPLATE, region).values.machine_type)).toEqual([
    "n2-standard-4",
    "n2-standard-8",
  ]);
  expect(env(document, BELGIUM)).toEqual(["COMMON"]);
  expect(env(document, SAO_PAULO)).toEqual(["COMMON", "OWN"]);
  const rates = blocksOf(only(document, BACKEND).values.backend).map((each) => each.max_rate_per_instance);
  expect(rates).toEqual([4, 8]);
});

test("machines, their number and their roll-outs may differ too", () => {
  const document = build({
    bootDiskGiB: 80,
    scalingMode: ScalingMode.ON,
    regionOverrides: { [SAO_PAULO]: { bootDiskGiB: 200, scalingMode: ScalingMode.ONLY_SCALE_OUT, maxSurge: 6 } },
  });
  const found = [BELGIUM, SAO_PAULO].map((region) => [
    blocksOf(inRegion(document, TEMPLATE, region).values.disk)[0]?.disk_size_gb,
    blocksOf(inRegion(document, "google_compute_region_autoscaler", region).values.autoscaling_policy)[0]?.mode,
    blocksOf(inRegion(document, GROUP, region).values.update_policy)[0]?.max_surge_fixed,
  ]);
  expect(found).toEqual([
    [80, "ON", 3],
    [200, "ONLY_SCALE_OUT", 6],
  ]);
});

test("a draining region keeps its machines, and gets nothing new from any backend service", () => {
  const document = build({ drainingRegions: [SAO_PAULO] }, (instances) => {
    instances.addBackend("Cached", { cdn: Cdn.originHeaders() });
  });
  expect(document.ofType(GROUP)).toHaveLength(2);
  for (const path of ["Backend/Resource", "Cached/Resource"]) {
    expect(served(document, path)).toEqual([
      [BELGIUM, 1],
      [SAO_PAULO, 0],
    ]);
  }
});

test("groups are protected where asked for, but for those that drain", () => {
  const kept = (document: TerraformDocument) =>
    [BELGIUM, SAO_PAULO].map((region) => blocksOf(inRegion(document, GROUP, region).values.lifecycle)[0]);
  expect(kept(build()).map((lifecycle) => lifecycle?.prevent_destroy)).toEqual([undefined, undefined]);
  const document = build({ removalPolicy: RemovalPolicy.PROTECT, drainingRegions: [SAO_PAULO] });
  expect(kept(document).map((lifecycle) => lifecycle?.prevent_destroy)).toEqual([true, undefined]);
});

test.each<[string, Partial<MultiRegionInstancesProps>, RegExp]>([
  ["no region", { regions: [] }, /regions: got \[\], allowed is at least one region/],
  ["a region twice", { regions: [BELGIUM, BELGIUM] }, /each value once/],
  ["what is no region", { regions: ["europe-west"] }, /did you mean "europe-west/],
  ["nothing left that serves", { drainingRegions: [BELGIUM, SAO_PAULO] }, /leave one region out of drainingRegions/],
  [
    "another port in one region",
    { regionOverrides: { [SAO_PAULO]: { port: 9000 } } },
    /targets: got "port-9000: 9000 in southamerica-east1 beside port-8080: 8080 in europe-west1"/,
  ],
  [
    "an override elsewhere",
    { regionOverrides: { [TOKYO]: { bootDiskGiB: 50 } } },
    /regionOverrides: got "asia-northeast1"/,
  ],
  [
    "a GPU that the region does not sell",
    { machineType: "a3-highgpu-8g", regions: [SAO_PAULO] },
    /machineType: got "a3-highgpu-8g in southamerica-east1".*the nearest regions that have it are us-east/,
  ],
])("fails for %s", (_, options, message) => {
  expect(() => build(options)).toThrow(message);
});

describe("transitions", () => {
  test("a region comes: nothing that serves is touched but the backend service", () => {
    const change = transition(build(), build({ regions: [BELGIUM, SAO_PAULO, TOKYO] }));
    expect(change).toMatchObject({ removed: [], replaced: [], changed: ["Chat/Backend"] });
    expect(change.added).toContain(`Chat/${TOKYO}`);
    expectTransition(build(), build({ regions: [BELGIUM, SAO_PAULO, TOKYO] }), change);
  });

  test("a region goes by draining it first", () => {
    const draining = build({ drainingRegions: [SAO_PAULO] });
    expectTransition(build(), draining, { changed: ["Chat/Backend"] });
    const change = transition(draining, build({ regions: [BELGIUM] }));
    expect(change).toMatchObject({ added: [], replaced: [], changed: ["Chat/Backend"] });
    expectTransition(draining, build({ regions: [BELGIUM] }), change);
  });

  test("an image comes to all regions by new templates alone", () => {
    const image = ContainerImage.fromReference("docker.io/acme/chat:2");
    expectTransition(build(), build({ image }), {
      replaced: [`Chat/${BELGIUM}/Template`, `Chat/${SAO_PAULO}/Template`],
    });
  });
});
