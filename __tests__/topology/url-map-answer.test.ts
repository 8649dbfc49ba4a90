import fc from "fast-check";
import type { Block } from "../../lib/topology/document";
import { answerOf, type UrlMapRequest } from "../../lib/topology/url-map-answer";

const request = (url: string, method = "GET", headers: Record<string, string> = {}): UrlMapRequest => {
  const [, scheme, host, path] = /^(https?):\/\/([^/?]*)(.*)$/.exec(url)!;
  return { scheme: scheme as "http" | "https", host: host!, path: path || "/", method, headers };
};

/** The name of the backend that gets the request. */
const backendFor = (map: Block, url: string, ...more: [string?, Record<string, string>?]) =>
  answerOf(map, request(url, ...more))
    .targets.map(({ value }) => value)
    .join("+");

const hosts = (...names: string[]): Block => ({
  default_service: "none",
  host_rule: names.map((host, index) => ({ hosts: [host], path_matcher: `m${index}` })),
  path_matcher: names.map((host, index) => ({ name: `m${index}`, default_service: host })),
});

const matcher = (values: Block): Block => ({
  default_service: "none",
  host_rule: [{ hosts: ["*"], path_matcher: "all" }],
  path_matcher: [{ name: "all", default_service: "default", ...values }],
});

/** A URL map with a route rule for each match; the service is named by its place. */
const routed = (...matches: Block[]): Block =>
  matcher({
    route_rules: matches.map((match, index) => ({ priority: index, match_rules: [match], service: `r${index}` })),
  });

describe("host rules", () => {
  const map = hosts("api.example.com", "*.example.com", "*-eu.example.com", "*", "special.example.com:8443");

  test.each([
    ["https://api.example.com/", "api.example.com"],
    ["https://API.example.COM:8443/", "api.example.com"],
    ["https://other.example.com/", "*.example.com"],
    ["https://a.b.example.com/", "*.example.com"],
    ["https://api-eu.example.com/", "*-eu.example.com"],
    ["https://example.com/", "*"],
    ["https://special.example.com:8443/", "special.example.com:8443"],
    ["https://special.example.com/", "*.example.com"],
  ])("%s → %s", (url, expected) => expect(backendFor(map, url)).toBe(expected));

  test("without a host that fits, the default of the whole map answers", () => {
    expect(answerOf(hosts("api.example.com"), request("https://example.org/")).at).toBe("");
    expect(backendFor(hosts("api.example.com"), "https://example.org/")).toBe("none");
  });
});

describe("path rules", () => {
  const map = matcher({
    path_rule: [
      { paths: ["/*"], service: "all" },
      { paths: ["/v1/*"], service: "v1" },
      { paths: ["/v1/chat/*", "/v1/chat"], service: "chat" },
      { paths: ["/V1/*"], service: "upper" },
    ],
  });

  test.each([
    ["/", "all"],
    ["/v1", "all"],
    ["/v1/", "v1"],
    ["/v1/models?x=/v1/chat/", "v1"],
    ["/v1/chat", "chat"],
    ["/v1/chat/completions", "chat"],
    ["/v1/chats", "v1"],
    ["/V1/x", "upper"],
  ])("%s → %s, the longest", (path, expected) => expect(backendFor(map, `https://a.example${path}`)).toBe(expected));

  test("the order in which they are written changes nothing", () => {
    const rules = (map.path_matcher as Block[])[0]!.path_rule as Block[];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(rules, { minLength: rules.length }),
        fc.constantFrom("/", "/v1/a", "/v1/chat", "/v1/chat/x", "/V1/"),
        (shuffled, path) =>
          backendFor(matcher({ path_rule: shuffled }), `https://a.example${path}`) ===
          backendFor(map, `https://a.example${path}`),
      ),
    );
  });
});

