import {
  Access,
  type AddCanaryProps,
  Cdn,
  ContainerImage,
  GlobalAiApi,
  type GlobalAiApiProps,
  Gpu,
  HeaderMatch,
  Probe,
  RemovalPolicy,
  Tls,
} from "../../lib";
import { blockOf, type TerraformDocument } from "../../lib/topology/document";
import { attributes, only, testStack } from "../support";
import { expectTransition } from "../transition-support";
import { buildApi as build, CHAT, output } from "./global-ai-api-support";

const SERVICE = "google_cloud_run_v2_service";
const BACKEND = "google_compute_backend_service";
const [BELGIUM, IOWA, SINGAPORE] = ["europe-west1", "us-central1", "asia-southeast1"];
const NEW = ContainerImage.fromReference("docker.io/acme/chat:2");
const TEST = HeaderMatch.exact("x-canary", "1");

const withCanary =
  (props: Partial<AddCanaryProps> = {}) =>
  (api: GlobalAiApi) =>
    void api.addCanary("canary", { image: NEW, percent: 5, ...props });

interface Rule {
  readonly match_rules: {
    prefix_match?: string;
    full_path_match?: string;
    header_matches?: { header_name: string }[];
  }[];
  readonly service?: string;
  readonly route_action?: { weighted_backend_services?: { backend_service: string; weight: number }[] };
}

/** What each host sends where: `/* [x-canary] → canary`, `/* → 5 canary, 95 Service`. */
function routes(document: TerraformDocument, map = "chat/Routing/Resource"): Record<string, string[]> {
  const values = document.resources.find(({ path }) => path?.endsWith(map))!.values;
  const name = (backend: unknown) => document.target(backend)!.path!.replace("test/chat/", "").split("/").at(-3);
  const matchers = (values.path_matcher ?? []) as { name: string; default_service: string; route_rules?: Rule[] }[];
  const hosts = (values.host_rule ?? []) as { hosts: string[]; path_matcher: string }[];
  return Object.fromEntries(
    hosts.map(({ hosts: [host], path_matcher }) => {
      const { route_rules = [], default_service } = matchers.find((each) => each.name === path_matcher)!;
      const rules = route_rules.map(({ match_rules: [match], service, route_action }) => {
        const headers = match!.header_matches?.map(({ header_name }) => ` [${header_name}]`).join("") ?? "";
        const shares = route_action?.weighted_backend_services?.map(
          (each) => `${each.weight} ${name(each.backend_service)}`,
        );
        return `${match!.full_path_match ?? `${match!.prefix_match}*`}${headers} → ${shares?.join(", ") ?? name(service)}`;
      });
      return [host!, [...rules, `default → ${name(default_service)}`]];
    }),
  );
}

