import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service";
import { ComputeRegionNetworkEndpointGroup } from "@cdktf/provider-google/lib/compute-region-network-endpoint-group";
import { type TerraformStack, Testing } from "cdktf";
import { ContainerImage, GlobalAiApi, GlobalAiRules, Tls } from "../../lib";
import { synth, testStack } from "../support";

function stackWithBadNegs(): TerraformStack {
  const stack = testStack();
  const negs = ["a", "b"].map(
    (id) =>
      new ComputeRegionNetworkEndpointGroup(stack, id, {
        name: id,
        region: "europe-west1",
        networkEndpointType: "SERVERLESS",
        cloudRun: { service: "chat" },
        lifecycle: { createBeforeDestroy: true },
      }),
  );
  new ComputeBackendService(stack, "backend", {
    name: "backend",
    loadBalancingScheme: "EXTERNAL_MANAGED",
    backend: negs.map((neg) => ({ group: neg.id })),
    lifecycle: { createBeforeDestroy: true },
  });
  return stack;
}

let stdout: string;
beforeEach(() => {
  stdout = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

test("fails synth on an error, with construct path, resource address, value, fix and source, also for plain L1 code", () => {
  const stack = stackWithBadNegs();
  GlobalAiRules.attach(stack);
  expect(() => Testing.synth(stack, true)).toThrow(
    /neg-one-per-region: \[test\/backend \(google_compute_backend_service\.backend\)\] backend\.1: got ".*"; .* Fix: .*\(docs\./,
  );
});

test("fails with all errors at once", () => {
  const stack = stackWithBadNegs();
  new ComputeRegionNetworkEndpointGroup(stack, "empty", { name: "empty", region: "us-central1" });
  GlobalAiRules.attach(stack);
  expect(() => Testing.synth(stack, true)).toThrow(/neg-target[\s\S]*neg-one-per-region/);
});

test("judges what an override has made of it", () => {
  const stack = testStack();
  const neg = new ComputeRegionNetworkEndpointGroup(stack, "neg", {
    name: "neg",
    region: "europe-west1",
    cloudRun: { service: "chat" },
  });
  GlobalAiRules.attach(stack);
  expect(() => Testing.synth(stack, true)).not.toThrow();
  neg.addOverride("network_endpoint_type", "SERVERLES");
  expect(() => Testing.synth(stack, true)).toThrow(/neg-network-endpoint-type/);
});

test("the JSON that is judged is the JSON that is written, rendered once", () => {
  const stack = testStack();
  const render = jest.spyOn(Object.getPrototypeOf(stack), "toTerraform");
  const neg = new ComputeRegionNetworkEndpointGroup(stack, "neg", { name: "neg", region: "europe-west1" });
  neg.addOverride("cloud_run.service", "chat");
  GlobalAiRules.attach(stack);
  expect(Testing.synth(stack, true)).toContain('"service": "chat"');
  expect(render).toHaveBeenCalledTimes(1);
  neg.addOverride("cloud_run.service", "other");
  expect(JSON.stringify(stack.toTerraform())).toContain('"service":"other"');
});

test("after a failed synth, what is changed is rendered anew", async () => {
  const stack = stackWithBadNegs();
  GlobalAiRules.attach(stack);
  expect(() => Testing.synth(stack, true)).toThrow();
  await Promise.resolve();
  stack.addOverride("locals.later", "yes");
  expect(JSON.stringify(stack.toTerraform())).toContain("later");
});

test("does not judge a stack that it is not attached to", () => {
  expect(() => Testing.synth(stackWithBadNegs(), true)).not.toThrow();
});

test("attached twice, reports once", () => {
  const stack = stackWithBadNegs();
  GlobalAiRules.attach(stack);
  GlobalAiRules.attach(stack);
  const message = messageOf(() => Testing.synth(stack, true));
  expect(message.match(/neg-one-per-region/g)).toHaveLength(1);
});

test("a suppressed finding does not fail synth, and stays visible with its reason", () => {
  const stack = stackWithBadNegs();
  GlobalAiRules.attach(stack);
  GlobalAiRules.suppress(stack.node.findChild("backend"), "neg-one-per-region", "both are the same service for a week");
  expect(() => Testing.synth(stack, true)).not.toThrow();
  expect(stdout).toContain(
    "suppressed neg-one-per-region: [test/backend] backend.1: both are the same service for a week",
  );
});

test("a suppression holds for its construct only", () => {
  const stack = stackWithBadNegs();
  GlobalAiRules.attach(stack);
  GlobalAiRules.suppress(stack.node.findChild("a"), "neg-one-per-region", "of the wrong construct");
  expect(() => Testing.synth(stack, true)).toThrow(/neg-one-per-region/);
});

test("suppressions travel in the JSON", () => {
  const stack = testStack();
  GlobalAiRules.suppress(stack, "failover-two-regions", "one region is meant here");
  expect(synth(stack).json["//"]).toMatchObject({
    global_ai_rules_suppressions: [{ rule: "failover-two-regions", path: "test", reason: "one region is meant here" }],
  });
});

test("a warning goes to standard output, because cdktf shows standard error as errors, and fails synth where the environment asks for it", () => {
  const stack = testStack();
  new ComputeBackendService(stack, "backend", { name: "backend" });
  GlobalAiRules.attach(stack);
  expect(() => Testing.synth(stack, true)).not.toThrow();
  expect(stdout).toContain("warning backend-load-balancing-scheme-explicit: ");
  GlobalAiRules.attach(stack, { errors: ["backend-load-balancing-scheme"] });
  expect(() => Testing.synth(stack, true)).toThrow(/error backend-load-balancing-scheme-explicit/);
});

test.each([
  [
    "a rule that does not exist, suggesting the nearest",
    "neg-one-per-regio",
    "a reason that is long enough",
    /did you mean "neg-one-per-region"/,
  ],
  ["a reason that says nothing", "neg-one-per-region", "ok", /at least 10 characters/],
])("fails to suppress %s", (_title, rule, reason, message) => {
  expect(() => GlobalAiRules.suppress(testStack(), rule, reason)).toThrow(message);
});

test("fails to attach with a rule that does not exist", () => {
  expect(() => GlobalAiRules.attach(testStack(), { errors: ["nonsense-"] })).toThrow(
    /\[test\] errors: got "nonsense-"/,
  );
});

function messageOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  return "";
}

describe("of a GlobalAiApi", () => {
  const api = (stack: TerraformStack, rules?: boolean) =>
    new GlobalAiApi(stack, "api", {
      image: ContainerImage.fromReference("docker.io/acme/chat:1"),
      regions: ["europe-west1"],
      tls: Tls.managed(["api.example.com"]),
      rules,
    });

  test("fails synth without anybody having attached them", () => {
    const stack = stackWithBadNegs();
    api(stack);
    expect(() => Testing.synth(stack, true)).toThrow(/neg-one-per-region/);
  });

  test("are off where it says so", () => {
    const stack = stackWithBadNegs();
    api(stack, false);
    expect(() => Testing.synth(stack, true)).not.toThrow();
    expect(stdout).toBe("");
  });

  test.each(["before", "after"])("are configured by attach %s it, and run once", (when) => {
    const stack = testStack();
    const attach = () => GlobalAiRules.attach(stack, { errors: ["failover-"] });
    if (when === "before") attach();
    api(stack);
    if (when === "after") attach();
    expect(() => Testing.synth(stack, true)).toThrow(/error failover-two-regions/);
    expect(stdout.match(/security-image-digest/g) ?? []).toHaveLength(1);
  });
});
