import { api, page, reported, type Source } from "./source";

/** A quota that a project needs, by Google's name. */
export interface Quota {
  /** The service that has it: `run.googleapis.com`. */
  readonly service: string;
  /** Quota id of Cloud Run, metric of Compute Engine. */
  readonly id: string;
  readonly unit: string;
  /** What a new project has, as far as it is known; regions and projects differ. */
  readonly initial?: number;
  readonly source: Source;
}

const names = api("Compute API v1")("Quota.metric");
const runQuotas = page("run/quotas", "2026-11-28");
const gpuQuotas = page("run/docs/configuring/services/gpu-zonal-redundancy", "2026-11-28");
const granted = reported("quota pages of several projects: 3 in each region after the first deploy", "2026-11-28");
const newProject = reported("refused deploys of several projects: from 20 vCPU and 40 GiB in a region up to ten times as much", "2026-11-28");
const trainingProject = reported("gcloud compute project-info of new training projects", "2026-11-28");

/** A quota of Cloud Run. GPUs have one for each way of redundancy; Cloud Run counts maximum instances. */
export function cloudRunGpuQuota(accelerator: string, isRedundant: boolean): Quota {
  const words = accelerator.split("-").map((word) => word[0]!.toUpperCase() + word.slice(1));
  const id = `${words.join("")}GpuAlloc${isRedundant ? "" : "NoZonalRedundancy"}PerProjectRegion`;
  const service = "run.googleapis.com";
  if (isRedundant) return { service, id, unit: "GPUs", initial: 0, source: gpuQuotas };
  return accelerator === "nvidia-l4" ? { service, id, unit: "GPUs", initial: 3, source: granted } : { service, id, unit: "GPUs", source: gpuQuotas };
}

export const CLOUD_RUN_CPU: Quota = { service: "run.googleapis.com", id: "CpuAllocPerProjectRegion", unit: "milli vCPU", initial: 20_000, source: newProject };
export const CLOUD_RUN_MEMORY: Quota = { service: "run.googleapis.com", id: "MemAllocPerProjectRegion", unit: "GiB", initial: 40, source: newProject };
export const CLOUD_RUN_SERVICES: Quota = { service: "run.googleapis.com", id: "services", unit: "services", initial: 1000, source: runQuotas };

/** A metric of Compute Engine, as `gcloud compute regions describe` lists it. */
export function computeQuota(id: string, unit: string, source: Source = names): Quota {
  return { service: "compute.googleapis.com", id, unit, source };
}

/** Quotas that count resources of a type: one for each, or those with the managed scheme. */
export const COUNTED: Readonly<Record<string, Quota>> = {
  google_compute_global_forwarding_rule: { ...computeQuota("GLOBAL_EXTERNAL_MANAGED_FORWARDING_RULES", "rules", trainingProject), initial: 15 },
  google_compute_forwarding_rule: computeQuota("EXTERNAL_MANAGED_FORWARDING_RULES", "rules"),
  google_compute_backend_service: { ...computeQuota("GLOBAL_EXTERNAL_MANAGED_BACKEND_SERVICES", "backend services", trainingProject), initial: 50 },
  google_compute_region_backend_service: computeQuota("EXTERNAL_MANAGED_BACKEND_SERVICES", "backend services"),
  google_compute_backend_bucket: computeQuota("BACKEND_BUCKETS", "backend buckets"),
  google_compute_global_address: computeQuota("STATIC_ADDRESSES", "addresses"),
  google_compute_address: computeQuota("STATIC_ADDRESSES", "addresses"),
  google_compute_url_map: computeQuota("URL_MAPS", "URL maps"),
  google_compute_region_network_endpoint_group: computeQuota("NETWORK_ENDPOINT_GROUPS", "NEGs"),
  google_compute_security_policy: computeQuota("SECURITY_POLICIES", "policies"),
  google_compute_health_check: computeQuota("HEALTH_CHECKS", "health checks"),
  google_compute_network: computeQuota("NETWORKS", "networks"),
  google_compute_subnetwork: computeQuota("SUBNETWORKS", "subnets"),
  google_compute_router: computeQuota("ROUTERS", "routers"),
  google_compute_region_instance_group_manager: computeQuota("REGIONAL_INSTANCE_GROUP_MANAGERS", "groups"),
};
