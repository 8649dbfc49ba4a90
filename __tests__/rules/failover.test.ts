import { changed, describeGroup, findingsOf, type Json, on, resourceAt } from "./rule-support";
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

describeGroup(
  "failover",
  servingPath,
  [
    changed(
      "failover-two-regions",
      BACKEND,
      (document) => {
        (resourceAt(document, BACKEND).backend as Json[]).pop();
      },
      { at: "backend" },
    ),
    changed("failover-mechanism", BACKEND, withoutProbes, { at: "outlier_detection" }),
    changed(
      "failover-ejection-percent",
      BACKEND,
      (document) => {
        withoutProbes(document);
        resourceAt(document, BACKEND).outlier_detection = { ...DETECTION, max_ejection_percent: 10 };
      },
      { at: "outlier_detection.max_ejection_percent" },
    ),
    ...on(BACKEND, ["failover-ejection-percent", "outlier_detection", { ...DETECTION, max_ejection_percent: 30 }]).map(
      (mutation) => ({ ...mutation, at: "outlier_detection.max_ejection_percent" }),
    ),
    changed("failover-health-partial", EU, (document) => withoutProbe(document, EU), {
      at: "template.containers.readiness_probe",
    }),
    ...on(EU, ["failover-health-cold", "scaling", undefined]).map((mutation) => ({
      ...mutation,
      at: "scaling.min_instance_count",
    })),
    ...on(NEG, ["failover-health-neg", "cloud_run.tag", "canary"]),
    changed(
      "failover-health-iap",
      BACKEND,
      (document) => {
        resourceAt(document, BACKEND).iap = { enabled: true };
      },
      { at: "iap.enabled", also: ["iap-access"] },
    ),
  ],
  ["two-regions", "mechanism", "ejection-percent", "health-partial", "health-cold", "health-neg", "health-iap"].map(
    (id) => `failover-${id}`,
  ),
);

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
