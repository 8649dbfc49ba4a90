import type { ComputeBackendServiceBackend } from "@cdktf/provider-google/lib/compute-backend-service";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkAllowed, checkInteger, checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { metricName } from "../../google/backend-service";

/**
 * Default share of the CPUs that counts as full (Compute API v1, Backend.maxUtilization, read
 * 2026-11-22).
 */
const FULL_CPU = 0.8;

export interface RateBalancingOptions {
  /**
   * Requests per second that one machine answers well, more than 0; fractions are fine: 0.5 is one
   * in two seconds.
   */
  readonly maxRatePerInstance: number;
}

export interface UtilizationBalancingOptions {
  /**
   * Average CPU utilization at which a group counts as full, more than 0, at most 1. @default 0.8
   */
  readonly maxUtilization?: number;
  /**
   * Requests per second and machine at which a group counts as full too, more than 0. Not for TCP
   * and SSL. @default none
   */
  readonly maxRatePerInstance?: number;
}

export interface ConnectionBalancingOptions {
  /** Connections at a time that one machine holds well, from 1. */
  readonly maxConnectionsPerInstance: number;
}

/**
 * A utilization that the machines report with their answers, in the header `endpoint-load-metrics`
 * (ORCA).
 */
export interface CustomMetric {
  /**
   * 1 to 64 lower-case letters, digits, dashes, dots and underscores, a letter first:
   * `named_metrics.kv_cache`.
   */
  readonly name: string;
  /** Share at which a group counts as full, more than 0, at most 1. @default 0.8 */
  readonly maxUtilization?: number;
  /** Reports the metric to Cloud Monitoring without balancing by it. @default false */
  readonly dryRun?: boolean;
}

/** Which kind of requests a backend service passes on. @internal */
export type BalancedTraffic = "http" | "stream";

/**
 * When a group of machines counts as full: what comes beyond goes to the next region that has room.
 * Nothing is refused: where all groups are full, all of them get more.
 *
 * A rate per group is not offered: regional managed instance groups do not take one (gcloud compute
 * backend-services add-backend, --max-rate, read 2026-11-22).
 */
export class Balancing {
  /**
   * Requests per second. The mode for inference on GPUs, where CPUs idle and tell nothing: measure
   * what one machine answers in time, and give that. A number too low sends clients to far regions
   * while the near one has room.
   */
  public static rate(options: RateBalancingOptions): Balancing {
    return new Balancing("RATE", options);
  }

  /**
   * Average CPU utilization of the group, the same that autoscalers see. On machines with GPUs a
   * group is then never full: requests stay in the nearest healthy region, as with Cloud Run.
   */
  public static utilization(options: UtilizationBalancingOptions = {}): Balancing {
    return new Balancing("UTILIZATION", { maxUtilization: FULL_CPU, ...options });
  }

  /** Connections at a time; for `StreamBackend` only. */
  public static connections(options: ConnectionBalancingOptions): Balancing {
    return new Balancing("CONNECTION", options);
  }

  /**
   * Utilizations that the model server itself reports, such as the share of its cache or queue in
   * use. For `InstanceGroupBackend` only.
   *
   * @param metrics One or more, each name once.
   */
  public static customMetrics(metrics: CustomMetric[]): Balancing {
    return new Balancing("CUSTOM_METRICS", {}, metrics);
  }

  private constructor(
    private readonly mode: "RATE" | "UTILIZATION" | "CONNECTION" | "CUSTOM_METRICS",
    private readonly limits: Partial<RateBalancingOptions & UtilizationBalancingOptions & ConnectionBalancingOptions>,
    private readonly metrics: readonly CustomMetric[] = [],
  ) {}

  /** The arguments of one group, checked. @internal */
  public _render(where: IConstruct, traffic: BalancedTraffic): Omit<ComputeBackendServiceBackend, "group"> {
    this.checkTraffic(where, traffic);
    const { maxRatePerInstance, maxUtilization, maxConnectionsPerInstance } = this.limits;
    checkShare(where, "maxUtilization", maxUtilization);
    checkRate(where, maxRatePerInstance);
    checkInteger(
      where,
      "maxConnectionsPerInstance",
      maxConnectionsPerInstance,
      1,
      2147483647,
      "give the connections that one machine holds at a time",
    );
    return {
      balancingMode: this.mode,
      maxRatePerInstance,
      maxUtilization,
      maxConnectionsPerInstance,
      customMetrics: this.mode === "CUSTOM_METRICS" ? this.renderMetrics(where) : undefined,
    };
  }

  private renderMetrics(where: IConstruct) {
    const { metrics } = this;
    if (metrics.every(({ dryRun }) => dryRun)) {
      throw new ValidationError(where, {
        what: "balancing",
        got: metrics.length === 0 ? "no metric" : "metrics in dry run only",
        allowed: "at least one metric without dryRun",
        fix: "name a metric to balance by",
      });
    }
    const names = metrics.map(({ name }) => name);
    checkUnique(where, "balancing", names, "name each metric once");
    for (const name of names) checkAllowed(where, "custom metric", name, metricName);
    return metrics.map(({ name, maxUtilization = FULL_CPU, dryRun = false }) => {
      checkShare(where, "maxUtilization", maxUtilization);
      return { name, maxUtilization, dryRun };
    });
  }

  private checkTraffic(where: IConstruct, traffic: BalancedTraffic): void {
    const forStreams = this.mode === "CONNECTION" || (this.mode === "UTILIZATION" && !this.limits.maxRatePerInstance);
    if (traffic === "stream" ? forStreams : this.mode !== "CONNECTION") return;
    throw new ValidationError(where, {
      what: "balancing",
      got: this.mode,
      allowed:
        traffic === "stream"
          ? "Balancing.connections or Balancing.utilization without a rate: streams have no requests"
          : "Balancing.rate, Balancing.utilization or Balancing.customMetrics: connections are not balanced by HTTP",
      fix:
        traffic === "stream" ? "say how many connections a machine holds" : "say how many requests a machine answers",
    });
  }
}

function checkShare(where: IConstruct, what: string, value: number | undefined): void {
  if (value === undefined || Token.isUnresolved(value) || (value > 0 && value <= 1)) return;
  throw new ValidationError(where, {
    what,
    got: value,
    allowed: "more than 0, at most 1",
    fix: "give the share, not the percentage: 0.8",
  });
}

function checkRate(where: IConstruct, value: number | undefined): void {
  if (value === undefined || Token.isUnresolved(value) || (value > 0 && Number.isFinite(value))) return;
  throw new ValidationError(where, {
    what: "maxRatePerInstance",
    got: value,
    allowed: "a number of requests per second, more than 0",
    fix: "measure what one machine answers in time; to drain a region, use drainingRegions",
  });
}
