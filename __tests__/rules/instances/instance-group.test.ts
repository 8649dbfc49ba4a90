import { instanceGroupRules } from "../../../lib/rules/instances/instance-group";
import { changed, describeRules, ids, type Json, on, resourceAt } from "../rule-support";
import { instanceServingPath } from "./instance-serving-path";

const TEMPLATE = "google_compute_region_instance_template.model";
const GROUP = "google_compute_region_instance_group_manager.model";
const SCALER = "google_compute_region_autoscaler.model";
const SERVING = "google_compute_health_check.serving";
const HEALING = "google_compute_health_check.healing";
const BACKEND = "google_compute_backend_service.model";

const BY_LOAD = { min_replicas: 1, max_replicas: 3, load_balancing_utilization: { target: 0.8 } };

function with_(address: string, values: Json): Json {
  const document = instanceServingPath();
  Object.assign(resourceAt(document, address), values);
  return document;
}

describeRules(instanceGroupRules, instanceServingPath, [
  ...on(
    TEMPLATE,
    ["template-machine-type", "machine_type", "zones/europe-west4-a/machineTypes/g2-standard-8"],
    ["template-disk-type", "disk.0.disk_type", "ssd"],
    ["template-disk-kind", "disk.0.type", "persistent"],
    ["template-disk-mode", "disk.0.mode", "RW"],
    ["template-disk-interface", "disk.0.interface", "IDE"],
    ["template-disk-size", "disk.0.disk_size_gb", 5],
    ["template-disk-throughput", "disk.0.provisioned_throughput", 0],
    ["template-disk-policies", "disk.0.resource_policies", ["a", "b"]],
    ["template-metadata-keys", "metadata", { "a key": "x", "user-data": "#cloud-config cos-extensions" }],
    ["template-egress-tier", "network_performance_config", { total_egress_bandwidth_tier: "TIER_2" }],
    ["template-nic-type", "network_interface.0.nic_type", "VIRTIO"],
    ["template-stack-type", "network_interface.0.stack_type", "DUAL"],
    ["template-access-configs", "network_interface.0.access_config", [{}, {}]],
    ["template-network-tier", "network_interface.0.access_config", [{ network_tier: "premium" }]],
    ["template-host-maintenance", "scheduling.on_host_maintenance", "STOP"],
    ["template-provisioning-model", "scheduling.provisioning_model", "CHEAP"],
    ["template-termination-action", "scheduling.instance_termination_action", "KILL"],
    ["template-host-error-timeout", "scheduling.host_error_timeout_seconds", 100],
    ["template-scopes", "service_account.scopes", undefined],
    ["template-confidential-type", "confidential_instance_config", { confidential_instance_type: "SGX" }],
    ["template-threads-per-core", "advanced_machine_features", { threads_per_core: 4 }],
    ["template-accelerator-count", "guest_accelerator.0.count", 64],
    ["template-reservation-type", "reservation_affinity", { type: "ANY" }],
    ["template-tags", "tags", Array.from({ length: 65 }, (_, index) => `t${index}`)],
    ["template-tag", "tags.0", "Model"],
    ["template-gpu-terminate", "scheduling.on_host_maintenance", undefined],
    ["template-gpu-terminate", "scheduling.on_host_maintenance", "MIGRATE"],
    ["template-gpu-terminate", "scheduling", undefined],
    ["template-spot-restart", "scheduling", { provisioning_model: "SPOT", preemptible: true }],
    ["template-spot-preemptible", "scheduling", { provisioning_model: "SPOT", automatic_restart: false }],
    ["template-spot-maintenance", "scheduling", { preemptible: true, on_host_maintenance: "MIGRATE" }],
    ["template-termination-model", "scheduling.instance_termination_action", "STOP"],
    [
      "template-run-limit",
      "scheduling",
      { max_run_duration: { seconds: 60 }, termination_time: "2027-01-01T00:00:00Z" },
    ],
    ["template-flex-start", "scheduling", { provisioning_model: "FLEX_START", on_host_maintenance: "TERMINATE" }],
    ["template-gpu-machine", "machine_type", "n1-standard-8"],
    ["template-gpu-machine", "machine_type", "g2-standard-24"],
    ["template-gpu-machine", "guest_accelerator.0.type", "nvidia-tesla-t4"],
    ["template-shielded-vtpm", "shielded_instance_config", { enable_vtpm: false }],
    ["template-boot-image", "disk.0.source_image", undefined],
    ["template-boot-first", "disk.0.boot", false],
    ["template-boot-first", "disk.1.boot", true],
    ["template-local-ssd", "disk.1.type", "PERSISTENT"],
    ["template-local-ssd", "disk.1.disk_size_gb", 400],
    [
      "template-local-ssd",
      "disk.1",
      { type: "SCRATCH", disk_type: "local-ssd", disk_size_gb: 3000, interface: "SCSI" },
    ],
    ["template-disk-source", "disk.0.source", "weights"],
    ["template-disk-shared", "disk.1", { source: "weights", mode: "READ_WRITE" }],
    ["template-disk-series", "disk.0.disk_type", undefined],
    ["template-disk-series", "machine_type", "c4-standard-8"],
    ["template-disk-kept", "disk.0.auto_delete", false],
    ["template-service-account", "service_account", undefined],
    ["template-scope-cloud-platform", "service_account.scopes", ["storage-ro"]],
    ["template-container-declaration", "metadata", { "gce-container-declaration": "spec:" }],
    ["template-startup-script", "metadata.startup-script", "#!/bin/sh"],
    ["template-cloud-init", "metadata.user-data", "docker run cos-extensions"],
    ["template-cloud-init-image", "disk.0.source_image", "debian-cloud/debian-12"],
    ["template-cos-starts", "metadata", undefined],
    ["template-cos-gpu-driver", "metadata.user-data", "#cloud-config\nruncmd: [docker run model]"],
  ).map((mutation) =>
    mutation.rule === "template-startup-script"
      ? changed(mutation.rule, TEMPLATE, (document) => {
          const template = resourceAt(document, TEMPLATE);
          (template.metadata as Json)["startup-script"] = "#!/bin/sh";
          template.metadata_startup_script = "#!/bin/sh";
        })
      : mutation,
  ),
  changed("template-nic-series", TEMPLATE, (document) =>
    Object.assign(resourceAt(document, TEMPLATE), {
      machine_type: "a3-highgpu-1g",
      network_interface: { nic_type: "VIRTIO_NET", subnetwork: "${google_compute_subnetwork.eu.id}" },
    }),
  ),
  changed("template-confidential-maintenance", TEMPLATE, (document) =>
    Object.assign(resourceAt(document, TEMPLATE), {
      machine_type: "c3-standard-4",
      guest_accelerator: [],
      scheduling: {},
      confidential_instance_config: { confidential_instance_type: "TDX" },
    }),
  ),
  ...on(
    SERVING,
    ["health-check-interval", "check_interval_sec", 301],
    ["health-check-timeout", "timeout_sec", 0],
    ["health-check-healthy", "healthy_threshold", 11],
    ["health-check-unhealthy", "unhealthy_threshold", 0],
    ["health-check-port", "http_health_check", { port: 70000 }],
    ["health-check-port-specification", "http_health_check.port_specification", "SERVING_PORT"],
    ["health-check-named-port", "http_health_check", { port_specification: "USE_NAMED_PORT", port_name: "http" }],
    ["health-check-proxy-header", "http_health_check.proxy_header", "PROXY_V2"],
    ["health-check-path", "http_health_check.request_path", "ready"],
    ["health-check-response", "http_health_check.response", "☃"],
    ["health-check-source-regions", "source_regions", ["us-east1"]],
    ["health-check-kind", "tcp_health_check", { port: 80 }],
    ["health-check-kind", "http_health_check", undefined],
    ["health-check-timeout-interval", "timeout_sec", 6],
    ["health-check-timeout-interval", "check_interval_sec", 2],
    ["health-check-serving-port", "http_health_check.port", 80],
    ["health-check-regions-kind", "source_regions", ["us-east1", "us-west1", "europe-west1"]],
    ["health-check-regions-use", "source_regions", ["us-east1", "us-west1", "europe-west1"]],
    ["group-health-check-port", "http_health_check", { request_path: "/ready" }],
  ),
  ...(["health-check-request", "health-check-grpc-service", "health-check-grpc-port"] as const).map((rule) =>
    changed(rule, SERVING, (document) => {
      const check = resourceAt(document, SERVING);
      delete check.http_health_check;
      if (rule === "health-check-request") check.tcp_health_check = { port: 80, request: "☃" };
      else check.grpc_health_check = { grpc_service_name: rule === "health-check-grpc-service" ? "☃" : "model" };
    }),
  ),
  ...on(
    GROUP,
    ["group-base-name", "base_instance_name", "Model"],
    ["group-named-port", "named_port.0.port", 0],
    ["group-named-port-name", "named_port.0.name", "HTTP"],
    ["group-target-size", "target_size", -1],
    ["group-healing-delay", "auto_healing_policies.initial_delay_sec", 7200],
    ["group-healing-policies", "auto_healing_policies", [{}, {}]],
    ["group-target-shape", "distribution_policy_target_shape", "UNEVEN"],
    ["group-update-type", "update_policy.type", "ROLLING"],
    ["group-update-action", "update_policy.minimal_action", "RECREATE"],
    ["group-update-disruption", "update_policy.most_disruptive_allowed_action", "ALL"],
    ["group-replacement-method", "update_policy.replacement_method", "REPLACE"],
    ["group-redistribution", "update_policy.instance_redistribution_type", "OFF"],
    ["group-surge-percent", "update_policy.max_surge_percent", 120],
    ["group-unavailable-percent", "update_policy.max_unavailable_percent", 120],
    ["group-version-percent", "version.0.target_size", { percent: 200 }],
    ["group-failure-action", "instance_lifecycle_policy", { default_action_on_failure: "RESTART" }],
    ["group-force-update", "instance_lifecycle_policy", { force_update_on_repair: true }],
    ["group-standby-mode", "standby_policy", { mode: "AUTO" }],
    ["group-standby-delay", "standby_policy", { initial_delay_sec: 4000 }],
    ["group-update-policy", "update_policy", undefined],
    ["group-surge-zones", "update_policy.max_surge_fixed", 1],
    ["group-surge-or-unavailable", "update_policy.max_surge_fixed", 0],
    ["group-surge-once", "update_policy.max_surge_percent", 20],
    ["group-recreate", "update_policy.replacement_method", "RECREATE"],
    ["group-disruption-order", "update_policy.most_disruptive_allowed_action", "RESTART"],
    ["group-disruption-template", "update_policy.most_disruptive_allowed_action", "REFRESH"],
    ["group-versions", "version.0.target_size", { fixed: 1 }],
    ["group-shape-redistribution", "distribution_policy_target_shape", "BALANCED"],
    ["group-zones", "distribution_policy_zones", ["europe-west4-a", "europe-west1-b"]],
    ["group-one-zone", "distribution_policy_zones", ["europe-west4-a"]],
    ["group-stateful-redistribution", "stateful_disk", { device_name: "data" }],
    ["group-stateful-autoscaled", "stateful_disk", { device_name: "data" }],
    ["group-healing-check", "auto_healing_policies.health_check", "${google_compute_health_check.serving.id}"],
    ["group-healing-port", "auto_healing_policies.health_check", "${google_compute_health_check.serving.id}"],
    ["group-template-region", "region", "europe-west1"],
    ["group-size-autoscaled", "target_size", 3],
    ["group-redistribution-autoscaled", "update_policy.instance_redistribution_type", "NONE"],
    ["group-shape-autoscaled", "distribution_policy_target_shape", "ANY"],
    ["group-update-readiness", "auto_healing_policies", undefined],
  ),
  changed("template-spot-reservation", TEMPLATE, (document) =>
    Object.assign(resourceAt(document, TEMPLATE), {
      scheduling: { provisioning_model: "SPOT", preemptible: true, automatic_restart: false },
      reservation_affinity: {
        type: "SPECIFIC_RESERVATION",
        specific_reservation: { key: "compute.googleapis.com/reservation-name", values: ["r"] },
      },
    }),
  ),
  changed("group-percent-size", GROUP, (document) => {
    delete (document.resource as Json).google_compute_region_autoscaler;
    Object.assign(resourceAt(document, GROUP), {
      target_size: 3,
      update_policy: { type: "PROACTIVE", minimal_action: "REPLACE", max_surge_percent: 50 },
    });
  }),
  changed("group-empty", GROUP, (document) => {
    delete (document.resource as Json).google_compute_region_autoscaler;
  }),
  ...on(
    SCALER,
    ["autoscaler-max", "autoscaling_policy.max_replicas", 0],
    ["autoscaler-min", "autoscaling_policy.min_replicas", -1],
    ["autoscaler-wakes", "autoscaling_policy", { min_replicas: 0, max_replicas: 3, cpu_utilization: { target: 0.6 } }],
    ["autoscaler-cooldown", "autoscaling_policy.cooldown_period", -5],
    ["autoscaler-mode", "autoscaling_policy.mode", "AUTO"],
    ["autoscaler-utilization", "autoscaling_policy.cpu_utilization.target", 60],
    ["autoscaler-load", "autoscaling_policy.load_balancing_utilization", { target: 0 }],
    ["autoscaler-predictive", "autoscaling_policy.cpu_utilization.predictive_method", "ML"],
    ["autoscaler-metric-target", "autoscaling_policy.metric.0.target", 0],
    ["autoscaler-metric-type", "autoscaling_policy.metric.0.type", "RATE"],
    ["autoscaler-metric-filter", "autoscaling_policy.metric.0.filter", 'resource.type = "a" OR resource.type = "b"'],
    ["autoscaler-scale-in-percent", "autoscaling_policy.scale_in_control.max_scaled_in_replicas", { percent: 200 }],
    ["autoscaler-scale-in-window", "autoscaling_policy.scale_in_control.time_window_sec", 7200],
    ["autoscaler-schedules", "autoscaling_policy.scaling_schedules", Array.from({ length: 129 }, () => ({}))],
    ["autoscaler-schedule-duration", "autoscaling_policy.scaling_schedules.0.duration_sec", 60],
    ["autoscaler-schedule-cron", "autoscaling_policy.scaling_schedules.0.schedule", "0 25 * * *"],
    ["autoscaler-schedule-zone", "autoscaling_policy.scaling_schedules.0.time_zone", "Europe/Bonn"],
    ["autoscaler-min-max", "autoscaling_policy.min_replicas", 20],
    ["autoscaler-metric-kind", "autoscaling_policy.metric.0.single_instance_assignment", 5],
    ["autoscaler-schedule-size", "autoscaling_policy.scaling_schedules.0.min_required_replicas", 40],
    ["autoscaler-signal", "autoscaling_policy", { min_replicas: 1, max_replicas: 2 }],
    ["autoscaler-region", "region", "europe-west1"],
    ["autoscaler-load-gpu", "autoscaling_policy", BY_LOAD],
  ),
  changed("group-health-check-tls", SERVING, (document) => {
    resourceAt(document, BACKEND).protocol = "HTTPS";
  }),
  changed("group-health-check-tls", SERVING, (document) => {
    const check = resourceAt(document, SERVING);
    delete check.http_health_check;
    check.https_health_check = { request_path: "/ready", port: 8080 };
  }),
  changed("autoscaler-load-streams", SCALER, (document) => {
    resourceAt(document, SCALER).autoscaling_policy = BY_LOAD;
    resourceAt(document, BACKEND).protocol = "TCP";
  }),
  changed("autoscaler-one", "google_compute_region_autoscaler.second", (document) => {
    const scalers = (document.resource as Json).google_compute_region_autoscaler as Json;
    scalers.second = { ...(scalers.model as Json), name: "second" };
  }),
]);

