import fc from "fast-check";
import { REGIONS } from "../../lib/google/regions";
import { demandCountries } from "../../lib/planning/demand";
import { roundTrips } from "../../lib/planning/latency";
import { type Choice, choose, serving } from "../../lib/planning/region-choice";
import { leastByHighs } from "./highs";

/** Every choice, one after the other. */
function leastByTrying(problem: Choice): number | undefined {
  const size = problem.costs[0]!.length;
  let least: number | undefined;
  for (let set = 0; set < 1 << size; set++) {
    const open = [...Array(size).keys()].filter((each) => set & (1 << each));
    const price = open.reduce((sum, each) => sum + (problem.prices?.[each] ?? 0), 0);
    if (open.length !== problem.count || !problem.required.every((each) => open.includes(each))) continue;
    if (problem.budget !== undefined && price > problem.budget) continue;
    const sum = problem.weights.reduce((total, weight, client) => {
      const to = serving(problem.costs[client]!, problem.distances[client]!, open);
      return total + weight * (to === undefined ? Number.POSITIVE_INFINITY : problem.costs[client]![to]!);
    }, 0);
    if (Number.isFinite(sum) && !(sum >= least!)) least = sum;
  }
  return least;
}

const SIZE = 7;
const row = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: SIZE, maxLength: SIZE });
const problems: fc.Arbitrary<Choice> = fc
  .record({
    count: fc.integer({ min: 1, max: 4 }),
    clients: fc.array(
      fc.record({
        weight: fc.integer({ min: 1, max: 50 }),
        distances: row(fc.integer({ min: 0, max: 300 })),
        isAllowed: row(fc.boolean()),
        anywhere: fc.boolean(),
      }),
      { minLength: 1, maxLength: 9 },
    ),
    cold: row(fc.constantFrom(0, 0, 0, 40, 400)),
    prices: row(fc.integer({ min: 0, max: 20 })),
    budget: fc.option(fc.integer({ min: 5, max: 60 }), { nil: undefined }),
    required: fc.option(fc.integer({ min: 0, max: SIZE - 1 }), { nil: undefined }),
  })
  .map(({ count, clients, cold, prices, budget, required }) => ({
    count,
    weights: clients.map(({ weight }) => weight),
    // Different distances, so that the nearest one is one.
    distances: clients.map(({ distances }) => distances.map((each, index) => each + index / 100)),
    costs: clients.map(({ distances, isAllowed, anywhere }) =>
      distances.map((each, index) =>
        anywhere || isAllowed[index] ? each + index / 100 + cold[index]! : Number.POSITIVE_INFINITY,
      ),
    ),
    required: required === undefined ? [] : [required],
    ...(budget === undefined ? {} : { prices, budget }),
  }));

test("finds the least sum of any small problem, with cold starts, budgets and residency", () => {
  fc.assert(
    fc.property(problems, (problem) => {
      const chosen = choose(problem);
      const least = leastByTrying(problem);
      if (least === undefined) return expect(chosen).toBeUndefined();
      expect(chosen!.open).toHaveLength(problem.count);
      expect(chosen!.sum).toBeCloseTo(least, 6);
    }),
    { numRuns: 300 },
  );
});

test("finds it where candidates cost the same for many clients, too", () => {
  const coarse = problems.map(({ costs, ...problem }) => {
    const whole = costs.map((each) => each.map((one) => (one <= 150 ? 0 : one === Number.POSITIVE_INFINITY ? one : 1)));
    return { ...problem, costs: whole, distances: whole };
  });
  fc.assert(
    fc.property(coarse, (problem) => {
      const least = leastByTrying(problem);
      expect(choose(problem)?.sum ?? -1).toBeCloseTo(least ?? -1, 6);
    }),
    { numRuns: 300 },
  );
});

test("says of any target whether a choice reaches it", () => {
  fc.assert(
    fc.property(problems, fc.integer({ min: 0, max: 5000 }), (problem, target) => {
      const least = leastByTrying(problem);
      expect(choose({ ...problem, target }) !== undefined).toBe(least !== undefined && least <= target);
    }),
    { numRuns: 300 },
  );
});

/** The places with the most internet users, and every region. */
const places = [...demandCountries().values()]
  .flatMap((country) => country.places)
  .sort((a, b) => b.weight - a.weight)
  .slice(0, 30);
const total = places.reduce((sum, { weight }) => sum + weight, 0);
const distances = places.map((place) => roundTrips(place).map(({ totalMs }) => totalMs));
const real: Choice = {
  count: 3,
  weights: places.map(({ weight }) => weight / total),
  costs: distances,
  distances,
  required: [],
};
const within = (ms: number) => distances.map((each) => each.map((one) => (one <= ms ? 0 : 1)));
const tier2 = (extra: number) =>
  distances.map((each) => each.map((ms, index) => ms + (REGIONS[index]!.cloudRunTier === 2 ? extra : 0)));

test.each<[string, Choice]>([
  ["one region", { ...real, count: 1 }],
  ["three regions", real],
  ["eight regions", { ...real, count: 8 }],
  ["a region that must be there", { ...real, required: [0] }],
  ["a budget", { ...real, count: 4, prices: REGIONS.map(({ cloudRunTier }) => 10 * cloudRunTier), budget: 50 }],
  [
    "residency",
    {
      ...real,
      costs: distances.map((each, client) =>
        each.map((ms, index) => (client % 5 === 0 && index % 2 === 0 ? Number.POSITIVE_INFINITY : ms)),
      ),
    },
  ],
  ["cold starts in every region of tier 2", { ...real, costs: tier2(80) }],
  ["clients above 100 ms", { ...real, costs: within(100) }],
  ["clients above 60 ms", { ...real, count: 6, costs: within(60) }],
])("a general solver finds nothing better for the world's regions: %s", async (_, problem) => {
  expect(choose(problem)!.sum).toBeCloseTo((await leastByHighs(problem))!, 5);
});
