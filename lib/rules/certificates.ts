import { authorizedDomain, certificateDomain, proxyCertificates } from "../google/certificates";
import { api, provider } from "../google/source";
import { covers } from "../language/host-name";
import { soleReference } from "../language/reference";
import { type Block, blockOf, type Resource, type TerraformDocument } from "../topology/document";
import { certifiedHosts } from "../topology/frontends";
import type { Topology } from "../topology/topology";
import { isKnown, isSet, isUnset, textOf, textsOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const manager = api("Certificate Manager API v1");
const PROXY_7 = provider("google_compute_target_https_proxy 7.45.0");
const CERTIFICATE = "google_certificate_manager_certificate";
const AUTHORIZATION = "google_certificate_manager_dns_authorization";
const MAP = "google_certificate_manager_certificate_map";
const ENTRY = "google_certificate_manager_certificate_map_entry";
const GLOBAL_PROXY = "google_compute_target_https_proxy";
const REGION_PROXY = "google_compute_region_target_https_proxy";
const PREFIX = "//certificatemanager.googleapis.com/";
const MAP_ID = /^\/\/certificatemanager\.googleapis\.com\/projects\/[^/]+\/locations\/global\/certificateMaps\/[^/]+$/;

/** Attributes of a proxy that hold certificates. */
const SOURCES = ["ssl_certificates", "certificate_manager_certificates", "certificate_map"];

const proxies = blocks(`${GLOBAL_PROXY}|${REGION_PROXY}|google_compute_target_ssl_proxy`);
const managed = blocks(CERTIFICATE, "managed");

const isDomain = (value: unknown) => isKnown(value) && certificateDomain.holds(value);

/** The domains of a certificate that Google manages; undefined where they are not all known, or not all right. */
function managedDomains(certificate: Resource | undefined): string[] | undefined {
  const domains = blockOf(certificate?.values.managed)?.domains;
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

/** Where a resource of Certificate Manager is; undefined where it is not known. */
function locationOf({ values }: Resource): string | undefined {
  return isUnset(values, "location") ? "global" : textOf(values.location);
}

/** The resources of this document that a list names, with their places in it. */
function listed(document: TerraformDocument, list: unknown): { readonly index: number; readonly target: Resource }[] {
  return (Array.isArray(list) ? list : []).flatMap((item, index) => {
    const target = document.target(item);
    return target && !target.isData ? [{ index, target }] : [];
  });
}

/** The certificate map that a proxy uses, where it is in the document. */
function mapOf({ document }: Topology, proxy: Block): Resource | undefined {
  const [reference] = document.references(proxy.certificate_map);
  const map = reference && document.at(reference.address);
  return map?.type === MAP && !map.isData ? map : undefined;
}

/** Addresses of maps that have entries; undefined where an entry's map is not in the document. */
function mapsWithEntries({ document }: Topology): ReadonlySet<string> | undefined {
  const byName = new Map(document.ofType(MAP).map((map) => [textOf(map.values.name), map]));
  const maps = document
    .ofType(ENTRY)
    .map(({ values }) => document.target(values.map) ?? byName.get(textOf(values.map) ?? ""));
  return maps.includes(undefined) ? undefined : new Set(maps.map((map) => map!.address));
}

/** Hosts that the URL maps route, by the address of the map. */
function routedHosts(topology: Topology): ReadonlyMap<string, ReadonlySet<string>> {
  const byMap = new Map<string, Set<string>>();
  for (const { urlMap, hosts } of topology.routes) {
    const known = byMap.get(urlMap.address) ?? new Set();
    for (const host of hosts) known.add(host.replace(/:\d+$/, ""));
    byMap.set(urlMap.address, known);
  }
  return byMap;
}

const ofProxies: readonly Rule[] = [
  rule(
    "tls-host-covered",
    (topology) => {
      const https = topology.frontends.filter(({ protocol, proxy }) => protocol === "HTTPS" && proxy);
      return [...new Map(https.map((each) => [each.proxy!.address, { ...each, resource: each.proxy! }])).values()];
    },
    {
      title: "an HTTPS proxy must have a certificate for each host that its URL map routes",
      why: "Clients get a certificate for another name, or none, and refuse the connection.",
      fix: "add a certificate, and a map entry for the host, or remove the host from the URL map",
      source: manager("CertificateMapEntry.hostname"),
      judge({ resource, urlMap }, blame, topology) {
        const certified = certifiedHosts(topology.document, resource)?.map((host) => host.replace(/\.$/, ""));
        if (!certified?.length || !certified.every(isDomain)) return;
        const attribute = SOURCES.find((name) => isSet(resource.values[name])) ?? "certificate_map";
        for (const host of topology.once(routedHosts).get(urlMap?.address ?? "") ?? [])
          if (/^(\*\.)?[^*]+$/.test(host) && host.includes(".") && !certified.some((each) => covers(each, host)))
            blame(attribute, certified, host);
      },
    },
  ),
  rule("tls-certificate-count", proxies, {
    title: `ssl_certificates must have ${proxyCertificates.text}`,
    why: proxyCertificates.reason,
    fix: proxyCertificates.fixText,
    source: PROXY_7,
    judge({ block: { ssl_certificates: list } }, blame) {
      if (Array.isArray(list) && !proxyCertificates.holds(list)) blame("ssl_certificates", list);
    },
  }),
  rule("tls-list-conflict", proxies, {
    title: "a proxy must have ssl_certificates or certificate_manager_certificates, not both",
    why: "The provider rejects both together.",
    fix: "remove one of the lists",
    source: PROXY_7,
    judge({ block: { ssl_certificates: list, certificate_manager_certificates: other } }, blame) {
      if (isSet(list) && isSet(other)) blame("certificate_manager_certificates", other);
    },
  }),
  rule("tls-map-format", proxies, {
    title: `certificate_map must be ${PREFIX} and the id of a certificate map`,
    why: "Google Cloud rejects the bare id or name of a map.",
    fix: `write "${PREFIX}\${google_certificate_manager_certificate_map.NAME.id}"`,
    source: PROXY_7,
    judge({ block }, blame, topology) {
      const value = block.certificate_map;
      if (typeof value !== "string" || value === "") return;
      const reference = soleReference(value.startsWith(PREFIX) ? value.slice(PREFIX.length) : value);
      const isWrong = mapOf(topology, block)
        ? reference && (!value.startsWith(PREFIX) || reference.attribute !== "id")
        : isKnown(value) && !MAP_ID.test(value);
      if (isWrong) blame("certificate_map", value);
    },
  }),
  rule(
    "tls-map-empty",
    (topology) => {
      const used = new Set(proxies(topology).flatMap(({ block }) => mapOf(topology, block) ?? []));
      return [...used].map((resource) => ({ resource }));
    },
    {
      title: "a certificate map that a proxy uses must have entries",
      advice: true,
      why: "A map without entries serves no certificate: every TLS connection fails. Entries may be managed elsewhere.",
      fix: "add a google_certificate_manager_certificate_map_entry for each host",
      source: manager("CertificateMap"),
      judge({ resource }, blame, topology) {
        if (topology.once(mapsWithEntries)?.has(resource.address) === false) blame("", undefined);
      },
    },
  ),
  rule("tls-certificate-scope", proxies, {
    title: "certificates and SSL policies must have the scope of their proxy: global, or its region",
    why: "Google Cloud rejects certificates and policies of another scope.",
    fix: "use the region types of the proxy's region with regional proxies, the global types with global ones",
    source: api("Compute API v1")("SslCertificate"),
    judge({ resource, block }, blame, { document }) {
      const isRegional = resource.type === REGION_PROXY;
      const used = [
        ...listed(document, [block.ssl_policy]).map(({ target }) => ["ssl_policy", target] as const),
        ...listed(document, block.ssl_certificates).map(
          ({ index, target }) => [`ssl_certificates.${index}`, target] as const,
        ),
      ];
      for (const [attribute, { type, values, address }] of used) {
        if (!/^google_compute_.*ssl_(certificate|policy)$/.test(type)) continue;
        const [here, there] = [textOf(block.region), textOf(values.region)];
        const isElsewhere = isRegional && here !== undefined && there !== undefined && here !== there;
        if (type.startsWith("google_compute_region_") !== isRegional || isElsewhere) blame(attribute, address);
      }
    },
  }),
  rule("tls-manager-list", proxies, {
    title: "certificate_manager_certificates must be used with internal or regional proxies, in the proxy's location",
    why: "A global external load balancer takes certificates of Certificate Manager only through a certificate map, and a regional proxy only those of its region.",
    fix: "use certificate_map with a global external load balancer, certificates of the same region with a regional proxy",
    source: PROXY_7,
    judge({ resource, block }, blame, { document, frontends }) {
      const list = block.certificate_manager_certificates;
      if (!Array.isArray(list) || list.length === 0) return;
      const isExternal = frontends.some(({ scheme, proxy }) => proxy === resource && scheme?.startsWith("EXTERNAL"));
      if (resource.type === GLOBAL_PROXY && isExternal) return blame("certificate_manager_certificates", list);
      const here = resource.type === REGION_PROXY ? textOf(block.region) : "global";
      for (const { index, target } of listed(document, list)) {
        const there = locationOf(target);
        if (here !== undefined && there !== undefined && here !== there)
          blame(`certificate_manager_certificates.${index}`, target.address, there);
      }
    },
  }),
];

const ofCertificates: readonly Rule[] = [
  rule("tls-authorization-missing", managed, {
    title: "each domain of a managed certificate with DNS authorization must have one",
    why: "Google Cloud rejects a certificate with a domain that none of its authorizations covers.",
    fix: "add a google_certificate_manager_dns_authorization for the domain to dns_authorizations",
    source: manager("ManagedCertificate.dnsAuthorizations"),
    judge({ block: { domains, dns_authorizations: list } }, blame, { document }) {
      const targets = (Array.isArray(list) ? list : []).map((item) => document.target(item));
      const authorized = targets.map((each) => (each?.type === AUTHORIZATION ? textOf(each.values.domain) : undefined));
      if (authorized.length === 0 || !authorized.every((each) => each !== undefined && authorizedDomain.holds(each)))
        return;
      const known = authorized.map((domain) => domain!.toLowerCase());
      for (const domain of textsOf(domains).filter(isDomain))
        if (!known.includes(domain.replace(/^\*\./, "").toLowerCase())) blame("domains", domain);
    },
  }),
  rule("tls-authorization-location", managed, {
    title: "a certificate and its DNS authorizations must have the same location",
    why: "Google Cloud rejects an authorization of another location.",
    fix: "give the authorization the certificate's location",
    source: manager("ManagedCertificate.dnsAuthorizations"),
    judge({ resource, block }, blame, { document }) {
      const here = locationOf(resource);
      for (const { target } of listed(document, block.dns_authorizations)) {
        const there = target.type === AUTHORIZATION ? locationOf(target) : undefined;
        if (here !== undefined && there !== undefined && here !== there)
          blame("dns_authorizations", target.address, `${there}, not ${here}`);
      }
    },
  }),
];

/** Entries with the map and the host that they are for, as far as both are surely known. */
function namedEntries({ document }: Topology) {
  return document.ofType(ENTRY).flatMap((resource) => {
    const { map, hostname, matcher } = resource.values;
    const target = document.target(map);
    const reference = soleReference(map);
    const isOne = document.identity(map) !== undefined;
    const place = target ? `${target.address}[${reference?.key ?? ""}]` : String(map);
    const name = textOf(hostname)?.toLowerCase() || textOf(matcher);
    return name && isOne ? [{ resource, key: `${place} ${name}`, name }] : [];
  });
}

const entries = (topology: Topology) =>
  topology.places(ENTRY).flatMap(({ resource, block }) =>
    listed(topology.document, block.certificates).map(({ index, target }) => ({
      resource,
      block,
      target,
      at: `certificates.${index}`,
      isManager: target.type === CERTIFICATE,
    })),
  );

const ofEntries: readonly Rule[] = [
  rule(
    "tls-entry-unique",
    (topology) => {
      const all = topology.once(namedEntries);
      const first = new Map([...all].reverse().map((each) => [each.key, each]));
      return all.filter((each) => first.get(each.key) !== each);
    },
    {
      title: "a certificate map must have one entry for a host name, and one PRIMARY",
      why: "Google Cloud rejects the second entry.",
      fix: "put both certificates into one entry",
      source: manager("CertificateMapEntry"),
      judge: ({ resource, name }, blame) => blame(isSet(resource.values.hostname) ? "hostname" : "matcher", name),
    },
  ),
  rule("tls-entry-covers", entries, {
    title: "the certificates of a map entry must be for the entry's host name",
    why: "Clients that ask for the host get a certificate for another one and refuse the connection.",
    fix: "name a certificate whose domains contain the host name",
    source: manager("CertificateMapEntry.hostname"),
    judge({ block, target, isManager }, blame) {
      const hostname = textOf(block.hostname);
      const domains = isManager ? managedDomains(target) : undefined;
      if (
        hostname !== undefined &&
        isDomain(hostname) &&
        domains &&
        !domains.some((domain) => covers(domain, hostname))
      )
        blame("", domains, hostname);
    },
  }),
  rule("tls-entry-type", entries, {
    title: "the certificates of a map entry must be global ones of Certificate Manager",
    why: "Google Cloud rejects Compute Engine certificates and those of a region in a map.",
    fix: "use a google_certificate_manager_certificate without location",
    source: manager("CertificateMapEntry.certificates"),
    judge({ target, isManager }, blame) {
      const location = isManager ? locationOf(target) : undefined;
      if (target.type.startsWith("google_compute_") || (location ?? "global") !== "global")
        blame("", target.address, location);
    },
  }),
  rule("tls-entry-scope", entries, {
    title: "the certificates of a map entry must have the scope DEFAULT",
    advice: true,
    why: "Maps serve global external load balancers, which take certificates of scope DEFAULT.",
    fix: "leave scope out",
    source: manager("Certificate.scope"),
    judge({ target, isManager }, blame) {
      const scope = isManager ? textOf(target.values.scope) : undefined;
      if (scope === "EDGE_CACHE" || scope === "ALL_REGIONS" || scope === "CLIENT_AUTH")
        blame("", target.address, scope);
    },
  }),
];

/** Certificates, certificate maps and what proxies use of them. */
export const certificateRules: readonly Rule[] = [...ofProxies, ...ofCertificates, ...ofEntries];
