import fc from "fast-check";
import {
  type AddInstancesProps,
  AutoHealing,
  Balancing,
  ContainerImage,
  GlobalAiApi,
  type GlobalAiApiProps,
  HeaderMatch,
  HealthCheck,
  NetworkTier,
  PlainHttp,
  RemovalPolicy,
  type ResidencyOptions,
  Tls,
} from "../../lib";
import { gpuRegions } from "../../lib/google/regions";
import { referencesIn } from "../../lib/language/reference";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate, formatFinding } from "../../lib/rules/evaluate";
import type { TerraformDocument } from "../../lib/topology/document";
import { synth, testStack } from "../support";
import { obstacles } from "../transition-support";

/** Machines and regional endpoints beside Cloud Run, in whatever combination. */
interface Api {
  readonly props: Omit<GlobalAiApiProps, "image">;
  readonly machines: Omit<AddInstancesProps, "image">[];
}

const IMAGE = ContainerImage.fromReference(`europe-docker.pkg.dev/acme/ai/chat@sha256:${"0".repeat(64)}`);
const READY = HealthCheck.http("/readyz");
/** Few, so that two APIs share some. */
const PLACES = ["europe-west4", "us-central1", "asia-northeast1", "southamerica-west1"];
const MACHINE_TYPES = ["n2-standard-4", "e2-standard-8", "g2-standard-8", "a3-highgpu-8g"];

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const someOf = (values: readonly string[], minLength: number, maxLength = values.length) =>
  fc.shuffledSubarray([...values], { minLength, maxLength });

function machinesIn(regions: readonly string[]): fc.Arbitrary<Omit<AddInstancesProps, "image"> | undefined> {
  return fc.constantFrom(...MACHINE_TYPES).chain((machineType) => {
    const sold = gpuRegions(machineType);
    const places = regions.filter((region) => sold === undefined || sold.includes(region));
    if (places.length === 0) return fc.constant(undefined);
    return fc
      .record({
        regions: someOf(places, 1),
        paths: fc.constantFrom<string[]>(["/v1/large/*"], ["/v1/large/*", "/v1/more"]),
        headers: optional(fc.constant<HeaderMatch[]>([HeaderMatch.exact("x-model", "large")])),
        percent: optional(fc.integer({ min: 1, max: 100 })),
        minInstances: optional(fc.integer({ min: 1, max: 3 })),
        spot: optional(fc.boolean()),
        port: optional(fc.constantFrom(8000, 9000)),
        timeoutSeconds: optional(fc.integer({ min: 1, max: 7200 })),
        balancing: fc.constantFrom(Balancing.rate({ maxRatePerInstance: 4 }), Balancing.utilization()),
        draining: fc.boolean(),
      })
      .map(({ draining, ...some }) => ({
        ...some,
        machineType,
        healthCheck: READY,
        autoHealing: AutoHealing.by(READY),
        drainingRegions: draining ? some.regions.slice(1) : undefined,
      }));
  });
}

const apis: fc.Arbitrary<Api> = someOf(PLACES, 1, 3).chain((regions) =>
  fc
    .record({
      plain: fc.boolean(),
      resident: someOf(regions, 0),
      machines: fc.tuple(machinesIn(regions), machinesIn(["europe-west4", "us-central1"])),
      second: fc.boolean(),
    })
    .map(({ plain, resident, machines: [here, there], second }) => ({
      props: {
        regions,
        tls: Tls.managed(["api.example.com"]),
        removalPolicy: RemovalPolicy.DESTROY,
        plainHttp: PlainHttp.REDIRECT,
        residency: Object.fromEntries(
          resident.map((region): [string, ResidencyOptions] => [
            region,
            {
              tls: plain ? Tls.none() : Tls.managed([`${region}.api.example.com`]),
              // Of a region, because an address cannot change it.
              networkTier: region.startsWith("asia") ? NetworkTier.STANDARD : undefined,
            },
          ]),
        ),
      },
      machines: [...(here ? [here] : []), ...(second && there ? [{ ...there, paths: ["/v1/other/*"] }] : [])],
    })),
);

function build({ props, machines }: Api): TerraformDocument {
  const stack = testStack();
  const api = new GlobalAiApi(stack, "chat", { image: IMAGE, ...props });
  machines.forEach((each, index) => {
    api.addInstances(`Machines${index}`, { image: IMAGE, ...each });
  });
  return synth(stack);
}

test("whatever machines and endpoints an API has, references lead somewhere, names are unique, and no rule rejects it", () => {
  fc.assert(
    fc.property(apis, (api) => {
      const document = build(api);
      const { resource, output } = document.json;
      expect(referencesIn([resource, output]).filter(({ address }) => !document.at(address))).toEqual([]);
      const names = document.resources
        .filter(({ values, type }) => values.name !== undefined && !type.endsWith("_iam_member"))
        .map(({ type, values }) => [type, values.region ?? values.location, values.name].join(" "));
      expect(names.toSorted()).toEqual([...new Set(names)].sort());
      const errors = evaluate(document, allRules).findings.filter(({ severity }) => severity === "error");
      expect(errors.map(formatFinding)).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

test("any of them is changed into any other in one deploy, but that nothing waits for Spot machines", () => {
  fc.assert(
    fc.property(apis, apis, (from, to) => {
      const found = obstacles(build(from), build(to)).filter((each) => !each.startsWith("cold-groups: "));
      expect(found).toEqual([]);
    }),
    { numRuns: 15 },
  );
});
