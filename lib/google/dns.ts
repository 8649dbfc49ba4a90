import { isIPv4, isIPv6 } from "node:net";
import { RFC1035, regionName } from "./formats";
import { at, distinct, fulfilling, integer, items, type Limit, type Limits, length, matching, not, number, oneOf, set, unset } from "./limit";
import { atLeastOne, atMostOne, exactlyOne, notEmpty, resourceType, when } from "./resource-type";
import { api, page, provider } from "./source";

const dns = api("Cloud DNS API v1");
const RECORD_7 = provider("google_dns_record_set 7.45.0");
const ZONE_7 = provider("google_dns_managed_zone 7.45.0");

/** The description of a managed zone. */
const zoneDescription = length(1, 1024).fix("shorten the description, or remove it", dns("ManagedZone.description"));

/** How long resolvers may keep an answer. */
export const recordTtl = integer(0, 2147483647).fix("use 300 seconds", dns("ResourceRecordSet.ttl"));

const ZONE_NAME = /^(?=.{1,254}$)(([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+|\.)$/i;
const RECORD_NAME = /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?)+$/i;

const PAIR = ["keySigning", "zoneSigning"];
const isPair = (specs: unknown) => {
  const types = [specs].flat().map((spec) => (spec as { readonly key_type?: unknown }).key_type);
  return (types.length === 2 && types[0] !== types[1]) || types.some((type) => !PAIR.includes(String(type)));
};

const PUBLIC = { private_visibility_config: unset(), forwarding_config: unset(), peering_config: unset() };
const keyLength = (name: string, limit: Limit, algorithm: readonly string[]) =>
  limit.named(name).when({ algorithm }).fix("use 256 with ecdsap256sha256, 384 with ecdsap384sha384, 1024 to 4096 with RSA", dns("DnsKeySpec.keyLength"));

const managedZone = resourceType("google_dns_managed_zone", {
  group: "dns",
  holds: "records and name servers",
  name: { format: RFC1035.from(dns("ManagedZone.name")), uniqueIn: [] },
  labels: "labels",
  replacedBy: ["name", "dns_name", "visibility"],
  keptWhenUnset: ["cloud_logging_config", "dnssec_config"],
  defaults: { visibility: "public" },
  limits: {
    dns_name: matching(ZONE_NAME, "a domain with a final dot").required().fix("write it like example.com.", dns("ManagedZone.dnsName")),
    description: zoneDescription,
    "dnssec_config.default_key_specs": fulfilling("one of key_type keySigning and one of zoneSigning", isPair).named("pair").fix("give one spec of each key_type", ZONE_7),
    "dnssec_config.default_key_specs.key_length": [
      keyLength("p256", integer(256, 256), ["ecdsap256sha256"]),
      keyLength("p384", integer(384, 384), ["ecdsap384sha384"]),
      keyLength("rsa", integer(1024, 4096), ["rsasha1", "rsasha256", "rsasha512"]),
    ],
    "forwarding_config.target_name_servers.ipv4_address": fulfilling("an IPv4 address", (value) => isIPv4(String(value))).fix("use ipv6_address or domain_name for others", ZONE_7),
    "forwarding_config.target_name_servers.ipv6_address": fulfilling("an IPv6 address", (value) => isIPv6(String(value))).fix("use ipv4_address or domain_name for others", ZONE_7),
  },
  alternatives: [
    atMostOne("forwarding_config peering_config service_directory_config", { id: "zone-kind" }).fix("make a second zone for the second kind", dns("ManagedZone")),
    exactlyOne("ipv4_address ipv6_address domain_name", { in: "forwarding_config.target_name_servers", id: "forwarding-target" }).fix("write a second target for the second address", ZONE_7),
  ],
  together: [
    ...notEmpty("dnssec_config", provider("google_dns_managed_zone 7.45.0", "validate")),
    when({ visibility: "public" }, PUBLIC, { id: "zone-public" }).fix("set visibility = private, or remove the block", dns("ManagedZone.visibility")),
    when({ visibility: "private" }, { "dnssec_config.state": not("on", "transfer") }, { id: "zone-private-dnssec" }).fix("remove dnssec_config", dns("ManagedZone.dnssecConfig")),
    when({ visibility: "private" }, { private_visibility_config: set() }, { id: "zone-private-network" })
      .advice("Nobody can resolve the names of a private zone without networks. They may be added elsewhere.")
      .fix("set private_visibility_config { networks { network_url } }", ZONE_7),
  ],
});

/** Where a routing policy has items that answer, and where health checked targets. */
const ROUTED_ITEMS = ["wrr", "geo", "primary_backup.backup_geo"].map((kind) => `routing_policy.${kind}`);
export const ROUTED_TARGETS = [...ROUTED_ITEMS.map((place) => `${place}.health_checked_targets`), "routing_policy.primary_backup.primary"];

const BALANCERS = ROUTED_TARGETS.map((place) => `${place}.internal_load_balancers`);

const repeated = distinct().named("repeated").fix("remove the second one", dns("ResourceRecordSet.rrdatas"));
const locations = distinct("location").named("locations").fix("put the record data of a location into one item", dns("RRSetRoutingPolicyGeoPolicy.items"));
const location = regionName.required().fix("name a region like europe-west1", dns("GeoPolicyItem.location"));
const REGIONAL = ["regionalL4ilb", "regionalL7ilb"];
const balancer: Limits = {
  region: set().when({ load_balancer_type: REGIONAL }).why("Google Cloud finds a regional load balancer only with its region.").fix("set region", RECORD_7),
  load_balancer_type: oneOf(...REGIONAL, "globalL7ilb").fix("use one of these types", RECORD_7),
  ip_protocol: oneOf("tcp", "udp").fix("use tcp or udp, in lower case", RECORD_7),
  port: integer(1, 65535).fix("give the port of the load balancer", RECORD_7),
};

const TYPES = "A AAAA ALIAS CAA CNAME DNSKEY DS HTTPS IPSECKEY MX NAPTR NS PTR SOA SPF SRV SSHFP SVCB TLSA TXT".split(" ");
const NAME_TYPES = ["CNAME", "ALIAS"];
const NO_ALIAS = { type: not("ALIAS") };
const TEXT_TYPES = ["TXT", "SPF"];
const hasQuotes = (text: unknown) => !/\S\s+\S/.test(String(text)) || String(text).includes('"');
const hasWeight = (wrr: unknown) => [wrr].flat().some((item) => Number((item as { readonly weight?: unknown }).weight ?? 1) !== 0);

const recordSet = resourceType("google_dns_record_set", {
  group: "dns",
  replacedBy: ["name", "managed_zone", "routing_policy.health_check"],
  limits: {
    name: [
      matching(/\.$/, "a name with a final dot").required().fix("end the name in a dot, or in ${google_dns_managed_zone.NAME.dns_name}", RECORD_7),
      matching(RECORD_NAME, "labels of 1 to 63 letters, digits, hyphens and underscores").named("labels").fix("respell the name; only its first label may be *", dns("ResourceRecordSet.name")),
    ],
    type: oneOf(...TYPES)
      .required()
      .fix("use a type that Cloud DNS serves, in capital letters", dns("ResourceRecordSet.type")),
    ttl: [recordTtl, set().named("set").when(NO_ALIAS).advice("Without ttl every lookup asks Cloud DNS.").fix("set ttl, 300 for example", RECORD_7)],
    rrdatas: [repeated, items(0, 1).named("single").when({ type: NAME_TYPES }).fix("keep one name, or use A and AAAA records", page("datatracker.ietf.org/doc/html/rfc1034#section-3.6.2"))],
    "rrdatas[]": fulfilling("in quotes where it has spaces", hasQuotes)
      .named("quotes")
      .when({ type: TEXT_TYPES })
      .advice("Without quotes the text loses its spaces.")
      .fix('put \\" around the text', RECORD_7),
    "routing_policy.wrr": fulfilling("items of which one has a weight above 0", hasWeight, { shape: true })
      .named("weights")
      .advice("Google does not document which item answers when all weights are 0.")
      .fix("give at least one item a weight", dns("WrrPolicyItem.weight")),
    "routing_policy.geo": locations,
    "routing_policy.primary_backup.backup_geo": locations,
    ...at(ROUTED_ITEMS, { rrdatas: repeated }),
    "routing_policy.wrr.weight": number(0).required().fix("give a weight from 0", dns("WrrPolicyItem.weight")),
    "routing_policy.geo.location": location,
    "routing_policy.primary_backup.backup_geo.location": location,
    "routing_policy.primary_backup.trickle_ratio": number(0, 1).fix("give a share from 0 to 1", RECORD_7),
    ...at(BALANCERS, balancer),
  },
  alternatives: [
    exactlyOne("rrdatas routing_policy", { id: "record-content" }).fix("set rrdatas", dns("ResourceRecordSet")),
    exactlyOne("wrr geo primary_backup", { in: "routing_policy", id: "routing-kind" }).fix("keep one of them", dns("RRSetRoutingPolicy")),
    ...ROUTED_ITEMS.map((place) => atLeastOne("rrdatas health_checked_targets", { in: place, id: "routing-empty" }).fix("set rrdatas or health_checked_targets", dns("RRSetRoutingPolicy"))),
    ...ROUTED_TARGETS.map((place) => exactlyOne("internal_load_balancers external_endpoints", { in: place, id: "health-target" }).fix("keep one of them", dns("RRSetRoutingPolicyHealthCheckTargets"))),
  ],
  together: [
    when({ geo: unset() }, { enable_geo_fencing: unset() }, { in: "routing_policy", id: "geo-fencing-kind" }).fix("remove enable_geo_fencing", dns("RRSetRoutingPolicyGeoPolicy.enableFencing")),
  ],
});

export const dnsTypes = [managedZone, recordSet];
