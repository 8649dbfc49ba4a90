import { isExpression, soleReference } from "../language/reference";
import { type Backend, isBalanced, schemeOf } from "../topology/backends";
import { type Block, blockOf, blocksOf, type Resource } from "../topology/document";
import { needsToken, servicesBehind } from "../topology/hosts";
import { type ArmorPolicy, type ArmorRule, securityPolicies } from "../topology/security-policies";
import type { Topology } from "../topology/topology";
import { readUrlMaps, URL_MAPS } from "../topology/url-maps";
import { booleanOf, isSet, isUnset, numberOf, textOf, textsOf } from "../topology/value";
import { isPreview, isRuleKnown, policiesOf, predicateOf, priorityOf } from "./armor";
import { emptyVariables } from "./headers";
import { uncountableKeys } from "./rate-limits";
import { hasMisfit } from "./route-match";
import { usedBackends } from "./upstreams";

/** Says of a thing what the preview leaves out of it; each text follows the address of a resource. */
type Remarks<T> = (thing: T, topology: Topology) => readonly (string | false | undefined)[];

/**
 * A sentence for each thing of a document that the preview leaves out, or does in another way than
 * the load balancer.
 */
export function untranslated(topology: Topology): readonly string[] {
  const backends = topology.once(usedBackends);
  const services = backends.filter(({ kind }) => kind === "service");
  const used = new Set(backends.flatMap(policiesOf).map(({ address }) => address));
  const policies = [...topology.once(securityPolicies).values()].filter(({ resource }) => used.has(resource.address));
  const sentences = [
    ...of(topology, topology.frontends, ({ rule, proxy }) => proxy ?? rule, FRONTEND),
    ...of(topology, topology.once(readUrlMaps), ({ resource }) => resource, URL_MAP),
    ...of(topology, services, ({ resource }) => resource, SERVICE),
    ...of(
      topology,
      backends.filter(({ cdn }) => cdn),
      ({ resource }) => resource,
      CDN,
    ),
    ...of(topology, policies, ({ resource }) => resource, POLICY),
    ...policies.flatMap((policy) => of(topology, policy.rules, () => policy.resource, RULE)),
  ];
  return [...new Set(sentences)];
}

function of<T>(topology: Topology, things: readonly T[], subject: (thing: T) => Resource, remarks: Remarks<T>) {
  return things.flatMap((thing) =>
    remarks(thing, topology).flatMap((text) => (text ? [`${subject(thing).address}: ${text}.`] : [])),
  );
}

const FRONTEND: Remarks<Topology["frontends"][number]> = ({ protocol, proxy, urlMap }) => {
  const values = proxy?.values ?? {};
  return [
    (protocol === "TCP" || protocol === "SSL") && "it carries no HTTP requests, so it has no preview",
    (protocol === "HTTP" || protocol === "HTTPS") &&
      !urlMap &&
      "its URL map is not in the document, so it has no preview",
    textOf(values.quic_override) === "ENABLE" && "clients get HTTP/2 instead of HTTP/3",
    isSet(values.server_tls_policy) && "no certificate is asked of clients",
  ];
};

const URL_MAP: Remarks<ReturnType<typeof readUrlMaps>[number]> = ({ resource }, topology) => {
  const { values } = resource;
  const within = (path: string) =>
    topology
      .places(URL_MAPS, path)
      .filter((place) => place.resource === resource)
      .map(({ block }) => block);
  const hosts = within("host_rule").map((rule) => rule.hosts);
  const foreign = (...names: string[]) =>
    [...new Set(valuesAt(values, names))].filter((value) => !topology.backendOf(topology.document.target(value)));
  return [
    computedText(values),
    hosts.some((list) => textsOf(list).some((host) => /:\d+$/.test(host))) &&
      "ports in hosts are ignored, because the preview listens on other ports",
    ...foreign("default_service", "service", "backend_service").map(
      (value) => `${value} is not in the document: what goes there is answered with 503`,
    ),
    ...foreign("error_service").map((value) => `${value} is not in the document: errors keep their own bodies`),
    within("path_matcher.route_rules.match_rules").some(({ metadata_filters }) => isSet(metadata_filters)) &&
      "metadata_filters are ignored, because they are for proxies of Traffic Director",
    within("path_matcher.route_rules").some(
      (rule) => isSet(rule.http_filter_configs) || isSet(rule.http_filter_metadata),
    ) && "HTTP filters of route rules are left out",
    within("path_matcher.route_rules").some(hasMisfit) &&
      "a rewrite of a prefix where a template matches, or the other way round, is left out",
    ...empty(valuesAt(values, ["header_value"]).flatMap((value) => textOf(value) ?? [])),
  ];
};

