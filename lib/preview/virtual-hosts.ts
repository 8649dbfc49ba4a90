import { type Block, blockOf, blocksOf, type Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import { pathsInOrder, routeRulesInOrder } from "../topology/url-map-answer";
import { isKnown, numberOf, textOf, textsOf } from "../topology/value";
import { type BackendRoute, backendRoute, clusterOf, NOWHERE } from "./backend-route";
import type { Envoy } from "./envoy";
import { errorBodyHosts, errorResponses } from "./error-responses";
import { FORWARD, headerAction } from "./headers";
import { actionFilters, redirectAction, retries, rewrites, timeouts, weightedBackends } from "./route-action";
import { fitting, matchRule, pathRuleMatch } from "./route-match";

/** What a URL map's routes need to know of their surroundings. */
export interface RouteScope {
  readonly topology: Topology;
  readonly urlMap: Resource;
  /** Where the preview answers to HTTPS. */
  readonly httpsPort?: number;
  /** The listener to which all requests go, where these are the routes in front of the cache. */
  readonly origin?: string;
}

/** Response headers that say what the preview did with a request. */
export const ANSWER = {
  route: ["x-preview-route", "%ROUTE_NAME%"],
  backend: ["x-preview-backend", "%UPSTREAM_CLUSTER%"],
  upstream: ["x-preview-upstream", "%UPSTREAM_METADATA(preview:id)%"],
  armor: ["x-preview-armor", "%FILTER_STATE(envoy.extensions.filters.http.composite.matched_actions:PLAIN)%"],
} as const;

/** The routes of a URL map. */
export function routeConfiguration(scope: RouteScope): Envoy {
  const { values, address } = scope.urlMap;
  const matchers = blocksOf(values.path_matcher);
  const taken = new Set<string>();
  const hosts = matchers.flatMap((matcher, index) => {
    const domains = blocksOf(values.host_rule)
      .filter(({ path_matcher: name }) => textOf(name) === textOf(matcher.name))
      .flatMap(({ hosts }) => textsOf(hosts))
      // The preview listens on other ports than the cloud.
      .map((host) => host.toLowerCase().replace(/:\d+$/, ""))
      .filter((host) => !taken.has(host) && taken.add(host));
    return domains.length === 0 ? [] : [virtualHost(scope, matcher, `path_matcher.${index}`, domains)];
  });
  const fallback = { name: "default", domains: ["*"], routes: [defaultRoute(scope, values, "", [values])] };
  const routes = {
    name: address,
    virtual_hosts: [...hosts, ...(taken.has("*") ? [] : [fallback]), ...errorBodyHosts(scope.topology)],
    ignore_port_in_host_matching: true,
  };
  if (scope.origin) return routes;
  const { request_headers_to_add, response_headers_to_add, ...removed } = headerAction(blockOf(values.header_action));
  return {
    ...routes,
    ...removed,
    request_headers_to_add: [...(request_headers_to_add as Envoy[]), FORWARD],
    response_headers_to_add: [...(response_headers_to_add as Envoy[]), ...Object.values(ANSWER).map(told)],
  };
}

function told([key, value]: readonly [string, string]): Envoy {
  return { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
}

function virtualHost(scope: RouteScope, matcher: Block, at: string, domains: readonly string[]): Envoy {
  const levels = [matcher, scope.urlMap.values];
  return {
    name: textOf(matcher.name) ?? at,
    domains,
    routes: [
      ...routeRules(scope, matcher, at, levels),
      ...pathRules(scope, matcher, at, levels),
      defaultRoute(scope, matcher, at, levels),
    ],
    ...(scope.origin ? {} : headerAction(blockOf(matcher.header_action))),
  };
}

function routeRules(scope: RouteScope, matcher: Block, at: string, levels: readonly Block[]): Envoy[] {
  return routeRulesInOrder(matcher, at).flatMap(({ block: rule, at: place }) => {
    const rules = blocksOf(rule.match_rules);
    // Half of a condition would match what the whole does not.
    const matches = rules.filter(isKnown).map(matchRule);
    const common = route(scope, rule, place, "", [rule, ...levels]);
    return (rules.length > 0 ? matches : [ANY_PATH]).map((match) => ({ ...fitting(common, match), match }));
  });
}

const ANY_PATH: Envoy = { prefix: "/" };

function pathRules(scope: RouteScope, matcher: Block, at: string, levels: readonly Block[]): Envoy[] {
  return pathsInOrder(matcher, at).map(({ block, at: place, pattern }) => ({
    ...route(scope, block, place, "", [block, ...levels]),
    match: pathRuleMatch(pattern),
  }));
}

function defaultRoute(scope: RouteScope, block: Block, at: string, levels: readonly Block[]): Envoy {
  return { ...route(scope, block, at || "default", "default_", levels), match: ANY_PATH };
}

/** The cluster that leads to a listener behind the cache, for requests to a backend. */
export function clusterBehind(origin: string, backend: string): string {
  return `${origin} for ${backend}`;
}

/** A route without what it matches. */
function route(
  scope: RouteScope,
  block: Block,
  name: string,
  prefix: "" | "default_",
  levels: readonly Block[],
): Envoy {
  const action = blockOf(block[`${prefix}route_action`]);
  const redirect = blockOf(block[`${prefix}url_redirect`]);
  const targets = targetsOf(scope, action, block[`${prefix}service`], levels);
  if (scope.origin) {
    const filters = Object.assign({}, ...targets.map(({ backend }) => backend.filters)) as Envoy;
    const cluster = clusterBehind(scope.origin, redirect ? NOWHERE : targets[0]!.backend.cluster);
    const forward = { cluster, timeout: "0s", idle_timeout: "0s" };
    return { name, route: forward, typed_per_filter_config: filters };
  }
  // The header action of defaults is that of their matcher or map.
  const own = prefix === "" ? blockOf(block.header_action) : undefined;
  const common = { name, ...headerAction(own) };
  if (redirect) return { ...common, redirect: redirectAction(redirect, scope.httpsPort) };
  const weights = targets.filter(({ weight }) => weight > 0);
  if (weights.length === 0) return { ...common, direct_response: { status: 503 } };
  const mirror = blockOf(action?.request_mirror_policy)?.backend_service;
  const backendSeconds = Math.max(...targets.map(({ backend }) => backend.timeoutSeconds));
  return {
    ...common,
    route: {
      weighted_clusters: { clusters: weights.map(({ cluster }) => cluster) },
      ...rewrites(blockOf(action?.url_rewrite)),
      ...timeouts(action, backendSeconds),
      retry_policy: retries(blockOf(action?.retry_policy)),
      hash_policy: targets.flatMap(({ backend }) => backend.hashPolicy),
      ...(mirror === undefined ? {} : { request_mirror_policies: [{ cluster: clusterOf(scope.topology, mirror) }] }),
    },
    typed_per_filter_config: { ...actionFilters(action), ...errorResponses(scope.topology, levels, prefix) },
  };
}

interface Target {
  readonly weight: number;
  readonly backend: BackendRoute;
  readonly cluster: Envoy;
}

/** What URL map and backends add to requests on their way to each backend. */
function targetsOf(scope: RouteScope, action: Block | undefined, service: unknown, levels: readonly Block[]): Target[] {
  const weighted = weightedBackends(action);
  const targets = weighted.length > 0 ? weighted : [{ backend_service: service, weight: 1 } as Block];
  const routed = levels.map(({ header_action: headers }) => headers);
  const cachePolicy = blockOf(action?.cache_policy);
  return targets.map((target) => {
    const own = headerAction(blockOf(target.header_action));
    const backend = backendRoute(scope.topology, target.backend_service, cachePolicy, [
      target.header_action,
      ...routed,
    ]);
    const weight = numberOf(target.weight) ?? 0;
    return {
      weight,
      backend,
      cluster: {
        name: backend.cluster,
        weight,
        ...own,
        request_headers_to_add: [...backend.requestHeaders, ...(own.request_headers_to_add as Envoy[])],
        response_headers_to_add: [...backend.responseHeaders, ...(own.response_headers_to_add as Envoy[])],
        typed_per_filter_config: backend.filters,
      },
    };
  });
}
