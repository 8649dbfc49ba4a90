import type { ComputeSecurityPolicy } from "@cdktf/provider-google/lib/compute-security-policy";
import { Construct } from "constructs";
import type { EdgeFilterProps } from "./edge-security-filter";
import { filterRules } from "./edge-security-lists";
import { createGlobalPolicy, customRule, defaultRule, inGlobal, PolicyRules } from "./edge-security-resource";
import type { EdgeRule } from "./edge-security-rule";

export interface EdgePolicyProps extends EdgeFilterProps {}

/**
 * A Cloud Armor policy that is asked before the cache (CLOUD_ARMOR_EDGE): for bucket backends, and for backend services with a CDN, whose stored answers no
 * other policy protects. A backend service may have one beside its `EdgeSecurity`, which then sees what the cache could not answer.
 *
 * It allows and denies by addresses, regions and expressions over `origin.*` and `request.*`. It has no rate limits, WAF, redirects, adaptive protection or
 * verbose logging: those need an `EdgeSecurity` (docs.cloud.google.com/armor/docs/security-policy-overview, read 2026-11-22).
 */
export class EdgePolicy extends Construct {
  public readonly resource: ComputeSecurityPolicy;
  /** For `edgeSecurityPolicyId` of a backend. */
  public readonly policyId: string;

  private readonly rules: PolicyRules;
  private readonly preview: boolean;

  public constructor(scope: Construct, id: string, props: EdgePolicyProps = {}) {
    super(scope, id);
    this.preview = props.preview ?? false;
    this.resource = createGlobalPolicy(this, "CLOUD_ARMOR_EDGE", { description: props.description });
    this.rules = new PolicyRules(this, inGlobal(this.resource), [
      ...filterRules(this, props),
      ...(props.rules ?? []).map((rule) => customRule(this, rule, this.preview)),
      defaultRule(props.denyByDefault, this.preview),
    ]);
    this.policyId = this.resource.id;
  }

  /**
   * Adds a rule that allows or denies.
   *
   * @throws ValidationError when its priority is taken or not free, or edge policies do not have what it uses.
   */
  public addRule(rule: EdgeRule): void {
    this.rules.add(customRule(this, rule, this.preview));
  }

  /** Rules, with the default rule. Each is paid for. */
  public get ruleCount(): number {
    return this.rules.ruleCount;
  }

  /** Rules with an expression, of which a project has a quota. */
  public get expressionRuleCount(): number {
    return this.rules.expressionRuleCount;
  }

  /** The most subexpressions that a rule has; 5 is the limit. */
  public get mostSubexpressions(): number {
    return this.rules.mostSubexpressions;
  }

  /**
   * What the policy costs in a month at list prices, in USD: as that of `EdgeSecurity`.
   *
   * @param requestsMillions Requests of the month, in millions, those that the cache answers too.
   * @throws ValidationError for a negative number.
   */
  public monthlyCostUsd(requestsMillions: number): number {
    return this.rules.monthlyCostUsd(requestsMillions);
  }
}
