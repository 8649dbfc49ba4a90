// node scripts/consumer-python.mjs: makes the Python package from the compiled library, installs it
// in a virtual environment of its own and runs __tests__/parts/consumers/python/main.py with it, and the
// example of docs/languages-and-tools.md. Needs
// python3 and PyPI (about 60 MB); takes one to two minutes, hence no part of npm test.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), "consumer-python-"));
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));
const run = (command, args, cwd = temporary) =>
  execFileSync(command, args, {
    cwd,
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: "1" },
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });

console.log("compiling, and writing the Python package …");
run(process.execPath, ["scripts/build.mjs"], root);
const pythonPackage = join(temporary, "package");
const pack = "npm pack --ignore-scripts --silent";
run(
  process.execPath,
  [
    join(root, "node_modules/jsii-pacmak/bin/jsii-pacmak"),
    ...["--targets", "python", "--code-only", "--pack-command", pack, "--outdir", pythonPackage, root],
  ],
  root,
);

console.log("installing it …");
run("python3", ["-m", "venv", "venv"]);
const python = join(temporary, "venv", process.platform === "win32" ? "Scripts" : "bin", "python");
run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", join(pythonPackage, "python")]);

console.log("running an app with it …");
copyFileSync(join(root, "__tests__/parts/consumers/python/main.py"), join(temporary, "main.py"));
const printed = run(python, ["main.py"]);
const { resource } = JSON.parse(readFileSync(join(temporary, "cdktf.out/stacks/consumer/cdk.tf.json"), "utf8"));
const services = Object.values(resource.google_cloud_run_v2_service);

assert.equal(services.length, 4);
assert.deepEqual(
  services.map(({ template }) => template.scaling.max_instance_count).sort((a, b) => a - b),
  [3, 5, 10, 10],
);
assert.equal(services.filter(({ description }) => description === "set by hand").length, 1);
assert.equal(services.filter(({ template }) => template.containers[0].readiness_probe).length, 2);
assert.equal(Object.keys(resource.google_cloud_run_v2_service_iam_member).length, 2);
assert.deepEqual(
  Object.values(resource.google_compute_region_instance_template).map(({ machine_type: type }) => type),
  ["g2-standard-8", "g2-standard-12"],
);
assert.equal(Object.keys(resource.google_compute_forwarding_rule).length, 2);
assert.match(
  printed,
  /regionOverrides\.europe-west1: got \{\}.*in Python write RegionOverrides\(…\) instead of a dict/s,
);
const [, example] = /```python\n([\s\S]*?)```/.exec(readFileSync(join(root, "docs/languages-and-tools.md"), "utf8"));
writeFileSync(join(temporary, "example.py"), example);
run(python, ["example.py"]);

assert.match(printed, /region: got "europe-wset1".*did you mean "europe-west1"\?/s);
console.log(
  `a Python app synthesizes ${services.length} services in ${Object.keys(resource).length} types of resources`,
);
