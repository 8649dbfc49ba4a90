/** A kind and number of GPUs. */
export interface Gpus {
  readonly type: string;
  readonly count: number;
}

const G2 = { 4: 1, 8: 1, 12: 1, 16: 1, 32: 1, 24: 2, 48: 4, 96: 8 } as Readonly<Record<string, number>>;
const G4 = { 48: 1, 96: 2, 192: 4, 384: 8 } as Readonly<Record<string, number>>;
const BY_SERIES: Readonly<Record<string, string>> = {
  "a2-highgpu": "nvidia-tesla-a100",
  "a2-megagpu": "nvidia-tesla-a100",
  "a2-ultragpu": "nvidia-a100-80gb",
  "a3-highgpu": "nvidia-h100-80gb",
  "a3-edgegpu": "nvidia-h100-80gb",
  "a3-megagpu": "nvidia-h100-mega-80gb",
  "a3-ultragpu": "nvidia-h200-141gb",
  "a4-highgpu": "nvidia-b200",
};

/** GPUs that are attached to N1 machines: the most vCPUs for each number of them. */
const ON_N1: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  "nvidia-tesla-t4": { 1: 48, 2: 48, 4: 96 },
  "nvidia-tesla-p4": { 1: 24, 2: 48, 4: 96 },
  "nvidia-tesla-v100": { 1: 12, 2: 24, 4: 48, 8: 96 },
  "nvidia-tesla-p100": { 1: 16, 2: 32, 4: 96 },
};
const BUILT_IN = new Set([...Object.values(BY_SERIES), "nvidia-l4", "nvidia-rtx-pro-6000"]);

/** The GPUs that a machine type of an accelerator-optimized series comes with. */
export function builtInGpus(machineType: string): Gpus | undefined {
  const cpus = /^(g[24])-standard-(\d+)$/.exec(machineType);
  if (cpus) {
    const count = (cpus[1] === "g2" ? G2 : G4)[cpus[2]!];
    return count === undefined ? undefined : { type: cpus[1] === "g2" ? "nvidia-l4" : "nvidia-rtx-pro-6000", count };
  }
  const many = /^(a\d-[a-z]+)-(\d+)g$/.exec(machineType);
  const type = many && BY_SERIES[many[1]!];
  return type ? { type, count: Number(many[2]) } : undefined;
}

/** What is wrong with a GPU on a machine type; undefined where nothing is, or nothing can be said. */
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
  const cpus = cpusOfN1(machineType);
  return cpus !== undefined && cpus > most ? `${gpus.count} × ${type} with at most ${most} vCPUs` : undefined;
}

function isN1(machineType: string): boolean {
  return /^(n1-|custom-)/.test(machineType);
}

function cpusOfN1(machineType: string): number | undefined {
  const match = /^(?:n1-[a-z]+-|n1-custom-|custom-)(\d+)/.exec(machineType);
  return match ? Number(match[1]) : undefined;
}

/** What is wrong with a disk type on a machine type. */
export function diskProblem(machineType: string, diskType: string): string | undefined {
  if (!diskType.startsWith("pd-")) return undefined;
  if (/^(c4|c4a|c4d|n4|n4d|a4|g4|h4d)-/.test(machineType)) return "this series has Hyperdisk only";
  if (diskType === "pd-standard" && /^(g2|a3|c3|c3d|h3|z3)-/.test(machineType))
    return "this series has no standard persistent disk";
  return undefined;
}

/** Whether the network interfaces of a machine type are gVNIC only. */
export function isGvnicOnly(machineType: string): boolean {
  return /^(a3|a4|c3|c3d|c4|c4a|c4d|n4|n4d|g4|h3|h4d|z3)-/.test(machineType);
}
