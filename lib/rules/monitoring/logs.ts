import { blockOf, blocksOf } from "../../topology/document";
import { booleanOf, isComputed, isKnown, numberOf, textOf } from "../../topology/value";
import { integer, items, length, limit, matching, number, oneOf } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet, limitAt } from "../places";
import { resourceRule } from "../resource-rule";
import { LOG_METRIC, logging, SINK } from "./monitoring-support";

const BUCKET = "google_logging_project_bucket_config";
const POSITIVE = number(Number.MIN_VALUE, Number.MAX_VALUE);
const EXTRACTOR = matching(/^\s*(REGEXP_)?EXTRACT\s*\([\s\S]+\)\s*$/, "EXTRACT(field) or REGEXP_EXTRACT(field, regex)");
const IDENTIFIER = matching(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/,
  "1 to 100 letters, digits, underscores, dashes, dots, a letter or digit first",
);
const PROVIDER = "the provider's own list, google 7.45.0; checked here before Terraform runs";

/** Metrics over log entries, sinks and log buckets. */
export const logRules: readonly Rule[] = [
  limit(
    "logging-metric-name",
    LOG_METRIC,
    "name",
    matching(/^(?!\/)[A-Za-z0-9_\-.,+!*',()%/]{1,100}$/, "1 to 100 letters, digits and _-.,+!*'()%/, not / first"),
    "rename the metric",
    logging("LogMetric.name"),
  ),
  limit(
    "logging-metric-filter",
    LOG_METRIC,
    "filter",
    length(1, 20000),
    "shorten the filter",
    logging("LogMetric.filter"),
  ),
  limit(
    "logging-description",
    `${LOG_METRIC}|${SINK}`,
    "description",
    length(0, 8000),
    "shorten it",
    logging("LogMetric.description"),
  ),
  limit(
    "logging-metric-kind",
    LOG_METRIC,
    "metric_descriptor.metric_kind",
    oneOf("DELTA", "GAUGE", "CUMULATIVE"),
    "use DELTA",
    PROVIDER,
  ),
  limit(
    "logging-metric-type",
    LOG_METRIC,
    "metric_descriptor.value_type",
    oneOf("BOOL", "INT64", "DOUBLE", "STRING", "DISTRIBUTION", "MONEY"),
    "use INT64 to count, DISTRIBUTION to measure",
    PROVIDER,
  ),
  limit(
    "logging-value-extractor",
    LOG_METRIC,
    "value_extractor",
    EXTRACTOR,
    "write EXTRACT(jsonPayload.field)",
    logging("LogMetric.valueExtractor"),
  ),
  limit(
    "logging-label-extractors",
    LOG_METRIC,
    "label_extractors",
    {
      text: "EXTRACT(field) or REGEXP_EXTRACT(field, regex) for each label",
      holds: (value) =>
        typeof value !== "object" || value === null || Object.values(value).every((each) => EXTRACTOR.holds(each)),
    },
    "write EXTRACT(jsonPayload.field)",
    logging("LogMetric.labelExtractors"),
  ),
  limit(
    "logging-growth",
    LOG_METRIC,
    "bucket_options.exponential_buckets.growth_factor",
    { text: "more than 1", holds: (value) => (numberOf(value) ?? 0) > 1 },
    "give a factor such as 2",
    logging("Exponential.growthFactor"),
  ),
  limit(
    "logging-scale",
    LOG_METRIC,
    "bucket_options.exponential_buckets.scale",
    POSITIVE,
    "give a scale above 0",
    logging("Exponential.scale"),
  ),
  limit(
    "logging-width",
    LOG_METRIC,
    "bucket_options.linear_buckets.width",
    POSITIVE,
    "give a width above 0",
    logging("Linear.width"),
  ),
  limitAt(
    "logging-buckets",
    LOG_METRIC,
    ["bucket_options.linear_buckets", "bucket_options.exponential_buckets"],
    "num_finite_buckets",
    integer(1),
    "give at least 1",
    logging("Exponential.numFiniteBuckets"),
  ),
  limit(
    "logging-bounds",
    LOG_METRIC,
    "bucket_options.explicit_buckets.bounds",
    {
      text: "numbers, each above the one before",
      holds: (value) =>
        Array.isArray(value) &&
        value.length > 0 &&
        value.every((each, index) => index === 0 || Number(each) > Number(value[index - 1])),
    },
    "sort the bounds",
    logging("Explicit.bounds"),
  ),
  limit("logging-sink-name", SINK, "name", IDENTIFIER, "rename the sink", logging("LogSink.name")),
  limit(
    "logging-exclusion-name",
    SINK,
    "exclusions.name",
    IDENTIFIER,
    "rename the exclusion",
    logging("LogExclusion.name"),
  ),
  limit(
    "logging-sink-exclusions",
    SINK,
    "exclusions",
    items(0, 50),
    "keep at most 50 exclusions",
    "docs.cloud.google.com/logging/quotas, from general knowledge, 2026-11",
  ),
  limit(
    "logging-destination",
    SINK,
    "destination",
    matching(
      /^(storage\.googleapis\.com\/[^/]+|bigquery\.googleapis\.com\/projects\/[^/]+\/datasets\/[^/]+|pubsub\.googleapis\.com\/projects\/[^/]+\/topics\/[^/]+|logging\.googleapis\.com\/projects\/[^/]+(\/locations\/[^/]+\/buckets\/[^/]+)?)$/,
      "storage.googleapis.com/BUCKET, bigquery.googleapis.com/projects/P/datasets/D, pubsub.googleapis.com/projects/P/topics/T or logging.googleapis.com/projects/P",
    ),
    "put the service before the name, such as storage.googleapis.com/BUCKET",
    logging("LogSink.destination"),
  ),
  limit(
    "logging-retention",
    BUCKET,
    "retention_days",
    integer(1, 3650),
    "give 1 to 3650 days",
    "docs.cloud.google.com/logging/docs/buckets, custom retention, from general knowledge, 2026-11",
  ),
  blockRule(
    {
      id: "logging-destination-prefix",
      title: "a sink's destination names the service before the resource",
      why: "The API rejects a bare bucket, dataset or topic.",
      fix: "write storage.googleapis.com/, pubsub.googleapis.com/ or bigquery.googleapis.com/ before the reference",
      source: logging("LogSink.destination"),
    },
    SINK,
    [""],
    ({ destination }, blame) => {
      if (
        typeof destination === "string" &&
        /^\$\{google_(storage_bucket|pubsub_topic|bigquery_dataset)\.[\w-]+\.(id|name)\}$/.test(destination)
      )
        blame("destination", destination);
    },
  ),
  resourceRule(
    {
      id: "logging-sink-writer",
      title: "a sink may write to its destination",
      severity: "warning",
      why: "Nothing is exported before the sink's writer_identity has been granted access. Not an error, because the grant may be in another stack.",
      fix: "grant roles/storage.objectCreator, roles/pubsub.publisher or roles/bigquery.dataEditor to google_logging_project_sink.NAME.writer_identity",
      source: logging("LogSink.writerIdentity"),
    },
    SINK,
    (sink, blame, topology) => {
      const { destination } = sink.values;
      if (typeof destination !== "string" || !/^(storage|pubsub|bigquery)\.googleapis\.com\//.test(destination)) return;
      if (isSet(sink.values.custom_writer_identity)) return;
      if (topology.document.references(destination).length === 0) return;
      const granted = topology.referrers(sink.address).some(({ type }) => /_iam_|_dataset_access$/.test(type));
      if (!granted) blame("destination", destination);
    },
  ),
  resourceRule(
    {
      id: "logging-sink-identity",
      title: "a sink to BigQuery with options has a writer of its own",
      why: "The provider's plan fails: bigquery_options need unique_writer_identity.",
      fix: "set unique_writer_identity = true",
      source: "google_logging_project_sink, provider code 7.45.0; checked here before Terraform runs",
    },
    SINK,
    ({ values }, blame) => {
      const unique = values.unique_writer_identity;
      if (isSet(values.bigquery_options) && booleanOf(unique) === false) blame("unique_writer_identity", unique);
    },
  ),
  resourceRule(
    {
      id: "logging-distribution",
      title: "a distribution has a value to measure, and a counter has none",
      why: "The API rejects DISTRIBUTION without value_extractor; the buckets of a counter have no use.",
      fix: "set value_extractor and value_type = DISTRIBUTION, or take bucket_options away",
      source: logging("LogMetric.valueExtractor"),
    },
    LOG_METRIC,
    ({ values }, blame) => {
      if (isComputed(values, "metric_descriptor")) return;
      const descriptor = blockOf(values.metric_descriptor);
      const type = descriptor ? textOf(descriptor.value_type) : "INT64";
      if (type === undefined) return;
      if (type === "DISTRIBUTION" && !isSet(values.value_extractor)) blame("value_extractor", undefined);
      if (type === "INT64" && isSet(values.bucket_options)) blame("bucket_options", values.bucket_options, type);
    },
  ),
  resourceRule(
    {
      id: "logging-labels",
      title: "each label of a metric has an extractor, and each extractor a label",
      why: "The API rejects a label without the other half.",
      fix: "list the same names in metric_descriptor.labels and label_extractors",
      source: logging("LogMetric.metricDescriptor"),
    },
    LOG_METRIC,
    ({ values }, blame) => {
      const descriptor = blockOf(values.metric_descriptor);
      const extractors = values.label_extractors;
      if (typeof extractors === "string" || (descriptor && isComputed(descriptor, "labels"))) return;
      if (isComputed(values, "metric_descriptor")) return;
      const labels = blocksOf(descriptor?.labels).map(({ key }) => key);
      if (!isKnown(labels)) return;
      const names = Object.keys(typeof extractors === "object" && extractors !== null ? extractors : {});
      const lonely = names.find((name) => !labels.includes(name));
      const bare = labels.find((label) => !names.includes(String(label)));
      if (lonely !== undefined) blame(`label_extractors.${lonely}`, lonely, "no such label in metric_descriptor");
      if (bare !== undefined) blame("metric_descriptor.labels", bare, "no extractor");
    },
  ),
];
