import { type Block, blockOf, blocksOf } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { isComputed, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import type { Severity } from "../rule";
import { type ArmorRule, cloudArmorOf, limitsRate } from "./cloud-armor-policies";

const RATE = "docs.cloud.google.com/armor/docs/rate-limiting-overview, read 2026-11-22";
const OPTIONS_API = "Compute API v1, SecurityPolicyRuleRateLimitOptions, read 2026-11-22";

interface Key {
  readonly type: string | undefined;
  readonly name: unknown;
}

interface Description {
  readonly title: string;
  readonly why?: string;
  readonly fix: string;
  readonly source: string;
  readonly severity?: Severity;
}

/** A rule on the rate limit options of a rule whose action limits rates. `find` returns attributes in the options with their values. */
function rateRule(
  id: string,
  description: Description,
  find: (options: Block, rule: ArmorRule) => readonly (readonly [attribute: string, value: unknown])[],
): Rule {
  return {
    id,
    severity: "error",
    why: "Google Cloud rejects the rule at apply, half-way through the deploy.",
    ...description,
    check(topology: Topology, report) {
      for (const rule of cloudArmorOf(topology).rules) {
        const options = blockOf(rule.block.rate_limit_options);
        if (!options || !limitsRate(rule)) continue;
        for (const [attribute, value] of find(options, rule)) {
          report(rule.owner, `${rule.at}rate_limit_options.${attribute}`, value, rule.action);
        }
      }
    },
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && value !== 0;
}

function keysOf(options: Block): Key[] {
  const configs = blocksOf(options.enforce_on_key_configs);
  if (configs.length > 0) {
    return configs.map((each) => ({ type: textOf(each.enforce_on_key_type), name: each.enforce_on_key_name }));
  }
  return isSet(options.enforce_on_key)
    ? [{ type: textOf(options.enforce_on_key), name: options.enforce_on_key_name }]
    : [];
}

const isNamed = (type: string | undefined) => type === "HTTP_HEADER" || type === "HTTP_COOKIE";

/** Throttling and banning by request rates. */
export const cloudArmorRateRules: readonly Rule[] = [
  {
    id: "armor-rate-options",
    title: "rate_limit_options stand with action throttle or rate_based_ban, and only there",
    severity: "error",
    why: "Google Cloud rejects the rule.",
    fix: "set rate_limit_options with conform_action, exceed_action and rate_limit_threshold, or change the action",
    source: OPTIONS_API,
    check(topology, report) {
      for (const rule of cloudArmorOf(topology).rules) {
        const { owner, at, block, action } = rule;
        if (action === undefined || action === "fairshare" || isComputed(block, "rate_limit_options")) continue;
        const options = blockOf(block.rate_limit_options);
        if (limitsRate(rule) !== (options !== undefined)) report(owner, `${at}rate_limit_options`, options, action);
      }
    },
  },
  rateRule(
    "armor-rate-threshold",
    {
      title: "rate_limit_options have conform_action, exceed_action and rate_limit_threshold",
      fix: 'set conform_action = "allow", exceed_action = "deny(429)" and rate_limit_threshold { count, interval_sec }',
      source: RATE,
    },
    (options) =>
      ["conform_action", "exceed_action", "rate_limit_threshold"]
        .filter((name) => options[name] === undefined && !isComputed(options, name))
        .map((name) => [name, undefined]),
  ),
  rateRule(
    "armor-ban",
    {
      title: "ban_duration_sec and ban_threshold stand with rate_based_ban, which needs the first",
      fix: "set ban_duration_sec with rate_based_ban; leave ban_duration_sec and ban_threshold out with throttle",
      source: OPTIONS_API,
    },
    (options, { action }) => {
      if (action === "rate_based_ban") {
        const duration = options.ban_duration_sec;
        return isSet(duration) ? [] : [["ban_duration_sec", duration]];
      }
      return ["ban_duration_sec", "ban_threshold"]
        .filter((name) => isSet(options[name]) && !(Array.isArray(options[name]) && options[name].length === 0))
        .map((name) => [name, options[name]]);
    },
  ),
  rateRule(
    "armor-ban-rate-count",
    {
      title: "rate_based_ban counts at most 10,000 requests in rate_limit_threshold",
      fix: "count over a shorter interval, or use throttle",
      source: RATE,
    },
    (options, { action }) => {
      const count = numberOf(blockOf(options.rate_limit_threshold)?.count);
      return action === "rate_based_ban" && count !== undefined && count > 10000
        ? [["rate_limit_threshold.count", count]]
        : [];
    },
  ),
  rateRule(
    "armor-rate-key-conflict",
    {
      title: "a rate limit has enforce_on_key or enforce_on_key_configs",
      fix: 'with enforce_on_key_configs, set enforce_on_key = ""',
      source: OPTIONS_API,
    },
    (options) =>
      isSet(options.enforce_on_key) && blocksOf(options.enforce_on_key_configs).length > 0
        ? [["enforce_on_key", options.enforce_on_key]]
        : [],
  ),
  rateRule(
    "armor-rate-key-name",
    {
      title: "enforce_on_key_name stands with HTTP_HEADER and HTTP_COOKIE, and only there",
      fix: "name the header or cookie in enforce_on_key_name",
      source: OPTIONS_API,
    },
    (options) =>
      keysOf(options)
        .filter(({ type, name }) => type !== undefined && isNamed(type) !== isSet(name))
        .map(({ name }) => ["enforce_on_key_name", name]),
  ),
  rateRule(
    "armor-rate-key-repeated",
    {
      title: "a rate limit has each key once; only headers and cookies of different names may repeat",
      fix: "leave the repeated key out",
      source: RATE,
    },
    (options) => {
      const keys = keysOf(options)
        .filter(({ type }) => type !== undefined)
        .map(({ type, name }) => (isNamed(type) ? `${type} ${String(name)}` : type!));
      const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
      return repeated === undefined ? [] : [["enforce_on_key_configs", repeated]];
    },
  ),
  rateRule(
    "armor-rate-shared",
    {
      severity: "warning",
      title: "a rate limit counts per client",
      why: "Without a key, and with ALL, all requests share one count: a single client uses it up, and everybody gets 429. It is not sure, because a limit for all together may be meant; ALL then says so.",
      fix: 'set enforce_on_key = "IP", or HTTP_HEADER with the API key\'s header',
      source: RATE,
    },
    (options) =>
      keysOf(options).length === 0 && !isComputed(options, "enforce_on_key_configs")
        ? [["enforce_on_key", undefined]]
        : [],
  ),
  rateRule(
    "armor-rate-user-ip",
    {
      severity: "warning",
      title: "a rate limit by USER_IP stands in a policy that says which header the address is in",
      why: "Without user_ip_request_headers the key is the address of the proxy in front, so that all its clients share one count. It is not sure, because the options may be set elsewhere.",
      fix: "set advanced_options_config.user_ip_request_headers, or use IP",
      source: OPTIONS_API,
    },
    (options, { policy }) => {
      if (!policy || !keysOf(options).some(({ type }) => type === "USER_IP")) return [];
      const { values } = policy.resource;
      if (isComputed(values, "advanced_options_config")) return [];
      return isSet(blockOf(values.advanced_options_config)?.user_ip_request_headers)
        ? []
        : [["enforce_on_key", "USER_IP"]];
    },
  ),
  rateRule(
    "armor-exceed-redirect",
    {
      title: "exceed_redirect_options stand with exceed_action redirect, and have a target with EXTERNAL_302 only",
      fix: "set exceed_redirect_options { type = EXTERNAL_302, target = https://… }, or another exceed_action",
      source: OPTIONS_API,
    },
    (options) => {
      const action = textOf(options.exceed_action);
      if (action === undefined || isComputed(options, "exceed_redirect_options")) return [];
      const redirect = blockOf(options.exceed_redirect_options);
      if ((action === "redirect") !== (redirect !== undefined)) return [["exceed_redirect_options", redirect]];
      const type = textOf(redirect?.type);
      if (!redirect || type === undefined || (type === "EXTERNAL_302") === isSet(redirect.target)) return [];
      return [["exceed_redirect_options.target", redirect.target]];
    },
  ),
];
