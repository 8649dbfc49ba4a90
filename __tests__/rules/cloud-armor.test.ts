import { describeGroup, findingsOf, type Json, type More, type Mutation, resourceAt, wrong } from "./rule-support";
import { servingPath } from "./serving-path";

const BACKEND = "google_compute_backend_service.api";
const POLICY = "google_compute_security_policy.main";
const EDGE = "google_compute_security_policy.edge";
const LOOSE = "google_compute_security_policy.loose";
const RULE = "google_compute_security_policy_rule.office";
const REGIONAL = "google_compute_region_security_policy.eu";
const PACKETS = "google_compute_region_security_policy.packets";
const REGIONAL_BACKEND = "google_compute_region_backend_service.eu";

const lifecycle = { create_before_destroy: true };
const everyone = () => ({ versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["*"] } });
const byDefault = (action = "allow") => ({ action, priority: 2147483647, match: everyone() });
const when = (expression: string) => ({ expr: { expression } });

/** Rules of the main policy, by their position. */
const WAF = 0;
const TEXT = 1;
const BAN = 2;
const REDIRECT = 3;
const THROTTLE = 5;

function rules(): Json[] {
  return [
    {
      action: "deny(403)",
      priority: 1000,
      description: "Injections",
      match: when(
        "evaluatePreconfiguredWaf('sqli-v422-stable', {'sensitivity': 1, 'opt_out_rule_ids': ['owasp-crs-v042200-id942100-sqli']})",
      ),
      preconfigured_waf_config: {
        exclusion: [
          {
            target_rule_set: "sqli-v422-stable",
            request_header: [{ operator: "EQUALS", value: "authorization" }],
            request_cookie: [{ operator: "EQUALS_ANY" }],
            request_uri: [{ operator: "STARTS_WITH", value: "/v1/chat" }],
            request_query_param: [{ operator: "CONTAINS", value: "q" }],
          },
        ],
      },
    },
    {
      action: "deny(404)",
      priority: "1100",
      match: when(
        "inIpRange(origin.user_ip, '203.0.113.0/24') && has(request.headers['x-key']) && request.headers['x-key'] != 'a' && request.path.lower().matches(r'^/admin(/|$)') && origin.region_code == 'DE'",
      ),
      header_action: { request_headers_to_adds: [{ header_name: "X-Blocked", header_value: "1" }] },
    },
    {
      action: "rate_based_ban",
      priority: 1200,
      match: when("request.path.startsWith('/v1/') && request.method == 'POST'"),
      rate_limit_options: {
        conform_action: "allow",
        exceed_action: "redirect",
        exceed_redirect_options: { type: "EXTERNAL_302", target: "https://example.com/slow" },
        enforce_on_key: "",
        enforce_on_key_configs: [
          { enforce_on_key_type: "HTTP_HEADER", enforce_on_key_name: "x-api-key" },
          { enforce_on_key_type: "IP" },
        ],
        rate_limit_threshold: { count: 100, interval_sec: 60 },
        ban_threshold: { count: 1000, interval_sec: "600" },
        ban_duration_sec: 600,
      },
    },
    {
      action: "redirect",
      priority: 1300,
      match: {
        ...when("token.recaptcha_session.score < 0.3"),
        expr_options: { recaptcha_options: { session_token_site_keys: ["key"] } },
      },
      redirect_options: { type: "GOOGLE_RECAPTCHA" },
    },
    { action: "allow", priority: 1400, match: when("evaluateAdaptiveProtectionAutoDeploy()"), preview: true },
    {
      action: "throttle",
      priority: 9000,
      match: everyone(),
      rate_limit_options: {
        conform_action: "allow",
        exceed_action: "deny(429)",
        enforce_on_key: "IP",
        rate_limit_threshold: { count: 600, interval_sec: 60 },
      },
    },
    byDefault(),
  ];
}

