import { api, provider, reported } from "../google/source";
import { ERROR_POLICIES, HEADER_ACTIONS, MATCH, ROUTE_ACTIONS, URL_REDIRECTS } from "../google/url-map";
import { templateVariables } from "../language/path-template";
import { isHttp, isServerless, protocolOf } from "../topology/backends";
import { type Block, blockOf, blocksOf, type Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import { answerOf } from "../topology/url-map-answer";
import { readUrlMaps, URL_MAPS, type UrlMap, urlMapBlocks } from "../topology/url-maps";
import { booleanOf, isComputed, isKnown, isSet, isUnset, numberOf, textOf, textsOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const compute = api("Compute API v1");
const urlMaps = (topology: Topology) => topology.once(readUrlMaps);
const matchers = blocks(URL_MAPS, "path_matcher");
const routeRules = blocks(URL_MAPS, "path_matcher.route_rules");
const actions = urlMapBlocks(...ROUTE_ACTIONS);
/** Path of an attribute in one of several blocks, which may be a list or a single object. */
function at(parent: Block, name: string, index: number, attribute: string): string {
  return Array.isArray(parent[name]) ? `${name}.${index}.${attribute}` : `${name}.${attribute}`;
}

/** Hosts, path matchers and their rules among each other. */
const structure: readonly Rule[] = [
  rule("url-map-matcher-missing", blocks(URL_MAPS, "host_rule"), {
    title: "a host rule must name a path matcher of its URL map",
    fix: "add the path_matcher, or correct the name",
    source: compute("HostRule.pathMatcher"),
    judge({ resource: { values }, block }, blame) {
      const names = blocksOf(values.path_matcher).map(({ name }) => textOf(name));
      const name = textOf(block.path_matcher);
      if (isComputed(values, "path_matcher") || names.includes(undefined)) return;
      if (name && !names.includes(name)) blame("path_matcher", name);
    },
  }),
  rule("url-map-matcher-unreachable", matchers, {
    title: "a host rule must lead to each path matcher",
    why: "No request ever gets to it: its routes do not exist for clients.",
    fix: "add a host_rule with its hosts, or remove the path matcher",
    source: compute("HostRule.pathMatcher"),
    judge({ resource: { values }, block }, blame) {
      const used = blocksOf(values.host_rule).map(({ path_matcher: matcher }) => textOf(matcher));
      const names = blocksOf(values.path_matcher).map(({ name }) => textOf(name));
      // Where a host rule names one that does not exist, that is the fault.
      if (isComputed(values, "host_rule") || used.some((name) => name === undefined || !names.includes(name))) return;
      const name = textOf(block.name);
      if (name && !used.includes(name)) blame("name", name);
    },
  }),
  rule("url-map-priority-order", matchers, {
    title: "route rules must be listed with ascending priorities",
    fix: "sort route_rules by priority",
    source: reported(
      "github.com/hashicorp/terraform-provider-google/issues/11046, GoogleCloudPlatform/cloud-foundation-fabric/issues/2095",
    ),
    judge({ block }, blame) {
      const priorities = blocksOf(block.route_rules).map(({ priority }) => numberOf(priority));
      priorities.forEach((priority, index) => {
        const highest = Math.max(...priorities.slice(0, index).map((each) => each ?? 0));
        if (priority !== undefined && priority < highest)
          blame(at(block, "route_rules", index, "priority"), priority, `after ${highest}`);
      });
    },
  }),
  rule("url-map-route-shadowed", matchers, {
    title: "no earlier route rule may match everything that a route rule matches",
    why: "The first rule that matches is applied, so this one never is.",
    fix: "give the narrower rule the lower priority number",
    source: compute("HttpRouteRule.priority"),
    judge({ block }, blame) {
      const rules = blocksOf(block.route_rules).map(({ priority, match_rules: matches }, index) => ({
        priority: numberOf(priority) ?? Number.NaN,
        matches: blocksOf(matches),
        index,
      }));
      if (rules.some(({ priority }) => Number.isNaN(priority))) return;
      const earlier: Block[] = [];
      for (const { matches, index } of rules.sort((a, b) => a.priority - b.priority)) {
        if (matches.length > 0 && matches.every((match) => earlier.some((each) => covers(each, match))))
          blame(at(block, "route_rules", index, "match_rules"), pathOf(matches[0]!));
        earlier.push(...matches.filter(isPlain));
      }
    },
  }),
];

/** Whether nothing but the path decides. */
function isPlain(match: Block): boolean {
  const conditions = ["header_matches", "query_parameter_matches", "metadata_filters", "dynamic"];
  return isKnown(match) && !conditions.some((name) => isSet(match[name])) && booleanOf(match.ignore_case) !== true;
}

function pathOf(match: Block): string | undefined {
  return textOf(match.full_path_match) || textOf(match.prefix_match) || textOf(match.path_template_match);
}

/** Whether a match of the path alone takes every request that another takes. */
function covers(plain: Block, match: Block): boolean {
  const [prefix, full] = [textOf(plain.prefix_match), textOf(plain.full_path_match)];
  if (prefix === "/") return true;
  if (booleanOf(match.ignore_case ?? false) !== false) return false;
  const [path, start] = [textOf(match.full_path_match), textOf(match.prefix_match)];
  return (!!full && path === full) || (!!prefix && (path || start || "").startsWith(prefix));
}

/** Route actions, redirects, error policies and tests, each as a whole. */
const routing: readonly Rule[] = [
  rule("url-map-template-rewrite", routeRules, {
    title: "the variables of path_template_rewrite must come from path_template_match",
    fix: "name the variables in path_template_match: /{country}/{rest=**}",
    source: compute("UrlRewrite.pathTemplateRewrite"),
    judge({ block }, blame) {
      const rewrite = textOf(blockOf(blockOf(block.route_action)?.url_rewrite)?.path_template_rewrite);
      if (!rewrite || isComputed(block, "match_rules") || !isKnown(block.match_rules)) return;
      const templates = blocksOf(block.match_rules).flatMap((match) => textOf(match.path_template_match) || []);
      const names = templates.flatMap(templateVariables);
      if (templates.length === 0 || templateVariables(rewrite).some((name) => !names.includes(name)))
        blame("route_action.url_rewrite.path_template_rewrite", rewrite);
    },
  }),
  rule("url-map-redirect-https", blocks(URL_MAPS, ...URL_REDIRECTS), {
    title: "the URL map of an HTTPS proxy must not redirect to https",
    why: "https_redirect is not permitted there: an endless redirect.",
    fix: "give the HTTP proxy a URL map of its own with the redirect",
    source: compute("HttpRedirectAction.httpsRedirect"),
    judge({ resource, block }, blame, topology) {
      const leads = ({ type, values }: Resource) =>
        type.endsWith("_target_https_proxy") && topology.document.target(values.url_map) === resource;
      const proxy = booleanOf(block.https_redirect) && topology.referrers(resource.address).find(leads);
      if (proxy) blame("https_redirect", true, proxy.address);
    },
  }),
  rule("url-map-rewrite-slash", blocks(URL_MAPS, "path_matcher.path_rule", "path_matcher.route_rules"), {
    title: "a prefix that ends in a slash must be rewritten to one that does",
    advice: true,
    why: "The prefix is replaced as text: with /v1/ rewritten to /v2, /v1/models becomes /v2models. It may be meant.",
    fix: "end path_prefix_rewrite in /",
    source: compute("UrlRewrite.pathPrefixRewrite"),
    judge({ block }, blame) {
      const rewrite = textOf(blockOf(blockOf(block.route_action)?.url_rewrite)?.path_prefix_rewrite);
      if (rewrite && !rewrite.endsWith("/") && hasSlashedPrefixes(block))
        blame("route_action.url_rewrite.path_prefix_rewrite", rewrite);
    },
  }),
  rule("url-map-cors-options", routeRules, {
    title: "a route with a CORS policy must match OPTIONS",
    advice: true,
    why: "Browsers ask by OPTIONS before they send a request to another origin, and this route never answers. Another may.",
    fix: "add a match rule for :method OPTIONS",
    source: compute("CorsPolicy"),
    judge({ block }, blame) {
      const cors = blockOf(blockOf(block.route_action)?.cors_policy);
      const methods = methodsOf(block);
      if (cors && booleanOf(cors.disabled) !== true && methods && !methods.includes("OPTIONS"))
        blame("match_rules", methods);
    },
  }),
  rule("url-map-retry-post", routeRules, {
    title: "a POST must not be retried after it may have been served",
    advice: true,
    why: "A model answers, and is paid for, twice, unless the service sees that it is the same request.",
    fix: "retry on connect-failure and refused-stream only, or limit the route to GET by :method",
    source: compute("HttpRetryPolicy.retryConditions"),
    judge({ block }, blame) {
      const retry = blockOf(blockOf(block.route_action)?.retry_policy);
      const risky = textsOf(retry?.retry_conditions).filter((condition) => SERVED.test(condition));
      if (risky.length > 0 && methodsOf(block)?.some((method) => /^(POST|PATCH)$/.test(method)))
        blame("route_action.retry_policy.retry_conditions", risky);
    },
  }),
];

/** Conditions under which the request may have been served already. */
const SERVED = /^(5xx|gateway-error|retriable-4xx|deadline-exceeded|reset)$/;

/**
 * The methods that a route rule is limited to; undefined where it takes any, or Terraform computes
 * them.
 */
function methodsOf(routeRule: Block): readonly string[] | undefined {
  const matches = blocksOf(routeRule.match_rules);
  if (matches.length === 0 || isComputed(routeRule, "match_rules")) return undefined;
  const methods = matches.map((match) => {
    const header = blocksOf(match.header_matches).find((each) => textOf(each.header_name)?.toLowerCase() === ":method");
    return booleanOf(header?.invert_match) === true ? undefined : textOf(header?.exact_match)?.toUpperCase();
  });
  return methods.includes(undefined) ? undefined : (methods as string[]);
}

/** Whether a rule matches prefixes that end in a slash, and nothing else. */
function hasSlashedPrefixes({ paths, match_rules: matches }: Block): boolean {
  const prefixes =
    paths === undefined
      ? blocksOf(matches).map((match) => textOf(match.prefix_match))
      : textsOf(paths).map((path) => (path.endsWith("/*") ? path.slice(0, -1) : undefined));
  return prefixes.length > 0 && prefixes.every((prefix) => prefix?.endsWith("/"));
}

/** What a URL map and the backends that it leads to must have in common. */
const backends: readonly Rule[] = [
  rule("url-map-backend-protocol", urlMaps, {
    title: "the backend services of a URL map must speak HTTP, HTTPS, HTTP2 or gRPC",
    fix: "set protocol = HTTPS on the backend service",
    source: compute("BackendService.protocol"),
    judge({ uses }, blame) {
      for (const { target, backend } of uses) {
        const protocol = backend.kind === "service" ? protocolOf(backend) : undefined;
        if (protocol !== undefined && !isHttp(protocol)) blame(target.attribute, target.value, `protocol ${protocol}`);
      }
    },
  }),
  rule(
    "url-map-regex",
    urlMapBlocks(...["", ".header_matches", ".query_parameter_matches"].map((name) => MATCH + name)),
    {
      title: "a global external load balancer must not match by regular expressions",
      fix: "use prefix_match, full_path_match or path_template_match; exact_match, prefix_match or suffix_match for headers",
      source: compute("HttpRouteRuleMatch.regexMatch"),
      judge({ block, isGlobal, schemes }, blame) {
        const scheme = schemes.find((each) => isGlobal && each.startsWith("EXTERNAL"));
        if (scheme && isSet(block.regex_match)) blame("regex_match", block.regex_match, `scheme ${scheme}`);
      },
    },
  ),
  rule("url-map-weights-zero", actions, {
    title: "at least one weight of a weighted route must be above 0",
    fix: "give the backend that is to serve a weight such as 100",
    source: compute("HttpRouteAction.weightedBackendServices"),
    judge({ block }, blame) {
      const weights = blocksOf(block.weighted_backend_services).map(({ weight }) => numberOf(weight));
      const isAll = weights.length > 0 && !isComputed(block, "weighted_backend_services");
      if (isAll && weights.every((weight) => weight === 0))
        blame(at(block, "weighted_backend_services", 0, "weight"), 0);
    },
  }),
  rule("url-map-weights-affinity", urlMaps, {
    title: "weighted routes must lead to backend services without session affinity",
    advice: true,
    why: "The weights take precedence: clients change between the backends.",
    fix: "remove session_affinity, or the weights",
    source: compute("WeightedBackendService.weight"),
    judge({ uses }, blame) {
      for (const { target, backend } of uses) {
        const affinity = textOf(backend.resource.values.session_affinity);
        if ((target.weight ?? 0) > 0 && affinity && affinity !== "NONE")
          blame(target.attribute, target.value, `session_affinity ${affinity}`);
      }
    },
  }),
  rule("url-map-mirror-serverless", actions, {
    title: "requests must not be mirrored to serverless NEGs",
    fix: "mirror to a backend service over instance groups, or remove request_mirror_policy",
    source: compute("RequestMirrorPolicy.backendService"),
    judge({ block }, blame, topology) {
      const mirror = blockOf(block.request_mirror_policy)?.backend_service;
      const backend = topology.backendOf(topology.document.target(mirror));
      if (backend && isServerless(backend)) blame("request_mirror_policy.backend_service", mirror);
    },
  }),
  rule("url-map-test-backend", urlMapBlocks("test"), {
    title: "a request of a test must get what the test expects",
    why: "The API runs the tests, except for a service mesh, and rejects the URL map when one fails.",
    fix: "correct the test, or the route that answers its request",
    source: compute("UrlMapTest"),
    judge({ block, resource, isComplete, schemes }, blame, topology) {
      const [host, path] = [textOf(block.host), textOf(block.path)];
      const isOpen = !isComplete || !isKnown(block.headers);
      if (isOpen || host === undefined || !path?.startsWith("/") || schemes.includes("INTERNAL_SELF_MANAGED")) return;
      const headers = blocksOf(block.headers).map(({ name, value }) => [String(name).toLowerCase(), String(value)]);
      const answer = answerOf(resource.values, {
        scheme: "http",
        method: "GET",
        host,
        path,
        headers: Object.fromEntries(headers),
      });
      const { targets, redirect, at: place } = answer;
      if (!answer.isCertain || targets.length > 1) return;
      const by = place || "the default";
      const expected = topology.document.target(block.service);
      const [got] = targets.map(({ value }) => topology.document.target(value));
      if (expected && expected !== got) blame("service", block.service, `${got?.address ?? "a redirect"} by ${by}`);
      const status = numberOf(block.expected_redirect_response_code);
      if (status !== undefined && isUnset(block, "service") && status !== redirect?.status)
        blame("expected_redirect_response_code", status, `${redirect?.status ?? "no redirect"} by ${by}`);
      const url = textOf(block.expected_output_url);
      // Without a redirect, Google ignores the scheme where a service is expected.
      const output = redirect?.location ?? `http://${answer.host}${answer.path}`;
      if (url && withoutScheme(url) !== withoutScheme(output)) blame("expected_output_url", url, `${output} by ${by}`);
    },
  }),
];

function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\//, "");
}

const MANAGED = "set load_balancing_scheme = EXTERNAL_MANAGED on backend services and forwarding rules";
const onActions = (...names: readonly string[]) => names.flatMap((name) => ROUTE_ACTIONS.map((at) => `${at}.${name}`));

/** Blocks that URL maps may not have under some load balancing schemes. */
const schemeRules: readonly Rule[] = [
  {
    id: "url-map-classic",
    title: "the classic load balancer must not have header actions, error pages, or route actions but url_rewrite",
    fix: MANAGED,
    source: compute("HttpRouteAction"),
    places: [
      ...onActions("weighted_backend_services", "cors_policy", "retry_policy", "timeout"),
      ...onActions("request_mirror_policy", "fault_injection_policy"),
      ...HEADER_ACTIONS,
      ...ERROR_POLICIES,
    ],
    isWrong: ({ isClassic }: UrlMap) => isClassic,
  },
  {
    id: "url-map-cache-policy-scheme",
    title: "cache_policy of a route must only be set with the scheme EXTERNAL_MANAGED",
    fix: `${MANAGED}, or cdn_policy on the backend service`,
    source: provider("google_compute_url_map 7.45.0"),
    places: onActions("cache_policy"),
    isWrong: ({ schemes }: UrlMap) => schemes.length > 0 && !schemes.includes("EXTERNAL_MANAGED"),
  },
  {
    id: "url-map-stream-duration",
    title: "max_stream_duration of a route must only be set with the scheme INTERNAL_SELF_MANAGED",
    fix: "remove it; template.timeout of Cloud Run limits a stream",
    source: compute("HttpRouteAction.maxStreamDuration"),
    places: onActions("max_stream_duration"),
    isWrong: ({ schemes }: UrlMap) => schemes.length > 0 && !schemes.includes("INTERNAL_SELF_MANAGED"),
  },
].map(({ id, places, isWrong, ...about }) =>
  rule(id, urlMapBlocks(...places), {
    ...about,
    judge(place, blame) {
      if (isWrong(place)) blame("", place.block, `scheme ${place.schemes[0]}`);
    },
  }),
);

export const urlMapRules: readonly Rule[] = [...structure, ...routing, ...backends, ...schemeRules];
