import type { ITerraformDependable } from "cdktf";

/** A group of machines as a backend service or regional endpoint needs it. */
export interface IInstanceGroupTarget {
  readonly region: string;
  /** URL of the instance group, as backend services list it. */
  readonly instanceGroupUrl: string;
  /** The group's named port that serves requests. */
  readonly portName: string;
  /** The port that serves requests. */
  readonly port: number;
  /**
   * Ports that the firewall opens to Google's health checks and load balancers: `port`, and that of
   * the group's own health check.
   */
  readonly admittedPorts: number[];
  /** ID of the machines' VPC network. */
  readonly networkId: string;
  /** What must exist before the load balancer sends requests: the firewall rules. */
  readonly dependables: ITerraformDependable[];
  /**
   * Lets IPv4 ranges reach the port that serves requests: the proxy-only subnet of a regional load
   * balancer.
   *
   * @param id ID of the firewall rule below the group. Repeating an ID adds nothing.
   */
  admit(id: string, sourceRanges: string[]): ITerraformDependable[];
}
