import { builtInGpus, gpuMachineSize } from "../google/machine-types";
import {
  CLOUD_RUN_CPU,
  CLOUD_RUN_MEMORY,
  CLOUD_RUN_SERVICES,
  COUNTED,
  cloudRunGpuQuota,
  computeQuota,
  type Quota,
} from "../google/quotas";
import { blockOf, blocksOf, isBlock, type Resource } from "../topology/document";
import { isSpot, type ManagedGroup, readInstanceGroups } from "../topology/instance-groups";
import type { Topology } from "../topology/topology";
import { booleanOf, numberOf, textOf, textOrDefault } from "../topology/value";
import { instanceSize, NotKnown } from "./cost";

/** What a project needs of one quota in one place. */
export interface QuotaNeed {
  readonly quota: Quota;
  /** Undefined for quotas of the whole project. */
  readonly region?: string;
  /** With every service and group at its maximum. */
  readonly atMaximum: number;
  /** The same while a new version starts beside the former one. */
  readonly duringRollOut: number;
  /** Addresses of what needs it. */
  readonly resources: readonly string[];
}

/** What could not be counted, and why. */
export interface QuotaGap {
  readonly address: string;
  readonly why: string;
}

export interface Quotas {
  readonly needs: readonly QuotaNeed[];
  readonly gaps: readonly QuotaGap[];
}

/** Cloud Run's maximum where a service gives none (general knowledge, 2026-11). */
const DEFAULT_MAXIMUM = 100;

const UNCOUNTED = ["google_cloud_run_v2_job", "google_cloud_run_v2_worker_pool"];

/** Adds up needs by quota and region. */
class Ledger {
  private readonly entries = new Map<string, QuotaNeed>();
  public readonly gaps: QuotaGap[] = [];

  public add(quota: Quota, region: string | undefined, resource: Resource, most: number, rollOut = most): void {
    const key = `${quota.service} ${quota.id} ${region ?? ""}`;
    const known = this.entries.get(key) ?? { quota, region, atMaximum: 0, duringRollOut: 0, resources: [] };
    this.entries.set(key, {
      ...known,
      atMaximum: known.atMaximum + most,
      duringRollOut: known.duringRollOut + rollOut,
      resources: [...known.resources, resource.address],
    });
  }

  /** GPUs first, because they are granted last; then by service, region and name. */
  public get needs(): QuotaNeed[] {
    const rank = ({ quota }: QuotaNeed) => (quota.unit === "GPUs" ? 0 : quota.service.startsWith("run") ? 1 : 2);
    const key = ({ quota, region = "" }: QuotaNeed) => `${region} ${quota.id}`;
    return [...this.entries.values()].sort((a, b) => rank(a) - rank(b) || (key(a) < key(b) ? -1 : 1));
  }
}

/**
 * Which quotas a document needs, at its maximum and while a change rolls out. Cloud Run refuses a
 * deploy whose maximum instances exceed a quota, even if they never start.
 */
export function quotasOf(topology: Topology): Quotas {
  const ledger = new Ledger();
  for (const target of topology.cloudRunTargets) countService(topology, target.service, ledger);
  for (const group of topology.once(readInstanceGroups)) countGroup(group, ledger);
  for (const { address } of UNCOUNTED.flatMap((type) => topology.document.ofType(type))) {
    ledger.gaps.push({ address, why: "jobs and worker pools are not counted" });
  }
  for (const resource of topology.document.resources) {
    const quota = resource.isData ? undefined : COUNTED[resource.type];
    if (!quota || isOfAnotherScheme(resource, quota)) continue;
    const region = textOf(resource.values.region ?? topology.document.providerOf(resource)?.region);
    if (REGIONAL.test(resource.type) && region === undefined) {
      ledger.gaps.push({ address: resource.address, why: "its region is known at apply only" });
      continue;
    }
    const copies = copiesOf(resource);
    if (copies === undefined) {
      ledger.gaps.push({ address: resource.address, why: "for_each or count is known at apply only" });
      continue;
    }
    // Its successor is there before it goes.
    const rollOut = topology.createdBeforeDestroy.has(resource.address) ? 2 * copies : copies;
    ledger.add(quota, REGIONAL.test(resource.type) ? region : undefined, resource, copies, rollOut);
  }
  return { needs: ledger.needs, gaps: ledger.gaps };
}

/** How many instances a resource block makes; undefined where Terraform computes it. */
function copiesOf({ values: { count, for_each: each } }: Resource): number | undefined {
  if (isBlock(each)) return Object.keys(each).length;
  return each === undefined ? (count === undefined ? 1 : numberOf(count)) : undefined;
}

/** Counted types that are in one region. */
const REGIONAL = /_region_|^google_compute_(address|forwarding_rule|router|subnetwork)$/;

/**
 * Classic, internal and pass-through load balancers have quotas of their own. A global resource
 * without a scheme counts: provider 8.0 makes it EXTERNAL_MANAGED.
 */
function isOfAnotherScheme({ values }: Resource, { id }: Quota): boolean {
  const scheme = textOrDefault(values.load_balancing_scheme, id.startsWith("GLOBAL") ? "EXTERNAL_MANAGED" : "EXTERNAL");
  return id.includes("EXTERNAL_MANAGED") && scheme !== undefined && scheme !== "EXTERNAL_MANAGED";
}

