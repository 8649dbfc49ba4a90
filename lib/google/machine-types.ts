/** A kind and number of GPUs. */
export interface Gpus {
  /** As Compute Engine spells accelerator types: `nvidia-l4`. */
  readonly type: string;
  readonly count: number;
}

/** What a machine type is, as far as the catalogue knows it. */
export interface MachineSize {
  readonly vcpus: number;
  readonly memoryGiB: number;
  readonly gpus: Gpus;
  /** Local SSD disks that come with it, without being asked for; 375 GiB each. */
  readonly localSsds: number;
  /** Where its GPU is sold: a key of `gpuZones` in regions.ts. */
  readonly place: string;
}

/**
 * Accelerator-optimized machines: sizes after
 * docs.cloud.google.com/compute/docs/accelerator-optimized-machines, A2 to A4 confirmed by
 * SkyPilot's catalogue of 2026 (stored copy read 2026-11-22), G2 and G4 and the local SSDs from
 * general knowledge. Each size: name, vCPUs, memory in GiB, GPUs, local SSDs.
 */
const SERIES: readonly Series[] = [
  series("g2-standard-", "nvidia-l4", "g2", "4:4:16:1 8:8:32:1 12:12:48:1 16:16:64:1 32:32:128:1 24:24:96:2 48:48:192:4 96:96:384:8"),
  series("g4-standard-", "nvidia-rtx-pro-6000", "g4", "48:48:180:1 96:96:360:2 192:192:720:4 384:384:1440:8"),
  series("a2-highgpu-", "nvidia-tesla-a100", "a2", "1g:12:85:1 2g:24:170:2 4g:48:340:4 8g:96:680:8"),
  series("a2-megagpu-", "nvidia-tesla-a100", "a2-mega", "16g:96:1360:16"),
  series("a2-ultragpu-", "nvidia-a100-80gb", "a2-ultra", "1g:12:170:1:1 2g:24:340:2:2 4g:48:680:4:4 8g:96:1360:8:8"),
  series("a3-highgpu-", "nvidia-h100-80gb", "a3-high", "1g:26:234:1:2 2g:52:468:2:4 4g:104:936:4:8 8g:208:1872:8:16"),
  series("a3-edgegpu-", "nvidia-h100-80gb", "a3-edge", "8g:208:1872:8:16 8g-nolssd:208:1872:8"),
  series("a3-megagpu-", "nvidia-h100-mega-80gb", "a3-mega", "8g:208:1872:8:16"),
  series("a3-ultragpu-", "nvidia-h200-141gb", "a3-ultra", "8g:224:2952:8:32 8g-nolssd:224:2952:8"),
  series("a4-highgpu-", "nvidia-b200", "a4", "8g:224:3968:8:32"),
];

interface Series {
  readonly prefix: string;
  readonly gpu: string;
  readonly sizes: readonly (readonly [name: string, size: MachineSize])[];
}

function series(prefix: string, gpu: string, place: string, sizes: string): Series {
  const size = (text: string): [string, MachineSize] => {
    const [suffix = "", ...numbers] = text.split(":");
    const [vcpus = 0, memoryGiB = 0, count = 0, localSsds = 0] = numbers.map(Number);
    return [`${prefix}${suffix}`, { vcpus, memoryGiB, gpus: { type: gpu, count }, localSsds, place }];
  };
  return { prefix, gpu, sizes: sizes.split(" ").map(size) };
}

const SIZES: ReadonlyMap<string, MachineSize> = new Map(SERIES.flatMap(({ sizes }) => sizes));

/** Every machine type that comes with GPUs. */
export const GPU_MACHINE_TYPES: readonly string[] = [...SIZES.keys()];

/** GPUs that are attached to N1 machines: the most vCPUs for each number of them. */
const ON_N1: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  "nvidia-tesla-t4": { 1: 48, 2: 48, 4: 96 },
  "nvidia-tesla-p4": { 1: 24, 2: 48, 4: 96 },
  "nvidia-tesla-v100": { 1: 12, 2: 24, 4: 48, 8: 96 },
  "nvidia-tesla-p100": { 1: 16, 2: 32, 4: 96 },
};
const isN1 = (machineType: string) => /^(n1-|custom-)/.test(machineType);
const BUILT_IN = new Set(SERIES.map(({ gpu }) => gpu));

/**
 * Sold as Spot, Flex-start and reserved capacity only
 * (docs.cloud.google.com/compute/docs/accelerator-optimized-machines, from general knowledge,
 * 2026-11).
 */
