import type { MonitoringSloRequestBasedSli } from "@cdktf/provider-google/lib/monitoring-slo";
import { Lazy, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkInteger, checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import type { MetricType } from "../google/metrics";
import type { Seconds } from "./inference-metrics";
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

export interface SloFirstTokenOptions {
  /** Milliseconds from the request to the first token, as the service measures them. */
  readonly thresholdMs: number;
  /** Share of requests that must be faster, from 0.5 to 0.9999: `0.95`. */
  readonly goal: number;
  /** Tells two such objectives apart. @default none */
  readonly name?: string;
}

const REQUESTS: MetricType = "loadbalancing.googleapis.com/https/request_count";
const LATENCIES: MetricType = "loadbalancing.googleapis.com/https/total_latencies";
const REGIONAL_REQUESTS: MetricType = "loadbalancing.googleapis.com/https/external/regional/request_count";
const REGIONAL_LATENCIES: MetricType = "loadbalancing.googleapis.com/https/external/regional/total_latencies";
const FAILED = { response_code_class: "500" };
/** Fewer failed requests than this in the longer window do not page, whatever share they are. */
const FAILURES = 5;
/** Fewer requests than this in the longer window say nothing of a percentile. */
const ANSWERS = 20;
/** The load balancer's label `matched_url_path_rule` is cut here. */
const ROUTE_CHARACTERS = 50;

/** Where an objective holds, and what measures it there. */
export interface SloPlace {
  readonly urlMapName: string;
  /** Undefined worldwide. */
  readonly region?: string;
  /** Whether the URL map is that of a regional load balancer. */
  readonly isRegional?: boolean;
  /** The time to the first token, where the services tell it. */
  readonly firstToken?: Seconds;
}

interface Indicator {
  readonly id: string;
  readonly kind: "availability" | "latency" | "firstToken";
  readonly goal: number;
  /** In words, of requests: `answered in 500 ms`. */
  readonly means: string;
  readonly route?: string;
  readonly thresholdMs?: number;
  render(place: SloPlace): MonitoringSloRequestBasedSli;
  /** PromQL: the share of bad requests is above `share`. */
  isAbove(share: number, place: SloPlace, window: string): string;
  /** PromQL: there are enough of them to say so. */
  isEnough(place: SloPlace, window: string): string;
}

/** Of a load balancer's metrics. */
const labelsOf = ({ urlMapName, region, isRegional }: SloPlace): Readonly<Record<string, string>> => ({
  url_map_name: urlMapName,
  ...(region !== undefined && { [isRegional ? "region" : "backend_scope"]: region }),
});
const requestsOf = ({ isRegional }: SloPlace) => (isRegional ? REGIONAL_REQUESTS : REQUESTS);
const latenciesOf = ({ isRegional }: SloPlace) => (isRegional ? REGIONAL_LATENCIES : LATENCIES);

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
      kind: "availability",
      goal: options.goal,
      means: "answered without a server error",
      render: (place) => ({
        goodTotalRatio: {
          badServiceFilter: filter(requestsOf(place), { ...labelsOf(place), ...FAILED }),
          totalServiceFilter: filter(requestsOf(place), labelsOf(place)),
        },
      }),
      isAbove: (share, place, window) => {
        const rate = (of: Readonly<Record<string, string>>) => `sum(rate(${series(requestsOf(place), of)}[${window}]))`;
        return `${rate({ ...labelsOf(place), ...FAILED })} / ${rate(labelsOf(place))} > ${share}`;
      },
      isEnough: (place, window) =>
        `sum(increase(${series(requestsOf(place), { ...labelsOf(place), ...FAILED })}[${window}])) >= ${FAILURES}`,
    });
  }

  /** Requests that are answered fast enough, failed ones included. */
  public static latency(options: SloLatencyOptions): Slo {
    const { goal, thresholdMs, route, name } = options;
    const ofRoute: Readonly<Record<string, string>> =
      route === undefined ? {} : { matched_url_path_rule: route.slice(0, ROUTE_CHARACTERS) };
    return new Slo({
      id: ["latency", name, route?.replaceAll("/", "|")].filter(Boolean).join(" "),
      kind: "latency",
      goal,
      thresholdMs,
      route,
      means: `answered within ${thresholdMs} ms`,
      render: (place) => ({
        distributionCut: {
          distributionFilter: filter(latenciesOf(place), { ...labelsOf(place), ...ofRoute }),
          range: { min: 0, max: thresholdMs },
        },
      }),
      isAbove: (share, place, window) =>
        isSlower(share, series(latenciesOf(place), { ...labelsOf(place), ...ofRoute }, "_bucket"), window, thresholdMs),
      isEnough: (place, window) =>
        isMany(series(latenciesOf(place), { ...labelsOf(place), ...ofRoute }, "_count"), window),
    });
  }

  /**
   * Requests whose first token comes fast enough: what a user of a chat waits for. The services
   * measure it, so that `observe` needs `inferenceMetrics`; requests that no service got, and those
   * without a token, do not count. It holds worldwide and in every region with a service.
   */
  public static firstToken(options: SloFirstTokenOptions): Slo {
    const { goal, thresholdMs, name } = options;
    const seconds = thresholdMs / 1000;
    const at = ({ firstToken, region }: SloPlace, part: string) => firstToken!.series(part, region);
    return new Slo({
      id: ["first token", name].filter(Boolean).join(" "),
      kind: "firstToken",
      goal,
      thresholdMs,
      means: `with a first token within ${thresholdMs} ms`,
      render: (place) => ({
        distributionCut: {
          distributionFilter: Lazy.stringValue({ produce: () => place.firstToken!.filter(place.region) }),
          range: { min: 0, max: seconds },
        },
      }),
      isAbove: (share, place, window) => isSlower(share, at(place, "_bucket"), window, seconds),
      isEnough: (place, window) => isMany(at(place, "_count"), window),
    });
  }

  private constructor(
    /** @internal */
    public readonly _indicator: Indicator,
  ) {}

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

/**
 * More than a share is slow where the complementary percentile is. Buckets end at powers, not at the
 * threshold, so that a count of one bucket would not do.
 */
function isSlower(share: number, buckets: string, window: string, threshold: number): string {
  return `histogram_quantile(${rounded(1 - share)}, sum by (le) (rate(${buckets}[${window}]))) > ${threshold}`;
}

const isMany = (counts: string, window: string) => `sum(increase(${counts}[${window}])) >= ${ANSWERS}`;

/** Without the digits that floating point adds. */
export function rounded(share: number): number {
  return Number(share.toPrecision(6));
}
