import { failoverRules } from "../../lib/rules/failover";
import { describeRules, findingsOf, type Json, resourceAt } from "./rule-support";
import { servingPath } from "./serving-path";

const BACKEND = "google_compute_backend_service.api";
const EU = "google_cloud_run_v2_service.eu";
const US = "google_cloud_run_v2_service.us";
const NEG = "google_compute_region_network_endpoint_group.eu";

const DETECTION = {
  consecutive_errors: 5,
  enforcing_consecutive_errors: 100,
  consecutive_gateway_failure: 3,
  enforcing_consecutive_gateway_failure: 100,
  max_ejection_percent: 50,
};

describeRules(failoverRules, servingPath, [
  {
    rule: "failover-two-regions",
    address: BACKEND,
    change: (document) => {
      (resourceAt(document, BACKEND).backend as Json[]).pop();
    },
  },
  { rule: "failover-mechanism", address: BACKEND, change: withoutProbes },
  { rule: "failover-mechanism", address: BACKEND, set: ["iap", { enabled: true }] },
  {
    rule: "failover-mechanism",
    address: BACKEND,
    change: (document) => {
      withoutProbes(document);
      resourceAt(document, BACKEND).outlier_detection = { ...DETECTION, max_ejection_percent: 10 };
    },
  },
  {
    rule: "failover-enforcing-errors",
    address: BACKEND,
    set: ["outlier_detection", { consecutive_errors: 5 }],
  },
  {
    rule: "failover-ejection-percent",
    address: BACKEND,
    set: ["outlier_detection", { ...DETECTION, max_ejection_percent: 30 }],
  },
  { rule: "failover-health-partial", address: EU, change: (document) => withoutProbe(document, EU) },
  { rule: "failover-health-cold", address: EU, set: ["scaling", undefined] },
  {
    rule: "failover-health-neg",
    address: NEG,
    set: ["cloud_run", { service: "${google_cloud_run_v2_service.eu.name}", tag: "canary" }],
  },
  { rule: "failover-health-iap", address: BACKEND, set: ["iap", { enabled: true }] },
]);

test("says nothing of regions without probes behind outlier detection that ejects", () => {
  const document = servingPath();
  withoutProbes(document);
  resourceAt(document, BACKEND).outlier_detection = DETECTION;
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("failover-"))).toEqual([]);
});

test("says nothing of a backend whose groups are not all in the document", () => {
  const document = servingPath();
  withoutProbes(document);
  resourceAt(document, BACKEND).backend = [
    { group: "${var.neg}" },
    { group: "projects/p/regions/r/networkEndpointGroups/n" },
  ];
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("failover-"))).toEqual([]);
});

test("says nothing of outlier detection that Terraform has yet to compute", () => {
  const document = servingPath();
  withoutProbes(document);
  resourceAt(document, BACKEND).outlier_detection = { ...DETECTION, max_ejection_percent: "${var.percent}" };
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("failover-"))).toEqual([]);
});

function withoutProbes(document: Json): void {
  withoutProbe(document, EU);
  withoutProbe(document, US);
}

function withoutProbe(document: Json, address: string): void {
  const template = resourceAt(document, address).template as { containers: Json[] };
  delete template.containers[0]!.readiness_probe;
}

test("says nothing of the share of machines that may be ejected", () => {
  const document = servingPath();
  const manager = "google_compute_region_instance_group_manager";
  (document.resource as Json)[manager] = { eu: { region: "europe-west1" }, us: { region: "us-central1" } };
  Object.assign(resourceAt(document, BACKEND), {
    backend: ["eu", "us"].map((name) => ({ group: `\${${manager}.${name}.instance_group}` })),
    outlier_detection: { ...DETECTION, max_ejection_percent: 10 },
  });
  expect(findingsOf(document).filter((finding) => finding.rule === "failover-ejection-percent")).toEqual([]);
});
