import { findPrice, type PriceOverrides } from "../google/prices";
import type { CloudRunTarget } from "../topology/cloud-run-targets";
import type { Topology } from "../topology/topology";
import { isUnset } from "../topology/value";
import { type InstanceSize, instanceSize, instanceUsdPerSecond, NotKnown } from "./cost";

/** What a client's use of a service is, in averages. */
export interface Workload {
  /** How long a request keeps an instance, in seconds. */
  readonly secondsPerRequest?: number;
  /** How many requests an instance serves at once, on average. @default 1 */
  readonly parallelRequests?: number;
  /** Tokens that an instance generates a second, over all its requests. */
  readonly tokensPerSecond?: number;
}

/** What use costs, in one region. */
export interface UseCost {
  readonly address: string;
  readonly path?: string;
  readonly region?: string;
  readonly per: "million requests" | "million tokens";
  /** Undefined where a price is not known. */
  readonly usd?: number;
  readonly missing: readonly string[];
}

/**
 * What a workload costs in each Cloud Run service: its instances while they serve, the fee of a
 * request, Cloud Armor. Without data transfer, which depends on where clients are.
 */
export function useCostOf(topology: Topology, workload: Workload, overrides: PriceOverrides = {}): UseCost[] {
  const { secondsPerRequest, parallelRequests = 1, tokensPerSecond } = workload;
  return topology.cloudRunTargets.flatMap((target) => {
    const { service, region } = target;
    const size = sizeOrUndefined(target);
    if (!size) return [];
    const { usd: second, missing } = instanceUsdPerSecond(size, region, "serving", overrides);
    const place = { address: service.address, path: service.path, region };
    const result = (per: UseCost["per"], usd: number): UseCost => {
      return { ...place, per, missing, ...(missing.length > 0 ? {} : { usd }) };
    };
    const usdOf = (id: string) => findPrice(id, region, overrides)?.usd ?? 0;
    const fee = size.isBilledByRequest ? usdOf("cloud-run/requests") : 0;
    const armor = isProtected(topology, target) ? usdOf("cloud-armor/requests") : 0;
    return [
      ...(secondsPerRequest === undefined
        ? []
        : [result("million requests", (1e6 * secondsPerRequest * second) / parallelRequests + fee + armor)]),
      ...(tokensPerSecond === undefined ? [] : [result("million tokens", (1e6 / tokensPerSecond) * second)]),
    ];
  });
}

function sizeOrUndefined(target: CloudRunTarget): InstanceSize | undefined {
  try {
    return instanceSize(target);
  } catch (error) {
    if (error instanceof NotKnown) return undefined;
    throw error;
  }
}

/** Whether a backend service with a security policy sends it requests. */
function isProtected(topology: Topology, { negs }: CloudRunTarget): boolean {
  const addresses = new Set(negs.map(({ address: each }) => each));
  return topology.backends.some(
    ({ resource, groups }) =>
      !isUnset(resource.values, "security_policy") &&
      groups.some((group) => addresses.has(group.resource?.address ?? "")),
  );
}
