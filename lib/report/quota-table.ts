import { type QuotaNeed, quotasOf, toAskFor } from "../planning/quota";
import { groupBy } from "../topology/group-by";
import { type Content, code, html, table } from "./html";
import { counted, type Report, regionList } from "./report";

/** Which quotas the project needs, those to ask for first. */
export function quotaTable({ topology }: Report): Content {
  const quotas = quotasOf(topology);
  if (quotas.needs.length === 0) return undefined;
  const asked = new Set(toAskFor(quotas));
  const alike = (need: QuotaNeed) =>
    [need.quota.service, need.quota.id, need.atMaximum, need.duringRollOut, asked.has(need)].join(" ");
  const groups = [...groupBy(quotas.needs, alike).values()];
  const isAsked = ([first]: QuotaNeed[]) => asked.has(first!);
  const columns = ["Quota", "Regions", "At maximum", "In a roll-out", "New project", "To do"];
  const rows = (some: QuotaNeed[][]) =>
    table(
      "Quotas",
      columns,
      some.map((same) => {
        const { quota, atMaximum, duringRollOut } = same[0]!;
        return [
          [code(quota.id), html`<div class="note">${quota.service}</div>`],
          same[0]!.region === undefined ? "global" : regionList(same.flatMap(({ region }) => region ?? [])),
          amount(atMaximum, quota.unit),
          amount(duringRollOut, quota.unit),
          quota.initial === undefined ? "?" : number(quota.initial),
          isAsked(same) ? html`<strong>ask for it</strong>` : quota.initial === undefined ? "not known" : "enough",
        ];
      }),
      ["At maximum", "In a roll-out", "New project"],
    );
  const [open, enough] = [groups.filter(isAsked), groups.filter((each) => !isAsked(each))];
  return [
    open.length > 0 ? rows(open) : html`<p>What a new project has suffices, as far as it is known.</p>`,
    enough.length > 0 &&
      html`<details><summary>Enough in a new project, as far as it is known: ${counted(enough.length, "quota")}</summary>${rows(enough)}</details>`,
    quotas.gaps.length > 0 &&
      html`<details><summary>Not counted: ${counted(quotas.gaps.length, "resource")}</summary><ul>${quotas.gaps.map(({ address, why }) => html`<li>${code(address)}: ${why}</li>`)}</ul></details>`,
  ];
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** `2 addresses`, `1 address`; units that are not counted have one form. */
function amount(value: number, unit: string): string {
  return `${number(value)} ${value === 1 ? unit.replace(/(?<=ss)es$|s$/, "").replace(/ie$/, "y") : unit}`;
}
