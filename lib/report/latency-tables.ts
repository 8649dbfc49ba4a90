import { planOf } from "../planning/served-regions";
import { type Content, html, table } from "./html";
import { type Report, whole } from "./report";

const CONTINENTS: Readonly<Record<string, string>> = {
  AF: "Africa",
  AS: "Asia",
  EU: "Europe",
  NA: "North America",
  OC: "Oceania",
  SA: "South America",
};

/** How many countries are named. */
const MOST = 10;

/** Modelled round trips of internet users, by continent and by region. */
export function latencyTables({ topology }: Report): Content {
  const plan = planOf(topology);
  if (!plan) return undefined;
  const most = Math.max(...plan.continents.map(({ p95Ms }) => p95Ms));
  const columns = ["Continent", "Users", "Half below", "95% below", "Round trip"];
  const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return html`<p>Round trips of half of all internet users are below <strong>${ms(plan.p50Ms)}</strong>, of 95% below <strong>${ms(plan.p95Ms)}</strong>: a model, not a measurement.</p>
${table(
  "Round trips by continent",
  columns,
  plan.continents.map(({ continent, share, p50Ms, p95Ms }) => [
    CONTINENTS[continent] ?? continent,
    percent(share),
    ms(p50Ms),
    ms(p95Ms),
    html`<span class="bar double" style="--part:${(p95Ms / most).toFixed(3)};--half:${(p50Ms / most).toFixed(3)}"></span>`,
  ]),
  ["Users", "Half below", "95% below"],
)}
${table(
  "Users by region",
  ["Region", "Users", "Mean round trip", "Mostly from"],
  plan.served.map(({ region, share, meanMs, countries }) => [
    whole(region),
    percent(share),
    ms(meanMs),
    countries.slice(0, MOST).join(", "),
  ]),
  ["Users", "Mean round trip"],
)}`;
}
