import { type ITerraformDependable, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkLiteral, checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { regionFacts } from "../core/regions";
import type { RemovalPolicy } from "../core/removal-policy";
import { MULTI_REGIONS } from "../google/storage";
import { grantBucketRole } from "../project/buckets";
import type { IGrantee } from "../project/grantee";
import { type ProviderOptions, useProvider } from "../project/provider";
import { DataBucket, type RetentionOptions } from "./data-bucket";

/** Where processors write what they have found. */
export interface IResultStore extends IConstruct {
  /** Name of the bucket that takes the results of a region. */
  bucketNameIn(region: string): string;
  /** Whether the results of a region surely stay there. */
  staysIn(region: string): boolean;
  /** Lets an account write the results of a region, and replace them. */
  grantWrite(grantee: IGrantee, region: string): ITerraformDependable;
  /** Lets an account read all results. */
  grantRead(grantee: IGrantee): ITerraformDependable[];
}

export interface DualRegionOptions {
  /** Copies each object to the second region within 15 minutes; costs extra. @default false */
  readonly turboReplication?: boolean;
}

/**
 * Where the buckets of a store are. A bucket cannot be moved: for another location, create a second
 * store (docs.cloud.google.com/storage/docs/locations, read 2026-11-28).
 */
@checked
export class StoreLocation {
  /**
   * One bucket over a continent, which survives the loss of a region.
   *
   * @param name `EU`, `US` or `ASIA`.
   */
  public static multiRegion(name: string): StoreLocation {
    return new StoreLocation([name]);
  }

  /**
   * One bucket in two regions of a continent: nearer than a multi-region, and it survives the loss of
   * either.
   */
  public static dualRegion(first: string, second: string, options: DualRegionOptions = {}): StoreLocation {
    return new StoreLocation([], [first, second], options.turboReplication ?? false);
  }

  /** A bucket in each region: results never leave the region, and are lost with it. */
  public static regions(regions: string[]): StoreLocation {
    return new StoreLocation([], [], false, regions);
  }

  private constructor(
    private readonly multi: string[],
    /** @internal */
    public readonly _dual: string[] = [],
    /** @internal */
    public readonly _turbo = false,
    /** Empty for one bucket that serves all regions. @internal */
    public readonly _regions: string[] = [],
  ) {}

  /** The locations of the buckets, checked. @internal */
  public _locations(where: IConstruct): string[] {
    for (const region of [...this._dual, ...this._regions]) regionFacts(where, region);
    if (this._dual.length > 0) return [this.continent(where)];
    if (this.multi.length === 0) {
      checkUnique(where, "location", this._regions, "name each region once");
      if (this._regions.length > 0) return this._regions;
    }
    const [name = ""] = this.multi;
    checkLiteral(where, "location", name);
    if (MULTI_REGIONS.includes(name)) return [name];
    const suggestion = MULTI_REGIONS.find((each) => each === name.toUpperCase());
    throw new ValidationError(where, {
      what: "location",
      got: name === "" ? [] : name,
      allowed: `${MULTI_REGIONS.join(", ")} as a multi-region, or at least one region`,
      fix: suggestion ? `did you mean "${suggestion}"?` : "for single regions use StoreLocation.regions",
    });
  }

  private continent(where: IConstruct): string {
    const [name, ...others] = new Set(
      this._dual.map((each) => {
        const { continent, country } = regionFacts(where, each);
        return country === "US" ? "US" : { EU: "EU", AS: "ASIA" }[continent];
      }),
    );
    if (others.length === 0 && name !== undefined && this._dual[0] !== this._dual[1]) return name;
    throw new ValidationError(where, {
      what: "location",
      got: this._dual,
      allowed: "two different regions of Europe, of the United States or of Asia",
      fix: "choose a second region of the same continent, or StoreLocation.regions for a bucket in each",
    });
  }
}

export interface ResultStoreProps extends RetentionOptions, ProviderOptions {
  /** `StoreLocation.multiRegion("EU")`. Cannot be changed. */
  readonly location: StoreLocation;
  /**
   * 3 to 63 lower-case letters, digits and hyphens, unique across Google Cloud; with
   * `StoreLocation.regions`, each region's name is added. @default the provider's project, and a
   * name generated from the construct path
   */
  readonly bucketName?: string;
  /**
   * Keys by location of the bucket: `{ EU: "projects/P/locations/europe/keyRings/R/cryptoKeys/K" }`.
   * Cloud Storage's service agent is granted their use. @default Google's keys
   */
  readonly encryptionKeys?: { [location: string]: string };
  /** `DESTROY` deletes the buckets with all results. @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Storage for results: one bucket over a continent or two regions, or one in each region. Nobody
 * reads it without a grant.
 */
@checked
export class ResultStore extends Construct implements IResultStore {
  /** An existing bucket. Only grants are added to it. */
  public static fromBucketName(scope: Construct, id: string, bucketName: string): IResultStore {
    return new ExistingStore(scope, id, bucketName);
  }

  public readonly buckets: DataBucket[];
  private readonly location: StoreLocation;

  public constructor(scope: Construct, id: string, props: ResultStoreProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const { location, bucketName, encryptionKeys = {} } = props;
    const locations = location._locations(this);
    const unknown = Object.keys(encryptionKeys).find((each) => !locations.includes(each));
    if (unknown !== undefined) {
      throw new ValidationError(this, {
        what: "encryptionKeys",
        got: unknown,
        allowed: locations.join(", "),
        fix: "name the location of the bucket",
      });
    }
    this.location = location;
    this.buckets = locations.map(
      (each) =>
        new DataBucket(this, [each, ...location._dual].join(" "), {
          ...props,
          location: each,
          bucketName: bucketName === undefined || location._regions.length === 0 ? bucketName : `${bucketName}-${each}`,
          dualRegion: location._dual.length > 0 ? location._dual : undefined,
          turboReplication: location._turbo,
          encryptionKey: encryptionKeys[each],
        }),
    );
  }

  public bucketNameIn(region: string): string {
    return this.bucketIn(region).bucketName;
  }

  public staysIn(region: string): boolean {
    return this.location._regions.includes(region);
  }

  public grantWrite(grantee: IGrantee, region: string): ITerraformDependable {
    return grantBucketRole(this, this.bucketNameIn(region), "roles/storage.objectUser", grantee, grantee);
  }

  public grantRead(grantee: IGrantee): ITerraformDependable[] {
    return this.buckets.map(({ bucketName }) =>
      grantBucketRole(this, bucketName, "roles/storage.objectViewer", grantee, grantee),
    );
  }

  private bucketIn(region: string): DataBucket {
    if (this.location._regions.length === 0) return this.buckets[0]!;
    const bucket = this.buckets.find(({ location }) => location === region);
    if (bucket) return bucket;
    throw new ValidationError(this, {
      what: "results",
      got: region,
      allowed: this.location._regions.join(", "),
      fix: "add the region to StoreLocation.regions",
    });
  }
}

@checked
class ExistingStore extends Construct implements IResultStore {
  public constructor(
    scope: Construct,
    id: string,
    private readonly bucketName: string,
  ) {
    super(scope, id);
    if (Token.isUnresolved(bucketName) || !bucketName.includes("/")) return;
    throw new ValidationError(this, {
      what: "bucketName",
      got: bucketName,
      allowed: "the name of a bucket",
      fix: "leave out gs:// and the path of an object",
    });
  }

  public bucketNameIn(): string {
    return this.bucketName;
  }

  public staysIn(): boolean {
    return false;
  }

  public grantWrite(grantee: IGrantee): ITerraformDependable {
    return grantBucketRole(this, this.bucketName, "roles/storage.objectUser", grantee, grantee);
  }

  public grantRead(grantee: IGrantee): ITerraformDependable[] {
    return [grantBucketRole(this, this.bucketName, "roles/storage.objectViewer", grantee, grantee)];
  }
}
