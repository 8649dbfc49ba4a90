import { factsOf } from "../lib/google/all-types";
import type { Evaluation } from "../lib/rules/evaluate";
import { formatFinding } from "../lib/rules/evaluate";
import { inShort, type Paint, suppressedInShort } from "../lib/rules/findings-text";
import type { Finding, Severity } from "../lib/rules/rule";
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

/** What the rules say of a document, counted; a document with nothing that they know is not called clean. */
export function verdict(document: TerraformDocument, { findings, suppressed }: Evaluation): string {
  const judged = document.resources.filter(({ type, isData }) => !isData && factsOf(type)).length;
  if (judged === 0 && findings.length === 0) return "nothing judged: no resource of Google Cloud in it";
  const aside = suppressed.length === 0 ? "" : `, ${suppressed.length} suppressed`;
  return `${count(findings, "error")}, ${count(findings, "warning")}${aside}; ${plural(judged, "resource")} judged`;
}

function count(findings: readonly Finding[], severity: Severity): string {
  return plural(findings.filter((finding) => finding.severity === severity).length, severity);
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
