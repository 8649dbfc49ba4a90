import { TerraformVariable } from "cdktf";
import { ContainerImage, InferenceMetrics, Notify, Observability, Slo, Tls } from "../../lib";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { type Block, blockOf, blocksOf, type TerraformDocument } from "../../lib/topology/document";
import { CHAT } from "../api/global-ai-api-support";
import { only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";
import { objectives, observed, policies, queries } from "./observability-support";

const FAST = Slo.firstToken({ goal: 0.95, thresholdMs: 800 });

/** An API whose services tell a source what they do. */
function told(metrics: InferenceMetrics, slos: Slo[] = [FAST], then?: Parameters<typeof observed>[2]) {
  return observed({ inferenceMetrics: metrics, slos }, { sidecars: [metrics.sidecar()] }, then);
}

const serviceName = (document: TerraformDocument, path = "Service/europe-west1/Resource") =>
  String(only(document, "google_cloud_run_v2_service", path).values.name);

function collectorOf(document: TerraformDocument): Block {
  const { template } = only(document, "google_cloud_run_v2_service", "Service/europe-west1/Resource").values;
  return blocksOf(blockOf(template)!.containers).find(({ name }) => name === "collector")!;
}

function configOf(document: TerraformDocument) {
  const [{ name, value }] = blocksOf(collectorOf(document).env) as [Block];
  expect(collectorOf(document).args).toEqual([`--config=env:${name}`]);
  return JSON.parse(String(value)) as Record<"receivers" | "processors" | "exporters" | "service", Block>;
}

const dashboard = (document: TerraformDocument) =>
  String(only(document, "google_monitoring_dashboard").values.dashboard_json);

const PROMETHEUS = InferenceMetrics.managedPrometheus({ port: 8000 });
const OTLP = InferenceMetrics.otlp();

describe("a collector", () => {
  it("reads the server's metrics once it has started, and names its service and itself", () => {
    const document = told(PROMETHEUS);
    expect(collectorOf(document)).toMatchObject({
      image: expect.stringMatching(/otelcol-google:0\.156\.0$/),
      depends_on: ["main"],
      startup_probe: { http_get: { path: "/", port: 13133 } },
    });
    const { receivers, processors, exporters, service } = configOf(document);
    expect(receivers).toEqual({
      prometheus: {
        config: {
          scrape_configs: [
            expect.objectContaining({
              metrics_path: "/metrics",
              scrape_interval: "30s",
              static_configs: [{ targets: ["localhost:8000"] }],
            }),
          ],
        },
      },
    });
    expect(blockOf(processors.resource)!.attributes).toEqual(
      expect.arrayContaining([
        { key: "cluster", value: "__run__", action: "upsert" },
        { key: "namespace", from_attribute: "faas.name", action: "upsert" },
        { key: "service.instance.id", from_attribute: "faas.instance", action: "upsert" },
      ]),
    );
    const { metrics } = blockOf(service.pipelines) as { metrics: Record<string, string[]> };
    expect(metrics!.receivers).toEqual(Object.keys(receivers));
    expect(metrics!.processors!.toSorted()).toEqual(Object.keys(processors).toSorted());
    expect(metrics!.exporters).toEqual(Object.keys(exporters));
    // Where an instance is has to be known before it is written into the series.
    expect(metrics!.processors!.indexOf("resourcedetection")).toBeLessThan(metrics!.processors!.indexOf("resource"));
  });

  it("takes OTLP from the same instance alone, and does not wait for the server", () => {
    const document = told(OTLP);
    const protocols = { grpc: { endpoint: "localhost:4317" }, http: { endpoint: "localhost:4318" } };
    expect(configOf(document).receivers).toEqual({ otlp: { protocols } });
    expect(collectorOf(document).depends_on).toBeUndefined();
  });

  it("may write metrics, as the account of each service, also of one that is added later", () => {
    const document = told(PROMETHEUS, [FAST], (api) => {
      api.addService("embed", { image: CHAT, paths: ["/v1/embeddings"], sidecars: [PROMETHEUS.sidecar()] });
    });
    const writers = document
      .ofType("google_project_iam_member")
      .filter(({ values }) => values.role === "roles/monitoring.metricWriter");
    expect(new Set(writers.map(({ values }) => values.member)).size).toBe(
      document.ofType("google_service_account").length,
    );
    const none = observed({ inferenceMetrics: InferenceMetrics.fromLogs() }).ofType("google_project_iam_member");
    expect(none.filter(({ values }) => values.role === "roles/monitoring.metricWriter")).toEqual([]);
  });

  it("may be an image of your own", () => {
    const image = ContainerImage.fromReference(`docker.io/acme/collector@sha256:${"0".repeat(64)}`);
    expect(collectorOf(told(InferenceMetrics.otlp({ collectorImage: image }))).image).toMatch(/acme\/collector@sha256/);
  });

  it("is shown by the names of its source, for the services of this API", () => {
    const [prometheus, otlp] = [told(PROMETHEUS), told(OTLP)].map((document) => {
      const own = `cluster=\\"__run__\\",namespace=~\\"${serviceName(document)}\\"`;
      return dashboard(document).replaceAll(JSON.stringify(own).slice(1, -1), "OWN").replaceAll(own, "OWN");
    });
    expect(prometheus).toContain(
      "histogram_quantile(0.95, sum by (model_name, location, le) (rate(vllm:time_to_first_token_seconds_bucket{OWN}[5m])))",
    );
    expect(prometheus).toContain("sum by (model_name, location) (vllm:num_requests_waiting{OWN})");
    expect(otlp).toContain(
      "histogram_quantile(0.95, sum by (gen_ai_response_model, location, le) (rate(gen_ai_server_time_to_first_token_bucket{OWN}[5m])))",
    );
    expect(otlp).toContain('gen_ai_token_type=\\"output\\"');
  });
});

describe("the first token", () => {
  const filterOf = (document: TerraformDocument, place: string) => {
    const { request_based_sli: sli } = objectives(document)[place]!;
    return blockOf(blockOf(sli)!.distribution_cut)!;
  };

  it.each([
    ["vLLM", PROMETHEUS, "prometheus.googleapis.com/vllm:time_to_first_token_seconds/histogram"],
    ["OTLP", OTLP, "prometheus.googleapis.com/gen_ai_server_time_to_first_token/histogram"],
  ])("is promised by the metric of %s, worldwide and in every region", (_, metrics, type) => {
    const document = told(metrics);
    expect(Object.keys(objectives(document)).sort()).toEqual(["europe-west1", "us-central1", "worldwide"]);
    expect(filterOf(document, "us-central1")).toEqual({
      distribution_filter: `metric.type="${type}" AND resource.type="prometheus_target" AND resource.label.cluster="__run__" AND resource.label.namespace=one_of("${serviceName(document)}") AND resource.label.location="us-central1"`,
      range: { min: 0, max: 0.8 },
    });
  });

  it("is promised by the metric from logs, which is made first", () => {
    const document = observed({ inferenceMetrics: InferenceMetrics.fromLogs(), slos: [FAST] });
    const metric = document.ofType("google_logging_metric").find(({ path }) => path!.includes("time_to_first_token"))!;
    expect(filterOf(document, "worldwide").distribution_filter).toBe(
      `metric.type="logging.googleapis.com/user/${metric.values.name}" AND resource.type="cloud_run_revision"`,
    );
    for (const { values } of document.ofType("google_monitoring_slo"))
      expect(values.depends_on).toContain(metric.address);
  });

  it("covers services that are added later, in their regions", () => {
    const document = told(PROMETHEUS, [FAST], (api) => {
      api.addService("embed", { image: CHAT, paths: ["/v1/embeddings"], regions: ["asia-east1"] });
    });
    const embed = serviceName(document, "embed/asia-east1/Resource");
    expect(filterOf(document, "asia-east1").distribution_filter).toContain(`"${embed}"`);
    for (const query of policies(document, "burn").flatMap(queries)) expect(query).toContain(embed);
  });

  it("leaves the alert on slower answers there: it says nothing of their end", () => {
    expect(policies(told(PROMETHEUS), "slower")).toHaveLength(1);
  });

  it("fails without a source, and for the collector of logs", () => {
    expect(() => observed({ slos: [FAST] })).toThrow(/InferenceMetrics.fromLogs\(\), .managedPrometheus\(\) or .otlp/);
    expect(() => InferenceMetrics.fromLogs().sidecar()).toThrow(/Cloud Logging counts by itself/);
  });

  it.each([
    ["a port", { port: 0 }, /a whole number from 1 to 65535/],
    ["an interval", { intervalSeconds: 1 }, /a whole number from 5 to 300/],
    ["a path", { path: "metrics" }, /start it with \//],
    ["a path that Terraform would read as an expression", { path: "/${x}" }, /without \$/],
  ])("fails for %s that is not one", (_, options, message) => {
    expect(() => InferenceMetrics.managedPrometheus(options)).toThrow(message);
  });
});

it("gives the rules nothing to say", () => {
  for (const metrics of [PROMETHEUS, OTLP]) {
    const { findings } = evaluate(told(metrics, [FAST, Slo.availability({ goal: 0.999 })]), allRules);
    expect(findings.filter(({ rule }) => !rule.startsWith("security-")).map(({ message }) => message)).toEqual([]);
  }
});

it("changes from one source to the other in place, with the services", () => {
  const of = "chat/Observability";
  const shown = ["worldwide", "europe-west1", "us-central1"].flatMap((place) => [
    `${of}/Slo first token ${place}`,
    `${of}/Slo first token ${place}/Burn`,
  ]);
  expectTransition(told(PROMETHEUS), told(OTLP), {
    changed: ["chat/Service/europe-west1", "chat/Service/us-central1", `${of}/Dashboard`, ...shown],
  });
});

describe("a regional endpoint", () => {
  const residency = { "europe-west1": { tls: Tls.managed(["eu.api.example.com"]) } };
  const document = observed(
    { slos: [Slo.availability({ goal: 0.999 }), Slo.latency({ goal: 0.95, thresholdMs: 800 })] },
    {
      residency,
    },
  );

  it("has objectives of its own, of its own load balancer's metrics, and the worldwide ones do not count it", () => {
    const map = only(document, "google_compute_region_url_map", "Routing/Resource").values.name;
    const all = `resource.type="http_external_regional_lb_rule" AND resource.label.url_map_name="${map}" AND resource.label.region="europe-west1"`;
    const own = document
      .ofType("google_monitoring_slo")
      .filter(({ values }) => String(values.display_name).endsWith("europe-west1 endpoint"));
    expect(own.map(({ values }) => values.request_based_sli)).toEqual([
      {
        good_total_ratio: {
          bad_service_filter: `metric.type="loadbalancing.googleapis.com/https/external/regional/request_count" AND ${all} AND metric.label.response_code_class="500"`,
          total_service_filter: `metric.type="loadbalancing.googleapis.com/https/external/regional/request_count" AND ${all}`,
        },
      },
      {
        distribution_cut: {
          distribution_filter: `metric.type="loadbalancing.googleapis.com/https/external/regional/total_latencies" AND ${all}`,
          range: { min: 0, max: 800 },
        },
      },
    ]);
    expect(JSON.stringify(objectives(document).worldwide)).not.toContain("regional");
    expect(dashboard(document)).toContain('"legendTemplate":"europe-west1 endpoint"');
    const burns = policies(document, "burn").filter(({ path }) => path!.includes("europe-west1 endpoint"));
    for (const { values } of burns)
      expect(blockOf(values.documentation)!.content).toContain("no other region to go to");
  });

  it("takes them with it", () => {
    const slos = [Slo.availability({ goal: 0.999 })];
    const [without, withOne] = [undefined, residency].map((each) => observed({ slos }, { residency: each }));
    const own = "chat/Observability/Slo availability europe-west1 endpoint";
    const added = withOne!.resources.filter(({ path }) => path?.startsWith(`test/${own}`));
    expect(added.map(({ path }) => path)).toEqual([`test/${own}/Resource`, `test/${own}/Burn`]);
    expect(without!.resources.filter(({ path }) => path?.includes(" endpoint"))).toEqual([]);
  });

  it("has none where its URL map is not given, and fails for one that is not known", () => {
    const stack = testStack();
    const notify = [Notify.email("oncall@example.com")];
    const observability = new Observability(stack, "Observability", { urlMapName: "chat", notify });
    observability.coverEndpoint("europe-west1", "https://eu.example.com");
    const late = new TerraformVariable(stack, "map", { type: "string" }).stringValue;
    expect(() => observability.coverEndpoint("us-central1", "https://us.example.com", late)).toThrow(/literal/);
    expect(synth(stack).ofType("google_monitoring_slo")).toHaveLength(1);
  });
});
