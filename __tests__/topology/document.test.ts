import { ServerlessNeg } from "../../lib";
import { blockOf, blocksOf, NotTerraformJson, TerraformDocument } from "../../lib/topology/document";
import { synth, testStack } from "../support";

const map = { name: "map", default_service: "${google_compute_backend_service.main.id}" };
const backend = { name: "backend", backend: [{ group: "${google_neg.eu.id}" }] };

function parse(json: unknown): TerraformDocument {
  return TerraformDocument.parse(json);
}

describe("parse", () => {
  test.each<[string, unknown, string]>([
    ["null", null, "the top level is no JSON object"],
    ["a list", [{ resource: {} }], "the top level is no JSON object"],
    ["a text", "resource", "the top level is no JSON object"],
    ["a number", 7, "the top level is no JSON object"],
    ["a misspelled block", { resource: {}, resources: {} }, '"resources" is not a top-level block of Terraform JSON'],
    ["a plan", { format_version: "1.2", planned_values: {} }, '"format_version" is not a top-level block'],
    ["a CDKTF manifest", { version: "0.21.0", stacks: {} }, '"version" is not a top-level block'],
  ])("fails for %s", (_, json, message) => {
    expect(() => parse(json)).toThrow(NotTerraformJson);
    expect(() => parse(json)).toThrow(message);
  });

  test("takes every block that Terraform has, and comments", () => {
    const blocks = ["terraform", "provider", "resource", "data", "ephemeral", "output", "variable", "locals", "module"];
    const others = ["import", "moved", "removed", "check", "action"];
    const json = Object.fromEntries([...blocks, ...others, "//"].map((name) => [name, {}]));
    expect(parse(json).resources).toEqual([]);
  });
});

describe("blocks", () => {
  const plain = {
    resource: { google_compute_url_map: { main: map }, google_compute_backend_service: { main: backend } },
    data: { google_project: { this: { project_id: "mine" } } },
    output: { url: { value: "x" }, ip: { value: "y" } },
  };
  // Terraform JSON takes a list of objects wherever it takes one object.
  const lists = {
    resource: [{ google_compute_url_map: [{ main: [map] }] }, { google_compute_backend_service: { main: [backend] } }],
    data: [{ google_project: [{ this: { project_id: "mine" } }] }],
    output: [{ url: { value: "x" } }, { ip: { value: "y" } }],
  };

  test.each([
    ["objects", plain],
    ["lists of objects", lists],
  ])("as %s", (_, json) => {
    const document = parse(json);
    expect(document.resources.map(({ address, isData }) => [address, isData])).toEqual([
      ["google_compute_url_map.main", false],
      ["google_compute_backend_service.main", false],
      ["data.google_project.this", true],
    ]);
    expect(document.at("google_compute_url_map.main")).toMatchObject({
      type: "google_compute_url_map",
      name: "main",
      values: map,
    });
    expect(document.outputs).toEqual({ url: { value: "x" }, ip: { value: "y" } });
  });

  test("comments are no resources", () => {
    const json = {
      "//": "written by hand",
      resource: { "//": { a: { b: 1 } }, google_a: { "//": { c: 1 }, x: { name: "x" } } },
      output: { "//": "none yet" },
    };
    expect(parse(json).resources.map(({ address }) => address)).toEqual(["google_a.x"]);
    expect(parse(json).outputs).toEqual({});
  });

  test("of a type are the managed ones, in the order of the document", () => {
    const document = parse({
      resource: { google_project: { b: {}, a: {} } },
      data: { google_project: { c: {} } },
    });
    expect(document.ofType("google_project").map(({ name }) => name)).toEqual(["b", "a"]);
    expect(document.ofType("google_other")).toEqual([]);
  });

  test("a data source and a resource of the same type and name are two", () => {
    const document = parse({
      resource: { google_project: { this: { name: "managed" } } },
      data: { google_project: { this: { name: "read" } } },
    });
    expect(document.at("google_project.this")?.values.name).toBe("managed");
    expect(document.at("data.google_project.this")?.values.name).toBe("read");
  });
});

describe("construct path", () => {
  test("is what cdktf wrote", () => {
    const stack = testStack();
    new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" });
    expect(synth(stack).ofType("google_compute_region_network_endpoint_group")[0]?.path).toBe("test/Neg/Resource");
  });

  test.each([[undefined], ["by hand"], [{ metadata: "x" }], [{ metadata: { path: 7 } }]])(
    "is unknown where the comment is %p",
    (comment) => {
      expect(parse({ resource: { google_a: { x: { "//": comment } } } }).resources[0]?.path).toBeUndefined();
    },
  );
});

describe("following references", () => {
  const document = parse({
    resource: {
      google_compute_url_map: { main: map },
      google_compute_backend_service: { main: backend },
      google_neg: { eu: { name: "eu", count: 2 } },
    },
    data: { google_project: { this: {} } },
  });

  test("target is the resource that a value names and nothing else", () => {
    expect(document.target(map.default_service)?.address).toBe("google_compute_backend_service.main");
    expect(document.target("${data.google_project.this.number}")?.address).toBe("data.google_project.this");
    expect(document.target("${google_neg.eu[0].id}")?.address).toBe("google_neg.eu");
    expect(document.target("${google_neg.us.id}")).toBeUndefined();
    expect(document.target("x-${google_neg.eu.id}")).toBeUndefined();
    expect(document.target("google_neg.eu.id")).toBeUndefined();
    expect(document.target(["${google_neg.eu.id}"])).toBeUndefined();
  });

  test("references are those to resources that exist", () => {
    const value = {
      group: "${google_neg.eu.id}",
      description: "for ${google_neg.us.id}, not google_neg.eu, not $${google_neg.eu.id}",
      depends_on: ["google_compute_url_map.main", "google_neg.us"],
    };
    expect(document.references(value).map(({ address }) => address)).toEqual([
      "google_neg.eu",
      "google_compute_url_map.main",
    ]);
  });
});

test("blocksOf and blockOf take one object, a list, or nothing", () => {
  expect(blocksOf({ a: 1 })).toEqual([{ a: 1 }]);
  expect(blocksOf([{ a: 1 }, "text", null, { b: 2 }])).toEqual([{ a: 1 }, { b: 2 }]);
  expect(blocksOf("${dynamic}")).toEqual([]);
  expect(blockOf([])).toBeUndefined();
  expect(blockOf([{ a: 1 }, { b: 2 }])).toEqual({ a: 1 });
});
