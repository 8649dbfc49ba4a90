import { METRICS, type Metric, MONITORED_RESOURCES, promqlName } from "../google/metrics";
import { page, unconfirmed } from "../google/source";
import { nearest } from "../language/nearest";
import { isBlock } from "../topology/document";
import type { Topology } from "../topology/topology";
import { type Rule, rule, type Subject } from "./rule";

/** What names metrics. */
const TYPES = ["google_monitoring_alert_policy", "google_monitoring_slo", "google_monitoring_dashboard"];
const known: Readonly<Record<string, Metric>> = METRICS;

/** By their names in PromQL; distributions are histograms. */
const byPromqlName = new Map(
  Object.keys(known).flatMap((type) => {
    const parts = known[type]!.value === "DISTRIBUTION" ? ["_bucket", "_count", "_sum"] : [""];
    return parts.map((part) => [promqlName(type) + part, type] as const);
  }),
);

/** One or two letters off: Google has many metrics, and more every month. */
const TYPO = 2;

/** Names a metric of Google's in a filter or in PromQL. */
interface Use extends Subject {
  /** As it is spelled there. */
  readonly name: string;
  readonly metric?: Metric;
  /** What it may have meant, if there is no such metric. */
  readonly meant?: string;
  /** Labels that are matched, and types of resources that are asked for. */
  readonly labels: readonly string[];
  readonly resources: readonly string[];
}

const uses = (topology: Topology) => topology.once(readUses);

function readUses({ document }: Topology): readonly Use[] {
  return TYPES.flatMap((type) => document.ofType(type)).flatMap((resource) =>
    textsOf(resource.values).flatMap(({ at, text }) =>
      [...inFilter(text), ...inPromql(text)].map((use): Use => ({ ...use, resource, at })),
    ),
  );
}

/** Every text in a value, the JSON of dashboards included, with the attribute that it is in. */
function textsOf(value: unknown, at = ""): { at: string; text: string }[] {
  if (typeof value === "string") {
    if (!at.endsWith("dashboard_json")) return [{ at, text: value }];
    try {
      return textsOf(JSON.parse(value), `${at}.`).map(({ text }) => ({ at, text }));
    } catch {
      return [];
    }
  }
  if (!isBlock(value) && !Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === "//" ? [] : textsOf(each, at === "" ? key : `${at}.${key}`),
  );
}

function inFilter(text: string): Omit<Use, "resource">[] {
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]!);
  const types = all(/\bmetric\.type\s*=\s*"([^"$]+)"/g);
  // Which label belongs to which of several metrics, no one can tell.
  if (types.length !== 1) return [];
  const [name] = types as [string];
  const metric = Object.hasOwn(known, name) ? known[name] : undefined;
  return [
    {
      name,
      metric,
      meant: metric ? undefined : nearest(name, Object.keys(known), TYPO),
      labels: all(/\bmetric\.labels?\.(?:"?)(\w+)/g),
      resources: all(/\bresource\.type\s*=\s*"([^"$]+)"/g),
    },
  ];
}

function inPromql(text: string): Omit<Use, "resource">[] {
  return [...text.matchAll(/\b(\w+_googleapis_com:\w+)\s*(?:\{((?:[^}"]|"(?:[^"\\]|\\.)*")*)\})?/g)].map(
    ([, name = "", selector = ""]) => {
      const type = byPromqlName.get(name);
      const matchers = [...selector.matchAll(/(\w+)\s*(=~|!=|!~|=)\s*"((?:[^"\\]|\\.)*)"/g)];
      return {
        name,
        metric: type === undefined ? undefined : known[type],
        meant: type === undefined ? nearest(name, [...byPromqlName.keys()], TYPO) : undefined,
        labels: matchers.map(([, label]) => label!).filter((label) => label !== "monitored_resource"),
        resources: matchers.flatMap(([, label, operator, value]) =>
          label === "monitored_resource" && operator === "=" ? [value!] : [],
        ),
      };
    },
  );
}

/** Whether names differ in nothing but what PromQL appends to those of histograms. */
const isPart = (name: string, other: string) => name.startsWith(other) || other.startsWith(name);

/** Names of metrics, resources and labels in alerts, objectives and dashboards. */
export const metricRules: readonly Rule[] = [
  rule("metric-known", uses, {
    title: "an alert, objective or dashboard must name a metric that exists",
    advice: true,
    why: "Nothing is ever measured under another name. Google may have added it.",
    fix: "correct the name",
    source: unconfirmed("docs.cloud.google.com/monitoring/api/metrics_gcp"),
    judge({ name, meant }, blame) {
      if (meant !== undefined && !isPart(name, meant)) blame("", name, `did you mean ${meant}?`);
    },
  }),
  rule("metric-part", uses, {
    title: "a distribution must be queried by its buckets, sum or count",
    advice: true,
    why: "In PromQL there is nothing under the bare name, and no other metric has such parts.",
    fix: "append _bucket, _sum or _count to a distribution, and nothing to another metric",
    source: page("monitoring/promql/promql-mapping", "2026-11-28"),
    judge({ name }, blame) {
      if (!name.includes(":") || byPromqlName.has(name)) return;
      const bare = name.replace(/_(bucket|sum|count)$/, "");
      const isDistribution = byPromqlName.has(`${name}_bucket`);
      if (isDistribution || (bare !== name && byPromqlName.has(bare))) blame("", name);
    },
  }),
  rule("metric-resource", uses, {
    title: "a metric must be asked of a resource type that reports it",
    advice: true,
    why: "There are no such time series. Google may have added the type.",
    fix: "name a type that the list of metrics has for it",
    source: unconfirmed("docs.cloud.google.com/monitoring/api/metrics_gcp"),
    judge({ name, metric, resources }, blame) {
      for (const each of resources)
        if (metric && !metric.resources.includes(each))
          blame("", name, `is of ${metric.resources.join(", ")}, not ${each}`);
    },
  }),
  rule("metric-label", uses, {
    title: "a filter must name labels that the metric has",
    advice: true,
    why: "Nothing matches a label that is not there. Google may have added it.",
    fix: "correct the name of the label",
    source: unconfirmed("docs.cloud.google.com/monitoring/api/metrics_gcp"),
    judge({ name, metric, labels }, blame) {
      if (!metric) return;
      const all = [...metric.labels, ...metric.resources.flatMap((type) => MONITORED_RESOURCES[type] ?? [])];
      for (const label of labels) {
        const meant = all.includes(label) ? undefined : nearest(label, all, TYPO);
        if (meant !== undefined) blame("", label, `of ${name}: did you mean ${meant}?`);
      }
    },
  }),
];
