import {
  BucketBackend,
  type BucketBackendProps,
  BucketReaders,
  Cdn,
  ClientHeaders,
  ContentBucket,
  type IBackend,
  LogFields,
  type NewBucketOptions,
  RemovalPolicy,
  ServerlessBackend,
  type ServerlessBackendOptions,
  ServerlessNeg,
  SignedUrlKeyValue,
  UrlRouting,
} from "../../../lib";
import type { TerraformDocument } from "../../../lib/topology/document";
import { synth, testStack } from "../../support";
import { createdFirst, expectTransition, obstacles, type Transition, transition } from "../../transition-support";

/** A service at /, a cached one at /v1/models and a bucket at /docs/*, each as far as it is given. */
interface Setup {
  readonly cached?: ServerlessBackendOptions;
  readonly docs?: Partial<BucketBackendProps>;
  readonly docsId?: string;
  readonly bucket?: Partial<NewBucketOptions>;
  /** Ids of the keys of what is cached; their values are those of the ids. */
  readonly keys?: string[];
  readonly keyValue?: string;
}

const DESTROY = { removalPolicy: RemovalPolicy.DESTROY };
const SIGNED = { readers: BucketReaders.SIGNED_URLS, cdn: Cdn.forceCacheAll() };
const [READ, LIST] = ["roles|storage.legacyObjectReader", "roles|storage.objectViewer"];
const LB_GRANT = `Iam/bucket test|Docs ${LIST} service agent https-lb`;
const PUBLIC_GRANT = `Iam/bucket test|Docs ${READ} allUsers`;

