import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.js";
import { mediaType, readBody } from "./body.js";
import type { PipelineConfig } from "./config.js";
import { formatOf, parseDocument, resultsName } from "./document.js";
import type { ModelInfo } from "./model.js";
import type { Storage } from "./storage.js";

/** Where a batch was stored, and where its results will be. */
export interface Batch {
  readonly id: string;
  readonly region: string;
  readonly input: string;
  readonly output: string;
}

/**
 * Takes documents in through the API: what the bucket's own notification then tells the worker.
 *
 * @throws ApiError when a line could not be embedded for another reason than its tokens, which are
 *   counted later.
 */
export class BatchIntake {
  public constructor(
    private readonly pipeline: PipelineConfig,
    private readonly model: ModelInfo,
    private readonly storage: Storage,
  ) {}

  public async store(request: IncomingMessage, maxBytes: number): Promise<Batch> {
    const { region, ingestBucket, resultsBucket, maxDocumentBytes, textField } = this.pipeline;
    const format = formatOf("", mediaType(request));
    if (format === undefined) {
      throw new ApiError(
        415,
        "send JSON lines with Content-Type: application/jsonl (or application/x-ndjson), or lines of text with text/plain",
        "unsupported_media_type",
      );
    }
    const body = await readBody(request, Math.min(maxBytes, maxDocumentBytes));
    const lines = parseDocument(body, format, this.model, this.pipeline);
    const wrong = lines.find((line) => line instanceof ApiError);
    if (wrong !== undefined) throw wrong;
    const id = randomUUID();
    const name = `batches/${id}.jsonl`;
    const content =
      format === "jsonl"
        ? body
        : Buffer.from(lines.map((line) => `${JSON.stringify({ [textField]: line })}\n`).join(""));
    // Not written: an earlier try arrived whose answer was lost, as nobody else has this name.
    await this.storage.write(
      { bucket: ingestBucket, name, contentType: "application/jsonl", metadata: {}, content: [content] },
      "0",
    );
    return {
      id,
      region,
      input: `gs://${ingestBucket}/${name}`,
      output: `gs://${resultsBucket}/${resultsName(region, name)}`,
    };
  }
}
