import { checked } from "../../core/checked";
import { ValidationError } from "../../core/errors";

/**
 * Which NVIDIA driver a machine installs at boot. The choice depends on the Container-Optimized OS
 * release and the GPU (docs.cloud.google.com/container-optimized-os/docs/how-to/run-gpus, excerpts
 * read 2026-11-22).
 */
@checked
export class GpuDriver {
  /** The default of the Container-Optimized OS release for the GPU. */
  public static default(): GpuDriver {
    return new GpuDriver("default");
  }

  /** The newest that the Container-Optimized OS release offers for the GPU. */
  public static latest(): GpuDriver {
    return new GpuDriver("latest");
  }

  /**
   * A full version, for CUDA libraries that need it. If the image does not offer it, the machine
   * installs no driver and serves nothing: pin `bootImage` to a milestone then.
   *
   * @param version `535.230.02`, or a branch that the release knows, `R535`; `sudo cos-extensions
   * list` on a machine lists them.
   * @throws ValidationError for anything else.
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
