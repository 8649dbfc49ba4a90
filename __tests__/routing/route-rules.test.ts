import { HeaderMatch, QueryParameterMatch, Redirect, RedirectCode, RetryCondition, type RouteProps } from "../../lib";
import { CANARY, DEFAULT, matcher, OTHER, ruleOf, STABLE, urlMap } from "./routing-support";

const GET = { backend: STABLE, methods: ["GET"] };

describe("which requests", () => {
  test("a header, by each of the ways to compare it, all of them together", () => {
    const { match_rules, service } = ruleOf({
      backend: CANARY,
      headers: [
        HeaderMatch.exact("X-Canary", "1"),
        HeaderMatch.prefix("X-Version", "2."),
        HeaderMatch.suffix("X-Tenant", ".acme"),
        HeaderMatch.present("X-Trace"),
        HeaderMatch.absent("X-Legacy"),
        HeaderMatch.range("X-Bucket", 0, 10),
        HeaderMatch.exact("X-Plan", "free").inverted(),
      ],
    });
    expect(service).toBe("backends/canary");
    expect(match_rules).toEqual([
      {
        prefix_match: "/",
        header_matches: [
          { header_name: "X-Canary", exact_match: "1" },
          { header_name: "X-Version", prefix_match: "2." },
          { header_name: "X-Tenant", suffix_match: ".acme" },
          { header_name: "X-Trace", present_match: true },
          { header_name: "X-Legacy", present_match: true, invert_match: true },
          { header_name: "X-Bucket", range_match: { range_start: 0, range_end: 10 } },
          { header_name: "X-Plan", exact_match: "free", invert_match: true },
        ],
      },
    ]);
  });

  test("inverted twice is as it was", () => {
    const once = ruleOf({ backend: CANARY, headers: [HeaderMatch.present("X-A")] });
    expect(ruleOf({ backend: CANARY, headers: [HeaderMatch.absent("X-A").inverted()] })).toEqual(once);
  });

  test("query parameters", () => {
    const queryParameters = [QueryParameterMatch.exact("alt", "sse"), QueryParameterMatch.present("debug")];
    expect(ruleOf({ backend: CANARY, paths: ["/v1/chat"], queryParameters }).match_rules).toEqual([
      {
        full_path_match: "/v1/chat",
        query_parameter_matches: [
          { name: "alt", exact_match: "sse" },
          { name: "debug", present_match: true },
        ],
      },
    ]);
  });

  test("methods are alternatives: one match rule for each, by the pseudo-header :method, beside the other headers", () => {
    const route = { backend: STABLE, methods: ["POST", "GET"], headers: [HeaderMatch.present("X-A")], paths: ["/a/*"] };
    const own = { header_name: "X-A", present_match: true };
    expect(ruleOf(route).match_rules).toEqual([
      { prefix_match: "/a/", header_matches: [{ header_name: ":method", exact_match: "GET" }, own] },
      { prefix_match: "/a/", header_matches: [{ header_name: ":method", exact_match: "POST" }, own] },
    ]);
  });

  test("templates", () => {
    expect(ruleOf({ backend: STABLE, templates: ["/v1/models/{model=*}"] }).match_rules).toEqual([
      { path_template_match: "/v1/models/{model=*}" },
    ]);
  });

  test("a route with a priority is one rule with all of its paths, one without is a rule for each", () => {
    const route: RouteProps = { ...GET, paths: ["/a", "/b/*"], templates: ["/c/{x}"] };
    expect(ruleOf({ ...route, priority: 7 })).toMatchObject({
      priority: 7,
      match_rules: [{ full_path_match: "/a" }, { prefix_match: "/b/" }, { path_template_match: "/c/{x}" }],
    });
    expect(matcher(urlMap([route])).route_rules!.map(({ match_rules }) => match_rules.length)).toEqual([1, 1, 1]);
  });
});

