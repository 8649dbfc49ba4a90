import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { events, MODEL, MODEL_DIR } from "./support.js";

const MAIN = fileURLToPath(new URL("../src/main.js", import.meta.url));
const HEALTH_CHECK = fileURLToPath(new URL("../src/health-check.js", import.meta.url));

/** Runs the program as the image does. */
function run(script: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [script], { env: { PATH: process.env.PATH ?? "", ...env } });
  const output: string[] = [];
  const lines = () => output.join("").split("\n").filter(Boolean);
  let port: (port: number) => void = () => undefined;
  const listening = new Promise<number>((resolve) => {
    port = resolve;
  });
  child.stdout.on("data", (chunk: Buffer) => {
    output.push(chunk.toString());
    const match = /ready on port (\d+)/.exec(output.join(""));
    if (match) port(Number(match[1]));
  });
  const errors: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, lines, listening, ended, errors };
}

test("SIGTERM lets a stream end, then the process ends without an error", async () => {
  const app = run(MAIN, {
    PORT: "0",
    MODEL_DIR,
    REGION: "us-central1",
    GOOGLE_CLOUD_PROJECT: "demo",
    INFERENCE_THREADS: "1",
  });
  const port = await app.listening;
  const probe = run(HEALTH_CHECK, { PORT: String(port) });
  assert.equal(await probe.ended, 0);
  const response = await fetch(`http://127.0.0.1:${port}/v1/embeddings/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: MODEL.id, input: Array(8).fill("a text of some words ".repeat(4)) }),
  });
  app.child.kill("SIGTERM");
  const data = events(await response.text());
  assert.equal(data.length, 10);
  assert.equal(data.at(-1), "[DONE]");
  assert.equal(response.headers.get("x-served-region"), "us-central1");
  assert.equal(await app.ended, 0);
  assert.deepEqual(app.errors, []);
  for (const line of app.lines()) assert.equal(JSON.parse(line).severity, "INFO");
  assert.equal(await run(HEALTH_CHECK, { PORT: String(port) }).ended, 1);
});

test("what does not end in time is cut off, and the process ends with 1", async () => {
  const env = { PORT: "0", MODEL_DIR, REGION: "local", GOOGLE_CLOUD_PROJECT: "demo", SHUTDOWN_SECONDS: "0.01" };
  const app = run(MAIN, env);
  const response = await fetch(`http://127.0.0.1:${await app.listening}/v1/embeddings/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: MODEL.id, input: Array(256).fill("a text of some words ".repeat(40)) }),
  });
  app.child.kill("SIGTERM");
  await assert.rejects(response.text());
  assert.equal(await app.ended, 1);
  assert.deepEqual(app.errors, []);
});

test("fails at the start when the model is not there, or not the one that model.json names", async () => {
  const directory = mkdtempSync(join(tmpdir(), "model-"));
  const env = { PORT: "0", REGION: "local", GOOGLE_CLOUD_PROJECT: "demo" };
  const none = run(MAIN, { ...env, MODEL_DIR: directory });
  copyFileSync(join(MODEL_DIR, "model.json"), join(directory, "model.json"));
  assert.equal(await none.ended, 1);
  assert.match(none.lines().join(), /"severity":"CRITICAL".*ENOENT/);
  writeFileSync(join(directory, "model.onnx"), "other weights");
  copyFileSync(join(MODEL_DIR, "tokenizer.json"), join(directory, "tokenizer.json"));
  const other = run(MAIN, { ...env, MODEL_DIR: directory });
  assert.equal(await other.ended, 1);
  assert.match(
    other.lines().join(),
    /"severity":"CRITICAL".*has the checksum [0-9a-f]{64}, but model.json names 8199be6f/,
  );
  const config = run(MAIN, { ...env, PORT: "http" });
  assert.equal(await config.ended, 1);
  assert.match(config.lines().join(), /cannot start: PORT is \\"http\\": it must be a number from 0 to 65535/);
  rmSync(directory, { recursive: true });
});
