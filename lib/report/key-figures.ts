import { costOf, usd } from "../planning/cost";
import { planOf } from "../planning/served-regions";
import { judgedIn, verdict } from "../rules/findings-text";
import { blocksOf } from "../topology/document";
import { groupBy } from "../topology/group-by";
import { readRegionWorkloads, regionsOf } from "../topology/region-workloads";
import { type Content, code, html } from "./html";
import { counted, placeOf, portsOf, type Report, regionList, resourceLink } from "./report";

/** Whether it may be deployed, in words. */
export function verdictLine({ topology: { document }, evaluation }: Report): Content {
  const { findings } = evaluation;
  const [kind, word] = findings.some(({ severity }) => severity === "error")
    ? ["error", "Not ready"]
    : findings.length > 0
      ? ["warning", "Ready, with warnings"]
      : judgedIn(document) > 0
        ? ["good", "Ready to deploy"]
        : ["unknown", "Not judged"];
  return html`<p class="verdict ${kind}"><strong>${word}</strong> <span>${verdict(document, evaluation)}</span></p>${modules(document)}`;
}

/** Terraform reads modules only when it plans. */
function modules({ json }: Report["topology"]["document"]): Content {
  const names = blocksOf(json.module).flatMap(Object.keys);
  if (names.length === 0) return undefined;
  const these = names.length === 1 ? "this module makes" : "these modules make";
  return html`<p class="note">Not shown is what ${these}: ${names.map((each, index) => [index > 0 ? ", " : "", code(each)])}.</p>`;
}

/** The few numbers that say most. */
export function keyFigures({ topology }: Report): Content {
  const { document } = topology;
  const regions = [
    ...topology.once(readRegionWorkloads).flatMap(({ region }) => region ?? []),
    ...topology.backends.flatMap(regionsOf),
  ];
  const managed = document.resources.filter(({ isData }) => !isData);
  const cost = topology.once(costOf);
  const plan = planOf(topology);
  const figures: [label: string, value: Content, detail: Content][] = [
    ["Regions", String(new Set(regions).size), regionList(regions)],
    ["Addresses", String(addresses(topology).length), addresses(topology).map((each) => html`<div>${each}</div>`)],
    ...(plan
      ? [
          [
            "Round trip",
            `${plan.p50Ms.toFixed(0)} ms`,
            `half of all internet users; 95% below ${plan.p95Ms.toFixed(0)} ms`,
          ] as [string, Content, Content],
        ]
      : []),
    [
      "Cost while idle",
      usd(cost.usdPerMonth),
      `USD a month, at list prices${cost.unpriced.length > 0 ? `, and ${counted(cost.unpriced.length, "resource")} without a known price` : ""}`,
    ],
    ["Resources", managed.length.toLocaleString("en-US"), `of ${new Set(managed.map(({ type }) => type)).size} types`],
  ];
  return html`<dl class="figures">${figures.map(([label, value, detail]) => html`<div><dt>${label}</dt><dd class="value">${value}</dd><dd>${detail}</dd></div>`)}</dl>`;
}

/** Where requests come in, with what listens there. */
function addresses({ frontends }: Report["topology"]): Content[] {
  const byAddress = groupBy(frontends, ({ address, rule }) => address ?? rule);
  return [...byAddress].map(([resource, all]) => {
    const { ipVersion = "IPV4" } = all[0]!;
    const ports = [...new Set(all.map(portsOf))].join(", ");
    return [resourceLink(resource, ipVersion.replace("IPV", "IPv")), ` ${placeOf(all[0]!)}: ${ports}`];
  });
}
