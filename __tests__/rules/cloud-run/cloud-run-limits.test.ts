import { cloudRunLimitRules } from "../../../lib/rules/cloud-run/cloud-run-limits";
import { describeRules, findingsOf, resourceAt, wrongValues } from "../rule-support";
import { API, JOB, POOL, SMALL, WEB, workloads } from "./cloud-run-document";

const C = "template.containers.0";
const many = (count: number) => Array.from({ length: count }, (_, index) => `x${index}`);

describeRules(cloudRunLimitRules, workloads, [
  ...wrongValues("run-location", JOB, "location", "europe-west1-b", "eu", undefined),
  ...wrongValues("run-location", POOL, "location", "global"),
  ...wrongValues("run-service-location", WEB, "location", "europe-west1-b", "europe", "EU-WEST1"),
  ...wrongValues("run-description", WEB, "description", "x".repeat(513)),
  ...wrongValues("run-ingress", WEB, "ingress", "INGRESS_TRAFFIC_LOAD_BALANCER", "internal"),
  ...wrongValues("run-launch-stage", WEB, "launch_stage", "PREVIEW"),
  ...wrongValues("run-scaling-mode", POOL, "scaling.scaling_mode", "AUTO"),
  ...wrongValues("run-min-instances", API, "scaling.min_instance_count", -1, "1.5"),
  ...wrongValues("run-max-instances", API, "scaling.max_instance_count", 0),
  ...wrongValues("run-manual-instances", POOL, "scaling.manual_instance_count", -1),
  ...wrongValues("run-job-task-count", JOB, "template.task_count", 0, 10001),
  ...wrongValues("run-job-parallelism", JOB, "template.parallelism", -1),
  ...wrongValues("run-job-retries", JOB, "template.template.max_retries", 11),
  ...wrongValues("run-job-timeout", JOB, "template.template.timeout", "604801s", "10m"),
  ...wrongValues("run-timeout", WEB, "template.timeout", "3601s", "5m", "60", 60),
  ...wrongValues("run-concurrency", WEB, "template.max_instance_request_concurrency", 1001, -1, "many"),
  ...wrongValues("run-revision-min-instances", WEB, "template.scaling.min_instance_count", -1),
  ...wrongValues("run-revision-max-instances", WEB, "template.scaling.max_instance_count", 0),
  ...wrongValues("run-key-revocation-action", POOL, "template.encryption_key_revocation_action", "STOP"),
  ...wrongValues("run-key-shutdown-duration", POOL, "template.encryption_key_shutdown_duration", "3601s", "1h"),

  ...wrongValues("run-execution-environment", WEB, "template.execution_environment", "GEN2"),
  ...wrongValues("run-containers", WEB, "template.containers", [], undefined),
  ...wrongValues("run-vpc-egress", WEB, "template.vpc_access.egress", "ALL"),
  ...wrongValues("run-vpc-interfaces", WEB, "template.vpc_access.network_interfaces", [
    { network: "a" },
    { network: "b" },
  ]),
  ...wrongValues("run-vpc-tags", WEB, "template.vpc_access.network_interfaces.0.tags", ["Web_1"]),
  ...wrongValues("run-volume-source-empty-dir", WEB, "template.volumes.3.empty_dir.medium", "RAM"),
  ...wrongValues("run-volume-bucket", WEB, "template.volumes.0.gcs.bucket", "gs://my-models", "my-models/llama"),
  ...wrongValues("run-volume-mount-options", WEB, "template.volumes.0.gcs.mount_options", ["--implicit-dirs"]),
  ...wrongValues("run-volume-nfs-server", WEB, "template.volumes.4.nfs.server", "nfs://10.2.0.2/share"),
  ...wrongValues("run-volume-nfs-path", WEB, "template.volumes.4.nfs.path", "share"),
  ...wrongValues("run-volume-sql-instance", WEB, "template.volumes.2.cloud_sql_instance.instances", [
    "main",
    "my-project:main",
  ]),
  ...wrongValues("run-volume-secret-mode", WEB, "template.volumes.1.secret.default_mode", 644),
  ...wrongValues("run-volume-secret-item-mode", WEB, "template.volumes.1.secret.items.0.mode", 777),
  ...wrongValues("run-volume-secret-item-version", WEB, "template.volumes.1.secret.items.0.version", undefined),
  ...wrongValues(
    "run-volume-secret-item-path",
    WEB,
    "template.volumes.1.secret.items.0.path",
    "/token",
    "../token",
    "a/../b",
  ),

  ...wrongValues("run-image", WEB, `${C}.image`, "https://docker.io/nginx", "Nginx:1", "nginx@sha256:12", undefined),
  ...wrongValues("run-image", JOB, "template.template.containers.0.image", "my image"),
  ...wrongValues("run-container-name", WEB, `${C}.name`, "Web", "web_1"),
  ...wrongValues("run-args", WEB, `${C}.args`, many(1001)),
  ...wrongValues(
    "run-env-count",
    SMALL,
    `${C}.env`,
    many(1001).map((name) => ({ name, value: "1" })),
  ),
  ...wrongValues("run-env-name", WEB, `${C}.env.0.name`, "A=B", "", undefined),
  ...wrongValues("run-env-name-portable", WEB, `${C}.env.0.name`, "my-mode", "1ST"),
  ...wrongValues("run-env-value", WEB, `${C}.env.0.value`, "x".repeat(32769), "é".repeat(16385)),
  ...wrongValues(
    "run-env-secret-name",
    WEB,
    `${C}.env.1.value_source.secret_key_ref.secret`,
    "projects/p/secrets/s/versions/1",
    "my secret",
  ),
  ...wrongValues("run-env-secret-version", WEB, `${C}.env.1.value_source.secret_key_ref.version`, "0", "versions/1"),
  ...wrongValues("run-port", WEB, `${C}.ports.0.container_port`, 0, 65536, "http"),
  ...wrongValues("run-port-name", WEB, `${C}.ports.0.name`, "http2", "grpc"),
  ...wrongValues("run-ports", API, `${C}.ports`, [{ container_port: 1 }, { container_port: 2 }]),
  ...wrongValues(
    "run-volume-mount-path",
    WEB,
    `${C}.volume_mounts.0.mount_path`,
    "models",
    "/dev/shm",
    "/proc",
    "/a:b",
  ),
  ...wrongValues("run-job-ports", JOB, "template.template.containers.0.ports", { container_port: 8080 }),
]);

