import { adding, findingsOf, type Json, resourceAt } from "../rule-support";
import { servingPath } from "../serving-path";
import { API, JOB, POOL, SMALL, WEB, workloads } from "./cloud-run-document";

type Template = Json & { containers: Json[]; volumes: Json[] };

function templateOf(document: Json, address: string): Template {
  return resourceAt(document, address).template as Template;
}

function ids(document: Json): string[] {
  return [...new Set(findingsOf(document).map(({ rule }) => rule))].filter((id) => id.startsWith("run-"));
}

/** A change to a template and its first container. */
function of(address: string, change: (template: Template, container: Json) => void): (document: Json) => void {
  return (document) => change(templateOf(document, address), templateOf(document, address).containers?.[0] ?? {});
}

function set(address: string, values: Json): (document: Json) => void {
  return (document) => Object.assign(resourceAt(document, address), values);
}

const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";
const REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";
const old = { type: REVISION, revision: "web-old" };
const digest = `@sha256:${"0".repeat(64)}`;
const startup = (values: Json) => ({ http_get: { path: "/health" }, period_seconds: 10, ...values });
const small = (limits: unknown) =>
  of(SMALL, (_template, container) => Object.assign(container.resources as Json, { limits }));
const access = (values: Json) =>
  of(WEB, (template) => Object.assign(template, { vpc_access: values, encryption_key: "${var.key}" }));

