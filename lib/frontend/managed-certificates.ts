import type { CertificateManagerCertificateMap } from "@cdktf/provider-google/lib/certificate-manager-certificate-map";
import type { CertificateManagerCertificateMapEntry } from "@cdktf/provider-google/lib/certificate-manager-certificate-map-entry";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { MAX_COMMON_NAME } from "../google/certificates";
import { type ProviderOptions, useProvider } from "../project/provider";
import { normalDomains } from "../routing/route-pattern";
import { AuthorizedDomains, DnsAuthorizationType } from "./authorized-domains";
import { createCertificateMap, createMapEntry } from "./certificate-map";
import type { DnsRecord } from "./dns-record";

export interface ManagedCertificatesProps extends ProviderOptions {
  /** `api.example.com` or `*.example.com`; literals. */
  readonly domains: string[];
  /** @default DnsAuthorizationType.FIXED_RECORD */
  readonly dnsAuthorization?: DnsAuthorizationType;
}

/**
 * A certificate map with one Google-managed certificate and map entry per domain, and one DNS
 * authorization per base domain, which `example.com` and `*.example.com` share.
 *
 * Certificates cannot change their domains. If all shared one, adding a domain would replace it and
 * leave every domain without a certificate until the new one is issued.
 *
 * A domain has at most 64 characters, because it becomes the common name of its certificate.
 */
@checked
export class ManagedCertificates extends Construct {
  public readonly map: CertificateManagerCertificateMap;
  public readonly entries: CertificateManagerCertificateMapEntry[] = [];
  /** The CNAME records that prove control of the domains. */
  public readonly authorizationRecords: DnsRecord[];
  /** The domains of `authorizationRecords`, in the same order. @internal */
  public readonly _authorizedDomains: string[];

  public constructor(scope: Construct, id: string, props: ManagedCertificatesProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const domains = normalDomains(this, props.domains);
    checkCommonNames(this, domains);
    this.map = createCertificateMap(this);
    const authorized = new AuthorizedDomains(this, {
      type: props.dnsAuthorization ?? DnsAuthorizationType.FIXED_RECORD,
    });
    for (const domain of domains)
      this.entries.push(createMapEntry(this, this.map, domain, authorized.certificate(domain).id));
    this.authorizationRecords = authorized.records;
    this._authorizedDomains = authorized.domains;
  }
}

/**
 * Google puts a certificate's first domain, here the only one, into its common name. The limit is
 * documented for Google-managed certificates
 * (cloud.google.com/load-balancing/docs/quotas#ssl_certificates, as quoted by others, read
 * 2026-11-22), but not found for Certificate Manager. A longer domain is refused, because its
 * certificate may stay in provisioning forever, without an error at apply.
 */
export function checkCommonNames(where: IConstruct, domains: readonly string[]): void {
  const long = domains.find((domain) => domain.length > MAX_COMMON_NAME);
  if (long === undefined) return;
  throw new ValidationError(where, {
    what: "domains",
    got: long,
    allowed: `at most ${MAX_COMMON_NAME} characters, in ASCII, for a certificate that Google manages; this one has ${long.length}`,
    fix: "use a shorter domain, a wildcard of the domain above it, or a certificate of your own: Tls.selfManaged([…])",
  });
}
