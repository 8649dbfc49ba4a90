import { type Block, blockOf, blocksOf } from "../topology/document";
import { type ArmorRule, byPriority, securityPolicies, sourceRanges } from "../topology/security-policies";
import { booleanOf } from "../topology/value";
import { type Content, code, html, lines, table } from "./html";
import { nameOf, type Report, resourceLink } from "./report";

/** Rules of each Cloud Armor policy, in the order in which they are tried. */
export function armorTables({ topology }: Report): Content {
  const policies = [...securityPolicies(topology).values()];
  if (policies.length === 0) return undefined;
  return policies.map(({ resource, type, rules, isComputed }) => {
    const name = nameOf(resource);
    const guarded = topology.backends.filter(
      ({ securityPolicy, edgeSecurityPolicy }) => securityPolicy === resource || edgeSecurityPolicy === resource,
    );
    const where = guarded.map(({ resource: backend }, index) => [
      index > 0 ? ", " : "",
      resourceLink(backend, nameOf(backend)),
    ]);
    return html`<h3>Cloud Armor: ${resourceLink(resource, name)}</h3>
<p class="note">${where.length === 0 ? "Attached to no backend of this document" : [type === "CLOUD_ARMOR_EDGE" ? "Judges requests before the cache of " : "Judges requests to ", where]}. The first rule that matches decides.${isComputed && " Further rules are known at apply only."}</p>
${table(`Rules of ${name}`, ["Priority", "Action", "Condition", "Purpose"], byPriority(rules).map(row), ["Priority"])}`;
  });
}

function row(rule: ArmorRule): Content[] {
  const { block, priority, action = "?" } = rule;
  const isPreview = booleanOf(block.preview) === true;
  return [
    String(priority ?? "?"),
    lines([
      action === "allow" ? "allow" : html`<strong>${action}</strong>`,
      ...limits(block),
      ...(isPreview ? [html`<span class="tag">preview: only logged</span>`] : []),
    ]),
    condition(rule),
    String(block.description ?? ""),
  ];
}

function condition(rule: ArmorRule): Content {
  const expression = blockOf(blockOf(rule.block.match)?.expr)?.expression;
  if (expression !== undefined) return html`<code class="block">${String(expression)}</code>`;
  const ranges = sourceRanges(rule);
  const list = Array.isArray(ranges) ? ranges.map(String) : [];
  if (list.length === 1 && list[0] === "*") return "every request";
  return list.length > 0
    ? ["requests from ", list.map((each, index) => [index > 0 ? ", " : "", code(each)])]
    : "known at apply only";
}

function limits(block: Block): string[] {
  const options = blockOf(block.rate_limit_options);
  if (!options) return [];
  const per = (threshold: unknown) => {
    const { count, interval_sec: seconds } = blockOf(threshold) ?? {};
    return `${count ?? "?"} requests in ${seconds ?? "?"} s`;
  };
  const keys = blocksOf(options.enforce_on_key_configs);
  const name =
    keys.length > 0
      ? keys.map((key) => keyName(key.enforce_on_key_type, key.enforce_on_key_name)).join(" and ")
      : keyName(options.enforce_on_key, options.enforce_on_key_name);
  return [
    `more than ${per(options.rate_limit_threshold)} by ${name}: ${options.exceed_action ?? "?"}`,
    ...(options.ban_duration_sec === undefined ? [] : [`banned for ${options.ban_duration_sec} s`]),
  ];
}

/** What requests are counted by: "IP", "HTTP_HEADER x-api-key". */
function keyName(type: unknown, name: unknown): string {
  return [type || "ALL", name].filter(Boolean).join(" ");
}
