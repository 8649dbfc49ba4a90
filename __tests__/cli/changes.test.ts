import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changes } from "../../cli/changes";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "changes-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, resource: unknown): string {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, JSON.stringify({ resource }));
  return file;
}
const address = (name: string) => ({ google_compute_global_address: { a: { name } } });
const bucket = (versioning: boolean) => ({
  google_storage_bucket: { b: { name: "b", versioning: { enabled: versioning } } },
});

test("exits with 0 where nothing changes, and says so", () => {
  const file = write("a.tf.json", address("a"));
  expect(changes(file, file)).toEqual({ exitCode: 0, stdout: `${file}: nothing changes\n`, stderr: "" });
});

test("exits with 0 for what is safe", () => {
  const result = changes(write("a.tf.json", bucket(false)), write("b.tf.json", bucket(true)));
  expect(result.exitCode).toBe(0);
  expect(result.stdout).toContain(
    "changed   google_storage_bucket.b (google_storage_bucket): versioning.enabled false → true",
  );
});

test("exits with 1 where something is endangered, and says how to do it safely", () => {
  const result = changes(write("a.tf.json", address("a")), write("b.tf.json", address("b")));
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toMatch(/^ {2}danger address-lost: .*\n {4}safely: leave it as it is/m);
});

test("compares the stacks of two folders by their place; one that is new is all added", () => {
  write("old/stacks/dev/cdk.tf.json", address("a"));
  write("new/stacks/dev/cdk.tf.json", address("a"));
  write("new/stacks/prod/cdk.tf.json", address("a"));
  const { stdout } = changes(join(folder, "old/stacks"), join(folder, "new/stacks"));
  expect(stdout).toContain("new/stacks/dev/cdk.tf.json: nothing changes");
  expect(stdout).toContain("new/stacks/prod/cdk.tf.json: 1 added");
});

test("prints JSON for other programs", () => {
  const { stdout } = changes(write("a.tf.json", address("a")), write("b.tf.json", address("b")), { json: true });
  expect(JSON.parse(stdout)).toEqual([
    {
      document: join(folder, "b.tf.json"),
      changes: [
        {
          kind: "replaced",
          address: "google_compute_global_address.a",
          path: null,
          attributes: ["name"],
          because: ["name"],
        },
      ],
      remarks: [expect.objectContaining({ level: "danger", id: "address-lost", path: null })],
    },
  ]);
});

test("fails with 2 for what cannot be compared", () => {
  const file = write("a.tf.json", address("a"));
  expect(changes(join(folder, "none"), file)).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringContaining("none: no such file or folder"),
  });
});