const silent: Readonly<Record<string, (document: Json) => void>> = {
  "an image without a host": of(WEB, (_, container) => Object.assign(container, { image: `ollama/ollama${digest}` })),
  "an image of gcr.io in a region": of(WEB, (_, each) => Object.assign(each, { image: `eu.gcr.io/p/i${digest}` })),
  "an image that Terraform computes": of(WEB, (_, each) => Object.assign(each, { image: "${var.host}/model:1" })),
  "names of variables that Terraform computes": of(WEB, (_, container) =>
    Object.assign(container, { env: [{ name: "${var.a}" }, { name: "${var.a}" }] }),
  ),
  "a dependency that Terraform computes": of(WEB, (_, each) => Object.assign(each, { depends_on: ["${var.sidecar}"] })),
  "ports in dynamic blocks": of(WEB, (_, container) => {
    delete container.ports;
    container.dynamic = { ports: { for_each: "${var.ports}", content: {} } };
  }),
  "dependencies on containers whose name is not known": of(WEB, ({ containers }) => {
    containers[1]!.name = "${var.sidecar}";
  }),
  "a service account by data source": of(WEB, (template) =>
    Object.assign(template, { service_account: "${data.google_service_account.x.email}" }),
  ),
  "an RTX PRO 6000 in a region that has it": of(API, (template, container) => {
    template.node_selector = { accelerator: "nvidia-rtx-pro-6000" };
    container.resources = { limits: { cpu: "20", memory: "80Gi", "nvidia.com/gpu": "1" }, cpu_idle: false };
  }),
  "a region that Terraform computes": set(API, { location: "${each.value}" }),
  "a GPU whose limits Terraform computes": of(API, (_, container) => {
    container.resources = { limits: "${var.limits}", cpu_idle: false };
  }),
  "zonal redundancy": of(API, (template) => Object.assign(template, { gpu_zonal_redundancy_disabled: false })),
  "values that Terraform has yet to compute": (document) => {
    set(WEB, { location: "${var.region}", template: "${var.template}" })(document);
    const resources = { limits: "${var.limits}", cpu_idle: "${var.idle}" };
    set(SMALL, {
      ingress: "${var.ingress}",
      template: {
        service_account: "${var.account}",
        timeout: "${var.timeout}s",
        max_instance_request_concurrency: "${var.concurrency}",
        containers: [{ image: "${var.image}", env: "${var.env}", resources }],
      },
    })(document);
  },
  "dynamic containers": set(SMALL, {
    template: {
      service_account: "${var.account}",
      dynamic: { containers: { for_each: "${var.containers}", content: { image: "${containers.value}" } } },
    },
  }),
  "numbers that are written as text, and blocks that are written as lists": set(SMALL, {
    template: [
      {
        service_account: "${google_service_account.chat.email}",
        timeout: "60s",
        max_instance_request_concurrency: "1",
        scaling: [{ min_instance_count: "0", max_instance_count: "2" }],
        containers: { image: "docker.io/library/nginx:1.27", resources: [{ limits: { cpu: "1" }, cpu_idle: "true" }] },
      },
    ],
  }),
  "a subnetwork of another stack": access({
    network_interfaces: [{ subnetwork: "${data.google_compute_subnetwork.x.id}" }],
  }),
  "a subnetwork by its short name": access({ network_interfaces: [{ network: "main", subnetwork: "run" }] }),
  "a connector that Terraform computes": access({ connector: "${var.connector}" }),
  "interfaces that Terraform computes": access({ network_interfaces: "${var.interfaces}" }),
  "half an hour to start with a GPU": of(API, (_, each) =>
    Object.assign(each, { startup_probe: startup({ failure_threshold: 180 }) }),
  ),
  "a time to start that Terraform computes": of(API, (_, each) =>
    Object.assign(each, { startup_probe: startup({ failure_threshold: "${var.failures}" }) }),
  ),
  "a startup probe that may be with a GPU": of(SMALL, (template, container) => {
    container.startup_probe = startup({ failure_threshold: 150 });
    template.node_selector = "${var.selector}";
  }),
  "an HTTP probe of another port than the one for h2c": of(API, (_, container) => {
    container.ports = { container_port: 8080, name: "h2c" };
    for (const kind of ["startup_probe", "liveness_probe", "readiness_probe"])
      (container[kind] as Json).http_get = { path: "/health", port: 8081 };
  }),
  "an empty path of a probe, which the provider leaves out": of(API, (_, container) => {
    (container.readiness_probe as Json).http_get = { path: "" };
  }),
  "a multi-region service": set(SMALL, {
    location: "global",
    multi_region_settings: { regions: ["europe-west1"] },
  }),
  "labels of one's own namespace": set(WEB, { labels: { "example.com/run": "1" }, annotations: { "a.dev/b": "c" } }),
  "scaling that Terraform computes": set(API, { scaling: "${var.scaling}" }),
  "a mode that Terraform computes": set(POOL, { scaling: { scaling_mode: "${var.mode}", min_instance_count: 1 } }),
  "parallelism that Terraform computes": of(JOB, (template) => Object.assign(template, { parallelism: "${var.many}" })),
  "4 CPUs and 16 GiB": small({ cpu: "4", memory: "16Gi" }),
  "decimal units": small({ cpu: 1, memory: "2G" }),
  "thousandths of a CPU": small({ cpu: "2000m", memory: "8192Mi" }),
  "a size that Terraform computes": small({ cpu: "${var.cpu}", memory: "64Gi" }),
  "limits that Terraform computes": small("${var.limits}"),
  "the size of an instance that may have a GPU": of(SMALL, (template) => {
    template.node_selector = { accelerator: "${var.gpu}" };
    const resources = { limits: { cpu: "20", memory: "80Gi" }, cpu_idle: false };
    template.containers = [{ image: "${var.image}", resources }];
  }),
  "a sidecar beside a GPU": of(API, ({ containers }) => {
    containers.push({ name: "proxy", image: `docker.io/envoyproxy/envoy:v1.31.0${digest}` });
  }),
  "a tag without traffic": set(WEB, {
    traffic: [
      { type: LATEST, percent: 100 },
      { ...old, tag: "old" },
    ],
  }),
  "percentages that Terraform computes": set(WEB, {
    traffic: [
      { type: LATEST, percent: "${var.percent}" },
      { ...old, percent: 50 },
    ],
  }),
  "traffic that Terraform computes": set(WEB, { traffic: "${var.traffic}" }),
  "a revision that Terraform computes": set(WEB, {
    traffic: [{ type: "${var.type}", revision: "${var.revision}", percent: 100 }],
  }),
  "volumes that Terraform computes": of(WEB, (template) => Object.assign(template, { volumes: "${var.volumes}" })),
  "volumes in dynamic blocks": of(WEB, (template) => {
    const { volumes: _, ...rest } = template;
    for (const key of Object.keys(template)) delete template[key];
    Object.assign(template, rest, { dynamic: { volumes: { for_each: "${var.volumes}", content: {} } } });
  }),
  "mounts in dynamic blocks": of(WEB, (_, container) => {
    delete container.volume_mounts;
    container.dynamic = { volume_mounts: { for_each: "${var.volumes}", content: {} } };
  }),
  "a volume whose name Terraform computes": of(WEB, ({ volumes }) => {
    volumes[0]!.name = "${var.volume}";
  }),
  "an NFS server by name without a network path": of(WEB, (template) => {
    delete template.vpc_access;
    template.volumes[4]!.nfs = { server: "nfs.example.com", path: "/share" };
  }),
  "traffic that dynamic blocks complete": set(WEB, {
    traffic: [{ type: LATEST, percent: 10 }],
    dynamic: { traffic: { for_each: "${var.shares}", content: {} } },
  }),
  "all traffic to the revision that is deployed": (document) => {
    resourceAt(document, POOL).instance_splits = {
      type: "INSTANCE_SPLIT_ALLOCATION_TYPE_REVISION",
      revision: "${google_cloud_run_v2_worker_pool.other.template[0].revision}",
    };
  },
  "no percentage for the only split of a worker pool, which Google Cloud accepts": set(POOL, {
    instance_splits: { type: "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST" },
  }),
};

