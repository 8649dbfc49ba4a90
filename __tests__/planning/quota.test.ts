import { quotasOf, toAskFor } from "../../lib/planning/quota";
import { quotaPreferences } from "../../lib/planning/quota-preferences";
import { TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { synthesize } from "../stacks/synthesize";

const quotas = (resource: unknown) => quotasOf(new Topology(TerraformDocument.parse({ resource })));
const needs = (resource: unknown) =>
  Object.fromEntries(
    quotas(resource).needs.map(({ quota, region = "global", atMaximum, duringRollOut }) => [
      `${region} ${quota.id}`,
      [atMaximum, duringRollOut],
    ]),
  );

const service = (template: object) => ({
  google_cloud_run_v2_service: {
    model: {
      name: "model",
      location: "us-central1",
      template: { containers: [{ resources: { limits: { cpu: "4", memory: "16Gi" } } }], ...template },
    },
  },
});
const group = (template: object, update: object = {}, maximum: unknown = 4) => ({
  google_compute_instance_template: { t: template },
  google_compute_region_autoscaler: {
    a: {
      target: "${google_compute_region_instance_group_manager.g.id}",
      autoscaling_policy: { min_replicas: 1, max_replicas: maximum },
    },
  },
  google_compute_region_instance_group_manager: {
    g: {
      region: "us-central1",
      version: [{ instance_template: "${google_compute_instance_template.t.id}" }],
      update_policy: update,
    },
  },
});

test("prod needs GPUs without zonal redundancy, CPU and memory for its maximum in each region", () => {
  const document = synthesize("prod");
  const { needs: all, gaps } = quotasOf(new Topology(document));
  expect(gaps).toEqual([]);
  const inIowa = all.filter(({ region, quota }) => region === "us-central1" && quota.service === "run.googleapis.com");
  expect(inIowa.map(({ quota, atMaximum, duringRollOut }) => [quota.id, atMaximum, duringRollOut])).toEqual([
    ["NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion", 3, 4],
    ["CpuAllocPerProjectRegion", 24_000, 32_000],
    ["MemAllocPerProjectRegion", 96, 128],
    ["services", 1, 1],
  ]);
});

test("what a new project does not have is to ask for; dev needs nothing", () => {
  const ask = (name: "dev" | "prod") =>
    new Set(toAskFor(quotasOf(new Topology(synthesize(name)))).map(({ quota }) => quota.id));
  expect([...ask("dev")]).toEqual([]);
  expect([...ask("prod")].sort()).toEqual([
    "CpuAllocPerProjectRegion",
    "MemAllocPerProjectRegion",
    "NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion",
  ]);
});

describe("requests for quotas", () => {
  const request = (document: TerraformDocument) =>
    quotaPreferences(document, toAskFor(quotasOf(new Topology(document))), "me@example.com");

  test("ask for what a roll-out needs, in the region and the project", () => {
    const { json, left } = request(synthesize("prod"));
    const asked = TerraformDocument.parse(json).ofType("google_cloud_quotas_quota_preference");
    expect([asked.length, left]).toEqual([9, []]);
    const memory = asked.find(({ values }) => values.quota_id === "MemAllocPerProjectRegion")!;
    expect(memory.values.quota_config).toEqual({ preferred_value: 128 * 2 ** 30 });
    expect(asked[0]!.values).toEqual({
      parent: "projects/example-ai-api-prod",
      name: "nvidial4gpuallocnozonalredundancyperprojectregion-asia-southeast1",
      service: "run.googleapis.com",
      quota_id: "NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion",
      dimensions: { region: "asia-southeast1" },
      quota_config: { preferred_value: 4 },
      contact_email: "me@example.com",
    });
  });

  test("spell quotas of Compute Engine as Cloud Quotas does, and leave out those with a family", () => {
    const document = (machine_type: string) =>
      TerraformDocument.parse({ provider: { google: { project: "p-123456" } }, resource: group({ machine_type }) });
    const ids = TerraformDocument.parse(request(document("g2-standard-4")).json).resources.map(
      ({ values }) => values.quota_id,
    );
    expect(ids).toEqual(["GPUS-ALL-REGIONS-per-project", "NVIDIA-L4-GPUS-per-project-region"]);
    expect(request(document("a3-highgpu-8g")).left.map(({ quota }) => quota.id)).toEqual([
      "GPUS_PER_GPU_FAMILY NVIDIA_H100_80GB",
    ]);
  });

  test("leave out what has no known project", () => {
    const { json, left } = request(TerraformDocument.parse({ resource: group({ machine_type: "g2-standard-4" }) }));
    expect([TerraformDocument.parse(json).resources, left.length]).toEqual([[], 2]);
  });
});

test("zonal redundancy is another quota, and so is another GPU", () => {
  const gpu = (accelerator: string, gpu_zonal_redundancy_disabled?: boolean) =>
    Object.keys(needs(service({ node_selector: { accelerator }, gpu_zonal_redundancy_disabled })))[0];
  expect(gpu("nvidia-l4", true)).toBe("us-central1 NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion");
  expect(gpu("nvidia-l4")).toBe("us-central1 NvidiaL4GpuAllocPerProjectRegion");
  expect(gpu("nvidia-rtx-pro-6000", true)).toBe(
    "us-central1 NvidiaRtxPro6000GpuAllocNoZonalRedundancyPerProjectRegion",
  );
});

test("a new revision starts its minimum instances, at least one, beside the former one", () => {
  const cpu = (scaling: object) => needs(service({ scaling }))["us-central1 CpuAllocPerProjectRegion"];
  expect(cpu({ max_instance_count: 10 })).toEqual([40_000, 44_000]);
  expect(cpu({ min_instance_count: 3, max_instance_count: 10 })).toEqual([40_000, 52_000]);
});

test("machines need their GPUs in the region and over all regions, and more in a roll-out", () => {
  expect(needs(group({ machine_type: "g2-standard-24" }, { max_surge_fixed: 3 }))).toMatchObject({
    "us-central1 NVIDIA_L4_GPUS": [8, 14],
    "global GPUS_ALL_REGIONS": [8, 14],
    "us-central1 INSTANCES": [4, 7],
  });
});

test.each<[string, object, string, number]>([
  [
    "Spot",
    { machine_type: "g2-standard-4", scheduling: { provisioning_model: "SPOT" } },
    "PREEMPTIBLE_NVIDIA_L4_GPUS",
    4,
  ],
  [
    "an attached GPU",
    { machine_type: "n1-standard-8", guest_accelerator: { type: "nvidia-tesla-t4", count: 2 } },
    "NVIDIA_T4_GPUS",
    8,
  ],
  ["a newer family", { machine_type: "a3-highgpu-8g" }, "GPUS_PER_GPU_FAMILY NVIDIA_H100_80GB", 32],
  ["machines without GPU", { machine_type: "e2-standard-8" }, "CPUS", 32],
  ["a series of its own", { machine_type: "n2-standard-8" }, "N2_CPUS", 32],
])("%s counts in its own quota", (_, template, id, amount) => {
  expect(needs(group(template))[`us-central1 ${id}`]).toEqual([amount, amount]);
});

test("what may be replaced by a successor is there twice", () => {
  const backend = (lifecycle: object) => ({ google_compute_backend_service: { b: { lifecycle } } });
  expect(needs(backend({}))).toEqual({ "global GLOBAL_EXTERNAL_MANAGED_BACKEND_SERVICES": [1, 1] });
  expect(needs(backend({ create_before_destroy: true }))).toEqual({
    "global GLOBAL_EXTERNAL_MANAGED_BACKEND_SERVICES": [1, 2],
  });
});

test("what is known at apply only is said not to be counted", () => {
  expect(quotas(service({ scaling: { max_instance_count: "${var.most}" } })).gaps).toEqual([
    { address: "google_cloud_run_v2_service.model", why: "max_instance_count is known at apply only" },
  ]);
  const limits = { cpu: "${var.cpu}", memory: "16Gi" };
  expect(quotas(service({ containers: [{ resources: { limits } }] })).gaps[0]!.why).toBe(
    "its CPU or memory is known at apply only",
  );
  expect(quotas({ google_cloud_run_v2_job: { j: {} } }).gaps[0]!.why).toBe("jobs and worker pools are not counted");
  expect(quotas(group({ machine_type: "g2-standard-4" }, {}, "${var.most}")).gaps[0]!.why).toBe(
    "its maximum is known at apply only",
  );
});

test("what has quotas of its own, or a region that nobody knows, is not counted", () => {
  const rules = (scheme?: string) => ({
    google_compute_forwarding_rule: { f: { region: "us-east1", load_balancing_scheme: scheme } },
  });
  expect(needs(rules("EXTERNAL_MANAGED"))).toEqual({ "us-east1 EXTERNAL_MANAGED_FORWARDING_RULES": [1, 1] });
  expect([needs(rules("INTERNAL_MANAGED")), needs(rules())]).toEqual([{}, {}]);
  expect(needs({ google_compute_address: { a: { region: "${each.key}" } } })).toEqual({});
  expect(needs({ google_compute_network: { n: { for_each: { a: 1, b: 2 } } } })).toEqual({ "global NETWORKS": [2, 2] });
});
