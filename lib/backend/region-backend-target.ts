import { ComputeRegionHealthCheck } from "@cdktf/provider-google/lib/compute-region-health-check";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { checkInteger, checkUnique } from "../checks";
import { ValidationError } from "../errors";
import { COMPUTE_NAME, generatedName } from "../naming";
import { regionFacts } from "../planning/regions";
import { ProjectServices } from "../project/project-services";
import type { HealthCheck } from "../region/health-check";
import type { IInstanceGroupTarget } from "../region/instance-group-target";
import type { IRegionTarget } from "../region/region-target";

/** How the load balancer speaks to machines. */
export enum RegionBackendProtocol {
  HTTP = "HTTP",
  /** The machines' certificates are not verified. */
  HTTPS = "HTTPS",
  /** HTTP/2 over TLS; the machines' certificates are not verified. */
  HTTP2 = "HTTP2",
}

/** What keeps a client on the machine that it had before, as long as that is healthy and not full. */
export enum RegionSessionAffinity {
  /** Nothing: each request goes to any machine. */
  NONE = "NONE",
  /** Its address. All clients behind one NAT share a machine. */
  CLIENT_IP = "CLIENT_IP",
  /** A cookie that the load balancer sets. */
  GENERATED_COOKIE = "GENERATED_COOKIE",
}

/** How requests are spread over machines, and how long they may take. */
export interface RegionInstancesOptions {
  /** What decides whether a machine gets requests. Its port has to be one that the groups' firewall admits. */
  readonly healthCheck: HealthCheck;
  /** @default RegionBackendProtocol.HTTP */
  readonly protocol?: RegionBackendProtocol;
  /**
   * Requests per second that one machine can take, from 1: balances by rate. Where it is left out, by CPU utilization. With GPUs say it: their CPUs are idle
   * when they are full. @default none
   */
  readonly maxRequestsPerSecondPerInstance?: number;
  /** CPU utilization at which a group counts as full, above 0 to 1. Not with `maxRequestsPerSecondPerInstance`. @default 0.8 */
  readonly maxUtilization?: number;
  /** Longest time until the answer is complete, 1 to 86400 seconds. @default 30 */
  readonly timeoutSeconds?: number;
  /** How long requests to a machine that is taken away may still run, 0 to 3600 seconds. @default 300 */
  readonly connectionDrainingSeconds?: number;
  /** @default RegionSessionAffinity.NONE */
  readonly sessionAffinity?: RegionSessionAffinity;
  /** Lifetime of the cookie of `GENERATED_COOKIE`, 1 to 1209600 seconds. @default the browser's session */
  readonly affinityCookieSeconds?: number;
}

/** What stands behind a backend service, as its arguments. */
interface BoundRegionTarget {
  readonly region: string;
  /** Part of the backend service's name, so that one of the other kind takes over from it instead of being made out of it. */
  readonly kind: string;
  readonly healthCheck?: ComputeRegionHealthCheck;
  readonly groups: readonly IInstanceGroupTarget[];
  readonly arguments: {
    readonly protocol: string;
    readonly backend: { group: string; capacityScaler: number }[];
    readonly portName?: string;
    readonly healthChecks?: string[];
    readonly timeoutSec?: number;
    readonly connectionDrainingTimeoutSec?: number;
    readonly sessionAffinity?: string;
    readonly affinityCookieTtlSec?: number;
  };
  readonly dependables: ITerraformDependable[];
}

/** What answers the requests of a regional backend service: Cloud Run or machines, never both (join them by routes). */
export class RegionBackendTarget {
  /**
   * One Cloud Run service. Its NEG may serve the global backend service, too. It has no health check, no timeout but the service's own, and no session affinity:
   * Google Cloud refuses them for serverless NEGs (docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts, read 2026-11-22).
   */
  public static cloudRun(target: IRegionTarget): RegionBackendTarget {
    return new RegionBackendTarget(target.region, target, [], undefined);
  }

  /**
   * One or more groups of machines of one region, with the same name for the port that serves.
   *
   * @throws ValidationError, on use, for groups of different regions or port names, and for a health check that their firewall does not admit.
   */
  public static instances(groups: IInstanceGroupTarget[], options: RegionInstancesOptions): RegionBackendTarget {
    if (groups.length === 0) {
      throw new ValidationError("RegionBackendTarget.instances", {
        what: "groups",
        got: [],
        allowed: "at least one group",
        fix: "pass the instance group of the region",
      });
    }
    return new RegionBackendTarget(groups[0]!.region, undefined, groups, options);
  }

  private constructor(
    /** The region that the requests are processed in. */
    public readonly region: string,
    private readonly service: IRegionTarget | undefined,
    private readonly groups: IInstanceGroupTarget[],
    private readonly options: RegionInstancesOptions | undefined,
  ) {}

  /** @internal */
  public _bind(scope: Construct): BoundRegionTarget {
    regionFacts(scope, this.region);
    return this.service ? this.bindService(this.service) : this.bindGroups(scope, this.options!);
  }

