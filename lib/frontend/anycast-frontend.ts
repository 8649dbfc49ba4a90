import { ComputeGlobalForwardingRule } from "@cdktf/provider-google/lib/compute-global-forwarding-rule";
import { ComputeSslPolicy } from "@cdktf/provider-google/lib/compute-ssl-policy";
import { ComputeTargetHttpProxy } from "@cdktf/provider-google/lib/compute-target-http-proxy";
import { ComputeTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-target-https-proxy";
import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map";
import type { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import { Construct } from "constructs";
import { ValidationError } from "../errors";
import { COMPUTE_NAME, generatedName } from "../naming";
import { ProjectServices } from "../project/project-services";
import type { RemovalPolicy } from "../removal-policy";
import type { IUrlMap } from "../routing/url-routing";
import { AnycastAddress, type IAnycastAddress, IpVersion } from "./anycast-address";
import type { DnsRecord } from "./dns-record";
import { DnsRecordSets, type PlannedRecord } from "./dns-record-sets";
import type { IDnsZone } from "./dns-zone";
import { ExistingCertificates } from "./existing-certificates";
import { ManagedCertificates } from "./managed-certificates";
import { SelfManagedCertificates } from "./self-managed-certificates";
import { type Tls, TlsProfile, TlsVersion } from "./tls";

/** What the load balancer answers on port 80, where nothing is encrypted. */
export enum PlainHttp {
  /** A redirect to https:// (308, which keeps method and body). */
  REDIRECT = "redirect",
  /**
   * The API itself. With certificates, it is for a move from `Tls.none()` without a gap: serve both until the new certificate is
   * active, then redirect.
   */
  SERVE = "serve",
  /** Nothing: port 80 is closed. */
  OFF = "off",
}

export interface AnycastFrontendProps {
  /** What the proxies ask where a request goes. */
  readonly urlMap: IUrlMap;
  readonly tls: Tls;
  /** @default a new address */
  readonly ipv4Address?: IAnycastAddress;
  /** @default a new address */
  readonly ipv6Address?: IAnycastAddress;
  /** Serves IPv6 too. @default true */
  readonly ipv6?: boolean;
  /** What port 80 does. @default PlainHttp.REDIRECT, with Tls.none() SERVE */
  readonly plainHttp?: PlainHttp;
  /**
   * Where the records of the domains are created, as far as the domains lie in it; those of the others are left to you (`recordsToSet`). Taking the zone away again
   * deletes the records. @default none: all records are left to you
   */
  readonly dnsZone?: IDnsZone;
  /** How long resolvers keep the records of `dnsZone`, from 0 seconds. @default 300 */
  readonly dnsTtlSeconds?: number;
  /**
   * Creates the A and AAAA records too. False creates the authorization records alone, for domains that are still served from elsewhere: their
   * certificates are issued, then set it to true. @default true
   */
  readonly dnsAddressRecords?: boolean;
  /** Of the addresses. @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Requests in TLS 1.3 early data (0-RTT) can be recorded on the way and sent again by anyone. A repeated GET does no harm; a repeated POST runs the model again, at your
 * cost, and does again whatever else it did. The load balancer cannot tell which POST is harmless, so there is no option for it.
 */
const TLS_EARLY_DATA = "DISABLED";

/**
 * What clients connect to: one anycast address per IP version, the forwarding rules on it, and the proxies behind them.
 *
 * Addresses and forwarding rules have an identity outside Terraform and keep their names for ever; the rules' targets change in place. Proxies
 * are created before a predecessor is destroyed, under a name that carries a hash of what replaces them.
 */
export class AnycastFrontend extends Construct {
  public readonly ipv4: IAnycastAddress;
  public readonly ipv6?: IAnycastAddress;
  public readonly forwardingRules: ComputeGlobalForwardingRule[] = [];
  /** With `Tls.managed()`. */
  public readonly certificates?: ManagedCertificates;
  /** With `Tls.selfManaged()`. */
  public readonly ownCertificates?: SelfManagedCertificates;
  public readonly existingCertificates?: ExistingCertificates;
  public readonly sslPolicy?: ComputeSslPolicy;
  public readonly httpsProxy?: ComputeTargetHttpsProxy;
  public readonly httpProxy?: ComputeTargetHttpProxy;
  /** Where clients reach the API: the first domain that is no wildcard, else the IPv4 address. */
  public readonly url: string;
  /** Address records of every domain, and the records that prove control of them. */
  public readonly dnsRecords: DnsRecord[];
  /** Those of the records that `dnsZone` holds. */
  public readonly recordSets: DnsRecordSet[];
  /** Those of the records that are left to you. */
  public readonly recordsToSet: DnsRecord[];

  public constructor(scope: Construct, id: string, props: AnycastFrontendProps) {
    super(scope, id);
    const { tls } = props;
    const domains = tls._domains(this);
    if (props.ipv6 === false && props.ipv6Address) {
      throw new ValidationError(this, {
        what: "ipv6Address",
        got: "an address",
        allowed: "none with ipv6: false",
        fix: "leave out one of the two",
      });
    }
    this.ipv4 = this.address(IpVersion.IPV4, props.ipv4Address, props.removalPolicy);
    this.ipv6 = props.ipv6 === false ? undefined : this.address(IpVersion.IPV6, props.ipv6Address, props.removalPolicy);

    if (!tls.isNone) {
      if (tls.ownCertificates) {
        this.ownCertificates = new SelfManagedCertificates(this, "Certificates", { certificates: tls.ownCertificates });
      } else if (tls.certificatesElsewhere) {
        const certificates = tls.certificatesElsewhere;
        this.existingCertificates = new ExistingCertificates(this, "Certificates", { certificates });
      } else if (!tls.certificateMapId) {
        this.certificates = new ManagedCertificates(this, "Certificates", { domains });
      }
      this.sslPolicy = new ComputeSslPolicy(this, "SslPolicy", {
        name: generatedName(this, COMPUTE_NAME, ["ssl-policy"]),
        minTlsVersion: tls.options.minVersion ?? TlsVersion.TLS_1_2,
        profile: tls.options.profile ?? TlsProfile.MODERN,
        lifecycle: { createBeforeDestroy: true },
        dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
      });
      this.httpsProxy = this.createHttpsProxy(props.urlMap, tls);
      this.listen("Https", "443", this.httpsProxy.id);
    }
    const plainHttp = props.plainHttp ?? (tls.isNone ? PlainHttp.SERVE : PlainHttp.REDIRECT);
    if (tls.isNone && plainHttp !== PlainHttp.SERVE) {
      throw new ValidationError(this, {
        what: "plainHttp",
        got: plainHttp,
        allowed: `"${PlainHttp.SERVE}" with Tls.none()`,
        fix: "leave plainHttp out, or give the API certificates: Tls.managed([…])",
      });
    }
    if (plainHttp !== PlainHttp.OFF) {
      this.httpProxy = new ComputeTargetHttpProxy(this, "HttpProxy", {
        name: generatedName(this, COMPUTE_NAME, ["http-proxy"]),
        urlMap: plainHttp === PlainHttp.SERVE ? props.urlMap.urlMapId : this.createRedirect().id,
        lifecycle: { createBeforeDestroy: true },
      });
      this.listen("Http", "80", this.httpProxy.id);
    }

    const host = domains.find((domain) => !domain.startsWith("*.")) ?? this.ipv4.address;
    this.url = `${tls.isNone ? "http" : "https"}://${host}`;
    const addresses = domains.flatMap((domain) => this.addressRecords(domain));
    const authorizations = this.authorizationRecords();
    this.dnsRecords = [...addresses, ...authorizations].map(({ record }) => record);
    const records = [...(props.dnsAddressRecords === false ? [] : addresses), ...authorizations];
    const { dnsZone: zone, dnsTtlSeconds: ttlSeconds } = props;
    const sets = zone && new DnsRecordSets(this, "Dns", { zone, records, ttlSeconds });
    this.recordSets = sets?.resources ?? [];
    this.recordsToSet = this.dnsRecords.filter((record) => !sets?.has(record));
  }

  private address(
    ipVersion: IpVersion,
    given: IAnycastAddress | undefined,
    removalPolicy: RemovalPolicy | undefined,
  ): IAnycastAddress {
    if (given === undefined) return new AnycastAddress(this, ipVersion, { ipVersion, removalPolicy });
    if (given.ipVersion !== ipVersion) {
      throw new ValidationError(this, {
        what: "address",
        got: given.ipVersion,
        allowed: ipVersion,
        fix: "pass it in the prop of its own version",
      });
    }
    return given;
  }

  private createHttpsProxy(urlMap: IUrlMap, tls: Tls): ComputeTargetHttpsProxy {
    const certificates = this.certificates ?? this.ownCertificates ?? this.existingCertificates;
    const { keepAliveSeconds, quic = true } = tls.options;
    return new ComputeTargetHttpsProxy(this, "HttpsProxy", {
      name: generatedName(this, COMPUTE_NAME, ["https-proxy", String(keepAliveSeconds ?? ""), TLS_EARLY_DATA]),
      urlMap: urlMap.urlMapId,
      certificateMap: `//certificatemanager.googleapis.com/${tls.certificateMapId ?? certificates!.map.id}`,
      sslPolicy: this.sslPolicy!.id,
      quicOverride: quic ? "ENABLE" : "DISABLE",
      tlsEarlyData: TLS_EARLY_DATA,
      httpKeepAliveTimeoutSec: keepAliveSeconds,
      lifecycle: { createBeforeDestroy: true },
      // A proxy whose map has no entry yet would refuse every handshake.
      dependsOn: certificates?.entries,
    });
  }

  private createRedirect(): ComputeUrlMap {
    return new ComputeUrlMap(this, "HttpRedirect", {
      name: generatedName(this, COMPUTE_NAME, ["http-redirect"]),
      // 308 keeps the method; after 301 clients repeat a POST as a GET.
      defaultUrlRedirect: { httpsRedirect: true, redirectResponseCode: "PERMANENT_REDIRECT", stripQuery: false },
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
    });
  }

  private listen(kind: string, port: string, target: string): void {
    for (const address of [this.ipv4, this.ipv6]) {
      if (!address) continue;
      const id = ruleId(kind, address.ipVersion);
      this.forwardingRules.push(
        new ComputeGlobalForwardingRule(this, id, {
          name: generatedName(this, COMPUTE_NAME, [id]),
          loadBalancingScheme: "EXTERNAL_MANAGED",
          networkTier: "PREMIUM",
          ipAddress: address.address,
          ipProtocol: "TCP",
          // Without it an IPv6 rule is replaced on every plan; on an IPv4 rule the API returns none.
          ipVersion: address.ipVersion === IpVersion.IPV6 ? IpVersion.IPV6 : undefined,
          portRange: port,
          target,
        }),
      );
    }
  }

  /** Created after, and removed before, HTTPS listener and map entry of the domain: DNS never leads to what cannot answer. */
  private addressRecords(domain: string): PlannedRecord[] {
    const { entries = [] } = this.certificates ?? this.ownCertificates ?? this.existingCertificates ?? {};
    const entry = entries.find(({ hostnameInput }) => hostnameInput === domain);
    return [this.ipv4, this.ipv6].flatMap((address): PlannedRecord[] => {
      if (!address) return [];
      const type = address.ipVersion === IpVersion.IPV4 ? "A" : "AAAA";
      const listeners = this.forwardingRules.filter(({ node }) => node.id === ruleId("Https", address.ipVersion));
      const record = { name: `${domain}.`, type, data: address.address };
      return [{ domain, type, record, dependsOn: entry ? [...listeners, entry] : listeners }];
    });
  }

  /** They wait for nothing but the authorization: the sooner they are there, the sooner the certificates are issued. */
  private authorizationRecords(): PlannedRecord[] {
    const { authorizationRecords = [], _authorizedDomains = [] } = this.certificates ?? {};
    return authorizationRecords.map((record, index) => ({ domain: _authorizedDomains[index]!, type: "CNAME", record }));
  }
}

function ruleId(kind: string, ipVersion: IpVersion): string {
  return `${kind}ForwardingRule${ipVersion}`;
}
