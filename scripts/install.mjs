// Runs before start, test, lint and build, so that each of them works in a fresh clone with one
// command. With --refuse it only looks: what reads a file must not change the packages.
import { execSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";

const root = new URL("..", import.meta.url);
const lock = new URL("package-lock.json", root);
const installed = new URL("node_modules/.package-lock.json", root);

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  if (process.argv.includes("--refuse")) {
    console.error("The installed packages are not those of package-lock.json: run npm ci.");
    process.exit(2);
  }
  // Standard output belongs to the command that follows.
  console.error("Installing dependencies from package-lock.json …");
  execSync("npm ci --no-fund --no-audit --loglevel=error", { cwd: root, stdio: ["ignore", 2, 2] });
}
