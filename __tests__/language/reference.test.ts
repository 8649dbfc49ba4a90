import { isExpression, type Reference, referencesIn, soleReference } from "../../lib/language/reference";

const MAP = "google_compute_url_map.main";

function refs(value: unknown): string[] {
  return referencesIn(value).map(({ address, key, attribute }) => {
    const rest = [key === undefined ? "" : `[${key}]`, attribute].filter(Boolean).join(".");
    return rest ? `${address} ${rest}` : address;
  });
}

describe("soleReference", () => {
  test.each<[string, Reference]>([
    [`\${${MAP}.id}`, { address: MAP, attribute: "id" }],
    [`\${ ${MAP}.id }`, { address: MAP, attribute: "id" }],
    [`\${${MAP}}`, { address: MAP, attribute: "" }],
    [`\${data.google_project.this.number}`, { address: "data.google_project.this", attribute: "number" }],
    [`\${${MAP}[0].id}`, { address: MAP, key: "0", attribute: "id" }],
    [`\${${MAP}["europe-west1"].id}`, { address: MAP, key: '"europe-west1"', attribute: "id" }],
    [`\${${MAP}[*].id}`, { address: MAP, key: "*", attribute: "id" }],
    [`\${${MAP}.*.id}`, { address: MAP, key: "*", attribute: "id" }],
    [`\${${MAP}.path_matcher[0].name}`, { address: MAP, attribute: "path_matcher[0].name" }],
    [`\${${MAP}.labels.cost-center}`, { address: MAP, attribute: "labels.cost-center" }],
    ["${google_x.europe-west1_43A32815.uri}", { address: "google_x.europe-west1_43A32815", attribute: "uri" }],
  ])("%s", (text, reference) => {
    expect(soleReference(text)).toEqual(reference);
  });

  test.each<[string, unknown]>([
    ["text before it", `https://\${${MAP}.id}`],
    ["text after it", `\${${MAP}.id}/`],
    ["two of them", `\${${MAP}.id}\${${MAP}.id}`],
    ["a function", `\${lower(${MAP}.name)}`],
    ["a condition", `\${true ? ${MAP}.id : ""}`],
    ["an escaped one", `$\${${MAP}.id}`],
    ["a bare address", `${MAP}.id`],
    ["a variable", "${var.project_id}"],
    ["a local value", "${local.project_id}"],
    ["a module's output", "${module.net_work.id}"],
    ["a key of an iteration", "${each.value.some_name.id}"],
    ["a number", 7],
    ["nothing", undefined],
    ["an object", { id: `\${${MAP}.id}` }],
  ])("not for %s", (_, value) => {
    expect(soleReference(value)).toBeUndefined();
  });
});

// Each checked with Terraform 1.11.4: what it prints for the text is the text itself where it is no expression.
describe("isExpression", () => {
  test.each(["${1+1}", "a ${1+1} b", "%{if true}x%{endif}", "%${1+1}", "$%{if true}x%{endif}", "$$ ${1+1}"])(
    "%s is one",
    (text) => {
      expect(isExpression(text)).toBe(true);
    },
  );

  test.each([
    "$${1+1}",
    "$$${1+1}",
    "$$$${1+1}",
    "%%{if true}",
    "%%%{if true}",
    "%$${1+1}",
    "$ {a}",
    "{a}",
    "",
    "100 %",
  ])('"%s" is none', (text) => {
    expect(isExpression(text)).toBe(false);
  });

  test.each([[7], [true], [null], [undefined], [["${a}"]]])("%p is none", (value) => {
    expect(isExpression(value)).toBe(false);
  });
});

describe("referencesIn", () => {
  test("finds all in a text, in order", () => {
    expect(refs("${google_a.x.name}-${google_b.y.name}")).toEqual(["google_a.x name", "google_b.y name"]);
  });

  test("goes through lists, blocks and the names in blocks", () => {
    const value = {
      backend: [{ group: "${google_a.x.id}" }, { group: "${google_b.y.id}" }],
      labels: { "${google_c.z.name}": "on" },
    };
    expect(refs(value)).toEqual(["google_a.x id", "google_b.y id", "google_c.z name"]);
  });

  test.each<[string, string[]]>([
    ["${lower(google_a.x.name)}", ["google_a.x name"]],
    ['${join(",", google_a.x[*].name)}', ["google_a.x [*].name"]],
    ["${google_a.x.ok ? google_b.y.id : data.google_c.z.id}", ["google_a.x ok", "google_b.y id", "data.google_c.z id"]],
    ["${google_a.list[google_b.y.index].id}", ["google_a.list [google_b.y.index].id", "google_b.y index"]],
    ["${{ for k, v in google_a.x : k => v.id }}", ["google_a.x"]],
    ["%{ for name in google_a.x.names }${name}%{ endfor }", ["google_a.x names"]],
    ["${google_a.x.id}/${{ a = google_b.y.id }}", ["google_a.x id", "google_b.y id"]],
    ['${replace(google_a.x.name, "}", google_b.y.name)}', ["google_a.x name", "google_b.y name"]],
    ['${format("%s/${google_a.x.name}", google_b.y.name)}', ["google_a.x name", "google_b.y name"]],
    ['${format("\\"${google_a.x.name}", 1)}', ["google_a.x name"]],
    ["${-google_a.x.count}", ["google_a.x count"]],
    ["${my-google_a.x}", []],
    ["${!google_a.x.enabled}", ["google_a.x enabled"]],
  ])("in %s", (text, expected) => {
    expect(refs(text)).toEqual(expected);
  });

  test.each([
    "google_a.x.id",
    "$${google_a.x.id}",
    "$$${google_a.x.id}",
    "see google_a.x.id in ${path.module}",
    '${file("google_a.x.id")}',
    '${format("$${google_a.x.id}", 1)}',
    '${format("\\"google_a.x.id", 1)}',
    "${var.google_a.x}",
    "${module.m.google_a.x}",
    "$${google_a.x.id} ${timestamp()}",
  ])("none in %s", (text) => {
    expect(refs(text)).toEqual([]);
  });

  test("depends_on and replace_triggered_by hold bare addresses", () => {
    expect(
      refs({
        depends_on: ["google_a.x", "data.google_b.y"],
        lifecycle: { replace_triggered_by: ["google_c.z.id"] },
      }),
    ).toEqual(["google_a.x", "data.google_b.y", "google_c.z id"]);
  });

  test("the metadata that cdktf writes is no part of the resource", () => {
    expect(refs({ "//": { metadata: { path: "${google_a.x.id}" } } })).toEqual([]);
  });

  test.each([[7], [true], [null], [undefined], [""]])("none in %p", (value) => {
    expect(refs(value)).toEqual([]);
  });

  test("is linear in the text", () => {
    const text = `\${${"google_a.".repeat(20000)}x}${"aaaa_".repeat(20000)}`;
    const start = performance.now();
    refs(text);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
