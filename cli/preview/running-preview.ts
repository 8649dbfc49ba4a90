import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientPlace, clientPlace, clientThere, regionsFrom, roundTripTo } from "../../lib/preview/client-place";
import { type Command, parseCommand } from "../../lib/preview/command";
import type { Envoy } from "../../lib/preview/envoy";
import { envoyConfig } from "../../lib/preview/envoy-config";
import { type PreviewFrontend, type PreviewPlan, type Running, targetsOf } from "../../lib/preview/plan";
import type { Topology } from "../../lib/topology/topology";
import { UnusableInput } from "../read-input";
import { type CertificateFiles, writeCertificate } from "./certificate";
import { dockerEnvoy, findEnvoy } from "./envoy-binary";
import { EnvoyProcess } from "./envoy-process";
import type { LoadTarget } from "./load";
import { freePorts } from "./loopback";
import { RegionProcess } from "./region-process";

export interface PreviewSettings {
  readonly from: ClientPlace;
  /** What runs instead of the echo server, by name of the upstream. */
  readonly serve: ReadonlyMap<string, string>;
  readonly docker: boolean;
  readonly say: (line: string) => void;
  /** Hears a line of JSON for each request. */
  readonly onRequest?: (line: string) => void;
}

/** Envoy and the regions of a document on this machine. */
export class RunningPreview {
  /** @throws UnusableInput where Envoy cannot be had or a program does not start. */
  public static async start(topology: Topology, plan: PreviewPlan, settings: PreviewSettings): Promise<RunningPreview> {
    const folder = temporaryFolder();
    const removeFolder = () => rmSync(folder, { recursive: true, force: true });
    process.once("exit", removeFolder);
    const started: RegionProcess[] = [];
    try {
      const isTls = plan.frontends.some(({ protocol }) => protocol === "https");
      const [command, certificate, [adminPort = 0, ...ports]] = await Promise.all([
        settings.docker ? dockerEnvoy(folder) : findEnvoy(settings.say),
        isTls ? writeCertificate(folder, plan.hosts) : undefined,
        freePorts(plan.frontends.length + 1),
        ...plan.upstreams.map(async (upstream) => {
          started.push(await RegionProcess.start(upstream, settings.serve.get(upstream.name), settings.say));
        }),
      ]);
      const regions = plan.upstreams.map(({ id }) => started.find(({ upstream }) => upstream.id === id)!);
      const preview = new RunningPreview(topology, plan, regions, ports, adminPort, certificate, settings.from, folder);
      preview.envoy = await EnvoyProcess.start(command, preview.config(), folder, adminPort, settings.onRequest);
      return preview;
    } catch (error) {
      await Promise.all(started.map((region) => region.close()));
      removeFolder();
      throw isFull(error) ? new UnusableInput(`${tmpdir()} is full: set TMPDIR to a folder with room`) : error;
    } finally {
      process.removeListener("exit", removeFolder);
    }
  }

  public envoy!: EnvoyProcess;
  private readonly removeFolder = () => rmSync(this.folder, { recursive: true, force: true });

  private constructor(
    public readonly topology: Topology,
    public readonly plan: PreviewPlan,
    public readonly regions: readonly RegionProcess[],
    private readonly ports: readonly number[],
    private readonly adminPort: number,
    public readonly certificate: CertificateFiles | undefined,
    public from: ClientPlace,
    private readonly folder: string,
  ) {
    process.once("exit", this.removeFolder);
    this.place(from);
  }

  /** What commands may name: regions, and the services in them. */
  public get targets(): string[] {
    return targetsOf(this.plan);
  }

  public portOf({ name }: PreviewFrontend): number {
    return this.ports[this.plan.frontends.findIndex((each) => each.name === name)]!;
  }

  /**
   * Does what a line says.
   *
   * @throws ValidationError for a line that says nothing.
   */
  public async run(line: string): Promise<string> {
    const command = parseCommand(line, this.targets);
    await this.apply(command);
    return command.do === "from" ? `the client is in ${this.from.name}` : line.trim();
  }

