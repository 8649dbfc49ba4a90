import { factsOf } from "../lib/google/all-types";
import type { Resource } from "../lib/topology/document";

/**
 * What the provider keeps as it was when it is only left out (optional and computed in its schema, read from the source of 6.50.0 and 7.45.0). A `cdn_policy` is kept too,
 * which does no harm while `enable_cdn` is off. Only types that have no table yet: the tables say it themselves.
 */
const WITHOUT_TABLE: Readonly<Record<string, readonly string[]>> = {
  google_cloud_run_v2_service: ["ingress", "scaling", "traffic", "template.service_account", "template.timeout"],
  google_compute_address: ["network_tier"],
  google_compute_backend_service: ["iap", "log_config", "port_name", "session_affinity", "timeout_sec"],
  google_compute_health_check: ["log_config"],
  google_compute_region_autoscaler: ["autoscaling_policy.cpu_utilization"],
  google_compute_region_backend_service: ["iap", "log_config", "port_name", "session_affinity", "timeout_sec"],
  google_compute_region_health_check: ["log_config"],
  google_compute_region_instance_group_manager: [
    "distribution_policy_zones",
    "instance_lifecycle_policy",
    "standby_policy",
    "update_policy",
  ],
  google_compute_region_security_policy: ["rules"],
  google_compute_router_nat: ["nat_ips"],
  google_compute_security_policy: ["advanced_options_config", "rule"],
  google_compute_subnetwork: ["private_ip_google_access", "secondary_ip_range", "stack_type"],
  google_compute_target_https_proxy: ["proxy_bind", "tls_early_data"],
  google_dns_managed_zone: ["cloud_logging_config", "dnssec_config"],
};

/** What a change in place leaves out, and the cloud therefore keeps. */
export function keptWhenLeftOut(old: Resource, now: Resource): string[] {
  return (factsOf(now.type)?.keptWhenUnset ?? WITHOUT_TABLE[now.type] ?? []).filter(
    (path) => at(old, path) !== undefined && at(now, path) === undefined,
  );
}

function at({ values }: Resource, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], values);
}
