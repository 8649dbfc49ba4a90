import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cost } from "../../cli/cost";
import { planLines } from "../../cli/plan-lines";
import { quota } from "../../cli/quota";
import { regions } from "../../cli/regions";
import { synthesize } from "../stacks/synthesize";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "planning-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: unknown): string {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}
const rules = (count: number) => ({
  resource: {
    google_compute_global_forwarding_rule: Object.fromEntries(
      [...Array(count).keys()].map((index) => [`r${index}`, {}]),
    ),
  },
});

describe("regions", () => {
  const europe = { countries: "DE,FR", count: "2" };

  test("shows who is served from where, and what the next region would bring", () => {
    const { exitCode, stdout, stderr } = regions(europe);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^region +city +tier +gCO2\/kWh +clients +mean ms +USD a month +serves\n/);
    expect(stdout).toMatch(/^next: \S+ would bring the mean to \d+ ms .* for \d+\.\d\d USD a month$/m);
    expect(stdout).toContain("as measured on 2023-11-27");
  });

  test("shows what the guide shows", () => {
    const guide = readFileSync(join(__dirname, "../../docs/planning.md"), "utf8");
    const [plan = "", errors = ""] = [...guide.matchAll(/^```text\n(.*?)```$/gms)].map(([, text]) => text);
    expect(regions({ count: "3", gpu: "l4", cpu: "8", memoryGib: "32" }).stdout).toContain(plan);
    expect(regions({ model: true }).stdout).toContain(errors);
  });

  test("says what a client waits for the first byte, and what the load balancer saves", () => {
    const line = /^first byte: (\d+) ms on an open .* (\d+) ms on a new one with TLS 1.3 \((\d+) ms without/m;
    const waits = (firstToken?: string) =>
      line
        .exec(regions({ ...europe, regions: "us-east1", firstToken }).stdout)!
        .slice(1)
        .map(Number);
    const [open = 0, fresh = 0, direct = 0] = waits();
    expect(open < fresh && fresh < direct).toBe(true);
    expect(waits("400")).toEqual([open + 400, fresh + 400, direct + 400]);
  });

  test("judges given regions instead of choosing some", () => {
    const { regions: names, meanMs } = JSON.parse(
      regions({ ...europe, regions: "us-east1,us-west1", json: true }).stdout,
    );
    expect([names.sort(), meanMs > 90]).toEqual([["us-east1", "us-west1"], true]);
  });

  test("takes clients from a file, and calibrates with another", () => {
    const demand = write("users.csv", "lat,lon,weight,country\n1.35,103.8,1,SG\n");
    const measured = write("rtt.csv", "country,region,rtt_ms,requests\nSG,asia-southeast1,61,100\n");
    const mean = (more: object) => JSON.parse(regions({ demand, count: "1", json: true, ...more }).stdout).meanMs;
    expect(mean({ measured }) - mean({})).toBeCloseTo(50, -0.5);
  });

  test("prints the model's errors, and those against a matrix of one's own", () => {
    expect(regions({ model: true }).stdout).toMatch(/^held back +780 /m);
    const file = write("matrix.csv", "from,to,rtt_ms\nus-central1,us-west1,38\nus-west1,us-central1,38\n");
    expect(regions({ checkModel: file }).stdout).toMatch(/matrix\.csv +1 /);
  });

  test.each<[string, object, string]>([
    ["an unknown country", { countries: "Germany" }, 'did you mean "DE"?'],
    ["weights for some countries only", { countries: "DE:1,FR" }, "FR has none"],
    ["a weight that is no number", { cities: "Berlin:x" }, "the weight of Berlin must be a number"],
    ["two kinds of demand", { countries: "DE", cities: "Berlin" }, "--countries and --cities exclude each other"],
    ["a file that is not there", { demand: "no-such.csv" }, "no-such.csv: no such file"],
    ["a count that is no number", { count: "many" }, "--count must be a number above 0, got many"],
    ["a residency group without regions", { residency: ["DE"] }, "--residency must be COUNTRIES=REGIONS"],
    ["constraints that contradict each other", { require: "us-east1", forbid: "us-east1" }, "forbidden excludes it"],
    ["a matrix without a known pair", { checkModel: __filename }, "no line of two regions"],
  ])("fails for %s", (_, options, message) => {
    const { exitCode, stdout, stderr } = regions({ count: "2", ...options });
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});

describe("cost", () => {
  test("prints the sum, and as Markdown the difference to another synth", () => {
    const [now, former] = [
      write("new/stacks/dev/cdk.tf.json", rules(7)),
      write("old/stacks/dev/cdk.tf.json", rules(5)),
    ];
    expect(cost([now]).stdout).toMatch(/^ {2}idle: 32\.85 USD a month$/m);
    const { stdout } = cost([now], { format: "markdown", against: former });
    expect(stdout).toContain("**32.85 USD a month** while nobody uses it, +14.60 against the former synth.");
    expect(stdout).toContain("| google_compute_global_forwarding_rule | 18.25 | 32.85 |");
  });

  test("exits with 1 above the budget, and says so", () => {
    const file = write("rules.tf.json", rules(7));
    expect(cost([file], { budget: "33" })).toMatchObject({ exitCode: 0, stderr: "" });
    expect(cost([file], { budget: "30" })).toMatchObject({
      exitCode: 1,
      stderr: "over budget: 32.85 a month; the budget is 30.00\n",
    });
  });

  test("takes own prices, and prints them as JSON with everything else", () => {
    const prices = write("prices.json", { "load-balancing/global-rules": 1 });
    const [document] = JSON.parse(cost([write("one.tf.json", rules(1))], { prices, format: "json" }).stdout);
    expect(document).toMatchObject({ usdPerMonth: 730, unpriced: [], items: [{ source: "your own price list" }] });
  });

  test.each<[string, object, string]>([
    ["a price that is none", { "cloud-run/nvidia-l5": 1 }, 'did you mean "cloud-run/nvidia-l4"?'],
    ["a price below 0", { "cloud-run/requests": -1 }, '"cloud-run/requests" must be a number from 0'],
    ["a list", [1], "must be an object of prices"],
  ])("fails for %s", (_, content, message) => {
    const { exitCode, stderr } = cost([write("any.tf.json", rules(1))], { prices: write("bad.json", content) });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test("fails for a budget that is no number", () => {
    expect(cost([write("any.tf.json", rules(1))], { budget: "0" })).toMatchObject({
      exitCode: 2,
      stderr: "--budget must be a number above 0, got 0\n",
    });
  });
});

test("quota prints a table, and JSON for programs", () => {
  const file = write("rules.tf.json", rules(16));
  expect(quota([file]).stdout).toMatch(
    /compute\/GLOBAL_EXTERNAL_MANAGED_FORWARDING_RULES +rules +16 +16 +15 +ask for it$/m,
  );
  expect(JSON.parse(quota([file], { json: true }).stdout)[0].needs[0]).toMatchObject({ atMaximum: 16 });
  expect(quota(["no-such-folder"])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("no such file or folder"),
  });
});

test("fails to request quotas without an address, and for several documents", () => {
  const file = write("rules.tf.json", rules(1));
  expect(quota([file], { request: "me" })).toMatchObject({
    exitCode: 2,
    stderr: "--request must be an e-mail address, got me\n",
  });
  expect(quota([file, file], { request: "me@example.com" }).stderr).toContain("--request takes one document");
});

test("the summary has one line each for latency, cost and quota", () => {
  const lines = planLines(synthesize("prod"));
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    /^ {2}latency {4}round trips of half and 95% of internet users below \d+\/\d+ ms: AF \d+\/\d+, AS /,
  );
  expect(lines[1]).toBe("  cost       2,762.74 USD a month while nobody uses it, and 1 without a known price");
  expect(planLines(synthesize("prod"), synthesize("dev"))[1]).toContain(", +2,744.49 against the former");
  expect(lines[2]).toMatch(
    /^ {2}quota {6}ask for 4 GPUs NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion in asia-southeast1, /,
  );
});
