import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { BuildContext } from "../../lib/image/build-context";

const folder = mkdtempSync(join(tmpdir(), "docker-build-"));
const images: string[] = [];
const hasDocker = spawnSync("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: 5000 }).status === 0;
// Jest names no test of a file that is skipped as a whole.
if (!hasDocker)
  process.stderr.write("SKIPPED: the builds of image/docker-build.test.ts, because no Docker engine answers here\n");

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (images.length > 0) docker("rmi", "--force", ...new Set(images));
});

function docker(...args: string[]): string {
  return execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

/** Writes what Docker copies from the folder into an image to a tar archive. */
function build(context: string): string {
  const image = docker("build", "--quiet", context);
  images.push(image);
  const container = docker("create", image, "none");
  const archive = join(folder, "image.tar");
  docker("export", "--output", archive, container);
  docker("rm", container);
  return archive;
}

function pack(copy: string): string {
  const archive = join(folder, "copy.tar");
  execFileSync("tar", ["--create", "--file", archive, "--directory", dirname(copy), "context"]);
  return archive;
}

/** Type, executable bit and path of each entry; the ignore file is not in the copy. */
function entriesOf(archive: string): string[] {
  const lines = execFileSync("tar", ["--list", "--verbose", "--file", archive], { encoding: "utf8" }).split("\n");
  return lines
    .filter((line) => / context\//.test(line) && !line.endsWith("/.dockerignore"))
    .map((line) => `${line[0]} ${line[3]} ${line.slice(line.indexOf(" context/") + 1)}`)
    .sort();
}

const IGNORED: [string, string][] = [
  ["folders, endings and sets", "node_modules\n*.log\n**/*.tmp\n/dist/\n[a-c].js\nsrc/x/?est\nsrc/[^abtlx]*\n"],
  ["exceptions", "*.js\n!d.js\nsrc\n!src/test/keep.js\n!src/x\nsrc/**/y.js\n!**/b.tmp"],
];

(hasDocker ? test : test.skip).each(IGNORED)(
  `the copy of a folder is what Docker takes of it, with %s`,
  (name, ignore) => {
    const source = join(folder, name);
    const files = [
      "a.js",
      "d.js",
      "x.log",
      "dist/a",
      "node_modules/m/i.js",
      "run",
      "src/a.js",
      "src/b.tmp",
      "src/test/keep.js",
      "src/test/t.js",
      "src/x/test/y.js",
    ];
    for (const file of files) {
      mkdirSync(dirname(join(source, file)), { recursive: true });
      writeFileSync(join(source, file), file);
    }
    writeFileSync(join(source, "Dockerfile"), "FROM scratch\nCOPY . /context/\n");
    writeFileSync(join(source, ".dockerignore"), ignore);
    chmodSync(join(source, "run"), 0o755);
    mkdirSync(join(source, "empty"));
    symlinkSync("../run", join(source, "src/link"));
    const copy = join(folder, `copy of ${name}`, "context");
    new BuildContext(new TerraformStack(Testing.app(), "test"), source, "Dockerfile", 1).copyTo(copy);
    const entries = entriesOf(pack(copy));
    expect(entries).toEqual(entriesOf(build(source)));
    expect(entries.length).toBeGreaterThan(2);
  },
);
