import { type CelNode, parseCel } from "../../../lib/language/cel";
import { attributePath } from "../../../lib/language/cloud-armor-language";
import { contains, ipv4Range } from "../../../lib/language/ip-range";
import type { Block, Resource } from "../../../lib/topology/document";

/** A request as Cloud Armor sees it. */
export interface EdgeRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ip?: string;
  readonly region?: string;
  /** Rule sets that find an attack in it. */
  readonly attacks?: readonly string[];
}

export function rulesOf({ values }: Resource): Block[] {
  return values.rule as Block[];
}

export function ruleAt(policy: Resource, priority: number): Block | undefined {
  return rulesOf(policy).find((rule) => rule.priority === priority);
}

export function expressionOf(rule: Block | undefined): string {
  return ((rule!.match as Block).expr as Block).expression as string;
}

/** The priority of the rule that decides about a request, as Cloud Armor finds it: the first that matches and is not in preview. */
export function decide(policy: Resource, request: EdgeRequest): number {
  const sorted = [...rulesOf(policy)].sort((a, b) => Number(a.priority) - Number(b.priority));
  return Number(sorted.find((rule) => rule.preview !== true && matches(rule, request))!.priority);
}

function matches(rule: Block, request: EdgeRequest): boolean {
  const match = rule.match as Block;
  if (match.expr) {
    try {
      return resultOf(parseCel(expressionOf(rule)).root, request) === true;
    } catch (error) {
      // As in Cloud Armor: an expression that cannot be evaluated does not match.
      if (error instanceof EvaluationError) return false;
      throw error;
    }
  }
  const ip = ipv4Range(request.ip ?? "192.0.2.1")!;
  return ((match.config as Block).src_ip_ranges as string[]).some(
    (range) => range === "*" || contains(ipv4Range(range)!, ip),
  );
}

class EvaluationError extends Error {}

/** The value of an expression; only what the constructs write is known. */
function resultOf(node: CelNode, request: EdgeRequest): unknown {
  const { method = "GET", path = "/", headers = {}, region = "DE", attacks = [] } = request;
  switch (node.kind) {
    case "literal":
      return node.value;
    case "select": {
      const known: Record<string, unknown> = {
        "request.method": method,
        "request.path": path,
        "request.headers": headers,
        "origin.region_code": region,
      };
      return known[attributePath(node)!];
    }
    case "index": {
      const value = headers[String(resultOf(node.index, request))];
      if (value === undefined) throw new EvaluationError();
      return value;
    }
    case "unary":
      return !resultOf(node.operand, request);
    case "binary":
      if (node.operator === "&&" || node.operator === "||") return join(node, request);
      return compare(node.operator, resultOf(node.left, request), resultOf(node.right, request));
    case "call": {
      const [first] = node.args;
      if (node.name === "has") {
        return first!.kind === "index" && Object.hasOwn(headers, String(resultOf(first!.index, request)));
      }
      const argument = resultOf(first!, request);
      if (node.name === "matches") return new RegExp(String(argument)).test(String(resultOf(node.target!, request)));
      if (node.name === "evaluatePreconfiguredWaf")
        return attacks.includes(String(argument).replace("-v33-stable", ""));
      if (node.name !== "int" || !/^\d+$/.test(String(argument))) throw new EvaluationError();
      return Number(argument);
    }
    default:
      throw new Error(`unknown here: ${node.kind}`);
  }
}

/** One side decides alone where it can, even if the other cannot be evaluated. */
function join(node: CelNode & { kind: "binary" }, request: EdgeRequest): boolean {
  const decisive = node.operator === "||";
  let failure: unknown;
  for (const side of [node.left, node.right]) {
    try {
      if (resultOf(side, request) === decisive) return decisive;
    } catch (error) {
      failure = error;
    }
  }
  if (failure) throw failure;
  return !decisive;
}

function compare(operator: string, left: unknown, right: unknown): boolean {
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  return operator === ">" ? Number(left) > Number(right) : Number(left) <= Number(right);
}
