import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { buildSync } from "esbuild";
import { InferenceMetrics } from "../../lib";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import type { Block, Resource } from "../../lib/topology/document";
import { CHAT } from "../api/global-ai-api-support";
import { only } from "../support";
import { expectTransition } from "../transition-support";
import { observed } from "./observability-support";

const METRIC = "google_logging_metric";
const document = observed({ inferenceMetrics: InferenceMetrics.fromLogs() });
const SERVICE = only(document, "google_cloud_run_v2_service", "Service/europe-west1/Resource").values.name as string;

/** The metric of a field, with what a log line counts in it. */
const metricOf = (field: string) => document.ofType(METRIC).find(({ path }) => path!.includes(`Metric ${field}`))!;

/** A value at `jsonPayload."gen_ai.response.model"` of a log entry. */
function valueAt(entry: Block, path: string): unknown {
  const steps = [...path.matchAll(/"([^"]+)"|([^.]+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  return steps.reduce<unknown>((value, step) => (value as Block | undefined)?.[step], entry);
}

/** Whether an entry passes a filter of comparisons that all hold. */
function passes(entry: Block, filter: string): boolean {
  return filter.split(" AND ").every((comparison) => {
    const [, path = "", operator, right = ""] = /^(.*?)(>=|=)(.*)$/.exec(comparison)!;
    const value = valueAt(entry, path);
    if (operator === ">=") return typeof value === "number" && value >= Number(right);
    return right
      .replace(/^\(|\)$/g, "")
      .split(" OR ")
      .some((each) => JSON.parse(each) === value);
  });
}

/** What the metric makes of an entry: its number and labels; undefined where it does not count it. */
function extracted({ values }: Resource, entry: Block): { value: unknown; labels: Block } | undefined {
  if (!passes(entry, String(values.filter))) return undefined;
  const extract = (extractor: unknown) => valueAt(entry, /^EXTRACT\((.*)\)$/.exec(String(extractor))![1]!);
  const labels = Object.entries(values.label_extractors as Block).map(([name, each]) => [name, extract(each)]);
  return { value: extract(values.value_extractor), labels: Object.fromEntries(labels) };
}

interface App {
  readonly Service: new (config: object, model: object, engine: object, logger: object) => { readonly server: Server };
  readonly readConfig: (env: object, directory: string) => object;
}

/** The inference API of app/, whose own packages are not needed for it. */
function loadApp(): App {
  const contents = 'export { Service } from "./service.ts"; export { readConfig } from "./config.ts";';
  const stdin = { contents, resolveDir: join(__dirname, "../../app/src"), loader: "ts" as const };
  const built = buildSync({ stdin, bundle: true, packages: "external", platform: "node", format: "cjs", write: false });
  const module = { exports: {} as App };
  new Function("require", "module", "exports", built.outputFiles[0]!.text)(require, module, module.exports);
  return module.exports;
}

const embed = (input: readonly string[]) => post(JSON.stringify({ model: "tiny", input }));

