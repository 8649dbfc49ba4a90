import { type Block, blockOf, blocksOf, type Resource, type TerraformDocument } from "./document";
import { numberOf, textsOf } from "./value";

/** Where a route's requests go, and how many of them. */
export interface RouteTarget {
  /** Backend service or bucket; undefined where it is not in the document. */
  readonly backend?: Resource;
  /** The reference or link as it stands. */
  readonly value: unknown;
  /** Path of the attribute in the URL map. */
  readonly attribute: string;
  /** Of weighted routing; undefined where it gets everything. */
  readonly weight?: number;
}

/** One way through a URL map. */
export interface Route {
  readonly urlMap: Resource;
  /** Hosts as the host rule has them; `*` for the default of the whole map. */
  readonly hosts: readonly string[];
  /** Paths or patterns; empty for a default. */
  readonly paths: readonly string[];
  /** Path of the block in the URL map; empty for the default of the whole map. */
  readonly attribute: string;
  readonly kind: "default" | "matcherDefault" | "pathRule" | "routeRule";
  readonly priority?: number;
  readonly targets: readonly RouteTarget[];
  readonly redirect?: Block;
  readonly block: Block;
}

export function readRoutes(document: TerraformDocument): Route[] {
  return [...document.ofType("google_compute_url_map"), ...document.ofType("google_compute_region_url_map")].flatMap(
    (urlMap) => [
      {
        urlMap,
        hosts: ["*"],
        paths: [],
        attribute: "",
        kind: "default" as const,
        targets: targetsOf(document, urlMap.values, "", "default_service", "default_route_action"),
        redirect: blockOf(urlMap.values.default_url_redirect),
        block: urlMap.values,
      },
      ...matcherRoutes(document, urlMap),
    ],
  );
}

/**
 * The routes of one URL map without a default that no request comes to, because a host rule for all
 * hosts answers before.
 */
export function reachable(routes: readonly Route[]): Route[] {
  const isHidden = routes.some(({ kind, hosts }) => kind !== "default" && hosts.includes("*"));
  return routes.filter(({ kind }) => kind !== "default" || !isHidden);
}

function matcherRoutes(document: TerraformDocument, urlMap: Resource): Route[] {
  const hostRules = blocksOf(urlMap.values.host_rule);
  return blocksOf(urlMap.values.path_matcher).flatMap((matcher, index) => {
    const at = `path_matcher.${index}`;
    const hosts = hostRules.filter((rule) => rule.path_matcher === matcher.name).flatMap((rule) => textsOf(rule.hosts));
    const common = { urlMap, hosts };
    return [
      {
        ...common,
        paths: [],
        attribute: at,
        kind: "matcherDefault" as const,
        targets: targetsOf(document, matcher, at, "default_service", "default_route_action"),
        redirect: blockOf(matcher.default_url_redirect),
        block: matcher,
      },
      ...blocksOf(matcher.path_rule).map((rule, ruleIndex) => ({
        ...common,
        paths: textsOf(rule.paths),
        attribute: `${at}.path_rule.${ruleIndex}`,
        kind: "pathRule" as const,
        targets: targetsOf(document, rule, `${at}.path_rule.${ruleIndex}`, "service", "route_action"),
        redirect: blockOf(rule.url_redirect),
        block: rule,
      })),
      ...blocksOf(matcher.route_rules).map((rule, ruleIndex) => ({
        ...common,
        paths: blocksOf(rule.match_rules).flatMap((match) =>
          textsOf([match.full_path_match, match.prefix_match, match.path_template_match, match.regex_match]),
        ),
        attribute: `${at}.route_rules.${ruleIndex}`,
        kind: "routeRule" as const,
        priority: numberOf(rule.priority),
        targets: targetsOf(document, rule, `${at}.route_rules.${ruleIndex}`, "service", "route_action"),
        redirect: blockOf(rule.url_redirect),
        block: rule,
      })),
    ];
  });
}

function targetsOf(
  document: TerraformDocument,
  block: Block,
  at: string,
  service: string,
  action: string,
): RouteTarget[] {
  const prefix = at === "" ? "" : `${at}.`;
  const single = block[service];
  const weighted = blocksOf(blockOf(block[action])?.weighted_backend_services);
  return [
    ...(single === undefined
      ? []
      : [{ backend: document.target(single), value: single, attribute: `${prefix}${service}` }]),
    ...weighted.map((each, index) => ({
      backend: document.target(each.backend_service),
      value: each.backend_service,
      attribute: `${prefix}${action}.weighted_backend_services.${index}.backend_service`,
      weight: numberOf(each.weight),
    })),
  ];
}
