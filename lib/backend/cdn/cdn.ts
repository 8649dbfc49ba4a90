import type { ComputeBackendBucketCdnPolicy } from "@cdktf/provider-google/lib/compute-backend-bucket";
import type { ComputeBackendServiceCdnPolicy } from "@cdktf/provider-google/lib/compute-backend-service";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkInteger, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { cdnLimits } from "../../google/backend-service";
import { bucketCacheKey, checkNames, serviceCacheKey } from "./cdn-cache-key";

/** What holds in every mode. */
export interface CdnOptions {
  /**
   * Answers for different hosts are different ones. Not on buckets, whose objects are the same
   * under every host. @default true
   */
  readonly cacheKeyHost?: boolean;
  /** Answers to http and https are different ones. Not on buckets. @default true */
  readonly cacheKeyProtocol?: boolean;
  /**
   * Request headers that are part of the cache key, at most 5: headers that the answer depends on.
   * Google Cloud refuses some that differ from client to client, such as Authorization, Cookie and
   * User-Agent (from general knowledge, 2026-11). @default none
   */
  readonly cacheKeyHeaders?: string[];
  /** Cookies that are part of the cache key, at most 5. Not on buckets. @default none */
  readonly cacheKeyCookies?: string[];
  /**
   * Query parameters that are part of the cache key; others are ignored, all of them with an empty
   * list. @default all; on buckets none but those that Cloud Storage understands
   */
  readonly cacheKeyQueryParameters?: string[];
  /**
   * Query parameters that are not part of the cache key; all others are. Instead of
   * `cacheKeyQueryParameters`; not on buckets. @default none
   */
  readonly cacheKeyExcludedQueryParameters?: string[];
  /**
   * Requests with one of these headers go to the service and are not stored, at most 5. @default
   * Authorization; on buckets none
   */
  readonly bypassHeaders?: string[];
  /**
   * Serves an expired answer for so long while a new one is fetched or the service fails, 0 to
   * 604800 seconds. @default 0
   */
  readonly serveWhileStaleSeconds?: number;
  /** Fetches an answer once for many requests that miss it at the same time. @default true */
  readonly requestCoalescing?: boolean;
  /**
   * Stores redirects and errors too, at Google's own lifetimes (404 and 410 for 120 seconds, for
   * example), also where the service says nothing about them. @default true with
   * `negativeCachingSeconds`, else false
   */
  readonly negativeCaching?: boolean;
  /**
   * Lifetime by status code, 1 to 1800 seconds: `{ "404": 60 }`. Codes 300, 301, 302, 307, 308,
   * 404, 405, 410, 421, 451 and 501; those that are not named are not stored then. @default
   * Google's own, where `negativeCaching` is on
   */
  readonly negativeCachingSeconds?: { [code: string]: number };
  /**
   * How long an answer to a signed URL counts as fresh, 1 to 31622400 seconds, whatever the service
   * says. Not with `forceCacheAll`, whose own lifetime holds for these answers too
   * (docs.cloud.google.com/cdn/docs/caching, read 2026-11-22). @default 3600
   */
  readonly signedUrlMaxAgeSeconds?: number;
}

/** Lifetimes where every answer is stored. */
export interface CdnForceCacheAllOptions extends CdnOptions {
  /**
   * Lifetime of every answer, 0 to 31622400 seconds; 0 asks the bucket each time whether it has
   * changed. @default 3600
   */
  readonly defaultTtlSeconds?: number;
  /**
   * Longest lifetime in clients, at most `defaultTtlSeconds`. @default 3600, or `defaultTtlSeconds`
   * where that is shorter
   */
  readonly clientTtlSeconds?: number;
}

