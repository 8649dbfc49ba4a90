import { blockOf } from "../../topology/document";
import { isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import { integer, items, limit, matching, oneOf } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { isSet, limitAt } from "../places";
import { resourceRule } from "../resource-rule";

export const HEALTH_CHECKS = "google_compute_health_check|google_compute_region_health_check";
const TEXT_KINDS = ["http", "https", "http2"].map((kind) => `${kind}_health_check`);
const STREAM_KINDS = ["tcp", "ssl"].map((kind) => `${kind}_health_check`);
const GRPC_KINDS = ["grpc_health_check", "grpc_tls_health_check"];
const KINDS = [...TEXT_KINDS, ...STREAM_KINDS, ...GRPC_KINDS];
const CONCEPTS = "docs.cloud.google.com/load-balancing/docs/health-check-concepts, as of 2026-11";
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";
const ASCII = matching(/^[\x20-\x7e\s]{0,1024}$/, "at most 1024 ASCII characters");

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

const limits: readonly Rule[] = [
  limit(
    "health-check-interval",
    HEALTH_CHECKS,
    "check_interval_sec",
    integer(1, 300),
    "give 1 to 300 seconds",
    CONCEPTS,
  ),
  limit("health-check-timeout", HEALTH_CHECKS, "timeout_sec", integer(1, 300), "give 1 to 300 seconds", CONCEPTS),
  limit("health-check-healthy", HEALTH_CHECKS, "healthy_threshold", integer(1, 10), "give 1 to 10", CONCEPTS),
  limit("health-check-unhealthy", HEALTH_CHECKS, "unhealthy_threshold", integer(1, 10), "give 1 to 10", CONCEPTS),
  limitAt(
    "health-check-port",
    HEALTH_CHECKS,
    KINDS,
    "port",
    integer(1, 65535),
    "give a port from 1 to 65535",
    api("HTTPHealthCheck.port"),
  ),
  limitAt(
    "health-check-port-specification",
    HEALTH_CHECKS,
    KINDS,
    "port_specification",
    oneOf("USE_FIXED_PORT", "USE_NAMED_PORT", "USE_SERVING_PORT", ""),
    "use USE_FIXED_PORT or USE_SERVING_PORT",
    PROVIDER,
  ),
  limitAt(
    "health-check-named-port",
    HEALTH_CHECKS,
    KINDS,
    "port_specification",
    matching(/^(?!USE_NAMED_PORT$)/, "not USE_NAMED_PORT"),
    "use USE_SERVING_PORT: it takes the named port of the backend service",
    api("HTTPHealthCheck.portSpecification"),
    {
      severity: "warning",
      why: "The API calls it not supported. Not an error, because the provider still offers it.",
    },
  ),
  limitAt(
    "health-check-proxy-header",
    HEALTH_CHECKS,
    [...TEXT_KINDS, ...STREAM_KINDS],
    "proxy_header",
    oneOf("NONE", "PROXY_V1", ""),
    "use NONE or PROXY_V1",
    PROVIDER,
  ),
  limitAt(
    "health-check-path",
    HEALTH_CHECKS,
    TEXT_KINDS,
    "request_path",
    matching(/^\/\S*$/, "a path that begins with /"),
    "begin request_path with /",
    api("HTTPHealthCheck.requestPath"),
  ),
  limitAt(
    "health-check-request",
    HEALTH_CHECKS,
    STREAM_KINDS,
    "request",
    ASCII,
    "send at most 1024 ASCII characters",
    api("TCPHealthCheck.request"),
  ),
  limitAt(
    "health-check-response",
    HEALTH_CHECKS,
    [...TEXT_KINDS, ...STREAM_KINDS],
    "response",
    ASCII,
    "expect at most 1024 ASCII characters",
    api("TCPHealthCheck.response"),
  ),
  limitAt(
    "health-check-grpc-service",
    HEALTH_CHECKS,
    GRPC_KINDS,
    "grpc_service_name",
    matching(/^[\x20-\x7e]*$/, "ASCII"),
    "give the name of the gRPC service in ASCII",
    api("GRPCHealthCheck.grpcServiceName"),
  ),
  limit(
    "health-check-source-regions",
    "google_compute_health_check",
    "source_regions",
    items(3, 3),
    "name exactly three regions, or none",
    api("HealthCheck.sourceRegions"),
  ),
];

/** Health checks by themselves. Who uses them is judged with the instance groups. */
export const healthCheckRules: readonly Rule[] = [
  ...limits,
  resourceRule(
    {
      id: "health-check-kind",
      title: "a health check has exactly one protocol",
      why: "The API rejects a health check without a protocol, or with two.",
      fix: "keep one of http_health_check, https_health_check, http2_health_check, tcp_health_check, ssl_health_check, grpc_health_check",
      source: api("HealthCheck.type"),
    },
    HEALTH_CHECKS,
    (check, blame) => {
      if (KINDS.some((kind) => isComputed(check.values, kind))) return;
      const given = KINDS.filter((kind) => isSet(check.values[kind]));
      if (given.length !== 1) blame(given[1] ?? "http_health_check", given);
    },
  ),
  resourceRule(
    {
      id: "health-check-timeout-interval",
      title: "a health check's timeout is not longer than its interval",
      why: "The API rejects it. Both are 5 seconds unless set.",
      fix: "make timeout_sec at most check_interval_sec",
      source: api("HealthCheck.timeoutSec"),
    },
    HEALTH_CHECKS,
    (check, blame) => {
      const { timeout_sec: timeout, check_interval_sec: interval } = check.values;
      if (!isKnown([timeout, interval])) return;
      if ((numberOf(timeout ?? 5) ?? 0) > (numberOf(interval ?? 5) ?? Number.POSITIVE_INFINITY))
        blame("timeout_sec", timeout, `interval ${interval ?? 5}`);
    },
  ),
  resourceRule(
    {
      id: "health-check-serving-port",
      title: "a health check on the serving port names no port",
      why: "The provider's plan fails: USE_SERVING_PORT and USE_NAMED_PORT take the port from elsewhere.",
      fix: "take port and port_name away, or use USE_FIXED_PORT",
      source: "google_compute_health_check, provider code 7.45.0, validatePortSpec; checked here before Terraform runs",
    },
    HEALTH_CHECKS,
    (check, blame) => {
      for (const kind of KINDS) {
        const block = blockOf(check.values[kind]);
        const specification = textOf(block?.port_specification);
        if (!block || (specification !== "USE_SERVING_PORT" && specification !== "USE_NAMED_PORT")) continue;
        if (isSet(block.port)) blame(`${kind}.port`, block.port, specification);
        const named = isSet(block.port_name);
        if (named !== (specification === "USE_NAMED_PORT") && !isComputed(block, "port_name"))
          blame(`${kind}.port_name`, block.port_name, specification);
      }
    },
  ),
  resourceRule(
    {
      id: "health-check-grpc-port",
      title: "a gRPC health check says which port",
      why: "It has no default port: the API rejects it.",
      fix: 'set port, or port_specification = "USE_SERVING_PORT"',
      source: api("GRPCHealthCheck.port"),
    },
    HEALTH_CHECKS,
    (check, blame) => {
      for (const kind of GRPC_KINDS) {
        const block = blockOf(check.values[kind]);
        const names = ["port", "port_name", "port_specification"];
        if (block && names.every((name) => !isSet(block[name]) || block[name] === "USE_FIXED_PORT"))
          blame(`${kind}.port`, undefined);
      }
    },
  ),
  resourceRule(
    {
      id: "health-check-regions-kind",
      title:
        "a health check from chosen regions is HTTP, HTTPS or TCP, without request and proxy header, every 30 seconds at most",
      why: "The API rejects the rest together with source_regions.",
      fix: "use http, https or tcp, check_interval_sec of at least 30, and take request and proxy_header away",
      source: api("HealthCheck.sourceRegions"),
    },
    "google_compute_health_check",
    (check, blame) => {
      const { values } = check;
      if (!isSet(values.source_regions)) return;
      for (const kind of ["ssl_health_check", "http2_health_check", ...GRPC_KINDS])
        if (isSet(values[kind])) blame(kind, values[kind]);
      const interval = values.check_interval_sec;
      if (isKnown(interval) && (numberOf(interval ?? 5) ?? 30) < 30) blame("check_interval_sec", interval);
      if (isSet(blockOf(values.tcp_health_check)?.request))
        blame("tcp_health_check.request", blockOf(values.tcp_health_check)!.request);
      for (const kind of ["http_health_check", "https_health_check", "tcp_health_check"]) {
        const header = textOf(blockOf(values[kind])?.proxy_header);
        if (header === "PROXY_V1") blame(`${kind}.proxy_header`, header);
      }
    },
  ),
];

/** The port that a health check probes where it says so, or by default; undefined for the serving port and for what is not known. */
export function probedPort(check: Readonly<Record<string, unknown>>): { port: number; isDefault: boolean } | undefined {
  for (const kind of KINDS) {
    const block = blockOf(check[kind]);
    if (!block) continue;
    const specification = block.port_specification;
    if (isSet(specification) && specification !== "USE_FIXED_PORT") return undefined;
    if (isSet(block.port)) {
      const port = numberOf(block.port);
      return port === undefined ? undefined : { port, isDefault: false };
    }
    if (GRPC_KINDS.includes(kind)) return undefined;
    return { port: /^(https|http2|ssl)_/.test(kind) ? 443 : 80, isDefault: true };
  }
  return undefined;
}

/** Whether a health check takes the port of the backend service that uses it. */
export function probesServingPort(check: Readonly<Record<string, unknown>>): boolean {
  return KINDS.some((kind) => blockOf(check[kind])?.port_specification === "USE_SERVING_PORT");
}
