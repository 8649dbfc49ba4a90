import type { Backend } from "../topology/backends";
import { type Block, blockOf, blocksOf } from "../topology/document";
import { type ArmorPolicy, type ArmorRule, securityPolicies, sourceRanges } from "../topology/security-policies";
import type { Topology } from "../topology/topology";
import { booleanOf, numberOf, textOf, textsOf } from "../topology/value";
import { armorPredicate, fromAddresses, type Predicate } from "./armor-expression";
import { ALWAYS, any, type Envoy, extension, seconds, TURNED_ON } from "./envoy";
import { addedHeader, CLIENT, headerValue } from "./headers";

/** What turns on the filters of a backend's security policies. */
export function armorFilters({ securityPolicy, edgeSecurityPolicy }: Backend): Envoy {
  const policies = [edgeSecurityPolicy, securityPolicy].filter((policy) => policy !== undefined);
  return Object.fromEntries(
    policies.flatMap(({ address }) => [
      [enforced(address), TURNED_ON],
      [previewed(address), TURNED_ON],
    ]),
  );
}

const enforced = (address: string) => `armor ${address}`;
const previewed = (address: string) => `armor preview ${address}`;

/**
 * Filters of all policies of one kind, off by default. Edge policies come before the cache, the
 * others after it
 * (docs.cloud.google.com/armor/docs/security-policy-overview, read 2026-11-28).
 */
export function armorChain(topology: Topology, kind: "edge" | "backend"): Envoy[] {
  const policies = [...topology.once(securityPolicies).values()];
  return policies
    .filter(({ type }) => (type === "CLOUD_ARMOR_EDGE") === (kind === "edge"))
    .flatMap((policy) => {
      const rules = policy.rules
        .map((rule) => ({ rule, predicate: predicateOf(rule).predicate }))
        .sort((one, other) => priorityOf(one.rule) - priorityOf(other.rule));
      const { address } = policy.resource;
      const hasPreviews = rules.some(({ rule }) => isPreview(rule));
      return [
        filter(
          enforced(address),
          rules
            .filter(({ rule }) => !isPreview(rule))
            .flatMap(({ rule, predicate }) => matcher(predicate, actionOf(rule, policy))),
        ),
        // Says in the access log which rule would have come first.
        ...(hasPreviews
          ? [
              filter(
                previewed(address),
                rules.flatMap(({ rule, predicate }) =>
                  matcher(predicate, isPreview(rule) ? execute(nameOf(rule), NOTHING) : SKIP),
                ),
              ),
            ]
          : []),
      ].filter((each) => each !== undefined);
    });
}

export function isPreview({ block }: ArmorRule): boolean {
  return booleanOf(block.preview) === true;
}

export function priorityOf({ priority }: ArmorRule): number {
  return priority ?? 2147483647;
}

/** What a rule matches. */
export function predicateOf(rule: ArmorRule): { readonly predicate: Predicate; readonly unjudged: readonly string[] } {
  const match = blockOf(rule.block.match);
  const expression = textOf(blockOf(match?.expr)?.expression);
  if (expression !== undefined) return armorPredicate(expression);
  return { predicate: fromAddresses(textsOf(sourceRanges(rule))), unjudged: [] };
}

function nameOf(rule: ArmorRule): string {
  return `${priorityOf(rule)} ${rule.action ?? "allow"}`;
}

function filter(name: string, matchers: readonly Envoy[]): Envoy | undefined {
  if (matchers.length === 0) return undefined;
  const composite = extension("composite", "envoy.extensions.filters.http.composite.v3.Composite");
  return {
    ...extension(name, "envoy.extensions.common.matching.v3.ExtensionWithMatcher", {
      extension_config: composite,
      xds_matcher: { matcher_list: { matchers } },
    }),
    disabled: true,
  };
}

function matcher(predicate: Predicate, action: Envoy): Envoy[] {
  if (predicate === false) return [];
  return [{ predicate: predicate === true ? EVERY_REQUEST : predicate, on_match: { action } }];
}

const EVERY_REQUEST: Envoy = {
  single_predicate: {
    input: extension("method", "envoy.type.matcher.v3.HttpRequestHeaderMatchInput", { header_name: ":method" }),
    value_match: { safe_regex: { google_re2: {}, regex: ".*" } },
  },
};

const SKIP = extension("skip", "envoy.extensions.filters.common.matcher.action.v3.SkipFilter");
const NOTHING = any("envoy.extensions.filters.http.header_mutation.v3.HeaderMutation");

/** Runs a filter for the request, under the name that the access log shows. */
function execute(name: string, config: Envoy): Envoy {
  return extension(name, "envoy.extensions.filters.http.composite.v3.ExecuteFilterAction", {
    typed_config: { name, typed_config: config },
  });
}

