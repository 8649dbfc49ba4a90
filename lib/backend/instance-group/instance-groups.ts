import type { HealthCheck } from "../../region/instance-group/health-check";
import type { IInstanceGroupTarget } from "../../region/instance-group/instance-group-target";
import type { Balancing } from "./balancing";

/** What is different for one group, or for all groups of a region. */
export interface InstanceGroupOverride {
  /** The group that it is for. @default every group of `region` */
  readonly target?: IInstanceGroupTarget;
  /** The region that it is for; with `target`, none. @default that of `target` */
  readonly region?: string;
  /** @default that of the backend */
  readonly balancing?: Balancing;
  /** Share of the group's capacity that is used: 0, which drains it, or 0.1 to 1. @default 1 */
  readonly capacity?: number;
  /**
   * Fills the group before any that is not preferred, wherever clients are: reserved machines
   * before spot. @default false
   */
  readonly preferred?: boolean;
}

/** The groups of machines behind a backend service. */
export interface InstanceGroupsProps {
  /**
   * At least one, all with the same port and port name. Several of one region are fine: spot beside
   * standard.
   */
  readonly targets: IInstanceGroupTarget[];
  /**
   * Asked of every machine by Google's probes; a machine that fails gets no requests, and a region
   * whose machines fail is left out. The firewall has to admit the port.
   *
   * @default HealthCheck.tcp(): the port is open, which a model server does once its model is
   * loaded; some open it before, so give the path that says ready
   */
  readonly healthCheck?: HealthCheck;
  /**
   * When a group counts as full. Of several backend services over one group all say utilization, or
   * none does: rate for requests and connections for streams go together, other pairs the API
   * rejects (docs.cloud.google.com/load-balancing/docs/internal, troubleshooting, read 2026-11-22).
   *
   * @default Balancing.utilization(): 80 % of the CPUs, because no rate fits every model. On GPU
   * machines measure the rate and use Balancing.rate.
   */
  readonly balancing?: Balancing;
  /** What is different for single groups or regions. @default nothing */
  readonly overrides?: InstanceGroupOverride[];
  /**
   * Regions that get no new requests: capacity 0. The way to take a region away is to drain it,
   * deploy, wait until its requests have ended, remove the target, deploy. Not all of them: Google
   * Cloud refuses a single group with capacity 0 (Compute API v1, Backend.capacityScaler, read
   * 2026-11-22).
   *
   * @default none
   */
  readonly drainingRegions?: string[];
}
