import fc from "fast-check";
import {
  AutoHealing,
  GoogleProviderVersion,
  HealthCheck,
  type InstanceGroupRegion,
  ModelStore,
  RemovalPolicy,
  Reservations,
  RolloutMode,
  ScaleIn,
  ScalingSignal,
  ServiceAccount,
  ZoneDistribution,
} from "../../../lib";
import { allRules } from "../../../lib/rules/all-rules";
import { evaluate } from "../../../lib/rules/evaluate";
import { type Block, blockOf, blocksOf, type TerraformDocument } from "../../../lib/topology/document";
import { attributes, dependsOn, only, synth, testStack } from "../../support";
import { backendOver, type GroupSetup, instanceGroup, REGION } from "./instance-group-stack";

const GROUP = "google_compute_region_instance_group_manager";
const TEMPLATE = "google_compute_region_instance_template";
const L4 = "g2-standard-8";

interface Built {
  readonly group: InstanceGroupRegion;
  readonly document: TerraformDocument;
  readonly manager: Block;
  readonly template: Block;
}

function build(setup: GroupSetup = {}): Built {
  const stack = setup.in ?? testStack();
  const group = instanceGroup({ ...setup, in: stack });
  backendOver(stack, group);
  const document = synth(stack);
  return {
    group,
    document,
    manager: attributes(only(document, GROUP)),
    template: attributes(only(document, TEMPLATE)),
  };
}

function findings(document: TerraformDocument): string[] {
  return evaluate(document, allRules)
    .findings.filter(({ address }) => !address.startsWith("google_compute_backend_service"))
    .map(({ rule, address, attribute }) => `${rule} ${address} ${attribute}`);
}

describe("a group with nothing but an image and a machine type", () => {
  const { group, document, manager, template } = build({ autoHealing: undefined });

  test("is spread over zones, healed, scaled by the CPU, and never has less than its capacity during a roll-out", () => {
    expect(manager).toMatchObject({
      region: REGION,
      base_instance_name: expect.stringMatching(/^test-chat-[a-z0-9]{6}$/),
      distribution_policy_target_shape: "EVEN",
      named_port: [{ name: "port-8080", port: 8080 }],
      target_size: 1,
      update_policy: {
        type: "PROACTIVE",
        minimal_action: "REPLACE",
        replacement_method: "SUBSTITUTE",
        instance_redistribution_type: "PROACTIVE",
        max_surge_fixed: 3,
        max_unavailable_fixed: 0,
      },
      auto_healing_policies: { initial_delay_sec: 600 },
      instance_lifecycle_policy: { default_action_on_failure: "REPAIR" },
      wait_for_instances: true,
      wait_for_instances_status: "UPDATED",
      timeouts: { create: "30m" },
    });
    expect(manager).not.toHaveProperty("distribution_policy_zones");
    expect(attributes(only(document, "google_compute_region_autoscaler"))).toMatchObject({
      region: REGION,
      target: expect.stringContaining(`${GROUP}.chat_`),
      autoscaling_policy: {
        min_replicas: 1,
        max_replicas: 10,
        cooldown_period: 180,
        mode: "ON",
        cpu_utilization: { target: 0.6, predictive_method: "NONE" },
      },
    });
    expect(attributes(only(document, "google_compute_health_check", "chat/HealthCheck"))).toMatchObject({
      tcp_health_check: { port: 8080 },
      check_interval_sec: 30,
      unhealthy_threshold: 10,
    });
  });

  test("runs on shielded machines without an address, as an account of its own", () => {
    expect(template).toMatchObject({
      region: REGION,
      machine_type: "n2-standard-4",
      scheduling: { on_host_maintenance: "MIGRATE", automatic_restart: true },
      shielded_instance_config: { enable_secure_boot: true, enable_vtpm: true, enable_integrity_monitoring: true },
      service_account: {
        email: expect.stringContaining("google_service_account.chat_ServiceAccount"),
        scopes: ["cloud-platform"],
      },
      network_interface: [{ subnetwork: expect.stringContaining("google_compute_subnetwork.") }],
      tags: [group.tag],
    });
    expect(blocksOf(template.network_interface)[0]).not.toHaveProperty("access_config");
    expect(template).not.toHaveProperty("reservation_affinity");
  });

  test("admits Google's health checks and front ends only, before the first machine boots", () => {
    const firewall = only(document, "google_compute_firewall");
    expect(attributes(firewall)).toMatchObject({
      source_ranges: ["130.211.0.0/22", "35.191.0.0/16"],
      target_tags: [group.tag],
      allow: [{ protocol: "tcp", ports: ["8080"] }],
    });
    const before = dependsOn(only(document, GROUP));
    expect(before).toContain(firewall.address);
    expect(before.some((address) => address.startsWith("google_compute_router_nat."))).toBe(true);
    expect(before.some((address) => address.startsWith("google_project_iam_member."))).toBe(true);
  });

  test("is a target for backends", () => {
    expect(group).toMatchObject({ region: REGION, port: 8080, portName: "port-8080", admittedPorts: [8080] });
    expect(group.dependables).toHaveLength(1);
    expect(group.networkId).toBe(group.network.networkId);
  });

  test("gives no finding", () => {
    expect(findings(document)).toEqual([]);
  });

  test("keeps its logical ids", () => {
    const paths = document.resources.map(({ path }) => path ?? "").filter((path) => path.includes("/chat"));
    expect(paths.sort()).toEqual([
      "test/chat/Autoscaler",
      "test/chat/HealthCheck",
      "test/chat/Resource",
      "test/chat/ServiceAccount/Resource",
      "test/chat/Template",
    ]);
  });
});

