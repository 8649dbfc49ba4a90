import { TerraformOutput } from "cdktf";
import { ImageRegistry, type ImageRegistryProps, RemovalPolicy, ServiceAccount } from "../../lib";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";

const TYPE = "google_artifact_registry_repository";
const GRANT = "google_artifact_registry_repository_iam_member";
const KEY = "projects/p/locations/europe/keyRings/r/cryptoKeys/k";

function registry(props: Partial<ImageRegistryProps> = {}) {
  const stack = testStack();
  const construct = new ImageRegistry(stack, "Registry", { location: "europe", ...props });
  return { stack, construct, repository: () => only(synth(stack), TYPE) };
}

test("is a protected Docker repository with immutable tags and a cleanup that keeps what may be running", () => {
  expect(registry().repository().values).toMatchSnapshot();
});

test("has a fixed name: what cannot be changed in place does not lead to a second repository", () => {
  const names = [{}, { location: "us" }, { encryptionKey: KEY }].map(
    (props) => registry(props).repository().values.repository_id,
  );
  expect(new Set(names).size).toBe(1);
  expect(registry().repository().values.lifecycle).toEqual({ prevent_destroy: true });
});

test("can be destroyed where the removal policy says so", () => {
  const { lifecycle } = registry({ removalPolicy: RemovalPolicy.DESTROY }).repository().values;
  expect(lifecycle).toEqual({ prevent_destroy: false });
});

test("has the address that images are pushed to", () => {
  const { stack, construct } = registry();
  new TerraformOutput(stack, "url", { value: construct.url });
  const document = synth(stack);
  const { address } = only(document, TYPE);
  expect(construct.pushUrls).toEqual([construct.url]);
  expect(document.outputs.url).toEqual({
    value: `europe-docker.pkg.dev/\${${address}.project}/\${${address}.repository_id}`,
  });
});

test("passes on what the user chose", () => {
  const { repository } = registry({
    location: "europe-west1",
    repositoryId: "models",
    description: "Model servers",
    immutableTags: false,
    cleanupDryRun: true,
    encryptionKey: KEY.replace("europe", "europe-west1"),
  });
  expect(attributes(repository())).toMatchObject({
    location: "europe-west1",
    repository_id: "models",
    description: "Model servers",
    cleanup_policy_dry_run: true,
    kms_key_name: KEY.replace("europe", "europe-west1"),
  });
  // The API returns no block that is off: writing one would be a change on every plan.
  expect(repository().values).not.toHaveProperty("docker_config");
});

test("a key of the user's needs the API of keys", () => {
  const { stack, repository } = registry({ encryptionKey: KEY });
  const document = synth(stack);
  expect(dependsOn(repository())).toEqual(
    ["/artifactregistry", "/cloudkms"].map((api) => only(document, "google_project_service", api).address),
  );
});

test("scans only where it is asked to, and enables the scanner's API then", () => {
  const plain = registry();
  expect(plain.repository().values.vulnerability_scanning_config).toEqual({ enablement_config: "DISABLED" });
  expect(dependsOn(plain.repository())).toHaveLength(1);
  const { stack, repository } = registry({ vulnerabilityScanning: true });
  expect(repository().values.vulnerability_scanning_config).toEqual({ enablement_config: "INHERITED" });
  const document = synth(stack);
  expect(dependsOn(repository())).toEqual([
    only(document, "google_project_service", "/artifactregistry").address,
    only(document, "google_project_service", "/containerscanning").address,
  ]);
});

describe("the cleanup", () => {
  test("keeps as many versions, and untagged images as long, as asked", () => {
    const { cleanup_policies } = registry({ deleteUntaggedAfterDays: 7, keepRecentVersions: 3 }).repository().values;
    expect(cleanup_policies).toEqual([
      { id: "delete-untagged", action: "DELETE", condition: { tag_state: "UNTAGGED", older_than: "604800s" } },
      { id: "keep-recent", action: "KEEP", most_recent_versions: { keep_count: 3 } },
    ]);
  });

  test("deletes nothing with 0 days", () => {
    const { cleanup_policies } = registry({ deleteUntaggedAfterDays: 0 }).repository().values;
    expect(cleanup_policies).toEqual([expect.objectContaining({ action: "KEEP" })]);
  });

  test("deletes images with a tag, too, where tags can be deleted", () => {
    const { cleanup_policies } = registry({ deleteTaggedAfterDays: 14, immutableTags: false }).repository().values;
    expect(cleanup_policies).toEqual([
      { id: "delete-untagged", action: "DELETE", condition: { tag_state: "UNTAGGED", older_than: "2592000s" } },
      { id: "delete-tagged", action: "DELETE", condition: { tag_state: "TAGGED", older_than: "1209600s" } },
      { id: "keep-recent", action: "KEEP", most_recent_versions: { keep_count: 10 } },
    ]);
    expect(registry({ deleteTaggedAfterDays: 0 }).repository().values).toEqual(registry().repository().values);
  });

  test("comes, changes and goes in place", () => {
    const document = (props: Partial<ImageRegistryProps>) => synth(registry(props).stack);
    const plain = document({});
    const mutable = document({ immutableTags: false, deleteTaggedAfterDays: 14 });
    const longer = document({ immutableTags: false, deleteTaggedAfterDays: 30 });
    for (const [from, to] of [
      [plain, mutable],
      [mutable, longer],
      [longer, plain],
    ] as const) {
      expectTransition(from, to, { changed: ["Registry"] });
    }
  });

  test("protects no number of versions with 0", () => {
    const { cleanup_policies } = registry({ keepRecentVersions: 0 }).repository().values;
    expect(cleanup_policies).toEqual([expect.objectContaining({ action: "DELETE" })]);
  });
});

