import { mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:http2";
import { request } from "node:https";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { WebSocket } from "ws";
import { frontends, merged, services, to } from "../preview/preview-document";
import { type RunningPreview, runPreview } from "./envoy-support";

const document = {
  resource: merged(
    services({ api: ["europe-west1"] }),
    services(
      { cached: ["europe-west1"] },
      {
        backend: {
          enable_cdn: true,
          custom_request_headers: ["X-Client:{client_region} {tls_version}", "X-Name:{tls_sni_hostname}"],
        },
      },
    ),
    frontends([
      { default_url_redirect: { https_redirect: true, redirect_response_code: "PERMANENT_REDIRECT" } },
      { default_service: to("api") },
      { default_service: to("cached") },
    ]),
    {
      google_compute_target_https_proxy: { secure: { url_map: "${google_compute_url_map.map2.id}" } },
      google_compute_global_forwarding_rule: {
        ...frontends([{}, {}, {}]).google_compute_global_forwarding_rule,
        secure: { target: "${google_compute_target_https_proxy.secure.id}", port_range: "443" },
      },
    },
  ),
};

let preview: RunningPreview;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  const pair = await generate([{ name: "commonName", value: "preview.test" }], { keySize: 2048 });
  const [certificateFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  writeFileSync(certificateFile, pair.cert);
  writeFileSync(keyFile, pair.private);
  preview = await runPreview(document, [], {
    certificate: { certificateFile, keyFile },
    client: { region: "DE", ip: "192.0.2.7" },
  });
});
afterAll(async () => preview?.stop());

test("HTTPS speaks HTTP/2 and HTTP/1.1", async () => {
  const session = connect(`https://127.0.0.1:${preview.portOf("https-443")}`, { rejectUnauthorized: false });
  const stream = session.request({ ":path": "/", ":authority": "preview.test" });
  const status = await new Promise((done) => stream.on("response", (headers) => done(headers[":status"])));
  session.destroy();
  expect(status).toBe(200);
  const text = await new Promise<string>((done) => {
    const port = preview.portOf("https-443");
    const options = { host: "127.0.0.1", port, servername: "preview.test", rejectUnauthorized: false, agent: false };
    request(options, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += String(chunk);
      });
      response.on("end", () => done(body));
    }).end();
  });
  expect(JSON.parse(text).headers).toMatchObject({
    "x-client": "DE TLSv1.3",
    "x-name": "preview.test",
    "x-forwarded-for": "192.0.2.7,127.0.0.1",
  });
});

test("a redirect to HTTPS leads to the preview's HTTPS", async () => {
  const { headers } = await preview.ask("http-80", "/a?b=c", { host: "preview.test:8080" });
  expect(headers.location).toBe(`https://preview.test:${preview.portOf("https-443")}/a?b=c`);
});

test("a request says who its client is, before what holds for all", async () => {
  const seen = async (headers: Record<string, string>) =>
    (await preview.ask("http-82", "/", { method: "POST", headers })).seen!.headers["x-client"];
  expect(await seen({})).toBe("DE");
  expect(await seen({ "x-preview-client-region": "FR" })).toBe("FR");
});

test.each(["http-81", "http-82"])("%s takes HTTP/1.0", async (frontend) => {
  const socket = connectTcp(preview.portOf(frontend), "127.0.0.1");
  socket.write("GET / HTTP/1.0\r\nHost: preview.test\r\n\r\n");
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toMatch(/^HTTP\/1\.[01] 200 /);
});

test.each(["http-81", "http-82"])(
  "%s takes a request with 60,000 bytes of headers, or 200 of them",
  async (frontend) => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, "a"]));
    expect((await preview.ask(frontend, "/", { headers: many })).status).toBe(200);
    expect((await preview.ask(frontend, "/", { headers: { "x-large": "a".repeat(60_000) } })).status).toBe(200);
    const tooLarge = await preview.ask(frontend, "/", { headers: { "x-large": "a".repeat(66_000) } });
    expect(tooLarge.status).toBe(431);
  },
);

test.each(["http-81", "http-82"])("WebSockets work through %s", async (frontend) => {
  const socket = new WebSocket(`ws://127.0.0.1:${preview.portOf(frontend)}/`);
  const answer = await new Promise((done, fail) => {
    socket.on("open", () => socket.send("ab"));
    socket.on("message", (data) => done(String(data)));
    socket.on("error", fail);
  });
  socket.close();
  expect(answer).toBe("abab");
});
