import { SLO_RANGES, SLO_RATIOS } from "../google/monitoring";
import { api, page, unconfirmed } from "../google/source";
import { isSet, isUnset } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const monitoring = api("Cloud Monitoring API v3");
const SLO = "google_monitoring_slo";
const ALERT = "google_monitoring_alert_policy";
const FILTERS = ["good_service_filter", "total_service_filter", "bad_service_filter"];
/** Of a policy's conditions: the name of some objective, or an expression that may be anything. */
const GENERAL = /select_slo_\w+\(\\*"[^$]|\$\{(?!google_monitoring_)/;

/** Service level objectives. */
export const sloRules: readonly Rule[] = [
  rule("slo-ratio", blocks(SLO, ...SLO_RATIOS), {
    title: "a ratio must have exactly two of good, bad and total",
    fix: "give good_service_filter and total_service_filter",
    source: monitoring("TimeSeriesRatio"),
    judge({ block }, blame) {
      const given = FILTERS.filter((name) => isSet(block[name]));
      const missing = FILTERS.filter((name) => isUnset(block, name));
      if (given.length === 3) blame("bad_service_filter", given);
      else if (missing.length > 1) blame(missing.at(-2)!, given);
    },
  }),
  rule("slo-range", blocks(SLO, ...SLO_RANGES), {
    title: "a range must have a minimum or a maximum",
    why: "Everything is in the range otherwise, and the objective is always met.",
    fix: "set range.min, range.max or both",
    source: monitoring("GoogleMonitoringV3Range"),
    judge: ({ block }, blame) => isUnset(block, "min") && isUnset(block, "max") && blame("", block),
  }),
  rule("slo-alerted", blocks(SLO), {
    title: "an objective must have an alert on its error budget",
    advice: true,
    why: "Nobody hears that the budget burns. The alert policy may be in another stack.",
    fix: "add a google_monitoring_alert_policy on select_slo_burn_rate of this objective, or observe the API by Observability",
    source: unconfirmed("docs.cloud.google.com/stackdriver/docs/solutions/slo-monitoring/alerting-on-budget-burn-rate"),
    judge({ resource, block }, blame, topology) {
      const isTold = topology.referrers(resource.address).some(({ type }) => type === ALERT);
      // Which objective a literal name or an expression stands for is not known.
      const isGeneral = topology.document
        .ofType(ALERT)
        .some(({ values }) => GENERAL.test(JSON.stringify(values.conditions ?? "${dynamic}")));
      if (!isTold && !isGeneral) blame("goal", block.goal);
    },
  }),
  rule("slo-route", blocks(SLO), {
    title: "an objective of one route must name a route of a URL map",
    advice: true,
    why: "No request is counted under another path. The URL map may be in another stack.",
    fix: "write the path as the URL map has it, its first 50 characters",
    source: page("load-balancing/docs/https/https-logging-monitoring, matched_url_path_rule", "2026-11-28"),
    judge({ block }, blame, { document }) {
      const maps = JSON.stringify(document.ofType("google_compute_url_map").map(({ values }) => values));
      if (maps === "[]" || maps.includes("${var.") || maps.includes("${local.")) return;
      for (const [, route = ""] of JSON.stringify(block).matchAll(/matched_url_path_rule\s*=\s*\\"([^"\\$]+)\\"/g))
        if (/^\//.test(route) && !maps.includes(`"${route}`)) blame("request_based_sli", route);
    },
  }),
  rule("slo-basic-service", blocks(SLO), {
    title: "a basic indicator must be of a service that Google knows",
    fix: "use request_based_sli, or google_monitoring_service with basic_service",
    source: monitoring("BasicSli"),
    judge({ block }, blame, { document }) {
      const service = document.target(block.service);
      if (isSet(block.basic_sli) && service?.type === "google_monitoring_custom_service" && !service.isData)
        blame("basic_sli", service.address);
    },
  }),
];
