// Before the suites: tells them in ENVOY where Envoy is.
const { execFileSync } = require("node:child_process");
const { join } = require("node:path");

const root = join(__dirname, "../..");

module.exports = async (...config) => {
  await require("../../scripts/test-setup.cjs")(...config);
  const print = [join(root, "scripts/run.cjs"), join(__dirname, "print-envoy.ts")];
  process.env.ENVOY = execFileSync(process.execPath, print, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();
};
