import { urlMapRules } from "../../../lib/rules/load-balancer/url-map";
import { adding, describeRules, findingsOf, type Json, type Mutation, resourceAt } from "../rule-support";
import { servingPath } from "../serving-path";

const MAP = "google_compute_url_map.main";
const API = "${google_compute_backend_service.api.id}";
const BUCKET = "${google_compute_backend_bucket.x.id}";
const REGION = "google_compute_region_url_map.x";
const bucket = { "google_compute_backend_bucket.x": { bucket_name: "b" } };

function valid(): Json {
  const document = servingPath();
  const lifecycle = { create_before_destroy: true };
  adding({
    "google_certificate_manager_dns_authorization.wild": {
      name: "example-com-1a2b3c",
      domain: "example.com",
      lifecycle,
    },
    "google_certificate_manager_certificate.wild": {
      name: "wild-example-com-1a2b3c",
      managed: {
        domains: ["*.example.com"],
        dns_authorizations: ["${google_certificate_manager_dns_authorization.wild.id}"],
      },
      lifecycle,
    },
    "google_certificate_manager_certificate_map_entry.wild": {
      name: "wild-example-com-1a2b3c",
      map: "${google_certificate_manager_certificate_map.main.name}",
      hostname: "*.example.com",
      certificates: ["${google_certificate_manager_certificate.wild.id}"],
      lifecycle,
    },
  })(document);
  (resourceAt(document, "google_compute_target_https_proxy.main").depends_on as string[]).push(
    "google_certificate_manager_certificate_map_entry.wild",
  );
  Object.assign(resourceAt(document, MAP), {
    header_action: {
      request_headers_to_add: [{ header_name: "X-Route", header_value: "main", replace: true }],
      response_headers_to_remove: ["Server"],
    },
    host_rule: [
      { hosts: ["api.example.com"], path_matcher: "api" },
      { hosts: ["*.example.com"], path_matcher: "routes" },
    ],
    path_matcher: [
      {
        name: "api",
        default_service: API,
        path_rule: [
          { paths: ["/v1/*", "/v1"], service: API, route_action: { timeout: { seconds: "60", nanos: 0 } } },
          {
            paths: ["/old/*"],
            url_redirect: { path_redirect: "/v1", redirect_response_code: "PERMANENT_REDIRECT", strip_query: false },
          },
        ],
      },
      {
        name: "routes",
        default_url_redirect: {
          host_redirect: "api.example.com",
          redirect_response_code: "PERMANENT_REDIRECT",
          strip_query: false,
        },
        route_rules: [
          {
            priority: 1,
            match_rules: [
              {
                prefix_match: "/v1/",
                header_matches: [{ header_name: "x-canary", exact_match: "1" }],
                query_parameter_matches: [{ name: "debug", present_match: true }],
              },
            ],
            route_action: {
              weighted_backend_services: [{ backend_service: API, weight: 100 }],
              retry_policy: { num_retries: 2, retry_conditions: ["gateway-error"], per_try_timeout: { seconds: "10" } },
              timeout: { seconds: "60" },
              cors_policy: { allow_origins: ["https://app.example.com"], allow_methods: ["GET", "POST"], max_age: 600 },
            },
          },
          {
            priority: 2,
            match_rules: [{ path_template_match: "/users/{user}/{rest=**}" }],
            service: API,
            route_action: { url_rewrite: { path_template_rewrite: "/u/{user}/{rest}" } },
          },
          { priority: "3", match_rules: [{ full_path_match: "/health" }], service: API },
        ],
      },
    ],
    test: [{ host: "api.example.com", path: "/v1/models", service: API }],
  });
  return document;
}

/** One attribute of the URL map. */
function one(rule: string, path: string, value: unknown): Mutation {
  return { rule, address: MAP, set: [path, value] };
}

/** The whole URL map at once, with further resources. */
function whole(rule: string, values: Json, others: Record<string, Json> = {}): Mutation {
  return {
    rule,
    address: MAP,
    change: (document) => {
      adding(others)(document);
      Object.assign(resourceAt(document, MAP), values);
    },
  };
}

