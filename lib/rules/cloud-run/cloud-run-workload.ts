import { type Block, blockOf, blocksOf, isBlock, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { isComputed, textOf } from "../../topology/value";
import { type Allowed, type LimitOptions, limitIn } from "../limit";
import type { Place } from "../nested-places";
import type { OldRule as Rule } from "../old-rule";

export const SERVICE = "google_cloud_run_v2_service";
export const JOB = "google_cloud_run_v2_job";
export const WORKER_POOL = "google_cloud_run_v2_worker_pool";
const ACCELERATORS = { "nvidia-l4": "l4", "nvidia-rtx-pro-6000": "rtxPro6000" } as const;

/** The template of a Cloud Run service, job or worker pool: what one instance is. */
export interface Workload extends Place {
  readonly kind: "service" | "job" | "workerPool";
  readonly region?: string;
  readonly containers: readonly Place[];
  /** Whether `containers` is all of them. */
  readonly containersKnown: boolean;
  readonly volumes: readonly Place[];
  readonly volumesKnown: boolean;
  /** The accelerator as it is written; undefined where it is not known or there is none. */
  readonly accelerator?: string;
  /** The GPU as the region catalogue names it. */
  readonly gpu?: "l4" | "rtxPro6000";
  /** Whether an instance has a GPU for sure, and whether it has none for sure. */
  readonly hasGpu: boolean;
  readonly hasNoGpu: boolean;
}

const CACHE = new WeakMap<Topology, readonly Workload[]>();

/** All Cloud Run workloads of a document, read once. */
export function workloadsOf(topology: Topology): readonly Workload[] {
  const known = CACHE.get(topology);
  if (known) return known;
  const read = (type: string, kind: Workload["kind"]) =>
    topology.document.ofType(type).flatMap((resource) => readWorkload(resource, kind));
  const workloads = [...read(SERVICE, "service"), ...read(JOB, "job"), ...read(WORKER_POOL, "workerPool")];
  CACHE.set(topology, workloads);
  return workloads;
}

const SERVICES = new WeakMap<Topology, readonly Workload[]>();
const CONTAINERS = new WeakMap<Topology, readonly Place[]>();

/** The containers of all of them. */
export function containersOf(topology: Topology): readonly Place[] {
  const known = CONTAINERS.get(topology);
  if (known) return known;
  const containers = workloadsOf(topology).flatMap((workload) => workload.containers);
  CONTAINERS.set(topology, containers);
  return containers;
}

/** The services among them. */
export function servicesOf(topology: Topology): readonly Workload[] {
  const known = SERVICES.get(topology);
  if (known) return known;
  const services = workloadsOf(topology).filter((workload) => workload.kind === "service");
  SERVICES.set(topology, services);
  return services;
}

/** A rule on one attribute of every container. */
export function containerLimit(
  id: string,
  attribute: string,
  allowed: Allowed,
  fix: string,
  source: string,
  options: LimitOptions = {},
): Rule {
  return limitIn(id, "Cloud Run container", containersOf, attribute, allowed, fix, source, options);
}

/** A rule on one attribute of every template, whether of a service, a job or a worker pool. */
export function templateLimit(
  id: string,
  attribute: string,
  allowed: Allowed,
  fix: string,
  source: string,
  options: LimitOptions = {},
): Rule {
  return limitIn(id, "Cloud Run template", workloadsOf, attribute, allowed, fix, source, options);
}

const NONE: readonly Place[] = [];

/** The nested blocks of a name, with the path of each. */
export function nested(place: Place, name: string): readonly Place[] {
  const value = place.block[name];
  if (value === undefined) return NONE;
  const { resource } = place;
  const at = place.at === "" ? name : `${place.at}.${name}`;
  if (!Array.isArray(value)) return isBlock(value) ? [{ resource, at, block: value }] : NONE;
  return blocksOf(value).map((block, index) => ({ resource, at: `${at}.${index}`, block }));
}

/** A Kubernetes quantity in its base unit: bytes, or CPUs. */
export function quantity(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : textOf(value);
  const match = text === undefined ? null : /^(\d+(?:\.\d+)?)(m|[kKMGT]i?)?$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * UNITS[match[2] ?? ""]!;
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  ki: 2 ** 10,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

function readWorkload(resource: Resource, kind: Workload["kind"]): Workload[] {
  const root = { resource, at: "", block: resource.values };
  const outer = nested(root, "template")[0];
  const template = outer && (kind === "job" ? nested(outer, "template")[0] : outer);
  if (!template) return [];
  const selector = blockOf(template.block.node_selector);
  const accelerator = textOf(selector?.accelerator);
  const containers = nested(template, "containers");
  const limits = containers.map(({ block }) => blockOf(block.resources)?.limits);
  return [
    {
      ...template,
      kind,
      region: textOf(resource.values.location),
      containers,
      containersKnown: !isComputed(template.block, "containers"),
      volumes: nested(template, "volumes"),
      volumesKnown: !isComputed(template.block, "volumes"),
      accelerator,
      gpu: ACCELERATORS[accelerator as keyof typeof ACCELERATORS],
      hasGpu: selector?.accelerator !== undefined || limits.some(limitsGpu),
      hasNoGpu:
        !isComputed(template.block, "node_selector") &&
        template.block.node_selector === undefined &&
        !isComputed(template.block, "containers") &&
        limits.every((each) => each === undefined || (typeof each === "object" && !limitsGpu(each))),
    },
  ];
}

function limitsGpu(limits: unknown): boolean {
  return typeof limits === "object" && limits !== null && "nvidia.com/gpu" in limits;
}

/** Whether a block can be judged by what it does not say: no `dynamic` and no expression in the place of this block. */
export function isAbsent(block: Block, name: string): boolean {
  return block[name] === undefined && !isComputed(block, name);
}
