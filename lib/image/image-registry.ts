import { ArtifactRegistryRepository } from "@cdktf/provider-google/lib/artifact-registry-repository";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkInteger } from "../core/checks";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, chosenName } from "../core/naming";
import { RemovalPolicy } from "../core/removal-policy";
import { checkKey } from "../project/encryption-key";
import type { IGrantee } from "../project/grantee";
import { type ProviderOptions, useProvider } from "../project/provider";
import { checkLocation } from "./registry-location";
import { cleanupPolicies, grantOnRepository, PULL_ROLE, PUSH_ROLE, repositoryApis, repositoryUrl } from "./repository";

/**
 * A place to pull images from and, unless it is only a cache, push to: one repository, or a copy on
 * each continent.
 */
export interface IImageRegistry extends IConstruct {
  /** Host and path before the image name: `europe-docker.pkg.dev/PROJECT/REPOSITORY`. */
  readonly url: string;
  /** The same for machines of the region: the nearest copy. */
  urlIn(region: string): string;
  /** The addresses of all copies. */
  readonly urls: string[];
  /**
   * Where to push an image, each with a literal host: one entry per copy, so that one digest can be
   * pulled in every region. Empty if nothing can be pushed.
   */
  readonly pushUrls: string[];
  /** The path of an image in this registry: a cache spells Docker Hub's `nginx` `library/nginx`. */
  pathOf(name: string): string;
  /** What must exist before anything is pushed or pulled. */
  readonly dependables: ITerraformDependable[];
  /**
   * Lets an account pull from every copy, such as another project's Cloud Run service agent.
   *
   * @param asker A construct of the stack that needs the grant, and gets the binding if the registry
   * is in another; the grantee unless given
   */
  grantPull(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[];
  /**
   * Lets an account, such as a build's, push to and pull from every copy.
   *
   * @param asker A construct of the stack that needs the grant, and gets the binding if the registry
   * is in another; the grantee unless given
   * @throws ValidationError if nothing can be pushed.
   */
  grantPush(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[];
}

/** Options of every copy of a registry. */
export interface ImageRegistryOptions {
  /** @default generated from the construct path */
  readonly repositoryId?: string;
  /** At most 500 characters. @default none */
  readonly description?: string;
  /**
   * Tags cannot be moved or deleted, so a tagged image cannot be deleted either, by cleanup or by
   * hand (docs.cloud.google.com/artifact-registry/docs/repositories/update-repo-settings, read
   * 2026-11-22). @default true
   */
  readonly immutableTags?: boolean;
  /**
   * Scans each pushed image for known vulnerabilities, once per digest, charged per image, and
   * enables the scanner's API. Findings are updated for images pushed or pulled within 30 days
   * (docs.cloud.google.com/artifact-analysis/docs/container-scanning-overview, read 2026-11-22).
   * @default false
   */
  readonly vulnerabilityScanning?: boolean;
  /** Deletes untagged images after this many days; 0 keeps them. @default 30 */
  readonly deleteUntaggedAfterDays?: number;
  /**
   * Deletes tagged images this many days after the push, except the newest `keepRecentVersions` of
   * each name; 0 keeps them. Every image of `ContainerImage.fromSource` is tagged. From 0 to 36500;
   * needs `immutableTags: false`. @default 0
   */
  readonly deleteTaggedAfterDays?: number;
  /**
   * Newest versions of each image that are never deleted; at least 1 with `deleteTaggedAfterDays`.
   * @default 10
   */
  readonly keepRecentVersions?: number;
  /** Only logs what the cleanup would delete, in the audit log. @default false */
  readonly cleanupDryRun?: boolean;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

export interface ImageRegistryProps extends ImageRegistryOptions, ProviderOptions {
  /**
   * A region, or a multi-region: `us`, `europe`, `asia`
   * (docs.cloud.google.com/artifact-registry/docs/repositories/repo-locations, read 2026-11-22).
   * Cannot be changed later.
   */
  readonly location: string;
  /**
   * `projects/P/locations/L/keyRings/R/cryptoKeys/K`, in the repository's location. Cannot be
   * changed later. The Artifact Registry service agent must have access to it first. That agent
   * exists only after `gcloud beta services identity create
   * --service=artifactregistry.googleapis.com`, so the grant is not made here. @default Google's
   * keys
   */
  readonly encryptionKey?: string;
}

/**
 * An Artifact Registry repository for Docker images.
 *
 * Location, name and key are its identity: changing one is a move, not an update, so its name is
 * fixed and it is never replaced by a second one. Services need the digests they run to stay
 * pullable, so the cleanup keeps the newest versions of each image.
 */
@checked
export class ImageRegistry extends Construct implements IImageRegistry {
  public readonly resource: ArtifactRegistryRepository;
  public readonly url: string;
  public readonly urls: string[];
  public readonly pushUrls: string[];
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: ImageRegistryProps) {
    super(scope, id);
    useProvider(this, props.provider);
    checkLocation(this, props.location);
    this.checkCleanup(props);
    if (props.encryptionKey !== undefined) {
      checkKey(this, props.encryptionKey, props.location, "use a key ring in the repository's location");
    }
    const days = { untagged: props.deleteUntaggedAfterDays ?? 30, tagged: props.deleteTaggedAfterDays };
    this.resource = new ArtifactRegistryRepository(this, "Resource", {
      location: props.location,
      repositoryId: chosenName(this, COMPUTE_NAME, props.repositoryId),
      description: props.description,
      format: "DOCKER",
      mode: "STANDARD_REPOSITORY",
      // Written only if on: the API returns no block that is off, a change on every plan.
      dockerConfig: (props.immutableTags ?? true) ? { immutableTags: true } : undefined,
      kmsKeyName: props.encryptionKey,
      vulnerabilityScanningConfig: { enablementConfig: props.vulnerabilityScanning ? "INHERITED" : "DISABLED" },
      cleanupPolicyDryRun: props.cleanupDryRun ?? false,
      cleanupPolicies: cleanupPolicies(days, props.keepRecentVersions ?? 10),
      lifecycle: { preventDestroy: (props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT },
      dependsOn: repositoryApis(this, props.vulnerabilityScanning, props.encryptionKey),
    });
    this.url = repositoryUrl(this.resource, props.location);
    this.urls = [this.url];
    this.pushUrls = this.urls;
    this.dependables = [this.resource];
  }

  public urlIn(_region: string): string {
    return this.url;
  }

  public pathOf(name: string): string {
    return name;
  }

  public grantPull(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[] {
    return [grantOnRepository(this.resource, PULL_ROLE, grantee, asker)];
  }

  public grantPush(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[] {
    return [grantOnRepository(this.resource, PUSH_ROLE, grantee, asker)];
  }

  private checkCleanup(props: ImageRegistryProps): void {
    const { deleteUntaggedAfterDays, deleteTaggedAfterDays, keepRecentVersions } = props;
    const fix = (which: string) => `pass a number of days, or 0 to keep ${which} images`;
    checkInteger(this, "deleteUntaggedAfterDays", deleteUntaggedAfterDays, 0, 36500, fix("untagged"));
    checkInteger(this, "deleteTaggedAfterDays", deleteTaggedAfterDays, 0, 36500, fix("tagged"));
    checkInteger(this, "keepRecentVersions", keepRecentVersions, 0, 10000, "pass a number of versions");
    if (!deleteTaggedAfterDays) return;
    if (props.immutableTags ?? true) {
      throw new ValidationError(this, {
        what: "deleteTaggedAfterDays",
        got: deleteTaggedAfterDays,
        allowed: "0 with immutable tags: Artifact Registry does not delete images with such a tag",
        fix: "set immutableTags: false, or leave deleteTaggedAfterDays out",
      });
    }
    if (keepRecentVersions === 0) {
      throw new ValidationError(this, {
        what: "keepRecentVersions",
        got: 0,
        allowed: "1 or more with deleteTaggedAfterDays, or images in use would be deleted",
        fix: "keep as many versions as you may roll back to",
      });
    }
  }
}
