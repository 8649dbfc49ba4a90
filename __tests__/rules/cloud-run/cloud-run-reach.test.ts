import { cloudRunReachRules } from "../../../lib/rules/cloud-run/cloud-run-reach";
import { adding, describeRules, findingsOf, type Json, resourceAt, wrongValues } from "../rule-support";
import { servingPath } from "../serving-path";

const EU = "google_cloud_run_v2_service.eu";
const BINDING = "google_cloud_run_v2_service_iam_member.eu";
const binding = (member: string): Json => ({
  name: "${google_cloud_run_v2_service.eu.name}",
  location: "europe-west1",
  role: "roles/run.invoker",
  member,
});
const beside: Json = {
  name: "admin",
  location: "europe-west1",
  invoker_iam_disabled: true,
  template: { containers: [{ image: "docker.io/library/nginx:1.27" }] },
};

describeRules(cloudRunReachRules, servingPath, [
  ...wrongValues("run-ingress-bypass", EU, "ingress", "INGRESS_TRAFFIC_ALL", undefined),
  ...wrongValues("run-ingress-blocks", EU, "ingress", "INGRESS_TRAFFIC_INTERNAL_ONLY"),
  ...wrongValues("run-invokers", EU, "invoker_iam_disabled", undefined, false),
  {
    rule: "run-public-beside-load-balancer",
    address: "google_cloud_run_v2_service.admin",
    change: adding({ "google_cloud_run_v2_service.admin": beside }),
  },
  { rule: "run-invoker-redundant", address: BINDING, change: adding({ [BINDING]: binding("user:a@example.com") }) },
  {
    rule: "run-uri-disabled",
    address: "google_pubsub_subscription.push",
    change: (document) => {
      resourceAt(document, EU).default_uri_disabled = true;
      adding({
        "google_pubsub_subscription.push": {
          name: "push",
          topic: "${var.topic}",
          push_config: { push_endpoint: "${google_cloud_run_v2_service.eu.uri}/push" },
        },
      })(document);
    },
  },
]);

const silent: readonly (readonly [string, (document: Json) => void])[] = [
  [
    "open ingress where the default address is disabled",
    (document) =>
      Object.assign(resourceAt(document, EU), { ingress: "INGRESS_TRAFFIC_ALL", default_uri_disabled: true }),
  ],
  [
    "ingress that Terraform computes",
    (document) => Object.assign(resourceAt(document, EU), { ingress: "${var.ingress}" }),
  ],
  [
    "a service that a binding makes public",
    (document) => {
      delete resourceAt(document, EU).invoker_iam_disabled;
      adding({ [BINDING]: binding("allUsers") })(document);
    },
  ],
  [
    "a service without invokers where IAP is on",
    (document) => {
      delete resourceAt(document, EU).invoker_iam_disabled;
      resourceAt(document, "google_compute_backend_service.api").iap = { enabled: true };
    },
  ],
  [
    "a service without invokers where a module may bind them",
    (document) => {
      delete resourceAt(document, EU).invoker_iam_disabled;
      document.module = { invokers: { source: "./invokers" } };
    },
  ],
  [
    "an internal service behind an internal load balancer",
    (document) => {
      resourceAt(document, EU).ingress = "INGRESS_TRAFFIC_INTERNAL_ONLY";
      resourceAt(document, "google_compute_backend_service.api").load_balancing_scheme = "INTERNAL_MANAGED";
    },
  ],
  [
    "a service that callers have to be named for, beside the load balancer",
    (document) => adding({ "google_cloud_run_v2_service.admin": { ...beside, invoker_iam_disabled: false } })(document),
  ],
];

test.each(silent)("says nothing of %s", (_title, change) => {
  const document = servingPath();
  change(document);
  const ids = cloudRunReachRules.map((rule) => rule.id);
  expect(findingsOf(document).filter((finding) => ids.includes(finding.rule))).toEqual([]);
});

test("IAP that is off lets nobody in", () => {
  const document = servingPath();
  delete resourceAt(document, EU).invoker_iam_disabled;
  resourceAt(document, "google_compute_backend_service.api").iap = { enabled: false };
  expect(findingsOf(document).map(({ rule }) => rule)).toContain("run-invokers");
});

test("says nothing of a public service in a stack without a load balancer", () => {
  const document = { resource: { google_cloud_run_v2_service: { admin: beside } } };
  const ids = cloudRunReachRules.map((rule) => rule.id);
  expect(findingsOf(document).filter((finding) => ids.includes(finding.rule))).toEqual([]);
});
