import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { BatchIntake } from "../src/batch.js";
import { readConfig } from "../src/config.js";
import type { Engine } from "../src/engine.js";
import { GoogleApi, GoogleApiError } from "../src/google-api.js";
import { Processor } from "../src/processor.js";
import { Storage } from "../src/storage.js";
import { StorageServer, type TestObject } from "./storage-server.js";
import { MODEL, MODEL_DIR, SlowEngine, serve, type TestServer, until } from "./support.js";

const SETTINGS = {
  REGION: "europe-west4",
  INGEST_BUCKET: "ingest",
  RESULTS_BUCKET: "results",
  WORKER_MODE: "push",
  MAX_DOCUMENT_BYTES: "20000",
  MAX_DOCUMENT_LINES: "50",
  DOCUMENTS_AT_ONCE: "2",
};
const { pipeline } = readConfig(SETTINGS, MODEL_DIR);
assert.ok(pipeline);

let cloud: StorageServer;
let storage: Storage;
let engine: SlowEngine;
let server: TestServer;

before(async () => {
  cloud = new StorageServer();
  storage = new Storage(new GoogleApi({ STORAGE_EMULATOR_HOST: await cloud.start() }));
});

after(() => cloud.stop());

const start = async (model: Engine): Promise<TestServer> =>
  serve(
    model,
    {},
    { processor: new Processor(pipeline, MODEL, model, storage), intake: new BatchIntake(pipeline, MODEL, storage) },
  );

beforeEach(async () => {
  cloud.objects.clear();
  cloud.requests.length = 0;
  engine = new SlowEngine();
  engine.finish(1000);
  server = await start(engine);
});

afterEach(() => server.service.close());

const push = (attributes: object, to = server) =>
  to.post("/process", {
    message: { attributes, data: "", messageId: "7", publishTime: "2026-11-28T00:00:00Z" },
    subscription: "projects/p/subscriptions/s",
    deliveryAttempt: 2,
  });

const arrival = (objectId: string, objectGeneration: string) => ({
  eventType: "OBJECT_FINALIZE",
  bucketId: "ingest",
  objectId,
  objectGeneration,
});

/** Puts a document into the bucket and pushes its notification. */
const arrive = async (name: string, content: string | Buffer, contentType = "") =>
  (await push(arrival(name, cloud.put(`ingest/${name}`, content, contentType)))).status;

const results = (name: string): TestObject => {
  const object = cloud.objects.get(`results/europe-west4/${name}.results.jsonl`);
  assert.ok(object, `${name} has results: ${[...cloud.objects.keys()]}`);
  return object;
};

const rows = (name: string) =>
  results(name)
    .content.toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { index: number; embedding?: number[]; error?: { code: string } });

test("each line of a document has a line in the results, an embedding or an error", async () => {
  const lines = ["one", "", "two", "w".repeat(300), "x".repeat(9000)];
  assert.equal(await arrive("in/a.b.txt", `${lines.join("\r\n")}\n`), 204);
  assert.deepEqual(
    rows("in/a.b").map(({ index, embedding, error }) => [index, embedding?.length ?? error?.code]),
    [
      [0, MODEL.dimensions],
      [1, "invalid_value"],
      [2, MODEL.dimensions],
      [3, "context_length_exceeded"],
      [4, "context_length_exceeded"],
    ],
  );
  const { metadata, contentType } = results("in/a.b");
  assert.equal(contentType, "application/jsonl");
  assert.deepEqual(metadata, {
    "input-object": "in/a.b.txt",
    "input-generation": cloud.objects.get("ingest/in/a.b.txt")?.generation,
    model: MODEL.id,
    region: "europe-west4",
    lines: "5",
    "line-errors": "3",
  });
});

test("JSON lines are read by their field, and the content type decides where the name does not", async () => {
  assert.equal(await arrive("a.jsonl", '{"text": "one"}\n{"other": "two"}\n{"text": 3}\n["text"]\n{'), 204);
  assert.deepEqual(
    rows("a").map(({ error }) => error?.code),
    [undefined, "missing_required_parameter", "invalid_type", "missing_required_parameter", "invalid_json"],
  );
  assert.equal(await arrive("export", '{"text": "one"}', "application/x-ndjson; charset=utf-8"), 204);
  assert.equal(await arrive("notes", "one", "text/plain"), 204);
  assert.equal(rows("export").length + rows("notes").length, 2);
});

