import { request as requestHttp } from "node:http";
import { connect } from "node:http2";
import { type RequestOptions, request as requestHttps } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { RunningPreview } from "../../cli/preview/running-preview";
import { readCounts } from "../../cli/preview/statistics";
import { ClientHeaders } from "../../lib";
import { clientPlace } from "../../lib/preview/client-place";
import { readPreview } from "../../lib/preview/plan";
import { TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { frontends, merged, services, to } from "../preview/preview-document";
import { entrance, HOST, start, until } from "./running-support";

let preview: RunningPreview;
beforeAll(async () => {
  preview = await start({ requestHeaders: ClientHeaders.all() });
});
afterEach(async () => {
  for (const target of ["europe-west1", "us-central1"]) await preview.run(`start ${target}`);
  await preview.run("from frankfurt");
});
afterAll(() => preview.stop());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** When each chunk came, in milliseconds. */
  readonly times: readonly number[];
}

function ask(
  options: RequestOptions & { readonly body?: Buffer } = {},
  protocol: "http" | "https" = "https",
): Promise<Answer> {
  const { port, ca } = entrance(preview, protocol);
  const { body, ...rest } = options;
  return new Promise((done, failed) => {
    const request = (protocol === "https" ? requestHttps : requestHttp)(
      {
        host: "127.0.0.1",
        port,
        ca,
        servername: HOST,
        agent: false,
        ...rest,
        headers: { host: HOST, ...rest.headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        const times: number[] = [];
        response
          .on("data", (chunk: Buffer) => {
            chunks.push(chunk);
            times.push(performance.now());
          })
          .on("error", failed)
          .on("end", () =>
            done({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks), times }),
          );
      },
    ).on("error", failed);
    request.end(body);
  });
}

async function regionOf(): Promise<string> {
  return String((await ask({ path: "/v1/chat" })).headers["x-served-region"]);
}

test("answers HTTPS by the certificate of the domain, from the nearest region, after the round trip", async () => {
  const begin = performance.now();
  const { status, headers, body } = await ask({ path: "/v1/chat?a=1" });
  expect(status).toBe(200);
  expect(headers["x-served-region"]).toBe("europe-west1");
  expect(JSON.parse(body.toString())).toMatchObject({ path: "/v1/chat?a=1", headers: { via: "1.1 google" } });
  expect(performance.now() - begin).toBeGreaterThanOrEqual(18);
});

test("redirects http to https, to the port of the preview", async () => {
  const { status, headers } = await ask({ path: "/v1/chat" }, "http");
  expect(status).toBe(308);
  expect(headers.location).toBe(`https://${HOST}:${entrance(preview).port}/v1/chat`);
});

test("passes a stream event by event", async () => {
  const { times, body } = await ask({ path: "/?events=5&every=100" });
  expect(body.toString().match(/^data: /gm)).toHaveLength(5);
  expect(times.length).toBeGreaterThanOrEqual(4);
  expect(times.at(-1)! - times[0]!).toBeGreaterThanOrEqual(350);
});

test("passes 30 MB there and back, whole", async () => {
  const body = Buffer.alloc(30_000_000);
  for (let at = 0; at < body.length; at += 4000) body.writeUInt32LE(at, at);
  const answer = await ask({ method: "POST", path: "/?body=back", body });
  expect(answer.body.equals(body)).toBe(true);
  expect((await ask({ path: "/?bytes=30000000" })).body).toHaveLength(30_000_000);
});

test("passes a WebSocket", async () => {
  const { port, ca } = entrance(preview);
  const socket = new WebSocket(`wss://127.0.0.1:${port}/socket`, [], {
    ca,
    headers: { host: HOST },
  });
  const answer = new Promise((done, failed) => {
    socket.once("message", (data) => done(String(data))).once("error", failed);
  });
  socket.once("open", () => socket.send("hello"));
  expect(await answer).toBe("hello");
  socket.terminate();
});