test("a group with GPUs is spread by what the zones have, is scaled by how busy they are, and gets more time", () => {
  const { document, manager } = build({ machineType: L4 });
  expect(manager).toMatchObject({
    distribution_policy_target_shape: "BALANCED",
    update_policy: { instance_redistribution_type: "NONE" },
    auto_healing_policies: { initial_delay_sec: 1800 },
    timeouts: { create: "60m" },
  });
  const zones = manager.distribution_policy_zones as string[];
  expect(zones.every((zone) => zone.startsWith(REGION))).toBe(true);
  expect(blockOf(manager.update_policy)!.max_surge_fixed).toBe(zones.length);
  const policy = blockOf(only(document, "google_compute_region_autoscaler").values.autoscaling_policy)!;
  expect(policy).toMatchObject({ max_replicas: 3, cooldown_period: 600 });
  expect(blocksOf(policy.metric)).toEqual([
    { name: "custom.googleapis.com/serving/gpu_utilization", target: 70, type: "GAUGE" },
  ]);
  expect(policy).not.toHaveProperty("cpu_utilization");
  expect(findings(document)).toEqual([]);
});

test("every option at once gives no finding", () => {
  const stack = testStack();
  const serviceAccount = ServiceAccount.fromEmail(stack, "Account", "chat@test-project.iam.gserviceaccount.com");
  const { document, manager, template, group } = build({
    in: stack,
    serviceAccount,
    port: 9000,
    minInstances: 2,
    maxInstances: 20,
    zones: ["europe-west4-b", "europe-west4-a"],
    zoneDistribution: ZoneDistribution.EVEN,
    scaling: [ScalingSignal.cpu(0.5, { predictive: true }), ScalingSignal.loadBalancing(0.7)],
    scalingSchedules: [{ name: "morning", cron: "30 7 * * Mon-Fri", durationSeconds: 3600, minInstances: 6 }],
    scaleIn: ScaleIn.percent(10, { windowSeconds: 1200 }),
    initializationSeconds: 240,
    autoHealing: AutoHealing.by(HealthCheck.http("/livez", { port: 9001 }), { initialDelaySeconds: 900 }),
    rolloutMode: RolloutMode.OPPORTUNISTIC,
    maxSurge: 4,
    maxUnavailable: 2,
    waitMinutes: 0,
    reservations: Reservations.specific("chat"),
    removalPolicy: RemovalPolicy.PROTECT,
    labels: { team: "chat" },
  });
  expect(manager).toMatchObject({
    distribution_policy_zones: ["europe-west4-b", "europe-west4-a"],
    named_port: [{ name: "port-9000", port: 9000 }],
    target_size: 2,
    update_policy: { type: "OPPORTUNISTIC", max_surge_fixed: 4, max_unavailable_fixed: 2 },
    auto_healing_policies: { initial_delay_sec: 900 },
    wait_for_instances: false,
    wait_for_instances_status: "STABLE",
  });
  expect(manager).not.toHaveProperty("timeouts");
  expect(only(document, GROUP).values.lifecycle).toMatchObject({
    create_before_destroy: true,
    ignore_changes: ["target_size"],
    prevent_destroy: true,
  });
  expect(template).toMatchObject({
    labels: { team: "chat" },
    reservation_affinity: {
      type: "SPECIFIC_RESERVATION",
      specific_reservation: { key: "compute.googleapis.com/reservation-name", values: ["chat"] },
    },
  });
  expect(group.admittedPorts).toEqual([9000, 9001]);
  expect(blocksOf(only(document, "google_compute_firewall").values.allow)[0]).toMatchObject({
    ports: ["9000", "9001"],
  });
  expect(findings(document)).toEqual([]);
});

