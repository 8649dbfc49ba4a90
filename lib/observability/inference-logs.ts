import { LoggingMetric } from "@cdktf/provider-google/lib/logging-metric";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import { hashedSlug } from "../core/naming";
import { ProjectServices } from "../project/project-services";

/** The field of a request's log line, a number. */
export interface LogField {
  readonly field: string;
  readonly title: string;
  readonly unit: "s" | "{token}";
}

/** Half a millisecond to about eight minutes; one token to a million. Six buckets are a factor of ten. */
const BUCKETS = {
  s: { scale: 0.0005, growthFactor: 1.4678, numFiniteBuckets: 36 },
  "{token}": { scale: 1, growthFactor: 1.4678, numFiniteBuckets: 36 },
};

/** A log-based metric for each field, by model and region. */
export function createLogMetrics(
  scope: Construct,
  fields: readonly LogField[],
  services: () => readonly string[],
): LoggingMetric[] {
  return fields.map(
    ({ field, title, unit }) =>
      new LoggingMetric(scope, `Metric ${field}`, {
        name: logMetricName(scope, field),
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

export function logMetricName(scope: Construct, field: string): string {
  return `${hashedSlug(scope.node.path, 40)}/${field}`;
}

function logFilter(field: string, services: readonly string[]): string {
  const names = [...new Set(services)].sort().map((each) => JSON.stringify(each));
  return `resource.type="cloud_run_revision" AND resource.labels.service_name=(${names.join(" OR ")}) AND jsonPayload."${field}">=0`;
}