  private bindService(service: IRegionTarget): BoundRegionTarget {
    return {
      region: this.region,
      kind: "cloud-run",
      groups: [],
      // The provider's plan takes a missing capacity_scaler for 0 and fails, although a serverless NEG has no capacity.
      arguments: {
        protocol: service.http2 ? "HTTP2" : "HTTPS",
        backend: [{ group: service.negId, capacityScaler: 1 }],
      },
      dependables: [],
    };
  }

  private bindGroups(scope: Construct, options: RegionInstancesOptions): BoundRegionTarget {
    this.checkGroups(scope);
    checkOptions(scope, options);
    const [first] = this.groups as [IInstanceGroupTarget];
    for (const { port, admittedPorts } of this.groups) options.healthCheck._checkAdmitted(scope, port, admittedPorts);
    const place = new Construct(scope, "HealthCheck");
    const healthCheck = new ComputeRegionHealthCheck(place, "Resource", {
      ...options.healthCheck._render(scope, "loadBalancing", first.port),
      name: generatedName(place, COMPUTE_NAME, [this.region]),
      region: this.region,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(scope).require("compute.googleapis.com"),
    });
    const rate = options.maxRequestsPerSecondPerInstance;
    const balancing =
      rate === undefined
        ? { balancingMode: "UTILIZATION", maxUtilization: options.maxUtilization ?? 0.8 }
        : { balancingMode: "RATE", maxRatePerInstance: rate };
    return {
      region: this.region,
      kind: "instances",
      healthCheck,
      groups: this.groups,
      arguments: {
        protocol: options.protocol ?? RegionBackendProtocol.HTTP,
        backend: this.groups.map((each) => ({ group: each.instanceGroupUrl, capacityScaler: 1, ...balancing })),
        portName: first.portName,
        healthChecks: [healthCheck.id],
        timeoutSec: options.timeoutSeconds ?? 30,
        connectionDrainingTimeoutSec: options.connectionDrainingSeconds ?? 300,
        sessionAffinity: options.sessionAffinity ?? RegionSessionAffinity.NONE,
        affinityCookieTtlSec: options.affinityCookieSeconds,
      },
      dependables: this.groups.flatMap((each) => each.dependables),
    };
  }

  private checkGroups(scope: Construct): void {
    const [first] = this.groups as [IInstanceGroupTarget];
    const elsewhere = this.groups.find(({ region }) => region !== first.region);
    if (elsewhere) {
      throw new ValidationError(scope, {
        what: "target region",
        got: `${elsewhere.region} beside ${first.region}`,
        allowed: "groups of one region",
        fix: "give each region a regional backend service of its own, or use a global backend",
      });
    }
    const other = this.groups.find(({ portName }) => portName !== first.portName);
    if (other) {
      throw new ValidationError(scope, {
        what: "target portName",
        got: `${other.portName} beside ${first.portName}`,
        allowed: "one port name for all groups: the backend service has one",
        fix: "name the port the same in each group, or give the other group a backend service and a route of its own",
      });
    }
    const urls = this.groups.map((each) => each.instanceGroupUrl).filter((url) => !Token.isUnresolved(url));
    checkUnique(scope, "groups", urls, "name each group once");
  }
}

function checkOptions(scope: Construct, options: RegionInstancesOptions): void {
  const { maxRequestsPerSecondPerInstance: rate, maxUtilization, sessionAffinity, affinityCookieSeconds } = options;
  const seconds = "give a number of seconds";
  checkInteger(scope, "timeoutSeconds", options.timeoutSeconds, 1, 86400, seconds);
  checkInteger(scope, "connectionDrainingSeconds", options.connectionDrainingSeconds, 0, 3600, seconds);
  checkInteger(scope, "affinityCookieSeconds", affinityCookieSeconds, 1, 1_209_600, "two weeks are the most");
  const refuse = (what: string, got: unknown, allowed: string, fix: string): never => {
    throw new ValidationError(scope, { what, got, allowed, fix });
  };
  if (rate !== undefined && maxUtilization !== undefined)
    refuse("maxUtilization", maxUtilization, "none beside maxRequestsPerSecondPerInstance", "leave one of the two out");
  if (rate !== undefined && !Token.isUnresolved(rate) && !(rate > 0))
    refuse("maxRequestsPerSecondPerInstance", rate, "a number above 0", "give the requests that one machine can take");
  if (
    maxUtilization !== undefined &&
    !Token.isUnresolved(maxUtilization) &&
    !(maxUtilization > 0 && maxUtilization <= 1)
  )
    refuse("maxUtilization", maxUtilization, "above 0, to 1", "give the share, not the percentage");
  if (affinityCookieSeconds !== undefined && sessionAffinity !== RegionSessionAffinity.GENERATED_COOKIE)
    refuse(
      "affinityCookieSeconds",
      affinityCookieSeconds,
      "with RegionSessionAffinity.GENERATED_COOKIE",
      "set sessionAffinity, or leave it out",
    );
}
