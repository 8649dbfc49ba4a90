import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "sarif";
import { check } from "../../cli/check";
import { findingsOf, type Json, resourceAt } from "../rules/rule-support";
import { servingPath } from "../rules/serving-path";

const EU = "google_cloud_run_v2_service.eu";
const US = "google_cloud_run_v2_service.us";
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

/** One error at some services, and nothing else. */
function broken(...addresses: string[]): Json {
  const document = servingPath();
  for (const address of addresses.length === 0 ? [EU] : addresses)
    (resourceAt(document, address).template as Json).timeout = "4000s";
  return document;
}

const [fault] = findingsOf(broken());

describe("exit codes", () => {
  test("0 for a clean file, counted", () => {
    const result = check([write("cdk.tf.json", servingPath())]);
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toMatch(/cdk\.tf\.json: 0 errors, 0 warnings; \d\d resources judged\n$/);
  });

  test("1 for a finding of severity error", () => {
    const result = check([write("a.tf.json", broken())]);
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain(`error ${fault!.rule}: ${fault!.title}. Fix: ${fault!.fix}\n`);
    expect(result.stdout).toContain(`  at ${EU} template.timeout = "4000s"\n`);
  });

  test("0 for warnings, which --severity error hides", () => {
    const document = servingPath();
    delete resourceAt(document, EU).deletion_protection;
    const file = write("a.tf.json", document);
    const shown = check([file]);
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toMatch(/^warning /m);
    expect(check([file], { severity: "error" }).stdout).not.toMatch(/^warning /m);
  });
});

describe("text", () => {
  test("takes two lines for a rule, however many places have it", () => {
    const { stdout } = check([write("a.tf.json", broken(EU, US))]);
    expect(stdout.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^error /),
      `  at ${EU} template.timeout = "4000s", ${US} template.timeout = "4000s"`,
      expect.stringMatching(/a\.tf\.json: 2 errors/),
    ]);
  });

  test("shows everything with --verbose", () => {
    const { stdout } = check([write("a.tf.json", broken(EU, US))], { verbose: true });
    expect(stdout.match(/^error /gm)).toHaveLength(2);
    expect(stdout).toContain(fault!.message);
    expect(stdout).toContain(fault!.source);
  });

  test("says what is particular to a place", () => {
    const document = servingPath();
    document.provider = { google: [{ project: "my-project" }] };
    const negs = document.resource as Record<string, Record<string, Json>>;
    negs.google_compute_region_network_endpoint_group!.eu!.project = "another-project";
    expect(check([write("a.tf.json", document)]).stdout).toMatch(/^ {2}at .* project = "another-project" \(.+\)$/m);
  });

  test("is coloured on a terminal only", () => {
    const file = write("a.tf.json", broken());
    expect(check([file]).stdout).not.toContain("\u001B");
    expect(check([file], { color: true }).stdout).toContain("\u001B[31merror\u001B[0m");
  });

  test("does not call a document clean that has nothing to judge", () => {
    const aws = { resource: { aws_instance: { a: { ami: "x" } } } };
    for (const json of [aws, {}, { resource: {} }, [{ resource: { terraform_data: { a: {} } } }]]) {
      expect(check([write("other.tf.json", json)])).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/nothing judged: no resource of Google Cloud in it\n$/),
      });
    }
  });

  test("shows suppressed findings with their reason", () => {
    const document = broken() as Json & { resource: Record<string, Record<string, Json>> };
    document.resource.google_cloud_run_v2_service!.eu!["//"] = { metadata: { path: "prod/api/Eu" } };
    document["//"] = {
      global_ai_rules_suppressions: [{ rule: fault!.rule, path: "prod/api", reason: "a limit of next year" }],
    };
    const result = check([write("a.tf.json", document)]);
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain(`suppressed ${fault!.rule}: [prod/api/Eu] template.timeout: a limit of next year`);
    expect(result.stdout).toContain("0 errors, 0 warnings, 1 suppressed");
  });
});

