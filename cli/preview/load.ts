import { Agent, type ClientRequest, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps, Agent as TlsAgent } from "node:https";
import { createSecureContext } from "node:tls";
import type { DrillLoad, Outcome } from "../../lib/preview/drill";

/** Where the load goes. */
export interface LoadTarget {
  readonly protocol: "http" | "https";
  readonly port: number;
  readonly host: string;
  /** Certificate that is trusted, as PEM. */
  readonly ca?: string;
}

/**
 * So many seconds of requests have a connection of their own; more wait for one. Without a limit, a
 * moment in which the machine stalls would end in handshakes alone.
 */
const BUSY_SECONDS = 0.2;

/** How often requests are due, in milliseconds. */
const TICK_MS = 5;

/**
 * Sends requests at a steady rate, whether or not those before have been answered.
 *
 * @param start What times count from, as `performance.now()` has it.
 */
export async function runLoad(load: DrillLoad, target: LoadTarget, start = performance.now()): Promise<Outcome[]> {
  const settings = { keepAlive: true, maxSockets: Math.ceil(load.perSecond * BUSY_SECONDS) + 8 };
  // One context for all connections: making it costs more than a handshake.
  const secureContext = createSecureContext({ ca: target.ca });
  const agent = target.protocol === "https" ? new TlsAgent({ ...settings, secureContext }) : new Agent(settings);
  const outcomes: Outcome[] = [];
  const open = new Set<Promise<void>>();
  const total = Math.round(load.perSecond * load.seconds);
  let sent = 0;
  await new Promise<void>((done) => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - start) / 1000;
      const due = Math.min(total, Math.floor(elapsed * load.perSecond) + 1);
      for (; sent < due; sent++) {
        const one = send(load, target, agent, start).then((outcome) => {
          outcomes.push(outcome);
          open.delete(one);
        });
        open.add(one);
      }
      if (sent < total) return;
      clearInterval(timer);
      done();
    }, TICK_MS);
  });
  await Promise.all(open);
  agent.destroy();
  return outcomes;
}

function send(load: DrillLoad, target: LoadTarget, agent: Agent, start: number): Promise<Outcome> {
  const sentAt = performance.now();
  const { host, port, protocol } = target;
  const options: RequestOptions & { servername?: string } = {
    host: "127.0.0.1",
    port,
    agent,
    method: load.method,
    path: load.path,
    headers: {
      host,
      ...(load.body === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(load.body) }),
      ...load.headers,
    },
    ...(protocol === "https" ? { servername: host } : {}),
  };
  return new Promise((done) => {
    let request: ClientRequest | undefined;
    const finish = (status?: number, region?: string) => {
      clearTimeout(timer);
      const now = performance.now();
      done({ atSecond: (sentAt - start) / 1000, ms: now - sentAt, status, region });
    };
    const timer = setTimeout(() => request?.destroy(new Error("no answer in time")), load.timeoutSeconds * 1000);
    request = (protocol === "https" ? requestHttps : requestHttp)(options, (response) => {
      const region = /@(.+)$/.exec(String(response.headers["x-preview-upstream"] ?? ""))?.[1];
      response.resume();
      response.once("end", () => finish(response.statusCode, region));
      // Whole or not at all: an answer that breaks off is none.
      response.once("error", () => finish());
    });
    request.once("error", () => finish());
    request.end(load.body);
  });
}
