import { type Backend, backendServices, type Group } from "./backends";
import { blockOf, type Resource } from "./document";
import { gpuOf, readInstanceGroups } from "./instance-groups";
import { callsOf } from "./invocation";
import type { Topology } from "./topology";
import { numberOf, textOf } from "./value";

/** Something that runs in a region. */
export interface RegionWorkload {
  readonly resource: Resource;
  readonly kind: "service" | "job" | "workerPool" | "machines";
  readonly region?: string;
  /** It still runs, but load balancers send requests to others only. */
  readonly isDraining: boolean;
  /** How many instances run at all times; undefined where that is not known. */
  readonly warmInstances?: number;
  readonly gpu?: string;
}

const KINDS = {
  google_cloud_run_v2_service: "service",
  google_cloud_run_v2_job: "job",
  google_cloud_run_v2_worker_pool: "workerPool",
} as const;

/** Of a NEG that takes the service's name from the URL. */
const ANY_SERVICE = "*";

/** What runs in the regions of a document: `topology.once(readRegionWorkloads)`. */
export function readRegionWorkloads(topology: Topology): readonly RegionWorkload[] {
  return [...cloudRunWorkloads(topology), ...machines(topology)];
}

function cloudRunWorkloads(topology: Topology): RegionWorkload[] {
  const isReached = reachedServices(topology);
  return Object.entries(KINDS).flatMap(([type, kind]) =>
    topology.document.ofType(type).map((resource): RegionWorkload => {
      const template = blockOf(resource.values.template);
      const selector = blockOf(template?.node_selector) ?? blockOf(blockOf(template?.template)?.node_selector);
      return {
        resource,
        kind,
        region: textOf(resource.values.location),
        isDraining: kind === "service" && !isReached(resource),
        warmInstances: warmInstancesOf(topology, resource, kind),
        gpu: textOf(selector?.accelerator),
      };
    }),
  );
}

function machines(topology: Topology): RegionWorkload[] {
  const groups = topology.once(readInstanceGroups);
  const isServed = groups.some(({ backends, isRegional }) => isRegional && backends.length > 0);
  return groups.map(({ resource, region, backends, scaling, templates }) => ({
    resource,
    kind: "machines",
    region,
    isDraining: isServed && backends.every(({ group }) => !getsRequests(group)),
    warmInstances: numberOf(scaling ? scaling.min_replicas : resource.values.target_size),
    gpu: templates.map(gpuOf).find((each) => each !== undefined),
  }));
}

/** Whether a group has capacity: the default of 1, or any other than 0. */
export function getsRequests({ block }: Group): boolean {
  return numberOf(block.capacity_scaler) !== 0;
}

/** The regions that a backend service sends requests to, as far as they are known. */
export function regionsOf({ groups }: Backend): string[] {
  return [...new Set(groups.filter(getsRequests).flatMap(({ region }) => region ?? []))];
}

/**
 * Whether a load balancer, subscription, job or trigger reaches a service; true for all where no
 * load balancer reaches any, and for those that no load balancer is for: without a NEG, and not
 * served in another region either.
 */
function reachedServices(topology: Topology): (service: Resource) => boolean {
  const place = (region: unknown, service: unknown) =>
    `${String(region)} ${String(topology.document.target(service)?.values.name ?? service)}`;
  const served = new Set(
    backendServices(topology).flatMap(({ groups }) =>
      groups.flatMap((group) => {
        const cloudRun = blockOf(group.resource?.values.cloud_run);
        if (!cloudRun || !getsRequests(group)) return [];
        return [place(group.resource?.values.region, cloudRun.service ?? ANY_SERVICE)];
      }),
    ),
  );
  const called = new Set(callsOf(topology).map(({ service }) => service));
  const servedNames = new Set([...served].map((each) => each.slice(each.indexOf(" ") + 1)));
  return (service) => {
    const { location, name } = service.values;
    const names = [place(location, name), place(location, ANY_SERVICE)];
    const isBalanced = (topology.cloudRunOf(service)?.negs.length ?? 0) > 0 || servedNames.has(String(name));
    return !isBalanced || served.size === 0 || names.some((each) => served.has(each)) || called.has(service);
  };
}

function warmInstancesOf(topology: Topology, resource: Resource, kind: RegionWorkload["kind"]): number | undefined {
  if (kind === "service") return topology.cloudRunOf(resource)?.minInstances;
  if (kind === "job") return 0;
  return numberOf(blockOf(resource.values.scaling)?.manual_instance_count ?? 1);
}

/** An image that the deploy itself builds, in words; undefined for any other. */
export function builtImage(image: string): string | undefined {
  const [, name] = /([^/]+)@\$\{docker_registry_image\./.exec(image) ?? [];
  return name && `${name}, built by the deploy`;
}

/** An image with no more of its digest than tells it apart. */
export function shortDigest(image: string): string {
  return image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1…");
}
