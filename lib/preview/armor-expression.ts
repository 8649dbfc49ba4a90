import { isIP } from "node:net";
import { type CelNode, literalText, parseCel } from "../language/cel";
import { CelSyntaxError } from "../language/cel-lexer";
import { attributePath, operandsOf } from "../language/cloud-armor-language";
import { unescaped } from "../language/reference";
import { escapePattern } from "../language/regular-expression";
import { type Envoy, extension } from "./envoy";
import { CLIENT } from "./headers";

/** A predicate of Envoy's matchers, or what it always is. */
export type Predicate = Envoy | boolean;

/** A condition of Cloud Armor for Envoy. */
interface ArmorPredicate {
  readonly predicate: Predicate;
  /** Parts that Envoy cannot judge. They count as false. */
  readonly unjudged: readonly string[];
}

/** Where Envoy's expressions have an attribute of Cloud Armor's; the others it does not know. */
const ATTRIBUTES: Readonly<Record<string, Envoy>> = {
  "request.headers": requestField("headers"),
  "request.method": requestField("method"),
  "request.path": requestField("url_path"),
  "request.query": requestField("query"),
  "request.scheme": requestField("scheme"),
  "origin.region_code": requestHeader(CLIENT.region),
  "origin.asn": call("int", [requestHeader(CLIENT.asn)]),
};

const ADDRESSES = ["origin.ip", "origin.user_ip"];
const OPERATORS = new Set(["&&", "||", "==", "!=", "<", "<=", ">", ">=", "+"]);
const TESTS = new Set(["contains", "startsWith", "endsWith", "matches"]);

/** Reads the expression of a rule, as it is written in Terraform, with `$${` for `${`. */
export function armorPredicate(template: string): ArmorPredicate {
  const unjudged: string[] = [];
  const text = unescaped(template);
  try {
    const predicate = new Translator(text, unjudged).predicate(parseCel(text).root);
    return { predicate, unjudged };
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error;
    return { predicate: false, unjudged: [text] };
  }
}

/** Requests from some addresses; `*` for all. */
export function fromAddresses(ranges: readonly string[]): Predicate {
  if (ranges.includes("*")) return true;
  const cidrRanges = ranges.flatMap((range) => {
    const [address = "", prefix] = range.split("/");
    const version = isIP(address);
    return version === 0 ? [] : [{ address_prefix: address, prefix_len: Number(prefix ?? (version === 4 ? 32 : 128)) }];
  });
  if (cidrRanges.length === 0) return false;
  return {
    single_predicate: {
      input: extension("address", "envoy.extensions.matching.common_inputs.network.v3.SourceIPInput"),
      custom_match: extension("ranges", "envoy.extensions.matching.input_matchers.ip.v3.Ip", {
        cidr_ranges: cidrRanges,
        stat_prefix: "armor",
      }),
    },
  };
}

class Translator {
  public constructor(
    private readonly text: string,
    private readonly unjudged: string[],
  ) {}

  /**
   * Negations go down to the parts that Envoy judges: a part that fails, such as a test of a header
   * that is missing, then counts as false, which is what the failure comes to in the end.
   */
  public predicate(node: CelNode, isNegated = false): Predicate {
    if (node.kind === "literal" && typeof node.value === "boolean") return node.value !== isNegated;
    if (node.kind === "unary" && node.operator === "!") return this.predicate(node.operand, !isNegated);
    const expression = this.convert(node);
    if (expression) return judged(isNegated ? call("!_", [expression]) : expression);
    if (node.kind === "binary" && (node.operator === "&&" || node.operator === "||")) {
      const isAll = (node.operator === "&&") !== isNegated;
      const parts = operandsOf(node, node.operator).map((operand) => this.predicate(operand, isNegated));
      if (parts.includes(!isAll)) return !isAll;
      const open = parts.filter((part): part is Envoy => typeof part !== "boolean");
      if (open.length < 2) return open[0] ?? isAll;
      return { [isAll ? "and_matcher" : "or_matcher"]: { predicate: open } };
    }
    const address = this.address(node);
    if (address !== undefined) return isNegated ? negated(address) : address;
    this.unjudged.push(this.text.slice(node.at, node.end));
    return isNegated;
  }

  /** Tests of the client's address: `inIpRange(origin.ip, '…')`, `origin.ip == '…'`. */
  private address(node: CelNode): Predicate | undefined {
    if (node.kind === "call" && node.name === "inIpRange" && isAddress(node.args[0])) {
      const range = literalText(node.args[1]);
      return range === undefined ? undefined : fromAddresses([range]);
    }
    if (node.kind !== "binary" || !["==", "!="].includes(node.operator)) return undefined;
    const [attribute, other] = isAddress(node.left) ? [node.left, node.right] : [node.right, node.left];
    const address = literalText(other);
    if (!isAddress(attribute) || address === undefined) return undefined;
    const same = fromAddresses([address]);
    return node.operator === "==" ? same : negated(same);
  }

  /** The expression as Envoy reads it (cel.expr.Expr), without the numbers of its nodes. */
  private convert(node: CelNode): Envoy | undefined {
    const path = attributePath(node);
    if (path !== undefined) return ATTRIBUTES[path];
    switch (node.kind) {
      case "literal":
        return literal(node);
      case "index":
        return this.operation("_[_]", [node.operand, node.index]);
      case "unary":
        return node.operator === "!" ? this.operation("!_", [node.operand]) : undefined;
      case "binary":
        return OPERATORS.has(node.operator)
          ? (this.folded(node) ?? this.operation(`_${node.operator}_`, [node.left, node.right]))
          : undefined;
      case "call":
        return this.call(node);
      default:
        return undefined;
    }
  }

