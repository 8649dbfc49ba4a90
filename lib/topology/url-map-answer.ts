import { fitsHost, hostRank } from "../language/host-name";
import { templatePattern } from "../language/path-template";
import { matchesWhole } from "../language/regular-expression";
import { type Block, blockOf, blocksOf } from "./document";
import { booleanOf, isComputed, isKnown, isUnset, numberOf, textOf, textsOf } from "./value";

/** A request as a URL map sees it. */
export interface UrlMapRequest {
  readonly scheme: "http" | "https";
  readonly method: string;
  /** With or without a port. */
  readonly host: string;
  /** With the query, from the first slash. */
  readonly path: string;
  /** By name in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where a URL map sends clients. */
export interface UrlMapRedirect {
  readonly status: number;
  readonly location: string;
}

/** Where a URL map sends requests, and how many of them. */
export interface AnswerTarget {
  /** The reference or link as it stands. */
  readonly value: unknown;
  readonly weight?: number;
}

/** What a URL map does with a request. */
export interface UrlMapAnswer {
  /** Path of the block that decides; empty for the default of the whole map. */
  readonly at: string;
  readonly block: Block;
  /** The route action that is applied, where there is one. */
  readonly action?: Block;
  /** The backends that share the requests; empty for a redirect, and where none is set. */
  readonly targets: readonly AnswerTarget[];
  readonly redirect?: UrlMapRedirect;
  /** Host and path as the backend gets them. */
  readonly host: string;
  readonly path: string;
  /** Whether no route that Terraform computes, or that cannot be judged here, may come first. */
  readonly isCertain: boolean;
}

/** A route that matches. */
interface Match {
  readonly at: string;
  readonly block: Block;
  /** What the names of its service, action and redirect begin with. */
  readonly prefix: "" | "default_";
  /** The part of the path that a prefix takes the place of. */
  readonly matched: string;
  readonly template?: string;
}

/** Undefined: it cannot be told. */
type Tri = boolean | undefined;

/**
 * What a URL map does with a request: the host rule with the longest host that fits, then the path
 * rule with the longest path, or the first route rule by priority, else the default. Sources: Compute
 * API v1, `HostRule.hosts`, `PathRule.paths`, `HttpRouteRule`, `HttpRouteRuleMatch`,
 * `HttpRedirectAction`, `UrlRewrite`, read 2026-11-28.
 */
export function answerOf(urlMap: Block, request: UrlMapRequest): UrlMapAnswer {
  const seen = { isCertain: true };
  const match = matchOf(urlMap, request, seen);
  const { at, block, prefix } = match;
  const redirect = redirectOf(blockOf(block[`${prefix}url_redirect`]), match, request);
  const action = blockOf(block[`${prefix}route_action`]);
  const weighted = blocksOf(action?.weighted_backend_services);
  const service = block[`${prefix}service`];
  return {
    at,
    block,
    ...(action ? { action } : {}),
    targets: redirect
      ? []
      : weighted.length > 0
        ? weighted.map(({ backend_service: value, weight }) => ({ value, weight: numberOf(weight) }))
        : isUnset(block, `${prefix}service`)
          ? []
          : [{ value: service }],
    ...(redirect ? { redirect } : {}),
    ...rewritten(blockOf(action?.url_rewrite), match, request),
    isCertain: seen.isCertain && !isMisfit(match, action, block),
  };
}

/** A prefix takes the place of what matched; what that is of a template is not documented. */
function isMisfit({ template, prefix }: Match, action: Block | undefined, block: Block): boolean {
  const rewrite = textOf(blockOf(action?.url_rewrite)?.path_prefix_rewrite);
  return Boolean(template && (rewrite || textOf(blockOf(block[`${prefix}url_redirect`])?.prefix_redirect)));
}

function matchOf(urlMap: Block, request: UrlMapRequest, seen: { isCertain: boolean }): Match {
  const whole: Match = { at: "", block: urlMap, prefix: "default_", matched: "/" };
  if (isComputed(urlMap, "host_rule") || isComputed(urlMap, "path_matcher")) seen.isCertain = false;
  const rules = blocksOf(urlMap.host_rule);
  if (rules.some(({ hosts }) => !isKnown(hosts))) seen.isCertain = false;
  const best = rules
    .flatMap(({ hosts, path_matcher: name }) => textsOf(hosts).map((host) => ({ host, name })))
    .filter(({ host }) => fitsHost(host, request.host))
    .sort((one, other) => hostRank(other.host) - hostRank(one.host))[0];
  if (!best) return whole;
  const index = blocksOf(urlMap.path_matcher).findIndex(({ name }) => name === best.name);
  const matcher = blocksOf(urlMap.path_matcher)[index];
  if (!matcher) return whole;
  if (isComputed(matcher, "path_rule") || isComputed(matcher, "route_rules")) seen.isCertain = false;
  const at = `path_matcher.${index}`;
  return (
    routeRuleOf(matcher, at, request, seen) ??
    pathRuleOf(matcher, at, request, seen) ?? { at, block: matcher, prefix: "default_", matched: "/" }
  );
}

/** A rule of a path matcher, and its path in the URL map. */
interface MatcherRule {
  readonly block: Block;
  readonly at: string;
}

/** The paths of a path matcher in the order in which they decide. */
export function pathsInOrder(matcher: Block, at: string): (MatcherRule & { readonly pattern: string })[] {
  return blocksOf(matcher.path_rule)
    .flatMap((block, index) =>
      textsOf(block.paths).map((pattern) => ({ block, at: `${at}.path_rule.${index}`, pattern })),
    )
    .sort((one, other) => pathRank(other.pattern) - pathRank(one.pattern));
}

/** Of a path of a path rule: an exact one before any with a star, a longer one before a shorter one. */
export function pathRank(pattern: string): number {
  return (pattern.endsWith("/*") ? 0 : 10_000) + pattern.length;
}

/** The route rules of a path matcher in the order in which they are tried, the lowest priority first. */
export function routeRulesInOrder(matcher: Block, at: string): (MatcherRule & { readonly priority?: number })[] {
  return blocksOf(matcher.route_rules)
    .map((block, index) => ({ block, at: `${at}.route_rules.${index}`, priority: numberOf(block.priority) }))
    .sort((one, other) => (one.priority ?? 0) - (other.priority ?? 0));
}

function pathRuleOf(
  matcher: Block,
  at: string,
  request: UrlMapRequest,
  seen: { isCertain: boolean },
): Match | undefined {
  const path = bare(request.path);
  if (blocksOf(matcher.path_rule).some(({ paths }) => !isKnown(paths))) seen.isCertain = false;
  const found = pathsInOrder(matcher, at).find(({ pattern }) =>
    pattern.endsWith("/*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
  );
  return found && { block: found.block, at: found.at, prefix: "", matched: found.pattern.replace(/\*$/, "") };
}

function routeRuleOf(
  matcher: Block,
  at: string,
  request: UrlMapRequest,
  seen: { isCertain: boolean },
): Match | undefined {
  for (const { block, at: place, priority } of routeRulesInOrder(matcher, at)) {
    if (priority === undefined || isComputed(block, "match_rules")) seen.isCertain = false;
    const matches = blocksOf(block.match_rules);
    // Without match rules, a route rule takes every request.
    if (matches.length === 0 && isUnset(block, "match_rules")) return { block, at: place, prefix: "", matched: "/" };
    for (const match of matches) {
      const fits = matchRuleFits(match, request);
      if (fits === undefined) seen.isCertain = false;
      if (!fits) continue;
      const template = textOf(match.path_template_match);
      // A pattern matches the whole path.
      const whole = textOf(match.full_path_match) || (textOf(match.regex_match) && bare(request.path));
      const matched = textOf(match.prefix_match) || whole || "/";
      return { block, at: place, prefix: "", matched, ...(template ? { template } : {}) };
    }
  }
  return undefined;
}

/** Everything that a match rule says must hold. */
function matchRuleFits(match: Block, request: UrlMapRequest): Tri {
  const path = bare(request.path);
  const folded = booleanOf(match.ignore_case) === true ? (text: string) => text.toLowerCase() : (text: string) => text;
  const query = new URLSearchParams(request.path.split("#")[0]!.split("?").slice(1).join("?"));
  return all([
    ...condition(match, "prefix_match", (prefix) => folded(path).startsWith(folded(prefix))),
    ...condition(match, "full_path_match", (full) => folded(path) === folded(full)),
    ...condition(match, "regex_match", (pattern) => matchesWhole(pattern, path)),
    ...condition(match, "path_template_match", (template) => templatePattern(template)?.test(path)),
    ...blocksOf(match.header_matches).map((header) => headerFits(header, request)),
    ...blocksOf(match.query_parameter_matches).map((parameter) => {
      const name = textOf(parameter.name);
      return name === undefined ? undefined : valueFits(parameter, query.get(name) ?? undefined);
    }),
    // Metadata is of Envoys that Traffic Director runs.
    ...(isUnset(match, "metadata_filters") && match.dynamic === undefined ? [] : [undefined]),
  ]);
}

function headerFits(header: Block, { method, host, headers = {} }: UrlMapRequest): Tri {
  const name = textOf(header.header_name)?.toLowerCase();
  if (name === undefined) return undefined;
  const value =
    name === ":method" ? method.toUpperCase() : name === ":authority" || name === "host" ? host : headers[name];
  const fits = valueFits(header, value);
  if (fits === undefined || booleanOf(header.invert_match) !== true) return fits;
  // Envoy, which the load balancer is built on, wants a value before it inverts; the API's text
  // does not say.
  const wantsValue = value === undefined && booleanOf(header.present_match) !== true;
  return wantsValue ? undefined : !fits;
}

/** Of the header or query parameter with the value; without one, nothing but its absence fits. */
function valueFits(match: Block, value: string | undefined): Tri {
  const present = booleanOf(match.present_match);
  const range = blockOf(match.range_match);
  const of = (name: string, fits: (wanted: string, value: string) => Tri) =>
    condition(match, name, (wanted) => (value === undefined ? false : fits(wanted, value)));
  return all([
    ...(present === true ? [value !== undefined] : []),
    ...of("exact_match", (wanted, given) => wanted === given),
    ...of("prefix_match", (wanted, given) => given.startsWith(wanted)),
    ...of("suffix_match", (wanted, given) => given.endsWith(wanted)),
    ...of("regex_match", matchesWhole),
    ...(range ? [inRange(range, value)] : []),
  ]);
}

/** From the start up to, but without, the end. */
function inRange(range: Block, value: string | undefined): Tri {
  const [start, end] = [numberOf(range.range_start), numberOf(range.range_end)];
  if (start === undefined || end === undefined) return undefined;
  return value !== undefined && /^[+-]?\d+$/.test(value) && Number(value) >= start && Number(value) < end;
}

/** Nothing where a condition is not set. */
function condition(block: Block, name: string, fits: (wanted: string) => Tri): Tri[] {
  if (isUnset(block, name)) return [];
  const wanted = textOf(block[name]);
  return [wanted === undefined ? undefined : fits(wanted)];
}

function all(parts: readonly Tri[]): Tri {
  if (parts.includes(false)) return false;
  return parts.includes(undefined) ? undefined : true;
}

/** Without query and fragment. */
function bare(path: string): string {
  return path.split(/[?#]/)[0]!;
}

function redirectOf(redirect: Block | undefined, match: Match, request: UrlMapRequest): UrlMapRedirect | undefined {
  if (!redirect) return undefined;
  const path = bare(request.path);
  const [whole, prefix] = [textOf(redirect.path_redirect), textOf(redirect.prefix_redirect)];
  const isWithoutQuery = booleanOf(redirect.strip_query) === true || whole?.includes("?");
  const query = isWithoutQuery ? "" : request.path.slice(path.length);
  const scheme = booleanOf(redirect.https_redirect) === true ? "https" : request.scheme;
  const host = textOf(redirect.host_redirect) || hostFor(request, scheme);
  const target = whole || (prefix && !match.template ? prefix + path.slice(match.matched.length) : path);
  return {
    status: REDIRECT_STATUS[textOf(redirect.redirect_response_code) ?? ""] ?? 301,
    location: `${scheme}://${host}${target}${query}`,
  };
}

/** The default port of a scheme says nothing about another one. */
function hostFor({ host, scheme: asked }: UrlMapRequest, scheme: string): string {
  return asked === scheme ? host : host.replace(/:(80|443)$/, "");
}

/** What clients get by the response codes of URL maps. */
export const REDIRECT_STATUS: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY_DEFAULT: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

/** Host and path as the backend gets them. */
function rewritten(
  rewrite: Block | undefined,
  { matched, template }: Match,
  request: UrlMapRequest,
): Pick<UrlMapAnswer, "host" | "path"> {
  const path = bare(request.path);
  const rest = request.path.slice(path.length);
  const [prefix, pattern] = [textOf(rewrite?.path_prefix_rewrite), textOf(rewrite?.path_template_rewrite)];
  const values = pattern && template ? templatePattern(template)?.exec(path)?.groups : undefined;
  const to = values
    ? pattern!.replace(/\{([^{}=]+)[^{}]*\}/g, (_, name: string) => values[name] ?? "")
    : prefix && !template
      ? prefix + path.slice(matched.length)
      : path;
  return { host: textOf(rewrite?.host_rewrite) || request.host, path: to + rest };
}