describe("route rules", () => {
  test("the lowest priority that matches wins, wherever it is listed", () => {
    const rules = [
      { priority: 30, match_rules: [{ prefix_match: "/" }], service: "last" },
      { priority: 10, match_rules: [{ full_path_match: "/x" }], service: "first" },
      { priority: 20, match_rules: [{ prefix_match: "/x" }], service: "second" },
    ];
    const map = matcher({ route_rules: rules });
    expect(["/x", "/xy", "/z"].map((path) => backendFor(map, `https://a.example${path}`))).toEqual([
      "first",
      "second",
      "last",
    ]);
  });

  test.each<[string, Block, string, boolean]>([
    ["a prefix is text", { prefix_match: "/v1" }, "/v1beta", true],
    ["case counts", { prefix_match: "/v1" }, "/V1", false],
    ["unless it is ignored", { prefix_match: "/v1", ignore_case: true }, "/V1/x", true],
    ["a full path leaves the query out", { full_path_match: "/x" }, "/x?a=b", true],
    ["a full path is the whole path", { full_path_match: "/x" }, "/x/", false],
    ["a regular expression matches the whole path", { regex_match: "/v[12]" }, "/v1/x", false],
    ["in RE2's syntax", { regex_match: "(?i)/V\\d\\z" }, "/v1?q", true],
    ["a template's variable is one segment", { path_template_match: "/v1/{model}/chat" }, "/v1/a/b/chat", false],
    ["a template's star is not empty", { path_template_match: "/v1/*" }, "/v1/", false],
    ["two stars are anything", { path_template_match: "/v1/{model}/{rest=**}" }, "/v1/a/b/c", true],
    ["a dot in a template is a dot", { path_template_match: "/v1.0/*" }, "/v1x0/a", false],
  ])("%s", (_, match, path, expected) => {
    expect(backendFor(routed(match), `https://a.example${path}`)).toBe(expected ? "r0" : "default");
  });

  test.each<[string, Block, Record<string, string>, boolean]>([
    ["exact", { exact_match: "a" }, { "x-h": "a" }, true],
    ["exact, missing", { exact_match: "a" }, {}, false],
    ["prefix", { prefix_match: "Bear" }, { "x-h": "Bearer x" }, true],
    ["suffix", { suffix_match: "er" }, { "x-h": "Bearer x" }, false],
    ["present", { present_match: true }, { "x-h": "" }, true],
    ["present, missing", { present_match: true }, {}, false],
    ["absent", { present_match: true, invert_match: true }, {}, true],
    ["regex", { regex_match: "[0-9]+" }, { "x-h": "12" }, true],
    ["regex, part", { regex_match: "[0-9]+" }, { "x-h": "a12" }, false],
    ["range", { range_match: { range_start: 1, range_end: 5 } }, { "x-h": "4" }, true],
    ["range, its end", { range_match: { range_start: 1, range_end: 5 } }, { "x-h": "5" }, false],
    ["inverted", { exact_match: "a", invert_match: true }, { "x-h": "b" }, true],
  ])("header: %s", (_, match, headers, expected) => {
    const map = routed({ prefix_match: "/", header_matches: [{ header_name: "X-H", ...match }] });
    expect(backendFor(map, "https://a.example/", "GET", headers)).toBe(expected ? "r0" : "default");
  });

  test("methods, query parameters, and several conditions at once", () => {
    const map = routed({
      prefix_match: "/",
      header_matches: [{ header_name: ":method", exact_match: "POST" }],
      query_parameter_matches: [{ name: "beta", present_match: true }],
    });
    const answers = [
      backendFor(map, "https://a.example/?beta=", "POST"),
      backendFor(map, "https://a.example/", "POST"),
      backendFor(map, "https://a.example/?beta=1", "GET"),
    ];
    expect(answers).toEqual(["r0", "default", "default"]);
  });

  test("any of several match rules suffices", () => {
    const rule = { priority: 1, match_rules: [{ full_path_match: "/a" }, { full_path_match: "/b" }], service: "r" };
    expect(backendFor(matcher({ route_rules: [rule] }), "https://a.example/b")).toBe("r");
  });

  test("weights are kept", () => {
    const shares = [
      { backend_service: "a", weight: 90 },
      { backend_service: "b", weight: "10" },
    ];
    const action = { weighted_backend_services: shares };
    const map = matcher({ route_rules: [{ priority: 1, match_rules: [{ prefix_match: "/" }], route_action: action }] });
    expect(answerOf(map, request("https://a.example/")).targets).toEqual([
      { value: "a", weight: 90 },
      { value: "b", weight: 10 },
    ]);
  });
});

