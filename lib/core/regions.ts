import type { IConstruct } from "constructs";
import { findRegion, gpuRegions, nearestRegions, REGIONS, type RegionFacts } from "../google/regions";
import { nearest } from "../language/nearest";
import { checkLiteral } from "./checks";
import { ValidationError } from "./errors";

/**
 * The facts of a region.
 *
 * @throws ValidationError for an unknown region; suggests the nearest name.
 */
export function regionFacts(where: IConstruct, name: string): RegionFacts {
  checkLiteral(where, "region", name);
  const facts = findRegion(name);
  if (facts) return facts;
  const names = REGIONS.map((each) => each.name);
  const suggestion = nearest(name, names);
  throw new ValidationError(where, {
    what: "region",
    got: name,
    allowed: names.join(", "),
    fix: suggestion ? `did you mean "${suggestion}"?` : "name a Google Cloud region, not a zone or a multi-region",
  });
}

/** Throws if the region does not sell the machine type's GPU; names the nearest regions that do. */
export function checkGpuSold(where: IConstruct, machineType: string, region: string, attached?: string): void {
  regionFacts(where, region);
  const regions = gpuRegions(machineType, attached);
  if (!regions || regions.includes(region)) return;
  const nearby = nearestRegions(region, regions).slice(0, 3);
  throw new ValidationError(where, {
    what: attached === undefined ? "machineType" : "attachedGpu",
    got: `${attached ?? machineType} in ${region}`,
    allowed: regions.join(", "),
    fix: `Compute Engine does not sell it there: the nearest regions that have it are ${nearby.join(", ")}`,
  });
}
