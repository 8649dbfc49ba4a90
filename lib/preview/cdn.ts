import type { Backend } from "../topology/backends";
import { type Block, blockOf, blocksOf, type Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import { booleanOf, numberOf, textOf, textsOf } from "../topology/value";
import { any, type Envoy, extension, TURNED_ON } from "./envoy";

/** A cache policy, of a backend or of a route. */
export interface CachePolicy {
  readonly name: string;
  readonly policy: Block;
}

/** What turns on the filters of Cloud CDN for requests to a backend. */
export function cdnFilters(backend: Backend, routePolicy: Block | undefined): Envoy {
  const compresses = textOf(backend.resource.values.compression_mode) === "AUTOMATIC";
  const cache = cacheOf(backend, routePolicy);
  const names = [
    ...(compresses ? COMPRESSORS.map(({ name }) => String(name)) : []),
    ...(cache ? [cache.name, modeOf(cache.name)] : []),
  ];
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

/** The caches of a URL map's routes. */
export function cachesOf(topology: Topology, urlMap: Resource): readonly CachePolicy[] {
  const found = topology.routesOf(urlMap).flatMap(({ block, kind, targets }) => {
    const isDefault = kind === "default" || kind === "matcherDefault";
    const action = blockOf(block[isDefault ? "default_route_action" : "route_action"]);
    return targets.flatMap(({ backend: resource }) => {
      const backend = topology.backendOf(resource);
      return (backend && cacheOf(backend, blockOf(action?.cache_policy))) ?? [];
    });
  });
  return [...new Map(found.map((cache) => [cache.name, cache])).values()];
}

/** A filter for each cache, off by default. */
export function cacheChain(caches: readonly CachePolicy[]): Envoy[] {
  return caches.map(({ name, policy }) => ({ ...cacheFilter(name, policy), disabled: true }));
}

function cacheFilter(name: string, policy: Block): Envoy {
  const store = any("envoy.extensions.http.cache_v2.simple_http_cache.v3.SimpleHttpCacheV2Config");
  const type = "envoy.extensions.filters.http.cache_v2.v3.CacheV2Config";
  const config = {
    typed_config: store,
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

function modeOf(name: string): string {
  return `mode of ${name}`;
}

/**
 * What a cache mode makes of the answers of a backend before the cache sees them, off by default.
 * `CACHE_ALL_STATIC` stores static content that says nothing about itself, `FORCE_CACHE_ALL` stores
 * every success; negative caching stores errors; what sets a cookie is stored by no other mode
 * (docs.cloud.google.com/cdn/docs/caching#cache-modes, read 2026-11-28).
 */
export function cacheModes(caches: readonly CachePolicy[]): Envoy[] {
  return caches.map(({ name, policy }) => {
    const source = { default_source_code: { inline_string: modeCode(policy) } };
    return { ...extension(modeOf(name), "envoy.extensions.filters.http.lua.v3.Lua", source), disabled: true };
  });
}

/**
 * Types that count as static content, as patterns of Lua
 * (docs.cloud.google.com/cdn/docs/caching#static, read 2026-11-28).
 */
const STATIC = [
  "^text/css",
  "^text/ecmascript",
  "^text/javascript",
  "^application/javascript",
  "^application/pdf",
  "^application/postscript",
  "^image/",
  "^audio/",
  "^video/",
  "^font/",
];

/**
 * Seconds for which errors are stored where the policy has no list of its own
 * (docs.cloud.google.com/cdn/docs/using-negative-caching, read 2026-11-28).
 */
const NEGATIVE_TTLS: Readonly<Record<string, number>> = {
  300: 600,
  301: 600,
  308: 600,
  404: 120,
  410: 120,
  405: 60,
  451: 120,
  501: 60,
};

/** Seconds for which the modes store what says nothing about itself. */
const DEFAULT_TTL = 3600;

function modeCode(policy: Block): string {
  const mode = textOf(policy.cache_mode) ?? "CACHE_ALL_STATIC";
  const ttl = secondsIn(policy.default_ttl) ?? DEFAULT_TTL;
  const own = blocksOf(policy.negative_caching_policy).map(({ code, ttl }) => [code, secondsIn(ttl) ?? 0]);
  const negative = own.length > 0 ? (Object.fromEntries(own) as typeof NEGATIVE_TTLS) : NEGATIVE_TTLS;
  const errors = booleanOf(policy.negative_caching) === true ? Object.entries(negative) : [];
  const maximum = secondsIn(policy.max_ttl);
  const lines: Readonly<Record<string, string>> = {
    USE_ORIGIN_HEADERS: "",
    FORCE_CACHE_ALL: `if succeeded then store(${ttl}) end`,
    CACHE_ALL_STATIC: `if succeeded and control == nil and headers:get("expires") == nil and is_static() then store(${ttl}) end${
      maximum === undefined
        ? ""
        : `
  local age = tonumber(string.match(control or "", "s%-maxage=(%d+)") or string.match(control or "", "max%-age=(%d+)"))
  if age ~= nil and age > ${maximum} then store(${maximum}) end`
    }`,
  };
  return `local negative = {${errors.map(([code, ttl]) => `["${code}"] = ${ttl}`).join(", ")}}
local static = {${STATIC.map((pattern) => `"${pattern}"`).join(", ")}}
function envoy_on_response(handle)
  local headers = handle:headers()
  local status, control = headers:get(":status"), headers:get("cache-control")
  local succeeded = status == "200" or status == "203" or status == "204" or status == "206"
  local function store(seconds)
    headers:replace("cache-control", "public, max-age=" .. seconds)
    headers:remove("expires")
  end
  local function is_static()
    local kind = headers:get("content-type") or ""
    for _, pattern in ipairs(static) do if string.find(kind, pattern) then return true end end
    return false
  end
  ${mode === "FORCE_CACHE_ALL" ? "" : 'if headers:get("set-cookie") ~= nil then headers:replace("cache-control", "private") return end'}
  if negative[status] ~= nil and control == nil then store(negative[status]) end
  ${lines[mode] ?? ""}
end`;
}

/** A route's cache policy has durations, a backend's has numbers. */
function secondsIn(value: unknown): number | undefined {
  return numberOf(value) ?? numberOf(blockOf(value)?.seconds);
}