test.each(Object.entries(silent))("says nothing of %s", (_title, change) => {
  const document = workloads();
  change(document);
  expect(ids(document)).toEqual([]);
});

const EU = "google_cloud_run_v2_service.eu";
const BACKEND = "google_compute_backend_service.api";
const BINDING = "google_cloud_run_v2_service_iam_member.eu";
const beside: Json = {
  name: "admin",
  location: "europe-west1",
  invoker_iam_disabled: true,
  template: { service_account: "a@p.iam.gserviceaccount.com", containers: [{ image: `nginx${digest}` }] },
};
const withoutPublicAccess = (document: Json) => delete resourceAt(document, EU).invoker_iam_disabled;

const reached: Readonly<Record<string, (document: Json) => void>> = {
  "open ingress where the default address is disabled": set(EU, {
    ingress: "INGRESS_TRAFFIC_ALL",
    default_uri_disabled: true,
  }),
  "ingress that Terraform computes": set(EU, { ingress: "${var.ingress}" }),
  "a service that a binding makes public": (document) => {
    withoutPublicAccess(document);
    const name = "${google_cloud_run_v2_service.eu.name}";
    const member = { name, location: "europe-west1", role: "roles/run.invoker", member: "allUsers" };
    adding({ [BINDING]: member })(document);
  },
  "a service whose callers may name an audience of its own": (document) => {
    withoutPublicAccess(document);
    set(EU, { custom_audiences: ["https://api.example.com"] })(document);
    const name = "${google_cloud_run_v2_service.eu.name}";
    const member = "serviceAccount:batch@p.iam.gserviceaccount.com";
    adding({ [BINDING]: { name, location: "europe-west1", role: "roles/run.invoker", member } })(document);
  },
  "a service without invokers where IAP is on": (document) => {
    withoutPublicAccess(document);
    set(BACKEND, { iap: { enabled: true } })(document);
  },
  "a service without invokers where a module may bind them": (document) => {
    withoutPublicAccess(document);
    document.module = { invokers: { source: "./invokers" } };
  },
  "an internal service behind an internal load balancer": (document) => {
    set(EU, { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" })(document);
    set(BACKEND, { load_balancing_scheme: "INTERNAL_MANAGED" })(document);
  },
  "a service beside the load balancer whose callers have to be named": adding({
    "google_cloud_run_v2_service.admin": { ...beside, invoker_iam_disabled: false },
  }),
};

test.each(Object.entries(reached))("says nothing of %s", (_title, change) => {
  const document = servingPath();
  change(document);
  expect(ids(document)).toEqual([]);
});

test("IAP that is off lets nobody in", () => {
  const document = servingPath();
  withoutPublicAccess(document);
  set(BACKEND, { iap: { enabled: false } })(document);
  expect(ids(document)).toEqual(["run-invokers"]);
});

test("says nothing of a public service in a stack without a load balancer", () => {
  expect(ids({ resource: { google_cloud_run_v2_service: { admin: beside } } })).toEqual([]);
});

test("says nothing of the workloads of other clouds and of version 1", () => {
  const document = {
    resource: {
      aws_ecs_service: { api: { name: "API!", location: "nowhere" } },
      google_cloud_run_service: {
        api: { name: "api", location: "us-central1", template: { spec: { timeout: 9999 } } },
      },
    },
  };
  expect(findingsOf(document)).toEqual([]);
});

test("a probe that lasts longer than its period is accepted, and a small subnetwork, too", () => {
  const document = workloads();
  of(SMALL, (_, each) => Object.assign(each, { startup_probe: startup({ period_seconds: 1, timeout_seconds: 4 }) }))(
    document,
  );
  resourceAt(document, "google_compute_subnetwork.run").ip_cidr_range = "10.70.0.0/28";
  const severities = findingsOf(document).map(({ rule, severity }) => [rule, severity]);
  expect(Object.fromEntries(severities)).toEqual({
    "run-probe-timeout-period": "warning",
    "run-vpc-subnet-size": "warning",
  });
});
