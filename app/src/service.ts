import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { ApiError, shortened } from "./api-error.js";
import type { BatchIntake } from "./batch.js";
import { readJson } from "./body.js";
import type { Config } from "./config.js";
import { type Embedding, EmbeddingsJob, type InferenceMetrics, streamEmbeddings } from "./embeddings.js";
import { parseEmbeddingsRequest, unknownModel } from "./embeddings-request.js";
import type { Engine } from "./engine.js";
import { Load } from "./load.js";
import { parsePush } from "./message.js";
import type { ModelInfo } from "./model.js";
import { documentMetrics, type Processor } from "./processor.js";
import { RequestLog } from "./request-log.js";

type Handler = (request: IncomingMessage, response: ServerResponse, log: RequestLog) => Promise<void> | void;

/** What a service does besides inference; each part is optional. */
export interface PipelineParts {
  /** Takes documents in. */
  readonly intake?: BatchIntake;
  /** Processes messages that Pub/Sub pushes. */
  readonly processor?: Processor;
}

/** The API over HTTP. */
export class Service {
  public readonly server: Server;
  public readonly load: Load;
  /** Known some time after the start. */
  public region: string | undefined;
  public project: string | undefined;
  /** Requests under way on each. */
  private readonly connections = new Map<Socket, number>();
  private readonly routes: Record<string, Record<string, Handler>>;

  public constructor(
    private readonly config: Config,
    private readonly model: ModelInfo,
    private readonly engine: Engine,
    private readonly logger: Logger,
    { intake, processor }: PipelineParts = {},
  ) {
    this.region = config.region;
    this.project = config.project;
    this.load = new Load(config.maxConcurrentRequests, config.readyLoadLimit);
    const alive: Handler = (_, response) =>
      sendJson(response, 200, { status: "alive" }, { "cache-control": "no-store" });
    const ready: Handler = (_, response) => this.sendReadiness(response);
    const card = { id: model.id, object: "model", created: model.created, owned_by: model.owned_by };
    this.routes = {
      "/v1/embeddings": { POST: (...all) => this.embeddings(...all, false) },
      "/v1/embeddings/stream": { POST: (...all) => this.embeddings(...all, true) },
      "/v1/models": { GET: this.cacheable({ object: "list", data: [card] }) },
      [`/v1/models/${encodeURIComponent(model.id)}`]: { GET: this.cacheable(card) },
      "/healthz": { GET: alive },
      "/readyz": { GET: ready },
      // Cloud Run keeps some paths that end in z for itself: these are for checks that come from
      // outside, through the load balancer.
      "/health": { GET: alive },
      "/ready": { GET: ready },
      ...(intake && { "/v1/batch": { POST: (request, response) => this.takeBatch(request, response, intake) } }),
      ...(processor && { "/process": { POST: (...all) => this.processMessage(...all, processor) } }),
    };
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on("connection", (socket: Socket) => {
      this.connections.set(socket, 0);
      socket.once("close", () => this.connections.delete(socket));
    });
    // Google's front ends keep idle connections for 600 s: they, not this server, must be the ones
    // to close them.
    this.server.keepAliveTimeout = 620_000;
    this.server.requestTimeout = 60_000;
  }

  /**
   * Ends without an error to any client: requests under way are finished, new ones go elsewhere.
   */
  public async close(): Promise<"finished" | "cut off"> {
    this.load.isDraining = true;
    await new Promise((resolve) => setTimeout(resolve, this.config.drainDelaySeconds * 1000));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"cut off">((resolve) => {
      timer = setTimeout(() => resolve("cut off"), this.config.shutdownSeconds * 1000);
    });
    const closed = new Promise<"finished">((resolve) => this.server.close(() => resolve("finished")));
    // Server.close() leaves connections that were busy, for their clients' next requests, and those
    // that no request has used yet.
    const sweep = setInterval(() => this.closeUnusedConnections(), 50);
    const outcome = await Promise.race([closed, late]);
    clearTimeout(timer);
    clearInterval(sweep);
    this.server.closeAllConnections();
    return outcome;
  }

  private closeUnusedConnections(): void {
    for (const [socket, requests] of this.connections) {
      if (requests === 0) socket.destroySoon();
    }
  }

  /**
   * What is left of a refused body is read and forgotten, or the client could not see the answer
   * for its own sending; but not for ever.
   */
  private cutUnreadBody(request: IncomingMessage): void {
    if (request.complete) return;
    request.resume();
    const cut = () => {
      if (!request.complete) request.socket.destroy();
    };
    setTimeout(cut, this.config.discardSeconds * 1000).unref();
  }

