import {
  Access,
  Balancing,
  DnsZone,
  GlobalAiApi,
  type GlobalAiApiProps,
  HeaderMatch,
  RegionNetwork,
  Tls,
} from "../../lib";
import { blockOf, blocksOf, type TerraformDocument } from "../../lib/topology/document";
import { only, synth, testStack } from "../support";
import { expectTransition, transition } from "../transition-support";
import { buildApi as build, CHAT, output } from "./global-ai-api-support";

/** What is beside the Cloud Run services of an API: machines, and endpoints whose requests stay in a region. */
const [BELGIUM, IOWA, TOKYO] = ["europe-west1", "us-central1", "asia-northeast1"];
const BACKEND = "google_compute_backend_service";
const URL_MAP = "google_compute_url_map";
const MACHINES = { image: CHAT, machineType: "g2-standard-8", regions: [BELGIUM] };

const matcher = (document: TerraformDocument) =>
  blockOf(only(document, URL_MAP, "Routing/Resource").values.path_matcher)!;
const reference = (document: TerraformDocument, path: string) => `\${${only(document, BACKEND, path).address}.id}`;

describe("machines", () => {
  test("answer paths, in regions of their own, and leave the others to Cloud Run", () => {
    const document = build({}, (api) => api.addInstances("Gpu", { ...MACHINES, paths: ["/v1/chat/*"] }));
    expect(blocksOf(matcher(document).path_rule)).toEqual([
      { paths: ["/v1/chat/*"], service: reference(document, "Gpu/Backend/Resource") },
    ]);
    expect(matcher(document).default_service).toBe(reference(document, "Service/Backend/Resource"));
    const groups = document.ofType("google_compute_region_instance_group_manager");
    expect(groups.map(({ values }) => values.region)).toEqual([BELGIUM]);
    // Google Cloud takes no backend service with both.
    for (const { values } of document.ofType(BACKEND)) {
      const kinds = blocksOf(values.backend).map(({ group }) => document.target(group)?.type);
      expect(new Set(kinds).size).toBe(1);
    }
  });

  test("answer by header", () => {
    const document = build({}, (api) =>
      api.addInstances("Gpu", { ...MACHINES, headers: [HeaderMatch.exact("x-model", "large")] }),
    );
    const [rule] = blocksOf(matcher(document).route_rules);
    expect(rule?.service).toBe(reference(document, "Gpu/Backend/Resource"));
    expect(blocksOf(blocksOf(rule?.match_rules)[0]?.header_matches)).toEqual([
      { header_name: "x-model", exact_match: "large" },
    ]);
  });

  test("take a share of the requests", () => {
    const document = build({}, (api) => api.addInstances("Gpu", { ...MACHINES, paths: ["/v1/*"], percent: 30 }));
    const [rule] = blocksOf(matcher(document).route_rules);
    expect(blocksOf(blockOf(rule?.route_action)?.weighted_backend_services)).toEqual([
      { backend_service: reference(document, "Gpu/Backend/Resource"), weight: 30 },
      { backend_service: reference(document, "Service/Backend/Resource"), weight: 70 },
    ]);
  });

  test("have no route unless asked for one", () => {
    const document = build({}, (api) => api.addInstances("Gpu", MACHINES));
    expect(only(document, URL_MAP, "Routing/Resource").values.path_matcher).toBeUndefined();
  });

  test("run in the API's regions, network and behind its sign-in, unless told otherwise", () => {
    const access = Access.iap(["group:team@example.com"]);
    const document = build({ access }, (api) => {
      api.addInstances("Gpu", { image: CHAT, machineType: "n2-standard-4", paths: ["/v1/*"] });
      api.addInstances("More", { image: CHAT, machineType: "n2-standard-4", regions: [IOWA], paths: ["/v2/*"] });
    });
    const groups = document.ofType("google_compute_region_instance_group_manager");
    expect(groups.map(({ values }) => values.region).sort()).toEqual([BELGIUM, IOWA, IOWA]);
    expect(document.ofType("google_compute_network").map(({ path }) => path)).toEqual(["test/chat/Network/Resource"]);
    for (const { values } of document.ofType(BACKEND)) expect(values.iap).toMatchObject({ enabled: true });
  });

  test("come and go without touching what serves", () => {
    const add = (api: GlobalAiApi) => api.addInstances("Gpu", { ...MACHINES, paths: ["/v1/chat/*"] });
    const [without, withGpu] = [build(), build({}, add)];
    const come = transition(without, withGpu);
    expect(come).toMatchObject({ removed: [], replaced: [], changed: ["chat/Routing"] });
    expectTransition(without, withGpu, come);
    const go = transition(withGpu, without);
    expect(go).toMatchObject({ added: [], replaced: [], changed: ["chat/Routing"] });
    expectTransition(withGpu, without, go);
  });

  test.each<[string, (api: GlobalAiApi) => void, RegExp]>([
    [
      "a share of nothing",
      (api) => api.addInstances("Gpu", { ...MACHINES, percent: 0 }),
      /percent: got 0, allowed is a whole number from 1 to 100/,
    ],
    ["an id in use", (api) => api.addInstances("Service", MACHINES), /addInstances: got "Service"/],
  ])("fails for %s", (_, then, message) => {
    expect(() => build({}, then)).toThrow(message);
  });

  test("fails for callers that only Cloud Run can tell apart", () => {
    const access = Access.members(["serviceAccount:batch@p.iam.gserviceaccount.com"]);
    expect(() => build({ access }, (api) => api.addInstances("Gpu", MACHINES))).toThrow(/access: got/);
  });
});

