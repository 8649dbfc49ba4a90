import { DEFAULT_PRIORITY } from "../google/cloud-armor";
import { api, page } from "../google/source";
import type { Backend } from "../topology/backends";
import { blocksOf } from "../topology/document";
import { append } from "../topology/group-by";
import { needsToken, servicesBehind } from "../topology/hosts";
import { nested } from "../topology/place";
import type { Route } from "../topology/routes";
import { securityPolicies } from "../topology/security-policies";
import type { Topology } from "../topology/topology";
import { booleanOf, isComputed, isSet, isUnset, textOf } from "../topology/value";
import { type Rule, rule } from "./rule";

const compute = api("Compute API v1");

const cached = ({ backends }: Topology) => backends.filter(({ cdn }) => cdn);

/** Routes by the backend that they lead to. */
function readLeading({ routes }: Topology): ReadonlyMap<string, readonly Route[]> {
  const byBackend = new Map<string, Route[]>();
  for (const route of routes)
    for (const { backend } of route.targets) if (backend) append(byBackend, backend.address, route);
  return byBackend;
}

/** Route actions with a cache policy, and where their routes lead. */
export function cachedRoutes(topology: Topology) {
  return topology.routes.flatMap(({ urlMap, targets, block, attribute, kind }) => {
    const action = kind === "default" || kind === "matcherDefault" ? "default_route_action" : "route_action";
    const places = nested({ resource: urlMap, at: attribute, block }, action);
    return places.filter((place) => isSet(place.block.cache_policy)).map((place) => ({ ...place, targets }));
  });
}

/** Whether a route surely takes only requests that are never stored: those of methods but GET and HEAD. */
function isUncacheable({ kind, block }: Route): boolean {
  if (kind !== "routeRule" || isComputed(block, "match_rules")) return false;
  const matches = blocksOf(block.match_rules);
  return (
    matches.length > 0 &&
    matches.every((match) =>
      blocksOf(match.header_matches).some(
        ({ header_name: name, exact_match: method, invert_match: invert }) =>
          textOf(name)?.toLowerCase() === ":method" &&
          /^(POST|PUT|PATCH|DELETE|OPTIONS)$/.test(textOf(method) ?? "") &&
          (invert === undefined || booleanOf(invert) === false),
      ),
    )
  );
}

/** Headers that every request has. */
const ALWAYS = /^(host|accept|user-agent|accept-encoding|via|x-forwarded-for)$/i;

/** Backends with Cloud CDN that have a bypass header. */
const bypassed = (topology: Topology) =>
  ["service", "bucket"].flatMap((kind) =>
    topology.places(`google_compute_backend_${kind}`, "cdn_policy.bypass_cache_on_request_headers"),
  );

/** Whether a cache mixes users, or never answers. What single attributes may be: `backend-cdn-…`. */
export const cacheRules: readonly Rule[] = [
  rule("cache-protected", cached, {
    title: "a backend with Cloud CDN must lead to services that anybody may call",
    advice: true,
    why: "An answer from the cache is given without asking Cloud Run, to those without a token or a sign-in, too. What the service marks private is not stored.",
    fix: "give the cached paths a service that anybody may call, or set enable_cdn = false",
    source: page("cdn/docs/caching", "2026-11-28"),
    judge(backend, blame, topology) {
      const guarded = servicesBehind(topology, backend).find(
        (each) => needsToken(topology, each) || booleanOf(each.service.values.iap_enabled),
      );
      if (guarded) blame("enable_cdn", true, guarded.service.address);
    },
  }),
  rule("cache-route-protected", cachedRoutes, {
    title: "a route with cache_policy must lead to services that anybody may call",
    advice: true,
    why: "An answer from the cache is given without asking Cloud Run, to those without a token, too. What the service marks private is not stored.",
    fix: "give the cached paths a service that anybody may call, or remove cache_policy",
    source: page("cdn/docs/caching", "2026-11-28"),
    judge({ targets }, blame, topology) {
      const guarded = targets
        .flatMap((target) => topology.backendOf(target.backend) ?? [])
        .filter(({ iap }) => !iap)
        .flatMap((backend) => servicesBehind(topology, backend))
        .find((each) => needsToken(topology, each));
      if (guarded) blame("cache_policy", guarded.service.address);
    },
  }),
  rule("cache-edge-policy", cached, {
    title: "a backend with Cloud CDN that only some clients may reach must have an edge security policy, too",
    advice: true,
    why: "security_policy filters requests on their way to the origin: an answer from the cache is given to those it denies.",
    fix: "attach a policy of type CLOUD_ARMOR_EDGE with the same ranges by edge_security_policy, or set enable_cdn = false",
    source: compute("SecurityPolicy.type"),
    judge({ resource: { values }, securityPolicy }: Backend, blame, topology) {
      const policy = securityPolicies(topology).get(securityPolicy?.address ?? "");
      const last = policy?.rules.find(({ priority }) => priority === DEFAULT_PRIORITY);
      if (last?.action?.startsWith("deny") && !booleanOf(last.block.preview) && isUnset(values, "edge_security_policy"))
        blame("edge_security_policy", undefined, `${securityPolicy!.address} denies by default`);
    },
  }),
  rule("cache-method", cached, {
    title: "a route to a backend with Cloud CDN must take GET or HEAD",
    advice: true,
    why: "Answers to other methods are never stored: the cache only costs.",
    fix: "lead a route for GET to the backend, or set enable_cdn = false",
    source: page("cdn/docs/caching", "2026-11-28"),
    judge({ resource: { address } }: Backend, blame, topology) {
      const routes = topology.once(readLeading).get(address) ?? [];
      if (routes.length > 0 && routes.every(isUncacheable)) blame("enable_cdn", true, routes[0]!.attribute);
    },
  }),
  rule("cache-bypass", bypassed, {
    title: "a header that bypasses the cache must be one that not every request has",
    advice: true,
    why: "Nothing is ever answered from the cache.",
    fix: "name a header that only some requests have, such as Authorization, or remove it",
    source: compute("BackendServiceCdnPolicy.bypassCacheOnRequestHeaders"),
    judge({ block: { header_name: name } }, blame) {
      if (ALWAYS.test(textOf(name) ?? "")) blame("header_name", name);
    },
  }),
];
