import type { ComputeBackendServiceCdnPolicy } from "@cdktf/provider-google/lib/compute-backend-service";
import type { IConstruct } from "constructs";
import { checkInteger, checkUnique } from "../checks";
import { ValidationError } from "../errors";

export interface CdnOptions {
  /**
   * Request headers that are part of the cache key, at most 5: headers that the answer depends on. @default none
   */
  readonly cacheKeyHeaders?: string[];
  /** Query parameters that are part of the cache key; others are ignored. @default all */
  readonly cacheKeyQueryParameters?: string[];
  /** Requests with one of these headers go to the service and are not stored, at most 5. @default Authorization */
  readonly bypassHeaders?: string[];
  /** Serves an expired answer for so long while a new one is fetched or the service fails, 0 to 604800 seconds. @default 0 */
  readonly serveWhileStaleSeconds?: number;
  /** Fetches an answer once for many requests that miss it at the same time. @default true */
  readonly requestCoalescing?: boolean;
}

const MAX_HEADERS = 5;

/**
 * How Cloud CDN caches the answers of a backend. It stores answers to GET only, so give cached paths a backend of
 * their own, over the same regions as the uncached one.
 */
export class Cdn {
  /**
   * The service decides, answer by answer: stored is what carries `Cache-Control: public` and a lifetime, nothing else. The policy for
   * an API, where most answers belong to one caller.
   */
  public static originHeaders(options: CdnOptions = {}): Cdn {
    return new Cdn(options);
  }

  private constructor(private readonly options: CdnOptions) {}

  /** @internal */
  public _render(where: IConstruct): ComputeBackendServiceCdnPolicy {
    const {
      cacheKeyHeaders,
      cacheKeyQueryParameters,
      bypassHeaders = ["Authorization"],
      serveWhileStaleSeconds = 0,
    } = this.options;
    checkInteger(
      where,
      "serveWhileStaleSeconds",
      serveWhileStaleSeconds,
      0,
      604800,
      "give a number of seconds, at most a week",
    );
    checkHeaders(where, "cacheKeyHeaders", cacheKeyHeaders ?? []);
    checkHeaders(where, "bypassHeaders", bypassHeaders);
    return {
      cacheMode: "USE_ORIGIN_HEADERS",
      cacheKeyPolicy: {
        includeHost: true,
        includeProtocol: true,
        includeQueryString: true,
        queryStringWhitelist: cacheKeyQueryParameters,
        includeHttpHeaders: cacheKeyHeaders,
      },
      negativeCaching: false,
      requestCoalescing: this.options.requestCoalescing ?? true,
      serveWhileStale: serveWhileStaleSeconds,
      bypassCacheOnRequestHeaders: bypassHeaders.map((headerName) => ({ headerName })),
    };
  }
}

function checkHeaders(where: IConstruct, what: string, headers: readonly string[]): void {
  if (headers.length > MAX_HEADERS) {
    throw new ValidationError(where, {
      what,
      got: headers,
      allowed: `at most ${MAX_HEADERS} headers`,
      fix: "leave out those that matter least",
    });
  }
  checkUnique(
    where,
    what,
    headers.map((header) => header.toLowerCase()),
    "header names are not case-sensitive: name each once",
  );
}
