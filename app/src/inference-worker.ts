import { parentPort, workerData } from "node:worker_threads";
import { Model } from "./model.js";

/** What the main thread asks; answers carry the same number. */
export type Job =
  | { readonly number: number; readonly texts: readonly string[] }
  | { readonly number: number; readonly ids: readonly number[] };

export type Answer =
  | { readonly number: number; readonly ids: number[][] }
  | { readonly number: number; readonly vector: Float32Array }
  | { readonly number: number; readonly error: string };

const { modelDir, threads } = workerData as { modelDir: string; threads: number };
const model = await Model.load(modelDir, threads);

parentPort?.on("message", async (job: Job) => {
  try {
    const answer: Answer =
      "texts" in job
        ? { number: job.number, ids: job.texts.map((text) => model.tokenize(text)) }
        : { number: job.number, vector: await model.embed(job.ids) };
    parentPort?.postMessage(answer);
  } catch (error) {
    parentPort?.postMessage({ number: job.number, error: String(error) });
  }
});
parentPort?.postMessage("loaded");
