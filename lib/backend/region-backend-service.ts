import { ComputeRegionBackendService } from "@cdktf/provider-google/lib/compute-region-backend-service";
import type { ComputeRegionHealthCheck } from "@cdktf/provider-google/lib/compute-region-health-check";
import { DataGoogleComputeRegionBackendService } from "@cdktf/provider-google/lib/data-google-compute-region-backend-service";
import { dependable, type ITerraformDependable, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { ownDependables } from "../core/dependables";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { setNewerAttribute } from "../project/google-provider-version";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";
import type { Access } from "../region/access";
import type { IInstanceGroupTarget } from "../region/instance-group/instance-group-target";
import { BackendKind, type IBackend } from "./backend";
import type { LogFields } from "./log-fields";
import { renderLogging } from "./logging";
import type { RegionBackendTarget } from "./region-backend-target";

/** A backend that processes requests in one region: for the routes of a `RegionalEndpoint`. */
export interface IRegionBackend extends IBackend {
  readonly region: string;
}

/**
 * How a regional backend service treats requests. It lacks what only the global load balancer has:
 * CDN, edge policies, compression, failover to other regions, custom headers (set them by route).
 */
export interface RegionBackendOptions {
  /** Share of requests that are logged, 0 to 1; 0 turns logging off. @default 1 */
  readonly logSampleRate?: number;
  /** The optional fields of each log entry. @default LogFields.none() */
  readonly logFields?: LogFields;
  /**
   * Id of a Cloud Armor policy of the same region, such as a `RegionEdgeSecurity`; global ones
   * cannot be attached. Needs provider 7.8 or later, and raises the stack's constraint to it.
   *
   * **Deploy twice.** By their code, providers up to 7.45.0 lose the policy when they create a
   * backend service, and attach it on the next deploy
   * (github.com/hashicorp/terraform-provider-google/issues/29240, read 2026-11-22). So the first
   * deploy fails before any URL map leads to the unprotected backend service, and the second one
   * succeeds. @default none
   */
  readonly securityPolicyId?: string;
  /**
   * The access of the service behind it. `Access.iap()` is refused: its sign-in belongs to the
   * global backend service, which alone may then call the service. @default Access.public()
   */
  readonly access?: Access;
}

export interface RegionBackendServiceProps extends RegionBackendOptions, ProviderOptions {
  /** `RegionBackendTarget.cloudRun(region)` or `RegionBackendTarget.instances([…], { … })`. */
  readonly target: RegionBackendTarget;
}

const LOAD_BALANCING_SCHEME = "EXTERNAL_MANAGED";

/**
 * A backend service of one region (EXTERNAL_MANAGED) for the regional external Application Load
 * Balancer: requests do not leave the region on their way. Only a regional URL map can use it, such
 * as that of a `RegionalEndpoint`.
 *
 * Everything except region and kind of target changes in place. These two are in its name, and it
 * is created before a predecessor is destroyed, so the URL map switches over. (The provider would
 * change the region in place, and then look for it in the wrong one.)
 */
@checked
export class RegionBackendService extends Construct implements IRegionBackend {
  public readonly resource: ComputeRegionBackendService;
  /** With instances. */
  public readonly healthCheck?: ComputeRegionHealthCheck;
  public readonly region: string;
  public readonly backendId: string;
  public readonly backendKind?: BackendKind;
  /** URL of the backend service, for a Terraform output. */
  public readonly selfLink: string;
  /** The machines behind it, if any. @internal */
  public readonly _groups: readonly IInstanceGroupTarget[];
  /** With `securityPolicyId`: reads whether the policy is attached. */
  public readonly policyCheck?: DataGoogleComputeRegionBackendService;
  private readonly admitted = new Set<string>();

  public constructor(scope: Construct, id: string, props: RegionBackendServiceProps) {
    super(scope, id);
    useProvider(this, props.provider);
    checkAccess(this, props.access);
    const bound = props.target._bind(this);
    this.region = bound.region;
    this._groups = bound.groups;
    this.healthCheck = bound.healthCheck;
    this.backendKind = bound.healthCheck ? BackendKind.INSTANCES : BackendKind.SERVERLESS;
    this.resource = new ComputeRegionBackendService(this, "Resource", {
      ...bound.arguments,
      name: generatedName(this, COMPUTE_NAME, [bound.region, bound.kind, LOAD_BALANCING_SCHEME]),
      region: bound.region,
      loadBalancingScheme: LOAD_BALANCING_SCHEME,
      logConfig: renderLogging(this, props.logSampleRate, props.logFields),
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ownDependables(this, [
        ...bound.dependables,
        ...ProjectServices.of(this).require("compute.googleapis.com"),
      ]),
    });
    if (props.securityPolicyId !== undefined) {
      checkRegionPolicyId(this, props.securityPolicyId, bound.region);
      setNewerAttribute(this.resource, "security_policy", props.securityPolicyId);
      this.policyCheck = this.checkAttached();
    }
    this.backendId = this.resource.id;
    this.selfLink = this.resource.selfLink;
  }

  public get routeDependables(): ITerraformDependable[] | undefined {
    return this.policyCheck && [this.policyCheck];
  }

  /**
   * Stops a deploy that created the backend service without its policy, before anything leads to
   * it. A postcondition would miss it: after a creation the provider reports the planned value.
   */
  private checkAttached(): DataGoogleComputeRegionBackendService {
    return new DataGoogleComputeRegionBackendService(this, "PolicyCheck", {
      name: this.resource.name,
      region: this.region,
      dependsOn: [this.resource],
      lifecycle: {
        postcondition: [
          {
            condition: '${self.security_policy != null && self.security_policy != ""}',
            errorMessage:
              "The security policy is not attached yet: hashicorp/google loses it when it creates a regional backend service (issue 29240). Nothing sends requests to it yet. Deploy again.",
          },
        ],
      },
    });
  }

  /** Admits the proxies of this range to its machines, before they send requests. @internal */
  public _admitProxies(id: string, ipCidrRange: string): void {
    if (this.admitted.has(id)) return;
    this.admitted.add(id);
    const rules = this._groups.flatMap((group) => group.admit(id, [ipCidrRange]));
    this.resource.dependsOn = [...(this.resource.dependsOn ?? []), ...ownDependables(this, rules).map(dependable)];
  }
}

function checkAccess(where: IConstruct, access: Access | undefined): void {
  if (!access?._usesIap) return;
  throw new ValidationError(where, {
    what: "access",
    got: "Access.iap()",
    allowed: "Access.public() or Access.members(…)",
    fix: "give the region a service of its own without IAP, or serve signed-in users through the global address",
  });
}

function checkRegionPolicyId(where: IConstruct, id: string, region: string): void {
  if (Token.isUnresolved(id)) return;
  const policy = /(^|\/)projects\/[^/]+\/regions\/([^/]+)\/securityPolicies\/[^/]+$/.exec(id);
  if (policy?.[2] === region) return;
  throw new ValidationError(where, {
    what: "securityPolicyId",
    got: id,
    allowed: `projects/PROJECT/regions/${region}/securityPolicies/NAME, or a reference to a policy's id`,
    fix: "use a policy of the region: RegionEdgeSecurity; global policies are for global backends",
  });
}
