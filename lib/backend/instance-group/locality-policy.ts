import type { ComputeBackendServiceConfig } from "@cdktf/provider-google/lib/compute-backend-service";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkAllowed, checkInteger, checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { metricName } from "../../google/backend-service";
import type { SessionAffinity } from "./session-affinity";

export interface RingHashOptions {
  /** Number of places on the ring, at least 1; more spread requests more evenly. @default 1024 */
  readonly minimumRingSize?: number;
}

/**
 * Which machine of the chosen region gets a request.
 *
 * The default is the one with the fewest active requests: generations differ in length, and round
 * robin lets long ones pile up. With a session affinity it is `maglev()`, because only `maglev()`
 * and `ringHash()` respect the affinity.
 */
@checked
export class LocalityPolicy {
  /** Each machine in turn. */
  public static roundRobin(): LocalityPolicy {
    return new LocalityPolicy("ROUND_ROBIN");
  }

  /** Of two random machines, the one with fewer active requests. */
  public static leastRequest(): LocalityPolicy {
    return new LocalityPolicy("LEAST_REQUEST");
  }

  /** A random machine. */
  public static random(): LocalityPolicy {
    return new LocalityPolicy("RANDOM");
  }

  /**
   * In turn, weighted by metrics that the machines report with their responses (ORCA).
   *
   * @param metrics Names of the metrics, one or more; `Balancing.customMetrics` describes them.
   */
  public static weightedRoundRobin(metrics: string[]): LocalityPolicy {
    return new LocalityPolicy("WEIGHTED_ROUND_ROBIN", metrics);
  }

  /** A hash on a ring, for session affinity: adding or removing a machine moves few clients. */
  public static ringHash(options: RingHashOptions = {}): LocalityPolicy {
    return new LocalityPolicy("RING_HASH", [], options);
  }

  /** A hash in a table, for session affinity: faster than `ringHash()`; moves some more clients. */
  public static maglev(): LocalityPolicy {
    return new LocalityPolicy("MAGLEV");
  }

  private constructor(
    private readonly kind: string,
    private readonly metrics: readonly string[] = [],
    private readonly options: RingHashOptions = {},
  ) {}

  /** Always writes the policy: a missing one keeps the old value. @internal */
  public static _render(
    where: IConstruct,
    affinity: SessionAffinity,
    given?: LocalityPolicy,
  ): Partial<ComputeBackendServiceConfig> {
    const policy = given ?? (affinity._hashes ? LocalityPolicy.maglev() : LocalityPolicy.leastRequest());
    const hashing = policy.kind === "RING_HASH" || policy.kind === "MAGLEV";
    if (hashing !== affinity._hashes) {
      throw new ValidationError(where, {
        what: "localityPolicy",
        got: `${policy.kind} ${affinity._hashes ? "with a session affinity" : "with nothing to hash"}`,
        allowed: affinity._hashes
          ? "ringHash() or maglev(), which respect the affinity"
          : "a policy that hashes nothing, or a sessionAffinity by client IP, header or cookie",
        fix: "leave localityPolicy out: the default fits the affinity",
      });
    }
    const { minimumRingSize } = policy.options;
    checkInteger(where, "minimumRingSize", minimumRingSize, 1, 8_388_608, "give a number of places");
    const rendered = affinity._render(where);
    return {
      ...rendered,
      localityLbPolicy: policy.kind,
      consistentHash:
        minimumRingSize === undefined ? rendered.consistentHash : { ...rendered.consistentHash, minimumRingSize },
      customMetrics: policy.kind === "WEIGHTED_ROUND_ROBIN" ? policy.renderMetrics(where) : undefined,
    };
  }

  private renderMetrics(where: IConstruct) {
    if (this.metrics.length === 0) {
      throw new ValidationError(where, {
        what: "localityPolicy",
        got: "no metric",
        allowed: "at least one metric to weigh by",
        fix: "name what the machines report, or use leastRequest()",
      });
    }
    checkUnique(where, "localityPolicy", this.metrics, "name each metric once");
    for (const name of this.metrics) checkAllowed(where, "custom metric", name, metricName);
    return this.metrics.map((name) => ({ name, dryRun: false }));
  }
}