const action = "path_matcher.1.route_rules.0.route_action";
const match = "path_matcher.1.route_rules.0.match_rules.0";
const redirect = "path_matcher.1.default_url_redirect";
const pages = (rule: Json) => ({
  error_service: BUCKET,
  error_response_rule: [{ match_response_codes: ["5xx"], path: "/e.html", ...rule }],
});
const errors = (rule: string, values: Json) => whole(rule, { default_custom_error_response_policy: values }, bucket);
const classic = { "google_compute_backend_service.api": { load_balancing_scheme: "EXTERNAL" } };
const rules = (...given: Json[]) => [
  { name: "routes", default_service: API, route_rules: given.map((each) => ({ service: API, ...each })) },
];
const toRoutes = { host_rule: [{ hosts: ["*"], path_matcher: "routes" }], test: undefined };
const backend = (values: Json) => ({
  "google_compute_backend_service.y": { load_balancing_scheme: "EXTERNAL_MANAGED", ...values },
});
const Y = "${google_compute_backend_service.y.id}";

const byMethod = (method: string) => [{ header_name: ":method", exact_match: method }];

describeRules(urlMapRules, valid, [
  one("url-map-rewrite-slash", "path_matcher.0.path_rule.0", {
    paths: ["/v1/*"],
    service: API,
    route_action: { url_rewrite: { path_prefix_rewrite: "/v2" } },
  }),
  one("url-map-cors-options", `${match}.header_matches`, byMethod("GET")),
  one("url-map-retry-post", `${match}.header_matches`, byMethod("POST")),
  whole("url-map-redirect-itself", { default_service: undefined, default_url_redirect: { strip_query: false } }),
  one("url-map-redirect-itself-path-matcher", `${redirect}.host_redirect`, undefined),
  one("url-map-redirect-itself-path-rule", "path_matcher.0.path_rule.1.url_redirect.path_redirect", undefined),
  one("url-map-redirect-itself-route-rules", "path_matcher.1.route_rules.2", {
    priority: 3,
    match_rules: [{ full_path_match: "/health" }],
    url_redirect: { strip_query: false },
  }),
  one("url-map-host-rule-hosts", "host_rule.0.hosts", []),
  one("url-map-host-rule-matcher", "host_rule.0.path_matcher", undefined),
  one("url-map-matcher-name", "path_matcher.0.name", undefined),
  one("url-map-path-rule-paths", "path_matcher.0.path_rule.0.paths", undefined),
  one("url-map-priority", "path_matcher.1.route_rules.0.priority", -1),
  one("url-map-priority", "path_matcher.1.route_rules.0.priority", undefined),
  one("url-map-weight", `${action}.weighted_backend_services.0.weight`, 1001),
  one("url-map-weighted-backend", `${action}.weighted_backend_services.0.backend_service`, undefined),
  one("url-map-redirect-code", `${redirect}.redirect_response_code`, "308"),
  one("url-map-redirect-host", `${redirect}.host_redirect`, "x".repeat(256)),
  one("url-map-path-redirect", `${redirect}.path_redirect`, "v2"),
  one("url-map-prefix-redirect", `${redirect}.prefix_redirect`, "v2"),
  one("url-map-strip-query", `${redirect}.strip_query`, undefined),
  one("url-map-host-rewrite", `${action}.url_rewrite`, { host_rewrite: "x".repeat(256) }),
  one("url-map-path-prefix-rewrite", `${action}.url_rewrite`, { path_prefix_rewrite: "v2" }),
  one(
    "url-map-path-template-rewrite",
    "path_matcher.1.route_rules.1.route_action.url_rewrite.path_template_rewrite",
    "{user}",
  ),
  one("url-map-request-headers-to-add", "header_action.request_headers_to_add.0.header_name", "X Route"),
  one("url-map-response-headers-to-add", "header_action.response_headers_to_add", [{ header_value: "1" }]),
  one("url-map-request-headers-to-remove", "header_action.request_headers_to_remove", ["X-A, X-B"]),
  one("url-map-response-headers-to-remove", "header_action.response_headers_to_remove", [""]),
  one("url-map-prefix-match", `${match}.prefix_match`, "v1"),
  one("url-map-full-path-match", "path_matcher.1.route_rules.2.match_rules.0.full_path_match", "health"),
  one(
    "url-map-path-template-match",
    "path_matcher.1.route_rules.1.match_rules.0.path_template_match",
    "users/{user}/{rest=**}",
  ),
  one("url-map-header-match-name", `${match}.header_matches.0.header_name`, "x canary"),
  one("url-map-query-match-name", `${match}.query_parameter_matches.0.name`, ""),
  one("url-map-filter-labels", `${match}.metadata_filters`, [{ filter_labels: [] }]),
  one("url-map-cors-max-age", `${action}.cors_policy.max_age`, "10m"),
  one("url-map-cors-methods", `${action}.cors_policy.allow_methods`, ["GET,POST"]),
  one("url-map-cors-origins", `${action}.cors_policy.allow_origins`, ["app.example.com"]),
  one("url-map-cors-origins", `${action}.cors_policy.allow_origins`, ["https://app.example.com/"]),
  one("url-map-cors-credentials", `${action}.cors_policy`, { allow_origins: ["*"], allow_credentials: true }),
  one("url-map-cors-empty", `${action}.cors_policy`, { allow_methods: ["GET"] }),
  one("url-map-retries", `${action}.retry_policy.num_retries`, 0),
  one("url-map-retry-conditions", `${action}.retry_policy.retry_conditions`, ["503"]),
  one("url-map-retry-timeout", `${action}.retry_policy.per_try_timeout`, { seconds: "90" }),
  one("url-map-duration-seconds", `${action}.timeout.seconds`, "1.5"),
  one("url-map-duration-nanos", `${action}.timeout.nanos`, -1),
  one("url-map-mirror-backend", `${action}.request_mirror_policy`, {}),
  one("url-map-mirror-serverless", `${action}.request_mirror_policy`, { backend_service: API }),
  one("url-map-fault-percentage", `${action}.fault_injection_policy`, { abort: { http_status: 503, percentage: 101 } }),
  one("url-map-fault-status", `${action}.fault_injection_policy`, { abort: { http_status: 600, percentage: 1 } }),
  one("url-map-stream-duration", `${action}.max_stream_duration`, { seconds: "60" }),
  one(
    "url-map-tests",
    "test",
    Array.from({ length: 101 }, () => ({ host: "h", path: "/", service: API })),
  ),
  one("url-map-test-host", "test.0.host", undefined),
  one("url-map-test-path", "test.0.path", "v1"),
  one("url-map-test-expectation", "test.0.service", undefined),
  one("url-map-test-expectation", "test.0.expected_redirect_response_code", 308),
  one("url-map-target", "default_service", undefined),
  one("url-map-target", "default_url_redirect", { https_redirect: true, strip_query: false }),
  one("url-map-target-path-matcher", "path_matcher.0.default_service", undefined),
  one("url-map-target-path-rule", "path_matcher.0.path_rule.0.service", undefined),
  one("url-map-target-route-rules", "path_matcher.1.route_rules.0.service", API),
  one("url-map-redirect-action", "path_matcher.0.path_rule.1.route_action", { url_rewrite: { host_rewrite: "h" } }),
  one("url-map-redirect-paths", `${redirect}`, { path_redirect: "/a", prefix_redirect: "/b", strip_query: false }),
  one("url-map-redirect-same", `${redirect}.host_redirect`, undefined),
  one("url-map-redirect-post", `${redirect}.redirect_response_code`, undefined),
  one("url-map-redirect-post", `${redirect}.redirect_response_code`, "MOVED_PERMANENTLY_DEFAULT"),
  one("url-map-redirect-https", `${redirect}.https_redirect`, true),
  one("url-map-rewrite-kinds", "path_matcher.1.route_rules.1.route_action.url_rewrite.path_prefix_rewrite", "/u"),
  one(
    "url-map-template-rewrite",
    "path_matcher.1.route_rules.1.route_action.url_rewrite.path_template_rewrite",
    "/u/{name}",
  ),
  one(
    "url-map-template-syntax",
    "path_matcher.1.route_rules.1.match_rules.0.path_template_match",
    "/{user}/{user}/{rest=**}",
  ),
  one("url-map-template-syntax", "path_matcher.1.route_rules.1.match_rules.0.path_template_match", "/*/*/*/*/*/*"),
  one("url-map-match-kinds", `${match}.full_path_match`, "/v1/chat"),
  one("url-map-match-path", `${match}.prefix_match`, undefined),
  one("url-map-match-case", match, { regex_match: "/v[0-9]+", ignore_case: true }),
  one("url-map-match-star", `${match}.prefix_match`, "/v1/*"),
  one("url-map-header-match", `${match}.header_matches.0.prefix_match`, "a"),
  one("url-map-query-match", `${match}.query_parameter_matches`, [{ name: "debug" }]),
  one("url-map-range-match", `${match}.header_matches`, [
    { header_name: "x-n", range_match: { range_start: 5, range_end: 5 } },
  ]),
  one("url-map-regex", match, { regex_match: "/v[0-9]+" }),
  one("url-map-matcher-missing", "host_rule.0.path_matcher", "apis"),
  one("url-map-matcher-unreachable", "host_rule", [{ hosts: ["*"], path_matcher: "api" }]),
  one("url-map-matcher-unique", "path_matcher.1.name", "api"),
  one("url-map-host", "host_rule.0.hosts", ["https://api.example.com"]),
  one("url-map-host", "host_rule.0.hosts", ["api.*.com"]),
  one("url-map-host", "host_rule.0.hosts", ["*example.com"]),
  one("url-map-host-unique", "host_rule.1.hosts", ["API.example.com"]),
  one("url-map-path", "path_matcher.0.path_rule.0.paths", ["v1"]),
  one("url-map-path", "path_matcher.0.path_rule.0.paths", ["/v1*"]),
  one("url-map-path", "path_matcher.0.path_rule.0.paths", ["/v1?a=1"]),
  one("url-map-path-unique", "path_matcher.0.path_rule.1.paths", ["/v1"]),
  one("url-map-path-kinds", "path_matcher.0.route_rules", [{ priority: 1, service: API }]),
  one("url-map-priority-unique", "path_matcher.1.route_rules.1.priority", 1),
  one("url-map-priority-order", "path_matcher.1.route_rules.0.priority", 9),
  whole("url-map-route-shadowed", {
    ...toRoutes,
    path_matcher: rules(
      { priority: 1, match_rules: { prefix_match: "/v1" } },
      { priority: 2, match_rules: [{ prefix_match: "/v1/chat" }] },
    ),
  }),
  whole("url-map-route-shadowed", {
    ...toRoutes,
    path_matcher: rules(
      { priority: 1, match_rules: [{ prefix_match: "/" }] },
      { priority: 2, match_rules: [{ full_path_match: "/a" }] },
    ),
  }),
  errors("url-map-error-path", pages({ path: "errors/" })),
  errors("url-map-error-codes", pages({ match_response_codes: ["500-599"] })),
  errors("url-map-error-override", pages({ override_response_code: 99 })),
  errors("url-map-error-unique", {
    error_service: BUCKET,
    error_response_rule: [{ match_response_codes: ["5xx", "5xx"] }],
  }),
  errors("url-map-error-default", { error_response_rule: [{ match_response_codes: ["5xx"] }] }),
  errors("url-map-error-service", { error_service: API }),
  whole("url-map-backend-scheme", { default_service: Y }, backend({ load_balancing_scheme: "INTERNAL_MANAGED" })),
  whole("url-map-backend-protocol", { default_service: Y }, backend({ protocol: "TCP" })),
  whole(
    "url-map-backend-scope",
    { default_service: "${google_compute_region_backend_service.r.id}" },
    {
      "google_compute_region_backend_service.r": { load_balancing_scheme: "EXTERNAL_MANAGED", region: "europe-west1" },
    },
  ),
  {
    rule: "url-map-backend-scope",
    address: REGION,
    change: adding({
      "google_compute_region_backend_service.r": { load_balancing_scheme: "EXTERNAL_MANAGED", region: "europe-west1" },
      [REGION]: { region: "us-central1", default_service: "${google_compute_region_backend_service.r.id}" },
    }),
  },
  one("url-map-backend-type", "default_service", "${google_compute_region_network_endpoint_group.eu.id}"),
  whole(
    "url-map-weighted-bucket",
    {
      default_service: undefined,
      default_route_action: { weighted_backend_services: [{ backend_service: BUCKET, weight: 1 }] },
    },
    bucket,
  ),
  one("url-map-weights-zero", `${action}.weighted_backend_services.0.weight`, 0),
  whole(
    "url-map-weights-affinity",
    {
      default_service: undefined,
      default_route_action: { weighted_backend_services: [{ backend_service: Y, weight: 1 }] },
    },
    backend({ session_affinity: "CLIENT_IP" }),
  ),
  whole("url-map-test-backend", { test: [{ host: "h", path: "/", service: Y }] }, backend({})),
  whole("url-map-classic-actions", {}, classic),
  whole("url-map-classic-headers", {}, classic),
  whole("url-map-classic-errors", { default_custom_error_response_policy: pages({}) }, { ...classic, ...bucket }),
  whole(
    "url-map-cache-policy-scheme",
    { default_route_action: { cache_policy: { cache_mode: "CACHE_ALL_STATIC" } } },
    classic,
  ),
]);