function valid(): Json {
  const document = servingPath();
  const resources = document.resource as Json;
  Object.assign(resourceAt(document, BACKEND), {
    security_policy: "${google_compute_security_policy.main.id}",
    edge_security_policy: "${google_compute_security_policy.edge.id}",
  });
  resources.google_compute_security_policy = {
    main: {
      name: "chat",
      type: "CLOUD_ARMOR",
      lifecycle,
      rule: rules(),
      advanced_options_config: {
        json_parsing: "STANDARD",
        json_custom_config: { content_types: ["application/vnd.api+json"] },
        log_level: "NORMAL",
        request_body_inspection_size: "64KB",
        user_ip_request_headers: ["True-Client-IP"],
      },
      recaptcha_options_config: { redirect_site_key: "key" },
      adaptive_protection_config: {
        layer_7_ddos_defense_config: {
          enable: true,
          rule_visibility: "STANDARD",
          threshold_configs: [
            {
              name: "by-host",
              auto_deploy_load_threshold: 0.8,
              auto_deploy_confidence_threshold: 0.5,
              auto_deploy_impacted_baseline_threshold: 0.01,
              auto_deploy_expiration_sec: 3600,
              detection_load_threshold: 0.7,
              detection_absolute_qps: 10,
              detection_relative_to_baseline_qps: 2,
              traffic_granularity_configs: [{ type: "HTTP_HEADER_HOST", enable_each_unique_value: true }],
            },
          ],
        },
      },
    },
    edge: {
      name: "chat-edge",
      type: "CLOUD_ARMOR_EDGE",
      lifecycle,
      rule: [
        { action: "deny(403)", priority: 1, match: when("origin.region_code == 'KP' || origin.asn == 64496") },
        byDefault(),
      ],
    },
    loose: { name: "chat-loose", lifecycle },
  };
  resources.google_compute_security_policy_rule = {
    office: {
      security_policy: "${google_compute_security_policy.loose.name}",
      action: "allow",
      priority: 10,
      match: { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["203.0.113.0/24", "2001:db8::/32"] } },
    },
  };
  document.output = {
    policies: {
      value: ["${google_compute_security_policy.loose.id}", "${google_compute_region_security_policy.eu.id}"],
    },
  };
  resources.google_compute_region_security_policy = {
    eu: {
      name: "chat-eu",
      region: "europe-west1",
      type: "CLOUD_ARMOR",
      lifecycle,
      rules: [{ action: "deny(403)", priority: 1, match: when("request.scheme == 'http'") }, byDefault()],
    },
    packets: {
      name: "chat-packets",
      region: "europe-west1",
      type: "CLOUD_ARMOR_NETWORK",
      lifecycle,
      ddos_protection_config: { ddos_protection: "STANDARD" },
      user_defined_fields: [{ name: "fragment", base: "IPV4", offset: 6, size: 2, mask: "0x1fff" }],
      rules: [
        {
          action: "deny",
          priority: 1,
          network_match: {
            src_ip_ranges: ["203.0.113.0/24"],
            dest_ip_ranges: ["*"],
            src_ports: ["0-1023"],
            dest_ports: ["443"],
            ip_protocols: ["tcp"],
            src_region_codes: ["KP"],
          },
        },
      ],
    },
  };
  return document;
}

const main = (rule: string, path: string, value: unknown, more?: More) => wrong(POLICY, rule, path, value, more);
const says = (rule: string, expression: string): Mutation =>
  main(rule, `rule.${TEXT}.match.expr.expression`, expression);
const waf = (rule: string, expression: string, more?: More): Mutation =>
  main(rule, `rule.${WAF}.match.expr.expression`, expression, more);
const ban = (rule: string, path: string, value: unknown, more?: More) =>
  main(rule, `rule.${BAN}.rate_limit_options.${path}`, value, more);
const throttle = (rule: string, path: string, value: unknown, more?: More) =>
  main(rule, `rule.${THROTTLE}.rate_limit_options.${path}`, value, more);
const exclusion = (rule: string, field: string, value: unknown, more?: More) =>
  main(rule, `rule.${WAF}.preconfigured_waf_config.exclusion.0.${field}`, value, more);
const DDOS = "adaptive_protection_config.layer_7_ddos_defense_config";
const adaptive = (rule: string, path: string, value: unknown, more?: More) =>
  main(rule, `${DDOS}.${path}`, value, more);
const option = (rule: string, path: string, value: unknown, more?: More) =>
  main(rule, `advanced_options_config.${path}`, value, more);
const packets = (rule: string, path: string, value: unknown) => wrong(PACKETS, rule, path, value);
const six = Array.from({ length: 6 }, (_, index) => `request.path == '/${index}'`).join(" || ");