export const SPOT_OR_FLEX_ONLY: readonly string[] = ["a3-highgpu-1g", "a3-highgpu-2g", "a3-highgpu-4g"];

/** What the catalogue has on a GPU machine type; undefined for others. */
export const gpuMachineSize = (machineType: string): MachineSize | undefined => SIZES.get(machineType);

/** Whether the name is of a series that comes with GPUs, in the catalogue or not. */
export const isGpuSeries = (machineType: string): boolean => /^(g[24]|a[234]x?)-/.test(machineType);

/** Whether no machine of the type can be had on demand. */
export const isSpotOrFlexOnly = (machineType: string): boolean => SPOT_OR_FLEX_ONLY.includes(machineType);

/** Whether the CPUs are Arm, which need images built for them. */
export const isArm = (machineType: string): boolean => /^(t2a|c4a|n4a|a4x)-/.test(machineType);

/** The GPUs that a machine type of an accelerator-optimized series comes with. */
export function builtInGpus(machineType: string): Gpus | undefined {
  const known = SIZES.get(machineType);
  if (known) return known.gpus;
  const many = /^(a\d-[a-z]+-)(\d+)g(-nolssd)?$/.exec(machineType);
  const series = many && SERIES.find(({ prefix }) => prefix === many[1]);
  return series ? { type: series.gpu, count: Number(many[2]) } : undefined;
}

/**
 * What is wrong with a GPU on a machine type; undefined where nothing is, or nothing can be said.
 */
export function gpuProblem(machineType: string, gpus: Gpus): string | undefined {
  const type = gpus.type.replace(/-vws$/, "");
  const builtIn = builtInGpus(machineType);
  if (builtIn) {
    if (type !== builtIn.type) return `${machineType} comes with ${builtIn.type}`;
    return gpus.count === builtIn.count ? undefined : `${machineType} comes with ${builtIn.count}`;
  }
  const counts = ON_N1[type];
  if (!counts) return BUILT_IN.has(type) && isN1(machineType) ? `${type} comes with its own machine types` : undefined;
  if (/^(f1-micro|g1-small)$/.test(machineType)) return "a shared-core machine has no GPU";
  if (!isN1(machineType)) return `${type} is for N1 machines only`;
  const most = counts[gpus.count];
  if (most === undefined) return `${type} comes in numbers of ${Object.keys(counts).join(", ")}`;
  const cpus = Number(/^(?:n1-[a-z]+-|n1-custom-|custom-)(\d+)/.exec(machineType)?.[1]);
  return cpus > most ? `${gpus.count} × ${type} with at most ${most} vCPUs` : undefined;
}

/**
 * Whether machines of the type boot from Hyperdisk only (docs.cloud.google.com/compute/docs/disks,
 * from general knowledge, 2026-11).
 */
export const isHyperdiskOnly = (machineType: string): boolean => /^(c4|c4a|c4d|n4|n4a|n4d|a4|a4x|g4|h4d|x4|a3-ultragpu)-/.test(machineType);

/**
 * Whether disks are attached to machines of the type by NVMe only
 * (docs.cloud.google.com/compute/docs/disks, from general knowledge, 2026-11).
 */
export const isNvmeOnly = (machineType: string): boolean => /^(t2a|c3|c3d|c4|c4a|c4d|n4|n4a|n4d|a3|a4|a4x|g4|h3|h4d|m3|m4|x4|z3)-/.test(machineType);

/** What is wrong with a disk type on a machine type. */
export function diskProblem(machineType: string, diskType: string): string | undefined {
  if (diskType === "hyperdisk-balanced") return /^(g2|a2|n1|e2)-/.test(machineType) ? "this series does not boot from Hyperdisk" : undefined;
  if (!diskType.startsWith("pd-")) return undefined;
  if (isHyperdiskOnly(machineType)) return "this series has Hyperdisk only";
  if (diskType === "pd-standard" && /^(g2|a3|c3|c3d|h3|z3)-/.test(machineType)) return "this series has no standard persistent disk";
  return undefined;
}

/** Whether the network interfaces of a machine type are gVNIC only. */
export const isGvnicOnly = (machineType: string): boolean => /^(a3|a4|a4x|c3|c3d|c4|c4a|c4d|n4|n4a|n4d|g4|h3|h4d|x4|z3)-/.test(machineType);
