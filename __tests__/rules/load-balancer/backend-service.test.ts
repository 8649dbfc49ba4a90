import { backendServiceRules } from "../../../lib/rules/load-balancer/backend-service";
import { adding, describeRules, findingsOf, type Json, type Mutation, resourceAt } from "../rule-support";
import { servingPath } from "../serving-path";

const API = "google_compute_backend_service.api";
const REGION = "google_compute_region_backend_service.x";
const X = "google_compute_backend_service.x";
const GROUP = "${google_compute_region_instance_group_manager.gpu.instance_group}";
const NEG = "${google_compute_network_endpoint_group.pods.id}";

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
  });
  return document;
}

/** Resources that a backend service over instance groups or zonal NEGs refers to. */
const groups: Record<string, Json> = {
  "google_compute_region_instance_group_manager.gpu": { name: "gpu", region: "europe-west1" },
  "google_compute_network_endpoint_group.pods": { name: "pods", zone: "europe-west1-b" },
  "google_compute_health_check.gpu": { name: "gpu", http_health_check: { port: 8080 } },
  "google_compute_region_health_check.gpu": { name: "gpu", region: "europe-west1", http_health_check: { port: 8080 } },
};

function gpu(values: Json = {}, backend: Json = {}): Json {
  return {
    name: "gpu",
    load_balancing_scheme: "EXTERNAL_MANAGED",
    protocol: "HTTP",
    port_name: "http",
    health_checks: ["${google_compute_health_check.gpu.id}"],
    backend: [{ group: GROUP, balancing_mode: "RATE", max_rate_per_instance: 10, capacity_scaler: 1, ...backend }],
    ...values,
  };
}

const serverless = (region: string, values: Json) => ({ name: region, region, ...values });

function over(rule: string, values: Json, backend: Json = {}): Mutation {
  return { rule, address: X, change: adding({ ...groups, [X]: gpu(values, backend) }) };
}

function inRegion(rule: string, values: Json, backend: Json = {}): Mutation {
  return {
    rule,
    address: REGION,
    change: adding({ ...groups, [REGION]: gpu({ region: "europe-west1", ...values }, backend) }),
  };
}

const eu = "${google_compute_region_network_endpoint_group.eu.id}";
const us = "${google_compute_region_network_endpoint_group.us.id}";

