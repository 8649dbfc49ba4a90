import { api, measured, page, unconfirmed } from "../google/source";
import { type Backend, fits, protocolOf, schemeOf } from "../topology/backends";
import { blocksOf, type Resource } from "../topology/document";
import { type Frontend, readProxies, schemeOfRule } from "../topology/frontends";
import { append } from "../topology/group-by";
import { probedPort, probesServingPort } from "../topology/health-checks";
import type { Topology } from "../topology/topology";
import { readUrlMaps } from "../topology/url-maps";
import { isSet, isUnset, numberOf, textOf, textOrDefault } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const compute = api("Compute API v1");
const frontends = (topology: Topology) => topology.frontends;
const proxies = (topology: Topology) => topology.once(readProxies);

/** The address resource of this document behind a rule. */
function ownAddress({ address }: Frontend): Resource | undefined {
  return address && !address.isData && /^google_compute_(global_)?address$/.test(address.type) ? address : undefined;
}

/** IP version of the address behind a rule: of the resource, or of the number itself. */
function versionOf(frontend: Frontend): string | undefined {
  const own = ownAddress(frontend);
  if (own) return textOrDefault(own.values.ip_version || undefined, "IPV4");
  const literal = frontend.address ? undefined : textOf(frontend.rule.values.ip_address);
  if (literal === undefined) return undefined;
  if (/^[0-9a-f:]+(\/\d+)?$/i.test(literal) && literal.includes(":")) return "IPV6";
  return /^\d+\.\d+\.\d+\.\d+$/.test(literal) ? "IPV4" : undefined;
}

/** Forwarding rules and the addresses that they listen on. */
const addressRules: readonly Rule[] = [
  rule("forwarding-address-version", frontends, {
    title: "a forwarding rule must have the IP version of its address",
    fix: "set the same ip_version on the address and on the rule",
    source: compute("ForwardingRule.ipVersion"),
    judge(frontend, blame) {
      const [version, other] = [textOf(frontend.rule.values.ip_version), versionOf(frontend)];
      if (version && other !== undefined && version !== other) blame("ip_version", version, `the address is ${other}`);
    },
  }),
  rule("forwarding-ipv6-version", frontends, {
    title: "a forwarding rule on an IPv6 address must say ip_version = IPV6",
    advice: true,
    why: "Left out, it may be read back as a difference that replaces the rule at every apply. Not an error: it was seen against an emulated API only.",
    fix: "set ip_version = IPV6 on the forwarding rule",
    source: measured("Terraform 1.11.4 and provider 6.50.0", "2026-11"),
    judge(frontend, blame) {
      if (isUnset(frontend.rule.values, "ip_version") && versionOf(frontend) === "IPV6") blame("ip_version", undefined);
    },
  }),
  rule("forwarding-address-type", frontends, {
    title: "an external forwarding rule must have an external address, an internal one an internal address",
    fix: "set address_type = EXTERNAL for the schemes EXTERNAL and EXTERNAL_MANAGED, INTERNAL for the others",
    source: compute("ForwardingRule.IPAddress"),
    judge(frontend, blame) {
      const { rule } = frontend;
      const address = ownAddress(frontend);
      const type = address && textOrDefault(address.values.address_type || undefined, "EXTERNAL");
      const scheme = schemeOfRule(rule);
      if (type && scheme && scheme.startsWith("EXTERNAL") !== (type === "EXTERNAL"))
        blame("ip_address", rule.values.ip_address, `${address.address} is ${type}`);
    },
  }),
  rule("forwarding-address-tier", frontends, {
    title: "a forwarding rule must have the network tier of its address, PREMIUM by default",
    fix: "set the same network_tier on both",
    source: compute("ForwardingRule.networkTier"),
    judge({ rule, isGlobal, address }, blame) {
      if (isGlobal || address?.type !== "google_compute_address" || address.isData) return;
      if (textOrDefault(address.values.address_type || undefined, "EXTERNAL") !== "EXTERNAL") return;
      const [a, b] = [rule, address].map(({ values }) => textOrDefault(values.network_tier || undefined, "PREMIUM"));
      if (a && b && a !== b) blame("network_tier", rule.values.network_tier, `the address: ${b}`);
    },
  }),
  rule("forwarding-address-reserved", frontends, {
    title: "a global external forwarding rule must have a reserved address",
    advice: true,
    why: "An ephemeral address is lost when the rule is replaced, and DNS then points nowhere. Where nothing names the address it may be meant.",
    fix: "reserve a google_compute_global_address and set ip_address to it",
    source: compute("ForwardingRule.IPAddress"),
    judge({ rule, isGlobal }, blame) {
      if (isGlobal && schemeOfRule(rule)?.startsWith("EXTERNAL") && isUnset(rule.values, "ip_address"))
        blame("ip_address", undefined);
    },
  }),
  rule("forwarding-duplicate", (topology) => [...overlaps(topology)], {
    title: "an address, protocol and port must belong to one forwarding rule",
    fix: "use another port, another address, or one rule for both",
    source: compute("ForwardingRule.portRange"),
    judge({ resource, other }, blame) {
      blame("port_range", textOf(resource.values.port_range), `also ${other.address}`);
    },
  }),
];