describe("requests", () => {
  test("the canary takes its share of what no route matches", () => {
    expect(routes(build({}, withCanary()))).toEqual({ "*": ["/* → 5 canary, 95 Service", "default → Service"] });
  });

  test("test traffic goes to it on every path of the service", () => {
    const document = build({}, (api) => {
      api.addCanary("canary", { image: NEW, percent: 0, headers: [TEST] });
      api.addRoute({ paths: ["/v1/models"], backend: api.service.backend, setResponseHeaders: { "x-a": "b" } });
    });
    expect(routes(document)["*"]).toEqual([
      "/v1/models [x-canary] → canary",
      "/v1/models → Service",
      "/* [x-canary] → canary",
      "default → Service",
    ]);
  });

  test("only those of its service, on hosts and paths of that one", () => {
    const tls = Tls.managed(["api.example.com", "e.example.com"]);
    const document = build({ tls }, (api) => {
      api.addService("other", { image: CHAT, paths: ["/other"] });
      const embeddings = api.addService("embeddings", {
        image: CHAT,
        paths: ["/v1/embeddings"],
        hosts: ["e.example.com"],
      });
      api.addCanary("canary", { of: embeddings, image: NEW, percent: 50 });
    });
    expect(routes(document)).toEqual({
      "*": ["default → Service"],
      "e.example.com": ["/v1/embeddings → 50 canary, 50 embeddings", "/other → other", "default → Service"],
    });
  });

  test("a share of a share where the service already shares them", () => {
    const document = build({}, (api) => {
      const beta = api.addService("beta", { image: CHAT, paths: ["/v1/*"], percent: 10 });
      api.addCanary("canary", { image: NEW, percent: 5 });
      expect(beta.regions).toHaveLength(2);
    });
    expect(routes(document)["*"]).toEqual([
      "/v1/* → 20 beta, 9 canary, 171 Service",
      "/* → 5 canary, 95 Service",
      "default → Service",
    ]);
  });

  test("with two canaries, the service keeps the rest", () => {
    const document = build({}, (api) => {
      api.addCanary("a", { image: NEW, percent: 5 });
      api.addCanary("b", { image: NEW, percent: 20 });
    });
    expect(routes(document)["*"]![0]).toBe("/* → 5 a, 20 b, 75 Service");
  });

  test("all of them with 100 percent", () => {
    expect(routes(build({}, withCanary({ percent: 100 })))).toEqual({ "*": ["default → canary"] });
  });

  test("test traffic comes before the service's own route with a priority, other routes keep theirs", () => {
    const document = build({}, (api) => {
      api.addRoute({ priority: 7, headers: [HeaderMatch.present("x-a")], backend: api.service.backend });
      withCanary({ percent: 0, headers: [TEST] })(api);
    });
    expect(routes(document)["*"]!.slice(0, 2)).toEqual(["/* [x-a] [x-canary] → canary", "/* [x-a] → Service"]);
  });

  test("the order of routes and canaries leaves no trace", () => {
    const route = (api: GlobalAiApi) => api.addRoute({ paths: ["/v1/models"], backend: api.service.backend });
    const before = build({}, (api) => [route, withCanary({ headers: [TEST] })].forEach((step) => void step(api)));
    const after = build({}, (api) => [withCanary({ headers: [TEST] }), route].forEach((step) => void step(api)));
    expect(routes(after)).toEqual(routes(before));
  });

  test("the residency endpoints share them as well, where the canary runs", () => {
    const document = build(
      {
        residency: {
          [BELGIUM!]: { tls: Tls.managed(["eu.example.com"]) },
          [IOWA!]: { tls: Tls.managed(["us.example.com"]) },
        },
      },
      (api) => {
        const embeddings = api.addService("embeddings", { image: CHAT, paths: ["/v1/embeddings"] });
        api.addCanary("canary", { of: embeddings, image: NEW, percent: 50, headers: [TEST], regions: [BELGIUM!] });
      },
    );
    const weights = (region: string) =>
      JSON.stringify(
        document.resources.find(({ path }) => path === `test/chat/Residency/${region}/Routing/Resource`)!.values
          .path_matcher,
      ).match(/"weight"/g);
    expect(weights(BELGIUM!)).toHaveLength(2);
    expect(weights(IOWA!)).toBeNull();
  });
});

