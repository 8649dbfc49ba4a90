import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findRegion, kilometers, REGIONS } from "../../lib/google/regions";
import { Demand } from "../../lib/planning/demand";
import { roundTrips } from "../../lib/planning/latency";
import { PlanObjective, RegionPlan, type RegionPlanOptions, visitsOf } from "../../lib/planning/region-plan";
import { leastByHighs } from "./highs";

const europe = Demand.countries({ DE: 3, FR: 2, PL: 1, ES: 1 });
const few = { demand: europe, count: 2 };
const tier1 = (usd: number, tier2: number) =>
  Object.fromEntries(REGIONS.map(({ name, cloudRunTier }) => [name, cloudRunTier === 1 ? usd : tier2]));

describe("the plan for all internet users", () => {
  const plan = RegionPlan.optimal({ count: 3 });

  test("has regions on three continents, and is the same each time", () => {
    expect(plan.regions.map((name) => findRegion(name)!.continent).sort()).toEqual(["AS", "EU", "NA"]);
    expect(RegionPlan.optimal({ count: 3 })).toEqual(plan);
  });

  test("serves everyone once, and says from where", () => {
    expect(plan.served.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    const american = plan.served.find(({ region }) => findRegion(region)!.continent === "NA")!;
    expect(american.countries.slice(0, 3)).toEqual(["US", "BR", "MX"]);
    expect(plan.p50Ms).toBeLessThan(plan.meanMs);
    expect(plan.p95Ms).toBeLessThan(plan.worstMs);
  });

  test("serves each place from where the round trip is least", () => {
    const position = (name: string) => REGIONS.findIndex((region) => region.name === name);
    for (const { place, region, ms } of visitsOf(plan.regions)) {
      const trips = roundTrips(place);
      const least = Math.min(...plan.regions.map((name) => trips[position(name)]!.totalMs));
      expect([ms, trips[position(region)]!.totalMs]).toEqual([least, least]);
    }
  });

  test("one region more never makes it worse, and is added to those that are there", () => {
    const next = plan.withNext()!;
    expect(next.regions).toEqual(expect.arrayContaining(plan.regions));
    expect(next.regions).toHaveLength(4);
    expect(next.meanMs).toBeLessThan(plan.meanMs);
  });

  test("is better than any of the regions that people name without it", () => {
    const usual = RegionPlan.of(["europe-west1", "us-central1", "asia-southeast1"], { count: 3 });
    expect(plan.meanMs).toBeLessThan(usual.meanMs);
  });
});

describe("objectives", () => {
  const demand = Demand.countries({ US: 5, BR: 2, DE: 3, JP: 2, NG: 1 });
  const by = (objective: PlanObjective) => RegionPlan.optimal({ count: 3, demand, objective });
  const [mean, p95, worst] = [PlanObjective.MEAN, PlanObjective.P95, PlanObjective.WORST].map(by) as [
    RegionPlan,
    RegionPlan,
    RegionPlan,
  ];

  test("each is the best at its own", () => {
    expect(Math.min(mean.meanMs, p95.meanMs, worst.meanMs)).toBe(mean.meanMs);
    expect(Math.min(mean.p95Ms, p95.p95Ms, worst.p95Ms)).toBe(p95.p95Ms);
    expect(Math.min(mean.worstMs, p95.worstMs, worst.worstMs)).toBe(worst.worstMs);
  });

  test("a general solver finds no smaller 95th percentile and no smaller worst latency", async () => {
    const trips = demand.points.map((place) => roundTrips(place).map(({ totalMs }) => totalMs));
    const total = demand.points.reduce((sum, { weight }) => sum + weight, 0);
    const weights = demand.points.map(({ weight }) => weight / total);
    const above = (ms: number, own: readonly number[]) => ({
      count: 3,
      weights: own,
      costs: trips.map((row) => row.map((each) => (each <= ms ? 0 : 1))),
      distances: trips,
      required: [],
    });
    const { p95Ms } = p95;
    expect(await leastByHighs(above(p95Ms, weights))).toBeLessThanOrEqual(0.05 + 1e-9);
    expect(await leastByHighs(above(p95Ms - 0.1, weights))).toBeGreaterThan(0.05);
    const { worstMs } = worst;
    const ones = weights.map(() => 1);
    expect(await leastByHighs(above(worstMs, ones))).toBeCloseTo(0);
    expect(await leastByHighs(above(worstMs - 0.1, ones))).toBeGreaterThan(0.5);
  }, 120_000);
});

describe("constraints", () => {
  test("what is required is there, what is forbidden is not", () => {
    const best = RegionPlan.optimal(few).regions;
    const plan = RegionPlan.optimal({ ...few, required: ["us-east1"], forbidden: best });
    expect(plan.regions).toContain("us-east1");
    expect(plan.regions.filter((name) => best.includes(name))).toEqual([]);
  });

  test("a GPU is sold in every region; by invitation only on request", () => {
    expect(RegionPlan.optimal({ count: 5, gpu: "l4" }).regions.sort()).toEqual([
      "asia-southeast1",
      "europe-west1",
      "europe-west4",
      "us-central1",
      "us-east4",
    ]);
    expect(RegionPlan.optimal({ count: 6, gpu: "l4", invited: true }).regions).toContain("asia-south1");
    const machines = RegionPlan.optimal({ count: 2, gpu: "a4-highgpu-8g" }).regions;
    for (const name of machines) expect(findRegion(name)!.gpuZones.has("a4")).toBe(true);
  });

  test("price tier and carbon are those of every region", () => {
    const plan = RegionPlan.optimal({ count: 3, maxPriceTier: 1, maxGramsCo2PerKwh: 100 });
    for (const name of plan.regions) {
      expect(findRegion(name)!.cloudRunTier).toBe(1);
      expect(findRegion(name)!.gramsCo2PerKwh).toBeLessThanOrEqual(100);
    }
  });

  test("a budget holds for all regions together, and costs latency", () => {
    const usdPerMonth = tier1(100, 130);
    const free = RegionPlan.optimal({ count: 4, usdPerMonth });
    const cheap = RegionPlan.optimal({ count: 4, usdPerMonth, maxUsdPerMonth: 400 });
    expect(free.usdPerMonth).toBeGreaterThan(400);
    expect(cheap.usdPerMonth).toBe(400);
    expect(cheap.meanMs).toBeGreaterThan(free.meanMs);
  });

  test("clients of a residency group are served in their regions, however far those are", () => {
    const residency = [{ countries: ["DE", "FR"], regions: ["us-east1", "us-west1"] }];
    const { served, regions } = RegionPlan.optimal({ ...few, residency });
    expect(regions).toContain("us-east1");
    expect(served.find(({ region }) => region === "us-east1")!.countries.sort()).toEqual(["DE", "FR"]);
  });

  test("a region without warm instances is charged its cold start, and still gets the clients nearest to it", () => {
    const [near] = RegionPlan.optimal({ count: 1, demand: europe }).regions;
    const cold = { coldRegions: [near!], coldStartMs: 30 };
    const plan = RegionPlan.of([near!, "us-east1"], { count: 2, demand: europe, ...cold });
    expect(plan.served[0]).toMatchObject({ region: near, share: 1 });
    expect(plan.meanMs).toBeCloseTo(RegionPlan.of([near!], { count: 1, demand: europe }).meanMs + 30);
    expect(RegionPlan.optimal({ count: 1, demand: europe, ...cold }).regions).not.toContain(near);
  });

  test("a country that is slower than the model is slower in the plan", () => {
    const plan = RegionPlan.optimal({ ...few, extraMs: { DE: 40 } });
    expect(plan.meanMs - RegionPlan.optimal(few).meanMs).toBeCloseTo((40 * 3) / 7, 0);
  });
});

test.each<[string, Partial<RegionPlanOptions>, string]>([
  ["no region", { count: 0 }, "count: got 0, allowed is a whole number from 1 to 43"],
  [
    "more than there are",
    { count: 6, gpu: "l4" },
    "at most 5, the regions that every constraint allows (gpu l4 excludes 38)",
  ],
  ["an unknown region", { required: ["europe-wset1"] }, 'required: got "europe-wset1"'],
  ["a misspelled region", { forbidden: ["us-cental1"] }, 'did you mean "us-central1"?'],
  ["a required and forbidden region", { required: ["us-east1"], forbidden: ["us-east1"] }, "forbidden excludes it"],
  ["a required region without the GPU", { required: ["us-east1"], gpu: "l4" }, "gpu l4 excludes it"],
  [
    "a required region of too much carbon",
    { required: ["asia-south1"], maxGramsCo2PerKwh: 100 },
    "maxGramsCo2PerKwh 100 excludes it",
  ],
  ["more required than wanted", { count: 1, required: ["us-east1", "us-west1"] }, "at least 2, the regions required"],
  ["a GPU that is none", { gpu: "l5" }, 'did you mean "l4"?'],
  ["a third price tier", { maxPriceTier: 3 }, "maxPriceTier: got 3"],
  [
    "a residency group without a region",
    { residency: [{ countries: ["DE"], regions: ["europe-west3"] }], forbidden: ["europe-west3"] },
    "europe-west3 by forbidden",
  ],
  [
    "a residency group of an unknown country",
    { residency: [{ countries: ["Germany"], regions: ["europe-west3"] }] },
    'did you mean "DE"?',
  ],
  [
    "more residency groups than regions",
    {
      count: 1,
      residency: [
        { countries: ["DE"], regions: ["europe-west3"] },
        { countries: ["FR"], regions: ["europe-west9"] },
      ],
    },
    "groups that 1 regions can serve",
  ],
  ["a budget without prices", { maxUsdPerMonth: 100 }, "price not known"],
  [
    "a budget below the cheapest",
    { count: 2, usdPerMonth: tier1(100, 130), maxUsdPerMonth: 150 },
    "at least 200.00, what the cheapest 2 regions cost",
  ],
  [
    "a budget that residency exceeds",
    {
      count: 2,
      usdPerMonth: tier1(100, 130),
      maxUsdPerMonth: 220,
      residency: [{ countries: ["DE"], regions: ["europe-west3"] }],
    },
    "maxUsdPerMonth: got 220",
  ],
  [
    "a misspelled option",
    { forbiden: ["us-east1"] } as Partial<RegionPlanOptions>,
    'forbiden: got ["us-east1"], allowed is a prop of RegionPlanOptions; did you mean forbidden?',
  ],
  [
    "an objective that is none",
    { objective: "p99" as PlanObjective },
    'objective: got "p99", allowed is "mean", "p95", "worst"',
  ],
  ["cold regions without their cold start", { coldRegions: ["us-east1"] }, "coldStartMs: got 0"],
  ["a correction of an unknown country", { extraMs: { Germany: 3 } }, 'did you mean "DE"?'],
  [
    "a residency group without clients",
    { residency: [{ countries: ["JP"], regions: ["europe-west3"] }] },
    'residency: got "JP", allowed is a group with clients',
  ],
  ["a negative cold start", { coldStartMs: -1 }, "coldStartMs: got -1"],
])("fails for %s", (_, options, message) => {
  expect(() => RegionPlan.optimal({ demand: europe, count: 2, ...options })).toThrow(message);
});

describe("the guide's comparison of nearest by kilometre and nearest by the model", () => {
  const guide = readFileSync(join(__dirname, "../../docs/planning.md"), "utf8");
  const rows = [...guide.matchAll(/^\| `([a-z0-9-, ]+)` \| (\d+) % \| ([\d.]+) ms \|$/gm)];

  test.each(rows.map(([, regions = "", share, ms]) => [regions, Number(share), Number(ms)] as const))(
    "%s: %p %% of users, %p ms",
    (names, share, lostMs) => {
      const { points } = Demand.internetUsers();
      const total = points.reduce((sum, { weight }) => sum + weight, 0);
      const regions = names.split(", ").map((name) => REGIONS.findIndex((each) => each.name === name));
      let [other, lost] = [0, 0];
      for (const place of points) {
        const trips = roundTrips(place);
        const nearest = (length: (region: number) => number) =>
          regions.reduce((best, each) => (length(each) < length(best) ? each : best));
        const byModel = nearest((region) => trips[region]!.totalMs);
        const byKm = nearest((region) => kilometers(place, REGIONS[region]!));
        if (byKm !== byModel) other += place.weight / total;
        lost += (place.weight / total) * (trips[byKm]!.totalMs - trips[byModel]!.totalMs);
      }
      expect([Math.round(100 * other), Math.round(10 * lost) / 10]).toEqual([share, lostMs]);
    },
  );

  test("has rows", () => expect(rows.length).toBeGreaterThanOrEqual(3));
});
