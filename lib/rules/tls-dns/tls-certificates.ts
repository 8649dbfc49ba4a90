import { type Block, blockOf, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { isComputed, isKnown, textOf, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import type { Report } from "../rule";
import { covers } from "./hosts";

const CERTIFICATE = "google_certificate_manager_certificate";
const AUTHORIZATION = "google_certificate_manager_dns_authorization";
const ENTRY = "google_certificate_manager_certificate_map_entry";
const MANAGER = "Certificate Manager API v1, read 2026-11-22";

/** The domains of a certificate that Google manages; undefined where they are not all known. */
export function managedDomains(certificate: Resource | undefined): string[] | undefined {
  const managed = blockOf(certificate?.values.managed);
  return managed && Array.isArray(managed.domains) && isKnown(managed.domains) ? textsOf(managed.domains) : undefined;
}

/** Where a resource of Certificate Manager is; undefined where it is not known. */
export function locationOf({ values }: Resource): string | undefined {
  return values.location === undefined ? "global" : textOf(values.location);
}

function eachManaged(topology: Topology, visit: (certificate: Resource, managed: Block) => void): void {
  for (const certificate of topology.document.ofType(CERTIFICATE)) {
    const managed = blockOf(certificate.values.managed);
    if (managed) visit(certificate, managed);
  }
}

function certificatesOf(topology: Topology, entry: Resource): (Resource | undefined)[] {
  const { certificates } = entry.values;
  return Array.isArray(certificates) ? certificates.map((each) => topology.document.target(each)) : [];
}

function eachCertificate(
  topology: Topology,
  visit: (entry: Resource, certificate: Resource, at: string) => void,
): void {
  for (const entry of topology.document.ofType(ENTRY)) {
    certificatesOf(topology, entry).forEach((certificate, index) => {
      if (certificate && !certificate.isData) visit(entry, certificate, `certificates.${index}`);
    });
  }
}

/** The map of an entry, as far as two entries of one map have the same. */
function mapOf(topology: Topology, entry: Resource): string | undefined {
  const { map } = entry.values;
  const target = topology.document.target(map);
  return target?.address ?? (typeof map === "string" ? map : undefined);
}

/** Certificates, DNS authorizations and certificate maps of Certificate Manager. */
export const tlsCertificateRules: readonly Rule[] = [
  {
    id: "tls-managed-or-self",
    title: "a certificate is either managed or self_managed",
    severity: "error",
    why: "Google Cloud rejects a certificate that is both, or neither.",
    fix: "set managed { domains, dns_authorizations }, or self_managed { pem_certificate, pem_private_key }",
    source: MANAGER,
    check(topology, report) {
      for (const certificate of topology.document.ofType(CERTIFICATE)) {
        const kinds = ["managed", "self_managed"];
        if (kinds.some((kind) => isComputed(certificate.values, kind))) continue;
        const given = kinds.filter((kind) => blockOf(certificate.values[kind]) !== undefined);
        if (given.length !== 1) report(certificate, given[1] ?? "managed", given);
      }
    },
  },
  {
    id: "tls-issuance-or-authorization",
    title: "a managed certificate has dns_authorizations or an issuance_config, not both",
    severity: "error",
    why: "Google Cloud rejects both together: one is for public certificates, the other for a private CA.",
    fix: "leave one of them out",
    source: "provider documentation of google_certificate_manager_certificate 7.45.0",
    check(topology, report) {
      eachManaged(topology, (certificate, managed) => {
        const list = managed.dns_authorizations;
        const hasList = list !== undefined && !(Array.isArray(list) && list.length === 0);
        if (hasList && managed.issuance_config !== undefined)
          report(certificate, "managed.issuance_config", managed.issuance_config);
      });
    },
  },
  {
    id: "tls-wildcard",
    title: "a managed certificate for a wildcard has DNS authorization",
    severity: "error",
    why: "Google cannot prove control of a wildcard through the load balancer, so that the certificate is rejected or never issued.",
    fix: "add a google_certificate_manager_dns_authorization for the domain below the wildcard to dns_authorizations",
    source: `${MANAGER}: ManagedCertificate.domains`,
    check(topology, report) {
      eachManaged(topology, (certificate, managed) => {
        const wildcard = textsOf(managed.domains).find((domain) => domain.startsWith("*."));
        if (wildcard !== undefined && isUnauthorized(managed)) report(certificate, "managed.domains", wildcard);
      });
    },
  },
  {
    id: "tls-regional-authorization",
    title: "a managed certificate in a region, or of scope ALL_REGIONS, has DNS authorization",
    severity: "error",
    why: "Authorization by the load balancer exists only for global external load balancers; the certificate is rejected or never issued.",
    fix: "add a google_certificate_manager_dns_authorization of the same location to dns_authorizations",
    source: "Google's documentation of domain authorization, from general knowledge, 2026-11",
    check(topology, report) {
      eachManaged(topology, (certificate, managed) => {
        const location = locationOf(certificate);
        const needsIt = (location !== undefined && location !== "global") || certificate.values.scope === "ALL_REGIONS";
        if (needsIt && isUnauthorized(managed)) report(certificate, "managed.dns_authorizations", undefined);
      });
    },
  },
  {
    id: "tls-authorization-missing",
    title: "each domain of a managed certificate with DNS authorization has one",
    severity: "error",
    why: "Google Cloud rejects a certificate with a domain that none of its authorizations covers.",
    fix: "add a google_certificate_manager_dns_authorization for the domain to dns_authorizations",
    source: `${MANAGER}: ManagedCertificate.dnsAuthorizations`,
    check(topology, report) {
      eachManaged(topology, (certificate, managed) => {
        const authorized = authorizedDomains(topology, managed);
        if (!authorized) return;
        for (const domain of textsOf(managed.domains)) {
          const base = domain.replace(/^\*\./, "").toLowerCase();
          if (!authorized.includes(base)) report(certificate, "managed.domains", domain);
        }
      });
    },
  },
  {
    id: "tls-authorization-location",
    title: "a certificate and its DNS authorizations have the same location",
    severity: "error",
    why: "Google Cloud rejects an authorization of another location.",
    fix: "give the authorization the certificate's location",
    source: MANAGER,
    check(topology, report) {
      eachManaged(topology, (certificate, managed) => {
        if (!Array.isArray(managed.dns_authorizations)) return;
        const here = locationOf(certificate);
        for (const item of managed.dns_authorizations) {
          const authorization = topology.document.target(item);
          if (authorization?.type !== AUTHORIZATION) continue;
          const there = locationOf(authorization);
          if (here !== undefined && there !== undefined && here !== there) {
            report(certificate, "managed.dns_authorizations", authorization.address, `${there}, not ${here}`);
          }
        }
      });
    },
  },
  {
    id: "tls-entry-host-or-matcher",
    title: "a certificate map entry has either hostname or matcher",
    severity: "error",
    why: "Google Cloud rejects an entry with both, or with neither.",
    fix: "set hostname, or matcher = PRIMARY for requests without a known host name",
    source: `${MANAGER}: CertificateMapEntry`,
    check(topology, report) {
      for (const entry of topology.document.ofType(ENTRY)) {
        const given = ["hostname", "matcher"].filter((name) => entry.values[name] !== undefined);
        if (given.length !== 1) report(entry, given[1] ?? "hostname", given);
      }
    },
  },
  {
    id: "tls-entry-unique",
    title: "a certificate map has one entry for a host name, and one PRIMARY",
    severity: "error",
    why: "Google Cloud rejects the second entry.",
    fix: "put both certificates into one entry",
    source: `${MANAGER}: CertificateMapEntry`,
    check(topology, report) {
      const seen = new Set<string>();
      for (const entry of topology.document.ofType(ENTRY)) {
        const map = mapOf(topology, entry);
        const name = textOf(entry.values.hostname)?.toLowerCase() ?? textOf(entry.values.matcher);
        if (map === undefined || name === undefined) continue;
        if (seen.has(`${map} ${name}`))
          report(entry, entry.values.hostname === undefined ? "matcher" : "hostname", name);
        seen.add(`${map} ${name}`);
      }
    },
  },
  {
    id: "tls-entry-covers",
    title: "a certificate of a map entry is for the entry's host name",
    severity: "error",
    why: "Clients that ask for the host get a certificate for another one and refuse the connection.",
    fix: "name a certificate whose domains contain the host name",
    source: `${MANAGER}: CertificateMapEntry.hostname`,
    check(topology, report) {
      eachCertificate(topology, (entry, certificate, at) => {
        const hostname = textOf(entry.values.hostname);
        const domains = certificate.type === CERTIFICATE ? managedDomains(certificate) : undefined;
        if (hostname === undefined || !domains || domains.some((domain) => covers(domain, hostname))) return;
        report(entry, at, domains, hostname);
      });
    },
  },
  {
    id: "tls-entry-type",
    title: "certificates of a map entry are global ones of Certificate Manager",
    severity: "error",
    why: "Google Cloud rejects Compute Engine certificates and those of a region in a map.",
    fix: "use a google_certificate_manager_certificate without location",
    source: `${MANAGER}: CertificateMapEntry.certificates`,
    check(topology, report) {
      eachCertificate(topology, (entry, certificate, at) => {
        const isCompute = /^google_compute_/.test(certificate.type);
        const location = certificate.type === CERTIFICATE ? locationOf(certificate) : undefined;
        if (isCompute || (location !== undefined && location !== "global"))
          report(entry, at, certificate.address, location);
      });
    },
  },
  {
    id: "tls-entry-scope",
    title: "certificates of a map entry have the scope DEFAULT",
    severity: "warning",
    why: "Maps serve global external load balancers, which take certificates of scope DEFAULT. It is not sure what Google Cloud does with others.",
    fix: "leave scope out",
    source: `${MANAGER}: Certificate.scope`,
    check(topology, report) {
      eachCertificate(topology, (entry, certificate, at) => {
        const scope = certificate.type === CERTIFICATE ? textOf(certificate.values.scope) : undefined;
        if (scope !== undefined && scope !== "DEFAULT" && scope !== "") report(entry, at, certificate.address, scope);
      });
    },
  },
  {
    id: "tls-classic-wildcard",
    title: "a google_compute_managed_ssl_certificate has no wildcard",
    severity: "error",
    why: "Compute Engine's managed certificates have no DNS authorization, without which Google issues no wildcard.",
    fix: "use Certificate Manager with DNS authorization, or list the host names",
    source: "Google's documentation of managed SSL certificates, from general knowledge, 2026-11",
    check(topology, report) {
      for (const certificate of topology.document.ofType("google_compute_managed_ssl_certificate")) {
        const wildcard = textsOf(blockOf(certificate.values.managed)?.domains).find((domain) => domain.includes("*"));
        if (wildcard !== undefined) report(certificate, "managed.domains", wildcard);
      }
    },
  },
  {
    id: "tls-uploaded-key",
    title: "an uploaded certificate has exactly one private key",
    severity: "error",
    why: "The provider rejects a certificate with both a stored and a write-only key, and Google Cloud one without.",
    fix: "set private_key_wo with private_key_wo_version, or private_key",
    source: "provider documentation of google_compute_ssl_certificate 7.45.0",
    check: checkUploadedKeys,
  },
];

function checkUploadedKeys(topology: Topology, report: Report): void {
  const judge = (resource: Resource, values: Block, key: string, at: string) => {
    const given = [key, `${key}_wo`].filter((name) => values[name] !== undefined && values[name] !== null);
    if (given.length !== 1) report(resource, `${at}${key}`, given);
  };
  for (const type of ["google_compute_ssl_certificate", "google_compute_region_ssl_certificate"]) {
    for (const certificate of topology.document.ofType(type)) judge(certificate, certificate.values, "private_key", "");
  }
  for (const certificate of topology.document.ofType(CERTIFICATE)) {
    const own = blockOf(certificate.values.self_managed);
    if (own && own.private_key_pem === undefined) judge(certificate, own, "pem_private_key", "self_managed.");
  }
}

/** Whether a managed certificate surely has neither DNS authorization nor a private CA. */
function isUnauthorized(managed: Block): boolean {
  const list = managed.dns_authorizations;
  return managed.issuance_config === undefined && (list === undefined || (Array.isArray(list) && list.length === 0));
}

/** The domains of a certificate's authorizations; undefined where they are not all known, or there are none. */
function authorizedDomains(topology: Topology, managed: Block): string[] | undefined {
  const list = managed.dns_authorizations;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const domains: string[] = [];
  for (const item of list) {
    const authorization = topology.document.target(item);
    const domain = authorization?.type === AUTHORIZATION ? textOf(authorization.values.domain) : undefined;
    if (domain === undefined) return undefined;
    domains.push(domain.toLowerCase());
  }
  return domains;
}
