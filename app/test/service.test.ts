import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { promisify } from "node:util";
import { events, MODEL, SlowEngine, serve, until } from "./support.js";

const status = async (url: string): Promise<[number, string]> => {
  const response = await fetch(url);
  return [response.status, ((await response.json()) as { status: string }).status];
};

test("the list of models may be cached, and is not sent again to who has it", async () => {
  const { url, service } = await serve(new SlowEngine());
  const response = await fetch(`${url}/v1/models`);
  const card = { id: MODEL.id, object: "model", created: MODEL.created, owned_by: MODEL.owned_by };
  assert.deepEqual(await response.json(), { object: "list", data: [card] });
  assert.equal(response.headers.get("cache-control"), "public, max-age=300");
  assert.equal(response.headers.get("x-served-region"), "europe-west4");
  const etag = response.headers.get("etag")!;
  const again = async (tag: string) => {
    const { status, headers } = await fetch(`${url}/v1/models`, { headers: { "if-none-match": tag } });
    // The CDN keeps what it has for another round: a 304 says for how long.
    assert.deepEqual([headers.get("etag"), headers.get("cache-control")], [etag, "public, max-age=300"]);
    return status;
  };
  const tags = [etag, `"x", W/${etag}`, "*", '"x"'];
  assert.deepEqual(await Promise.all(tags.map(again)), [304, 304, 304, 200]);
  const one = await fetch(`${url}/v1/models/${MODEL.id}`);
  assert.deepEqual(await one.json(), card);
  const head = await fetch(`${url}/v1/models`, { method: "HEAD" });
  assert.equal(await head.text(), "");
  assert.equal(head.headers.get("content-length"), String(JSON.stringify({ object: "list", data: [card] }).length));
  await service.close();
});

test("fails with 404 for unknown paths and with 405 for methods that a path does not take", async () => {
  const { url, service, lines } = await serve(new SlowEngine());
  for (const path of ["/", "/v1/chat/completions", "/v1/embeddings/", "/constructor"]) {
    const response = await fetch(url + path);
    assert.equal(response.status, 404, path);
    assert.equal(((await response.json()) as { error: { code: string } }).error.code, "not_found");
  }
  const long = await fetch(`${url}/${"x".repeat(10_000)}`);
  assert.ok((await long.text()).length < 400);
  await until(() => lines.length === 5);
  assert.ok(JSON.stringify(lines[4]).length < 1000);
  const get = await fetch(`${url}/v1/embeddings`);
  assert.deepEqual([get.status, get.headers.get("allow")], [405, "POST"]);
  const post = await fetch(`${url}/v1/models`, { method: "POST", body: "x" });
  assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
  await service.close();
});

test("an unknown model has one error code, wherever it is named", async () => {
  const { url, service } = await serve(new SlowEngine());
  const body = JSON.stringify({ model: "gpt-9", input: "a" });
  const headers = { "content-type": "application/json" };
  for (const answer of [
    await fetch(`${url}/v1/models/gpt-9`),
    await fetch(`${url}/v1/embeddings`, { method: "POST", headers, body }),
  ]) {
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    assert.deepEqual([answer.status, error.code], [404, "model_not_found"]);
    assert.match(error.message, /gpt-9.*this API serves/);
  }
  await service.close();
});

test("OPTIONS names the methods of a path", async () => {
  const { url, service } = await serve(new SlowEngine());
  const options = async (path: string) => {
    const { status, headers } = await fetch(url + path, { method: "OPTIONS" });
    return [status, headers.get("allow")];
  };
  assert.deepEqual(await options("/v1/embeddings"), [204, "POST, OPTIONS"]);
  assert.deepEqual(await options("/v1/models"), [204, "GET, HEAD, OPTIONS"]);
  assert.deepEqual(await options("/nothing"), [404, null]);
  await service.close();
});

test("a request may have as many texts as OpenAI's takes, and no more", async () => {
  const engine = new SlowEngine();
  const { service, embed } = await serve(engine);
  const answer = embed(Array.from({ length: 2048 }, () => "a text of some words"));
  await until(() => service.load.current === 1);
  engine.finish(2048);
  assert.equal((await answer).status, 200);
  const refused = await embed(Array.from({ length: 2049 }, () => "a"));
  const { error } = (await refused.json()) as { error: { code: string; message: string } };
  assert.deepEqual([refused.status, error.code], [400, "too_many_inputs"]);
  await service.close();
});

