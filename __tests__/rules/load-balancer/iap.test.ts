import { iapRules } from "../../../lib/rules/load-balancer/iap";
import { adding, describeRules, findingsOf, type Json, resourceAt } from "../rule-support";
import { servingPath } from "../serving-path";

const API = "google_compute_backend_service.api";
const ACCESS = "google_iap_web_backend_service_iam_member.users";
const AGENT = "serviceAccount:service-123@gcp-sa-iap.iam.gserviceaccount.com";

function valid(): Json {
  const document = servingPath();
  Object.assign(resourceAt(document, API), {
    iap: { enabled: true, oauth2_client_id: "1-a.apps.googleusercontent.com", oauth2_client_secret: "${var.secret}" },
    backend: [{ group: "${google_compute_region_network_endpoint_group.eu.id}" }],
  });
  const resources = document.resource as Record<string, Json>;
  for (const type of ["google_cloud_run_v2_service", "google_compute_region_network_endpoint_group"])
    delete resources[type]!.us;
  const service = resourceAt(document, "google_cloud_run_v2_service.eu");
  delete service.invoker_iam_disabled;
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

const neg = (name: string) => ({ group: `\${google_compute_region_network_endpoint_group.${name}.id}` });

/** The second region again. */
const us = {
  "google_cloud_run_v2_service.us": { name: "chat", location: "us-central1", invoker_iam_disabled: true },
  "google_compute_region_network_endpoint_group.us": {
    name: "us",
    region: "us-central1",
    cloud_run: { service: "${google_cloud_run_v2_service.us.name}" },
  },
};

/** The findings of this group alone: failover over one region is another group's affair. */
function own(document: Json): unknown[] {
  return findingsOf(document).filter(({ rule }) => iapRules.some(({ id }) => id === rule));
}

describe("IAP", () => {
  test("a valid document gives no finding", () => {
    expect(own(valid())).toEqual([]);
  });

  describeRules(iapRules, servingPath, [
    { rule: "iap-enabled", address: API, set: ["iap", {}] },
    {
      rule: "iap-client",
      address: API,
      set: ["iap", { enabled: true, oauth2_client_id: "1-a.apps.googleusercontent.com" }],
    },
    {
      rule: "iap-client-id",
      address: API,
      set: ["iap", { enabled: true, oauth2_client_id: "my-client", oauth2_client_secret: "x" }],
    },
    { rule: "iap-cdn", address: API, change: change(API, { iap: { enabled: true }, enable_cdn: true }) },
    {
      rule: "iap-outlier-detection",
      address: API,
      change: change(API, { iap: { enabled: true }, outlier_detection: { consecutive_errors: 5 } }),
    },
    {
      rule: "iap-one-neg",
      address: API,
      change: change(API, { iap: { enabled: true }, load_balancing_scheme: "INTERNAL_MANAGED" }),
    },
    { rule: "iap-service-health", address: API, set: ["iap", { enabled: true }] },
    { rule: "iap-load-balancer", address: API, change: change(API, { iap: { enabled: true }, protocol: "TCP" }) },
    {
      rule: "iap-both",
      address: API,
      change: (document) => {
        change(API, { iap: { enabled: true } })(document);
        change("google_cloud_run_v2_service.us", { iap_enabled: true })(document);
      },
    },
    {
      rule: "iap-invoker",
      address: "google_cloud_run_v2_service.eu",
      change: (document) => {
        change(API, { iap: { enabled: true } })(document);
        delete resourceAt(document, "google_cloud_run_v2_service.eu").invoker_iam_disabled;
      },
    },
    { rule: "iap-access", address: API, set: ["iap", { enabled: true }] },
    {
      rule: "iap-access-unused",
      address: ACCESS,
      change: adding({
        [ACCESS]: {
          web_backend_service: "${google_compute_backend_service.api.name}",
          role: "roles/iap.httpsResourceAccessor",
        },
      }),
    },
    {
      rule: "iap-http",
      address: API,
      change: (document) => {
        change(API, { iap: { enabled: true } })(document);
        adding({
          "google_compute_target_http_proxy.plain": { name: "plain", url_map: "${google_compute_url_map.main.id}" },
          "google_compute_global_forwarding_rule.plain": {
            load_balancing_scheme: "EXTERNAL_MANAGED",
            port_range: "80",
            target: "${google_compute_target_http_proxy.plain.id}",
          },
        })(document);
      },
    },
    {
      rule: "iap-cache-policy",
      address: "google_compute_url_map.main",
      change: (document) => {
        change(API, { iap: { enabled: true } })(document);
        change("google_compute_url_map.main", {
          default_route_action: { cache_policy: { cache_mode: "CACHE_ALL_STATIC" } },
        })(document);
      },
    },
    {
      rule: "iap-brand-shut-down",
      address: "google_iap_brand.x",
      change: adding({ "google_iap_brand.x": { support_email: "a@example.com" } }),
    },
    {
      rule: "iap-client-shut-down",
      address: "google_iap_client.x",
      change: adding({ "google_iap_client.x": { display_name: "x" } }),
    },
  ]);

  test("says nothing of grants above the service, unknown members and unknown switches", () => {
    const above = valid();
    delete (above.resource as Record<string, Json>).google_cloud_run_v2_service_iam_member;
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
    const document = valid();
    adding(us)(document);
    resourceAt(document, API).backend = [neg("eu"), neg("us")];
    const template = resourceAt(document, "google_cloud_run_v2_service.eu").template as { containers: Json[] };
    for (const container of template.containers) delete container.readiness_probe;
    expect(own(document)).toEqual([]);
  });
});
