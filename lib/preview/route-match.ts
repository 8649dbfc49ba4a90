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
