import { ComputeGlobalForwardingRule } from "@cdktf/provider-google/lib/compute-global-forwarding-rule";
import type { ComputeSslPolicy } from "@cdktf/provider-google/lib/compute-ssl-policy";
import { ComputeTargetHttpProxy } from "@cdktf/provider-google/lib/compute-target-http-proxy";
import { ComputeTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-target-https-proxy";
import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map";
import type { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import type { RemovalPolicy } from "../core/removal-policy";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";
import type { IUrlMap } from "../routing/url-routing";
import { type IAnycastAddress, IpVersion } from "./anycast-address";
import type { DnsRecord } from "./dns-record";
import type { IDnsZone } from "./dns-zone";
import type { ExistingCertificates } from "./existing-certificates";
import type { ManagedCertificates } from "./managed-certificates";
import { PlainHttp, resolvePlainHttp } from "./plain-http";
import type { SelfManagedCertificates } from "./self-managed-certificates";
import {
  type FrontendCertificates,
  frontendAddresses,
  frontendCertificates,
  frontendRecords,
  frontendSslPolicy,
  recordTarget,
} from "./served-domains";
import type { Tls } from "./tls";

export interface AnycastFrontendProps extends ProviderOptions {
  /** The URL map, which decides where each request goes. */
  readonly urlMap: IUrlMap;
  readonly tls: Tls;
  /** @default a new address */
  readonly ipv4Address?: IAnycastAddress;
  /** @default a new address */
  readonly ipv6Address?: IAnycastAddress;
  /** Serves IPv6 too. @default true */
  readonly ipv6?: boolean;
  /** What port 80 does. @default PlainHttp.REDIRECT, or SERVE with Tls.none() */
  readonly plainHttp?: PlainHttp;
  /**
   * Where records of the domains in the zone are created; the others are left to you
   * (`recordsToSet`). Removing the zone deletes the records. @default none: all are left to you
   */
  readonly dnsZone?: IDnsZone;
  /** TTL of the records in `dnsZone`, at least 0 seconds. @default 300 */
  readonly dnsTtlSeconds?: number;
  /**
   * Also creates the A and AAAA records. If false, only the authorization records are created, so
   * certificates are issued while the domains are served from elsewhere. @default true
   */
  readonly dnsAddressRecords?: boolean;
  /** Of the addresses. @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Requests in TLS 1.3 early data (0-RTT) can be recorded and replayed by anyone. A repeated GET
 * does no harm; a repeated POST runs the model again, at your cost, with all its side effects. The
 * load balancer cannot tell which POST is harmless, so there is no option for it.
 */
const TLS_EARLY_DATA = "DISABLED";

/**
 * What clients connect to: one anycast address per IP version, with its forwarding rules and
 * proxies.
 *
 * Addresses and forwarding rules have an identity outside Terraform, so their names never change;
 * the rules' targets change in place. Proxies are created before a predecessor is destroyed; their
 * name contains a hash of what replaces them.
 */
@checked
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
  /** URL of the API: the first domain that is not a wildcard, else the IPv4 address. */
  public readonly url: string;
  /** The address records of every domain, and the records that prove control of them. */
  public readonly dnsRecords: DnsRecord[];
  /** The records in `dnsZone`. */
  public readonly recordSets: DnsRecordSet[];
  /** The records that you must set. */
  public readonly recordsToSet: DnsRecord[];

  public constructor(scope: Construct, id: string, props: AnycastFrontendProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const { tls } = props;
    const domains = tls._domains(this);
    const { ipv4, ipv6 } = frontendAddresses(this, props);
    this.ipv4 = ipv4;
    this.ipv6 = ipv6;

    const certificates = tls.isNone ? undefined : frontendCertificates(this, tls, domains);
    if (certificates) {
      this.certificates = certificates.managed;
      this.ownCertificates = certificates.own;
      this.existingCertificates = certificates.existing;
      this.sslPolicy = frontendSslPolicy(this, tls);
      this.httpsProxy = this.createHttpsProxy(props.urlMap, tls, certificates, this.sslPolicy);
      this.listen("Https", "443", this.httpsProxy.id);
    }
    const plainHttp = resolvePlainHttp(this, tls, props.plainHttp, "the API");
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
    const targets = [ipv4, ipv6]
      .filter((address) => address !== undefined)
      .map((address) => {
        const listeners = this.forwardingRules.filter(({ node }) => node.id === ruleId("Https", address.ipVersion));
        return recordTarget({ address, listeners });
      });
    const records = frontendRecords(this, { domains, targets, ...certificates }, props);
    this.dnsRecords = records.dnsRecords;
    this.recordSets = records.recordSets;
    this.recordsToSet = records.recordsToSet;
  }

  private createHttpsProxy(
    urlMap: IUrlMap,
    tls: Tls,
    { certificateMap, entries }: FrontendCertificates,
    sslPolicy: ComputeSslPolicy,
  ): ComputeTargetHttpsProxy {
    const { keepAliveSeconds, quic = true } = tls.options;
    return new ComputeTargetHttpsProxy(this, "HttpsProxy", {
      name: generatedName(this, COMPUTE_NAME, ["https-proxy", String(keepAliveSeconds ?? ""), TLS_EARLY_DATA]),
      urlMap: urlMap.urlMapId,
      certificateMap,
      sslPolicy: sslPolicy.id,
      quicOverride: quic ? "ENABLE" : "DISABLE",
      tlsEarlyData: TLS_EARLY_DATA,
      httpKeepAliveTimeoutSec: keepAliveSeconds,
      lifecycle: { createBeforeDestroy: true },
      // A proxy whose map has no entries would refuse every handshake.
      dependsOn: entries.length > 0 ? entries : undefined,
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
          // Without it an IPv6 rule is replaced on every plan; the API returns none for an IPv4
          // rule.
          ipVersion: address.ipVersion === IpVersion.IPV6 ? IpVersion.IPV6 : undefined,
          portRange: port,
          target,
        }),
      );
    }
  }
}

function ruleId(kind: string, ipVersion: IpVersion): string {
  return `${kind}ForwardingRule${ipVersion}`;
}
