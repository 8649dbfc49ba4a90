import {
  ContainerImage,
  Gpu,
  RemovalPolicy,
  Secret,
  Volume,
  WorkerPoolRegion,
  type WorkerPoolRegionProps,
} from "../../../lib";
import { allRules } from "../../../lib/rules/all-rules";
import { evaluate } from "../../../lib/rules/evaluate";
import { Topology } from "../../../lib/topology/topology";
import { attributes, only, synth, testStack } from "../../support";
import { expectTransition } from "../../transition-support";

const POOL = "google_cloud_run_v2_worker_pool";
const image = ContainerImage.fromReference(`europe-docker.pkg.dev/p/models/worker@sha256:${"0".repeat(64)}`);

function build(props: Partial<WorkerPoolRegionProps> = {}) {
  const stack = testStack();
  new WorkerPoolRegion(stack, "Pool", { region: "europe-west1", image, ...props });
  return synth(stack);
}

test("runs a fixed number of instances, with nothing that serves requests", () => {
  const document = build({ instances: 3, env: { MODE: "pull" } });
  const { name, template, ...rest } = attributes(only(document, POOL));
  expect(name).toMatch(/^test-pool-[a-z0-9]{6}$/);
  expect(rest).toEqual({
    location: "europe-west1",
    deletion_protection: true,
    scaling: { scaling_mode: "MANUAL", manual_instance_count: 3 },
  });
  expect(template).toEqual({
    service_account: `\${${only(document, "google_service_account").address}.email}`,
    containers: [
      {
        image: `europe-docker.pkg.dev/p/models/worker@sha256:${"0".repeat(64)}`,
        env: [{ name: "MODE", value: "pull" }],
        resources: { limits: { cpu: "1", memory: "1Gi" } },
      },
    ],
  });
  expect(evaluate(document, allRules).findings).toEqual([]);
});

test("has a GPU, files of a bucket and a secret, once its account may read them", () => {
  const stack = testStack();
  const token = new Secret(stack, "Token");
  new WorkerPoolRegion(stack, "Pool", {
    region: "europe-west1",
    image,
    gpu: Gpu.l4(),
    secretEnv: { TOKEN: token },
    volumes: [Volume.gcs("/models", "my-models", { mountOptions: ["implicit-dirs"] })],
  });
  const document = synth(stack);
  const pool = only(document, POOL);
  expect(pool.values.template).toMatchObject({
    node_selector: { accelerator: "nvidia-l4" },
    gpu_zonal_redundancy_disabled: true,
    containers: [{ resources: { limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" } } }],
    volumes: [{ gcs: { bucket: "my-models", mount_options: ["implicit-dirs"] } }],
  });
  const topology = new Topology(document);
  for (const type of ["google_storage_bucket_iam_member", "google_secret_manager_secret_iam_member"])
    expect(topology.dependsOn(pool, only(document, type).address)).toBe(true);
  expect(evaluate(document, allRules).findings).toEqual([]);
});

test("changes in place", () => {
  const after = build({ instances: 5, cpu: 4, removalPolicy: RemovalPolicy.DESTROY });
  expectTransition(build(), after, { changed: ["Pool"] });
});

test.each<[string, Partial<WorkerPoolRegionProps>, string]>([
  ["a negative number of instances", { instances: -1 }, "instances: got -1, allowed is a whole number from 0 to 10000"],
  ["a variable that Cloud Run sets", { env: { CLOUD_RUN_WORKER_POOL: "x" } }, "CLOUD_RUN_WORKER_POOL"],
  ["a GPU where there is none", { region: "us-west1", gpu: Gpu.l4() }, 'gpu: got "NVIDIA L4 in us-west1"'],
  ["less than a CPU", { cpu: 0.5 }, "cpu: got 0.5, allowed is 1 or more in a worker pool"],
  ["a bad name", { poolName: "Pool" }, 'service name: got "Pool"'],
])("fails for %s", (_title, props, message) => {
  expect(() => build(props)).toThrow(message);
});
