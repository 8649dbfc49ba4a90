import { sourceText } from "../lib/google/source";
import { type QuotaNeed, type Quotas, quotasOf, toAskFor } from "../lib/planning/quota";
import { Topology } from "../lib/topology/topology";
import type { CheckResult } from "./check";
import { readInputs, UnusableInput } from "./read-input";
import { table } from "./table";

export interface QuotaOptions {
  readonly json?: boolean;
}

/** Which quotas documents need. Exit code 2: unusable input. */
export function quota(paths: readonly string[], { json }: QuotaOptions = {}): CheckResult {
  try {
    const all = readInputs(paths).map(({ name, document }) => ({ name, quotas: quotasOf(new Topology(document)) }));
    const stdout = json
      ? JSON.stringify(
          all.map(({ name, quotas }) => ({ document: name, ...quotas })),
          null,
          2,
        )
      : all.map(({ name, quotas }) => text(name, quotas)).join("\n\n");
    return { exitCode: 0, stdout: `${stdout}\n`, stderr: "" };
  } catch (error) {
    if (error instanceof UnusableInput) return { exitCode: 2, stdout: "", stderr: `${error.message}\n` };
    throw error;
  }
}

function text(name: string, quotas: Quotas): string {
  const { needs, gaps } = quotas;
  const asked = new Set(toAskFor(quotas));
  const number = (value: number) => value.toLocaleString("en-US");
  const row = (need: QuotaNeed) => [
    need.region ?? "global",
    `${need.quota.service.replace(".googleapis.com", "")}/${need.quota.id}`,
    need.quota.unit,
    number(need.atMaximum),
    number(need.duringRollOut),
    need.quota.initial === undefined ? "?" : number(need.quota.initial),
    asked.has(need) ? "ask for it" : "",
  ];
  const sources = [...new Set(needs.map(({ quota: each }) => sourceText(each.source)))];
  return [
    name,
    table([["region", "quota", "unit", "at maximum", "in a roll-out", "new project", ""], ...needs.map(row)], "  "),
    ...gaps.map(({ address, why }) => `  not counted: ${address}, ${why}`),
    "  Names and initial values:",
    ...sources.map((each) => `    ${each}`),
  ].join("\n");
}
