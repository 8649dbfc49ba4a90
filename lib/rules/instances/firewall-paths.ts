import { contains, type Ipv4Range, ipv4Range } from "../../language/ipv4-range";
import { isExpression, soleReference } from "../../language/reference";
import { blockOf, blocksOf, type Resource, type TerraformDocument } from "../../topology/document";
import { probedPort, probesServingPort } from "../../topology/health-checks";
import { type ManagedGroup, readInstanceGroups } from "../../topology/instance-groups";
import type { Topology } from "../../topology/topology";
import { booleanOf, isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import { schemeOf } from "../load-balancer/backend-rule";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { isIngress, opens } from "./firewall-reach";
import { FIREWALL, isProxyOnly, NETWORK, SUBNET } from "./network-limits";

const PROBES = "docs.cloud.google.com/load-balancing/docs/health-check-concepts, ip ranges, as of 2026-11";
const PROBE_RANGES = ["35.191.0.0/16", "130.211.0.0/22"].map((text) => ({ text, range: ipv4Range(text)! }));

/** A range as it is written, or as the resource of this document that it refers to has it. */
function rangeText(document: TerraformDocument, value: unknown): string | undefined {
  const reference = soleReference(value);
  return textOf(reference ? document.at(reference.address)?.values[reference.attribute] : value);
}

/** Whether a list of ranges lets a range through, as far as it is known. */
function covers(document: TerraformDocument, ranges: unknown, range: Ipv4Range): boolean {
  if (!Array.isArray(ranges)) return isExpression(ranges);
  return ranges.some((each) => {
    const text = rangeText(document, each);
    if (text === undefined) return true;
    const outer = ipv4Range(text);
    return outer !== undefined && contains(outer, range);
  });
}

/** Whether a firewall rule applies to the instances of a template, as far as that is known. */
function appliesTo(topology: Topology, firewall: Resource, template: Resource): boolean {
  const { target_tags: tags, target_service_accounts: accounts } = firewall.values;
  if (isSet(tags)) {
    const own = template.values.tags;
    if (!isKnown([tags, own])) return true;
    return Array.isArray(tags) && Array.isArray(own) && tags.some((tag) => own.includes(tag));
  }
  if (!isSet(accounts) || !Array.isArray(accounts)) return true;
  const own = blockOf(template.values.service_account)?.email;
  const key = (value: unknown) => topology.document.target(value)?.address ?? String(value);
  return accounts.some((account) => key(account) === key(own)) || (isExpression(own) && !topology.document.target(own));
}

/** Whether a firewall rule lets TCP through from a range to a port; an unknown port is any. */
function lets(document: TerraformDocument, firewall: Resource, range: Ipv4Range, port: number | undefined): boolean {
  const { values } = firewall;
  if (!isIngress(firewall) || booleanOf(values.disabled) === true || !covers(document, values.source_ranges, range))
    return false;
  if (isComputed(values, "allow")) return true;
  return blocksOf(values.allow).some(({ protocol, ports }) => {
    const text = textOf(protocol)?.toLowerCase();
    if (text !== undefined && text !== "all" && text !== "tcp" && text !== "6") return false;
    return port === undefined || opens(ports, port);
  });
}

/** The network of this document in which a template's instances are. */
function networkOf({ document }: Topology, template: Resource): Resource | undefined {
  const nic = blockOf(template.values.network_interface);
  const subnet = document.target(nic?.subnetwork);
  const network = subnet ? document.target(subnet.values.network) : document.target(nic?.network);
  return network?.type === NETWORK && !network.isData ? network : undefined;
}

/** Firewall rules by the address, and by the name, of their network; undefined where policies or unknown networks may say more. */
const CACHE = new WeakMap<Topology, { readonly byNetwork?: ReadonlyMap<string, Resource[]> }>();

/** The firewall rules of a network; undefined where a firewall policy, or a rule for an unknown network, may say more. */
function firewallsOf(topology: Topology, network: Resource): Resource[] | undefined {
  let known = CACHE.get(topology);
  if (!known) {
    known = { byNetwork: readFirewalls(topology.document) };
    CACHE.set(topology, known);
  }
  const { byNetwork } = known;
  if (!byNetwork) return undefined;
  const name = textOf(network.values.name);
  return [...(byNetwork.get(network.address) ?? []), ...((name !== undefined && byNetwork.get(name)) || [])];
}

function readFirewalls(document: TerraformDocument): Map<string, Resource[]> | undefined {
  if (document.resources.some(({ type }) => /^google_compute_(network_)?firewall_policy/.test(type))) return undefined;
  const byNetwork = new Map<string, Resource[]>();
  for (const firewall of document.ofType(FIREWALL)) {
    const { network } = firewall.values;
    const key = document.target(network)?.address ?? textOf(network)?.split("/").at(-1);
    if (key === undefined) return undefined;
    const same = byNetwork.get(key);
    if (same) same.push(firewall);
    else byNetwork.set(key, [firewall]);
  }
  return byNetwork;
}

/** The port that is probed on a group for a backend service; undefined where it is not known. */
function portOf(topology: Topology, group: ManagedGroup, index: number): number | undefined {
  const { backend } = group.backends[index]!;
  const { health_checks: checks, port_name: name } = backend.resource.values;
  const check = topology.document.target(Array.isArray(checks) ? checks[0] : checks);
  if (!check || check.isData) return undefined;
  if (!probesServingPort(check.values)) return probedPort(check.values)?.port;
  const ports = blocksOf(group.resource.values.named_port);
  return numberOf(ports.find((port) => port.name === (isSet(name) ? name : "http"))?.port);
}

/** What load balancers need of firewall rules. */
export const firewallPathRules: readonly Rule[] = [
  {
    id: "firewall-health-checks",
    title: "a firewall rule lets the health checks reach an instance group behind a load balancer",
    severity: "warning",
    why: "Networks deny ingress unless told otherwise: all instances count as unhealthy and no request is answered. Not an error, because the rule may be in another stack.",
    fix: "allow tcp on the probed port from 35.191.0.0/16 and 130.211.0.0/22 to the instances",
    source: PROBES,
    check(topology, report) {
      for (const group of topology.once(readInstanceGroups)) {
        for (const template of group.backends.length > 0 ? group.templates.slice(0, 1) : []) {
          const network = networkOf(topology, template);
          const firewalls = network && firewallsOf(topology, network);
          if (!firewalls) continue;
          const applying = firewalls.filter((firewall) => appliesTo(topology, firewall, template));
          group.backends.forEach(({ backend }, index) => {
            if (!backend.isGlobal && schemeOf(backend) === "EXTERNAL") return;
            const port = portOf(topology, group, index);
            const missing = PROBE_RANGES.filter(
              ({ range }) => !applying.some((each) => lets(topology.document, each, range, port)),
            );
            if (missing.length > 0)
              report(
                group.resource,
                "version.instance_template",
                missing.map(({ text }) => text),
                `no rule of ${network.address} lets them to port ${port ?? "any"}`,
              );
          });
        }
      }
    },
  },
  {
    id: "firewall-proxy-subnet",
    title: "a firewall rule lets the proxies of a regional load balancer reach its instance group",
    severity: "warning",
    why: "Requests come from the proxy-only subnetwork, not from Google's global ranges: health checks pass, but requests time out. Not an error, because the rule may be in another stack.",
    fix: "allow tcp on the serving port from the range of the proxy-only subnetwork",
    source: "docs.cloud.google.com/load-balancing/docs/proxy-only-subnets, from general knowledge, 2026-11",
    check(topology, report) {
      const proxies = topology.document.ofType(SUBNET).filter(isProxyOnly);
      if (proxies.length === 0) return;
      for (const group of topology.once(readInstanceGroups)) {
        const regional = group.backends.some(
          ({ backend }) => !backend.isGlobal && /_MANAGED$/.test(schemeOf(backend) ?? ""),
        );
        const template = group.templates[0];
        const network = regional && template ? networkOf(topology, template) : undefined;
        const firewalls = network && firewallsOf(topology, network);
        if (!firewalls) continue;
        for (const proxy of proxies) {
          const range = ipv4Range(textOf(proxy.values.ip_cidr_range) ?? "");
          const here = topology.document.target(proxy.values.network)?.address === network.address;
          if (!range || !here || textOf(proxy.values.region) !== group.region) continue;
          const applying = firewalls.filter((each) => appliesTo(topology, each, template!));
          if (!applying.some((each) => lets(topology.document, each, range, undefined)))
            report(group.resource, "version.instance_template", proxy.values.ip_cidr_range, proxy.address);
        }
      }
    },
  },
];
