import { adding, changed, describeGroup, type Json, type Mutation, on, resourceAt, wrongValues } from "../rule-support";
import { API, JOB, POOL, SMALL, WEB, workloadsBehindLoadBalancer } from "./cloud-run-document";

const C = "template.containers.0";
const JOB_C = "template.template.containers.0";
const SIZE = `${C}.resources.limits`;
const STARTUP = `${C}.startup_probe`;
const LIVENESS = `${C}.liveness_probe`;
const READINESS = `${C}.readiness_probe`;
const EU = "google_cloud_run_v2_service.eu";
const BINDING = "google_cloud_run_v2_service_iam_member.eu";
const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";
const REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";
const old = { type: REVISION, revision: "web-old" };
const digest = `@sha256:${"0".repeat(64)}`;

/** Mutations that break something else, too. */
function also(rules: readonly string[], mutations: readonly Mutation[]): Mutation[] {
  return mutations.map((mutation) => ({ ...mutation, also: rules }));
}

function at(path: string, mutations: readonly Mutation[]): Mutation[] {
  return mutations.map((mutation) => ({ ...mutation, at: path }));
}

function templateOf(document: Json, address: string): Json & { containers: Json[] } {
  return resourceAt(document, address).template as Json & { containers: Json[] };
}

const resources: readonly Mutation[] = [
  ...on(JOB, ["run-location", "location", "europe-west1-b"], ["run-location", "location", undefined]),
  ...also(["run-same-region"], wrongValues("run-location", WEB, "location", "europe-west1-b", "EU-WEST1")),
  ...also(["run-same-region"], wrongValues("run-location", POOL, "location", "global", "eu")),
  ...wrongValues("run-location-known", SMALL, "location", "europe-west77"),
  ...wrongValues("run-location-known", JOB, "location", "us-middle1"),
  ...at("multi_region_settings", wrongValues("run-multi-region", SMALL, "location", "global")),
  ...at("location", wrongValues("run-multi-region", SMALL, "multi_region_settings", { regions: ["europe-west1"] })),
  changed("run-multi-region-settings-regions-item", SMALL, (document) =>
    Object.assign(resourceAt(document, SMALL), { location: "global", multi_region_settings: { regions: ["eu"] } }),
  ),
  ...on(
    WEB,
    ["run-ingress", "ingress", "INGRESS_TRAFFIC_LOAD_BALANCER"],
    ["run-launch-stage", "launch_stage", "PREVIEW"],
    ["run-labels-namespace", "labels", { "run.googleapis.com/ingress": "all" }],
    ["run-annotations-namespace", "annotations", { "run.googleapis.com/launch-stage": "BETA" }],
    ["run-annotations-namespace", "template.annotations", { "autoscaling.knative.dev/maxScale": "3" }],
  ),
  ...on(POOL, ["run-labels-namespace", "template.labels", { "cloud.googleapis.com/location": "eu" }]),
  ...at("binary_authorization.policy", [
    ...wrongValues("run-binary-authorization", WEB, "binary_authorization", { use_default: true, policy: "p" }),
  ]),
  ...at("binary_authorization.breakglass_justification", [
    ...wrongValues("run-breakglass", JOB, "binary_authorization", {
      use_default: false,
      breakglass_justification: "fire",
    }),
  ]),
  ...wrongValues("run-job-token-length", JOB, "start_execution_token", "x".repeat(60)),
  changed("run-job-tokens", JOB, (document) =>
    Object.assign(resourceAt(document, JOB), { start_execution_token: "a", run_execution_token: "b" }),
  ),
];