/** Pairs of forwarding rules that ask for one port of one address. */
function* overlaps({ document, frontends }: Topology): Iterable<{ resource: Resource; other: Resource }> {
  const taken = new Map<string, Frontend[]>();
  for (const frontend of frontends) {
    const { rule, address } = frontend;
    const isInternal = schemeOfRule(rule)?.startsWith("INTERNAL");
    // A number of a private range is another address in each network.
    const place = isInternal && !address ? undefined : document.identity(rule.values.ip_address);
    const protocol = textOrDefault(rule.values.ip_protocol, "TCP");
    // Rules with source ranges share the address of their base rule.
    if (place === undefined || protocol === undefined || !isUnset(rule.values, "source_ip_ranges")) continue;
    if (schemeOfRule(rule) === "INTERNAL_SELF_MANAGED" || address?.values.purpose === "SHARED_LOADBALANCER_VIP")
      continue;
    const key = `${place.replace(/\.(id|self_link|address)$/, "")} ${protocol}`;
    const others = taken.get(key) ?? [];
    const other = others.find((each) => rangesOverlap(each.portRange, frontend.portRange));
    if (other) yield { resource: rule, other: other.rule };
    append(taken, key, frontend);
  }
}

/** Whether two ranges of ports have a port in common; one that is not known has none. */
function rangesOverlap(...ranges: readonly (string | undefined)[]): boolean {
  const [a, b] = ranges.map((range) => {
    const [from = Number.NaN, to = from] = range ? range.split("-").map(Number) : [];
    return { from, to };
  });
  return a!.from <= b!.to && b!.from <= a!.to;
}

