import { isPathTemplate } from "../language/path-template";
import { cdnLimits } from "./backend-service";
import { kebab } from "./fact";
import { computeName, headerName, literalPath, TOKEN } from "./formats";
import { at, fulfilling, integer, items, type Limit, type Limits, length, matching, not, number, oneOf, reference, set, unset } from "./limit";
import { atLeastOne, atMostOne, exactlyOne, notEmpty, order, type ResourceFacts, resourceType, unique, when } from "./resource-type";
import { api, page, provider } from "./source";

const compute = api("Compute API v1");
const provided = provider("google_compute_url_map 7.45.0");
const required = provider("google_compute_url_map 7.45.0", "validate");

/**
 * Where a URL map has a block: of the whole map, of a path matcher, of a path rule and of a route
 * rule.
 */
const everywhere = (block: string) => [`default_${block}`, `path_matcher.default_${block}`, `path_matcher.path_rule.${block}`, `path_matcher.route_rules.${block}`];
export const ROUTE_ACTIONS = everywhere("route_action");
export const URL_REDIRECTS = everywhere("url_redirect");
export const ERROR_POLICIES = everywhere("custom_error_response_policy");
const ACTION_HEADERS = ROUTE_ACTIONS.map((action) => `${action}.weighted_backend_services.header_action`);
export const HEADER_ACTIONS = ["header_action", "path_matcher.header_action", "path_matcher.route_rules.header_action", ...ACTION_HEADERS];
export const MATCH = "path_matcher.route_rules.match_rules";
/** "" for a global URL map and its backends. */
type Scope = "" | "region_";

/** A name as the provider understands it is that of a backend service, not of a bucket. */
const backend = (scope: Scope, what = "backend service or bucket") =>
  reference(`a ${scope === "" ? "global" : "regional"} ${what}`, {
    [`google_compute_${scope}backend_service`]: "id self_link name",
    [`google_compute_${scope}backend_bucket`]: what === "backend service" ? "" : "id self_link",
  })
    .only()
    .fix(`refer to a google_compute_${scope}backend_service by its id; a NEG, a group or a Cloud Run service needs a backend in between`, compute("UrlMap.defaultService"));

/**
 * `*` alone, or first and followed by `-` or `.`; then labels, and a port. Brackets: an IPv6
 * address.
 */
const HOST = /^(\*|(\*[-.])?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?)$/i;

const host = fulfilling("a host name, with an optional port and * only at its start, before - or .", (value) => {
  const text = String(value);
  return HOST.test(text) && text.length <= 255 && !text.includes("..");
}).fix('write it like "api.example.com", "*.example.com" or "*"', compute("HostRule.hosts"));