test("groups of random options give no finding", () => {
  const letters = ["a", "b", "c"];
  const options = fc.record({
    machineType: fc.constantFrom("n2-standard-4", "c3-standard-8", "e2-standard-2", L4),
    zones: fc.option(fc.subarray(letters, { minLength: 2 }), { nil: undefined }),
    minInstances: fc.integer({ min: 1, max: 12 }),
    more: fc.integer({ min: 0, max: 30 }),
    spot: fc.boolean(),
    port: fc.constantFrom(8000, 8080),
    maxSurge: fc.constantFrom(undefined, 3, 5),
    zoneDistribution: fc.constantFrom(undefined, ZoneDistribution.EVEN, ZoneDistribution.BALANCED),
    rolloutMode: fc.constantFrom(RolloutMode.PROACTIVE, RolloutMode.OPPORTUNISTIC),
    scaling: fc.constantFrom(ScalingSignal.queue("jobs", 3), ScalingSignal.gpuUtilization(60), ScalingSignal.cpu(0.5)),
  });
  const stack = testStack();
  const sample = fc.sample(options, { numRuns: 12, seed: 6 });
  sample.forEach(({ zones, more, scaling, ...each }, index) => {
    const named = zones?.map((letter) => `${REGION}-${letter}`);
    const maxInstances = each.minInstances + more;
    instanceGroup({ ...each, in: stack, id: `group-${index}`, zones: named, maxInstances, scaling: [scaling] });
  });
  const document = synth(stack);
  expect(document.ofType(GROUP)).toHaveLength(sample.length);
  expect(findings(document)).toEqual([]);
});

test("Spot machines are deleted when they are taken back, and nothing waits for them", () => {
  const { document, manager, template } = build({ spot: true, reservations: Reservations.none() });
  expect(template).toMatchObject({
    scheduling: {
      provisioning_model: "SPOT",
      preemptible: true,
      automatic_restart: false,
      on_host_maintenance: "TERMINATE",
      instance_termination_action: "DELETE",
    },
    reservation_affinity: { type: "NO_RESERVATION" },
  });
  expect(manager).toMatchObject({ distribution_policy_target_shape: "BALANCED", wait_for_instances: false });
  expect(findings(document)).toEqual([]);
});

test("two groups of a region stand beside each other: Spot machines, and standard ones as fallback", () => {
  const stack = testStack();
  const spot = instanceGroup({ in: stack, id: "spot", spot: true });
  const standard = instanceGroup({ in: stack, id: "standard" });
  backendOver(stack, spot, standard);
  const document = synth(stack);
  expect(spot.tag).not.toBe(standard.tag);
  expect(new Set(document.ofType(GROUP).map(({ values }) => values.name)).size).toBe(2);
  expect(findings(document)).toEqual([]);
});

test("one zone is warned of, unless no other of the region has the GPU", () => {
  const zones = (setup: GroupSetup) => {
    const { document, manager } = build(setup);
    return [manager.distribution_policy_zones, findings(document).map((each) => each.split(" ")[0])];
  };
  const only = { region: "us-east1", machineType: "a2-highgpu-1g" };
  expect(zones(only)).toEqual([["us-east1-b"], []]);
  expect(zones({ machineType: "g2-standard-8", zones: ["europe-west4-a"] })).toEqual([
    ["europe-west4-a"],
    ["group-one-zone"],
  ]);
});

