import { MACHINE_GPU, MACHINE_GPU_MEMORY, type MetricType } from "../google/metrics";
import { filter, type Labels, oneOf, series } from "./series";

/** Something that runs, and how many of it there may be. */
export interface Workload {
  readonly name: string;
  readonly region: string;
  /** Undefined where it is not known, or fixed. */
  readonly maxInstances?: number;
  /** Whether it tells the load balancer that it is unhealthy. */
  readonly reportsHealth?: boolean;
  readonly hasGpu?: boolean;
}

/** What is there to alert on, at the end of synth. */
export interface Watched {
  readonly urlMapName: string;
  /** Regions that receive requests. */
  readonly regions: readonly string[];
  readonly services: readonly Workload[];
  readonly groups: readonly Workload[];
  readonly subscriptions: readonly string[];
  /** Ids of uptime checks, and of those that speak TLS. */
  readonly checks: readonly string[];
  readonly tlsChecks: readonly string[];
  readonly hasAvailabilitySlo: boolean;
  readonly hasLatencySlo: boolean;
}

/** A threshold for a metric whose series are aligned, then reduced to one of each group. */
export interface Threshold {
  filter(watched: Watched): string;
  readonly comparison: "COMPARISON_GT" | "COMPARISON_LT";
  readonly value: number;
  readonly alignmentSeconds: number;
  readonly aligner: string;
  readonly reducer: string;
  readonly by: readonly string[];
}

/** An alert that needs no settings. Its page is in docs/observability.md. */
export interface AlertFacts {
  readonly id: string;
  readonly title: string;
  readonly severity: "CRITICAL" | "ERROR" | "WARNING";
  /** How long it must hold. */
  readonly seconds: number;
  /** Whether there is something that it could be about. */
  applies(watched: Watched): boolean;
  /** PromQL with a result where there is trouble. */
  query?(watched: Watched): string;
  /**
   * Instead of PromQL: for truth values, and for distributions that are no counters, of which no page
   * says how PromQL sees them.
   */
  readonly threshold?: Threshold;
  readonly means: string;
  readonly act: string;
}

const REQUESTS: MetricType = "loadbalancing.googleapis.com/https/request_count";
const INSTANCES: MetricType = "run.googleapis.com/container/instance_count";
const SIZE: MetricType = "compute.googleapis.com/instance_group/size";
const SERVER_ERROR = { response_code_class: "500" };
const always = () => true;

const rate = (labels: Labels, window: string) =>
  `sum by (backend_scope) (rate(${series(REQUESTS, labels)}[${window}]))`;
const many = (labels: Labels, window: string, count: number) =>
  `sum by (backend_scope) (increase(${series(REQUESTS, labels)}[${window}])) >= ${count}`;
const percentile = (type: MetricType, labels: Labels, window: string, by = "backend_scope") =>
  `histogram_quantile(0.95, sum by (${by}, le) (rate(${series(type, labels, "_bucket")}[${window}])))`;
const TOTAL: MetricType = "loadbalancing.googleapis.com/https/total_latencies";
const BACKEND: MetricType = "loadbalancing.googleapis.com/https/backend_latencies";

const checksOf = (type: MetricType, ids: readonly string[]) => filter(type, {}, oneOf("metric.label.check_id", ids));

/** Of each host that is probed. */
const CHECKED = {
  alignmentSeconds: 1200,
  aligner: "ALIGN_NEXT_OLDER",
  by: ["resource.label.host", "metric.label.check_id"],
};

export const withGpu = (workloads: readonly Workload[]) => workloads.filter(({ hasGpu }) => hasGpu);

/** A share of the GPUs of a service, in each of its regions (Cloud Monitoring API v3, Aligner). */
const gpuThreshold = (type: MetricType, aligner: string, value: number): Threshold => ({
  filter: ({ services }) => filter(type, {}, oneOf("resource.label.service_name", names(withGpu(services)))),
  comparison: "COMPARISON_GT",
  value,
  alignmentSeconds: 300,
  aligner,
  reducer: "REDUCE_MAX",
  by: ["resource.label.service_name", "resource.label.location"],
});

/** By region: a machine's own series name its zone, but not its group. */
export function machineGpus(reduce: "avg" | "max", type: MetricType, groups: readonly Workload[]): string {
  const regions = [...new Set(withGpu(groups).map(({ region }) => region))].sort();
  const gpus = `avg_over_time(${series(type, { zone: regions.map((region) => `${region}-`) }, "", "[a-z]")}[10m])`;
  return `${reduce} by (region) (label_replace(${gpus}, "region", "$1", "zone", "(.+)-[a-z]"))`;
}

