import { DEFAULT_PRIORITY, expressionFacts, rulesLanguage, securityPolicyOverview } from "../google/cloud-armor";
import { api, page, provider, reported } from "../google/source";
import { type ExpressionProblem, scopeProblems } from "../language/cloud-armor-expression";
import { type Block, blockOf, blocksOf, type Resource } from "../topology/document";
import {
  type ArmorPolicy,
  type ArmorRule,
  exclusionsOf,
  knowsUserIp,
  readArmorConditions,
  securityPolicies,
  securityPolicyRules,
  sourceRanges,
} from "../topology/security-policies";
import type { Topology } from "../topology/topology";
import { booleanOf, isComputed, isKnown, isSet, isUnset, textOf, textsOf } from "../topology/value";
import { type Rule, rule } from "./rule";

const compute = api("Compute API v1");
const policies = (topology: Topology) => [...securityPolicies(topology).values()];
const conditions = (topology: Topology) => topology.once(readArmorConditions);
const backends = (topology: Topology) => topology.backends;
const LAYER_7 = "adaptive_protection_config.layer_7_ddos_defense_config";

const scopeOf = (policy: ArmorPolicy) => ({
  isEdge: policy.type === "CLOUD_ARMOR_EDGE",
  isRegional: !policy.isGlobal,
  knowsUserIp: knowsUserIp(policy),
});

const expressionRules = Object.entries(expressionFacts).map(([kind, facts]) =>
  rule(`armor-expression-${kind}`, conditions, {
    source: rulesLanguage,
    ...facts,
    judge(condition, blame) {
      const { policy } = condition.rule;
      const of = kind as ExpressionProblem;
      const problem = condition.problems.get(of) ?? (policy && scopeProblems(condition, scopeOf(policy)).get(of));
      if (problem !== undefined) blame("expression", condition.text, problem);
    },
  }),
);

/** The actions that policies of some types are limited to. */
const ACTIONS: Readonly<Record<string, RegExp>> = {
  CLOUD_ARMOR_EDGE: /^(allow|deny)/,
  CLOUD_ARMOR_INTERNAL_SERVICE: /^(?!redirect)/,
  default: /^(?!redirect|fairshare)/,
};

const structure: readonly Rule[] = [
  rule("armor-priority-unique", securityPolicyRules, {
    title: "the rules of a security policy must have different priorities",
    fix: "give each rule a priority of its own, with gaps for later ones",
    source: securityPolicyOverview,
    judge({ policy, priority, at, resource }, blame) {
      const same = policy?.rules.find((each) => each.priority === priority);
      if (policy && priority !== undefined && (same?.resource !== resource || same.at !== at))
        blame("priority", priority, policy.resource.address);
    },
  }),
  rule("armor-default-rule", policies, {
    title: `a security policy with rules as blocks must have the default rule, priority ${DEFAULT_PRIORITY}, for "*"`,
    fix: `add a rule with priority ${DEFAULT_PRIORITY}, versioned_expr SRC_IPS_V1 and src_ip_ranges ["*"]`,
    source: compute("SecurityPolicy"),
    judge({ type, rules, isComputed: mayHaveMore, resource }, blame) {
      if (type === "CLOUD_ARMOR_NETWORK" || type === undefined) return;
      const found = rules.find(({ priority }) => priority === DEFAULT_PRIORITY);
      if (!found) {
        const isComplete = !mayHaveMore && rules.every(({ priority }) => priority !== undefined);
        if (isComplete && rules.some(({ at }) => at !== "")) blame("rule", undefined);
        return;
      }
      const match = blockOf(found.block.match);
      const ranges = sourceRanges(found);
      const isNarrow = Array.isArray(ranges) && isKnown(ranges) && !ranges.includes("*");
      if (found.resource === resource && match && (blockOf(match.expr) || isNarrow)) blame(`${found.at}.match`, match);
    },
  }),
  rule("armor-match-missing", securityPolicyRules, {
    title: "a rule of a security policy must say what it matches",
    fix: 'set match with versioned_expr = "SRC_IPS_V1" and config.src_ip_ranges, or with expr.expression',
    source: compute("SecurityPolicyRule.match"),
    judge({ block, policy }, blame) {
      const isOfRequests = policy?.type !== undefined && policy.type !== "CLOUD_ARMOR_NETWORK";
      if (isOfRequests && isUnset(block, "match") && isUnset(block, "network_match")) blame("match", undefined);
    },
  }),
  rule("armor-scope", securityPolicyRules, {
    title: "a rule of a security policy must have only the actions and blocks that policies of its type have",
    fix: "use allow, deny and match, or the right type: CLOUD_ARMOR (global) for more, CLOUD_ARMOR_NETWORK for network_match",
    source: securityPolicyOverview,
    judge({ block, action, policy: { type, isGlobal } = {} as ArmorPolicy }, blame) {
      if (type === undefined) return;
      const isFull = isGlobal && type === "CLOUD_ARMOR";
      if (action !== undefined && !(isFull ? /^(?!fairshare)/ : (ACTIONS[type] ?? ACTIONS.default!)).test(action))
        blame("action", action, type);
      const misplaced = [type === "CLOUD_ARMOR_NETWORK" ? "match" : "network_match"];
      if (!isFull) misplaced.push("header_action");
      if (type === "CLOUD_ARMOR_EDGE") misplaced.push("preconfigured_waf_config");
      for (const name of misplaced) if (isSet(block[name])) blame(name, block[name], type);
    },
  }),
  rule("armor-unreachable", (topology) => policies(topology).flatMap(({ rules }) => unreachable(rules)), {
    title: "the rules of a security policy must come before one that matches every request",
    advice: true,
    why: 'A rule for "*" decides about every request, a throttle too: later ones are never asked. That may be meant.',
    fix: "give it a higher priority number than the other rules, or preview = true",
    source: page("armor/docs/rate-limiting-overview"),
    judge: ({ priority }, blame) => blame("priority", priority),
  }),
  rule("armor-rules-twice", securityPolicyRules, {
    title: "a security policy must have its rules as blocks or as resources, not both",
    why: "To the provider the blocks are all rules: each apply deletes those that are resources, the next brings them back.",
    fix: "move all rules into the policy, or all into google_compute_security_policy_rule",
    source: provider("google_compute_security_policy 7.45.0, whose update removes rules that it does not list"),
    judge({ policy, at }, blame) {
      if (!policy || at !== "" || policy.rules.every((each) => each.at === "")) return;
      const { ignore_changes: ignored } = blockOf(policy.resource.values.lifecycle) ?? {};
      if (![ignored].flat().some((each) => ["rule", "rules", "all"].includes(String(each))))
        blame("security_policy", policy.resource.address);
    },
  }),
];

