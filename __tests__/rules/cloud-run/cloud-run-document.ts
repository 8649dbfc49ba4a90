import type { Json } from "../rule-support";
import { servingPath } from "../serving-path";

export const API = "google_cloud_run_v2_service.api";
export const WEB = "google_cloud_run_v2_service.web";
export const SMALL = "google_cloud_run_v2_service.small";
export const JOB = "google_cloud_run_v2_job.batch";
export const POOL = "google_cloud_run_v2_worker_pool.queue";

const IMAGE = `europe-docker.pkg.dev/my-project/models/chat@sha256:${"0123456789abcdef".repeat(4)}`;
const ACCOUNT = "${google_service_account.chat.email}";
const REGION = "europe-west4";

/** One workload of each kind, with all that a template can have: what the rules on Cloud Run are tried on. */
export function workloads(): Json {
  return {
    resource: {
      google_project_service: { run: { service: "run.googleapis.com", disable_on_destroy: false } },
      google_service_account: { chat: { account_id: "chat-runtime", display_name: "Chat" } },
      google_compute_network: { main: { name: "main", auto_create_subnetworks: false } },
      google_compute_subnetwork: {
        run: {
          name: "run",
          region: REGION,
          network: "${google_compute_network.main.id}",
          ip_cidr_range: "10.1.0.0/24",
          private_ip_google_access: true,
        },
      },
      google_kms_key_ring: { main: { name: "chat", location: REGION } },
      google_kms_crypto_key: {
        main: { name: "chat", key_ring: "${google_kms_key_ring.main.id}", lifecycle: { prevent_destroy: true } },
      },
      google_secret_manager_secret: { token: { secret_id: "token", replication: { auto: {} } } },
      google_secret_manager_secret_version: {
        token: { secret: "${google_secret_manager_secret.token.id}", secret_data: "placeholder" },
      },
      google_secret_manager_secret_iam_member: {
        chat: {
          secret_id: "${google_secret_manager_secret.token.id}",
          role: "roles/secretmanager.secretAccessor",
          member: "${google_service_account.chat.member}",
        },
      },
      google_cloud_run_v2_service: { api: withGpu(), web: withSidecar(), small: small() },
      google_cloud_run_v2_job: { batch: job() },
      google_cloud_run_v2_worker_pool: { queue: workerPool() },
    },
  };
}

/** The same beside an API behind a load balancer, which the rules on who reaches a service need. */
export function workloadsBehindLoadBalancer(): Json {
  const [resources, path] = [workloads(), servingPath()].map(({ resource }) => resource as Record<string, Json>);
  return {
    resource: Object.fromEntries(
      Object.keys({ ...resources, ...path }).map((type) => [type, { ...path![type], ...resources![type] }]),
    ),
  };
}

function withGpu(): Json {
  return {
    name: "api",
    location: REGION,
    deletion_protection: true,
    ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    scaling: { min_instance_count: 1 },
    template: {
      service_account: ACCOUNT,
      timeout: "900s",
      max_instance_request_concurrency: 4,
      execution_environment: "EXECUTION_ENVIRONMENT_GEN2",
      gpu_zonal_redundancy_disabled: true,
      node_selector: { accelerator: "nvidia-l4" },
      scaling: { min_instance_count: 0, max_instance_count: 3 },
      containers: [
        {
          image: IMAGE,
          ports: { container_port: 8080, name: "http1" },
          resources: { limits: { cpu: "8", memory: "32Gi", "nvidia.com/gpu": "1" }, cpu_idle: false },
          startup_probe: { http_get: { path: "/health" }, period_seconds: 10, failure_threshold: 90 },
          liveness_probe: { http_get: { path: "/health" }, timeout_seconds: 5 },
          readiness_probe: { http_get: { path: "/ready" }, success_threshold: 2 },
        },
      ],
    },
  };
}

