import type { CertificateManagerCertificate } from "@cdktf/provider-google/lib/certificate-manager-certificate";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed } from "../core/checks";
import { ValidationError } from "../core/errors";
import { regionFacts } from "../core/regions";
import { certificateId as certificateIdIn } from "../google/certificates";
import { type ProviderOptions, useProvider } from "../project/provider";
import { AuthorizedDomains, REGIONAL_AUTHORIZATION } from "./authorized-domains";
import type { DnsRecord } from "./dns-record";
import { checkCommonNames } from "./managed-certificates";
import { checkRegionalTls } from "./regional-checks";
import { createSelfManaged } from "./self-managed-certificates";
import type { Tls } from "./tls";

export interface RegionalCertificatesProps extends ProviderOptions {
  readonly region: string;
  /** `Tls.managed(…)`, `Tls.selfManaged(…)` or `Tls.existingCertificates(…)`. */
  readonly tls: Tls;
}

/**
 * Certificates of Certificate Manager per proxy
 * (docs.cloud.google.com/certificate-manager/docs/quotas, from general knowledge, 2026-11).
 */
const MAX_CERTIFICATES = 100;

/**
 * Certificates of Certificate Manager in one region, listed by a regional proxy: certificate maps
 * are for global proxies. Managed ones: one per domain, and one DNS authorization per base domain,
 * whose CNAME record differs from that of a global one (`_acme-challenge_….eu.api.example.com.`).
 *
 * Adding or removing a certificate changes the proxy in place and does not affect the others. The
 * first is used for clients that do not name a domain.
 */
@checked
export class RegionalCertificates extends Construct {
  /** In the order of the domains. */
  public readonly certificateIds: string[] = [];
  /** The certificates created here: all except those of `Tls.existingCertificates()`. */
  public readonly certificates: CertificateManagerCertificate[] = [];
  /** The CNAME records that prove control of the domains. */
  public readonly authorizationRecords: DnsRecord[];
  /** The domains of `authorizationRecords`, in the same order. @internal */
  public readonly _authorizedDomains: string[];
  private readonly region: string;

  public constructor(scope: Construct, id: string, props: RegionalCertificatesProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const { region, tls } = props;
    regionFacts(this, region);
    this.region = region;
    const domains = [...checkRegionalTls(this, tls)];
    const authorized = new AuthorizedDomains(this, { region, type: REGIONAL_AUTHORIZATION });
    this.authorizationRecords = authorized.records;
    this._authorizedDomains = authorized.domains;
    if (tls.ownCertificates) {
      for (const given of tls.ownCertificates)
        this.add(createSelfManaged(this, domains.splice(0, given.domains.length), given, region));
    } else if (tls.certificatesElsewhere) {
      for (const { certificateId } of tls.certificatesElsewhere) this.refer(certificateId);
    } else {
      checkCommonNames(this, domains);
      for (const domain of domains) this.add(authorized.certificate(domain));
    }
    if (this.certificateIds.length > MAX_CERTIFICATES) {
      throw new ValidationError(this, {
        what: "certificates",
        got: this.certificateIds.length,
        allowed: `at most ${MAX_CERTIFICATES} certificates on a regional proxy`,
        fix: "use a wildcard for the domains of one level, or a second endpoint",
      });
    }
  }

  private add(certificate: CertificateManagerCertificate): void {
    this.certificates.push(certificate);
    this.certificateIds.push(certificate.id);
  }

  private refer(certificateId: string): void {
    checkAllowed(
      this,
      "certificateId",
      certificateId,
      certificateIdIn(this.region),
      "pass the resource name of a certificate of Certificate Manager in the endpoint's region; global ones cannot be used there",
    );
    this.certificateIds.push(certificateId);
  }
}
