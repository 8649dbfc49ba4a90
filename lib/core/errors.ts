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
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  if (text === undefined) return "nothing";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
