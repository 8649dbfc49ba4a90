import { existsSync, readFileSync } from "node:fs";
import { ValidationError } from "../lib/core/errors";
import { GPUS } from "../lib/google/cloud-run";
import { SECONDS_PER_MONTH } from "../lib/google/prices";
import { findRegion, REGIONS } from "../lib/google/regions";
import { BACKBONE_ERRORS, BACKBONE_MEASURED, BY_DISTANCE } from "../lib/planning/backbone";
import { calibrate } from "../lib/planning/calibration";
import { instanceUsdPerSecond, usd } from "../lib/planning/cost";
import { Demand, demandCountries } from "../lib/planning/demand";
import { directFirstByteMs, firstByteMs, Handshake, regionRoundTripMs } from "../lib/planning/latency";
import { type ModelError, modelError, readMeasurements } from "../lib/planning/model-error";
import { type PlanObjective, RegionPlan, type RegionPlanOptions } from "../lib/planning/region-plan";
import { answering, type CommandResult } from "./command";
import { positive, readPrices } from "./cost";
import { UnusableInput } from "./read-input";
import { table } from "./table";

/** As commander gives them: everything that the user wrote is text. */
export interface RegionsOptions {
  readonly count?: string;
  readonly regions?: string;
  readonly objective?: string;
  readonly demand?: string;
  readonly countries?: string;
  readonly cities?: string;
  readonly without?: string;
  readonly require?: string;
  readonly forbid?: string;
  readonly residency?: readonly string[];
  readonly gpu?: string;
  readonly invited?: boolean;
  readonly maxTier?: string;
  readonly maxCo2?: string;
  readonly maxUsd?: string;
  readonly cpu?: string;
  readonly memoryGib?: string;
  readonly warm?: string;
  readonly cold?: string;
  readonly coldStart?: string;
  readonly lastMile?: string;
  readonly measured?: string;
  readonly firstToken?: string;
  readonly prices?: string;
  readonly model?: boolean;
  readonly checkModel?: string;
  readonly json?: boolean;
}

/** The best regions for given clients. Exit code 2: unusable input, contradictory constraints. */
export function regions(options: RegionsOptions = {}): CommandResult {
  return answering(() => {
    if (options.model || options.checkModel !== undefined) return { exitCode: 0, stdout: model(options), stderr: "" };
    const settings = planOptions(options);
    const plan =
      options.regions === undefined ? RegionPlan.optimal(settings) : RegionPlan.of(list(options.regions), settings);
    const next = plan.withNext();
    return {
      exitCode: 0,
      stdout: options.json
        ? json(plan, next)
        : text(plan, next, settings, positive("--first-token", options.firstToken) ?? 0),
      stderr: "",
    };
  }, [UnusableInput, ValidationError]);
}

function planOptions(options: RegionsOptions): RegionPlanOptions {
  const lastMileMs = positive("--last-mile", options.lastMile);
  const calibration = options.measured === undefined ? [] : calibrate(read(options.measured), lastMileMs);
  const set = <T>(name: keyof RegionPlanOptions, value: T | undefined) =>
    value === undefined ? {} : { [name]: value };
  return {
    count: positive("--count", options.count) ?? 3,
    demand: demand(options),
    usdPerMonth: usdPerMonth(options),
    residency: (options.residency ?? []).map(residencyGroup),
    extraMs: Object.fromEntries(calibration.map(({ country, extraMs }) => [country, extraMs])),
    ...set("objective", options.objective as PlanObjective | undefined),
    ...set("required", options.require && list(options.require)),
    ...set("forbidden", options.forbid && list(options.forbid)),
    ...set("gpu", options.gpu),
    ...set("invited", options.invited),
    ...set("maxPriceTier", positive("--max-tier", options.maxTier)),
    ...set("maxGramsCo2PerKwh", positive("--max-co2", options.maxCo2)),
    ...set("maxUsdPerMonth", positive("--max-usd", options.maxUsd)),
    ...set("coldRegions", options.cold && list(options.cold)),
    ...set("coldStartMs", positive("--cold-start", options.coldStart)),
    ...set("lastMileMs", lastMileMs),
  };
}

