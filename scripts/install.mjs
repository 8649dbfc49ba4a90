// Runs before start, test, lint and build, so that each of them works in a fresh clone with one command.
import { execSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";

const root = new URL("..", import.meta.url);
const lock = new URL("package-lock.json", root);
const installed = new URL("node_modules/.package-lock.json", root);

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  const npm = (command) =>
    execSync(`npm ${command} --no-fund --no-audit --loglevel=error`, { cwd: root, stdio: "inherit" });
  console.log("Installing dependencies from package-lock.json …");
  try {
    npm("ci");
  } catch {
    // npm ci refuses a lock file without the packages of some other platform; npm install takes its versions all the same.
    console.log("npm ci refused it; installing the same versions by npm install …");
    npm("install --no-save");
  }
}
