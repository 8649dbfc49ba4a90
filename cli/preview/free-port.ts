import { createServer } from "node:net";

/** Ports of 127.0.0.1 that nobody listens on, for programs that have to be told one. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done, failed) => {
          server.once("error", failed);
          server.listen(0, "127.0.0.1", () => done((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
