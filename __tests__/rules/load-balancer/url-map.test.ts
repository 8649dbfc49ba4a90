import { adding, describeGroup, findingsOf, ids, type Json, type Mutation, resourceAt } from "../rule-support";
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
  });
  return document;
}

/** One attribute of the URL map; `below` is where the fault is within what is set. */
function one(rule: string, path: string, value: unknown, below = "", more: Partial<Mutation> = {}): Mutation {
  return { rule, address: MAP, set: [path, value], at: below === "" ? path : `${path}.${below}`, ...more };
}

/** The whole URL map at once, with further resources. */
function whole(rule: string, values: Json, others: Record<string, Json> = {}, also: readonly string[] = []): Mutation {
  return {
    rule,
    address: MAP,
    also,
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
const errors = (rule: string, values: Json, also: readonly string[] = []) =>
  whole(rule, { default_custom_error_response_policy: values }, bucket, also);
/** On the classic load balancer, which has neither route actions nor header actions. */
function onClassic(rule: string, values: Json, others: Record<string, Json> = {}): Mutation {
  const all = ["url-map-classic"];
  const { change, ...mutation } = whole(
    rule,
    values,
    others,
    all.filter((id) => id !== rule),
  );
  return {
    ...mutation,
    change(document) {
      change!(document);
      const rules = ["v4", "v6"].map((name) => `google_compute_global_forwarding_rule.${name}`);
      for (const address of ["google_compute_backend_service.api", ...rules])
        resourceAt(document, address).load_balancing_scheme = "EXTERNAL";
    },
  };
}
const rules = (...given: Json[]) => [
  { name: "routes", default_service: API, route_rules: given.map((each) => ({ service: API, ...each })) },
];
const toRoutes = { host_rule: [{ hosts: ["*"], path_matcher: "routes" }], test: undefined };
const served = {
  load_balancing_scheme: "EXTERNAL_MANAGED",
  log_config: { enable: true, sample_rate: 1 },
  backend: ["eu", "us"].map((name) => ({ group: `\${google_compute_region_network_endpoint_group.${name}.id}` })),
  lifecycle: { create_before_destroy: true },
};
const backend = (values: Json) => ({ "google_compute_backend_service.y": { name: "y", ...served, ...values } });
const regional = {
  "google_compute_region_backend_service.r": {
    ...served,
    name: "r-1a2b3c",
    region: "europe-west1",
    backend: [{ ...served.backend[0], capacity_scaler: 1 }],
  },
};
const Y = "${google_compute_backend_service.y.id}";

/** A redirect and a rewrite for tests to expect. */
const tested: Json = {
  host_rule: [{ hosts: ["*"], path_matcher: "all" }],
  path_matcher: [
    {
      name: "all",
      default_service: API,
      path_rule: [
        {
          paths: ["/moved/*"],
          url_redirect: {
            prefix_redirect: "/new/",
            redirect_response_code: "PERMANENT_REDIRECT",
            strip_query: false,
          },
        },
        {
          paths: ["/inner/*"],
          service: API,
          route_action: { url_rewrite: { path_prefix_rewrite: "/" } },
        },
      ],
    },
  ],
};

const byMethod = (method: string) => [{ header_name: ":method", exact_match: method }];

const mutations: Mutation[] = [
  ...["default_service", "path_matcher.0.default_service", "path_matcher.0.path_rule.0.service"].map((path) =>
    one(`url-map-${path.replace(/\.0\.|_/g, "-")}`, path, "${google_compute_backend_service.api.generated_id}"),
  ),
  one(
    "url-map-path-matcher-route-rules-service",
    "path_matcher.1.route_rules.2.service",
    "${google_compute_backend_service.api.generated_id}",
  ),
  one("url-map-full-path-match-star", "path_matcher.1.route_rules.2.match_rules.0.full_path_match", "/health/*"),

  one(
    "url-map-rewrite-slash",
    "path_matcher.0.path_rule.0",
    {
      paths: ["/v1/*"],
      service: API,
      route_action: { url_rewrite: { path_prefix_rewrite: "/v2" } },
    },
    "route_action.url_rewrite.path_prefix_rewrite",
  ),
  one("url-map-cors-options", `${match}.header_matches`, byMethod("GET"), "", { at: match }),
  one("url-map-retry-post", `${match}.header_matches`, byMethod("POST"), "", {
    at: `${action}.retry_policy.retry_conditions`,
    also: ["url-map-cors-options"],
  }),
  whole("url-map-redirect-same", {
    default_service: undefined,
    default_url_redirect: { strip_query: false, redirect_response_code: "PERMANENT_REDIRECT" },
  }),
  one("url-map-redirect-same", `${redirect}.host_redirect`, undefined, "", { at: `${redirect}.https_redirect` }),
  one("url-map-redirect-same", "path_matcher.0.path_rule.1.url_redirect.path_redirect", undefined, "", {
    at: "path_matcher.path_rule.url_redirect.https_redirect",
  }),
  one(
    "url-map-redirect-same",
    "path_matcher.1.route_rules.2",
    {
      priority: 3,
      match_rules: [{ full_path_match: "/health" }],
      url_redirect: { strip_query: false, redirect_response_code: "PERMANENT_REDIRECT" },
    },
    "url_redirect.https_redirect",
  ),
  one("url-map-host-rule-hosts", "host_rule.0.hosts", []),
  one("url-map-host-rule-path-matcher", "host_rule.0.path_matcher", undefined),
  one("url-map-path-matcher-name", "path_matcher.0.name", undefined),
  one("url-map-path-matcher-path-rule-paths", "path_matcher.0.path_rule.0.paths", undefined),
  one("url-map-path-matcher-route-rules-priority", "path_matcher.1.route_rules.0.priority", -1),
  one("url-map-path-matcher-route-rules-priority", "path_matcher.1.route_rules.0.priority", undefined),
  one("url-map-weighted-backend-services-weight", `${action}.weighted_backend_services.0.weight`, 1001),
  one(
    "url-map-weighted-backend-services-backend-service",
    `${action}.weighted_backend_services.0.backend_service`,
    undefined,
  ),
  one("url-map-path-matcher-default-url-redirect-redirect-response-code", `${redirect}.redirect_response_code`, "308"),
  one("url-map-host-redirect", `${redirect}.host_redirect`, "x".repeat(256)),
  one("url-map-path-redirect", `${redirect}.path_redirect`, "v2"),
  one("url-map-prefix-redirect", `${redirect}.prefix_redirect`, "v2"),
  one("url-map-strip-query", `${redirect}.strip_query`, undefined),
  one("url-map-url-rewrite-host-rewrite", `${action}.url_rewrite`, { host_rewrite: "x".repeat(256) }, "host_rewrite"),
  one(
    "url-map-url-rewrite-path-prefix-rewrite",
    `${action}.url_rewrite`,
    { path_prefix_rewrite: "v2" },
    "path_prefix_rewrite",
  ),
  one(
    "url-map-url-rewrite-path-template-rewrite",
    "path_matcher.1.route_rules.1.route_action.url_rewrite.path_template_rewrite",
    "{user}",
  ),
  one("url-map-request-headers-to-add-header-name", "header_action.request_headers_to_add.0.header_name", "X Route"),
  one(
    "url-map-response-headers-to-add-header-name",
    "header_action.response_headers_to_add",
    [{ header_value: "1" }],
    "header_name",
  ),
  one("url-map-request-headers-to-remove", "header_action.request_headers_to_remove", ["X-A, X-B"]),
  one("url-map-response-headers-to-remove", "header_action.response_headers_to_remove", [""]),
  one("url-map-prefix-match", `${match}.prefix_match`, "v1"),
  one("url-map-full-path-match", "path_matcher.1.route_rules.2.match_rules.0.full_path_match", "health"),
  one(
    "url-map-path-template-match",
    "path_matcher.1.route_rules.1.match_rules.0.path_template_match",
    "users/{user}/{rest=**}",
  ),
  one("url-map-header-matches-header-name", `${match}.header_matches.0.header_name`, "x canary"),
  one("url-map-query-parameter-matches-name", `${match}.query_parameter_matches.0.name`, ""),
  one("url-map-metadata-filters-filter-labels", `${match}.metadata_filters`, [{ filter_labels: [] }], "filter_labels"),
  one("url-map-cors-policy-max-age", `${action}.cors_policy.max_age`, "10m"),
  one("url-map-cors-policy-allow-methods", `${action}.cors_policy.allow_methods`, ["GET,POST"]),
  one("url-map-cors-policy-allow-origins", `${action}.cors_policy.allow_origins`, ["app.example.com"]),
  one("url-map-cors-policy-allow-origins", `${action}.cors_policy.allow_origins`, ["https://app.example.com/"]),
  one(
    "url-map-cors-policy-allow-origins-credentials",
    `${action}.cors_policy`,
    { allow_origins: ["*"], allow_credentials: true },
    "allow_origins",
  ),
  one("url-map-cors-empty", `${action}.cors_policy`, { allow_methods: ["GET"] }, "allow_origin_regexes"),
  one("url-map-retry-policy-num-retries", `${action}.retry_policy.num_retries`, 0),
  one("url-map-retry-policy-retry-conditions", `${action}.retry_policy.retry_conditions`, ["503"]),
  one("url-map-retry-timeout", `${action}.retry_policy.per_try_timeout.seconds`, "90"),
  one("url-map-seconds", `${action}.timeout.seconds`, "1.5", "", { also: ["url-map-retry-timeout"] }),
  one("url-map-nanos", `${action}.timeout.nanos`, -1),
  one("url-map-request-mirror-policy-backend-service", `${action}.request_mirror_policy`, {}, "backend_service"),
  one("url-map-mirror-serverless", `${action}.request_mirror_policy`, { backend_service: API }, "backend_service"),
  one(
    "url-map-percentage",
    `${action}.fault_injection_policy`,
    { abort: { http_status: 503, percentage: 101 } },
    "abort.percentage",
  ),
  one(
    "url-map-fault-injection-policy-abort-http-status",
    `${action}.fault_injection_policy`,
    { abort: { http_status: 600, percentage: 1 } },
    "abort.http_status",
  ),
  one("url-map-stream-duration", `${action}.max_stream_duration`, { seconds: "60" }),
  one(
    "url-map-test",
    "test",
    Array.from({ length: 101 }, () => ({ host: "h", path: "/", service: API })),
  ),
  ...[
    ["host", { path: "/health", service: API }],
    ["path", { host: "b.example.com", path: "v1", service: API }],
    ["expectation", { host: "b.example.com", path: "/health" }],
    ["redirect", { host: "b.example.com", path: "/health", service: API, expected_redirect_response_code: 308 }],
  ].map(([about, test]) => whole(`url-map-test-${about}`, { test: [test] })),
  one("url-map-target", "default_service", undefined),
  one("url-map-target", "default_url_redirect", {
    host_redirect: "b.example.com",
    redirect_response_code: "PERMANENT_REDIRECT",
    strip_query: false,
  }),
  one("url-map-target-path-matcher", "path_matcher.0.default_service", undefined),
  one("url-map-target-path-rule", "path_matcher.0.path_rule.0.service", undefined),
  one("url-map-target-route-rules", "path_matcher.1.route_rules.0.service", API, "", {
    at: `${action}.weighted_backend_services`,
  }),
  one("url-map-redirect-action", "path_matcher.0.path_rule.1.route_action", { url_rewrite: { host_rewrite: "h" } }),
  one(
    "url-map-redirect-paths",
    `${redirect}`,
    { path_redirect: "/a", prefix_redirect: "/b", redirect_response_code: "PERMANENT_REDIRECT", strip_query: false },
    "prefix_redirect",
  ),
  one("url-map-redirect-response-code-method", `${redirect}.redirect_response_code`, undefined),
  one("url-map-redirect-response-code-method", `${redirect}.redirect_response_code`, "MOVED_PERMANENTLY_DEFAULT"),
  one("url-map-redirect-https", `${redirect}.https_redirect`, true),
  one("url-map-rewrite-kinds", "path_matcher.1.route_rules.1.route_action.url_rewrite.path_prefix_rewrite", "/u", "", {
    at: `${action}.url_rewrite.path_template_rewrite`,
  }),
  one(
    "url-map-template-rewrite",
    "path_matcher.1.route_rules.1.route_action.url_rewrite.path_template_rewrite",
    "/u/{name}",
  ),
  one(
    "url-map-path-template-match-syntax",
    "path_matcher.1.route_rules.1.match_rules.0.path_template_match",
    "/{user}/{user}/{rest=**}",
  ),
  one(
    "url-map-path-template-match-syntax",
    "path_matcher.1.route_rules.1.match_rules.0.path_template_match",
    "/*/*/*/*/*/*",
    "",
    { also: ["url-map-template-rewrite"] },
  ),
  one("url-map-match-kinds", `${match}.full_path_match`, "/v1/chat"),
  one("url-map-match-path", `${match}.prefix_match`, undefined),
  one("url-map-ignore-case", match, { regex_match: "/v[0-9]+", ignore_case: true }, "ignore_case", {
    also: ["url-map-regex"],
  }),
  one("url-map-prefix-match-star", `${match}.prefix_match`, "/v1/*"),
  one("url-map-header-match", `${match}.header_matches.0.prefix_match`, "a"),
  one("url-map-query-match", `${match}.query_parameter_matches`, [{ name: "debug" }], "exact_match"),
  one(
    "url-map-range-match",
    `${match}.header_matches`,
    [{ header_name: "x-n", range_match: { range_start: 5, range_end: 5 } }],
    "range_match.range_start",
  ),
  one("url-map-regex", match, { regex_match: "/v[0-9]+" }, "regex_match"),
  one("url-map-matcher-missing", "host_rule.0.path_matcher", "apis"),
  one("url-map-matcher-unreachable", "host_rule", [{ hosts: ["*"], path_matcher: "api" }], "", {
    at: "path_matcher.name",
  }),
  one("url-map-matcher-unique", "path_matcher.1.name", "api", "", { also: ["url-map-matcher-missing"] }),
  one("url-map-host-rule-hosts-item", "host_rule.0.hosts", ["https://api.example.com"]),
  one("url-map-host-rule-hosts-item", "host_rule.0.hosts", ["api.*.com"]),
  one("url-map-host-rule-hosts-item", "host_rule.0.hosts", ["*example.com"]),
  one("url-map-host-unique", "host_rule.1.hosts", ["API.example.com"]),
  one("url-map-path-matcher-path-rule-paths-item", "path_matcher.0.path_rule.0.paths", ["v1"]),
  one("url-map-path-matcher-path-rule-paths-item", "path_matcher.0.path_rule.0.paths", ["/v1*"]),
  one("url-map-path-matcher-path-rule-paths-item", "path_matcher.0.path_rule.0.paths", ["/v1?a=1"]),
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
  whole("url-map-cache-negative-caching", {
    default_route_action: { cache_policy: { negative_caching_policy: [{ code: 404, ttl: { seconds: "60" } }] } },
  }),
  errors("url-map-error-response-rule-path", pages({ path: "errors/" })),
  errors("url-map-error-response-rule-match-response-codes", pages({ match_response_codes: ["500-599"] })),
  errors("url-map-error-response-rule-override-response-code", pages({ override_response_code: 99 })),
  errors("url-map-error-unique", {
    error_service: BUCKET,
    error_response_rule: [{ match_response_codes: ["5xx", "5xx"] }],
  }),
  errors("url-map-error-default", { error_response_rule: [{ match_response_codes: ["5xx"] }] }, [
    "reach-backend-routed",
  ]),
  errors("url-map-error-service", { error_service: API }, ["reach-backend-routed"]),
  {
    ...whole(
      "forwarding-backend-scheme",
      { default_service: Y },
      backend({ load_balancing_scheme: "INTERNAL_MANAGED" }),
    ),
    address: "google_compute_backend_service.y",
  },
  whole("url-map-backend-protocol", { default_service: Y }, backend({ protocol: "TCP" }), [
    "backend-serverless-unsupported",
  ]),
  whole("url-map-default-service", { default_service: "${google_compute_region_backend_service.r.id}" }, regional),
  {
    rule: "forwarding-same-region",
    address: REGION,
    change: adding({
      ...regional,
      [REGION]: {
        name: "x",
        region: "us-central1",
        default_service: "${google_compute_region_backend_service.r.id}",
      },
    }),
  },
  one("url-map-default-service", "default_service", "${google_compute_region_network_endpoint_group.eu.id}"),
  whole(
    "url-map-weighted-backend-services-backend-service",
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
    ["backend-serverless-unsupported"],
  ),
  ...[
    { service: Y },
    { path: "/moved/x", service: API },
    { path: "/moved/x", expected_output_url: "http://h/newer/x", expected_redirect_response_code: 308 },
    { path: "/moved/x", expected_output_url: "http://h/new/x", expected_redirect_response_code: 301 },
    { path: "/inner/x", service: API, expected_output_url: "https://h/inner/x" },
  ].map((test) =>
    whole("url-map-test-backend", { ...tested, test: [{ host: "h", path: "/", ...test }] }, backend({}), [
      "reach-backend-routed",
    ]),
  ),
  onClassic("url-map-classic", {}),
  onClassic("url-map-classic", {}),
  onClassic("url-map-classic", { default_custom_error_response_policy: pages({}) }, bucket),
  onClassic("url-map-cache-policy-scheme", {
    default_route_action: { cache_policy: { cache_mode: "CACHE_ALL_STATIC" } },
  }),
];

describeGroup("url-map", valid, mutations, [
  "url-map-cors-empty",
  "url-map-cors-options",
  "url-map-cors-policy-allow-origins-credentials",
  "url-map-full-path-match-literal",
  "url-map-match-path",
  "url-map-path-matcher-path-rule-paths-literal",
  "url-map-path-redirect-literal",
  "url-map-path-template-match-colon",
  "url-map-prefix-match-literal",
  "url-map-prefix-redirect-literal",
  "url-map-test-path-literal",
  "url-map-url-rewrite-path-prefix-rewrite-literal",
  "url-map-url-rewrite-path-template-rewrite-colon",
  "url-map-priority-order",
  "url-map-redirect-response-code-method",
  "url-map-retry-post",
  "url-map-retry-timeout",
  "url-map-rewrite-slash",
  "url-map-weights-affinity",
]);

/** Findings of this group on the valid document with another URL map. */
function on(values: Json): string[] {
  const document = valid();
  Object.assign(resourceAt(document, MAP), values);
  return ids(document).filter((id) => id.startsWith("url-map-"));
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

test("says nothing of what Google accepts: redirects without strip_query, and tests of a service mesh", () => {
  const strip = {
    priority: 1,
    service: undefined,
    match_rules: [{ prefix_match: "/", query_parameter_matches: [{ name: "utm_source", present_match: true }] }],
    url_redirect: { strip_query: true, redirect_response_code: "TEMPORARY_REDIRECT" },
  };
  const move = {
    ...strip,
    priority: 2,
    match_rules: [{ prefix_match: "/old" }],
    url_redirect: { path_redirect: "/new", redirect_response_code: "TEMPORARY_REDIRECT" },
  };
  expect(on({ ...toRoutes, path_matcher: rules(strip, move) })).toEqual([]);
  const document = valid();
  adding(backend({}))(document);
  for (const address of ["google_compute_backend_service.api", "google_compute_backend_service.y"])
    resourceAt(document, address).load_balancing_scheme = "INTERNAL_SELF_MANAGED";
  resourceAt(document, MAP).test = [{ host: "api.example.com", path: "/", service: Y }];
  expect(ids(document).filter((id) => id.startsWith("url-map-"))).toEqual([]);
});

test("says nothing of a backend that another state names", () => {
  const state = "${data.terraform_remote_state.backends.outputs.self_link}";
  const document = valid();
  document.data = { terraform_remote_state: { backends: { backend: "gcs" } } };
  Object.assign(resourceAt(document, MAP), { default_service: state });
  expect(ids(document).filter((id) => id.startsWith("url-map-"))).toEqual([]);
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

test("nothing is said of tests that get what they expect", () => {
  const document = valid();
  Object.assign(resourceAt(document, MAP), {
    ...tested,
    test: [
      { host: "h", path: "/", service: API },
      { host: "h", path: "/moved/x?q=1", expected_output_url: "http://h/new/x?q=1" },
      { host: "h", path: "/moved/x", expected_output_url: "http://h/new/x", expected_redirect_response_code: 308 },
      { host: "h", path: "/inner/x", service: API, expected_output_url: "https://h/x" },
    ],
  });
  expect(findingsOf(document)).toEqual([]);
});
