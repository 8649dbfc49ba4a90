import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkInteger, checkLiteral, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import {
  concurrency as concurrencyLimit,
  containerPort,
  GEN2_MIN_MEMORY,
  instanceCount,
  memoryRange,
  RTX_PRO_6000,
  requestTimeout,
} from "../../google/cloud-run";
import { type CloudRunOptions, ExecutionEnvironment } from "./cloud-run-options";
import { Gpu } from "./gpu";
import { allVolumes } from "./sidecar";

/** The size of an instance, with all defaults filled in. */
export interface Sizing {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly gpu: Gpu;
  readonly minInstances: number;
  /** Unset if Cloud Run scales the service. */
  readonly manualInstances?: number;
  /** Instances that always run. */
  readonly warmInstances: number;
  readonly maxInstances: number;
  readonly concurrency: number;
  readonly cpuAlwaysAllocated: boolean;
  readonly executionEnvironment: ExecutionEnvironment;
}

/** Fills in the interdependent defaults, and throws for what Cloud Run would reject. */
export function resolveSizing(where: IConstruct, options: CloudRunOptions): Sizing {
  const gpu = options.gpu ?? Gpu.none();
  const hasGpu = gpu.accelerator !== undefined;
  for (const what of ["cpu", "memoryMiB", "minInstances"] as const) checkLiteral(where, what, options[what]);
  const cpu = options.cpu ?? Math.max(1, gpu.minCpu);
  const isLarge = gpu.accelerator === RTX_PRO_6000.accelerator;
  const range = memoryRange(cpu, isLarge);
  if (!range) {
    throw new ValidationError(where, {
      what: "cpu",
      got: cpu,
      allowed: isLarge
        ? `a whole number from ${RTX_PRO_6000.cpu.min} to ${RTX_PRO_6000.cpu.max} with this GPU`
        : "1, 2, 4, 6 or 8, or 0.08 to 0.999",
      fix: "choose one of these sizes",
    });
  }
  if (cpu < gpu.minCpu) {
    throw new ValidationError(where, {
      what: "cpu",
      got: cpu,
      allowed: `${gpu.minCpu} or more with ${gpu.accelerator}`,
      fix: `set cpu: ${gpu.minCpu} or leave it out`,
    });
  }
  const memoryMiB = options.memoryMiB ?? Math.max(cpu < 1 ? 512 : 1024, range.min, gpu.minMemoryMiB);
  const least = Math.max(range.min, gpu.minMemoryMiB);
  const forWhat = `${cpu} CPU${hasGpu ? ` and ${gpu.accelerator}` : ""}`;
  checkInteger(
    where,
    "memoryMiB",
    memoryMiB,
    least,
    range.max,
    `these are the limits for ${forWhat}: change memoryMiB or cpu`,
  );

  const environment =
    options.executionEnvironment ??
    (cpu < 1 || memoryMiB < GEN2_MIN_MEMORY ? ExecutionEnvironment.GEN1 : ExecutionEnvironment.GEN2);
  checkEnvironment(where, environment, options, cpu, memoryMiB, hasGpu);

  const concurrency = options.concurrency ?? (cpu < 1 ? 1 : hasGpu ? 16 : 80);
  checkInteger(
    where,
    "concurrency",
    concurrency,
    1,
    cpu < 1 ? 1 : concurrencyLimit.max,
    cpu < 1 ? "below 1 CPU an instance serves one request at a time" : "give a number of requests",
  );

  const cpuAlwaysAllocated = options.cpuAlwaysAllocated ?? hasGpu;
  if ((hasGpu && !cpuAlwaysAllocated) || (cpu < 1 && cpuAlwaysAllocated)) {
    throw new ValidationError(where, {
      what: "cpuAlwaysAllocated",
      got: cpuAlwaysAllocated,
      allowed: hasGpu ? "true with a GPU" : "false below 1 CPU",
      fix: "leave it out",
    });
  }

  const { minInstances = 0, manualInstances } = options;
  checkLiteral(where, "manualInstances", manualInstances);
  checkWithin(where, "manualInstances", manualInstances, instanceCount);
  if (manualInstances !== undefined && minInstances > 0) {
    throw new ValidationError(where, {
      what: "minInstances",
      got: minInstances,
      allowed: "0 with manualInstances, which says how many there are",
      fix: "leave one of them out",
    });
  }
  const maxInstances = options.maxInstances ?? Math.max(minInstances, manualInstances ?? 0, hasGpu ? 3 : 10);
  checkInteger(where, "maxInstances", maxInstances, 1, 10000, "give a number of instances");
  checkInteger(
    where,
    "minInstances",
    minInstances,
    0,
    Token.isUnresolved(maxInstances) ? 10000 : maxInstances,
    `it may not exceed maxInstances (${maxInstances})`,
  );
  checkWithin(where, "timeoutSeconds", options.timeoutSeconds, requestTimeout);
  checkWithin(where, "port", options.port, containerPort);
  return {
    cpu,
    memoryMiB,
    gpu,
    minInstances,
    manualInstances,
    warmInstances: manualInstances ?? minInstances,
    maxInstances,
    concurrency,
    cpuAlwaysAllocated,
    executionEnvironment: environment,
  };
}

function checkEnvironment(
  where: IConstruct,
  environment: ExecutionEnvironment,
  options: CloudRunOptions,
  cpu: number,
  memoryMiB: number,
  hasGpu: boolean,
): void {
  const needsGen2 = hasGpu ? "a GPU" : allVolumes(options).find(({ _needsGen2 }) => _needsGen2)?._needsGen2;
  const needsGen1 = cpu < 1 ? `${cpu} CPU` : memoryMiB < GEN2_MIN_MEMORY ? `${memoryMiB} MiB` : undefined;
  if (environment === ExecutionEnvironment.GEN1 && needsGen2) {
    throw new ValidationError(where, {
      what: "executionEnvironment",
      got: environment,
      allowed: `${ExecutionEnvironment.GEN2} with ${needsGen2}`,
      fix: needsGen1 ? `${needsGen1} runs in the first generation only: raise it` : "leave it out",
    });
  }
  if (environment === ExecutionEnvironment.GEN2 && needsGen1) {
    throw new ValidationError(where, {
      what: "executionEnvironment",
      got: environment,
      allowed: `${ExecutionEnvironment.GEN1} with ${needsGen1}`,
      fix: "leave it out, or use at least 1 CPU and 512 MiB",
    });
  }
}