const scaling: readonly Mutation[] = [
  ...on(
    POOL,
    ["run-scaling-scaling-mode", "scaling.scaling_mode", "AUTO"],
    ["run-manual-instance-count", "scaling.manual_instance_count", -1],
  ),
  changed(
    "run-scaling-targets",
    WEB,
    (document) => {
      const { scaling } = resourceAt(document, WEB).template as { scaling: Json };
      Object.assign(scaling, { cpu_utilization: 0, concurrency_utilization: 0 });
    },
    { at: "template.scaling.concurrency_utilization" },
  ),
  ...also(["run-min-max-instances"], wrongValues("run-max-instance-count", API, "scaling.max_instance_count", 0)),
  ...wrongValues("run-min-max-instances", WEB, "template.scaling.min_instance_count", 11),
  ...at("scaling.min_instance_count", [
    ...wrongValues("run-min-max-instances", API, "scaling", { min_instance_count: 3, max_instance_count: "2" }),
    ...wrongValues("run-min-max-instances", POOL, "scaling", {
      scaling_mode: "AUTOMATIC",
      min_instance_count: 3,
      max_instance_count: 2,
    }),
    ...wrongValues("run-manual-scaling", POOL, "scaling", { min_instance_count: 1 }),
  ]),
  ...wrongValues("run-service-min-revision-max", API, "scaling.min_instance_count", 4),
  ...at("scaling.scaling_mode", wrongValues("run-manual-scaling", API, "scaling.manual_instance_count", 2)),
  ...at("scaling.manual_instance_count", [
    ...wrongValues("run-manual-scaling", API, "scaling", { scaling_mode: "MANUAL" }),
  ]),
  ...at(
    "template.scaling.max_instance_count",
    wrongValues("run-gpu-max-instances", API, "template.scaling", undefined),
  ),
  ...wrongValues("run-job-parallelism-tasks", JOB, "template.parallelism", 11),
  ...at("template.parallelism", wrongValues("run-job-parallelism-tasks", JOB, "template.task_count", undefined)),
];

const traffic: readonly Mutation[] = [
  ...on(
    WEB,
    ["run-traffic-type", "traffic.0.type", "LATEST"],
    ["run-traffic-tag", "traffic.0.tag", "Live"],
    ["run-traffic-tag", "traffic.0.tag", "1st"],
    ["run-traffic-tag", "traffic.0.tag", "a_b"],
    ["run-traffic-tag-length", "traffic.0.tag", "x".repeat(44)],
    ["run-traffic-latest", "traffic.0.revision", "web-1"],
  ),
  ...at("traffic", [
    ...wrongValues("run-traffic-sum", WEB, "traffic.0.percent", 90, "50", undefined),
    ...wrongValues("run-traffic-sum", WEB, "traffic", [
      { type: LATEST, percent: 60 },
      { ...old, percent: 60 },
    ]),
    ...wrongValues("run-traffic-latest-missing", WEB, "traffic", [{ ...old, percent: 100 }]),
  ]),
  ...at("instance_splits", [
    ...wrongValues("run-instance-splits-latest-missing", POOL, "instance_splits", [
      { type: "INSTANCE_SPLIT_ALLOCATION_TYPE_REVISION", revision: "queue-old", percent: 100 },
    ]),
  ]),
  ...wrongValues("run-instance-splits-type", POOL, "instance_splits.0.type", LATEST),
  ...at("instance_splits", wrongValues("run-instance-splits-sum", POOL, "instance_splits.0.percent", 99)),
  ...at("traffic.0.revision", wrongValues("run-traffic-revision", WEB, "traffic.0.type", REVISION)),
  ...at("traffic.tag", [
    ...wrongValues("run-traffic-tags", WEB, "traffic", [
      { type: LATEST, percent: 100, tag: "a" },
      { ...old, tag: "a" },
    ]),
  ]),
  ...also(["run-revision-fixed"], wrongValues("run-revision-name", WEB, "template.revision", "blue")),
  ...also(
    ["run-revision-fixed"],
    wrongValues("run-revision", WEB, "template.revision", "web-Blue", `web-${"x".repeat(60)}`),
  ),
  ...wrongValues("run-revision-fixed", SMALL, "template.revision", "small-1"),
  changed("run-session-affinity-split", WEB, (document) => {
    resourceAt(document, WEB).traffic = [
      { type: LATEST, percent: 10 },
      { ...old, percent: 90 },
    ];
    templateOf(document, WEB).session_affinity = true;
  }),
];

