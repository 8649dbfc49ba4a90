import type { ComputeBackendServiceBackend } from "@cdktf/provider-google/lib/compute-backend-service";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkAllowed, checkInteger, checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { metricName } from "../../google/backend-service";

/**
 * Default CPU utilization of a full group (Compute API v1, Backend.maxUtilization, read
 * 2026-11-22).
 */
const FULL_CPU = 0.8;

export interface RateBalancingOptions {
  /** Requests per second that a machine handles well, more than 0; 0.5 is one in two seconds. */
  readonly maxRatePerInstance: number;
}

export interface UtilizationBalancingOptions {
  /** Average CPU utilization at which a group is full, more than 0, at most 1. @default 0.8 */
  readonly maxUtilization?: number;
  /**
   * Also full at this many requests per second and machine, more than 0. Not for TCP and SSL.
   * @default none
   */
  readonly maxRatePerInstance?: number;
}

export interface ConnectionBalancingOptions {
  /** Simultaneous connections that one machine handles well, at least 1. */
  readonly maxConnectionsPerInstance: number;
}

/** A utilization that machines report in the response header `endpoint-load-metrics` (ORCA). */
export interface CustomMetric {
  /**
   * 1 to 64 lower-case letters, digits, dashes, dots and underscores, starting with a letter:
   * `named_metrics.kv_cache`.
   */
  readonly name: string;
  /** Value at which a group is full, more than 0, at most 1. @default 0.8 */
  readonly maxUtilization?: number;
  /** Only reports the metric to Cloud Monitoring, without balancing by it. @default false */
  readonly dryRun?: boolean;
}

/** The kind of traffic of a backend service. @internal */
export type BalancedTraffic = "http" | "stream";

/**
 * When a group of machines is full: the rest goes to the next region with capacity. Nothing is
 * refused: if all groups are full, they share the excess.
 *
 * There is no rate per group: regional managed instance groups do not support it (gcloud compute
 * backend-services add-backend, --max-rate, read 2026-11-22).
 */
@checked
export class Balancing {
  /**
   * Requests per second. For inference on GPUs, where CPU load says nothing: measure what one
   * machine handles in time. If it is too low, clients go to distant regions although the near one
   * is free.
   */
  public static rate(options: RateBalancingOptions): Balancing {
    return new Balancing("RATE", options);
  }

  /**
   * Average CPU utilization of the group, as autoscalers see it. GPU machines are then never full:
   * requests stay in the nearest healthy region, as with Cloud Run.
   */
  public static utilization(options: UtilizationBalancingOptions = {}): Balancing {
    return new Balancing("UTILIZATION", { maxUtilization: FULL_CPU, ...options });
  }

  /** Simultaneous connections; for `StreamBackend` only. */
  public static connections(options: ConnectionBalancingOptions): Balancing {
    return new Balancing("CONNECTION", options);
  }

  /**
   * Utilizations that the model server reports, such as its cache or queue usage. For
   * `InstanceGroupBackend` only.
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
