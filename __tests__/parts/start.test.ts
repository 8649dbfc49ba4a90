import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(__dirname, "../..");
const home = mkdtempSync(join(tmpdir(), "start-test-"));
const outdir = join(home, "cdktf.out");
symlinkSync(process.execPath, join(home, "node"));
afterAll(() => rmSync(home, { recursive: true }));

/** The script as npm start runs it, into a folder of the test's own, with node as the only program on PATH. */
function start(env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/run.cjs", "scripts/start.ts"], {
    cwd: root,
    env: { HOME: home, TMPDIR: home, PATH: home, CDKTF_OUTDIR: outdir, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function files(): Record<string, string> {
  const names = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), "utf8")]),
  );
}

const first = start();
const written = files();

describe("with the settings as they stand", () => {
  test("succeeds without Terraform, and says which findings are meant, and why", () => {
    expect(first).toMatchObject({ status: 0, stderr: "" });
    for (const line of first.stdout.match(/^suppressed .*$/gm)!)
      expect(line).toMatch(/^suppressed security-\S+: \[dev\/api\/.+\] .+: .{10,}$/);
  });

  test("shows that every environment has passed every rule", () => {
    expect(first.stdout.match(/checks +0 errors, 0 warnings(, \d+ suppressed)?; \d+ resources judged/g)).toHaveLength(
      2,
    );
  });

  test.each(["dev", "prod"])("shows %s and writes its JSON", (name) => {
    expect(first.stdout).toMatch(new RegExp(`^${name}\n  regions    `, "m"));
    expect(JSON.parse(written[join(outdir, "stacks", name, "cdk.tf.json")]!)).toHaveProperty("resource");
  });

  test.each(["dev", "prod"])("writes a page of %s, and says where", (name) => {
    const file = join(outdir, "report", `${name}.html`);
    expect(first.stdout).toContain(`  report     ${relative(root, file)}\n`);
    expect(written[file]).toContain(`<h1>${name}</h1>`);
  });

  test("says what to do next", () => {
    expect(first.stdout).toContain("DEV_GOOGLE_PROJECT=my-project npx cdktf deploy dev");
  });
});

test("says nothing of changes where nothing was there before", () => {
  expect(first.stdout).not.toContain("changes ");
});

describe("with overrides in the process environment", () => {
  const { status, stdout } = start({ DEV_GOOGLE_PROJECT: "mine-123", DEV_IMAGE: "docker.io/ollama/ollama:0.12.3" });
  const dev = files()[join(outdir, "stacks/dev/cdk.tf.json")];

  test("they reach the JSON", () => {
    expect(status).toBe(0);
    expect(dev).toContain('"project": "mine-123"');
    expect(dev).toContain('"image": "docker.io/ollama/ollama:0.12.3"');
  });

  test("what changes since the last synth is said, with what it endangers", () => {
    expect(stdout).toMatch(/changes +(\d+ \w[\w ]*, )*\d+ replaced.* since the last synth\n/);
    expect(stdout).toMatch(/^ +danger address-lost: api\/Frontend\/IPV4/m);
    expect(stdout).toMatch(/changes +nothing changes since the last synth\n/);
  });
});

describe("after a deploy", () => {
  // The state is where the JSON says, three folders above it.
  const state = join(home, "terraform.dev.tfstate");
  writeFileSync(state, "{}");
  const again = [start(), start()];
  rmSync(state);

  test("changes are those since the deploy, however often it is synthesized", () => {
    for (const { stdout } of again) expect(stdout).toMatch(/^ +changes +.*replaced.* since the last deploy$/m);
  });
});

describe.each([
  ["DEV_GOOGLE_PROJECT", "BAD", "a project ID: 6 to 30 lower-case letters, digits and hyphens"],
  ["PROD_IMAGE", "docker.io/ollama/ollama:latest", "an image with a digest"],
])("with %s=%s", (variable, value, allowed) => {
  const before = files();
  const failed = start({ [variable]: value });
  const after = files();

  test("fails, naming the variable, the value and what is allowed", () => {
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain(`${variable}: got "${value}", allowed is ${allowed}`);
    expect(failed.stderr).toContain("run npm start again");
  });

  test("fails without a stack trace, and without showing anything as if it had worked", () => {
    expect(failed.stderr).not.toMatch(/^\s+at |node:internal|Node\.js v/m);
    expect(failed.stderr.trim().split("\n")).toHaveLength(3);
    expect(failed.stdout).toBe("");
  });

  test("fails without touching the output of the former run, and leaves nothing behind", () => {
    expect(after).toEqual(before);
    expect(readdirSync(home).filter((name) => name.startsWith("cdktf-"))).toEqual([]);
  });
});
