import { certificateDomain } from "../google/certificates";
import { soleReference } from "../language/reference";
import { type Block, blockOf, type Resource } from "./document";
import type { Topology } from "./topology";
import { isKnown, isUnset, textOf, textsOf } from "./value";

export const CERTIFICATE = "google_certificate_manager_certificate";
export const AUTHORIZATION = "google_certificate_manager_dns_authorization";
const MAP = "google_certificate_manager_certificate_map";
export const ENTRY = "google_certificate_manager_certificate_map_entry";

export const isDomain = (value: unknown) => isKnown(value) && certificateDomain.holds(value);

/**
 * The domains of a certificate that Google manages; undefined where they are not all known, or not
 * all right.
 */
export function managedDomains(certificate: Resource): string[] | undefined {
  const domains = blockOf(certificate.values.managed)?.domains;
  return Array.isArray(domains) && domains.length > 0 && domains.every(isDomain) ? textsOf(domains) : undefined;
}

/** Domains of certificates that a public authority issues, without wildcards. */
export function managedNames({ document }: Topology): readonly string[] {
  return [CERTIFICATE, "google_compute_managed_ssl_certificate"]
    .flatMap((type) => document.ofType(type))
    .filter(({ values }) => isUnset(blockOf(values.managed) ?? {}, "issuance_config"))
    .flatMap((certificate) => managedDomains(certificate) ?? [])
    .map((domain) => domain.replace(/^\*\./, "").replace(/\.$/, "").toLowerCase());
}

/** The certificate map that a proxy uses, where it is in the document. */
export function mapOf({ document }: Topology, proxy: Block): Resource | undefined {
  const [reference] = document.references(proxy.certificate_map);
  const map = reference && document.at(reference.address);
  return map?.type === MAP && !map.isData ? map : undefined;
}

/** Addresses of maps that have entries; undefined where an entry's map is not in the document. */
export function mapsWithEntries({ document }: Topology): ReadonlySet<string> | undefined {
  const byName = new Map(document.ofType(MAP).map((map) => [textOf(map.values.name), map]));
  const maps = document
    .ofType(ENTRY)
    .map(({ values }) => document.target(values.map) ?? byName.get(textOf(values.map) ?? ""));
  return maps.includes(undefined) ? undefined : new Set(maps.map((map) => map!.address));
}

/** Entries for a host, or for all others, that their map has before. */
export function repeatedEntries({
  document,
}: Topology): readonly { readonly resource: Resource; readonly name: string }[] {
  const seen = new Set<string>();
  return document.ofType(ENTRY).flatMap((resource) => {
    const { map, hostname, matcher } = resource.values;
    const name = textOf(hostname)?.toLowerCase() || textOf(matcher);
    if (!name || document.identity(map) === undefined) return [];
    const target = document.target(map);
    const key = `${target ? `${target.address}[${soleReference(map)?.key ?? ""}]` : String(map)} ${name}`;
    if (!seen.has(key)) return seen.add(key) && [];
    return [{ resource, name }];
  });
}

/** Hosts that the URL maps route, by the address of the map. */
export function routedHosts(topology: Topology): ReadonlyMap<string, ReadonlySet<string>> {
  const byMap = new Map<string, Set<string>>();
  for (const { urlMap, hosts } of topology.routes) {
    const known = byMap.get(urlMap.address) ?? new Set();
    for (const host of hosts) known.add(host.replace(/:\d+$/, ""));
    byMap.set(urlMap.address, known);
  }
  return byMap;
}
