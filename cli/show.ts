import { allRules } from "../lib/rules/all-rules";
import { evaluate } from "../lib/rules/evaluate";
import { verdict } from "../lib/rules/findings-text";
import { blockOf, type TerraformDocument } from "../lib/topology/document";
import { textOf } from "../lib/topology/value";
import { answering, type CommandResult } from "./command";
import { planLines } from "./plan-lines";
import { readInputs } from "./read-input";
import { summarize } from "./summary";

/** Says what the stacks of some folders or files will be. Exit code 2: input that cannot be read. */
export function show(paths: readonly string[]): CommandResult {
  return answering(() => {
    const stacks = readInputs(paths).map(({ name: path, document }) => {
      const name = stackName(document);
      return { name, text: describe(name ?? path, document, path) };
    });
    const next = [
      `npx global-ai-api check ${paths.join(" ")}`,
      `npx global-ai-api report ${paths.join(" ")} --open`,
      ...stacks.flatMap(({ name }) => (name === undefined ? [] : [`npx cdktf deploy ${name}`])),
    ];
    const lines = [...stacks.map(({ text }) => `${text}\n`), "Next:", ...next.map((command) => `  ${command}`)];
    return { exitCode: 0, stdout: `${lines.join("\n")}\n`, stderr: "" };
  });
}

/**
 * The summary of one stack, its plan, and what the rules say of it.
 *
 * @param former What was there before, for the difference of cost.
 */
export function describe(
  name: string,
  document: TerraformDocument,
  path: string,
  former?: TerraformDocument,
  evaluation = evaluate(document, allRules),
): string {
  return [
    summarize(name, document, path),
    ...planLines(document, former),
    `  checks     ${verdict(document, evaluation)}`,
  ].join("\n");
}

/** As CDKTF writes it. */
export function stackName({ json }: TerraformDocument): string | undefined {
  return textOf(blockOf(blockOf(json["//"])?.metadata)?.stackName);
}
