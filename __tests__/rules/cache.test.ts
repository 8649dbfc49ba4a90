import { adding, changed, describeGroup, ids, type Json, on, resourceAt } from "./rule-support";
import { API, besideApi, protectedDocument, wholeDocument } from "./whole-document";

const POLICY = "google_compute_security_policy.edge";
const EDGE = "${google_compute_security_policy.cached.id}";

/** The API with Cloud CDN. */
function valid(): Json {
  const document = wholeDocument();
  cache(document);
  return document;
}

function cache(document: Json): void {
  Object.assign(resourceAt(document, API), {
    enable_cdn: true,
    cdn_policy: {
      cache_key_policy: { include_host: true, include_protocol: true, include_query_string: true },
      cache_mode: "USE_ORIGIN_HEADERS",
      bypass_cache_on_request_headers: [{ header_name: "Authorization" }],
    },
  });
}

/** Whatever no path matches is cached, by the URL map. */
function cacheRoutes(document: Json): void {
  resourceAt(document, "google_compute_url_map.main").default_route_action = {
    cache_policy: { cache_mode: "USE_ORIGIN_HEADERS" },
  };
}

/** Only clients of some ranges may come. */
function denyOthers(document: Json): void {
  const rules = resourceAt(document, POLICY).rule as Json[];
  rules[0]!.action = "allow";
  rules[1]!.action = "deny(403)";
}

/** The API behind one route for some methods. */
function routed(...matches: readonly Json[]): (document: Json) => void {
  return (document) => {
    besideApi({
      enable_cdn: false,
      cdn_policy: undefined,
      security_policy: "${google_compute_security_policy.edge.id}",
    })(document);
    const map = resourceAt(document, "google_compute_url_map.main");
    map.default_service = "${google_compute_backend_service.other.id}";
    const [matcher] = map.path_matcher as Json[];
    delete matcher!.path_rule;
    Object.assign(matcher!, {
      default_service: "${google_compute_backend_service.other.id}",
      route_rules: [{ priority: 1, service: "${google_compute_backend_service.api.id}", match_rules: matches }],
    });
  };
}

const only = (method: string, more: Json = {}): Json => ({
  prefix_match: "/v1/",
  header_matches: [{ header_name: ":method", exact_match: method, ...more }],
});

describeGroup(
  "cache",
  valid,
  [
    changed(
      "cache-protected",
      API,
      (document) => {
        Object.assign(document, protectedDocument());
        cache(document);
      },
      { at: "enable_cdn" },
    ),
    changed("cache-edge-policy", API, denyOthers, { at: "edge_security_policy" }),
    changed("cache-method", API, routed(only("POST"), only("DELETE")), { at: "enable_cdn" }),
    changed(
      "cache-route-protected",
      "google_compute_url_map.main",
      (document) => {
        Object.assign(document, protectedDocument());
        cacheRoutes(document);
      },
      { at: "default_route_action.cache_policy" },
    ),
    ...on(API, [
      "cache-bypass",
      "cdn_policy.bypass_cache_on_request_headers",
      [{ header_name: "User-Agent" }],
      "cdn_policy.bypass_cache_on_request_headers.header_name",
    ]),
  ],
  ["cache-bypass", "cache-edge-policy", "cache-method", "cache-protected", "cache-route-protected"],
);

function own(...changes: readonly ((document: Json) => void)[]): string[] {
  const document = valid();
  for (const change of changes) change(document);
  return ids(document).filter((id) => id.startsWith("cache-"));
}

test("says nothing of a cache that some requests fill", () => {
  expect(own(routed(only("POST"), only("GET")))).toEqual([]);
  expect(own(routed({ prefix_match: "/v1/" }))).toEqual([]);
  expect(own(routed(only("POST", { invert_match: true })))).toEqual([]);
});

test("an edge policy keeps those out that the other denies", () => {
  const edge = adding({
    "google_compute_security_policy.cached": { name: "cached", type: "CLOUD_ARMOR_EDGE" },
  });
  expect(
    own(denyOthers, edge, (document) => {
      resourceAt(document, API).edge_security_policy = EDGE;
    }),
  ).toEqual([]);
});

test("a service whose callers are not known, or that is not cached, is not judged", () => {
  const document = protectedDocument();
  expect(ids(document)).toEqual([]);
  const open = protectedDocument();
  cache(open);
  for (const name of ["eu", "us"])
    resourceAt(open, `google_cloud_run_v2_service_iam_member.${name}`).member = "${var.members}";
  expect(ids(open).filter((id) => id.startsWith("cache-"))).toEqual([]);
});
