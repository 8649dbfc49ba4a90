import type { ExpressionProblem } from "../language/cloud-armor-expression";
import { isAddressRange } from "../language/ip-range";
import { computeName, headerName } from "./formats";
import { at, distinct, fulfilling, integer, items, type Limit, type Limits, length, matching, not, number, oneOf, set, unset } from "./limit";
import { atMostOne, exactlyOne, type ResourceFacts, resourceType, type Together, unique, when } from "./resource-type";
import { api, page, provider, type Source, unconfirmed } from "./source";

const compute = api("Compute API v1");
const rates = page("armor/docs/rate-limiting-overview");
export const securityPolicyOverview = page("armor/docs/security-policy-overview");
const POLICY = "google_compute_security_policy 7.45.0";
const docs = provider(POLICY);
const network = compute("SecurityPolicyRule.networkMatch");
const redirects = compute("SecurityPolicyRuleRedirectOptions");
const matcher = compute("SecurityPolicyRuleMatcher");
const validated = provider(POLICY, "validate");

/** The priority of the rule for what no other rule matches. */
export const DEFAULT_PRIORITY = 2147483647;

const INTERVALS = [10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600];
const interval = oneOf(...INTERVALS)
  .required()
  .fix("use one of these intervals", rates);
/** What a ban may last. */
export const banSeconds = oneOf(...INTERVALS.filter((each) => each >= 60)).fix("use one of these durations", rates);
/** How many requests a rate limit may count, and how many before a ban. */
export const rateCount = integer(1, 1_000_000).required().fix("count at most 1,000,000 requests, over a shorter interval if need be", rates);
export const rateCountOfBan = integer(1, 10_000).fix("count over a shorter interval, or use throttle", rates);

const KEYS = ["ALL", "IP", "HTTP_HEADER", "XFF_IP", "HTTP_COOKIE", "HTTP_PATH", "SNI", "REGION_CODE", "TLS_JA3_FINGERPRINT", "TLS_JA4_FINGERPRINT", "USER_IP"];
const NAMED_KEYS = ["HTTP_HEADER", "HTTP_COOKIE"];
const key = oneOf(...KEYS).fix("use IP for a limit per client", rates);
const REDIRECTS = oneOf("EXTERNAL_302", "GOOGLE_RECAPTCHA").fix("use EXTERNAL_302 with a target, or GOOGLE_RECAPTCHA", validated);
/** What makes two keys of a rate limit the same: headers and cookies may repeat under different names. */
const keyOf = (item: unknown) => {
  const { enforce_on_key_type: type, enforce_on_key_name: name } = (item ?? {}) as Readonly<Record<string, unknown>>;
  return NAMED_KEYS.includes(String(type)) ? `${type} ${name}` : type;
};

export const ipRange = fulfilling('an address or range in CIDR notation, or "*"', (value) => value === "*" || (typeof value === "string" && isAddressRange(value)), {
  allowed: ["*", "2001:db8::/32"],
  refused: ["203.0.113.0/33", "203.0.113"],
}).fix("write addresses like 203.0.113.0/24 or 2001:db8::/32", docs);
export const regionCode = matching(/^(?!UK$)[A-Z]{2}$/, "a country code of ISO 3166-1 alpha-2").fix("write two capital letters, such as DE or US; the United Kingdom is GB", network);
export const sourceRanges = items(1, 10).fix("split the ranges over several rules, or use an address group", docs);
const portRange = fulfilling(
  "a port from 0 to 65535, or a range of them",
  (value) => {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value)) ?? [];
    return value === "*" || (from !== undefined && Number(from) <= Number(to) && Number(to) <= 65535);
  },
  { allowed: ["80", "0-1023"], refused: ["1024-1", "70000"] },
).fix("write ports like 80 or 0-1023", network);

const FIELDS = ["request_header", "request_cookie", "request_uri", "request_query_param"];
const operator = oneOf("EQUALS", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "EQUALS_ANY").fix("use one of these operators", validated);

