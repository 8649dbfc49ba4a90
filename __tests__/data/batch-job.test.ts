import { CloudRunV2Job } from "@cdktf/provider-google/lib/cloud-run-v2-job";
import fc from "fast-check";
import {
  BatchJob,
  type BatchJobProps,
  ContainerImage,
  Gpu,
  ImagePolicy,
  ModelStore,
  RemovalPolicy,
  Secret,
  ServiceAccount,
  Volume,
} from "../../lib";
import { type Block, blockOf, blocksOf, type TerraformDocument } from "../../lib/topology/document";
import { findingsOf } from "../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { expectTransition, obstacles } from "../transition-support";

const JOB = "google_cloud_run_v2_job";
const SCHEDULE = "google_cloud_scheduler_job";
const INVOKER = "google_cloud_run_v2_job_iam_member";
const [BELGIUM, TOKYO] = ["europe-west1", "asia-northeast1"];
const image = (digit: string) =>
  ContainerImage.fromReference(`europe-docker.pkg.dev/p/models/embed@sha256:${digit.repeat(64)}`);
const IMAGE = image("0");

type Props = Partial<BatchJobProps>;

function build(props: Props = {}): TerraformDocument {
  const stack = testStack();
  new BatchJob(stack, "Embed", { image: IMAGE, regions: [BELGIUM], ...props });
  return synth(stack);
}

const job = (props: Props = {}) => only(build(props), JOB).values;
const execution = (props: Props = {}) => blockOf(job(props).template)!;
const task = (props: Props = {}) => blockOf(execution(props).template)!;
const container = (props: Props = {}) => blocksOf(task(props).containers)[0]!;