const limits: readonly Mutation[] = (
  [
    ["backend-scheme", "load_balancing_scheme", "MANAGED"],
    ["backend-protocol", "protocol", "https"],
    ["backend-timeout", "timeout_sec", 0],
    ["backend-draining", "connection_draining_timeout_sec", 3601],
    ["backend-affinity-cookie-ttl", "affinity_cookie_ttl_sec", "1209601"],
    ["backend-session-affinity", "session_affinity", "COOKIE"],
    ["backend-locality-policy", "locality_lb_policy", "LEAST_CONN"],
    ["backend-compression", "compression_mode", "GZIP"],
    ["backend-ip-selection", "ip_address_selection_policy", "IPV6"],
    ["backend-migration-state", "external_managed_migration_state", "START"],
    ["backend-migration-percentage", "external_managed_migration_testing_percentage", 101],
    ["backend-migration-percentage-state", "external_managed_migration_testing_percentage", 10],
    ["backend-migration-scheme", "external_managed_migration_testing_percentage", 10],
    ["backend-log-sample-rate", "log_config.sample_rate", 1.5],
    ["backend-log-optional-mode", "log_config.optional_mode", "ALL"],
    ["backend-log-optional-fields", "log_config.optional_fields", ["serverInstance"]],
    ["backend-log-enable", "log_config", { sample_rate: 1 }],
    ["backend-outlier-percent", "outlier_detection.max_ejection_percent", 101],
    ["backend-outlier-enforcing-consecutive-errors", "outlier_detection.enforcing_consecutive_errors", 150],
    [
      "backend-outlier-enforcing-consecutive-gateway-failure",
      "outlier_detection.enforcing_consecutive_gateway_failure",
      -1,
    ],
    ["backend-outlier-enforcing-success-rate", "outlier_detection.enforcing_success_rate", 101],
    ["backend-outlier-consecutive-errors", "outlier_detection.consecutive_errors", 0],
    ["backend-outlier-consecutive-gateway-failure", "outlier_detection.consecutive_gateway_failure", 0],
    ["backend-duration-seconds", "outlier_detection.interval", { nanos: 5 }],
    ["backend-duration-nanos", "outlier_detection.interval.nanos", 1000000000],
    ["backend-cookie-path", "strong_session_affinity_cookie", { name: "a", path: "v1" }],
    ["backend-circuit-max-connections", "circuit_breakers", { max_connections: -1 }],
    ["backend-circuit-max-pending-requests", "circuit_breakers", { max_pending_requests: -1 }],
    ["backend-circuit-max-requests", "circuit_breakers", { max_requests: -1 }],
    ["backend-circuit-max-requests-per-connection", "circuit_breakers", { max_requests_per_connection: 0.5 }],
    ["backend-circuit-max-retries", "circuit_breakers", { max_retries: -1 }],
    ["backend-group", "backend.0.group", undefined],
    ["backend-capacity-scaler", "backend.0.capacity_scaler", 0.05],
    ["backend-max-utilization", "backend.0.max_utilization", 80],
    ["backend-balancing-mode", "backend.0.balancing_mode", "RPS"],
    ["backend-preference", "backend.0.preference", "FIRST"],
    ["backend-max-positive", "backend.0.max_rate", 0],
    ["backend-health-checks", "health_checks", ["a", "b"]],
    ["backend-metric-name", "custom_metrics", [{ name: "Queue", dry_run: false }]],
    ["backend-metric-utilization", "backend.0.custom_metrics", [{ name: "queue", max_utilization: 2 }]],
    ["backend-custom-policy-name", "locality_lb_policies", [{ custom_policy: { name: "x".repeat(257) } }]],
    [
      "backend-custom-request-headers-count",
      "custom_request_headers",
      Array.from({ length: 17 }, (_, i) => `X-${i}:1`),
    ],
    [
      "backend-custom-response-headers-count",
      "custom_response_headers",
      Array.from({ length: 17 }, (_, i) => `X-${i}:1`),
    ],
    ["backend-headers-size", "custom_request_headers", [`X-Long:${"x".repeat(8192)}`]],
    ["backend-headers-form", "custom_request_headers", ["X Region:{client_region}"]],
    ["backend-headers-reserved", "custom_response_headers", ["X-Goog-Meta:1"]],
    ["backend-headers-unique", "custom_request_headers", ["X-A:1", "x-a:2"]],
    ["backend-headers-variable", "custom_request_headers", ["X-A:{client_country}"]],
    ["backend-serverless-timeout", "timeout_sec", 30],
    ["backend-serverless-port-name", "port_name", "http"],
    ["backend-serverless-health-check", "health_checks", ["${google_compute_health_check.gpu.id}"]],
    ["backend-serverless-capacity", "backend.0.capacity_scaler", 0],
    ["backend-serverless-balancing-mode", "backend.0.balancing_mode", "RATE"],
    ["backend-serverless-protocol", "protocol", "TCP"],
    ["backend-serverless-session-affinity", "session_affinity", "GENERATED_COOKIE"],
    ["backend-serverless-locality", "locality_lb_policy", "LEAST_REQUEST"],
    ["backend-serverless-success-rate", "outlier_detection.success_rate_minimum_hosts", 3],
    ["backend-classic-outlier", "load_balancing_scheme", "EXTERNAL"],
    ["backend-duplicate-group", "backend", [{ group: eu }, { group: eu }]],
    ["backend-preference-scheme", "backend.0.preference", "PREFERRED"],
    ["backend-scheme-set", "load_balancing_scheme", undefined],
    ["backend-empty", "backend", undefined],
    ["backend-affinity-ttl", "affinity_cookie_ttl_sec", 60],
    ["backend-strong-cookie", "session_affinity", "STRONG_COOKIE_AFFINITY"],
    ["backend-strong-cookie", "strong_session_affinity_cookie", { name: "a" }],
    ["backend-hash-policy", "consistent_hash", { http_header_name: "x-user" }],
    ["backend-mesh-only", "max_stream_duration", { seconds: "60" }],
    ["backend-tls-protocol", "protocol", "HTTP"],
  ] as const
).map(([rule, path, value]) => ({
  rule,
  address: API,
  change: (document: Json) => {
    const body = resourceAt(document, API);
    if (rule === "backend-preference-scheme") body.load_balancing_scheme = "EXTERNAL";
    if (rule === "backend-tls-protocol") body.tls_settings = { sni: "example.com" };
    const segments = path.split(".");
    const last = segments.pop()!;
    let block: Json = body;
    for (const segment of segments) block = block[segment] as Json;
    if (value === undefined) delete block[last];
    else block[last] = value as unknown;
  },
}));

