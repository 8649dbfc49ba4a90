import { randomUUID } from "node:crypto";
import type { GoogleApi } from "./google-api.js";

/** What Cloud Storage says of an object. */
export interface ObjectInfo {
  readonly generation: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface NewObject {
  readonly bucket: string;
  readonly name: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly content: readonly Uint8Array[];
}

/** Cloud Storage, as far as a worker needs it. */
export class Storage {
  public constructor(private readonly api: GoogleApi) {}

  public async find(bucket: string, name: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    const url = `${this.objectUrl(bucket, name)}?fields=generation,metadata`;
    const answer = await this.api.call("GET", url, {}, { signal, expected: [404] });
    if (answer.status === 404) {
      await answer.body?.cancel();
      return undefined;
    }
    const { generation, metadata = {} } = (await answer.json()) as { generation: string; metadata?: object };
    return { generation, metadata: metadata as Record<string, string> };
  }

  /**
   * One generation of an object.
   *
   * @returns undefined when it is no longer there, "too large" when it has more bytes.
   */
  public async read(
    bucket: string,
    name: string,
    generation: string,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<{ readonly content: Buffer; readonly contentType: string } | "too large" | undefined> {
    const url = `${this.objectUrl(bucket, name)}?alt=media&generation=${generation}`;
    const answer = await this.api.call("GET", url, {}, { signal, expected: [404] });
    if (answer.status === 404) {
      await answer.body?.cancel();
      return undefined;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    // Counted here, not by Content-Length: an object stored with gzip grows on the way.
    for await (const chunk of answer.body ?? []) {
      size += chunk.length;
      if (size > maxBytes) return "too large";
      chunks.push(chunk);
    }
    return { content: Buffer.concat(chunks), contentType: answer.headers.get("content-type") ?? "" };
  }

  /**
   * Writes an object whole or not at all.
   *
   * @param replaces generation of the object that it replaces; "0": there must be none.
   * @returns whether it was written; false when another generation is there.
   */
  public async write(object: NewObject, replaces: string, signal?: AbortSignal): Promise<boolean> {
    const { bucket, name, contentType, metadata, content } = object;
    const boundary = `part-${randomUUID()}`;
    const part = (type: string) => `--${boundary}\r\ncontent-type: ${type}\r\n\r\n`;
    const body = new Blob([
      `${part("application/json; charset=utf-8")}${JSON.stringify({ name, contentType, metadata })}\r\n`,
      part(contentType),
      ...(content as Uint8Array<ArrayBuffer>[]),
      `\r\n--${boundary}--\r\n`,
    ]);
    const url = `${this.api.storageUrl}/upload/storage/v1/b/${bucket}/o?uploadType=multipart&ifGenerationMatch=${replaces}&fields=generation`;
    const headers = { "content-type": `multipart/related; boundary=${boundary}` };
    const answer = await this.api.call("POST", url, { headers, body }, { signal, expected: [412] });
    await answer.body?.cancel();
    return answer.ok;
  }

  private objectUrl(bucket: string, name: string): string {
    return `${this.api.storageUrl}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`;
  }
}
