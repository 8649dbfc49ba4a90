import { SecretManagerSecret } from "@cdktf/provider-google/lib/secret-manager-secret";
import { Construct } from "constructs";
import { Secret, ServiceAccount } from "../../lib";
import { attributes, dependsOn, only, synth, testStack } from "../support";

const SECRET = "google_secret_manager_secret";
const VERSION = "google_secret_manager_secret_version";
const GRANT = "google_secret_manager_secret_iam_member";

describe("a new secret", () => {
  test("has a generated name, stable per path, and automatic replication", () => {
    const stack = testStack();
    new Secret(stack, "Token");
    const document = synth(stack);
    const secret = only(document, SECRET);
    expect(attributes(secret)).toEqual({
      secret_id: expect.stringMatching(/^test-token-[a-z0-9]{6}$/),
      replication: { auto: {} },
    });
    expect(dependsOn(secret)).toEqual([only(document, "google_project_service", "/secretmanager").address]);
  });

  test("takes its name from its user", () => {
    const stack = testStack();
    new Secret(stack, "Token", { secretId: "HF_TOKEN" });
    expect(only(synth(stack), SECRET).values.secret_id).toBe("HF_TOKEN");
  });

  test("has a first version that holds no real value and is left alone once the real one is added", () => {
    const stack = testStack();
    new Secret(stack, "Token");
    const document = synth(stack);
    const version = only(document, VERSION);
    expect(attributes(version)).toEqual({
      secret: `\${${only(document, SECRET).address}.id}`,
      secret_data: "placeholder: add a version with the real value",
    });
    expect(version.values.lifecycle).toEqual({ ignore_changes: ["secret_data", "enabled"] });
  });

  test("makes its readers wait for that version", () => {
    const secret = new Secret(testStack(), "Token");
    expect(secret.dependables).toEqual([secret.placeholder]);
    expect(secret.version).toBe("latest");
  });

  test("gives read access to one account once, from wherever it is given", () => {
    const stack = testStack();
    const secret = new Secret(stack, "Token");
    const account = new ServiceAccount(new Construct(stack, "Elsewhere"), "Account");
    expect(account.grantSecretAccess(secret)).toBe(secret.grantAccess(account));
    const document = synth(stack);
    expect(attributes(only(document, GRANT))).toEqual({
      secret_id: `\${${only(document, SECRET).address}.secret_id}`,
      role: "roles/secretmanager.secretAccessor",
      member: `\${${only(document, "google_service_account").address}.member}`,
    });
  });

  test.each(["a b", "projects/p/secrets/a", "a".repeat(256), ""])("fails for the secret ID %p", (secretId) => {
    expect(() => new Secret(testStack(), "Token", { secretId })).toThrow(
      /^\[test\/Token] secret ID: got ".*…?, allowed is 1 to 255 letters, digits, hyphens and underscores; respell the ID$/,
    );
  });
});

describe("an existing secret", () => {
  test("creates neither secret nor version, and needs no waiting", () => {
    const stack = testStack();
    const secret = Secret.fromName(stack, "Token", "hf-token");
    secret.grantAccess(ServiceAccount.fromEmail(stack, "Account", "a@p.iam.gserviceaccount.com"));
    const document = synth(stack);
    expect(secret.dependables).toEqual([]);
    expect(document.resources.map(({ type }) => type).toSorted()).toEqual(["google_project_service", GRANT]);
    expect(only(document, GRANT).values.secret_id).toBe("hf-token");
  });

  test.each([
    [undefined, "latest"],
    ["latest", "latest"],
    ["7", "7"],
  ])("of version %p is read at %p", (version, read) => {
    expect(Secret.fromName(testStack(), "Token", "hf-token", { version }).version).toBe(read);
  });

  test("may be in another project", () => {
    const stack = testStack();
    expect(Secret.fromName(stack, "Token", "projects/other-project/secrets/hf-token").secretId).toBe(
      "projects/other-project/secrets/hf-token",
    );
  });

  test("named twice is one secret with one binding for one account", () => {
    const stack = testStack();
    const account = new ServiceAccount(stack, "Account");
    for (const id of ["One", "Two"]) Secret.fromName(stack, id, "hf-token").grantAccess(account);
    expect(synth(stack).ofType(GRANT)).toHaveLength(1);
  });

  test("may be one that the same configuration creates by other means", () => {
    const stack = testStack();
    const resource = new SecretManagerSecret(stack, "Theirs", { secretId: "hf-token", replication: { auto: {} } });
    Secret.fromName(stack, "Token", resource.secretId).grantAccess(new ServiceAccount(stack, "Account"));
    const document = synth(stack);
    expect(document.target(only(document, GRANT).values.secret_id)?.path).toBe("test/Theirs");
  });

  test.each(["hf token", "projects/p/secrets/hf-token/versions/3", ""])("fails for the name %p", (name) => {
    expect(() => Secret.fromName(testStack(), "Token", name)).toThrow(
      `[test/Token] secretId: got "${name}", allowed is the name of a secret, or projects/PROJECT/secrets/SECRET; leave out the version: it is a separate option`,
    );
  });

  test.each(["0", "v3", "newest", ""])("fails for the version %p", (version) => {
    expect(() => Secret.fromName(testStack(), "Token", "hf-token", { version })).toThrow(
      `[test/Token] version: got "${version}", allowed is "latest" or a version number; pass the version as text`,
    );
  });
});