describe("a job", () => {
  test("runs one task as an account without roles, in the second generation, and is protected", () => {
    const document = build();
    const { name, ...rest } = attributes(only(document, JOB));
    expect(name).toMatch(/^test-embed-\w{6}$/);
    expect(rest).toEqual({
      location: BELGIUM,
      deletion_protection: true,
      template: {
        task_count: 1,
        template: {
          service_account: `\${${only(document, "google_service_account").address}.email}`,
          timeout: "600s",
          max_retries: 3,
          execution_environment: "EXECUTION_ENVIRONMENT_GEN2",
          containers: [{ image: IMAGE.reference, env: [], resources: { limits: { cpu: "1", memory: "1Gi" } } }],
        },
      },
    });
  });

  test("runs as many tasks, as long and as often as it is told", () => {
    const props = { tasks: 10000, parallelism: 50, maxRetries: 0, taskTimeoutSeconds: 604800 };
    expect(execution(props)).toMatchObject({ task_count: 10000, parallelism: 50 });
    expect(task(props)).toMatchObject({ max_retries: 0, timeout: "604800s" });
  });

  test("has a GPU with its instance, no more of them at a time than a new project has", () => {
    expect(task({ gpu: Gpu.l4() })).toMatchObject({
      node_selector: { accelerator: "nvidia-l4" },
      gpu_zonal_redundancy_disabled: true,
    });
    expect(container({ gpu: Gpu.l4() }).resources).toEqual({
      limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" },
    });
    const parallelism = (props: Props) => execution({ gpu: Gpu.l4(), ...props }).parallelism;
    expect([parallelism({}), parallelism({ tasks: 2 }), parallelism({ tasks: 100 })]).toEqual([1, 2, 3]);
    expect(parallelism({ tasks: 100, parallelism: 20 })).toBe(20);
    expect(execution({ tasks: 100 }).parallelism).toBeUndefined();
  });

  test("takes command, environment, secrets, volumes, network, key and image policy as services do", () => {
    const stack = testStack();
    const key = `projects/p/locations/${BELGIUM}/keyRings/r/cryptoKeys/k`;
    new BatchJob(stack, "Embed", {
      image: IMAGE,
      regions: [BELGIUM],
      command: ["python"],
      args: ["embed.py"],
      env: { MODEL: "gemma" },
      secretEnv: { TOKEN: Secret.fromName(stack, "Token", "hf-token", { version: "3" }) },
      volumes: [
        Volume.ephemeralDisk("/scratch", 10),
        Volume.gcs("/data", "my-data", { readOnly: false, mountOptions: ["uid=1000"] }),
      ],
      vpcEgress: { subnetwork: "batch" },
      encryptionKey: key,
      imagePolicy: ImagePolicy.ofProject(),
      labels: { team: "ml" },
      annotations: { "acme.example/owner": "ml" },
    });
    const document = synth(stack);
    const { values } = only(document, JOB);
    const template = blockOf(blockOf(values.template)!.template)!;
    expect(values).toMatchObject({
      labels: { team: "ml" },
      annotations: { "acme.example/owner": "ml" },
      binary_authorization: { use_default: true },
    });
    expect(template).toMatchObject({
      encryption_key: key,
      vpc_access: { network_interfaces: [{ subnetwork: "batch" }] },
      volumes: [
        { name: "v-scratch", empty_dir: { medium: "DISK", size_limit: "10Gi" } },
        { name: "v-data", gcs: { bucket: "my-data", read_only: false, mount_options: ["uid=1000"] } },
      ],
    });
    expect(blocksOf(template.containers)[0]).toMatchObject({
      command: ["python"],
      args: ["embed.py"],
      env: [
        { name: "MODEL", value: "gemma" },
        { name: "TOKEN", value_source: { secret_key_ref: { secret: "hf-token", version: "3" } } },
      ],
      volume_mounts: [
        { name: "v-scratch", mount_path: "/scratch" },
        { name: "v-data", mount_path: "/data" },
      ],
    });
    const waitsFor = dependsOn(only(document, JOB)).map((address) => address.split(".")[0]);
    for (const type of ["google_secret_manager_secret_iam_member", "google_storage_bucket_iam_member"])
      expect(waitsFor).toContain(type);
    expect(waitsFor).toContain("google_kms_crypto_key_iam_member");
  });

  test("mounts models from the bucket of its region", () => {
    const stack = testStack();
    const store = new ModelStore(stack, "Models", { locations: [BELGIUM, TOKYO] });
    const models = [store.version("gemma3-4b", "2026-11", { sizeGiB: 8 })];
    new BatchJob(stack, "Embed", { image: IMAGE, regions: [BELGIUM, TOKYO], models });
    const document = synth(stack);
    for (const region of [BELGIUM, TOKYO]) {
      const bucket = only(document, "google_storage_bucket", `/${region}/Resource`).address;
      const volumes = blockOf(blockOf(only(document, JOB, `/${region}/Resource`).values.template)!.template)!.volumes;
      expect(volumes).toEqual([
        {
          name: "v-models-gemma3-4b",
          gcs: {
            bucket: `\${${bucket}.name}`,
            read_only: true,
            mount_options: ["only-dir=models/gemma3-4b/2026-11", "metadata-cache-ttl-secs=-1"],
          },
        },
      ]);
    }
  });

  test("is one in each region, of one name and account, and may differ", () => {
    const document = build({
      regions: [BELGIUM, TOKYO],
      jobName: "embed",
      env: { MODEL: "gemma", LEVEL: "info" },
      regionOverrides: { [TOKYO]: { tasks: 5, image: image("1"), env: { LEVEL: "debug" } } },
    });
    const [belgium, tokyo] = [BELGIUM, TOKYO].map((region) => only(document, JOB, `/${region}/Resource`).values);
    expect([belgium!.name, tokyo!.name]).toEqual(["embed", "embed"]);
    expect(document.ofType("google_service_account")).toHaveLength(1);
    expect(blockOf(belgium!.template)).toMatchObject({ task_count: 1 });
    expect(blockOf(tokyo!.template)).toMatchObject({ task_count: 5 });
    const [container] = blocksOf(blockOf(blockOf(tokyo!.template)!.template)!.containers);
    expect(container).toMatchObject({
      image: image("1").reference,
      env: [
        { name: "MODEL", value: "gemma" },
        { name: "LEVEL", value: "debug" },
      ],
    });
  });

  test("may be executed by members, each once in each region", () => {
    const stack = testStack();
    const batch = new BatchJob(stack, "Embed", { image: IMAGE, regions: [BELGIUM, TOKYO] });
    const account = new ServiceAccount(stack, "Pipeline");
    batch.grantExecute(account.iamMember);
    batch.grantExecute(account.iamMember);
    batch.grantExecute("group:ml@acme.example");
    const grants = synth(stack).ofType(INVOKER);
    expect(grants).toHaveLength(4);
    expect(new Set(grants.map(({ values }) => values.role))).toEqual(new Set(["roles/run.invoker"]));
    expect(batch.jobs[TOKYO!]).toBeInstanceOf(CloudRunV2Job);
  });

  test("is within Cloud Run's limits, or refused", () => {
    const numbers = fc.integer({ min: -1, max: 12000 });
    fc.assert(
      fc.property(numbers, fc.option(numbers, { nil: undefined }), (tasks, parallelism) => {
        const isAllowed =
          tasks >= 1 && tasks <= 10000 && (parallelism === undefined || (parallelism >= 1 && parallelism <= tasks));
        const make = () => job({ tasks, parallelism });
        if (isAllowed) expect(make).not.toThrow();
        else expect(make).toThrow(/\[test\/Embed\/europe-west1\] (tasks|parallelism): got/);
      }),
      { numRuns: 40 },
    );
  });
});

