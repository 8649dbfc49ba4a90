import { isExpression } from "../../language/reference";
import { type Block, blocksOf, isBlock } from "../../topology/document";
import type { OldRule as Rule } from "../old-rule";
import { resourceRule } from "../resource-rule";
import { DASHBOARD } from "./monitoring-support";

const LAYOUTS = ["gridLayout", "mosaicLayout", "rowLayout", "columnLayout"];
const WIDGETS = [
  "xyChart",
  "scorecard",
  "text",
  "blank",
  "alertChart",
  "timeSeriesTable",
  "collapsibleGroup",
  "logsPanel",
  "incidentList",
  "pieChart",
  "errorReportingPanel",
  "sectionHeader",
  "singleViewGroup",
  "treemap",
];

function dashboards(field: string): string {
  return `Cloud Monitoring dashboards API v1, ${field}, read 2026-11-22`;
}

/** The dashboard, when its JSON can be read although expressions may stand in its texts. */
function parse(json: unknown): Block | undefined {
  if (typeof json !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(json);
    return isBlock(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The tiles of a mosaic, each at its place. */
function tilesOf(dashboard: Block): { at: string; tile: Block }[] {
  const layout = dashboard.mosaicLayout;
  const tiles = isBlock(layout) ? blocksOf(layout.tiles) : [];
  return tiles.map((tile, index) => ({ at: `mosaicLayout.tiles.${index}`, tile }));
}

/** All widgets of a dashboard, each at its place. */
function widgetsOf(dashboard: Block): { at: string; widget: Block }[] {
  const grid = isBlock(dashboard.gridLayout) ? blocksOf(dashboard.gridLayout.widgets) : [];
  const lines = ["rowLayout", "columnLayout"].flatMap((name) => {
    const layout = dashboard[name];
    const key = name === "rowLayout" ? "rows" : "columns";
    return (isBlock(layout) ? blocksOf(layout[key]) : []).flatMap((line, index) =>
      blocksOf(line.widgets).map((widget, i) => ({ at: `${name}.${key}.${index}.widgets.${i}`, widget })),
    );
  });
  return [
    ...grid.map((widget, index) => ({ at: `gridLayout.widgets.${index}`, widget })),
    ...tilesOf(dashboard).flatMap(({ at, tile }) =>
      isBlock(tile.widget) ? [{ at: `${at}.widget`, widget: tile.widget }] : [],
    ),
    ...lines,
  ];
}

/** Dashboards: the JSON that the API would reject. */
export const dashboardRules: readonly Rule[] = [
  resourceRule(
    {
      id: "dashboard-json",
      title: "a dashboard is a JSON object",
      why: "The provider refuses other text.",
      fix: "write it by jsonencode or JSON.stringify",
      source: "google_monitoring_dashboard, provider code 7.45.0 (StringIsJSON); checked here before Terraform runs",
    },
    DASHBOARD,
    ({ values }, blame) => {
      const json = values.dashboard_json;
      if (typeof json === "string" && !isExpression(json) && !parse(json)) blame("dashboard_json", json.slice(0, 40));
    },
  ),
  resourceRule(
    {
      id: "dashboard-layout",
      title: "a dashboard has a name and one layout",
      why: "The API rejects a dashboard without displayName, and one with two layouts.",
      fix: "set displayName and one of gridLayout, mosaicLayout, rowLayout, columnLayout",
      source: dashboards("Dashboard.displayName"),
    },
    DASHBOARD,
    ({ values }, blame) => {
      const dashboard = parse(values.dashboard_json);
      if (!dashboard) return;
      if (dashboard.displayName === undefined || dashboard.displayName === "")
        blame("dashboard_json", dashboard.displayName, "no displayName");
      const layouts = LAYOUTS.filter((name) => name in dashboard);
      if (layouts.length > 1) blame("dashboard_json", layouts);
    },
  ),
  resourceRule(
    {
      id: "dashboard-tiles",
      title: "the tiles of a mosaic have a size and are within its columns",
      why: "The API rejects tiles beyond the last column, and mosaics without 1 to 48 columns.",
      fix: "keep xPos + width within columns",
      source: dashboards("MosaicLayout.columns"),
    },
    DASHBOARD,
    ({ values }, blame) => {
      const dashboard = parse(values.dashboard_json);
      if (!dashboard || !isBlock(dashboard.mosaicLayout)) return;
      const columns = Number(dashboard.mosaicLayout.columns ?? 0);
      if (!Number.isInteger(columns) || columns < 1 || columns > 48) blame("dashboard_json", columns, "columns");
      for (const { at, tile } of tilesOf(dashboard)) {
        const [x, width, height] = [tile.xPos ?? 0, tile.width, tile.height].map(Number);
        if (!(width! >= 1) || !(height! >= 1) || x! + width! > columns) blame("dashboard_json", tile.xPos, at);
      }
    },
  ),
  resourceRule(
    {
      id: "dashboard-overlap",
      title: "the tiles of a mosaic do not overlap",
      severity: "warning",
      why: "One tile hides the other; the API is said to reject it. Not an error, because it was not tried.",
      fix: "move the tile to a free place",
      source: dashboards("Tile"),
    },
    DASHBOARD,
    ({ values }, blame) => {
      const dashboard = parse(values.dashboard_json);
      const taken = new Map<string, string>();
      for (const { at, tile } of dashboard ? tilesOf(dashboard) : []) {
        const [x, y, width, height] = [tile.xPos ?? 0, tile.yPos ?? 0, tile.width, tile.height].map(Number);
        if (!(width! <= 48) || !(height! <= 500)) continue;
        const hit = placesOf(x!, y!, width!, height!).find((place) => taken.has(place));
        if (hit) blame("dashboard_json", at, `on ${taken.get(hit)}`);
        for (const place of placesOf(x!, y!, width!, height!)) taken.set(place, at);
      }
    },
  ),
  resourceRule(
    {
      id: "dashboard-widget",
      title: "a widget shows one thing",
      severity: "warning",
      why: "The API rejects a widget with two contents. Not an error, because Google may have added kinds that are not known here.",
      fix: "keep one of xyChart, scorecard, text, …",
      source: dashboards("Widget"),
    },
    DASHBOARD,
    ({ values }, blame) => {
      const dashboard = parse(values.dashboard_json);
      for (const { at, widget } of dashboard ? widgetsOf(dashboard) : []) {
        const given = WIDGETS.filter((name) => name in widget);
        if (given.length > 1) blame("dashboard_json", given, at);
      }
    },
  ),
];

function placesOf(x: number, y: number, width: number, height: number): string[] {
  const places: string[] = [];
  for (let i = x; i < x + width; i++) for (let j = y; j < y + height; j++) places.push(`${i},${j}`);
  return places;
}
