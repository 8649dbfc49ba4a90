import type { CelNode } from "../../language/cel";
import { blocksOf } from "../../topology/document";
import { isKnown, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import {
  type ArmorExpression,
  expressionRule,
  expressionsOf,
  LANGUAGE,
  literalNumber,
  literalText,
} from "./cloud-armor-expressions";
import { cloudArmorOf } from "./cloud-armor-policies";

const RULE_SETS =
  "docs.cloud.google.com/armor/docs/waf-rules, by the sets that public configurations name, read 2026-11-22";
const EXCLUSIONS = "Compute API v1, SecurityPolicyRule.preconfiguredWafConfig, read 2026-11-22";

/** Rule sets by version of the OWASP Core Rule Set that they come from. */
const COMMON = "sqli xss lfi rfi rce methodenforcement scannerdetection protocolattack php sessionfixation".split(" ");
const VERSIONS: readonly (readonly [suffix: string, categories: readonly string[]])[] = [
  ["", COMMON],
  ["-v33", [...COMMON, "java", "nodejs"]],
  ["-v422", [...COMMON, "java", "generic"]],
];
const KNOWN_SETS = new Set([
  ...VERSIONS.flatMap(([suffix, categories]) =>
    categories.flatMap((category) => [`${category}${suffix}-stable`, `${category}${suffix}-canary`]),
  ),
  ...["cve-canary", "json-sqli-canary"],
]);

/** How the signatures of a version of the rule sets begin. */
const SIGNATURES: Readonly<Record<string, string>> = {
  v33: "owasp-crs-v030301-",
  v422: "owasp-crs-v042200-",
};

const CALLS = ["evaluatePreconfiguredWaf", "evaluatePreconfiguredExpr"];

interface WafCall {
  readonly set?: string;
  readonly options?: CelNode;
  readonly isWaf: boolean;
}

function wafCalls({ usage }: ArmorExpression): WafCall[] {
  return CALLS.flatMap((name) =>
    (usage?.calls.get(name) ?? []).map(({ args }) => ({
      set: literalText(args[0]),
      options: args[1],
      isWaf: name === "evaluatePreconfiguredWaf",
    })),
  );
}

function firstOf(expression: ArmorExpression, find: (call: WafCall) => string | undefined): string | undefined {
  for (const call of wafCalls(expression)) {
    const found = find(call);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The entries of the second argument of evaluatePreconfiguredWaf(), by key. */
function optionsOf({ options, isWaf }: WafCall): Map<string, CelNode> {
  if (!isWaf || options?.kind !== "map") return new Map();
  return new Map(options.entries.map(({ key, value }) => [literalText(key) ?? "", value]));
}

function optionProblem(call: WafCall): string | undefined {
  const options = optionsOf(call);
  for (const key of options.keys()) {
    if (!["sensitivity", "opt_in_rule_ids", "opt_out_rule_ids"].includes(key)) return `there is no option "${key}"`;
  }
  const optIn = options.get("opt_in_rule_ids");
  if (optIn && options.has("opt_out_rule_ids")) return "opt_in_rule_ids and opt_out_rule_ids exclude each other";
  for (const [key, value] of options) {
    if (key === "sensitivity") continue;
    if (value.kind !== "list") return `${key} is no list`;
    if (value.items.length > 128) return `${value.items.length} signatures in ${key}`;
  }
  const sensitivity = options.get("sensitivity");
  const level = sensitivity && literalNumber(sensitivity);
  if (sensitivity && (level === undefined || !Number.isInteger(level) || level < 0 || level > 4)) {
    return "sensitivity is a whole number from 0 to 4";
  }
  if (optIn && level !== 0) return "opt_in_rule_ids needs sensitivity 0";
  return level === 0 && !optIn ? "sensitivity 0 without opt_in_rule_ids evaluates nothing" : undefined;
}

/** Signatures that a call names. */
function signaturesOf(call: WafCall): string[] {
  const options = optionsOf(call);
  const lists = [
    options.get("opt_in_rule_ids"),
    options.get("opt_out_rule_ids"),
    call.isWaf ? undefined : call.options,
  ];
  return lists.flatMap((list) => (list?.kind === "list" ? list.items.flatMap((item) => literalText(item) ?? []) : []));
}

/** Preconfigured WAF rules: their names, options and exclusions. */
export const cloudArmorWafRules: readonly Rule[] = [
  expressionRule(
    "armor-waf-set",
    {
      severity: "warning",
      title: "a preconfigured WAF rule set is one that Cloud Armor has",
      why: "Google Cloud rejects the name of a set that it does not have. It is not sure, because new sets appear.",
      fix: "name a set like sqli-v422-stable, xss-v33-stable or cve-canary; `gcloud compute security-policies list-preconfigured-expression-sets` lists them",
      source: RULE_SETS,
    },
    (expression) =>
      firstOf(expression, ({ set }) =>
        set === undefined || set.startsWith("sourceiplist-") || KNOWN_SETS.has(set) ? undefined : set,
      ),
  ),
  expressionRule(
    "armor-waf-options",
    {
      title: "the options of evaluatePreconfiguredWaf() are sensitivity 0 to 4 and one list of at most 128 signatures",
      why: "Google Cloud rejects others at apply, and sensitivity 0 alone evaluates nothing.",
      fix: "write {'sensitivity': 1}, {'sensitivity': 2, 'opt_out_rule_ids': […]} or {'sensitivity': 0, 'opt_in_rule_ids': […]}",
      source: LANGUAGE,
    },
    (expression) => firstOf(expression, optionProblem),
  ),
  expressionRule(
    "armor-waf-signature",
    {
      title: "the signatures that a preconfigured WAF rule opts in or out are of its own rule set version",
      why: "A signature of another version is not in the set: it is rejected, or opts nothing out.",
      fix: "use ids like owasp-crs-v042200-id941100-xss with the v422 sets and owasp-crs-v030301-… with the v33 sets",
      source: LANGUAGE,
    },
    (expression) =>
      firstOf(expression, (call) => {
        const start = SIGNATURES[/-(v33|v422)-/.exec(call.set ?? "")?.[1] ?? ""];
        return start && signaturesOf(call).find((id) => id.startsWith("owasp-crs-v") && !id.startsWith(start));
      }),
  ),
  {
    id: "armor-waf-exclusion",
    title:
      "preconfigured_waf_config stands in a rule whose expression calls evaluatePreconfiguredWaf() with the excluded rule set",
    severity: "error",
    why: "An exclusion for a rule set that the expression does not evaluate has no effect: the false positives stay.",
    fix: "name in target_rule_set a set that the rule's expression evaluates",
    source: EXCLUSIONS,
    check(topology, report) {
      const expressions = new Map(expressionsOf(topology).map((each) => [each.rule, each]));
      for (const rule of cloudArmorOf(topology).rules) {
        const exclusions = blocksOf(blocksOf(rule.block.preconfigured_waf_config)[0]?.exclusion);
        const expression = expressions.get(rule);
        if (exclusions.length === 0 || (!expression && !isKnown(rule.block.match))) continue;
        if (expression && !expression.usage) continue;
        const calls = expression ? wafCalls(expression).filter((call) => call.isWaf) : [];
        if (calls.some((call) => call.set === undefined)) continue;
        for (const exclusion of exclusions) {
          const set = textOf(exclusion.target_rule_set);
          if (calls.length > 0 && (set === undefined || calls.some((call) => call.set === set))) continue;
          report(rule.owner, `${rule.at}preconfigured_waf_config`, set);
        }
      }
    },
  },
  {
    id: "armor-waf-exclusion-value",
    title: "an excluded request field has a value, unless its operator is EQUALS_ANY",
    severity: "error",
    why: "Google Cloud rejects a missing value, and a value beside EQUALS_ANY.",
    fix: "set value with EQUALS, STARTS_WITH, ENDS_WITH or CONTAINS, and leave it out with EQUALS_ANY",
    source: "provider documentation of google_compute_security_policy 7.45.0",
    check(topology, report) {
      for (const rule of cloudArmorOf(topology).rules) {
        for (const exclusion of blocksOf(blocksOf(rule.block.preconfigured_waf_config)[0]?.exclusion)) {
          for (const kind of ["request_header", "request_cookie", "request_uri", "request_query_param"]) {
            for (const field of blocksOf(exclusion[kind])) {
              const operator = textOf(field.operator);
              const hasValue = field.value !== undefined && field.value !== "";
              if (operator === undefined || hasValue === (operator !== "EQUALS_ANY")) continue;
              report(rule.owner, `${rule.at}preconfigured_waf_config`, field.value, `${kind} ${operator}`);
            }
          }
        }
      }
    },
  },
];
