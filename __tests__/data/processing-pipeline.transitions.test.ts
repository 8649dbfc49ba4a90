import { ContainerImage, Delivery, ProcessingPipeline, RemovalPolicy, ResultStore, StoreLocation } from "../../lib";
import { compare } from "../../lib/changes/compare";
import { labelOf } from "../../lib/changes/resource-changes";
import type { TerraformDocument } from "../../lib/topology/document";
import { synth, testStack } from "../support";
import { expectTransition, transition } from "../transition-support";
import { BELGIUM, IMAGE, IOWA, key, pipeline, TOKYO } from "./pipeline-support";

const submitted = (made: ProcessingPipeline) => void made.addSubmission();
/** What of a change is in a region. */
const regionOf = (label: string) => /\b(?:europe|asia|us)-[a-z]+\d\b/.exec(label)?.[0];

/** What of a store's data is destroyed by a change. */
function contents(before: TerraformDocument, after: TerraformDocument): string[] {
  return compare(before, after).remarks.flatMap(({ id, resource }) =>
    id.startsWith("contents-") && resource ? [`${id} ${labelOf(resource)}`] : [],
  );
}

describe("a region", () => {
  const two = pipeline({}, submitted);
  const three = pipeline({ regions: [BELGIUM, TOKYO, IOWA] }, submitted);
  const draining = pipeline({ regions: [BELGIUM, TOKYO, IOWA], drainingRegions: [IOWA] }, submitted);

  test("is added without a touch of the others", () => {
    const { added, ...others } = transition(two, three);
    expect(others).toEqual({ removed: [], changed: [], replaced: [] });
    expect([...new Set(added.map(regionOf))]).toEqual([IOWA]);
    expectTransition(two, three, { added });
  });

  test("is drained by taking off its protection only", () => {
    const at = (name: string) => `Docs/${IOWA}/${name}`;
    expectTransition(three, draining, { changed: [at("Ingest"), at("Processor"), at("Submission")] });
    const changed = draining.ofType("google_storage_bucket").find(({ path }) => path?.includes(IOWA))!;
    expect([changed.values.force_destroy, changed.values.lifecycle]).toEqual([true, { prevent_destroy: false }]);
  });

  test("is removed after that, with what it still holds, and without a touch of the others", () => {
    const { removed, ...others } = transition(draining, two);
    expect(others).toEqual({ added: [], changed: [], replaced: [] });
    expect([...new Set(removed.map(regionOf))]).toEqual([IOWA]);
    expectTransition(draining, two, { removed });
    expect(contents(draining, two)).toEqual([
      `contents-removed Docs/${IOWA}/Ingest`,
      `contents-removed Docs/${IOWA}/DeadLetters/Subscription`,
      `contents-removed Docs/${IOWA}/Subscription`,
    ]);
  });

  test("comes anywhere in the list", () => {
    expectTransition(three, pipeline({ regions: [IOWA, TOKYO, BELGIUM] }, submitted), {});
  });
});

describe("in place, of each region", () => {
  const before = pipeline();
  const each = (name: string) => [`Docs/${BELGIUM}/${name}`, `Docs/${TOKYO}/${name}`];

  test("another image", () => {
    const image = ContainerImage.fromReference("europe-docker.pkg.dev/test-project/models/worker:2");
    expectTransition(before, pipeline({ image }), { changed: each("Processor") });
  });

  test("longer processing", () => {
    expectTransition(before, pipeline({ processingSeconds: 600 }), {
      changed: [...each("Processor"), ...each("Subscription")],
    });
  });

  test("other retention, attempts and back-off", () => {
    const after = pipeline({
      messageRetentionDays: 1,
      inputRetentionDays: 90,
      maxDeliveryAttempts: 20,
      minBackoffSeconds: 30,
    });
    expectTransition(before, after, { changed: [...each("Ingest"), ...each("Subscription")] });
  });

  test("protection", () => {
    expectTransition(before, pipeline({ removalPolicy: RemovalPolicy.DESTROY }), {
      changed: [...each("Ingest"), ...each("Processor")],
    });
  });
});

test("a key of a region comes and goes in place, with its grants", () => {
  const plain = pipeline();
  const encrypted = pipeline({ regionOverrides: { [TOKYO]: { encryptionKey: key(TOKYO) } } });
  const changed = ["DeadLetters/Topic", "Ingest", "Processor", "Topic"].map((name) => `Docs/${TOKYO}/${name}`);
  const grants = ["Cloud Run", "Cloud Storage", "Pub|Sub"].map(
    (agent) =>
      `Iam/key ${key(TOKYO).replaceAll("/", "|")} roles|cloudkms.cryptoKeyEncrypterDecrypter ${agent} service agent`,
  );
  const own = [...grants, "ProjectServices/cloudkms"];
  expectTransition(plain, encrypted, { changed, added: own });
  expectTransition(encrypted, plain, { changed, removed: own });
});

test("a region changes from push to pull and back, and its messages stay", () => {
  const push = pipeline({ regions: [TOKYO] });
  const pull = pipeline({ regions: [TOKYO], delivery: Delivery.pull() });
  for (const [before, after] of [
    [push, pull],
    [pull, push],
  ] as const) {
    const { changed, replaced } = transition(before, after);
    expect([changed, replaced]).toEqual([[`Docs/${TOKYO}/Subscription`], []]);
    expect(contents(before, after)).toEqual([]);
  }
});

test("ordering makes a new subscription beside the old one, and says that messages are lost with that", () => {
  const [before, after] = [pipeline({ regions: [TOKYO] }), pipeline({ regions: [TOKYO], ordered: true })];
  const names = [before, after].map(
    (document) =>
      document.ofType("google_pubsub_subscription").find(({ path }) => path?.endsWith(`${TOKYO}/Subscription`))!,
  );
  expect(names[0]!.values.name).not.toBe(names[1]!.values.name);
  expect(names[1]!.values.lifecycle).toEqual({ create_before_destroy: true });
  expect(contents(before, after)).toEqual([`contents-lost Docs/${TOKYO}/Subscription`]);
});

describe("residency", () => {
  /** A pipeline with both stores at hand, as the guide has it: results before stay where they are. */
  function build(residency: boolean): TerraformDocument {
    const stack = testStack();
    const [old, local] = [
      new ResultStore(stack, "Results", { location: StoreLocation.multiRegion("EU") }),
      new ResultStore(stack, "Local", { location: StoreLocation.regions([BELGIUM, TOKYO]) }),
    ];
    const regions = [BELGIUM, TOKYO];
    new ProcessingPipeline(stack, "Docs", { image: IMAGE, regions, results: residency ? local : old, residency });
    return synth(stack);
  }

  test.each([true, false])("is set to %s in place: topics, where results go, and who may write there", (on) => {
    const { changed, removed, added, replaced } = transition(build(!on), build(on));
    expect(changed).toEqual(
      [BELGIUM, TOKYO]
        .flatMap((region) => [`${region}/DeadLetters/Topic`, `${region}/Processor`, `${region}/Topic`])
        .map((name) => `Docs/${name}`)
        .sort(),
    );
    expect(replaced).toEqual([]);
    expect([...added, ...removed].every((label) => label.includes("roles|storage.objectUser"))).toBe(true);
    expectTransition(build(!on), build(on), { changed, added, removed });
    expect(contents(build(!on), build(on))).toEqual([]);
  });
});
