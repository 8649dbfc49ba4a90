import { ComputeNetwork } from "@cdktf/provider-google/lib/compute-network";
import type { ComputeSubnetworkLogConfig } from "@cdktf/provider-google/lib/compute-subnetwork";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkUnique, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, generatedName } from "../../core/naming";
import { regionFacts } from "../../core/regions";
import { RemovalPolicy } from "../../core/removal-policy";
import { networkMtu } from "../../google/network";
import { ProjectServices } from "../../project/project-services";
import { type ProviderOptions, useProvider } from "../../project/provider";
import { NetworkEgress } from "./network-egress";
import { ExistingRegionNetwork } from "./network-existing";
import { NetworkFirewall } from "./network-firewall";
import { NetworkPlan } from "./network-plan";
import { NetworkRegion } from "./network-region";
import type { IngressRule, IRegionNetwork, ProxyOnlySubnetwork } from "./network-target";

export interface RegionNetworkProps extends ProviderOptions {
  /** Regions that get a subnet immediately. @default none: created with the first machines */
  readonly regions?: string[];
  /**
   * Pool of subnet ranges, /8 to /17. Each region always has the same 64th of it: a quarter is for
   * machines, a part for proxies of regional load balancers. It must not overlap networks that this
   * one will connect to. Changing the pool moves every subnet. @default "10.64.0.0/12": 4092
   * machines and a /23 of proxies in each region
   */
  readonly ipv4Range?: string;
  /**
   * Ranges of machines by region, overriding the plan: `{ "europe-west1": "10.0.0.0/20" }`. At
   * least /29. Outside `ipv4Range`, or within the region's own part. @default those of the plan
   */
  readonly subnetRanges?: { [region: string]: string };
  /**
   * Ranges of regional load balancers' proxies by region, at least /26. @default those of the plan
   */
  readonly proxyOnlyRanges?: { [region: string]: string };
  /**
   * Second ranges of proxies by region, used only to change the first. A proxy-only subnet in use
   * can be neither extended nor deleted: add its successor as a backup, make it active, then remove
   * the former one. See the guide. @default none
   */
  readonly backupProxyOnlyRanges?: { [region: string]: string };
  /** How machines reach destinations outside the network. @default NetworkEgress.cloudNat() */
  readonly egress?: NetworkEgress;
  /** Fraction of connections that VPC flow logs sample, 0 to 1; 0 is none. @default 0 */
  readonly flowLogSampleRate?: number;
  /** Aggregation interval of flow logs: 5, 30, 60, 300, 600 or 900 seconds. @default 600 */
  readonly flowLogIntervalSeconds?: number;
  /** Logs each connection that firewall rules admit, including health checks. @default false */
  readonly firewallLogging?: boolean;
  /**
   * Whether Cloud Routers announce the subnets of all regions over VPN and Interconnect, and share
   * learned routes with all regions. @default false: each region its own
   */
  readonly globalRouting?: boolean;
  /**
   * Largest packet, 1300 to 8896 bytes: 8896 for machines that compute together. Changes apply when
   * a machine starts. @default 1460
   */
  readonly mtuBytes?: number;
  /**
   * Whether Terraform refuses to destroy static NAT addresses, which partners may allowlist.
   * @default RemovalPolicy.PROTECT
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A network managed elsewhere. Its subnets need Private Google Access, or Cloud NAT if machines
 * pull from other hosts.
 */
export interface ExistingNetworkProps extends ProviderOptions {
  /** ID or self link: `projects/PROJECT/global/networks/NAME`. */
  readonly network: string;
  /**
   * IDs or self links of the subnets for machines, by region:
   * `projects/PROJECT/regions/REGION/subnetworks/NAME`.
   */
  readonly subnetworks: { [region: string]: string };
  /**
   * Ranges of the active proxy-only subnets (purpose REGIONAL_MANAGED_PROXY), by region. Only
   * regional load balancers need them. @default none
   */
  readonly proxyOnlyRanges?: { [region: string]: string };
  /**
   * Creates firewall rules in the network. If false, rules managed elsewhere must let
   * 35.191.0.0/16, 130.211.0.0/22 and, for regional load balancers, the proxy-only range reach the
   * serving ports. @default true
   */
  readonly firewall?: boolean;
  /**
   * Project of the network and its firewall rules. @default the one in `network`, or the provider's
   * if that is a reference
   */
  readonly hostProject?: string;
  /** Logs each connection that firewall rules admit, including health checks. @default false */
  readonly firewallLogging?: boolean;
}

const DEFAULT_MTU = 1460;
const FLOW_LOG_INTERVALS: Readonly<Record<number, string>> = {
  5: "INTERVAL_5_SEC",
  30: "INTERVAL_30_SEC",
  60: "INTERVAL_1_MIN",
  300: "INTERVAL_5_MIN",
  600: "INTERVAL_10_MIN",
  900: "INTERVAL_15_MIN",
};

/**
 * A VPC network for machines: a subnet in each region that has some, egress, and firewall rules
 * that admit only what is needed.
 *
 * Machines need no external address. They reach Google's APIs through Private Google Access, which
 * needs the default route to the internet gateway that every new network has
 * (docs.cloud.google.com/vpc/docs/configure-private-google-access, from general knowledge,
 * 2026-11).
 *
 * A region's range depends only on the region, so adding or removing regions moves no others.
 * Extending a range happens in place; moving it creates a new subnet beside the old one, and the
 * machines move over.
 */
@checked
export class RegionNetwork extends Construct implements IRegionNetwork {
  /**
   * An existing network: the project's own, or that of a Shared VPC host project.
   *
   * @throws ValidationError for references that are malformed or of another region.
   */
  public static fromExisting(scope: Construct, id: string, props: ExistingNetworkProps): IRegionNetwork {
    return new ExistingRegionNetwork(scope, id, props);
  }

