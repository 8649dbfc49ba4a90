import { computeName, headerName } from "./formats";
import { above, at, distinct, fulfilling, integer, items, Limit, type Limits, length, matching, not, number, oneOf, reference, set, unset } from "./limit";
import { atMostOne, EVERYTHING, notEmpty, order, type ResourceFacts, resourceType, type Together, unique, when } from "./resource-type";
import { api, measured, page, provider, unconfirmed } from "./source";

const compute = api("Compute API v1");
const service = (field: string) => compute(`BackendService.${field}`);
const gcloud = page("sdk/gcloud/reference/compute/backend-services/create");
const addBackend = page("sdk/gcloud/reference/compute/backend-services/add-backend");
const headersPage = page("load-balancing/docs/https/custom-headers");
const documented = provider("google_compute_backend_service 7.45.0");
const listed = provider("google_compute_backend_service 7.45.0", "validate");

const WEB = ["HTTP", "HTTPS", "HTTP2", "H2C", "GRPC"];
const STREAM = ["TCP", "SSL", "UDP", "UNSPECIFIED"];
const MANAGED = ["EXTERNAL_MANAGED", "INTERNAL_MANAGED"];
const PASSTHROUGH = ["EXTERNAL", "INTERNAL"];
const STRONG = "STRONG_COOKIE_AFFINITY";
const COOKIES = ["GENERATED_COOKIE", "HTTP_COOKIE", STRONG];
const cookie = "set session_affinity";
const HASHING = ["RING_HASH", "MAGLEV", "WEIGHTED_MAGLEV"];
const YEAR = 31622400;

/** The limits of one block by their whole paths. */
function within(place: string, limits: Limits): Limits {
  return Object.fromEntries(Object.entries(limits).map(([path, limit]) => [`${place}.${path}`, limit]));
}

/** Seconds that something may take where only the type of the number limits it. */
export const timeoutSec = integer(1, 2147483647).fix("give whole seconds, or leave it out for 30 s", service("timeoutSec"));

export const connectionDrainingSec = integer(0, 3600).fix("give a number of seconds, at most an hour; 0 turns it off", gcloud);

const metricText = "1 to 64 lower-case letters, digits, dashes, dots and underscores, a letter first, no sign last";
export const metricName = matching(/^[a-z]([-_.a-z0-9]{0,62}[a-z0-9])?$/, metricText).fix("rename the metric", compute("BackendCustomMetric.name"));

export const affinityCookieSeconds = integer(0, 1209600).fix("give at most two weeks, 1209600 seconds", service("affinityCookieTtlSec"));

const keyText = "16 bytes as base64url: 22 letters, digits, - and _, with or without == at the end";
export const signedUrlKeyValue = matching(/^[A-Za-z0-9_-]{22}(==)?$/, keyText).fix("use the b64_url of a random_id with byte_length = 16", compute("SignedUrlKey.keyValue"));

const headersLimit = (name: string, limit: Limit, fix: string) => limit.named(name).fix(fix, headersPage);
const bytes = (headers: unknown) => Buffer.byteLength([headers].flat().join(""));
const isHeader = (header: unknown) => String(header).includes(":") && headerName.holds(String(header).split(":", 1)[0]);
const isFree = (header: unknown) => !RESERVED.test(headerOf(header));
const isKnown = (header: unknown) => unknownVariable(String(header)) === undefined;

/** Headers that a backend adds, each as `Name:Value`. */
export const customHeaders = {
  count: headersLimit("count", items(0, 16), "keep at most 16 headers, and set the rest in the application"),
  size: headersLimit("size", new Limit("at most 8 KB together", (headers) => bytes(headers) <= 8192, { max: 8192 }), "shorten the values, or set them in the application"),
  unique: headersLimit(
    "unique",
    distinct("header name", (header) => headerOf(header).toLowerCase()),
    "join the values in one header",
  ),
  form: headersLimit("form", fulfilling('written "Name:Value", the name a token of RFC 7230', isHeader), 'write it like "X-Client-Region:{client_region}"'),
  reserved: headersLimit(
    "reserved",
    fulfilling("a header that neither Google nor the connection reserves", isFree),
    "choose a name that is not hop-by-hop, X-User-IP or CDN-Loop and does not start with X-Google, X-Goog-, X-GFE or X-Amz-",
  ),
  variable: headersLimit("variable", fulfilling("a header with variables that exist", isKnown), "use a documented variable, or write {{ and }} for braces").advice(
    "An unknown variable becomes an empty text. Google adds variables now and then: this one may be newer.",
  ),
};

