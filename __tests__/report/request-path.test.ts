import { mergeAlike } from "../../lib/report/alike-nodes";
import { requestPathMermaid } from "../../lib/report/path-mermaid";
import { type RequestPath, requestPath, wholePath } from "../../lib/report/request-path";
import { type Block, blocksOf } from "../../lib/topology/document";
import { pipelinesOf } from "../../lib/topology/pipelines";
import { textsOf } from "../../lib/topology/value";
import { documentNames, documentOf, foreign, served } from "./documents";

/** The edges in words. */
function ways({ nodes, edges }: RequestPath): string[] {
  const names = new Map(nodes.map(({ id, caption, title }) => [id, `${caption} ${title}`]));
  return edges.map(({ from, to, label, isIdle }) => {
    const about = [label, isIdle ? "idle" : undefined].filter(Boolean);
    return `${names.get(from)} → ${names.get(to)}${about.length > 0 ? ` (${about.join(", ")})` : ""}`;
  });
}

const titles = ({ nodes }: RequestPath, caption: string) =>
  nodes.filter((node) => node.caption === caption).map(({ title }) => title);

test("prod: from its addresses to its service", () => {
  expect(
    ways(requestPath(documentOf("prod"))).map((line) => line.replace(/-[a-z0-9]{6}\b/g, "")),
  ).toMatchInlineSnapshot(`
    [
      "Global address IPv4 → Listener HTTP 80",
      "Listener HTTP 80 → Route /*",
      "Route /* → Redirect 308 to HTTPS",
      "Global address IPv6 → Listener HTTP 80",
      "Global address IPv4 → Listener HTTPS 443",
      "Listener HTTPS 443 → Route /*",
      "Serverless NEG europe-west1 → Cloud Run service prod-api-service",
      "Backend service prod-api-service-backend → Serverless NEG europe-west1",
      "Serverless NEG us-central1 → Cloud Run service prod-api-service",
      "Backend service prod-api-service-backend → Serverless NEG us-central1",
      "Serverless NEG asia-southeast1 → Cloud Run service prod-api-service",
      "Backend service prod-api-service-backend → Serverless NEG asia-southeast1",
      "Route /* → Backend service prod-api-service-backend",
      "Listener HTTPS 443 → Route /v1/models",
      "Backend service prod-api-service-cachedbackend → Serverless NEG europe-west1",
      "Backend service prod-api-service-cachedbackend → Serverless NEG us-central1",
      "Backend service prod-api-service-cachedbackend → Serverless NEG asia-southeast1",
      "Route /v1/models → Backend service prod-api-service-cachedbackend",
      "Global address IPv6 → Listener HTTPS 443",
    ]
  `);
});

describe.each(documentNames)("%s", (name) => {
  const topology = () => documentOf(name);

  test("has every way that the topology has", () => {
    const { nodes, edges } = requestPath(topology());
    const at = (address: string | undefined, attribute?: string) =>
      nodes.filter(
        (node) =>
          node.resources.some((each) => each.address === address) &&
          (attribute === undefined || (node.attribute ?? "") === attribute),
      );
    const leads = (from: ReturnType<typeof at>, to: ReturnType<typeof at>) =>
      edges.some((edge) => from.some(({ id }) => id === edge.from) && to.some(({ id }) => id === edge.to));
    let count = 0;
    const expectWay = (from: ReturnType<typeof at>, to: ReturnType<typeof at>, what: string) => {
      count++;
      expect([what, leads(from, to)]).toEqual([what, true]);
    };
    for (const { rule, address, proxy, urlMap } of topology().frontends) {
      expectWay(at(address?.address), at(rule.address), `${address?.address} → ${rule.address}`);
      for (const { attribute, targets, redirect, kind } of topology().routesOf(urlMap)) {
        const hosts = blocksOf(urlMap!.values.host_rule).flatMap((each) => textsOf(each.hosts));
        if (kind === "default" && hosts.includes("*")) continue;
        const route = at(urlMap!.address, attribute);
        expectWay(at(proxy!.address), route, `${proxy!.address} → ${urlMap!.address} ${attribute}`);
        if (redirect)
          expectWay(
            route,
            nodes.filter((node) => node.kind === "redirect"),
            `redirect of ${attribute}`,
          );
        for (const { backend } of targets) expectWay(route, at(backend!.address), `${attribute} → ${backend!.address}`);
      }
      const direct = topology().document.target(proxy?.values.backend_service);
      if (direct) expectWay(at(proxy!.address), at(direct.address), `${proxy!.address} → ${direct.address}`);
    }
    for (const { resource, groups } of topology().backends) {
      for (const group of groups) {
        const neg = group.resource!;
        expectWay(at(resource.address), at(neg.address), `${resource.address} → ${neg.address}`);
        const service = topology().cloudRunBehind(neg)?.service;
        if (service) expectWay(at(neg.address), at(service.address), `${neg.address} → ${service.address}`);
      }
    }
    for (const { subscription, topic, notifications, workloads, results } of pipelinesOf(topology())) {
      for (const { bucket } of notifications) expectWay(at(bucket.address), at(topic.address), bucket.address);
      expectWay(at(topic.address), at(subscription.address), topic.address);
      for (const { resource } of workloads) {
        expectWay(at(subscription.address), at(resource.address), subscription.address);
        for (const bucket of results) expectWay(at(resource.address), at(bucket.address), resource.address);
      }
    }
    expect(count).toBeGreaterThan(5);
  });

  test("loses no resource when what is alike becomes one node", () => {
    const addresses = ({ nodes }: RequestPath) =>
      [...new Set(nodes.flatMap(({ resources }) => resources.map(({ address }) => address)))].sort();
    expect(addresses(requestPath(topology()))).toEqual(addresses(wholePath(topology())));
  });
});

