import { connect, createServer, type Server, type Socket } from "node:net";
import { listenOn } from "./loopback";

/** What may be under way in one direction of a connection, before the sender has to wait. */
const MOST_UNDER_WAY = 16 * 1024 * 1024;

/** Forwards TCP connections of loopback to another port, and lets each byte travel for a while. */
export class Relay {
  /** @param target The port, by the first bytes of a connection. */
  public static async listen(target: (first: Buffer) => number): Promise<Relay> {
    const relay = new Relay(target);
    await relay.start();
    return relay;
  }

  /** From one side to the other, in milliseconds. */
  public oneWayMs = 0;
  private listener: Server | undefined;
  private listensOn = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly target: (first: Buffer) => number) {}

  public get port(): number {
    return this.listensOn;
  }

  /** Takes connections, on the port that it had before. */
  public async start(): Promise<void> {
    if (this.listener) return;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.forward(socket));
    this.listener = server;
    this.listensOn = await listenOn(server, this.listensOn);
  }

  /** Refuses connections and resets those that are open. */
  public stop(): void {
    this.listener?.close();
    this.listener = undefined;
    this.reset();
  }

  /** Resets the connections that are open. */
  public reset(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  private forward(near: Socket): void {
    this.keep(near);
    near.once("data", (first) => {
      near.pause();
      const far = connect({ port: this.target(first), host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
      this.keep(far);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.once("close", (hadError) => {
          if (hadError) other.resetAndDestroy();
        });
      }
      const outward = this.carry(near, far);
      this.carry(far, near);
      outward(first);
      near.resume();
    });
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    // What a reset connection means is decided where the close is heard.
    socket.on("error", () => {}).once("close", () => this.sockets.delete(socket));
  }

  /** One direction of a connection. Returns what puts a chunk on its way. */
  private carry(from: Socket, to: Socket): (chunk: Buffer) => void {
    const underWay: { readonly chunk: Buffer | undefined; readonly due: number }[] = [];
    let bytes = 0;
    let lastDue = 0;
    let timer: NodeJS.Timeout | undefined;
    const deliver = (): void => {
      clearTimeout(timer);
      timer = undefined;
      const now = performance.now();
      // A timer is exact to a millisecond: what is due within half of one is due.
      while (underWay.length > 0 && underWay[0]!.due <= now + 0.5 && !to.writableNeedDrain) {
        const { chunk } = underWay.shift()!;
        if (chunk) {
          bytes -= chunk.length;
          to.write(chunk);
        } else to.end();
      }
      if (from.isPaused() && bytes < MOST_UNDER_WAY) from.resume();
      if (underWay.length > 0 && !to.writableNeedDrain) timer = setTimeout(deliver, underWay[0]!.due - now);
    };
    const put = (chunk: Buffer | undefined): void => {
      lastDue = Math.max(lastDue, performance.now() + this.oneWayMs);
      underWay.push({ chunk, due: lastDue });
      bytes += chunk?.length ?? 0;
      if (bytes >= MOST_UNDER_WAY) from.pause();
      if (timer === undefined) deliver();
    };
    from.on("data", put).once("end", () => put(undefined));
    to.on("drain", deliver).once("close", () => clearTimeout(timer));
    return put;
  }
}
