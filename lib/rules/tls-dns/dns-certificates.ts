import type { Topology } from "../../topology/topology";
import { textOf, textsOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { recordSetsOf, ZONE } from "./dns-records";
import { managedDomains } from "./tls-certificates";

/** Records on which the issue of certificates depends. */
export const dnsCertificateRules: readonly Rule[] = [
  {
    id: "dns-caa-google",
    title: "CAA records of a domain with a Google-managed certificate allow Google's certificate authorities",
    severity: "error",
    why: "Google issues by pki.goog and letsencrypt.org only. Where a CAA record names others and neither of these, the certificate is never issued or renewed.",
    fix: 'add "0 issue \\"pki.goog\\"" to the CAA records',
    source: "Google's documentation of managed SSL certificates, from general knowledge, 2026-11",
    check(topology, report) {
      const domains = managedNames(topology);
      for (const { resource, type, name } of recordSetsOf(topology)) {
        const { rrdatas } = resource.values;
        if (type !== "CAA" || name === undefined || !Array.isArray(rrdatas) || textsOf(rrdatas).length < rrdatas.length)
          continue;
        const issuers = textsOf(rrdatas).filter((each) => /^\d+\s+issue\s/i.test(each));
        if (issuers.length === 0 || issuers.some((each) => /pki\.goog|letsencrypt\.org/.test(each))) continue;
        const domain = domains.find((each) => `${each}.` === name || `${each}.`.endsWith(`.${name}`));
        if (domain !== undefined && isNearest(topology, name, domain)) report(resource, "rrdatas", rrdatas, domain);
      }
    },
  },
  {
    id: "dns-authorization-record",
    severity: "warning",
    title: "the record of a DNS authorization stands in the zone of its domain",
    why: "Without the record Google never issues the certificate. It is not sure, because it may be managed elsewhere.",
    fix: "add a google_dns_record_set with name, type and data of the authorization's dns_resource_record",
    source: "Certificate Manager API v1, DnsAuthorization.dnsResourceRecord, read 2026-11-22",
    check(topology, report) {
      const zones = topology.document
        .ofType(ZONE)
        .filter(({ values }) => textOf(values.visibility) !== "private")
        .flatMap(({ values }) => textOf(values.dns_name)?.toLowerCase() ?? []);
      if (zones.length === 0) return;
      for (const authorization of topology.document.ofType("google_certificate_manager_dns_authorization")) {
        const domain = textOf(authorization.values.domain)?.toLowerCase();
        if (domain === undefined || !zones.some((zone) => `.${domain}.`.endsWith(`.${zone}`))) continue;
        const isUsed = topology.referrers(authorization.address).some(({ type }) => type === "google_dns_record_set");
        const isLiteral = recordSetsOf(topology).some(
          ({ name }) => name?.startsWith("_acme-challenge") && name.endsWith(`.${domain}.`),
        );
        if (!isUsed && !isLiteral) report(authorization, "domain", domain);
      }
    },
  },
];

/** Domains of certificates that Google manages, without wildcards. */
function managedNames(topology: Topology): string[] {
  const certificates = ["google_certificate_manager_certificate", "google_compute_managed_ssl_certificate"].flatMap(
    (type) => topology.document.ofType(type),
  );
  return certificates
    .filter(({ values }) => !JSON.stringify(values.managed ?? {}).includes('"issuance_config"'))
    .flatMap((certificate) => managedDomains(certificate) ?? [])
    .map((domain) => domain.replace(/^\*\./, "").replace(/\.$/, "").toLowerCase());
}

/** Whether no CAA record nearer to the domain decides instead. */
function isNearest(topology: Topology, name: string, domain: string): boolean {
  return !recordSetsOf(topology).some(
    (each) =>
      each.type === "CAA" &&
      each.name !== undefined &&
      each.name.length > name.length &&
      `.${domain}.`.endsWith(`.${each.name}`),
  );
}
