import type { StorageBucketConfig } from "@cdktf/provider-google/lib/storage-bucket";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkPattern } from "../../core/checks";
import { regionFacts } from "../../core/regions";
import { RemovalPolicy } from "../../core/removal-policy";
import { isStorageLocation } from "../../google/storage";
import { newBucketName } from "../../project/bucket-name";

export interface NewBucketOptions {
  /**
   * A region (`europe-west1`), a dual-region (`EUR4`) or a multi-region (`EU`, `US`, `ASIA`).
   * Cannot be changed: create a second backend, copy the objects, move the route.
   */
  readonly location: string;
  /**
   * 3 to 63 lower-case letters, digits and hyphens, unique across Google Cloud. Cannot be changed.
   * @default the provider's project, and a name generated from the construct path
   */
  readonly bucketName?: string;
  /**
   * Object served for a folder: `docs/index.html` for `docs/`. Without one, the root would list all
   * objects. @default "index.html"
   */
  readonly indexPage?: string;
  /** Object served if none is found. @default Cloud Storage's own error */
  readonly notFoundPage?: string;
  /** Keeps overwritten and deleted objects. @default false */
  readonly versioning?: boolean;
  /**
   * `DESTROY` deletes the bucket with all its objects. `PROTECT` makes Terraform refuse, and never
   * deletes a bucket that is not empty. @default RemovalPolicy.PROTECT
   */
  readonly removalPolicy?: RemovalPolicy;
}

const EXISTING_NAME = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
const OBJECT_NAME = /^[^/\s]{1,100}$/;

/** The Cloud Storage bucket behind a `BucketBackend`. */
@checked
export class ContentBucket {
  /** A new bucket in this stack, with uniform access. */
  public static create(options: NewBucketOptions): ContentBucket {
    return new ContentBucket(options);
  }

  /** The name of an existing bucket, without gs://. Only the grants for `readers` change. */
  public static existing(bucketName: string): ContentBucket {
    return new ContentBucket(undefined, bucketName);
  }

  private constructor(
    private readonly options?: NewBucketOptions,
    private readonly name?: string,
  ) {}

  /** The name of an existing bucket, checked; undefined for a new one. @internal */
  public _existingName(where: IConstruct): string | undefined {
    const allowed = "the name of a bucket";
    checkPattern(where, "bucket", this.name, EXISTING_NAME, allowed, "leave out gs:// and the path of an object");
    return this.name;
  }

  /** @internal */
  public _config(where: IConstruct, isPublic: boolean): StorageBucketConfig {
    const { location, indexPage = "index.html", notFoundPage, versioning, removalPolicy } = this.options!;
    if (!Token.isUnresolved(location) && !isStorageLocation(location)) regionFacts(where, location.toLowerCase());
    checkPattern(
      where,
      "indexPage",
      indexPage,
      OBJECT_NAME,
      "the name of an object, without a slash",
      "leave the folder out",
    );
    checkPattern(
      where,
      "notFoundPage",
      notFoundPage,
      /^[^/\s]\S{0,1000}$/,
      "the name of an object",
      "leave out the slash at the start",
    );
    const destroy = removalPolicy === RemovalPolicy.DESTROY;
    return {
      name: newBucketName(where, this.options!.bucketName),
      location,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: isPublic ? "inherited" : "enforced",
      website: { mainPageSuffix: indexPage, notFoundPage },
      versioning: { enabled: versioning ?? false },
      forceDestroy: destroy,
      lifecycle: { preventDestroy: !destroy },
    };
  }
}
