import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = join(__dirname, "../../..");
const main = join(root, "dist/lib/index.js");

/** What `npm publish` would upload. */
export interface Tarball {
  readonly path: string;
  /** Paths within the package, without bundled dependencies. */
  readonly files: readonly string[];
}

/** Packs the library into `folder`, compiled anew where sources have changed since. */
export function pack(folder: string): Tarball {
  if (!existsSync(main) || newestSource() > statSync(main).mtimeMs) {
    execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "pipe" });
  }
  const output = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  const [packed] = JSON.parse(output) as [{ filename: string; files: { path: string }[] }];
  const files = packed.files.map(({ path }) => path).filter((path) => !path.startsWith("node_modules/"));
  return { path: join(folder, packed.filename), files };
}

function newestSource(): number {
  const times = ["lib", "cli"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => statSync(join(root, folder, file)).mtimeMs),
  );
  return Math.max(statSync(join(root, "package.json")).mtimeMs, ...times);
}

/**
 * A new folder as an app has it that installed the tarball. Its peer dependencies are links to those of this checkout: one copy of each, and
 * no network.
 */
export function install(tarball: Tarball): string {
  const app = mkdtempSync(join(tmpdir(), "consumer-"));
  const modules = join(app, "node_modules");
  mkdirSync(modules);
  execFileSync("tar", ["-xzf", tarball.path, "-C", modules], { stdio: "pipe" });
  renameSync(join(modules, "package"), join(modules, "cdktf-global-ai-api"));
  for (const name of ["cdktf", "constructs", "@cdktf", "@types"]) {
    symlinkSync(join(root, "node_modules", name), join(modules, name), "dir");
  }
  return app;
}
