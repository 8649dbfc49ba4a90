import { api } from "../google/source";
import { type Block, blockOf, blocksOf, isBlock } from "../topology/document";
import type { Topology } from "../topology/topology";
import { type Rule, rule, type Subject } from "./rule";

const dashboards = api("Cloud Monitoring dashboards API v1");
const LAYOUTS = ["gridLayout", "mosaicLayout", "rowLayout", "columnLayout"];
const CHARTS = ["xyChart", "scorecard", "alertChart", "timeSeriesTable", "pieChart", "treemap"];
const PANELS = ["text", "blank", "collapsibleGroup", "logsPanel", "incidentList", "errorReportingPanel"];
const WIDGETS = [...CHARTS, ...PANELS, "sectionHeader", "singleViewGroup"];

/** A tile of a mosaic, and where it lies. */
interface Tile {
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Dashboard extends Subject {
  readonly json: Block;
  readonly tiles: readonly Tile[];
}

/** The dashboards whose JSON can be read. Its texts may be expressions. */
function readDashboards(topology: Topology): readonly Dashboard[] {
  return topology.document.ofType("google_monitoring_dashboard").flatMap((resource): Dashboard[] => {
    const json = parse(resource.values.dashboard_json);
    const tiles = blocksOf(blockOf(json?.mosaicLayout)?.tiles).map(({ xPos = 0, yPos = 0, width, height }, index) => ({
      path: `mosaicLayout.tiles.${index}`,
      ...{ x: Number(xPos), y: Number(yPos), width: Number(width), height: Number(height) },
    }));
    return json ? [{ resource, at: "dashboard_json", json, tiles }] : [];
  });
}

const over = (topology: Topology) => topology.once(readDashboards);

function parse(text: unknown): Block | undefined {
  try {
    return blockOf(JSON.parse(String(text)));
  } catch {
    return undefined;
  }
}

/** All widgets of a dashboard. */
function widgetsIn(value: unknown, path = ""): { path: string; widget: Block }[] {
  return Object.entries(typeof value === "object" ? (value ?? {}) : {}).flatMap(([key, child]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const isWidget = isBlock(child) && /\bwidget(s\.\d+)?$/.test(at);
    return [...(isWidget ? [{ path: at, widget: child }] : []), ...widgetsIn(child, at)];
  });
}

const overlap = (one: Tile, other: Tile) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** What the API would reject in the JSON of dashboards. */
export const dashboardRules: readonly Rule[] = [
  rule("dashboard-layout", over, {
    title: "a dashboard must have a name and at most one layout",
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
    fix: "keep xPos + width within columns",
    source: dashboards("MosaicLayout.columns"),
    judge({ json, tiles }, blame) {
      const mosaic = blockOf(json.mosaicLayout);
      if (!mosaic) return;
      const columns = Number(mosaic.columns ?? 0);
      if (!Number.isInteger(columns) || columns < 1 || columns > 48) blame("", columns, "columns");
      for (const { path, x, width, height } of tiles)
        if (!(width >= 1 && height >= 1) || x + width > columns) blame("", x, path);
    },
  }),
  rule("dashboard-overlap", over, {
    title: "the tiles of a mosaic must not overlap",
    advice: true,
    why: "One tile hides the other; the API is said to reject it.",
    fix: "move the tile to a free place",
    source: dashboards("Tile"),
    judge({ tiles }, blame) {
      tiles.forEach((tile, index) => {
        const other = tiles.slice(0, index).find((each) => overlap(tile, each));
        if (other) blame("", tile.path, `on ${other.path}`);
      });
    },
  }),
  rule("dashboard-widget", over, {
    title: "a widget must show one thing",
    advice: true,
    why: "The API rejects a widget with two contents. Google may have added kinds.",
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
