import type { Json } from "./rule-support";

/** A valid GPU instance group behind a global load balancer: what the rules on instances and their network are tried on. */
export function instanceServingPath(): Json {
  const cbd = { create_before_destroy: true };
  return {
    resource: {
      google_service_account: { model: { account_id: "gpu-model", display_name: "Runs the model" } },
      google_compute_network: { main: { name: "main", auto_create_subnetworks: false, routing_mode: "GLOBAL" } },
      google_compute_subnetwork: {
        eu: {
          name: "eu",
          region: "europe-west4",
          network: "${google_compute_network.main.id}",
          ip_cidr_range: "10.0.0.0/20",
          private_ip_google_access: true,
          secondary_ip_range: [{ range_name: "pods", ip_cidr_range: "10.1.0.0/20" }],
          log_config: { flow_sampling: 0.5, aggregation_interval: "INTERVAL_5_SEC", metadata: "INCLUDE_ALL_METADATA" },
        },
        proxies: {
          name: "proxies",
          region: "europe-west4",
          network: "${google_compute_network.main.id}",
          ip_cidr_range: "10.2.0.0/23",
          purpose: "REGIONAL_MANAGED_PROXY",
          role: "ACTIVE",
        },
      },
      google_compute_firewall: {
        probes: {
          name: "probes",
          network: "${google_compute_network.main.name}",
          direction: "INGRESS",
          priority: 1000,
          allow: [{ protocol: "tcp", ports: ["8080"] }],
          source_ranges: ["35.191.0.0/16", "130.211.0.0/22"],
          target_tags: ["model"],
          log_config: { metadata: "EXCLUDE_ALL_METADATA" },
        },
        proxies: {
          name: "proxies",
          network: "${google_compute_network.main.name}",
          allow: { protocol: "tcp", ports: ["8000-8080"] },
          source_ranges: ["${google_compute_subnetwork.proxies.ip_cidr_range}"],
          target_tags: ["model"],
        },
      },
      google_compute_router: {
        eu: {
          name: "eu",
          region: "europe-west4",
          network: "${google_compute_network.main.id}",
          bgp: { asn: 64514, keepalive_interval: 20 },
        },
      },
      google_compute_address: { nat: { name: "nat", region: "europe-west4", address_type: "EXTERNAL" } },
      google_compute_router_nat: {
        eu: {
          name: "eu-1a2b3c",
          region: "europe-west4",
          router: "${google_compute_router.eu.name}",
          nat_ip_allocate_option: "MANUAL_ONLY",
          nat_ips: ["${google_compute_address.nat.id}"],
          source_subnetwork_ip_ranges_to_nat: "LIST_OF_SUBNETWORKS",
          subnetwork: [{ name: "${google_compute_subnetwork.eu.id}", source_ip_ranges_to_nat: ["ALL_IP_RANGES"] }],
          enable_dynamic_port_allocation: true,
          min_ports_per_vm: 64,
          max_ports_per_vm: 1024,
          udp_idle_timeout_sec: 30,
          log_config: { enable: true, filter: "ERRORS_ONLY" },
          lifecycle: cbd,
        },
      },
      google_compute_region_instance_template: {
        model: {
          name: "model-1a2b3c",
          region: "europe-west4",
          machine_type: "g2-standard-8",
          tags: ["model"],
          disk: [
            {
              source_image: "projects/cos-cloud/global/images/family/cos-stable",
              boot: true,
              auto_delete: true,
              disk_type: "pd-balanced",
              disk_size_gb: 100,
              type: "PERSISTENT",
              mode: "READ_WRITE",
              interface: "SCSI",
            },
            { type: "SCRATCH", disk_type: "local-ssd", disk_size_gb: 375, interface: "NVME" },
          ],
          network_interface: [{ subnetwork: "${google_compute_subnetwork.eu.id}", nic_type: "GVNIC" }],
          guest_accelerator: [{ type: "nvidia-l4", count: 1 }],
          scheduling: { on_host_maintenance: "TERMINATE", automatic_restart: true, provisioning_model: "STANDARD" },
          service_account: { email: "${google_service_account.model.email}", scopes: ["cloud-platform"] },
          shielded_instance_config: { enable_vtpm: true, enable_integrity_monitoring: true },
          metadata: { "user-data": "#cloud-config\nruncmd:\n- cos-extensions install gpu\n- docker run -d model\n" },
          lifecycle: cbd,
        },
      },
      google_compute_health_check: {
        serving: {
          name: "serving",
          check_interval_sec: 5,
          timeout_sec: 5,
          healthy_threshold: 2,
          unhealthy_threshold: 2,
          http_health_check: { request_path: "/ready", port_specification: "USE_SERVING_PORT" },
          lifecycle: cbd,
        },
        healing: {
          name: "healing",
          check_interval_sec: 30,
          timeout_sec: 10,
          unhealthy_threshold: 5,
          http_health_check: { request_path: "/ready", port: 8080 },
          lifecycle: cbd,
        },
      },
      google_compute_region_instance_group_manager: {
        model: {
          name: "model",
          region: "europe-west4",
          base_instance_name: "model",
          version: [{ instance_template: "${google_compute_region_instance_template.model.id}" }],
          named_port: [{ name: "http", port: 8080 }],
          distribution_policy_zones: ["europe-west4-a", "europe-west4-b"],
          auto_healing_policies: {
            health_check: "${google_compute_health_check.healing.id}",
            initial_delay_sec: 600,
          },
          update_policy: {
            type: "PROACTIVE",
            minimal_action: "REPLACE",
            max_surge_fixed: 2,
            max_unavailable_fixed: 0,
            replacement_method: "SUBSTITUTE",
          },
        },
      },
      google_compute_region_autoscaler: {
        model: {
          name: "model",
          region: "europe-west4",
          target: "${google_compute_region_instance_group_manager.model.id}",
          autoscaling_policy: {
            min_replicas: 2,
            max_replicas: 10,
            cooldown_period: 300,
            mode: "ON",
            cpu_utilization: { target: 0.6, predictive_method: "NONE" },
            metric: [{ name: "custom.googleapis.com/queue", target: 10, type: "GAUGE" }],
            scale_in_control: { max_scaled_in_replicas: { fixed: 1 }, time_window_sec: 600 },
            scaling_schedules: [
              {
                name: "day",
                schedule: "0 8 * * MON-FRI",
                duration_sec: 36000,
                min_required_replicas: 4,
                time_zone: "Europe/Berlin",
              },
            ],
          },
        },
      },
      google_compute_backend_service: {
        model: {
          name: "model",
          load_balancing_scheme: "EXTERNAL_MANAGED",
          protocol: "HTTP",
          port_name: "http",
          timeout_sec: 300,
          health_checks: ["${google_compute_health_check.serving.id}"],
          backend: [
            {
              group: "${google_compute_region_instance_group_manager.model.instance_group}",
              balancing_mode: "UTILIZATION",
              max_utilization: 0.8,
              capacity_scaler: 1,
            },
          ],
          log_config: { enable: true, sample_rate: 1 },
          lifecycle: cbd,
        },
      },
    },
  };
}
