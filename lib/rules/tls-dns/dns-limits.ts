import { integer, items, length, limit, matching, number, oneOf, set } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { RECORD, ZONE } from "./dns-records";

const ZONE_API = "Cloud DNS API v1, ManagedZone, read 2026-11-22";
const RECORD_API = "Cloud DNS API v1, ResourceRecordSet, read 2026-11-22";
const PROVIDER = "provider documentation of google_dns_record_set 7.45.0";

const NAME = /^(?=.{1,254}$)(([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+|\.)$/i;
const TYPES = "A AAAA ALIAS CAA CNAME DNSKEY DS HTTPS IPSECKEY MX NAPTR NS PTR SOA SPF SRV SSHFP SVCB TLSA TXT".split(
  " ",
);
const LB = "internal_load_balancers";

/** One line per limit on a single attribute. */
export const dnsLimits: readonly Rule[] = [
  limit(
    "dns-zone-name",
    ZONE,
    "dns_name",
    { ...matching(NAME, "a domain with a final dot"), required: true },
    "write it like example.com.",
    ZONE_API,
  ),
  limit(
    "dns-zone-description",
    ZONE,
    "description",
    length(1, 1024),
    "shorten the description, or leave it out",
    ZONE_API,
  ),
  limit(
    "dns-zone-visibility",
    ZONE,
    "visibility",
    oneOf("public", "private"),
    "use public for names on the internet",
    ZONE_API,
  ),
  limit("dns-dnssec-state", ZONE, "dnssec_config.state", oneOf("off", "on", "transfer"), "use on", ZONE_API),
  limit("dns-dnssec-existence", ZONE, "dnssec_config.non_existence", oneOf("nsec", "nsec3"), "use nsec3", ZONE_API),
  limit(
    "dns-dnssec-algorithm",
    ZONE,
    "dnssec_config.default_key_specs.algorithm",
    oneOf("ecdsap256sha256", "ecdsap384sha384", "rsasha1", "rsasha256", "rsasha512"),
    "use ecdsap256sha256",
    "Cloud DNS API v1, DnsKeySpec, read 2026-11-22",
  ),
  limit(
    "dns-dnssec-key-type",
    ZONE,
    "dnssec_config.default_key_specs.key_type",
    oneOf("keySigning", "zoneSigning"),
    "give one spec for each",
    "Cloud DNS API v1, DnsKeySpec, read 2026-11-22",
  ),
  limit(
    "dns-forwarding-path",
    ZONE,
    "forwarding_config.target_name_servers.forwarding_path",
    oneOf("default", "private"),
    "use private for name servers in the VPC",
    ZONE_API,
  ),
  limit(
    "dns-record-name",
    RECORD,
    "name",
    { ...matching(/\.$/, "a name with a final dot"), required: true },
    "end the name in a dot, or in ${google_dns_managed_zone.NAME.dns_name}",
    "validation of google_dns_record_set in provider 7.45.0",
  ),
  limit(
    "dns-record-label",
    RECORD,
    "name",
    matching(
      /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?)+$/i,
      "labels of 1 to 63 letters, digits, hyphens and underscores",
    ),
    "respell the name; a wildcard is only the first label",
    RECORD_API,
  ),
  limit(
    "dns-record-type",
    RECORD,
    "type",
    { ...oneOf(...TYPES), required: true },
    "use a type that Cloud DNS serves, in capital letters",
    RECORD_API,
  ),
  limit("dns-ttl", RECORD, "ttl", integer(0, 2147483647), "use 300 seconds", RECORD_API),
  limit("dns-ttl-set", RECORD, "ttl", set(), "set ttl, 300 for example", PROVIDER, {
    severity: "warning",
    why: "Without it the provider sends none or 0: the answer is not cached and every look-up asks Cloud DNS. It is not sure what Cloud DNS does for each type.",
    when: (record) => record.type !== "ALIAS",
  }),
  limit("dns-record-data", RECORD, "rrdatas", items(1), "give at least one value", RECORD_API),
  limit(
    "dns-wrr-weight",
    RECORD,
    "routing_policy.wrr.weight",
    { ...number(0, Number.POSITIVE_INFINITY), required: true },
    "give a weight from 0",
    "Cloud DNS API v1, WrrPolicyItem.weight, read 2026-11-22",
  ),
  limit(
    "dns-geo-location",
    RECORD,
    "routing_policy.geo.location",
    { ...matching(/^[a-z]+-[a-z]+\d+$/, "a Google Cloud region"), required: true },
    "name a region like europe-west1",
    "Cloud DNS API v1, GeoPolicyItem.location, read 2026-11-22",
  ),
  limit(
    "dns-backup-location",
    RECORD,
    "routing_policy.primary_backup.backup_geo.location",
    { ...matching(/^[a-z]+-[a-z]+\d+$/, "a Google Cloud region"), required: true },
    "name a region like europe-west1",
    "Cloud DNS API v1, GeoPolicyItem.location, read 2026-11-22",
  ),
  limit(
    "dns-trickle",
    RECORD,
    "routing_policy.primary_backup.trickle_ratio",
    number(0, 1),
    "give a share from 0 to 1",
    PROVIDER,
  ),
  limit(
    "dns-target-type",
    RECORD,
    `routing_policy.primary_backup.primary.${LB}.load_balancer_type`,
    oneOf("regionalL4ilb", "regionalL7ilb", "globalL7ilb"),
    "use one of these types",
    PROVIDER,
  ),
  limit(
    "dns-target-protocol",
    RECORD,
    `routing_policy.primary_backup.primary.${LB}.ip_protocol`,
    oneOf("tcp", "udp"),
    "use tcp or udp, in small letters",
    PROVIDER,
  ),
  limit(
    "dns-target-port",
    RECORD,
    `routing_policy.primary_backup.primary.${LB}.port`,
    integer(1, 65535),
    "give the port of the load balancer",
    PROVIDER,
  ),
];
