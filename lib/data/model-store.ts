import { StorageAnywhereCache } from "@cdktf/provider-google/lib/storage-anywhere-cache";
import type { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket";
import { StorageBucketIamMember } from "@cdktf/provider-google/lib/storage-bucket-iam-member";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkInteger, checkLiteral, checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { regionFacts } from "../core/regions";
import type { RemovalPolicy } from "../core/removal-policy";
import { nearestRegions, REGIONS } from "../google/regions";
import { isInLocation, isStorageLocation } from "../google/storage";
import { setNewerAttribute } from "../project/google-provider-version";
import type { IGrantee } from "../project/grantee";
import { Grants } from "../project/grants";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";
import type { IModelVersion } from "../region/model-version";
import { DataBucket } from "./data-bucket";
import { type ModelVersionOptions, StoredModelVersion } from "./model-version";

const READ = "roles/storage.objectViewer";
const WRITE = "roles/storage.objectUser";
const DAY = 86400;

/** Model weights in Cloud Storage. */
export interface IModelStore extends IConstruct {
  /**
   * The weights of one version of a model, for the `models` of services and jobs. Nothing is
   * created: the files are uploaded to `uploadUrls`.
   */
  version(model: string, version: string, options?: ModelVersionOptions): IModelVersion;
  /**
   * Lets an account read every bucket. What mounts a version gets the grant by itself.
   *
   * @param asker A construct of the stack that needs the grant, and gets the binding if the store
   * is in another; the grantee unless given
   */
  grantRead(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[];
  /** Lets an account upload and delete files in every bucket: for the one that publishes models. */
  grantWrite(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[];
}

export interface ModelStoreReferenceOptions extends ProviderOptions {
  /**
   * Lets regions outside all locations read the nearest bucket. Each start then reads across
   * regions, which is slower and paid for. @default false: such a region is an error
   */
  readonly serveOtherRegions?: boolean;
}

export interface ModelStoreProps extends ModelStoreReferenceOptions {
  /**
   * A bucket in each: regions (`europe-west1`), dual-regions (`EUR4`) or multi-regions (`EU`, `US`,
   * `ASIA`). A region reads the smallest one that contains it. Files must be uploaded to each.
   */
  readonly locations: string[];
  /**
   * Beginning of the bucket names, to which `-LOCATION` is added: lower-case letters, digits and
   * hyphens, unique across Google Cloud. Cannot be changed. @default the provider's project, and a
   * name generated from the construct path
   */
  readonly bucketName?: string;
  /**
   * Zones with a Rapid Cache (Anywhere Cache): those of the GPUs. Each copy is paid for, and the
   * deploy waits until a new one is ready, up to four hours. Before you remove a bucket, remove its
   * caches and wait an hour. @default none
   */
  readonly cacheZones?: string[];
  /** How long a cache keeps what nobody reads, from 1. @default 86400 */
  readonly cacheTtlSeconds?: number;
  /**
   * Fills caches at the upload, so that the first instance finds the files. Needs provider 7.32.0.
   * @default true
   */
  readonly cacheOnUpload?: boolean;
  /**
   * By location: `projects/P/locations/europe-west1/keyRings/R/cryptoKeys/K`, for `EU` a key in
   * `europe`. The Cloud Storage service agent is granted its use. Files that exist keep their old
   * key. @default Google's keys
   */
  readonly encryptionKeys?: { [location: string]: string };
  /** Days to keep files that were overwritten or deleted, from 1. @default 30 */
  readonly keepReplacedDays?: number;
  /** Days in which a deleted file can be restored after that: 7 to 90, or 0. @default 7 */
  readonly softDeleteDays?: number;
  /** Labels of the buckets, besides the provider's default labels. @default none */
  readonly labels?: { [key: string]: string };
  /**
   * `DESTROY` deletes the buckets with all their files. `PROTECT` makes Terraform refuse, and never
   * deletes a bucket that is not empty. @default RemovalPolicy.PROTECT
   */
  readonly removalPolicy?: RemovalPolicy;
}

abstract class ModelStoreBase extends Construct implements IModelStore {
  /** Names of the buckets, by location. @internal */
  protected abstract readonly _bucketNames: ReadonlyMap<string, string>;
  /** @internal */
  protected abstract readonly _serveOtherRegions: boolean;

  public version(model: string, version: string, options: ModelVersionOptions = {}): IModelVersion {
    const buckets = () => [...this._bucketNames.values()];
    return new StoredModelVersion(this, model, version, options, buckets, (region, reader) =>
      this.bucketIn(region, reader),
    );
  }

  public grantRead(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[] {
    return this.grant(READ, grantee, asker);
  }

  public grantWrite(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[] {
    return this.grant(WRITE, grantee, asker);
  }

  /**
   * On whole buckets, without a condition on a folder: the running version would lose its files
   * before the next one has started.
   */
  private grant(role: string, grantee: IGrantee, asker: IConstruct = grantee): ITerraformDependable[] {
    return [...this._bucketNames.values()].map((bucket) =>
      Grants.of(this, asker).once(
        `bucket ${bucket}`,
        role,
        grantee.grantKey,
        (scope, id) =>
          new StorageBucketIamMember(scope, id, {
            bucket,
            role,
            member: grantee.iamMember,
            dependsOn: ProjectServices.of(scope).require("storage.googleapis.com"),
          }),
      ),
    );
  }

  private bucketIn(region: string, reader: IConstruct): string {
    regionFacts(reader, region);
    const regions = REGIONS.map(({ name }) => name);
    const tried = this._serveOtherRegions ? nearestRegions(region, regions) : [region];
    const locations = [...this._bucketNames.keys()];
    for (const each of tried) {
      const location = smallestAround(each, locations);
      if (location !== undefined) return this._bucketNames.get(location)!;
    }
    throw new ValidationError(reader, {
      what: "models",
      got: `a version of ${this.node.path} in ${region}`,
      allowed: `regions in ${locations.join(", ")}`,
      fix: `add "${region}" to its locations and upload the files there, or set serveOtherRegions`,
    });
  }
}

/**
 * Versioned model weights in Cloud Storage: one bucket in each location, read where the instances
 * are. Files lie at `models/NAME/VERSION/FILES` and are not overwritten: a new version is a new
 * folder, and a service that takes it gets a new revision, while the old one keeps its files.
 *
 * The buckets have uniform access, no public access, object versions and soft delete. They are
 * never replaced: another location is another bucket.
 */
@checked
export class ModelStore extends ModelStoreBase {
  /** Existing buckets, by location: `{ "europe-west1": "my-models" }`. */
  public static fromBuckets(
    scope: Construct,
    id: string,
    buckets: { [location: string]: string },
    options: ModelStoreReferenceOptions = {},
  ): IModelStore {
    return new ImportedModelStore(scope, id, buckets, options);
  }

  /** By location, as given. */
  public readonly buckets: { [location: string]: StorageBucket };
  /** By zone. */
  public readonly caches: { [zone: string]: StorageAnywhereCache };
  /** @internal */
  protected readonly _bucketNames: ReadonlyMap<string, string>;
  /** @internal */
  protected readonly _serveOtherRegions: boolean;

  public constructor(scope: Construct, id: string, props: ModelStoreProps) {
    super(scope, id);
    useProvider(this, props.provider);
    this._serveOtherRegions = props.serveOtherRegions ?? false;
    checkStore(this, props);
    const { locations, cacheZones = [] } = props;
    const buckets = locations.map((location) => createBucket(this, location, props));
    this.buckets = Object.fromEntries(buckets.map(({ location, resource }) => [location, resource]));
    this._bucketNames = new Map(buckets.map(({ location, bucketName }) => [location, bucketName]));
    this.caches = Object.fromEntries(
      cacheZones.map((zone) => {
        const location = cachedLocation(this, zone, locations);
        const bucket = buckets.find((each) => each.location === location)!;
        return [zone, createCache(bucket, zone, props)];
      }),
    );
  }
}

class ImportedModelStore extends ModelStoreBase {
  /** @internal */
  protected readonly _bucketNames: ReadonlyMap<string, string>;
  /** @internal */
  protected readonly _serveOtherRegions: boolean;

  public constructor(
    scope: Construct,
    id: string,
    buckets: { [location: string]: string },
    options: ModelStoreReferenceOptions,
  ) {
    super(scope, id);
    useProvider(this, options.provider);
    checkLocations(this, "buckets", Object.keys(buckets));
    this._bucketNames = new Map(Object.entries(buckets));
    this._serveOtherRegions = options.serveOtherRegions ?? false;
  }
}

/** Of the locations that contain a region, the smallest: a region before EUR4 before EU. */
function smallestAround(region: string, locations: readonly string[]): string | undefined {
  return locations
    .filter((location) => isInLocation(region, location))
    .sort((one, other) => other.length - one.length)[0];
}

function checkLocations(where: IConstruct, what: string, locations: readonly string[]): void {
  if (locations.length === 0) {
    throw new ValidationError(where, {
      what,
      got: locations,
      allowed: "at least one location",
      fix: 'name a region or multi-region, for example "EU"',
    });
  }
  for (const location of locations) {
    checkLiteral(where, what, location);
    if (!isStorageLocation(location)) regionFacts(where, location);
  }
  const lower = locations.map((location) => location.toLowerCase());
  checkUnique(where, what, lower, "name each location once");
}

function checkStore(where: IConstruct, props: ModelStoreProps): void {
  const { locations, cacheZones = [], encryptionKeys = {}, keepReplacedDays, cacheTtlSeconds } = props;
  checkLocations(where, "locations", locations);
  const known = Object.keys(encryptionKeys).find((location) => !locations.includes(location));
  if (known !== undefined) {
    throw new ValidationError(where, {
      what: "encryptionKeys",
      got: known,
      allowed: locations.join(", "),
      fix: "add it to locations, or remove the key",
    });
  }
  checkUnique(where, "cacheZones", cacheZones, "name each zone once");
  for (const zone of cacheZones) cachedLocation(where, zone, locations);
  const unused = cacheZones.length === 0 && (cacheTtlSeconds ?? props.cacheOnUpload) !== undefined;
  if (unused) {
    throw new ValidationError(where, {
      what: cacheTtlSeconds === undefined ? "cacheOnUpload" : "cacheTtlSeconds",
      got: cacheTtlSeconds ?? props.cacheOnUpload,
      allowed: "none without cacheZones",
      fix: "name the zones of the GPUs in cacheZones, or remove it",
    });
  }
  checkInteger(where, "cacheTtlSeconds", cacheTtlSeconds, 1, 365 * DAY, "give whole seconds");
  checkInteger(where, "keepReplacedDays", keepReplacedDays, 1, 36500, "give whole days");
}

/** The location whose bucket a zone caches. */
function cachedLocation(where: IConstruct, zone: string, locations: readonly string[]): string {
  checkLiteral(where, "cacheZones", zone);
  const region = /^([a-z]+-[a-z]+\d+)-[a-z]$/.exec(zone)?.[1];
  const location = region === undefined ? undefined : smallestAround(region, locations);
  if (location !== undefined) return location;
  throw new ValidationError(where, {
    what: "cacheZones",
    got: zone,
    allowed: `zones in ${locations.join(", ")}`,
    fix: region
      ? "add a bucket in its region to locations: a cache must be where its bucket is"
      : "name a zone, for example europe-west1-b",
  });
}

function createBucket(store: Construct, location: string, props: ModelStoreProps): DataBucket {
  const { bucketName, encryptionKeys, keepReplacedDays, softDeleteDays, labels, removalPolicy } = props;
  return new DataBucket(store, location.toLowerCase(), {
    location,
    bucketName: bucketName === undefined ? undefined : `${bucketName}-${location.toLowerCase()}`,
    encryptionKey: encryptionKeys?.[location],
    oldVersionDays: keepReplacedDays,
    softDeleteDays,
    labels,
    removalPolicy,
  });
}

function createCache(
  bucket: DataBucket,
  zone: string,
  { cacheTtlSeconds = DAY, cacheOnUpload = true }: ModelStoreProps,
): StorageAnywhereCache {
  const cache = new StorageAnywhereCache(bucket, `Cache ${zone}`, {
    bucket: bucket.bucketName,
    zone,
    ttl: `${cacheTtlSeconds}s`,
  });
  if (cacheOnUpload) setNewerAttribute(cache, "ingest_on_write", true);
  return cache;
}
