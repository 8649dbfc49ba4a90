import { ROUTED_TARGETS } from "../google/dns";
import { api, page, provider, type Source, unconfirmed } from "../google/source";
import { recordFormats } from "../language/record-data";
import { isExpression, soleReference } from "../language/reference";
import { managedNames } from "../topology/certificates";
import { blockOf, blocksOf, type Resource } from "../topology/document";
import { type DnsRecordSet, recordSets, recordSetsByName } from "../topology/record-sets";
import type { Topology } from "../topology/topology";
import { booleanOf, isSet, isUnset, textOf, textsOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const dns = api("Cloud DNS API v1");
const RECORD = "google_dns_record_set";
const RECORD_7 = provider(`${RECORD} 7.45.0`);
const rfc = (text: string): Source => page(`datatracker.ietf.org/doc/html/${text}`);
const records = (topology: Topology) => topology.once(recordSets);
const ofAddresses = (topology: Topology) => records(topology).filter(({ type }) => type === "A" || type === "AAAA");

/** Names that exist once, each with its record sets; the first is the one to blame. */
const names = (topology: Topology) =>
  topology.once(recordSetsByName).flatMap((all) => {
    const known = all.filter(({ type, isRepeated }) => type !== undefined && !isRepeated);
    return known.length > 0 ? [{ resource: known[0]!.resource, known, all }] : [];
  });

const content: readonly Rule[] = [
  rule("dns-record-format", records, {
    title: "the data of a record set must have the format of its type",
    why: "Google Cloud rejects the record set at apply; the provider does not notice before.",
    fix: 'write an IPv4 address for A, an IPv6 address for AAAA, "name.example.com." with the final dot for CNAME, NS and PTR',
    source: rfc("rfc1035"),
    judge({ type = "", data }, blame) {
      const format = recordFormats[type];
      for (const { at, value } of format ? data : []) {
        const text = textOf(value);
        if (text !== undefined && !format!.holds(text)) blame(at, value, `${type}: ${format!.text}`);
      }
    },
  }),
  rule("dns-in-zone", records, {
    title: "the name of a record set must be in its zone",
    why: "Google Cloud rejects names outside the zone.",
    fix: "end the name in the zone's dns_name, with a dot before it",
    source: dns("ResourceRecordSet.name"),
    judge({ name, zoneName }, blame) {
      if (!name?.endsWith(".") || !zoneName?.endsWith(".") || zoneName === ".") return;
      if (!`.${name}`.endsWith(`.${zoneName}`)) blame("name", name, zoneName);
    },
  }),
  rule("dns-cname-apex", records, {
    title: "a CNAME record set must not be at the top of its zone",
    why: "The top of a zone has NS and SOA records, beside which there can be no CNAME.",
    fix: "use A and AAAA records",
    source: rfc("rfc1034#section-3.6.2"),
    judge({ type, name, zoneName }, blame) {
      if (type === "CNAME" && name !== undefined && name === zoneName) blame("name", name);
    },
  }),
  rule("dns-alias-apex", records, {
    title: "an ALIAS record set must be at the top of its zone",
    why: "Cloud DNS serves ALIAS only at the top of a zone.",
    fix: "use a CNAME record",
    source: unconfirmed("docs.cloud.google.com/dns/docs/records-overview"),
    judge({ type, name, zoneName }, blame) {
      if (type === "ALIAS" && name !== undefined && zoneName !== undefined && name !== zoneName) blame("name", name);
    },
  }),
  rule(
    "dns-cname-alone",
    (topology) =>
      names(topology).flatMap(({ known }) => {
        const cname = known.find(({ type, name, zoneName }) => type === "CNAME" && (name ?? "") !== zoneName);
        return cname ? [{ ...cname, other: known.find(({ type }) => type !== "CNAME") }] : [];
      }),
    {
      title: "a name with a CNAME record set must have no other records",
      why: "Google Cloud rejects the second record set.",
      fix: "use A and AAAA records, or another name",
      source: rfc("rfc1034#section-3.6.2"),
      judge({ resource, other }, blame) {
        if (other) blame("name", resource.values.name, other.resource.address);
      },
    },
  ),
  rule(
    "dns-record-twice",
    (topology) =>
      names(topology).flatMap(({ known }) =>
        known.filter((each, index) => known.findIndex(({ type }) => type === each.type) < index),
      ),
    {
      title: "a name must have one record set of a type",
      why: "Google Cloud rejects the second record set; all values belong in one.",
      fix: "put all values into rrdatas of one record set",
      source: dns("ResourceRecordSet"),
      judge: ({ resource, type }, blame) => blame("name", resource.values.name, type),
    },
  ),
];

/** The address resource that record data is, and whether it is IPv6; undefined where that is not known. */
function addressOf({ document }: Topology, value: unknown): { resource: Resource; isV6: boolean } | undefined {
  const resource = soleReference(value)?.attribute === "address" ? document.target(value) : undefined;
  if (!resource || resource.isData || !/^google_compute_(global_)?address$/.test(resource.type)) return undefined;
  const { ip_version: version } = resource.values;
  return isExpression(version) ? undefined : { resource, isV6: version === "IPV6" };
}

/** The addresses that lead to the same URL map or proxy, by the address of each. */
function twinsOf(topology: Topology): ReadonlyMap<string, readonly Resource[]> {
  const global = topology.frontends.flatMap(({ address, proxy, urlMap, isGlobal }) =>
    address && isGlobal && (urlMap ?? proxy) ? [{ address, target: (urlMap ?? proxy)!.address }] : [],
  );
  return new Map(
    global.map(({ address, target }) => [
      address.address,
      global.flatMap((each) => (each.target === target ? each.address : [])),
    ]),
  );
}

const addresses: readonly Rule[] = [
  rule("dns-address-version", ofAddresses, {
    title: "an A record must point at an IPv4 address, an AAAA record at an IPv6 address",
    why: "Google Cloud rejects an address of the other version.",
    fix: "use type AAAA for an address with ip_version IPV6, A for others",
    source: rfc("rfc3596"),
    judge({ type, data }, blame, topology) {
      for (const { at, value } of data) {
        const address = addressOf(topology, value);
        if (address && address.isV6 !== (type === "AAAA")) blame(at, address.resource.address);
      }
    },
  }),
  rule(
    "dns-both-versions",
    (topology) =>
      names(topology).flatMap(({ known, all }) => {
        const types = new Set(all.map(({ type }) => type));
        return types.has("A") === types.has("AAAA")
          ? []
          : known.filter(({ type }) => /^A(AAA)?$/.test(type!)).slice(0, 1);
      }),
    {
      title: "a name of a load balancer with IPv4 and IPv6 addresses must have A and AAAA records",
      advice: true,
      why: "Clients never use the other address: those with IPv6 only cannot connect. The other record may be managed elsewhere.",
      fix: "add the record set of the other type, with the other address",
      source: rfc("rfc3596"),
      judge({ type, data }, blame, topology) {
        const address = addressOf(topology, data[0]?.value);
        const twins = (address && topology.once(twinsOf).get(address.resource.address)) ?? [];
        if (twins.some(({ values }) => (values.ip_version === "IPV6") !== address!.isV6)) blame("type", type);
      },
    },
  ),
];

const targets = blocks(RECORD, ...ROUTED_TARGETS);
const policies = blocks(RECORD, "routing_policy");

const routing: readonly Rule[] = [
  rule("dns-health-type", targets, {
    title: "health checked targets must be in record sets of type A or AAAA",
    why: "Google Cloud rejects them for other types.",
    fix: "use rrdatas",
    source: dns("RRSetRoutingPolicy"),
    judge({ resource, block }, blame) {
      const type = textOf(resource.values.type);
      if (type !== undefined && type !== "A" && type !== "AAAA") blame("", block, type);
    },
  }),
  rule("dns-health-check", policies, {
    title: "a routing policy with external endpoints must have a health_check",
    why: "Without a health check Cloud DNS cannot tell which endpoint is alive, and rejects the policy.",
    fix: "set routing_policy.health_check to a google_compute_health_check",
    source: RECORD_7,
    judge({ block }, blame) {
      if (isUnset(block, "health_check") && JSON.stringify(block).includes('"external_endpoints":["'))
        blame("health_check", undefined);
    },
  }),
  rule(
    "dns-health-dnssec",
    (topology) =>
      records(topology).filter(({ zone }) =>
        ["on", "transfer"].includes(textOf(blockOf(zone?.values.dnssec_config)?.state) ?? ""),
      ),
    {
      title: "in a zone with DNSSEC an item must have record data or health checked targets, not both",
      why: "Google Cloud rejects both together where answers are signed.",
      fix: "keep one of them in each item",
      source: dns("WrrPolicyItem.healthCheckedTargets"),
      judge({ resource }, blame) {
        blocksOf(blockOf(resource.values.routing_policy)?.wrr).forEach((item, index) => {
          if (isSet(item.rrdatas) && isSet(item.health_checked_targets))
            blame(`routing_policy.wrr.${index}.rrdatas`, item.rrdatas);
        });
      },
    },
  ),
  rule("dns-geo-fencing", policies, {
    title: "geo fencing must be used with health checked targets",
    advice: true,
    why: "Fencing says what happens when all targets of a region are unhealthy; without health checks it does nothing.",
    fix: "use health_checked_targets, or remove enable_geo_fencing",
    source: dns("RRSetRoutingPolicyGeoPolicy.enableFencing"),
    judge({ block }, blame) {
      const items = blocksOf(block.geo);
      if (!booleanOf(block.enable_geo_fencing) || items.length === 0) return;
      if (items.every((item) => isUnset(item, "health_checked_targets"))) blame("enable_geo_fencing", true);
    },
  }),
];

/** Whether a CAA record set says who may issue for a domain: the nearest one does. */
function decides({ name }: DnsRecordSet, domain: string, all: readonly DnsRecordSet[]): boolean {
  const above = (each?: string) => each !== undefined && `.${domain}.`.endsWith(`.${each}`);
  return above(name) && !all.some((each) => above(each.name) && each.name!.length > name!.length);
}

const certificates: readonly Rule[] = [
  rule("dns-caa-google", (topology) => records(topology).filter(({ type }) => type === "CAA"), {
    title: "CAA records of a domain with a Google-managed certificate must allow Google's certificate authorities",
    why: "Google issues through pki.goog and letsencrypt.org only: otherwise the certificate is never issued or renewed.",
    fix: 'add "0 issue \\"pki.goog\\"" to the CAA records',
    source: unconfirmed("docs.cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs"),
    judge(record, blame, topology) {
      const { rrdatas } = record.resource.values;
      if (!Array.isArray(rrdatas) || textsOf(rrdatas).length < rrdatas.length) return;
      const issuers = textsOf(rrdatas).filter((each) => /^\d+\s+issue\s/i.test(each));
      if (issuers.length === 0 || issuers.some((each) => /pki\.goog|letsencrypt\.org/.test(each))) return;
      const all = records(topology).filter(({ type }) => type === "CAA");
      const domain = topology.once(managedNames).find((each) => decides(record, each, all));
      if (domain !== undefined) blame("rrdatas", rrdatas, domain);
    },
  }),
  rule("dns-authorization-record", blocks("google_certificate_manager_dns_authorization"), {
    title: "the record of a DNS authorization must be in the zone of its domain",
    advice: true,
    why: "Without the record Google never issues the certificate. The record may be managed elsewhere.",
    fix: "add a google_dns_record_set with name, type and data of the authorization's dns_resource_record",
    source: api("Certificate Manager API v1")("DnsAuthorization.dnsResourceRecord"),
    judge({ resource, block }, blame, topology) {
      const domain = textOf(block.domain)?.toLowerCase();
      const isOurs = topology.places("google_dns_managed_zone").some(({ block: { dns_name: name, visibility } }) => {
        const zone = textOf(name)?.toLowerCase();
        return zone !== undefined && visibility !== "private" && `.${domain}.`.endsWith(`.${zone}`);
      });
      if (domain === undefined || !isOurs) return;
      const isUsed = topology.referrers(resource.address).some(({ type }) => type === RECORD);
      const isLiteral = ({ name = "" }: DnsRecordSet) =>
        name.startsWith("_acme-challenge") && name.endsWith(`.${domain}.`);
      if (!isUsed && !records(topology).some(isLiteral)) blame("domain", domain);
    },
  }),
];

/** Managed zones and record sets of Cloud DNS. */
export const dnsRules: readonly Rule[] = [...content, ...addresses, ...routing, ...certificates];
