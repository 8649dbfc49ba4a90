import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { landPath } from "./land-path";

/** `npm run land`: writes lib/report/land.ts, the land of the world map. */
writeFileSync(
  join(__dirname, "../lib/report/land.ts"),
  `// Written by scripts/land.ts.

/** Width of the map that the land is drawn for. */
export const LAND_WIDTH = 9600;

/**
 * The land as an SVG path, projected by \`mapProjection(LAND_WIDTH)\`. Natural Earth 1:110m (public
 * domain), as the npm package world-atlas 2.0.2 has it (ISC), read 2026-11-28.
 */
// biome-ignore format: one line
export const LAND = "${landPath(9600)}";
`,
);
