// jsii compiles lib and cli into dist. It refuses a hand-written tsconfig.json, so it generates its
// own beside it. The script of the report's page is for browsers, and esbuild makes one file of it.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { pageScript } from "./page-script.cjs";

const root = new URL("..", import.meta.url);
rmSync(new URL("dist", root), { recursive: true, force: true });
execFileSync(
  "npx",
  ["--no-install", "jsii", "--generate-tsconfig", "tsconfig.jsii.json", "--silence-warnings=reserved-word"],
  { cwd: root, stdio: "inherit" },
);
for (const [name, withRe2] of [
  ["page-script", false],
  ["page-script-re2", true],
])
  writeFileSync(new URL(`dist/lib/report/${name}.js`, root), pageScript(withRe2));
