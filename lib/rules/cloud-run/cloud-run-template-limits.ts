import { integer, items, limitIn, matching, oneOf, set, unset } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { containerLimit, templateLimit, workloadsOf } from "./cloud-run-workload";

const API = "Cloud Run Admin API v2";
const READ = "read 2026-11-22";
const PROVIDER = "schema of google 7.45.0: terraform validate says so too, but later";
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Of the template. */
const templateLimits: readonly Rule[] = [
  templateLimit(
    "run-execution-environment",
    "execution_environment",
    oneOf("EXECUTION_ENVIRONMENT_GEN1", "EXECUTION_ENVIRONMENT_GEN2"),
    "use EXECUTION_ENVIRONMENT_GEN2, or leave it out",
    PROVIDER,
  ),
  templateLimit(
    "run-containers",
    "containers",
    { ...items(1, 10), required: true },
    "keep one to ten containers; move the others to services of their own",
    `docs.cloud.google.com/run/docs/deploying#sidecars, ${READ}`,
  ),
  templateLimit(
    "run-vpc-egress",
    "vpc_access.egress",
    oneOf("ALL_TRAFFIC", "PRIVATE_RANGES_ONLY"),
    "use PRIVATE_RANGES_ONLY, or ALL_TRAFFIC with Cloud NAT",
    PROVIDER,
  ),
  templateLimit(
    "run-vpc-interfaces",
    "vpc_access.network_interfaces",
    items(0, 1),
    "keep one network interface",
    `${API}, VpcAccess.networkInterfaces, ${READ}`,
  ),
  templateLimit(
    "run-vpc-tags",
    "vpc_access.network_interfaces.tags[]",
    matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "a network tag: 1 to 63 lower-case letters, digits and hyphens"),
    "respell the tag; firewall rules name it the same",
    `Compute API v1, Tags.items, ${READ}`,
  ),
  templateLimit(
    "run-volume-source-empty-dir",
    "volumes.empty_dir.medium",
    oneOf("MEMORY", "DISK"),
    "use MEMORY",
    PROVIDER,
  ),
  templateLimit(
    "run-volume-bucket",
    "volumes.gcs.bucket",
    matching(/^[a-z0-9][-_.a-z0-9]{1,220}[a-z0-9]$/, "a bucket name, without gs:// and without a folder"),
    "name the bucket only; pick a folder with mount_options only-dir",
    `${API}, GCSVolumeSource.bucket, ${READ}`,
  ),
  templateLimit(
    "run-volume-mount-options",
    "volumes.gcs.mount_options[]",
    matching(/^[^-]/, "a Cloud Storage FUSE flag without leading dashes"),
    "write it without the leading --",
    `${API}, GCSVolumeSource.mountOptions, ${READ}`,
  ),
  templateLimit(
    "run-volume-nfs-server",
    "volumes.nfs.server",
    matching(/^[A-Za-z0-9.:_-]+$/, "a host name or IP address"),
    "name the server only; the exported folder is path",
    `${API}, NFSVolumeSource.server, ${READ}`,
  ),
  templateLimit(
    "run-volume-nfs-path",
    "volumes.nfs.path",
    matching(/^\//, "an absolute path"),
    "give the path that the server exports",
    `${API}, NFSVolumeSource.path, ${READ}`,
  ),
  templateLimit(
    "run-volume-sql-instance",
    "volumes.cloud_sql_instance.instances[]",
    matching(/^([a-z0-9.-]+:)?[a-z][-a-z0-9]*:[a-z]+-[a-z]+\d+:[a-z][-a-z0-9]*$/, "project:region:instance"),
    "use the instance's connection_name",
    `${API}, CloudSqlInstance.instances, ${READ}`,
  ),
  templateLimit(
    "run-volume-secret-mode",
    "volumes.secret.default_mode",
    integer(0, 0o777),
    "write the octal mode as a decimal number: 0444 is 292",
    `${API}, SecretVolumeSource.defaultMode, ${READ}`,
  ),
  templateLimit(
    "run-volume-secret-item-mode",
    "volumes.secret.items.mode",
    integer(0, 0o777),
    "write the octal mode as a decimal number: 0444 is 292",
    `${API}, VersionToPath.mode, ${READ}`,
  ),
  templateLimit(
    "run-volume-secret-item-version",
    "volumes.secret.items.version",
    set(),
    'say which version: "latest" or a number',
    `${API}, SecretVolumeSource.items, ${READ}`,
  ),
  templateLimit(
    "run-volume-secret-item-path",
    "volumes.secret.items.path",
    { ...matching(/^(?!\/)(?!\.\.)(?!.*\/\.\.(\/|$)).+$/, "a relative path without .."), required: true },
    "name the file relative to the mount path",
    "docs.cloud.google.com/run/docs/reference/rest/v2/Volume, read 2026-11-22",
  ),
];

