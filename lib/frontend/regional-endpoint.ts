import { ComputeForwardingRule } from "@cdktf/provider-google/lib/compute-forwarding-rule";
import { ComputeRegionSslPolicy } from "@cdktf/provider-google/lib/compute-region-ssl-policy";
import { ComputeRegionTargetHttpProxy } from "@cdktf/provider-google/lib/compute-region-target-http-proxy";
import { ComputeRegionTargetHttpsProxy } from "@cdktf/provider-google/lib/compute-region-target-https-proxy";
import { ComputeRegionUrlMap } from "@cdktf/provider-google/lib/compute-region-url-map";
import type { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import { Construct } from "constructs";
import {
  type RegionBackendOptions,
  RegionBackendService,
  type RegionBackendServiceProps,
} from "../backend/region-backend-service";
import { checked } from "../core/checked";
import { ownDependables } from "../core/dependables";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { regionFacts } from "../core/regions";
import type { RemovalPolicy } from "../core/removal-policy";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";
import type { IRegionNetwork, ProxyOnlySubnetwork } from "../region/network/network-target";
import type { CanaryProps } from "../routing/canary";
import { RegionUrlRouting } from "../routing/region-url-routing";
import type { RouteProps } from "../routing/route";
import { backendsOf } from "../routing/route-table";
import type { DnsRecord } from "./dns-record";
import type { IDnsZone } from "./dns-zone";
import { PlainHttp, resolvePlainHttp } from "./plain-http";
import { type IRegionalAddress, type NetworkTier, RegionalAddress } from "./regional-address";
import { RegionalCertificates } from "./regional-certificates";
import { checkAddress, checkHosts, checkNetwork, checkRegionalTls, checkTargetRegion } from "./regional-checks";
import { frontendRecords } from "./served-domains";
import { type Tls, TlsProfile, TlsVersion } from "./tls";

export interface RegionalEndpointProps extends RegionBackendServiceProps, ProviderOptions {
  /** Where TLS ends and requests are processed: `europe-west1`. */
  readonly region: string;
  /**
   * `Tls.managed(["eu.api.example.com"])`; certificates are regional. No certificate maps, no
   * HTTP/3, keep-alive at most 600 seconds.
   */
  readonly tls: Tls;
  /**
   * The network with the region's proxy-only subnet. Machines behind the endpoint must be in it.
   */
  readonly network: IRegionNetwork;
  /** An address of the region reserved elsewhere. @default a new one */
  readonly address?: IRegionalAddress;
  /** Of the new address; another tier needs another one. @default NetworkTier.PREMIUM */
  readonly networkTier?: NetworkTier;
  /** What port 80 does. @default PlainHttp.REDIRECT, or SERVE with Tls.none() */
  readonly plainHttp?: PlainHttp;
  /** Makes Google Cloud test plain routes on each URL map update. @default true */
  readonly urlMapTests?: boolean;
  /** Where records of the domains in the zone are created. @default none: all are left to you */
  readonly dnsZone?: IDnsZone;
  /** TTL of the records in `dnsZone`, at least 0 seconds. @default 300 */
  readonly dnsTtlSeconds?: number;
  /**
   * Also creates the A records. If false, only the authorization records are created, for domains
   * that are still served from elsewhere. @default true
   */
  readonly dnsAddressRecords?: boolean;
  /** Of the address. @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * An address whose requests are decrypted, filtered and answered in one region: a regional external
 * Application Load Balancer in front of Cloud Run or machines. For users whose data must stay in a
 * region, beside a `GlobalAiApi` for all others.
 *
 * The address and the forwarding rules have an identity outside Terraform, so their names never
 * change; the rules' targets change in place. Everything behind them is created before a
 * predecessor is destroyed; its name contains a hash of what replaces it.
 */
@checked
export class RegionalEndpoint extends Construct {
  public readonly region: string;
  public readonly ipv4: IRegionalAddress;
  /** The backend service for requests that no route matches; `backend.selfLink` is its URL. */
  public readonly backend: RegionBackendService;
  public readonly routing: RegionUrlRouting;
  public readonly forwardingRules: ComputeForwardingRule[] = [];
  /** Without `Tls.none()`. */
  public readonly certificates?: RegionalCertificates;
  public readonly sslPolicy?: ComputeRegionSslPolicy;
  public readonly httpsProxy?: ComputeRegionTargetHttpsProxy;
  public readonly httpProxy?: ComputeRegionTargetHttpProxy;
  /** The IPv4 address itself. */
  public readonly address: string;
  /** URL of the endpoint: the first domain that is not a wildcard, else the address. */
  public readonly url: string;
  /** The address records of every domain, and the records that prove control of them. */
  public readonly dnsRecords: DnsRecord[];
  /** The records in `dnsZone`. */
  public readonly recordSets: DnsRecordSet[];
  /** The records that you must set. */
  public readonly recordsToSet: DnsRecord[];
  private readonly domains: readonly string[];
  private readonly proxies: ProxyOnlySubnetwork;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: RegionalEndpointProps,
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    const { region, tls, network } = props;
    regionFacts(this, region);
    this.region = region;
    checkTargetRegion(this, region, props.target);
    this.domains = checkRegionalTls(this, tls);
    const plainHttp = resolvePlainHttp(this, tls, props.plainHttp, "the endpoint");
    checkAddress(this, region, props.address, props.networkTier);
    this.proxies = network.proxyOnlySubnetwork(region);

    const { networkTier, removalPolicy } = props;
    this.ipv4 = props.address ?? new RegionalAddress(this, "Address", { region, networkTier, removalPolicy });
    this.address = this.ipv4.address;
    this.backend = this.addBackend("Backend", props);
    this.routing = new RegionUrlRouting(this, "Routing", {
      region,
      defaultBackend: this.backend,
      urlMapTests: props.urlMapTests,
    });
    if (!tls.isNone) {
      this.certificates = new RegionalCertificates(this, "Certificates", { region, tls });
      this.sslPolicy = this.createSslPolicy(tls);
      this.httpsProxy = this.createHttpsProxy(tls, this.certificates);
      this.listen("Https", "443", this.httpsProxy.id);
    }
    if (plainHttp !== PlainHttp.OFF) {
      this.httpProxy = this.createHttpProxy(plainHttp);
      this.listen("Http", "80", this.httpProxy.id);
    }

    const host = this.domains.find((domain) => !domain.startsWith("*.")) ?? this.address;
    this.url = `${tls.isNone ? "http" : "https"}://${host}`;
    const listeners = this.forwardingRules.filter(({ node }) => node.id === "HttpsForwardingRule");
    const targets = [{ type: "A", data: this.address, listeners }];
    const { domains, certificates: managed } = this;
    const records = frontendRecords(this, { domains, targets, managed }, props);
    this.dnsRecords = records.dnsRecords;
    this.recordSets = records.recordSets;
    this.recordsToSet = records.recordsToSet;
  }

  /** Adds another backend service of the region, for routes: machines, or with another policy. */
  public addBackend(id: string, props: RegionBackendServiceProps): RegionBackendService {
    checkTargetRegion(this, this.region, props.target);
    const { target, logSampleRate, logFields, securityPolicyId, access } = props;
    const options: RegionBackendOptions = { logSampleRate, logFields, securityPolicyId, access };
    const backend = new RegionBackendService(this, id, { ...options, target });
    this.admit(backend);
    return backend;
  }

  /**
   * Sends some requests to another backend of the region, to several by weight, or elsewhere.
   *
   * @throws ValidationError for hosts without a certificate, and for what
   * `RegionUrlRouting.addRoute` refuses.
   */
  public addRoute(props: RouteProps): void {
    if (!this.props.tls.isNone) checkHosts(this, props.hosts ?? [], this.domains);
    this.routing.addRoute(props);
    for (const backend of backendsOf(props)) if (backend instanceof RegionBackendService) this.admit(backend);
  }

  /**
   * Sends a part of the requests of one backend of the region to another.
   *
   * @throws ValidationError for what `RegionUrlRouting.addCanary` refuses.
   */
  public addCanary(props: CanaryProps): void {
    this.routing.addCanary(props);
    if (props.backend instanceof RegionBackendService) this.admit(props.backend);
  }

  /** Proxies reach machines from the proxy-only subnet, which no other firewall rule admits. */
  private admit(backend: RegionBackendService): void {
    for (const group of backend._groups) checkNetwork(this, this.props.network, group);
    backend._admitProxies("RegionalProxies", this.proxies.ipCidrRange);
  }

  private createSslPolicy(tls: Tls): ComputeRegionSslPolicy {
    return new ComputeRegionSslPolicy(this, "SslPolicy", {
      name: generatedName(this, COMPUTE_NAME, ["ssl-policy", this.region]),
      region: this.region,
      minTlsVersion: tls.options.minVersion ?? TlsVersion.TLS_1_2,
      profile: tls.options.profile ?? TlsProfile.MODERN,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
    });
  }

  private createHttpsProxy(tls: Tls, certificates: RegionalCertificates): ComputeRegionTargetHttpsProxy {
    const { keepAliveSeconds } = tls.options;
    return new ComputeRegionTargetHttpsProxy(this, "HttpsProxy", {
      name: generatedName(this, COMPUTE_NAME, ["https-proxy", this.region, String(keepAliveSeconds ?? "")]),
      region: this.region,
      urlMap: this.routing.urlMapId,
      certificateManagerCertificates: certificates.certificateIds,
      sslPolicy: this.sslPolicy!.id,
      httpKeepAliveTimeoutSec: keepAliveSeconds,
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private createHttpProxy(plainHttp: PlainHttp): ComputeRegionTargetHttpProxy {
    return new ComputeRegionTargetHttpProxy(this, "HttpProxy", {
      name: generatedName(this, COMPUTE_NAME, ["http-proxy", this.region]),
      region: this.region,
      urlMap: plainHttp === PlainHttp.SERVE ? this.routing.urlMapId : this.createRedirect().id,
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private createRedirect(): ComputeRegionUrlMap {
    return new ComputeRegionUrlMap(this, "HttpRedirect", {
      name: generatedName(this, COMPUTE_NAME, ["http-redirect", this.region]),
      region: this.region,
      // 308 keeps the method; after 301 clients repeat a POST as a GET.
      defaultUrlRedirect: { httpsRedirect: true, redirectResponseCode: "PERMANENT_REDIRECT", stripQuery: false },
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
    });
  }

  private listen(kind: string, port: string, target: string): void {
    const id = `${kind}ForwardingRule`;
    this.forwardingRules.push(
      new ComputeForwardingRule(this, id, {
        name: generatedName(this, COMPUTE_NAME, [id]),
        region: this.region,
        loadBalancingScheme: "EXTERNAL_MANAGED",
        network: this.props.network.networkId,
        networkTier: this.ipv4.networkTier,
        ipAddress: this.address,
        ipProtocol: "TCP",
        portRange: port,
        target,
        // A rule needs the proxy-only subnet, to which no attribute refers, as long as the rule
        // exists.
        dependsOn: ownDependables(this, this.proxies.dependables),
      }),
    );
  }
}
