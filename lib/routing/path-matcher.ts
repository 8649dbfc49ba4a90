import type {
  ComputeUrlMapPathMatcherRouteRulesRouteAction as Action,
  ComputeUrlMapPathMatcherRouteRulesMatchRules as MatchRule,
  ComputeUrlMapPathMatcher as PathMatcher,
  ComputeUrlMapPathMatcherPathRule as PathRule,
  ComputeUrlMapPathMatcherRouteRules as RouteRule,
} from "@cdktf/provider-google/lib/compute-url-map";
import type { IConstruct } from "constructs";
import type { IBackend } from "../backend/backend";
import { ANY_PATH, type PathPattern } from "./checked-route";
import { renderHeaderChanges } from "./header-action";
import type { Redirect } from "./redirect";
import type { RouteProps } from "./route";
import { renderAction } from "./route-action";
import { renderMatches } from "./route-match";
import type { RankedEntry } from "./route-order";
import { renderWeights } from "./weighted-backend";

/** The path matcher of a host: path rules if all of its routes are plain, else route rules. */
export function renderMatcher(
  where: IConstruct,
  name: string,
  entries: readonly RankedEntry[],
  defaultBackend: IBackend,
): PathMatcher {
  const whole = entries.find(isDefault)?.route.props;
  const others = entries.filter((entry) => !isDefault(entry));
  const plain = others.every(({ route }) => route.isPlain);
  return {
    name,
    defaultService: whole?.redirect ? undefined : (whole?.backend ?? defaultBackend).backendId,
    defaultUrlRedirect: whole?.redirect?._render(where),
    pathRule: plain ? pathRules(where, others) : undefined,
    routeRules: plain ? undefined : others.map((entry) => routeRule(where, entry)),
  };
}

/** The cache policies of the route rules of a matcher, by index: the bindings do not have them. */
export function cachePolicies(where: IConstruct, entries: readonly RankedEntry[]): Record<string, object> {
  const policies = entries
    .filter((entry) => !isDefault(entry))
    .flatMap(({ route: { props } }, index): [string, object][] =>
      props.cdn ? [[`${index}`, { route_action: { cache_policy: props.cdn._renderForRoute(where) } }]] : [],
    );
  return Object.fromEntries(policies);
}

/** Whether an entry matches everything that no other entry of its host does. */
function isDefault({ route, patterns }: RankedEntry): boolean {
  return route.isPlain && patterns[0]!.text === ANY_PATH;
}

/** One rule per target. The order does not matter, since the longest match wins. */
function pathRules(where: IConstruct, entries: readonly RankedEntry[]): PathRule[] {
  const groups = new Map<IBackend | Redirect, string[]>();
  for (const path of entries.map(({ patterns }) => patterns[0]!.text).sort()) {
    const { backend, redirect } = entries.find(({ patterns }) => patterns[0]!.text === path)!.route.props;
    const target = redirect ?? backend!;
    groups.set(target, [...(groups.get(target) ?? []), path]);
  }
  return [...groups].map(([target, paths]) =>
    "backendId" in target ? { paths, service: target.backendId } : { paths, urlRedirect: target._render(where) },
  );
}

function routeRule(where: IConstruct, { priority, patterns, route }: RankedEntry): RouteRule {
  const { backend, redirect } = route.props;
  return {
    priority,
    matchRules: patterns.flatMap((pattern) => renderMatches(pathMatch(pattern), route)),
    service: backend?.backendId,
    urlRedirect: redirect?._render(where),
    headerAction: renderHeaderChanges(route.props),
    routeAction: redirect ? undefined : routeAction(route.props),
  };
}

function pathMatch({ text, isTemplate }: PathPattern): MatchRule {
  if (isTemplate) return { pathTemplateMatch: text };
  return text.endsWith("*") ? { prefixMatch: text.slice(0, -1) } : { fullPathMatch: text };
}

function routeAction(props: RouteProps): Action | undefined {
  const { weightedBackends, mirrorTo, pathPrefixRewrite, pathTemplateRewrite, hostRewrite } = props;
  const rewrites = pathPrefixRewrite ?? pathTemplateRewrite ?? hostRewrite;
  const action: Action = {
    ...renderAction(props),
    weightedBackendServices: weightedBackends && renderWeights(weightedBackends),
    requestMirrorPolicy: mirrorTo && { backendService: mirrorTo.backendId },
    urlRewrite: rewrites === undefined ? undefined : { pathPrefixRewrite, pathTemplateRewrite, hostRewrite },
  };
  return Object.values(action).some((value) => value !== undefined) ? action : undefined;
}
