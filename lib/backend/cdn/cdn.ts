import type { ComputeBackendBucketCdnPolicy } from "@cdktf/provider-google/lib/compute-backend-bucket";
import type { ComputeBackendServiceCdnPolicy } from "@cdktf/provider-google/lib/compute-backend-service";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkInteger, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { cdnLimits } from "../../google/backend-service";
import { bucketCacheKey, checkNames, serviceCacheKey } from "./cdn-cache-key";

/** Options of every cache mode. */
export interface CdnOptions {
  /** Caches per host. Not on buckets, whose objects are the same for every host. @default true */
  readonly cacheKeyHost?: boolean;
  /** Caches responses to http and https separately. Not on buckets. @default true */
  readonly cacheKeyProtocol?: boolean;
  /**
   * Request headers in the cache key, at most 5: those that the response depends on. Google Cloud
   * refuses some that differ between clients, such as Authorization, Cookie and User-Agent (from
   * general knowledge, 2026-11). @default none
   */
  readonly cacheKeyHeaders?: string[];
  /** Cookies in the cache key, at most 5. Not on buckets. @default none */
  readonly cacheKeyCookies?: string[];
  /**
   * Query parameters in the cache key; all others are ignored. An empty list ignores them all.
   * @default all; on buckets only those that Cloud Storage understands
   */
  readonly cacheKeyQueryParameters?: string[];
  /**
   * Query parameters left out of the cache key; all others are in it. Not on buckets, and not
   * together with `cacheKeyQueryParameters`. @default none
   */
  readonly cacheKeyExcludedQueryParameters?: string[];
  /**
   * Requests with one of these headers bypass the cache, at most 5. @default Authorization; on
   * buckets none
   */
  readonly bypassHeaders?: string[];
  /**
   * How long an expired response is served while a new one is fetched or the service fails, 0 to
   * 604800 seconds. @default 0
   */
  readonly serveWhileStaleSeconds?: number;
  /** Fetches a response once for simultaneous requests that miss the cache. @default true */
  readonly requestCoalescing?: boolean;
  /**
   * Also stores redirects and errors, at Google's own lifetimes (404 and 410: 120 seconds), even if
   * the service sets none. @default true with `negativeCachingSeconds`, else false
   */
  readonly negativeCaching?: boolean;
  /**
   * Lifetime by status code, 1 to 1800 seconds: `{ "404": 60 }`. Codes 300, 301, 302, 307, 308,
   * 404, 405, 410, 421, 451 and 501; codes not listed are then not stored. @default Google's own,
   * if `negativeCaching` is on
   */
  readonly negativeCachingSeconds?: { [code: string]: number };
  /**
   * How long a response to a signed URL is fresh, 1 to 31622400 seconds, whatever the service says.
   * Not with `forceCacheAll`, whose own lifetime applies (docs.cloud.google.com/cdn/docs/caching,
   * read 2026-11-22). @default 3600
   */
  readonly signedUrlMaxAgeSeconds?: number;
}

/** Lifetimes if every response is stored. */
export interface CdnForceCacheAllOptions extends CdnOptions {
  /** Lifetime of every response, 0 to 31622400 seconds; 0 always revalidates. @default 3600 */
  readonly defaultTtlSeconds?: number;
  /**
   * Longest lifetime in clients, at most `defaultTtlSeconds`. @default 3600 or `defaultTtlSeconds`,
   * whichever is shorter
   */
  readonly clientTtlSeconds?: number;
}

/** Lifetimes if static content is stored. */
export interface CdnStaticContentOptions extends CdnOptions {
  /**
   * Lifetime of static content that sets none, 1 (on a bucket 0) to `maxTtlSeconds`. @default 3600
   * or `maxTtlSeconds`, whichever is shorter
   */
  readonly defaultTtlSeconds?: number;
  /**
   * Longest lifetime in clients, 1 (on a bucket 0) to `maxTtlSeconds`. @default 3600 or
   * `maxTtlSeconds`, whichever is shorter
   */
  readonly clientTtlSeconds?: number;
  /** Longest lifetime at the edge in any case, 1 to 31622400 seconds. @default 86400 */
  readonly maxTtlSeconds?: number;
}

const YEAR = cdnLimits.ttl.max;

type Mode = "USE_ORIGIN_HEADERS" | "CACHE_ALL_STATIC" | "FORCE_CACHE_ALL";

/**
 * How Cloud CDN caches responses of a backend. Only GET responses are stored, so give cached paths
 * their own backend over the same regions as the uncached one.
 *
 * Each mode has its own options, so Google Cloud accepts every combination of lifetimes. Not with
 * IAP. Everything changes in place; a new cache key starts with an empty cache.
 */
