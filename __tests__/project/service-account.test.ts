import { ServiceAccount as GoogleServiceAccount } from "@cdktf/provider-google/lib/service-account";
import { Construct } from "constructs";
import { Secret, ServiceAccount } from "../../lib";
import { attributes, dependsOn, only, synth, testStack } from "../support";

const EMAIL = "runner@other-project.iam.gserviceaccount.com";
const BUCKET_GRANT = "google_storage_bucket_iam_member";
const PROJECT_GRANT = "google_project_iam_member";
const SECRET_GRANT = "google_secret_manager_secret_iam_member";

describe("a new account", () => {
  test("has no role and a generated ID", () => {
    const stack = testStack();
    new ServiceAccount(stack, "Account");
    const document = synth(stack);
    expect(attributes(only(document, "google_service_account"))).toEqual({
      account_id: expect.stringMatching(/^test-account-[a-z0-9]{6}$/),
      display_name: "test/Account",
    });
    expect(document.resources.map(({ type }) => type).toSorted()).toEqual([
      "google_project_service",
      "google_service_account",
    ]);
  });

  test("keeps its generated ID within 30 characters on a long path", () => {
    const stack = testStack();
    const scope = new Construct(stack, "a-very-long-name-of-an-application-programming-interface");
    new ServiceAccount(scope, "One");
    new ServiceAccount(scope, "Two");
    const ids = synth(stack)
      .ofType("google_service_account")
      .map(({ values }) => String(values.account_id));
    expect(ids.map(({ length }) => length)).toEqual([30, 30]);
    expect(new Set(ids).size).toBe(2);
  });

  test("takes ID and display name from its user", () => {
    const stack = testStack();
    new ServiceAccount(stack, "Account", { accountId: "chat-runner", displayName: "Runs the chat" });
    expect(attributes(only(synth(stack), "google_service_account"))).toEqual({
      account_id: "chat-runner",
      display_name: "Runs the chat",
    });
  });

  test("shows the end of a path that is too long for a display name, in whole characters", () => {
    const stack = testStack();
    new ServiceAccount(new Construct(stack, "モデル".repeat(20)), "Account");
    const shown = String(only(synth(stack), "google_service_account").values.display_name);
    expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(100);
    expect(Buffer.byteLength(shown)).toBeGreaterThan(97);
    expect(shown).toMatch(/^[モデル]+\/Account$/);
  });

  test("fails for a display name of more than 100 bytes", () => {
    expect(() => new ServiceAccount(testStack(), "Account", { displayName: "é".repeat(51) })).toThrow(
      "allowed is at most 100 bytes; shorten it",
    );
  });

  test.each(["short", "Runner", "a".repeat(31), "1runner"])("fails for the account ID %p", (accountId) => {
    expect(() => new ServiceAccount(testStack(), "Account", { accountId })).toThrow(
      `[test/Account] account ID: got "${accountId}", allowed is 6 to 30 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen; shorten or respell it, or leave it out to have one generated`,
    );
  });
});

