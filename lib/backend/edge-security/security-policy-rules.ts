import { Construct } from "constructs";
import { checked } from "../../core/checked";
import { customRule, type PolicyRules } from "./edge-security-resource";
import type { EdgeRule } from "./edge-security-rule";

/** A Cloud Armor policy of any kind, to which rules can be added. */
@checked
export abstract class SecurityPolicyRules extends Construct {
  /** @internal */
  public abstract readonly _rules: PolicyRules;
  /** Whether rules are previewed by default. @internal */
  public abstract readonly _preview: boolean;

  /**
   * Adds a rule. The syntax, attributes, functions, types and number of subexpressions of an
   * expression are checked.
   *
   * @throws ValidationError if its priority is taken or not free, Cloud Armor would reject it, or
   * policies of this kind do not support it.
   */
  public addRule(rule: EdgeRule): void {
    this._rules.add(customRule(this, rule, this._preview));
  }

  /** Number of rules, including the default rule. Each is charged. */
  public get ruleCount(): number {
    return this._rules.ruleCount;
  }

  /** Rules with an expression; projects have a quota ("advanced rules" in the console). */
  public get expressionRuleCount(): number {
    return this._rules.expressionRuleCount;
  }

  /** The largest number of subexpressions in a rule; the limit is 5. */
  public get mostSubexpressions(): number {
    return this._rules.mostSubexpressions;
  }
}
