import { cdnRules } from "../../../lib/rules/load-balancer/cdn";
import { adding, describeRules, findingsOf, type Json, type Mutation, resourceAt } from "../rule-support";
import { servingPath } from "../serving-path";

const API = "google_compute_backend_service.api";
const BUCKET = "google_compute_backend_bucket.x";
const REGION = "google_compute_region_backend_service.x";
const KEY = "google_compute_backend_service_signed_url_key.x";
const CACHE_KEY = { include_host: true, include_protocol: true, include_query_string: true };

function valid(): Json {
  const document = servingPath();
  Object.assign(resourceAt(document, API), {
    enable_cdn: true,
    cdn_policy: {
      cache_mode: "CACHE_ALL_STATIC",
      default_ttl: 3600,
      max_ttl: 86400,
      client_ttl: 3600,
      serve_while_stale: 86400,
      signed_url_cache_max_age_sec: 3600,
      negative_caching: true,
      negative_caching_policy: [
        { code: 404, ttl: 60 },
        { code: 302, ttl: 0 },
      ],
      bypass_cache_on_request_headers: [{ header_name: "Authorization" }],
      cache_key_policy: { ...CACHE_KEY, include_http_headers: ["X-Model"], include_named_cookies: ["tenant"] },
    },
  });
  return document;
}

function policy(rule: string, path: string, value: unknown): Mutation {
  return { rule, address: API, set: [`cdn_policy.${path}`, value] };
}

const key = (values: Json = {}): Json => ({
  name: "key",
  key_value: "${random_id.key.b64_url}",
  backend_service: "${google_compute_backend_service.api.name}",
  ...values,
});

describeRules(cdnRules, valid, [
  policy("cdn-cache-mode", "cache_mode", "CACHE_ALL"),
  policy("cdn-default-ttl", "default_ttl", 31622401),
  policy("cdn-max-ttl", "max_ttl", -1),
  policy("cdn-client-ttl", "client_ttl", "1h"),
  policy("cdn-serve-while-stale", "serve_while_stale", 604801),
  policy("cdn-signed-url-age", "signed_url_cache_max_age_sec", -1),
  policy("cdn-negative-code", "negative_caching_policy.0.code", 500),
  policy("cdn-negative-ttl", "negative_caching_policy.0.ttl", 1801),
  policy(
    "cdn-bypass-headers",
    "bypass_cache_on_request_headers",
    Array.from({ length: 6 }, (_, i) => ({ header_name: `X-${i}` })),
  ),
  policy("cdn-bypass-header-name", "bypass_cache_on_request_headers", [{ header_name: "X Model" }]),
  policy("cdn-key-header-name", "cache_key_policy.include_http_headers", ["X-Model: a"]),
  policy("cdn-key-cookies", "cache_key_policy.include_named_cookies", ["a", "b", "c", "d", "e", "f"]),
  policy("cdn-ttl-origin-headers", "cache_mode", "USE_ORIGIN_HEADERS"),
  policy("cdn-max-ttl-mode", "cache_mode", "FORCE_CACHE_ALL"),
  policy("cdn-force-cache-all", "cache_mode", "FORCE_CACHE_ALL"),
  policy("cdn-ttl-order", "default_ttl", 86401),
  policy("cdn-ttl-order", "client_ttl", 90000),
  policy("cdn-negative-enabled", "negative_caching", undefined),
  policy("cdn-negative-unique", "negative_caching_policy", [{ code: 404 }, { code: "404" }]),
  policy("cdn-bypass-unique", "bypass_cache_on_request_headers", [
    { header_name: "Pragma" },
    { header_name: "pragma" },
  ]),
  policy("cdn-key-query-lists", "cache_key_policy", {
    ...CACHE_KEY,
    query_string_whitelist: ["a"],
    query_string_blacklist: ["b"],
  }),
  policy("cdn-key-query-excluded", "cache_key_policy", {
    ...CACHE_KEY,
    include_query_string: false,
    query_string_whitelist: ["a"],
  }),
  policy("cdn-key-host", "cache_key_policy", { include_query_string: true }),
  policy("cdn-key-signed-urls", "cache_key_policy", undefined),
  { rule: "cdn-policy-unused", address: API, set: ["enable_cdn", false] },
  { rule: "cdn-load-balancer", address: API, set: ["load_balancing_scheme", "INTERNAL_MANAGED"] },
  { rule: "cdn-load-balancer", address: API, set: ["protocol", "TCP"] },
  {
    rule: "cdn-load-balancer",
    address: REGION,
    change: adding({ [REGION]: { load_balancing_scheme: "EXTERNAL_MANAGED", enable_cdn: true } }),
  },
  {
    rule: "cdn-bucket-compression",
    address: BUCKET,
    change: adding({ [BUCKET]: { bucket_name: "b", compression_mode: "GZIP" } }),
  },
  { rule: "cdn-bucket-name", address: BUCKET, change: adding({ [BUCKET]: { bucket_name: "gs://b" } }) },
  {
    rule: "cdn-internal-bucket",
    address: BUCKET,
    change: adding({ [BUCKET]: { bucket_name: "b", load_balancing_scheme: "INTERNAL_MANAGED", enable_cdn: true } }),
  },
  { rule: "cdn-signed-key-name", address: KEY, change: adding({ [KEY]: key({ name: "Key_1" }) }) },
  { rule: "cdn-signed-key-value", address: KEY, change: adding({ [KEY]: key({ key_value: "secret" }) }) },
  {
    rule: "cdn-signed-keys-count",
    address: KEY.replace(".x", ".d"),
    change: adding(Object.fromEntries(["a", "b", "c", "d"].map((name) => [KEY.replace(".x", `.${name}`), key()]))),
  },
  {
    rule: "cdn-signed-key-backend",
    address: KEY,
    change: (document) => {
      resourceAt(document, API).enable_cdn = false;
      adding({ [KEY]: key() })(document);
    },
  },
]);

function own(document: Json): string[] {
  return findingsOf(document).flatMap(({ rule }) => (cdnRules.some(({ id }) => id === rule) ? [rule] : []));
}

test("says nothing of the origin's headers, of a bucket, and of three keys", () => {
  const document = valid();
  resourceAt(document, API).cdn_policy = { cache_mode: "USE_ORIGIN_HEADERS", negative_caching: false, default_ttl: 0 };
  adding({
    [BUCKET]: {
      bucket_name: "${google_storage_bucket.b.name}",
      enable_cdn: true,
      cdn_policy: { cache_mode: "FORCE_CACHE_ALL", default_ttl: 60 },
    },
    ...Object.fromEntries(["a", "b", "c"].map((name) => [KEY.replace(".x", `.${name}`), key()])),
  })(document);
  expect(own(document)).toEqual([]);
});

test("says nothing of what Terraform computes", () => {
  const document = valid();
  const unknown = "${var.x}";
  Object.assign(resourceAt(document, API), {
    enable_cdn: unknown,
    load_balancing_scheme: unknown,
    cdn_policy: {
      cache_mode: unknown,
      default_ttl: unknown,
      max_ttl: unknown,
      negative_caching: unknown,
      negative_caching_policy: { code: unknown, ttl: unknown },
      bypass_cache_on_request_headers: unknown,
      cache_key_policy: {
        include_host: unknown,
        include_protocol: unknown,
        include_query_string: unknown,
        query_string_whitelist: unknown,
      },
    },
  });
  expect(own(document)).toEqual([]);
});
