import { availableParallelism } from "node:os";

/** What a process that belongs to a data-processing pipeline knows of it. */
export interface PipelineConfig {
  readonly region: string;
  /** Documents arrive here. */
  readonly ingestBucket: string;
  /** Results are written here, under the region's name. */
  readonly resultsBucket: string;
  /** Where messages come from: Pub/Sub sends them, this process pulls them, or neither. */
  readonly mode: "push" | "pull" | undefined;
  /** Full name, `projects/P/subscriptions/S`; set in mode pull. */
  readonly subscription: string;
  /** Field of a JSON line that holds the text. */
  readonly textField: string;
  readonly maxDocumentBytes: number;
  readonly maxDocumentLines: number;
  /** Documents held in memory at once; further messages wait. */
  readonly documentsAtOnce: number;
  /**
   * How long a pulled message is this process's; renewed while it is processed. A message of a
   * process that was killed is delivered again after so long.
   */
  readonly leaseSeconds: number;
}

/** What the process environment says; every setting has a default. */
export interface Config {
  readonly port: number;
  /** Directory with model.json and the files it names: part of the image, or a mounted bucket. */
  readonly modelDir: string;
  /** Google Cloud region, as the header X-Served-Region names it. */
  readonly region: string | undefined;
  /** Google Cloud project, for the names of traces. */
  readonly project: string | undefined;
  /** Requests for embeddings that may be under way or wait at once; the next one gets 429. */
  readonly maxConcurrentRequests: number;
  /** /readyz answers 503 from this many requests on. */
  readonly readyLoadLimit: number;
  readonly maxInputs: number;
  readonly maxBodyBytes: number;
  /** CPU threads of one inference. */
  readonly inferenceThreads: number;
  /** How long clients and the CDN may keep the list of models. */
  readonly modelsMaxAgeSeconds: number;
  /** How long a client may leave a stream unread before it is cut. */
  readonly streamStallSeconds: number;
  /** How long what is left of a refused body is read, before the connection is cut. */
  readonly discardSeconds: number;
  /**
   * How long the port stays open after SIGTERM, for load balancers that have to see /readyz fail
   * first.
   */
  readonly drainDelaySeconds: number;
  /** How long after SIGTERM requests under way may take; Cloud Run kills after 10 s. */
  readonly shutdownSeconds: number;
  readonly logLevel: string;
  /** Set where documents are processed or taken in; undefined: inference only. */
  readonly pipeline: PipelineConfig | undefined;
}

const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"];
const REGION = /^[a-z0-9-]{1,63}$/;
const BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
const SUBSCRIPTION = /^projects\/[a-z0-9:.-]+\/subscriptions\/[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/;

/** @throws Error that names the variable, what it holds and what it may hold. */
export function readConfig(env: NodeJS.ProcessEnv, defaultModelDir: string): Config {
  const number = (name: string, fallback: number, min: number, max: number): number => {
    const text = env[name];
    if (text === undefined || text === "") return fallback;
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < min || value > max) {
      throw new Error(`${name} is ${JSON.stringify(text)}: it must be a number from ${min} to ${max}`);
    }
    return value;
  };
  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const value = number(name, fallback, min, max);
    if (!Number.isInteger(value)) throw new Error(`${name} is ${value}: it must be a whole number`);
    return value;
  };
  const maxConcurrentRequests = integer("MAX_CONCURRENT_REQUESTS", 64, 1, 1000);
  const region = env.REGION || undefined;
  // It becomes a header, which must not fail when it is written.
  if (region !== undefined && !REGION.test(region)) {
    throw new Error(`REGION is ${JSON.stringify(region)}: it must be a region, such as europe-west1`);
  }
  const oneOf = <T extends string>(name: string, allowed: readonly T[], fallback: T): T => {
    const text = env[name] || fallback;
    if (!allowed.includes(text as T)) {
      throw new Error(`${name} is ${JSON.stringify(text)}: it must be one of ${allowed.join(", ")}`);
    }
    return text as T;
  };
  const pattern = (name: string, form: RegExp, example: string): string => {
    const text = env[name] ?? "";
    if (!form.test(text)) throw new Error(`${name} is ${JSON.stringify(text)}: it must be ${example}`);
    return text;
  };
  const readPipeline = (): PipelineConfig | undefined => {
    const mode = env.WORKER_MODE ? oneOf("WORKER_MODE", ["push", "pull"], "push") : undefined;
    if (mode === undefined && !env.INGEST_BUCKET) return undefined;
    const pipeline = {
      // Not from the metadata server: an answer that is missing must not change a result's name.
      region: pattern("REGION", REGION, "a region, such as europe-west1"),
      ingestBucket: pattern("INGEST_BUCKET", BUCKET, "a bucket's name"),
      resultsBucket: pattern("RESULTS_BUCKET", BUCKET, "a bucket's name"),
      mode,
      subscription:
        mode === "pull" ? pattern("SUBSCRIPTION", SUBSCRIPTION, "of the form projects/PROJECT/subscriptions/NAME") : "",
      textField: env.TEXT_FIELD || "text",
      maxDocumentBytes: integer("MAX_DOCUMENT_BYTES", 16 * 1024 * 1024, 1024, 256 * 1024 * 1024),
      maxDocumentLines: integer("MAX_DOCUMENT_LINES", 5000, 1, 100_000),
      documentsAtOnce: integer("DOCUMENTS_AT_ONCE", 4, 1, 100),
      leaseSeconds: integer("LEASE_SECONDS", 60, 10, 600),
    };
    if (pipeline.ingestBucket === pipeline.resultsBucket) {
      throw new Error(
        `RESULTS_BUCKET is ${JSON.stringify(pipeline.resultsBucket)}: it must be another bucket than INGEST_BUCKET, or results would be processed as documents`,
      );
    }
    return pipeline;
  };
  return {
    port: integer("PORT", 8080, 0, 65535),
    modelDir: env.MODEL_DIR || defaultModelDir,
    region,
    project: env.GOOGLE_CLOUD_PROJECT || undefined,
    maxConcurrentRequests,
    readyLoadLimit: integer(
      "READY_LOAD_LIMIT",
      Math.max(1, Math.floor(maxConcurrentRequests * 0.8)),
      1,
      maxConcurrentRequests,
    ),
    maxInputs: integer("MAX_INPUTS", 2048, 1, 2048),
    maxBodyBytes: integer("MAX_BODY_BYTES", 4 * 1024 * 1024, 1024, 32 * 1024 * 1024),
    inferenceThreads: integer("INFERENCE_THREADS", availableParallelism(), 1, 64),
    modelsMaxAgeSeconds: integer("MODELS_MAX_AGE_SECONDS", 300, 0, 31_536_000),
    streamStallSeconds: number("STREAM_STALL_SECONDS", 30, 0.01, 3600),
    discardSeconds: number("DISCARD_SECONDS", 5, 0.01, 60),
    drainDelaySeconds: number("DRAIN_DELAY_SECONDS", 0, 0, 600),
    shutdownSeconds: number("SHUTDOWN_SECONDS", 9, 0.01, 3600),
    logLevel: oneOf("LOG_LEVEL", LOG_LEVELS, "info"),
    pipeline: readPipeline(),
  };
}