describe("other programs", () => {
  test("get JSON that names the document", () => {
    const file = write("a.tf.json", broken());
    const [finding] = JSON.parse(check([file], { format: "json" }).stdout);
    expect(Object.keys(finding)).toEqual([
      ...["document", "rule", "severity", "address", "path", "attribute", "message", "fix", "source"],
    ]);
    expect(finding).toMatchObject({ document: file, rule: fault!.rule, severity: "error", address: EU, path: null });
    expect(check([write("b.tf.json", servingPath())], { format: "json" }).stdout).toBe("[]\n");
  });

  test("get SARIF with a rule for each result, and the reason of what is suppressed", () => {
    const document = broken(EU, US) as Json & { resource: Record<string, Record<string, Json>> };
    document.resource.google_cloud_run_v2_service!.eu!["//"] = { metadata: { path: "prod/api/Eu" } };
    document["//"] = {
      global_ai_rules_suppressions: [{ rule: fault!.rule, path: "prod/api", reason: "a longer limit" }],
    };
    const log = JSON.parse(
      check([write("a b.tf.json", document)], { format: "sarif", version: "1.2.3" }).stdout,
    ) as Log;
    expect(log.version).toBe("2.1.0");
    const [{ tool, results = [] } = { tool: undefined }] = log.runs;
    expect(tool!.driver).toMatchObject({
      name: "global-ai-api",
      version: "1.2.3",
      rules: [{ id: fault!.rule, shortDescription: { text: `${fault!.title}.` } }],
    });
    expect(results).toMatchObject([
      { ruleId: fault!.rule, ruleIndex: 0, level: "error" },
      { ruleId: fault!.rule, ruleIndex: 0, suppressions: [{ kind: "inSource", justification: "a longer limit" }] },
    ]);
    const [location] = results[0]!.locations!;
    expect(location!.physicalLocation!.artifactLocation!.uri).toMatch(/a%20b\.tf\.json$/);
    expect(location!.logicalLocations![0]!.fullyQualifiedName).toBe(`${US}.template.timeout`);
  });

  test("get an error only by the exit code, standard output being JSON alone", () => {
    const root = join(__dirname, "../..");
    const file = write("a.tf.json", broken());
    const run = spawnSync("npm", ["run", "--silent", "check", "--", "--json", file], { cwd: root, encoding: "utf8" });
    expect(run).toMatchObject({ status: 1, stderr: "" });
    expect(JSON.parse(run.stdout)).toHaveLength(1);
  });
});

test("searches folders, and takes files side by side as one module", () => {
  const { resource } = servingPath() as { resource: Record<string, Json> };
  const { google_compute_url_map: urlMap, ...rest } = resource;
  write("stack/main.tf.json", { resource: rest });
  write("stack/routes.tf.json", [{ resource: { google_compute_url_map: urlMap } }, {}]);
  write("stack/node_modules/other.tf.json", "not JSON");
  write("other/cdk.tf.json", broken());
  const result = check([folder]);
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toMatch(/other\/cdk\.tf\.json: 1 error, /);
  expect(result.stdout).toMatch(/stack: 0 errors, 0 warnings/);
});

test.each([
  ["a missing file", () => join(folder, "none.tf.json"), /no such file or folder/],
  ["what is not JSON", () => write("a.tf.json", "{"), /a\.tf\.json is not JSON: /],
  ["an empty file", () => write("a.tf.json", "\n"), /a\.tf\.json is empty/],
  ["a list of numbers", () => write("a.tf.json", [1]), /top level must be an object or a list of objects/],
  ["a text", () => write("a.tf.json", '"text"'), /top level must be an object or a list of objects/],
  ["null", () => write("a.tf.json", "null"), /top level must be an object or a list of objects/],
  ["a byte order mark", () => write("a.tf.json", '\uFEFF{"resource":{}}'), /byte order mark.*save it as UTF-8 without/],
  ["a plan", () => write("plan.json", { format_version: "1.2", planned_values: {} }), /is a plan or a state/],
  ["HCL", () => write("main.tf", "resource {}"), /main\.tf is HCL; this command reads Terraform JSON/],
  ["a folder of HCL", () => join(write("hcl/main.tf", "resource {}"), ".."), /main\.tf is HCL/],
  ["JSON of something else", () => write("package.json", { name: "x" }), /"name" is not a top-level block/],
  ["a folder without Terraform JSON", () => folder, /no \*\.tf\.json in it; run cdktf synth first/],
])("fails with 2 and one sentence for %s", (_title, path, message) => {
  const result = check([path()]);
  expect(result).toMatchObject({ exitCode: 2, stdout: "" });
  expect(result.stderr).toMatch(message);
  expect(result.stderr.trimEnd().split("\n")).toHaveLength(1);
});

test("the command says its version", () => {
  const root = join(__dirname, "../..");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { stdout } = spawnSync(process.execPath, ["scripts/run.cjs", "cli/index.ts", "--version"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stdout).toBe(`${version}\n`);
});
