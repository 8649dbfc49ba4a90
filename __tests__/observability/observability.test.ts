import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ContainerImage,
  type GlobalAiApi,
  Gpu,
  HeaderMatch,
  Notify,
  Observability,
  ResultStore,
  Secret,
  Slo,
  StoreLocation,
  UptimeProbe,
} from "../../lib";
import { ALERTS } from "../../lib/observability/alerts";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { blockOf, blocksOf } from "../../lib/topology/document";
import { buildApi, CHAT } from "../api/global-ai-api-support";
import { only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";
import { objectives, observed, policies, queries, queryOf } from "./observability-support";

const PINNED = ContainerImage.fromReference(`docker.io/acme/chat@sha256:${"0".repeat(64)}`);
const AVAILABLE = Slo.availability({ goal: 0.999 });
const FAST = Slo.latency({ goal: 0.95, thresholdMs: 800 });

describe("objectives", () => {
  it("hold worldwide and in every region, measured at the load balancer", () => {
    const document = observed();
    expect(Object.keys(objectives(document)).sort()).toEqual(["europe-west1", "us-central1", "worldwide"]);
    const { name } = only(document, "google_compute_url_map", "Routing/Resource").values;
    const all = `metric.type="loadbalancing.googleapis.com/https/request_count" AND resource.type="https_lb_rule" AND resource.label.url_map_name="${name}"`;
    expect(objectives(document).worldwide).toMatchObject({
      goal: 0.999,
      rolling_period_days: 30,
      request_based_sli: {
        good_total_ratio: {
          bad_service_filter: `${all} AND metric.label.response_code_class="500"`,
          total_service_filter: all,
        },
      },
    });
    expect(JSON.stringify(objectives(document)["us-central1"])).toContain('backend_scope=\\"us-central1\\"');
  });

  it("of latency count the requests below the threshold, of one route", () => {
    const slo = Slo.latency({ goal: 0.95, thresholdMs: 800, route: "/v1/*" });
    expect(objectives(observed({ slos: [slo] })).worldwide!.request_based_sli).toEqual({
      distribution_cut: {
        distribution_filter: expect.stringMatching(
          /https\/total_latencies" AND .* AND resource.label.matched_url_path_rule="\/v1\/\*"$/,
        ),
        range: { min: 0, max: 800 },
      },
    });
  });

  it("have one policy each, which names its objective", () => {
    const document = observed({ slos: [AVAILABLE, FAST] });
    const slos = document.ofType("google_monitoring_slo");
    const named = policies(document, "burn").map(({ values }) => blockOf(values.user_labels)!.slo);
    expect(slos).toHaveLength(6);
    expect(named.sort()).toEqual(slos.map(({ address }) => `\${${address}.slo_id}`).sort());
  });

  it("give their alerts the thresholds: 14.4 times the budget fast, 6 times slow", () => {
    const thresholds = (goal: number) => {
      const [policy] = policies(observed({ slos: [Slo.availability({ goal })] }), "burn");
      return queries(policy!).map((query) => [...query.matchAll(/ > ([\d.]+)/g)].map(([, each]) => Number(each)));
    };
    expect(thresholds(0.999)).toEqual([
      [0.0144, 0.0144],
      [0.006, 0.006],
    ]);
    expect(thresholds(0.99)).toEqual([
      [0.144, 0.144],
      [0.06, 0.06],
    ]);
    // 14.4 times a budget of 10 % is more than all requests.
    expect(thresholds(0.9)).toEqual([
      [0.9, 0.9],
      [0.6, 0.6],
    ]);
  });
});

describe("what comes later is covered", () => {
  it("a service in another region: objectives, alerts, its instances and memory", () => {
    const document = observed({}, {}, (api) => {
      api.addService("embed", { image: CHAT, paths: ["/v1/embeddings"], regions: ["asia-east1"] });
    });
    expect(Object.keys(objectives(document))).toContain("asia-east1");
    expect(queryOf(document, "no-traffic")).toContain('backend_scope=~"asia-east1|europe-west1|us-central1"');
    const added = only(document, "google_cloud_run_v2_service", "embed/asia-east1/Resource").values.name as string;
    for (const id of ["memory", "instances"]) expect(queryOf(document, id)).toContain(added);
  });

  it("a pipeline: what waits in its regions, whether it comes before or after", () => {
    const add = (api: GlobalAiApi) => {
      const results = new ResultStore(api, "Results", { location: StoreLocation.multiRegion("EU") });
      api.addPipeline("documents", { image: CHAT, results });
    };
    const after = observed({}, {}, add);
    const before = buildApi({ rules: false }, (api) => {
      add(api);
      api.observe({ notify: [Notify.email("oncall@example.com")] });
    });
    for (const document of [after, before]) {
      const names = document
        .ofType("google_pubsub_subscription")
        .filter(({ values }) => values.dead_letter_policy !== undefined)
        .map(({ values }) => values.name as string);
      expect(names).toHaveLength(2);
      for (const id of ["backlog", "dead-letters"])
        for (const name of names) expect(queryOf(document, id)).toContain(name);
    }
  });

  it("a canary: its instances", () => {
    const document = observed({}, {}, (api) => void api.addCanary("canary", { image: CHAT, percent: 5 }));
    const added = only(document, "google_cloud_run_v2_service", "canary/europe-west1/Resource").values.name as string;
    expect(queryOf(document, "instances")).toContain(added);
  });

  it("machines: their groups, with the maximum of each", () => {
    const document = observed({}, {}, (api) => {
      api.addInstances("large", {
        image: CHAT,
        machineType: "g2-standard-4",
        regions: ["us-east1"],
        headers: [HeaderMatch.exact("x-model", "large")],
        maxInstances: 20,
      });
    });
    expect(Object.keys(objectives(document))).toContain("us-east1");
    expect(queryOf(document, "instances")).toMatch(/instance_group_size\{[^}]*location=~"us-east1"\}\) >= 18\)$/);
  });

  it("a route and a backend, without a change: alerts are on the URL map", () => {
    const route = (api: Parameters<NonNullable<Parameters<typeof observed>[2]>>[0]) => {
      api.addRoute({ paths: ["/v2/*"], backend: api.service.addBackend("Cached", {}) });
    };
    expectTransition(observed(), observed({}, {}, route), {
      added: ["chat/Service/Cached"],
      changed: ["chat/Routing"],
    });
  });

  it("but not a draining region's silence", () => {
    const document = observed({}, { drainingRegions: ["us-central1"] });
    expect(queryOf(document, "no-traffic")).toContain('backend_scope=~"europe-west1"');
    expect(Object.keys(objectives(document))).toContain("us-central1");
  });

  it("nothing of what could not be added", () => {
    const document = observed({}, {}, (api) => {
      const props = { image: CHAT, regions: ["asia-east1"] };
      expect(() => api.addService("embed", { ...props, paths: ["no slash"] })).toThrow("no slash");
    });
    expect(JSON.stringify(document.json)).not.toContain("asia-east1");
  });
});

