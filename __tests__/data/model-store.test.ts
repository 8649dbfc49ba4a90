import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import fc from "fast-check";
import {
  CloudRunRegion,
  type CloudRunRegionProps,
  ContainerImage,
  GlobalAiApi,
  GoogleProviderVersion,
  Gpu,
  type IModelVersion,
  ModelStore,
  type ModelStoreProps,
  type ModelVersionOptions,
  Probe,
  RemovalPolicy,
  ServiceAccount,
  Tls,
  Volume,
} from "../../lib";
import { REGIONS } from "../../lib/google/regions";
import { type Block, blockOf, blocksOf, type TerraformDocument } from "../../lib/topology/document";
import { findingsOf } from "../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { expectTransition, obstacles } from "../transition-support";

const BUCKET = "google_storage_bucket";
const CACHE = "google_storage_anywhere_cache";
const READER = "google_storage_bucket_iam_member";
const SERVICE = "google_cloud_run_v2_service";
const IMAGE = ContainerImage.fromReference(
  `europe-docker.pkg.dev/p/models/chat@sha256:${"0123456789abcdef".repeat(4)}`,
);
const KEY = "projects/p/locations/europe/keyRings/r/cryptoKeys/k";

function store(props: Partial<ModelStoreProps> = {}, stack = testStack()): ModelStore {
  return new ModelStore(stack, "Models", { locations: ["EU"], ...props });
}

function documentOf(props: Partial<ModelStoreProps> = {}): TerraformDocument {
  const stack = testStack();
  store(props, stack);
  return synth(stack);
}

function service(
  options: ModelVersionOptions = {},
  props: Partial<CloudRunRegionProps> = {},
  stores: Partial<ModelStoreProps> = {},
): TerraformDocument {
  const stack = testStack();
  const models = [store(stores, stack).version("gemma3-4b", "2026-11", options)];
  new CloudRunRegion(stack, "Chat", { region: "europe-west1", image: IMAGE, models, ...props });
  return synth(stack);
}

const templateOf = (document: TerraformDocument) => blockOf(only(document, SERVICE).values.template)!;
const containerOf = (document: TerraformDocument) => blocksOf(templateOf(document).containers)[0]!;
const startupOf = (document: TerraformDocument) => blockOf(containerOf(document).startup_probe)!;
const budgetOf = (probe: Block) => Number(probe.failure_threshold) * Number(probe.period_seconds);