describeGroup(
  "armor",
  valid,
  [
    main("armor-name", "name", "Chat"),
    main("armor-description", "description", "x".repeat(2049)),
    main("armor-description-of-rule", `rule.${WAF}.description`, "x".repeat(65)),
    main("armor-priority", `rule.${WAF}.priority`, undefined),
    wrong(RULE, "armor-priority", "priority", 2147483648),
    wrong(REGIONAL, "armor-action", "rules.0.action", "block"),
    wrong(RULE, "armor-match-config-src-ip-ranges-each", "match.config.src_ip_ranges.0", "203.0.113"),
    main(
      "armor-header-action-request-headers-to-adds-header-name",
      `rule.${TEXT}.header_action.request_headers_to_adds.0.header_name`,
      "X Blocked",
    ),
    exclusion("armor-preconfigured-waf-config-exclusion-request-uri-value", "request_uri.0.value", "/v1?q=1"),
    packets("armor-network-match-src-region-codes", "rules.0.network_match.src_region_codes.0", "kp"),
    packets("armor-network-match-src-ip-ranges", "rules.0.network_match.src_ip_ranges.0", "all"),
    packets("armor-network-match-dest-ip-ranges", "rules.0.network_match.dest_ip_ranges.0", "10.0.0.0/40"),
    packets("armor-network-match-ip-protocols", "rules.0.network_match.ip_protocols.0", "http"),
    option("armor-advanced-options-config-user-ip-request-headers", "user_ip_request_headers.0", "True Client IP"),
    packets("armor-user-defined-fields-mask", "user_defined_fields.0.mask", "1fff"),
    adaptive("armor-threshold-configs-name", "threshold_configs.0.name", "By_Host"),

    main("armor-priority-unique", `rule.${WAF}.priority`, 1100),
    {
      rule: "armor-priority-unique",
      address: RULE,
      change: (document) => {
        resourceAt(document, RULE).security_policy = "chat";
        resourceAt(document, RULE).priority = 1000;
      },
      also: ["armor-rules-twice"],
    },
    main("armor-default-rule", "rule", [{ action: "allow", priority: 1, match: everyone() }], {
      also: ["armor-auto-deploy"],
    }),
    main("armor-default-rule", `rule.${rules().length - 1}.match`, when("request.path == '/'")),
    main(
      "armor-match",
      `rule.${THROTTLE}.match`,
      { config: { src_ip_ranges: ["*"] } },
      { at: "rule.match.versioned_expr" },
    ),
    main(
      "armor-match",
      `rule.${THROTTLE}.match`,
      { ...everyone(), ...when("origin.asn == 1") },
      { at: "rule.match.expr" },
    ),
    main("armor-match-config", `rule.${THROTTLE}.match.config`, undefined),
    main("armor-match-config", `rule.${WAF}.match.config`, { src_ip_ranges: ["203.0.113.7"] }),
    main("armor-match-missing", `rule.${THROTTLE}.match`, undefined),
    main("armor-redirect", `rule.${REDIRECT}.redirect_options`, undefined),
    main("armor-redirect", `rule.${REDIRECT}.redirect_options.type`, "EXTERNAL_302", {
      at: "rule.redirect_options.target",
    }),
    main("armor-redirect", `rule.${WAF}.redirect_options`, { type: "GOOGLE_RECAPTCHA" }),
    wrong(EDGE, "armor-edge", "advanced_options_config", { log_level: "VERBOSE" }),
    wrong(EDGE, "armor-edge", "adaptive_protection_config", { layer_7_ddos_defense_config: { enable: true } }),
    wrong(EDGE, "armor-scope", "rule.0.action", "redirect", { also: ["armor-redirect"] }),
    wrong(EDGE, "armor-scope", "rule.0.header_action", { request_headers_to_adds: [{ header_name: "a" }] }),
    wrong(EDGE, "armor-rate-options", "rule.0.rate_limit_options", rules()[THROTTLE]!.rate_limit_options),
    wrong(REGIONAL, "armor-scope", "rules.0.action", "redirect", { also: ["armor-redirect"] }),
    wrong(REGIONAL, "armor-scope", "rules.0.header_action", { request_headers_to_adds: [{ header_name: "a" }] }),
    main("armor-scope", `rule.${WAF}.action`, "fairshare"),
    main("armor-unreachable", `rule.${THROTTLE}.priority`, 500),
    main("armor-unreachable", `rule.${WAF}.match`, everyone(), { also: ["armor-waf-exclusion"], at: "rule.priority" }),
    option("armor-json-custom", "json_parsing", "DISABLED"),
    adaptive("armor-adaptive-enabled", "enable", false),
    adaptive("armor-adaptive-threshold-unique", "threshold_configs", [{ name: "a" }, { name: "a" }], {
      at: `${DDOS}.threshold_configs.name`,
    }),
    adaptive("armor-adaptive-unique-value", "threshold_configs.0.traffic_granularity_configs.0.value", "example.com"),
    main("armor-auto-deploy", "rule.4.match", when("origin.asn == 1"), { at: "rule" }),
    main("armor-auto-deploy", "adaptive_protection_config", undefined),
    packets("armor-scope", "rules.0.match", everyone()),
    wrong(REGIONAL, "armor-network", "ddos_protection_config", { ddos_protection: "STANDARD" }),
    wrong(REGIONAL, "armor-scope", "rules.0.network_match", { src_ip_ranges: ["*"] }),

    main("armor-rate-options", `rule.${THROTTLE}.rate_limit_options`, undefined),
    main("armor-rate-options", `rule.${WAF}.rate_limit_options`, rules()[THROTTLE]!.rate_limit_options),
    throttle("armor-rate-threshold", "rate_limit_threshold", undefined),
    throttle("armor-rate-threshold", "exceed_action", undefined),
    ban("armor-ban", "ban_duration_sec", undefined),
    throttle("armor-ban", "ban_duration_sec", 600),
    throttle("armor-ban", "ban_threshold", { count: 10, interval_sec: 60 }),
    ban("armor-ban-rate-count", "rate_limit_threshold.count", 10001),
    ban("armor-rate-key", "enforce_on_key", "IP"),
    throttle("armor-rate-key-name", "enforce_on_key", "HTTP_COOKIE", {
      at: "rule.rate_limit_options.enforce_on_key_name",
    }),
    throttle("armor-rate-key-name", "enforce_on_key_name", "session"),
    ban("armor-rate-limit-options-enforce-on-key-configs-twice", "enforce_on_key_configs", [
      { enforce_on_key_type: "IP" },
      { enforce_on_key_type: "IP" },
    ]),
    throttle("armor-rate-shared", "enforce_on_key", undefined),
    {
      rule: "armor-rate-user-ip",
      address: POLICY,
      change: (document) => {
        const policy = resourceAt(document, POLICY);
        policy.advanced_options_config = undefined;
        ((policy.rule as Json[])[THROTTLE]!.rate_limit_options as Json).enforce_on_key = "USER_IP";
      },
      also: ["armor-expression-user-ip"],
    },
    ban("armor-exceed-redirect", "exceed_redirect_options", undefined),
    ban("armor-exceed-redirect", "exceed_redirect_options.type", "GOOGLE_RECAPTCHA", {
      at: "rule.rate_limit_options.exceed_redirect_options.target",
    }),
    throttle("armor-exceed-redirect", "exceed_redirect_options", { type: "GOOGLE_RECAPTCHA" }),

    wrong(BACKEND, "armor-attached-type", "security_policy", "${google_compute_security_policy.edge.id}", {
      also: ["armor-unattached"],
    }),
    wrong(BACKEND, "armor-attached-type", "edge_security_policy", "${google_compute_security_policy.main.id}", {
      also: ["armor-unattached"],
    }),
    wrong(BACKEND, "armor-attached-scope", "security_policy", "${google_compute_region_security_policy.eu.id}", {
      also: ["armor-unattached"],
    }),
    {
      rule: "armor-attached-scope",
      also: ["backend-empty", "armor-regional-late"],
      address: REGIONAL_BACKEND,
      change: (document) => {
        (document.resource as Json).google_compute_region_backend_service = {
          eu: { name: "eu", region: "europe-west4", security_policy: "${google_compute_region_security_policy.eu.id}" },
        };
      },
    },
    {
      rule: "armor-regional-late",
      also: ["backend-empty"],
      address: REGIONAL_BACKEND,
      change: (document) => {
        (document.resource as Json).google_compute_region_backend_service = {
          eu: { name: "eu", region: "europe-west1", security_policy: "${google_compute_region_security_policy.eu.id}" },
        };
      },
    },
    wrong(BACKEND, "armor-attached-scheme", "load_balancing_scheme", "INTERNAL_SELF_MANAGED", {
      also: ["forwarding-backend-scheme"],
    }),
    {
      rule: "armor-unattached",
      address: POLICY,
      change: (document) => {
        delete resourceAt(document, BACKEND).security_policy;
      },
    },
    wrong(RULE, "armor-rules-twice", "security_policy", "${google_compute_security_policy.main.name}"),

    says("armor-expression-syntax", "request.path = '/admin'"),
    says("armor-expression-syntax", "request.path == '/admin' and origin.asn == 1"),
    wrong(REGIONAL, "armor-expression-syntax", "rules.0.match.expr.expression", "(request.path"),
    wrong(RULE, "armor-expression-syntax", "match", when("'"), { at: "match.expr.expression" }),
    says("armor-expression-attribute", "source.region_code == 'DE'"),
    says("armor-expression-attribute", "request.host == 'example.com'"),
    says("armor-expression-attribute", "origin.region_code == DE"),
    says("armor-expression-function", "request.path.beginsWith('/x')"),
    says("armor-expression-function", "lower(request.path) == '/x'"),
    says("armor-expression-function", "origin.ip.inIpRange('10.0.0.0/8')"),
    says("armor-expression-arguments", "inIpRange(origin.ip)"),
    says("armor-expression-arguments", "request.path.contains()"),
    says("armor-expression-type", "origin.asn == '64496'"),
    says("armor-expression-type", "request.path"),
    says("armor-expression-type", "request.path && origin.asn == 1"),
    says("armor-expression-type", "request.headers.contains('x')"),
    says("armor-expression-type", "!origin.region_code"),
    says("armor-expression-undocumented", "origin.region_code in ['DE', 'FR']"),
    says("armor-expression-undocumented", "['DE'].exists(c, c == origin.region_code)"),
    says("armor-expression-undocumented", "request.headers.cookie == 'x'"),
    says("armor-expression-escape", "request.path.matches('\\.php$')"),
    says("armor-expression-subexpressions", six),
    says("armor-expression-length", `request.path == '/${"x".repeat(2048)}'`),
    says("armor-expression-length", `request.path == '/${"x".repeat(1024)}' && origin.asn == 1`),
    says("armor-expression-regex", "request.path.matches(r'^/(?!public)')"),
    says("armor-expression-regex", "request.path.matches(r'(a)\\1')"),
    says("armor-expression-ip-range", "inIpRange(origin.ip, '203.0.113.0/64')"),
    says("armor-expression-header-case", "has(request.headers['User-Agent'])"),
    says("armor-expression-region-code", "origin.region_code == 'de'"),
    says("armor-expression-region-code", "'UK' == origin.region_code"),
    says("armor-expression-contradiction", "origin.region_code != 'DE' || origin.region_code != 'FR'"),
    says(
      "armor-expression-contradiction",
      "origin.asn == 1 && (origin.region_code == 'DE' && origin.region_code == 'FR')",
    ),
    says("armor-expression-missing-header", "request.headers['x-key'] != 'secret'"),
    says("armor-expression-missing-header", "!request.headers['user-agent'].contains('curl')"),
    wrong(EDGE, "armor-expression-edge", "rule.0.match.expr.expression", "origin.tls_ja4_fingerprint == 'x'"),
    wrong(
      EDGE,
      "armor-expression-edge",
      "rule.0.match.expr.expression",
      "evaluatePreconfiguredWaf('sqli-v422-stable')",
    ),
    wrong(
      REGIONAL,
      "armor-expression-regional",
      "rules.0.match.expr.expression",
      "evaluateThreatIntelligence('iplist-tor-exit-nodes')",
    ),
    wrong(
      REGIONAL,
      "armor-expression-regional",
      "rules.0.match.expr.expression",
      "evaluatePreconfiguredExpr('sourceiplist-fastly')",
    ),
    option("armor-expression-user-ip", "user_ip_request_headers", undefined, {
      at: "rule.match.expr.expression",
    }),
    main("armor-expression-user-ip", "advanced_options_config", undefined, { at: "rule.match.expr.expression" }),

    waf("armor-expression-waf-set", "evaluatePreconfiguredWaf('sqli-v33')", { also: ["armor-waf-exclusion"] }),
    waf("armor-expression-waf-options", "evaluatePreconfiguredWaf('sqli-v422-stable', {'sensitivity': 5})"),
    waf("armor-expression-waf-options", "evaluatePreconfiguredWaf('sqli-v422-stable', {'sensitivity': 0})"),
    waf("armor-expression-waf-options", "evaluatePreconfiguredWaf('sqli-v422-stable', {'exclude_ids': ['a']})"),
    waf("armor-expression-waf-options", "evaluatePreconfiguredWaf('sqli-v422-stable', {'opt_in_rule_ids': ['a']})"),
    waf(
      "armor-expression-waf-options",
      "evaluatePreconfiguredWaf('sqli-v422-stable', {'opt_in_rule_ids': ['a'], 'opt_out_rule_ids': ['b']})",
    ),
    waf(
      "armor-expression-waf-signature",
      "evaluatePreconfiguredWaf('sqli-v422-stable', {'opt_out_rule_ids': ['owasp-crs-v030301-id942100-sqli']})",
    ),
    waf("armor-waf-exclusion", "evaluatePreconfiguredWaf('xss-v422-stable')", {
      at: "rule.preconfigured_waf_config",
    }),
    main(
      "armor-waf-exclusion",
      `rule.${WAF}.match`,
      { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["203.0.113.7"] } },
      { at: "rule.preconfigured_waf_config" },
    ),
    exclusion("armor-waf-exclusion-value", "request_header.0.value", undefined),
    exclusion("armor-waf-exclusion-value", "request_cookie.0.value", "x"),
  ],
  [
    "armor-auto-deploy",
    "armor-description-of-rule",
    "armor-expression-escape",
    "armor-expression-length",
    "armor-expression-missing-header",
    "armor-expression-undocumented",
    "armor-expression-waf-set",
    "armor-rate-shared",
    "armor-rate-user-ip",
    "armor-match-expr-expression-literal",
    "armor-regional-late",
    "armor-unattached",
    "armor-unreachable",
  ],
);

