import { ContainerImage, type IImage } from "../image/container-image";
import { Probe } from "../region/cloud-run/probe";
import { MAIN_CONTAINER, type Sidecar } from "../region/cloud-run/sidecar";

/**
 * The Google-Built OpenTelemetry Collector, as of July 2026: with the parts below, and a
 * configuration from an environment variable
 * (github.com/GoogleCloudPlatform/opentelemetry-operations-collector 0.156.1, read 2026-11-28).
 */
const IMAGE =
  "us-docker.pkg.dev/cloud-ops-agents-artifacts/google-cloud-opentelemetry-collector/otelcol-google:0.156.0";
const HEALTH_PORT = 13133;
export const OTLP_PORTS = { grpc: 4317, http: 4318 };

/** What a collector reads. */
export interface Receiver {
  readonly name: "prometheus" | "otlp";
  readonly config: object;
}

/** Where a model server of the same instance tells its metrics. */
export const prometheusReceiver = (port: number, path: string, intervalSeconds: number): Receiver => ({
  name: "prometheus",
  config: {
    config: {
      scrape_configs: [
        {
          job_name: "model-server",
          scrape_interval: `${intervalSeconds}s`,
          metrics_path: path,
          static_configs: [{ targets: [`localhost:${port}`] }],
        },
      ],
    },
  },
});

export const OTLP_RECEIVER: Receiver = {
  name: "otlp",
  config: {
    protocols: {
      grpc: { endpoint: `localhost:${OTLP_PORTS.grpc}` },
      http: { endpoint: `localhost:${OTLP_PORTS.http}` },
    },
  },
};

/**
 * Time series of Managed Service for Prometheus as its own sidecar for Cloud Run names them: the
 * service is the namespace, all of Cloud Run is one cluster
 * (github.com/GoogleCloudPlatform/run-gmp-sidecar 1.8.0, read 2026-11-28). An instance's ID has to
 * be in each, or instances overwrite one another. Tried with a collector 0.165.0 without Google's
 * detector and exporter (2026-11-28): OTLP in, these labels out, an absent attribute is skipped.
 */
const RESOURCE = [
  { key: "cluster", value: "__run__", action: "upsert" },
  { key: "namespace", from_attribute: "faas.name", action: "upsert" },
  // Its name before and after version 1.18 of the semantic conventions.
  { key: "service.instance.id", from_attribute: "faas.id", action: "upsert" },
  { key: "service.instance.id", from_attribute: "faas.instance", action: "upsert" },
];

function configOf({ name, config }: Receiver): object {
  const processors = {
    memory_limiter: { check_interval: "1s", limit_percentage: 65, spike_limit_percentage: 20 },
    resourcedetection: { detectors: ["gcp"], timeout: "10s" },
    resource: { attributes: RESOURCE },
    batch: { send_batch_size: 200, send_batch_max_size: 200, timeout: "5s" },
  };
  const exporter = "googlemanagedprometheus";
  return {
    receivers: { [name]: config },
    processors,
    // Names stay as the server has them: no unit is appended.
    exporters: { [exporter]: { metric: { add_metric_suffixes: false } } },
    extensions: { health_check: { endpoint: `0.0.0.0:${HEALTH_PORT}` } },
    service: {
      extensions: ["health_check"],
      pipelines: { metrics: { receivers: [name], processors: Object.keys(processors), exporters: [exporter] } },
    },
  };
}

/** The collector beside the model server. */
export function collectorSidecar(receiver: Receiver, image?: IImage): Sidecar {
  return {
    name: "collector",
    image: image ?? ContainerImage.fromReference(IMAGE),
    cpu: 1,
    memoryMiB: 512,
    args: ["--config=env:COLLECTOR_CONFIG"],
    env: { COLLECTOR_CONFIG: JSON.stringify(configOf(receiver)) },
    startupProbe: Probe.http("/", { port: HEALTH_PORT }),
    // There is nothing to read before. What is sent to a collector is sent again.
    ...(receiver.name === "prometheus" && { startAfter: [MAIN_CONTAINER] }),
  };
}