test("says nothing of checks that speak as the load balancer does, or ask another port", () => {
  const checkedBy = (protocol: string, check: Json) => {
    const document = with_(BACKEND, { protocol });
    delete resourceAt(document, SERVING).http_health_check;
    Object.assign(resourceAt(document, SERVING), check);
    return ids(document).filter((id) => id === "group-health-check-tls");
  };
  expect(checkedBy("HTTPS", { https_health_check: { port: 8080 } })).toEqual([]);
  expect(checkedBy("HTTPS", { tcp_health_check: { port: 8080 } })).toEqual([]);
  expect(checkedBy("HTTPS", { http_health_check: { port: 9000 } })).toEqual([]);
  expect(checkedBy("H2C", { grpc_health_check: { port: 8080 } })).toEqual([]);
});

test("says nothing of spot instances with GPUs and no word on maintenance", () => {
  expect(
    ids(with_(TEMPLATE, { scheduling: { provisioning_model: "SPOT", preemptible: true, automatic_restart: false } })),
  ).toEqual([]);
});

test("knows which GPUs stand beside N1 machines", () => {
  const template = (machine: string, type: string, count: number) => ({
    machine_type: machine,
    guest_accelerator: [{ type, count }],
  });
  expect(ids(with_(TEMPLATE, template("n1-standard-8", "nvidia-tesla-t4", 1)))).toEqual([]);
  expect(ids(with_(TEMPLATE, template("custom-8-30720", "nvidia-tesla-t4", 1)))).toEqual([]);
  expect(ids(with_(TEMPLATE, template("n1-standard-96", "nvidia-tesla-t4", 1)))).toEqual(["template-gpu-machine"]);
  expect(ids(with_(TEMPLATE, template("n1-standard-8", "nvidia-tesla-t4", 3)))).toEqual(["template-gpu-machine"]);
  expect(ids(with_(TEMPLATE, template("n2-standard-8", "nvidia-tesla-t4", 1)))).toEqual(["template-gpu-machine"]);
  expect(ids(with_(TEMPLATE, template("${var.machine}", "nvidia-tesla-t4", 1)))).toEqual([]);
});

