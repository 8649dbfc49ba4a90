import type { CertificateManagerCertificateMap } from "@cdktf/provider-google/lib/certificate-manager-certificate-map";
import type { CertificateManagerCertificateMapEntry } from "@cdktf/provider-google/lib/certificate-manager-certificate-map-entry";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed } from "../core/checks";
import { certificateId } from "../google/certificates";
import { type ProviderOptions, useProvider } from "../project/provider";
import { createCertificateMap, createMapEntry } from "./certificate-map";
import { domainsOfCertificates } from "./self-managed-certificates";

/** A certificate of Certificate Manager that is created and renewed elsewhere. */
export interface ExistingCertificate {
  /** `projects/P/locations/global/certificates/NAME`, or a token for it. */
  readonly certificateId: string;
  /**
   * Domains to use it for: `api.example.com` or `*.example.com`; literals. The certificate must
   * cover them, which is not checked.
   */
  readonly domains: string[];
}

export interface ExistingCertificatesProps extends ProviderOptions {
  /** For different domains. */
  readonly certificates: ExistingCertificate[];
}

/**
 * A certificate map with one entry per domain, over existing certificates. An entry changes in
 * place when its domain gets another certificate.
 */
@checked
export class ExistingCertificates extends Construct {
  public readonly map: CertificateManagerCertificateMap;
  public readonly entries: CertificateManagerCertificateMapEntry[] = [];

  public constructor(scope: Construct, id: string, props: ExistingCertificatesProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const domains = domainsOfCertificates(this, props.certificates);
    this.map = createCertificateMap(this);
    for (const certificate of props.certificates) {
      checkAllowed(
        this,
        "certificateId",
        certificate.certificateId,
        certificateId("global"),
        "pass the resource name of a global certificate of Certificate Manager; classic SSL certificates cannot be in a map",
      );
      for (const domain of domains.splice(0, certificate.domains.length)) {
        this.entries.push(createMapEntry(this, this.map, domain, certificate.certificateId));
      }
    }
  }
}
