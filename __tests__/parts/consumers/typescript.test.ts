import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { TerraformDocument } from "../../../lib/topology/document";
import { install, pack, root } from "./packed";

const shelf = mkdtempSync(join(tmpdir(), "tarball-"));
const tarball = pack(shelf);
const app = install(tarball);
afterAll(() => {
  for (const folder of [shelf, app]) rmSync(folder, { recursive: true });
});

describe("the tarball", () => {
  test.each(["README.md", "LICENSE", "package.json", "dist/lib/index.js", "dist/lib/index.d.ts", ".jsii", "help"])(
    "has %s",
    (path) => {
      expect(tarball.files).toContain(path);
    },
  );

  test("has a type declaration beside every module", () => {
    // The report's script is for browsers.
    const modules = tarball.files.filter(
      (path) => path.startsWith("dist/lib/") && path.endsWith(".js") && !path.startsWith("dist/lib/report/page-script"),
    );
    expect(modules.length).toBeGreaterThan(30);
    expect(tarball.files).toEqual(expect.arrayContaining(modules.map((path) => path.replace(/js$/, "d.ts"))));
  });

  test("has what its package.json points at", () => {
    const {
      main,
      types,
      bin = {},
    } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      main: string;
      types: string;
      bin?: Record<string, string>;
    };
    expect(tarball.files).toEqual(expect.arrayContaining([main, types, ...Object.values(bin)]));
  });

  test("has no tests, stacks, sources or leftovers of compiling", () => {
    const unwanted =
      /(^|\/)(__tests__|stacks|scripts|bench|app|node_modules|cdktf\.out)\/|tsbuildinfo|\.(test|snap|log|tfstate)/;
    expect(tarball.files.filter((path) => unwanted.test(path))).toEqual([]);
    expect(tarball.files.filter((path) => /(?<!\.d)\.ts$/.test(path))).toEqual([]);
    expect(tarball.files.filter((path) => !/^(bin|dist|docs)\//.test(path)).sort()).toEqual(
      [".jsii", "CHANGELOG.md", "LICENSE", "README.md", "help", "package.json"].sort(),
    );
  });
});

describe("an app that installed it", () => {
  const compilerOptions = {
    ...{ target: "es2023", module: "node20", strict: true, esModuleInterop: true, skipLibCheck: true },
    ...{ types: ["node"], rootDir: ".", outDir: "out" },
  };
  cpSync(join(__dirname, "typescript"), app, { recursive: true });
  writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const compiled = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--pretty", "false"], {
    cwd: app,
    encoding: "utf8",
  });
  const ran = spawnSync(process.execPath, ["out/main.js"], { cwd: app, encoding: "utf8" });
  const output = join(app, "cdktf.out/stacks/consumer/cdk.tf.json");

  test("compiles, and what is wrong does not", () => {
    const source = readFileSync(join(app, "wrong.ts"), "utf8").split("\n");
    const wrong = source.flatMap((line, index) =>
      /^(new|api|backend)\b/.test(line) ? [`wrong.ts(${index + 1},`] : [],
    );
    const places = [...compiled.stdout.matchAll(/^(\S+?\(\d+,)\d+\): error/gm)].map(([, place]) => place);
    expect({ places, stderr: compiled.stderr }).toEqual({ places: wrong, stderr: "" });
  });

  test("runs", () => {
    // The rules are on by default: one region for the machines is a warning.
    expect(ran).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringMatching(/^warning failover-two-regions: /m),
    });
    expect(existsSync(output)).toBe(true);
  });

  test("synthesizes what it asked for", () => {
    const document = TerraformDocument.parse(JSON.parse(readFileSync(output, "utf8")));
    const services = document.ofType("google_cloud_run_v2_service").map(({ values }) => values);
    expect(services.map(({ location }) => location).sort()).toEqual(
      ["europe-west1", "us-central1"].flatMap((region) => [region, region]),
    );
    expect(services.filter(({ description }) => description === "set by hand")).toHaveLength(1);
    expect(document.ofType("google_compute_backend_service")).toHaveLength(4);
    expect(document.ofType("google_compute_region_backend_service").map(({ values }) => values.region)).toEqual([
      "europe-west1",
      "europe-west1",
    ]);
    const groups = document.ofType("google_compute_region_instance_group_manager");
    expect(groups.map(({ values }) => values.region)).toEqual(["europe-west4"]);
    expect(document.ofType("google_compute_global_address").map(({ values }) => values.ip_version)).toEqual(["IPV6"]);
    expect(document.ofType("google_cloud_run_v2_service_iam_member")).toHaveLength(2);
    expect(document.json.terraform).toMatchObject({ required_providers: { google: { version: "~> 7.19" } } });
    expect(JSON.stringify(services)).toContain("readiness_probe");
  });
});

