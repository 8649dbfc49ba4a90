import type { IConstruct } from "constructs";
import type { IBackend } from "../backend/backend";
import { checkInteger, checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import { routeWeight } from "../google/url-map";
import type { CheckedRoute } from "./checked-route";
import { checkConditions, type HeaderMatch } from "./route-match";
import { type Entry, entryOf } from "./route-order";
import { checkWeights, type WeightedBackend } from "./weighted-backend";

/** A backend that takes over some requests of another, on every route that leads to that one. */
export interface CanaryProps {
  /** The backend whose requests it takes. @default the default backend */
  readonly of?: IBackend;
  /** Where the requests go instead: a backend service, not a bucket. */
  readonly backend: IBackend;
  /**
   * Percentage of the requests, 0 to 100: a whole number. The canaries of one backend take at most
   * 100 together. With 0 it gets only those with `headers`.
   */
  readonly percent: number;
  /**
   * Test traffic: requests with all of these headers go to the canary, whatever the percentage:
   * `HeaderMatch.exact("x-canary", "1")`. @default none
   */
  readonly headers?: HeaderMatch[];
}

/** A canary with everything filled in. */
export type Canary = Required<CanaryProps>;

/** @throws ValidationError for a percentage, headers or backends that Google Cloud would refuse. */
export function checkCanary(where: IConstruct, canary: Canary, others: readonly Canary[]): void {
  const { of, backend, percent, headers } = canary;
  checkLiteral(where, "percent", percent);
  checkInteger(where, "percent", percent, 0, 100, "0 leaves the canary test traffic only");
  checkConditions(where, { headers, methods: [], queryParameters: [] });
  checkWeights(
    where,
    [
      { backend, weight: 1 },
      { backend: of, weight: 1 },
    ],
    "canary",
  );
  const taken = sum(others.filter((other) => isSame(other.of, of)));
  if (taken + percent > 100) {
    throw new ValidationError(where, {
      what: "percent",
      got: percent,
      allowed: `at most ${100 - taken}: other canaries of the backend take ${taken}`,
      fix: "lower one of them",
    });
  }
}

/** The entries of a host, with the canaries' share of each. */
export function withCanaries(where: IConstruct, entries: readonly Entry[], canaries: readonly Canary[]): Entry[] {
  if (canaries.length === 0) return [...entries];
  const all = entries.flatMap((entry) => {
    const here = canaries.filter(({ of }) =>
      weightsOf(entry.route).some(({ backend, weight }) => weight !== 0 && isSame(backend, of)),
    );
    const tests = here.filter(({ headers }) => headers.length > 0).map((canary) => testTraffic(entry, canary));
    return [...tests, { ...entry, route: divided(where, entry.route, here) }];
  });
  const twice = all.find(({ key }, index) => all.findIndex((other) => other.key === key) !== index);
  if (twice) {
    throw new ValidationError(where, {
      what: "headers",
      got: twice.key,
      allowed: "headers that no other canary or route has for the path",
      fix: "choose another header, or remove the route",
    });
  }
  return all;
}

function weightsOf({ props: { backend, weightedBackends } }: CheckedRoute): readonly WeightedBackend[] {
  return weightedBackends ?? (backend ? [{ backend, weight: 1 }] : []);
}

/** The same requests, if they have the headers. */
function testTraffic({ patterns, route }: Entry, { backend, headers }: Canary): Entry {
  return entryOf(patterns, {
    ...route,
    headers: [...route.headers, ...headers],
    isPlain: false,
    props: { ...route.props, backend, weightedBackends: undefined },
  });
}

function divided(where: IConstruct, route: CheckedRoute, canaries: readonly Canary[]): CheckedRoute {
  const sharing = canaries.filter(({ percent }) => percent > 0);
  if (sharing.length === 0) return route;
  const weights = new Map<string, WeightedBackend>();
  const add = (backend: IBackend, weight: number) => {
    const before = weights.get(backend.backendId)?.weight ?? 0;
    weights.set(backend.backendId, { backend, weight: before + weight });
  };
  for (const { backend, weight } of weightsOf(route)) {
    checkLiteral(where, "weightedBackends weight", weight);
    const own = sharing.filter(({ of }) => isSame(of, backend));
    for (const canary of own) add(canary.backend, weight * canary.percent);
    add(backend, weight * (100 - sum(own)));
  }
  const shares = [...weights.values()].filter(({ weight }) => weight > 0);
  const target =
    shares.length === 1
      ? { backend: shares[0]!.backend, weightedBackends: undefined }
      : { backend: undefined, weightedBackends: inLimits(shares) };
  return { ...route, isPlain: route.isPlain && shares.length === 1, props: { ...route.props, ...target } };
}

/** Percentages where they suffice; else the smallest whole weights, rounded above the limit. */
function inLimits(shares: readonly WeightedBackend[]): WeightedBackend[] {
  const weights = shares.map(({ weight }) => weight);
  if (Math.max(...weights) <= routeWeight.max) return [...shares];
  const divisor = weights.reduce(greatestCommonDivisor);
  const factor = Math.min(1, routeWeight.max / (Math.max(...weights) / divisor));
  return shares.map(({ backend, weight }) => ({
    backend,
    weight: Math.max(1, Math.round((weight / divisor) * factor)),
  }));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function isSame(a: IBackend, b: IBackend): boolean {
  return a.backendId === b.backendId;
}

function sum(canaries: readonly Canary[]): number {
  return canaries.reduce((total, { percent }) => total + percent, 0);
}
