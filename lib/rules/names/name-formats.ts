/** How the names of some resource types read. */
export interface NameFormat {
  readonly kind: string;
  /** Resource types, separated by `|`. */
  readonly types: string;
  readonly attribute: string;
  readonly pattern: RegExp;
  readonly text: string;
  readonly source: string;
  /** Why it is not sure; it is then a warning. */
  readonly doubt?: string;
}

const both = (...kinds: string[]) =>
  kinds.flatMap((kind) => [`google_compute_${kind}`, `google_compute_region_${kind}`]).join("|");
const compute = (...kinds: string[]) => kinds.map((kind) => `google_compute_${kind}`).join("|");

const RFC1035 = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const RFC1035_TEXT = "1 to 63 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen";
const COMPUTE_API = "Compute API v1, name, read 2026-11-22";
const MANAGER = "provider documentation of google_certificate_manager_certificate 7.45.0";
const PUBSUB = "Pub/Sub API v1, Topic.name, read 2026-11-22";

/** Types of Compute Engine whose names follow RFC 1035. */
const COMPUTE: readonly (readonly [kind: string, types: string])[] = [
  ["address", compute("global_address", "address")],
  ["forwarding-rule", compute("global_forwarding_rule", "forwarding_rule")],
  [
    "proxy",
    `${both("target_http_proxy", "target_https_proxy", "target_tcp_proxy")}|${compute("target_ssl_proxy", "target_grpc_proxy")}`,
  ],
  ["url-map", both("url_map")],
  ["backend-service", both("backend_service")],
  ["backend-bucket", compute("backend_bucket")],
  ["health-check", `${both("health_check")}|${compute("http_health_check", "https_health_check")}`],
  ["neg", `${both("network_endpoint_group")}|${compute("global_network_endpoint_group")}`],
  ["ssl-certificate", `${both("ssl_certificate")}|${compute("managed_ssl_certificate")}`],
  ["ssl-policy", both("ssl_policy")],
  ["security-policy", both("security_policy")],
  ["instance-template", both("instance_template")],
  ["instance-group", `${both("instance_group_manager")}|${compute("instance_group")}`],
  ["autoscaler", both("autoscaler")],
  [
    "network",
    compute(
      "network",
      "subnetwork",
      "firewall",
      "router",
      "router_nat",
      "route",
      "network_peering",
      "vpn_gateway",
      "service_attachment",
    ),
  ],
  ["disk", `${both("disk")}|${compute("snapshot", "image", "resource_policy")}`],
  ["firewall-policy", `${compute("network_firewall_policy", "region_network_firewall_policy")}`],
  ["instance", compute("instance")],
];

