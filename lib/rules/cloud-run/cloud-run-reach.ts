import type { Backend } from "../../topology/backends";
import type { CloudRunTarget } from "../../topology/cloud-run-targets";
import { blockOf } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { booleanOf, isKnown, textOf, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { SERVICE } from "./cloud-run-workload";

const INGRESS =
  "docs.cloud.google.com/run/docs/securing/ingress, from general knowledge; Cloud Run Admin API v2, Service.ingress, read 2026-11-22";
const NEG_CONCEPTS = "docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts, read 2026-11-22";
const PUBLIC = ["allUsers", "allAuthenticatedUsers"];
const V1_IAM = ["member", "binding", "policy"].map((kind) => `google_cloud_run_service_iam_${kind}`);

/** The backend services that lead to each Cloud Run service, by the address of its NEG. */
const CACHE = new WeakMap<Topology, ReadonlyMap<string, readonly Backend[]>>();

function backendsByNeg(topology: Topology): ReadonlyMap<string, readonly Backend[]> {
  const known = CACHE.get(topology);
  if (known) return known;
  const byNeg = new Map<string, Backend[]>();
  for (const backend of topology.backends) {
    for (const { resource } of backend.groups) {
      if (!resource) continue;
      const same = byNeg.get(resource.address);
      if (same) same.push(backend);
      else byNeg.set(resource.address, [backend]);
    }
  }
  CACHE.set(topology, byNeg);
  return byNeg;
}

function backendsOf(topology: Topology, target: CloudRunTarget): Backend[] {
  return target.negs.flatMap((neg) => backendsByNeg(topology).get(neg.address) ?? []);
}

/** Whether a load balancer for the internet is in front; a global backend service is external unless it says otherwise. */
function isExternal(backend: Backend): boolean {
  const { load_balancing_scheme: scheme } = backend.resource.values;
  return scheme === undefined ? backend.isGlobal : (backend.scheme?.startsWith("EXTERNAL") ?? false);
}

function membersOf(binding: CloudRunTarget["invokerBindings"][number]): string[] {
  return [...textsOf(binding.values.members), ...textsOf([binding.values.member])];
}

/** Whether anyone may call it, for sure. */
function isPublic(target: CloudRunTarget): boolean {
  return (
    target.invokerCheckDisabled ||
    target.invokerBindings.some(
      (binding) =>
        textOf(binding.values.role) === "roles/run.invoker" &&
        membersOf(binding).some((member) => PUBLIC.includes(member)),
    )
  );
}

/** Who reaches a service, and around which load balancer. */
export const cloudRunReachRules: readonly Rule[] = [
  {
    id: "run-ingress-bypass",
    title: "a service behind a load balancer takes requests from the load balancer only",
    severity: "warning",
    why: "With ingress from everywhere its run.app address goes around Cloud CDN, Cloud Armor, IAP and the certificates of the load balancer. Not an error, because the address may be needed.",
    fix: "set ingress = INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER, or default_uri_disabled = true",
    source: INGRESS,
    check(topology, report) {
      for (const target of topology.cloudRunTargets) {
        const { values } = target.service;
        if (target.ingress !== "INGRESS_TRAFFIC_ALL" || target.negs.length === 0) continue;
        if (isKnown(values.default_uri_disabled) && booleanOf(values.default_uri_disabled) !== true)
          report(target.service, "ingress", values.ingress);
      }
    },
  },
  {
    id: "run-ingress-blocks",
    title: "a service behind an external load balancer takes requests from load balancers",
    severity: "error",
    why: "INGRESS_TRAFFIC_INTERNAL_ONLY refuses the requests of an external load balancer: every one is answered with 404.",
    fix: "set ingress = INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    source: INGRESS,
    check(topology, report) {
      for (const target of topology.cloudRunTargets) {
        if (target.ingress !== "INGRESS_TRAFFIC_INTERNAL_ONLY") continue;
        const backend = backendsOf(topology, target).find(isExternal);
        if (backend) report(target.service, "ingress", target.ingress, `behind ${backend.resource.address}`);
      }
    },
  },
  {
    id: "run-invokers",
    title: "a service behind an external load balancer has callers: public access or an invoker binding",
    severity: "warning",
    why: "The load balancer does not authenticate to Cloud Run, so without public access requests need an ID token of an invoker; nobody in this document is one, and everybody gets 403. Not an error, because a binding may exist elsewhere.",
    fix: "set invoker_iam_disabled = true for public access, or bind roles/run.invoker to the callers",
    source: NEG_CONCEPTS,
    check(topology, report) {
      if (V1_IAM.some((type) => topology.document.ofType(type).length > 0)) return;
      if (topology.document.json.module !== undefined) return;
      for (const target of topology.cloudRunTargets) {
        const { values } = target.service;
        if (target.invokerCheckDisabled || !isKnown(values.invoker_iam_disabled) || values.iap_enabled !== undefined)
          continue;
        if (target.invokerBindings.length > 0) continue;
        const backends = backendsOf(topology, target).filter(isExternal);
        if (
          backends.length > 0 &&
          !backends.some(
            ({ resource: { values } }) => isSet(values.iap) && booleanOf(blockOf(values.iap)?.enabled) !== false,
          )
        )
          report(target.service, "invoker_iam_disabled", values.invoker_iam_disabled);
      }
    },
  },
  {
    id: "run-public-beside-load-balancer",
    title: "in a stack with a load balancer, no service is public around it",
    severity: "warning",
    why: "The service answers anyone on its run.app address, without the Cloud CDN, Cloud Armor and names of the load balancer. Not an error, because it may be meant.",
    fix: "add a serverless NEG for it to the load balancer and limit its ingress, or name the callers",
    source: INGRESS,
    check(topology, report) {
      if (topology.frontends.length === 0) return;
      for (const target of topology.cloudRunTargets) {
        if (target.negs.length > 0 || target.ingress !== "INGRESS_TRAFFIC_ALL" || !isPublic(target)) continue;
        if (booleanOf(target.service.values.default_uri_disabled) !== true && !mayBeBehindNeg(topology))
          report(target.service, "ingress", target.service.values.ingress);
      }
    },
  },
  {
    id: "run-invoker-redundant",
    title: "a service without invoker check has no invoker bindings",
    severity: "warning",
    why: "invoker_iam_disabled lets anyone call, so bindings of roles/run.invoker limit nothing.",
    fix: "take the binding away, or set invoker_iam_disabled = false",
    source: "Cloud Run Admin API v2, Service.invokerIamDisabled, read 2026-11-22",
    check(topology, report) {
      for (const target of topology.cloudRunTargets) {
        if (!target.invokerCheckDisabled) continue;
        for (const binding of target.invokerBindings) {
          if (textOf(binding.values.role) === "roles/run.invoker")
            report(binding, "role", "roles/run.invoker", target.service.address);
        }
      }
    },
  },
  {
    id: "run-uri-disabled",
    title: "nothing uses the address of a service whose default address is disabled",
    severity: "error",
    why: "The run.app address is not resolved: subscriptions, schedules and checks that call it fail.",
    fix: "set default_uri_disabled = false, or call the service through its load balancer",
    source: "provider documentation of google_cloud_run_v2_service 7.45.0, default_uri_disabled",
    check(topology, report) {
      const disabled = new Set(
        topology.document
          .ofType(SERVICE)
          .filter((service) => booleanOf(service.values.default_uri_disabled) === true)
          .map((service) => service.address),
      );
      for (const address of disabled) {
        for (const user of topology.referrers(address)) {
          if (user.isData) continue;
          const uses = topology.document
            .references(user.values)
            .some((reference) => reference.address === address && /^(uri|urls)\b/.test(reference.attribute));
          if (uses) report(user, "", `${address}.uri`);
        }
      }
    },
  },
];

/** Whether a NEG of the document names its service by something unknown, or by a mask. */
function mayBeBehindNeg(topology: Topology): boolean {
  const resolved = new Set(topology.cloudRunTargets.flatMap((target) => target.negs.map((neg) => neg.address)));
  return topology.document
    .ofType("google_compute_region_network_endpoint_group")
    .some((neg) => neg.values.cloud_run !== undefined && !resolved.has(neg.address));
}
