import type { IConstruct } from "constructs";
import { checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { regionFacts } from "../core/regions";
import { MULTI_REGIONS } from "../google/registry";
import { nearest } from "../language/nearest";

/**
 * The multi-regions from near to far, by region prefix; the first match counts.
 *
 * By median round trip to the measured regions of each continent (Google's Performance Dashboard,
 * 2023-11-27, as kept by ubc-cirrus-lab/caribou): Johannesburg 164 ms to Europe and 218 to Asia,
 * Doha 118 and 134, Dammam 97 and 136, Tel Aviv 54 and 184, Sydney 127 to Asia and 171 to the
 * United States. Stockholm, Mexico and Bangkok were not measured and follow their neighbors.
 */
const NEAR_TO_FAR: readonly (readonly [region: RegExp, order: readonly string[]])[] = [
  [/^(africa|me)-/, ["europe", "asia", "us"]],
  [/^europe-/, ["europe", "us", "asia"]],
  [/^asia-south/, ["asia", "europe", "us"]],
  [/^(asia|australia)-/, ["asia", "us", "europe"]],
  [/^us-west[124]$/, ["us", "asia", "europe"]],
  [/^(us|northamerica|southamerica)-/, ["us", "europe", "asia"]],
];

/** The one of `locations` that the region pulls from. */
export function nearestLocation(where: IConstruct, region: string, locations: readonly string[]): string {
  regionFacts(where, region);
  const order = NEAR_TO_FAR.find(([regions]) => regions.test(region))?.[1] ?? MULTI_REGIONS;
  return order.find((location) => locations.includes(location)) ?? locations[0]!;
}

/** Throws unless it is a region or a multi-region. */
export function checkLocation(where: IConstruct, location: string): void {
  if (!MULTI_REGIONS.includes(location)) regionFacts(where, location);
}

/** Throws unless the locations are distinct multi-regions and at least one is pulled from. */
export function checkCopies(where: IConstruct, locations: readonly string[], standby: readonly string[]): void {
  checkUnique(where, "locations", locations, "name each location once");
  for (const [what, named, allowed] of [
    ["locations", locations, MULTI_REGIONS],
    ["standbyLocations", standby, locations],
  ] as const) {
    const unknown = named.find((location) => !allowed.includes(location));
    if (unknown === undefined) continue;
    const suggestion = nearest(unknown, allowed);
    throw new ValidationError(where, {
      what,
      got: unknown,
      allowed: allowed.join(", "),
      fix: suggestion
        ? `did you mean "${suggestion}"?`
        : what === "locations"
          ? "use a separate registry for a single region"
          : "add it to locations, or remove it here",
    });
  }
  if (locations.every((location) => standby.includes(location))) {
    throw new ValidationError(where, {
      what: locations.length === 0 ? "locations" : "standbyLocations",
      got: locations.length === 0 ? locations : standby,
      allowed: "at least one location that images are pulled from",
      fix: locations.length === 0 ? 'name one, for example "europe"' : "leave one location out of standbyLocations",
    });
  }
}

/** Throws unless all locations have a key, or none: a key cannot be added later. */
export function checkKeyPerLocation(
  where: IConstruct,
  keys: { readonly [location: string]: string } | undefined,
  locations: readonly string[],
): void {
  if (keys === undefined) return;
  const without = locations.find((location) => keys[location] === undefined);
  const beside = Object.keys(keys).find((location) => !locations.includes(location));
  if (without === undefined && beside === undefined) return;
  throw new ValidationError(where, {
    what: "encryptionKeys",
    got: Object.keys(keys),
    allowed: `a key for each of ${locations.join(", ")}`,
    fix: without === undefined ? `remove the key for ${beside}` : `add a key in ${without}`,
  });
}
