import { checked } from "../core/checked";
import type { ValidationError } from "../core/errors";
import { REGIONS, type RegionFacts } from "../google/regions";
import { groupBy } from "../topology/group-by";
import { Demand, type DemandPlace, demandCountries } from "./demand";
import { ACCESS, roundTrips } from "./latency";
import { type Choice, choose, serving } from "./region-choice";
import { checkFeasible, checkOptions, checkResidency, problem, refusal } from "./region-constraints";

/** Which latency a plan makes as small as it can be. */
export enum PlanObjective {
  /** The mean over all clients. */
  MEAN = "mean",
  /** What 95 of 100 clients stay below; among equal plans, a small mean. */
  P95 = "p95",
  /** That of the place farthest away; among equal plans, the least mean. */
  WORST = "worst",
}

/** Countries whose clients only some regions may serve. */
export interface ResidencyGroup {
  /** ISO 3166-1 alpha-2 codes. */
  readonly countries: string[];
  /** Regions of which at least one is chosen for them. */
  readonly regions: string[];
}

export interface RegionPlanOptions {
  /** How many regions. */
  readonly count: number;
  /** Where the clients are. @default all internet users */
  readonly demand?: Demand;
  /** @default PlanObjective.MEAN */
  readonly objective?: PlanObjective;
  /** Regions that are in the plan. @default none */
  readonly required?: string[];
  /** Regions that are not. @default none */
  readonly forbidden?: string[];
  /** Whose data stays where. @default anyone may be served anywhere */
  readonly residency?: ResidencyGroup[];
  /**
   * The GPU that must be sold there: `l4` or `rtx-pro-6000` for Cloud Run, or a machine type of
   * Compute Engine, such as `g2-standard-8`. @default no GPU
   */
  readonly gpu?: string;
  /** Whether regions that sell the GPU by invitation only count too. @default false */
  readonly invited?: boolean;
  /** The highest price tier of Cloud Run, 1 or 2. @default 2 */
  readonly maxPriceTier?: number;
  /** The highest carbon intensity of the grid, in gCO2eq/kWh. @default any */
  readonly maxGramsCo2PerKwh?: number;
  /**
   * What a region costs a month, in USD, for `maxUsdPerMonth`; `global-ai-api regions` takes it
   * from the price list. A region that is not listed has no known price. @default none
   */
  readonly usdPerMonth?: { [region: string]: number };
  /** What all regions may cost a month together, in USD. @default any sum */
  readonly maxUsdPerMonth?: number;
  /** Regions without warm instances. @default none */
  readonly coldRegions?: string[];
  /**
   * What a request waits there for a cold start, on average over all requests, in ms. Clients go to
   * the nearest region all the same. @default 0
   */
  readonly coldStartMs?: number;
  /** Round trip in the clients' own network, in ms. @default 8: a fixed line */
  readonly lastMileMs?: number;
  /** By country: how much longer its round trips are than the model's, in ms. @default none */
  readonly extraMs?: { [country: string]: number };
}

/** Round trips of the clients of a continent. */
export interface ContinentLatency {
  /** AF, AS, EU, NA, OC or SA. */
  readonly continent: string;
  /** Share of all clients, from 0 to 1. */
  readonly share: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Who a region serves. */
export interface ServedRegion {
  readonly region: string;
  /** Share of all clients, from 0 to 1. */
  readonly share: number;
  readonly meanMs: number;
  /** The countries with the most clients here, most first. */
  readonly countries: string[];
}

/**
 * The regions with the least modelled latency for given clients: exact, deterministic, without any
 * look at the network. `regions: RegionPlan.optimal({ count: 3 }).regions`.
 *
 * The model: the client's own network, the public internet up to Google, Google's backbone as
 * measured in November 2023. Latencies are median round trips from client to region.
 */
@checked
export class RegionPlan {
  /**
   * The best plan.
   *
   * @throws ValidationError for unknown regions, countries and GPUs, and for constraints that no
   * plan meets; it names the constraint.
   */
  public static optimal(options: RegionPlanOptions): RegionPlan {
    return new RegionPlan(new Planning(options), undefined);
  }

