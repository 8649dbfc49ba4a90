import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";

/** From `npm run preview -- prod` to the first answer of a region, then ends it. */
const figures = (globalThis as unknown as { benchmarkFigures: Record<string, number> }).benchmarkFigures;
const root = join(__dirname, "../..");
const begin = performance.now();
const preview = spawn(process.execPath, [join(root, "scripts/run.cjs"), join(root, "scripts/preview.ts"), "prod"], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
});
let output = "";
preview.stdout.on("data", (chunk) => {
  output += String(chunk);
  const [, file, host, port] = /--cacert (\S+) --resolve ([^:]+):(\d+)/.exec(output) ?? [];
  if (file === undefined || !output.includes("help lists")) return;
  preview.stdout.removeAllListeners("data").resume();
  const headers = { host, authorization: "Bearer key" };
  const ca = readFileSync(file);
  request({ host: "127.0.0.1", port, servername: host, ca, headers, path: "/v1/models", agent: false }, (answer) => {
    figures.firstAnswerMs = performance.now() - begin;
    answer.resume();
    if (answer.statusCode !== 200) process.exitCode = 1;
    preview.kill("SIGINT");
  }).end();
});
preview.once("exit", () => {
  if (figures.firstAnswerMs === undefined) process.exitCode = 1;
});
