import { adding, type Json, resourceAt } from "./rule-support";
import { servingPath } from "./serving-path";

export const EU = "google_cloud_run_v2_service.eu";
export const US = "google_cloud_run_v2_service.us";
export const API = "google_compute_backend_service.api";
export const CALLER = "google_service_account.caller";
const cbd = { create_before_destroy: true };

/**
 * The serving path with its names in a zone, a policy, an uptime check, and data in and out: what
 * the rules over the whole document are tried on.
 */
export function wholeDocument(): Json {
  const document = servingPath();
  const record = (type: string, version: string) => ({
    managed_zone: "${google_dns_managed_zone.main.name}",
    name: "api.example.com.",
    type,
    ttl: 300,
    rrdatas: [`\${google_compute_global_address.${version}.address}`],
  });
  adding({
    "google_dns_managed_zone.main": { name: "main", dns_name: "example.com.", description: "Names of the API" },
    "google_dns_record_set.v4": record("A", "v4"),
    "google_dns_record_set.v6": record("AAAA", "v6"),
    "google_dns_record_set.authorization": {
      managed_zone: "${google_dns_managed_zone.main.name}",
      name: "_acme-challenge.api.example.com.",
      type: "CNAME",
      ttl: 300,
      rrdatas: ["${google_certificate_manager_dns_authorization.api.dns_resource_record[0].data}"],
    },
    "google_monitoring_uptime_check_config.api": {
      display_name: "API",
      timeout: "10s",
      period: "60s",
      http_check: { path: "/ready", port: 443, use_ssl: true, validate_ssl: true },
      monitored_resource: { type: "uptime_url", labels: { host: "api.example.com", project_id: "my-project" } },
    },
    "google_monitoring_alert_policy.api": {
      display_name: "API is down",
      combiner: "OR",
      notification_channels: ["projects/my-project/notificationChannels/1"],
      conditions: [
        {
          display_name: "Uptime check failed",
          condition_threshold: {
            filter:
              'metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND resource.type="uptime_url" AND metric.label.check_id="${google_monitoring_uptime_check_config.api.uptime_check_id}"',
            comparison: "COMPARISON_LT",
            threshold_value: 1,
            duration: "60s",
            aggregations: [{ alignment_period: "60s", per_series_aligner: "ALIGN_FRACTION_TRUE" }],
          },
        },
      ],
    },
    "google_compute_security_policy.edge": {
      name: "edge",
      rule: [
        {
          priority: 1000,
          action: "deny(403)",
          match: { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["203.0.113.0/24"] } },
        },
        {
          priority: 2147483647,
          action: "allow",
          match: { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["*"] } },
        },
      ],
      lifecycle: cbd,
    },
    [CALLER]: { account_id: "caller", display_name: "Calls the API" },
  })(document);
  resourceAt(document, API).security_policy = "${google_compute_security_policy.edge.id}";
  return document;
}

/** The same, where only an account may call the services. */
export function protectedDocument(): Json {
  const document = wholeDocument();
  for (const name of ["eu", "us"]) {
    const service = resourceAt(document, `google_cloud_run_v2_service.${name}`);
    service.invoker_iam_disabled = false;
    service.custom_audiences = ["https://api.example.com"];
    adding({
      [`google_cloud_run_v2_service_iam_member.${name}`]: {
        name: `\${google_cloud_run_v2_service.${name}.name}`,
        location: service.location,
        role: "roles/run.invoker",
        member: "serviceAccount:${google_service_account.caller.email}",
      },
    })(document);
    resourceAt(document, `google_compute_region_network_endpoint_group.${name}`).depends_on = [
      `google_cloud_run_v2_service_iam_member.${name}`,
    ];
  }
  const check = resourceAt(document, "google_monitoring_uptime_check_config.api").http_check as Json;
  check.service_agent_authentication = { type: "OIDC_TOKEN" };
  return document;
}

/** A further backend service over the same NEGs, with a route to it. */
export function besideApi(values: Json): (document: Json) => void {
  return (document) => {
    const { security_policy: _policy, name: _name, ...api } = resourceAt(document, API);
    adding({ "google_compute_backend_service.other": { ...api, name: "other", ...values } })(document);
    Object.assign(resourceAt(document, "google_compute_url_map.main"), {
      host_rule: [{ hosts: ["api.example.com"], path_matcher: "all" }],
      path_matcher: [
        {
          name: "all",
          default_service: "${google_compute_backend_service.api.id}",
          path_rule: [{ paths: ["/v1/models"], service: "${google_compute_backend_service.other.id}" }],
        },
      ],
    });
  };
}

/** A change that removes resources, by address. */
export function without(...addresses: readonly string[]): (document: Json) => void {
  return (document) => {
    for (const address of addresses) {
      const [type = "", name = ""] = address.split(".");
      delete ((document.resource as Json)[type] as Json)[name];
    }
  };
}
