import { isAddressRange } from "../../language/ip-range";
import { type Allowed, integer, items, type LimitOptions, length, limit, matching, oneOf } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { cloudArmorOptionLimits } from "./cloud-armor-option-limits";
import { POLICY, POLICY_RULE, REGION_POLICY, REGION_POLICY_RULE } from "./cloud-armor-policies";

const OVERVIEW = "docs.cloud.google.com/armor/docs/security-policy-overview (of 2026-04-13), read 2026-11-22";
const RATE = "docs.cloud.google.com/armor/docs/rate-limiting-overview, read 2026-11-22";
const RULE_API = "Compute API v1, SecurityPolicyRule, read 2026-11-22";
const PROVIDER = "provider documentation of google_compute_security_policy 7.45.0";

const BOTH = `${POLICY}|${REGION_POLICY}`;

const KEYS = oneOf(
  ...["", "ALL", "IP", "HTTP_HEADER", "XFF_IP", "HTTP_COOKIE", "HTTP_PATH", "SNI", "REGION_CODE"],
  ...["TLS_JA3_FINGERPRINT", "TLS_JA4_FINGERPRINT", "USER_IP"],
);
const INTERVALS = [10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600];
const OPERATORS = oneOf("EQUALS", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "EQUALS_ANY");
const REDIRECTS = oneOf("EXTERNAL_302", "GOOGLE_RECAPTCHA");

/** One of some numbers, which may be written as texts. */
function oneOfNumbers(numbers: readonly number[]): Allowed {
  return { text: numbers.join(", "), holds: (value) => numbers.includes(Number(value)) };
}

const IP_RANGE: Allowed = {
  text: 'IP addresses or ranges in CIDR notation, or "*"',
  holds: (value) => value === "*" || (typeof value === "string" && isAddressRange(value)),
};

/** A limit on an attribute of a rule, whether the rule is a block in a policy or a resource of its own. */
function ruleLimit(
  id: string,
  attribute: string,
  allowed: Allowed,
  fix: string,
  source: string,
  options: LimitOptions = {},
): Rule {
  const places = [
    limit(id, POLICY, `rule.${attribute}`, allowed, fix, source, options),
    limit(id, REGION_POLICY, `rules.${attribute}`, allowed, fix, source, options),
    limit(id, `${POLICY_RULE}|${REGION_POLICY_RULE}`, attribute, allowed, fix, source, options),
  ];
  return {
    ...places[0]!,
    title: `rule of a security policy: ${attribute} is ${allowed.text}`,
    check(topology, report) {
      for (const place of places) place.check(topology, report);
    },
  };
}

const ofSource = (block: string, field: string) => `preconfigured_waf_config.exclusion.${block}.${field}`;

