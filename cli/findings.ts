import type { Evaluation } from "../lib/rules/evaluate";
import { formatFinding } from "../lib/rules/evaluate";
import { inShort, type Paint, suppressedInShort, verdict } from "../lib/rules/findings-text";
import type { TerraformDocument } from "../lib/topology/document";

/** What the rules say of one document. */
export interface Judged extends Evaluation {
  readonly name: string;
  readonly document: TerraformDocument;
}

export interface TextOptions {
  /** Every place, with reason and source, instead of one line of places for each rule. */
  readonly verbose?: boolean;
  readonly color?: boolean;
}

const CODES = { error: "31", warning: "33", bold: "1", dim: "2" };

/** Findings for people, and a line for each document. */
export function textOf(judged: readonly Judged[], { verbose = false, color = false }: TextOptions): string {
  const paint: Paint = (style, text) => (color ? `\u001B[${CODES[style]}m${text}\u001B[0m` : text);
  const lines = judged.flatMap(({ name, document, findings, suppressed }) => [
    ...(verbose
      ? [...findings.map(formatFinding), ...suppressedInShort(suppressed)]
      : inShort({ findings, suppressed }, paint)),
    `${paint("bold", name)}: ${verdict(document, { findings, suppressed })}`,
  ]);
  return `${lines.join("\n")}\n`;
}