const armorFindings = (document: Json) => findingsOf(document).filter(({ rule }) => rule.startsWith("armor-"));

test.each([
  ["expressions of Terraform", "${var.expression}"],
  ["expressions within", "inIpRange(origin.ip, '${var.range}')"],
  ["escaped dollars", "request.path.matches(r'^/a$${b')"],
  [
    "documented functions",
    "request.headers['host'].lower().endsWith('.example.com') && size(request.query) >= 10 && int(request.headers['content-length']) == 0",
  ],
  [
    "address groups",
    "evaluateAddressGroup('bad', origin.ip, ['203.0.113.0/24']) || evaluateOrganizationAddressGroup('worse', origin.ip)",
  ],
  ["threat intelligence", "evaluateThreatIntelligence('iplist-known-malicious-ips', origin.ip, ['203.0.113.0/24'])"],
  ["one list of countries", "'[DE,FR]'.contains(origin.region_code)"],
  ["different attributes", "request.path != '/a' || request.method != 'POST'"],
  ["guarded headers", "!has(request.headers['x-key']) || request.headers['x-key'] != 'a'"],
  ["reCAPTCHA", "token.recaptcha_action.valid && token.recaptcha_action.score >= 0.5"],
])("says nothing of %s", (_what, expression) => {
  const document = valid();
  const rule = (resourceAt(document, POLICY).rule as Json[])[TEXT]!;
  rule.match = when(expression);
  expect(armorFindings(document)).toEqual([]);
});

