import type { Backend } from "../topology/backends";
import { type Block, blockOf } from "../topology/document";
import { groupBy } from "../topology/group-by";
import { getsRequests } from "../topology/region-workloads";
import type { Topology } from "../topology/topology";
import { numberOf, textOf } from "../topology/value";
import { NOWHERE } from "./backend-route";
import { durationOf, type Envoy, HTTP2_UPSTREAM, loopback, numbersOf } from "./envoy";
import { healthChecks, isChecked } from "./health";
import type { Running } from "./plan";
import { type PreviewUpstream, upstreamOfBucket, upstreamOfGroup, usedBackends } from "./upstreams";

/** A cluster for each backend, and one without endpoints for backends that are elsewhere. */
export function clusters(topology: Topology, running: Running): Envoy[] {
  return [
    ...topology.once(usedBackends).map((backend) => cluster(topology, running, backend)),
    { name: NOWHERE, type: "STATIC", load_assignment: { cluster_name: NOWHERE } },
  ];
}

const LB_POLICIES = ["ROUND_ROBIN", "LEAST_REQUEST", "RING_HASH", "RANDOM", "MAGLEV"];

function cluster(topology: Topology, running: Running, backend: Backend): Envoy {
  const { address, values } = backend.resource;
  const priorities = regions(topology, running, backend);
  const upstreams = priorities.flat();
  const policy = textOf(values.locality_lb_policy)?.replace("WEIGHTED_", "") ?? "";
  const isAffine = !["", "NONE"].includes(textOf(values.session_affinity) ?? "");
  const named = LB_POLICIES.includes(policy) ? policy : "ROUND_ROBIN";
  return {
    name: address,
    type: "STATIC",
    connect_timeout: "5s",
    lb_policy: isAffine && !["RING_HASH", "MAGLEV"].includes(named) ? "RING_HASH" : named,
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
    load_assignment: {
      cluster_name: address,
      endpoints: priorities.map((inRegion, priority) => ({
        priority,
        ...(inRegion[0]?.region === undefined ? {} : { locality: { region: inRegion[0].region } }),
        lb_endpoints: inRegion.map((upstream) => endpoint(running, backend, upstream)),
      })),
    },
    ...(upstreams.some(({ isHttp2 }) => isHttp2) ? { typed_extension_protocol_options: HTTP2_UPSTREAM } : {}),
    ...outlierDetection(backend),
    ...circuitBreakers(values),
    health_checks: healthChecks(topology, backend, upstreams),
  };
}

/**
 * What runs behind a backend, by region: the nearest first, which is what Envoy calls a priority.
 * The load balancer sends requests to the closest region that is well and has capacity
 * (docs.cloud.google.com/load-balancing/docs/https#request-distribution, read 2026-11-28).
 */
function regions(topology: Topology, running: Running, backend: Backend): PreviewUpstream[][] {
  const upstreams =
    backend.kind === "bucket"
      ? [upstreamOfBucket(topology, backend)]
      : backend.groups.filter(getsRequests).map((group) => upstreamOfGroup(topology, group));
  const known = [...new Set(upstreams)].filter((each) => each !== undefined && each.id in running.upstreams);
  const distance = ({ id, region }: PreviewUpstream) => {
    const place = running.regionsByDistance.indexOf(region ?? "");
    return place === -1 ? running.regionsByDistance.length + running.upstreams[id]!.roundTripMs : place;
  };
  const nearestFirst = (known as PreviewUpstream[]).sort((one, other) => distance(one) - distance(other));
  return [...groupBy(nearestFirst, ({ region = "" }) => region).values()];
}

function endpoint(running: Running, backend: Backend, upstream: PreviewUpstream): Envoy {
  const { port, readinessPort = port } = running.upstreams[upstream.id]!;
  const check = isChecked(backend, upstream) ? { port_value: readinessPort } : { disable_active_health_check: true };
  return {
    endpoint: { address: loopback(port), health_check_config: check },
    metadata: { filter_metadata: { preview: { id: upstream.id } } },
  };
}

/**
 * What the Compute API does where a backend service with outlier detection leaves a field out
 * (Compute API v1, OutlierDetection, read 2026-11-28).
 */
const OUTLIER_DEFAULTS = {
  consecutive_errors: 5,
  consecutive_gateway_failure: 3,
  enforcing_consecutive_errors: 0,
  enforcing_consecutive_gateway_failure: 100,
  max_ejection_percent: 50,
} as const;

/** Ejection by success rate is not for global load balancers with Cloud Run, and off elsewhere. */
function outlierDetection({ outlierDetection: block, kind, isGlobal, groups }: Backend): Envoy {
  const isRegionalServerless = !isGlobal && groups.some((group) => group.kind === "serverlessNeg");
  if (!block || kind === "bucket" || isRegionalServerless) return {};
  const value = (name: keyof typeof OUTLIER_DEFAULTS) => numberOf(block[name]) ?? OUTLIER_DEFAULTS[name];
  return {
    outlier_detection: {
      consecutive_5xx: value("consecutive_errors"),
      enforcing_consecutive_5xx: value("enforcing_consecutive_errors"),
      consecutive_gateway_failure: value("consecutive_gateway_failure"),
      enforcing_consecutive_gateway_failure: value("enforcing_consecutive_gateway_failure"),
      max_ejection_percent: value("max_ejection_percent"),
      interval: durationOf(block.interval) ?? "1s",
      base_ejection_time: durationOf(block.base_ejection_time) ?? "30s",
      enforcing_success_rate: numberOf(block.enforcing_success_rate) ?? 0,
      ...numbersOf(block, ["success_rate_minimum_hosts", "success_rate_request_volume", "success_rate_stdev_factor"]),
    },
  };
}

function circuitBreakers(values: Block): Envoy {
  const breakers = blockOf(values.circuit_breakers);
  if (!breakers) return {};
  const limits = numbersOf(breakers, ["max_connections", "max_pending_requests", "max_requests", "max_retries"]);
  return {
    circuit_breakers: { thresholds: [limits] },
    ...numbersOf(breakers, ["max_requests_per_connection"]),
  };
}
