import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "../../cli/check";
import { type Json, resourceAt } from "../rules/rule-support";
import { servingPath } from "../rules/serving-path";

const EU = "google_cloud_run_v2_service.eu";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "check-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: unknown): string {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

/** One error, and nothing else. */
function broken(): Json {
  const document = servingPath();
  (resourceAt(document, EU).template as Json).timeout = "4000s";
  return document;
}

test("exits with 0 and counts for a clean file", () => {
  const file = write("cdk.tf.json", servingPath());
  const result = check([file], { severity: "warning" });
  expect(result).toMatchObject({ exitCode: 0, stderr: "" });
  expect(result.stdout).toMatch(/cdk\.tf\.json: 0 errors, 0 warnings, 0 suppressed, by \d+ rules\n$/);
});

test("exits with 1 for a finding of severity error", () => {
  const result = check([write("a.tf.json", broken())], { severity: "warning" });
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toContain("error run-timeout: [google_cloud_run_v2_service.eu] template.timeout");
});

test("exits with 0 for warnings, which --severity error hides", () => {
  const document = servingPath();
  delete resourceAt(document, EU).deletion_protection;
  const file = write("a.tf.json", document);
  const shown = check([file], { severity: "warning" });
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toContain("warning change-deletion-protection-explicit");
  expect(check([file], { severity: "error" }).stdout).not.toContain("change-deletion-protection-explicit");
});

test("prints findings as JSON", () => {
  const { stdout } = check([write("a.tf.json", broken())], { severity: "warning", json: true });
  const [finding] = JSON.parse(stdout);
  expect(Object.keys(finding)).toEqual(["rule", "severity", "address", "path", "message", "fix", "source"]);
  expect(finding).toMatchObject({
    rule: "run-timeout",
    severity: "error",
    address: EU,
    path: null,
  });
});

test("prints an empty array for a clean file", () => {
  expect(check([write("a.tf.json", servingPath())], { severity: "warning", json: true }).stdout).toBe("[]\n");
});

test("searches folders, and takes files side by side as one module", () => {
  const { resource } = servingPath() as { resource: Record<string, Json> };
  const { google_compute_url_map: urlMap, ...rest } = resource;
  write("stack/main.tf.json", { resource: rest });
  write("stack/routes.tf.json", { resource: { google_compute_url_map: urlMap } });
  write("stack/node_modules/other.tf.json", "not JSON");
  write("other/cdk.tf.json", broken());
  const result = check([folder], { severity: "warning" });
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toMatch(/other\/cdk\.tf\.json: 1 error, /);
  expect(result.stdout).toMatch(/stack: 0 errors, 0 warnings/);
});

test("shows suppressed findings with their reason", () => {
  const document = broken() as Json & { resource: Record<string, Record<string, Json>> };
  document.resource.google_cloud_run_v2_service!.eu!["//"] = { metadata: { path: "prod/api/Eu" } };
  document["//"] = {
    global_ai_rules_suppressions: [{ rule: "run-timeout", path: "prod/api", reason: "a limit of next year" }],
  };
  const result = check([write("a.tf.json", document)], { severity: "warning" });
  expect(result.exitCode).toBe(0);
  expect(result.stdout).toContain("suppressed run-timeout: [prod/api/Eu] template.timeout: a limit of next year");
});

test.each([
  ["a missing file", () => join(folder, "none.tf.json"), /no such file or folder/],
  ["what is not JSON", () => write("a.tf.json", "{"), /a\.tf\.json: not JSON: /],
  ["a JSON array", () => write("a.tf.json", []), /not Terraform JSON: the top level is no JSON object/],
  [
    "JSON of something else",
    () => write("package.json", { name: "x" }),
    /not Terraform JSON: "name" is no top-level block/,
  ],
  ["a folder without Terraform JSON", () => folder, /no \*\.tf\.json in it; run cdktf synth first/],
])("fails with 2 for %s", (_title, path, message) => {
  const result = check([path()], { severity: "warning" });
  expect(result).toMatchObject({ exitCode: 2, stdout: "" });
  expect(result.stderr).toMatch(message);
});
