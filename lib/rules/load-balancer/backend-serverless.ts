import type { Backend } from "../../topology/backends";
import { blockOf, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { textOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { serviceRule } from "./backend-rule";

const CONCEPTS = "docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts, read 2026-11-22";
const SUCCESS_RATE = [
  "enforcing_success_rate",
  "success_rate_minimum_hosts",
  "success_rate_request_volume",
  "success_rate_stdev_factor",
];
const CAPACITY = [
  "max_connections",
  "max_connections_per_endpoint",
  "max_connections_per_instance",
  "max_rate",
  "max_rate_per_endpoint",
  "max_rate_per_instance",
  "max_utilization",
];
const PRODUCTS = ["cloud_run", "app_engine", "cloud_function", "serverless_deployment"];

/** What a backend service may not have when serverless NEGs stand behind it. */
export const backendServerlessRules: readonly Rule[] = [
  serviceRule(
    {
      id: "backend-serverless-timeout",
      title: "a backend service over serverless NEGs has no timeout_sec",
      why: "The API rejects it: Timeout sec is not supported for a backend service with Serverless network endpoint groups. The load balancer waits 60 minutes; the limit is the Cloud Run service's timeout.",
      fix: "take timeout_sec away and set template.timeout on the Cloud Run service",
      source: CONCEPTS,
    },
    (backend, blame) => {
      const { timeout_sec: timeout } = backend.resource.values;
      if (isServerless(backend) && isSet(timeout)) blame("timeout_sec", timeout);
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-port-name",
      title: "a backend service over serverless NEGs has no port_name",
      why: "The API rejects it: a serverless NEG has no ports, and a named port belongs to instance groups.",
      fix: "take port_name away",
      source: `${CONCEPTS}; Compute API v1, BackendService.portName`,
    },
    (backend, blame) => {
      const { port_name: port } = backend.resource.values;
      if (isServerless(backend) && isSet(port)) blame("port_name", port);
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-health-check",
      title: "a backend service over serverless or internet NEGs has no health check",
      why: "The API rejects it. Failover between Cloud Run regions comes from readiness probes (service health) or outlier detection.",
      fix: "take health_checks away; give the Cloud Run services readiness probes, or set outlier_detection",
      source: `${CONCEPTS}; Compute API v1, BackendService.healthChecks`,
    },
    (backend, blame) => {
      const { health_checks: checks } = backend.resource.values;
      const unwanted = backend.groups.some(({ kind }) => kind === "serverlessNeg" || kind === "internetNeg");
      if (unwanted && isSet(checks)) blame("health_checks", checks);
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-balancing-mode",
      title: "serverless NEGs are listed without balancing mode",
      why: "The API rejects it: Balancing mode is not supported for Serverless network endpoint groups. UTILIZATION, the provider's default, does no harm.",
      fix: "take balancing_mode away",
      source: "github.com/GoogleCloudPlatform/cloud-foundation-fabric/pull/1801, 2023-10-23",
    },
    (backend, blame) => {
      for (const { kind, block, attribute } of backend.groups) {
        const mode = textOf(block.balancing_mode);
        if (kind === "serverlessNeg" && mode !== undefined && mode !== "UTILIZATION")
          blame(`${attribute}.balancing_mode`, mode);
      }
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-capacity",
      title: "serverless NEGs are listed without capacity",
      severity: "warning",
      why: "They have no effect on serverless NEGs: no rate limit, and capacity_scaler = 0 does not drain the region. gcloud refuses them; the API is known to ignore some.",
      fix: "give only group (and capacity_scaler = 1 on a regional backend service); drain a region by taking its NEG out",
      source: `${CONCEPTS}; gcloud compute backend-services add-backend, SDK read 2026-11-22`,
    },
    (backend, blame) => {
      for (const { kind, block, attribute } of backend.groups) {
        if (kind !== "serverlessNeg") continue;
        const scaler = Number(block.capacity_scaler ?? 1);
        if (backend.isGlobal && !Number.isNaN(scaler) && scaler !== 1) blame(`${attribute}.capacity_scaler`, scaler);
        for (const name of CAPACITY) if (isSet(block[name])) blame(`${attribute}.${name}`, block[name]);
      }
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-protocol",
      title: "a backend service over serverless NEGs speaks HTTP, HTTPS or HTTP2",
      why: "Proxy and passthrough network load balancers do not support serverless NEGs.",
      fix: "set protocol = HTTPS",
      source: CONCEPTS,
    },
    (backend, blame) => {
      const protocol = textOf(backend.resource.values.protocol);
      if (isServerless(backend) && ["TCP", "SSL", "UDP", "UNSPECIFIED"].includes(protocol ?? ""))
        blame("protocol", protocol);
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-scheme",
      title: "a regional backend service over a serverless NEG has a managed scheme",
      why: "INTERNAL (the default) and EXTERNAL are passthrough load balancers, which do not support serverless NEGs.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED or INTERNAL_MANAGED",
      source: CONCEPTS,
    },
    (backend, blame) => {
      const { load_balancing_scheme: scheme } = backend.resource.values;
      if (
        isServerless(backend) &&
        !backend.isGlobal &&
        ["INTERNAL", "EXTERNAL"].includes(textOrDefault(scheme, "INTERNAL") ?? "")
      )
        blame("load_balancing_scheme", scheme);
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-session-affinity",
      title: "a backend service over serverless NEGs has no session affinity",
      why: "It does not work with serverless NEGs: each request may reach another instance.",
      fix: "take session_affinity away and set template.session_affinity on the Cloud Run service",
      source: CONCEPTS,
    },
    (backend, blame) => {
      const affinity = textOf(backend.resource.values.session_affinity);
      if (isServerless(backend) && affinity !== undefined && affinity !== "NONE") blame("session_affinity", affinity);
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-locality",
      title: "a backend service over serverless NEGs has no locality policy and no consistent hash",
      why: "Locality policies are not supported with serverless NEGs.",
      fix: "take locality_lb_policy and consistent_hash away",
      source: CONCEPTS,
    },
    (backend, blame) => {
      if (!isServerless(backend)) return;
      const { locality_lb_policy: policy, consistent_hash: hash } = backend.resource.values;
      if (isSet(policy) && textOf(policy) !== "ROUND_ROBIN") blame("locality_lb_policy", policy);
      if (isSet(hash)) blame("consistent_hash", hash);
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-success-rate",
      title: "outlier detection over serverless NEGs has no success-rate fields",
      why: "The API rejects them: only runs of errors and of gateway failures are counted for serverless NEGs.",
      fix: "take the success_rate fields and enforcing_success_rate away",
      source: CONCEPTS,
    },
    (backend, blame) => {
      if (!isServerless(backend)) return;
      for (const name of SUCCESS_RATE) {
        const value = backend.outlierDetection?.[name];
        if (isSet(value)) blame(`outlier_detection.${name}`, value);
      }
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-outlier-region",
      title: "a regional backend service over a serverless NEG has no outlier detection",
      why: "Outlier detection for serverless NEGs exists on global backend services only; with one NEG there is nothing to fail over to.",
      fix: "take outlier_detection away, or use a global backend service with a NEG in each region",
      source: `${CONCEPTS}; Compute API v1, BackendService.outlierDetection`,
    },
    (backend, blame) => {
      if (isServerless(backend) && !backend.isGlobal && backend.outlierDetection)
        blame("outlier_detection", backend.outlierDetection);
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-one-in-region",
      title: "a regional backend service has one serverless NEG at most",
      why: "The API rejects the second one.",
      fix: "give each service a backend service of its own and join them by URL map",
      source: CONCEPTS,
    },
    (backend, blame) => {
      const negs = backend.groups.filter(({ kind }) => kind === "serverlessNeg");
      if (!backend.isGlobal && negs.length > 1) blame(negs[1]!.attribute, negs[1]!.resource?.address);
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-product",
      title: "all serverless NEGs of a backend service lead to the same product",
      why: "The API accepts Cloud Run only with Cloud Run, App Engine only with App Engine, in one backend service.",
      fix: "give each product a backend service of its own and join them by URL map",
      source: CONCEPTS,
    },
    (backend, blame) => {
      const known = backend.groups.flatMap((group) => {
        const product = group.kind === "serverlessNeg" && PRODUCTS.find((name) => isSet(group.resource?.values[name]));
        return product ? [{ group, product }] : [];
      });
      const other = known.find(({ product }) => product !== known[0]!.product);
      if (other) blame(other.group.attribute, other.product, `beside ${known[0]!.product}`);
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-regional-product",
      title: "regional and internal load balancers reach Cloud Run only, not App Engine or 1st gen functions",
      why: "Those load balancers support serverless NEGs to Cloud Run (and 2nd gen functions) only.",
      fix: "move the service to Cloud Run, or use the global external load balancer",
      source: CONCEPTS,
    },
    (backend, blame) => {
      if (backend.isGlobal && backend.scheme !== "INTERNAL_MANAGED") return;
      for (const { kind, resource, attribute } of backend.groups) {
        const product =
          kind === "serverlessNeg" && ["app_engine", "cloud_function"].find((name) => isSet(resource?.values[name]));
        if (product) blame(attribute, product);
      }
    },
  ),
  serviceRule(
    {
      id: "backend-serverless-app-engine",
      title: "App Engine stands behind a backend service in one region only",
      why: "A project has App Engine in one region, so NEGs in further regions lead nowhere.",
      fix: "keep the NEG in the region of the App Engine app, or move the service to Cloud Run",
      source: CONCEPTS,
    },
    (backend, blame) => {
      const regions = new Set<string>();
      for (const { resource, region, attribute } of backend.groups) {
        if (!isSet(resource?.values.app_engine) || region === undefined) continue;
        regions.add(region);
        if (regions.size > 1) blame(attribute, region);
      }
    },
  ),
  serviceRule(
    {
      id: "backend-classic-outlier",
      title: "outlier detection is not for the classic load balancer (scheme EXTERNAL)",
      why: "The classic Application Load Balancer has no outlier detection; it also has no circuit breakers.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED on backend services and forwarding rules",
      source: `${CONCEPTS}; Compute API v1, BackendService.outlierDetection`,
    },
    (backend, blame) => {
      if (!backend.isGlobal || textOrDefault(backend.resource.values.load_balancing_scheme, "EXTERNAL") !== "EXTERNAL")
        return;
      for (const name of ["outlier_detection", "circuit_breakers"]) {
        if (isSet(backend.resource.values[name])) blame(name, backend.resource.values[name]);
      }
    },
  ),
];

export function isServerless(backend: Backend): boolean {
  return backend.groups.some(({ kind }) => kind === "serverlessNeg");
}

/** The Cloud Run service of the document that a serverless NEG leads to. */
export function cloudRunBehind(topology: Topology, neg: Resource | undefined): Resource | undefined {
  const named = topology.document.target(blockOf(neg?.values.cloud_run)?.service);
  if (named) return named;
  return topology.cloudRunTargets.find(({ negs }) => neg !== undefined && negs.includes(neg))?.service;
}
