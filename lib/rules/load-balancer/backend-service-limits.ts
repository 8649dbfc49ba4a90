import { textOf } from "../../topology/value";
import { integer, limit, matching, number, oneOf, set, unset } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isSet, limitAt } from "../places";

const GLOBAL = "google_compute_backend_service";
const REGIONAL = "google_compute_region_backend_service";
const SERVICE = `${GLOBAL}|${REGIONAL}`;
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

const DURATIONS = [
  "consistent_hash.http_cookie.ttl",
  "strong_session_affinity_cookie.ttl",
  "outlier_detection.interval",
  "outlier_detection.base_ejection_time",
  "max_stream_duration",
];

/** Limits of single attributes of backend services. */
export const backendServiceLimits: readonly Rule[] = [
  limit(
    "backend-scheme",
    GLOBAL,
    "load_balancing_scheme",
    oneOf("EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"),
    "use EXTERNAL_MANAGED for the global external Application Load Balancer",
    PROVIDER,
  ),
  limit(
    "backend-region-scheme",
    REGIONAL,
    "load_balancing_scheme",
    oneOf("EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL", "INTERNAL_MANAGED"),
    "use EXTERNAL_MANAGED or INTERNAL_MANAGED for a regional Application Load Balancer",
    PROVIDER,
  ),
  limit(
    "backend-protocol",
    SERVICE,
    "protocol",
    oneOf("HTTP", "HTTPS", "HTTP2", "H2C", "GRPC", "TCP", "SSL", "UDP", "UNSPECIFIED"),
    "use HTTP, HTTPS or HTTP2",
    PROVIDER,
  ),
  limit(
    "backend-timeout",
    SERVICE,
    "timeout_sec",
    integer(1, 2147483647),
    "set whole seconds, or leave timeout_sec out for 30 s",
    api("BackendService.timeoutSec"),
  ),
  limit(
    "backend-draining",
    SERVICE,
    "connection_draining_timeout_sec",
    integer(0, 3600),
    "set 0 (off) to 3600 seconds",
    "gcloud compute backend-services, --connection-draining-timeout, SDK read 2026-11-22",
  ),
  limit(
    "backend-affinity-cookie-ttl",
    SERVICE,
    "affinity_cookie_ttl_sec",
    integer(0, 1209600),
    "set at most two weeks, 1209600 seconds",
    api("BackendService.affinityCookieTtlSec"),
  ),
  limit(
    "backend-session-affinity",
    SERVICE,
    "session_affinity",
    oneOf(
      "NONE",
      "CLIENT_IP",
      "CLIENT_IP_PORT_PROTO",
      "CLIENT_IP_PROTO",
      "CLIENT_IP_NO_DESTINATION",
      "GENERATED_COOKIE",
      "HEADER_FIELD",
      "HTTP_COOKIE",
      "STRONG_COOKIE_AFFINITY",
    ),
    "use one of the listed kinds, or NONE",
    PROVIDER,
  ),
  limit(
    "backend-locality-policy",
    SERVICE,
    "locality_lb_policy",
    oneOf(
      "ROUND_ROBIN",
      "LEAST_REQUEST",
      "RING_HASH",
      "RANDOM",
      "ORIGINAL_DESTINATION",
      "MAGLEV",
      "WEIGHTED_MAGLEV",
      "WEIGHTED_ROUND_ROBIN",
    ),
    "use one of the listed policies, or leave it out",
    PROVIDER,
  ),
  limit(
    "backend-compression",
    GLOBAL,
    "compression_mode",
    oneOf("AUTOMATIC", "DISABLED"),
    "use AUTOMATIC or DISABLED",
    PROVIDER,
  ),
  limit(
    "backend-ip-selection",
    SERVICE,
    "ip_address_selection_policy",
    oneOf("IPV4_ONLY", "PREFER_IPV6", "IPV6_ONLY"),
    "use one of the listed policies",
    PROVIDER,
  ),
  limit(
    "backend-migration-state",
    GLOBAL,
    "external_managed_migration_state",
    oneOf("PREPARE", "TEST_BY_PERCENTAGE", "TEST_ALL_TRAFFIC"),
    "use one of the listed states",
    PROVIDER,
  ),
  limit(
    "backend-migration-percentage",
    GLOBAL,
    "external_managed_migration_testing_percentage",
    number(0, 100),
    "set a percentage from 0 to 100",
    api("BackendService.externalManagedMigrationTestingPercentage"),
  ),
  limit(
    "backend-migration-percentage-state",
    GLOBAL,
    "external_managed_migration_testing_percentage",
    unset(),
    "set external_managed_migration_state = TEST_BY_PERCENTAGE, or take the percentage away",
    api("BackendService.externalManagedMigrationTestingPercentage"),
    {
      when: ({ external_managed_migration_state: state }) =>
        !isSet(state) || ["PREPARE", "TEST_ALL_TRAFFIC"].includes(textOf(state) ?? ""),
    },
  ),
  limit(
    "backend-log-sample-rate",
    SERVICE,
    "log_config.sample_rate",
    number(0, 1),
    "set 1 for all requests, 0.1 for a tenth",
    api("BackendServiceLogConfig.sampleRate"),
  ),
  limit(
    "backend-log-optional-mode",
    SERVICE,
    "log_config.optional_mode",
    oneOf("INCLUDE_ALL_OPTIONAL", "EXCLUDE_ALL_OPTIONAL", "CUSTOM"),
    "use one of the listed modes",
    PROVIDER,
  ),
  limit(
    "backend-log-optional-fields",
    SERVICE,
    "log_config.optional_fields",
    unset(),
    "set optional_mode = CUSTOM beside optional_fields",
    api("BackendServiceLogConfig.optionalFields"),
    { when: ({ optional_mode: mode }) => !isSet(mode) || (textOf(mode) ?? "CUSTOM") !== "CUSTOM" },
  ),
  limit(
    "backend-log-enable",
    SERVICE,
    "log_config.enable",
    set(),
    "set log_config.enable = true, or false where no logs are wanted",
    api("BackendServiceLogConfig.enable"),
    {
      severity: "warning",
      why: "The default is false: the block then logs nothing, which is hardly what it was written for.",
    },
  ),
  limitAt(
    "backend-outlier-percent",
    SERVICE,
    ["outlier_detection"],
    "max_ejection_percent",
    integer(0, 100),
    "set a percentage that lets one region of all go",
    api("OutlierDetection.maxEjectionPercent"),
  ),
  ...["enforcing_consecutive_errors", "enforcing_consecutive_gateway_failure", "enforcing_success_rate"].map(
    (attribute) =>
      limit(
        `backend-outlier-${attribute.replaceAll("_", "-")}`,
        SERVICE,
        `outlier_detection.${attribute}`,
        integer(0, 100),
        "set a percentage: 100 always ejects, 0 never",
        api("OutlierDetection"),
      ),
  ),
  ...["consecutive_errors", "consecutive_gateway_failure"].map((attribute) =>
    limit(
      `backend-outlier-${attribute.replaceAll("_", "-")}`,
      SERVICE,
      `outlier_detection.${attribute}`,
      integer(1),
      "set the number of errors in a row after which a backend is ejected",
      api("OutlierDetection"),
      {
        severity: "warning",
        why: "No number of errors in a row is below 1. The API's text names no minimum, so whether it rejects this is not known.",
      },
    ),
  ),
  limitAt(
    "backend-duration-seconds",
    SERVICE,
    DURATIONS,
    "seconds",
    { ...integer(0, 315576000000), required: true },
    "set whole seconds; fractions go into nanos",
    api("Duration.seconds"),
  ),
  limitAt(
    "backend-duration-nanos",
    SERVICE,
    DURATIONS,
    "nanos",
    integer(0, 999999999),
    "set 0 to 999999999; whole seconds go into seconds",
    api("Duration.nanos"),
  ),
  limitAt(
    "backend-cookie-path",
    SERVICE,
    ["consistent_hash.http_cookie", "strong_session_affinity_cookie"],
    "path",
    matching(/^\//, "a path that starts with /"),
    "start the cookie's path with /",
    "RFC 6265 section 5.2.4, read 2026-11-22",
    {
      severity: "warning",
      why: "Clients ignore a cookie path without a leading slash and take the request's directory instead.",
    },
  ),
  ...["max_connections", "max_pending_requests", "max_requests", "max_requests_per_connection", "max_retries"].map(
    (attribute) =>
      limit(
        `backend-circuit-${attribute.replaceAll("_", "-")}`,
        SERVICE,
        `circuit_breakers.${attribute}`,
        integer(0, 2147483647),
        "set a whole number, or leave it out for no limit",
        api(`CircuitBreakers`),
      ),
  ),
];
