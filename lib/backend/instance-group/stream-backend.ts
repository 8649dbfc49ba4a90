import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service";
import type { ComputeHealthCheck } from "@cdktf/provider-google/lib/compute-health-check";
import { Construct } from "constructs";
import { checkWithin } from "../../core/checks";
import { timeoutSec } from "../../google/backend-service";
import { ProjectServices } from "../../project/project-services";
import { renderBackendOptions } from "../backend-options";
import { createHealthCheck, renderGroups } from "./group-backends";
import type { InstanceGroupsProps } from "./instance-groups";
import { SessionAffinity } from "./session-affinity";

/**
 * Something that a `ProxyFrontend` can pass connections on to. Not for routes: URL maps lead to
 * HTTP backends only.
 */
export interface IStreamBackend {
  /** Id or self link of a global backend service, EXTERNAL_MANAGED, of protocol TCP or SSL. */
  readonly streamBackendId: string;
  /** Whether connections to the machines are encrypted: protocol SSL. */
  readonly encrypted: boolean;
}

export interface StreamBackendProps extends InstanceGroupsProps {
  /**
   * Opens TLS connections to the machines (protocol SSL), whose certificates are not verified. Only
   * behind a frontend with certificates: a TCP proxy leads to protocol TCP only.
   * @default false
   */
  readonly encrypted?: boolean;
  /**
   * Which connections go to the same machine: `SessionAffinity.clientIp()`, the only kind for
   * streams.
   * @default SessionAffinity.none()
   */
  readonly sessionAffinity?: SessionAffinity;
  /**
   * Closes connections on which nothing is sent, 1 to 2147483647 seconds. The load balancer's own
   * default is 30 seconds, less than a model may think.
   * @default 600
   */
  readonly idleTimeoutSeconds?: number;
  /**
   * How long connections to a machine that is taken away may go on, 0 to 3600 seconds. @default 300
   */
  readonly connectionDrainingSeconds?: number;
  /**
   * Id of a Cloud Armor policy of type CLOUD_ARMOR. It sees addresses, regions and rates of
   * connections; rules on headers, paths or bodies match nothing here.
   * @default none
   */
  readonly securityPolicyId?: string;
  /** Share of connections that are logged, 0 to 1; 0 turns logging off. @default 1 */
  readonly logSampleRate?: number;
}

/**
 * A global backend service (EXTERNAL_MANAGED) for TCP streams over groups of machines in any
 * regions, for `ProxyFrontend`.
 *
 * Everything but its name changes in place, and the name depends on the construct path alone. It is
 * created before a predecessor is destroyed.
 */
export class StreamBackend extends Construct implements IStreamBackend {
  public readonly resource: ComputeBackendService;
  public readonly streamBackendId: string;
  public readonly encrypted: boolean;
  public readonly healthCheck: ComputeHealthCheck;

  public constructor(scope: Construct, id: string, props: StreamBackendProps) {
    super(scope, id);
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
      dependsOn: [
        ...ProjectServices.of(this).require("compute.googleapis.com"),
        ...props.targets.flatMap(({ dependables }) => dependables),
      ],
    });
    this.streamBackendId = this.resource.id;
  }
}
