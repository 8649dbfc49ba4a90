import { Construct } from "constructs";
import { customRule, type PolicyRules } from "./edge-security-resource";
import type { EdgeRule } from "./edge-security-rule";

/** A Cloud Armor policy, of whichever kind, to which rules can be added. */
export abstract class SecurityPolicyRules extends Construct {
  /** @internal */
  public abstract readonly _rules: PolicyRules;
  /** Whether rules are previewed unless they say otherwise. @internal */
  public abstract readonly _preview: boolean;

  /**
   * Adds a rule.
   *
   * @throws ValidationError when its priority is taken or not free, Cloud Armor would reject it, or
   * policies of this kind do not have what it uses. Of an expression, syntax, attributes,
   * functions, types and number of subexpressions are checked.
   */
  public addRule(rule: EdgeRule): void {
    this._rules.add(customRule(this, rule, this._preview));
  }

  /** Rules, with the default rule. Each is paid for. */
  public get ruleCount(): number {
    return this._rules.ruleCount;
  }

  /** Rules with an expression, of which a project has a quota ("advanced rules" in the console). */
  public get expressionRuleCount(): number {
    return this._rules.expressionRuleCount;
  }

  /** The most subexpressions that a rule has; 5 is the limit. */
  public get mostSubexpressions(): number {
    return this._rules.mostSubexpressions;
  }
}
