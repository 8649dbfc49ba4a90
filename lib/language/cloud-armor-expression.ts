import { type Cel, type CelNode, literalText, parseCel } from "./cel";
import { CelSyntaxError } from "./cel-lexer";
import {
  attributePath,
  EDGE_ATTRIBUTES,
  nodesOf,
  operandsOf,
  type ProblemKind,
  subexpressions,
  type Usage,
  usageOf,
} from "./cloud-armor-language";
import { optionProblem, signatureProblem, unknownSet, type WafCall, wafCallsOf } from "./cloud-armor-waf";
import { isAddressRange } from "./ip-range";
import { unescaped } from "./reference";
import { patternProblem } from "./regular-expression";

/** What may be wrong with an expression by itself, or in the policy that it stands in. */
export type ExpressionProblem =
  | ProblemKind
  | "syntax"
  | "escape"
  | "subexpressions"
  | "length"
  | "regex"
  | "ip-range"
  | "header-case"
  | "region-code"
  | "contradiction"
  | "missing-header"
  | "waf-set"
  | "waf-options"
  | "waf-signature"
  | "edge"
  | "regional"
  | "user-ip";

/** By kind, what is wrong. */
export type ExpressionProblems = ReadonlyMap<ExpressionProblem, string>;

/** How many subexpressions an expression may join. */
export const MAX_SUBEXPRESSIONS = 5;

/** The condition of a security policy rule. */
export interface ArmorExpression {
  /** Undefined where it is not of the Common Expression Language. */
  readonly usage?: Usage;
  readonly subexpressions: number;
  readonly wafCalls: readonly WafCall[];
  readonly problems: ExpressionProblems;
}

/** What an expression depends on in its policy; undefined is not known. */
export interface ExpressionScope {
  readonly isEdge?: boolean;
  readonly isRegional?: boolean;
  /** Whether the policy says which header the client's address is in. */
  readonly knowsUserIp?: boolean;
}

/** Reads an expression as it is written in Terraform, with `$${` for `${`. */
export function readArmorExpression(template: string): ArmorExpression {
  const text = unescaped(template);
  let cel: Cel;
  try {
    cel = parseCel(text);
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error;
    return { subexpressions: 0, wafCalls: [], problems: new Map([["syntax", error.message]]) };
  }
  const usage = usageOf(cel.root);
  const wafCalls = wafCallsOf(usage);
  const found = new Map<ExpressionProblem, string>();
  for (const { kind, text } of usage.problems) found.set(kind, [found.get(kind), text].filter(Boolean).join("; "));
  const parts = subexpressions(cel.root);
  const checks: readonly (readonly [ExpressionProblem, string | undefined])[] = [
    ["escape", cel.unknownEscapes.join(" ")],
    ["subexpressions", parts.length > MAX_SUBEXPRESSIONS ? `${parts.length} subexpressions` : undefined],
    ["length", lengthProblem(text, parts)],
    ["regex", inCalls(usage, "matches", ([pattern]) => regexProblem(literalText(pattern)))],
    ["ip-range", inCalls(usage, "inIpRange", ([, range]) => rangeProblem(literalText(range)))],
    ["header-case", first(usage.nodes, (node) => upperCaseHeader(headerOf(node)))],
    ["region-code", first(usage.nodes, wrongRegion)],
    ["contradiction", contradiction(usage)],
    ["missing-header", unguardedHeader(usage)],
    ["waf-set", first(wafCalls, unknownSet)],
    ["waf-options", first(wafCalls, optionProblem)],
    ["waf-signature", first(wafCalls, signatureProblem)],
  ];
  for (const [kind, problem] of checks) if (problem) found.set(kind, problem);
  return { usage, subexpressions: parts.length, wafCalls, problems: found };
}

