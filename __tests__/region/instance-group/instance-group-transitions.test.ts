import { ServiceAccount as GoogleServiceAccount } from "@cdktf/provider-google/lib/service-account";
import { Token } from "cdktf";
import {
  AutoHealing,
  ContainerImage,
  HealthCheck,
  ModelStore,
  RemovalPolicy,
  Reservations,
  RolloutMode,
  ScalingSignal,
  ServiceAccount,
  ZoneDistribution,
} from "../../../lib";
import type { TerraformDocument } from "../../../lib/topology/document";
import { only, synth, testStack } from "../../support";
import { createdFirst, expectTransition, obstacles, type Transition } from "../../transition-support";
import { backendOver, type GroupSetup, instanceGroup, REGION } from "./instance-group-stack";

interface Setup extends GroupSetup {
  /** A second group, in this region. */
  readonly second?: string;
  readonly defaultLabels?: { [key: string]: string };
}

function build({ second, defaultLabels, ...setup }: Setup = {}): TerraformDocument {
  const stack = testStack();
  if (defaultLabels) {
    const provider = stack.node.findChild("Google") as unknown as { defaultLabels: object };
    provider.defaultLabels = defaultLabels;
  }
  const group = instanceGroup({ in: stack, ...setup });
  const others = second === undefined ? [] : [instanceGroup({ in: stack, id: "second", region: second })];
  backendOver(stack, group, ...others);
  return synth(stack);
}

const image = (tag: number) => ContainerImage.fromReference(`europe-docker.pkg.dev/acme/ai/chat:${tag}`);
const weights = (version: string) => [
  ModelStore.fromBuckets(testStack(), "Models", { [REGION]: "weights" }).version("gemma", version, { sizeGiB: 8 }),
];
/** The group refers to the template, so it changes in place, which the JSON does not show. */
const ROLLING = { replaced: ["chat/Template"] };
const L4 = { machineType: "g2-standard-8", zones: ["europe-west4-a", "europe-west4-b"] };
const FALLBACKS = { fallbackMachineTypes: ["g2-standard-12", "g2-standard-16"] };
const rule = (ports: string) => `Network/Firewall/test chat health checks ${ports}`;
const SECOND = [
  "Network/Firewall/test second health checks 8080",
  "second",
  "second/Autoscaler",
  "second/HealthCheck",
  "second/ServiceAccount",
  "second/Template",
  "Iam/project roles|logging.logWriter test|second|ServiceAccount",
  "Iam/project roles|monitoring.metricWriter test|second|ServiceAccount",
];
const FRANCE = ["Network/europe-west9/Nat", "Network/europe-west9/Router", "Network/europe-west9/Subnetwork"];

