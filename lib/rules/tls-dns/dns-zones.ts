import { isIPv4, isIPv6 } from "node:net";
import { type Block, blockOf, blocksOf } from "../../topology/document";
import { isComputed, numberOf, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import type { Severity } from "../rule";
import { ZONE } from "./dns-records";

const ZONE_API = "Cloud DNS API v1, ManagedZone, read 2026-11-22";
const KEYS_API = "Cloud DNS API v1, DnsKeySpec, read 2026-11-22";

const KEY_LENGTHS: Readonly<Record<string, readonly [number, number]>> = {
  ecdsap256sha256: [256, 256],
  ecdsap384sha384: [384, 384],
  rsasha1: [1024, 4096],
  rsasha256: [1024, 4096],
  rsasha512: [1024, 4096],
};

interface Description {
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly source: string;
  readonly severity?: Severity;
}

/** A rule on each zone; `find` returns the attributes that are wrong. */
function zoneRule(id: string, description: Description, find: (values: Block) => readonly string[]): Rule {
  return {
    id,
    severity: "error",
    ...description,
    check(topology, report) {
      for (const zone of topology.document.ofType(ZONE)) {
        for (const attribute of find(zone.values)) report(zone, attribute, zone.values[attribute.split(".")[0]!]);
      }
    },
  };
}

const isPublic = (values: Block) => values.visibility === undefined || textOf(values.visibility) === "public";
const PRIVATE_ONLY = ["private_visibility_config", "forwarding_config", "peering_config"];

/** Managed zones. */
export const dnsZoneRules: readonly Rule[] = [
  zoneRule(
    "dns-public-zone",
    {
      title: "private_visibility_config, forwarding_config and peering_config stand in private zones",
      why: "Google Cloud rejects them in a public zone, which visibility is when it is not set.",
      fix: "set visibility = private, or leave the block out",
      source: ZONE_API,
    },
    (values) =>
      isPublic(values)
        ? PRIVATE_ONLY.filter((name) => values[name] !== undefined && blocksOf(values[name]).length > 0)
        : [],
  ),
  zoneRule(
    "dns-private-dnssec",
    {
      title: "DNSSEC stands in public zones",
      why: "Google Cloud rejects DNSSEC for a private zone.",
      fix: "leave dnssec_config out",
      source: ZONE_API,
    },
    (values) => {
      const state = textOf(blockOf(values.dnssec_config)?.state);
      return textOf(values.visibility) === "private" && state !== undefined && state !== "off" ? ["dnssec_config"] : [];
    },
  ),
  zoneRule(
    "dns-private-network",
    {
      severity: "warning",
      title: "a private zone is visible from a network",
      why: "Without a network nobody can resolve its names. It is not sure, because networks may be added elsewhere.",
      fix: "set private_visibility_config { networks { network_url } }",
      source: "provider documentation of google_dns_managed_zone 7.45.0",
    },
    (values) => {
      if (textOf(values.visibility) !== "private" || isComputed(values, "private_visibility_config")) return [];
      const config = blockOf(values.private_visibility_config);
      if (config && ["networks", "gke_clusters"].some((name) => isComputed(config, name))) return [];
      const seen = blocksOf(config?.networks).length + blocksOf(config?.gke_clusters).length;
      return seen === 0 ? ["private_visibility_config"] : [];
    },
  ),
  zoneRule(
    "dns-zone-kind",
    {
      title: "a zone forwards, peers or is backed by Service Directory: one of them",
      why: "Google Cloud rejects a zone with two of them.",
      fix: "keep one of forwarding_config, peering_config and service_directory_config",
      source: ZONE_API,
    },
    (values) => {
      const given = ["forwarding_config", "peering_config", "service_directory_config"].filter(
        (name) => blocksOf(values[name]).length > 0,
      );
      return given.slice(1);
    },
  ),
  zoneRule(
    "dns-forwarding-target",
    {
      title: "a forwarding target is one IPv4 address, IPv6 address or domain name",
      why: "Google Cloud rejects a target with two addresses, or with none.",
      fix: "set ipv4_address, ipv6_address or domain_name, and only one of them",
      source: "provider documentation of google_dns_managed_zone 7.45.0",
    },
    (values) => {
      const targets = blocksOf(values.forwarding_config).flatMap((each) => blocksOf(each.target_name_servers));
      const isWrong = (target: Block) => {
        const given = ["ipv4_address", "ipv6_address", "domain_name"].filter(
          (name) => target[name] !== undefined && target[name] !== "",
        );
        const [v4, v6] = [textOf(target.ipv4_address), textOf(target.ipv6_address)];
        return (
          given.length !== 1 ||
          (v4 !== undefined && v4 !== "" && !isIPv4(v4)) ||
          (v6 !== undefined && v6 !== "" && !isIPv6(v6))
        );
      };
      return targets.some(isWrong) ? ["forwarding_config.target_name_servers"] : [];
    },
  ),
  zoneRule(
    "dns-dnssec-keys",
    {
      title: "default_key_specs name one key signing and one zone signing key",
      why: "Google Cloud rejects one without the other.",
      fix: "give a spec with key_type keySigning and one with zoneSigning",
      source: "provider documentation of google_dns_managed_zone 7.45.0",
    },
    (values) => {
      const specs = blocksOf(blockOf(values.dnssec_config)?.default_key_specs);
      const types = specs.map((spec) => textOf(spec.key_type));
      if (specs.length === 0 || types.includes(undefined)) return [];
      return types.length === 2 && new Set(types).size === 2 ? [] : ["dnssec_config.default_key_specs"];
    },
  ),
  zoneRule(
    "dns-dnssec-key-length",
    {
      title: "the key length of a DNSSEC key fits its algorithm",
      why: "Google Cloud rejects the zone.",
      fix: "use 256 with ecdsap256sha256, 384 with ecdsap384sha384, 1024 to 4096 with RSA",
      source: KEYS_API,
    },
    (values) => {
      const isWrong = (spec: Block) => {
        const limits = KEY_LENGTHS[textOf(spec.algorithm) ?? ""];
        const bits = numberOf(spec.key_length);
        return limits !== undefined && bits !== undefined && (bits < limits[0] || bits > limits[1]);
      };
      const specs = blocksOf(blockOf(values.dnssec_config)?.default_key_specs);
      return specs.some(isWrong) ? ["dnssec_config.default_key_specs"] : [];
    },
  ),
];