const RESERVED = /^(x-user-ip|cdn-loop|keep-alive|transfer-encoding|te|connection|trailer|upgrade|x-google.*|x-goog-.*|x-gfe.*|x-amz-.*)$/i;
const VARIABLES = new Set(
  (
    "asn cdn_cache_id cdn_cache_status client_city client_city_lat_long client_encrypted client_ip_address client_port client_protocol client_region client_region_subdivision client_rtt_msec " +
    "cloud_trace_id device_request_type hostname origin_request_header server_ip_address server_port tls_cipher_suite tls_ja3_fingerprint tls_ja4_fingerprint tls_sni_hostname tls_version user_agent_family"
  ).split(" "),
);

function unknownVariable(header: string): string | undefined {
  const names = [...header.replace(/\{\{|\}\}/g, "").matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name.toLowerCase());
  return names.find((name) => !VARIABLES.has(name) && !name.startsWith("client_cert_"));
}

function headerOf(header: unknown): string {
  return String(header).split(":", 1)[0]!.trim();
}

const ofStream = unset()
  .when({ protocol: ["TCP", "SSL"] })
  .named("stream")
  .why("A stream of bytes has no headers, status codes or answers to compress: it is rejected or does nothing.");
const stream = ofStream.fix("remove it, or set protocol = HTTP behind an HTTP proxy", unconfirmed("Compute API v1, BackendService.protocol"));

function headers(list: string): Limits {
  const { count, size, unique, form, reserved, variable } = customHeaders;
  return { [list]: [count, size, unique, stream], [`${list}[]`]: [form, reserved, variable] };
}

const negative = compute("BackendServiceCdnPolicyNegativeCachingPolicy");

/** What Cloud CDN takes, by attribute. */
export const cdnLimits = {
  ttl: integer(0, YEAR).fix("give at most a year, 31622400 seconds", compute("BackendServiceCdnPolicy")),
  serveWhileStale: integer(0, 604800).fix("give at most a week, 604800 seconds; 0 turns it off", compute("BackendServiceCdnPolicy.serveWhileStale")),
  negativeCode: oneOf(300, 301, 302, 307, 308, 404, 405, 410, 421, 451, 501).required().fix("use one of these codes; others cannot be cached", negative),
  negativeTtl: integer(0, 1800).fix("give at most 30 minutes, 1800 seconds", negative),
  bypassHeaders: items(0, 5).fix("keep at most five headers", compute("BackendServiceCdnPolicy.bypassCacheOnRequestHeaders")),
  keyCookies: items(0, 5).fix("keep at most five cookies", provider("google_compute_url_map 7.45.0")),
};

const { ttl } = cdnLimits;
const policy = (field: string) => compute(`BackendServiceCdnPolicy.${field}`);
const originHeaders = unset().or(0).when({ cache_mode: "USE_ORIGIN_HEADERS" }).named("origin-headers").fix("remove it, and send Cache-Control from the application", gcloud);

/** Cloud CDN in front of a backend service or a backend bucket. */
const cdn: Limits = within("cdn_policy", {
  default_ttl: [ttl, originHeaders],
  client_ttl: [ttl, originHeaders],
  max_ttl: [ttl, originHeaders, unset().or(0).when({ cache_mode: "FORCE_CACHE_ALL" }).named("force-cache-all").fix("use default_ttl with FORCE_CACHE_ALL", gcloud)],
  serve_while_stale: cdnLimits.serveWhileStale,
  signed_url_cache_max_age_sec: integer(0).fix("give whole seconds; the default is 3600", policy("signedUrlCacheMaxAgeSec")),
  "negative_caching_policy.code": cdnLimits.negativeCode,
  "negative_caching_policy.ttl": cdnLimits.negativeTtl,
  bypass_cache_on_request_headers: cdnLimits.bypassHeaders,
  "bypass_cache_on_request_headers.header_name": headerName.required().fix("name a header such as Authorization", gcloud),
  "cache_key_policy.include_http_headers[]": headerName.fix("give the header's name only", compute("CacheKeyPolicy.includeHttpHeaders")),
});

/** Of a backend service; a backend bucket's 0 is sent. */
const notSent = not(0)
  .when({ cache_mode: ["CACHE_ALL_STATIC", "FORCE_CACHE_ALL"] })
  .named("zero")
  .why("The provider does not send 0: Google Cloud's default of an hour holds, and each plan wants to change it.")
  .fix("set 1, or send Cache-Control: no-store from the application", measured("terraform-provider-google 6.50.0 and 7.45.0", "2026-11"));

