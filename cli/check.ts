import { allRules } from "../lib/rules/all-rules";
import { evaluate } from "../lib/rules/evaluate";
import type { Finding, Severity } from "../lib/rules/rule";
import { answering, type CommandResult } from "./command";
import { type TextOptions, textOf } from "./findings";
import { readInputs } from "./read-input";
import { sarifOf } from "./sarif";

export interface CheckOptions extends TextOptions {
  /** @default "text" */
  readonly format?: "text" | "json" | "sarif";
  /** Least severity that is shown. @default "warning" */
  readonly severity?: Severity;
  /** Of this package, for SARIF. */
  readonly version?: string;
}

/**
 * Judges Terraform JSON. Exit code 0: no errors; 1: findings of severity error; 2: input that
 * cannot be judged.
 */
export function check(paths: readonly string[], options: CheckOptions = {}): CommandResult {
  return answering(() => {
    const judged = readInputs(paths).map(({ name, document }) => {
      const { findings, suppressed } = evaluate(document, allRules);
      const shown = findings.filter(({ severity }) => options.severity !== "error" || severity === "error");
      return { name, document, findings: shown, suppressed };
    });
    const hasErrors = judged.some(({ findings }) => findings.some(({ severity }) => severity === "error"));
    const print = {
      text: () => textOf(judged, options),
      json: () =>
        `${JSON.stringify(
          judged.flatMap(({ name, findings }) => findings.map((finding) => toJson(name, finding))),
          null,
          2,
        )}\n`,
      sarif: () => sarifOf(judged, options.version ?? "0.0.0"),
    }[options.format ?? "text"];
    return { exitCode: hasErrors ? 1 : 0, stdout: print(), stderr: "" };
  });
}

function toJson(document: string, { rule, severity, address, path, attribute, message, fix, source }: Finding) {
  return { document, rule, severity, address, path: path ?? null, attribute, message, fix, source };
}