test("says nothing of rules that Terraform computes", () => {
  const document = valid();
  Object.assign(resourceAt(document, POLICY), {
    rule: [{ action: "${var.action}", priority: "${var.priority}", match: "${var.match}" }],
    adaptive_protection_config: "${var.adaptive}",
  });
  Object.assign(resourceAt(document, LOOSE), { rule: undefined, dynamic: { rule: { for_each: "${var.rules}" } } });
  Object.assign(resourceAt(document, EDGE), { type: "${var.type}" });
  expect(armorFindings(document)).toEqual([]);
});

test("says nothing of policies in a document without backends", () => {
  const { resource } = valid() as { resource: Json };
  const { google_compute_security_policy } = resource;
  expect(armorFindings({ resource: { google_compute_security_policy } })).toEqual([]);
});

test("says nothing of a site key that is empty, which is unset to the provider", () => {
  const document = valid();
  resourceAt(document, POLICY).recaptcha_options_config = { redirect_site_key: "" };
  expect(armorFindings(document)).toEqual([]);
});

test("only warns of descriptions over 64 characters, which Google Cloud has accepted", () => {
  const document = valid();
  resourceAt(document, RULE).description = "x".repeat(87);
  expect(armorFindings(document)).toMatchObject([{ rule: "armor-description-of-rule", severity: "warning" }]);
});
