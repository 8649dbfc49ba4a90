import { type Block, blockOf, blocksOf } from "../../topology/document";
import { booleanOf, isComputed, numberOf, textOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { isHttp, protocolOf, schemeOf, serviceRule } from "./backend-rule";
import { cdnLimits } from "./cdn-limits";
import { signedKeyRules } from "./cdn-signed-keys";

const SERVICE = "google_compute_backend_service|google_compute_region_backend_service";
const BUCKET = "google_compute_backend_bucket";
const BOTH = `${SERVICE}|${BUCKET}`;
const TTLS = ["default_ttl", "max_ttl", "client_ttl"];
const GCLOUD = "gcloud compute backend-services create --cache-mode and TTL flags, SDK read 2026-11-22";

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

const POLICY = ["cdn_policy"];

const policies: readonly Rule[] = [
  blockRule(
    {
      id: "cdn-ttl-origin-headers",
      title: "USE_ORIGIN_HEADERS stands without default_ttl, max_ttl and client_ttl",
      why: "The API rejects TTLs in this mode: the origin's headers decide.",
      fix: "take the TTLs away, and send Cache-Control from the application",
      source: GCLOUD,
    },
    BOTH,
    POLICY,
    (policy, blame) => {
      if (policy.cache_mode !== "USE_ORIGIN_HEADERS") return;
      for (const ttl of TTLS) if (isSet(policy[ttl]) && numberOf(policy[ttl]) !== 0) blame(ttl, policy[ttl]);
    },
  ),
  blockRule(
    {
      id: "cdn-max-ttl-mode",
      title: "max_ttl stands with CACHE_ALL_STATIC",
      why: "The API rejects it with FORCE_CACHE_ALL.",
      fix: "use default_ttl with FORCE_CACHE_ALL",
      source: GCLOUD,
    },
    BOTH,
    POLICY,
    (policy, blame) => {
      if (policy.cache_mode === "FORCE_CACHE_ALL" && isSet(policy.max_ttl) && numberOf(policy.max_ttl) !== 0)
        blame("max_ttl", policy.max_ttl);
    },
  ),
  blockRule(
    {
      id: "cdn-ttl-order",
      title: "default_ttl and client_ttl are not above max_ttl",
      why: "The API rejects them. max_ttl is 86400 where CACHE_ALL_STATIC leaves it out.",
      fix: "raise max_ttl, or lower the others",
      source: GCLOUD,
    },
    BOTH,
    POLICY,
    (policy, blame) => {
      const mode = textOrDefault(policy.cache_mode, "CACHE_ALL_STATIC");
      const max = isSet(policy.max_ttl) ? numberOf(policy.max_ttl) : mode === "CACHE_ALL_STATIC" ? 86400 : undefined;
      if (mode !== "CACHE_ALL_STATIC" || max === undefined) return;
      for (const ttl of ["default_ttl", "client_ttl"]) {
        if ((numberOf(policy[ttl]) ?? 0) > max) blame(ttl, policy[ttl], `max_ttl ${max}`);
      }
    },
  ),
  blockRule(
    {
      id: "cdn-negative-enabled",
      title: "negative_caching_policy stands with negative_caching = true",
      why: "The API wants negative caching enabled for a policy.",
      fix: "set negative_caching = true",
      source: api("BackendServiceCdnPolicy.negativeCachingPolicy"),
    },
    BOTH,
    POLICY,
    (policy, blame) => {
      if (!isSet(policy.negative_caching_policy)) return;
      if (!isSet(policy.negative_caching) || booleanOf(policy.negative_caching) === false)
        blame("negative_caching", policy.negative_caching);
    },
  ),
  blockRule(
    {
      id: "cdn-negative-unique",
      title: "each status code has one negative caching policy",
      why: "The API rejects a code that occurs twice.",
      fix: "take one of the two away",
      source: api("BackendServiceCdnPolicyNegativeCachingPolicy.code"),
    },
    BOTH,
    POLICY,
    (policy, blame) => {
      const seen = new Set<number>();
      for (const each of blocksOf(policy.negative_caching_policy)) {
        const code = numberOf(each.code);
        if (code === undefined) continue;
        if (seen.has(code)) blame("negative_caching_policy", code);
        seen.add(code);
      }
    },
  ),
  blockRule(
    {
      id: "cdn-bypass-unique",
      title: "each bypass header is named once",
      why: "The API rejects a header that occurs twice, whatever its case.",
      fix: "take one of the two away",
      source: GCLOUD,
    },
    BOTH,
    POLICY,
    (policy, blame) => {
      const seen = new Set<string>();
      for (const each of blocksOf(policy.bypass_cache_on_request_headers)) {
        const name = textOf(each.header_name)?.toLowerCase();
        if (name === undefined) continue;
        if (seen.has(name)) blame("bypass_cache_on_request_headers", name);
        seen.add(name);
      }
    },
  ),
  blockRule(
    {
      id: "cdn-key-query-lists",
      title: "a cache key has query_string_whitelist or query_string_blacklist, not both",
      why: "The API rejects both.",
      fix: "keep one of the lists",
      source: api("CacheKeyPolicy.queryStringWhitelist"),
    },
    BOTH,
    ["cdn_policy.cache_key_policy"],
    (key, blame) => {
      if (isSet(key.query_string_whitelist) && isSet(key.query_string_blacklist))
        blame("query_string_blacklist", key.query_string_blacklist);
    },
  ),
  blockRule(
    {
      id: "cdn-key-query-excluded",
      title: "lists of query parameters stand with include_query_string = true",
      why: "With false the whole query is left out of the cache key, the listed parameters too: different answers share one entry.",
      fix: "set include_query_string = true",
      source: api("CacheKeyPolicy.includeQueryString"),
    },
    SERVICE,
    ["cdn_policy.cache_key_policy"],
    (key, blame) => {
      const listed = isSet(key.query_string_whitelist) || isSet(key.query_string_blacklist);
      if (listed && booleanOf(key.include_query_string ?? false) === false)
        blame("include_query_string", key.include_query_string);
    },
  ),
  blockRule(
    {
      id: "cdn-key-host",
      title: "a cache key policy says whether host, protocol and query are part of the key",
      severity: "warning",
      why: "What a cache_key_policy leaves out is false: all hosts, or all queries, then share one cached answer. Sometimes that is the purpose.",
      fix: "set include_host, include_protocol and include_query_string",
      source: api("CacheKeyPolicy"),
    },
    SERVICE,
    ["cdn_policy.cache_key_policy"],
    (key, blame) => {
      for (const name of ["include_host", "include_protocol", "include_query_string"]) {
        if (!isSet(key[name])) return blame(name, undefined);
      }
    },
  ),
  blockRule(
    {
      id: "cdn-key-signed-urls",
      title: "signed_url_cache_max_age_sec stands with a cache_key_policy",
      severity: "warning",
      why: "Without it the value read back differs on every plan. Seen against an emulated API, with the server's defaults assumed.",
      fix: "add cache_key_policy with include_host, include_protocol and include_query_string",
      source: "terraform-provider-google 6.50.0, measured 2026-11",
    },
    SERVICE,
    POLICY,
    (policy, blame) => {
      if (
        isSet(policy.signed_url_cache_max_age_sec) &&
        !isSet(policy.cache_key_policy) &&
        !isComputed(policy, "cache_key_policy")
      )
        blame("cache_key_policy", undefined);
    },
  ),
  blockRule(
    {
      id: "cdn-policy-unused",
      title: "cdn_policy stands with enable_cdn = true",
      severity: "warning",
      why: "Nothing is cached: the policy waits for enable_cdn, whose default is false.",
      fix: "set enable_cdn = true, or take cdn_policy away",
      source: api("BackendService.enableCDN"),
    },
    BOTH,
    [""],
    (backend, blame) => {
      const off = !isSet(backend.enable_cdn) || booleanOf(backend.enable_cdn) === false;
      if (off && isSet(backend.cdn_policy)) blame("enable_cdn", backend.enable_cdn);
    },
  ),
  blockRule(
    {
      id: "cdn-force-cache-all",
      title: "a backend service is not cached with FORCE_CACHE_ALL",
      severity: "warning",
      why: "It ignores private and no-store: one user's answer is served to the next. A service that has nothing private may use it.",
      fix: "set cache_mode = USE_ORIGIN_HEADERS and send Cache-Control from the application",
      source: api("BackendServiceCdnPolicy.cacheMode"),
    },
    "google_compute_backend_service",
    [""],
    (backend, blame) => {
      const policy: Block | undefined = blockOf(backend.cdn_policy);
      if (booleanOf(backend.enable_cdn) === true && policy?.cache_mode === "FORCE_CACHE_ALL")
        blame("cdn_policy.cache_mode", policy.cache_mode);
    },
  ),
  serviceRule(
    {
      id: "cdn-load-balancer",
      title: "Cloud CDN is for global external Application Load Balancers",
      why: "The API rejects enable_cdn on regional and internal backend services, and on those of protocol TCP, SSL or UDP.",
      fix: "take enable_cdn away, or use a global backend service of scheme EXTERNAL_MANAGED",
      source: api("BackendService.enableCDN"),
    },
    (backend, blame) => {
      if (!backend.cdn) return;
      const scheme = schemeOf(backend);
      const protocol = protocolOf(backend);
      if (!backend.isGlobal || scheme?.startsWith("INTERNAL")) blame("enable_cdn", true, `scheme ${scheme}`);
      else if (protocol !== undefined && !isHttp(protocol)) blame("enable_cdn", true, `protocol ${protocol}`);
    },
  ),
  blockRule(
    {
      id: "cdn-internal-bucket",
      title: "a backend bucket of scheme INTERNAL_MANAGED has no Cloud CDN",
      why: "Cloud CDN is for external load balancers only.",
      fix: "take enable_cdn or load_balancing_scheme away",
      source: api("BackendBucket.loadBalancingScheme"),
    },
    BUCKET,
    [""],
    (bucket, blame) => {
      if (bucket.load_balancing_scheme === "INTERNAL_MANAGED" && booleanOf(bucket.enable_cdn) === true)
        blame("enable_cdn", true);
    },
  ),
];

/** Cloud CDN on backend services, backend buckets and routes. */
export const cdnRules: readonly Rule[] = [...cdnLimits, ...policies, ...signedKeyRules];
