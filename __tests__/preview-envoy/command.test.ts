import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning, print, topologyOf, until } from "./running-support";

const ROOT = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "preview-command-"));
const file = join(folder, "cdk.tf.json");
writeFileSync(file, JSON.stringify(topologyOf().document.json));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  readonly command: ChildProcess;
  readonly output: () => string;
  /** The temporary folder of this preview alone. */
  readonly temp: string;
  readonly processes: readonly number[];
}

let commands: ChildProcess[] = [];
afterEach(() => {
  for (const command of commands) command.kill("SIGKILL");
  commands = [];
});

/** Descendants of a process, by /proc or ps. */
function descendants(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child!, ...below(child!)]);
  return below(pid);
}

async function run(...args: string[]): Promise<Started> {
  const temp = mkdtempSync(join(folder, "tmp-"));
  const command = spawn(process.execPath, [join(ROOT, "bin/global-ai-api.cjs"), "preview", file, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: temp },
  });
  commands.push(command);
  let text = "";
  for (const stream of [command.stdout, command.stderr]) {
    stream.on("data", (chunk) => {
      text += String(chunk);
    });
  }
  await until(() => text.includes("help lists the commands") || command.exitCode !== null, 30);
  if (command.exitCode !== null) throw new Error(text);
  return { command, output: () => text, temp, processes: descendants(command.pid!) };
}

/** Nothing that it started runs, and nothing that it wrote is there. */
async function nothingIsLeft({ command, processes, temp }: Started): Promise<void> {
  expect(processes.length).toBeGreaterThanOrEqual(2);
  await until(() => command.exitCode !== null || command.signalCode !== null);
  await until(() => !processes.some(isRunning) && readdirSync(temp).length === 0);
}

test.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)("leaves nothing running after %s", async (signal) => {
  const started = await run();
  started.command.kill(signal);
  await nothingIsLeft(started);
  if (signal !== "SIGKILL") expect(started.command.exitCode).toBe(0);
});

test("ends without a word when nobody reads the lines of --requests any more", async () => {
  const started = await run("--requests");
  const curl = /curl (--cacert.+)$/m.exec(started.output())![1]!.split(" ");
  const said = started.output().length;
  started.command.stdout!.destroy();
  const asked = setInterval(() => spawn("curl", ["-s", ...curl], { stdio: "ignore" }), 100);
  await nothingIsLeft(started).finally(() => clearInterval(asked));
  expect(started.command.exitCode).toBe(0);
  expect(started.output().slice(said)).toBe("");
});

test("ends with 1 and what Envoy said where Envoy crashes, and leaves nothing running", async () => {
  const started = await run();
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,comm="], { encoding: "utf8" });
  const envoy = started.processes.find((pid) => new RegExp(`^ *${pid} envoy`, "m").test(stdout))!;
  process.kill(envoy, "SIGKILL");
  await nothingIsLeft(started);
  expect(started.command.exitCode).toBe(1);
  expect(started.output()).toContain("Envoy has ended");
});

test("takes commands by the prompt, says what is wrong with one, and ends with quit", async () => {
  const started = await run("--from", "tokyo");
  const { command, output } = started;
  expect(output()).toContain("The client is in Tokyo.");
  for (const line of ["stop europe-west1", "stop mars", "status", "help"]) command.stdin!.write(`${line}\n`);
  await until(() => output().includes("TARGET is one of"));
  expect(output()).toContain("allowed is europe-west1");
  expect(output()).toMatch(/api@europe-west1 .* stopped/);
  command.stdin!.write("quit\n");
  await nothingIsLeft(started);
  expect(command.exitCode).toBe(0);
});

