import { CertificateManagerCertificateMap } from "@cdktf/provider-google/lib/certificate-manager-certificate-map";
import { CertificateManagerCertificateMapEntry } from "@cdktf/provider-google/lib/certificate-manager-certificate-map-entry";
import { Construct } from "constructs";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { ProjectServices } from "../project/project-services";

// Map and entries have fixed places in the construct tree, so an entry changes in place when its
// domain gets a certificate of the other kind.

export function createCertificateMap(owner: Construct): CertificateManagerCertificateMap {
  return new CertificateManagerCertificateMap(owner, "Map", {
    name: generatedName(owner, COMPUTE_NAME),
    dependsOn: ProjectServices.of(owner).require("certificatemanager.googleapis.com"),
  });
}

/** The scope of everything that belongs to one domain. */
export function domainScope(owner: Construct, domain: string): Construct {
  return (owner.node.tryFindChild(domain) as Construct | undefined) ?? new Construct(owner, domain);
}

/** Shows a certificate to clients that ask for the domain. */
export function createMapEntry(
  owner: Construct,
  map: CertificateManagerCertificateMap,
  domain: string,
  certificateId: string,
): CertificateManagerCertificateMapEntry {
  const scope = domainScope(owner, domain);
  return new CertificateManagerCertificateMapEntry(scope, "MapEntry", {
    name: generatedName(scope, COMPUTE_NAME, ["entry", domain]),
    map: map.name,
    hostname: domain,
    certificates: [certificateId],
    lifecycle: { createBeforeDestroy: true },
  });
}
