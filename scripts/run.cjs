// node scripts/run.cjs FILE.ts [ARGUMENTS]: bundles a TypeScript program of this checkout and runs
// it; packages stay outside. The bundle is kept until one of its files changes, because making it
// takes as long as running it.
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, relative, resolve } = require("node:path");

require("./plain-traces.cjs");

const entry = resolve(process.argv[2]);
const folder = join(__dirname, "../node_modules/.cache/cdktf-global-ai-api");
const keptFile = join(folder, `${relative(join(__dirname, ".."), entry).replaceAll(/[^\w-]/g, "_")}.json`);

/** Changes when the file does. */
function stamp(file) {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs} ${size}`;
}

function keptBundle() {
  try {
    const { entry: of, stamps, ...kept } = JSON.parse(readFileSync(keptFile, "utf8"));
    return of === entry && Object.entries(stamps).every(([file, known]) => stamp(file) === known) ? kept : undefined;
  } catch {
    return undefined;
  }
}

function freshBundle() {
  const { outputFiles, metafile } = require("esbuild").buildSync({
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    target: "node20",
    absWorkingDir: dirname(entry),
    entryPoints: [entry],
    outfile: entry.replace(/\.ts$/, ".js"),
    write: false,
    metafile: true,
    sourcemap: "external",
  });
  const [map, code] = outputFiles.map(({ text }) => text);
  const files = [__filename, ...Object.keys(metafile.inputs).map((file) => resolve(dirname(entry), file))];
  const stamps = Object.fromEntries(files.map((file) => [file, stamp(file)]));
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${keptFile}.${process.pid}`, JSON.stringify({ entry, stamps, code, map }));
    renameSync(`${keptFile}.${process.pid}`, keptFile);
  } catch {
    // A folder that cannot be written to only means that the next run bundles again.
  }
  return { code, map };
}

/** A stack trace with the lines of the sources instead of those of the bundle. */
function mapped(stack, map) {
  const sources = new Module.SourceMap(JSON.parse(map));
  return stack.replace(/([^\s(]+):(\d+):(\d+)/g, (place, file, line, column) => {
    const found = file === entry ? sources.findEntry(line - 1, column - 1) : {};
    if (found.originalSource === undefined) return place;
    const source = relative(process.cwd(), resolve(dirname(entry), found.originalSource));
    return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  });
}

let bundle = keptBundle();
try {
  bundle ??= freshBundle();
} catch (error) {
  // esbuild has said what is wrong and where, unless it is not there at all.
  if (!("errors" in error)) console.error(error);
  process.exit(1);
}
process.on("uncaughtException", (error) => {
  console.error(error instanceof Error && error.stack ? mapped(error.stack, bundle.map) : error);
  process.exit(1);
});
process.argv.splice(1, 2, entry);
const program = new Module(entry);
program.paths = Module._nodeModulePaths(dirname(entry));
program._compile(bundle.code.replace(/^#!/, "//"), entry);
