/**
 * Which candidates to open so that clients have the least cost: the p-median problem with closest
 * assignment, solved exactly by branch and bound over a Lagrangian relaxation.
 */
export interface Choice {
  /** How many candidates to open. */
  readonly count: number;
  /** Weight of each client; the objective is the weighted sum of costs. */
  readonly weights: readonly number[];
  /** What a client counts if a candidate serves it; Infinity where it must not. */
  readonly costs: readonly (readonly number[])[];
  /** Clients go to the open candidate with the least of these among those that may serve them. */
  readonly distances: readonly (readonly number[])[];
  readonly required: readonly number[];
  /** The open candidates' prices may not exceed the budget together. @default no budget */
  readonly prices?: readonly number[];
  readonly budget?: number;
  /**
   * A sum that is good enough: the search ends at the first choice that reaches it, or when none
   * can. @default the least sum is wanted
   */
  readonly target?: number;
}

export interface Chosen {
  readonly open: readonly number[];
  readonly sum: number;
}

const EPSILON = 1e-9;
const ROOT_ROUNDS = 300;
const NODE_ROUNDS = 30;

/** The best choice; undefined where none is possible, or none reaches the target. */
export function choose(problem: Choice): Chosen | undefined {
  return new Search(problem).run();
}

/** The open candidate that serves a client. */
export function serving(
  costs: readonly number[],
  distances: readonly number[],
  open: readonly number[],
): number | undefined {
  let nearest: number | undefined;
  for (const each of open) {
    if (costs[each] === Number.POSITIVE_INFINITY) continue;
    if (nearest === undefined || distances[each]! < distances[nearest]!) nearest = each;
  }
  return nearest;
}

/** Candidates that are open for sure, and those still to decide. */
interface Node {
  readonly open: readonly number[];
  readonly undecided: readonly number[];
}

interface Relaxed {
  readonly bound: number;
  /** Candidates that the relaxation opens beside those open for sure. */
  readonly picked: readonly number[];
  /** Those that can no longer be in a better choice, and those that must be. */
  readonly out: ReadonlySet<number>;
  readonly sure: ReadonlySet<number>;
}

/** The candidates that may serve a client, in some order, with its weighted costs. */
interface Row {
  readonly candidates: readonly number[];
  readonly costs: readonly number[];
}

class Search {
  private best: Chosen | undefined;
  /** What each client pays in the relaxation. */
  private readonly multipliers: Float64Array;
  private budgetMultiplier = 0;
  private readonly byDistance: readonly Row[];
  private readonly byCost: readonly Row[];
  /** Whether the nearest candidate is everywhere the one with the least cost. */
  private readonly isNearestBest: boolean;
  private readonly size: number;

  public constructor(private readonly problem: Choice) {
    const { weights, costs, distances } = problem;
    this.size = costs[0]?.length ?? 0;
    const rows = (keys: readonly (readonly number[])[]) =>
      costs.map((row, client) => {
        const candidates = row.flatMap((cost, index) => (cost === Number.POSITIVE_INFINITY ? [] : [index]));
        candidates.sort((a, b) => keys[client]![a]! - keys[client]![b]! || row[a]! - row[b]! || a - b);
        return { candidates, costs: candidates.map((each) => row[each]! * weights[client]!) };
      });
    this.byDistance = rows(distances);
    this.byCost = rows(costs);
    this.isNearestBest = this.byDistance.every((row) =>
      row.costs.every((cost, index) => index === 0 || cost >= row.costs[index - 1]!),
    );
    this.multipliers = Float64Array.from(this.byCost, (row) => row.costs[0] ?? 0);
  }

  public run(): Chosen | undefined {
    const { required, target } = this.problem;
    const undecided = this.worthwhile().filter((each) => !required.includes(each));
    this.start(required, undecided);
    this.search({ open: required, undecided }, ROOT_ROUNDS);
    return target === undefined || this.isDone ? this.best : undefined;
  }

  /**
   * Candidates without those that another one replaces at no higher cost for any client; all of
   * them where fewer would be left than are to be opened, or a budget may need the cheap ones.
   */
  private worthwhile(): readonly number[] {
    const { budget, costs, count, required } = this.problem;
    const all = Array.from({ length: this.size }, (_, index) => index);
    if (!this.isNearestBest || budget !== undefined) return all;
    const replaces = (other: number, each: number) => {
      let isEqual = true;
      for (const row of costs) {
        if (row[other]! > row[each]!) return false;
        if (row[other]! < row[each]!) isEqual = false;
      }
      // Of equals, the first stays.
      return isEqual ? other < each : true;
    };
    const kept = all.filter((each) => !all.some((other) => replaces(other, each)));
    return new Set([...kept, ...required]).size >= count ? kept : all;
  }

