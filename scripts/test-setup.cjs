// jest's global setup: a folder for what cdktf leaves behind for each app that a test makes; it
// goes with the run.
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

module.exports = () => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), "global-ai-api-tests-"));
  process.on("exit", () => rmSync(process.env.TMPDIR, { recursive: true, force: true }));
};