/** What a rule may say, whether it is a block of a policy or a resource of its own. */
export const securityPolicyRule: Record<string, Limit | readonly Limit[]> = {
  description: length(0, 64).named("of-rule").fix("shorten the description", docs).advice("64 is documented as the most, but longer ones have been accepted."),
  priority: integer(0, DEFAULT_PRIORITY).required().fix("give each rule a priority of its own; the lowest number is asked first", securityPolicyOverview),
  action: oneOf("allow", "deny", "deny(403)", "deny(404)", "deny(502)", "rate_based_ban", "redirect", "throttle", "fairshare")
    .trying({ refused: ["deny(429)", "block"] })
    .fix("use one of these; 429 is possible only as exceed_action", compute("SecurityPolicyRule.action")),
  "match.versioned_expr": oneOf("SRC_IPS_V1").fix("use SRC_IPS_V1 with config.src_ip_ranges, or expr", validated),
  "match.config.src_ip_ranges": sourceRanges,
  "match.config.src_ip_ranges[]": ipRange.named("each"),
  "rate_limit_options.conform_action": oneOf("allow").fix("set conform_action = allow", validated),
  "rate_limit_options.exceed_action": oneOf("deny(403)", "deny(404)", "deny(429)", "deny(502)", "redirect").fix("use deny(429)", validated),
  "rate_limit_options.rate_limit_threshold.interval_sec": interval,
  "rate_limit_options.rate_limit_threshold.count": rateCount,
  "rate_limit_options.ban_threshold.interval_sec": interval,
  "rate_limit_options.ban_threshold.count": integer(1).required().fix("ban from at least 1 request on", rates),
  "rate_limit_options.ban_duration_sec": banSeconds.or(0),
  "rate_limit_options.enforce_on_key": key,
  "rate_limit_options.enforce_on_key_configs": [
    items(0, 3).fix("combine at most three keys", rates),
    distinct("enforce_on_key_type", keyOf).named("twice").fix("remove the repeated key; only headers and cookies of different names may repeat", rates),
  ],
  "rate_limit_options.enforce_on_key_configs.enforce_on_key_type": key,
  "rate_limit_options.exceed_redirect_options.type": REDIRECTS,
  "redirect_options.type": REDIRECTS,
  "header_action.request_headers_to_adds.header_name": headerName,
  ...Object.fromEntries(FIELDS.map((name) => [`preconfigured_waf_config.exclusion.${name}.operator`, operator])),
  "preconfigured_waf_config.exclusion.request_uri.value": matching(/^[^?#]*$/, "a path without query and fragment").fix("remove the part from ? or # on", docs),
  "network_match.src_region_codes[]": regionCode.or("*"),
  "network_match.src_ip_ranges[]": ipRange,
  "network_match.dest_ip_ranges[]": ipRange,
  "network_match.src_ports[]": portRange,
  "network_match.dest_ports[]": portRange,
  "network_match.ip_protocols[]": matching(/^(\*|tcp|udp|icmp|esp|ah|ipip|sctp|\d{1,3}(-\d{1,3})?)$/, "a protocol's name or number").fix(
    "use tcp, udp, icmp, esp, ah, ipip, sctp or a number",
    network,
  ),
};

/** Rules that several rows say together. */
const RATE_OPTIONS = { id: "rate-options", title: "rate_limit_options must be set with the actions throttle and rate_based_ban, and only there" };
const RATE_THRESHOLD = { id: "rate-threshold", title: "rate_limit_options must have conform_action, exceed_action and rate_limit_threshold" };
const RATE_KEY_NAME = { id: "rate-key-name", title: "enforce_on_key_name must be set with HTTP_HEADER and HTTP_COOKIE, and only there" };
const RATE_SHARED = { id: "rate-shared", title: "a rate limit must say what it counts by" };
const BAN = { id: "ban", title: "ban_duration_sec must be set with rate_based_ban; neither it nor ban_threshold with throttle" };
const BAN_RATE_COUNT = { id: "ban-rate-count", title: "rate_based_ban must count at most 10,000 requests in rate_limit_threshold" };
const MATCH_CONFIG = { id: "match-config", title: "match.config must be set with versioned_expr, and only there" };
const EXCLUSION_VALUE = { id: "waf-exclusion-value", title: "an excluded request field must have a value, unless its operator is EQUALS_ANY" };
const EXCEED_REDIRECT = { id: "exceed-redirect", title: "exceed_redirect_options must be set with exceed_action redirect, with a target for EXTERNAL_302 only" };
const REDIRECT = { id: "redirect", title: "redirect_options must be set with the action redirect, with a target for EXTERNAL_302 only" };

const RATED = { action: ["throttle", "rate_based_ban"], rate_limit_options: set() };

/** How the attributes of a rule go together, by the block that it is. */
function rowsOfRule(place: string): Required<Pick<ResourceFacts, "alternatives" | "together" | "defaults">> {
  const inside = (block: string) => (place === "" ? block : `${place}.${block}`);
  const options = compute("SecurityPolicyRuleRateLimitOptions");
  const redirection = (block: string, about: typeof REDIRECT): Together[] => [
    when({ type: "EXTERNAL_302" }, { target: set() }, { in: inside(block), ...about }).fix("set target to the URL", redirects),
    when({ type: "GOOGLE_RECAPTCHA" }, { target: unset() }, { in: inside(block), ...about }).fix("remove target, or use EXTERNAL_302", redirects),
  ];
  const named = (block: string, type: string): Together[] => [
    when({ [type]: NAMED_KEYS }, { enforce_on_key_name: set() }, { in: inside(block), ...RATE_KEY_NAME }).fix("name the header or cookie in enforce_on_key_name", options),
    when({ [type]: KEYS.filter((each) => !NAMED_KEYS.includes(each)) }, { enforce_on_key_name: unset() }, { in: inside(block), ...RATE_KEY_NAME }).fix("remove enforce_on_key_name", options),
  ];
  return {
    defaults: { [inside("rate_limit_options.ban_duration_sec")]: 0 },
    alternatives: [
      exactlyOne("versioned_expr expr", { in: inside("match"), id: "match" }).fix('set versioned_expr = "SRC_IPS_V1" with config.src_ip_ranges, or expr.expression', matcher),
      atMostOne("enforce_on_key_configs enforce_on_key", { in: inside("rate_limit_options"), id: "rate-key" }).fix('with enforce_on_key_configs, set enforce_on_key = ""', options),
    ],
    together: [
      when({ versioned_expr: "SRC_IPS_V1" }, { config: set() }, { in: inside("match"), ...MATCH_CONFIG }).fix("set config.src_ip_ranges", matcher),
      when({ versioned_expr: unset(), expr: set() }, { config: unset() }, { in: inside("match"), ...MATCH_CONFIG }).fix("remove config, or use versioned_expr instead of expr", matcher),
      when({ action: RATED.action }, { rate_limit_options: set() }, { in: place, ...RATE_OPTIONS }).fix("set rate_limit_options with conform_action, exceed_action and rate_limit_threshold", options),
      when({ action: not("throttle", "rate_based_ban", "fairshare") }, { rate_limit_options: unset() }, { in: place, ...RATE_OPTIONS }).fix(
        "remove rate_limit_options, or use the action throttle",
        options,
      ),
      when(RATED, Object.fromEntries(["conform_action", "exceed_action", "rate_limit_threshold"].map((name) => [`rate_limit_options.${name}`, set()])), { in: place, ...RATE_THRESHOLD }).fix(
        'set conform_action = "allow", exceed_action = "deny(429)" and rate_limit_threshold { count, interval_sec }',
        rates,
      ),
      when({ ...RATED, action: "rate_based_ban" }, { "rate_limit_options.ban_duration_sec": not(0) }, { in: place, ...BAN }).fix("set ban_duration_sec", options),
      when({ action: "throttle" }, { "rate_limit_options.ban_duration_sec": 0, "rate_limit_options.ban_threshold": unset() }, { in: place, ...BAN }).fix(
        "remove ban_duration_sec and ban_threshold, or use rate_based_ban",
        options,
      ),
      when(
        { action: "rate_based_ban", "rate_limit_options.rate_limit_threshold.count": set() },
        { "rate_limit_options.rate_limit_threshold.count": rateCountOfBan },
        { in: place, ...BAN_RATE_COUNT },
      ).fix(rateCountOfBan.fixText, rates),
      when({ ...RATED, "rate_limit_options.enforce_on_key_configs": unset() }, { "rate_limit_options.enforce_on_key": set() }, { in: place, ...RATE_SHARED })
        .fix('set enforce_on_key = "IP", or HTTP_HEADER with the API key\'s header', rates)
        .advice("Without a key all requests share one count: a single client uses it up, and everybody gets 429. If that is meant, ALL says so."),
      ...named("rate_limit_options", "enforce_on_key"),
      ...named("rate_limit_options.enforce_on_key_configs", "enforce_on_key_type"),
      when({ exceed_action: "redirect" }, { exceed_redirect_options: set() }, { in: inside("rate_limit_options"), ...EXCEED_REDIRECT }).fix(
        "set exceed_redirect_options { type = EXTERNAL_302, target = https://… }, or another exceed_action",
        options,
      ),
      when({ exceed_action: not("redirect") }, { exceed_redirect_options: unset() }, { in: inside("rate_limit_options"), ...EXCEED_REDIRECT }).fix(
        "remove exceed_redirect_options, or set exceed_action = redirect",
        options,
      ),
      ...redirection("rate_limit_options.exceed_redirect_options", EXCEED_REDIRECT),
      when({ action: "redirect" }, { redirect_options: set() }, { in: place, ...REDIRECT }).fix(
        "set redirect_options { type = EXTERNAL_302, target = https://… } or { type = GOOGLE_RECAPTCHA }",
        redirects,
      ),
      when({ action: not("redirect") }, { redirect_options: unset() }, { in: place, ...REDIRECT }).fix("remove redirect_options, or use the action redirect", redirects),
      ...redirection("redirect_options", REDIRECT),
      ...FIELDS.flatMap((field) => [
        when({ operator: "EQUALS_ANY" }, { value: unset() }, { in: inside(`preconfigured_waf_config.exclusion.${field}`), ...EXCLUSION_VALUE }).fix("remove value, or use another operator", docs),
        when({ operator: not("EQUALS_ANY") }, { value: set() }, { in: inside(`preconfigured_waf_config.exclusion.${field}`), ...EXCLUSION_VALUE }).fix("set value, or use EQUALS_ANY", docs),
      ]),
    ],
  };
}

export const contentType = matching(/^[^\s/;]+\/[^\s/;]+$/, "type/subtype without parameters")
  .trying({ refused: ["application/json; charset=utf-8"] })
  .fix("write application/vnd.api+json, without ; charset=…", docs);

/** What policies of both scopes say besides their rules. */
export const securityPolicyOptions: Readonly<Record<string, Limit>> = {
  description: length(0, 2048).fix("shorten the description", docs),
  "advanced_options_config.json_custom_config.content_types[]": contentType,
  "advanced_options_config.user_ip_request_headers[]": headerName.fix("name a header like True-Client-IP"),
};
const SIZES = [8, 16, 32, 48, 64];
/** How much of a body can be inspected. */
export const inspectedKiB = oneOf(...SIZES).fix("use one of these sizes", validated);

const jsonCustom = when({ json_custom_config: set() }, { json_parsing: not("DISABLED") }, { in: "advanced_options_config", id: "json-custom" })
  .why("Google Cloud accepts it, but content types for JSON parsing have no effect where JSON is not parsed.")
  .fix("set json_parsing = STANDARD, or remove json_custom_config", compute("SecurityPolicyAdvancedOptionsConfig.jsonCustomConfig"));

const layer7 = compute("SecurityPolicyAdaptiveProtectionConfigLayer7DdosDefenseConfig");
const LAYER_7 = "adaptive_protection_config.layer_7_ddos_defense_config";
const share = number(0, 1).fix("give a share from 0 to 1", validated);
const amount = number(0).fix("give a number from 0", validated);

const globalRule = rowsOfRule("rule");
export const securityPolicy = resourceType("google_compute_security_policy", {
  group: "armor",
  name: { format: computeName, uniqueIn: [] },
  labels: "labels",
  replacedBy: ["name", "type"],
  keptWhenUnset: ["advanced_options_config", "rule"],
  defaults: { ...globalRule.defaults, type: "CLOUD_ARMOR", "advanced_options_config.json_parsing": "DISABLED" },
  limits: {
    ...at("rule", securityPolicyRule),
    ...securityPolicyOptions,
    type: oneOf("CLOUD_ARMOR", "CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_INTERNAL_SERVICE").fix("use CLOUD_ARMOR for backend services, CLOUD_ARMOR_EDGE before the cache", validated),
    "advanced_options_config.json_parsing": oneOf("DISABLED", "STANDARD", "STANDARD_WITH_GRAPHQL").fix("use STANDARD to have WAF rules read JSON bodies", validated),
    "advanced_options_config.log_level": oneOf("NORMAL", "VERBOSE").fix("use NORMAL, or VERBOSE to find false positives", validated),
    "advanced_options_config.request_body_inspection_size": oneOf(...SIZES.map((size) => `${size}KB`)).fix("use one of these sizes", validated),
    "recaptcha_options_config.redirect_site_key": length(1, 1024).fix("give the site key, or remove the block for a key that Google manages", docs),
    ...at(LAYER_7, {
      rule_visibility: oneOf("STANDARD", "PREMIUM").fix("use STANDARD or PREMIUM", validated),
      "threshold_configs.name": matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "1 to 63 lower-case letters, digits and hyphens").fix("respell the name", docs),
      "threshold_configs.auto_deploy_load_threshold": amount,
      "threshold_configs.auto_deploy_confidence_threshold": share,
      "threshold_configs.auto_deploy_impacted_baseline_threshold": share,
      "threshold_configs.auto_deploy_expiration_sec": integer(1, 7776000).fix("let it expire within 90 days", validated),
      "threshold_configs.detection_load_threshold": amount,
      "threshold_configs.detection_absolute_qps": amount,
      "threshold_configs.detection_relative_to_baseline_qps": number(1).fix("give a multiple of the baseline, from 1", validated),
      "threshold_configs.traffic_granularity_configs.type": oneOf("HTTP_HEADER_HOST", "HTTP_PATH").fix("use HTTP_HEADER_HOST or HTTP_PATH", validated),
    }),
  },
  alternatives: globalRule.alternatives,
  together: [
    ...globalRule.together,
    jsonCustom,
    when({ type: "CLOUD_ARMOR_EDGE" }, Object.fromEntries(["advanced_options_config", "adaptive_protection_config", "recaptcha_options_config"].map((name) => [name, unset()])), {
      id: "edge",
      title: "an edge security policy must have no advanced options, adaptive protection or reCAPTCHA",
    }).fix("move it to a security policy of type CLOUD_ARMOR; a backend service can have one of each", securityPolicyOverview),
    when({ threshold_configs: set() }, { enable: true }, { in: LAYER_7, id: "adaptive-enabled" })
      .why("Without enable = true nothing is detected.")
      .fix("set layer_7_ddos_defense_config.enable = true", layer7),
    when({ enable_each_unique_value: true }, { value: unset() }, { in: `${LAYER_7}.threshold_configs.traffic_granularity_configs`, id: "adaptive-unique-value" }).fix(
      "remove value or enable_each_unique_value",
      compute("TrafficGranularityConfig.enableEachUniqueValue"),
    ),
  ],
  unique: [unique("threshold_configs.name", { in: LAYER_7, id: "adaptive-threshold-unique" }).fix("give each threshold a different name", layer7)],
});

const regionRule = rowsOfRule("rules");
const field = compute("SecurityPolicyUserDefinedField");
export const regionSecurityPolicy = resourceType("google_compute_region_security_policy", {
  group: "armor",
  name: { format: computeName, uniqueIn: ["region"] },
  replacedBy: ["name", "type", "region"],
  keptWhenUnset: ["rules"],
  defaults: { ...regionRule.defaults, type: "CLOUD_ARMOR", "advanced_options_config.json_parsing": "DISABLED" },
  limits: {
    ...at("rules", securityPolicyRule),
    ...securityPolicyOptions,
    "user_defined_fields.size": integer(1, 4).fix("take 1 to 4 bytes", field),
    "user_defined_fields.mask": matching(/^0x[0-9a-fA-F]{1,8}$/, "a hexadecimal number of at most 4 bytes").fix('write it like "0x1fff"', field),
  },
  alternatives: regionRule.alternatives,
  together: [
    ...regionRule.together,
    jsonCustom,
    when(
      { type: not("CLOUD_ARMOR_NETWORK") },
      { user_defined_fields: unset(), ddos_protection_config: unset() },
      {
        id: "network",
        title: "user-defined fields and DDoS protection must be in policies of type CLOUD_ARMOR_NETWORK",
      },
    ).fix("use a policy of type CLOUD_ARMOR_NETWORK", network),
  ],
});

const looseRules = ["google_compute_security_policy_rule", "google_compute_region_security_policy_rule"].map((type) =>
  resourceType(type, { group: "armor", limits: securityPolicyRule as Limits, ...rowsOfRule("") }),
);

export const cloudArmorTypes = [securityPolicy, regionSecurityPolicy, ...looseRules];

/** What is said of an expression with a problem; the source is the language's reference unless another one is given. */
export interface ExpressionFacts {
  readonly title: string;
  readonly fix: string;
  readonly why?: string;
  readonly source?: Source;
  readonly advice?: boolean;
}

export const rulesLanguage = page("armor/docs/rules-language-reference");

/** What an expression must be, by the kinds of problems that `readArmorExpression` and `scopeProblems` find. */
export const expressionFacts: Readonly<Record<ExpressionProblem, ExpressionFacts>> = {
  syntax: { title: "an expression must be of the Common Expression Language", fix: "correct the syntax: && || ! == 'text'" },
  attribute: {
    title: "an expression must read attributes that Cloud Armor has",
    fix: "use an attribute of the rules language: origin.ip, origin.region_code, request.path, request.headers['name'] …",
  },
  function: { title: "an expression must call functions that Cloud Armor has", fix: "use a function of the rules language, spelt and called as its reference has it" },
  arguments: { title: "functions in an expression must get the right number of arguments", fix: "pass the arguments that the rules language reference lists" },
  type: { title: "an expression must be true or false, and its parts must have fitting types", fix: "compare values of one type, and join only conditions by && and ||" },
  undocumented: {
    title: "an expression must keep to the part of the language that Cloud Armor documents",
    why: "Cloud Armor takes only a part of the Common Expression Language and rejects the rest. This is of the whole language or of Google's examples, but the reference does not list it.",
    fix: "write it with the operators and functions of the rules language reference",
    advice: true,
  },
  escape: {
    title: "strings in an expression must have only escape sequences that exist",
    why: "The Common Expression Language rejects \\. and \\d in plain strings, although an example in Google's reference has one.",
    fix: "write a regular expression as a raw string, r'…'",
    advice: true,
  },
  subexpressions: { title: "an expression must join at most 5 subexpressions", fix: "split it into several rules, or match many texts by one matches(r'…')" },
  length: {
    title: "an expression must have at most 2048 characters, each subexpression at most 1024",
    fix: "split it into several rules",
    source: unconfirmed("docs.cloud.google.com/armor/quotas, as others quote it"),
  },
  regex: { title: "the regular expressions of matches() must be of RE2", fix: "rewrite it without lookaround and backreferences; RE2 has neither" },
  "ip-range": { title: "inIpRange() must compare an IP address with an IP address range", fix: "give a range in CIDR notation: '203.0.113.0/24' or '2001:db8::/32'" },
  "header-case": {
    title: "request.headers must be read by header names in lower case",
    why: "Cloud Armor knows header names in lower case only, so that this one is never there.",
    fix: "write the header name in lower case",
  },
  "region-code": {
    title: "origin.region_code must be compared with country codes of ISO 3166-1 alpha-2",
    why: "The code is two capital letters, so that nothing else ever equals it.",
    fix: "write two capital letters: 'US', 'DE', 'GB'",
  },
  contradiction: {
    title: "an expression must be able to be true and to be false",
    why: "The rule matches every request or none, whatever the rest of the condition says.",
    fix: "join != by && and == by ||",
  },
  "missing-header": {
    title: "a negative condition on a request header must say what happens without that header",
    why: "Reading a header that the request does not have is an error, and the rule then does not match: a deny rule lets the request through.",
    fix: "put has(request.headers['name']) && before it, or !has(request.headers['name']) || where its absence should match",
    advice: true,
  },
  "waf-set": {
    title: "a preconfigured WAF rule set must be one that Cloud Armor has",
    why: "Google Cloud rejects the name of a set that it does not have. New sets appear.",
    fix: "name a set like sqli-v422-stable, xss-v33-stable or cve-canary; `gcloud compute security-policies list-preconfigured-expression-sets` lists them",
    source: page("armor/docs/waf-rules"),
    advice: true,
  },
  "waf-options": {
    title: "the options of evaluatePreconfiguredWaf() must be sensitivity 0 to 4 and one list of at most 128 signatures",
    why: "Google Cloud rejects others at apply, and sensitivity 0 alone evaluates nothing.",
    fix: "write {'sensitivity': 1}, {'sensitivity': 2, 'opt_out_rule_ids': […]} or {'sensitivity': 0, 'opt_in_rule_ids': […]}",
  },
  "waf-signature": {
    title: "the signatures that a preconfigured WAF rule opts in or out must be of its own rule set version",
    why: "A signature of another version is not in the set: it is rejected, or opts nothing out.",
    fix: "use ids like owasp-crs-v042200-id941100-xss with the v422 sets and owasp-crs-v030301-… with the v33 sets",
  },
  edge: {
    title: "an expression of an edge security policy must keep to what edge policies can filter by",
    fix: "use origin.ip, origin.region_code, origin.asn and request.*, or move the rule to a policy of type CLOUD_ARMOR",
  },
  regional: {
    title: "an expression of a regional security policy must use nothing that only global ones have",
    fix: "use a global security policy, or remove the threat intelligence, named IP list or adaptive protection",
    source: compute("SecurityPolicyRuleMatcher.expr"),
  },
  "user-ip": {
    title: "a security policy that reads origin.user_ip must say which header the address is in",
    why: "Without user_ip_request_headers, origin.user_ip is the address of the proxy in front, the same as origin.ip.",
    fix: 'set advanced_options_config.user_ip_request_headers, for example ["True-Client-IP"], or read origin.ip',
  },
};
