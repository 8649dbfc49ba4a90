// jsii compiles lib and cli into dist. It refuses a hand-written tsconfig.json, so it generates its own beside it.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import lazyBindings from "./lazy-bindings.cjs";

const root = new URL("..", import.meta.url);
rmSync(new URL("dist", root), { recursive: true, force: true });
execFileSync(
  "npx",
  ["--no-install", "jsii", "--generate-tsconfig", "tsconfig.jsii.json", "--silence-warnings=reserved-word"],
  {
    cwd: root,
    stdio: "inherit",
  },
);

const dist = new URL("dist/", root);
for (const file of readdirSync(dist, { recursive: true })) {
  if (!/^(lib|cli)\/.*\.js$/.test(file.replaceAll("\\", "/"))) continue;
  const code = readFileSync(new URL(file, dist), "utf8");
  const changed = lazyBindings.lazily(code);
  if (changed.includes("lazyBinding(")) writeFileSync(new URL(file, dist), changed);
}
