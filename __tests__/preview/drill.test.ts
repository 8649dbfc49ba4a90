import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeDrill, type Outcome, parseDrill } from "../../lib/preview/drill";

const TARGETS = ["europe-west1", "us-central1"];

function drill(changes: object = {}) {
  return parseDrill(
    JSON.stringify({
      load: { perSecond: 10, seconds: 4, path: "/v1/models" },
      steps: [{ atSecond: 1, do: "stop europe-west1" }],
      expect: { failedAtMost: 3, recoveredWithinSeconds: 0.5, p95AtMostMs: 200, servedBy: "us-central1" },
      ...changes,
    }),
    TARGETS,
  );
}

/** Ten requests a second for four seconds; those of `failing` get no answer. */
function outcomes(failing: readonly number[] = [], lastRegion = "us-central1"): Outcome[] {
  return Array.from({ length: 40 }, (_, index) => {
    const atSecond = index / 10;
    return failing.includes(index)
      ? { atSecond, ms: 5 }
      : { atSecond, ms: atSecond < 1 ? 20 : 120, status: 200, region: atSecond < 1 ? "europe-west1" : lastRegion };
  });
}

test("counts by phase, and how long the load balancer took to recover", () => {
  const { phases, failed, broken } = judgeDrill(drill(), outcomes([10, 11, 13]));
  expect(broken).toEqual([]);
  expect(failed).toBe(3);
  expect(phases).toEqual([
    expect.objectContaining({ what: "before", requests: 10, failed: 0, p95Ms: 20, recoveredSeconds: 0 }),
    expect.objectContaining({ what: "stop europe-west1", requests: 30, failed: 3, byRegion: { "us-central1": 27 } }),
  ]);
  expect(phases[1]!.recoveredSeconds).toBeCloseTo(0.3);
});

test("counts 4xx apart: the load balancer refused them", () => {
  const { phases, failed } = judgeDrill(
    drill({ expect: {} }),
    outcomes().map((each, index) => (index === 0 ? { ...each, status: 429 } : each)),
  );
  expect(failed).toBe(0);
  expect(phases[0]).toMatchObject({ refused: 1, failed: 0 });
});

test.each([
  ["more failures than allowed", [10, 11, 12, 13], "us-central1", "failed requests: 4, expected at most 3"],
  ["a slow recovery", [10, 19], "us-central1", 'recovery after "stop europe-west1": 0.9 s, expected at most 0.5 s'],
  ["another region at the end", [], "europe-west1", "answered by europe-west1, expected us-central1"],
])("fails by %s", (_, failing, last, message) => {
  expect(judgeDrill(drill(), outcomes(failing, last)).broken).toEqual([expect.stringContaining(message)]);
});

test("fails by latency", () => {
  const { broken } = judgeDrill(drill({ expect: { p95AtMostMs: 50 } }), outcomes());
  expect(broken).toEqual(["95% of the answers: 120 ms, expected at most 50 ms"]);
});

test("posts a body as JSON, and takes defaults", () => {
  const { load } = drill({ load: { seconds: 1, body: { model: "m" } } });
  expect(load).toEqual({
    perSecond: 50,
    seconds: 1,
    path: "/",
    method: "POST",
    headers: {},
    body: '{"model":"m"}',
    host: undefined,
    timeoutSeconds: 30,
  });
});

test.each([
  ["no JSON", "{", "allowed is JSON"],
  ["an unknown key", '{"load": {"persecond": 1}}', 'did you mean "perSecond"?'],
  ["no load", "{}", "load"],
  ["an impossible rate", '{"load": {"perSecond": 1e9}}', "a number from 0 to 5000"],
  ["a step after the end", '{"load": {"seconds": 1}, "steps": [{"atSecond": 2, "do": "stop europe-west1"}]}', "0 to 1"],
  ["an unknown region", '{"load": {}, "steps": [{"atSecond": 2, "do": "stop mars"}]}', "europe-west1, us-central1"],
  ["a step that does nothing", '{"load": {}, "steps": [{"atSecond": 2}]}', "command"],
])("fails for %s", (_, text, message) => {
  expect(() => parseDrill(text, TARGETS)).toThrow(message);
});

test("the guide shows the drill of prod as it is", () => {
  const read = (file: string) => readFileSync(join(__dirname, "../..", file), "utf8");
  const text = read("stacks/drills/nearest-region-stops.json");
  expect(read("docs/preview.md")).toContain(`\`\`\`json\n${text}\`\`\``);
  expect(parseDrill(text, ["europe-west1"]).steps).toHaveLength(1);
});
