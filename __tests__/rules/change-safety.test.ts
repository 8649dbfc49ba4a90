import {
  adding,
  changed,
  describeGroup,
  findingsOf,
  ids,
  type Json,
  type Mutation,
  on,
  resourceAt,
} from "./rule-support";
import { servingPath } from "./serving-path";

const BACKEND = "google_compute_backend_service.api";
const EU = "google_cloud_run_v2_service.eu";
const NEG = "google_compute_region_network_endpoint_group.eu";
const RULE = "google_compute_global_forwarding_rule.v4";
const PROXY = "google_compute_target_https_proxy.main";

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

/** Changes one resource of the document. */
const within = (rule: string, address: string, values: Json, more: Pick<Mutation, "at" | "also"> = {}) =>
  changed(rule, address, (document) => void Object.assign(resourceAt(document, address), values), more);

describeGroup(
  "change",
  valid,
  [
    changed("change-create-before-destroy", "google_compute_url_map.main", (document) => {
      delete resourceAt(document, "google_compute_url_map.main").lifecycle;
      // Otherwise the proxy hands it down.
      delete resourceAt(document, "google_compute_target_https_proxy.main").lifecycle;
    }),
    changed(
      "change-create-before-destroy",
      "google_compute_region_ssl_policy.x",
      adding({
        "google_compute_region_ssl_policy.x": {
          name: "x",
          region: "europe-west1",
          profile: "MODERN",
          min_tls_version: "TLS_1_2",
        },
        "google_compute_region_target_https_proxy.x": {
          name: "x",
          region: "europe-west1",
          url_map: "${var.map}",
          certificate_manager_certificates: ["projects/p/locations/europe-west1/certificates/x"],
          ssl_policy: "${google_compute_region_ssl_policy.x.id}",
        },
      }),
    ),
    within("change-identity-replaced", RULE, { lifecycle: { create_before_destroy: true } }),
    within("change-identity-replaced", "google_compute_global_address.v4", {
      lifecycle: { create_before_destroy: true, prevent_destroy: true },
    }),
    within("change-fixed-name", PROXY, { name: "chat", http_keep_alive_timeout_sec: 620 }, { at: "name" }),
    within("change-address-protected", "google_compute_global_address.v4", { lifecycle: undefined }),
    changed(
      "change-address-protected",
      "google_compute_address.x",
      adding({
        "google_compute_address.x": { name: "x", region: "europe-west1" },
        "google_compute_forwarding_rule.x": {
          name: "x",
          region: "europe-west1",
          load_balancing_scheme: "EXTERNAL_MANAGED",
          network: "${var.network}",
          target: "${var.proxy}",
          ip_address: "${google_compute_address.x.address}",
        },
      }),
    ),
    {
      ...on("google_certificate_manager_certificate.api", [
        "change-certificate-per-domain",
        "managed.domains",
        ["api.example.com", "www.example.org"],
      ])[0]!,
      also: ["tls-authorization-missing"],
    },
    ...on(PROXY, ["change-proxy-waits-for-entries", "depends_on", undefined]),
    changed(
      "change-neg-waits-for-invoker",
      NEG,
      (document) => {
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
      { also: ["run-audience"] },
    ),
    ...on(EU, ["change-deletion-protection-explicit", "deletion_protection", undefined]),
    ...on("google_project_service.run", ["change-api-stays-enabled", "disable_on_destroy", true]),
    changed("change-api-stays-enabled", "google_project_service.run", (document) => {
      document.terraform = {
        required_providers: { google: { source: "hashicorp/google", version: ">= 6.50.0, < 8.0.0" } },
      };
      delete resourceAt(document, "google_project_service.run").disable_on_destroy;
    }),
    ...on("google_compute_region_instance_group_manager.eu", [
      "change-group-keeps-capacity",
      "update_policy.max_unavailable_fixed",
      3,
    ]),
  ],
  [
    "change-address-protected",
    "change-api-stays-enabled",
    "change-certificate-per-domain",
    "change-create-before-destroy",
    "change-deletion-protection-explicit",
    "change-fixed-name",
    "change-group-keeps-capacity",
    "change-neg-waits-for-invoker",
    "change-proxy-waits-for-entries",
  ],
);

describeGroup(
  "drift",
  valid,
  [
    changed(
      "drift-run-limits",
      EU,
      (document) => {
        const { containers } = resourceAt(document, EU).template as { containers: Json[] };
        containers[0]!.resources = { cpu_idle: true, limits: { memory: "1Gi" } };
      },
      { at: "template.containers.resources.limits.cpu" },
    ),
    {
      rule: "drift-run-scaling",
      address: EU,
      set: ["template.scaling", { max_instance_count: 3 }],
      at: "template.scaling.min_instance_count",
    },
    within(
      "drift-run-service-scaling",
      EU,
      { scaling: { min_instance_count: 0 } },
      { also: ["failover-mechanism", "failover-health-cold"] },
    ),
  ],
  ["drift-run-limits", "drift-run-scaling", "drift-run-service-scaling"],
);

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

test("says nothing of an API that providers from 7.0 leave enabled, nor where no version is asked for", () => {
  for (const version of ["~> 7.19", ">= 7.0.0", undefined]) {
    const document = valid();
    if (version !== undefined) document.terraform = { required_providers: { google: { version } } };
    delete resourceAt(document, "google_project_service.run").disable_on_destroy;
    expect(ids(document)).toEqual([]);
  }
});