  /** A choice worth finding is below this. */
  private get limit(): number {
    const { target } = this.problem;
    const known = this.best?.sum ?? Number.POSITIVE_INFINITY;
    return target === undefined ? known : Math.min(known, target + 2 * EPSILON);
  }

  private get isDone(): boolean {
    const { target } = this.problem;
    return target !== undefined && this.best !== undefined && this.best.sum <= target + EPSILON;
  }

  private search(node: Node, rounds: number): void {
    const { open, undecided } = node;
    const missing = this.problem.count - open.length;
    if (this.isDone || missing < 0 || undecided.length < missing || !this.isAffordable(node)) return;
    if (missing === 0 || undecided.length === missing) {
      this.consider(missing === 0 ? open : [...open, ...undecided]);
      return;
    }
    const { bound, picked, out, sure } = this.relax(node, rounds);
    if (bound >= this.limit - EPSILON || this.isDone) return;
    const left = undecided.filter((each) => !out.has(each) && !sure.has(each));
    const known = [...open, ...sure];
    const branch = picked.find((each) => left.includes(each));
    if (branch === undefined) {
      this.search({ open: known, undecided: left }, NODE_ROUNDS);
      return;
    }
    const others = left.filter((each) => each !== branch);
    const [multipliers, budgetMultiplier] = [this.multipliers.slice(), this.budgetMultiplier];
    this.search({ open: [...known, branch], undecided: others }, NODE_ROUNDS);
    this.multipliers.set(multipliers);
    this.budgetMultiplier = budgetMultiplier;
    this.search({ open: known, undecided: others }, NODE_ROUNDS);
  }

  /**
   * A lower bound of what is below a node: every client pays its multiplier, and each candidate
   * gives back what it serves for less. Improved by subgradient steps.
   */
  private relax({ open, undecided }: Node, rounds: number): Relaxed {
    const { count, budget } = this.problem;
    const missing = count - open.length;
    const rows = this.rowsBelow(open, undecided);
    const { multipliers } = this;
    const gains = new Float64Array(this.size);
    let best: Relaxed = { bound: Number.NEGATIVE_INFINITY, picked: [], out: new Set(), sure: new Set() };
    let [bestMultipliers, bestBudget] = [multipliers.slice(), this.budgetMultiplier];
    let [step, stale, considered] = [1.5, 0, ""];
    for (let round = 0; round < rounds && step > 1e-3; round++) {
      for (let each = 0; each < this.size; each++) gains[each] = this.priceOf(each) * this.budgetMultiplier;
      let bound = budget === undefined ? 0 : -this.budgetMultiplier * budget;
      for (let client = 0; client < rows.length; client++) {
        const { candidates, costs } = rows[client]!;
        const multiplier = multipliers[client]!;
        bound += multiplier;
        for (let index = 0; index < costs.length; index++) {
          const refund = costs[index]! - multiplier;
          if (refund >= 0) break;
          gains[candidates[index]!]! += refund;
        }
      }
      const ranked = [...undecided].sort((a, b) => gains[a]! - gains[b]! || a - b);
      const picked = ranked.slice(0, missing);
      const chosen = [...open, ...picked];
      for (const each of chosen) bound += gains[each]!;
      const key = picked.join();
      if (key !== considered) this.consider(chosen);
      considered = key;
      if (bound > best.bound + EPSILON) {
        stale = 0;
        best = { bound, picked, ...this.decided(bound, ranked, gains, missing) };
        bestMultipliers = multipliers.slice();
        bestBudget = this.budgetMultiplier;
      } else if (++stale >= 6) {
        step /= 2;
        stale = 0;
      }
      if (bound >= this.limit - EPSILON || this.isDone) break;
      this.ascend(rows, chosen, step, bound);
    }
    multipliers.set(bestMultipliers);
    this.budgetMultiplier = bestBudget;
    return best;
  }

  /** A step towards a higher bound. */
  private ascend(rows: readonly Row[], chosen: readonly number[], step: number, bound: number): void {
    const { budget } = this.problem;
    const isChosen = new Uint8Array(this.size);
    for (const each of chosen) isChosen[each] = 1;
    const slopes = new Int16Array(rows.length);
    // A budget in units of itself is of the size of the other constraints.
    const spent = chosen.reduce((sum, each) => sum + this.priceOf(each), 0);
    const over = budget === undefined ? 0 : (spent - budget) / Math.max(1, budget);
    let norm = over * over;
    for (let client = 0; client < rows.length; client++) {
      const { candidates, costs } = rows[client]!;
      const multiplier = this.multipliers[client]!;
      let slope = 1;
      for (let index = 0; index < costs.length && costs[index]! < multiplier; index++) {
        slope -= isChosen[candidates[index]!]!;
      }
      slopes[client] = slope;
      norm += slope * slope;
    }
    if (norm === 0) return;
    const aim = Number.isFinite(this.limit) ? this.limit : Math.abs(bound) + 1;
    const length = (step * Math.max(1.02 * aim - bound, 1e-6)) / norm;
    for (let client = 0; client < rows.length; client++) this.multipliers[client]! += length * slopes[client]!;
    if (budget !== undefined) {
      this.budgetMultiplier = Math.max(0, this.budgetMultiplier + (length * over) / Math.max(1, budget));
    }
  }