const unusedPolicy = when({ cdn_policy: set() }, { enable_cdn: true }, { id: "cdn-policy-unused" });
const cdnFacts = {
  defaults: { "cdn_policy.cache_mode": "CACHE_ALL_STATIC", "cdn_policy.max_ttl": 86400 },
  alternatives: [atMostOne("query_string_whitelist query_string_blacklist", { in: "cdn_policy.cache_key_policy", id: "cdn-query-lists" }).fix("keep one of the lists", compute("CacheKeyPolicy"))],
  unique: [
    unique("negative_caching_policy.code", { in: "cdn_policy", id: "cdn-negative-code-unique" }).fix("remove one of the two", negative),
    unique("bypass_cache_on_request_headers.header_name", { in: "cdn_policy", id: "cdn-bypass-unique", normalized: (name) => name.toLowerCase() }).fix("remove one of the two", gcloud),
  ],
  together: [
    when({ negative_caching_policy: set() }, { negative_caching: true }, { in: "cdn_policy", id: "cdn-negative-caching" }).fix("set negative_caching = true", policy("negativeCachingPolicy")),
    unusedPolicy.advice("Nothing is cached: the policy has no effect without enable_cdn, whose default is false.").fix("set enable_cdn = true, or remove cdn_policy", service("enableCDN")),
  ],
  order: ["default_ttl", "client_ttl"].map((less) =>
    order(less, "max_ttl", { in: "cdn_policy", id: "cdn-ttl-order", where: { cache_mode: "CACHE_ALL_STATIC" } }).fix("raise max_ttl (86400 unless set), or lower the other", gcloud),
  ),
};

const EMPTY = "circuit_breakers consistent_hash consistent_hash.http_cookie log_config outlier_detection strong_session_affinity_cookie cdn_policy.cache_key_policy";
const validated = provider("google_compute_backend_service 7.45.0", "validate");

const notRate = unset().or(0).when({ balancing_mode: "RATE" }).named("rate").fix("remove it, or set balancing_mode = UTILIZATION", compute("Backend.balancingMode"));
const RATES = ["max_rate", "max_rate_per_instance", "max_rate_per_endpoint"];
const CONNECTIONS = ["max_connections", "max_connections_per_instance", "max_connections_per_endpoint"];
const IN_FLIGHT = ["max_in_flight_requests", "max_in_flight_requests_per_instance", "max_in_flight_requests_per_endpoint"];
const notInFlight = unset()
  .when({ balancing_mode: ["RATE", "CONNECTION"] })
  .named("mode")
  .fix("remove it, or set balancing_mode = IN_FLIGHT", documented);
/** Several attributes that must not be set, except to 0. */
const none = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, unset().or(0)]));

const GROUPS = {
  ...Object.fromEntries(["network", "region_network", "global_network"].map((kind) => [`google_compute_${kind}_endpoint_group`, "id self_link"])),
  google_compute_instance_group: "id self_link",
  google_compute_instance_group_manager: "instance_group",
  google_compute_region_instance_group_manager: "instance_group",
};

const groupLink = matching(/\/(networkEndpointGroups|instanceGroups)\/[^/]+$/, "the id or link of a NEG or an instance group");

/** The groups behind a backend service. */
const groups: Limits = at("backend", {
  group: groupLink.required().refs(GROUPS).fix("give the id of a NEG or an instance group, and of a group manager its instance_group", documented),
  capacity_scaler: number(0.1, 1).or(0).fix("set 0 to drain the group, else 0.1 to 1", compute("Backend.capacityScaler")),
  max_utilization: [number(0, 1).fix("give a share such as 0.8", compute("Backend.maxUtilization")), notRate.advice("In RATE mode it is ignored today, and Google says that it will be rejected.")],
  balancing_mode: oneOf("UTILIZATION", "RATE", "CONNECTION", "CUSTOM_METRICS", "IN_FLIGHT").fix("use UTILIZATION or RATE for HTTP, CONNECTION for TCP", listed),
  max_rate: integer(1, 2147483647).named("positive").advice("A rate of 0 is the same as none.").fix("give requests per second, or leave max_rate out", compute("Backend.maxRate")),
  ...Object.fromEntries(IN_FLIGHT.map((name) => [name, [integer(1).fix("give a number of requests", documented), notInFlight]])),
  traffic_duration: oneOf("LONG", "SHORT").fix("use LONG where most requests take seconds, else SHORT", documented),
  preference: unset().when({ "/load_balancing_scheme": "EXTERNAL" }).fix("set load_balancing_scheme = EXTERNAL_MANAGED, or remove preference", documented),
  "custom_metrics.max_utilization": number(0, 1).fix("give a share such as 0.8", compute("BackendCustomMetric.maxUtilization")),
});

const DURATIONS = ["consistent_hash.http_cookie.ttl", "strong_session_affinity_cookie.ttl", "outlier_detection.interval", "outlier_detection.base_ejection_time", "max_stream_duration"];
const percentage = (field: string) => integer(0, 100).fix("give a percentage: 100 always ejects, 0 never", compute(`OutlierDetection.${field}`));
const inARow = integer(1, 2147483647).advice("No number of errors in a row is below 1. The API's text names no minimum.");
const count = inARow.fix("give the number of errors in a row after which a backend is ejected", compute("OutlierDetection"));
const breaker = integer(0, 2147483647).fix("give a whole number, or leave it out for no limit", compute("CircuitBreakers"));

