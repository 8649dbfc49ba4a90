import { SLO_RANGES, SLO_RATIOS } from "../google/monitoring";
import { api } from "../google/source";
import { isSet, isUnset } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const monitoring = api("Cloud Monitoring API v3");
const SLO = "google_monitoring_slo";
const FILTERS = ["good_service_filter", "total_service_filter", "bad_service_filter"];

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
