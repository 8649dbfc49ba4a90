import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import { ApiError } from "./api-error.js";
import { checkLength, type EmbeddingsRequest } from "./embeddings-request.js";
import type { Engine } from "./engine.js";
import type { ModelInfo } from "./model.js";

/**
 * Inputs that are split into tokens in one job, so that a large request does not hold up the
 * others.
 */
export const TOKENIZED_AT_ONCE = 8;

export interface Embedding {
  readonly object: "embedding";
  readonly index: number;
  readonly embedding: number[] | string;
}

/** Names after OpenTelemetry's semantic conventions for generative AI; times are in seconds. */
export interface InferenceMetrics {
  "gen_ai.operation.name": "embeddings";
  "gen_ai.provider.name": string;
  "gen_ai.request.model"?: string;
  "gen_ai.response.model"?: string;
  "gen_ai.request.encoding_formats"?: string[];
  "gen_ai.request.stream"?: boolean;
  "gen_ai.embeddings.dimension.count"?: number;
  "gen_ai.usage.input_tokens"?: number;
  /** Until the first vector is computed. */
  "gen_ai.server.time_to_first_token"?: number;
  "gen_ai.server.request.duration"?: number;
  "error.type"?: string;
  /**
   * Not of the conventions: texts in the request, and vectors computed, fewer when the client went
   * away.
   */
  "app.inputs"?: number;
  "app.vectors"?: number;
}

/** Computes the vectors of one request, one after the other. */
export class EmbeddingsJob {
  public inputTokens = 0;
  private tokens: number[][] = [];

  public constructor(
    private readonly request: EmbeddingsRequest,
    private readonly model: ModelInfo,
    private readonly engine: Engine,
    private readonly metrics: InferenceMetrics,
    private readonly signal: AbortSignal,
    private readonly startedAt: number,
  ) {
    metrics["gen_ai.request.model"] = request.model;
    metrics["gen_ai.response.model"] = model.id;
    metrics["gen_ai.request.encoding_formats"] = [request.encodingFormat];
    metrics["gen_ai.embeddings.dimension.count"] = model.dimensions;
    metrics["app.inputs"] = request.inputs.length;
    metrics["app.vectors"] = 0;
  }

  /**
   * @throws ApiError when an input is too long: before the first vector, so that a stream need not
   * break off.
   */
  public async tokenize(): Promise<void> {
    const { inputs } = this.request;
    for (let at = 0; at < inputs.length; at += TOKENIZED_AT_ONCE) {
      this.signal.throwIfAborted();
      this.tokens.push(...(await this.engine.tokenize(inputs.slice(at, at + TOKENIZED_AT_ONCE))));
    }
    for (const [index, ids] of this.tokens.entries()) checkLength(ids.length, `input[${index}]`, this.model);
    this.inputTokens = this.tokens.reduce((sum, ids) => sum + ids.length, 0);
    this.metrics["gen_ai.usage.input_tokens"] = this.inputTokens;
  }

  public async *embeddings(): AsyncGenerator<Embedding> {
    for (const [index, ids] of this.tokens.entries()) {
      this.signal.throwIfAborted();
      const vector = await this.engine.embed(ids);
      this.signal.throwIfAborted();
      this.metrics["app.vectors"] = index + 1;
      this.metrics["gen_ai.server.time_to_first_token"] ??= seconds(this.startedAt);
      yield { object: "embedding", index, embedding: encode(vector, this.request.encodingFormat) };
    }
  }

  /** The list that OpenAI's API answers with; a stream ends with it, then without the vectors. */
  public list(data: readonly Embedding[]) {
    return {
      object: "list",
      data,
      model: this.model.id,
      usage: { prompt_tokens: this.inputTokens, total_tokens: this.inputTokens },
    };
  }
}

/**
 * Writes server-sent events, each vector as it is computed; at the end the usage, then `[DONE]`.
 */
export async function streamEmbeddings(
  job: EmbeddingsJob,
  response: ServerResponse,
  signal: AbortSignal,
  stallSeconds: number,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    // Proxies of the nginx family would otherwise collect the events.
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
  const send = async (data: string): Promise<void> => {
    if (response.write(`data: ${data}\n\n`)) return;
    // A client that reads slowly gets the next vector when it has read this one; one that does not
    // read at all is cut off.
    await once(response, "drain", { signal: AbortSignal.any([signal, AbortSignal.timeout(stallSeconds * 1000)]) });
  };
  try {
    for await (const embedding of job.embeddings()) {
      await send(JSON.stringify(embedding));
      // The event goes out before the next inference begins.
      await setImmediate();
    }
    await send(JSON.stringify(job.list([])));
    response.end("data: [DONE]\n\n");
  } catch (error) {
    if (signal.aborted || isTimeout(error)) {
      response.destroy();
    } else {
      const failure = new ApiError(500, "the server failed within the stream: try again", "internal_error");
      response.end(`data: ${JSON.stringify(failure)}\n\n`);
    }
    throw error;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

export function seconds(since: number): number {
  return Math.round((performance.now() - since) * 1000) / 1_000_000;
}

export function encode(vector: Float32Array, format: "float" | "base64"): number[] | string {
  if (format === "float") {
    // 9 digits bring back the very 32-bit number; all 17 of the 64-bit one would double the
    // answer's size.
    return Array.from(vector, (value) => Number(value.toPrecision(9)));
  }
  // Little-endian, as OpenAI's clients expect and as every CPU of Google Cloud stores it.
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}
