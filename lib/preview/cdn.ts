import type { Backend } from "../topology/backends";
import { type Block, blockOf, blocksOf } from "../topology/document";
import type { Topology } from "../topology/topology";
import { textOf, textsOf } from "../topology/value";
import { any, type Envoy, extension, TURNED_ON } from "./envoy";

/** A cache policy, of a backend or of a route. */
interface CachePolicy {
  readonly name: string;
  readonly policy: Block;
}

/** What turns on the filters of Cloud CDN for requests to a backend. */
export function cdnFilters(backend: Backend, routePolicy: Block | undefined): Envoy {
  const compresses = textOf(backend.resource.values.compression_mode) === "AUTOMATIC";
  const cache = cacheOf(backend, routePolicy);
  const names = [...(compresses ? COMPRESSORS.map(({ name }) => String(name)) : []), ...(cache ? [cache.name] : [])];
  return Object.fromEntries(names.map((name) => [name, TURNED_ON]));
}

/** The cache that requests of a route to a backend go through. */
function cacheOf(backend: Backend, routePolicy: Block | undefined): CachePolicy | undefined {
  if (!backend.cdn) return undefined;
  const { address, values } = backend.resource;
  const own = blockOf(values.cdn_policy) ?? {};
  if (!routePolicy) return { name: `cdn ${address}`, policy: own };
  return { name: `cdn ${address} ${JSON.stringify(routePolicy)}`, policy: { ...own, ...routePolicy } };
}

/** The caches of a document. */
function caches(topology: Topology): CachePolicy[] {
  const found = topology.routes.flatMap(({ block, kind, targets }) => {
    const isDefault = kind === "default" || kind === "matcherDefault";
    const action = blockOf(block[isDefault ? "default_route_action" : "route_action"]);
    return targets.flatMap(({ backend: resource }) => {
      const backend = topology.backendOf(resource);
      return (backend && cacheOf(backend, blockOf(action?.cache_policy))) ?? [];
    });
  });
  return [...new Map(found.map((cache) => [cache.name, cache])).values()];
}

/** Filters for the caches of a document, off by default. */
export function cacheChain(topology: Topology): Envoy[] {
  return caches(topology).map(({ name, policy }) => ({ ...cacheFilter(name, policy), disabled: true }));
}

function cacheFilter(name: string, policy: Block): Envoy {
  const store = any("envoy.extensions.http.cache.simple_http_cache.v3.SimpleHttpCacheConfig");
  const type = "envoy.extensions.filters.http.cache.v3.CacheConfig";
  const config = {
    typed_config: store,
    allowed_vary_headers: VARY.map((exact) => ({ exact, ignore_case: true })),
    ignore_request_cache_control_header: true,
  };
  const bypass = [
    ...blocksOf(policy.bypass_cache_on_request_headers).flatMap(({ header_name: header }) => textOf(header) ?? []),
    ...textsOf(policy.cache_bypass_request_header_names),
  ];
  if (bypass.length === 0) return extension(name, type, config);
  return extension(name, "envoy.extensions.common.matching.v3.ExtensionWithMatcher", {
    extension_config: extension("cache", type, config),
    xds_matcher: { matcher_list: { matchers: bypass.map(skipWith) } },
  });
}

function skipWith(header: string): Envoy {
  return {
    predicate: {
      single_predicate: {
        input: extension("header", "envoy.type.matcher.v3.HttpRequestHeaderMatchInput", {
          header_name: header.toLowerCase(),
        }),
        value_match: { safe_regex: { google_re2: {}, regex: ".*" } },
      },
    },
    on_match: { action: extension("skip", "envoy.extensions.filters.common.matcher.action.v3.SkipFilter") },
  };
}

/**
 * Headers that answers in the cache may vary by
 * (docs.cloud.google.com/cdn/docs/caching#cacheability, read 2026-11-28).
 */
const VARY = [
  "accept",
  "accept-encoding",
  "available-dictionary",
  "origin",
  "x-origin",
  "x-goog-allowed-resources",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
];

const compressor = (encoding: string, library: Envoy) => ({
  ...extension(`cdn compression ${encoding}`, "envoy.extensions.filters.http.compressor.v3.Compressor", {
    compressor_library: library,
    choose_first: true,
  }),
  disabled: true,
});

/** For backends that compress answers, off by default. */
export const COMPRESSORS: readonly Envoy[] = [
  compressor("gzip", extension("gzip", "envoy.extensions.compression.gzip.compressor.v3.Gzip")),
  compressor("br", extension("br", "envoy.extensions.compression.brotli.compressor.v3.Brotli")),
];