describe("grants", () => {
  test("a role on a bucket", () => {
    const stack = testStack();
    const account = new ServiceAccount(stack, "Account");
    account.grantBucketRole("my-models", "roles/storage.objectViewer");
    const document = synth(stack);
    expect(attributes(only(document, BUCKET_GRANT))).toEqual({
      bucket: "my-models",
      role: "roles/storage.objectViewer",
      member: `\${${only(document, "google_service_account").address}.member}`,
    });
  });

  test("a role on the project that the account is in", () => {
    const stack = testStack();
    new ServiceAccount(stack, "Account").grantProjectRole("roles/aiplatform.user");
    const document = synth(stack);
    const { address } = only(document, "google_service_account");
    expect(attributes(only(document, PROJECT_GRANT))).toEqual({
      project: `\${${address}.project}`,
      role: "roles/aiplatform.user",
      member: `\${${address}.member}`,
    });
  });

  test("access to a secret", () => {
    const stack = testStack();
    new ServiceAccount(stack, "Account").grantSecretAccess(Secret.fromName(stack, "Token", "hf-token"));
    expect(only(synth(stack), SECRET_GRANT).values).toMatchObject({
      secret_id: "hf-token",
      role: "roles/secretmanager.secretAccessor",
    });
  });

  test("each once, however often they are given", () => {
    const stack = testStack();
    const account = new ServiceAccount(stack, "Account");
    const secret = new Secret(stack, "Secret");
    const twice = [1, 2].map(() => [
      account.grantBucketRole("my-models", "roles/storage.objectViewer"),
      account.grantProjectRole("roles/aiplatform.user"),
      account.grantSecretAccess(secret),
    ]);
    expect(twice[1]).toEqual(twice[0]);
    const document = synth(stack);
    for (const type of [BUCKET_GRANT, PROJECT_GRANT, SECRET_GRANT]) expect(document.ofType(type)).toHaveLength(1);
  });

  test("each to every account that asks", () => {
    const stack = testStack();
    for (const id of ["One", "Two"]) {
      new ServiceAccount(stack, id).grantBucketRole("my-models", "roles/storage.objectViewer");
    }
    expect(synth(stack).ofType(BUCKET_GRANT)).toHaveLength(2);
  });
});

describe("an existing account", () => {
  test("creates no account", () => {
    const stack = testStack();
    const account = ServiceAccount.fromEmail(stack, "Account", EMAIL);
    account.grantBucketRole("my-models", "roles/storage.objectViewer");
    const document = synth(stack);
    expect(account.email).toBe(EMAIL);
    expect(document.ofType("google_service_account")).toEqual([]);
    expect(only(document, BUCKET_GRANT).values.member).toBe(`serviceAccount:${EMAIL}`);
  });

  test("is the same member from wherever it is named", () => {
    const stack = testStack();
    for (const id of ["One", "Two"]) {
      ServiceAccount.fromEmail(stack, id, EMAIL).grantBucketRole("my-models", "roles/storage.objectViewer");
    }
    expect(synth(stack).ofType(BUCKET_GRANT)).toHaveLength(1);
  });

  test("gets project roles in its own project", () => {
    const stack = testStack();
    ServiceAccount.fromEmail(stack, "Account", EMAIL).grantProjectRole("roles/aiplatform.user");
    const grant = only(synth(stack), PROJECT_GRANT);
    expect(grant.values).toMatchObject({ project: "other-project", member: `serviceAccount:${EMAIL}` });
    expect(dependsOn(grant)).toHaveLength(1);
  });

  test("may be one that the same configuration creates", () => {
    const stack = testStack();
    const resource = new GoogleServiceAccount(stack, "Elsewhere", { accountId: "elsewhere" });
    ServiceAccount.fromEmail(stack, "Account", resource.email).grantBucketRole("b", "roles/storage.objectViewer");
    const document = synth(stack);
    const { address } = only(document, "google_service_account");
    expect(only(document, BUCKET_GRANT).values.member).toBe(`serviceAccount:\${${address}.email}`);
  });

  test.each([`serviceAccount:${EMAIL}`, "someone@example.com", "runner", ""])(
    "fails for the e-mail address %p",
    (email) => {
      expect(() => ServiceAccount.fromEmail(testStack(), "Account", email)).toThrow(
        `[test/Account] email: got "${email}", allowed is a service account's e-mail address, without the prefix serviceAccount:; pass it as "name@project.iam.gserviceaccount.com"`,
      );
    },
  );

  test("fails to give a project role where the address does not tell the project", () => {
    const email = "1234-compute@developer.gserviceaccount.com";
    const account = ServiceAccount.fromEmail(testStack(), "Account", email);
    expect(() => account.grantProjectRole("roles/aiplatform.user")).toThrow(
      `[test/Account] email: got "${email}", allowed is an address in iam.gserviceaccount.com, from which the project is read; grant the project role with your own google_project_iam_member`,
    );
  });
});