  /**
   * What given regions serve, without looking for better ones.
   *
   * @throws ValidationError as `optimal` does.
   */
  public static of(regions: string[], options: RegionPlanOptions): RegionPlan {
    const planning = new Planning({ ...options, count: regions.length, required: regions });
    return new RegionPlan(planning, regions);
  }

  /** The regions, in the order of their clients, most first. */
  public readonly regions: string[];
  public readonly served: ServedRegion[];
  /** By continent, as far as the clients' country is known. */
  public readonly continents: ContinentLatency[];
  /** Mean round trip to Google's edge, where handshakes end. */
  public readonly meanEdgeMs: number;
  public readonly meanMs: number;
  public readonly p50Ms: number;
  public readonly p95Ms: number;
  public readonly worstMs: number;
  /** What the regions cost a month together; undefined where the price of one is not known. */
  public readonly usdPerMonth?: number;

  private constructor(
    private readonly planning: Planning,
    given: readonly string[] | undefined,
  ) {
    const open = given ? planning.indices(given) : planning.best();
    const visits = planning.visits(open);
    const total = visits.reduce((sum, { weight }) => sum + weight, 0);
    const byRegion = groupBy(visits, ({ region }) => region);
    this.served = open
      .map((index): ServedRegion => {
        const region = planning.candidates[index]!.name;
        const own = byRegion.get(region) ?? [];
        const weight = own.reduce((sum, each) => sum + each.weight, 0);
        const byCountry = [...groupBy(own, ({ country }) => country)].map(([country, some]) => {
          return { country, weight: some.reduce((sum, each) => sum + each.weight, 0) };
        });
        return {
          region,
          share: weight / total,
          meanMs: weight === 0 ? 0 : own.reduce((sum, each) => sum + each.weight * each.ms, 0) / weight,
          countries: byCountry.sort((a, b) => b.weight - a.weight).map(({ country }) => country),
        };
      })
      .sort((a, b) => b.share - a.share || (a.region < b.region ? -1 : 1));
    this.regions = this.served.map(({ region }) => region);
    const continentOf = ({ country = "" }: Visit) => demandCountries().get(country)?.continent;
    this.continents = [...groupBy(visits, continentOf)]
      .map(([continent, own]): ContinentLatency => {
        const share = own.reduce((sum, { weight }) => sum + weight, 0) / total;
        return { continent, share, p50Ms: percentile(own, 0.5), p95Ms: percentile(own, 0.95) };
      })
      .sort((a, b) => (a.continent < b.continent ? -1 : 1));
    this.meanEdgeMs = visits.reduce((sum, { weight, edgeMs }) => sum + weight * edgeMs, 0) / total;
    this.meanMs = visits.reduce((sum, { weight, ms }) => sum + weight * ms, 0) / total;
    this.p50Ms = percentile(visits, 0.5);
    this.p95Ms = percentile(visits, 0.95);
    this.worstMs = percentile(visits, 1);
    const prices = open.map((index) => planning.priceOf(index));
    if (prices.every((each) => each !== undefined)) this.usdPerMonth = prices.reduce((sum, each) => sum + each, 0);
  }

  /**
   * The same with one region more, those of this plan kept; undefined where no other is possible.
   */
  public withNext(): RegionPlan | undefined {
    const { options, candidates } = this.planning;
    if (candidates.length <= this.regions.length) return undefined;
    const budget = options.maxUsdPerMonth === undefined ? {} : { maxUsdPerMonth: Number.MAX_VALUE };
    return RegionPlan.optimal({ ...options, ...budget, count: this.regions.length + 1, required: this.regions });
  }
}

/** Clients of a place, and the region that they go to. */
export interface Visit {
  readonly place: DemandPlace;
  readonly region: string;
  readonly country?: string;
  readonly weight: number;
  readonly ms: number;
  readonly edgeMs: number;
}

/**
 * Where the clients of each place go if there are exactly these regions, in the order of the
 * demand.
 *
 * @throws ValidationError as `RegionPlan.of` does.
 */
export function visitsOf(regions: string[], options: Omit<RegionPlanOptions, "count" | "required"> = {}): Visit[] {
  const planning = new Planning({ ...options, count: regions.length, required: regions });
  return planning.visits(planning.indices(regions));
}

/** What so many of the clients stay below. */
export function percentile(visits: readonly { weight: number; ms: number }[], share: number): number {
  const sorted = [...visits].sort((a, b) => a.ms - b.ms);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  for (const { weight, ms } of sorted) {
    below += weight;
    if (below >= share * total - 1e-9 * total) return ms;
  }
  return sorted.at(-1)?.ms ?? 0;
}

/** The share of clients that may be above the 95th percentile. */
const ABOVE_P95 = 0.05;

/** The problem, with what the constraints leave of the regions. */
class Planning {
  public readonly candidates: readonly RegionFacts[];
  private readonly points: readonly DemandPlace[];
  private readonly weights: readonly number[];
  private readonly distances: readonly (readonly number[])[];
  private readonly edges: readonly (readonly number[])[];
  private readonly costs: readonly (readonly number[])[];
  private readonly hasColdRegions: boolean;

