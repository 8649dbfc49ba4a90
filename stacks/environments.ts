import type { Environment } from "./environment";

/**
 * The environments: each is a stack with its own state. Put your projects and domain here, or
 * override them with DEV_GOOGLE_PROJECT, PROD_GOOGLE_PROJECT and PROD_IMAGE in the process
 * environment.
 */
export const environments: Record<string, Environment> = {
  // The inference API of app/, built on deploy: embeddings on CPU; no quota, bucket or domain.
  dev: {
    project: "example-ai-api-dev",
    googleProvider: "~> 6.50",
    state: { kind: "local" },
    destroyable: true,
    labels: { environment: "dev", app: "ai-api" },
    domains: [],
    build: { directory: "app", name: "inference", registryLocations: ["europe", "us"] },
    regions: ["europe-west1", "us-central1"],
    drainingRegions: [],
    logSampleRate: 1,
    service: {
      cpu: 2,
      memoryMiB: 1024,
      concurrency: 32,
      maxInstances: 2,
      timeoutSeconds: 60,
      probes: { startup: "/readyz", liveness: "/healthz" },
    },
  },
  // Ollama 0.12.3 on an L4 on three continents, with weights in a bucket. Sizes from Google's guide
  // for Gemma on Cloud Run.
  prod: {
    project: "example-ai-api-prod",
    googleProvider: "~> 7.19",
    state: { kind: "gcs", bucket: "example-ai-api-prod-tfstate", prefix: "ai-api" },
    destroyable: false,
    labels: { environment: "prod", app: "ai-api" },
    domains: ["api.example.com"],
    edge: {
      apiKeyHeader: "authorization",
      keylessPaths: ["/api/version", "/v1/models"],
      requestsPerMinutePerKey: 600,
      requestsPerMinutePerIp: 600,
      cachedPaths: ["/v1/models"],
    },
    observability: {
      emails: ["oncall@example.com"],
      availabilityGoal: 0.999,
      // A long answer is streamed for as long as it takes: this is about those that never end.
      latency: { thresholdMs: 60_000, goal: 0.95 },
      probePaths: ["/api/version"],
      logRetentionDays: 90,
    },
    image: "docker.io/ollama/ollama@sha256:c622a7adec67cf5bd7fe1802b7e26aa583a955a54e91d132889301f50c3e0bd0",
    regions: ["europe-west1", "us-central1", "asia-southeast1"],
    drainingRegions: [],
    // Every one: an answer takes seconds, so requests are few, and users report single ones.
    logSampleRate: 1,
    service: {
      gpu: "l4",
      cpu: 8,
      memoryMiB: 32768,
      concurrency: 4,
      minInstances: 1,
      maxInstances: 3,
      timeoutSeconds: 900,
      env: { OLLAMA_HOST: "0.0.0.0:8080", OLLAMA_MODELS: "/models", OLLAMA_KEEP_ALIVE: "-1", OLLAMA_NUM_PARALLEL: "4" },
      modelBucket: { bucket: "example-ai-api-prod-models", mountPath: "/models" },
      probes: { startup: "/api/version", liveness: "/api/version", readiness: "/api/version" },
    },
  },
};