describe("changes in place", () => {
  it("a goal changes its objectives and their alerts", () => {
    const before = observed({ slos: [AVAILABLE] });
    const after = observed({ slos: [Slo.availability({ goal: 0.995 })] });
    const at = (place: string) => `chat/Observability/Slo availability ${place}`;
    expectTransition(before, after, {
      changed: [
        "chat/Observability/Dashboard",
        ...["worldwide", "europe-west1", "us-central1"].flatMap((place) => [at(place), `${at(place)}/Burn`]),
      ],
    });
  });

  it("a region brings and takes its own objectives and alerts", () => {
    const [one, both] = [["europe-west1"], ["europe-west1", "us-central1"]].map((regions) =>
      observed({}, { regions, removalPolicy: "destroy" as never }),
    );
    const of = "chat/Observability";
    const own = [
      `${of}/Slo availability us-central1`,
      `${of}/Slo availability us-central1/Burn`,
      "chat/Service/us-central1",
      "chat/Service/us-central1/Neg",
    ];
    const shown = [`${of}/Alert instances`, `${of}/Dashboard`];
    const changed = ["chat/Service/Backend", `${of}/Alert no-traffic`, ...shown];
    expectTransition(one!, both!, { added: own, changed });
    const drained = observed({}, { drainingRegions: ["us-central1"], removalPolicy: "destroy" as never });
    expectTransition(drained, one!, { removed: own, changed: shown });
  });

  it("another channel changes the policies", () => {
    const before = observed({ slos: [] });
    const after = observed({ slos: [], notify: [Notify.webhook("https://hooks.example.com/monitoring")] });
    expectTransition(before, after, {
      changed: policiesOf(after),
      added: ["chat/Observability/webhook https:||hooks.example.com|monitoring"],
      removed: ["chat/Observability/email oncall@example.com"],
    });
  });
});

