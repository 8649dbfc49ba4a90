import type { CertificateManagerCertificateMapEntry } from "@cdktf/provider-google/lib/certificate-manager-certificate-map-entry";
import { ComputeSslPolicy } from "@cdktf/provider-google/lib/compute-ssl-policy";
import type { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import type { RemovalPolicy } from "../core/removal-policy";
import { ProjectServices } from "../project/project-services";
import { AnycastAddress, type IAnycastAddress, IpVersion } from "./anycast-address";
import type { DnsRecord } from "./dns-record";
import { DnsRecordSets, type PlannedRecord } from "./dns-record-sets";
import type { IDnsZone } from "./dns-zone";
import { ExistingCertificates } from "./existing-certificates";
import { ManagedCertificates } from "./managed-certificates";
import { SelfManagedCertificates } from "./self-managed-certificates";
import { type Tls, TlsProfile, TlsVersion } from "./tls";

// Addresses, certificates and DNS records of every anycast frontend. Never change child ids: users
// depend on them.

export interface AddressOptions {
  readonly ipv4Address?: IAnycastAddress;
  readonly ipv6Address?: IAnycastAddress;
  readonly ipv6?: boolean;
  readonly removalPolicy?: RemovalPolicy;
}

/** The given addresses, or new ones: IPv4 first, then IPv6, if any. */
export function frontendAddresses(
  where: Construct,
  options: AddressOptions,
): { ipv4: IAnycastAddress; ipv6?: IAnycastAddress } {
  const { ipv4Address, ipv6Address, ipv6, removalPolicy } = options;
  if (ipv6 === false && ipv6Address) {
    throw new ValidationError(where, {
      what: "ipv6Address",
      got: "an address",
      allowed: "none with ipv6: false",
      fix: "leave out one of the two",
    });
  }
  return {
    ipv4: address(where, IpVersion.IPV4, ipv4Address, removalPolicy),
    ipv6: ipv6 === false ? undefined : address(where, IpVersion.IPV6, ipv6Address, removalPolicy),
  };
}

function address(
  where: Construct,
  ipVersion: IpVersion,
  given: IAnycastAddress | undefined,
  removalPolicy: RemovalPolicy | undefined,
): IAnycastAddress {
  if (given === undefined) return new AnycastAddress(where, ipVersion, { ipVersion, removalPolicy });
  if (given.ipVersion !== ipVersion) {
    throw new ValidationError(where, {
      what: "address",
      got: given.ipVersion,
      allowed: ipVersion,
      fix: "pass it in the prop of its own version",
    });
  }
  return given;
}

/** The certificates of a frontend, of any kind. */
export interface FrontendCertificates {
  readonly managed?: ManagedCertificates;
  readonly own?: SelfManagedCertificates;
  readonly existing?: ExistingCertificates;
  /** In the form that proxies use. */
  readonly certificateMap: string;
  /** One per domain; none for an existing map. */
  readonly entries: CertificateManagerCertificateMapEntry[];
}

/** @param tls Not `Tls.none()`. */
export function frontendCertificates(where: Construct, tls: Tls, domains: string[]): FrontendCertificates {
  const own =
    tls.ownCertificates && new SelfManagedCertificates(where, "Certificates", { certificates: tls.ownCertificates });
  const existing =
    tls.certificatesElsewhere &&
    new ExistingCertificates(where, "Certificates", { certificates: tls.certificatesElsewhere });
  const managed =
    own || existing || tls.certificateMapId
      ? undefined
      : new ManagedCertificates(where, "Certificates", { domains, dnsAuthorization: tls.dnsAuthorization });
  const made = managed ?? own ?? existing;
  return {
    managed,
    own,
    existing,
    certificateMap: `//certificatemanager.googleapis.com/${tls.certificateMapId ?? made!.map.id}`,
    entries: made?.entries ?? [],
  };
}

/** Which TLS versions and cipher suites clients may use. */
export function frontendSslPolicy(where: Construct, tls: Tls): ComputeSslPolicy {
  return new ComputeSslPolicy(where, "SslPolicy", {
    name: generatedName(where, COMPUTE_NAME, ["ssl-policy"]),
    minTlsVersion: tls.options.minVersion ?? TlsVersion.TLS_1_2,
    profile: tls.options.profile ?? TlsProfile.MODERN,
    lifecycle: { createBeforeDestroy: true },
    dependsOn: ProjectServices.of(where).require("compute.googleapis.com"),
  });
}

/** An address with what listens on it. */
export interface ListeningAddress {
  readonly address: IAnycastAddress;
  readonly listeners: ITerraformDependable[];
}

/** Where DNS records lead. */
export interface RecordTarget {
  /** A or AAAA. */
  readonly type: string;
  readonly data: string;
  readonly listeners: ITerraformDependable[];
}

export function recordTarget({ address: { ipVersion, address: data }, listeners }: ListeningAddress): RecordTarget {
  return { type: ipVersion === IpVersion.IPV4 ? "A" : "AAAA", data, listeners };
}

export interface FrontendRecordsOptions {
  readonly domains: readonly string[];
  readonly targets: readonly RecordTarget[];
  /** Map entries, one for each domain that has one. */
  readonly entries?: readonly CertificateManagerCertificateMapEntry[];
  /** Certificates that prove control of their domains. */
  readonly managed?: { readonly authorizationRecords: DnsRecord[]; readonly _authorizedDomains: string[] };
}

/** The DNS props of frontends. */
export interface RecordOptions {
  readonly dnsZone?: IDnsZone;
  readonly dnsTtlSeconds?: number;
  readonly dnsAddressRecords?: boolean;
}

/** The DNS records of a frontend: all of them, those in its zone, and those to set by hand. */
export function frontendRecords(
  where: Construct,
  options: FrontendRecordsOptions,
  { dnsZone: zone, dnsTtlSeconds: ttlSeconds, dnsAddressRecords }: RecordOptions,
): { dnsRecords: DnsRecord[]; recordSets: DnsRecordSet[]; recordsToSet: DnsRecord[] } {
  const addresses = options.domains.flatMap((domain) => addressRecords(domain, options));
  const authorizations = authorizationRecords(options);
  const records = [...(dnsAddressRecords === false ? [] : addresses), ...authorizations];
  const dnsRecords = [...addresses, ...authorizations].map(({ record }) => record);
  const sets = zone && new DnsRecordSets(where, "Dns", { zone, records, ttlSeconds });
  return {
    dnsRecords,
    recordSets: sets?.resources ?? [],
    recordsToSet: dnsRecords.filter((record) => !sets?.has(record)),
  };
}

/**
 * Created after, and removed before, the domain's listener and map entry: DNS never leads nowhere.
 */
function addressRecords(domain: string, { targets, entries = [] }: FrontendRecordsOptions): PlannedRecord[] {
  const entry = entries.find(({ hostnameInput }) => hostnameInput === domain);
  return targets.map(({ type, data, listeners }) => {
    const record = { name: `${domain}.`, type, data };
    return { domain, type, record, dependsOn: entry ? [...listeners, entry] : listeners };
  });
}

/** Depend only on the authorization: the earlier they exist, the earlier the certificates do. */
function authorizationRecords({ managed }: FrontendRecordsOptions): PlannedRecord[] {
  const { authorizationRecords: records = [], _authorizedDomains = [] } = managed ?? {};
  return records.map((record, index) => ({ domain: _authorizedDomains[index]!, type: "CNAME", record }));
}
