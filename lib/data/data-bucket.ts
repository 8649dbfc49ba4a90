import { StorageBucket, type StorageBucketLifecycleRule } from "@cdktf/provider-google/lib/storage-bucket";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkInteger, checkLiteral } from "../core/checks";
import { RemovalPolicy } from "../core/removal-policy";
import { keyLocation, SOFT_DELETE_DAYS } from "../google/storage";
import { newBucketName } from "../project/buckets";
import { checkKey, grantKeyUse } from "../project/encryption-key";
import { ProjectServices } from "../project/project-services";
import { storageAgent } from "../project/service-agents";

/** How long a bucket keeps what. */
export interface RetentionOptions {
  /** Days after which objects are deleted, from 1. @default never */
  readonly retentionDays?: number;
  /** Keeps what is overwritten or deleted as old versions. @default true */
  readonly versioning?: boolean;
  /** Days after which old versions are deleted, from 1. @default 30 */
  readonly oldVersionDays?: number;
  /** Days in which a deleted object can be restored: 0 for off, or 7 to 90. @default 7 */
  readonly softDeleteDays?: number;
}

export interface DataBucketProps extends RetentionOptions {
  /** A region, or a multi-region: `europe-west1`, `EU`. Cannot be changed. */
  readonly location: string;
  /** Two regions of the multi-region `location`. @default none */
  readonly dualRegion?: string[];
  /** Copies to the second region of `dualRegion` within 15 minutes. @default false */
  readonly turboReplication?: boolean;
  /** Cannot be changed. @default the provider's project, and a name of the construct path */
  readonly bucketName?: string;
  /**
   * In the location of the bucket; Cloud Storage's service agent is granted its use. @default
   * Google's keys
   */
  readonly encryptionKey?: string;
  /** Besides the provider's default labels. @default none */
  readonly labels?: { [key: string]: string };
  /** `DESTROY` deletes the bucket with all its objects. @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A Cloud Storage bucket for data that nobody else may see: uniform access, no public access,
 * retention as Terraform writes it. Its name and location are its identity; everything else changes
 * in place.
 */
@checked
export class DataBucket extends Construct {
  public readonly resource: StorageBucket;
  public readonly location: string;
  /** A reference to the bucket's name. */
  public readonly bucketName: string;

  public constructor(scope: Construct, id: string, props: DataBucketProps) {
    super(scope, id);
    const { location, encryptionKey: key, dualRegion } = props;
    const { versioning = true, oldVersionDays = 30, softDeleteDays = 7, retentionDays } = props;
    checkLiteral(this, "softDeleteDays", softDeleteDays);
    for (const region of dualRegion ?? []) checkLiteral(this, "dualRegion", region);
    checkInteger(this, "retentionDays", retentionDays, 1, 36500, "give days, or leave it out to keep objects");
    checkInteger(this, "oldVersionDays", oldVersionDays, 1, 36500, "give days, or set versioning: false");
    if (softDeleteDays !== 0) {
      const { min, max } = SOFT_DELETE_DAYS;
      checkInteger(this, "softDeleteDays", softDeleteDays, min, max, "give 7 to 90 days, or 0 to switch it off");
    }
    if (key !== undefined) {
      const needed = keyLocation(location) ?? location;
      checkKey(this, key, needed, "use a key in the location of the bucket; regions need a key each");
    }
    const isDestroyed = props.removalPolicy === RemovalPolicy.DESTROY;
    this.location = location;
    this.resource = new StorageBucket(this, "Resource", {
      name: newBucketName(this, props.bucketName),
      location,
      labels: props.labels,
      customPlacementConfig: dualRegion && { dataLocations: dualRegion.map((region) => region.toUpperCase()) },
      rpo: dualRegion && (props.turboReplication ? "ASYNC_TURBO" : "DEFAULT"),
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      versioning: { enabled: versioning },
      softDeletePolicy: { retentionDurationSeconds: softDeleteDays * 86400 },
      lifecycleRule: [
        { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
        ...deletionAfter(retentionDays),
        ...(versioning
          ? [
              {
                action: { type: "Delete" },
                condition: { daysSinceNoncurrentTime: oldVersionDays, withState: "ARCHIVED" },
              },
            ]
          : []),
      ],
      encryption: key === undefined ? undefined : { defaultKmsKeyName: key },
      forceDestroy: isDestroyed,
      lifecycle: { preventDestroy: !isDestroyed },
      dependsOn: [
        ...ProjectServices.of(this).require("storage.googleapis.com"),
        ...(key === undefined ? [] : [grantKeyUse(this, key, storageAgent(this))]),
      ],
    });
    this.bucketName = this.resource.name;
  }
}

function deletionAfter(days: number | undefined): StorageBucketLifecycleRule[] {
  if (days === undefined) return [];
  return [{ action: { type: "Delete" }, condition: { age: days, withState: "LIVE" } }];
}