function withSidecar(): Json {
  return {
    name: "web",
    description: "Web front end",
    location: REGION,
    deletion_protection: true,
    launch_stage: "GA",
    ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    labels: { team: "ai" },
    traffic: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100, tag: "live" }],
    depends_on: [
      "google_secret_manager_secret_version.token",
      "google_secret_manager_secret_iam_member.chat",
      "google_project_service.run",
    ],
    template: {
      service_account: ACCOUNT,
      timeout: "60s",
      max_instance_request_concurrency: 80,
      scaling: { min_instance_count: 0, max_instance_count: 10 },
      encryption_key: "${google_kms_crypto_key.main.id}",
      vpc_access: {
        egress: "PRIVATE_RANGES_ONLY",
        network_interfaces: [{ subnetwork: "${google_compute_subnetwork.run.id}", tags: ["web"] }],
      },
      containers: [
        {
          name: "web",
          image: IMAGE,
          args: ["--verbose"],
          depends_on: ["proxy"],
          ports: [{ container_port: 8080 }],
          env: [
            { name: "MODE", value: "fast" },
            {
              name: "TOKEN",
              value_source: {
                secret_key_ref: { secret: "${google_secret_manager_secret.token.secret_id}", version: "latest" },
              },
            },
          ],
          resources: { limits: { cpu: "1", memory: "1Gi" }, cpu_idle: true },
          volume_mounts: [
            { name: "models", mount_path: "/models" },
            { name: "token", mount_path: "/secrets" },
            { name: "sql", mount_path: "/cloudsql" },
            { name: "scratch", mount_path: "/scratch" },
            { name: "share", mount_path: "/share" },
          ],
        },
        {
          name: "proxy",
          image: "docker.io/envoyproxy/envoy:v1.31.0@sha256:".concat("fedcba9876543210".repeat(4)),
          env: [{ name: "PORT", value: "9901" }],
          resources: { limits: { cpu: "0.5", memory: "256Mi" }, cpu_idle: true },
          startup_probe: { tcp_socket: { port: 9901 } },
        },
      ],
      volumes: [
        { name: "models", gcs: { bucket: "my-models", read_only: true, mount_options: ["implicit-dirs"] } },
        {
          name: "token",
          secret: {
            secret: "${google_secret_manager_secret.token.secret_id}",
            default_mode: 0o444,
            items: [{ path: "token", version: "latest", mode: 0o400 }],
          },
        },
        { name: "sql", cloud_sql_instance: { instances: ["my-project:europe-west4:main"] } },
        { name: "scratch", empty_dir: { medium: "MEMORY", size_limit: "512Mi" } },
        { name: "share", nfs: { server: "10.2.0.2", path: "/share" } },
      ],
    },
  };
}

function small(): Json {
  return {
    name: "small",
    location: REGION,
    deletion_protection: true,
    ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
    template: {
      service_account: ACCOUNT,
      max_instance_request_concurrency: 1,
      scaling: { min_instance_count: 0, max_instance_count: 2 },
      containers: [{ image: IMAGE, resources: { limits: { cpu: "500m", memory: "512Mi" }, cpu_idle: true } }],
    },
  };
}

function job(): Json {
  return {
    name: "batch",
    location: REGION,
    deletion_protection: true,
    template: {
      task_count: 10,
      parallelism: 5,
      template: {
        service_account: ACCOUNT,
        timeout: "3600s",
        max_retries: 3,
        containers: [{ image: IMAGE, resources: { limits: { cpu: "2", memory: "4Gi" } } }],
      },
    },
  };
}

function workerPool(): Json {
  return {
    name: "queue",
    location: REGION,
    deletion_protection: true,
    scaling: { scaling_mode: "MANUAL", manual_instance_count: 2 },
    instance_splits: [{ type: "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST", percent: 100 }],
    template: {
      service_account: ACCOUNT,
      encryption_key: "${google_kms_crypto_key.main.id}",
      encryption_key_revocation_action: "SHUTDOWN",
      encryption_key_shutdown_duration: "3600s",
      containers: [{ image: IMAGE, resources: { limits: { cpu: "2", memory: "4Gi" } } }],
    },
  };
}
