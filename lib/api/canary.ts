import type { IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import { RemovalPolicy } from "../core/removal-policy";
import { withoutUnset } from "../core/unset";
import type { IImage } from "../image/container-image";
import type { HeaderMatch } from "../routing/route-match";
import type {
  MultiRegionService,
  MultiRegionServiceProps,
  RegionOverrides,
  ServiceSettings,
} from "./multi-region-service";

/**
 * A new version beside a service. Omitted options are those of the service, whatever default is
 * stated here; `env` and `secretEnv` are added to the service's, everything else replaces.
 */
export interface AddCanaryProps extends ServiceSettings {
  /** @default the service's: another configuration of the same image */
  readonly image?: IImage;
  /** The service whose requests it takes: one of this API. @default the API's own service */
  readonly of?: MultiRegionService;
  /**
   * Percentage of the service's requests, 0 to 100. Each request is assigned independently, so one
   * client sees both versions. With 0, it only gets requests with `headers`.
   */
  readonly percent: number;
  /**
   * Test traffic: requests with all of these headers go to the canary, whatever the percentage:
   * `HeaderMatch.exact("x-canary", "1")`. @default none
   */
  readonly headers?: HeaderMatch[];
  /**
   * Regions in which it runs; elsewhere clients get it from the nearest of them. @default the
   * service's regions, those added later too
   */
  readonly regions?: string[];
  /** At most 49 characters; the same in every region. @default generated from the construct path */
  readonly serviceName?: string;
  /** @default RemovalPolicy.DESTROY: it is removed when it is promoted or taken back */
  readonly removalPolicy?: RemovalPolicy;
}

const ADDED = ["env", "secretEnv"];

/**
 * The props of a canary of a service.
 *
 * @throws ValidationError where the service's `regionOverrides` and the canary set the same prop.
 */
export function canaryProps(
  where: IConstruct,
  service: MultiRegionServiceProps,
  canary: AddCanaryProps,
): MultiRegionServiceProps {
  const named = withoutUnset(canary);
  const { regions = service.regions, regionOverrides = {} } = canary;
  const overrides = regions.map((region): [string, RegionOverrides] => {
    const common = withoutUnset(service.regionOverrides?.[region] ?? {});
    const own = withoutUnset(regionOverrides[region] ?? {});
    const unclear = Object.keys(common).find((prop) => prop in named && !(prop in own) && !ADDED.includes(prop));
    if (unclear !== undefined) {
      throw new ValidationError(where, {
        what: unclear,
        got: `one for the canary, and one in the service's regionOverrides for ${region}`,
        allowed: "a value for each region in which the service has one of its own",
        fix: `add the canary's: regionOverrides: { "${region}": { ${unclear}: … } }`,
      });
    }
    return [region, { ...common, ...own, ...addedUp(common, own) }];
  });
  const unknown = Object.entries(regionOverrides).filter(([region]) => !regions.includes(region));
  return {
    ...service,
    serviceName: undefined,
    removalPolicy: RemovalPolicy.DESTROY,
    ...named,
    ...addedUp(service, named),
    regions,
    regionOverrides: Object.fromEntries([...overrides, ...unknown]),
    drainingRegions: service.drainingRegions?.filter((region) => regions.includes(region)),
  };
}

function addedUp(common: RegionOverrides, own: RegionOverrides): Pick<RegionOverrides, "env" | "secretEnv"> {
  return { env: { ...common.env, ...own.env }, secretEnv: { ...common.secretEnv, ...own.secretEnv } };
}
