import { Slo, UptimeProbe } from "../../lib";
import type { Block, TerraformDocument } from "../../lib/topology/document";
import { CHAT } from "../api/global-ai-api-support";
import { only } from "../support";
import { observed } from "./observability-support";

interface Tile {
  readonly xPos?: number;
  readonly yPos?: number;
  readonly width: number;
  readonly height: number;
  readonly widget: Block & { readonly title: string };
}

function tilesOf(document: TerraformDocument): readonly Tile[] {
  const { dashboard_json } = only(document, "google_monitoring_dashboard").values;
  const { mosaicLayout } = JSON.parse(String(dashboard_json)) as { mosaicLayout: { tiles: Tile[] } };
  return mosaicLayout.tiles;
}

const titles = (document: TerraformDocument) => tilesOf(document).map(({ widget }) => widget.title);

it("has the objectives on top, then what explains them", () => {
  const slos = [Slo.availability({ goal: 0.999 }), Slo.latency({ goal: 0.95, thresholdMs: 800 })];
  const sections = tilesOf(observed({ slos, subscriptions: ["work"] })).filter(({ widget }) => widget.sectionHeader);
  expect(sections.map(({ widget }) => widget.title)).toEqual([
    "Objectives",
    "Requests",
    "Latency",
    "Edge",
    "Instances",
    "Pipelines",
  ]);
  expect(titles(observed({ slos })).slice(1, 5)).toEqual([
    "99.9 % of requests answered without a server error: budget left",
    "99.9 % of requests answered without a server error: budget left by region",
    "95 % of requests answered within 800 ms: budget left",
    "95 % of requests answered within 800 ms: budget left by region",
  ]);
});

it("fills every row of the mosaic", () => {
  const byRow = new Map<number, number>();
  for (const { yPos = 0, width } of tilesOf(observed())) byRow.set(yPos, (byRow.get(yPos) ?? 0) + width);
  expect([...byRow.values()].every((width) => width === 48)).toBe(true);
});

it("shows what is added later: a region's budget, its alerts, a service's instances", () => {
  const document = observed({}, {}, (api) => {
    api.addService("embed", { image: CHAT, paths: ["/v1/embeddings"], regions: ["asia-east1"] });
  });
  const tiles = JSON.stringify(tilesOf(document));
  const service = only(document, "google_cloud_run_v2_service", "embed/asia-east1/Resource").values.name;
  expect(tiles).toContain(`|${service}`.slice(1));
  expect(tiles).toContain('"legendTemplate":"asia-east1"');
  for (const { address } of document.ofType("google_monitoring_alert_policy"))
    expect(tiles).toContain(`\${${address}.name}`);
});

it("holds no zero and nothing empty: the API leaves them out, and the next plan would differ", () => {
  const text = JSON.stringify(tilesOf(observed({ slos: [], probes: [UptimeProbe.get("/")] })));
  expect(text).not.toMatch(/:(0|""|\[\]|\{\}|null)[,}]/);
});
