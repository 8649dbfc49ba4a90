import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import fc from "fast-check";
import {
  BucketBackend,
  type BucketBackendProps,
  BucketReaders,
  Cdn,
  ContentBucket,
  type NewBucketOptions,
  RemovalPolicy,
  UrlRouting,
} from "../../../lib";
import type { TerraformDocument } from "../../../lib/topology/document";
import { attributes, dependsOn, only, synth, testStack } from "../../support";
import { CDN_OPTIONS, errorsIn, STATIC_LIFETIMES } from "./cdn-support";

const BACKEND = "google_compute_backend_bucket";
const BUCKET = "google_storage_bucket";
const GRANT = "google_storage_bucket_iam_member";
const EXISTING = ContentBucket.existing("acme-docs");

function build(options: Partial<BucketBackendProps> = {}): TerraformDocument {
  const stack = testStack();
  const bucket = ContentBucket.create({ location: "EU" });
  new UrlRouting(stack, "Routing", { defaultBackend: new BucketBackend(stack, "Docs", { bucket, ...options }) });
  return synth(stack);
}

const newBucket = (options: Partial<NewBucketOptions>) =>
  only(build({ bucket: ContentBucket.create({ location: "EU", ...options }) }), BUCKET);

test("puts a new, private bucket behind the load balancer, which alone may read it", () => {
  const document = build();
  const [backend, bucket, grant] = [BACKEND, BUCKET, GRANT].map((type) => only(document, type));
  expect(document.target(backend!.values.bucket_name)).toBe(bucket);
  expect(attributes(bucket!)).toEqual({
    name: expect.stringMatching(/^test-project-test-docs-[a-z0-9]{6}$/),
    location: "EU",
    uniform_bucket_level_access: true,
    public_access_prevention: "enforced",
    website: { main_page_suffix: "index.html" },
    versioning: { enabled: false },
    force_destroy: false,
  });
  expect(attributes(grant!)).toEqual({
    bucket: `\${${bucket!.address}.name}`,
    role: "roles/storage.objectViewer",
    member: expect.stringMatching(/^serviceAccount:service-\$\{.*\.number\}@https-lb\.iam\.gserviceaccount\.com$/),
  });
  expect(document.target(only(document, "google_compute_url_map").values.default_service)).toBe(backend);
  expect(errorsIn(document)).toEqual([]);
});

test("grants only when the service agent is there: it comes with the first backend bucket", () => {
  const document = build();
  expect(dependsOn(only(document, GRANT))).toContain(only(document, BACKEND).address);
});

test("is created before a predecessor is destroyed, and after its APIs are enabled", () => {
  const document = build();
  expect(only(document, BACKEND).values.lifecycle).toEqual({ create_before_destroy: true });
  expect(dependsOn(only(document, BACKEND))).toEqual([expect.stringContaining("ProjectServices_compute_")]);
  expect(dependsOn(only(document, BUCKET))).toEqual([expect.stringContaining("ProjectServices_storage_")]);
});

test("uses an existing bucket as it is", () => {
  const document = build({ bucket: EXISTING });
  expect(only(document, BACKEND).values.bucket_name).toBe("acme-docs");
  expect(document.resources.map(({ type }) => type)).not.toContain(BUCKET);
  expect(document.resources.map(({ type }) => type)).not.toContain(GRANT);
});

test("lets everyone read objects, but not list them, and only when asked, before a route leads there", () => {
  const document = build({ readers: BucketReaders.EVERYONE });
  const grant = only(document, GRANT);
  expect(grant.values).toMatchObject({ role: "roles/storage.legacyObjectReader", member: "allUsers" });
  expect(dependsOn(only(document, BACKEND))).toContain(grant.address);
  expect(only(document, BUCKET).values.public_access_prevention).toBe("inherited");
  expect(errorsIn(document)).toEqual([]);
});

test("grants on an existing bucket when asked, each grant once", () => {
  const stack = testStack();
  for (const id of ["Docs", "Cards"])
    new BucketBackend(stack, id, { bucket: EXISTING, readers: BucketReaders.LOAD_BALANCER });
  const grant = only(synth(stack), GRANT);
  expect(grant.values.bucket).toBe("acme-docs");
});

test("caches, compresses, adds headers and filters", () => {
  const edgeSecurityPolicyId = "projects/p/global/securityPolicies/edge";
  const document = build({
    cdn: Cdn.forceCacheAll({ defaultTtlSeconds: 600 }),
    compression: true,
    responseHeaders: { "X-Cache": "{cdn_cache_status}" },
    edgeSecurityPolicyId,
  });
  expect(only(document, BACKEND).values).toMatchObject({
    enable_cdn: true,
    cdn_policy: { cache_mode: "FORCE_CACHE_ALL", default_ttl: 600 },
    compression_mode: "AUTOMATIC",
    custom_response_headers: ["X-Cache:{cdn_cache_status}"],
    edge_security_policy: edgeSecurityPolicyId,
  });
  const plain = only(build(), BACKEND).values;
  expect(plain.enable_cdn).toBe(false);
  for (const option of ["cdn_policy", "compression_mode", "custom_response_headers", "edge_security_policy"])
    expect(plain).not.toHaveProperty(option);
});

test("keeps objects unless the environment comes and goes", () => {
  expect(newBucket({}).values).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: true } });
  expect(newBucket({ removalPolicy: RemovalPolicy.DESTROY }).values).toMatchObject({
    force_destroy: true,
    lifecycle: { prevent_destroy: false },
  });
});

