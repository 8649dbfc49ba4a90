import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "install-"));
const packages = join(folder, "node_modules");
afterAll(() => rmSync(folder, { recursive: true }));

/** Before `check`, in a clone whose packages are older or newer than its lock file. */
function look(installed: number) {
  mkdirSync(join(folder, "scripts"), { recursive: true });
  cpSync(join(__dirname, "../../scripts/install.mjs"), join(folder, "scripts/install.mjs"));
  mkdirSync(packages, { recursive: true });
  for (const [file, time] of [
    ["package-lock.json", 2000],
    ["node_modules/.package-lock.json", installed],
  ] as const) {
    writeFileSync(join(folder, file), "{}");
    utimesSync(join(folder, file), time, time);
  }
  return spawnSync(process.execPath, ["scripts/install.mjs", "--refuse"], { cwd: folder, encoding: "utf8" });
}

test("what only reads does not install: it names the command, on standard error", () => {
  expect(look(1000)).toMatchObject({ status: 2, stdout: "", stderr: expect.stringMatching(/run npm ci/) });
  expect(existsSync(packages)).toBe(true);
});

test("nothing is said where the packages are those of the lock file", () => {
  expect(look(3000)).toMatchObject({ status: 0, stdout: "", stderr: "" });
});
