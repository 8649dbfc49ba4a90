import type { IConstruct } from "constructs";
import { checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { meantRegion, regionFacts } from "../core/regions";

interface RegionLists {
  readonly regions: readonly string[];
  readonly drainingRegions?: readonly string[];
  readonly regionOverrides?: Readonly<Record<string, unknown>>;
}

/** Throws for unknown or repeated regions, and when no region receives requests. */
export function checkRegions(where: IConstruct, lists: RegionLists): void {
  const { regions, regionOverrides = {}, drainingRegions = [] } = lists;
  for (const region of regions) regionFacts(where, region);
  checkUnique(where, "regions", regions, "name each region once");
  checkUnique(where, "drainingRegions", drainingRegions, "name each region once");
  if (regions.length === 0 || regions.every((region) => drainingRegions.includes(region))) {
    throw new ValidationError(where, {
      what: regions.length === 0 ? "regions" : "drainingRegions",
      got: regions.length === 0 ? [] : drainingRegions,
      allowed: "at least one region that receives requests",
      fix: regions.length === 0 ? "name a region" : "leave one region out of drainingRegions",
    });
  }
  for (const [what, named] of [
    ["drainingRegions", drainingRegions],
    ["regionOverrides", Object.keys(regionOverrides)],
  ] as const) {
    const unknown = named.find((region) => !regions.includes(region));
    if (unknown === undefined) continue;
    const fix = meantRegion(unknown, regions) ?? "add it to regions, or remove it here";
    throw new ValidationError(where, {
      what,
      got: unknown,
      allowed: regions.join(", "),
      fix,
    });
  }
}
