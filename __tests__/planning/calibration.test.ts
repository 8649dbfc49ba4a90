import { REGIONS } from "../../lib/google/regions";
import { calibrate } from "../../lib/planning/calibration";
import { Demand } from "../../lib/planning/demand";
import { roundTrips } from "../../lib/planning/latency";

/** Singapore has one place. */
const [singapore] = Demand.countries({ SG: 1 }).points;
const edgeMs = roundTrips(singapore!)[REGIONS.findIndex(({ name }) => name === "asia-southeast1")]!.edgeMs;

test("says by how much a country is slower than the model, as the median of its requests", () => {
  const lines = [20, 21, 200].map((extra, index) => `SG,asia-southeast1,${edgeMs + extra},${[50, 60, 10][index]}`);
  expect(calibrate(["country,region,rtt_ms,requests", ...lines].join("\n"))).toEqual([
    { country: "SG", requests: 120, extraMs: 21 },
  ]);
});

test("leaves a country with few requests as the model has it", () => {
  expect(calibrate(`SG,asia-southeast1,${edgeMs + 20}\n`)).toEqual([]);
});

test.each(["XX,asia-southeast1,20", "SG,asia-southeast9,20", "SG,asia-southeast1,0", "SG,asia-southeast1,20,-3"])(
  "fails for the line %s",
  (line) => {
    expect(() => calibrate(`SG,asia-southeast1,20\n${line}\n`)).toThrow(`line 2: got "${line}"`);
  },
);
