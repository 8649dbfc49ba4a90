import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { REGIONS } from "../../lib/google/regions";
import { Demand } from "../../lib/planning/demand";
import { RegionPlan } from "../../lib/planning/region-plan";
import { type Box, overlaps, textWidth } from "../../lib/report/drawing";
import { LAND } from "../../lib/report/land";
import { mapModel } from "../../lib/report/map-model";
import { worldMap } from "../../lib/report/world-map";
import { landPath } from "../../scripts/land-path";
import { contrast, documentNames, documentOf, elements, foreign, served, themesOf } from "./documents";

const names = (regions: readonly { readonly name: string }[]) => regions.map(({ name }) => name);

describe("the model", () => {
  test("has the regions of prod, with what runs there", () => {
    expect(
      mapModel(documentOf("prod")).regions.map(({ name, city, isServing, isDraining, isWarm, gpus, workloads }) => {
        return { name, city, isServing, isDraining, isWarm, gpus, runs: workloads.map(({ kind }) => kind) };
      }),
    ).toEqual(
      [
        ["asia-southeast1", "Singapore"],
        ["europe-west1", "Belgium"],
        ["us-central1", "Iowa"],
      ].map(([name, city]) => {
        return { name, city, isServing: true, isDraining: false, isWarm: true, gpus: ["l4"], runs: ["service"] };
      }),
    );
  });

  test("sends everyone where a region plan does", () => {
    const { regions, cities } = mapModel(documentOf("prod"));
    const plan = RegionPlan.of(names(regions), { count: 3 });
    expect(cities).toHaveLength(Demand.internetUsers().points.length);
    expect(cities.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    for (const { region, share, meanMs } of plan.served) {
      const own = regions.find(({ name }) => name === region)!;
      expect([own.share, own.meanMs]).toEqual([expect.closeTo(share), expect.closeTo(meanMs)]);
    }
  });

  test("has the clients that it is given", () => {
    const { cities } = mapModel(documentOf("prod"), { demand: Demand.cities({ Seoul: 1, Madrid: 3 }) });
    expect(cities.map(({ name, region, share }) => ({ name, region, share }))).toEqual([
      { name: "Seoul", region: "asia-southeast1", share: 0.25 },
      { name: "Madrid", region: "europe-west1", share: 0.75 },
    ]);
  });

  test("sends nobody to a draining region", () => {
    const { regions, cities, links } = mapModel(documentOf("prod with a draining region"));
    expect(regions.find(({ name }) => name === "us-central1")).toMatchObject({
      isDraining: true,
      isServing: false,
      share: 0,
    });
    expect(new Set(cities.map(({ region }) => region))).toEqual(new Set(["asia-southeast1", "europe-west1"]));
    expect(links.flatMap(({ from, to }) => [from, to])).not.toContain("us-central1");
  });

  test("sends nobody to an instance group without capacity", () => {
    const topology = foreign({
      google_compute_region_instance_group_manager: { a: { region: "us-east1" }, b: { region: "us-west1" } },
      google_compute_backend_service: {
        a: {
          load_balancing_scheme: "EXTERNAL_MANAGED",
          backend: ["a", "b"].map((name) => ({
            group: `\${google_compute_region_instance_group_manager.${name}.instance_group}`,
            capacity_scaler: name === "a" ? 0 : 1,
          })),
        },
      },
    });
    const { regions, cities } = mapModel(topology);
    expect(regions.map(({ name, isDraining }) => [name, isDraining])).toEqual([
      ["us-east1", true],
      ["us-west1", false],
    ]);
    expect(cities.every(({ region }) => region === "us-west1")).toBe(true);
  });

  test("has the links on the shortest ways between the regions that serve, and no others", () => {
    const { links } = mapModel(foreign(served(["europe-west1", "europe-west6", "us-east4"])));
    expect(links.map(({ from, to }) => `${from} ${to}`).sort()).toEqual([
      "europe-west1 europe-west2",
      "europe-west1 europe-west3",
      "europe-west2 europe-west3",
      "europe-west2 us-east4",
      "europe-west3 europe-west6",
    ]);
    expect(mapModel(foreign(served(["europe-west1"]))).links).toEqual([]);
  });

  test("shows whom another backend service serves, where it is asked for", () => {
    const [chat, speech] = [served(["europe-west1", "us-east4"]), served(["asia-east1"], "speech")];
    const topology = foreign(
      Object.fromEntries(Object.keys(chat).map((type) => [type, { ...chat[type], ...speech[type] }])),
    );
    expect(mapModel(topology).backends.map(({ resource }) => resource.name)).toEqual(["chat", "speech"]);
    const model = mapModel(topology, { backend: "google_compute_backend_service.speech" });
    expect(new Set(model.cities.map(({ region }) => region))).toEqual(new Set(["asia-east1"]));
    expect(names(model.regions.filter(({ isServing }) => isServing))).toEqual(["asia-east1"]);
  });

  test("serves nobody by regional endpoints and by internal load balancers", () => {
    const { google_compute_backend_service: global, ...rest } = served(["europe-west1"]);
    expect(mapModel(foreign({ ...rest, google_compute_region_backend_service: global! })).cities).toEqual([]);
    const internal = { chat: { ...global!.chat, load_balancing_scheme: "INTERNAL_MANAGED" } };
    expect(mapModel(foreign({ ...rest, google_compute_backend_service: internal })).cities).toEqual([]);
  });

  test("has the NEG of a region where requests go to what is not in the document", () => {
    const { google_cloud_run_v2_service: _services, ...rest } = served(["europe-west1"]);
    const [region] = mapModel(foreign(rest)).regions;
    expect([region!.isServing, region!.workloads]).toEqual([true, []]);
    expect(worldMap(foreign(rest))).toContain(
      'data-address="google_compute_region_network_endpoint_group.chat_europe-west1"',
    );
  });

  test("names regions whose place is not known", () => {
    const model = mapModel(foreign(served(["mars-north1", "europe-west1"])));
    expect([names(model.regions), model.unplaced]).toEqual([["europe-west1"], ["mars-north1"]]);
    expect(worldMap(foreign(served(["mars-north1", "europe-west1"])))).toContain("Not on the map: mars-north1.");
  });
});

test.each(documentNames)("%s: every region is drawn with its address, and every city with its latency", (name) => {
  const topology = documentOf(name);
  const model = mapModel(topology);
  const svg = worldMap(topology);
  const drawn = elements(svg);
  const regions = drawn.filter(({ attributes }) => attributes["data-region"] !== undefined);
  expect(regions.map(({ attributes }) => attributes["data-region"])).toEqual(names(model.regions));
  for (const [index, { attributes }] of regions.entries()) {
    const addresses = model.regions[index]!.workloads.map(({ resource }) => resource.address);
    expect((attributes["data-addresses"] ?? attributes["data-address"])!.split(" ")).toEqual(addresses);
    expect(attributes.href).toBe(`#${addresses[0]}`);
  }
  const cities = drawn.filter(({ attributes }) => attributes.class === "city" && attributes["data-served-by"]);
  expect(cities).toHaveLength(model.cities.length);
  for (const { text, attributes } of cities) {
    expect(text).toMatch(new RegExp(`: \\d+ ms to ${attributes["data-served-by"]}, \\d+ ms to Google's edge$`));
  }
  expect(drawn.filter(({ attributes }) => attributes.class === "link" && !attributes.d?.includes("h18"))).toHaveLength(
    model.links.length,
  );
});

/** Where labels and marks are, read from the drawing. */
function boxesOf(svg: string): {
  readonly labels: readonly (Box & { readonly of: string })[];
  readonly marks: readonly Box[];
} {
  const labels: (Box & { of: string })[] = [];
  const marks: Box[] = [];
  let region: string | undefined;
  for (const { name, attributes, text } of elements(svg)) {
    if (name === "a") region = attributes["data-region"];
    if (attributes.class === "legend") break;
    const number = (key: string) => Number(attributes[key]);
    if (name === "circle" && attributes.class === "mark") {
      const [x, y, r] = [number("cx"), number("cy"), number("r")];
      marks.push({ x: x - r, y: y - r, width: 2 * r, height: 2 * r });
    }
    if (name === "text" && region !== undefined) {
      const width = textWidth(text, 11);
      const shift = { start: 0, middle: width / 2, end: width }[attributes["text-anchor"]!]!;
      labels.push({ x: number("x") - shift, y: number("y") - 10, width, height: 13, of: region });
    }
  }
  return { labels, marks };
}

test.each(documentNames.flatMap((name) => [960, 400].map((width) => [name, width] as const)))(
  "%s at %i pixels: no label is on another, on a mark or over the edge",
  (name, width) => {
    const { labels, marks } = boxesOf(worldMap(documentOf(name), { width }));
    expect(labels.length).toBeGreaterThan(0);
    labels.forEach((label, index) => {
      expect(label.x).toBeGreaterThanOrEqual(0);
      expect(label.x + label.width).toBeLessThanOrEqual(width);
      const others = labels.slice(index + 1).filter(({ of }) => of !== label.of);
      expect([...others, ...marks].filter((each) => overlaps(each, label))).toEqual([]);
    });
  },
);

test("on a wide map, every one of 43 regions has its label", () => {
  const { labels } = boxesOf(worldMap(documentOf("large")));
  expect(new Set(labels.map(({ of }) => of)).size).toBe(REGIONS.length);
});

test("says what is warm, has a GPU, drains, or works for nobody in particular", () => {
  const svg = worldMap(
    foreign({
      ...served(["europe-west1"]),
      google_cloud_run_v2_worker_pool: {
        pool: {
          name: "pool",
          location: "us-east4",
          scaling: { manual_instance_count: 2 },
          template: { node_selector: { accelerator: "nvidia-l4" }, containers: [{ image: "worker" }] },
        },
      },
    }),
  );
  const regions = elements(svg).filter(({ attributes }) => attributes["data-region"] !== undefined);
  expect(regions.map(({ attributes }) => attributes.class)).toEqual(["region cold", "region warm"]);
  expect(regions[0]!.text).toContain("no warm instances");
  expect(regions[1]!.text).toContain("North Virginia · L4");
  expect(svg).toContain("no global traffic");
  expect(worldMap(documentOf("prod with a draining region"))).toMatch(
    /class="region draining" data-region="us-central1"/,
  );
});

test("a document without regions gives a map without them", () => {
  const svg = worldMap(foreign({}));
  expect(svg).toContain("<desc>Nothing runs in a region.</desc>");
  expect(elements(svg).filter(({ name }) => name === "circle")).toEqual([]);
});

test("is a picture for READMEs without links", () => {
  const [root, ...rest] = elements(worldMap(documentOf("prod"), { links: false }));
  expect(root!.attributes).toMatchObject({ xmlns: "http://www.w3.org/2000/svg", role: "img" });
  expect(rest.slice(0, 2).map(({ name }) => name)).toEqual(["title", "desc"]);
  expect(rest.some(({ name }) => name === "a")).toBe(false);
});

test("names of any characters stay text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
      const topology = foreign({
        google_cloud_run_v2_service: { a: { name, location: "europe-west1", template: [] } },
      });
      const drawn = elements(worldMap(topology));
      const shown = /\$\{|%\{/.test(name) ? "a" : name;
      expect(drawn.find(({ attributes }) => attributes["data-region"])!.text).toContain(shown);
    }),
    { numRuns: 40 },
  );
});

test("colours are told apart from land and sea, and texts are readable, in light and dark", () => {
  for (const { colours } of themesOf(worldMap(documentOf("prod")))) {
    const grounds = [colours.ground!, colours.sea!, colours.land!];
    const marks = Object.entries(colours).filter(([name]) => /^c\d$|draining/.test(name));
    for (const ground of grounds) {
      for (const [name, colour] of marks) expect([name, contrast(colour, ground) >= 3]).toEqual([name, true]);
      for (const text of [colours.text!, colours.faint!]) expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test("the land is that of the package it was made from", () => {
  expect(LAND).toBe(landPath(9600));
  expect(readFileSync(join(__dirname, "../../lib/report/land.ts")).length).toBeLessThan(30_000);
});
