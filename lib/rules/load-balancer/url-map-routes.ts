import { type Block, blocksOf } from "../../topology/document";
import { booleanOf, isComputed, isKnown, numberOf, textOf, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { api, URL_MAPS } from "./url-map-places";

/** `*` alone, or first and followed by `-` or `.`; then labels, and a port. Brackets: an IPv6 address. */
const HOST = /^(\*|(\*[-.])?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?)$/i;
/** `*` only at the end, after a slash. */
const PATH = /^\/([^*?#]*\/)?\*$|^\/[^*?#]*$/;

/** Host rules, path rules and route rules among each other. */
export const urlMapRouteRules: readonly Rule[] = [
  blockRule(
    {
      id: "url-map-matcher-missing",
      title: "a host rule leads to a path matcher of its URL map",
      why: "The API rejects a host rule that names a path matcher which does not exist.",
      fix: "add the path_matcher, or correct the name",
      source: api("HostRule.pathMatcher"),
    },
    URL_MAPS,
    [""],
    (map, blame) => {
      const matchers = blocksOf(map.path_matcher);
      if (isComputed(map, "path_matcher") || matchers.some(({ name }) => textOf(name) === undefined)) return;
      const names = new Set(matchers.map(({ name }) => name));
      blocksOf(map.host_rule).forEach(({ path_matcher: matcher }, index) => {
        if (textOf(matcher) !== undefined && !names.has(matcher))
          blame(at(map, "host_rule", index, "path_matcher"), matcher);
      });
    },
  ),
  blockRule(
    {
      id: "url-map-matcher-unreachable",
      title: "a path matcher is named by a host rule",
      why: "No request ever gets to it: its routes do not exist for clients.",
      fix: "add a host_rule with its hosts, or take the path matcher away",
      source: api("HostRule.pathMatcher"),
    },
    URL_MAPS,
    [""],
    (map, blame) => {
      const rules = blocksOf(map.host_rule);
      if (isComputed(map, "host_rule") || rules.some((rule) => textOf(rule.path_matcher) === undefined)) return;
      const used = new Set(rules.map((rule) => rule.path_matcher));
      blocksOf(map.path_matcher).forEach(({ name }, index) => {
        if (textOf(name) !== undefined && !used.has(name)) blame(at(map, "path_matcher", index, "name"), name);
      });
    },
  ),
  blockRule(
    {
      id: "url-map-matcher-unique",
      title: "path matchers have different names",
      why: "The API rejects two path matchers of one name.",
      fix: "rename one of them",
      source: api("PathMatcher.name"),
    },
    URL_MAPS,
    [""],
    (map, blame) =>
      eachTwice(
        blocksOf(map.path_matcher).map(({ name }) => textOf(name)),
        (index, name) => blame(at(map, "path_matcher", index, "name"), name),
      ),
  ),
  blockRule(
    {
      id: "url-map-host",
      title: "a host of a host rule is a host name, with an optional port and * only at its start",
      why: "The API rejects schemes, paths and blanks, and a * that is not the first character, or not followed by - or . there.",
      fix: 'write it like "api.example.com", "*.example.com" or "*"',
      source: api("HostRule.hosts"),
    },
    URL_MAPS,
    ["host_rule"],
    (rule, blame) => {
      for (const host of textsOf(rule.hosts)) {
        if (!HOST.test(host) || host.length > 255 || host.includes("..")) blame("hosts", host);
      }
    },
  ),
  blockRule(
    {
      id: "url-map-host-unique",
      title: "each host stands in one host rule",
      why: "The API rejects a host that is listed twice.",
      fix: "join the host rules, or take the host out of one",
      source: api("UrlMap.hostRules"),
    },
    URL_MAPS,
    [""],
    (map, blame) => {
      const seen = new Set<string>();
      blocksOf(map.host_rule).forEach((rule, index) => {
        for (const host of textsOf(rule.hosts)) {
          const key = host.toLowerCase();
          if (seen.has(key)) blame(at(map, "host_rule", index, "hosts"), host);
          seen.add(key);
        }
      });
    },
  ),
  blockRule(
    {
      id: "url-map-path",
      title: "a path of a path rule starts with / and has * only at its end, after a slash",
      why: "The API rejects anything else, ? and # too: queries are not part of the path.",
      fix: 'write it like "/v1/chat" or "/v1/*"; for prefixes within a segment use route_rules',
      source: api("PathRule.paths"),
    },
    URL_MAPS,
    ["path_matcher.path_rule"],
    (rule, blame) => {
      for (const path of textsOf(rule.paths)) if (!PATH.test(path) || path.length > 1024) blame("paths", path);
    },
  ),
  blockRule(
    {
      id: "url-map-path-unique",
      title: "each path stands once in a path matcher",
      why: "The API rejects a path that is listed twice.",
      fix: "join the path rules, or take the path out of one",
      source: api("PathMatcher.pathRules"),
    },
    URL_MAPS,
    ["path_matcher"],
    (matcher, blame) => {
      const seen = new Set<string>();
      blocksOf(matcher.path_rule).forEach((rule, index) => {
        for (const path of textsOf(rule.paths)) {
          if (seen.has(path)) blame(at(matcher, "path_rule", index, "paths"), path);
          seen.add(path);
        }
      });
    },
  ),
  blockRule(
    {
      id: "url-map-path-kinds",
      title: "a path matcher has path_rule or route_rules, not both",
      why: "The API rejects both in one path matcher.",
      fix: "write the path rules as route_rules with prefix_match and full_path_match",
      source: api("PathMatcher.routeRules"),
    },
    URL_MAPS,
    ["path_matcher"],
    (matcher, blame) => {
      if (isSet(matcher.path_rule) && isSet(matcher.route_rules))
        blame("route_rules", blocksOf(matcher.route_rules).length);
    },
  ),
  blockRule(
    {
      id: "url-map-priority-unique",
      title: "route rules of a path matcher have different priorities",
      why: "The API rejects two route rules of one priority.",
      fix: "give each rule a priority of its own; gaps are allowed",
      source: api("HttpRouteRule.priority"),
    },
    URL_MAPS,
    ["path_matcher"],
    (matcher, blame) =>
      eachTwice(
        blocksOf(matcher.route_rules).map(({ priority }) => numberOf(priority)),
        (index, priority) => blame(at(matcher, "route_rules", index, "priority"), priority),
      ),
  ),
  blockRule(
    {
      id: "url-map-priority-order",
      title: "route rules are listed with ascending priorities",
      why: "The API rejects rules that are not listed in the order in which they are tried.",
      fix: "sort route_rules by priority",
      source: "github.com/GoogleCloudPlatform/cloud-foundation-fabric/issues/2095, 2024-02-19",
    },
    URL_MAPS,
    ["path_matcher"],
    (matcher, blame) => {
      let highest = Number.NEGATIVE_INFINITY;
      blocksOf(matcher.route_rules).forEach((rule, index) => {
        const priority = numberOf(rule.priority);
        if (priority === undefined) return;
        if (priority < highest) blame(at(matcher, "route_rules", index, "priority"), priority, `after ${highest}`);
        highest = Math.max(highest, priority);
      });
    },
  ),
  blockRule(
    {
      id: "url-map-route-shadowed",
      title: "a route rule is not hidden by one that is tried before it",
      why: "The first rule that matches is applied, so this one never is.",
      fix: "give the narrower rule the lower priority number",
      source: api("HttpRouteRule.priority"),
    },
    URL_MAPS,
    ["path_matcher"],
    (matcher, blame) => {
      const rules = blocksOf(matcher.route_rules).map((rule, index) => ({
        rule,
        index,
        priority: numberOf(rule.priority),
      }));
      if (rules.some(({ priority }) => priority === undefined)) return;
      const prefixes = new Set<string>();
      const paths = new Set<string>();
      for (const { rule, index } of rules.sort((a, b) => a.priority! - b.priority!)) {
        const matches = blocksOf(rule.match_rules);
        if (matches.length > 0 && matches.every((match) => isCovered(match, prefixes, paths)))
          blame(at(matcher, "route_rules", index, "match_rules"), pathOf(matches[0]!));
        for (const match of matches) {
          if (!isPlain(match)) continue;
          const prefix = textOf(match.prefix_match);
          const path = textOf(match.full_path_match);
          if (prefix !== undefined) prefixes.add(prefix);
          if (path !== undefined) paths.add(path);
        }
      }
    },
  ),
  blockRule(
    {
      id: "url-map-match-star",
      title: "prefix_match and full_path_match have no *",
      why: "They compare literally: only a path with a star in it matches.",
      fix: 'leave the star out (prefix_match = "/v1/" covers all below), or use path_template_match',
      source: api("HttpRouteRuleMatch.prefixMatch"),
    },
    URL_MAPS,
    ["path_matcher.route_rules.match_rules"],
    (match, blame) => {
      for (const name of ["prefix_match", "full_path_match"]) {
        if (textOf(match[name])?.includes("*")) blame(name, match[name]);
      }
    },
  ),
];

/** Path of an attribute in one of several blocks, which may be a list or a single object. */
function at(parent: Block, blocks: string, index: number, attribute: string): string {
  return Array.isArray(parent[blocks]) ? `${blocks}.${index}.${attribute}` : `${blocks}.${attribute}`;
}

function eachTwice<T>(values: readonly (T | undefined)[], report: (index: number, value: T) => void): void {
  const seen = new Set<T>();
  values.forEach((value, index) => {
    if (value === undefined) return;
    if (seen.has(value)) report(index, value);
    seen.add(value);
  });
}

/** Whether nothing but the path decides. */
function isPlain(match: Block): boolean {
  const conditions = ["header_matches", "query_parameter_matches", "metadata_filters", "dynamic"];
  return isKnown(match) && !conditions.some((name) => isSet(match[name])) && booleanOf(match.ignore_case) !== true;
}

function pathOf(match: Block): string | undefined {
  return textOf(match.prefix_match) ?? textOf(match.full_path_match) ?? textOf(match.path_template_match);
}

function isCovered(match: Block, prefixes: ReadonlySet<string>, paths: ReadonlySet<string>): boolean {
  if (prefixes.has("/")) return true;
  if (booleanOf(match.ignore_case) === true || (isSet(match.ignore_case) && !isKnown(match.ignore_case))) return false;
  const full = textOf(match.full_path_match);
  if (full !== undefined && paths.has(full)) return true;
  const path = full ?? textOf(match.prefix_match);
  if (path === undefined || prefixes.size === 0) return false;
  for (let end = 1; end <= path.length; end++) if (prefixes.has(path.slice(0, end))) return true;
  return false;
}
