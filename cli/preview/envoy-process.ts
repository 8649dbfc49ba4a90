import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Envoy } from "../../lib/preview/envoy";
import { UnusableInput } from "../read-input";
import type { EnvoyCommand } from "./envoy-binary";
import { WatchedProcess } from "./watched-process";

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
  ): Promise<EnvoyProcess> {
    const file = join(folder, "envoy.json");
    writeFileSync(file, JSON.stringify(withEndpointFiles(config, folder)));
    const said: string[] = [];
    const [program, ...args] = command;
    const quiet = ["--use-dynamic-base-id", "--disable-hot-restart", "--log-level", "warning"];
    const process = new WatchedProcess(program, [...args, "--config-path", file, "--concurrency", "2", ...quiet], {
      folder,
      onLine: (line) => said.splice(0, Math.max(0, said.length - 50), line),
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

  /** Has it take over the endpoints of a configuration: regions that drain, another order. */
  public update(config: Envoy): void {
    withEndpointFiles(config, this.folder);
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
 * Moves the endpoints of clusters into files that Envoy watches, so that they change without a
 * restart. Files are replaced by a move, which is what Envoy looks for.
 */
function withEndpointFiles(config: Envoy, folder: string): Envoy {
  const endpoints = join(folder, "endpoints");
  mkdirSync(endpoints, { recursive: true });
  const { clusters = [], ...resources } = config.static_resources as { clusters?: readonly Cluster[] };
  return {
    ...config,
    // Files are a source only for a node that has a name.
    node: { id: "preview", cluster: "preview" },
    // Latencies of its histograms are those of the last second.
    stats_flush_interval: "1s",
    static_resources: {
      ...resources,
      clusters: clusters.map((cluster, index) => {
        const { load_assignment: assignment, ...rest } = cluster;
        if (!assignment) return cluster;
        const path = join(endpoints, `${index}.json`);
        const resource = { "@type": ENDPOINTS_TYPE, ...assignment };
        writeFileSync(`${path}.next`, JSON.stringify({ resources: [resource] }));
        renameSync(`${path}.next`, path);
        return {
          ...rest,
          type: "EDS",
          eds_cluster_config: {
            service_name: assignment.cluster_name,
            eds_config: { path_config_source: { path }, resource_api_version: "V3" },
          },
        };
      }),
    },
  };
}

interface Cluster {
  readonly load_assignment?: { readonly cluster_name: string };
}
