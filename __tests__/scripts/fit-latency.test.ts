import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kilometers, REGIONS } from "../../lib/google/regions";

const root = join(__dirname, "../..");
const fitted = join(root, "lib/planning/backbone.ts");
const folder = mkdtempSync(join(tmpdir(), "fit-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const runFit = (...args: string[]) =>
  spawnSync(process.execPath, ["scripts/run.cjs", "scripts/fit-latency.ts", ...args], { cwd: root, encoding: "utf8" });

/** Round trips of a network in which every pair has a cable of its own. */
const some = REGIONS.slice(13, 25);
const lines = some.flatMap((from) =>
  some.filter((to) => to !== from).map((to) => `${from.name},${to.name},${1 + kilometers(from, to) / 50}`),
);

test("prints the errors of the fit and of pairs held back, and with --check writes nothing", () => {
  writeFileSync(join(folder, "gcp_interregion_rtt_2030-01-01.csv"), ["from,to,rtt_ms", ...lines].join("\n"));
  const before = readFileSync(fitted, "utf8");
  const { status, stdout, stderr } = runFit(folder, "--check");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^fitted +66 +\d+\.\d/m);
  expect(stdout).toMatch(/^held back +66 +\d+\.\d/m);
  expect(stdout).toMatch(/^\d+ links for 66 pairs, \d+ more by distance$/m);
  expect(readFileSync(fitted, "utf8")).toBe(before);
});

test("fails without a folder, and for one without a matrix", () => {
  expect(runFit().stderr).toContain("usage: npm run fit-latency -- FOLDER [--check]");
  expect(runFit(root).stderr).toContain("no gcp_interregion_rtt_DATE.csv in it");
});
