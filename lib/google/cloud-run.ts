import { quantity } from "../language/quantity";
import { accountEmail, cryptoKey, headerName, literalPath, RFC1035, regionName } from "./formats";
import { at, fulfilling, integer, items, type Limit, type Limits, length, matching, not, number, oneOf, seconds, set, unset } from "./limit";
import { REGIONS } from "./regions";
import { atLeastOne, atMostOne, EVERYTHING, exactlyOne, order, type ResourceFacts, resourceType, unique, when } from "./resource-type";
import { api, page, provider, unconfirmed } from "./source";

const run = api("Cloud Run Admin API v2");
const CONTRACT = page("run/docs/container-contract");
const HEALTH = page("run/docs/configuring/healthchecks");
const GPU = page("run/docs/configuring/services/gpu", "2026-10-01");
const BREAKGLASS = page("binary-authorization/docs/run/using-breakglass-cloud-run");
const CPU = page("run/docs/configuring/services/cpu");
const MEMORY = page("run/docs/configuring/services/memory-limits");
const DEPLOYING = page("run/docs/deploying");
const RESERVED = page("run/docs/configuring/services/overview-environment-variables");
const JOB_PORTS = page("run/docs/configuring/containers");
const PROVIDER = provider("google_cloud_run_v2_service 7.45.0");
const VALIDATED = provider("google_cloud_run_v2_service 7.45.0", "validate");
const SHAPE = { shape: true };
const GIB = 1024;
const GEN2 = "EXECUTION_ENVIRONMENT_GEN2";
const GEN1 = "EXECUTION_ENVIRONMENT_GEN1";

interface Range {
  readonly min: number;
  readonly max: number;
}

/** A GPU of Cloud Run, and the CPUs and MiB of memory of an instance that has it. */
export interface CloudRunGpu {
  readonly fact: "l4" | "rtxPro6000";
  readonly accelerator: string;
  readonly label: string;
  readonly cpu: Range;
  readonly memoryMiB: Range;
}

export const L4: CloudRunGpu = { fact: "l4", accelerator: "nvidia-l4", label: "NVIDIA L4", cpu: { min: 4, max: 8 }, memoryMiB: { min: 16 * GIB, max: 32 * GIB } };

export const RTX_PRO_6000: CloudRunGpu = {
  fact: "rtxPro6000",
  accelerator: "nvidia-rtx-pro-6000",
  label: "NVIDIA RTX PRO 6000",
  cpu: { min: 20, max: 44 },
  memoryMiB: { min: 80 * GIB, max: 176 * GIB },
};

export const GPUS = [L4, RTX_PRO_6000];

/** MiB of memory by number of CPUs, without a GPU. */
const MEMORY_BY_CPU: ReadonlyMap<number, Range> = new Map([
  [1, { min: 128, max: 4 * GIB }],
  [2, { min: 128, max: 8 * GIB }],
  [4, { min: 2 * GIB, max: 16 * GIB }],
  [6, { min: 4 * GIB, max: 24 * GIB }],
  [8, { min: 4 * GIB, max: 32 * GIB }],
]);

/**
 * MiB of memory that go with a number of CPUs, of an instance with an RTX PRO 6000 or not;
 * undefined where there is no such number.
 */
export function memoryRange(cpu: number, isLarge = false): Range | undefined {
  if (isLarge) return Number.isInteger(cpu) && cpu >= RTX_PRO_6000.cpu.min && cpu <= RTX_PRO_6000.cpu.max ? RTX_PRO_6000.memoryMiB : undefined;
  return cpu >= 0.08 && cpu <= 0.999 ? { min: 128, max: cpu < 0.5 ? 512 : GIB } : MEMORY_BY_CPU.get(cpu);
}

/** MiB that the second generation needs. */
export const GEN2_MIN_MEMORY = 512;
const GEN2_BYTES = GEN2_MIN_MEMORY * 1e6;

/** Seconds that a startup probe has in all. */
export const STARTUP_SECONDS = { withGpu: 1800, withoutGpu: 600 };

/**
 * How fast one instance reads weights from a mounted bucket, and what it needs besides. Google
 * publishes no figure for Cloud Run. In public reports a 16 GB model took 97 s with prefetching (165
 * MB/s; marin-community/marin #1208), and one that maps its files into memory 9 MB/s (gcsfuse
 * #2828); many parallel readers on a large machine reach 13 GB/s (gcsfuse docs/benchmarks.md,
 * v3.4.3). All read 2026-11-28.
 */
export const MODEL_LOADING = { mibPerSecond: 100, startSeconds: 60 };

/** Variables that Cloud Run sets itself. PORT is set in the container that serves requests only. */
export const RESERVED_ENV = {
  service: ["K_SERVICE", "K_REVISION", "K_CONFIGURATION"],
  job: ["CLOUD_RUN_JOB", "CLOUD_RUN_EXECUTION", "CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_ATTEMPT", "CLOUD_RUN_TASK_COUNT"],
  workerPool: ["CLOUD_RUN_WORKER_POOL", "CLOUD_RUN_WORKER_POOL_REVISION"],
} as const;