describe("options", () => {
  const service = (document: TerraformDocument, id: string, region = BELGIUM) =>
    attributes(only(document, SERVICE, `chat/${id}/${region}/Resource`));

  test("all but the image are the service's; it has no protection and no account of its own", () => {
    const document = build(
      {
        gpu: Gpu.l4(),
        minInstances: 1,
        env: { A: "1" },
        startupProbe: Probe.http("/health"),
        readinessProbe: Probe.http("/ready"),
        access: Access.members(["group:staff@acme.example"]),
        serviceName: "chat",
        cdn: Cdn.originHeaders(),
        requestHeaders: { "x-region": "{client_region}" },
        regionOverrides: { [IOWA!]: { concurrency: 3 } },
      },
      withCanary({ env: { B: "2" } }),
    );
    for (const region of [BELGIUM, IOWA]) {
      const expected = JSON.parse(JSON.stringify(service(document, "Service", region)).replace("chat:1", "chat:2"));
      expected.template.containers[0].env.push({ name: "B", value: "2" });
      expect(service(document, "canary", region)).toEqual({
        ...expected,
        name: expect.stringMatching(/^test-chat-canary-/),
        deletion_protection: false,
      });
    }
    const {
      name: _name,
      backend: _backend,
      ...options
    } = attributes(only(document, BACKEND, "canary/Backend/Resource"));
    expect(attributes(only(document, BACKEND, "Service/Backend/Resource"))).toMatchObject(options);
    expect(document.ofType("google_service_account")).toHaveLength(1);
    expect(output(document, "service_names")).toHaveProperty("canary");
  });

  test("it follows the regions of its service, and their draining", () => {
    const document = build({ regions: [BELGIUM!, IOWA!, SINGAPORE!], drainingRegions: [IOWA!] }, withCanary());
    const regions = (id: string) =>
      (only(document, BACKEND, `${id}/Backend/Resource`).values.backend as { group: string }[]).map(
        ({ group }) => document.target(group)!.values.region,
      );
    expect(regions("canary")).toEqual([BELGIUM, SINGAPORE]);
    expect(regions("canary")).toEqual(regions("Service"));
  });

  test("a region's own value of the canary goes before that of the service", () => {
    const regionOverrides = { [IOWA!]: { image: CHAT, concurrency: 3 } };
    const document = build({ regionOverrides }, withCanary({ regionOverrides: { [IOWA!]: { image: NEW } } }));
    const { template } = service(document, "canary", IOWA) as { template: Record<string, unknown> };
    expect(blockOf(template.containers)?.image).toBe("docker.io/acme/chat:2");
    expect(template.max_instance_request_concurrency).toBe(3);
  });
});

describe("changes", () => {
  const CANARY = [
    "chat/canary/Backend",
    ...[BELGIUM, IOWA].flatMap((region) => [`chat/canary/${region}`, `chat/canary/${region}/Neg`]),
  ];
  const SERVICES = [`chat/Service/${BELGIUM}`, `chat/Service/${IOWA}`];
  const api = (options: Partial<GlobalAiApiProps> = {}, canary?: Partial<AddCanaryProps>) =>
    build(options, canary && withCanary({ headers: [TEST], ...canary }));

  test.each([RemovalPolicy.PROTECT, RemovalPolicy.DESTROY])("add, shift, promote, take back (%s)", (removalPolicy) => {
    const stable = api({ removalPolicy });
    const five = api({ removalPolicy }, {});
    expectTransition(stable, five, { added: CANARY, changed: ["chat/Routing"] });
    expectTransition(five, api({ removalPolicy }, { percent: 50 }), { changed: ["chat/Routing"] });
    expectTransition(five, api({ removalPolicy, image: NEW }), {
      removed: CANARY,
      changed: ["chat/Routing", ...SERVICES],
    });
    expectTransition(five, stable, { removed: CANARY, changed: ["chat/Routing"] });
    expectTransition(five, api({ removalPolicy }, { percent: 0, headers: undefined }), { changed: ["chat/Routing"] });
  });

  test("with members, and in a new region", () => {
    const access = Access.members(["group:staff@acme.example"]);
    const before = api({ access }, {});
    const invokers = [BELGIUM, IOWA].map((region) => `chat/canary/${region}/Invoker group:staff@acme.example`);
    expectTransition(api({ access }), before, { added: [...CANARY, ...invokers], changed: ["chat/Routing"] });
    expectTransition(before, api({ access }), { removed: [...CANARY, ...invokers], changed: ["chat/Routing"] });
    expectTransition(api({}, {}), api({ regions: [BELGIUM!, IOWA!, SINGAPORE!] }, {}), {
      added: ["Service", "canary"].flatMap((id) => [`chat/${id}/${SINGAPORE}`, `chat/${id}/${SINGAPORE}/Neg`]),
      changed: ["chat/Service/Backend", "chat/canary/Backend"],
    });
  });
});

