import { createServer, get, type Server } from "node:http";
import { listenOn } from "./loopback";

/** Answers the readiness probe of a region: as the service does, unless it is told to say no. */
export class ReadinessServer {
  /** @param servicePort The program that is asked; without one the region is ready. */
  public static async listen(servicePort?: number): Promise<ReadinessServer> {
    const readiness = new ReadinessServer(servicePort);
    await readiness.start();
    return readiness;
  }

  public unready = false;
  private server: Server | undefined;
  private listensOn = 0;

  private constructor(private readonly servicePort: number | undefined) {}

  public get port(): number {
    return this.listensOn;
  }

  public async start(): Promise<void> {
    if (this.server) return;
    const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      const say = (status: number) => response.writeHead(status).end();
      if (this.unready || this.servicePort === undefined) {
        say(this.unready ? 503 : 200);
        return;
      }
      get({ port: this.servicePort, host: "127.0.0.1", path: request.url, agent: false }, (answer) => {
        answer.resume();
        say(answer.statusCode ?? 503);
      }).on("error", () => say(503));
    });
    this.server = server;
    this.listensOn = await listenOn(server, this.listensOn);
  }

  /** Refuses connections. */
  public stop(): void {
    this.server?.close();
    this.server?.closeAllConnections();
    this.server = undefined;
  }
}