test("43 regions of ten services are a node for each backend service, and each of their services another", () => {
  const path = requestPath(documentOf("large"));
  expect(titles(path, "Serverless NEG")).toEqual(Array.from({ length: 10 }, () => "43 regions"));
  expect(path.nodes.filter(({ kind }) => kind === "workload").map(({ count }) => count)).toEqual(
    Array.from({ length: 10 }, () => 43),
  );
  expect(path.nodes.length).toBeLessThan(50);
});

describe("alike regions", () => {
  const regions = ["asia-east1", "europe-west1", "us-east1", "us-east4", "us-east5", "us-west1", "us-west2"];

  test("are one node where there are more than six", () => {
    expect(titles(requestPath(foreign(served(regions))), "Serverless NEG")).toEqual(["7 regions"]);
    expect(titles(requestPath(foreign(served(regions.slice(1)))), "Serverless NEG")).toEqual(regions.slice(1));
  });

  test("stay apart where one is different", () => {
    const parts = served(regions);
    const services = parts.google_cloud_run_v2_service!;
    const other = {
      ...services["chat_us-west2"],
      template: [{ containers: [{ image: "docker.io/acme/other:1" }] }],
    };
    const path = requestPath(
      foreign({
        ...parts,
        google_cloud_run_v2_service: { ...services, "chat_us-west2": other },
      }),
    );
    expect(titles(path, "Serverless NEG")).toEqual([...regions.slice(0, 6), "us-west2"]);
    expect(path.nodes.filter(({ kind }) => kind === "workload").map(({ lines }) => lines[0])).toEqual([
      "chat:1",
      "other:1",
    ]);
  });

  test("are found where names contain the region, too", () => {
    const parts = served(regions);
    const services = Object.fromEntries(
      Object.entries(parts.google_cloud_run_v2_service!).map(([key, each]) => [
        key,
        { ...each, name: `chat-${String(each.location)}` },
      ]),
    );
    expect(
      titles(requestPath(foreign({ ...parts, google_cloud_run_v2_service: services })), "Cloud Run service"),
    ).toEqual(["chat-*"]);
  });

  test("of regional endpoints are one, too, and stay apart from the global one", () => {
    const parts = served(regions);
    const byRegion = (of: (region: string) => object) =>
      Object.fromEntries(regions.map((region) => [`e_${region}`, of(region)])) as Record<string, Block>;
    const reference = (type: string, region: string, attribute = "id") =>
      `\${google_compute_${type}.e_${region}.${attribute}}`;
    const path = requestPath(
      foreign({
        ...parts,
        google_compute_address: byRegion((region) => ({ name: `address-of-${region}`, region })),
        google_compute_forwarding_rule: byRegion((region) => ({
          region,
          ip_address: reference("address", region, "address"),
          port_range: "443",
          target: reference("region_target_https_proxy", region),
        })),
        google_compute_region_target_https_proxy: byRegion((region) => ({
          url_map: reference("region_url_map", region),
        })),
        google_compute_region_url_map: byRegion((region) => ({
          region,
          default_service: reference("region_backend_service", region),
        })),
        google_compute_region_backend_service: byRegion((region) => ({
          name: `cut-${regions.indexOf(region)}`,
          region,
          load_balancing_scheme: "EXTERNAL_MANAGED",
          backend: { group: `\${google_compute_region_network_endpoint_group.chat_${region}.id}` },
        })),
      }),
    );
    expect(ways(path).sort()).toEqual([
      "Address 7 addresses → Listener HTTPS 443",
      "Backend service 7 backend services → Serverless NEG 7 regions",
      "Backend service chat-backend → Serverless NEG 7 regions",
      "Listener HTTPS 443 → Route /*",
      "Route /* → Backend service 7 backend services",
      "Serverless NEG 7 regions → Cloud Run service chat",
    ]);
  });

  test("of a pipeline are one, too, whatever its topics and subscriptions are called", () => {
    const byRegion = (of: (region: string, index: number) => object) =>
      Object.fromEntries(regions.map((region, index) => [`p_${region}`, of(region, index)])) as Record<string, Block>;
    const path = requestPath(
      foreign({
        google_cloud_run_v2_service: byRegion((location) => ({ name: "worker", location, template: [{}] })),
        google_pubsub_topic: byRegion((_, index) => ({ name: `topic-${index}` })),
        google_pubsub_subscription: byRegion((region, index) => ({
          name: `subscription-${index}`,
          topic: `\${google_pubsub_topic.p_${region}.id}`,
          push_config: { push_endpoint: `\${google_cloud_run_v2_service.p_${region}.uri}` },
        })),
      }),
    );
    expect(ways(path)).toEqual([
      "Topic 7 topics → Push subscription 7 subscriptions",
      "Push subscription 7 subscriptions → Cloud Run service worker",
    ]);
  });

  test("are counted, whatever the limit", () => {
    const whole = wholePath(documentOf("processing"));
    for (const most of [0, 1, 2, 5]) {
      const { nodes, edges } = mergeAlike(whole, most);
      expect(nodes.reduce((sum, { count }) => sum + count, 0)).toBe(whole.nodes.length);
      const ids = new Set(nodes.map(({ id }) => id));
      expect(edges.filter(({ from, to }) => !ids.has(from) || !ids.has(to))).toEqual([]);
    }
    expect(mergeAlike(whole, 1).nodes.length).toBeLessThan(whole.nodes.length);
  });
});

