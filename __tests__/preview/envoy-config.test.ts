import { envoyConfig } from "../../lib/preview/envoy-config";
import { type Running, readPreview } from "../../lib/preview/plan";
import { type Block, TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { frontends, merged, services, to } from "./preview-document";

// biome-ignore lint/suspicious/noExplicitAny: Envoy's configuration is deep JSON.
type Json = any;

/** The configuration of a document, all of whose parts run. */
function configOf(resource: Record<string, Block>, more: Partial<Running> = {}): Json {
  const topology = new Topology(TerraformDocument.parse({ resource }));
  const { frontends, upstreams } = readPreview(topology);
  return JSON.parse(
    JSON.stringify(
      envoyConfig(topology, {
        listeners: Object.fromEntries(frontends.map(({ name }, index) => [name, 8000 + index])),
        upstreams: Object.fromEntries(
          upstreams.map(({ id }, index) => [id, { port: 9000 + index, roundTripMs: 100 - index }]),
        ),
        adminPort: 9901,
        regionsByDistance: [],
        ...more,
      }),
    ),
  );
}

const REGIONS = { api: ["europe-west1", "us-central1", "asia-east1"] };
const plain = frontends([{ default_service: to("api") }]);
const clusterOf = (config: Json, name = "google_compute_backend_service.api") =>
  config.static_resources.clusters.find((each: Json) => each.name === name);
const managerOf = (config: Json, index = 0) =>
  config.static_resources.listeners[index].filter_chains[0].filters[0].typed_config;
const routesOf = (urlMap: Block, more: Partial<Running> = {}): Json[] =>
  managerOf(configOf({ ...services(REGIONS), ...frontends([urlMap]) }, more)).route_config.virtual_hosts[0].routes;
const order = (config: Json) =>
  clusterOf(config).load_assignment.endpoints.map(({ priority, locality }: Json) => `${priority} ${locality.region}`);

describe("front ends", () => {
  test("listen on this machine only", () => {
    const { admin, static_resources: all } = configOf({ ...services(REGIONS), ...plain });
    const addresses = [admin, ...all.listeners].map(({ address }: Json) => address.socket_address.address);
    expect(new Set(addresses)).toEqual(new Set(["127.0.0.1"]));
  });

  const secure = {
    ...services(REGIONS),
    ...plain,
    google_compute_ssl_policy: { p: { min_tls_version: "TLS_1_2" } },
    google_compute_target_https_proxy: {
      s: {
        url_map: "${google_compute_url_map.map0.id}",
        ssl_policy: "${google_compute_ssl_policy.p.id}",
        http_keep_alive_timeout_sec: 30,
      },
    },
  };
  const rules = plain.google_compute_global_forwarding_rule as Record<string, Block>;
  const both = {
    ...secure,
    google_compute_global_forwarding_rule: {
      ...rules,
      s: { target: "${google_compute_target_https_proxy.s.id}", port_range: "443" },
    },
  };

  test("HTTPS has the certificate, HTTP/2 and the TLS version of its policy", () => {
    const config = configOf(both, { certificate: { certificateFile: "/cert.pem", keyFile: "/key.pem" } });
    const [http, https] = config.static_resources.listeners;
    expect(http.filter_chains[0].transport_socket).toBeUndefined();
    expect(https.filter_chains[0].transport_socket.typed_config.common_tls_context).toEqual({
      alpn_protocols: ["h2", "http/1.1"],
      tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
      tls_certificates: [{ certificate_chain: { filename: "/cert.pem" }, private_key: { filename: "/key.pem" } }],
    });
    expect(managerOf(config, 1).common_http_protocol_options.idle_timeout).toBe("30s");
    expect(managerOf(config, 0).common_http_protocol_options.idle_timeout).toBe("610s");
  });

  test("a redirect to HTTPS leads to the preview's port", () => {
    const redirecting = frontends([
      { default_url_redirect: { https_redirect: true, redirect_response_code: "FOUND" } },
    ]);
    const config = configOf({ ...both, google_compute_url_map: redirecting.google_compute_url_map! });
    expect(managerOf(config).route_config.virtual_hosts[0].routes[0].redirect).toEqual({
      https_redirect: true,
      port_redirect: 8001,
      response_code: "FOUND",
      strip_query: false,
    });
  });

  test("only what runs listens", () => {
    expect(configOf(both, { listeners: { "http-80": 8000 } }).static_resources.listeners).toHaveLength(1);
  });
});

describe("routes", () => {
  const inMatcher = (values: Block): Block => ({
    default_service: to("api"),
    host_rule: [{ hosts: ["*"], path_matcher: "m" }],
    path_matcher: [{ name: "m", default_service: to("api"), ...values }],
  });
  const matchOf = (rule: Block) =>
    routesOf(inMatcher({ route_rules: [{ priority: 1, service: to("api"), match_rules: [rule] }] }))[0].match;

  test.each([
    [{ prefix_match: "/a" }, { prefix: "/a" }],
    [
      { full_path_match: "/a", ignore_case: true },
      { path: "/a", case_sensitive: false },
    ],
    [{ regex_match: "/a.*" }, { safe_regex: { regex: "/a.*" } }],
    [{}, { prefix: "/" }],
  ] as [Block, Block][])("%j", (rule, match) => expect(matchOf(rule)).toMatchObject(match));

  test("templates, headers and query parameters", () => {
    const match = matchOf({
      path_template_match: "/{a}/**",
      header_matches: [
        { header_name: "x-a", exact_match: "1", invert_match: true },
        { header_name: "x-b", range_match: { range_start: 1, range_end: 5 } },
        { header_name: ":method", regex_match: "GET|PUT" },
      ],
      query_parameter_matches: [
        { name: "q", present_match: true },
        { name: "r", exact_match: "1" },
      ],
    });
    expect(match.path_match_policy.typed_config.path_template).toBe("/{a}/**");
    expect(match.headers).toEqual([
      { name: "x-a", string_match: { exact: "1" }, invert_match: true },
      { name: "x-b", range_match: { start: 1, end: 5 }, invert_match: false },
      { name: ":method", string_match: { safe_regex: { regex: "GET|PUT" } }, invert_match: false },
    ]);
    expect(match.query_parameters).toEqual([
      { name: "q", present_match: true },
      { name: "r", string_match: { exact: "1" } },
    ]);
  });

  test("route rules by priority, path rules exact and longest first, the default last", () => {
    const rule = (priority: number) => ({
      priority,
      service: to("api"),
      match_rules: [{ prefix_match: `/${priority}` }],
    });
    const prefixes = (values: Block) => routesOf(inMatcher(values)).map(({ match }) => match.path ?? match.prefix);
    expect(prefixes({ route_rules: [rule(20), rule(3), rule(100)] })).toEqual(["/3", "/20", "/100", "/"]);
    const path_rule = [
      { paths: ["/a/*", "/a/b/*"], service: to("api") },
      { paths: ["/a/b"], service: to("api") },
    ];
    expect(prefixes({ path_rule })).toEqual(["/a/b", "/a/b/", "/a/", "/"]);
  });

  test("a match that Terraform computes in part matches nothing", () => {
    const match_rules = [
      { prefix_match: "/a", header_matches: [{ header_name: "x", exact_match: "${var.x}" }] },
      { prefix_match: "/b" },
    ];
    const rules = inMatcher({ route_rules: [{ priority: 1, service: to("api"), match_rules }] });
    expect(routesOf(rules).map(({ match }) => match.prefix)).toEqual(["/b", "/"]);
  });

  test("a timeout is the route's, or that of Cloud Run's backends", () => {
    const timeout = (values: Block) => routesOf({ default_service: to("api"), ...values })[0].route.timeout;
    expect(timeout({})).toBe("3600s");
    expect(timeout({ default_route_action: { timeout: { seconds: 2, nanos: 500000000 } } })).toBe("2.5s");
    expect(timeout({ default_route_action: { timeout: { nanos: 20 } } })).toBe("0.00000002s");
  });

  test("GET is repeated once by default; a policy says more", () => {
    const retry = (values: Block) => routesOf({ default_service: to("api"), ...values })[0].route.retry_policy;
    expect(retry({})).toMatchObject({ retry_on: "gateway-error", num_retries: 1 });
    const policy = { num_retries: 3, retry_conditions: ["5xx", "connect-failure"], per_try_timeout: { seconds: 4 } };
    expect(retry({ default_route_action: { retry_policy: policy } })).toEqual({
      retry_on: "5xx,connect-failure",
      num_retries: 3,
      per_try_timeout: "4s",
    });
  });

  test("CORS, faults and mirrors", () => {
    const [route] = routesOf({
      default_service: to("api"),
      default_route_action: {
        cors_policy: {
          allow_origins: ["https://a.example"],
          allow_origin_regexes: ["https://b.*"],
          allow_credentials: true,
        },
        fault_injection_policy: {
          delay: { fixed_delay: { seconds: 2 }, percentage: 0.5 },
          abort: { http_status: 503, percentage: 100 },
        },
        request_mirror_policy: { backend_service: to("api") },
      },
    });
    const { "envoy.filters.http.cors": cors, "envoy.filters.http.fault": fault } = route.typed_per_filter_config;
    expect(cors.allow_origin_string_match).toEqual([
      { exact: "https://a.example" },
      { safe_regex: { regex: "https://b.*" } },
    ]);
    expect(cors.allow_credentials).toBe(true);
    expect(fault.delay).toEqual({ fixed_delay: "2s", percentage: { numerator: 5000, denominator: "MILLION" } });
    expect(fault.abort).toEqual({ http_status: 503, percentage: { numerator: 1000000, denominator: "MILLION" } });
    expect(route.route.request_mirror_policies).toEqual([{ cluster: "google_compute_backend_service.api" }]);
  });

  test("what is not in the document leads nowhere, and Envoy still starts", () => {
    const elsewhere = "${data.google_compute_backend_bucket.errors.id}";
    const map = {
      default_service: elsewhere,
      default_route_action: { request_mirror_policy: { backend_service: elsewhere } },
      default_custom_error_response_policy: {
        error_service: elsewhere,
        error_response_rule: [{ match_response_codes: ["5xx"], path: "/500" }],
      },
    };
    const [route] = routesOf(map);
    expect(route.route.weighted_clusters.clusters[0].name).toBe("not in the document");
    expect(route.route.request_mirror_policies).toEqual([{ cluster: "not in the document" }]);
    expect(route.typed_per_filter_config).toEqual({});
  });

  test("a disabled CORS policy is none", () => {
    const action = { cors_policy: { allow_origins: ["*"], disabled: true } };
    expect(routesOf({ default_service: to("api"), default_route_action: action })[0].typed_per_filter_config).toEqual(
      {},
    );
  });

  test("error bodies: of the route, then of the levels above, single codes first", () => {
    const policy = (path: string, ...match_response_codes: string[]) => ({
      error_service: "${google_compute_backend_bucket.errors.id}",
      error_response_rule: [{ match_response_codes, path }],
    });
    const map = inMatcher({
      default_custom_error_response_policy: policy("/matcher", "5xx"),
      route_rules: [
        {
          priority: 1,
          service: to("api"),
          match_rules: [{ prefix_match: "/" }],
          custom_error_response_policy: policy("/route", "4xx", "404"),
        },
      ],
    });
    const bucket = { google_compute_backend_bucket: { errors: { name: "errors" } } };
    const { virtual_hosts } = managerOf(
      configOf({ ...services(REGIONS), ...frontends([map]), ...bucket }),
    ).route_config;
    const { matchers } =
      virtual_hosts[0].routes[0].typed_per_filter_config["envoy.filters.http.custom_response"].custom_response_matcher
        .matcher_list;
    expect(
      matchers.map(({ predicate, on_match }: Json) => [
        predicate.single_predicate.value_match.exact,
        on_match.action.typed_config.redirect_action.path_redirect,
      ]),
    ).toEqual([
      ["404", "/route"],
      ["4xx", "/route"],
      ["5xx", "/matcher"],
    ]);
    const [host] = matchers.map(({ on_match }: Json) => on_match.action.typed_config.redirect_action.host_redirect);
    expect(virtual_hosts.find(({ domains }: Json) => domains.includes(host)).routes[0].route.cluster).toBe(
      "google_compute_backend_bucket.errors",
    );
  });

  test("weights of 0 get nothing, and nothing but those is 503", () => {
    const weights = (...all: number[]) =>
      routesOf({
        default_route_action: {
          weighted_backend_services: all.map((weight) => ({ backend_service: to("api"), weight })),
        },
      })[0];
    expect(weights(0, 5).route.weighted_clusters.clusters).toHaveLength(1);
    expect(weights(0).direct_response).toEqual({ status: 503 });
  });

  test("a header of the URL map takes the place of the backend's", () => {
    const own = services(REGIONS, {
      backend: { custom_request_headers: ["X-A:backend", "X-B: 50% of {client_region}"] },
    });
    const map = {
      default_service: to("api"),
      header_action: { request_headers_to_add: [{ header_name: "x-a", header_value: "map", replace: false }] },
    };
    const { route_config } = managerOf(configOf({ ...own, ...frontends([map]) }));
    const [cluster] = route_config.virtual_hosts[0].routes[0].route.weighted_clusters.clusters;
    expect(cluster.request_headers_to_add.map(({ header }: Json) => header)).toEqual([
      { key: "X-B", value: "50%% of %REQ(x-preview-client-region)%" },
    ]);
  });
});

describe("backends", () => {
  test("one priority for each region, the nearest first; a region that is not named by its round trip", () => {
    const config = configOf({ ...services(REGIONS), ...plain }, { regionsByDistance: ["us-central1"] });
    expect(order(config)).toEqual(["0 us-central1", "1 asia-east1", "2 europe-west1"]);
    expect(clusterOf(config).common_lb_config).toEqual({ healthy_panic_threshold: { value: 0 } });
  });

  test("what does not run and groups without capacity are left out", () => {
    const all = services(REGIONS);
    const backend = (all.google_compute_backend_service as Record<string, Block>).api!;
    const [first, ...rest] = backend.backend as Block[];
    const drained = { ...backend, backend: [{ ...first, capacity_scaler: 0 }, ...rest] };
    expect(order(configOf({ ...all, ...plain, google_compute_backend_service: { api: drained } }))).toEqual([
      "0 asia-east1",
      "1 us-central1",
    ]);
    const running = { "api@us-central1": { port: 9001, roundTripMs: 1 } };
    expect(order(configOf({ ...all, ...plain }, { upstreams: running }))).toEqual(["0 us-central1"]);
  });

  test("outlier detection as written, with Google Cloud's defaults", () => {
    const of = (block?: Block) =>
      clusterOf(configOf({ ...services(REGIONS, { backend: { outlier_detection: block } }), ...plain }))
        .outlier_detection;
    expect(of()).toBeUndefined();
    expect(of({ consecutive_errors: 7, interval: { seconds: 3 } })).toEqual({
      consecutive_5xx: 7,
      enforcing_consecutive_5xx: 0,
      consecutive_gateway_failure: 3,
      enforcing_consecutive_gateway_failure: 100,
      max_ejection_percent: 50,
      interval: "3s",
      base_ejection_time: "30s",
      enforcing_success_rate: 0,
    });
  });

  describe("service health", () => {
    const probe = { container: { readiness_probe: { http_get: { path: "/ready" }, failure_threshold: 5 } } };
    const checks = (more: Parameters<typeof services>[1]) =>
      clusterOf(
        configOf(
          { ...services(REGIONS, more), ...plain },
          {
            upstreams: { "api@us-central1": { port: 9000, readinessPort: 9500, roundTripMs: 1 } },
          },
        ),
      );

    test("asks the readiness port as often as the probe", () => {
      const cluster = checks(probe);
      expect(cluster.health_checks).toMatchObject([
        { interval: "10s", timeout: "1s", unhealthy_threshold: 5, http_health_check: { path: "/ready" } },
      ]);
      expect(cluster.load_assignment.endpoints[0].lb_endpoints[0].endpoint.health_check_config).toEqual({
        port_value: 9500,
      });
    });

    test.each([
      ["no probe", {}],
      ["IAP", { ...probe, backend: { iap: { enabled: true } } }],
      ["session affinity", { ...probe, backend: { session_affinity: "GENERATED_COOKIE" } }],
      ["a tag in the NEG", { ...probe, neg: { tag: "v2" } }],
    ])("is off with %s", (_why, more) => expect(checks(more).health_checks).toEqual([]));
  });

  test("session affinity hashes, by what it says", () => {
    const of = (values: Block) => {
      const config = configOf({ ...services(REGIONS, { backend: values }), ...plain });
      const { hash_policy } = managerOf(config).route_config.virtual_hosts[0].routes[0].route;
      return [clusterOf(config).lb_policy, hash_policy];
    };
    expect(of({ locality_lb_policy: "LEAST_REQUEST" })).toEqual(["LEAST_REQUEST", []]);
    expect(of({ session_affinity: "CLIENT_IP" })).toEqual([
      "RING_HASH",
      [{ connection_properties: { source_ip: true } }],
    ]);
    expect(
      of({ session_affinity: "GENERATED_COOKIE", affinity_cookie_ttl_sec: 60, locality_lb_policy: "MAGLEV" }),
    ).toEqual(["MAGLEV", [{ cookie: { name: "GCLB", ttl: "60s", path: "/" } }]]);
  });

  test("machines are checked as their health check says", () => {
    const config = configOf({
      ...plain,
      google_compute_backend_service: {
        api: {
          health_checks: ["${google_compute_health_check.h.id}"],
          backend: [{ group: "${google_compute_region_instance_group_manager.eu.instance_group}" }],
        },
      },
      google_compute_health_check: { h: { check_interval_sec: 7, tcp_health_check: { port: 80 } } },
      google_compute_region_instance_group_manager: { eu: { name: "eu", region: "europe-west1" } },
    });
    expect(clusterOf(config).health_checks).toMatchObject([
      { interval: "7s", timeout: "5s", healthy_threshold: 2, unhealthy_threshold: 2, tcp_health_check: {} },
    ]);
    expect(managerOf(config).route_config.virtual_hosts[0].routes[0].route.timeout).toBe("30s");
  });
});

describe("policies", () => {
  const filters = (config: Json, index = 0) => managerOf(config, index).http_filters.map(({ name }: Json) => name);
  const armor = (name: string, type: string) => ({
    [name]: {
      type,
      rule: [
        { priority: 5, action: "deny(403)", match: { config: { src_ip_ranges: ["10.0.0.0/8"] } } },
        { priority: 1, action: "allow", match: { config: { src_ip_ranges: ["10.1.0.0/16"] } } },
        { priority: 2, action: "deny(502)", preview: true, match: { config: { src_ip_ranges: ["*"] } } },
      ],
    },
  });
  const guarded = merged(
    services(REGIONS, {
      backend: {
        enable_cdn: true,
        cdn_policy: { cache_mode: "USE_ORIGIN_HEADERS" },
        security_policy: "${google_compute_security_policy.back.id}",
        edge_security_policy: "${google_compute_security_policy.edge.id}",
      },
    }),
    { google_compute_security_policy: { ...armor("back", "CLOUD_ARMOR"), ...armor("edge", "CLOUD_ARMOR_EDGE") } },
    plain,
  );

  test("edge policies come before the cache, the others behind it, in a listener of its own", () => {
    const config = configOf(guarded);
    const [front, behind] = [filters(config, 0), filters(config, 1)];
    const at = (name: string) => front.indexOf(name);
    expect(at("armor google_compute_security_policy.edge for google_compute_backend_service.api")).toBeLessThan(
      at("cdn google_compute_backend_service.api"),
    );
    expect(at("armor google_compute_security_policy.edge for google_compute_backend_service.api")).toBeGreaterThan(-1);
    expect(at("armor google_compute_security_policy.back for google_compute_backend_service.api")).toBe(-1);
    expect(behind).toContain("armor google_compute_security_policy.back for google_compute_backend_service.api");
    expect(managerOf(config, 0).route_config.virtual_hosts[0].routes[0].route.cluster).toBe(
      "http-80 behind the cache for google_compute_backend_service.api",
    );
  });

  test("rules by priority; those in preview only say that they match", () => {
    const { http_filters } = managerOf(configOf(guarded), 1);
    const actions = (name: string) =>
      http_filters
        .find((each: Json) => each.name === name)
        .typed_config.xds_matcher.matcher_list.matchers.map(({ on_match }: Json) => on_match.action.name);
    expect(actions("armor google_compute_security_policy.back for google_compute_backend_service.api")).toEqual([
      "skip",
      "5 deny(403)",
    ]);
    expect(actions("armor preview google_compute_security_policy.back for google_compute_backend_service.api")).toEqual(
      ["skip", "2 deny(502)", "skip"],
    );
  });

  test("a rule that Terraform computes in part does nothing", () => {
    const rule = (values: Block) => ({
      priority: 1,
      action: "deny(403)",
      match: { config: { src_ip_ranges: ["10.0.0.0/8"] } },
      ...values,
    });
    const names = (values: Block) =>
      filters(
        configOf(
          merged(
            services(REGIONS, { backend: { security_policy: "${google_compute_security_policy.p.id}" } }),
            { google_compute_security_policy: { p: { rule: [rule(values)] } } },
            plain,
          ),
        ),
      ).filter((name: string) => name.startsWith("armor"));
    expect(names({})).toHaveLength(1);
    expect(names({ action: "${var.action}" })).toEqual([]);
    expect(names({ match: { config: { src_ip_ranges: ["10.0.0.0/8", "${var.range}"] } } })).toEqual([]);
  });

  test("limits count for each backend", () => {
    const both = merged(
      services(
        { api: ["europe-west1"], chat: ["europe-west1"] },
        { backend: { security_policy: "${google_compute_security_policy.p.id}" } },
      ),
      { google_compute_security_policy: armor("p", "CLOUD_ARMOR") },
      frontends([
        {
          default_route_action: {
            weighted_backend_services: ["api", "chat"].map((name) => ({ backend_service: to(name), weight: 1 })),
          },
        },
      ]),
    );
    const names = filters(configOf(both)).filter((name: string) => name.startsWith("armor google"));
    expect(names).toHaveLength(2);
    const { clusters } = managerOf(configOf(both)).route_config.virtual_hosts[0].routes[0].route.weighted_clusters;
    const turnedOn = clusters.map(({ typed_per_filter_config }: Json) =>
      Object.keys(typed_per_filter_config).filter((name) => names.includes(name)),
    );
    expect(turnedOn.map((list: string[]) => list.length)).toEqual([1, 1]);
    expect(turnedOn[0]).not.toEqual(turnedOn[1]);
  });

  test("a route's cache policy is a cache of its own; headers bypass it", () => {
    const map = {
      default_service: to("api"),
      default_route_action: {
        cache_policy: { cache_mode: "FORCE_CACHE_ALL", cache_bypass_request_header_names: ["X-Fresh"] },
      },
    };
    const cached = merged(guarded, frontends([map]));
    const { http_filters } = managerOf(configOf(cached), 0);
    const caches = http_filters.filter(({ name }: Json) => name.startsWith("cdn google"));
    expect(caches).toHaveLength(1);
    const [{ predicate }] = caches[0].typed_config.xds_matcher.matcher_list.matchers;
    expect(predicate.single_predicate.input.typed_config.header_name).toBe("x-fresh");
    const mode = managerOf(configOf(cached), 1).http_filters.find(({ name }: Json) => name.startsWith("mode of cdn"));
    expect(mode.typed_config.default_source_code.inline_string).toContain("if succeeded then store(3600) end");
  });

  test("filters of policies are off where no route has turned them on", () => {
    const { http_filters } = managerOf(configOf(guarded), 1);
    const policies = http_filters.filter(({ name }: Json) => name.startsWith("armor"));
    expect(policies.every(({ disabled }: Json) => disabled)).toBe(true);
    const open = configOf(
      merged(guarded, services({ open: ["europe-west1"] }), frontends([{ default_service: to("open") }])),
    );
    const [cluster] = managerOf(open).route_config.virtual_hosts[0].routes[0].route.weighted_clusters.clusters;
    expect(cluster.typed_per_filter_config).toEqual({});
  });
});
