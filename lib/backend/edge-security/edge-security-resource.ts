import {
  ComputeSecurityPolicy,
  type ComputeSecurityPolicyConfig,
  type ComputeSecurityPolicyRule,
  computeSecurityPolicyRuleToTerraform,
} from "@cdktf/provider-google/lib/compute-security-policy";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { checkAllowed, checkLimits, checkLiteral } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, generatedName } from "../../core/naming";
import {
  banSeconds,
  DEFAULT_PRIORITY,
  expressionFacts,
  rateCountOfBan,
  securityPolicyRule,
} from "../../google/cloud-armor";
import { isConfirmed } from "../../google/source";
import { readArmorExpression, scopeProblems } from "../../language/cloud-armor-expression";
import { isExpression } from "../../language/reference";
import { ProjectServices } from "../../project/project-services";
import type { EdgeRule } from "./edge-security-rule";

/**
 * List prices of Cloud Armor Standard in USD, the same in all regions (two third-party copies of
 * cloud.google.com/armor/pricing, read 2026-11-22; not confirmed by Google's own page).
 */
const PRICES_USD = { policyMonth: 5, ruleMonth: 1, millionRequests: 0.75 };

/** Priorities for user rules, between those of the constructs. */
const FREE_BANDS = [
  [0, 9_999],
  [20_000, 29_999],
  [40_000, 49_999],
  [60_000, 69_999],
] as const;

export const EVERYONE = { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } };

type PolicyConfig = Omit<ComputeSecurityPolicyConfig, "name" | "rule" | "type">;

export function createGlobalPolicy(
  owner: Construct,
  type: "CLOUD_ARMOR" | "CLOUD_ARMOR_EDGE",
  config: PolicyConfig,
): ComputeSecurityPolicy {
  return new ComputeSecurityPolicy(owner, "Resource", {
    ...config,
    // A new type forces replacement, so it is part of the name.
    name: generatedName(owner, COMPUTE_NAME, [type]),
    type,
    lifecycle: { createBeforeDestroy: true },
    dependsOn: ProjectServices.of(owner).require("compute.googleapis.com"),
  });
}

/** The rules of a security policy, checked whenever one is added. */
export class PolicyRules {
  private rules: readonly ComputeSecurityPolicyRule[] = [];

  public constructor(
    private readonly owner: Construct,
    /** Writes the rules into the resource. */
    private readonly put: (rules: ComputeSecurityPolicyRule[]) => void,
    rules: readonly ComputeSecurityPolicyRule[],
    private readonly kind: "global" | "regional" | "edge",
  ) {
    this.set(rules);
  }

  /** @throws ValidationError, leaving the policy unchanged. */
  public add(rule: ComputeSecurityPolicyRule): void {
    const before = this.rules;
    try {
      this.set([...before, rule]);
    } catch (error) {
      this.rules = before;
      this.put([...before]);
      throw error;
    }
  }

  public get ruleCount(): number {
    return this.rules.length;
  }

  public get expressionRuleCount(): number {
    return this.rules.filter((rule) => rule.match.expr).length;
  }

  public get mostSubexpressions(): number {
    const counts = this.rules.map(({ match }) => {
      const expression = match.expr?.expression;
      return isLiteral(expression) ? readArmorExpression(expression).subexpressions : 0;
    });
    return Math.max(0, ...counts);
  }

  public monthlyCostUsd(requestsMillions: number): number {
    if (!(requestsMillions >= 0) || !Number.isFinite(requestsMillions)) {
      throw new ValidationError(this.owner, {
        what: "requestsMillions",
        got: requestsMillions,
        allowed: "a number from 0",
        fix: "give the requests of a month, in millions",
      });
    }
    const { policyMonth, ruleMonth, millionRequests } = PRICES_USD;
    return policyMonth + ruleMonth * this.ruleCount + millionRequests * requestsMillions;
  }

  private set(rules: readonly ComputeSecurityPolicyRule[]): void {
    // The provider keeps rules as a set; sorted, they do not depend on the order of construction.
    this.rules = [...rules].sort((a, b) => a.priority - b.priority);
    this.put([...this.rules]);
    const twice = this.rules.find(({ priority }, index) => priority === this.rules[index - 1]?.priority);
    if (twice) {
      throw new ValidationError(this.owner, {
        what: "rule priority",
        got: twice.priority,
        allowed: "a different priority for each rule of a policy",
        fix: "choose a number that no other rule has",
      });
    }
    for (const rule of this.rules) checkRule(this.owner, rule, this.kind);
  }
}

