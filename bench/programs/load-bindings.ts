import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Loads what lib and stacks import from elsewhere, and nothing of theirs. */
const root = join(__dirname, "../..");
const load = createRequire(__filename);
const modules = new Set<string>();
for (const folder of ["lib", "stacks"]) {
  for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const source = readFileSync(join(root, folder, file), "utf8");
    for (const [, name] of source.matchAll(
      /^(?:import|\}) (?!type )[^;]*?from "((?:@cdktf\/|cdktf|constructs)[^"]*)";$/gm,
    )) {
      modules.add(name!);
    }
  }
}
for (const name of modules) load(name);
