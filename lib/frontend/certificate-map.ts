import { CertificateManagerCertificateMap } from "@cdktf/provider-google/lib/certificate-manager-certificate-map";
import { CertificateManagerCertificateMapEntry } from "@cdktf/provider-google/lib/certificate-manager-certificate-map-entry";
import { Construct } from "constructs";
import { COMPUTE_NAME, generatedName } from "../naming";
import { ProjectServices } from "../project/project-services";

/**
 * A certificate map with one entry per domain.
 *
 * Map and entries have the same places in the construct tree whatever the certificates are, so an entry changes in place when its domain gets
 * a certificate of the other kind.
 */
export abstract class CertificateMapBase extends Construct {
  public readonly map: CertificateManagerCertificateMap;
  public readonly entries: CertificateManagerCertificateMapEntry[] = [];

  protected constructor(scope: Construct, id: string) {
    super(scope, id);
    this.map = new CertificateManagerCertificateMap(this, "Map", {
      name: generatedName(this, COMPUTE_NAME),
      dependsOn: ProjectServices.of(this).require("certificatemanager.googleapis.com"),
    });
  }

  /** @internal */
  public _entryOf(domain: string): CertificateManagerCertificateMapEntry | undefined {
    return this.entries.find((entry) => entry.hostnameInput === domain);
  }

  /** What belongs to one domain is below one construct. */
  protected scopeOf(domain: string): Construct {
    return (this.node.tryFindChild(domain) as Construct | undefined) ?? new Construct(this, domain);
  }

  protected addEntry(domain: string, certificateId: string): void {
    const scope = this.scopeOf(domain);
    this.entries.push(
      new CertificateManagerCertificateMapEntry(scope, "MapEntry", {
        name: generatedName(scope, COMPUTE_NAME, ["entry", domain]),
        map: this.map.name,
        hostname: domain,
        certificates: [certificateId],
        lifecycle: { createBeforeDestroy: true },
      }),
    );
  }
}
