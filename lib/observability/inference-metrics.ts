import { LoggingMetric } from "@cdktf/provider-google/lib/logging-metric";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import { hashedSlug } from "../core/naming";
import { promqlName } from "../google/metrics";
import { ProjectServices } from "../project/project-services";

interface Measure {
  /** The field of a request's log line, a number. */
  readonly field: string;
  readonly title: string;
  readonly unit: "s" | "{token}";
}

/**
 * OpenTelemetry's names for generative AI, whose status is Development: they may change
 * (opentelemetry.io/docs/specs/semconv/gen-ai, 2026-11).
 */
const MEASURES: readonly Measure[] = [
  { field: "gen_ai.server.time_to_first_token", title: "p95 of the time to the first token", unit: "s" },
  { field: "gen_ai.server.time_per_output_token", title: "p95 of the time per output token", unit: "s" },
  { field: "gen_ai.server.request.duration", title: "p95 of the model's time for a request", unit: "s" },
  { field: "gen_ai.usage.input_tokens", title: "Input tokens a second", unit: "{token}" },
  { field: "gen_ai.usage.output_tokens", title: "Output tokens a second", unit: "{token}" },
];

/** Half a millisecond to about eight minutes; one token to a million. Six buckets are a factor of ten. */
const BUCKETS = {
  s: { scale: 0.0005, growthFactor: 1.4678, numFiniteBuckets: 36 },
  "{token}": { scale: 1, growthFactor: 1.4678, numFiniteBuckets: 36 },
};

/** A log-based metric for each measure, by model and region. */
export function createInferenceMetrics(scope: Construct, services: () => readonly string[]): LoggingMetric[] {
  return MEASURES.map(
    ({ field, title, unit }) =>
      new LoggingMetric(scope, `Metric ${field}`, {
        name: metricName(scope, field),
        description: title,
        filter: Lazy.stringValue({ produce: () => logFilter(field, services()) }),
        valueExtractor: `EXTRACT(jsonPayload."${field}")`,
        labelExtractors: {
          model: 'EXTRACT(jsonPayload."gen_ai.response.model")',
          operation: 'EXTRACT(jsonPayload."gen_ai.operation.name")',
        },
        metricDescriptor: {
          metricKind: "DELTA",
          valueType: "DISTRIBUTION",
          unit,
          labels: [
            { key: "model", valueType: "STRING" },
            { key: "operation", valueType: "STRING" },
          ],
        },
        bucketOptions: { exponentialBuckets: BUCKETS[unit] },
        dependsOn: ProjectServices.of(scope).require("logging.googleapis.com"),
      }),
  );
}

/** What the dashboard shows of them. */
export function inferenceCharts(scope: Construct): { title: string; unit: string; query: string }[] {
  return MEASURES.map(({ field, title, unit }) => {
    const name = promqlName(`logging.googleapis.com/user/${metricName(scope, field)}`);
    const of = (part: string) => `${name}${part}{monitored_resource="cloud_run_revision"}[5m]`;
    return unit === "s"
      ? { title, unit, query: `histogram_quantile(0.95, sum by (model, location, le) (rate(${of("_bucket")})))` }
      : { title, unit: "1/s", query: `sum by (model, location) (rate(${of("_sum")}))` };
  });
}

function metricName(scope: Construct, field: string): string {
  return `${hashedSlug(scope.node.path, 40)}/${field}`;
}

function logFilter(field: string, services: readonly string[]): string {
  const names = [...new Set(services)].sort().map((each) => JSON.stringify(each));
  return `resource.type="cloud_run_revision" AND resource.labels.service_name=(${names.join(" OR ")}) AND jsonPayload."${field}">=0`;
}
