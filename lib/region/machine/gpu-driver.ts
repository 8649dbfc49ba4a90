import { ValidationError } from "../../core/errors";

/**
 * Which NVIDIA driver a machine installs at boot. What there is depends on the release of
 * Container-Optimized OS and on the GPU
 * (docs.cloud.google.com/container-optimized-os/docs/how-to/run-gpus, excerpts read 2026-11-22).
 */
export class GpuDriver {
  /** The one that the release of Container-Optimized OS designates for the GPU. */
  public static default(): GpuDriver {
    return new GpuDriver("default");
  }

  /** The newest that the release of Container-Optimized OS offers for the GPU. */
  public static latest(): GpuDriver {
    return new GpuDriver("latest");
  }

  /**
   * A full version, for CUDA libraries that need it. A machine whose image does not offer it
   * installs no driver and serves nothing: give `bootImage` a milestone then.
   *
   * @param version `535.230.02`, or a branch that the release knows, `R535`; `sudo cos-extensions
   * list` on a machine names them.
   * @throws ValidationError for what is neither.
   */
  public static version(version: string): GpuDriver {
    if (!/^(R\d{3}|\d{3}(\.\d{1,3}){1,2})$/.test(version)) {
      throw new ValidationError("GpuDriver.version", {
        what: "version",
        got: version,
        allowed: "a version such as 535.230.02, or a branch such as R535",
        fix: "run `sudo cos-extensions list` on a machine with the same boot image",
      });
    }
    return new GpuDriver(version);
  }

  private constructor(
    /** As the installer's option -version spells it. */
    public readonly requested: string,
  ) {}
}
