import { type Content, Html, html } from "./html";
import { mapModel } from "./map-model";
import { type FindingCounts, requestPathSvg } from "./path-drawing";
import { requestPathMermaid } from "./path-mermaid";
import type { Report } from "./report";
import { requestPath } from "./request-path";
import { worldMap } from "./world-map";

/** Width of the map on a phone, whose texts keep their size. */
const NARROW = 300;

/** The map, once for wide screens and once for narrow ones. */
export function regionsDrawing({ topology }: Report): Content {
  const { regions, unplaced } = topology.once(mapModel);
  if (regions.length + unplaced.length === 0) return undefined;
  return html`<div class="drawing wide-only">${new Html(worldMap(topology))}</div>
<div class="drawing narrow-only">${new Html(worldMap(topology, { width: NARROW }))}</div>`;
}

/** The request path, which is scrolled where it is much wider than the page. */
export function pathDrawing(report: Report): Content {
  const path = report.topology.once(requestPath);
  if (path.nodes.length === 0) return undefined;
  const drawing = requestPathSvg(path, { findings: countsOf(report) });
  const [, width = "900"] = /<svg[^>]* width="([\d.]+)"/.exec(drawing) ?? [];
  return html`<div class="drawing scroll" tabindex="0" role="region" aria-label="Drawing of the request path" style="--natural:${width}px">${new Html(drawing)}</div>
<p class="note">Click a part to see its Terraform resource.</p>`;
}

/** The drawings as files of their own: what comes after the report's name, and the text. */
export function drawingFiles(report: Report): readonly (readonly [end: string, text: string])[] {
  const path = report.topology.once(requestPath);
  return [
    ["map.svg", `${worldMap(report.topology, { links: false })}\n`],
    ["path.svg", `${requestPathSvg(path, { findings: countsOf(report), links: false })}\n`],
    ["path.mmd", requestPathMermaid(path)],
  ];
}

function countsOf({ evaluation: { findings } }: Report): ReadonlyMap<string, FindingCounts> {
  const counts = new Map<string, FindingCounts>();
  for (const { address, severity } of findings) {
    const { errors, warnings } = counts.get(address) ?? { errors: 0, warnings: 0 };
    const isError = severity === "error";
    counts.set(address, { errors: errors + (isError ? 1 : 0), warnings: warnings + (isError ? 0 : 1) });
  }
  return counts;
}
