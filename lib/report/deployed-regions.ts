import { REGIONS } from "../google/regions";
import type { Topology } from "../topology/topology";
import { textOf } from "../topology/value";

const KNOWN = new Set(REGIONS.map(({ name }) => name));
/** What runs somewhere, and whose region is where requests are answered or objects processed. */
const WORKLOADS = [
  "google_cloud_run_v2_service",
  "google_cloud_run_v2_job",
  "google_cloud_run_v2_worker_pool",
  "google_compute_region_instance_group_manager",
  "google_compute_instance_group_manager",
];

/** The regions in which something runs. */
export function regionsOf({ document }: Topology): string[] {
  const all = WORKLOADS.flatMap((type) => document.ofType(type)).flatMap(({ values }) => {
    const place = textOf(values.location) ?? textOf(values.region) ?? textOf(values.zone)?.replace(/-[a-z]$/, "");
    return place !== undefined && KNOWN.has(place) ? [place] : [];
  });
  return [...new Set(all)].sort();
}
