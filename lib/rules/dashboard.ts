import { api } from "../google/source";
import { type Block, blockOf, blocksOf, isBlock } from "../topology/document";
import type { Topology } from "../topology/topology";
import { type Rule, rule, type Subject } from "./rule";

const dashboards = api("Cloud Monitoring dashboards API v1");
const LAYOUTS = ["gridLayout", "mosaicLayout", "rowLayout", "columnLayout"];
const WIDGETS =
  "xyChart scorecard text blank alertChart timeSeriesTable collapsibleGroup logsPanel incidentList pieChart errorReportingPanel sectionHeader singleViewGroup treemap".split(
    " ",
  );

interface Dashboard extends Subject {
  readonly at: "dashboard_json";
  readonly json: Block;
  /** The tiles of its mosaic. */
  readonly tiles: readonly { readonly path: string; readonly tile: Block }[];
}

/** The dashboards whose JSON can be read, although expressions may stand in its texts. */
function readDashboards(topology: Topology): readonly Dashboard[] {
  return topology.document.ofType("google_monitoring_dashboard").flatMap((resource): Dashboard[] => {
    const json = parse(resource.values.dashboard_json);
    if (!json) return [];
    const tiles = blocksOf(blockOf(json.mosaicLayout)?.tiles);
    const placed = tiles.map((tile, index) => ({ path: `mosaicLayout.tiles.${index}`, tile }));
    return [{ resource, at: "dashboard_json", json, tiles: placed }];
  });
}

const over = (topology: Topology) => topology.once(readDashboards);

function parse(text: unknown): Block | undefined {
  try {
    const parsed: unknown = JSON.parse(String(text));
    return isBlock(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** All widgets of a dashboard, wherever they stand. */
function widgetsIn(value: unknown, path = ""): { path: string; widget: Block }[] {
  return Object.entries(typeof value === "object" ? (value ?? {}) : {}).flatMap(([key, child]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const isWidget = isBlock(child) && /\bwidget(s\.\d+)?$/.test(at);
    return [...(isWidget ? [{ path: at, widget: child }] : []), ...widgetsIn(child, at)];
  });
}

/** The cells of a mosaic that a tile covers. */
function cellsOf({ xPos = 0, yPos = 0, width, height }: Block): string[] {
  const [x, y, w, h] = [xPos, yPos, width, height].map(Number) as [number, number, number, number];
  if (!(w <= 48) || !(h <= 500)) return [];
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
}

/** What the API would reject in the JSON of dashboards. */
export const dashboardRules: readonly Rule[] = [
  rule("dashboard-layout", over, {
    title: "a dashboard must have a name and at most one layout",
    why: "The API rejects a dashboard without displayName, and one with two layouts.",
    fix: "set displayName and one of gridLayout, mosaicLayout, rowLayout, columnLayout",
    source: dashboards("Dashboard.displayName"),
    judge({ json }, blame) {
      if (json.displayName === undefined || json.displayName === "") blame("", json.displayName, "no displayName");
      const layouts = LAYOUTS.filter((name) => name in json);
      if (layouts.length > 1) blame("", layouts);
    },
  }),
  rule("dashboard-tiles", over, {
    title: "the tiles of a mosaic must have a size and fit into its columns",
    why: "The API rejects tiles beyond the last column, and mosaics without 1 to 48 columns.",
    fix: "keep xPos + width within columns",
    source: dashboards("MosaicLayout.columns"),
    judge({ json, tiles }, blame) {
      const mosaic = blockOf(json.mosaicLayout);
      if (!mosaic) return;
      const columns = Number(mosaic.columns ?? 0);
      if (!Number.isInteger(columns) || columns < 1 || columns > 48) blame("", columns, "columns");
      for (const { path, tile } of tiles) {
        const { xPos = 0, width, height } = tile;
        const isSized = Number(width) >= 1 && Number(height) >= 1;
        if (!isSized || Number(xPos) + Number(width) > columns) blame("", xPos, path);
      }
    },
  }),
  rule("dashboard-overlap", over, {
    title: "the tiles of a mosaic must not overlap",
    advice: true,
    why: "One tile hides the other; the API is said to reject it. Not an error, because it was not tried.",
    fix: "move the tile to a free place",
    source: dashboards("Tile"),
    judge({ tiles }, blame) {
      const taken = new Map<string, string>();
      for (const { path, tile } of tiles) {
        const cells = cellsOf(tile);
        const hit = cells.find((cell) => taken.has(cell));
        if (hit) blame("", path, `on ${taken.get(hit)}`);
        for (const cell of cells) taken.set(cell, path);
      }
    },
  }),
  rule("dashboard-widget", over, {
    title: "a widget must show one thing",
    advice: true,
    why: "The API rejects a widget with two contents. Not an error, because Google may have added kinds that are not known here.",
    fix: "keep one of xyChart, scorecard, text, …",
    source: dashboards("Widget"),
    judge({ json }, blame) {
      for (const { path, widget } of widgetsIn(json)) {
        const given = WIDGETS.filter((name) => name in widget);
        if (given.length > 1) blame("", given, path);
      }
    },
  }),
];