describe("grants", () => {
  test("pulling and pushing, each once per member", () => {
    const { stack, construct } = registry();
    const account = new ServiceAccount(stack, "Builder");
    expect(construct.grantPull(account)).toEqual(construct.grantPull(account));
    expect(construct.grantPush(account)).toEqual(construct.grantPush(account));
    const document = synth(stack);
    const { address } = only(document, TYPE);
    const member = `\${${only(document, "google_service_account").address}.member}`;
    expect(document.ofType(GRANT).map(attributes)).toEqual(
      ["reader", "writer"].map((role) => ({
        location: `\${${address}.location}`,
        repository: `\${${address}.repository_id}`,
        role: `roles/artifactregistry.${role}`,
        member,
      })),
    );
  });

  test("separately on each repository", () => {
    const { stack, construct } = registry();
    const other = new ImageRegistry(stack, "Other", { location: "us" });
    const account = new ServiceAccount(stack, "Builder");
    for (const each of [construct, other]) each.grantPull(account);
    expect(synth(stack).ofType(GRANT)).toHaveLength(2);
  });
});

test("fails for a location that is neither region nor multi-region", () => {
  expect(() => registry({ location: "europe-wset1" })).toThrow(
    /^\[test\/Registry] region: got "europe-wset1", allowed is a Google Cloud region; did you mean "europe-west1"\?/,
  );
});

test.each([
  ["repositoryId", { repositoryId: "Models" }, /^\[test\/Registry] name: got "Models", allowed is 1 to 63 lower-case/],
  [
    "deleteUntaggedAfterDays",
    { deleteUntaggedAfterDays: -1 },
    /^\[test\/Registry] deleteUntaggedAfterDays: got -1, allowed is a whole number from 0 to 36500; pass a number of days, or 0 to keep untagged images$/,
  ],
  [
    "deleteTaggedAfterDays",
    { deleteTaggedAfterDays: 36501 },
    /^\[test\/Registry] deleteTaggedAfterDays: got 36501, allowed is a whole number from 0 to 36500; pass a number of days, or 0 to keep tagged images$/,
  ],
  [
    "deleteTaggedAfterDays with immutable tags",
    { deleteTaggedAfterDays: 14 },
    /^\[test\/Registry] deleteTaggedAfterDays: got 14, allowed is 0 with immutable tags: .+; set immutableTags: false, or leave deleteTaggedAfterDays out$/,
  ],
  [
    "keepRecentVersions where everything would be deleted",
    { deleteTaggedAfterDays: 14, immutableTags: false, keepRecentVersions: 0 },
    /^\[test\/Registry] keepRecentVersions: got 0, allowed is 1 or more with deleteTaggedAfterDays, /,
  ],
  [
    "keepRecentVersions",
    { keepRecentVersions: 1.5 },
    /^\[test\/Registry] keepRecentVersions: got 1.5, allowed is a whole number from 0 to 10000; pass a number of versions$/,
  ],
  [
    "encryptionKey that is none",
    { encryptionKey: "my-key" },
    /^\[test\/Registry] encryptionKey: got "my-key", allowed is the id of a key, without a version; pass projects\/P\/locations\/L\/keyRings\/R\/cryptoKeys\/K$/,
  ],
  [
    "encryptionKey of another location",
    { encryptionKey: KEY.replace("europe", "us") },
    /^\[test\/Registry] encryptionKey: got "projects\/p\/locations\/us\/.+", allowed is a key in europe; use a key ring in the repository's location$/,
  ],
])("fails for a bad %s", (_what, props, message) => {
  expect(() => registry(props)).toThrow(message);
});
