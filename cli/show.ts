import { allRules } from "../lib/rules/all-rules";
import { evaluate } from "../lib/rules/evaluate";
import { blockOf, type TerraformDocument } from "../lib/topology/document";
import { textOf } from "../lib/topology/value";
import type { CheckResult } from "./check";
import { verdict } from "./findings";
import { readInputs, UnusableInput } from "./read-input";
import { summarize } from "./summary";

/** Says what the stacks of some folders or files will be. Exit code 2: input that cannot be read. */
export function show(paths: readonly string[]): CheckResult {
  try {
    const stacks = readInputs(paths).map(({ name: path, document }) => {
      const name = stackName(document);
      return { name, text: describe(name ?? path, document, path) };
    });
    const next = [
      `npx global-ai-api check ${paths.join(" ")}`,
      ...stacks.flatMap(({ name }) => (name === undefined ? [] : [`npx cdktf deploy ${name}`])),
    ];
    const lines = [...stacks.map(({ text }) => `${text}\n`), "Next:", ...next.map((command) => `  ${command}`)];
    return { exitCode: 0, stdout: `${lines.join("\n")}\n`, stderr: "" };
  } catch (error) {
    if (error instanceof UnusableInput) return { exitCode: 2, stdout: "", stderr: `${error.message}\n` };
    throw error;
  }
}

/** The summary of one stack, and what the rules say of it. */
export function describe(name: string, document: TerraformDocument, path: string): string {
  return `${summarize(name, document, path)}\n  checks     ${verdict(document, evaluate(document, allRules))}`;
}

/** As CDKTF writes it. */
function stackName({ json }: TerraformDocument): string | undefined {
  return textOf(blockOf(blockOf(json["//"])?.metadata)?.stackName);
}
