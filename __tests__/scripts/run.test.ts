import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "run-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(name: string, files: Record<string, string>, ...args: string[]) {
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const launcher = join(__dirname, "../../scripts/run.cjs");
  return spawnSync(process.execPath, [launcher, join(folder, name), ...args], { cwd: folder, encoding: "utf8" });
}

test("a program sees its arguments and its folder", () => {
  const { stdout, status } = run(
    "arguments.ts",
    { "arguments.ts": "console.log(process.argv.slice(2), __dirname);" },
    "a",
    "b",
  );
  expect(status).toBe(0);
  expect(stdout).toBe(`[ 'a', 'b' ] ${folder}\n`);
});

test("a change in an imported file is seen by the next run", () => {
  const program = { "main.ts": 'import { value } from "./value"; console.log(value);' };
  expect(run("main.ts", { ...program, "value.ts": "export const value: number = 1;" }).stdout).toBe("1\n");
  expect(run("main.ts", {}).stdout).toBe("1\n");
  expect(run("main.ts", { "value.ts": "export const value: number = 22;" }).stdout).toBe("22\n");
});

test("a command's first line does not get in the way", () => {
  const source = "#!/usr/bin/env node\nconst answer: number = 42;\nconsole.log(answer);\n";
  for (const _ of ["bundled", "kept"]) expect(run("command.ts", { "command.ts": source }).stdout).toBe("42\n");
});

test("fails with the lines of the sources", () => {
  const source =
    "interface Part {\n  x: number;\n}\nconst part: Part | undefined = undefined;\nconsole.log(part!.x);\n";
  const { stderr, status } = run("broken.ts", { "broken.ts": source });
  expect(status).toBe(1);
  expect(stderr).toMatch(/TypeError: [\s\S]*broken\.ts:5:\d+/);
});

test("fails with what is wrong with the syntax, and where", () => {
  const { stderr, status } = run("syntax.ts", { "syntax.ts": "const x = ;" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/Unexpected ";"[\s\S]*syntax\.ts:1:10/);
});