describe("an app that init wrote", () => {
  const fresh = install(tarball);
  afterAll(() => rmSync(fresh, { recursive: true }));
  const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: fresh, encoding: "utf8" });
  const command = "node_modules/cdktf-global-ai-api/bin/global-ai-api.cjs";
  const name = basename(fresh).toLowerCase();
  const written = run(command, "init");
  const packageJson = JSON.parse(readFileSync(join(fresh, "package.json"), "utf8"));

  test("is told what to do next", () => {
    expect(written).toMatchObject({ status: 0, stderr: "" });
    expect(written.stdout).toMatch(/\n\nNext:\n {2}npm install\n {2}npm start\n$/);
  });

  test("depends on versions that fit together", () => {
    const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(packageJson.dependencies).toEqual({ "cdktf-global-ai-api": `^${own.version}`, ...own.peerDependencies });
    expect(Object.values(packageJson.devDependencies)).toEqual(
      Object.keys(packageJson.devDependencies).map((each) => own.devDependencies[each]),
    );
  });

  test("compiles, synthesizes and shows what it will be", () => {
    const compiled = run(join(root, "node_modules/typescript/bin/tsc"), "--pretty", "false");
    expect(compiled).toMatchObject({ status: 0, stdout: "" });
    const [runner, program] = packageJson.scripts.start.split(/ && | /);
    expect([runner, JSON.parse(readFileSync(join(fresh, "cdktf.json"), "utf8")).app]).toEqual([
      "tsx",
      "npx tsx main.ts",
    ]);
    expect(run(join(root, "node_modules/tsx/dist/cli.mjs"), program)).toMatchObject({ status: 0, stderr: "" });
    const shown = run(command, "show", "cdktf.out");
    expect(shown).toMatchObject({ status: 0, stderr: "" });
    expect(shown.stdout).toMatch(new RegExp(`^${name}\\n {2}regions    europe-west1, us-central1\\n`));
    expect(shown.stdout).toContain(`npx cdktf deploy ${name}`);
    expect(shown.stdout).toMatch(/^ {2}checks {5}0 errors, /m);
  });

  test("has a report, made without the packages that build the library", () => {
    expect(existsSync(join(fresh, "node_modules/esbuild"))).toBe(false);
    const { status, stdout, stderr } = run(command, "report", "cdktf.out", "--svg");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const files = stdout.trim().split("\n");
    expect(files).toEqual(
      [".html", "-map.svg", "-path.svg", "-path.mmd"].map((end) => `cdktf.out/report/${name}${end}`),
    );
    const page = readFileSync(join(fresh, files[0]!), "utf8");
    expect(page).toContain(`<h1>${name}</h1>`);
    expect(page).toContain('getElementById("route-field")');
  });

  test("is not overwritten, not even in part", () => {
    rmSync(join(fresh, "tsconfig.json"));
    const main = readFileSync(join(fresh, "main.ts"), "utf8");
    const again = run(command, "init");
    expect(again).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("already has package.json, cdktf.json, main.ts"),
    });
    expect(existsSync(join(fresh, "tsconfig.json"))).toBe(false);
    expect(readFileSync(join(fresh, "main.ts"), "utf8")).toBe(main);
  });

  test("has a workflow whose commands exist", () => {
    const workflow = readFileSync(join(fresh, ".github/workflows/plan.yml"), "utf8");
    const scripts = [...workflow.matchAll(/- run: npm (?:run )?(\w+)$/gm)].map(([, script]) => script);
    expect(scripts.filter((script) => script !== "ci")).toEqual(["typecheck", "start"]);
    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(["typecheck", "start"]));
    expect(workflow).toContain(`npx cdktf diff ${name}`);
  });
});