function countService(topology: Topology, service: Resource, ledger: Ledger): void {
  const target = topology.cloudRunOf(service)!;
  const { region, template, accelerator, minInstances = 0, maxInstances } = target;
  const given = blockOf(template?.scaling)?.max_instance_count;
  const copies = copiesOf(service);
  if (region === undefined || copies === undefined) {
    const why = copies === undefined ? "for_each or count" : "its region";
    ledger.gaps.push({ address: service.address, why: `${why} is known at apply only` });
    return;
  }
  if (given !== undefined && maxInstances === undefined) {
    ledger.gaps.push({ address: service.address, why: "max_instance_count is known at apply only" });
    return;
  }
  const most = copies * (maxInstances ?? DEFAULT_MAXIMUM);
  // The new revision starts its minimum, at least one, while the former serves at its maximum.
  const rollOut = most + copies * Math.max(1, minInstances);
  const size = sizeOf(target);
  if (accelerator !== undefined) {
    const isRedundant = booleanOf(template?.gpu_zonal_redundancy_disabled) !== true;
    ledger.add(cloudRunGpuQuota(accelerator, isRedundant), region, service, most, rollOut);
  }
  if (size) {
    ledger.add(CLOUD_RUN_CPU, region, service, most * size.cpu * 1000, rollOut * size.cpu * 1000);
    ledger.add(CLOUD_RUN_MEMORY, region, service, most * size.memoryGiB, rollOut * size.memoryGiB);
  } else {
    ledger.gaps.push({ address: service.address, why: "its CPU or memory is known at apply only" });
  }
  ledger.add(CLOUD_RUN_SERVICES, region, service, copies);
}

function sizeOf(target: Parameters<typeof instanceSize>[0]) {
  try {
    return instanceSize(target);
  } catch (error) {
    if (error instanceof NotKnown) return undefined;
    throw error;
  }
}

function countGroup(group: ManagedGroup, ledger: Ledger): void {
  const { resource, region, scaling, update, templates } = group;
  const most = numberOf(scaling ? scaling.max_replicas : (resource.values.target_size ?? 0));
  const type = textOf(templates[0]?.values.machine_type);
  if (most === undefined || type === undefined) {
    const why = most === undefined ? "its maximum is known at apply only" : "its machine type is not in this document";
    ledger.gaps.push({ address: resource.address, why });
    return;
  }
  const template = templates[0]!;
  const surge =
    numberOf(update?.max_surge_fixed) ?? Math.ceil((most * (numberOf(update?.max_surge_percent) ?? 0)) / 100);
  const rollOut = most + surge;
  ledger.add(computeQuota("INSTANCES", "machines"), region, resource, most, rollOut);
  const attached = blocksOf(template.values.guest_accelerator).map(({ type: kind, count }) => ({
    type: textOf(kind)?.split("/").at(-1) ?? "gpu",
    count: numberOf(count) ?? 1,
  }));
  const gpus = [builtInGpus(type) ?? [], attached].flat();
  for (const each of gpus) {
    const name = gpuQuota(type, each.type, isSpot(template) ?? false);
    ledger.add(computeQuota(name, "GPUs"), region, resource, most * each.count, rollOut * each.count);
    ledger.add(computeQuota("GPUS_ALL_REGIONS", "GPUs"), undefined, resource, most * each.count, rollOut * each.count);
  }
  // Machines with built-in GPUs are limited by those.
  if (gpuMachineSize(type)) return;
  const cpus = Number(/-(\d+)$/.exec(type)?.[1]);
  if (!Number.isFinite(cpus)) {
    ledger.gaps.push({ address: resource.address, why: `the vCPUs of ${type} are not in the catalogue` });
    return;
  }
  ledger.add(computeQuota(cpuQuota(type), "vCPU"), region, resource, most * cpus, rollOut * cpus);
}

/** Newer series share one quota with a dimension for the family; others have one for each GPU. */
function gpuQuota(machineType: string, gpu: string, isSpotMachine: boolean): string {
  const name = gpu.replace("-tesla-", "-").replaceAll("-", "_").toUpperCase();
  const prefix = isSpotMachine ? "PREEMPTIBLE_" : "";
  return /^(g4|a3|a4)-/.test(machineType) ? `${prefix}GPUS_PER_GPU_FAMILY ${name}` : `${prefix}${name}_GPUS`;
}

/** Series with a quota of their own; the others count as CPUS. */
function cpuQuota(machineType: string): string {
  const series = machineType.split("-")[0]!.toUpperCase();
  return /^(E2|N1|F1|G1|CUSTOM)$/.test(series) ? "CPUS" : `${series}_CPUS`;
}

/** Needs that exceed what a new project has, or of which that is not known. */
export function toAskFor({ needs }: Quotas): QuotaNeed[] {
  return needs.filter(({ quota, duringRollOut }) => {
    if (quota.initial !== undefined) return duringRollOut > quota.initial;
    return quota.unit === "GPUs";
  });
}