test("readiness follows the model, the load and the end of the process; life does not", async () => {
  const engine = new SlowEngine();
  engine.isLoaded = false;
  const { url, service, embed, lines } = await serve(engine, { maxConcurrentRequests: 3, readyLoadLimit: 2 });
  assert.deepEqual(await status(`${url}/healthz`), [200, "alive"]);
  assert.deepEqual(await status(`${url}/readyz`), [503, "loading"]);
  engine.isLoaded = true;
  assert.deepEqual(await status(`${url}/readyz`), [200, "ready"]);
  assert.deepEqual(await status(`${url}/ready`), [200, "ready"]);
  const answers = [embed("a"), embed("b")];
  await until(() => service.load.current === 2);
  assert.deepEqual(await status(`${url}/readyz`), [503, "busy"]);
  assert.deepEqual(await status(`${url}/health`), [200, "alive"]);
  engine.finish(2);
  for (const answer of answers) assert.equal((await answer).status, 200);
  await until(() => service.load.current === 0);
  assert.deepEqual(await status(`${url}/readyz`), [200, "ready"]);
  service.load.isDraining = true;
  assert.deepEqual(await status(`${url}/readyz`), [503, "draining"]);
  assert.equal((await fetch(`${url}/healthz`)).headers.get("connection"), "close");
  await until(() => lines.filter(({ severity }) => severity === "DEBUG").length === 9);
  await service.close();
});

test("requests over the limit get 429 at once, and take no turn", async () => {
  const engine = new SlowEngine();
  const { service, embed, lines } = await serve(engine, { maxConcurrentRequests: 4, readyLoadLimit: 4 });
  const all = Array.from({ length: 10 }, () => embed("text"));
  await until(() => lines.length === 6);
  engine.finish(4);
  const answers = await Promise.all(all);
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [...Array(4).fill(200), ...Array(6).fill(429)]);
  const refused = answers.find((answer) => answer.status === 429)!;
  assert.equal(refused.headers.get("retry-after"), "1");
  const { error } = (await refused.json()) as { error: Record<string, unknown> };
  assert.deepEqual([error.code, error.type], ["overloaded", "server_error"]);
  assert.equal(engine.begun, 4);
  assert.equal(lines[0]!.severity, "WARNING");
  assert.equal(lines[0]!["error.type"], "overloaded");
  await until(() => service.load.current === 0);
  await service.close();
});

test("a body that is announced as too large is refused before it is sent, and not waited for", async () => {
  const { service, url } = await serve(new SlowEngine(), { discardSeconds: 0.05 });
  const headers = { "content-type": "application/json", "content-length": String(8 * 1024 * 1024) };
  const call = request(`${url}/v1/embeddings`, { method: "POST", headers });
  call.on("error", () => undefined).flushHeaders();
  const [response] = await once(call, "response");
  assert.equal(response.statusCode, 413);
  // Nothing of it comes, and the connection is not kept for it.
  const cut = once(call, "close");
  response.resume();
  await cut;
  await service.close();
});

test("a client that sends slowly takes no place", async () => {
  const engine = new SlowEngine();
  const { service, url, embed, lines } = await serve(engine, { maxConcurrentRequests: 1 });
  engine.finish(1);
  const headers = { "content-type": "application/json", "content-length": "100" };
  const slow = request(`${url}/v1/embeddings`, { method: "POST", headers });
  slow.on("error", () => undefined).write("{");
  await until(async () => (await promisify(service.server.getConnections).call(service.server)) === 1);
  assert.equal((await embed("text")).status, 200);
  slow.destroy();
  await until(() => lines.length === 2);
  assert.equal((lines[1]!.httpRequest as { status: number }).status, 499);
  assert.equal(service.load.current, 0);
  await service.close();
});

test("requests take turns: a small one does not wait for all of a large one", async () => {
  const engine = new SlowEngine();
  const { service, embed } = await serve(engine);
  const large = embed(Array(10).fill("text"));
  await until(() => engine.begun === 1);
  const small = embed("text");
  await until(() => engine.begun === 2);
  engine.finish(2);
  assert.equal((await small).status, 200);
  assert.ok(engine.begun <= 3);
  engine.finish(10);
  assert.equal((await large).status, 200);
  await service.close();
});

