import { authorizedDomain } from "../google/certificates";
import { api, provider } from "../google/source";
import { covers } from "../language/host-name";
import { soleReference } from "../language/reference";
import {
  AUTHORIZATION,
  CERTIFICATE,
  ENTRY,
  isDomain,
  managedDomains,
  mapOf,
  mapsWithEntries,
  repeatedEntries,
  routedHosts,
} from "../topology/certificates";
import type { Resource } from "../topology/document";
import { certifiedHosts } from "../topology/frontends";
import { listed } from "../topology/place";
import type { Topology } from "../topology/topology";
import { isKnown, isSet, isUnset, textOf, textsOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const manager = api("Certificate Manager API v1");
const PROXY_7 = provider("google_compute_target_https_proxy 7.45.0");
const GLOBAL_PROXY = "google_compute_target_https_proxy";
const REGION_PROXY = "google_compute_region_target_https_proxy";
const PREFIX = "//certificatemanager.googleapis.com/";
const MAP_ID = /^\/\/certificatemanager\.googleapis\.com\/projects\/[^/]+\/locations\/global\/certificateMaps\/[^/]+$/;

/** Attributes of a proxy that hold certificates. */
const SOURCES = ["ssl_certificates", "certificate_manager_certificates", "certificate_map"];

const proxies = blocks(`${GLOBAL_PROXY}|${REGION_PROXY}|google_compute_target_ssl_proxy`);
const managed = blocks(CERTIFICATE, "managed");

/** Where a resource is, if both it and the other place are known and differ. */
function elsewhere({ values }: Resource, attribute: "location" | "region", here: unknown): string | undefined {
  const there = isUnset(values, attribute) && attribute === "location" ? "global" : textOf(values[attribute]);
  return textOf(here) === undefined || there === here ? undefined : there;
}

const hereOf = ({ values }: Resource) => (isUnset(values, "location") ? "global" : values.location);

const ofProxies: readonly Rule[] = [
  rule(
    "tls-host-covered",
    (topology) => {
      const https = topology.frontends.filter(({ protocol, proxy }) => protocol === "HTTPS" && proxy);
      return [...new Map(https.map(({ proxy, urlMap }) => [proxy, { resource: proxy!, urlMap }])).values()];
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
  rule("tls-map-format", proxies, {
    title: `certificate_map must be ${PREFIX} and the id of a certificate map`,
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
    (topology) =>
      [...new Set(proxies(topology).map(({ block }) => mapOf(topology, block)))].flatMap((resource) =>
        resource ? [{ resource }] : [],
      ),
    {
      title: "a certificate map that a proxy uses must have entries",
      advice: true,
      why: "Without entries every TLS connection fails. They may be managed elsewhere.",
      fix: "add a google_certificate_manager_certificate_map_entry for each host",
      source: manager("CertificateMap"),
      judge({ resource }, blame, topology) {
        if (topology.once(mapsWithEntries)?.has(resource.address) === false) blame("", undefined);
      },
    },
  ),
  rule("tls-certificate-scope", proxies, {
    title: "certificates and SSL policies must have the scope of their proxy: global, or its region",
    fix: "use the region types of the proxy's region with regional proxies, the global types with global ones",
    source: api("Compute API v1")("SslCertificate"),
    judge({ resource, block }, blame, { document }) {
      for (const { at, target } of ["ssl_policy", "ssl_certificates"].flatMap((name) =>
        listed(document, block, name),
      )) {
        if (!/^google_compute_.*ssl_(certificate|policy)$/.test(target.type)) continue;
        const [isRegional, is] = [resource, target].map(({ type }) => type.startsWith("google_compute_region_"));
        if (is !== isRegional || (is && elsewhere(target, "region", block.region))) blame(at, target.address);
      }
    },
  }),
  rule("tls-manager-list", proxies, {
    title: "certificate_manager_certificates must be used with internal or regional proxies, in the proxy's location",
    why: "A global external load balancer takes them only through a certificate map, a regional one only from its region.",
    fix: "use certificate_map with a global external load balancer, certificates of the same region with a regional proxy",
    source: PROXY_7,
    judge({ resource, block }, blame, { document, frontends }) {
      const list = block.certificate_manager_certificates;
      if (!Array.isArray(list) || list.length === 0) return;
      const isExternal = frontends.some(({ scheme, proxy }) => proxy === resource && scheme?.startsWith("EXTERNAL"));
      if (resource.type === GLOBAL_PROXY && isExternal) return blame("certificate_manager_certificates", list);
      for (const { at, target } of listed(document, block, "certificate_manager_certificates")) {
        const there = elsewhere(target, "location", resource.type === REGION_PROXY ? block.region : "global");
        if (there !== undefined) blame(at, target.address, there);
      }
    },
  }),
];

const ofCertificates: readonly Rule[] = [
  rule("tls-authorization-missing", managed, {
    title: "each domain of a managed certificate with DNS authorization must have one",
    fix: "add a google_certificate_manager_dns_authorization for the domain to dns_authorizations",
    source: manager("ManagedCertificate.dnsAuthorizations"),
    judge({ block: { domains, dns_authorizations: list } }, blame, { document }) {
      const targets = (Array.isArray(list) ? list : []).map((item) => document.target(item));
      const authorized = targets.map((each) => (each?.type === AUTHORIZATION ? textOf(each.values.domain) : undefined));
      if (!authorized.every((each) => each !== undefined && authorizedDomain.holds(each))) return;
      const known = authorized.map((domain) => domain!.toLowerCase());
      for (const domain of known.length > 0 ? textsOf(domains).filter(isDomain) : [])
        if (!known.includes(domain.replace(/^\*\./, "").toLowerCase())) blame("domains", domain);
    },
  }),
  rule("tls-authorization-location", managed, {
    title: "a certificate and its DNS authorizations must have the same location",
    fix: "give the authorization the certificate's location",
    source: manager("ManagedCertificate.dnsAuthorizations"),
    judge({ resource, block }, blame, { document }) {
      for (const { target } of listed(document, block, "dns_authorizations")) {
        const there = target.type === AUTHORIZATION && elsewhere(target, "location", hereOf(resource));
        if (there) blame("dns_authorizations", target.address, `${there}, not ${hereOf(resource)}`);
      }
    },
  }),
];

const entries = (topology: Topology) =>
  topology.places(ENTRY).flatMap(({ resource, block }) =>
    listed(topology.document, block, "certificates").map((each) => ({
      ...each,
      resource,
      hostname: textOf(block.hostname),
      isManager: each.target.type === CERTIFICATE,
    })),
  );

const ofEntries: readonly Rule[] = [
  rule("tls-entry-unique", repeatedEntries, {
    title: "a certificate map must have one entry for a host name, and one PRIMARY",
    fix: "put both certificates into one entry",
    source: manager("CertificateMapEntry"),
    judge: ({ resource, name }, blame) => blame(isSet(resource.values.hostname) ? "hostname" : "matcher", name),
  }),
  rule("tls-entry-covers", entries, {
    title: "the certificates of a map entry must be for the entry's host name",
    why: "Clients get a certificate for another host and refuse the connection.",
    fix: "name a certificate whose domains contain the host name",
    source: manager("CertificateMapEntry.hostname"),
    judge({ hostname, target, isManager }, blame) {
      const domains = isManager && hostname && isDomain(hostname) ? managedDomains(target) : undefined;
      if (domains?.some((domain) => covers(domain, hostname!)) === false) blame("", domains, hostname);
    },
  }),
  rule("tls-entry-type", entries, {
    title: "the certificates of a map entry must be global ones of Certificate Manager",
    fix: "use a google_certificate_manager_certificate without location",
    source: manager("CertificateMapEntry.certificates"),
    judge({ target, isManager }, blame) {
      const there = isManager ? elsewhere(target, "location", "global") : undefined;
      if (target.type.startsWith("google_compute_") || there !== undefined) blame("", target.address, there);
    },
  }),
  rule("tls-entry-scope", entries, {
    title: "the certificates of a map entry must have the scope DEFAULT",
    advice: true,
    why: "Maps serve global external load balancers, which take certificates of scope DEFAULT.",
    fix: "leave scope out",
    source: manager("Certificate.scope"),
    judge({ target, isManager }, blame) {
      const scope = (isManager && textOf(target.values.scope)) || "DEFAULT";
      if (["EDGE_CACHE", "ALL_REGIONS", "CLIENT_AUTH"].includes(scope)) blame("", target.address, scope);
    },
  }),
];

/** Certificates, certificate maps and what proxies use of them. */
export const certificateRules: readonly Rule[] = [...ofProxies, ...ofCertificates, ...ofEntries];
