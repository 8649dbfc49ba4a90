import type { ComputeBackendServiceBackend } from "@cdktf/provider-google/lib/compute-backend-service";
import { ComputeHealthCheck } from "@cdktf/provider-google/lib/compute-health-check";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, generatedName } from "../../core/naming";
import { withoutUnset } from "../../core/unset";
import { ProjectServices } from "../../project/project-services";
import { HealthCheck } from "../../region/instance-group/health-check";
import type { IInstanceGroupTarget } from "../../region/instance-group/instance-group-target";
import { type BalancedTraffic, Balancing } from "./balancing";
import type { InstanceGroupOverride, InstanceGroupsProps } from "./instance-groups";

/** Timeout of requests to machines: Cloud Run's maximum, so a path can move between both. */
export const DEFAULT_TIMEOUT_SECONDS = 3600;

/** The groups of a backend service, checked. */
export function renderGroups(
  where: Construct,
  props: InstanceGroupsProps,
  traffic: BalancedTraffic,
): ComputeBackendServiceBackend[] {
  const { targets, overrides = [], drainingRegions = [] } = props;
  checkTargets(where, targets);
  for (const region of drainingRegions) checkRegion(where, "drainingRegions", region, targets);
  for (const override of overrides) checkOverride(where, override, targets);
  const overridden = overrides.map(({ target, region }) => target?.instanceGroupUrl ?? region!);
  checkUnique(where, "overrides", overridden, "put what is different for a group or a region into one override");
  const settings = targets.map((target) => {
    const { balancing, capacity, preferred } = {
      ...withoutUnset(overrides.find((each) => each.region === target.region) ?? {}),
      ...withoutUnset(overrides.find((each) => each.target === target) ?? {}),
    };
    return {
      target,
      balancing: balancing ?? props.balancing ?? Balancing.utilization(),
      capacity: drainingRegions.includes(target.region) ? 0 : (capacity ?? 1),
      preferred: preferred ?? false,
    };
  });
  if (settings.every(({ capacity }) => capacity === 0)) {
    throw new ValidationError(where, {
      what: "drainingRegions",
      got: `capacity 0 in ${[...new Set(targets.map(({ region }) => region))].join(", ")}`,
      allowed: "at least one group that serves",
      fix: "keep a region, or remove the backend together with its routes",
    });
  }
  const anyPreferred = settings.some(({ preferred }) => preferred);
  return settings.map(({ target, balancing, capacity, preferred }) => ({
    group: target.instanceGroupUrl,
    ...balancing._render(where, traffic),
    capacityScaler: capacity,
    preference: anyPreferred ? (preferred ? "PREFERRED" : "DEFAULT") : undefined,
  }));
}

/**
 * The global health check of a backend service. It changes in place, except for its name. A new
 * port makes a new check: machines on the old port are still checked there until those on the new
 * port are ready.
 */
export function createHealthCheck(where: Construct, props: InstanceGroupsProps): ComputeHealthCheck {
  const healthCheck = props.healthCheck ?? HealthCheck.tcp();
  const { port } = props.targets[0]!;
  for (const target of props.targets) healthCheck._checkAdmitted(where, port, target.admittedPorts);
  return new ComputeHealthCheck(where, "HealthCheck", {
    ...healthCheck._render(where, "loadBalancing", port),
    name: generatedName(where, COMPUTE_NAME, ["health-check", String(healthCheck._port(port))]),
    lifecycle: { createBeforeDestroy: true },
    dependsOn: ProjectServices.of(where).require("compute.googleapis.com"),
  });
}

function checkTargets(where: Construct, targets: readonly IInstanceGroupTarget[]): void {
  if (targets.length === 0) {
    throw new ValidationError(where, {
      what: "targets",
      got: [],
      allowed: "at least one group of machines",
      fix: "pass an InstanceGroupRegion",
    });
  }
  checkUnique(
    where,
    "targets",
    targets.map(({ instanceGroupUrl }) => instanceGroupUrl),
    "a backend service lists a group once: remove the second entry",
  );
  const [first] = targets;
  for (const { portName, port, region } of targets) {
    if (portName === first!.portName && port === first!.port) continue;
    throw new ValidationError(where, {
      what: "targets",
      got: `${portName}: ${port} in ${region} beside ${first!.portName}: ${first!.port} in ${first!.region}`,
      allowed: "one port name and port for all groups: a backend service has one",
      fix: "give the groups the same port, or a backend each",
    });
  }
}

function checkRegion(where: Construct, what: string, region: string, targets: readonly IInstanceGroupTarget[]): void {
  const regions = [...new Set(targets.map((target) => target.region))];
  if (regions.includes(region)) return;
  throw new ValidationError(where, {
    what,
    got: region,
    allowed: `regions of the targets: ${regions.join(", ")}`,
    fix: "name a region that has a target, or remove the entry",
  });
}

function checkOverride(
  where: Construct,
  { target, region, capacity }: InstanceGroupOverride,
  targets: readonly IInstanceGroupTarget[],
): void {
  if ((target === undefined) === (region === undefined) || (target && !targets.includes(target))) {
    throw new ValidationError(where, {
      what: "overrides",
      got: target && region === undefined ? `a group of ${target.region} that is not a target` : { region },
      allowed: "for each either one of the targets or a region",
      fix: "set target or region, and list the target in targets",
    });
  }
  if (region !== undefined) checkRegion(where, "overrides", region, targets);
  if (capacity === undefined || Token.isUnresolved(capacity)) return;
  if (capacity !== 0 && !(capacity >= 0.1 && capacity <= 1)) {
    throw new ValidationError(where, {
      what: "capacity",
      got: capacity,
      allowed: "0, or 0.1 to 1",
      fix: "give the share, not the percentage; 0 drains the group",
    });
  }
}
