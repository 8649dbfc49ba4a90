import { sourceText } from "../google/source";
import type { Resource, TerraformDocument } from "../topology/document";
import { Topology } from "../topology/topology";
import type { Finding, Rule, RuleFacts, Severity } from "./rule";
import { suppressionFor, suppressionsOf } from "./suppression";
import { judgeTables } from "./tables";

/** What the rules say of a document. */
export interface Evaluation {
  readonly findings: readonly Finding[];
  /** Findings that somebody has said are meant, with their reason. */
  readonly suppressed: readonly (Finding & { readonly reason: string })[];
}

export interface EvaluateOptions {
  /**
   * Ids of rules, or their beginnings (`failover-`), whose warnings count as errors. @default none
   */
  readonly errors?: readonly string[];
}

/**
 * Judges a document by the rules. Findings come in the order of the rules, then of the document.
 */
export function evaluate(
  document: TerraformDocument,
  rules: readonly Rule[],
  options: EvaluateOptions = {},
): Evaluation {
  const topology = Topology.of(document);
  const suppressions = suppressionsOf(document);
  const findings: Finding[] = [];
  const suppressed: (Finding & { reason: string })[] = [];
  const once = new Map<string, number>();
  const judged = new Set<string>();
  const add = (rule: RuleFacts, resource: Resource, attribute: string, value: unknown, detail?: string) => {
    const severity: Severity = options.errors?.some((id) => rule.id.startsWith(id)) ? "error" : rule.severity;
    const finding = toFinding(rule, severity, resource, attribute, value, detail);
    const suppression = suppressionFor(suppressions, finding);
    if (suppression) {
      suppressed.push({ ...finding, reason: suppression.reason });
    } else if (rule.once && once.has(rule.id)) {
      const first = once.get(rule.id)!;
      findings[first] = { ...findings[first]!, more: (findings[first]!.more ?? 0) + 1 };
    } else {
      once.set(rule.id, findings.push(finding) - 1);
    }
  };
  // A value that is refused says nothing of how it goes with others; one that is only advised
  // against may.
  judgeTables(topology, (rule, resource, attribute, ...rest) => {
    const place = `${resource.address} ${attribute}`;
    if (!judged.has(place)) add(rule, resource, attribute, ...rest);
    if (rule.severity === "error") judged.add(place);
  });
  for (const rule of rules) {
    rule.check(topology, (resource, attribute, ...rest) => {
      if (!judged.has(`${resource.address} ${attribute}`)) add(rule, resource, attribute, ...rest);
    });
  }
  return { findings, suppressed };
}

function toFinding(
  rule: RuleFacts,
  severity: Severity,
  resource: Resource,
  attribute: string,
  value: unknown,
  detail: string | undefined,
): Finding {
  return {
    rule: rule.id,
    severity,
    address: resource.address,
    path: resource.path,
    attribute,
    value,
    title: rule.title,
    detail,
    message: `${rule.title}${detail === undefined ? "" : ` (${detail})`}. ${rule.why}`,
    fix: rule.fix,
    source: sourceText(rule.source),
  };
}

/** A finding as one line for people. */
export function formatFinding(finding: Finding): string {
  const where = finding.path === undefined ? finding.address : `${finding.path} (${finding.address})`;
  const at = finding.attribute === "" ? "" : ` ${finding.attribute}`;
  const got = finding.value === undefined ? "not set" : shorten(JSON.stringify(finding.value) ?? "", 120);
  return `${finding.severity} ${finding.rule}: [${where}]${at}: got ${got}; ${finding.message}${finding.more ? ` The same holds for ${finding.more} more.` : ""} Fix: ${finding.fix} (${finding.source})`;
}

export function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
