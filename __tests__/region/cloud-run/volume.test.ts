import { SqlDatabaseInstance } from "@cdktf/provider-google/lib/sql-database-instance";
import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket";
import { ExecutionEnvironment, Secret, Volume } from "../../../lib";
import { findingsOf, type Json } from "../../rules/rule-support";
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

describe("Cloud SQL", () => {
  const GRANT = "google_project_iam_member";

  test("is reached by its sockets at /cloudsql, once the API is enabled and the role granted", () => {
    const document = withVolume(Volume.cloudSql(["data-project:europe-west1:main"]));
    const service = only(document, SERVICE);
    expect(service.values.template).toMatchObject({
      volumes: [{ name: "v-cloudsql", cloud_sql_instance: { instances: ["data-project:europe-west1:main"] } }],
      containers: [{ volume_mounts: [{ name: "v-cloudsql", mount_path: "/cloudsql" }] }],
    });
    const grant = only(document, GRANT);
    expect(attributes(grant)).toEqual({
      project: "data-project",
      role: "roles/cloudsql.client",
      member: `\${${only(document, "google_service_account").address}.member}`,
    });
    expect(dependsOn(service)).toEqual(
      expect.arrayContaining([grant.address, only(document, "google_project_service", "/sqladmin").address]),
    );
    expect(findingsOf(document.json as Json)).toEqual([]);
  });

  test("may be an instance of the same configuration, whose project Terraform computes", () => {
    const stack = testStack();
    const instance = new SqlDatabaseInstance(stack, "Main", { databaseVersion: "POSTGRES_17" });
    addRegion(stack, { volumes: [Volume.cloudSql([instance.connectionName])] });
    const document = synth(stack);
    const { address } = only(document, "google_sql_database_instance");
    expect(only(document, GRANT).values.project).toBe(
      `\${element(regex("^(.+):[^:]+:[^:]+$", ${address}.connection_name), 0)}`,
    );
  });

  test("gets no grant where access is managed elsewhere", () => {
    expect(withVolume(Volume.cloudSql(["p:us-east1:main"], { grantAccess: false })).ofType(GRANT)).toEqual([]);
  });

  test.each([[[]], [["main"]], [["/cloudsql/p:us-east1:main"]]])("fails for the instances %j", (instances) => {
    expect(construct({ volumes: [Volume.cloudSql(instances)] })).toThrow(/^\[test\/Chat] volume Cloud SQL instance/);
  });
});

describe("NFS", () => {
  test("is mounted read-only, or writable where it is asked to be", () => {
    const nfs = { server: "10.0.0.2", path: "/models" };
    expect(template({ volumes: [Volume.nfs("/models", "10.0.0.2", "/models")] }).volumes).toEqual([
      { name: "v-models", nfs: { ...nfs, read_only: true } },
    ]);
    const writable = Volume.nfs("/models", "10.0.0.2", "/models", { readOnly: false });
    expect(template({ volumes: [writable] }).volumes).toMatchObject([{ nfs: { ...nfs, read_only: false } }]);
  });

  test("fails in the first generation, for a server with a path, and for a relative path", () => {
    const volumes = [Volume.nfs("/models", "filer", "/models")];
    expect(construct({ volumes, executionEnvironment: ExecutionEnvironment.GEN1 })).toThrow("with an NFS volume");
    expect(construct({ volumes: [Volume.nfs("/m", "filer/models", "/models")] })).toThrow("volume NFS server: got");
    expect(construct({ volumes: [Volume.nfs("/m", "filer", "models")] })).toThrow("volume NFS path: got");
  });
});

describe("a disk of the instance", () => {
  test("has a size, and needs the provider that knows it", () => {
    const stack = testStack();
    addRegion(stack, { volumes: [Volume.ephemeralDisk("/cache", 10)] });
    const document = synth(stack);
    expect(only(document, SERVICE).values.template).toMatchObject({
      volumes: [{ name: "v-cache", empty_dir: { medium: "DISK", size_limit: "10Gi" } }],
    });
    expect(document.json.terraform).toMatchObject({
      required_providers: { google: { version: ">= 7.24.0, < 8.0.0" } },
    });
    expect(findingsOf(document.json as Json)).toEqual([]);
  });

  test("fails without a size", () => {
    expect(construct({ volumes: [Volume.ephemeralDisk("/cache", 0)] })).toThrow("volume sizeGiB: got 0");
  });
});
