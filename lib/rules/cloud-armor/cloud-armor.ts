import { blockOf } from "../../topology/document";
import { booleanOf, isComputed, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { cloudArmorAdaptiveRules } from "./cloud-armor-adaptive";
import { cloudArmorAttachmentRules } from "./cloud-armor-attachment";
import { cloudArmorExpressionRules } from "./cloud-armor-expression";
import { cloudArmorLimits } from "./cloud-armor-limits";
import {
  type ArmorPolicy,
  type ArmorRule,
  cloudArmorOf,
  DEFAULT_PRIORITY,
  isSet,
  matchesAll,
  policyRule,
} from "./cloud-armor-policies";
import { cloudArmorRateRules } from "./cloud-armor-rate";
import { cloudArmorWafRules } from "./cloud-armor-waf";

const OVERVIEW = "docs.cloud.google.com/armor/docs/security-policy-overview (of 2026-04-13), read 2026-11-22";
const MATCHER = "Compute API v1, SecurityPolicyRuleMatcher, read 2026-11-22";
const POLICY_API = "Compute API v1, SecurityPolicy, read 2026-11-22";

/** Attributes of an edge policy's rule that edge policies do not have. */
const NOT_ON_EDGE = ["rate_limit_options", "redirect_options", "header_action", "preconfigured_waf_config"];

/** Rules after one that decides about every request. */
function unreachable(policy: ArmorPolicy): ArmorRule[] {
  if (policy.rules.some((rule) => rule.priority === undefined)) return [];
  const sorted = [...policy.rules].sort((a, b) => a.priority! - b.priority!);
  const last = sorted.findIndex(
    (rule) =>
      rule.priority !== DEFAULT_PRIORITY &&
      matchesAll(rule) &&
      rule.action !== undefined &&
      (rule.block.preview === undefined || booleanOf(rule.block.preview) === false),
  );
  return last === -1 ? [] : sorted.slice(last + 1).filter((rule) => rule.priority !== DEFAULT_PRIORITY);
}

const relations: readonly Rule[] = [
  {
    id: "armor-priority-unique",
    title: "the rules of a security policy have different priorities",
    severity: "error",
    why: "Google Cloud rejects the second rule of a priority. The provider compares only the blocks of one policy.",
    fix: "give each rule a priority of its own, with gaps for later ones",
    source: OVERVIEW,
    check(topology, report) {
      for (const policy of cloudArmorOf(topology).policies) {
        const seen = new Set<number>();
        for (const { owner, at, priority } of policy.rules) {
          if (priority === undefined) continue;
          if (seen.has(priority)) report(owner, `${at}priority`, priority, policy.resource.address);
          seen.add(priority);
        }
      }
    },
  },
  policyRule(
    "armor-default-rule",
    {
      title: `a security policy with rules as blocks has the default rule, priority ${DEFAULT_PRIORITY}, for "*"`,
      why: "Google Cloud demands a rule for what no other rule matches, and nothing else at that priority.",
      fix: `add a rule with priority ${DEFAULT_PRIORITY}, versioned_expr SRC_IPS_V1, src_ip_ranges ["*"] and action allow or deny(403)`,
      source: POLICY_API,
    },
    (policy) => {
      if (policy.type === "CLOUD_ARMOR_NETWORK" || policy.type === undefined) return [];
      const found = policy.rules.find((rule) => rule.priority === DEFAULT_PRIORITY);
      if (!found) {
        const isKnown = !policy.isComputed && policy.rules.every((rule) => rule.priority !== undefined);
        return policy.hasBlocks && isKnown ? [["rule", undefined]] : [];
      }
      const match = blockOf(found.block.match);
      if (!match || isComputed(found.block, "match")) return [];
      const ranges = blockOf(match.config)?.src_ip_ranges;
      const isOther =
        blockOf(match.expr) !== undefined ||
        (Array.isArray(ranges) && ranges.every((each) => textOf(each) !== undefined && each !== "*"));
      return isOther && found.owner === policy.resource ? [[`${found.at}match`, match]] : [];
    },
  ),
  {
    id: "armor-match",
    title: "a rule of a security policy matches either by versioned_expr and config, or by expr",
    severity: "error",
    why: "Google Cloud rejects a rule with both, with neither, or with half of the first.",
    fix: 'set versioned_expr = "SRC_IPS_V1" with config.src_ip_ranges, or expr.expression',
    source: MATCHER,
    check(topology, report) {
      for (const { owner, at, block, policy } of cloudArmorOf(topology).rules) {
        if (policy?.type === "CLOUD_ARMOR_NETWORK" || isSet(block, "network_match") || isComputed(block, "match"))
          continue;
        const match = blockOf(block.match);
        if (!match) {
          if (block.match === undefined) report(owner, `${at}match`, undefined);
          continue;
        }
        if (["config", "expr", "versioned_expr"].some((name) => isComputed(match, name))) continue;
        const [versioned, config, expr] = ["versioned_expr", "config", "expr"].map((name) => isSet(match, name));
        if (versioned !== config || versioned === expr) report(owner, `${at}match`, Object.keys(match));
      }
    },
  },
  {
    id: "armor-redirect",
    title: "redirect_options stand with action redirect, and have a target with EXTERNAL_302 only",
    severity: "error",
    why: "Google Cloud rejects the rule.",
    fix: "set redirect_options { type = EXTERNAL_302, target = https://… } or { type = GOOGLE_RECAPTCHA }",
    source: "Compute API v1, SecurityPolicyRuleRedirectOptions, read 2026-11-22",
    check(topology, report) {
      for (const { owner, at, block, action } of cloudArmorOf(topology).rules) {
        if (action === undefined || isComputed(block, "redirect_options")) continue;
        const options = blockOf(block.redirect_options);
        if ((action === "redirect") !== (options !== undefined))
          report(owner, `${at}redirect_options`, options, action);
        const type = textOf(options?.type);
        if (!options || type === undefined) continue;
        if ((type === "EXTERNAL_302") !== isSet(options, "target"))
          report(owner, `${at}redirect_options.target`, options.target, type);
      }
    },
  },
  policyRule(
    "armor-edge",
    {
      title:
        "an edge security policy only allows and denies, without advanced options, adaptive protection and reCAPTCHA",
      why: "Google Cloud rejects what only policies of type CLOUD_ARMOR have.",
      fix: "move it to a security policy of type CLOUD_ARMOR; a backend service can have one of each",
      source: `${OVERVIEW}; advanced options: GoogleCloudPlatform/terraform-google-cloud-armor#38`,
    },
    (policy) => {
      if (policy.type !== "CLOUD_ARMOR_EDGE") return [];
      const { values } = policy.resource;
      return [
        ...["advanced_options_config", "adaptive_protection_config", "recaptcha_options_config"]
          .filter((name) => isSet(values, name))
          .map((name): [string, unknown] => [name, values[name]]),
        ...policy.rules
          .filter((rule) => rule.owner === policy.resource)
          .flatMap((rule) => [
            ...(rule.action === undefined || /^(allow|deny)/.test(rule.action)
              ? []
              : [[`${rule.at}action`, rule.action] as [string, unknown]]),
            ...NOT_ON_EDGE.filter((name) => isSet(rule.block, name)).map((name): [string, unknown] => [
              `${rule.at}${name}`,
              rule.block[name],
            ]),
          ]),
      ];
    },
  ),
  {
    id: "armor-scope",
    title: "redirects, header actions, reCAPTCHA and fair shares stand in policies that have them",
    severity: "error",
    why: "Only global policies of type CLOUD_ARMOR redirect and add headers; only internal service policies share fairly.",
    fix: "use allow, deny, throttle or rate_based_ban, or a global policy of type CLOUD_ARMOR",
    source: "Compute API v1, SecurityPolicyRule.action and headerAction, read 2026-11-22",
    check(topology, report) {
      for (const { owner, at, block, action, policy } of cloudArmorOf(topology).rules) {
        if (!policy || policy.type === undefined || policy.type === "CLOUD_ARMOR_EDGE") continue;
        const isPlain = policy.isGlobal && policy.type === "CLOUD_ARMOR";
        if (
          action === "fairshare" ? policy.type !== "CLOUD_ARMOR_INTERNAL_SERVICE" : action === "redirect" && !isPlain
        ) {
          report(owner, `${at}action`, action, policy.type);
        }
        if (!isPlain && isSet(block, "header_action"))
          report(owner, `${at}header_action`, block.header_action, policy.type);
      }
    },
  },
  {
    id: "armor-unreachable",
    severity: "warning",
    title: "no rule of a security policy stands behind one that matches every request",
    why: 'A rule for "*" decides about every request: a throttle allows what conforms, and what comes after it, WAF rules too, is never asked. It is not sure, because a rule may have been switched off like this on purpose.',
    fix: "give the rule for all requests a higher priority number than the other rules, or preview = true",
    source: "docs.cloud.google.com/armor/docs/rate-limiting-overview, read 2026-11-22",
    check(topology, report) {
      for (const policy of cloudArmorOf(topology).policies) {
        for (const { owner, at, priority } of unreachable(policy)) report(owner, `${at}priority`, priority);
      }
    },
  },
  policyRule(
    "armor-json-custom",
    {
      title: "json_custom_config stands with json_parsing = STANDARD",
      why: "Content types for JSON parsing apply only where JSON is parsed.",
      fix: "set json_parsing = STANDARD, or leave json_custom_config out",
      source: "Compute API v1, SecurityPolicyAdvancedOptionsConfig.jsonCustomConfig, read 2026-11-22",
    },
    ({ resource }) => {
      const options = blockOf(resource.values.advanced_options_config);
      if (!options || !isSet(options, "json_custom_config")) return [];
      const isOff = options.json_parsing === undefined || textOf(options.json_parsing) === "DISABLED";
      return isOff ? [["advanced_options_config.json_parsing", options.json_parsing]] : [];
    },
  ),
  policyRule(
    "armor-network",
    {
      title:
        "packet filtering (network_match, user_defined_fields, DDoS protection) stands in policies of type CLOUD_ARMOR_NETWORK, and only there",
      why: "Google Cloud rejects packet fields in policies for requests, and requests' fields in policies for packets.",
      fix: "use match in policies of type CLOUD_ARMOR, network_match in those of type CLOUD_ARMOR_NETWORK",
      source: "Compute API v1, SecurityPolicyRule.networkMatch, read 2026-11-22",
    },
    (policy) => {
      if (policy.type === undefined) return [];
      const isNetwork = policy.type === "CLOUD_ARMOR_NETWORK";
      const { values } = policy.resource;
      const misplaced = isNetwork ? "match" : "network_match";
      return [
        ...(isNetwork ? [] : ["user_defined_fields", "ddos_protection_config"])
          .filter((name) => isSet(values, name))
          .map((name): [string, unknown] => [name, values[name]]),
        ...policy.rules
          .filter((rule) => rule.owner === policy.resource && isSet(rule.block, misplaced))
          .map((rule): [string, unknown] => [`${rule.at}${misplaced}`, rule.block[misplaced]]),
      ];
    },
  ),
];

/** Cloud Armor security policies. */
export const cloudArmorRules: readonly Rule[] = [
  ...cloudArmorLimits,
  ...relations,
  ...cloudArmorAdaptiveRules,
  ...cloudArmorRateRules,
  ...cloudArmorAttachmentRules,
  ...cloudArmorExpressionRules,
  ...cloudArmorWafRules,
];