/** Forwarding rules and the proxies that they lead to. */
const proxyRules: readonly Rule[] = [
  rule("forwarding-same-region", (topology) => [...links(topology)], {
    title: "regional forwarding rules, proxies and URL maps must lead to resources of their own region",
    fix: "use the address, proxy, URL map and backends of one region",
    source: compute("ForwardingRule.target"),
    judge({ resource, attribute, value, target }, blame) {
      const [own, other] = [textOf(resource.values.region), textOf(target?.values.region)];
      if (own && other && own !== other) blame(attribute, value, `${target!.address} is in ${other}`);
    },
  }),
  rule("forwarding-proxy-port", frontends, {
    title: "a forwarding rule in front of a proxy must have one port",
    fix: 'set port_range = "443"; write one forwarding rule for each port',
    source: page("load-balancing/docs/forwarding-rule-concepts"),
    judge({ rule: { values }, proxy, portRange = "" }, blame) {
      const [from, to = from] = portRange.split("-");
      const isMissing = isUnset(values, "port_range") && isUnset(values, "ports");
      if (proxy && (isMissing || from !== to)) blame("port_range", values.port_range);
    },
  }),
  rule("forwarding-proxy-protocol", frontends, {
    title: "a forwarding rule in front of a proxy must have ip_protocol TCP",
    fix: "set ip_protocol = TCP; HTTP/3 needs no UDP rule",
    source: compute("ForwardingRule.IPProtocol"),
    judge({ rule, proxy }, blame) {
      const protocol = textOf(rule.values.ip_protocol);
      if (proxy && protocol && protocol !== "TCP") blame("ip_protocol", protocol);
    },
  }),
  rule("proxy-backend-protocol", proxies, {
    title: "a TCP proxy must lead to a TCP backend service, an SSL proxy to an SSL or TCP one",
    fix: "set protocol = TCP on the backend service, or use an HTTP proxy with a URL map",
    source: compute("TargetTcpProxy.service"),
    judge({ resource, protocol: kind }, blame, topology) {
      const value = resource.values.backend_service;
      const backend = topology.backendOf(topology.document.target(value));
      if (backend?.kind !== "service") return;
      const protocol = protocolOf(backend);
      const isSaid = backend.isGlobal || isSet(backend.resource.values.protocol);
      if (isSaid && protocol !== undefined && protocol !== "TCP" && protocol !== kind)
        blame("backend_service", value, `protocol ${protocol}`);
    },
  }),
  rule("proxy-certificates", proxies, {
    title: "an HTTPS or SSL proxy must have certificates",
    fix: "set certificate_map, or ssl_certificates",
    source: compute("TargetHttpsProxy.sslCertificates"),
    judge({ resource: { values }, protocol, rules }, blame) {
      // A service mesh gets its certificates elsewhere.
      const names = ["ssl_certificates", "certificate_manager_certificates", "certificate_map", "server_tls_policy"];
      if (!["HTTPS", "SSL"].includes(protocol) || names.some((name) => !isUnset(values, name))) return;
      const schemes = rules.map(schemeOfRule);
      if (!schemes.includes("INTERNAL_SELF_MANAGED") && !schemes.includes(undefined))
        blame(names[0]!, values[names[0]!]);
    },
  }),
  ...[
    {
      id: "proxy-keep-alive-classic",
      name: "http_keep_alive_timeout_sec",
      isWrong: (scheme: string | undefined) => scheme === "EXTERNAL",
      title: "http_keep_alive_timeout_sec must not be set for the classic load balancer (scheme EXTERNAL)",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED, or remove http_keep_alive_timeout_sec",
    },
    {
      id: "proxy-bind",
      name: "proxy_bind",
      isWrong: (scheme: string | undefined) => scheme !== undefined && scheme !== "INTERNAL_SELF_MANAGED",
      title: "proxy_bind must only be set with the scheme INTERNAL_SELF_MANAGED, a service mesh",
      fix: "remove proxy_bind",
    },
  ].map(({ id, name, isWrong, ...about }) =>
    rule(id, proxies, {
      ...about,
      source: compute(`TargetHttpsProxy.${name}`),
      judge({ resource: { values }, rules }, blame) {
        const other = rules.find((each) => isWrong(schemeOfRule(each)));
        if (other && isSet(values[name]) && values[name] !== false) blame(name, values[name], other.address);
      },
    }),
  ),
  rule("proxy-header-health-check", (topology) => [...readingChecks(topology)], {
    title: "a health check of a port that expects the PROXY protocol must send it too",
    why: "With proxy_header = PROXY_V1 on the proxy, machines take the first line of a connection for the client's address: a health check without it fails everywhere.",
    fix: "set proxy_header = PROXY_V1 in the health check, or check by TCP or another port",
    source: unconfirmed("haproxy.org, PROXY protocol specification, section 2"),
    judge({ proxy, resource, kind }, blame) {
      blame(`${kind}.proxy_header`, blocksOf(resource.values[kind])[0]?.proxy_header, proxy.address);
    },
  }),
];

interface Link {
  readonly resource: Resource;
  readonly attribute: string;
  readonly value: unknown;
  readonly target?: Resource;
}