/** A request to the app, as a client measures it, and the log entries of it. */
async function post(body: string, query = "") {
  const { Service, readConfig } = loadApp();
  const lines: Block[] = [];
  const log = (line: Block) => void lines.push(JSON.parse(JSON.stringify(line)) as Block);
  const logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
  const engine = {
    isLoaded: true,
    tokenize: async (texts: readonly string[]) => texts.map((text) => [...text].map((_, index) => index)),
    embed: async () => {
      await setTimeout(80);
      return new Float32Array(4);
    },
  };
  const model = { id: "tiny", created: 1, owned_by: "acme", dimensions: 4, max_tokens: 100, files: {} };
  const { server } = new Service(readConfig({ REGION: "europe-west1" }, "weights"), model, engine, logger);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const start = performance.now();
    const answer = await fetch(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/embeddings/stream${query}`,
      {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      },
    );
    let first: number | undefined;
    let text = "";
    for await (const chunk of answer.body!) {
      first ??= (performance.now() - start) / 1000;
      text += new TextDecoder().decode(chunk);
    }
    const all = (performance.now() - start) / 1000;
    const usage = /"prompt_tokens":(\d+)/.exec(text)?.[1];
    while (lines.length === 0) await setTimeout(5);
    return { lines, text, first: first!, all, tokens: Number(usage) };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const entryOf = (jsonPayload: Block, service = SERVICE): Block => ({
  resource: { type: "cloud_run_revision", labels: { service_name: service, location: "europe-west1" } },
  jsonPayload,
});

it("reads from the app's log what its client measured", async () => {
  const { lines, first, all, tokens } = await embed(["ab", "abc"]);
  const entry = entryOf(lines.at(-1)!);
  const of = (field: string) => extracted(metricOf(field), entry)!;
  const labels = { model: "tiny", operation: "embeddings" };
  expect(of("gen_ai.usage.input_tokens")).toEqual({ value: tokens, labels });
  const ttft = of("gen_ai.server.time_to_first_token");
  const duration = of("gen_ai.server.request.duration");
  expect(ttft.labels).toEqual(labels);
  // The client waits as long as the server, and a little for the way.
  expect(ttft.value).toBeGreaterThan(0.07);
  expect(ttft.value).toBeLessThan(first + 0.01);
  expect(duration.value).toBeGreaterThan(0.15);
  expect(duration.value).toBeLessThan(all + 0.05);
  // The app has no such field, and another service is another's.
  expect(extracted(metricOf("gen_ai.usage.output_tokens"), entry)).toBeUndefined();
  expect(extracted(metricOf("gen_ai.usage.input_tokens"), entryOf(lines.at(-1)!, "other"))).toBeUndefined();
});

it.each([
  ["of a request", JSON.stringify({ model: "tiny", input: ["a secret prompt"] }), ""],
  ["in a query", JSON.stringify({ model: "tiny", input: ["text"] }), "?prompt=secret"],
  ["that is no JSON, of which the answer quotes some", "secret", ""],
  ["in a field that there is not", JSON.stringify({ model: "tiny", "a secret": "prompt" }), ""],
  ["in the name of a model", JSON.stringify({ model: "secret", input: ["text"] }), ""],
  ["that is too long", JSON.stringify({ model: "tiny", input: ["secret ".repeat(100)] }), ""],
])("logs neither prompt nor answer: %s", async (_, body, query) => {
  const { lines, text } = await post(body, query);
  expect(lines).toHaveLength(1);
  expect(text).not.toBe("");
  expect(JSON.stringify(lines)).not.toMatch(/secret|prompt"|"embedding"\s*:/);
});

it("shows them on the dashboard by the name that PromQL has for them", () => {
  const { dashboard_json } = only(document, "google_monitoring_dashboard").values;
  for (const { values } of document.ofType(METRIC))
    expect(dashboard_json).toContain(`logging_googleapis_com:user_${String(values.name).replace(/\W/g, "_")}_`);
});

it("covers services that are added later, in place", () => {
  const later = observed({ inferenceMetrics: InferenceMetrics.fromLogs() }, {}, (api) => {
    api.addService("embed", { image: CHAT, paths: ["/v1/embeddings"] });
  });
  const name = only(later, "google_cloud_run_v2_service", "embed/us-central1/Resource").values.name as string;
  for (const { values } of later.ofType(METRIC)) expect(values.filter).toContain(JSON.stringify(name));
});

it("comes and goes by itself, and gives the rules nothing to say", () => {
  const added = document.ofType(METRIC).map(({ path }) => path!.replace("test/", ""));
  expect(added).toHaveLength(5);
  const own = [...added, "ProjectServices/logging"];
  expectTransition(observed(), document, { added: own, changed: ["chat/Observability/Dashboard"] });
  expectTransition(document, observed(), { removed: own, changed: ["chat/Observability/Dashboard"] });
  const { findings } = evaluate(document, allRules);
  expect(findings.filter(({ rule }) => !rule.startsWith("security-"))).toEqual([]);
});
