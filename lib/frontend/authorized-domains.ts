import { CertificateManagerCertificate } from "@cdktf/provider-google/lib/certificate-manager-certificate";
import { CertificateManagerDnsAuthorization } from "@cdktf/provider-google/lib/certificate-manager-dns-authorization";
import { Construct } from "constructs";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { ProjectServices } from "../project/project-services";
import { domainScope } from "./certificate-map";
import type { DnsRecord } from "./dns-record";

/**
 * Which CNAME record proves control of a domain
 * (cloud.google.com/certificate-manager/docs/dns-authorizations, read 2026-11-28).
 */
export enum DnsAuthorizationType {
  /** `_acme-challenge.api.example.com.`: one project only can have the record. */
  FIXED_RECORD = "FIXED_RECORD",
  /**
   * `_acme-challenge_….api.example.com.`, another for each project: several projects can have
   * certificates of the domain, each renewed without the others.
   */
  PER_PROJECT_RECORD = "PER_PROJECT_RECORD",
}

/**
 * The only type for regional DNS authorizations; by the provider's text, their default (6.50.0,
 * read 2026-11-22).
 */
export const REGIONAL_AUTHORIZATION = DnsAuthorizationType.PER_PROJECT_RECORD;

/** Where certificates are, and how control of their domains is proved. */
export interface AuthorizationPlace {
  /** @default global */
  readonly region?: string;
  readonly type: DnsAuthorizationType;
}

/** DNS authorizations, one per base domain: `example.com` and `*.example.com` share one. */
export class AuthorizedDomains {
  /** The CNAME records that prove control of the domains. */
  public readonly records: DnsRecord[] = [];
  /** The domains of `records`, in the same order. */
  public readonly domains: string[] = [];

  public constructor(
    private readonly owner: Construct,
    private readonly place: AuthorizationPlace,
  ) {}

  /** The Google-managed certificate of one domain. */
  public certificate(domain: string): CertificateManagerCertificate {
    const { region, type } = this.place;
    const scope = domainScope(this.owner, domain);
    const authorization = this.authorization(domain.replace(/^\*\./, ""));
    return new CertificateManagerCertificate(scope, "Certificate", {
      name: generatedName(scope, COMPUTE_NAME, [
        "certificate",
        ...this.inputs(),
        domain,
        authorization.domainInput!,
        type,
      ]),
      location: region,
      managed: { domains: [domain], dnsAuthorizations: [authorization.id] },
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private authorization(domain: string): CertificateManagerDnsAuthorization {
    const { region, type } = this.place;
    const id = `DnsAuthorization ${domain}`;
    const existing = this.owner.node.tryFindChild(id)?.node.tryFindChild("Resource") as
      | CertificateManagerDnsAuthorization
      | undefined;
    if (existing) return existing;
    const scope = new Construct(this.owner, id);
    const authorization = new CertificateManagerDnsAuthorization(scope, "Resource", {
      name: generatedName(scope, COMPUTE_NAME, [...this.inputs(), domain, type]),
      location: region,
      domain,
      type,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(this.owner).require("certificatemanager.googleapis.com"),
    });
    const record = authorization.dnsResourceRecord.get(0);
    this.domains.push(domain);
    this.records.push({ name: record.name, type: record.type, data: record.data });
    return authorization;
  }

  /** Inputs of the place that force a new certificate and authorization. */
  private inputs(): string[] {
    return this.place.region === undefined ? [] : [this.place.region];
  }
}
