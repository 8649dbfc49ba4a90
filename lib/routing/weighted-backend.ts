import type { ComputeUrlMapPathMatcherRouteRulesRouteActionWeightedBackendServices as Weighted } from "@cdktf/provider-google/lib/compute-url-map";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { BackendKind, type IBackend, nameOfBackend } from "../backend/backend";
import { checkWithin } from "../core/checks";
import { ValidationError } from "../core/errors";
import { routeWeight } from "../google/url-map";

/**
 * One of several backend services that share a route's requests: a canary beside the stable
 * version.
 *
 * Each request is assigned independently, so one client sees both. Keep `session_affinity` off:
 * weights take precedence over it.
 */
export interface WeightedBackend {
  /**
   * A backend service; buckets cannot be weighted (Compute API v1,
   * WeightedBackendService.backendService, read 2026-11-22).
   */
  readonly backend: IBackend;
  /** Share of the requests, relative to the sum of all weights: 0 to 1000, not all 0. */
  readonly weight: number;
}

export function checkWeights(where: IConstruct, weighted: readonly WeightedBackend[], what = "weightedBackends"): void {
  for (const { weight } of weighted)
    checkWithin(where, `${what} weight`, weight, routeWeight, "give whole shares: 95 and 5, or 999 and 1");
  if (weighted.every(({ weight }) => !Token.isUnresolved(weight) && weight === 0)) {
    throw new ValidationError(where, {
      what,
      got: weighted.map(({ weight }) => weight),
      allowed: "at least one backend with a weight above 0",
      fix: "give the serving backend a weight such as 100",
    });
  }
  const bucket = weighted.map(({ backend }) => backend).find((backend) => backend.backendKind === BackendKind.BUCKET);
  if (bucket) {
    throw new ValidationError(where, {
      what,
      got: nameOfBackend(bucket),
      allowed: "backend services: Google Cloud does not weight buckets",
      fix: "route to the bucket with backend",
    });
  }
  const backends = weighted.map(({ backend }) => backend.backendId);
  const twice = backends.find((backend, index) => backends.indexOf(backend) !== index);
  if (twice !== undefined) {
    throw new ValidationError(where, {
      what,
      got: twice,
      allowed: "each backend once",
      fix: "add the two weights up",
    });
  }
}

export function renderWeights(weighted: readonly WeightedBackend[]): Weighted[] {
  return weighted.map(({ backend, weight }) => ({ backendService: backend.backendId, weight }));
}
