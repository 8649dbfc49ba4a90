import { type Block, blockOf, blocksOf, isBlock } from "../topology/document";
import type { Frontend } from "../topology/frontends";
import { groupBy } from "../topology/group-by";
import type { Route } from "../topology/routes";
import type { Topology } from "../topology/topology";
import { isSet } from "../topology/value";
import { type Content, code, html, lines, table } from "./html";
import { counted, named, type Report, resourceLink } from "./report";

/** What a route may do besides sending requests on, as the table says it. */
const SETTINGS: readonly [path: string, text: (value: unknown) => string][] = [
  ["url_rewrite.path_prefix_rewrite", (value) => `path prefix becomes ${value}`],
  ["url_rewrite.path_template_rewrite", (value) => `path becomes ${value}`],
  ["url_rewrite.host_rewrite", (value) => `host becomes ${value}`],
  ["timeout.seconds", (value) => `timeout ${value} s`],
  ["max_stream_duration.seconds", (value) => `streams end after ${value} s`],
  ["retry_policy", (value) => retries(value as Block)],
  ["cors_policy", (value) => cors(value as Block)],
  ["request_mirror_policy.backend_service", () => "requests are mirrored"],
  ["fault_injection_policy.delay", (value) => `${(value as Block).percentage}% are delayed`],
  [
    "fault_injection_policy.abort",
    (value) => `${(value as Block).percentage}% are aborted with ${(value as Block).http_status}`,
  ],
  ["cache_policy", (value) => `cache policy ${(value as Block).cache_mode ?? ""}`.trim()],
];

const COLUMNS = ["Host", "Match", "Priority", "Destination", "Settings"];

/** What each URL map answers, in the order in which it decides. */
export function routesTable({ topology }: Report): Content {
  const maps = groupBy(topology.routes, ({ urlMap }) => urlMap.address);
  if (maps.size === 0) return undefined;
  const listeners = groupBy(topology.frontends, ({ urlMap }) => urlMap?.address);
  const tables = [...maps].map(([address, routes]) => {
    const { urlMap } = routes[0]!;
    const ordered = inOrder(routes);
    const isForAll = ordered.every(({ hosts }) => hosts.includes("*"));
    return html`<h3>${resourceLink(urlMap, String(urlMap.values.name ?? address))}</h3>
<p class="note">${heard(listeners.get(address) ?? [])}</p>
${table(
  `Routes of ${String(urlMap.values.name ?? address)}`,
  COLUMNS,
  ordered.map((route) => row(topology, route, isForAll)),
  ["Priority"],
)}`;
  });
  return html`${ROUTE_FIELD}${tables}`;
}

/** Filled in and answered by the page's script. */
const ROUTE_FIELD = html`<form id="route-field" class="ask" hidden>
<h3 id="route-question">Where does a request go?</h3>
<div class="fields">
<label>Method <select name="method">${["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map((each) => html`<option>${each}</option>`)}</select></label>
<label class="wide">URL <input name="url" type="text" inputmode="url" autocomplete="off" autocapitalize="none" spellcheck="false" required placeholder="https://api.example.com/v1/models"></label>
<button type="submit">Ask</button>
</div>
<details><summary>With headers</summary><label>One per line, as <code>name: value</code> <textarea name="headers" rows="3" spellcheck="false"></textarea></label></details>
<output name="answer" role="status"></output>
</form>
`;

/** By which addresses and ports requests come here. */
function heard(frontends: readonly Frontend[]): string {
  const places = frontends.map(({ protocol, portRange, isGlobal, rule }) => {
    const where = isGlobal ? "the global address" : `the address in ${rule.values.region}`;
    return `${protocol} on port ${portRange ?? "?"} of ${where}`;
  });
  return places.length === 0
    ? "No front end of this document leads here."
    : `Asked by ${[...groupBy(places, (each) => each)].map(([place]) => place).join(", ")}.`;
}

function inOrder(routes: readonly Route[]): Route[] {
  const byHost = groupBy(routes, ({ hosts }) => hosts.join(" "));
  const isUnreachable = ({ kind }: Route) =>
    kind === "default" && routes.some((each) => each.kind !== "default" && each.hosts.includes("*"));
  const rank = ({ kind, priority = 0 }: Route) =>
    kind === "routeRule" ? priority : kind === "pathRule" ? 0 : Number.POSITIVE_INFINITY;
  const ordered = [...byHost.values()].flatMap((same) => [...same].sort((a, b) => rank(a) - rank(b) || 0));
  const isDefault = ({ kind }: Route) => kind === "default";
  return [
    ...ordered.filter((each) => !isDefault(each)),
    ...ordered.filter((each) => isDefault(each) && !isUnreachable(each)),
  ];
}

