import type { MachineOptions, MachineSettings } from "../machine/machine-options";
import type { AutoHealing } from "./auto-healing";
import type { ScaleIn, ScalingMode } from "./instance-autoscaling";
import type { Reservations } from "./reservations";
import type { ScalingSignal } from "./scaling-signal";

/** How a group spreads over its zones. Compute Engine autoscales only these two shapes. */
export enum ZoneDistribution {
  /** Equal numbers per zone, within one. A zone without capacity leaves the group short. */
  EVEN = "EVEN",
  /**
   * As even as capacity allows: other zones take over from one without capacity or machine type.
   */
  BALANCED = "BALANCED",
}

/** When machines are replaced after a change of the template. */
export enum RolloutMode {
  /** At once, a few at a time. */
  PROACTIVE = "PROACTIVE",
  /** Only when something else replaces the machine: scaling, healing, or an operator. */
  OPPORTUNISTIC = "OPPORTUNISTIC",
}

/**
 * A period in which a group has at least a given size, whatever its signals say (Compute API v1,
 * AutoscalingPolicyScalingSchedule, read 2026-11-22). Machines are requested at the start, so begin
 * early enough for them to become ready.
 */
export interface ScalingSchedule {
  /** 1 to 63 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Start times, as a cron expression with an optional year: `30 7 * * Mon-Fri`. */
  readonly cron: string;
  /** Time zone name: `Europe/Berlin`. @default "UTC" */
  readonly timeZone?: string;
  /** At least 300. */
  readonly durationSeconds: number;
  /** At most `maxInstances`. */
  readonly minInstances: number;
  /** @default none */
  readonly description?: string;
  /** Keeps the schedule but turns it off. @default false */
  readonly disabled?: boolean;
}

/** Optional settings of an instance group. */
export interface InstanceGroupSettings extends MachineSettings {
  /**
   * Minimum and initial number of machines. Zero requires something that wakes the group up: a
   * schedule, or a metric of the whole group. @default 1
   */
  readonly minInstances?: number;
  /**
   * Maximum number that the autoscaler requests; a rollout adds `maxSurge`. @default 10, with a GPU
   * 3, or `minInstances` if more
   */
  readonly maxInstances?: number;
  /**
   * Zones of the region: `["europe-west1-b", "europe-west1-c"]`. Changing them creates a new group,
   * which takes over when its machines are healthy. @default with a GPU the zones that sell it,
   * otherwise three that Compute Engine chooses
   */
  readonly zones?: string[];
  /** @default ZoneDistribution.EVEN, with a GPU, Spot machines or fallbacks BALANCED */
  readonly zoneDistribution?: ZoneDistribution;
  /**
   * What scales the group. Of several signals, the one that requests the most machines wins. At
   * most one each of `cpu` and `loadBalancing`. @default [ScalingSignal.cpu(0.6)], with a GPU
   * [ScalingSignal.gpuUtilization(70)]; if the backend balances by rate,
   * ScalingSignal.loadBalancing(0.8) sees waiting requests too
   */
  readonly scaling?: ScalingSignal[];
  /** Periods with more machines than the signals request; at most 128. @default none */
  readonly scalingSchedules?: ScalingSchedule[];
  /** How fast the group may shrink. @default ScaleIn.unlimited() */
  readonly scaleIn?: ScaleIn;
  /** @default ScalingMode.ON */
  readonly scalingMode?: ScalingMode;
  /**
   * Time from a machine's creation until it serves: pulling the image, installing a driver, loading
   * the model. Its load is ignored until then. 15 to 3600 seconds. @default 180, with a GPU 600
   */
  readonly initializationSeconds?: number;
  /**
   * Recreates machines that do not answer, and tells a rollout when a new machine is ready.
   * @default a TCP check of `port`: replace it with a path that answers 200 only when the model is
   * loaded
   */
  readonly autoHealing?: AutoHealing;
  /** @default RolloutMode.PROACTIVE */
  readonly rolloutMode?: RolloutMode;
  /**
   * Machines that a rollout may add beyond the group's size: at least one per zone, or 0 with a
   * `maxUnavailable`. They need quota and capacity, including GPUs. @default the number of zones,
   * or 0 with a `maxUnavailable`
   */
  readonly maxSurge?: number;
  /**
   * Machines that a rollout may remove before their successors serve: 0, or at least one per zone.
   * Above 0, capacity drops; use it for scarce GPUs. @default 0
   */
  readonly maxUnavailable?: number;
  /**
   * How long a deploy waits until machines are created or rolled out and healthy: 1 to 240 minutes.
   * 0 does not wait: the deploy succeeds even if no machine ever starts, and a replacement group
   * gets requests before it has machines. @default 30, with a GPU 60; with Spot machines 0
   */
  readonly waitMinutes?: number;
  /**
   * Cheaper machines that Compute Engine may reclaim at any time, with 30 seconds' notice, and may
   * not have at all. @default false
   */
  readonly spot?: boolean;
  /**
   * Machine types for when Compute Engine has none of `machineType`, the preferred first:
   * `["g2-standard-12", "g2-standard-16"]`. They boot the same template: with GPUs like it or
   * without, of the same architecture and disk interface. A change applies to new machines; those
   * that run stay (docs.cloud.google.com/compute/docs/instance-groups/about-instance-flexibility,
   * read 2026-11-28). @default none
   */
  readonly fallbackMachineTypes?: string[];
  /**
   * Whether the machines use reserved capacity. @default Reservations.any(), with Spot machines
   * Reservations.none()
   */
  readonly reservations?: Reservations;
}

/**
 * The machines of a group, their number and lifecycle: everything except region and image, so that
 * one object serves several regions.
 *
 * Limits are Compute Engine's (Compute API v1 and docs.cloud.google.com/compute/docs/autoscaler,
 * read 2026-11-22).
 */
export interface InstanceGroupOptions extends InstanceGroupSettings, MachineOptions {}
