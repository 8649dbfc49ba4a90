import type { ComputeBackendBucketCdnPolicyCacheKeyPolicy } from "@cdktf/provider-google/lib/compute-backend-bucket";
import type { ComputeBackendServiceCdnPolicyCacheKeyPolicy } from "@cdktf/provider-google/lib/compute-backend-service";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { cdnLimits } from "../../google/backend-service";
import { headerName } from "../../google/formats";

/** What distinguishes one stored response from another; the props are those of `CdnOptions`. */
export interface CacheKey {
  readonly cacheKeyHost?: boolean;
  readonly cacheKeyProtocol?: boolean;
  readonly cacheKeyHeaders?: string[];
  readonly cacheKeyCookies?: string[];
  readonly cacheKeyQueryParameters?: string[];
  readonly cacheKeyExcludedQueryParameters?: string[];
}

const MAX_NAMES = cdnLimits.bypassHeaders.max;
/** A backend service's cache key, with every part written: what is left out is not in the key. */
export function serviceCacheKey(where: IConstruct, key: CacheKey): ComputeBackendServiceCdnPolicyCacheKeyPolicy {
  checkKey(where, key);
  const { cacheKeyQueryParameters: included, cacheKeyExcludedQueryParameters: excluded } = key;
  if (included !== undefined && excluded !== undefined) {
    throw new ValidationError(where, {
      what: "cacheKeyExcludedQueryParameters",
      got: excluded,
      allowed: "one of the two lists: parameters that are part of the cache key, or parameters that are not",
      fix: "keep cacheKeyQueryParameters alone, or this list alone",
    });
  }
  const none = included?.length === 0;
  return {
    includeHost: key.cacheKeyHost ?? true,
    includeProtocol: key.cacheKeyProtocol ?? true,
    includeQueryString: !none,
    queryStringWhitelist: none ? undefined : included,
    queryStringBlacklist: unlessEmpty(excluded),
    includeHttpHeaders: unlessEmpty(key.cacheKeyHeaders),
    includeNamedCookies: unlessEmpty(key.cacheKeyCookies),
  };
}

/** The cache key of a backend bucket: headers and extra query parameters only, never empty. */
export function bucketCacheKey(
  where: IConstruct,
  key: CacheKey,
): ComputeBackendBucketCdnPolicyCacheKeyPolicy | undefined {
  const reasons: [keyof CacheKey, string][] = [
    ["cacheKeyHost", "an object is the same under every host"],
    ["cacheKeyProtocol", "an object is the same under http and https"],
    ["cacheKeyCookies", "Cloud Storage does not look at cookies"],
    ["cacheKeyExcludedQueryParameters", "the query is left out already, except what Cloud Storage understands"],
  ];
  for (const [what, reason] of reasons) {
    if (key[what] !== undefined) {
      throw new ValidationError(where, {
        what,
        got: key[what],
        allowed: `nothing on a bucket: ${reason}`,
        fix: "leave it out",
      });
    }
  }
  checkKey(where, key);
  const includeHttpHeaders = unlessEmpty(key.cacheKeyHeaders);
  const queryStringWhitelist = unlessEmpty(key.cacheKeyQueryParameters);
  return includeHttpHeaders || queryStringWhitelist ? { includeHttpHeaders, queryStringWhitelist } : undefined;
}

/** Header or cookie names: at most five, each once, each a name. */
export function checkNames(
  where: IConstruct,
  what: string,
  names: readonly string[],
  kind: "header" | "cookie" = "header",
): void {
  if (names.length > MAX_NAMES) {
    throw new ValidationError(where, {
      what,
      got: names,
      allowed: `at most ${MAX_NAMES} ${kind}s`,
      fix: "leave out those that matter least",
    });
  }
  const wrong = names.find((name) => !Token.isUnresolved(name) && !headerName.holds(name));
  if (wrong !== undefined) {
    throw new ValidationError(where, {
      what,
      got: wrong,
      allowed: `the name of a ${kind}: letters, digits and - _ . and the like`,
      fix: `name the ${kind} only, without its value`,
    });
  }
  if (kind === "header") {
    const folded = names.map((name) => (Token.isUnresolved(name) ? name : name.toLowerCase()));
    checkUnique(where, what, folded, "header names are not case-sensitive: name each once");
  } else checkUnique(where, what, names, "name each once");
}

function checkKey(where: IConstruct, key: CacheKey): void {
  checkNames(where, "cacheKeyHeaders", key.cacheKeyHeaders ?? []);
  checkNames(where, "cacheKeyCookies", key.cacheKeyCookies ?? [], "cookie");
  for (const what of ["cacheKeyQueryParameters", "cacheKeyExcludedQueryParameters"] as const) {
    checkUnique(where, what, key[what] ?? [], "name each once");
    if (key[what]?.includes("")) {
      throw new ValidationError(where, {
        what,
        got: "",
        allowed: "names of query parameters",
        fix: "take the empty name out",
      });
    }
  }
}

function unlessEmpty(names: string[] | undefined): string[] | undefined {
  return names && names.length > 0 ? names : undefined;
}
