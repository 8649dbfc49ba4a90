import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service";
import type { ComputeHealthCheck } from "@cdktf/provider-google/lib/compute-health-check";
import type { NetworkSecurityBackendAuthenticationConfig } from "@cdktf/provider-google/lib/network-security-backend-authentication-config";
import type { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkPattern, checkWithin } from "../../core/checks";
import { ownDependables } from "../../core/dependables";
import { ValidationError } from "../../core/errors";
import { timeoutSec } from "../../google/backend-service";
import { ProjectServices } from "../../project/project-services";
import { type ProviderOptions, useProvider } from "../../project/provider";
import type { Access } from "../../region/access";
import { BackendKind } from "../backend";
import { type BackendOptions, renderBackendOptions } from "../backend-options";
import { CdnBackend } from "../cdn/cdn-backend";
import type { SigningTarget } from "../cdn/signing-target";
import { type OutlierDetectionOptions, renderOutlierDetection } from "../failover";
import { grantIapAccess, iapDependencies, renderIap } from "../iap";
import { BackendProtocol } from "./backend-protocol";
import { createHealthCheck, DEFAULT_TIMEOUT_SECONDS, renderGroups } from "./group-backends";
import type { InstanceGroupsProps } from "./instance-groups";
import { LocalityPolicy } from "./locality-policy";
import { SessionAffinity } from "./session-affinity";

/** How a backend service over machines treats requests; the same for every group. */
export interface InstanceGroupBackendOptions extends BackendOptions {
  /** @default BackendProtocol.http() */
  readonly protocol?: BackendProtocol;
  /**
   * Timeout of a request including its streamed response, 1 to 2147483647 seconds. The load
   * balancer's default of 30 seconds would cut most generations. @default 3600, Cloud Run's maximum
   */
  readonly timeoutSeconds?: number;
  /** Which requests go to the same machine. @default SessionAffinity.none() */
  readonly sessionAffinity?: SessionAffinity;
  /** Which machine gets a request. @default leastRequest(), or maglev() with a session affinity */
  readonly localityPolicy?: LocalityPolicy;
  /**
   * Ejects machines that pass the health check but answer requests with errors, such as a server
   * that lost its GPU. The options apply to machines instead of regions, `maxEjectionPercent` too.
   * @default none: the health check decides
   */
  readonly outlierDetection?: OutlierDetectionOptions;
  /**
   * Id of a service load balancing policy, `projects/P/locations/global/serviceLbPolicies/NAME`:
   * algorithm over regions and zones, draining of groups with under 25 % healthy machines, failover
   * threshold. hashicorp/google has no resource for it (only google-beta; 7.45.0, read 2026-11-22).
   * @default none: the nearest region until it is full, failover under 70 % healthy machines
   */
  readonly serviceLbPolicyId?: string;
}

export interface InstanceGroupBackendProps extends InstanceGroupBackendOptions, InstanceGroupsProps, ProviderOptions {
  /**
   * Who may enter: with `Access.iap()`, Identity-Aware Proxy protects the machines, which should
   * verify the header `x-goog-iap-jwt-assertion`. `Access.members()` is for Cloud Run only.
   * @default Access.public()
   */
  readonly access?: Access;
}

/**
 * A global backend service (EXTERNAL_MANAGED) over groups of machines in any regions: requests go
 * to the nearest healthy region with capacity.
 *
 * A backend service cannot mix Cloud Run and instance groups. Use a `ServerlessBackend` behind the
 * same address, and routes by host, path, header or weight.
 *
 * Everything except its name changes in place, and the name depends only on the construct path. It
 * is created before a predecessor is destroyed: the URL map is updated before the old backend
 * service is deleted, and a group of machines is deleted last.
 */
@checked
export class InstanceGroupBackend extends CdnBackend {
  public readonly resource: ComputeBackendService;
  public readonly backendId: string;
  public readonly backendKind?: BackendKind = BackendKind.INSTANCES;
  public readonly healthCheck: ComputeHealthCheck;
  /** With a `ServerVerification` that does not exist yet. */
  public readonly authenticationConfig?: NetworkSecurityBackendAuthenticationConfig;

  public constructor(scope: Construct, id: string, props: InstanceGroupBackendProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const { protocol = BackendProtocol.http(), timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, access } = props;
    const backend = renderGroups(this, props, "http");
    checkWithin(this, "timeoutSeconds", timeoutSeconds, timeoutSec);
    checkAccess(this, access);
    this.healthCheck = createHealthCheck(this, props);
    this.authenticationConfig = protocol.verification?._createConfig(this);
    this.resource = new ComputeBackendService(this, "Resource", {
      ...renderBackendOptions(this, props),
      protocol: protocol.name,
      portName: props.targets[0]!.portName,
      timeoutSec: timeoutSeconds,
      healthChecks: [this.healthCheck.id],
      backend,
      ...LocalityPolicy._render(this, props.sessionAffinity ?? SessionAffinity.none(), props.localityPolicy),
      outlierDetection: props.outlierDetection && renderOutlierDetection(this, props.outlierDetection),
      serviceLbPolicy: serviceLbPolicy(this, props.serviceLbPolicyId),
      tlsSettings: protocol.verification?._render(this, this.authenticationConfig),
      iap: renderIap(this, access, props.cdn),
      dependsOn: ownDependables(this, [
        ...ProjectServices.of(this).require("compute.googleapis.com"),
        ...iapDependencies(this, access),
        ...props.targets.flatMap(({ dependables }) => dependables),
      ]),
    });
    grantIapAccess(this, access, this.resource);
    this.backendId = this.resource.id;
  }

  /** @internal */
  public _signingTarget(): SigningTarget {
    return { kind: "service", backendName: this.resource.name, cdn: this.resource.enableCdnInput === true };
  }
}

function checkAccess(where: Construct, access: Access | undefined): void {
  if (!access || access.isPublic || access.isIap) return;
  throw new ValidationError(where, {
    what: "access",
    got: "Access.members()",
    allowed: "Access.public() or Access.iap(): machines have no IAM check like Cloud Run's",
    fix: "use Access.iap() for people, or check tokens in the container",
  });
}

function serviceLbPolicy(where: Construct, id: string | undefined): string | undefined {
  checkPattern(
    where,
    "serviceLbPolicyId",
    id,
    /^projects\/[^/]+\/locations\/global\/serviceLbPolicies\/[^/]+$/,
    "projects/P/locations/global/serviceLbPolicies/NAME",
    "pass the policy's resource name, without //networkservices.googleapis.com/",
  );
  return id && `//networkservices.googleapis.com/${id}`;
}
