/**
 * The values that the documentation of hashicorp/google 6.50.0 lists for an attribute, by resource type and path. Written by
 * `npm run facts` from the installed bindings; what they have wrong is corrected in the tables.
 */
export const possibleValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  google_compute_backend_bucket: {
    compression_mode: "AUTOMATIC DISABLED",
    load_balancing_scheme: "INTERNAL_MANAGED",
    "cdn_policy.cache_mode": "USE_ORIGIN_HEADERS FORCE_CACHE_ALL CACHE_ALL_STATIC",
  },
  google_compute_backend_service: {
    compression_mode: "AUTOMATIC DISABLED",
    external_managed_migration_state: "PREPARE TEST_BY_PERCENTAGE TEST_ALL_TRAFFIC",
    ip_address_selection_policy: "IPV4_ONLY PREFER_IPV6 IPV6_ONLY",
    load_balancing_scheme: "EXTERNAL INTERNAL_SELF_MANAGED INTERNAL_MANAGED EXTERNAL_MANAGED",
    locality_lb_policy: "ROUND_ROBIN LEAST_REQUEST RING_HASH RANDOM ORIGINAL_DESTINATION MAGLEV WEIGHTED_MAGLEV WEIGHTED_ROUND_ROBIN",
    protocol: "HTTP HTTPS HTTP2 TCP SSL UDP GRPC UNSPECIFIED H2C",
    session_affinity: "NONE CLIENT_IP CLIENT_IP_PORT_PROTO CLIENT_IP_PROTO GENERATED_COOKIE HEADER_FIELD HTTP_COOKIE STRONG_COOKIE_AFFINITY",
    "backend.balancing_mode": "UTILIZATION RATE CONNECTION CUSTOM_METRICS",
    "backend.preference": "PREFERRED DEFAULT",
    "cdn_policy.cache_mode": "USE_ORIGIN_HEADERS FORCE_CACHE_ALL CACHE_ALL_STATIC",
    "locality_lb_policies.policy.name": "ROUND_ROBIN LEAST_REQUEST RING_HASH RANDOM ORIGINAL_DESTINATION MAGLEV",
    "log_config.optional_mode": "INCLUDE_ALL_OPTIONAL EXCLUDE_ALL_OPTIONAL CUSTOM",
  },
  google_compute_global_network_endpoint_group: {
    network_endpoint_type: "INTERNET_IP_PORT INTERNET_FQDN_PORT",
  },
  google_compute_network_endpoint_group: {
    network_endpoint_type: "GCE_VM_IP GCE_VM_IP_PORT NON_GCP_PRIVATE_IP_PORT INTERNET_IP_PORT INTERNET_FQDN_PORT SERVERLESS PRIVATE_SERVICE_CONNECT",
  },
  google_compute_region_backend_service: {
    ip_address_selection_policy: "IPV4_ONLY PREFER_IPV6 IPV6_ONLY",
    load_balancing_scheme: "EXTERNAL EXTERNAL_MANAGED INTERNAL INTERNAL_MANAGED",
    locality_lb_policy: "ROUND_ROBIN LEAST_REQUEST RING_HASH RANDOM ORIGINAL_DESTINATION MAGLEV WEIGHTED_MAGLEV WEIGHTED_ROUND_ROBIN",
    protocol: "HTTP HTTPS HTTP2 TCP SSL UDP GRPC UNSPECIFIED H2C",
    session_affinity: "NONE CLIENT_IP CLIENT_IP_PORT_PROTO CLIENT_IP_PROTO GENERATED_COOKIE HEADER_FIELD HTTP_COOKIE CLIENT_IP_NO_DESTINATION STRONG_COOKIE_AFFINITY",
    "backend.balancing_mode": "UTILIZATION RATE CONNECTION CUSTOM_METRICS",
    "cdn_policy.cache_mode": "USE_ORIGIN_HEADERS FORCE_CACHE_ALL CACHE_ALL_STATIC",
    "ha_policy.fast_ip_move": "DISABLED GARP_RA",
    "log_config.optional_mode": "INCLUDE_ALL_OPTIONAL EXCLUDE_ALL_OPTIONAL CUSTOM",
  },
  google_compute_region_network_endpoint_group: {
    network_endpoint_type: "SERVERLESS PRIVATE_SERVICE_CONNECT INTERNET_IP_PORT INTERNET_FQDN_PORT GCE_VM_IP_PORTMAP",
  },
  google_pubsub_schema: {
    type: "TYPE_UNSPECIFIED PROTOCOL_BUFFER AVRO",
  },
  google_pubsub_topic: {
    "ingestion_data_source_settings.platform_logs_settings.severity": "SEVERITY_UNSPECIFIED DISABLED DEBUG INFO WARNING ERROR",
    "schema_settings.encoding": "ENCODING_UNSPECIFIED JSON BINARY",
  },
};
