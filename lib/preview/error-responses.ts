import { type Block, blockOf, blocksOf } from "../topology/document";
import type { Topology } from "../topology/topology";
import { numberOf, textOf, textsOf } from "../topology/value";
import { any, type Envoy, extension } from "./envoy";
import { usedBackends } from "./upstreams";

const FILTER = "envoy.filters.http.custom_response";

/** The host under which the listeners themselves ask for the error bodies of a bucket. */
function errorHost(address: string): string {
  return `${address.replaceAll("_", "-").toLowerCase()}.preview.invalid`;
}

/**
 * Bodies of errors, of a route's own policy first, then those of the levels above for other codes; a
 * single code before its class (Compute API v1, UrlMap.defaultCustomErrorResponsePolicy, read
 * 2026-11-28).
 */
export function errorResponses(topology: Topology, levels: readonly Block[], prefix: "" | "default_"): Envoy {
  const policies = levels.flatMap((level, index) => {
    const name = index === 0 && prefix === "" ? "custom_error_response_policy" : "default_custom_error_response_policy";
    const policy = blockOf(level[name]);
    const bucket = topology.backendOf(topology.document.target(policy?.error_service));
    if (!policy || bucket?.kind !== "bucket") return [];
    return [{ rules: blocksOf(policy.error_response_rule), host: errorHost(bucket.resource.address) }];
  });
  const matchers = policies.flatMap(({ rules, host }) =>
    rules
      .flatMap((rule) => textsOf(rule.match_response_codes).map((code) => ({ code, rule })))
      .sort((one, other) => Number(one.code.endsWith("xx")) - Number(other.code.endsWith("xx")))
      .map(({ code, rule }) => ({ predicate: statusIs(code), on_match: { action: body(rule, host) } })),
  );
  if (matchers.length === 0) return {};
  const type = "envoy.extensions.filters.http.custom_response.v3.CustomResponse";
  return { [FILTER]: any(type, { custom_response_matcher: { matcher_list: { matchers } } }) };
}

function statusIs(code: string): Envoy {
  const kind = code.endsWith("xx") ? "HttpResponseStatusCodeClassMatchInput" : "HttpResponseStatusCodeMatchInput";
  return {
    single_predicate: {
      input: extension("status", `envoy.type.matcher.v3.${kind}`),
      value_match: { exact: code },
    },
  };
}

function body(rule: Block, host: string): Envoy {
  const status = numberOf(rule.override_response_code);
  return extension("error body", "envoy.extensions.http.custom_response.redirect_policy.v3.RedirectPolicy", {
    redirect_action: { host_redirect: host, path_redirect: textOf(rule.path) ?? "/", strip_query: true },
    ...(status === undefined ? {} : { status_code: status }),
  });
}

/** Whether a document has bodies for errors. */
export const ERROR_FILTER = extension(FILTER, "envoy.extensions.filters.http.custom_response.v3.CustomResponse");

/** The hosts that lead to the buckets with error bodies. */
export function errorBodyHosts(topology: Topology): Envoy[] {
  const buckets = topology.once(usedBackends).filter(({ kind }) => kind === "bucket");
  return buckets.map(({ resource: { address } }) => ({
    name: errorHost(address),
    domains: [errorHost(address)],
    routes: [{ name: "error body", match: { prefix: "/" }, route: { cluster: address } }],
  }));
}
