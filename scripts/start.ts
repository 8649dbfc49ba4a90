import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { writeReport } from "../cli/report";
import { describe } from "../cli/show";
import { compare } from "../lib/changes/compare";
import { inWords } from "../lib/changes/words";
import { allRules } from "../lib/rules/all-rules";
import { evaluate } from "../lib/rules/evaluate";
import { blockOf, TerraformDocument } from "../lib/topology/document";
import { Topology } from "../lib/topology/topology";
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
const manifest = JSON.parse(readFileSync(join(staging, "manifest.json"), "utf8")) as {
  stacks: Record<string, { synthesizedStackPath: string }>;
};
const names = Object.keys(manifest.stacks);
const formers = new Map(names.map((name) => [name, formerOf(name)]));
cpSync(staging, outdir, { recursive: true });

const building: string[] = [];
for (const name of names) {
  const file = fileOf(name);
  const document = read(file);
  if (document.ofType("docker_image").length > 0) building.push(name);
  const former = formers.get(name);
  const evaluation = evaluate(document, allRules);
  const [report = ""] = writeReport(
    {
      name,
      topology: Topology.of(document),
      evaluation,
      ...(former && { former: { topology: Topology.of(former.document), since: former.since.trim() } }),
    },
    join(outdir, "report"),
  );
  const rows = [
    describe(name, document, relative(root, file), former?.document, evaluation),
    `  report     ${relative(root, report)}`,
    ...(former
      ? inWords(compare(former.document, document)).map(
          (line, index) => `  ${(index === 0 ? "changes" : "").padEnd(10)} ${line}${index === 0 ? former.since : ""}`,
        )
      : []),
  ];
  console.log(`${rows.join("\n")}\n`);
}
const [first = "dev"] = names;
console.log(`Next, with Terraform installed and \`gcloud auth application-default login\` done, in projects of your own:
  ${variablePrefix(first)}_GOOGLE_PROJECT=my-project npx cdktf deploy ${first}`);
if (building.includes(first)) {
  console.log(`It builds its image, which needs a Docker engine. Without one, name an image that exists:
  ${variablePrefix(first)}_GOOGLE_PROJECT=my-project ${variablePrefix(first)}_IMAGE=HOST/PATH:TAG npx cdktf deploy ${first}`);
}

/**
 * What the last deploy from this checkout made, else what was synthesized last. A state file that
 * is newer than the JSON beside it says that the JSON was deployed; it is kept for later.
 */
function formerOf(name: string): { readonly document: TerraformDocument; readonly since: string } | undefined {
  try {
    return findFormer(name);
  } catch {
    // What is there cannot be read, such as the output of another tool: nothing to compare with.
    return undefined;
  }
}

function findFormer(name: string): ReturnType<typeof formerOf> {
  const [file, deployed] = [fileOf(name), join(outdir, "deployed", `${name}.json`)];
  if (existsSync(file)) {
    const { path } = blockOf(blockOf(blockOf(read(file).json.terraform)?.backend)?.local) ?? {};
    const state = resolve(dirname(file), String(path ?? "terraform.tfstate"));
    if (existsSync(state) && statSync(state).mtimeMs >= statSync(file).mtimeMs) {
      mkdirSync(dirname(deployed), { recursive: true });
      cpSync(file, deployed);
    }
  }
  if (existsSync(deployed)) return { document: read(deployed), since: " since the last deploy" };
  return existsSync(file) ? { document: read(file), since: " since the last synth" } : undefined;
}

function fileOf(name: string): string {
  return join(outdir, manifest.stacks[name]!.synthesizedStackPath);
}

function read(file: string): TerraformDocument {
  return TerraformDocument.parse(JSON.parse(readFileSync(file, "utf8")));
}
