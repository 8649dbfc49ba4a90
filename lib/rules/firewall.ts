import { api, page, unconfirmed } from "../google/source";
import { contains, type Ipv4Range, ipv4Range, isAddressRange } from "../language/ip-range";
import { isExpression, soleReference } from "../language/reference";
import { schemeOf } from "../topology/backends";
import { type Block, blockOf, blocksOf, type Resource, type TerraformDocument } from "../topology/document";
import { probedPort, probesServingPort } from "../topology/health-checks";
import { type ManagedGroup, readInstanceGroups } from "../topology/instance-groups";
import { networkOf } from "../topology/interfaces";
import { isProxyOnly } from "../topology/subnetworks";
import type { Topology } from "../topology/topology";
import { booleanOf, isKnown, isSet, isUnset, numberOf, textOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const FIREWALL = "google_compute_firewall";
const firewalls = blocks(FIREWALL);
const PROBE_RANGES = ["35.191.0.0/16", "130.211.0.0/22"];
const TCP = ["all", "tcp", "6"];
/** Protocols that are not TCP. */
const OTHERS = /^(udp|icmp|esp|ah|ipip|sctp|(?!6$)\d{1,3})$/;

const isIngress = ({ direction }: Block) => (direction ?? "INGRESS") !== "EGRESS";

/** Whether a list of ports may hold a port; what is no port is the table's business. */
function opens(ports: unknown, port: number): boolean {
  if (!Array.isArray(ports) || ports.length === 0) return true;
  return ports.some((each) => {
    const [first = "", last = first] = String(each).split("-");
    return isExpression(each) || !(port < Number(first) || Number(last) < port) || Number(first) > Number(last);
  });
}

/** Whether a list of ranges includes a range, as far as it is known; a range may be that of another resource. */
function includes(document: TerraformDocument, ranges: unknown, range: Ipv4Range): boolean {
  if (!Array.isArray(ranges)) return isExpression(ranges);
  return ranges.some((each) => {
    const reference = soleReference(each);
    const text = textOf(reference ? document.at(reference.address)?.values[reference.attribute] : each);
    const outer = text === undefined ? undefined : ipv4Range(text);
    return text === undefined || !isAddressRange(text) || (outer !== undefined && contains(outer, range));
  });
}

/** Whether a firewall rule applies to the instances of a template, as far as that is known. */
function appliesTo({ document }: Topology, { values: firewall }: Resource, { values: template }: Resource): boolean {
  const { target_tags: tags, target_service_accounts: accounts } = firewall;
  if (!isUnset(firewall, "target_tags")) {
    if (!isKnown([tags, template.tags])) return true;
    return (
      Array.isArray(tags) && Array.isArray(template.tags) && tags.some((tag) => [template.tags].flat().includes(tag))
    );
  }
  if (!Array.isArray(accounts) || accounts.length === 0) return true;
  const own = blockOf(template.service_account)?.email;
  const key = (value: unknown) => document.target(value)?.address ?? String(value);
  return accounts.some((account) => key(account) === key(own)) || (isExpression(own) && !document.target(own));
}

/** Whether a firewall rule lets TCP through from a range to a port; an unknown port is any. */
function lets(document: TerraformDocument, { values }: Resource, range: Ipv4Range, port: number | undefined): boolean {
  const isOff = !isIngress(values) || booleanOf(values.disabled) === true;
  if (isOff || !includes(document, values.source_ranges, range)) return false;
  return (
    (!isSet(values.allow) && isUnset(values, "deny")) ||
    blocksOf(values.allow).some(({ protocol, ports }) => {
      const text = textOf(protocol)?.toLowerCase();
      return (text === undefined || !OTHERS.test(text)) && (port === undefined || opens(ports, port));
    })
  );
}

/** Firewall rules by the address, or the name, of their network; undefined where policies or unknown networks may say more. */
function firewallsByNetwork({ document }: Topology): ReadonlyMap<string, readonly Resource[]> | undefined {
  if (document.resources.some(({ type }) => /^google_compute_(network_)?firewall_policy/.test(type))) return undefined;
  const byNetwork = new Map<string, Resource[]>();
  for (const firewall of document.ofType(FIREWALL)) {
    const { network } = firewall.values;
    const key = document.target(network)?.address ?? textOf(network)?.split("/").at(-1);
    if (key === undefined) return undefined;
    byNetwork.set(key, [...(byNetwork.get(key) ?? []), firewall]);
  }
  return byNetwork;
}

/** A group behind a load balancer, in a network whose firewall rules are all in this document. */
interface ReachedGroup {
  readonly resource: Resource;
  readonly group: ManagedGroup;
  readonly network: Resource;
  /** The rules that apply to its instances. */
  readonly applying: readonly Resource[];
}

function reachedGroups(topology: Topology): readonly ReachedGroup[] {
  const byNetwork = topology.once(firewallsByNetwork);
  return topology.once(readInstanceGroups).flatMap((group) => {
    const template = group.backends.length > 0 ? group.templates[0] : undefined;
    const network = template && networkOf(topology, template);
    if (!byNetwork || !network) return [];
    const all = [network.address, textOf(network.values.name) ?? ""].flatMap((key) => byNetwork.get(key) ?? []);
    const applying = all.filter((firewall) => appliesTo(topology, firewall, template));
    return [{ resource: group.resource, group, network, applying }];
  });
}

/** The port that is probed on a group for a backend service; undefined where it is not known. */
function portOf({ document }: Topology, { backends, resource }: ManagedGroup, index: number): number | undefined {
  const { health_checks: checks, port_name: name } = backends[index]!.backend.resource.values;
  const check = document.target([checks].flat()[0]);
  if (!check || check.isData) return undefined;
  if (!probesServingPort(check.values)) return probedPort(check.values)?.port;
  return numberOf(blocksOf(resource.values.named_port).find((port) => port.name === (name ?? "http"))?.port);
}

/** Firewall rules, and what load balancers need of them. */
export const firewallRules: readonly Rule[] = [
  rule("firewall-source", firewalls, {
    title: "an ingress rule must have a source",
    why: "The provider rejects an ingress rule without one.",
    fix: "set source_ranges",
    source: api("Compute API v1")("Firewall.direction"),
    judge({ block }, blame) {
      if (isExpression(block.direction) || !isIngress(block)) return;
      const given = ["source_ranges", "source_tags", "source_service_accounts"].filter((name) => block[name] != null);
      if (given.length === 0) blame("source_ranges", undefined);
    },
  }),
  rule("firewall-open-admin", firewalls, {
    title: "SSH, RDP and all ports together must not be open to the internet",
    advice: true,
    why: "Anyone may try to log in. The instances may have no external address.",
    fix: "allow 35.235.240.0/20 and use IAP tunnels, or name the ports that serve",
    source: unconfirmed("docs.cloud.google.com/iap/docs/using-tcp-forwarding"),
    judge({ block }, blame) {
      const ranges = [block.source_ranges].flat();
      if (
        !isIngress(block) ||
        booleanOf(block.disabled) ||
        !ranges.some((each) => /^(0\.0\.0\.0|::)\/0$/.test(`${each}`))
      )
        return;
      blocksOf(block.allow).forEach(({ protocol, ports }, index) => {
        if (!TCP.includes(textOf(protocol)?.toLowerCase() ?? "") || !isKnown(ports)) return;
        if (opens(ports, 22) || opens(ports, 3389)) blame(`allow.${index}`, { protocol, ports });
      });
    },
  }),
  rule("firewall-health-checks", (topology) => topology.once(reachedGroups), {
    title: "a firewall rule must let health checks reach an instance group behind a load balancer",
    advice: true,
    why: "Networks deny ingress unless told otherwise: all instances count as unhealthy and no request is answered. The rule may be in another stack.",
    fix: "allow tcp on the probed port from 35.191.0.0/16 and 130.211.0.0/22 to the instances",
    source: page("load-balancing/docs/health-check-concepts"),
    judge({ group, network, applying }, blame, topology) {
      group.backends.forEach(({ backend }, index) => {
        if (!backend.isGlobal && schemeOf(backend) === "EXTERNAL") return;
        const port = portOf(topology, group, index);
        const missing = PROBE_RANGES.filter(
          (text) => !applying.some((each) => lets(topology.document, each, ipv4Range(text)!, port)),
        );
        if (missing.length > 0)
          blame(
            "version.instance_template",
            missing,
            `no rule of ${network.address} lets them to port ${port ?? "any"}`,
          );
      });
    },
  }),
  rule(
    "firewall-proxy-subnet",
    (topology) =>
      topology
        .once(reachedGroups)
        .filter(({ group: { backends } }) =>
          backends.some(({ backend }) => !backend.isGlobal && schemeOf(backend)?.endsWith("_MANAGED")),
        ),
    {
      title: "a firewall rule must let the proxies of a regional load balancer reach its instance group",
      advice: true,
      why: "Requests come from the proxy-only subnetwork, not from Google's global ranges: health checks pass, but requests time out. The rule may be in another stack.",
      fix: "allow tcp on the serving port from the range of the proxy-only subnetwork",
      source: unconfirmed("docs.cloud.google.com/load-balancing/docs/proxy-only-subnets"),
      judge({ group, network, applying }, blame, { document }) {
        for (const proxy of document.ofType("google_compute_subnetwork").filter(isProxyOnly)) {
          const { ip_cidr_range: text, network: reference, region } = proxy.values;
          const range = ipv4Range(textOf(text) ?? "");
          const isHere = document.target(reference) === network && textOf(region) === group.region;
          if (range && isHere && !applying.some((each) => lets(document, each, range, undefined)))
            blame("version.instance_template", text, proxy.address);
        }
      },
    },
  ),
];
