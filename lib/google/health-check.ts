import { computeName, literalPath } from "./formats";
import { at, integer, items, type Limits, matching, not, set, unset } from "./limit";
import { exactlyOne, notEmpty, order, type ResourceFacts, resourceType, when } from "./resource-type";
import { api, page, provider } from "./source";

const compute = api("Compute API v1");
const CODE = provider("google_compute_health_check 7.45.0, validatePortSpec", "plan");

const HTTP_KINDS = ["http_health_check", "https_health_check", "http2_health_check"];
const STREAM_KINDS = ["tcp_health_check", "ssl_health_check"];
const GRPC_KINDS = ["grpc_health_check", "grpc_tls_health_check"];
const HEALTH_CHECK_KINDS: readonly string[] = [...HTTP_KINDS, ...STREAM_KINDS, ...GRPC_KINDS];

const concepts = page("load-balancing/docs/health-check-concepts", "2026-11");
export const probePort = integer(1, 65535).fix("give a port from 1 to 65535", compute("HTTPHealthCheck.port"));
/** Seconds between two probes, and until a probe has failed. */
export const probeSeconds = integer(1, 300).fix("give 1 to 300 seconds", concepts);
/** How many probes decide. */
export const probeThreshold = integer(1, 10).fix("give 1 to 10", concepts);
const requestPath = [
  matching(/^\/\S*$/, "a path that begins with /").fix("begin request_path with /", compute("HTTPHealthCheck.requestPath")),
  literalPath.fix("name a path that the instances answer", compute("HTTPHealthCheck.requestPath")),
];

const SPECIFICATION = compute("HTTPHealthCheck.portSpecification");
const ascii = matching(/^[\x20-\x7e]*$/, "ASCII");
const text = matching(/^[\x20-\x7e\s]{0,1024}$/, "at most 1024 ASCII characters");
const kinds: Limits = {
  ...at(HEALTH_CHECK_KINDS, {
    port: probePort,
    port_specification: not("USE_NAMED_PORT").named("named").advice("The API calls it not supported, although the provider still offers it.").fix("use USE_SERVING_PORT", SPECIFICATION),
  }),
  ...at(HTTP_KINDS, { request_path: requestPath }),
  ...at(STREAM_KINDS, { request: text.fix("send at most 1024 ASCII characters", compute("TCPHealthCheck.request")) }),
  ...at([...HTTP_KINDS, ...STREAM_KINDS], { response: text.fix("expect at most 1024 ASCII characters", compute("TCPHealthCheck.response")) }),
  ...at(GRPC_KINDS, { grpc_service_name: ascii.fix("give the name of the gRPC service in ASCII", compute("GRPCHealthCheck.grpcServiceName")) }),
};

const FIXED = { port_specification: "USE_FIXED_PORT", port_name: unset() };

const facts: ResourceFacts = {
  group: "health-check",
  keptWhenUnset: ["log_config"],
  defaults: { check_interval_sec: 5, timeout_sec: 5, ...Object.fromEntries(HEALTH_CHECK_KINDS.map((kind) => [`${kind}.port_specification`, "USE_FIXED_PORT"])) },
  limits: { check_interval_sec: probeSeconds, timeout_sec: probeSeconds, healthy_threshold: probeThreshold, unhealthy_threshold: probeThreshold, ...kinds },
  alternatives: [exactlyOne(HEALTH_CHECK_KINDS.join(" "), { id: "kind" }).fix("keep one of these blocks", provider("google_compute_health_check 7.45.0", "validate"))],
  together: [
    ...notEmpty(HEALTH_CHECK_KINDS.join(" "), provider("google_compute_health_check 7.45.0", "validate")),
    ...HEALTH_CHECK_KINDS.flatMap((kind) => [
      when({ port_specification: "USE_SERVING_PORT" }, { port: unset(), port_name: unset() }, { in: kind, id: "serving-port" }).fix("remove port and port_name, or use USE_FIXED_PORT", CODE),
      when({ port_specification: "USE_NAMED_PORT" }, { port: unset(), port_name: set() }, { in: kind, id: "serving-port" }).fix("set port_name instead of port, or use USE_SERVING_PORT", CODE),
    ]),
    ...GRPC_KINDS.map((kind) => when(FIXED, { port: set() }, { in: kind, id: "grpc-port" }).fix('set port, or port_specification = "USE_SERVING_PORT"', compute("GRPCHealthCheck.port"))),
  ],
  order: [order("timeout_sec", "check_interval_sec", { id: "timeout-interval" }).fix("set timeout_sec to at most check_interval_sec; both are 5 unless set", compute("HealthCheck.timeoutSec"))],
};

const NOT_FROM_REGIONS = Object.fromEntries(["ssl_health_check", "http2_health_check", ...GRPC_KINDS, "tcp_health_check.request"].map((name) => [name, unset()]));
const NO_PROXY_HEADER = Object.fromEntries(["http_health_check", "https_health_check", "tcp_health_check"].map((kind) => [`${kind}.proxy_header`, not("PROXY_V1")]));

const healthCheck = resourceType("google_compute_health_check", {
  ...facts,
  name: { format: computeName, uniqueIn: [] },
  replacedBy: ["name"],
  limits: { ...facts.limits, source_regions: items(3, 3).fix("name exactly three regions, or none", compute("HealthCheck.sourceRegions")) },
  together: [
    ...facts.together!,
    when(
      { source_regions: set() },
      { ...NOT_FROM_REGIONS, ...NO_PROXY_HEADER, check_interval_sec: integer(30) },
      { id: "regions-kind", title: "a health check with source_regions must be plain HTTP, HTTPS or TCP, every 30 seconds at most" },
    ).fix("use http, https or tcp, set check_interval_sec to at least 30, and remove request and proxy_header", compute("HealthCheck.sourceRegions")),
  ],
});

const regionHealthCheck = resourceType("google_compute_region_health_check", { ...facts, name: { format: computeName, uniqueIn: ["region"] }, replacedBy: ["name", "region"] });

const legacy = ["google_compute_http_health_check", "google_compute_https_health_check"].map((type) =>
  resourceType(type, { group: "health-check", name: { format: computeName, uniqueIn: [] }, replacedBy: ["name"], limits: { request_path: requestPath } }),
);

export const healthCheckTypes = [healthCheck, regionHealthCheck, ...legacy];
