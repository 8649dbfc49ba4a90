import { contains, type Ipv4Range, ipv4Range, isAddressRange } from "../language/ip-range";
import { isExpression, soleReference } from "../language/reference";
import { type Block, blockOf, blocksOf, type Resource, type TerraformDocument } from "./document";
import { append } from "./group-by";
import { probedPort, probesServingPort } from "./health-checks";
import { type ManagedGroup, readInstanceGroups } from "./instance-groups";
import { networkOf } from "./interfaces";
import type { Topology } from "./topology";
import { booleanOf, isKnown, isSet, isUnset, numberOf, textOf } from "./value";

export const FIREWALL = "google_compute_firewall";
/** Protocols that are not TCP. */
const OTHERS = /^(udp|icmp|esp|ah|ipip|sctp|(?!6$)\d{1,3})$/;

export const isIngress = ({ direction }: Block) => (direction ?? "INGRESS") !== "EGRESS";

/** Whether a list of ports may hold a port; what is no port is the table's business. */
export function opens(ports: unknown, port: number): boolean {
  if (!Array.isArray(ports) || ports.length === 0) return true;
  return ports.some((each) => {
    const [first = "", last = first] = String(each).split("-");
    return isExpression(each) || !(port < Number(first) || Number(last) < port) || Number(first) > Number(last);
  });
}

/**
 * Whether a list of ranges includes a range, as far as it is known; a range may be that of another
 * resource.
 */
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
export function lets(
  document: TerraformDocument,
  { values }: Resource,
  range: Ipv4Range,
  port: number | undefined,
): boolean {
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

/**
 * Firewall rules by the address, or the name, of their network; undefined where policies or unknown
 * networks may say more.
 */
function firewallsByNetwork({ document }: Topology): ReadonlyMap<string, readonly Resource[]> | undefined {
  if (document.resources.some(({ type }) => /^google_compute_(network_)?firewall_policy/.test(type))) return undefined;
  const byNetwork = new Map<string, Resource[]>();
  for (const firewall of document.ofType(FIREWALL)) {
    const { network } = firewall.values;
    const key = document.target(network)?.address ?? textOf(network)?.split("/").at(-1);
    if (key === undefined) return undefined;
    append(byNetwork, key, firewall);
  }
  return byNetwork;
}

/** A group behind a load balancer, in a network whose firewall rules are all in this document. */
export interface ReachedGroup {
  readonly resource: Resource;
  readonly group: ManagedGroup;
  readonly network: Resource;
  /** The rules that apply to its instances. */
  readonly applying: readonly Resource[];
}

export function reachedGroups(topology: Topology): readonly ReachedGroup[] {
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
export function portOf(
  { document }: Topology,
  { backends, resource }: ManagedGroup,
  index: number,
): number | undefined {
  const { health_checks: checks, port_name: name } = backends[index]!.backend.resource.values;
  const check = document.target([checks].flat()[0]);
  if (!check || check.isData) return undefined;
  if (!probesServingPort(check.values)) return probedPort(check.values)?.port;
  return numberOf(blocksOf(resource.values.named_port).find((port) => port.name === (name ?? "http"))?.port);
}
