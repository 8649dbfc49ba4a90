import {
  ComputeRegionSecurityPolicy,
  type ComputeRegionSecurityPolicyRules,
} from "@cdktf/provider-google/lib/compute-region-security-policy";
import type { ComputeSecurityPolicyRule } from "@cdktf/provider-google/lib/compute-security-policy";
import type { Construct } from "constructs";
import { checked } from "../../core/checked";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, generatedName } from "../../core/naming";
import { regionFacts } from "../../core/regions";
import { ProjectServices } from "../../project/project-services";
import { useProvider } from "../../project/provider";
import type { EdgeSecurityProps } from "./edge-security";
import { PolicyRules } from "./edge-security-resource";
import { advancedOptions, securityRules, withAiApi } from "./edge-security-rules";
import { SecurityPolicyRules } from "./security-policy-rules";

/**
 * Like `EdgeSecurity`, without what regional policies lack: `adaptiveProtection` and
 * `inspectedBodyKiB` (hashicorp/google has neither for them at 6.50.0 or 7.45.0), and redirects.
 */
export interface RegionEdgeSecurityProps extends EdgeSecurityProps {
  /** Region of the backend services that use it. Cannot be changed without a new policy. */
  readonly region: string;
}

const TYPE = "CLOUD_ARMOR";

/**
 * A Cloud Armor policy of one region, for the backend services of a `RegionalEndpoint` there:
 * requests are filtered in the region. Global policies cannot be attached to regional backend
 * services, nor this one to global ones. Rules, priorities and props are those of `EdgeSecurity`;
 * each region counts its own limits.
 *
 * Attaching it needs provider 7.8 or later: see `securityPolicyId` of `RegionBackendService`.
 */
@checked
export class RegionEdgeSecurity extends SecurityPolicyRules {
  /** Recommended settings for a model's API, without adaptive protection. */
  public static forAiApi(scope: Construct, id: string, props: RegionEdgeSecurityProps): RegionEdgeSecurity {
    const { region, adaptiveProtection = false } = props;
    return new RegionEdgeSecurity(scope, id, { ...withAiApi(props), adaptiveProtection, region });
  }

  public readonly resource: ComputeRegionSecurityPolicy;
  public readonly region: string;
  /** For `securityPolicyId` of a regional backend. */
  public readonly policyId: string;

  /** @internal */
  public readonly _rules: PolicyRules;
  /** @internal */
  public readonly _preview: boolean;

  public constructor(scope: Construct, id: string, props: RegionEdgeSecurityProps) {
    super(scope, id);
    useProvider(this, props.provider);
    regionFacts(this, props.region);
    this.region = props.region;
    this._preview = props.preview ?? false;
    for (const what of ["adaptiveProtection", "inspectedBodyKiB"] as const) {
      if (props[what]) this.refuse(what, props[what], "none for a regional policy");
    }
    const { rules } = securityRules(this, props);
    this.resource = new ComputeRegionSecurityPolicy(this, "Resource", {
      name: generatedName(this, COMPUTE_NAME, [TYPE, props.region]),
      region: props.region,
      type: TYPE,
      description: props.description,
      advancedOptionsConfig: advancedOptions(props),
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
    });
    this.policyId = this.resource.id;
    this._rules = new PolicyRules(
      this,
      (all) => this.resource.putRules(all.map((rule) => this.regional(rule))),
      rules,
      "regional",
    );
  }

  private regional(rule: ComputeSecurityPolicyRule): ComputeRegionSecurityPolicyRules {
    const { redirectOptions, headerAction, ...rest } = rule;
    if (redirectOptions || headerAction)
      this.refuse(
        `rule ${rule.priority}`,
        rule.action,
        "EdgeAction.allow, deny, throttle or ban: regional policies do not redirect",
      );
    return rest;
  }

  private refuse(what: string, got: unknown, allowed: string): never {
    throw new ValidationError(this, {
      what,
      got,
      allowed,
      fix: "leave it out, or use EdgeSecurity with a global backend",
    });
  }
}
