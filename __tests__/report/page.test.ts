import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { pageScript } from "../../cli/page-script";
import { html, table } from "../../lib/report/html";
import { page } from "../../lib/report/page";
import { asksRe2 } from "../../lib/report/page-data";
import type { Report } from "../../lib/report/report";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { type Block, TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { pictures } from "../../scripts/pictures";
import { synthesize } from "../stacks/synthesize";

const script = pageScript(true);

function reportOf(document: TerraformDocument, name = "test", former?: TerraformDocument): Report {
  return {
    name,
    topology: Topology.of(document),
    evaluation: evaluate(document, allRules),
    ...(former && { former: { topology: Topology.of(former), since: "since the last synth" } }),
  };
}

/** A page without its script and its data, and without what only lays it out. */
function contentOf(report: Report): string {
  return page(report, "").replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/g, "");
}

/** The text of one section. */
function section(text: string, id: string): string {
  const [, body = ""] = new RegExp(`<section id="${id}"[^>]*>([\\s\\S]*?)</section>`).exec(text) ?? [];
  return body
    .replaceAll(/<wbr>/g, "")
    .replaceAll(/<(td|tr|li|p|div|h3)\b/g, " <$1")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function dataOf(report: Report): { resources: Record<string, { values: Block; blocks: Block }>; shared: unknown[] } {
  const [, json = ""] = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(page(report, "")) ?? [];
  return JSON.parse(json);
}

const document = (resource: Record<string, Record<string, Block>>) => TerraformDocument.parse({ resource });

const prod = reportOf(synthesize("prod"), "prod", synthesize("dev"));
const shown = contentOf(prod);

describe("the page of prod", () => {
  test("says what it is about", () => {
    expect(shown).toContain("<h1>prod</h1>");
    expect(shown).toMatch(/Ready to deploy<\/strong> <span>0 errors, 0 warnings; \d+ resources judged/);
    expect(shown).toMatch(/<dt>Regions<\/dt><dd class="value">3<\/dd>/);
    expect(shown).toMatch(/<dt>Addresses<\/dt><dd class="value">2<\/dd>/);
  });

  test("leads to each of its sections, which have headings", () => {
    const links = [...shown.matchAll(/<li><a href="#([\w-]+)">/g)].map(([, id]) => id);
    const sections = [...shown.matchAll(/<section id="([\w-]+)" aria-labelledby="\1-title">\s*<h2 id="\1-title">/g)];
    expect(links).toEqual(sections.map(([, id]) => id));
    expect(links).toEqual([
      ...["regions", "path", "findings", "changes", "workloads", "routes", "access", "certificates"],
      ...["cost", "quota", "latency", "objectives"],
    ]);
  });

  test("has landmarks, a language, and a way past the navigation", () => {
    for (const part of [
      '<html lang="en">',
      "<header>",
      '<nav aria-label="Sections">',
      '<main id="content"',
      'class="skip" href="#content"',
    ])
      expect(shown).toContain(part);
  });

  test("shows where requests go", () => {
    expect(section(shown, "routes")).toMatch(
      /every host \/v1\/models longest path prod-api-service-cachedbackend-\w+ every host everything else last prod-api-service-backend-/,
    );
    expect(section(shown, "routes")).toContain("redirect with 308 to HTTPS");
    expect(section(shown, "routes")).toContain("Asked by HTTPS on port 443 of the global address.");
  });

  test("shows who may call, and what Cloud Armor lets through, in the order of priorities", () => {
    expect(section(shown, "access")).toMatch(
      /everyone: no token is required load balancers and VPC networks of the project Cloud Armor prod-edge-/,
    );
    const priorities = [...shown.matchAll(/data-label="Priority"><div>(\d{5,})</g)].map(([, priority]) =>
      Number(priority),
    );
    expect(priorities).toEqual([...priorities].sort((a, b) => a - b));
    expect(priorities.at(-1)).toBe(2147483647);
    expect(section(shown, "access")).toMatch(
      / throttle more than 600 requests in 60 s by HTTP_HEADER authorization: deny\(429\)/,
    );
  });

  test("shows certificates and the DNS records that somebody has to set", () => {
    const text = section(shown, "certificates");
    expect(text).toMatch(/api\.example\.com A address of prod-api-frontend-ipv4-\w+ you/);
    expect(text).toMatch(/api\.example\.com AAAA address of prod-api-frontend-ipv6-\w+ you/);
    expect(text).toMatch(/_acme-challenge\.api\.example\.com CNAME record of prod-api-frontend-\S+ you/);
  });

  test("shows cost, quota, latency and objectives", () => {
    expect(section(shown, "cost")).toMatch(
      /^Cost 2,762\.74 USD a month while nobody uses it.*\+2,744\.49 USD a month since the last synth\./,
    );
    expect(section(shown, "quota")).toMatch(
      /NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion .* 3 GPUs 4 GPUs 3 ask for it/,
    );
    expect(section(shown, "latency")).toMatch(/Europe 14% 36 ms 106 ms/);
    expect(section(shown, "objectives")).toMatch(
      /99\.9 % of requests answered without a server error, worldwide 99\.9% 30 days critical to email oncall@example\.com/,
    );
  });

  test("shows what changes, with what is in danger", () => {
    const text = section(shown, "changes");
    expect(text).toMatch(/^Changes \d+ added, \d+ replaced, \d+ removed since the last synth danger /);
    expect(text).toMatch(/ danger address-lost: .* safely leave it as it is .* added api\/Service\/asia-southeast1 /);
  });

  test("asks nobody for anything, and forbids it, too", () => {
    const whole = page(prod, script);
    expect(whole).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; `);
    expect(shown).not.toMatch(/\b(src|srcset|action|poster|data)="/);
    expect([...shown.matchAll(/\bhref="([^"]*)"/g)].filter(([, target]) => !target!.startsWith("#"))).toEqual([]);
    expect(whole).not.toMatch(/@import|@font-face|\burl\((?!#)/);
    expect(script).not.toMatch(/\b(fetch|XMLHttpRequest|WebSocket|sendBeacon|importScripts)\b/);
  });

  test("is small enough for an e-mail", () => {
    expect(page(prod, script).length).toBeLessThan(1_000_000);
  });

  test("is the same for the same input", () => {
    expect(page(reportOf(synthesize("prod"), "prod", synthesize("dev")), script)).toBe(page(prod, script));
  });
});

describe("findings", () => {
  const wrong = reportOf(
    document({
      google_compute_backend_service: {
        a: { name: "Upper", load_balancing_scheme: "EXTERNAL_MANAGED", timeout_sec: -1 },
      },
    }),
  );

  test("are counted, explained, and with their resource", () => {
    const text = contentOf(wrong);
    expect(text).toMatch(/<p class="verdict error"><strong>Not ready<\/strong>/);
    expect(section(text, "findings")).toMatch(/error .*google_compute_backend_service\.a.*Fix: /);
  });

  test("are not claimed to be absent where nothing is judged", () => {
    const text = contentOf(reportOf(document({ null_resource: { a: {} } })));
    expect(text).toMatch(/<p class="verdict unknown"><strong>Not judged<\/strong>/);
  });

  test("that are meant have their reasons", () => {
    expect(section(contentOf(reportOf(synthesize("dev"))), "findings")).toMatch(
      /security-plain-http .* an environment without a domain is for trials/,
    );
  });
});

describe("what has markup in it stays text", () => {
  const ODD = `<img src=x onerror="alert('1')"></script>&amp;`;
  const odd = document({
    google_compute_backend_service: { odd: { name: ODD, description: ODD } },
    google_compute_url_map: {
      odd: {
        name: ODD,
        default_service: "${google_compute_backend_service.odd.id}",
        host_rule: [{ hosts: [ODD], path_matcher: "m" }],
        path_matcher: [
          {
            name: "m",
            default_service: "${google_compute_backend_service.odd.id}",
            route_rules: [
              {
                priority: 1,
                match_rules: [{ prefix_match: `/${ODD}`, header_matches: [{ header_name: ODD, exact_match: ODD }] }],
                service: "${google_compute_backend_service.odd.id}",
                route_action: { url_rewrite: { host_rewrite: ODD }, cors_policy: { allow_origins: [ODD] } },
              },
            ],
          },
        ],
      },
    },
    google_compute_security_policy: {
      odd: { name: ODD, rule: [{ action: ODD, priority: 1, description: ODD, match: { expr: { expression: ODD } } }] },
    },
    google_certificate_manager_certificate: { odd: { name: ODD, managed: { domains: [ODD] } } },
    google_monitoring_alert_policy: { odd: { display_name: ODD, severity: ODD } },
    google_monitoring_slo: { odd: { display_name: ODD, goal: 0.9 } },
    google_cloud_run_v2_service: { odd: { name: ODD, location: ODD, template: { containers: [{ image: ODD }] } } },
    google_pubsub_topic: { odd: { name: ODD, labels: { [ODD]: ODD } } },
  });

  test("in every section", () => {
    const report = reportOf(odd, ODD);
    const whole = page(report, "");
    expect(whole).not.toContain("<img");
    expect(whole.match(/<\/script>/g)).toHaveLength(2);
    expect(dataOf(report).resources["google_pubsub_topic.odd"]!.values.name).toBe(ODD);
    for (const id of ["routes", "access", "certificates", "workloads", "objectives"])
      expect(section(contentOf(report), id)).toContain(
        "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&lt;/script&gt;&amp;amp;",
      );
  });

  test("in any text", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (content, attribute) => {
        const { text } = html`<p title="${attribute}">${content}</p>`;
        expect(text).toMatch(/^<p title="[^"<>]*">[^<>]*<\/p>$/s);
      }),
    );
  });
});

test("who may sign in at Identity-Aware Proxy is said", () => {
  const report = reportOf(
    document({
      google_cloud_run_v2_service: { s: { name: "chat", location: "europe-west1", ingress: "INGRESS_TRAFFIC_ALL" } },
      google_cloud_run_v2_service_iam_member: {
        iap: {
          name: "${google_cloud_run_v2_service.s.name}",
          role: "roles/run.invoker",
          member: "serviceAccount:service-1@gcp-sa-iap.iam.gserviceaccount.com",
        },
      },
      google_compute_region_network_endpoint_group: {
        n: { region: "europe-west1", cloud_run: { service: "${google_cloud_run_v2_service.s.name}" } },
      },
      google_compute_backend_service: {
        b: {
          name: "b",
          iap: { enabled: true },
          backend: [{ group: "${google_compute_region_network_endpoint_group.n.id}" }],
        },
      },
      google_iap_web_backend_service_iam_member: {
        m: {
          web_backend_service: "${google_compute_backend_service.b.name}",
          role: "roles/iap.httpsResourceAccessor",
          member: "group:staff@example.com",
        },
      },
    }),
  );
  expect(section(contentOf(report), "access")).toMatch(
    /chat europe-west1 Identity-Aware Proxy the internet, and load balancers no Cloud Armor sign-in by Identity-Aware Proxy for group:staff@example\.com/,
  );
});

test.each([
  [
    "a rewrite",
    { url_rewrite: { path_prefix_rewrite: "/v2", host_rewrite: "in.example.com" } },
    "path prefix becomes /v2 host becomes in.example.com",
  ],
  ["a timeout in a list", { timeout: [{ seconds: 30 }] }, "timeout 30 s"],
  [
    "retries",
    { retry_policy: [{ num_retries: 2, retry_conditions: ["5xx", "reset"], per_try_timeout: [{ seconds: 5 }] }] },
    "2 retries on 5xx, reset, 5 s each",
  ],
  ["CORS", { cors_policy: { allow_origins: ["https://a.example.com"] } }, "CORS for https://a.example.com"],
  ["faults", { fault_injection_policy: { abort: { http_status: 503, percentage: 10 } } }, "10% are aborted with 503"],
  [
    "weights",
    {
      weighted_backend_services: [
        { backend_service: "new", weight: 100 },
        { backend_service: "old", weight: 900 },
      ],
    },
    "new 10% old 90%",
  ],
])("a route shows %s", (_what, action, text) => {
  const rules = [
    { priority: 20, match_rules: [{ prefix_match: "/b" }], service: "later" },
    {
      priority: 10,
      match_rules: [{ prefix_match: "/a", header_matches: [{ header_name: "x-tier", exact_match: "gold" }] }],
      route_action: action,
    },
  ];
  const map = {
    name: "m",
    host_rule: [{ hosts: ["a.example.com"], path_matcher: "p" }],
    path_matcher: [{ name: "p", default_service: "rest", route_rules: rules }],
    default_service: "other",
  };
  const shown = section(contentOf(reportOf(document({ google_compute_url_map: { m: map } }))), "routes");
  expect(shown).toContain(text);
  expect(shown).toMatch(
    /begins with \/a, header x-tier is gold 10 .*begins with \/b 20 later a\.example\.com everything else last rest every other host everything else last other/,
  );
});

describe("secrets", () => {
  const text = JSON.stringify(
    dataOf(
      reportOf(
        document({
          google_secret_manager_secret_version: {
            v: { secret_data: "hunter2-version", secret: "${google_secret_manager_secret.s.id}" },
          },
          google_monitoring_notification_channel: {
            c: { type: "slack", sensitive_labels: { auth_token: "hunter2-slack" } },
          },
          google_cloud_run_v2_service: {
            s: {
              name: "s",
              location: "europe-west1",
              template: {
                containers: [
                  {
                    env: [
                      { name: "API_KEY", value: "hunter2-env-1a2b3c4d" },
                      { name: "MODEL", value: "gemma" },
                    ],
                  },
                ],
              },
            },
          },
          google_sql_user: { u: { password: "hunter2-sql" } },
        }),
      ),
    ),
  );

  test("are not in the page, and what is not secret is", () => {
    expect(text).not.toContain("hunter2");
    expect(text).toContain("gemma");
    expect(text).toContain("${google_secret_manager_secret.s.id}");
  });
});

describe("a document", () => {
  test("with nothing in it has a page", () => {
    const text = contentOf(reportOf(TerraformDocument.parse({})));
    expect([...text.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id)).toEqual(["cost"]);
  });

  test("with modules says what is not shown", () => {
    const text = contentOf(reportOf(TerraformDocument.parse({ module: { lb: { source: "./lb" } } })));
    expect(text).toMatch(/Not shown is what this module makes: <code>lb<\/code>/);
  });

  test("whose values Terraform computes is read as it is written", () => {
    const text = contentOf(
      reportOf(
        document({
          google_cloud_run_v2_service: {
            s: {
              name: "${var.name}",
              location: "${var.region}",
              ingress: "${var.ingress}",
              template: {
                scaling: { max_instance_count: "${var.most}" },
                containers: [{ image: "${var.image}", resources: { limits: { cpu: "${var.cpu}" } } }],
              },
            },
          },
          google_compute_backend_service: {
            b: { backend: [{ group: "${var.group}" }], security_policy: "${var.armor}" },
          },
          google_compute_url_map: {
            m: {
              default_service: "${var.other}",
              host_rule: [{ hosts: ["${var.domain}"], path_matcher: "p" }],
              path_matcher: [
                {
                  name: "p",
                  default_service: null,
                  path_rule: [{ paths: ["${var.path}"], service: "${google_compute_backend_service.b.id}" }],
                },
              ],
            },
          },
          google_compute_forwarding_rule: {
            f: { target: "${google_compute_target_http_proxy.p.id}", region: "${var.r}" },
          },
          google_compute_target_http_proxy: { p: { url_map: "${google_compute_url_map.m.id}" } },
          google_monitoring_slo: { s: { rolling_period_days: "${var.days}", display_name: "${var.title}" } },
          google_monitoring_alert_policy: { a: { severity: "${var.severity}" } },
        }),
      ),
    ).replaceAll("<wbr>", "");
    expect(text).not.toMatch(/\$\{|undefined|NaN|\bnull\b|\[object/);
    expect(section(text, "routes")).toMatch(
      /Asked by HTTP of a regional address\. .*var\.domain var\.path longest path google_compute_backend_service\.b var\.domain everything else last \? every other host everything else last var\.other$/,
    );
    expect(section(text, "access")).toMatch(
      /google_compute_backend_service\.b groups made elsewhere; Cloud Armor var\.armor/,
    );
    expect(section(text, "workloads")).toContain("not known var.image var.cpu CPU");
    expect(text).not.toContain('id="regions"');
  });

  test("with equal blocks in many resources holds each once", () => {
    const template = { containers: [{ image: "an-image-that-many-have" }] };
    const services = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        `s${index}`,
        { name: `s${index}`, location: "europe-west1", template },
      ]),
    );
    const json = JSON.stringify(dataOf(reportOf(document({ google_cloud_run_v2_service: services }))));
    expect(json.match(/an-image-that-many-have/g)).toHaveLength(1);
  });
});

test("a table leaves out columns without content, and names the others in each cell", () => {
  const { text } = table(
    "Things",
    ["Name", "Empty", "Size"],
    [
      ["a", "", "1"],
      ["b", undefined, ""],
    ],
    ["Size"],
  );
  expect(text).not.toContain("Empty");
  expect(text).toContain(
    '<td role="cell" data-label="Name"><div>b</div></td><td role="cell" class="number" data-empty>',
  );
});

test("the script cannot end its element", () => {
  expect(script).not.toMatch(/<\/script/i);
});

describe("addresses", () => {
  const rule = (rest: Block) => ({ port_range: "443", ...rest });
  const shown = (json: Block) => {
    const text = contentOf(reportOf(TerraformDocument.parse(json)));
    return /<dt>Addresses<\/dt>(.*?)<\/div><div><dt>/s
      .exec(text)![1]!
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/\s+/g, " ");
  };

  test.each([
    [
      "of a rule without a region are in the provider's",
      "google_compute_forwarding_rule",
      { load_balancing_scheme: "EXTERNAL_MANAGED" },
      "IPv4 us-east1: TCP 443",
    ],
    [
      "of an internal load balancer are not global",
      "google_compute_global_forwarding_rule",
      { load_balancing_scheme: "INTERNAL_MANAGED" },
      "IPv4 internal: TCP 443",
    ],
    [
      "of a VPN say their protocol",
      "google_compute_forwarding_rule",
      { ip_protocol: "ESP", port_range: undefined },
      "IPv4 us-east1: ESP",
    ],
  ])("%s", (_what, type, rest, expected) => {
    const json = { provider: { google: { region: "us-east1" } }, resource: { [type]: { f: rule(rest) } } };
    expect(shown(json)).toContain(expected);
  });
});

test("routes are in the order in which the URL map decides, whatever their order in the document", () => {
  const map = {
    name: "m",
    default_service: "never",
    host_rule: [
      { hosts: ["*"], path_matcher: "all" },
      { hosts: ["*.example.com"], path_matcher: "wild" },
      { hosts: ["api.example.com"], path_matcher: "api" },
    ],
    path_matcher: [
      {
        name: "all",
        default_service: "rest",
        path_rule: [
          { paths: ["/a/*"], service: "short" },
          { paths: ["/a/b/*"], service: "long" },
          { paths: ["/a/b"], service: "exact" },
        ],
      },
      { name: "wild", default_service: "wild" },
      { name: "api", default_service: "api" },
      { name: "orphan", default_service: "orphan" },
    ],
  };
  const text = section(contentOf(reportOf(document({ google_compute_url_map: { m: map } }))), "routes");
  const order = ["api", "wild", "exact", "long", "short", "rest", "orphan"].map((each) => `${each} .*`).join("");
  expect(text).toMatch(new RegExp(`api\\.example\\.com everything else last ${order.replace(/ \.\*$/, "$")}`));
  expect(text).toContain("no host rule: unreachable everything else last orphan");
  expect(text).not.toContain("unreachable everything else last never");
});

test.each([
  [{ header_name: "x", exact_match: "a", invert_match: true }, "header x is not a"],
  [{ header_name: "x", prefix_match: "a", invert_match: true }, "header x does not begin with a"],
  [{ header_name: "x", present_match: true, invert_match: true }, "header x is absent"],
  [{ header_name: "x", present_match: true }, "header x is present"],
])("a header condition %j is said in words", (header, words) => {
  const rule = { priority: 1, match_rules: [{ prefix_match: "/", header_matches: [header] }], service: "s" };
  const map = { path_matcher: [{ name: "p", route_rules: [rule] }], host_rule: [{ hosts: ["*"], path_matcher: "p" }] };
  expect(section(contentOf(reportOf(document({ google_compute_url_map: { m: map } }))), "routes")).toContain(words);
});

test("durations have their nanoseconds", () => {
  const map = { default_service: "s", default_route_action: { timeout: { seconds: 0, nanos: 500_000_000 } } };
  const text = section(contentOf(reportOf(document({ google_compute_url_map: { m: map } }))), "routes");
  expect(text).toContain("timeout 0.5 s");
});

test("what is behind a backend, and who guards it, is not guessed", () => {
  const text = section(
    contentOf(
      reportOf(
        document({
          google_compute_backend_service: {
            empty: { name: "empty", security_policy: "projects/p/global/securityPolicies/shared" },
            machines: { name: "m", backend: [{ group: "${google_compute_instance_group_manager.m.instance_group}" }] },
          },
          google_compute_instance_group_manager: { m: { zone: "us-east1-b" } },
        }),
      ),
    ),
    "access",
  );
  expect(text).toContain("empty no group; Cloud Armor shared; no Cloud CDN");
  expect(text).toContain("m machines; no Cloud Armor; no Cloud CDN");
});

test("a rate limit says by which keys it counts", () => {
  const limit = {
    rate_limit_threshold: { count: 10, interval_sec: 60 },
    exceed_action: "deny(429)",
    enforce_on_key: "",
    enforce_on_key_configs: [
      { enforce_on_key_type: "IP" },
      { enforce_on_key_type: "HTTP_HEADER", enforce_on_key_name: "x-key" },
    ],
  };
  const rule = { action: "throttle", priority: 1, match: { versioned_expr: "X" }, rate_limit_options: limit };
  const policy = { google_compute_security_policy: { p: { name: "p", rule: [rule] } } };
  expect(section(contentOf(reportOf(document(policy))), "access")).toContain(
    "more than 10 requests in 60 s by IP and HTTP_HEADER x-key: deny(429)",
  );
});

test("a quota that nobody knows is not called enough, and one thing is one", () => {
  const text = section(contentOf(reportOf(document({ google_compute_network: { n: { name: "n" } } }))), "quota");
  expect(text).toMatch(/NETWORKS.* global 1 network 1 network \? not known$/);
});

test("a round trip of internet users is told of what they reach", () => {
  const group = (region: string) => ({ region, cloud_run: { service: "chat" } });
  const sections = (backend: Block) => {
    const resources = {
      google_compute_backend_service: {
        b: { name: "b", backend: [{ group: "${google_compute_region_network_endpoint_group.n.id}" }], ...backend },
      },
      google_compute_region_network_endpoint_group: { n: group("us-east1") },
    };
    return [...contentOf(reportOf(document(resources))).matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id);
  };
  expect(sections({ load_balancing_scheme: "EXTERNAL_MANAGED" })).toEqual(
    expect.arrayContaining(["regions", "latency"]),
  );
  expect(sections({ load_balancing_scheme: "INTERNAL_MANAGED" })).not.toContain("latency");
});

test("an uptime check asks from everywhere, every five minutes, unless it says otherwise", () => {
  const checks = { google_monitoring_uptime_check_config: { u: { display_name: "tcp", tcp_check: { port: 443 } } } };
  expect(section(contentOf(reportOf(document(checks))), "objectives")).toContain("tcp 300s all regions");
});

test("a record that the document sets is the document's, with and without the last dot", () => {
  const address = "${google_compute_global_address.a.address}";
  const text = section(
    contentOf(
      reportOf(
        document({
          google_compute_global_address: { a: { name: "a" } },
          google_compute_global_forwarding_rule: {
            f: { target: "${google_compute_target_https_proxy.p.id}", ip_address: address, port_range: "443-443" },
          },
          google_compute_managed_ssl_certificate: { c: { name: "c", managed: { domains: ["api.example.com."] } } },
          google_compute_target_https_proxy: {
            p: {
              ssl_certificates: ["${google_compute_managed_ssl_certificate.c.id}"],
              url_map: "${google_compute_url_map.m.id}",
            },
          },
          google_compute_url_map: { m: { name: "m" } },
          google_dns_record_set: { r: { name: "api.example.com.", type: "A", managed_zone: "z", rrdatas: [address] } },
        }),
      ),
    ),
    "certificates",
  );
  expect(text).toContain("api.example.com A address of a this document: google_dns_record_set.r");
});

test("RE2 is in the page only where a pattern needs it", () => {
  const asks = (pattern: string) => {
    const rule = { priority: 1, match_rules: [{ header_matches: [{ header_name: "x", regex_match: pattern }] }] };
    return asksRe2(reportOf(document({ google_compute_url_map: { m: { path_matcher: [{ route_rules: [rule] }] } } })));
  };
  expect([asks("a.*"), asks("[ab]+"), asks("(?i)a"), asks("${var.pattern}")]).toEqual([false, true, true, false]);
  expect(pageScript(false).length).toBeLessThan(script.length / 5);
});

test.each([...pictures(tmpdir())])(
  "docs/pictures/%s is what the report draws (npm run docs writes it)",
  (name, svg) => {
    expect(readFileSync(join(__dirname, "../../docs/pictures", name), "utf8")).toBe(svg);
  },
);

test("many hosts of many routes are listed once", () => {
  const hosts = Array.from({ length: 20 }, (_, index) => `h${index}.example.com`);
  const path_rule = Array.from({ length: 20 }, (_, index) => ({ paths: [`/${index}/*`], service: "s" }));
  const map = {
    host_rule: [{ hosts, path_matcher: "p" }],
    path_matcher: [{ name: "p", default_service: "d", path_rule }],
  };
  const text = section(contentOf(reportOf(document({ google_compute_url_map: { m: map } }))), "routes");
  expect(text.match(/h7\.example\.com/g)).toHaveLength(1);
  expect(text.match(/the same 20 hosts/g)).toHaveLength(20);
});
