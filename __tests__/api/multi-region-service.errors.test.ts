import { ContainerImage, Failover, Gpu, MultiRegionService, type MultiRegionServiceProps } from "../../lib";
import { testStack } from "../support";

const [BELGIUM, IOWA] = ["europe-west1", "us-central1"];

const fails = (options: Partial<MultiRegionServiceProps>) =>
  expect(
    () =>
      new MultiRegionService(testStack(), "Chat", {
        image: ContainerImage.fromReference("docker.io/acme/chat:1"),
        regions: [BELGIUM, IOWA],
        ...options,
      }),
  );

test("fails without a region", () => {
  fails({ regions: [] }).toThrow(
    "[test/Chat] regions: got [], allowed is at least one region that receives requests; name a region",
  );
});

test("fails for a region twice", () => {
  fails({ regions: [BELGIUM, IOWA, BELGIUM] }).toThrow(
    '[test/Chat] regions: got "europe-west1", allowed is each value once; name each region once',
  );
});

test("fails for what is no region, and says which may be meant", () => {
  fails({ regions: [BELGIUM, "us-centrall"] }).toThrow(
    /^\[test\/Chat\] region: got "us-centrall", allowed is a Google Cloud region; did you mean "us-central1"\?/,
  );
});

test("fails when all regions drain", () => {
  fails({ drainingRegions: [IOWA, BELGIUM] }).toThrow(
    '[test/Chat] drainingRegions: got ["us-central1","europe-west1"], allowed is at least one region that receives requests; ' +
      "leave one region out of drainingRegions",
  );
});

test("fails for a draining region twice", () => {
  fails({ drainingRegions: [IOWA, IOWA] }).toThrow(
    '[test/Chat] drainingRegions: got "us-central1", allowed is each value once; name each region once',
  );
});

test.each([
  ["drainingRegions", { drainingRegions: ["us-central2"] }],
  ["regionOverrides", { regionOverrides: { "us-central2": { maxInstances: 2 } } }],
])("fails for an unknown region in %s, and says which may be meant", (what, options) => {
  fails(options).toThrow(
    `[test/Chat] ${what}: got "us-central2", allowed is europe-west1, us-central1; did you mean "us-central1"?`,
  );
});

test.each([
  ["drainingRegions", { drainingRegions: ["me-west1"] }],
  ["regionOverrides", { regionOverrides: { "me-west1": { maxInstances: 2 } } }],
])("fails for a region in %s that regions does not have, and says where to add it", (what, options) => {
  fails(options).toThrow(
    `[test/Chat] ${what}: got "me-west1", allowed is europe-west1, us-central1; add it to regions, or remove it here`,
  );
});

test("fails for a service name that Cloud Run refuses", () => {
  fails({ serviceName: "a".repeat(50) }).toThrow(
    `[test/Chat] service name: got "${"a".repeat(50)}", allowed is 1 to 49 lower-case letters, digits and hyphens, ` +
      "starting with a letter, not ending in a hyphen; shorten or respell it, or leave it out to have one generated",
  );
});

test("fails in the region whose override is wrong, and names it", () => {
  fails({ regionOverrides: { [IOWA]: { maxInstances: 0 } } }).toThrow(
    "[test/Chat/us-central1] maxInstances: got 0, allowed is a whole number from 1 to 10000",
  );
});

test("fails for a GPU where it is not sold, and says how to serve the region on CPU", () => {
  fails({ regions: [BELGIUM, "europe-west3"], gpu: Gpu.l4() }).toThrow(
    /^\[test\/Chat\/europe-west3\] gpu: got "NVIDIA L4 in europe-west3", allowed is .*europe-west1.*regionOverrides: \{ "europe-west3": \{ gpu: Gpu\.none\(\) \} \}$/,
  );
});

test("fails for service health when a region that receives requests is silent", () => {
  fails({ failover: Failover.serviceHealth() }).toThrow(
    '[test/Chat/Backend] failover: got "no service health from europe-west1, us-central1", allowed is two or more regions, ' +
      "each with a readinessProbe, minInstances of 1 or more and no tag on its NEG; " +
      "give each region a readinessProbe and minInstances: 1, or use Failover.automatic()",
  );
});
