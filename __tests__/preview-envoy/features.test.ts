import type { Block } from "../../lib/topology/document";
import { frontends, merged, services, to } from "../preview/preview-document";
import { type RunningPreview, runPreview } from "./envoy-support";

const bucket = (name: string) => `\${google_compute_backend_bucket.${name}.id}`;
const only = (values: Block): Block => ({
  host_rule: [{ hosts: ["*"], path_matcher: "all" }],
  path_matcher: [{ name: "all", default_service: to("api"), ...values }],
  default_service: to("api"),
});
const prefixed = (prefix: string, values: Block): Block => ({
  match_rules: [{ prefix_match: prefix }],
  service: to("api"),
  ...values,
});
const inOrder = (...rules: Block[]) => rules.map((rule, index) => ({ priority: index + 1, ...rule }));

const actions = only({
  header_action: {
    request_headers_to_add: [{ header_name: "X-Level", header_value: "matcher", replace: false }],
    response_headers_to_add: [{ header_name: "X-Out", header_value: "100%", replace: true }],
    response_headers_to_remove: ["x-secret"],
  },
  default_custom_error_response_policy: {
    error_service: bucket("errors"),
    error_response_rule: [
      { match_response_codes: ["5xx"], path: "/errors/5xx.json" },
      { match_response_codes: ["502"], path: "/errors/502.json", override_response_code: 200 },
    ],
  },
  route_rules: inOrder(
    prefixed("/cors", {
      route_action: {
        cors_policy: { allow_origins: ["https://app.example.com"], allow_methods: ["GET", "POST"], max_age: 60 },
      },
    }),
    prefixed("/fault", { route_action: { fault_injection_policy: { abort: { http_status: 418, percentage: 100 } } } }),
    prefixed("/slow", { route_action: { timeout: { seconds: 0, nanos: 200000000 } } }),
    prefixed("/mirror", { route_action: { request_mirror_policy: { backend_service: to("shadow") } } }),
    prefixed("/retry", {
      route_action: { retry_policy: { num_retries: 3, retry_conditions: ["5xx"] } },
      custom_error_response_policy: {
        error_service: bucket("errors"),
        error_response_rule: [{ match_response_codes: ["503"], path: "/errors/retry.json" }],
      },
    }),
    prefixed("/headers", {
      header_action: {
        request_headers_to_add: [
          { header_name: "X-Level", header_value: "route", replace: true },
          { header_name: "X-Where", header_value: "{client_region}-{client_ip_address}-{cdn_cache_id}", replace: true },
        ],
        request_headers_to_remove: ["x-gone"],
      },
    }),
    prefixed("/split", {
      service: undefined,
      route_action: {
        weighted_backend_services: [
          { backend_service: to("api"), weight: 1 },
          {
            backend_service: to("shadow"),
            weight: 1,
            header_action: { response_headers_to_add: [{ header_name: "X-Split", header_value: "shadow" }] },
          },
        ],
      },
    }),
    prefixed("/unknown", { service: "projects/p/global/backendServices/elsewhere" }),
  ),
});

const rule = (priority: number, action: string, expression: string, more: Block = {}): Block => ({
  priority,
  action,
  match: { expr: { expression } },
  ...more,
});
const fromRanges = (priority: number, action: string, src_ip_ranges: string[], more: Block = {}): Block => ({
  priority,
  action,
  match: { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges } },
  ...more,
});
const limit = (key: Block, count: number) => ({
  rate_limit_options: {
    conform_action: "allow",
    exceed_action: "deny(429)",
    rate_limit_threshold: { count, interval_sec: 60 },
    ...key,
  },
});

