import { summarize } from "../../cli/summary";
import {
  Access,
  type AddPipelineProps,
  ContainerImage,
  Delivery,
  GlobalAiApi,
  type GlobalAiApiProps,
  ProcessingPipeline,
  RemovalPolicy,
  ResultStore,
  StoreLocation,
  Tls,
} from "../../lib";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { blocksOf, type TerraformDocument } from "../../lib/topology/document";
import { only, synth, testStack } from "../support";
import { obstacles, transition } from "../transition-support";

const [BELGIUM, TOKYO] = ["europe-west1", "asia-northeast1"];
const image = ContainerImage.fromReference(`europe-docker.pkg.dev/test-project/models/w@sha256:${"0".repeat(64)}`);
const ENDPOINTS = {
  [BELGIUM]: { tls: Tls.managed(["eu.example.com"]) },
  [TOKYO]: { tls: Tls.managed(["asia.example.com"]) },
};

function build(pipeline: Partial<AddPipelineProps> = {}, api: Partial<GlobalAiApiProps> = {}): TerraformDocument {
  const stack = testStack();
  const results = new ResultStore(stack, "Results", { location: StoreLocation.regions([BELGIUM, TOKYO]) });
  const made = new GlobalAiApi(stack, "Api", {
    image,
    regions: [BELGIUM, TOKYO],
    tls: Tls.managed(["api.example.com"]),
    ...api,
  });
  made.addPipeline("Docs", { image, results, ...pipeline });
  return synth(stack);
}

/** Regions of the services to which a URL map sends a path. */
function regionsOf(document: TerraformDocument, map: string, path: string): string[] {
  return document.ofType(map).flatMap(({ values }) => {
    const rules = blocksOf(values.path_matcher).flatMap((matcher) => blocksOf(matcher.path_rule));
    const rule = rules.find(({ paths }) => (paths as string[]).includes(path));
    const backend = document.target(rule?.service);
    return blocksOf(backend?.values.backend).map(({ group }) => {
      const neg = document.target(group)!;
      expect(neg.path).toContain("/Docs/");
      return String(neg.values.region);
    });
  });
}

test("submissions reach the nearest region by the global address, and their region by its endpoint", () => {
  const document = build({}, { residency: ENDPOINTS });
  expect(regionsOf(document, "google_compute_url_map", "/v1/batch")).toEqual([BELGIUM, TOKYO]);
  expect(regionsOf(document, "google_compute_region_url_map", "/v1/batch")).toEqual([BELGIUM, TOKYO]);
  expect(evaluate(document, allRules).findings).toEqual([]);
});

test("with residency only the regional endpoints take submissions", () => {
  const document = build({ residency: true, paths: ["/v1/records"] }, { residency: ENDPOINTS });
  expect(regionsOf(document, "google_compute_url_map", "/v1/records")).toEqual([]);
  expect(regionsOf(document, "google_compute_region_url_map", "/v1/records")).toEqual([BELGIUM, TOKYO]);
  expect(evaluate(document, allRules).findings).toEqual([]);
});

test("a region that drains gets no submissions, and goes on with what it has", () => {
  const document = build({}, { drainingRegions: [TOKYO] });
  expect(regionsOf(document, "google_compute_url_map", "/v1/batch")).toEqual([BELGIUM]);
  expect(only(document, "google_cloud_run_v2_service", `Docs/${TOKYO}/Processor/Resource`).values).toMatchObject({
    deletion_protection: false,
  });
});

test("access, sizes and options of the backend service are those of the submissions, not of the processor", () => {
  const document = build(
    { submission: { memoryMiB: 2048, maxInstances: 3 }, logSampleRate: 0.5, cpu: 4 },
    { access: Access.members(["group:team@example.com"]) },
  );
  const service = (name: string) =>
    only(document, "google_cloud_run_v2_service", `Docs/${TOKYO}/${name}/Resource`).values;
  expect(service("Submission")).toMatchObject({
    invoker_iam_disabled: false,
    template: {
      containers: [{ resources: { limits: { cpu: "1", memory: "2Gi" } } }],
      scaling: { max_instance_count: 3 },
    },
  });
  expect(service("Processor")).toMatchObject({ template: { containers: [{ resources: { limits: { cpu: "4" } } }] } });
  const invokers = document
    .ofType("google_cloud_run_v2_service_iam_member")
    .filter(({ path }) => path?.includes(`Docs/${TOKYO}`))
    .map(({ values }) => values.member);
  expect(invokers).toEqual([expect.stringContaining("Invoker"), "group:team@example.com"]);
  expect(only(document, "google_compute_backend_service", "Docs/Backend/Resource").values.log_config).toMatchObject({
    enable: true,
    sample_rate: 0.5,
  });
});

