import type { Backend } from "../../topology/backends";
import type { Resource } from "../../topology/document";
import type { Frontend } from "../../topology/frontends";
import type { Topology } from "../../topology/topology";
import { textOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { fits, schemeOf } from "./backend-rule";
import { frontendRule, schemeOfRule } from "./forwarding-rule";

/** A forwarding rule that leads to a backend service. */
interface Edge {
  readonly frontend: Frontend;
  readonly backend: Backend;
  readonly agrees: boolean;
}

/** The scheme along a request's path, and what the managed schemes need of the network. */
export const forwardingSchemeRules: readonly Rule[] = [
  {
    id: "forwarding-backend-scheme",
    title: "the backend services behind a forwarding rule fit its load balancing scheme",
    severity: "error",
    why: "The API rejects the rule: a backend service of one kind of load balancer cannot be used with another (only EXTERNAL_MANAGED ones behind EXTERNAL rules, on the way from classic).",
    fix: "set the same load_balancing_scheme, EXTERNAL_MANAGED, on the forwarding rules and the backend services",
    source: "docs.cloud.google.com/load-balancing/docs/https, deployment modes, read 2026-11-22",
    check(topology, report) {
      const edges = topology.frontends.flatMap((frontend) => edgesOf(topology, frontend));
      const good = new Set(
        edges.flatMap(({ agrees, frontend, backend }) => (agrees ? [frontend.rule, backend.resource] : [])),
      );
      const blamed = new Set<Resource>();
      for (const { agrees, frontend, backend } of edges) {
        if (agrees) continue;
        const { rule } = frontend;
        // The odd one out is to blame: where the rule has other backends that agree, the backend; else the rule.
        const odd = good.has(rule) || sharedBy(edges, backend) > 1 ? !good.has(backend.resource) : false;
        const culprit = odd ? backend.resource : rule;
        if (blamed.has(culprit)) continue;
        blamed.add(culprit);
        const detail = odd
          ? `${rule.address}: ${schemeOfRule(rule)}`
          : `${backend.resource.address}: ${schemeOf(backend)}`;
        report(culprit, "load_balancing_scheme", culprit.values.load_balancing_scheme, detail);
      }
    },
  },
  frontendRule(
    {
      id: "forwarding-internal-network",
      title: "an internal managed forwarding rule names its subnetwork or network",
      severity: "warning",
      why: "Without them the default network is used, which many projects do not have.",
      fix: "set network and subnetwork",
      source: "Compute API v1, ForwardingRule.network, read 2026-11-22",
    },
    ({ rule }, blame) => {
      if (schemeOfRule(rule) === "INTERNAL_MANAGED" && !isSet(rule.values.network) && !isSet(rule.values.subnetwork))
        blame("subnetwork", undefined);
    },
  ),
  frontendRule(
    {
      id: "forwarding-external-network",
      title: "a regional external managed forwarding rule names its network",
      severity: "warning",
      why: "Its proxies take their addresses from the proxy-only subnet of that network; without it the default network is used, which many projects do not have.",
      fix: "set network to the one that has the proxy-only subnet",
      source:
        "provider documentation of google_compute_forwarding_rule 6.50.0, its regional external example, read 2026-11-22",
    },
    ({ rule, isGlobal }, blame) => {
      if (!isGlobal && schemeOfRule(rule) === "EXTERNAL_MANAGED" && !isSet(rule.values.network))
        blame("network", undefined);
    },
  ),
  frontendRule(
    {
      id: "forwarding-regional-ipv6",
      title: "a regional external managed forwarding rule has an IPv4 address",
      severity: "warning",
      why: "The regional external Application Load Balancer takes IPv4 from clients. Not an error, because Google may have added IPv6 since.",
      fix: "set ip_version = IPV4, or leave it out; serve IPv6 by a global address",
      source: "docs.cloud.google.com/load-balancing/docs/ipv6, from general knowledge, 2026-11",
    },
    ({ rule, isGlobal, ipVersion }, blame) => {
      if (!isGlobal && schemeOfRule(rule) === "EXTERNAL_MANAGED" && ipVersion === "IPV6")
        blame("ip_version", ipVersion);
    },
  ),
  frontendRule(
    {
      id: "forwarding-proxy-subnet",
      title: "the network of a regional managed forwarding rule has a proxy-only subnet in the region",
      severity: "warning",
      why: "The API rejects the rule where there is none. The subnet may be part of another configuration.",
      fix: "add a google_compute_subnetwork with purpose = REGIONAL_MANAGED_PROXY and role = ACTIVE in that region",
      source: "docs.cloud.google.com/load-balancing/docs/proxy-only-subnets, read 2026-11-22",
    },
    (frontend, blame, topology) => {
      const subnets = proxySubnets(topology, frontend);
      if (subnets?.length === 0) blame("network", frontend.rule.values.network);
    },
  ),
  frontendRule(
    {
      id: "forwarding-proxy-subnet-order",
      title: "a regional managed forwarding rule depends on the proxy-only subnet",
      severity: "warning",
      why: "No attribute leads there, so Terraform may create the rule first and destroy the subnet while it is in use. A dependency over several resources is not looked for.",
      fix: "add the subnet to depends_on of the forwarding rule",
      source: "measured with Terraform 1.11.4 and provider 6.50.0, 2026-11",
    },
    (frontend, blame, topology) => {
      const subnets = proxySubnets(topology, frontend);
      if (!subnets || subnets.length === 0) return;
      const path = [frontend.rule, frontend.proxy, frontend.urlMap];
      const linked = subnets.some((subnet) => topology.referrers(subnet.address).some((each) => path.includes(each)));
      if (!linked) blame("depends_on", frontend.rule.values.depends_on, subnets[0]!.address);
    },
  ),
];

function edgesOf(topology: Topology, frontend: Frontend): Edge[] {
  const scheme = schemeOfRule(frontend.rule);
  if (scheme === undefined) return [];
  const { proxy, rule } = frontend;
  const direct = topology.document.target(proxy?.values.backend_service ?? rule.values.backend_service);
  const backends = new Set([
    ...topology.routesOf(frontend.urlMap).flatMap(({ targets }) => targets.map(({ backend }) => backend)),
    direct,
  ]);
  return [...backends].flatMap((resource) => {
    const backend = topology.backendOf(resource);
    const other = backend && schemeOf(backend);
    return backend && other !== undefined ? [{ frontend, backend, agrees: fits(scheme, other) }] : [];
  });
}

/** How many forwarding rules of one scheme lead to the backend, and disagree with it. */
function sharedBy(edges: readonly Edge[], backend: Backend): number {
  return edges.filter((edge) => edge.backend === backend && !edge.agrees).length;
}

/** The proxy-only subnets for a rule that needs one; undefined where none is needed, or its network is not in the document. */
function proxySubnets(topology: Topology, { rule, isGlobal, proxy }: Frontend): Resource[] | undefined {
  const region = textOf(rule.values.region);
  if (isGlobal || !proxy || region === undefined || !/_MANAGED$/.test(schemeOfRule(rule) ?? "")) return undefined;
  const { document } = topology;
  const network =
    document.target(rule.values.network) ?? document.target(document.target(rule.values.subnetwork)?.values.network);
  if (network?.type !== "google_compute_network" || network.isData) return undefined;
  const inNetwork = document
    .ofType("google_compute_subnetwork")
    .filter((subnet) => document.target(subnet.values.network) === network);
  const unknown = inNetwork.some(
    ({ values }) => textOf(values.region) === undefined || textOrDefault(values.purpose, "PRIVATE") === undefined,
  );
  if (unknown) return undefined;
  return inNetwork.filter(
    ({ values }) =>
      values.region === region &&
      ["REGIONAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER"].includes(String(values.purpose)) &&
      values.role !== "BACKUP",
  );
}
