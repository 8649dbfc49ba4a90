import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { MODEL } from "../test/support.js";
import { type DeadLetter, PROJECT, type StoredObject, TestPubSub, TestStorage } from "./cloud.js";
import { missing, type Parts, startParts } from "./parts.js";
import { Worker } from "./worker.js";

/** In each of the two regions. */
const DOCUMENTS = 500;
/** Of those in Europe, as many arrive through POST /v1/batch. */
const BATCHES = 100;
const RESULTS = "results";

interface Region {
  readonly name: string;
  readonly mode: "push" | "pull";
  readonly ingest: string;
  readonly topic: string;
}

const region = (name: string, mode: "push" | "pull"): Region => ({
  name,
  mode,
  ingest: `ingest-${name}`,
  topic: `documents-${name}`,
});
const EUROPE = region("europe-west1", "push");
const ASIA = region("asia-northeast1", "pull");

/** Documents that no attempt can process. */
const POISON: readonly [name: string, content: string | Buffer, contentType: string][] = [
  ["latin1.txt", Buffer.from([0x63, 0x61, 0x66, 0xe9]), "text/plain"],
  ["photo.jpg", Buffer.from([0xff, 0xd8, 0xff, 0xe0]), "image/jpeg"],
  ["broken.jsonl", '{"text": "a\n{"text": "b\n', "application/jsonl"],
  ["other-field.jsonl", '{"body": "a"}\n', "application/jsonl"],
  ["empty.txt", "", "text/plain"],
  ["long.txt", "a\n".repeat(1001), "text/plain"],
  ["large.txt", "a".repeat(70_000), "text/plain"],
];

const notification = (bucketId: string, objectId: string, objectGeneration: string) => ({
  attributes: {
    bucketId,
    objectId,
    objectGeneration,
    eventType: "OBJECT_FINALIZE",
    payloadFormat: "JSON_API_V1",
    notificationConfig: `projects/_/buckets/${bucketId}/notificationConfigs/1`,
    eventTime: new Date().toISOString(),
  },
});

interface RegionsLetter extends DeadLetter {
  readonly region: string;
}

const letterName = ({ region, attributes }: RegionsLetter) =>
  `${region} ${attributes.poison ?? attributes.objectId?.replace("poison/", "")}`;

let parts: Parts;
const workers: Worker[] = [];

before(async () => {
  parts = await startParts({ pubsub: true });
});

after(async () => {
  if (process.env.E2E_LOG) {
    writeFileSync(
      process.env.E2E_LOG,
      workers.flatMap(({ lines }) => lines.map((line) => JSON.stringify(line))).join("\n"),
    );
  }
  for (const worker of workers) await worker.kill("SIGKILL");
  await parts.stop();
});

