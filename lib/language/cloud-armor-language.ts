import type { CelNode } from "./cel";

/**
 * What an attribute, a function or a literal is; `unknown` where the documented language does not
 * say.
 */
type CelType = "string" | "int" | "double" | "bool" | "map" | "list" | "unknown";

interface Signature {
  readonly isMethod: boolean;
  /** Types of the arguments, by number of arguments; `|` separates alternatives. */
  readonly args: readonly (readonly string[])[];
  readonly result: CelType;
}

/**
 * Attributes of a request, with their types
 * (docs.cloud.google.com/armor/docs/rules-language-reference, of 2026-04-10).
 */
const ATTRIBUTES: ReadonlyMap<string, CelType> = new Map([
  ["origin.ip", "string"],
  ["origin.user_ip", "string"],
  ["origin.region_code", "string"],
  ["origin.asn", "int"],
  ["origin.tls_ja3_fingerprint", "string"],
  ["origin.tls_ja4_fingerprint", "string"],
  ["request.headers", "map"],
  ["request.method", "string"],
  ["request.path", "string"],
  ["request.query", "string"],
  ["request.scheme", "string"],
  ["token.recaptcha_exemption.valid", "bool"],
  ["token.recaptcha_action.score", "double"],
  ["token.recaptcha_action.captcha_status", "string"],
  ["token.recaptcha_action.action", "string"],
  ["token.recaptcha_action.valid", "bool"],
  ["token.recaptcha_session.score", "double"],
  ["token.recaptcha_session.valid", "bool"],
]);

/** Those that edge security policies know. */
export const EDGE_ATTRIBUTES = new Set([
  "origin.asn",
  "origin.ip",
  "origin.region_code",
  "request.headers",
  "request.method",
  "request.path",
  "request.query",
  "request.scheme",
]);

const method = (result: CelType, ...args: string[]): Signature => ({ isMethod: true, args: [args], result });
const test = (...args: string[][]): Signature => ({ isMethod: false, args, result: "bool" });

const FUNCTIONS: ReadonlyMap<string, Signature> = new Map([
  ["contains", method("bool", "string")],
  ["startsWith", method("bool", "string")],
  ["endsWith", method("bool", "string")],
  ["matches", method("bool", "string")],
  ["lower", method("string")],
  ["upper", method("string")],
  ["base64Decode", method("string")],
  ["urlDecode", method("string")],
  ["urlDecodeUni", method("string")],
  ["utf8ToUnicode", method("string")],
  ["has", test(["unknown"])],
  ["inIpRange", test(["string", "string"])],
  ["int", { isMethod: false, args: [["string"]], result: "int" }],
  ["size", { isMethod: false, args: [["string"]], result: "int" }],
  ["evaluatePreconfiguredWaf", test(["string"], ["string", "map"])],
  ["evaluatePreconfiguredExpr", test(["string"], ["string", "list"])],
  ["evaluateThreatIntelligence", test(["string"], ["string", "string|list"], ["string", "string", "list"])],
  ["evaluateAddressGroup", test(["string", "string"], ["string", "string", "list"])],
  ["evaluateOrganizationAddressGroup", test(["string", "string"], ["string", "string", "list"])],
  ["evaluateAdaptiveProtection", test(["string"])],
  ["evaluateAdaptiveProtectionAutoDeploy", test([])],
]);

/**
 * Of the Common Expression Language, or of Google's examples, but not in the reference of Cloud
 * Armor's part of it.
 */
const UNDOCUMENTED = new Set([
  ..."all exists exists_one map filter string double uint bytes bool type dyn duration timestamp".split(" "),
  ...["inIPRange", "startswith"],
]);

const UNDOCUMENTED_OPERATORS = new Set(["in", "-", "*", "/", "%"]);

export type ProblemKind = "attribute" | "function" | "arguments" | "type" | "undocumented";

export interface Problem {
  readonly kind: ProblemKind;
  readonly text: string;
}

export interface Usage {
  /** Every node of the expression. */
  readonly nodes: readonly CelNode[];
  readonly problems: readonly Problem[];
  /** Attributes that the expression reads. */
  readonly attributes: ReadonlySet<string>;
  /** Calls by name of the function. */
  readonly calls: ReadonlyMap<string, readonly (CelNode & { kind: "call" })[]>;
}

/** Holds an expression against the language of Cloud Armor. */
export function usageOf(root: CelNode): Usage {
  const reader = new Reader(nodesOf(root));
  const type = reader.typeOf(root);
  if (type !== "bool" && type !== "unknown") reader.problem("type", `the expression is a ${type}, not true or false`);
  return reader;
}

class Reader implements Usage {
  public readonly problems: Problem[] = [];
  public readonly attributes = new Set<string>();
  public readonly calls = new Map<string, (CelNode & { kind: "call" })[]>();

  public constructor(public readonly nodes: readonly CelNode[]) {}

  public problem(kind: ProblemKind, text: string): void {
    this.problems.push({ kind, text });
  }

  public typeOf(node: CelNode): CelType {
    switch (node.kind) {
      case "literal":
        if (node.type === "uint") return "int";
        return node.type === "bytes" || node.type === "null" ? "unknown" : node.type;
      case "name":
      case "select":
        return this.attribute(node);
      case "index":
        return this.index(node.operand, node.index);
      case "call":
        return this.call(node);
      case "unary":
        return this.unary(node.operator, this.typeOf(node.operand));
      case "binary":
        return this.binary(node.operator, this.typeOf(node.left), this.typeOf(node.right));
      case "conditional":
        this.problem("undocumented", "the operator ?:");
        for (const part of [node.condition, node.whenTrue, node.whenFalse]) this.typeOf(part);
        return "unknown";
      case "list":
        for (const item of node.items) this.typeOf(item);
        return "list";
      case "map":
        for (const entry of node.entries) this.typeOf(entry.value);
        return "map";
      case "message":
        this.problem("undocumented", "messages");
        return "unknown";
    }
  }

