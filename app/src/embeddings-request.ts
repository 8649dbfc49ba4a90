import { ApiError, shortened } from "./api-error.js";
import type { ModelInfo } from "./model.js";

export interface EmbeddingsRequest {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly encodingFormat: "float" | "base64";
}

const FIELDS = ["model", "input", "encoding_format", "dimensions", "user"];

/**
 * Longer inputs are refused unread: a word of more than 100 letters is one token to the tokenizer,
 * so the number of tokens alone would let a megabyte pass.
 */
const CHARACTERS_PER_TOKEN = 32;

/** @throws ApiError that names the field at fault. */
export function parseEmbeddingsRequest(body: unknown, model: ModelInfo, maxInputs: number): EmbeddingsRequest {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ApiError(400, "the body must be a JSON object", "invalid_type");
  }
  const fields = body as Record<string, unknown>;
  if (fields.stream !== undefined) {
    throw new ApiError(
      400,
      "streams come from POST /v1/embeddings/stream, without the field stream",
      "unknown_parameter",
      "stream",
    );
  }
  const unknown = Object.keys(fields).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) {
    throw new ApiError(
      400,
      `unknown field ${JSON.stringify(shortened(unknown))}: known are ${FIELDS.join(", ")}`,
      "unknown_parameter",
      shortened(unknown),
    );
  }
  if (typeof fields.model !== "string") {
    throw new ApiError(400, `name a model: ${model.id}`, "missing_required_parameter", "model");
  }
  if (fields.model !== model.id) {
    throw unknownModel(fields.model, model);
  }
  const format = fields.encoding_format ?? "float";
  if (format !== "float" && format !== "base64") {
    throw new ApiError(400, 'encoding_format must be "float" or "base64"', "invalid_value", "encoding_format");
  }
  if (fields.dimensions !== undefined && fields.dimensions !== model.dimensions) {
    throw new ApiError(
      400,
      `${model.id} gives vectors of ${model.dimensions} dimensions and was not trained for shorter ones: leave dimensions out`,
      "invalid_value",
      "dimensions",
    );
  }
  if (fields.user !== undefined && typeof fields.user !== "string") {
    throw new ApiError(400, "user must be a string", "invalid_type", "user");
  }
  return { model: model.id, inputs: parseInput(fields.input, model, maxInputs), encodingFormat: format };
}

export function unknownModel(name: string, model: ModelInfo): ApiError {
  const message = `there is no model ${JSON.stringify(shortened(name))}: this API serves ${model.id}`;
  return new ApiError(404, message, "model_not_found", "model");
}

function parseInput(input: unknown, model: ModelInfo, maxInputs: number): string[] {
  if (input === undefined) throw new ApiError(400, "name an input", "missing_required_parameter", "input");
  const inputs = typeof input === "string" ? [input] : input;
  if (!Array.isArray(inputs)) {
    throw new ApiError(400, "input must be a string or an array of strings", "invalid_type", "input");
  }
  if (inputs.some((one) => typeof one === "number" || Array.isArray(one))) {
    throw new ApiError(
      400,
      `input must be text, not token numbers: ${model.id} has a vocabulary of its own (LangChain: check_embedding_ctx_length=False)`,
      "invalid_type",
      "input",
    );
  }
  if (inputs.length === 0) throw new ApiError(400, "input must not be an empty array", "invalid_value", "input");
  if (inputs.length > maxInputs) {
    throw new ApiError(
      400,
      `input has ${inputs.length} texts: at most ${maxInputs} in one request`,
      "too_many_inputs",
      "input",
    );
  }
  return inputs.map((one, index) => checkText(one, `input[${index}]`, model));
}

/** @throws ApiError unless it is text that is not empty and not far too long. */
export function checkText(text: unknown, param: string, model: ModelInfo): string {
  if (typeof text !== "string") throw new ApiError(400, `${param} must be a string`, "invalid_type", param);
  if (text === "") throw new ApiError(400, `${param} must not be empty`, "invalid_value", param);
  const maxCharacters = model.max_tokens * CHARACTERS_PER_TOKEN;
  if (text.length > maxCharacters) {
    throw new ApiError(
      400,
      `${param} has ${text.length} characters: at most ${maxCharacters}, and ${model.max_tokens} tokens`,
      "context_length_exceeded",
      param,
    );
  }
  return text;
}

/** @throws ApiError when a text has more tokens than the model takes. */
export function checkLength(length: number, param: string, model: ModelInfo): void {
  if (length <= model.max_tokens) return;
  throw new ApiError(
    400,
    `${param} has ${length} tokens, and ${model.id} takes ${model.max_tokens}: split it`,
    "context_length_exceeded",
    param,
  );
}
