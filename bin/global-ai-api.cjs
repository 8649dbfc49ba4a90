#!/usr/bin/env node
// The command: compiled where the package is installed, from the sources in a clone of it.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const sources = join(__dirname, "../cli/index.ts");
if (existsSync(sources)) {
  if (!existsSync(join(__dirname, "../node_modules/esbuild"))) {
    console.error("The packages are not installed: run npm ci.");
    process.exit(2);
  }
  process.argv.splice(1, 1, "run.cjs", sources);
  require("../scripts/run.cjs");
} else {
  require("../dist/cli/index.js");
}
