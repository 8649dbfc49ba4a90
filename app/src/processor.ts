import { ApiError } from "./api-error.js";
import type { PipelineConfig } from "./config.js";
import { formatOf, type Line, parseDocument, resultsName } from "./document.js";
import { encode, type InferenceMetrics, seconds, TOKENIZED_AT_ONCE } from "./embeddings.js";
import { checkLength } from "./embeddings-request.js";
import type { Engine } from "./engine.js";
import { type Arrival, type Message, parseNotification } from "./message.js";
import type { ModelInfo } from "./model.js";
import { Slots } from "./slots.js";
import type { Storage } from "./storage.js";

/**
 * What became of a message that need not come again: `done` wrote results, `duplicate` found them,
 * `stale` found those of a later generation, `gone` found no such generation, `ignored` is another
 * event.
 */
export type Outcome = "done" | "duplicate" | "stale" | "gone" | "ignored";

/** Inference metrics of a document; names after OpenTelemetry's conventions for messaging. */
export interface DocumentMetrics extends InferenceMetrics {
  "messaging.system": "gcp_pubsub";
  "messaging.message.id"?: string;
  "messaging.gcp_pubsub.message.delivery_attempt"?: number;
  /** Not of the conventions. */
  "app.outcome"?: Outcome;
  "app.document"?: string;
  "app.results"?: string;
  /** Lines that are errors in the results. */
  "app.line_errors"?: number;
}

export const documentMetrics = (): DocumentMetrics => ({
  "messaging.system": "gcp_pubsub",
  "gen_ai.operation.name": "embeddings",
  "gen_ai.provider.name": "onnxruntime",
});

const JSONL = "application/jsonl";
/** Results that change again and again while this process wants to write its own. */
const WRITE_ATTEMPTS = 5;

/** Turns documents into results, each generation of a document once however often its message comes. */
export class Processor {
  private readonly slots: Slots;
  /** By document: two messages of one document take turns, so that the second finds the results. */
  private readonly underWay = new Map<string, Promise<unknown>>();

  public constructor(
    private readonly pipeline: PipelineConfig,
    private readonly model: ModelInfo,
    private readonly engine: Engine,
    private readonly storage: Storage,
  ) {
    this.slots = new Slots(pipeline.documentsAtOnce);
  }

  /**
   * @throws ApiError when the message is at fault: it fails the same way each time and belongs into
   *   the dead letters. Any other error is worth another try.
   */
  public async process(message: Message, metrics: DocumentMetrics, signal: AbortSignal): Promise<Outcome> {
    metrics["messaging.message.id"] = message.id;
    metrics["messaging.gcp_pubsub.message.delivery_attempt"] = message.deliveryAttempt;
    const arrival = parseNotification(message, this.pipeline.ingestBucket);
    metrics["app.outcome"] = arrival === undefined ? "ignored" : await this.inTurn(arrival, metrics, signal);
    return metrics["app.outcome"];
  }

  private async inTurn(arrival: Arrival, metrics: DocumentMetrics, signal: AbortSignal): Promise<Outcome> {
    metrics["app.document"] = `gs://${arrival.bucket}/${arrival.name}#${arrival.generation}`;
    while (this.underWay.has(arrival.name)) await this.underWay.get(arrival.name);
    const work = this.slots.run(() => this.processDocument(arrival, metrics, signal));
    this.underWay.set(
      arrival.name,
      work.catch(() => undefined),
    );
    try {
      return await work;
    } finally {
      this.underWay.delete(arrival.name);
    }
  }

  private async processDocument(arrival: Arrival, metrics: DocumentMetrics, signal: AbortSignal): Promise<Outcome> {
    const { region, resultsBucket } = this.pipeline;
    const name = resultsName(region, arrival.name);
    metrics["app.results"] = `gs://${resultsBucket}/${name}`;
    const startedAt = performance.now();
    let content: Buffer[] | undefined;
    for (let attempt = 1; attempt <= WRITE_ATTEMPTS; attempt++) {
      signal.throwIfAborted();
      const existing = await this.storage.find(resultsBucket, name, signal);
      const outcome = existing && compare(existing.metadata, arrival);
      if (outcome !== undefined) return outcome;
      if (content === undefined) {
        const lines = await this.readLines(arrival, signal);
        if (lines === "gone") return "gone";
        content = await this.embed(lines, metrics, signal, startedAt);
      }
      const results = {
        bucket: resultsBucket,
        name,
        contentType: JSONL,
        metadata: {
          "input-object": arrival.name,
          "input-generation": arrival.generation,
          model: this.model.id,
          region,
          lines: String(metrics["app.inputs"]),
          "line-errors": String(metrics["app.line_errors"]),
        },
        content,
      };
      if (await this.storage.write(results, existing?.generation ?? "0", signal)) return "done";
      // Others wrote meanwhile: the same results, or those of another generation.
    }
    throw new Error(`${metrics["app.results"]} changed ${WRITE_ATTEMPTS} times while it was to be written`);
  }

