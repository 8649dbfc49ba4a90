import { api } from "../google/source";
import { blockOf, blocksOf } from "../topology/document";
import { isComputed, isKnown, isSet } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const logging = api("Cloud Logging API v2");
const sinks = blocks("google_logging_project_sink");

/** Metrics over log entries, and sinks. */
export const loggingRules: readonly Rule[] = [
  rule("logging-destination-prefix", sinks, {
    title: "a sink's destination must name the service before the resource",
    fix: "write storage.googleapis.com/, pubsub.googleapis.com/ or bigquery.googleapis.com/ before the reference",
    source: logging("LogSink.destination"),
    judge({ block: { destination } }, blame, { document }) {
      if (/^google_(storage_bucket|pubsub_topic|bigquery_dataset)$/.test(document.target(destination)?.type ?? ""))
        blame("destination", destination);
    },
  }),
  rule("logging-sink-writer", sinks, {
    title: "a sink must be allowed to write to its destination",
    advice: true,
    why: "Nothing is exported until its writer_identity has access. The grant may be in another stack.",
    fix: "grant writer_identity roles/storage.objectCreator, roles/pubsub.publisher or roles/bigquery.dataEditor",
    source: logging("LogSink.writerIdentity"),
    judge({ resource, block }, blame, topology) {
      const { destination, custom_writer_identity: custom } = block;
      if (!/^(storage|pubsub|bigquery)\.googleapis\.com\//.test(String(destination)) || isSet(custom)) return;
      if (topology.document.references(destination).length === 0) return;
      if (!topology.referrers(resource.address).some(({ type }) => /_iam_|_dataset_access$/.test(type)))
        blame("destination", destination);
    },
  }),
  rule("logging-labels", blocks("google_logging_metric"), {
    title: "each label of a metric must have an extractor, and each extractor a label",
    fix: "list the same names in metric_descriptor.labels and label_extractors",
    source: logging("LogMetric.metricDescriptor"),
    judge({ block }, blame) {
      const { label_extractors: extractors = {} } = block;
      const descriptor = blockOf(block.metric_descriptor) ?? {};
      const labels = blocksOf(descriptor.labels).map(({ key }) => key);
      const isOpen = isComputed(block, "metric_descriptor") || isComputed(descriptor, "labels") || !isKnown(labels);
      if (isOpen || typeof extractors === "string") return;
      const names = Object.keys(Object(extractors));
      const lonely = names.find((name) => !labels.includes(name));
      if (lonely !== undefined) blame(`label_extractors.${lonely}`, lonely, "no such label in metric_descriptor");
      const bare = labels.find((label) => !names.includes(String(label)));
      if (bare !== undefined) blame("metric_descriptor.labels", bare, "no extractor");
    },
  }),
];
