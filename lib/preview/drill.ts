import { ValidationError } from "../core/errors";
import { nearest } from "../language/nearest";
import { type Command, parseCommand } from "./command";

/** A failover drill: load, what happens to regions meanwhile, and what must hold. */
export interface Drill {
  readonly from?: string;
  readonly load: DrillLoad;
  readonly steps: readonly DrillStep[];
  readonly expect: DrillExpectation;
}

export interface DrillLoad {
  readonly perSecond: number;
  readonly seconds: number;
  /** @default "/" */
  readonly path: string;
  /** @default GET, or POST where there is a body */
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @default the first domain that is not a wildcard */
  readonly host?: string;
  /** A request that has no answer by then has failed. */
  readonly timeoutSeconds: number;
}

export interface DrillStep {
  readonly atSecond: number;
  readonly command: Command;
  readonly line: string;
}

export interface DrillExpectation {
  readonly failedAtMost?: number;
  readonly recoveredWithinSeconds?: number;
  readonly p95AtMostMs?: number;
  /** Region that answers the last requests. */
  readonly servedBy?: string;
}

/** What became of one request of the load. */
export interface Outcome {
  /** When it was sent, from the start of the load. */
  readonly atSecond: number;
  readonly ms: number;
  /** Of the answer; undefined where there was none. */
  readonly status?: number;
  readonly region?: string;
}

/** The requests that ended between one step and the next. */
export interface DrillPhase {
  readonly what: string;
  readonly fromSecond: number;
  readonly requests: number;
  readonly failed: number;
  /** Answers with 4xx: the load balancer refuses them, or the request is wrong. */
  readonly refused: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly byRegion: Readonly<Record<string, number>>;
  /** From the step to when the last request that failed was sent; 0 where none did. */
  readonly recoveredSeconds: number;
}

export interface DrillReport {
  readonly phases: readonly DrillPhase[];
  readonly failed: number;
  /** Sentences about what was expected and did not happen. */
  readonly broken: readonly string[];
}

const KEYS = {
  drill: ["from", "load", "steps", "expect"],
  load: ["perSecond", "seconds", "path", "method", "headers", "body", "host", "timeoutSeconds"],
  step: ["atSecond", "do"],
  expect: ["failedAtMost", "recoveredWithinSeconds", "p95AtMostMs", "servedBy"],
} as const;

/** How many of the last requests `servedBy` is about. */
const LAST = 10;

/**
 * Reads a drill from JSON.
 *
 * @param targets What steps may name.
 * @throws ValidationError
 */
export function parseDrill(text: string, targets: readonly string[]): Drill {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw wrong("the file", (error as Error).message, "JSON", "see docs/preview.md for an example");
  }
  const drill = object("the drill", json, KEYS.drill);
  const load = object("load", drill.load, KEYS.load);
  const expect = object("expect", drill.expect ?? {}, KEYS.expect);
  const seconds = number("load.seconds", load.seconds, 10, 3600);
  const body =
    load.body === undefined ? undefined : typeof load.body === "string" ? load.body : JSON.stringify(load.body);
  const steps = (Array.isArray(drill.steps) ? drill.steps : []).map((each, index): DrillStep => {
    const step = object(`steps[${index}]`, each, KEYS.step);
    const line = string(`steps[${index}].do`, step.do) ?? "";
    return {
      atSecond: number(`steps[${index}].atSecond`, step.atSecond, undefined, seconds),
      command: parseCommand(line, targets),
      line,
    };
  });
  return {
    from: string("from", drill.from),
    load: {
      perSecond: number("load.perSecond", load.perSecond, 50, 5000),
      seconds,
      path: string("load.path", load.path) ?? "/",
      method: string("load.method", load.method) ?? (body === undefined ? "GET" : "POST"),
      headers: Object.fromEntries(
        Object.entries(object("load.headers", load.headers ?? {})).map(([name, value]) => [name, String(value)]),
      ),
      body,
      host: string("load.host", load.host),
      timeoutSeconds: number("load.timeoutSeconds", load.timeoutSeconds, 30, 3600),
    },
    steps: steps.sort((a, b) => a.atSecond - b.atSecond),
    expect: {
      failedAtMost: optional("expect.failedAtMost", expect.failedAtMost),
      recoveredWithinSeconds: optional("expect.recoveredWithinSeconds", expect.recoveredWithinSeconds),
      p95AtMostMs: optional("expect.p95AtMostMs", expect.p95AtMostMs),
      servedBy: string("expect.servedBy", expect.servedBy),
    },
  };
}