const CHANGES: [string, Setup, Setup, Partial<Transition>][] = [
  ["nothing", {}, { spot: false }, {}],
  ["change the image", { image: image(1) }, { image: image(2) }, ROLLING],
  ["change the machine type", {}, { machineType: "n2-standard-8" }, ROLLING],
  ["change the environment", {}, { env: { MODE: "b" } }, ROLLING],
  ["change the version of a model", { models: weights("2026-11") }, { models: weights("2026-12") }, ROLLING],
  ["change a label", {}, { labels: { team: "chat" } }, ROLLING],
  ["change a default label of the provider", { defaultLabels: { a: "1" } }, { defaultLabels: { a: "2" } }, ROLLING],
  ["use a reservation", {}, { reservations: Reservations.specific("chat") }, ROLLING],
  ["turn the GPU on", { zones: L4.zones }, L4, { replaced: ["chat/Template", "chat/Autoscaler"], changed: ["chat"] }],
  [
    "turn a GPU on that not all zones sell",
    {},
    { machineType: "g2-standard-8" },
    { replaced: ["chat", "chat/Template", "chat/Autoscaler"] },
  ],
  ["turn Spot on", {}, { spot: true }, { ...ROLLING, changed: ["chat"] }],
  ["add fallbacks", L4, { ...L4, ...FALLBACKS }, { changed: ["chat"] }],
  [
    "change fallbacks",
    { ...L4, ...FALLBACKS },
    { ...L4, fallbackMachineTypes: ["g2-standard-16"] },
    { changed: ["chat"] },
  ],
  ["remove fallbacks", { ...L4, ...FALLBACKS }, L4, { changed: ["chat"] }],
  ["add fallbacks without a GPU", {}, { fallbackMachineTypes: ["n2d-standard-4"] }, { changed: ["chat"] }],
  ["scale further", {}, { minInstances: 3, maxInstances: 30 }, { changed: ["chat/Autoscaler", "chat"] }],
  [
    "add a signal",
    {},
    { scaling: [ScalingSignal.cpu(0.6), ScalingSignal.queue("jobs", 5)] },
    { changed: ["chat/Autoscaler"] },
  ],
  ["scale by another signal", {}, { scaling: [ScalingSignal.loadBalancing(0.8)] }, { replaced: ["chat/Autoscaler"] }],
  ["spread otherwise", {}, { zoneDistribution: ZoneDistribution.BALANCED }, { changed: ["chat"] }],
  ["roll out otherwise", {}, { rolloutMode: RolloutMode.OPPORTUNISTIC, maxSurge: 6 }, { changed: ["chat"] }],
  ["heal otherwise", {}, { autoHealing: AutoHealing.by(HealthCheck.tcp()) }, { changed: ["chat/HealthCheck"] }],
  ["heal no more", {}, { autoHealing: AutoHealing.none() }, { changed: ["chat"], removed: ["chat/HealthCheck"] }],
  [
    "heal by another port",
    {},
    { autoHealing: AutoHealing.by(HealthCheck.http("/readyz", { port: 9000 })) },
    {
      added: [rule("8080 9000")],
      removed: [rule("8080")],
      replaced: ["chat", "chat/Autoscaler", "chat/HealthCheck", "chat/Template"],
    },
  ],
  ["change the zones", {}, { zones: ["europe-west4-a", "europe-west4-b"] }, { replaced: ["chat", "chat/Autoscaler"] }],
  [
    "change the port",
    {},
    { port: 9000 },
    {
      added: [rule("9000")],
      removed: [rule("8080")],
      replaced: ["chat", "chat/Autoscaler", "chat/HealthCheck", "chat/Template"],
      changed: ["Backend", "ServingCheck"],
    },
  ],
  ["add a group in the region", {}, { second: REGION }, { added: SECOND, changed: ["Backend"] }],
  ["add a region", {}, { second: "europe-west9" }, { added: [...SECOND, ...FRANCE], changed: ["Backend"] }],
  ["remove a region", { second: "europe-west9" }, {}, { removed: [...SECOND, ...FRANCE], changed: ["Backend"] }],
];

const plain = build();
const built = (setup: Setup) => (Object.keys(setup).length === 0 ? plain : build(setup));

test.each(CHANGES)("%s", (_title, before, after, expected) => {
  expectTransition(built(before), built(after), expected);
});

test("templates and groups, and all below them, are created before their predecessors go", () => {
  const document = plain;
  const first = createdFirst(document);
  for (const type of [
    "google_compute_region_instance_template",
    "google_compute_region_instance_group_manager",
    "google_compute_firewall",
    "google_compute_router_nat",
  ])
    expect(first).toContain(only(document, type).address);
  // A group has one autoscaler: a second one beside it would be refused.
  expect(first).not.toContain(only(document, "google_compute_region_autoscaler").address);
});

test("what only Terraform knows changes the name of the template by Terraform", () => {
  const document = (accountId: string) => {
    const stack = testStack();
    const account = new GoogleServiceAccount(stack, "Builder", { accountId });
    const reference = Token.asString(account.uniqueId);
    const serviceAccount = ServiceAccount.fromEmail(stack, "Account", "chat@test-project.iam.gserviceaccount.com");
    instanceGroup({ in: stack, serviceAccount, image: ContainerImage.fromReference(`acme/chat@${reference}`) });
    return synth(stack);
  };
  const [before, after] = [document("builder-a"), document("builder-b")];
  expect(only(after, "google_compute_region_instance_template").values.name).toContain(
    "google_service_account.Builder",
  );
  expect(obstacles(before, after).filter((each) => each.includes("Template"))).toEqual([]);
});

test("fails to replace a protected group", () => {
  const protect = { removalPolicy: RemovalPolicy.PROTECT };
  const found = obstacles(build(protect), build({ ...protect, zones: ["europe-west4-a"] }));
  expect(found).toEqual(["protected: chat"]);
});

test("a new version of a model in a bucket of the stack replaces the template only", () => {
  const built = (version: string) => {
    const stack = testStack();
    const store = new ModelStore(stack, "Models", { locations: [REGION] });
    instanceGroup({ in: stack, models: [store.version("gemma", version)] });
    return synth(stack);
  };
  const [before, after] = [built("2026-11"), built("2026-12")];
  expectTransition(before, after, ROLLING);
  const name = String(only(after, "google_compute_region_instance_template").values.name);
  expect(name).toContain("google_storage_bucket");
});
