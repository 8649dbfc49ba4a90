import { ArtifactRegistryRepository } from "@cdktf/provider-google/lib/artifact-registry-repository";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkInteger } from "../core/checks";
import { ownDependables } from "../core/dependables";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { RemovalPolicy } from "../core/removal-policy";
import { MULTI_REGIONS } from "../google/registry";
import { checkKey } from "../project/encryption-key";
import type { IGrantee } from "../project/grantee";
import { projectId, projectNumber } from "../project/project-number";
import { type ProviderOptions, useProvider } from "../project/provider";
import { type ISecret, secretNameIn } from "../project/secret";
import { ServiceAccount } from "../project/service-account";
import type { IImageRegistry } from "./image-registry";
import { checkCopies, checkKeyPerLocation, checkLocation, nearestLocation } from "./registry-location";
import { cleanupPolicies, grantOnRepository, PULL_ROLE, repositoryApis, repositoryUrl } from "./repository";
import type { Upstream } from "./upstream";

export interface RemoteRegistryProps extends ProviderOptions {
  /** Source of the images. Changing it replaces the cache. */
  readonly upstream: Upstream;
  /**
   * Multi-regions, each with its own cache, or a single region. An unused cache costs nothing.
   * @default us, europe and asia
   */
  readonly locations?: string[];
  /** At most 500 characters. @default none */
  readonly description?: string;
  /**
   * Upstream user, for private images and higher rate limits. Requires `password`. @default none:
   * public images without login
   */
  readonly username?: string;
  /**
   * Password or access token of `username`. The Artifact Registry service agent is granted read
   * access; in a project new to it, create the agent first: `gcloud beta services identity create
   * --service=artifactregistry.googleapis.com`. @default none
   */
  readonly password?: ISecret;
  /**
   * Creates the cache without checking the upstream and the credentials: for a password that is
   * added later. @default false
   */
  readonly skipUpstreamValidation?: boolean;
  /**
   * Deletes cached images this many days after they were fetched, except the newest
   * `keepRecentVersions`. Pulling fetches them again if the upstream still has them. 0 keeps
   * everything. @default 0
   */
  readonly deleteAfterDays?: number;
  /** With `deleteAfterDays`: newest versions of each image that are kept. @default 10 */
  readonly keepRecentVersions?: number;
  /** Scans each cached image for known vulnerabilities, charged per image. @default false */
  readonly vulnerabilityScanning?: boolean;
  /** By location, all or none. Changing a key replaces the cache. @default Google's keys */
  readonly encryptionKeys?: { [location: string]: string };
  /** A cache can be refilled while the upstream has the images. @default RemovalPolicy.DESTROY */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A nearby cache of another registry's images, for stock images such as vLLM's and Ollama's.
 *
 * Once an image is cached, pulls no longer depend on the upstream or its rate limits. Machines
 * without internet access can pull through Private Google Access, and Cloud Run can use registries
 * it does not support. Nothing can be pushed, and tags move as they do upstream: pin images by
 * digest. The inputs that replace a cache are part of its name, so the new one is created before
 * the old one is destroyed.
 */
@checked
export class RemoteRegistry extends Construct implements IImageRegistry {
  /** In the order of `locations`. */
  public readonly resources: ArtifactRegistryRepository[];
  public readonly url: string;
  public readonly urls: string[];
  /** Empty: nothing can be pushed. */
  public readonly pushUrls: string[] = [];
  public readonly dependables: ITerraformDependable[];
  private readonly locations: readonly string[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: RemoteRegistryProps,
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    const { locations = [...MULTI_REGIONS] } = props;
    this.locations = locations;
    if (locations.length === 1) checkLocation(this, locations[0]!);
    else checkCopies(this, locations, []);
    this.check(locations);
    const credentials = this.credentials();
    this.resources = locations.map((location) => this.repository(location, credentials));
    this.urls = this.resources.map((resource, index) => repositoryUrl(resource, locations[index]!));
    this.url = this.urls[0]!;
    this.dependables = this.resources;
  }

  public urlIn(region: string): string {
    return this.urls[this.locations.indexOf(nearestLocation(this, region, this.locations))]!;
  }

  /** @throws ValidationError for a name that starts with the upstream's host. */
  public pathOf(name: string): string {
    const { _hosts: hosts } = this.props.upstream;
    const host = Token.isUnresolved(name) ? undefined : hosts.find((each) => name.startsWith(`${each}/`));
    if (host !== undefined) {
      throw new ValidationError(this, {
        what: "image name",
        got: name,
        allowed: "the path within the upstream registry",
        fix: `leave out "${host}/"`,
      });
    }
    return this.props.upstream._pathOf(name);
  }

