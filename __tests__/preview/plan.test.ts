import { type PreviewPlan, readPreview } from "../../lib/preview/plan";
import { type Block, TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { frontends, merged, services, to } from "./preview-document";

const planOf = (resource: Record<string, Block>): PreviewPlan =>
  readPreview(new Topology(TerraformDocument.parse({ resource })));

const api = services({ api: ["europe-west1", "us-central1"] });

describe("front ends", () => {
  test("IPv4 and IPv6 of one URL map and port are one", () => {
    const document = frontends([{ default_service: to("api") }]);
    const rules = document.google_compute_global_forwarding_rule as Record<string, Block>;
    const plan = planOf({
      ...api,
      ...document,
      google_compute_global_forwarding_rule: { v4: rules.map0!, v6: rules.map0! },
    });
    expect(plan.frontends).toEqual([
      { name: "http-80", protocol: "http", port: 80, urlMap: "google_compute_url_map.map0", hosts: [] },
    ]);
  });

  test("names are unique: with the region, then with the URL map", () => {
    const document = frontends([{ default_service: to("api") }, { default_service: to("api") }]);
    const rules = document.google_compute_global_forwarding_rule as Record<string, Block>;
    const twice = { map0: rules.map0!, map1: { ...rules.map1, port_range: "80" } };
    const names = (more: Record<string, Block>) =>
      planOf({ ...api, ...document, ...more }).frontends.map(({ name }) => name);
    expect(names({ google_compute_global_forwarding_rule: twice })).toEqual(["http-80-map0", "http-80-map1"]);
    const regional = { eu: { ...twice.map1, region: "europe-west1" } };
    expect(
      names({ google_compute_global_forwarding_rule: { map0: twice.map0 }, google_compute_forwarding_rule: regional }),
    ).toEqual(["http-80-global", "http-80-europe-west1"]);
  });

  test("each has the hosts of its own URL map", () => {
    const map = (host: string) => ({
      default_service: to("api"),
      host_rule: [{ hosts: [host], path_matcher: "m" }],
      path_matcher: [{ name: "m", default_service: to("api") }],
    });
    const plan = planOf({ ...api, ...frontends([map("chat.example.com"), map("Code.example.com")]) });
    expect(plan.frontends.map(({ hosts }) => hosts)).toEqual([["chat.example.com"], ["code.example.com"]]);
  });

  test("only HTTP and HTTPS with a URL map of the document", () => {
    const plan = planOf({
      google_compute_target_http_proxy: { p: { url_map: "projects/p/global/urlMaps/elsewhere" } },
      google_compute_target_ssl_proxy: { s: { backend_service: to("api") } },
      google_compute_global_forwarding_rule: {
        http: { target: "${google_compute_target_http_proxy.p.id}", port_range: "80" },
        ssl: { target: "${google_compute_target_ssl_proxy.s.id}", port_range: "443" },
      },
    });
    expect(plan.frontends).toEqual([]);
    expect(plan.notTranslated).toHaveLength(2);
  });
});

test("hosts are those of certificates and host rules, without * and ports", () => {
  const plan = planOf({
    ...api,
    ...frontends([
      {
        default_service: to("api"),
        host_rule: [{ hosts: ["API.example.com:8443", "*", "*.example.com", "*-eu.example.com"], path_matcher: "m" }],
        path_matcher: [{ name: "m", default_service: to("api") }],
      },
    ]),
    google_compute_managed_ssl_certificate: { c: { managed: { domains: ["www.example.org."] } } },
  });
  expect(plan.hosts).toEqual(["www.example.org", "api.example.com", "*.example.com"]);
});

describe("upstreams", () => {
  const routed = frontends([{ default_service: to("api") }]);

  test("one for each region, with what it can do", () => {
    const plan = planOf({
      ...services(
        { api: ["europe-west1", "us-central1"] },
        {
          container: { readiness_probe: { http_get: { path: "/ready" } }, ports: { name: "h2c" } },
          template: { timeout: "900s", max_instance_request_concurrency: 4, scaling: { max_instance_count: 3 } },
        },
      ),
      ...routed,
    });
    expect(plan.upstreams.map(({ id }) => id)).toEqual(["api@europe-west1", "api@us-central1"]);
    expect(plan.upstreams[0]).toEqual({
      id: "api@europe-west1",
      kind: "service",
      name: "api",
      region: "europe-west1",
      address: "google_cloud_run_v2_service.api-europe-west1",
      draining: false,
      readiness: "/ready",
      timeoutSeconds: 900,
      maxInstances: 3,
      maxConcurrency: 4,
      isHttp2: true,
    });
  });

  test("a region that no backend lists any more is draining; a service without routes is nothing", () => {
    const all = merged(api, services({ worker: ["europe-west1"] }));
    const backend = (all.google_compute_backend_service as Record<string, Block>).api!;
    const plan = planOf({
      ...all,
      ...routed,
      google_compute_backend_service: { api: { ...backend, backend: [(backend.backend as Block[])[0]!] } },
    });
    expect(plan.upstreams.map(({ id, draining }) => `${id} ${draining}`)).toEqual([
      "api@europe-west1 false",
      "api@us-central1 true",
    ]);
  });

  test("instance groups, with health check, timeout and size", () => {
    const plan = planOf({
      ...routed,
      google_compute_backend_service: {
        api: {
          timeout_sec: 60,
          protocol: "HTTP",
          health_checks: ["${google_compute_health_check.h.id}"],
          backend: [{ group: "${google_compute_region_instance_group_manager.eu.instance_group}" }],
        },
      },
      google_compute_health_check: { h: { http_health_check: { request_path: "/healthz" } } },
      google_compute_region_instance_group_manager: { eu: { name: "gpu-europe-west1", region: "europe-west1" } },
      google_compute_region_autoscaler: {
        eu: {
          target: "${google_compute_region_instance_group_manager.eu.id}",
          autoscaling_policy: { max_replicas: 4 },
        },
      },
    });
    expect(plan.upstreams).toMatchObject([
      { id: "gpu@europe-west1", kind: "machines", readiness: "/healthz", timeoutSeconds: 60, maxInstances: 4 },
    ]);
  });

  test("buckets of error bodies and backends of mirrors run, too", () => {
    const plan = planOf({
      ...services({ api: ["europe-west1"], shadow: ["europe-west1"] }),
      google_compute_backend_bucket: { errors: { name: "errors" }, unused: { name: "unused" } },
      ...frontends([
        {
          default_route_action: {
            request_mirror_policy: { backend_service: to("shadow") },
            weighted_backend_services: [{ backend_service: to("api"), weight: 1 }],
          },
          default_custom_error_response_policy: {
            error_service: "${google_compute_backend_bucket.errors.id}",
            error_response_rule: [{ match_response_codes: ["5xx"], path: "/500.json" }],
          },
        },
      ]),
    });
    expect(plan.upstreams.map(({ id }) => id).sort()).toEqual(["api@europe-west1", "errors", "shadow@europe-west1"]);
  });

  test("two services of one name in a region have ids of their own", () => {
    const both = merged(
      services({ api: ["europe-west1"] }),
      Object.fromEntries(
        Object.entries(services({ other: ["europe-west1"] })).map(([type, all]) => [
          type,
          Object.fromEntries(
            Object.entries(all as Record<string, Block>).map(([key, values]) => [
              key,
              values.location ? { ...values, name: "api" } : values,
            ]),
          ),
        ]),
      ) as Record<string, Block>,
    );
    const split = {
      default_service: to("api"),
      host_rule: { hosts: ["*"], path_matcher: "m" },
      path_matcher: { name: "m", default_service: to("other") },
    };
    const ids = planOf({ ...both, ...frontends([split]) }).upstreams.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });
});
