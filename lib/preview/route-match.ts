import { type Block, blockOf, blocksOf } from "../topology/document";
import { booleanOf, numberOf, textOf } from "../topology/value";
import { type Envoy, extension } from "./envoy";

/** What a path rule's path matches: `*` at the end for all below. */
export function pathRuleMatch(path: string): Envoy {
  return path.endsWith("*") ? { prefix: path.slice(0, -1) } : { path };
}

/** What has to hold of a request for a match rule. */
export function matchRule(rule: Block): Envoy {
  const caseSensitive = booleanOf(rule.ignore_case) === true ? { case_sensitive: false } : {};
  return {
    ...pathMatch(rule),
    ...(textOf(rule.regex_match) || textOf(rule.path_template_match) ? {} : caseSensitive),
    headers: blocksOf(rule.header_matches).map(headerMatch),
    query_parameters: blocksOf(rule.query_parameter_matches).map((parameter) => ({
      name: textOf(parameter.name) ?? "",
      ...valueMatch(parameter),
    })),
  };
}

function pathMatch(rule: Block): Envoy {
  const [full, template, regex] = [rule.full_path_match, rule.path_template_match, rule.regex_match].map(textOf);
  if (full) return { path: full };
  if (template) {
    const type = "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";
    return { path_match_policy: extension("envoy.path.match.uri_template", type, { path_template: template }) };
  }
  if (regex) return { safe_regex: { regex } };
  return { prefix: textOf(rule.prefix_match) || "/" };
}

function headerMatch(header: Block): Envoy {
  const range = blockOf(header.range_match);
  const value = range
    ? { range_match: { start: numberOf(range.range_start) ?? 0, end: numberOf(range.range_end) ?? 0 } }
    : valueMatch(header);
  return { name: textOf(header.header_name) ?? "", ...value, invert_match: booleanOf(header.invert_match) ?? false };
}

/** How a value has to be, of headers and query parameters. */
function valueMatch(match: Block): Envoy {
  const [exact, prefix, suffix, regex] = ["exact", "prefix", "suffix", "regex"].map((kind) =>
    textOf(match[`${kind}_match`]),
  );
  if (exact) return { string_match: { exact } };
  if (prefix) return { string_match: { prefix } };
  if (suffix) return { string_match: { suffix } };
  if (regex) return { string_match: { safe_regex: { regex } } };
  return { present_match: true };
}

/**
 * A route without the rewrites that do not go with how it matches: a prefix takes no place in a
 * template, and only a template has variables. Envoy refuses them, and Google Cloud does not say
 * what it does.
 */
export function fitting(route: Envoy, match: Envoy): Envoy {
  const misfit = "path_match_policy" in match ? "prefix_rewrite" : "path_rewrite_policy";
  const without = (name: string) => {
    const { [misfit]: _left, ...rest } = (route[name] ?? {}) as Record<string, unknown>;
    return name in route ? { [name]: rest } : {};
  };
  return { ...route, ...without("route"), ...without("redirect") };
}

/** Whether a route rule has such a rewrite. */
export function hasMisfit(rule: Block): boolean {
  const rewrite = blockOf(blockOf(rule.route_action)?.url_rewrite) ?? {};
  const byPrefix = textOf(rewrite.path_prefix_rewrite) || textOf(blockOf(rule.url_redirect)?.prefix_redirect);
  const byTemplate = textOf(rewrite.path_template_rewrite);
  return blocksOf(rule.match_rules).some(({ path_template_match: template }) =>
    textOf(template) ? byPrefix : byTemplate,
  );
}
