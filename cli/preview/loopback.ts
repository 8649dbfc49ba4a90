import { type AddressInfo, createServer, type Server } from "node:net";

/** Listens on 127.0.0.1. Without a port, on one that nobody listens on; the port. */
export function listenOn(server: Server, port = 0): Promise<number> {
  return new Promise((done, failed) => {
    server.once("error", failed).listen(port, "127.0.0.1", () => done((server.address() as AddressInfo).port));
  });
}

/** Ports of 127.0.0.1 that nobody listens on, for programs that have to be told one. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map((server) => listenOn(server)));
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
