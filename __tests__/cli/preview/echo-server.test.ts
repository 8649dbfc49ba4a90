import { connect } from "node:http2";
import { WebSocket } from "ws";
import { EchoServer } from "../../../cli/preview/echo-server";

let echo: EchoServer;
let url: string;
beforeAll(async () => {
  echo = await EchoServer.listen({ service: "api", region: "europe-west1" });
  url = `http://127.0.0.1:${echo.port(Buffer.from("GET / HTTP/1.1\r\n"))}`;
});
afterEach(() => {
  echo.broken = false;
});
afterAll(() => echo.close());

test("says what it was asked", async () => {
  const response = await fetch(`${url}/v1/models?a=1`, { method: "POST", body: "hello", headers: { "x-key": "k" } });
  expect(response.headers.get("x-served-region")).toBe("europe-west1");
  expect(await response.json()).toMatchObject({
    service: "api",
    region: "europe-west1",
    method: "POST",
    path: "/v1/models?a=1",
    protocol: "HTTP/1.1",
    headers: { "x-key": "k" },
    bodyBytes: 5,
  });
});

test("answers slowly, with a status, with bytes, or with the body, by query or by header", async () => {
  const start = performance.now();
  const slow = await fetch(`${url}/?status=503`, { headers: { "x-echo": "wait=50&status=418" } });
  expect(slow.status).toBe(418);
  expect(performance.now() - start).toBeGreaterThanOrEqual(49);
  expect((await (await fetch(`${url}/?bytes=100001`)).arrayBuffer()).byteLength).toBe(100_001);
  expect(await (await fetch(`${url}/?body=back`, { method: "POST", body: "hello" })).text()).toBe("hello");
});

test("takes an impossible status, wait or number of events for none", async () => {
  const response = await fetch(`${url}/?status=99999&wait=-1&events=many&bytes=-5&every=x`);
  expect(response.status).toBe(200);
});

test("takes as many headers as a load balancer lets through", async () => {
  const response = await fetch(url, { headers: { "x-large": "a".repeat(64 * 1024) } });
  expect(response.status).toBe(200);
});

test("streams server-sent events one by one", async () => {
  const response = await fetch(`${url}/?events=2&every=500`);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = response.body!.getReader();
  const first = Buffer.from((await reader.read()).value!).toString();
  expect(first).toContain('"event":1');
  expect(first).not.toContain('"event":2');
  await reader.cancel();
});

test("speaks HTTP/2 without TLS, and gRPC with trailers", async () => {
  const session = connect(`http://127.0.0.1:${echo.port(Buffer.from("PRI * HTTP/2.0\r\n"))}`);
  const message = Buffer.from([0, 0, 0, 0, 2, 8, 1]);
  const stream = session.request({ ":method": "POST", ":path": "/s/m", "content-type": "application/grpc" });
  stream.end(message);
  const trailers = new Promise((done) => {
    stream.once("trailers", done);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks)).toEqual(message);
  expect(await trailers).toMatchObject({ "grpc-status": "0" });
  session.destroy();
});

test("answers what comes by WebSocket", async () => {
  const socket = new WebSocket(url.replace("http", "ws"));
  const answer = new Promise<string>((done, failed) => {
    socket.once("message", (data) => done(String(data))).once("error", failed);
  });
  socket.once("open", () => socket.send("hello"));
  expect(await answer).toBe("hello");
  socket.terminate();
});

test("answers 503 to everything while it is broken", async () => {
  echo.broken = true;
  const response = await fetch(url);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ error: "api in europe-west1 is broken" });
  const socket = new WebSocket(url.replace("http", "ws"));
  const error = new Promise<Error>((done) => {
    socket.once("error", done);
  });
  expect((await error).message).toContain("503");
});
