import { costOf, usd } from "../lib/planning/cost";
import { quotasOf, toAskFor } from "../lib/planning/quota";
import { planOf } from "../lib/planning/served-regions";
import type { TerraformDocument } from "../lib/topology/document";
import { Topology } from "../lib/topology/topology";

/**
 * Three lines for the summary of an environment: modelled latency, cost while nobody uses it,
 * quotas to ask for. The commands `regions`, `cost` and `quota` have the details.
 *
 * @param former What was deployed or synthesized before, for the difference of cost.
 */
export function planLines(document: TerraformDocument, former?: TerraformDocument): string[] {
  const topology = Topology.of(document);
  const rows: [string, string | undefined][] = [
    ["latency", latency(topology)],
    ["cost", cost(topology, former && Topology.of(former))],
    ["quota", quota(topology)],
  ];
  return rows.flatMap(([label, value]) => (value === undefined ? [] : [`  ${label.padEnd(10)} ${value}`]));
}

/** Of all internet users, served by the regions behind the load balancers. */
function latency(topology: Topology): string | undefined {
  const plan = planOf(topology);
  if (!plan) return undefined;
  const ms = (p50: number, p95: number) => `${p50.toFixed(0)}/${p95.toFixed(0)}`;
  const continents = plan.continents.map(({ continent, p50Ms, p95Ms }) => `${continent} ${ms(p50Ms, p95Ms)}`);
  return `round trips of half and 95% of internet users below ${ms(plan.p50Ms, plan.p95Ms)} ms: ${continents.join(", ")}`;
}

function cost(topology: Topology, former: Topology | undefined): string {
  const { usdPerMonth, unpriced } = costOf(topology);
  const change = former ? usdPerMonth - costOf(former).usdPerMonth : 0;
  return [
    `${usd(usdPerMonth)} USD a month while nobody uses it`,
    ...(Math.abs(change) < 0.005 ? [] : [`${change < 0 ? "-" : "+"}${usd(Math.abs(change))} against the former`]),
    ...(unpriced.length > 0 ? [`and ${unpriced.length} without a known price`] : []),
  ].join(", ");
}

/** Each quota once, with what the most demanding region needs. */
function quota(topology: Topology): string {
  const byQuota = new Map<string, { most: number; unit: string; regions: string[] }>();
  for (const { quota: each, region, duringRollOut } of toAskFor(quotasOf(topology))) {
    const known = byQuota.get(each.id) ?? { most: 0, unit: each.unit, regions: [] };
    byQuota.set(each.id, {
      ...known,
      most: Math.max(known.most, duringRollOut),
      regions: region === undefined ? known.regions : [...known.regions, region],
    });
  }
  const asked = [...byQuota].map(([id, { most, unit, regions }]) => {
    return `${most.toLocaleString("en-US")} ${unit} ${id}${regions.length > 0 ? ` in ${regions.join(", ")}` : ""}`;
  });
  return asked.length > 0 ? `ask for ${asked.join("; ")}` : "what a new project has suffices, as far as it is known";
}
