import { factsOf } from "../google/all-types";
import type { TerraformDocument } from "../topology/document";
import { groupBy } from "../topology/group-by";
import { type Evaluation, shorten } from "./evaluate";
import type { Finding, Severity } from "./rule";

const MOST_PLACES = 3;

/** How a word is set off: by colour, or not at all. */
export type Paint = (style: Severity | "bold" | "dim", text: string) => string;

/** Findings for people: by rule, errors first, two lines for each rule; then what is suppressed. */
export function inShort({ findings, suppressed }: Evaluation, paint: Paint = (_style, text) => text): string[] {
  return [
    ...byRule(findings).flatMap((same) => {
      const [{ rule, severity, title, fix } = same[0]!] = same;
      return [
        `${paint(severity, severity)} ${paint("bold", rule)}: ${title}. Fix: ${fix}`,
        paint("dim", `  at ${places(same)}`),
      ];
    }),
    ...suppressedInShort(suppressed),
  ];
}

export function suppressedInShort(suppressed: Evaluation["suppressed"]): string[] {
  return suppressed.map(
    ({ rule, path, attribute, reason }) => `suppressed ${rule}: [${path}]${attribute && ` ${attribute}`}: ${reason}`,
  );
}

function byRule(findings: readonly Finding[]): Finding[][] {
  // Limits of one attribute in several types share an id and differ in what they allow.
  const rules = groupBy(findings, ({ rule, title }) => `${rule} ${title}`);
  const severest = ([first]: Finding[]) => (first!.severity === "error" ? 0 : 1);
  return [...rules.values()].sort((a, b) => severest(a) - severest(b));
}

function places(findings: readonly Finding[]): string {
  const shown = findings.slice(0, MOST_PLACES).map(({ address, path, attribute, value, detail }) => {
    const got = value === undefined ? "is not set" : `= ${shorten(JSON.stringify(value) ?? "", 60)}`;
    return `${path ?? address}${attribute && ` ${attribute}`} ${got}${detail === undefined ? "" : ` (${detail})`}`;
  });
  const more = findings.length - shown.length + findings.reduce((sum, finding) => sum + (finding.more ?? 0), 0);
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** How many resources of a document the rules know. */
export function judgedIn(document: TerraformDocument): number {
  return document.resources.filter(({ type, isData }) => !isData && factsOf(type)).length;
}

/** What the rules say of a document, counted; a document with nothing that they know is not called clean. */
export function verdict(document: TerraformDocument, { findings, suppressed }: Evaluation): string {
  const judged = judgedIn(document);
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
