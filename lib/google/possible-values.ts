/**
 * The values that the documentation of hashicorp/google 6.50.0 lists for an attribute, by resource type and path. Written by
 * `npm run facts` from the installed bindings; what they have wrong is corrected in the tables.
 */
export const possibleValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  google_compute_address: {
    address_type: "INTERNAL EXTERNAL",
    ip_version: "IPV4 IPV6",
    ipv6_endpoint_type: "VM NETLB",
    network_tier: "PREMIUM STANDARD",
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
  google_pubsub_schema: {
    type: "TYPE_UNSPECIFIED PROTOCOL_BUFFER AVRO",
  },
  google_pubsub_topic: {
    "ingestion_data_source_settings.platform_logs_settings.severity": "SEVERITY_UNSPECIFIED DISABLED DEBUG INFO WARNING ERROR",
    "schema_settings.encoding": "ENCODING_UNSPECIFIED JSON BINARY",
  },
};
