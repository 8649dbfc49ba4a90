import { type Cel, type CelNode, parseCel } from "../../language/cel";
import { CelSyntaxError } from "../../language/cel-lexer";
import { isBlock } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import type { Report, Severity } from "../rule";
import { attributePath, type Usage, usageOf } from "./cloud-armor-language";
import { type ArmorRule, cloudArmorOf } from "./cloud-armor-policies";

/** An expression of a security policy rule that is known and parsed. */
export interface ArmorExpression {
  readonly rule: ArmorRule;
  /** Path of the attribute in the rule's owner. */
  readonly at: string;
  readonly text: string;
  /** Undefined where it is not of the language. */
  readonly cel?: Cel;
  readonly syntaxError?: string;
  readonly usage?: Usage;
}

export const LANGUAGE = "docs.cloud.google.com/armor/docs/rules-language-reference (of 2026-04-10), read 2026-11-22";
const REJECTED = "Google Cloud rejects the expression at apply, half-way through the deploy.";

const read = new WeakMap<Topology, readonly ArmorExpression[]>();

export function expressionsOf(topology: Topology): readonly ArmorExpression[] {
  let expressions = read.get(topology);
  if (!expressions) {
    const parsed = new Map<string, Pick<ArmorExpression, "cel" | "syntaxError" | "usage">>();
    expressions = cloudArmorOf(topology).rules.flatMap((rule) => {
      const path = ["match", "expr", "expression"];
      let value: unknown = rule.block;
      let at = rule.at;
      for (const segment of path) {
        const list = Array.isArray(value);
        if (list) at += "0.";
        const block: unknown = list ? (value as unknown[])[0] : value;
        value = isBlock(block) ? block[segment] : undefined;
        at += segment === "expression" ? segment : `${segment}.`;
      }
      const template = textOf(value);
      if (template === undefined) return [];
      const text = template.replaceAll("$${", "${").replaceAll("%%{", "%{");
      const known = parsed.get(text) ?? parse(text);
      parsed.set(text, known);
      return [{ rule, at, text, ...known }];
    });
    read.set(topology, expressions);
  }
  return expressions;
}

function parse(text: string): Pick<ArmorExpression, "cel" | "syntaxError" | "usage"> {
  try {
    const cel = parseCel(text);
    return { cel, usage: usageOf(cel.root) };
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error;
    return { syntaxError: error.message };
  }
}

interface Description {
  readonly title: string;
  readonly fix: string;
  readonly why?: string;
  readonly source?: string;
  readonly severity?: Severity;
}

/** A rule on each expression; what `find` returns is what is wrong with it. */
export function expressionRule(
  id: string,
  description: Description,
  find: (expression: ArmorExpression, topology: Topology) => string | undefined,
): Rule {
  return {
    id,
    severity: "error",
    why: REJECTED,
    source: LANGUAGE,
    ...description,
    check(topology, report) {
      for (const expression of expressionsOf(topology)) {
        const problem = find(expression, topology);
        if (problem !== undefined) reportAt(report, expression, problem);
      }
    },
  };
}

function reportAt(report: Report, { rule, at, text }: ArmorExpression, problem: string): void {
  report(rule.owner, at, text, problem);
}

/** The first problem that a check finds in the calls of a function. */
export function inCalls(
  { usage }: ArmorExpression,
  name: string,
  find: (args: readonly CelNode[], target: CelNode | undefined) => string | undefined,
): string | undefined {
  for (const { args, target } of usage?.calls.get(name) ?? []) {
    const found = find(args, target);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The header that a node reads, `request.headers['…']`. */
export function headerOf(node: CelNode): string | undefined {
  if (node.kind !== "index" || attributePath(node.operand) !== "request.headers") return undefined;
  return literalText(node.index);
}

/** The text of a literal. */
export function literalText(node: CelNode | undefined): string | undefined {
  return node?.kind === "literal" && typeof node.value === "string" ? node.value : undefined;
}

/** The number that a literal is. */
export function literalNumber(node: CelNode): number | undefined {
  return node.kind === "literal" ? numberOf(node.value) : undefined;
}

/** A comparison of an attribute with a literal. */
export function comparison(node: CelNode): { path: string; operator: string; value: unknown } | undefined {
  if (node.kind !== "binary" || !["==", "!="].includes(node.operator)) return undefined;
  const [attribute, literal] = node.right.kind === "literal" ? [node.left, node.right] : [node.right, node.left];
  if (literal.kind !== "literal") return undefined;
  const header = headerOf(attribute);
  const path = header === undefined ? attributePath(attribute) : `request.headers['${header}']`;
  return path === undefined ? undefined : { path, operator: node.operator, value: literal.value };
}
