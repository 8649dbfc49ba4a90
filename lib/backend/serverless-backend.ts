import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { checkUnique } from "../checks";
import { ValidationError } from "../errors";
import { COMPUTE_NAME, generatedName } from "../naming";
import { ProjectServices } from "../project/project-services";
import type { Access } from "../region/access";
import type { IRegionTarget } from "../region/region-target";
import type { IBackend } from "./backend";
import type { Cdn } from "./cdn";
import { renderCustomHeaders } from "./custom-headers";
import { Failover } from "./failover";
import { grantIapAccess, iapDependencies, renderIap } from "./iap";

/** How a backend service treats requests; the same for every region behind it. */
export interface BackendOptions {
  /** @default Failover.automatic() */
  readonly failover?: Failover;
  /** @default none: nothing is cached */
  readonly cdn?: Cdn;
  /** Share of requests that are logged, 0 to 1; 0 turns logging off. @default 1 */
  readonly logSampleRate?: number;
  /**
   * Headers added to requests, at most 16 and 8 KB; values may hold variables such as `{client_region}` or `{client_rtt_msec}`. @default none
   */
  readonly requestHeaders?: { [name: string]: string };
  /** Headers added to responses, at most 16 and 8 KB; values may hold variables such as `{cdn_cache_status}`. @default none */
  readonly responseHeaders?: { [name: string]: string };
  /** Compresses text answers where the client accepts it. Not for streamed tokens. @default false */
  readonly compression?: boolean;
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
export class ServerlessBackend extends Construct implements IBackend {
  public readonly resource: ComputeBackendService;
  public readonly backendId: string;

  public constructor(scope: Construct, id: string, props: ServerlessBackendProps) {
    super(scope, id);
    const { targets, logSampleRate = 1 } = props;
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
    const lateSampleRate = Token.isUnresolved(logSampleRate);
    if (!lateSampleRate && !(logSampleRate >= 0 && logSampleRate <= 1)) {
      throw new ValidationError(this, {
        what: "logSampleRate",
        got: logSampleRate,
        allowed: "0 to 1",
        fix: "give the share, not the percentage",
      });
    }
    this.resource = new ComputeBackendService(this, "Resource", {
      name: generatedName(this, COMPUTE_NAME),
      loadBalancingScheme: "EXTERNAL_MANAGED",
      protocol: targets.every((target) => target.http2) ? "HTTP2" : "HTTPS",
      backend: targets.map((target) => ({ group: target.negId })),
      outlierDetection: (props.failover ?? Failover.automatic())._bind(this, targets, props.access?.isIap),
      logConfig: lateSampleRate || logSampleRate > 0 ? { enable: true, sampleRate: logSampleRate } : { enable: false },
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
}
