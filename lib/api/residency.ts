import { Construct } from "constructs";
import type { IBackend } from "../backend/backend";
import type { LogFields } from "../backend/log-fields";
import { RegionBackendTarget } from "../backend/region-backend-target";
import { checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import { meantRegion } from "../core/regions";
import type { RemovalPolicy } from "../core/removal-policy";
import type { IDnsZone } from "../frontend/dns-zone";
import { RegionalEndpoint } from "../frontend/regional-endpoint";
import type { Access } from "../region/access";
import type { IRegionTarget } from "../region/cloud-run/region-target";
import type { IRegionNetwork } from "../region/network/network-target";
import type { RouteProps } from "../routing/route";
import type { MultiRegionInstances } from "./multi-region-instances";
import type { MultiRegionService } from "./multi-region-service";
import type { ResidencyOptions } from "./residency-options";

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

/** Something that runs in several regions, such as a `MultiRegionService`. */
interface RegionTargets {
  /** In the regions that receive requests. */
  readonly _targets: readonly IRegionTarget[];
}

/** The regional endpoints of an API. Each serves in its region what the API serves everywhere. */
export class Residency extends Construct {
  /** By region. */
  public readonly endpoints = new Map<string, RegionalEndpoint>();

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
          target: cloudRunTarget(props.service, region)!,
        }),
      );
    }
  }

  /** Adds a service's paths to the endpoints of its regions, if it answers on every host. */
  public addService(id: string, service: RegionTargets, paths: string[]): void {
    for (const [region, endpoint] of this.endpoints) {
      const target = cloudRunTarget(service, region);
      if (!target) continue;
      const options = this.backendOptions(this.props.residency[region]!);
      endpoint.addRoute({ paths, backend: endpoint.addBackend(id, { ...options, target }) });
    }
  }

  /** Adds the machines to the endpoints of their regions, if they answer on every host. */
  public addInstances(id: string, instances: MultiRegionInstances, route: RouteProps, percent?: number): void {
    for (const [region, endpoint] of this.endpoints) {
      const target = instances._regionTarget(region);
      if (!target) continue;
      const options = this.backendOptions(this.props.residency[region]!);
      const backend = endpoint.addBackend(id, { ...options, target });
      endpoint.addRoute({ ...route, ...shared(backend, percent, endpoint.backend) });
    }
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

/** The targets of a route: one backend, or a percentage to it and the rest to another. */
export function shared(
  backend: IBackend,
  percent: number | undefined,
  rest: IBackend,
): Pick<RouteProps, "backend" | "weightedBackends"> {
  if (percent === undefined || percent === 100) return { backend };
  return {
    weightedBackends: [
      { backend, weight: percent },
      { backend: rest, weight: 100 - percent },
    ],
  };
}

/** The service's backend in the region; undefined if it does not run there or is draining. */
function cloudRunTarget(service: RegionTargets, region: string): RegionBackendTarget | undefined {
  const target = service._targets.find((each) => each.region === region);
  return target && RegionBackendTarget.cloudRun(target);
}