/** How machines and regions that fail are ejected. */
export const outlierDetection = {
  consecutive_errors: count,
  consecutive_gateway_failure: count,
  max_ejection_percent: integer(0, 100).fix("give a percentage that allows one region of all to be ejected", compute("OutlierDetection.maxEjectionPercent")),
  enforcing_consecutive_errors: percentage("enforcingConsecutiveErrors"),
  enforcing_consecutive_gateway_failure: percentage("enforcingConsecutiveGatewayFailure"),
  enforcing_success_rate: percentage("enforcingSuccessRate"),
};

export const logSampleRate = number(0, 1).fix("give the share, not the percentage: 1 for all requests, 0.1 for a tenth", compute("BackendServiceLogConfig.sampleRate"));

const checkLink = matching(/[hH]ealthChecks\/[^/]+$/, "the id or link of a health check");
const healthCheck = checkLink.named("item").fix("use the id of a health check of the backend service's scope", service("healthChecks"));

const cookiePath = matching(/^\//, "a path that starts with /").named("of-cookie");
const clientId = matching(/\.apps\.googleusercontent\.com$/, "an OAuth client ID that ends with .apps.googleusercontent.com");

/** What global and regional backend services have in common. */
const limits: Limits = {
  ...cdn,
  ...groups,
  ...headers("custom_request_headers"),
  ...headers("custom_response_headers"),
  ...within("outlier_detection", outlierDetection),
  ...at(DURATIONS, {
    seconds: integer(0, 315576000000).required().fix("give whole seconds; fractions go into nanos", compute("Duration.seconds")),
    nanos: integer(0, 999999999).fix("give 0 to 999999999; whole seconds go into seconds", compute("Duration.nanos")),
  }),
  ...at(["consistent_hash.http_cookie", "strong_session_affinity_cookie"], {
    path: cookiePath.advice("Clients ignore a path without a leading slash and use the request's directory.").fix("start it with /", page("www.rfc-editor.org/rfc/rfc6265#section-5.2.4")),
  }),
  ...within("circuit_breakers", { max_connections: breaker, max_pending_requests: breaker, max_requests: breaker, max_requests_per_connection: breaker, max_retries: breaker }),
  ...at(["custom_metrics", "backend.custom_metrics"], { name: metricName.named("of-metric") }),
  timeout_sec: timeoutSec,
  connection_draining_timeout_sec: connectionDrainingSec,
  affinity_cookie_ttl_sec: affinityCookieSeconds,
  health_checks: items(1, 1).fix("name exactly one health check", service("healthChecks")),
  compression_mode: stream.or("DISABLED"),
  outlier_detection: stream,
  "log_config.sample_rate": logSampleRate,
  "log_config.enable": set().advice("The default is false: the block then logs nothing.").fix("set log_config.enable = true, or false for no logs", compute("BackendServiceLogConfig.enable")),
  "cdn_policy.cache_key_policy.include_named_cookies": cdnLimits.keyCookies,
  "iap.enabled": set().fix("set iap.enabled = true, or remove the block; a block alone does not turn IAP on", listed),
  "iap.oauth2_client_id": clientId.advice("Sign-in fails with an unknown client.").fix("copy the client ID from the console, not its name", unconfirmed("Google OAuth 2.0 client IDs")),
};

const backendAlternatives = [
  atMostOne(RATES.join(" "), { in: "backend", id: "one-rate" }).fix("keep one of them", addBackend),
  atMostOne(CONNECTIONS.join(" "), { in: "backend", id: "one-connections" }).fix("keep one of them", addBackend),
];

type Group = Record<string, unknown>;
const groupsOf = (backends: unknown) => [backends].flat() as Group[];
const hasCapacity = ({ capacity_scaler: scaler }: Group) => Number(scaler ?? 1) !== 0;
const isPrimary = ({ failover }: Group) => (failover ?? false) === false;
const someCapacity = fulfilling("has a group with capacity", (backends) => groupsOf(backends).some(hasCapacity), { shape: true });
const onlyPrimaries = fulfilling("without a group that has failover = true", (backends) => groupsOf(backends).length > 0 && groupsOf(backends).every(isPrimary), { shape: true });

const noConnections = { in: "backend", id: "rate-connections", title: "a group's connections must not be limited where balancing_mode is RATE" };
const noRates = { in: "backend", id: "connection-rates", title: "a group's rate must not be limited where balancing_mode is CONNECTION" };
const nothingToHash = "Without a header name or a cookie there is nothing to hash, and requests go anywhere.";
const bothOrNeither = "set both client ID and secret, or neither for a client that Google manages";
const CACHE_KEY = { in: "cdn_policy.cache_key_policy" };
const together: readonly Together[] = [
  ...notEmpty(EMPTY, validated),
  ...notEmpty("cdn_policy", validated, "cache_key_policy signed_url_cache_max_age_sec"),
  ...cdnFacts.together,
  when(
    { load_balancing_scheme: ["EXTERNAL", "EXTERNAL_MANAGED"] },
    { log_config: set(), "log_config.enable": not(false), "log_config.sample_rate": not(0) },
    { id: "logging", title: "an external backend service should log its requests" },
  )
    .opinion("Nobody can see afterwards who was served what, and which rule of Cloud Armor refused whom.")
    .fix("set log_config with enable = true and a sample_rate", compute("BackendService.logConfig")),
  when({ optional_fields: set() }, { optional_mode: "CUSTOM" }, { in: "log_config", id: "log-optional-mode" }).fix("set optional_mode = CUSTOM", compute("BackendServiceLogConfig.optionalFields")),
  when({ affinity_cookie_ttl_sec: above(0) }, { session_affinity: COOKIES }, { id: "affinity-cookie-ttl" }).fix(`${cookie} = GENERATED_COOKIE, or remove it`, service("affinityCookieTtlSec")),
  when({ session_affinity: STRONG }, { strong_session_affinity_cookie: set() }, { id: "strong-cookie" }).fix("add strong_session_affinity_cookie", service("strongSessionAffinityCookie")),
  when({ strong_session_affinity_cookie: set() }, { session_affinity: STRONG }, { id: "strong-cookie-affinity" }).fix(`${cookie} = ${STRONG}`, service("strongSessionAffinityCookie")),
  when({ session_affinity: "HEADER_FIELD" }, { "consistent_hash.http_header_name": set() }, { id: "hash-header" }).why(nothingToHash).fix("set consistent_hash.http_header_name", gcloud),
  when({ session_affinity: "HTTP_COOKIE" }, { "consistent_hash.http_cookie": set() }, { id: "hash-cookie" }).why(nothingToHash).fix("set consistent_hash.http_cookie", gcloud),
  when({ consistent_hash: set(), locality_lb_policy: set() }, { locality_lb_policy: HASHING }, { id: "hash-policy" })
    .why("consistent_hash applies to RING_HASH and MAGLEV only; any other policy balances without it.")
    .fix("set locality_lb_policy = RING_HASH or MAGLEV, or remove consistent_hash", service("consistentHash")),
  when({ consistent_hash: set(), locality_lb_policy: unset() }, { session_affinity: not("NONE") }, { id: "hash-affinity" })
    .why("Without an affinity, requests are balanced without hashing.")
    .fix("set session_affinity or locality_lb_policy = RING_HASH or MAGLEV, or remove consistent_hash", service("consistentHash")),
  when({ session_affinity: not("NONE", STRONG), locality_lb_policy: set(), consistent_hash: unset() }, { locality_lb_policy: HASHING }, { id: "affinity-policy" })
    .advice("gcloud's text says that affinity works with RING_HASH and MAGLEV only; classic and passthrough load balancers differ.")
    .fix("remove locality_lb_policy (the default is then MAGLEV), or set RING_HASH or MAGLEV", service("localityLbPolicy")),
  when({ locality_lb_policy: "WEIGHTED_ROUND_ROBIN", custom_metrics: unset() }, { "backend.custom_metrics": set() }, { id: "weighted-round-robin" })
    .advice("The weights come from custom_metrics, here or in the backend blocks.")
    .fix("add custom_metrics to the backend service", service("customMetrics")),
  when({ balancing_mode: "CUSTOM_METRICS" }, { custom_metrics: set() }, { in: "backend", id: "custom-metrics" }).fix("add custom_metrics to the backend block", compute("Backend.customMetrics")),
  when({ balancing_mode: "RATE" }, none(...CONNECTIONS), noConnections).fix("use a max_rate, or balancing_mode = CONNECTION", compute("Backend.balancingMode")),
  when({ balancing_mode: "CONNECTION" }, none(...RATES), noRates).fix("use a max_connections, or balancing_mode = RATE", compute("Backend.balancingMode")),
  when({ backend: set() }, { backend: someCapacity }, { id: "all-drained", title: "a backend service must have a group with capacity" })
    .why("With capacity_scaler = 0 on all groups nothing is served; the API rejects it where there is only one.")
    .fix("set capacity_scaler = 1 on a group that is to serve", compute("Backend.capacityScaler")),
  when({ tls_settings: set() }, { protocol: ["SSL", "HTTPS", "HTTP2"] }, { id: "tls-protocol" }).fix("set protocol = HTTPS, or remove tls_settings", documented),
  when(
    { load_balancing_scheme: not("INTERNAL_SELF_MANAGED"), service_bindings: unset(), "lifecycle.ignore_changes": fulfilling("without backend", keepsGroups) },
    { backend: set() },
    { id: "empty", title: "a backend service must have a group" },
  )
    .advice("Every request to it is answered with 503. Groups may be attached outside of Terraform: say so with ignore_changes = [backend].")
    .fix("add a backend block for each NEG or instance group", service("backends")),
  when({ consecutive_errors: set() }, { enforcing_consecutive_errors: above(0) }, { in: "outlier_detection", id: "outlier-enforcing-errors" })
    .advice("enforcing_consecutive_errors is 0 by default: errors are counted and nothing is ejected. Gateway failures may suffice.")
    .fix("set enforcing_consecutive_errors = 100", compute("OutlierDetection.enforcingConsecutiveErrors")),
  when({ oauth2_client_id: set() }, { oauth2_client_secret: set() }, { in: "iap", id: "iap-secret" }).fix(bothOrNeither, compute("BackendServiceIAP")),
  when({ oauth2_client_secret: set() }, { oauth2_client_id: set() }, { in: "iap", id: "iap-client" }).fix(bothOrNeither, compute("BackendServiceIAP")),
  when({ protocol: STREAM }, { "iap.enabled": not(true) }, { id: "iap-stream" })
    .why("IAP is for Application Load Balancers: elsewhere it is rejected, or nobody has to sign in.")
    .fix("remove iap, or use an Application Load Balancer", service("iap")),
  when({ "iap.enabled": true }, { enable_cdn: not(true) }, { id: "iap-cdn" })
    .why("They cannot be enabled on one backend service: a cached answer would bypass the sign-in.")
    .fix("put the cached paths on a backend service of their own, over the same NEGs", page("load-balancing/docs/negs/serverless-neg-concepts")),
  ...["query_string_whitelist", "query_string_blacklist"].map((list) =>
    when({ [list]: set() }, { include_query_string: true }, { ...CACHE_KEY, id: "cdn-query-excluded" })
      .why("With false the listed parameters are left out of the cache key, too: different answers share one entry.")
      .fix("set include_query_string = true", compute("CacheKeyPolicy.includeQueryString")),
  ),
  when({ query_string_whitelist: unset(), query_string_blacklist: unset() }, { include_host: set(), include_protocol: set(), include_query_string: set() }, { ...CACHE_KEY, id: "cdn-key-parts" })
    .advice("What it leaves out is false: all hosts, or all queries, then share one cached answer, which may be meant.")
    .fix("set include_host, include_protocol and include_query_string", compute("CacheKeyPolicy")),
  when({ signed_url_cache_max_age_sec: set() }, { cache_key_policy: set() }, { in: "cdn_policy", id: "cdn-signed-url-drift" })
    .advice("Without it the value read back differs on every plan.")
    .fix("add cache_key_policy with include_host, include_protocol and include_query_string", measured("terraform-provider-google 6.50.0 against an emulated API", "2026-11")),
  when({ enable_cdn: true }, { "cdn_policy.cache_mode": not("FORCE_CACHE_ALL") }, { id: "cdn-force-cache-all" })
    .advice("FORCE_CACHE_ALL ignores private and no-store: one user's answer is served to the next, unless there is nothing private.")
    .fix("set cache_mode = USE_ORIGIN_HEADERS and send Cache-Control from the application", policy("cacheMode")),
];

function keepsGroups(ignored: unknown): boolean {
  return ignored !== "all" && !(Array.isArray(ignored) && ignored.includes("backend"));
}

const serviceFacts: ResourceFacts = {
  group: "backend",
  keptWhenUnset: ["iap", "log_config", "port_name", "session_affinity", "timeout_sec"],
  alternatives: [...backendAlternatives, ...cdnFacts.alternatives],
  unique: [...cdnFacts.unique, unique("backend.group", { id: "duplicate-group" }).fix("remove the second entry", service("backends"))],
  order: cdnFacts.order,
};

const unlessMesh = unset().when({ load_balancing_scheme: [...MANAGED, ...PASSTHROUGH] });
const meshOnly = unlessMesh.fix("remove it; on Cloud Run, template.timeout limits a stream", service("maxStreamDuration"));
const mesh: Limits = { max_stream_duration: meshOnly, locality_lb_policies: meshOnly };
const notCached = not(true).fix("remove enable_cdn, or use a global HTTP backend service of scheme EXTERNAL_MANAGED", service("enableCDN"));
const webAffinity = not("CLIENT_IP_PROTO", "CLIENT_IP_PORT_PROTO").when({ protocol: WEB }).named("http").fix("use CLIENT_IP or a cookie with HTTP", service("sessionAffinity"));
const noCookies = not("HEADER_FIELD", ...COOKIES).fix("use CLIENT_IP: cookies and headers need HTTP", service("sessionAffinity"));
const streamAffinity = noCookies.named("stream");
const noDestination = not("CLIENT_IP_NO_DESTINATION").named("destination").fix("use CLIENT_IP: only internal passthrough load balancers have it", gcloud);
const notWeighted = not("WEIGHTED_MAGLEV").fix("use MAGLEV: WEIGHTED_MAGLEV is for passthrough load balancers", service("localityLbPolicy"));
const classic = { load_balancing_scheme: "EXTERNAL" };
const upgrade = "set load_balancing_scheme = EXTERNAL_MANAGED on backend services and forwarding rules";
const classicAffinity = not("HEADER_FIELD", "HTTP_COOKIE", STRONG).named("classic").fix(`use CLIENT_IP or GENERATED_COOKIE, or ${upgrade}`, gcloud);
const notClassic = unset().when(classic).named("classic").fix(upgrade, service("outlierDetection"));

const explicitScheme = set().named("explicit").advice("The default is EXTERNAL, the classic load balancer without outlier detection, until provider 8.0 changes it.");
const PERCENTAGE = "external_managed_migration_testing_percentage";
const TESTING = "TEST_BY_PERCENTAGE";
const migration = service("externalManagedMigrationTestingPercentage");

const backendService = resourceType("google_compute_backend_service", {
  ...serviceFacts,
  name: { format: computeName, uniqueIn: [] },
  replacedBy: ["name"],
  defaults: { ...cdnFacts.defaults, "backend.balancing_mode": "UTILIZATION", load_balancing_scheme: "EXTERNAL", protocol: "HTTP", session_affinity: "NONE" },
  limits: {
    ...limits,
    ...mesh,
    "cdn_policy.default_ttl": [ttl, originHeaders, notSent],
    "cdn_policy.client_ttl": [ttl, originHeaders, notSent],
    "health_checks[]": healthCheck.refs({ google_compute_health_check: "id self_link", google_compute_region_health_check: "" }),
    load_balancing_scheme: explicitScheme.fix(upgrade, page("registry.terraform.io/providers/hashicorp/google/latest/docs/guides/version_8_upgrade")),
    session_affinity: [webAffinity, streamAffinity.when({ protocol: STREAM }), classicAffinity.when({ ...classic, protocol: WEB })],
    locality_lb_policy: [notWeighted.named("global"), unset().when(classic).named("classic").fix(`remove locality_lb_policy, or ${upgrade}`, service("localityLbPolicy"))],
    outlier_detection: [stream, notClassic],
    circuit_breakers: notClassic,
    ip_address_selection_policy: not("PREFER_IPV6", "IPV6_ONLY").when(classic).named("classic").fix("set load_balancing_scheme = EXTERNAL_MANAGED, or IPV4_ONLY", service("ipAddressSelectionPolicy")),
    [PERCENTAGE]: number(0, 100).fix("give a percentage from 0 to 100", migration),
    "locality_lb_policies.custom_policy.name": length(1, 256).fix("shorten the policy's name", compute("BackendServiceLocalityLoadBalancingPolicyConfigCustomPolicy.name")),
    enable_cdn: [notCached.when({ load_balancing_scheme: ["INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"] }).named("internal"), notCached.when({ protocol: STREAM }).named("stream")],
  },
  together: [
    ...together,
    when({ [PERCENTAGE]: set() }, { ...classic, external_managed_migration_state: TESTING }, { id: "migration-percentage" }).fix(`set ${TESTING} with scheme EXTERNAL, or remove it`, migration),
  ],
});

const regionalCheck = reference("a regional health check", { google_compute_health_check: "" })
  .why("Google documents regional health checks only; no refusal of a global one was found.")
  .fix("use a google_compute_region_health_check of the backend service's region", unconfirmed("docs.cloud.google.com/load-balancing/docs/health-check-concepts"));
const noCapacity = "the groups of a passthrough backend service must not have capacity settings";
const anyCapacity = none("capacity_scaler", "max_utilization", ...RATES, ...CONNECTIONS);
const plan = provider("google_compute_region_backend_service 7.45.0", "plan");
const HA_ONLY = Object.fromEntries(["connection_tracking_policy", "failover_policy", "health_checks", "session_affinity"].map((name) => [name, unset()]));
const notManaged = (attribute: string) =>
  unset().when({ load_balancing_scheme: MANAGED }).fix(`remove ${attribute}, or use a passthrough load balancer (scheme INTERNAL or EXTERNAL)`, compute("BackendService"));

const regionBackendService = resourceType("google_compute_region_backend_service", {
  ...serviceFacts,
  name: { format: computeName, uniqueIn: ["region"] },
  // Not its region: the provider looks for it in the new one.
  replacedBy: ["name", "load_balancing_scheme", "network", "ha_policy.fast_ip_move"],
  defaults: { ...cdnFacts.defaults, "backend.balancing_mode": "UTILIZATION", load_balancing_scheme: "INTERNAL", session_affinity: "NONE" },
  limits: {
    ...limits,
    ...mesh,
    load_balancing_scheme: oneOf(...MANAGED, ...PASSTHROUGH, "INTERNAL_SELF_MANAGED").fix("use EXTERNAL_MANAGED or INTERNAL_MANAGED for an Application Load Balancer", listed),
    session_affinity: [
      webAffinity,
      streamAffinity.when({ protocol: STREAM, load_balancing_scheme: MANAGED }),
      noDestination.when({ load_balancing_scheme: ["EXTERNAL", ...MANAGED] }),
      noCookies.when({ load_balancing_scheme: PASSTHROUGH }).named("passthrough"),
    ],
    locality_lb_policy: notWeighted.when({ load_balancing_scheme: MANAGED }).named("proxy"),
    enable_cdn: notCached.named("regional"),
    "health_checks[]": [
      healthCheck.refs({ google_compute_health_check: "id self_link", google_compute_region_health_check: "id self_link" }),
      regionalCheck.when({ load_balancing_scheme: "EXTERNAL_MANAGED" }).named("regional"),
    ],
    "failover_policy.failover_ratio": number(0, 1).fix("give a share from 0 to 1", compute("BackendServiceFailoverPolicy.failoverRatio")),
    "connection_tracking_policy.tracking_mode": oneOf("PER_CONNECTION", "PER_SESSION").fix("use PER_CONNECTION or PER_SESSION", listed),
    "connection_tracking_policy.idle_timeout_sec": integer(60, 57600).fix("give at most 16 hours, 57600 seconds", compute("BackendServiceConnectionTrackingPolicy.idleTimeoutSec")),
    ...Object.fromEntries(["connection_tracking_policy", "failover_policy", "ha_policy", "network"].map((attribute) => [attribute, notManaged(attribute)])),
  },
  together: [
    ...together,
    ...notEmpty("failover_policy", validated),
    when({ ha_policy: set() }, HA_ONLY, { id: "ha-policy" }).fix("remove ha_policy, or what it takes the place of", validated),
    when({ "/load_balancing_scheme": "EXTERNAL_MANAGED" }, { capacity_scaler: set() }, { in: "backend", id: "region-capacity" })
      .why("The provider takes a missing one for 0: its plan fails when all are 0, else the group is drained. Serverless NEGs are no exception.")
      .fix("set capacity_scaler = 1 in each backend block", plan),
    when({ "/load_balancing_scheme": PASSTHROUGH }, anyCapacity, { in: "backend", id: "passthrough-capacity", title: noCapacity }).fix("remove them, or set a managed scheme", plan),
    when({ backend: onlyPrimaries }, { failover_policy: unset() }, { id: "failover-group", title: "failover_policy must have a group with failover = true" })
      .why("Without a backup group there is nothing to fail over to.")
      .fix("set failover = true in one of the backend blocks", unconfirmed("Compute API v1, BackendService.failoverPolicy")),
    when({ load_balancing_scheme: PASSTHROUGH, protocol: not(...STREAM) }, { "iap.enabled": not(true) }, { id: "iap-passthrough" })
      .why("Google Cloud accepts it, but a passthrough load balancer does not look into requests: nobody has to sign in.")
      .fix("remove iap, or use an Application Load Balancer (scheme EXTERNAL_MANAGED or INTERNAL_MANAGED)", service("iap")),
  ],
});

const bucketName = matching(/^[a-z0-9][a-z0-9._-]*$/, "the name of a bucket, without gs://");

const backendBucket = resourceType("google_compute_backend_bucket", {
  group: "backend",
  name: { format: computeName, uniqueIn: [] },
  replacedBy: ["name"],
  ...cdnFacts,
  limits: {
    ...cdn,
    ...headers("custom_response_headers"),
    bucket_name: bucketName.required().refs({ google_storage_bucket: "name id" }).fix("give the bucket's name: google_storage_bucket.NAME.name", compute("BackendBucket.bucketName")),
    enable_cdn: notCached.when({ load_balancing_scheme: "INTERNAL_MANAGED" }).named("internal"),
  },
  together: [...cdnFacts.together, ...notEmpty("cdn_policy.cache_key_policy", provider("google_compute_backend_bucket 7.45.0", "validate"))],
});

const signedUrlKey = (backend: string) =>
  resourceType(`google_compute_${backend}_signed_url_key`, {
    group: "cdn",
    name: { uniqueIn: [backend] },
    replacedBy: [backend, "name", "key_value"],
    limits: { name: computeName.named("of-key").from(compute("SignedUrlKey.keyName")), key_value: signedUrlKeyValue },
  });

export const backendServiceTypes = [
  backendService,
  regionBackendService,
  backendBucket,
  signedUrlKey("backend_service"),
  signedUrlKey("backend_bucket"),
  ...["web_backend_service_iam_member", "web_backend_service_iam_binding", "web_region_backend_service_iam_member", "web_region_backend_service_iam_binding"].map((what) =>
    resourceType(`google_iap_${what}`, { group: "iap", replacedBy: EVERYTHING }),
  ),
];
