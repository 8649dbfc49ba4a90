import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { COMPUTE_NAME, chosenName } from "../core/naming";
import { MULTI_REGIONS } from "../google/registry";
import type { IGrantee } from "../project/grantee";
import { type ProviderOptions, useProvider } from "../project/provider";
import { type IImageRegistry, ImageRegistry, type ImageRegistryOptions } from "./image-registry";
import { checkCopies, checkKeyPerLocation, nearestLocation } from "./registry-location";

export interface MultiRegionRegistryProps extends ImageRegistryOptions, ProviderOptions {
  /** Multi-regions that hold a copy: `us`, `europe`, `asia`. @default all three */
  readonly locations?: string[];
  /**
   * Locations that are pushed to but not pulled from: a new one until it holds every image in use,
   * an old one before its removal. @default none
   */
  readonly standbyLocations?: string[];
  /**
   * By location: `projects/P/locations/europe/keyRings/R/cryptoKeys/K` for `europe`. Set all
   * locations or none; cannot be changed later. See `ImageRegistry` for the grant. @default
   * Google's keys
   */
  readonly encryptionKeys?: { [location: string]: string };
}

/**
 * One registry on several continents: a Docker repository of the same name in each multi-region.
 * Each region pulls from the nearest copy.
 *
 * Images are pushed to every copy. A digest is computed from the content, so it is the same in all
 * of them. By measured round-trip times, Africa and the Middle East pull from Europe, Oceania from
 * Asia.
 */
@checked
export class MultiRegionRegistry extends Construct implements IImageRegistry {
  /** In the order of `locations`. */
  public readonly registries: ImageRegistry[];
  /** The first copy to pull from. */
  public readonly url: string;
  public readonly urls: string[];
  public readonly pushUrls: string[];
  public readonly dependables: ITerraformDependable[];
  private readonly urlByLocation: ReadonlyMap<string, string>;

  public constructor(scope: Construct, id: string, props: MultiRegionRegistryProps = {}) {
    super(scope, id);
    useProvider(this, props.provider);
    const { locations = [...MULTI_REGIONS], standbyLocations = [], encryptionKeys, ...options } = props;
    checkCopies(this, locations, standbyLocations);
    checkKeyPerLocation(this, encryptionKeys, locations);
    const repositoryId = chosenName(this, COMPUTE_NAME, props.repositoryId);
    this.registries = locations.map(
      (location) =>
        new ImageRegistry(this, location, {
          ...options,
          repositoryId,
          location,
          encryptionKey: encryptionKeys?.[location],
        }),
    );
    this.urls = this.registries.map(({ url }) => url);
    this.pushUrls = this.urls;
    this.urlByLocation = new Map(
      locations.flatMap((location, index) =>
        standbyLocations.includes(location) ? [] : [[location, this.urls[index]!] as const],
      ),
    );
    this.url = [...this.urlByLocation.values()][0]!;
    this.dependables = this.registries.map(({ resource }) => resource);
  }

  public urlIn(region: string): string {
    return this.urlByLocation.get(nearestLocation(this, region, [...this.urlByLocation.keys()]))!;
  }

  public pathOf(name: string): string {
    return name;
  }

  public grantPull(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[] {
    return this.registries.flatMap((registry) => registry.grantPull(grantee, asker));
  }

  public grantPush(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[] {
    return this.registries.flatMap((registry) => registry.grantPush(grantee, asker));
  }
}
