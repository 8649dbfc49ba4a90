import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { envoyConfig } from "../../lib/preview/envoy-config";
import { type Running, readPreview } from "../../lib/preview/plan";
import { TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";

/** The program that `$ENVOY` names. */
export function envoyProgram(): string {
  const program = process.env.ENVOY;
  if (!program) throw new Error("set ENVOY to the path of Envoy");
  return program;
}

/** What Envoy has against a configuration; undefined for nothing. */
export function envoyProblem(config: unknown): string | undefined {
  const file = join(mkdtempSync(join(tmpdir(), "envoy-")), "envoy.json");
  writeFileSync(file, JSON.stringify(config));
  const { status, stderr } = spawnSync(envoyProgram(), ["--mode", "validate", "-c", file, "-l", "error"], {
    encoding: "utf8",
  });
  return status === 0 ? undefined : stderr;
}

/** What a request got to see on its way. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** What the upstream saw, where one answered. */
  readonly seen?: { readonly url: string; readonly method: string; readonly headers: Record<string, string> };
}

export interface RunningPreview {
  ask(
    frontend: string,
    path: string,
    options?: { method?: string; host?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
  /** Where a front end listens. */
  portOf(frontend: string): number;
  /** Lets an upstream answer everything with a status, 0 for never, or be as before. */
  answerWith(upstream: string, status: number | undefined): void;
  /** How often an upstream was asked. */
  count(upstream: string): number;
  /** Whether an upstream's readiness path answers with success. */
  ready(upstream: string, isReady: boolean): void;
  /** Lines of the access log. */
  readonly log: readonly Record<string, unknown>[];
  stop(): Promise<void>;
}

/** Runs Envoy for a document, with servers that say what they saw in place of its regions. */
export async function runPreview(
  json: unknown,
  regionsByDistance: string[] = [],
  more: Pick<Running, "certificate" | "client"> = {},
): Promise<RunningPreview> {
  const program = envoyProgram();
  const topology = new Topology(TerraformDocument.parse(json));
  const plan = readPreview(topology);
  const statuses = new Map<string, number | undefined>();
  const counts = new Map<string, number>();
  const unready = new Set<string>();
  const servers: Server[] = [];
  const upstreams: Record<string, Running["upstreams"][string]> = {};
  for (const { id, isHttp2 } of plan.upstreams) {
    const main = await serve((url, method, headers) => {
      counts.set(id, (counts.get(id) ?? 0) + 1);
      const status = statuses.get(id) ?? (Number(headers["x-answer"]) || 200);
      const more = JSON.parse(String(headers["x-answer-headers"] ?? "{}")) as Record<string, string>;
      return { status, headers: more, text: JSON.stringify({ url, method, headers }) };
    }, isHttp2);
    const readiness = await serve(() => ({ status: unready.has(id) ? 503 : 200, headers: {}, text: "" }));
    servers.push(main, readiness);
    upstreams[id] = { port: portOf(main), readinessPort: portOf(readiness), roundTripMs: 1 };
  }
  const [adminPort, ...ports] = await freePorts(plan.frontends.length + 1);
  const listeners = Object.fromEntries(plan.frontends.map(({ name }, index) => [name, ports[index]!]));
  const running: Running = { listeners, upstreams, adminPort: adminPort!, regionsByDistance, ...more };
  const file = join(mkdtempSync(join(tmpdir(), "envoy-")), "envoy.json");
  writeFileSync(file, JSON.stringify(envoyConfig(topology, running)));
  const args = ["-c", file, "--concurrency", "1", "--disable-hot-restart", "-l", "error"];
  const envoy = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const log: Record<string, unknown>[] = [];
  let [rest, errors] = ["", ""];
  envoy.stdout.on("data", (chunk) => {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.startsWith("{")) log.push(JSON.parse(line) as Record<string, unknown>);
  });
  envoy.stderr.on("data", (chunk) => {
    errors += String(chunk);
  });
  await ready(envoy, adminPort!, () => errors);
  return {
    log,
    portOf: (frontend) => listeners[frontend]!,
    ask: (frontend, path, options = {}) => ask(listeners[frontend]!, path, options),
    answerWith: (upstream, status) => void statuses.set(upstream, status),
    count: (upstream) => counts.get(upstream) ?? 0,
    ready: (upstream, isReady) => void (isReady ? unready.delete(upstream) : unready.add(upstream)),
    async stop() {
      envoy.kill("SIGKILL");
      for (const server of servers) server.closeAllConnections?.();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

type Handler = (
  url: string,
  method: string,
  headers: IncomingHttpHeaders,
) => { readonly status: number; readonly headers: Record<string, string>; readonly text: string };

async function serve(handler: Handler, isHttp2 = false): Promise<Server> {
  const answer = (message: IncomingMessage, response: ServerResponse) => {
    message.resume();
    const { status, headers, text } = handler(message.url!, message.method!, message.headers);
    if (status === 0) return;
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
  };
  const server = isHttp2
    ? (createHttp2Server(answer as never) as unknown as Server)
    : createServer({ maxHeaderSize: 128 * 1024 }, answer);
  // Says everything twice.
  server.on("upgrade", (message, socket, head) => {
    new WebSocketServer({ noServer: true }).handleUpgrade(message, socket, head, (client) =>
      client.on("message", (data) => client.send(String(data) + String(data))),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createTcpServer());
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, "127.0.0.1", done))));
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

async function ready(envoy: ChildProcess, adminPort: number, errors: () => string): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (envoy.exitCode !== null) throw new Error(`Envoy ended: ${errors()}`);
    const status = await ask(adminPort, "/ready", {}).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`Envoy is not ready: ${errors()}`);
}

function ask(
  port: number,
  path: string,
  { method = "GET", host = "preview.test", headers = {} }: { method?: string; host?: string; headers?: object },
): Promise<Answer> {
  return new Promise((done, fail) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers: { ...headers, host } }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += String(chunk);
      });
      response.on("end", () => {
        const isSeen = text.startsWith('{"url"');
        done({
          status: response.statusCode!,
          headers: response.headers,
          text,
          ...(isSeen ? { seen: JSON.parse(text) as Answer["seen"] } : {}),
        });
      });
    });
    sent.on("error", fail);
    sent.end();
  });
}
