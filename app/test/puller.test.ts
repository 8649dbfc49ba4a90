import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../src/api-error.js";
import { createLogger } from "../src/logger.js";
import type { Message } from "../src/message.js";
import { Puller } from "../src/puller.js";
import type { PulledMessage } from "../src/subscription.js";
import { until } from "./support.js";

/** A subscription whose calls are recorded, and a processor that the test lets finish. */
function setUp(leaseSeconds = 60) {
  const queue: PulledMessage[] = [];
  const calls: string[] = [];
  const asked: number[] = [];
  const lines: Record<string, unknown>[] = [];
  const waiting = new Map<string, (error?: Error) => void>();
  let failures = 0;
  const subscription = {
    pull: async (maxMessages: number, signal: AbortSignal): Promise<PulledMessage[]> => {
      asked.push(maxMessages);
      if (failures > 0) {
        failures--;
        throw new Error("unavailable");
      }
      while (queue.length === 0) await sleep(1, undefined, { signal });
      return queue.splice(0, maxMessages);
    },
    acknowledge: async (ackId: string) => void calls.push(`ack ${ackId}`),
    extend: async (ackIds: readonly string[], seconds: number) => {
      if (ackIds.length > 0) calls.push(`${seconds} s ${ackIds.join()}`);
    },
  };
  const processor = {
    process: (message: Message, metrics: object, signal: AbortSignal) =>
      new Promise<"done">((resolve, reject) => {
        Object.assign(metrics, { "app.outcome": "done" });
        waiting.set(message.id, (error) => (error === undefined ? resolve("done") : reject(error)));
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  };
  const logger = createLogger("info", { write: (line) => void lines.push(JSON.parse(line)) });
  const puller = new Puller({ documentsAtOnce: 2, leaseSeconds }, subscription, processor, logger);
  puller.start();
  return {
    puller,
    calls,
    asked,
    lines,
    publish: (...ids: string[]) =>
      void queue.push(...ids.map((id) => ({ id, ackId: id, attributes: {}, deliveryAttempt: 1 }))),
    isBegun: (id: string) => waiting.has(id),
    finish: (id: string, error?: Error) => waiting.get(id)?.(error),
    failNextPulls: (count: number) => {
      failures = count;
    },
  };
}

test("as many messages are pulled as can be processed, and acknowledged when their results are written", async () => {
  const { puller, calls, asked, publish, isBegun, finish } = setUp();
  publish("a", "b", "c");
  await until(() => isBegun("a") && isBegun("b"));
  await sleep(20);
  assert.ok(!isBegun("c"));
  assert.deepEqual(calls, ["60 s a,b"]);
  finish("a");
  await until(() => isBegun("c"));
  finish("b");
  finish("c");
  assert.equal(await puller.close(5), "finished");
  assert.deepEqual(asked.slice(0, 2), [2, 1]);
  assert.deepEqual(calls.filter((call) => call.startsWith("ack")).sort(), ["ack a", "ack b", "ack c"]);
});

test("a message that fails is given back at once, whoever is at fault, and the log tells who", async () => {
  const { puller, calls, lines, publish, isBegun, finish } = setUp();
  publish("poison", "failure");
  await until(() => isBegun("failure"));
  finish("poison", new ApiError(400, "the document is empty", "empty_document"));
  finish("failure", new Error("inner"));
  await until(() => lines.length === 2);
  assert.deepEqual(calls.slice(1).sort(), ["0 s failure", "0 s poison"]);
  assert.deepEqual(
    lines.map((line) => [line.severity, line["error.type"], line.message]),
    [
      ["WARNING", "empty_document", "document refused: the document is empty"],
      ["ERROR", "internal_error", "document failed"],
    ],
  );
  assert.equal(await puller.close(5), "finished");
});

test("a message stays this worker's while it is processed", async () => {
  const { puller, calls, publish, isBegun, finish } = setUp(0.06);
  publish("a");
  await until(() => isBegun("a"));
  await until(() => calls.filter((call) => call === "0.06 s a").length >= 3);
  finish("a");
  await until(() => calls.at(-1) === "ack a");
  await sleep(60);
  assert.equal(calls.at(-1), "ack a");
  await puller.close(5);
});

test("the end of the process waits for the pull and the documents under way, and takes no other", async () => {
  const { puller, calls, publish, isBegun, finish } = setUp();
  publish("a");
  await until(() => isBegun("a"));
  const closed = puller.close(5);
  // Pub/Sub may already have given it to this pull.
  publish("b");
  await until(() => isBegun("b"));
  publish("c");
  finish("a");
  finish("b");
  assert.equal(await closed, "finished");
  assert.deepEqual(calls, ["60 s a", "60 s b", "ack a", "ack b"]);
  assert.ok(!isBegun("c"));
});

test("a pull that finds nothing does not hold up the end of the process", async () => {
  const { puller, asked } = setUp();
  await until(() => asked.length === 1);
  const startedAt = performance.now();
  assert.equal(await puller.close(5), "finished");
  assert.ok(performance.now() - startedAt < 3000);
});

test("what is not finished in time is given back before the process ends", async () => {
  const { puller, calls, lines, publish, isBegun } = setUp();
  publish("a", "b");
  await until(() => isBegun("b"));
  assert.equal(await puller.close(1.5), "released");
  assert.deepEqual(calls, ["60 s a,b", "0 s a", "0 s b"]);
  assert.deepEqual(
    lines.map((line) => line["error.type"]),
    ["released", "released"],
  );
});

test("a subscription that does not answer is asked again", async () => {
  const { puller, lines, publish, isBegun, finish, failNextPulls } = setUp();
  failNextPulls(2);
  publish("a");
  await until(() => isBegun("a") || lines.length > 0);
  finish("a");
  await until(() => lines.length > 0);
  publish("b");
  await until(() => isBegun("b"));
  finish("b");
  assert.equal(await puller.close(5), "finished");
  assert.match(
    String(lines.find(({ severity }) => severity === "WARNING")?.message),
    /could be pulled: next try in 1 s/,
  );
});
