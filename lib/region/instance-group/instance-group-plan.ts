import type {
  ComputeRegionInstanceGroupManagerInstanceFlexibilityPolicy,
  ComputeRegionInstanceGroupManagerUpdatePolicy,
} from "@cdktf/provider-google/lib/compute-region-instance-group-manager";
import type {
  ComputeRegionInstanceTemplateReservationAffinity,
  ComputeRegionInstanceTemplateScheduling,
} from "@cdktf/provider-google/lib/compute-region-instance-template";
import type { Construct } from "constructs";
import { checkInteger, checkLiteral, checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import type { MachineArguments } from "../machine/machine";
import { loadSeconds } from "../model-version";
import { AutoHealing } from "./auto-healing";
import { renderFallbacks } from "./fallback-machine-types";
import { HealthCheck } from "./health-check";
import { type Autoscaling, ScaleIn, ScalingMode } from "./instance-autoscaling";
import { type InstanceGroupOptions, RolloutMode, ZoneDistribution } from "./instance-group-options";
import { ScalingSignal } from "./scaling-signal";

/**
 * Number of zones that Compute Engine chooses for a regional group by default (Compute API v1,
 * DistributionPolicy.zones, read 2026-11-22).
 */
const ZONES_BY_DEFAULT = 3;

/** A group's options with defaults, checked against each other. */
export interface GroupPlan {
  /** Undefined if Compute Engine chooses them. */
  readonly zones?: readonly string[];
  readonly distribution: ZoneDistribution;
  readonly fallbacks?: ComputeRegionInstanceGroupManagerInstanceFlexibilityPolicy;
  readonly scaling: Autoscaling;
  readonly autoHealing: AutoHealing;
  readonly healingDelaySeconds: number;
  readonly updatePolicy: ComputeRegionInstanceGroupManagerUpdatePolicy;
  readonly scheduling: ComputeRegionInstanceTemplateScheduling;
  readonly reservationAffinity?: ComputeRegionInstanceTemplateReservationAffinity;
  readonly waitMinutes: number;
  readonly waitStatus: string;
}

interface Options extends InstanceGroupOptions {
  readonly region: string;
}

export function planGroup(where: Construct, options: Options, machine: MachineArguments): GroupPlan {
  const { hasGpu } = machine;
  const spot = options.spot ?? false;
  checkProvisioning(where, options, machine);
  const zones = plannedZones(where, options, machine);
  const fallbacks = renderFallbacks(where, options, zones);
  const distribution =
    options.zoneDistribution ?? (hasGpu || spot || fallbacks ? ZoneDistribution.BALANCED : ZoneDistribution.EVEN);
  const rollout = options.rolloutMode ?? RolloutMode.PROACTIVE;
  const autoHealing = options.autoHealing ?? AutoHealing.by(HealthCheck.tcp());
  const { waitMinutes = spot ? 0 : hasGpu ? 60 : 30 } = options;
  checkInteger(where, "waitMinutes", waitMinutes, 0, 240, "give minutes, or 0 not to wait");
  return {
    zones,
    distribution,
    fallbacks,
    scaling: plannedScaling(options, hasGpu),
    autoHealing,
    healingDelaySeconds: autoHealing._initialDelaySeconds(where, hasGpu, loadSeconds(options.models)),
    updatePolicy: {
      type: rollout,
      minimalAction: "REPLACE",
      replacementMethod: "SUBSTITUTE",
      // Only an even spread is kept by moving machines.
      instanceRedistributionType: distribution === ZoneDistribution.EVEN ? "PROACTIVE" : "NONE",
      ...plannedSteps(where, options, zones?.length ?? ZONES_BY_DEFAULT),
    },
    scheduling: spot ? SPOT : machine.scheduling,
    reservationAffinity: options.reservations?._render(where, spot),
    waitMinutes,
    waitStatus: rollout === RolloutMode.PROACTIVE ? "UPDATED" : "STABLE",
  };
}

const SPOT: ComputeRegionInstanceTemplateScheduling = {
  provisioningModel: "SPOT",
  preemptible: true,
  automaticRestart: false,
  onHostMaintenance: "TERMINATE",
  // A stopped machine would keep its place in the group, and its disk.
  instanceTerminationAction: "DELETE",
};

function checkProvisioning(where: Construct, options: Options, machine: MachineArguments): void {
  if (!machine.spotOrFlexOnly || options.spot) return;
  throw new ValidationError(where, {
    what: "spot",
    got: options.spot ?? false,
    allowed: `true with ${machine.machineType}, which is not sold on demand`,
    fix: "set spot: true, or choose another machine type",
  });
}

function plannedZones(where: Construct, options: Options, machine: MachineArguments): readonly string[] | undefined {
  const { zones, region } = options;
  if (zones === undefined) return machine.zones;
  if (zones.length === 0) {
    throw new ValidationError(where, {
      what: "zones",
      got: [],
      allowed: `at least one zone of ${region}`,
      fix: "leave zones out to have them chosen",
    });
  }
  for (const zone of zones) {
    checkLiteral(where, "zones", zone);
    if (!new RegExp(`^${region}-[a-z]$`).test(zone)) {
      throw new ValidationError(where, {
        what: "zones",
        got: zone,
        allowed: `zones of ${region}, such as ${region}-b`,
        fix: "name zones of the group's own region, without a path",
      });
    }
    if (machine.zones && !machine.zones.includes(zone)) {
      throw new ValidationError(where, {
        what: "zones",
        got: zone,
        allowed: `zones with ${machine.machineType}: ${machine.zones.join(", ")}`,
        fix: "leave zones out to have them chosen, or choose another machine type",
      });
    }
  }
  checkUnique(where, "zones", zones, "name each zone once");
  return zones;
}

function plannedScaling(options: Options, hasGpu: boolean): Autoscaling {
  const { minInstances = 1 } = options;
  return {
    minInstances,
    maxInstances: options.maxInstances ?? Math.max(hasGpu ? 3 : 10, minInstances),
    signals: options.scaling ?? [hasGpu ? ScalingSignal.gpuUtilization(70) : ScalingSignal.cpu(0.6)],
    schedules: options.scalingSchedules ?? [],
    scaleIn: options.scaleIn ?? ScaleIn.unlimited(),
    mode: options.scalingMode ?? ScalingMode.ON,
    initializationSeconds: options.initializationSeconds ?? (hasGpu ? 600 : 180),
  };
}

/** How many machines a rollout may add and remove at a time. */
function plannedSteps(
  where: Construct,
  options: Options,
  zones: number,
): { maxSurgeFixed: number; maxUnavailableFixed: number } {
  const { maxUnavailable = 0 } = options;
  const { maxSurge = maxUnavailable > 0 ? 0 : zones } = options;
  for (const [what, value] of [
    ["maxSurge", maxSurge],
    ["maxUnavailable", maxUnavailable],
  ] as const) {
    checkLiteral(where, what, value);
    checkInteger(where, what, value, 0, 2000, "give a number of machines");
    if (value > 0 && value < zones) {
      throw new ValidationError(where, {
        what,
        got: value,
        allowed: `0, or at least the number of zones, ${zones}`,
        fix: options.zones ? "raise it, or name fewer zones" : "raise it, or name the zones",
      });
    }
  }
  if (maxSurge === 0 && maxUnavailable === 0) {
    throw new ValidationError(where, {
      what: "maxSurge",
      got: 0,
      allowed: `at least ${zones} while maxUnavailable is 0`,
      fix: "leave maxSurge out, or set maxUnavailable",
    });
  }
  return { maxSurgeFixed: maxSurge, maxUnavailableFixed: maxUnavailable };
}
