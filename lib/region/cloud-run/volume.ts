import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkAllowed, checkInteger, checkPattern } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { bucketName, cloudSqlInstance, mountPath, nfsPath, nfsServer } from "../../google/cloud-run";
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

export interface NfsVolumeOptions {
  /** @default true */
  readonly readOnly?: boolean;
}

export interface CloudSqlVolumeOptions {
  /** Grants the service account `roles/cloudsql.client` in the instance's project. @default true */
  readonly grantAccess?: boolean;
}

const MOUNT_PATH = /^\/[^:\s]+$/;
/** The only path that Cloud Run allows for them. */
const CLOUD_SQL_PATH = "/cloudsql";

/** What a volume consists of: one of these. */
interface VolumeSource {
  readonly gcs?: { readonly bucketName: string; readonly options: GcsVolumeOptions };
  readonly secret?: { readonly fileName: string; readonly secret: ISecret };
  readonly nfs?: { readonly server: string; readonly path: string; readonly readOnly: boolean };
  readonly cloudSql?: { readonly instances: string[]; readonly grantAccess: boolean };
  readonly memoryMiB?: number;
  readonly diskGiB?: number;
}

/**
 * Files that containers see besides those of their image. A volume given to several containers of a
 * service is the same files in each.
 */
@checked
export class Volume {
  /**
   * A Cloud Storage bucket: model weights, read as files. Needs the second generation execution
   * environment, the default.
   */
  public static gcs(mountPath: string, bucketName: string, options: GcsVolumeOptions = {}): Volume {
    return new Volume(mountPath, { gcs: { bucketName, options } });
  }

  /** One secret as the file `mountPath/fileName`, fetched at each access. */
  public static secret(mountPath: string, fileName: string, secret: ISecret): Volume {
    return new Volume(mountPath, { secret: { fileName, secret } });
  }

  /**
   * Files in the instance's memory, up to `sizeMiB`. They count towards the memory limit and are
   * lost with the instance.
   */
  public static inMemory(mountPath: string, sizeMiB: number): Volume {
    return new Volume(mountPath, { memoryMiB: sizeMiB });
  }

  /**
   * Files on a disk of the instance, lost with it: a cache larger than memory. 10 GB in all for an
   * instance unless the quota is raised
   * (docs.cloud.google.com/run/docs/configuring/services/ephemeral-disk, read 2026-11-28). Needs
   * provider 7.24.0.
   */
  public static ephemeralDisk(mountPath: string, sizeGiB: number): Volume {
    return new Volume(mountPath, { diskGiB: sizeGiB });
  }

  /**
   * A folder that an NFS server exports, such as a Filestore instance. A server with a private
   * address needs `vpcEgress` or `vpcConnector`. Needs the second generation execution environment,
   * the default.
   *
   * @param server Host name or IP address, literal or a reference.
   * @param path Absolute path on the server.
   */
  public static nfs(mountPath: string, server: string, path: string, options: NfsVolumeOptions = {}): Volume {
    return new Volume(mountPath, { nfs: { server, path, readOnly: options.readOnly ?? true } });
  }

  /**
   * Sockets of Cloud SQL instances: `/cloudsql/CONNECTION_NAME`. An instance with only a private
   * address needs `vpcEgress` or `vpcConnector` too.
   *
   * @param instances Connection names, `PROJECT:REGION:INSTANCE`, literal or a reference.
   */
  public static cloudSql(instances: string[], options: CloudSqlVolumeOptions = {}): Volume {
    return new Volume(CLOUD_SQL_PATH, { cloudSql: { instances, grantAccess: options.grantAccess ?? true } });
  }

  private constructor(
    public readonly mountPath: string,
    /** @internal */
    public readonly _source: VolumeSource,
  ) {}

  /** What needs the second generation, if anything. @internal */
  public get _needsGen2(): string | undefined {
    return this._source.gcs ? "a Cloud Storage volume" : this._source.nfs && "an NFS volume";
  }

  /** @internal */
  public _check(where: IConstruct, memoryMiB: number): void {
    const { gcs, secret, nfs, cloudSql, memoryMiB: size, diskGiB } = this._source;
    checkPattern(
      where,
      "volume mount path",
      this.mountPath,
      MOUNT_PATH,
      "an absolute path without colon",
      'for example "/models"',
    );
    checkAllowed(where, "volume mount path", this.mountPath, mountPath);
    checkAllowed(where, "volume bucket", gcs?.bucketName, bucketName);
    checkPattern(
      where,
      "volume file name",
      secret?.fileName,
      /^[^/\s]+$/,
      "a file name without folder",
      'for example "token"',
    );
    checkAllowed(where, "volume NFS server", nfs?.server, nfsServer);
    checkAllowed(where, "volume NFS path", nfs?.path, nfsPath);
    if (cloudSql?.instances.length === 0) {
      throw new ValidationError(where, {
        what: "volume Cloud SQL instances",
        got: [],
        allowed: "at least one connection name",
        fix: "pass the instance's connectionName",
      });
    }
    for (const instance of cloudSql?.instances ?? [])
      checkAllowed(where, "volume Cloud SQL instance", instance, cloudSqlInstance);
    checkInteger(where, "volume sizeMiB", size, 1, memoryMiB, "a volume in memory must fit in the instance's memory");
    checkInteger(where, "volume sizeGiB", diskGiB, 1, 65536, "give the size of the disk in GiB");
  }
}