test("a message that comes again finds the results, one after the other and at once", async () => {
  const generation = cloud.put("ingest/a.txt", "one\ntwo");
  const both = await Promise.all([push(arrival("a.txt", generation)), push(arrival("a.txt", generation))]);
  assert.deepEqual(
    both.map(({ status }) => status),
    [204, 204],
  );
  assert.equal((await push(arrival("a.txt", generation))).status, 204);
  assert.equal(engine.begun, 2);
  assert.equal(cloud.writes().length, 1);
  await until(() => server.lines.length === 3);
  assert.deepEqual(server.lines.map((line) => line["app.outcome"]).sort(), ["done", "duplicate", "duplicate"]);
});

test("a document that is replaced replaces its results, and its earlier message does not", async () => {
  const earlier = cloud.put("ingest/a.txt", "one");
  assert.equal((await push(arrival("a.txt", earlier))).status, 204);
  assert.equal(await arrive("a.txt", "one\ntwo"), 204);
  assert.equal(rows("a").length, 2);
  assert.equal((await push(arrival("a.txt", earlier))).status, 204);
  assert.equal(rows("a").length, 2);
  await until(() => server.lines.length === 3);
  assert.equal(server.lines[2]?.["app.outcome"], "stale");
});

test("results written meanwhile by another worker stay", async () => {
  const generation = cloud.put("ingest/a.txt", "one");
  engine = new SlowEngine();
  const slow = await start(engine);
  const answer = push(arrival("a.txt", generation), slow);
  await until(() => engine.begun === 1);
  const theirs = cloud.put("results/europe-west4/a.results.jsonl", "theirs", "application/jsonl", {
    "input-object": "a.txt",
    "input-generation": generation,
  });
  engine.finish(1);
  assert.equal((await answer).status, 204);
  assert.equal(results("a").generation, theirs);
  await slow.service.close();
});

test("what needs no processing is acknowledged", async () => {
  const cases: [object, string][] = [
    [{ ...arrival("a.txt", "1"), eventType: "OBJECT_DELETE" }, "ignored"],
    [arrival("folder/", "1"), "ignored"],
    [arrival("deleted.txt", "1"), "gone"],
  ];
  for (const [attributes, outcome] of cases) {
    assert.equal((await push(attributes)).status, 204);
    await until(() => server.lines.at(-1)?.["app.outcome"] === outcome);
    assert.equal(server.lines.at(-1)?.severity, outcome === "gone" ? "WARNING" : "INFO");
  }
  assert.deepEqual(cloud.writes(), []);
});

const poison: [title: string, name: string, content: string | Buffer, type: string, status: number, code: string][] = [
  ["bytes that are no UTF-8", "a.txt", Buffer.from([0x61, 0xff]), "", 400, "invalid_encoding"],
  ["an image", "a.png", "x", "image/png", 415, "unsupported_document"],
  ["a document without lines", "a.txt", "", "", 400, "empty_document"],
  ["a document none of whose lines can be read", "a.jsonl", "{\n{", "", 400, "unreadable_document"],
  ["too many lines", "a.txt", "a\n".repeat(51), "", 413, "too_many_lines"],
  ["too many bytes", "a.txt", "a".repeat(20_001), "", 413, "document_too_large"],
];

for (const [title, name, content, type, status, code] of poison) {
  test(`fails with ${status} for ${title}, and writes nothing`, async () => {
    const response = await push(arrival(name, cloud.put(`ingest/${name}`, content, type)));
    const { error } = (await response.json()) as { error: { code: string } };
    assert.deepEqual([response.status, error.code], [status, code]);
    assert.deepEqual(cloud.writes(), []);
    await until(() => server.lines.length === 1);
    assert.equal(server.lines[0]?.severity, "WARNING");
    assert.equal(server.lines[0]?.["error.type"], code);
  });
}

