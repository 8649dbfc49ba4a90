import type { ExpressionProblem } from "../language/cloud-armor-expression";
import { isAddressRange } from "../language/ip-range";
import { computeName, headerName, literalPath } from "./formats";
import { at, type Conditions, distinct, fulfilling, integer, items, type Limit, type Limits, length, matching, not, number, oneOf, set, unset } from "./limit";
import { atMostOne, exactlyOne, type ResourceFacts, resourceType, unique, when } from "./resource-type";
import { api, page, provider, type Source, unconfirmed } from "./source";

const compute = api("Compute API v1");
const rates = page("armor/docs/rate-limiting-overview");
export const securityPolicyOverview = page("armor/docs/security-policy-overview");
const POLICY = "google_compute_security_policy 7.45.0";
const docs = provider(POLICY);
const action = compute("SecurityPolicyRule.action");
const network = compute("SecurityPolicyRule.networkMatch");
const redirects = compute("SecurityPolicyRuleRedirectOptions");
const matcher = compute("SecurityPolicyRuleMatcher");
const validated = provider(POLICY, "validate");

/** The priority of the rule for what no other rule matches. */
export const DEFAULT_PRIORITY = 2147483647;

const INTERVALS = [10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600];
const required = (limit: Limit, fix: string) => limit.required().fix(fix, rates);
const interval = required(oneOf(...INTERVALS), "use one of these intervals");
/** What a ban may last. */
export const banSeconds = oneOf(...INTERVALS.filter((each) => each >= 60)).fix("use one of these durations", rates);
/** How many requests a rate limit may count, and how many before a ban. */
export const rateCount = required(integer(1, 1_000_000), "count at most 1,000,000 requests, over a shorter interval if need be");
export const rateCountOfBan = integer(1, 10_000).fix("count over a shorter interval, or use throttle", rates);

const KEYS = ["ALL", "IP", "HTTP_HEADER", "XFF_IP", "HTTP_COOKIE", "HTTP_PATH", "SNI", "REGION_CODE", "TLS_JA3_FINGERPRINT", "TLS_JA4_FINGERPRINT", "USER_IP"];
const NAMED_KEYS = ["HTTP_HEADER", "HTTP_COOKIE"];
const key = oneOf(...KEYS).fix("use IP for a limit per client", rates);
const REDIRECTS = oneOf("EXTERNAL_302", "GOOGLE_RECAPTCHA").fix("use EXTERNAL_302 with a target, or GOOGLE_RECAPTCHA", validated);
/**
 * What makes two keys of a rate limit the same: headers and cookies may repeat under different
 * names.
 */
const keyOf = (item: unknown) => {
  const { enforce_on_key_type: type, enforce_on_key_name: name } = (item ?? {}) as Readonly<Record<string, unknown>>;
  return NAMED_KEYS.includes(String(type)) ? `${type} ${name}` : type;
};

const isIpRange = (value: unknown) => value === "*" || (typeof value === "string" && isAddressRange(value));
const RANGES = { allowed: ["*", "2001:db8::/32"], refused: ["203.0.113.0/33", "203.0.113"] };
const ipRange = fulfilling('an address or range in CIDR notation, or "*"', isIpRange, RANGES).fix("write addresses like 203.0.113.0/24 or 2001:db8::/32", docs);
export const regionCode = matching(/^(?!UK$)[A-Z]{2}$/, "a country code of ISO 3166-1 alpha-2").fix("write two capital letters, such as DE or US; the United Kingdom is GB", network);
export const sourceRanges = items(1, 10).fix("split the ranges over several rules, or use an address group", docs);
const isPortRange = (value: unknown) => {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value)) ?? [];
  return value === "*" || (from !== undefined && Number(from) <= Number(to) && Number(to) <= 65535);
};
const PORTS = { allowed: ["80", "0-1023"], refused: ["1024-1", "70000"] };
const portRange = fulfilling("a port from 0 to 65535, or a range of them", isPortRange, PORTS).fix("write ports like 80 or 0-1023", network);

const FIELDS = ["request_header", "request_cookie", "request_uri", "request_query_param"];
const operator = oneOf("EQUALS", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "EQUALS_ANY").fix("use one of these operators", validated);

/** The same limit for several attributes. */
const all = (paths: string, limit: Limit): Limits => Object.fromEntries(paths.split(" ").map((path) => [path, limit]));

