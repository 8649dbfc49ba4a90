import { TerraformVariable, Token } from "cdktf";
import { type ExistingInstanceGroupProps, InstanceGroupRegion, RegionNetwork } from "../../../lib";
import { only, synth, testStack } from "../../support";
import { backendOver } from "./instance-group-stack";

const URL = "projects/acme/regions/europe-west1/instanceGroups/legacy";
const EXISTING: ExistingInstanceGroupProps = {
  region: "europe-west1",
  instanceGroupUrl: URL,
  portName: "http",
  port: 80,
  networkId: "projects/acme/global/networks/default",
};

test("a group that exists stands behind a backend as it is", () => {
  const stack = testStack();
  const group = InstanceGroupRegion.fromExisting(stack, "Legacy", { ...EXISTING, admittedPorts: [80, 8081] });
  expect(group).toMatchObject({ ...EXISTING, admittedPorts: [80, 8081], dependables: [] });
  expect(group.admit("proxies", ["10.0.0.0/23"])).toEqual([]);
  backendOver(stack, group);
  const document = synth(stack);
  expect(only(document, "google_compute_backend_service").values).toMatchObject({
    backend: [{ group: URL }],
    port_name: "http",
  });
  expect(document.ofType("google_compute_firewall")).toEqual([]);
});

test("its machines are admitted to by their tag", () => {
  const stack = testStack();
  const network = new RegionNetwork(stack, "Network");
  const group = InstanceGroupRegion.fromExisting(stack, "Legacy", { ...EXISTING, network, tag: "legacy" });
  expect(group.admit("proxies", ["10.0.0.0/23"])).toHaveLength(1);
  expect(only(synth(stack), "google_compute_firewall").values).toMatchObject({
    target_tags: ["legacy"],
    source_ranges: ["10.0.0.0/23"],
    allow: [{ protocol: "tcp", ports: ["80"] }],
  });
});

test("takes zonal groups, whole URLs and references", () => {
  const stack = testStack();
  const whole = "https://www.googleapis.com/compute/v1/projects/p/zones/europe-west1-b/instanceGroups/g";
  for (const instanceGroupUrl of [whole, new TerraformVariable(stack, "Group", {}).stringValue]) {
    const id = `Legacy ${Token.isUnresolved(instanceGroupUrl)}`;
    const group = InstanceGroupRegion.fromExisting(stack, id, { ...EXISTING, instanceGroupUrl });
    expect(group.instanceGroupUrl).toBe(instanceGroupUrl);
  }
});

const FAILURES: [string, Partial<ExistingInstanceGroupProps>, RegExp][] = [
  ["a group of another region", { region: "europe-west4" }, /instanceGroupUrl: got .*pass a group of the region/],
  ["a manager", { instanceGroupUrl: URL.replace("Groups", "GroupManagers") }, /pass the group, not its manager/],
  ["a name", { instanceGroupUrl: "legacy" }, /instanceGroupUrl: got "legacy"/],
  ["a port name that is none", { portName: "HTTP" }, /portName: got "HTTP"/],
  ["a port that is none", { port: 0 }, /port: got 0/],
  ["a tag without a network", { tag: "legacy" }, /tag without network/],
];

test.each(FAILURES)("fails with %s", (_title, changes, message) => {
  expect(() => InstanceGroupRegion.fromExisting(testStack(), "Legacy", { ...EXISTING, ...changes })).toThrow(message);
});
