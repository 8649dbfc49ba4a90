import type { HealthCheck } from "../../region/instance-group/health-check";
import type { IInstanceGroupTarget } from "../../region/instance-group/instance-group-target";
import type { Balancing } from "./balancing";

/** Settings of one group, or of all groups of a region. */
export interface InstanceGroupOverride {
  /** The group. @default every group of `region` */
  readonly target?: IInstanceGroupTarget;
  /** The region; not together with `target`. @default that of `target` */
  readonly region?: string;
  /** @default that of the backend */
  readonly balancing?: Balancing;
  /** Share of the group's capacity to use: 0, which drains it, or 0.1 to 1. @default 1 */
  readonly capacity?: number;
  /** Fills this group first, wherever clients are: reserved before spot machines. @default false */
  readonly preferred?: boolean;
}

/** The groups of machines behind a backend service. */
export interface InstanceGroupsProps {
  /** At least one, all with one port and port name. Regions may have several: spot and standard. */
  readonly targets: IInstanceGroupTarget[];
  /**
   * Health check by Google's probes. A failing machine gets no requests, and a region is skipped if
   * its machines fail. The firewall must admit the port.
   *
   * @default HealthCheck.tcp(): the port is open. If the server opens it before the model is
   * loaded, give its readiness path.
   */
  readonly healthCheck?: HealthCheck;
  /**
   * When a group is full. If several backend services share a group, all or none must use
   * utilization: the API rejects other pairs, except rate for requests with connections for streams
   * (docs.cloud.google.com/load-balancing/docs/internal, troubleshooting, read 2026-11-22).
   * @default Balancing.utilization(): 80 % of the CPUs. On GPU machines measure the rate and use
   * Balancing.rate.
   */
  readonly balancing?: Balancing;
  /** Settings of single groups or regions. @default none */
  readonly overrides?: InstanceGroupOverride[];
  /**
   * Regions that get no new requests: capacity 0. To remove a region, drain it, deploy, wait until
   * its requests have ended, remove the target, deploy. Not all regions: Google Cloud refuses a
   * single group with capacity 0 (Compute API v1, Backend.capacityScaler, read 2026-11-22).
   * @default none
   */
  readonly drainingRegions?: string[];
}
