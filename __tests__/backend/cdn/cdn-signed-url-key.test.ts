import { TerraformVariable } from "cdktf";
import {
  BucketBackend,
  BucketReaders,
  Cdn,
  type CdnBackend,
  CdnSignedUrlKey,
  ContentBucket,
  Secret,
  ServerlessBackend,
  ServerlessNeg,
  SignedUrlKeyValue,
} from "../../../lib";
import { dependsOn, only, synth, testStack } from "../../support";
import { errorsIn } from "./cdn-support";

const VALUE = "AAAAAAAAAAAAAAAAAAAAAA==";
const LITERAL = { value: SignedUrlKeyValue.insecureLiteral(VALUE) };
const SERVICE_KEY = "google_compute_backend_service_signed_url_key";
const BUCKET_KEY = "google_compute_backend_bucket_signed_url_key";

function service(stack = testStack(), cdn: Cdn | undefined = Cdn.originHeaders()): ServerlessBackend {
  const targets = [new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" })];
  return new ServerlessBackend(stack, "Backend", { targets, cdn });
}

function bucket(readers: BucketReaders, stack = testStack()): BucketBackend {
  return new BucketBackend(stack, "Docs", {
    bucket: ContentBucket.create({ location: "EU" }),
    cdn: Cdn.staticContent(),
    readers,
  });
}

test("belongs to a backend service, by name", () => {
  const stack = testStack();
  const key = service(stack).addSignedUrlKey("Key", { ...LITERAL, keyName: "key-2026" });
  const document = synth(stack);
  const { values } = only(document, SERVICE_KEY, "test/Backend/Key/Resource");
  expect(values).toMatchObject({ name: "key-2026", key_value: VALUE });
  expect(document.target(values.backend_service)?.type).toBe("google_compute_backend_service");
  expect([key.keyName, key.bucketKey]).toEqual(["key-2026", undefined]);
  expect(errorsIn(document)).toEqual([]);
});

test("belongs to a bucket, and lets Cloud CDN read it once there is a key", () => {
  const stack = testStack();
  const docs = bucket(BucketReaders.SIGNED_URLS, stack);
  docs.addSignedUrlKey("First", LITERAL);
  docs.addSignedUrlKey("Second", LITERAL);
  const document = synth(stack);
  expect(document.ofType(BUCKET_KEY).map(({ path }) => path)).toEqual([
    "test/Docs/First/Resource",
    "test/Docs/Second/Resource",
  ]);
  const grant = only(document, "google_storage_bucket_iam_member");
  expect(grant.values).toMatchObject({
    role: "roles/storage.objectViewer",
    member: expect.stringMatching(
      /^serviceAccount:service-\$\{.*\.number\}@cloud-cdn-fill\.iam\.gserviceaccount\.com$/,
    ),
  });
  expect(dependsOn(grant)).toContain(only(document, BUCKET_KEY, "First/Resource").address);
  expect(errorsIn(document)).toEqual([]);
});

test("has a name of its own for each construct, which its value does not change", () => {
  const names = [LITERAL, { value: SignedUrlKeyValue.insecureLiteral("B".repeat(22)) }].map(
    (options) => service().addSignedUrlKey("Key", options).keyName,
  );
  expect(names[0]).toMatch(/^test-backend-key-[a-z0-9]{6}$/);
  expect(names[1]).toBe(names[0]);
});

test("can stand elsewhere in the tree", () => {
  const stack = testStack();
  const backend = service(stack);
  const key = new CdnSignedUrlKey(stack, "Key", { ...LITERAL, backend });
  expect(backend.signedUrlKeys).toEqual([key]);
  expect(only(synth(stack), SERVICE_KEY).path).toBe("test/Key/Resource");
});

test("reads its value from a pinned secret, without line breaks", () => {
  const stack = testStack();
  const secret = Secret.fromName(stack, "CdnKey", "cdn-key", { version: "3" });
  service(stack).addSignedUrlKey("Key", { value: SignedUrlKeyValue.fromSecret(secret) });
  const document = synth(stack);
  expect(only(document, SERVICE_KEY).values.key_value).toMatch(
    /^\$\{trimspace\(data\.google_secret_manager_secret_version_access\.\w+\.secret_data\)\}$/,
  );
  const data = document.resources.find(({ type }) => type === "google_secret_manager_secret_version_access");
  expect(data?.values).toMatchObject({ secret: "cdn-key", version: "3" });
});

test("takes its value from a variable", () => {
  const stack = testStack();
  const variable = new TerraformVariable(stack, "cdn_key", { type: "string", sensitive: true });
  service(stack).addSignedUrlKey("Key", { value: SignedUrlKeyValue.fromReference(variable.stringValue) });
  expect(only(synth(stack), SERVICE_KEY).values.key_value).toBe("${var.cdn_key}");
});

test("fails for the latest version of a secret, which would replace the key when it changes", () => {
  const stack = testStack();
  for (const secret of [Secret.fromName(stack, "Existing", "cdn-key"), new Secret(stack, "New")]) {
    expect(() => service(testStack()).addSignedUrlKey("Key", { value: SignedUrlKeyValue.fromSecret(secret) })).toThrow(
      '[test/Backend/Key] value: got "version latest of a secret", allowed is a numbered version: with latest, a new version would replace the key ' +
        'in the next deploy; pin it: Secret.fromName(scope, id, name, { version: "1" })',
    );
  }
});

test("fails for a literal where a reference is wanted, without showing it", () => {
  const value = SignedUrlKeyValue.fromReference(VALUE);
  expect(() => service().addSignedUrlKey("Key", { value })).toThrow(
    '[test/Backend/Key] value: got "a literal", allowed is a reference, for example to a sensitive Terraform variable',
  );
});

test.each(["", "AAAA", "A".repeat(23), "+".repeat(22)])(
  "fails for %j, which is no key, without showing it",
  (value) => {
    expect(() => service().addSignedUrlKey("Key", { value: SignedUrlKeyValue.insecureLiteral(value) })).toThrow(
      `[test/Backend/Key] value: got "a text of ${value.length} characters", allowed is 16 bytes as base64url: 22 letters, digits, - and _`,
    );
  },
);

test("fails for a name that Google Cloud refuses", () => {
  expect(() => service().addSignedUrlKey("Key", { ...LITERAL, keyName: "Key_1" })).toThrow(
    '[test/Backend/Key] keyName: got "Key_1", allowed is 1 to 63 lower-case letters, digits and hyphens',
  );
});

test("fails for a fourth key", () => {
  const backend: CdnBackend = service();
  for (const id of ["A", "B", "C"]) backend.addSignedUrlKey(id, LITERAL);
  expect(() => backend.addSignedUrlKey("D", LITERAL)).toThrow(
    '[test/Backend/D] backend: got "a fourth key of test/Backend", allowed is at most three keys for a backend; remove a key that is no longer used',
  );
});

test("fails on a backend without Cloud CDN", () => {
  const stack = testStack();
  const targets = [new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" })];
  const plain = new ServerlessBackend(stack, "Plain", { targets });
  expect(() => plain.addSignedUrlKey("Key", LITERAL)).toThrow(
    '[test/Plain/Key] backend: got "test/Plain, without Cloud CDN", allowed is a backend with cdn; set cdn on the backend: signed URLs have no effect without it',
  );
});

test.each([BucketReaders.LOAD_BALANCER, BucketReaders.EVERYONE])(
  "fails on a bucket read by %s, which needs no signature",
  (readers) => {
    expect(() => bucket(readers).addSignedUrlKey("Key", LITERAL)).toThrow(
      '[test/Docs/Key] backend: got "test/Docs, which answers everyone without a signature too", allowed is a bucket with BucketReaders.SIGNED_URLS',
    );
  },
);