test("a region that drains, drains for machines too, unless they say otherwise", () => {
  const capacities = (document: TerraformDocument, id: string) =>
    blocksOf(only(document, BACKEND, `${id}/Backend/Resource`).values.backend).map((each) => each.capacity_scaler);
  const document = build({ drainingRegions: [IOWA] }, (api) => {
    api.addInstances("Gpu", { ...MACHINES, regions: [BELGIUM, IOWA], paths: ["/v1/chat/*"] });
    api.addInstances("Own", { ...MACHINES, regions: [BELGIUM, IOWA], paths: ["/v1/own"], drainingRegions: [] });
    api.addInstances("Elsewhere", { ...MACHINES, paths: ["/v1/images"] });
  });
  expect(["Gpu", "Own", "Elsewhere"].map((id) => capacities(document, id))).toEqual([[1, 0], [1, 1], [1]]);
});

describe("residency", () => {
  const eu = Tls.managed(["eu.api.example.com"]);
  const residency = { [BELGIUM]: { tls: eu } };
  const regional = (document: TerraformDocument, pathEnd: string) =>
    only(document, "google_compute_region_backend_service", pathEnd);

  test("an endpoint answers in its region from the same service as the global address", () => {
    const document = build({ residency });
    const backend = regional(document, `Residency/${BELGIUM}/Backend/Resource`);
    expect(backend.values.region).toBe(BELGIUM);
    const [{ group } = {}] = blocksOf(backend.values.backend);
    const shared = blocksOf(only(document, BACKEND).values.backend).map((each) => each.group);
    expect(shared).toContain(group);
    const rule = document.ofType("google_compute_forwarding_rule").find(({ values }) => values.port_range === "443")!;
    const proxy = document.target(rule.values.target);
    const urlMap = document.target(proxy?.values.url_map);
    expect(document.target(urlMap?.values.default_service)).toBe(backend);
    expect(rule.values).toMatchObject({ region: BELGIUM, load_balancing_scheme: "EXTERNAL_MANAGED" });
  });

  test("outputs tell where each region's endpoint is, and all records to set", () => {
    const document = build({ residency });
    expect(output(document, "regional_endpoints")).toEqual({
      [BELGIUM]: {
        url: "https://eu.api.example.com",
        address: expect.stringMatching(/^\$\{google_compute_address\..*\.address\}$/),
        backend_service: expect.stringMatching(/^\$\{google_compute_region_backend_service\..*\.self_link\}$/),
      },
    });
    const names = (output(document, "dns_records") as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["api.example.com.", "eu.api.example.com."]));
    expect(build().outputs.regional_endpoints).toBeUndefined();
  });

  test("records go into the API's zone", () => {
    const stack = testStack();
    const dnsZone = DnsZone.fromName(stack, "Zone", "example", "example.com.");
    new GlobalAiApi(stack, "chat", {
      image: CHAT,
      regions: [BELGIUM],
      tls: Tls.managed(["api.example.com"]),
      residency,
      dnsZone,
    });
    const document = synth(stack);
    expect(output(document, "dns_records")).toEqual([]);
    const names = document.ofType("google_dns_record_set").map(({ values }) => values.name);
    expect(names).toContain("eu.api.example.com.");
  });

  test("a further service answers its paths there too, where it runs; routes of other hosts stay global", () => {
    const tls = Tls.managed(["api.example.com", "hosted.example.com"]);
    const document = build({ residency, tls }, (api) => {
      api.addService("Embeddings", { image: CHAT, paths: ["/v1/embeddings"] });
      api.addService("Elsewhere", { image: CHAT, paths: ["/v1/images"], regions: [IOWA] });
      api.addService("Hosted", { image: CHAT, paths: ["/*"], hosts: ["hosted.example.com"] });
    });
    const map = only(document, "google_compute_region_url_map", `${BELGIUM}/Routing/Resource`);
    const rules = blocksOf(blockOf(map.values.path_matcher)?.path_rule);
    const backend = regional(document, `${BELGIUM}/Embeddings/Resource`);
    expect(rules).toEqual([{ paths: ["/v1/embeddings"], service: `\${${backend.address}.id}` }]);
  });

  test("machines answer there too, and the firewall lets the region's proxies in", () => {
    const document = build({ residency }, (api) => {
      api.addInstances("Gpu", { ...MACHINES, paths: ["/v1/chat/*"], percent: 30, timeoutSeconds: 900 });
      api.addInstances("Elsewhere", { ...MACHINES, regions: [IOWA], paths: ["/v1/images"] });
    });
    const gpu = regional(document, `${BELGIUM}/Gpu/Resource`);
    expect(gpu.values.timeout_sec).toBe(900);
    expect(blocksOf(gpu.values.backend).map(({ group }) => document.target(group)?.path)).toEqual([
      `test/chat/Gpu/${BELGIUM}/Resource`,
    ]);
    const map = only(document, "google_compute_region_url_map", `${BELGIUM}/Routing/Resource`);
    const [rule, ...others] = blocksOf(blockOf(map.values.path_matcher)?.route_rules);
    const chat = regional(document, `Residency/${BELGIUM}/Backend/Resource`);
    expect(blocksOf(blockOf(rule?.route_action)?.weighted_backend_services)).toEqual([
      { backend_service: `\${${gpu.address}.id}`, weight: 30 },
      { backend_service: `\${${chat.address}.id}`, weight: 70 },
    ]);
    expect(others).toEqual([]);
    const proxies = only(document, "google_compute_subnetwork", "ProxyOnly 10.68.96.0-23").values.ip_cidr_range;
    const admitted = document.ofType("google_compute_firewall").flatMap(({ values }) => values.source_ranges);
    expect(admitted).toContain(proxies);
  });

  test("machines are balanced there as everywhere, and drain there too", () => {
    const balancing = Balancing.rate({ maxRatePerInstance: 4 });
    const regionOverrides = { [BELGIUM]: { balancing: Balancing.rate({ maxRatePerInstance: 9 }) } };
    const gpus = { ...MACHINES, regions: [BELGIUM, IOWA], paths: ["/v1/chat/*"], balancing };
    const document = build({ residency }, (api) => {
      api.addInstances("Gpu", { ...gpus, regionOverrides });
      api.addInstances("Gone", { ...gpus, paths: ["/v1/images"], drainingRegions: [BELGIUM] });
    });
    const [group] = blocksOf(regional(document, `${BELGIUM}/Gpu/Resource`).values.backend);
    expect(group).toMatchObject({ balancing_mode: "RATE", max_rate_per_instance: 9 });
    const paths = document.ofType("google_compute_region_backend_service").map(({ path }) => path);
    expect(paths.filter((path) => path?.includes("/Gone/"))).toEqual([]);
  });

  test("logs as the API does, and leaves machines for hosts of their own to the global address", () => {
    const tls = Tls.managed(["api.example.com", "hosted.example.com"]);
    const document = build({ residency, logSampleRate: 0.25, tls }, (api) => {
      api.addInstances("Hosted", { ...MACHINES, paths: ["/*"], hosts: ["hosted.example.com"] });
    });
    const own = document.ofType("google_compute_region_backend_service");
    expect(own.map(({ values }) => blocksOf(values.log_config)[0]?.sample_rate)).toEqual([0.25]);
  });

  test("needs a proxy-only subnet, and no machines", () => {
    const document = build({ residency });
    expect(document.ofType("google_compute_subnetwork").map(({ values }) => values.purpose)).toEqual([
      "REGIONAL_MANAGED_PROXY",
    ]);
    expect(document.ofType("google_compute_router_nat")).toEqual([]);
  });

  test("takes the network given", () => {
    const stack = testStack();
    const network = RegionNetwork.fromExisting(stack, "Network", {
      network: "projects/p/global/networks/shared",
      subnetworks: {},
      proxyOnlyRanges: { [BELGIUM]: "10.1.0.0/23" },
    });
    new GlobalAiApi(stack, "chat", { image: CHAT, regions: [BELGIUM], tls: Tls.none(), residency, network });
    const document = synth(stack);
    expect(document.ofType("google_compute_network")).toEqual([]);
    const networks = document.ofType("google_compute_forwarding_rule").map(({ values }) => values.network);
    expect(new Set(networks)).toEqual(new Set(["projects/p/global/networks/shared"]));
  });

  test("comes and goes beside the global address, which is not touched", () => {
    const [without, withEurope] = [
      build({ residency: { [IOWA]: { tls: Tls.none() } } }),
      build({ residency: { [IOWA]: { tls: Tls.none() }, ...residency } }),
    ];
    for (const [before, after] of [
      [without, withEurope],
      [withEurope, without],
    ] as const) {
      const change = transition(before, after);
      expect(change).toMatchObject({ changed: [], replaced: [] });
    }
    expectTransition(without, withEurope, transition(without, withEurope));
  });

  test.each<[string, Partial<GlobalAiApiProps>, RegExp]>([
    ["where the API does not run", { residency: { [TOKYO]: { tls: eu } } }, /residency: got "asia-northeast1"/],
    ["a typing error", { residency: { "europe-west": { tls: eu } } }, /did you mean "europe-west1"\?/],
    [
      "a region that drains",
      { residency, drainingRegions: [BELGIUM] },
      /allowed is regions of the API that receive requests: us-central1/,
    ],
  ])("fails for %s", (_, options, message) => {
    expect(() => build(options)).toThrow(message);
  });
});
