import { RemovalPolicy, ResultStore, type ResultStoreProps, ServiceAccount, StoreLocation } from "../../lib";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { blockOf } from "../../lib/topology/document";
import { only, synth, testStack } from "../support";
import { expectTransition, obstacles, transition } from "../transition-support";
import { BELGIUM, key, TOKYO } from "./pipeline-support";

const BUCKET = "google_storage_bucket";

function store(props: ResultStoreProps) {
  const stack = testStack();
  const results = new ResultStore(stack, "Results", props);
  const reader = new ServiceAccount(stack, "Reader");
  results.grantRead(reader);
  results.grantWrite(reader, BELGIUM);
  return synth(stack);
}

test("keeps results private, versioned, and for as long as it is told", () => {
  const document = store({ location: StoreLocation.multiRegion("EU"), retentionDays: 365, softDeleteDays: 0 });
  const { values } = only(document, BUCKET);
  expect(values).toMatchObject({
    location: "EU",
    uniform_bucket_level_access: true,
    public_access_prevention: "enforced",
    versioning: { enabled: true },
    soft_delete_policy: { retention_duration_seconds: 0 },
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(values.lifecycle_rule).toEqual([
    { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
    { action: { type: "Delete" }, condition: { age: 365, with_state: "LIVE" } },
    { action: { type: "Delete" }, condition: { days_since_noncurrent_time: 30, with_state: "ARCHIVED" } },
  ]);
  expect(evaluate(document, allRules).findings).toEqual([]);
});

test.each([
  [true, "ASYNC_TURBO"],
  [false, "DEFAULT"],
])("lies in two regions, with turbo replication %s", (turboReplication, rpo) => {
  const location = StoreLocation.dualRegion(BELGIUM, "europe-west4", { turboReplication });
  const document = store({ location });
  expect(only(document, BUCKET).values).toMatchObject({
    location: "EU",
    custom_placement_config: { data_locations: ["EUROPE-WEST1", "EUROPE-WEST4"] },
    rpo,
  });
  expect(evaluate(document, allRules).findings).toEqual([]);
});

test("lies in each region by itself, under one name", () => {
  const document = store({ location: StoreLocation.regions([BELGIUM, TOKYO]), bucketName: "acme-results" });
  expect(document.ofType(BUCKET).map(({ values }) => [values.name, values.location])).toEqual([
    [`acme-results-${BELGIUM}`, BELGIUM],
    [`acme-results-${TOKYO}`, TOKYO],
  ]);
  const roles = document
    .ofType("google_storage_bucket_iam_member")
    .map(({ values }) => [document.target(values.bucket)?.values.location, values.role]);
  expect(roles).toEqual([
    [BELGIUM, "roles/storage.objectViewer"],
    [TOKYO, "roles/storage.objectViewer"],
    [BELGIUM, "roles/storage.objectUser"],
  ]);
});

test("is encrypted with the key of each location, once Cloud Storage may use it", () => {
  const document = store({ location: StoreLocation.multiRegion("EU"), encryptionKeys: { EU: key("europe") } });
  const { values } = only(document, BUCKET);
  expect(blockOf(values.encryption)).toEqual({ default_kms_key_name: key("europe") });
  expect(values.depends_on).toContain(only(document, "google_kms_crypto_key_iam_member").address);
  expect(evaluate(document, allRules).findings).toEqual([]);
});

describe("changes", () => {
  const location = StoreLocation.dualRegion(BELGIUM, "europe-west4");
  const before = store({ location });
  const bucket = `Results/EU ${BELGIUM} europe-west4`;

  test.each<[string, Partial<ResultStoreProps>]>([
    ["retention", { retentionDays: 30, oldVersionDays: 7, softDeleteDays: 14 }],
    ["versioning", { versioning: false }],
    ["turbo replication", { location: StoreLocation.dualRegion(BELGIUM, "europe-west4", { turboReplication: true }) }],
    ["protection", { removalPolicy: RemovalPolicy.DESTROY }],
  ])("%s in place", (_title, props) => {
    expectTransition(before, store({ location, ...props }), { changed: [bucket] });
  });

  test("a region of its own comes and goes without a touch of the others", () => {
    const [one, two] = [[BELGIUM], [BELGIUM, TOKYO]].map((each) => store({ location: StoreLocation.regions(each) }));
    const added = ["Results/asia-northeast1"];
    const { changed, removed, replaced, ...others } = transition(one!, two!);
    expect({ changed, removed, replaced }).toEqual({ changed: [], removed: [], replaced: [] });
    expect(others.added).toEqual(expect.arrayContaining(added));
  });

  test("another location is another bucket, and the old one is protected", () => {
    const after = store({ location: StoreLocation.multiRegion("EU") });
    expect(transition(before, after).replaced).toEqual([]);
    expect(obstacles(before, after)).toEqual([`protected: ${bucket}`]);
  });
});

test("an existing bucket only gets grants", () => {
  const stack = testStack();
  const results = ResultStore.fromBucketName(stack, "Results", "acme-archive");
  results.grantWrite(new ServiceAccount(stack, "Writer"), TOKYO);
  const document = synth(stack);
  expect(document.ofType(BUCKET)).toEqual([]);
  expect(only(document, "google_storage_bucket_iam_member").values.bucket).toBe("acme-archive");
});

test.each<[string, ResultStoreProps, string]>([
  [
    "a multi-region that does not exist",
    { location: StoreLocation.multiRegion("eu") },
    'location: got "eu", allowed is US, EU, ASIA as a multi-region, or at least one region; did you mean "EU"?',
  ],
  ["no region", { location: StoreLocation.regions([]) }, "location: got []"],
  ["a region twice", { location: StoreLocation.regions([TOKYO, TOKYO]) }, `location: got "${TOKYO}"`],
  ["an unknown region", { location: StoreLocation.regions(["asia-northeast9"]) }, 'region: got "asia-northeast9"'],
  [
    "two regions of two continents",
    { location: StoreLocation.dualRegion(BELGIUM, TOKYO) },
    `location: got ["${BELGIUM}","${TOKYO}"], allowed is two different regions of Europe`,
  ],
  ["the same region twice", { location: StoreLocation.dualRegion(TOKYO, TOKYO) }, "allowed is two different regions"],
  [
    "a key in another location",
    { location: StoreLocation.multiRegion("EU"), encryptionKeys: { EU: key("us") } },
    `encryptionKey: got "${key("us")}", allowed is a key in europe`,
  ],
  [
    "a key for a location without bucket",
    { location: StoreLocation.regions([TOKYO]), encryptionKeys: { [BELGIUM]: key(BELGIUM) } },
    `encryptionKeys: got "${BELGIUM}", allowed is ${TOKYO}`,
  ],
  [
    "soft delete of three days",
    { location: StoreLocation.multiRegion("EU"), softDeleteDays: 3 },
    "softDeleteDays: got 3, allowed is a whole number from 7 to 90; give 7 to 90 days, or 0",
  ],
  ["a bad name", { location: StoreLocation.multiRegion("EU"), bucketName: "my_google" }, 'bucketName: got "my_google"'],
])("fails for %s", (_title, props, message) => {
  expect(() => store(props)).toThrow(message);
});

test("fails for the address of an existing bucket", () => {
  expect(() => ResultStore.fromBucketName(testStack(), "Results", "gs://acme/results")).toThrow(
    'bucketName: got "gs://acme/results", allowed is the name of a bucket',
  );
});
