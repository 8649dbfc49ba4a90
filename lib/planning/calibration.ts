import { ValidationError } from "../core/errors";
import { REGIONS } from "../google/regions";
import { groupBy } from "../topology/group-by";
import { demandCountries } from "./demand";
import { ACCESS, roundTrips } from "./latency";

/** How much longer a country's round trips to the edge are than the model's. */
export interface Calibration {
  readonly country: string;
  readonly extraMs: number;
  readonly requests: number;
}

/** Fewer say more about their clients than about the country. */
const LEAST_REQUESTS = 30;

/**
 * Compares the model with what the load balancer measured: lines of client country, region that
 * served, `client_rtt_msec` and, where lines are counted, how many requests. `ClientHeaders.all()`
 * hands the first and the third to the service, which knows its region and can log all three.
 *
 * The load balancer measures up to the edge. Countries with fewer than 30 requests stay as the
 * model has them.
 *
 * @throws ValidationError that names the line.
 */
export function calibrate(csv: string, lastMileMs = ACCESS.lastMileMs): Calibration[] {
  const rows = csv.split(/\r?\n/).flatMap((line, index) => {
    const cells = line.split(",").map((cell) => cell.trim());
    if (line.trim() === "" || line.startsWith("#") || (index === 0 && Number.isNaN(Number(cells[2])))) return [];
    const [country = "", region = "", ms = "", count = "1"] = cells;
    const at = REGIONS.findIndex(({ name }) => name === region);
    const [measuredMs, requests] = [Number(ms), Number(count)];
    const isValid = demandCountries().has(country) && at >= 0 && measuredMs > 0 && requests > 0;
    if (!isValid) {
      throw new ValidationError("calibration", {
        what: `line ${index + 1}`,
        got: line,
        allowed: "country code, region, milliseconds above 0 and, optionally, a number of requests above 0",
        fix: "leave out lines of unknown countries and regions",
      });
    }
    return [{ country, at, measuredMs, requests }];
  });
  return [...groupBy(rows, ({ country }) => country)].flatMap(([country, own]) => {
    const requests = own.reduce((sum, each) => sum + each.requests, 0);
    if (requests < LEAST_REQUESTS) return [];
    const modelled = edgeMsOf(country, lastMileMs);
    const residuals = own.map((each) => ({ ms: each.measuredMs - modelled[each.at]!, weight: each.requests }));
    return [{ country, requests, extraMs: Math.round(10 * weightedMedian(residuals)) / 10 }];
  });
}

/** Modelled round trip of a country's clients to the edge, by the region that serves them. */
function edgeMsOf(country: string, lastMileMs: number): number[] {
  const { places } = demandCountries().get(country)!;
  const total = places.reduce((sum, { weight }) => sum + weight, 0);
  const sums = REGIONS.map(() => 0);
  for (const place of places) {
    roundTrips(place, { ...ACCESS, lastMileMs }).forEach(({ edgeMs }, index) => {
      sums[index]! += (edgeMs * place.weight) / total;
    });
  }
  return sums;
}

function weightedMedian(values: readonly { readonly ms: number; readonly weight: number }[]): number {
  const sorted = [...values].sort((a, b) => a.ms - b.ms);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let below = 0;
  return sorted.find(({ weight }) => {
    below += weight;
    return below >= half;
  })!.ms;
}
