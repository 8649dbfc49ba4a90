import type { Resource } from "../../topology/document";
import { blockOf } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { booleanOf, isKnown, textOf, textsOf } from "../../topology/value";
import { limit, matching, set } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { blocksAt, isSet } from "../places";
import { isHttp, protocolOf, schemeOf, serviceRule } from "./backend-rule";
import { cloudRunBehind } from "./backend-serverless";
import { ACTIONS } from "./url-map-places";

const SERVICE = "google_compute_backend_service|google_compute_region_backend_service";
const CONCEPTS = "docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts, read 2026-11-22";
const ENABLING = "docs.cloud.google.com/iap/docs/enabling-cloud-run, read 2026-11-22";
const KINDS = ["member", "binding"] as const;
const ACCESS = ["google_iap_web_backend_service_iam", "google_iap_web_region_backend_service_iam"];
const WIDER = [
  "google_iap_web_iam",
  "google_iap_web_type_compute_iam",
  "google_project_iam",
  "google_folder_iam",
  "google_organization_iam",
];
const SHUT_DOWN = "provider documentation of google_iap_client 7.45.0";

/** Identity-Aware Proxy in front of backend services. */
export const iapRules: readonly Rule[] = [
  limit(
    "iap-enabled",
    SERVICE,
    "iap.enabled",
    set(),
    "set iap.enabled = true, or take the block away",
    "provider documentation of google_compute_backend_service 7.45.0",
    {
      why: "The provider wants it said; a block alone does not turn IAP on.",
    },
  ),
  serviceRule(
    {
      id: "iap-client",
      title: "oauth2_client_id and oauth2_client_secret stand together",
      why: "The API rejects one without the other. With neither, IAP uses a client that Google manages.",
      fix: "set both, or neither",
      source: "Compute API v1, BackendServiceIAP, read 2026-11-22",
    },
    (backend, blame) => {
      const iap = blockOf(backend.resource.values.iap);
      const names = ["oauth2_client_id", "oauth2_client_secret"];
      const missing = names.filter((name) => !isSet(iap?.[name]) || iap?.[name] === "");
      if (iap && missing.length === 1) blame(`iap.${missing[0]}`, undefined);
    },
  ),
  limit(
    "iap-client-id",
    SERVICE,
    "iap.oauth2_client_id",
    matching(/^$|\.apps\.googleusercontent\.com$/, "an OAuth client id that ends with .apps.googleusercontent.com"),
    "copy the client id from the Google Cloud console, not its name",
    "Google OAuth 2.0 client ids, as of 2026-11",
    { severity: "warning", why: "Sign-in fails with an unknown client. Google does not promise the form of the id." },
  ),
  serviceRule(
    {
      id: "iap-cdn",
      title: "a backend service has IAP or Cloud CDN, not both",
      why: "They cannot be enabled on one backend service: a cached answer would pass by the sign-in.",
      fix: "put the cached paths on a backend service of their own, over the same NEGs",
      source: CONCEPTS,
    },
    (backend, blame) => {
      if (backend.iap && backend.cdn) blame("iap.enabled", true, "enable_cdn = true");
    },
  ),
  serviceRule(
    {
      id: "iap-outlier-detection",
      title: "a backend service over serverless NEGs has IAP or outlier detection, not both",
      why: "Outlier detection cannot be configured with IAP: it would not see unhealthy services.",
      fix: "take outlier_detection away, or turn IAP on in the Cloud Run services (iap_enabled)",
      source: CONCEPTS,
    },
    (backend, blame) => {
      const serverless = backend.groups.some(({ kind }) => kind === "serverlessNeg");
      if (backend.iap && backend.outlierDetection && serverless) blame("outlier_detection", backend.outlierDetection);
    },
  ),
  serviceRule(
    {
      id: "iap-one-neg",
      title: "an internal backend service with IAP has one serverless NEG",
      why: "With IAP, the cross-region internal load balancer supports a single serverless NEG only.",
      fix: "keep one NEG, or turn IAP on in the Cloud Run services (iap_enabled)",
      source:
        "docs.cloud.google.com/load-balancing/docs/l7-internal/setting-up-l7-cross-reg-serverless, read 2026-11-22",
    },
    (backend, blame) => {
      const negs = backend.groups.filter(({ kind }) => kind === "serverlessNeg");
      if (backend.iap && backend.scheme === "INTERNAL_MANAGED" && negs.length > 1)
        blame(negs[1]!.attribute, negs[1]!.resource?.address);
    },
  ),
  serviceRule(
    {
      id: "iap-service-health",
      title: "a backend service over several regions with IAP does not count on service health",
      severity: "warning",
      why: "Cloud Run service health does not work with IAP on the backend service, so the readiness probes fail over nothing. They may be there for the instances alone.",
      fix: "turn IAP on in the Cloud Run services (iap_enabled) instead of the backend service",
      source: "docs.cloud.google.com/run/docs/configuring/configure-service-health, read 2026-11-22",
    },
    (backend, blame, topology) => {
      const negs = backend.groups.filter(({ kind }) => kind === "serverlessNeg");
      if (!backend.iap || negs.length < 2) return;
      const probed = negs.some(
        ({ resource }) => topology.cloudRunOf(cloudRunBehind(topology, resource))?.hasReadinessProbe,
      );
      if (probed) blame("iap.enabled", true);
    },
  ),
  serviceRule(
    {
      id: "iap-load-balancer",
      title: "IAP is for Application Load Balancers",
      why: "Passthrough load balancers and those of protocol TCP, SSL or UDP do not have it.",
      fix: "take iap away, or use an Application Load Balancer",
      source: "Compute API v1, BackendService.iap, read 2026-11-22",
    },
    (backend, blame) => {
      const scheme = schemeOf(backend);
      const protocol = protocolOf(backend);
      const passthrough = !backend.isGlobal && (scheme === "INTERNAL" || scheme === "EXTERNAL");
      if (backend.iap && (passthrough || (protocol !== undefined && !isHttp(protocol))))
        blame("iap.enabled", true, `scheme ${scheme}, protocol ${protocol}`);
    },
  ),
  serviceRule(
    {
      id: "iap-both",
      title: "IAP is on the backend service or on the Cloud Run service, not on both",
      why: "Google does not support both on one request path.",
      fix: "take iap_enabled away from the Cloud Run service, or iap from the backend service",
      source: ENABLING,
    },
    (backend, blame, topology) => {
      if (!backend.iap) return;
      for (const { resource } of backend.groups) {
        const service = cloudRunBehind(topology, resource);
        if (booleanOf(service?.values.iap_enabled) === true)
          blame("iap.enabled", true, `${service?.address} has iap_enabled`);
      }
    },
  ),
  {
    id: "iap-invoker",
    title: "IAP's service agent may invoke the Cloud Run services behind it",
    severity: "warning",
    why: "Cloud Run answers 403 to everybody: IAP signs its requests as service-PROJECT_NUMBER@gcp-sa-iap.iam.gserviceaccount.com. The grant may be part of another configuration.",
    fix: "grant roles/run.invoker on the service to the IAP service agent",
    source: ENABLING,
    check(topology, report) {
      const seen = new Set<Resource>();
      for (const backend of topology.backends) {
        if (!backend.iap) continue;
        for (const { resource } of backend.groups) {
          const target = topology.cloudRunOf(cloudRunBehind(topology, resource));
          if (!target || seen.has(target.service)) continue;
          seen.add(target.service);
          if (
            isSet(target.service.values.invoker_iam_disabled) &&
            booleanOf(target.service.values.invoker_iam_disabled) !== false
          )
            continue;
          if (!target.invokerBindings.some(({ values }) => mayBeAgent(values)) && !grantedAbove(topology))
            report(
              target.service,
              "invoker_iam_disabled",
              target.service.values.invoker_iam_disabled,
              backend.resource.address,
            );
        }
      }
    },
  },
  serviceRule(
    {
      id: "iap-access",
      title: "somebody has roles/iap.httpsResourceAccessor on a backend service with IAP",
      severity: "warning",
      why: "IAP lets nobody in by itself. Access may be granted on the project or in another configuration.",
      fix: "add google_iap_web_backend_service_iam_member with roles/iap.httpsResourceAccessor",
      source: "provider documentation of google_iap_web_backend_service_iam 7.45.0",
    },
    (backend, blame, { document }) => {
      if (!backend.iap) return;
      const kinds = [...KINDS, "policy"];
      if (WIDER.some((type) => kinds.some((kind) => document.ofType(`${type}_${kind}`).length > 0))) return;
      const granted = ACCESS.some((type) =>
        kinds.some((kind) =>
          document.ofType(`${type}_${kind}`).some(({ values }) => {
            const named = document.target(values.web_backend_service ?? values.web_region_backend_service);
            return named === undefined || named === backend.resource;
          }),
        ),
      );
      if (!granted) blame("iap.enabled", true);
    },
  ),
  {
    id: "iap-access-unused",
    title: "access by IAP is granted on backend services that have IAP",
    severity: "warning",
    why: "Without IAP the backend service is open to everybody whom the load balancer and Cloud Run let in. IAP may be turned on elsewhere.",
    fix: "set iap.enabled = true on the backend service",
    source: "provider documentation of google_iap_web_backend_service_iam 7.45.0",
    check(topology, report) {
      for (const type of ACCESS) {
        for (const kind of KINDS) {
          for (const grant of topology.document.ofType(`${type}_${kind}`)) {
            const name = isSet(grant.values.web_backend_service) ? "web_backend_service" : "web_region_backend_service";
            const backend = topology.backendOf(topology.document.target(grant.values[name]));
            const iap = backend?.resource.values.iap;
            if (backend && (!isSet(iap) || booleanOf(blockOf(iap)?.enabled) === false))
              report(grant, name, grant.values[name], backend.resource.address);
          }
        }
      }
    },
  },
  serviceRule(
    {
      id: "iap-http",
      title: "a backend service with IAP is reached by HTTPS",
      severity: "warning",
      why: "Sign-in goes by redirects to https and by secure cookies; over plain HTTP users do not get in. An HTTPS proxy may stand in front outside of this document.",
      fix: "lead the HTTP proxy to a URL map that redirects to https",
      source: "not in the API's text; general behaviour of the sign-in, as of 2026-11",
    },
    (backend, blame, topology) => {
      if (!backend.iap) return;
      for (const { protocol, urlMap, rule } of topology.frontends) {
        if (protocol !== "HTTP" || !urlMap) continue;
        if (
          topology.routesOf(urlMap).some(({ targets }) => targets.some((target) => target.backend === backend.resource))
        )
          blame("iap.enabled", true, rule.address);
      }
    },
  ),
  {
    id: "iap-cache-policy",
    title: "a route with cache_policy leads to backend services without IAP",
    severity: "error",
    why: "The API rejects a cache policy where a backend has IAP.",
    fix: "take cache_policy away, or IAP",
    source: "provider documentation of google_compute_url_map 7.45.0",
    check(topology, report) {
      for (const { urlMap, targets, block, attribute, kind } of topology.routes) {
        const name = kind === "default" || kind === "matcherDefault" ? ACTIONS[0]! : "route_action";
        for (const action of blocksAt(block, name)) {
          if (isSet(action.block.cache_policy) && targets.some(({ backend }) => topology.backendOf(backend)?.iap))
            report(
              urlMap,
              `${attribute === "" ? "" : `${attribute}.`}${action.at}.cache_policy`,
              action.block.cache_policy,
            );
        }
      }
    },
  },
  ...["google_iap_brand", "google_iap_client"].map(
    (type): Rule => ({
      id: `${type.replace("google_", "").replace("_", "-")}-shut-down`,
      title: `${type} is not used any more`,
      severity: "error",
      why: "The IAP OAuth Admin API behind it was shut down on 2026-03-19: nothing can be created or read.",
      fix: "take it away: IAP uses a client that Google manages, or one made in the console",
      source: SHUT_DOWN,
      check(topology, report) {
        for (const resource of topology.document.ofType(type)) report(resource, "", undefined);
      },
    }),
  ),
];

/** Whether a grant reaches the agent, as far as the document says. */
function mayBeAgent(values: Readonly<Record<string, unknown>>): boolean {
  const role = textOf(values.role);
  if (role !== undefined && !/run\.(invoker|developer|admin)|^projects\/|^organizations\//.test(role)) return false;
  if (isSet(values.policy_data) || !isKnown(values.member) || !isKnown(values.members)) return true;
  const members = [...textsOf(values.members), textOf(values.member) ?? ""];
  return members.some((member) => /gcp-sa-iap|^allUsers$|^allAuthenticatedUsers$|^principalSet:|^group:/.test(member));
}

function grantedAbove({ document }: Topology): boolean {
  return ["google_project_iam", "google_folder_iam", "google_organization_iam"].some((type) =>
    [...KINDS, "policy"].some((kind) => document.ofType(`${type}_${kind}`).some(({ values }) => mayBeAgent(values))),
  );
}
