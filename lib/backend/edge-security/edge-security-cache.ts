import type { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy";
import type { Construct } from "constructs";
import type { EdgeFilterProps } from "./edge-security-filter";
import { filterRules } from "./edge-security-lists";
import { createGlobalPolicy, customRule, defaultRule, PolicyRules } from "./edge-security-resource";
import { SecurityPolicyRules } from "./security-policy-rules";

export interface EdgePolicyProps extends EdgeFilterProps {}

/**
 * A Cloud Armor policy that is asked before the cache (CLOUD_ARMOR_EDGE): for bucket backends, and
 * for backend services with a CDN, whose stored answers no other policy protects. A backend service
 * may have one beside its `EdgeSecurity`, which then sees what the cache could not answer.
 *
 * It allows and denies by addresses, regions and expressions over `origin.*` and `request.*`. It
 * has no rate limits, WAF, redirects, adaptive protection or verbose logging: those need an
 * `EdgeSecurity` (docs.cloud.google.com/armor/docs/security-policy-overview, read 2026-11-22).
 */
export class EdgePolicy extends SecurityPolicyRules {
  public readonly resource: ComputeSecurityPolicy;
  /** For `edgeSecurityPolicyId` of a backend. */
  public readonly policyId: string;

  /** @internal */
  public readonly _rules: PolicyRules;
  /** @internal */
  public readonly _preview: boolean;

  public constructor(scope: Construct, id: string, props: EdgePolicyProps = {}) {
    super(scope, id);
    this._preview = props.preview ?? false;
    this.resource = createGlobalPolicy(this, "CLOUD_ARMOR_EDGE", { description: props.description });
    this._rules = new PolicyRules(
      this,
      (all) => this.resource.putRule(all),
      [
        ...filterRules(this, props),
        ...(props.rules ?? []).map((rule) => customRule(this, rule, this._preview)),
        defaultRule(props.denyByDefault, this._preview),
      ],
      "edge",
    );
    this.policyId = this.resource.id;
  }

  /**
   * What the policy costs in a month at list prices, in USD: as that of `EdgeSecurity`.
   *
   * @param requestsMillions Requests of the month, in millions, those that the cache answers too.
   * @throws ValidationError for a negative number.
   */
  public monthlyCostUsd(requestsMillions: number): number {
    return this._rules.monthlyCostUsd(requestsMillions);
  }
}
