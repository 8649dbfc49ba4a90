import { ValidationError } from "../core/errors";
import { GPU_MACHINE_TYPES } from "../google/machine-types";
import { gpuRegions, REGIONS, type RegionFacts } from "../google/regions";
import { nearest } from "../language/nearest";
import { groupBy } from "../topology/group-by";
import { Demand, type DemandPlace } from "./demand";
import type { RegionPlanOptions, ResidencyGroup } from "./region-plan";

/** What is wrong with the options of a plan. */
export function problem(what: string, got: unknown, allowed: string, fix: string): ValidationError {
  return new ValidationError("RegionPlan", { what, got, allowed, fix });
}

/** Why a region cannot be in the plan, as the constraint that excludes it. */
export function refusal(facts: RegionFacts, options: RegionPlanOptions): string | undefined {
  const { forbidden = [], gpu, maxPriceTier = 2, maxGramsCo2PerKwh, maxUsdPerMonth, usdPerMonth } = options;
  if (forbidden.includes(facts.name)) return "forbidden";
  if (gpu !== undefined && !sellsGpu(facts, gpu, options.invited ?? false)) return `gpu ${gpu}`;
  if (facts.cloudRunTier > maxPriceTier) return `maxPriceTier ${maxPriceTier}`;
  // What is not published may be anything.
  if (maxGramsCo2PerKwh !== undefined && !(facts.gramsCo2PerKwh! <= maxGramsCo2PerKwh)) {
    return `maxGramsCo2PerKwh ${maxGramsCo2PerKwh}`;
  }
  if (maxUsdPerMonth !== undefined && usdPerMonth?.[facts.name] === undefined)
    return "maxUsdPerMonth (price not known)";
  return undefined;
}

const CLOUD_RUN_GPUS: Readonly<Record<string, keyof RegionFacts["gpus"]>> = { l4: "l4", "rtx-pro-6000": "rtxPro6000" };

function sellsGpu({ name, gpus }: RegionFacts, gpu: string, invited: boolean): boolean {
  const fact = CLOUD_RUN_GPUS[gpu];
  if (fact === undefined) return gpuRegions(gpu)?.includes(name) ?? false;
  return gpus[fact] === "ga" || (invited && gpus[fact] === "invite");
}

export function checkOptions(options: RegionPlanOptions): void {
  const { count, gpu, maxPriceTier = 2, coldStartMs = 0, lastMileMs = 0, residency = [] } = options;
  const { required = [], forbidden = [], coldRegions = [] } = options;
  if (!Number.isInteger(count) || count < 1) {
    throw problem("count", count, `a whole number from 1 to ${REGIONS.length}`, "plan at least one region");
  }
  for (const [what, names] of Object.entries({
    required,
    forbidden,
    coldRegions,
    usdPerMonth: Object.keys(options.usdPerMonth ?? {}),
  })) {
    checkRegions(what, names);
  }
  for (const group of residency) {
    checkRegions("residency", group.regions);
    // Throws for a country that is none.
    Demand.countries(Object.fromEntries(group.countries.map((code) => [code, 1])));
  }
  for (const code of Object.keys(options.extraMs ?? {})) Demand.countries({ [code]: 1 });
  if (coldRegions.length > 0 && coldStartMs === 0) {
    throw problem(
      "coldStartMs",
      coldStartMs,
      "what a request waits in coldRegions, in ms",
      "give it, or leave coldRegions out",
    );
  }
  const gpus = [...Object.keys(CLOUD_RUN_GPUS), ...GPU_MACHINE_TYPES];
  if (gpu !== undefined && !gpus.includes(gpu)) {
    const meant = nearest(gpu, gpus);
    throw problem(
      "gpu",
      gpu,
      "l4, rtx-pro-6000 or a machine type with GPU",
      meant ? `did you mean "${meant}"?` : "name a GPU of Cloud Run, or a machine type",
    );
  }
  if (maxPriceTier !== 1 && maxPriceTier !== 2)
    throw problem("maxPriceTier", maxPriceTier, "1 or 2", "Cloud Run has two price tiers");
  for (const [what, value] of Object.entries({
    coldStartMs,
    lastMileMs,
    maxUsdPerMonth: options.maxUsdPerMonth ?? 0,
    maxGramsCo2PerKwh: options.maxGramsCo2PerKwh ?? 0,
  })) {
    if (!(value >= 0)) throw problem(what, value, "a number from 0", "leave it out for none");
  }
}

function checkRegions(what: string, names: readonly string[]): void {
  for (const name of names) {
    if (REGIONS.some((each) => each.name === name)) continue;
    const meant = nearest(
      name,
      REGIONS.map((each) => each.name),
    );
    throw problem(
      what,
      name,
      "names of Google Cloud regions",
      meant ? `did you mean "${meant}"?` : "name a region, not a zone",
    );
  }
}

/** Constraints that contradict each other, and those that leave too few regions. */
export function checkFeasible(
  options: RegionPlanOptions,
  feasible: readonly string[],
  refused: ReadonlyMap<string, string>,
): void {
  const { count, required = [], residency = [], maxUsdPerMonth, usdPerMonth = {} } = options;
  for (const name of required) {
    const why = refused.get(name);
    if (why !== undefined)
      throw problem(
        "required",
        name,
        `regions that no other constraint excludes`,
        `${why} excludes it: drop one of the two`,
      );
  }
  const distinct = new Set(required);
  if (distinct.size > count) {
    throw problem(
      "count",
      count,
      `at least ${distinct.size}, the regions required`,
      "plan more regions, or require fewer",
    );
  }
  if (distinct.size !== required.length)
    throw problem("required", required, "each region once", "remove the repeated one");
  if (feasible.length < count) {
    const reasons = [...groupBy(refused.values(), (why) => why)].map(([why, all]) => `${why} excludes ${all.length}`);
    throw problem(
      "count",
      count,
      `at most ${feasible.length}, the regions that every constraint allows${reasons.length > 0 ? ` (${reasons.join(", ")})` : ""}`,
      "plan fewer regions, or drop a constraint",
    );
  }
  for (const { countries, regions } of residency) {
    if (regions.some((name) => feasible.includes(name))) continue;
    const reasons = regions.map((name) => `${name} by ${refused.get(name)}`).join(", ");
    throw problem(
      "residency",
      countries.join("+"),
      "a group with at least one region that every constraint allows",
      `excluded are ${reasons || "all, as none is listed"}`,
    );
  }
  if (maxUsdPerMonth === undefined) return;
  const spent = required.reduce((sum, name) => sum + (usdPerMonth[name] ?? 0), 0);
  const others = feasible.filter((name) => !required.includes(name)).map((name) => usdPerMonth[name] ?? 0);
  const cheapest = others.sort((a, b) => a - b).slice(0, count - required.length);
  const least = cheapest.reduce((sum, each) => sum + each, spent);
  if (least > maxUsdPerMonth) {
    throw problem(
      "maxUsdPerMonth",
      maxUsdPerMonth,
      `at least ${least.toFixed(2)}, what the cheapest ${count} regions cost${required.length > 0 ? " with those required" : ""}`,
      "raise the budget or plan fewer regions",
    );
  }
}

/** A group without clients has no effect: most likely their country was not given. */
export function checkResidency(residency: readonly ResidencyGroup[], places: readonly DemandPlace[]): void {
  for (const { countries } of residency) {
    if (places.some(({ country = "" }) => countries.includes(country))) continue;
    throw problem(
      "residency",
      countries.join("+"),
      "a group with clients in at least one of its countries",
      "give the country of each place, as the fourth column of CSV, or leave the group out",
    );
  }
}
