import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transformSync } from "@swc/core";
import * as cdktf from "cdktf";
import * as lib from "../lib";
import { ContainerImage, GlobalAiApi, Tls } from "../lib";
import { ValidationError } from "../lib/core/errors";
import { environments } from "../stacks/environments";
import { anchor, type CodeBlock, exportedNames, markdownFiles, ROOT } from "./docs-blocks";
import { synth, testStack } from "./support";

/**
 * Every TypeScript block of README.md and docs is type-checked and run, every shell block is checked for names that do not exist.
 *
 * A block with `import` lines is a program; "cdktf-global-ai-api" is lib/index.ts, a relative path starts at the repository's root. Any other
 * block is a fragment: all exports of lib/index.ts, `stack`, `image` and `regions` are there, and `api` when it uses one without
 * declaring it. A block marked `ts fails` must throw the ValidationError that the quote after it shows.
 */
const PACKAGE = "cdktf-global-ai-api";
const REGIONS = ["europe-west1", "us-central1"];
const exported = exportedNames();
const files = markdownFiles();
const examples = files.flatMap(({ blocks }) =>
  blocks.filter(({ language }) => language === "ts").map((block, index) => toExample(block, index)),
);
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

interface Example {
  readonly block: CodeBlock;
  readonly module: string;
  readonly source: string;
  readonly isProgram: boolean;
  readonly needsApi: boolean;
}

type Fragment = (stack: unknown, image: unknown, regions: unknown, api: unknown) => void;

function toExample(block: CodeBlock, index: number): Example {
  const { code, file } = block;
  const bare = code.replace(/"[^"]*"|`[^`]*`|\/\/.*$/gm, '""');
  const isProgram = /^import /m.test(code);
  const needsApi = !isProgram && /(?<![.\w])api\b(?!:)/.test(bare) && !/\b(const|let) api\b/.test(bare);
  return {
    block,
    module: `${file.replace(/\W+/g, "-")}-${index + 1}`,
    source: isProgram ? code : fragment(code, bare),
    isProgram,
    needsApi,
  };
}

/** All on the first line, so that line N of the block is line N + 1 of the module. */
function fragment(code: string, bare: string): string {
  const used = [...new Set(bare.match(/\b[A-Z]\w+/g))].filter((name) => exported.includes(name));
  return [
    `import { ${used.join(", ")} } from "${PACKAGE}"; import type { GlobalAiApi as Api, IImage as Image } from "${PACKAGE}"; import type { TerraformStack as Stack } from "cdktf"; export default (stack: Stack, image: Image, regions: string[], api: Api): void => {{`,
    code,
    "}};",
  ].join("\n");
}

const folder = mkdtempSync(join(tmpdir(), "docs-examples-"));
const typeErrors = new Map<string, string[]>();

beforeAll(() => {
  for (const name of ["node_modules", "lib", "stacks"]) symlinkSync(join(ROOT, name), join(folder, name));
  for (const { module, source } of examples) writeFileSync(join(folder, `${module}.ts`), source);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: {
        types: ["node"],
        noUnusedLocals: false,
        noUnusedParameters: false,
        paths: { [PACKAGE]: ["./lib/index.ts"] },
      },
      include: ["*.ts"],
    }),
  );
  const tsc = spawnSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", folder, "--pretty", "false", "--singleThreaded"], {
    cwd: folder,
    encoding: "utf8",
  });
  // Errors elsewhere, for example in lib, are found by the type check of the whole project.
  const lines = tsc.stdout.split("\n").filter((line) => !/^\.\.\/|^\s|^$/.test(line));
  for (const line of lines) {
    const error = /^([\w-]+)\.ts\((\d+),\d+\): error (.*)$/.exec(line);
    const example = examples.find(({ module }) => module === error?.[1]);
    if (!error || !example) throw new Error(`tsc: ${line}`);
    const { module, block, isProgram } = example;
    const at = block.line + Number(error[2]) - (isProgram ? 0 : 1);
    typeErrors.set(module, [...(typeErrors.get(module) ?? []), `${block.file}:${at} ${error[3]}`]);
  }
  if (tsc.status === null) throw tsc.error ?? new Error("tsc was stopped");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The module's default export; a program has run when it returns. */
function load({ source, module: name }: Example): Fragment | undefined {
  const { code } = transformSync(source, {
    jsc: { target: "es2022", parser: { syntax: "typescript" } },
    module: { type: "commonjs" },
  });
  class AppOfExample extends cdktf.App {
    public constructor(config?: cdktf.AppConfig) {
      super({ outdir: outdirOf(name), ...config });
    }
  }
  const resolve = (wanted: string): unknown => {
    if (wanted === PACKAGE) return lib;
    if (wanted === "cdktf") return { ...cdktf, App: AppOfExample };
    return require(wanted.startsWith(".") ? join(ROOT, wanted) : wanted);
  };
  const module: { exports: { default?: Fragment } } = { exports: {} };
  new Function("require", "module", "exports", code)(resolve, module, module.exports);
  return module.exports.default;
}

function run(example: Example): void {
  if (example.isProgram) {
    runProgram(example);
    return;
  }
  const stack = testStack();
  const image = ContainerImage.fromReference("europe-docker.pkg.dev/my-project/models/chat:1.0");
  const api = example.needsApi
    ? new GlobalAiApi(stack, "api", { image, regions: REGIONS, tls: Tls.none() })
    : undefined;
  load(example)!(stack, image, [...REGIONS], api);
  synth(stack);
}

