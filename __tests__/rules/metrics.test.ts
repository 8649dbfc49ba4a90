import { dashboard, FILTER, monitoringDocument } from "./monitoring-document";
import { describeGroup, findingsOf, type Json, on, resourceAt } from "./rule-support";

const ERRORS = "google_monitoring_alert_policy.errors";
const SLO = "google_monitoring_slo.api";
const DASHBOARD = "google_monitoring_dashboard.api";
const BAD = "request_based_sli.good_total_ratio.good_service_filter";
const RATE = "loadbalancing_googleapis_com:https_request_count";

/** The third condition of the policy asks in PromQL. */
const promql = (query: string): [string, Json[]] => [
  "conditions",
  [
    {
      display_name: "promql",
      condition_prometheus_query_language: { query, duration: "60s", evaluation_interval: "30s" },
    },
  ],
];
const AT = "conditions.condition_prometheus_query_language.query";
const chart = (filter: string) =>
  dashboard({
    mosaicLayout: {
      columns: 12,
      tiles: [{ width: 6, height: 4, widget: { xyChart: { dataSets: [{ timeSeriesFilter: { filter } }] } } }],
    },
  });
/** Other conditions of the policy are gone with the mutation, which says nothing of the objectives. */
const also = ["slo-alerted"];
const asked = (rule: string, query: string) => {
  const [path, value] = promql(query);
  return { rule, address: ERRORS, set: [path, value] as const, at: AT, also };
};

describeGroup(
  "metric",
  monitoringDocument,
  [
    ...on(
      SLO,
      ["metric-known", BAD, FILTER.replace("request_count", "requests_count")],
      ["metric-resource", BAD, FILTER.replace("https_lb_rule", "cloud_run_revision")],
      ["metric-label", BAD, `${FILTER} AND metric.label.response_code_clas = "200"`],
    ),
    ...on(DASHBOARD, ["metric-known", "dashboard_json", chart(FILTER.replace("https/request", "http/request"))]),
    asked("metric-known", `sum(rate(loadbalancing_googleapis_com:https_request_cont{url_map_name="api"}[5m])) > 1`),
    asked("metric-resource", `rate(${RATE}{monitored_resource="cloud_run_revision"}[5m]) > 1`),
    asked("metric-label", `rate(${RATE}{url_map="api",backend_scop="europe-west1"}[5m]) > 1`),
    asked("metric-part", `rate(loadbalancing_googleapis_com:https_total_latencies{url_map_name="a"}[5m]) > 1`),
    asked("metric-part", `rate(${RATE}_bucket[5m]) > 1`),
  ],
  ["metric-known", "metric-part", "metric-resource", "metric-label"],
);

test.each([
  ["a metric that the table does not have", 'run_googleapis_com:container_probe_latencies_bucket{service_name="x"}'],
  ["the metrics of others", 'custom_googleapis_com:tokens{model="x"} or logging_googleapis_com:user_tokens{modl="x"}'],
  ["a label that is no typo", `${RATE}{le="1",project_id="p",zone="a"}`],
  [
    "a name that Terraform computes",
    'run_googleapis_com:request_count{service_name="${google_cloud_run_v2_service.a.name}"}',
  ],
])("nothing is said of %s", (_, query) => {
  const document = monitoringDocument();
  Object.assign(resourceAt(document, ERRORS), Object.fromEntries([promql(query)]));
  expect(findingsOf(document).filter(({ rule }) => rule.startsWith("metric-"))).toEqual([]);
});