/** Reports here what would fail at synth, while the construct and the rule are known. */
function checkRule(owner: Construct, rule: ComputeSecurityPolicyRule, kind: "global" | "regional" | "edge"): void {
  const { action, match, rateLimitOptions: options, redirectOptions, priority, description } = rule;
  const label = description ? `rule ${priority} (${description})` : `rule ${priority}`;
  checkLimits(owner, label, computeSecurityPolicyRuleToTerraform(rule), securityPolicyRule);
  if (action === "rate_based_ban") {
    const at = `${label}, rate_limit_options`;
    checkAllowed(owner, `${at}.rate_limit_threshold.count`, options?.rateLimitThreshold?.count, rateCountOfBan);
    checkAllowed(owner, `${at}.ban_duration_sec`, options?.banDurationSec, banSeconds);
  }
  const refuse = (attribute: string, got: unknown, allowed: string, fix: string) => {
    throw new ValidationError(owner, { what: `${label}, ${attribute}`, got, allowed, fix });
  };
  if (kind === "edge" && (options || redirectOptions))
    refuse("action", action, "allow or deny, in an edge policy", "use EdgeSecurity, which limits rates and redirects");
  if (redirectOptions?.target === "") refuse("redirect_options.target", "", "a URL", "give the URL to redirect to");
  if (options?.enforceOnKeyName === "")
    refuse("rate_limit_options.enforce_on_key_name", "", "the name of a header or cookie", "name it");
  const expression = match.expr?.expression;
  if (!isLiteral(expression)) return;
  const read = readArmorExpression(expression);
  const scope = { isEdge: kind === "edge", isRegional: kind === "regional", knowsUserIp: false };
  for (const [problem, detail] of [...read.problems, ...scopeProblems(read, scope)]) {
    const { title, fix, advice, source } = expressionFacts[problem];
    if (advice || (source && !isConfirmed(source))) continue;
    refuse("match.expr.expression", expression, `what Cloud Armor accepts: ${title} (${detail})`, fix);
  }
}

function isLiteral(expression: string | undefined): expression is string {
  return expression !== undefined && !Token.isUnresolved(expression) && !isExpression(expression);
}

/** The rule for all other requests. Google Cloud has no preview for it, so in preview it allows. */
export function defaultRule(denyByDefault: boolean | undefined, preview: boolean): ComputeSecurityPolicyRule {
  const isDenied = denyByDefault === true && !preview;
  return {
    priority: DEFAULT_PRIORITY,
    action: isDenied ? "deny(403)" : "allow",
    description: isDenied ? "Everything else is denied" : "Everything else is allowed",
    match: EVERYONE,
    preview: false,
  };
}

/** A user rule, its priority checked against the free bands. */
export function customRule(owner: Construct, rule: EdgeRule, preview: boolean): ComputeSecurityPolicyRule {
  const { priority, action, expression, ipRanges, description } = rule;
  checkLiteral(owner, "rule priority", priority);
  if (!FREE_BANDS.some(([first, last]) => Number.isInteger(priority) && priority >= first && priority <= last)) {
    throw new ValidationError(owner, {
      what: "rule priority",
      got: priority,
      allowed: FREE_BANDS.map(([first, last]) => `${first} to ${last}`).join(", "),
      fix: "choose a number in the band that says when the rule is asked; the other bands are the construct's own",
    });
  }
  if ((expression === undefined) === (ipRanges === undefined)) {
    throw new ValidationError(owner, {
      what: `rule ${priority}`,
      got: expression === undefined ? "neither expression nor ipRanges" : "both expression and ipRanges",
      allowed: "one of them",
      fix: "make two rules, or write the ranges into the expression with inIpRange(origin.ip, '…')",
    });
  }
  const match = ipRanges
    ? {
        versionedExpr: "SRC_IPS_V1",
        config: { srcIpRanges: ipRanges },
      }
    : { expr: { expression: expression! } };
  // The provider computes `preview` if it is missing: a rule would then stay in preview.
  return { priority, ...action._render(), match, preview: rule.preview ?? preview, description };
}
