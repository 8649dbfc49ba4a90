import { TerraformVariable, Token } from "cdktf";
import fc from "fast-check";
import {
  BucketBackend,
  Cdn,
  type CdnForceCacheAllOptions,
  type CdnOptions,
  type CdnStaticContentOptions,
  ContentBucket,
  ServerlessBackend,
  ServerlessNeg,
} from "../../../lib";
import type { TerraformDocument } from "../../../lib/topology/document";
import { only, synth, testStack } from "../../support";
import { CDN_OPTIONS, errorsIn, STATIC_LIFETIMES } from "./cdn-support";

function service(cdn: Cdn): TerraformDocument {
  const stack = testStack();
  const targets = [new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" })];
  new ServerlessBackend(stack, "Backend", { targets, cdn });
  return synth(stack);
}

function bucket(cdn: Cdn): TerraformDocument {
  const stack = testStack();
  new BucketBackend(stack, "Backend", { bucket: ContentBucket.existing("docs"), cdn });
  return synth(stack);
}

const cachedBackend = (options?: CdnOptions) =>
  only(service(Cdn.originHeaders(options)), "google_compute_backend_service").values;
const policyOf = (cdn: Cdn) => only(service(cdn), "google_compute_backend_service").values.cdn_policy;
const bucketPolicyOf = (cdn: Cdn) => only(bucket(cdn), "google_compute_backend_bucket").values.cdn_policy;
const staticContent = (options?: CdnStaticContentOptions) => policyOf(Cdn.staticContent(options));
const forced = (options?: CdnForceCacheAllOptions) => bucketPolicyOf(Cdn.forceCacheAll(options));

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

test("stores static content, at Google's own lifetimes", () => {
  expect(staticContent()).toEqual({
    cache_mode: "CACHE_ALL_STATIC",
    default_ttl: 3600,
    client_ttl: 3600,
    max_ttl: 86400,
    cache_key_policy: { include_host: true, include_protocol: true, include_query_string: true },
    negative_caching: false,
    request_coalescing: true,
    serve_while_stale: 0,
    bypass_cache_on_request_headers: [{ header_name: "Authorization" }],
  });
});

test("takes lifetimes of static content, and keeps the default ones below the longest", () => {
  const given = { defaultTtlSeconds: 1, clientTtlSeconds: 60, maxTtlSeconds: 31622400 };
  expect(staticContent(given)).toMatchObject({ default_ttl: 1, client_ttl: 60, max_ttl: 31622400 });
  expect(staticContent({ maxTtlSeconds: 600 })).toMatchObject({ default_ttl: 600, client_ttl: 600, max_ttl: 600 });
});

test.each(["defaultTtlSeconds", "clientTtlSeconds"] as const)("fails for %s of 0, which is not sent", (what) => {
  expect(() => staticContent({ [what]: 0 })).toThrow(
    `[test/Backend] ${what}: got 0, allowed is a whole number from 1 to 86400; send Cache-Control: no-store`,
  );
});

test("takes lifetimes known only at apply", () => {
  const stack = testStack();
  const late = Token.asNumber(new TerraformVariable(stack, "ttl", { type: "number" }).value);
  const targets = [new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" })];
  const cdn = Cdn.staticContent({ maxTtlSeconds: late, defaultTtlSeconds: 7200, clientTtlSeconds: late });
  new ServerlessBackend(stack, "Backend", { targets, cdn });
  expect(only(synth(stack), "google_compute_backend_service").values.cdn_policy).toMatchObject({
    max_ttl: "${var.ttl}",
    default_ttl: 7200,
    client_ttl: "${var.ttl}",
  });
});

test("stores every object of a bucket, without the longest lifetime that the API refuses there", () => {
  expect(forced()).toEqual({
    cache_mode: "FORCE_CACHE_ALL",
    default_ttl: 3600,
    client_ttl: 3600,
    negative_caching: false,
    request_coalescing: true,
    serve_while_stale: 0,
    signed_url_cache_max_age_sec: 3600,
    bypass_cache_on_request_headers: [],
  });
  expect(forced({ defaultTtlSeconds: 60 })).toMatchObject({ default_ttl: 60, client_ttl: 60 });
});

test("leaves parts of the URL out of the cache key", () => {
  const key = (options: CdnOptions) =>
    (cachedBackend(options).cdn_policy as { cache_key_policy: object }).cache_key_policy;
  expect(key({ cacheKeyHost: false, cacheKeyProtocol: false })).toEqual({
    include_host: false,
    include_protocol: false,
    include_query_string: true,
  });
  expect(key({ cacheKeyQueryParameters: [] })).toEqual({
    include_host: true,
    include_protocol: true,
    include_query_string: false,
  });
  expect(key({ cacheKeyExcludedQueryParameters: ["utm_source"] })).toEqual({
    include_host: true,
    include_protocol: true,
    include_query_string: true,
    query_string_blacklist: ["utm_source"],
  });
  expect(key({ cacheKeyCookies: ["tenant"] })).toMatchObject({ include_named_cookies: ["tenant"] });
});

test("adds headers and query parameters to the cache key of a bucket, whose key is left out where it adds nothing", () => {
  const keyed = Cdn.staticContent({ cacheKeyHeaders: ["X-Tenant"], cacheKeyQueryParameters: ["v"] });
  expect(bucketPolicyOf(keyed)).toMatchObject({
    cache_key_policy: { include_http_headers: ["X-Tenant"], query_string_whitelist: ["v"] },
  });
  expect(bucketPolicyOf(Cdn.staticContent({ cacheKeyQueryParameters: [] }))).not.toHaveProperty("cache_key_policy");
});

test("stores redirects and errors, for Google's lifetimes or those given", () => {
  const { cdn_policy } = cachedBackend({ negativeCaching: true });
  expect(cdn_policy).toMatchObject({ negative_caching: true });
  expect(cdn_policy).not.toHaveProperty("negative_caching_policy");
  expect(cachedBackend({ negativeCachingSeconds: { "404": 60, "302": 1800 } }).cdn_policy).toMatchObject({
    negative_caching: true,
    negative_caching_policy: [
      { code: 302, ttl: 1800 },
      { code: 404, ttl: 60 },
    ],
  });
});

test("gives answers to signed URLs a lifetime, always with the cache key written out", () => {
  expect(cachedBackend({ signedUrlMaxAgeSeconds: 600 }).cdn_policy).toMatchObject({
    signed_url_cache_max_age_sec: 600,
    cache_key_policy: { include_host: true, include_protocol: true, include_query_string: true },
  });
  expect(cachedBackend().cdn_policy).not.toHaveProperty("signed_url_cache_max_age_sec");
});

test("no combination of valid options gives an error of the rulebook", () => {
  fc.assert(
    fc.property(CDN_OPTIONS, STATIC_LIFETIMES, (options, lifetimes) => {
      expect(errorsIn(service(Cdn.originHeaders(options)))).toEqual([]);
      const { defaultTtlSeconds, clientTtlSeconds, ...longest } = lifetimes;
      const sent = { defaultTtlSeconds: defaultTtlSeconds || 1, clientTtlSeconds: clientTtlSeconds || 1, ...longest };
      expect(errorsIn(service(Cdn.staticContent({ ...options, ...sent })))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test("fails for storing every answer of a service, where they belong to one caller each", () => {
  expect(() => service(Cdn.forceCacheAll())).toThrow(
    '[test/Backend] cdn: got "Cdn.forceCacheAll", allowed is Cdn.originHeaders() or Cdn.staticContent() on a backend service: forceCacheAll ignores ' +
      "private and no-store, so one caller's answer would be served to the next; use Cdn.originHeaders() and send Cache-Control: public with what everyone may see",
  );
});

test.each([
  ["defaultTtlSeconds", { defaultTtlSeconds: 601, maxTtlSeconds: 600 }, "1 to 600; lower it, or raise maxTtlSeconds"],
  ["clientTtlSeconds", { clientTtlSeconds: 601, maxTtlSeconds: 600 }, "1 to 600; lower it, or raise maxTtlSeconds"],
  ["defaultTtlSeconds", { defaultTtlSeconds: 86401 }, "1 to 86400; lower it, or raise maxTtlSeconds"],
  ["maxTtlSeconds", { maxTtlSeconds: 0 }, "1 to 31622400; give a number of seconds, at most a year"],
  ["maxTtlSeconds", { maxTtlSeconds: 31622401 }, "1 to 31622400; give a number of seconds, at most a year"],
] as const)("fails for %s in %j", (what, options, allowed) => {
  expect(() => staticContent(options)).toThrow(
    `[test/Backend] ${what}: got ${(options as Record<string, number>)[what]}, allowed is a whole number from ${allowed}`,
  );
});

test("fails for a client that would keep an object longer than the edge", () => {
  expect(() => forced({ defaultTtlSeconds: 60, clientTtlSeconds: 61 })).toThrow(
    "[test/Backend] clientTtlSeconds: got 61, allowed is a whole number from 0 to 60; lower it, or raise defaultTtlSeconds",
  );
});

test("fails for lists of query parameters that are in and that are out of the key", () => {
  expect(() =>
    cachedBackend({ cacheKeyQueryParameters: ["v"], cacheKeyExcludedQueryParameters: ["utm_source"] }),
  ).toThrow(
    '[test/Backend] cacheKeyExcludedQueryParameters: got ["utm_source"], allowed is one of the two lists: parameters that are part of the cache key, ' +
      "or parameters that are not; keep cacheKeyQueryParameters alone, or this list alone",
  );
});

test.each(["cacheKeyQueryParameters", "cacheKeyExcludedQueryParameters"] as const)("fails for wrong %s", (what) => {
  expect(() => cachedBackend({ [what]: ["v", "v"] })).toThrow(
    `[test/Backend] ${what}: got "v", allowed is each value once`,
  );
  expect(() => cachedBackend({ [what]: [""] })).toThrow(
    `[test/Backend] ${what}: got "", allowed is names of query parameters`,
  );
});

test.each([
  ["cacheKeyHeaders", "X Tenant", "header"],
  ["bypassHeaders", "X-Tenant: a", "header"],
  ["cacheKeyCookies", "tenant=a", "cookie"],
])("fails for %s with %j", (what, name, kind) => {
  expect(() => cachedBackend({ [what]: [name] })).toThrow(
    `[test/Backend] ${what}: got "${name}", allowed is the name of a ${kind}: letters, digits and - _ . and the like; name the ${kind} only, without its value`,
  );
});

test("fails for six cookies", () => {
  expect(() => cachedBackend({ cacheKeyCookies: ["a", "b", "c", "d", "e", "f"] })).toThrow(
    "allowed is at most 5 cookies",
  );
});

test.each([
  ["cacheKeyHost", true, "an object is the same under every host"],
  ["cacheKeyProtocol", false, "an object is the same under http and https"],
  ["cacheKeyCookies", ["a"], "Cloud Storage does not look at cookies"],
  ["cacheKeyExcludedQueryParameters", ["a"], "the query is left out already"],
])("fails for %s on a bucket", (what, value, reason) => {
  expect(() => bucketPolicyOf(Cdn.forceCacheAll({ [what]: value }))).toThrow(
    `[test/Backend] ${what}: got ${JSON.stringify(value)}, allowed is nothing on a bucket: ${reason}`,
  );
});

test.each(["200", "403", "500", "4o4"])("fails for negative caching of %s", (code) => {
  expect(() => cachedBackend({ negativeCachingSeconds: { [code]: 60 } })).toThrow(
    `[test/Backend] negativeCachingSeconds: got "${code}", allowed is one of 300, 301, 302, 307, 308, 404, 405, 410, 421, 451, 501; leave it out`,
  );
});

test.each([0, 1801])("fails for storing errors for %d seconds", (seconds) => {
  expect(() => cachedBackend({ negativeCachingSeconds: { "404": seconds } })).toThrow(
    `[test/Backend] negativeCachingSeconds 404: got ${seconds}, allowed is a whole number from 1 to 1800; give at most half an hour`,
  );
});

test("fails for lifetimes of errors that are not stored", () => {
  expect(() => cachedBackend({ negativeCaching: false, negativeCachingSeconds: { "404": 60 } })).toThrow(
    "[test/Backend] negativeCaching: got false, allowed is true with negativeCachingSeconds: Google Cloud rejects lifetimes for what is not stored",
  );
});

test.each([0, 31622401])("fails for answers to signed URLs that are fresh for %d seconds", (signedUrlMaxAgeSeconds) => {
  expect(() => cachedBackend({ signedUrlMaxAgeSeconds })).toThrow(
    `[test/Backend] signedUrlMaxAgeSeconds: got ${signedUrlMaxAgeSeconds}, allowed is a whole number from 1 to 31622400`,
  );
});

test("fails for a lifetime of signed URLs where every answer has the same", () => {
  expect(() => forced({ signedUrlMaxAgeSeconds: 60 })).toThrow(
    "[test/Backend] signedUrlMaxAgeSeconds: got 60, allowed is nothing with Cdn.forceCacheAll, whose lifetime also applies to signed URLs; set defaultTtlSeconds instead",
  );
});
