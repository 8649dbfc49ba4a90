import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { verdict } from "../cli/findings";
import { summarize } from "../cli/summary";
import { allRules } from "../lib/rules/all-rules";
import { evaluate } from "../lib/rules/evaluate";
import { TerraformDocument } from "../lib/topology/document";
import { variablePrefix } from "../stacks/environment";

/**
 * The main job: synthesizes every environment as `cdktf synth` would, then says what came out and
 * what to do next.
 */
const root = join(__dirname, "..");
const { app, output } = JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8")) as { app: string; output: string };
const outdir = resolve(root, process.env.CDKTF_OUTDIR ?? output);

// All or nothing: a failure leaves the output of the former run as it was.
const staging = mkdtempSync(join(tmpdir(), "cdktf-out-"));
process.on("exit", () => rmSync(staging, { recursive: true, force: true }));
try {
  const [command = "node", ...args] = app.split(" ");
  execFileSync(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, CDKTF_OUTDIR: staging } });
} catch {
  console.error(
    "\nNothing was deployed. Correct the settings above (stacks/environments.ts), then run npm start again.",
  );
  process.exit(1);
}
cpSync(staging, outdir, { recursive: true });

const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
  stacks: Record<string, { synthesizedStackPath: string }>;
};
const names = Object.keys(manifest.stacks);
const building: string[] = [];
for (const name of names) {
  const file = join(outdir, manifest.stacks[name]!.synthesizedStackPath);
  const document = TerraformDocument.parse(JSON.parse(readFileSync(file, "utf8")));
  if (document.ofType("docker_image").length > 0) building.push(name);
  console.log(
    `${summarize(name, document, relative(root, file))}\n  checks     ${verdict(document, evaluate(document, allRules))}\n`,
  );
}
const [first = "dev"] = names;
console.log(`Next, with Terraform installed and \`gcloud auth application-default login\` done, in projects of your own:
  ${variablePrefix(first)}_GOOGLE_PROJECT=my-project npx cdktf deploy ${first}`);
if (building.includes(first)) {
  console.log(`It builds its image, which needs a Docker engine. Without one, name an image that exists:
  ${variablePrefix(first)}_GOOGLE_PROJECT=my-project ${variablePrefix(first)}_IMAGE=HOST/PATH:TAG npx cdktf deploy ${first}`);
}
