import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service";
import type { ComputeHealthCheck } from "@cdktf/provider-google/lib/compute-health-check";
import { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkWithin } from "../../core/checks";
import { ownDependables } from "../../core/dependables";
import { timeoutSec } from "../../google/backend-service";
import { ProjectServices } from "../../project/project-services";
import { type ProviderOptions, useProvider } from "../../project/provider";
import { renderBackendOptions } from "../backend-options";
import { createHealthCheck, renderGroups } from "./group-backends";
import type { InstanceGroupsProps } from "./instance-groups";
import { SessionAffinity } from "./session-affinity";

/** A backend for the connections of a `ProxyFrontend`. Not for routes, which need HTTP backends. */
export interface IStreamBackend {
  /** Id or self link of a global EXTERNAL_MANAGED backend service with protocol TCP or SSL. */
  readonly streamBackendId: string;
  /** Whether connections to the machines are encrypted: protocol SSL. */
  readonly encrypted: boolean;
}

export interface StreamBackendProps extends InstanceGroupsProps, ProviderOptions {
  /**
   * Opens TLS connections to the machines (protocol SSL) without verifying certificates. Only
   * behind a frontend with certificates: a TCP proxy needs protocol TCP. @default false
   */
  readonly encrypted?: boolean;
  /** Session affinity; streams only support `clientIp()`. @default SessionAffinity.none() */
  readonly sessionAffinity?: SessionAffinity;
  /**
   * Closes idle connections, after 1 to 2147483647 seconds. The load balancer's own default is 30
   * seconds, less than a model may think. @default 600
   */
  readonly idleTimeoutSeconds?: number;
  /** How long connections to a removed machine may last, 0 to 3600 seconds. @default 300 */
  readonly connectionDrainingSeconds?: number;
  /**
   * Id of a CLOUD_ARMOR policy. It sees addresses, regions and rates of connections; rules on
   * headers, paths or bodies never match. @default none
   */
  readonly securityPolicyId?: string;
  /** Share of connections that are logged, 0 to 1; 0 turns logging off. @default 1 */
  readonly logSampleRate?: number;
}

/**
 * A global backend service (EXTERNAL_MANAGED) for TCP streams over groups of machines in any
 * regions, for `ProxyFrontend`.
 *
 * Everything except its name changes in place, and the name depends only on the construct path. It
 * is created before a predecessor is destroyed.
 */
@checked
export class StreamBackend extends Construct implements IStreamBackend {
  public readonly resource: ComputeBackendService;
  public readonly streamBackendId: string;
  public readonly encrypted: boolean;
  public readonly healthCheck: ComputeHealthCheck;

  public constructor(scope: Construct, id: string, props: StreamBackendProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const { idleTimeoutSeconds = 600, connectionDrainingSeconds, securityPolicyId, logSampleRate } = props;
    const { sessionAffinity = SessionAffinity.none() } = props;
    this.encrypted = props.encrypted ?? false;
    const backend = renderGroups(this, props, "stream");
    checkWithin(this, "idleTimeoutSeconds", idleTimeoutSeconds, timeoutSec);
    this.healthCheck = createHealthCheck(this, props);
    this.resource = new ComputeBackendService(this, "Resource", {
      ...renderBackendOptions(this, { connectionDrainingSeconds, securityPolicyId, logSampleRate }),
      protocol: this.encrypted ? "SSL" : "TCP",
      portName: props.targets[0]!.portName,
      timeoutSec: idleTimeoutSeconds,
      sessionAffinity: sessionAffinity._renderForStream(this),
      healthChecks: [this.healthCheck.id],
      backend,
      dependsOn: ownDependables(this, [
        ...ProjectServices.of(this).require("compute.googleapis.com"),
        ...props.targets.flatMap(({ dependables }) => dependables),
      ]),
    });
    this.streamBackendId = this.resource.id;
  }
}
