import { KmsCryptoKey } from "@cdktf/provider-google/lib/kms-crypto-key";
import { Project } from "@cdktf/provider-google/lib/project";
import { Construct } from "constructs";
import { checkKey, grantServiceAgentKeyUse } from "../../lib/project/encryption-key";
import { attributes, dependsOn, only, synth, testStack } from "../support";

const KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k";
const GRANT = "google_kms_crypto_key_iam_member";

test("lets the Cloud Run service agent of this project use the key, once the agent exists", () => {
  const stack = testStack();
  grantServiceAgentKeyUse(stack, KEY, "europe-west1");
  const document = synth(stack);
  const project = document.resources.find(({ type }) => type === "google_project")!;
  expect(project.isData).toBe(true);
  const grant = only(document, GRANT);
  expect(attributes(grant)).toEqual({
    crypto_key_id: KEY,
    role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
    member: `serviceAccount:service-\${${project.address}.number}@serverless-robot-prod.iam.gserviceaccount.com`,
  });
  expect(dependsOn(grant)).toEqual(
    ["/run", "/cloudkms"].map((api) => only(document, "google_project_service", api).address),
  );
});

test("grants the use of one key once, and reads the project once for several keys", () => {
  const stack = testStack();
  grantServiceAgentKeyUse(new Construct(stack, "A"), KEY, "europe-west1");
  grantServiceAgentKeyUse(new Construct(stack, "B"), KEY, "europe-west1");
  grantServiceAgentKeyUse(stack, KEY.replace("europe-west1", "us-east4"), "us-east4");
  const document = synth(stack);
  expect(document.ofType(GRANT)).toHaveLength(2);
  expect(document.resources.filter(({ type }) => type === "google_project")).toHaveLength(1);
});

test("is not confused by a construct of the user's that is called Project", () => {
  const stack = testStack();
  new Project(stack, "Project", { name: "other", projectId: "other-project" });
  grantServiceAgentKeyUse(stack, KEY, "europe-west1");
  expect(only(synth(stack), GRANT).values.member).toMatch(/service-\$\{data\.google_project\.\w+\.number}@/);
});

test("takes a key of the same configuration", () => {
  const stack = testStack();
  const key = new KmsCryptoKey(stack, "Key", { name: "k", keyRing: "projects/p/locations/europe-west1/keyRings/r" });
  grantServiceAgentKeyUse(stack, key.id, "europe-west1");
  grantServiceAgentKeyUse(stack, key.id, "europe-west1");
  const document = synth(stack);
  expect(document.target(only(document, GRANT).values.crypto_key_id)?.type).toBe("google_kms_crypto_key");
});

test("fails for a key of another region and tells how to give each region its own", () => {
  expect(() => grantServiceAgentKeyUse(new Construct(testStack(), "Service"), KEY, "us-east4")).toThrow(
    `[test/Service] encryptionKey: got "${KEY}", allowed is a key in us-east4; use a key ring in the service's own region; with several regions, set one key per region in regionOverrides`,
  );
});

test.each(["my-key", `${KEY}/cryptoKeyVersions/1`, "projects/p/locations/europe-west1/keyRings/r", ""])(
  "fails for %p, which is no key's resource name",
  (key) => {
    expect(() => checkKey(new Construct(testStack(), "Service"), key, "europe-west1", "fix it")).toThrow(
      `[test/Service] encryptionKey: got "${key}", allowed is the id of a key, without a version; pass projects/P/locations/L/keyRings/R/cryptoKeys/K`,
    );
  },
);
