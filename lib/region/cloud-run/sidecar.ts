import type { IConstruct } from "constructs";
import { checkAllowed, checkLiteral, checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { containerCount, containerCpu, containerMemory, containerName, RESERVED_ENV } from "../../google/cloud-run";
import type { IImage } from "../../image/container-image";
import { nearest } from "../../language/nearest";
import type { ISecret } from "../../project/secret";
import { checkEnvironmentVariables } from "../environment-variables";
import type { CloudRunOptions } from "./cloud-run-options";
import type { Probe } from "./probe";
import type { Volume } from "./volume";

/** How the container that serves requests is named beside sidecars. */
export const MAIN_CONTAINER = "main";

/**
 * A container beside the one that serves requests: a collector, a proxy, a cache. They reach each
 * other at localhost, and share the instance's lifetime
 * (docs.cloud.google.com/run/docs/deploying#sidecars, read 2026-11-22).
 */
export interface Sidecar {
  /** A DNS label, unique in the service; not `main`, the container that serves requests. */
  readonly name: string;
  readonly image: IImage;
  /** 0.08 to 0.999, 1, 2, 4, 6 or 8, besides the service's own `cpu`. @default 1 */
  readonly cpu?: number;
  /** Besides the service's own `memoryMiB`. @default 512 */
  readonly memoryMiB?: number;
  /** Replaces the image's entrypoint. @default the image's */
  readonly command?: string[];
  /** Replaces the image's arguments. @default the image's */
  readonly args?: string[];
  /** Plain environment variables, visible in the Terraform state and the console. @default none */
  readonly env?: { [name: string]: string };
  /** Environment variables from Secret Manager; read access is granted. @default none */
  readonly secretEnv?: { [name: string]: ISecret };
  /** Pass the same `Volume` as to the service to share its files. @default none */
  readonly volumes?: Volume[];
  /**
   * When it has started; its `port` option is required. A container that others wait for must have
   * one. @default none
   */
  readonly startupProbe?: Probe;
  /** When to restart it; its `port` option is required. @default none */
  readonly livenessProbe?: Probe;
  /**
   * Containers whose startup probe must succeed before it starts: sidecars, or `main`. @default it
   * starts at once
   */
  readonly startAfter?: string[];
}

/** Every volume of a service, each once. */
export function allVolumes({ volumes = [], sidecars = [] }: CloudRunOptions): Volume[] {
  return [...new Set([...volumes, ...sidecars.flatMap((sidecar) => sidecar.volumes ?? [])])];
}

/** MiB of memory of an instance. */
export function instanceMemory(mainMiB: number, sidecars: readonly Sidecar[] = []): number {
  return sidecars.reduce((sum, { memoryMiB = DEFAULT_MEMORY_MIB }) => sum + memoryMiB, mainMiB);
}

export const DEFAULT_MEMORY_MIB = 512;

/** Throws for sidecars that Cloud Run would reject, and for an order in which none can start. */
export function checkSidecars(where: IConstruct, { sidecars = [], startAfter = [] }: CloudRunOptions): void {
  checkAllowed(where, "sidecars", [undefined, ...sidecars], containerCount, "move some to services of their own");
  for (const sidecar of sidecars) {
    const what = `sidecars["${sidecar.name}"]`;
    checkLiteral(where, "sidecars name", sidecar.name);
    checkAllowed(where, "sidecars name", sidecar.name, containerName);
    checkAllowed(where, `${what}.cpu`, sidecar.cpu, containerCpu);
    if (sidecar.memoryMiB !== undefined) {
      checkLiteral(where, `${what}.memoryMiB`, sidecar.memoryMiB);
      checkAllowed(where, `${what}.memoryMiB`, `${sidecar.memoryMiB}Mi`, containerMemory, "give whole MiB");
    }
    checkEnvironmentVariables(where, sidecar, {
      reserved: RESERVED_ENV.service,
      because: "which Cloud Run sets",
      tooLong: "mount it as a file: Volume.secret or Volume.gcs",
    });
  }
  const names = [MAIN_CONTAINER, ...sidecars.map(({ name }) => name)];
  checkUnique(where, "sidecars name", names, `name each differently; "${MAIN_CONTAINER}" serves requests`);
  checkOrder(where, sidecars, new Map([[MAIN_CONTAINER, startAfter], ...sidecars.map(waiting)]));
}

const waiting = ({ name, startAfter = [] }: Sidecar): [string, string[]] => [name, startAfter];

function checkOrder(where: IConstruct, sidecars: readonly Sidecar[], order: ReadonlyMap<string, string[]>): void {
  for (const [name, awaited] of order) {
    for (const each of awaited) {
      if (!order.has(each) || each === name) {
        const others = [...order.keys()].filter((other) => other !== name);
        const suggestion = nearest(each, others);
        throw new ValidationError(where, {
          what: `startAfter of ${name}`,
          got: each,
          allowed: others.join(", ") || "nothing without sidecars",
          fix: suggestion ? `did you mean "${suggestion}"?` : "name another container of the service",
        });
      }
      const sidecar = sidecars.find((other) => other.name === each);
      if (sidecar && !sidecar.startupProbe) {
        throw new ValidationError(where, {
          what: `sidecars["${each}"].startupProbe`,
          got: undefined,
          allowed: `a probe, because ${name} waits for it`,
          fix: "say when it has started: Probe.http, Probe.grpc or Probe.tcp",
        });
      }
    }
  }
  const started = new Set<string>();
  for (let size = -1; size < started.size; ) {
    size = started.size;
    for (const [name, awaited] of order) if (awaited.every((each) => started.has(each))) started.add(name);
  }
  const stuck = [...order.keys()].filter((name) => !started.has(name));
  if (stuck.length === 0) return;
  throw new ValidationError(where, {
    what: "startAfter",
    got: stuck.join(", "),
    allowed: "an order in which each container can start",
    fix: "let one of them start first: they wait for each other",
  });
}
