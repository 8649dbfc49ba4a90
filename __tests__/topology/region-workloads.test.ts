import { type Block, TerraformDocument } from "../../lib/topology/document";
import { readRegionWorkloads } from "../../lib/topology/region-workloads";
import { Topology } from "../../lib/topology/topology";

function workloads(resource: Readonly<Record<string, Readonly<Record<string, Block>>>>) {
  const topology = new Topology(TerraformDocument.parse({ resource }));
  return topology.once(readRegionWorkloads).map(({ resource: { address }, ...rest }) => ({ address, ...rest }));
}

test("Cloud Run: what runs where, how much of it always, and on which GPU", () => {
  const l4 = { node_selector: { accelerator: "nvidia-l4" } };
  expect(
    workloads({
      google_cloud_run_v2_service: {
        warm: { location: "us-east1", template: { ...l4, scaling: { min_instance_count: 2 } } },
        cold: { location: "us-east1", template: {} },
        unknown: { location: "${var.region}", template: { scaling: { min_instance_count: "${var.least}" } } },
      },
      google_cloud_run_v2_job: { nightly: { location: "us-east1", template: { template: l4 } } },
      google_cloud_run_v2_worker_pool: {
        one: { location: "us-east1", template: {} },
        three: { location: "us-east1", scaling: { manual_instance_count: 3 }, template: {} },
      },
    }).map(({ address, kind, region, warmInstances, gpu }) => [
      address.split(".")[1],
      kind,
      region,
      warmInstances,
      gpu,
    ]),
  ).toEqual([
    ["warm", "service", "us-east1", 2, "nvidia-l4"],
    ["cold", "service", "us-east1", 0, undefined],
    ["unknown", "service", undefined, undefined, undefined],
    ["nightly", "job", "us-east1", 0, "nvidia-l4"],
    ["one", "workerPool", "us-east1", 1, undefined],
    ["three", "workerPool", "us-east1", 3, undefined],
  ]);
});

test("instance groups: the minimum of the autoscaler, or the size", () => {
  const groups = workloads({
    google_compute_region_instance_group_manager: {
      scaled: { region: "us-east1" },
      fixed: { region: "us-east4", target_size: 4 },
    },
    google_compute_instance_group_manager: { zonal: { zone: "us-west1-b", target_size: 1 } },
    google_compute_region_autoscaler: {
      scaled: {
        target: "${google_compute_region_instance_group_manager.scaled.id}",
        autoscaling_policy: { min_replicas: 2, max_replicas: 9 },
      },
    },
  });
  expect(groups.map(({ kind, region, warmInstances }) => [kind, region, warmInstances])).toEqual([
    ["machines", "us-east1", 2],
    ["machines", "us-east4", 4],
    ["machines", "us-west1", 1],
  ]);
});

test("a group drains where its capacity is 0 in all backend services, and others serve", () => {
  const group = (name: string, capacity: number) => ({
    group: `\${google_compute_region_instance_group_manager.${name}.instance_group}`,
    capacity_scaler: capacity,
  });
  const isDraining = (first: object[], second: object[] = []) =>
    workloads({
      google_compute_region_instance_group_manager: { a: { region: "us-east1" }, b: { region: "us-east4" } },
      google_compute_backend_service: { first: { backend: first }, second: { backend: second } },
    }).map((each) => each.isDraining);
  expect(isDraining([group("a", 0), group("b", 1)])).toEqual([true, false]);
  expect(isDraining([group("a", 0), group("b", 1)], [group("a", 0.5)])).toEqual([false, false]);
  expect(isDraining([group("b", 1)])).toEqual([true, false]);
  expect(isDraining([])).toEqual([false, false]);
});
