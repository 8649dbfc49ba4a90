import { append } from "../topology/group-by";
/** How far predicted round trips are from measured ones. */
export interface ModelError {
  readonly pairs: number;
  readonly medianMs: number;
  readonly meanMs: number;
  readonly p90Ms: number;
  readonly worstMs: number;
  /** Median of the relative errors. */
  readonly medianPercent: number;
}

/** A round trip that was measured between two regions. */
export interface Measurement {
  readonly from: string;
  readonly to: string;
  readonly ms: number;
}

/** Absolute errors of a prediction; pairs for which there is none are left out. */
export function modelError(
  measurements: readonly Measurement[],
  predict: (from: string, to: string) => number | undefined,
): ModelError {
  const errors: number[] = [];
  const relative: number[] = [];
  for (const { from, to, ms } of measurements) {
    const predicted = predict(from, to);
    if (predicted === undefined || !Number.isFinite(predicted)) continue;
    errors.push(Math.abs(predicted - ms));
    relative.push((100 * Math.abs(predicted - ms)) / ms);
  }
  errors.sort((a, b) => a - b);
  relative.sort((a, b) => a - b);
  const at = (sorted: readonly number[], share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return {
    pairs: errors.length,
    medianMs: at(errors, 0.5),
    meanMs: errors.reduce((sum, each) => sum + each, 0) / errors.length,
    p90Ms: at(errors, 0.9),
    worstMs: errors.at(-1) ?? Number.NaN,
    medianPercent: at(relative, 0.5),
  };
}

/**
 * Measured round trips from lines of `from,to,rtt_ms`: both directions of a pair become one, their
 * mean. Lines with `#`, the header, and pairs of unknown regions are left out.
 */
export function readMeasurements(csv: string, isKnown: (region: string) => boolean): Measurement[] {
  const pairs = new Map<string, number[]>();
  for (const line of csv.split(/\r?\n/)) {
    const [from = "", to = "", ms = ""] = line.split(",").map((cell) => cell.trim());
    if (from === to || !isKnown(from) || !isKnown(to) || !(Number(ms) > 0)) continue;
    const key = from < to ? `${from},${to}` : `${to},${from}`;
    append(pairs, key, Number(ms));
  }
  return [...pairs].map(([key, values]) => {
    const [from = "", to = ""] = key.split(",");
    return { from, to, ms: values.reduce((sum, each) => sum + each, 0) / values.length };
  });
}
