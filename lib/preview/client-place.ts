import { ValidationError } from "../core/errors";
import { findRegion, type Place, REGIONS } from "../google/regions";
import { Demand, plainName } from "../planning/demand";
import { roundTrips } from "../planning/latency";
import type { PreviewClient } from "./plan";

/** Where the client of a preview is. */
export interface ClientPlace extends Place {
  readonly name: string;
  /** ISO 3166-1 alpha-2 code; undefined for coordinates. */
  readonly country?: string;
}

/** A region and the modelled round trip between it and the client. */
export interface RegionAway {
  readonly region: string;
  readonly roundTripMs: number;
}

/**
 * A place by the name of a region, of a region's city, or of a city of the catalogue of internet
 * users, or by its coordinates: `50.1,8.7`.
 *
 * @throws ValidationError
 */
export function clientPlace(text: string): ClientPlace {
  const [latitude, longitude] = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (longitude !== undefined && !Number.isNaN(latitude) && !Number.isNaN(longitude)) {
    if (Math.abs(latitude!) > 90 || Math.abs(longitude) > 180)
      throw new ValidationError("preview", {
        what: "from",
        got: text,
        allowed: "a latitude from -90 to 90 and a longitude from -180 to 180",
        fix: "give the latitude first, then the longitude, in decimal degrees",
      });
    return { name: text, latitude: latitude!, longitude };
  }
  const wanted = plainName(text.trim());
  const region = findRegion(text) ?? REGIONS.find(({ city }) => plainName(city) === wanted);
  if (region)
    return { name: region.city, country: region.country, latitude: region.latitude, longitude: region.longitude };
  try {
    const { name = text, country, latitude: north, longitude: east } = Demand.cities({ [text]: 1 }).points[0]!;
    return { name, country, latitude: north, longitude: east };
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    throw new ValidationError("preview", {
      what: "from",
      got: text,
      allowed: "a region, a region's city, one of the 360 cities of the catalogue, or latitude,longitude",
      fix: /did you mean "[^"]+"\?|add the country.*/.exec(error.message)?.[0] ?? "give the place by its coordinates",
    });
  }
}

/** All regions as the client sees them, the nearest first. */
export function regionsFrom(place: Place): RegionAway[] {
  return roundTrips(place)
    .map(({ totalMs }, index) => ({ region: REGIONS[index]!.name, roundTripMs: totalMs }))
    .sort((a, b) => a.roundTripMs - b.roundTripMs);
}

/** How far a region is; what has no region is where the nearest one is. */
export function roundTripTo(region: string | undefined, away: readonly RegionAway[]): number {
  return (away.find((each) => each.region === region) ?? away[0]!).roundTripMs;
}

/** What the load balancer finds out about a client there. */
export function clientThere(place: ClientPlace): PreviewClient {
  const { name, country, latitude, longitude } = place;
  const edgeMs = Math.min(...roundTrips(place).map((each) => each.edgeMs));
  return {
    region: country,
    city: country && name,
    position: `${latitude},${longitude}`,
    roundTripMs: `${Math.round(edgeMs)}`,
  };
}