test("outputs where work goes in and dead letters lie, by pipeline and region", () => {
  const { outputs } = build();
  const { value } = outputs.pipelines as { value: { Docs: Record<string, Record<string, string>> } };
  expect(Object.keys(value.Docs)).toEqual([BELGIUM, TOKYO]);
  expect(Object.keys(value.Docs[TOKYO]!)).toEqual([
    "ingest_bucket",
    "results_bucket",
    "topic",
    "subscription",
    "dead_letters",
  ]);
});

test("the summary shows from where, by what and to where, in each region", () => {
  const lines = summarize("x", build(), "cdk.tf.json").split("\n");
  const shown = lines.slice(lines.findIndex((line) => /^ {2}pipelines /.test(line))).slice(0, 2);
  expect(shown.map((line) => line.replace(/-[a-z0-9]{6}(?= |;|$)/g, "-#").trim())).toEqual([
    "pipelines  asia-northeast1 test-project-test-api-docs-asia-northe-# → test-api-docs-processor-# (push) → test-project-test-results-asia-northea-#; dead letters in test-api-docs-asia-northeast1-deadletters-#",
    "europe-west1 test-project-test-api-docs-europe-west-# → test-api-docs-processor-# (push) → test-project-test-results-europe-west1-#; dead letters in test-api-docs-europe-west1-deadletters-#",
  ]);
});

test("the summary shows worker pools as workers", () => {
  const stack = testStack();
  const results = ResultStore.fromBucketName(stack, "Results", "archive");
  const delivery = Delivery.pull({ instances: 2 });
  new ProcessingPipeline(stack, "Docs", { image, regions: [TOKYO, BELGIUM], results, delivery });
  const lines = summarize("x", synth(stack), "cdk.tf.json").split("\n");
  expect(lines.slice(1, 3).map((line) => line.replace(/-[a-z0-9]{6}:/, "-#:"))).toEqual([
    "  regions    asia-northeast1, europe-west1",
    "  workers    test-docs-worker-#: europe-docker.pkg.dev/test-project/models/w@sha256:000000000000…; 1 CPU, 1Gi; 2 instances in asia-northeast1, europe-west1",
  ]);
});

describe("applies in one deploy", () => {
  const without = (): TerraformDocument => {
    const stack = testStack();
    new ResultStore(stack, "Results", { location: StoreLocation.regions([BELGIUM, TOKYO]) });
    const tls = Tls.managed(["api.example.com"]);
    new GlobalAiApi(stack, "Api", { image, regions: [BELGIUM, TOKYO], tls, residency: ENDPOINTS });
    return synth(stack);
  };
  const global = build({}, { residency: ENDPOINTS });
  const disposable = build({ removalPolicy: RemovalPolicy.DESTROY }, { residency: ENDPOINTS });
  const resident = build({ residency: true }, { residency: ENDPOINTS });
  const draining = build({ drainingRegions: [TOKYO] }, { residency: ENDPOINTS });

  test.each([
    ["a pipeline is added", without(), global],
    ["a pipeline is removed that was not protected", disposable, without()],
    ["residency is turned on", global, resident],
    ["residency is turned off", resident, global],
    ["a region is drained", global, draining],
    ["a region comes back", draining, global],
  ])("%s", (_title, before, after) => {
    expect(obstacles(before, after)).toEqual([]);
    expect(transition(before, after).replaced).toEqual([]);
  });
});

test.each<[string, Partial<AddPipelineProps>, Partial<GlobalAiApiProps>, string]>([
  [
    "residency without endpoints",
    { residency: true },
    { residency: { [BELGIUM]: ENDPOINTS[BELGIUM]! } },
    `residency: got "${TOKYO}", allowed is regions with an endpoint: ${BELGIUM}; give the API residency`,
  ],
  [
    "hosts with residency",
    { residency: true, hosts: ["batch.example.com"] },
    { residency: ENDPOINTS },
    'hosts: got ["batch.example.com"], allowed is unset with residency',
  ],
])("fails for %s", (_title, pipeline, api, message) => {
  expect(() => build(pipeline, api)).toThrow(message);
});

test("fails for an id that is in use", () => {
  const stack = testStack();
  const results = ResultStore.fromBucketName(stack, "Results", "archive");
  const api = new GlobalAiApi(stack, "Api", { image, regions: [BELGIUM], tls: Tls.managed(["a.example.com"]) });
  expect(api.addPipeline("Docs", { image, results })).toBeInstanceOf(ProcessingPipeline);
  expect(() => api.addPipeline("Docs", { image, results, paths: ["/v2/batch"] })).toThrow('addPipeline: got "Docs"');
});
