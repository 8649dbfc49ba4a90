import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "../..");
const outdir = mkdtempSync(join(tmpdir(), "hcl-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** The HCL that `cdktf synth --hcl` writes for each stack of a program. */
function hclOf(program: string): [string, string][] {
  const folder = join(outdir, program.replaceAll("/", "-"));
  const { status, stderr } = spawnSync(process.execPath, ["scripts/run.cjs", program], {
    cwd: root,
    env: { ...process.env, CDKTF_OUTDIR: folder, SYNTH_HCL_OUTPUT: "true" },
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const stacks = join(folder, "stacks");
  return readdirSync(stacks).map((stack) => [stack, readFileSync(join(stacks, stack, "cdk.tf"), "utf8")]);
}

// Terraform refuses `path_matcher = [{`: what it nests is a block. Only outputs have lists of objects.
test.each([...hclOf("main.ts"), ...hclOf("stacks/examples/app.ts")])(
  "%s leaves CDKTF as HCL whose blocks are blocks",
  (_stack, hcl) => {
    expect(hcl).toMatch(/^resource "google_compute_url_map" /m);
    expect(hcl.match(/^\s*(?!value )\w+ = \[\s*\{/gm)).toBeNull();
  },
);
