import type { IConstruct } from "constructs";
import { findRegion, gpuRegions, nearestRegions, REGIONS, type RegionFacts, regionElsewhere } from "../google/regions";
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
  const fix = meantRegion(name, names) ?? "name one, not a zone or a multi-region.";
  throw new ValidationError(where, {
    what: "region",
    got: name,
    allowed: "a Google Cloud region",
    fix: `${fix} There are ${names.join(", ")}`,
  });
}

const CONTINENTS: Readonly<Record<string, string>> = {
  eu: "europe",
  ap: "asia",
  sa: "southamerica",
  na: "northamerica",
};

/**
 * Asks for the candidate that is spelled like `name`, and for the one that is where AWS or Azure
 * has a region of that name.
 */
export function meantRegion(name: string, candidates: readonly string[]): string | undefined {
  const lower = name.toLowerCase().trim().replace(/[_ ]+/g, "-");
  const full = lower.replace(/^[a-z]+/, (start) => CONTINENTS[start] ?? start).replace(/(\d)-?[a-f]$/, "$1");
  const place = candidates.find((each) => each === regionElsewhere(lower));
  const compared = (place ? lower : full).replaceAll("-", "");
  const spelled = candidates.find((each) => each.replaceAll("-", "") === compared);
  const first = spelled ?? place ?? nearest(full, candidates);
  if (first === undefined) return undefined;
  const cloud = lower.includes("-") ? "AWS" : "Azure";
  if (place === undefined) return `did you mean "${first}"?`;
  const city = findRegion(place)!.city;
  return spelled === undefined || spelled === place
    ? `did you mean "${first}" (${city}), nearest to the region of ${cloud}?`
    : `did you mean "${first}"? The region of ${cloud} with this name is nearest to "${place}" (${city}).`;
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