@checked
export class Cdn {
  /**
   * The service decides per response: only those with `Cache-Control: public` and a lifetime are
   * stored. Use it for an API, where most responses belong to one caller.
   */
  public static originHeaders(options: CdnOptions = {}): Cdn {
    return new Cdn("USE_ORIGIN_HEADERS", options);
  }

  /**
   * Stores static content by type (images, video, fonts, CSS, JavaScript, PDF), even without
   * `Cache-Control`; JSON and HTML as with `originHeaders`. Never stores `private` or `no-store`
   * content (docs.cloud.google.com/cdn/docs/caching, read 2026-11-22).
   */
  public static staticContent(options: CdnStaticContentOptions = {}): Cdn {
    return new Cdn("CACHE_ALL_STATIC", options);
  }

  /**
   * Stores every response, even `private` and `no-store` ones. For buckets whose objects are all
   * public; a private bucket needs it, because Cloud Storage marks its responses `private`.
   *
   * @throws ValidationError, on use, on a backend service: callers would get each other's
   * responses.
   */
  public static forceCacheAll(options: CdnForceCacheAllOptions = {}): Cdn {
    return new Cdn("FORCE_CACHE_ALL", options);
  }

  private constructor(
    private readonly mode: Mode,
    private readonly options: CdnStaticContentOptions,
  ) {}

  /** For a backend service. @internal */
  public _render(where: IConstruct): ComputeBackendServiceCdnPolicy {
    this.refuseForceCacheAll(where);
    return {
      ...this.common(where, ["Authorization"], 1),
      cacheKeyPolicy: serviceCacheKey(where, this.options),
      signedUrlCacheMaxAgeSec: this.options.signedUrlMaxAgeSeconds,
    };
  }

  /** For a route, as Terraform writes it: the bindings do not have it. @internal */
  public _renderForRoute(where: IConstruct): Record<string, unknown> {
    const { signedUrlMaxAgeSeconds } = this.options;
    if (signedUrlMaxAgeSeconds !== undefined) {
      throw new ValidationError(where, {
        what: "signedUrlMaxAgeSeconds",
        got: signedUrlMaxAgeSeconds,
        allowed: "nothing on a route: signed URLs belong to a backend",
        fix: "set it in the cdn of the backend",
      });
    }
    this.refuseForceCacheAll(where);
    const policy = this.common(where, ["Authorization"], 0);
    const key = serviceCacheKey(where, this.options);
    return {
      cache_mode: policy.cacheMode,
      default_ttl: duration(policy.defaultTtl),
      client_ttl: duration(policy.clientTtl),
      max_ttl: duration(policy.maxTtl),
      negative_caching: policy.negativeCaching,
      negative_caching_policy: policy.negativeCachingPolicy?.map(({ code, ttl }) => ({ code, ttl: duration(ttl) })),
      request_coalescing: policy.requestCoalescing,
      serve_while_stale: duration(policy.serveWhileStale),
      cache_bypass_request_header_names: policy.bypassCacheOnRequestHeaders.map(({ headerName }) => headerName),
      cache_key_policy: {
        include_host: key.includeHost,
        include_protocol: key.includeProtocol,
        include_query_string: key.includeQueryString,
        included_query_parameters: key.queryStringWhitelist,
        excluded_query_parameters: key.queryStringBlacklist,
        included_header_names: key.includeHttpHeaders,
        included_cookie_names: key.includeNamedCookies,
      },
    };
  }

  /** For a backend bucket. @internal */
  public _renderForBucket(where: IConstruct): ComputeBackendBucketCdnPolicy {
    const { signedUrlMaxAgeSeconds } = this.options;
    if (this.mode === "FORCE_CACHE_ALL" && signedUrlMaxAgeSeconds !== undefined) {
      throw new ValidationError(where, {
        what: "signedUrlMaxAgeSeconds",
        got: signedUrlMaxAgeSeconds,
        allowed: "nothing with Cdn.forceCacheAll, whose lifetime also applies to signed URLs",
        fix: "set defaultTtlSeconds instead",
      });
    }
    return {
      ...this.common(where, [], 0),
      cacheKeyPolicy: bucketCacheKey(where, this.options),
      // If it is missing, the provider sends 0, and no response to a signed URL is fresh.
      signedUrlCacheMaxAgeSec: signedUrlMaxAgeSeconds ?? 3600,
    };
  }

  private refuseForceCacheAll(where: IConstruct): void {
    if (this.mode !== "FORCE_CACHE_ALL") return;
    throw new ValidationError(where, {
      what: "cdn",
      got: "Cdn.forceCacheAll",
      allowed:
        "Cdn.originHeaders() or Cdn.staticContent() on a backend service: forceCacheAll ignores private and no-store, so one caller's answer would be served to the next",
      fix: "use Cdn.originHeaders() and send Cache-Control: public with what everyone may see",
    });
  }