const document = {
  resource: {
    google_compute_backend_bucket: { errors: { name: "errors", bucket_name: "errors" } },
    google_compute_security_policy: {
      armor: {
        name: "armor",
        rule: [
          fromRanges(2147483647, "allow", ["*"]),
          fromRanges(100, "deny(404)", ["10.0.0.0/8", "2001:db8::/32"]),
          rule(200, "deny(502)", "request.path.matches('/secret$') && !has(request.headers['x-key'])"),
          rule(300, "deny(403)", "request.headers['user-agent'].lower().contains('badbot')", { preview: false }),
          rule(310, "deny(403)", "request.headers['x-trial'] == '1'", { preview: true }),
          rule(400, "deny(403)", "origin.region_code == 'XX' || evaluatePreconfiguredWaf('sqli-v33-stable')"),
          rule(500, "redirect", "request.path.startsWith('/old')", {
            redirect_options: { type: "EXTERNAL_302", target: "https://example.com/new?a=b" },
          }),
          rule(
            600,
            "throttle",
            "request.path == '/limited'",
            limit({ enforce_on_key: "HTTP_HEADER", enforce_on_key_name: "X-Key" }, 2),
          ),
          rule(
            700,
            "rate_based_ban",
            "request.path == '/address'",
            limit({ enforce_on_key: "IP", ban_duration_sec: 2 }, 1),
          ),
          rule(710, "throttle", "request.path == '/cookie'", {
            rate_limit_options: {
              conform_action: "allow",
              exceed_action: "redirect",
              exceed_redirect_options: { type: "EXTERNAL_302", target: "https://example.com/busy" },
              enforce_on_key_configs: [
                { enforce_on_key_type: "HTTP_COOKIE", enforce_on_key_name: "id" },
                { enforce_on_key_type: "REGION_CODE" },
              ],
              rate_limit_threshold: { count: 1, interval_sec: 1 },
            },
          }),
          rule(800, "allow", "int(request.headers['content-length']) < 5 && request.path == '/marked'", {
            header_action: { request_headers_to_adds: [{ header_name: "x-marked", header_value: "yes" }] },
          }),
        ],
      },
    },
    ...merged(
      services({ api: ["europe-west1", "us-central1"], shadow: ["europe-west1"] }),
      services(
        { guarded: ["europe-west1"] },
        {
          backend: {
            security_policy: "${google_compute_security_policy.armor.id}",
            custom_request_headers: ["X-Region:{client_region}"],
            custom_response_headers: ["X-Served:yes"],
          },
        },
      ),
      services(
        { cached: ["europe-west1"], alsocached: ["europe-west1"] },
        {
          backend: {
            enable_cdn: true,
            compression_mode: "AUTOMATIC",
            custom_request_headers: ["X-Region:{client_region}"],
            cdn_policy: {
              cache_mode: "CACHE_ALL_STATIC",
              default_ttl: 100,
              negative_caching: true,
              bypass_cache_on_request_headers: [{ header_name: "X-Fresh" }],
            },
          },
        },
      ),
      services(
        { ejecting: ["europe-west1", "us-central1"] },
        {
          backend: {
            outlier_detection: {
              consecutive_errors: 3,
              enforcing_consecutive_errors: 100,
              consecutive_gateway_failure: 3,
              enforcing_consecutive_gateway_failure: 100,
              max_ejection_percent: 50,
              interval: { seconds: 1 },
              base_ejection_time: { seconds: 60 },
            },
          },
        },
      ),
      services(
        { h2: ["europe-west1", "us-central1"] },
        { container: { ports: { name: "h2c" }, readiness_probe: { http_get: { path: "/ready" }, period_seconds: 1 } } },
      ),
      services(
        { healthy: ["europe-west1", "us-central1"] },
        { container: { readiness_probe: { http_get: { path: "/ready" }, period_seconds: 1, failure_threshold: 1 } } },
      ),
    ),
    ...frontends([
      actions,
      { default_service: to("guarded") },
      {
        default_service: to("cached"),
        host_rule: [{ hosts: ["by-header.test"], path_matcher: "all" }],
        path_matcher: [
          {
            name: "all",
            default_service: to("cached"),
            route_rules: inOrder({
              match_rules: [{ prefix_match: "/", header_matches: [{ header_name: "x-other", present_match: true }] }],
              service: to("alsocached"),
            }),
          },
        ],
      },
      { default_service: to("ejecting") },
      { default_service: to("healthy") },
      { default_service: to("h2") },
    ]),
  },
};

