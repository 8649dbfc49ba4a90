import { textOf } from "../../topology/value";
import { integer, items, length, limit, matching, number, oneOf, set, unset } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { limitAt } from "../places";

const GLOBAL = "google_compute_backend_service";
const REGIONAL = "google_compute_region_backend_service";
const SERVICE = `${GLOBAL}|${REGIONAL}`;
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

const PASSTHROUGH_ONLY =
  "Only passthrough load balancers have it; the API rejects it on the backend service of a proxy.";
const METRIC_NAME = matching(
  /^[a-z]([-_.a-z0-9]{0,62}[a-z0-9])?$/,
  "1 to 64 lower-case letters, digits, dashes, dots, underscores, a letter first",
);

/** Limits of single attributes of what stands behind a backend service. */
export const backendGroupLimits: readonly Rule[] = [
  limit(
    "backend-group",
    SERVICE,
    "backend.group",
    set(),
    "name the NEG or the instance group in group",
    "provider documentation of google_compute_backend_service 7.45.0",
  ),
  limit(
    "backend-capacity-scaler",
    SERVICE,
    "backend.capacity_scaler",
    {
      text: "0, or from 0.1 to 1",
      holds: (value) => Number(value) === 0 || (Number(value) >= 0.1 && Number(value) <= 1),
    },
    "set 0 to drain the group, else 0.1 to 1",
    api("Backend.capacityScaler"),
  ),
  limit(
    "backend-max-utilization",
    SERVICE,
    "backend.max_utilization",
    number(0, 1),
    "set a share such as 0.8",
    api("Backend.maxUtilization"),
  ),
  limit(
    "backend-balancing-mode",
    SERVICE,
    "backend.balancing_mode",
    oneOf("UTILIZATION", "RATE", "CONNECTION", "CUSTOM_METRICS", "IN_FLIGHT"),
    "use UTILIZATION or RATE for HTTP, CONNECTION for TCP",
    PROVIDER,
  ),
  limit(
    "backend-preference",
    SERVICE,
    "backend.preference",
    oneOf("PREFERRED", "DEFAULT"),
    "use PREFERRED or DEFAULT",
    PROVIDER,
  ),
  limitAt(
    "backend-max-positive",
    SERVICE,
    ["backend"],
    "max_rate",
    integer(1, 2147483647),
    "set requests per second, or leave max_rate out",
    api("Backend.maxRate"),
    { severity: "warning", why: "A rate of 0 stands for unset, and the API has no use for less." },
  ),
  limit(
    "backend-health-checks",
    SERVICE,
    "health_checks",
    items(1, 1),
    "name exactly one health check",
    api("BackendService.healthChecks"),
  ),
  limitAt(
    "backend-metric-name",
    SERVICE,
    ["custom_metrics", "backend.custom_metrics"],
    "name",
    METRIC_NAME,
    "rename the metric",
    api("BackendCustomMetric.name"),
  ),
  limit(
    "backend-metric-utilization",
    SERVICE,
    "backend.custom_metrics.max_utilization",
    number(0, 1),
    "set a share such as 0.8",
    api("BackendCustomMetric.maxUtilization"),
  ),
  limit(
    "backend-custom-policy-name",
    GLOBAL,
    "locality_lb_policies.custom_policy.name",
    length(1, 256),
    "shorten the policy's name",
    api("BackendServiceLocalityLoadBalancingPolicyConfigCustomPolicy.name"),
  ),
  limit(
    "backend-failover-ratio",
    REGIONAL,
    "failover_policy.failover_ratio",
    number(0, 1),
    "set a share from 0 to 1",
    api("BackendServiceFailoverPolicy.failoverRatio"),
  ),
  limit(
    "backend-tracking-idle",
    REGIONAL,
    "connection_tracking_policy.idle_timeout_sec",
    integer(60, 57600),
    "set at most 16 hours, 57600 seconds",
    api("BackendServiceConnectionTrackingPolicy.idleTimeoutSec"),
  ),
  limit(
    "backend-tracking-mode",
    REGIONAL,
    "connection_tracking_policy.tracking_mode",
    oneOf("PER_CONNECTION", "PER_SESSION"),
    "use PER_CONNECTION or PER_SESSION",
    PROVIDER,
  ),
  ...["connection_tracking_policy", "failover_policy", "ha_policy", "network"].map((attribute) =>
    limit(
      `backend-passthrough-${attribute.replaceAll("_", "-")}`,
      REGIONAL,
      attribute,
      unset(),
      `take ${attribute} away, or use a passthrough load balancer (scheme INTERNAL or EXTERNAL)`,
      api("BackendService"),
      {
        why: PASSTHROUGH_ONLY,
        when: ({ load_balancing_scheme: scheme }) => /_MANAGED$/.test(textOf(scheme) ?? ""),
      },
    ),
  ),
];
