import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `npm run preview -- prod`: synthesizes, then runs that stack on this machine. */
const root = join(__dirname, "..");
const { app } = JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8")) as { app: string };
const [name = "", ...options] = process.argv.slice(2);

const outdir = mkdtempSync(join(tmpdir(), "cdktf-out-"));
process.on("exit", () => rmSync(outdir, { recursive: true, force: true }));
const [command = "node", ...args] = app.split(" ");
const synth = spawn(command, args, {
  cwd: root,
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...process.env, CDKTF_OUTDIR: outdir },
});
synth.once("exit", (code) => {
  // What is wrong has been said.
  if (code !== 0) process.exit(1);
  const { stacks } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
    stacks: Record<string, { synthesizedStackPath: string }>;
  };
  const stack = stacks[name];
  if (!stack) {
    console.error(`npm run preview -- NAME, where NAME is one of ${Object.keys(stacks).join(", ")}`);
    process.exit(2);
  }
  process.argv.splice(2, process.argv.length, "preview", join(outdir, stack.synthesizedStackPath), ...options);
  require("../cli/index");
  // The command reads its input before it first waits for something.
  rmSync(outdir, { recursive: true, force: true });
});
// Loaded while the other process synthesizes.
require("../cli/preview");