/** What is wrong with an expression in its policy, besides what is wrong anyway. */
export function scopeProblems({ usage, wafCalls }: ArmorExpression, scope: ExpressionScope): ExpressionProblems {
  const found = new Map<ExpressionProblem, string>();
  if (!usage) return found;
  const calls = [...usage.calls.keys()];
  const isOnlyGlobal = (name: string) => /^evaluate(ThreatIntelligence|AdaptiveProtection)/.test(name);
  const edge =
    [...usage.attributes].find((each) => !EDGE_ATTRIBUTES.has(each)) ??
    calls.find((name) => name.startsWith("evaluatePreconfigured") || isOnlyGlobal(name));
  const regional = calls.find(isOnlyGlobal) ?? wafCalls.find(({ set }) => set?.startsWith("sourceiplist-"))?.set;
  if (scope.isEdge && edge) found.set("edge", edge);
  if (scope.isRegional && regional) found.set("regional", regional);
  if (scope.knowsUserIp === false && usage.attributes.has("origin.user_ip"))
    found.set("user-ip", "no user_ip_request_headers");
  return found;
}

function first<T>(list: Iterable<T>, find: (each: T) => string | undefined): string | undefined {
  for (const each of list) {
    const found = find(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inCalls(usage: Usage, name: string, find: (args: readonly CelNode[]) => string | undefined) {
  return first(usage.calls.get(name) ?? [], ({ args }) => find(args));
}

function lengthProblem(text: string, parts: readonly CelNode[]): string | undefined {
  if (text.length > 2048) return `${text.length} characters`;
  const long = parts.find((each) => each.end - each.at > 1024);
  return long && `a subexpression of ${long.end - long.at} characters`;
}

function regexProblem(pattern: string | undefined): string | undefined {
  return pattern === undefined ? undefined : patternProblem(pattern);
}

function rangeProblem(range: string | undefined): string | undefined {
  return range === undefined || isAddressRange(range) ? undefined : range;
}

function upperCaseHeader(header: string | undefined): string | undefined {
  return header === header?.toLowerCase() ? undefined : header;
}

/** ISO 3166-1 has GB for the United Kingdom. */
function wrongRegion(node: CelNode): string | undefined {
  const compared = comparison(node);
  if (compared?.path !== "origin.region_code" || typeof compared.value !== "string") return undefined;
  return /^(?!UK)[A-Z]{2}$/.test(compared.value) ? undefined : compared.value;
}

/** `x != a || x != b` is always true, `x == a && x == b` never. */
function contradiction({ nodes }: Usage): string | undefined {
  for (const [join, operator, outcome] of [
    ["||", "!=", "always true"],
    ["&&", "==", "never true"],
  ] as const) {
    for (const node of nodes) {
      if (node.kind !== "binary" || node.operator !== join) continue;
      const values = new Map<string, unknown>();
      for (const each of operandsOf(node, join)) {
        const compared = comparison(each);
        if (compared?.operator !== operator) continue;
        if (values.has(compared.path) && values.get(compared.path) !== compared.value)
          return `${compared.path} ${operator} two values, joined by ${join}, is ${outcome}`;
        values.set(compared.path, compared.value);
      }
    }
  }
  return undefined;
}

/** A negative condition on a header that may be missing. */
function unguardedHeader({ nodes, calls }: Usage): string | undefined {
  const guarded = new Set((calls.get("has") ?? []).map((call) => call.args[0] && headerOf(call.args[0])));
  const negated = nodes.flatMap((node) => {
    if (node.kind === "unary" && node.operator === "!") return nodesOf(node.operand);
    return node.kind === "binary" && node.operator === "!=" ? nodesOf(node) : [];
  });
  const missing = negated.map(headerOf).find((header) => header && header !== "host" && !guarded.has(header));
  return missing && `request.headers['${missing}']`;
}

/** The header that a node reads, `request.headers['…']`. */
function headerOf(node: CelNode): string | undefined {
  if (node.kind !== "index" || attributePath(node.operand) !== "request.headers") return undefined;
  return literalText(node.index);
}

/** A comparison of an attribute with a literal. */
function comparison(node: CelNode): { path: string; operator: string; value: unknown } | undefined {
  if (node.kind !== "binary" || !["==", "!="].includes(node.operator)) return undefined;
  const [attribute, literal] = node.right.kind === "literal" ? [node.left, node.right] : [node.right, node.left];
  if (literal.kind !== "literal") return undefined;
  const header = headerOf(attribute);
  const path = header === undefined ? attributePath(attribute) : `request.headers['${header}']`;
  return path === undefined ? undefined : { path, operator: node.operator, value: literal.value };
}
