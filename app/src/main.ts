import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { BatchIntake } from "./batch.js";
import { readConfig } from "./config.js";
import { WorkerEngine } from "./engine.js";
import { GoogleApi } from "./google-api.js";
import { createLogger } from "./logger.js";
import { readModelInfo } from "./model.js";
import { findPlace } from "./place.js";
import { Processor } from "./processor.js";
import { Puller } from "./puller.js";
import { Service } from "./service.js";
import { Storage } from "./storage.js";
import { Subscription } from "./subscription.js";

const startedAt = performance.now();
const logger = createLogger(process.env.LOG_LEVEL || "info");

async function main(): Promise<void> {
  const config = readConfig(process.env, fileURLToPath(new URL("../model/weights", import.meta.url)));
  const engine = new WorkerEngine(config.modelDir, config.inferenceThreads);
  engine.failure.catch((error: Error) => {
    logger.fatal({ stack_trace: error.stack }, "the inference thread failed: the process ends");
    process.exit(1);
  });
  const info = await readModelInfo(config.modelDir);
  const { pipeline } = config;
  const api = new GoogleApi(process.env);
  const storage = new Storage(api);
  const processor = pipeline?.mode && new Processor(pipeline, info, engine, storage);
  const service = new Service(config, info, engine, logger, {
    intake: pipeline && new BatchIntake(pipeline, info, storage),
    processor: pipeline?.mode === "push" ? processor : undefined,
  });
  const puller =
    pipeline?.mode === "pull" && processor
      ? new Puller(pipeline, new Subscription(api, pipeline.subscription), processor, logger)
      : undefined;
  const place = findPlace(config, process.env.GCE_METADATA_HOST).then(({ region, project }) => {
    service.region = region;
    service.project = project;
  });
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    logger.info(`${signal}: ${service.load.current} requests under way are finished, then the process ends`);
    const [outcome, pulled] = await Promise.all([service.close(), puller?.close(config.shutdownSeconds)]);
    if (pulled === "released") logger.warn(`messages were given back after ${config.shutdownSeconds} s`);
    if (outcome === "cut off") logger.warn(`requests were cut off after ${config.shutdownSeconds} s`);
    await engine.close();
    process.exit(outcome === "finished" ? 0 : 1);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  // The port opens before the model is loaded, for /healthz and /readyz; requests that come already
  // wait for it.
  await new Promise<void>((resolve, reject) => service.server.once("error", reject).listen(config.port, resolve));
  await Promise.all([engine.loaded, place]);
  puller?.start();
  logger.info(
    {
      "gen_ai.request.model": info.id,
      "cloud.region": service.region,
      startup_seconds: Math.round(performance.now() - startedAt) / 1000,
    },
    `ready on port ${(service.server.address() as AddressInfo).port}`,
  );
}

main().catch((error: Error) => {
  logger.fatal({ stack_trace: error.stack }, `cannot start: ${error.message}`);
  process.exit(1);
});