/** Lifetimes where static content is stored. */
export interface CdnStaticContentOptions extends CdnOptions {
  /**
   * Lifetime of static content that names none, 1 (on a bucket 0) to `maxTtlSeconds`. @default 3600, or
   * `maxTtlSeconds` where that is shorter
   */
  readonly defaultTtlSeconds?: number;
  /**
   * Longest lifetime in clients, 1 (on a bucket 0) to `maxTtlSeconds`. @default 3600, or `maxTtlSeconds` where that
   * is shorter
   */
  readonly clientTtlSeconds?: number;
  /**
   * Longest lifetime at the edge, whatever the service says, 1 to 31622400 seconds. @default 86400
   */
  readonly maxTtlSeconds?: number;
}

const YEAR = cdnLimits.ttl.max;

type Mode = "USE_ORIGIN_HEADERS" | "CACHE_ALL_STATIC" | "FORCE_CACHE_ALL";

/**
 * How Cloud CDN caches the answers of a backend. It stores answers to GET only, so give cached
 * paths a backend of their own, over the same regions as the uncached one.
 *
 * Each mode has its own options, so lifetimes cannot stand where Google Cloud rejects them. Not
 * together with IAP. A change of the cache key starts with an empty cache; everything changes in
 * place.
 */
export class Cdn {
  /**
   * The service decides, answer by answer: stored is what carries `Cache-Control: public` and a
   * lifetime, nothing else. The policy for an API, where most answers belong to one caller.
   */
  public static originHeaders(options: CdnOptions = {}): Cdn {
    return new Cdn("USE_ORIGIN_HEADERS", options);
  }

  /**
   * Static content is stored by its type (images, video, fonts, CSS, JavaScript, PDF), even without
   * `Cache-Control`; JSON and HTML as with `originHeaders`. What is marked `private` or `no-store`
   * is not stored (docs.cloud.google.com/cdn/docs/caching, read 2026-11-22).
   */
  public static staticContent(options: CdnStaticContentOptions = {}): Cdn {
    return new Cdn("CACHE_ALL_STATIC", options);
  }

  /**
   * Every answer is stored, `private` and `no-store` ones too. For buckets, all of whose objects
   * are for everyone; a private bucket needs it, because Cloud Storage marks its answers `private`.
   *
   * @throws ValidationError, on use, on a backend service: one caller's answer would be served to
   * the next.
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
    if (this.mode === "FORCE_CACHE_ALL") {
      throw new ValidationError(where, {
        what: "cdn",
        got: "Cdn.forceCacheAll",
        allowed:
          "Cdn.originHeaders() or Cdn.staticContent() on a backend service: forceCacheAll ignores private and no-store, so one caller's answer would be served to the next",
        fix: "use Cdn.originHeaders() and send Cache-Control: public with what everyone may see",
      });
    }
    return {
      ...this.common(where, ["Authorization"], 1),
      cacheKeyPolicy: serviceCacheKey(where, this.options),
      signedUrlCacheMaxAgeSec: this.options.signedUrlMaxAgeSeconds,
    };
  }

  /** For a backend bucket. @internal */
  public _renderForBucket(where: IConstruct): ComputeBackendBucketCdnPolicy {
    const { signedUrlMaxAgeSeconds } = this.options;
    if (this.mode === "FORCE_CACHE_ALL" && signedUrlMaxAgeSeconds !== undefined) {
      throw new ValidationError(where, {
        what: "signedUrlMaxAgeSeconds",
        got: signedUrlMaxAgeSeconds,
        allowed: "nothing with Cdn.forceCacheAll, whose lifetime holds for answers to signed URLs too",
        fix: "set defaultTtlSeconds instead",
      });
    }
    return {
      ...this.common(where, [], 0),
      cacheKeyPolicy: bucketCacheKey(where, this.options),
      // Left out, the provider sends 0: no answer to a signed URL would count as fresh.
      signedUrlCacheMaxAgeSec: signedUrlMaxAgeSeconds ?? 3600,
    };
  }

  /**
   * What backend services and buckets have in common. Everything is written out, because Terraform
   * keeps the old value of what is left out.
   */
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

/** A limit to compare with; where it is known only at apply, the greatest there can be. */
function known(seconds: number): number {
  return Token.isUnresolved(seconds) ? YEAR : seconds;
}
