import type {
  ComputeSecurityPolicyRule,
  ComputeSecurityPolicyRuleRateLimitOptions,
} from "@cdktf/provider-google/lib/compute-security-policy";

/**
 * What tells one client of a rate limit from another. Keys are cut to their first 128 bytes
 * (Compute API v1, read 2026-11-22).
 */
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

  /** The country or region that the address belongs to. */
  public static regionCode(): EdgeRateKey {
    return new EdgeRateKey("REGION_CODE");
  }

  /** None: all requests together have one count. */
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

/**
 * Numbers of a rate limit. Each backend service that the policy is attached to counts for itself.
 */
export interface EdgeRateOptions {
  /** Requests that are let through in an interval; 1 to 1,000,000, with a ban to 10,000. */
  readonly requests: number;
  /**
   * Length of the interval: 10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700 or 3600
   * seconds. @default 60
   */
  readonly intervalSeconds?: number;
  /** What tells clients apart, at most 3 together. @default [EdgeRateKey.ip()] */
  readonly keys?: EdgeRateKey[];
  /** Status of the answer to a request beyond the limit: 403, 404, 429 or 502. @default 429 */
  readonly exceedStatus?: number;
}

/** Numbers of a rate limit that shuts a client out for a while. */
export interface EdgeBanOptions extends EdgeRateOptions {
  /**
   * Time that a client is shut out: 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700 or 3600
   * seconds.
   */
  readonly banSeconds: number;
  /**
   * Bans only who sends more than so many requests in `banAfterIntervalSeconds`; others beyond the
   * limit are refused one by one. @default a ban at the limit
   */
  readonly banAfterRequests?: number;
  /** Interval of `banAfterRequests`, one of those of `intervalSeconds`. @default intervalSeconds */
  readonly banAfterIntervalSeconds?: number;
}

/**
 * What a rule does with the requests that it matches. It ends the evaluation: no later rule is
 * asked about the same request.
 */
export class EdgeAction {
  /** Lets the request through, past all later rules. */
  public static allow(): EdgeAction {
    return new EdgeAction("allow");
  }

  /** Refuses it. Cloud Armor has the statuses 403, 404 and 502, not 401 or 413. */
  public static deny(status = 403): EdgeAction {
    return new EdgeAction(`deny(${status})`);
  }

  /**
   * Lets a client's requests through up to the limit, past all later rules, and refuses the others.
   */
  public static throttle(options: EdgeRateOptions): EdgeAction {
    return new EdgeAction("throttle", rateLimit(options));
  }

  /**
   * The same, and refuses everything of that client for a while. Google Cloud cannot turn a rule
   * that bans into one that throttles (docs.cloud.google.com/armor/docs/rate-limiting-overview,
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

  /** Answers with a 302 to this URL. Not in an edge policy. */
  public static redirect(url: string): EdgeAction {
    return new EdgeAction("redirect", undefined, { type: "EXTERNAL_302", target: url });
  }

  /**
   * Shows a reCAPTCHA page. For people in browsers: a client of an API cannot solve it. Not in an
   * edge policy.
   */
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
 * A rule of your own. Its priority has to be in one of the bands that the constructs leave free: 0
 * to 9,999 (asked before everything), 20,000 to 29,999 (after the lists of addresses and regions),
 * 40,000 to 49,999 (before the WAF), 60,000 to 69,999 (before the rate limits).
 */
export interface EdgeRule {
  /**
   * Lower numbers are asked first. Leave gaps of 10 or more, so that a rule can go between two
   * others later.
   */
  readonly priority: number;
  readonly action: EdgeAction;
  /**
   * Condition in Cloud Armor's part of the Common Expression Language, at most 5 subexpressions and
   * 2048 characters. It is parsed and type-checked at once. @default none: the rule matches by
   * ipRanges
   */
  readonly expression?: string;
  /**
   * Addresses or ranges, at most 10, or `["*"]` for all. @default none: the rule matches by
   * expression
   */
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
    // The API takes one key here, several only below, and then demands an empty text here.
    enforceOnKey: single?._type ?? (first ? "" : "ALL"),
    enforceOnKeyName: single?._name,
    enforceOnKeyConfigs: single
      ? undefined
      : keys.map((key) => ({ enforceOnKeyType: key._type, enforceOnKeyName: key._name })),
  };
}
