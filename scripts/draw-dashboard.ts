/**
 * Draws the dashboard of an API that has everything, or of a document (`cdk.tf.json`), with made
 * series: how the charts lie, what their titles are, and how many lines they get. Prints HTML.
 *
 *     node scripts/run.cjs scripts/draw-dashboard.ts [cdktf.out/stacks/prod/cdk.tf.json] > dashboard.html
 */
import { readFileSync } from "node:fs";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import {
  ContainerImage,
  GlobalAiApi,
  Gpu,
  HeaderMatch,
  InferenceMetrics,
  Notify,
  ResultStore,
  Slo,
  StoreLocation,
  Tls,
} from "../lib";
import { type Block, blockOf, blocksOf, TerraformDocument } from "../lib/topology/document";

const REGIONS = ["europe-west1", "us-central1", "asia-southeast1"];
/** Pixels of a column and a row of the console's grid of 48 columns. */
const UNIT = { x: 33, y: 16 };
const COLORS = ["#1a73e8", "#d93025", "#f9ab00", "#188038", "#9334e6", "#e8710a", "#12b5cb", "#5f6368", "#b31412"];

function everything(): TerraformDocument {
  const stack = new TerraformStack(new App({ skipBackendValidation: true }), "prod");
  new GoogleProvider(stack, "Google", { project: "example" });
  const image = ContainerImage.fromReference("docker.io/acme/chat:1");
  const metrics = InferenceMetrics.managedPrometheus();
  const api = new GlobalAiApi(stack, "api", {
    ...{ image, regions: REGIONS, tls: Tls.managed(["api.example.com"]), rules: false },
    residency: { "europe-west1": { tls: Tls.managed(["eu.api.example.com"]) } },
  });
  api.addService("large", { image, paths: ["/v1/large"], gpu: Gpu.l4(), sidecars: [metrics.sidecar()] });
  const headers = [HeaderMatch.exact("x-model", "largest")];
  api.addInstances("largest", { image, machineType: "g2-standard-8", regions: ["us-central1"], headers });
  const results = new ResultStore(api, "Results", { location: StoreLocation.multiRegion("EU") });
  api.addPipeline("documents", { image, results });
  api.observe({
    notify: [Notify.email("oncall@example.com")],
    slos: [
      Slo.availability({ goal: 0.999 }),
      Slo.latency({ goal: 0.95, thresholdMs: 2000, route: "/v1/large" }),
      Slo.firstToken({ goal: 0.95, thresholdMs: 800 }),
    ],
    inferenceMetrics: metrics,
  });
  return TerraformDocument.parse(JSON.parse(Testing.synth(stack)));
}

interface Tile {
  readonly xPos?: number;
  readonly yPos?: number;
  readonly width: number;
  readonly height: number;
  readonly widget: Block;
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  backend_scope: REGIONS,
  location: REGIONS,
  region: ["us-central1"],
  proxy_continent: ["America", "Europe", "Asia"],
  response_code_class: ["200", "400", "500"],
  cache_result: ["HIT", "MISS", "DISABLED"],
  state: ["active", "idle"],
};

/** A line for each combination of the labels that a query keeps. */
function linesOf(source: Block): string[] {
  const query = String(source.prometheusQuery ?? "");
  const filter = blockOf(source.timeSeriesFilter);
  const by =
    /\bby \(([^)]*)\)/.exec(query)?.[1]?.split(", ") ??
    (blockOf(filter?.aggregation)?.groupByFields as string[] | undefined)?.map((field) => field.split(".").at(-1)!) ??
    [];
  const named = by.filter((label) => label !== "le");
  return named.reduce(
    (lines, label) =>
      lines.flatMap((line) => (VALUES[label] ?? [label]).map((value) => [line, value].filter(Boolean).join(" · "))),
    [""],
  );
}

const seeded = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);

function xyChart({ dataSets }: Block, width: number, height: number): string {
  const lines = blocksOf(dataSets).flatMap((set) => {
    const names = linesOf(blockOf(set.timeSeriesQuery)!);
    return names.map((name) => String(set.legendTemplate ?? (name || "all")));
  });
  const unit = String(blockOf(blocksOf(dataSets)[0]?.timeSeriesQuery)?.unitOverride ?? "");
  const [w, h] = [width - 60, height - 64];
  const paths = lines.map((line, index) => {
    const seed = seeded(line + index);
    const points = Array.from({ length: 60 }, (_, x) => {
      const value = 0.25 + (seed % 50) / 100 + 0.15 * Math.sin((x + seed) / 6) + 0.04 * Math.sin(x * seed);
      return `${((x * w) / 59).toFixed(1)},${(h * (1 - Math.min(1, value))).toFixed(1)}`;
    });
    return `<polyline fill="none" stroke="${COLORS[index % COLORS.length]}" stroke-width="1.5" points="${points.join(" ")}"/>`;
  });
  const legend = lines.map((line, index) => `<i style="color:${COLORS[index % COLORS.length]}">■</i> ${line}`);
  return `<small class="unit">${unit}</small><svg width="${w}" height="${h}">${paths.join("")}</svg><div class="legend">${legend.join(" &nbsp; ")}</div>`;
}

function contentOf(widget: Block, width: number, height: number): string {
  if (widget.xyChart) return xyChart(blockOf(widget.xyChart)!, width, height);
  if (widget.scorecard) return '<div class="score">87.4 %</div>';
  if (widget.incidentList)
    return '<table class="incidents"><tr><td>●</td><td>prod/api: Many requests get 429</td><td>2 h</td></tr></table>';
  return "";
}

function draw(tile: Tile): string {
  const { xPos = 0, yPos = 0, width, height, widget } = tile;
  const [w, h] = [width * UNIT.x - 8, height * UNIT.y - 8];
  const place = `left:${xPos * UNIT.x}px;top:${yPos * UNIT.y + 48}px;width:${w}px;height:${h}px`;
  const header = blockOf(widget.sectionHeader);
  if (header) return `<h2 style="${place}">${widget.title}<small>${header.subtitle}</small></h2>`;
  return `<section style="${place}"><h3>${widget.title}</h3>${contentOf(widget, w, h)}</section>`;
}

const given = process.argv[2];
const document = given ? TerraformDocument.parse(JSON.parse(readFileSync(given, "utf8"))) : everything();
const { dashboard_json: text } = document.ofType("google_monitoring_dashboard")[0]!.values;
const { displayName, mosaicLayout } = JSON.parse(String(text)) as {
  displayName: string;
  mosaicLayout: { tiles: Tile[] };
};
console.log(`<!doctype html><meta charset="utf-8"><title>${displayName}</title><style>
body{margin:0;background:#f1f3f4;font:12px Roboto,Arial,sans-serif;color:#202124}
h1{font-size:18px;font-weight:400;margin:12px}section,h2{position:absolute;box-sizing:border-box;margin:4px}
section{background:#fff;border:1px solid #dadce0;border-radius:4px;padding:6px 10px;overflow:hidden}
h2{font-size:16px;font-weight:500;border-bottom:1px solid #9aa0a6;padding:8px 10px}h2 small{font-weight:400;margin-left:12px;color:#5f6368}
h3{font-size:13px;font-weight:500;margin:0;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.unit{color:#5f6368;display:block}.legend{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;font-size:10px}
.score{font-size:36px;text-align:center;padding-top:50px}.incidents{width:100%;margin-top:8px}
</style><h1>${displayName}</h1>${mosaicLayout.tiles.map(draw).join("\n")}`);