  public grantPull(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[] {
    return this.resources.map((resource) => grantOnRepository(resource, PULL_ROLE, grantee, asker));
  }

  /** @throws ValidationError always: a cache is filled by pulling. */
  public grantPush(grantee: IGrantee, _asker?: IConstruct): ITerraformDependable[] {
    throw new ValidationError(this, {
      what: "grantPush",
      got: grantee.node.path,
      allowed: "grantPull: nothing can be pushed to a cache of another registry",
      fix: "push to an ImageRegistry or a MultiRegionRegistry",
    });
  }

  private check(locations: readonly string[]): void {
    const { props } = this;
    checkInteger(this, "deleteAfterDays", props.deleteAfterDays, 0, 36500, "pass a number of days, or 0 to keep all");
    checkInteger(this, "keepRecentVersions", props.keepRecentVersions, 0, 10000, "pass a number of versions");
    checkKeyPerLocation(this, props.encryptionKeys, locations);
    for (const [location, key] of Object.entries(props.encryptionKeys ?? {})) {
      checkKey(this, key, location, "use a key ring in the repository's location");
    }
    if ((props.username === undefined) !== (props.password === undefined)) {
      throw new ValidationError(this, {
        what: props.username === undefined ? "username" : "password",
        got: undefined,
        allowed: "both username and password, or neither",
        fix: "add it; for public images leave both out",
      });
    }
    if (props.keepRecentVersions !== undefined && !props.deleteAfterDays) {
      throw new ValidationError(this, {
        what: "keepRecentVersions",
        got: props.keepRecentVersions,
        allowed: "unset without deleteAfterDays: nothing is deleted",
        fix: "set deleteAfterDays, or leave it out",
      });
    }
  }

  private repository(location: string, credentials: Credentials | undefined): ArtifactRegistryRepository {
    const { props } = this;
    const { upstream } = props;
    const days = props.deleteAfterDays ?? 0;
    const identity = [
      upstream._uri,
      ...(props.password ? [props.username!, props.password.node.path, props.password.version] : []),
      ...(props.encryptionKeys ? [props.encryptionKeys[location]!] : []),
    ];
    return new ArtifactRegistryRepository(this, location, {
      location,
      repositoryId: generatedName(this, COMPUTE_NAME, identity),
      description: props.description,
      format: "DOCKER",
      mode: "REMOTE_REPOSITORY",
      remoteRepositoryConfig: {
        ...(upstream._isDockerHub
          ? { dockerRepository: { publicRepository: "DOCKER_HUB" } }
          : { commonRepository: { uri: upstream._uri } }),
        disableUpstreamValidation: props.skipUpstreamValidation ?? false,
        ...(credentials && { upstreamCredentials: { usernamePasswordCredentials: credentials.values } }),
      },
      kmsKeyName: props.encryptionKeys?.[location],
      vulnerabilityScanningConfig: { enablementConfig: props.vulnerabilityScanning ? "INHERITED" : "DISABLED" },
      cleanupPolicyDryRun: false,
      cleanupPolicies: days > 0 ? cleanupPolicies({ any: days }, props.keepRecentVersions ?? 10) : undefined,
      lifecycle: {
        createBeforeDestroy: true,
        preventDestroy: (props.removalPolicy ?? RemovalPolicy.DESTROY) === RemovalPolicy.PROTECT,
      },
      dependsOn: [
        ...repositoryApis(this, props.vulnerabilityScanning, props.encryptionKeys?.[location]),
        ...(credentials?.dependables ?? []),
      ],
    });
  }

  private credentials(): Credentials | undefined {
    const { username, password } = this.props;
    if (username === undefined || password === undefined) return undefined;
    const agent = ServiceAccount.fromEmail(
      this,
      "ServiceAgent",
      `service-${projectNumber(this)}@gcp-sa-artifactregistry.iam.gserviceaccount.com`,
    );
    const name = secretNameIn(this, password);
    const isFull = name !== password.secretId || (!Token.isUnresolved(name) && name.startsWith("projects/"));
    const secret = isFull ? name : `projects/${projectId(this)}/secrets/${name}`;
    return {
      values: { username, passwordSecretVersion: `${secret}/versions/${password.version}` },
      dependables: ownDependables(this, [password.grantAccess(agent, this), ...password.dependables]),
    };
  }
}

interface Credentials {
  readonly values: { readonly username: string; readonly passwordSecretVersion: string };
  readonly dependables: ITerraformDependable[];
}