const policiesOf = (document: ReturnType<typeof observed>) =>
  document.ofType("google_monitoring_alert_policy").map(({ path }) => path!.replace(/^test\/|\/Resource$/g, ""));

describe("channels", () => {
  it("of every kind, secrets read from Secret Manager", () => {
    const stack = testStack();
    const secret = Secret.fromName(stack, "Key", "pager-key");
    new Observability(stack, "Observability", {
      urlMapName: "chat",
      notify: [
        Notify.pagerDuty(secret),
        Notify.slack("#oncall", secret),
        Notify.pubSub("projects/p/topics/incidents"),
        Notify.existing("projects/p/notificationChannels/17"),
      ],
    });
    const document = synth(stack);
    const of = (type: string) =>
      document.ofType("google_monitoring_notification_channel").find(({ values }) => values.type === type)!.values;
    expect(of("pagerduty").sensitive_labels).toMatchObject({ service_key: expect.stringContaining("secret_data}") });
    expect(of("slack")).toMatchObject({
      labels: { channel_name: "#oncall" },
      sensitive_labels: { auth_token: expect.stringContaining("secret_data}") },
    });
    expect(of("pubsub").labels).toEqual({ topic: "projects/p/topics/incidents" });
    expect(only(document, "google_pubsub_topic_iam_member").values).toMatchObject({
      topic: "projects/p/topics/incidents",
      role: "roles/pubsub.publisher",
      member: expect.stringMatching(/gcp-sa-monitoring-notification/),
    });
    const [policy] = policies(document, "throttled");
    expect(policy!.values.notification_channels).toHaveLength(4);
    expect(policy!.values.notification_channels).toContain("projects/p/notificationChannels/17");
  });
});

