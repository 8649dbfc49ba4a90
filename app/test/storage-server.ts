import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestObject {
  readonly generation: string;
  readonly contentType: string;
  readonly metadata: Record<string, string>;
  readonly content: Buffer;
}

/** As much of Cloud Storage's JSON API as a worker calls, in memory; and a metadata server's tokens. */
export class StorageServer {
  /** By `bucket/name`; a real bucket without versioning has one generation of each, too. */
  public readonly objects = new Map<string, TestObject>();
  /** `METHOD path` of each request, and its token. */
  public readonly requests: { readonly line: string; readonly authorization: string | undefined }[] = [];
  /** Statuses that the next requests get instead of an answer. */
  public readonly failures: number[] = [];
  public tokens = 0;
  private lastGeneration = 100;
  private readonly server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? "/", "http://localhost");
    const send = (status: number, body: object | Buffer, type = "application/json") =>
      response.writeHead(status, { "content-type": type }).end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
    if (url.pathname.startsWith("/computeMetadata/")) {
      send(200, { access_token: `token-${++this.tokens}`, expires_in: 3600 });
      return;
    }
    this.requests.push({
      line: `${request.method} ${decodeURIComponent(url.pathname)}`,
      authorization: request.headers.authorization,
    });
    const failure = this.failures.shift();
    if (failure !== undefined) {
      send(failure, { error: { message: "as the test wants" } });
      return;
    }
    const [, isUpload, bucket, , object = ""] =
      /^\/(upload\/)?storage\/v1\/b\/([^/]+)\/o(\/(.+))?$/.exec(url.pathname) ?? [];
    const body = Buffer.concat(chunks);
    if (isUpload) {
      const { metadata, content } = readMultipart(body);
      const key = `${bucket}/${metadata.name}`;
      if ((this.objects.get(key)?.generation ?? "0") !== url.searchParams.get("ifGenerationMatch")) send(412, {});
      else send(200, { generation: this.put(key, content, metadata.contentType, metadata.metadata) });
      return;
    }
    const found = this.objects.get(`${bucket}/${decodeURIComponent(object)}`);
    const wanted = url.searchParams.get("generation");
    if (found === undefined || (wanted !== null && wanted !== found.generation)) send(404, {});
    else if (url.searchParams.get("alt") === "media") send(200, found.content, found.contentType);
    else send(200, { generation: found.generation, metadata: found.metadata });
  });

  public async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  public put(key: string, content: string | Buffer, contentType = "", metadata: Record<string, string> = {}): string {
    const generation = String(++this.lastGeneration);
    this.objects.set(key, { generation, contentType, metadata, content: Buffer.from(content) });
    return generation;
  }

  public writes(): string[] {
    return this.requests.filter(({ line }) => line.startsWith("POST ")).map(({ line }) => line);
  }
}

function readMultipart(body: Buffer) {
  const boundary = body.subarray(0, body.indexOf("\r\n"));
  const second = body.indexOf(boundary, boundary.length);
  const part = (from: number, to: number) => body.subarray(body.indexOf("\r\n\r\n", from) + 4, to - 2);
  const metadata = JSON.parse(part(0, second).toString()) as {
    name: string;
    contentType: string;
    metadata: Record<string, string>;
  };
  return { metadata, content: part(second, body.lastIndexOf(boundary)) };
}
