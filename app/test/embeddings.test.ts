import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Worker } from "node:worker_threads";
import { WorkerEngine } from "../src/engine.js";
import { events, MODEL, MODEL_DIR, serve, type TestServer, until } from "./support.js";

let engine: WorkerEngine;
let server: TestServer;

before(async () => {
  engine = new WorkerEngine(MODEL_DIR, 1);
  server = await serve(engine, { maxBodyBytes: 64 * 1024, maxInputs: 16, project: "demo" });
});

after(async () => {
  await server.service.close();
  await engine.close();
});

interface Answer {
  readonly object: string;
  readonly model: string;
  readonly data: { object: string; index: number; embedding: number[] }[];
  readonly usage: { prompt_tokens: number; total_tokens: number };
}

const answer = async (response: Promise<Response>): Promise<Answer> => {
  const { status } = await response;
  assert.equal(status, 200);
  return (await (await response).json()) as Answer;
};

const cosine = (a: number[], b: number[]): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0);

test("texts of like meaning have like vectors, as the original model gives them", async () => {
  const { data, usage, model, object } = await answer(
    server.embed([
      "A man is eating food.",
      "A man is eating a piece of bread.",
      "A cheetah is running behind its prey.",
    ]),
  );
  assert.equal(object, "list");
  assert.equal(model, "all-MiniLM-L6-v2");
  assert.deepEqual(
    data.map(({ object, index, embedding }) => [object, index, embedding.length]),
    [0, 1, 2].map((index) => ["embedding", index, 384]),
  );
  const [food, bread, cheetah] = data.map(({ embedding }) => embedding) as [number[], number[], number[]];
  assert.ok(Math.abs(cosine(food, food) - 1) < 1e-6);
  // As the original's 32-bit weights give them; these are 8-bit.
  assert.ok(Math.abs(cosine(food, bread) - 0.7553) < 0.01, String(cosine(food, bread)));
  assert.ok(Math.abs(cosine(food, cheetah) - 0.1419) < 0.01, String(cosine(food, cheetah)));
  assert.deepEqual(usage, { prompt_tokens: 8 + 11 + 12, total_tokens: 31 });
});

test("a vector does not depend on the inputs beside it, nor on the encoding", async () => {
  const alone = (await answer(server.embed("one text"))).data[0]!.embedding;
  const among = (await answer(server.embed(["another, longer text of more words", "one text"]))).data[1]!.embedding;
  assert.deepEqual(among, alone);
  const packed = (await answer(server.embed("one text", { encoding_format: "base64" }))).data[0] as unknown as {
    embedding: string;
  };
  const bytes = Buffer.from(packed.embedding, "base64");
  const unpacked = Array.from({ length: 384 }, (_, index) => bytes.readFloatLE(index * 4));
  assert.deepEqual(unpacked, alone.map(Math.fround));
});

test("what OpenAI's clients send besides is taken", async () => {
  await answer(server.embed("text", { dimensions: 384, user: "someone", encoding_format: "float" }));
  const body = JSON.stringify({ model: MODEL.id, input: "text" }).padEnd(64 * 1024);
  await answer(server.embed("", {}, { body }));
  const charset = { headers: { "content-type": "application/json; charset=utf-8" } };
  await answer(server.embed("text", {}, charset));
});

test("a stream brings the same vectors, then the usage, then its end", async () => {
  const input = ["one text", "another text"];
  const whole = await answer(server.embed(input));
  const response = await server.post("/v1/embeddings/stream", { model: MODEL.id, input });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "no-store, no-transform");
  assert.equal(response.headers.get("x-accel-buffering"), "no");
  const data = events(await response.text());
  assert.equal(data.pop(), "[DONE]");
  const [first, second, end, ...others] = data.map((event) => JSON.parse(event));
  assert.deepEqual([first, second], whole.data);
  assert.deepEqual(end, { ...whole, data: [] });
  assert.deepEqual(others, []);
});