function own(document: Json): string[] {
  return findingsOf(document).flatMap(({ rule, attribute }) =>
    urlMapRules.some(({ id }) => id === rule) ? [`${rule} ${attribute}`] : [],
  );
}

/** Findings of this group on the valid document with another URL map. */
function on(values: Json): string[] {
  const document = valid();
  Object.assign(resourceAt(document, MAP), values);
  return own(document);
}

test("says nothing of hosts, paths and templates that Google takes", () => {
  const hosts = ["*", "*-dev.example.com", "localhost:8080", "10.0.0.1", "a.b-c.example"];
  const paths = ["/", "/*", "/v1/models/gemma:generate", "/a.b/*", "/~x"];
  expect(
    on({
      host_rule: [{ hosts, path_matcher: "routes" }],
      path_matcher: [{ name: "routes", default_service: API, path_rule: [{ paths, service: API }] }],
    }),
  ).toEqual([]);
  const templates = ["/*/a/**", "/{a}/{b=*}/{c=**}", "/v1/{name=models/*}/x"];
  const routes = templates.map((path_template_match, priority) => ({ priority, match_rules: { path_template_match } }));
  expect(on({ ...toRoutes, path_matcher: rules(...routes) })).toEqual([]);
});

test("says nothing of routes that earlier ones leave something to", () => {
  const conditions = [
    { prefix_match: "/v1", header_matches: { header_name: "a", present_match: true } },
    { prefix_match: "/v1/chat" },
    { prefix_match: "/v1" },
    { full_path_match: "/health" },
    { prefix_match: "/health" },
    { prefix_match: "/HEALTH", ignore_case: true },
    { prefix_match: "/" },
  ];
  const routes = conditions.map((match_rules, priority) => ({ priority, match_rules }));
  expect(on({ ...toRoutes, path_matcher: rules(...routes) })).toEqual([]);
});

