import fc from "fast-check";
import {
  Delivery,
  ProcessingPipeline,
  type ProcessingPipelineProps,
  RemovalPolicy,
  ResultStore,
  StoreLocation,
} from "../../lib";
import { REGIONS } from "../../lib/google/regions";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { synth, testStack } from "../support";
import { IMAGE, key } from "./pipeline-support";

const NAMES = REGIONS.map(({ name }) => name);

type Options = Omit<ProcessingPipelineProps, "image" | "results">;

/** Options that Google Cloud accepts and no rule warns of. */
const options: fc.Arbitrary<Options> = fc
  .record({
    regions: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }),
    pulls: fc.boolean(),
    instances: fc.nat(5),
    scaledElsewhere: fc.boolean(),
    residency: fc.boolean(),
    ordered: fc.boolean(),
    exactlyOnce: fc.boolean(),
    processingSeconds: fc.integer({ min: 10, max: 600 }),
    slack: fc.nat(100),
    maxDeliveryAttempts: fc.integer({ min: 5, max: 100 }),
    backoff: fc.tuple(fc.nat(600), fc.nat(600)),
    messageRetentionDays: fc.integer({ min: 1, max: 31 }),
    inputRetentionDays: fc.integer({ min: 1, max: 1000 }),
    cpu: fc.constantFrom(1, 2, 4),
    isEncrypted: fc.boolean(),
    isDestroyed: fc.boolean(),
    drains: fc.boolean(),
  })
  .map(({ pulls, instances, scaledElsewhere, slack, backoff, isEncrypted, isDestroyed, drains, ...rest }) => ({
    ...rest,
    delivery: pulls ? Delivery.pull({ instances, scaledElsewhere }) : Delivery.push(),
    // Push with ordering is a warning, push with exactly-once an error.
    ordered: pulls && rest.ordered,
    exactlyOnce: pulls && rest.exactlyOnce,
    ackDeadlineSeconds: Math.min(600, rest.processingSeconds + slack),
    minBackoffSeconds: Math.min(...backoff),
    maxBackoffSeconds: Math.max(...backoff),
    regionOverrides: isEncrypted
      ? Object.fromEntries(rest.regions.map((region) => [region, { encryptionKey: key(region) }]))
      : undefined,
    drainingRegions: drains && rest.regions.length > 1 ? rest.regions.slice(0, 1) : undefined,
    removalPolicy: isDestroyed ? RemovalPolicy.DESTROY : RemovalPolicy.PROTECT,
  }));

test("valid options give no finding and no reference that leads nowhere", () => {
  fc.assert(
    fc.property(options, fc.boolean(), (props, submits) => {
      const stack = testStack();
      const location = StoreLocation.regions(props.regions);
      const results = new ResultStore(stack, "Results", { location });
      const made = new ProcessingPipeline(stack, "Docs", { ...props, image: IMAGE, results });
      if (submits) made.addSubmission();
      const document = synth(stack);
      expect(evaluate(document, allRules).findings).toEqual([]);
      const wanted = document.resources.flatMap(({ values }) => document.references(values));
      expect(wanted.filter(({ address }) => document.at(address) === undefined)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
