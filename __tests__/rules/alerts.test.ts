import { FILTER, monitoringDocument } from "./monitoring-document";
import { changed, describeGroup, ids, type Json, on, resourceAt } from "./rule-support";

const UPTIME = "google_monitoring_uptime_check_config.api";
const ERRORS = "google_monitoring_alert_policy.errors";
const LOGGED = "google_monitoring_alert_policy.logged";
const SLO = "google_monitoring_slo.api";
const EMAIL = "google_monitoring_notification_channel.email";
const PAGER = "google_monitoring_notification_channel.pager";
const THRESHOLD = "conditions.0.condition_threshold";
/** Says that something of the document must not be destroyed. */
const protect = (document: Json) =>
  Object.assign(resourceAt(document, "google_storage_bucket.audit"), { lifecycle: { prevent_destroy: true } });
const SECOND = "conditions.4";

describeGroup(
  "uptime",
  monitoringDocument,
  [
    ...on(
      UPTIME,
      ["uptime-period", "period", "30s"],
      ["uptime-selected-regions", "selected_regions.0", "AFRICA"],
      ["uptime-checker-type", "checker_type", "STATIC"],
      ["uptime-content-matchers-content", "content_matchers.0.content", "x".repeat(1025)],
      ["uptime-content-matchers-matcher", "content_matchers.0.matcher", "CONTAINS"],
      ["uptime-http-check-request-method", "http_check.request_method", "PUT"],
      ["uptime-monitored-resource-type", "monitored_resource.type", "url"],
      ["uptime-monitored-resource-labels-host", "monitored_resource.labels.host", "https://api.example.com"],
      ["uptime-selected-regions-places", "selected_regions", ["EUROPE", "USA_IOWA"]],
      ["uptime-kind", "tcp_check", { port: 443 }],
      ["uptime-target", "resource_group", { group_id: "1" }],
      ["uptime-target", "monitored_resource", undefined],
      ["uptime-url-host", "monitored_resource.labels", { project_id: "my-project" }, "monitored_resource.labels.host"],
      ["uptime-body", "http_check.request_method", "GET", "http_check.body"],
      ["uptime-post-type", "http_check.content_type", undefined],
      ["uptime-http-check-custom-content-type-missing", "http_check.custom_content_type", undefined],
      ["uptime-http-check-headers-type", "http_check.headers", { "Content-Type": "application/json" }],
      [
        "uptime-status-code",
        "http_check.accepted_response_status_codes.0.status_value",
        200,
        "http_check.accepted_response_status_codes.status_class",
      ],
      ["uptime-validate-ssl", "http_check.use_ssl", false],
      ["uptime-json-path", "content_matchers.0.matcher", "MATCHES_JSON_PATH", "content_matchers.json_path_matcher"],
      ["uptime-vpc", "checker_type", "VPC_CHECKERS", "selected_regions"],
    ),
    changed("uptime-credentials", UPTIME, (document) =>
      Object.assign(resourceAt(document, UPTIME).http_check as Json, {
        auth_info: { username: "u", password: "${var.p}" },
        service_agent_authentication: { type: "OIDC_TOKEN" },
      }),
    ),
    changed(
      "uptime-write-only",
      UPTIME,
      (document) =>
        Object.assign(resourceAt(document, UPTIME).http_check as Json, {
          auth_info: { username: "u", password_wo_version: 1 },
        }),
      { at: "http_check.auth_info.password_wo" },
    ),
    changed(
      "uptime-alerted",
      UPTIME,
      (document) => {
        (document.resource as Json).google_monitoring_alert_policy = {};
      },
      { also: ["slo-alerted"] },
    ),
  ],
  ["uptime-alerted", "uptime-http-check-path-literal", "uptime-validate-ssl"],
);

