import { Token } from "cdktf";
import type { Construct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { promqlName } from "../google/metrics";
import type { IImage } from "../image/container-image";
import type { Sidecar } from "../region/cloud-run/sidecar";
import { collectorSidecar, OTLP_RECEIVER, prometheusReceiver, type Receiver } from "./inference-collector";
import { type LogField, logMetricName } from "./inference-logs";
import { type Labels, oneOf, selector } from "./series";

export interface OtlpMetricsOptions {
  /**
   * The collector, such as a pinned digest of it: Google's OpenTelemetry collector, or another with
   * the same parts. @default Google's, version 0.156.0
   */
  readonly collectorImage?: IImage;
}

export interface PrometheusMetricsOptions extends OtlpMetricsOptions {
  /** Where the model server tells its metrics, 1 to 65535. @default 8080 */
  readonly port?: number;
  /** @default "/metrics" */
  readonly path?: string;
  /** 5 to 300: how often each instance is asked. Every sample is paid for. @default 30 */
  readonly intervalSeconds?: number;
}

/** What the dashboard shows of inference. */
interface Measure {
  readonly title: string;
  readonly unit: string;
  readonly shows: "p95" | "rate of sum" | "rate" | "sum" | "max";
  /** In PromQL without the parts of a histogram; several where versions of a server differ. */
  readonly names: readonly string[];
  readonly labels?: Labels;
}

/** Whose metrics are meant. */
export interface Measured {
  readonly scope: Construct;
  readonly services: readonly string[];
}

/** A histogram of seconds, in Monitoring's filters and in PromQL. */
export interface Seconds {
  filter(region?: string): string;
  series(part: string, region?: string): string;
}

interface Source {
  /** The label of the model's name. */
  readonly model: string;
  measures(scope: Construct): readonly Measure[];
  /** Type of the metric of the time to the first token. */
  firstToken(scope: Construct): { readonly type: string; readonly name: string };
  /** Of a series in PromQL, and of the monitored resource in a filter. */
  labels(services: readonly string[]): Labels;
  readonly resource: string;
  readonly fields?: readonly LogField[];
  readonly receiver?: Receiver;
  readonly image?: IImage;
}

const FIRST_TOKEN = "p95 of the time to the first token";
const PER_TOKEN = "p95 of the time per output token";
const DURATION = "p95 of the model's time for a request";
const INPUT = "Input tokens a second";
const OUTPUT = "Output tokens a second";

/**
 * OpenTelemetry's names for generative AI, whose status is Development: they may change
 * (opentelemetry.io/docs/specs/semconv/gen-ai, 2026-11).
 */
const FIELDS: readonly LogField[] = [
  { field: "gen_ai.server.time_to_first_token", title: FIRST_TOKEN, unit: "s" },
  { field: "gen_ai.server.time_per_output_token", title: PER_TOKEN, unit: "s" },
  { field: "gen_ai.server.request.duration", title: DURATION, unit: "s" },
  { field: "gen_ai.usage.input_tokens", title: INPUT, unit: "{token}" },
  { field: "gen_ai.usage.output_tokens", title: OUTPUT, unit: "{token}" },
];

const logType = (scope: Construct, field: string) => `logging.googleapis.com/user/${logMetricName(scope, field)}`;

const LOGS: Source = {
  model: "model",
  fields: FIELDS,
  resource: "cloud_run_revision",
  // The metrics themselves are of the API's services alone.
  labels: () => ({}),
  measures: (scope) =>
    FIELDS.map(({ field, title, unit }) => ({
      title,
      ...(unit === "s" ? ({ unit, shows: "p95" } as const) : ({ unit: "1/s", shows: "rate of sum" } as const)),
      names: [promqlName(logType(scope, field))],
    })),
  firstToken: (scope) => {
    const type = logType(scope, FIELDS[0]!.field);
    return { type, name: promqlName(type) };
  },
};

/** Time series in Managed Service for Prometheus, as the collector names them. */
const stored = (model: string, firstToken: string, measures: readonly Measure[]) => ({
  model,
  resource: "prometheus_target",
  labels: (namespace: readonly string[]): Labels => ({ cluster: "__run__", namespace }),
  measures: () => measures,
  firstToken: () => ({ type: `prometheus.googleapis.com/${firstToken}/histogram`, name: firstToken }),
});

/** vLLM's names, of its engine V1 and before (docs.vllm.ai/en/latest/usage/metrics, 2026-11). */
const VLLM = stored("model_name", "vllm:time_to_first_token_seconds", [
  { title: FIRST_TOKEN, unit: "s", shows: "p95", names: ["vllm:time_to_first_token_seconds"] },
  {
    title: PER_TOKEN,
    unit: "s",
    shows: "p95",
    names: ["vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"],
  },
  { title: DURATION, unit: "s", shows: "p95", names: ["vllm:e2e_request_latency_seconds"] },
  { title: INPUT, unit: "1/s", shows: "rate", names: ["vllm:prompt_tokens_total"] },
  { title: OUTPUT, unit: "1/s", shows: "rate", names: ["vllm:generation_tokens_total"] },
  { title: "Requests that wait in the servers", unit: "1", shows: "sum", names: ["vllm:num_requests_waiting"] },
  {
    title: "Fullest KV cache",
    unit: "10^2.%",
    shows: "max",
    names: ["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"],
  },
]);

const tokens = (type: string): Pick<Measure, "unit" | "shows" | "names" | "labels"> => ({
  ...{ unit: "1/s", shows: "rate of sum", names: ["gen_ai_client_token_usage"] },
  labels: { gen_ai_token_type: type },
});

/** The same conventions as metrics of their own. */
const GEN_AI = stored("gen_ai_response_model", "gen_ai_server_time_to_first_token", [
  { title: FIRST_TOKEN, unit: "s", shows: "p95", names: ["gen_ai_server_time_to_first_token"] },
  { title: PER_TOKEN, unit: "s", shows: "p95", names: ["gen_ai_server_time_per_output_token"] },
  { title: DURATION, unit: "s", shows: "p95", names: ["gen_ai_server_request_duration"] },
  { title: INPUT, ...tokens("input") },
  { title: OUTPUT, ...tokens("output") },
]);

/**
 * Where metrics of inference come from: the time to the first token, time per token, tokens, by
 * model and region. `Observability` shows them, and `Slo.firstToken` promises one of them. Cloud Run
 * only.
 */
@checked
export class InferenceMetrics {
  /**
   * JSON lines that the services log, one for each request, with OpenTelemetry's fields, such as
   * `gen_ai.server.time_to_first_token`. app/ writes them. Needs no collector.
   */
  public static fromLogs(): InferenceMetrics {
    return new InferenceMetrics(LOGS);
  }

  /**
   * vLLM's own metrics, or those of a server with the same names. A collector beside it reads them
   * and writes them to Managed Service for Prometheus: `sidecars: [metrics.sidecar()]`.
   */
  public static managedPrometheus(options: PrometheusMetricsOptions = {}): InferenceMetrics {
    const { port = 8080, path = "/metrics", intervalSeconds = 30, collectorImage: image } = options;
    checkNumber("port", port, 1, 65535);
    checkNumber("intervalSeconds", intervalSeconds, 5, 300);
    if (Token.isUnresolved(path) || !/^\/[^\s$]*$/.test(path))
      refuse("path", path, "a path known at synth, such as /metrics, without $", "start it with /");
    return new InferenceMetrics({ ...VLLM, receiver: prometheusReceiver(port, path, intervalSeconds), image });
  }

  /**
   * OpenTelemetry's metrics for generative AI (status Development: they may change), which the
   * service sends by OTLP to a collector beside it at `localhost:4317` (gRPC) or `localhost:4318`
   * (HTTP): `sidecars: [metrics.sidecar()]`, `env: { OTEL_EXPORTER_OTLP_ENDPOINT:
   * "http://localhost:4318" }`.
   */
  public static otlp(options: OtlpMetricsOptions = {}): InferenceMetrics {
    return new InferenceMetrics({ ...GEN_AI, receiver: OTLP_RECEIVER, image: options.collectorImage });
  }

  private constructor(private readonly source: Source) {}

  /**
   * The collector, for `sidecars` of each service. It takes one CPU and 512 MiB of the 8 CPUs and
   * 32 GiB that all containers of an instance may have, and writes as the service's account, which
   * `observe` grants `roles/monitoring.metricWriter`.
   *
   * @throws ValidationError for metrics from logs, which need none.
   */
  public sidecar(): Sidecar {
    const { receiver, image } = this.source;
    if (receiver) return collectorSidecar(receiver, image);
    throw new ValidationError("InferenceMetrics.fromLogs", {
      what: "sidecar",
      got: "metrics from logs",
      allowed: "InferenceMetrics.managedPrometheus or InferenceMetrics.otlp",
      fix: "remove the sidecar: Cloud Logging counts by itself",
    });
  }

  /** Fields of log lines that have to be made metrics of; none with a collector. @internal */
  public get _fields(): readonly LogField[] {
    return this.source.fields ?? [];
  }

  /** @internal */
  public get _needsWriter(): boolean {
    return this.source.receiver !== undefined;
  }

  /** @internal */
  public _charts({ scope, services }: Measured): { title: string; unit: string; query: string }[] {
    const { model, measures, labels: labelsOf, resource } = this.source;
    return measures(scope).map(({ title, unit, shows, names, labels }) => {
      const by = `${model}, location`;
      const all = { ...ofLogs(resource), ...labelsOf(services), ...labels };
      const queries = names.map((name) => {
        const of = (part: string) => name + part + selector(all);
        switch (shows) {
          case "p95":
            return `histogram_quantile(0.95, sum by (${by}, le) (rate(${of("_bucket")}[5m])))`;
          case "rate of sum":
            return `sum by (${by}) (rate(${of("_sum")}[5m]))`;
          case "rate":
            return `sum by (${by}) (rate(${of("")}[5m]))`;
          default:
            return `${shows} by (${by}) (${of("")})`;
        }
      });
      return { title, unit, query: queries.join(" or ") };
    });
  }

  /** @internal */
  public _firstToken(measured: () => Measured): Seconds {
    const { source } = this;
    const place = (region?: string): Labels => (region === undefined ? {} : { location: region });
    return {
      filter: (region) => {
        const { scope, services } = measured();
        const labels = { ...source.labels(services), ...place(region) };
        return [
          `metric.type="${source.firstToken(scope).type}"`,
          `resource.type="${source.resource}"`,
          ...Object.entries(labels).map(([name, value]) => isOf(`resource.label.${name}`, value)),
        ].join(" AND ");
      },
      series: (part, region) => {
        const { scope, services } = measured();
        const labels = { ...ofLogs(source.resource), ...source.labels(services), ...place(region) };
        return source.firstToken(scope).name + part + selector(labels);
      },
    };
  }
}

const isOf = (label: string, value: string | readonly string[]) =>
  typeof value === "string" ? `${label}=${JSON.stringify(value)}` : oneOf(label, value);

function checkNumber(what: string, value: number, min: number, max: number): void {
  if (!Token.isUnresolved(value) && Number.isInteger(value) && value >= min && value <= max) return;
  refuse(what, value, `a whole number from ${min} to ${max}, known at synth`, "leave it out for the default");
}

function refuse(what: string, got: unknown, allowed: string, fix: string): never {
  throw new ValidationError("InferenceMetrics.managedPrometheus", { what, got, allowed, fix });
}

/** Log-based metrics are of several resources, one of which has to be named. */
function ofLogs(resource: string): Labels {
  return resource === LOGS.resource ? { monitored_resource: resource } : {};
}