describe("a schedule", () => {
  const SCHEDULED: Props = { schedule: "0 3 * * *" };

  test("starts the job of its region as an account that may do nothing else", () => {
    const document = build({ ...SCHEDULED, timeZone: "Europe/Berlin", jobName: "embed" });
    const resource = only(document, SCHEDULE);
    const account = only(document, "google_service_account", "SchedulerAccount/Resource").address;
    const started = only(document, JOB).address;
    expect(attributes(resource)).toEqual({
      name: "embed-europe-west1",
      region: BELGIUM,
      schedule: "0 3 * * *",
      time_zone: "Europe/Berlin",
      paused: false,
      attempt_deadline: "180s",
      retry_config: { retry_count: 3 },
      http_target: {
        http_method: "POST",
        uri: `https://run.googleapis.com/v2/\${${started}.id}:run`,
        oauth_token: { service_account_email: `\${${account}.email}` },
      },
    });
    const grant = only(document, INVOKER);
    expect(attributes(grant)).toEqual({
      name: `\${${started}.name}`,
      location: `\${${started}.location}`,
      role: "roles/run.invoker",
      member: `\${${account}.member}`,
    });
    expect(dependsOn(resource)).toContain(grant.address);
  });

  test("gives no finding of any rule", () => {
    const stack = testStack();
    const store = new ModelStore(stack, "Models", { locations: ["EU"] });
    new BatchJob(stack, "Embed", {
      image: IMAGE,
      regions: [BELGIUM],
      gpu: Gpu.l4(),
      models: [store.version("m", "1", { sizeGiB: 8 })],
      tasks: 20,
      ...SCHEDULED,
    });
    expect(findingsOf(synth(stack).json as never)).toEqual([]);
  });

  test("is paused, differs by region, and may be in another one", () => {
    const document = build({
      ...SCHEDULED,
      regions: [BELGIUM, TOKYO],
      schedulePaused: true,
      regionOverrides: { [TOKYO]: { schedule: "0 18 * * *", schedulerRegion: "asia-northeast2" } },
    });
    const [belgium, tokyo] = [BELGIUM, TOKYO].map((region) => only(document, SCHEDULE, `/${region}/Schedule`).values);
    expect(belgium).toMatchObject({ region: BELGIUM, schedule: "0 3 * * *", time_zone: "Etc/UTC", paused: true });
    expect(tokyo).toMatchObject({ region: "asia-northeast2", schedule: "0 18 * * *", paused: true });
    expect(document.ofType("google_service_account")).toHaveLength(2);
  });

  test("is only where there is one", () => {
    const document = build({ regions: [BELGIUM, TOKYO], regionOverrides: { [TOKYO]: SCHEDULED } });
    expect(only(document, SCHEDULE).values.region).toBe(TOKYO);
    expect(build().ofType(SCHEDULE)).toEqual([]);
    expect(build().ofType("google_service_account")).toHaveLength(1);
  });
});