let preview: RunningPreview;
beforeAll(async () => {
  preview = await runPreview(document, ["europe-west1", "us-central1"]);
});
afterAll(async () => preview?.stop());

describe("route actions", () => {
  const ask = (path: string, options = {}) => preview.ask("http-80", path, options);

  test("CORS answers preflights of allowed origins", async () => {
    const headers = { origin: "https://app.example.com", "access-control-request-method": "POST" };
    const answer = await ask("/cors", { method: "OPTIONS", headers });
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "https://app.example.com",
      "access-control-allow-methods": "GET, POST",
      "access-control-max-age": "60",
    });
    const other = await ask("/cors", { headers: { origin: "https://evil.example.com" } });
    expect(other.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("faults are injected", async () => expect((await ask("/fault")).status).toBe(418));

  test("a timeout ends a slow answer with 504", async () => {
    preview.answerWith("api@europe-west1", 0);
    const answer = await ask("/slow");
    preview.answerWith("api@europe-west1", undefined);
    expect([answer.status, answer.seen?.url]).toEqual([504, "/errors/5xx.json"]);
  });

  test("a mirror gets a copy", async () => {
    const before = preview.count("shadow@europe-west1");
    await ask("/mirror");
    await new Promise((done) => setTimeout(done, 200));
    expect(preview.count("shadow@europe-west1")).toBe(before + 1);
  });

  test("retries as often as the policy says; GET once, POST never without one", async () => {
    const tries = async (path: string, method: string) => {
      const before = preview.count("api@europe-west1");
      await ask(path, { method, headers: { "x-answer": "503" } });
      return preview.count("api@europe-west1") - before;
    };
    expect(await tries("/retry", "POST")).toBe(4);
    expect(await tries("/", "GET")).toBe(2);
    expect(await tries("/", "POST")).toBe(1);
  });

  test("header actions of all levels, variables, and what the load balancer adds", async () => {
    const headers = { "x-gone": "1", "x-level": "client", "x-preview-client-region": "DE" };
    const answer = await ask("/headers", { headers: { ...headers, "x-answer-headers": '{"x-secret":"1"}' } });
    expect(answer.seen!.headers).toMatchObject({
      "x-level": "route, matcher",
      "x-where": "DE-127.0.0.1-",
      "x-forwarded-for": "127.0.0.1,127.0.0.1",
      via: "1.1 google",
    });
    expect(answer.seen!.headers["x-gone"]).toBeUndefined();
    expect(answer.headers["x-out"]).toBe("100%");
    expect(answer.headers["x-secret"]).toBeUndefined();
  });

  test("weights split requests, and headers of a weight are only on its share", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask("/split")));
    const shares = answers.map(({ headers }) => `${headers["x-preview-upstream"]} ${headers["x-split"]}`);
    expect(new Set(shares)).toEqual(new Set(["api@europe-west1 undefined", "shadow@europe-west1 shadow"]));
  });

  test("error bodies come from the bucket: the route's first, then a single code before its class", async () => {
    const body = async (path: string, status: number) => {
      preview.answerWith("api@europe-west1", status);
      const answer = await ask(path, { method: "POST" });
      preview.answerWith("api@europe-west1", undefined);
      return `${answer.status} ${answer.seen?.method} ${answer.seen?.url} ${answer.headers["x-preview-upstream"]}`;
    };
    expect(await body("/", 500)).toBe("500 GET /errors/5xx.json errors");
    expect(await body("/", 502)).toBe("200 GET /errors/502.json errors");
    expect(await body("/retry", 503)).toBe("503 GET /errors/retry.json errors");
    expect(await body("/", 404)).toBe("404 POST / api@europe-west1");
  });

  test("a backend of another state answers 503", async () => expect((await ask("/unknown")).status).toBe(503));
});