function row(topology: Topology, route: Route, isForAll: boolean): Content[] {
  const { hosts, kind, priority, block } = route;
  const action =
    blockOf(block[kind === "routeRule" || kind === "pathRule" ? "route_action" : "default_route_action"]) ?? {};
  return [
    lines(hosts.map((host) => (host === "*" ? `every${isForAll ? "" : " other"} host` : code(host)))),
    lines(matches(route)),
    kind === "routeRule" ? String(priority ?? "?") : kind === "pathRule" ? "longest path" : "last",
    destination(topology, route),
    lines(settings(action, block)),
  ];
}

function matches({ kind, paths, block }: Route): Content[] {
  if (kind === "pathRule") return paths.map((path) => code(path));
  if (kind !== "routeRule") return ["everything else"];
  const found = blocksOf(block.match_rules).map((match): Content => {
    const path = isSet(match.full_path_match)
      ? code(match.full_path_match)
      : isSet(match.path_template_match)
        ? code(match.path_template_match)
        : isSet(match.regex_match)
          ? html`matches ${code(match.regex_match)}`
          : html`begins with ${code(match.prefix_match ?? "/")}`;
    const headers = blocksOf(match.header_matches).map(
      (header) => html`, header ${code(header.header_name)} ${comparison(header)}`,
    );
    const query = blocksOf(match.query_parameter_matches).map(
      (each) => html`, parameter ${code(each.name)} ${comparison(each)}`,
    );
    return html`${path}${match.ignore_case === true && " in any case"}${headers}${query}`;
  });
  return found.length > 0 ? found : ["everything"];
}

/** How a header or a query parameter is compared. */
const COMPARISONS: Readonly<Record<string, string>> = {
  exact_match: "is",
  prefix_match: "begins with",
  suffix_match: "ends with",
  regex_match: "matches",
};

function comparison(match: Block): Content {
  const is = match.invert_match === true ? "not: " : "";
  const [name, verb] = Object.entries(COMPARISONS).find(([each]) => isSet(match[each])) ?? [];
  if (name !== undefined) return [is, verb, " ", code(match[name])];
  const range = blockOf(match.range_match);
  return [is, range ? `is from ${range.range_start} to below ${range.range_end}` : "is present"];
}

function destination(topology: Topology, { redirect, targets }: Route): Content {
  if (redirect) return redirection(redirect);
  if (targets.length === 0) return "?";
  const all = targets.reduce((sum, { weight = 0 }) => sum + weight, 0);
  return lines(
    targets.map(({ value, weight }) => {
      const share = weight === undefined ? "" : ` ${all === 0 ? weight : `${Math.round((1000 * weight) / all) / 10}%`}`;
      return [named(topology, value), share];
    }),
  );
}

const REDIRECT_CODES: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY_DEFAULT: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

function redirection(redirect: Block): string {
  const { https_redirect: https, host_redirect: host, path_redirect: path, prefix_redirect: prefix } = redirect;
  const changes = [
    ...(https === true ? ["https"] : []),
    ...(isSet(host) ? [`host ${host}`] : []),
    ...(isSet(path) ? [`path ${path}`] : []),
    ...(isSet(prefix) ? [`path ${prefix}…`] : []),
    ...(redirect.strip_query === true ? ["no query"] : []),
  ];
  const status = REDIRECT_CODES[String(redirect.redirect_response_code ?? "MOVED_PERMANENTLY_DEFAULT")];
  return `redirect with ${status ?? "?"} to ${changes.join(", ") || "the same URL"}`;
}

function settings(action: Block, block: Block): string[] {
  const found = SETTINGS.flatMap(([path, text]) => {
    const value = at(action, path);
    return isSet(value) ? [text(blockOf(value) ?? value)] : [];
  });
  const headers = blockOf(block.header_action) ?? blockOf(action.header_action) ?? {};
  const changed = Object.entries(headers).reduce(
    (sum, [, value]) => sum + (Array.isArray(value) ? value.length : 1),
    0,
  );
  return changed > 0 ? [...found, `changes ${counted(changed, "header")}`] : found;
}

function at(block: Block, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => {
    const [first] = Array.isArray(value) ? value : [value];
    return isBlock(first) ? first[name] : undefined;
  }, block);
}

function retries(policy: Block): string {
  const { num_retries: number = 1, retry_conditions: conditions } = blockOf(policy) ?? {};
  const on = Array.isArray(conditions) ? ` on ${conditions.join(", ")}` : "";
  const limit = at(policy, "per_try_timeout.seconds");
  return `${number === 1 ? "1 retry" : `${number} retries`}${on}${limit === undefined ? "" : `, ${limit} s each`}`;
}

function cors(policy: Block): string {
  const { allow_origins: origins, allow_origin_regexes: patterns, disabled } = blockOf(policy) ?? {};
  if (disabled === true) return "CORS off";
  const from = [origins, patterns].flatMap((each) => (Array.isArray(each) ? each : []));
  return `CORS for ${from.length > 0 ? from.join(", ") : "no origin"}`;
}
