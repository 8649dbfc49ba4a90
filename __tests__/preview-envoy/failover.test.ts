import { runDrill } from "../../cli/preview/drill-run";
import { table } from "../../cli/table";
import { Failover, type GlobalAiApiProps } from "../../lib";
import type { RegionCommand } from "../../lib/preview/command";
import { type DrillPhase, parseDrill } from "../../lib/preview/drill";
import { print, start, THREE, TWO, withServiceHealth } from "./running-support";

const PER_SECOND = 100;
const rows: string[][] = [["", "regions", "what happens", "requests", "lost", "recovered s", "then answered by"]];
afterAll(() => print(`\n${table(rows)}\n`));

/** What happens to POST requests of a client in Frankfurt when its nearest region gets into trouble. */
async function measure(name: string, props: Partial<GlobalAiApiProps>, trouble: RegionCommand): Promise<DrillPhase> {
  const preview = await start(props);
  try {
    const text = {
      load: {
        perSecond: PER_SECOND,
        seconds: 7,
        path: "/v1/chat/completions",
        body: { model: "m" },
        timeoutSeconds: 5,
      },
      steps: [{ atSecond: 1, do: `${trouble} europe-west1` }],
    };
    const { phases } = await runDrill(preview, parseDrill(JSON.stringify(text), preview.targets), () => {});
    const [before, after] = phases as [DrillPhase, DrillPhase];
    expect(before).toMatchObject({ failed: 0, byRegion: { "europe-west1": before.requests } });
    rows.push([
      name,
      `${props.regions!.length}`,
      trouble,
      `${after.requests}`,
      `${after.failed}`,
      after.failed === 0 ? "" : after.recoveredSeconds.toFixed(2),
      Object.keys(after.byRegion).join(", "),
    ]);
    return after;
  } finally {
    await preview.stop();
  }
}

describe.each([
  ["two", TWO],
  ["three", THREE],
])("of %s regions", (_, regions) => {
  const detection = { regions: [...regions], failover: Failover.outlierDetection() };
  const health = withServiceHealth(regions);

  test.each(["stop", "break"] as const)(
    "outlier detection ejects the first after a few requests: %s",
    async (trouble) => {
      const after = await measure("outlier detection", detection, trouble);
      expect(after.failed).toBeGreaterThanOrEqual(3);
      expect(after.failed).toBeLessThanOrEqual(40);
      expect(after.recoveredSeconds).toBeLessThan(0.5);
      expect(after.byRegion).toHaveProperty("us-central1");
    },
  );

  test("outlier detection does not hear of a failed readiness probe", async () => {
    const after = await measure("outlier detection", detection, "unready");
    expect(after).toMatchObject({ failed: 0, byRegion: { "europe-west1": after.requests } });
  });

  test("service health moves requests away without losing one when the first says that it is not ready", async () => {
    const after = await measure("service health", health, "unready");
    expect(after.failed).toBe(0);
    expect(after.byRegion["us-central1"]).toBeGreaterThan(after.requests / 3);
  });

  test("service health loses what comes until the probe has failed often enough when the first stops", async () => {
    const after = await measure("service health", health, "stop");
    expect(after.recoveredSeconds).toBeGreaterThan(0.5);
    expect(after.recoveredSeconds).toBeLessThan(4);
    expect(after.byRegion).toHaveProperty("us-central1");
  });

  test("service health does not notice errors while the probe succeeds", async () => {
    const after = await measure("service health", health, "break");
    // Answers that were on their way arrive.
    expect(after.failed).toBeGreaterThan(after.requests - 20);
  });
});
