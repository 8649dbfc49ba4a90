import { blockOf, blocksOf } from "../../topology/document";
import { booleanOf, isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { api, below, MATCH, URL_MAPS } from "./url-map-places";

const HEADER_KINDS = ["exact_match", "prefix_match", "suffix_match", "regex_match", "present_match", "range_match"];
const QUERY_KINDS = ["exact_match", "regex_match", "present_match"];
const PATH_KINDS = ["prefix_match", "full_path_match", "regex_match", "path_template_match"];
/** A segment of a template: text, `*`, `**`, `{name}`, `{name=*}`, `{name=**}` or `{name=a/*}`. */
const OPERATOR = /\{[^{}]*\}|\*\*|\*/g;
const VARIABLE = /^\{([A-Za-z][A-Za-z0-9_]*)(=[^{}]+)?\}$/;

/** Match rules of route rules, and the rewrites that depend on them. */
export const urlMapMatchRules: readonly Rule[] = [
  blockRule(
    {
      id: "url-map-rewrite-kinds",
      title: "a rewrite has path_prefix_rewrite or path_template_rewrite, not both",
      why: "The API rejects both.",
      fix: "keep one of them",
      source: api("UrlRewrite.pathTemplateRewrite"),
    },
    URL_MAPS,
    below("url_rewrite"),
    (rewrite, blame) => {
      if (isSet(rewrite.path_prefix_rewrite) && isSet(rewrite.path_template_rewrite))
        blame("path_template_rewrite", rewrite.path_template_rewrite);
    },
  ),
  blockRule(
    {
      id: "url-map-template-rewrite",
      title: "the variables of path_template_rewrite come from path_template_match",
      why: "The API rejects a template rewrite without a template match, and variables that the match does not have.",
      fix: "name the variables in path_template_match: /{country}/{rest=**}",
      source: api("UrlRewrite.pathTemplateRewrite"),
    },
    URL_MAPS,
    ["path_matcher.route_rules"],
    (rule, blame) => {
      const rewrite = textOf(blockOf(blockOf(rule.route_action)?.url_rewrite)?.path_template_rewrite);
      const matches = blocksOf(rule.match_rules);
      if (rewrite === undefined || isComputed(rule, "match_rules") || !isKnown(rule.match_rules)) return;
      const templates = matches.flatMap((match) => textOf(match.path_template_match) ?? []);
      const names = new Set(templates.flatMap((template) => variables(template)));
      if (templates.length === 0 || variables(rewrite).some((name) => !names.has(name)))
        blame("route_action.url_rewrite.path_template_rewrite", rewrite);
    },
  ),
  blockRule(
    {
      id: "url-map-template-syntax",
      title: "path_template_match has at most 5 operators, each a whole path segment, each variable once",
      why: "The API rejects the template.",
      fix: "write it like /v1/{model}/chat/{rest=**}",
      source: api("HttpRouteRuleMatch.pathTemplateMatch"),
    },
    URL_MAPS,
    [MATCH],
    (match, blame) => {
      const template = textOf(match.path_template_match);
      if (template !== undefined && !isTemplate(template)) blame("path_template_match", template);
    },
  ),
  blockRule(
    {
      id: "url-map-match-kinds",
      title: "a match rule has one of prefix_match, full_path_match, path_template_match, regex_match",
      why: "The API rejects two kinds of path match in one rule.",
      fix: "write one match_rules block for each; they are alternatives",
      source: api("HttpRouteRuleMatch.prefixMatch"),
    },
    URL_MAPS,
    [MATCH],
    (match, blame) => {
      const given = PATH_KINDS.filter((name) => isSet(match[name]) && match[name] !== "");
      if (given.length > 1) blame(given[1]!, match[given[1]!], `beside ${given[0]}`);
    },
  ),
  blockRule(
    {
      id: "url-map-match-path",
      title: "a match rule says which paths it is for",
      severity: "warning",
      why: "The API's text wants precisely one kind of path match in each rule; whether it rejects a rule of headers only is not known.",
      fix: 'add prefix_match = "/" for all paths',
      source: api("HttpRouteRuleMatch.pathTemplateMatch"),
    },
    URL_MAPS,
    [MATCH],
    (match, blame) => {
      if (!PATH_KINDS.some((name) => isSet(match[name]))) blame("prefix_match", undefined);
    },
  ),
  blockRule(
    {
      id: "url-map-match-case",
      title: "ignore_case stands without regex_match",
      why: "The API rejects them together.",
      fix: "write (?i) into the expression, or use prefix_match",
      source: api("HttpRouteRuleMatch.ignoreCase"),
    },
    URL_MAPS,
    [MATCH],
    (match, blame) => {
      if (booleanOf(match.ignore_case) === true && isSet(match.regex_match)) blame("ignore_case", true);
    },
  ),
  kindsRule("url-map-header-match", `${MATCH}.header_matches`, HEADER_KINDS, "HttpHeaderMatch.exactMatch"),
  kindsRule(
    "url-map-query-match",
    `${MATCH}.query_parameter_matches`,
    QUERY_KINDS,
    "HttpQueryParameterMatch.exactMatch",
  ),
  blockRule(
    {
      id: "url-map-range-match",
      title: "range_start is below range_end",
      why: "The end is exclusive: the range is empty, and no request matches.",
      fix: "set range_end to the last value plus 1",
      source: api("Int64RangeMatch"),
    },
    URL_MAPS,
    [`${MATCH}.header_matches.range_match`],
    (range, blame) => {
      const start = numberOf(range.range_start);
      const end = numberOf(range.range_end);
      if (start !== undefined && end !== undefined && start >= end)
        blame("range_end", range.range_end, `start ${start}`);
    },
  ),
];

function kindsRule(id: string, place: string, kinds: readonly string[], field: string): Rule {
  return blockRule(
    {
      id,
      title: `${place.split(".").at(-1)} has exactly one of ${kinds.join(", ")}`,
      why: "The API rejects none and more than one.",
      fix: "keep one condition; write a further block for a further condition",
      source: api(field),
    },
    URL_MAPS,
    [place],
    (match, blame) => {
      const given = kinds.filter((name) => isSet(match[name]) && match[name] !== false && match[name] !== "");
      if (given.length > 1) blame(given[1]!, match[given[1]!], `beside ${given[0]}`);
      if (given.length === 0 && !kinds.some((name) => isComputed(match, name))) blame("", match);
    },
  );
}

function variables(template: string): string[] {
  return (template.match(OPERATOR) ?? []).flatMap((operator) => VARIABLE.exec(operator)?.[1] ?? []);
}

function isTemplate(template: string): boolean {
  const operators = template.match(OPERATOR) ?? [];
  const names = variables(template);
  const rest = template.replace(OPERATOR, "");
  const named = operators.filter((operator) => operator.startsWith("{"));
  return (
    operators.length <= 5 &&
    !/[{}*]/.test(rest) &&
    named.every((operator) => VARIABLE.test(operator)) &&
    new Set(names).size === names.length
  );
}
