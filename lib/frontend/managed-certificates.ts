import { CertificateManagerCertificate } from "@cdktf/provider-google/lib/certificate-manager-certificate";
import { CertificateManagerCertificateMap } from "@cdktf/provider-google/lib/certificate-manager-certificate-map";
import { CertificateManagerCertificateMapEntry } from "@cdktf/provider-google/lib/certificate-manager-certificate-map-entry";
import { CertificateManagerDnsAuthorization } from "@cdktf/provider-google/lib/certificate-manager-dns-authorization";
import { Construct } from "constructs";
import { COMPUTE_NAME, generatedName } from "../naming";
import { ProjectServices } from "../project/project-services";
import { normalDomains } from "../routing/route-pattern";
import type { DnsRecord } from "./dns-record";

export interface ManagedCertificatesProps {
  /** `api.example.com` or `*.example.com`; literals. */
  readonly domains: string[];
}

const AUTHORIZATION_TYPE = "FIXED_RECORD";

/**
 * A certificate map with one Google-managed certificate and map entry per domain, and one DNS authorization per base domain:
 * `example.com` and `*.example.com` share theirs.
 *
 * Certificates cannot change their domains. With one for all of them, adding a domain would replace it and leave every domain without while the
 * new one is being issued; with one each, the others are never touched.
 */
export class ManagedCertificates extends Construct {
  public readonly map: CertificateManagerCertificateMap;
  public readonly entries: CertificateManagerCertificateMapEntry[] = [];
  /** The CNAME records that prove control of the domains. */
  public readonly authorizationRecords: DnsRecord[] = [];

  public constructor(scope: Construct, id: string, props: ManagedCertificatesProps) {
    super(scope, id);
    const apis = ProjectServices.of(this).require("certificatemanager.googleapis.com");
    const domains = normalDomains(this, props.domains);
    this.map = new CertificateManagerCertificateMap(this, "Map", {
      name: generatedName(this, COMPUTE_NAME),
      dependsOn: apis,
    });
    for (const domain of domains) this.addDomain(domain);
  }

  private addDomain(domain: string): void {
    const scope = new Construct(this, domain);
    const authorization = this.authorization(domain.replace(/^\*\./, ""));
    const certificate = new CertificateManagerCertificate(scope, "Certificate", {
      name: generatedName(scope, COMPUTE_NAME, ["certificate", domain, authorization.domainInput!, AUTHORIZATION_TYPE]),
      managed: { domains: [domain], dnsAuthorizations: [authorization.id] },
      lifecycle: { createBeforeDestroy: true },
    });
    this.entries.push(
      new CertificateManagerCertificateMapEntry(scope, "MapEntry", {
        name: generatedName(scope, COMPUTE_NAME, ["entry", domain]),
        map: this.map.name,
        hostname: domain,
        certificates: [certificate.id],
        lifecycle: { createBeforeDestroy: true },
      }),
    );
  }

  private authorization(domain: string): CertificateManagerDnsAuthorization {
    const id = `DnsAuthorization ${domain}`;
    const existing = this.node.tryFindChild(id)?.node.tryFindChild("Resource") as
      | CertificateManagerDnsAuthorization
      | undefined;
    if (existing) return existing;
    const scope = new Construct(this, id);
    const authorization = new CertificateManagerDnsAuthorization(scope, "Resource", {
      name: generatedName(scope, COMPUTE_NAME, [domain, AUTHORIZATION_TYPE]),
      domain,
      type: AUTHORIZATION_TYPE,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(this).require("certificatemanager.googleapis.com"),
    });
    const record = authorization.dnsResourceRecord.get(0);
    this.authorizationRecords.push({ name: record.name, type: record.type, data: record.data });
    return authorization;
  }
}