const port = (fix: string) => integer(1, 65535).fix(fix);
export const containerPort = port("give the TCP port that the container listens on").from(run("ContainerPort.containerPort"));
export const requestTimeout = seconds(1, 3600).fix("answer within an hour, or do the work in a Cloud Run job", page("run/docs/configuring/request-timeout"));
export const concurrency = integer(0, 1000).fix("give at most 1000 requests per instance", page("run/docs/about-concurrency"));

export const environmentValue = fulfilling("at most 32768 bytes", (value) => Buffer.byteLength(String(value)) <= 32768).fix("mount it as a file, from a secret or a bucket", run("EnvVar.value"));

export const customAudiences = fulfilling("at most 32768 characters as a JSON list", (value) => (JSON.stringify(value) ?? "").length <= 32768, { shape: true })
  .trying({ allowed: [["https://api.example.com"]], refused: [["x".repeat(32768)]] })
  .fix("name fewer audiences; one for each host that callers know", page("run/docs/configuring/custom-audiences", "2026-11-28"));

export const portableName = matching(/^[A-Za-z_][A-Za-z0-9_]*$/, "letters, digits and underscores, not starting with a digit");

const LABEL = "lower-case letters, digits and hyphens, starting with a letter";
const TAG = api("Compute API v1")("NetworkEndpointGroupCloudRun.tag");
export const trafficTag = matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, `1 to 63 ${LABEL}, not ending in a hyphen`).fix("respell the tag: it becomes part of a host name", TAG);
export const serviceName = matching(/^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$/, `1 to 49 ${LABEL}, not ending in a hyphen`).fix("shorten or respell the name", DEPLOYING);
const BUCKET = "3 to 222 lower-case letters, digits, hyphens, underscores and dots, as buckets are named";
export const bucketName = matching(/^[a-z0-9][-_.a-z0-9]{1,220}[a-z0-9]$/, BUCKET).fix("leave out gs:// and folders", run("GCSVolumeSource.bucket"));
const MOUNTS = page("run/docs/configuring/workerpools/cloud-storage-volume-mounts");
const MOUNTED = /^\/(?!(dev|proc|sys)(\/|$))[^:]+$/;
export const mountPath = matching(MOUNTED, "an absolute path without a colon, not in /dev, /proc or /sys").fix("mount it elsewhere, for example at /models", MOUNTS);

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null;
const blocks = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : isJson(value) ? [value] : []);
const having = (text: string, holds: (block: Json) => boolean) => fulfilling(text, (value) => blocks(value).some(holds), SHAPE);

/** Probes, by kind. Seconds between two. */
export const probePeriods = {
  startup_probe: integer(1, STARTUP_SECONDS.withGpu).fix("probe at least every 1800 seconds", HEALTH),
  liveness_probe: integer(1, 3600).fix("probe at least every hour", HEALTH),
  readiness_probe: integer(1, 300).fix("probe at least every 300 seconds", HEALTH),
};

const PROBES = Object.keys(probePeriods);

