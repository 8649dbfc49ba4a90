import type { Json } from "./rule-support";

/** A valid, protected API over two Cloud Run regions: what the rules on whole request paths are tried on. */
export function servingPath(): Json {
  const cbd = { create_before_destroy: true };
  const service = (location: string) => ({
    name: "chat",
    location,
    deletion_protection: true,
    ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    invoker_iam_disabled: true,
    scaling: { min_instance_count: 1 },
    template: {
      service_account: "chat@my-project.iam.gserviceaccount.com",
      timeout: "300s",
      max_instance_request_concurrency: 80,
      scaling: { min_instance_count: 0, max_instance_count: 10 },
      containers: [
        {
          image: `europe-docker.pkg.dev/my-project/models/chat@sha256:${"0123456789abcdef".repeat(4)}`,
          ports: { container_port: 8080 },
          resources: { limits: { cpu: "1", memory: "1Gi" }, cpu_idle: true },
          readiness_probe: { period_seconds: 10, http_get: { path: "/ready" } },
        },
      ],
    },
  });
  const neg = (region: string, name: string) => ({
    name: `chat-${name}-1a2b3c`,
    region,
    network_endpoint_type: "SERVERLESS",
    cloud_run: { service: `\${google_cloud_run_v2_service.${name}.name}` },
    lifecycle: cbd,
  });
  const rule = (version: string) => ({
    name: `chat-https-${version}`,
    load_balancing_scheme: "EXTERNAL_MANAGED",
    ip_address: `\${google_compute_global_address.${version}.address}`,
    ip_protocol: "TCP",
    ...(version === "v6" && { ip_version: "IPV6" }),
    port_range: "443",
    target: "${google_compute_target_https_proxy.main.id}",
  });
  const address = (version: string) => ({
    name: `chat-${version}`,
    address_type: "EXTERNAL",
    ip_version: version === "v6" ? "IPV6" : "IPV4",
    lifecycle: { prevent_destroy: true },
  });
  return {
    resource: {
      google_project_service: { run: { service: "run.googleapis.com", disable_on_destroy: false } },
      google_cloud_run_v2_service: { eu: service("europe-west1"), us: service("us-central1") },
      google_compute_region_network_endpoint_group: { eu: neg("europe-west1", "eu"), us: neg("us-central1", "us") },
      google_compute_backend_service: {
        api: {
          name: "chat",
          load_balancing_scheme: "EXTERNAL_MANAGED",
          protocol: "HTTPS",
          backend: [
            { group: "${google_compute_region_network_endpoint_group.eu.id}" },
            { group: "${google_compute_region_network_endpoint_group.us.id}" },
          ],
          log_config: { enable: true, sample_rate: 1 },
          lifecycle: cbd,
        },
      },
      google_compute_url_map: {
        main: { name: "chat", default_service: "${google_compute_backend_service.api.id}", lifecycle: cbd },
      },
      google_certificate_manager_dns_authorization: {
        api: { name: "api-example-com-1a2b3c", domain: "api.example.com", lifecycle: cbd },
      },
      google_certificate_manager_certificate: {
        api: {
          name: "api-example-com-1a2b3c",
          managed: {
            domains: ["api.example.com"],
            dns_authorizations: ["${google_certificate_manager_dns_authorization.api.id}"],
          },
          lifecycle: cbd,
        },
      },
      google_certificate_manager_certificate_map: { main: { name: "chat" } },
      google_certificate_manager_certificate_map_entry: {
        api: {
          name: "api-example-com-1a2b3c",
          map: "${google_certificate_manager_certificate_map.main.name}",
          hostname: "api.example.com",
          certificates: ["${google_certificate_manager_certificate.api.id}"],
          lifecycle: cbd,
        },
      },
      google_compute_ssl_policy: {
        main: { name: "chat", min_tls_version: "TLS_1_2", profile: "MODERN", lifecycle: cbd },
      },
      google_compute_target_https_proxy: {
        main: {
          name: "chat-1a2b3c",
          url_map: "${google_compute_url_map.main.id}",
          certificate_map: "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.main.id}",
          ssl_policy: "${google_compute_ssl_policy.main.id}",
          lifecycle: cbd,
          depends_on: ["google_certificate_manager_certificate_map_entry.api"],
        },
      },
      google_compute_global_address: { v4: address("v4"), v6: address("v6") },
      google_compute_global_forwarding_rule: { v4: rule("v4"), v6: rule("v6") },
    },
  };
}
