import { type GeoProjection, geoEqualEarth } from "d3-geo";

/** Height of the map for a width of 1: from 78° north to 56° south. */
const NORTH = 78;
const SOUTH = -56;

export interface MapProjection {
  readonly width: number;
  readonly height: number;
  readonly project: GeoProjection;
}

/**
 * The world without Antarctica, cut between Alaska and Siberia: areas are in true proportion, as
 * they must be where circles stand for people.
 */
export function mapProjection(width: number): MapProjection {
  const project = geoEqualEarth().rotate([-11, 0]).scale(1).translate([0, 0]);
  const [, top] = project([11, NORTH])!;
  const [, bottom] = project([11, SOUTH])!;
  const [right] = project([190.999, 0])!;
  const scale = width / (2 * right!);
  const height = Math.round(scale * (bottom! - top!));
  project
    .scale(scale)
    .translate([width / 2, -scale * top!])
    .clipExtent([
      [0, 0],
      [width, height],
    ]);
  return { width, height, project };
}
