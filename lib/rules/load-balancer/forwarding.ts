import type { Resource } from "../../topology/document";
import type { Frontend } from "../../topology/frontends";
import type { Topology } from "../../topology/topology";
import { booleanOf, isComputed, textOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { forwardingAddressRules } from "./forwarding-addresses";
import { forwardingLimits } from "./forwarding-limits";
import { frontendRule, schemeOfRule } from "./forwarding-rule";
import { forwardingSchemeRules } from "./forwarding-schemes";

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

const PROXIES = ["google_compute_target_https_proxy", "google_compute_region_target_https_proxy"];
const HTTP_PROXIES = ["google_compute_target_http_proxy", "google_compute_region_target_http_proxy", ...PROXIES];
const TCP_PROXIES = ["google_compute_target_tcp_proxy", "google_compute_region_target_tcp_proxy"];

/** Forwarding rules and the proxies that they lead to. */
const proxies: readonly Rule[] = [
  frontendRule(
    {
      id: "forwarding-port-missing",
      title: "a forwarding rule in front of a proxy has a port_range",
      why: "The API rejects a rule without a port there.",
      fix: 'set port_range = "443"',
      source: api("ForwardingRule.portRange"),
    },
    ({ rule, proxy }, blame) => {
      if (proxy && !isSet(rule.values.port_range) && !isSet(rule.values.ports)) blame("port_range", undefined);
    },
  ),
  frontendRule(
    {
      id: "forwarding-port-single",
      title: "a forwarding rule in front of a proxy has one port",
      why: "Application Load Balancers and proxy network load balancers take exactly one port a rule.",
      fix: "write one forwarding rule for each port",
      source:
        "docs.cloud.google.com/load-balancing/docs/forwarding-rule-concepts, port specifications, read 2026-11-22",
    },
    ({ protocol, portRange }, blame) => {
      const [from, to] = (portRange ?? "").split("-");
      if (protocol !== undefined && to !== undefined && from !== to) blame("port_range", portRange);
    },
  ),
  frontendRule(
    {
      id: "forwarding-port-kinds",
      title: "a forwarding rule has one of port_range, ports and all_ports",
      why: "The API rejects two of them.",
      fix: "keep port_range for proxies, ports or all_ports for passthrough load balancers",
      source: api("ForwardingRule.portRange"),
    },
    ({ rule }, blame) => {
      const { port_range: range, ports, all_ports: all } = rule.values;
      const given = [
        isSet(range) && "port_range",
        isSet(ports) && "ports",
        booleanOf(all) === true && "all_ports",
      ].filter((name) => name !== false);
      if (given.length > 1) blame(given[1]!, rule.values[given[1]!], `beside ${given[0]}`);
    },
  ),
  frontendRule(
    {
      id: "forwarding-all-ports",
      title: "ip_protocol L3_DEFAULT stands with all_ports",
      why: "The API requires it.",
      fix: "set all_ports = true",
      source: api("ForwardingRule.allPorts"),
    },
    ({ rule }, blame) => {
      const { ip_protocol: protocol, all_ports: all } = rule.values;
      if (protocol === "L3_DEFAULT" && (!isSet(all) || booleanOf(all) === false)) blame("all_ports", all);
    },
  ),
  frontendRule(
    {
      id: "forwarding-proxy-protocol",
      title: "a forwarding rule in front of a proxy has ip_protocol TCP",
      why: "The API rejects other protocols there; HTTP/3 needs no UDP rule.",
      fix: "set ip_protocol = TCP",
      source: api("ForwardingRule.IPProtocol"),
    },
    ({ rule, proxy }, blame) => {
      const protocol = textOf(rule.values.ip_protocol);
      if (proxy && protocol !== undefined && protocol !== "TCP") blame("ip_protocol", protocol);
    },
  ),
  frontendRule(
    {
      id: "forwarding-one-target",
      title: "a regional forwarding rule has a target or a backend_service",
      why: "The API rejects both, and neither: target is for proxies, backend_service for passthrough load balancers.",
      fix: "set target to the proxy, or backend_service to the backend service",
      source: api("ForwardingRule.backendService"),
    },
    ({ rule, isGlobal }, blame) => {
      const { target, backend_service: backend } = rule.values;
      if (isGlobal) return;
      if (isSet(target) === isSet(backend)) blame(isSet(target) ? "backend_service" : "target", backend);
    },
  ),
  frontendRule(
    {
      id: "forwarding-proxy-scope",
      title: "a global forwarding rule leads to a global proxy, a regional one to a proxy of its region",
      why: "The API rejects a target of another scope or region.",
      fix: "use the google_compute_region_target_ resources of the rule's region, or the global ones",
      source: api("ForwardingRule.target"),
    },
    ({ rule, proxy, isGlobal }, blame) => {
      if (!proxy || proxy.isData) return;
      const regional = /_region_target_/.test(proxy.type);
      // A classic external rule in Standard Tier is regional and leads to a global proxy.
      if (isGlobal && regional) blame("target", rule.values.target);
      else if (!isGlobal && !regional && schemeOfRule(rule) !== "EXTERNAL") blame("target", rule.values.target);
      else if (regional && differ(rule, proxy)) blame("target", rule.values.target, `in ${proxy.values.region}`);
    },
  ),
  {
    id: "proxy-url-map-scope",
    title: "a proxy has a URL map of its own scope and region",
    severity: "error",
    why: "The API rejects a global URL map on a regional proxy, a regional one on a global proxy, and one of another region.",
    fix: "use google_compute_url_map with global proxies, google_compute_region_url_map with regional ones",
    source: api("TargetHttpProxy.urlMap"),
    check(topology, report) {
      for (const type of HTTP_PROXIES) {
        for (const proxy of topology.document.ofType(type)) {
          const urlMap = topology.document.target(proxy.values.url_map);
          if (!urlMap || urlMap.isData) continue;
          const expected = /_region_/.test(type) ? "google_compute_region_url_map" : "google_compute_url_map";
          if (urlMap.type !== expected) report(proxy, "url_map", proxy.values.url_map, `expects ${expected}`);
          else if (/_region_/.test(type) && differ(proxy, urlMap)) report(proxy, "url_map", proxy.values.url_map);
        }
      }
    },
  },
  {
    id: "proxy-backend-protocol",
    title: "a TCP proxy leads to a TCP backend service, an SSL proxy to an SSL or TCP one",
    severity: "error",
    why: "The API rejects backend services of other protocols there; HTTP is the default protocol.",
    fix: "set protocol = TCP on the backend service, or use an HTTP proxy with a URL map",
    source: api("TargetTcpProxy.service"),
    check(topology, report) {
      for (const type of [...TCP_PROXIES, "google_compute_target_ssl_proxy"]) {
        for (const proxy of topology.document.ofType(type)) {
          const backend = topology.backendOf(topology.document.target(proxy.values.backend_service));
          if (backend?.kind !== "service") continue;
          const protocol = textOrDefault(backend.resource.values.protocol, "HTTP");
          const allowed = type.includes("ssl") ? ["SSL", "TCP"] : ["TCP"];
          if (
            protocol !== undefined &&
            !allowed.includes(protocol) &&
            (isSet(backend.resource.values.protocol) || backend.isGlobal)
          )
            report(proxy, "backend_service", proxy.values.backend_service, `protocol ${protocol}`);
        }
      }
    },
  },
  {
    id: "proxy-certificates",
    title: "an HTTPS or SSL proxy has certificates",
    severity: "error",
    why: "The API rejects the proxy; the provider does not notice before.",
    fix: "set certificate_map, or ssl_certificates",
    source: api("TargetHttpsProxy.sslCertificates"),
    check(topology, report) {
      for (const type of [...PROXIES, "google_compute_target_ssl_proxy"]) {
        for (const proxy of topology.document.ofType(type)) {
          const names = ["ssl_certificates", "certificate_manager_certificates", "certificate_map"];
          if (names.some((name) => isSet(proxy.values[name]) || isComputed(proxy.values, name))) continue;
          // A service mesh gets its certificates elsewhere.
          const schemes = rulesTo(topology, proxy).map(schemeOfRule);
          if (schemes.includes("INTERNAL_SELF_MANAGED") || schemes.includes(undefined)) continue;
          report(proxy, names[0]!, proxy.values[names[0]!]);
        }
      }
    },
  },
  frontendRule(
    {
      id: "proxy-keep-alive-classic",
      title: "http_keep_alive_timeout_sec is not for the classic load balancer (scheme EXTERNAL)",
      why: "The classic Application Load Balancer does not support it.",
      fix: "set load_balancing_scheme = EXTERNAL_MANAGED, or take http_keep_alive_timeout_sec away",
      source: api("TargetHttpsProxy.httpKeepAliveTimeoutSec"),
    },
    ({ rule, proxy }, _blame, _topology, report) => {
      const seconds = proxy?.values.http_keep_alive_timeout_sec;
      if (proxy && isSet(seconds) && schemeOfRule(rule) === "EXTERNAL")
        report(proxy, "http_keep_alive_timeout_sec", seconds, rule.address);
    },
  ),
  frontendRule(
    {
      id: "proxy-bind",
      title: "proxy_bind is for scheme INTERNAL_SELF_MANAGED",
      why: "The field applies to a service mesh only.",
      fix: "take proxy_bind away",
      source: api("TargetHttpsProxy.proxyBind"),
    },
    ({ rule, proxy }, _blame, _topology, report) => {
      const scheme = schemeOfRule(rule);
      if (
        proxy &&
        booleanOf(proxy.values.proxy_bind) === true &&
        scheme !== undefined &&
        scheme !== "INTERNAL_SELF_MANAGED"
      )
        report(proxy, "proxy_bind", true, `scheme ${scheme}`);
    },
  ),
];

function rulesTo(topology: Topology, proxy: Resource): Resource[] {
  return topology.frontends.flatMap((frontend: Frontend) => (frontend.proxy === proxy ? [frontend.rule] : []));
}

function differ(one: Resource, other: Resource): boolean {
  const [a, b] = [textOf(one.values.region), textOf(other.values.region)];
  return a !== undefined && b !== undefined && a !== b;
}

/** Forwarding rules, target proxies and addresses. */
export const forwardingRules: readonly Rule[] = [
  ...forwardingLimits,
  ...proxies,
  ...forwardingAddressRules,
  ...forwardingSchemeRules,
];
