import type { CloudRunV2ServiceIamMember } from "@cdktf/provider-google/lib/cloud-run-v2-service-iam-member";
import { dependable, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { checked } from "../../core/checked";
import { type CloudRunRegionProps, CloudRunService } from "./cloud-run-service";
import type { IRegionTarget } from "./region-target";
import { ServerlessNeg } from "./serverless-neg";

/**
 * A Cloud Run service in one region, and its serverless NEG for load balancers.
 *
 * Name and region are its identity. Everything else changes in place, as a new revision that takes
 * over when its startup probe succeeds.
 */
@checked
export class CloudRunRegion extends CloudRunService implements IRegionTarget {
  public readonly neg: ServerlessNeg;

  public constructor(scope: Construct, id: string, props: CloudRunRegionProps) {
    super(scope, id, props);
    this.neg = new ServerlessNeg(this, "Neg", {
      region: props.region,
      serviceName: this.serviceName,
      reportsHealth: this.reportsHealth,
      http2: this.http2,
      dependsOn: [this.resource, ...this._invokers],
    });
  }

  public get negId(): string {
    return this.neg.negId;
  }

  /** @internal */
  protected override _bindInvoker(
    id: string,
    member: string,
    dependsOn?: ITerraformDependable[],
  ): CloudRunV2ServiceIamMember {
    const binding = super._bindInvoker(id, member, dependsOn);
    const neg = this.neg?.resource;
    if (neg) neg.dependsOn = [...(neg.dependsOn ?? []), dependable(binding)];
    return binding;
  }
}
