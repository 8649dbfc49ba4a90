import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Testing } from "cdktf";
import { CostBudget } from "../../lib";
import { allTypes } from "../../lib/google/all-types";
import { FREE, findPrice, PRICES } from "../../lib/google/prices";
import { billingOf, compareCosts, costOf } from "../../lib/planning/cost";
import { useCostOf } from "../../lib/planning/use-cost";
import { TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { AnycastInstancesStack } from "../../stacks/examples/anycast-instances";
import { ProcessingStack } from "../../stacks/examples/processing";
import { synthesize } from "../stacks/synthesize";
import { testStack } from "../support";

const guide = readFileSync(join(__dirname, "../../docs/cost-and-quota.md"), "utf8");
const topologyOf = (resource: unknown) => new Topology(TerraformDocument.parse({ resource }));
const cost = (resource: unknown, prices = {}) => costOf(topologyOf(resource), prices);

const service = (changes: object = {}, template: object = {}) => ({
  google_cloud_run_v2_service: {
    model: {
      name: "model",
      location: "us-central1",
      template: {
        scaling: { min_instance_count: 2, max_instance_count: 5 },
        containers: [{ image: "model", resources: { limits: { cpu: "4", memory: "16Gi" }, cpu_idle: true } }],
        ...template,
      },
      ...changes,
    },
  },
});
const group = (template: object, manager: object = {}) => ({
  google_compute_instance_template: { t: { machine_type: "g2-standard-8", ...template } },
  google_compute_region_instance_group_manager: {
    g: {
      region: "us-central1",
      version: [{ instance_template: "${google_compute_instance_template.t.id}" }],
      target_size: 2,
      ...manager,
    },
  },
});

describe("the guide's calculation by hand", () => {
  const rows = [...guide.matchAll(/^\| (dev|prod) \| ([^|]+) \| ([^|]+) \| ([\d,.]+) \|$/gm)].map(
    ([, name = "", what = "", calculation = "", usd = ""]) => ({
      name,
      what,
      calculation,
      usd: Number(usd.replaceAll(",", "")),
    }),
  );
  const product = (calculation: string) =>
    calculation.split("×").reduce((result, factor) => result * Number(factor), 1);

  test.each(rows)("$name: $what is $calculation", ({ calculation, usd }) => {
    expect(product(calculation)).toBeCloseTo(usd, 2);
  });

  test.each(["dev", "prod"] as const)("adds up to what the command says of %s", (name) => {
    const { usdPerMonth, unpriced } = costOf(new Topology(synthesize(name)));
    const byHand = rows.filter((row) => row.name === name).reduce((sum, row) => sum + product(row.calculation), 0);
    expect(usdPerMonth).toBeCloseTo(byHand, 2);
    expect(guide).toContain(
      `${usdPerMonth.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USD for ${name}`,
    );
    const missing = name === "dev" ? [] : ["no price of cloud-run/nvidia-l4@asia-southeast1 in the list"];
    expect(unpriced.map(({ why }) => why)).toEqual(missing);
  });
});

describe("every resource type", () => {
  test.each(allTypes.map(({ type }) => type))("%s is free, priced, billed by use, or said to be unknown", (type) => {
    const result = cost({ [type]: { it: {} } });
    const says = [
      billingOf(type) === "free",
      result.byUse.length > 0,
      result.unpriced.length > 0,
      result.items.length > 0,
      // Nothing stands while there is no instance, and an address that is used costs nothing.
      billingOf(type) === "standing",
    ];
    expect(says).toContain(true);
  });

  test("of the stacks and examples is, too", () => {
    const app = () => Testing.app({ outdir: tmpdir() });
    const documents = [
      synthesize("dev"),
      synthesize("prod"),
      ...[new AnycastInstancesStack(app(), "a"), new ProcessingStack(app(), "r")].map((stack) =>
        TerraformDocument.parse(JSON.parse(JSON.stringify(stack.toTerraform()))),
      ),
    ];
    const types = new Set(documents.flatMap(({ types: each }) => [...each]));
    expect([...types].filter((type) => billingOf(type) === "unknown")).toEqual(["google_compute_forwarding_rule"]);
  });

  test("has one way of billing: what is free has no price", () => {
    expect([...FREE].filter((type) => billingOf(type) !== "free")).toEqual([]);
    expect(billingOf("google_cloud_run_v2_service_iam_member")).toBe("free");
    expect(billingOf("google_sql_database_instance")).toBe("unknown");
  });
});

test("every price has a source with a date, and no price stands twice", () => {
  expect(PRICES.filter(({ usd, source }) => !(usd > 0) || source.read === "")).toEqual([]);
  const keys = PRICES.map(({ id, where = "" }) => `${id}@${where}`);
  expect(new Set(keys).size).toBe(keys.length);
});

describe("Cloud Run", () => {
  const second = 730 * 3600;

  test("a minimum instance that is billed by request costs less while it waits", () => {
    const { items, usdPerMonth } = cost(service());
    expect(items.map(({ price }) => price)).toEqual(["cloud-run/idle-cpu@tier1", "cloud-run/idle-memory@tier1"]);
    expect(usdPerMonth).toBeCloseTo(2 * second * (4 + 16) * 2.5e-6);
  });

  test("a GPU with zonal redundancy costs more than without", () => {
    const containers = [
      { image: "model", resources: { limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" }, cpu_idle: false } },
    ];
    const gpu = (gpu_zonal_redundancy_disabled: boolean) =>
      cost(service({}, { containers, node_selector: { accelerator: "nvidia-l4" }, gpu_zonal_redundancy_disabled }));
    expect(gpu(false).usdPerMonth - gpu(true).usdPerMonth).toBeCloseTo(2 * second * (0.0002909 - 0.0001867));
  });

  test("without minimum instances it costs nothing", () => {
    expect(cost(service({}, { scaling: {} }))).toMatchObject({ items: [], usdPerMonth: 0, unpriced: [] });
  });

  test("a minimum that Terraform computes is said not to be known", () => {
    const { usdPerMonth, unpriced } = cost(service({}, { scaling: { min_instance_count: "${var.least}" } }));
    expect([usdPerMonth, unpriced[0]?.why]).toEqual([0, "min_instance_count is known at apply only"]);
  });

  test("requests cost their time, their fee, and Cloud Armor where a policy stands before it", () => {
    const [plain] = useCostOf(topologyOf(service()), { secondsPerRequest: 2, parallelRequests: 4 });
    expect(plain!.usd).toBeCloseTo((1e6 * 2 * (4 * 2.4e-5 + 16 * 2.5e-6)) / 4 + 0.4);
    const document = synthesize("prod");
    const [inIowa] = useCostOf(new Topology(document), { secondsPerRequest: 2 }).filter(
      ({ region }) => region === "us-central1",
    );
    expect(inIowa!.usd).toBeCloseTo(1e6 * 2 * (8 * 1.8e-5 + 32 * 2e-6 + 0.0001867) + 0.75);
  });

  test("tokens cost the seconds in which an instance makes them; a missing price is named", () => {
    const use = useCostOf(new Topology(synthesize("prod")), { tokensPerSecond: 100 });
    expect(use.find(({ region }) => region === "us-central1")!.usd).toBeCloseTo(
      1e4 * (8 * 1.8e-5 + 32 * 2e-6 + 0.0001867),
    );
    const unknown = use.find(({ region }) => region === "asia-southeast1")!;
    expect([unknown.usd, unknown.missing]).toEqual([undefined, ["cloud-run/nvidia-l4@asia-southeast1"]]);
  });
});

describe("machines", () => {
  test("G2 machines cost their vCPUs, their GPU and their disk", () => {
    const { usdPerMonth, unpriced } = cost(group({ disk: [{ disk_type: "pd-balanced", disk_size_gb: 100 }] }));
    expect(usdPerMonth).toBeCloseTo(2 * (730 * (2 * 0.14679 + 0.56004) + 10));
    expect(unpriced).toEqual([]);
  });

  test("other machine types are named, and take a price of your own", () => {
    const resources = group({ machine_type: "n2-standard-4" });
    expect(cost(resources).unpriced[0]!.why).toBe("no price of compute/n2-standard-4@us-central1 in the list");
    expect(cost(resources, { "compute/n2-standard-4": 0.2 }).usdPerMonth).toBeCloseTo(2 * 730 * 0.2);
  });

  test("Spot machines have no list price", () => {
    expect(cost(group({ scheduling: { provisioning_model: "SPOT" } })).unpriced[0]!.why).toContain(
      "Spot prices change",
    );
  });
});

test("a sixth forwarding rule costs extra", () => {
  const rules = (count: number) => ({
    google_compute_global_forwarding_rule: Object.fromEntries(
      [...Array(count).keys()].map((index) => [`r${index}`, {}]),
    ),
  });
  expect(cost(rules(1)).usdPerMonth).toBeCloseTo(18.25);
  expect(cost(rules(5)).usdPerMonth).toBeCloseTo(18.25);
  expect(cost(rules(7)).usdPerMonth).toBeCloseTo(18.25 + 2 * 7.3);
});

test("an address of Cloud NAT costs, one of a forwarding rule does not", () => {
  const address = { google_compute_address: { a: { region: "us-central1" } } };
  const rule = { google_compute_forwarding_rule: { r: { ip_address: "${google_compute_address.a.id}" } } };
  expect(cost(address).usdPerMonth).toBeCloseTo(3.65);
  expect(cost({ ...address, ...rule }).usdPerMonth).toBe(0);
});

test("own prices count before the list: the most particular one", () => {
  const prices = { "cloud-run/nvidia-l4@tier2": 2, "cloud-run/nvidia-l4@asia-southeast1": 3, "cloud-run/requests": 4 };
  expect(findPrice("cloud-run/nvidia-l4", "asia-southeast1", prices)?.usd).toBe(3);
  expect(findPrice("cloud-run/nvidia-l4", "asia-south2", prices)?.usd).toBe(2);
  expect(findPrice("cloud-run/nvidia-l4", "us-central1", prices)?.usd).toBe(0.0001867);
  expect(findPrice("cloud-run/requests", "us-central1", prices)?.usd).toBe(4);
});

test("two synths differ in what costs another sum, by resource", () => {
  const more = service({}, { scaling: { min_instance_count: 3 } });
  const before = cost(service());
  expect(compareCosts(before, before)).toEqual([]);
  const [change] = compareCosts(before, cost(more));
  expect(change).toMatchObject({ address: "google_cloud_run_v2_service.model", before: before.usdPerMonth });
  expect(change!.after).toBeCloseTo(1.5 * before.usdPerMonth);
});

describe("a budget", () => {
  function prodLike(maxUsdPerMonth: number) {
    const stack = new AnycastInstancesStack(Testing.app(), "machines");
    CostBudget.attach(stack, { maxUsdPerMonth });
    return () => Testing.synth(stack, true);
  }

  test("passes where the sum is below it", () => {
    expect(prodLike(2200)).not.toThrow();
  });

  test("fails synth above it, and names what costs most", () => {
    expect(prodLike(2000)).toThrow(
      /budget: the stack costs 2096\.02 USD a month .* the budget is 2000; the most is 504\.37 for 1 × 1 nvidia-l4 \(machines\/Inference\/asia-southeast1/,
    );
  });

  test("fails for a budget of 0", () => {
    expect(() => CostBudget.attach(testStack(), { maxUsdPerMonth: 0 })).toThrow(
      "maxUsdPerMonth: got 0, allowed is a number above 0",
    );
  });
});
