import { instanceServingPath } from "./instance-serving-path";
import { changed, describeGroup, ids, type Json, on, resourceAt } from "./rule-support";

const GROUP = "google_compute_region_instance_group_manager.model";
const SCALER = "google_compute_region_autoscaler.model";
const BACKEND = "google_compute_backend_service.model";
const BY_LOAD = { min_replicas: 1, max_replicas: 3, load_balancing_utilization: { target: 0.8 } };

const scaledBy = (policy: Json) => (document: Json) => {
  resourceAt(document, SCALER).autoscaling_policy = policy;
};

/** The valid document with a zonal group and its autoscaler beside it. */
function zonal(document: Json, scaler: Json): void {
  const resources = document.resource as Record<string, Json>;
  const { region: _region, distribution_policy_zones: _zones, ...manager } = resourceAt(document, GROUP);
  resources.google_compute_instance_group_manager = { one: { ...manager, name: "one", zone: "europe-west4-a" } };
  const policy = resourceAt(document, SCALER).autoscaling_policy;
  resources.google_compute_autoscaler = {
    one: {
      name: "one",
      zone: "europe-west4-a",
      target: "${google_compute_instance_group_manager.one.id}",
      autoscaling_policy: policy,
      ...scaler,
    },
  };
}

describeGroup(
  "autoscaler",
  instanceServingPath,
  [
    ...on(
      SCALER,
      ["autoscaler-metric-name", "autoscaling_policy.metric.0.name", "queue"],
      ["autoscaler-metric-filter", "autoscaling_policy.metric.0.filter", 'resource.type = "a" OR resource.type = "b"'],
      ["autoscaler-scaling-schedules-schedule", "autoscaling_policy.scaling_schedules.0.schedule", "0 25 * * *"],
      ["autoscaler-scaling-schedules-time-zone", "autoscaling_policy.scaling_schedules.0.time_zone", "Europe/Bonn"],
      ["autoscaler-min-max", "autoscaling_policy.min_replicas", 20],
      ["autoscaler-metric-kind", "autoscaling_policy.metric.0.single_instance_assignment", 5],
      ["autoscaler-schedule-size", "autoscaling_policy.scaling_schedules.0.min_required_replicas", 40],
      ["autoscaler-region", "region", "europe-west1"],
      ["autoscaler-target", "target", `\${${GROUP}.instance_group}`],
      ["autoscaler-target", "target", `\${${GROUP}.name}`],
    ),
    changed(
      "autoscaler-target",
      SCALER,
      (document) => (resourceAt(document, SCALER).target = "regions/r/instanceGroups/g"),
      { also: ["group-empty"] },
    ),
    changed("autoscaler-metric-kind", SCALER, (document) => {
      const [metric] = (resourceAt(document, SCALER).autoscaling_policy as Json).metric as Json[];
      delete metric!.target;
    }),
    changed("autoscaler-signal", SCALER, scaledBy({ min_replicas: 1, max_replicas: 2 }), {
      at: "autoscaling_policy.cpu_utilization",
    }),
    changed(
      "autoscaler-wakes",
      SCALER,
      scaledBy({ min_replicas: 0, max_replicas: 3, cpu_utilization: { target: 0.6 } }),
      { at: "autoscaling_policy.min_replicas" },
    ),
    changed("autoscaler-load-gpu", SCALER, scaledBy(BY_LOAD), { at: "autoscaling_policy.load_balancing_utilization" }),
    changed(
      "autoscaler-load-streams",
      SCALER,
      (document) => {
        scaledBy(BY_LOAD)(document);
        resourceAt(document, BACKEND).protocol = "TCP";
      },
      { also: ["autoscaler-load-gpu"] },
    ),
    changed("autoscaler-one", "google_compute_region_autoscaler.second", (document) => {
      const scalers = (document.resource as Json).google_compute_region_autoscaler as Json;
      scalers.second = { ...(scalers.model as Json), name: "second" };
    }),
    changed(
      "autoscaler-region",
      "google_compute_autoscaler.one",
      (document) => zonal(document, { zone: "europe-west4-b" }),
      { at: "zone" },
    ),
    changed("autoscaler-target", "google_compute_autoscaler.one", (document) =>
      zonal(document, { target: "${google_compute_instance_group_manager.one.instance_group}" }),
    ),
  ],
  [
    "autoscaler-load-gpu",
    "autoscaler-load-streams",
    "autoscaler-one",
    "autoscaler-scale-in-control-time-window-sec",
    "autoscaler-schedule-size",
    "autoscaler-signal",
    "autoscaler-wakes",
  ],
);

test("says nothing of a zonal group", () => {
  const document = instanceServingPath();
  zonal(document, { target: "${google_compute_instance_group_manager.one.name}" });
  expect(ids(document)).toEqual([]);
});

test("says nothing of autoscalers for the instances of one for_each", () => {
  const document = instanceServingPath();
  const scalers = (document.resource as Json).google_compute_region_autoscaler as Json;
  const each = (key: string) => ({ ...(scalers.model as Json), name: key, target: `\${${GROUP}["${key}"].id}` });
  Object.assign(scalers, { eu: each("eu"), us: each("us") });
  expect(ids(document)).toEqual([]);
});

test("says nothing of GPUs scaled by the load balancer where its capacity is a rate, or where another signal helps", () => {
  const byRate = instanceServingPath();
  scaledBy(BY_LOAD)(byRate);
  const [group] = resourceAt(byRate, BACKEND).backend as Json[];
  Object.assign(group!, { balancing_mode: "RATE", max_rate_per_instance: 2, max_utilization: undefined });
  expect(ids(byRate)).toEqual([]);
  const byMetric = instanceServingPath();
  const metric = [{ name: "custom.googleapis.com/gpu", target: 70, type: "GAUGE" }];
  scaledBy({ ...BY_LOAD, metric })(byMetric);
  expect(ids(byMetric)).toEqual([]);
});