function build({
  cached,
  docs,
  docsId = "Docs",
  bucket,
  keys = [],
  keyValue = "A".repeat(22),
}: Setup): TerraformDocument {
  const stack = testStack();
  const targets = [new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" })];
  const routing = new UrlRouting(stack, "Routing", {
    defaultBackend: new ServerlessBackend(stack, "Plain", { targets }),
  });
  const route = (path: string, backend: IBackend) => routing.addRoute({ paths: [path], backend });
  const options = { value: SignedUrlKeyValue.insecureLiteral(keyValue) };
  if (cached) {
    const backend = new ServerlessBackend(stack, "Cached", { targets, ...cached });
    for (const id of keys) backend.addSignedUrlKey(id, options);
    route("/v1/models", backend);
  }
  if (docs) {
    const content = ContentBucket.create({ location: "EU", ...DESTROY, ...bucket });
    const backend = new BucketBackend(stack, docsId, { bucket: content, ...docs });
    if (!cached) for (const id of keys) backend.addSignedUrlKey(id, options);
    route("/docs/*", backend);
  }
  return synth(stack);
}

const CACHED = { cached: { cdn: Cdn.originHeaders() } };

const CHANGES: [string, Setup, Setup, Partial<Transition>][] = [
  [
    "add a bucket",
    {},
    { docs: {} },
    { added: ["Docs", "Docs/Bucket", LB_GRANT, "ProjectServices/storage"], changed: ["Routing"] },
  ],
  [
    "remove a bucket of an environment that comes and goes",
    { docs: {} },
    {},
    { removed: ["Docs", "Docs/Bucket", LB_GRANT, "ProjectServices/storage"], changed: ["Routing"] },
  ],
  [
    "move a route to another bucket",
    { docs: {} },
    { docs: {}, docsId: "Pages" },
    {
      added: ["Pages", "Pages/Bucket", LB_GRANT.replace("Docs", "Pages")],
      removed: ["Docs", "Docs/Bucket", LB_GRANT],
      changed: ["Routing"],
    },
  ],
  [
    "serve an existing bucket instead of a new one",
    { docs: {} },
    { docs: { bucket: ContentBucket.existing("acme-docs") } },
    { removed: ["Docs/Bucket", LB_GRANT, "ProjectServices/storage"], changed: ["Docs"] },
  ],
  [
    "make a bucket public",
    { docs: {} },
    { docs: { readers: BucketReaders.EVERYONE } },
    { added: [PUBLIC_GRANT], removed: [LB_GRANT], changed: ["Docs/Bucket"] },
  ],
  [
    "make a public bucket private",
    { docs: { readers: BucketReaders.EVERYONE } },
    { docs: {} },
    { added: [LB_GRANT], removed: [PUBLIC_GRANT], changed: ["Docs/Bucket"] },
  ],
  ["cache a bucket", { docs: {} }, { docs: { cdn: Cdn.forceCacheAll() } }, { changed: ["Docs"] }],
  ["cache a bucket no more", { docs: { cdn: Cdn.forceCacheAll() } }, { docs: {} }, { changed: ["Docs"] }],
  [
    "change the mode of a bucket's cache",
    { docs: { cdn: Cdn.forceCacheAll() } },
    { docs: { cdn: Cdn.originHeaders() } },
    { changed: ["Docs"] },
  ],
  [
    "filter, compress and tag the answers of a bucket",
    { docs: {} },
    {
      docs: {
        compression: true,
        responseHeaders: { "X-A": "b" },
        edgeSecurityPolicyId: "projects/p/global/securityPolicies/edge",
      },
    },
    { changed: ["Docs"] },
  ],
  [
    "change a bucket's pages",
    { docs: {} },
    { docs: {}, bucket: { notFoundPage: "404.html" } },
    { changed: ["Docs/Bucket"] },
  ],
  [
    "protect a bucket",
    { docs: {} },
    { docs: {}, bucket: { removalPolicy: RemovalPolicy.PROTECT } },
    { changed: ["Docs/Bucket"] },
  ],
  [
    "change the mode, the key and the lifetimes of a service's cache",
    CACHED,
    {
      cached: {
        cdn: Cdn.staticContent({ maxTtlSeconds: 60, cacheKeyCookies: ["a"], negativeCachingSeconds: { "404": 5 } }),
      },
    },
    { changed: ["Cached"] },
  ],
  [
    "log, drain, filter and tag",
    CACHED,
    {
      cached: {
        ...CACHED.cached,
        logFields: LogFields.all(),
        connectionDrainingSeconds: 60,
        requestHeaders: ClientHeaders.all(),
        securityPolicyId: "projects/p/global/securityPolicies/armor",
        edgeSecurityPolicyId: "projects/p/global/securityPolicies/edge",
      },
    },
    { changed: ["Cached"] },
  ],
  ["add a key for signed URLs", { ...CACHED, keys: ["A"] }, { ...CACHED, keys: ["A", "B"] }, { added: ["Cached/B"] }],
  ["remove the oldest key", { ...CACHED, keys: ["A", "B"] }, { ...CACHED, keys: ["B"] }, { removed: ["Cached/A"] }],
  [
    "change the value of a key",
    { ...CACHED, keys: ["A"] },
    { ...CACHED, keys: ["A"], keyValue: "B".repeat(22) },
    { replaced: ["Cached/A"] },
  ],
  [
    "remove a cached route together with its key",
    { ...CACHED, keys: ["A"] },
    {},
    { removed: ["Cached", "Cached/A"], changed: ["Routing"] },
  ],
];

test.each(CHANGES)("to %s touches what it must, and applies in one go", (_, from, to, expected) => {
  expectTransition(build(from), build(to), expected);
});

test("taking the log fields back writes the mode that was before", () => {
  const withFields = build({ cached: { ...CACHED.cached, logFields: LogFields.all() } });
  const [before, after] = [withFields, build(CACHED)].map(
    (document) =>
      document.ofType("google_compute_backend_service").find(({ path }) => path?.includes("Cached"))?.values,
  );
  expect(before?.log_config).toMatchObject({ optional_mode: "INCLUDE_ALL_OPTIONAL" });
  expect(after?.log_config).toMatchObject({ optional_mode: "EXCLUDE_ALL_OPTIONAL" });
});

test("a bucket's identity is not made anew under the same name: protected ones refuse, others fail at apply", () => {
  const [before, after] = [build({ docs: {} }), build({ docs: {}, bucket: { location: "US" } })];
  expect(obstacles(before, after)).toEqual(["name-collision: Docs/Bucket", "contents-lost: Docs/Bucket"]);
  const guarded = { removalPolicy: RemovalPolicy.PROTECT };
  const [kept, moved] = [
    { docs: {}, bucket: guarded },
    { docs: {}, bucket: { ...guarded, location: "US" } },
  ].map(build);
  expect(obstacles(kept!, moved!)).toContain("protected: Docs/Bucket");
});

test("keys are not created beside predecessors of the same name", () => {
  const document = build({ docs: SIGNED, keys: ["A"] });
  const keys = document.ofType("google_compute_backend_bucket_signed_url_key").map(({ address }) => address);
  expect(keys).toHaveLength(1);
  expect(createdFirst(document).has(keys[0]!)).toBe(false);
});

test("the oldest key of a bucket goes, and the grant that waited for it stays", () => {
  // The grant's depends_on is no reference in the cloud: nothing refuses the removal.
  const [before, after] = [build({ docs: SIGNED, keys: ["A", "B"] }), build({ docs: SIGNED, keys: ["B"] })];
  expect(transition(before, after)).toEqual({ added: [], removed: ["Docs/A"], changed: [], replaced: [] });
});
