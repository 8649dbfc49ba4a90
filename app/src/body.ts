import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.js";

/** The request's body as JSON. */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  if (mediaType(request) !== "application/json") {
    throw new ApiError(415, "send the body as JSON, with Content-Type: application/json", "unsupported_media_type");
  }
  const text = decode(await readBody(request, maxBytes), "the body");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError(400, `the body is not JSON: ${(error as Error).message}`, "invalid_json");
  }
}

export function mediaType(request: IncomingMessage): string | undefined {
  return request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
}

/** @throws ApiError when the bytes are not UTF-8. */
export function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ApiError(400, `${name} is not UTF-8`, "invalid_encoding");
  }
}

export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new ApiError(
      415,
      `send the body without Content-Encoding, not as ${encoding}`,
      "unsupported_content_encoding",
    );
  }
  const tooLarge = new ApiError(413, `the body is larger than ${maxBytes} bytes`, "body_too_large");
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else reject(tooLarge);
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () => reject(new Error("the client closed the connection")));
  });
}