  private call(node: CelNode & { kind: "call" }): Envoy | undefined {
    const { name, target, args } = node;
    const [first] = args;
    if (name === "has" && first?.kind === "index") return this.operation("@in", [first.index, first.operand]);
    if (!target) return name === "int" || name === "size" ? this.operation(name, args) : undefined;
    if (!TESTS.has(name)) return undefined;
    return this.folded(node) ?? this.operation(name, args, target);
  }

  /** What compares with `.lower()` or `.upper()`, which Envoy does not know, as an expression. */
  private folded(node: CelNode & { kind: "call" | "binary" }): Envoy | undefined {
    const [subject, other, name] =
      node.kind === "call" ? [node.target, node.args[0], node.name] : [node.left, node.right, node.operator];
    if (subject?.kind !== "call" || !subject.target || !["lower", "upper"].includes(subject.name)) return undefined;
    const text = literalText(other);
    const pattern = text === undefined ? undefined : PATTERNS[name]?.(text);
    if (pattern === undefined || text === undefined) return undefined;
    // A class such as \\S has no case.
    const letters = name === "matches" ? text.replace(/\\[pP]\{[^}]*\}|\\./g, "") : text;
    const isSame = (subject.name === "lower" ? letters.toLowerCase() : letters.toUpperCase()) === letters;
    if (!isSame && name === "matches") return undefined;
    const operand = this.convert(subject.target);
    const test = operand && matching(operand, string(isSame ? `(?i)${pattern}` : NEVER));
    return test && name === "!=" ? call("!_", [test]) : test;
  }

  private operation(name: string, args: readonly CelNode[], target?: CelNode): Envoy | undefined {
    const [converted, on] = [args.map((each) => this.convert(each)), target && this.convert(target)];
    if (converted.includes(undefined) || (target && !on)) return undefined;
    return on && name === "matches" ? matching(on, converted[0]!) : call(name, converted as Envoy[], on);
  }
}

/** A regular expression that nothing matches: something after the end. */
const NEVER = "$a";

/**
 * Envoy gives up on a whole expression where `matches` fails because a header is missing, instead of
 * going on with the failure; `contains` goes on.
 */
function matching(operand: Envoy, pattern: Envoy): Envoy {
  const test = call("matches", [pattern], operand);
  const { function: name, args } = (operand.call_expr ?? {}) as { function?: string; args?: readonly Envoy[] };
  if (name !== "_[_]" || !args) return test;
  return call("_?_:_", [call("@in", [args[1]!, args[0]!]), test, call("contains", [string("")], operand)]);
}

/** Regular expressions for tests that ignore case. */
const PATTERNS: Readonly<Record<string, (text: string) => string>> = {
  contains: (text) => escapePattern(text),
  startsWith: (text) => `^${escapePattern(text)}`,
  endsWith: (text) => `${escapePattern(text)}$`,
  matches: (text) => `(?:${text})`,
  "==": (text) => `^${escapePattern(text)}$`,
  "!=": (text) => `^${escapePattern(text)}$`,
};

function judged(expression: Envoy): Envoy {
  return {
    single_predicate: {
      input: extension("request", "xds.type.matcher.v3.HttpAttributesCelMatchInput"),
      custom_match: extension("expression", "xds.type.matcher.v3.CelMatcher", {
        expr_match: { cel_expr_parsed: { expr: numbered(expression, { next: 1 }) } },
      }),
    },
  };
}

function negated(predicate: Predicate): Predicate {
  return typeof predicate === "boolean" ? !predicate : { not_matcher: predicate };
}

function isAddress(node: CelNode | undefined): boolean {
  return node !== undefined && ADDRESSES.includes(attributePath(node) ?? "");
}

function literal({ type, value }: CelNode & { kind: "literal" }): Envoy | undefined {
  switch (type) {
    case "string":
      return string(String(value));
    case "int":
    case "uint":
      return { const_expr: { int64_value: String(value) } };
    case "double":
      return { const_expr: { double_value: value } };
    case "bool":
      return constant(value === true);
    default:
      return undefined;
  }
}

/** Envoy's constants make `failure && false` a failure, where the language says false. */
function constant(value: boolean): Envoy {
  return call(value ? "_!=_" : "_==_", [requestField("method"), string("")]);
}

function string(value: string): Envoy {
  return { const_expr: { string_value: value } };
}

function requestField(field: string): Envoy {
  return { select_expr: { operand: { ident_expr: { name: "request" } }, field } };
}

function requestHeader(name: string): Envoy {
  return call("_[_]", [requestField("headers"), string(name)]);
}

function call(name: string, args: readonly Envoy[], target?: Envoy): Envoy {
  return { call_expr: { function: name, args, ...(target ? { target } : {}) } };
}

const KINDS = ["const_expr", "ident_expr", "select_expr", "call_expr"];

/** Every node with a number of its own, as the format wants it. */
function numbered(value: unknown, ids: { next: number }): unknown {
  if (Array.isArray(value)) return value.map((each) => numbered(each, ids));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, numbered(field, ids)]);
  const isNode = Object.keys(value).some((name) => KINDS.includes(name));
  return { ...(isNode ? { id: String(ids.next++) } : {}), ...Object.fromEntries(fields) };
}
