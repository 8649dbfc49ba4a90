import type {
  ComputeUrlMapPathMatcherRouteRulesRouteAction as Action,
  ComputeUrlMapPathMatcherRouteRulesRouteActionFaultInjectionPolicy as FaultPolicy,
  ComputeUrlMapPathMatcherRouteRulesRouteActionRetryPolicy as RetryPolicy,
} from "@cdktf/provider-google/lib/compute-url-map";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkInteger, checkPattern, checkUnique, checkWithin } from "../core/checks";
import { ValidationError } from "../core/errors";
import { faultStatus } from "../google/url-map";
import type { RouteProps } from "./route";

/** Which sites' scripts may call the route. The load balancer answers preflight requests. */
export interface CorsOptions {
  /**
   * Scheme and host: `https://app.example.com`, or `*` for every site. Google Cloud accepts regular
   * expressions for `INTERNAL_SELF_MANAGED` only (Compute API v1, CorsPolicy.allowOriginRegexes,
   * read 2026-11-22).
   */
  readonly allowOrigins: string[];
  /** @default GET, POST, OPTIONS */
  readonly allowMethods?: string[];
  /** Request headers that scripts may send. @default Authorization, Content-Type */
  readonly allowHeaders?: string[];
  /** Response headers that scripts may read, beyond those always allowed. @default none */
  readonly exposeHeaders?: string[];
  /**
   * Allows cookies and certificates; not with the origin `*`. Keys in `Authorization` do not need
   * it. @default false
   */
  readonly allowCredentials?: boolean;
  /** How long browsers cache a preflight response, in seconds. @default 3600 */
  readonly maxAgeSeconds?: number;
}

/** When the load balancer retries a request. */
export enum RetryCondition {
  /** No connection to the backend, which has not started the request. */
  CONNECT_FAILURE = "connect-failure",
  /** The backend refused the stream (HTTP/2 REFUSED_STREAM) and has not started the request. */
  REFUSED_STREAM = "refused-stream",
  /** 502, 503 or 504. The backend may have done the work. */
  GATEWAY_ERROR = "gateway-error",
  /** Any 5xx, or no response. The backend may have done the work. */
  SERVER_ERROR = "5xx",
  /** No response: disconnect, reset or timeout. The backend may have done the work. */
  RESET = "reset",
  /** 409. */
  RETRIABLE_4XX = "retriable-4xx",
}

/**
 * By default, the load balancer retries a request without a body once after 502, 503 or 504, and
 * never a POST (docs.cloud.google.com/load-balancing/docs/l7-internal#retries, in a quotation of
 * it, read 2026-11-22).
 */
export interface RetryOptions {
  /** Number of retries, 1 to 25 (this library's limit: retries increase an overload). @default 1 */
  readonly attempts?: number;
  /**
   * @default connect failure, refused stream and gateway error; with `retryNonIdempotent` the first
   * two
   */
  readonly conditions?: RetryCondition[];
  /**
   * Timeout of one attempt, 1 to 86400 seconds; at most `timeoutSeconds`. @default the route's
   * timeout
   */
  readonly perTryTimeoutSeconds?: number;
  /**
   * Needed on a route for POST or PATCH: the backend may have run the request (and charged for it)
   * before the response was lost. @default false
   */
  readonly retryNonIdempotent?: boolean;
}

/**
 * Failures injected by the load balancer, for a drill. Aborted requests have no retry or timeout.
 */
export interface FaultOptions {
  /** Requests aborted by the load balancer, in percent, above 0 to 100. @default none */
  readonly abortPercent?: number;
  /** Status of aborted requests, 200 to 599. @default 503 */
  readonly abortStatus?: number;
  /** Requests delayed before they reach the backend, in percent, above 0 to 100. @default none */
  readonly delayPercent?: number;
  /** Length of the delay, 1 to 3600 seconds. Needed with `delayPercent`. */
  readonly delaySeconds?: number;
}

const IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"];
const MAX_SECONDS = 86400;

/** What happens to a request on its way to the backend, except weights and rewrites. */
type ActionOptions = Pick<RouteProps, "cors" | "retry" | "timeoutSeconds" | "fault">;

export function checkAction(where: IConstruct, options: ActionOptions, methods: readonly string[]): void {
  const { cors, retry, timeoutSeconds, fault } = options;
  checkInteger(where, "timeoutSeconds", timeoutSeconds, 1, MAX_SECONDS, "leave it out for the backend's own limit");
  if (cors) checkCors(where, cors, methods);
  if (retry) checkRetry(where, retry, timeoutSeconds, methods);
  if (fault) checkFault(where, fault);
}

export function renderAction({ cors, retry, timeoutSeconds, fault }: ActionOptions): Action {
  return {
    corsPolicy: cors && {
      allowOrigins: cors.allowOrigins,
      allowMethods: cors.allowMethods ?? ["GET", "POST", "OPTIONS"],
      allowHeaders: cors.allowHeaders ?? ["Authorization", "Content-Type"],
      exposeHeaders: cors.exposeHeaders,
      allowCredentials: cors.allowCredentials ?? false,
      maxAge: cors.maxAgeSeconds ?? 3600,
      disabled: false,
    },
    retryPolicy: retry && renderRetry(retry),
    timeout: seconds(timeoutSeconds),
    faultInjectionPolicy: fault && renderFault(fault),
  };
}