describe("buckets", () => {
  test("are private, keep versions and deleted files, and are protected", () => {
    const { name, ...rest } = attributes(only(documentOf(), BUCKET));
    expect(name).toMatch(/^test-project-test-models-eu-\w{6}$/);
    expect(rest).toEqual({
      location: "EU",
      uniform_bucket_level_access: true,
      public_access_prevention: "enforced",
      versioning: { enabled: true },
      soft_delete_policy: { retention_duration_seconds: 7 * 86400 },
      lifecycle_rule: [
        { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
        { action: { type: "Delete" }, condition: { days_since_noncurrent_time: 30, with_state: "ARCHIVED" } },
      ],
      force_destroy: false,
    });
    expect(only(documentOf(), BUCKET).values.lifecycle).toEqual({ prevent_destroy: true });
  });

  test("go with their files where the policy says so", () => {
    const { values } = only(documentOf({ removalPolicy: RemovalPolicy.DESTROY }), BUCKET);
    expect(values).toMatchObject({ force_destroy: true, lifecycle: { prevent_destroy: false } });
  });

  test("take names, days and labels of the user's", () => {
    const document = documentOf({
      locations: ["europe-west1", "NAM4"],
      bucketName: "acme-weights",
      softDeleteDays: 0,
      keepReplacedDays: 3,
      labels: { team: "ml" },
    });
    expect(document.ofType(BUCKET).map(({ values }) => values.name)).toEqual([
      "acme-weights-europe-west1",
      "acme-weights-nam4",
    ]);
    expect(document.ofType(BUCKET)[0]!.values).toMatchObject({
      labels: { team: "ml" },
      soft_delete_policy: { retention_duration_seconds: 0 },
      lifecycle_rule: [{}, { condition: { days_since_noncurrent_time: 3 } }],
    });
  });

  test("wait for the grant on their key", () => {
    const document = documentOf({ locations: ["EU", "us-central1"], encryptionKeys: { EU: KEY } });
    const grant = only(document, "google_kms_crypto_key_iam_member");
    expect(attributes(grant)).toMatchObject({
      crypto_key_id: KEY,
      role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      member: `\${${document.resources.find(({ type }) => type === "google_storage_project_service_account")!.address}.member}`,
    });
    const [european, american] = document.ofType(BUCKET);
    expect(european!.values.encryption).toEqual({ default_kms_key_name: KEY });
    expect(dependsOn(european!)).toContain(grant.address);
    expect(american!.values.encryption).toBeUndefined();
  });

  test("give no finding of any rule, with caches, keys and readers", () => {
    const document = service(
      { sizeGiB: 8 },
      { gpu: Gpu.l4(), removalPolicy: RemovalPolicy.DESTROY },
      {
        locations: ["EU", "us-central1"],
        cacheZones: ["europe-west1-b", "us-central1-a"],
        encryptionKeys: { EU: KEY },
      },
    );
    expect(findingsOf(document.json as never)).toEqual([]);
  });
});

describe("caches", () => {
  test("are in the bucket around their zone, and are filled at the upload", () => {
    const document = documentOf({
      locations: ["US", "us-central1", "europe-west1"],
      cacheZones: ["us-central1-a", "us-east4-c", "europe-west1-b"],
      cacheTtlSeconds: 7200,
    });
    const bucketOf = (end: string) => `\${${only(document, BUCKET, end).address}.name}`;
    expect(document.ofType(CACHE).map(attributes)).toEqual(
      expect.arrayContaining([
        { bucket: bucketOf("/us-central1/Resource"), zone: "us-central1-a", ttl: "7200s", ingest_on_write: true },
        { bucket: bucketOf("/us/Resource"), zone: "us-east4-c", ttl: "7200s", ingest_on_write: true },
        { bucket: bucketOf("/europe-west1/Resource"), zone: "europe-west1-b", ttl: "7200s", ingest_on_write: true },
      ]),
    );
    const { required_providers: providers } = blockOf(document.json.terraform)!;
    expect(blockOf(blockOf(providers)!.google)!.version).toBe(">= 7.32.0, < 8.0.0");
  });

  test("need no newer provider without that", () => {
    const document = documentOf({ cacheZones: ["europe-west4-a"], cacheOnUpload: false });
    expect(attributes(only(document, CACHE)).ingest_on_write).toBeUndefined();
  });

  test("fails on a stack pinned to an older provider", () => {
    const stack = testStack();
    GoogleProviderVersion.of(stack).pin("~> 7.20.0");
    expect(() => store({ cacheZones: ["europe-west4-a"] }, stack)).toThrow(
      "7.32.0 or later, because of google_storage_anywhere_cache.ingest_on_write",
    );
  });
});

describe("a version", () => {
  test("is a folder, mounted read-only for large files, with the right to read it", () => {
    const document = service({}, { gpu: Gpu.l4() });
    const bucket = `\${${only(document, BUCKET).address}.name}`;
    expect(templateOf(document).volumes).toEqual([
      {
        name: "v-models-gemma3-4b",
        gcs: {
          bucket,
          read_only: true,
          mount_options: ["only-dir=models/gemma3-4b/2026-11", "metadata-cache-ttl-secs=-1", "enable-buffered-read"],
        },
      },
    ]);
    expect(containerOf(document).volume_mounts).toEqual([
      { name: "v-models-gemma3-4b", mount_path: "/models/gemma3-4b" },
    ]);
    const grant = only(document, READER);
    expect(attributes(grant)).toEqual({
      bucket,
      role: "roles/storage.objectViewer",
      member: `\${${only(document, "google_service_account").address}.member}`,
    });
    expect(dependsOn(only(document, SERVICE))).toContain(grant.address);
  });

  test("has no read buffers in a small instance, and other options where they are given", () => {
    const optionsOf = (document: TerraformDocument) =>
      blockOf(blocksOf(templateOf(document).volumes)[0]!.gcs)!.mount_options;
    expect(optionsOf(service())).toEqual(["only-dir=models/gemma3-4b/2026-11", "metadata-cache-ttl-secs=-1"]);
    expect(optionsOf(service({}, { cpu: 2, memoryMiB: 4096 }))).toContain("enable-buffered-read");
    expect(optionsOf(service({ mountOptions: ["implicit-dirs"] }))).toEqual([
      "only-dir=models/gemma3-4b/2026-11",
      "implicit-dirs",
    ]);
  });

  test("is mounted where it is told to be, beside other volumes", () => {
    const document = service({ mountPath: "/weights" }, { volumes: [Volume.inMemory("/scratch", 64)] });
    expect(containerOf(document).volume_mounts).toEqual([
      { name: "v-scratch", mount_path: "/scratch" },
      { name: "v-weights", mount_path: "/weights" },
    ]);
  });

  test("says where to upload its files: to every bucket", () => {
    const models = ModelStore.fromBuckets(testStack(), "Models", { EU: "weights-eu", "us-central1": "weights-us" });
    expect(models.version("gemma3-4b", "2026-11").uploadUrls).toEqual([
      "gs://weights-eu/models/gemma3-4b/2026-11",
      "gs://weights-us/models/gemma3-4b/2026-11",
    ]);
  });

  test("is read from the smallest location around a region", () => {
    const stack = testStack();
    const buckets = { EU: "eu", EUR4: "eur4", "europe-west4": "west4", ASIA: "asia" };
    const model = ModelStore.fromBuckets(stack, "Models", buckets).version("m", "1");
    const bucketIn = (region: string) => model.bucketIn(region, stack);
    expect(["europe-west4", "europe-north1", "europe-west1", "asia-south1"].map(bucketIn)).toEqual([
      "west4",
      "eur4",
      "eu",
      "asia",
    ]);
    expect(() => bucketIn("us-east4")).toThrow(
      '[test] models: got "a version of test/Models in us-east4", allowed is regions in EU, EUR4, europe-west4, ASIA; add "us-east4" to its locations and upload the files there, or set serveOtherRegions',
    );
  });

  test("is read from the nearest bucket by other regions, where they may", () => {
    const stack = testStack();
    const buckets = { EU: "eu", "asia-northeast1": "tokyo" };
    const model = ModelStore.fromBuckets(stack, "Models", buckets, { serveOtherRegions: true }).version("m", "1");
    expect(["us-east4", "asia-northeast3", "me-west1"].map((region) => model.bucketIn(region, stack))).toEqual([
      "eu",
      "tokyo",
      "eu",
    ]);
  });

  test("has a bucket in every region, whatever the locations, and its own if there is one", () => {
    const names = REGIONS.map(({ name }) => name);
    const locations = fc.uniqueArray(fc.constantFrom(...names, "EU", "US", "ASIA", "EUR4", "NAM4"), { minLength: 1 });
    fc.assert(
      fc.property(locations, fc.constantFrom(...names), (chosen, region) => {
        const stack = testStack();
        const buckets = Object.fromEntries(chosen.map((location) => [location, `bucket-${location}`.toLowerCase()]));
        const model = ModelStore.fromBuckets(stack, "M", buckets, { serveOtherRegions: true }).version("m", "1");
        const bucket = model.bucketIn(region, stack);
        expect(Object.values(buckets)).toContain(bucket);
        if (chosen.includes(region)) expect(bucket).toBe(`bucket-${region}`);
      }),
      { numRuns: 50 },
    );
  });

  test("goes into every region of an API, from the bucket of that region", () => {
    const stack = testStack();
    const locations = ["europe-west1", "us-central1"];
    const models = [store({ locations }, stack).version("gemma3-4b", "2026-11", { sizeGiB: 8 })];
    new GlobalAiApi(stack, "api", { image: IMAGE, regions: locations, gpu: Gpu.l4(), models, tls: Tls.none() });
    const document = synth(stack);
    for (const region of locations) {
      const template = blockOf(only(document, SERVICE, `/${region}/Resource`).values.template)!;
      expect(JSON.stringify(template.volumes)).toContain(only(document, BUCKET, `/${region}/Resource`).address);
    }
  });

  test("is read by a stack that did not create it", () => {
    const app = Testing.app();
    const [weights, serving] = ["weights", "serving"].map((name) => new TerraformStack(app, name));
    for (const stack of [weights!, serving!]) new GoogleProvider(stack, "Google", { project: "p-1234" });
    const models = [store({}, weights).version("m", "1")];
    new CloudRunRegion(serving!, "Chat", { region: "europe-west1", image: IMAGE, models });
    Testing.fullSynth(serving!);
    const json = JSON.stringify(serving!.toTerraform());
    expect(json).toContain("terraform_remote_state");
    expect(json).toContain("google_storage_bucket_iam_member");
    expect(JSON.stringify(weights!.toTerraform())).not.toContain("google_storage_bucket_iam_member");
  });
});

describe("the startup probe", () => {
  test("allows the time that the weights need: 60 s, and 100 MiB in each second", () => {
    expect(startupOf(service({ sizeGiB: 25 }))).toMatchObject({ period_seconds: 10, failure_threshold: 32 });
    expect(startupOf(service({ sizeGiB: 100 }, { gpu: Gpu.l4() }))).toMatchObject({ failure_threshold: 109 });
  });

  test("allows its usual time for what is small or of unknown size", () => {
    expect(startupOf(service())).toMatchObject({ failure_threshold: 24 });
    expect(startupOf(service({ sizeGiB: 8 }))).toMatchObject({ failure_threshold: 24 });
    expect(startupOf(service({ sizeGiB: 20 }, { gpu: Gpu.l4() }))).toMatchObject({ failure_threshold: 90 });
  });

  test("counts all models of a service, and a speed of the user's", () => {
    const stack = testStack();
    const both = store({}, stack);
    const models = [
      both.version("a", "1", { sizeGiB: 10 }),
      both.version("b", "1", { sizeGiB: 30, readMiBPerSecond: 400 }),
    ];
    new CloudRunRegion(stack, "Chat", { region: "europe-west1", image: IMAGE, models });
    // 60 + 103 + 77
    expect(startupOf(synth(stack))).toMatchObject({ failure_threshold: 24 });
  });

  test("always allows enough, or is refused", () => {
    const size = fc.double({ min: 0.1, max: 300, noNaN: true });
    const period = fc.integer({ min: 1, max: 240 });
    const speed = fc.integer({ min: 10, max: 2000 });
    fc.assert(
      fc.property(size, speed, period, fc.boolean(), (sizeGiB, readMiBPerSecond, periodSeconds, gpu) => {
        const needed = 60 + Math.ceil((sizeGiB * 1024) / readMiBPerSecond);
        const longest = gpu ? 1800 : 600;
        const startupProbe = Probe.http("/healthz", { periodSeconds });
        const make = () => service({ sizeGiB, readMiBPerSecond }, { startupProbe, ...(gpu && { gpu: Gpu.l4() }) });
        // The largest whole number of periods within the limit may be too little.
        if (Math.floor(longest / periodSeconds) * periodSeconds < needed)
          expect(make).toThrow(/ s to start|need to load/);
        else {
          const budget = budgetOf(startupOf(make()));
          expect(budget).toBeGreaterThanOrEqual(needed);
          expect(budget).toBeLessThanOrEqual(longest);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("fails for a probe of the user's that gives up before the weights are read", () => {
    const startupProbe = Probe.http("/healthz", { periodSeconds: 5, failureThreshold: 12, initialDelaySeconds: 20 });
    expect(() => service({ sizeGiB: 8 }, { startupProbe })).toThrow(
      '[test/Chat] startupProbe: got "80 s", allowed is at least 142 s, which the models need to load; leave failureThreshold out, or say how fast the weights are really read: readMiBPerSecond',
    );
    const patient = Probe.http("/healthz", { periodSeconds: 5, failureThreshold: 25, initialDelaySeconds: 20 });
    expect(startupOf(service({ sizeGiB: 8 }, { startupProbe: patient }))).toMatchObject({ failure_threshold: 25 });
  });

  test("fails for weights that no startup probe can wait for", () => {
    expect(() => service({ sizeGiB: 60 })).toThrow(
      '[test/Chat] models: got "about 675 s to start", allowed is at most 600 s without a GPU; use smaller or quantized weights, say how fast they are really read (readMiBPerSecond), or run them on machines',
    );
    expect(() => service({ sizeGiB: 200 }, { gpu: Gpu.l4() })).toThrow("at most 1800 s with a GPU");
  });
});

describe("grants", () => {
  test("are on every bucket, and one with that of a mount", () => {
    const stack = testStack();
    const models = store({ locations: ["EU", "US"] }, stack);
    const account = new ServiceAccount(stack, "Reader");
    const version = models.version("m", "1");
    new CloudRunRegion(stack, "Chat", {
      region: "europe-west1",
      image: IMAGE,
      models: [version],
      serviceAccount: account,
    });
    models.grantRead(account);
    models.grantWrite(ServiceAccount.fromEmail(stack, "Publisher", "ci@my-project.iam.gserviceaccount.com"));
    const grants = synth(stack)
      .ofType(READER)
      .map(({ values }) => `${values.role} ${values.member}`);
    expect(grants.filter((grant) => grant.startsWith("roles/storage.objectViewer"))).toHaveLength(2);
    expect(grants.filter((grant) => grant.startsWith("roles/storage.objectUser serviceAccount:ci@"))).toHaveLength(2);
  });
});

describe("fails for", () => {
  const cases: [string, Partial<ModelStoreProps>, string][] = [
    [
      "no location",
      { locations: [] },
      '[test/Models] locations: got [], allowed is at least one location; name a region or multi-region, for example "EU"',
    ],
    ["an unknown location", { locations: ["europe-west77"] }, '[test/Models] region: got "europe-west77"'],
    ["a location twice", { locations: ["EU", "eu"] }, '[test/Models] locations: got "eu", allowed is each value once'],
    [
      "a zone outside the locations",
      { cacheZones: ["us-central1-a"] },
      '[test/Models] cacheZones: got "us-central1-a", allowed is zones in EU; add a bucket in its region to locations: a cache must be where its bucket is',
    ],
    ["a region instead of a zone", { cacheZones: ["europe-west1"] }, "; name a zone, for example europe-west1-b"],
    ["a zone twice", { cacheZones: ["europe-west1-b", "europe-west1-b"] }, "name each zone once"],
    [
      "settings of caches without a cache",
      { cacheTtlSeconds: 60 },
      "[test/Models] cacheTtlSeconds: got 60, allowed is none without cacheZones",
    ],
    [
      "caching at the upload without a cache",
      { cacheOnUpload: true },
      "[test/Models] cacheOnUpload: got true, allowed is none without cacheZones",
    ],
    [
      "a lifetime of nothing",
      { cacheZones: ["europe-west1-b"], cacheTtlSeconds: 0 },
      "[test/Models] cacheTtlSeconds: got 0",
    ],
    [
      "a key of a location without bucket",
      { encryptionKeys: { US: KEY } },
      '[test/Models] encryptionKeys: got "US", allowed is EU; add it to locations, or remove the key',
    ],
    ["a key elsewhere", { encryptionKeys: { EU: KEY.replace("europe", "us") } }, "allowed is a key in europe"],
    [
      "a soft delete of a day",
      { softDeleteDays: 1 },
      "[test/Models/eu] softDeleteDays: got 1, allowed is a whole number from 7 to 90",
    ],
    ["keeping replaced files for no day", { keepReplacedDays: 0 }, "[test/Models] keepReplacedDays: got 0"],
    ["a bucket name that is none", { bucketName: "Weights" }, '[test/Models/eu] bucketName: got "Weights-eu"'],
  ];
  test.each(cases)("%s", (_title, props, message) => {
    const stack = testStack();
    expect(() => store(props, stack)).toThrow(message);
    expect(stack.node.tryFindChild("Models")).toBeUndefined();
  });

  const versions: [string, (models: ModelStore) => IModelVersion, string][] = [
    [
      "a model name with a slash",
      (models) => models.version("google/gemma", "1"),
      '[test/Models] model: got "google/gemma"',
    ],
    ["a version that leaves its folder", (models) => models.version("gemma", ".."), '[test/Models] version: got ".."'],
    [
      "a size of nothing",
      (models) => models.version("gemma", "1", { sizeGiB: 0 }),
      "[test/Models] sizeGiB: got 0, allowed is a number above 0",
    ],
    [
      "a speed of nothing",
      (models) => models.version("gemma", "1", { readMiBPerSecond: 0 }),
      "[test/Models] readMiBPerSecond: got 0",
    ],
    [
      "a mount path in /dev",
      (models) => models.version("gemma", "1", { mountPath: "/dev/models" }),
      '[test/Models] mountPath: got "/dev/models"',
    ],
  ];
  test.each(versions)("%s", (_title, make, message) => {
    expect(() => make(store())).toThrow(message);
  });

  test("a version that is known only at apply", () => {
    const stack = testStack();
    const models = store({}, stack);
    const version = new TerraformVariable(stack, "version", {}).stringValue;
    expect(() => models.version("gemma", version)).toThrow("[test/Models] version: got");
  });

  test("a service in a region that the store does not serve", () => {
    expect(() => service({}, { region: "us-central1" })).toThrow(
      '[test/Chat] models: got "a version of test/Models in us-central1", allowed is regions in EU',
    );
  });

  test("two versions of a model at one path", () => {
    const stack = testStack();
    const both = store({}, stack);
    const models = [both.version("m", "1"), both.version("m", "2")];
    expect(() => new CloudRunRegion(stack, "Chat", { region: "europe-west1", image: IMAGE, models })).toThrow(
      '[test/Chat] volume mount path: got "/models/m", allowed is each value once',
    );
  });
});

describe("changes", () => {
  const build = (version: string, props: Partial<ModelStoreProps> = {}, regions = ["europe-west1"]) => {
    const stack = testStack();
    const models = [
      store({ locations: ["europe-west1"], ...props }, stack).version("gemma3-4b", version, { sizeGiB: 8 }),
    ];
    new GlobalAiApi(stack, "api", {
      image: IMAGE,
      regions,
      gpu: Gpu.l4(),
      models,
      tls: Tls.none(),
      rules: false,
    });
    return synth(stack);
  };
  const CHAT = "api/Service/europe-west1";
  const LOCATIONS = { locations: ["europe-west1", "us-central1"] };

  test("of the version are a new revision: bucket, grants and old files stay", () => {
    expectTransition(build("2026-11"), build("2026-12"), { changed: [CHAT] });
  });

  test("add a region with its bucket", () => {
    const small = build("2026-11");
    const large = build("2026-11", LOCATIONS, LOCATIONS.locations);
    expectTransition(small, large, {
      added: [
        "Iam/bucket google_storage_bucket.Models_us-central1_EE5AB63C.name roles|storage.objectViewer test|api|Service|ServiceAccount",
        "Models/us-central1",
        "api/Service/us-central1",
        "api/Service/us-central1/Neg",
      ],
      changed: ["api/Service/Backend"],
    });
  });

  test("of caches, days and keys leave the bucket in place", () => {
    const before = build("2026-11");
    const key = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k";
    expectTransition(before, build("2026-11", { cacheZones: ["europe-west1-b"] }), {
      added: ["Models/europe-west1/Cache europe-west1-b"],
    });
    expectTransition(before, build("2026-11", { softDeleteDays: 30, keepReplacedDays: 90 }), {
      changed: ["Models/europe-west1"],
    });
    expectTransition(before, build("2026-11", { encryptionKeys: { "europe-west1": key } }), {
      added: [
        "Iam/key projects|p|locations|europe-west1|keyRings|r|cryptoKeys|k roles|cloudkms.cryptoKeyEncrypterDecrypter Cloud Storage service agent",
        "ProjectServices/cloudkms",
      ],
      changed: ["Models/europe-west1"],
    });
  });

  test("that remove a bucket are announced, because its files go with it", () => {
    const documents = [LOCATIONS, {}].map((props) => build("2026-11", props));
    expect(obstacles(documents[0]!, documents[1]!)).toEqual(["protected: Models/us-central1"]);
  });
});