/** Of each container. */
const containerLimits: readonly Rule[] = [
  containerLimit(
    "run-image",
    "image",
    {
      ...matching(
        /^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
        "an image reference: host/path[:tag][@sha256:digest], in lower case and without https://",
      ),
      required: true,
    },
    "copy the reference from the registry",
    `${API}, Container.image, ${READ}`,
  ),
  containerLimit(
    "run-container-name",
    "name",
    matching(DNS_LABEL, "a DNS label: 1 to 63 lower-case letters, digits and hyphens"),
    "respell the name",
    `${API}, Container.name, ${READ}`,
  ),
  containerLimit(
    "run-args",
    "args",
    items(0, 1000),
    "pass them in a file",
    `docs.cloud.google.com/run/docs/configuring/containers, ${READ}`,
  ),
  containerLimit(
    "run-env-count",
    "env",
    items(0, 1000),
    "pass them in a file: a volume of a secret or of a bucket",
    `docs.cloud.google.com/run/docs/configuring/services/environment-variables, ${READ}`,
  ),
  containerLimit(
    "run-env-name",
    "env.name",
    { ...matching(/^[^=]{1,32768}$/, "1 to 32768 characters without ="), required: true },
    "rename the variable",
    `${API}, EnvVar.name, ${READ}`,
  ),
  containerLimit(
    "run-env-name-portable",
    "env.name",
    matching(/^([A-Za-z_][A-Za-z0-9_]*|.*=.*|)$/, "letters, digits and underscores, not starting with a digit"),
    "rename the variable",
    "provider documentation of google_cloud_run_v2_service 7.45.0",
    {
      severity: "warning",
      why: "The provider documents that only C identifiers are taken; the newer API text no longer says so. Shells cannot read other names.",
    },
  ),
  containerLimit(
    "run-env-value",
    "env.value",
    { text: "at most 32768 bytes", holds: (value) => Buffer.byteLength(String(value)) <= 32768 },
    "mount it as a file: a volume of a secret or of a bucket",
    `${API}, EnvVar.value, ${READ}`,
  ),
  containerLimit(
    "run-env-secret-name",
    "env.value_source.secret_key_ref.secret",
    matching(/^(projects\/[^/]+\/secrets\/)?[A-Za-z0-9_-]{1,255}$/, "a secret ID or projects/PROJECT/secrets/SECRET"),
    "name the secret here and its version in version",
    `${API}, SecretKeySelector.secret, ${READ}`,
  ),
  containerLimit(
    "run-env-secret-version",
    "env.value_source.secret_key_ref.version",
    matching(/^(latest|[1-9]\d*|[A-Za-z][\w-]{0,62})$/, '"latest", a number or a version alias'),
    'use "latest" or the number of a version',
    `${API}, SecretKeySelector.version, ${READ}`,
  ),
  containerLimit(
    "run-port",
    "ports.container_port",
    integer(1, 65535),
    "give the TCP port that the container listens on",
    `${API}, ContainerPort.containerPort, ${READ}`,
  ),
  containerLimit(
    "run-port-name",
    "ports.name",
    oneOf("http1", "h2c"),
    "use h2c for gRPC and HTTP/2, http1 otherwise",
    `${API}, ContainerPort.name, ${READ}`,
  ),
  containerLimit(
    "run-ports",
    "ports",
    items(0, 1),
    "keep one port; route by path inside the container",
    `${API}, Container.ports, ${READ}`,
  ),
  containerLimit(
    "run-volume-mount-path",
    "volume_mounts.mount_path",
    {
      ...matching(
        /^$|^\/(?!(dev|proc|sys)(\/|$))[^:]*$/,
        "an absolute path without a colon, not in /dev, /proc or /sys",
      ),
      required: true,
    },
    "mount it elsewhere, for example at /models",
    `docs.cloud.google.com/run/docs/configuring/workerpools/cloud-storage-volume-mounts, ${READ}`,
  ),
  limitIn(
    "run-job-ports",
    "Cloud Run job",
    (topology) =>
      workloadsOf(topology)
        .filter((workload) => workload.kind === "job")
        .flatMap((job) => job.containers),
    "ports",
    unset(),
    "take the ports away, or write a service",
    `docs.cloud.google.com/run/docs/configuring/containers, ${READ}`,
    { severity: "warning", why: "A job serves no requests: the port has no effect." },
  ),
];

/** What single attributes of templates and containers may be. */
export const cloudRunTemplateLimitRules: readonly Rule[] = [...templateLimits, ...containerLimits];
