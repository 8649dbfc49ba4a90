import { blockOf } from "../../topology/document";
import { isComputed, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { backendBalancingRules } from "./backend-balancing";
import { backendGroupLimits } from "./backend-group-limits";
import { backendGroupRules } from "./backend-groups";
import { backendHeaderRules } from "./backend-headers";
import { isHttp, protocolOf, schemeOf, serviceRule } from "./backend-rule";
import { backendServerlessRules } from "./backend-serverless";
import { backendServiceLimits } from "./backend-service-limits";

function api(field: string): string {
  return `Compute API v1, BackendService.${field}, read 2026-11-22`;
}

const MESH_ONLY = ["max_stream_duration", "locality_lb_policies"];
const HASHING = ["MAGLEV", "RING_HASH", "WEIGHTED_MAGLEV"];

/** How the attributes of a backend service go together. */
const combinations: readonly Rule[] = [
  serviceRule(
    {
      id: "backend-scheme-set",
      title: "a global backend service says its load_balancing_scheme",
      severity: "warning",
      why: "The default is EXTERNAL, the classic load balancer without outlier detection and traffic management, until provider 8.0 changes it; it has to be the forwarding rule's scheme.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED, here and on the forwarding rules",
      source: "provider documentation of google_compute_backend_service 7.45.0",
    },
    (backend, blame) => {
      if (backend.isGlobal && !isSet(backend.resource.values.load_balancing_scheme))
        blame("load_balancing_scheme", undefined);
    },
  ),
  serviceRule(
    {
      id: "backend-empty",
      title: "a backend service has groups",
      severity: "warning",
      why: "Every request to it is answered with 503. Groups may be attached from outside Terraform: say so with ignore_changes = [backend].",
      fix: "add a backend block for each NEG or instance group",
      source: api("backends"),
    },
    (backend, blame) => {
      const { values } = backend.resource;
      const ignored = blockOf(values.lifecycle)?.ignore_changes;
      const outside = ignored === "all" || (Array.isArray(ignored) && ignored.includes("backend"));
      const mesh = schemeOf(backend) === "INTERNAL_SELF_MANAGED" || isSet(values.service_bindings);
      if (!isSet(values.backend) && !isComputed(values, "backend") && !outside && !mesh) blame("backend", undefined);
    },
  ),
  serviceRule(
    {
      id: "backend-affinity-protocol",
      title: "session affinity fits the protocol",
      why: "Cookie and header affinity need HTTP; CLIENT_IP_PROTO and CLIENT_IP_PORT_PROTO cannot be used with HTTP. The API rejects the others.",
      fix: "use CLIENT_IP or a cookie with HTTP, a CLIENT_IP kind with TCP and UDP",
      source: api("sessionAffinity"),
    },
    (backend, blame) => {
      const affinity = textOf(backend.resource.values.session_affinity);
      const protocol = protocolOf(backend);
      const needsHttp = ["GENERATED_COOKIE", "HEADER_FIELD", "HTTP_COOKIE", "STRONG_COOKIE_AFFINITY"];
      const wrong = isHttp(protocol)
        ? ["CLIENT_IP_PROTO", "CLIENT_IP_PORT_PROTO"].includes(affinity ?? "")
        : protocol !== undefined && needsHttp.includes(affinity ?? "");
      if (wrong) blame("session_affinity", affinity, `protocol ${protocol}`);
    },
  ),
  serviceRule(
    {
      id: "backend-affinity-scheme",
      title: "session affinity fits the load balancer",
      why: "CLIENT_IP_NO_DESTINATION is for internal passthrough load balancers only; header, HTTP cookie and strong cookie affinity are not for the classic one.",
      fix: "use CLIENT_IP or GENERATED_COOKIE, or another scheme",
      source: "gcloud compute backend-services create --session-affinity, SDK read 2026-11-22",
    },
    (backend, blame) => {
      const affinity = textOf(backend.resource.values.session_affinity) ?? "";
      const scheme = schemeOf(backend);
      if (scheme === undefined) return;
      const wrong =
        (affinity === "CLIENT_IP_NO_DESTINATION" && scheme !== "INTERNAL") ||
        (scheme === "EXTERNAL" && ["HEADER_FIELD", "HTTP_COOKIE", "STRONG_COOKIE_AFFINITY"].includes(affinity));
      if (wrong) blame("session_affinity", affinity, `scheme ${scheme}`);
    },
  ),
  serviceRule(
    {
      id: "backend-affinity-ttl",
      title: "affinity_cookie_ttl_sec stands with a cookie affinity",
      why: "It requires session_affinity GENERATED_COOKIE or HTTP_COOKIE.",
      fix: "set session_affinity = GENERATED_COOKIE, or take affinity_cookie_ttl_sec away",
      source: api("affinityCookieTtlSec"),
    },
    (backend, blame) => {
      const { affinity_cookie_ttl_sec: ttl, session_affinity: affinity } = backend.resource.values;
      const known = !isSet(affinity) || textOf(affinity) !== undefined;
      if (known && (numberOf(ttl) ?? 0) > 0 && !/COOKIE/.test(textOf(affinity) ?? ""))
        blame("affinity_cookie_ttl_sec", ttl);
    },
  ),
  serviceRule(
    {
      id: "backend-strong-cookie",
      title: "STRONG_COOKIE_AFFINITY and strong_session_affinity_cookie stand together",
      why: "The API wants the cookie with that affinity, and rejects it with any other.",
      fix: "set both, or neither",
      source: api("strongSessionAffinityCookie"),
    },
    (backend, blame) => {
      const { session_affinity: affinity, strong_session_affinity_cookie: cookie } = backend.resource.values;
      if (isSet(affinity) && textOf(affinity) === undefined) return;
      const strong = affinity === "STRONG_COOKIE_AFFINITY";
      if (strong && !isSet(cookie) && !isComputed(backend.resource.values, "strong_session_affinity_cookie"))
        blame("strong_session_affinity_cookie", undefined);
      if (!strong && isSet(cookie)) blame("strong_session_affinity_cookie", cookie);
    },
  ),
  serviceRule(
    {
      id: "backend-hash-key",
      title: "HEADER_FIELD and HTTP_COOKIE affinity name their header or cookie in consistent_hash",
      why: "Without a header name or a cookie there is nothing to hash, and requests go anywhere.",
      fix: "set consistent_hash.http_header_name or consistent_hash.http_cookie",
      source: "gcloud compute backend-services create --session-affinity, SDK read 2026-11-22",
    },
    (backend, blame) => {
      const { values } = backend.resource;
      const key = { HEADER_FIELD: "http_header_name", HTTP_COOKIE: "http_cookie" }[
        textOf(values.session_affinity) ?? ""
      ];
      if (key === undefined || isComputed(values, "consistent_hash")) return;
      const hash = blockOf(values.consistent_hash);
      if (!isSet(hash?.[key]) && !(hash && isComputed(hash, key))) blame(`consistent_hash.${key}`, undefined);
    },
  ),
  serviceRule(
    {
      id: "backend-hash-policy",
      title: "consistent_hash stands with a hashing locality policy",
      why: "It applies to RING_HASH and MAGLEV only; any other policy balances without it.",
      fix: "set locality_lb_policy = RING_HASH or MAGLEV, or take consistent_hash away",
      source: api("consistentHash"),
    },
    (backend, blame) => {
      const { consistent_hash: hash, locality_lb_policy: policy, session_affinity: affinity } = backend.resource.values;
      if (!isSet(hash)) return;
      // Without a policy, MAGLEV is the default where an affinity is set.
      const hashing = isSet(policy)
        ? HASHING.includes(textOf(policy) ?? "MAGLEV")
        : isSet(affinity) && affinity !== "NONE";
      if (!hashing) blame("consistent_hash", hash);
    },
  ),
  serviceRule(
    {
      id: "backend-affinity-policy",
      title: "session affinity stands with a hashing locality policy",
      severity: "warning",
      why: "gcloud's text says cookie, header and client affinity are valid with RING_HASH and MAGLEV only; on the classic and passthrough load balancers the policy is another matter.",
      fix: "take locality_lb_policy away (the default is then MAGLEV), or set RING_HASH or MAGLEV",
      source: api("localityLbPolicy"),
    },
    (backend, blame) => {
      const { session_affinity: affinity, locality_lb_policy: policy } = backend.resource.values;
      const kind = textOf(affinity);
      if (kind === undefined || kind === "NONE" || kind === "STRONG_COOKIE_AFFINITY" || !isSet(policy)) return;
      if (!HASHING.includes(textOf(policy) ?? "MAGLEV"))
        blame("locality_lb_policy", policy, `session_affinity ${kind}`);
    },
  ),
  serviceRule(
    {
      id: "backend-locality-scheme",
      title: "the locality policy fits the load balancer",
      why: "The classic load balancer (global, scheme EXTERNAL) has none; WEIGHTED_MAGLEV is for passthrough load balancers only.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED, or take locality_lb_policy away",
      source: api("localityLbPolicy"),
    },
    (backend, blame) => {
      const policy = textOf(backend.resource.values.locality_lb_policy);
      const scheme = schemeOf(backend);
      if (policy === undefined || scheme === undefined) return;
      const passthrough = !backend.isGlobal && (scheme === "EXTERNAL" || scheme === "INTERNAL");
      if (policy === "WEIGHTED_MAGLEV" ? !passthrough : backend.isGlobal && scheme === "EXTERNAL")
        blame("locality_lb_policy", policy, `scheme ${scheme}`);
    },
  ),
  serviceRule(
    {
      id: "backend-weighted-round-robin",
      title: "WEIGHTED_ROUND_ROBIN names its custom metrics",
      severity: "warning",
      why: "The weights come from custom_metrics. Google names two places for them, so metrics in the backend blocks count too.",
      fix: "add custom_metrics to the backend service",
      source: api("customMetrics"),
    },
    (backend, blame) => {
      const { values } = backend.resource;
      if (values.locality_lb_policy !== "WEIGHTED_ROUND_ROBIN" || isSet(values.custom_metrics)) return;
      if (isComputed(values, "custom_metrics") || isComputed(values, "backend")) return;
      if (!backend.groups.some(({ block }) => isSet(block.custom_metrics))) blame("custom_metrics", undefined);
    },
  ),
  serviceRule(
    {
      id: "backend-mesh-only",
      title: "max_stream_duration and locality_lb_policies are for scheme INTERNAL_SELF_MANAGED",
      why: "The API rejects them with any other scheme.",
      fix: "take them away; on Cloud Run, template.timeout limits a stream",
      source: api("maxStreamDuration"),
    },
    (backend, blame) => {
      const scheme = schemeOf(backend);
      if (scheme === undefined || scheme === "INTERNAL_SELF_MANAGED") return;
      for (const name of MESH_ONLY)
        if (isSet(backend.resource.values[name])) blame(name, backend.resource.values[name], `scheme ${scheme}`);
    },
  ),
  serviceRule(
    {
      id: "backend-migration-scheme",
      title: "the migration attributes stand with scheme EXTERNAL",
      why: "They lead from EXTERNAL to EXTERNAL_MANAGED; a percentage can only be set with scheme EXTERNAL.",
      fix: "take external_managed_migration_testing_percentage away once the scheme has changed",
      source: api("externalManagedMigrationTestingPercentage"),
    },
    (backend, blame) => {
      const { external_managed_migration_testing_percentage: percentage } = backend.resource.values;
      const scheme = schemeOf(backend);
      if (isSet(percentage) && scheme !== undefined && scheme !== "EXTERNAL")
        blame("external_managed_migration_testing_percentage", percentage, `scheme ${scheme}`);
    },
  ),
  serviceRule(
    {
      id: "backend-ip-selection-scheme",
      title: "IPv6 to the backends is not for the classic load balancer (scheme EXTERNAL)",
      why: "ip_address_selection_policy applies to managed schemes only.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED, or IPV4_ONLY",
      source: api("ipAddressSelectionPolicy"),
    },
    (backend, blame) => {
      const policy = textOf(backend.resource.values.ip_address_selection_policy);
      if (schemeOf(backend) === "EXTERNAL" && /IPV6/.test(policy ?? "")) blame("ip_address_selection_policy", policy);
    },
  ),
  serviceRule(
    {
      id: "backend-tls-protocol",
      title: "tls_settings stand with protocol SSL, HTTPS or HTTP2",
      why: "The API rejects them with a protocol without TLS.",
      fix: "set protocol = HTTPS",
      source: "provider documentation of google_compute_backend_service 7.45.0",
    },
    (backend, blame) => {
      const protocol = protocolOf(backend);
      const { tls_settings: settings } = backend.resource.values;
      if (isSet(settings) && protocol !== undefined && !["SSL", "HTTPS", "HTTP2"].includes(protocol))
        blame("tls_settings", settings, `protocol ${protocol}`);
    },
  ),
  serviceRule(
    {
      id: "backend-failover-group",
      title: "failover_policy has a group with failover = true",
      why: "The API wants at least one backup group with a failover policy.",
      fix: "set failover = true in one of the backend blocks",
      source: "Compute API v1, BackendService.failoverPolicy, read 2026-11-22",
    },
    (backend, blame) => {
      const { failover_policy: policy } = backend.resource.values;
      if (!isSet(policy) || isComputed(backend.resource.values, "backend")) return;
      if (backend.groups.every(({ block }) => !isSet(block.failover) || block.failover === false))
        blame("failover_policy", policy);
    },
  ),
];

/** Backend services, global and regional. */
export const backendServiceRules: readonly Rule[] = [
  ...backendServiceLimits,
  ...backendGroupLimits,
  ...backendHeaderRules,
  ...backendServerlessRules,
  ...backendGroupRules,
  ...backendBalancingRules,
  ...combinations,
];
