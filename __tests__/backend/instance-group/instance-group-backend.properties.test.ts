import fc from "fast-check";
import {
  BackendProtocol,
  Balancing,
  HealthCheck,
  InstanceGroupBackend,
  LocalityPolicy,
  ServerVerification,
  SessionAffinity,
  StreamBackend,
} from "../../../lib";
import { findingsOf } from "../../rules/rule-support";
import { synth, testStack } from "../../support";
import { FakeTarget } from "./group-targets";

const REGIONS = ["europe-west1", "us-central1", "asia-east1"];

const share = fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100);
const rate = fc.integer({ min: 1, max: 1000 }).map((tenths) => tenths / 10);
const balancing = fc.oneof(
  rate.map((maxRatePerInstance) => Balancing.rate({ maxRatePerInstance })),
  fc.record({ maxUtilization: share, maxRatePerInstance: rate }, { requiredKeys: [] }).map(Balancing.utilization),
  share.map((maxUtilization) => Balancing.customMetrics([{ name: "named_metrics.queue", maxUtilization }])),
);
const affinity = fc.oneof(
  fc.constantFrom(SessionAffinity.none(), SessionAffinity.clientIp(), SessionAffinity.header("X-Session-Id")),
  fc.integer({ min: 0, max: 1_209_600 }).map((ttlSeconds) => SessionAffinity.generatedCookie({ ttlSeconds })),
  fc.integer({ min: 0, max: 1_209_600 }).map((ttlSeconds) => SessionAffinity.httpCookie("sid", { ttlSeconds })),
  fc.constant(SessionAffinity.strongCookie("sid", { path: "/" })),
);
const plainCheck = fc.constantFrom(
  undefined,
  HealthCheck.http("/ready", { intervalSeconds: 2 }),
  HealthCheck.grpc(),
  HealthCheck.tcp(),
);
const tlsCheck = fc.constantFrom(
  undefined,
  HealthCheck.https("/ready", { timeoutSeconds: 1 }),
  HealthCheck.http2("/ready"),
  HealthCheck.ssl({ proxyProtocol: true }),
);
/** A port speaks TLS or it does not, to the load balancer and to its check. */
const spoken = fc.oneof(
  fc.record({
    protocol: fc.constantFrom(BackendProtocol.http(), BackendProtocol.h2c()),
    healthCheck: plainCheck,
  }),
  fc.record({
    protocol: fc.constantFrom(
      BackendProtocol.https(),
      BackendProtocol.http2(ServerVerification.publicRoots("a.example.com", { subjectAltNames: ["b.example.com"] })),
    ),
    healthCheck: tlsCheck,
  }),
);
const override = fc.record(
  {
    region: fc.constantFrom(...REGIONS.slice(1)),
    balancing,
    capacity: fc.constantFrom(0, 0.1, 0.5, 1),
    preferred: fc.boolean(),
  },
  { requiredKeys: ["region"] },
);

/** What the rules say of a backend by these options. */
function findings(create: (targets: FakeTarget[], stack: ReturnType<typeof testStack>) => void): string[] {
  const stack = testStack();
  create(
    REGIONS.map((region) => new FakeTarget(stack, region)),
    stack,
  );
  return findingsOf(synth(stack).json as never)
    .filter(({ path }) => path?.includes("Backend"))
    .map(({ rule }) => rule);
}

test("options that are taken give no finding", () => {
  const options = fc.record({
    spoken,
    balancing,
    sessionAffinity: affinity,
    overrides: fc.uniqueArray(override, { maxLength: 2, selector: ({ region }) => region }),
    drainingRegions: fc.subarray(REGIONS.slice(1)),
    timeoutSeconds: fc.integer({ min: 1, max: 2147483647 }),
  });
  fc.assert(
    fc.property(options, ({ spoken: both, ...given }) => {
      const props = { ...given, ...both };
      expect(findings((targets, stack) => new InstanceGroupBackend(stack, "Backend", { targets, ...props }))).toEqual(
        [],
      );
    }),
    { numRuns: 40 },
  );
});

test("policies fit every affinity that they are taken with", () => {
  const policy = fc.constantFrom(
    LocalityPolicy.roundRobin(),
    LocalityPolicy.random(),
    LocalityPolicy.maglev(),
    LocalityPolicy.ringHash({ minimumRingSize: 64 }),
    LocalityPolicy.weightedRoundRobin(["named_metrics.queue"]),
  );
  let taken = 0;
  fc.assert(
    fc.property(affinity, policy, (sessionAffinity, localityPolicy) => {
      const found = findings((targets, stack) => {
        try {
          new InstanceGroupBackend(stack, "Backend", { targets, sessionAffinity, localityPolicy });
          taken++;
        } catch (error) {
          expect((error as Error).message).toContain("localityPolicy: got");
          stack.node.tryRemoveChild("Backend");
        }
      });
      expect(found).toEqual([]);
    }),
    { numRuns: 40 },
  );
  expect(taken).toBeGreaterThan(5);
});

test("streams by every option give no finding", () => {
  const options = fc.record({
    spoken: fc.oneof(
      plainCheck.map((healthCheck) => ({ encrypted: false, healthCheck })),
      tlsCheck.map((healthCheck) => ({ encrypted: true, healthCheck })),
    ),
    sessionAffinity: fc.constantFrom(SessionAffinity.none(), SessionAffinity.clientIp()),
    balancing: fc.oneof(
      share.map((maxUtilization) => Balancing.utilization({ maxUtilization })),
      fc.integer({ min: 1, max: 2147483647 }).map((each) => Balancing.connections({ maxConnectionsPerInstance: each })),
    ),
    idleTimeoutSeconds: fc.integer({ min: 1, max: 2147483647 }),
    drainingRegions: fc.subarray(REGIONS.slice(1)),
  });
  fc.assert(
    fc.property(options, ({ spoken: both, ...given }) => {
      const props = { ...given, ...both };
      expect(findings((targets, stack) => new StreamBackend(stack, "Backend", { targets, ...props }))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
