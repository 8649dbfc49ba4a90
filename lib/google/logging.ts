import { above, at, fulfilling, integer, items, length, matching, set, unset } from "./limit";
import { notEmpty, type ResourceFacts, resourceType, when } from "./resource-type";
import { api, provider, unconfirmed } from "./source";

const logging = api("Cloud Logging API v2");

const extractor = matching(/^\s*(REGEXP_)?EXTRACT\s*\([\s\S]+\)\s*$/, "EXTRACT(field) or REGEXP_EXTRACT(field, regex)").fix("write EXTRACT(jsonPayload.field)");
const areExtractors = (value: unknown) => Object.values(Object(value)).every((each) => extractor.holds(each));
const description = length(0, 8000).fix("shorten it", logging("LogMetric.description"));
const isRising = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every((each, index) => index === 0 || Number(each) > Number(value[index - 1]));
const finiteBuckets = { num_finite_buckets: integer(1).fix("give at least 1", logging("Exponential.numFiniteBuckets")) };

const logMetric = resourceType("google_logging_metric", {
  group: "logging",
  name: {
    uniqueIn: [],
    format: matching(/^(?!\/)[A-Za-z0-9_\-.,+!*',()%/]{1,100}$/, "1 to 100 letters, digits and _-.,+!*'()%/, not starting with /")
      .named("metric")
      .fix("rename it", logging("LogMetric.name")),
  },
  replacedBy: ["metric_descriptor.labels.key", "metric_descriptor.labels.value_type"],
  defaults: { "metric_descriptor.value_type": "INT64" },
  limits: {
    filter: length(1, 20000).fix("shorten the filter", logging("LogMetric.filter")),
    description,
    value_extractor: extractor.from(logging("LogMetric.valueExtractor")),
    label_extractors: fulfilling(`${extractor.text} for each label`, areExtractors).fix(extractor.fixText, logging("LogMetric.labelExtractors")),
    ...at("bucket_options", {
      "exponential_buckets.growth_factor": above(1).fix("give a factor such as 2", logging("Exponential.growthFactor")),
      "exponential_buckets.scale": above(0).fix("give a scale above 0", logging("Exponential.scale")),
      "linear_buckets.width": above(0).fix("give a width above 0", logging("Linear.width")),
      "explicit_buckets.bounds": fulfilling("numbers, each above the one before", isRising).fix("sort the bounds", logging("Explicit.bounds")),
    }),
    ...at(["bucket_options.linear_buckets", "bucket_options.exponential_buckets"], finiteBuckets),
  },
  together: [
    ...notEmpty("bucket_options", provider("google_logging_metric 7.45.0", "validate")),
    when({ "metric_descriptor.value_type": "DISTRIBUTION" }, { value_extractor: set() }, { id: "distribution" }).fix("set value_extractor", logging("LogMetric.valueExtractor")),
    when({ "metric_descriptor.value_type": "INT64" }, { bucket_options: unset() }, { id: "counter-buckets" })
      .why("A counter has no use for buckets.")
      .fix("set value_type = DISTRIBUTION and value_extractor, or remove bucket_options", logging("LogMetric.bucketOptions")),
  ],
});

const sinkName = matching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, "1 to 100 letters, digits, underscores, dashes and dots, starting with a letter or digit");
const DESTINATION =
  /^(storage\.googleapis\.com\/[^/]+|bigquery\.googleapis\.com\/projects\/[^/]+\/datasets\/[^/]+|pubsub\.googleapis\.com\/projects\/[^/]+\/topics\/[^/]+|logging\.googleapis\.com\/projects\/[^/]+(\/locations\/[^/]+\/buckets\/[^/]+)?)$/;

const sink = (scope: string, uniqueIn: readonly string[], more: Partial<ResourceFacts> = {}) =>
  resourceType(`google_logging_${scope}_sink`, {
    group: "logging",
    name: {
      format: sinkName.or("_Default", "_Required").named("sink").fix("rename the sink", logging("LogSink.name")),
      uniqueIn,
    },
    replacedBy: ["name", ...uniqueIn],
    defaults: { unique_writer_identity: true },
    limits: {
      description,
      exclusions: items(0, 50).fix("keep at most 50 exclusions", unconfirmed("docs.cloud.google.com/logging/quotas")),
      "exclusions.name": sinkName.fix("rename the exclusion", logging("LogExclusion.name")),
      destination: matching(DESTINATION, "storage.googleapis.com/BUCKET, or the dataset, topic, bucket or project of another service").fix(
        "put the service before the name: storage.googleapis.com/BUCKET, pubsub.googleapis.com/projects/P/topics/T",
        logging("LogSink.destination"),
      ),
    },
    ...more,
  });

const planned = provider("google_logging_project_sink 7.45.0", "plan");
const projectSink = sink("project", [], {
  together: [when({ bigquery_options: set() }, { unique_writer_identity: true }, { id: "sink-identity" }).fix("set unique_writer_identity = true", planned)],
});

export const retentionDays = integer(1, 3650).fix("give 1 to 3650 days", unconfirmed("docs.cloud.google.com/logging/docs/buckets"));

const bucketConfig = resourceType("google_logging_project_bucket_config", {
  group: "logging",
  holds: "log entries",
  replacedBy: ["location", "bucket_id"],
  limits: { retention_days: retentionDays },
});

export const loggingTypes = [logMetric, projectSink, sink("folder", ["folder"]), sink("organization", ["org_id"]), bucketConfig];
