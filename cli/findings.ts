import { factsOf } from "../lib/google/all-types";
import type { Evaluation } from "../lib/rules/evaluate";
import { formatFinding } from "../lib/rules/evaluate";
import type { Finding, Severity } from "../lib/rules/rule";
import type { TerraformDocument } from "../lib/topology/document";
import { groupBy } from "../lib/topology/group-by";

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

const MOST_PLACES = 3;
const CODES: Readonly<Record<Severity | "bold" | "dim", string>> = {
  error: "31",
  warning: "33",
  bold: "1",
  dim: "2",
};

/** Findings for people: by rule, errors first, at most two lines for each rule. */
export function textOf(judged: readonly Judged[], { verbose = false, color = false }: TextOptions): string {
  const paint = (style: keyof typeof CODES, text: string) => (color ? `\u001B[${CODES[style]}m${text}\u001B[0m` : text);
  const lines = judged.flatMap(({ name, document, findings, suppressed }) => [
    ...(verbose
      ? findings.map(formatFinding)
      : byRule(findings).flatMap((same) => {
          const [{ rule, severity, title, fix } = same[0]!] = same;
          return [
            `${paint(severity, severity)} ${paint("bold", rule)}: ${title}. Fix: ${fix}`,
            paint("dim", `  at ${places(same)}`),
          ];
        })),
    ...suppressed.map(
      ({ rule, path, attribute, reason }) => `suppressed ${rule}: [${path}]${attribute && ` ${attribute}`}: ${reason}`,
    ),
    `${paint("bold", name)}: ${verdict(document, { findings, suppressed })}`,
  ]);
  return `${lines.join("\n")}\n`;
}

function byRule(findings: readonly Finding[]): Finding[][] {
  // Limits of one attribute in several types share an id and differ in what they allow.
  const rules = groupBy(findings, ({ rule, title }) => `${rule} ${title}`);
  const severest = ([first]: Finding[]) => (first!.severity === "error" ? 0 : 1);
  return [...rules.values()].sort((a, b) => severest(a) - severest(b));
}

function places(findings: readonly Finding[]): string {
  const shown = findings.slice(0, MOST_PLACES).map(({ address, path, attribute, value, detail }) => {
    const got = value === undefined ? "is not set" : `= ${shorten(JSON.stringify(value) ?? "")}`;
    return `${path ?? address}${attribute && ` ${attribute}`} ${got}${detail === undefined ? "" : ` (${detail})`}`;
  });
  const more = findings.length - shown.length + findings.reduce((sum, finding) => sum + (finding.more ?? 0), 0);
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
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
