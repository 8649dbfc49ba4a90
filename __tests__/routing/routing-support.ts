import { type CanaryProps, type IBackend, type RouteProps, UrlRouting, type UrlRoutingProps } from "../../lib";
import type { Resource } from "../../lib/topology/document";
import { answerOf } from "../../lib/topology/url-map-answer";
import { only, synth, testStack } from "../support";

export const backend = (name: string): IBackend => ({ backendId: `backends/${name}` });
export const [DEFAULT, STABLE, CANARY, OTHER] = ["default", "stable", "canary", "other"].map(backend) as [
  IBackend,
  IBackend,
  IBackend,
  IBackend,
];

export interface MatchRule {
  readonly prefix_match?: string;
  readonly full_path_match?: string;
  readonly path_template_match?: string;
  readonly header_matches?: Readonly<Record<string, unknown>>[];
  readonly query_parameter_matches?: Readonly<Record<string, unknown>>[];
}

export interface RouteRule {
  readonly priority: number;
  readonly service?: string;
  readonly match_rules: MatchRule[];
  readonly route_action?: Readonly<Record<string, unknown>>;
  readonly header_action?: Readonly<Record<string, unknown>>;
  readonly url_redirect?: Redirect;
}

export interface PathRule {
  readonly paths: string[];
  readonly service?: string;
  readonly url_redirect?: Redirect;
}

interface Redirect {
  readonly host_redirect?: string;
  readonly path_redirect?: string;
  readonly prefix_redirect?: string;
}

export interface Matcher {
  readonly name: string;
  readonly default_service?: string;
  readonly default_url_redirect?: Redirect;
  readonly path_rule?: PathRule[];
  readonly route_rules?: RouteRule[];
}

export function urlMap(
  routes: readonly RouteProps[],
  options: Partial<UrlRoutingProps> = {},
  canary?: CanaryProps,
): Resource {
  const stack = testStack();
  const routing = new UrlRouting(stack, "Routing", { defaultBackend: DEFAULT, ...options });
  for (const route of routes) routing.addRoute(route);
  if (canary) routing.addCanary(canary);
  return only(synth(stack), "google_compute_url_map");
}

/** The path matcher of a host. */
export function matcher(resource: Resource, host = "*"): Matcher {
  const rules = resource.values.host_rule as { hosts: string[]; path_matcher: string }[];
  const { path_matcher: name } = rules.find(({ hosts }) => hosts.includes(host))!;
  return (resource.values.path_matcher as Matcher[]).find((each) => each.name === name)!;
}

/** The one route rule of a URL map with this one route. */
export function ruleOf(route: RouteProps): RouteRule {
  const rules = matcher(urlMap([route])).route_rules!;
  expect(rules).toHaveLength(1);
  return rules[0]!;
}

/** Who answers a request without headers: a backend, a redirect, or the route's action. */
export function answer(resource: Resource, host: string, path: string, part?: "route_action"): unknown {
  const found = answerOf(resource.values, { scheme: "https", method: "GET", host, path });
  if (part) return found.action;
  return found.targets[0]?.value ?? found.block.url_redirect ?? found.block.default_url_redirect;
}
