import { Delivery, Gpu, ProcessingPipeline, type ProcessingPipelineProps, ResultStore, StoreLocation } from "../../lib";
import { testStack } from "../support";
import { BELGIUM, IMAGE, IOWA, key, TOKYO } from "./pipeline-support";

function build(options: Partial<ProcessingPipelineProps> = {}): ProcessingPipeline {
  const stack = testStack();
  const results = new ResultStore(stack, "Results", { location: StoreLocation.multiRegion("EU") });
  return new ProcessingPipeline(stack, "Docs", { image: IMAGE, regions: [BELGIUM, TOKYO], results, ...options });
}

test.each<[string, Partial<ProcessingPipelineProps>, string]>([
  [
    "a deadline below the processing time",
    { processingSeconds: 300, ackDeadlineSeconds: 60 },
    "ackDeadlineSeconds: got 60, allowed is at least processingSeconds, 300; raise it",
  ],
  [
    "a deadline beyond Pub/Sub's",
    { ackDeadlineSeconds: 601 },
    "ackDeadlineSeconds: got 601, allowed is a whole number from 10 to 600",
  ],
  [
    "processing that no deadline covers",
    { processingSeconds: 900 },
    "processingSeconds: got 900, allowed is a whole number from 10 to 600; split the work",
  ],
  [
    "too few attempts",
    { maxDeliveryAttempts: 4 },
    "maxDeliveryAttempts: got 4, allowed is a whole number from 5 to 100",
  ],
  [
    "too many attempts",
    { maxDeliveryAttempts: 101 },
    "maxDeliveryAttempts: got 101, allowed is a whole number from 5 to 100",
  ],
  ["no attempts", { maxDeliveryAttempts: 0 }, "maxDeliveryAttempts: got 0"],
  ["a back-off beyond Pub/Sub's", { maxBackoffSeconds: 601 }, "maxBackoffSeconds: got 601, allowed is 0 to 600"],
  [
    "a back-off that shrinks",
    { minBackoffSeconds: 60, maxBackoffSeconds: 30 },
    "minBackoffSeconds: got 60, allowed is at most maxBackoffSeconds, 30",
  ],
  [
    "messages that are kept for too long",
    { messageRetentionDays: 32 },
    "messageRetentionDays: got 32, allowed is a whole number from 1 to 31",
  ],
  ["inputs that are never kept", { inputRetentionDays: 0 }, "inputRetentionDays: got 0, allowed is a whole number"],
  [
    "push with exactly-once",
    { exactlyOnce: true },
    `exactlyOnce: got "true, with Delivery.push() in ${BELGIUM}", allowed is true with Delivery.pull()`,
  ],
  [
    "push with exactly-once in one region",
    { exactlyOnce: true, delivery: Delivery.pull(), regionOverrides: { [TOKYO]: { delivery: Delivery.push() } } },
    `exactlyOnce: got "true, with Delivery.push() in ${TOKYO}"`,
  ],
  [
    "a key in another location",
    { regions: [TOKYO], encryptionKey: key(BELGIUM) },
    `encryptionKey: got "${key(BELGIUM)}", allowed is a key in ${TOKYO}`,
  ],
  ["one key for two regions", { encryptionKey: key(BELGIUM) }, `allowed is a key in ${TOKYO}; use a key`],
  [
    "overrides of a region outside the pipeline",
    { regionOverrides: { "europe-west": { cpu: 2 } } },
    `regionOverrides: got "europe-west", allowed is ${BELGIUM}, ${TOKYO}; did you mean "${BELGIUM}"?`,
  ],
  [
    "draining of a region outside the pipeline",
    { drainingRegions: [IOWA] },
    `drainingRegions: got "${IOWA}", allowed is ${BELGIUM}, ${TOKYO}`,
  ],
  ["an unknown region", { regions: ["europe-west99"] }, 'region: got "europe-west99"'],
  ["a region twice", { regions: [BELGIUM, BELGIUM] }, `regions: got "${BELGIUM}", allowed is each value once`],
  ["a GPU where there is none", { gpu: Gpu.l4() }, `gpu: got "NVIDIA L4 in ${TOKYO}"`],
  [
    "results that may leave the region with residency",
    { residency: true },
    `results: got "test/Results, which is not known to stay in ${BELGIUM}", allowed is with residency, a store with a bucket in ${BELGIUM}`,
  ],
  [
    "a bad name of a bucket",
    { regionOverrides: { [TOKYO]: { ingestBucketName: "Google_Uploads" } } },
    'bucketName: got "Google_Uploads"',
  ],
  [
    "an environment variable of the pipeline",
    { env: { RESULTS_BUCKET: "mine" } },
    'environment variable: got "RESULTS_BUCKET", allowed is any except REGION, INGEST_BUCKET',
  ],
  ["instances below 0", { delivery: Delivery.pull({ instances: -1 }) }, "instances: got -1"],
])("fails for %s", (_title, options, message) => {
  expect(() => build(options)).toThrow(message);
});

test("fails for results that feed the ingest", () => {
  const stack = testStack();
  const results = ResultStore.fromBucketName(stack, "Results", "my-uploads");
  const regionOverrides = { [BELGIUM]: { ingestBucketName: "my-uploads" } };
  expect(
    () => new ProcessingPipeline(stack, "Docs", { image: IMAGE, regions: [BELGIUM], results, regionOverrides }),
  ).toThrow('results: got "my-uploads", allowed is another bucket than the ingest bucket');
});

test("fails for a region for which there is no bucket of results", () => {
  const stack = testStack();
  const results = new ResultStore(stack, "Results", { location: StoreLocation.regions([BELGIUM]) });
  expect(() => new ProcessingPipeline(stack, "Docs", { image: IMAGE, regions: [BELGIUM, TOKYO], results })).toThrow(
    `results: got "${TOKYO}", allowed is ${BELGIUM}; add the region`,
  );
});

test("fails for an environment variable of the pipeline in the ingest service", () => {
  expect(() => build().addSubmission({ env: { REGION: "here" } })).toThrow('environment variable: got "REGION"');
});