/** A path of a path rule: `*` only at the end, after a slash. */
export const rulePath = matching(/^(?=.{1,1024}$)(\/([^*?#]*\/)?\*|\/[^*?#]*)$/s, "a path that starts with /, with * only as the whole last segment, without ? and #, of at most 1024 characters").fix(
  'write it like "/v1/chat" or "/v1/*"; for prefixes within a segment use route_rules',
  compute("PathRule.paths"),
);

/** A path as URL maps send requests and clients to. */
export const urlPath = matching(/^\/.{0,1023}$/s, "a path that starts with /, of at most 1024 characters").fix("start the path with /");

const noColon = matching(/^(?!.*\/:[A-Za-z_])/s, "a path without :name")
  .named("colon")
  .trying({ allowed: ["/v1/models/gemma:predict"], refused: ["/v1/:model"] })
  .advice("A colon means nothing here: it is taken literally.");
const redirectedLiterally = literalPath.fix("redirect by prefix_redirect, which keeps the rest of the path, or in the application", compute("HttpRedirectAction.prefixRedirect"));
const matchedLiterally = literalPath.fix("match it by path_template_match = /v1/{model}/chat in route_rules", compute("HttpRouteRuleMatch.pathTemplateMatch"));
const sentLiterally = literalPath.fix("use path_template_rewrite with path_template_match in route_rules", compute("UrlRewrite.pathTemplateRewrite"));

/** What the API accepts, though it leads nowhere. */
const brokenPath = (what: string) => urlPath.why(`Without the slash Google Cloud accepts it, but ${what}; a longer path it rejects.`);

const plainPath = matching(/^[^*]*$/, "a path without *")
  .named("star")
  .why("It is compared literally: only a path with a star in it matches.")
  .fix('remove the star (prefix_match = "/v1/" covers all below), or use path_template_match', compute("HttpRouteRuleMatch.prefixMatch"));

const template = fulfilling("a path template with at most 5 operators, each a whole segment, and each variable once", (value) => isPathTemplate(String(value)))
  .named("syntax")
  .fix("write it like /v1/{model}/chat/{rest=**}", compute("HttpRouteRuleMatch.pathTemplateMatch"));

/** What a route compares with: the name of a query parameter, or a value. */
export const matchedText = length(1, 1024).fix("name the query parameter", compute("HttpQueryParameterMatch.name"));

/** The status of a made-up failure. */
export const faultStatus = integer(200, 599).fix("set an HTTP status from 200 to 599", compute("HttpFaultAbort.httpStatus"));
export const routeWeight = integer(0, 1000).fix("set a weight from 0 to 1000", compute("WeightedBackendService.weight"));
const rewrittenHost = length(1, 255).fix("shorten the host, or leave it out", compute("UrlRewrite.hostRewrite"));
const routePriority = integer(0, 2147483647).fix("set a whole number from 0, the lowest first", compute("HttpRouteRule.priority"));

const duration: Limits = {
  seconds: integer(0, 315576000000).fix("set whole seconds; fractions go into nanos", compute("Duration.seconds")),
  nanos: integer(0, 999999999).fix("set 0 to 999999999; whole seconds go into seconds", compute("Duration.nanos")),
};

const cached = (field: string) => compute(`CachePolicy.${field}`);
const lifetime = (field: string) => cdnLimits.ttl.fix("give at most a year, 31622400 seconds", cached(field));
const inMode = (cache_mode: string, name: string) => unset().when({ cache_mode }).named(name);
/** How Cloud CDN caches the answers of a route, in place of the policy of its backend. */
const cachePolicy: Limits = {
  cache_mode: oneOf("USE_ORIGIN_HEADERS", "FORCE_CACHE_ALL", "CACHE_ALL_STATIC").fix("use USE_ORIGIN_HEADERS for an API", cached("cacheMode")),
  default_ttl: inMode("USE_ORIGIN_HEADERS", "origin-headers").fix("remove it, and send Cache-Control from the application", cached("defaultTtl")),
  client_ttl: inMode("USE_ORIGIN_HEADERS", "origin-headers").fix("remove it, and send Cache-Control from the application", cached("clientTtl")),
  max_ttl: [
    inMode("USE_ORIGIN_HEADERS", "origin-headers").fix("remove it, and send Cache-Control from the application", cached("maxTtl")),
    inMode("FORCE_CACHE_ALL", "force-cache-all").fix("use default_ttl with FORCE_CACHE_ALL", cached("maxTtl")),
  ],
  "default_ttl.seconds": lifetime("defaultTtl"),
  "client_ttl.seconds": lifetime("clientTtl"),
  "max_ttl.seconds": lifetime("maxTtl"),
  "serve_while_stale.seconds": cdnLimits.serveWhileStale.fix("give at most a week, 604800 seconds; 0 turns it off", cached("serveWhileStale")),
  "negative_caching_policy.code": cdnLimits.negativeCode,
  "negative_caching_policy.ttl.seconds": cdnLimits.negativeTtl,
  cache_bypass_request_header_names: cdnLimits.bypassHeaders,
  "cache_bypass_request_header_names[]": headerName.fix("name a header such as Authorization", cached("cacheBypassRequestHeaderNames")),
  "cache_key_policy.included_cookie_names": cdnLimits.keyCookies,
};

const actions = (service: Limit): Limits => ({
  "cors_policy.max_age": integer(-1).fix("set seconds, 0 not to cache preflights", compute("CorsPolicy.maxAge")),
  "cors_policy.allow_methods[]": matching(/^(\*|[A-Za-z]+)$/, "an HTTP method, each in its own item")
    .why("Browsers compare whole names; anything but a method never matches.")
    .fix('list the methods one by one: ["GET", "POST"]', compute("CorsPolicy.allowMethods")),
  "cors_policy.allow_origins[]": [
    matching(/^(\*|null|[a-z][a-z0-9+.-]*:\/\/[^/\s]+)$/i, '"*", or an origin: scheme and host, without a path')
      .why("Google Cloud accepts it, but browsers send the origin as scheme://host[:port]: a bare host or a trailing slash never matches.")
      .fix("write it like https://app.example.com", page("fetch.spec.whatwg.org/#origin-header")),
    not("*")
      .named("credentials")
      .when({ allow_credentials: true })
      .advice("Browsers refuse credentials where the allowed origin is *; a load balancer that answers with the asking origin instead would let every site in.")
      .fix("list the origins in allow_origins", page("fetch.spec.whatwg.org/#cors-protocol-and-credentials")),
  ],
  "retry_policy.num_retries": integer(1).fix("set at least 1, or remove retry_policy", compute("HttpRetryPolicy.numRetries")),
  "retry_policy.retry_conditions[]": oneOf(
    ..."5xx gateway-error connect-failure retriable-4xx refused-stream reset cancelled deadline-exceeded internal resource-exhausted unavailable".split(" "),
  ).fix("use one of the listed conditions, such as gateway-error", compute("HttpRetryPolicy.retryConditions")),
  ...at(["timeout", "max_stream_duration", "retry_policy.per_try_timeout", "fault_injection_policy.delay.fixed_delay"], duration),
  "request_mirror_policy.backend_service": service,
  ...at(["fault_injection_policy.abort", "fault_injection_policy.delay"], {
    percentage: number(0, 100).fix("set a percentage from 0 to 100", compute("HttpFaultAbort.percentage")),
  }),
  "fault_injection_policy.abort.http_status": faultStatus,
  "weighted_backend_services.weight": routeWeight.required(),
  "weighted_backend_services.backend_service": service,
  "url_rewrite.host_rewrite": rewrittenHost,
  "url_rewrite.path_prefix_rewrite": [brokenPath("the backend gets a broken path").from(compute("UrlRewrite.pathPrefixRewrite")), sentLiterally],
  "url_rewrite.path_template_rewrite": [urlPath.from(compute("UrlRewrite.pathTemplateRewrite")), noColon.fix("write the variable in braces: {model}", compute("UrlRewrite.pathTemplateRewrite"))],
  ...at("cache_policy", cachePolicy),
});

const redirects: Limits = {
  host_redirect: length(1, 255).fix("shorten the host, or leave it out", compute("HttpRedirectAction.hostRedirect")),
  path_redirect: [brokenPath("clients are sent to a broken address").from(compute("HttpRedirectAction.pathRedirect")), redirectedLiterally],
  prefix_redirect: [brokenPath("clients are sent to a broken address").from(compute("HttpRedirectAction.prefixRedirect")), redirectedLiterally],
  redirect_response_code: not("MOVED_PERMANENTLY_DEFAULT", "FOUND")
    .required()
    .named("method")
    .advice("After 301 (the default) and 302 clients repeat a POST as a GET without its body, and an API call fails.")
    .fix("set redirect_response_code = PERMANENT_REDIRECT (308)", compute("HttpRedirectAction.redirectResponseCode")),
};

const headers: Limits = {
  "request_headers_to_add.header_name": headerName.required(),
  "response_headers_to_add.header_name": headerName.required(),
  "request_headers_to_remove[]": headerName,
  "response_headers_to_remove[]": headerName,
};

const matches: Limits = {
  prefix_match: [urlPath.from(compute("HttpRouteRuleMatch.prefixMatch")), plainPath, matchedLiterally],
  full_path_match: [brokenPath("no request ever matches").from(compute("HttpRouteRuleMatch.fullPathMatch")), plainPath, matchedLiterally],
  path_template_match: [urlPath.from(compute("HttpRouteRuleMatch.pathTemplateMatch")), template, noColon.fix("write the variable in braces: {model}", compute("HttpRouteRuleMatch.pathTemplateMatch"))],
  ignore_case: oneOf(false).when({ regex_match: set() }).fix("write (?i) into the expression, or use prefix_match", compute("HttpRouteRuleMatch.ignoreCase")),
  "header_matches.header_name": matching(new RegExp(`^:?${TOKEN}$`), "a header name (token of RFC 7230), :method or :authority")
    .required()
    .fix("name the header, :method or :authority", compute("HttpHeaderMatch.headerName")),
  "query_parameter_matches.name": matchedText.required(),
  "metadata_filters.filter_labels": items(1, 64).fix("name 1 to 64 labels", compute("MetadataFilter.filterLabels")),
};

const errorRule = "CustomErrorResponsePolicyCustomErrorResponseRule";
export const errorPath = matching(/^\/(.{0,1022}[^/])$/s, "a path that starts with / and does not end with it, of at most 1024 characters").fix(
  "name the file in the bucket: /errors/500.html",
  compute(`${errorRule}.path`),
);
export const errorCode = matching(/^([45]xx|[45]\d\d)$/, '"4xx", "5xx", or a code from 400 to 599').fix("use 4xx, 5xx or a single code", compute(`${errorRule}.matchResponseCodes`));
export const errorStatus = integer(200, 599).fix("set the HTTP status that clients get", compute(`${errorRule}.overrideResponseCode`));
const errorPages: Limits = {
  error_service: reference("a backend bucket", { google_compute_backend_bucket: "id self_link" })
    .only()
    .fix("refer to a google_compute_backend_bucket by its id", compute("CustomErrorResponsePolicy.errorService")),
  "error_response_rule.path": errorPath,
  "error_response_rule.match_response_codes[]": errorCode,
  "error_response_rule.override_response_code": errorStatus,
};

/** The attributes that send requests to a backend, and what may be there instead. */
const SERVICES = ["default_service", "path_matcher.default_service", "path_matcher.path_rule.service", "path_matcher.route_rules.service"];

const targets = SERVICES.flatMap((path) => {
  const [, place = "", service = ""] = /^(?:(.*)\.)?(\w+)$/.exec(path)!;
  const [redirect, action] = ["url_redirect", "route_action"].map((name) => service.replace("service", name));
  return [
    exactlyOne(`${service} ${redirect} ${action}.weighted_backend_services`, { in: place, id: kebab(`target.${place.split(".").pop()}`) }).fix(
      `set ${service}, ${redirect}, or ${action}.weighted_backend_services`,
      compute(place === "" ? "UrlMap.defaultService" : "PathMatcher"),
    ),
    atMostOne(`${redirect} ${action}`, { in: place, id: "redirect-action" }).fix("keep the redirect or the route action", provided),
  ];
});

const ROUTE = "default_route_action";
const DURATION_BLOCKS = ["fault_injection_policy.delay.fixed_delay", "retry_policy.per_try_timeout", "timeout"];
const BLOCKS = ["cors_policy", "fault_injection_policy", "fault_injection_policy.abort", "fault_injection_policy.delay", "retry_policy", "url_rewrite", ...DURATION_BLOCKS];

const oneBlock = "keep one condition; write a further block for a further condition";
const expectation = "set service, or expected_output_url and expected_redirect_response_code";
const stripQuery = set().fix("set strip_query = false to keep the query", required);

const urlMap = (scope: Scope): ResourceFacts => ({
  group: "url-map",
  name: { format: computeName, uniqueIn: scope === "" ? [] : ["region"] },
  replacedBy: ["name"],
  limits: {
    ...at(ROUTE_ACTIONS, actions(backend(scope, "backend service").required())),
    ...at(URL_REDIRECTS, redirects),
    // Below route_rules it is optional.
    ...at(URL_REDIRECTS.slice(0, 3), { strip_query: stripQuery }),
    ...at(HEADER_ACTIONS, headers),
    ...at(MATCH, matches),
    ...at(ERROR_POLICIES, errorPages),
    ...Object.fromEntries(SERVICES.map((path) => [path, backend(scope)])),
    "host_rule.hosts": items(1).required().fix("name at least one host", required),
    "host_rule.hosts[]": host.named("item"),
    "host_rule.path_matcher": set().fix("name a path matcher of this URL map", required),
    "path_matcher.name": set().fix("give the path matcher a name", required),
    "path_matcher.path_rule.paths": items(1).required().fix("name at least one path", required),
    "path_matcher.path_rule.paths[]": [rulePath.named("item"), matchedLiterally],
    "path_matcher.route_rules.priority": routePriority.required(),
    test: items(0, 100).fix("keep at most 100 tests", compute("UrlMap.tests")),
    "test.host": set().fix("name the host of the tested URL", required),
    "test.path": [
      matching(/^\//, "a path starting with /").required().fix("start the tested path with /", compute("UrlMapTest.path")),
      literalPath.fix("test a path that clients ask for", compute("UrlMapTest.path")),
    ],
  },
  alternatives: [
    ...targets,
    ...URL_REDIRECTS.flatMap((at) => [
      atMostOne("path_redirect prefix_redirect", { in: at, id: "redirect-paths" }).fix("keep one of them", compute("HttpRedirectAction.pathRedirect")),
      // A route rule may match by the query that the redirect strips.
      atLeastOne(`https_redirect host_redirect path_redirect prefix_redirect${at.includes("route_rules") ? " strip_query" : ""}`, { in: at, id: "redirect-same" })
        .why("The redirect leads to the same URL again, and clients give up.")
        .fix("set https_redirect, host_redirect, path_redirect or prefix_redirect", compute("HttpRedirectAction")),
    ]),
    ...ROUTE_ACTIONS.map((action) =>
      atMostOne("path_prefix_rewrite path_template_rewrite", { in: `${action}.url_rewrite`, id: "rewrite-kinds" }).fix("keep one of them", compute("UrlRewrite.pathTemplateRewrite")),
    ),
    atMostOne("path_rule route_rules", { in: "path_matcher", id: "path-kinds" }).fix("write the path rules as route_rules with prefix_match and full_path_match", compute("PathMatcher.routeRules")),
    atMostOne("prefix_match full_path_match regex_match path_template_match", { in: MATCH, id: "match-kinds" }).fix("write a match_rules block for each", compute("HttpRouteRuleMatch")),
    atLeastOne("prefix_match full_path_match regex_match path_template_match", { in: MATCH, id: "match-path" })
      .advice("The API's text wants one kind of path match in each rule; whether it insists is not known.")
      .fix('add prefix_match = "/" for all paths', compute("HttpRouteRuleMatch.pathTemplateMatch")),
    exactlyOne("exact_match prefix_match suffix_match regex_match present_match range_match", { in: `${MATCH}.header_matches`, id: "header-match" }).fix(oneBlock, compute("HttpHeaderMatch")),
    exactlyOne("exact_match regex_match present_match", { in: `${MATCH}.query_parameter_matches`, id: "query-match" }).fix(oneBlock, compute("HttpQueryParameterMatch")),
    atLeastOne("service expected_redirect_response_code expected_output_url", { in: "test", id: "test-expectation" }).fix(expectation, compute("UrlMapTest.service")),
  ],
  together: [
    ...notEmpty([ROUTE, ...BLOCKS.map((block) => `${ROUTE}.${block}`), ...(scope === "" ? ["header_action"] : [])].join(" "), required),
    ...ROUTE_ACTIONS.map((action) =>
      when({ negative_caching_policy: set() }, { negative_caching: true }, { in: `${action}.cache_policy`, id: "cache-negative-caching" }).fix(
        "set negative_caching = true",
        cached("negativeCachingPolicy"),
      ),
    ),
    ...ROUTE_ACTIONS.map((action) =>
      when({ disabled: false, allow_origins: unset() }, { allow_origin_regexes: set() }, { in: `${action}.cors_policy`, id: "cors-empty" })
        .advice("Without allow_origins and allow_origin_regexes no site is let in, as without the policy.")
        .fix("list the origins in allow_origins, or set disabled = true", compute("CorsPolicy.allowOrigins")),
    ),
    when({ error_response_rule: set() }, { error_service: set() }, { in: ERROR_POLICIES[0], id: "error-default" }).fix("set error_service", compute("CustomErrorResponsePolicy.errorService")),
    when({ service: set() }, { expected_redirect_response_code: unset() }, { in: "test", id: "test-redirect" }).fix(expectation, compute("UrlMapTest.expectedRedirectResponseCode")),
  ],
  unique: [
    unique("path_matcher.name", { id: "matcher-unique" }).fix("rename one of them", compute("PathMatcher.name")),
    unique("host_rule.hosts", { id: "host-unique", normalized: (host) => host.toLowerCase() }).fix("join the host rules, or remove the host from one", compute("UrlMap.hostRules")),
    unique("path_rule.paths", { in: "path_matcher", id: "path-unique" }).fix("join the path rules, or remove the path from one", compute("PathMatcher.pathRules")),
    unique("route_rules.priority", { in: "path_matcher", id: "priority-unique" }).fix("give each rule a priority of its own; gaps are allowed", compute("HttpRouteRule.priority")),
    ...ERROR_POLICIES.map((policy) =>
      unique("error_response_rule.match_response_codes", { in: policy, id: "error-unique" }).fix("remove the code from one of the rules", compute(`${errorRule}.matchResponseCodes`)),
    ),
  ],
  order: [
    ...ROUTE_ACTIONS.map((action) =>
      order("retry_policy.per_try_timeout.seconds", "timeout.seconds", { in: action, id: "retry-timeout" })
        .advice("The timeout includes all retries: a longer try leaves no time for the next one.")
        .fix("set per_try_timeout to a part of timeout", compute("HttpRetryPolicy.perTryTimeout")),
    ),
    order("range_start", "range_end", { in: `${MATCH}.header_matches.range_match`, strictly: true, id: "range-match" })
      .why("The end is exclusive: the range is empty, and no request matches.")
      .fix("set range_end to the last value plus 1", compute("Int64RangeMatch")),
  ],
});

export const urlMapTypes = [resourceType("google_compute_url_map", urlMap("")), resourceType("google_compute_region_url_map", urlMap("region_"))];
