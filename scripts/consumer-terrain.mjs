// node scripts/consumer-terrain.mjs: an app that installs the packed library with CDK Terrain in
// place of cdktf, and must synthesize the same JSON. Needs npm; takes about a minute, hence no part
// of npm test.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TERRAIN = "npm:cdktn@0.24.0";
const root = fileURLToPath(new URL("..", import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), "consumer-terrain-"));
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });

run(process.execPath, ["scripts/build.mjs"], root);
const [{ filename }] = JSON.parse(
  run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", temporary], root),
);
const { peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

function synthesize(name, cdktf) {
  const app = join(temporary, name);
  cpSync(join(root, "__tests__/parts/consumers/typescript"), app, { recursive: true });
  const dependencies = { ...peerDependencies, cdktf, "cdktf-global-ai-api": `file:../${filename}` };
  writeFileSync(
    join(app, "package.json"),
    JSON.stringify({ name, private: true, dependencies, overrides: { cdktf: "$cdktf" } }),
  );
  run("npm", ["install", "--no-fund", "--no-audit", "--loglevel=error"], app);
  run(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), "main.ts"], app);
  const json = JSON.parse(readFileSync(join(app, "cdktf.out/stacks/consumer/cdk.tf.json"), "utf8"));
  // Which of the two wrote it, and where.
  delete json["//"].metadata.version;
  delete json.terraform.backend;
  return json;
}

const [terrain, cdktf] = [synthesize("terrain", TERRAIN), synthesize("cdktf", peerDependencies.cdktf)];
assert.deepEqual(terrain, cdktf);
console.log(`${TERRAIN} and cdktf ${peerDependencies.cdktf} synthesize the same JSON`);
