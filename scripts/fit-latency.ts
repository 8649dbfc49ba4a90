import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kilometers, REGIONS } from "../lib/google/regions";
import { shortestPaths } from "../lib/planning/latency";
import { type Measurement, type ModelError, modelError, readMeasurements } from "../lib/planning/model-error";

/**
 * `npm run fit-latency -- FOLDER [--check]`: fits the links of Google's backbone to a matrix of
 * round trips between regions (`gcp_interregion_rtt_DATE.csv` in the folder), prints the errors,
 * those for pairs held back from the fit too, and writes lib/planning/backbone.ts.
 */
const [folder, flag] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: npm run fit-latency -- FOLDER [--check]");
  process.exit(2);
}
/** A link is added where the way round is longer than the measurement by this factor. */
const STRETCH = 1.1;
const FOLDS = 5;
/** Links of a region without measurements: to so many of the nearest regions. */
const NEIGHBOURS = 3;
const file = readdirSync(folder).find((name) => /^gcp_interregion_rtt_.*\.csv$/.test(name));
if (file === undefined) throw new Error(`${folder}: no gcp_interregion_rtt_DATE.csv in it`);
const date = /\d{4}-\d{2}-\d{2}/.exec(file)![0];

type Link = [from: number, to: number, ms: number];
const indexOf = new Map(REGIONS.map(({ name }, index) => [name, index]));
const measured = readMeasurements(readFileSync(join(folder, file), "utf8"), (name) => indexOf.has(name));
const at = ({ from, to }: Measurement) => [indexOf.get(from)!, indexOf.get(to)!] as const;

const links = fitLinks(measured);
const fitted = errorsOf(links, measured);
const held = heldBack();
const byDistance = unmeasured();
console.log(table([...rows("fitted", fitted), ...rows("held back", held)]));
console.log(`${links.length} links for ${measured.length} pairs, ${byDistance.length} more by distance`);
if (flag !== "--check") writeFileSync(join(__dirname, "../lib/planning/backbone.ts"), source());

/** A greedy spanner, whose links are then lengthened or shortened to the least sum of errors. */
function fitLinks(pairs: readonly Measurement[]): Link[] {
  const chosen: Link[] = [];
  let paths = shortestPaths(chosen, REGIONS.length);
  for (const pair of [...pairs].sort((a, b) => a.ms - b.ms || (a.from + a.to < b.from + b.to ? -1 : 1))) {
    const [from, to] = at(pair);
    if (paths[from]![to]! <= STRETCH * pair.ms) continue;
    chosen.push([from, to, pair.ms]);
    paths = shortestPaths(chosen, REGIONS.length);
  }
  return refine(chosen, pairs);
}

function refine(chosen: Link[], pairs: readonly Measurement[]): Link[] {
  let best = errorSum(chosen, pairs);
  for (const step of [0.08, 0.04, 0.02, 0.01]) {
    for (const link of chosen) {
      for (const factor of [1 - step, 1 + step]) {
        const before = link[2];
        link[2] = before * factor;
        const sum = errorSum(chosen, pairs);
        if (sum < best) best = sum;
        else link[2] = before;
      }
    }
  }
  return chosen.map(([from, to, ms]) => [from, to, Math.round(ms * 10) / 10]);
}

function errorSum(chosen: readonly Link[], pairs: readonly Measurement[]): number {
  const paths = shortestPaths(chosen, REGIONS.length);
  let sum = 0;
  for (const pair of pairs) {
    const [from, to] = at(pair);
    sum += Math.abs(Math.min(paths[from]![to]!, 1000) - pair.ms);
  }
  return sum;
}

function errorsOf(chosen: readonly Link[], pairs: readonly Measurement[]): ModelError {
  const paths = shortestPaths(chosen, REGIONS.length);
  return modelError(pairs, (from, to) => paths[indexOf.get(from)!]![indexOf.get(to)!]);
}

/** Each pair is predicted by a fit that has not seen it. */
function heldBack(): ModelError {
  const predicted = new Map<Measurement, number>();
  const sorted = [...measured].sort((a, b) => (a.from + a.to < b.from + b.to ? -1 : 1));
  for (let fold = 0; fold < FOLDS; fold++) {
    const [train, test] = [true, false].map((isTrain) => sorted.filter((_, i) => (i % FOLDS !== fold) === isTrain));
    const paths = shortestPaths(fitLinks(train!), REGIONS.length);
    for (const pair of test!) {
      const [from, to] = at(pair);
      predicted.set(pair, paths[from]![to]!);
    }
  }
  const byPair = new Map([...predicted].map(([{ from, to }, ms]) => [`${from} ${to}`, ms]));
  return modelError(measured, (from, to) => byPair.get(`${from} ${to}`));
}

/** Regions without measurements are linked to the nearest others, with the others' speed. */
function unmeasured(): Link[] {
  const known = new Set(measured.flatMap(at));
  const pace = (pair: Measurement) => pair.ms / kilometers(REGIONS[at(pair)[0]]!, REGIONS[at(pair)[1]]!);
  const near = measured.filter((pair) => kilometers(REGIONS[at(pair)[0]]!, REGIONS[at(pair)[1]]!) < 2500).map(pace);
  const median = near.sort((a, b) => a - b)[near.length >> 1]!;
  return REGIONS.flatMap((region, index) => {
    if (known.has(index)) return [];
    const others = [...known].map((other) => ({ other, km: kilometers(region, REGIONS[other]!) }));
    others.sort((a, b) => a.km - b.km);
    return others.slice(0, NEIGHBOURS).map(({ other, km }): Link => {
      return [index, other, Math.round(10 * km * median) / 10];
    });
  });
}

function rows(name: string, { pairs, medianMs, meanMs, p90Ms, worstMs, medianPercent }: ModelError): string[][] {
  return [[name, `${pairs}`, ...[medianMs, meanMs, p90Ms, worstMs, medianPercent].map((each) => each.toFixed(1))]];
}

function table(cells: readonly string[][]): string {
  const header = ["", "pairs", "median", "mean", "p90", "worst ms", "median %"];
  return [header, ...cells]
    .map(([first = "", ...more]) => first.padEnd(10) + more.map((each) => each.padStart(10)).join(""))
    .join("\n");
}

function source(): string {
  const row = ([from, to, ms]: Link) => `  ["${REGIONS[from]!.name}", "${REGIONS[to]!.name}", ${ms}],`;
  const error = (each: ModelError) => {
    const numbers = Object.entries(each).map(([name, value]) => `${name}: ${Math.round(value * 10) / 10}`);
    return `{ ${numbers.join(", ")} }`;
  };
  return `// Written by scripts/fit-latency.ts.
import type { ModelError } from "./model-error";

/** When Google's Performance Dashboard showed the round trips that the links are fitted to. */
export const BACKBONE_MEASURED = "${date}";

/** Errors of the fit, and of fits for the pairs that they had not seen (${FOLDS} folds). */
export const BACKBONE_ERRORS: { readonly fitted: ModelError; readonly heldBack: ModelError } = {
  fitted: ${error(fitted)},
  heldBack: ${error(held)},
};

/** Regions that were not measured: their links are distance at the others' median speed. */
export const BY_DISTANCE: readonly string[] = ${JSON.stringify([...new Set(byDistance.map(([from]) => REGIONS[from]!.name))]).replaceAll(",", ", ")};

/** Links whose shortest paths reproduce the measured round trips, in milliseconds. */
// biome-ignore format: one row for each link
export const BACKBONE_LINKS: readonly (readonly [from: string, to: string, ms: number])[] = [
${[...links, ...byDistance].map(row).join("\n")}
];
`;
}