test("a stream brings each vector when it is computed", async () => {
  const engine = new SlowEngine();
  const { service, post, lines } = await serve(engine);
  const opened = post("/v1/embeddings/stream", { model: MODEL.id, input: ["a", "b", "c"] });
  const decoder = new TextDecoder();
  const response = await opened;
  const reader = response.body!.getReader();
  let text = "";
  const readUntil = async (count: number) => {
    while (events(text).length < count) text += decoder.decode((await reader.read()).value);
  };
  for (const index of [0, 1, 2]) {
    await until(() => engine.begun === index + 1);
    assert.equal(events(text).length, index);
    engine.finish(1);
    await readUntil(index + 1);
    assert.equal(JSON.parse(events(text)[index]!).index, index);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await readUntil(5);
  assert.equal(events(text)[4], "[DONE]");
  assert.equal((await reader.read()).done, true);
  await until(() => lines.length === 1);
  const [first, all] = ["time_to_first_token", "request.duration"].map((name) => lines[0]![`gen_ai.server.${name}`]);
  assert.ok((first as number) + 0.018 < (all as number), `${first} ${all}`);
  await service.close();
});

test("the work ends when the client goes away", async () => {
  const engine = new SlowEngine();
  const { service, post, lines } = await serve(engine);
  for (const [at, path] of ["/v1/embeddings", "/v1/embeddings/stream"].entries()) {
    engine.begun = 0;
    const client = new AbortController();
    const answer = post(path, { model: MODEL.id, input: Array(50).fill("text") }, { signal: client.signal });
    const read = answer.then((response) => response.text());
    await until(() => engine.begun === 1);
    engine.finish(1);
    await until(() => engine.begun === 2);
    client.abort();
    await assert.rejects(read, { name: "AbortError" });
    await until(() => service.load.current === 0 && lines.length === at + 1);
    engine.finish(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(engine.begun, 2);
    const line = lines[at]!;
    assert.equal((line.httpRequest as { status: number }).status, 499);
    assert.equal(line["error.type"], "client_closed_request");
    assert.equal(line["app.vectors"], 1);
    assert.equal(line.severity, "INFO");
  }
  await service.close();
});

test("a client that does not read its stream is cut off", async () => {
  const engine = new SlowEngine(200_000);
  const { service, url, lines } = await serve(engine, { streamStallSeconds: 0.1 });
  engine.finish(64);
  const call = request(`${url}/v1/embeddings/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  call.on("response", (response) => response.on("error", () => undefined).pause());
  // 1 MB a vector: together more than the buffers of both sockets hold.
  const body = { model: MODEL.id, input: Array(64).fill("text"), encoding_format: "base64" };
  call.on("error", () => undefined).end(JSON.stringify(body));
  await until(() => lines.length === 1);
  assert.equal((lines[0]!.httpRequest as { status: number }).status, 499);
  assert.ok((lines[0]!["app.vectors"] as number) < 64);
  assert.equal(service.load.current, 0);
  await service.close();
});

test("requests under way are finished before the server closes, later ones are not taken", async () => {
  const engine = new SlowEngine();
  const { service, url, embed, post } = await serve(engine, { drainDelaySeconds: 0.05 });
  const answer = embed("text");
  const stream = post("/v1/embeddings/stream", { model: MODEL.id, input: ["a", "b"] });
  await until(() => engine.begun === 2);
  const closed = service.close();
  assert.deepEqual(await status(`${url}/readyz`), [503, "draining"]);
  await until(() => !service.server.listening);
  await assert.rejects(fetch(`${url}/healthz`));
  engine.finish(3);
  assert.equal((await answer).status, 200);
  assert.equal(events(await (await stream).text()).at(-1), "[DONE]");
  assert.equal(await closed, "finished");
});

test("connections without a request do not hold up the end", async () => {
  const { service, url } = await serve(new SlowEngine());
  const unused = connect(Number(new URL(url).port), "127.0.0.1");
  const ended = once(unused, "close");
  await until(async () => (await promisify(service.server.getConnections).call(service.server)) === 1);
  await (await fetch(`${url}/healthz`)).text();
  assert.equal(await service.close(), "finished");
  unused.resume();
  await ended;
});

test("requests that do not end in time are cut off", async () => {
  const { service, embed } = await serve(new SlowEngine(), { shutdownSeconds: 0.05 });
  const answer = embed("text");
  await until(() => service.load.current === 1);
  assert.equal(await service.close(), "cut off");
  await assert.rejects(answer);
});