  /** @throws ValidationError for an unknown place. */
  public async apply(command: Command): Promise<void> {
    if (command.do === "from") this.place(clientPlace(command.place));
    else {
      const named = this.regions.filter(({ upstream: { region, id } }) => [region, id].includes(command.target));
      await Promise.all(named.map((region) => region.apply(command.do, command.ms)));
    }
    if (["from", "drain", "start"].includes(command.do)) this.envoy.update(this.config());
  }

  /** A name that a front end answers to. */
  public hostOf({ hosts }: PreviewFrontend): string {
    const named = hosts.length > 0 ? hosts : this.plan.hosts;
    return named.find((name) => !name.startsWith("*")) ?? named[0]?.replace("*", "www") ?? "localhost";
  }

  /** Where a load goes: the front end of that host, or the first; HTTPS if there is a choice. */
  public loadTarget(host?: string): LoadTarget {
    const frontends = this.plan.frontends.toSorted((a, b) => b.protocol.length - a.protocol.length);
    const frontend = frontends.find(({ hosts }) => host !== undefined && hosts.includes(host)) ?? frontends[0]!;
    const { protocol } = frontend;
    const ca = this.certificate && readFileSync(this.certificate.certificateFile, "utf8");
    return { protocol, port: this.portOf(frontend), host: host ?? this.hostOf(frontend), ca };
  }

  /** Ends everything. */
  public async stop(): Promise<void> {
    await Promise.all([this.envoy.stop(), ...this.regions.map((region) => region.close())]);
    this.removeFolder();
    process.removeListener("exit", this.removeFolder);
  }

  private place(from: ClientPlace): void {
    this.from = from;
    const away = regionsFrom(from);
    for (const region of this.regions) region.setRoundTrip(roundTripTo(region.upstream.region, away));
  }

  private config(): Envoy {
    const running: Running = {
      listeners: Object.fromEntries(this.plan.frontends.map((frontend) => [frontend.name, this.portOf(frontend)])),
      upstreams: Object.fromEntries(this.regions.map(({ upstream: { id }, running }) => [id, running])),
      adminPort: this.adminPort,
      certificate: this.certificate,
      regionsByDistance: regionsFrom(this.from).map(({ region }) => region),
      client: clientThere(this.from),
    };
    const drained = this.regions.filter(({ state }) => state.draining).map(({ running: { port } }) => port);
    return withoutEndpoints(envoyConfig(this.topology, running), drained);
  }
}

/** @throws UnusableInput where there can be none. */
function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "global-ai-api-preview-"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UnusableInput(`${tmpdir()} takes no files (${code}): set TMPDIR to a folder that does`);
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === "ENOSPC";
}

interface Cluster {
  readonly load_assignment?: {
    readonly endpoints?: readonly {
      readonly lb_endpoints?: readonly {
        readonly endpoint?: { readonly address?: { readonly socket_address?: { readonly port_value?: number } } };
      }[];
    }[];
  };
}

/** What the load balancer is like when the regions at these ports drain. */
function withoutEndpoints(config: Envoy, ports: readonly number[]): Envoy {
  const { clusters = [], ...resources } = config.static_resources as { readonly clusters?: readonly Cluster[] };
  return {
    ...config,
    static_resources: {
      ...resources,
      clusters: clusters.map(({ load_assignment: assignment, ...cluster }) => ({
        ...cluster,
        // Else Envoy keeps an endpoint that is gone for as long as its probe succeeds.
        ignore_health_on_host_removal: true,
        ...(assignment && {
          load_assignment: {
            ...assignment,
            endpoints: assignment.endpoints?.map(({ lb_endpoints: endpoints = [], ...locality }) => ({
              ...locality,
              lb_endpoints: endpoints.filter(
                ({ endpoint }) => !ports.includes(endpoint?.address?.socket_address?.port_value ?? 0),
              ),
            })),
          },
        }),
      })),
    },
  };
}
