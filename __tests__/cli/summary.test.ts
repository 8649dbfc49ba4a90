import { summarize } from "../../cli/summary";
import { Access, ContainerImage, GlobalAiApi, Tls } from "../../lib";
import { TerraformDocument } from "../../lib/topology/document";
import { synthesize } from "../stacks/synthesize";
import { testStack } from "../support";

/** The values beside a label. */
function rows(document: TerraformDocument, label: string): string[] {
  const lines = summarize("dev", document, "cdk.tf.json").split("\n").slice(1);
  const labels = lines.map((line) => line.slice(2, 12).trim());
  const first = labels.indexOf(label);
  const next = labels.findIndex((each, index) => index > first && each !== "");
  return lines.slice(first, next === -1 ? undefined : next).map((line) => line.slice(13));
}

function foreign(resource: Record<string, Record<string, unknown>>): TerraformDocument {
  return TerraformDocument.parse({ resource });
}

test("prod in full", () => {
  expect(summarize("prod", synthesize("prod"), "cdktf.out/stacks/prod/cdk.tf.json")).toMatchInlineSnapshot(`
    "prod
      regions    asia-southeast1, europe-west1, us-central1
      services   prod-api-service-ecey4w: docker.io/ollama/ollama@sha256:c622a7adec67…; public; 8 CPU, 32Gi, nvidia-l4; 1 to 3 instances, 1 always warm in asia-southeast1, europe-west1, us-central1
      routes     http://* → https://(same host) (PERMANENT_REDIRECT)
                 https://*/v1/models → prod-api-service-cachedbackend-b96tpt
                 https://*/* → prod-api-service-backend-qx9t5i
      backends   prod-api-service-backend-qx9t5i: Cloud Armor prod-edge-kvmk96, no Cloud CDN
                 prod-api-service-cachedbackend-b96tpt: Cloud Armor prod-edge-kvmk96, Cloud CDN
      addresses  IPV4 prod-api-frontend-ipv4-rtgakp: http 80, https 443
                 IPV6 prod-api-frontend-ipv6-umyfiu: http 80, https 443
      resources  67 of 25 types
      JSON       cdktf.out/stacks/prod/cdk.tf.json"
  `);
});

describe("regions", () => {
  test("one that gets no requests is draining", () => {
    const document = synthesize("prod", { drainingRegions: ["us-central1"] });
    expect(rows(document, "regions")).toEqual(["asia-southeast1, europe-west1, us-central1 (draining)"]);
    expect(rows(document, "services").join()).toMatch(/in asia-southeast1, europe-west1, us-central1 \(draining\)$/);
  });

  const service = (name: string, location = "europe-west1") => ({
    name,
    location,
    template: [],
  });
  const neg = (name: string, region = "europe-west1") => ({
    region,
    cloud_run: { service: name },
  });

  test("one that drains for one service only is marked beside that service", () => {
    const document = foreign({
      google_cloud_run_v2_service: { a: service("chat"), b: service("embed") },
      google_compute_region_network_endpoint_group: {
        a: neg("chat"),
        b: neg("embed"),
      },
      google_compute_backend_service: {
        a: {
          name: "a",
          backend: [{ group: "${google_compute_region_network_endpoint_group.a.id}" }],
        },
      },
    });
    expect(rows(document, "regions")).toEqual(["europe-west1"]);
    expect(rows(document, "services").map((line) => line.replace(/:.* in /, " in "))).toEqual([
      "chat in europe-west1",
      "embed in europe-west1 (draining)",
    ]);
  });

  test("a NEG may name its service by reference, or take it from the URL", () => {
    const document = foreign({
      google_cloud_run_v2_service: {
        a: service("chat"),
        b: service("embed", "us-central1"),
      },
      google_compute_region_network_endpoint_group: {
        a: neg("${google_cloud_run_v2_service.a.name}"),
        b: {
          region: "us-central1",
          cloud_run: { url_mask: "<service>.example.com" },
        },
      },
      google_compute_backend_service: {
        a: {
          backend: [
            { group: "${google_compute_region_network_endpoint_group.a.id}" },
            {
              group: "${google_compute_region_network_endpoint_group.b.self_link}",
            },
          ],
        },
      },
    });
    expect(rows(document, "regions")).toEqual(["europe-west1, us-central1"]);
  });

  test("nothing drains where no load balancer reaches any service", () => {
    const document = foreign({
      google_cloud_run_v2_service: {
        a: service("chat"),
        b: service("chat", "us-central1"),
      },
      google_compute_backend_service: {
        a: { backend: [{ group: "${google_compute_instance_group.vms.id}" }] },
      },
      google_compute_instance_group: { vms: { name: "vms" } },
    });
    expect(rows(document, "regions")).toEqual(["europe-west1, us-central1"]);
  });
});