export const names = (workloads: readonly Workload[]) => [...new Set(workloads.map(({ name }) => name))].sort();

/** Those that scale; with one instance the maximum is nothing unusual. */
const scaling = (workloads: readonly Workload[]) => workloads.filter(({ maxInstances = 0 }) => maxInstances > 1);

/** Nine tenths of the maximum, which differs by workload and may by region. */
function nearMaximum(workloads: readonly Workload[], count: (labels: Labels) => string, name: string): string[] {
  const limits = scaling(workloads).map((each) => JSON.stringify([each.name, each.maxInstances]));
  return [...new Set(limits)].sort().map((limit) => {
    const [value, maxInstances] = JSON.parse(limit) as [string, number];
    const alike = workloads.filter((each) => each.name === value && each.maxInstances === maxInstances);
    const location = alike.map(({ region }) => region).sort();
    return `${count({ [name]: value, location })} >= ${Math.ceil(0.9 * maxInstances)}`;
  });
}

/** Few, and each with something to do about it. */
export const ALERTS: readonly AlertFacts[] = [
  {
    id: "no-backend",
    title: "The load balancer has no region to send requests to",
    severity: "CRITICAL",
    seconds: 60,
    applies: always,
    query: ({ urlMapName }) => {
      const labels = { url_map_name: urlMapName, backend_scope: ["INVALID_BACKEND", "FRONTEND_5XX"], ...SERVER_ERROR };
      return many(labels, "5m", 5);
    },
    means: "Requests fail in the load balancer itself: no backend is healthy, or it could not reach one.",
    act: "See which regions are healthy: the dashboard's instances, then the services' revisions and logs. If a deploy came just before, deploy the previous image.",
  },
  {
    id: "errors",
    title: "Many requests fail",
    severity: "CRITICAL",
    seconds: 300,
    applies: ({ hasAvailabilitySlo }) => !hasAvailabilitySlo,
    query: ({ urlMapName }) => {
      const labels = { url_map_name: urlMapName };
      const failed = { ...labels, ...SERVER_ERROR };
      return `(${rate(failed, "10m")} / ${rate(labels, "10m")} > 0.05) and (${many(failed, "10m", 5)})`;
    },
    means: "More than one request in twenty fails with a 5xx in the region of the incident.",
    act: "Read the service's logs of that region from the start of the incident. If only one region fails, drain it: `drainingRegions`, deploy.",
  },
  {
    id: "slower",
    title: "Answers take twice as long as a day before",
    severity: "WARNING",
    seconds: 900,
    applies: ({ hasLatencySlo }) => !hasLatencySlo,
    query: ({ urlMapName }) => {
      const labels = { url_map_name: urlMapName };
      const [now, before] = [percentile(BACKEND, labels, "30m"), percentile(BACKEND, labels, "1d")];
      return `(${now} > 2 * ${before}) and (${now} > 500)`;
    },
    means: "The p95 of the region's backends is twice that of the last day, and above half a second.",
    act: "Compare instances, cold starts and GPU on the dashboard: at the maximum, raise `maxInstances`; idle, look at what the requests ask for.",
  },
  {
    id: "slow-network",
    title: "Clients wait long for what the backend has answered",
    severity: "WARNING",
    seconds: 900,
    applies: always,
    query: ({ urlMapName }) => {
      const labels = { url_map_name: urlMapName };
      return `${percentile(TOTAL, labels, "15m")} - ${percentile(BACKEND, labels, "15m")} > 1000`;
    },
    means:
      "The p95 that clients see is a second above that of the backend: the time is spent on the network, not in the model.",
    act: "Look at latency by continent and region on the dashboard: clients far from every region need a nearer one. Large uploads and slow readers look the same.",
  },
  {
    id: "no-traffic",
    title: "A region no longer receives requests",
    severity: "ERROR",
    seconds: 300,
    applies: always,
    query: ({ urlMapName, regions }) => {
      const labels = { url_map_name: urlMapName, backend_scope: [...regions].sort() };
      const others = `sum(rate(${series(REQUESTS, { url_map_name: urlMapName })}[15m])) > 0`;
      return `((${rate(labels, "1h")} > 0.1) unless (${rate(labels, "15m")} > 0)) and on () (${others})`;
    },
    means:
      "A region had requests within the last hour and has none now, while the API goes on: the load balancer has ejected it, or its clients are gone.",
    act: "Check the service of that region: revision ready, readiness probe, errors before the traffic ended. Traffic returns by itself once it answers.",
  },
  {
    id: "unhealthy",
    title: "A service says that it is unhealthy",
    severity: "ERROR",
    seconds: 300,
    applies: ({ services }) => services.some(({ reportsHealth }) => reportsHealth),
    query: ({ services }) => {
      const service_name = names(services.filter(({ reportsHealth }) => reportsHealth));
      const health = series("run.googleapis.com/service_health_count", { service_name, service_health: "UNHEALTHY" });
      return `sum by (service_name, location) (${health}) > 0`;
    },
    means:
      "No instance of the service passes its readiness probe in that region. The load balancer sends its requests to the next region.",
    act: "Read what the probe's path logs. If the model does not load, deploy the previous image.",
  },
  {
    id: "instances",
    title: "Nearly as many instances as are allowed",
    severity: "WARNING",
    seconds: 600,
    applies: ({ services, groups }) => scaling([...services, ...groups]).length > 0,
    query: ({ services, groups }) =>
      [
        ...nearMaximum(
          services,
          (labels) => `sum by (service_name, location) (${series(INSTANCES, { ...labels, state: "active" })})`,
          "service_name",
        ),
        ...nearMaximum(
          groups,
          (labels) => `sum by (instance_group_name, location) (${series(SIZE, labels)})`,
          "instance_group_name",
        ),
      ]
        .map((each) => `(${each})`)
        .join(" or "),
    means: "Nine tenths of the maximum are busy. Beyond it, requests wait, then get 429 or 503.",
    act: "Raise `maxInstances`, with the quota of GPUs if there are any, or add a region.",
  },
  {
    id: "throttled",
    title: "Many requests get 429",
    severity: "WARNING",
    seconds: 600,
    applies: always,
    query: ({ urlMapName }) => {
      const labels = { url_map_name: urlMapName };
      const refused = { ...labels, response_code: "429" };
      return `(${rate(refused, "10m")} / ${rate(labels, "10m")} > 0.05) and (${many(refused, "10m", 20)})`;
    },
    means:
      "One request in twenty is refused: by a rate limit of Cloud Armor, or by Cloud Run, which has no free instance.",
    act: "Compare with Cloud Armor's denials on the dashboard. If they rose too, one client is over its limit; if not, raise `maxInstances`.",
  },
  {
    id: "memory",
    title: "Instances run out of memory",
    severity: "ERROR",
    seconds: 600,
    applies: ({ services }) => services.length > 0,
    query: ({ services }) =>
      `${percentile("run.googleapis.com/container/memory/utilizations", { service_name: names(services) }, "10m", "service_name, location")} > 0.95`,
    means:
      "Instances use more than 95 % of their memory. Cloud Run kills one that goes beyond, with the requests in it.",
    act: "Raise `memoryMiB`, or lower `concurrency`. Files written outside volumes count as memory.",
  },
  {
    id: "cold-starts",
    title: "Requests wait for instances that start",
    severity: "WARNING",
    seconds: 600,
    applies: ({ services }) => services.length > 0,
    query: ({ services }) => {
      const labels = { service_name: names(services) };
      const waits = percentile("run.googleapis.com/request_latency/pending", labels, "15m", "service_name, location");
      const starts = `increase(${series("run.googleapis.com/container/startup_latencies", labels, "_count")}[15m])`;
      return `(${waits} > 5000) and (sum by (service_name, location) (${starts}) > 0)`;
    },
    means: "One request in twenty waits for more than five seconds before an instance takes it, while instances start.",
    act: "Raise `minInstances`, or make the start shorter: a smaller image, weights from a mounted bucket, startup CPU boost.",
  },
  {
    id: "gpu",
    title: "GPUs are busy all the time",
    severity: "WARNING",
    seconds: 1800,
    applies: ({ services }) => withGpu(services).length > 0,
    threshold: gpuThreshold("run.googleapis.com/container/gpu/utilizations", "ALIGN_PERCENTILE_50", 0.95),
    means: "Half of a service's GPUs in a region compute more than 95 % of the time, for half an hour.",
    act: "If requests are slow, lower `concurrency` and raise `maxInstances`, or use a larger GPU. If they are not, the GPUs are well used: leave the alert out by `withoutAlerts`.",
  },
  {
    id: "gpu-memory",
    title: "GPU memory is nearly full",
    severity: "WARNING",
    seconds: 600,
    applies: ({ services }) => withGpu(services).length > 0,
    threshold: gpuThreshold("run.googleapis.com/container/gpu/memory_utilizations", "ALIGN_PERCENTILE_95", 0.97),
    means: "A GPU's memory is more than 97 % full. A longer prompt or one more request may fail with out of memory.",
    act: "Lower `concurrency`, the context length or the share that the server takes for its cache (vLLM: `--gpu-memory-utilization`), or take a larger GPU.",
  },
  {
    id: "machine-gpu",
    title: "GPUs of machines are busy all the time",
    severity: "WARNING",
    seconds: 1800,
    applies: ({ groups }) => withGpu(groups).length > 0,
    query: ({ groups }) => `${machineGpus("avg", MACHINE_GPU, groups)} > 95`,
    means:
      "The GPUs of a region's machines compute more than 95 % of the time, for half an hour, although the group scales on that.",
    act: "See whether the group is at `maxInstances`, or its zones are out of GPUs (errors of the group in the console). If requests are not slow, leave the alert out by `withoutAlerts`.",
  },
  {
    id: "machine-gpu-memory",
    title: "GPU memory of a machine is nearly full",
    severity: "WARNING",
    seconds: 600,
    applies: ({ groups }) => withGpu(groups).length > 0,
    query: ({ groups }) => `${machineGpus("max", MACHINE_GPU_MEMORY, groups)} > 97`,
    means:
      "A machine's GPU memory is more than 97 % full. A longer prompt or one more request may fail with out of memory.",
    act: "Lower the server's number of parallel requests, the context length or its share for the cache, or take a larger machine type.",
  },
  {
    id: "uptime",
    title: "The API does not answer its probes",
    severity: "CRITICAL",
    seconds: 60,
    applies: ({ checks }) => checks.length > 0,
    threshold: {
      filter: ({ checks }) => checksOf("monitoring.googleapis.com/uptime_check/check_passed", checks),
      comparison: "COMPARISON_GT",
      value: 1,
      reducer: "REDUCE_COUNT_FALSE",
      ...CHECKED,
    },
    means: "At least two places of the world get no right answer: no connection, another status, or another content.",
    act: "Open the check in Monitoring for what each place got. If all fail, look at DNS, certificate and the last deploy; if one continent does, at its regions.",
  },
  {
    id: "certificate",
    title: "A certificate expires soon",
    severity: "ERROR",
    seconds: 600,
    applies: ({ tlsChecks }) => tlsChecks.length > 0,
    threshold: {
      filter: ({ tlsChecks }) =>
        checksOf("monitoring.googleapis.com/uptime_check/time_until_ssl_cert_expires", tlsChecks),
      comparison: "COMPARISON_LT",
      value: 14,
      reducer: "REDUCE_MIN",
      ...CHECKED,
    },
    means: "A certificate that clients see expires within two weeks. Google renews its own well before that.",
    act: "For a managed certificate, see that the authorization records of `dns_records` are still there. Replace your own.",
  },
  {
    id: "backlog",
    title: "A subscription falls behind",
    severity: "ERROR",
    seconds: 300,
    applies: ({ subscriptions }) => subscriptions.length > 0,
    query: ({ subscriptions }) => {
      const age = series("pubsub.googleapis.com/subscription/oldest_unacked_message_age", {
        subscription_id: subscriptions,
      });
      return `max by (subscription_id) (${age}) > 600`;
    },
    means: "The oldest message has waited for more than ten minutes.",
    act: "See whether the worker fails (its logs) or is too small (its instances). Messages are lost when the retention of the subscription ends.",
  },
  {
    id: "dead-letters",
    title: "Messages are given up",
    severity: "ERROR",
    seconds: 0,
    applies: ({ subscriptions }) => subscriptions.length > 0,
    query: ({ subscriptions }) => {
      const given = series("pubsub.googleapis.com/subscription/dead_letter_message_count", {
        subscription_id: subscriptions,
      });
      return `sum by (subscription_id) (increase(${given}[10m])) > 0`;
    },
    means: "The worker has failed on a message as often as the subscription allows.",
    act: "Pull one from the dead-letter topic's subscription, find its error in the worker's logs, and publish it again once that is mended.",
  },
];
