import type {
  ComputeSecurityPolicyRule,
  ComputeSecurityPolicyRuleRateLimitOptions,
} from "@cdktf/provider-google/lib/compute-security-policy";
import { checked } from "../../core/checked";

/**
 * How a rate limit tells clients apart. Only the first 128 bytes of a key count (Compute API v1,
 * read 2026-11-22).
 */
@checked
export class EdgeRateKey {
  /** The address that the connection comes from. All clients behind one NAT share it. */
  public static ip(): EdgeRateKey {
    return new EdgeRateKey("IP");
  }

  /** The value of a request header. Requests without the header share one count. */
  public static header(name: string): EdgeRateKey {
    return new EdgeRateKey("HTTP_HEADER", name);
  }

  /** The value of a cookie. Requests without the cookie share one count. */
  public static cookie(name: string): EdgeRateKey {
    return new EdgeRateKey("HTTP_COOKIE", name);
  }

  /** The path of the request, without the query. */
  public static path(): EdgeRateKey {
    return new EdgeRateKey("HTTP_PATH");
  }

  /** The country or region of the address. */
  public static regionCode(): EdgeRateKey {
    return new EdgeRateKey("REGION_CODE");
  }

  /** None: all requests share one count. */
  public static all(): EdgeRateKey {
    return new EdgeRateKey("ALL");
  }

  private constructor(
    /** @internal */
    public readonly _type: string,
    /** @internal */
    public readonly _name?: string,
  ) {}
}

/** A rate limit, counted separately for each backend service that the policy is attached to. */
export interface EdgeRateOptions {
  /** Requests allowed per interval: 1 to 1,000,000, with a ban 1 to 10,000. */
  readonly requests: number;
  /**
   * Length of the interval: 10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700 or 3600
   * seconds. @default 60
   */
  readonly intervalSeconds?: number;
  /** What identifies a client, at most 3 keys together. @default [EdgeRateKey.ip()] */
  readonly keys?: EdgeRateKey[];
  /** Status for requests over the limit: 403, 404, 429 or 502. @default 429 */
  readonly exceedStatus?: number;
}

/** A rate limit that bans a client for a while. */
export interface EdgeBanOptions extends EdgeRateOptions {
  /** Length of a ban: 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700 or 3600 seconds. */
  readonly banSeconds: number;
  /**
   * Bans only above this many requests in `banAfterIntervalSeconds`; below it, requests over the
   * limit are refused one by one. @default a ban at the limit
   */
  readonly banAfterRequests?: number;
  /** Interval of `banAfterRequests`; values as `intervalSeconds`. @default intervalSeconds */
  readonly banAfterIntervalSeconds?: number;
}

/** What a rule does with matching requests. It ends the evaluation: later rules do not apply. */
@checked
export class EdgeAction {
  /** Lets the request skip all later rules. */
  public static allow(): EdgeAction {
    return new EdgeAction("allow");
  }

  /** Refuses the request with 403, 404 or 502; Cloud Armor does not have 401 or 413. */
  public static deny(status = 403): EdgeAction {
    return new EdgeAction(`deny(${status})`);
  }

  /** Lets a client's requests within the limit skip all later rules, and refuses the rest. */
  public static throttle(options: EdgeRateOptions): EdgeAction {
    return new EdgeAction("throttle", rateLimit(options));
  }

  /**
   * Like `throttle`, and refuses everything from a client over the limit for a while. Google Cloud
   * cannot turn a ban into a throttle (docs.cloud.google.com/armor/docs/rate-limiting-overview,
   * read 2026-11-22): give the new rule another priority.
   */
  public static ban(options: EdgeBanOptions): EdgeAction {
    const { banSeconds, banAfterRequests, banAfterIntervalSeconds, intervalSeconds = 60 } = options;
    return new EdgeAction("rate_based_ban", {
      ...rateLimit(options),
      banDurationSec: banSeconds,
      banThreshold:
        banAfterRequests === undefined
          ? undefined
          : { count: banAfterRequests, intervalSec: banAfterIntervalSeconds ?? intervalSeconds },
    });
  }

  /** Redirects to this URL with a 302. Not in an edge policy. */
  public static redirect(url: string): EdgeAction {
    return new EdgeAction("redirect", undefined, { type: "EXTERNAL_302", target: url });
  }

  /** Shows a reCAPTCHA page, which only people in browsers can solve. Not in an edge policy. */
  public static recaptchaChallenge(): EdgeAction {
    return new EdgeAction("redirect", undefined, { type: "GOOGLE_RECAPTCHA" });
  }

  private constructor(
    private readonly action: string,
    private readonly rate?: ComputeSecurityPolicyRuleRateLimitOptions,
    private readonly redirection?: { type: string; target?: string },
  ) {}

  /** @internal */
  public _render(): Pick<ComputeSecurityPolicyRule, "action" | "rateLimitOptions" | "redirectOptions"> {
    return { action: this.action, rateLimitOptions: this.rate, redirectOptions: this.redirection };
  }
}

/**
 * Your own rule. Its priority must be in a free band: 0 to 9,999 (before everything), 20,000 to
 * 29,999 (after the lists of addresses and regions), 40,000 to 49,999 (before the WAF), 60,000 to
 * 69,999 (before the rate limits).
 */
export interface EdgeRule {
  /** Lower numbers are evaluated first. Leave gaps of 10 or more for later rules. */
  readonly priority: number;
  readonly action: EdgeAction;
  /**
   * Condition in Cloud Armor's subset of the Common Expression Language, at most 5 subexpressions
   * and 2048 characters; parsed and type-checked at once. @default none: the rule matches by
   * ipRanges
   */
  readonly expression?: string;
  /** Addresses or ranges, at most 10, or `["*"]` for all. @default none: matches by expression */
  readonly ipRanges?: string[];
  /** Only logs what the rule would do. @default that of the policy */
  readonly preview?: boolean;
  /** At most 64 characters. @default none */
  readonly description?: string;
}

function rateLimit(options: EdgeRateOptions): ComputeSecurityPolicyRuleRateLimitOptions {
  const { requests, intervalSeconds = 60, keys = [EdgeRateKey.ip()], exceedStatus = 429 } = options;
  const [first] = keys;
  const single = keys.length === 1 ? first : undefined;
  return {
    conformAction: "allow",
    exceedAction: `deny(${exceedStatus})`,
    rateLimitThreshold: { count: requests, intervalSec: intervalSeconds },
    // The API takes a single key here; several go below, and this must then be empty.
    enforceOnKey: single?._type ?? (first ? "" : "ALL"),
    enforceOnKeyName: single?._name,
    enforceOnKeyConfigs: single
      ? undefined
      : keys.map((key) => ({ enforceOnKeyType: key._type, enforceOnKeyName: key._name })),
  };
}