describe("a draining region", () => {
  test("is marked and gets nothing, and what runs there is with the others", () => {
    const path = requestPath(documentOf("prod with a draining region"));
    const region = path.nodes.find(({ title }) => title === "us-central1")!;
    expect([region.isDraining, region.marks.map(({ text }) => text)]).toEqual([true, ["draining"]]);
    expect(path.edges.filter(({ to }) => to === region.id)).toEqual([]);
    expect(path.edges.filter(({ from }) => from === region.id).map(({ isIdle }) => isIdle)).toEqual([true]);
    const services = path.nodes.filter(({ kind }) => kind === "workload");
    expect(services.map(({ count, marks, isDraining }) => [count, marks, isDraining])).toEqual([[3, [], false]]);
  });

  test("of an instance group is drained by its capacity", () => {
    const group = (name: string, capacity: number) => ({
      group: `\${google_compute_region_instance_group_manager.${name}.instance_group}`,
      capacity_scaler: capacity,
    });
    const path = requestPath(
      foreign({
        google_compute_region_instance_group_manager: {
          a: { base_instance_name: "a", region: "us-east1" },
          b: { base_instance_name: "b", region: "us-west1" },
        },
        google_compute_backend_service: {
          main: { name: "main", backend: [group("a", 0), group("b", 0.5)] },
        },
      }),
    );
    expect(ways(path)).toEqual(
      expect.arrayContaining([
        "Backend service main → Instance group us-east1 (drained, idle)",
        "Backend service main → Instance group us-west1 (50%)",
      ]),
    );
  });
});