test("an inference thread that ends is the end of the engine", async () => {
  const ending = new WorkerEngine(MODEL_DIR, 1);
  await ending.loaded;
  await (Reflect.get(ending, "worker") as Worker).terminate();
  await assert.rejects(ending.failure, /the inference thread ended with code 1/);
  await assert.rejects(ending.embed([101, 102]), /the inference thread ended/);
});

test("a log line tells what Cloud Logging and OpenTelemetry name, and nothing of the text", async () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const response = await server.post(
    "/v1/embeddings/stream?key=1",
    { model: MODEL.id, input: ["a secret", "text"], encoding_format: "base64" },
    {
      headers: {
        "content-type": "application/json",
        traceparent: `00-${trace}-b7ad6b7169203331-01`,
        "user-agent": "tests",
      },
    },
  );
  await response.text();
  const id = response.headers.get("x-request-id");
  const find = () =>
    server.lines.find(
      (line) => JSON.stringify(line["logging.googleapis.com/labels"]) === JSON.stringify({ request_id: id }),
    );
  await until(() => find() !== undefined);
  const line = find()!;
  const http = line.httpRequest as Record<string, unknown>;
  assert.match(String(http.latency), /^\d+(\.\d+)?s$/);
  const duration = line["gen_ai.server.request.duration"] as number;
  const first = line["gen_ai.server.time_to_first_token"] as number;
  assert.ok(first > 0 && first < duration && duration < 10, `${first} ${duration}`);
  assert.ok(!Number.isNaN(Date.parse(String(line.time))));
  assert.deepEqual(
    {
      ...line,
      time: 0,
      httpRequest: { ...http, latency: 0 },
      "gen_ai.server.request.duration": 0,
      "gen_ai.server.time_to_first_token": 0,
    },
    {
      severity: "INFO",
      time: 0,
      message: "POST /v1/embeddings/stream 200",
      "logging.googleapis.com/trace": `projects/demo/traces/${trace}`,
      "logging.googleapis.com/spanId": "b7ad6b7169203331",
      "logging.googleapis.com/trace_sampled": true,
      "logging.googleapis.com/labels": { request_id: id },
      httpRequest: {
        requestMethod: "POST",
        requestUrl: "/v1/embeddings/stream",
        status: 200,
        latency: 0,
        protocol: "HTTP/1.1",
        requestSize: "83",
        userAgent: "tests",
      },
      "gen_ai.operation.name": "embeddings",
      "gen_ai.provider.name": "onnxruntime",
      "gen_ai.request.stream": true,
      "gen_ai.request.model": MODEL.id,
      "gen_ai.response.model": MODEL.id,
      "gen_ai.request.encoding_formats": ["base64"],
      "gen_ai.embeddings.dimension.count": 384,
      "gen_ai.usage.input_tokens": 7,
      "gen_ai.server.time_to_first_token": 0,
      "gen_ai.server.request.duration": 0,
      "app.inputs": 2,
      "app.vectors": 2,
    },
  );
});

