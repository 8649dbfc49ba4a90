import { readFileSync } from "node:fs";
import { PRICE_IDS, type PriceOverrides } from "../lib/google/prices";
import { nearest } from "../lib/language/nearest";
import { type Cost, type CostItem, compareCosts, costOf, usd } from "../lib/planning/cost";
import { useCostOf, type Workload } from "../lib/planning/use-cost";
import { groupBy } from "../lib/topology/group-by";
import { Topology } from "../lib/topology/topology";
import { answering, type CommandResult } from "./command";
import { type Input, readInputs, UnusableInput } from "./read-input";
import { markdownTable, table } from "./table";

export interface CostOptions {
  readonly format?: "text" | "json" | "markdown";
  /** A synth to compare with. */
  readonly against?: string;
  /** A JSON file with own prices. */
  readonly prices?: string;
  /** USD a month; above it, the exit code is 1. */
  readonly budget?: string;
  readonly secondsPerRequest?: string;
  readonly parallel?: string;
  readonly tokensPerSecond?: string;
}

/**
 * What documents cost a month while nobody uses them, and what a workload costs. Exit code 1: above
 * the budget; 2: unusable input.
 */
export function cost(paths: readonly string[], options: CostOptions = {}): CommandResult {
  return answering(() => {
    const overrides = options.prices === undefined ? {} : readPrices(options.prices);
    const budget = positive("--budget", options.budget);
    const workload: Workload = {
      secondsPerRequest: positive("--seconds-per-request", options.secondsPerRequest),
      parallelRequests: positive("--parallel", options.parallel),
      tokensPerSecond: positive("--tokens-per-second", options.tokensPerSecond),
    };
    const former = options.against === undefined ? undefined : readInputs([options.against]);
    const all = readInputs(paths).map((input) => judge(input, former, workload, overrides));
    const total = all.reduce((sum, each) => sum + each.cost.usdPerMonth, 0);
    const isOver = budget !== undefined && total > budget;
    const print = { text, json, markdown }[options.format ?? "text"];
    const unpriced = all.reduce((sum, each) => sum + each.cost.unpriced.length, 0);
    const over = `over budget: ${usd(total)} a month${unpriced > 0 ? `, and ${unpriced} without a price` : ""}; the budget is ${usd(budget ?? 0)}\n`;
    return { exitCode: isOver ? 1 : 0, stdout: print(all), stderr: isOver ? over : "" };
  });
}

type Judged = ReturnType<typeof judge>;

function judge(
  { name, document }: Input,
  former: readonly Input[] | undefined,
  workload: Workload,
  overrides: PriceOverrides,
) {
  const topology = Topology.of(document);
  const result = costOf(topology, overrides);
  const before = former && (former.length === 1 ? former[0] : former.find((each) => sameStack(each.name, name)));
  return {
    name,
    cost: result,
    use: useCostOf(topology, workload, overrides),
    before: before && costOf(Topology.of(before.document), overrides),
    changes: before && compareCosts(costOf(Topology.of(before.document), overrides), result),
  };
}

/** The folder of a stack has its name. */
export function sameStack(a: string, b: string): boolean {
  const stack = (path: string) => path.split("/").at(-2);
  return stack(a) === stack(b);
}

export function readPrices(path: string): PriceOverrides {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UnusableInput(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const entries = typeof json === "object" && json !== null && !Array.isArray(json) ? Object.entries(json) : undefined;
  if (!entries)
    throw new UnusableInput(`${path}: must be an object of prices, such as {"cloud-run/nvidia-l4@tier2": 0.0002}`);
  for (const [key, value] of entries) {
    const id = key.split("@")[0]!;
    // A machine type or disk type may be one that the list has no price of.
    if (!PRICE_IDS.includes(id) && !/^(compute|disk)\/./.test(id)) {
      const meant = nearest(id, PRICE_IDS);
      throw new UnusableInput(
        `${path}: "${id}" is no price${meant ? `; did you mean "${meant}"?` : `; prices are ${PRICE_IDS.join(", ")}`}`,
      );
    }
    if (typeof value !== "number" || !(value >= 0))
      throw new UnusableInput(`${path}: "${key}" must be a number from 0, in USD`);
  }
  return Object.fromEntries(entries) as PriceOverrides;
}

export function positive(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() === "" || !(number > 0) || !Number.isFinite(number))
    throw new UnusableInput(`${option} must be a number above 0, got ${value}`);
  return number;
}

