/** Attributes of other resources that have the right form, by the type of the resource. */
export type Targets = Readonly<Record<string, string>>;

const LINK = "id self_link";
/** The provider completes a name, and Compute Engine knows resources by their number, too. */
const network: Targets = { google_compute_network: `${LINK} name network_id numeric_id` };
const subnetwork: Targets = { google_compute_subnetwork: `${LINK} name subnetwork_id` };
const compute = (...kinds: readonly string[]): Targets => Object.fromEntries(kinds.map((kind) => [`google_compute_${kind}`, `${LINK} name`]));
const email: Targets = { google_service_account: "email" };
const address: Targets = {
  google_compute_address: "address",
  google_compute_global_address: "address",
  google_compute_forwarding_rule: "ip_address",
  google_compute_global_forwarding_rule: "ip_address",
};
const runUrl: Targets = {
  google_cloud_run_v2_service: "uri urls[0] urls.0",
  google_cloud_run_service: "status[0].url status.0.url",
};

const RUN = ["google_cloud_run_v2_service template", "google_cloud_run_v2_worker_pool template", "google_cloud_run_v2_job template.template"];
const TEMPLATES = "google_compute_instance_template google_compute_region_instance_template google_compute_instance";

/** Of which types, which attributes refer to what. */
const rows: readonly (readonly [types: string, paths: string, targets: Targets])[] = [
  [
    "google_compute_address google_compute_firewall google_compute_forwarding_rule google_compute_global_address google_compute_global_forwarding_rule google_compute_instance_group google_compute_network_endpoint_group google_compute_network_peering google_compute_region_backend_service google_compute_region_network_endpoint_group google_compute_route google_compute_router google_compute_subnetwork google_compute_vpn_gateway google_vpc_access_connector",
    "network",
    network,
  ],
  ["google_compute_network_peering", "peer_network", network],
  ["google_compute_address google_compute_forwarding_rule google_compute_network_endpoint_group google_compute_region_network_endpoint_group", "subnetwork", subnetwork],
  [TEMPLATES, "network_interface.network", network],
  [TEMPLATES, "network_interface.subnetwork", subnetwork],
  [TEMPLATES, "service_account.email", email],
  [TEMPLATES, "network_interface.access_config.nat_ip", address],
  ["google_vpc_access_connector", "subnet.name", { google_compute_subnetwork: "name" }],
  ["google_compute_service_attachment", "nat_subnets[]", subnetwork],
  ["google_compute_service_attachment", "target_service", { google_compute_forwarding_rule: LINK }],
  ["google_compute_router_nat", "router", compute("router")],
  ["google_compute_router_nat", "nat_ips[] initial_nat_ips[] drain_nat_ips[]", compute("address")],
  ["google_compute_router_nat", "subnetwork.name", subnetwork],
  ["google_compute_instance_group", "instances[]", { google_compute_instance: LINK }],
  ["google_compute_backend_service google_compute_backend_bucket", "edge_security_policy", compute("security_policy")],
  ["google_compute_backend_service", "security_policy", compute("security_policy")],
  ["google_compute_region_backend_service", "security_policy", compute("region_security_policy")],
  ["google_compute_url_map", "test.service", compute("backend_service", "backend_bucket")],
  ["google_compute_region_url_map", "test.service", compute("region_backend_service")],
  ["google_compute_target_https_proxy google_compute_target_ssl_proxy", "ssl_policy", compute("ssl_policy")],
  ["google_compute_target_https_proxy google_compute_target_ssl_proxy", "ssl_certificates[]", compute("ssl_certificate", "managed_ssl_certificate")],
  ["google_compute_region_target_https_proxy", "ssl_policy", compute("region_ssl_policy")],
  ["google_compute_region_target_https_proxy", "ssl_certificates[]", compute("region_ssl_certificate")],
  ["google_compute_target_grpc_proxy", "url_map", compute("url_map")],
  ["google_compute_forwarding_rule", "backend_service", compute("region_backend_service")],
  ["google_certificate_manager_certificate", "managed.dns_authorizations[]", { google_certificate_manager_dns_authorization: "id" }],
  ["google_certificate_manager_certificate", "managed.issuance_config", { google_certificate_manager_certificate_issuance_config: "id" }],
  ["google_certificate_manager_certificate_map_entry", "certificates[]", { google_certificate_manager_certificate: "id" }],
  ["google_certificate_manager_certificate_map_entry", "map", { google_certificate_manager_certificate_map: "name id" }],
  ["google_dns_managed_zone", "private_visibility_config.networks.network_url peering_config.target_network.network_url", { google_compute_network: LINK }],
  ["google_dns_record_set", "managed_zone", { google_dns_managed_zone: "name id managed_zone_id" }],
  ["google_dns_record_set", "rrdatas[] routing_policy.wrr.rrdatas[] routing_policy.geo.rrdatas[] routing_policy.primary_backup.backup_geo.rrdatas[]", address],
  ["google_dns_record_set", "routing_policy.health_check", { google_compute_health_check: LINK }],
  ...RUN.flatMap((each): (typeof rows)[number][] => {
    const [type = "", place = ""] = each.split(" ");
    return [
      [type, `${place}.containers.env.value_source.secret_key_ref.secret`, { google_secret_manager_secret: "secret_id id name" }],
      [type, `${place}.volumes.secret.secret`, { google_secret_manager_secret: "secret_id id name" }],
      [type, `${place}.volumes.gcs.bucket`, { google_storage_bucket: "name id" }],
      [type, `${place}.volumes.cloud_sql_instance.instances[]`, { google_sql_database_instance: "connection_name" }],
      [type, `${place}.vpc_access.connector`, { google_vpc_access_connector: "id self_link name" }],
      [type, `${place}.vpc_access.network_interfaces.network`, network],
      [type, `${place}.vpc_access.network_interfaces.subnetwork`, subnetwork],
    ];
  }),
  ["google_eventarc_trigger", "destination.cloud_run_service.service", { google_cloud_run_v2_service: "name", google_cloud_run_service: "name" }],
  ["google_eventarc_trigger", "service_account", { google_service_account: "email unique_id" }],
  ["google_eventarc_trigger", "transport.pubsub.topic", { google_pubsub_topic: "id name" }],
  ["google_kms_crypto_key", "key_ring", { google_kms_key_ring: "id" }],
  ["google_monitoring_slo", "service", { google_monitoring_custom_service: "service_id name id", google_monitoring_service: "service_id name id" }],
  ["google_pubsub_subscription", "topic", { google_pubsub_topic: "id name" }],
  ["google_pubsub_subscription", "bigquery_config.service_account_email cloud_storage_config.service_account_email", email],
  ["google_pubsub_subscription", "push_config.push_endpoint", runUrl],
  ["google_cloud_scheduler_job", "http_target.uri", runUrl],
  ["google_secret_manager_secret_version", "secret", { google_secret_manager_secret: "id name secret_id" }],
];

/** What each attribute refers to, by type and path. */
export const references: Readonly<Record<string, Readonly<Record<string, Targets>>>> = byType();

function byType(): Record<string, Record<string, Targets>> {
  const all: Record<string, Record<string, Targets>> = {};
  for (const [types, paths, targets] of rows)
    for (const type of types.split(" "))
      for (const path of paths.split(" ")) {
        all[type] ??= {};
        all[type][path] = targets;
      }
  return all;
}
