import { MACHINE_GPU, MACHINE_GPU_MEMORY, type MetricType } from "../google/metrics";
import { machineGpus, names, type Watched, type Workload, withGpu } from "./alerts";
import { filter, type Labels, oneOf, series } from "./series";

/** An objective, worldwide and by region: names in Monitoring, maybe references. */
export interface ShownObjective {
  readonly title: string;
  readonly worldwide: string;
  readonly regions: Readonly<Record<string, string>>;
}

export interface Shown extends Watched {
  readonly title: string;
  readonly objectives: readonly ShownObjective[];
  /** Names of the alert policies. */
  readonly policies: readonly string[];
  /** Log-based metrics in PromQL, by what they measure. */
  readonly inference: readonly { readonly title: string; readonly unit: string; readonly query: string }[];
}

/** A widget of the dashboards API (monitoring.googleapis.com/v1, Widget). */
type Widget = Readonly<Record<string, unknown>>;

const COLUMNS = 48;
const CHART_HEIGHT = 14;
const REQUESTS: MetricType = "loadbalancing.googleapis.com/https/request_count";
const TOTAL: MetricType = "loadbalancing.googleapis.com/https/total_latencies";
const BACKEND: MetricType = "loadbalancing.googleapis.com/https/backend_latencies";

interface Row {
  readonly height: number;
  readonly widgets: readonly Widget[];
  /** Columns of the first one; the others share the rest. @default all are as wide */
  readonly firstWidth?: number;
}

/** A list of incidents has few lines, a number needs little room. */
const INCIDENTS_HEIGHT = 9;
const SCORE_WIDTH = 12;

const charts = (...widgets: readonly Widget[]): Row => ({ height: CHART_HEIGHT, widgets });

const section = (title: string, subtitle: string): Row => ({
  height: 4,
  widgets: [{ title, sectionHeader: { subtitle, dividerBelow: true } }],
});

const chart = (title: string, unit: string, query: string): Widget => named(title, unit, [[undefined, query]]);

/** Lines of several queries, each with its name. */
function named(title: string, unit: string, queries: readonly (readonly [string | undefined, string])[]): Widget {
  return {
    title,
    xyChart: {
      dataSets: queries.map(([legendTemplate, prometheusQuery]) => ({
        timeSeriesQuery: { prometheusQuery, unitOverride: unit },
        ...(legendTemplate !== undefined && { legendTemplate }),
        plotType: "LINE",
        targetAxis: "Y1",
      })),
    },
  };
}

const sum = (by: string, type: MetricType, labels: Labels) => `sum by (${by}) (rate(${series(type, labels)}[5m]))`;

const percentile = (share: number, by: string, type: MetricType, labels: Labels) =>
  `histogram_quantile(${share}, sum by (${[by, "le"].filter(Boolean).join(", ")}) (rate(${series(type, labels, "_bucket")}[5m])))`;

/** What is promised comes first, what explains it below. */
function rows(shown: Shown): Row[] {
  const { urlMapName, services, groups, subscriptions } = shown;
  const all = { url_map_name: urlMapName };
  const failed = sum("backend_scope", REQUESTS, { ...all, response_code_class: "500" });
  const inference = shown.inference.map(({ title, unit, query }) => chart(title, unit, query));
  const half = Math.ceil(inference.length / 2);
  const denied = { blocked: "true" };
  return [
    section("Objectives", "Error budget left of the last 30 days; at zero, the promise is broken"),
    ...shown.objectives.map(objective),
    { height: INCIDENTS_HEIGHT, widgets: [{ title: "Incidents", incidentList: { policyNames: shown.policies } }] },

    section("Requests", "At the load balancer, by the region that answered"),
    charts(
      chart("Requests a second by region", "1/s", sum("backend_scope", REQUESTS, all)),
      chart("Requests a second by status", "1/s", sum("response_code_class", REQUESTS, all)),
      chart("Share of server errors by region", "10^2.%", `${failed} / ${sum("backend_scope", REQUESTS, all)}`),
    ),

    section(
      "Latency",
      "From the client's first byte to the answer's last; continents are those of the front end next to the client",
    ),
    charts(
      named(
        "Worldwide: p50, p95, p99",
        "ms",
        [0.5, 0.95, 0.99].map((each) => [`p${each * 100}`, percentile(each, "", TOTAL, all)]),
      ),
      chart("p95 by continent and region", "ms", percentile(0.95, "proxy_continent, backend_scope", TOTAL, all)),
      chart("p95 of the backends alone", "ms", percentile(0.95, "backend_scope", BACKEND, all)),
    ),
    charts(
      chart("Requests a second by continent and region", "1/s", sum("proxy_continent, backend_scope", REQUESTS, all)),
      chart(
        "p95 of the round trip to clients",
        "ms",
        percentile(0.95, "proxy_continent", "loadbalancing.googleapis.com/https/frontend_tcp_rtt", all),
      ),
    ),

    section("Edge", "What the load balancer answers itself"),
    charts(
      chart("Requests a second by cache result", "1/s", sum("cache_result", REQUESTS, all)),
      chart(
        "Denied by Cloud Armor a second, by policy",
        "1/s",
        sum("policy_name", "networksecurity.googleapis.com/https/request_count", denied),
      ),
      chart("429 a second by region", "1/s", sum("backend_scope", REQUESTS, { ...all, response_code: "429" })),
    ),

    section("Instances", "What runs, and what it costs"),
    ...(services.length === 0 ? [] : cloudRun(names(services), names(withGpu(services)))),
    ...(groups.length === 0 ? [] : machines(groups)),

    ...(shown.inference.length === 0
      ? []
      : [
          section("Inference", "What the services tell of themselves, by model and region"),
          charts(...inference.slice(0, half)),
          charts(...inference.slice(half)),
        ]),

    ...(subscriptions.length === 0 ? [] : pipelines(subscriptions)),
  ];
}

