import { monitoringRules } from "../../../lib/rules/monitoring/monitoring";
import { changed, describeRules, ids, type Json, on, resourceAt } from "../rule-support";
import { dashboard, FILTER, monitoringDocument } from "./monitoring-document";

const UPTIME = "google_monitoring_uptime_check_config.api";
const ERRORS = "google_monitoring_alert_policy.errors";
const LOGGED = "google_monitoring_alert_policy.logged";
const SLO = "google_monitoring_slo.api";
const BASIC = "google_monitoring_slo.run";
const CUSTOM = "google_monitoring_custom_service.api";
const RUN = "google_monitoring_service.run";
const EMAIL = "google_monitoring_notification_channel.email";
const PAGER = "google_monitoring_notification_channel.pager";
const DASHBOARD = "google_monitoring_dashboard.api";
const METRIC = "google_logging_metric.latency";
const SINK = "google_logging_project_sink.audit";

const THRESHOLD = "conditions.0.condition_threshold";
const SECOND = "conditions.4";

describeRules(monitoringRules, monitoringDocument, [
  ...on(
    UPTIME,
    ["uptime-period", "period", "30s"],
    ["uptime-timeout", "timeout", "90s"],
    ["uptime-region", "selected_regions.0", "AFRICA"],
    ["uptime-checker", "checker_type", "STATIC"],
    ["uptime-content-matchers", "content_matchers", [{ content: "a" }, { content: "b" }]],
    ["uptime-content", "content_matchers.0.content", "x".repeat(1025)],
    ["uptime-matcher", "content_matchers.0.matcher", "CONTAINS"],
    ["uptime-pings", "http_check.ping_config.pings_count", 4],
    ["uptime-port", "http_check.port", 0],
    ["uptime-method", "http_check.request_method", "PUT"],
    [
      "uptime-headers",
      "http_check.headers",
      Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`X-${i}`, "1"])),
    ],
    ["uptime-status-value", "http_check.accepted_response_status_codes.1.status_value", 99],
    ["uptime-resource-type", "monitored_resource.type", "url"],
    ["uptime-host", "monitored_resource.labels.host", "https://api.example.com"],
    ["uptime-labels", "user_labels", { Team: "models" }],
    ["uptime-regions", "selected_regions", ["EUROPE", "USA_IOWA"]],
    ["uptime-kind", "tcp_check", { port: 443 }],
    ["uptime-target", "resource_group", { group_id: "1" }],
    ["uptime-target", "monitored_resource", undefined],
    ["uptime-url-host", "monitored_resource.labels", { project_id: "my-project" }],
    ["uptime-body", "http_check.request_method", "GET"],
    ["uptime-body", "http_check.content_type", undefined],
    ["uptime-content-type", "http_check.custom_content_type", undefined],
    ["uptime-content-type", "http_check.headers", { "Content-Type": "application/json" }],
    ["uptime-status-code", "http_check.accepted_response_status_codes.0.status_value", 200],
    ["uptime-validate-ssl", "http_check.use_ssl", false],
    ["uptime-json-path", "content_matchers.0.matcher", "MATCHES_JSON_PATH"],
    ["uptime-vpc", "checker_type", "VPC_CHECKERS"],
  ),
  changed("uptime-credentials", UPTIME, (document) =>
    Object.assign(resourceAt(document, UPTIME).http_check as Json, {
      auth_info: { username: "u", password: "${var.p}" },
      service_agent_authentication: { type: "OIDC_TOKEN" },
    }),
  ),
  changed("uptime-alerted", UPTIME, (document) => {
    (document.resource as Json).google_monitoring_alert_policy = {};
  }),
  ...on(
    ERRORS,
    ["alert-name", "display_name", "x".repeat(513)],
    ["alert-conditions", "conditions", Array.from({ length: 7 }, () => ({}))],
    ["alert-combiner", "combiner", "ANY"],
    ["alert-severity", "severity", "FATAL"],
    ["alert-labels", "user_labels", { Team: "Models" }],
    ["alert-threshold-duration", `${THRESHOLD}.duration`, "90s"],
    ["alert-query-duration", SECOND, { condition_monitoring_query_language: { query: "q", duration: "90s" } }],
    ["alert-absence-duration", "conditions.1.condition_absent.duration", "60s"],
    ["alert-comparison", `${THRESHOLD}.comparison`, "COMPARISON_GE"],
    ["alert-filter", `${THRESHOLD}.filter`, 'metric.type = "loadbalancing.googleapis.com/https/request_count"'],
    ["alert-filter-length", `${THRESHOLD}.filter`, `${FILTER} AND ${"x".repeat(2048)}`],
    ["alert-denominator-filter", `${THRESHOLD}.denominator_filter`, 'resource.type = "https_lb_rule"'],
    ["alert-alignment", `${THRESHOLD}.aggregations.0.alignment_period`, "30s"],
    ["alert-trigger-percent", `${THRESHOLD}.trigger`, { percent: 150 }],
    ["alert-trigger-count", `${THRESHOLD}.trigger`, { count: 0 }],
    ["alert-forecast", `${THRESHOLD}.forecast_options`, { forecast_horizon: "60s" }],
    ["alert-prometheus-interval", "conditions.3.condition_prometheus_query_language.evaluation_interval", "45s"],
    ["alert-prometheus-duration", "conditions.3.condition_prometheus_query_language.duration", "1m"],
    ["alert-prometheus-query", "conditions.3.condition_prometheus_query_language.query", ""],
    ["alert-sql-minutes", SECOND, { condition_sql: { query: "q", minutes: { periodicity: 1 } } }],
    ["alert-sql-hours", SECOND, { condition_sql: { query: "q", hourly: { periodicity: 72 } } }],
    ["alert-sql-offset", SECOND, { condition_sql: { query: "q", hourly: { periodicity: 1, minute_offset: 60 } } }],
    ["alert-sql-days", SECOND, { condition_sql: { query: "q", daily: { periodicity: 32 } } }],
    ["alert-documentation", "documentation.content", "x".repeat(8193)],
    ["alert-documentation-type", "documentation.mime_type", "text/plain"],
    ["alert-subject", "documentation.subject", "x".repeat(10241)],
    ["alert-links", "documentation.links", Array.from({ length: 4 }, () => ({}))],
    ["alert-link-name", "documentation.links.0.display_name", "x".repeat(64)],
    ["alert-link-url", "documentation.links.0.url", `https://example.com/${"x".repeat(2083)}`],
    ["alert-auto-close", "alert_strategy.auto_close", "60s"],
    ["alert-renotify", "alert_strategy.notification_channel_strategy.0.renotify_interval", "60s"],
    ["alert-prompts", "alert_strategy.notification_prompts", ["open"]],
    ["alert-channel", "notification_channels.1", "on-call"],
    ["alert-missing-data", `${THRESHOLD}.duration`, "0s"],
    ["alert-condition-kind", "conditions.0.condition_absent", { filter: FILTER, duration: "300s" }],
    ["alert-condition-alone", SECOND, { condition_matched_log: { filter: "severity>=ERROR" } }],
    ["alert-log-rate-limit", "alert_strategy.notification_rate_limit", { period: "300s" }],
    ["alert-trigger", `${THRESHOLD}.trigger`, { count: 1, percent: 10 }],
    ["alert-aligner", `${THRESHOLD}.aggregations.0`, { cross_series_reducer: "REDUCE_SUM", alignment_period: "60s" }],
    ["alert-aligner", `${THRESHOLD}.aggregations.0.alignment_period`, undefined],
    ["alert-group-by", `${THRESHOLD}.aggregations.0.group_by_fields`, ["resource.label.region"]],
    ["alert-ratio", `${THRESHOLD}.denominator_aggregations.0.alignment_period`, "120s"],
    ["alert-ratio", `${THRESHOLD}.denominator_filter`, undefined],
    ["alert-notifies", "notification_channels", undefined],
    ["alert-strategy-channel", "notification_channels", ["projects/my-project/notificationChannels/123"]],
  ),
  ...on(
    LOGGED,
    ["alert-rate-limit", "alert_strategy.notification_rate_limit.period", "5m"],
    ["alert-log-rate-limit", "alert_strategy", undefined],
  ),
  ...on(
    EMAIL,
    ["channel-name", "display_name", "x".repeat(513)],
    ["channel-description", "description", "x".repeat(1025)],
    ["channel-labels", "user_labels", { Team: "x" }],
    ["channel-type", "type", "mail"],
    ["channel-email", "labels.email_address", "oncall"],
    ["channel-needs", "labels", {}],
    ["channel-enabled", "enabled", false],
  ),
  ...on(
    PAGER,
    ["channel-needs", "sensitive_labels", undefined],
    ["channel-secret-twice", "labels", { service_key: "k" }],
    ["channel-secret-plain", "labels", { service_key: "k" }],
  ),
  ...on("google_monitoring_notification_channel.topic", ["channel-topic", "labels.topic", "alerts"]),
  ...on(
    SLO,
    ["slo-goal", "goal", 0.99999],
    ["slo-goal", "goal", 99.9],
    ["slo-rolling", "rolling_period_days", 31],
    ["slo-id", "slo_id", "availability of all"],
    ["slo-labels", "user_labels", { Team: "x" }],
    ["slo-period", "calendar_period", "DAY"],
    ["slo-indicator", "basic_sli", { availability: { enabled: true } }],
    ["slo-basic-service", "basic_sli", { availability: { enabled: true } }],
    ["slo-ratio", "request_based_sli.good_total_ratio.bad_service_filter", FILTER],
    ["slo-filters", "request_based_sli.good_total_ratio.good_service_filter", 'resource.type = "x"'],
    ["slo-window-threshold", "windows_based_sli", { good_total_ratio_threshold: { threshold: 99 } }],
  ),
  ...on(
    BASIC,
    ["slo-calendar", "calendar_period", "QUARTER"],
    ["slo-latency", "basic_sli.latency.threshold", "1"],
    ["slo-availability", "basic_sli", { availability: { enabled: false } }],
    ["slo-basic", "basic_sli.availability", { enabled: true }],
    ["slo-basic-blocks", "basic_sli", [{ latency: { threshold: "1s" } }, { latency: { threshold: "2s" } }]],
  ),
  ...on(
    "google_monitoring_slo.windows",
    ["slo-window", "windows_based_sli.window_period", "7000s"],
    ["slo-range", "windows_based_sli.metric_mean_in_range.range.max", -1],
    ["slo-window-kind", "windows_based_sli.good_bad_metric_filter", FILTER],
  ),
  ...on(CUSTOM, ["slo-service-id", "service_id", "the api"]),
  ...on(RUN, ["slo-service-labels", "basic_service.service_labels", { service_name: "chat" }]),
  ...on(
    DASHBOARD,
    ["dashboard-json", "dashboard_json", "{displayName: 1}"],
    ["dashboard-layout", "dashboard_json", dashboard({ displayName: "" })],
    ["dashboard-layout", "dashboard_json", dashboard({ gridLayout: {} })],
    [
      "dashboard-tiles",
      "dashboard_json",
      dashboard({ mosaicLayout: { columns: 12, tiles: [{ xPos: 8, width: 6, height: 4 }] } }),
    ],
    ["dashboard-tiles", "dashboard_json", dashboard({ mosaicLayout: { columns: 60, tiles: [] } })],
    [
      "dashboard-overlap",
      "dashboard_json",
      dashboard({
        mosaicLayout: {
          columns: 12,
          tiles: [
            { width: 6, height: 4 },
            { xPos: 5, width: 6, height: 4 },
          ],
        },
      }),
    ],
    [
      "dashboard-widget",
      "dashboard_json",
      dashboard({ mosaicLayout: undefined, gridLayout: { widgets: [{ text: {}, xyChart: {} }] } }),
    ],
  ),
  ...on(
    METRIC,
    ["logging-metric-name", "name", "/latency"],
    ["logging-metric-filter", "filter", "x".repeat(20001)],
    ["logging-description", "description", "x".repeat(8001)],
    ["logging-metric-kind", "metric_descriptor.metric_kind", "SUM"],
    ["logging-metric-type", "metric_descriptor.value_type", "INT"],
    ["logging-value-extractor", "value_extractor", "jsonPayload.latency"],
    ["logging-label-extractors", "label_extractors.model", "jsonPayload.model"],
    ["logging-growth", "bucket_options.exponential_buckets.growth_factor", 1],
    ["logging-scale", "bucket_options.exponential_buckets.scale", 0],
    ["logging-width", "bucket_options", { linear_buckets: { width: 0, num_finite_buckets: 1, offset: 0 } }],
    ["logging-buckets", "bucket_options.exponential_buckets.num_finite_buckets", 0],
    ["logging-bounds", "bucket_options", { explicit_buckets: { bounds: [1, 3, 2] } }],
    ["logging-distribution", "value_extractor", undefined],
    ["logging-distribution", "metric_descriptor.value_type", "INT64"],
    ["logging-labels", "label_extractors", undefined],
    ["logging-labels", "metric_descriptor.labels", []],
  ),
  ...on(
    SINK,
    ["logging-sink-name", "name", "-audit"],
    ["logging-exclusion-name", "exclusions.0.name", "the probes"],
    ["logging-sink-exclusions", "exclusions", Array.from({ length: 51 }, () => ({}))],
    ["logging-destination", "destination", "my-project-audit"],
    ["logging-destination-prefix", "destination", "${google_storage_bucket.audit.name}"],
  ),
  changed("logging-sink-writer", SINK, (document) => {
    delete (document.resource as Json).google_storage_bucket_iam_member;
  }),
  changed("logging-sink-identity", SINK, (document) =>
    Object.assign(resourceAt(document, SINK), {
      destination: "bigquery.googleapis.com/projects/p/datasets/d",
      bigquery_options: { use_partitioned_tables: true },
      unique_writer_identity: false,
    }),
  ),
  ...on("google_logging_project_bucket_config.main", ["logging-retention", "retention_days", 4000]),
]);

