import { api, page, type Source, unconfirmed } from "./source";

/** GPU and GPU memory utilization of a machine in percent, for its group's autoscaler and alerts. */
export const MACHINE_GPU = "custom.googleapis.com/serving/gpu_utilization";
export const MACHINE_GPU_MEMORY = "custom.googleapis.com/serving/gpu_memory_utilization";

/** A metric of Google's, or of the library's machines. */
export interface Metric {
  readonly kind: "DELTA" | "GAUGE";
  readonly value: "INT64" | "DOUBLE" | "BOOL" | "DISTRIBUTION";
  readonly unit: string;
  /** Its own labels. */
  readonly labels: readonly string[];
  /** Types of the monitored resources that report it. */
  readonly resources: readonly string[];
  readonly source: Source;
}

/** Google's lists of metrics and of monitored resources, as generated on 2026-04-10. */
const list = page("monitoring/api/metrics_gcp, list of 2026-04-10", "2026-11-28");
/** The names are those of public dashboards; which labels each has is known from experience. */
const unlisted = unconfirmed("docs.cloud.google.com/monitoring/api/metrics_gcp");

const metric = (kind: Metric["kind"], value: Metric["value"], unit: string, labels: string, resources: string, source: Source = list): Metric => ({
  ...{ kind, value, unit, source },
  labels: labels.split(" ").filter(Boolean),
  resources: resources.split(" "),
});

const ANSWER = "cache_result client_country load_balancing_scheme protocol proxy_continent response_code response_code_class";
const balanced = (value: Metric["value"], unit: string, labels = ANSWER) => metric("DELTA", value, unit, labels, "https_lb_rule");
/** Regional load balancers tell neither the proxy's continent nor their scheme. */
const regional = (value: Metric["value"], unit: string) => metric("DELTA", value, unit, "cache_result client_country protocol response_code response_code_class", "http_external_regional_lb_rule");
const run = (kind: Metric["kind"], value: Metric["value"], unit: string, labels = "") => metric(kind, value, unit, labels, "cloud_run_revision");
const container = (kind: Metric["kind"], value: Metric["value"], unit: string, labels = "") => metric(kind, value, unit, labels, "cloud_run_revision cloud_run_job cloud_run_worker_pool");
const UPTIME = "uptime_url gce_instance gae_app aws_ec2_instance k8s_service servicedirectory_service cloud_run_revision";
const uptime = (value: Metric["value"], unit: string) => metric("GAUGE", value, unit, "check_id checked_resource_id checker_location checker_network checker_project_id checker_zone", UPTIME);
const subscription = (kind: Metric["kind"], unit: string, labels = "") => metric(kind, "INT64", unit, labels, "pubsub_subscription");
/** Written once a minute by a service of this library's machines with GPUs (region/machine). */
const machine = metric("GAUGE", "DOUBLE", "%", "", "gce_instance", api("Cloud Monitoring API v3")("TimeSeries.metric"));

/** The metrics that the library uses, and those that a typo would make of them, by their type. */
export const METRICS = {
  "loadbalancing.googleapis.com/https/request_count": balanced("INT64", "1"),
  "loadbalancing.googleapis.com/https/total_latencies": balanced("DISTRIBUTION", "ms"),
  "loadbalancing.googleapis.com/https/backend_request_count": balanced("INT64", "1"),
  "loadbalancing.googleapis.com/https/backend_latencies": balanced("DISTRIBUTION", "ms"),
  "loadbalancing.googleapis.com/https/frontend_tcp_rtt": balanced("DISTRIBUTION", "ms", "client_country load_balancing_scheme proxy_continent"),
  "loadbalancing.googleapis.com/https/external/regional/request_count": regional("INT64", "1"),
  "loadbalancing.googleapis.com/https/external/regional/total_latencies": regional("DISTRIBUTION", "ms"),
  "loadbalancing.googleapis.com/https/external/regional/backend_latencies": regional("DISTRIBUTION", "ms"),
  "run.googleapis.com/request_count": run("DELTA", "INT64", "1", "response_code response_code_class route"),
  "run.googleapis.com/request_latencies": run("DELTA", "DISTRIBUTION", "ms", "response_code response_code_class route"),
  "run.googleapis.com/request_latency/pending": run("DELTA", "DISTRIBUTION", "ms", "response_code response_code_class"),
  "run.googleapis.com/service_health_count": run("GAUGE", "INT64", "1", "service_health"),
  "run.googleapis.com/container/instance_count": metric("GAUGE", "INT64", "1", "state", "cloud_run_revision cloud_run_worker_pool"),
  "run.googleapis.com/container/startup_latencies": container("DELTA", "DISTRIBUTION", "ms"),
  "run.googleapis.com/container/cpu/utilizations": container("DELTA", "DISTRIBUTION", "10^2.%"),
  "run.googleapis.com/container/memory/utilizations": container("DELTA", "DISTRIBUTION", "10^2.%"),
  "run.googleapis.com/container/gpu/utilizations": container("GAUGE", "DISTRIBUTION", "10^2.%", "container_name gpu_number"),
  "run.googleapis.com/container/gpu/memory_utilizations": container("GAUGE", "DISTRIBUTION", "10^2.%", "container_name gpu_number"),
  "run.googleapis.com/container/billable_instance_time": container("DELTA", "DOUBLE", "s"),
  "compute.googleapis.com/instance_group/size": metric("GAUGE", "INT64", "1", "", "instance_group", unlisted),
  [MACHINE_GPU]: machine,
  [MACHINE_GPU_MEMORY]: machine,
  "networksecurity.googleapis.com/https/request_count": metric("DELTA", "INT64", "1", "backend_target_name blocked", "network_security_policy", unlisted),
  "pubsub.googleapis.com/subscription/oldest_unacked_message_age": subscription("GAUGE", "s"),
  "pubsub.googleapis.com/subscription/num_undelivered_messages": subscription("GAUGE", "1"),
  "pubsub.googleapis.com/subscription/dead_letter_message_count": subscription("DELTA", "1", "response_code"),
  "monitoring.googleapis.com/uptime_check/check_passed": uptime("BOOL", ""),
  "monitoring.googleapis.com/uptime_check/request_latency": uptime("DOUBLE", "ms"),
  "monitoring.googleapis.com/uptime_check/time_until_ssl_cert_expires": uptime("DOUBLE", "d"),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricType = keyof typeof METRICS;

/** Labels of the monitored resources, by type; `project_id` is one of all. */
export const MONITORED_RESOURCES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    https_lb_rule:
      "backend_name backend_scope backend_scope_type backend_target_name backend_target_type backend_type forwarding_rule_name matched_url_path_rule region target_proxy_name url_map_name",
    http_external_regional_lb_rule:
      "backend_name backend_scope backend_scope_type backend_target_name backend_target_type backend_type forwarding_rule_name matched_url_path_rule network_name region target_proxy_name url_map_name",
    cloud_run_revision: "configuration_name location revision_name service_name",
    cloud_run_job: "job_name location",
    cloud_run_worker_pool: "location revision_name worker_pool_name",
    gce_instance: "instance_id zone",
    instance_group: "instance_group_id instance_group_name location",
    network_security_policy: "location policy_name",
    pubsub_subscription: "subscription_id",
    uptime_url: "host",
  }).map(([type, labels]) => [type, labels.split(" ")]),
);

/**
 * A metric's name in PromQL: the first slash becomes a colon, every other special character an
 * underscore (docs.cloud.google.com/monitoring/promql/promql-mapping, read 2026-11-28).
 */
export function promqlName(type: string): string {
  return type.replace("/", ":").replace(/[^A-Za-z0-9:_]/g, "_");
}