describe("where they go", () => {
  test("to several backends by weight, and then to no single one", () => {
    const rule = ruleOf({
      weightedBackends: [
        { backend: STABLE, weight: 95 },
        { backend: CANARY, weight: 5 },
      ],
    });
    expect(rule.service).toBeUndefined();
    expect(rule.route_action).toEqual({
      weighted_backend_services: [
        { backend_service: "backends/stable", weight: 95 },
        { backend_service: "backends/canary", weight: 5 },
      ],
    });
    expect(rule.match_rules).toEqual([{ prefix_match: "/" }]);
  });

  test.each([
    ["toHost", Redirect.toHost("New.example.com"), { host_redirect: "new.example.com" }],
    ["toPath", Redirect.toPath("/v2/models"), { path_redirect: "/v2/models" }],
    [
      "toPrefix",
      Redirect.toPrefix("/v2/", { host: "b.example.com" }),
      { prefix_redirect: "/v2/", host_redirect: "b.example.com" },
    ],
  ])("%s redirects with 308 and keeps the query", (_, redirect, expected) => {
    const { path_rule } = matcher(urlMap([{ redirect, hosts: ["a.example.com"], paths: ["/v1/*"] }]), "a.example.com");
    expect(path_rule).toEqual([
      {
        paths: ["/v1/*"],
        url_redirect: { ...expected, redirect_response_code: "PERMANENT_REDIRECT", strip_query: false },
      },
    ]);
  });

  test("a redirect with another code and without the query, of a whole host", () => {
    const redirect = Redirect.toHost("b.example.com", { code: RedirectCode.TEMPORARY, stripQuery: true });
    expect(matcher(urlMap([{ redirect, hosts: ["a.example.com"] }]), "a.example.com")).toEqual({
      name: expect.any(String),
      path_rule: [],
      default_url_redirect: {
        host_redirect: "b.example.com",
        redirect_response_code: "TEMPORARY_REDIRECT",
        strip_query: true,
      },
    });
  });

  test("a redirect with conditions stands in a route rule without an action", () => {
    const rule = ruleOf({ redirect: Redirect.toPath("/new"), paths: ["/old"], methods: ["GET"] });
    expect(rule.url_redirect).toMatchObject({ path_redirect: "/new" });
    expect(rule).not.toHaveProperty("route_action");
    expect(rule).not.toHaveProperty("service");
  });
});

