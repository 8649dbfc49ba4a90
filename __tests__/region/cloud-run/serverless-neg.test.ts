import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service";
import { CloudRunV2ServiceIamMember } from "@cdktf/provider-google/lib/cloud-run-v2-service-iam-member";
import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { ServerlessBackend, ServerlessNeg, type ServerlessNegProps, ServiceAccount } from "../../../lib";
import { findingsOf, type Json } from "../../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../../support";
import { IMAGE, INVOKER, NEG, SERVICE } from "./region-stack";

function neg(props: Partial<ServerlessNegProps> = {}, path: readonly string[] = ["Neg"]) {
  const stack = testStack();
  const scope = path.slice(0, -1).reduce<Construct>((parent, id) => new Construct(parent, id), stack);
  const construct = new ServerlessNeg(scope, path.at(-1)!, { region: "europe-west1", serviceName: "chat", ...props });
  return { stack, construct, resource: () => only(synth(stack), NEG) };
}

function nameOf(props: Partial<ServerlessNegProps> = {}, path?: readonly string[]): unknown {
  return neg(props, path).resource().values.name;
}

test("points at one Cloud Run service", () => {
  expect(attributes(neg().resource())).toEqual({
    name: expect.stringMatching(/^test-neg-[a-z0-9]{6}$/),
    region: "europe-west1",
    network_endpoint_type: "SERVERLESS",
    cloud_run: { service: "chat" },
  });
});

test("points at one revision by its traffic tag", () => {
  expect(neg({ tag: "canary" }).resource().values.cloud_run).toEqual({ service: "chat", tag: "canary" });
});

test("is created before its predecessor is destroyed", () => {
  expect(neg().resource().values.lifecycle).toEqual({ create_before_destroy: true });
});

describe("its name, which must change when the NEG is replaced and stay when it is not,", () => {
  test.each<[string, Partial<ServerlessNegProps>]>([
    ["region", { region: "europe-west4" }],
    ["service name", { serviceName: "chat-2" }],
    ["tag", { tag: "canary" }],
  ])("changes with the %s", (_what, props) => {
    expect(nameOf(props)).not.toBe(nameOf());
  });

  test("changes with the place in the construct tree", () => {
    expect(nameOf({}, ["Other"])).not.toBe(nameOf());
    expect(nameOf({}, ["Api", "Neg"])).not.toBe(nameOf());
  });

  test("does not take a tag for part of the service name", () => {
    expect(nameOf({ serviceName: "chat", tag: "a" })).not.toBe(nameOf({ serviceName: "chata" }));
  });

  test("does not change with anything else", () => {
    const account = new ServiceAccount(testStack(), "Account");
    expect(nameOf({ http2: true, reportsHealth: true, dependsOn: [account.resource] })).toBe(nameOf());
  });
});

test("waits for what it is told to, and for the Compute API", () => {
  const stack = testStack();
  const account = new ServiceAccount(stack, "Account");
  new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat", dependsOn: [account.resource] });
  const document = synth(stack);
  expect(dependsOn(only(document, NEG))).toEqual([
    only(document, "google_service_account").address,
    only(document, "google_project_service", "/compute").address,
  ]);
});

test("is a target that backends can read", () => {
  const { construct, stack } = neg({ reportsHealth: true, http2: true });
  expect(construct).toMatchObject({ region: "europe-west1", reportsHealth: true, http2: true });
  construct.resource.addOverride("description", construct.negId);
  const resource = only(synth(stack), NEG);
  expect(resource.values.description).toBe(`\${${resource.address}.id}`);
});

test("reports no health unless its service does, and never through a tag", () => {
  expect(neg().construct).toMatchObject({ reportsHealth: false, http2: false });
  expect(neg({ reportsHealth: true, tag: "canary" }).construct.reportsHealth).toBe(false);
});

test("fails for an unknown region and suggests the one meant", () => {
  expect(() => neg({ region: "europe-wset1" })).toThrow(
    /^\[test\/Neg] region: got "europe-wset1", allowed is a Google Cloud region; did you mean "europe-west1"\?/,
  );
});

test("fails for a service name known only at apply, because the name is derived from it", () => {
  const stack = testStack();
  const serviceName = new TerraformVariable(stack, "service", { type: "string" }).stringValue;
  expect(() => new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName })).toThrow(
    /^\[test\/Neg] serviceName: got "a value known only at apply", allowed is a literal known at synth; pass the literal value/,
  );
});

test("fails for a tag known only at apply", () => {
  const stack = testStack();
  const tag = new TerraformVariable(stack, "tag", { type: "string" }).stringValue;
  expect(() => new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat", tag })).toThrow(
    /^\[test\/Neg] tag: got "a value known only at apply", allowed is a literal known at synth; pass the literal value/,
  );
});

test.each(["Chat", "c".repeat(50), "chat_1", ""])("fails for the service name %p", (serviceName) => {
  expect(() => neg({ serviceName })).toThrow(
    `[test/Neg] serviceName: got "${serviceName}", allowed is 1 to 49 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen; name a Cloud Run service of the region`,
  );
});

test.each(["Canary", "-a", "a".repeat(64), ""])("fails for the tag %p", (tag) => {
  expect(() => neg({ tag })).toThrow(
    `[test/Neg] tag: got "${tag}", allowed is 1 to 63 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen; name a tag of the service's traffic`,
  );
});

describe("over a service of the user's own", () => {
  const own = (location: string) => ({
    name: "chat",
    location,
    ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    invokerIamDisabled: true,
    template: { containers: [{ image: IMAGE }] },
  });

  test("is a region of a backend: requests arrive once the service and its bindings exist", () => {
    const stack = testStack();
    const targets = ["europe-west1", "us-central1"].map((region) => {
      const service = new CloudRunV2Service(stack, `Service ${region}`, own(region));
      const { name, location } = service;
      const role = "roles/run.invoker";
      const member = "group:a@example.com";
      const binding = new CloudRunV2ServiceIamMember(stack, `Invoker ${region}`, { name, location, role, member });
      return ServerlessNeg.fromService(stack, region, service, { dependsOn: [binding] });
    });
    new ServerlessBackend(stack, "Backend", { targets });
    const document = synth(stack);
    for (const resource of document.ofType(NEG)) {
      const region = resource.values.region as string;
      expect(resource.values.cloud_run).toEqual({ service: "chat" });
      expect(dependsOn(resource)).toEqual(
        expect.arrayContaining([
          only(document, SERVICE, `Service ${region}`).address,
          only(document, INVOKER, `Invoker ${region}`).address,
        ]),
      );
    }
    const { backend } = only(document, "google_compute_backend_service").values;
    expect(
      (backend as object[]).map((each) => document.target((each as { group: string }).group)?.values.region),
    ).toEqual(["europe-west1", "us-central1"]);
    const errors = findingsOf(stack.toTerraform() as Json).filter(({ severity }) => severity === "error");
    expect(errors).toEqual([]);
  });

  test("fails for a location that only Terraform knows", () => {
    const stack = testStack();
    const region = new TerraformVariable(stack, "region", { type: "string" }).stringValue;
    const service = new CloudRunV2Service(stack, "Service", own(region));
    expect(() => ServerlessNeg.fromService(stack, "Neg", service)).toThrow(
      '[test/Neg] region: got "a value known only at apply", allowed is a literal known at synth',
    );
  });
});