  private countRequests(socket: Socket, change: number): void {
    const requests = this.connections.get(socket);
    if (requests !== undefined) this.connections.set(socket, requests + change);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?")[0] as string;
    const log = new RequestLog(this.logger, request, response, path, this.project);
    this.countRequests(request.socket, 1);
    response.once("close", () => this.countRequests(request.socket, -1));
    response.once("finish", () => this.cutUnreadBody(request));
    response.setHeader("x-request-id", log.id);
    if (this.region !== undefined) response.setHeader("x-served-region", this.region);
    if (this.load.isDraining) response.setHeader("connection", "close");
    try {
      await this.handlerOf(path, request.method ?? "GET")(request, response, log);
    } catch (error) {
      log.failure(error);
      if (response.headersSent || response.destroyed) return;
      const known =
        error instanceof ApiError
          ? error
          : new ApiError(
              500,
              `the server failed: try again, and name the request ${log.id} if it stays so`,
              "internal_error",
            );
      sendJson(response, known.status, known, { "cache-control": "no-store", ...known.headers });
    }
  }

  private handlerOf(path: string, method: string): Handler {
    const methods = Object.hasOwn(this.routes, path) ? this.routes[path] : undefined;
    if (methods === undefined) {
      const [, name] = /^\/v1\/models\/([^/]+)$/.exec(path) ?? [];
      if (name !== undefined) throw unknownModel(name, this.model);
      throw new ApiError(
        404,
        `there is no ${shortened(path)}: see GET /v1/models and POST /v1/embeddings`,
        "not_found",
      );
    }
    const handler = methods[method === "HEAD" ? "GET" : method];
    const allow = Object.keys(methods).flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name]));
    if (method === "OPTIONS") {
      return (_, response) => {
        response.writeHead(204, { allow: [...allow, "OPTIONS"].join(", ") }).end();
      };
    }
    if (handler === undefined) {
      throw new ApiError(405, `${path} takes ${allow.join(" and ")}, not ${method}`, "method_not_allowed", null, {
        allow: allow.join(", "),
      });
    }
    return handler;
  }

  private async embeddings(
    request: IncomingMessage,
    response: ServerResponse,
    log: RequestLog,
    isStream: boolean,
  ): Promise<void> {
    const metrics: InferenceMetrics = {
      "gen_ai.operation.name": "embeddings",
      "gen_ai.provider.name": "onnxruntime",
      "gen_ai.request.stream": isStream,
    };
    log.metrics = metrics;
    const gone = new AbortController();
    response.once("close", () => gone.abort(new Error("the client closed the connection")));
    const body = await readJson(request, this.config.maxBodyBytes);
    const wanted = parseEmbeddingsRequest(body, this.model, this.config.maxInputs);
    gone.signal.throwIfAborted();
    // Counted from here on: clients that send slowly must not keep others out.
    const leave = this.load.enter();
    response.once("close", leave);
    const job = new EmbeddingsJob(wanted, this.model, this.engine, metrics, gone.signal, log.startedAt);
    await job.tokenize();
    if (isStream) {
      await streamEmbeddings(job, response, gone.signal, this.config.streamStallSeconds);
      return;
    }
    const data: Embedding[] = [];
    for await (const embedding of job.embeddings()) data.push(embedding);
    sendJson(response, 200, job.list(data), { "cache-control": "no-store" });
  }

  private async takeBatch(request: IncomingMessage, response: ServerResponse, intake: BatchIntake): Promise<void> {
    const batch = await intake.store(request, this.config.maxBodyBytes);
    sendJson(response, 202, batch, { "cache-control": "no-store" });
  }

  /**
   * Any status of 4xx or 5xx makes Pub/Sub deliver the message again, and after the last attempt to
   * the dead letters. Never 429 for load, which would cost an attempt: messages wait for a turn.
   */
  private async processMessage(
    request: IncomingMessage,
    response: ServerResponse,
    log: RequestLog,
    processor: Processor,
  ): Promise<void> {
    const metrics = documentMetrics();
    log.metrics = metrics;
    const gone = new AbortController();
    response.once("close", () => gone.abort(new Error("Pub/Sub closed the connection")));
    const message = parsePush(await readJson(request, this.config.maxBodyBytes));
    await processor.process(message, metrics, gone.signal);
    response.writeHead(204).end();
  }

  private sendReadiness(response: ServerResponse): void {
    const { load } = this;
    const status = load.isDraining
      ? "draining"
      : !this.engine.isLoaded
        ? "loading"
        : load.isBelowLimit
          ? "ready"
          : "busy";
    sendJson(
      response,
      status === "ready" ? 200 : 503,
      { status, requests: load.current },
      { "cache-control": "no-store" },
    );
  }

  private cacheable(content: object): Handler {
    const body = JSON.stringify(content);
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    const headers = { "cache-control": `public, max-age=${this.config.modelsMaxAgeSeconds}`, etag };
    return (request, response) => {
      const known = (request.headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
      if (known.includes(etag) || known.includes("*")) response.writeHead(304, headers).end();
      else sendJson(response, 200, content, headers);
    };
  }
}

function sendJson(
  response: ServerResponse,
  status: number,
  content: object,
  headers: Record<string, string> = {},
): void {
  const body = Buffer.from(JSON.stringify(content));
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    ...headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
