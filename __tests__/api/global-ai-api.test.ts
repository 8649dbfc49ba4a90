import {
  Access,
  AnycastAddress,
  Cdn,
  ContainerImage,
  GlobalAiApi,
  type GlobalAiApiProps,
  IpVersion,
  PlainHttp,
  RemovalPolicy,
  ServiceAccount,
  Tls,
} from "../../lib";
import { blockOf, type TerraformDocument } from "../../lib/topology/document";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { buildApi as build, CHAT, output } from "./global-ai-api-support";

const SERVICE = "google_cloud_run_v2_service";
const NEG = "google_compute_region_network_endpoint_group";
const BACKEND = "google_compute_backend_service";
const ADDRESS = "google_compute_global_address";
const URL_MAP = "google_compute_url_map";

const [BELGIUM, IOWA, SINGAPORE] = ["europe-west1", "us-central1", "asia-southeast1"];
const EMBEDDINGS = ContainerImage.fromReference("docker.io/acme/embeddings:1");

const locations = (document: TerraformDocument, service: string) =>
  document
    .ofType(SERVICE)
    .filter(({ path }) => path?.startsWith(`test/chat/${service}/`))
    .map(({ values }) => values.location);

test("a request finds its way from the addresses to every region", () => {
  const document = build();
  const rules = document.ofType("google_compute_global_forwarding_rule");
  const https = rules.filter(({ values }) => values.port_range === "443");
  expect(https.map(({ values }) => document.target(values.ip_address)?.values.ip_version)).toEqual(["IPV4", "IPV6"]);
  for (const rule of https) {
    const proxy = document.target(rule.values.target)!;
    const urlMap = document.target(proxy.values.url_map)!;
    const backend = document.target(urlMap.values.default_service)!;
    const negs = (backend.values.backend as { group: string }[]).map(({ group }) => document.target(group)!);
    expect(negs.map(({ values }) => values.region)).toEqual([BELGIUM, IOWA]);
  }
});

test("passes the frontend's options on", () => {
  const bare = build({ ipv6: false, plainHttp: PlainHttp.OFF, removalPolicy: RemovalPolicy.DESTROY });
  expect(bare.ofType("google_compute_global_forwarding_rule").map(({ values }) => values.port_range)).toEqual(["443"]);
  expect(only(bare, ADDRESS).values.lifecycle).toEqual({ prevent_destroy: false });
  expect(bare.ofType(SERVICE).map(({ values }) => values.deletion_protection)).toEqual([false, false]);
  for (const { values } of build().ofType(ADDRESS)) expect(values.lifecycle).toEqual({ prevent_destroy: true });
});

describe("outputs", () => {
  test("say where the API is and how to reach each service", () => {
    const document = build();
    const [v4, v6] = document.ofType(ADDRESS).map(({ address }) => `\${${address}.address}`);
    expect(output(document, "url")).toBe("https://api.example.com");
    expect(output(document, "anycast_ipv4")).toBe(v4);
    expect(output(document, "anycast_ipv6")).toBe(v6);
    expect(output(document, "dns_records")).toContainEqual({ name: "api.example.com.", type: "A", data: v4 });
    const [belgium, iowa] = document.ofType(SERVICE);
    expect(output(document, "service_urls")).toEqual({
      chat: { [BELGIUM]: `\${${belgium!.address}.uri}`, [IOWA]: `\${${iowa!.address}.uri}` },
    });
    expect(output(document, "service_names")).toEqual({
      chat: { [BELGIUM]: belgium!.values.name, [IOWA]: iowa!.values.name },
    });
    for (const each of Object.values(document.outputs)) expect(each).toHaveProperty("description");
  });

  test("have no IPv6 address where none is served", () => {
    expect(build({ ipv6: false }).outputs).not.toHaveProperty("anycast_ipv6");
  });

  test("take a prefix, for a second API in the stack", () => {
    const names = Object.keys(build().outputs);
    expect(Object.keys(build({ outputPrefix: "chat_" }).outputs)).toEqual(names.map((name) => `chat_${name}`));
  });
});