describe("Cloud Armor", () => {
  const status = async (path: string, headers: Record<string, string> = {}, method = "GET") =>
    (await preview.ask("http-81", path, { headers, method })).status;
  const armor = async (path: string, headers: Record<string, string>) =>
    String((await preview.ask("http-81", path, { headers })).headers["x-preview-armor"]);

  test("denies by address, path and header with the status of the rule", async () => {
    expect(await status("/", { "x-preview-client-ip": "10.1.2.3" })).toBe(404);
    expect(await status("/", { "x-preview-client-ip": "2001:db8::1" })).toBe(404);
    expect(await status("/", { "x-preview-client-ip": "11.1.2.3" })).toBe(200);
    expect(await status("/a/secret?x=1")).toBe(502);
    expect(await status("/a/secret?x=1", { "x-key": "1" })).toBe(200);
    expect(await status("/a/secrets")).toBe(200);
    expect(await status("/", { "user-agent": "BadBot/1.0" })).toBe(403);
    expect(await status("/", { "x-preview-client-region": "XX" })).toBe(403);
  });

  test("a rule in preview lets the request pass and says that it matched", async () => {
    expect(await status("/", { "x-trial": "1" })).toBe(200);
    expect(await armor("/", { "x-trial": "1" })).toContain("310 deny(403)");
    expect(await armor("/", {})).not.toContain("310");
  });

  test("redirects", async () => {
    const answer = await preview.ask("http-81", "/old/1");
    expect([answer.status, answer.headers.location]).toEqual([302, "https://example.com/new?a=b"]);
  });

  test("limits by header: each value has its own count", async () => {
    const three = async (key: string) => {
      const all = [];
      for (let count = 0; count < 3; count++) all.push(await status("/limited", { "x-key": key }));
      return all;
    };
    expect(await three("one")).toEqual([200, 200, 429]);
    expect(await three("two")).toEqual([200, 200, 429]);
  });

  test("limits by address", async () => {
    const from = (address: string) => status("/address", { "x-preview-client-ip": address });
    expect([await from("1.1.1.1"), await from("1.1.1.1"), await from("2.2.2.2")]).toEqual([200, 429, 200]);
    // The ban is over, the minute is not.
    await new Promise((done) => setTimeout(done, 2100));
    expect(await from("1.1.1.1")).toBe(429);
  });

  test("limits by cookie and region together, for as long as the interval", async () => {
    const from = (id: string, region: string) =>
      status("/cookie", { cookie: `a=b; id=${id}`, "x-preview-client-region": region });
    expect([await from("1", "DE"), await from("1", "DE"), await from("1", "FR"), await from("2", "DE")]).toEqual([
      200, 302, 200, 200,
    ]);
    await new Promise((done) => setTimeout(done, 1100));
    expect(await from("1", "DE")).toBe(200);
  });

  test("a rule that allows adds its headers", async () => {
    const answer = await preview.ask("http-81", "/marked", { headers: { "content-length": "0" } });
    expect(answer.seen!.headers["x-marked"]).toBe("yes");
  });

  test("custom headers of the backend", async () => {
    const answer = await preview.ask("http-81", "/", { headers: { "x-preview-client-region": "FR" } });
    expect([answer.seen!.headers["x-region"], answer.headers["x-served"]]).toEqual(["FR", "yes"]);
  });
});