/** Limits that several blocks share, with the name of the block in their ids. */
const named = (block: string, limits: Limits): Limits => Object.fromEntries(Object.entries(limits).map(([path, limit]) => [path, [limit].flat().map((each) => each.at(`${block}.${path}`))]));
const delay = named("probe", { initial_delay_seconds: integer(0, 3600).fix("give the delay in seconds", HEALTH) });
const probePort = port("give the TCP port that answers the probe, or leave it out for the port of the container").from(HEALTH);
const atLeastOnce = integer(1).fix("give at least 1", HEALTH);
const probe = named("probe", {
  timeout_seconds: integer(1, 3600).fix("give a whole number of seconds", HEALTH),
  failure_threshold: atLeastOnce,
  success_threshold: atLeastOnce,
  "http_get.port": probePort,
  "tcp_socket.port": probePort,
  "grpc.port": probePort,
  "http_get.path": [
    matching(/^\/[^\s#]*$/, "a path that starts with /").fix("write the path with a leading slash and without the host", HEALTH),
    literalPath.fix("name a path that the container answers", HEALTH),
  ],
  "http_get.http_headers.name": headerName.required().fix("write the name without a colon and without spaces", HEALTH),
});
const noTcp = unset().fix("use http_get or grpc", HEALTH).why("Cloud Run rejects it at apply (“does not support TCP socket in liveness probe”), although the provider has the block.");

const HOST = /^([^/]*[.:][^/]*|localhost)\//;
const DIRECT_HOST = /^((.+\.)?gcr\.io|(.+[.-])?docker\.pkg\.dev|(index\.|registry-1\.)?docker\.io|ghcr\.io)$/;
const IMAGE = /^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const NO_GHCR = /^(?!ghcr\.io\/)/;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const ENV_NAME = /^[^=]{1,32768}$/;
const NO_X_GOOGLE = /^(?!X_GOOGLE_)/;
const SECRET_ID = /^(projects\/[^/]+\/secrets\/)?[A-Za-z0-9_-]{1,255}$/;
const SECRET_VERSION = /^(latest|[1-9]\d*|[A-Za-z][\w-]{0,62})$/;
const LIMITED = ["cpu", "memory", "nvidia.com/gpu"];
const inDirectHost = fulfilling("in Artifact Registry or on Docker Hub", (value) => DIRECT_HOST.test(HOST.exec(String(value))?.[1] ?? "docker.io"));

export const containerName = matching(DNS_LABEL, "a DNS label: 1 to 63 lower-case letters, digits and hyphens").fix("respell the name", run("Container.name"));
export const containerCount = items(1, 10).required().fix("keep one to ten containers; move the others to services of their own", page("run/docs/deploying#sidecars"));
export const containerCpu = fulfilling(
  "0.08 to 0.999, 1, 2, 4, 6 or 8 CPUs, or 20 to 44 with an RTX PRO 6000",
  (value) => (memoryRange(quantity(value) ?? 0) ?? memoryRange(quantity(value) ?? 0, true)) !== undefined,
).fix('write cpu as "1", "2", "4", "6" or "8", or below one as "500m"', CPU);
export const containerMemory = fulfilling("a quantity such as 512Mi or 16Gi", (value) => (quantity(value) ?? 0) >= 2 ** 20).fix("write the unit; a number without one is bytes", MEMORY);
export const nfsServer = matching(/^[A-Za-z0-9.:_-]+$/, "a host name or IP address").fix("name the server only; the exported folder is path", run("NFSVolumeSource.server"));
export const nfsPath = matching(/^\//, "an absolute path").fix("give the path that the server exports", run("NFSVolumeSource.path"));
const SQL_INSTANCE = /^([a-z0-9.-]+:)?[a-z][-a-z0-9]*:[a-z]+-[a-z]+\d+:[a-z][-a-z0-9]*$/;
export const cloudSqlInstance = matching(SQL_INSTANCE, "project:region:instance").fix("use the instance's connection_name", run("CloudSqlInstance.instances"));
export const instanceCount = integer(0).fix("give a number of instances");
const CONNECTOR = /^projects\/[^/]+\/locations\/[^/]+\/connectors\/[^/]+$/;
export const vpcConnector = matching(CONNECTOR, "projects/PROJECT/locations/REGION/connectors/NAME").fix("pass the connector's id", run("VpcAccess.connector"));

const container: Limits = {
  image: [
    matching(IMAGE, "an image reference: host/path[:tag][@sha256:digest], in lower case and without https://").required().fix("copy the reference from the registry", run("Container.image")),
    inDirectHost.named("host").fix("pull through a remote repository in Artifact Registry", DEPLOYING),
    matching(NO_GHCR, "from another registry than ghcr.io").named("ghcr").advice("Google's pages disagree whether Cloud Run pulls from ghcr.io.").fix("pull through a remote repository", DEPLOYING),
  ],
  name: matching(DNS_LABEL, "a DNS label: 1 to 63 lower-case letters, digits and hyphens").named("container").fix("respell the name", run("Container.name")),
  args: items(0, 1000).fix("pass them in a file", page("run/docs/configuring/containers")),
  env: items(0, 1000).fix("pass them in a file, from a secret or a bucket", page("run/docs/configuring/services/environment-variables")),
  "env.name": [
    matching(ENV_NAME, "1 to 32768 characters without =").required().fix("rename the variable", run("EnvVar.name")),
    portableName.named("portable").advice("Shells cannot read other names. The provider says that only C identifiers are accepted, the API no longer does.").fix("rename the variable", PROVIDER),
    matching(NO_X_GOOGLE, "a name without the prefix X_GOOGLE_").named("prefix").advice("Google reserves the prefix for functions.").fix("rename the variable", RESERVED),
  ],
  "env.value": environmentValue,
  "env.value_source.secret_key_ref.secret": matching(SECRET_ID, "a secret ID or projects/PROJECT/secrets/SECRET").fix("name the version in version", run("SecretKeySelector.secret")),
  "env.value_source.secret_key_ref.version": matching(SECRET_VERSION, '"latest", a number or a version alias').fix('use "latest" or a number', run("SecretKeySelector.version")),
  ports: items(0, 1).fix("keep one port; route by path inside the container", run("Container.ports")),
  "ports.container_port": containerPort,
  "ports.name": oneOf("http1", "h2c").fix("use h2c for gRPC and HTTP/2, http1 otherwise", run("ContainerPort.name")),
  "volume_mounts.mount_path": mountPath,
  "resources.limits": fulfilling("a map of cpu, memory and nvidia.com/gpu only", (value) => Object.keys(Object(value)).every((key) => LIMITED.includes(key)), SHAPE).fix("rename the key", PROVIDER),
  "resources.limits.cpu": containerCpu,
  "resources.limits.memory": containerMemory,
  ...at(["startup_probe", "liveness_probe"], { ...probe, ...delay }),
  ...at("readiness_probe", probe),
  "liveness_probe.tcp_socket": noTcp,
  "readiness_probe.tcp_socket": noTcp,
  "readiness_probe.initial_delay_seconds": unset().why("A readiness probe starts when the startup probe has succeeded: the field does not exist.").fix("move the delay to startup_probe", HEALTH),
  ...Object.fromEntries(Object.entries(probePeriods).map(([kind, period]) => [`${kind}.period_seconds`, period])),
};

const fileMode = integer(0, 0o777).fix("write the octal mode as a decimal number: 0444 is 292");
const FOREIGN_NAMESPACE = /^([^/]+\.)?(run\.googleapis\.com|cloud\.googleapis\.com|serving\.knative\.dev|autoscaling\.knative\.dev)\//;
const ownNamespace = fulfilling("without keys of Google's and Knative's namespaces", (value) => !Object.keys(Object(value)).some((key) => FOREIGN_NAMESPACE.test(key)), SHAPE);
export const ownKeys = ownNamespace.named("namespace").fix("use the attribute that replaced the key: scaling, ingress, vpc_access, launch_stage …", run("Service.annotations"));
const metadata: Limits = { labels: ownKeys, annotations: ownKeys };
const ACCOUNT = run("RevisionTemplate.serviceAccount");
const FILE = /^(?!\/)(?!\.\.)(?!.*\/\.\.(\/|$)).+$/;

const template: Limits = {
  ...at("containers", container),
  containers: containerCount,
  service_account: [
    accountEmail.named("email").from(ACCOUNT),
    set().advice("Otherwise it runs as the default service account of Compute Engine, often an editor of the project.").fix("set service_account to an account of its own", ACCOUNT),
  ],
  encryption_key: cryptoKey.from(run("RevisionTemplate.encryptionKey")),
  "node_selector.accelerator": oneOf(...GPUS.map(({ accelerator }) => accelerator))
    .advice("Cloud Run has no other GPU, unless Google has added one.")
    .fix("use nvidia-l4 or nvidia-rtx-pro-6000", GPU),
  "vpc_access.network_interfaces": items(0, 1).fix("keep one network interface", run("VpcAccess.networkInterfaces")),
  "vpc_access.network_interfaces.tags[]": RFC1035.fix("respell the tag; firewall rules name it the same", api("Compute API v1")("Tags.items")),
  "volumes.empty_dir.size_limit": fulfilling("a quantity such as 512Mi", (value) => quantity(value) !== undefined).fix('write it like "512Mi"', run("EmptyDirVolumeSource.sizeLimit")),
  "volumes.empty_dir.medium": oneOf("MEMORY", "DISK").fix("use MEMORY", VALIDATED),
  "volumes.gcs.bucket": bucketName,
  "volumes.gcs.mount_options[]": matching(/^[^-]/, "a Cloud Storage FUSE flag without leading dashes").fix("write it without the leading --", run("GCSVolumeSource.mountOptions")),
  "volumes.nfs.server": nfsServer,
  "volumes.nfs.path": nfsPath,
  "volumes.cloud_sql_instance.instances[]": cloudSqlInstance,
  "volumes.secret.default_mode": fileMode.from(run("SecretVolumeSource.defaultMode")),
  "volumes.secret.items.mode": fileMode.from(run("VersionToPath.mode")),
  "volumes.secret.items.version": set().fix('say which version: "latest" or a number', run("SecretVolumeSource.items")),
  "volumes.secret.items.path": matching(FILE, "a relative path without ..").required().fix("name the file relative to the mount path", page("run/docs/reference/rest/v2/Volume")),
};

const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;
const limitsOf = ({ resources }: Json): unknown => blocks(resources)[0]?.limits;
const withGpuLimit = having('has a limit "nvidia.com/gpu"', (each) => "nvidia.com/gpu" in Object(limitsOf(each)));
/** It also holds where Terraform computes the limits. */
const MAYBE_GPU = 'has a limit "nvidia.com/gpu" = "1"';
const maybeWithGpuLimit = having(MAYBE_GPU, (each) => "dynamic" in each || typeof limitsOf(each) === "string" || typeof each.resources === "string" || withGpuLimit.holds(each));
const sizes = (containers: unknown) => blocks(containers).map((each) => Object(limitsOf(each)) as Json);
const total = (containers: unknown, what: string) => sizes(containers).reduce((sum, each) => sum + (quantity(each[what]) ?? 0), 0);
const fitsInstance = fulfilling("has at most 8 CPUs and 32 GiB together", (value) => sizes(value).length < 2 || (total(value, "cpu") <= 8 && total(value, "memory") <= 32 * 2 ** 30), SHAPE);
const fitsGen2 = fulfilling("has at least 512 MiB", (value) => sizes(value).length !== 1 || sizes(value).every(({ memory }) => (quantity(memory) ?? GEN2_BYTES) >= GEN2_BYTES), SHAPE);
const belowOneCpu = fulfilling("has less than 1 CPU", (value) => sizes(value).length === 1 && sizes(value).every(({ cpu }) => (quantity(cpu) ?? 1) < 1), SHAPE);
const noPrivateNfs = fulfilling("without NFS servers at private addresses", (value) => !blocks(value).some(({ nfs }) => PRIVATE.test(String(blocks(nfs)[0]?.server))), SHAPE);
const gen2Volumes = having("has one of Cloud Storage or NFS", ({ gcs, nfs }) => gcs !== undefined || nfs !== undefined);

/** Where the region of a workload has this GPU, or is not known here. */
const gpuRegion = (text: string, fact: CloudRunGpu["fact"], refused: string | undefined) => fulfilling(text, (value) => REGIONS.every(({ name, gpus }) => name !== value || gpus[fact] !== refused));
const sellers = (fact: CloudRunGpu["fact"]) => REGIONS.flatMap(({ name, gpus }) => (gpus[fact] === "ga" ? name : [])).join(", ");
const GPU_SET = { "node_selector.accelerator": set() };
const NOT_GEN1 = { execution_environment: not(GEN1) };
const NO_BINARY_AUTHORIZATION = { use_default: false, policy: unset() };
const PAIR = "Google does not say what it assumes without.";
const withoutSlash = (path: string) => path.replace(/\/+$/, "");
const FEW_REGIONS = "Only projects that Google has admitted get it there.";

/** What holds of the template of a service, a job or a worker pool, wherever it is. */
function ofTemplate(place: string, kind: keyof typeof RESERVED_ENV) {
  const containers = `${place}.containers`;
  const probes = PROBES.map((each) => `${containers}.${each}`);
  const network = `${place}.vpc_access.network_interfaces`;
  const accelerator = `${place}.node_selector.accelerator`;
  const envName = [container["env.name"]!].flat().map((limit) => limit.at("env.name"));
  const reserved = not(...RESERVED_ENV[kind])
    .named("reserved")
    .at("env.name")
    .fix("remove it; Cloud Run sets it", CONTRACT);
  return {
    group: "run",
    labels: "labels",
    defaults: { ...Object.fromEntries(probes.map((each) => [`${each}.period_seconds`, 10])), launch_stage: "GA" },
    limits: { ...at(place, template), [`${containers}.env.name`]: [...envName, reserved] } as Limits,
    alternatives: [
      atMostOne("value_source value", { in: `${containers}.env`, id: "env-source" }).fix("keep value_source and remove value", run("EnvVar.valueSource")),
      ...probes.map((each) => exactlyOne("http_get grpc tcp_socket", { in: each, id: "probe-handler" }).fix("keep one of http_get, grpc and tcp_socket", run("Probe.httpGet"))),
      exactlyOne("secret cloud_sql_instance empty_dir gcs nfs", { in: `${place}.volumes`, id: "volume-kind" }).fix("keep one of them", run("Volume.volumeType")),
      atMostOne("network_interfaces connector", { in: `${place}.vpc_access`, id: "vpc-way" }).fix("keep network_interfaces (Direct VPC egress)", run("VpcAccess")),
      atLeastOne("network subnetwork", { in: network, id: "vpc-interface" }).fix("set subnetwork to one in the region of the workload", run("NetworkInterface.network")),
      atMostOne("use_default policy", { in: "binary_authorization", id: "binary-authorization" }).fix("keep use_default = true, or policy", run("BinaryAuthorization")),
    ],
    together: [
      when(NO_BINARY_AUTHORIZATION, { breakglass_justification: unset() }, { in: "binary_authorization", id: "breakglass" }).fix("remove the justification", run("BinaryAuthorization")),
      when(GPU_SET, NOT_GEN1, { in: place, id: "gpu-gen2" }).fix("set EXECUTION_ENVIRONMENT_GEN2, or leave it out", GPU),
      when({ execution_environment: GEN2 }, { containers: fitsGen2 }, { in: place, id: "gen2-memory" }).fix("give 512Mi, or leave execution_environment out", MEMORY),
      when({ "node_selector.accelerator": not(RTX_PRO_6000.accelerator) }, { containers: fitsInstance }, { in: place, id: "instance-total" })
        .advice("An instance cannot be larger. Google states the maximum for an instance, not for a sum of containers.")
        .fix("make the sidecars smaller", CPU),
      when({ volumes: gen2Volumes }, NOT_GEN1, { in: place, id: "volume-gen2" }).fix("set EXECUTION_ENVIRONMENT_GEN2, or leave it out", PROVIDER),
      when({ vpc_access: unset() }, { volumes: noPrivateNfs }, { in: place, id: "volume-nfs-network" })
        .why("Without a way into the VPC network no instance can start.")
        .fix("add vpc_access.network_interfaces with a subnetwork of the server's network", page("run/docs/tutorials/network-filesystems-filestore")),
      when({ containers: withGpuLimit }, GPU_SET, { in: place, id: "gpu-pair" }).advice(PAIR).fix("set node_selector.accelerator", GPU),
      when(GPU_SET, { containers: maybeWithGpuLimit }, { in: place, id: "gpu-pair" }).advice(PAIR).fix('set "nvidia.com/gpu" = "1" in one container', GPU),
      ...GPUS.flatMap(({ fact, label, ...gpu }) => {
        const [any, open] = [gpuRegion(`a region that has ${label}`, fact, undefined), gpuRegion(`a region that sells ${label} to everyone`, fact, "invite")];
        return [
          when({ [accelerator]: gpu.accelerator }, { location: any }, { id: "gpu-region" }).fix(`deploy to a region that sells it: ${sellers(fact)}`, GPU),
          when({ [accelerator]: gpu.accelerator }, { location: open }, { id: "gpu-invitation" })
            .advice(FEW_REGIONS)
            .fix("ask for admission first, or use another region", GPU),
        ];
      }),
    ],
    order: probes.map((each) =>
      order("timeout_seconds", "period_seconds", { in: each, id: "probe-timeout-period" })
        .advice("Google documents that a probe must end before the next begins; longer timeouts are accepted, and probes overlap.")
        .fix("lower timeout_seconds or raise period_seconds", HEALTH),
    ),
    unique: [
      unique("env.name", { in: containers, id: "env-duplicate" }).why("At most one of the values reaches the container.").fix("keep one of them", run("Container.env")),
      unique("containers.name", { in: place, id: "container-names" }).fix("rename one of them", run("Container.name")),
      unique("volumes.name", { in: place, id: "volume-names" }).fix("rename one of them", run("Volume.name")),
      unique("volume_mounts.mount_path", { in: containers, id: "mount-paths", normalized: withoutSlash }).fix("mount each volume at a path of its own", run("VolumeMount.mountPath")),
    ],
  } satisfies ResourceFacts;
}

const isKnownRegion = fulfilling("a region of Cloud Run", (value) => !regionName.holds(value) || REGIONS.some(({ name }) => name === value)).named("known");
const location = [
  regionName.required().fix("name one region; for several write one resource per region", page("run/docs/locations")),
  isKnownRegion.advice("There is no such region, unless Google has opened it lately.").fix("correct the name of the region", page("run/docs/locations", "2026-10-01")),
];

const launchStage = oneOf("ALPHA", "BETA", "GA").fix("leave it out unless a preview feature is used", run("Service.launchStage"));
const description = length(0, 512).fix("shorten it", run("Service.description"));

const maxInstances = integer(1).why("0 is not sent: it means the default; less is rejected.").fix("give at least 1; to stop a service set its ingress", run("ServiceScaling.maxInstanceCount"));

const scaling: Limits = { min_instance_count: instanceCount.from(run("ServiceScaling.minInstanceCount")), max_instance_count: maxInstances };
/** Share of an instance's CPU, or of its concurrency, above which there are more; 0 leaves it out. */
const scalingTarget = number(0.1, 0.95).or(0).fix("give a share such as 0.6, or 0 to scale by the other one", PROVIDER);
const scalingTargets: Limits = { cpu_utilization: scalingTarget, concurrency_utilization: scalingTarget };
const manual: Limits = { manual_instance_count: instanceCount.from(run("ServiceScaling.manualInstanceCount")) };

const minMax = (place: string) =>
  order("min_instance_count", "max_instance_count", { in: place, id: "min-max-instances" }).fix("raise max_instance_count or lower min_instance_count", run("RevisionScaling.minInstanceCount"));

/** The numbers that each mode uses: by hand, or between a minimum and a maximum. */
const scalingModes = (isManual: string | Limit) => {
  const place = { in: "scaling", id: "manual-scaling" };
  return [
    when({ manual_instance_count: set() }, { scaling_mode: isManual }, place).fix("set scaling_mode = MANUAL, or remove manual_instance_count"),
    when({ scaling_mode: isManual }, { min_instance_count: unset(), max_instance_count: unset() }, place).fix("remove minimum and maximum, or set scaling_mode = AUTOMATIC"),
    when({ scaling_mode: "MANUAL" }, { manual_instance_count: set() }, place).fix("set manual_instance_count"),
  ].map((row) => row.advice("MANUAL (the default of a worker pool) uses only manual_instance_count, AUTOMATIC only minimum and maximum.").from(run("ServiceScaling.scalingMode")));
};

const OLD_NAME = "The next change to the template fails, because a revision of this name exists.";
const revision: Limits = {
  revision: [
    RFC1035.fix("start it with the name of the service and a hyphen, or leave it out", page("run/docs/deploying", "2026-10-07")),
    unset().named("fixed").advice(OLD_NAME).fix("leave template.revision out", run("RevisionTemplate.revision")),
  ],
};

/** Whether a share surely goes to a revision by its name. */
const isOld = ({ type, revision }: Json) => /^[A-Z_]+_REVISION$/.test(String(type)) && typeof revision === "string" && !revision.includes("${");

/** Requests of a service, or instances of a worker pool, by revision. */
const share = (block: string, prefix: string) => {
  const total = fulfilling("has percentages that add up to 100", (value) => mayMake100(blocks(value), block === "traffic"), SHAPE).named("sum");
  const latest = having("has a share for the latest revision", (each) => each.percent !== 0 && !isOld(each))
    .named("latest-missing")
    .when({ "template.revision": unset() });
  return {
    limits: {
      [`${block}.percent`]: integer(0, 100).fix("give a whole percentage", run("TrafficTarget.percent")),
      [block]: [
        total.fix("make them 100, or leave the blocks out: all goes to the latest revision", run("TrafficTarget.percent")),
        latest.advice("An apply deploys a new image that nobody sees; it may be a roll-back.").fix("give the latest revision a share, or remove the blocks", run("TrafficTarget.type")),
      ],
    } as Limits,
    together: [
      when({ type: `${prefix}_REVISION` }, { revision: set() }, { in: block, id: "traffic-revision" }).fix("name the revision", run("TrafficTarget.type")),
      when({ type: `${prefix}_LATEST` }, { revision: unset() }, { in: block, id: "traffic-latest" }).fix("remove revision, or use the type REVISION", run("TrafficTarget.type")),
    ],
  };
};

/**
 * What is left out is 0, but Google Cloud accepts the blocks of a worker pool without any
 * percentage.
 */
function mayMake100(shares: readonly Json[], isStrict: boolean): boolean {
  const total = shares.reduce((all, { percent }) => all + Number(percent ?? 0), 0);
  return Number.isNaN(total) || total === 100 || (!isStrict && shares.every(({ percent }) => percent === undefined));
}

const onePort = fulfilling("one container, or several of which exactly one has a port", (value) => mayHaveOnePort(blocks(value)), SHAPE)
  .named("port")
  .fix("keep ports in the container that serves requests; the others are reached at localhost", page("run/docs/deploying#sidecars"));

function mayHaveOnePort(containers: readonly Json[]): boolean {
  return containers.length < 2 || containers.some((each) => "dynamic" in each || typeof each.ports === "string") || containers.filter(({ ports }) => blocks(ports).length > 0).length === 1;
}

const severalShares = fulfilling("has several shares", (value) => blocks(value).filter(({ percent }) => Number(percent) > 0).length > 1, SHAPE);
const notOne = fulfilling("1", (value) => value === undefined || Number(value) <= 1);
const shared = ofTemplate("template", "service");
const traffic = share("traffic", "TRAFFIC_TARGET_ALLOCATION_TYPE");

const cloudRunService = resourceType("google_cloud_run_v2_service", {
  ...shared,
  name: { format: serviceName, uniqueIn: ["location"] },
  replacedBy: ["name", "location", "tags"],
  keptWhenUnset: ["ingress", "scaling", "traffic", "template.service_account", "template.timeout"],
  limits: {
    ...shared.limits,
    ...metadata,
    ...traffic.limits,
    ...at("template", { ...metadata, ...revision, timeout: requestTimeout, max_instance_request_concurrency: concurrency, containers: [template.containers!, onePort].flat() }),
    ...at(["scaling", "template.scaling"], scaling),
    ...at("template.scaling", scalingTargets),
    ...at("scaling", manual),
    location: location.map((limit) => limit.or("global")),
    "binary_authorization.breakglass_justification": unset().advice("Each further revision is exempt from the policy too.").fix("remove it once the emergency is over", BREAKGLASS),
    "multi_region_settings.regions": items(1).fix("name the regions", PROVIDER),
    "multi_region_settings.regions[]": regionName.named("item").fix("name a region such as europe-west1", PROVIDER),
    description,
    launch_stage: launchStage,
    custom_audiences: customAudiences,
    "traffic.tag": trafficTag,
  },
  together: [
    ...shared.together,
    ...traffic.together,
    ...scalingModes("MANUAL"),
    when({ cpu_utilization: 0 }, { concurrency_utilization: not(0) }, { in: "template.scaling", id: "scaling-targets" }).fix("leave one of the two on", PROVIDER),
    when({ traffic: severalShares }, { "template.session_affinity": not(true) }, { id: "session-affinity-split" })
      .advice("Clients stay with the revision that they saw first: the percentages hold for new clients only.")
      .fix("remove session_affinity while you divide traffic", unconfirmed("docs.cloud.google.com/run/docs/configuring/session-affinity")),
    when({ location: "global" }, { multi_region_settings: set() }, { id: "multi-region" }).fix("set multi_region_settings.regions, or name a region", PROVIDER),
    when({ multi_region_settings: set() }, { location: "global" }, { id: "multi-region" }).fix('set location = "global", or remove multi_region_settings', PROVIDER),
    when(GPU_SET, { gpu_zonal_redundancy_disabled: fulfilling("true or false", (value) => value !== undefined) }, { in: "template", id: "gpu-redundancy-explicit" })
      .advice("Redundancy, the default, costs more and needs a quota of its own: the deploy fails where only the other is granted.")
      .fix("set gpu_zonal_redundancy_disabled", page("run/docs/configuring/services/gpu-zonal-redundancy")),
    when(GPU_SET, { max_instance_request_concurrency: set() }, { in: "template", id: "gpu-concurrency" })
      .advice("The default is 80 requests for each CPU: more than a model answers in time, and Cloud Run does not scale out before.")
      .fix("set max_instance_request_concurrency to what the model server runs in parallel, with room for a short queue", page("run/docs/about-concurrency")),
    when({ "template.node_selector.accelerator": set(), "scaling.max_instance_count": unset() }, { "template.scaling.max_instance_count": set() }, { id: "gpu-max-instances" })
      .advice("The default is all that the GPU quota allows: no other service gets a GPU, and a surge of requests costs accordingly.")
      .fix("set template.scaling.max_instance_count", GPU),
    when(
      { containers: belowOneCpu },
      { max_instance_request_concurrency: notOne, execution_environment: not(GEN2), "containers.resources.cpu_idle": not(false) },
      { in: "template", id: "fractional-cpu", title: "below 1 CPU an instance must serve one request at a time, in the first generation, billed by request" },
    ).fix("give 1 CPU, or set max_instance_request_concurrency = 1, cpu_idle = true and leave execution_environment out", CPU),
    when({ limits: having("has a GPU", (each) => "nvidia.com/gpu" in each) }, { cpu_idle: not(true) }, { in: "template.containers.resources", id: "gpu-cpu-idle" }).fix("set cpu_idle = false", GPU),
  ],
  order: [
    ...shared.order,
    ...["scaling", "template.scaling"].map(minMax),
    order("scaling.min_instance_count", "template.scaling.max_instance_count", { id: "service-min-revision-max" })
      .advice("A revision never has more instances than its own maximum: the service does not keep its minimum.")
      .fix("raise template.scaling.max_instance_count", run("ServiceScaling.minInstanceCount")),
  ],
  unique: [...shared.unique, unique("traffic.tag", { id: "traffic-tags" }).fix("rename one of the tags", run("TrafficTarget.tag"))],
});

const jobName = RFC1035.from(unconfirmed("Google's documentation of Cloud Run jobs"));
const ofJob = ofTemplate("template.template", "job");

export const jobTasks = integer(1, 10000).fix("split the work over several executions", page("run/docs/create-jobs"));
export const jobRetries = integer(0, 10).fix("retry at most 10 times, or start the job again from outside", page("run/docs/configuring/max-retries"));
export const jobTimeout = seconds(1, 604800).fix("split the task; one attempt runs for at most 168 hours", page("run/docs/configuring/task-timeout"));

const several = fulfilling("several", (value) => Number(value) > 1);
const bounded = fulfilling("at least 1", (value) => Number(value) >= 1, { allowed: [3], refused: [0] });

const cloudRunJob = resourceType("google_cloud_run_v2_job", {
  ...ofJob,
  name: { format: jobName, uniqueIn: ["location"] },
  replacedBy: ["name", "location", "tags"],
  keptWhenUnset: ["template.template.service_account", "template.template.timeout"],
  defaults: { ...ofJob.defaults, "template.task_count": 1, "template.template.timeout": "600s" },
  limits: {
    ...ofJob.limits,
    ...metadata,
    location,
    launch_stage: launchStage,
    ...at("template", {
      ...metadata,
      task_count: jobTasks,
      parallelism: integer(0).fix("give a number of tasks; 0 is as many as possible", run("ExecutionTemplate.parallelism")),
    }),
    ...at("template.template", {
      max_retries: jobRetries,
      timeout: jobTimeout.named("job"),
    }),
    "template.template.containers.ports": unset().named("job").advice("A job serves no requests: the port has no effect.").fix("remove the ports, or write a service", JOB_PORTS).at("ports"),
  },
  alternatives: [...ofJob.alternatives, atMostOne("run_execution_token start_execution_token", { id: "job-tokens" }).fix("keep start_execution_token or run_execution_token", VALIDATED)],
  together: [
    ...ofJob.together,
    when(GPU_SET, { timeout: seconds(0, 3600) }, { in: "template.template", id: "job-gpu-timeout" })
      .advice("Google's pages disagree: one allows an hour, another twelve in preview.")
      .fix("split the task so that one attempt takes at most 3600 s", page("run/docs/configuring/task-timeout")),
    when({ task_count: several, "template.node_selector.accelerator": set() }, { parallelism: bounded }, { in: "template", id: "job-gpu-parallelism" })
      .advice("Without it all tasks start at once: beyond the quota of GPUs, 3 in a new project, they fail or wait.")
      .fix("set parallelism to the number of GPUs that the region's quota allows", run("ExecutionTemplate.parallelism")),
  ],
  order: [...ofJob.order, order("parallelism", "task_count", { in: "template", id: "job-parallelism-tasks" }).fix("lower parallelism or raise task_count", provider("google_cloud_run_v2_job 7.45.0"))],
});

const ofPool = ofTemplate("template", "workerPool");
const splits = share("instance_splits", "INSTANCE_SPLIT_ALLOCATION_TYPE");
const SHUTDOWN = run("RevisionTemplate.encryptionKeyShutdownDuration");
const wholeHours = fulfilling('whole hours, written like "3600s"', (value) => /^[1-9]\d*s$/.test(String(value)) && Number.parseInt(String(value), 10) % 3600 === 0);

const cloudRunWorkerPool = resourceType("google_cloud_run_v2_worker_pool", {
  ...ofPool,
  name: { format: jobName, uniqueIn: ["location"] },
  replacedBy: ["name", "location", "template.containers.depends_on"],
  keptWhenUnset: ["instance_splits", "scaling", "template.service_account"],
  limits: {
    ...ofPool.limits,
    ...metadata,
    ...splits.limits,
    ...at("scaling", { ...scaling, ...manual }),
    location,
    description,
    launch_stage: launchStage,
    ...at("template", {
      ...metadata,
      ...revision,
      encryption_key_shutdown_duration: wholeHours.fix("give a multiple of 3600 s", SHUTDOWN),
    }),
  },
  together: [
    ...ofPool.together,
    ...splits.together,
    ...scalingModes(not("AUTOMATIC")),
    when({ encryption_key_shutdown_duration: set() }, { encryption_key_revocation_action: "SHUTDOWN" }, { in: "template", id: "key-shutdown" })
      .advice("The duration has no effect with another action, or is rejected.")
      .fix("set encryption_key_revocation_action = SHUTDOWN, or remove the duration", SHUTDOWN),
  ],
  order: [...ofPool.order, minMax("scaling")],
});

const iamMember = (kind: string) => resourceType(`google_cloud_run_v2_${kind}_iam_member`, { group: "run", replacedBy: EVERYTHING });
export const cloudRunTypes = [cloudRunService, cloudRunJob, cloudRunWorkerPool, iamMember("service"), iamMember("job"), iamMember("worker_pool")];
