import { ArtifactRegistryRepository } from "@cdktf/provider-google/lib/artifact-registry-repository";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checkInteger } from "../core/checks";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, chosenName } from "../core/naming";
import { RemovalPolicy } from "../core/removal-policy";
import { checkKey } from "../project/encryption-key";
import type { IGrantee } from "../project/grantee";
import { checkLocation } from "./registry-location";
import { cleanupPolicies, grantOnRepository, PULL_ROLE, PUSH_ROLE, repositoryApis, repositoryUrl } from "./repository";

/**
 * A place that images are pulled from and, unless it only caches others, pushed to: one repository,
 * or a copy on each continent.
 */
export interface IImageRegistry extends IConstruct {
  /** Host and path before the image name: `europe-docker.pkg.dev/PROJECT/REPOSITORY`. */
  readonly url: string;
  /** The same where machines of the region pull from: the nearest copy, where there are several. */
  urlIn(region: string): string;
  /** The addresses of all copies. */
  readonly urls: string[];
  /**
   * Where an image has to be pushed, each with a literal host in front: one entry for each copy, so
   * that one digest can be pulled in every region. Empty where nothing can be pushed.
   */
  readonly pushUrls: string[];
  /**
   * The path of an image below the address, as this registry spells it: Docker Hub's `nginx` is
   * `library/nginx` in a cache of it.
   */
  pathOf(name: string): string;
  /** What has to exist before anything is pushed or pulled. */
  readonly dependables: ITerraformDependable[];
  /**
   * Lets someone pull from every copy, for example the Cloud Run service agent of another project,
   * or the account of a machine.
   */
  grantPull(grantee: IGrantee): ITerraformDependable[];
  /**
   * Lets someone push to every copy and pull from it, for example the account of a build.
   *
   * @throws ValidationError where nothing can be pushed.
   */
  grantPush(grantee: IGrantee): ITerraformDependable[];
}

/** What holds for every copy of a registry. */
export interface ImageRegistryOptions {
  /** @default generated from the construct path */
  readonly repositoryId?: string;
  /** At most 500 characters. @default none */
  readonly description?: string;
  /**
   * Refuses to move or delete a tag, and so to delete an image that one points to, by the cleanup
   * and by hand alike
   * (docs.cloud.google.com/artifact-registry/docs/repositories/update-repo-settings, read
   * 2026-11-22). @default true
   */
  readonly immutableTags?: boolean;
  /**
   * Scans each pushed image for known vulnerabilities, once per digest, at a price per image, and
   * enables the scanner's API for that. Findings stay up to date for images that were pushed or
   * pulled within 30 days
   * (docs.cloud.google.com/artifact-analysis/docs/container-scanning-overview, read 2026-11-22).
   * @default false
   */
  readonly vulnerabilityScanning?: boolean;
  /** Deletes images that no tag points to after so many days; 0 keeps them. @default 30 */
  readonly deleteUntaggedAfterDays?: number;
  /**
   * Deletes images that a tag points to so many days after they were pushed, except the newest
   * `keepRecentVersions` of each name; 0 keeps them. Every image of `ContainerImage.fromSource` has
   * a tag. From 0 to 36500; needs `immutableTags: false`. @default 0
   */
  readonly deleteTaggedAfterDays?: number;
  /**
   * Keeps the newest so many versions of each image from being deleted; at least 1 with
   * `deleteTaggedAfterDays`. @default 10
   */
  readonly keepRecentVersions?: number;
  /** Only reports in the audit log what the cleanup would delete. @default false */
  readonly cleanupDryRun?: boolean;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

export interface ImageRegistryProps extends ImageRegistryOptions {
  /**
   * A region, or a multi-region: `us`, `europe`, `asia`
   * (docs.cloud.google.com/artifact-registry/docs/repositories/repo-locations, read 2026-11-22).
   * Cannot be changed later.
   */
  readonly location: string;
  /**
   * `projects/P/locations/L/keyRings/R/cryptoKeys/K`, in the repository's location. Cannot be
   * changed later. The Artifact Registry service agent has to be able to use it before: it exists
   * only after `gcloud beta services identity create --service=artifactregistry.googleapis.com`, so
   * the grant is not made here. @default Google's keys
   */
  readonly encryptionKey?: string;
}

/**
 * An Artifact Registry repository for Docker images.
 *
 * Location, name and key are its identity: changing one is a move, not an update, so its name is
 * fixed and it is never replaced by way of a second one. Images whose digest a service runs stay
 * pullable only while they exist, so the cleanup keeps the newest versions of each.
 */
export class ImageRegistry extends Construct implements IImageRegistry {
  public readonly resource: ArtifactRegistryRepository;
  public readonly url: string;
  public readonly urls: string[];
  public readonly pushUrls: string[];
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: ImageRegistryProps) {
    super(scope, id);
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
      dockerConfig: { immutableTags: props.immutableTags ?? true },
      kmsKeyName: props.encryptionKey,
      vulnerabilityScanningConfig: { enablementConfig: props.vulnerabilityScanning ? "INHERITED" : "DISABLED" },
      cleanupPolicyDryRun: props.cleanupDryRun ?? false,
      cleanupPolicies: cleanupPolicies(days, props.keepRecentVersions ?? 10),
      lifecycle: { preventDestroy: (props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT },
      dependsOn: repositoryApis(this, props.vulnerabilityScanning),
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

  public grantPull(grantee: IGrantee): ITerraformDependable[] {
    return [grantOnRepository(this.resource, PULL_ROLE, grantee)];
  }

  public grantPush(grantee: IGrantee): ITerraformDependable[] {
    return [grantOnRepository(this.resource, PUSH_ROLE, grantee)];
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
        allowed: "0 with immutable tags: Artifact Registry deletes no image that such a tag points to",
        fix: "set immutableTags: false, or leave deleteTaggedAfterDays out",
      });
    }
    if (keepRecentVersions === 0) {
      throw new ValidationError(this, {
        what: "keepRecentVersions",
        got: 0,
        allowed: "1 or more with deleteTaggedAfterDays, or the image that is in use would be deleted too",
        fix: "keep as many versions as you may want to go back to",
      });
    }
  }
}
