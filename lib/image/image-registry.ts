import { ArtifactRegistryRepository } from "@cdktf/provider-google/lib/artifact-registry-repository";
import { ArtifactRegistryRepositoryIamMember } from "@cdktf/provider-google/lib/artifact-registry-repository-iam-member";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checkInteger } from "../checks";
import { COMPUTE_NAME, chosenName } from "../naming";
import { regionFacts } from "../planning/regions";
import { checkKey } from "../project/encryption-key";
import type { IGrantee } from "../project/grantee";
import { Grants } from "../project/grants";
import { ProjectServices } from "../project/project-services";
import { RemovalPolicy } from "../removal-policy";

/** A place that images are pulled from and, unless it only caches others, pushed to: one repository, or a copy on each continent. */
export interface IImageRegistry extends IConstruct {
  /** Host and path before the image name: `europe-docker.pkg.dev/PROJECT/REPOSITORY`. */
  readonly url: string;
  /** The same where machines of the region pull from: the nearest copy, where there are several. */
  urlIn(region: string): string;
  /**
   * Where an image has to be pushed, each with a literal host in front: one entry for each copy, so that one digest can be pulled in every region.
   * Empty where nothing can be pushed.
   */
  readonly pushUrls: string[];
  /** The path of an image below the address, as this registry spells it: Docker Hub's `nginx` is `library/nginx` in a cache of it. */
  pathOf(name: string): string;
  /** What has to exist before anything is pushed or pulled. */
  readonly dependables: ITerraformDependable[];
  /** Lets someone pull from every copy, for example the Cloud Run service agent of another project, or the account of a machine. */
  grantPull(grantee: IGrantee): ITerraformDependable[];
  /**
   * Lets someone push to every copy and pull from it, for example the account of a build.
   *
   * @throws ValidationError where nothing can be pushed.
   */
  grantPush(grantee: IGrantee): ITerraformDependable[];
}

export interface ImageRegistryProps {
  /**
   * A region, or a multi-region: `us`, `europe`, `asia` (docs.cloud.google.com/artifact-registry/docs/repositories/repo-locations, read 2026-11-22). Cannot be changed later.
   */
  readonly location: string;
  /** @default generated from the construct path */
  readonly repositoryId?: string;
  /** At most 500 characters. @default none */
  readonly description?: string;
  /** Refuses to move a tag to another image. @default true */
  readonly immutableTags?: boolean;
  /** Scans pushed images for known vulnerabilities, at a price per image. @default false */
  readonly vulnerabilityScanning?: boolean;
  /** Deletes images that no tag points to after so many days; 0 keeps them. @default 30 */
  readonly deleteUntaggedAfterDays?: number;
  /** Keeps the newest so many versions of each image from being deleted. @default 10 */
  readonly keepRecentVersions?: number;
  /** Only reports in the audit log what the cleanup would delete. @default false */
  readonly cleanupDryRun?: boolean;
  /**
   * `projects/P/locations/L/keyRings/R/cryptoKeys/K`, in the repository's location. Cannot be changed later. The Artifact Registry service agent has to
   * be able to use it before: it exists only after `gcloud beta services identity create --service=artifactregistry.googleapis.com`, so the grant is not made here. @default Google's keys
   */
  readonly encryptionKey?: string;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

const MULTI_REGIONS = ["us", "europe", "asia"];

/**
 * An Artifact Registry repository for Docker images.
 *
 * Location, name and key are its identity: changing one is a move, not an update, so its name is fixed and it is never
 * replaced by way of a second one. Images whose digest a service runs stay pullable only while they exist, so the cleanup keeps
 * the newest versions of each.
 */
export class ImageRegistry extends Construct implements IImageRegistry {
  public readonly resource: ArtifactRegistryRepository;
  public readonly url: string;
  public readonly pushUrls: string[];
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: ImageRegistryProps) {
    super(scope, id);
    if (!MULTI_REGIONS.includes(props.location)) regionFacts(this, props.location);
    checkInteger(
      this,
      "deleteUntaggedAfterDays",
      props.deleteUntaggedAfterDays,
      0,
      36500,
      "pass a number of days, or 0 to keep untagged images",
    );
    checkInteger(this, "keepRecentVersions", props.keepRecentVersions, 0, 10000, "pass a number of versions");
    if (props.encryptionKey !== undefined) {
      checkKey(this, props.encryptionKey, props.location, "use a key ring in the repository's location");
    }
    const days = props.deleteUntaggedAfterDays ?? 30;
    const keep = props.keepRecentVersions ?? 10;
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
      cleanupPolicies: [
        ...(days > 0
          ? [
              {
                id: "delete-untagged",
                action: "DELETE",
                condition: { tagState: "UNTAGGED", olderThan: `${days * 86400}s` },
              },
            ]
          : []),
        ...(keep > 0 ? [{ id: "keep-recent", action: "KEEP", mostRecentVersions: { keepCount: keep } }] : []),
      ],
      lifecycle: { preventDestroy: (props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT },
      dependsOn: [
        ...ProjectServices.of(this).require("artifactregistry.googleapis.com"),
        ...(props.vulnerabilityScanning ? ProjectServices.of(this).require("containerscanning.googleapis.com") : []),
      ],
    });
    this.url = `${props.location}-docker.pkg.dev/${this.resource.project}/${this.resource.repositoryId}`;
    this.pushUrls = [this.url];
    this.dependables = [this.resource];
  }

  public urlIn(_region: string): string {
    return this.url;
  }

  public pathOf(name: string): string {
    return name;
  }

  public grantPull(grantee: IGrantee): ITerraformDependable[] {
    return [this.grant("roles/artifactregistry.reader", grantee)];
  }

  public grantPush(grantee: IGrantee): ITerraformDependable[] {
    return [this.grant("roles/artifactregistry.writer", grantee)];
  }

  private grant(role: string, grantee: IGrantee): ITerraformDependable {
    return Grants.of(this).once(
      `repository ${this.node.path}`,
      role,
      grantee.grantKey,
      (scope, id) =>
        new ArtifactRegistryRepositoryIamMember(scope, id, {
          location: this.resource.location,
          repository: this.resource.repositoryId,
          role,
          member: grantee.iamMember,
        }),
    );
  }
}
