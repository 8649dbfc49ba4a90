import { numberOf } from "../../topology/value";
import { integer, items, limit, matching, oneOf } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { limitAt } from "../places";

const SERVICE = "google_compute_backend_service|google_compute_region_backend_service";
const BUCKET = "google_compute_backend_bucket";
const BOTH = `${SERVICE}|${BUCKET}`;
const KEYS = "google_compute_backend_service_signed_url_key|google_compute_backend_bucket_signed_url_key";
const YEAR = 31622400;
const TTLS = ["default_ttl", "max_ttl", "client_ttl"];
const CODES = [300, 301, 302, 307, 308, 404, 405, 410, 421, 451, 501];
const GCLOUD = "gcloud compute backend-services create --cache-mode and TTL flags, SDK read 2026-11-22";
const TOKEN = matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "a header name (token of RFC 7230)");

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

/** Limits of single attributes of Cloud CDN. */
export const cdnLimits: readonly Rule[] = [
  limit(
    "cdn-cache-mode",
    BOTH,
    "cdn_policy.cache_mode",
    oneOf("USE_ORIGIN_HEADERS", "CACHE_ALL_STATIC", "FORCE_CACHE_ALL"),
    "use USE_ORIGIN_HEADERS for an API",
    "the provider's own list, google 7.45.0; checked here before Terraform runs",
  ),
  ...TTLS.map((ttl) =>
    limit(
      `cdn-${ttl.replace("_", "-")}`,
      BOTH,
      `cdn_policy.${ttl}`,
      integer(0, YEAR),
      "set at most a year, 31622400 seconds",
      api("BackendServiceCdnPolicy"),
    ),
  ),
  limit(
    "cdn-serve-while-stale",
    BOTH,
    "cdn_policy.serve_while_stale",
    integer(0, 604800),
    "set at most a week, 604800 seconds; 0 turns it off",
    api("BackendServiceCdnPolicy.serveWhileStale"),
  ),
  limit(
    "cdn-signed-url-age",
    BOTH,
    "cdn_policy.signed_url_cache_max_age_sec",
    integer(0),
    "set whole seconds; the default is 3600",
    api("BackendServiceCdnPolicy.signedUrlCacheMaxAgeSec"),
  ),
  limitAt(
    "cdn-negative-code",
    BOTH,
    ["cdn_policy.negative_caching_policy"],
    "code",
    { text: CODES.join(", "), holds: (value) => CODES.includes(numberOf(value) ?? 0), required: true },
    "use one of the listed codes; others cannot be cached",
    api("BackendServiceCdnPolicyNegativeCachingPolicy.code"),
  ),
  limitAt(
    "cdn-negative-ttl",
    BOTH,
    ["cdn_policy.negative_caching_policy"],
    "ttl",
    integer(0, 1800),
    "set at most 30 minutes, 1800 seconds",
    api("BackendServiceCdnPolicyNegativeCachingPolicy.ttl"),
  ),
  limit(
    "cdn-bypass-headers",
    BOTH,
    "cdn_policy.bypass_cache_on_request_headers",
    items(0, 5),
    "keep at most five headers",
    api("BackendServiceCdnPolicy.bypassCacheOnRequestHeaders"),
  ),
  limit(
    "cdn-bypass-header-name",
    BOTH,
    "cdn_policy.bypass_cache_on_request_headers.header_name",
    { ...TOKEN, required: true },
    "name a header such as Authorization",
    GCLOUD,
  ),
  limit(
    "cdn-key-header-name",
    BOTH,
    "cdn_policy.cache_key_policy.include_http_headers[]",
    TOKEN,
    "use a header name: letters, digits and dashes",
    api("CacheKeyPolicy.includeHttpHeaders"),
  ),
  limit(
    "cdn-key-cookies",
    SERVICE,
    "cdn_policy.cache_key_policy.include_named_cookies",
    items(0, 5),
    "keep at most five cookies",
    "provider documentation of google_compute_url_map 7.45.0, cache_key_policy",
  ),
  limit(
    "cdn-signed-key-name",
    KEYS,
    "name",
    matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "1 to 63 lower-case letters, digits and dashes, a letter first"),
    "rename the key",
    api("SignedUrlKey.keyName"),
  ),
  limit(
    "cdn-signed-key-value",
    KEYS,
    "key_value",
    matching(/^[A-Za-z0-9_-]{22}(==)?$/, "16 bytes as base64url"),
    "generate it with random_id, byte_length = 16, and pass b64_url",
    api("SignedUrlKey.keyValue"),
  ),
  limit(
    "cdn-bucket-compression",
    BUCKET,
    "compression_mode",
    oneOf("AUTOMATIC", "DISABLED"),
    "use AUTOMATIC or DISABLED",
    "the provider's own list, google 7.45.0; checked here before Terraform runs",
  ),
  limit(
    "cdn-bucket-name",
    BUCKET,
    "bucket_name",
    {
      text: "set, a bucket name without gs://",
      holds: (value) => typeof value === "string" && /^[a-z0-9][a-z0-9._-]*$/.test(value),
      required: true,
    },
    "give the bucket's name: google_storage_bucket.x.name",
    api("BackendBucket.bucketName"),
  ),
];