test("has a page that only this machine may ask", async () => {
  const started = await run();
  const url = new URL(/page {2}(http:\S+)/.exec(started.output())![1]!);
  const asked = (headers: Record<string, string>, path = "/") =>
    new Promise<{ status: number; body: string }>((done, failed) => {
      get({ host: url.hostname, port: url.port, path, headers }, (response) => {
        let body = "";
        response.on("data", (chunk) => {
          body += String(chunk);
          if (path === "/events" && body.includes("\n\n")) response.destroy();
        });
        response.on("close", () => done({ status: response.statusCode!, body }));
      }).on("error", failed);
    });
  expect((await asked({ host: "evil.example" })).status).toBe(403);
  expect((await asked({ origin: "http://evil.example" })).status).toBe(403);
  const page = await asked({});
  expect(page.body).toContain("Preview of test");
  expect(page.body).toContain('data-region="europe-west1"');
  expect(page.body).not.toMatch(/(src|href)="https?:/);
  const { body } = await asked({}, "/events");
  expect(JSON.parse(body.slice("data: ".length).split("\n")[0]!)).toMatchObject({
    regions: [{ id: "api@europe-west1" }, {}],
  });
  started.command.kill();
  await nothingIsLeft(started);
});

test("serves a program of one's own in each region, told what Cloud Run tells it", async () => {
  const program = join(folder, "serve.cjs");
  writeFileSync(
    program,
    `const { REGION, K_SERVICE, PORT } = process.env;
     require("http").createServer((_, response) => {
       response.setHeader("x-served-region", REGION);
       response.end(K_SERVICE + " in " + REGION);
     }).listen(PORT);`,
  );
  const started = await run("--serve", `api=node ${program}`);
  expect(started.processes.length).toBeGreaterThanOrEqual(6);
  const curl = /curl (--cacert.+)$/m.exec(started.output())![1]!;
  const ask = () => spawnSync("curl", ["-s", ...curl.split(" ")], { encoding: "utf8" }).stdout;
  expect(ask()).toBe("api in europe-west1");
  started.command.stdin!.write("break europe-west1\n");
  await until(() => ask() === "api in us-central1");
  started.command.kill();
  await nothingIsLeft(started);
});

describe("a drill", () => {
  function drill(expected: object) {
    const path = join(folder, "drill.json");
    const load = { perSecond: 50, seconds: 3, body: {} };
    const steps = [{ atSecond: 1, do: "stop europe-west1" }];
    writeFileSync(path, JSON.stringify({ from: "frankfurt", load, steps, expect: expected }));
    const args = [join(ROOT, "bin/global-ai-api.cjs"), "preview", file, "--drill", path];
    return spawnSync(process.execPath, args, { encoding: "utf8" });
  }

  test("prints what happened, and ends with 0 where it is what was expected", () => {
    const { status, stdout, stderr } = drill({ failedAtMost: 30, recoveredWithinSeconds: 1, servedBy: "us-central1" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("stop europe-west1") });
    expect(stdout).toMatch(/^stop europe-west1 .*us-central1 \d+/m);
    expect(stdout).toMatch(/\nheld: everything that was expected\n$/);
  });

  test("fails with 1 where it is not", () => {
    const { status, stdout } = drill({ failedAtMost: 0 });
    expect(status).toBe(1);
    expect(stdout).toMatch(/\nbroken: failed requests: \d+, expected at most 0\n$/);
  });

  test("fails with 2 for one that cannot be read", () => {
    writeFileSync(join(folder, "bad.json"), "{}");
    const args = [join(ROOT, "bin/global-ai-api.cjs"), "preview", file, "--drill", join(folder, "bad.json")];
    expect(spawnSync(process.execPath, args, { encoding: "utf8" })).toMatchObject({ status: 2, stdout: "" });
  });
});

test("npm run preview -- prod answers within 4 s, and twice as much on a busy machine", async () => {
  const begin = performance.now();
  const command = spawn("npm", ["run", "--silent", "preview", "--", "prod"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  let output = "";
  command.stdout.on("data", (chunk) => {
    output += String(chunk);
  });
  const firstAnswer = async () => {
    await until(() => output.includes("help lists the commands"), 60);
    const curl = /curl (--cacert.+)$/m.exec(output)![1]!;
    return spawnSync("curl", ["-s", "-H", "authorization: Bearer key", ...`${curl}v1/models`.split(" ")], {
      encoding: "utf8",
    });
  };
  const { stdout } = await firstAnswer().finally(() => process.kill(-command.pid!, "SIGINT"));
  const seconds = (performance.now() - begin) / 1000;
  print(`preview of prod, from command to first answer: ${seconds.toFixed(1)} s`);
  expect(JSON.parse(stdout)).toMatchObject({ path: "/v1/models" });
  await until(() => command.exitCode !== null || command.signalCode !== null);
  expect(seconds).toBeLessThan(8);
});