test("says nothing of what Terraform computes, nor of backends outside of the document", () => {
  const x = "${var.x}";
  expect(
    on({
      default_service: "projects/p/global/backendServices/old",
      host_rule: [{ hosts: [x], path_matcher: x }],
      path_matcher: [
        {
          name: x,
          default_service: x,
          path_rule: [
            { paths: x, service: x, route_action: { timeout: { seconds: x }, cors_policy: { allow_origins: x } } },
          ],
        },
        {
          name: "b",
          default_url_redirect: { https_redirect: x, redirect_response_code: x, strip_query: x },
          route_rules: x,
        },
        {
          name: "c",
          default_service: x,
          route_rules: [
            {
              priority: x,
              service: x,
              match_rules: [{ prefix_match: x, header_matches: [{ header_name: x, exact_match: x }] }],
            },
          ],
        },
        { name: "d", default_service: x, dynamic: { path_rule: { for_each: x, content: {} } } },
      ],
      header_action: x,
      test: x,
    }),
  ).toEqual([]);
  expect(on({ host_rule: undefined, dynamic: { host_rule: { for_each: x, content: {} } } })).toEqual([]);
});

test("says nothing of retries of GET, of CORS with OPTIONS, and of a rewrite from slash to slash", () => {
  const document = valid();
  const [api, routes] = resourceAt(document, MAP).path_matcher as [Json, Json];
  const [rule] = api.path_rule as [Json];
  Object.assign(rule, { paths: ["/v1/*"], route_action: { url_rewrite: { path_prefix_rewrite: "/v2/" } } });
  const [first] = routes.route_rules as [Json];
  const [prefix] = first.match_rules as [Json];
  first.match_rules = ["GET", "OPTIONS"].map((method) => ({ ...prefix, header_matches: byMethod(method) }));
  expect(findingsOf(document)).toEqual([]);
});