function empty(values: readonly string[]): string[] {
  return emptyVariables(values).map((name) => `the variable {${name}} is always empty`);
}

/** The texts of all attributes of some names, at any depth. */
function valuesAt(value: unknown, names: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, names));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    typeof field === "string" ? (names.includes(name) && field !== "" ? [field] : []) : valuesAt(field, names),
  );
}

/** Attributes that name other resources, or that nothing depends on. */
const REFERENCES = new Set(
  [
    "default_service service backend_service error_service group health_checks security_policy edge_security_policy",
    "name description project region depends_on lifecycle test //",
  ].flatMap((names) => names.split(" ")),
);

/** The names of the attributes in a block, at any depth, whose values Terraform computes. */
function computedNames(value: unknown, name: string): string[] {
  if (REFERENCES.has(name)) return [];
  if (name === "dynamic") return blocksOf(value).flatMap(Object.keys);
  if (Array.isArray(value)) return value.flatMap((item) => computedNames(item, name));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([inner, field]) => computedNames(field, inner));
  const isReference = /^(id|self_link|name)$/.test(soleReference(value)?.attribute ?? "");
  return isExpression(value) && !isReference ? [name] : [];
}

function computedText(values: Block): string | false {
  const names = [...new Set(computedNames(values, ""))];
  return names.length > 0 && `what Terraform computes is left out: ${names.join(", ")}`;
}

/** What says how many requests a group takes before they go elsewhere. */
const CAPACITY = /^max_(rate|connections|utilization|in_flight)/;
/** Attributes of a backend service that nothing in the preview corresponds to, and what happens instead. */
const SERVICE_ATTRIBUTES: Readonly<Record<string, string>> = {
  service_lb_policy: "the preview sends requests to the nearest region that is well",
  security_settings: "the preview neither authenticates to backends nor checks their certificates",
  tls_settings: "the preview speaks to backends without TLS",
  locality_lb_policies: "the preview takes turns",
  custom_metrics: "the preview does not balance by reported load",
};

const SERVICE: Remarks<Backend> = (backend, topology) => {
  const { resource, groups, iap, outlierDetection, isGlobal } = backend;
  const { values } = resource;
  const standIns = groups.filter(({ kind, resource: group }) => {
    const isKnownServerless = kind === "serverlessNeg" && group && topology.cloudRunBehind(group);
    return group && !isKnownServerless && kind !== "instanceGroup" && kind !== undefined;
  });
  const isRegionalServerless = !isGlobal && groups.some(({ kind }) => kind === "serverlessNeg");
  const policies = ["security_policy", "edge_security_policy"].filter(
    (name) =>
      isSet(values[name]) &&
      !topology.once(securityPolicies).has(topology.document.target(values[name])?.address ?? ""),
  );
  return [
    iap && "nobody has to sign in, though IAP is on",
    !iap &&
      servicesBehind(topology, backend).some((service) => needsToken(topology, service)) &&
      "nobody needs a token, though the service checks its callers",
    computedText(values),
    ...groups.map(
      ({ resource: group, block }) => !group && `${String(block.group)} is not in the document and left out`,
    ),
    ...standIns.map(({ resource: group }) => `${group!.address} is answered by a process on this machine`),
    groups.some((group) => isBalanced(group) && Object.keys(group.block).some((name) => CAPACITY.test(name))) &&
      "the nearest region that is well gets all requests, however many its groups are meant to take",
    groups.some(({ block }) => textOf(block.preference) === "PREFERRED") &&
      "preferred groups are not asked before nearer ones",
    isRegionalServerless && outlierDetection && "outlier detection is left out: it does nothing for Cloud Run here",
    ...Object.entries(SERVICE_ATTRIBUTES).map(
      ([name, instead]) => !isUnset(values, name) && `${name} is left out: ${instead}`,
    ),
    textOf(values.session_affinity) === "STRONG_COOKIE_AFFINITY" &&
      "session affinity is by hash, so a new region may move a session",
    ...policies.map((name) => `its ${name} is not in the document and left out`),
    schemeOf(backend)?.startsWith("INTERNAL") && "it is for clients in the network; the preview takes any",
    ...empty([...textsOf(values.custom_request_headers), ...textsOf(values.custom_response_headers)]),
  ];
};