const sizes: readonly Mutation[] = [
  ...wrongValues("run-resources-limits", WEB, SIZE, { cpu: "1", memory: "1Gi", gpu: "1" }),
  ...also(
    ["run-instance-total"],
    wrongValues("run-resources-limits-cpu", WEB, `${SIZE}.cpu`, "3", "10", "0.05", "one", "1500m"),
  ),
  ...wrongValues("run-resources-limits-cpu", JOB, `${JOB_C}.resources.limits.cpu`, "7"),
  ...also(
    ["run-volume-memory"],
    wrongValues("run-resources-limits-memory", WEB, `${SIZE}.memory`, "1GB", "512", "512mi", "lots"),
  ),
  ...wrongValues("run-cpu-memory", SMALL, `${SIZE}.memory`, "64Mi"),
  ...also(
    ["drift-run-limits"],
    at(`${SIZE}.memory`, [
      ...wrongValues(
        "run-cpu-memory",
        SMALL,
        SIZE,
        { cpu: "1", memory: "8Gi" },
        { cpu: "4", memory: "1Gi" },
        { cpu: "500m", memory: "2Gi" },
        { memory: "8Gi" },
        { cpu: "4" },
      ),
      ...wrongValues("run-cpu-memory", POOL, SIZE, { cpu: "8", memory: "64Gi" }),
    ]),
  ),
  ...at(`${JOB_C}.resources.limits.memory`, [
    ...wrongValues("run-cpu-memory", JOB, `${JOB_C}.resources.limits`, { cpu: "2", memory: "16Gi" }),
  ]),
  ...at(`${SIZE}.cpu`, wrongValues("run-cpu-memory", SMALL, SIZE, { cpu: "20", memory: "80Gi" })),
  ...at("template.containers", wrongValues("run-instance-total", WEB, SIZE, { cpu: "8", memory: "16Gi" })),
  ...on(
    SMALL,
    ["run-fractional-cpu", "template.max_instance_request_concurrency", 2],
    ["run-fractional-cpu", "template.execution_environment", "EXECUTION_ENVIRONMENT_GEN2"],
    ["run-fractional-cpu", `${C}.resources.cpu_idle`, false],
    ["run-cpu-idle-explicit", `${C}.resources.cpu_idle`, undefined],
  ),
  changed(
    "run-gen2-memory",
    SMALL,
    (document) => {
      const template = templateOf(document, SMALL);
      template.execution_environment = "EXECUTION_ENVIRONMENT_GEN2";
      template.containers[0]!.resources = { limits: { cpu: "1", memory: "256Mi" }, cpu_idle: true };
    },
    { at: "template.containers" },
  ),
  ...wrongValues("run-template-execution-environment", WEB, "template.execution_environment", "GEN2"),
];

