import { ROUTED_TARGETS } from "../google/dns";
import { api, page, provider, type Source, unconfirmed } from "../google/source";
import { recordFormats } from "../language/record-data";
import { soleReference } from "../language/reference";
import { AUTHORIZATION, managedNames, routedHosts } from "../topology/certificates";
import { blockOf, blocksOf, type Resource } from "../topology/document";
import type { Frontend } from "../topology/frontends";
import { addressOf, type DnsRecordSet, decides, recordNames, recordSets } from "../topology/record-sets";
import type { Topology } from "../topology/topology";
import { booleanOf, isSet, isUnset, textOf, textsOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const dns = api("Cloud DNS API v1");
const RECORD = "google_dns_record_set";
const rfc = (text: string): Source => page(`datatracker.ietf.org/doc/html/${text}`);
const records = (topology: Topology) => topology.once(recordSets);
const names = (topology: Topology) => topology.once(recordNames);
const ofType = (pattern: RegExp) => (topology: Topology) =>
  records(topology).filter(({ type }) => pattern.test(`${type}`));

const isWithin = (name: string, zoneName: string) => `.${name}`.endsWith(`.${zoneName}`);

/** The name that proves a domain, where a record set takes it from a DNS authorization. */
function challengeOf({ document }: Topology, { values }: Resource): string | undefined {
  const reference = soleReference(values.name);
  if (!reference || !/^dns_resource_record(\.0|\[0\])\.name$/.test(reference.attribute)) return undefined;
  const authorization = document.target(values.name);
  const domain = authorization?.type === AUTHORIZATION ? textOf(authorization.values.domain) : undefined;
  return domain && `_acme-challenge.${domain.toLowerCase()}.`;
}

const content: readonly Rule[] = [
  rule("dns-record-format", records, {
    title: "the data of a record set must have the format of its type",
    fix: 'write an IPv4 address for A, an IPv6 address for AAAA, "name.example.com." with the final dot for CNAME, NS and PTR',
    source: rfc("rfc1035"),
    judge({ type = "", data }, blame) {
      const format = recordFormats[type];
      for (const { at, value } of data) {
        const text = textOf(value);
        if (format && text !== undefined && !format.holds(text)) blame(at, value, `${type}: ${format.text}`);
      }
    },
  }),
  rule("dns-in-zone", records, {
    title: "the name of a record set must be in its zone",
    fix: "end the name in the zone's dns_name, with a dot before it",
    source: dns("ResourceRecordSet.name"),
    judge({ resource, zoneName, ...record }, blame, topology) {
      const name = record.name ?? challengeOf(topology, resource);
      if (!name?.endsWith(".") || !zoneName?.endsWith(".") || zoneName === ".") return;
      if (!isWithin(name, zoneName)) blame("name", name, zoneName);
    },
  }),
  rule("dns-cname-apex", ofType(/^CNAME$/), {
    title: "a CNAME record set must not be at the top of its zone",
    why: "The top of a zone has NS and SOA records, beside which there can be no CNAME.",
    fix: "use A and AAAA records",
    source: rfc("rfc1034#section-3.6.2"),
    judge({ name, zoneName }, blame) {
      if (name !== undefined && name === zoneName) blame("name", name);
    },
  }),
  rule("dns-alias-apex", ofType(/^ALIAS$/), {
    title: "an ALIAS record set must be at the top of its zone",
    fix: "use a CNAME record",
    source: unconfirmed("docs.cloud.google.com/dns/docs/records-overview"),
    judge({ name, zoneName }, blame) {
      if (name !== undefined && zoneName !== undefined && name !== zoneName) blame("name", name);
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
      fix: "put all values into rrdatas of one record set",
      source: dns("ResourceRecordSet"),
      judge: ({ resource, type }, blame) => blame("name", resource.values.name, type),
    },
  ),
];

/** The addresses that lead to the same URL map or proxy, by each of them. */
function twinsOf({ frontends }: Topology): ReadonlyMap<Resource, readonly Resource[]> {
  const behind = (each: Frontend) => (each.isGlobal ? (each.urlMap ?? each.proxy) : undefined);
  const twins = (one: Frontend) =>
    frontends.flatMap((other) => (behind(one) && behind(other) === behind(one) ? (other.address ?? []) : []));
  return new Map(frontends.flatMap((each) => (each.address ? [[each.address, twins(each)]] : [])));
}

const addresses: readonly Rule[] = [
  rule("dns-address-version", ofType(/^A(AAA)?$/), {
    title: "an A record must point at an IPv4 address, an AAAA record at an IPv6 address",
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
        const [v4, v6] = ["A", "AAAA"].map((version) => all.some(({ type }) => type === version));
        return v4 === v6 ? [] : known.filter(({ type }) => /^A(AAA)?$/.test(type!)).slice(0, 1);
      }),
    {
      title: "a name of a load balancer with IPv4 and IPv6 addresses must have A and AAAA records",
      advice: true,
      why: "Clients never use the other address: those with IPv6 only cannot connect. The other record may be managed elsewhere.",
      fix: "add the record set of the other type, with the other address",
      source: rfc("rfc3596"),
      judge({ type, data }, blame, topology) {
        const address = addressOf(topology, data[0]?.value);
        const twins = (address && topology.once(twinsOf).get(address.resource)) ?? [];
        if (twins.some(({ values }) => (values.ip_version === "IPV6") !== address!.isV6)) blame("type", type);
      },
    },
  ),
];

const policies = blocks(RECORD, "routing_policy");

const routing: readonly Rule[] = [
  rule("dns-health-type", blocks(RECORD, ...ROUTED_TARGETS), {
    title: "health checked targets must be in record sets of type A or AAAA",
    fix: "use rrdatas",
    source: dns("RRSetRoutingPolicy"),
    judge({ resource, block }, blame) {
      const type = textOf(resource.values.type) ?? "A";
      if (type !== "A" && type !== "AAAA") blame("", block, type);
    },
  }),
  rule("dns-health-check", policies, {
    title: "a routing policy with external endpoints must have a health_check",
    fix: "set routing_policy.health_check to a google_compute_health_check",
    source: provider(`${RECORD} 7.45.0`),
    judge({ block }, blame) {
      const hasEndpoints = JSON.stringify(block).includes('"external_endpoints":["');
      if (hasEndpoints && isUnset(block, "health_check")) blame("health_check", undefined);
    },
  }),
  rule("dns-health-dnssec", records, {
    title: "in a zone with DNSSEC an item must have record data or health checked targets, not both",
    fix: "keep one of them in each item",
    source: dns("WrrPolicyItem.healthCheckedTargets"),
    judge({ resource, zone }, blame) {
      if (!/^(on|transfer)$/.test(`${blockOf(zone?.values.dnssec_config)?.state}`)) return;
      blocksOf(blockOf(resource.values.routing_policy)?.wrr).forEach(
        ({ rrdatas, health_checked_targets: targets }, index) => {
          if (isSet(rrdatas) && isSet(targets)) blame(`routing_policy.wrr.${index}.rrdatas`, rrdatas);
        },
      );
    },
  }),
  rule("dns-geo-fencing", policies, {
    title: "geo fencing must be used with health checked targets",
    advice: true,
    why: "Fencing says what happens when all targets of a region are unhealthy; without health checks it does nothing.",
    fix: "use health_checked_targets, or remove enable_geo_fencing",
    source: dns("RRSetRoutingPolicyGeoPolicy.enableFencing"),
    judge({ block }, blame) {
      const items = blocksOf(block.geo);
      const isIdle = items.length > 0 && items.every((item) => isUnset(item, "health_checked_targets"));
      if (isIdle && booleanOf(block.enable_geo_fencing)) blame("enable_geo_fencing", true);
    },
  }),
];

/** Public zones whose record sets lead to addresses that front ends listen on. */
function servingZones(topology: Topology) {
  const listening = new Set(topology.frontends.flatMap(({ address }) => address ?? []));
  const leading = records(topology).filter(({ data }) =>
    data.some(({ value }) => listening.has(addressOf(topology, value)?.resource as Resource)),
  );
  const zones = new Map(leading.flatMap(({ zone, zoneName }) => (zone && zoneName ? [[zone, zoneName] as const] : [])));
  return [...zones].flatMap(([resource, zoneName]) =>
    zoneName === "." || resource.values.visibility === "private" ? [] : [{ resource, zoneName }],
  );
}

/** Domains of certificates, DNS authorizations and host rules, as far as they are known. */
function servedDomains(topology: Topology): ReadonlySet<string> {
  const authorized = topology.document.ofType(AUTHORIZATION).map(({ values }) => textOf(values.domain) ?? "");
  const hosts = [...routedHosts(topology).values()].flatMap((each) => [...each]);
  const domains = [...topology.once(managedNames), ...authorized, ...hosts];
  return new Set(
    domains.map((each) => each.replace(/^\*[-.]?/, "").toLowerCase()).filter((each) => each.includes(".")),
  );
}

const certificates: readonly Rule[] = [
  rule("dns-caa-google", ofType(/^CAA$/), {
    title: "CAA records of a domain with a Google-managed certificate must allow Google's certificate authorities",
    why: "Google issues through pki.goog and letsencrypt.org only: otherwise the certificate is never issued or renewed.",
    fix: 'add "0 issue \\"pki.goog\\"" to the CAA records',
    source: unconfirmed("docs.cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs"),
    judge(record, blame, topology) {
      const { rrdatas } = record.resource.values;
      if (!Array.isArray(rrdatas) || textsOf(rrdatas).length < rrdatas.length) return;
      const issuers = textsOf(rrdatas).filter((each) => /^\d+\s+issue\s/i.test(each));
      if (issuers.length === 0 || issuers.some((each) => /pki\.goog|letsencrypt\.org/.test(each))) return;
      const domains = topology.once(managedNames);
      const domain = domains.find((each) => decides(record, each, ofType(/^CAA$/)(topology)));
      if (domain !== undefined) blame("rrdatas", rrdatas, domain);
    },
  }),
  rule("dns-zone-domains", (topology) => topology.once(servingZones), {
    title: "a zone with addresses of a load balancer must hold one of the domains that it serves",
    advice: true,
    why: "Clients of the zone's names get no certificate for them, or no route. The domain may be served otherwise.",
    fix: "correct the zone's dns_name, or add the domain to the certificates and host rules",
    source: dns("ManagedZone.dnsName"),
    judge({ zoneName }, blame, topology) {
      const domains = topology.once(servedDomains);
      if (domains.size > 0 && ![...domains].some((domain) => isWithin(`${domain}.`, zoneName)))
        blame("dns_name", zoneName, [...domains].slice(0, 3).join(", "));
    },
  }),
  rule("dns-authorization-record", blocks(AUTHORIZATION), {
    title: "the record of a DNS authorization must be in the zone of its domain",
    advice: true,
    why: "Without the record Google never issues the certificate. The record may be managed elsewhere.",
    fix: "add a google_dns_record_set with name, type and data of the authorization's dns_resource_record",
    source: api("Certificate Manager API v1")("DnsAuthorization.dnsResourceRecord"),
    judge({ resource, block }, blame, topology) {
      const domain = textOf(block.domain)?.toLowerCase();
      const isOurs = topology.document.ofType("google_dns_managed_zone").some(({ values }) => {
        const zone = textOf(values.dns_name)?.toLowerCase();
        return zone !== undefined && values.visibility !== "private" && `.${domain}.`.endsWith(`.${zone}`);
      });
      if (domain === undefined || !isOurs) return;
      const isUsed = topology.referrers(resource.address).some(({ type }) => type === RECORD);
      const isIt = ({ name = "" }: DnsRecordSet) => name.startsWith("_acme-challenge") && name.endsWith(`.${domain}.`);
      if (!isUsed && !records(topology).some(isIt)) blame("domain", domain);
    },
  }),
];

/** Managed zones and record sets of Cloud DNS. */
export const dnsRules: readonly Rule[] = [...content, ...addresses, ...routing, ...certificates];
