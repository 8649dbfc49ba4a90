import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service";
import type { Construct } from "constructs";
import { checkInteger, checkUnique } from "../checks";
import { ValidationError } from "../errors";
import { COMPUTE_NAME, generatedName } from "../naming";
import { ProjectServices } from "../project/project-services";
import type { Access } from "../region/access";
import type { IRegionTarget } from "../region/region-target";
import type { Cdn } from "./cdn";
import { CdnBackend } from "./cdn-backend";
import { renderCustomHeaders } from "./custom-headers";
import { Failover } from "./failover";
import { grantIapAccess, iapDependencies, renderIap } from "./iap";
import type { LogFields } from "./log-fields";
import { renderLogging } from "./logging";
import { checkPolicyId } from "./security-policy";
import type { SigningTarget } from "./signing-target";

/** How a backend service treats requests; the same for every region behind it. */
export interface BackendOptions {
  /** @default Failover.automatic() */
  readonly failover?: Failover;
  /** @default none: nothing is cached */
  readonly cdn?: Cdn;
  /** Share of requests that are logged, 0 to 1; 0 turns logging off. @default 1 */
  readonly logSampleRate?: number;
  /** The optional fields of each log entry: `LogFields.listed(["tls.protocol", "tls.cipher"])`. @default LogFields.none() */
  readonly logFields?: LogFields;
  /**
   * Headers added to requests, at most 16 and 8 KB; values may hold variables such as `{client_region}` or `{client_rtt_msec}`: see `ClientHeaders`. @default none
   */
  readonly requestHeaders?: { [name: string]: string };
  /** Headers added to responses, at most 16 and 8 KB; values may hold variables such as `{cdn_cache_status}`. @default none */
  readonly responseHeaders?: { [name: string]: string };
  /** Compresses text answers where the client accepts it. Not for streamed tokens. @default false */
  readonly compression?: boolean;
  /**
   * How long requests to an instance that is taken away may still run, 0 to 3600 seconds. Google documents it for instance groups and zonal NEGs
   * (docs.cloud.google.com/load-balancing/docs/enabling-connection-draining, from general knowledge, 2026-11): Cloud Run ends its own requests by their timeout. @default 300
   */
  readonly connectionDrainingSeconds?: number;
  /** Id of a Cloud Armor policy of type CLOUD_ARMOR, which sees requests that the cache does not answer. @default none */
  readonly securityPolicyId?: string;
  /** Id of a Cloud Armor policy of type CLOUD_ARMOR_EDGE, which sees every request, before the cache. @default none */
  readonly edgeSecurityPolicyId?: string;
}

export interface ServerlessBackendProps extends BackendOptions {
  /** One per region, all of them the same service. Several backends may share them. */
  readonly targets: IRegionTarget[];
  /**
   * The access of the services behind it: with `Access.iap()` the backend service gets Identity-Aware Proxy and lets its members in. `MultiRegionService`
   * passes its own. @default Access.public()
   */
  readonly access?: Access;
}

/**
 * A global backend service (EXTERNAL_MANAGED) over Cloud Run in several regions: requests go to the nearest region that works.
 *
 * All but its name changes in place, and the name depends on the construct path alone. It is created before a predecessor is destroyed, which
 * also makes Terraform delete a backend service only after the URL map has let go of it.
 */
export class ServerlessBackend extends CdnBackend {
  public readonly resource: ComputeBackendService;
  public readonly backendId: string;

  public constructor(scope: Construct, id: string, props: ServerlessBackendProps) {
    super(scope, id);
    const { targets } = props;
    if (targets.length === 0) {
      throw new ValidationError(this, {
        what: "targets",
        got: [],
        allowed: "at least one region",
        fix: "pass a CloudRunRegion or a ServerlessNeg",
      });
    }
    checkUnique(
      this,
      "targets",
      targets.map((target) => target.region),
      "a backend service takes one serverless NEG of a region: give the second service a backend and a route of its own",
    );
    const draining = "give a number of seconds, at most an hour; 0 turns it off";
    checkInteger(this, "connectionDrainingSeconds", props.connectionDrainingSeconds, 0, 3600, draining);
    checkPolicyId(this, "securityPolicyId", props.securityPolicyId);
    checkPolicyId(this, "edgeSecurityPolicyId", props.edgeSecurityPolicyId);
    this.resource = new ComputeBackendService(this, "Resource", {
      name: generatedName(this, COMPUTE_NAME),
      loadBalancingScheme: "EXTERNAL_MANAGED",
      protocol: targets.every((target) => target.http2) ? "HTTP2" : "HTTPS",
      backend: targets.map((target) => ({ group: target.negId })),
      outlierDetection: (props.failover ?? Failover.automatic())._bind(this, targets, props.access?.isIap),
      connectionDrainingTimeoutSec: props.connectionDrainingSeconds,
      securityPolicy: props.securityPolicyId,
      edgeSecurityPolicy: props.edgeSecurityPolicyId,
      logConfig: renderLogging(this, props.logSampleRate, props.logFields),
      customRequestHeaders: renderCustomHeaders(this, "requestHeaders", props.requestHeaders),
      customResponseHeaders: renderCustomHeaders(this, "responseHeaders", props.responseHeaders),
      compressionMode: props.compression ? "AUTOMATIC" : undefined,
      enableCdn: props.cdn !== undefined,
      cdnPolicy: props.cdn?._render(this),
      iap: renderIap(this, props.access, props.cdn),
      lifecycle: { createBeforeDestroy: true },
      dependsOn: [
        ...ProjectServices.of(this).require("compute.googleapis.com"),
        ...iapDependencies(this, props.access),
      ],
    });
    grantIapAccess(this, props.access, this.resource);
    this.backendId = this.resource.id;
  }
  /** @internal */
  public _signingTarget(): SigningTarget {
    return { kind: "service", backendName: this.resource.name, cdn: this.resource.enableCdnInput === true };
  }
}