  /** Every field is written: Terraform keeps the old value of one that is left out. */
  private common(where: IConstruct, defaultBypass: string[], shortest: 0 | 1) {
    const { serveWhileStaleSeconds = 0, bypassHeaders = defaultBypass, signedUrlMaxAgeSeconds } = this.options;
    const week = "give a number of seconds, at most a week";
    checkWithin(where, "serveWhileStaleSeconds", serveWhileStaleSeconds, cdnLimits.serveWhileStale, week);
    const year = "give a number of seconds, at most a year";
    checkInteger(where, "signedUrlMaxAgeSeconds", signedUrlMaxAgeSeconds, 1, YEAR, year);
    checkNames(where, "bypassHeaders", bypassHeaders);
    return {
      cacheMode: this.mode,
      ...this.lifetimes(where, shortest),
      ...this.negative(where),
      requestCoalescing: this.options.requestCoalescing ?? true,
      serveWhileStale: serveWhileStaleSeconds,
      bypassCacheOnRequestHeaders: bypassHeaders.map((headerName) => ({ headerName })),
    };
  }

  /** @param shortest 1 for backend services, whose 0 the provider does not send. */
  private lifetimes(where: IConstruct, shortest: 0 | 1) {
    if (this.mode === "USE_ORIGIN_HEADERS") return {};
    const { maxTtlSeconds = 86400 } = this.options;
    const isStatic = this.mode === "CACHE_ALL_STATIC";
    checkInteger(where, "maxTtlSeconds", maxTtlSeconds, 1, YEAR, "give a number of seconds, at most a year");
    const longest = isStatic ? known(maxTtlSeconds) : YEAR;
    const defaultTtl = this.options.defaultTtlSeconds ?? Math.min(3600, longest);
    const longestInClients = isStatic ? longest : known(defaultTtl);
    const clientTtl = this.options.clientTtlSeconds ?? Math.min(3600, longestInClients);
    const raise = isStatic ? "lower it, or raise maxTtlSeconds" : "give a number of seconds, at most a year";
    const unsent = "send Cache-Control: no-store from the service: the provider does not send 0";
    const fixOf = (lifetime: number, fix: string) => (lifetime < shortest ? unsent : fix);
    checkInteger(where, "defaultTtlSeconds", defaultTtl, shortest, longest, fixOf(defaultTtl, raise));
    const lower = isStatic ? raise : "lower it, or raise defaultTtlSeconds";
    checkInteger(where, "clientTtlSeconds", clientTtl, shortest, longestInClients, fixOf(clientTtl, lower));
    return { defaultTtl, clientTtl, maxTtl: isStatic ? maxTtlSeconds : undefined };
  }

  private negative(where: IConstruct) {
    const { negativeCachingSeconds: lifetimes } = this.options;
    const codes = Object.keys(lifetimes ?? {}).sort();
    const negativeCaching = this.options.negativeCaching ?? codes.length > 0;
    if (!negativeCaching && codes.length > 0) {
      throw new ValidationError(where, {
        what: "negativeCaching",
        got: false,
        allowed: "true with negativeCachingSeconds: Google Cloud rejects lifetimes for what is not stored",
        fix: "leave it out, or remove negativeCachingSeconds",
      });
    }
    const wrong = codes.find((code) => !cdnLimits.negativeCode.holds(code));
    if (wrong !== undefined) {
      throw new ValidationError(where, {
        what: "negativeCachingSeconds",
        got: wrong,
        allowed: cdnLimits.negativeCode.text,
        fix: "leave it out: Cloud CDN stores no others as errors",
      });
    }
    for (const code of codes) {
      const fix = "give at most half an hour, or leave the code out: those not named are not stored";
      checkInteger(where, `negativeCachingSeconds ${code}`, lifetimes![code], 1, cdnLimits.negativeTtl.max, fix);
    }
    return {
      negativeCaching,
      negativeCachingPolicy:
        codes.length > 0 ? codes.map((code) => ({ code: Number(code), ttl: lifetimes![code] })) : undefined,
    };
  }
}

/** The provider takes seconds as text: the API's number has 64 bits. */
function duration(seconds: number | undefined): { seconds: string } | undefined {
  if (seconds === undefined) return undefined;
  return { seconds: Token.isUnresolved(seconds) ? Token.asString(seconds) : `${seconds}` };
}

/** A limit to compare with; the largest possible one if it is known only at apply. */
function known(seconds: number): number {
  return Token.isUnresolved(seconds) ? YEAR : seconds;
}
