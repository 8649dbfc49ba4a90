import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { show } from "../../cli/show";
import { servingPath } from "../rules/serving-path";

const folder = mkdtempSync(join(tmpdir(), "show-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, json: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(json));
  return file;
}

test("shows a stack under its name, with the next commands", () => {
  const file = write("cdk.tf.json", { ...servingPath(), "//": { metadata: { stackName: "prod" } } });
  const { exitCode, stdout, stderr } = show([file]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^prod\n {2}regions {4}europe-west1, us-central1\n/);
  expect(stdout).toMatch(/\n {2}checks {5}0 errors, 0 warnings; \d+ resources judged\n/);
  expect(stdout).toContain(
    `Next:\n  npx global-ai-api check ${file}\n  npx global-ai-api report ${file} --open\n  npx cdktf deploy prod\n`,
  );
});

test("shows Terraform JSON of others under its path", () => {
  const file = write("main.tf.json", servingPath());
  const { stdout } = show([file]);
  expect(stdout.startsWith(`${file}\n`)).toBe(true);
  expect(stdout).not.toContain("npx cdktf deploy");
});

test("fails with 2 for what cannot be read", () => {
  expect(show([join(folder, "none")])).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringContaining("no such"),
  });
});