/** Resources that Google names otherwise. */
export const NAME_FORMATS: readonly NameFormat[] = [
  ...COMPUTE.map(([kind, types]) => ({
    kind,
    types,
    attribute: "name",
    pattern: RFC1035,
    text: RFC1035_TEXT,
    source: COMPUTE_API,
  })),
  {
    kind: "cloud-run",
    types: "google_cloud_run_v2_service",
    attribute: "name",
    pattern: /^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$/,
    text: "1 to 49 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen",
    source: "docs.cloud.google.com/run/docs/deploying, as quoted by others, read 2026-11-22",
  },
  {
    kind: "cloud-run-job",
    types: "google_cloud_run_v2_job|google_cloud_run_v2_worker_pool",
    attribute: "name",
    pattern: RFC1035,
    text: RFC1035_TEXT,
    source: "Google's documentation of Cloud Run jobs, from general knowledge, 2026-11",
    doubt: "The limit is known here from general knowledge only.",
  },
  {
    kind: "bucket",
    types: "google_storage_bucket",
    attribute: "name",
    pattern:
      /^(?!goog)(?!.*google)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)(?=[^.]{3,63}$|.{3,222}$)[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)*$/,
    text: "3 to 63 lower-case letters, digits, hyphens, underscores and dots, starting and ending in a letter or digit, without google",
    source:
      "provider documentation of google_storage_bucket 7.45.0, and Google's rules for bucket names, from general knowledge, 2026-11",
  },
  {
    kind: "topic",
    types: "google_pubsub_topic|google_pubsub_subscription|google_pubsub_schema|google_pubsub_snapshot",
    attribute: "name",
    pattern: /^(projects\/[^/]+\/(topics|subscriptions|schemas|snapshots)\/)?(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/,
    text: "3 to 255 letters, digits and -_.~+%, starting with a letter, not with goog",
    source: PUBSUB,
  },
  {
    kind: "repository",
    types: "google_artifact_registry_repository",
    attribute: "repository_id",
    pattern: RFC1035,
    text: RFC1035_TEXT,
    source: "Google's documentation of repositories, from general knowledge, 2026-11",
  },
  {
    kind: "secret",
    types: "google_secret_manager_secret|google_secret_manager_regional_secret",
    attribute: "secret_id",
    pattern: /^[A-Za-z0-9_-]{1,255}$/,
    text: "1 to 255 letters, digits, hyphens and underscores",
    source: "Secret Manager API v1, CreateSecret.secretId, read 2026-11-22",
  },
  {
    kind: "certificate",
    types: "google_certificate_manager_certificate|google_certificate_manager_dns_authorization",
    attribute: "name",
    pattern: /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/,
    text: "1 to 64 letters, digits, hyphens and underscores, starting with a letter",
    source: MANAGER,
  },
  {
    kind: "certificate-map",
    types:
      "google_certificate_manager_certificate_map|google_certificate_manager_certificate_map_entry|google_certificate_manager_certificate_issuance_config|google_certificate_manager_trust_config",
    attribute: "name",
    pattern: /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/,
    text: "1 to 64 letters, digits, hyphens and underscores, starting with a letter",
    source: MANAGER,
    doubt: "The rule is written down for certificates and DNS authorizations only.",
  },
  {
    kind: "dns-zone",
    types: "google_dns_managed_zone",
    attribute: "name",
    pattern: RFC1035,
    text: RFC1035_TEXT,
    source: "Cloud DNS API v1, ManagedZone.name, read 2026-11-22",
  },
  {
    kind: "uptime-check",
    types:
      "google_monitoring_uptime_check_config|google_monitoring_alert_policy|google_monitoring_notification_channel",
    attribute: "display_name",
    pattern: /^[\s\S]{1,512}$/u,
    text: "1 to 512 characters",
    source: "Monitoring API v3, AlertPolicy.displayName, read 2026-11-22",
  },
  {
    kind: "slo",
    types: "google_monitoring_slo|google_monitoring_service|google_monitoring_custom_service",
    attribute: "service_id",
    pattern: /^(projects\/[^/]+\/services\/)?[A-Za-z0-9_:.-]{1,63}$/,
    text: "1 to 63 letters, digits and -_:.",
    source: "Monitoring API v3, CreateService.serviceId, read 2026-11-22",
    doubt: "An SLO may name a service by other forms.",
  },
  {
    kind: "slo-id",
    types: "google_monitoring_slo",
    attribute: "slo_id",
    pattern: /^[A-Za-z0-9_:.-]{1,63}$/,
    text: "1 to 63 letters, digits and -_:.",
    source: "provider documentation of google_monitoring_slo 7.45.0",
  },
  {
    kind: "log-metric",
    types: "google_logging_metric",
    attribute: "name",
    pattern: /^(?!\/)[A-Za-z0-9_\-.,+!*',()%/]{1,100}$/,
    text: "1 to 100 letters, digits and _-.,+!*',()%/, not starting with /",
    source: "provider documentation of google_logging_metric 7.45.0",
  },
  {
    kind: "log-sink",
    types: "google_logging_project_sink|google_logging_folder_sink|google_logging_organization_sink",
    attribute: "name",
    pattern: /^[A-Za-z0-9_.-]{1,100}$/,
    text: "1 to 100 letters, digits and _-.",
    source: "Logging API v2, LogSink.name, read 2026-11-22",
  },
  {
    kind: "scheduler-job",
    types: "google_cloud_scheduler_job",
    attribute: "name",
    pattern: /^[A-Za-z0-9_-]{1,500}$/,
    text: "1 to 500 letters, digits, hyphens and underscores",
    source: "Cloud Scheduler API v1, Job.name, read 2026-11-22",
  },
  {
    kind: "task-queue",
    types: "google_cloud_tasks_queue",
    attribute: "name",
    pattern: /^[A-Za-z0-9-]{1,100}$/,
    text: "1 to 100 letters, digits and hyphens",
    source: "Cloud Tasks API v2, Queue.name, read 2026-11-22",
  },
  {
    kind: "eventarc",
    types: "google_eventarc_trigger",
    attribute: "name",
    pattern: RFC1035,
    text: RFC1035_TEXT,
    source: "Google's documentation of Eventarc, from general knowledge, 2026-11",
    doubt: "Google does not write the rule down for each form of the name.",
  },
  {
    kind: "workflow",
    types: "google_workflows_workflow",
    attribute: "name",
    pattern: /^[a-zA-Z]([a-zA-Z0-9_-]{0,62}[a-zA-Z0-9])?$/,
    text: "1 to 64 letters, digits, hyphens and underscores, starting with a letter",
    source: "Workflows API v1, CreateWorkflow.workflowId, read 2026-11-22",
  },
  {
    kind: "kms",
    types: "google_kms_key_ring|google_kms_crypto_key",
    attribute: "name",
    pattern: /^[a-zA-Z0-9_-]{1,63}$/,
    text: "1 to 63 letters, digits, hyphens and underscores",
    source: "Cloud KMS API v1, CreateKeyRing.keyRingId, read 2026-11-22",
  },
  {
    kind: "dataset",
    types: "google_bigquery_dataset",
    attribute: "dataset_id",
    pattern: /^[A-Za-z0-9_]{1,1024}$/,
    text: "1 to 1024 letters, digits and underscores",
    source: "BigQuery API v2, DatasetReference.datasetId, read 2026-11-22",
  },
  {
    kind: "custom-role",
    types: "google_project_iam_custom_role|google_organization_iam_custom_role",
    attribute: "role_id",
    pattern: /^[A-Za-z0-9_.]{3,64}$/,
    text: "3 to 64 letters, digits, underscores and dots",
    source: "IAM API v1, CreateRole.roleId, read 2026-11-22",
  },
  {
    kind: "vpc-connector",
    types: "google_vpc_access_connector",
    attribute: "name",
    pattern: /^[a-z][-a-z0-9]{0,23}[a-z0-9]$/,
    text: "2 to 25 lower-case letters, digits and hyphens, starting with a letter",
    source: "provider documentation of google_vpc_access_connector 7.45.0",
  },
  {
    kind: "identity-pool",
    types: "google_iam_workload_identity_pool",
    attribute: "workload_identity_pool_id",
    pattern: /^(?!gcp-)[a-z0-9-]{4,32}$/,
    text: "4 to 32 lower-case letters, digits and hyphens, not starting with gcp-",
    source: "provider documentation of google_iam_workload_identity_pool 7.45.0",
  },
  {
    kind: "prefix",
    types: `${both("ssl_certificate")}|${both("instance_template")}`,
    attribute: "name_prefix",
    pattern: /^[a-z][-a-z0-9]{0,53}$/,
    text: "1 to 54 lower-case letters, digits and hyphens, starting with a letter",
    source: "provider documentation of google_compute_instance_template 7.45.0",
  },
];
