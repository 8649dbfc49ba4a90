import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { ApiError } from "./api-error.js";
import type { PipelineConfig } from "./config.js";
import { seconds } from "./embeddings.js";
import type { Message } from "./message.js";
import { type DocumentMetrics, documentMetrics, type Processor } from "./processor.js";
import type { PulledMessage, Subscription } from "./subscription.js";

const LONGEST_PAUSE_MS = 30_000;
/**
 * How long the pull under way may still bring messages. One that is broken off may have been given
 * some, which nobody gets before the subscription's ack deadline.
 */
const LAST_PULL_MS = 1000;
/** Time that is left to give messages back before the process ends. */
const RELEASE_MS = 1000;

/** Pulls as many messages as can be processed, and keeps them its own while they are. */
export class Puller {
  private readonly stopping = new AbortController();
  /** Aborts the pull under way. */
  private readonly hangUp = new AbortController();
  /** Aborts the documents under way. */
  private readonly cut = new AbortController();
  private readonly running = new Map<PulledMessage, Promise<void>>();
  private pulling: Promise<void> = Promise.resolve();
  private renewal: NodeJS.Timeout | undefined;
  private failures = 0;

  public constructor(
    private readonly pipeline: Pick<PipelineConfig, "documentsAtOnce" | "leaseSeconds">,
    private readonly subscription: Pick<Subscription, "pull" | "acknowledge" | "extend">,
    private readonly processor: Pick<Processor, "process">,
    private readonly logger: Logger,
  ) {}

  public start(): void {
    const everyMs = (this.pipeline.leaseSeconds * 1000) / 3;
    this.renewal = setInterval(() => void this.extend([...this.running.keys()]), everyMs);
    void this.run();
  }

  /** Pulls no more, finishes what is under way, and gives back what is not finished in time. */
  public async close(seconds: number): Promise<"finished" | "released"> {
    const startedAt = performance.now();
    this.stopping.abort();
    await Promise.race([this.pulling, sleep(LAST_PULL_MS, undefined, { ref: false })]);
    this.hangUp.abort();
    await this.pulling;
    const finished = Promise.all(this.running.values());
    const isLate = await Promise.race([
      finished.then(() => false),
      sleep(Math.max(0, startedAt + seconds * 1000 - RELEASE_MS - performance.now()), true, { ref: false }),
    ]);
    if (isLate) {
      this.cut.abort(new Error("the process ends"));
      await Promise.race([finished, sleep(RELEASE_MS, undefined, { ref: false })]);
    }
    clearInterval(this.renewal);
    return isLate ? "released" : "finished";
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const free = this.pipeline.documentsAtOnce - this.running.size;
      if (free === 0) {
        await Promise.race(this.running.values());
      } else {
        this.pulling = this.pull(free);
        await this.pulling;
      }
    }
  }

  private async pull(maxMessages: number): Promise<void> {
    try {
      const messages = await this.subscription.pull(maxMessages, this.hangUp.signal);
      this.failures = 0;
      for (const message of messages) {
        const handled = this.handle(message).finally(() => this.running.delete(message));
        this.running.set(message, handled);
      }
      // The subscription's own deadline is longer: a killed process would keep its messages so long.
      void this.extend(messages);
    } catch (error) {
      const { signal } = this.stopping;
      if (signal.aborted) return;
      const pause = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** this.failures++);
      this.logger.warn({ stack_trace: String(error) }, `no message could be pulled: next try in ${pause / 1000} s`);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  private async extend(messages: readonly PulledMessage[]): Promise<void> {
    const ackIds = messages.map(({ ackId }) => ackId);
    await this.attempt(() => this.subscription.extend(ackIds, this.pipeline.leaseSeconds), "renewed");
  }

  private async handle(message: PulledMessage): Promise<void> {
    const startedAt = performance.now();
    const metrics = documentMetrics();
    let failure: unknown;
    try {
      await this.processor.process(message, metrics, this.cut.signal);
      await this.attempt(() => this.subscription.acknowledge(message.ackId), "acknowledged");
    } catch (error) {
      failure = error;
      // Pub/Sub delivers it again after the subscription's back-off, and after the last attempt to
      // the dead letters.
      await this.attempt(() => this.subscription.extend([message.ackId], 0), "given back");
    }
    metrics["gen_ai.server.request.duration"] = seconds(startedAt);
    this.log(message, metrics, failure);
  }

  /** Only costs another delivery when it fails, and that one does no harm. */
  private async attempt(call: () => Promise<void>, what: string): Promise<void> {
    try {
      await call();
    } catch (error) {
      this.logger.warn({ stack_trace: String(error) }, `messages could not be ${what}: they are delivered again`);
    }
  }

  private log(message: Message, metrics: DocumentMetrics, failure: unknown): void {
    const line = { "logging.googleapis.com/labels": { message_id: message.id }, ...metrics };
    if (failure === undefined) {
      const { "app.outcome": outcome } = metrics;
      this.logger[outcome === "gone" ? "warn" : "info"](line, `document ${outcome}`);
    } else if (failure instanceof ApiError) {
      this.logger.warn({ ...line, "error.type": failure.code }, `document refused: ${failure.message}`);
    } else if (this.cut.signal.aborted) {
      this.logger.warn({ ...line, "error.type": "released" }, "document released: the process ends");
    } else {
      const stack_trace = failure instanceof Error ? failure.stack : String(failure);
      this.logger.error({ ...line, "error.type": "internal_error", stack_trace }, "document failed");
    }
  }
}
