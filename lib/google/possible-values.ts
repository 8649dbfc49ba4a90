/**
 * The values that the documentation of hashicorp/google 6.50.0 lists for an attribute, by resource type and path. Written by
 * `npm run facts` from the installed bindings; what they have wrong is corrected in the tables.
 */
export const possibleValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  google_cloud_run_v2_job: {
    launch_stage: "UNIMPLEMENTED PRELAUNCH EARLY_ACCESS ALPHA BETA GA DEPRECATED",
    "template.template.execution_environment": "EXECUTION_ENVIRONMENT_GEN1 EXECUTION_ENVIRONMENT_GEN2",
    "template.template.volumes.empty_dir.medium": "MEMORY",
    "template.template.vpc_access.egress": "ALL_TRAFFIC PRIVATE_RANGES_ONLY",
  },
  google_cloud_run_v2_service: {
    ingress: "INGRESS_TRAFFIC_ALL INGRESS_TRAFFIC_INTERNAL_ONLY INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    launch_stage: "UNIMPLEMENTED PRELAUNCH EARLY_ACCESS ALPHA BETA GA DEPRECATED",
    "scaling.scaling_mode": "AUTOMATIC MANUAL",
    "template.execution_environment": "EXECUTION_ENVIRONMENT_GEN1 EXECUTION_ENVIRONMENT_GEN2",
    "template.volumes.empty_dir.medium": "MEMORY",
    "template.vpc_access.egress": "ALL_TRAFFIC PRIVATE_RANGES_ONLY",
    "traffic.type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
  },
  google_cloud_run_v2_worker_pool: {
    launch_stage: "UNIMPLEMENTED PRELAUNCH EARLY_ACCESS ALPHA BETA GA DEPRECATED",
    "instance_splits.type": "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST INSTANCE_SPLIT_ALLOCATION_TYPE_REVISION",
    "scaling.scaling_mode": "AUTOMATIC MANUAL",
    "template.encryption_key_revocation_action": "PREVENT_NEW SHUTDOWN",
    "template.volumes.empty_dir.medium": "MEMORY",
    "template.vpc_access.egress": "ALL_TRAFFIC PRIVATE_RANGES_ONLY",
  },
  google_compute_address: {
    address_type: "INTERNAL EXTERNAL",
    ip_version: "IPV4 IPV6",
    ipv6_endpoint_type: "VM NETLB",
    network_tier: "PREMIUM STANDARD",
  },
  google_compute_autoscaler: {
    "autoscaling_policy.metric.type": "GAUGE DELTA_PER_SECOND DELTA_PER_MINUTE",
  },
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
  google_compute_forwarding_rule: {
    ip_protocol: "TCP UDP ESP AH SCTP ICMP L3_DEFAULT",
    ip_version: "IPV4 IPV6",
    load_balancing_scheme: "EXTERNAL EXTERNAL_MANAGED INTERNAL INTERNAL_MANAGED",
    network_tier: "PREMIUM STANDARD",
  },
  google_compute_global_address: {
    address_type: "EXTERNAL INTERNAL",
    ip_version: "IPV4 IPV6",
  },
  google_compute_global_forwarding_rule: {
    external_managed_backend_bucket_migration_state: "PREPARE TEST_BY_PERCENTAGE TEST_ALL_TRAFFIC",
    ip_protocol: "TCP UDP ESP AH SCTP ICMP",
    ip_version: "IPV4 IPV6",
    load_balancing_scheme: "EXTERNAL EXTERNAL_MANAGED INTERNAL_MANAGED INTERNAL_SELF_MANAGED",
    network_tier: "PREMIUM STANDARD",
    "metadata_filters.filter_match_criteria": "MATCH_ANY MATCH_ALL",
  },
  google_compute_global_network_endpoint_group: {
    network_endpoint_type: "INTERNET_IP_PORT INTERNET_FQDN_PORT",
  },
  google_compute_health_check: {
    "grpc_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "http2_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "http2_health_check.proxy_header": "NONE PROXY_V1",
    "http_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "http_health_check.proxy_header": "NONE PROXY_V1",
    "https_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "https_health_check.proxy_header": "NONE PROXY_V1",
    "ssl_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "ssl_health_check.proxy_header": "NONE PROXY_V1",
    "tcp_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "tcp_health_check.proxy_header": "NONE PROXY_V1",
  },
  google_compute_image: {
    "guest_os_features.type":
      "MULTI_IP_SUBNET SECURE_BOOT SEV_CAPABLE UEFI_COMPATIBLE VIRTIO_SCSI_MULTIQUEUE WINDOWS GVNIC IDPF SEV_LIVE_MIGRATABLE SEV_SNP_CAPABLE SUSPEND_RESUME_COMPATIBLE TDX_CAPABLE SEV_LIVE_MIGRATABLE_V2",
    "raw_disk.container_type": "TAR",
  },
  google_compute_network_endpoint_group: {
    network_endpoint_type: "GCE_VM_IP GCE_VM_IP_PORT NON_GCP_PRIVATE_IP_PORT INTERNET_IP_PORT INTERNET_FQDN_PORT SERVERLESS PRIVATE_SERVICE_CONNECT",
  },
  google_compute_network_peering: {
    stack_type: "IPV4_ONLY IPV4_IPV6",
  },
  google_compute_region_autoscaler: {
    "autoscaling_policy.metric.type": "GAUGE DELTA_PER_SECOND DELTA_PER_MINUTE",
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
  google_compute_region_disk: {
    "guest_os_features.type": "MULTI_IP_SUBNET SECURE_BOOT SEV_CAPABLE UEFI_COMPATIBLE VIRTIO_SCSI_MULTIQUEUE WINDOWS GVNIC SEV_LIVE_MIGRATABLE SEV_SNP_CAPABLE SUSPEND_RESUME_COMPATIBLE TDX_CAPABLE",
  },
  google_compute_region_health_check: {
    "grpc_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "http2_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "http2_health_check.proxy_header": "NONE PROXY_V1",
    "http_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "http_health_check.proxy_header": "NONE PROXY_V1",
    "https_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "https_health_check.proxy_header": "NONE PROXY_V1",
    "ssl_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "ssl_health_check.proxy_header": "NONE PROXY_V1",
    "tcp_health_check.port_specification": "USE_FIXED_PORT USE_NAMED_PORT USE_SERVING_PORT",
    "tcp_health_check.proxy_header": "NONE PROXY_V1",
  },
  google_compute_region_network_endpoint_group: {
    network_endpoint_type: "SERVERLESS PRIVATE_SERVICE_CONNECT INTERNET_IP_PORT INTERNET_FQDN_PORT GCE_VM_IP_PORTMAP",
  },
  google_compute_region_security_policy: {
    type: "CLOUD_ARMOR CLOUD_ARMOR_EDGE CLOUD_ARMOR_NETWORK",
    "advanced_options_config.json_parsing": "DISABLED STANDARD STANDARD_WITH_GRAPHQL",
    "advanced_options_config.log_level": "NORMAL VERBOSE",
    "ddos_protection_config.ddos_protection": "ADVANCED ADVANCED_PREVIEW STANDARD",
    "rules.match.versioned_expr": "SRC_IPS_V1",
    "rules.preconfigured_waf_config.exclusion.request_cookie.operator": "CONTAINS ENDS_WITH EQUALS EQUALS_ANY STARTS_WITH",
    "rules.preconfigured_waf_config.exclusion.request_header.operator": "CONTAINS ENDS_WITH EQUALS EQUALS_ANY STARTS_WITH",
    "rules.preconfigured_waf_config.exclusion.request_query_param.operator": "CONTAINS ENDS_WITH EQUALS EQUALS_ANY STARTS_WITH",
    "rules.preconfigured_waf_config.exclusion.request_uri.operator": "CONTAINS ENDS_WITH EQUALS EQUALS_ANY STARTS_WITH",
    "rules.rate_limit_options.enforce_on_key": "ALL IP HTTP_HEADER XFF_IP HTTP_COOKIE HTTP_PATH SNI REGION_CODE TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT USER_IP",
    "rules.rate_limit_options.enforce_on_key_configs.enforce_on_key_type": "ALL IP HTTP_HEADER XFF_IP HTTP_COOKIE HTTP_PATH SNI REGION_CODE TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT USER_IP",
    "user_defined_fields.base": "IPV4 IPV6 TCP UDP",
  },
  google_compute_region_security_policy_rule: {
    "match.versioned_expr": "SRC_IPS_V1",
    "preconfigured_waf_config.exclusion.request_cookie.operator": "CONTAINS ENDS_WITH EQUALS EQUALS_ANY STARTS_WITH",
    "preconfigured_waf_config.exclusion.request_header.operator": "CONTAINS ENDS_WITH EQUALS EQUALS_ANY STARTS_WITH",
    "preconfigured_waf_config.exclusion.request_query_param.operator": "CONTAINS ENDS_WITH EQUALS EQUALS_ANY STARTS_WITH",
    "preconfigured_waf_config.exclusion.request_uri.operator": "CONTAINS ENDS_WITH EQUALS EQUALS_ANY STARTS_WITH",
    "rate_limit_options.enforce_on_key": "ALL IP HTTP_HEADER XFF_IP HTTP_COOKIE HTTP_PATH SNI REGION_CODE TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT USER_IP",
    "rate_limit_options.enforce_on_key_configs.enforce_on_key_type": "ALL IP HTTP_HEADER XFF_IP HTTP_COOKIE HTTP_PATH SNI REGION_CODE TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT USER_IP",
  },
  google_compute_region_target_tcp_proxy: {
    proxy_header: "NONE PROXY_V1",
  },
  google_compute_region_url_map: {
    "default_url_redirect.redirect_response_code": "FOUND MOVED_PERMANENTLY_DEFAULT PERMANENT_REDIRECT SEE_OTHER TEMPORARY_REDIRECT",
    "path_matcher.default_url_redirect.redirect_response_code": "FOUND MOVED_PERMANENTLY_DEFAULT PERMANENT_REDIRECT SEE_OTHER TEMPORARY_REDIRECT",
    "path_matcher.path_rule.url_redirect.redirect_response_code": "FOUND MOVED_PERMANENTLY_DEFAULT PERMANENT_REDIRECT SEE_OTHER TEMPORARY_REDIRECT",
    "path_matcher.route_rules.match_rules.metadata_filters.filter_match_criteria": "MATCH_ALL MATCH_ANY",
    "path_matcher.route_rules.url_redirect.redirect_response_code": "FOUND MOVED_PERMANENTLY_DEFAULT PERMANENT_REDIRECT SEE_OTHER TEMPORARY_REDIRECT",
  },
  google_compute_resource_policy: {
    "group_placement_policy.collocation": "COLLOCATED",
    "snapshot_schedule_policy.retention_policy.on_source_disk_delete": "KEEP_AUTO_SNAPSHOTS APPLY_RETENTION_POLICY",
    "snapshot_schedule_policy.schedule.weekly_schedule.day_of_weeks.day": "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY",
    "workload_policy.max_topology_distance": "BLOCK CLUSTER SUBBLOCK",
    "workload_policy.type": "HIGH_AVAILABILITY HIGH_THROUGHPUT",
  },
  google_compute_security_policy_rule: {
    "match.versioned_expr": "SRC_IPS_V1",
    "rate_limit_options.enforce_on_key": "ALL IP HTTP_HEADER XFF_IP HTTP_COOKIE HTTP_PATH SNI REGION_CODE TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT USER_IP",
    "rate_limit_options.enforce_on_key_configs.enforce_on_key_type": "ALL IP HTTP_HEADER XFF_IP HTTP_COOKIE HTTP_PATH SNI REGION_CODE TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT USER_IP",
  },
  google_compute_target_https_proxy: {
    quic_override: "NONE ENABLE DISABLE",
    tls_early_data: "STRICT PERMISSIVE UNRESTRICTED DISABLED",
  },
  google_compute_target_ssl_proxy: {
    proxy_header: "NONE PROXY_V1",
  },
  google_compute_target_tcp_proxy: {
    proxy_header: "NONE PROXY_V1",
  },
  google_compute_url_map: {
    "default_url_redirect.redirect_response_code": "FOUND MOVED_PERMANENTLY_DEFAULT PERMANENT_REDIRECT SEE_OTHER TEMPORARY_REDIRECT",
    "path_matcher.default_url_redirect.redirect_response_code": "FOUND MOVED_PERMANENTLY_DEFAULT PERMANENT_REDIRECT SEE_OTHER TEMPORARY_REDIRECT",
    "path_matcher.path_rule.url_redirect.redirect_response_code": "FOUND MOVED_PERMANENTLY_DEFAULT PERMANENT_REDIRECT SEE_OTHER TEMPORARY_REDIRECT",
    "path_matcher.route_rules.match_rules.metadata_filters.filter_match_criteria": "MATCH_ALL MATCH_ANY",
    "path_matcher.route_rules.url_redirect.redirect_response_code": "FOUND MOVED_PERMANENTLY_DEFAULT PERMANENT_REDIRECT SEE_OTHER TEMPORARY_REDIRECT",
  },
  google_logging_metric: {
    "metric_descriptor.metric_kind": "DELTA GAUGE CUMULATIVE",
    "metric_descriptor.value_type": "BOOL INT64 DOUBLE STRING DISTRIBUTION MONEY",
    "metric_descriptor.labels.value_type": "BOOL INT64 STRING",
  },
  google_monitoring_alert_policy: {
    combiner: "AND OR AND_WITH_MATCHING_RESOURCE",
    severity: "CRITICAL ERROR WARNING",
    "alert_strategy.notification_prompts[]": "NOTIFICATION_PROMPT_UNSPECIFIED OPENED CLOSED",
    "conditions.condition_absent.aggregations.cross_series_reducer":
      "REDUCE_NONE REDUCE_MEAN REDUCE_MIN REDUCE_MAX REDUCE_SUM REDUCE_STDDEV REDUCE_COUNT REDUCE_COUNT_TRUE REDUCE_COUNT_FALSE REDUCE_FRACTION_TRUE REDUCE_PERCENTILE_99 REDUCE_PERCENTILE_95 REDUCE_PERCENTILE_50 REDUCE_PERCENTILE_05",
    "conditions.condition_absent.aggregations.per_series_aligner":
      "ALIGN_NONE ALIGN_DELTA ALIGN_RATE ALIGN_INTERPOLATE ALIGN_NEXT_OLDER ALIGN_MIN ALIGN_MAX ALIGN_MEAN ALIGN_COUNT ALIGN_SUM ALIGN_STDDEV ALIGN_COUNT_TRUE ALIGN_COUNT_FALSE ALIGN_FRACTION_TRUE ALIGN_PERCENTILE_99 ALIGN_PERCENTILE_95 ALIGN_PERCENTILE_50 ALIGN_PERCENTILE_05 ALIGN_PERCENT_CHANGE",
    "conditions.condition_monitoring_query_language.evaluation_missing_data": "EVALUATION_MISSING_DATA_INACTIVE EVALUATION_MISSING_DATA_ACTIVE EVALUATION_MISSING_DATA_NO_OP",
    "conditions.condition_sql.row_count_test.comparison": "COMPARISON_GT COMPARISON_GE COMPARISON_LT COMPARISON_LE COMPARISON_EQ COMPARISON_NE",
    "conditions.condition_threshold.comparison": "COMPARISON_GT COMPARISON_GE COMPARISON_LT COMPARISON_LE COMPARISON_EQ COMPARISON_NE",
    "conditions.condition_threshold.evaluation_missing_data": "EVALUATION_MISSING_DATA_INACTIVE EVALUATION_MISSING_DATA_ACTIVE EVALUATION_MISSING_DATA_NO_OP",
    "conditions.condition_threshold.aggregations.cross_series_reducer":
      "REDUCE_NONE REDUCE_MEAN REDUCE_MIN REDUCE_MAX REDUCE_SUM REDUCE_STDDEV REDUCE_COUNT REDUCE_COUNT_TRUE REDUCE_COUNT_FALSE REDUCE_FRACTION_TRUE REDUCE_PERCENTILE_99 REDUCE_PERCENTILE_95 REDUCE_PERCENTILE_50 REDUCE_PERCENTILE_05",
    "conditions.condition_threshold.aggregations.per_series_aligner":
      "ALIGN_NONE ALIGN_DELTA ALIGN_RATE ALIGN_INTERPOLATE ALIGN_NEXT_OLDER ALIGN_MIN ALIGN_MAX ALIGN_MEAN ALIGN_COUNT ALIGN_SUM ALIGN_STDDEV ALIGN_COUNT_TRUE ALIGN_COUNT_FALSE ALIGN_FRACTION_TRUE ALIGN_PERCENTILE_99 ALIGN_PERCENTILE_95 ALIGN_PERCENTILE_50 ALIGN_PERCENTILE_05 ALIGN_PERCENT_CHANGE",
    "conditions.condition_threshold.denominator_aggregations.cross_series_reducer":
      "REDUCE_NONE REDUCE_MEAN REDUCE_MIN REDUCE_MAX REDUCE_SUM REDUCE_STDDEV REDUCE_COUNT REDUCE_COUNT_TRUE REDUCE_COUNT_FALSE REDUCE_FRACTION_TRUE REDUCE_PERCENTILE_99 REDUCE_PERCENTILE_95 REDUCE_PERCENTILE_50 REDUCE_PERCENTILE_05",
    "conditions.condition_threshold.denominator_aggregations.per_series_aligner":
      "ALIGN_NONE ALIGN_DELTA ALIGN_RATE ALIGN_INTERPOLATE ALIGN_NEXT_OLDER ALIGN_MIN ALIGN_MAX ALIGN_MEAN ALIGN_COUNT ALIGN_SUM ALIGN_STDDEV ALIGN_COUNT_TRUE ALIGN_COUNT_FALSE ALIGN_FRACTION_TRUE ALIGN_PERCENTILE_99 ALIGN_PERCENTILE_95 ALIGN_PERCENTILE_50 ALIGN_PERCENTILE_05 ALIGN_PERCENT_CHANGE",
  },
  google_monitoring_slo: {
    calendar_period: "DAY WEEK FORTNIGHT MONTH",
  },
  google_monitoring_uptime_check_config: {
    checker_type: "STATIC_IP_CHECKERS VPC_CHECKERS",
    "content_matchers.matcher": "CONTAINS_STRING NOT_CONTAINS_STRING MATCHES_REGEX NOT_MATCHES_REGEX MATCHES_JSON_PATH NOT_MATCHES_JSON_PATH",
    "content_matchers.json_path_matcher.json_matcher": "EXACT_MATCH REGEX_MATCH",
    "http_check.content_type": "TYPE_UNSPECIFIED URL_ENCODED USER_PROVIDED",
    "http_check.request_method": "METHOD_UNSPECIFIED GET POST",
    "http_check.accepted_response_status_codes.status_class": "STATUS_CLASS_1XX STATUS_CLASS_2XX STATUS_CLASS_3XX STATUS_CLASS_4XX STATUS_CLASS_5XX STATUS_CLASS_ANY",
    "http_check.service_agent_authentication.type": "SERVICE_AGENT_AUTHENTICATION_TYPE_UNSPECIFIED OIDC_TOKEN",
    "resource_group.resource_type": "RESOURCE_TYPE_UNSPECIFIED INSTANCE AWS_ELB_LOAD_BALANCER",
  },
  google_pubsub_schema: {
    type: "TYPE_UNSPECIFIED PROTOCOL_BUFFER AVRO",
  },
  google_pubsub_topic: {
    "ingestion_data_source_settings.platform_logs_settings.severity": "SEVERITY_UNSPECIFIED DISABLED DEBUG INFO WARNING ERROR",
    "schema_settings.encoding": "ENCODING_UNSPECIFIED JSON BINARY",
  },
  google_workflows_workflow: {
    call_log_level: "CALL_LOG_LEVEL_UNSPECIFIED LOG_ALL_CALLS LOG_ERRORS_ONLY LOG_NONE",
    execution_history_level: "EXECUTION_HISTORY_LEVEL_UNSPECIFIED EXECUTION_HISTORY_BASIC EXECUTION_HISTORY_DETAILED",
  },
};