describeRules(backendServiceRules, valid, [
  ...limits,
  inRegion("backend-region-scheme", { load_balancing_scheme: "INTERNAL_SELF_MANAGED" }),
  inRegion("backend-failover-ratio", { failover_policy: { failover_ratio: 2 } }),
  inRegion("backend-tracking-idle", { connection_tracking_policy: { idle_timeout_sec: 60000 } }),
  inRegion("backend-tracking-mode", { connection_tracking_policy: { tracking_mode: "SESSION" } }),
  inRegion("backend-passthrough-connection-tracking-policy", {
    connection_tracking_policy: { tracking_mode: "PER_SESSION" },
  }),
  inRegion("backend-passthrough-failover-policy", { failover_policy: { failover_ratio: 0.5 } }),
  inRegion("backend-passthrough-ha-policy", { ha_policy: { fast_ip_move: "GARP_RA" } }),
  inRegion("backend-passthrough-network", { network: "default" }),
  inRegion("backend-failover-group", { load_balancing_scheme: "INTERNAL", failover_policy: { failover_ratio: 0.5 } }),
  inRegion("backend-internal-mode", { load_balancing_scheme: undefined, protocol: "TCP" }),
  inRegion("backend-group-region", { region: "us-central1" }),
  inRegion("backend-health-check-regional", {}),
  inRegion("backend-health-check-region", {
    region: "us-central1",
    health_checks: ["${google_compute_region_health_check.gpu.id}"],
  }),
  inRegion("backend-region-capacity", {}, { capacity_scaler: undefined }),
  inRegion("backend-passthrough-capacity", { load_balancing_scheme: undefined }),
  inRegion("backend-serverless-scheme", { load_balancing_scheme: undefined, backend: [{ group: eu }] }),
  inRegion("backend-serverless-outlier-region", {
    backend: [{ group: eu }],
    outlier_detection: { consecutive_errors: 5 },
  }),
  inRegion("backend-serverless-one-in-region", { backend: [{ group: eu }, { group: us }] }),
  inRegion("backend-affinity-scheme", { session_affinity: "CLIENT_IP_NO_DESTINATION" }),
  {
    rule: "backend-serverless-product",
    address: API,
    change: adding({
      "google_compute_region_network_endpoint_group.us": serverless("us-central1", {
        app_engine: { service: "default" },
      }),
    }),
  },
  {
    rule: "backend-serverless-app-engine",
    address: API,
    change: adding({
      "google_compute_region_network_endpoint_group.eu": serverless("europe-west1", {
        app_engine: { service: "default" },
      }),
      "google_compute_region_network_endpoint_group.us": serverless("us-central1", {
        app_engine: { service: "default" },
      }),
    }),
  },
  {
    rule: "backend-serverless-regional-product",
    address: REGION,
    change: adding({
      "google_compute_region_network_endpoint_group.app": serverless("europe-west1", {
        app_engine: { service: "default" },
      }),
      [REGION]: gpu({
        backend: [{ group: "${google_compute_region_network_endpoint_group.app.id}", capacity_scaler: 1 }],
      }),
    }),
  },
  over("backend-mixed-groups", { backend: [{ group: GROUP }, { group: eu }] }),
  over("backend-health-check", { health_checks: undefined }),
  over("backend-health-check-scope", { health_checks: ["${google_compute_region_health_check.gpu.id}"] }),
  over("backend-all-drained", {}, { capacity_scaler: 0 }),
  over("backend-rate-connections", {}, { max_connections: 5 }),
  over("backend-connection-rates", { protocol: "TCP" }, { balancing_mode: "CONNECTION" }),
  over("backend-rate-target", {}, { max_rate_per_instance: undefined }),
  over(
    "backend-connection-target",
    { protocol: "TCP" },
    { balancing_mode: "CONNECTION", max_rate_per_instance: undefined },
  ),
  over("backend-one-capacity", {}, { max_rate: 100 }),
  over("backend-per-kind", {}, { max_rate_per_endpoint: 5 }),
  over("backend-neg-utilization", {}, { group: NEG, balancing_mode: undefined, max_rate_per_instance: undefined }),
  over("backend-mode-protocol", { protocol: "TCP" }),
  over(
    "backend-mode-protocol",
    {},
    { balancing_mode: "CONNECTION", max_rate_per_instance: undefined, max_connections: 5 },
  ),
  over("backend-regional-total", {}, { max_rate_per_instance: undefined, max_rate: 100 }),
  over("backend-rate-utilization", {}, { max_utilization: 0.8 }),
  over("backend-custom-metrics-mode", {}, { balancing_mode: "CUSTOM_METRICS" }),
  over("backend-affinity-protocol", { session_affinity: "CLIENT_IP_PROTO" }),
  over("backend-affinity-protocol", { session_affinity: "GENERATED_COOKIE", protocol: "TCP" }),
  over("backend-affinity-scheme", { session_affinity: "HEADER_FIELD", load_balancing_scheme: "EXTERNAL" }),
  over("backend-hash-key", { session_affinity: "HEADER_FIELD" }),
  over("backend-affinity-policy", { session_affinity: "CLIENT_IP", locality_lb_policy: "LEAST_REQUEST" }),
  over("backend-locality-scheme", { locality_lb_policy: "RING_HASH", load_balancing_scheme: "EXTERNAL" }),
  over("backend-locality-scheme", { locality_lb_policy: "WEIGHTED_MAGLEV" }),
  over("backend-weighted-round-robin", { locality_lb_policy: "WEIGHTED_ROUND_ROBIN" }),
  over("backend-ip-selection-scheme", {
    ip_address_selection_policy: "PREFER_IPV6",
    load_balancing_scheme: "EXTERNAL",
  }),
  {
    rule: "backend-instance-group-modes",
    address: REGION,
    change: adding({
      ...groups,
      [X]: gpu({}, { balancing_mode: "UTILIZATION", max_rate_per_instance: undefined }),
      [REGION]: gpu(
        { load_balancing_scheme: "INTERNAL", protocol: "TCP", port_name: undefined },
        { balancing_mode: "CONNECTION", max_rate_per_instance: undefined, capacity_scaler: undefined },
      ),
    }),
  },
  {
    rule: "backend-instance-group-modes",
    address: "google_compute_backend_service.y",
    change: adding({
      ...groups,
      [X]: gpu(),
      "google_compute_backend_service.y": gpu(
        { name: "gpu-y" },
        { balancing_mode: undefined, max_rate_per_instance: undefined },
      ),
    }),
  },
]);

