import { type Cost, type CostItem, compareCosts, costOf, usd } from "../planning/cost";
import { useCostOf } from "../planning/use-cost";
import { groupBy } from "../topology/group-by";
import type { Topology } from "../topology/topology";
import { type Content, code, html, lines, table } from "./html";
import { counted, nameOf, type Report, regionList, resourceLink, shortName } from "./report";

/** What is paid while nobody uses it, by use, and what changes. */
export function costTables({ topology, former }: Report): Content {
  const cost = topology.once(costOf);
  const workloads = groupedByWorkload(cost.items);
  const most = Math.max(...workloads.map(({ usdPerMonth }) => usdPerMonth), 0.01);
  return [
    html`<p><strong>${usd(cost.usdPerMonth)} USD a month</strong> while nobody uses it, at list prices${cost.unpriced.length > 0 && `, and ${counted(cost.unpriced.length, "resource")} without a known price`}.${former && difference(cost, former.topology.once(costOf), former.since)}</p>`,
    workloads.length > 0 &&
      table(
        "Cost of what is always there",
        ["Part", "Regions", "What", "USD a month", "Share"],
        workloads.map(({ label, regions, what, usdPerMonth }) => [
          label,
          regionList(regions),
          lines(what),
          usd(usdPerMonth),
          html`<span class="bar" style="--part:${(usdPerMonth / most).toFixed(3)}"></span>`,
        ]),
        ["USD a month"],
      ),
    former && changed(former.topology.once(costOf), cost, topology),
    unpriced(cost),
    useTable(topology),
    cost.byUse.length > 0 &&
      html`<details><summary>Also paid by use: ${counted(cost.byUse.length, "resource type")}</summary><ul>${cost.byUse.map((each) => html`<li>${each}</li>`)}</ul></details>`,
    prices(cost),
  ];
}

function difference(now: Cost, before: Cost, since: string): string {
  const change = now.usdPerMonth - before.usdPerMonth;
  if (Math.abs(change) < 0.005) return ` Unchanged ${since}.`;
  return ` ${change < 0 ? "−" : "+"}${usd(Math.abs(change))} USD a month ${since}.`;
}

interface WorkloadCost {
  readonly label: Content;
  readonly regions: readonly string[];
  readonly what: readonly string[];
  readonly usdPerMonth: number;
}

/** Items of one construct in all its regions, dearest first. */
function groupedByWorkload(items: readonly CostItem[]): WorkloadCost[] {
  const partOf = (item: CostItem) => {
    const segments = shortName(item).split("/");
    return segments.filter((each) => each !== item.region).join("/");
  };
  return [...groupBy(items, partOf)]
    .map(([part, same]) => ({
      label:
        new Set(same.map(({ address }) => address)).size === 1 && same[0]!.path !== undefined
          ? resourceLink(same[0]!, part)
          : code(part),
      regions: same.flatMap(({ region }) => region ?? []),
      what: inOne([...new Set(same.map(({ what }) => what))]),
      usdPerMonth: same.reduce((sum, each) => sum + (each.usdPerMonth ?? 0), 0),
    }))
    .sort((a, b) => b.usdPerMonth - a.usdPerMonth);
}

/** `8 vCPU of 1 instance` and `32 GiB of 1 instance` are one line. */
function inOne(texts: readonly string[]): string[] {
  const byWhole = groupBy(texts, (text) => text.split(" of ")[1] ?? "");
  return [...byWhole].flatMap(([whole, same]) => {
    const parts = same.map((text) => text.split(" of ")[0]);
    return whole === "" ? parts.map(String) : [`${parts.join(", ")} of ${whole}`];
  });
}

function changed(before: Cost, now: Cost, { document }: Topology): Content {
  const changes = compareCosts(before, now);
  if (changes.length === 0) return undefined;
  const rows = changes.map(({ address, what, before: was, after }) => {
    const resource = document.at(address);
    return [resource ? resourceLink(resource) : code(address), what, usd(was), usd(after)];
  });
  return html`<h3>What changes the cost</h3>${table("Changes of cost", ["Resource", "What", "Before", "After"], rows, ["Before", "After"])}`;
}

function unpriced({ unpriced: all }: Cost): Content {
  if (all.length === 0) return undefined;
  const byReason = [...groupBy(all, ({ why }) => why)];
  return html`<details><summary>Without a known price: ${counted(all.length, "resource")}</summary><ul>${byReason.map(
    ([why, where]) =>
      html`<li>${why}: ${where.slice(0, 6).map((each, index) => [index > 0 ? ", " : "", resourceLink(each)])}${where.length > 6 && ` and ${where.length - 6} more`}</li>`,
  )}</ul></details>`;
}

/**
 * What use costs: linear in the seconds of a request, so that the page's script can compute it for
 * other requests.
 */
function useTable(topology: Topology): Content {
  const [one, two] = [1, 2].map((secondsPerRequest) => useCostOf(topology, { secondsPerRequest }));
  const rows = new Map<string, { cells: Content[]; regions: string[] }>();
  one!.forEach((each, index) => {
    const { region = "not known", missing } = each;
    const service = topology.document.at(each.address)!;
    const name = nameOf(service);
    const perSecond = each.usd === undefined ? undefined : (two![index]!.usd ?? 0) - each.usd;
    const key = [name, each.usd, perSecond, ...missing].join(" ");
    const price =
      perSecond === undefined
        ? each.region === undefined
          ? "region known at apply only"
          : `no price of ${missing.join(", ")}`
        : html`<data data-per-second="${String(perSecond)}" data-fee="${String(each.usd! - perSecond)}">${usd(each.usd)}</data>`;
    const known = rows.get(key) ?? { cells: [resourceLink(service, name), price], regions: [] };
    known.regions.push(region);
    rows.set(key, known);
  });
  if (rows.size === 0) return undefined;
  const column = "USD per million requests";
  return html`<h3>By use</h3>
<form id="use-cost" class="ask" hidden><div class="fields">
<label>Seconds per request <input name="seconds" type="number" min="0.001" step="any" value="1" inputmode="decimal"></label>
<label>Requests at once in an instance <input name="parallel" type="number" min="0.001" step="any" value="1" inputmode="decimal"></label>
</div></form>
<p class="note" id="use-cost-note">Requests of one second, one at a time in each instance; without data transfer.</p>
${table(
  "Cost by use",
  ["Service", "Regions", column],
  [...rows.values()].map(({ cells: [service, price], regions }) => [service, regionList(regions), price]),
  [column],
)}`;
}

function prices({ items }: Cost): Content {
  const sources = [...new Set(items.flatMap(({ source }) => source ?? []))];
  return (
    sources.length > 0 &&
    html`<details><summary>Where the prices come from</summary><ul>${sources.map((each) => html`<li>${each}</li>`)}</ul></details>`
  );
}
