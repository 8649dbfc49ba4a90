import { dashboard, monitoringDocument } from "./monitoring-document";
import { describeGroup, ids, on, resourceAt } from "./rule-support";

const DASHBOARD = "google_monitoring_dashboard.api";

describeGroup(
  "dashboard",
  monitoringDocument,
  [
    ...on(
      DASHBOARD,
      ["dashboard-dashboard-json", "dashboard_json", "{displayName: 1}"],
      ["dashboard-layout", "dashboard_json", dashboard({ displayName: "" })],
      ["dashboard-layout", "dashboard_json", dashboard({ gridLayout: {} })],
      [
        "dashboard-tiles",
        "dashboard_json",
        dashboard({ mosaicLayout: { columns: 12, tiles: [{ xPos: 8, width: 6, height: 4 }] } }),
      ],
      ["dashboard-tiles", "dashboard_json", dashboard({ mosaicLayout: { columns: 60, tiles: [] } })],
      [
        "dashboard-overlap",
        "dashboard_json",
        dashboard({
          mosaicLayout: {
            columns: 12,
            tiles: [
              { width: 6, height: 4 },
              { xPos: 5, width: 6, height: 4 },
            ],
          },
        }),
      ],
      [
        "dashboard-widget",
        "dashboard_json",
        dashboard({ mosaicLayout: undefined, gridLayout: { widgets: [{ text: {}, xyChart: {} }] } }),
      ],
    ),
  ],
  ["dashboard-overlap", "dashboard-widget"],
);

test("reads a dashboard with expressions in its texts", () => {
  const document = monitoringDocument();
  resourceAt(document, DASHBOARD).dashboard_json = dashboard({ displayName: "${var.name}", gridLayout: {} });
  expect(ids(document)).toEqual(["dashboard-layout"]);
});
