import type { IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed, checkWithin } from "../core/checks";
import { ValidationError } from "../core/errors";
import { certificateMapId } from "../google/certificates";
import { keepAlive } from "../google/forwarding";
import { normalDomains } from "../routing/route-pattern";
import type { DnsAuthorizationType } from "./authorized-domains";
import type { ExistingCertificate } from "./existing-certificates";
import { domainsOfCertificates, type SelfManagedCertificate } from "./self-managed-certificates";

/** Lowest TLS version that is accepted. */
export enum TlsVersion {
  TLS_1_2 = "TLS_1_2",
  TLS_1_0 = "TLS_1_0",
}

/**
 * Which cipher suites are accepted
 * (docs.cloud.google.com/load-balancing/docs/ssl-policies-concepts, read 2026-11-22).
 */
export enum TlsProfile {
  COMPATIBLE = "COMPATIBLE",
  MODERN = "MODERN",
  /** The fewest; needs TLS_1_2. */
  RESTRICTED = "RESTRICTED",
}

export interface TlsOptions {
  /** @default TlsVersion.TLS_1_2 */
  readonly minVersion?: TlsVersion;
  /** @default TlsProfile.MODERN */
  readonly profile?: TlsProfile;
  /** Offers HTTP/3 beside HTTP/2 and HTTP/1.1. @default true */
  readonly quic?: boolean;
  /**
   * How long an idle client connection stays open, 5 to 1200 seconds. @default 610, the load
   * balancer's own
   */
  readonly keepAliveSeconds?: number;
}

/** How certificates that Google issues are authorized. */
export interface ManagedTlsOptions extends TlsOptions {
  /**
   * With `PER_PROJECT_RECORD`, several projects may have certificates of the same domain. Changing
   * it replaces authorizations and certificates, and the domains have none until the new ones are
   * issued: docs/anycast-frontend.md has the way without a gap. @default
   * DnsAuthorizationType.FIXED_RECORD, in a region PER_PROJECT_RECORD
   */
  readonly dnsAuthorization?: DnsAuthorizationType;
}

/**
 * How clients reach the load balancer: by HTTPS with certificates from Certificate Manager, or by
 * plain HTTP.
 *
 * TLS early data (0-RTT) is always off: an attacker on the path could replay a POST.
 */
@checked
export class Tls {
  /**
   * Certificates that Google issues and renews, one per domain, by DNS authorization. They are
   * issued before the domain points at the load balancer, so an API moves without a gap: from
   * another host by its DNS, from `Tls.none()` by `PlainHttp.SERVE` until the certificate is
   * active. Set the records of the output `dns_records` in the domain's DNS.
   *
   * @param domains `api.example.com`, or `*.example.com` for all names one level below; literals,
   * at most 64 characters each.
   */
  public static managed(domains: string[], options: ManagedTlsOptions = {}): Tls {
    return new Tls(options, domains, undefined, false, undefined, undefined, options.dnsAuthorization);
  }

  /**
   * An existing certificate map.
   *
   * @param certificateMapId `projects/P/locations/global/certificateMaps/NAME`, or a token for it.
   * @param domains The domains that it serves: for the URL and the address records.
   */
  public static certificateMap(certificateMapId: string, domains: string[], options: TlsOptions = {}): Tls {
    return new Tls(options, domains, certificateMapId);
  }

  /**
   * Your own certificates, which you renew: from another authority, for domains over 64 characters,
   * or for clients that only trust your authority. A renewed one takes over without a gap.
   *
   * @param certificates One or more, for different domains; each private key by reference.
   */
  public static selfManaged(certificates: SelfManagedCertificate[], options: TlsOptions = {}): Tls {
    return new Tls(options, [], undefined, false, certificates);
  }

  /**
   * Existing certificates of Certificate Manager, each used for the domains named with it.
   *
   * @param certificates One or more, for different domains.
   */
  public static existingCertificates(certificates: ExistingCertificate[], options: TlsOptions = {}): Tls {
    return new Tls(options, [], undefined, false, undefined, certificates);
  }

  /** No TLS: everything, API keys included, is readable in transit. For trials without a domain. */
  public static none(): Tls {
    return new Tls({}, [], undefined, true);
  }

  private constructor(
    public readonly options: TlsOptions,
    private readonly givenDomains: string[],
    /** The given map, if any. */
    public readonly certificateMapId?: string,
    /** Whether it is plain HTTP. */
    public readonly isNone = false,
    /** The given certificates, if any. */
    public readonly ownCertificates?: SelfManagedCertificate[],
    /** The existing certificates, if any. */
    public readonly certificatesElsewhere?: ExistingCertificate[],
    /** The given kind of DNS authorization, if any. */
    public readonly dnsAuthorization?: DnsAuthorizationType,
  ) {}

  /** The domains in lower case and ASCII, checked. @internal */
  public _domains(where: IConstruct): string[] {
    if (this.isNone) return [];
    const given = this.ownCertificates ?? this.certificatesElsewhere;
    const domains = given ? domainsOfCertificates(where, given) : normalDomains(where, this.givenDomains);
    checkWithin(where, "keepAliveSeconds", this.options.keepAliveSeconds, keepAlive);
    checkAllowed(where, "certificateMapId", this.certificateMapId, certificateMapId);
    if (this.options.profile === TlsProfile.RESTRICTED && this.options.minVersion === TlsVersion.TLS_1_0) {
      throw new ValidationError(where, {
        what: "minVersion",
        got: TlsVersion.TLS_1_0,
        allowed: `${TlsVersion.TLS_1_2} with profile RESTRICTED`,
        fix: "leave minVersion out",
      });
    }
    return domains;
  }
}
