import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { RunningPreview } from "../../cli/preview/running-preview";
import { clientPlace } from "../../lib/preview/client-place";
import { readPreview } from "../../lib/preview/plan";
import { TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { entrance, until } from "./running-support";

/** The environment dev with the program that it deploys: app/, with its model. */
const APP = join(__dirname, "../../app");
const ROOT = join(APP, "..");
let preview: RunningPreview;

beforeAll(async () => {
  if (!existsSync(join(APP, "node_modules"))) throw new Error("app/ has no packages: run npm ci there");
  const npm = (script: string) => execFileSync("npm", ["run", "--silent", script], { cwd: APP, stdio: "inherit" });
  if (!existsSync(join(APP, "model/weights"))) npm("model");
  if (!existsSync(join(APP, "dist/main.js"))) npm("build");
  const outdir = join(process.env.TMPDIR!, "dev-of-preview");
  spawnSync(process.execPath, [join(ROOT, "scripts/run.cjs"), join(ROOT, "main.ts")], {
    cwd: ROOT,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  const json = JSON.parse(readFileSync(join(outdir, "stacks/dev/cdk.tf.json"), "utf8")) as unknown;
  const topology = new Topology(TerraformDocument.parse(json));
  preview = await RunningPreview.start(topology, readPreview(topology), {
    from: clientPlace("paris"),
    serve: new Map([["api", APP]]),
    docker: false,
    say: () => {},
  });
}, 300_000);
afterAll(() => preview?.stop());

/** As OpenAI's client asks. */
function ask(path: string, body?: object): Promise<{ status: number; region: string; json: Answer }> {
  const { port } = entrance(preview, "http");
  const text = body && JSON.stringify(body);
  return new Promise((done, failed) => {
    request(
      {
        host: "127.0.0.1",
        port,
        path,
        method: body ? "POST" : "GET",
        agent: false,
        headers: { "content-type": "application/json", authorization: "Bearer key" },
      },
      async (response) => {
        let answer = "";
        for await (const chunk of response) answer += String(chunk);
        const region = String(response.headers["x-served-region"]);
        // What Envoy says itself is text.
        const isJson = response.headers["content-type"]?.startsWith("application/json");
        done({ status: response.statusCode!, region, json: isJson ? (JSON.parse(answer) as Answer) : { data: [] } });
      },
    )
      .on("error", failed)
      .end(text);
  });
}

interface Answer {
  readonly data: readonly { readonly id?: string; readonly embedding?: readonly number[] | string }[];
  readonly error?: { readonly code: string };
}

test("lists the model and embeds text, as numbers and as base64, in the nearest region", async () => {
  const models = await ask("/v1/models");
  expect(models).toMatchObject({ status: 200, region: "europe-west1" });
  const model = models.json.data[0]!.id;
  const { status, region, json } = await ask("/v1/embeddings", { model, input: ["hello", "world"] });
  expect({ status, region, count: json.data.length }).toEqual({ status: 200, region: "europe-west1", count: 2 });
  const numbers = json.data[0]!.embedding as readonly number[];
  expect(numbers).toHaveLength(384);
  const encoded = await ask("/v1/embeddings", { model, input: "hello", encoding_format: "base64" });
  const bytes = Buffer.from(encoded.json.data[0]!.embedding as string, "base64");
  expect(bytes).toHaveLength(4 * 384);
  expect(bytes.readFloatLE(0)).toBeCloseTo(numbers[0]!, 5);
});

test("passes the errors of the program on", async () => {
  const { status, json } = await ask("/v1/embeddings", { model: "another", input: "hello" });
  expect(status).toBe(404);
  expect(json.error?.code).toBe("model_not_found");
});

test("is answered by the other region when the nearest stops", async () => {
  await preview.run("stop europe-west1");
  await until(async () => {
    const { status, region } = await ask("/v1/embeddings", { model: "all-MiniLM-L6-v2", input: "hello" });
    return status === 200 && region === "us-central1";
  });
});
