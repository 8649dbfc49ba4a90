import { findingsOf, type Json } from "./rule-support";

/** Documents that the rules must say nothing of, because they cannot know. */
const SILENT: readonly (readonly [string, Json])[] = [
  [
    "a stack of another cloud",
    {
      provider: { aws: [{ region: "eu-west-1" }] },
      resource: {
        aws_lb: { main: { name: "UPPER_case and spaces", load_balancer_type: "application" } },
        aws_s3_bucket: { b: { bucket: "B" } },
      },
    },
  ],
  ["only data sources", { data: { google_compute_backend_service: { api: { name: "Not_A_Name" } } } }],
  ["only variables and outputs", { variable: { name: { type: "string" } }, output: { o: { value: "${var.name}" } } }],
  [
    "a backend over what exists already, by data source, remote state, variable and self link",
    {
      data: { google_compute_region_network_endpoint_group: { eu: { name: "eu", region: "europe-west1" } } },
      resource: {
        google_compute_backend_service: {
          api: {
            name: "api",
            load_balancing_scheme: "EXTERNAL_MANAGED",
            backend: [
              { group: "${data.google_compute_region_network_endpoint_group.eu.id}" },
              { group: "${data.terraform_remote_state.regions.outputs.neg}" },
              { group: "${var.neg}" },
              { group: "projects/p/regions/us-central1/networkEndpointGroups/us" },
            ],
            log_config: { enable: true, sample_rate: "${var.sample_rate}" },
            security_policy: "projects/p/global/securityPolicies/edge",
            lifecycle: { create_before_destroy: true },
          },
        },
        google_compute_url_map: {
          main: {
            name: "main",
            default_service: "${google_compute_backend_service.api.id}",
            host_rule: [{ hosts: ["${var.host}"], path_matcher: "all" }],
            path_matcher: [
              {
                name: "all",
                default_service: "projects/p/global/backendServices/other",
                path_rule: [{ paths: ["${var.path}"], service: "${var.backend}" }],
              },
            ],
            lifecycle: { create_before_destroy: true },
          },
        },
      },
    },
  ],
  [
    "values that functions and templates compute",
    {
      resource: {
        google_compute_url_map: {
          main: {
            name: "${lower(var.name)}-map",
            default_service:
              "${var.production ? google_compute_backend_service.a.id : google_compute_backend_service.b.id}",
          },
        },
        google_compute_backend_service: {
          a: {
            name: '${format("%s-a", var.name)}',
            load_balancing_scheme: "${var.scheme}",
            timeout_sec: "${var.seconds}",
            backend: "${var.backends}",
            lifecycle: { create_before_destroy: true },
          },
          b: {
            name: "${var.name}-b",
            load_balancing_scheme: "${var.scheme}",
            dynamic: { backend: { for_each: "${var.negs}", content: { group: "${backend.value}" } } },
            lifecycle: { create_before_destroy: true },
          },
        },
      },
    },
  ],
  [
    "forwarding rules on addresses and proxies that exist already",
    {
      resource: {
        google_compute_global_forwarding_rule: {
          https: {
            name: "https",
            load_balancing_scheme: "EXTERNAL_MANAGED",
            ip_address: "203.0.113.7",
            port_range: "443",
            target: "projects/p/global/targetHttpsProxies/main",
          },
        },
        google_compute_target_https_proxy: {
          main: {
            name: "main",
            url_map: "${data.google_compute_url_map.main.id}",
            certificate_map: "${var.certificate_map}",
            ssl_policy: "${var.ssl_policy}",
          },
        },
      },
    },
  ],
  [
    "numbers and truth values written as text, as HCL converters do",
    {
      resource: {
        google_cloud_run_v2_service: {
          chat: {
            name: "chat",
            location: "europe-west1",
            deletion_protection: "false",
            ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
            invoker_iam_disabled: "true",
            template: [
              {
                service_account: "${google_service_account.chat.email}",
                timeout: "300s",
                max_instance_request_concurrency: "80",
                scaling: [{ min_instance_count: "0", max_instance_count: "10" }],
                containers: [
                  {
                    image: "${var.image}",
                    resources: [{ limits: { cpu: "1000m", memory: "512Mi" }, cpu_idle: "true" }],
                  },
                ],
              },
            ],
          },
        },
        google_service_account: { chat: { account_id: "chat-${var.suffix}" } },
      },
    },
  ],
];

test.each(SILENT)("says nothing of %s", (_title, document) => {
  expect(findingsOf(document)).toEqual([]);
});
