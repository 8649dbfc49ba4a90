import { adding, changed, describeGroup, ids, type Json, type Mutation, on, resourceAt } from "./rule-support";
import { servingPath } from "./serving-path";

const API = "google_compute_backend_service.api";
const GPU = "google_compute_backend_service.gpu";
const INNER = "google_compute_region_backend_service.inner";
const PASS = "google_compute_region_backend_service.pass";
const FILES = "google_compute_backend_bucket.files";
const PODS = "google_compute_backend_service.pods";
const TOKENS = "google_compute_backend_service.tokens";
const X = "google_compute_region_backend_service.x";
const MANAGER = "google_compute_region_instance_group_manager.gpu";
const TLS = "google_compute_target_ssl_proxy.tokens";
const CHECK = "google_compute_health_check.tokens";

const GROUP = `\${${MANAGER}.instance_group}`;
const neg = (name: string) => `\${google_compute_region_network_endpoint_group.${name}.id}`;
const lifecycle = { create_before_destroy: true };
const log_config = { enable: true, sample_rate: 1 };
const CACHE_KEY = { include_host: true, include_protocol: true, include_query_string: true };

/** Cloud Run with Cloud CDN, machines behind proxies of three kinds and behind a passthrough load balancer, and a bucket. */
function valid(): Json {
  const document = servingPath();
  Object.assign(resourceAt(document, API), {
    custom_request_headers: ["X-Client-Region:{client_region}", "X-Braces: {{literal}}"],
    custom_response_headers: ["Strict-Transport-Security: max-age=31536000"],
    compression_mode: "DISABLED",
    outlier_detection: {
      base_ejection_time: { seconds: 180 },
      consecutive_errors: 5,
      consecutive_gateway_failure: 3,
      enforcing_consecutive_errors: 100,
      enforcing_consecutive_gateway_failure: 100,
      interval: { seconds: 1, nanos: 0 },
      max_ejection_percent: 50,
    },
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
  adding({
    [MANAGER]: {
      name: "gpu",
      region: "europe-west1",
      base_instance_name: "gpu",
      target_size: 2,
      version: { instance_template: "${var.template}" },
      named_port: [
        { name: "http", port: 8080 },
        { name: "tokens", port: 9000 },
      ],
      auto_healing_policies: { health_check: "projects/p/global/healthChecks/healing", initial_delay_sec: 600 },
      update_policy: { type: "PROACTIVE", minimal_action: "REPLACE", max_surge_fixed: 3, max_unavailable_fixed: 0 },
    },
    "google_compute_network_endpoint_group.pods": { name: "pods", zone: "europe-west1-b" },
    "google_compute_health_check.gpu": { name: "gpu", http_health_check: { port: 8080 }, lifecycle },
    [CHECK]: { name: "tokens", ssl_health_check: { port: 9000, proxy_header: "PROXY_V1" }, lifecycle },
    "google_compute_region_health_check.gpu": {
      name: "gpu",
      region: "europe-west1",
      http_health_check: { port: 8080 },
      lifecycle,
    },
    [GPU]: {
      name: "gpu",
      load_balancing_scheme: "EXTERNAL_MANAGED",
      protocol: "HTTP",
      port_name: "http",
      health_checks: ["${google_compute_health_check.gpu.id}"],
      backend: [{ group: GROUP, balancing_mode: "RATE", max_rate_per_instance: 10, capacity_scaler: 1 }],
      log_config,
      lifecycle,
    },
    [TOKENS]: {
      name: "tokens",
      load_balancing_scheme: "EXTERNAL_MANAGED",
      protocol: "SSL",
      port_name: "tokens",
      health_checks: [`\${${CHECK}.id}`],
      backend: [{ group: GROUP, balancing_mode: "CONNECTION", max_connections_per_instance: 10 }],
      log_config,
      lifecycle,
    },
    [TLS]: {
      name: "tokens",
      backend_service: "${google_compute_backend_service.tokens.id}",
      proxy_header: "PROXY_V1",
      certificate_map: "//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m",
      ssl_policy: "projects/p/global/sslPolicies/modern",
    },
    [PODS]: {
      name: "pods",
      load_balancing_scheme: "EXTERNAL_MANAGED",
      health_checks: ["${google_compute_health_check.gpu.id}"],
      backend: [
        {
          group: "${google_compute_network_endpoint_group.pods.id}",
          balancing_mode: "RATE",
          max_rate_per_endpoint: "10",
        },
      ],
      log_config,
      lifecycle,
    },
    [INNER]: {
      name: "inner-1a2b3c",
      region: "europe-west1",
      load_balancing_scheme: "INTERNAL_MANAGED",
      protocol: "HTTP",
      port_name: "http",
      health_checks: ["${google_compute_region_health_check.gpu.id}"],
      backend: [{ group: GROUP, balancing_mode: "RATE", max_rate_per_instance: 10, capacity_scaler: 1 }],
      log_config,
      lifecycle,
    },
    [PASS]: {
      name: "pass",
      region: "europe-west1",
      protocol: "TCP",
      health_checks: ["${google_compute_region_health_check.gpu.id}"],
      failover_policy: { failover_ratio: 0.5 },
      backend: [{ group: GROUP, balancing_mode: "CONNECTION", failover: true }],
      log_config,
      lifecycle,
    },
    [FILES]: {
      name: "files",
      bucket_name: "${google_storage_bucket.files.name}",
      enable_cdn: true,
      cdn_policy: { cache_mode: "FORCE_CACHE_ALL", default_ttl: 100000 },
      custom_response_headers: ["X-Cache: {cdn_cache_status}"],
      lifecycle,
    },
  })(document);
  // URL maps of other stacks lead to them.
  document.output = { backends: { value: [GPU, PODS, INNER, PASS, FILES, X].map((each) => `\${${each}.id}`) } };
  return document;
}

/** A change of the API's Cloud CDN policy. */
function policy(rule: string, path: string, value: unknown, more: Pick<Mutation, "at" | "also"> = {}): Mutation {
  return { rule, address: API, set: [`cdn_policy.${path}`, value], ...more };
}

/** Several attributes of one resource. */
function values(rule: string, address: string, at: string, given: Json, also: readonly string[] = []): Mutation {
  return changed(rule, address, (document) => Object.assign(resourceAt(document, address), given), { at, also });
}

/** One more regional backend service, over serverless NEGs. */
function overServerless(rule: string, at: string, given: Json, negs: Record<string, Json> = {}): Mutation {
  const regional = {
    name: "x-1a2b3c",
    region: "europe-west1",
    load_balancing_scheme: "INTERNAL_MANAGED",
    backend: [{ group: neg("eu") }],
    log_config,
    lifecycle,
  };
  return changed(rule, X, adding({ [X]: { ...regional, ...given }, ...negs }), { at });
}

/** Has NEGs of the document lead to App Engine. */
function toAppEngine(...names: readonly string[]): (document: Json) => void {
  return (document) => {
    for (const name of names) {
      const body = resourceAt(document, `google_compute_region_network_endpoint_group.${name}`);
      delete body.cloud_run;
      body.app_engine = { service: "default" };
    }
  };
}

const sixteen = Array.from({ length: 17 }, (_, index) => `X-${index}:1`);
const CUSTOM = ["custom_request_headers", "custom_response_headers"];
const kebab = (name: string) => name.replaceAll("_", "-");

describeGroup(
  "backend",
  valid,
  [
    ...on(
      API,
      ["backend-log-config-enable", "log_config.enable", undefined],
      ["backend-logging", "log_config", undefined],
      ["backend-seconds", "outlier_detection.interval.seconds", undefined],
      ["backend-serverless-unsupported", "timeout_sec", 30],
      ["backend-serverless-unsupported", "port_name", "http"],
      ["backend-serverless-unsupported", "health_checks", ["${google_compute_health_check.gpu.id}"]],
      ["backend-serverless-capacity", "backend.0.capacity_scaler", 0],
      ["backend-serverless-capacity", "backend.0.max_rate", 100],
      ["backend-mode", "backend.0.balancing_mode", "RATE"],
      ["backend-serverless-unsupported", "session_affinity", "GENERATED_COOKIE"],
      ["backend-serverless-unsupported", "locality_lb_policy", "LEAST_REQUEST"],
      ["backend-serverless-unsupported", "outlier_detection.success_rate_minimum_hosts", 3],
      ["backend-outlier-enforcing-errors", "outlier_detection.enforcing_consecutive_errors", undefined],
      ["backend-empty", "backend", undefined],
      ["backend-max-stream-duration", "max_stream_duration", { seconds: "60" }],
      ["backend-group", "backend.0.group", undefined],
      ["backend-group", "backend.0.group", "projects/p/regions/europe-west4/instanceGroupManagers/gpu"],
      ["backend-cdn-policy-unused", "enable_cdn", false],
    ),
    ...CUSTOM.flatMap((list) =>
      on(
        API,
        [`backend-${kebab(list)}-count`, list, sixteen],
        [`backend-${kebab(list)}-size`, list, [`X-Long:${"x".repeat(8192)}`]],
        [`backend-${kebab(list)}-unique`, list, ["X-A:1", "x-a:2"]],
        [`backend-${kebab(list)}-form`, list, ["X Region:{client_region}"]],
        [`backend-${kebab(list)}-reserved`, list, ["X-Goog-Meta:1"]],
        [`backend-${kebab(list)}-variable`, list, ["X-A:{client_country}"]],
      ),
    ),
    values("backend-log-optional-mode", API, "log_config.optional_mode", {
      log_config: { enable: true, optional_fields: ["serverInstance"] },
    }),
    values("backend-duplicate-group", API, "backend.group", { backend: [{ group: neg("eu") }, { group: neg("eu") }] }, [
      "failover-two-regions",
    ]),
    changed("backend-serverless-product", API, toAppEngine("us"), { at: "backend" }),
    changed("backend-serverless-product", API, toAppEngine("eu", "us"), { at: "backend" }),
    values("backend-serverless-unsupported", API, "protocol", { protocol: "TCP" }, [
      ...CUSTOM.map((list) => `backend-${kebab(list)}-stream`),
      "backend-outlier-detection-stream",
      "backend-enable-cdn-stream",
      "url-map-backend-protocol",
    ]),

    // Cloud CDN.
    policy("backend-cdn-policy-negative-caching-policy-code", "negative_caching_policy.0.code", 500),
    policy(
      "backend-cdn-policy-bypass-cache-on-request-headers-header-name",
      "bypass_cache_on_request_headers.0.header_name",
      "X Model",
    ),
    policy("backend-cdn-policy-cache-key-policy-include-http-headers", "cache_key_policy.include_http_headers", [
      "X-Model: a",
    ]),
    policy("backend-cdn-policy-default-ttl-origin-headers", "cache_mode", "USE_ORIGIN_HEADERS", {
      at: "cdn_policy.default_ttl",
      also: ["backend-cdn-policy-client-ttl-origin-headers", "backend-cdn-policy-max-ttl-origin-headers"],
    }),
    policy("backend-cdn-policy-max-ttl-force-cache-all", "cache_mode", "FORCE_CACHE_ALL", {
      at: "cdn_policy.max_ttl",
      also: ["backend-cdn-force-cache-all"],
    }),
    values("backend-cdn-force-cache-all", API, "cdn_policy.cache_mode", {
      cdn_policy: {
        cache_mode: "FORCE_CACHE_ALL",
        signed_url_cache_max_age_sec: 0,
        cache_key_policy: { include_host: true, include_protocol: true, include_query_string: true },
      },
    }),
    policy("backend-cdn-ttl-order", "default_ttl", 86401),
    policy("backend-cdn-ttl-order", "client_ttl", 90000),
    changed(
      "backend-cdn-ttl-order",
      API,
      (document) => {
        const body = resourceAt(document, API).cdn_policy as Json;
        delete body.max_ttl;
        body.default_ttl = 86401;
      },
      { at: "cdn_policy.default_ttl" },
    ),
    policy("backend-cdn-negative-caching", "negative_caching", undefined),
    policy("backend-cdn-negative-code-unique", "negative_caching_policy", [{ code: 404 }, { code: "404" }], {
      at: "cdn_policy.negative_caching_policy.code",
    }),
    policy(
      "backend-cdn-bypass-unique",
      "bypass_cache_on_request_headers",
      [{ header_name: "Pragma" }, { header_name: "pragma" }],
      { at: "cdn_policy.bypass_cache_on_request_headers.header_name" },
    ),
    policy("backend-cdn-policy-default-ttl-zero", "default_ttl", 0),
    policy("backend-cdn-policy-client-ttl-zero", "client_ttl", 0),
    policy(
      "backend-cdn-query-lists",
      "cache_key_policy",
      { ...CACHE_KEY, query_string_whitelist: ["a"], query_string_blacklist: ["b"] },
      { at: "cdn_policy.cache_key_policy.query_string_blacklist" },
    ),
    policy(
      "backend-cdn-query-excluded",
      "cache_key_policy",
      { ...CACHE_KEY, include_query_string: false, query_string_whitelist: ["a"] },
      { at: "cdn_policy.cache_key_policy.include_query_string" },
    ),
    policy("backend-cdn-key-parts", "cache_key_policy.include_host", undefined),
    policy("backend-cdn-signed-url-drift", "cache_key_policy", undefined),
    values("backend-enable-cdn-internal", GPU, "enable_cdn", {
      load_balancing_scheme: "INTERNAL_MANAGED",
      enable_cdn: true,
    }),
    ...on(INNER, ["backend-enable-cdn-regional", "enable_cdn", true]),
    ...on(
      FILES,
      ["backend-bucket-name", "bucket_name", "gs://files"],
      ["backend-enable-cdn-internal", "load_balancing_scheme", "INTERNAL_MANAGED"],
    ).map((mutation) => (mutation.rule.includes("cdn") ? { ...mutation, at: "enable_cdn" } : mutation)),

    // IAP.
    ...[
      ["backend-iap-secret", "oauth2_client_id", "1-a.apps.googleusercontent.com", "oauth2_client_secret"],
      ["backend-iap-client", "oauth2_client_secret", "x-${var.secret}", "oauth2_client_id"],
    ].map(([rule, given, value, missing]) =>
      values(rule!, GPU, `iap.${missing}`, { iap: { enabled: true, [given!]: value } }, ["iap-access"]),
    ),
    values("backend-iap-oauth2-client-id", GPU, "iap.oauth2_client_id", {
      iap: { enabled: false, oauth2_client_id: "my-client", oauth2_client_secret: "${var.secret}" },
    }),
    values("backend-iap-cdn", GPU, "enable_cdn", { iap: { enabled: true }, enable_cdn: true }, ["iap-access"]),
    values("backend-iap-stream", TOKENS, "iap.enabled", { iap: { enabled: true } }, ["iap-access"]),
    values("backend-iap-passthrough", PASS, "iap.enabled", { iap: { enabled: true }, protocol: "HTTP" }, [
      "iap-access",
    ]),

    // How the attributes of a backend service go together.
    values("backend-load-balancing-scheme-explicit", GPU, "load_balancing_scheme", {
      load_balancing_scheme: undefined,
    }),
    values("backend-migration-percentage", GPU, "load_balancing_scheme", {
      external_managed_migration_testing_percentage: 10,
      external_managed_migration_state: "TEST_BY_PERCENTAGE",
    }),
    values("backend-migration-percentage", GPU, "external_managed_migration_state", {
      external_managed_migration_testing_percentage: 10,
      load_balancing_scheme: "EXTERNAL",
    }),
    values("backend-path-of-cookie", GPU, "strong_session_affinity_cookie.path", {
      session_affinity: "STRONG_COOKIE_AFFINITY",
      strong_session_affinity_cookie: { name: "a", path: "v1" },
    }),
    values("backend-affinity-cookie-ttl", GPU, "session_affinity", { affinity_cookie_ttl_sec: 60 }),
    values("backend-strong-cookie", GPU, "strong_session_affinity_cookie", {
      session_affinity: "STRONG_COOKIE_AFFINITY",
    }),
    values("backend-strong-cookie-affinity", GPU, "session_affinity", {
      strong_session_affinity_cookie: { name: "a" },
    }),
    values("backend-hash-policy", GPU, "locality_lb_policy", {
      consistent_hash: { http_header_name: "x-user" },
      session_affinity: "HEADER_FIELD",
      locality_lb_policy: "LEAST_REQUEST",
    }),
    values("backend-hash-affinity", GPU, "session_affinity", { consistent_hash: { http_header_name: "x-user" } }),
    values("backend-hash-header", GPU, "consistent_hash.http_header_name", {
      session_affinity: "HEADER_FIELD",
    }),
    values("backend-hash-cookie", GPU, "consistent_hash.http_cookie", { session_affinity: "HTTP_COOKIE" }),
    values("backend-affinity-policy", GPU, "locality_lb_policy", {
      session_affinity: "CLIENT_IP",
      locality_lb_policy: "LEAST_REQUEST",
    }),
    values("backend-session-affinity-http", GPU, "session_affinity", { session_affinity: "CLIENT_IP_PROTO" }),
    values("backend-session-affinity-stream", TOKENS, "session_affinity", {
      session_affinity: "GENERATED_COOKIE",
    }),
    values("backend-session-affinity-destination", INNER, "session_affinity", {
      session_affinity: "CLIENT_IP_NO_DESTINATION",
    }),
    values("backend-session-affinity-passthrough", PASS, "session_affinity", { session_affinity: "GENERATED_COOKIE" }),
    values("backend-session-affinity-classic", GPU, "session_affinity", {
      session_affinity: "HEADER_FIELD",
      consistent_hash: { http_header_name: "x-user" },
      load_balancing_scheme: "EXTERNAL",
    }),
    values("backend-locality-lb-policy-classic", GPU, "locality_lb_policy", {
      locality_lb_policy: "RING_HASH",
      load_balancing_scheme: "EXTERNAL",
    }),
    values("backend-locality-lb-policy-global", GPU, "locality_lb_policy", { locality_lb_policy: "WEIGHTED_MAGLEV" }),
    values("backend-locality-lb-policy-proxy", INNER, "locality_lb_policy", { locality_lb_policy: "WEIGHTED_MAGLEV" }),
    values("backend-weighted-round-robin", GPU, "backend.custom_metrics", {
      locality_lb_policy: "WEIGHTED_ROUND_ROBIN",
    }),
    values("backend-ip-address-selection-policy-classic", GPU, "ip_address_selection_policy", {
      ip_address_selection_policy: "PREFER_IPV6",
      load_balancing_scheme: "EXTERNAL",
    }),
    values("backend-outlier-detection-classic", GPU, "outlier_detection", {
      outlier_detection: { consecutive_errors: 5, enforcing_consecutive_errors: 100 },
      load_balancing_scheme: "EXTERNAL",
    }),
    values("backend-tls-protocol", GPU, "protocol", { tls_settings: { sni: "example.com" } }),
    values("backend-preference", GPU, "backend.preference", {
      load_balancing_scheme: "EXTERNAL",
      backend: [{ group: GROUP, balancing_mode: "RATE", max_rate_per_instance: 10, preference: "PREFERRED" }],
    }),
    ...on(TOKENS, ["backend-compression-mode-stream", "compression_mode", "AUTOMATIC"]),

    // Groups.
    ...on(
      GPU,
      ["backend-health-check", "health_checks", undefined],
      ["backend-health-checks-item", "health_checks", ["gpu"]],
      ["backend-health-checks-item", "health_checks", ["${google_compute_health_check.gpu.name}"]],
      ["backend-health-checks-item", "health_checks", ["${google_compute_region_health_check.gpu.id}"]],
      ["backend-all-drained", "backend.0.capacity_scaler", 0, "backend"],
      ["backend-group", "backend.0.group", `\${${MANAGER}.id}`],
      ["backend-rate-connections", "backend.0.max_connections_per_instance", 5],
      ["backend-max-utilization-rate", "backend.0.max_utilization", 0.8],
    ),
    changed(
      "backend-internet-health-check",
      PODS,
      (document) => {
        adding({
          "google_compute_global_network_endpoint_group.out": {
            name: "out",
            network_endpoint_type: "INTERNET_FQDN_PORT",
          },
        })(document);
        resourceAt(document, PODS).backend = [{ group: "${google_compute_global_network_endpoint_group.out.id}" }];
      },
      { at: "health_checks" },
    ),
    values(
      "backend-mixed-groups",
      GPU,
      "backend",
      {
        backend: [{ group: GROUP, balancing_mode: "RATE", max_rate_per_instance: 10 }, { group: neg("eu") }],
      },
      ["backend-serverless-unsupported"],
    ),
    values("backend-capacity-kind", GPU, "backend.max_rate_per_endpoint", {
      backend: [{ group: GROUP, balancing_mode: "RATE", max_rate_per_endpoint: 10 }],
    }),
    values("backend-capacity-kind", GPU, "backend.max_rate", {
      backend: [{ group: GROUP, balancing_mode: "RATE", max_rate: 10 }],
    }),
    values("backend-custom-metrics", GPU, "backend.custom_metrics", {
      backend: [{ group: GROUP, balancing_mode: "CUSTOM_METRICS" }],
    }),
    values("backend-iap-enabled", GPU, "iap.enabled", { iap: {} }),
    values("backend-name-of-metric", GPU, "custom_metrics.name", {
      custom_metrics: [{ name: "Queue", dry_run: false }],
    }),
    values("backend-one-rate", PODS, "backend.max_rate_per_endpoint", {
      backend: [
        {
          group: "${google_compute_network_endpoint_group.pods.id}",
          balancing_mode: "RATE",
          max_rate: 100,
          max_rate_per_endpoint: 10,
        },
      ],
    }),
    values("backend-capacity-target", GPU, "backend.max_rate", { backend: [{ group: GROUP, balancing_mode: "RATE" }] }),
    values("backend-capacity-target", TOKENS, "backend.max_connections", {
      backend: [{ group: GROUP, balancing_mode: "CONNECTION" }],
    }),
    values("backend-mode", TOKENS, "backend.balancing_mode", {
      backend: [{ group: GROUP, balancing_mode: "RATE", max_rate_per_instance: 5 }],
    }),
    values("backend-mode", GPU, "backend.balancing_mode", {
      backend: [{ group: GROUP, balancing_mode: "CONNECTION", max_connections_per_instance: 5 }],
    }),
    values("backend-instance-group-modes", TOKENS, "backend.balancing_mode", {
      backend: [{ group: GROUP }],
    }),
    ...on(
      TOKENS,
      ["backend-one-connections", "backend.0.max_connections_per_endpoint", 5],
      ["backend-connection-rates", "backend.0.max_rate_per_instance", 5],
    ),
    values("backend-mode", PODS, "backend.balancing_mode", {
      backend: [{ group: "${google_compute_network_endpoint_group.pods.id}" }],
    }),
    ...on(
      INNER,
      ["backend-load-balancing-scheme", "load_balancing_scheme", "MANAGED"],
      ["backend-connection-tracking-policy", "connection_tracking_policy", { tracking_mode: "PER_SESSION" }],
      ["backend-failover-policy", "failover_policy", { failover_ratio: 0.5 }],
      ["backend-ha-policy", "ha_policy", { fast_ip_move: "GARP_RA" }],
      ["backend-network", "network", "default"],
    ).map((mutation) =>
      mutation.rule === "backend-failover-policy" ? { ...mutation, also: ["backend-failover-group"] } : mutation,
    ),
    changed(
      "backend-project",
      PODS,
      (document) => {
        resourceAt(document, PODS).project = "one";
        resourceAt(document, "google_compute_network_endpoint_group.pods").project = "two";
      },
      { at: "backend.group" },
    ),
    values("backend-project", PODS, "health_checks", {
      project: "one",
      health_checks: ["projects/two/global/healthChecks/pods"],
    }),
    values("backend-region", INNER, "backend.group", {
      region: "us-central1",
      health_checks: ["${google_compute_health_check.gpu.id}"],
    }),
    values("backend-region", INNER, "health_checks", { region: "us-central1" }),
    values("backend-health-checks-regional", INNER, "health_checks", {
      load_balancing_scheme: "EXTERNAL_MANAGED",
      health_checks: ["${google_compute_health_check.gpu.id}"],
    }),
    values("backend-region-capacity", INNER, "backend.capacity_scaler", {
      load_balancing_scheme: "EXTERNAL_MANAGED",
      backend: [{ group: GROUP, balancing_mode: "RATE", max_rate_per_instance: 10 }],
    }),
    ...on(
      PASS,
      ["backend-mode", "backend.0.balancing_mode", undefined],
      ["backend-passthrough-capacity", "backend.0.capacity_scaler", 1],
      ["backend-passthrough-capacity", "backend.0.max_connections", 1],
      ["backend-failover-group", "backend.0.failover", false],
    ).map((mutation) =>
      mutation.rule === "backend-failover-group" ? { ...mutation, at: "failover_policy" } : mutation,
    ),
    overServerless("backend-serverless-unsupported", "load_balancing_scheme", { load_balancing_scheme: undefined }),
    overServerless("backend-serverless-unsupported", "outlier_detection", {
      outlier_detection: { consecutive_errors: 5, enforcing_consecutive_errors: 100 },
    }),
    overServerless(
      "backend-serverless-product",
      "backend",
      { backend: [{ group: neg("app") }] },
      {
        "google_compute_region_network_endpoint_group.app": {
          name: "app-1a2b3c",
          region: "europe-west1",
          app_engine: { service: "default" },
          lifecycle,
        },
      },
    ),

    // Ports.
    ...on(
      MANAGER,
      ["backend-named-port", "named_port", [{ name: "tokens", port: 9000 }]],
      ["backend-named-port", "named_port", undefined],
    ),
    changed(
      "backend-named-port-default",
      MANAGER,
      (document) => {
        delete resourceAt(document, GPU).port_name;
        delete resourceAt(document, INNER).port_name;
        (resourceAt(document, MANAGER).named_port as Json[]).shift();
      },
      { at: "named_port" },
    ),
    ...on(CHECK, ["proxy-header-health-check", "ssl_health_check.proxy_header", undefined]),
    values(
      "proxy-header-health-check",
      CHECK,
      "http_health_check.proxy_header",
      {
        ssl_health_check: undefined,
        http_health_check: { port_specification: "USE_SERVING_PORT", proxy_header: "NONE" },
      },
      ["group-health-check-tls", "health-check-tls"],
    ),
  ],
  `affinity-policy cdn-force-cache-all logging cdn-key-parts cdn-policy-unused cdn-signed-url-drift compression-mode-stream
   outlier-detection-consecutive-errors outlier-detection-consecutive-gateway-failure custom-request-headers-stream custom-request-headers-variable
   custom-response-headers-stream custom-response-headers-variable empty failover-group health-checks-regional
   iap-oauth2-client-id load-balancing-scheme-explicit log-config-enable max-rate-positive max-utilization-rate
   named-port-default outlier-detection-stream outlier-enforcing-errors path-of-cookie serverless-capacity
   weighted-round-robin`
    .split(/\s+/)
    .map((id) => `backend-${id}`),
);

/** The rules of this group that find something. */
function own(document: Json): string[] {
  return ids(document).filter((id) => id.startsWith("backend-"));
}

/** A document in which one attribute or several of a resource are different. */
function having(address: string, given: Json): Json {
  const document = valid();
  Object.assign(resourceAt(document, address), given);
  return document;
}

test.each<[string, string, Json]>([
  ["a group that has its requests balanced here and its connections there", TOKENS, {}],
  ["affinity with the default policy", GPU, { session_affinity: "CLIENT_IP" }],
  [
    "a strong cookie with its affinity",
    GPU,
    {
      session_affinity: "STRONG_COOKIE_AFFINITY",
      strong_session_affinity_cookie: { name: "s", path: "/", ttl: { seconds: 60 } },
    },
  ],
  [
    "the headers of the origin",
    API,
    {
      cdn_policy: {
        cache_mode: "USE_ORIGIN_HEADERS",
        default_ttl: 0,
        cache_key_policy: { include_host: true, include_protocol: true, include_query_string: true },
      },
    },
  ],
  ["groups that are attached elsewhere", GPU, { backend: undefined, lifecycle: { ignore_changes: ["backend"] } }],
  ["groups from a dynamic block", GPU, { backend: undefined, dynamic: { backend: { for_each: "${var.x}" } } }],
  [
    "a group outside of the document",
    GPU,
    { health_checks: undefined, backend: [{ group: "projects/p/regions/r/instanceGroups/g", balancing_mode: "RATE" }] },
  ],
  [
    "variables that Google Cloud has added",
    GPU,
    { custom_response_headers: ["X-Request-Id:{cloud_trace_id}", "X-Forwarded-Host:{hostname}"] },
  ],
  [
    "what Terraform computes",
    GPU,
    {
      load_balancing_scheme: "${var.x}",
      protocol: "${var.x}",
      port_name: "${var.x}",
      session_affinity: "${var.x}",
      affinity_cookie_ttl_sec: "${var.x}",
      locality_lb_policy: "${var.x}",
      custom_request_headers: "${var.x}",
      health_checks: "${var.x}",
      log_config: "${var.x}",
      consistent_hash: { http_header_name: "${var.x}" },
      enable_cdn: "${var.x}",
      iap: { enabled: "${var.x}" },
      backend: [{ group: "${var.x}", balancing_mode: "${var.x}", capacity_scaler: "${var.x}" }],
      cdn_policy: {
        cache_mode: "${var.x}",
        default_ttl: "${var.x}",
        max_ttl: "${var.x}",
        negative_caching: "${var.x}",
        negative_caching_policy: { code: "${var.x}", ttl: "${var.x}" },
        bypass_cache_on_request_headers: "${var.x}",
        cache_key_policy: { ...CACHE_KEY, include_host: "${var.x}", query_string_whitelist: "${var.x}" },
      },
    },
  ],
  [
    "two of three groups of one resource with count",
    GPU,
    { backend: [0, 1].map((index) => ({ group: `\${google_compute_instance_group.g[${index}].id}` })) },
  ],
])("says nothing of %s", (_title, address, given) => {
  expect(own(having(address, given))).toEqual([]);
});

test("finds one instance of a group that is listed twice", () => {
  const group = '${google_compute_instance_group.g["a"].id}';
  expect(own(having(GPU, { backend: [{ group }, { group }] }))).toEqual(["backend-duplicate-group"]);
});

test("says nothing of regional backend services that Google Cloud accepts", () => {
  const health_checks = ["${google_compute_region_health_check.tcp.id}"];
  const failover_policy = { drop_traffic_if_unhealthy: true, disable_connection_drain_on_failover: true };
  const egress = {
    name: "egress",
    region: "europe-west4",
    provider: "google-beta",
    load_balancing_scheme: "INTERNAL_SELF_MANAGED",
    protocol: "HTTP2",
    dynamic_forwarding: { forward_proxy: { enabled: true, proxy_mode: "CLOUD_RUN" } },
  };
  const inner = { name: "inner", region: "europe-west4", protocol: "TCP", load_balancing_scheme: "INTERNAL" };
  const ignored = { ignore_changes: ["backend"] };
  const google_compute_region_backend_service = {
    egress,
    inner: { ...inner, health_checks, failover_policy, lifecycle: ignored },
  };
  expect(own({ resource: { google_compute_region_backend_service } })).toEqual([]);
});
