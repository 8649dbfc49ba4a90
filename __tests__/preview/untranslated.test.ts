import { readPreview } from "../../lib/preview/plan";
import { type Block, TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { frontends, merged, services, to } from "./preview-document";

const said = (...parts: Record<string, Block>[]) =>
  readPreview(new Topology(TerraformDocument.parse({ resource: merged(...parts) }))).notTranslated.join("\n");
const api = services({ api: ["europe-west1", "us-central1"] });
const map = (values: Block = {}) => frontends([{ default_service: to("api"), ...values }]);
const backend = (values: Block) => [services({ api: ["europe-west1", "us-central1"] }, { backend: values }), map()];
const policy = (values: Block, rule: Block) => [
  ...backend({ security_policy: "${google_compute_security_policy.p.id}" }),
  { google_compute_security_policy: { p: { ...values, rule: [{ priority: 7, action: "deny(403)", ...rule }] } } },
];
const when = (expression: string): Block => ({ match: { expr: { expression } } });

test("nothing is said of a plain document", () => expect(said(api, map())).toBe(""));

test("a reference to another resource is nothing that is left out", () =>
  expect(said(...backend({ network: "${google_compute_network.main.id}" }))).toBe(""));

test.each([
  [[api, map({ path_matcher: "${var.matchers}" })], "what Terraform computes is left out: path_matcher"],
  [
    [api, map({ default_service: "${var.backend}" })],
    "${var.backend} is not in the document: what goes there is answered with 503",
  ],
  [
    [
      api,
      map({ header_action: { request_headers_to_add: [{ header_name: "a", header_value: "{device_request_type}" }] } }),
    ],
    "the variable {device_request_type} is always empty",
  ],
  [
    [
      api,
      map({
        path_matcher: [
          {
            name: "m",
            route_rules: [
              {
                priority: 1,
                service: to("api"),
                match_rules: [{ path_template_match: "/{a}" }],
                route_action: { url_rewrite: { path_prefix_rewrite: "/b" } },
              },
            ],
          },
        ],
      }),
    ],
    "a rewrite of a prefix where a template matches",
  ],
  [[api, map({ host_rule: [{ hosts: ["a.example.com:8443"], path_matcher: "m" }] })], "ports in hosts are ignored"],
  [
    [api, map({ dynamic: { path_matcher: { for_each: "${var.matchers}", content: {} } } })],
    "what Terraform computes is left out: path_matcher",
  ],
  [backend({ timeout_sec: "${var.timeout}" }), "what Terraform computes is left out: timeout_sec"],
  [backend({ iap: { enabled: true } }), "nobody has to sign in"],
  [backend({ security_policy: "projects/p/global/securityPolicies/x" }), "its security_policy is not in the document"],
  [backend({ session_affinity: "STRONG_COOKIE_AFFINITY" }), "session affinity is by hash"],
  [backend({ backend: [{ group: "${var.neg}" }] }), "${var.neg} is not in the document and left out"],
  [backend({ service_lb_policy: "x" }), "service_lb_policy is left out"],
  [
    backend({ enable_cdn: true, cdn_policy: { client_ttl: 10 } }),
    "client_ttl is left out: clients get the lifetime that the cache uses",
  ],
  [
    backend({ enable_cdn: true, cdn_policy: { cache_key_policy: { include_host: false } } }),
    "whatever cache_key_policy says",
  ],
  [
    policy({ adaptive_protection_config: { layer_7_ddos_defense_config: { enable: true } } }, when("true")),
    "adaptive protection is left out",
  ],
  [
    policy({}, when("evaluatePreconfiguredWaf('xss-v33-stable')")),
    "priority 7: evaluatePreconfiguredWaf('xss-v33-stable') counts as false",
  ],
  [
    policy(
      {},
      {
        ...when("true"),
        action: "rate_based_ban",
        rate_limit_options: { enforce_on_key: "TLS_JA4_FINGERPRINT" },
      },
    ),
    "priority 7: requests are not counted by TLS_JA4_FINGERPRINT",
  ],
  [
    policy({}, { ...when("true"), action: "redirect", redirect_options: { type: "GOOGLE_RECAPTCHA" } }),
    "priority 7: there is no reCAPTCHA",
  ],
  [policy({}, { ...when("${var.expression}"), preview: true }), "priority 7 (in preview): it is left out"],
] as [Record<string, Block>[], string][])("%#: %s", (parts, expected) => expect(said(...parts)).toContain(expected));

test("a token that the service asks for is not asked for", () => {
  const binding = {
    google_cloud_run_v2_service_iam_member: {
      m: {
        name: "${google_cloud_run_v2_service.api-europe-west1.name}",
        role: "roles/run.invoker",
        member: "serviceAccount:a@b.iam.gserviceaccount.com",
      },
    },
  };
  expect(said(api, map(), binding)).toContain("nobody needs a token");
});

test("policies that no backend uses are nobody's business", () => {
  const [, , unused] = policy({}, when("evaluatePreconfiguredWaf('xss-v33-stable')"));
  expect(said(api, map(), unused!)).toBe("");
});
