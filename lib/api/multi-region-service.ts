import { Construct } from "constructs";
import { RegionBackendTarget } from "../backend/region-backend-target";
import { ServerlessBackend, type ServerlessBackendOptions } from "../backend/serverless-backend";
import { checked } from "../core/checked";
import { CLOUD_RUN_NAME, chosenName } from "../core/naming";
import { RemovalPolicy } from "../core/removal-policy";
import { withoutUnset } from "../core/unset";
import type { IImage } from "../image/container-image";
import { type ProviderOptions, useProvider } from "../project/provider";
import { type IServiceAccount, ServiceAccount } from "../project/service-account";
import type { Access } from "../region/access";
import type { CloudRunOptions } from "../region/cloud-run/cloud-run-options";
import { CloudRunRegion } from "../region/cloud-run/cloud-run-region";
import { checkRegions } from "../region/region-lists";

/**
 * Overrides for one region. `env`, `secretEnv` and `customAudiences` are added to the common ones;
 * everything else replaces.
 */
export interface RegionOverrides extends CloudRunOptions {
  /** @default the image of all regions */
  readonly image?: IImage;
}

/** What a service and its canaries have in common. */
export interface ServiceSettings extends CloudRunOptions, ServerlessBackendOptions {
  /** By region. @default none */
  readonly regionOverrides?: { [region: string]: RegionOverrides };
  /** @default Access.public() */
  readonly access?: Access;
  /** What it runs as in every region. @default a new account without any role */
  readonly serviceAccount?: IServiceAccount;
}

/** A service in several regions. Options apply to all regions, `regionOverrides` to one. */
export interface ServiceOptions extends ServiceSettings {
  readonly image: IImage;
  /**
   * Regions that keep running but receive no requests. To remove a region: drain it, deploy, wait
   * for the longest request to end, remove it from `regions` too, deploy. Draining also turns off
   * deletion protection. @default none
   */
  readonly drainingRegions?: string[];
  /** At most 49 characters; the same in every region. @default generated from the construct path */
  readonly serviceName?: string;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

export interface MultiRegionServiceProps extends ServiceOptions, ProviderOptions {
  /** Google Cloud regions, in any order: `["europe-west1", "us-central1"]`. */
  readonly regions: string[];
}

/**
 * A Cloud Run service in each region, and the global backend service that sends each request to the
 * nearest healthy region.
 */
@checked
export class MultiRegionService extends Construct {
  /** In the order of `regions`, draining ones included. */
  public readonly regions: CloudRunRegion[];
  public readonly serviceAccount: IServiceAccount;
  public readonly backend: ServerlessBackend;
  /** Those of `regions` that receive no requests. */
  public readonly drainingRegions: string[];
  /** The regions that receive requests. @internal */
  public readonly _targets: CloudRunRegion[];

  public constructor(
    scope: Construct,
    id: string,
    /** @internal */
    public readonly _props: MultiRegionServiceProps,
  ) {
    super(scope, id);
    useProvider(this, _props.provider);
    const props = _props;
    checkRegions(this, props);
    const { regionOverrides = {}, drainingRegions = [] } = props;
    this.drainingRegions = drainingRegions;
    const serviceName = chosenName(this, CLOUD_RUN_NAME, props.serviceName);
    // One account for all regions: creating one takes about 10 seconds.
    this.serviceAccount = props.serviceAccount ?? new ServiceAccount(this, "ServiceAccount");
    this.regions = props.regions.map((region) => {
      const overrides = withoutUnset(regionOverrides[region] ?? {});
      return new CloudRunRegion(this, region, {
        ...props,
        ...overrides,
        env: { ...props.env, ...overrides.env },
        secretEnv: { ...props.secretEnv, ...overrides.secretEnv },
        customAudiences: [...(props.customAudiences ?? []), ...(overrides.customAudiences ?? [])],
        region,
        serviceName,
        serviceAccount: this.serviceAccount,
        removalPolicy: drainingRegions.includes(region) ? RemovalPolicy.DESTROY : props.removalPolicy,
      });
    });
    this._targets = this.regions.filter(({ region }) => !drainingRegions.includes(region));
    this.backend = this.addBackend("Backend", props);
  }

  /** Another backend service over the same regions, for example cached. Route requests to it. */
  public addBackend(id: string, options: ServerlessBackendOptions): ServerlessBackend {
    return new ServerlessBackend(this, id, { ...options, targets: this._targets, access: this._props.access });
  }

  /** Grants `roles/run.invoker` in every region to an IAM member, literal or a reference. */
  public grantInvoke(member: string): void {
    for (const region of this.regions) region.grantInvoke(member);
  }

  /** The region's backend; undefined if it does not run there or is draining. @internal */
  public _regionTarget(region: string): RegionBackendTarget | undefined {
    const target = this._targets.find((each) => each.region === region);
    return target && RegionBackendTarget.cloudRun(target);
  }
}
