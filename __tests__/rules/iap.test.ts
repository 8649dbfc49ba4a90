import { adding, changed, describeGroup, findingsOf, type Json, resourceAt } from "./rule-support";
import { servingPath } from "./serving-path";

const API = "google_compute_backend_service.api";
const EU = "google_cloud_run_v2_service.eu";
const DETECTION = { consecutive_errors: 5, enforcing_consecutive_errors: 100 };
const ACCESS = "google_iap_web_backend_service_iam_member.users";
const AGENT = "serviceAccount:service-123@gcp-sa-iap.iam.gserviceaccount.com";

function valid(): Json {
  const document = servingPath();
  Object.assign(resourceAt(document, API), {
    iap: { enabled: true, oauth2_client_id: "1-a.apps.googleusercontent.com", oauth2_client_secret: "${var.secret}" },
    backend: [neg("eu"), { group: "${var.us}" }],
  });
  const resources = document.resource as Record<string, Json>;
  for (const type of ["google_cloud_run_v2_service", "google_compute_region_network_endpoint_group"])
    delete resources[type]!.us;
  const service = resourceAt(document, "google_cloud_run_v2_service.eu");
  delete service.invoker_iam_disabled;
  resourceAt(document, "google_compute_region_network_endpoint_group.eu").depends_on = [
    "google_cloud_run_v2_service_iam_member.iap",
  ];
  adding({
    "google_cloud_run_v2_service_iam_member.iap": {
      name: "${google_cloud_run_v2_service.eu.name}",
      location: "europe-west1",
      role: "roles/run.invoker",
      member: AGENT,
    },
    [ACCESS]: {
      web_backend_service: "${google_compute_backend_service.api.name}",
      role: "roles/iap.httpsResourceAccessor",
      member: "group:users@example.com",
    },
  })(document);
  return document;
}

function change(address: string, values: Json): (document: Json) => void {
  return (document) => void Object.assign(resourceAt(document, address), values);
}

function without(type: string): (document: Json) => void {
  return (document) => void delete (document.resource as Json)[type];
}

const neg = (name: string) => ({ group: `\${google_compute_region_network_endpoint_group.${name}.id}` });

/** The second region again. */
const us = {
  "google_cloud_run_v2_service.us": { name: "chat", location: "us-central1", invoker_iam_disabled: true },
  "google_compute_region_network_endpoint_group.us": {
    name: "us-1a2b3c",
    region: "us-central1",
    cloud_run: { service: "${google_cloud_run_v2_service.us.name}" },
  },
};

/** The API over two regions with IAP and access, which serve without readiness probes. */
function twoRegions(): Json {
  const document = valid();
  adding(us)(document);
  resourceAt(document, API).backend = [neg("eu"), neg("us")];
  const template = resourceAt(document, "google_cloud_run_v2_service.eu").template as { containers: Json[] };
  for (const container of template.containers) delete container.readiness_probe;
  return document;
}

/** The findings of this group alone: failover over one region is another group's. */
function own(document: Json): unknown[] {
  return findingsOf(document).filter(({ rule }) => rule.startsWith("iap-"));
}

describeGroup(
  "iap",
  valid,
  [
    changed("iap-outlier-detection", API, change(API, { outlier_detection: DETECTION }), { at: "outlier_detection" }),
    changed(
      "iap-one-neg",
      API,
      (document) => {
        adding({
          "google_compute_region_network_endpoint_group.us": {
            name: "us-1a2b3c",
            region: "us-central1",
            cloud_run: { service: "chat" },
            lifecycle: { create_before_destroy: true },
          },
        })(document);
        change(API, { backend: [neg("eu"), neg("us")], load_balancing_scheme: "INTERNAL_MANAGED" })(document);
      },
      { at: "backend", also: ["forwarding-backend-scheme"] },
    ),
    changed("iap-both", API, change(EU, { iap_enabled: true }), { at: "iap.enabled" }),
    changed("iap-invoker", EU, without("google_cloud_run_v2_service_iam_member"), { at: "invoker_iam_disabled" }),
    changed("iap-access", API, without("google_iap_web_backend_service_iam_member"), { at: "iap.enabled" }),
    changed("iap-access-unused", ACCESS, change(API, { iap: undefined }), {
      at: "web_backend_service",
    }),
    changed(
      "iap-http",
      API,
      adding({
        "google_compute_target_http_proxy.plain": {
          name: "plain-1a2b3c",
          url_map: "${google_compute_url_map.main.id}",
          lifecycle: { create_before_destroy: true },
        },
        "google_compute_global_forwarding_rule.plain": {
          name: "plain",
          load_balancing_scheme: "EXTERNAL_MANAGED",
          ip_address: "${google_compute_global_address.v4.address}",
          port_range: "80",
          target: "${google_compute_target_http_proxy.plain.id}",
        },
      }),
      { at: "iap.enabled", also: ["security-plain-http", "reach-ip-versions"] },
    ),
    changed(
      "iap-cache-policy",
      "google_compute_url_map.main",
      change("google_compute_url_map.main", {
        default_route_action: { cache_policy: { cache_mode: "CACHE_ALL_STATIC" } },
      }),
      { at: "default_route_action.cache_policy" },
    ),
    changed(
      "iap-admin-api-shut-down",
      "google_iap_brand.x",
      adding({ "google_iap_brand.x": { support_email: "a@example.com" } }),
    ),
    changed("iap-admin-api-shut-down", "google_iap_client.x", adding({ "google_iap_client.x": { display_name: "x" } })),
  ],
  ["iap-invoker", "iap-access", "iap-access-unused", "iap-http"],
);

test("says nothing of grants above the service, unknown members and unknown switches", () => {
  const above = valid();
  without("google_cloud_run_v2_service_iam_member")(above);
  adding({ "google_project_iam_member.iap": { role: "roles/run.invoker", member: AGENT } })(above);
  expect(own(above)).toEqual([]);
  const unknown = valid();
  resourceAt(unknown, "google_cloud_run_v2_service_iam_member.iap").member =
    "${google_project_service_identity.iap.member}";
  expect(own(unknown)).toEqual([]);
  const off = servingPath();
  resourceAt(off, API).iap = { enabled: "${var.iap}" };
  expect(own(off)).toEqual([]);
});

test("says nothing of two regions on a global external load balancer without readiness probes", () => {
  expect(own(twoRegions())).toEqual([]);
});
