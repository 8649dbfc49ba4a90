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

interface Settings {
  readonly modelDir: string;
  readonly threads: number;
  readonly stopped: Int32Array;
}

const { modelDir, threads, stopped } = workerData as Settings;
const model = await Model.load(modelDir, threads);

parentPort?.on("message", async (job: Job) => {
  try {
    if (Atomics.load(stopped, 0) === 1) throw new Error("the process ends");
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
