import fc from "fast-check";
import {
  CloudRunRegion,
  ContainerImage,
  ImagePolicy,
  MultiRegionRegistry,
  type MultiRegionRegistryProps,
  RemoteRegistry,
  RemovalPolicy,
  ServiceAccount,
  Upstream,
} from "../../lib";
import { REGIONS } from "../../lib/google/regions";
import { findingsOf } from "../rules/rule-support";
import { attributes, only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";

const TYPE = "google_artifact_registry_repository";
const GRANT = "google_artifact_registry_repository_iam_member";
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const keyIn = (location: string) => `projects/p/locations/${location}/keyRings/r/cryptoKeys/k`;

function registry(props: MultiRegionRegistryProps = {}) {
  const stack = testStack();
  return { stack, construct: new MultiRegionRegistry(stack, "Images", props) };
}

/** The multi-region that an address is in. */
function placeOf(url: string): string {
  return url.replace(/-docker\.pkg\.dev.*/s, "");
}

test("is one repository of the same name on each continent, as an ImageRegistry makes it", () => {
  const { stack, construct } = registry({ removalPolicy: RemovalPolicy.DESTROY, deleteUntaggedAfterDays: 7 });
  const document = synth(stack);
  const all = document.ofType(TYPE);
  expect(all.map(({ values }) => values.location)).toEqual(["us", "europe", "asia"]);
  expect(new Set(all.map(({ values }) => values.repository_id)).size).toBe(1);
  for (const { values } of all) {
    expect(values).toMatchObject({
      mode: "STANDARD_REPOSITORY",
      docker_config: { immutable_tags: true },
      lifecycle: { prevent_destroy: false },
      cleanup_policies: [{ condition: { older_than: "604800s" } }, { action: "KEEP" }],
    });
  }
  expect(construct.pushUrls.map(placeOf)).toEqual(["us", "europe", "asia"]);
  expect(construct.urls).toEqual(construct.pushUrls);
  expect(construct.dependables).toHaveLength(3);
});

test("takes a name, and a key for each location", () => {
  const { stack } = registry({
    locations: ["europe", "us"],
    repositoryId: "models",
    encryptionKeys: { europe: keyIn("europe"), us: keyIn("us") },
  });
  expect(synth(stack).ofType(TYPE).map(attributes)).toMatchObject([
    { location: "europe", repository_id: "models", kms_key_name: keyIn("europe") },
    { location: "us", repository_id: "models", kms_key_name: keyIn("us") },
  ]);
});

describe("each region pulls from the nearest copy", () => {
  test.each([
    ["africa-south1", ["europe", "asia", "us"]],
    ["me-central1", ["europe", "asia", "us"]],
    ["me-west1", ["europe", "asia", "us"]],
    ["europe-west10", ["europe", "us", "asia"]],
    ["asia-south2", ["asia", "europe", "us"]],
    ["asia-southeast3", ["asia", "europe", "us"]],
    ["asia-northeast1", ["asia", "us", "europe"]],
    ["australia-southeast2", ["asia", "us", "europe"]],
    ["us-west1", ["us", "asia", "europe"]],
    ["us-west4", ["us", "asia", "europe"]],
    ["us-west3", ["us", "europe", "asia"]],
    ["northamerica-south1", ["us", "europe", "asia"]],
    ["southamerica-east1", ["us", "europe", "asia"]],
  ])("%s", (region, order) => {
    const nearest = (locations: string[]) => placeOf(registry({ locations }).construct.urlIn(region));
    expect(nearest([...order].reverse())).toBe(order[0]);
    expect(nearest([order[2]!, order[1]!])).toBe(order[1]);
  });

  test("every region has one on its own continent, Africa, the Middle East and Oceania on the one they reach soonest", () => {
    const { construct } = registry();
    const nearest = Object.fromEntries(REGIONS.map(({ name }) => [name, placeOf(construct.urlIn(name))]));
    for (const { name, continent } of REGIONS) {
      const own: Record<string, string> = { EU: "europe", AF: "europe", NA: "us", SA: "us", OC: "asia", AS: "asia" };
      expect([name, nearest[name]]).toEqual([name, name.startsWith("me-") ? "europe" : own[continent]]);
    }
  });

  test("with one digest, and Cloud Run waits for the repositories", () => {
    const { stack, construct } = registry();
    const image = ContainerImage.fromRegistry(construct, "team/chat", DIGEST);
    new CloudRunRegion(stack, "Tokyo", { region: "asia-northeast1", image });
    new CloudRunRegion(stack, "Iowa", { region: "us-central1", image });
    const document = synth(stack);
    const imageIn = (path: string) =>
      JSON.stringify(only(document, "google_cloud_run_v2_service", path).values.template);
    expect(imageIn("Tokyo/Resource")).toMatch(/"asia-docker\.pkg\.dev\/.+\/team\/chat@sha256:/);
    expect(imageIn("Iowa/Resource")).toMatch(/"us-docker\.pkg\.dev\/.+\/team\/chat@sha256:/);
    expect(only(document, "google_cloud_run_v2_service", "Iowa/Resource").values.depends_on).toEqual(
      expect.arrayContaining(document.ofType(TYPE).map(({ address }) => address)),
    );
    expect(image.reference).toBe(`${construct.url}/team/chat@${DIGEST}`);
  });
});

test("lets an account pull from every copy, and another push to every copy, each once", () => {
  const { stack, construct } = registry();
  const [machine, build] = ["Machine", "Build"].map((id) => new ServiceAccount(stack, id));
  const image = ContainerImage.fromRegistry(construct, "chat", DIGEST);
  expect(image.grantPull(machine!)).toEqual(construct.grantPull(machine!));
  expect(construct.grantPush(build!)).toHaveLength(3);
  const grants = synth(stack)
    .ofType(GRANT)
    .map(({ values }) => String(values.role));
  expect(grants.filter((role) => role === "roles/artifactregistry.reader")).toHaveLength(3);
  expect(grants.filter((role) => role === "roles/artifactregistry.writer")).toHaveLength(3);
});

test("a copy on standby is pushed to, and no region pulls from it", () => {
  const { construct } = registry({ standbyLocations: ["us", "asia"] });
  expect(construct.pushUrls).toHaveLength(3);
  expect(placeOf(construct.url)).toBe("europe");
  expect(placeOf(construct.urlIn("asia-northeast1"))).toBe("europe");
});

describe("changing the locations", () => {
  const build = (props: MultiRegionRegistryProps) => {
    const { stack, construct } = registry({ ...props, removalPolicy: RemovalPolicy.DESTROY });
    const image = ContainerImage.fromRegistry(construct, "chat", DIGEST);
    for (const region of ["asia-northeast1", "europe-west1"]) new CloudRunRegion(stack, region, { region, image });
    return synth(stack);
  };
  const europe = build({ locations: ["europe"] });
  const filling = build({ locations: ["europe", "asia"], standbyLocations: ["asia"] });
  const both = build({ locations: ["europe", "asia"] });

  test.each([
    ["a new one on standby, to be filled", europe, filling, { added: ["Images/asia"] }],
    ["then pulled from, by the regions next to it", filling, both, { changed: ["asia-northeast1"] }],
    ["an old one put on standby", both, filling, { changed: ["asia-northeast1"] }],
    ["and removed", filling, europe, { removed: ["Images/asia"] }],
    // The services go over to the other copy before this one is destroyed.
    ["one removed at once", both, europe, { removed: ["Images/asia"], changed: ["asia-northeast1"] }],
  ])("%s", (_title, before, after, expected) => {
    expectTransition(before, after, expected);
  });
});

test("whatever the locations and regions, images come from a copy that is filled, and are admitted, without a finding", () => {
  const setups = fc
    .record({
      locations: fc.shuffledSubarray(["us", "europe", "asia"], { minLength: 1 }),
      regions: fc.uniqueArray(fc.constantFrom(...REGIONS.map(({ name }) => name)), { minLength: 1, maxLength: 3 }),
      standby: fc.nat(2),
      cached: fc.boolean(),
      admit: fc.boolean(),
    })
    .map((setup) => ({
      ...setup,
      standby: setup.locations.slice(0, Math.min(setup.standby, setup.locations.length - 1)),
    }));
  fc.assert(
    fc.property(setups, ({ locations, regions, standby, cached, admit }) => {
      const stack = testStack();
      const registry = cached
        ? new RemoteRegistry(stack, "Images", { locations, upstream: Upstream.nvidia() })
        : new MultiRegionRegistry(stack, "Images", { locations, standbyLocations: standby });
      const imagePolicy = admit ? new ImagePolicy(stack, "ImagePolicy", { registries: [registry] }) : undefined;
      const image = ContainerImage.fromRegistry(registry, "team/chat", DIGEST);
      for (const region of regions) new CloudRunRegion(stack, region, { region, image, imagePolicy });
      const filled = locations.filter((location) => cached || !standby.includes(location));
      for (const region of regions) expect(filled).toContain(placeOf(registry.urlIn(region)));
      expect(placeOf(registry.url)).toBe(filled[0]);
      expect(findingsOf(JSON.parse(JSON.stringify(stack.toTerraform())))).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

test.each([
  [
    "a single region",
    { locations: ["europe-west1"] },
    'locations: got "europe-west1", allowed is us, europe, asia; use a separate registry for a single region',
  ],
  [
    "a misspelt location",
    { locations: ["euorpe"] },
    'locations: got "euorpe", allowed is us, europe, asia; did you mean "europe"?',
  ],
  ["a location twice", { locations: ["us", "us"] }, 'locations: got "us", allowed is each value once'],
  ["no location", { locations: [] }, "locations: got [], allowed is at least one location that images are pulled from"],
  [
    "standby for what is no location",
    { locations: ["us"], standbyLocations: ["asia"] },
    'standbyLocations: got "asia", allowed is us; add it to locations, or remove it here',
  ],
  [
    "all on standby",
    { locations: ["us"], standbyLocations: ["us"] },
    'standbyLocations: got ["us"], allowed is at least one location that images are pulled from; leave one location out',
  ],
  [
    "a location without key",
    { locations: ["us", "asia"], encryptionKeys: { us: keyIn("us") } },
    'encryptionKeys: got ["us"], allowed is a key for each of us, asia; add a key in asia',
  ],
  [
    "a key for no location",
    { locations: ["us"], encryptionKeys: { us: keyIn("us"), asia: keyIn("asia") } },
    "remove the key for asia",
  ],
])("fails for %s", (_what, props, message) => {
  expect(() => registry(props)).toThrow(message);
});

test("fails for a key elsewhere, and for a region that is none", () => {
  expect(() => registry({ locations: ["us"], encryptionKeys: { us: keyIn("asia") } })).toThrow("a key in us");
  expect(() => registry().construct.urlIn("europe-west99")).toThrow("[test/Images] region: got");
});