function runProgram(example: Example): void {
  load(example);
  const manifest = JSON.parse(readFileSync(join(outdirOf(example.module), "manifest.json"), "utf8")) as {
    stacks: object;
  };
  expect(Object.keys(manifest.stacks)).not.toEqual([]);
}

function outdirOf(module: string): string {
  return join(folder, `${module}.out`);
}

describe.each(files)("$file", ({ file, blocks, prose, headings }) => {
  const own = examples.filter(({ block }) => block.file === file);
  const titled = own.map((example) => {
    const same = own.filter(({ block }) => block.heading === example.block.heading);
    const number = same.length > 1 ? `, example ${same.indexOf(example) + 1}` : "";
    return { ...example, title: `${example.block.heading}${number}` };
  });

  for (const example of titled) {
    const fails = example.block.flags.includes("fails");
    it(`${example.title} ${fails ? "fails as shown" : "runs"}`, () => {
      expect(typeErrors.get(example.module) ?? []).toEqual([]);
      if (fails) expect(messageOf(() => run(example))).toContain(nonEmpty(example.block.quote));
      else run(example);
    });
  }

  it("names commands, scripts and files that exist", () => {
    const shell = blocks.filter(({ language }) => language === "sh").map(({ code }) => code);
    const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
    expect([...shell.flatMap(wrongCommands), ...inline.flatMap(wrongCommands)]).toEqual([]);
    expect(shell.flatMap(missingFiles)).toEqual([]);
  });

  it("links to files and headings that exist", () => {
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
    expect(links.filter((link) => !/^[a-z]+:/.test(link) && !reachable(file, headings, link))).toEqual([]);
  });
});

it("uses no fence but ts, sh, text, json, diff and python", () => {
  // scripts/consumer-python.mjs runs what is Python.
  const known = ["ts", "sh", "text", "json", "diff", "python"];
  const others = files.flatMap(({ blocks }) => blocks.filter(({ language }) => !known.includes(language)));
  expect(others.map(({ file, line, language }) => `${file}:${line} ${language}`)).toEqual([]);
});

it("environments.md explains every setting of stacks/environments.ts", () => {
  const { text } = files.find(({ file }) => file === "docs/environments.md")!;
  const settings = Object.values(environments).flatMap(({ service, ...rest }) => [
    ...Object.keys(rest),
    ...Object.keys(service).map((name) => `service.${name}`),
  ]);
  expect(settings.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

function messageOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ValidationError) return error.message.replace(/\s+/g, " ");
    throw error;
  }
  throw new Error("the example is marked as failing, but nothing was thrown");
}

function nonEmpty(quote: string): string {
  if (quote === "") throw new Error("an example that fails needs a quote of the message after it");
  return quote.replace(/^`(.*)`$/, "$1").replaceAll("\\", "");
}

let cdktfCommands: ReadonlySet<string> | undefined;

function isCdktfCommand(name: string): boolean {
  if (!cdktfCommands) {
    const help = execFileSync(join(ROOT, "node_modules/.bin/cdktf"), ["--help"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, CHECKPOINT_DISABLE: "1" },
    });
    const names = [...help.matchAll(/^ {2}cdktf (\w+)/gm)].map((match) => match[1]!);
    const aliases = [...help.matchAll(/\[aliases: ([\w, ]+)\]/g)].flatMap((match) => match[1]!.split(", "));
    cdktfCommands = new Set([...names, ...aliases]);
  }
  return cdktfCommands.has(name);
}

/** `npm run X`, `npm start`, `npx cdktf X` and the environment after it, where one of them does not exist. */
function wrongCommands(text: string): string[] {
  const wrong = [...text.matchAll(/\bnpm (?:run (?:--[\w-]+ )*([\w:-]+)|(start|test))/g)].flatMap(
    ([command, run, short]) => (scripts[run ?? short!] ? [] : [command]),
  );
  for (const [command, name, stack] of text.matchAll(/\bnpx cdktf ([\w-]+)(?: ([a-z]\w*))?/g)) {
    if (!isCdktfCommand(name!)) wrong.push(command);
    if (stack && ["deploy", "diff", "destroy", "output"].includes(name!) && !environments[stack]) wrong.push(command);
  }
  return wrong;
}

/** Paths into the repository that are not there; what a synth writes need not be. */
function missingFiles(shell: string): string[] {
  const paths = shell.match(/(?<![\w/:.-])(?:\.\/)?(?:[\w-]+\/)*[\w.-]+\.(?:ts|mjs|cjs|md|json)\b/g) ?? [];
  return paths.filter((path) => !path.includes("cdktf.out/") && !existsSync(join(ROOT, path)));
}

function reachable(from: string, ownHeadings: readonly string[], link: string): boolean {
  const [path = "", fragment] = link.split("#");
  const target = path === "" ? from : join(dirname(from), path);
  if (!existsSync(join(ROOT, target))) return false;
  const guide = files.find(({ file }) => file === target);
  // Anchors of generated pages and of source files are not checked.
  if (fragment === undefined || !guide) return true;
  return (path === "" ? ownHeadings : guide.headings).map(anchor).includes(fragment);
}
