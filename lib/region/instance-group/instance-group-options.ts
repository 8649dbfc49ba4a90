import type { MachineOptions, MachineSettings } from "../machine/machine-options";
import type { AutoHealing } from "./auto-healing";
import type { ScaleIn, ScalingMode } from "./instance-autoscaling";
import type { Reservations } from "./reservations";
import type { ScalingSignal } from "./scaling-signal";

/**
 * How an autoscaled group spreads its machines over its zones. Compute Engine autoscales groups of
 * these two shapes only.
 */
export enum ZoneDistribution {
  /**
   * The same number in each zone, to within one. A zone without capacity leaves the group short.
   */
  EVEN = "EVEN",
  /**
   * As even as the capacity of the zones allows: where one has none left, or does not have the
   * machine type, the others take over.
   */
  BALANCED = "BALANCED",
}

/** When machines are replaced after a change of the template. */
export enum RolloutMode {
  /** At once, a few at a time. */
  PROACTIVE = "PROACTIVE",
  /** Not before something else replaces the machine: scaling, healing, or an operator. */
  OPPORTUNISTIC = "OPPORTUNISTIC",
}

/**
 * A time at which a group has at least so many machines, whatever its signals say (Compute API v1,
 * AutoscalingPolicyScalingSchedule, read 2026-11-22). Machines are asked for at the start: begin
 * earlier by the time that they take to serve.
 */
export interface ScalingSchedule {
  /** 1 to 63 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Its starts, in crontab form with an optional year: `30 7 * * Mon-Fri`. */
  readonly cron: string;
  /** Name of the tz database: `Europe/Berlin`. @default "UTC" */
  readonly timeZone?: string;
  /** At least 300. */
  readonly durationSeconds: number;
  /** At most `maxInstances`. */
  readonly minInstances: number;
  /** @default none */
  readonly description?: string;
  /** Keeps the schedule without its effect. @default false */
  readonly disabled?: boolean;
}

/**
 * The machines of a group but for their type, how many there are, and how they come and go: the
 * part that may be left out.
 */
export interface InstanceGroupSettings extends MachineSettings {
  /**
   * Fewest machines; also how many a group starts with. Zero only where something wakes the group
   * up: a schedule, or a metric of the whole group.
   * @default 1
   */
  readonly minInstances?: number;
  /**
   * Most machines that the autoscaler asks for; a roll-out adds `maxSurge` to them. @default 10,
   * with a GPU 3, or `minInstances` where that is more
   */
  readonly maxInstances?: number;
  /**
   * Zones of the region: `["europe-west1-b", "europe-west1-c"]`. A change makes a new group, which
   * takes over when its machines are healthy.
   * @default with a GPU the zones that sell it, otherwise three that Compute Engine chooses
   */
  readonly zones?: string[];
  /** @default ZoneDistribution.EVEN, with a GPU or Spot machines BALANCED */
  readonly zoneDistribution?: ZoneDistribution;
  /**
   * What the group is scaled by. Of several signals, the one that asks for the most machines
   * decides. At most one each of `cpu` and `loadBalancing`.
   * @default [ScalingSignal.cpu(0.6)], with a GPU [ScalingSignal.gpuUtilization(70)]; where the
   * backend balances by rate, ScalingSignal.loadBalancing(0.8) sees requests that wait, too
   */
  readonly scaling?: ScalingSignal[];
  /** Times at which more machines are there than the signals ask for; at most 128. @default none */
  readonly scalingSchedules?: ScalingSchedule[];
  /** How fast the group may shrink. @default ScaleIn.unlimited() */
  readonly scaleIn?: ScaleIn;
  /** @default ScalingMode.ON */
  readonly scalingMode?: ScalingMode;
  /**
   * How long a machine takes from its creation until it serves: pulling the image, installing a
   * driver, loading the model. Its load does not count before. 15 to 3600 seconds. @default 180,
   * with a GPU 600
   */
  readonly initializationSeconds?: number;
  /**
   * Recreates machines that do not answer, and tells a roll-out when a new machine is ready.
   * @default a TCP check of `port`: replace it by the check of a path that answers 200 only when
   * the model is loaded
   */
  readonly autoHealing?: AutoHealing;
  /** @default RolloutMode.PROACTIVE */
  readonly rolloutMode?: RolloutMode;
  /**
   * Machines that a roll-out may add beyond the group's size: at least one per zone, or 0 with a
   * `maxUnavailable`. They need quota and capacity, GPUs too.
   * @default the number of zones, or 0 with a `maxUnavailable`
   */
  readonly maxSurge?: number;
  /**
   * Machines that a roll-out may take away before their successors serve: 0, or at least one per
   * zone. More than 0 lowers capacity; it is for GPUs that there are no more of. @default 0
   */
  readonly maxUnavailable?: number;
  /**
   * How long a deploy waits for the machines to be made, and for a roll-out to end, with healthy
   * machines: 1 to 240 minutes. 0 does not wait: the deploy then also succeeds when no machine ever
   * starts, and a group that takes the place of another one gets its requests before it has
   * machines. @default 30, with a GPU 60; with Spot machines 0
   */
  readonly waitMinutes?: number;
  /**
   * Machines at a lower price, which Compute Engine takes back at any time, with 30 seconds'
   * notice, and may not have at all. @default false
   */
  readonly spot?: boolean;
  /**
   * Whether the machines use reserved capacity. @default Reservations.any(), with Spot machines
   * Reservations.none()
   */
  readonly reservations?: Reservations;
}

/**
 * The machines of a group, how many there are, and how they come and go; all of it apart from
 * region and image, so that it can be given once for several regions.
 *
 * Limits are Compute Engine's (Compute API v1 and docs.cloud.google.com/compute/docs/autoscaler,
 * read 2026-11-22).
 */
export interface InstanceGroupOptions extends InstanceGroupSettings, MachineOptions {}
