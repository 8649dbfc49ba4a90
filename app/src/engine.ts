import { Worker } from "node:worker_threads";
import type { Answer, Job } from "./inference-worker.js";

/** What turns text into vectors. */
export interface Engine {
  /** Whether the model is loaded; until then the methods wait. */
  readonly isLoaded: boolean;
  tokenize(texts: readonly string[]): Promise<number[][]>;
  embed(ids: readonly number[]): Promise<Float32Array>;
}

/** How long the text under way may take when the process ends. */
const LAST_TEXT_MS = 900;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The model in a thread of its own: ONNX Runtime computes within the calling thread, where probes,
 * aborts and other clients' streams would have to wait for it. Jobs run in the order they come, and
 * a request has one job at a time, so requests take turns input by input.
 */
export class WorkerEngine implements Engine {
  public isLoaded = false;
  /** Settles when the model is loaded. */
  public readonly loaded: Promise<void>;
  /** Rejects when the thread has failed: the process is of no use any more. */
  public readonly failure: Promise<never>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  /** Read by the thread between two jobs. */
  private readonly stopped = new Int32Array(new SharedArrayBuffer(4));
  private lastNumber = 0;
  private failed: Error | undefined;
  private isClosing = false;

  public constructor(modelDir: string, threads: number) {
    const workerData = { modelDir, threads, stopped: this.stopped };
    this.worker = new Worker(new URL("./inference-worker.js", import.meta.url), { workerData });
    const loaded = withResolvers<void>();
    const failure = withResolvers<never>();
    this.loaded = loaded.promise;
    this.failure = failure.promise;
    const fail = (error: Error): void => {
      this.failed ??= error;
      loaded.reject(error);
      failure.reject(error);
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
    };
    this.loaded.catch(() => undefined);
    this.failure.catch(() => undefined);
    this.worker.on("error", fail);
    this.worker.on("exit", (code) => this.isClosing || fail(new Error(`the inference thread ended with code ${code}`)));
    this.worker.on("message", (message: Answer | "loaded") => {
      if (message === "loaded") {
        this.isLoaded = true;
        loaded.resolve();
        return;
      }
      this.waiting.get(message.number)?.resolve(message);
      this.waiting.delete(message.number);
    });
  }

  public async tokenize(texts: readonly string[]): Promise<number[][]> {
    const answer = await this.ask((number) => ({ number, texts }));
    return (answer as Extract<Answer, { ids: unknown }>).ids;
  }

  public async embed(ids: readonly number[]): Promise<Float32Array> {
    const answer = await this.ask((number) => ({ number, ids }));
    return (answer as Extract<Answer, { vector: unknown }>).vector;
  }

  /**
   * Lets the text under way be finished, and no other: a process that ends within an inference is
   * aborted by ONNX Runtime.
   */
  public async close(): Promise<void> {
    this.isClosing = true;
    Atomics.store(this.stopped, 0, 1);
    const last = this.ask((number) => ({ number, texts: [] })).catch(() => undefined);
    const ended = last.then(() => this.worker.terminate());
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LAST_TEXT_MS).unref())]);
  }

  private async ask(job: (number: number) => Job): Promise<Answer> {
    if (this.failed) throw this.failed;
    const number = ++this.lastNumber;
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.worker.postMessage(job(number));
    });
    if ("error" in answer) throw new Error(answer.error);
    return answer;
  }
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
}