describe("what happens on the way", () => {
  test("rewrites", () => {
    const rewrite = (route: Partial<RouteProps>) => ruleOf({ backend: STABLE, ...route }).route_action;
    expect(rewrite({ paths: ["/all/*"], pathPrefixRewrite: "/" })).toEqual({
      url_rewrite: { path_prefix_rewrite: "/" },
    });
    expect(rewrite({ templates: ["/{tenant=*}/{rest=**}"], pathTemplateRewrite: "/{rest}" })).toEqual({
      url_rewrite: { path_template_rewrite: "/{rest}" },
    });
    expect(rewrite({ hostRewrite: "b.example.com" })).toEqual({ url_rewrite: { host_rewrite: "b.example.com" } });
  });

  test("headers are set, added and removed, both ways", () => {
    const { header_action, route_action } = ruleOf({
      backend: STABLE,
      setRequestHeaders: { "X-Route": "chat" },
      addRequestHeaders: { "X-Seen": "lb" },
      removeRequestHeaders: ["X-Internal"],
      setResponseHeaders: { "Cache-Control": "no-store" },
      addResponseHeaders: { "Server-Timing": "lb" },
      removeResponseHeaders: ["Server"],
    });
    expect(route_action).toBeUndefined();
    expect(header_action).toEqual({
      request_headers_to_add: [
        { header_name: "X-Route", header_value: "chat", replace: true },
        { header_name: "X-Seen", header_value: "lb", replace: false },
      ],
      request_headers_to_remove: ["X-Internal"],
      response_headers_to_add: [
        { header_name: "Cache-Control", header_value: "no-store", replace: true },
        { header_name: "Server-Timing", header_value: "lb", replace: false },
      ],
      response_headers_to_remove: ["Server"],
    });
  });

  test("CORS, with what an API needs by default", () => {
    const cors = { allowOrigins: ["https://app.example.com"] };
    expect(ruleOf({ backend: STABLE, cors }).route_action).toEqual({
      cors_policy: {
        allow_origins: ["https://app.example.com"],
        allow_methods: ["GET", "POST", "OPTIONS"],
        allow_headers: ["Authorization", "Content-Type"],
        allow_credentials: false,
        max_age: 3600,
        disabled: false,
      },
    });
  });

  test("CORS with every option", () => {
    const cors = {
      allowOrigins: ["https://app.example.com"],
      allowMethods: ["GET"],
      allowHeaders: ["X-A"],
      exposeHeaders: ["X-B"],
      allowCredentials: true,
      maxAgeSeconds: 0,
    };
    expect(ruleOf({ backend: STABLE, cors }).route_action!.cors_policy).toEqual({
      allow_origins: ["https://app.example.com"],
      allow_methods: ["GET"],
      allow_headers: ["X-A"],
      expose_headers: ["X-B"],
      allow_credentials: true,
      max_age: 0,
      disabled: false,
    });
  });

  test("copies of the requests", () => {
    expect(ruleOf({ backend: STABLE, mirrorTo: OTHER }).route_action).toEqual({
      request_mirror_policy: { backend_service: "backends/other" },
    });
  });

  test("retries of idempotent requests", () => {
    expect(ruleOf({ ...GET, retry: {} }).route_action).toEqual({
      retry_policy: { num_retries: 1, retry_conditions: ["connect-failure", "refused-stream", "gateway-error"] },
    });
    const retry = { attempts: 3, conditions: [RetryCondition.SERVER_ERROR], perTryTimeoutSeconds: 5 };
    expect(ruleOf({ ...GET, retry, timeoutSeconds: 15 }).route_action).toEqual({
      retry_policy: { num_retries: 3, retry_conditions: ["5xx"], per_try_timeout: { seconds: "5" } },
      timeout: { seconds: "15" },
    });
  });

  test("retries of a POST, where asked for, only where the backend has not begun with it", () => {
    expect(ruleOf({ backend: STABLE, retry: { retryNonIdempotent: true } }).route_action).toEqual({
      retry_policy: { num_retries: 1, retry_conditions: ["connect-failure", "refused-stream"] },
    });
  });

  test("no timeout unless asked for, so that streamed tokens are not cut", () => {
    const { route_action } = ruleOf({ ...GET, hostRewrite: "b.example.com" });
    expect(Object.keys(route_action!)).toEqual(["url_rewrite"]);
  });

  test("faults for a drill", () => {
    const fault = { abortPercent: 0.5, delayPercent: 10, delaySeconds: 2 };
    expect(ruleOf({ backend: STABLE, fault }).route_action).toEqual({
      fault_injection_policy: {
        abort: { http_status: 503, percentage: 0.5 },
        delay: { fixed_delay: { seconds: "2" }, percentage: 10 },
      },
    });
    expect(ruleOf({ backend: STABLE, fault: { abortPercent: 100, abortStatus: 429 } }).route_action).toEqual({
      fault_injection_policy: { abort: { http_status: 429, percentage: 100 } },
    });
  });
});

test("only the hosts that need route rules have them", () => {
  const resource = urlMap([
    { backend: STABLE, hosts: ["a.example.com", "b.example.com"], paths: ["/x", "/y/*"] },
    { backend: CANARY, hosts: ["b.example.com"], paths: ["/x"], headers: [HeaderMatch.present("X-Canary")] },
  ]);
  expect(matcher(resource, "a.example.com").path_rule).toEqual([{ paths: ["/x", "/y/*"], service: "backends/stable" }]);
  const { path_rule, route_rules, default_service } = matcher(resource, "b.example.com");
  expect(path_rule).toBeUndefined();
  expect(default_service).toBe(DEFAULT.backendId);
  expect(route_rules!.map(({ service, match_rules }) => [service, match_rules[0]])).toEqual([
    ["backends/canary", { full_path_match: "/x", header_matches: [{ header_name: "X-Canary", present_match: true }] }],
    ["backends/stable", { full_path_match: "/x" }],
    ["backends/stable", { prefix_match: "/y/" }],
  ]);
});
