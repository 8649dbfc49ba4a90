// node scripts/run.cjs FILE.ts [ARGUMENTS]: bundles a TypeScript program of this checkout and runs it. One bundle starts in half the time that transforming
// some 250 files one by one takes; packages stay outside. The bundle is kept until one of its files changes.
const { createHash } = require("node:crypto");
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, relative, resolve } = require("node:path");
const { Script } = require("node:vm");
require("./plain-traces.cjs");
const { lazily } = require("./lazy-bindings.cjs");

const entry = resolve(process.argv[2]);
const cwd = process.cwd();
const cacheFolder = join(__dirname, "../node_modules/.cache/cdktf-global-ai-api");
const cacheFile = join(cacheFolder, `${hashOf(entry)}.json`);

function hashOf(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

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
  return tryTo(() => {
    const { stamps, ...kept } = JSON.parse(readFileSync(cacheFile, "utf8"));
    return Object.entries(stamps).every(([file, known]) => stamp(file) === known) ? kept : undefined;
  });
}

function freshCode() {
  const { outputFiles, metafile } = bundle(false);
  // The line that makes a file a command is none of JavaScript's inside of a function.
  const code = lazily(outputFiles[0].text).replace(/^#!/, "//");
  const files = [
    __filename,
    join(__dirname, "lazy-bindings.cjs"),
    ...Object.keys(metafile.inputs).map((file) => resolve(dirname(entry), file)),
  ];
  const stamps = Object.fromEntries(files.map((file) => [file, stamp(file)]));
  const fresh = { code, machineCodeFile: join(cacheFolder, `${hashOf(entry)}.${hashOf(code)}.bin`) };
  for (const old of tryTo(() => readdirSync(cacheFolder)) ?? []) {
    if (old.startsWith(`${hashOf(entry)}.`)) tryTo(() => rmSync(join(cacheFolder, old)));
  }
  keep(cacheFile, JSON.stringify({ stamps, ...fresh }));
  return fresh;
}

/** A folder that cannot be written to only means that the next run starts from the beginning again. */
function keep(file, content) {
  tryTo(() => {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, content);
    renameSync(`${file}.${process.pid}`, file);
  });
}

function tryTo(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
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

let program = keptCode();
try {
  program ??= freshCode();
} catch (error) {
  // esbuild has said what is wrong and where, unless it is not there at all.
  if (!("errors" in error)) console.error(error);
  process.exit(1);
}
process.argv.splice(1, 2, entry);
// What V8 has compiled is kept, too: of a program that runs for less than a second, compiling takes a good part.
const cachedData = tryTo(() => readFileSync(program.machineCodeFile));
const script = new Script(Module.wrap(program.code), { filename: entry, cachedData });
if (cachedData === undefined || script.cachedDataRejected) {
  process.on("exit", (status) => {
    if (status === 0) keep(program.machineCodeFile, script.createCachedData());
  });
}
const main = { exports: {} };
script.runInThisContext().call(main.exports, main.exports, Module.createRequire(entry), main, entry, dirname(entry));