test("says nothing of values that Terraform has yet to compute", () => {
  const document = workloads();
  const web = resourceAt(document, WEB);
  web.location = "${var.region}";
  web.template = "${var.template}";
  const small = resourceAt(document, SMALL);
  small.ingress = "${var.ingress}";
  small.template = {
    service_account: "${var.account}",
    timeout: "${var.timeout}s",
    max_instance_request_concurrency: "${var.concurrency}",
    containers: [
      { image: "${var.image}", env: "${var.env}", resources: { limits: "${var.limits}", cpu_idle: "${var.idle}" } },
    ],
  };
  expect(findingsOf(document)).toEqual([]);
});

test("says nothing of dynamic blocks", () => {
  const document = workloads();
  resourceAt(document, SMALL).template = {
    service_account: "${var.account}",
    dynamic: { containers: { for_each: "${var.containers}", content: { image: "${containers.value}" } } },
  };
  expect(findingsOf(document)).toEqual([]);
});

test("reads numbers that are written as text, and blocks that are written as lists", () => {
  const document = workloads();
  const small = resourceAt(document, SMALL);
  small.template = [
    {
      service_account: "${google_service_account.chat.email}",
      timeout: "60s",
      max_instance_request_concurrency: "1",
      scaling: [{ min_instance_count: "0", max_instance_count: "2" }],
      containers: { image: "docker.io/library/nginx:1.27", resources: [{ limits: { cpu: "1" }, cpu_idle: "true" }] },
    },
  ];
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("run-"))).toEqual([]);
});
