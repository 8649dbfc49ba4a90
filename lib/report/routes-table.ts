import { hostRank } from "../language/host-name";
import { type Block, blockOf, blocksOf, isBlock } from "../topology/document";
import type { Frontend } from "../topology/frontends";
import { groupBy } from "../topology/group-by";
import { type Route, reachable } from "../topology/routes";
import type { Topology } from "../topology/topology";
import { pathRank, REDIRECT_STATUS } from "../topology/url-map-answer";
import { isComputed, isSet, numberOf } from "../topology/value";
import { type Content, code, html, lines, table } from "./html";
import { counted, hostsOf, named, nameOf, placeOf, type Report, resourceLink, shownTexts, unwrapped } from "./report";

/** What a route may do besides sending requests on, as the table says it. */
const SETTINGS: readonly [path: string, text: (value: unknown) => string][] = [
  ["url_rewrite.path_prefix_rewrite", (value) => `path prefix becomes ${value}`],
  ["url_rewrite.path_template_rewrite", (value) => `path becomes ${value}`],
  ["url_rewrite.host_rewrite", (value) => `host becomes ${value}`],
  ["timeout", (value) => `timeout ${duration(value as Block)}`],
  ["max_stream_duration", (value) => `streams end after ${duration(value as Block)}`],
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
    const isWhole = blocksOf(urlMap.values.path_matcher).every(
      (each) => !isComputed(each, "path_rule") && !isComputed(each, "route_rules"),
    );
    const isAll = isWhole && !isComputed(urlMap.values, "path_matcher") && !isComputed(urlMap.values, "host_rule");
    return html`<h3>${resourceLink(urlMap, nameOf(urlMap))}</h3>
<p class="note">${heard(listeners.get(address) ?? [])}${!isAll && " Further routes are known at apply only."}</p>
${table(
  `Routes of ${nameOf(urlMap)}`,
  COLUMNS,
  ordered.map((route, index) => [
    hostCell(route, ordered[index - 1], isForAll),
    ...row(topology, route, ordered.length === 1),
  ]),
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
  const places = frontends.map((frontend) => {
    const { protocol, portRange } = frontend;
    return `${protocol}${portRange === undefined ? "" : ` on port ${portRange}`} of ${whereOf(frontend)}`;
  });
  return places.length === 0
    ? "No front end of this document leads here."
    : `Asked by ${[...groupBy(places, (each) => each)].map(([place]) => place).join(", ")}.`;
}

/** "the global address", "the internal address in europe-west1". */
function whereOf(frontend: Frontend): string {
  const place = placeOf(frontend);
  if (frontend.isGlobal) return `the ${place} address`;
  const kind = place.startsWith("internal") ? "internal address" : "address";
  return frontend.region === undefined ? `a regional ${kind}` : `the ${kind} in ${frontend.region}`;
}

/**
 * The most special host first, as a URL map chooses; within its routes the priority, or the most
 * special path, and its default last.
 */
export function inOrder(routes: readonly Route[]): Route[] {
  const byHost = groupBy(reachable(routes), (each) => hostsOf(each).join(" "));
  const hostOf = ([first]: readonly Route[]) => Math.max(0, ...hostsOf(first!).map(hostRank));
  const rank = ({ kind, priority = 0, paths }: Route) =>
    kind === "routeRule"
      ? priority
      : kind === "pathRule"
        ? -Math.max(0, ...paths.map(pathRank))
        : Number.POSITIVE_INFINITY;
  return [...byHost.values()]
    .map((same) => [...same].sort((a, b) => rank(a) - rank(b) || 0))
    .sort((a, b) => hostOf(b) - hostOf(a))
    .flat();
}

/** So many hosts are still listed for each of their routes. */
const MOST_HOSTS = 6;

function hostCell(route: Route, before: Route | undefined, isForAll: boolean): Content {
  const hosts = hostsOf(route);
  if (hosts.length === 0) return hostless(route);
  const names = lines(hosts.map((host) => (host === "*" ? `every${isForAll ? "" : " other"} host` : code(host))));
  if (hosts.length <= MOST_HOSTS) return names;
  const isSame = before && hostsOf(before).join(" ") === hosts.join(" ");
  return isSame
    ? `the same ${counted(hosts.length, "host")}`
    : html`<details><summary>${counted(hosts.length, "host")}</summary>${names}</details>`;
}

function row(topology: Topology, route: Route, isAlone: boolean): Content[] {
  const { kind, priority, block } = route;
  const action =
    blockOf(block[kind === "routeRule" || kind === "pathRule" ? "route_action" : "default_route_action"]) ?? {};
  return [
    lines(matches(route, isAlone)),
    kind === "routeRule" ? String(priority ?? "?") : kind === "pathRule" ? "longest path" : "last",
    destination(topology, route),
    lines(settings(action, block)),
  ];
}

/** Why a path matcher has no host. */
function hostless({ urlMap }: Route): string {
  return isComputed(urlMap.values, "host_rule") ? "known at apply only" : "no host rule: unreachable";
}

function matches({ kind, block }: Route, isAlone: boolean): Content[] {
  if (kind === "pathRule") return shownTexts(block.paths).map(code);
  if (kind !== "routeRule") return [isAlone ? "everything" : "everything else"];
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

/** How a header or a query parameter is compared, and the same inverted. */
const COMPARISONS: Readonly<Record<string, readonly [is: string, isNot: string]>> = {
  exact_match: ["is", "is not"],
  prefix_match: ["begins with", "does not begin with"],
  suffix_match: ["ends with", "does not end with"],
  regex_match: ["matches", "does not match"],
};

function comparison(match: Block): Content {
  const which = match.invert_match === true ? 1 : 0;
  const [name, verbs] = Object.entries(COMPARISONS).find(([each]) => isSet(match[each])) ?? [];
  if (name !== undefined) return [verbs![which], " ", code(match[name])];
  const range = blockOf(match.range_match);
  if (range) return `${["is", "is not"][which]} from ${range.range_start} to below ${range.range_end}`;
  return ["is present", "is absent"][which];
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

function redirection(redirect: Block): string {
  const { https_redirect: https, host_redirect: host, path_redirect: path, prefix_redirect: prefix } = redirect;
  const changes = [
    ...(https === true ? ["HTTPS"] : []),
    ...(isSet(host) ? [`host ${unwrapped(host)}`] : []),
    ...(isSet(path) ? [`path ${unwrapped(path)}`] : []),
    ...(isSet(prefix) ? [`path ${unwrapped(prefix)}…`] : []),
    ...(redirect.strip_query === true ? ["no query"] : []),
  ];
  const status = REDIRECT_STATUS[String(redirect.redirect_response_code ?? "MOVED_PERMANENTLY_DEFAULT")];
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
  const limit = blockOf(policy.per_try_timeout);
  return `${number === 1 ? "1 retry" : `${number} retries`}${on}${limit ? `, ${duration(limit)} each` : ""}`;
}

/** `30 s`, `0.5 s`. */
function duration({ seconds = 0, nanos = 0 }: Block): string {
  const [whole, part] = [numberOf(seconds), numberOf(nanos)];
  return whole === undefined || part === undefined ? "known at apply only" : `${whole + part / 1e9} s`;
}

function cors(policy: Block): string {
  const { allow_origins: origins, allow_origin_regexes: patterns, disabled } = blockOf(policy) ?? {};
  if (disabled === true) return "CORS off";
  const from = [origins, patterns].flatMap((each) => (Array.isArray(each) ? each : []));
  return `CORS for ${from.length > 0 ? from.join(", ") : "no origin"}`;
}
