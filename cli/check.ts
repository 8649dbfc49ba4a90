import { allRules, ruleFacts } from "../lib/rules/all-rules";
import { evaluate, formatFinding } from "../lib/rules/evaluate";
import type { Finding, Severity } from "../lib/rules/rule";
import type { TerraformDocument } from "../lib/topology/document";
import { readInputs, UnusableInput } from "./read-input";

export interface CheckOptions {
  readonly json?: boolean;
  /** Least severity that is shown. */
  readonly severity: Severity;
}

/** What the command leaves behind; the caller prints it and exits. */
export interface CheckResult {
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Judges Terraform JSON. Exit code 0: no errors; 1: findings of severity error; 2: input that
 * cannot be judged.
 */
export function check(paths: readonly string[], options: CheckOptions): CheckResult {
  try {
    const results = readInputs(paths).map(({ name, document }) => ({ name, ...evaluate(document, allRules) }));
    const findings = results.flatMap((result) =>
      result.findings.filter((finding) => isShown(finding, options.severity)),
    );
    const exitCode = findings.some((finding) => finding.severity === "error") ? 1 : 0;
    if (options.json) return { exitCode, stdout: `${JSON.stringify(findings.map(toJson), null, 2)}\n`, stderr: "" };
    const lines = results.flatMap(({ name, findings, suppressed }) => {
      const shown = findings.filter((finding) => isShown(finding, options.severity));
      return [
        ...shown.map(formatFinding),
        ...suppressed.map(
          (finding) => `suppressed ${finding.rule}: [${finding.path}] ${finding.attribute}: ${finding.reason}`,
        ),
        `${name}: ${counts(shown, suppressed)}`,
      ];
    });
    return { exitCode, stdout: `${lines.join("\n")}\n`, stderr: "" };
  } catch (error) {
    if (error instanceof UnusableInput) return { exitCode: 2, stdout: "", stderr: `${error.message}\n` };
    throw error;
  }
}

/** What the rules say of a document, counted. */
export function verdict(document: TerraformDocument): string {
  const { findings, suppressed } = evaluate(document, allRules);
  return counts(findings, suppressed);
}

function counts(findings: readonly Finding[], suppressed: readonly Finding[]): string {
  return `${count(findings, "error")}, ${count(findings, "warning")}, ${suppressed.length} suppressed, by ${new Set(ruleFacts().map(({ id }) => id)).size} rules`;
}

function isShown(finding: Finding, least: Severity): boolean {
  return least === "warning" || finding.severity === "error";
}

function toJson({ rule, severity, address, path, message, fix, source }: Finding) {
  return { rule, severity, address, path: path ?? null, message, fix, source };
}

function count(findings: readonly Finding[], severity: Severity): string {
  const number = findings.filter((finding) => finding.severity === severity).length;
  return `${number} ${severity}${number === 1 ? "" : "s"}`;
}
