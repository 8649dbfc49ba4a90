import { ComputeBackendBucket } from "@cdktf/provider-google/lib/compute-backend-bucket";
import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket";
import { StorageBucketIamMember } from "@cdktf/provider-google/lib/storage-bucket-iam-member";
import type { ITerraformDependable } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, generatedName } from "../../core/naming";
import { Grants } from "../../project/grants";
import { projectNumber } from "../../project/project-number";
import { ProjectServices } from "../../project/project-services";
import { type ProviderOptions, useProvider } from "../../project/provider";
import { BackendKind } from "../backend";
import { renderCustomHeaders } from "../custom-headers";
import { checkPolicyId } from "../security-policy";
import type { Cdn } from "./cdn";
import { CdnBackend } from "./cdn-backend";
import type { CdnSignedUrlKey } from "./cdn-signed-url-key";
import type { ContentBucket } from "./content-bucket";
import type { SigningTarget } from "./signing-target";

/** Who may read the objects. The load balancer has no rights on a bucket by itself. */
export enum BucketReaders {
  /**
   * Everyone, but only through the load balancer, not at storage.googleapis.com. The bucket stays
   * private: the load balancer's service agent gets `roles/storage.objectViewer`
   * (docs.cloud.google.com/cdn/docs/configure-private-bucket-access, general availability
   * 2026-06-25). Responses carry `Cache-Control: private`, so use `Cdn.forceCacheAll()`.
   */
  LOAD_BALANCER = "loadBalancer",
  /**
   * Everyone, through the load balancer or directly: `allUsers` gets
   * `roles/storage.legacyObjectReader`, which does not list objects. Refused where the organization
   * enforces public access prevention.
   */
  EVERYONE = "everyone",
  /**
   * Holders of a signed URL. Cloud CDN's service agent gets `roles/storage.objectViewer`
   * (docs.cloud.google.com/cdn/docs/using-signed-urls, read 2026-11-22); Cloud Storage refuses
   * unsigned requests. Needs `addSignedUrlKey`.
   */
  SIGNED_URLS = "signedUrls",
  /** Whoever already has access: nothing is granted. */
  AS_IT_IS = "asItIs",
}

export interface BucketBackendProps extends ProviderOptions {
  /** `ContentBucket.create({ location: "EU" })` or `ContentBucket.existing("my-docs")`. */
  readonly bucket: ContentBucket;
  /** @default BucketReaders.LOAD_BALANCER for a new bucket, AS_IT_IS for an existing one */
  readonly readers?: BucketReaders;
  /** @default none: nothing is cached */
  readonly cdn?: Cdn;
  /**
   * Headers added to responses, at most 16 and 8 KB. Values may contain variables such as
   * `{cdn_cache_status}`. @default none
   */
  readonly responseHeaders?: { [name: string]: string };
  /** Compresses text responses if the client accepts it. @default false */
  readonly compression?: boolean;
  /** Id of a CLOUD_ARMOR_EDGE policy, the only type for buckets. @default none */
  readonly edgeSecurityPolicyId?: string;
}

/**
 * Files behind the load balancer: model cards, docs, a static page. Google Cloud rejects methods
 * other than GET, HEAD and OPTIONS.
 *
 * A path is the object's name: `/docs/a.html` is the object `docs/a.html`. Every request to a
 * bucket is logged; this cannot be turned off
 * (docs.cloud.google.com/load-balancing/docs/https/https-logging-monitoring, read 2026-11-22).
 *
 * The backend bucket changes in place, except for its name. It is created before a predecessor is
 * destroyed, so Terraform updates the URL map before deleting the old one. The bucket has a fixed
 * name and is never replaced.
 */
@checked
export class BucketBackend extends CdnBackend {
  public readonly resource: ComputeBackendBucket;
  public readonly backendId: string;
  public readonly backendKind?: BackendKind = BackendKind.BUCKET;
  public readonly bucketName: string;
  /** The new bucket; undefined for an existing one. */
  public readonly bucket?: StorageBucket;
  private readonly readers: BucketReaders;

