import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { readConfig } from "../src/config.js";
import { meanOfUnitLength } from "../src/model.js";
import { findPlace } from "../src/place.js";
import { traceFields } from "../src/trace.js";

test("settings have defaults, and come from the environment", () => {
  const defaults = readConfig({}, "/model");
  assert.equal(defaults.port, 8080);
  assert.equal(defaults.modelDir, "/model");
  assert.equal(defaults.maxConcurrentRequests, 64);
  assert.equal(defaults.readyLoadLimit, 51);
  const config = readConfig(
    { PORT: "9000", MODEL_DIR: "/mnt", MAX_CONCURRENT_REQUESTS: "1", DRAIN_DELAY_SECONDS: "0.5" },
    "/model",
  );
  assert.deepEqual(
    [config.port, config.modelDir, config.readyLoadLimit, config.drainDelaySeconds],
    [9000, "/mnt", 1, 0.5],
  );
});

for (const [name, value] of [
  ["PORT", "http"],
  ["PORT", "65536"],
  ["MAX_INPUTS", "1.5"],
  ["MAX_INPUTS", "-1"],
  ["SHUTDOWN_SECONDS", "0x10"],
  ["LOG_LEVEL", "loud"],
  ["REGION", "europe-west1\nX-Other: 1"],
  ["READY_LOAD_LIMIT", "65"],
] as const) {
  test(`fails for ${name}=${value}`, () => {
    assert.throws(() => readConfig({ [name]: value }, "/model"), new RegExp(`^Error: ${name} is .*: it must be `));
  });
}

test("a process has a part in a pipeline where the environment says so", () => {
  const buckets = { REGION: "europe-west1", INGEST_BUCKET: "in-1", RESULTS_BUCKET: "out-1" };
  assert.equal(readConfig({ REGION: "europe-west1" }, "/model").pipeline, undefined);
  assert.deepEqual(readConfig({ ...buckets }, "/model").pipeline, {
    region: "europe-west1",
    ingestBucket: "in-1",
    resultsBucket: "out-1",
    mode: undefined,
    subscription: "",
    textField: "text",
    maxDocumentBytes: 16_777_216,
    maxDocumentLines: 5000,
    documentsAtOnce: 4,
    leaseSeconds: 60,
  });
  const pull = { ...buckets, WORKER_MODE: "pull", SUBSCRIPTION: "projects/p-1/subscriptions/documents" };
  assert.equal(readConfig(pull, "/model").pipeline?.subscription, "projects/p-1/subscriptions/documents");
  for (const [name, value] of [
    ["WORKER_MODE", "poll"],
    ["REGION", ""],
    ["INGEST_BUCKET", ""],
    ["RESULTS_BUCKET", "gs://out"],
    ["RESULTS_BUCKET", "in-1"],
    ["SUBSCRIPTION", "documents"],
    ["LEASE_SECONDS", "5"],
    ["MAX_DOCUMENT_BYTES", "1e9"],
  ] as const) {
    assert.throws(
      () => readConfig({ ...pull, [name]: value }, "/model"),
      new RegExp(`^Error: ${name} is .*: it must be `),
      `fails for ${name}=${value}`,
    );
  }
});

test("a trace comes from either header, and none from a broken one", () => {
  const id = "105445aa7843bc8bf206b12000100000";
  const fields = (headers: Record<string, string>, project?: string) => Object.values(traceFields(headers, project));
  assert.deepEqual(fields({ traceparent: `00-${id}-00f067aa0ba902b7-00` }, "p"), [
    `projects/p/traces/${id}`,
    "00f067aa0ba902b7",
    false,
  ]);
  assert.deepEqual(fields({ "x-cloud-trace-context": `${id}/18446744073709551615;o=1` }, "p"), [
    `projects/p/traces/${id}`,
    "ffffffffffffffff",
    true,
  ]);
  assert.deepEqual(fields({ "x-cloud-trace-context": id }), [id, false]);
  assert.deepEqual(fields({ traceparent: `00-${"0".repeat(32)}-00f067aa0ba902b7-00` }), []);
  assert.deepEqual(fields({ traceparent: "x", "x-cloud-trace-context": "y" }), []);
});

test("the mean of the rows has length 1, and is zero where they are", () => {
  assert.deepEqual([...meanOfUnitLength(Float32Array.of(3, 0, 3, 8), 2)], [0.6, 0.8].map(Math.fround));
  assert.deepEqual([...meanOfUnitLength(Float32Array.of(0, 0), 2)], [0, 0]);
});

test("region and project come from the metadata server, unless they are known", async () => {
  const answers: Record<string, string> = {
    "/computeMetadata/v1/instance/region": "projects/1/regions/asia-northeast1",
    "/computeMetadata/v1/instance/zone": "projects/1/zones/us-central1-f",
    "/computeMetadata/v1/project/project-id": "demo\n",
  };
  let asked = 0;
  const metadata = createServer((request, response) => {
    asked++;
    const answer = request.headers["metadata-flavor"] === "Google" ? answers[request.url ?? ""] : undefined;
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((resolve) => metadata.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(metadata.address() as AddressInfo).port}`;
  const unknown = { region: undefined, project: undefined };
  assert.deepEqual(await findPlace(unknown, host), { region: "asia-northeast1", project: "demo" });
  delete answers["/computeMetadata/v1/instance/region"];
  assert.deepEqual(await findPlace(unknown, host), { region: "us-central1", project: "demo" });
  asked = 0;
  assert.deepEqual(await findPlace({ region: "r", project: "p" }, host), { region: "r", project: "p" });
  assert.equal(asked, 0);
  metadata.close();
  metadata.closeAllConnections();
  assert.deepEqual(await findPlace(unknown, host, 200), unknown);
});
