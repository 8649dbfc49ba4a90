import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { regionFacts } from "../../lib/core/regions";
import { REGIONS } from "../../lib/google/regions";
import { testStack } from "../support";

const where = new Construct(testStack(), "Service");
const names = REGIONS.map(({ name }) => name);

test("has the 43 regions, each once", () => {
  expect(new Set(names).size).toBe(43);
  expect(REGIONS).toHaveLength(43);
});

test("spells every fact as the catalogue promises", () => {
  for (const facts of REGIONS) {
    expect(facts.name).toMatch(/^(africa|asia|australia|europe|me|northamerica|southamerica|us)-[a-z]+\d{1,2}$/);
    expect(facts.country).toMatch(/^[A-Z]{2}$/);
    expect(["AF", "AS", "EU", "NA", "OC", "SA"]).toContain(facts.continent);
    expect(facts.city).not.toBe("");
  }
});

test("knows where Cloud Run sells an L4, and where only by invitation", () => {
  expect(REGIONS.filter(({ gpus }) => gpus.l4 === "ga").map(({ name }) => name)).toEqual([
    "asia-southeast1",
    "europe-west1",
    "europe-west4",
    "us-central1",
    "us-east4",
  ]);
  expect(REGIONS.filter(({ gpus }) => gpus.l4 === "invite").map(({ name }) => name)).toEqual(["asia-south1"]);
});

test("knows where Cloud Run sells an RTX PRO 6000, and where only by invitation", () => {
  expect(REGIONS.filter(({ gpus }) => gpus.rtxPro6000 === "ga").map(({ name }) => name)).toEqual([
    "asia-southeast1",
    "europe-west4",
    "us-central1",
  ]);
  expect(REGIONS.filter(({ gpus }) => gpus.rtxPro6000 === "invite").map(({ name }) => name)).toEqual(["asia-south2"]);
});

test("a region keeps its position, from which subnets take their addresses", () => {
  const at = (index: number) => names[index];
  expect([at(0), at(13), at(17), at(34), at(42)]).toEqual([
    "africa-south1",
    "europe-central2",
    "europe-west1",
    "us-central1",
    "us-west4",
  ]);
});

test("gives the facts of a region", () => {
  expect(regionFacts(where, "europe-west6")).toEqual({
    name: "europe-west6",
    city: "Zurich",
    country: "CH",
    continent: "EU",
    latitude: 47.38,
    longitude: 8.54,
    cloudRunTier: 2,
    gramsCo2PerKwh: 15,
    gpus: {},
    gpuZones: new Map([["g2", ["europe-west6-b", "europe-west6-c"]]]),
  });
});

test.each([
  ["europe-wset1", "europe-west1"],
  ["us-central", "us-central1"],
  ["europe-west1-b", "europe-west1"],
  ["EUROPE-WEST4", "europe-west4"],
  ["eu-west1", "europe-west1"],
  ["us-central-1", "us-central1"],
  ["europe-west-1", "europe-west1"],
  ["us_east4", "us-east4"],
])("fails for %s and asks whether it was meant to be %s", (typed, meant) => {
  expect(() => regionFacts(where, typed)).toThrow(
    `[test/Service] region: got "${typed}", allowed is a Google Cloud region; did you mean "${meant}"?`,
  );
});

test.each([
  ["us-east-1", 'did you mean "us-east1"? The region of AWS with this name is nearest to "us-east4" (North Virginia).'],
  ["eu-west-1", 'did you mean "europe-west2" (London), nearest to the region of AWS?'],
  ["eu-central-1", 'did you mean "europe-west3" (Frankfurt), nearest to the region of AWS?'],
  ["ap-southeast-2", 'did you mean "australia-southeast1" (Sydney), nearest to the region of AWS?'],
  ["westeurope", 'did you mean "europe-west4" (Netherlands), nearest to the region of Azure?'],
  ["eastus", 'did you mean "us-east4" (North Virginia), nearest to the region of Azure?'],
])("fails for %s of another cloud and names the region at its place", (typed, asked) => {
  expect(() => regionFacts(where, typed)).toThrow(
    `allowed is a Google Cloud region; ${asked} There are africa-south1,`,
  );
});

test.each(["eu", "", "on-premises-datacenter"])("fails for %p, which is near no region", (typed) => {
  expect(() => regionFacts(where, typed)).toThrow(
    `[test/Service] region: got "${typed}", allowed is a Google Cloud region; name one, not a zone or a multi-region. There are ${names.join(", ")}`,
  );
});

test("fails for a region known only at apply", () => {
  expect(() => regionFacts(where, Lazy.stringValue({ produce: () => "europe-west1" }))).toThrow(
    /^\[test\/Service] region: got "a value known only at apply", allowed is a literal known at synth; pass the literal value/,
  );
});
