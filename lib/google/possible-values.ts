/**
 * The values that the documentation of hashicorp/google 6.50.0 lists for an attribute, by resource type and path. Written by
 * `npm run facts` from the installed bindings; what they have wrong is corrected in the tables.
 */
export const possibleValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  google_certificate_manager_certificate_issuance_config: {
    key_algorithm: "RSA_2048 ECDSA_P256",
  },
  google_certificate_manager_dns_authorization: {
    type: "FIXED_RECORD PER_PROJECT_RECORD",
  },
  google_compute_firewall: {
    direction: "INGRESS EGRESS",
    "log_config.metadata": "EXCLUDE_ALL_METADATA INCLUDE_ALL_METADATA",
  },
  google_compute_managed_ssl_certificate: {
    type: "MANAGED",
  },
  google_compute_network: {
    bgp_best_path_selection_mode: "LEGACY STANDARD",
    bgp_inter_region_cost: "DEFAULT ADD_COST_TO_MED",
    network_firewall_policy_enforcement_order: "BEFORE_CLASSIC_FIREWALL AFTER_CLASSIC_FIREWALL",
    routing_mode: "REGIONAL GLOBAL",
  },
  google_compute_network_peering: {
    stack_type: "IPV4_ONLY IPV4_IPV6",
  },
  google_compute_region_ssl_policy: {
    min_tls_version: "TLS_1_0 TLS_1_1 TLS_1_2",
    profile: "COMPATIBLE MODERN RESTRICTED CUSTOM",
  },
  google_compute_router: {
    "bgp.advertise_mode": "DEFAULT CUSTOM",
  },
  google_compute_router_nat: {
    auto_network_tier: "PREMIUM STANDARD",
    nat_ip_allocate_option: "MANUAL_ONLY AUTO_ONLY",
    source_subnetwork_ip_ranges_to_nat: "ALL_SUBNETWORKS_ALL_IP_RANGES ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES LIST_OF_SUBNETWORKS",
    source_subnetwork_ip_ranges_to_nat64: "ALL_IPV6_SUBNETWORKS LIST_OF_IPV6_SUBNETWORKS",
    type: "PUBLIC PRIVATE",
    "log_config.filter": "ERRORS_ONLY TRANSLATIONS_ONLY ALL",
  },
  google_compute_ssl_policy: {
    min_tls_version: "TLS_1_0 TLS_1_1 TLS_1_2",
    profile: "COMPATIBLE MODERN RESTRICTED CUSTOM",
  },
  google_compute_subnetwork: {
    ipv6_access_type: "EXTERNAL INTERNAL",
    role: "ACTIVE BACKUP",
    stack_type: "IPV4_ONLY IPV4_IPV6 IPV6_ONLY",
    "log_config.aggregation_interval": "INTERVAL_5_SEC INTERVAL_30_SEC INTERVAL_1_MIN INTERVAL_5_MIN INTERVAL_10_MIN INTERVAL_15_MIN",
    "log_config.metadata": "EXCLUDE_ALL_METADATA INCLUDE_ALL_METADATA CUSTOM_METADATA",
  },
  google_dns_managed_zone: {
    visibility: "private public",
    "dnssec_config.non_existence": "nsec nsec3",
    "dnssec_config.state": "off on transfer",
    "dnssec_config.default_key_specs.algorithm": "ecdsap256sha256 ecdsap384sha384 rsasha1 rsasha256 rsasha512",
    "dnssec_config.default_key_specs.key_type": "keySigning zoneSigning",
    "forwarding_config.target_name_servers.forwarding_path": "default private",
  },
  google_dns_record_set: {
    "routing_policy.geo.health_checked_targets.internal_load_balancers.ip_protocol": "tcp udp",
    "routing_policy.geo.health_checked_targets.internal_load_balancers.load_balancer_type": "regionalL4ilb regionalL7ilb globalL7ilb",
    "routing_policy.primary_backup.backup_geo.health_checked_targets.internal_load_balancers.ip_protocol": "tcp udp",
    "routing_policy.primary_backup.backup_geo.health_checked_targets.internal_load_balancers.load_balancer_type": "regionalL4ilb regionalL7ilb globalL7ilb",
    "routing_policy.primary_backup.primary.internal_load_balancers.ip_protocol": "tcp udp",
    "routing_policy.primary_backup.primary.internal_load_balancers.load_balancer_type": "regionalL4ilb regionalL7ilb globalL7ilb",
    "routing_policy.wrr.health_checked_targets.internal_load_balancers.ip_protocol": "tcp udp",
    "routing_policy.wrr.health_checked_targets.internal_load_balancers.load_balancer_type": "regionalL4ilb regionalL7ilb globalL7ilb",
  },
  google_network_security_backend_authentication_config: {
    well_known_roots: "NONE PUBLIC_ROOTS",
  },
  google_pubsub_schema: {
    type: "TYPE_UNSPECIFIED PROTOCOL_BUFFER AVRO",
  },
  google_pubsub_topic: {
    "ingestion_data_source_settings.platform_logs_settings.severity": "SEVERITY_UNSPECIFIED DISABLED DEBUG INFO WARNING ERROR",
    "schema_settings.encoding": "ENCODING_UNSPECIFIED JSON BINARY",
  },
};
