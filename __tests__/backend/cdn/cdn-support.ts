import fc from "fast-check";
import type { CdnOptions, CdnStaticContentOptions } from "../../../lib";
import { allRules } from "../../../lib/rules/all-rules";
import { evaluate } from "../../../lib/rules/evaluate";
import type { TerraformDocument } from "../../../lib/topology/document";

const names = (...all: string[]) => fc.subarray(all);
const OPTIONAL = { requiredKeys: [] };

/** Valid options of every mode; query parameters in, out, or neither. */
export const CDN_OPTIONS: fc.Arbitrary<CdnOptions> = fc
  .tuple(
    fc.record(
      {
        cacheKeyHost: fc.boolean(),
        cacheKeyProtocol: fc.boolean(),
        cacheKeyHeaders: names("X-Tenant", "Accept-Language", "X-A"),
        cacheKeyCookies: names("tenant", "plan"),
        bypassHeaders: names("Authorization", "X-Api-Key", "Pragma"),
        serveWhileStaleSeconds: fc.integer({ min: 0, max: 604800 }),
        requestCoalescing: fc.boolean(),
        negativeCachingSeconds: fc.dictionary(
          fc.constantFrom("302", "404", "405", "410", "501"),
          fc.integer({ min: 1, max: 1800 }),
        ),
        signedUrlMaxAgeSeconds: fc.integer({ min: 1, max: 31622400 }),
      },
      OPTIONAL,
    ),
    fc.oneof(
      fc.record({ cacheKeyQueryParameters: names("v", "lang") }, OPTIONAL),
      fc.record({ cacheKeyExcludedQueryParameters: names("utm_source", "utm_medium") }),
    ),
  )
  .map(([options, query]) => ({ ...options, ...query }));

/** Lifetimes in any valid order of sizes. */
export const STATIC_LIFETIMES: fc.Arbitrary<CdnStaticContentOptions> = fc
  .tuple(fc.integer({ min: 1, max: 31622400 }), fc.nat({ max: 100 }), fc.nat({ max: 100 }))
  .map(([maxTtlSeconds, a, b]) => ({
    maxTtlSeconds,
    defaultTtlSeconds: Math.floor((maxTtlSeconds * a) / 100),
    clientTtlSeconds: Math.floor((maxTtlSeconds * b) / 100),
  }));

/** What the rulebook says would fail. */
export function errorsIn(document: TerraformDocument): string[] {
  const { findings } = evaluate(document, allRules);
  return findings.filter(({ severity }) => severity === "error").map(({ rule, address }) => `${rule} ${address}`);
}
