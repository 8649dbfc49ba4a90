import type { CelNode } from "../../language/cel";
import { isAddressRange } from "../../language/ip-range";
import { isBlock } from "../../topology/document";
import type { OldRule as Rule } from "../old-rule";
import {
  type ArmorExpression,
  comparison,
  expressionRule,
  headerOf,
  inCalls,
  literalText,
} from "./cloud-armor-expressions";
import { EDGE_ATTRIBUTES, nodesOf, operandsOf, type ProblemKind, subexpressions } from "./cloud-armor-language";

const QUOTAS = "docs.cloud.google.com/armor/quotas, as quoted by others, read 2026-11-22";

const problem =
  (kind: ProblemKind) =>
  ({ usage }: ArmorExpression): string | undefined =>
    usage?.problems
      .filter((each) => each.kind === kind)
      .map((each) => each.text)
      .join("; ") || undefined;

/** Patterns so plain that JavaScript and RE2 agree about them. */
const PLAIN_PATTERN = /^(?!.*\(\?)[\w\s/.^$|()*+?-]*$/;

/** What RE2 has against a pattern. */
function regexProblem(pattern: string): string | undefined {
  if (PLAIN_PATTERN.test(pattern)) {
    try {
      new RegExp(pattern, "u");
      return undefined;
    } catch {} // RE2 has the last word.
  }
  // Loaded only where a document needs it: that costs 20 ms.
  const { RE2JS } = require("re2js") as typeof import("re2js");
  try {
    // RE2's own \C is unknown to the JavaScript port.
    RE2JS.compile(pattern.replaceAll("\\C", "."));
    return undefined;
  } catch (error) {
    return `${pattern}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** `x != a || x != b` is always true, `x == a && x == b` never. */
function contradiction({ usage }: ArmorExpression): string | undefined {
  for (const [join, operator, outcome] of [
    ["||", "!=", "always true"],
    ["&&", "==", "never true"],
  ] as const) {
    for (const node of usage?.nodes ?? []) {
      if (node.kind !== "binary" || node.operator !== join) continue;
      const values = new Map<string, unknown>();
      for (const each of operandsOf(node, join)) {
        const compared = comparison(each);
        if (compared?.operator !== operator) continue;
        if (values.has(compared.path) && values.get(compared.path) !== compared.value) {
          return `${compared.path} ${operator} two values, joined by ${join}, is ${outcome}`;
        }
        values.set(compared.path, compared.value);
      }
    }
  }
  return undefined;
}

/** A negative condition on a header that may be missing. */
function unguardedHeader({ usage }: ArmorExpression): string | undefined {
  const guarded = new Set((usage?.calls.get("has") ?? []).map((call) => call.args[0] && headerOf(call.args[0])));
  for (const node of usage?.nodes ?? []) {
    const negated =
      node.kind === "unary" && node.operator === "!"
        ? nodesOf(node.operand)
        : node.kind === "binary" && node.operator === "!="
          ? nodesOf(node)
          : [];
    for (const each of negated) {
      const header = headerOf(each);
      if (header !== undefined && header !== "host" && !guarded.has(header)) return `request.headers['${header}']`;
    }
  }
  return undefined;
}

export const cloudArmorExpressionRules: readonly Rule[] = [
  expressionRule(
    "armor-expression-syntax",
    {
      title: "the expression of a security policy rule is of the Common Expression Language",
      fix: "correct the syntax: && || ! == 'text'",
    },
    ({ syntaxError }) => syntaxError,
  ),
  expressionRule(
    "armor-expression-attribute",
    {
      title: "the expression of a security policy rule reads attributes that Cloud Armor has",
      fix: "use an attribute of the rules language: origin.ip, origin.region_code, request.path, request.headers['name'] …",
    },
    problem("attribute"),
  ),
  expressionRule(
    "armor-expression-function",
    {
      title: "the expression of a security policy rule calls functions that Cloud Armor has",
      fix: "use a function of the rules language, spelt and called as its reference has it",
    },
    problem("function"),
  ),
  expressionRule(
    "armor-expression-arguments",
    {
      title: "the functions in the expression of a security policy rule get the right number of arguments",
      fix: "pass the arguments that the rules language reference lists",
    },
    problem("arguments"),
  ),
  expressionRule(
    "armor-expression-type",
    {
      title: "the expression of a security policy rule is true or false, and its parts have fitting types",
      fix: "compare values of one type, and join only conditions by && and ||",
    },
    problem("type"),
  ),
  expressionRule(
    "armor-expression-undocumented",
    {
      severity: "warning",
      title: "the expression of a security policy rule keeps to the part of the language that Cloud Armor documents",
      why: "Cloud Armor takes only a part of the Common Expression Language and rejects the rest. It is not sure of these: they are of the whole language or of Google's examples, and the reference does not list them.",
      fix: "write it with the operators and functions of the rules language reference",
    },
    problem("undocumented"),
  ),
  expressionRule(
    "armor-expression-escape",
    {
      severity: "warning",
      title: "the strings in the expression of a security policy rule have only escape sequences that exist",
      why: "The Common Expression Language rejects \\. and \\d in plain strings. It is not sure, because an example in Google's reference has one.",
      fix: "write a regular expression as a raw string, r'…'",
    },
    ({ cel }) => cel?.unknownEscapes.join(" ") || undefined,
  ),
  expressionRule(
    "armor-expression-subexpressions",
    {
      title: "the expression of a security policy rule joins at most 5 subexpressions",
      fix: "split it into several rules, or match many texts by one matches(r'…')",
    },
    ({ cel }) => {
      const count = cel ? subexpressions(cel.root).length : 0;
      return count > 5 ? `${count} subexpressions` : undefined;
    },
  ),
  expressionRule(
    "armor-expression-length",
    {
      severity: "warning",
      title: "the expression of a security policy rule has at most 2048 characters, each subexpression at most 1024",
      why: "Google Cloud rejects a longer one at apply. It is not sure, because the limits are known here only from what others quote.",
      fix: "split it into several rules",
      source: QUOTAS,
    },
    ({ text, cel }) => {
      if (text.length > 2048) return `${text.length} characters`;
      const long = cel && subexpressions(cel.root).find((each) => each.end - each.at > 1024);
      return long && `a subexpression of ${long.end - long.at} characters`;
    },
  ),
  expressionRule(
    "armor-expression-regex",
    {
      title: "the regular expressions of matches() are of RE2",
      fix: "rewrite it without lookaround and backreferences; RE2 has neither",
    },
    (expression) =>
      inCalls(expression, "matches", (args) => {
        const pattern = literalText(args[0]);
        return pattern === undefined ? undefined : regexProblem(pattern);
      }),
  ),
  expressionRule(
    "armor-expression-ip-range",
    {
      title: "inIpRange() compares an IP address with an IP address range",
      fix: "give a range in CIDR notation: '203.0.113.0/24' or '2001:db8::/32'",
    },
    (expression) =>
      inCalls(expression, "inIpRange", (args) => {
        const range = literalText(args[1]);
        return range === undefined || isAddressRange(range) ? undefined : range;
      }),
  ),
  expressionRule(
    "armor-expression-header-case",
    {
      title: "request.headers is read by header names in lower case",
      why: "Cloud Armor knows header names in lower case only, so that this one is never there.",
      fix: "write the header name in lower case",
    },
    ({ usage }) => {
      for (const node of usage?.nodes ?? []) {
        const header = headerOf(node);
        if (header !== undefined && header !== header.toLowerCase()) return header;
      }
      return undefined;
    },
  ),
  expressionRule(
    "armor-expression-region-code",
    {
      title: "origin.region_code is compared with country codes of ISO 3166-1 alpha-2",
      why: "The code is two capital letters, so that nothing else ever equals it.",
      fix: "write two capital letters: 'US', 'DE', 'GB'",
    },
    ({ usage }) => {
      for (const node of usage?.nodes ?? []) {
        const compared = comparison(node);
        if (compared?.path !== "origin.region_code" || typeof compared.value !== "string") continue;
        if (!/^[A-Z]{2}$/.test(compared.value) || compared.value === "UK") return String(compared.value);
      }
      return undefined;
    },
  ),
  expressionRule(
    "armor-expression-contradiction",
    {
      title: "the expression of a security policy rule can be true and can be false",
      why: "The rule matches every request or none, whatever the rest of the condition says.",
      fix: "join != by && and == by ||",
    },
    contradiction,
  ),
  expressionRule(
    "armor-expression-missing-header",
    {
      severity: "warning",
      title: "a negative condition on a request header says what happens without that header",
      why: "Reading a header that the request does not have is an error, and the rule then does not match: a deny rule lets the request through. It is not sure, because the header may be one that every client sends.",
      fix: "put has(request.headers['name']) && before it, or !has(request.headers['name']) || where its absence should match",
    },
    unguardedHeader,
  ),
  expressionRule(
    "armor-expression-edge",
    {
      title: "expressions of edge security policies keep to what edge policies can filter by",
      fix: "use origin.ip, origin.region_code, origin.asn and request.*, or move the rule to a policy of type CLOUD_ARMOR",
    },
    ({ rule, usage }) => {
      if (rule.policy?.type !== "CLOUD_ARMOR_EDGE" || !usage) return undefined;
      const attribute = [...usage.attributes].find((each) => !EDGE_ATTRIBUTES.has(each));
      return (
        attribute ??
        [...usage.calls.keys()].find((name) =>
          /^evaluate(Preconfigured|ThreatIntelligence|AdaptiveProtection)/.test(name),
        )
      );
    },
  ),
  expressionRule(
    "armor-expression-regional",
    {
      title: "expressions of regional security policies use nothing that only global ones have",
      fix: "use a global security policy, or leave the threat intelligence, named IP list or adaptive protection out",
      source: "Compute API v1, SecurityPolicyRuleMatcher.expr, read 2026-11-22",
    },
    (expression) => {
      const { rule, usage } = expression;
      if (rule.policy?.isGlobal !== false || !usage) return undefined;
      const named = (args: readonly CelNode[]) =>
        literalText(args[0])?.startsWith("sourceiplist-") ? literalText(args[0]) : undefined;
      return (
        [...usage.calls.keys()].find((name) => /^evaluate(ThreatIntelligence|AdaptiveProtection)/.test(name)) ??
        inCalls(expression, "evaluatePreconfiguredExpr", named) ??
        inCalls(expression, "evaluatePreconfiguredWaf", named)
      );
    },
  ),
  expressionRule(
    "armor-expression-user-ip",
    {
      title: "a security policy that reads origin.user_ip says which header the address is in",
      why: "Without user_ip_request_headers, origin.user_ip is the address of the proxy in front, the same as origin.ip.",
      fix: 'set advanced_options_config.user_ip_request_headers, for example ["True-Client-IP"], or read origin.ip',
    },
    ({ rule, usage }) => {
      if (!usage?.attributes.has("origin.user_ip") || !rule.policy) return undefined;
      const options = rule.policy.resource.values.advanced_options_config;
      if (options === undefined) return "no advanced_options_config";
      const [block] = Array.isArray(options) ? options : [options];
      return isBlock(block) && block.user_ip_request_headers === undefined ? "no user_ip_request_headers" : undefined;
    },
  ),
];