for (const [title, attributes, param] of [
  ["a message that is no notification", {}, "eventType"],
  ["another bucket", { ...arrival("a.txt", "1"), bucketId: "others" }, "bucketId"],
  ["a notification without an object", { ...arrival("", "1") }, "objectId"],
  ["a generation that is none", arrival("a.txt", "1 or 2"), "objectGeneration"],
] as const) {
  test(`fails with 400 for ${title}`, async () => {
    const response = await push(attributes);
    const { error } = (await response.json()) as { error: { code: string; param: string } };
    assert.deepEqual([response.status, error.code, error.param], [400, "invalid_message", param]);
    assert.deepEqual(cloud.requests, []);
  });
}

test("fails with 400 for a body that is no push", async () => {
  for (const body of ["[]", "{}", '{"message": {}}']) {
    assert.equal((await server.post("/process", body)).status, 400, body);
  }
});

test("fails with 409 for a document whose results would be another's", async () => {
  assert.equal(await arrive("a.txt", "one"), 204);
  assert.equal(await arrive("a.jsonl", '{"text": "one"}'), 409);
  assert.equal(results("a").metadata["input-object"], "a.txt");
});

test("a failure within a document writes nothing, and the next delivery brings all lines", async () => {
  let isFailing = true;
  const failing = await start({
    isLoaded: true,
    tokenize: (texts) => engine.tokenize(texts),
    embed: async (ids) => {
      if (isFailing && ids.length === 3) throw new Error("inner");
      return engine.embed();
    },
  });
  const generation = cloud.put("ingest/a.txt", "a\nbb\nccc");
  assert.equal((await push(arrival("a.txt", generation), failing)).status, 500);
  assert.deepEqual(cloud.writes(), []);
  isFailing = false;
  assert.equal((await push(arrival("a.txt", generation), failing)).status, 204);
  assert.equal(rows("a").length, 3);
  await failing.service.close();
});

test("Cloud Storage is asked again where that helps, and not where it does not", async () => {
  const generation = cloud.put("ingest/a.txt", "one");
  cloud.failures.push(503, 429);
  assert.equal((await push(arrival("a.txt", generation))).status, 204);
  assert.equal(rows("a").length, 1);
  cloud.requests.length = 0;
  cloud.failures.push(403);
  assert.equal(await arrive("b.txt", "one"), 500);
  assert.equal(cloud.requests.length, 1);
  await until(() => server.lines.length === 2);
  assert.match(String(server.lines[1]?.stack_trace), /results\.jsonl\?fields=.*: 403 as the test wants/);
});

test("an object's name is kept, whatever is in it", async () => {
  const name = "Ordner ü/50% & #1?.txt";
  assert.equal(await arrive(name, "one"), 204);
  assert.equal(results("Ordner ü/50% & #1?").metadata["input-object"], name);
});