function checkCors(where: IConstruct, cors: CorsOptions, methods: readonly string[]): void {
  const { allowOrigins, allowCredentials, allowMethods = [], maxAgeSeconds } = cors;
  if (allowOrigins.length === 0) {
    throw new ValidationError(where, {
      what: "cors allowOrigins",
      got: [],
      allowed: "at least one origin",
      fix: "name the sites whose scripts call the route, or leave cors out",
    });
  }
  for (const origin of allowOrigins) {
    checkPattern(
      where,
      "cors allowOrigins",
      origin,
      /^(\*|[a-z][a-z0-9+.-]*:\/\/[^/\s*]+)$/i,
      '"*", or scheme and host without a path and without *',
      "write it as browsers send it: https://app.example.com",
    );
  }
  checkUnique(where, "cors allowOrigins", allowOrigins, "name each origin once");
  for (const method of allowMethods)
    checkPattern(where, "cors allowMethods", method, /^(\*|[A-Z]+)$/, "an HTTP method in capital letters", "GET, POST");
  checkInteger(where, "cors maxAgeSeconds", maxAgeSeconds, 0, MAX_SECONDS, "browsers keep it for at most a day");
  if (allowCredentials && allowOrigins.includes("*")) {
    throw new ValidationError(where, {
      what: "cors allowCredentials",
      got: true,
      allowed: "only with named origins: browsers refuse it with *",
      fix: "name the origins, or leave it out: keys in the Authorization header do not need it",
    });
  }
  if (methods.length > 0 && !methods.includes("OPTIONS")) {
    throw new ValidationError(where, {
      what: "cors",
      got: methods,
      allowed: "methods with OPTIONS among them: preflight requests must match the route",
      fix: 'add "OPTIONS" to methods',
    });
  }
}

function checkRetry(
  where: IConstruct,
  retry: RetryOptions,
  timeoutSeconds: number | undefined,
  methods: readonly string[],
): void {
  const { attempts, conditions, perTryTimeoutSeconds, retryNonIdempotent } = retry;
  checkInteger(where, "retry attempts", attempts, 1, 25, "each retry adds load to an overloaded backend");
  const longest = Token.isUnresolved(timeoutSeconds) ? MAX_SECONDS : (timeoutSeconds ?? MAX_SECONDS);
  checkInteger(
    where,
    "retry perTryTimeoutSeconds",
    perTryTimeoutSeconds,
    1,
    longest,
    "the route's timeout includes all attempts",
  );
  if (conditions?.length === 0) {
    throw new ValidationError(where, {
      what: "retry conditions",
      got: [],
      allowed: "at least one condition",
      fix: "leave conditions out for the safe ones, or retry out for the load balancer's own",
    });
  }
  checkUnique(where, "retry conditions", conditions ?? [], "name each condition once");
  const unsafe = methods.filter((method) => !IDEMPOTENT.includes(method));
  if (!retryNonIdempotent && (methods.length === 0 || unsafe.length > 0)) {
    throw new ValidationError(where, {
      what: "retry",
      got: methods.length === 0 ? "every method" : unsafe,
      allowed: `a route of ${IDEMPOTENT.join(", ")}: anything else may have run although its answer was lost`,
      fix: 'limit the route: methods: ["GET"], or set retryNonIdempotent where the service recognises repeated requests',
    });
  }
}

function renderRetry(retry: RetryOptions): RetryPolicy {
  const unprocessed = [RetryCondition.CONNECT_FAILURE, RetryCondition.REFUSED_STREAM];
  const { conditions = retry.retryNonIdempotent ? unprocessed : [...unprocessed, RetryCondition.GATEWAY_ERROR] } =
    retry;
  return {
    numRetries: retry.attempts ?? 1,
    retryConditions: conditions,
    perTryTimeout: seconds(retry.perTryTimeoutSeconds),
  };
}

function checkFault(where: IConstruct, fault: FaultOptions): void {
  const { abortPercent, abortStatus, delayPercent, delaySeconds } = fault;
  for (const [what, percent] of Object.entries({ abortPercent, delayPercent })) {
    if (percent === undefined || Token.isUnresolved(percent) || (percent > 0 && percent <= 100)) continue;
    throw new ValidationError(where, {
      what: `fault ${what}`,
      got: percent,
      allowed: "above 0, to 100",
      fix: "leave it out to end the drill",
    });
  }
  checkWithin(where, "fault abortStatus", abortStatus, faultStatus, "give an HTTP status, such as 503");
  checkInteger(where, "fault delaySeconds", delaySeconds, 1, 3600, "give a number of seconds");
  const incomplete =
    (abortPercent === undefined && delayPercent === undefined) ||
    (abortPercent === undefined && abortStatus !== undefined) ||
    (delayPercent === undefined) !== (delaySeconds === undefined);
  if (incomplete) {
    throw new ValidationError(where, {
      what: "fault",
      got: fault,
      allowed: "abortPercent (with an abortStatus), or delayPercent with delaySeconds, or all of them",
      fix: "say how many requests, and what happens to them",
    });
  }
}

function renderFault({ abortPercent, abortStatus = 503, delayPercent, delaySeconds }: FaultOptions): FaultPolicy {
  return {
    abort: abortPercent === undefined ? undefined : { httpStatus: abortStatus, percentage: abortPercent },
    delay: delayPercent === undefined ? undefined : { fixedDelay: seconds(delaySeconds), percentage: delayPercent },
  };
}

/** The provider takes seconds as text: the API's number has 64 bits. */
function seconds(value: number | undefined): { seconds: string } | undefined {
  return value === undefined ? undefined : { seconds: Token.isUnresolved(value) ? Token.asString(value) : `${value}` };
}