describeGroup(
  "alert",
  monitoringDocument,
  [
    ...on(
      ERRORS,
      ["alert-combiner", "combiner", "ANY"],
      ["alert-severity", "severity", "FATAL"],
      ["alert-duration", `${THRESHOLD}.duration`, "90s"],
      ["alert-conditions-condition-absent-duration", "conditions.1.condition_absent.duration", "60s"],
      ["alert-comparison", `${THRESHOLD}.comparison`, "COMPARISON_GE"],
      ["alert-filter", `${THRESHOLD}.filter`, 'metric.type = "loadbalancing.googleapis.com/https/request_count"'],
      ["alert-filter-length", `${THRESHOLD}.filter`, `${FILTER} AND ${"x".repeat(2048)}`],
      ["alert-denominator-filter", `${THRESHOLD}.denominator_filter`, 'resource.type = "https_lb_rule"'],
      ["alert-evaluation-interval", "conditions.3.condition_prometheus_query_language.evaluation_interval", "45s"],
      ["alert-duration-prometheus", "conditions.3.condition_prometheus_query_language.duration", "1m"],
      ["alert-query", "conditions.3.condition_prometheus_query_language.query", ""],
      ["alert-documentation-content", "documentation.content", "x".repeat(8193)],
      ["alert-documentation-mime-type", "documentation.mime_type", "text/plain"],
      ["alert-documentation-subject", "documentation.subject", "x".repeat(10241)],
      ["alert-notification-prompts", "alert_strategy.notification_prompts", ["open"]],
      ["alert-notification-channels", "notification_channels.1", "on-call"],
      ["alert-duration-missing-data", `${THRESHOLD}.duration`, "0s"],
      ["alert-condition-kind", "conditions.0.condition_absent", { filter: FILTER, duration: "300s" }],
      ["alert-log-rate-limit", "alert_strategy.notification_rate_limit", { period: "300s" }],
      [
        "alert-percent-or-count",
        `${THRESHOLD}.trigger`,
        { count: 1, percent: 10 },
        "conditions.0.condition_threshold.trigger.percent",
      ],
      [
        "alert-per-series-aligner-missing",
        `${THRESHOLD}.aggregations.0`,
        { cross_series_reducer: "REDUCE_SUM", alignment_period: "60s" },
        "conditions.0.condition_threshold.aggregations.per_series_aligner",
      ],
      ["alert-alignment-period-missing", `${THRESHOLD}.aggregations.0.alignment_period`, undefined],
      ["alert-group-by-fields", `${THRESHOLD}.aggregations.0.group_by_fields`, ["resource.label.region"]],
      ["alert-ratio", `${THRESHOLD}.denominator_aggregations.0.alignment_period`, "120s"],
      ["alert-denominator-filter-missing", `${THRESHOLD}.denominator_filter`, undefined],
      [
        "alert-strategy-channel",
        "notification_channels",
        ["projects/my-project/notificationChannels/123"],
        "alert_strategy.notification_channel_strategy.notification_channel_names",
      ],
    ),
    ...on("google_monitoring_alert_policy.down", [
      "alert-conditions-condition-monitoring-query-language-duration",
      "conditions",
      [{ display_name: "q", condition_monitoring_query_language: { query: "fetch uptime_check", duration: "90s" } }],
      "conditions.condition_monitoring_query_language.duration",
    ]),
    ...[undefined, []].map((channels) =>
      changed(
        "alert-notification-channels-missing",
        ERRORS,
        (document) => {
          protect(document);
          resourceAt(document, ERRORS).notification_channels = channels;
        },
        { at: "notification_channels", also: ["alert-strategy-channel"] },
      ),
    ),
    {
      rule: "alert-condition-alone",
      address: ERRORS,
      set: [SECOND, { condition_matched_log: { filter: "severity>=ERROR" } }],
      at: `${SECOND}.condition_matched_log`,
      also: ["alert-log-rate-limit"],
    },
    ...on(
      LOGGED,
      ["alert-notification-rate-limit-period", "alert_strategy.notification_rate_limit.period", "5m"],
      ["alert-log-rate-limit", "alert_strategy", undefined, "alert_strategy.notification_rate_limit"],
    ),
  ],
  [
    "alert-auto-close",
    "alert-notification-channel-strategy-renotify-interval",
    "alert-notification-channels-missing",
    "alert-strategy-channel",
  ],
);

describeGroup(
  "channel",
  monitoringDocument,
  [
    ...on(
      EMAIL,
      ["channel-type", "type", "mail"],
      ["channel-labels-email-address", "labels.email_address", "oncall"],
      ["channel-needs", "labels", {}, "labels.email_address"],
      ["channel-enabled", "enabled", false],
    ),
    ...on(
      PAGER,
      ["channel-needs", "sensitive_labels", undefined, "sensitive_labels.service_key"],
      ["channel-write-only", "sensitive_labels", { service_key_wo: "k" }, "sensitive_labels.service_key_wo_version"],
      ["channel-secret-plain", "labels", { service_key: "k" }, "labels.service_key"],
    ),
    changed("channel-secret-twice", PAGER, (document) =>
      Object.assign(resourceAt(document, PAGER), {
        labels: { service_key: "k" },
        sensitive_labels: { service_key: "k" },
      }),
    ),
    ...on("google_monitoring_notification_channel.topic", ["channel-labels-topic", "labels.topic", "alerts"]),
  ],
  [
    "channel-enabled",
    "channel-labels-email-address",
    "channel-labels-topic",
    "channel-needs",
    "channel-secret-plain",
    "channel-type",
  ],
);

test("an alert policy of an environment that may be destroyed needs no channel", () => {
  const document = monitoringDocument();
  delete resourceAt(document, LOGGED).notification_channels;
  expect(ids(document)).toEqual([]);
  protect(document);
  expect(ids(document)).toEqual(["alert-notification-channels-missing"]);
});

test.each([UPTIME, ERRORS, EMAIL, SLO])("labels of %s must be lower case", (address) => {
  const document = monitoringDocument();
  resourceAt(document, address).user_labels = { Team: "x" };
  expect(ids(document)).toEqual(["label-key"]);
});

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