describe("routes", () => {
  const urlMap = (values: object) =>
    foreign({
      google_compute_global_address: { main: { name: "main" } },
      google_compute_global_forwarding_rule: {
        main: {
          target: "${google_compute_target_https_proxy.main.id}",
          ip_address: "${google_compute_global_address.main.address}",
          port_range: "443",
        },
      },
      google_compute_target_https_proxy: {
        main: { url_map: "${google_compute_url_map.main.id}" },
      },
      google_compute_url_map: {
        main: { default_service: backend("a"), ...values },
      },
      google_compute_backend_service: { a: { name: "a" }, b: { name: "b" } },
    });
  const backend = (name: string) => `\${google_compute_backend_service.${name}.id}`;
  const matcher = (values: object) => ({
    host_rule: { hosts: ["*"], path_matcher: "m" },
    path_matcher: { name: "m", default_service: backend("a"), ...values },
  });

  test("say their shares, and which of them gets nothing", () => {
    const action = {
      weighted_backend_services: [
        { backend_service: backend("a"), weight: 700 },
        { backend_service: backend("b"), weight: 0 },
        {
          backend_service: "projects/p/global/backendServices/elsewhere",
          weight: 100,
        },
      ],
    };
    const path = requestPath(urlMap(matcher({ path_rule: { paths: ["/v1"], route_action: action } })));
    expect(ways(path).filter((each) => each.startsWith("Route /v1"))).toEqual([
      "Route /v1 → Backend service a (87.5%)",
      "Route /v1 → Backend service b (0%, idle)",
      "Route /v1 → Not in this document elsewhere (12.5%)",
    ]);
  });

  test("end in redirects of their own", () => {
    const path = requestPath(
      urlMap(
        matcher({
          path_rule: [
            {
              paths: ["/old"],
              url_redirect: {
                path_redirect: "/new",
                redirect_response_code: "FOUND",
              },
            },
            {
              paths: ["/docs/*"],
              url_redirect: {
                host_redirect: "docs.example.com",
                https_redirect: true,
              },
            },
          ],
        }),
      ),
    );
    expect(ways(path)).toEqual(
      expect.arrayContaining([
        "Route /old → Redirect 302 to same host/new",
        "Route /docs/* → Redirect 301 to https://docs.example.com/…",
      ]),
    );
  });

  test("say hosts, headers, priority and mirroring", () => {
    const rule = {
      priority: 5,
      service: backend("a"),
      match_rules: {
        prefix_match: "/v2/",
        header_matches: [{ header_name: "x-canary", exact_match: "1" }],
      },
      route_action: {
        request_mirror_policy: { backend_service: backend("b") },
      },
    };
    const map = matcher({ route_rules: rule });
    const path = requestPath(
      urlMap({
        ...map,
        host_rule: { hosts: ["a.example.com"], path_matcher: "m" },
      }),
    );
    expect(path.nodes.find(({ title }) => title === "/v2/*")!.lines).toEqual([
      "a.example.com",
      "x-canary: 1",
      "priority 5",
    ]);
    expect(ways(path)).toContain("Route /v2/* → Backend service b (mirrored)");
  });

  test("that no request takes are left out", () => {
    expect(titles(requestPath(urlMap(matcher({}))), "Route")).toHaveLength(1);
    const hosts = {
      host_rule: { hosts: ["a.example.com"], path_matcher: "m" },
    };
    expect(titles(requestPath(urlMap({ ...matcher({}), ...hosts })), "Route")).toHaveLength(2);
    expect(titles(requestPath(urlMap({ ...matcher({}), host_rule: [] })), "Route")).toHaveLength(1);
    expect(titles(requestPath(urlMap({ ...matcher({}), host_rule: "${var.rules}" })), "Route")).toHaveLength(2);
  });
});

test("what stands before a backend service is marked on it", () => {
  const path = requestPath(
    foreign({
      google_compute_security_policy: { edge: { name: "edge" } },
      google_compute_backend_service: {
        main: {
          name: "main",
          security_policy: "${google_compute_security_policy.edge.id}",
          enable_cdn: true,
          iap: { enabled: true },
        },
      },
    }),
  );
  expect(path.nodes[0]!.marks.map(({ text, resource }) => [text, resource?.address])).toEqual([
    ["Cloud Armor", "google_compute_security_policy.edge"],
    ["Cloud CDN", undefined],
    ["IAP", undefined],
  ]);
});