test("so many documents are in memory at once, the others wait and are not refused", async () => {
  engine = new SlowEngine();
  const slow = await start(engine);
  const answers = [1, 2, 3].map((at) => push(arrival(`${at}.txt`, cloud.put(`ingest/${at}.txt`, "one")), slow));
  await until(() => engine.begun === 2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(engine.begun, 2);
  engine.finish(3);
  assert.deepEqual(await Promise.all(answers.map(async (answer) => (await answer).status)), [204, 204, 204]);
  await slow.service.close();
});

test("a log line names message, document and the metrics of inference, and nothing of the text", async () => {
  const generation = cloud.put("ingest/a.jsonl", '{"text": "a secret"}\n{"secret": 1}');
  await push(arrival("a.jsonl", generation));
  await until(() => server.lines.length === 1);
  const [line = {}] = server.lines;
  assert.ok(!JSON.stringify(line).includes("secret"));
  const { severity, time, message, httpRequest, "logging.googleapis.com/labels": labels, ...metrics } = line;
  assert.deepEqual([severity, message], ["INFO", "POST /process 204"]);
  assert.deepEqual(
    { ...metrics, "gen_ai.server.time_to_first_token": 0, "gen_ai.server.request.duration": 0 },
    {
      "messaging.system": "gcp_pubsub",
      "messaging.message.id": "7",
      "messaging.gcp_pubsub.message.delivery_attempt": 2,
      "app.document": `gs://ingest/a.jsonl#${generation}`,
      "app.results": "gs://results/europe-west4/a.results.jsonl",
      "app.outcome": "done",
      "gen_ai.operation.name": "embeddings",
      "gen_ai.provider.name": "onnxruntime",
      "gen_ai.request.model": MODEL.id,
      "gen_ai.response.model": MODEL.id,
      "gen_ai.embeddings.dimension.count": 384,
      "gen_ai.usage.input_tokens": 8,
      "gen_ai.server.time_to_first_token": 0,
      "gen_ai.server.request.duration": 0,
      "app.inputs": 2,
      "app.vectors": 1,
      "app.line_errors": 1,
    },
  );
});

test("a batch is stored as JSON lines where its region's worker finds it", async () => {
  const send = async (body: string, type: string) => {
    const response = await server.post("/v1/batch", body, { headers: { "content-type": type } });
    assert.equal(response.status, 202);
    const batch = (await response.json()) as Record<string, string>;
    assert.deepEqual(batch, {
      id: batch.id,
      region: "europe-west4",
      input: `gs://ingest/batches/${batch.id}.jsonl`,
      output: `gs://results/europe-west4/batches/${batch.id}.results.jsonl`,
    });
    const object = cloud.objects.get(`ingest/batches/${batch.id}.jsonl`);
    assert.equal(object?.contentType, "application/jsonl");
    return { object, name: `batches/${batch.id}` };
  };
  const jsonl = '{"text": "one", "id": 7}\n{"text": "two"}';
  const first = await send(jsonl, "application/jsonl");
  assert.equal(first.object?.content.toString(), jsonl);
  const second = await send('one\n"two"\n', "text/plain; charset=utf-8");
  assert.equal(second.object?.content.toString(), '{"text":"one"}\n{"text":"\\"two\\""}\n');
  assert.equal((await push(arrival(`${second.name}.jsonl`, second.object?.generation ?? ""))).status, 204);
  assert.equal(rows(second.name).length, 2);
});

for (const [title, body, type, status, code] of [
  ["JSON", "{}", "application/json", 415, "unsupported_media_type"],
  ["a line that has no text", '{"text": "one"}\n{}', "application/jsonl", 400, "missing_required_parameter"],
  ["an empty line", "one\n\ntwo", "text/plain", 400, "invalid_value"],
  ["no line", "", "text/plain", 400, "empty_document"],
  ["too many lines", "a\n".repeat(51), "text/plain", 413, "too_many_lines"],
  ["a large body", "a".repeat(20_001), "text/plain", 413, "body_too_large"],
] as const) {
  test(`fails with ${status} for a batch that is ${title}`, async () => {
    const response = await server.post("/v1/batch", body, { headers: { "content-type": type } });
    const { error } = (await response.json()) as { error: { code: string } };
    assert.deepEqual([response.status, error.code], [status, code]);
    assert.deepEqual(cloud.requests, []);
  });
}

test("fails with 404 where the process has no part in a pipeline", async () => {
  const plain = await serve(engine);
  for (const path of ["/v1/batch", "/process"]) assert.equal((await plain.post(path, {})).status, 404);
  await plain.service.close();
});

test("outside emulators, the service account's token goes along and is renewed", async () => {
  const metadata = new StorageServer();
  const api = new GoogleApi({ GCE_METADATA_HOST: await metadata.start(), PUBSUB_EMULATOR_HOST: "localhost:1" });
  assert.equal(api.storageUrl, "https://storage.googleapis.com");
  assert.equal(new GoogleApi({ REGION: "europe-west1" }).pubsubUrl, "https://europe-west1-pubsub.googleapis.com");
  assert.equal(new GoogleApi({}).pubsubUrl, "https://pubsub.googleapis.com");
  const other = new StorageServer();
  const url = `http://${await other.start()}/storage/v1/b/b/o/o`;
  other.put("b/o", "");
  await api.call("GET", url, {});
  other.failures.push(401);
  await api.call("GET", url, {});
  assert.deepEqual(
    other.requests.map(({ authorization }) => authorization),
    ["Bearer token-1", "Bearer token-1", "Bearer token-2"],
  );
  await assert.rejects(
    api.call("GET", `${url}x`, {}),
    (error) => error instanceof GoogleApiError && error.status === 404,
  );
  other.stop();
  metadata.stop();
});
