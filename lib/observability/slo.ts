import type { MonitoringSloRequestBasedSli } from "@cdktf/provider-google/lib/monitoring-slo";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkInteger, checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import type { MetricType } from "../google/metrics";
import { filter, series } from "./series";

export interface SloAvailabilityOptions {
  /**
   * Share of requests that must not fail with a 5xx, from 0.5 to 0.9999, the most that Monitoring
   * accepts: `0.999`.
   */
  readonly goal: number;
}

export interface SloLatencyOptions {
  /** Milliseconds from the client's first byte to the answer's last: all of a streamed answer. */
  readonly thresholdMs: number;
  /** Share of requests that must be faster, from 0.5 to 0.9999: `0.95`. */
  readonly goal: number;
  /**
   * A path as a route names it: `/v1/embeddings` or `/v1/*`. The load balancer's metrics keep its
   * first 50 characters. @default all requests
   */
  readonly route?: string;
  /** Tells two objectives of one route apart. @default none */
  readonly name?: string;
}

const REQUESTS: MetricType = "loadbalancing.googleapis.com/https/request_count";
const LATENCIES: MetricType = "loadbalancing.googleapis.com/https/total_latencies";
const FAILED = { response_code_class: "500" };
/** Fewer failed requests than this in the longer window do not page, whatever share they are. */
const FAILURES = 5;
/** Fewer requests than this in the longer window say nothing of a percentile. */
const ANSWERS = 20;
/** The load balancer's label `matched_url_path_rule` is cut here. */
const ROUTE_CHARACTERS = 50;

interface Indicator {
  readonly id: string;
  readonly goal: number;
  /** In words, of requests: `answered in 500 ms`. */
  readonly means: string;
  readonly route?: string;
  readonly thresholdMs?: number;
  render(labels: Readonly<Record<string, string>>): MonitoringSloRequestBasedSli;
  /** PromQL: the share of bad requests is above `share`. */
  isAbove(share: number, labels: Readonly<Record<string, string>>, window: string): string;
  /** PromQL: there are enough of them to say so. */
  isEnough(labels: Readonly<Record<string, string>>, window: string): string;
}

/**
 * What users are promised, over 30 days, as the load balancer measures it. `Observability` holds
 * each worldwide and in every region, and alerts when its error budget burns too fast.
 */
@checked
export class Slo {
  /** Requests that do not fail with a 5xx, the load balancer's own included. */
  public static availability(options: SloAvailabilityOptions): Slo {
    return new Slo({
      id: "availability",
      goal: options.goal,
      means: "answered without a server error",
      render: (labels) => ({
        goodTotalRatio: {
          badServiceFilter: filter(REQUESTS, { ...labels, ...FAILED }),
          totalServiceFilter: filter(REQUESTS, labels),
        },
      }),
      isAbove: (share, labels, window) => {
        const rate = (of: Readonly<Record<string, string>>) => `sum(rate(${series(REQUESTS, of)}[${window}]))`;
        return `${rate({ ...labels, ...FAILED })} / ${rate(labels)} > ${share}`;
      },
      isEnough: (labels, window) =>
        `sum(increase(${series(REQUESTS, { ...labels, ...FAILED })}[${window}])) >= ${FAILURES}`,
    });
  }

  /** Requests that are answered fast enough, failed ones included. */
  public static latency(options: SloLatencyOptions): Slo {
    const { goal, thresholdMs, route, name } = options;
    const ofRoute: Readonly<Record<string, string>> =
      route === undefined ? {} : { matched_url_path_rule: route.slice(0, ROUTE_CHARACTERS) };
    return new Slo({
      id: ["latency", name, route?.replaceAll("/", "|")].filter(Boolean).join(" "),
      goal,
      thresholdMs,
      route,
      means: `answered within ${thresholdMs} ms`,
      render: (labels) => ({
        distributionCut: {
          distributionFilter: filter(LATENCIES, { ...labels, ...ofRoute }),
          range: { min: 0, max: thresholdMs },
        },
      }),
      // More than a share is slow where the complementary percentile is. Buckets end at powers, not
      // at the threshold, so that a count of one bucket would not do.
      isAbove: (share, labels, window) => {
        const buckets = series(LATENCIES, { ...labels, ...ofRoute }, "_bucket");
        return `histogram_quantile(${rounded(1 - share)}, sum by (le) (rate(${buckets}[${window}]))) > ${thresholdMs}`;
      },
      isEnough: (labels, window) =>
        `sum(increase(${series(LATENCIES, { ...labels, ...ofRoute }, "_count")}[${window}])) >= ${ANSWERS}`,
    });
  }

  /** @internal */
  public readonly _isLatency: boolean;

  private constructor(
    /** @internal */
    public readonly _indicator: Indicator,
  ) {
    this._isLatency = _indicator.thresholdMs !== undefined;
  }

  /**
   * Throws for what Monitoring rejects, and for a route that is not there.
   *
   * @internal
   */
  public _check(where: IConstruct): void {
    const { goal, thresholdMs, route } = this._indicator;
    if (Token.isUnresolved(goal) || !(goal >= 0.5 && goal <= 0.9999)) {
      throw new ValidationError(where, {
        what: "goal",
        got: goal,
        allowed: "a share from 0.5 to 0.9999, known at synth: the alerts follow it",
        fix: "write 99.9 % as 0.999",
      });
    }
    checkLiteral(where, "thresholdMs", thresholdMs);
    checkInteger(where, "thresholdMs", thresholdMs, 1, 3_600_000, "give milliseconds");
    checkLiteral(where, "route", route);
    if (route !== undefined && !route.startsWith("/")) {
      throw new ValidationError(where, {
        what: "route",
        got: route,
        allowed: "a path as in addRoute, starting with /",
        fix: "give the path of a route, or leave it out for all requests",
      });
    }
  }
}

/** Without the digits that floating point adds. */
export function rounded(share: number): number {
  return Number(share.toPrecision(6));
}
