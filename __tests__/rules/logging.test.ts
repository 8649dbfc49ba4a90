import { monitoringDocument } from "./monitoring-document";
import { changed, describeGroup, type Json, on, resourceAt } from "./rule-support";

const METRIC = "google_logging_metric.latency";
const SINK = "google_logging_project_sink.audit";

describeGroup(
  "logging",
  monitoringDocument,
  [
    ...on(
      METRIC,
      ["logging-name-metric", "name", "/latency"],
      ["logging-metric-descriptor-metric-kind", "metric_descriptor.metric_kind", "SUM"],
      ["logging-metric-descriptor-value-type", "metric_descriptor.value_type", "INT"],
      ["logging-value-extractor", "value_extractor", "jsonPayload.latency"],
      ["logging-label-extractors", "label_extractors.model", "jsonPayload.model", "label_extractors"],
      [
        "logging-explicit-buckets-bounds",
        "bucket_options",
        { explicit_buckets: { bounds: [1, 3, 2] } },
        "bucket_options.explicit_buckets.bounds",
      ],
      ["logging-distribution", "value_extractor", undefined],
      ["logging-counter-buckets", "metric_descriptor.value_type", "INT64", "bucket_options"],
      ["logging-labels", "label_extractors", undefined, "metric_descriptor.labels"],
      ["logging-labels", "metric_descriptor.labels", [], "label_extractors.model"],
    ),
    ...on(
      SINK,
      ["logging-name-sink", "name", "-audit"],
      ["logging-exclusions-name", "exclusions.0.name", "the probes"],
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
  ],
  ["logging-exclusions", "logging-retention-days", "logging-sink-writer"],
);
