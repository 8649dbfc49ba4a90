import type { IConstruct } from "constructs";
import type { RegionBackendTarget } from "../backend/region-backend-target";
import { checkWithin } from "../core/checks";
import { ValidationError } from "../core/errors";
import { spelled } from "../core/spelled";
import { regionalKeepAlive } from "../google/forwarding";
import type { IInstanceGroupTarget } from "../region/instance-group/instance-group-target";
import type { IRegionNetwork } from "../region/network/network-target";
import { normalHost } from "../routing/route-pattern";
import { REGIONAL_AUTHORIZATION } from "./authorized-domains";
import type { IRegionalAddress, NetworkTier } from "./regional-address";
import type { Tls } from "./tls";

export function checkTargetRegion(where: IConstruct, region: string, target: RegionBackendTarget): void {
  if (target.region === region) return;
  throw new ValidationError(where, {
    what: "target",
    got: `a target in ${target.region}`,
    allowed: `a target in ${region}: a regional load balancer sends requests nowhere else`,
    fix: `pass the Cloud Run service or the machines of ${region}, or give ${target.region} an endpoint of its own`,
  });
}

/** The domains. Throws for what a regional proxy does not support. */
export function checkRegionalTls(where: IConstruct, tls: Tls): readonly string[] {
  const domains = tls._domains(where);
  const refuse = (what: string, got: unknown, allowed: string, fix: string): never => {
    throw new ValidationError(where, { what, got, allowed, fix });
  };
  if (tls.certificateMapId)
    refuse(
      "tls",
      "Tls.certificateMap(…)",
      "managed, self-managed or existing certificates: certificate maps are for global proxies",
      "use Tls.existingCertificates with certificates of the region",
    );
  if ((tls.dnsAuthorization ?? REGIONAL_AUTHORIZATION) !== REGIONAL_AUTHORIZATION)
    refuse("dnsAuthorization", tls.dnsAuthorization, `${REGIONAL_AUTHORIZATION} in a region`, "leave it out");
  if (tls.options.quic)
    refuse("quic", true, "none: regional load balancers have no HTTP/3", "leave it out; clients use HTTP/2");
  checkWithin(where, "keepAliveSeconds", tls.options.keepAliveSeconds, regionalKeepAlive);
  return domains;
}

export function checkAddress(
  where: IConstruct,
  region: string,
  address: IRegionalAddress | undefined,
  networkTier: NetworkTier | undefined,
): void {
  if (!address) return;
  if (address.region !== region) {
    throw new ValidationError(where, {
      what: "address",
      got: `an address of ${address.region}`,
      allowed: `an address of ${region}`,
      fix: "reserve one in the endpoint's region, or leave it out for a new one",
    });
  }
  if (networkTier !== undefined && networkTier !== address.networkTier) {
    throw new ValidationError(where, {
      what: "networkTier",
      got: networkTier,
      allowed: `${address.networkTier}, the tier of the address`,
      fix: "leave it out: the address has its tier",
    });
  }
}

/** Throws for machines known to be in another network than the proxies, which cannot reach them. */
export function checkNetwork(where: IConstruct, network: IRegionNetwork, group: IInstanceGroupTarget): void {
  const [expected, got] = [network.networkId, group.networkId].map((id) => networkKey(where, id));
  // A reference and a literal may name the same network.
  if (expected === undefined || got === undefined || expected === got) return;
  if (expected.startsWith("networks/") !== got.startsWith("networks/")) return;
  throw new ValidationError(where, {
    what: "target network",
    got,
    allowed: `${expected}: the proxies of the region are in the endpoint's network`,
    fix: "give the endpoint the network that the machines are in",
  });
}

/** Identifies a network; for a reference, the resource. */
function networkKey(scope: IConstruct, id: string): string | undefined {
  const found = /(?:^|\/)(networks\/[^/]+)$|^\$\{(.+)\.(?:id|self_link)\}$/.exec(String(spelled(scope, id)));
  return found?.[1] ?? found?.[2];
}

/** Throws for hosts that no certificate covers. */
export function checkHosts(where: IConstruct, hosts: readonly string[], domains: readonly string[]): void {
  for (const given of hosts) {
    const host = normalHost(where, "host", given);
    if (host === "*" || domains.some((domain) => isCovered(host, domain))) continue;
    throw new ValidationError(where, {
      what: "host",
      got: host,
      allowed: `hosts that the endpoint has a certificate for: ${domains.join(", ")}`,
      fix: "add the domain to tls, or remove the host from the route",
    });
  }
}

/** A wildcard covers the names one level below it. */
function isCovered(host: string, domain: string): boolean {
  return host === domain || (domain.startsWith("*.") && host.slice(host.indexOf(".")) === domain.slice(1));
}
