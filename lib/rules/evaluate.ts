import type { Resource, TerraformDocument } from "../topology/document";
import { Topology } from "../topology/topology";
import type { Finding, Rule, Severity } from "./rule";
import { suppressionFor, suppressionsOf } from "./suppression";

/** What the rules say of a document. */
export interface Evaluation {
  readonly findings: readonly Finding[];
  /** Findings that somebody has said are meant, with their reason. */
  readonly suppressed: readonly (Finding & { readonly reason: string })[];
}

export interface EvaluateOptions {
  /** Ids of rules, or their beginnings (`failover-`), whose warnings count as errors. @default none */
  readonly errors?: readonly string[];
}

/** Judges a document by the rules. Findings come in the order of the rules, then of the document. */
export function evaluate(
  document: TerraformDocument,
  rules: readonly Rule[],
  options: EvaluateOptions = {},
): Evaluation {
  const topology = new Topology(document);
  const suppressions = suppressionsOf(document);
  const findings: Finding[] = [];
  const suppressed: (Finding & { reason: string })[] = [];
  for (const rule of rules) {
    const severity: Severity = options.errors?.some((id) => rule.id.startsWith(id)) ? "error" : rule.severity;
    rule.check(topology, (resource, attribute, value, detail) => {
      const finding = toFinding(rule, severity, resource, attribute, value, detail);
      const suppression = suppressionFor(suppressions, finding);
      if (suppression) suppressed.push({ ...finding, reason: suppression.reason });
      else findings.push(finding);
    });
  }
  return { findings, suppressed };
}

function toFinding(
  rule: Rule,
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
    message: `${rule.title}${detail === undefined ? "" : ` (${detail})`}. ${rule.why}`,
    fix: rule.fix,
    source: rule.source,
  };
}

/** A finding as one line for people. */
export function formatFinding(finding: Finding): string {
  const where = finding.path === undefined ? finding.address : `${finding.path} (${finding.address})`;
  const at = finding.attribute === "" ? "" : ` ${finding.attribute}`;
  const got = finding.value === undefined ? "not set" : shorten(JSON.stringify(finding.value) ?? "");
  return `${finding.severity} ${finding.rule}: [${where}]${at}: got ${got}; ${finding.message} Fix: ${finding.fix} (${finding.source})`;
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
