import { readRegionWorkloads } from "../topology/region-workloads";
import type { Topology } from "../topology/topology";
import { type Content, Html, html } from "./html";
import type { Report } from "./report";
import { worldMap } from "./world-map";

/** Width of the map on a phone, whose texts keep their size. */
const NARROW = 300;

/** The map, once for wide screens and once for narrow ones. */
export function regionsDrawing({ topology }: Report): Content {
  if (topology.once(readRegionWorkloads).length === 0) return undefined;
  return html`<div class="drawing wide-only">${new Html(worldMap(topology))}</div>
<div class="drawing narrow-only">${new Html(narrowMap(topology))}</div>`;
}

/** Its ids and its styles are its own. */
function narrowMap(topology: Topology): string {
  return worldMap(topology, { width: NARROW }).replaceAll("world-map", "narrow-map");
}
