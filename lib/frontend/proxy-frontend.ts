import { ComputeGlobalForwardingRule } from "@cdktf/provider-google/lib/compute-global-forwarding-rule";
import type { ComputeSslPolicy } from "@cdktf/provider-google/lib/compute-ssl-policy";
import { ComputeTargetSslProxy } from "@cdktf/provider-google/lib/compute-target-ssl-proxy";
import { ComputeTargetTcpProxy } from "@cdktf/provider-google/lib/compute-target-tcp-proxy";
import type { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import { Construct } from "constructs";
import type { IStreamBackend } from "../backend/instance-group/stream-backend";
import { checked } from "../core/checked";
import { checkLiteral, checkUnique, checkWithin } from "../core/checks";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import type { RemovalPolicy } from "../core/removal-policy";
import { port as portLimit } from "../google/forwarding";
import { type ProviderOptions, useProvider } from "../project/provider";
import { normalDomains } from "../routing/route-pattern";
import { type IAnycastAddress, IpVersion } from "./anycast-address";
import type { DnsRecord } from "./dns-record";
import type { IDnsZone } from "./dns-zone";
import type { ExistingCertificates } from "./existing-certificates";
import type { ManagedCertificates } from "./managed-certificates";
import type { SelfManagedCertificates } from "./self-managed-certificates";
import {
  type FrontendCertificates,
  frontendAddresses,
  frontendCertificates,
  frontendRecords,
  frontendSslPolicy,
  type ListeningAddress,
  recordTarget,
} from "./served-domains";
import type { Tls } from "./tls";

export interface ProxyFrontendProps extends ProviderOptions {
  /** Where connections go: a `StreamBackend`. */
  readonly backend: IStreamBackend;
  /** The ports for clients, 1 to 65535; literals, at least one. All lead to the backend's port. */
  readonly ports: number[];
  /**
   * With certificates, TLS ends at the load balancer (SSL proxy). `Tls.none()` passes bytes through
   * unchanged (TCP proxy), including TLS that the machines terminate. `quic` and `keepAliveSeconds`
   * are for HTTP and refused.
   */
  readonly tls: Tls;
  /** With `Tls.none()`: the domains for the address records; literals. @default none */
  readonly domains?: string[];
  /**
   * Sends the PROXY protocol line, version 1, before the client's bytes: the only way for a machine
   * to learn the client's address. The machines must expect it, and health checks of the same port,
   * except TCP ones, must send it too (`proxyProtocol`). @default false
   */
  readonly proxyProtocol?: boolean;
  /** @default a new address */
  readonly ipv4Address?: IAnycastAddress;
  /** @default a new address */
  readonly ipv6Address?: IAnycastAddress;
  /** Also serves IPv6; machines still see IPv4. @default true */
  readonly ipv6?: boolean;
  /** Where records of the domains in the zone are created. @default none: all are left to you */
  readonly dnsZone?: IDnsZone;
  /** TTL of the records in `dnsZone`, at least 0 seconds. @default 300 */
  readonly dnsTtlSeconds?: number;
  /** Also creates the A and AAAA records, not only those for certificates. @default true */
  readonly dnsAddressRecords?: boolean;
  /** Of the addresses. @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * An anycast address for TCP or TLS streams other than HTTP: a global external proxy Network Load
 * Balancer in front of groups of machines. For HTTP, gRPC and WebSockets use `AnycastFrontend`,
 * which routes, caches and balances by request.
 *
 * Each port and IP version has its own forwarding rule, which takes one port
 * (docs.cloud.google.com/load-balancing/docs/forwarding-rule-concepts, read 2026-11-22), so adding
 * or removing a port does not affect others. Addresses are never replaced; proxies change in place.
 *
 * Switching a port between TCP and TLS replaces its rules and closes it meanwhile: a rule cannot
 * change to another type of target
 * (docs.cloud.google.com/compute/docs/reference/rest/v1/globalForwardingRules/setTarget, read
 * 2026-11-22), and two rules cannot share an address and port. To avoid the gap, use a second
 * `ProxyFrontend` on the same addresses and another port.
 */
@checked
export class ProxyFrontend extends Construct {
  public readonly ipv4: IAnycastAddress;
  public readonly ipv6?: IAnycastAddress;
  /** In the order of `ports`, IPv4 before IPv6. */
  public readonly forwardingRules: ComputeGlobalForwardingRule[] = [];
  /** With `Tls.none()`. */
  public readonly tcpProxy?: ComputeTargetTcpProxy;
  /** With certificates. */
  public readonly sslProxy?: ComputeTargetSslProxy;
  public readonly sslPolicy?: ComputeSslPolicy;
  /** With `Tls.managed()`. */
  public readonly certificates?: ManagedCertificates;
  /** With `Tls.selfManaged()`. */
  public readonly ownCertificates?: SelfManagedCertificates;
  public readonly existingCertificates?: ExistingCertificates;
  /** The first domain that is not a wildcard, else the IPv4 address. */
  public readonly host: string;
  /** URL of the first port: `tls://stream.example.com:443` or `tcp://…`. */
  public readonly url: string;
  /** The address records of every domain, and the records that prove control of them. */
  public readonly dnsRecords: DnsRecord[];
  /** The records in `dnsZone`. */
  public readonly recordSets: DnsRecordSet[];
  /** The records that you must set. */
  public readonly recordsToSet: DnsRecord[];

  public constructor(scope: Construct, id: string, props: ProxyFrontendProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const { tls, backend } = props;
    checkPorts(this, props.ports);
    checkTls(this, props);
    const domains = tls.isNone ? namedDomains(this, props.domains) : tls._domains(this);
    const { ipv4, ipv6 } = frontendAddresses(this, props);
    this.ipv4 = ipv4;
    this.ipv6 = ipv6;

    const proxyHeader = props.proxyProtocol ? "PROXY_V1" : "NONE";
    let certificates: FrontendCertificates | undefined;
    if (tls.isNone) {
      this.tcpProxy = new ComputeTargetTcpProxy(this, "TcpProxy", {
        name: generatedName(this, COMPUTE_NAME, ["tcp-proxy"]),
        backendService: backend.streamBackendId,
        proxyHeader,
        lifecycle: { createBeforeDestroy: true },
      });
    } else {
      certificates = frontendCertificates(this, tls, domains);
      this.certificates = certificates.managed;
      this.ownCertificates = certificates.own;
      this.existingCertificates = certificates.existing;
      this.sslPolicy = frontendSslPolicy(this, tls);
      this.sslProxy = new ComputeTargetSslProxy(this, "SslProxy", {
        name: generatedName(this, COMPUTE_NAME, ["ssl-proxy"]),
        backendService: backend.streamBackendId,
        proxyHeader,
        certificateMap: certificates.certificateMap,
        sslPolicy: this.sslPolicy.id,
        lifecycle: { createBeforeDestroy: true },
        // A proxy whose map has no entries would refuse every handshake.
        dependsOn: certificates.entries.length > 0 ? certificates.entries : undefined,
      });
    }
    const addresses = [ipv4, ipv6]
      .filter((address) => address !== undefined)
      .map((address): ListeningAddress => ({ address, listeners: [] }));
    for (const port of props.ports) for (const address of addresses) this.listen(address, port);

    this.host = domains.find((domain) => !domain.startsWith("*.")) ?? ipv4.address;
    this.url = `${tls.isNone ? "tcp" : "tls"}://${this.host}:${props.ports[0]}`;
    const records = frontendRecords(this, { domains, targets: addresses.map(recordTarget), ...certificates }, props);
    this.dnsRecords = records.dnsRecords;
    this.recordSets = records.recordSets;
    this.recordsToSet = records.recordsToSet;
  }

  private listen({ address, listeners }: ListeningAddress, port: number): void {
    const id = `ForwardingRule${address.ipVersion} ${port}`;
    const proxy = this.sslProxy ?? this.tcpProxy!;
    const rule = new ComputeGlobalForwardingRule(this, id, {
      // A rule cannot change to another type of target: with the kind in its name, it is replaced.
      name: generatedName(this, COMPUTE_NAME, [id, this.sslProxy ? "ssl" : "tcp"]),
      loadBalancingScheme: "EXTERNAL_MANAGED",
      networkTier: "PREMIUM",
      ipAddress: address.address,
      ipProtocol: "TCP",
      // Without it an IPv6 rule is replaced on every plan; the API returns none for an IPv4 rule.
      ipVersion: address.ipVersion === IpVersion.IPV6 ? IpVersion.IPV6 : undefined,
      portRange: String(port),
      target: proxy.id,
    });
    this.forwardingRules.push(rule);
    listeners.push(rule);
  }
}

function checkPorts(where: Construct, ports: readonly number[]): void {
  if (ports.length === 0) {
    throw new ValidationError(where, {
      what: "ports",
      got: [],
      allowed: "at least one port",
      fix: "name the port that clients connect to",
    });
  }
  for (const port of ports) {
    checkLiteral(where, "ports", port);
    checkWithin(where, "ports", port, portLimit);
  }
  checkUnique(where, "ports", ports.map(String), "name each port once");
}

function checkTls(where: Construct, { tls, backend, domains }: ProxyFrontendProps): void {
  if (tls.isNone && backend.encrypted) {
    throw new ValidationError(where, {
      what: "backend",
      got: "a backend of protocol SSL behind a TCP proxy",
      allowed: "protocol TCP with Tls.none()",
      fix: "set encrypted: false on the StreamBackend: what clients encrypt themselves passes through; or give the frontend certificates",
    });
  }
  if (!tls.isNone && domains) {
    throw new ValidationError(where, {
      what: "domains",
      got: domains,
      allowed: "none beside certificates, which name the domains",
      fix: "leave domains out",
    });
  }
  const { quic, keepAliveSeconds } = tls.options;
  if (quic !== undefined || keepAliveSeconds !== undefined) {
    throw new ValidationError(where, {
      what: "tls",
      got: quic === undefined ? "keepAliveSeconds" : "quic",
      allowed: "minVersion and profile: a stream has neither HTTP/3 nor requests to wait for",
      fix: "leave it out; idleTimeoutSeconds of the StreamBackend closes idle connections",
    });
  }
}

function namedDomains(where: Construct, domains: string[] | undefined): string[] {
  return domains && domains.length > 0 ? normalDomains(where, domains) : [];
}
