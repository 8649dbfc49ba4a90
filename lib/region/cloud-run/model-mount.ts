import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ValidationError } from "../../core/errors";
import { MODEL_LOADING, STARTUP_SECONDS } from "../../google/cloud-run";
import { loadSeconds } from "../model-version";
import type { WorkloadOptions } from "./cloud-run-options";
import { Volume } from "./volume";

/** MiB from which an instance has room for the buffers of buffered reads, 640 MiB at most. */
const ROOMY_MIB = 4096;

/**
 * The options with a volume for each of their models. Versions never change, so what is known of
 * their files is kept; buffered reads prefetch large files that are read from start to end
 * (docs.cloud.google.com/storage/docs/cloud-storage-fuse/performance and gcsfuse docs/semantics.md,
 * read 2026-11-28).
 */
export function withModels<T extends WorkloadOptions & { readonly region: string }>(where: IConstruct, options: T): T {
  const { models = [], volumes = [], region, gpu, memoryMiB = 0 } = options;
  if (models.length === 0) return options;
  const isRoomy = gpu?.accelerator !== undefined || (!Token.isUnresolved(memoryMiB) && memoryMiB >= ROOMY_MIB);
  const usual = ["metadata-cache-ttl-secs=-1", ...(isRoomy ? ["enable-buffered-read"] : [])];
  const mounted = models.map((model) => {
    const mountOptions = [`only-dir=${model.folder}`, ...(model.mountOptions ?? usual)];
    return Volume.gcs(model.mountPath, model.bucketIn(region, where), { mountOptions });
  });
  return { ...options, volumes: [...volumes, ...mounted] };
}

/** Seconds that an instance needs to start with its models, 0 if their sizes are not known. */
export function startSeconds(where: IConstruct, options: WorkloadOptions, gpu: boolean): number {
  const loading = loadSeconds(options.models);
  if (loading === 0) return 0;
  const seconds = MODEL_LOADING.startSeconds + loading;
  const longest = gpu ? STARTUP_SECONDS.withGpu : STARTUP_SECONDS.withoutGpu;
  if (seconds <= longest) return seconds;
  throw new ValidationError(where, {
    what: "models",
    got: `about ${seconds} s to start`,
    allowed: `at most ${longest} s ${gpu ? "with" : "without"} a GPU`,
    fix: "use smaller or quantized weights, say how fast they are really read (readMiBPerSecond), or run them on machines",
  });
}
