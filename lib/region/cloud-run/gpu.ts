import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { ValidationError } from "../../core/errors";
import { regionFacts } from "../../core/regions";
import { type CloudRunGpu, L4, RTX_PRO_6000 } from "../../google/cloud-run";
import { REGIONS } from "../../google/regions";

export interface GpuOptions {
  /**
   * Keeps spare capacity in a second zone, at a higher price. It has its own quota; new projects
   * only have quota for GPUs without zonal redundancy. @default false
   */
  readonly zonalRedundancy?: boolean;
}

/**
 * The GPU of an instance. Cloud Run attaches one GPU, and only in some regions
 * (docs.cloud.google.com/run/docs/configuring/services/gpu, read 2026-10-01).
 */
@checked
export class Gpu {
  /** NVIDIA L4, 24 GiB of GPU memory; the instance needs at least 4 CPU and 16 GiB. */
  public static l4(options: GpuOptions = {}): Gpu {
    return new Gpu(L4, options.zonalRedundancy ?? false);
  }

  /**
   * NVIDIA RTX PRO 6000 Blackwell, 96 GiB of GPU memory; the instance needs at least 20 CPU and 80
   * GiB.
   */
  public static rtxPro6000(options: GpuOptions = {}): Gpu {
    return new Gpu(RTX_PRO_6000, options.zonalRedundancy ?? false);
  }

  /** No GPU: for a region that serves on CPU. */
  public static none(): Gpu {
    return new Gpu(undefined, false);
  }

  /** As Cloud Run's node selector spells it; undefined for none. */
  public readonly accelerator?: string;
  /** The minimum that the instance needs; 0 for none. */
  public readonly minCpu: number;
  public readonly minMemoryMiB: number;

  private constructor(
    private readonly needs: CloudRunGpu | undefined,
    public readonly zonalRedundancy: boolean,
  ) {
    this.accelerator = needs?.accelerator;
    this.minCpu = needs?.cpu.min ?? 0;
    this.minMemoryMiB = needs?.memoryMiB.min ?? 0;
  }

  /** Throws if the region does not offer it. @internal */
  public _checkRegion(where: IConstruct, region: string): void {
    const { needs } = this;
    if (!needs || regionFacts(where, region).gpus[needs.fact]) return;
    throw new ValidationError(where, {
      what: "gpu",
      got: `${needs.label} in ${region}`,
      allowed: REGIONS.filter((each) => each.gpus[needs.fact])
        .map((each) => (each.gpus[needs.fact] === "invite" ? `${each.name} (by invitation)` : each.name))
        .join(", "),
      fix: `move the region, or serve it on CPU: regionOverrides: { "${region}": { gpu: Gpu.none() } }`,
    });
  }
}