/** What leads from a forwarding rule to the backends, link by link. */
function* links(topology: Topology): Iterable<Link> {
  const link = (resource: Resource, attribute: string): Link => {
    const value = resource.values[attribute];
    return { resource, attribute, value, target: topology.document.target(value) };
  };
  for (const { rule } of topology.frontends) yield* [link(rule, "ip_address"), link(rule, "target")];
  for (const { resource } of proxies(topology)) yield* [link(resource, "url_map"), link(resource, "backend_service")];
  for (const { resource, routes } of topology.once(readUrlMaps))
    for (const { attribute, value, backend } of routes.flatMap(({ targets }) => targets))
      yield { resource, attribute, value, target: backend };
}

/** Kinds that read what comes first on a connection; TCP checks only open it. */
const READERS = ["http", "https", "http2", "ssl", "grpc"].map((kind) => `${kind}_health_check`);

/**
 * Health checks of the serving port behind a proxy that sends the PROXY header, which do not send
 * it.
 */
function* readingChecks(topology: Topology): Iterable<{ proxy: Resource; resource: Resource; kind: string }> {
  for (const { resource: proxy } of topology.once(readProxies)) {
    if (proxy.values.proxy_header !== "PROXY_V1") continue;
    const backend = topology.backendOf(topology.document.target(proxy.values.backend_service));
    const check = topology.document.target([backend?.resource.values.health_checks].flat()[0]);
    if (!backend || !check || check.isData) continue;
    const port = probedPort(check.values)?.port;
    const isServing = probesServingPort(check.values) || (port !== undefined && servingPorts(backend).includes(port));
    for (const kind of isServing ? READERS : []) {
      const [block] = blocksOf(check.values[kind]);
      if (block && textOrDefault(block.proxy_header, "NONE") === "NONE") yield { proxy, resource: check, kind };
    }
  }
}

/** The ports by which the groups of a backend service serve, as far as the document says. */
function servingPorts({ resource, groups }: Backend): (number | undefined)[] {
  const name = textOf(resource.values.port_name);
  return groups.flatMap((group) =>
    blocksOf(group.resource?.values.named_port).flatMap((port) => (port.name === name ? [numberOf(port.port)] : [])),
  );
}

/** The scheme along a request's path, and what the managed schemes need of the network. */
const schemeRules: readonly Rule[] = [
  rule("forwarding-scheme-set", blocks("google_compute_global_forwarding_rule"), {
    title: "a global forwarding rule must say its load_balancing_scheme",
    advice: true,
    why: "The default is EXTERNAL, the classic load balancer, until provider 8.0 changes it.",
    fix: "set load_balancing_scheme = EXTERNAL_MANAGED, here and on the backend services",
    source: page("registry.terraform.io/providers/hashicorp/google/latest/docs/guides/version_8_upgrade"),
    judge({ block }, blame) {
      // "" is said: the rule of a private endpoint has none.
      const scheme = block.load_balancing_scheme;
      if (scheme === undefined || scheme === null) blame("load_balancing_scheme", undefined);
    },
  }),
  rule("forwarding-backend-scheme", (topology) => misfits(topology), {
    title: "the backend services behind a forwarding rule must fit its load balancing scheme",
    why: "The API rejects the rule. Only EXTERNAL_MANAGED backend services may be behind EXTERNAL rules, on the way from classic.",
    fix: "set the same load_balancing_scheme, EXTERNAL_MANAGED, on the forwarding rules and the backend services",
    source: page("load-balancing/docs/https"),
    judge({ resource, detail }, blame) {
      blame("load_balancing_scheme", resource.values.load_balancing_scheme, detail);
    },
  }),
  rule("forwarding-proxy-subnet", frontends, {
    title: "the network of a regional managed forwarding rule must have a proxy-only subnet in the region",
    advice: true,
    why: "The API rejects the rule where there is none. The subnet may be part of another configuration.",
    fix: "add a google_compute_subnetwork with purpose = REGIONAL_MANAGED_PROXY and role = ACTIVE in that region",
    source: page("load-balancing/docs/proxy-only-subnets"),
    judge(frontend, blame, topology) {
      if (proxySubnets(topology, frontend)?.length === 0) blame("network", frontend.rule.values.network);
    },
  }),
  rule("forwarding-proxy-subnet-order", frontends, {
    title: "a regional managed forwarding rule must depend on the proxy-only subnet",
    advice: true,
    why: "No attribute leads there, so Terraform may create the rule first, and destroy the subnet while it is in use.",
    fix: "add the subnet to depends_on of the forwarding rule",
    source: measured("Terraform 1.11.4 and provider 6.50.0", "2026-11"),
    judge(frontend, blame, topology) {
      const subnets = proxySubnets(topology, frontend) ?? [];
      const path = [frontend.rule, frontend.proxy, frontend.urlMap];
      const isLinked = subnets.some(({ address }) => topology.referrers(address).some((each) => path.includes(each)));
      if (subnets.length > 0 && !isLinked) blame("depends_on", frontend.rule.values.depends_on, subnets[0]!.address);
    },
  }),
];