describe("services", () => {
  test("size, image and instances, one line for regions that agree", () => {
    const container = (image: string) => [{ image, resources: { limits: { cpu: "2", memory: "4Gi" } } }];
    const service = (location: string, image: string, minimum?: number) => ({
      name: "chat",
      location,
      template: [
        {
          containers: container(image),
          scaling: { min_instance_count: minimum, max_instance_count: 9 },
        },
      ],
    });
    const digest = `docker.io/a/b@sha256:${"0123456789abcdef".repeat(4)}`;
    const document = foreign({
      google_cloud_run_v2_service: {
        c: service("us-central1", digest),
        a: service("europe-west1", digest),
        b: service("asia-east1", "docker.io/a/b:1", 2),
      },
    });
    expect(rows(document, "services")).toEqual([
      "chat: docker.io/a/b@sha256:0123456789ab…; callers set elsewhere; 2 CPU, 4Gi; 0 to 9 instances, none always warm in europe-west1, us-central1",
      "chat: docker.io/a/b:1; callers set elsewhere; 2 CPU, 4Gi; 2 to 9 instances, 2 always warm in asia-east1",
    ]);
  });
});

describe("routes", () => {
  const target = (name: string) => `\${google_compute_backend_service.${name}.id}`;
  const map = (values: object) =>
    foreign({
      google_compute_backend_service: {
        chat: { name: "chat-backend" },
        embed: { name: "embed-backend" },
      },
      google_compute_target_https_proxy: {
        https: { url_map: "${google_compute_url_map.main.id}" },
      },
      google_compute_url_map: { main: values },
    });

  test("paths of hosts, and the rest", () => {
    const document = map({
      default_service: target("chat"),
      host_rule: [{ hosts: ["a.example.com", "b.example.com"], path_matcher: "m" }],
      path_matcher: [
        {
          name: "m",
          default_service: target("chat"),
          path_rule: [{ paths: ["/v1/*", "/v2"], service: target("embed") }],
        },
      ],
    });
    expect(rows(document, "routes")).toEqual([
      "https://a.example.com/v1/*, https://a.example.com/v2, https://b.example.com/v1/*, https://b.example.com/v2 → embed-backend",
      "https://a.example.com/*, https://b.example.com/* → chat-backend",
      "https://* → chat-backend",
    ]);
  });

  test("a rule for every host leaves no rest", () => {
    const document = map({
      default_service: target("chat"),
      host_rule: { hosts: ["*"], path_matcher: "m" },
      path_matcher: { name: "m", default_service: target("embed") },
    });
    expect(rows(document, "routes")).toEqual(["https://*/* → embed-backend"]);
  });

  test("route rules by priority, with headers, shares and redirects", () => {
    const document = map({
      default_url_redirect: {
        host_redirect: "www.example.com",
        https_redirect: true,
        path_redirect: "/docs",
      },
      host_rule: [{ hosts: ["a.example.com"], path_matcher: "m" }],
      path_matcher: [
        {
          name: "m",
          default_url_redirect: [{ prefix_redirect: "/v2", redirect_response_code: "FOUND" }],
          route_rules: [
            {
              priority: 10,
              match_rules: [{ prefix_match: "/" }, { full_path_match: "/x" }],
              service: target("chat"),
            },
            {
              priority: 2,
              match_rules: [
                {
                  path_template_match: "/{m=*}",
                  header_matches: [{ header_name: "X-Beta" }],
                },
              ],
              route_action: {
                weighted_backend_services: [
                  { backend_service: target("chat"), weight: 90 },
                  { backend_service: target("embed"), weight: 10 },
                ],
              },
            },
            {
              priority: 3,
              match_rules: [{ regex_match: "/v[0-9]+" }],
              service: "projects/p/global/backendServices/b",
            },
            { priority: 4, match_rules: [{}] },
            { priority: 5 },
          ],
        },
      ],
    });
    expect(rows(document, "routes")).toEqual([
      "https://a.example.com/{m=*} with X-Beta → chat-backend × 90, embed-backend × 10",
      "https://a.example.com/v[0-9]+ → projects/p/global/backendServices/b",
      "https://a.example.com/* → ?",
      "https://a.example.com/* → ?",
      "https://a.example.com/*, https://a.example.com/x → chat-backend",
      "https://a.example.com/* → (same host)/v2 (FOUND)",
      "https://* → https://www.example.com/docs (MOVED_PERMANENTLY_DEFAULT)",
    ]);
  });

  test("a URL map that no proxy of the document asks", () => {
    const document = foreign({
      google_compute_url_map: { main: { default_service: "projects/p/b" } },
    });
    expect(rows(document, "routes")).toEqual(["* → projects/p/b"]);
  });

  test("a matcher that does not exist", () => {
    const document = map({
      default_service: target("chat"),
      host_rule: [{ hosts: ["a.b"], path_matcher: "gone" }],
    });
    expect(rows(document, "routes")).toEqual(["https://a.b/* → ?", "https://* → chat-backend"]);
  });
});

