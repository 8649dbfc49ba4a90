import type { ComputeRegionBackendServiceConfig } from "@cdktf/provider-google/lib/compute-region-backend-service";
import { ComputeRegionHealthCheck } from "@cdktf/provider-google/lib/compute-region-health-check";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkUnique, checkWithin } from "../core/checks";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { regionFacts } from "../core/regions";
import { connectionDrainingSec, timeoutSec } from "../google/backend-service";
import { ProjectServices } from "../project/project-services";
import type { IRegionTarget } from "../region/cloud-run/region-target";
import { HealthCheck } from "../region/instance-group/health-check";
import type { IInstanceGroupTarget } from "../region/instance-group/instance-group-target";
import { BackendProtocol } from "./instance-group/backend-protocol";
import { Balancing } from "./instance-group/balancing";
import { DEFAULT_TIMEOUT_SECONDS } from "./instance-group/group-backends";
import { LocalityPolicy } from "./instance-group/locality-policy";
import { SessionAffinity } from "./instance-group/session-affinity";

/** How requests are distributed over machines, and how long they may take. */
export interface RegionInstancesOptions {
  /**
   * Health check by Google's probes; a failing machine gets no requests. The firewall must admit
   * the port.
   *
   * @default HealthCheck.tcp(): the port is open. If the server opens it before the model is
   * loaded, give its readiness path.
   */
  readonly healthCheck?: HealthCheck;
  /** Without `ServerVerification` (provider 6.50 lacks it). @default BackendProtocol.http() */
  readonly protocol?: BackendProtocol;
  /**
   * When a group is full. On GPU machines measure the rate and use Balancing.rate.
   * @default Balancing.utilization(): 80 % of the CPUs
   */
  readonly balancing?: Balancing;
  /**
   * Timeout of a request including its streamed response, 1 to 2147483647 seconds. @default 3600,
   * Cloud Run's maximum
   */
  readonly timeoutSeconds?: number;
  /** How long requests to a machine being removed may run, 0 to 3600 seconds. @default 300 */
  readonly connectionDrainingSeconds?: number;
  /** Which requests go to the same machine. @default SessionAffinity.none() */
  readonly sessionAffinity?: SessionAffinity;
  /** Which machine gets a request. @default leastRequest(), or maglev() with a session affinity */
  readonly localityPolicy?: LocalityPolicy;
}

/** The target, as arguments of its backend service. */
interface BoundRegionTarget {
  readonly region: string;
  /** Part of the backend service's name, so another kind gets a new backend service. */
  readonly kind: string;
  readonly healthCheck?: ComputeRegionHealthCheck;
  readonly groups: readonly IInstanceGroupTarget[];
  readonly arguments: Omit<ComputeRegionBackendServiceConfig, "name" | "region" | "dependsOn" | "lifecycle">;
  readonly dependables: ITerraformDependable[];
}

/** The backend of a regional backend service: Cloud Run or machines. Routes combine them. */
@checked
export class RegionBackendTarget {
  /**
   * One Cloud Run service, whose NEG may also serve the global backend service. It has its own
   * timeout, no health check and no session affinity: Google Cloud refuses them for serverless NEGs
   * (docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts, read 2026-11-22).
   */
  public static cloudRun(target: IRegionTarget): RegionBackendTarget {
    return new RegionBackendTarget(target.region, target, [], undefined);
  }

  /**
   * One or more groups of machines of one region, with the same port name.
   *
   * @throws ValidationError, on use, for groups with different regions or port names, and for a
   * health check that their firewall does not admit.
   */
  public static instances(groups: IInstanceGroupTarget[], options: RegionInstancesOptions = {}): RegionBackendTarget {
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
    /** The region that processes the requests. */
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
      // Without it, the provider plans capacity_scaler 0 and fails, although serverless NEGs have
      // no capacity.
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
    const { healthCheck: asked = HealthCheck.tcp(), balancing = Balancing.utilization() } = options;
    for (const { port, admittedPorts } of this.groups) asked._checkAdmitted(scope, port, admittedPorts);
    const place = new Construct(scope, "HealthCheck");
    const healthCheck = new ComputeRegionHealthCheck(place, "Resource", {
      ...asked._render(scope, "loadBalancing", first.port),
      // A new port makes a new check: machines on the old port are still checked there until those
      // on the new port are ready.
      name: generatedName(place, COMPUTE_NAME, [this.region, String(asked._port(first.port))]),
      region: this.region,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(scope).require("compute.googleapis.com"),
    });
    return {
      region: this.region,
      kind: "instances",
      healthCheck,
      groups: this.groups,
      arguments: {
        protocol: (options.protocol ?? BackendProtocol.http()).name,
        backend: this.groups.map((each) => ({
          group: each.instanceGroupUrl,
          ...balancing._render(scope, "http"),
          capacityScaler: 1,
        })),
        portName: first.portName,
        healthChecks: [healthCheck.id],
        timeoutSec: options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
        connectionDrainingTimeoutSec: options.connectionDrainingSeconds ?? 300,
        ...LocalityPolicy._render(scope, options.sessionAffinity ?? SessionAffinity.none(), options.localityPolicy),
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
  checkWithin(scope, "timeoutSeconds", options.timeoutSeconds, timeoutSec);
  checkWithin(scope, "connectionDrainingSeconds", options.connectionDrainingSeconds, connectionDrainingSec);
  if (!options.protocol?.verification) return;
  throw new ValidationError(scope, {
    what: "protocol",
    got: `${options.protocol.name} with a ServerVerification`,
    allowed: "a protocol without verification: hashicorp/google 6.50 has it for global backend services only",
    fix: "leave the verification out: Google encrypts traffic within its network by itself",
  });
}
