import { type Block, blockOf, blocksOf, type Resource, type TerraformDocument } from "../lib/topology/document";

/**
 * What the URL maps of a document answer, one line per route: what is asked for → where it goes.
 * The last line holds for all the rest.
 */
export function routes(document: TerraformDocument): string[] {
  const maps = ["google_compute_url_map", "google_compute_region_url_map"].flatMap((type) => document.ofType(type));
  return maps.flatMap((map) => {
    const place = map.values.region === undefined ? "" : `${map.values.region} `;
    const scheme = `${place}${schemeOf(document, map)}`;
    const matchers = new Map(blocksOf(map.values.path_matcher).map((matcher) => [matcher.name, matcher]));
    const rules = blocksOf(map.values.host_rule).map((rule) => ({ ...rule, hosts: strings(rule.hosts) }));
    const lines = rules.flatMap(({ hosts, path_matcher: name }: Block & { hosts: string[] }) => {
      const matcher = matchers.get(name) ?? {};
      const asked = (paths: string[]) =>
        hosts.flatMap((host) => paths.map((path) => `${scheme}${host}${path}`)).join(", ");
      return [
        ...blocksOf(matcher.path_rule).map((path) => `${asked(strings(path.paths))} → ${destination(document, path)}`),
        ...byPriority(matcher.route_rules).map(
          (route) => `${asked(requests(route))} → ${destination(document, route)}`,
        ),
        `${asked(["/*"])} → ${destination(document, matcher, "default_")}`,
      ];
    });
    if (rules.some(({ hosts }) => hosts.includes("*"))) return lines;
    return [...lines, `${scheme}* → ${destination(document, map.values, "default_")}`];
  });
}

/** By the proxies that ask the URL map; nothing when none of the document does. */
function schemeOf(document: TerraformDocument, map: Resource): string {
  const schemes = ["http", "https"].filter((scheme) =>
    ["target", "region_target"]
      .flatMap((scope) => document.ofType(`google_compute_${scope}_${scheme}_proxy`))
      .some((proxy) => document.target(proxy.values.url_map) === map),
  );
  return schemes.length > 0 ? `${schemes.join(" and ")}://` : "";
}

function destination(document: TerraformDocument, from: Block, prefix = ""): string {
  const name = (value: unknown) => String(document.target(value)?.values.name ?? value);
  const redirect = blockOf(from[`${prefix}url_redirect`]);
  if (redirect) {
    const { https_redirect: https, host_redirect: host, path_redirect: path, prefix_redirect: start } = redirect;
    const code = redirect.redirect_response_code ?? "MOVED_PERMANENTLY_DEFAULT";
    return `${https ? "https://" : ""}${host ?? "(same host)"}${path ?? start ?? ""} (${code})`;
  }
  const shares = blocksOf(blockOf(from[`${prefix}route_action`])?.weighted_backend_services);
  if (shares.length > 0) return shares.map((share) => `${name(share.backend_service)} × ${share.weight}`).join(", ");
  const service = from[`${prefix}service`];
  return service === undefined ? "?" : name(service);
}

function requests(route: Block): string[] {
  const paths = blocksOf(route.match_rules).map((match) => {
    const path =
      match.full_path_match ??
      match.path_template_match ??
      match.regex_match ??
      (match.prefix_match === undefined ? "/*" : `${match.prefix_match}*`);
    const headers = blocksOf(match.header_matches).map((header) => header.header_name);
    return headers.length > 0 ? `${path} with ${headers.join(" and ")}` : String(path);
  });
  return paths.length > 0 ? paths : ["/*"];
}

function byPriority(routeRules: unknown): Block[] {
  return [...blocksOf(routeRules)].sort((a, b) => Number(a.priority) - Number(b.priority));
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
