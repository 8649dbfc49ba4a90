import type { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service";
import { ComputeRegionNetworkEndpointGroup } from "@cdktf/provider-google/lib/compute-region-network-endpoint-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkAllowed, checkLiteral } from "../../core/checks";
import { ownDependables } from "../../core/dependables";
import { COMPUTE_NAME, generatedName } from "../../core/naming";
import { regionFacts } from "../../core/regions";
import { serviceName, trafficTag } from "../../google/cloud-run";
import { ProjectServices } from "../../project/project-services";
import { type ProviderOptions, useProvider } from "../../project/provider";
import type { IRegionTarget } from "./region-target";

export interface ServerlessNegOptions extends ProviderOptions {
  /**
   * Sends requests to the revision with this traffic tag. Excludes service health. @default none
   */
  readonly tag?: string;
  /** Whether the service has a readiness probe and a warm instance. @default false */
  readonly reportsHealth?: boolean;
  /** Whether the containers speak h2c. @default false */
  readonly http2?: boolean;
  /**
   * What must exist before the load balancer sends requests, besides a service of `fromService`:
   * the service and its invoker bindings. @default nothing
   */
  readonly dependsOn?: ITerraformDependable[];
}

export interface ServerlessNegProps extends ServerlessNegOptions {
  readonly region: string;
  /**
   * Name of the Cloud Run service in the same region. A literal: the NEG's name contains its hash.
   */
  readonly serviceName: string;
}

/**
 * The serverless network endpoint group of one Cloud Run service in one region, which a backend
 * service points to.
 *
 * Any change replaces a NEG, and a NEG in use cannot be deleted. So the new one is created first,
 * under a name with a hash of all its inputs. It depends on the invoker bindings: otherwise a new
 * region returns 403 for a while.
 */
@checked
export class ServerlessNeg extends Construct implements IRegionTarget {
  /**
   * A region of a backend over a Cloud Run service of your own, such as
   * `ServerlessNeg.fromService(stack, "Eu", service, { dependsOn: [invoker] })`.
   *
   * @param service Its name and location are literals. Its ingress must admit the load balancer,
   * and its callers must be its invokers.
   */
  public static fromService(
    scope: Construct,
    id: string,
    service: CloudRunV2Service,
    options: ServerlessNegOptions = {},
  ): ServerlessNeg {
    return new ServerlessNeg(scope, id, {
      ...options,
      region: service.locationInput!,
      serviceName: service.nameInput!,
      dependsOn: [service, ...(options.dependsOn ?? [])],
    });
  }

  public readonly resource: ComputeRegionNetworkEndpointGroup;
  public readonly region: string;
  public readonly negId: string;
  public readonly reportsHealth: boolean;
  public readonly http2: boolean;

  public constructor(scope: Construct, id: string, props: ServerlessNegProps) {
    super(scope, id);
    useProvider(this, props.provider);
    regionFacts(this, props.region);
    checkLiteral(this, "serviceName", props.serviceName);
    checkAllowed(this, "serviceName", props.serviceName, serviceName, "name a Cloud Run service of the region");
    checkLiteral(this, "tag", props.tag);
    checkAllowed(this, "tag", props.tag, trafficTag, "name a tag of the service's traffic");
    this.region = props.region;
    this.reportsHealth = (props.reportsHealth ?? false) && props.tag === undefined;
    this.http2 = props.http2 ?? false;
    this.resource = new ComputeRegionNetworkEndpointGroup(this, "Resource", {
      name: generatedName(this, COMPUTE_NAME, [props.region, props.serviceName, props.tag ?? ""]),
      region: props.region,
      networkEndpointType: "SERVERLESS",
      cloudRun: { service: props.serviceName, tag: props.tag },
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ownDependables(this, [
        ...(props.dependsOn ?? []),
        ...ProjectServices.of(this).require("compute.googleapis.com"),
      ]),
    });
    this.negId = this.resource.id;
  }
}
