import { Delivery, Gpu, ProcessingPipeline, ResultStore, ServiceAccount } from "../../lib";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { blockOf, blocksOf, type Resource, type TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { only } from "../support";
import { BELGIUM, IMAGE, key, pipeline, residentPipeline, TOKYO } from "./pipeline-support";

const SERVICE = "google_cloud_run_v2_service";
const POOL = "google_cloud_run_v2_worker_pool";
const SUBSCRIPTION = "google_pubsub_subscription";
const TOPIC = "google_pubsub_topic";
const BUCKET = "google_storage_bucket";
const REGIONS = [BELGIUM, TOKYO];

const subscriptionIn = (document: TerraformDocument, region: string) =>
  only(document, SUBSCRIPTION, `Docs/${region}/Subscription`);
const environment = ({ values }: Resource) =>
  Object.fromEntries(
    blocksOf(blockOf(blocksOf(blockOf(values.template)?.containers)[0])?.env).map(({ name, value }) => [name, value]),
  );
const pathOf = (document: TerraformDocument, value: unknown) => document.target(value)?.path?.replace(/^test\//, "");

/** Every grant as `role on thing to member`, by construct paths. */
function grants(document: TerraformDocument): string[] {
  const agents: readonly [RegExp, string][] = [
    [/gcp-sa-pubsub/, "Pub/Sub"],
    [/google_storage_project_service_account/, "Cloud Storage"],
    [/serverless-robot-prod/, "Cloud Run"],
  ];
  return document.resources
    .filter(({ type }) => /_iam_/.test(type))
    .map(({ type, values }) => {
      const on = values.bucket ?? values.topic ?? values.subscription ?? values.name ?? values.crypto_key_id;
      const member = String(values.member);
      const agent = agents.find(([pattern]) => pattern.test(member))?.[1];
      const thing = pathOf(document, on) ?? (type === "google_kms_crypto_key_iam_member" ? String(on) : "?");
      return `${values.role} on ${thing} to ${agent ?? pathOf(document, member)}`;
    })
    .sort();
}

test("objects go from the bucket of a region over its topic to its own processor, as another account", () => {
  const document = pipeline();
  for (const region of REGIONS) {
    const bucket = only(document, BUCKET, `${region}/Ingest/Resource`);
    const notification = only(document, "google_storage_notification", `${region}/Notification`);
    const subscription = subscriptionIn(document, region);
    const service = only(document, SERVICE, `${region}/Processor/Resource`);
    expect(document.target(notification.values.bucket)).toBe(bucket);
    expect(notification.values.event_types).toEqual(["OBJECT_FINALIZE"]);
    expect(document.target(notification.values.topic)).toBe(document.target(subscription.values.topic));
    const publisher = only(document, "google_pubsub_topic_iam_member", `Docs/${region}/Publisher`);
    expect(new Topology(document).dependsOn(notification, publisher.address)).toBe(true);
    expect([bucket.values.location, service.values.location]).toEqual([region, region]);
    expect(subscription.values.push_config).toEqual({
      push_endpoint: `\${${service.address}.uri}/process`,
      oidc_token: {
        service_account_email: `\${${only(document, "google_service_account", "Docs/Invoker/Resource").address}.email}`,
        audience: `\${${service.address}.uri}`,
      },
    });
    expect(service.values.ingress).toBe("INGRESS_TRAFFIC_INTERNAL_ONLY");
    expect(service.values.invoker_iam_disabled).toBe(false);
    expect(environment(service)).toEqual({
      REGION: region,
      INGEST_BUCKET: `\${${bucket.address}.name}`,
      RESULTS_BUCKET: `\${${only(document, BUCKET, "Results/EU/Resource").address}.name}`,
      WORKER_MODE: "push",
    });
  }
  expect(document.ofType("google_compute_region_network_endpoint_group")).toEqual([]);
});

test("IAM is exactly this, each grant on one resource", () => {
  const perRegion = (region: string) => [
    `roles/pubsub.publisher on Docs/${region}/Topic to Cloud Storage`,
    `roles/pubsub.publisher on Docs/${region}/DeadLetters/Topic to Pub/Sub`,
    `roles/pubsub.subscriber on Docs/${region}/Subscription to Pub/Sub`,
    `roles/run.invoker on Docs/${region}/Processor/Resource to Docs/Invoker/Resource`,
    `roles/storage.objectViewer on Docs/${region}/Ingest/Resource to Docs/${region}/Account/Resource`,
    `roles/storage.objectUser on Results/EU/Resource to Docs/${region}/Account/Resource`,
  ];
  expect(grants(pipeline())).toEqual(REGIONS.flatMap(perRegion).sort());
});

test("IAM of a pull region is the subscription instead of the invocation", () => {
  const [push, pull] = [pipeline({ regions: [TOKYO] }), pipeline({ regions: [TOKYO], delivery: Delivery.pull() })];
  const difference = (left: string[], right: string[]) => left.filter((each) => !right.includes(each));
  expect(difference(grants(pull), grants(push))).toEqual([
    `roles/pubsub.subscriber on Docs/${TOKYO}/Subscription to Docs/${TOKYO}/Account/Resource`,
  ]);
  expect(difference(grants(push), grants(pull))).toEqual([
    `roles/run.invoker on Docs/${TOKYO}/Processor/Resource to Docs/Invoker/Resource`,
  ]);
});

test("who uploads, reads dead letters and results is granted just that", () => {
  const base = grants(pipeline());
  const document = pipeline({}, (made, stack) => {
    const people = new ServiceAccount(stack, "People");
    made.grantUpload(people);
    made.grantReadDeadLetters(people);
    made.grantReadDeadLetters(people);
  });
  expect(grants(document).filter((each) => !base.includes(each))).toEqual(
    [
      ...REGIONS.map(
        (region) => `roles/pubsub.subscriber on Docs/${region}/DeadLetters/Subscription to People/Resource`,
      ),
      ...REGIONS.map((region) => `roles/storage.objectCreator on Docs/${region}/Ingest/Resource to People/Resource`),
    ].sort(),
  );
});

test("an ingest service may only put objects into the bucket of its region", () => {
  const base = grants(pipeline());
  const document = pipeline({}, (made) => made.addSubmission());
  expect(grants(document).filter((each) => !base.includes(each))).toEqual(
    REGIONS.map(
      (region) =>
        `roles/storage.objectCreator on Docs/${region}/Ingest/Resource to Docs/${region}/SubmissionAccount/Resource`,
    ).sort(),
  );
});

test("an ingest service is told the buckets, and processes nothing", () => {
  const document = pipeline({ env: { LOG_LEVEL: "info" } }, (made) =>
    made.addSubmission({ env: { MAX_BODY_BYTES: "1000" } }),
  );
  const variables = environment(only(document, SERVICE, `${TOKYO}/Submission/Resource`));
  expect(Object.keys(variables).sort()).toEqual([
    "INGEST_BUCKET",
    "LOG_LEVEL",
    "MAX_BODY_BYTES",
    "REGION",
    "RESULTS_BUCKET",
  ]);
});

test("every way to fail ends in a dead letter that is kept and can be read", () => {
  for (const document of [pipeline(), pipeline({ delivery: Delivery.pull(), exactlyOnce: true })]) {
    const works = document.ofType(SUBSCRIPTION).filter(({ values }) => values.dead_letter_policy !== undefined);
    expect(works).toHaveLength(2);
    for (const { address, values } of works) {
      const policy = blockOf(values.dead_letter_policy)!;
      const topic = document.target(policy.dead_letter_topic)!;
      expect(policy.max_delivery_attempts).toBe(10);
      expect(values.retry_policy).toEqual({ minimum_backoff: "10s", maximum_backoff: "600s" });
      const readers = document.ofType(SUBSCRIPTION).filter((each) => document.target(each.values.topic) === topic);
      expect(readers.map((each) => [each.values.expiration_policy, each.values.message_retention_duration])).toEqual([
        [{ ttl: "" }, "2678400s"],
      ]);
      expect(readers[0]!.address).not.toBe(address);
      expect(values.expiration_policy).toEqual({ ttl: "" });
    }
    // Dead letters need the service agent's two grants; the rulebook knows both.
    expect(evaluate(document, allRules).findings).toEqual([]);
  }
});

test("with residency, messages and results never leave their region", () => {
  const document = residentPipeline({}, (made) => made.addSubmission());
  const outside = document.resources.flatMap(({ address, path = "", values }) => {
    const region = REGIONS.find((each) => path.includes(`/${each}/`));
    const location = String(values.location ?? values.region ?? region);
    return region !== undefined && location !== region && !location.startsWith("${") ? [address] : [];
  });
  expect(outside).toEqual([]);
  for (const region of REGIONS) {
    for (const topic of document.ofType(TOPIC).filter(({ path = "" }) => path.includes(`/${region}/`)))
      expect(topic.values.message_storage_policy).toEqual({
        allowed_persistence_regions: [region],
        enforce_in_transit: true,
      });
    for (const name of ["Processor", "Submission"]) {
      const variables = environment(only(document, SERVICE, `${region}/${name}/Resource`));
      for (const bucket of [variables.INGEST_BUCKET, variables.RESULTS_BUCKET])
        expect(document.target(bucket)?.values.location).toBe(region);
    }
  }
  expect(document.ofType(TOPIC)).toHaveLength(4);
  // No account of one region may touch a thing of the other.
  const crossing = grants(document).filter((each) => REGIONS.every((region) => each.includes(region)));
  expect(crossing).toEqual([]);
});

test("a message is stored in its region even without residency", () => {
  for (const { values, path } of pipeline().ofType(TOPIC)) {
    const region = REGIONS.find((each) => path!.includes(each));
    expect(values.message_storage_policy).toEqual({ allowed_persistence_regions: [region], enforce_in_transit: false });
  }
});

test("a worker pool pulls from its subscription, by full name, as an account that may", () => {
  const document = pipeline({
    delivery: Delivery.pull({ instances: 3, scaledElsewhere: true }),
    gpu: Gpu.l4(),
    regions: [BELGIUM],
    exactlyOnce: true,
  });
  const pool = only(document, POOL);
  const subscription = subscriptionIn(document, BELGIUM);
  expect(environment(pool)).toMatchObject({ WORKER_MODE: "pull", SUBSCRIPTION: `\${${subscription.address}.id}` });
  expect(pool.values.scaling).toEqual({ scaling_mode: "MANUAL", manual_instance_count: 3 });
  expect(blockOf(pool.values.lifecycle)?.ignore_changes).toEqual(["scaling"]);
  expect(blockOf(pool.values.template)).toMatchObject({ node_selector: { accelerator: "nvidia-l4" } });
  expect(subscription.values.push_config).toBeUndefined();
  expect(subscription.values.enable_exactly_once_delivery).toBe(true);
  const subscriber = only(document, "google_pubsub_subscription_iam_member", "Subscriber");
  expect(new Topology(document).dependsOn(pool, subscriber.address)).toBe(true);
  expect(document.ofType(SERVICE)).toEqual([]);
});

test("one region pulls on a GPU, the other is pushed to on CPU", () => {
  const document = pipeline({
    env: { LOG_LEVEL: "info" },
    regionOverrides: { [BELGIUM]: { delivery: Delivery.pull(), gpu: Gpu.l4(), env: { MODEL: "large" } } },
  });
  expect(only(document, POOL).values.location).toBe(BELGIUM);
  expect(only(document, SERVICE).values.location).toBe(TOKYO);
  expect(environment(only(document, POOL))).toMatchObject({ LOG_LEVEL: "info", MODEL: "large" });
});

test("the deadline covers the time that the processor may take", () => {
  const document = pipeline({ processingSeconds: 120 });
  expect(subscriptionIn(document, TOKYO).values.ack_deadline_seconds).toBe(120);
  expect(blockOf(only(document, SERVICE, `${TOKYO}/Processor/Resource`).values.template)?.timeout).toBe("120s");
});

test.each([
  ["as many messages as it has CPUs", { cpu: 4 }, 4],
  ["one message below 2 CPUs", {}, 1],
  ["what is asked for", { cpu: 2, concurrency: 30 }, 30],
  ["16 messages on a GPU", { gpu: Gpu.l4(), regions: [BELGIUM] }, 16],
])("an instance works on %s at a time", (_title, options, expected) => {
  const [service] = pipeline(options).ofType(SERVICE);
  expect(blockOf(service!.values.template)?.max_instance_request_concurrency).toBe(expected);
});

test("a region's key encrypts its bucket, messages and image, once their agents may use it", () => {
  const document = pipeline({ regionOverrides: { [BELGIUM]: { encryptionKey: key(BELGIUM) } } });
  const topology = new Topology(document);
  const grantOf = (agent: string) =>
    document.ofType("google_kms_crypto_key_iam_member").find(({ values }) => String(values.member).includes(agent))!;
  const users: readonly [Resource, string][] = [
    [only(document, BUCKET, `${BELGIUM}/Ingest/Resource`), "storage_project_service_account"],
    [only(document, TOPIC, `Docs/${BELGIUM}/Topic`), "gcp-sa-pubsub"],
    [only(document, TOPIC, `${BELGIUM}/DeadLetters/Topic`), "gcp-sa-pubsub"],
    [only(document, SERVICE, `${BELGIUM}/Processor/Resource`), "serverless-robot-prod"],
  ];
  for (const [user, agent] of users) {
    expect(JSON.stringify(user.values)).toContain(key(BELGIUM));
    expect(topology.dependsOn(user, grantOf(agent).address)).toBe(true);
  }
  expect(JSON.stringify(document.resources.filter(({ path = "" }) => path.includes(`/${TOKYO}/`)))).not.toContain(
    "cryptoKeys",
  );
  expect(document.ofType("google_kms_crypto_key_iam_member")).toHaveLength(3);
});

test("buckets are private and delete what has been processed, topics and buckets are protected", () => {
  const document = pipeline({ inputRetentionDays: 3 });
  const { values } = only(document, BUCKET, `${TOKYO}/Ingest/Resource`);
  expect(values).toMatchObject({
    uniform_bucket_level_access: true,
    public_access_prevention: "enforced",
    versioning: { enabled: false },
    force_destroy: false,
  });
  expect(values.lifecycle_rule).toContainEqual({
    action: { type: "Delete" },
    condition: { age: 3, with_state: "LIVE" },
  });
  const kept = [BUCKET, TOPIC].flatMap((type) => document.ofType(type));
  expect(kept.map((each) => blockOf(each.values.lifecycle)?.prevent_destroy)).toEqual(kept.map(() => true));
});

test("two pipelines of one stack have no name in common", () => {
  const document = pipeline({}, (first, stack) => {
    const results = ResultStore.fromBucketName(stack, "Archive", "my-archive");
    new ProcessingPipeline(stack, "Docs2", { image: IMAGE, regions: [BELGIUM, TOKYO], results }).addSubmission();
    first.addSubmission();
  });
  const names = document.resources.flatMap(({ type, isData, values: { name, location, account_id } }) =>
    isData || /_iam_|project_service$/.test(type) ? [] : [`${type} ${location} ${name ?? account_id}`],
  );
  const named = names.filter((each) => !each.endsWith("undefined"));
  expect(named.length).toBeGreaterThan(30);
  expect(new Set(named).size).toBe(named.length);
});

test("the JSON of before", () => {
  expect(residentPipeline({ regions: [TOKYO] }, (made) => made.addSubmission()).json).toMatchSnapshot();
});
