import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { listenOn } from "./loopback";

/** The first bytes of an HTTP/2 connection without TLS (RFC 9113, section 3.4). */
const HTTP2_PREFACE = "PRI ";

/** More than the load balancer lets through. */
const MOST_HEADER_BYTES = 128 * 1024;

/** What may be asked for; anything else is as if it was not. */
const WISHES = {
  wait: { least: 0, most: 3_600_000 },
  status: { least: 200, most: 599 },
  events: { least: 1, most: 100_000 },
  every: { least: 0, most: 3_600_000 },
  bytes: { least: 1, most: 1_000_000_000 },
} as const;

/** Whose answers these are. */
export interface EchoIdentity {
  readonly service: string;
  readonly region: string;
}

/**
 * A service that says what it was asked, over HTTP/1.1, HTTP/2 without TLS, gRPC and WebSocket.
 *
 * The query, or the header `x-echo` in the same form, asks for other answers: `wait` (milliseconds),
 * `status`, `events` and `every` (server-sent events, milliseconds between them), `bytes` (so many of
 * them), `body=back` (the request's own body).
 */
export class EchoServer {
  public static async listen(identity: EchoIdentity): Promise<EchoServer> {
    const echo = new EchoServer(identity);
    await Promise.all([echo.http1, echo.http2].map((server) => listenOn(server)));
    return echo;
  }

  /** Answers 503 to everything. */
  public broken = false;
  private readonly http1: Server;
  private readonly http2: Http2Server;
  private readonly sockets = new Set<Socket>();
  private readonly webSockets = new WebSocketServer({ noServer: true });

  private constructor(private readonly identity: EchoIdentity) {
    const answer: RequestListener = (request, response) => {
      // Whoever breaks the connection off gets no answer.
      this.answer(request, response).catch(() => request.socket?.destroy());
    };
    this.http1 = createServer({ keepAliveTimeout: 0, requestTimeout: 0, maxHeaderSize: MOST_HEADER_BYTES }, answer);
    this.http2 = createHttp2Server(
      { maxHeaderListPairs: 2000, settings: { maxHeaderListSize: MOST_HEADER_BYTES } },
      (request, response) =>
        answer(request as unknown as IncomingMessage, response as unknown as ServerResponse & { req: IncomingMessage }),
    );
    this.http1.on("upgrade", (request, socket, head) => this.upgrade(request, socket, head));
    for (const server of [this.http1, this.http2]) {
      server.on("connection", (socket: Socket) => {
        this.sockets.add(socket);
        socket.once("close", () => this.sockets.delete(socket));
      });
    }
  }

  /** For a connection that begins so. */
  public port(first: Buffer): number {
    const server =
      first.subarray(0, HTTP2_PREFACE.length).toString("latin1") === HTTP2_PREFACE ? this.http2 : this.http1;
    return (server.address() as AddressInfo).port;
  }

  public close(): void {
    for (const server of [this.http1, this.http2]) server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now();
    response.setHeader("x-served-region", this.identity.region);
    if (this.broken) {
      request.resume();
      json(response, 503, { error: `${this.identity.service} in ${this.identity.region} is broken` });
      return;
    }
    const wanted = wishes(request);
    const waitMs = numberIn(wanted, "wait");
    if (waitMs) await sleep(waitMs);
    if (request.headers["content-type"]?.startsWith("application/grpc")) {
      response.writeHead(200, { "content-type": request.headers["content-type"] });
      response.addTrailers({ "grpc-status": "0" });
      request.pipe(response);
      return;
    }
    const status = numberIn(wanted, "status") ?? 200;
    if (wanted.get("body") === "back") {
      response.writeHead(status, { "content-type": request.headers["content-type"] ?? "application/octet-stream" });
      request.pipe(response);
      return;
    }
    let bodyBytes = 0;
    for await (const chunk of request) bodyBytes += (chunk as Buffer).length;
    const events = numberIn(wanted, "events");
    if (events) return await this.stream(response, status, events, numberIn(wanted, "every") ?? 100);
    const bytes = numberIn(wanted, "bytes");
    if (bytes) return await send(response, status, bytes);
    json(response, status, {
      ...this.identity,
      method: request.method,
      path: request.url,
      protocol: `HTTP/${request.httpVersion}`,
      headers: plainHeaders(request.headers),
      bodyBytes,
      tookMs: Math.round((performance.now() - start) * 10) / 10,
    });
  }

  private async stream(response: ServerResponse, status: number, events: number, everyMs: number): Promise<void> {
    response.writeHead(status, { "content-type": "text/event-stream", "cache-control": "no-store" });
    for (let event = 1; event <= events && !response.destroyed; event++) {
      if (event > 1) await sleep(everyMs);
      response.write(`data: ${JSON.stringify({ event, ...this.identity })}\n\n`);
    }
    response.end();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.broken) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    this.webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("message", (data, isBinary) => webSocket.send(data, { binary: isBinary }));
      webSocket.on("error", () => webSocket.terminate());
    });
  }
}

/** What the query and the header ask for; the header wins. */
function wishes({ url = "", headers }: IncomingMessage): URLSearchParams {
  const asked = new URLSearchParams(url.split("?")[1]);
  for (const [name, value] of new URLSearchParams(String(headers["x-echo"] ?? ""))) asked.set(name, value);
  return asked;
}

function numberIn(wanted: URLSearchParams, name: keyof typeof WISHES): number | undefined {
  const text = wanted.get(name);
  const { least, most } = WISHES[name];
  return text !== null && /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most
    ? Number(text)
    : undefined;
}

/** HTTP/2 has headers such as `:path`, which the answer has by their names. */
function plainHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":")));
}

function json(response: ServerResponse, status: number, body: object): void {
  // These have no body.
  if (status === 204 || status === 304) {
    response.writeHead(status).end();
    return;
  }
  const text = `${JSON.stringify(body, null, 2)}\n`;
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

async function send(response: ServerResponse, status: number, bytes: number): Promise<void> {
  response.writeHead(status, { "content-type": "application/octet-stream", "content-length": bytes });
  await pipeline(Readable.from(chunks(bytes), { objectMode: false }), response);
}

function* chunks(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(64 * 1024, "a");
  for (let left = bytes; left > 0; left -= chunk.length) yield left < chunk.length ? chunk.subarray(0, left) : chunk;
}