describe("addService", () => {
  const twoServices = (options?: Partial<GlobalAiApiProps>, service = {}) =>
    build(options, (api) => api.addService("embeddings", { image: EMBEDDINGS, paths: ["/v1/embeddings"], ...service }));

  test("answers its paths, and the first service the rest", () => {
    const document = twoServices();
    const [matcher] = only(document, URL_MAP, "Routing/Resource").values.path_matcher as {
      default_service: string;
      path_rule: { paths: string[]; service: string }[];
    }[];
    expect(document.target(matcher!.default_service)?.path).toBe("test/chat/Service/Backend/Resource");
    expect(matcher!.path_rule.map(({ paths, service }) => [paths, document.target(service)?.path])).toEqual([
      [["/v1/embeddings"], "test/chat/embeddings/Backend/Resource"],
    ]);
  });

  test("answers whole hosts", () => {
    const tls = Tls.managed(["api.example.com", "embeddings.example.com"]);
    const document = twoServices({ tls }, { paths: undefined, hosts: ["embeddings.example.com"] });
    const { host_rule, path_matcher } = only(document, URL_MAP, "Routing/Resource").values;
    expect(host_rule).toEqual([{ hosts: ["embeddings.example.com"], path_matcher: expect.any(String) }]);
    expect(document.target(blockOf(path_matcher)?.default_service)?.path).toBe("test/chat/embeddings/Backend/Resource");
  });

  test("shares regions, draining, access and removal with the API, and has its own image and account", () => {
    const document = twoServices({
      drainingRegions: [IOWA],
      access: Access.members(["group:staff@acme.example"]),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    expect(locations(document, "embeddings")).toEqual([BELGIUM, IOWA]);
    const backend = only(document, BACKEND, "embeddings/Backend/Resource");
    expect(
      (backend.values.backend as { group: string }[]).map(({ group }) => document.target(group)?.values.region),
    ).toEqual([BELGIUM]);
    const service = only(document, SERVICE, `embeddings/${BELGIUM}/Resource`);
    expect(service.values).toMatchObject({ invoker_iam_disabled: false, deletion_protection: false });
    expect(blockOf(blockOf(service.values.template)?.containers)?.image).toBe("docker.io/acme/embeddings:1");
    expect(document.ofType("google_service_account")).toHaveLength(2);
    expect(document.ofType("google_cloud_run_v2_service_iam_member")).toHaveLength(4);
  });

  test("may have regions, access and removal of its own; regions that it lacks do not drain there", () => {
    const document = twoServices(
      { regions: [BELGIUM, IOWA, SINGAPORE], drainingRegions: [IOWA] },
      {
        regions: [BELGIUM, SINGAPORE],
        access: Access.members(["group:a@acme.example"]),
        removalPolicy: RemovalPolicy.DESTROY,
      },
    );
    expect(locations(document, "embeddings")).toEqual([BELGIUM, SINGAPORE]);
    expect(locations(document, "Service")).toEqual([BELGIUM, IOWA, SINGAPORE]);
    expect(only(document, SERVICE, `embeddings/${BELGIUM}/Resource`).values).toMatchObject({
      invoker_iam_disabled: false,
      deletion_protection: false,
    });
    expect(only(document, SERVICE, `Service/${BELGIUM}/Resource`).values).toMatchObject({
      invoker_iam_disabled: true,
      deletion_protection: true,
    });
  });

  test("may keep a region serving that drains elsewhere", () => {
    const backend = only(
      twoServices({ drainingRegions: [IOWA] }, { drainingRegions: [] }),
      BACKEND,
      "embeddings/Backend/Resource",
    );
    expect(backend.values.backend).toHaveLength(2);
  });

  test("stands in the outputs", () => {
    const document = twoServices({}, { regions: [BELGIUM] });
    const { address, values } = only(document, SERVICE, `embeddings/${BELGIUM}/Resource`);
    expect(output(document, "service_urls")).toMatchObject({
      chat: { [BELGIUM]: expect.any(String), [IOWA]: expect.any(String) },
      embeddings: { [BELGIUM]: `\${${address}.uri}` },
    });
    expect(output(document, "service_names")).toMatchObject({ embeddings: { [BELGIUM]: values.name } });
  });
});

test("sends paths to a further backend over the same regions: cached beside uncached", () => {
  const document = build({}, (api) =>
    api.addRoute({ backend: api.service.addBackend("Cached", { cdn: Cdn.originHeaders() }), paths: ["/v1/models"] }),
  );
  const rule = blockOf(blockOf(only(document, URL_MAP, "Routing/Resource").values.path_matcher)?.path_rule)!;
  expect(rule.paths).toEqual(["/v1/models"]);
  expect(document.target(rule.service)?.values.enable_cdn).toBe(true);
  expect(document.ofType(NEG)).toHaveLength(2);
});

test("the order in which services and routes are added leaves no trace in the URL map", () => {
  const add = {
    embeddings: (api: GlobalAiApi) => api.addService("embeddings", { image: EMBEDDINGS, paths: ["/v1/embeddings"] }),
    rerank: (api: GlobalAiApi) => api.addService("rerank", { image: EMBEDDINGS, hosts: ["rerank.example.com"] }),
    models: (api: GlobalAiApi) => api.addRoute({ backend: api.service.backend, paths: ["/v1/models"] }),
  };
  const steps = Object.values(add);
  const tls = Tls.managed(["api.example.com", "rerank.example.com"]);
  const document = build({ tls }, (api) => steps.forEach((step) => void step(api)));
  const turned = build({ tls }, (api) => steps.toReversed().forEach((step) => void step(api)));
  for (const resource of document.resources) expect(turned.at(resource.address)?.values).toEqual(resource.values);
  expect(turned.resources).toHaveLength(document.resources.length);
});

describe("existing parts", () => {
  test("are used, and nothing is created in their place", () => {
    const stack = testStack();
    const map = "projects/acme/locations/global/certificateMaps/main";
    new GlobalAiApi(stack, "chat", {
      image: CHAT,
      regions: [BELGIUM],
      tls: Tls.certificateMap(map, ["api.example.com"]),
      ipv4Address: AnycastAddress.fromAddress("203.0.113.7", IpVersion.IPV4),
      ipv6Address: AnycastAddress.fromAddress("2001:db8::7", IpVersion.IPV6),
      serviceAccount: ServiceAccount.fromEmail(stack, "Account", "chat@acme.iam.gserviceaccount.com"),
      enableApis: false,
    });
    const document = synth(stack);
    expect([...new Set(document.resources.map(({ type }) => type))].sort()).toEqual([
      SERVICE,
      BACKEND,
      "google_compute_global_forwarding_rule",
      NEG,
      "google_compute_ssl_policy",
      "google_compute_target_http_proxy",
      "google_compute_target_https_proxy",
      URL_MAP,
    ]);
    expect(output(document, "anycast_ipv4")).toBe("203.0.113.7");
    expect(output(document, "anycast_ipv6")).toBe("2001:db8::7");
    expect(blockOf(only(document, SERVICE).values.template)?.service_account).toBe("chat@acme.iam.gserviceaccount.com");
  });

  test("with enableApis: false, nothing waits for an API", () => {
    const document = build({ enableApis: false });
    expect(document.ofType("google_project_service")).toEqual([]);
    for (const resource of document.resources) {
      for (const address of dependsOn(resource)) expect(document.at(address)).toBeDefined();
    }
  });
});

test("as a whole", () => {
  const document = build({ regions: [BELGIUM] }, (api) => {
    api.addService("embeddings", { image: EMBEDDINGS, paths: ["/v1/embeddings"] });
  });
  expect({
    resources: document.resources.map((each) => ({ path: each.path, ...attributes(each) })),
    outputs: document.outputs,
  }).toMatchSnapshot();
});
