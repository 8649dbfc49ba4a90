/** What two resources of a type with one name have in common where Google Cloud keeps only one of them. */
export interface NameSpace {
  readonly types: readonly string[];
  readonly attribute: string;
  /** Attributes that say where the resource is. */
  readonly place: readonly string[];
}

const space = (types: string, place: string[] = [], attribute = "name"): NameSpace => ({
  types: types.split("|"),
  attribute,
  place: ["project", ...place],
});

/** Google keeps names apart by project, by location and by what stands in `place`. */
export const NAME_SPACES: readonly NameSpace[] = [
  ...[
    "global_address",
    "global_forwarding_rule",
    "target_http_proxy",
    "target_https_proxy",
    "target_ssl_proxy",
    "target_tcp_proxy",
  ].map((kind) => space(`google_compute_${kind}`)),
  ...[
    "url_map",
    "backend_service",
    "backend_bucket",
    "health_check",
    "global_network_endpoint_group",
    "ssl_policy",
    "security_policy",
  ].map((kind) => space(`google_compute_${kind}`)),
  ...["instance_template", "network", "firewall", "network_firewall_policy", "image", "snapshot", "route"].map((kind) =>
    space(`google_compute_${kind}`),
  ),
  space("google_compute_ssl_certificate|google_compute_managed_ssl_certificate"),
  ...["address", "forwarding_rule", "subnetwork", "router", "resource_policy", "service_attachment"].map((kind) =>
    space(`google_compute_${kind}`, ["region"]),
  ),
  ...[
    "region_backend_service",
    "region_url_map",
    "region_target_http_proxy",
    "region_target_https_proxy",
    "region_target_tcp_proxy",
  ].map((kind) => space(`google_compute_${kind}`, ["region"])),
  ...[
    "region_health_check",
    "region_network_endpoint_group",
    "region_ssl_certificate",
    "region_ssl_policy",
    "region_security_policy",
  ].map((kind) => space(`google_compute_${kind}`, ["region"])),
  ...["region_instance_template", "region_instance_group_manager", "region_autoscaler", "region_disk"].map((kind) =>
    space(`google_compute_${kind}`, ["region"]),
  ),
  ...["network_endpoint_group", "instance_group_manager", "instance_group", "autoscaler", "instance", "disk"].map(
    (kind) => space(`google_compute_${kind}`, ["zone"]),
  ),
  space("google_compute_router_nat", ["region", "router"]),
  ...["service", "job", "worker_pool"].map((kind) => space(`google_cloud_run_v2_${kind}`, ["location"])),
  ...["certificate", "certificate_map", "dns_authorization", "certificate_issuance_config", "trust_config"].map(
    (kind) => space(`google_certificate_manager_${kind}`, ["location"]),
  ),
  space("google_certificate_manager_certificate_map_entry", ["map"]),
  space("google_service_account", [], "account_id"),
  space("google_secret_manager_secret", [], "secret_id"),
  space("google_artifact_registry_repository", ["location"], "repository_id"),
  { types: ["google_storage_bucket"], attribute: "name", place: [] },
  ...["topic", "subscription", "schema"].map((kind) => space(`google_pubsub_${kind}`)),
  ...["google_dns_managed_zone", "google_logging_metric", "google_logging_project_sink"].map((type) => space(type)),
  ...["google_eventarc_trigger", "google_workflows_workflow", "google_cloud_tasks_queue", "google_kms_key_ring"].map(
    (type) => space(type, ["location"]),
  ),
  space("google_cloud_scheduler_job", ["region"]),
  space("google_vpc_access_connector", ["region"]),
  space("google_kms_crypto_key", ["key_ring"]),
  space("google_bigquery_dataset", [], "dataset_id"),
  space("google_monitoring_slo", ["service"], "slo_id"),
];
