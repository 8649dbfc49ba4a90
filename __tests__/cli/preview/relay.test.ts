import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Relay } from "../../../cli/preview/relay";

let server: Server;
let relay: Relay;

beforeEach(async () => {
  server = createServer((request, response) => request.pipe(response)).listen(0, "127.0.0.1");
  relay = await Relay.listen(() => (server.address() as AddressInfo).port);
});

afterEach(() => {
  relay.stop();
  server.closeAllConnections();
  server.close();
});

const post = (body: Buffer) =>
  fetch(`http://127.0.0.1:${relay.port}/`, { method: "POST", body }).then((response) => response.arrayBuffer());

test("lets both directions travel for a while", async () => {
  relay.oneWayMs = 60;
  const start = performance.now();
  await post(Buffer.from("hello"));
  expect(performance.now() - start).toBeGreaterThanOrEqual(119);
});

test("keeps the order of what is under way when the way becomes shorter, and loses nothing", async () => {
  relay.oneWayMs = 40;
  const sent = Buffer.alloc(30_000_000);
  for (let index = 0; index < sent.length; index += 4000) sent.writeUInt32LE(index, index);
  setTimeout(() => {
    relay.oneWayMs = 1;
  }, 30);
  expect(Buffer.from(await post(sent)).equals(sent)).toBe(true);
});

test("refuses connections while it is stopped, resets those that are open, and comes back on its port", async () => {
  const { port } = relay;
  relay.oneWayMs = 10_000;
  const open = post(Buffer.from("hello"));
  await new Promise((done) => setTimeout(done, 50));
  relay.stop();
  await expect(open).rejects.toThrow("fetch failed");
  await expect(post(Buffer.from("hello"))).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  relay.oneWayMs = 0;
  await relay.start();
  expect(relay.port).toBe(port);
  expect(Buffer.from(await post(Buffer.from("hello"))).toString()).toBe("hello");
});

test("passes an answer that the server breaks off as broken off", async () => {
  server.removeAllListeners("request");
  server.on("request", (_, response) => {
    response.writeHead(200, { "content-length": 100 }).write("half");
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
  });
  await expect(
    new Promise((done, failed) => {
      get({ port: relay.port, host: "127.0.0.1" }, (response) => {
        response.on("error", failed).on("end", done).resume();
      }).on("error", failed);
    }),
  ).rejects.toMatchObject({ code: "ECONNRESET" });
});
