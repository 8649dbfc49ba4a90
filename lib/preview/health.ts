import type { Backend } from "../topology/backends";
import { type Block, blockOf } from "../topology/document";
import { probeOf } from "../topology/health-checks";
import type { Topology } from "../topology/topology";
import { isUnset, numberOf, textOf } from "../topology/value";
import { type Envoy, seconds } from "./envoy";
import type { PreviewUpstream } from "./upstreams";

/**
 * Whether Cloud Run tells the load balancer which regions are well: at least two regions, NEGs
 * without URL mask and tag, neither IAP nor session affinity
 * (docs.cloud.google.com/run/docs/configuring/configure-service-health, read 2026-11-28).
 */
function hasServiceHealth({ groups, iap, resource }: Backend): boolean {
  const affinity = textOf(resource.values.session_affinity) ?? "NONE";
  if (groups.length < 2 || iap || affinity !== "NONE") return false;
  return groups.every((group) => {
    const run = blockOf(group.resource?.values.cloud_run);
    return run !== undefined && isUnset(run, "url_mask") && isUnset(run, "tag");
  });
}

/** The health check of a backend service over machines. */
function machineCheck(topology: Topology, { resource: { values } }: Backend): Block | undefined {
  const target = topology.document.target([values.health_checks].flat()[0]);
  return target?.values;
}

/** Whether the health of an upstream decides whether requests go there. */
export function isChecked(backend: Backend, upstream: PreviewUpstream): boolean {
  if (upstream.readiness === undefined) return false;
  return upstream.kind === "machines" || hasServiceHealth(backend);
}

/** How Envoy finds out which upstreams of a backend are well. */
export function healthChecks(topology: Topology, backend: Backend, upstreams: readonly PreviewUpstream[]): Envoy[] {
  const checked = upstreams.find((upstream) => isChecked(backend, upstream));
  if (!checked) return [];
  const path = checked.readiness;
  const check = machineCheck(topology, backend);
  const probe = checked.kind === "machines" ? probeOf(check ?? {}) : undefined;
  const isHttp = !probe || /^(http|https|http2)_/.test(probe.kind);
  const host = textOf(probe?.block.host);
  const times = checked.kind === "machines" ? machineTimes(check ?? {}) : probeTimes(topology, checked);
  return [
    {
      ...times,
      // Envoy would ask rarely where no requests come.
      no_traffic_interval: times.interval,
      ...(isHttp ? { http_health_check: { path, ...(host ? { host } : {}) } } : { tcp_health_check: {} }),
    },
  ];
}

/** What a health check does by default (Compute API v1, HealthCheck, read 2026-11-28). */
function machineTimes(check: Block): Envoy {
  return {
    interval: seconds(numberOf(check.check_interval_sec) ?? 5),
    timeout: seconds(numberOf(check.timeout_sec) ?? 5),
    healthy_threshold: numberOf(check.healthy_threshold) ?? 2,
    unhealthy_threshold: numberOf(check.unhealthy_threshold) ?? 2,
  };
}

/**
 * What a readiness probe does by default
 * (docs.cloud.google.com/run/docs/configuring/healthchecks, read 2026-11-28).
 */
function probeTimes(topology: Topology, { address }: PreviewUpstream): Envoy {
  const probe = topology.cloudRunOf(topology.document.at(address))?.readinessProbe ?? {};
  return {
    interval: seconds(numberOf(probe.period_seconds) ?? 10),
    timeout: seconds(numberOf(probe.timeout_seconds) ?? 1),
    healthy_threshold: numberOf(probe.success_threshold) ?? 2,
    unhealthy_threshold: numberOf(probe.failure_threshold) ?? 3,
  };
}
