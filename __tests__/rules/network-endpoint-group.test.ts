import { adding, changed, describeGroup, findingsOf, ids, type Json, on, resourceAt } from "./rule-support";

const NEG = "google_compute_region_network_endpoint_group.eu";
const APP = "google_compute_region_network_endpoint_group.app";
const MASK = "google_compute_region_network_endpoint_group.mask";
const FUNCTION = "google_compute_region_network_endpoint_group.function";
const PSC = "google_compute_region_network_endpoint_group.psc";
const BACKEND = "google_compute_backend_service.api";
const SERVICE = "google_cloud_run_v2_service.chat";

const lifecycle = { create_before_destroy: true };
const neg = (values: Json) => ({ region: "europe-west1", lifecycle, ...values });

/** NEGs of several kinds. */
function valid(): Json {
  return {
    resource: {
      google_compute_region_network_endpoint_group: {
        eu: neg({ name: "eu-1a2b3c", network_endpoint_type: "SERVERLESS", cloud_run: { service: "chat" } }),
        app: neg({ name: "app-1a2b3c", app_engine: { service: "default", version: "v1" } }),
        mask: neg({ name: "mask-1a2b3c", cloud_run: { url_mask: "<tag>.example.com/<service>" } }),
        function: neg({ name: "function-1a2b3c", cloud_function: { function: "chat" } }),
        psc: neg({
          name: "psc-1a2b3c",
          network_endpoint_type: "PRIVATE_SERVICE_CONNECT",
          psc_target_service: "europe-west1-cloudkms.googleapis.com",
          network: "n",
          subnetwork: "s",
        }),
        unknown: {
          name: "unknown",
          region: "${var.region}",
          network_endpoint_type: "${var.type}",
          psc_target_service: "${var.x}",
          network: "n",
        },
      },
      google_compute_backend_service: {
        api: {
          name: "api-1a2b3c",
          load_balancing_scheme: "EXTERNAL_MANAGED",
          log_config: { enable: true, sample_rate: 1 },
          backend: [{ group: `\${${NEG}.id}` }],
          lifecycle,
        },
      },
    },
  };
}

/** Has the NEG lead to a Cloud Run service of the document. */
function overService(rule: string, at: string, values: Json, attribute = "name") {
  return changed(
    rule,
    NEG,
    (document) => {
      adding({ [SERVICE]: { name: "chat", location: "europe-west1", ...values } })(document);
      Object.assign(resourceAt(document, NEG), {
        project: "mine",
        cloud_run: { service: `\${${SERVICE}.${attribute}}` },
      });
    },
    { at, also: ["run-ingress-bypass", "run-invokers", "change-deletion-protection-explicit"] },
  );
}

const AT: Readonly<Record<string, string>> = {
  "neg-cloud-run-url-mask": "cloud_run.url_mask",
  "neg-cloud-function-url-mask": "cloud_function.url_mask",
  "neg-psc-target-service-missing": "psc_target_service",
};

describeGroup("neg", valid, [
  ...on(
    NEG,
    ["neg-target", "cloud_run", undefined],
    ["neg-target", "app_engine", { service: "default" }],
    ["neg-region", "region", undefined],
    ["neg-service-or-mask", "cloud_run.service", undefined],
    ["neg-cloud-run-url-mask", "cloud_run", { url_mask: "/v1" }],
    ["neg-cloud-run-service", "cloud_run.service", "projects/p/locations/l/services/chat"],
    ["neg-cloud-run-tag", "cloud_run.tag", "Canary_1"],
    ["neg-psc-target-service", "psc_target_service", "europe-west1-cloudkms.googleapis.com"],
    ["neg-psc-target-service-missing", "network_endpoint_type", "PRIVATE_SERVICE_CONNECT"],
    ["neg-subnetwork", "subnetwork", "default"],
  ).map((mutation) => ({ ...mutation, at: AT[mutation.rule] ?? mutation.set![0] })),
  ...on(APP, ["neg-app-engine-version", "app_engine.service", undefined]).map((each) => ({
    ...each,
    at: "app_engine.version",
  })),
  ...on(MASK, ["neg-cloud-run-tag-mask", "cloud_run.tag", "canary"]),
  ...on(
    FUNCTION,
    ["neg-cloud-function-function", "cloud_function.function", "f".repeat(64)],
    ["neg-function-or-mask", "cloud_function.function", undefined],
    ["neg-cloud-function-url-mask", "cloud_function", { url_mask: "/v1" }],
  ).map((mutation) => ({ ...mutation, at: AT[mutation.rule] ?? mutation.set![0] })),
  ...on(PSC, ["neg-psc-target-service-missing", "psc_target_service", undefined]),
  overService("neg-cloud-run-service", "cloud_run.service", { project: "mine" }, "id"),
  overService("neg-service", "region", { location: "us-central1", project: "mine" }),
  overService("neg-service", "project", { project: "other" }),
  changed(
    "neg-one-per-region",
    BACKEND,
    (document) => {
      (resourceAt(document, BACKEND).backend as Json[]).push({ group: `\${${MASK}.id}` });
    },
    { at: "backend", also: ["failover-two-regions"] },
  ),
  changed(
    "neg-one-per-region",
    "google_compute_region_backend_service.x",
    adding({
      "google_compute_region_backend_service.x": {
        name: "x",
        load_balancing_scheme: "INTERNAL_MANAGED",
        backend: [{ group: `\${${NEG}.id}` }, { group: `\${${MASK}.id}` }],
        log_config: { enable: true, sample_rate: 1 },
      },
    }),
    { at: "backend" },
  ),
]);

test("says nothing of the instances of one NEG with for_each", () => {
  const document = valid();
  const chat = "google_compute_region_network_endpoint_group.chat";
  adding({ [chat]: { for_each: "${var.regions}", name: "c", region: "${each.key}", cloud_run: { service: "chat" } } })(
    document,
  );
  for (const key of ['"europe-west1"', '"us-central1"'])
    (resourceAt(document, BACKEND).backend as Json[]).push({ group: `\${${chat}[${key}].id}` });
  expect(ids(document)).toEqual([]);
});

test("two projects by two provider configurations", () => {
  const document = { ...valid(), provider: { google: [{ project: "mine" }, { alias: "other", project: "other" }] } };
  adding({ [SERVICE]: { provider: "google.other", name: "chat", location: "europe-west1" } })(document);
  resourceAt(document, NEG).cloud_run = { service: `\${${SERVICE}.name}` };
  expect(findingsOf(document).map(({ rule }) => rule)).toContain("neg-service");
});