  /** What the bound shows of single candidates: forced the other way, it would exceed the best. */
  private decided(bound: number, ranked: readonly number[], gains: Float64Array, missing: number) {
    const [out, sure] = [new Set<number>(), new Set<number>()];
    const gain = (index: number) => gains[ranked[index]!]!;
    ranked.forEach((each, index) => {
      if (index >= missing) {
        if (bound + gain(index) - gain(missing - 1) >= this.limit - EPSILON) out.add(each);
      } else if (ranked.length > missing && bound - gain(index) + gain(missing) >= this.limit - EPSILON) sure.add(each);
    });
    return { out, sure };
  }

  /**
   * The costs of each client below a node, least first. A client that an open candidate is nearer
   * to goes nowhere farther.
   */
  private rowsBelow(open: readonly number[], undecided: readonly number[]): readonly Row[] {
    const isOpen = new Uint8Array(this.size);
    const isAllowed = new Uint8Array(this.size);
    for (const each of open) isOpen[each] = isAllowed[each] = 1;
    for (const each of undecided) isAllowed[each] = 1;
    const { distances } = this.problem;
    return this.byCost.map((row, client) => {
      const far = distances[client]!;
      const { candidates } = this.byDistance[client]!;
      const nearest = this.isNearestBest ? undefined : candidates.find((each) => isOpen[each] === 1);
      const most = nearest === undefined ? Number.POSITIVE_INFINITY : far[nearest]!;
      const kept: { candidates: number[]; costs: number[] } = { candidates: [], costs: [] };
      row.candidates.forEach((each, index) => {
        if (isAllowed[each] !== 1 || far[each]! > most) return;
        kept.candidates.push(each);
        kept.costs.push(row.costs[index]!);
      });
      return kept;
    });
  }

  /** The first choice: greedy, then single exchanges while they help. */
  private start(required: readonly number[], undecided: readonly number[]): void {
    let current = [...required];
    while (current.length < this.problem.count) {
      let next: { each: number; sum: number } | undefined;
      for (const each of undecided) {
        if (current.includes(each)) continue;
        const sum = this.sumOf([...current, each]);
        if (!next || sum < next.sum) next = { each, sum };
      }
      if (!next) return;
      current.push(next.each);
    }
    this.consider(current);
    for (let improved = true; improved && !this.isDone; ) {
      improved = false;
      for (const out of current.filter((each) => !required.includes(each))) {
        for (const each of undecided.filter((one) => !current.includes(one))) {
          const next = current.map((one) => (one === out ? each : one));
          if (!this.consider(next)) continue;
          current = next;
          improved = true;
          break;
        }
      }
    }
  }

  /** The sum with these open; those whom none may serve count more than any cost. */
  private sumOf(open: readonly number[]): number {
    const isOpen = new Uint8Array(this.size);
    for (const each of open) isOpen[each] = 1;
    let sum = 0;
    for (let client = 0; client < this.byDistance.length; client++) {
      const { candidates, costs } = this.byDistance[client]!;
      let index = 0;
      while (index < candidates.length && isOpen[candidates[index]!] === 0) index++;
      sum += costs[index] ?? UNSERVED;
    }
    return sum;
  }

  /** Whether it is the best so far. */
  private consider(open: readonly number[]): boolean {
    const { budget } = this.problem;
    if (budget !== undefined && open.reduce((sum, each) => sum + this.priceOf(each), 0) > budget + EPSILON)
      return false;
    const sum = this.sumOf(open);
    if (sum >= UNSERVED || sum >= (this.best?.sum ?? Number.POSITIVE_INFINITY) - EPSILON) return false;
    this.best = { open: [...open], sum };
    return true;
  }

  private isAffordable({ open, undecided }: Node): boolean {
    const { budget, count } = this.problem;
    if (budget === undefined) return true;
    const cheapest = undecided.map((each) => this.priceOf(each)).sort((a, b) => a - b);
    const spent = [...open.map((each) => this.priceOf(each)), ...cheapest.slice(0, count - open.length)];
    return spent.reduce((sum, each) => sum + each, 0) <= budget + EPSILON;
  }

  private priceOf(candidate: number): number {
    return this.problem.prices?.[candidate] ?? 0;
  }
}

/** Above any sum of weighted costs. */
const UNSERVED = 1e9;
