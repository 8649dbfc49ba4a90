import type { Json } from "./rule-support";

export const FILTER =
  'resource.type = "https_lb_rule" AND metric.type = "loadbalancing.googleapis.com/https/request_count"';

/** The JSON of a dashboard. */
export function dashboard(change: Json = {}): string {
  const chart = { title: "Requests", xyChart: { dataSets: [] } };
  return JSON.stringify({
    displayName: "API",
    mosaicLayout: {
      columns: 12,
      tiles: [
        { width: 6, height: 4, widget: chart },
        { xPos: 6, width: 6, height: 4, widget: { title: "Latency", scorecard: {} } },
      ],
    },
    ...change,
  });
}

/** A valid document that the rules on monitoring are tried on. */
export function monitoringDocument(): Json {
  const channels = [
    "${google_monitoring_notification_channel.email.id}",
    "projects/my-project/notificationChannels/123",
  ];
  return {
    resource: {
      google_monitoring_notification_channel: {
        email: {
          display_name: "On call",
          type: "email",
          labels: { email_address: "oncall@example.com" },
          user_labels: { team: "models" },
        },
        pager: { display_name: "Pager", type: "pagerduty", sensitive_labels: { service_key: "${var.key}" } },
        topic: { display_name: "Topic", type: "pubsub", labels: { topic: "projects/my-project/topics/alerts" } },
      },
      google_monitoring_uptime_check_config: {
        api: {
          display_name: "API",
          timeout: "10s",
          period: "60s",
          selected_regions: ["USA", "EUROPE"],
          checker_type: "STATIC_IP_CHECKERS",
          http_check: {
            path: "/health",
            port: 443,
            use_ssl: true,
            validate_ssl: true,
            request_method: "POST",
            content_type: "USER_PROVIDED",
            custom_content_type: "application/json",
            body: "e30=",
            accepted_response_status_codes: [{ status_class: "STATUS_CLASS_2XX" }, { status_value: 304 }],
            ping_config: { pings_count: 1 },
          },
          content_matchers: [{ content: "ok", matcher: "CONTAINS_STRING" }],
          monitored_resource: { type: "uptime_url", labels: { host: "api.example.com" } },
        },
      },
      google_monitoring_alert_policy: {
        down: {
          display_name: "API is down",
          combiner: "OR",
          conditions: [
            {
              display_name: "check fails",
              condition_threshold: {
                filter:
                  'resource.type = "uptime_url" AND metric.type = "monitoring.googleapis.com/uptime_check/check_passed" AND metric.labels.check_id = "${google_monitoring_uptime_check_config.api.uptime_check_id}"',
                comparison: "COMPARISON_GT",
                threshold_value: 1,
                duration: "60s",
                aggregations: [
                  {
                    alignment_period: "1200s",
                    per_series_aligner: "ALIGN_NEXT_OLDER",
                    cross_series_reducer: "REDUCE_COUNT_FALSE",
                    group_by_fields: ["resource.label.host"],
                  },
                ],
                trigger: { count: 1 },
              },
            },
          ],
          notification_channels: channels,
        },
        errors: {
          display_name: "Too many errors",
          combiner: "OR",
          severity: "ERROR",
          user_labels: { team: "models" },
          conditions: [
            {
              display_name: "share of errors",
              condition_threshold: {
                filter: `${FILTER} AND metric.labels.response_code_class = "500"`,
                denominator_filter: FILTER,
                comparison: "COMPARISON_GT",
                threshold_value: 0.01,
                duration: "300s",
                evaluation_missing_data: "EVALUATION_MISSING_DATA_INACTIVE",
                aggregations: [{ alignment_period: "60s", per_series_aligner: "ALIGN_RATE" }],
                denominator_aggregations: [{ alignment_period: "60s", per_series_aligner: "ALIGN_RATE" }],
              },
            },
            {
              display_name: "no requests",
              condition_absent: { filter: FILTER, duration: "300s" },
            },
            {
              display_name: "budget burns",
              condition_threshold: {
                filter: 'select_slo_burn_rate("projects/p/services/s/serviceLevelObjectives/o", "3600s")',
                comparison: "COMPARISON_GT",
                threshold_value: 10,
                duration: "0s",
              },
            },
            {
              display_name: "latency by PromQL",
              condition_prometheus_query_language: { query: "up == 0", duration: "60s", evaluation_interval: "30s" },
            },
          ],
          documentation: {
            content: "# What to do",
            mime_type: "text/markdown",
            subject: "API errors",
            links: [{ display_name: "playbook", url: "https://example.com/playbook" }],
          },
          alert_strategy: {
            auto_close: "1800s",
            notification_prompts: ["OPENED", "CLOSED"],
            notification_channel_strategy: [
              {
                notification_channel_names: ["${google_monitoring_notification_channel.email.id}"],
                renotify_interval: "3600s",
              },
            ],
          },
          notification_channels: channels,
        },
        logged: {
          display_name: "Denied",
          combiner: "OR",
          conditions: [{ display_name: "denied", condition_matched_log: { filter: "severity>=ERROR" } }],
          alert_strategy: { notification_rate_limit: { period: "300s" } },
          notification_channels: channels,
        },
      },
      google_monitoring_custom_service: { api: { service_id: "api", display_name: "API" } },
      google_monitoring_service: {
        run: {
          service_id: "run",
          basic_service: {
            service_type: "CLOUD_RUN",
            service_labels: { service_name: "chat", location: "europe-west1" },
          },
        },
      },
      google_monitoring_slo: {
        api: {
          service: "${google_monitoring_custom_service.api.service_id}",
          slo_id: "availability",
          goal: 0.999,
          rolling_period_days: 28,
          request_based_sli: { good_total_ratio: { good_service_filter: FILTER, total_service_filter: FILTER } },
        },
        run: {
          service: "${google_monitoring_service.run.service_id}",
          slo_id: "latency",
          goal: 0.99,
          calendar_period: "MONTH",
          basic_sli: { latency: { threshold: "1s" } },
        },
        windows: {
          service: "${google_monitoring_custom_service.api.service_id}",
          slo_id: "windows",
          goal: 0.99,
          rolling_period_days: 7,
          windows_based_sli: {
            window_period: "300s",
            metric_mean_in_range: { time_series: FILTER, range: { min: 0, max: 1 } },
          },
        },
      },
      google_monitoring_dashboard: { api: { dashboard_json: dashboard() } },
      google_logging_metric: {
        latency: {
          name: "model/latency",
          filter: 'resource.type = "cloud_run_revision"',
          value_extractor: "EXTRACT(jsonPayload.latency)",
          label_extractors: { model: "EXTRACT(jsonPayload.model)" },
          metric_descriptor: { metric_kind: "DELTA", value_type: "DISTRIBUTION", labels: [{ key: "model" }] },
          bucket_options: { exponential_buckets: { growth_factor: 2, num_finite_buckets: 20, scale: 0.01 } },
        },
      },
      google_storage_bucket: {
        audit: {
          name: "my-project-audit",
          location: "EU",
          uniform_bucket_level_access: true,
          public_access_prevention: "enforced",
        },
      },
      google_logging_project_sink: {
        audit: {
          name: "audit",
          destination: "storage.googleapis.com/${google_storage_bucket.audit.name}",
          filter: "severity>=NOTICE",
          exclusions: [{ name: "probes", filter: 'httpRequest.requestUrl =~ "/health"' }],
          unique_writer_identity: true,
        },
      },
      google_storage_bucket_iam_member: {
        audit: {
          bucket: "${google_storage_bucket.audit.name}",
          role: "roles/storage.objectCreator",
          member: "${google_logging_project_sink.audit.writer_identity}",
        },
      },
      google_logging_project_bucket_config: {
        main: { project: "my-project", location: "eu", bucket_id: "main", retention_days: 30 },
      },
    },
  };
}
