import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkAllowed, checkInteger, checkPattern } from "../../core/checks";
import { bucketName, mountPath } from "../../google/cloud-run";
import type { ISecret } from "../../project/secret";

export interface GcsVolumeOptions {
  /** @default true */
  readonly readOnly?: boolean;
  /**
   * Cloud Storage FUSE options without their hyphens, for example `implicit-dirs` or
   * `file-cache-max-size-mb=-1`. Needs provider 7.4.0. @default none
   */
  readonly mountOptions?: string[];
  /** Grants the service account the role that the mount needs on the bucket. @default true */
  readonly grantAccess?: boolean;
}

const MOUNT_PATH = /^\/[^:\s]+$/;

/** Files that a container sees besides those of its image. */
@checked
export class Volume {
  /**
   * A Cloud Storage bucket: model weights, read as files. Needs the second generation execution
   * environment, the default.
   */
  public static gcs(mountPath: string, bucketName: string, options: GcsVolumeOptions = {}): Volume {
    return new Volume(mountPath, { bucketName, options });
  }

  /** One secret as the file `mountPath/fileName`, fetched at each access. */
  public static secret(mountPath: string, fileName: string, secret: ISecret): Volume {
    return new Volume(mountPath, undefined, { fileName, secret });
  }

  /**
   * Files in the instance's memory, up to `sizeMiB`. They count towards the memory limit and are
   * lost with the instance.
   */
  public static inMemory(mountPath: string, sizeMiB: number): Volume {
    return new Volume(mountPath, undefined, undefined, sizeMiB);
  }

  private constructor(
    public readonly mountPath: string,
    /** @internal */
    public readonly _gcs?: { readonly bucketName: string; readonly options: GcsVolumeOptions },
    /** @internal */
    public readonly _secret?: { readonly fileName: string; readonly secret: ISecret },
    /** @internal */
    public readonly _memoryMiB?: number,
  ) {}

  /** @internal */
  public _check(where: IConstruct, memoryMiB: number): void {
    checkPattern(
      where,
      "volume mount path",
      this.mountPath,
      MOUNT_PATH,
      "an absolute path without colon",
      'for example "/models"',
    );
    checkAllowed(where, "volume mount path", this.mountPath, mountPath);
    checkAllowed(where, "volume bucket", this._gcs?.bucketName, bucketName);
    checkPattern(
      where,
      "volume file name",
      this._secret?.fileName,
      /^[^/\s]+$/,
      "a file name without folder",
      'for example "token"',
    );
    checkInteger(
      where,
      "volume sizeMiB",
      this._memoryMiB,
      1,
      memoryMiB,
      "a volume in memory must fit in the instance's memory",
    );
  }
}