/** One line per limit on a single attribute. */
export const cloudArmorLimits: readonly Rule[] = [
  ...cloudArmorOptionLimits,
  limit(
    "armor-type",
    POLICY,
    "type",
    oneOf("CLOUD_ARMOR", "CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_INTERNAL_SERVICE"),
    "use CLOUD_ARMOR for backend services, CLOUD_ARMOR_EDGE before the cache",
    PROVIDER,
  ),
  limit(
    "armor-region-type",
    REGION_POLICY,
    "type",
    oneOf("CLOUD_ARMOR", "CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_NETWORK"),
    "use CLOUD_ARMOR for regional backend services",
    "provider documentation of google_compute_region_security_policy 7.45.0",
  ),
  limit("armor-description", BOTH, "description", length(0, 2048), "shorten the description", PROVIDER),
  ruleLimit("armor-rule-description", "description", length(0, 64), "shorten the description", PROVIDER),
  ruleLimit(
    "armor-priority",
    "priority",
    { ...integer(0, 2147483647), required: true },
    "give each rule a priority of its own; the lowest number is asked first",
    OVERVIEW,
  ),
  ruleLimit(
    "armor-action",
    "action",
    matching(
      /^(allow|deny|deny\((403|404|502)\)|rate_based_ban|redirect|throttle|fairshare)$/,
      "allow, deny(403), deny(404), deny(502), rate_based_ban, redirect or throttle",
    ),
    "use one of these; 429 is possible only as exceed_action",
    RULE_API,
  ),
  ruleLimit(
    "armor-versioned-expr",
    "match.versioned_expr",
    oneOf("", "SRC_IPS_V1"),
    "use SRC_IPS_V1 with config.src_ip_ranges, or expr",
    PROVIDER,
  ),
  ruleLimit(
    "armor-ip-ranges",
    "match.config.src_ip_ranges",
    items(1, 10),
    "split the ranges over several rules, or use an address group",
    PROVIDER,
  ),
  ruleLimit(
    "armor-ip-range",
    "match.config.src_ip_ranges[]",
    IP_RANGE,
    "write addresses like 203.0.113.0/24 or 2001:db8::/32",
    PROVIDER,
  ),
  ruleLimit(
    "armor-rate-conform",
    "rate_limit_options.conform_action",
    oneOf("allow"),
    "set conform_action = allow",
    RATE,
  ),
  ruleLimit(
    "armor-rate-exceed",
    "rate_limit_options.exceed_action",
    oneOf("deny(403)", "deny(404)", "deny(429)", "deny(502)", "redirect"),
    "use deny(429)",
    RATE,
  ),
  ruleLimit(
    "armor-rate-interval",
    "rate_limit_options.rate_limit_threshold.interval_sec",
    { ...oneOfNumbers(INTERVALS), required: true },
    "use one of these intervals",
    RATE,
  ),
  ruleLimit(
    "armor-rate-count",
    "rate_limit_options.rate_limit_threshold.count",
    { ...integer(1, 1000000), required: true },
    "count at most 1,000,000 requests, over a shorter interval if need be",
    RATE,
  ),
  ruleLimit(
    "armor-ban-interval",
    "rate_limit_options.ban_threshold.interval_sec",
    { ...oneOfNumbers(INTERVALS), required: true },
    "use one of these intervals",
    RATE,
  ),
  ruleLimit(
    "armor-ban-count",
    "rate_limit_options.ban_threshold.count",
    { ...integer(1), required: true },
    "ban from at least 1 request on",
    RATE,
  ),
  ruleLimit(
    "armor-ban-duration",
    "rate_limit_options.ban_duration_sec",
    oneOfNumbers(INTERVALS.filter((each) => each >= 60)),
    "use one of these durations",
    RATE,
    { when: (options) => Number(options.ban_duration_sec) !== 0 },
  ),
  ruleLimit("armor-rate-key", "rate_limit_options.enforce_on_key", KEYS, "use IP for a limit per client", RATE),
  ruleLimit(
    "armor-rate-key-type",
    "rate_limit_options.enforce_on_key_configs.enforce_on_key_type",
    KEYS,
    "use IP for a limit per client",
    RATE,
  ),
  ruleLimit(
    "armor-rate-keys",
    "rate_limit_options.enforce_on_key_configs",
    items(0, 3),
    "combine at most three keys",
    RATE,
  ),
  ruleLimit(
    "armor-redirect-type",
    "redirect_options.type",
    REDIRECTS,
    "use EXTERNAL_302 with a target, or GOOGLE_RECAPTCHA",
    RULE_API,
  ),
  ruleLimit(
    "armor-exceed-redirect-type",
    "rate_limit_options.exceed_redirect_options.type",
    REDIRECTS,
    "use EXTERNAL_302 with a target, or GOOGLE_RECAPTCHA",
    RATE,
  ),
  ruleLimit(
    "armor-header-name",
    "header_action.request_headers_to_adds.header_name",
    matching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "a header name"),
    "use letters, digits and hyphens",
    RULE_API,
  ),
  ruleLimit(
    "armor-waf-header-operator",
    ofSource("request_header", "operator"),
    OPERATORS,
    "use one of these operators",
    PROVIDER,
  ),
  ruleLimit(
    "armor-waf-cookie-operator",
    ofSource("request_cookie", "operator"),
    OPERATORS,
    "use one of these operators",
    PROVIDER,
  ),
  ruleLimit(
    "armor-waf-uri-operator",
    ofSource("request_uri", "operator"),
    OPERATORS,
    "use one of these operators",
    PROVIDER,
  ),
  ruleLimit(
    "armor-waf-query-operator",
    ofSource("request_query_param", "operator"),
    OPERATORS,
    "use one of these operators",
    PROVIDER,
  ),
  ruleLimit(
    "armor-waf-uri-query",
    ofSource("request_uri", "value"),
    matching(/^[^?#]*$/, "a path without query and fragment"),
    "take the part from ? or # on away",
    PROVIDER,
  ),
  ruleLimit(
    "armor-network-region",
    "network_match.src_region_codes[]",
    matching(/^(\*|[A-Z]{2})$/, "country codes of ISO 3166-1 alpha-2"),
    "write two capital letters",
    RULE_API,
  ),
  ruleLimit(
    "armor-network-source",
    "network_match.src_ip_ranges[]",
    IP_RANGE,
    "write addresses like 203.0.113.0/24",
    RULE_API,
  ),
  ruleLimit(
    "armor-network-destination",
    "network_match.dest_ip_ranges[]",
    IP_RANGE,
    "write addresses like 203.0.113.0/24",
    RULE_API,
  ),
  ruleLimit(
    "armor-network-source-port",
    "network_match.src_ports[]",
    portRange(),
    "write ports like 80 or 0-1023",
    RULE_API,
  ),
  ruleLimit("armor-network-port", "network_match.dest_ports[]", portRange(), "write ports like 80 or 0-1023", RULE_API),
  ruleLimit(
    "armor-network-protocol",
    "network_match.ip_protocols[]",
    matching(/^(\*|tcp|udp|icmp|esp|ah|ipip|sctp|\d{1,3}(-\d{1,3})?)$/, "protocol names or numbers"),
    "use tcp, udp, icmp, esp, ah, ipip, sctp or a number",
    RULE_API,
  ),
];

function portRange(): Allowed {
  return {
    text: "ports from 0 to 65535, or ranges of them",
    holds: (value) => {
      const ports = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value));
      return (
        value === "*" ||
        (ports !== null && Number(ports[1]) <= Number(ports[2] ?? ports[1]) && Number(ports[2] ?? ports[1]) <= 65535)
      );
    },
  };
}
