import { type CloudRunGpu, GPUS } from "../google/cloud-run";
import { quantity } from "../language/quantity";
import { type Block, blockOf, isBlock } from "./document";
import { groupBy } from "./group-by";
import { nested, type Place } from "./place";
import type { Topology } from "./topology";
import { isComputed, isSet, isUnset, numberOf, textOf } from "./value";

/** The template of a Cloud Run service, job or worker pool: what one instance is. */
export interface Workload extends Place {
  readonly kind: "service" | "job" | "workerPool";
  readonly region?: string;
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

/** Something in a workload. */
export interface Within extends Place {
  readonly workload: Workload;
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
  return workloadsOf(topology).flatMap((workload) => workload.volumes.map((volume) => ({ ...volume, workload })));
}

export function mountsOf(topology: Topology): readonly Within[] {
  return topology.once("cloudRunMounts", () =>
    containersOf(topology).flatMap((container) =>
      nested(container, "volume_mounts").map((mount) => ({ ...mount, workload: container.workload })),
    ),
  );
}

export function probesOf(topology: Topology): readonly Probe[] {
  return topology.once(readProbes);
}

function readWorkloads(topology: Topology): Workload[] {
  return Object.entries(TEMPLATES).flatMap(([kind, [type, path]]) =>
    [...groupBy(topology.places(type, path), ({ block }) => block).values()].flatMap((alike) => {
      const first = readWorkload(alike[0]!, kind as Workload["kind"]);
      return alike.map((place) =>
        place.at === first.at ? sameWorkload(first, place) : readWorkload(place, first.kind),
      );
    }),
  );
}

function readWorkload(template: Place, kind: Workload["kind"]): Workload {
  const { resource, block } = template;
  const places = nested(template, "containers");
  const containers = places.map((place) => readContainer(place, kind === "service", places.length === 1));
  const selector = blockOf(block.node_selector);
  const containersKnown = !isComputed(block, "containers");
  return {
    ...template,
    kind,
    region: textOf(resource.values.location),
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

/** What is known of a template that has the same contents as another one, in the same place. */
function sameWorkload(known: Workload, { resource, block }: Place): Workload {
  const here = <T extends Place>(place: T): T => ({ ...place, resource });
  const region = textOf(resource.values.location);
  return {
    ...known,
    resource,
    block,
    region,
    containers: known.containers.map(here),
    volumes: known.volumes.map(here),
  };
}

function readContainers(topology: Topology) {
  return workloadsOf(topology).flatMap((workload) =>
    workload.containers.map((container) => ({ ...container, workload })),
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
        ...probe,
        kind,
        workload: container.workload,
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
