import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HeaderMatch, InferenceMetrics, Probe, Slo, Tls } from "../../lib";
import { type Block, blockOf, blocksOf, type TerraformDocument } from "../../lib/topology/document";
import { CHAT } from "../api/global-ai-api-support";
import { observed } from "../observability/observability-support";

/**
 * The alerts' own PromQL on made series, run by Prometheus' promtool (Debian: `apt-get install prometheus`). Each policy's query is a
 * rule; a region's requests are counted by the minute, and the rules run every five.
 */
const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
if (!hasPromtool) console.warn("promtool is not installed: the alerts' PromQL is not run");
const suite = hasPromtool ? describe : describe.skip;

const folder = mkdtempSync(join(tmpdir(), "promtool-"));
afterAll(() => rmSync(folder, { recursive: true }));

const document = observed({ slos: [Slo.availability({ goal: 0.999 }), Slo.latency({ goal: 0.95, thresholdMs: 800 })] });
const withoutSlos = observed({ slos: [], subscriptions: ["work"] });
const EUROPE = "europe-west1";
const US = "us-central1";

/** Each condition as a rule, by the id of its alert; of objectives `burn availability us-central1 fast`. */
function rulesOf(document: TerraformDocument) {
  return document.ofType("google_monitoring_alert_policy").flatMap(({ values, path }) =>
    blocksOf(values.conditions).map((condition) => {
      const promql = blockOf(condition.condition_prometheus_query_language)!;
      const slo = /Slo ([^/]*)\/Burn$/.exec(path!)?.[1];
      const speed = String(condition.display_name).split(" ")[0];
      const id = slo === undefined ? String(blockOf(values.user_labels)!.alert) : `burn ${slo} ${speed}`;
      return { alert: id.replaceAll(/[^A-Za-z0-9]/g, "_"), expr: promql.query, for: promql.duration };
    }),
  );
}

type Series = Record<string, string>;

/** Names and labels as the load balancer reports them. */
function requests(region: string, status: number, values: string, map = document): Series {
  return { series: `loadbalancing_googleapis_com:https_request_count${labels(map, region, status)}`, values };
}

function labels(map: TerraformDocument, region: string, status: number, le?: string): string {
  const url_map_name = map.ofType("google_compute_url_map").find(({ path }) => path!.includes("Routing"))!.values.name;
  const all = {
    ...{ monitored_resource: "https_lb_rule", url_map_name, backend_scope: region },
    ...{
      response_code: String(status),
      response_code_class: String(Math.floor(status / 100) * 100),
      ...(le && { le }),
    },
  };
  return `{${Object.entries(all).map(([name, value]) => `${name}="${value}"`)}}`;
}

/** Every request as slow as its bucket, each counter by the minute. */
function latencies(region: string, fast: string, all: string, map = document, metric = "total"): Series[] {
  const name = `loadbalancing_googleapis_com:https_${metric}_latencies`;
  return [
    { series: `${name}_bucket${labels(map, region, 200, "512")}`, values: fast },
    { series: `${name}_bucket${labels(map, region, 200, "1024")}`, values: fast },
    { series: `${name}_bucket${labels(map, region, 200, "2048")}`, values: all },
    { series: `${name}_bucket${labels(map, region, 200, "+Inf")}`, values: all },
    { series: `${name}_count${labels(map, region, 200)}`, values: all },
  ];
}

