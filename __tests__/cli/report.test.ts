import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAll, report } from "../../cli/report";
import { servingPath } from "../rules/serving-path";

const folder = mkdtempSync(join(tmpdir(), "report-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(place: string, json: unknown): string {
  const file = join(folder, place, "cdk.tf.json");
  mkdirSync(join(folder, place), { recursive: true });
  writeFileSync(file, JSON.stringify(json));
  return file;
}

const named = (stackName: string) => ({ ...servingPath(), "//": { metadata: { stackName } } });

test("writes a page for each stack, and says where", () => {
  for (const name of ["dev", "prod"]) write(`synth/stacks/${name}`, named(name));
  const { exitCode, stdout, stderr } = report([join(folder, "synth")]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const files = ["dev", "prod"].map((name) => join(folder, "synth/report", `${name}.html`));
  expect(stdout).toBe(`${files.join("\n")}\n`);
  for (const file of files) expect(readFileSync(file, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
});

test("writes beside a file, and into the folder that is asked for", () => {
  const file = write("one", servingPath());
  expect(report([file]).stdout).toBe(`${join(folder, "one/report/one.html")}\n`);
  const out = join(folder, "elsewhere/deep");
  expect(report([file], { out }).stdout).toBe(`${join(out, "one.html")}\n`);
});

test("writes its drawings, which need no page and have no links", () => {
  const out = join(folder, "drawings");
  report([write("drawn", named("drawn"))], { out, svg: true });
  expect(readdirSync(out).sort()).toEqual(["drawn-map.svg", "drawn-path.mmd", "drawn-path.svg", "drawn.html"]);
  for (const name of ["drawn-map.svg", "drawn-path.svg"]) {
    const text = readFileSync(join(out, name), "utf8");
    expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*<\/svg>\n$/);
    expect(text).not.toContain("<a ");
  }
  expect(readFileSync(join(out, "drawn-path.mmd"), "utf8")).toMatch(/^flowchart /m);
});

test("keeps apart what has the same name, and names files by letters", () => {
  const out = join(folder, "names");
  const files = [write("a/x", named("same")), write("b/x", named("same")), write("c", named("../../<odd> name"))];
  expect(report(files, { out }).stdout.split("\n").slice(0, 3)).toEqual(
    ["same.html", "same-2.html", "..-..-odd-name.html"].map((name) => join(out, name)),
  );
});

test("shows changes against another synth", () => {
  const before = write("before", { resource: {} });
  const out = join(folder, "changed");
  report([write("after", servingPath())], { out, against: before });
  expect(readFileSync(join(out, "after.html"), "utf8")).toMatch(/<strong>\d+ added<\/strong> against /);
});

test("fails with 2 for what cannot be read, and writes nothing", () => {
  const out = join(folder, "nothing");
  expect(report([join(folder, "none")], { out })).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringContaining("no such"),
  });
  expect(existsSync(out)).toBe(false);
});

describe("opening", () => {
  test.each([
    ["linux", "xdg-open"],
    ["darwin", "open"],
  ])("on %s is done by %s", (platform, opener) => {
    const bin = mkdtempSync(join(folder, "bin-"));
    writeFileSync(join(bin, opener), `#!/bin/sh\necho "$1" > ${bin}/opened\n`);
    chmodSync(join(bin, opener), 0o755);
    expect(openAll(["/tmp/a page.html"], platform, { PATH: bin })).toBe("");
    expect(readFileSync(join(bin, "opened"), "utf8")).toBe("/tmp/a page.html\n");
  });

  test("says the path where nothing opens it", () => {
    expect(openAll(["/tmp/page.html"], "linux", { PATH: folder })).toBe(
      "xdg-open did not open /tmp/page.html: open it in a browser\n",
    );
  });
});
