import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
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

/** What is used here of OpenAI's client, a package of app/. */
interface Client {
  readonly models: { list(): Promise<{ readonly data: readonly { readonly id: string }[] }> };
  readonly embeddings: {
    create(body: object): { withResponse(): Promise<{ readonly data: Embeddings; readonly response: Response }> };
  };
}

interface Embeddings {
  readonly data: readonly { readonly embedding: readonly number[] }[];
}

function openAi(): Client {
  const { OpenAI } = createRequire(join(APP, "package.json"))("openai") as {
    readonly OpenAI: new (options: object) => Client;
  };
  const { port } = entrance(preview, "http");
  return new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "key", maxRetries: 0 });
}

test("OpenAI's client lists the model and embeds text, in the nearest region", async () => {
  const client = openAi();
  const [model] = (await client.models.list()).data;
  const input = ["hello", "world"];
  // The client asks for base64 unless it is told otherwise.
  const encoded = await client.embeddings.create({ model: model!.id, input }).withResponse();
  const plain = await client.embeddings.create({ model: model!.id, input, encoding_format: "float" }).withResponse();
  expect(encoded.response.headers.get("x-served-region")).toBe("europe-west1");
  expect(encoded.data.data.map(({ embedding }) => embedding.length)).toEqual([384, 384]);
  expect(encoded.data.data[1]!.embedding[0]).toBeCloseTo(plain.data.data[1]!.embedding[0]!, 5);
});

test("its errors are those of the program", async () => {
  const asked = openAi().embeddings.create({ model: "another", input: "hello" }).withResponse();
  await expect(asked).rejects.toMatchObject({ status: 404, code: "model_not_found" });
});

test("is answered by the other region when the nearest stops", async () => {
  await preview.run("stop europe-west1");
  const client = openAi();
  const region = () =>
    client.embeddings
      .create({ model: "all-MiniLM-L6-v2", input: "hello" })
      .withResponse()
      .then(({ response }) => response.headers.get("x-served-region"))
      .catch(() => undefined);
  await until(async () => (await region()) === "us-central1");
});