  private async readLines(arrival: Arrival, signal: AbortSignal): Promise<Line[] | "gone"> {
    const { bucket, name, generation } = arrival;
    const { maxDocumentBytes } = this.pipeline;
    const document = await this.storage.read(bucket, name, generation, maxDocumentBytes, signal);
    if (document === undefined) return "gone";
    if (document === "too large") {
      throw new ApiError(413, `the document has more than ${maxDocumentBytes} bytes: split it`, "document_too_large");
    }
    const format = formatOf(name, document.contentType);
    if (format === undefined) {
      throw new ApiError(
        415,
        `the document is neither text lines (.txt, text/plain) nor JSON lines (.jsonl, .ndjson, ${JSONL})`,
        "unsupported_document",
      );
    }
    return parseDocument(document.content, format, this.model, this.pipeline);
  }

  /** A result a line, in the document's order. */
  private async embed(
    lines: readonly Line[],
    metrics: DocumentMetrics,
    signal: AbortSignal,
    startedAt: number,
  ): Promise<Buffer[]> {
    const results: Buffer[] = [];
    let [tokens, vectors] = [0, 0];
    for (let at = 0; at < lines.length; at += TOKENIZED_AT_ONCE) {
      signal.throwIfAborted();
      const group = lines.slice(at, at + TOKENIZED_AT_ONCE);
      const ids = await this.engine.tokenize(group.filter((line) => typeof line === "string"));
      for (const [offset, line] of group.entries()) {
        const index = at + offset;
        const result = await this.resultOf(typeof line === "string" ? (ids.shift() as number[]) : line, index, signal);
        if (result instanceof ApiError) {
          results.push(row({ index, error: { code: result.code, message: result.message } }));
          continue;
        }
        metrics["gen_ai.server.time_to_first_token"] ??= seconds(startedAt);
        tokens += result.tokens;
        vectors++;
        results.push(row({ index, embedding: encode(result.vector, "float") }));
      }
    }
    metrics["gen_ai.request.model"] = this.model.id;
    metrics["gen_ai.response.model"] = this.model.id;
    metrics["gen_ai.embeddings.dimension.count"] = this.model.dimensions;
    metrics["gen_ai.usage.input_tokens"] = tokens;
    metrics["app.inputs"] = lines.length;
    metrics["app.vectors"] = vectors;
    metrics["app.line_errors"] = lines.length - vectors;
    return results;
  }

  private async resultOf(line: number[] | ApiError, index: number, signal: AbortSignal) {
    if (line instanceof ApiError) return line;
    try {
      checkLength(line.length, `line[${index}]`, this.model);
    } catch (error) {
      return error as ApiError;
    }
    signal.throwIfAborted();
    return { tokens: line.length, vector: await this.engine.embed(line) };
  }
}

function row(result: object): Buffer {
  return Buffer.from(`${JSON.stringify(result)}\n`);
}

/**
 * What results that are there mean for a document that arrives; undefined: they are to be replaced.
 *
 * @throws ApiError when they are another document's, `a.txt` beside `a.jsonl` for example.
 */
function compare(metadata: Readonly<Record<string, string>>, arrival: Arrival): Outcome | undefined {
  if (metadata["input-object"] !== arrival.name) {
    throw new ApiError(
      409,
      `the results of this name are those of ${metadata["input-object"] ?? "no document"}: name the documents differently`,
      "results_of_another_document",
    );
  }
  const [theirs, ours] = [BigInt(metadata["input-generation"] ?? 0), BigInt(arrival.generation)];
  return theirs === ours ? "duplicate" : theirs > ours ? "stale" : undefined;
}
