import type { ComputeBackendServiceOutlierDetection } from "@cdktf/provider-google/lib/compute-backend-service";
import type { IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkInteger } from "../core/checks";
import { ValidationError } from "../core/errors";
import { outlierDetection } from "../google/backend-service";
import type { IRegionTarget } from "../region/cloud-run/region-target";

export interface OutlierDetectionOptions {
  /** Consecutive 5xx responses that eject a region, 1 to 1000. @default 5 */
  readonly consecutiveErrors?: number;
  /** 502, 503, 504 or connection failures in a row that eject a region, 1 to 1000. @default 3 */
  readonly consecutiveGatewayFailures?: number;
  /** Time between checks of the counts, 1 to 3600 seconds. @default 1 */
  readonly intervalSeconds?: number;
  /**
   * How long a region stays ejected, multiplied by its ejections so far, 1 to 3600 seconds.
   * @default 180, at which Google measured under 5 % of errors seen by clients
   * (docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts, read 2026-11-22)
   */
  readonly baseEjectionSeconds?: number;
  /** Maximum share of regions ejected at a time, in percent; must allow one. @default 50 */
  readonly maxEjectionPercent?: number;
}

/**
 * How the load balancer stops sending requests to a failing region.
 *
 * No method covers a region that is full: Cloud Run's 429 counts as a successful response.
 */
@checked
export class Failover {
  /**
   * Service health if there are at least two regions and all report it (a readiness probe, a warm
   * instance), otherwise outlier detection. Nothing for a single region or with `Access.iap()`,
   * which supports neither.
   */
  public static automatic(): Failover {
    return new Failover("automatic");
  }

  /**
   * Cloud Run service health only: a region gets no requests while fewer than 60 % of its instances
   * pass their readiness probe
   * (docs.cloud.google.com/run/docs/configuring/configure-service-health, read 2026-11-22).
   *
   * @throws ValidationError, on use, if a region does not report its health: it would always count
   * as healthy.
   */
  public static serviceHealth(): Failover {
    return new Failover("serviceHealth");
  }

  /**
   * Outlier detection: each proxy counts failed responses, so some requests fail first. Nothing for
   * a single region.
   */
  public static outlierDetection(options: OutlierDetectionOptions = {}): Failover {
    return new Failover("outlierDetection", options);
  }

  /** None: requests keep going to a failing region. */
  public static none(): Failover {
    return new Failover("none");
  }

  private constructor(
    private readonly kind: "automatic" | "serviceHealth" | "outlierDetection" | "none",
    private readonly options: OutlierDetectionOptions = {},
  ) {}

  /** The outlier detection for these regions, if any. @internal */
  public _bind(
    where: IConstruct,
    targets: readonly IRegionTarget[],
    iap = false,
  ): ComputeBackendServiceOutlierDetection | undefined {
    if (iap) {
      this.checkIap(where);
      return undefined;
    }
    const silent = targets.filter((target) => !target.reportsHealth);
    if (this.kind === "serviceHealth" && (silent.length > 0 || targets.length < 2)) {
      throw new ValidationError(where, {
        what: "failover",
        got:
          silent.length > 0
            ? `no service health from ${silent.map((target) => target.region).join(", ")}`
            : "one region",
        allowed: "two or more regions, each with a readinessProbe, minInstances of 1 or more and no tag on its NEG",
        fix: "give each region a readinessProbe and minInstances: 1, or use Failover.automatic()",
      });
    }
    const detects = this.kind === "outlierDetection" || (this.kind === "automatic" && silent.length > 0);
    const detection = detects ? renderOutlierDetection(where, this.options, targets.length) : undefined;
    // Ejecting the only region would refuse every request.
    return targets.length > 1 ? detection : undefined;
  }

  private checkIap(where: IConstruct): void {
    if (this.kind !== "serviceHealth" && this.kind !== "outlierDetection") return;
    throw new ValidationError(where, {
      what: "failover",
      got: `Failover.${this.kind}() with Access.iap()`,
      allowed: "Failover.automatic() or Failover.none(), neither of which fails over with IAP",
      fix: "leave failover out, or use another access: Google Cloud has no failover between Cloud Run regions with IAP on the backend service",
    });
  }
}

/** @param regions How many can be ejected; undefined if machines are ejected. */
export function renderOutlierDetection(
  where: IConstruct,
  options: OutlierDetectionOptions,
  regions = 1,
): ComputeBackendServiceOutlierDetection {
  const {
    consecutiveErrors = 5,
    consecutiveGatewayFailures = 3,
    intervalSeconds = 1,
    baseEjectionSeconds = 180,
    maxEjectionPercent = 50,
  } = options;
  checkInteger(where, "consecutiveErrors", consecutiveErrors, 1, 1000, "give a number of answers");
  checkInteger(where, "consecutiveGatewayFailures", consecutiveGatewayFailures, 1, 1000, "give a number of answers");
  checkInteger(where, "intervalSeconds", intervalSeconds, 1, 3600, "give a number of seconds");
  checkInteger(where, "baseEjectionSeconds", baseEjectionSeconds, 1, 3600, "give a number of seconds");
  const least = regions > 1 ? Math.ceil(100 / regions) : 1;
  checkInteger(
    where,
    "maxEjectionPercent",
    maxEjectionPercent,
    least,
    outlierDetection.max_ejection_percent.max,
    `below ${least} % none of ${regions} regions can be ejected`,
  );
  // Every field is written, because API and provider have different defaults: without
  // enforcing_consecutive_errors = 100 only gateway failures eject.
  return {
    consecutiveErrors,
    enforcingConsecutiveErrors: 100,
    consecutiveGatewayFailure: consecutiveGatewayFailures,
    enforcingConsecutiveGatewayFailure: 100,
    interval: { seconds: intervalSeconds },
    baseEjectionTime: { seconds: baseEjectionSeconds },
    maxEjectionPercent,
  };
}
