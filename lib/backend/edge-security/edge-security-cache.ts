import type { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy";
import type { Construct } from "constructs";
import { checked } from "../../core/checked";
import { type ProviderOptions, useProvider } from "../../project/provider";
import type { EdgeFilterProps } from "./edge-security-filter";
import { filterRules } from "./edge-security-lists";
import { createGlobalPolicy, customRule, defaultRule, PolicyRules } from "./edge-security-resource";
import { SecurityPolicyRules } from "./security-policy-rules";

export interface EdgePolicyProps extends EdgeFilterProps, ProviderOptions {}

/**
 * A Cloud Armor policy evaluated before the cache (CLOUD_ARMOR_EDGE): for bucket backends, and for
 * backend services with a CDN, whose cached responses no other policy protects. A backend service
 * may also have an `EdgeSecurity`, which sees the requests that the cache does not answer.
 *
 * It allows and denies by addresses, regions and expressions over `origin.*` and `request.*`. Rate
 * limits, WAF, redirects, adaptive protection and verbose logging need an `EdgeSecurity`
 * (docs.cloud.google.com/armor/docs/security-policy-overview, read 2026-11-22).
 */
@checked
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
    useProvider(this, props.provider);
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
   * Monthly cost of the policy at list prices, in USD, as in `EdgeSecurity`.
   *
   * @param requestsMillions Requests of the month in millions, including those the cache answers.
   * @throws ValidationError for a negative number.
   */
  public monthlyCostUsd(requestsMillions: number): number {
    return this._rules.monthlyCostUsd(requestsMillions);
  }
}
