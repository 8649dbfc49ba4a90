import type { ITerraformDependable } from "cdktf";

/** The subnet of one region that Envoy-based load balancers take their proxies' addresses from. */
export interface ProxyOnlySubnetwork {
  /** IPv4 range of the proxies, which the firewall has to admit. */
  readonly ipCidrRange: string;
  /** What a regional forwarding rule has to wait for, and to go before. */
  readonly dependables: ITerraformDependable[];
}

/** Which traffic a firewall rule of the network lets in. */
export interface IngressRule {
  /** IPv4 ranges: `["35.191.0.0/16"]`. */
  readonly sourceRanges: string[];
  /** TCP ports. */
  readonly ports: number[];
  /** Network tag of the machines that it is for. */
  readonly targetTag: string;
  /** At most 2048 characters. @default none */
  readonly description?: string;
  /** 0 to 65535; of two rules that both match, the lower number decides. @default 1000 */
  readonly priority?: number;
  /** Logs each connection that it lets in. @default what the network says */
  readonly logging?: boolean;
}

/** A VPC network with a subnet in each region that has machines. */
export interface IRegionNetwork {
  /** Id (or self link) of the VPC network. */
  readonly networkId: string;
  /**
   * Id (or self link) of the subnet that machines of the region live in.
   *
   * @throws ValidationError where the network has none there.
   */
  subnetworkId(region: string): string;
  /** What has to exist before machines of the region can pull their image: routes, Cloud NAT. */
  egressDependables(region: string): ITerraformDependable[];
  /**
   * The proxy-only subnet of the region; a network of this stack creates it on first use.
   *
   * @throws ValidationError where the network has none and cannot create one.
   */
  proxyOnlySubnetwork(region: string): ProxyOnlySubnetwork;
  /**
   * A firewall rule; empty where the rules of the network are managed elsewhere.
   *
   * @param id Literal, unique in the network; the same id again gives the rule that exists.
   * @throws ValidationError where the same id has been used for another rule.
   */
  admit(id: string, rule: IngressRule): ITerraformDependable[];
}