function demand({ demand: file, countries, cities, without }: RegionsOptions): Demand {
  const given = Object.entries({
    "--demand": file,
    "--countries": countries,
    "--cities": cities,
    "--without": without,
  });
  const used = given.flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (used.length > 1) throw new UnusableInput(`${used.join(" and ")} exclude each other: give one`);
  if (file !== undefined) return Demand.csv(read(file));
  if (countries !== undefined) return Demand.countries(countryWeights(countries));
  if (cities !== undefined) return Demand.cities(weights("--cities", cities, ";", 1));
  return Demand.internetUsers(without === undefined ? [] : list(without));
}

/** Countries without weight count as many as they have internet users. */
function countryWeights(given: string): Record<string, number> {
  const users = (code: string) =>
    demandCountries()
      .get(code)
      ?.places.reduce((sum, { weight }) => sum + weight, 0) ?? 1;
  const plain = list(given).filter((each) => !each.includes(":"));
  const named = list(given).filter((each) => each.includes(":"));
  if (plain.length > 0 && named.length > 0) {
    throw new UnusableInput(`--countries: give a weight to every country, or to none; ${plain.join(", ")} has none`);
  }
  if (named.length === 0) return Object.fromEntries(plain.map((code) => [code, users(code)]));
  return weights("--countries", given, ",", 1);
}

/** `Berlin:3;Paris:1`. */
function weights(option: string, given: string, separator: string, standard: number): Record<string, number> {
  return Object.fromEntries(
    list(given, separator).map((each) => {
      const [name = "", weight] = each.split(":").map((part) => part.trim());
      const number = weight === undefined ? standard : Number(weight);
      if (Number.isNaN(number))
        throw new UnusableInput(`${option}: the weight of ${name} must be a number, got ${weight}`);
      return [name, number];
    }),
  );
}

/** `DE,FR=europe-west3,europe-west9`. */
function residencyGroup(given: string) {
  const [countries, places, ...more] = given.split("=");
  if (!countries || !places || more.length > 0) {
    throw new UnusableInput(
      `--residency must be COUNTRIES=REGIONS, such as DE,FR=europe-west3,europe-west9; got ${given}`,
    );
  }
  return { countries: list(countries), regions: list(places) };
}

/** What the minimum instances of a service cost in each region; none where a price is not known. */
function usdPerMonth({ gpu, cpu, memoryGib, warm, prices }: RegionsOptions): Record<string, number> {
  const kind = GPUS.find(({ accelerator }) => accelerator === `nvidia-${gpu}`);
  // The price list has machines of Compute Engine, too, but no plan is made of them.
  if (gpu !== undefined && !kind) return {};
  const overrides = prices === undefined ? {} : readPrices(prices);
  const size = {
    cpu: positive("--cpu", cpu) ?? kind?.cpu.min ?? 1,
    memoryGiB: positive("--memory-gib", memoryGib) ?? (kind ? kind.memoryMiB.min / 1024 : 0.5),
    isBilledByRequest: kind === undefined,
    ...(kind ? { gpu: kind.accelerator } : {}),
  };
  const seconds = (positive("--warm", warm) ?? 1) * SECONDS_PER_MONTH;
  return Object.fromEntries(
    REGIONS.flatMap(({ name }) => {
      const { usd, missing } = instanceUsdPerSecond(size, name, "idle", overrides);
      return missing.length > 0 ? [] : [[name, usd * seconds]];
    }),
  );
}

function list(text: string, separator = ","): string[] {
  return text
    .split(separator)
    .map((each) => each.trim())
    .filter(Boolean);
}

function read(path: string): string {
  if (!existsSync(path)) throw new UnusableInput(`${path}: no such file`);
  return readFileSync(path, "utf8");
}

const ms = (value: number) => value.toFixed(0);
const SHOWN_COUNTRIES = 6;

