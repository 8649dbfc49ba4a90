// jest's global setup: a folder for what cdktf leaves behind for each app that a test makes, and
// one for the compiled library; both go with the run.
const { mkdirSync, mkdtempSync, readdirSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const root = join(__dirname, "..");

module.exports = (_config, { transform }) => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), "global-ai-api-tests-"));
  // Only where jest.config.js says that test files share it.
  if (transform.length > 2) process.env.COMPILED_LIBRARY = compileLibrary();
  process.on("exit", () => {
    for (const folder of [process.env.TMPDIR, process.env.COMPILED_LIBRARY].filter(Boolean))
      rmSync(folder, { recursive: true, force: true });
  });
};

/** File by file, so that test files can load each on its own. Below node_modules, where packages are found. */
function compileLibrary() {
  const cache = join(root, "node_modules/.cache/cdktf-global-ai-api");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "tests-"));
  const files = readdirSync(join(root, "lib"), { recursive: true, encoding: "utf8" });
  require("esbuild").buildSync({
    entryPoints: files.filter((file) => file.endsWith(".ts")).map((file) => join(root, "lib", file)),
    outbase: join(root, "lib"),
    outdir: folder,
    format: "cjs",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    sourcesContent: false,
  });
  return folder;
}
