import { Failover, type OutlierDetectionOptions, ServerlessBackend, ServerlessNeg } from "../../lib";
import { only, synth, testStack } from "../support";

const REGIONS = ["europe-west1", "us-central1", "asia-southeast1"];
const HEALTHY = { reportsHealth: true };
const SILENT = { reportsHealth: false };

/** The outlier detection of a backend service over regions of which some report their health. */
function detection(regions: { reportsHealth: boolean; tag?: string }[], failover?: Failover) {
  const stack = testStack();
  const targets = regions.map(
    (options, i) => new ServerlessNeg(stack, REGIONS[i]!, { region: REGIONS[i]!, serviceName: "chat", ...options }),
  );
  new ServerlessBackend(stack, "Backend", { targets, failover });
  return only(synth(stack), "google_compute_backend_service").values.outlier_detection;
}

const withOptions = (options: OutlierDetectionOptions, regions = 3) =>
  detection(Array(regions).fill(SILENT), Failover.outlierDetection(options));

const DEFAULTS = {
  consecutive_errors: 5,
  enforcing_consecutive_errors: 100,
  consecutive_gateway_failure: 3,
  enforcing_consecutive_gateway_failure: 100,
  interval: { seconds: 1 },
  base_ejection_time: { seconds: 180 },
  max_ejection_percent: 50,
};

test("watches real answers where a region reports no health, with every field and no success rates", () => {
  expect(detection([HEALTHY, SILENT])).toEqual(DEFAULTS);
  expect(detection([SILENT, SILENT], Failover.automatic())).toEqual(DEFAULTS);
  expect(detection([HEALTHY, HEALTHY], Failover.outlierDetection())).toEqual(DEFAULTS);
});

test("a tag on a NEG silences a region that would report its health", () => {
  expect(detection([HEALTHY, { reportsHealth: true, tag: "canary" }])).toEqual(DEFAULTS);
});

test("leaves failover to service health where every region reports it", () => {
  expect(detection([HEALTHY, HEALTHY])).toBeUndefined();
  expect(detection([HEALTHY, HEALTHY], Failover.serviceHealth())).toBeUndefined();
});

test("ejects nothing with a single region, which has nowhere to fail over to", () => {
  expect(detection([SILENT])).toBeUndefined();
  expect(detection([SILENT], Failover.outlierDetection())).toBeUndefined();
});

test("fails for a bad option with a single region too, before the second one comes", () => {
  expect(() => withOptions({ maxEjectionPercent: 0 }, 1)).toThrow(
    "[test/Backend] maxEjectionPercent: got 0, allowed is a whole number from 1 to 100;",
  );
});

test("can be turned off", () => {
  expect(detection([SILENT, SILENT], Failover.none())).toBeUndefined();
});

test("takes every option of outlier detection", () => {
  expect(
    withOptions({
      consecutiveErrors: 7,
      consecutiveGatewayFailures: 2,
      intervalSeconds: 10,
      baseEjectionSeconds: 30,
      maxEjectionPercent: 67,
    }),
  ).toEqual({
    consecutive_errors: 7,
    enforcing_consecutive_errors: 100,
    consecutive_gateway_failure: 2,
    enforcing_consecutive_gateway_failure: 100,
    interval: { seconds: 10 },
    base_ejection_time: { seconds: 30 },
    max_ejection_percent: 67,
  });
});

const NEEDED = "two or more regions, each with a readinessProbe, minInstances of 1 or more and no tag on its NEG";
const FIX = "give each region a readinessProbe and minInstances: 1, or use Failover.automatic()";

test("fails for service health with silent regions, which would count as healthy for ever", () => {
  expect(() => detection([SILENT, HEALTHY, SILENT], Failover.serviceHealth())).toThrow(
    `[test/Backend] failover: got "no service health from europe-west1, asia-southeast1", allowed is ${NEEDED}; ${FIX}`,
  );
});

test("fails for service health with one region", () => {
  expect(() => detection([HEALTHY], Failover.serviceHealth())).toThrow(
    `[test/Backend] failover: got "one region", allowed is ${NEEDED}; ${FIX}`,
  );
});

test.each([
  ["consecutiveErrors", 0, "1 to 1000", "give a number of answers"],
  ["consecutiveErrors", 1001, "1 to 1000", "give a number of answers"],
  ["consecutiveGatewayFailures", 0, "1 to 1000", "give a number of answers"],
  ["consecutiveGatewayFailures", 1001, "1 to 1000", "give a number of answers"],
  ["intervalSeconds", 0, "1 to 3600", "give a number of seconds"],
  ["intervalSeconds", 3601, "1 to 3600", "give a number of seconds"],
  ["baseEjectionSeconds", 0.5, "1 to 3600", "give a number of seconds"],
  ["baseEjectionSeconds", 3601, "1 to 3600", "give a number of seconds"],
  ["maxEjectionPercent", 101, "34 to 100", "below 34 % none of 3 regions can be ejected"],
  ["maxEjectionPercent", 33, "34 to 100", "below 34 % none of 3 regions can be ejected"],
])("fails for %s of %d", (what, value, range, fix) => {
  expect(() => withOptions({ [what]: value })).toThrow(
    `[test/Backend] ${what}: got ${value}, allowed is a whole number from ${range}; ${fix}`,
  );
});

test("fails for a maxEjectionPercent that cannot eject one of two regions", () => {
  expect(withOptions({ maxEjectionPercent: 50 }, 2)).toMatchObject({ max_ejection_percent: 50 });
  expect(() => withOptions({ maxEjectionPercent: 49 }, 2)).toThrow(
    "[test/Backend] maxEjectionPercent: got 49, allowed is a whole number from 50 to 100; below 50 % none of 2 regions can be ejected",
  );
});