  public constructor(scope: Construct, id: string, props: BucketBackendProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const existing = props.bucket._existingName(this);
    this.readers = props.readers ?? (existing === undefined ? BucketReaders.LOAD_BALANCER : BucketReaders.AS_IT_IS);
    checkPolicyId(this, "edgeSecurityPolicyId", props.edgeSecurityPolicyId);
    if (existing === undefined) {
      this.bucket = new StorageBucket(this, "Bucket", {
        ...props.bucket._config(this, this.readers === BucketReaders.EVERYONE),
        dependsOn: ProjectServices.of(this).require("storage.googleapis.com"),
      });
    }
    this.bucketName = this.bucket?.name ?? existing!;
    const isPublic = this.readers === BucketReaders.EVERYONE;
    this.resource = new ComputeBackendBucket(this, "Resource", {
      name: generatedName(this, COMPUTE_NAME),
      bucketName: this.bucketName,
      enableCdn: props.cdn !== undefined,
      cdnPolicy: props.cdn?._renderForBucket(this),
      customResponseHeaders: renderCustomHeaders(this, "responseHeaders", props.responseHeaders),
      compressionMode: props.compression ? "AUTOMATIC" : undefined,
      edgeSecurityPolicy: props.edgeSecurityPolicyId,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: [
        ...ProjectServices.of(this).require("compute.googleapis.com"),
        // No route leads here until the objects can be read.
        ...(isPublic ? [this.grantRead("roles/storage.legacyObjectReader", "allUsers", "allUsers")] : []),
      ],
    });
    this.backendId = this.resource.id;
    if (this.readers === BucketReaders.LOAD_BALANCER) {
      // The service agent exists only once the project has a backend bucket.
      this.grantAgent("https-lb", this.resource);
    }
    this.node.addValidation({ validate: () => this.unreadable() });
  }

  /** @internal */
  public _signingTarget(): SigningTarget {
    return { kind: "bucket", backendName: this.resource.name, cdn: this.resource.enableCdnInput === true };
  }

  /** @internal */
  public override _addKey(key: CdnSignedUrlKey): void {
    if (this.readers === BucketReaders.LOAD_BALANCER || this.readers === BucketReaders.EVERYONE) {
      throw new ValidationError(key, {
        what: "backend",
        got: `${this.node.path}, which answers everyone without a signature too`,
        allowed: "a bucket with BucketReaders.SIGNED_URLS, or an existing one with AS_IT_IS",
        fix: "set readers: BucketReaders.SIGNED_URLS on the BucketBackend",
      });
    }
    super._addKey(key);
    // The service agent exists only once the project has a key.
    if (this.readers === BucketReaders.SIGNED_URLS) this.grantAgent("cloud-cdn-fill", key.bucketKey!, key);
  }

  private unreadable(): string[] {
    if (this.readers !== BucketReaders.SIGNED_URLS || this.signedUrlKeys.length > 0) return [];
    const problem = new ValidationError(this, {
      what: "readers",
      got: "SIGNED_URLS without a key",
      allowed: "at least one key: nobody can read the objects without one",
      fix: "call addSignedUrlKey, or choose other readers",
    });
    return [problem.message];
  }

  private grantAgent(agent: string, after: ITerraformDependable, asker?: IConstruct): void {
    const member = `serviceAccount:service-${projectNumber(this)}@${agent}.iam.gserviceaccount.com`;
    this.grantRead("roles/storage.objectViewer", member, `service agent ${agent}`, after, asker);
  }

  private grantRead(
    role: string,
    member: string,
    memberKey: string,
    after?: ITerraformDependable,
    asker?: IConstruct,
  ): ITerraformDependable {
    return Grants.of(this, asker).once(
      `bucket ${this.bucket ? this.node.path : this.bucketName}`,
      role,
      memberKey,
      (scope, id) =>
        new StorageBucketIamMember(scope, id, {
          bucket: this.bucketName,
          role,
          member,
          dependsOn: [...ProjectServices.of(scope).require("storage.googleapis.com"), ...(after ? [after] : [])],
        }),
    );
  }
}
