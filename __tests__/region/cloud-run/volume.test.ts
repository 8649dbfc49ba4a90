import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket";
import { Secret, Volume } from "../../../lib";
import { attributes, dependsOn, only, synth, testStack } from "../../support";
import { addRegion, construct, container, SERVICE, template } from "./region-stack";

const BUCKET_GRANT = "google_storage_bucket_iam_member";

function withVolume(volume: Volume) {
  const stack = testStack();
  addRegion(stack, { volumes: [volume] });
  return synth(stack);
}

describe("a bucket", () => {
  test("is mounted read-only at its path", () => {
    const props = { volumes: [Volume.gcs("/models", "my-models")] };
    expect(template(props).volumes).toEqual([{ name: "v-models", gcs: { bucket: "my-models", read_only: true } }]);
    expect(container(props).volume_mounts).toEqual([{ name: "v-models", mount_path: "/models" }]);
  });

  test("is readable for the service's account before the first revision starts", () => {
    const document = withVolume(Volume.gcs("/models", "my-models"));
    const grant = only(document, BUCKET_GRANT);
    expect(attributes(grant)).toEqual({
      bucket: "my-models",
      role: "roles/storage.objectViewer",
      member: `\${${only(document, "google_service_account").address}.member}`,
    });
    expect(dependsOn(only(document, SERVICE))).toContain(grant.address);
  });

  test("is writable where it is asked to be, with the role for it", () => {
    const document = withVolume(Volume.gcs("/data", "my-data", { readOnly: false }));
    expect(only(document, BUCKET_GRANT).values.role).toBe("roles/storage.objectUser");
    expect(only(document, SERVICE).values.template).toMatchObject({
      volumes: [{ gcs: { bucket: "my-data", read_only: false } }],
    });
  });

  test("gets no grant where access is managed elsewhere", () => {
    const document = withVolume(Volume.gcs("/models", "my-models", { grantAccess: false }));
    expect(document.ofType(BUCKET_GRANT)).toEqual([]);
  });

  test("passes its mount options on, beside the right volume", () => {
    const volumes = [
      Volume.inMemory("/scratch", 64),
      Volume.gcs("/m", "my-models", { mountOptions: ["implicit-dirs"] }),
    ];
    expect(template({ volumes }).volumes).toEqual([
      { name: "v-scratch", empty_dir: { medium: "MEMORY", size_limit: "64Mi" } },
      { name: "v-m", gcs: { bucket: "my-models", read_only: true, mount_options: ["implicit-dirs"] } },
    ]);
  });

  test("may be one that the same configuration creates, and exists before the service then", () => {
    const stack = testStack();
    const bucket = new StorageBucket(stack, "Models", { name: "my-models", location: "EU" });
    addRegion(stack, { volumes: [Volume.gcs("/models", bucket.name)] });
    const document = synth(stack);
    const { address } = only(document, "google_storage_bucket");
    expect(only(document, BUCKET_GRANT).values.bucket).toBe(`\${${address}.name}`);
    expect(document.references(only(document, SERVICE).values.template).map((each) => each.address)).toContain(address);
  });
});

describe("a secret", () => {
  test("is a file in its own folder, of the version asked for", () => {
    const stack = testStack();
    const secret = Secret.fromName(stack, "Token", "hf-token", { version: "3" });
    addRegion(stack, { volumes: [Volume.secret("/secrets/hf", "token", secret)] });
    expect(only(synth(stack), SERVICE).values.template).toMatchObject({
      volumes: [{ name: "v-secrets-hf", secret: { secret: "hf-token", items: [{ path: "token", version: "3" }] } }],
      containers: [{ volume_mounts: [{ name: "v-secrets-hf", mount_path: "/secrets/hf" }] }],
    });
  });

  test("is readable and has a value before the first revision starts", () => {
    const stack = testStack();
    addRegion(stack, { volumes: [Volume.secret("/secrets", "token", new Secret(stack, "Token"))] });
    const document = synth(stack);
    expect(dependsOn(only(document, SERVICE))).toEqual(
      expect.arrayContaining([
        only(document, "google_secret_manager_secret_iam_member").address,
        only(document, "google_secret_manager_secret_version").address,
      ]),
    );
  });
});

test("memory is a volume of that size", () => {
  expect(template({ memoryMiB: 1024, volumes: [Volume.inMemory("/tmp/cache", 1024)] }).volumes).toEqual([
    { name: "v-tmp-cache", empty_dir: { medium: "MEMORY", size_limit: "1024Mi" } },
  ]);
});

test("a service without volumes has neither volumes nor mounts", () => {
  expect(template()).not.toHaveProperty("volumes");
  expect(container({ volumes: [] })).not.toHaveProperty("volume_mounts");
});

test("long paths have short names that still differ", () => {
  const folder = `/${"models/".repeat(12)}`;
  const volumes = ["one", "two"].map((end) => Volume.inMemory(`${folder}${end}`, 8));
  const names = (template({ volumes }).volumes as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual([
    expect.stringMatching(/^v-models-[a-z0-9-]+$/),
    expect.stringMatching(/^v-models-[a-z0-9-]+$/),
  ]);
  expect(names[0]).not.toBe(names[1]);
  expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(63);
});

test.each(["models", "/mo dels", "/models:ro", "/", ""])("fails for the mount path %p", (path) => {
  expect(construct({ volumes: [Volume.inMemory(path, 64)] })).toThrow(
    `[test/Chat] volume mount path: got "${path}", allowed is an absolute path without colon; for example "/models"`,
  );
});

test.each(["gs://my-models", "my-models/llama", "My-Models", "ab", ""])("fails for the bucket %p", (bucket) => {
  expect(construct({ volumes: [Volume.gcs("/models", bucket)] })).toThrow(
    `[test/Chat] volume bucket: got "${bucket}", allowed is 3 to 222 lower-case letters, digits, hyphens, underscores and dots, as buckets are named; leave out gs:// and folders`,
  );
});

test.each(["a/b", "a b", ""])("fails for the file name %p of a secret", (fileName) => {
  const stack = testStack();
  const secret = Secret.fromName(stack, "Token", "hf-token");
  expect(() => addRegion(stack, { volumes: [Volume.secret("/secrets", fileName, secret)] })).toThrow(
    `[test/Chat] volume file name: got "${fileName}", allowed is a file name without folder; for example "token"`,
  );
});

test.each([0, 2049, 1.5])("fails for %d MiB in an instance of 2048 MiB", (size) => {
  expect(construct({ memoryMiB: 2048, volumes: [Volume.inMemory("/cache", size)] })).toThrow(
    `[test/Chat] volume sizeMiB: got ${size}, allowed is a whole number from 1 to 2048; a volume in memory must fit in the instance's memory`,
  );
});
