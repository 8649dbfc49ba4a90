import type { ITerraformDependable } from "cdktf";

/**
 * What a backend service or regional endpoint needs to know of a group of machines that it sends
 * requests to.
 */
export interface IInstanceGroupTarget {
  readonly region: string;
  /** URL of the instance group, as backend services list it. */
  readonly instanceGroupUrl: string;
  /** The group's name for the port that serves requests. */
  readonly portName: string;
  /** The port that serves requests. */
  readonly port: number;
  /**
   * Ports that the firewall admits Google's health checks and load balancers to: `port`, and that
   * of the group's own health check.
   */
  readonly admittedPorts: number[];
  /** Id of the VPC network that the machines are in. */
  readonly networkId: string;
  /** What must exist before the load balancer sends requests: the firewall rules. */
  readonly dependables: ITerraformDependable[];
  /**
   * Lets these IPv4 ranges reach the port that serves requests: the proxy-only subnet of a regional
   * load balancer.
   *
   * @param id Id of the firewall rule below the group. The same id again adds nothing.
   */
  admit(id: string, sourceRanges: string[]): ITerraformDependable[];
}
