import {
  BucketBackend,
  Cdn,
  type CdnOptions,
  ContentBucket,
  GoogleProviderVersion,
  type RouteProps,
  ServerlessBackend,
  UrlRouting,
} from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { cloudRun } from "../regional-support";
import { only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";
import { matcher, type RouteRule } from "./routing-support";

/** Routes of one service, some of them cached. */
function build(...routes: Omit<RouteProps, "backend">[]): TerraformDocument {
  const stack = testStack();
  const backend = new ServerlessBackend(stack, "Backend", { targets: [cloudRun(stack, "europe-west1")] });
  const routing = new UrlRouting(stack, "Routing", { defaultBackend: backend });
  for (const route of routes) routing.addRoute({ backend, ...route });
  return synth(stack);
}

const rules = (document: TerraformDocument): RouteRule[] =>
  matcher(only(document, "google_compute_url_map")).route_rules ?? [];
const policies = (document: TerraformDocument) => rules(document).map(({ route_action }) => route_action?.cache_policy);
const version = (document: TerraformDocument) => JSON.stringify(document.json.terraform);

const MODELS = { paths: ["/v1/models"], cdn: Cdn.originHeaders() };

test("a route has a cache policy of its own, over the backend that it shares", () => {
  const document = build(MODELS);
  expect(policies(document)).toEqual([
    {
      cache_mode: "USE_ORIGIN_HEADERS",
      negative_caching: false,
      request_coalescing: true,
      serve_while_stale: { seconds: "0" },
      cache_bypass_request_header_names: ["Authorization"],
      cache_key_policy: { include_host: true, include_protocol: true, include_query_string: true },
    },
  ]);
  expect(document.ofType("google_compute_backend_service")).toHaveLength(1);
  expect(version(document)).toContain('"version":">= 7.30.0, < 8.0.0"');
});

test("says everything that a backend's policy says, a lifetime of 0 too", () => {
  const cdn = Cdn.staticContent({
    defaultTtlSeconds: 0,
    clientTtlSeconds: 60,
    maxTtlSeconds: 600,
    negativeCachingSeconds: { "404": 30 },
    serveWhileStaleSeconds: 300,
    requestCoalescing: false,
    bypassHeaders: ["X-Fresh"],
    cacheKeyHost: false,
    cacheKeyQueryParameters: ["version"],
    cacheKeyHeaders: ["X-Tenant"],
    cacheKeyCookies: ["plan"],
  });
  expect(policies(build({ paths: ["/static/*"], cdn }))).toEqual([
    {
      cache_mode: "CACHE_ALL_STATIC",
      default_ttl: { seconds: "0" },
      client_ttl: { seconds: "60" },
      max_ttl: { seconds: "600" },
      negative_caching: true,
      negative_caching_policy: [{ code: 404, ttl: { seconds: "30" } }],
      request_coalescing: false,
      serve_while_stale: { seconds: "300" },
      cache_bypass_request_header_names: ["X-Fresh"],
      cache_key_policy: {
        include_host: false,
        include_protocol: true,
        include_query_string: true,
        included_query_parameters: ["version"],
        included_header_names: ["X-Tenant"],
        included_cookie_names: ["plan"],
      },
    },
  ]);
});

test("each policy stays with its route, whatever is added before and after", () => {
  const early = { paths: ["/a"] };
  const timed = { paths: ["/v1/*"], timeoutSeconds: 9 };
  for (const routes of [
    [early, MODELS, timed],
    [timed, MODELS, early],
    [MODELS, timed, early],
  ]) {
    const cached = rules(build(...routes)).filter(({ route_action }) => route_action?.cache_policy);
    expect(cached.map(({ match_rules }) => match_rules)).toEqual([[{ full_path_match: "/v1/models" }]]);
    expect(build(...routes).at("google_compute_url_map.Routing_01EE4FE5")?.values).toEqual(
      build(early, MODELS, timed).at("google_compute_url_map.Routing_01EE4FE5")?.values,
    );
  }
});

test("caching comes, changes and goes in place", () => {
  const plain = build({ paths: ["/v1/models"] });
  const other = build({ ...MODELS, cdn: Cdn.originHeaders({ serveWhileStaleSeconds: 60 }) });
  for (const [before, after] of [
    [plain, build(MODELS)],
    [build(MODELS), other],
    [build(MODELS), plain],
  ] as const)
    expectTransition(before, after, { changed: ["Routing"] });
});

test("without a cached route, nothing changes", () => {
  expect(version(build({ paths: ["/v1/models"] }))).toContain('"version":"6.50.0"');
});

describe("a cached route", () => {
  const fails = (cdn: Cdn, more: Partial<RouteProps> = {}) => expect(() => build({ ...MODELS, cdn, ...more }));

  test("fails with forceCacheAll", () => {
    fails(Cdn.forceCacheAll()).toThrow('[test/Routing] cdn: got "Cdn.forceCacheAll", allowed is Cdn.originHeaders()');
  });

  test("fails with the lifetime of signed URLs", () => {
    fails(Cdn.originHeaders({ signedUrlMaxAgeSeconds: 60 })).toThrow(
      "signedUrlMaxAgeSeconds: got 60, allowed is nothing on a route: signed URLs belong to a backend; set it in the cdn of the backend",
    );
  });

  test.each<[CdnOptions, string]>([
    [{ serveWhileStaleSeconds: 604801 }, "serveWhileStaleSeconds: got 604801"],
    [{ negativeCachingSeconds: { "500": 1 } }, 'negativeCachingSeconds: got "500"'],
    [{ bypassHeaders: ["a b"] }, 'bypassHeaders: got "a b"'],
  ])("fails with %j", (options, message) => {
    fails(Cdn.originHeaders(options)).toThrow(message);
  });

  test("fails with a bucket", () => {
    const stack = testStack();
    const bucket = new BucketBackend(stack, "Docs", { bucket: ContentBucket.existing("acme-docs") });
    const routing = new UrlRouting(stack, "Routing", { defaultBackend: bucket });
    expect(() => routing.addRoute({ ...MODELS, backend: bucket })).toThrow(
      '[test/Routing] cdn: got "test/Docs", allowed is on routes to backend services; set cdn on the BucketBackend',
    );
  });

  test("fails where an older provider is pinned", () => {
    const stack = testStack();
    GoogleProviderVersion.of(stack).pin("~> 7.19.0");
    const backend = { backendId: "backends/a" };
    const routing = new UrlRouting(stack, "Routing", { defaultBackend: backend });
    expect(() => routing.addRoute({ ...MODELS, backend })).toThrow(
      'provider version: got "~> 7.19.0", allowed is 7.30.0 or later, because of google_compute_url_map.cache_policy at test/Routing/Resource',
    );
  });
});
