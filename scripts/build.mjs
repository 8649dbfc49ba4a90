// jsii compiles lib and cli into dist. It refuses a hand-written tsconfig.json, so it generates its
// own beside it.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

const root = new URL("..", import.meta.url);
rmSync(new URL("dist", root), { recursive: true, force: true });
execFileSync(
  "npx",
  ["--no-install", "jsii", "--generate-tsconfig", "tsconfig.jsii.json", "--silence-warnings=reserved-word"],
  { cwd: root, stdio: "inherit" },
);