  public readonly resource: ComputeNetwork;
  public readonly networkId: string;
  /** The firewall rules, added by `admit`. */
  public readonly firewall: NetworkFirewall;
  private readonly plan: NetworkPlan;
  private readonly egress: NetworkEgress;
  private readonly logConfig?: ComputeSubnetworkLogConfig;
  private readonly byRegion = new Map<string, NetworkRegion>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: RegionNetworkProps = {},
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    this.plan = new NetworkPlan(this, props);
    this.egress = props.egress ?? NetworkEgress.cloudNat();
    this.egress._check(this);
    this.logConfig = this.flowLogs();
    checkWithin(this, "mtuBytes", props.mtuBytes, networkMtu);
    checkUnique(this, "regions", props.regions ?? [], "name each region once");
    this.resource = new ComputeNetwork(this, "Resource", {
      name: generatedName(this, COMPUTE_NAME),
      autoCreateSubnetworks: false,
      routingMode: props.globalRouting ? "GLOBAL" : "REGIONAL",
      mtu: props.mtuBytes ?? DEFAULT_MTU,
      dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
    });
    this.networkId = this.resource.id;
    this.firewall = new NetworkFirewall(this, "Firewall", {
      networkId: this.networkId,
      logging: props.firewallLogging ?? false,
    });
    for (const region of props.regions ?? []) this.addRegion(region);
  }

  /** Every region that has resources so far. */
  public get regions(): NetworkRegion[] {
    return [...this.byRegion.values()];
  }

  /**
   * Adds a subnet for machines and egress in a region; repeating a region returns the existing one.
   *
   * @throws ValidationError for an unknown region.
   */
  public addRegion(region: string): NetworkRegion {
    const added = this.regionOf(region);
    added._machines();
    return added;
  }

  public subnetworkId(region: string): string {
    return this.regionOf(region)._machines().id;
  }

  public egressDependables(region: string): ITerraformDependable[] {
    const { nat } = this.addRegion(region);
    return nat ? [nat] : [];
  }

  public proxyOnlySubnetwork(region: string): ProxyOnlySubnetwork {
    const added = this.regionOf(region);
    const ipCidrRange = this.plan.proxyOnly(region);
    return { ipCidrRange, dependables: [added._proxyOnly(ipCidrRange, this.plan.backupProxyOnly(region))] };
  }

  public admit(id: string, rule: IngressRule): ITerraformDependable[] {
    return this.firewall.admit(id, { ...rule, sourceRanges: this.plan.withBackups(rule.sourceRanges) });
  }

  private regionOf(region: string): NetworkRegion {
    const existing = this.byRegion.get(region);
    if (existing) return existing;
    regionFacts(this, region);
    const added = new NetworkRegion(this, region, {
      region,
      networkId: this.networkId,
      ipCidrRange: this.plan.subnet(region),
      egress: this.egress,
      protectAddresses: (this.props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT,
      logConfig: this.logConfig,
    });
    this.byRegion.set(region, added);
    return added;
  }

  private flowLogs(): ComputeSubnetworkLogConfig | undefined {
    const { flowLogSampleRate = 0, flowLogIntervalSeconds = 600 } = this.props;
    if (!Token.isUnresolved(flowLogSampleRate) && !(flowLogSampleRate >= 0 && flowLogSampleRate <= 1)) {
      throw new ValidationError(this, {
        what: "flowLogSampleRate",
        got: flowLogSampleRate,
        allowed: "0 to 1",
        fix: "give a fraction, not a percentage",
      });
    }
    const aggregationInterval = FLOW_LOG_INTERVALS[flowLogIntervalSeconds];
    if (aggregationInterval === undefined) {
      throw new ValidationError(this, {
        what: "flowLogIntervalSeconds",
        got: flowLogIntervalSeconds,
        allowed: Object.keys(FLOW_LOG_INTERVALS).join(", "),
        fix: "choose the nearest one",
      });
    }
    if (flowLogSampleRate === 0) return undefined;
    return {
      aggregationInterval,
      flowSampling: flowLogSampleRate,
      metadata: "INCLUDE_ALL_METADATA",
      filterExpr: "true",
    };
  }
}
