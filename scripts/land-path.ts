import { readFileSync } from "node:fs";
import { geoPath } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { mapProjection } from "../lib/report/projection";

/** Closed shapes of whole numbers, each relative to the one before. */
class Shapes {
  public readonly done: string[] = [];
  private points: (readonly [x: number, y: number])[] = [];

  public moveTo(x: number, y: number): void {
    this.points = [[Math.round(x), Math.round(y)]];
  }

  public lineTo(x: number, y: number): void {
    const next = [Math.round(x), Math.round(y)] as const;
    const [lastX, lastY] = this.points.at(-1)!;
    if (next[0] !== lastX || next[1] !== lastY) this.points.push(next);
  }

  public closePath(): void {
    if (this.points.length < 3) return;
    const [[x, y], ...rest] = this.points as [readonly [number, number], ...(readonly [number, number])[]];
    const steps = rest.map(([toX, toY], index) => {
      const [fromX, fromY] = this.points[index]!;
      return `${toX - fromX} ${toY - fromY}`;
    });
    this.done.push(`M${x} ${y}l${steps.join(" ")}z`.replaceAll(" -", "-"));
  }

  public arc(): void {}
  public beginPath(): void {}
}

/** The land of the package world-atlas, in the projection of the map. */
export function landPath(width: number): string {
  const file = require.resolve("world-atlas/land-110m.json");
  const world = JSON.parse(readFileSync(file, "utf8")) as Topology<{ land: GeometryCollection }>;
  const shapes = new Shapes();
  const { project } = mapProjection(width);
  // Detours of less than half a unit of the drawn map do not show.
  geoPath(project.precision(width / 960), shapes)(feature(world, world.objects.land));
  return shapes.done.join("");
}
