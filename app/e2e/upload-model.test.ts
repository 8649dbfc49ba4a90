import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { MODEL_DIR } from "../test/support.js";
import { TestStorage } from "./cloud.js";
import { missing, type Parts, startParts } from "./parts.js";

const SCRIPT = fileURLToPath(new URL("../tools/upload-model.js", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "weights-"));

let parts: Parts;

before(async () => {
  parts = await startParts({ pubsub: false });
});

after(async () => {
  rmSync(directory, { recursive: true });
  await parts.stop();
});

async function upload(...args: string[]): Promise<{ code: number | null; output: string }> {
  const url = "url" in parts.storage ? parts.storage.url : "";
  const env = { PATH: process.env.PATH ?? "", STORAGE_EMULATOR_HOST: url };
  const child = spawn(process.execPath, [SCRIPT, ...args], { env });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output: output.join("") };
}

test("a model is uploaded once, what is missing is added, and another content is refused", async (t) => {
  const { storage } = parts;
  if ("missing" in storage) {
    t.skip(missing(storage));
    return;
  }
  const cloud = new TestStorage(storage.url);
  await cloud.createBucket("weights");
  const version = "gs://weights/models/all-minilm/2026-11";
  const first = await upload(version, MODEL_DIR);
  assert.equal(first.code, 0, first.output);
  assert.match(first.output, /^uploaded {2}model\.onnx .*\nuploaded .*\nuploaded {2}model\.json /);
  const objects = await cloud.list("weights");
  assert.deepEqual(
    objects.map(({ name }) => name),
    ["model.json", "model.onnx", "tokenizer.json"].map((name) => `models/all-minilm/2026-11/${name}`),
  );
  const again = await upload(version);
  assert.equal(again.code, 0, again.output);
  assert.equal(again.output.match(/^is there /gm)?.length, 3);
  assert.deepEqual(await cloud.list("weights"), objects, "nothing is written again");

  mkdirSync(join(directory, "shards"));
  mkdirSync(join(directory, ".cache"));
  writeFileSync(join(directory, "config.json"), "{}");
  writeFileSync(join(directory, "shards/1.safetensors"), "weights");
  writeFileSync(join(directory, ".cache/lock"), "");
  const sharded = "gs://weights/models/sharded/1";
  await cloud.put("weights", "models/sharded/1/config.json", "{}", "application/json");
  const resumed = await upload(sharded, directory);
  assert.equal(resumed.code, 0, resumed.output);
  assert.match(resumed.output, /^uploaded {2}shards\/1\.safetensors .*\nis there {2}config\.json /);

  writeFileSync(join(directory, "config.json"), '{"changed": true}');
  writeFileSync(join(directory, "new.bin"), "new");
  const before = await cloud.list("weights");
  const changed = await upload(sharded, directory);
  assert.equal(changed.code, 1);
  assert.match(changed.output, /models\/sharded\/1 holds another content: config\.json\. A version never changes/);
  rmSync(join(directory, "config.json"));
  assert.match((await upload(sharded, directory)).output, /holds another content: config\.json/);
  assert.deepEqual(await cloud.list("weights"), before, "a refused upload writes nothing");
});

for (const [title, args] of [
  ["no destination", []],
  ["a bucket without a version", ["gs://weights/models"]],
  ["something that is no bucket", ["weights/models/a/1"]],
  ["a third argument", ["gs://weights/models/a/1", directory, "x"]],
] as const) {
  test(`fails with 2 for ${title}`, async () => {
    const { code, output } = await upload(...args);
    assert.equal(code, 2);
    assert.match(output, /^usage: npm run model:upload -- gs:\/\/BUCKET/);
  });
}
