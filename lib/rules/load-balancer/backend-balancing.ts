import type { Backend, Group } from "../../topology/backends";
import { numberOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { isHttp, isZonalNeg, protocolOf, schemeOf, serviceRule } from "./backend-rule";

const BACKEND = "Compute API v1, Backend, read 2026-11-22";
const PROVIDER = "provider documentation of google_compute_backend_service 7.45.0";

const RATES = ["max_rate", "max_rate_per_instance", "max_rate_per_endpoint"];
const CONNECTIONS = ["max_connections", "max_connections_per_instance", "max_connections_per_endpoint"];

/** Balancing modes of instance groups and zonal NEGs, and the capacity that goes with them. */
export const backendBalancingRules: readonly Rule[] = [
  balancingRule(
    {
      id: "backend-rate-connections",
      title: "balancing mode RATE has no max_connections",
      why: "The API rejects connection limits in RATE mode.",
      fix: "use max_rate, max_rate_per_instance or max_rate_per_endpoint, or balancing_mode = CONNECTION",
      source: BACKEND,
    },
    (group, mode, blame) => {
      if (mode === "RATE") blameSet(group, CONNECTIONS, blame);
    },
  ),
  balancingRule(
    {
      id: "backend-connection-rates",
      title: "balancing mode CONNECTION has no max_rate",
      why: "The API rejects rate limits in CONNECTION mode.",
      fix: "use max_connections, or balancing_mode = RATE",
      source: BACKEND,
    },
    (group, mode, blame) => {
      if (mode === "CONNECTION") blameSet(group, RATES, blame);
    },
  ),
  balancingRule(
    {
      id: "backend-rate-target",
      title: "balancing mode RATE has a rate",
      why: "The API rejects RATE without max_rate, max_rate_per_instance or max_rate_per_endpoint.",
      fix: "set max_rate_per_instance for an instance group, max_rate_per_endpoint for a NEG",
      source: PROVIDER,
    },
    (group, mode, blame) => {
      if (mode === "RATE" && !RATES.some((name) => isSet(group.block[name]))) blame("max_rate", undefined);
    },
  ),
  balancingRule(
    {
      id: "backend-connection-target",
      title: "balancing mode CONNECTION of a proxy has a number of connections",
      why: "The API rejects CONNECTION without a target, except on passthrough load balancers.",
      fix: "set max_connections_per_instance for an instance group, max_connections_per_endpoint for a NEG",
      source: PROVIDER,
    },
    (group, mode, blame, backend) => {
      const passthrough = !backend.isGlobal && !/_MANAGED$/.test(schemeOf(backend) ?? "_MANAGED");
      const known = schemeOf(backend) !== undefined;
      if (mode === "CONNECTION" && known && !passthrough && !CONNECTIONS.some((name) => isSet(group.block[name])))
        blame("max_connections", undefined);
    },
  ),
  balancingRule(
    {
      id: "backend-one-capacity",
      title: "a group has one rate and one number of connections, not several",
      why: "The API takes the total or the one per instance or endpoint, not both.",
      fix: "keep one of the attributes",
      source: "gcloud compute backend-services add-backend, SDK read 2026-11-22",
    },
    (group, _mode, blame) => {
      for (const names of [RATES, CONNECTIONS]) {
        const given = names.filter((name) => (numberOf(group.block[name]) ?? 0) > 0);
        if (given.length > 1) blame(given[1]!, group.block[given[1]!], `beside ${given[0]}`);
      }
    },
  ),
  balancingRule(
    {
      id: "backend-per-kind",
      title: "limits per instance are for instance groups, limits per endpoint for NEGs",
      why: "The API rejects the other one.",
      fix: "use the _per_instance attributes for instance groups and the _per_endpoint ones for NEGs",
      source: PROVIDER,
    },
    (group, _mode, blame) => {
      const wrong = group.kind === "instanceGroup" ? "endpoint" : "instance";
      blameSet(group, [`max_rate_per_${wrong}`, `max_connections_per_${wrong}`], blame);
    },
  ),
  balancingRule(
    {
      id: "backend-regional-total",
      title: "a regional managed instance group has a rate and a number of connections per instance, not in total",
      why: "max_rate and max_connections are valid for zonal and unmanaged instance groups and NEGs only; the API rejects them here.",
      fix: "use max_rate_per_instance or max_connections_per_instance",
      source: "gcloud compute backend-services add-backend, --max-rate, SDK read 2026-11-22",
    },
    (group, _mode, blame) => {
      if (group.resource?.type === "google_compute_region_instance_group_manager")
        blameSet(group, ["max_rate", "max_connections"], blame);
    },
  ),
  balancingRule(
    {
      id: "backend-neg-utilization",
      title: "a zonal NEG is balanced by RATE or CONNECTION",
      why: "UTILIZATION (the provider's default) is measured on instance groups; the API rejects it for NEGs.",
      fix: "set balancing_mode = RATE and max_rate_per_endpoint",
      source: "github.com/hashicorp/terraform-provider-google/issues/9400, 2021-06-21",
    },
    (group, mode, blame) => {
      if (mode === "UTILIZATION" && isZonalNeg(group)) blame("balancing_mode", group.block.balancing_mode);
    },
  ),
  balancingRule(
    {
      id: "backend-mode-protocol",
      title: "RATE is for HTTP backends, CONNECTION for TCP, SSL and UDP",
      why: "The API rejects a rate of requests where there are no requests, and connections where requests are balanced.",
      fix: "use RATE or UTILIZATION with HTTP, HTTPS and HTTP2; CONNECTION or UTILIZATION with TCP and SSL",
      source: PROVIDER,
    },
    (_group, mode, blame, backend) => {
      const protocol = protocolOf(backend);
      const wrong =
        (mode === "CONNECTION" && isHttp(protocol)) ||
        (mode === "RATE" && ["TCP", "SSL", "UDP"].includes(protocol ?? ""));
      if (wrong) blame("balancing_mode", mode, `protocol ${protocol}`);
    },
  ),
  balancingRule(
    {
      id: "backend-internal-mode",
      title: "the groups of an internal passthrough load balancer are balanced by CONNECTION",
      why: "The API rejects it: Balancing mode must be CONNECTION for an INTERNAL backend service. The provider's default is UTILIZATION.",
      fix: "set balancing_mode = CONNECTION, or a managed scheme on the backend service",
      source: "github.com/GoogleCloudPlatform/cloud-foundation-fabric/issues/1767, 2023-10-17",
    },
    ({ block }, mode, blame, backend) => {
      if (!backend.isGlobal && schemeOf(backend) === "INTERNAL" && mode !== undefined && mode !== "CONNECTION")
        blame("balancing_mode", block.balancing_mode);
    },
  ),
  balancingRule(
    {
      id: "backend-rate-utilization",
      title: "max_utilization stands with balancing mode UTILIZATION",
      severity: "warning",
      why: "In RATE mode it is ignored today, and Google says that it will be rejected.",
      fix: "take max_utilization away, or set balancing_mode = UTILIZATION",
      source: "Compute API v1, Backend.balancingMode, read 2026-11-22",
    },
    (group, mode, blame) => {
      if (mode === "RATE") blameSet(group, ["max_utilization"], blame);
    },
  ),
  balancingRule(
    {
      id: "backend-custom-metrics-mode",
      title: "balancing mode CUSTOM_METRICS names its metrics",
      why: "Without custom_metrics in the backend block there is nothing to balance by.",
      fix: "add custom_metrics to the backend block",
      source: "Compute API v1, Backend.customMetrics, read 2026-11-22",
    },
    (group, mode, blame) => {
      if (mode === "CUSTOM_METRICS" && !isSet(group.block.custom_metrics) && !isSet(group.block.dynamic))
        blame("custom_metrics", undefined);
    },
  ),
  {
    id: "backend-instance-group-modes",
    title:
      "an instance group is not balanced by UTILIZATION in one backend service and by RATE or CONNECTION in another",
    severity: "error",
    why: "The API rejects the second backend service: both point to the same instance group, but have incompatible balancing modes. RATE and CONNECTION go together.",
    fix: "give all backend services over the group UTILIZATION, or RATE for requests and CONNECTION for streams; or a group of its own",
    source:
      "Compute API v1, Backend.balancingMode; docs.cloud.google.com/load-balancing/docs/internal, troubleshooting; github.com/kubernetes/ingress-gce/issues/740 and kubernetes/ingress-nginx/issues/112, read 2026-11-22",
    check(topology, report) {
      const modes = new Map<string, Set<string>>();
      for (const backend of topology.backends) {
        for (const { kind, resource, block, attribute } of backend.groups) {
          const mode = textOrDefault(block.balancing_mode, "UTILIZATION");
          if (kind !== "instanceGroup" || !resource || mode === undefined) continue;
          const seen = modes.get(resource.address) ?? new Set();
          modes.set(resource.address, seen.add(mode));
          if (seen.has("UTILIZATION") && (seen.has("CONNECTION") || seen.has("RATE")))
            report(backend.resource, `${attribute}.balancing_mode`, block.balancing_mode, resource.address);
        }
      }
    },
  },
];

/** A rule on each group that is balanced at all: instance groups and NEGs of endpoints. */
function balancingRule(
  about: Parameters<typeof serviceRule>[0],
  judge: (
    group: Group,
    mode: string | undefined,
    blame: (name: string, value: unknown, detail?: string) => void,
    backend: Backend,
  ) => void,
): Rule {
  return serviceRule(about, (backend, blame) => {
    for (const group of backend.groups) {
      if (group.kind !== "instanceGroup" && !isZonalNeg(group)) continue;
      judge(
        group,
        textOrDefault(group.block.balancing_mode, "UTILIZATION"),
        (name, value, detail) => blame(`${group.attribute}.${name}`, value, detail),
        backend,
      );
    }
  });
}

function blameSet(group: Group, names: readonly string[], blame: (name: string, value: unknown) => void): void {
  for (const name of names) if (isSet(group.block[name])) blame(name, group.block[name]);
}
