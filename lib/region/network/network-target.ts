import type { ITerraformDependable } from "cdktf";

/** A region's subnet for the proxies of Envoy-based load balancers. */
export interface ProxyOnlySubnetwork {
  /** IPv4 range of the proxies, which the firewall must admit. */
  readonly ipCidrRange: string;
  /** What a regional forwarding rule must depend on. */
  readonly dependables: ITerraformDependable[];
}

/** Traffic that a firewall rule admits. */
export interface IngressRule {
  /** IPv4 ranges: `["35.191.0.0/16"]`. */
  readonly sourceRanges: string[];
  /** TCP ports. */
  readonly ports: number[];
  /** Network tag of the target machines. */
  readonly targetTag: string;
  /** At most 2048 characters. @default none */
  readonly description?: string;
  /** 0 to 65535; of two matching rules, the lower number wins. @default 1000 */
  readonly priority?: number;
  /** Logs each admitted connection. @default the network's setting */
  readonly logging?: boolean;
}

/** A VPC network with a subnet in each region that has machines. */
export interface IRegionNetwork {
  /** ID (or self link) of the VPC network. */
  readonly networkId: string;
  /**
   * ID (or self link) of the region's subnet for machines.
   *
   * @throws ValidationError if the network has none there.
   */
  subnetworkId(region: string): string;
  /** What must exist before machines of the region can pull their image: routes, Cloud NAT. */
  egressDependables(region: string): ITerraformDependable[];
  /**
   * The proxy-only subnet of the region; a network of this stack creates it on first use.
   *
   * @throws ValidationError if the network has none and cannot create one.
   */
  proxyOnlySubnetwork(region: string): ProxyOnlySubnetwork;
  /**
   * A firewall rule; empty if the network's rules are managed elsewhere.
   *
   * @param id Literal, unique in the network; repeating it returns the existing rule.
   * @throws ValidationError if the ID belongs to a different rule.
   */
  admit(id: string, rule: IngressRule): ITerraformDependable[];
}