/** The texts that an expression compares the path with. */
const COMPARED_PATH = /\brequest\.path\s*(?:[!=]=|\.(?:startsWith|endsWith|contains)\()\s*r?(?:'([^']*)'|"([^"]*)")/g;
const literalPaths = fulfilling("one that compares the path with texts without :name, {name} and <name>", (value) =>
  [...String(value).matchAll(COMPARED_PATH)].every(([, single, double]) => literalPath.holds(single ?? double)),
)
  .named("literal")
  .trying({ allowed: ["request.path == '/v1/models/gemma:predict'", "request.path.matches('/v1/{2}')"], refused: ["request.path == '/v1/:model'", 'request.path.startsWith("/v1/{model}/")'] })
  .advice("The path is compared literally: no request has such a path.");

/** What a rule may say, whether it is a block of a policy or a resource of its own. */
export const securityPolicyRule: Limits = {
  description: length(0, 64).named("of-rule").fix("shorten the description", docs).advice("64 is documented as the most, but longer ones have been accepted."),
  priority: integer(0, DEFAULT_PRIORITY).required().fix("give each rule a priority of its own; the lowest number is asked first", securityPolicyOverview),
  action: oneOf("allow", "deny", "deny(403)", "deny(404)", "deny(502)", "rate_based_ban", "redirect", "throttle", "fairshare").fix("use one of these; deny(429) is for exceed_action", action),
  "match.versioned_expr": oneOf("SRC_IPS_V1").fix("use SRC_IPS_V1 with config.src_ip_ranges, or expr", validated),
  "match.expr.expression": literalPaths.fix("write a regular expression: request.path.matches(r'^/v1/[^/]+/chat$')", page("armor/docs/rules-language-reference")),
  "match.config.src_ip_ranges": sourceRanges,
  "match.config.src_ip_ranges[]": ipRange.named("each"),
  "rate_limit_options.conform_action": oneOf("allow").fix("set conform_action = allow", validated),
  "rate_limit_options.exceed_action": oneOf("deny(403)", "deny(404)", "deny(429)", "deny(502)", "redirect").fix("use deny(429)", validated),
  "rate_limit_options.rate_limit_threshold.count": rateCount,
  ...all("rate_limit_options.rate_limit_threshold.interval_sec rate_limit_options.ban_threshold.interval_sec", interval),
  "rate_limit_options.ban_threshold.count": required(integer(1), "ban from at least 1 request on"),
  "rate_limit_options.ban_duration_sec": banSeconds.or(0),
  ...all("rate_limit_options.enforce_on_key rate_limit_options.enforce_on_key_configs.enforce_on_key_type", key),
  "rate_limit_options.enforce_on_key_configs": [
    items(0, 3).fix("combine at most three keys", rates),
    distinct("enforce_on_key_type", keyOf).named("twice").fix("remove the repeated key; only headers and cookies of different names may repeat", rates),
  ],
  ...all("rate_limit_options.exceed_redirect_options.type redirect_options.type", REDIRECTS),
  "header_action.request_headers_to_adds.header_name": headerName,
  ...all(FIELDS.map((name) => `preconfigured_waf_config.exclusion.${name}.operator`).join(" "), operator),
  "preconfigured_waf_config.exclusion.request_uri.value": matching(/^[^?#]*$/, "a path without query and fragment").fix("remove the part from ? or # on", docs),
  "network_match.src_region_codes[]": regionCode.or("*"),
  ...all("network_match.src_ip_ranges[] network_match.dest_ip_ranges[]", ipRange),
  ...all("network_match.src_ports[] network_match.dest_ports[]", portRange),
  "network_match.ip_protocols[]": matching(/^(\*|tcp|udp|icmp|esp|ah|ipip|sctp|\d{1,3}(-\d{1,3})?)$/, "a protocol's name or number").fix("use tcp, udp, icmp or a number", network),
};

/** Rules that several rows say together. */
const RATE_OPTIONS = { id: "rate-options", title: "rate_limit_options must be set with the actions throttle and rate_based_ban, and only there" };
const RATE_THRESHOLD = { id: "rate-threshold", title: "rate_limit_options must have conform_action, exceed_action and rate_limit_threshold" };
const RATE_KEY_NAME = { id: "rate-key-name", title: "enforce_on_key_name must be set with HTTP_HEADER and HTTP_COOKIE, and only there" };
const RATE_SHARED = { id: "rate-shared", title: "a rate limit must say what it counts by" };
const BAN = { id: "ban", title: "ban_duration_sec must be set with rate_based_ban; neither it nor ban_threshold with throttle" };
const MATCH_CONFIG = { id: "match-config", title: "match.config must be set with versioned_expr, and only there" };
const EXCLUSION_VALUE = { id: "waf-exclusion-value", title: "an excluded request field must have a value, unless its operator is EQUALS_ANY" };
const EXCEED_REDIRECT = { id: "exceed-redirect", title: "exceed_redirect_options must be set with exceed_action redirect, with a target for EXTERNAL_302 only" };
const REDIRECT = { id: "redirect", title: "redirect_options must be set with the action redirect, with a target for EXTERNAL_302 only" };

const RATED = { action: ["throttle", "rate_based_ban"], rate_limit_options: set() };
const RATE_PARTS = Object.fromEntries(["conform_action", "exceed_action", "rate_limit_threshold"].map((name) => [`rate_limit_options.${name}`, set()]));
const NO_BAN = { "rate_limit_options.ban_duration_sec": 0, "rate_limit_options.ban_threshold": unset() };
const UNKEYED = { ...RATED, "rate_limit_options.enforce_on_key_configs": unset() };
const COUNT = "rate_limit_options.rate_limit_threshold.count";

/** How the attributes of a rule go together, by the block that it is. */
function rowsOfRule(place: string): Required<Pick<ResourceFacts, "alternatives" | "together" | "defaults">> {
  const inside = (block: string) => [place, block].filter(Boolean).join(".");
  const options = compute("SecurityPolicyRuleRateLimitOptions");
  const row = (block: string, conditions: Conditions, needed: Conditions, about: typeof BAN, fix: string, source: Source = options) =>
    when(conditions, needed, { in: inside(block), ...about }).fix(fix, source);
  const redirection = (block: string, about: typeof REDIRECT) => [
    row(block, { type: "EXTERNAL_302" }, { target: set() }, about, "set target to the URL", redirects),
    row(block, { type: "GOOGLE_RECAPTCHA" }, { target: unset() }, about, "remove target, or use EXTERNAL_302", redirects),
  ];
  const named = (block: string, type: string) => [
    row(block, { [type]: NAMED_KEYS }, { enforce_on_key_name: set() }, RATE_KEY_NAME, "name the header or cookie in enforce_on_key_name"),
    row(block, { [type]: KEYS.filter((each) => !NAMED_KEYS.includes(each)) }, { enforce_on_key_name: unset() }, RATE_KEY_NAME, "remove enforce_on_key_name"),
  ];
  const excluded = (field: string) => [
    row(`preconfigured_waf_config.exclusion.${field}`, { operator: "EQUALS_ANY" }, { value: unset() }, EXCLUSION_VALUE, "remove value, or use another operator", docs),
    row(`preconfigured_waf_config.exclusion.${field}`, { operator: not("EQUALS_ANY") }, { value: set() }, EXCLUSION_VALUE, "set value, or use EQUALS_ANY", docs),
  ];
  return {
    defaults: { [inside("rate_limit_options.ban_duration_sec")]: 0 },
    alternatives: [
      exactlyOne("versioned_expr expr", { in: inside("match"), id: "match" }).fix('set versioned_expr = "SRC_IPS_V1" with config.src_ip_ranges, or expr.expression', matcher),
      atMostOne("enforce_on_key_configs enforce_on_key", { in: inside("rate_limit_options"), id: "rate-key" }).fix('with enforce_on_key_configs, set enforce_on_key = ""', options),
    ],
    together: [
      row("match", { versioned_expr: "SRC_IPS_V1" }, { config: set() }, MATCH_CONFIG, "set config.src_ip_ranges", matcher),
      row("match", { versioned_expr: unset(), expr: set() }, { config: unset() }, MATCH_CONFIG, "remove config, or use versioned_expr instead of expr", matcher),
      row("", { action: RATED.action }, { rate_limit_options: set() }, RATE_OPTIONS, "set rate_limit_options"),
      row("", { action: not(...RATED.action, "fairshare") }, { rate_limit_options: unset() }, RATE_OPTIONS, "remove rate_limit_options, or use the action throttle"),
      row("", RATED, RATE_PARTS, RATE_THRESHOLD, 'set conform_action = "allow", exceed_action = "deny(429)" and rate_limit_threshold { count, interval_sec }', rates),
      row("", { ...RATED, action: "rate_based_ban" }, { "rate_limit_options.ban_duration_sec": not(0) }, BAN, "set ban_duration_sec"),
      row("", { action: "throttle" }, NO_BAN, BAN, "remove ban_duration_sec and ban_threshold, or use rate_based_ban"),
      when({ action: "rate_based_ban", [COUNT]: set() }, { [COUNT]: rateCountOfBan }, { in: place, id: "ban-rate-count" }).fix(rateCountOfBan.fixText, rates),
      row("", UNKEYED, { "rate_limit_options.enforce_on_key": set() }, RATE_SHARED, 'set enforce_on_key = "IP", or "ALL" if one count for everybody is meant', rates).advice(
        "Without a key all requests share one count: a single client uses it up, and everybody gets 429.",
      ),
      ...named("rate_limit_options", "enforce_on_key"),
      ...named("rate_limit_options.enforce_on_key_configs", "enforce_on_key_type"),
      row("rate_limit_options", { exceed_action: "redirect" }, { exceed_redirect_options: set() }, EXCEED_REDIRECT, "set exceed_redirect_options, or another exceed_action"),
      row("rate_limit_options", { exceed_action: not("redirect") }, { exceed_redirect_options: unset() }, EXCEED_REDIRECT, "remove exceed_redirect_options, or set exceed_action = redirect"),
      ...redirection("rate_limit_options.exceed_redirect_options", EXCEED_REDIRECT),
      row("", { action: "redirect" }, { redirect_options: set() }, REDIRECT, "set redirect_options { type = EXTERNAL_302, target = https://… } or { type = GOOGLE_RECAPTCHA }", redirects),
      row("", { action: not("redirect") }, { redirect_options: unset() }, REDIRECT, "remove redirect_options, or use the action redirect", redirects),
      ...redirection("redirect_options", REDIRECT),
      ...FIELDS.flatMap(excluded),
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
  .why("It is accepted, but has no effect where JSON is not parsed.")
  .fix("set json_parsing = STANDARD, or remove json_custom_config", compute("SecurityPolicyAdvancedOptionsConfig.jsonCustomConfig"));

const layer7 = compute("SecurityPolicyAdaptiveProtectionConfigLayer7DdosDefenseConfig");
const LAYER_7 = "adaptive_protection_config.layer_7_ddos_defense_config";
const GRANULARITY = `${LAYER_7}.threshold_configs.traffic_granularity_configs`;
const share = number(0, 1).fix("give a share from 0 to 1", validated);
const amount = number(0).fix("give a number from 0", validated);

const globalRule = rowsOfRule("rule");
const securityPolicy = resourceType("google_compute_security_policy", {
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
      ...all("threshold_configs.auto_deploy_load_threshold threshold_configs.detection_load_threshold threshold_configs.detection_absolute_qps", amount),
      ...all("threshold_configs.auto_deploy_confidence_threshold threshold_configs.auto_deploy_impacted_baseline_threshold", share),
      "threshold_configs.auto_deploy_expiration_sec": integer(1, 7776000).fix("let it expire within 90 days", validated),
      "threshold_configs.detection_relative_to_baseline_qps": number(1).fix("give a multiple of the baseline, from 1", validated),
      "threshold_configs.traffic_granularity_configs.type": oneOf("HTTP_HEADER_HOST", "HTTP_PATH").fix("use HTTP_HEADER_HOST or HTTP_PATH", validated),
    }),
  },
  alternatives: globalRule.alternatives,
  together: [
    ...globalRule.together,
    jsonCustom,
    when({ type: "CLOUD_ARMOR_EDGE" }, { advanced_options_config: unset(), adaptive_protection_config: unset(), recaptcha_options_config: unset() }, { id: "edge" }).fix(
      "use type CLOUD_ARMOR",
      securityPolicyOverview,
    ),
    when({ threshold_configs: set() }, { enable: true }, { in: LAYER_7, id: "adaptive-enabled" }).why("Nothing is detected otherwise.").fix("set enable = true", layer7),
    when({ enable_each_unique_value: true }, { value: unset() }, { in: GRANULARITY, id: "adaptive-unique-value" }).fix("remove value or enable_each_unique_value", layer7),
  ],
  unique: [unique("threshold_configs.name", { in: LAYER_7, id: "adaptive-threshold-unique" }).fix("give each threshold a different name", layer7)],
});

const regionRule = rowsOfRule("rules");
const field = compute("SecurityPolicyUserDefinedField");
const regionSecurityPolicy = resourceType("google_compute_region_security_policy", {
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
    when({ type: not("CLOUD_ARMOR_NETWORK") }, { user_defined_fields: unset(), ddos_protection_config: unset() }, { id: "network" }).fix("use a policy of type CLOUD_ARMOR_NETWORK", network),
  ],
});

const looseRule = (type: string, ...place: readonly string[]) =>
  resourceType(type, { group: "armor", replacedBy: ["security_policy", "priority", ...place], limits: securityPolicyRule, ...rowsOfRule("") });
const looseRules = [looseRule("google_compute_security_policy_rule"), looseRule("google_compute_region_security_policy_rule", "region")];

export const cloudArmorTypes = [securityPolicy, regionSecurityPolicy, ...looseRules];

/**
 * What is said of an expression with a problem; the source is the language's reference unless
 * another one is given.
 */
export interface ExpressionFacts {
  readonly title: string;
  readonly fix: string;
  readonly why?: string;
  readonly source?: Source;
  readonly advice?: boolean;
}

export const rulesLanguage = page("armor/docs/rules-language-reference");

/**
 * What an expression must be, by the kinds of problems that `readArmorExpression` and
 * `scopeProblems` find.
 */
export const expressionFacts: Readonly<Record<ExpressionProblem, ExpressionFacts>> = {
  syntax: { title: "an expression must be of the Common Expression Language", fix: "correct the syntax: && || ! == 'text'" },
  attribute: { title: "an expression must read attributes that Cloud Armor has", fix: "use origin.ip, origin.region_code, request.path, request.headers['name'] …" },
  function: { title: "an expression must call functions that Cloud Armor has", fix: "use a function of the rules language, spelt and called as its reference has it" },
  arguments: { title: "functions in an expression must get the right number of arguments", fix: "pass the arguments that the rules language reference lists" },
  type: { title: "an expression must be true or false, and its parts must have fitting types", fix: "compare values of one type, and join only conditions by && and ||" },
  undocumented: {
    title: "an expression must keep to the part of the language that Cloud Armor documents",
    why: "Cloud Armor takes only a part of the Common Expression Language. This is of the whole language or of Google's examples, but the reference does not list it.",
    fix: "write it with the operators and functions of the rules language reference",
    advice: true,
  },
  escape: { title: "strings in an expression must have only escape sequences that exist", fix: "write a regular expression as a raw string, r'…'", advice: true },
  subexpressions: { title: "an expression must join at most 5 subexpressions", fix: "split it into several rules, or match many texts by one matches(r'…')" },
  length: { title: "an expression must have at most 2048 characters, each subexpression at most 1024", fix: "split it into several rules", source: unconfirmed("docs.cloud.google.com/armor/quotas") },
  regex: { title: "the regular expressions of matches() must be of RE2", fix: "rewrite it without lookaround and backreferences; RE2 has neither" },
  "ip-range": { title: "inIpRange() must compare an IP address with an IP address range", fix: "give a range in CIDR notation: '203.0.113.0/24' or '2001:db8::/32'" },
  "header-case": { title: "request.headers must be read by header names in lower case", why: "A name with capital letters is never there.", fix: "write the header name in lower case" },
  "region-code": { title: "origin.region_code must be compared with country codes of ISO 3166-1 alpha-2", why: "Nothing else ever equals it.", fix: "write two capital letters: 'US', 'DE'" },
  contradiction: { title: "an expression must be able to be true and to be false", why: "The rule matches every request or none.", fix: "join != by && and == by ||" },
  "missing-header": {
    title: "a negative condition on a request header must say what happens without that header",
    why: "Reading a header that the request does not have is an error, and the rule then does not match: a deny rule lets the request through.",
    fix: "put has(request.headers['name']) && before it, or !has(request.headers['name']) || where its absence should match",
    advice: true,
  },
  "waf-set": {
    title: "a preconfigured WAF rule set must be one that Cloud Armor has",
    why: "Google Cloud rejects the name of a set that it does not have. New sets appear.",
    fix: "name a set like sqli-v422-stable; `gcloud compute security-policies list-preconfigured-expression-sets` lists them",
    source: page("armor/docs/waf-rules"),
    advice: true,
  },
  "waf-options": {
    title: "the options of evaluatePreconfiguredWaf() must be sensitivity 0 to 4 and one list of at most 128 signatures",
    fix: "write {'sensitivity': 1}, {'sensitivity': 2, 'opt_out_rule_ids': […]} or {'sensitivity': 0, 'opt_in_rule_ids': […]}",
  },
  "waf-signature": { title: "WAF signatures opted in or out must be of the rule set's version", fix: "use ids owasp-crs-v042200-… with the v422 sets and owasp-crs-v030301-… with the v33 sets" },
  edge: { title: "an expression of an edge policy must keep to what edge policies can filter by", fix: "use origin.ip, origin.region_code, origin.asn and request.*, or a policy of type CLOUD_ARMOR" },
  regional: { title: "an expression of a regional security policy must use nothing that only global ones have", fix: "use a global security policy", source: matcher },
  "user-ip": {
    title: "a security policy that reads origin.user_ip must say which header the address is in",
    why: "Without user_ip_request_headers, origin.user_ip is the address of the proxy in front, as origin.ip is.",
    fix: 'set advanced_options_config.user_ip_request_headers = ["True-Client-IP"], or read origin.ip',
  },
};
