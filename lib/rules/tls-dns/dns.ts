import { isExpression, soleReference } from "../../language/reference";
import type { Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { isComputed, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { dnsCertificateRules } from "./dns-certificates";
import { dnsLimits } from "./dns-limits";
import { type DnsRecordSet, dataOf, formatOf, isRepeated, recordSetsOf } from "./dns-records";
import { dnsRoutingRules } from "./dns-routing";
import { dnsZoneRules } from "./dns-zones";

const RECORD_API = "Cloud DNS API v1, ResourceRecordSet, read 2026-11-22";
const ADDRESSES = ["google_compute_global_address", "google_compute_address"];

/** Groups record sets that share a zone and a name. */
function byName(records: readonly DnsRecordSet[]): Map<string, DnsRecordSet[]> {
  const groups = new Map<string, DnsRecordSet[]>();
  for (const record of records) {
    const key = `${record.zoneKey} ${record.nameKey}`;
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return groups;
}

/** The address resource that record data is, and whether it is IPv6. */
function addressOf(topology: Topology, value: unknown): { resource: Resource; isV6: boolean } | undefined {
  if (soleReference(value)?.attribute !== "address") return undefined;
  const resource = topology.document.target(value);
  if (!resource || resource.isData || !ADDRESSES.includes(resource.type)) return undefined;
  const version = resource.values.ip_version;
  return isExpression(version) ? undefined : { resource, isV6: version === "IPV6" };
}

/** The other addresses that lead to the same URL map or proxy, by the address of each. */
function twinsOf(topology: Topology): Map<string, Set<string>> {
  const byTarget = new Map<string, Set<string>>();
  for (const { address, proxy, urlMap, isGlobal } of topology.frontends) {
    const target = (urlMap ?? proxy)?.address;
    if (!address || target === undefined || !isGlobal) continue;
    byTarget.set(target, (byTarget.get(target) ?? new Set()).add(address.address));
  }
  const twins = new Map<string, Set<string>>();
  for (const group of byTarget.values()) for (const each of group) twins.set(each, group);
  return twins;
}

const relations: readonly Rule[] = [
  {
    id: "dns-record-content",
    title: "a record set has either rrdatas or routing_policy",
    severity: "error",
    why: "The provider rejects both, and neither.",
    fix: "set rrdatas",
    source: RECORD_API,
    check(topology, report) {
      for (const { resource } of recordSetsOf(topology)) {
        if (isComputed(resource.values, "routing_policy")) continue;
        const given = ["rrdatas", "routing_policy"].filter((name) => resource.values[name] !== undefined);
        if (given.length !== 1) report(resource, given[1] ?? "rrdatas", given);
      }
    },
  },
  {
    id: "dns-record-format",
    title: "the data of a record set is what its type says",
    severity: "error",
    why: "Google Cloud rejects the record set at apply; the provider does not notice before.",
    fix: 'write an IPv4 address for A, an IPv6 address for AAAA, "name.example.com." with the final dot for CNAME, NS and PTR',
    source: "RFC 1035 and the RFC of the type",
    check(topology, report) {
      for (const record of recordSetsOf(topology)) {
        const format = formatOf(record.type);
        if (!format) continue;
        for (const { at, value } of dataOf(record)) {
          const text = textOf(value);
          if (text !== undefined && !format.holds(text))
            report(record.resource, at, value, `${record.type}: ${format.text}`);
        }
      }
    },
  },
  {
    id: "dns-txt-quotes",
    severity: "warning",
    title: "the text of a TXT record that has spaces is in quotes",
    why: "Without quotes it is split at the spaces, and resolvers join the parts without them. It is not sure, because that may be meant.",
    fix: 'put \\" around the text',
    source: "provider documentation of google_dns_record_set 7.45.0",
    check(topology, report) {
      for (const record of recordSetsOf(topology)) {
        if (record.type !== "TXT" && record.type !== "SPF") continue;
        for (const { at, value } of dataOf(record)) {
          const text = textOf(value);
          if (text !== undefined && /\S\s+\S/.test(text) && !text.includes('"')) report(record.resource, at, value);
        }
      }
    },
  },
  {
    id: "dns-record-repeated",
    title: "a record set has each value once",
    severity: "error",
    why: "Google Cloud rejects a value that stands twice.",
    fix: "leave the second one out",
    source: RECORD_API,
    check(topology, report) {
      for (const record of recordSetsOf(topology)) {
        const seen = new Map<unknown, Set<unknown>>();
        for (const { at, value, list } of dataOf(record)) {
          const known = seen.get(list) ?? new Set();
          if (known.has(value)) report(record.resource, at, value);
          seen.set(list, known.add(value));
        }
      }
    },
  },
  {
    id: "dns-single-value",
    title: "a CNAME record set has one value",
    severity: "error",
    why: "Google Cloud rejects a second one.",
    fix: "keep one name, or use A and AAAA records",
    source: "RFC 1034, section 3.6.2",
    check(topology, report) {
      for (const { resource, type } of recordSetsOf(topology)) {
        const { rrdatas } = resource.values;
        if ((type === "CNAME" || type === "ALIAS") && Array.isArray(rrdatas) && rrdatas.length > 1)
          report(resource, "rrdatas", rrdatas);
      }
    },
  },
  {
    id: "dns-in-zone",
    title: "the name of a record set is in its zone",
    severity: "error",
    why: "Google Cloud rejects names outside the zone.",
    fix: "end the name in the zone's dns_name, with a dot before it",
    source: RECORD_API,
    check(topology, report) {
      for (const { resource, name, zoneName } of recordSetsOf(topology)) {
        if (name === undefined || zoneName === undefined || !zoneName.endsWith(".")) continue;
        if (name !== zoneName && zoneName !== "." && !name.endsWith(`.${zoneName}`))
          report(resource, "name", name, zoneName);
      }
    },
  },
  {
    id: "dns-cname-apex",
    title: "a CNAME record set is not at the top of its zone",
    severity: "error",
    why: "The top of a zone has NS and SOA records, beside which there can be no CNAME.",
    fix: "use A and AAAA records",
    source: "RFC 1034, section 3.6.2",
    check(topology, report) {
      for (const { resource, type, name, zoneName } of recordSetsOf(topology)) {
        if (type === "CNAME" && name !== undefined && name === zoneName) report(resource, "name", name);
      }
    },
  },
  {
    id: "dns-alias-apex",
    title: "an ALIAS record set is at the top of its zone",
    severity: "error",
    why: "Cloud DNS serves ALIAS only at the top of a zone.",
    fix: "use a CNAME record",
    source: "Google's documentation of DNS record types, from general knowledge, 2026-11",
    check(topology, report) {
      for (const { resource, type, name, zoneName } of recordSetsOf(topology)) {
        if (type === "ALIAS" && name !== undefined && zoneName !== undefined && name !== zoneName)
          report(resource, "name", name);
      }
    },
  },
  {
    id: "dns-cname-alone",
    title: "a name with a CNAME record set has no other records",
    severity: "error",
    why: "Google Cloud rejects the second record set.",
    fix: "use A and AAAA records, or another name",
    source: "RFC 1034, section 3.6.2",
    check(topology, report) {
      for (const group of byName(recordSetsOf(topology)).values()) {
        const cname = group.find(({ type }) => type === "CNAME");
        if (!cname || isRepeated(cname)) continue;
        const other = group.find((each) => each.type !== undefined && each.type !== "CNAME" && !isRepeated(each));
        if (other) report(cname.resource, "name", cname.nameKey, other.resource.address);
      }
    },
  },
  {
    id: "dns-record-twice",
    title: "a name has one record set of a type",
    severity: "error",
    why: "Google Cloud rejects the second record set; values belong into one.",
    fix: "put all values into rrdatas of one record set",
    source: RECORD_API,
    check(topology, report) {
      for (const group of byName(recordSetsOf(topology)).values()) {
        const seen = new Set<string>();
        for (const record of group) {
          if (record.type === undefined || isRepeated(record)) continue;
          if (seen.has(record.type)) report(record.resource, "name", record.nameKey, record.type);
          seen.add(record.type);
        }
      }
    },
  },
  {
    id: "dns-address-version",
    title: "an A record points at an IPv4 address, an AAAA record at an IPv6 address",
    severity: "error",
    why: "Google Cloud rejects an address of the other version.",
    fix: "use type AAAA for an address with ip_version IPV6, A for others",
    source: "RFC 3596",
    check(topology, report) {
      for (const record of recordSetsOf(topology)) {
        if (record.type !== "A" && record.type !== "AAAA") continue;
        for (const { at, value } of dataOf(record)) {
          const address = addressOf(topology, value);
          if (address && address.isV6 !== (record.type === "AAAA"))
            report(record.resource, at, address.resource.address);
        }
      }
    },
  },
  {
    id: "dns-both-versions",
    severity: "warning",
    title: "a name that points at a load balancer has A and AAAA records where it has addresses of both versions",
    why: "Clients never use the other address: those with IPv6 only cannot connect. It is not sure, because the other record may be managed elsewhere.",
    fix: "add the record set of the other type, with the other address",
    source: "RFC 3596",
    check(topology, report) {
      const twins = twinsOf(topology);
      for (const group of byName(recordSetsOf(topology)).values()) {
        const record = group.find(({ type }) => type === "A" || type === "AAAA");
        if (!record || isRepeated(record) || group.some(({ type }) => type === (record.type === "A" ? "AAAA" : "A")))
          continue;
        const [data] = dataOf(record);
        const address = data && addressOf(topology, data.value);
        const others = [...(address ? (twins.get(address.resource.address) ?? []) : [])];
        const hasOther = others.some(
          (each) => (topology.document.at(each)?.values.ip_version === "IPV6") !== address!.isV6,
        );
        if (address && hasOther) report(record.resource, "type", record.type);
      }
    },
  },
];

/** Managed zones and record sets of Cloud DNS. */
export const dnsRules: readonly Rule[] = [
  ...dnsLimits,
  ...dnsZoneRules,
  ...relations,
  ...dnsRoutingRules,
  ...dnsCertificateRules,
];
