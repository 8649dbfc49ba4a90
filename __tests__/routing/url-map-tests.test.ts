import { ContainerImage, GlobalAiApi, HeaderMatch, Redirect, RedirectCode, type RouteProps, Tls } from "../../lib";
import { only, synth, testStack } from "../support";
import { CANARY, OTHER, STABLE, urlMap } from "./routing-support";

const tests = (...routes: RouteProps[]) => urlMap(routes).values.test;

test("one for each path of each host", () => {
  expect(
    tests(
      { backend: STABLE, paths: ["/v1/models", "/v1/*"] },
      { backend: OTHER, hosts: ["*.example.com", "b.example.com"] },
    ),
  ).toEqual([
    { host: "url-map-test.invalid", path: "/v1/models", service: "backends/stable" },
    { host: "url-map-test.invalid", path: "/v1/url-map-test", service: "backends/stable" },
    { host: "url-map-test.example.com", path: "/v1/models", service: "backends/stable" },
    { host: "url-map-test.example.com", path: "/v1/url-map-test", service: "backends/stable" },
    { host: "url-map-test.example.com", path: "/url-map-test", service: "backends/other" },
    { host: "b.example.com", path: "/v1/models", service: "backends/stable" },
    { host: "b.example.com", path: "/v1/url-map-test", service: "backends/stable" },
    { host: "b.example.com", path: "/url-map-test", service: "backends/other" },
  ]);
});

test("none for redirects: their scheme in a test is not documented", () => {
  const hosts = ["old.example.com"];
  expect(
    tests(
      { redirect: Redirect.toHost("New.example.com"), hosts },
      { redirect: Redirect.toPath("/b", { code: RedirectCode.SEE_OTHER }), hosts, paths: ["/a"] },
      { backend: STABLE, hosts, paths: ["/c"] },
    ),
  ).toEqual([{ host: "old.example.com", path: "/c", service: "backends/stable" }]);
});

test("none for a path that a route with conditions, weights or a template may take first", () => {
  const plain: RouteProps = { backend: STABLE, paths: ["/a", "/b/*", "/c"] };
  expect(
    tests(
      plain,
      { backend: CANARY, paths: ["/a"], headers: [HeaderMatch.absent("X-A")] },
      { backend: CANARY, templates: ["/b/{x=*}"] },
      { weightedBackends: [{ backend: OTHER, weight: 1 }] },
    ),
  ).toEqual([{ host: "url-map-test.invalid", path: "/c", service: "backends/stable" }]);
  expect(tests(plain, { backend: CANARY, methods: ["GET"], priority: 1 })).toBeUndefined();
});

test("none for a sample path or host that is a route of its own", () => {
  expect(tests({ backend: STABLE, paths: ["/a/*"] }, { backend: OTHER, paths: ["/a/url-map-test"] })).toEqual([
    { host: "url-map-test.invalid", path: "/a/url-map-test", service: "backends/other" },
  ]);
  expect(
    tests(
      { backend: STABLE, hosts: ["*.example.com"] },
      { backend: OTHER, hosts: ["url-map-test.example.com"], paths: ["/a"] },
    ),
  ).toEqual([
    { host: "url-map-test.example.com", path: "/a", service: "backends/other" },
    { host: "url-map-test.example.com", path: "/url-map-test", service: "backends/stable" },
  ]);
});

test("at most 100, the most that a URL map takes", () => {
  expect(tests({ backend: STABLE, paths: Array.from({ length: 120 }, (_, i) => `/p${i}`) })).toHaveLength(100);
});

test("none when turned off, and nothing else changes", () => {
  const routes: RouteProps[] = [{ backend: STABLE, paths: ["/a"] }];
  const { test: on, ...others } = urlMap(routes).values;
  expect(on).toHaveLength(1);
  expect(urlMap(routes, { urlMapTests: false }).values).toEqual(others);
});

test.each([undefined, false])("by GlobalAiApi, with urlMapTests: %s", (urlMapTests) => {
  const stack = testStack();
  const image = ContainerImage.fromReference("docker.io/acme/chat:1");
  const api = new GlobalAiApi(stack, "chat", { image, regions: ["europe-west1"], tls: Tls.none(), urlMapTests });
  api.addRoute({ backend: api.service.backend, paths: ["/a"] });
  const { test: found } = only(synth(stack), "google_compute_url_map").values;
  expect(found).toEqual(
    urlMapTests === false ? undefined : [{ host: "url-map-test.invalid", path: "/a", service: expect.anything() }],
  );
});