test("documents of two regions are processed once, in their own region, or end in its dead letters", async (t) => {
  const { pubsub, storage } = parts;
  if ("missing" in pubsub || "missing" in storage) {
    t.skip(missing(pubsub, storage));
    return;
  }
  const cloud = { storage: new TestStorage(storage.url), pubsub: new TestPubSub(pubsub.url) };
  const startWorker = ({ name, mode, ingest, topic }: Region): Worker => {
    const worker = new Worker({
      PORT: "0",
      REGION: name,
      GOOGLE_CLOUD_PROJECT: PROJECT,
      INGEST_BUCKET: ingest,
      RESULTS_BUCKET: RESULTS,
      WORKER_MODE: mode,
      SUBSCRIPTION: `projects/${PROJECT}/subscriptions/${topic}`,
      MAX_DOCUMENT_LINES: "1000",
      MAX_DOCUMENT_BYTES: "65536",
      LEASE_SECONDS: "10",
      PUBSUB_EMULATOR_HOST: pubsub.url.slice("http://".length),
      STORAGE_EMULATOR_HOST: storage.url,
    });
    workers.push(worker);
    return worker;
  };

  await cloud.storage.createBucket(RESULTS);
  const europe = startWorker(EUROPE);
  for (const { ingest } of [EUROPE, ASIA]) await cloud.storage.createBucket(ingest);
  await cloud.pubsub.createPipeline(EUROPE.topic, `${await europe.url}/process`);
  await cloud.pubsub.createPipeline(ASIA.topic);
  for (const { ingest, topic } of [EUROPE, ASIA]) await cloud.storage.notify(ingest, topic);
  const asiaBefore = startWorker(ASIA);
  await asiaBefore.url;

  const startedAt = Date.now();
  const generations = new Map<string, string>();
  const expectedPoison: string[] = [];
  const uploads: (() => Promise<void>)[] = [];
  for (const { name, ingest, topic } of [EUROPE, ASIA]) {
    for (let at = 0; at < DOCUMENTS; at++) {
      if (name === EUROPE.name && at < BATCHES) continue;
      const isText = at % 2 === 0;
      const object = `${at % 10}/${at}.${isText ? "txt" : "jsonl"}`;
      const lines = [`document ${at} of ${name}`, "a second line"];
      const content = isText ? lines.join("\n") : lines.map((text) => `${JSON.stringify({ text })}\n`).join("");
      uploads.push(async () => {
        const generation = await cloud.storage.put(
          ingest,
          object,
          content,
          isText ? "text/plain" : "application/jsonl",
        );
        generations.set(`${name}/${object}`, generation);
        // Pub/Sub delivers at least once.
        if (at % 5 === 0) {
          const again = notification(ingest, object, generation);
          await cloud.pubsub.publish(topic, at % 10 === 0 ? [again, again] : [again]);
        }
      });
    }
    for (const [object, content, type] of POISON) {
      expectedPoison.push(`${name} ${object}`);
      uploads.push(async () => void (await cloud.storage.put(ingest, `poison/${object}`, content, type)));
    }
    expectedPoison.push(`${name} no notification`, `${name} another bucket`);
    uploads.push(() =>
      cloud.pubsub.publish(topic, [
        { attributes: { poison: "no notification" } },
        {
          attributes: {
            ...notification("bucket-of-others", "0/0.txt", "1").attributes,
            poison: "another bucket",
          },
        },
      ]),
    );
  }
  const batches: string[] = [];
  for (let at = 0; at < BATCHES; at++) {
    uploads.push(async () => {
      const isText = at % 2 === 0;
      const answer = await fetch(`${await europe.url}/v1/batch`, {
        method: "POST",
        headers: { "content-type": isText ? "text/plain" : "application/jsonl" },
        body: isText ? `batch ${at}\nits second line` : `{"text": "batch ${at}"}\n{"text": "its second line"}\n`,
      });
      assert.equal(answer.status, 202, await answer.clone().text());
      const batch = (await answer.json()) as Record<string, string>;
      assert.deepEqual(batch, {
        id: batch.id,
        region: EUROPE.name,
        input: `gs://${EUROPE.ingest}/batches/${batch.id}.jsonl`,
        output: `gs://${RESULTS}/${EUROPE.name}/batches/${batch.id}.results.jsonl`,
      });
      batches.push(`batches/${batch.id}`);
    });
  }
  // Mixed, so that poison and batches come all the time.
  const order = uploads.map((_, index) => uploads[(index * 7919) % uploads.length] as () => Promise<void>);
  const uploading = Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let next = order.pop(); next !== undefined; next = order.pop()) await next();
    }),
  );

  const doneBy = (worker: Worker) => worker.lines.filter((line) => line["app.outcome"] === "done").length;
  const deadline = Date.now() + 240_000;
  const waitFor = async (what: () => string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`not in time: ${what()}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  await waitFor(
    () => `${doneBy(asiaBefore)} documents before the kill`,
    () => doneBy(asiaBefore) >= DOCUMENTS / 3,
  );
  assert.equal(await asiaBefore.kill("SIGKILL"), null);
  const europeAtKill = doneBy(europe);
  const asiaAtKill = doneBy(asiaBefore);
  // The other region goes on by itself.
  await waitFor(
    () => `${doneBy(europe)} documents in Europe without Asia`,
    () => doneBy(europe) >= Math.min(DOCUMENTS, europeAtKill + 100),
  );
  const asiaNext = startWorker(ASIA);
  await waitFor(
    () => `${doneBy(asiaNext)} documents before SIGTERM`,
    () => doneBy(asiaNext) >= 50,
  );
  assert.equal(await asiaNext.kill("SIGTERM"), 0, "a worker ends in the midst of documents without an error");
  const asia = startWorker(ASIA);
  await uploading;

  const dead: RegionsLetter[] = [];
  let results: StoredObject[] = [];
  const soFar = () =>
    `${results.length} of ${2 * DOCUMENTS} results, dead letters ${JSON.stringify(dead.map(letterName).sort())}`;
  await waitFor(soFar, async () => {
    for (const { name, topic } of [EUROPE, ASIA]) {
      dead.push(...(await cloud.pubsub.takeDeadLetters(topic)).map((letter) => ({ ...letter, region: name })));
    }
    results = await cloud.storage.list(RESULTS);
    return dead.length >= expectedPoison.length && results.length >= 2 * DOCUMENTS;
  });
  const seconds = (Date.now() - startedAt) / 1000;
  // What comes again too often, or too much, would come now.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  for (const { name, topic } of [EUROPE, ASIA]) {
    dead.push(...(await cloud.pubsub.takeDeadLetters(topic)).map((letter) => ({ ...letter, region: name })));
  }

  results = await cloud.storage.list(RESULTS);
  const expected = [...generations.keys()].map((name) => name.replace(/\.[a-z]+$/, ".results.jsonl"));
  expected.push(...batches.map((name) => `${EUROPE.name}/${name}.results.jsonl`));
  assert.equal(expected.length, 2 * DOCUMENTS);
  assert.deepEqual(results.map(({ name }) => name).sort(), expected.sort(), "each good document has results, no other");
  for (const { name, metadata = {} } of results) {
    const input = `${metadata.region}/${metadata["input-object"]}`;
    assert.ok(name.startsWith(`${metadata.region}/`), "results are those of the region's own worker");
    if (!input.includes("/batches/")) assert.equal(metadata["input-generation"], generations.get(input), input);
    assert.deepEqual([metadata.model, metadata.lines, metadata["line-errors"]], [MODEL.id, "2", "0"], input);
  }
  assert.deepEqual(
    dead.map(letterName).sort(),
    expectedPoison.sort(),
    "each poison message is in its region's dead letters, once, and nothing else",
  );

  const outcomes = workers.flatMap(({ lines }) => lines.filter((line) => line["app.outcome"] !== undefined));
  const times = new Map<string, number>();
  for (const line of outcomes) {
    if (line["app.outcome"] !== "done") continue;
    times.set(String(line["app.results"]), (times.get(String(line["app.results"])) ?? 0) + 1);
  }
  assert.deepEqual(
    [...times].filter(([, count]) => count !== 1),
    [],
    "no document is processed twice",
  );
  // What the killed worker wrote without a word of it.
  const unlogged = 2 * DOCUMENTS - times.size;
  assert.ok(unlogged <= 4, `${unlogged}`);
  const logged = JSON.stringify(workers.flatMap(({ lines }) => lines));
  assert.ok(!logged.includes("a second line") && !logged.includes("its second line"), "no text in the log");

  const [example] = [...generations.keys()].filter((name) => name.endsWith("/7.jsonl"));
  const rows = (await cloud.storage.read(RESULTS, `${example?.replace(/\.[a-z]+$/, "")}.results.jsonl`)).trimEnd();
  const answer = await fetch(`${await europe.url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: MODEL.id, input: [`document 7 of ${example?.split("/")[0]}`, "a second line"] }),
  });
  const { data } = (await answer.json()) as { data: { index: number; embedding: number[] }[] };
  assert.deepEqual(
    rows.split("\n").map((row) => JSON.parse(row)),
    data.map(({ index, embedding }) => ({ index, embedding })),
    "results are what the API answers",
  );

  assert.deepEqual([await europe.kill("SIGTERM"), await asia.kill("SIGTERM")], [0, 0]);
  for (const { errors } of workers) assert.deepEqual(errors, []);

  const durations = outcomes
    .filter((line) => line["app.outcome"] === "done")
    .map((line) => Number(line["gen_ai.server.request.duration"]))
    .sort((a, b) => a - b);
  const duplicates = outcomes.filter((line) => line["app.outcome"] === "duplicate").length;
  const p95 = durations[Math.floor(durations.length * 0.95)] as number;
  t.diagnostic(
    `${2 * DOCUMENTS} documents, ${expectedPoison.length} poison messages, real model: ${seconds.toFixed(1)} s, ` +
      `${((2 * DOCUMENTS) / seconds).toFixed(0)} documents/s, p95 of a document ${(p95 * 1000).toFixed(0)} ms; ` +
      `worker killed after ${asiaAtKill} of ${DOCUMENTS}; ${duplicates} doubled messages found their results`,
  );
});