/** Rules after one that decides about every request. */
function unreachable(rules: readonly ArmorRule[]): ArmorRule[] {
  if (rules.some(({ priority }) => priority === undefined)) return [];
  const sorted = rules.filter(({ priority }) => priority !== DEFAULT_PRIORITY);
  sorted.sort((one, other) => one.priority! - other.priority!);
  const last = sorted.findIndex(
    (each) =>
      textsOf(sourceRanges(each)).includes("*") &&
      each.action !== undefined &&
      (isUnset(each.block, "preview") || booleanOf(each.block.preview) === false),
  );
  return last === -1 ? [] : sorted.slice(last + 1);
}

const protection: readonly Rule[] = [
  rule("armor-rate-user-ip", securityPolicyRules, {
    title: "a rate limit by USER_IP must be in a policy that says which header the address is in",
    advice: true,
    why: "Without user_ip_request_headers the key is the address of the proxy in front: all its clients share one count.",
    fix: "set advanced_options_config.user_ip_request_headers, or use IP",
    source: compute("SecurityPolicyRuleRateLimitOptions"),
    judge({ block, policy, action }, blame) {
      const options = blockOf(block.rate_limit_options) ?? {};
      const configs = blocksOf(options.enforce_on_key_configs).map((each) => each.enforce_on_key_type);
      if (![options.enforce_on_key, ...configs].includes("USER_IP") || !/^(throttle|rate)/.test(action ?? "")) return;
      if (policy && knowsUserIp(policy) === false) blame("rate_limit_options.enforce_on_key", "USER_IP");
    },
  }),
  rule("armor-auto-deploy", policies, {
    title: "automatic deployment must have thresholds and a rule with evaluateAdaptiveProtectionAutoDeploy()",
    advice: true,
    why: "One without the other blocks nothing. The rule may be managed elsewhere.",
    fix: "add a rule with the expression evaluateAdaptiveProtectionAutoDeploy(), and enable adaptive protection",
    source: rulesLanguage,
    judge({ resource, isComputed: mayHaveMore, rules }, blame, topology) {
      const isDeployed = conditions(topology).some(
        (each) => rules.includes(each.rule) && each.usage?.calls.has("evaluateAdaptiveProtectionAutoDeploy"),
      );
      const automatic = topology
        .places("google_compute_security_policy", `${LAYER_7}.threshold_configs`)
        .some((each) => each.resource === resource && Object.keys(each.block).some((name) => name.startsWith("auto_")));
      if (automatic && !isDeployed && !mayHaveMore) blame("rule", undefined, "no rule");
      if (isDeployed && isUnset(resource.values, "adaptive_protection_config"))
        blame("adaptive_protection_config", undefined);
    },
  }),
  rule("armor-waf-exclusion", securityPolicyRules, {
    title: "preconfigured_waf_config must exclude fields of a rule set that the rule's expression evaluates",
    why: "It is accepted, but has no effect: the false positives stay.",
    fix: "name in target_rule_set a set that the expression evaluates by evaluatePreconfiguredWaf()",
    source: compute("SecurityPolicyRule.preconfiguredWafConfig"),
    judge(subject, blame, topology) {
      const exclusions = exclusionsOf(subject);
      if (exclusions.length === 0) return;
      const condition = conditions(topology).find((each) => each.rule === subject);
      if (condition ? !condition.usage : !isKnown(subject.block.match)) return;
      const calls = condition?.wafCalls.filter(({ isWaf }) => isWaf) ?? [];
      if (calls.some(({ set }) => set === undefined)) return;
      for (const { target_rule_set: target } of exclusions)
        if (!calls.some(({ set }) => set === target || !isKnown(target))) blame("preconfigured_waf_config", target);
    },
  }),
];

