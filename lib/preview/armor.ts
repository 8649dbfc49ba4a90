import type { Backend } from "../topology/backends";
import { type Block, blockOf, blocksOf, type Resource } from "../topology/document";
import { type ArmorRule, byPriority, securityPolicies, sourceRanges } from "../topology/security-policies";
import type { Topology } from "../topology/topology";
import { booleanOf, isKnown, textOf, textsOf } from "../topology/value";
import { armorPredicate, fromAddresses, type Predicate } from "./armor-expression";
import { any, type Envoy, extension, TURNED_ON } from "./envoy";
import { addedHeader, headerValue } from "./headers";
import { luaText, rateLimit } from "./rate-limits";
import { usedBackends } from "./upstreams";

/** What turns on the filters of a backend's security policies. */
export function armorFilters(backend: Backend): Envoy {
  const names = policiesOf(backend).flatMap(({ address }) => [enforced(address, backend), previewed(address, backend)]);
  return Object.fromEntries(names.map((name) => [name, TURNED_ON]));
}

/** The security policies of a backend. */
export function policiesOf({ securityPolicy, edgeSecurityPolicy }: Backend): Resource[] {
  return [edgeSecurityPolicy, securityPolicy].filter((policy) => policy !== undefined);
}

const enforced = (policy: string, { resource }: Backend) => `armor ${policy} for ${resource.address}`;
const previewed = (policy: string, { resource }: Backend) => `armor preview ${policy} for ${resource.address}`;

/**
 * Filters of the policies of one kind, off by default: for each backend one, because rate limits
 * count for each backend. Edge policies come before the cache, the others after it
 * (docs.cloud.google.com/armor/docs/security-policy-overview and
 * docs.cloud.google.com/armor/docs/rate-limiting-overview, read 2026-11-28).
 */
export function armorChain(topology: Topology, kind: "edge" | "backend"): Envoy[] {
  const policies = topology.once(securityPolicies);
  return topology.once(usedBackends).flatMap((backend) =>
    policiesOf(backend).flatMap(({ address }) => {
      const policy = policies.get(address);
      if (!policy || (policy.type === "CLOUD_ARMOR_EDGE") !== (kind === "edge")) return [];
      const rules = topology.once(`armor ${address}`, () => translated(policy.rules));
      const trials = rules.some(({ rule }) => isPreview(rule)) ? rules : [];
      return [
        ...filter(
          enforced(address, backend),
          rules.flatMap(({ rule, predicate, action }) => (isPreview(rule) ? [] : matcher(predicate, action))),
        ),
        // Says in the access log which rule would have come first.
        ...filter(
          previewed(address, backend),
          trials.flatMap(({ rule, predicate }) =>
            matcher(predicate, isPreview(rule) ? execute(nameOf(rule), NOTHING) : SKIP),
          ),
        ),
      ];
    }),
  );
}

/** Rules in the order in which they count. */
function translated(rules: readonly ArmorRule[]) {
  return byPriority(rules.filter(isRuleKnown)).map((rule) => ({
    rule,
    predicate: predicateOf(rule).predicate,
    action: actionOf(rule),
  }));
}

/** Whether Terraform computes nothing of what a rule does. */
export function isRuleKnown({ block, action, priority }: ArmorRule): boolean {
  return isKnown(block.match) && action !== undefined && priority !== undefined;
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

function filter(name: string, matchers: readonly Envoy[]): Envoy[] {
  if (matchers.length === 0) return [];
  const composite = extension("composite", "envoy.extensions.filters.http.composite.v3.Composite");
  const type = "envoy.extensions.common.matching.v3.ExtensionWithMatcher";
  const config = { extension_config: composite, xds_matcher: { matcher_list: { matchers } } };
  return [{ ...extension(name, type, config), disabled: true }];
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

function actionOf(rule: ArmorRule): Envoy {
  const action = rule.action ?? "allow";
  const status = statusOf(action);
  if (status !== undefined) return execute(nameOf(rule), answer(status));
  if (action === "redirect") return execute(nameOf(rule), redirect(blockOf(rule.block.redirect_options)));
  if (action === "throttle" || action === "rate_based_ban") return execute(nameOf(rule), limited(rule));
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

/** What Lua's `handle:respond` takes. */
function responding(status: number, target: string | undefined): string {
  return target === undefined
    ? `{[":status"] = "${status}"}, ${luaText(`Denied by Cloud Armor: ${status}\n`)}`
    : `{[":status"] = "302", ["location"] = ${luaText(target)}}, ""`;
}

/** 302 is the only status that Cloud Armor redirects with; a reCAPTCHA page is not at hand. */
function redirect(options: Block | undefined): Envoy {
  const code = `function envoy_on_request(handle) handle:respond(${responding(403, textOf(options?.target))}) end`;
  return any("envoy.extensions.filters.http.lua.v3.Lua", { default_source_code: { inline_string: code } });
}

function limited({ block }: ArmorRule): Envoy {
  const options = blockOf(block.rate_limit_options);
  const exceed = textOf(options?.exceed_action) ?? "";
  const target = exceed === "redirect" ? textOf(blockOf(options?.exceed_redirect_options)?.target) : undefined;
  return rateLimit(block, responding(statusOf(exceed) ?? 429, target));
}
