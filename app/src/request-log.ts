import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { ApiError, shortened } from "./api-error.js";
import { type InferenceMetrics, seconds } from "./embeddings.js";
import type { DocumentMetrics } from "./processor.js";
import { traceFields } from "./trace.js";

const PROBES = new Set(["/healthz", "/readyz", "/health", "/ready"]);

/**
 * The log line of one request, written when its answer is sent or its client gone. Of what the
 * client sent it holds no more than the request line without its query, and the user agent.
 */
export class RequestLog {
  public readonly id: string = randomUUID();
  public readonly startedAt = performance.now();
  public metrics: InferenceMetrics | undefined;
  private error: unknown;
  private readonly path: string;

  public constructor(
    private readonly logger: Logger,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    path: string,
    private readonly project: string | undefined,
  ) {
    this.path = shortened(path);
    response.once("close", () => this.write());
  }

  public failure(error: unknown): void {
    this.error = error;
  }

  private write(): void {
    const { request, response, metrics } = this;
    // 499, as nginx has it: the client did not wait for the answer.
    const status = response.writableFinished ? response.statusCode : 499;
    const duration = seconds(this.startedAt);
    const failed = this.error !== undefined && !(this.error instanceof ApiError) && status !== 499;
    if (metrics) {
      metrics["gen_ai.server.request.duration"] = duration;
      if (this.error instanceof ApiError) metrics["error.type"] = this.error.code;
      else if (status === 499) metrics["error.type"] = "client_closed_request";
      else if (failed) metrics["error.type"] = "internal_error";
    }
    const line = {
      ...traceFields(request.headers, this.project),
      "logging.googleapis.com/labels": { request_id: this.id },
      httpRequest: {
        requestMethod: request.method,
        requestUrl: this.path,
        status,
        latency: `${duration}s`,
        protocol: `HTTP/${request.httpVersion}`,
        requestSize: request.headers["content-length"],
        responseSize: response.getHeader("content-length")?.toString(),
        userAgent: request.headers["user-agent"],
      },
      ...metrics,
      ...(failed && { stack_trace: this.error instanceof Error ? this.error.stack : String(this.error) }),
    };
    const message = `${request.method} ${this.path} ${status}`;
    if (failed) this.logger.error(line, message);
    else if (PROBES.has(this.path)) this.logger.debug(line, message);
    else if (this.isWarning(status)) this.logger.warn(line, message);
    else this.logger.info(line, message);
  }
  private isWarning(status: number): boolean {
    if (status === 429 || status >= 500) return true;
    const metrics: Partial<DocumentMetrics> = this.metrics ?? {};
    // A message on its way to the dead letters, or one whose document nobody processed.
    return metrics["messaging.system"] !== undefined && (status >= 400 || metrics["app.outcome"] === "gone");
  }
}
