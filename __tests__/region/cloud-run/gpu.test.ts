import { Construct } from "constructs";
import { Gpu } from "../../../lib";
import { testStack } from "../../support";
import { construct, container, service, template } from "./region-stack";

const RTX = { gpu: Gpu.rtxPro6000(), region: "europe-west4" };

test.each([
  ["an L4", Gpu.l4(), { accelerator: "nvidia-l4", minCpu: 4, minMemoryMiB: 16384 }],
  ["an RTX PRO 6000", Gpu.rtxPro6000(), { accelerator: "nvidia-rtx-pro-6000", minCpu: 20, minMemoryMiB: 81920 }],
  ["no GPU", Gpu.none(), { accelerator: undefined, minCpu: 0, minMemoryMiB: 0 }],
])("%s says what the instance needs", (_what, gpu, expected) => {
  expect(gpu).toMatchObject({ ...expected, zonalRedundancy: false });
});

test("an L4 gives the instance one GPU, its least CPU and memory, and CPU outside requests", () => {
  expect(template({ gpu: Gpu.l4() })).toMatchObject({
    node_selector: { accelerator: "nvidia-l4" },
    gpu_zonal_redundancy_disabled: true,
    execution_environment: "EXECUTION_ENVIRONMENT_GEN2",
  });
  expect(container({ gpu: Gpu.l4() }).resources).toEqual({
    limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" },
    cpu_idle: false,
    startup_cpu_boost: true,
  });
});

test("an RTX PRO 6000 gives the instance its least CPU and memory", () => {
  expect(template(RTX).node_selector).toEqual({ accelerator: "nvidia-rtx-pro-6000" });
  expect(container(RTX).resources).toMatchObject({
    limits: { cpu: "20", memory: "80Gi", "nvidia.com/gpu": "1" },
    cpu_idle: false,
  });
});

test("spare capacity in a second zone is kept only where it is asked for", () => {
  expect(template({ gpu: Gpu.l4({ zonalRedundancy: true }) }).gpu_zonal_redundancy_disabled).toBe(false);
  expect(template({ gpu: Gpu.l4({ zonalRedundancy: false }) }).gpu_zonal_redundancy_disabled).toBe(true);
});

test("Terraform waits longer than a model takes to load", () => {
  expect(service({ gpu: Gpu.l4() }).timeouts).toEqual({ create: "45m", update: "45m" });
});

test.each([
  ["no GPU set", {}],
  ["Gpu.none()", { gpu: Gpu.none() }],
])("nothing of a GPU stands in the service with %s", (_what, props) => {
  expect(service(props)).not.toHaveProperty("timeouts");
  expect(template(props)).not.toHaveProperty("node_selector");
  expect(template(props)).not.toHaveProperty("gpu_zonal_redundancy_disabled");
  expect(container(props)).not.toHaveProperty(["resources", "limits", "nvidia.com/gpu"]);
});

test("a region open by invitation only is admitted", () => {
  const where = new Construct(testStack(), "Chat");
  expect(() => Gpu.l4()._checkRegion(where, "asia-south1")).not.toThrow();
  expect(() => Gpu.rtxPro6000()._checkRegion(where, "asia-south2")).not.toThrow();
  expect(() => Gpu.none()._checkRegion(where, "europe-west3")).not.toThrow();
});

test("fails for an L4 in a region without it, names the regions that have it, and how to serve on CPU", () => {
  expect(construct({ gpu: Gpu.l4(), region: "europe-west3" })).toThrow(
    '[test/Chat] gpu: got "NVIDIA L4 in europe-west3", allowed is asia-south1 (by invitation), asia-southeast1, europe-west1, europe-west4, us-central1, us-east4; move the region, or serve it on CPU: regionOverrides: { "europe-west3": { gpu: Gpu.none() } }',
  );
});

test("fails for an RTX PRO 6000 where only the L4 is sold", () => {
  expect(construct({ gpu: Gpu.rtxPro6000(), region: "europe-west1" })).toThrow(
    '[test/Chat] gpu: got "NVIDIA RTX PRO 6000 in europe-west1", allowed is asia-south2 (by invitation), asia-southeast1, europe-west4, us-central1; move the region, or serve it on CPU: regionOverrides: { "europe-west1": { gpu: Gpu.none() } }',
  );
});
