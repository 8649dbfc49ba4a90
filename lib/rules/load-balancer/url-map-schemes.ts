import type { OldRule as Rule } from "../old-rule";
import { type About, blocksAt, isSet } from "../places";
import { schemeOf } from "./backend-rule";
import { ACTIONS, api, ERROR_POLICIES, HEADER_ACTIONS, MATCH } from "./url-map-places";
import { mapRule } from "./url-map-rule";

const CLASSIC = "Compute API v1, UrlMap and HttpRouteAction, read 2026-11-22";

/** What URL maps may not have under some load balancing schemes. */
export const urlMapSchemeRules: readonly Rule[] = [
  classicRule(
    {
      id: "url-map-classic-actions",
      title: "the classic load balancer (scheme EXTERNAL) has url_rewrite as its only route action",
      why: "The API rejects weights, retries, timeouts, CORS, mirroring and fault injection there.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED on backend services and forwarding rules",
      source: CLASSIC,
    },
    ACTIONS,
    (action) => Object.keys(action).filter((name) => name !== "url_rewrite" && name !== "//" && isSet(action[name])),
  ),
  classicRule(
    {
      id: "url-map-classic-headers",
      title: "the classic load balancer (scheme EXTERNAL) has no header actions",
      why: "The API rejects header_action there.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED, or use custom headers of the backend service",
      source: api("UrlMap.headerAction"),
    },
    HEADER_ACTIONS,
    () => [""],
  ),
  classicRule(
    {
      id: "url-map-classic-errors",
      title: "the classic load balancer (scheme EXTERNAL) has no custom error pages",
      why: "They are supported for global external Application Load Balancers only.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED, or take the policy away",
      source: api("UrlMap.defaultCustomErrorResponsePolicy"),
    },
    ERROR_POLICIES,
    () => [""],
  ),
  mapRule(
    {
      id: "url-map-regex",
      title: "regular expressions are not for global external load balancers",
      why: "The API rejects them in match rules where the scheme is EXTERNAL or EXTERNAL_MANAGED and the URL map global.",
      fix: "use prefix_match, full_path_match or path_template_match; exact_match, prefix_match or suffix_match for headers",
      source: api("HttpRouteRuleMatch.regexMatch"),
    },
    (uses, blame, urlMap) => {
      const schemes = uses.map(({ backend }) => schemeOf(backend));
      if (urlMap.type !== "google_compute_url_map" || !schemes.some((scheme) => scheme?.startsWith("EXTERNAL"))) return;
      for (const place of [MATCH, `${MATCH}.header_matches`, `${MATCH}.query_parameter_matches`]) {
        for (const { at, block } of blocksAt(urlMap.values, place)) {
          if (isSet(block.regex_match)) blame(`${at}.regex_match`, block.regex_match);
        }
      }
    },
  ),
  mapRule(
    {
      id: "url-map-cache-policy-scheme",
      title: "cache_policy of a route is for the global external load balancer (EXTERNAL_MANAGED)",
      why: "The API rejects it on other load balancers.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED, or cdn_policy on the backend service",
      source: "provider documentation of google_compute_url_map 7.45.0",
    },
    (uses, blame, urlMap) => {
      const scheme = uses.map(({ backend }) => schemeOf(backend)).find((each) => each !== undefined);
      if (scheme === undefined || scheme === "EXTERNAL_MANAGED") return;
      for (const place of ACTIONS) {
        for (const { at, block } of blocksAt(urlMap.values, place)) {
          if (isSet(block.cache_policy)) blame(`${at}.cache_policy`, block.cache_policy, `scheme ${scheme}`);
        }
      }
    },
  ),
  mapRule(
    {
      id: "url-map-stream-duration",
      title: "max_stream_duration of a route is for scheme INTERNAL_SELF_MANAGED",
      why: "The API rejects it with any other scheme.",
      fix: "take it away; on Cloud Run, template.timeout limits a stream",
      source: api("HttpRouteAction.maxStreamDuration"),
    },
    (uses, blame, urlMap) => {
      const scheme = uses.map(({ backend }) => schemeOf(backend)).find((each) => each !== undefined);
      if (scheme === undefined || scheme === "INTERNAL_SELF_MANAGED") return;
      for (const place of ACTIONS) {
        for (const { at, block } of blocksAt(urlMap.values, place)) {
          if (isSet(block.max_stream_duration)) blame(`${at}.max_stream_duration`, block.max_stream_duration);
        }
      }
    },
  ),
];

/** A rule on what the classic load balancer has not: it applies where every known backend service is a classic one. */
function classicRule(
  about: About,
  places: readonly string[],
  unsupported: (block: Readonly<Record<string, unknown>>) => readonly string[],
): Rule {
  return mapRule(about, (uses, blame, urlMap) => {
    if (urlMap.type !== "google_compute_url_map") return;
    const services = uses.filter(({ backend }) => backend.kind === "service");
    if (services.length === 0 || services.some(({ backend }) => schemeOf(backend) !== "EXTERNAL")) return;
    for (const place of places) {
      for (const { at, block } of blocksAt(urlMap.values, place)) {
        for (const name of unsupported(block))
          blame(name === "" ? at : `${at}.${name}`, name === "" ? block : block[name]);
      }
    }
  });
}