/** The same line in several regions at the same price is one line. */
function itemRows(items: readonly CostItem[]): string[][] {
  return items.map((item) => [shortAddress(item), item.region ?? "", item.what, usd(item.usdPerMonth), item.price]);
}

const ITEM_HEADER = ["resource", "region", "what", "USD a month", "price"];

function shortAddress({ address, path }: { readonly address: string; readonly path?: string }): string {
  return path ?? address;
}

/** Each reason once, with what it concerns. */
function unpricedLines({ unpriced }: Cost): string[] {
  const byReason = groupBy(unpriced, ({ why }) => why);
  return [...byReason].map(([why, where]) => `${why}: ${where.map(shortAddress).join(", ")}`);
}

function useRows(use: Judged["use"]): string[][] {
  return use.map((each) => [
    shortAddress(each),
    each.region ?? "",
    `per ${each.per}`,
    usd(each.usd),
    each.missing.length > 0 ? `no price of ${each.missing.join(", ")}` : "",
  ]);
}

function difference({ cost: now, before }: Judged): string {
  if (!before) return "";
  const change = now.usdPerMonth - before.usdPerMonth;
  return `, ${change < 0 ? "-" : "+"}${usd(Math.abs(change))} against the former synth`;
}

function text(all: readonly Judged[]): string {
  return `${all
    .map((each) => {
      const { name, cost: result, use, changes = [] } = each;
      const unpriced = unpricedLines(result);
      return [
        name,
        table([ITEM_HEADER, ...itemRows(result.items)], "  "),
        `  idle: ${usd(result.usdPerMonth)} USD a month${unpriced.length > 0 ? ", and what has no price" : ""}${difference(each)}`,
        ...changes.map((change) => `  ${change.address}: ${usd(change.before)} → ${usd(change.after)}`),
        ...unpriced.map((line) => `  no price: ${line}`),
        ...(use.length > 0 ? [table([["resource", "region", "use", "USD", ""], ...useRows(use)], "  ")] : []),
        ...(result.byUse.length > 0 ? ["  also by use:", ...result.byUse.map((line) => `    ${line}`)] : []),
      ].join("\n");
    })
    .join("\n\n")}\n`;
}

function markdown(all: readonly Judged[]): string {
  return `${all
    .map((each) => {
      const { name, cost: result, use, changes = [] } = each;
      const unpriced = unpricedLines(result);
      return [
        `### ${name}`,
        `**${usd(result.usdPerMonth)} USD a month** while nobody uses it${unpriced.length > 0 ? ", and what has no price" : ""}${difference(each)}.`,
        ...(changes.length > 0
          ? [
              markdownTable([
                ["changed", "before", "after"],
                ...changes.map((change) => [change.address, usd(change.before), usd(change.after)]),
              ]),
            ]
          : []),
        markdownTable([ITEM_HEADER, ...itemRows(result.items)]),
        ...(use.length > 0 ? [markdownTable([["resource", "region", "use", "USD", "missing"], ...useRows(use)])] : []),
        ...(unpriced.length > 0 ? [unpriced.map((line) => `- no price: ${line}`).join("\n")] : []),
      ].join("\n\n");
    })
    .join("\n\n")}\n`;
}

function json(all: readonly Judged[]): string {
  const documents = all.map(({ name, cost: result, use, changes }) => ({ document: name, ...result, use, changes }));
  return `${JSON.stringify(documents, null, 2)}\n`;
}
