import { Token } from "cdktf";
import { METRICS, type MetricType, promqlName } from "../google/metrics";
import { escapePattern } from "../language/regular-expression";

/** What labels must be: a value, or one of several. */
export type Labels = Readonly<Record<string, string | readonly string[]>>;

/**
 * The time series of a metric in PromQL. The resource type is always named, because Monitoring
 * rejects queries for metrics of several without it
 * (docs.cloud.google.com/monitoring/promql/promql-mapping, read 2026-11-28).
 *
 * @param part Of a distribution: `_count`, `_sum` or `_bucket`.
 * @param end What follows in values of which there are several, as a regular expression.
 */
export function series(type: MetricType, labels: Labels, part = "", end = ""): string {
  return promqlName(type) + part + selector({ monitored_resource: METRICS[type].resources[0]!, ...labels }, end);
}

/** What selects time series in PromQL. */
export function selector(labels: Labels, end = ""): string {
  const matchers = Object.entries(labels).map(([name, value]) =>
    typeof value === "string"
      ? `${name}=${JSON.stringify(value)}`
      : `${name}=~${JSON.stringify(value.map((each) => escaped(each) + end).join("|"))}`,
  );
  return `{${matchers.join(",")}}`;
}

/** The same in the language of Monitoring's filters, for objectives. */
export function filter(type: MetricType, labels: Readonly<Record<string, string>>, more = ""): string {
  const own: readonly string[] = METRICS[type].labels;
  const conditions = Object.entries(labels).map(
    ([name, value]) => `${own.includes(name) ? "metric" : "resource"}.label.${name}=${JSON.stringify(value)}`,
  );
  const { resources } = METRICS[type];
  return [`metric.type="${type}"`, `resource.type="${resources[0]}"`, ...conditions, more]
    .filter(Boolean)
    .join(" AND ");
}

/** Of a filter: the label is one of several values. */
export function oneOf(label: string, values: readonly string[]): string {
  return `${label}=one_of(${values.map((value) => JSON.stringify(value)).join(",")})`;
}

function escaped(text: string): string {
  return Token.isUnresolved(text) ? text : escapePattern(text);
}