test("buckets, schedules and services behind a URL mask are on the path, too", () => {
  const parts = served(["europe-west1"]);
  const path = requestPath(
    foreign({
      ...parts,
      google_compute_region_network_endpoint_group: {
        "chat_europe-west1": {
          region: "europe-west1",
          cloud_run: { url_mask: "/<service>" },
        },
      },
      google_compute_backend_bucket: {
        site: {
          name: "site",
          bucket_name: "${google_storage_bucket.site.name}",
        },
      },
      google_storage_bucket: { site: { name: "pages", location: "EU" } },
      google_cloud_run_v2_job: {
        nightly: { name: "nightly", location: "europe-west1", template: {} },
      },
      google_cloud_scheduler_job: {
        nightly: {
          name: "at-night",
          schedule: "0 3 * * *",
          http_target: {
            uri: "https://run.googleapis.com/v2/${google_cloud_run_v2_job.nightly.id}:run",
            oauth_token: { service_account_email: "a@example.com" },
          },
        },
      },
    }),
  );
  expect(ways(path)).toEqual([
    "Serverless NEG europe-west1 → Cloud Run service chat",
    "Backend service chat-backend → Serverless NEG europe-west1",
    "Backend bucket site → Bucket pages",
    "Cloud Scheduler job at-night → Cloud Run job nightly",
  ]);
});

test("for Mermaid, labels keep their characters and mean nothing else", () => {
  const name = 'a"]; click n0 <b>`%%{init}%%` #1';
  const lines = requestPathMermaid(requestPath(foreign(served(["europe-west1"], "chat")))).split("\n");
  expect(lines[0]).toBe("flowchart LR");
  expect(lines).toContain('  n0["Backend service<br/>chat-backend<br/>protocol HTTPS"]');
  const text = requestPathMermaid(
    requestPath(
      foreign({
        google_cloud_run_v2_service: {
          a: { name, location: "europe-west1", template: [] },
        },
      }),
    ),
  );
  const label = /\["Cloud Run service<br\/>([^"]*)<br\/>at least/.exec(text)![1]!;
  expect(label).not.toMatch(/["<>`%[\]{}]/);
  expect(label.replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))).toBe(name);
});

test("what the document has and the library does not know says what it is", () => {
  const { nodes } = requestPath(
    foreign({
      google_compute_forwarding_rule: {
        pool: { region: "us-east1", target: "${google_compute_target_pool.main.id}", port_range: "80" },
        elsewhere: { region: "us-east1", target: "${var.target}", load_balancing_scheme: "INTERNAL" },
      },
      google_compute_target_pool: { main: { name: "main-pool" } },
      google_compute_region_network_endpoint_group: {
        neg: { region: "us-east1", cloud_run: { service: "${google_cloud_run_service.old.name}" } },
      },
      google_cloud_run_service: { old: { name: "old", location: "us-east1" } },
      google_compute_backend_service: {
        main: { name: "main", backend: [{ group: "${google_compute_region_network_endpoint_group.neg.id}" }] },
      },
    }),
  );
  const shown = nodes.map(({ caption, title }) => `${caption}: ${title}`);
  expect(shown).toEqual(
    expect.arrayContaining([
      "Target pool: main-pool",
      "Not in this document: var.target",
      "Internal address: IPv4",
      "Cloud Run service: old",
    ]),
  );
});

test("many routes that differ in their path alone are one node", () => {
  const path_rule = Array.from({ length: 8 }, (_, index) => ({ paths: [`/v${index}/*`], service: "chat" }));
  const map = (rules: readonly Block[]) => ({
    google_compute_url_map: {
      main: {
        host_rule: [{ hosts: ["api.example.com"], path_matcher: "all" }],
        path_matcher: [{ name: "all", default_service: "rest", path_rule: rules }],
        default_service: "rest",
      },
    },
    google_compute_target_http_proxy: { main: { url_map: "${google_compute_url_map.main.id}" } },
    google_compute_global_forwarding_rule: {
      main: { target: "${google_compute_target_http_proxy.main.id}", port_range: "80" },
    },
  });
  const routes = (rules: readonly Block[]) => {
    const { nodes, edges } = requestPath(foreign(map(rules)));
    const known = new Set(nodes.map(({ id }) => id));
    expect(edges.every(({ from, to }) => known.has(from) && known.has(to))).toBe(true);
    return nodes.filter(({ kind }) => kind === "route");
  };
  const merged = routes(path_rule).find(({ count }) => count > 1);
  expect(routes(path_rule)).toHaveLength(3);
  expect(merged).toMatchObject({ title: "8 routes", lines: ["/v0/*", "/v1/*", "and 6 more", "api.example.com"] });
  expect(routes(path_rule.slice(2))).toHaveLength(8);
  expect(routes(path_rule.map((each, index) => ({ ...each, service: `s${index}` })))).toHaveLength(10);
});
