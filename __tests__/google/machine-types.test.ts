import { checkGpuSold } from "../../lib/core/regions";
import {
  builtInGpus,
  diskProblem,
  GPU_MACHINE_TYPES,
  gpuMachineSize,
  gpuProblem,
  isGvnicOnly,
  isSpotOrFlexOnly,
} from "../../lib/google/machine-types";
import { gpuRegions, gpuZones, nearestRegions, REGIONS } from "../../lib/google/regions";
import { testStack } from "../support";

const ATTACHED = ["nvidia-tesla-t4", "nvidia-tesla-v100", "nvidia-tesla-p100", "nvidia-tesla-p4"];

test("every GPU machine type has a size, fits its own GPUs and is sold somewhere", () => {
  const names = REGIONS.map(({ name }) => name);
  expect(GPU_MACHINE_TYPES).toHaveLength(31);
  for (const type of GPU_MACHINE_TYPES) {
    const size = gpuMachineSize(type)!;
    expect(size.vcpus).toBeGreaterThanOrEqual(4 * Math.ceil(size.gpus.count / 8));
    expect(size.memoryGiB).toBeGreaterThanOrEqual(3.5 * size.vcpus);
    expect(gpuProblem(type, size.gpus)).toBeUndefined();
    expect(["pd-balanced", "hyperdisk-balanced"].some((disk) => diskProblem(type, disk) === undefined)).toBe(true);
  }
  for (const regions of [
    ...GPU_MACHINE_TYPES.map((type) => gpuRegions(type)),
    ...ATTACHED.map((gpu) => gpuRegions("n1-standard-4", gpu)),
  ]) {
    expect(regions!.length).toBeGreaterThan(2);
    expect(regions!.filter((region) => !names.includes(region))).toEqual([]);
    expect([...regions!].sort()).toEqual([...new Set(regions)].sort());
  }
});

test.each([
  ["g2-standard-24", { type: "nvidia-l4", count: 2 }],
  ["g2-standard-32", { type: "nvidia-l4", count: 1 }],
  ["g4-standard-384", { type: "nvidia-rtx-pro-6000", count: 8 }],
  ["a2-ultragpu-4g", { type: "nvidia-a100-80gb", count: 4 }],
  ["a3-megagpu-8g", { type: "nvidia-h100-mega-80gb", count: 8 }],
  ["a3-ultragpu-8g-nolssd", { type: "nvidia-h200-141gb", count: 8 }],
  ["a4-highgpu-8g", { type: "nvidia-b200", count: 8 }],
  ["n2-standard-4", undefined],
])("%s comes with its GPUs", (type, gpus) => {
  expect(builtInGpus(type)).toEqual(gpus);
});

test("zones are those that have the GPU, and unknown rather than guessed", () => {
  expect(gpuZones("g2-standard-8", "us-east4")).toEqual(["us-east4-a", "us-east4-c"]);
  expect(gpuZones("a2-megagpu-16g", "asia-southeast1")).toEqual(["asia-southeast1-a", "asia-southeast1-c"]);
  expect(gpuZones("n1-standard-8", "us-central1", "nvidia-tesla-p100")).toEqual(["us-central1-c", "us-central1-f"]);
  expect(gpuZones("g4-standard-48", "us-central1")).toBeUndefined();
  expect(gpuZones("g2-standard-8", "europe-north1")).toBeUndefined();
  expect(gpuZones("n2-standard-8", "us-central1")).toBeUndefined();
});

test("machines without GPU, and GPUs where they are sold, pass in every region", () => {
  const stack = testStack();
  for (const { name } of REGIONS) checkGpuSold(stack, "n2-standard-8", name);
  for (const region of gpuRegions("g2-standard-8")!) checkGpuSold(stack, "g2-standard-8", region);
});

test("fails a region without the GPU, and names those nearest to it", () => {
  expect(() => checkGpuSold(testStack(), "g2-standard-8", "europe-north1")).toThrow(
    /machineType: got "g2-standard-8 in europe-north1", allowed is asia-east1, .*; Compute Engine does not sell it there: the nearest regions that have it are europe-west4, europe-west3, europe-west1$/,
  );
  expect(() => checkGpuSold(testStack(), "n2-standard-8", "europe-nord1")).toThrow('did you mean "europe-north1"?');
});

test("nearest is by distance on the globe, over the date line too", () => {
  expect(nearestRegions("us-west1", ["asia-northeast1", "europe-west1", "us-west2"])).toEqual([
    "us-west2",
    "asia-northeast1",
    "europe-west1",
  ]);
  expect(nearestRegions("us-west1", ["nowhere-1", "us-west2"])).toEqual(["us-west2", "nowhere-1"]);
});

test("the smaller H100 sizes are not sold on demand; the newer series are gVNIC only", () => {
  expect(GPU_MACHINE_TYPES.filter(isSpotOrFlexOnly)).toEqual(["a3-highgpu-1g", "a3-highgpu-2g", "a3-highgpu-4g"]);
  expect(["a3-highgpu-8g", "g4-standard-48", "c4a-standard-4"].every(isGvnicOnly)).toBe(true);
  expect(["g2-standard-8", "n1-standard-8", "e2-medium"].some(isGvnicOnly)).toBe(false);
});
