// node scripts/run.cjs FILE.ts [ARGUMENTS]: bundles a TypeScript program of this checkout and runs it. One bundle starts in half the time that transforming
// some 250 files one by one takes; packages stay outside. The bundle is kept until one of its files changes.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, relative, resolve } = require("node:path");
require("./plain-traces.cjs");
const { lazily } = require("./lazy-bindings.cjs");

const entry = resolve(process.argv[2]);
const cwd = process.cwd();
const cacheFolder = join(__dirname, "../node_modules/.cache/cdktf-global-ai-api");
const cacheFile = join(cacheFolder, `${createHash("sha256").update(entry).digest("hex").slice(0, 16)}.json`);

function bundle(sourcemap) {
  // Loaded only here: a kept bundle needs none.
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
    sourcemap,
  });
}

/** Changes when the file does. */
function stamp(file) {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs} ${size}`;
}

function keptCode() {
  try {
    const { stamps, code } = JSON.parse(readFileSync(cacheFile, "utf8"));
    return Object.entries(stamps).every(([file, known]) => stamp(file) === known) ? code : undefined;
  } catch {
    return undefined;
  }
}

function freshCode() {
  const { outputFiles, metafile } = bundle(false);
  const code = lazily(outputFiles[0].text);
  const files = [
    __filename,
    join(__dirname, "lazy-bindings.cjs"),
    ...Object.keys(metafile.inputs).map((file) => resolve(dirname(entry), file)),
  ];
  try {
    mkdirSync(cacheFolder, { recursive: true });
    const unfinished = `${cacheFile}.${process.pid}`;
    writeFileSync(
      unfinished,
      JSON.stringify({ stamps: Object.fromEntries(files.map((file) => [file, stamp(file)])), code }),
    );
    renameSync(unfinished, cacheFile);
  } catch {
    // A folder that cannot be written to only means that the next run bundles again.
  }
  return code;
}

/** Lines of the bundle as lines of the sources. The map is made only now: most runs never need it. */
function mapped(stack) {
  const { outputFiles } = bundle("external");
  const map = new Module.SourceMap(JSON.parse(outputFiles.find(({ path }) => path.endsWith(".map")).text));
  return stack.replace(/([^\s(]+):(\d+):(\d+)/g, (place, file, line, column) => {
    const { originalSource, originalLine, originalColumn } = file === entry ? map.findEntry(line - 1, column - 1) : {};
    if (originalSource === undefined) return place;
    return `${relative(cwd, resolve(dirname(entry), originalSource))}:${originalLine + 1}:${originalColumn + 1}`;
  });
}

process.on("uncaughtException", (error) => {
  console.error(error instanceof Error && error.stack ? mapped(error.stack) : error);
  process.exit(1);
});

let code = keptCode();
try {
  code ??= freshCode();
} catch (error) {
  // esbuild has said what is wrong and where, unless it is not there at all.
  if (!("errors" in error)) console.error(error);
  process.exit(1);
}
process.argv.splice(1, 2, entry);
const program = new Module(entry);
program.filename = entry;
program.paths = Module._nodeModulePaths(dirname(entry));
program._compile(code, entry);