describe("alerts", () => {
  it("say what they mean and what to do", () => {
    for (const { values } of observed({ subscriptions: ["work"] }).ofType("google_monitoring_alert_policy")) {
      expect(blockOf(values.documentation)!.content).toMatch(/\*\*What to do\.\*\* .{20}/);
      expect(values.severity).toMatch(/CRITICAL|ERROR|WARNING/);
    }
  });

  it("exist only for what is there", () => {
    const ids = (document: ReturnType<typeof observed>) =>
      ALERTS.map(({ id }) => id).filter((id) => policies(document, id).length > 0);
    expect(ids(observed({ probes: [UptimeProbe.get("/healthz")] }))).toEqual([
      "no-backend",
      "slower",
      "slow-network",
      "no-traffic",
      "instances",
      "throttled",
      "memory",
      "cold-starts",
      "uptime",
      "certificate",
    ]);
    expect(ids(observed({ slos: [FAST], subscriptions: ["work"], withoutAlerts: ["throttled"] }))).toEqual([
      "no-backend",
      "errors",
      "slow-network",
      "no-traffic",
      "instances",
      "memory",
      "cold-starts",
      "backlog",
      "dead-letters",
    ]);
  });

  it("on GPUs come with the first service that has one, in its regions", () => {
    const document = observed({}, {}, (api) => {
      api.addService("large", { image: CHAT, paths: ["/v1/large"], regions: ["europe-west4"], gpu: Gpu.l4() });
    });
    const { name } = only(document, "google_cloud_run_v2_service", "large/europe-west4/Resource").values;
    const thresholdOf = (id: string) => {
      const [condition] = blocksOf(policies(document, id)[0]!.values.conditions);
      return blockOf(condition!.condition_threshold)!;
    };
    expect(thresholdOf("gpu")).toMatchObject({
      filter: `metric.type="run.googleapis.com/container/gpu/utilizations" AND resource.type="cloud_run_revision" AND resource.label.service_name=one_of("${name}")`,
      comparison: "COMPARISON_GT",
      threshold_value: 0.95,
      aggregations: [
        {
          per_series_aligner: "ALIGN_PERCENTILE_50",
          cross_series_reducer: "REDUCE_MAX",
          group_by_fields: ["resource.label.service_name", "resource.label.location"],
        },
      ],
    });
    expect(thresholdOf("gpu-memory")).toMatchObject({
      filter: expect.stringContaining("run.googleapis.com/container/gpu/memory_utilizations"),
      threshold_value: 0.97,
    });
    expect(evaluate(document, allRules).findings.filter(({ rule }) => /^(alert|metric)-/.test(rule))).toEqual([]);
  });

  it("on GPUs of machines name the zones of the regions that have them, and no others", () => {
    const machines = (machineType: string, region: string) => ({
      image: CHAT,
      machineType,
      regions: [region],
      headers: [HeaderMatch.exact("x-model", machineType)],
    });
    const document = observed({}, {}, (api) => {
      api.addInstances("large", machines("g2-standard-4", "us-east1"));
      api.addInstances("small", machines("n2-standard-4", "us-west1"));
    });
    for (const id of ["machine-gpu", "machine-gpu-memory"])
      expect(queryOf(document, id)).toContain('zone=~"us-east1-[a-z]"');
  });
});

test("the rules find nothing in what is written, names of metrics and labels included", () => {
  const document = observed({ slos: [AVAILABLE, FAST], subscriptions: ["work"] }, { image: PINNED });
  expect(evaluate(document, allRules).findings.map(({ message }) => message)).toEqual([]);
});

describe("refuses", () => {
  it.each([
    ["a goal that is no share", () => observed({ slos: [Slo.availability({ goal: 99.9 })] }), /write 99.9 % as 0.999/],
    ["two objectives of one route", () => observed({ slos: [FAST, FAST] }), /give each a name/],
    ["a misspelled alert", () => observed({ withoutAlerts: ["no-trafic"] }), /did you mean "no-traffic"\?/],
    ["a wrong address", () => observed({ notify: [Notify.email("oncall")] }), /an email address/],
    ["a Slack channel without #", () => observed({ notify: [slack("oncall")] }), /start it with #/],
    ["a URL without scheme", () => observed({ notify: [Notify.webhook("hooks.example.com")] }), /https:\/\//],
    ["a topic's name alone", () => observed({ notify: [Notify.pubSub("incidents")] }), /projects\/PROJECT\/topics/],
    ["a channel's number alone", () => observed({ notify: [Notify.existing("17")] }), /notificationChannels/],
    ["a second call", () => observed({}, {}, (api) => api.observe({ notify: [] })), /pass all channels/],
  ])("fails for %s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});

const slack = (channel: string) => Notify.slack(channel, Secret.fromName(testStack(), "Token", "slack-token"));

test("each alert has a page in the guide", () => {
  const guide = readFileSync(join(__dirname, "../../docs/observability.md"), "utf8");
  const alerts = guide.slice(guide.indexOf("\n## Alerts"), guide.indexOf("\n## Probes"));
  const pages = [...alerts.matchAll(/^### (.*)$/gm)].map(([, page]) => page);
  expect(pages.sort()).toEqual([...ALERTS.map(({ id }) => id), "burn"].sort());
});