describe("fails for", () => {
  const at = "[test/Embed/europe-west1]";
  const cases: [string, Props, string][] = [
    ["no region", { regions: [] }, "[test/Embed] regions: got []"],
    ["a draining region that is none of its own", { drainingRegions: [TOKYO] }, "[test/Embed] drainingRegions: got"],
    ["no task", { tasks: 0 }, `${at} tasks: got 0, allowed is a whole number from 1 to 10000`],
    ["more tasks than Cloud Run has", { tasks: 10001 }, `${at} tasks: got 10001`],
    [
      "more tasks at a time than there are",
      { tasks: 5, parallelism: 6 },
      `${at} parallelism: got 6, allowed is a whole number from 1 to 5; it may not exceed tasks`,
    ],
    ["eleven retries", { maxRetries: 11 }, `${at} maxRetries: got 11, allowed is a whole number from 0 to 10`],
    [
      "a task of eight days",
      { taskTimeoutSeconds: 691200 },
      `${at} taskTimeoutSeconds: got 691200, allowed is 1 to 604800 seconds`,
    ],
    [
      "less than one CPU",
      { cpu: 0.5 },
      `${at} cpu: got 0.5, allowed is at least 1 CPU and 512 MiB: jobs run in the second generation execution environment`,
    ],
    ["little memory", { memoryMiB: 256 }, `${at} memoryMiB: got 256`],
    [
      "a GPU that the region does not have",
      { regions: [TOKYO], gpu: Gpu.l4() },
      "[test/Embed/asia-northeast1] gpu: got",
    ],
    [
      "a variable that Cloud Run sets",
      { env: { CLOUD_RUN_TASK_INDEX: "1" } },
      `${at} environment variable: got "CLOUD_RUN_TASK_INDEX"`,
    ],
    ["a schedule that is none", { schedule: "61 * * * *" }, `${at} schedule: got "61 * * * *"`],
    ["a time zone that is none", { schedule: "0 3 * * *", timeZone: "Berlin" }, '[test/Embed] timeZone: got "Berlin"'],
    [
      "a time zone without a schedule",
      { timeZone: "Europe/Berlin" },
      '[test/Embed] timeZone: got "Europe/Berlin", allowed is none without a schedule; set schedule, for example "0 3 * * *", or remove it',
    ],
    [
      "a region of schedules without a schedule",
      { regionOverrides: { [BELGIUM]: { schedulerRegion: TOKYO } } },
      "[test/Embed] regionOverrides.europe-west1.schedulerRegion: got",
    ],
    ["a name that is too long", { jobName: "x".repeat(50) }, "[test/Embed] job name: got"],
    ["everybody as the one who executes it", {}, "allUsers"],
  ];
  test.each(cases)("%s", (_title, props, message) => {
    const make = () => {
      const batch = new BatchJob(testStack(), "Embed", { image: IMAGE, regions: [BELGIUM], ...props });
      batch.grantExecute("allUsers");
    };
    expect(make).toThrow(message);
  });

  test("tasks that end before their models are loaded", () => {
    const stack = testStack();
    const models = [new ModelStore(stack, "Models", { locations: ["EU"] }).version("m", "1", { sizeGiB: 60 })];
    expect(() => new BatchJob(stack, "Embed", { image: IMAGE, regions: [BELGIUM], models })).toThrow(
      "[test/Embed/europe-west1] taskTimeoutSeconds: got 600, allowed is more than 615, in which the models load; raise it, or say how fast the weights are really read: readMiBPerSecond",
    );
  });
});

describe("changes", () => {
  const SCHEDULED: Props = { schedule: "0 3 * * *", jobName: "embed" };
  const of = (region: string, ...parts: string[]) => parts.map((part) => `Embed/${region}${part}`);

  test("of image, tasks, GPU and times are in place", () => {
    const before = build(SCHEDULED);
    const changed = of(BELGIUM, "");
    expectTransition(before, build({ ...SCHEDULED, image: image("1") }), { changed });
    expectTransition(before, build({ ...SCHEDULED, tasks: 50, maxRetries: 1 }), { changed });
    expectTransition(before, build({ ...SCHEDULED, gpu: Gpu.l4() }), { changed });
    expectTransition(before, build({ ...SCHEDULED, schedule: "0 4 * * *" }), { changed: of(BELGIUM, "/Schedule") });
    expectTransition(before, build({ ...SCHEDULED, schedulePaused: true }), { changed: of(BELGIUM, "/Schedule") });
  });

  test("add a region, and drain and remove it, without touching the others", () => {
    const one = build(SCHEDULED);
    const two = build({ ...SCHEDULED, regions: [BELGIUM, TOKYO] });
    const drained = build({ ...SCHEDULED, regions: [BELGIUM, TOKYO], drainingRegions: [TOKYO] });
    const parts = of(TOKYO, "", "/Schedule", "/SchedulerInvoker");
    expectTransition(one, two, { added: parts });
    expectTransition(two, drained, { changed: of(TOKYO, "", "/Schedule") });
    expectTransition(drained, one, { removed: parts });
    expect(obstacles(two, one)).not.toEqual([]);
  });

  test("add and remove a schedule", () => {
    const [without, scheduled] = [build({ jobName: "embed" }), build(SCHEDULED)];
    const parts = [
      "Embed/SchedulerAccount",
      ...of(BELGIUM, "/Schedule", "/SchedulerInvoker"),
      "ProjectServices/cloudscheduler",
    ];
    expectTransition(without, scheduled, { added: parts });
    expectTransition(scheduled, without, { removed: parts });
  });

  test("take the protection away", () => {
    const changed = of(BELGIUM, "");
    expectTransition(build(), build({ removalPolicy: RemovalPolicy.DESTROY }), { changed });
    const values: Block = job({ removalPolicy: RemovalPolicy.DESTROY });
    expect(values.deletion_protection).toBe(false);
  });
});
