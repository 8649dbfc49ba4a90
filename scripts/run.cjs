// node scripts/run.cjs FILE.ts [ARGUMENTS]: bundles a TypeScript program of this checkout and runs
// it; packages stay outside. The bundle is kept until one of its files changes, because making it
// takes as long as running it.
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, relative, resolve } = require("node:path");

require("./plain-traces.cjs");

const entry = resolve(process.argv[2]);
const folder = join(__dirname, "../node_modules/.cache/cdktf-global-ai-api");
const kept = join(folder, relative(join(__dirname, ".."), entry).replaceAll(/[^\w-]/g, "_"));

/** Changes when the file does. */
function stamp(file) {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs} ${size}`;
}

/** The bundle's code, where none of its files has changed. */
function keptCode() {
  try {
    const { entry: of, stamps } = JSON.parse(readFileSync(`${kept}.json`, "utf8"));
    if (of === entry && Object.entries(stamps).every(([file, known]) => stamp(file) === known))
      return readFileSync(`${kept}.js`, "utf8");
  } catch {
    // Nothing is kept.
  }
  return undefined;
}

function bundle() {
  return require("esbuild").buildSync({
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
}

function freshCode() {
  const { outputFiles, metafile } = bundle();
  const files = [__filename, ...Object.keys(metafile.inputs).map((file) => resolve(dirname(entry), file))];
  const stamps = Object.fromEntries(files.map((file) => [file, stamp(file)]));
  const code = outputFiles[1].text;
  try {
    mkdirSync(folder, { recursive: true });
    for (const [end, text] of [
      ["js", code],
      ["json", JSON.stringify({ entry, stamps })],
    ]) {
      writeFileSync(`${kept}.${end}.${process.pid}`, text);
      renameSync(`${kept}.${end}.${process.pid}`, `${kept}.${end}`);
    }
  } catch {
    // A folder that cannot be written to only means that the next run bundles again.
  }
  return code;
}

/** A stack trace with the lines of the sources instead of those of the bundle. */
function mapped(stack) {
  const sources = new Module.SourceMap(JSON.parse(bundle().outputFiles[0].text));
  return stack.replace(/([^\s(]+):(\d+):(\d+)/g, (place, file, line, column) => {
    const found = file === entry ? sources.findEntry(line - 1, column - 1) : {};
    if (found.originalSource === undefined) return place;
    const source = relative(process.cwd(), resolve(dirname(entry), found.originalSource));
    return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  });
}

let code = keptCode();
try {
  code ??= freshCode();
} catch (error) {
  // esbuild has said what is wrong and where, unless it is not there at all.
  if (!("errors" in error)) console.error(error);
  process.exit(1);
}
process.on("uncaughtException", (error) => {
  console.error(error instanceof Error && error.stack ? mapped(error.stack) : error);
  process.exit(1);
});
process.argv.splice(1, 2, entry);
const program = new Module(entry);
program.paths = Module._nodeModulePaths(dirname(entry));
program._compile(code.replace(/^#!/, "//"), entry);
