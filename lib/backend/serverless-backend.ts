import { ComputeBackendService } from "@cdktf/provider-google/lib/compute-backend-service";
import type { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";
import type { Access } from "../region/access";
import type { IRegionTarget } from "../region/cloud-run/region-target";
import { BackendKind } from "./backend";
import { type BackendOptions, renderBackendOptions } from "./backend-options";
import { CdnBackend } from "./cdn/cdn-backend";
import type { SigningTarget } from "./cdn/signing-target";
import { Failover } from "./failover";
import { grantIapAccess, iapDependencies, renderIap } from "./iap";

/** How a backend service over Cloud Run treats requests; the same for every region behind it. */
export interface ServerlessBackendOptions extends BackendOptions {
  /** @default Failover.automatic() */
  readonly failover?: Failover;
}

export interface ServerlessBackendProps extends ServerlessBackendOptions, ProviderOptions {
  /** One per region, all of the same service. Several backends may share them. */
  readonly targets: IRegionTarget[];
  /**
   * The access of the services: with `Access.iap()` the backend service gets Identity-Aware Proxy
   * and admits its members. `MultiRegionService` passes its own. @default Access.public()
   */
  readonly access?: Access;
}

/**
 * A global backend service (EXTERNAL_MANAGED) over Cloud Run in several regions: requests go to the
 * nearest working region.
 *
 * Everything except its name changes in place, and the name depends only on the construct path. It
 * is created before a predecessor is destroyed: the URL map is updated before the old one is
 * deleted.
 */
@checked
export class ServerlessBackend extends CdnBackend {
  public readonly resource: ComputeBackendService;
  public readonly backendId: string;
  public readonly backendKind?: BackendKind = BackendKind.SERVERLESS;

  public constructor(scope: Construct, id: string, props: ServerlessBackendProps) {
    super(scope, id);
    useProvider(this, props.provider);
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
    this.resource = new ComputeBackendService(this, "Resource", {
      ...renderBackendOptions(this, props),
      protocol: targets.every((target) => target.http2) ? "HTTP2" : "HTTPS",
      backend: targets.map((target) => ({ group: target.negId })),
      outlierDetection: (props.failover ?? Failover.automatic())._bind(this, targets, props.access?.isIap),
      iap: renderIap(this, props.access, props.cdn),
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