/** At each time, exactly these alerts fire, with the labels of the series that they are about. */
function expectFiring(
  times: Readonly<Record<string, Readonly<Record<string, readonly Block[]>>>>,
  series: readonly Series[],
  map = document,
): void {
  const rules = rulesOf(map);
  writeFileSync(join(folder, "rules.json"), JSON.stringify({ groups: [{ name: "alerts", interval: "5m", rules }] }));
  const alert_rule_test = Object.entries(times).flatMap(([eval_time, firing]) =>
    rules.map(({ alert }) => ({
      eval_time,
      alertname: alert,
      exp_alerts: (firing[alert] ?? []).map((exp_labels) => ({ exp_labels })),
    })),
  );
  const test = {
    rule_files: ["rules.json"],
    evaluation_interval: "5m",
    tests: [{ interval: "1m", input_series: series, alert_rule_test }],
  };
  writeFileSync(join(folder, "test.json"), JSON.stringify(test));
  const run = spawnSync("promtool", ["test", "rules", "test.json"], { cwd: folder, encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stdout + run.stderr);
}

/** Counters that rise by so much a minute, one phase after the other: `[minutes, per minute]`. */
function counter(...phases: readonly (readonly [number, number])[]): string {
  let value = 0;
  return phases
    .map(([minutes, each]) => {
      const start = value;
      value += minutes * each;
      return `${start}+${each}x${minutes - 1}`;
    })
    .join(" ");
}

const firing = (...alerts: readonly string[]) => Object.fromEntries(alerts.map((alert) => [alert, [{}]]));

suite("burn rates", () => {
  const us = "burn_availability_us_central1";
  const worldwide = "burn_availability_worldwide";

  it("page within minutes when a region fails, that region alone, and stop soon after it recovers", () => {
    expectFiring(
      {
        "6h55m": {},
        // A fifth of the requests of one region, and a tenth of all.
        "7h10m": firing(`${us}_fast`, `${worldwide}_fast`),
        "7h25m": firing(`${us}_fast`, `${worldwide}_fast`, `${us}_slow`, `${worldwide}_slow`),
        "7h40m": firing(`${us}_slow`, `${worldwide}_slow`),
        "8h5m": {},
      },
      [
        requests(EUROPE, 200, counter([600, 100])),
        requests(US, 200, counter([420, 100], [30, 80], [150, 100])),
        requests(US, 503, counter([420, 0], [30, 20], [150, 0])),
      ],
    );
  });

  it("page within hours when a region fails a little, which the whole API hardly shows", () => {
    expectFiring({ "11h": {}, "12h": firing(`${us}_slow`), "15h": firing(`${us}_slow`) }, [
      requests(EUROPE, 200, counter([920, 1000])),
      requests(US, 200, counter([420, 1000], [500, 992])),
      requests(US, 500, counter([420, 0], [500, 8])),
    ]);
  });

  it("do not page for noise: a few failures among few requests", () => {
    const hourly = Array.from({ length: 9 }, () => [
      [59, 0],
      [1, 3],
    ]).flat() as [number, number][];
    expectFiring({ "1h5m": {}, "2h30m": {}, "5h5m": {}, "8h30m": {} }, [
      requests(US, 200, counter([540, 0.5])),
      requests(US, 500, counter(...hourly.slice(0, 2), [480, 0])),
    ]);
  });

  it("of latency page when most answers of a region are slow", () => {
    expectFiring(
      {
        "6h55m": {},
        "7h20m": {},
        "7h50m": firing("burn_latency_us_central1_fast"),
        "9h": firing("burn_latency_us_central1_fast", "burn_latency_us_central1_slow"),
        // Europe has ten times the requests, so that worldwide few are slow.
      },
      [
        ...latencies(EUROPE, counter([600, 1000]), counter([600, 1000])),
        ...latencies(US, counter([420, 100], [180, 0]), counter([600, 100])),
      ],
    );
  });
});

suite("burn rates of other sources", () => {
  it("page when the first token is late in a region, by the server's own metric", () => {
    const metrics = InferenceMetrics.managedPrometheus();
    const map = observed({ slos: [Slo.firstToken({ goal: 0.95, thresholdMs: 500 })], inferenceMetrics: metrics });
    const namespace = map.ofType("google_cloud_run_v2_service")[0]!.values.name;
    const first = (location: string, instance: string, fast: string, all: string, own = namespace) => {
      const labels = `cluster="__run__",namespace="${own}",location="${location}",instance="${instance}",model_name="m"`;
      const name = "vllm:time_to_first_token_seconds";
      return [
        { series: `${name}_bucket{${labels},le="0.5"}`, values: fast },
        { series: `${name}_bucket{${labels},le="1.0"}`, values: all },
        { series: `${name}_bucket{${labels},le="+Inf"}`, values: all },
        { series: `${name}_count{${labels}}`, values: all },
      ];
    };
    const fast = counter([600, 100]);
    expectFiring(
      { "6h55m": {}, "9h": firing("burn_first_token_us_central1_fast", "burn_first_token_us_central1_slow") },
      [
        ...first(EUROPE, "a", counter([600, 1000]), counter([600, 1000])),
        ...first(US, "b", counter([420, 100], [180, 0]), fast),
        ...first(US, "c", counter([420, 100], [180, 0]), fast),
        // Another API of the project.
        ...first(EUROPE, "d", counter([600, 0]), counter([600, 1000]), "other"),
      ],
      map,
    );
  });

  it("page for a regional endpoint alone, whose requests the worldwide objective does not count", () => {
    const residency = { [EUROPE]: { tls: Tls.managed(["eu.api.example.com"]) } };
    const map = observed({ slos: [Slo.availability({ goal: 0.999 })] }, { residency });
    const own = map.ofType("google_compute_region_url_map").find(({ path }) => path!.endsWith("Routing/Resource"))!;
    const regional = (status: number, values: string): Series => ({
      series: `loadbalancing_googleapis_com:https_external_regional_request_count{monitored_resource="http_external_regional_lb_rule",url_map_name="${own.values.name}",region="${EUROPE}",response_code_class="${status}"}`,
      values,
    });
    const endpoint = "burn_availability_europe_west1_endpoint";
    expectFiring(
      { "6h55m": {}, "7h10m": firing(`${endpoint}_fast`) },
      [
        requests(EUROPE, 200, counter([600, 100]), map),
        regional(200, counter([420, 100], [180, 80])),
        regional(500, counter([420, 0], [180, 20])),
      ],
      map,
    );
  });
});

suite("alerts", () => {
  it("tell of a region that no longer gets requests while others do, and of no idle API", () => {
    const went = requests(US, 200, counter([120, 60], [180, 0]));
    const times = { "1h50m": {}, "2h25m": { no_traffic: [{ backend_scope: US }] }, "3h30m": {} };
    expectFiring(times, [requests(EUROPE, 200, counter([300, 60])), went]);
    expectFiring({ "2h25m": {} }, [requests(EUROPE, 200, counter([120, 60], [180, 0])), went]);
  });

  it("tell of requests that no region could take", () => {
    const series = requests("INVALID_BACKEND", 502, counter([60, 0], [60, 60]), withoutSlos);
    const labels = [{ backend_scope: "INVALID_BACKEND" }];
    expectFiring({ "50m": {}, "1h10m": { no_backend: labels, errors: labels } }, [series], withoutSlos);
  });

  it("tell of refusals by region", () => {
    const us = [requests(US, 200, counter([90, 90]), withoutSlos), requests(US, 429, counter([90, 10]), withoutSlos)];
    const europe = [requests(EUROPE, 200, counter([90, 90]), withoutSlos)];
    expectFiring({ "1h": { throttled: [{ backend_scope: US }] } }, [...us, ...europe], withoutSlos);
  });

  it("tell of answers slower than the day before, and of time that is not the backend's", () => {
    const slow = counter([1440, 100], [240, 0]);
    const all = counter([1680, 100]);
    const series = [
      ...latencies(EUROPE, slow, all, withoutSlos, "backend"),
      ...latencies(EUROPE, slow, all, withoutSlos),
      ...latencies(US, counter([1680, 100]), all, withoutSlos, "backend"),
      ...latencies(US, slow, all, withoutSlos),
    ];
    const alerts = { slower: [{ backend_scope: EUROPE }], slow_network: [{ backend_scope: US }] };
    expectFiring({ "23h": {}, "25h": alerts }, series, withoutSlos);
  });

  it("tell of a full service, of full memory and of what a pipeline leaves behind", () => {
    const service = withoutSlos.ofType("google_cloud_run_v2_service")[0]!.values.name;
    const run = (metric: string, location: string, more = "") =>
      `run_googleapis_com:container_${metric}{monitored_resource="cloud_run_revision",service_name="${service}",location="${location}"${more}}`;
    const memory = (le: string, values: string) => ({
      series: run("memory_utilizations_bucket", EUROPE, `,le="${le}"`),
      values,
    });
    const pubsub = (metric: string) =>
      `pubsub_googleapis_com:subscription_${metric}{monitored_resource="pubsub_subscription",subscription_id="work"}`;
    const subscription_id = "work";
    expectFiring(
      {
        "20m": {},
        "1h": {
          instances: [{ service_name: service, location: US }],
          memory: [{ service_name: service, location: EUROPE }],
          backlog: [{ subscription_id }],
          dead_letters: [{ subscription_id }],
        },
      },
      [
        { series: run("instance_count", US, ',state="active"'), values: "5x30 9x60" },
        { series: run("instance_count", US, ',state="idle"'), values: "5x90" },
        { series: run("instance_count", EUROPE, ',state="active"'), values: "8x90" },
        memory("0.8", counter([30, 10], [60, 0])),
        memory("0.96", counter([30, 10], [60, 0])),
        memory("1", counter([90, 10])),
        memory("+Inf", counter([90, 10])),
        { series: pubsub("oldest_unacked_message_age"), values: "10x30 60+60x60" },
        { series: pubsub("dead_letter_message_count"), values: counter([30, 0], [60, 1]) },
      ],
      withoutSlos,
    );
  });

  it("tell of requests that wait for instances that start, and not of other waits", () => {
    const service_name = withoutSlos.ofType("google_cloud_run_v2_service")[0]!.values.name;
    const run = (metric: string, location: string, values: string, le?: string) => ({
      series: `run_googleapis_com:${metric}{monitored_resource="cloud_run_revision",service_name="${service_name}",location="${location}"${le === undefined ? "" : `,le="${le}"`}}`,
      values,
    });
    const waits = (location: string, fast: string) => [
      run("request_latency_pending_bucket", location, fast, "4096"),
      run("request_latency_pending_bucket", location, counter([180, 100]), "16384"),
      run("request_latency_pending_bucket", location, counter([180, 100]), "+Inf"),
    ];
    // From the first hour on, a fifth of the requests waits; in Europe without an instance that starts.
    const slower = counter([60, 100], [120, 80]);
    const series = [
      ...waits(US, slower),
      run("container_startup_latencies_count", US, counter([60, 0], [120, 1])),
      ...waits(EUROPE, slower),
      run("container_startup_latencies_count", EUROPE, counter([180, 0])),
    ];
    const alerts = { cold_starts: [{ service_name, location: US }] };
    expectFiring({ "55m": {}, "1h40m": alerts }, series, withoutSlos);
  });

  it("tell of a region whose machines' GPUs are busy, of full GPU memory of one machine", () => {
    const machines = { image: CHAT, machineType: "g2-standard-4", regions: [US, EUROPE] };
    const map = observed({ slos: [] }, {}, (api) => {
      api.addInstances("large", { ...machines, headers: [HeaderMatch.exact("x-model", "large")] });
    });
    const gpu = (metric: string, zone: string, instance_id: string, values: string) => ({
      series: `custom_googleapis_com:serving_${metric}{monitored_resource="gce_instance",zone="${zone}",instance_id="${instance_id}"}`,
      values,
    });
    const series = [
      gpu("gpu_utilization", `${US}-b`, "1", "70x60 100x120"),
      gpu("gpu_utilization", `${US}-c`, "2", "70x60 96x120"),
      // One of two is idle: the region has room.
      gpu("gpu_utilization", `${EUROPE}-b`, "3", "100x180"),
      gpu("gpu_utilization", `${EUROPE}-c`, "4", "5x180"),
      gpu("gpu_memory_utilization", `${US}-b`, "1", "90x180"),
      gpu("gpu_memory_utilization", `${EUROPE}-b`, "3", "90x60 99x120"),
      gpu("gpu_memory_utilization", `${EUROPE}-c`, "4", "20x180"),
      // Another API's region.
      gpu("gpu_utilization", "asia-east1-a", "5", "100x180"),
    ];
    const alerts = { machine_gpu: [{ region: US }], machine_gpu_memory: [{ region: EUROPE }] };
    expectFiring({ "55m": {}, "1h50m": alerts }, series, map);
  });

  it("tell of a service that says it is unhealthy, where it does say", () => {
    const telling = observed({ slos: [] }, { readinessProbe: Probe.http("/readyz"), minInstances: 1 });
    const service_name = telling.ofType("google_cloud_run_v2_service")[0]!.values.name;
    const health = (location: string, service_health: string, values: string) => ({
      series: `run_googleapis_com:service_health_count{monitored_resource="cloud_run_revision",service_name="${service_name}",location="${location}",service_health="${service_health}"}`,
      values,
    });
    const series = [health(US, "HEALTHY", "1x90"), health(EUROPE, "UNHEALTHY", "0x30 1x60")];
    expectFiring({ "25m": {}, "1h": { unhealthy: [{ service_name, location: EUROPE }] } }, series, telling);
    expect(rulesOf(document).map(({ alert }) => alert)).not.toContain("unhealthy");
  });
});
