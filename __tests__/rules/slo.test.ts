import { FILTER, monitoringDocument } from "./monitoring-document";
import { changed, describeGroup, type Json, on, resourceAt } from "./rule-support";

const SLO = "google_monitoring_slo.api";
const BASIC = "google_monitoring_slo.run";
const CUSTOM = "google_monitoring_custom_service.api";
const RUN = "google_monitoring_service.run";

describeGroup(
  "slo",
  monitoringDocument,
  [
    ...on(
      SLO,
      ["slo-name", "slo_id", "availability of all"],
      ["slo-period", "calendar_period", "DAY"],
      ["slo-indicator", "basic_sli", { availability: { enabled: true } }],
      ["slo-service", "service", "the api"],
      ["slo-ratio", "request_based_sli.good_total_ratio.bad_service_filter", FILTER],
      ["slo-good-service-filter", "request_based_sli.good_total_ratio.good_service_filter", 'resource.type = "x"'],
    ),
    ...on(
      BASIC,
      ["slo-calendar-period", "calendar_period", "QUARTER"],
      ["slo-latency-threshold", "basic_sli.latency.threshold", "1"],
      ["slo-availability-enabled", "basic_sli", { availability: { enabled: false } }, "basic_sli.availability.enabled"],
      ["slo-basic", "basic_sli.availability", { enabled: true }],
    ),
    ...on(
      "google_monitoring_slo.windows",
      ["slo-windows-based-sli-window-period", "windows_based_sli.window_period", "7000s"],
      [
        "slo-range",
        "windows_based_sli.metric_mean_in_range.range.max",
        -1,
        "windows_based_sli.metric_mean_in_range.range.min",
      ],
      ["slo-window-kind", "windows_based_sli.good_bad_metric_filter", FILTER, "windows_based_sli.metric_mean_in_range"],
    ),
    changed("slo-basic-service", SLO, (document) => {
      const slo = resourceAt(document, SLO);
      delete slo.request_based_sli;
      slo.basic_sli = { availability: { enabled: true } };
    }),
    changed("slo-route", SLO, (document) => {
      const { request_based_sli: sli } = resourceAt(document, SLO) as Record<string, Json>;
      const filter = `${FILTER} AND resource.label.matched_url_path_rule = "/v1/embedings"`;
      sli!.good_total_ratio = { good_service_filter: filter, total_service_filter: filter };
      const target = { service: "projects/p/global/backendServices/api" };
      const rest = { default_service: target.service };
      const matcher = { name: "all", ...rest, path_rule: [{ paths: ["/v1/embeddings"], ...target }] };
      const map = { name: "map", ...rest, host_rule: [{ hosts: ["*"], path_matcher: "all" }], path_matcher: [matcher] };
      (document.resource as Json).google_compute_url_map = {
        map: { ...map, lifecycle: { create_before_destroy: true } },
      };
    }),
    changed("slo-alerted", SLO, (document) => {
      (resourceAt(document, "google_monitoring_alert_policy.errors").conditions as Json[]).splice(2, 1);
    }),
    changed("slo-range", "google_monitoring_slo.windows", (document) => {
      const { windows_based_sli: windows } = resourceAt(document, "google_monitoring_slo.windows") as Record<
        string,
        Json
      >;
      (windows!.metric_mean_in_range as Json).range = {};
    }),
    ...on(CUSTOM, ["slo-name-service", "service_id", "the api"]),
    ...on(RUN, [
      "slo-service-labels",
      "basic_service.service_labels",
      { service_name: "chat" },
      "basic_service.service_labels.location",
    ]),
  ],
  ["slo-service", "slo-alerted", "slo-route"],
);
