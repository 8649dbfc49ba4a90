import type { RegionCommand } from "../../lib/preview/command";
import type { PreviewUpstream, RunningUpstream } from "../../lib/preview/plan";
import { EchoServer } from "./echo-server";
import { ReadinessServer } from "./readiness-server";
import { Relay } from "./relay";
import { ServedCommand } from "./served-command";

/** What has been done to it. */
export interface RegionState {
  readonly stopped: boolean;
  readonly broken: boolean;
  readonly unready: boolean;
  readonly draining: boolean;
  readonly slowMs: number;
}

/** One service in one region: what answers, the way to it, and its readiness. */
export class RegionProcess {
  /**
   * @param serve What runs there instead of the echo server.
   * @throws UnusableInput where that does not start.
   */
  public static async start(
    upstream: PreviewUpstream,
    serve: string | undefined,
    say: (line: string) => void,
  ): Promise<RegionProcess> {
    const identity = { service: upstream.name, region: upstream.region ?? "global" };
    const [echo, command] = await Promise.all([
      EchoServer.listen(identity),
      serve === undefined ? undefined : ServedCommand.start(serve, identity, say),
    ]);
    const relay = await Relay.listen((first) => (command && !echo.broken ? command.port : echo.port(first)));
    return new RegionProcess(upstream, echo, command, relay, await ReadinessServer.listen(command?.port));
  }

  private roundTripMs = 0;
  private slowMs = 0;
  private stopped = false;
  private draining: boolean;

  private constructor(
    public readonly upstream: PreviewUpstream,
    private readonly echo: EchoServer,
    private readonly command: ServedCommand | undefined,
    private readonly relay: Relay,
    private readonly readiness: ReadinessServer,
  ) {
    this.draining = upstream.draining;
  }

  public get state(): RegionState {
    const { stopped, draining, slowMs } = this;
    return { stopped, broken: this.echo.broken, unready: this.readiness.unready, draining, slowMs };
  }

  public get running(): RunningUpstream {
    return { port: this.relay.port, readinessPort: this.readiness.port, roundTripMs: this.roundTripMs };
  }

  /** Between the client and the region. */
  public setRoundTrip(ms: number): void {
    this.roundTripMs = ms;
    this.relay.oneWayMs = (ms + this.slowMs) / 2;
  }

  public async apply(command: RegionCommand, ms = 0): Promise<void> {
    if (command === "stop") {
      this.stopped = true;
      this.relay.stop();
      this.readiness.stop();
    } else if (command === "break") this.setBroken(true);
    else if (command === "unready") this.readiness.unready = true;
    else if (command === "drain") this.draining = true;
    else if (command === "slow") this.slowMs = ms;
    else {
      this.setBroken(false);
      this.stopped = false;
      this.readiness.unready = false;
      this.draining = this.upstream.draining;
      this.slowMs = 0;
      await Promise.all([this.relay.start(), this.readiness.start()]);
    }
    this.setRoundTrip(this.roundTripMs);
  }

  public async close(): Promise<void> {
    this.relay.stop();
    this.readiness.stop();
    this.echo.close();
    await this.command?.close();
  }

  /** In place of a command, the echo server answers 503: on new connections. */
  private setBroken(broken: boolean): void {
    if (this.command && broken !== this.echo.broken) this.relay.reset();
    this.echo.broken = broken;
  }
}