test("moves the client: another region is the nearest, and its round trip counts", async () => {
  await preview.run("from los angeles");
  await until(async () => (await regionOf()) === "us-central1");
});

test("tells services the country of the client, also after it has moved", async () => {
  const country = async () => {
    const { body } = await ask({ path: "/v1/chat" });
    return (JSON.parse(body.toString()) as { headers: Record<string, string> }).headers["x-client-region"];
  };
  await until(async () => (await country()) === "DE");
  await preview.run("from tokyo");
  await until(async () => (await country()) === "JP");
});

test("takes a region out when it drains, and back", async () => {
  await preview.run("drain europe-west1");
  await until(async () => (await regionOf()) === "us-central1");
  await preview.run("start europe-west1");
  await until(async () => (await regionOf()) === "europe-west1");
});

test("slows a region down by what was asked for", async () => {
  await preview.run("slow europe-west1 300ms");
  const begin = performance.now();
  await ask();
  expect(performance.now() - begin).toBeGreaterThanOrEqual(318);
});

test("counts requests by region, as clients see them", async () => {
  const before = await readCounts(preview);
  for (let each = 0; each < 3; each++) await ask();
  await ask({ path: "/?status=500", method: "POST" });
  await sleep(1200);
  const after = await readCounts(preview);
  const { port } = preview.regions.find(({ upstream }) => upstream.region === "europe-west1")!.running;
  expect(after.requests - before.requests).toBe(4);
  expect(after.errors - before.errors).toBe(1);
  expect(after.byPort.get(port)!.requests - before.byPort.get(port)!.requests).toBe(4);
});

test("speaks gRPC to a service with h2c, trailers included", async () => {
  const grpc = await start({ http2: true });
  try {
    const { port, ca } = entrance(grpc);
    const session = connect(`https://127.0.0.1:${port}`, { ca, servername: HOST });
    const message = Buffer.from([0, 0, 0, 0, 2, 8, 1]);
    const stream = session.request({
      ":method": "POST",
      ":path": "/chat.Chat/Say",
      ":authority": HOST,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.end(message);
    const trailers = new Promise((done, failed) => {
      stream.once("trailers", done).once("error", failed);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks)).toEqual(message);
    expect(await trailers).toMatchObject({ "grpc-status": "0" });
    session.destroy();
  } finally {
    await grpc.stop();
  }
});

test("a rate limit counts the requests of all connections", async () => {
  const throttle = {
    conform_action: "allow",
    exceed_action: "deny(429)",
    enforce_on_key: "IP",
    rate_limit_threshold: { count: 5, interval_sec: 60 },
  };
  const every = { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["*"] } };
  const resource = merged(
    services(
      { api: ["europe-west1"] },
      { backend: { security_policy: "${google_compute_security_policy.limits.id}" } },
    ),
    frontends([{ default_service: to("api") }]),
    {
      google_compute_security_policy: {
        limits: {
          name: "limits",
          rule: [{ action: "throttle", priority: 2147483647, match: every, rate_limit_options: throttle }],
        },
      },
    },
  );
  const topology = new Topology(TerraformDocument.parse({ resource }));
  const settings = { from: clientPlace("frankfurt"), serve: new Map(), docker: false, say: () => {} };
  const limited = await RunningPreview.start(topology, readPreview(topology), settings);
  const port = limited.portOf(limited.plan.frontends[0]!);
  const statuses: number[] = [];
  // One after the other, each on a connection of its own.
  for (let sent = 0; sent < 16; sent++) {
    const options = { host: "127.0.0.1", port, agent: false };
    statuses.push(
      await new Promise<number>((done, failed) => {
        const request = requestHttp(options, (response) => {
          response.resume().on("end", () => done(response.statusCode!));
        });
        request.on("error", failed).end();
      }),
    );
  }
  await limited.stop();
  expect(statuses).toEqual([...Array(5).fill(200), ...Array(11).fill(429)]);
});