function actionOf(rule: ArmorRule, policy: ArmorPolicy): Envoy {
  const action = rule.action ?? "allow";
  const status = statusOf(action);
  if (status !== undefined) return execute(nameOf(rule), answer(status));
  if (action === "redirect") return execute(nameOf(rule), redirect(blockOf(rule.block.redirect_options)));
  if (action === "throttle" || action === "rate_based_ban") return execute(nameOf(rule), rateLimit(rule, policy));
  const headers = blocksOf(blockOf(rule.block.header_action)?.request_headers_to_adds).flatMap((header) => {
    const [name, value] = [textOf(header.header_name), textOf(header.header_value)];
    return name === undefined ? [] : [{ append: addedHeader(name, headerValue(value ?? ""), true) }];
  });
  if (headers.length === 0) return SKIP;
  const type = "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation";
  return execute(nameOf(rule), any(type, { mutations: { request_mutations: headers } }));
}

/** The status of `deny(403)` or `deny-403`. */
function statusOf(action: string): number | undefined {
  const code = /^deny[(-](\d{3})\)?$/.exec(action)?.[1];
  return code === undefined ? (action === "deny" ? 403 : undefined) : Number(code);
}

function answer(status: number): Envoy {
  return any("envoy.extensions.filters.http.fault.v3.HTTPFault", {
    abort: { http_status: status, percentage: { numerator: 100 }, response_body: `Denied by Cloud Armor: ${status}\n` },
  });
}

/** 302, the only status that Cloud Armor redirects with; a reCAPTCHA page is not at hand. */
function redirect(options: Block | undefined): Envoy {
  const target = textOf(options?.target);
  if (target === undefined) return answer(403);
  const code = `function envoy_on_request(handle)
  handle:respond({[":status"] = "302", ["location"] = ${JSON.stringify(target)}}, "")
end`;
  return any("envoy.extensions.filters.http.lua.v3.Lua", { default_source_code: { inline_string: code } });
}

/** What requests are counted by, as an action of Envoy's rate limits; nothing counts all as one. */
const KEYS: Readonly<Record<string, (name: string) => RateLimitKey | undefined>> = {
  ALL: () => undefined,
  IP: () => ADDRESS,
  USER_IP: () => ADDRESS,
  HTTP_HEADER: (name) => requestHeader(name.toLowerCase()),
  XFF_IP: () => requestHeader("x-forwarded-for"),
  HTTP_PATH: () => requestHeader(":path"),
  REGION_CODE: () => requestHeader(CLIENT.region),
};

interface RateLimitKey {
  readonly key: string;
  readonly action: Envoy;
}

const ADDRESS: RateLimitKey = { key: "remote_address", action: { remote_address: {} } };

function requestHeader(name: string): RateLimitKey {
  return { key: name, action: { request_headers: { header_name: name, descriptor_key: name } } };
}

/** The keys that a rule counts requests by. */
export function limitKeys(options: Block): readonly { readonly type: string; readonly name: string }[] {
  const configs = blocksOf(options.enforce_on_key_configs);
  const keys = configs.map((each) => [each.enforce_on_key_type, each.enforce_on_key_name]);
  const all = keys.length > 0 ? keys : [[options.enforce_on_key, options.enforce_on_key_name]];
  return all.map(([type, name]) => ({ type: textOf(type) || "ALL", name: textOf(name) ?? "" }));
}

/** Whether Envoy can count by a key. */
export function isCountable(type: string): boolean {
  return type in KEYS;
}

/** How many values of a key are counted at the same time. */
const COUNTED_VALUES = 10_000;

/**
 * Counts requests by key. A request without the header counts as all those without it, as Google
 * Cloud has it (docs.cloud.google.com/armor/docs/rate-limiting-overview, read 2026-11-28).
 */
function rateLimit({ block }: ArmorRule, policy: ArmorPolicy): Envoy {
  const options = blockOf(block.rate_limit_options) ?? {};
  const threshold = blockOf(options.rate_limit_threshold);
  const count = numberOf(threshold?.count) ?? 1;
  const bucket = {
    max_tokens: count,
    tokens_per_fill: count,
    fill_interval: seconds(numberOf(threshold?.interval_sec) ?? 60),
  };
  const keys = limitKeys(options).flatMap(({ type, name }) => KEYS[type]?.(name) ?? []);
  const redirected = textOf(blockOf(options.exceed_redirect_options)?.target);
  const exceed = textOf(options.exceed_action) ?? "";
  return any("envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit", {
    stat_prefix: `armor.${policy.resource.name}`,
    status: { code: exceed === "redirect" && redirected ? 302 : (statusOf(exceed) ?? 429) },
    ...(exceed === "redirect" && redirected
      ? { response_headers_to_add: [addedHeader("location", redirected.replaceAll("%", "%%"), true)] }
      : {}),
    token_bucket: bucket,
    always_consume_default_token_bucket: false,
    max_dynamic_descriptors: COUNTED_VALUES,
    filter_enabled: ALWAYS,
    filter_enforced: ALWAYS,
    ...(keys.length > 0
      ? {
          rate_limits: [{ actions: keys.map(({ action }) => action) }],
          descriptors: [{ entries: keys.map(({ key }) => ({ key })), token_bucket: bucket }],
        }
      : {}),
  });
}
