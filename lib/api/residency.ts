import { Construct } from "constructs";
import type { LogFields } from "../backend/log-fields";
import type { RegionBackendService } from "../backend/region-backend-service";
import type { RegionBackendTarget } from "../backend/region-backend-target";
import { checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import { meantRegion } from "../core/regions";
import type { RemovalPolicy } from "../core/removal-policy";
import type { IDnsZone } from "../frontend/dns-zone";
import { RegionalEndpoint } from "../frontend/regional-endpoint";
import type { Access } from "../region/access";
import type { IRegionNetwork } from "../region/network/network-target";
import type { CanaryProps } from "../routing/canary";
import { type AnsweredRequests, routeOf } from "./answered-requests";
import type { MultiRegionService } from "./multi-region-service";
import type { ResidencyOptions } from "./residency-options";

/** What runs in regions. */
interface Regional {
  _regionTarget(region: string): RegionBackendTarget | undefined;
}

export interface ResidencyProps {
  /** By region. */
  readonly residency: { readonly [region: string]: ResidencyOptions };
  /** The service that answers what no route matches. */
  readonly service: MultiRegionService;
  /** Called only if there is an endpoint. */
  readonly network: () => IRegionNetwork;
  readonly access?: Access;
  readonly logSampleRate?: number;
  readonly logFields?: LogFields;
  readonly dnsZone?: IDnsZone;
  readonly dnsTtlSeconds?: number;
  readonly dnsAddressRecords?: boolean;
  readonly removalPolicy?: RemovalPolicy;
  readonly urlMapTests?: boolean;
}

/** The regional endpoints of an API. Each serves in its region what the API serves everywhere. */
export class Residency extends Construct {
  /** By region. */
  public readonly endpoints = new Map<string, RegionalEndpoint>();
  /** Of what answers on every host. */
  private readonly ids = new Map<Regional, string>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ResidencyProps,
  ) {
    super(scope, id);
    for (const [region, options] of Object.entries(props.residency)) {
      this.checkRegion(region);
      const { dnsZone, dnsTtlSeconds, dnsAddressRecords, removalPolicy, urlMapTests } = props;
      this.endpoints.set(
        region,
        new RegionalEndpoint(this, region, {
          ...this.backendOptions(options),
          ...options,
          dnsZone,
          dnsTtlSeconds,
          dnsAddressRecords,
          removalPolicy,
          urlMapTests,
          region,
          network: props.network(),
          target: props.service._regionTarget(region)!,
        }),
      );
    }
  }

  /** Adds what answers on every host to the endpoints of its regions. */
  public add(id: string, added: Regional, requests: AnsweredRequests): void {
    this.ids.set(added, id);
    for (const [region, endpoint] of this.endpoints) {
      const backend = this.backendIn(region, id, added);
      if (backend) endpoint.addRoute(routeOf(requests, backend, endpoint.backend));
    }
  }

  /** Adds a canary to the endpoints where both it and its service answer. */
  public addCanary(id: string, canary: Regional, of: Regional, share: Pick<CanaryProps, "percent" | "headers">): void {
    for (const [region, endpoint] of this.endpoints) {
      const stable =
        of === this.props.service
          ? endpoint.backend
          : (endpoint.node.tryFindChild(this.ids.get(of) ?? "") as RegionBackendService | undefined);
      const backend = stable && this.backendIn(region, id, canary);
      if (backend) endpoint.addCanary({ ...share, of: stable, backend });
    }
  }

  private backendIn(region: string, id: string, of: Regional): RegionBackendService | undefined {
    const target = of._regionTarget(region);
    const options = this.backendOptions(this.props.residency[region]!);
    return target && this.endpoints.get(region)!.addBackend(id, { ...options, target });
  }

  private backendOptions({ securityPolicyId }: ResidencyOptions) {
    const { access, logSampleRate, logFields } = this.props;
    return { access, logSampleRate, logFields, securityPolicyId };
  }

  private checkRegion(region: string): void {
    const regions = this.props.service._targets.map((target) => target.region);
    checkLiteral(this, "residency", region);
    if (regions.includes(region)) return;
    throw new ValidationError(this, {
      what: "residency",
      got: region,
      allowed: `regions of the API that receive requests: ${regions.join(", ")}`,
      fix:
        meantRegion(region, regions) ??
        "add it to regions, or remove it here; for machines alone create a RegionalEndpoint with RegionBackendTarget.instances",
    });
  }
}