test("a surge is left out where machines may be taken away instead", () => {
  const { manager } = build({ maxUnavailable: 3 });
  expect(manager.update_policy).toMatchObject({ max_surge_fixed: 0, max_unavailable_fixed: 3 });
});

test("other ranges are admitted to the port that serves, each id once", () => {
  const stack = testStack();
  const group = instanceGroup({ in: stack });
  const [rule] = group.admit("proxies", ["10.0.0.0/23"]);
  expect(group.admit("proxies", ["10.0.0.0/23"])).toEqual([rule]);
  const firewalls = synth(stack).ofType("google_compute_firewall");
  expect(firewalls.map(({ values }) => values.source_ranges)).toContainEqual(["10.0.0.0/23"]);
  expect(firewalls).toHaveLength(2);
});

test("a check that only roll-outs heed needs provider 7.39", () => {
  const stack = testStack();
  const { manager } = build({ in: stack, autoHealing: AutoHealing.rolloutsOnly(HealthCheck.http("/readyz")) });
  expect(manager).toMatchObject({
    auto_healing_policies: { initial_delay_sec: 600 },
    instance_lifecycle_policy: { on_failed_health_check: "DO_NOTHING", default_action_on_failure: "REPAIR" },
  });
  const pinned = testStack("pinned");
  GoogleProviderVersion.of(pinned).pin("~> 7.19.0");
  expect(() =>
    instanceGroup({ in: pinned, autoHealing: AutoHealing.rolloutsOnly(HealthCheck.http("/readyz")) }),
  ).toThrow("7.39.0");
});

test("without a check there is none", () => {
  const { document, manager, group } = build({ autoHealing: AutoHealing.none() });
  expect(manager).not.toHaveProperty("auto_healing_policies");
  expect(group.healthCheck).toBeUndefined();
  expect(document.ofType("google_compute_health_check")).toHaveLength(1);
});

test("fails where a backend asks a port that the firewall does not admit", () => {
  const { group } = build();
  expect(() =>
    HealthCheck.http("/readyz", { port: 8081 })._checkAdmitted(group, group.port, group.admittedPorts),
  ).toThrow(/healthCheck.port: got 8081.*8080/);
});

test("falls back to other machine types in the order in which they are named", () => {
  const stack = testStack();
  instanceGroup({ in: stack, machineType: "g2-standard-8", fallbackMachineTypes: ["g2-standard-12", "g2-standard-4"] });
  const { instance_flexibility_policy: policy, distribution_policy_target_shape: shape } = only(
    synth(stack),
    "google_compute_region_instance_group_manager",
  ).values;
  expect(policy).toEqual({
    instance_selections: ["g2-standard-8", "g2-standard-12", "g2-standard-4"].map((type, index) => ({
      name: `choice-${index + 1}`,
      rank: index + 1,
      machine_types: [type],
    })),
  });
  expect(shape).toBe("BALANCED");
});

describe("models", () => {
  const models = (sizeGiB: number) => {
    const store = ModelStore.fromBuckets(testStack(), "Models", { [REGION]: "weights-eu" });
    return [store.version("gemma", "2026-11", { sizeGiB })];
  };
  const delay = (setup: GroupSetup) => {
    const stack = testStack();
    instanceGroup({ in: stack, ...setup });
    const { values } = only(synth(stack), "google_compute_region_instance_group_manager");
    return blockOf(values.auto_healing_policies)!.initial_delay_sec;
  };

  test("give new machines the time to load them, at most an hour", () => {
    expect(delay({})).toBe(600);
    expect(delay({ models: models(10) })).toBe(703);
    expect(delay({ models: models(340) })).toBe(3600);
  });

  test("fail for healing that recreates machines before they are loaded", () => {
    const autoHealing = AutoHealing.by(HealthCheck.tcp(), { initialDelaySeconds: 60 });
    expect(() => delay({ models: models(10), autoHealing })).toThrow(
      "[test/chat] autoHealing.initialDelaySeconds: got 60, allowed is at least 103, which the models need to load",
    );
  });
});
