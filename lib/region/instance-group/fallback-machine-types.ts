import type { ComputeRegionInstanceGroupManagerInstanceFlexibilityPolicy as FlexibilityPolicy } from "@cdktf/provider-google/lib/compute-region-instance-group-manager";
import type { IConstruct } from "constructs";
import { checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { isArm, isNvmeOnly, isSpotOrFlexOnly } from "../../google/machine-types";
import { gpuZones } from "../../google/regions";
import { checkMachine, defaultDiskType, hasGpu } from "../machine/machine-checks";
import type { InstanceGroupOptions } from "./instance-group-options";

interface Options extends InstanceGroupOptions {
  readonly region: string;
}

/**
 * The machine types of a group in the order of preference; undefined for one alone.
 *
 * @throws ValidationError for types that cannot boot what the template of the first one describes.
 */
export function renderFallbacks(
  where: IConstruct,
  options: Options,
  zones: readonly string[] | undefined,
): FlexibilityPolicy | undefined {
  const { machineType, fallbackMachineTypes: fallbacks } = options;
  if (fallbacks === undefined || fallbacks.length === 0) return undefined;
  checkUnique(where, "fallbackMachineTypes", [machineType, ...fallbacks], "name each machine type once");
  for (const fallback of fallbacks) checkFallback(where, options, fallback, zones);
  return {
    instanceSelections: [machineType, ...fallbacks].map((type, index) => ({
      name: `choice-${index + 1}`,
      rank: index + 1,
      machineTypes: [type],
    })),
  };
}

function checkFallback(
  where: IConstruct,
  options: Options,
  fallback: string,
  zones: readonly string[] | undefined,
): void {
  const { machineType, region, attachedGpu } = options;
  const bootDiskType = options.bootDiskType ?? defaultDiskType(machineType);
  const changed = { ...options, machineType: fallback, bootDiskType };
  checkMachine(where, region, changed);
  const sold = gpuZones(fallback, region, attachedGpu?.acceleratorType);
  const differs = (what: (type: string) => boolean) => what(machineType) !== what(fallback);
  const problems: [boolean, string, string][] = [
    [
      hasGpu(options) !== hasGpu(changed),
      `machine types ${hasGpu(options) ? "with" : "without"} GPUs, as ${machineType}`,
      "the template installs a GPU driver, or it does not: give the others a group of their own",
    ],
    [
      differs(isArm),
      `the architecture of ${machineType}`,
      "the template has one boot image: give the others a group of their own",
    ],
    [
      differs(isNvmeOnly),
      `the disk interface of ${machineType}`,
      "the template has one boot disk, by SCSI or by NVMe: give the others a group of their own",
    ],
    [
      isSpotOrFlexOnly(fallback) && !options.spot,
      "machine types that are sold on demand",
      "set spot: true, or choose another machine type",
    ],
    [
      zones !== undefined && sold !== undefined && !sold.some((zone) => zones.includes(zone)),
      `machine types of the group's zones: ${zones?.join(", ")}`,
      `name zones: ${region} has it in ${sold?.join(", ")}`,
    ],
  ];
  for (const [isWrong, allowed, fix] of problems)
    if (isWrong) throw new ValidationError(where, { what: "fallbackMachineTypes", got: fallback, allowed, fix });
}