/** No answer, or one that says that the server failed. */
export function hasFailed({ status }: Outcome): boolean {
  return status === undefined || status >= 500;
}

/** When it was over: what was under way at a step belongs to that step. */
const endOf = ({ atSecond, ms }: Outcome) => atSecond + ms / 1000;

/** Judges what became of the requests. */
export function judgeDrill({ steps, expect }: Drill, outcomes: readonly Outcome[]): DrillReport {
  const inOrder = [...outcomes].sort((a, b) => endOf(a) - endOf(b));
  const marks = [{ what: "before", atSecond: 0 }, ...steps.map(({ line, atSecond }) => ({ what: line, atSecond }))];
  const phases = marks.map(({ what, atSecond }, index): DrillPhase => {
    const until = marks[index + 1]?.atSecond ?? Number.POSITIVE_INFINITY;
    return phase(
      what,
      atSecond,
      inOrder.filter((each) => endOf(each) >= atSecond && endOf(each) < until),
    );
  });
  const failed = inOrder.filter(hasFailed).length;
  const slowest = percentile(
    inOrder.filter((each) => !hasFailed(each)).map(({ ms }) => ms),
    0.95,
  );
  const longest = phases.reduce((a, b) => (b.recoveredSeconds > a.recoveredSeconds ? b : a));
  const last = inOrder.filter((each) => !hasFailed(each)).slice(-LAST);
  const others = [...new Set(last.map(({ region }) => region ?? "unknown"))].filter((name) => name !== expect.servedBy);
  const broken = [
    ...above("failed requests", failed, expect.failedAtMost, ""),
    ...above(`recovery after "${longest.what}"`, longest.recoveredSeconds, expect.recoveredWithinSeconds, " s"),
    ...above("95% of the answers", slowest, expect.p95AtMostMs, " ms"),
    ...(expect.servedBy !== undefined && (last.length === 0 || others.length > 0)
      ? [`the last requests: answered by ${others.join(", ") || "nobody"}, expected ${expect.servedBy}`]
      : []),
  ];
  return { phases, failed, broken };
}

function phase(what: string, fromSecond: number, outcomes: readonly Outcome[]): DrillPhase {
  const failures = outcomes.filter(hasFailed);
  const answered = outcomes.filter((each) => !hasFailed(each));
  const byRegion: Record<string, number> = {};
  for (const { region = "unknown" } of answered) byRegion[region] = (byRegion[region] ?? 0) + 1;
  const ms = answered.map((each) => each.ms);
  const last = failures.reduce((latest, each) => Math.max(latest, each.atSecond), fromSecond);
  return {
    what,
    fromSecond,
    requests: outcomes.length,
    failed: failures.length,
    refused: answered.filter(({ status = 0 }) => status >= 400).length,
    p50Ms: percentile(ms, 0.5),
    p95Ms: percentile(ms, 0.95),
    byRegion,
    recoveredSeconds: last - fromSecond,
  };
}

/** NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function above(what: string, value: number, most: number | undefined, unit: string): string[] {
  if (most === undefined || value <= most) return [];
  return [`${what}: ${Number.isInteger(value) ? value : value.toFixed(1)}${unit}, expected at most ${most}${unit}`];
}

function object(what: string, value: unknown, keys?: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(what, value, "an object", "see docs/preview.md for an example");
  }
  for (const key of keys ? Object.keys(value) : []) {
    if (keys!.includes(key)) continue;
    const meant = nearest(key, keys!);
    throw wrong(what, key, keys!.join(", "), meant ? `did you mean "${meant}"?` : "remove it");
  }
  return value as Record<string, unknown>;
}

function number(what: string, value: unknown, standard: number | undefined, most: number): number {
  const given = value ?? standard;
  if (typeof given === "number" && given >= 0 && given <= most) return given;
  throw wrong(what, value, `a number from 0 to ${most}`, "correct it in the drill");
}

function optional(what: string, value: unknown): number | undefined {
  return value === undefined ? undefined : number(what, value, undefined, Number.MAX_SAFE_INTEGER);
}

function string(what: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw wrong(what, value, "text", "correct it in the drill");
}

function wrong(what: string, got: unknown, allowed: string, fix: string): ValidationError {
  return new ValidationError("drill", { what, got, allowed, fix });
}