describe("a canary", () => {
  const api = (options: Partial<GlobalAiApiProps> = {}) =>
    new GlobalAiApi(testStack(), "chat", { image: CHAT, regions: [BELGIUM!, IOWA!], tls: Tls.none(), ...options });

  /** Throws, and leaves the tree as it was. */
  function refuses(of: GlobalAiApi, add: () => void, message: string): void {
    const before = of.node.findAll().map(({ node }) => node.path);
    expect(add).toThrow(message);
    expect(of.node.findAll().map(({ node }) => node.path)).toEqual(before);
  }

  test.each([-1, 101, 2.5])("fails for %d percent", (percent) => {
    const of = api();
    refuses(
      of,
      () => withCanary({ percent })(of),
      `[test/chat/Routing] percent: got ${percent}, allowed is a whole number from 0 to 100`,
    );
  });

  test("fails beside another that leaves too little", () => {
    const of = api();
    withCanary({ percent: 60 })(of);
    refuses(of, () => of.addCanary("b", { percent: 41 }), "percent: got 41, allowed is at most 40");
  });

  test("fails for the test traffic of another", () => {
    const of = api();
    withCanary({ headers: [TEST] })(of);
    refuses(of, () => of.addCanary("b", { percent: 1, headers: [TEST] }), "choose another header, or remove the route");
  });

  test("fails for a header that is none", () => {
    const of = api();
    refuses(of, () => withCanary({ headers: [HeaderMatch.exact("x canary", "1")] })(of), "header: got");
  });

  test("fails for an id that is taken, a service of another API, and a canary", () => {
    const of = api();
    refuses(of, () => of.addCanary("Service", { percent: 1 }), "an id that is not in use in the API");
    const other = api().service;
    refuses(
      of,
      () => of.addCanary("b", { of: other, percent: 1 }),
      "allowed is a service of this API that is not itself a canary",
    );
    const canary = of.addCanary("canary", { percent: 1 });
    refuses(
      of,
      () => of.addCanary("b", { of: canary, percent: 1 }),
      "allowed is a service of this API that is not itself a canary",
    );
  });

  test("fails where a region of the service has an image of its own", () => {
    const of = api({ regionOverrides: { [IOWA!]: { image: CHAT } } });
    refuses(
      of,
      () => withCanary()(of),
      'image: got "one for the canary, and one in the service\'s regionOverrides for us-central1", ' +
        "allowed is a value for each region in which the service has one of its own; " +
        'add the canary\'s: regionOverrides: { "us-central1": { image: … } }',
    );
    expect(() => of.addCanary("canary", { percent: 5 })).not.toThrow();
  });
});

describe("a service beside the API's own", () => {
  test("takes requests by header and percentage", () => {
    const document = build({}, (api) => {
      api.addService("beta", { image: NEW, headers: [HeaderMatch.exact("x-model", "beta")] });
      api.addService("sample", { image: NEW, paths: ["/v1/*"], percent: 10 });
    });
    expect(routes(document)["*"]).toEqual([
      "/v1/* → 10 sample, 90 Service",
      "/* [x-model] → beta",
      "default → Service",
    ]);
  });

  test.each([0, 101, 1.5])("fails for %d percent, before anything is created", (percent) => {
    const api = new GlobalAiApi(testStack(), "chat", { image: CHAT, regions: [BELGIUM!], tls: Tls.none() });
    expect(() => api.addService("sample", { image: NEW, percent })).toThrow(
      `[test/chat] percent: got ${percent}, allowed is a whole number from 1 to 100`,
    );
    expect(api.node.tryFindChild("sample")).toBeUndefined();
  });

  test("fails for a path that is taken, before anything is created", () => {
    const api = new GlobalAiApi(testStack(), "chat", { image: CHAT, regions: [BELGIUM!], tls: Tls.none() });
    api.addRoute({ paths: ["/v1/*"], backend: api.service.backend });
    expect(() => api.addService("sample", { image: NEW, paths: ["/v1/*"] })).toThrow(
      "hosts and paths that have no route yet",
    );
    expect(api.node.tryFindChild("sample")).toBeUndefined();
  });
});