describe("redirects", () => {
  const location = (redirect: Block, path: string, scheme = "https") =>
    answerOf(
      matcher({ path_rule: [{ paths: ["/old/*"], url_redirect: redirect }] }),
      request(`${scheme}://a.example:80${path}`),
    ).redirect;

  test.each<[Block, string, number, string]>([
    [{ path_redirect: "/new" }, "/old/x?q=1", 301, "https://a.example:80/new?q=1"],
    [{ path_redirect: "/new", strip_query: true }, "/old/x?q=1", 301, "https://a.example:80/new"],
    [{ path_redirect: "/new?to=here" }, "/old/x?q=1", 301, "https://a.example:80/new?to=here"],
    [
      { prefix_redirect: "/new/", redirect_response_code: "PERMANENT_REDIRECT" },
      "/old/x/y",
      308,
      "https://a.example:80/new/x/y",
    ],
    [{ host_redirect: "b.example", redirect_response_code: "FOUND" }, "/old/x", 302, "https://b.example/old/x"],
  ])("%j", (redirect, path, status, expected) => {
    expect(location(redirect, path)).toEqual({ status, location: expected });
  });

  test("to https without the port of http", () => {
    expect(location({ https_redirect: true }, "/old/x", "http")?.location).toBe("https://a.example/old/x");
  });
});

describe("rewrites", () => {
  test("a prefix takes the place of what matched", () => {
    const action = { url_rewrite: { path_prefix_rewrite: "/", host_rewrite: "inner" } };
    const map = matcher({ path_rule: [{ paths: ["/v1/*"], service: "s", route_action: action }] });
    expect(answerOf(map, request("https://a.example/v1/x?q"))).toMatchObject({ path: "/x?q", host: "inner" });
  });

  const rewritten = (match: Block, values: Block) => {
    const rule = { priority: 1, match_rules: [match], service: "s", route_action: { url_rewrite: values } };
    return answerOf(matcher({ route_rules: [rule] }), request("https://a.example/v1/a?q=1"));
  };

  test("a pattern matches the whole path", () =>
    expect(rewritten({ regex_match: "/v1/.*" }, { path_prefix_rewrite: "/all" })).toMatchObject({
      path: "/all?q=1",
      isCertain: true,
    }));

  test("what a prefix does to a template is not known", () =>
    expect(rewritten({ path_template_match: "/v1/{a}" }, { path_prefix_rewrite: "/all" })).toMatchObject({
      path: "/v1/a?q=1",
      isCertain: false,
    }));

  test("a template's variables go where the rewrite names them", () => {
    const rule = {
      priority: 1,
      match_rules: [{ path_template_match: "/{country}/v1/{rest=**}" }],
      route_action: { url_rewrite: { path_template_rewrite: "/{rest}/{country}" } },
      service: "s",
    };
    expect(answerOf(matcher({ route_rules: [rule] }), request("https://a.example/de/v1/a/b?q=1")).path).toBe(
      "/a/b/de?q=1",
    );
  });
});

test("whether an inverted match takes a missing header is not known; that it is absent is", () => {
  const inverted = (match: Block) =>
    answerOf(
      routed({ header_matches: [{ header_name: "x-a", invert_match: true, ...match }] }),
      request("https://a.example/"),
    );
  expect(inverted({ exact_match: "1" })).toMatchObject({ at: "path_matcher.0", isCertain: false });
  expect(inverted({ present_match: true })).toMatchObject({ at: "path_matcher.0.route_rules.0", isCertain: true });
});

test("what Terraform computes makes an answer uncertain", () => {
  const first = { priority: 1, match_rules: [{ full_path_match: "${var.path}" }], service: "a" };
  const second = { priority: 2, match_rules: [{ prefix_match: "/" }], service: "b" };
  const answer = answerOf(matcher({ route_rules: [first, second] }), request("https://a.example/x"));
  expect(answer).toMatchObject({ isCertain: false, at: "path_matcher.0.route_rules.1" });
  expect(answerOf(matcher({ route_rules: [second] }), request("https://a.example/x")).isCertain).toBe(true);
});