test("says nothing of what is computed", () => {
  const document: Json = {
    resource: {
      google_monitoring_uptime_check_config: {
        api: {
          display_name: "API",
          timeout: "${var.timeout}",
          selected_regions: "${var.regions}",
          dynamic: { http_check: {}, monitored_resource: {} },
        },
      },
      google_monitoring_alert_policy: {
        api: {
          display_name: "API",
          combiner: "OR",
          conditions: [
            {
              display_name: "c",
              condition_threshold: { filter: "${var.filter}", duration: "${var.d}", comparison: "COMPARISON_GT" },
            },
          ],
          notification_channels: "${var.channels}",
          alert_strategy: "${var.strategy}",
        },
      },
      google_monitoring_slo: {
        api: {
          service: "${var.service}",
          goal: "${var.goal}",
          rolling_period_days: "${var.days}",
          dynamic: { request_based_sli: {} },
        },
      },
      google_monitoring_dashboard: { api: { dashboard_json: '${templatefile("d.json", {})}' } },
      google_monitoring_notification_channel: { any: { type: "${var.type}", labels: "${var.labels}" } },
      google_logging_metric: { any: { name: "any", filter: "${var.filter}", label_extractors: "${var.extractors}" } },
      google_logging_project_sink: { any: { name: "any", destination: "${var.destination}" } },
    },
  };
  expect(ids(document)).toEqual([]);
});

test("reads a dashboard with expressions in its texts", () => {
  const document = monitoringDocument();
  resourceAt(document, DASHBOARD).dashboard_json = dashboard({ displayName: "${var.name}", gridLayout: {} });
  expect(ids(document)).toEqual(["dashboard-layout"]);
});
