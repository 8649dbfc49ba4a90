import { type Block, blockOf, blocksOf } from "../../topology/document";
import { booleanOf, isComputed, isKnown, textOf, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { api, URL_MAPS } from "./url-map-places";

const PATH_RULE = "path_matcher.path_rule";
const ROUTE_RULE = "path_matcher.route_rules";
const REDIRECTS = ["host_redirect", "path_redirect", "prefix_redirect"];
const UNSAFE = /^(POST|PATCH)$/;
/** Conditions under which the request may have been served already. */
const SERVED = /^(5xx|gateway-error|retriable-4xx|deadline-exceeded|reset)$/;

/** The methods that a route rule is limited to; undefined where it takes any, or Terraform computes them. */
function methodsOf(rule: Block): readonly string[] | undefined {
  const matches = blocksOf(rule.match_rules);
  if (matches.length === 0 || isComputed(rule, "match_rules")) return undefined;
  const methods: string[] = [];
  for (const match of matches) {
    const header = blocksOf(match.header_matches).find((each) => textOf(each.header_name)?.toLowerCase() === ":method");
    const method = textOf(header?.exact_match);
    if (method === undefined || booleanOf(header?.invert_match) === true) return undefined;
    methods.push(method.toUpperCase());
  }
  return methods;
}

/** The prefixes that a rule matches, when it matches nothing else. */
function prefixesOf(rule: Block): readonly string[] {
  if (rule.paths !== undefined) {
    const paths = textsOf(rule.paths);
    return paths.every((path) => path.endsWith("/*")) ? paths.map((path) => path.slice(0, -1)) : [];
  }
  const prefixes = blocksOf(rule.match_rules).map((match) => textOf(match.prefix_match));
  return prefixes.every((prefix) => prefix?.endsWith("/")) ? (prefixes as string[]) : [];
}

/** What a URL map accepts and does otherwise than its author meant. */
export const urlMapTrapRules: readonly Rule[] = [
  blockRule(
    {
      id: "url-map-rewrite-slash",
      title: "a prefix that ends in a slash is rewritten to one that does",
      severity: "warning",
      why: "The matched prefix is replaced as text: with /v1/ rewritten to /v2, /v1/models becomes /v2models. Not an error, because that may be meant.",
      fix: "end path_prefix_rewrite in /",
      source: api("UrlRewrite.pathPrefixRewrite"),
    },
    URL_MAPS,
    [PATH_RULE, ROUTE_RULE],
    (rule, blame) => {
      const rewrite = textOf(blockOf(blockOf(rule.route_action)?.url_rewrite)?.path_prefix_rewrite);
      if (rewrite === undefined || rewrite.endsWith("/") || prefixesOf(rule).length === 0) return;
      blame("route_action.url_rewrite.path_prefix_rewrite", rewrite);
    },
  ),
  blockRule(
    {
      id: "url-map-cors-options",
      title: "a route with a CORS policy takes OPTIONS",
      severity: "warning",
      why: "Browsers ask by OPTIONS before they send a request to another origin, and a route limited to other methods never answers. Not an error, because another route may.",
      fix: "add a match rule for :method OPTIONS",
      source: api("CorsPolicy"),
    },
    URL_MAPS,
    [ROUTE_RULE],
    (rule, blame) => {
      const cors = blockOf(blockOf(rule.route_action)?.cors_policy);
      const methods = methodsOf(rule);
      if (!cors || booleanOf(cors.disabled) === true || !methods || methods.includes("OPTIONS")) return;
      blame("match_rules", methods);
    },
  ),
  blockRule(
    {
      id: "url-map-retry-post",
      title: "requests that change something are not retried after they may have been served",
      severity: "warning",
      why: "A retried POST is served twice: a model answers, and is paid for, twice. Not an error, because the service may see that it is the same request.",
      fix: "retry on connect-failure and refused-stream only, or limit the route to GET by :method",
      source: api("HttpRetryPolicy.retryConditions"),
    },
    URL_MAPS,
    [ROUTE_RULE],
    (rule, blame) => {
      const retry = blockOf(blockOf(rule.route_action)?.retry_policy);
      const methods = methodsOf(rule);
      const risky = textsOf(retry?.retry_conditions).filter((condition) => SERVED.test(condition));
      if (risky.length === 0 || !methods?.some((method) => UNSAFE.test(method))) return;
      blame("route_action.retry_policy.retry_conditions", risky);
    },
  ),
  ...["", "path_matcher"].map((place) => redirectsToItself(place, "default_url_redirect")),
  ...[PATH_RULE, ROUTE_RULE].map((place) => redirectsToItself(place, "url_redirect")),
];

function redirectsToItself(place: string, name: string): Rule {
  return blockRule(
    {
      id: `url-map-redirect-itself${place === "" ? "" : `-${place.split(".").at(-1)!.replaceAll("_", "-")}`}`,
      title: `${name}${place === "" ? "" : ` of a ${place.split(".").at(-1)}`} leads elsewhere`,
      severity: "warning",
      why: "A redirect that changes neither scheme, host nor path sends clients in a circle. Not an error, because one that only strips the query ends.",
      fix: "set https_redirect, host_redirect, path_redirect or prefix_redirect",
      source: api("HttpRedirectAction"),
    },
    URL_MAPS,
    [place],
    (block, blame) => {
      const redirect = blockOf(block[name]);
      if (!redirect || !isKnown(redirect) || booleanOf(redirect.strip_query) === true) return;
      if (booleanOf(redirect.https_redirect) !== true && !REDIRECTS.some((each) => isSet(redirect[each])))
        blame(name, redirect);
    },
  );
}