describe("addresses", () => {
  test("listeners by address, also where the address is literal or has no version", () => {
    const rule = (ip_address: string, proxy: string, port_range: string) => ({
      ip_address,
      port_range,
      target: `\${google_compute_target_${proxy}_proxy.main.id}`,
    });
    const document = foreign({
      google_compute_global_address: { main: { name: "front" } },
      google_compute_target_http_proxy: { main: {} },
      google_compute_target_https_proxy: { main: {} },
      google_compute_global_forwarding_rule: {
        a: rule("${google_compute_global_address.main.address}", "https", "443"),
        b: rule("${google_compute_global_address.main.address}", "http", "80"),
        c: rule("203.0.113.7", "https", "8443"),
      },
    });
    expect(rows(document, "addresses")).toEqual(["IPV4 front: https 443, http 80", "203.0.113.7: https 8443"]);
  });
});

test("counts managed resources only", () => {
  const document = TerraformDocument.parse({
    resource: { google_a: { x: {}, y: {} }, google_b: { z: {} } },
    data: { google_c: { w: {} } },
  });
  expect(rows(document, "resources")).toEqual(["3 of 2 types"]);
});

test("foreign JSON without anything to serve", () => {
  expect(summarize("vpc", foreign({ google_compute_network: { main: { name: "vpc" } } }), "main.tf.json")).toBe(
    [
      "vpc",
      "  regions    none",
      "  services   none",
      "  routes     none",
      "  backends   none",
      "  addresses  none",
      "  resources  1 of 1 types",
      "  JSON       main.tf.json",
    ].join("\n"),
  );
});

describe("who may call, and what is before it", () => {
  const build = (access: Access) => {
    const stack = testStack();
    const image = ContainerImage.fromReference("docker.io/acme/chat:1");
    const tls = Tls.managed(["api.example.com"]);
    new GlobalAiApi(stack, "api", { image, regions: ["europe-west1"], tls, access, rules: false });
    return TerraformDocument.parse(JSON.parse(JSON.stringify(stack.toTerraform())));
  };

  test("members are named", () => {
    const document = build(Access.members(["group:callers@example.com"]));
    expect(rows(document, "services").join()).toContain("; callers group:callers@example.com; ");
    expect(rows(document, "backends").join()).toMatch(/: no Cloud Armor, no Cloud CDN$/);
  });

  test("IAP is named with the service and with the backend", () => {
    const document = build(Access.iap(["group:staff@example.com"]));
    expect(rows(document, "services").join()).toContain("; callers IAP; ");
    expect(rows(document, "backends").join()).toMatch(/: no Cloud Armor, no Cloud CDN, IAP$/);
  });

  test("prod without its Cloud Armor settings shows it", () => {
    expect(rows(synthesize("prod", { edge: undefined }), "backends").join()).toContain(": no Cloud Armor");
  });
});