test("takes pages, versions, a name and any kind of location", () => {
  const options = {
    indexPage: "start.html",
    notFoundPage: "errors/404.html",
    versioning: true,
    bucketName: "acme-docs",
  };
  expect(newBucket(options).values).toMatchObject({
    name: "acme-docs",
    website: { main_page_suffix: "start.html", not_found_page: "errors/404.html" },
    versioning: { enabled: true },
  });
  for (const location of ["europe-west1", "EUROPE-WEST1", "EUR4", "us"])
    expect(newBucket({ location }).values.location).toBe(location);
});

test("names a bucket after a project known only at apply", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  const project = new TerraformVariable(stack, "project", { type: "string" });
  new GoogleProvider(stack, "Google", { project: project.stringValue });
  new BucketBackend(stack, "Docs", { bucket: ContentBucket.create({ location: "EU" }) });
  expect(only(synth(stack), BUCKET).values.name).toMatch(/^\$\{var\.project\}-test-docs-[a-z0-9]{6}$/);
});

test("a generated name has at most 63 characters, whatever the path", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  new GoogleProvider(stack, "Google", { project: "a-project-name-of-30-character" });
  new BucketBackend(stack, "TheDocumentationOfAllModelsOfTheCompany", {
    bucket: ContentBucket.create({ location: "EU" }),
  });
  expect(String(only(synth(stack), BUCKET).values.name)).toHaveLength(63);
});

test("no combination of valid options gives an error of the rulebook", () => {
  const readers = fc.constantFrom(BucketReaders.LOAD_BALANCER, BucketReaders.EVERYONE, BucketReaders.AS_IT_IS);
  fc.assert(
    fc.property(CDN_OPTIONS, STATIC_LIFETIMES, readers, fc.boolean(), (options, lifetimes, who, compression) => {
      const { cacheKeyHeaders, bypassHeaders, serveWhileStaleSeconds, negativeCachingSeconds } = options;
      const common = { cacheKeyHeaders, bypassHeaders, serveWhileStaleSeconds, negativeCachingSeconds };
      for (const cdn of [
        Cdn.originHeaders({ ...common, signedUrlMaxAgeSeconds: options.signedUrlMaxAgeSeconds }),
        Cdn.staticContent({ ...common, ...lifetimes }),
        Cdn.forceCacheAll({ ...common, defaultTtlSeconds: lifetimes.defaultTtlSeconds }),
      ])
        expect(errorsIn(build({ cdn, readers: who, compression }))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

test("as a whole", () => {
  const { values } = only(build({ cdn: Cdn.forceCacheAll(), compression: true }), BACKEND);
  const { "//": _comment, ...rest } = values;
  expect(rest).toMatchSnapshot();
});

test("fails at synth where signed URLs are wanted and nothing can sign them", () => {
  expect(() => build({ readers: BucketReaders.SIGNED_URLS, cdn: Cdn.forceCacheAll() })).toThrow(
    'readers: got "SIGNED_URLS without a key", allowed is at least one key: nobody can read the objects without one; call addSignedUrlKey, or choose other readers',
  );
});

test("fails without a name or a project to make one from", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  new GoogleProvider(stack, "Google", {});
  const bucket = ContentBucket.create({ location: "EU" });
  expect(() => new BucketBackend(stack, "Docs", { bucket })).toThrow(
    '[test/Docs] bucketName: got "no name, and a provider without project", allowed is a name, or a project of the google provider to make one from',
  );
});

test("fails for a project that cannot stand in a bucket's name", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  new GoogleProvider(stack, "Google", { project: "example.com:docs" });
  const bucket = ContentBucket.create({ location: "EU" });
  expect(() => new BucketBackend(stack, "Docs", { bucket })).toThrow(
    '[test/Docs] bucketName: got "no name, and project example.com:docs"',
  );
});

test.each([
  "ab",
  "Docs",
  "docs.example.com",
  "docs_1",
  "goog-docs",
  "my-google-docs",
  "my-g00gle-docs",
  "-docs",
  "a".repeat(64),
])("fails for the new bucket %s", (bucketName) => {
  expect(() => newBucket({ bucketName })).toThrow(
    `[test/Docs] bucketName: got "${bucketName}", allowed is a name of 3 to 63 lower-case letters, digits and hyphens`,
  );
});

test.each(["gs://docs", "docs/cards", "", "Docs"])("fails for the existing bucket %j", (name) => {
  expect(() => build({ bucket: ContentBucket.existing(name) })).toThrow(
    `[test/Docs] bucket: got "${name}", allowed is the name of a bucket; leave out gs:// and the path of an object`,
  );
});

test("fails for a location that does not exist", () => {
  expect(() => newBucket({ location: "europe-west99" })).toThrow('got "europe-west99"');
});

test.each([
  ["indexPage", "docs/index.html", "the name of an object, without a slash; leave the folder out"],
  ["indexPage", "", "the name of an object, without a slash; leave the folder out"],
  ["notFoundPage", "/404.html", "the name of an object; leave out the slash at the start"],
])("fails for %s %j", (what, page, allowed) => {
  expect(() => newBucket({ [what]: page })).toThrow(`[test/Docs] ${what}: got "${page}", allowed is ${allowed}`);
});

test("fails for a forbidden header, and for a policy by name", () => {
  expect(() => build({ responseHeaders: { Connection: "close" } })).toThrow(
    '[test/Docs] responseHeaders: got "Connection"',
  );
  expect(() => build({ edgeSecurityPolicyId: "edge" })).toThrow(
    '[test/Docs] edgeSecurityPolicyId: got "edge", allowed is projects/PROJECT/global',
  );
});
