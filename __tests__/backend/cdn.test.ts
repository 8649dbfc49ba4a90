import { Cdn, type CdnOptions, ServerlessBackend, ServerlessNeg } from "../../lib";
import { only, synth, testStack } from "../support";

function cachedBackend(options?: CdnOptions) {
  const stack = testStack();
  const targets = [new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" })];
  new ServerlessBackend(stack, "Backend", { targets, cdn: Cdn.originHeaders(options) });
  return only(synth(stack), "google_compute_backend_service").values;
}

test("lets the service decide what is stored, and never a caller's own answers", () => {
  const { enable_cdn, cdn_policy } = cachedBackend();
  expect(enable_cdn).toBe(true);
  expect(cdn_policy).toEqual({
    cache_mode: "USE_ORIGIN_HEADERS",
    cache_key_policy: { include_host: true, include_protocol: true, include_query_string: true },
    negative_caching: false,
    request_coalescing: true,
    serve_while_stale: 0,
    bypass_cache_on_request_headers: [{ header_name: "Authorization" }],
  });
});

test("sets no lifetimes, which the API refuses beside the service's own headers", () => {
  const policy = cachedBackend({ serveWhileStaleSeconds: 60 }).cdn_policy as object;
  for (const lifetime of ["max_ttl", "default_ttl", "client_ttl"]) expect(policy).not.toHaveProperty(lifetime);
});

test("puts the named headers and query parameters into the cache key", () => {
  const { cdn_policy } = cachedBackend({ cacheKeyHeaders: ["X-Tenant"], cacheKeyQueryParameters: ["model", "lang"] });
  expect(cdn_policy).toMatchObject({
    cache_key_policy: {
      include_query_string: true,
      include_http_headers: ["X-Tenant"],
      query_string_whitelist: ["model", "lang"],
    },
  });
});

test("replaces the headers that go around the cache", () => {
  expect(cachedBackend({ bypassHeaders: ["X-Api-Key", "Cookie"] }).cdn_policy).toMatchObject({
    bypass_cache_on_request_headers: [{ header_name: "X-Api-Key" }, { header_name: "Cookie" }],
  });
  expect(cachedBackend({ bypassHeaders: [] }).cdn_policy).toMatchObject({ bypass_cache_on_request_headers: [] });
});

test.each([0, 604800])("serves stale answers for %d seconds", (serveWhileStaleSeconds) => {
  expect(cachedBackend({ serveWhileStaleSeconds }).cdn_policy).toMatchObject({
    serve_while_stale: serveWhileStaleSeconds,
  });
});

test("can turn request coalescing off", () => {
  expect(cachedBackend({ requestCoalescing: false }).cdn_policy).toMatchObject({ request_coalescing: false });
});

test("takes five headers in the cache key and five around the cache", () => {
  const five = ["A", "B", "C", "D", "E"];
  expect(cachedBackend({ cacheKeyHeaders: five, bypassHeaders: five }).cdn_policy).toMatchObject({
    cache_key_policy: { include_http_headers: five },
    bypass_cache_on_request_headers: five.map((header_name) => ({ header_name })),
  });
});

test.each([-1, 604801, 1.5])("fails for stale answers of %d seconds", (serveWhileStaleSeconds) => {
  expect(() => cachedBackend({ serveWhileStaleSeconds })).toThrow(
    `[test/Backend] serveWhileStaleSeconds: got ${serveWhileStaleSeconds}, allowed is a whole number from 0 to 604800; give a number of seconds, at most a week`,
  );
});

test.each(["cacheKeyHeaders", "bypassHeaders"] as const)("fails for six %s", (what) => {
  expect(() => cachedBackend({ [what]: ["A", "B", "C", "D", "E", "F"] })).toThrow(
    `[test/Backend] ${what}: got ["A","B","C","D","E","F"], allowed is at most 5 headers; leave out those that matter least`,
  );
});

test.each(["cacheKeyHeaders", "bypassHeaders"] as const)("fails for %s that differ in case only", (what) => {
  expect(() => cachedBackend({ [what]: ["X-Tenant", "x-tenant"] })).toThrow(
    `[test/Backend] ${what}: got "x-tenant", allowed is each value once; header names are not case-sensitive: name each once`,
  );
});