  public constructor(public readonly options: RegionPlanOptions) {
    checkOptions(options);
    const refused = new Map(
      REGIONS.flatMap((facts) => {
        const why = refusal(facts, options);
        return why === undefined ? [] : [[facts.name, why] as const];
      }),
    );
    this.candidates = REGIONS.filter(({ name }) => !refused.has(name));
    checkFeasible(
      options,
      this.candidates.map(({ name }) => name),
      refused,
    );
    const { demand = Demand.internetUsers(), extraMs = {}, lastMileMs = ACCESS.lastMileMs, residency = [] } = options;
    this.points = demand.points;
    checkResidency(residency, this.points);
    const total = this.points.reduce((sum, { weight }) => sum + weight, 0);
    this.weights = this.points.map(({ weight }) => weight / total);
    const positions = this.candidates.map((facts) => REGIONS.indexOf(facts));
    const trips = this.points.map((place) => {
      const all = roundTrips(place, { ...ACCESS, lastMileMs }, extraMs[place.country ?? ""] ?? 0);
      return positions.map((position) => all[position]!);
    });
    this.distances = trips.map((row) => row.map(({ totalMs }) => totalMs));
    this.edges = trips.map((row) => row.map(({ edgeMs }) => edgeMs));
    const { coldRegions = [], coldStartMs = 0 } = options;
    this.hasColdRegions = coldStartMs > 0 && coldRegions.length > 0;
    this.costs = this.distances.map((row, point) => {
      const groups = residency.filter(({ countries }) => countries.includes(this.points[point]!.country ?? ""));
      return row.map((ms, index) => {
        const { name } = this.candidates[index]!;
        if (groups.some(({ regions }) => !regions.includes(name))) return Number.POSITIVE_INFINITY;
        return ms + (coldRegions.includes(name) ? coldStartMs : 0);
      });
    });
  }

  public indices(names: readonly string[]): number[] {
    return names.map((name) => this.candidates.findIndex((each) => each.name === name));
  }

  public priceOf(index: number): number | undefined {
    return this.options.usdPerMonth?.[this.candidates[index]!.name];
  }

  public visits(open: readonly number[]): Visit[] {
    return this.points.map(({ country, weight }, point) => {
      const index = serving(this.costs[point]!, this.distances[point]!, open);
      if (index === undefined) throw this.impossible();
      const edgeMs = this.edges[point]![index]!;
      const region = this.candidates[index]!.name;
      return { place: this.points[point]!, region, country, weight, ms: this.costs[point]![index]!, edgeMs };
    });
  }

  public best(): readonly number[] {
    const { objective = PlanObjective.MEAN } = this.options;
    const mean = choose(this.problem());
    if (!mean) throw this.impossible();
    if (objective === PlanObjective.MEAN) return mean.open;
    const share = objective === PlanObjective.P95 ? ABOVE_P95 : 0;
    let best = mean.open;
    let [low, high] = [0, this.latencyOf(best, share)];
    const steps = [...new Set(this.costs.flat())].filter((ms) => ms < high).sort((a, b) => a - b);
    // The least of the latencies that some choice reaches.
    for (let last = steps.length; low < last; ) {
      const middle = (low + last) >> 1;
      const chosen = choose(this.within(steps[middle]!, share));
      if (chosen) [best, last, high] = [chosen.open, middle, steps[middle]!];
      else low = middle + 1;
    }
    return this.leastMean(best, high, share);
  }

