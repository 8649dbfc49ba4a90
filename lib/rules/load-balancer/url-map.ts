import { blockOf } from "../../topology/document";
import { booleanOf, isComputed } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { urlMapActionLimits } from "./url-map-action-limits";
import { urlMapActionRules } from "./url-map-actions";
import { urlMapBackendRules } from "./url-map-backends";
import { urlMapLimits } from "./url-map-limits";
import { urlMapMatchRules } from "./url-map-matches";
import { api, REDIRECTS, URL_MAPS } from "./url-map-places";
import { urlMapRouteRules } from "./url-map-routes";
import { urlMapSchemeRules } from "./url-map-schemes";
import { urlMapTrapRules } from "./url-map-traps";

const TARGETS: readonly { readonly place: string; readonly names: readonly [string, string, string] }[] = [
  { place: "", names: ["default_service", "default_url_redirect", "default_route_action"] },
  { place: "path_matcher", names: ["default_service", "default_url_redirect", "default_route_action"] },
  { place: "path_matcher.path_rule", names: ["service", "url_redirect", "route_action"] },
  { place: "path_matcher.route_rules", names: ["service", "url_redirect", "route_action"] },
];
/** Where requests go, and redirects. */
const targets: readonly Rule[] = [
  ...TARGETS.map(({ place, names: [service, redirect, action] }) =>
    blockRule(
      {
        id: `url-map-target${place === "" ? "" : `-${place.split(".").at(-1)!.replaceAll("_", "-")}`}`,
        title: `${place === "" ? "a URL map" : place.split(".").at(-1)} has exactly one of ${service}, ${redirect} and weighted backends`,
        why: "The API rejects none, and more than one: a request has to go somewhere, and only to one place.",
        fix: `set ${service}, ${redirect}, or ${action}.weighted_backend_services`,
        source: api(place === "" ? "UrlMap.defaultService" : "PathMatcher"),
      },
      URL_MAPS,
      [place],
      (block, blame) => {
        const routeAction = blockOf(block[action]);
        const weighted = `${action}.weighted_backend_services`;
        const given = [service, redirect].filter((name) => isSet(block[name]));
        if (isSet(routeAction?.weighted_backend_services)) given.push(weighted);
        const computed =
          [service, redirect, action].some((name) => isComputed(block, name)) ||
          (routeAction !== undefined && isComputed(routeAction, "weighted_backend_services"));
        if (given.length > 1) blame(given[1]!, given.join(" and "));
        else if (given.length === 0 && !computed) blame(service, undefined);
      },
    ),
  ),
  blockRule(
    {
      id: "url-map-redirect-action",
      title: "a redirect stands without a route action",
      why: "The API rejects both in one place: what is redirected is not sent to a backend.",
      fix: "keep the redirect or the route action",
      source: "provider documentation of google_compute_url_map 7.45.0",
    },
    URL_MAPS,
    TARGETS.map(({ place }) => place),
    (block, blame) => {
      for (const { names } of TARGETS) {
        const [, redirect, action] = names;
        if (isSet(block[redirect]) && isSet(block[action])) return blame(action, block[action]);
      }
    },
  ),
  blockRule(
    {
      id: "url-map-redirect-paths",
      title: "a redirect has path_redirect or prefix_redirect, not both",
      why: "The API rejects both.",
      fix: "keep one of them",
      source: api("HttpRedirectAction.pathRedirect"),
    },
    URL_MAPS,
    REDIRECTS,
    (redirect, blame) => {
      if (isSet(redirect.path_redirect) && isSet(redirect.prefix_redirect))
        blame("prefix_redirect", redirect.prefix_redirect);
    },
  ),
  blockRule(
    {
      id: "url-map-redirect-same",
      title: "a redirect changes the scheme, the host or the path",
      why: "It leads to the same URL again: clients give up after some twenty rounds.",
      fix: "set https_redirect, host_redirect, path_redirect or prefix_redirect",
      source: api("HttpRedirectAction"),
    },
    URL_MAPS,
    REDIRECTS,
    (redirect, blame) => {
      const changes = ["host_redirect", "path_redirect", "prefix_redirect"].some((name) => isSet(redirect[name]));
      const https = isSet(redirect.https_redirect) && booleanOf(redirect.https_redirect) !== false;
      if (!changes && !https) blame("", redirect);
    },
  ),
  blockRule(
    {
      id: "url-map-redirect-post",
      title: "a redirect keeps the method: 307 or 308",
      severity: "warning",
      why: "After 301 (the default) and 302 clients repeat a POST as a GET without its body, and an API call fails. Where only browsers come, it may be meant.",
      fix: "set redirect_response_code = PERMANENT_REDIRECT (308)",
      source: api("HttpRedirectAction.redirectResponseCode"),
    },
    URL_MAPS,
    REDIRECTS,
    (redirect, blame) => {
      const code = redirect.redirect_response_code;
      if (!isSet(code) || code === "MOVED_PERMANENTLY_DEFAULT" || code === "FOUND")
        blame("redirect_response_code", code);
    },
  ),
  {
    id: "url-map-redirect-https",
    title: "the URL map of an HTTPS proxy does not redirect to https",
    severity: "error",
    why: "https_redirect is not permitted there: an endless redirect.",
    fix: "give the HTTP proxy a URL map of its own with the redirect",
    source: api("HttpRedirectAction.httpsRedirect"),
    check(topology, report) {
      const seen = new Set<string>();
      for (const type of ["google_compute_target_https_proxy", "google_compute_region_target_https_proxy"]) {
        for (const proxy of topology.document.ofType(type)) {
          const urlMap = topology.document.target(proxy.values.url_map);
          if (!urlMap || seen.has(urlMap.address)) continue;
          seen.add(urlMap.address);
          for (const { redirect, attribute, kind } of topology.routesOf(urlMap)) {
            const name = kind === "default" || kind === "matcherDefault" ? "default_url_redirect" : "url_redirect";
            if (redirect && booleanOf(redirect.https_redirect) === true)
              report(urlMap, `${attribute === "" ? "" : `${attribute}.`}${name}.https_redirect`, true, proxy.address);
          }
        }
      }
    },
  },
];

/** URL maps, global and regional. */
export const urlMapRules: readonly Rule[] = [
  ...urlMapLimits,
  ...urlMapActionLimits,
  ...targets,
  ...urlMapMatchRules,
  ...urlMapActionRules,
  ...urlMapRouteRules,
  ...urlMapBackendRules,
  ...urlMapSchemeRules,
  ...urlMapTrapRules,
];
