import type { Resource } from "../../topology/document";
import type { Frontend } from "../../topology/frontends";
import { textOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";
import { frontendRule, schemeOfRule } from "./forwarding-rule";

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

const ADDRESS = /^google_compute_(global_)?address$/;

/** Forwarding rules and the addresses that they listen on. */
export const forwardingAddressRules: readonly Rule[] = [
  frontendRule(
    {
      id: "forwarding-address-version",
      title: "a forwarding rule has the IP version of its address",
      why: "The API rejects an IPv4 address on an IPv6 rule, and the other way round.",
      fix: "set the same ip_version on the address and on the rule",
      source: api("ForwardingRule.ipVersion"),
    },
    ({ rule, address }, blame) => {
      const version = textOf(rule.values.ip_version);
      const other = versionOf(rule, address);
      if (version !== undefined && version !== "" && other !== undefined && version !== other)
        blame("ip_version", version, `the address is ${other}`);
    },
  ),
  frontendRule(
    {
      id: "forwarding-ipv6-version",
      title: "a forwarding rule on an IPv6 address says ip_version = IPV6",
      severity: "warning",
      why: "Left out, the value read back differs from the empty one, and the rule is replaced on every plan: an outage of IPv6 each time. Seen against an emulated API and reported by users.",
      fix: "set ip_version = IPV6 on the forwarding rule",
      source: "terraform-provider-google 6.50.0, measured 2026-11",
    },
    ({ rule, address }, blame) => {
      if (!isSet(rule.values.ip_version) && versionOf(rule, address) === "IPV6") blame("ip_version", undefined);
    },
  ),
  frontendRule(
    {
      id: "forwarding-address-scope",
      title: "a global forwarding rule has a global address, a regional one an address of its region",
      why: "The API rejects an address of another scope or region.",
      fix: "use google_compute_global_address with global rules, google_compute_address of the same region with regional ones",
      source: api("ForwardingRule.IPAddress"),
    },
    ({ rule, address, isGlobal }, blame) => {
      if (!address || !ADDRESS.test(address.type)) return;
      const globalAddress = address.type === "google_compute_global_address";
      const [a, b] = [textOf(rule.values.region), textOf(address.values.region)];
      if (globalAddress !== isGlobal) blame("ip_address", rule.values.ip_address, `${address.address}`);
      else if (!isGlobal && a !== undefined && b !== undefined && a !== b)
        blame("ip_address", rule.values.ip_address, `the address is in ${b}`);
    },
  ),
  frontendRule(
    {
      id: "forwarding-address-type",
      title: "an external forwarding rule has an external address, an internal one an internal address",
      why: "The API rejects an address of the other kind.",
      fix: "set address_type = EXTERNAL for the schemes EXTERNAL and EXTERNAL_MANAGED, INTERNAL for the others",
      source: api("ForwardingRule.IPAddress"),
    },
    ({ rule, address }, blame) => {
      if (!address || address.isData || !ADDRESS.test(address.type)) return;
      const type = textOrDefault(address.values.address_type, "EXTERNAL") || "EXTERNAL";
      const scheme = schemeOfRule(rule);
      if (scheme === undefined || isExpressionType(address)) return;
      if (scheme.startsWith("EXTERNAL") !== (type === "EXTERNAL"))
        blame("ip_address", rule.values.ip_address, `${address.address} is ${type}`);
    },
  ),
  frontendRule(
    {
      id: "forwarding-address-tier",
      title: "a forwarding rule has the network tier of its address",
      why: "The API wants them equal; PREMIUM is the default of both.",
      fix: "set the same network_tier on both",
      source: api("ForwardingRule.networkTier"),
    },
    ({ rule, address, isGlobal }, blame) => {
      if (isGlobal || address?.type !== "google_compute_address" || address.isData) return;
      if (textOrDefault(address.values.address_type, "EXTERNAL") !== "EXTERNAL") return;
      const [a, b] = [rule, address].map((each) => textOrDefault(each.values.network_tier, "PREMIUM"));
      if (a !== undefined && b !== undefined && a !== b)
        blame("network_tier", rule.values.network_tier, `the address: ${b}`);
    },
  ),
  frontendRule(
    {
      id: "forwarding-ephemeral",
      title: "a global external forwarding rule has a reserved address",
      severity: "warning",
      why: "An ephemeral address is lost when the rule is replaced, and DNS then points nowhere. Where nothing names the address it may be meant.",
      fix: "reserve a google_compute_global_address and set ip_address to it",
      source: api("ForwardingRule.IPAddress"),
    },
    ({ rule, isGlobal }, blame) => {
      if (isGlobal && schemeOfRule(rule)?.startsWith("EXTERNAL") && !isSet(rule.values.ip_address))
        blame("ip_address", undefined);
    },
  ),
  {
    id: "forwarding-duplicate",
    title: "an address, protocol and port belong to one forwarding rule",
    severity: "error",
    why: "The API rejects a second external rule whose ports overlap.",
    fix: "use another port, another address, or one rule for both",
    source: api("ForwardingRule.portRange"),
    check(topology, report) {
      const taken = new Map<string, Frontend[]>();
      for (const frontend of topology.frontends) {
        const { rule, address } = frontend;
        const place = address?.address ?? textOf(rule.values.ip_address);
        const protocol = textOrDefault(rule.values.ip_protocol, "TCP");
        // Rules with source ranges share the address of their base rule.
        if (place === undefined || protocol === undefined || isSet(rule.values.source_ip_ranges)) continue;
        if (schemeOfRule(rule) === "INTERNAL_SELF_MANAGED" || address?.values.purpose === "SHARED_LOADBALANCER_VIP")
          continue;
        const key = `${place} ${protocol}`;
        const others = taken.get(key) ?? [];
        const other = others.find((each) => overlap(each.portRange, frontend.portRange));
        if (other) report(rule, "port_range", frontend.portRange, `also ${other.rule.address}`);
        taken.set(key, [...others, frontend]);
      }
    },
  },
  {
    id: "address-literal-version",
    title: "a given address is of its ip_version",
    severity: "error",
    why: "The API rejects an IPv4 number as IPV6, and the other way round; IPV4 is the default.",
    fix: "set ip_version = IPV6 for an IPv6 address",
    source: api("Address.ipVersion"),
    check(topology, report) {
      for (const type of ["google_compute_global_address", "google_compute_address"]) {
        for (const address of topology.document.ofType(type)) {
          const literal = textOf(address.values.address);
          const version = textOrDefault(address.values.ip_version, "IPV4") || "IPV4";
          if (literal === undefined || literal === "") continue;
          if (textOrDefault(address.values.ip_version, "IPV4") === undefined) continue;
          if (literal.includes(":") !== (version === "IPV6"))
            report(address, "ip_version", address.values.ip_version, literal);
        }
      }
    },
  },
];

function isExpressionType(address: Resource): boolean {
  return textOrDefault(address.values.address_type, "EXTERNAL") === undefined;
}

/** IP version of the address behind a rule: of the resource, or of the number itself. */
function versionOf(rule: Resource, address: Resource | undefined): string | undefined {
  if (address) {
    if (address.isData || !ADDRESS.test(address.type)) return undefined;
    return textOrDefault(address.values.ip_version, "IPV4") || "IPV4";
  }
  const literal = textOf(rule.values.ip_address);
  if (literal === undefined) return undefined;
  if (/^[0-9a-f:]+(\/\d+)?$/i.test(literal) && literal.includes(":")) return "IPV6";
  return /^\d+\.\d+\.\d+\.\d+$/.test(literal) ? "IPV4" : undefined;
}

function overlap(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const [aFrom, aTo] = ends(a);
  const [bFrom, bTo] = ends(b);
  return aFrom <= bTo && bFrom <= aTo;
}

function ends(range: string): readonly [number, number] {
  const [from = "", to = from] = range.split("-");
  return [Number(from), Number(to)];
}