/** A forwarding rule that leads to a backend service. */
interface Edge {
  readonly rule: Resource;
  readonly backend: Resource;
  readonly schemes: readonly [rule: string, backend: string];
}

/**
 * Which forwarding rules and backend services have a scheme that does not fit: of two that
 * disagree, the odd one out.
 */
function misfits(topology: Topology): { readonly resource: Resource; readonly detail: string }[] {
  const edges = topology.frontends.flatMap((frontend) => edgesOf(topology, frontend));
  const bad = edges.filter(({ schemes }) => !fits(...schemes));
  const good = new Set(edges.flatMap((edge) => (bad.includes(edge) ? [] : [edge.rule, edge.backend])));
  const found = new Map<Resource, string>();
  for (const { rule, backend, schemes } of bad) {
    // Where the rule has other backends that agree, the backend is the odd one; else the rule.
    const isShared = bad.filter((edge) => edge.backend === backend).length > 1;
    const isBackend = (good.has(rule) || isShared) && !good.has(backend);
    const [culprit, detail] = isBackend
      ? [backend, `${rule.address}: ${schemes[0]}`]
      : [rule, `${backend.address}: ${schemes[1]}`];
    if (!found.has(culprit)) found.set(culprit, detail);
  }
  return [...found].map(([resource, detail]) => ({ resource, detail }));
}

function edgesOf(topology: Topology, { rule, proxy, urlMap }: Frontend): Edge[] {
  const scheme = schemeOfRule(rule);
  if (scheme === undefined) return [];
  const direct = topology.document.target(proxy?.values.backend_service ?? rule.values.backend_service);
  const routed = topology.routesOf(urlMap).flatMap(({ targets }) => targets.map(({ backend }) => backend));
  return [...new Set([...routed, direct])].flatMap((resource) => {
    const backend = topology.backendOf(resource);
    const other = backend && schemeOf(backend);
    return other === undefined ? [] : [{ rule, backend: backend!.resource, schemes: [scheme, other] as const }];
  });
}

/**
 * The proxy-only subnets for a rule that needs one; undefined where none is needed, or its network
 * is not in the document.
 */
function proxySubnets({ document }: Topology, { rule, isGlobal, proxy }: Frontend): Resource[] | undefined {
  const region = textOf(rule.values.region);
  if (isGlobal || !proxy || region === undefined || !/_MANAGED$/.test(schemeOfRule(rule) ?? "")) return undefined;
  const network =
    document.target(rule.values.network) ?? document.target(document.target(rule.values.subnetwork)?.values.network);
  if (network?.type !== "google_compute_network" || network.isData) return undefined;
  const subnets = document
    .ofType("google_compute_subnetwork")
    .filter(({ values }) => document.target(values.network) === network);
  const isUnknown = ({ values }: Resource) =>
    textOf(values.region) === undefined || textOrDefault(values.purpose, "PRIVATE") === undefined;
  if (subnets.some(isUnknown)) return undefined;
  return subnets.filter(
    ({ values }) =>
      values.region === region &&
      ["REGIONAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER"].includes(String(values.purpose)) &&
      values.role !== "BACKUP",
  );
}

export const forwardingRules: readonly Rule[] = [...addressRules, ...proxyRules, ...schemeRules];