const policyAt = (topology: Topology, { address } = { address: "" }) => securityPolicies(topology).get(address);

const attachment: readonly Rule[] = [
  rule("armor-attached-type", backends, {
    title: "security_policy must name a policy of type CLOUD_ARMOR, edge_security_policy one of type CLOUD_ARMOR_EDGE",
    fix: "change the type of the policy, or attach it by the other attribute",
    source: securityPolicyOverview,
    judge({ securityPolicy, edgeSecurityPolicy }, blame, topology) {
      const [type = "", edgeType] = [securityPolicy, edgeSecurityPolicy].map((each) => policyAt(topology, each)?.type);
      if (/EDGE|INTERNAL_SERVICE/.test(type)) blame("security_policy", securityPolicy!.address, type);
      if (!/EDGE$/.test(edgeType ?? "EDGE")) blame("edge_security_policy", edgeSecurityPolicy!.address, edgeType);
    },
  }),
  rule("armor-attached-scope", backends, {
    title: "a global backend service must have a global security policy, a regional one a policy of its region",
    fix: "use google_compute_security_policy for global backends, google_compute_region_security_policy for regional ones",
    source: securityPolicyOverview,
    judge({ resource, isGlobal, securityPolicy }, blame, topology) {
      const policy = policyAt(topology, securityPolicy);
      const [region, other] = [resource, policy?.resource].map((each) => textOf(each?.values.region));
      const isElsewhere = !isGlobal && region !== undefined && other !== undefined && region !== other;
      if (policy && (policy.isGlobal !== isGlobal || isElsewhere)) blame("security_policy", policy.resource.address);
    },
  }),
  rule("armor-attached-scheme", backends, {
    title: "a backend service with a security policy must be EXTERNAL, EXTERNAL_MANAGED or regional INTERNAL_MANAGED",
    fix: "remove the policy, or use load_balancing_scheme = EXTERNAL_MANAGED",
    source: securityPolicyOverview,
    judge({ scheme, securityPolicy, isGlobal }, blame, topology) {
      if (!securityPolicy || policyAt(topology, securityPolicy)?.type === "CLOUD_ARMOR_INTERNAL_SERVICE") return;
      if (scheme === "INTERNAL_SELF_MANAGED" || (isGlobal && scheme === "INTERNAL_MANAGED"))
        blame("load_balancing_scheme", scheme);
    },
  }),
  rule("armor-regional-late", backends, {
    title: "something must check that the security policy of a regional backend service is attached",
    advice: true,
    why: "The provider (7.8.0 to 7.45.0) forgets the policy when it creates the backend service, until the next apply.",
    fix: "read it by a data source with a postcondition on security_policy, and let the URL map depend on that",
    source: reported("github.com/hashicorp/terraform-provider-google/issues/29240 and provider code 7.45.0"),
    judge({ resource, isGlobal }, blame, topology) {
      if (isGlobal || !isSet(resource.values.security_policy)) return;
      const isChecked = topology
        .referrers(resource.address)
        .some(({ isData, values }) => isData && blockOf(values.lifecycle)?.postcondition !== undefined);
      if (!isChecked) blame("security_policy", resource.values.security_policy);
    },
  }),
  rule("armor-unattached", policies, {
    title: "a security policy must be attached to a backend",
    advice: true,
    why: "It filters nothing. It may be attached elsewhere by its name.",
    fix: "set security_policy of the backend services, or edge_security_policy",
    source: securityPolicyOverview,
    judge({ resource, type }, blame, topology) {
      if (type !== "CLOUD_ARMOR" && type !== "CLOUD_ARMOR_EDGE") return;
      if (!topology.once(readAllAttached)) return;
      const isUsed = topology.referrers(resource.address).some((each) => !each.type.endsWith("security_policy_rule"));
      const exported = topology.document.references(topology.document.outputs);
      if (!isUsed && !exported.some(({ address }) => address === resource.address)) blame("", undefined);
    },
  }),
];

/** Whether there are backends, and the policies of all of them are known. */
function readAllAttached({ backends, document }: Topology): boolean {
  const isUnknown = (values: Block, name: string) =>
    isComputed(values, name) && document.references(values[name]).length === 0;
  const isOpen = ({ values }: Resource) =>
    isUnknown(values, "security_policy") || isUnknown(values, "edge_security_policy");
  return backends.length > 0 && !backends.some(({ resource }) => isOpen(resource));
}

/** Cloud Armor security policies. */
export const cloudArmorRules: readonly Rule[] = [...structure, ...protection, ...attachment, ...expressionRules];