const gpus: readonly Mutation[] = [
  ...wrongValues("run-node-selector-accelerator", API, "template.node_selector.accelerator", "nvidia-a100", "L4"),
  ...on(
    API,
    ["run-gpu-size", `${SIZE}.cpu`, "2"],
    ["run-gpu-size", `${SIZE}.memory`, "8Gi"],
    ["run-gpu-size", `${SIZE}.memory`, "64Gi"],
    ["run-gpu-cpu-idle", `${C}.resources.cpu_idle`, true],
    ["run-gpu-region", "location", "africa-south1"],
    ["run-gpu-region", "location", "europe-north1"],
    ["run-gpu-invitation", "location", "asia-south1"],
    ["run-gpu-redundancy-explicit", "template.gpu_zonal_redundancy_disabled", undefined],
    ["run-gpu-gen2", "template.execution_environment", "EXECUTION_ENVIRONMENT_GEN1"],
    ["run-gpu-concurrency", "template.max_instance_request_concurrency", undefined],
    ["run-gpu-startup-probe", STARTUP, undefined],
  ),
  ...at(SIZE.concat(".cpu"), [
    ...wrongValues("run-gpu-size", API, "template.node_selector.accelerator", "nvidia-rtx-pro-6000"),
  ]),
  ...at(`${SIZE}.nvidia.com/gpu`, [
    ...wrongValues("run-gpu-count", API, SIZE, { cpu: "8", memory: "32Gi", "nvidia.com/gpu": "2" }),
  ]),
  changed(
    "run-gpu-count",
    API,
    (document) => {
      const { containers } = templateOf(document, API);
      containers.push({
        name: "two",
        image: `docker.io/library/nginx:1.27${digest}`,
        resources: { ...(containers[0]!.resources as Json) },
      });
    },
    { also: ["run-instance-total"] },
  ),
  ...at("template.node_selector.accelerator", wrongValues("run-gpu-pair", API, "template.node_selector", undefined)),
  ...at("template.containers", wrongValues("run-gpu-pair", API, SIZE, { cpu: "8", memory: "32Gi" })),
  changed(
    "run-job-gpu-parallelism",
    JOB,
    (document) => {
      const execution = resourceAt(document, JOB).template as { template: Json; parallelism?: number };
      delete execution.parallelism;
      execution.template.node_selector = { accelerator: "nvidia-l4" };
      (execution.template.containers as Json[])[0]!.resources = {
        limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" },
      };
    },
    { at: "template.parallelism" },
  ),
  changed("run-job-gpu-timeout", JOB, (document) => {
    const { template } = resourceAt(document, JOB).template as { template: Json };
    template.node_selector = { accelerator: "nvidia-l4" };
    template.timeout = "7200s";
    (template.containers as Json[])[0]!.resources = { limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" } };
  }),
];

const containers: readonly Mutation[] = [
  ...also(
    ["run-volume-unused", "run-volume-memory"],
    wrongValues("run-containers", WEB, "template.containers", [], undefined),
  ),
  ...also(
    ["run-image-host", "security-image-digest"],
    wrongValues("run-image", WEB, `${C}.image`, "https://docker.io/nginx", "Nginx:1", "nginx@sha256:12", undefined),
  ),
  ...wrongValues("run-image", JOB, `${JOB_C}.image`, "my image"),
  ...wrongValues(
    "run-image-host",
    WEB,
    `${C}.image`,
    "quay.io/org/model:1",
    `registry.gitlab.com/a/b${digest}`,
    "localhost:5000/model",
  ),
  ...also(["security-image-digest"], wrongValues("run-image-ghcr", WEB, `${C}.image`, "ghcr.io/org/model:1")),
  ...also(["run-depends-on"], wrongValues("run-name-container", WEB, "template.containers.1.name", "Web", "web_1")),
  ...on(
    WEB,
    ["run-args", `${C}.args`, Array.from({ length: 1001 }, String)],
    ["run-env-name", `${C}.env.0.name`, "A=B"],
    ["run-env-name", `${C}.env.0.name`, ""],
    ["run-env-name", `${C}.env.0.name`, undefined],
    ["run-env-name-portable", `${C}.env.0.name`, "my-mode"],
    ["run-env-name-portable", `${C}.env.0.name`, "1ST"],
    ["run-env-name-prefix", `${C}.env.0.name`, "X_GOOGLE_TARGET"],
    ["run-env-name-reserved", `${C}.env.0.name`, "K_SERVICE"],
    ["run-env-port", `${C}.env.0.name`, "PORT"],
    ["run-env-duplicate", `${C}.env.1.name`, "MODE"],
    ["run-env-source", `${C}.env.1.value`, "x"],
    ["run-env-value", `${C}.env.0.value`, "x".repeat(32769)],
    ["run-env-value", `${C}.env.0.value`, "é".repeat(16385)],
    ["run-env-value-source-secret-key-ref-version", `${C}.env.1.value_source.secret_key_ref.version`, "0"],
    ["run-env-value-source-secret-key-ref-version", `${C}.env.1.value_source.secret_key_ref.version`, "versions/1"],
    ["run-ports-container-port", `${C}.ports.0.container_port`, "http"],
    ["run-ports-name", `${C}.ports.0.name`, "http2"],
    ["run-volume-mounts-mount-path", `${C}.volume_mounts.0.mount_path`, "models"],
    ["run-volume-mounts-mount-path", `${C}.volume_mounts.0.mount_path`, "/dev/shm"],
    ["run-volume-mounts-mount-path", `${C}.volume_mounts.0.mount_path`, "/proc"],
    ["run-volume-mounts-mount-path", `${C}.volume_mounts.0.mount_path`, "/a:b"],
  ),
  ...wrongValues(
    "run-env-value-source-secret-key-ref-secret",
    WEB,
    `${C}.env.1.value_source.secret_key_ref.secret`,
    "projects/p/secrets/s/versions/1",
    "my secret",
  ),
  ...at(`${C}.env.name`, [
    ...wrongValues("run-env-port", SMALL, `${C}.env`, [{ name: "PORT", value: "80" }]),
    ...wrongValues("run-env-name-reserved", POOL, `${C}.env`, [{ name: "CLOUD_RUN_WORKER_POOL", value: "x" }]),
  ]),
  ...at(`${JOB_C}.env.name`, [
    ...wrongValues("run-env-name-reserved", JOB, `${JOB_C}.env`, [{ name: "CLOUD_RUN_TASK_INDEX", value: "1" }]),
  ]),
  ...at("template.containers", [
    ...wrongValues("run-containers-port", WEB, `${C}.ports`, undefined, []),
    ...also(
      ["run-env-port"],
      wrongValues("run-containers-port", WEB, "template.containers.1.ports", { container_port: 9901 }),
    ),
  ]),
  ...also(["run-depends-on"], wrongValues("run-container-names", WEB, "template.containers.1.name", "web")),
  ...also(["run-depends-on-probe"], wrongValues("run-depends-on", WEB, `${C}.depends_on`, ["redis"], ["web"])),
  ...also(["run-depends-on-probe"], wrongValues("run-depends-on", WEB, "template.containers.1.depends_on", ["web"])),
  ...wrongValues("run-depends-on-probe", WEB, "template.containers.1.startup_probe", undefined),
  ...[POOL, JOB].map((address) =>
    changed("run-depends-on-order", address, (document) => {
      const { template } = resourceAt(document, address) as { template: Json };
      const inner = (address === JOB ? template.template : template) as Json;
      const [first] = inner.containers as Json[];
      inner.containers = [
        { ...first, name: "worker", depends_on: ["proxy"] },
        { image: first!.image, name: "proxy" },
      ];
    }),
  ),
  ...wrongValues("run-ports-job", JOB, `${JOB_C}.ports`, { container_port: 8080 }),
  ...wrongValues(
    "run-service-account-email",
    WEB,
    "template.service_account",
    "${google_service_account.chat.member}",
    "${google_service_account.chat.name}",
    "serviceAccount:${google_service_account.chat.email}",
    "projects/p/serviceAccounts/a@p.iam.gserviceaccount.com",
    "chat-runtime",
  ),
  ...wrongValues("run-service-account", POOL, "template.service_account", undefined),
  ...wrongValues("run-service-account", JOB, "template.template.service_account", undefined, ""),
];

const probes: readonly Mutation[] = [
  ...also(
    ["run-startup-budget", "run-probe-timeout-period"],
    wrongValues("run-startup-probe-period-seconds", API, `${STARTUP}.period_seconds`, 1801),
  ),
  ...on(
    API,
    ["run-readiness-probe-initial-delay-seconds", `${READINESS}.initial_delay_seconds`, 10],
    ["run-probe-http-get-path", `${READINESS}.http_get.path`, "ready"],
    ["run-probe-http-get-path", `${READINESS}.http_get.path`, "http://localhost/ready"],
    ["run-probe-timeout-period", `${READINESS}.timeout_seconds`, 11],
    ["run-startup-budget", `${STARTUP}.failure_threshold`, 181],
  ),
  ...at(`${LIVENESS}.http_get.http_headers.name`, [
    ...wrongValues("run-probe-http-get-http-headers-name", API, `${LIVENESS}.http_get.http_headers`, [{ value: "1" }]),
    ...wrongValues(
      "run-probe-http-get-http-headers-name",
      API,
      `${LIVENESS}.http_get.http_headers`,
      [{ name: "" }],
      [{ name: "Host: a" }],
    ),
  ]),
  ...at(`${STARTUP}.http_get`, wrongValues("run-probe-handler", API, STARTUP, { period_seconds: 10 })),
  ...also(
    ["run-probe-protocol"],
    at(`${STARTUP}.grpc`, wrongValues("run-probe-handler", API, STARTUP, { http_get: {}, grpc: {} })),
  ),
  ...at(`${JOB_C}.startup_probe.http_get`, wrongValues("run-probe-handler", JOB, `${JOB_C}.startup_probe`, {})),
  ...at(`${LIVENESS}.tcp_socket`, [
    ...wrongValues("run-liveness-probe-tcp-socket", API, LIVENESS, { tcp_socket: { port: 8080 } }),
    ...wrongValues("run-liveness-probe-tcp-socket", POOL, LIVENESS, { tcp_socket: { port: 8080 } }),
  ]),
  ...at(`${READINESS}.tcp_socket`, [
    ...wrongValues("run-readiness-probe-tcp-socket", API, READINESS, { tcp_socket: { port: 8080 } }),
  ]),
  ...at(`${STARTUP}.failure_threshold`, [
    changed(
      "run-startup-weights",
      API,
      (document) => {
        const template = templateOf(document, API);
        template.volumes = [{ name: "models", gcs: { bucket: "my-models", read_only: true } }];
        Object.assign(template.containers[0]!, { volume_mounts: [{ name: "models", mount_path: "/models" }] });
        (template.containers[0]!.startup_probe as Json).failure_threshold = 23;
      },
      { at: `${STARTUP}.failure_threshold` },
    ),
    ...wrongValues("run-startup-budget", SMALL, STARTUP, { http_get: {}, period_seconds: 10, failure_threshold: 61 }),
  ]),
  ...at(`${STARTUP}.initial_delay_seconds`, [
    ...wrongValues("run-startup-budget", SMALL, STARTUP, { http_get: {}, initial_delay_seconds: 601 }),
  ]),
  ...at(`${STARTUP}.period_seconds`, [
    ...wrongValues("run-startup-period-documented", SMALL, STARTUP, {
      http_get: {},
      period_seconds: 300,
      failure_threshold: 1,
    }),
  ]),
  ...at(`${READINESS}.grpc`, wrongValues("run-probe-protocol", API, READINESS, { grpc: {} })),
  ...at(`${STARTUP}.http_get`, wrongValues("run-probe-protocol", API, `${C}.ports.name`, "h2c")),
];

const volumes: readonly Mutation[] = [
  ...on(
    WEB,
    ["run-volumes-gcs-bucket", "template.volumes.0.gcs.bucket", "gs://my-models"],
    ["run-volumes-gcs-bucket", "template.volumes.0.gcs.bucket", "my-models/llama"],
    ["run-volumes-nfs-server", "template.volumes.4.nfs.server", "nfs://10.2.0.2/share"],
    ["run-volumes-nfs-path", "template.volumes.4.nfs.path", "share"],
    ["run-volumes-secret-default-mode", "template.volumes.1.secret.default_mode", 644],
    ["run-volumes-secret-items-mode", "template.volumes.1.secret.items.0.mode", 777],
    ["run-volumes-secret-items-version", "template.volumes.1.secret.items.0.version", undefined],
    ["run-volumes-secret-items-path", "template.volumes.1.secret.items.0.path", "/token"],
    ["run-volumes-secret-items-path", "template.volumes.1.secret.items.0.path", "../token"],
    ["run-volumes-secret-items-path", "template.volumes.1.secret.items.0.path", "a/../b"],
    ["run-volumes-empty-dir-medium", "template.volumes.3.empty_dir.medium", "RAM"],
    ["run-volumes-empty-dir-size-limit", "template.volumes.3.empty_dir.size_limit", "512 MB"],
    ["run-volumes-empty-dir-size-limit", "template.volumes.3.empty_dir.size_limit", "half"],
    ["run-volume-memory", "template.volumes.3.empty_dir.size_limit", "4Gi"],
    ["run-volume-mounted", `${C}.volume_mounts.0.name`, "model"],
    ["run-mount-paths", `${C}.volume_mounts.1.mount_path`, "/models"],
    ["run-mount-paths", `${C}.volume_mounts.1.mount_path`, "/models/"],
    ["run-volume-sql-path", `${C}.volume_mounts.2.mount_path`, "/sql"],
    ["run-volume-gen2", "template.execution_environment", "EXECUTION_ENVIRONMENT_GEN1"],
  ).map((mutation) =>
    mutation.rule === "run-volume-mounted" ? { ...mutation, also: ["run-volume-unused"] } : mutation,
  ),
  ...at("template.volumes.gcs.mount_options", [
    ...wrongValues("run-volumes-gcs-mount-options", WEB, "template.volumes.0.gcs.mount_options", ["--implicit-dirs"]),
  ]),
  ...at("template.volumes.cloud_sql_instance.instances", [
    ...wrongValues("run-volumes-cloud-sql-instance-instances", WEB, "template.volumes.2.cloud_sql_instance.instances", [
      "main",
      "my-project:main",
    ]),
  ]),
  ...at("template.volumes.secret", wrongValues("run-volume-kind", WEB, "template.volumes.0", { name: "models" })),
  ...at("template.volumes.gcs", wrongValues("run-volume-kind", WEB, "template.volumes.0.empty_dir", {})),
  ...also(["run-volume-mounted"], wrongValues("run-volume-names", WEB, "template.volumes.1.name", "models")),
  ...at("template.volumes.name", [
    ...wrongValues("run-volume-unused", WEB, `${C}.volume_mounts`, [{ name: "models", mount_path: "/models" }]),
  ]),
  ...at("template.volumes", wrongValues("run-volume-nfs-network", WEB, "template.vpc_access", undefined)),
];

const CONNECTOR = "projects/p/locations/us-central1/connectors/c";
const ACCESS = "template.vpc_access";

const network: readonly Mutation[] = [
  ...on(
    WEB,
    ["run-template-vpc-access-egress", `${ACCESS}.egress`, "ALL"],
    ["run-vpc-way", `${ACCESS}.connector`, "projects/p/locations/europe-west4/connectors/c"],
    ["run-same-region", `${ACCESS}.network_interfaces.0.subnetwork`, "projects/p/regions/us-central1/subnetworks/s"],
    ["run-encryption-key", "template.encryption_key", "my-key"],
    ["run-same-region", "template.encryption_key", "projects/p/locations/global/keyRings/r/cryptoKeys/k"],
  ),
  ...wrongValues("run-vpc-access-network-interfaces", WEB, `${ACCESS}.network_interfaces`, [
    { network: "a" },
    { network: "b" },
  ]),
  ...wrongValues("run-vpc-access-network-interfaces-tags", WEB, `${ACCESS}.network_interfaces.0.tags.0`, "Web_1"),
  ...at(`${ACCESS}.network_interfaces.network`, [
    ...wrongValues("run-vpc-interface", WEB, `${ACCESS}.network_interfaces`, [{ tags: ["web"] }]),
  ]),
  ...at(`${ACCESS}.connector`, wrongValues("run-same-region", WEB, ACCESS, { connector: CONNECTOR })),
  changed("run-same-region", WEB, (document) => {
    resourceAt(document, "google_compute_subnetwork.run").region = "us-central1";
  }),
  changed("run-vpc-subnet-size", WEB, (document) => {
    resourceAt(document, "google_compute_subnetwork.run").ip_cidr_range = "10.1.0.0/27";
  }),
  changed("run-same-region", POOL, (document) => {
    resourceAt(document, "google_kms_key_ring.main").location = "us-central1";
  }),
  ...wrongValues(
    "run-encryption-key",
    WEB,
    "template.encryption_key",
    "projects/p/locations/europe-west4/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
    "${google_kms_crypto_key.main.name}",
  ),
  ...wrongValues(
    "run-encryption-key-shutdown-duration",
    POOL,
    "template.encryption_key_shutdown_duration",
    "3601s",
    "1h",
  ),
  ...on(
    POOL,
    ["run-template-encryption-key-revocation-action", "template.encryption_key_revocation_action", "STOP"],
    ["run-key-shutdown", "template.encryption_key_revocation_action", "PREVENT_NEW"],
    ["run-key-shutdown", "template.encryption_key_revocation_action", undefined],
  ),
];

const binding: Json = {
  name: "${google_cloud_run_v2_service.eu.name}",
  location: "europe-west1",
  role: "roles/run.invoker",
  member: "user:a@example.com",
};
const beside: Json = {
  name: "admin",
  location: "europe-west1",
  deletion_protection: true,
  invoker_iam_disabled: true,
  template: { service_account: "a@p.iam.gserviceaccount.com", containers: [{ image: `nginx${digest}` }] },
};

const reach: readonly Mutation[] = [
  ...wrongValues("run-ingress-bypass", EU, "ingress", "INGRESS_TRAFFIC_ALL", undefined),
  ...wrongValues("run-ingress-blocks", EU, "ingress", "INGRESS_TRAFFIC_INTERNAL_ONLY"),
  ...wrongValues("run-invokers", EU, "invoker_iam_disabled", undefined, false),
  changed("run-public-beside-load-balancer", "google_cloud_run_v2_service.admin", (document) => {
    adding({ "google_cloud_run_v2_service.admin": beside })(document);
  }),
  changed("run-invoker-redundant", BINDING, adding({ [BINDING]: binding })),
  changed(
    "run-uri-disabled",
    "google_pubsub_subscription.push",
    (document) => {
      resourceAt(document, EU).default_uri_disabled = true;
      const push_config = { push_endpoint: "${google_cloud_run_v2_service.eu.uri}/push" };
      adding({ "google_pubsub_subscription.push": { name: "push", topic: "${var.topic}", push_config } })(document);
    },
    { also: ["pubsub-push-deadline", "pubsub-expiration-policy", "pubsub-dead-letter-missing"] },
  ),
];

describeGroup(
  "run",
  workloadsBehindLoadBalancer,
  [...resources, ...scaling, ...traffic, ...sizes, ...gpus, ...containers, ...probes, ...volumes, ...network, ...reach],
  [
    "run-binary-authorization-breakglass-justification",
    "run-cpu-idle-explicit",
    "run-depends-on-order",
    "run-env-name-portable",
    "run-env-name-prefix",
    "run-gpu-concurrency",
    "run-gpu-invitation",
    "run-gpu-max-instances",
    "run-gpu-pair",
    "run-gpu-redundancy-explicit",
    "run-gpu-startup-probe",
    "run-image-ghcr",
    "run-ingress-bypass",
    "run-instance-total",
    "run-invoker-redundant",
    "run-invokers",
    "run-job-gpu-parallelism",
    "run-job-gpu-timeout",
    "run-same-region",
    "run-key-shutdown",
    "run-location-known",
    "run-name",
    "run-manual-scaling",
    "run-node-selector-accelerator",
    "run-ports-job",
    "run-probe-http-get-path-literal",
    "run-probe-protocol",
    "run-probe-timeout-period",
    "run-public-beside-load-balancer",
    "run-revision-fixed",
    "run-service-account",
    "run-service-min-revision-max",
    "run-session-affinity-split",
    "run-startup-period-documented",
    "run-startup-weights",
    "run-instance-splits-latest-missing",
    "run-traffic-latest-missing",
    "run-volume-memory",
    "run-volume-unused",
    "run-vpc-subnet-size",
  ],
);