function text(
  plan: RegionPlan,
  next: RegionPlan | undefined,
  { usdPerMonth: prices = {} }: RegionPlanOptions,
  firstToken: number,
): string {
  const rows = plan.served.map(({ region, share, meanMs, countries }) => {
    const { city = "", cloudRunTier = 0, gramsCo2PerKwh } = findRegion(region) ?? {};
    const more = countries.length > SHOWN_COUNTRIES ? ` and ${countries.length - SHOWN_COUNTRIES} more` : "";
    return [
      region,
      city,
      `${cloudRunTier}`,
      gramsCo2PerKwh === undefined ? "?" : `${gramsCo2PerKwh}`,
      `${(100 * share).toFixed(1)}%`,
      ms(meanMs),
      usd(prices[region]),
      countries.slice(0, SHOWN_COUNTRIES).join(" ") + more,
    ];
  });
  const header = ["region", "city", "tier", "gCO2/kWh", "clients", "mean ms", "USD a month", "serves"];
  const guessed = plan.regions.filter((each) => BY_DISTANCE.includes(each));
  return [
    table([header, ...rows]),
    "",
    `round trips: mean ${ms(plan.meanMs)} ms, half below ${ms(plan.p50Ms)} ms, 95% below ${ms(plan.p95Ms)} ms, all below ${ms(plan.worstMs)} ms`,
    `by continent, half and 95%: ${plan.continents.map(({ continent, p50Ms, p95Ms }) => `${continent} ${ms(p50Ms)}/${ms(p95Ms)}`).join(", ")}`,
    `first byte: ${firstByte(plan, firstToken)}`,
    `minimum instances: ${usd(plan.usdPerMonth)} USD a month`,
    ...(next ? [nextLine(plan, next)] : []),
    `model: backbone as measured on ${BACKBONE_MEASURED}, median error ${BACKBONE_ERRORS.heldBack.medianMs} ms; --model says more`,
    ...(guessed.length > 0 ? [`not measured, by distance only: ${guessed.join(", ")}`] : []),
    "",
  ].join("\n");
}

/** On average, after so many ms in the server. */
function firstByte({ meanEdgeMs: edgeMs, meanMs: totalMs }: RegionPlan, serverMs: number): string {
  const trip = { edgeMs, totalMs };
  const waits = [Handshake.OPEN, Handshake.HTTP3, Handshake.TLS13].map(
    (handshake) => `${ms(firstByteMs(trip, handshake, serverMs))} ms on ${handshake.name}`,
  );
  const direct = directFirstByteMs(trip, Handshake.TLS13, serverMs);
  return `${waits.join(", ")} (${ms(direct)} ms without a load balancer)${serverMs > 0 ? "" : ", and the server's own time"}`;
}

function nextLine(plan: RegionPlan, next: RegionPlan): string {
  const added = next.regions.filter((each) => !plan.regions.includes(each)).join(", ");
  const cost =
    next.usdPerMonth === undefined || plan.usdPerMonth === undefined
      ? "at a price that is not known"
      : `for ${usd(next.usdPerMonth - plan.usdPerMonth)} USD a month`;
  return `next: ${added} would bring the mean to ${ms(next.meanMs)} ms and 95% below ${ms(next.p95Ms)} ms, ${cost}`;
}

function json(plan: RegionPlan, next: RegionPlan | undefined): string {
  const plain = (each: RegionPlan) => {
    const { regions: names, served, continents, meanEdgeMs, meanMs, p50Ms, p95Ms, worstMs, usdPerMonth: price } = each;
    return {
      regions: names,
      served,
      continents,
      meanEdgeMs,
      meanMs,
      p50Ms,
      p95Ms,
      worstMs,
      usdPerMonth: price ?? null,
    };
  };
  const about = { measured: BACKBONE_MEASURED, errors: BACKBONE_ERRORS, byDistance: BY_DISTANCE };
  return `${JSON.stringify({ ...plain(plan), next: next ? plain(next) : null, model: about }, null, 2)}\n`;
}

/** What the model predicts, and how well: as fitted, and against a matrix of one's own. */
function model({ checkModel: file }: RegionsOptions): string {
  const row = (name: string, each: ModelError) => [
    name,
    `${each.pairs}`,
    ...[each.medianMs, each.meanMs, each.p90Ms, each.worstMs, each.medianPercent].map((value) => value.toFixed(1)),
  ];
  const rows = [row("fitted", BACKBONE_ERRORS.fitted), row("held back", BACKBONE_ERRORS.heldBack)];
  if (file !== undefined) {
    const pairs = readMeasurements(read(file), (name) => findRegion(name) !== undefined);
    if (pairs.length === 0) throw new UnusableInput(`${file}: no line of two regions and milliseconds: from,to,rtt_ms`);
    rows.push(row(file, modelError(pairs, regionRoundTripMs)));
  }
  return [
    `Median round trips from client to region. Backbone: links fitted to round trips between regions, measured on ${BACKBONE_MEASURED}.`,
    `By distance, without measurement: ${BY_DISTANCE.join(", ")}. Absolute errors of the backbone in ms:`,
    "",
    table([["", "pairs", "median", "mean", "p90", "worst", "median %"], ...rows]),
    "",
  ].join("\n");
}
