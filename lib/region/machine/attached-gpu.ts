import { checked } from "../../core/checked";
/** GPUs attached to an N1 machine. The G2, G4 and A series include theirs. */
@checked
export class AttachedGpu {
  /** NVIDIA T4, 16 GiB each: 1, 2 or 4. */
  public static t4(count = 1): AttachedGpu {
    return new AttachedGpu("nvidia-tesla-t4", count);
  }

  /** NVIDIA V100, 16 GiB each: 1, 2, 4 or 8. */
  public static v100(count = 1): AttachedGpu {
    return new AttachedGpu("nvidia-tesla-v100", count);
  }

  /** NVIDIA P100, 16 GiB each: 1, 2 or 4. */
  public static p100(count = 1): AttachedGpu {
    return new AttachedGpu("nvidia-tesla-p100", count);
  }

  /** NVIDIA P4, 8 GiB each: 1, 2 or 4. */
  public static p4(count = 1): AttachedGpu {
    return new AttachedGpu("nvidia-tesla-p4", count);
  }

  private constructor(
    /** As Compute Engine spells it: `nvidia-tesla-t4`. */
    public readonly acceleratorType: string,
    public readonly count: number,
  ) {}
}