describe("Cloud CDN", () => {
  const asked = async (path: string, headers: Record<string, string>) => {
    const before = preview.count("cached@europe-west1");
    const answer = await preview.ask("http-82", path, { headers });
    return { answer, isHit: preview.count("cached@europe-west1") === before };
  };
  const hits = async (path: string, answered: Record<string, string>, more: Record<string, string> = {}) => {
    const headers = { "x-answer-headers": JSON.stringify(answered), ...more };
    await asked(path, headers);
    await new Promise((done) => setTimeout(done, 50));
    return (await asked(path, headers)).isHit;
  };

  test("stores what the backend says, and static content that says nothing", async () => {
    expect(await hits("/a", { "cache-control": "public, max-age=60" })).toBe(true);
    expect(await hits("/b", { "cache-control": "private" })).toBe(false);
    expect(await hits("/c", {})).toBe(false);
    expect(await hits("/d.css", { "content-type": "text/css" })).toBe(true);
    expect(await hits("/e.css", { "content-type": "text/css", "cache-control": "no-store" })).toBe(false);
    expect(await hits("/d.pdf", { "content-type": "application/pdf" })).toBe(true);
    expect(await hits("/d.zip", { "content-type": "application/zip" })).toBe(false);
    expect(await hits("/cookie", { "cache-control": "public, max-age=60", "set-cookie": "a=b" })).toBe(false);
    expect(await hits("/f", { "cache-control": "public, max-age=60" }, { "x-fresh": "1" })).toBe(false);
  });

  test("does not store what varies, though Cloud CDN may", async () => {
    expect(await hits("/vary", { "cache-control": "public, max-age=60", vary: "Accept-Encoding" })).toBe(false);
  });

  test("negative caching stores errors", async () => {
    expect(await hits("/404", {}, { "x-answer": "404" })).toBe(true);
    expect(await hits("/400", {}, { "x-answer": "400" })).toBe(false);
  });

  test("what is behind the cache still counts: headers of the backend, routes", async () => {
    const { answer } = await asked("/g", { "x-preview-client-region": "DE" });
    expect(answer.seen!.headers).toMatchObject({ "x-region": "DE", "x-forwarded-for": "127.0.0.1,127.0.0.1" });
    expect(answer.headers["x-preview-upstream"]).toBe("cached@europe-west1");
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("x-envoy"))).toEqual([]);
    const posted = await preview.ask("http-82", "/g", { method: "POST" });
    expect(posted.seen!.headers).toMatchObject({ "x-forwarded-for": "127.0.0.1,127.0.0.1", via: "1.1 google" });
  });

  test("one URL of two backends is stored twice", async () => {
    const headers = { "x-answer-headers": '{"cache-control":"public, max-age=60"}' };
    const upstream = async (more: Record<string, string>) =>
      (await preview.ask("http-82", "/same", { host: "by-header.test", headers: { ...headers, ...more } })).headers[
        "x-preview-upstream"
      ];
    expect([await upstream({}), await upstream({ "x-other": "1" })]).toEqual([
      "cached@europe-west1",
      "alsocached@europe-west1",
    ]);
  });

  test("compresses", async () => {
    const { answer } = await asked("/h", { "accept-encoding": "gzip", "x-padding": "1".repeat(1000) });
    expect(answer.headers["content-encoding"]).toBe("gzip");
  });
});

test("Cloud Run with HTTP/2 end to end is asked over HTTP/2, and its readiness over HTTP/1.1", async () => {
  const answer = await preview.ask("http-85", "/a");
  expect([answer.status, answer.seen?.url, answer.seen?.headers[":authority"]]).toEqual([200, "/a", "preview.test"]);
});

describe("failover", () => {
  const region = async (frontend: string) =>
    String((await preview.ask(frontend, "/", { method: "POST" })).headers["x-preview-upstream"]);
  const becomes = async (frontend: string, expected: string) => {
    for (let attempt = 0; attempt < 100; attempt++) {
      if ((await region(frontend)) === expected) return expected;
      await new Promise((done) => setTimeout(done, 100));
    }
    return region(frontend);
  };

  test("outlier detection ejects the nearest region", async () => {
    expect(await region("http-83")).toBe("ejecting@europe-west1");
    preview.answerWith("ejecting@europe-west1", 500);
    expect(await becomes("http-83", "ejecting@us-central1")).toBe("ejecting@us-central1");
  });

  test("a region whose readiness probe fails gets no requests until it is well again", async () => {
    expect(await region("http-84")).toBe("healthy@europe-west1");
    preview.ready("healthy@europe-west1", false);
    expect(await becomes("http-84", "healthy@us-central1")).toBe("healthy@us-central1");
    preview.ready("healthy@europe-west1", true);
    expect(await becomes("http-84", "healthy@europe-west1")).toBe("healthy@europe-west1");
  });
});