/** Parts of the key of a cache that Envoy always has, and others that it never has. */
const KEY_ALWAYS = ["include_host", "include_protocol", "include_query_string"];
const KEY_NEVER = ["query_string_whitelist", "query_string_blacklist", "include_http_headers", "include_named_cookies"];
const CDN_ATTRIBUTES: Readonly<Record<string, string>> = {
  client_ttl: "clients get the lifetime that the cache uses",
  serve_while_stale: "what is stale is asked for again",
  signed_url_cache_max_age_sec: "signatures of URLs are not checked",
};

const CDN: Remarks<Backend> = ({ resource }) => {
  const policy = blockOf(resource.values.cdn_policy) ?? {};
  const key = blockOf(policy.cache_key_policy) ?? {};
  const differs =
    KEY_ALWAYS.some((name) => booleanOf(key[name]) === false) || KEY_NEVER.some((name) => isNonEmpty(key[name]));
  return [
    differs && "the cache tells answers apart by scheme, host, path and query, whatever cache_key_policy says",
    ...Object.entries(CDN_ATTRIBUTES).map(
      ([name, instead]) =>
        isNonEmpty(policy[name]) && numberOf(policy[name]) !== 0 && `${name} is left out: ${instead}`,
    ),
  ];
};

function isNonEmpty(value: unknown): boolean {
  return isSet(value) && value !== false;
}

const POLICY: Remarks<ArmorPolicy> = ({ resource: { values }, isComputed: hasMore }) => {
  const adaptive = blockOf(blockOf(values.adaptive_protection_config)?.layer_7_ddos_defense_config);
  const options = blockOf(values.advanced_options_config) ?? {};
  return [
    booleanOf(adaptive?.enable) === true && "adaptive protection is left out",
    isNonEmpty(options.user_ip_request_headers) && "the client's address is never read from user_ip_request_headers",
    hasMore && "rules that Terraform computes are left out",
  ];
};

const RULE: Remarks<ArmorRule> = (rule) => {
  const { block } = rule;
  const { unjudged } = predicateOf(rule);
  const options = blockOf(block.rate_limit_options) ?? {};
  const uncountable = isSet(block.rate_limit_options) ? uncountableKeys(options) : [];
  const toCaptcha = [block.redirect_options, options.exceed_redirect_options].some(
    (redirect) => textOf(blockOf(redirect)?.type) === "GOOGLE_RECAPTCHA",
  );
  const said = [
    !isRuleKnown(rule) && "it is left out, because Terraform computes a part of it",
    unjudged.length > 0 && `${unjudged.join(", ")} ${unjudged.length > 1 ? "count" : "counts"} as false`,
    ...uncountable.map((type) => `requests are not counted by ${type}, but together`),
    toCaptcha && "there is no reCAPTCHA to redirect to",
    isSet(block.network_match) && "network_match is left out",
  ];
  const preview = isPreview(rule) ? " (in preview)" : "";
  return said.map((text) => text && `priority ${priorityOf(rule)}${preview}: ${text}`);
};
