import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { addState, type State } from "../../stacks/state";
import { leaves, settings, synthesize } from "./synthesize";

const hcp: State = { kind: "hcp", organization: "acme", workspace: "ai-api-dev" };
const gcs: State = { kind: "gcs", bucket: "acme-tfstate", prefix: "ai-api" };

test("local: a file beside the code, by a path that is the same on every machine", () => {
  expect(settings(synthesize("dev", { state: { kind: "local" } })).backend).toEqual({
    local: { path: "../../../terraform.dev.tfstate" },
  });
});

test("local: each environment has a file of its own", () => {
  const changes = { state: { kind: "local" } } as const;
  expect(settings(synthesize("prod", changes)).backend).not.toEqual(settings(synthesize("dev", changes)).backend);
});

test("gcs: an object in a bucket", () => {
  const { backend, cloud } = settings(synthesize("dev", { state: gcs }));
  expect(backend).toEqual({ gcs: { bucket: "acme-tfstate", prefix: "ai-api" } });
  expect(cloud).toBeUndefined();
});

test("hcp: a cloud block with organization and workspace, and no backend", () => {
  const { backend, cloud } = settings(synthesize("prod", { state: hcp }));
  expect(cloud).toEqual({ organization: "acme", workspaces: { name: "ai-api-dev" } });
  expect(backend).toBeUndefined();
});

test("fails for hcp with an image that is built: its machines have no Docker engine", () => {
  expect(() => synthesize("dev", { state: hcp })).toThrow(
    /backend: got "HCP Terraform, whose machines have no Docker engine".*pass ContainerImage.fromReference/,
  );
});

test("hcp: cdktf takes it for HCP Terraform", () => {
  const stack = new TerraformStack(Testing.app(), "dev");
  addState(stack, hcp);
  expect(stack.toTerraform()["//"].metadata).toMatchObject({ backend: "cloud", cloud: "tfc" });
});

test("hcp: another stack can read its outputs", () => {
  const app = Testing.app();
  const source = new TerraformStack(app, "source");
  const backend = addState(source, hcp);
  const reader = new TerraformStack(app, "reader");
  backend.getRemoteStateDataSource(reader, "Source", "source");
  expect(reader.toTerraform().data.terraform_remote_state.Source).toMatchObject({
    backend: "remote",
    config: { organization: "acme", workspaces: { name: "ai-api-dev" } },
  });
});

test("hcp: synthesizes where Terraform is not installed", () => {
  const home = mkdtempSync(join(tmpdir(), "state-test-"));
  try {
    symlinkSync(process.execPath, join(home, "node"));
    const root = join(__dirname, "../..");
    symlinkSync(join(root, "node_modules"), join(home, "node_modules"));
    const script = `
      import { App } from "cdktf";
      import { AiApiStack } from "${root}/stacks/ai-api-stack";
      import { environments } from "${root}/stacks/environments";
      const app = new App({ outdir: ${JSON.stringify(join(home, "out"))} });
      new AiApiStack(app, "prod", { ...environments.prod!, state: ${JSON.stringify(hcp)} });
      app.synth();`;
    writeFileSync(join(home, "app.ts"), script);
    execFileSync(process.execPath, ["scripts/run.cjs", join(home, "app.ts")], {
      cwd: root,
      env: { HOME: home, PATH: home },
      stdio: "pipe",
    });
    const json = JSON.parse(readFileSync(join(home, "out/stacks/prod/cdk.tf.json"), "utf8"));
    expect(json.terraform.cloud.workspaces).toEqual({ name: "ai-api-dev" });
  } finally {
    rmSync(home, { recursive: true });
  }
});

/** Absolute paths, as containers and URLs have them. */
const PATHS = ["mount_path", "path", "paths", "full_path_match", "prefix_match"];

test.each<[string, "dev" | "prod", State]>([
  ["dev, local", "dev", { kind: "local" }],
  ["prod, local", "prod", { kind: "local" }],
  ["prod, gcs", "prod", gcs],
  ["prod, hcp", "prod", hcp],
])("%s: no path of this machine gets into the JSON", (_, name, state) => {
  const document = synthesize(name, { state });
  const text = JSON.stringify(document.json);
  for (const place of [process.cwd(), homedir(), tmpdir(), "/work", "/home", "/Users", "/tmp", "/root"]) {
    expect(text).not.toContain(place);
  }
  const absolute = leaves(document.json).filter(
    ({ path, value }) =>
      typeof value === "string" && /^\/(?!\/)|^[A-Z]:\\/.test(value) && !path.some((key) => PATHS.includes(key)),
  );
  // Settings of the container, which runs elsewhere.
  expect(absolute.map(({ value }) => value).filter((value) => value !== "/models")).toEqual([]);
});
