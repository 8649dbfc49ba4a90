import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ValidationError } from "../../lib/core/errors";
import { listenOn } from "./loopback";
import { pageMarkup } from "./page-markup";
import type { RunningPreview } from "./running-preview";
import { type Counts, readCounts } from "./statistics";
import { stateWords } from "./status";

const EVERY_MS = 1000;
/** A command is one line. */
const MOST_BYTES = 1000;

export interface PageSettings {
  readonly title: string;
  /** `<svg>` of the world; drawn when the page is asked for. */
  readonly map: () => string;
  readonly urls: readonly string[];
}

/** The page of a preview, on a port of 127.0.0.1. */
export class PageServer {
  public static async listen(preview: RunningPreview, settings: PageSettings): Promise<PageServer> {
    const page = new PageServer(preview, settings);
    page.port = await listenOn(page.server);
    return page;
  }

  private readonly server: Server;
  private port = 0;
  private readonly watchers = new Set<ServerResponse>();
  private timer: NodeJS.Timeout | undefined;
  private former: Counts | undefined;

  private constructor(
    private readonly preview: RunningPreview,
    private readonly settings: PageSettings,
  ) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        response.writeHead(500).end(error instanceof Error ? error.message : String(error));
      });
    });
  }

  public get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  public close(): void {
    clearInterval(this.timer);
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Pages of others must not command a preview, neither directly nor by a name of theirs for
    // 127.0.0.1.
    const hosts = [`127.0.0.1:${this.port}`, `localhost:${this.port}`];
    const { host = "", origin } = request.headers;
    if (!hosts.includes(host) || (origin !== undefined && !hosts.includes(origin.replace("http://", "")))) {
      response.writeHead(403).end("this page is for this machine only\n");
    } else if (request.method === "POST" && request.url === "/command") {
      await this.command(request, response);
    } else if (request.method !== "GET") {
      response.writeHead(405).end();
    } else if (request.url === "/events") {
      this.watch(response);
    } else if (request.url === "/") {
      const nonce = randomBytes(16).toString("base64");
      response.writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'`,
      });
      response.end(pageMarkup({ title: this.settings.title, map: this.settings.map(), nonce }));
    } else response.writeHead(404).end();
  }

  private async command(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let line = "";
    for await (const chunk of request) {
      line += String(chunk);
      if (line.length > MOST_BYTES) break;
    }
    response.setHeader("content-type", "text/plain; charset=utf-8");
    try {
      response.end(`${await this.preview.run(line.slice(0, MOST_BYTES))}\n`);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      response.writeHead(400).end(`${error.message}\n`);
    }
  }

  /** Envoy is asked only while somebody watches. */
  private watch(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    this.watchers.add(response);
    response.once("close", () => {
      this.watchers.delete(response);
      if (this.watchers.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
      this.former = undefined;
    });
    const tick = () => {
      this.tell().catch(() => {
        // Envoy is about to end; whoever started it says so.
      });
    };
    tick();
    this.timer ??= setInterval(tick, EVERY_MS);
  }

  private async tell(): Promise<void> {
    const counts = await readCounts(this.preview);
    const { former = counts } = this;
    this.former = counts;
    const more = (name: "requests" | "errors" | "retries") => Math.max(0, counts[name] - former[name]);
    const event = {
      from: this.preview.from.name,
      urls: this.settings.urls,
      perSecond: more("requests"),
      errorsPerSecond: more("errors"),
      retriesPerSecond: more("retries"),
      ejections: counts.ejections,
      p50: counts.percentiles[50],
      p95: counts.percentiles[95],
      p99: counts.percentiles[99],
      regions: this.preview.regions.map(({ upstream: { id, region }, state, running: { port, roundTripMs } }) => {
        const [now, then] = [counts.byPort.get(port), former.byPort.get(port)];
        const { isEjected = false, isUnhealthy = false } = now ?? {};
        return {
          id,
          region,
          roundTripMs,
          done: stateWords(state),
          isOut: state.stopped || state.draining || isEjected || isUnhealthy,
          perSecond: Math.max(0, (now?.requests ?? 0) - (then?.requests ?? 0)),
          errorsPerSecond: Math.max(0, (now?.errors ?? 0) - (then?.errors ?? 0)),
          isEjected,
          isUnhealthy,
        };
      }),
    };
    for (const watcher of this.watchers) watcher.write(`data: ${JSON.stringify(event)}\n\n`);
  }
}
