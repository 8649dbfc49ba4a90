import { type CloudRunGpu, GPUS } from "../google/cloud-run";
import { quantity } from "../language/quantity";
import { type Block, blockOf, isBlock, type Resource } from "./document";
import { groupBy } from "./group-by";
import { nested, type Place } from "./place";
import type { Topology } from "./topology";
import { isComputed, isSet, isUnset, numberOf, textOf } from "./value";

/** What one instance of a Cloud Run service, job or worker pool is. */
export interface Template extends Omit<Place, "resource"> {
  readonly kind: "service" | "job" | "workerPool";
  /** The services, jobs or worker pools that have this same template: many regions are alike. */
  readonly alike: readonly Resource[];
  readonly containers: readonly Container[];
  /** Whether `containers` is all of them. */
  readonly containersKnown: boolean;
  readonly volumes: readonly Place[];
  readonly volumesKnown: boolean;
  readonly gpu?: CloudRunGpu;
  /** Whether an instance surely has a GPU, and whether it surely has none. */
  readonly hasGpu: boolean;
  readonly hasNoGpu: boolean;
}

/** A service, job or worker pool. */
export interface Workload extends Omit<Template, "alike"> {
  readonly resource: Resource;
  readonly region?: string;
}

export interface Container extends Place {
  readonly name?: string;
  /** Whether requests come here: the only container of a service, or the one with a port. */
  readonly servesRequests: boolean;
  /** Its resource limits; undefined where Terraform computes them. */
  readonly limits?: Block;
  /** Where they are in the container. */
  readonly limitsAt: string;
  readonly hasGpuLimit: boolean;
  /** CPUs and bytes of memory, where they are set and known. */
  readonly cpu?: number;
  readonly memory?: number;
}

/** Something in a template, for all resources that have it. */
export interface Within extends Place {
  readonly workload: Template;
  readonly alike: readonly Resource[];
}

export interface Probe extends Within {
  readonly kind: "startup_probe" | "liveness_probe" | "readiness_probe";
  /** The port block of its container, where the probe surely asks that port. */
  readonly requestPort?: Place;
}

const TEMPLATES = {
  service: ["google_cloud_run_v2_service", "template"],
  job: ["google_cloud_run_v2_job", "template.template"],
  workerPool: ["google_cloud_run_v2_worker_pool", "template"],
} as const;

export function templatesOf(topology: Topology): readonly Template[] {
  return topology.once(readTemplates);
}

export function workloadsOf(topology: Topology): readonly Workload[] {
  return topology.once(readWorkloads);
}

export function servicesOf(topology: Topology): readonly Workload[] {
  return topology.once("cloudRunServices", () => workloadsOf(topology).filter(({ kind }) => kind === "service"));
}

export function containersOf(topology: Topology): readonly (Container & Within)[] {
  return topology.once(readContainers);
}

export function volumesOf(topology: Topology): readonly Within[] {
  return templatesOf(topology).flatMap((workload) => workload.volumes.map((volume) => inside(workload, volume)));
}

export function mountsOf(topology: Topology): readonly Within[] {
  return topology.once("cloudRunMounts", () =>
    containersOf(topology).flatMap((container) =>
      nested(container, "volume_mounts").map((mount) => inside(container.workload, mount)),
    ),
  );
}

export function probesOf(topology: Topology): readonly Probe[] {
  return topology.once(readProbes);
}

function inside<T extends Place>(workload: Template, place: T): T & Within {
  return { ...place, workload, alike: workload.alike };
}

function readTemplates(topology: Topology): Template[] {
  return Object.entries(TEMPLATES).flatMap(([kind, [type, path]]) =>
    [...groupBy(topology.places(type, path), ({ block }) => block).values()].map((alike) =>
      readTemplate(alike, kind as Template["kind"]),
    ),
  );
}

function readWorkloads(topology: Topology): Workload[] {
  return templatesOf(topology).flatMap(({ alike, ...template }) =>
    alike.map((resource) => ({ ...template, resource, region: textOf(resource.values.location) })),
  );
}

function readTemplate(places: readonly Place[], kind: Template["kind"]): Template {
  const template = places[0]!;
  const { at, block } = template;
  const containerPlaces = nested(template, "containers");
  const containers = containerPlaces.map((place) =>
    readContainer(place, kind === "service", containerPlaces.length === 1),
  );
  const selector = blockOf(block.node_selector);
  const containersKnown = !isComputed(block, "containers");
  return {
    kind,
    at,
    block,
    alike: places.map(({ resource }) => resource),
    containers,
    containersKnown,
    volumes: nested(template, "volumes"),
    volumesKnown: !isComputed(block, "volumes"),
    gpu: GPUS.find(({ accelerator }) => accelerator === selector?.accelerator),
    hasGpu: isSet(selector?.accelerator) || containers.some(({ hasGpuLimit }) => hasGpuLimit),
    hasNoGpu:
      isUnset(block, "node_selector") &&
      containersKnown &&
      containers.every(({ limits, hasGpuLimit }) => limits && !hasGpuLimit),
  };
}

function readContainers(topology: Topology) {
  return templatesOf(topology).flatMap((workload) =>
    workload.containers.map((container) => inside(workload, container)),
  );
}

function readContainer(place: Place, ofService: boolean, isOnly: boolean): Container {
  const { block } = place;
  const [resources] = nested(place, "resources");
  const isKnown = resources !== undefined || !isComputed(block, "resources");
  const given = resources?.block.limits ?? {};
  const limits = isKnown && isBlock(given) ? given : undefined;
  return {
    ...place,
    name: textOf(block.name),
    servesRequests: ofService && (isOnly || nested(place, "ports").length > 0),
    limits,
    limitsAt: `${resources?.at.slice(place.at.length + 1) ?? "resources"}.limits`,
    hasGpuLimit: limits !== undefined && "nvidia.com/gpu" in limits,
    cpu: quantity(limits?.cpu),
    memory: quantity(limits?.memory),
  };
}

function readProbes(topology: Topology): Probe[] {
  return (["startup_probe", "liveness_probe", "readiness_probe"] as const).flatMap((kind) =>
    containersOf(topology).flatMap((container) =>
      nested(container, kind).map((probe) => ({
        ...inside(container.workload, probe),
        kind,
        requestPort: nested(container, "ports").find((port) => asks(probe.block, port.block)),
      })),
    ),
  );
}

/** Whether a probe asks a container's port: by its number, or by naming none. */
function asks(probe: Block, { container_port: port = 8080 }: Block): boolean {
  const handler = blockOf(probe.http_get) ?? blockOf(probe.grpc);
  return handler !== undefined && (isUnset(handler, "port") || numberOf(handler.port) === numberOf(port));
}
