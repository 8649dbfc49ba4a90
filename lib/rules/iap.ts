import { page, provider, unconfirmed } from "../google/source";
import { backendServices, isServerless } from "../topology/backends";
import { type Block, blockOf, type Resource } from "../topology/document";
import { servicesBehind } from "../topology/hosts";
import type { Topology } from "../topology/topology";
import { booleanOf, isKnown, isSet, isUnset, textOf, textsOf } from "../topology/value";
import { cachedRoutes } from "./cache";
import { blocks, type Rule, rule } from "./rule";

const concepts = page("load-balancing/docs/negs/serverless-neg-concepts");
const enabling = page("iap/docs/enabling-cloud-run");
const granting = provider("google_iap_web_backend_service_iam 7.45.0");

const KINDS = ["member", "binding", "policy"];
const ACCESS = ["google_iap_web_backend_service_iam", "google_iap_web_region_backend_service_iam"];
const ABOVE = ["google_project_iam", "google_folder_iam", "google_organization_iam"];
const WIDER = ["google_iap_web_iam", "google_iap_web_type_compute_iam", ...ABOVE];

const withIap = (topology: Topology) => backendServices(topology).filter(({ iap }) => iap);

/** Members, bindings and policies of some kinds of grant. */
function grants({ document }: Topology, types: readonly string[], kinds = KINDS): Resource[] {
  return types.flatMap((type) => kinds.flatMap((kind) => document.ofType(`${type}_${kind}`)));
}

/** Cloud Run services behind IAP, each once. */
function servicesBehindIap(topology: Topology) {
  const services = withIap(topology).flatMap((backend) =>
    servicesBehind(topology, backend).map((target) => ({ resource: target.service, target, backend })),
  );
  return services.filter(({ resource }, index) => services.findIndex((each) => each.resource === resource) === index);
}

/** The backend service on which a grant of access is made. */
function grantsOfAccess(topology: Topology) {
  return grants(topology, ACCESS).map((resource) => {
    const names = ["web_backend_service", "web_region_backend_service"];
    const name = names.find((each) => isSet(resource.values[each])) ?? names[0]!;
    return { resource, name, backend: topology.document.target(resource.values[name]) };
  });
}

