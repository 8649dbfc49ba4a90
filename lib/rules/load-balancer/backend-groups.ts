import { numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { isZonalNeg, schemeOf, serviceRule } from "./backend-rule";

const BACKEND = "Compute API v1, Backend, read 2026-11-22";
const PROVIDER = "provider documentation of google_compute_backend_service 7.45.0";

const CAPACITY = [
  "capacity_scaler",
  "max_utilization",
  "max_rate",
  "max_rate_per_instance",
  "max_rate_per_endpoint",
  "max_connections",
  "max_connections_per_instance",
  "max_connections_per_endpoint",
];

/** What backend services need of the instance groups and NEGs behind them. */
export const backendGroupRules: readonly Rule[] = [
  serviceRule(
    {
      id: "backend-mixed-groups",
      title: "a backend service has one kind of group: serverless NEGs, other NEGs, or instance groups",
      why: "The API rejects a mixture.",
      fix: "give each kind a backend service of its own and join them by URL map",
      source: `${PROVIDER}; docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts, read 2026-11-22`,
    },
    (backend, blame) => {
      const known = backend.groups.filter(({ kind }) => kind !== undefined);
      const other = known.find(({ kind }) => kind !== known[0]!.kind);
      if (other) blame(other.attribute, other.resource?.address, `${other.kind} beside ${known[0]!.kind}`);
    },
  ),
  serviceRule(
    {
      id: "backend-duplicate-group",
      title: "a backend service lists each group once",
      why: "The API rejects a group that is listed twice.",
      fix: "take the second entry away",
      source: BACKEND,
    },
    (backend, blame) => {
      const seen = new Set<string>();
      for (const { resource, attribute } of backend.groups) {
        if (!resource) continue;
        if (seen.has(resource.address)) blame(`${attribute}.group`, resource.address);
        seen.add(resource.address);
      }
    },
  ),
  serviceRule(
    {
      id: "backend-health-check",
      title: "a backend service over instance groups or zonal NEGs has a health check",
      why: "The API rejects it without one.",
      fix: "set health_checks to a google_compute_health_check",
      source: "Compute API v1, BackendService.healthChecks, read 2026-11-22",
    },
    (backend, blame) => {
      const { health_checks: checks, ha_policy: ha } = backend.resource.values;
      const needed = backend.groups.find((group) => group.kind === "instanceGroup" || isZonalNeg(group));
      if (needed && !isSet(checks) && !isSet(ha)) blame("health_checks", undefined, `${needed.resource?.address}`);
    },
  ),
  serviceRule(
    {
      id: "backend-health-check-scope",
      title: "a global backend service has a global health check",
      why: "The API rejects a regional health check on a global backend service.",
      fix: "use google_compute_health_check instead of google_compute_region_health_check",
      source: "Compute API v1, HealthCheck, client library text 1.14.1, read 2026-11-22",
    },
    (backend, blame, { document }) => {
      const { health_checks: checks } = backend.resource.values;
      if (!backend.isGlobal || !Array.isArray(checks)) return;
      for (const check of checks) {
        if (document.target(check)?.type === "google_compute_region_health_check") blame("health_checks", check);
      }
    },
  ),
  serviceRule(
    {
      id: "backend-health-check-region",
      title: "a regional health check is in the region of its backend service",
      why: "The API rejects a health check of another region.",
      fix: "use a google_compute_region_health_check of the backend service's region",
      source: "Compute API v1, BackendService.healthChecks, read 2026-11-22",
    },
    (backend, blame, { document }) => {
      const { health_checks: checks, region: given } = backend.resource.values;
      const region = textOf(given);
      if (backend.isGlobal || region === undefined || !Array.isArray(checks)) return;
      for (const check of checks) {
        const used = document.target(check);
        const other = used?.type === "google_compute_region_health_check" ? textOf(used.values.region) : undefined;
        if (other !== undefined && other !== region) blame("health_checks", check, `in ${other}, not ${region}`);
      }
    },
  ),
  serviceRule(
    {
      id: "backend-health-check-regional",
      title: "a regional external backend service has a regional health check",
      severity: "warning",
      why: "Google documents regional health checks for the regional external Application Load Balancer. Not an error, because no refusal of a global one was found.",
      fix: "use a google_compute_region_health_check of the backend service's region",
      source: "docs.cloud.google.com/load-balancing/docs/health-check-concepts, from general knowledge, 2026-11",
    },
    (backend, blame, { document }) => {
      const { health_checks: checks } = backend.resource.values;
      if (backend.isGlobal || backend.scheme !== "EXTERNAL_MANAGED" || !Array.isArray(checks)) return;
      for (const check of checks)
        if (document.target(check)?.type === "google_compute_health_check") blame("health_checks", check);
    },
  ),
  serviceRule(
    {
      id: "backend-group-region",
      title: "the groups of a regional backend service are in its region",
      why: "The API rejects a group of another region.",
      fix: "use a group of the backend service's region, or a global backend service",
      source: "Compute API v1, BackendService.region, read 2026-11-22",
    },
    (backend, blame) => {
      const region = textOf(backend.resource.values.region);
      if (backend.isGlobal || region === undefined) return;
      for (const group of backend.groups) {
        if (group.region !== undefined && group.region !== region)
          blame(group.attribute, group.region, `the backend service is in ${region}`);
      }
    },
  ),
  serviceRule(
    {
      id: "backend-all-drained",
      title: "at least one group of a backend service has capacity",
      why: "With capacity_scaler = 0 on all of them nothing is served; the API rejects it where there is only one group.",
      fix: "set capacity_scaler = 1 on a group that is to serve",
      source: "Compute API v1, Backend.capacityScaler, read 2026-11-22",
    },
    (backend, blame) => {
      if (!backend.groupsKnown || backend.groups.length === 0) return;
      if (backend.groups.every(({ block }) => numberOf(block.capacity_scaler) === 0))
        blame(`${backend.groups[0]!.attribute}.capacity_scaler`, 0);
    },
  ),
  serviceRule(
    {
      id: "backend-region-capacity",
      title: "each group of a regional EXTERNAL_MANAGED backend service has a capacity_scaler",
      why: "The provider takes a missing one for 0, and its plan fails when all are 0; beside others, the group is drained without a word. Serverless NEGs are no exception.",
      fix: "set capacity_scaler = 1 in each backend block",
      source:
        "google_compute_region_backend_service, provider code 6.50.0 and 7.45.0, validateManagedBackendServiceBackends",
    },
    (backend, blame) => {
      if (backend.isGlobal || backend.scheme !== "EXTERNAL_MANAGED") return;
      for (const { block, attribute } of backend.groups) {
        if (!isSet(block.capacity_scaler)) blame(`${attribute}.capacity_scaler`, undefined);
      }
    },
  ),
  serviceRule(
    {
      id: "backend-passthrough-capacity",
      title: "the groups of a passthrough backend service have no capacity settings",
      why: "The provider's plan fails: the API rejects them for the schemes INTERNAL (the default) and EXTERNAL of a regional backend service.",
      fix: "take capacity_scaler and the max_ attributes away, or set a managed scheme",
      source: "google_compute_region_backend_service, provider code 7.45.0, validateNonManagedBackendServiceBackends",
    },
    (backend, blame) => {
      if (backend.isGlobal || !["INTERNAL", "EXTERNAL"].includes(schemeOf(backend) ?? "")) return;
      for (const { block, attribute } of backend.groups) {
        for (const name of CAPACITY) {
          const value = numberOf(block[name]);
          if (value !== undefined && value !== 0) blame(`${attribute}.${name}`, value);
        }
      }
    },
  ),
  serviceRule(
    {
      id: "backend-preference-scheme",
      title: "preference is not for the classic load balancer (scheme EXTERNAL)",
      why: "The API rejects it.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED, or take preference away",
      source: PROVIDER,
    },
    (backend, blame) => {
      if (schemeOf(backend) !== "EXTERNAL") return;
      for (const { block, attribute } of backend.groups) {
        if (isSet(block.preference)) blame(`${attribute}.preference`, block.preference);
      }
    },
  ),
];