  private problem(): Choice {
    const { count, required = [], maxUsdPerMonth } = this.options;
    return {
      count,
      weights: this.weights,
      costs: this.costs,
      distances: this.distances,
      required: this.indices(required),
      ...(maxUsdPerMonth === undefined
        ? {}
        : { budget: maxUsdPerMonth, prices: this.candidates.map((_, index) => this.priceOf(index) ?? 0) }),
    };
  }

  /** Whether no more than a share of the clients are above a latency: they count 1, others 0. */
  private within(ms: number, share: number): Choice {
    const count = (cost: number) => (cost === Number.POSITIVE_INFINITY ? cost : cost <= ms ? 0 : 1);
    const rows = this.costs.map((row, point) => ({
      costs: row.map(count),
      distances: this.distances[point]!,
      // Of the worst, every place counts the same, so that a small one is not lost to rounding.
      weight: share === 0 ? 1 / this.weights.length : this.weights[point]!,
    }));
    // Places that count the same everywhere are one, unless it matters which region is nearest.
    const merged = this.hasColdRegions
      ? rows
      : [...groupBy(rows, ({ costs }) => costs.join()).values()].map((same) => ({
          costs: same[0]!.costs,
          distances: same[0]!.costs,
          weight: same.reduce((sum, each) => sum + each.weight, 0),
        }));
    return {
      ...this.problem(),
      weights: merged.map(({ weight }) => weight),
      costs: merged.map(({ costs }) => costs),
      distances: merged.map(({ distances }) => distances),
      target: share,
    };
  }

  private latencyOf(open: readonly number[], share: number): number {
    return percentile(this.visits(open), 1 - share);
  }

  /** Of plans with a latency, the one with the least mean; for p95, one that exchanges reach. */
  private leastMean(found: readonly number[], ms: number, share: number): readonly number[] {
    if (share === 0) {
      const costs = this.costs.map((row) => row.map((cost) => (cost <= ms ? cost : Number.POSITIVE_INFINITY)));
      // With cold regions, whom the nearest must not serve may not go to another.
      return (this.hasColdRegions ? undefined : choose({ ...this.problem(), costs }))?.open ?? found;
    }
    const { prices = [], budget = Number.POSITIVE_INFINITY, required } = this.problem();
    const meanOf = (open: readonly number[]) => this.visits(open).reduce((sum, each) => sum + each.weight * each.ms, 0);
    const isAllowed = (open: readonly number[]) =>
      open.reduce((sum, each) => sum + (prices[each] ?? 0), 0) <= budget &&
      this.points.every((_, point) => serving(this.costs[point]!, this.distances[point]!, open) !== undefined) &&
      this.latencyOf(open, share) <= ms;
    let [best, least] = [found, meanOf(found)];
    for (let improved = true; improved; ) {
      improved = false;
      for (const out of best.filter((each) => !required.includes(each))) {
        for (let each = 0; each < this.candidates.length; each++) {
          if (best.includes(each)) continue;
          const next = best.map((one) => (one === out ? each : one));
          if (!isAllowed(next)) continue;
          const mean = meanOf(next);
          if (mean >= least - 1e-9) continue;
          [best, least, improved] = [next, mean, true];
          break;
        }
        if (improved) break;
      }
    }
    return best;
  }

  /** Each constraint can be met, but not all of them together. */
  private impossible(): ValidationError {
    const { count, maxUsdPerMonth, residency = [] } = this.options;
    const cheapest = this.candidates.map((_, index) => this.priceOf(index) ?? 0).sort((a, b) => a - b);
    const least = cheapest.slice(0, count).reduce((sum, each) => sum + each, 0);
    if (maxUsdPerMonth !== undefined) {
      return problem(
        "maxUsdPerMonth",
        maxUsdPerMonth,
        `a budget that covers ${count} regions with every other constraint; the cheapest ${count} cost ${least.toFixed(2)} USD a month`,
        "raise the budget, plan fewer regions, or drop a constraint",
      );
    }
    return problem(
      "residency",
      residency.map(({ countries }) => countries.join("+")),
      `groups that ${count} regions can serve`,
      "plan more regions, or let groups share a region",
    );
  }
}