const refused: [string, Parameters<TestServer["embed"]>, number, string, string | null][] = [
  ["no model", ["text", { model: undefined }], 400, "missing_required_parameter", "model"],
  ["another model", ["text", { model: "text-embedding-3-small" }], 404, "model_not_found", "model"],
  ["no input", [undefined], 400, "missing_required_parameter", "input"],
  ["an object as input", [{}], 400, "invalid_type", "input"],
  ["token numbers", [[1, 2, 3]], 400, "invalid_type", "input"],
  ["arrays of token numbers", [[[1, 2], [3]]], 400, "invalid_type", "input"],
  ["no text at all", [[]], 400, "invalid_value", "input"],
  ["an empty text", [["text", ""]], 400, "invalid_value", "input[1]"],
  ["null among the texts", [["text", null]], 400, "invalid_type", "input[1]"],
  ["too many texts", [Array(17).fill("text")], 400, "too_many_inputs", "input"],
  ["too many tokens", [["text", "word ".repeat(255)]], 400, "context_length_exceeded", "input[1]"],
  ["too many characters", ["x".repeat(8193)], 400, "context_length_exceeded", "input[0]"],
  ["fewer dimensions", ["text", { dimensions: 128 }], 400, "invalid_value", "dimensions"],
  ["an unknown encoding", ["text", { encoding_format: "int8" }], 400, "invalid_value", "encoding_format"],
  ["a user that is no string", ["text", { user: 7 }], 400, "invalid_type", "user"],
  ["a stream on the wrong path", ["text", { stream: true }], 400, "unknown_parameter", "stream"],
  ["an unknown field", ["text", { truncate: true }], 400, "unknown_parameter", "truncate"],
  ["__proto__", ["text", {}, { body: '{"__proto__": {"input": "a"}}' }], 400, "unknown_parameter", "__proto__"],
  ["text that is no JSON", ["text", {}, { body: '{"input": ' }], 400, "invalid_json", null],
  ["JSON that is no object", ["text", {}, { body: "[1]" }], 400, "invalid_type", null],
  ["bytes that are no UTF-8", ["text", {}, { body: Buffer.from([0x22, 0xff, 0x22]) }], 400, "invalid_encoding", null],
  [
    "a form",
    ["text", {}, { headers: { "content-type": "application/x-www-form-urlencoded" } }],
    415,
    "unsupported_media_type",
    null,
  ],
  [
    "a compressed body",
    ["text", {}, { headers: { "content-type": "application/json", "content-encoding": "gzip" } }],
    415,
    "unsupported_content_encoding",
    null,
  ],
  ["a large body", ["text", {}, { body: "x".repeat(4 * 1024 * 1024) }], 413, "body_too_large", null],
  [
    "a large body of unknown length",
    ["text", {}, { body: new Blob(["x".repeat(100_000)]).stream(), duplex: "half" } as RequestInit],
    413,
    "body_too_large",
    null,
  ],
];

for (const [title, parameters, status, code, param] of refused) {
  test(`fails with ${status} for ${title}`, async () => {
    const response = await server.embed(...parameters);
    const { error } = (await response.json()) as { error: Record<string, string> };
    assert.deepEqual(
      { status: response.status, code: error.code, param: error.param, type: error.type },
      { status, code, param, type: "invalid_request_error" },
    );
    assert.ok((error.message ?? "").length > 10);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.ok(response.headers.get("x-request-id"));
  });
}

test("as many tokens as the model takes are taken", async () => {
  const { usage } = await answer(server.embed("word ".repeat(254)));
  assert.equal(usage.prompt_tokens, 256);
});

test("half a character, which JSON can hold, does no harm", async () => {
  const { usage } = await answer(
    server.embed("", {}, { body: `{"model": "${MODEL.id}", "input": ["\\ud800 a", "\\u0000"]}` }),
  );
  assert.ok(usage.prompt_tokens > 4);
});

test("a stream refuses an input that is too long before it begins", async () => {
  const response = await server.post("/v1/embeddings/stream", {
    model: MODEL.id,
    input: ["text", "word ".repeat(300)],
  });
  assert.equal(response.status, 400);
  const { error } = (await response.json()) as { error: { message: string } };
  assert.equal(error.message, "input[1] has 302 tokens, and all-MiniLM-L6-v2 takes 256: split it");
});

test("the model's own failure is an error of the server, told in the log only", async () => {
  const failing = await serve({
    isLoaded: true,
    tokenize: async () => [[1]],
    embed: () => Promise.reject(new Error("inner")),
  });
  const response = await failing.embed("text");
  assert.equal(response.status, 500);
  const text = await response.text();
  assert.ok(!text.includes("inner") && text.includes('"type":"server_error"'), text);
  const stream = await failing.post("/v1/embeddings/stream", { model: MODEL.id, input: "text" });
  assert.match(
    await stream.text(),
    /^data: \{"error":\{"message":"the server failed.*"code":"internal_error"\}\}\n\n$/,
  );
  await until(() => failing.lines.length === 2);
  for (const line of failing.lines) {
    assert.equal(line.severity, "ERROR");
    assert.equal(line["error.type"], "internal_error");
    assert.match(String(line.stack_trace), /^Error: inner\n/);
  }
  await failing.service.close();
});
