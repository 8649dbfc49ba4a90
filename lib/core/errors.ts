import { Token, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";

/** What is wrong with a prop, what is allowed, and how to fix it. */
export interface Problem {
  /** Prop or attribute, as the caller spells it: `maxInstances`. */
  readonly what: string;
  readonly got: unknown;
  /** The allowed values, in words: `a whole number from 1 to 1000`. */
  readonly allowed: string;
  readonly fix: string;
}

/**
 * Thrown at construction when a prop is visibly wrong.
 *
 * Not exported from the package index: jsii does not let an exported class extend `Error`.
 */
export class ValidationError extends Error {
  public constructor(where: IConstruct | string, problem: Problem) {
    const path = typeof where === "string" ? where : where.node.path || where.constructor.name;
    super(`[${path}] ${problem.what}: got ${show(problem.got)}, allowed is ${problem.allowed}; ${problem.fix}`);
    this.name = "ValidationError";
  }
}

function show(value: unknown): string {
  const text = typeof value === "number" && !Token.isUnresolved(value) ? String(value) : JSON.stringify(plain(value));
  if (text === undefined) return "nothing";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Never cdktf's encoding of a reference, and no object graphs: those have cycles. */
function plain(value: unknown): unknown {
  if (typeof value === "function") return "a function";
  if (Token.isUnresolved(value)) {
    const text = typeof value === "string" ? value.replace(/\$\{TfToken\[[^\]]*\]\}/g, "…") : "…";
    return text === "…" ? `a ${kind(value)} known only at apply` : text;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const className = value.constructor?.name;
  const { node } = value as Partial<IConstruct>;
  if (node) return `${className} at ${node.path}`;
  if (className !== undefined && className !== "Object") return className;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function kind(value: unknown): string {
  if (typeof value === "number") return "number";
  if (Array.isArray(value)) return "list";
  return typeof value === "string" || Tokenization.isResolvable(value) ? "value" : "map";
}