test("says nothing of groups, templates and checks that are computed or elsewhere", () => {
  const document: Json = {
    resource: {
      google_compute_region_instance_group_manager: {
        model: {
          name: "model",
          region: "${var.region}",
          base_instance_name: "${var.name}",
          target_size: "${var.size}",
          version: { instance_template: "${var.template}" },
          dynamic: { named_port: { for_each: "${var.ports}", content: {} } },
          update_policy: "${var.policy}",
        },
      },
      google_compute_instance_template: {
        model: {
          name: "model",
          machine_type: "${var.machine}",
          dynamic: { disk: {}, network_interface: {}, service_account: {} },
          scheduling: { provisioning_model: "${var.model}", automatic_restart: "${var.restart}" },
          metadata: "${var.metadata}",
        },
      },
      google_compute_health_check: {
        check: { name: "check", timeout_sec: "${var.timeout}", dynamic: { http_health_check: {} } },
      },
    },
  };
  expect(ids(document)).toEqual([]);
});

test("says nothing of a port that is unknown because the protocol chooses its name", () => {
  const document = with_(BACKEND, { protocol: "HTTPS", port_name: undefined });
  const check = resourceAt(document, SERVING);
  check.https_health_check = check.http_health_check;
  delete check.http_health_check;
  expect(ids(document)).toEqual([]);
});

test("takes numbers written as text", () => {
  const document = with_(HEALING, { check_interval_sec: "30", timeout_sec: "10" });
  expect(ids(document)).toEqual([]);
});

test("says nothing of GPUs scaled by the load balancer where its capacity is a rate, or where another signal helps", () => {
  const byRate = with_(SCALER, { autoscaling_policy: BY_LOAD });
  const [group] = resourceAt(byRate, BACKEND).backend as Json[];
  Object.assign(group!, { balancing_mode: "RATE", max_rate_per_instance: 2, max_utilization: undefined });
  expect(ids(byRate)).toEqual([]);
  const metric = [{ name: "custom.googleapis.com/gpu", target: 70, type: "GAUGE" }];
  expect(ids(with_(SCALER, { autoscaling_policy: { ...BY_LOAD, metric } }))).toEqual([]);
});
