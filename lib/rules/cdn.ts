import { cdnLimits } from "../google/backend-service";
import { page } from "../google/source";
import type { Topology } from "../topology/topology";
import { isUnset } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const signedUrls = page("cdn/docs/using-signed-urls");

/** Keys for signed URLs and the backends that they belong to. */
function signedUrlKeys({ document }: Topology) {
  return ["backend_service", "backend_bucket"].flatMap((attribute) =>
    document.ofType(`google_compute_${attribute}_signed_url_key`).map((resource) => {
      const value = resource.values[attribute];
      return { resource, attribute, value, identity: document.identity(value) };
    }),
  );
}

/** Keys beyond the third of one backend. */
function keysBeyondThree(topology: Topology) {
  const counts = new Map<string, number>();
  return topology.once(signedUrlKeys).filter(({ attribute, identity }) => {
    const count = (counts.get(`${attribute} ${identity}`) ?? 0) + 1;
    counts.set(`${attribute} ${identity}`, count);
    return identity !== undefined && count > 3;
  });
}

const ACTIONS = ["default_route_action", "path_matcher.default_route_action"].concat(
  ["path_rule", "route_rules"].map((rule) => `path_matcher.${rule}.route_action`),
);

/** Keys of Cloud CDN, and what routes cache. What single attributes may be is in google/backend-service.ts. */
export const cdnRules: readonly Rule[] = [
  rule("cdn-signed-keys-count", keysBeyondThree, {
    title: "a backend must have at most three keys for signed URLs",
    advice: true,
    why: "Google speaks of up to three keys, one for each phase of a rotation. The API's own text names no number, so the limit may have changed.",
    fix: "remove a key that is no longer in use",
    source: signedUrls,
    judge({ attribute, value }, blame) {
      blame(attribute, value);
    },
  }),
  rule("cdn-signed-key-backend", (topology) => topology.once(signedUrlKeys), {
    title: "a key for signed URLs must belong to a backend with Cloud CDN",
    advice: true,
    why: "The key may be there already, but signed URLs have no effect until Cloud CDN is enabled.",
    fix: "set enable_cdn = true on the backend",
    source: signedUrls,
    judge({ attribute, value }, blame, { document }) {
      const backend = document.target(value);
      if (!backend || backend.isData) return;
      if (isUnset(backend.values, "enable_cdn") || backend.values.enable_cdn === false) blame(attribute, value);
    },
  }),
  rule(
    "cdn-route-cookies",
    blocks("google_compute_url_map", ...ACTIONS.map((action) => `${action}.cache_policy.cache_key_policy`)),
    {
      title: `included_cookie_names must be ${cdnLimits.keyCookies.text}`,
      why: cdnLimits.keyCookies.reason,
      fix: cdnLimits.keyCookies.fixText,
      source: cdnLimits.keyCookies.source!,
      judge({ block }, blame) {
        const { included_cookie_names: names } = block;
        if (Array.isArray(names) && !cdnLimits.keyCookies.holds(names)) blame("included_cookie_names", names);
      },
    },
  ),
];