test("says nothing of a group that is balanced by requests here and by connections there", () => {
  const document = valid();
  adding({
    ...groups,
    [X]: gpu(),
    "google_compute_backend_service.y": gpu(
      { name: "gpu-y", protocol: "TCP" },
      { balancing_mode: "CONNECTION", max_rate_per_instance: undefined, max_connections_per_instance: 9 },
    ),
  })(document);
  expect(findingsOf(document).filter(({ rule }) => rule === "backend-instance-group-modes")).toEqual([]);
});

/** Findings of this group on a document with one more backend service. */
function findings(values: Json, backend: Json = {}): string[] {
  const document = valid();
  adding({ ...groups, [X]: gpu(values, backend) })(document);
  return findingsOf(document).flatMap(({ rule, address }) =>
    address === X && backendServiceRules.some(({ id }) => id === rule) ? [rule] : [],
  );
}

test("says nothing of instance groups and zonal NEGs as Google wants them", () => {
  expect(findings({})).toEqual([]);
  expect(findings({}, { group: NEG, max_rate_per_instance: undefined, max_rate_per_endpoint: "10" })).toEqual([]);
  expect(findings({ session_affinity: "CLIENT_IP" })).toEqual([]);
  expect(
    findings({
      session_affinity: "STRONG_COOKIE_AFFINITY",
      strong_session_affinity_cookie: { name: "s", path: "/", ttl: { seconds: 60 } },
    }),
  ).toEqual([]);
});

test("says nothing of what Terraform computes, and of groups outside of the document", () => {
  const unknown = "${var.x}";
  expect(
    findings(
      {
        load_balancing_scheme: unknown,
        protocol: unknown,
        session_affinity: unknown,
        affinity_cookie_ttl_sec: unknown,
        locality_lb_policy: unknown,
        custom_request_headers: unknown,
        health_checks: unknown,
        log_config: unknown,
        consistent_hash: { http_header_name: unknown },
      },
      { group: unknown, balancing_mode: unknown, capacity_scaler: unknown, max_rate_per_instance: unknown },
    ),
  ).toEqual([]);
  expect(findings({ backend: undefined, dynamic: { backend: { for_each: unknown, content: {} } } })).toEqual([]);
  expect(findings({ backend: undefined, lifecycle: { ignore_changes: ["backend"] } })).toEqual([]);
  expect(
    findings(
      { health_checks: undefined },
      { group: "projects/p/regions/r/instanceGroups/g", max_rate_per_instance: undefined },
    ),
  ).toEqual([]);
});