function objective({ title, worldwide, regions }: ShownObjective): Row {
  const budget = (name: string) => ({
    timeSeriesFilter: {
      filter: `select_slo_budget_fraction("${name}")`,
      aggregation: { alignmentPeriod: "300s", perSeriesAligner: "ALIGN_NEXT_OLDER" },
    },
  });
  const byRegion = {
    title: `${title}: budget left by region`,
    xyChart: {
      dataSets: Object.keys(regions)
        .sort()
        .map((region) => ({
          timeSeriesQuery: { ...budget(regions[region]!), unitOverride: "10^2.%" },
          legendTemplate: region,
          plotType: "LINE",
          targetAxis: "Y1",
        })),
    },
  };
  const widgets = [
    {
      title: Object.keys(regions).length > 0 ? "Budget left worldwide" : `${title}: budget left`,
      scorecard: {
        timeSeriesQuery: { ...budget(worldwide), unitOverride: "10^2.%" },
        thresholds: [
          { value: 0.25, color: "YELLOW", direction: "BELOW" },
          { value: 0.05, color: "RED", direction: "BELOW" },
        ],
      },
    },
    ...(Object.keys(regions).length === 0 ? [] : [byRegion]),
  ];
  return { height: CHART_HEIGHT, widgets, firstWidth: widgets.length > 1 ? SCORE_WIDTH : undefined };
}

function cloudRun(service_name: readonly string[], withGpu: readonly string[]): Row[] {
  const own = { service_name };
  const by = "service_name, location";
  return [
    charts(
      chart(
        "Instances by service and region",
        "1",
        `sum by (${by}, state) (${series("run.googleapis.com/container/instance_count", own)})`,
      ),
      chart(
        "p95 of the start of an instance",
        "ms",
        percentile(0.95, by, "run.googleapis.com/container/startup_latencies", own),
      ),
      chart("Billed instances", "1", sum(by, "run.googleapis.com/container/billable_instance_time", own)),
    ),
    charts(
      chart("p95 of memory", "10^2.%", percentile(0.95, by, "run.googleapis.com/container/memory/utilizations", own)),
      chart(
        "p95 of the wait for an instance",
        "ms",
        percentile(0.95, by, "run.googleapis.com/request_latency/pending", own),
      ),
      chart("p95 of CPU", "10^2.%", percentile(0.95, by, "run.googleapis.com/container/cpu/utilizations", own)),
    ),
    ...(withGpu.length === 0
      ? []
      : [
          charts(
            gauge("Median of GPU", "run.googleapis.com/container/gpu/utilizations", "ALIGN_PERCENTILE_50", withGpu),
            gauge(
              "p95 of GPU memory",
              "run.googleapis.com/container/gpu/memory_utilizations",
              "ALIGN_PERCENTILE_95",
              withGpu,
            ),
          ),
        ]),
  ];
}

/** A distribution that is no counter, by service and region. */
function gauge(title: string, type: MetricType, perSeriesAligner: string, services: readonly string[]): Widget {
  const aggregation = {
    alignmentPeriod: "300s",
    perSeriesAligner,
    crossSeriesReducer: "REDUCE_MAX",
    groupByFields: ["resource.label.service_name", "resource.label.location"],
  };
  const source = { filter: filter(type, {}, oneOf("resource.label.service_name", services)), aggregation };
  return {
    title,
    xyChart: {
      dataSets: [
        {
          timeSeriesQuery: { timeSeriesFilter: source, unitOverride: "10^2.%" },
          plotType: "LINE",
          targetAxis: "Y1",
        },
      ],
    },
  };
}

function machines(groups: readonly Workload[]): Row[] {
  const size = series("compute.googleapis.com/instance_group/size", { instance_group_name: names(groups) });
  return [
    charts(
      chart("Machines by group", "1", `sum by (instance_group_name, location) (${size})`),
      ...(withGpu(groups).length === 0
        ? []
        : [
            chart("GPU of machines, by region", "%", machineGpus("avg", MACHINE_GPU, groups)),
            chart("Fullest GPU memory of machines, by region", "%", machineGpus("max", MACHINE_GPU_MEMORY, groups)),
          ]),
    ),
  ];
}

function pipelines(subscription_id: readonly string[]): Row[] {
  const max = (type: MetricType) => `max by (subscription_id) (${series(type, { subscription_id })})`;
  return [
    section("Pipelines", "Pub/Sub subscriptions"),
    charts(
      chart("Age of the oldest message", "s", max("pubsub.googleapis.com/subscription/oldest_unacked_message_age")),
      chart("Messages that wait", "1", max("pubsub.googleapis.com/subscription/num_undelivered_messages")),
      chart(
        "Dead letters a second",
        "1/s",
        sum("subscription_id", "pubsub.googleapis.com/subscription/dead_letter_message_count", { subscription_id }),
      ),
    ),
  ];
}

/**
 * The dashboard as the API returns it: what is zero is left out there, and would differ in every
 * plan here.
 */
export function dashboardJson(shown: Shown): string {
  let y = 0;
  const tiles = rows(shown).flatMap(({ height, widgets, firstWidth = COLUMNS / widgets.length }) => {
    const width = (COLUMNS - firstWidth) / (widgets.length - 1);
    const yPos = y;
    y += height;
    return widgets.map((widget, index) => ({
      ...(index > 0 && { xPos: firstWidth + (index - 1) * width }),
      ...(yPos > 0 && { yPos }),
      width: index === 0 ? firstWidth : width,
      height,
      widget,
    }));
  });
  return JSON.stringify({ displayName: shown.title, mosaicLayout: { columns: COLUMNS, tiles } });
}
