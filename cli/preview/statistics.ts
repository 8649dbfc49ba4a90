import type { RunningPreview } from "./running-preview";

/** Counts of one upstream, as Envoy has them, since it started. */
export interface UpstreamCounts {
  readonly requests: number;
  readonly errors: number;
  /** Outlier detection has ejected it. */
  readonly isEjected: boolean;
  /** Its readiness probe fails. */
  readonly isUnhealthy: boolean;
}

export interface Counts {
  readonly byPort: ReadonlyMap<number, UpstreamCounts>;
  /** Requests of clients, and of their answers those with 5xx. */
  readonly requests: number;
  readonly errors: number;
  readonly ejections: number;
  readonly retries: number;
  /** Milliseconds by percentile (50, 95, 99) over the last seconds; null without requests. */
  readonly percentiles: Readonly<Record<string, number | null>>;
}

const PERCENTILES = [50, 95, 99];
const STATS =
  "^(http\\..*\\.downstream_rq_(completed|5xx|time)|cluster\\..*\\.(outlier_detection\\.ejections_enforced_total|upstream_rq_retry))$";
interface ClusterStatuses {
  readonly cluster_statuses?: readonly {
    readonly host_statuses?: readonly {
      readonly address?: { readonly socket_address?: { readonly port_value?: number } };
      readonly stats?: readonly { readonly name?: string; readonly value?: string }[];
      readonly health_status?: {
        readonly failed_outlier_check?: boolean;
        readonly failed_active_health_check?: boolean;
      };
    }[];
  }[];
}

interface Stats {
  readonly stats: readonly {
    readonly name?: string;
    readonly value?: number;
    readonly histograms?: {
      readonly supported_quantiles: readonly number[];
      readonly computed_quantiles: readonly {
        readonly name: string;
        readonly values: readonly { readonly interval: number | null }[];
      }[];
    };
  }[];
}

/** Reads Envoy's own counts. */
export async function readCounts({ envoy, plan }: RunningPreview): Promise<Counts> {
  const [clusters, { stats: all }] = await Promise.all([
    envoy.admin<ClusterStatuses>("/clusters?format=json"),
    envoy.admin<Stats>(`/stats?format=json&filter=${encodeURIComponent(STATS)}`),
  ]);
  // Its admin page and its inner listeners count, too, and are no clients.
  const prefixes = plan.frontends.map(({ name }) => `http.${name}.`);
  const isClients = (name: string) => !name.startsWith("http.") || prefixes.some((prefix) => name.startsWith(prefix));
  const stats = all.filter(({ name }) => name === undefined || isClients(name));
  const sum = (end: string) =>
    stats.filter(({ name }) => name?.endsWith(end)).reduce((total, { value = 0 }) => total + value, 0);
  return {
    byPort: byPort(clusters),
    requests: sum(".downstream_rq_completed"),
    errors: sum(".downstream_rq_5xx"),
    ejections: sum(".ejections_enforced_total"),
    retries: sum(".upstream_rq_retry"),
    percentiles: percentiles(stats, isClients),
  };
}

/** A region may be an endpoint of several clusters. */
function byPort({ cluster_statuses: clusters = [] }: ClusterStatuses): Map<number, UpstreamCounts> {
  const found = new Map<number, UpstreamCounts>();
  for (const { address, stats = [], health_status: health = {} } of clusters.flatMap(
    (each) => each.host_statuses ?? [],
  )) {
    const port = address?.socket_address?.port_value ?? 0;
    const value = (name: string) => Number(stats.find((each) => each.name === name)?.value ?? 0);
    const before = found.get(port);
    found.set(port, {
      requests: (before?.requests ?? 0) + value("rq_total"),
      errors: (before?.errors ?? 0) + value("rq_error"),
      isEjected: before?.isEjected || health.failed_outlier_check === true,
      isUnhealthy: before?.isUnhealthy || health.failed_active_health_check === true,
    });
  }
  return found;
}

/** Of several front ends the slowest: histograms cannot be added from their quantiles. */
function percentiles(stats: Stats["stats"], isClients: (name: string) => boolean): Record<string, number | null> {
  const histograms = stats.find((each) => each.histograms)?.histograms;
  const times = (histograms?.computed_quantiles ?? []).filter(
    ({ name }) => name.endsWith(".downstream_rq_time") && isClients(name),
  );
  return Object.fromEntries(
    PERCENTILES.map((percentile) => {
      const at = histograms?.supported_quantiles.indexOf(percentile) ?? -1;
      const values = times.flatMap(({ values }) => values[at]?.interval ?? []);
      return [percentile, values.length === 0 ? null : Math.max(...values)];
    }),
  );
}
