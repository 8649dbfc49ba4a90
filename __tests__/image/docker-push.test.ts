import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { ContainerImage, type IImageRegistry } from "../../lib";

/** A registry without login that the Docker engine can push to, such as localhost:5000; Terraform must be able to install the docker provider. */
const host = process.env.TEST_REGISTRY;
if (!host) {
  process.stderr.write("SKIPPED: builds by Terraform of image/docker-push.test.ts, because TEST_REGISTRY is not set\n");
}

const folder = mkdtempSync(join(tmpdir(), "docker-push-"));
const source = join(folder, "source");
const work = join(folder, "out/stacks/dev");
const images: string[] = [];

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (images.length > 0) spawnSync("docker", ["rmi", "--force", ...images]);
});

class TwoCopies extends Construct implements IImageRegistry {
  public readonly pushUrls = [`${host}/test-eu`, `${host}/test-us`];
  public readonly urls = this.pushUrls;
  public readonly url = this.pushUrls[0]!;
  public readonly dependables = [];
  public urlIn = (region: string) => this.urls[region.startsWith("us-") ? 1 : 0]!;
  public pathOf = (name: string) => name;
  public grantPull = () => [];
  public grantPush = () => [];
}

function synthesize(): void {
  const app = new App({ outdir: join(folder, "out") });
  const stack = new TerraformStack(app, "dev");
  new LocalBackend(stack, { path: "terraform.tfstate" });
  new DockerProvider(stack, "Docker", { registryAuth: [{ address: `http://${host}`, authDisabled: true }] });
  const registry = new TwoCopies(stack, "Registry");
  const image = ContainerImage.fromSource(stack, "Image", {
    directory: source,
    name: "team/chat",
    registry,
  });
  images.push(...registry.urls.map((url) => `${url}/team/chat:${image.contentTag}`));
  new TerraformOutput(stack, "eu", { value: image.reference });
  new TerraformOutput(stack, "us", { value: image.referenceIn("us-central1") });
  app.synth();
}

function terraform(...args: string[]): string {
  const env = { ...process.env, CHECKPOINT_DISABLE: "1" };
  return execFileSync("terraform", args, { cwd: work, encoding: "utf8", env });
}

function deploy(): string[] {
  synthesize();
  terraform("apply", "-auto-approve", "-no-color");
  return ["eu", "us"].map((name) => terraform("output", "-raw", name));
}

/** Throws unless the plan is empty. */
function planNothing(): void {
  synthesize();
  terraform("plan", "-detailed-exitcode", "-no-color");
}

function pull(reference: string): void {
  execFileSync("docker", ["pull", "--quiet", reference], { stdio: "ignore" });
}

(host ? test : test.skip)(
  "builds once for each content and pushes to every copy, by a real engine and Terraform",
  () => {
    mkdirSync(source);
    writeFileSync(join(source, "Dockerfile"), "FROM scratch\nCOPY . /\n");
    // Another content on each run, or the engine would have it already.
    writeFileSync(join(source, "model.bin"), `${Date.now()}`);
    synthesize();
    terraform("init", "-no-color");
    const first = deploy();
    const digest = /^(.+)@(sha256:[0-9a-f]{64})$/;
    expect(first.map((each) => digest.exec(each)![1])).toEqual([
      `${host}/test-eu/team/chat`,
      `${host}/test-us/team/chat`,
    ]);
    expect(new Set(first.map((each) => digest.exec(each)![2])).size).toBe(1);
    planNothing();
    utimesSync(join(source, "model.bin"), 1, 1);
    planNothing();
    writeFileSync(join(source, "model.bin"), `${Date.now()} changed`);
    const second = deploy();
    expect(second[0]).not.toBe(first[0]);
    planNothing();
    // What was pushed stays, for revisions that run it elsewhere.
    terraform("destroy", "-auto-approve", "-no-color");
    for (const reference of [...first, ...second]) pull(reference);
  },
  120_000,
);
