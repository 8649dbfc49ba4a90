import { REGIONS } from "../../lib/google/regions";
import { BACKBONE_ERRORS, BACKBONE_LINKS, BY_DISTANCE } from "../../lib/planning/backbone";
import {
  ACCESS,
  directFirstByteMs,
  firstByteMs,
  Handshake,
  regionRoundTripMs,
  roundTrips,
  shortestPaths,
} from "../../lib/planning/latency";
import { modelError, readMeasurements } from "../../lib/planning/model-error";

const indexOf = (name: string) => REGIONS.findIndex((each) => each.name === name);
const to = (name: string, place: { latitude: number; longitude: number }) => roundTrips(place)[indexOf(name)]!;
const FRANKFURT = { latitude: 50.11, longitude: 8.68 };

test("links are between regions of the catalogue, and reach every one of them", () => {
  const names = REGIONS.map(({ name }) => name);
  expect(BACKBONE_LINKS.filter(([a, b]) => !names.includes(a) || !names.includes(b))).toEqual([]);
  for (const name of names) expect(regionRoundTripMs("us-central1", name)).toBeLessThan(400);
});

test("errors for pairs that the fit has not seen are within what the guide promises", () => {
  expect(BACKBONE_ERRORS.heldBack).toMatchObject({ pairs: 780 });
  expect(BACKBONE_ERRORS.heldBack.medianMs).toBeLessThanOrEqual(3);
  expect(BACKBONE_ERRORS.fitted.p90Ms).toBeLessThanOrEqual(7.1);
  expect(BY_DISTANCE).toEqual(["asia-southeast3", "europe-north2", "northamerica-south1"]);
});

// A few round trips of Google's Performance Dashboard of 2023-11-27.
test.each([
  ["europe-west3", "us-central1", 109],
  ["us-central1", "us-west1", 38],
  ["europe-west3", "asia-southeast1", 160],
  ["europe-west3", "southamerica-east1", 200],
])("from %s to %s it is near the %p ms measured", (from, region, ms) => {
  expect(Math.abs(regionRoundTripMs(from, region)! - ms)).toBeLessThan(8);
});

test("a client enters Google's network where the whole way is shortest", () => {
  const { edgeMs, totalMs } = to("us-central1", FRANKFURT);
  expect(edgeMs).toBeCloseTo(ACCESS.lastMileMs + ACCESS.publicMs, 0);
  expect(totalMs).toBeCloseTo(edgeMs + regionRoundTripMs("europe-west3", "us-central1")!, 0);
});

test("a country's own delay is added to every region", () => {
  const [plain, slow] = [roundTrips(FRANKFURT), roundTrips(FRANKFURT, ACCESS, 25)];
  expect(slow.every(({ totalMs }, index) => Math.abs(totalMs - plain[index]!.totalMs - 25) < 0.2)).toBe(true);
});

test("paths take the shorter way over a third place", () => {
  const links = [
    [0, 1, 10],
    [1, 2, 5],
    [0, 2, 40],
  ] as const;
  expect(shortestPaths(links, 3)).toEqual([
    [0, 10, 15],
    [10, 0, 5],
    [15, 5, 0],
  ]);
});

/**
 * Google's benchmark of a client in Germany and machines in us-central1, with 110 ms between them
 * and 1 ms to the edge (docs.cloud.google.com/load-balancing/docs/tutorials/optimize-app-latency,
 * 2026-04-10): first bytes without load balancer, and with it.
 */
describe("what a load balancer saves, as Google measured it", () => {
  const trip = { edgeMs: 1, totalMs: 110 };
  const saved = (handshake: Handshake) => directFirstByteMs(trip, handshake, 10) - firstByteMs(trip, handshake, 10);

  test.each([
    ["HTTP", Handshake.TCP, 230 - 123],
    ["HTTPS, TLS 1.2", Handshake.TLS12, 525 - 201],
  ])("%s", (_, handshake, measured) => {
    expect(Math.abs(saved(handshake) - measured)).toBeLessThanOrEqual(3);
  });

  test("an open connection saves nothing, a first HTTP request takes what was measured", () => {
    expect(saved(Handshake.OPEN)).toBe(0);
    expect(Math.abs(firstByteMs(trip, Handshake.TCP, 10) - 123)).toBeLessThanOrEqual(3);
  });
});

describe("errors against measurements", () => {
  test("both directions of a pair are one, comments, headers and unknown regions are left out", () => {
    const csv = "# of today\nfrom,to,rtt_ms\na,b,10\nb,a,14\na,a,0.4\na,x,9\n";
    expect(readMeasurements(csv, (name) => name !== "x")).toEqual([{ from: "a", to: "b", ms: 12 }]);
  });

  test("are absolute and relative", () => {
    const pairs = [10, 20, 40].map((ms, index) => ({ from: "a", to: `${index}`, ms }));
    expect(modelError(pairs, () => 20)).toEqual({
      pairs: 3,
      medianMs: 10,
      meanMs: 10,
      p90Ms: 20,
      worstMs: 20,
      medianPercent: 50,
    });
  });
});
