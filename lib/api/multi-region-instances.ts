import { Construct } from "constructs";
import type { Balancing } from "../backend/instance-group/balancing";
import {
  InstanceGroupBackend,
  type InstanceGroupBackendOptions,
} from "../backend/instance-group/instance-group-backend";
import { RegionBackendTarget } from "../backend/region-backend-target";
import { checked } from "../core/checked";
import { RemovalPolicy } from "../core/removal-policy";
import { withoutUnset } from "../core/unset";
import type { IImage } from "../image/container-image";
import { type ProviderOptions, useProvider } from "../project/provider";
import { type IServiceAccount, ServiceAccount } from "../project/service-account";
import type { Access } from "../region/access";
import type { HealthCheck } from "../region/instance-group/health-check";
import type { InstanceGroupOptions, InstanceGroupSettings } from "../region/instance-group/instance-group-options";
import { InstanceGroupRegion } from "../region/instance-group/instance-group-region";
import type { IRegionNetwork } from "../region/network/network-target";
import { RegionNetwork } from "../region/network/region-network";
import { checkRegions } from "../region/region-lists";

/**
 * Overrides for one region. `env` and `secretEnv` are added to the common ones; everything else
 * replaces. Omitted options are those of all regions, whatever default is stated here. `port`
 * cannot differ: one backend service sends to one port.
 */
export interface InstanceRegionOverrides extends InstanceGroupSettings {
  /** @default the image of all regions */
  readonly image?: IImage;
  /** @default the machine type of all regions */
  readonly machineType?: string;
  /** When this region's group counts as full. @default that of all regions */
  readonly balancing?: Balancing;
}

/**
 * Machines in several regions and the backend over them. Options apply to all regions,
 * `regionOverrides` to one.
 */
export interface InstancesOptions extends InstanceGroupOptions, InstanceGroupBackendOptions {
  readonly image: IImage;
  /** By region. @default none */
  readonly regionOverrides?: { [region: string]: InstanceRegionOverrides };
  /**
   * The load balancer's check of each machine. Its port is `port`, or that of `autoHealing`.
   * @default HealthCheck.tcp(); pass the path that answers 200 when the model is loaded
   */
  readonly healthCheck?: HealthCheck;
  /**
   * When a group counts as full. @default Balancing.utilization(); on GPU machines measure the rate
   * and use Balancing.rate
   */
  readonly balancing?: Balancing;
  /**
   * Regions that keep running but get no new requests. To remove a region: drain it, deploy, wait
   * for the longest request to end, remove it from `regions` too, deploy. @default none
   */
  readonly drainingRegions?: string[];
  /**
   * The VPC network of the machines. @default a new one with a subnet and Cloud NAT in each region
   */
  readonly network?: IRegionNetwork;
  /** What the machines run as. @default a new account for pulling the image, logs and metrics */
  readonly serviceAccount?: IServiceAccount;
  /** `Access.public()` or `Access.iap(…)`. @default Access.public() */
  readonly access?: Access;
  /**
   * With `PROTECT`, Terraform refuses to destroy or replace the groups, except those of draining
   * regions. Static addresses of a network created here are protected unless it is `DESTROY`.
   * @default RemovalPolicy.DESTROY for the groups
   */
  readonly removalPolicy?: RemovalPolicy;
}

export interface MultiRegionInstancesProps extends InstancesOptions, ProviderOptions {
  /** Google Cloud regions, in any order: `["europe-west1", "southamerica-east1"]`. */
  readonly regions: string[];
}

/**
 * A group of machines in each region, and the global backend service that sends requests to the
 * nearest healthy group with capacity.
 */
@checked
export class MultiRegionInstances extends Construct {
  /** In the order of `regions`, draining ones included. */
  public readonly regions: InstanceGroupRegion[];
  /** Those of `regions` that get no new requests. */
  public readonly drainingRegions: string[];
  public readonly network: IRegionNetwork;
  public readonly serviceAccount: IServiceAccount;
  public readonly backend: InstanceGroupBackend;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: MultiRegionInstancesProps,
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    checkRegions(this, props);
    const { regionOverrides = {}, drainingRegions = [], removalPolicy } = props;
    this.drainingRegions = drainingRegions;
    this.network = props.network ?? new RegionNetwork(this, "Network", { regions: props.regions, removalPolicy });
    // One account for all regions: creating one takes about 10 seconds.
    this.serviceAccount = props.serviceAccount ?? new ServiceAccount(this, "ServiceAccount");
    this.regions = props.regions.map((region) => {
      const overrides = withoutUnset(regionOverrides[region] ?? {});
      return new InstanceGroupRegion(this, region, {
        ...props,
        ...overrides,
        env: { ...props.env, ...overrides.env },
        secretEnv: { ...props.secretEnv, ...overrides.secretEnv },
        region,
        network: this.network,
        serviceAccount: this.serviceAccount,
        removalPolicy: drainingRegions.includes(region) ? RemovalPolicy.DESTROY : removalPolicy,
      });
    });
    this.backend = this.addBackend("Backend", props);
  }

  /** Another backend service over the same machines, for example cached. Route requests to it. */
  public addBackend(id: string, options: InstanceGroupBackendOptions): InstanceGroupBackend {
    const { regionOverrides = {}, drainingRegions, healthCheck, balancing, access } = this.props;
    return new InstanceGroupBackend(this, id, {
      ...options,
      targets: this.regions,
      overrides: Object.entries(regionOverrides).flatMap(([region, override]) =>
        override.balancing ? [{ region, balancing: override.balancing }] : [],
      ),
      drainingRegions,
      healthCheck,
      balancing,
      access,
    });
  }

  /** The region's backend; undefined if it has no machines or is draining. @internal */
  public _regionTarget(region: string): RegionBackendTarget | undefined {
    const { props } = this;
    const group = this.regions.find((each) => each.region === region);
    if (!group || props.drainingRegions?.includes(region)) return undefined;
    const { healthCheck, protocol, timeoutSeconds, connectionDrainingSeconds, sessionAffinity, localityPolicy } = props;
    return RegionBackendTarget.instances([group], {
      healthCheck,
      protocol,
      timeoutSeconds,
      connectionDrainingSeconds,
      sessionAffinity,
      localityPolicy,
      balancing: props.regionOverrides?.[region]?.balancing ?? props.balancing,
    });
  }
}
