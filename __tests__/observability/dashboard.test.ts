import { InferenceMetrics, Slo, UptimeProbe } from "../../lib";
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
    "Budget left worldwide",
    "99.9 % of requests answered without a server error: budget left by region",
    "Budget left worldwide",
    "95 % of requests answered within 800 ms: budget left by region",
  ]);
});

it("fills every row of the mosaic, with more room for lines than for a number", () => {
  const byRow = new Map<number, Tile[]>();
  const inferenceMetrics = InferenceMetrics.managedPrometheus();
  for (const tile of tilesOf(observed({ inferenceMetrics })))
    byRow.set(tile.yPos ?? 0, [...(byRow.get(tile.yPos ?? 0) ?? []), tile]);
  for (const tiles of byRow.values()) {
    const ends = tiles.map(({ xPos = 0, width }) => xPos + width);
    expect(tiles.map(({ xPos = 0 }) => xPos)).toEqual([0, ...ends.slice(0, -1)]);
    expect(ends.at(-1)).toBe(48);
    expect(new Set(tiles.map(({ height }) => height)).size).toBe(1);
  }
  const [number, lines] = [...byRow.values()].find(([first]) => first!.widget.scorecard)!;
  expect(number!.width).toBeLessThan(lines!.width);
});

it("names the lines of a chart with several queries", () => {
  const legends = tilesOf(observed()).flatMap(({ widget: { xyChart } }) => {
    const { dataSets = [] } = (xyChart ?? {}) as { dataSets?: readonly { readonly legendTemplate?: string }[] };
    return dataSets.length > 1 ? [dataSets.map(({ legendTemplate }) => legendTemplate)] : [];
  });
  expect(legends).toEqual([
    ["europe-west1", "us-central1"],
    ["p50", "p95", "p99"],
  ]);
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
