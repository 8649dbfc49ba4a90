import { sourceText } from "../lib/google/source";
import { type QuotaNeed, type Quotas, quotasOf, toAskFor } from "../lib/planning/quota";
import { quotaPreferences } from "../lib/planning/quota-preferences";
import { Topology } from "../lib/topology/topology";
import { answering, type CommandResult } from "./command";
import { type Input, readInputs, UnusableInput } from "./read-input";
import { table } from "./table";

export interface QuotaOptions {
  readonly json?: boolean;
  /** Address for requests; prints them as Terraform JSON. */
  readonly request?: string;
}

/** Which quotas documents need. Exit code 2: unusable input. */
export function quota(paths: readonly string[], { json, request }: QuotaOptions = {}): CommandResult {
  return answering(() => {
    const inputs = readInputs(paths);
    if (request !== undefined) return requests(inputs, request);
    const all = inputs.map(({ name, document }) => ({ name, quotas: quotasOf(Topology.of(document)) }));
    const stdout = json
      ? JSON.stringify(
          all.map(({ name, quotas }) => ({ document: name, ...quotas })),
          null,
          2,
        )
      : all.map(({ name, quotas }) => text(name, quotas)).join("\n\n");
    return { exitCode: 0, stdout: `${stdout}\n`, stderr: "" };
  });
}

function requests(inputs: readonly Input[], email: string): CommandResult {
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw new UnusableInput(`--request must be an e-mail address, got ${email}`);
  if (inputs.length > 1) throw new UnusableInput("--request takes one document: give the folder of one stack");
  const { document } = inputs[0]!;
  const { json, left } = quotaPreferences(document, toAskFor(quotasOf(Topology.of(document))), email);
  const notes = left.map(({ quota: { id }, region = "global" }) => `ask in the console for ${id} in ${region}\n`);
  return { exitCode: 0, stdout: `${JSON.stringify(json, null, 2)}\n`, stderr: notes.join("") };
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
