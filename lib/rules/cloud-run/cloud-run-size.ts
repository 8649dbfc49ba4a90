import { isBlock } from "../../topology/document";
import type { Place } from "../nested-places";
import { isAbsent, nested, quantity, type Workload } from "./cloud-run-workload";

export const MiB = 2 ** 20;
export const GiB = 2 ** 30;

/** What a container may use. */
export interface Size extends Place {
  readonly workload: Workload;
  readonly limits: Readonly<Record<string, unknown>>;
  /** CPUs, and bytes of memory; undefined where they are not set or not known. */
  readonly cpu?: number;
  readonly memory?: number;
  readonly cpuIsDefault: boolean;
  readonly memoryIsDefault: boolean;
}

const CACHE = new WeakMap<Workload, readonly Size[]>();

/** The resource limits of every container whose `limits` is a map. */
export function sizesOf(workload: Workload): readonly Size[] {
  const known = CACHE.get(workload);
  if (known) return known;
  const sizes = readSizes(workload);
  CACHE.set(workload, sizes);
  return sizes;
}

function readSizes(workload: Workload): Size[] {
  return workload.containers.flatMap((container) => {
    const [resources] = nested(container, "resources");
    const limits = resources?.block.limits ?? {};
    if (!isBlock(limits) || (!resources && !isAbsent(container.block, "resources"))) return [];
    return [
      {
        ...container,
        workload,
        limits,
        at: `${resources?.at ?? `${container.at}.resources`}.limits`,
        cpu: quantity(limits.cpu),
        memory: quantity(limits.memory),
        cpuIsDefault: limits.cpu === undefined,
        memoryIsDefault: limits.memory === undefined,
      },
    ];
  });
}

export function gib(bytes: number): string {
  return bytes < GiB ? `${bytes / MiB}Mi` : `${bytes / GiB}Gi`;
}
