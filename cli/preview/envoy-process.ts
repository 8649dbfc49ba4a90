import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Envoy } from "../../lib/preview/envoy";
import { UnusableInput } from "../read-input";
import type { EnvoyCommand } from "./envoy-binary";
import { WatchedProcess } from "./watched-process";

const LISTENER_TYPE = "type.googleapis.com/envoy.config.listener.v3.Listener";
const ENDPOINTS_TYPE = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
const READY_WITHIN_MS = 20_000;

/** Envoy as the load balancer of a preview. */
export class EnvoyProcess {
  /** @throws UnusableInput where it does not start; the message has Envoy's own. */
  public static async start(
    command: EnvoyCommand,
    config: Envoy,
    folder: string,
    adminPort: number,
    onRequest: (line: string) => void = () => {},
  ): Promise<EnvoyProcess> {
    const file = join(folder, "envoy.json");
    writeFileSync(file, JSON.stringify(withResourceFiles(config, folder)));
    const said: string[] = [];
    const [program, ...args] = command;
    const quiet = ["--use-dynamic-base-id", "--disable-hot-restart", "--drain-time-s", "1", "--log-level", "warning"];
    // Each worker counts on its own, so limits hold only if there is one.
    const process = new WatchedProcess(program, [...args, "--config-path", file, "--concurrency", "1", ...quiet], {
      folder,
      // Its access log is JSON, on standard output; what it has to say itself is text.
      onLine: (line) => (line.startsWith("{") ? onRequest(line) : said.push(line)),
    });
    const envoy = new EnvoyProcess(process, folder, adminPort, said);
    for (const start = Date.now(); !(await envoy.isReady()); await sleep(10)) {
      if (!envoy.isEnded && Date.now() - start < READY_WITHIN_MS) continue;
      await process.stop();
      throw new UnusableInput(`Envoy did not start: ${envoy.lastWords() || `${program} said nothing`}`);
    }
    return envoy;
  }

  /** When Envoy is gone, asked or unasked. */
  public readonly ended: Promise<void>;
  private isEnded = false;

  private constructor(
    private readonly process: WatchedProcess,
    private readonly folder: string,
    private readonly adminPort: number,
    private readonly said: readonly string[],
  ) {
    this.ended = process.ended.then(() => {
      this.isEnded = true;
    });
  }

  /** The newest of what it has logged. */
  public lastWords(): string {
    return this.said.slice(-3).join("\n");
  }

  /** Has it take over the endpoints and listeners of a configuration. */
  public update(config: Envoy): void {
    withResourceFiles(config, this.folder);
  }

  /** The body of an admin page, as JSON. */
  public async admin<T>(path: string): Promise<T> {
    return JSON.parse((await this.ask(path)).body) as T;
  }

  public stop(): Promise<void> {
    return this.process.stop();
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await this.ask("/ready")).status === 200;
    } catch {
      // It does not listen yet.
      return false;
    }
  }

  private ask(path: string): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((done, failed) => {
      get({ port: this.adminPort, host: "127.0.0.1", path, agent: false }, (response) => {
        let body = "";
        response
          .setEncoding("utf8")
          .on("data", (chunk: string) => {
            body += chunk;
          })
          .on("end", () => done({ status: response.statusCode ?? 0, body }))
          .on("error", failed);
      }).on("error", failed);
    });
  }
}

/**
 * Moves listeners, and the endpoints of clusters, into files that Envoy watches, so that they change
 * without a restart.
 */
function withResourceFiles(config: Envoy, folder: string): Envoy {
  const { clusters = [], listeners = [], ...resources } = config.static_resources as StaticResources;
  return {
    ...config,
    // Files are a source only for a node that has a name.
    node: { id: "preview", cluster: "preview" },
    // Latencies of its histograms are those of the last second.
    stats_flush_interval: "1s",
    dynamic_resources: { lds_config: resourceFile(join(folder, "listeners.json"), LISTENER_TYPE, listeners) },
    static_resources: {
      ...resources,
      clusters: clusters.map((cluster, index) => {
        const { load_assignment: assignment, ...rest } = cluster;
        if (!assignment) return cluster;
        const file = join(folder, `endpoints-${index}.json`);
        return {
          ...rest,
          type: "EDS",
          eds_cluster_config: {
            service_name: assignment.cluster_name,
            eds_config: resourceFile(file, ENDPOINTS_TYPE, [assignment]),
          },
        };
      }),
    },
  };
}

/** Writes a file as a source of resources, by a move, which is what Envoy looks for. */
function resourceFile(path: string, type: string, resources: readonly object[]): Envoy {
  const text = JSON.stringify({ resources: resources.map((each) => ({ "@type": type, ...each })) });
  // What is as before is left alone: a listener that comes anew breaks connections off.
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
    writeFileSync(`${path}.next`, text);
    renameSync(`${path}.next`, path);
  }
  return { path_config_source: { path }, resource_api_version: "V3" };
}

interface StaticResources {
  readonly listeners?: readonly object[];
  readonly clusters?: readonly { readonly load_assignment?: { readonly cluster_name: string } }[];
}
