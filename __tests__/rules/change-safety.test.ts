import { changeSafetyRules } from "../../lib/rules/change-safety";
import { adding, describeRules, findingsOf, type Json, resourceAt } from "./rule-support";
import { servingPath } from "./serving-path";

const BACKEND = "google_compute_backend_service.api";
const EU = "google_cloud_run_v2_service.eu";
const NEG = "google_compute_region_network_endpoint_group.eu";
const RULE = "google_compute_global_forwarding_rule.v4";

function valid(): Json {
  const document = servingPath();
  (document.resource as Json).google_compute_region_instance_group_manager = {
    eu: {
      name: "chat-gpu",
      base_instance_name: "chat",
      region: "europe-west1",
      target_size: 3,
      version: { instance_template: "${var.template}" },
      update_policy: { type: "PROACTIVE", minimal_action: "REPLACE", max_unavailable_fixed: 0, max_surge_fixed: 3 },
    },
  };
  return document;
}

describeRules(changeSafetyRules, valid, [
  {
    rule: "change-create-before-destroy",
    address: "google_compute_url_map.main",
    change: (document) => {
      delete resourceAt(document, "google_compute_url_map.main").lifecycle;
      // Otherwise the proxy hands it down.
      delete resourceAt(document, "google_compute_target_https_proxy.main").lifecycle;
    },
  },
  { rule: "change-identity-replaced", address: RULE, set: ["lifecycle", { create_before_destroy: true }] },
  {
    rule: "change-identity-replaced",
    address: "google_compute_global_address.v4",
    set: ["lifecycle", { create_before_destroy: true }],
  },
  { rule: "change-address-reserved", address: RULE, set: ["ip_address", undefined] },
  {
    rule: "change-address-protected",
    address: "google_compute_global_address.v4",
    set: ["lifecycle", undefined],
  },
  {
    rule: "change-address-protected",
    address: "google_compute_address.x",
    change: adding({
      "google_compute_address.x": { name: "x", region: "europe-west1" },
      "google_compute_forwarding_rule.x": {
        name: "x",
        region: "europe-west1",
        load_balancing_scheme: "EXTERNAL_MANAGED",
        ip_address: "${google_compute_address.x.address}",
      },
    }),
  },
  {
    rule: "change-create-before-destroy",
    address: "google_compute_region_ssl_policy.x",
    change: adding({
      "google_compute_region_ssl_policy.x": { name: "x", region: "europe-west1" },
      "google_compute_region_target_https_proxy.x": {
        name: "x",
        region: "europe-west1",
        ssl_policy: "${google_compute_region_ssl_policy.x.id}",
      },
    }),
  },
  {
    rule: "change-certificate-per-domain",
    address: "google_certificate_manager_certificate.api",
    set: ["managed.domains", ["api.example.com", "www.example.org"]],
  },
  {
    rule: "change-proxy-waits-for-entries",
    address: "google_compute_target_https_proxy.main",
    set: ["depends_on", undefined],
  },
  {
    rule: "change-neg-waits-for-invoker",
    address: NEG,
    change: (document) => {
      resourceAt(document, EU).invoker_iam_disabled = false;
      (document.resource as Json).google_cloud_run_v2_service_iam_member = {
        caller: {
          name: "${google_cloud_run_v2_service.eu.name}",
          location: "europe-west1",
          role: "roles/run.invoker",
          member: "serviceAccount:caller@my-project.iam.gserviceaccount.com",
        },
      };
    },
  },
  { rule: "change-scheme-explicit", address: RULE, set: ["load_balancing_scheme", undefined] },
  { rule: "change-deletion-protection-explicit", address: EU, set: ["deletion_protection", undefined] },
  { rule: "change-api-stays-enabled", address: "google_project_service.run", set: ["disable_on_destroy", undefined] },
  {
    rule: "change-group-keeps-capacity",
    address: "google_compute_region_instance_group_manager.eu",
    set: ["update_policy.max_unavailable_fixed", 3],
  },
  {
    rule: "drift-run-limits",
    address: EU,
    change: (document) => {
      const template = resourceAt(document, EU).template as { containers: Json[] };
      template.containers[0]!.resources = { limits: { memory: "1Gi" } };
    },
  },
  { rule: "drift-run-scaling", address: EU, set: ["template.scaling", { max_instance_count: 3 }] },
  { rule: "drift-run-service-scaling", address: EU, set: ["scaling", { min_instance_count: 0 }] },
  { rule: "drift-ipv6-version", address: "google_compute_global_forwarding_rule.v6", set: ["ip_version", undefined] },
]);

test("knows that create_before_destroy is handed down to what a resource depends on", () => {
  const document = valid();
  for (const address of [NEG, BACKEND, "google_compute_url_map.main", "google_compute_ssl_policy.main"]) {
    delete resourceAt(document, address).lifecycle;
  }
  expect(findingsOf(document).filter((finding) => finding.rule === "change-create-before-destroy")).toEqual([]);
});

test("says nothing of unprotected addresses where nothing is protected", () => {
  const document = valid();
  for (const address of [EU, "google_cloud_run_v2_service.us"])
    resourceAt(document, address).deletion_protection = false;
  delete resourceAt(document, "google_compute_global_address.v4").lifecycle;
  expect(findingsOf(document).filter((finding) => finding.rule === "change-address-protected")).toEqual([]);
});