  private attribute(node: CelNode): CelType {
    const path = attributePath(node);
    if (path === undefined) {
      if (node.kind === "select") this.typeOf(node.operand);
      return "unknown";
    }
    const type = ATTRIBUTES.get(path);
    if (path.startsWith("request.headers.")) {
      this.attributes.add("request.headers");
      this.problem("undocumented", `${path} instead of request.headers['…']`);
      return "string";
    }
    if (type === undefined) this.problem("attribute", path);
    else this.attributes.add(path);
    return type ?? "unknown";
  }

  private index(operand: CelNode, index: CelNode): CelType {
    const type = this.typeOf(operand);
    const key = this.typeOf(index);
    if (type === "list") this.problem("undocumented", "an item of a list");
    else if (type !== "map" && type !== "unknown") this.problem("type", `a ${type} has no keys`);
    else if (type === "map" && key !== "string" && key !== "unknown") this.problem("type", `a key is a ${key}`);
    return type === "map" ? "string" : "unknown";
  }

  private call(node: CelNode & { kind: "call" }): CelType {
    const { name, target, args } = node;
    const known = this.calls.get(name);
    if (known) known.push(node);
    else this.calls.set(name, [node]);
    const signature = FUNCTIONS.get(name);
    if (!signature || (signature.isMethod !== (target !== undefined) && (name === "size" || name === "matches"))) {
      // Macros bind names of their own in their arguments, so these are not looked into.
      const isKnown = signature !== undefined || UNDOCUMENTED.has(name);
      this.problem(isKnown ? "undocumented" : "function", `${target ? "." : ""}${name}(…)`);
      return "unknown";
    }
    if (signature.isMethod !== (target !== undefined)) {
      this.problem(
        "function",
        signature.isMethod ? `${name}(x) instead of x.${name}(…)` : `x.${name}(…) instead of ${name}(…)`,
      );
      return signature.result;
    }
    const targetType = target ? this.typeOf(target) : "string";
    if (!accepts("string", targetType)) this.problem("type", `.${name}(…) of a ${targetType}`);
    const types = args.map((argument) => this.typeOf(argument));
    const expected = signature.args.find((each) => each.length === args.length);
    if (!expected) {
      const counts = signature.args.map((each) => each.length).join(" or ");
      this.problem("arguments", `${name} takes ${counts} arguments, not ${args.length}`);
      return signature.result;
    }
    expected.forEach((wanted, at) => {
      if (!accepts(wanted, types[at]!)) this.problem("type", `argument ${at + 1} of ${name} is a ${types[at]}`);
    });
    return signature.result;
  }

  private unary(operator: "!" | "-", type: CelType): CelType {
    if (operator === "-") return type;
    if (!accepts("bool", type)) this.problem("type", `! of a ${type}`);
    return "bool";
  }

  private binary(operator: string, left: CelType, right: CelType): CelType {
    if (UNDOCUMENTED_OPERATORS.has(operator)) {
      this.problem("undocumented", `the operator ${operator}`);
      return operator === "in" ? "bool" : "unknown";
    }
    if (operator === "&&" || operator === "||") {
      for (const type of [left, right]) if (!accepts("bool", type)) this.problem("type", `${operator} of a ${type}`);
      return "bool";
    }
    const isNumeric = (type: CelType) => type === "int" || type === "double";
    const known = left !== "unknown" && right !== "unknown";
    if (known && left !== right && !(isNumeric(left) && isNumeric(right))) {
      this.problem("type", `a ${left} ${operator} a ${right}`);
    }
    return operator === "+" ? (left === "unknown" ? right : left) : "bool";
  }
}

function accepts(wanted: string, type: CelType): boolean {
  return type === "unknown" || wanted === "unknown" || wanted.split("|").includes(type);
}

/** `origin.ip` for an attribute; undefined for what is no plain chain of names. */
export function attributePath(node: CelNode): string | undefined {
  if (node.kind === "name") return node.name;
  if (node.kind !== "select") return undefined;
  const operand = attributePath(node.operand);
  return operand === undefined ? undefined : `${operand}.${node.field}`;
}

/** The parts that `&&` and `||` join, which Cloud Armor counts as subexpressions. */
export function subexpressions(node: CelNode): CelNode[] {
  if (node.kind === "unary" && node.operator === "!") return subexpressions(node.operand);
  if (node.kind !== "binary" || (node.operator !== "&&" && node.operator !== "||")) return [node];
  return [...subexpressions(node.left), ...subexpressions(node.right)];
}

/** The operands of a chain of one operator. */
export function operandsOf(node: CelNode, operator: string): CelNode[] {
  if (node.kind !== "binary" || node.operator !== operator) return [node];
  return [...operandsOf(node.left, operator), ...operandsOf(node.right, operator)];
}

/** Every node of an expression. */
export function nodesOf(node: CelNode, found: CelNode[] = []): CelNode[] {
  found.push(node);
  for (const child of childrenOf(node)) nodesOf(child, found);
  return found;
}

function childrenOf(node: CelNode): readonly CelNode[] {
  switch (node.kind) {
    case "literal":
    case "name":
      return [];
    case "select":
    case "unary":
      return [node.operand];
    case "index":
      return [node.operand, node.index];
    case "call":
      return node.target ? [node.target, ...node.args] : node.args;
    case "binary":
      return [node.left, node.right];
    case "conditional":
      return [node.condition, node.whenTrue, node.whenFalse];
    case "list":
      return node.items;
    case "map":
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case "message":
      return [node.operand, ...node.fields.map(({ value }) => value)];
  }
}