/** Identity-Aware Proxy in front of backend services. */
export const iapRules: readonly Rule[] = [
  rule("iap-outlier-detection", withIap, {
    title: "a backend service over serverless NEGs must have IAP or outlier detection, not both",
    why: "Outlier detection cannot be configured with IAP: it would not see unhealthy services.",
    fix: "remove outlier_detection, or turn IAP on in the Cloud Run services (iap_enabled)",
    source: concepts,
    judge(backend, blame) {
      const { outlierDetection } = backend;
      if (outlierDetection && isServerless(backend)) blame("outlier_detection", outlierDetection);
    },
  }),
  rule("iap-one-neg", withIap, {
    title: "an internal backend service with IAP must have one serverless NEG",
    why: "With IAP, the cross-region internal load balancer supports a single serverless NEG only.",
    fix: "keep one NEG, or turn IAP on in the Cloud Run services (iap_enabled)",
    source: page("load-balancing/docs/l7-internal/setting-up-l7-cross-reg-serverless"),
    judge({ scheme, groups }, blame) {
      const [, second] = groups.filter(({ kind }) => kind === "serverlessNeg");
      if (scheme === "INTERNAL_MANAGED" && second) blame(second.attribute, second.resource?.address);
    },
  }),
  rule("iap-both", withIap, {
    title: "IAP must be on the backend service or on the Cloud Run service, not on both",
    why: "Google does not support both on one request path.",
    fix: "remove iap_enabled from the Cloud Run service, or iap from the backend service",
    source: enabling,
    judge(backend, blame, topology) {
      const both = servicesBehind(topology, backend).find(({ service }) => booleanOf(service.values.iap_enabled));
      if (both) blame("iap.enabled", true, `${both.service.address} has iap_enabled`);
    },
  }),
  rule("iap-invoker", servicesBehindIap, {
    title: "IAP's service agent must be allowed to invoke the Cloud Run services behind it",
    advice: true,
    why: "Cloud Run answers 403 to everybody. The grant may be part of another configuration.",
    fix: "grant roles/run.invoker on the service to service-PROJECT_NUMBER@gcp-sa-iap.iam.gserviceaccount.com",
    source: enabling,
    judge({ resource: { values }, target, backend }, blame, topology) {
      if (!isUnset(values, "invoker_iam_disabled") && booleanOf(values.invoker_iam_disabled) !== false) return;
      const all = [...target.invokerBindings, ...grants(topology, ABOVE)];
      if (!all.some((grant) => mayBeAgent(grant.values)))
        blame("invoker_iam_disabled", values.invoker_iam_disabled, backend.resource.address);
    },
  }),
  rule("iap-access", withIap, {
    title: "somebody must have roles/iap.httpsResourceAccessor on a backend service with IAP",
    advice: true,
    why: "IAP lets nobody in by itself. Access may be granted on the project or in another configuration.",
    fix: "add google_iap_web_backend_service_iam_member with roles/iap.httpsResourceAccessor",
    source: granting,
    judge({ resource }, blame, topology) {
      const own = grantsOfAccess(topology).some(({ backend }) => backend === undefined || backend === resource);
      if (!own && grants(topology, WIDER).length === 0) blame("iap.enabled", true);
    },
  }),
  rule("iap-access-unused", grantsOfAccess, {
    title: "access by IAP must be granted on backend services that have IAP",
    advice: true,
    why: "Without IAP the grant keeps nobody out. IAP may be turned on elsewhere.",
    fix: "set iap.enabled = true on the backend service",
    source: granting,
    judge({ resource, name, backend }, blame) {
      if (!backend || backend.isData || resource.type.endsWith("_policy")) return;
      if (isUnset(backend.values, "iap") || booleanOf(blockOf(backend.values.iap)?.enabled) === false)
        blame(name, resource.values[name], backend.address);
    },
  }),
  rule("iap-http", withIap, {
    title: "a backend service with IAP must be reached by HTTPS",
    why: "Sign-in uses redirects to https and secure cookies. An HTTPS proxy may be in front, outside of this document.",
    fix: "point the HTTP proxy at a URL map that redirects to https",
    source: unconfirmed("general behaviour of the sign-in"),
    judge({ resource }, blame, topology) {
      for (const { protocol, urlMap, rule } of topology.frontends) {
        const routes = protocol === "HTTP" ? topology.routesOf(urlMap) : [];
        if (routes.some(({ targets }) => targets.some(({ backend }) => backend === resource)))
          blame("iap.enabled", true, rule.address);
      }
    },
  }),
  rule("iap-cache-policy", cachedRoutes, {
    title: "a route with cache_policy must lead to backend services without IAP",
    fix: "remove cache_policy, or IAP",
    source: provider("google_compute_url_map 7.45.0"),
    judge({ block, targets }, blame, topology) {
      if (targets.some(({ backend }) => topology.backendOf(backend)?.iap)) blame("cache_policy", block.cache_policy);
    },
  }),
  rule("iap-admin-api-shut-down", blocks("google_iap_brand|google_iap_client"), {
    title: "google_iap_brand and google_iap_client must not be used any more",
    why: "The IAP OAuth Admin API behind them was shut down on 2026-03-19: nothing can be created or read.",
    fix: "remove it: IAP uses a client that Google manages, or one made in the console",
    source: provider("google_iap_client 7.45.0"),
    judge: (_subject, blame) => blame("", undefined),
  }),
];

/** Whether a grant reaches IAP's service agent, as far as the document says. */
function mayBeAgent(values: Block): boolean {
  const role = textOf(values.role);
  if (role !== undefined && !/run\.(invoker|developer|admin)|^projects\/|^organizations\//.test(role)) return false;
  if (isSet(values.policy_data) || !isKnown(values.member) || !isKnown(values.members)) return true;
  const members = [...textsOf(values.members), textOf(values.member) ?? ""];
  return members.some((member) => /gcp-sa-iap|^allUsers$|^allAuthenticatedUsers$|^principalSet:|^group:/.test(member));
}
