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
