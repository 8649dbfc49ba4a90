import { posix } from "node:path";
import { ApiError } from "./api-error.js";
import { decode } from "./body.js";
import { checkText } from "./embeddings-request.js";
import type { ModelInfo } from "./model.js";

/** A line's text, or why it has none that the model takes. */
export type Line = string | ApiError;

export interface DocumentLimits {
  readonly textField: string;
  readonly maxDocumentLines: number;
}

type Format = "lines" | "jsonl";

const FORMATS: Readonly<Record<string, Format>> = {
  ".txt": "lines",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  "text/plain": "lines",
  "application/jsonl": "jsonl",
  "application/x-jsonlines": "jsonl",
  "application/x-ndjson": "jsonl",
  "application/ndjson": "jsonl",
};

/** The extension decides, and where it says nothing, the content type. */
export function formatOf(name: string, contentType: string | undefined): Format | undefined {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  return FORMATS[posix.extname(name).toLowerCase()] ?? FORMATS[type];
}

/** An object's name without its extension, and what is added to it. */
export function resultsName(region: string, name: string): string {
  return `${region}/${name.slice(0, name.length - posix.extname(name).length)}.results.jsonl`;
}

/**
 * A document's lines. A line that the model cannot take is an error among them; a document none of
 * whose lines can be read is refused.
 *
 * @throws ApiError
 */
export function parseDocument(content: Buffer, format: Format, model: ModelInfo, limits: DocumentLimits): Line[] {
  const { textField, maxDocumentLines } = limits;
  const texts = decode(content, "the document").split(/\r?\n/);
  if (texts.at(-1) === "") texts.pop();
  if (texts.length > maxDocumentLines) {
    throw new ApiError(
      413,
      `the document has ${texts.length} lines: at most ${maxDocumentLines}, split it`,
      "too_many_lines",
    );
  }
  const lines = texts.map((text, index): Line => {
    const param = `line[${index}]`;
    try {
      return checkText(format === "lines" ? text : fieldOf(text, textField, param), param, model);
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  });
  if (lines.length === 0) throw new ApiError(400, "the document is empty", "empty_document");
  if (lines.every((line) => typeof line !== "string")) {
    throw new ApiError(
      400,
      `no line of the document can be read; the first: ${(lines[0] as ApiError).message}`,
      "unreadable_document",
    );
  }
  return lines;
}

function fieldOf(text: string, field: string, param: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What the parser says holds some of the text.
    throw new ApiError(400, `${param} is not JSON`, "invalid_json", param);
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, field)) {
    throw new ApiError(
      400,
      `${param} must be an object with the field ${field}`,
      "missing_required_parameter",
      `${param}.${field}`,
    );
  }
  return (value as Record<string, unknown>)[field];
}
